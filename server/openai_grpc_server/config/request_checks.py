"""Checks of what a deployment adds to requests and takes from them."""

from collections.abc import Iterable, Iterator, Mapping

from openai_grpc_server.config.errors import Problem
from openai_grpc_server.header_names import OF_THE_CONNECTION, illegal, is_legal_value
from openai_grpc_server.json_paths import parse_pattern


def header_problems(names: Iterable[str], where: str) -> Iterator[Problem]:
    """Yields what is wrong with the names of `extra_headers`."""
    for name in names:
        if illegal(name):  # which may be a secret in the wrong place
            yield Problem(
                "extra_headers: not a legal HTTP header name", where, "letters, digits and hyphens (RFC 9110)"
            )
        elif name.lower() in OF_THE_CONNECTION:
            yield Problem(f"extra_headers: {name} is the connection's own", where, "leave it out")


def pattern_problems(patterns: Iterable[str], where: str) -> Iterator[Problem]:
    """Yields what is wrong with `additional_drop_params`."""
    for pattern in patterns:
        if pattern == "model":
            yield Problem("additional_drop_params: every request has a model", where, "leave it out")
        try:
            parse_pattern(pattern)
        except ValueError as error:
            yield Problem(f"additional_drop_params: {error}", where)


def value_problems(values: Mapping[str, str | None], where: str) -> Iterator[Problem]:
    """Yields what is wrong with values that go into headers, by the names of their keys."""
    for name, value in values.items():
        if value is not None and not is_legal_value(value):
            yield Problem(f"{name}: has a character that no HTTP header can have", where)

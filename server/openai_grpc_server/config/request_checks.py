"""Checks of what a deployment adds to requests and takes from them."""

from collections.abc import Iterable, Iterator

from openai_grpc_server.config.errors import Problem
from openai_grpc_server.header_names import OF_THE_CONNECTION, illegal
from openai_grpc_server.json_paths import parse_pattern


def header_problems(names: Iterable[str], where: str) -> Iterator[Problem]:
    """Yields what is wrong with the names of `extra_headers`."""
    for name in names:
        if reason := illegal(name):
            yield Problem(f"extra_headers: {reason}", where)
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

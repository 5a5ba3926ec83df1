"""Methods of OpenAI's package that are one HTTP request each, found in it, with arguments made of their types."""

import collections.abc
import inspect
import io
import os
import sys
import types
import typing
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import openai
import typing_extensions
from openai._resource import SyncAPIResource

REQUESTS = frozenset({"_get_api_list", "_get", "_post", "_put", "_patch", "_delete"})
APART = frozenset({"admin"})  # of the organisation, not of its data
WITHOUT = frozenset({"extra_headers", "extra_query", "extra_body", "timeout", "idempotency_key"})
QUERY = frozenset({"after", "before", "limit", "order", "include", "filter"})
DEEPEST = 6
REQUIRED = {typing.Required, typing_extensions.Required}
FILES = (bytes, io.IOBase, os.PathLike)
WRAPPERS = {
    *REQUIRED,
    typing.Annotated,
    typing.NotRequired,
    typing_extensions.NotRequired,
    typing.Union,
    types.UnionType,
}


@dataclass(frozen=True)
class SdkMethod:
    """A method.

    Attributes:
        path: Where a client has it, such as `beta.threads.runs.create`.
        function: The function.
    """

    path: str
    function: Any

    def call(self, client: openai.OpenAI) -> Any:
        """Calls it with arguments of the types that it asks for, and returns the reply as it came."""
        found: Any = client
        *names, name = self.path.split(".")
        for each in names:
            found = getattr(found, each)
        return getattr(found.with_raw_response, name)(**self.arguments)

    @cached_property
    def arguments(self) -> dict[str, Any]:
        """Its required arguments, and those of its query."""
        plain = inspect.unwrap(self.function)
        required = dict(given(plain, only_required=True))
        for overload in typing_extensions.get_overloads(plain)[:1]:
            required = dict(given(overload, only_required=True))
        reads = "self._get" in inspect.getsource(plain)
        return {**(dict(given(plain, only_required=False)) if reads else {}), **required}


def sdk_methods() -> list[SdkMethod]:
    """Returns the methods of a client's resources that make a request."""
    with openai.OpenAI(api_key="none") as client:
        return list(walk(client, ""))


def walk(owner: Any, prefix: str) -> Iterator[SdkMethod]:
    """Yields the methods of a resource and of those below it."""
    for name in dir(type(owner)):
        if name.startswith(("_", "with_")) or (not prefix and name in APART):
            continue
        member = inspect.getattr_static(type(owner), name)
        if inspect.isfunction(member):
            if prefix and REQUESTS & {*inspect.unwrap(member).__code__.co_names}:
                yield SdkMethod(f"{prefix}{name}", member)
        elif isinstance(resource := getattr(owner, name), SyncAPIResource):
            yield from walk(resource, f"{prefix}{name}.")


def namespace(function: Any) -> dict[str, Any]:
    """Returns the names of a function's module."""
    return vars(sys.modules[function.__module__])


def given(function: Any, *, only_required: bool) -> Iterator[tuple[str, Any]]:
    hints = typing_extensions.get_type_hints(function, globalns=namespace(function), include_extras=True)
    for name, parameter in inspect.signature(function).parameters.items():
        if name == "self" or name in WITHOUT or parameter.kind is parameter.VAR_KEYWORD:
            continue
        if parameter.default is parameter.empty if only_required else name in QUERY:
            yield name, value_of(hints[name], name)


def value_of(hint: Any, name: str = "", depth: int = 0) -> Any:
    """Returns a value of a type."""
    origin, args = typing_extensions.get_origin(hint), typing_extensions.get_args(hint)
    if origin is typing.Literal:
        return args[0]
    if origin in WRAPPERS:
        return value_of(best(args), name, depth)
    if typing_extensions.is_typeddict(hint):
        fields = typing_extensions.get_type_hints(hint, include_extras=True)
        wanted = {key: each for key, each in fields.items() if required(each)}
        return {key: value_of(each, key, depth + 1) for key, each in wanted.items()} if depth < DEEPEST else {}
    if origin in {dict, collections.abc.Mapping}:
        return {"key": value_of(args[1], name, depth + 1)}
    if args and (type_name(origin) == "SequenceNotStr" or issubclass(origin, collections.abc.Iterable)):
        return [value_of(args[0], name, depth + 1)]
    return simple(hint, name)


def required(hint: Any) -> bool:
    """Returns whether a key of a dictionary is required, by its annotation."""
    return typing_extensions.get_origin(hint) in REQUIRED


def best(args: tuple[Any, ...]) -> Any:
    """Returns the arm of a union of which a value is made: bytes for files, else the first that says something."""
    if any(each in FILES for each in args):
        return bytes
    told = [each for each in args if each is not type(None) and not type_name(each).endswith(("Omit", "NotGiven"))]
    return told[0]


def type_name(hint: Any) -> str:
    return getattr(hint, "__name__", "")


def simple(hint: Any, name: str) -> Any:
    if hint is bytes or type_name(hint) in {"IO", "IOBase", "PathLike"}:
        return (f"{name}.txt", b"fog " * 50, "text/plain")
    values = {str: f"{name}-1", bool: True, int: 3, float: 1.5, object: "any", Any: "any", type(None): None}
    return values.get(hint, f"{name}-1")

"""Table of routes: method and path to RPC."""

import difflib
from collections.abc import Iterator
from functools import cached_property
from urllib.parse import unquote

from openai_grpc.rest._errors import HttpError, refusal
from openai_grpc.rest._operations import Operation, Route, read_operations
from openai_grpc.rest._request import Match

PREFIXES = ("/openai/v1", "/v1")  # Azure's and OpenAI's; paths without one are served as well
CLOSE = 3  # paths named in a 404


class Routes:
    """REST routes of a package of RPCs, read from the descriptors on first use.

    Args:
        package: The package.
    """

    def __init__(self, package: str) -> None:
        self._package = package

    @cached_property
    def all(self) -> tuple[Route, ...]:
        """All routes; the first one that matches a path applies."""
        found: dict[tuple[str, str], Route] = {}
        for route, operation in read_operations(self._package):
            kept = found.setdefault((route.method, route.template), route)
            kept.operations[operation.uploads, operation.events] = operation
        # /responses/compact before /responses/{response_id}.
        return tuple(sorted(found.values(), key=lambda route: (len(route.path_fields), route.takes_rest)))

    @cached_property
    def _plain(self) -> dict[tuple[str, str], Match]:
        """The routes without fields in their paths, by all their paths: most calls are of these."""
        return {
            (route.method, f"{prefix}{route.template}"): Match(route, {})
            for route in self.all
            if not route.path_fields
            for prefix in ("", *PREFIXES)
        }

    def operations(self) -> Iterator[tuple[Route, Operation]]:
        """Yields every RPC with its route."""
        for route in self.all:
            for operation in route.operations.values():
                yield route, operation

    def match(self, method: str, path: str) -> Match:
        """Finds the route of a request.

        Args:
            method: The HTTP method.
            path: The path, percent-encoded, without its query; with or without `/v1` or `/openai/v1`.

        Raises:
            HttpError: 404 for an unknown path, which names close ones; 405 for another method of a known one.
        """
        if (plain := self._plain.get((method, path))) is not None:
            return plain
        segments = _segments(path)
        allowed = []
        for route in self.all:
            values = _values(route, segments)
            if values is None:
                continue
            if route.method == method:
                return Match(route, values)
            allowed.append(route.method)
        if allowed:
            raise refusal(
                405,
                f"Method {method} is not allowed for {path}: use {' or '.join(sorted(set(allowed)))}",
                headers=(("allow", ", ".join(sorted(set(allowed)))),),
            )
        raise self._unknown(method, path, "/" + "/".join(segments))

    def _unknown(self, method: str, path: str, below: str) -> HttpError:
        templates = list(dict.fromkeys(route.template for route in self.all))
        close = difflib.get_close_matches(below, templates, CLOSE)
        hint = f": did you mean {' or '.join(f'/v1{each}' for each in close)}?" if close else ""
        return refusal(404, f"Invalid URL ({method} {path}){hint}", code="unknown_url")


def below(path: str) -> str:
    """Returns a path without `/v1` or `/openai/v1`."""
    return next((path[len(each) :] for each in PREFIXES if path.startswith(f"{each}/")), path)


def _segments(path: str) -> list[str]:
    path = below(path)
    return [unquote(segment) for segment in path.strip("/").split("/")]


def _values(route: Route, segments: list[str]) -> dict[str, str] | None:
    """Returns the fields in a path, or None if it does not match."""
    wanted = route.segments
    if route.takes_rest and len(segments) > len(wanted):
        segments = [*segments[: len(wanted) - 1], "/".join(segments[len(wanted) - 1 :])]
    if len(segments) != len(wanted):
        return None
    values = {}
    for template, segment in zip(wanted, segments, strict=True):
        if template.startswith("{"):
            if not segment:
                return None
            values[template[1:-1]] = segment
        elif template != segment:
            return None
    return values


routes = Routes("openai_grpc.v1")
admin_routes = Routes("openai_grpc.admin.v1")

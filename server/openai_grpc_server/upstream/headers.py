"""Which headers go up to the upstream, and which of its headers go out as gRPC metadata."""

from __future__ import annotations

import re
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING

from openai_grpc_server.errors import InvalidArgumentError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import httpx2

try:
    USER_AGENT = f"openai-grpc/{version('openai-grpc-server')}"
except PackageNotFoundError:  # runs from a checkout
    USER_AGENT = "openai-grpc"

# The caller's metadata that goes up under the same name.
_FORWARDED = ("openai-organization", "openai-project", "idempotency-key", "traceparent", "tracestate")

# Headers that a caller's extra headers cannot set: the gateway's own, the connection's, credentials.
_REFUSED = frozenset(
    {
        "accept",
        "accept-encoding",
        "api-key",
        "authorization",
        "connection",
        "content-encoding",
        "content-length",
        "content-type",
        "cookie",
        "expect",
        "forwarded",
        "host",
        "keep-alive",
        "proxy-authenticate",
        "proxy-authorization",
        "proxy-connection",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
        "user-agent",
        "via",
        "x-api-key",
        "x-client-request-id",
        "x-real-ip",
    }
)
_REFUSED_PREFIXES = ("x-forwarded-", "grpc-", "sec-")
_TOKEN = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")  # RFC 9110, 5.6.2
_VALUE = re.compile(r"[\t\x20-\x7e]*")  # RFC 9110, 5.5, without what it discourages beyond ASCII

# Upstream's headers that go out, by the metadata keys they get.
_METADATA = {
    "x-request-id": "openai-request-id",
    "openai-organization": "openai-organization",
    "openai-processing-ms": "openai-processing-ms",
    "openai-version": "openai-version",
}
_RATE_LIMIT = "x-ratelimit-"
_KEY = re.compile(r"[0-9a-z_.\-]+")
_MAX_VALUE = 256  # bytes of one value
_MAX_RATE_LIMITS = 1024  # bytes of all of them: they go into trailers, and clients drop large ones whole
_ENTRY_OVERHEAD = 32  # bytes that HTTP/2 counts for an entry beside its name and value (RFC 9113, 6.5.2)


def request_headers(  # noqa: PLR0913 - each is one source of headers
    metadata: Mapping[str, str | bytes],
    *,
    api_key: str | None = None,
    organization: str | None = None,
    project: str | None = None,
    request_id: str | None = None,
    extra: Iterable[tuple[str, str]] = (),
) -> list[tuple[str, str]]:
    """Returns the headers of a request to the upstream.

    Args:
        metadata: The caller's metadata; of it only what this module names goes up.
        api_key: The key to send as a bearer token.
        organization: `OpenAI-Organization`, unless the caller named one.
        project: `OpenAI-Project`, unless the caller named one.
        request_id: Sent as `X-Client-Request-Id`.
        extra: The caller's extra headers.

    Raises:
        InvalidArgumentError: An extra header, or a value, that may not go up; names it.
    """
    headers = []
    if api_key is not None:
        headers.append(("authorization", f"Bearer {api_key}"))
    defaults = {"openai-organization": organization, "openai-project": project}
    for name in _FORWARDED:
        value = metadata.get(name) or defaults.get(name)
        if isinstance(value, str) and value:
            headers.append((name, _checked_value(name, value)))
    if request_id is not None:
        headers.append(("x-client-request-id", request_id))
    headers.extend(_checked(name, value) for name, value in extra)
    return headers


def response_metadata(headers: httpx2.Headers) -> tuple[tuple[str, str], ...]:
    """Returns what goes out of upstream's headers, with names and values that gRPC allows.

    Never cookies or credentials: only what is named here goes out; of a repeated name the first value.
    Rate limits go out as far as there is room.
    """
    found: dict[str, str] = {}
    room = _MAX_RATE_LIMITS
    for raw_name, raw_value in headers.raw:
        name = _metadata_key(raw_name)
        if name is None or name in found:
            continue
        value = _printable(raw_value)
        if name.startswith(_RATE_LIMIT):
            size = len(name) + len(value) + _ENTRY_OVERHEAD
            if size > room:
                continue
            room -= size
        found[name] = value
    return tuple(found.items())


@lru_cache(256)  # an upstream sends the same names again and again
def _metadata_key(raw_name: bytes) -> str | None:
    """The metadata key of a header that goes out."""
    name = raw_name.decode("latin-1").lower()
    if name.startswith(_RATE_LIMIT) and _KEY.fullmatch(name) and not name.endswith("-bin"):
        return name
    return _METADATA.get(name)


def _printable(raw_value: bytes) -> str:
    """What gRPC allows of a value."""
    value = raw_value[:_MAX_VALUE].decode("latin-1").strip()
    if value.isascii() and value.isprintable():
        return value
    return "".join(char if " " <= char <= "~" else "?" for char in value)


def _checked(name: str, value: str) -> tuple[str, str]:
    lowered = name.lower()
    if not _TOKEN.fullmatch(name):
        raise InvalidArgumentError.of_field(f"extra_headers[{name!r}]", "not a legal HTTP header name")
    if lowered in _REFUSED or lowered in _FORWARDED or lowered.startswith(_REFUSED_PREFIXES):
        raise InvalidArgumentError.of_field(f"extra_headers[{name!r}]", "this header cannot be set by a caller")
    return lowered, _checked_value(f"extra_headers[{name!r}]", value)


def _checked_value(name: str, value: str) -> str:
    if not _VALUE.fullmatch(value):
        raise InvalidArgumentError.of_field(name, "not a legal HTTP header value")
    return value

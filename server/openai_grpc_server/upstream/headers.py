"""Request headers for the upstream."""

from __future__ import annotations

import re
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING

from openai_grpc_server.config.checks import OF_THE_CONNECTION, OF_THE_GATEWAY, illegal, is_legal_value
from openai_grpc_server.config.patterns import Patterns
from openai_grpc_server.errors import InvalidArgumentError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

try:
    USER_AGENT = f"openai-grpc/{version('openai-grpc-server')}"
except PackageNotFoundError:  # runs from a checkout
    USER_AGENT = "openai-grpc"

CLIENT_REQUEST_ID = "x-client-request-id"

# The caller's metadata that goes up under the same name.
FORWARDED = ("openai-organization", "openai-project", "idempotency-key", "traceparent", "tracestate")

# Headers that a caller's extra headers cannot set, however they are written: CGI and its heirs (WSGI, PHP) read
# `transfer_encoding` as `transfer-encoding`. They frame the message, say who asks, or send it elsewhere.
_REFUSED = OF_THE_CONNECTION | OF_THE_GATEWAY | frozenset(FORWARDED) | {"http2-settings", "max-forwards", "set-cookie"}
_REFUSED_PREFIXES = (
    *("content-", "proxy-", "cookie", "forwarded-", "grpc-", "sec-"),
    *("x-forwarded-", "x-original-", "x-rewrite-", "x-http-method", "x-method-override", "x-envoy-"),
)

# Headers that no wildcard lets through, as they may be a credential of some vendor's, or say where a call comes from:
# only a name that is listed as it is does. By what they have in their names, as vendors make up new ones.
_PRIVATE_PARTS = re.compile(
    r"api-?key|token|secret|credential|passw|passphrase|signature|authoriz|authentic|cookie|assertion|bearer"
)
_PRIVATE_WORDS = frozenset(
    {
        *("auth", "cert", "certificate", "csrf", "jwt", "key", "keys", "oauth", "oidc", "otp", "principal", "pwd"),
        *("saml", "sig", "sso", "xsrf"),
        *("host", "ip", "override", "uri", "url"),
    }
)
_PRIVATE_PREFIXES = ("x-amz-", "x-amzn-", "x-goog-")

_MAX_EXTRA = 64
_MAX_NAME = 256  # bytes
_MAX_SENT_VALUE = 8192  # bytes
_MAX_ID = 1024  # bytes of the other metadata that goes up


def request_headers(  # noqa: PLR0913 - each is one source of headers
    metadata: Mapping[str, str | bytes],
    *,
    api_key: str | None = None,
    organization: str | None = None,
    project: str | None = None,
    forward_organization: bool = True,
    request_id: str | None = None,
    extra: Iterable[tuple[str, str]] = (),
) -> list[tuple[str, str]]:
    """Returns the headers of a request to the upstream.

    Args:
        metadata: The caller's metadata; of it only what this module names goes up.
        api_key: The key to send as a bearer token.
        organization: `OpenAI-Organization`, unless the caller named one.
        project: `OpenAI-Project`, unless the caller named one.
        forward_organization: Whether the caller may name an organization and a project.
        request_id: Sent as `X-Client-Request-Id`.
        extra: Result of `extra_headers`.

    Raises:
        InvalidArgumentError: A value that may not go up; names it.
    """
    headers = []
    if api_key is not None:
        headers.append(("authorization", f"Bearer {api_key}"))
    defaults = {"openai-organization": organization, "openai-project": project}
    for name in FORWARDED:
        value = metadata.get(name) or defaults.get(name)
        if name in defaults and not forward_organization:
            value = defaults[name]
        if value:
            headers.append((name, forwarded_value(name, value)))
    if request_id is not None:
        headers.append((CLIENT_REQUEST_ID, request_id))
    headers.extend(extra)
    return headers


@lru_cache(8)  # of the configuration, before and after a reload
def _allowed(names: tuple[str, ...]) -> tuple[Patterns, frozenset[str]]:
    lowered = [name.lower() for name in names]
    return Patterns(lowered), frozenset(name for name in lowered if "*" not in name)


def metadata_headers(metadata: Mapping[str, str | bytes], allowed: Sequence[str]) -> list[tuple[str, str]]:
    """Returns the headers for the upstream from the caller's metadata.

    What no caller may set is left out, and so is what a `*` lets through that may be a credential or an address.

    Args:
        metadata: The caller's metadata.
        allowed: The names that go upstream, in any case, also with a `*`; at least one.

    Raises:
        InvalidArgumentError: A value that no header can have; names it.
    """
    names, listed = _allowed(tuple(allowed))
    headers = []
    for name, value in metadata.items():
        plain = name.replace("_", "-").strip("-")
        if not names.allow(name) or name.endswith("-bin") or name == "x-request-id" or name.startswith("openai-grpc-"):
            continue
        if plain in _REFUSED or plain.startswith(_REFUSED_PREFIXES):
            continue
        if name in listed or not ("_" in name or _is_private(plain)):
            text = value if isinstance(value, str) else value.decode("latin-1")
            headers.append((name, _checked_value(name, text, _MAX_SENT_VALUE)))
    return headers


def extra_headers(asked_for: Mapping[str, str], allowed: Sequence[str]) -> list[tuple[str, str]]:
    """Returns the headers of `extra_headers`, after checking that they are allowed.

    Args:
        asked_for: The headers.
        allowed: The names that callers may set, in any case; a `*` in one stands for any text that makes the name
            neither a credential nor an address.

    Raises:
        InvalidArgumentError: A header that callers cannot set, or that is none; names it. Or too many of them.
    """
    if len(asked_for) > _MAX_EXTRA:
        raise InvalidArgumentError.of_field("call_options.extra_headers", f"too many: at most {_MAX_EXTRA}")
    patterns = [pattern.lower() for pattern in allowed]
    names = Patterns(patterns) if patterns else None
    listed = frozenset(pattern for pattern in patterns if "*" not in pattern)
    return [(name.lower(), _checked_extra(name, value, names, listed)) for name, value in asked_for.items()]


def _checked_extra(name: str, value: str, allowed: Patterns | None, listed: frozenset[str]) -> str:
    if len(name) > _MAX_NAME:
        raise InvalidArgumentError.of_field(
            "call_options.extra_headers", f"name too long: {name[:32]!r}...; at most {_MAX_NAME} bytes"
        )
    field, lowered = f"call_options.extra_headers[{name!r}]", name.lower()
    if reason := illegal(name):
        raise InvalidArgumentError.of_field(field, reason)
    plain = lowered.replace("_", "-").strip("-")
    if plain in _REFUSED or plain.startswith(_REFUSED_PREFIXES):
        raise InvalidArgumentError.of_field(field, "this header cannot be set by a caller")
    if lowered not in listed:
        if allowed is None or not allowed.allow(lowered):
            raise InvalidArgumentError.of_field(field, "not among the headers that callers may set here")
        if "_" in lowered or _is_private(plain):
            raise InvalidArgumentError.of_field(
                field, "may be a credential or an address; server.extra_headers must list it without a *"
            )
    return _checked_value(field, value, _MAX_SENT_VALUE)


def _is_private(name: str) -> bool:
    """Returns whether a header may be a credential, or reveal the origin or target of a call."""
    return (
        name.startswith(_PRIVATE_PREFIXES)
        or _PRIVATE_PARTS.search(name) is not None
        or not _PRIVATE_WORDS.isdisjoint(re.split(r"[^a-z0-9]+", name))
    )


def forwarded_value(name: str, value: str | bytes) -> str:
    """Returns the value of a forwarded header.

    Args:
        name: One of `FORWARDED`.
        value: The caller's value; bytes, as gRPC hands on what is not UTF-8.

    Raises:
        InvalidArgumentError: No header can have it, or it is too long.
    """
    text = value if isinstance(value, str) else value.decode("latin-1")
    return _checked_value(name, text, _MAX_SENT_VALUE if name == "tracestate" else _MAX_ID)


def _checked_value(name: str, value: str, limit: int) -> str:
    if len(value) > limit:
        raise InvalidArgumentError.of_field(name, f"too long: at most {limit} bytes")
    if not is_legal_value(value):
        raise InvalidArgumentError.of_field(name, "not a legal HTTP header value")
    return value

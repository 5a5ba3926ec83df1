"""Writes a request message as the REST call that its RPC stands for: path, query, headers, body, time limits."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, cast
from urllib.parse import quote

from google.protobuf.message import Message

from openai_grpc.codec import dumps, folded, loads, stem, to_object
from openai_grpc.v1 import common_pb2
from openai_grpc_server.calls.call import Call
from openai_grpc_server.calls.method import Rpc
from openai_grpc_server.config import Secret
from openai_grpc_server.config.checks import is_legal_value
from openai_grpc_server.errors import InvalidArgumentError, UnauthenticatedError
from openai_grpc_server.routing import Deployment
from openai_grpc_server.upstream import CLIENT_REQUEST_ID, FORWARDED, CallLimits, forwarded_value, request_headers

MAX_SHOWN = 64  # characters of a JSON key in an error
MAX_KEY = 6144  # bytes of a caller's key, with its scheme: gRPC's servers refuse metadata of more than 8 KiB by chance
_BEARER = "bearer "
_USUAL_BEARER = "Bearer "
# Keys at the top of a request that would change where or how it goes. The gateway sets the first three itself; the
# others are read by gateways that may stand upstream.
CONTROL_KEYS = frozenset(
    {
        "model",
        "stream",
        "stream_options",
        "api_base",
        "api_key",
        "api_type",
        "api_version",
        "base_url",
        "aws_sts_endpoint",
        "aws_web_identity_token",
        "azure_ad_token",
        "custom_llm_provider",
        "default_headers",
        "extra_body",
        "extra_headers",
        "fallbacks",
        "headers",
        "litellm_credential_name",
        "mock_response",
        "mock_testing_fallbacks",
        "organization",
        "proxy",
        "router_settings_override",
        "sagemaker_base_url",
        "user_config",
        "vertex_credentials",
    }
)


LIMITS_KEY = "openai-grpc-time-limits"
"""The metadata key of time limits: `total=30, first_message=5`."""
MODEL_KEY = "openai-grpc-model"
"""The metadata key of a model whose upstream gets what is no model's, such as a conversation."""
LIMITS = tuple(field.name for field in common_pb2.TimeLimits.DESCRIPTOR.fields)
MAX_SECONDS = 86400
_SECONDS = re.compile(r"\d{1,6}(\.\d{1,9})?", re.ASCII)

_FORWARDED = frozenset(FORWARDED)

# As readers have them who ignore case or separators.
_STEMS = {stem(key): key for key in CONTROL_KEYS}


# Of a model's name too, which may have a slash, what leads a careless upstream to another path.
_ELSEWHERE = re.compile(r"(^|/)\.{1,2}(/|$)|//|^/|/$|[\\?%\x00-\x1f\x7f]")


def request_object(rpc: Rpc, request: Message) -> dict[str, Any]:
    """Returns the JSON object of a request, ready for `dumps`.

    Args:
        rpc: The RPC that it is a request of.
        request: The request.

    Raises:
        InvalidArgumentError: `extra_json` holds a key that is the gateway's to set, or that reads as a typed one.
        CodecError: The request can't be written as JSON.
    """
    extra = getattr(request, "extra_json", "")
    if extra:
        check_extra(rpc, extra)
    value: dict[str, Any] = to_object(request, strict=True)
    return value


def check_extra(rpc: Rpc, extra_json: str) -> None:
    """Checks the top of a request's `extra_json`.

    Upstreams differ in which keys they take for the same: for Go's `encoding/json` `Model` is `model`.

    Raises:
        InvalidArgumentError: It holds a key that is the gateway's to set, or that reads as a typed one.
    """
    extra = loads(extra_json)
    if not isinstance(extra, dict):
        return
    for key in sorted(extra):
        if key in CONTROL_KEYS:
            if extra[key] is not None:
                raise InvalidArgumentError.of_field(f"extra_json.{key}", "this key is the gateway's to set")
        elif key not in rpc.json_keys and (name := rpc.folded_keys.get(folded(key)) or _STEMS.get(stem(key))):
            raise InvalidArgumentError.of_field(
                f"extra_json.{key[:MAX_SHOWN]}", f"this key can be read as {name}, which decides; leave it out"
            )


def fill_path(rpc: Rpc, value: dict[str, Any]) -> str:
    """Moves the path's fields out of the object and returns the path.

    Raises:
        InvalidArgumentError: One of them is missing, or would lead to another path.
    """
    path = rpc.http_path
    for field in rpc.path_fields:
        segment = value.pop(field, None)
        if not isinstance(segment, str) or not segment:
            raise InvalidArgumentError.of_field(field, "is required")
        if _ELSEWHERE.search(segment):
            raise InvalidArgumentError.of_field(
                field, "invalid in a path: it must not have .., \\, ?, % or a control character in it"
            )
        path = path.replace(f"{{{field}}}", quote(segment, safe=""))
    return path


def query(value: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Writes an object as query parameters; lists and maps with brackets, like OpenAI's clients."""
    return list(_query(value))


def _query(value: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for key, item in value.items():
        if isinstance(item, dict):
            yield from ((f"{key}[{inner}]", _text(each)) for inner, each in item.items())
        elif isinstance(item, list):
            yield from ((f"{key}[]", _text(each)) for each in item)
        elif item is not None:
            yield key, _text(item)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else dumps(value).decode()


def time_limits(call: Call, request: Message) -> CallLimits | None:
    """Returns the time limits of a call, by its options and its metadata; None: it has none.

    Raises:
        InvalidArgumentError: A limit is unknown, not a number, or out of range.
    """
    given = call.head.metadata.get(LIMITS_KEY)
    options = cast("Any", request).call_options if call.rpc.takes_options else None
    found = {} if given is None else _limits_of_metadata(given)
    if options is not None and options.HasField("time_limits"):
        for name in LIMITS:
            if options.time_limits.HasField(name):
                field = f"call_options.time_limits.{name}"
                found[name] = _seconds(field, getattr(options.time_limits, name))
    return CallLimits(started=call.head.started, **found) if found else None


def _limits_of_metadata(given: str | bytes) -> dict[str, float]:
    found: dict[str, float] = {}
    for part in (given if isinstance(given, str) else given.decode("latin-1")).split(","):
        name, _, value = part.strip().partition("=")
        if name not in LIMITS:
            shown = f"{name[:MAX_SHOWN]!r} is no limit"
            raise InvalidArgumentError.of_field(LIMITS_KEY, f"{shown}: must be {', '.join(LIMITS)}, as in total=30")
        if not _SECONDS.fullmatch(value):
            raise InvalidArgumentError.of_field(LIMITS_KEY, f"{name} must be seconds, as in {name}=2.5")
        found[name] = _seconds(LIMITS_KEY, float(value))
    return found


def _seconds(field: str, value: float) -> float:
    if not 0 < value <= MAX_SECONDS:
        raise InvalidArgumentError.of_field(
            field, f"invalid limit {value:g}: must be more than 0, at most {MAX_SECONDS}"
        )
    return value


def caller_key(metadata: Mapping[str, str | bytes], key_header: str) -> Secret | None:
    """Returns the key that the caller sent, with or without `Bearer`.

    Args:
        metadata: The caller's metadata.
        key_header: The metadata key that holds it; `authorization`, unless a mesh uses that for its own tokens.

    Raises:
        InvalidArgumentError: It is too long to be one.
    """
    given = metadata.get(key_header)
    if given is None:
        return None
    if isinstance(given, bytes):  # as gRPC hands on what is not UTF-8
        given = given.decode("latin-1")
    if len(given) > MAX_KEY:
        raise InvalidArgumentError.of_field(key_header, f"too long: at most {MAX_KEY} bytes")
    bears = given.startswith(_USUAL_BEARER) or given[: len(_BEARER)].lower() == _BEARER
    key = given[len(_BEARER) :] if bears else given
    key = key.strip()
    return Secret(key) if key else None


def check_metadata(call: Call, key_header: str) -> None:
    """Checks the caller's metadata that may go upstream, before an attempt is made.

    Args:
        call: The call, with its plan.
        key_header: The metadata key in which callers send a key of their own.

    Raises:
        InvalidArgumentError: A value can't go into a header; names it.
        UnauthenticatedError: The caller's own key can't.
    """
    for name in FORWARDED:
        if value := call.head.metadata.get(name):
            forwarded_value(name, value)
    if call.access.caller is None and key_header in call.head.metadata and call.route.plan.passes_keys:
        own_key(call, key_header)


def own_key(call: Call, key_header: str) -> Secret | None:
    """Returns the caller's own key.

    Raises:
        UnauthenticatedError: It can't go into a header.
    """
    key = caller_key(call.head.metadata, key_header)
    if key is not None and not is_legal_value(key.reveal()):
        raise UnauthenticatedError(f"The key in {key_header} has characters that no HTTP header can have")
    return key


def upstream_headers(call: Call, key_header: str, deployment: Deployment | None = None) -> list[tuple[str, str]]:
    """Returns the headers of the REST call: key, organization, request id.

    Args:
        call: The call.
        key_header: The metadata key in which callers send a key of their own.
        deployment: Where it goes; None: to the call's own deployment.

    Raises:
        InvalidArgumentError: Metadata that can't go into a header.
        UnauthenticatedError: A key of the caller's own that can't.
    """
    head, route = call.head, call.route
    chosen = deployment or route.chosen
    config = chosen.config
    caller = call.access.caller
    passes = config.api_key is None and caller is None
    named = caller is not None and bool(caller.organization or caller.project)
    if not passes and not named and _FORWARDED.isdisjoint(head.metadata):
        headers = [*chosen.headers, (CLIENT_REQUEST_ID, head.request_id), *route.extra_headers]
    else:
        key = own_key(call, key_header) if passes else config.api_key
        headers = request_headers(
            head.metadata,
            api_key=key.reveal() if key else None,
            organization=(caller and caller.organization) or config.organization,
            project=(caller and caller.project) or config.project,
            # A key of the caller's own goes with an organization of the caller's own.
            forward_organization=passes or (config.forward_organization and not named),
            request_id=head.request_id,
            extra=route.extra_headers,
        )
    if call.trace_context is not None:
        headers += call.trace_context.headers()
    if not config.extra_headers:
        return headers
    configured = {name: value.reveal() for name, value in config.extra_headers}
    return [*(header for header in headers if header[0] not in configured), *configured.items()]


def uses_own_key(call: Call) -> bool:
    """Returns whether the gateway's own key was sent, not the caller's."""
    return call.access.caller is not None or call.route.chosen.config.api_key is not None


def passes_key(call: Call, deployment: Deployment | None = None) -> bool:
    """Returns whether the caller's key goes upstream: the deployment has none, and it is not one of the gateway's."""
    return (deployment or call.route.chosen).config.api_key is None and call.access.caller is None

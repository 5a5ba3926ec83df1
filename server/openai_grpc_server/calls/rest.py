"""Writes a request message as the REST call that its RPC stands for."""

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

from google.protobuf.message import Message

from openai_grpc.codec import dumps, folded, loads, stem, to_object
from openai_grpc_server.calls.method import Rpc
from openai_grpc_server.errors import InvalidArgumentError

MAX_KEY = 64  # characters of a key in an error
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
                f"extra_json.{key[:MAX_KEY]}", f"this key can be read as {name}, which decides; leave it out"
            )


def fill_path(rpc: Rpc, value: dict[str, Any]) -> str:
    """Moves the fields that stand in the path out of the object, and returns the path.

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
    """Writes an object as query parameters, lists and maps with brackets as OpenAI's own clients do."""
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

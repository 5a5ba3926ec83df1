"""Requests for a reply of a caller's type, and the options of each call apart from its request."""

from typing import Any

from openai_grpc.client import _rpcs as rpcs
from openai_grpc.client.structured import response_format, text_format

_OF_CALLS = ("timeout", "max_retries", "extra_metadata")


def options_of(params: dict[str, Any]) -> dict[str, Any]:
    """Takes the options of each call out of keyword arguments."""
    return {name: params.pop(name) for name in _OF_CALLS if name in params}


def copied(request: Any) -> Any:
    """Returns a copy of a request, which stays as it is."""
    copy = type(request)()
    copy.CopyFrom(request)
    return copy


def chat_request(given: Any, params: dict[str, Any], type_: Any) -> tuple[Any, dict[str, Any]]:
    """Returns the request of a chat completion that is a value of a type, and the options of the call."""
    options = options_of(params)
    request = copied(rpcs.CREATE_CHAT_COMPLETION.build(given, **params).request)
    asked: Any = rpcs.CREATE_CHAT_COMPLETION.build(response_format=response_format(type_)).request
    request.response_format.CopyFrom(asked.response_format)
    return request, options


def response_request(given: Any, params: dict[str, Any], type_: Any) -> tuple[Any, dict[str, Any]]:
    """Returns the request of a response whose text is a value of a type, and the options of the call."""
    options = options_of(params)
    request = copied(rpcs.CREATE_RESPONSE.build(given, **params).request)
    asked: Any = rpcs.CREATE_RESPONSE.build(text={"format": text_format(type_)}).request
    request.text.format.CopyFrom(asked.text.format)
    return request, options

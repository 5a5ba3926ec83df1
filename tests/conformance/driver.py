"""Drives the gateway with a recorded request and tells what reached the upstream and what came back."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import grpc
from google.protobuf.descriptor import MethodDescriptor
from google.protobuf.message import Message

from conformance.corpus import Exchange, Number, dumps
from conformance.operations import Operation, message_class
from conformance.upload import files_request, form_request, uploaded
from openai_grpc.codec import from_json, to_json
from support.contract import path_fields

SECONDS = 30.0
METADATA = (("authorization", "Bearer of-the-recording"),)


@dataclass
class Outcome:
    """What a call gave.

    Attributes:
        messages: The messages that came back.
        error: How the call failed; None when it did not.
        request: The request message.
    """

    request: Message
    messages: list[Message] = field(default_factory=list)
    error: grpc.RpcError | None = None

    @property
    def values(self) -> list[Any]:
        """The messages as JSON, numbers as they are written."""
        return [json.loads(to_json(message), parse_float=Number) for message in self.messages]


def call(channel: grpc.Channel, exchange: Exchange, operation: Operation) -> Outcome:
    """Makes the call that the recorded request stands for.

    Raises:
        CodecError: The recorded request can't be written as a message.
    """
    streaming = is_stream(exchange)
    if operation.upload is not None:
        return _upload(channel, exchange, operation, streaming=streaming)
    method = chosen(operation, streaming=streaming)
    form = exchange.record.get("request_form")
    outcome = Outcome(files_request(exchange, method) if form else request_message(exchange, method))
    kind: Any = channel.unary_stream if method.server_streaming else channel.unary_unary
    rpc = kind(_path(method), None, message_class(method.output_type).FromString)
    request = outcome.request.SerializeToString()
    if method.server_streaming:
        _collect(outcome, rpc(request, timeout=SECONDS, metadata=METADATA))
    else:
        _collect(outcome, _once(rpc, request))
    return outcome


def chosen(operation: Operation, *, streaming: bool) -> MethodDescriptor:
    """Returns the RPC of an operation for a request that has no file."""
    return operation.stream if streaming and operation.stream is not None else operation.unary


def _path(method: MethodDescriptor) -> str:
    return f"/{method.containing_service.full_name}/{method.name}"


def is_stream(exchange: Exchange) -> bool:
    """Whether the recorded request asked for a stream."""
    body = exchange.request_body
    if isinstance(body, dict):
        return body.get("stream") is True or body.get("stream_format") == "sse"
    form = exchange.record.get("request_form")
    if form:
        return any(part["name"] == "stream" and part.get("value") == "true" for part in form)
    return exchange.events is not None


def request_message(exchange: Exchange, method: MethodDescriptor) -> Message:
    """Writes the recorded request as a typed message; ids in paths were not kept."""
    body = {key: value for key, value in (exchange.request_body or {}).items() if key != "stream"}
    request: Message = from_json(message_class(method.input_type), dumps(body), keep_nulls=True)
    for name in path_fields(method):
        setattr(request, name, "id-of-the-recording")
    return request


def _upload(channel: grpc.Channel, exchange: Exchange, operation: Operation, *, streaming: bool) -> Outcome:
    method = operation.stream if streaming else operation.upload
    if method is None or not method.client_streaming:
        raise ValueError(f"{exchange.route} has a form, but no RPC that takes an upload")
    config = form_request(exchange, method.input_type)
    for name in path_fields(method):
        setattr(config, name, "id-of-the-recording")
    outcome = Outcome(config)
    kind: Any = channel.stream_stream if streaming else channel.stream_unary
    rpc = kind(_path(method), None, message_class(method.output_type).FromString)
    messages = (message.SerializeToString() for message in uploaded(config, method.input_type))
    _collect(outcome, rpc(messages, timeout=SECONDS, metadata=METADATA) if streaming else _once(rpc, messages))
    return outcome


def _once(method: Any, request: Any) -> Iterator[Message]:
    yield method(request, timeout=SECONDS, metadata=METADATA)


def _collect(outcome: Outcome, replies: Iterable[Message]) -> None:
    try:
        for message in replies:
            outcome.messages.append(message)
    except grpc.RpcError as error:
        outcome.error = error

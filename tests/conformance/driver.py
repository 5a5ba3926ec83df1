"""Drives the gateway with a recorded request and tells what reached the upstream and what came back."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import grpc
from google.protobuf.message import Message

from conformance.corpus import Exchange, Number, dumps
from conformance.operations import Operation
from conformance.upload import form_request, uploaded
from openai_grpc.codec import from_json, to_json
from openai_grpc.v1 import ResumeResponseRequest

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
    name = operation.stream if streaming and operation.stream else operation.unary
    service = f"/openai_grpc.v1.{operation.service}/{name}"
    if exchange.op == "audio.transcriptions.create":
        return _upload(channel, exchange, operation, streaming=streaming)
    request = request_message(exchange, operation, streaming=streaming)
    outcome = Outcome(request)
    reply_type = operation.event if streaming and operation.event else operation.reply
    kind: Any = channel.unary_stream if streaming else channel.unary_unary
    method = kind(service, type(request).SerializeToString, reply_type.FromString)
    _collect(outcome, method(request, timeout=SECONDS, metadata=METADATA) if streaming else _once(method, request))
    return outcome


def is_stream(exchange: Exchange) -> bool:
    """Whether the recorded request asked for a stream."""
    body = exchange.request_body
    if isinstance(body, dict):
        return body.get("stream") is True
    form = exchange.record.get("request_form")
    if form:
        return any(part["name"] == "stream" and part.get("value") == "true" for part in form)
    return exchange.events is not None


def request_message(exchange: Exchange, operation: Operation, *, streaming: bool) -> Message:
    """Writes the recorded request as a typed message."""
    request_type = ResumeResponseRequest if streaming and exchange.op == "responses.retrieve" else operation.request
    body = {key: value for key, value in (exchange.request_body or {}).items() if key != "stream"}
    request = from_json(request_type, dumps(body), keep_nulls=True)
    for name in ("completion_id", "response_id", "model"):
        if name in request.DESCRIPTOR.fields_by_name and not body:
            setattr(request, name, "id-of-the-recording")
    return request


def _upload(channel: grpc.Channel, exchange: Exchange, operation: Operation, *, streaming: bool) -> Outcome:
    config = form_request(exchange)
    outcome = Outcome(config)
    name = "StreamTranscription" if streaming else "UploadTranscription"
    reply_type = operation.event if streaming and operation.event else operation.reply
    kind: Any = channel.stream_stream if streaming else channel.stream_unary
    method = kind(f"/openai_grpc.v1.AudioService/{name}", None, reply_type.FromString)
    messages = (message.SerializeToString() for message in uploaded(config))
    _collect(outcome, method(messages, timeout=SECONDS, metadata=METADATA) if streaming else _once(method, messages))
    return outcome


def _once(method: Any, request: Any) -> Iterator[Message]:
    yield method(request, timeout=SECONDS, metadata=METADATA)


def _collect(outcome: Outcome, replies: Iterable[Message]) -> None:
    try:
        for message in replies:
            outcome.messages.append(message)
    except grpc.RpcError as error:
        outcome.error = error

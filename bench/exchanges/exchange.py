"""A call and both of its sides, with helpers for the other modules."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from google.protobuf.message import Message

from openai_grpc.codec import from_json
from openai_grpc.v1 import common_pb2

CHAT = "gpt-bench"
OTHER_DEPLOYMENT = "gpt-other"  # as long as the first one's name, so that replies of both are
UPSTREAM_REQUEST_ID = "req_0a1b2c3d4e5f"


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """A call and both of its sides.

    Attributes:
        rpc: The RPC's HTTP/2 path.
        request: The caller's message.
        http_path: The path of the REST call, below the base URL.
        http_body: The body of the REST call.
        http_reply: The body of the upstream's reply, or of a stream its events, each whole.
        messages: What the caller must get.
        other_messages: What the caller may get instead of the only message: the reply by another deployment, which is
            as long.
        http_status: The status of the upstream's reply.
        status: The gRPC status that the caller must get.
        streaming: Whether the upstream answers with events.
        pause: Seconds between two events.
        cut: Whether the upstream then closes the connection, without the end of its reply.
    """

    rpc: str
    request: bytes
    http_path: str
    http_body: bytes
    http_reply: tuple[bytes, ...]
    messages: tuple[bytes, ...]
    other_messages: tuple[bytes, ...] = ()
    http_status: str = "200 OK"
    status: int = 0
    streaming: bool = False
    pause: float = 0.0
    cut: bool = False


def with_call_info(reply: Any, deployment: str) -> bytes:
    """Returns a reply with `call_info`."""
    add_call_info(reply, deployment)
    data: bytes = reply.SerializeToString()
    return data


def add_call_info(reply: Any, deployment: str) -> None:
    """Adds `call_info`."""
    reply.call_info.CopyFrom(common_pb2.CallInfo(deployment=deployment, request_id=UPSTREAM_REQUEST_ID, attempts=1))


def wire(message_type: type[Message], value: dict[str, Any]) -> bytes:
    """Returns a JSON object as a message."""
    return from_json(message_type, to_json(value)).SerializeToString()


def event(value: dict[str, Any]) -> bytes:
    """Returns a server-sent event."""
    return b"data: %b\n\n" % to_json(value)


def named_event(value: dict[str, Any]) -> bytes:
    """Returns a server-sent event with its type, as the Responses API sends them."""
    return b"event: %b\n%b" % (value["type"].encode(), event(value))


def to_json(value: dict[str, Any]) -> bytes:
    """Returns JSON text without spaces."""
    return json.dumps(value, separators=(",", ":")).encode()


def find(http_body: bytes, known: Iterable[Exchange]) -> Exchange | None:
    """Returns the exchange whose REST call has this body, in any order of keys."""
    value = json.loads(http_body)
    return next((each for each in known if json.loads(each.http_body) == value), None)

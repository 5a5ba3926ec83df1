"""The RPCs of each REST route, read from the contract's descriptors."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from google.protobuf.descriptor import Descriptor, MethodDescriptor, ServiceDescriptor
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass

from openai_grpc.options.v1 import json_pb2
from support.contract import has_route, route, services, unnamed


@dataclass(frozen=True, slots=True)
class Operation:
    """The RPCs of one route.

    Attributes:
        unary: The RPC of one request and one reply, or one body of bytes.
        stream: The RPC that replies with events, if there is one.
        upload: The RPC that takes its request in chunks and replies once, if there is one.
    """

    unary: MethodDescriptor
    stream: MethodDescriptor | None = None
    upload: MethodDescriptor | None = None

    @property
    def request(self) -> type[Message]:
        """The type of the request."""
        return message_class(self.unary.input_type)

    @property
    def reply(self) -> type[Message]:
        """The type of the reply."""
        return message_class(self.unary.output_type)

    @property
    def event(self) -> type[Message] | None:
        """The type of an event, if there is a stream."""
        return None if self.stream is None else message_class(self.stream.output_type)


def operations_of(given: Iterable[ServiceDescriptor]) -> dict[str, Operation]:
    """Groups the RPCs of services by their routes, which have no names of parameters.

    Raises:
        ValueError: A route has no unary RPC, or two RPCs of one kind.
    """
    found: dict[str, dict[str, MethodDescriptor]] = {}
    for method in (each for service in given for each in service.methods if has_route(each)):
        framing = method.GetOptions().Extensions[json_pb2.rest].framing
        events = method.server_streaming and framing != json_pb2.STREAM_FRAMING_BYTES
        kind = "stream" if events else "upload" if method.client_streaming else "unary"
        other = found.setdefault(unnamed(route(method)), {}).setdefault(kind, method)
        if other is not method:
            raise ValueError(f"{method.full_name} and {other.full_name} are both the {kind} RPC of {route(method)}")
    for path, kinds in found.items():
        if "unary" not in kinds:
            raise ValueError(f"no unary RPC of {path}: the replay needs one")
    return {path: Operation(**kinds) for path, kinds in found.items()}


def message_class(descriptor: Descriptor | None) -> type[Any]:
    """Returns the class of a message."""
    assert descriptor is not None, "the field is no message"
    return GetMessageClass(descriptor)


OPERATIONS = operations_of(services())
CHAT = "POST /chat/completions"
RESPONSES = "POST /responses"

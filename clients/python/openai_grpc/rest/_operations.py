"""RPCs and REST routes, read from the descriptors of the contract."""

import enum
import pkgutil
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from importlib import import_module

from google.protobuf.descriptor import Descriptor, FieldDescriptor, MethodDescriptor, ServiceDescriptor
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass

from openai_grpc.codec._options import Shape, has_vector, shape
from openai_grpc.options.v1 import json_pb2
from openai_grpc.v1.common_pb2 import UploadFile

PLACEHOLDER = re.compile(r"\{(\w+)\}")
CONFIG = "config"  # the arm of an upload's first message
CHUNK = "chunk"  # the arm of those after it
FILE = "file"  # the field of a file that may be sent in chunks


class Framing(enum.IntEnum):
    """Framing of a streamed reply: server-sent events, or bytes; numbered as `StreamFraming`."""

    NONE = json_pb2.STREAM_FRAMING_UNSPECIFIED
    DONE = json_pb2.STREAM_FRAMING_DONE
    NAMED = json_pb2.STREAM_FRAMING_NAMED
    BYTES = json_pb2.STREAM_FRAMING_BYTES


@dataclass(frozen=True)
class Operation:
    """An RPC with a `rest` option.

    Attributes:
        name: Its name, such as `CreateChatCompletion`.
        service: The full name of its service.
        path: Its HTTP/2 path, such as `/openai_grpc.v1.ChatService/CreateChatCompletion`.
        message_type: The class of the messages that it takes.
        request_type: The class of its request: the same, or that of an upload's settings.
        reply_type: The class of its reply, or of each message of its reply stream.
        uploads: Whether it takes a stream: the settings, then chunks of a file.
        streams: Whether its reply is a stream.
        framing: Framing of that stream.
        asked_by: Key and value of the request that ask for that stream of events; None: `stream` with true.
        query: The keys of a body's object that are query parameters instead.
        text_field: The field of the request that may ask for plain text; empty if none does.
        text_values: Its values that ask for plain text.
        text_reply: The field of the reply that is then the body, or that always is; empty: none.
        text_type: The content type of that text; empty: plain text.
        location: The header `Location` of the reply, with a placeholder for a field of it; empty: none.
    """

    name: str
    service: str
    path: str
    message_type: type[Message]
    request_type: type[Message]
    reply_type: type[Message]
    uploads: bool
    streams: bool
    framing: Framing
    asked_by: tuple[str, str] | None
    query: frozenset[str]
    text_field: str
    text_values: frozenset[str]
    text_reply: str
    text_type: str
    location: str

    @cached_property
    def shape(self) -> Shape:
        """The JSON mapping of its request."""
        return shape(self._descriptor)

    @cached_property
    def has_vector(self) -> bool:
        """True if its reply has a vector."""
        return has_vector(self.reply_type.DESCRIPTOR)

    @property
    def events(self) -> bool:
        """True if its reply is a stream of events."""
        return self.streams and self.framing is not Framing.BYTES

    @cached_property
    def takes_file(self) -> bool:
        """True if its request must have a file."""
        return bool(self.file_part)

    @cached_property
    def file_part(self) -> str:
        """The name that the field `file` has in a form; empty without that field."""
        found = self._descriptor.fields_by_name.get(FILE)
        return "" if found is None or found.message_type is not UploadFile.DESCRIPTOR else _part_name(found)

    @cached_property
    def files(self) -> dict[str, bool]:
        """The names of the files of its request in a form, and whether there may be several of each."""
        fields = self._descriptor.fields
        return {_part_name(field): field.is_repeated for field in fields if field.message_type is UploadFile.DESCRIPTOR}

    @property
    def _descriptor(self) -> Descriptor:
        descriptor: Descriptor = self.request_type.DESCRIPTOR  # type: ignore[assignment]  # stubs know of upb's only
        return descriptor


@dataclass
class Route:
    """A route of OpenAI's REST API, with its RPCs.

    Attributes:
        method: `GET`, `POST` or `DELETE`.
        template: The path below `/v1`, such as `/responses/{response_id}`.
        operations: Its RPCs, by whether they upload and whether they stream events.
    """

    method: str
    template: str
    operations: dict[tuple[bool, bool], Operation] = field(default_factory=dict)

    @cached_property
    def has_fields(self) -> bool:
        """True if a form may have fields besides its files."""
        return any(field.key not in self.path_fields for field in self.any.shape.all_fields)

    @cached_property
    def segments(self) -> tuple[str, ...]:
        """The parts of the path; a placeholder keeps its braces."""
        return tuple(self.template.strip("/").split("/"))

    @cached_property
    def path_fields(self) -> tuple[str, ...]:
        """The fields of the request that are in the path."""
        return tuple(PLACEHOLDER.findall(self.template))

    @cached_property
    def takes_rest(self) -> bool:
        """True if the last field may contain slashes, as model names do."""
        if not self.path_fields or not self.segments[-1].startswith("{"):
            return False
        fields = self.any.shape.by_key.get(self.path_fields[-1], [])
        return any(each.names == json_pb2.JSON_NAMES_MODEL for each in fields)

    @cached_property
    def any(self) -> Operation:
        """One of its RPCs; their requests are of one type."""
        return next(iter(self.operations.values()))

    @property
    def streams(self) -> bool:
        """True if an RPC that streams events exists."""
        return any(streams for _, streams in self.operations)

    @cached_property
    def asked_by(self) -> tuple[str, str] | None:
        """Key and value of a request that ask for a stream of events; None: `stream` with true."""
        return next((each.asked_by for each in self.operations.values() if each.asked_by), None)

    def operation(self, *, streams: bool, uploads: bool) -> Operation | None:
        """Returns the RPC for a call, or None.

        Args:
            streams: Whether the reply is to be a stream of events.
            uploads: Whether a file is sent that is better sent in chunks.
        """
        return self.operations.get((uploads, streams)) or self.operations.get((not uploads, streams))


def _part_name(field: FieldDescriptor) -> str:
    """Returns the name of a file in a form."""
    return str(field.GetOptions().Extensions[json_pb2.json].name) or field.name


def read_operations(package: str) -> Iterator[tuple[Route, Operation]]:
    """Yields every RPC of a package with a `rest` option that is a call, with its method and path."""
    for method in _methods(package):
        rest = method.GetOptions().Extensions[json_pb2.rest]
        if rest.path and not rest.websocket:
            yield Route(rest.method, rest.path), _operation(method, rest)


def operations_of(service: ServiceDescriptor) -> Iterator[Operation]:
    """Yields every RPC of a service, also those that are not one REST call."""
    for method in service.methods:
        yield _operation(method, method.GetOptions().Extensions[json_pb2.rest])


def _methods(name: str) -> Iterator[MethodDescriptor]:
    package = import_module(name)
    for module in pkgutil.iter_modules(package.__path__):
        if module.name.endswith("_pb2"):
            file = import_module(f"{package.__name__}.{module.name}").DESCRIPTOR
            for service in file.services_by_name.values():
                yield from service.methods


def _operation(method: MethodDescriptor, rest: json_pb2.RestRoute) -> Operation:
    request = method.input_type
    if method.client_streaming:
        request = method.input_type.fields_by_name[CONFIG].message_type or request
    service = method.containing_service.full_name
    return Operation(
        name=method.name,
        service=service,
        path=f"/{service}/{method.name}",
        message_type=GetMessageClass(method.input_type),
        request_type=GetMessageClass(request),
        reply_type=GetMessageClass(method.output_type),
        uploads=method.client_streaming,
        streams=method.server_streaming,
        framing=Framing(rest.framing),
        asked_by=(rest.asked_by.key, rest.asked_by.value) if rest.asked_by.key else None,
        query=frozenset(rest.query),
        text_field=rest.text.field,
        text_values=frozenset(rest.text.values),
        text_reply=rest.text.reply,
        text_type=rest.text.content_type,
        location=f"/v1{rest.path}/{{{rest.text.location}}}" if rest.text.location else "",
    )

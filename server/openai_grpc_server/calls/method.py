"""RPCs of the contract, read once from their descriptors."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from google.protobuf.descriptor import Descriptor, FieldDescriptor, MethodDescriptor
from google.protobuf.descriptor_pb2 import MethodOptions
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass

from openai_grpc.codec import folded
from openai_grpc.options.v1 import json_pb2

PLACEHOLDER = re.compile(r"\{(\w+)\}")
GATEWAY_NUMBERS = range(900, 1000)
FREE = frozenset(
    {
        json_pb2.JSON_NAMES_CONVERSATION,
        json_pb2.JSON_NAMES_FILE,
        json_pb2.JSON_NAMES_BATCH,
        json_pb2.JSON_NAMES_VIDEO_CHARACTER,
        json_pb2.JSON_NAMES_UPLOAD,
        json_pb2.JSON_NAMES_UPLOAD_PART,
        json_pb2.JSON_NAMES_REALTIME_CALL,
    }
)
KEPT = FREE | {json_pb2.JSON_NAMES_VIDEO}  # a video is billed when it is begun


@dataclass(frozen=True, slots=True)
class Rpc:
    """An RPC and its REST route.

    Attributes:
        name: The RPC's name, such as `CreateChatCompletion`.
        path: Its HTTP/2 path, such as `/openai_grpc.v1.ChatService/CreateChatCompletion`.
        request_type: The class of its request.
        reply_type: The class of its reply, or of each message of its reply stream.
        client_streaming: Whether the caller sends a stream.
        server_streaming: Whether the caller gets a stream.
        http_method: `GET`, `POST` or `DELETE`.
        http_path: The path below the upstream's base URL, with `{field}` placeholders.
        path_fields: The fields that stand in the path.
        has_body: Whether the REST call has a body.
        safe: Whether it changes nothing and costs nothing, so that it may be repeated.
        creates: Whether it makes something new, which is billed: such requests take options.
        takes_options: Whether its request has `call_options`.
        takes_model: Whether its request may name a model.
        query_keys: The keys of a body's object that are query parameters instead.
        keeps: Whether the upstream keeps the object that its reply is, at any rate.
        lists: Whether its reply is a list of such objects.
        json_keys: The keys of its request's JSON object; of an upload, of its settings'.
        folded_keys: The same keys, by what a reader has who ignores case.
        reply_has_error: Whether the reply has a field `error`, so that one there is not the failure of the call.
        reply_key: The JSON key that every such reply has; empty if no key is required.
        reply_revision: The contract revision from which on a caller knows every field of its replies that has JSON.
        session: Whether it is a session, over a WebSocket at the path.
        carries: Whether it is a session whose messages ask for calls of their own, which are limited one by one.
    """

    name: str
    path: str
    request_type: type[Message]
    reply_type: type[Message]
    client_streaming: bool
    server_streaming: bool
    http_method: str
    http_path: str
    path_fields: tuple[str, ...]
    has_body: bool
    safe: bool
    creates: bool
    takes_options: bool
    takes_model: bool
    query_keys: tuple[str, ...]
    keeps: bool
    lists: bool
    json_keys: frozenset[str]
    folded_keys: Mapping[str, str] = field(hash=False)
    reply_has_error: bool
    reply_key: str
    reply_revision: int
    session: bool = False
    carries: bool = False

    @classmethod
    @cache
    def from_descriptor(cls, method: MethodDescriptor) -> "Rpc":
        """Reads the descriptor of an RPC that has a `rest` option, once."""
        options = method.GetOptions()
        route = options.Extensions[json_pb2.rest]
        path_fields = tuple(PLACEHOLDER.findall(route.path))
        request = method.input_type
        safe = options.idempotency_level == MethodOptions.NO_SIDE_EFFECTS
        repeatable = options.idempotency_level != MethodOptions.IDEMPOTENCY_UNKNOWN
        if method.client_streaming:  # its settings are the first message
            settings = request.fields_by_name.get("connect" if route.websocket else "config")
            request = request if settings is None else settings.message_type or request
        keys = _json_keys(request)
        takes_options = "call_options" in request.fields_by_name
        return cls(
            name=method.name,
            path=f"/{method.containing_service.full_name}/{method.name}",
            request_type=GetMessageClass(method.input_type),
            reply_type=GetMessageClass(method.output_type),
            client_streaming=method.client_streaming,
            server_streaming=method.server_streaming,
            http_method=route.method,
            http_path=route.path,
            path_fields=path_fields,
            safe=safe,
            creates=route.websocket
            or (route.method == "POST" and takes_options and not repeatable and not _kept(method.output_type, FREE)),
            has_body=route.method == "POST" and bool(keys - set(path_fields)),
            takes_options=takes_options,
            takes_model="model" in request.fields_by_name,
            query_keys=tuple(route.query),
            keeps=route.method == "POST" and _kept(method.output_type),
            lists="data" in method.output_type.fields_by_name and _kept_list(method.output_type.fields_by_name["data"]),
            json_keys=keys,
            folded_keys={folded(key): key for key in keys},
            reply_has_error="error" in method.output_type.fields_by_name,
            reply_key=next((_json_key(each) for each in method.output_type.fields if _options(each).required), ""),
            reply_revision=_newest(method.output_type),
            session=route.websocket,
            carries=route.websocket and any(_is_request(each.message_type) for each in method.input_type.fields),
        )


def _json_keys(message: Descriptor) -> frozenset[str]:
    return frozenset(
        _json_key(field) for field in message.fields if field.number not in GATEWAY_NUMBERS and not _is_extra(field)
    )


def _newest(message: Descriptor) -> int:
    """Returns the newest revision that added a field with JSON to a message or to one below it."""
    newest, seen = 1, [message]
    for each in seen:
        since, below = _additions(each)
        newest = max(newest, since)
        seen += below - set(seen)
    return newest


@cache
def _additions(message: Descriptor) -> tuple[int, frozenset[Descriptor]]:
    """Returns the newest revision of a message's own fields with JSON, and the types of its fields."""
    own = [each for each in message.fields if each.number not in GATEWAY_NUMBERS]
    below = frozenset(each.message_type for each in message.fields if each.message_type is not None)
    return max((_options(each).since for each in own), default=0), below


def _is_request(message: Descriptor | None) -> bool:
    return message is not None and "call_options" in message.fields_by_name


def _json_key(field: FieldDescriptor) -> str:
    return _options(field).name or field.name


def _kept(reply: Descriptor, kinds: frozenset[int] = KEPT) -> bool:
    """Returns whether a reply is an object that is stored without being asked for."""
    return "id" in reply.fields_by_name and _options(reply.fields_by_name["id"]).names in kinds


def _kept_list(data: FieldDescriptor) -> bool:
    """Returns whether a field has objects that are stored without being asked for."""
    return data.message_type is not None and _kept(data.message_type)


def _is_extra(field: FieldDescriptor) -> bool:
    return bool(_options(field).form == json_pb2.JSON_FORM_EXTRA)


def _options(field: FieldDescriptor) -> Any:
    return field.GetOptions().Extensions[json_pb2.json]

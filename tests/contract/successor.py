"""Made-up successors of the contract, so that the tests of its growth can be seen to fail."""

import random
from collections.abc import Iterable, Iterator

from google.protobuf.descriptor_pb2 import DescriptorProto, FieldDescriptorProto, FileDescriptorProto, FileDescriptorSet

from openai_grpc.options.v1 import json_pb2
from openai_grpc.v1 import CONTRACT_REVISION

REVISION = CONTRACT_REVISION + 1
NUMBER = 899
TYPES = {
    str: FieldDescriptorProto.TYPE_STRING,
    int: FieldDescriptorProto.TYPE_INT32,
}


def successor(files: FileDescriptorSet) -> FileDescriptorSet:
    """Returns a contract of the next revision: it adds a field to a request and to a reply, an event, and a tool.

    `CreateChatCompletionRequest.pause_ms`, `ChatCompletion.mood`, the event `response.browser_call.navigating` and the
    tool `browser` of Responses.
    """
    grown = FileDescriptorSet.FromString(files.SerializeToString())
    by_name = {file.name.rpartition("/")[2]: file for file in grown.file}
    _add_field(_message(by_name["chat.proto"], "CreateChatCompletionRequest"), "pause_ms", int)
    _add_field(_message(by_name["chat.proto"], "ChatCompletion"), "mood", str)
    event = _add_type(by_name["response_event.proto"], "BrowserCallNavigatingEvent", "response.browser_call.navigating")
    _add_field(event, "url", str)
    _add_arm(_message(by_name["response_event.proto"], "ResponseStreamEvent"), "browser_call_navigating", event.name)
    tool = _add_type(by_name["response_tool.proto"], "BrowserTool", "browser")
    _add_field(tool, "start_url", str)
    _add_arm(_message(by_name["response_tool.proto"], "ResponseTool"), "browser", tool.name)
    return grown


def predecessor(files: FileDescriptorSet) -> FileDescriptorSet:
    """Returns the contract as if some of its fields were yet to come.

    They are `CreateChatCompletionRequest.verbosity` and `ChatCompletion.system_fingerprint`.
    """
    older = FileDescriptorSet.FromString(files.SerializeToString())
    (chat,) = (file for file in older.file if file.name.endswith("v1/chat.proto"))
    for name, gone in (("CreateChatCompletionRequest", "verbosity"), ("ChatCompletion", "system_fingerprint")):
        message = _message(chat, name)
        _remove(message, [field for field in message.field if field.name != gone])
    return older


def split(files: FileDescriptorSet, seed: int) -> tuple[FileDescriptorSet, FileDescriptorSet]:
    """Returns a contract of which a random quarter of fields and arms came with the next revision, and without it.

    Fields without which a message has no meaning in JSON stay, and those of messages that have no place for a field
    that a caller does not know.
    """
    chance = random.Random(seed)  # noqa: S311 - a choice of test data
    inline = _inline(files)
    newer = FileDescriptorSet.FromString(files.SerializeToString())
    older = FileDescriptorSet.FromString(files.SerializeToString())
    for new_file, old_file in zip(newer.file, older.file, strict=True):
        if new_file.name.endswith("/json.proto") or not new_file.name.startswith("openai_grpc/"):
            continue
        for new, old in zip(messages(new_file.message_type), messages(old_file.message_type), strict=True):
            chosen = {field.name for field in _may_be_newer(new, inline) if chance.random() < 1 / 4}
            for field in new.field:
                if field.name in chosen:
                    field.options.Extensions[json_pb2.json].since = REVISION
            kept = [field for field in old.field if field.name not in chosen]
            _remove(old, kept)
    return older, newer


def messages(types: Iterable[DescriptorProto]) -> Iterator[DescriptorProto]:
    """Yields types of messages and those inside them."""
    for message in types:
        yield message
        yield from messages(message.nested_type)


def _inline(files: FileDescriptorSet) -> frozenset[str]:
    """Returns the names of messages whose fields are keys of the object around them, without those around each."""
    return frozenset(
        field.type_name.rpartition(".")[2]
        for file in files.file
        for message in messages(file.message_type)
        for field in message.field
        if field.options.Extensions[json_pb2.json].inline
    )


def _may_be_newer(message: DescriptorProto, inline: frozenset[str]) -> list[FieldDescriptorProto]:
    options = message.options
    if options.map_entry:
        return []
    forms = {field.name: field.options.Extensions[json_pb2.json].form for field in message.field}
    raw = json_pb2.JSON_FORM_RAW in forms.values()
    transparent = options.Extensions[json_pb2.json_message].transparent
    if (transparent and not raw) or (not transparent and "extra_json" not in forms and message.name not in inline):
        return []
    fields = [
        field
        for field in message.field
        if field.number < NUMBER
        and forms[field.name] not in {json_pb2.JSON_FORM_VECTOR, json_pb2.JSON_FORM_EXTRA}
        and not (transparent and forms[field.name] == json_pb2.JSON_FORM_RAW)
    ]
    # An oneof needs a field that stays; so does each JSON key, whose other fields are there for its other values.
    return fields if not transparent else fields[1:]


def _remove(message: DescriptorProto, kept: list[FieldDescriptorProto]) -> None:
    """Leaves only some fields of a message, and only the oneofs that they are in."""
    names = [message.oneof_decl[field.oneof_index].name for field in kept if field.HasField("oneof_index")]
    oneofs = [oneof for oneof in message.oneof_decl if oneof.name in names]
    places = {oneof.name: index for index, oneof in enumerate(oneofs)}
    fields = []
    for field in kept:
        copy = FieldDescriptorProto.FromString(field.SerializeToString())
        if copy.HasField("oneof_index"):
            copy.oneof_index = places[message.oneof_decl[field.oneof_index].name]
        fields.append(copy)
    declared = [type(oneof).FromString(oneof.SerializeToString()) for oneof in oneofs]
    del message.field[:], message.oneof_decl[:]
    message.field.extend(fields)
    message.oneof_decl.extend(declared)


def _message(file: FileDescriptorProto, name: str) -> DescriptorProto:
    return next(message for message in file.message_type if message.name == name)


def _add_type(file: FileDescriptorProto, name: str, tag: str) -> DescriptorProto:
    message = file.message_type.add(name=name)
    message.options.Extensions[json_pb2.json_message].constants.add(key="type", value=tag)
    extra = _add_field(message, "extra_json", str, number=1000)
    extra.options.Extensions[json_pb2.json].Clear()
    extra.options.Extensions[json_pb2.json].form = json_pb2.JSON_FORM_EXTRA
    _add_field(message, "sequence_number", int, number=2).options.Extensions[json_pb2.json].Clear()
    return message


def _add_field(message: DescriptorProto, name: str, kind: type, number: int = NUMBER) -> FieldDescriptorProto:
    message.oneof_decl.add(name=f"_{name}")
    field = message.field.add(
        name=name,
        number=number,
        type=TYPES[kind],
        label=FieldDescriptorProto.LABEL_OPTIONAL,
        proto3_optional=True,
        oneof_index=len(message.oneof_decl) - 1,
    )
    field.options.Extensions[json_pb2.json].since = REVISION
    return field


def _add_arm(message: DescriptorProto, name: str, type_name: str) -> None:
    arm = FieldDescriptorProto(
        name=name,
        number=NUMBER,
        type=FieldDescriptorProto.TYPE_MESSAGE,
        type_name=f".openai_grpc.v1.{type_name}",
        label=FieldDescriptorProto.LABEL_OPTIONAL,
        oneof_index=0,
    )
    arm.options.Extensions[json_pb2.json].since = REVISION
    fields = [FieldDescriptorProto.FromString(field.SerializeToString()) for field in message.field]
    fields.insert(1, arm)  # the compiler wants the arms of a oneof side by side
    del message.field[:]
    message.field.extend(fields)

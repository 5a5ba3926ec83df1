"""Names that one of the clients' languages can't take, before its compiler says so."""

from collections.abc import Iterator

from google.protobuf.descriptor import Descriptor

import openai_grpc.v1 as pb
from openai_grpc.codec._options import shape
from support.contract import services


def messages() -> Iterator[Descriptor]:
    """Yields every message of the package, nested ones included."""
    queue = [getattr(pb, name).DESCRIPTOR for name in pb.__all__ if hasattr(getattr(pb, name), "DESCRIPTOR")]
    for descriptor in queue:
        if isinstance(descriptor, Descriptor):
            yield descriptor
            queue.extend(nested for nested in descriptor.nested_types if not nested.GetOptions().map_entry)


MESSAGES = sorted(
    (message for message in messages() if message.file.name != "openai_grpc/options/v1/json.proto"),
    key=lambda message: message.full_name,
)
INLINE = {inline.message.full_name for message in MESSAGES for inline in shape(message).inlines}
# The gateway's own, which are not JSON.
OWN = {
    "BatchRequestInput",
    "CallDrain",
    "CallInfo",
    "CallOptions",
    "ConversationItem",
    "EmbeddingFailure",
    "InlineData",
    "ModelInfo",
    "ParameterValues",
    "RawChunk",
    "RawEvent",
    "RawParameter",
    "RawReply",
    "RawRequest",
    "RawStreamReply",
    "RawUpload",
    "FileChunk",
    "SpeechChunk",
    "StreamBatchResultsRequest",
    "SubmitBatchRequest",
    "StreamEmbeddingsReply",
    "StreamEmbeddingsRequest",
    "TimeLimits",
    "AddUploadPartRequest",
    "UploadContentProvenanceCheckRequest",
    "UploadFile",
    "UploadFileRequest",
    "UploadTranscriptionRequest",
    "UploadTranslationRequest",
}


def test_no_name_collides_in_java() -> None:
    assert not [message.full_name for message in MESSAGES if collides_in_java(message)]


def collides_in_java(message: Descriptor) -> bool:
    """Returns whether a message has a name that Java's generator takes for what it adds."""
    names = {field.name for field in message.fields}
    taken = {"descriptor"}
    for field in message.fields:
        suffixes = ["bytes", "builder"]
        if field.is_repeated:
            suffixes += ["list", "count", "builder_list", "or_builder_list"]
            if field.message_type is not None and field.message_type.GetOptions().map_entry:
                suffixes += ["map"]
        taken |= {f"{field.name}_{suffix}" for suffix in suffixes}
    return message.name in {"Builder", "Parser", "Message"} or bool(names & taken)


def test_no_name_collides_in_go() -> None:
    assert not [message.full_name for message in MESSAGES if collides_in_go(message)]


def collides_in_go(message: Descriptor) -> bool:
    """Returns whether the type of an arm has the name of a nested message."""
    arms = {camel_case(arm.name) for oneof in message.oneofs if not oneof.name.startswith("_") for arm in oneof.fields}
    return bool(arms & {nested.name for nested in message.nested_types})


def test_unknown_json_has_a_place() -> None:
    """Reads the options of each message as well, which raises where one has no meaning."""
    assert not [message.full_name for message in MESSAGES if message.name not in OWN and not keeps_unknown(message)]


def keeps_unknown(message: Descriptor) -> bool:
    """Returns whether JSON that a message does not know has one place, there or in the message around it."""
    target = shape(message)
    if message.full_name in INLINE:
        return not target.extra
    if target.transparent:
        return target.union is None or any(field.name == "unknown" for field in target.fields)
    return bool(target.extra)


def camel_case(name: str) -> str:
    """Returns a field's name as Go writes it."""
    return "".join(part.capitalize() for part in name.split("_"))


def test_every_stream_can_tell_that_the_gateway_drains() -> None:
    replies = {each.output_type for service in services() for each in service.methods if each.server_streaming}
    assert len(replies) > 10
    assert [each.full_name for each in replies if "call_info" not in each.fields_by_name] == []

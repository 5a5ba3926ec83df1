"""Holds the contract against the types of OpenAI's own Python package: which of its fields are not typed here.

Run as a module it prints one line for each such field and a summary. A new release of the package makes the list
grow; the list is what there is to do, and `make api-drift` writes it as lines of proto.
"""

import sys
import types
import typing
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import openai
import pydantic
import typing_extensions
from google.protobuf.descriptor import Descriptor, FieldDescriptor, ServiceDescriptor
from openai._types import FileTypes
from openai.types import (
    Batch,
    BatchError,
    Completion,
    ContentProvenanceCheck,
    CreateEmbeddingResponse,
    Decision,
    FileDeleted,
    FileObject,
    ImageEditStreamEvent,
    ImageGenStreamEvent,
    ImagesResponse,
    Model,
    ModelDeleted,
    ModerationCreateResponse,
    Upload,
    Video,
    VideoCreateCharacterResponse,
    VideoDeleteResponse,
    VideoGetCharacterResponse,
    audio,
    batch_create_params,
    batch_list_params,
    chat,
    content_provenance_check_create_params,
    conversations,
    decision_create_params,
    embedding_create_params,
    file_create_params,
    file_list_params,
    image_create_variation_params,
    image_edit_params,
    image_generate_params,
    moderation_create_params,
    realtime,
    responses,
    upload_complete_params,
    upload_create_params,
    video_create_character_params,
    video_create_params,
    video_download_content_params,
    video_edit_params,
    video_extend_params,
    video_list_params,
    video_remix_params,
)
from openai.types import completion_create_params as completion_params
from openai.types.audio import speech_create_params, transcription_create_params, translation_create_params
from openai.types.chat import completion_create_params, completion_list_params, completion_update_params
from openai.types.chat.completions import message_list_params
from openai.types.conversations import (
    conversation_create_params,
    conversation_update_params,
    item_create_params,
    item_list_params,
    item_retrieve_params,
)
from openai.types.realtime import (
    call_accept_params,
    call_create_params,
    call_refer_params,
    call_reject_params,
    client_secret_create_params,
    realtime_connect_params,
)
from openai.types.responses import (
    InputTokenCountResponse,
    input_item_list_params,
    input_token_count_params,
    response_compact_params,
    response_create_params,
    response_retrieve_params,
)
from openai.types.uploads import UploadPart, part_create_params

import openai_grpc.v1 as pb
from openai_grpc.codec._options import Field, Kind, Label, Shape, shape
from openai_grpc.options.v1 import json_pb2
from support.contract import has_route, path_fields

# What the contract leaves out on purpose, and why.
EXCEPTIONS = {
    "CreateChatCompletionRequest.stream": "streaming is an RPC of its own",
    "CreateResponseRequest.stream": "streaming is an RPC of its own",
    "ResponsesClientEvent.stream": "a connection has streams only",
    "CreateCompletionRequest.stream": "streaming is an RPC of its own",
    "CreateTranscriptionRequest.stream": "streaming is an RPC of its own",
    "CreateTranscriptionRequest.file": "the bytes are `file` of type UploadFile, a part of the form and no JSON",
    "CreateTranslationRequest.file": "the bytes are `file` of type UploadFile, a part of the form and no JSON",
    **{
        f"{field} as {kind}": "the bytes are the field of type UploadFile, a part of the form and no JSON"
        for field in ("CreateVideoRequest.input_reference", "EditVideoRequest.video", "ExtendVideoRequest.video")
        for kind in ("IO", "bytes", "PathLike", "Tuple")
    },
    "CreateVideoCharacterRequest.video": "the bytes are `video` of type UploadFile, a part of the form and no JSON",
    "CreateUploadPartRequest.data": "the bytes are `file` of type UploadFile, a part of the form and no JSON",
    "CreateContentProvenanceCheckRequest.file": "the bytes are the field of type UploadFile, a part of the form",
    "CreateFileRequest.file": "the bytes are `file` of type UploadFile, a part of the form and no JSON",
    "CreateImageRequest.stream": "streaming is an RPC of its own",
    "CreateImageEditRequest.stream": "streaming is an RPC of its own",
    "CreateImageEditRequest.image": "the bytes are `image` of type UploadFile, a part of the form and no JSON",
    "CreateImageEditRequest.markup": "the bytes are `markup` of type UploadFile, a part of the form and no JSON",
    "CreateImageVariationRequest.image": "the bytes are `image` of type UploadFile, a part of the form and no JSON",
    "RealtimeClientSecret.session.audio.input.turn_detection as RealtimeTranscriptionSessionTurnDetection": (
        "the package leaves the type open, which is that of the arm server_vad"
    ),
    "ResumeResponseRequest.stream": "streaming is an RPC of its own",
    "Conversation.metadata as object": "the package has any object, where OpenAI's reference has a map of texts",
    "GetResponseRequest.stream": "streaming is an RPC of its own",
    "GetResponseRequest.starting_after": "of the stream: ResumeResponse has it",
    "GetResponseRequest.include_obfuscation": "of the stream: ResumeResponse has it",
}
MESSAGES: list[tuple[Any, Any]] = [
    (completion_create_params.CompletionCreateParamsStreaming, pb.CreateChatCompletionRequest),
    (completion_update_params.CompletionUpdateParams, pb.UpdateChatCompletionRequest),
    (completion_list_params.CompletionListParams, pb.ListChatCompletionsRequest),
    (message_list_params.MessageListParams, pb.ListChatCompletionMessagesRequest),
    (chat.ChatCompletion, pb.ChatCompletion),
    (chat.ChatCompletionChunk, pb.ChatCompletionChunk),
    (chat.ChatCompletionDeleted, pb.ChatCompletionDeleted),
    (chat.ChatCompletionStoreMessage, pb.ChatCompletionStoreMessage),
    (response_create_params.ResponseCreateParamsStreaming, pb.CreateResponseRequest),
    (response_retrieve_params.ResponseRetrieveParamsNonStreaming, pb.GetResponseRequest),
    (response_retrieve_params.ResponseRetrieveParamsStreaming, pb.ResumeResponseRequest),
    (input_item_list_params.InputItemListParams, pb.ListResponseInputItemsRequest),
    (response_compact_params.ResponseCompactParams, pb.CompactResponseRequest),
    (input_token_count_params.InputTokenCountParams, pb.CountResponseInputTokensRequest),
    (responses.Response, pb.Response),
    (responses.ResponseStreamEvent, pb.ResponseStreamEvent),
    (responses.ResponsesClientEvent, pb.ResponsesClientEvent),
    (responses.ResponsesServerEvent, pb.ResponsesServerEvent),
    (responses.ResponseItemList, pb.ResponseItemList),
    (responses.CompactedResponse, pb.CompactedResponse),
    (InputTokenCountResponse, pb.ResponseInputTokenCount),
    (embedding_create_params.EmbeddingCreateParams, pb.CreateEmbeddingRequest),
    (CreateEmbeddingResponse, pb.CreateEmbeddingResponse),
    (transcription_create_params.TranscriptionCreateParamsStreaming, pb.CreateTranscriptionRequest),
    (completion_params.CompletionCreateParamsStreaming, pb.CreateCompletionRequest),
    (Completion, pb.Completion),
    (Model, pb.Model),
    (audio.Transcription, pb.Transcription),
    (audio.TranscriptionVerbose, pb.Transcription),
    (audio.TranscriptionDiarized, pb.Transcription),
    (audio.TranscriptionStreamEvent, pb.TranscriptionStreamEvent),
    (translation_create_params.TranslationCreateParams, pb.CreateTranslationRequest),
    (audio.Translation, pb.Translation),
    (audio.TranslationVerbose, pb.Translation),
    (speech_create_params.SpeechCreateParams, pb.CreateSpeechRequest),
    (image_generate_params.ImageGenerateParamsStreaming, pb.CreateImageRequest),
    (image_edit_params.ImageEditParamsStreaming, pb.CreateImageEditRequest),
    (image_create_variation_params.ImageCreateVariationParams, pb.CreateImageVariationRequest),
    (ImagesResponse, pb.ImagesResponse),
    (ImageGenStreamEvent, pb.ImageStreamEvent),
    (ImageEditStreamEvent, pb.ImageStreamEvent),
    (moderation_create_params.ModerationCreateParams, pb.CreateModerationRequest),
    (ModerationCreateResponse, pb.CreateModerationResponse),
    (ModelDeleted, pb.ModelDeleted),
    (conversation_create_params.ConversationCreateParams, pb.CreateConversationRequest),
    (conversation_update_params.ConversationUpdateParams, pb.UpdateConversationRequest),
    (item_create_params.ItemCreateParams, pb.CreateConversationItemsRequest),
    (item_list_params.ItemListParams, pb.ListConversationItemsRequest),
    (item_retrieve_params.ItemRetrieveParams, pb.GetConversationItemRequest),
    (conversations.Conversation, pb.Conversation),
    (conversations.ConversationDeletedResource, pb.ConversationDeleted),
    (conversations.ConversationItemList, pb.ResponseItemList),
    (conversations.ConversationItem, pb.ConversationItem),
    (file_create_params.FileCreateParams, pb.CreateFileRequest),
    (file_list_params.FileListParams, pb.ListFilesRequest),
    (FileObject, pb.FileObject),
    (FileDeleted, pb.FileDeleted),
    (batch_create_params.BatchCreateParams, pb.CreateBatchRequest),
    (batch_list_params.BatchListParams, pb.ListBatchesRequest),
    (upload_create_params.UploadCreateParams, pb.CreateUploadRequest),
    (part_create_params.PartCreateParams, pb.CreateUploadPartRequest),
    (upload_complete_params.UploadCompleteParams, pb.CompleteUploadRequest),
    (Upload, pb.Upload),
    (UploadPart, pb.UploadPart),
    (decision_create_params.DecisionCreateParams, pb.CreateDecisionRequest),
    (Decision, pb.Decision),
    (
        content_provenance_check_create_params.ContentProvenanceCheckCreateParams,
        pb.CreateContentProvenanceCheckRequest,
    ),
    (ContentProvenanceCheck, pb.ContentProvenanceCheck),
    (video_create_params.VideoCreateParams, pb.CreateVideoRequest),
    (video_list_params.VideoListParams, pb.ListVideosRequest),
    (video_download_content_params.VideoDownloadContentParams, pb.DownloadVideoRequest),
    (video_remix_params.VideoRemixParams, pb.RemixVideoRequest),
    (video_edit_params.VideoEditParams, pb.EditVideoRequest),
    (video_extend_params.VideoExtendParams, pb.ExtendVideoRequest),
    (video_create_character_params.VideoCreateCharacterParams, pb.CreateVideoCharacterRequest),
    (Video, pb.Video),
    (VideoDeleteResponse, pb.VideoDeleted),
    (VideoCreateCharacterResponse, pb.VideoCharacter),
    (VideoGetCharacterResponse, pb.VideoCharacter),
    (realtime.RealtimeClientEvent, pb.RealtimeClientEvent),
    (realtime.RealtimeClientEventParam, pb.RealtimeClientEvent),
    (realtime.RealtimeServerEvent, pb.RealtimeServerEvent),
    (realtime.ResponseCreateEventWithReferencesParam, pb.RealtimeResponseCreateEvent),
    (realtime_connect_params.RealtimeConnectParams, pb.RealtimeConnect),
    (client_secret_create_params.ClientSecretCreateParams, pb.CreateRealtimeClientSecretRequest),
    (realtime.ClientSecretCreateResponse, pb.RealtimeClientSecret),
    (call_create_params.CallCreateParams, pb.CreateRealtimeCallRequest),
    (call_accept_params.CallAcceptParams, pb.AcceptRealtimeCallRequest),
    (call_reject_params.CallRejectParams, pb.RejectRealtimeCallRequest),
    (call_refer_params.CallReferParams, pb.ReferRealtimeCallRequest),
    (Batch, pb.Batch),
    (BatchError, pb.BatchError),
]
# Messages of RPCs for which the package has no type, and why.
WITHOUT_TYPE = {
    "BatchList": "the package has pages, whose elements are held against Batch",
    "FileChunk": "the package returns the bytes of the body",
    "VideoList": "the package has pages, whose elements are held against Video",
    "FileList": "the package has pages, whose elements are held against FileObject",
    "ChatCompletionList": "the package has pages, whose elements are held against ChatCompletion",
    "ChatCompletionMessageList": "the package has pages, whose elements are held against ChatCompletionStoreMessage",
    "ModelList": "the package has pages, whose elements are held against Model",
    "RealtimeCall": "the package returns the answer's body",
    "RealtimeCallReply": "the package returns nothing",
    "ResponseDeleted": "the package returns nothing",
    "SpeechChunk": "the package returns the bytes of the body",
    "SpeechStreamEvent": "the package returns the bytes of the body, whose events it does not read",
    "AddUploadPartRequest": "the chunks of a part; its settings are CreateUploadPartRequest",
    "UploadContentProvenanceCheckRequest": "the chunks of a file; its settings are CreateContentProvenanceCheckRequest",
    "UploadFileRequest": "the chunks of an upload; its settings are CreateFileRequest",
    "UploadTranslationRequest": "the chunks of an upload; its settings are CreateTranslationRequest",
    "UploadTranscriptionRequest": "the chunks of an upload; its settings are CreateTranscriptionRequest",
}
# The key that events of a session have, whichever event they are: a field of the message with their union.
LANE = "stream_id"
_WRAPPERS = (typing.Annotated, typing_extensions.Required, typing_extensions.NotRequired, typing.Required)
_NUMBERS = (Kind.INT32, Kind.INT64, Kind.DOUBLE)
_TEXTS = (Kind.STRING, Kind.BASE64, Kind.DATA_URL)


@dataclass(frozen=True)
class Gap:
    """A place of the contract that lacks something of the package's types.

    Attributes:
        path: Where the package has it.
        message: The message that lacks a field, or the union that lacks an arm.
        key: The JSON key of the field; empty: it is an arm.
        hint: Its type in the package.
        owner: The type of the package that has the key; None for an arm.
        values: The values that a field of the contract does not list; empty: the field or arm itself is missing.
        typed: Whether the contract has the field, with a type that the package's values do not fit.
    """

    path: str
    message: Descriptor
    key: str
    hint: Any
    owner: Any = None
    values: tuple[str, ...] = ()
    typed: bool = False


@dataclass
class Coverage:
    """The fields of the package's types that were held against the contract.

    Attributes:
        fields: How many there are.
        missing: Those that are not typed, as paths.
        gaps: The same with their places, and values that the contract does not list.
        found: What both have: `Message.key`, `Message.key=value` and `Union.arm`.
        messages: The messages by the types of the package that they were held against.
    """

    fields: int = 0
    missing: list[str] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)
    found: set[str] = field(default_factory=set)
    messages: dict[Any, list[Descriptor]] = field(default_factory=dict)
    _seen: set[tuple[Any, str]] = field(default_factory=set)

    def message(self, sdk: Any, descriptor: Descriptor, path: str, tag: str | None = None) -> None:
        """Holds one type of the package against one message; an arm of a union may stand for the key `tag`."""
        target = shape(descriptor)
        for variant in variants(sdk):
            if (variant, descriptor.full_name) in self._seen:
                continue
            self._seen.add((variant, descriptor.full_name))
            self.messages.setdefault(variant, []).append(descriptor)
            if target.transparent:
                self._value(variant, list(target.fields) if target.union else [target.fields[0]], path, target)
            else:
                self._object(variant, target, path, tag)

    def _object(self, sdk: Any, target: Shape, path: str, tag: str | None) -> None:
        for key, hint in members(sdk):
            self.fields += 1
            here = f"{path}.{key}"
            if here not in EXCEPTIONS:
                self.found |= {f"{short(target)}.{key}", *(f"{short(target)}.{key}={each}" for each in texts(hint))}
            if key in target.constants and set(literals(hint)) <= {target.constants[key]}:
                continue
            if key in {tag, LANE}:
                continue
            found = target.by_key.get(key)
            if found is None:
                self._miss(here, Gap(here, target.descriptor, key, hint, sdk))
                continue
            self._list_values(texts(hint), [target.descriptor.fields_by_name.get(each.name) for each in found], here)
            for variant in variants(hint):
                self._value(variant, found, here, None, Gap(here, target.descriptor, key, variant, sdk, typed=True))

    def _value(
        self, sdk: Any, fields: list[Field], path: str, union: Shape | None, otherwise: Gap | None = None
    ) -> None:
        if union is not None:
            fits = self._arm(sdk, fields, path, union)
            otherwise = Gap(path, union.descriptor, "", sdk)
        else:
            fits = any(self._fits(sdk, candidate, path, None) for candidate in fields)
        if not fits:
            where = [each for candidate in fields for each in self._unions(sdk, candidate, path)]
            self._miss(
                f"{path} as {getattr(sdk, '__name__', sdk)}", *(where if union is None and where else [otherwise])
            )

    def _arm(self, sdk: Any, arms: Iterable[Field], path: str, union: Shape) -> bool:
        for arm in arms:
            if self._fits(sdk, arm, path, union):
                self.found.add(f"{short(union)}.{arm.name}")
                values = tuple(str(each) for each in literals(sdk))
                self._list_values(values, [union.descriptor.fields_by_name[arm.name]], path)
                return True
        return False

    def _unions(self, sdk: Any, candidate: Field, path: str) -> Iterator[Gap]:
        """Yields the arms that a field lacks, if there is one union only in which they can be."""
        if is_list(sdk):
            lists = [candidate] if candidate.label is Label.LIST else list(inner_lists(candidate))
            if len(lists) == 1:
                for variant in variants(typing.get_args(sdk)[0]):
                    if not self._element(variant, lists[0], path + "[]"):
                        yield from self._unions(variant, lists[0], path + "[]")
            return
        target = shape(candidate.message) if candidate.message is not None else None
        if target is not None and target.union is not None:
            yield Gap(path, target.descriptor, "", sdk)

    def _list_values(self, values: tuple[str, ...], fields: Iterable[FieldDescriptor | None], path: str) -> None:
        """Notes the values that an open list of the contract lacks; lists of models name some only."""
        for each in fields:
            if each is None or each.containing_type is None:
                continue
            options = each.GetOptions().Extensions[json_pb2.json]
            new = tuple(value for value in values if value not in options.values)
            if options.values and new and options.names != json_pb2.JSON_NAMES_MODEL:
                self._note(Gap(path, each.containing_type, options.name or each.name, None, None, new))

    def _fits(self, sdk: Any, candidate: Field, path: str, union: Shape | None) -> bool:
        if candidate.kind is Kind.RAW:
            return candidate.name != "unknown"
        if is_list(sdk):
            lists = [candidate] if candidate.label is Label.LIST else inner_lists(candidate)
            return any(self._element(typing.get_args(sdk)[0], each, path + "[]") for each in lists)
        if typing.get_origin(sdk) is dict:
            return candidate.label is Label.MAP and self._element(typing.get_args(sdk)[1], candidate, path + "{}")
        if candidate.label is Label.MAP and is_object(sdk):  # its keys are all of one type
            return all(self._element(hint, candidate, path + "{}") for _, hint in members(sdk))
        return candidate.label is Label.ONE and self._single(sdk, candidate, path, union)

    def _element(self, sdk: Any, candidate: Field, path: str) -> bool:
        return all(
            any(self._element(typing.get_args(variant)[0], each, path + "[]") for each in inner_lists(candidate))
            if is_list(variant)
            else self._single(variant, candidate, path, None)
            for variant in variants(sdk)
        )

    def _single(self, sdk: Any, candidate: Field, path: str, union: Shape | None) -> bool:
        if candidate.message is None:
            return scalar(sdk, candidate)
        target = shape(candidate.message)
        if target.transparent and target.union is None:
            return typing.get_origin(sdk) is dict and self._fits(sdk, target.fields[0], path, None)
        if typing.get_origin(sdk) is dict:
            return True  # an object of any keys: the message keeps those that it does not know
        if target.transparent:
            return self._arm(sdk, target.fields, path, target)
        if not is_object(sdk) or (union is not None and not chosen(sdk, candidate, target, union)):
            return sdk is object
        self.message(sdk, candidate.message, path, union.tag if union is not None and candidate.tags else None)
        return True

    def _miss(self, path: str, *gaps: Gap | None) -> None:
        if path in EXCEPTIONS:
            return
        if path not in self.missing:
            self.missing.append(path)
        for gap in gaps:  # of two types at one path, such as the tools of a list, each has its own
            if gap is not None:
                self._note(gap)

    def _note(self, gap: Gap) -> None:
        same = ((each.message, each.key, each.values, each.hint) for each in self.gaps)
        if (gap.message, gap.key, gap.values, gap.hint) not in same:
            self.gaps.append(gap)


def short(target: Shape) -> str:
    """Returns the name of a message within its package."""
    return str(target.descriptor.full_name.removeprefix(f"{target.descriptor.file.package}."))


def texts(hint: Any) -> tuple[str, ...]:
    """Returns the values of a Literal, or of the elements of a list of them, that are strings."""
    return tuple(
        value
        for part in variants(hint)
        for value in (texts(typing.get_args(part)[0]) if is_list(part) else literals(part))
        if isinstance(value, str)
    )


def is_list(hint: Any) -> bool:
    """Whether a type of the package is a JSON array."""
    origin = typing.get_origin(hint)
    return origin is not None and origin is not dict and issubclass_(origin, typing.Iterable)


def issubclass_(cls: Any, other: Any) -> bool:
    """Whether something that may be no class is a subclass."""
    return isinstance(cls, type) and issubclass(cls, typing.get_origin(other) or other)


def scalar(sdk: Any, candidate: Field) -> bool:
    """Whether a string, number or boolean of the package fits a field."""
    values = literals(sdk)
    if values:
        if all(isinstance(v, bool) for v in values):
            return candidate.kind is Kind.BOOL
        return candidate.kind in (_NUMBERS if all(isinstance(v, int) for v in values) else _TEXTS)
    if sdk is str:
        return candidate.kind in _TEXTS
    if sdk is bool:
        return candidate.kind is Kind.BOOL
    if sdk is float and candidate.kind is Kind.VECTOR:
        return True
    return sdk in (int, float) and candidate.kind in _NUMBERS


def chosen(sdk: Any, candidate: Field, target: Shape, union: Shape) -> bool:
    """Whether a union chooses this arm for this object type of the package."""
    tags = {*candidate.tags, *([target.constants[union.tag]] if union.tag in target.constants else [])}
    hints = dict(members(sdk))
    if not tags:
        return union.tag not in hints or not literals(hints[union.tag])
    return bool(set(literals(hints.get(union.tag, str))) & tags)


def inner_lists(candidate: Field) -> Iterator[Field]:
    """Yields the lists that a union or a transparent message may stand for."""
    if candidate.message is None:
        return
    target = shape(candidate.message)
    if target.union is not None:
        for arm in target.fields:
            yield from inner_lists(arm)
    elif target.transparent and target.fields[0].label is Label.LIST:
        yield target.fields[0]


def is_object(sdk: Any) -> bool:
    """Whether a type of the package is a JSON object with named keys."""
    return typing_extensions.is_typeddict(sdk) or issubclass_(sdk, pydantic.BaseModel)


def members(sdk: Any) -> Iterator[tuple[str, Any]]:
    """Yields the JSON keys of an object type of the package with their types."""
    if issubclass_(sdk, pydantic.BaseModel):
        for name, info in sdk.model_fields.items():
            yield info.alias or name, info.annotation
        return
    for name, hint in typing_extensions.get_type_hints(sdk, include_extras=True).items():
        alias = next(
            (
                extra.alias
                for extra in getattr(unwrap_required(hint), "__metadata__", ())
                if getattr(extra, "alias", None)
            ),
            None,
        )
        yield alias or name, hint


def unwrap_required(hint: Any) -> Any:
    """Strips `Required[...]`."""
    return (
        typing.get_args(hint)[0] if typing.get_origin(hint) in (typing.Required, typing_extensions.Required) else hint
    )


def variants(hint: Any) -> list[Any]:
    """Returns the types of a union, without None and without wrappers."""
    origin = typing.get_origin(hint)
    if origin in _WRAPPERS:
        return variants(typing.get_args(hint)[0])
    if isinstance(hint, typing_extensions.TypeAliasType):
        return variants(hint.__value__)
    if hint is type(None):
        return []
    if hint == FileTypes:
        return []
    if origin in (typing.Union, types.UnionType):
        return [variant for part in typing.get_args(hint) for variant in variants(part)]
    return [hint]


def literals(hint: Any) -> tuple[Any, ...]:
    """Returns the values of a Literal, and none for another type."""
    parts = variants(hint)
    return tuple(
        value for part in parts if typing.get_origin(part) is typing.Literal for value in typing.get_args(part)
    )


def measure(find: Callable[[Descriptor], Descriptor] = lambda descriptor: descriptor) -> Coverage:
    """Holds every message of the contract that the package has a type for against that type.

    Args:
        find: Returns the descriptor of another contract for one of this.
    """
    coverage = Coverage()
    for sdk, message in MESSAGES:
        coverage.message(sdk, find(message.DESCRIPTOR), message.DESCRIPTOR.name)
    return coverage


def uncovered(services: Iterable[ServiceDescriptor]) -> list[str]:
    """Returns the messages of the RPCs of services that are neither in `MESSAGES` nor in `WITHOUT_TYPE`.

    Requests of which all fields are in the path have nothing to hold against a type.
    """
    covered = {message.DESCRIPTOR.name for _, message in MESSAGES} | WITHOUT_TYPE.keys()
    needed: set[str] = set()
    for method in (each for service in services for each in service.methods if has_route(each)):
        needed.add(method.output_type.name)
        fields = {
            each.name for each in shape(method.input_type).fields if each.name in method.input_type.fields_by_name
        }
        if fields - set(path_fields(method)):
            needed.add(method.input_type.name)
    return sorted(needed - covered)


def main() -> int:
    """Prints the fields that are not typed, and the share that is."""
    coverage = measure()
    for path in coverage.missing:
        sys.stdout.write(f"not typed: {path}\n")
    for path, reason in EXCEPTIONS.items():
        sys.stdout.write(f"left out: {path}: {reason}\n")
    typed = coverage.fields - len(coverage.missing)
    share = 100 * typed / coverage.fields
    sys.stdout.write(
        f"coverage: {typed} of {coverage.fields} fields of openai {openai.__version__} typed ({share:.1f}%)\n"
    )
    return 1 if coverage.missing else 0


if __name__ == "__main__":
    sys.exit(main())

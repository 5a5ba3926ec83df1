"""Annotations, log probabilities, reasoning and usage of replies, between chat and Responses."""

import time
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from google.protobuf.message import Message

from openai_grpc.codec import CodecError, dumps, from_object, loads, to_json
from openai_grpc.v1 import chat_message_pb2, chat_pb2, response_content_pb2, response_item_pb2, response_pb2
from openai_grpc_server.bridge.losses import add_extra, carry_extra, copy_fields, keys_without

ChatAnnotation = chat_message_pb2.ChatCompletionAnnotation
ResponseAnnotation = response_content_pb2.ResponseAnnotation


def chat_annotation(annotation: ResponseAnnotation, offset: int) -> ChatAnnotation:
    """Writes an annotation of Responses for chat.

    Args:
        annotation: The annotation.
        offset: Number of characters of the message before the annotated part.

    Raises:
        CodecError: It is no object, or has no type.
    """
    value = _object(annotation)
    kind = value.pop("type", "")
    if not isinstance(kind, str):
        raise CodecError("no text", "annotations.type")
    for key in ("start_index", "end_index"):
        if isinstance(value.get(key), int):
            value[key] += offset
    return from_object(ChatAnnotation, {"type": kind, kind: value})


def response_annotation(annotation: ChatAnnotation) -> ResponseAnnotation:
    """Writes an annotation of chat for Responses."""
    value = _object(annotation)
    kind = value.get("type")
    inner = value.pop(kind, {}) if isinstance(kind, str) else {}
    return from_object(ResponseAnnotation, {**value, **inner} if isinstance(inner, dict) else value)


def _object(annotation: Message) -> dict[str, Any]:
    value = loads(to_json(annotation))
    if not isinstance(value, dict):
        raise CodecError("no object", "annotations")
    return value


LOGPROB_FIELDS = frozenset({"token", "bytes", "logprob"})


def chat_logprobs(logprobs: Iterable[Any]) -> list[chat_pb2.ChatCompletionTokenLogprob]:
    """Writes those of Responses for chat."""
    return [_copy(each, chat_pb2.ChatCompletionTokenLogprob()) for each in logprobs]


def response_logprobs(logprobs: Iterable[Any]) -> list[response_content_pb2.ResponseLogprob]:
    """Writes those of chat for Responses."""
    return [_copy(each, response_content_pb2.ResponseLogprob()) for each in logprobs]


def _copy(source: Any, target: Any) -> Any:
    copy_fields(source, target, LOGPROB_FIELDS)
    carry_extra(source, target)
    for each in source.top_logprobs:
        top = target.top_logprobs.add()
        copy_fields(each, top, LOGPROB_FIELDS)
        carry_extra(each, top)
    return target


FORMAT = "openai-responses-v1"
ENCRYPTED = "reasoning.encrypted"
SUMMARY = "reasoning.summary"
TEXT = "reasoning.text"
SEPARATOR = "\n\n"

Detail = chat_message_pb2.ReasoningDetail


def reasoning_items(message: Any, *, stored: bool) -> Iterator[response_item_pb2.ResponseItem]:
    """Converts the reasoning of a chat message to items.

    `reasoning_details` say more than the text of `reasoning_content`, which they repeat.

    Args:
        message: The message, or a delta.
        stored: Whether the upstream knows items by their ids. Otherwise an id helps only where the encrypted content
            comes with it.
    """
    items: dict[str, response_item_pb2.ResponseReasoningItem] = {}
    for detail in message.reasoning_details:
        item = items.setdefault(detail.id, response_item_pb2.ResponseReasoningItem())
        if detail.type == ENCRYPTED:
            item.encrypted_content = detail.data
        elif detail.type == SUMMARY:
            item.summary.add(text=detail.summary)
        else:
            item.content.add(text=detail.text)
    for identity, item in items.items():
        if identity and (stored or item.encrypted_content):
            item.id = identity
        yield response_item_pb2.ResponseItem(reasoning=item)
    text = message.reasoning_content or message.reasoning
    if text and not items:
        item = response_item_pb2.ResponseReasoningItem()
        item.summary.add(text=text)
        yield response_item_pb2.ResponseItem(reasoning=item)


def reasoning_details(item: response_item_pb2.ResponseReasoningItem, first: int) -> list[Detail]:
    """Writes an item as details, numbered from `first`."""
    texts = [Detail(type=SUMMARY, summary=part.text) for part in item.summary]
    texts += [Detail(type=TEXT, text=part.text) for part in item.content]
    if item.encrypted_content:
        texts.append(Detail(type=ENCRYPTED, data=item.encrypted_content))
    for index, detail in enumerate(texts, start=first):
        detail.format = FORMAT
        detail.index = index
        if item.id:
            detail.id = item.id
    return texts


def reasoning_text(item: response_item_pb2.ResponseReasoningItem) -> str:
    """Returns the text of an item: its summary, then its reasoning text."""
    return SEPARATOR.join([part.text for part in item.summary] + [part.text for part in item.content])


SAME_COUNTS = frozenset({"cost", "openrouter", "total_tokens", "xai"})
INPUT = frozenset({"cached_tokens", "cache_write_tokens"})
OUTPUT = frozenset({"reasoning_tokens"})
COUNTS = frozenset({"prompt_tokens", "completion_tokens", "prompt_tokens_details", "completion_tokens_details"})


def chat_usage(usage: response_pb2.ResponseUsage) -> chat_pb2.CompletionUsage:
    """Converts the usage of a response to that of a chat completion."""
    target = chat_pb2.CompletionUsage()
    copy_fields(usage, target, SAME_COUNTS)
    carry_extra(usage, target)
    if usage.HasField("input_tokens"):
        target.prompt_tokens = usage.input_tokens
    if usage.HasField("output_tokens"):
        target.completion_tokens = usage.output_tokens
    if usage.HasField("input_tokens_details"):
        _details(usage.input_tokens_details, target.prompt_tokens_details, INPUT)
    if usage.HasField("output_tokens_details"):
        _details(usage.output_tokens_details, target.completion_tokens_details, OUTPUT)
    return target


def response_usage(usage: chat_pb2.CompletionUsage) -> response_pb2.ResponseUsage:
    """Converts the usage of a chat completion to that of a response, always with details."""
    target = response_pb2.ResponseUsage()
    target.input_tokens = usage.prompt_tokens
    target.output_tokens = usage.completion_tokens
    target.total_tokens = usage.total_tokens or usage.prompt_tokens + usage.completion_tokens
    copy_fields(usage, target, SAME_COUNTS - {"total_tokens"})
    _details(usage.prompt_tokens_details, target.input_tokens_details, INPUT)
    _details(usage.completion_tokens_details, target.output_tokens_details, OUTPUT)
    if not usage.prompt_tokens_details.HasField("cached_tokens"):
        target.input_tokens_details.cached_tokens = (
            usage.deepseek.prompt_cache_hit_tokens or usage.together.cached_tokens
        )
    if not usage.completion_tokens_details.HasField("reasoning_tokens"):
        target.output_tokens_details.reasoning_tokens = usage.reasoning_tokens
    others = keys_without(usage, COUNTS | SAME_COUNTS)
    if usage.HasField("cost_parts"):
        others["cost"] = loads(to_json(usage.cost_parts))
    if others:
        add_extra(target, **others)
    return target


def _details(source: Any, target: Any, names: frozenset[str]) -> None:
    """Copies common counts, and the others under their names."""
    target.SetInParent()
    copy_fields(source, target, names)
    others = keys_without(source, names)
    if others:
        add_extra(target, **others)


# Values that OpenAI's API tells of every response: what a request asks for that does not say otherwise.
RESPONSE_DEFAULTS: Mapping[str, Any] = {
    "background": False,
    "frequency_penalty": 0.0,
    "presence_penalty": 0.0,
    "service_tier": "default",
    "temperature": 1.0,
    "top_logprobs": 0,
    "top_p": 1.0,
    "truncation": "disabled",
}
# Keys that it always sends, null where there is nothing to tell.
RESPONSE_NULLS = (
    *("completed_at", "error", "incomplete_details", "instructions", "max_output_tokens", "max_tool_calls"),
    *("previous_response_id", "prompt_cache_key", "reasoning", "safety_identifier", "usage", "user"),
)


def fill_response(response: response_pb2.Response) -> None:
    """Fills a converted response with what OpenAI's API always tells: defaults, and nulls, kept in `extra_json`.

    It may be filled again after it has changed.
    """
    for name, value in RESPONSE_DEFAULTS.items():
        if not response.HasField(name):  # type: ignore[arg-type]  # stubs want a literal
            setattr(response, name, value)
    if not response.created_at:
        response.created_at = int(time.time())
    if response.status == "completed":
        response.completed_at = int(time.time())
    if not response.text.HasField("format"):
        response.text.format.text.SetInParent()
    text_format: Any = response.text.format
    if text_format.HasField("json_schema"):
        text_format.json_schema.strict = text_format.json_schema.strict
        _add_nulls(text_format.json_schema, description="description")
    if response.HasField("reasoning"):
        _add_nulls(response.reasoning, effort="effort", summary="summary")
    for tool in response.tools:
        if tool.HasField("function"):
            _add_nulls(tool.function, description="description", parameters_json="parameters", strict="strict")
    _add_nulls(response, **{name: name for name in RESPONSE_NULLS})


def _add_nulls(message: Any, **keys: str) -> None:
    """Adds nulls for the keys of fields that are not set, and takes those back whose fields are."""
    extra = loads(message.extra_json) if message.extra_json else {}
    for name, key in keys.items():
        if not message.HasField(name):
            extra.setdefault(key, None)
        elif extra.get(key) is None:
            extra.pop(key, None)
    if extra:
        message.extra_json = dumps(extra).decode()
    else:
        message.ClearField("extra_json")

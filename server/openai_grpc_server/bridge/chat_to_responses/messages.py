"""Chat messages as the input items of Responses."""

from collections.abc import Iterator
from typing import Any

from openai_grpc.codec import from_object, loads
from openai_grpc.v1 import chat_message_pb2, response_item_pb2
from openai_grpc_server.bridge.annotations import response_annotation
from openai_grpc_server.bridge.chat_to_responses.content import output_parts, write_content
from openai_grpc_server.bridge.losses import Losses, carry_extra, copy_fields, join, telling
from openai_grpc_server.bridge.reasoning import reasoning_items

Item = response_item_pb2.ResponseItem
INPUT_ROLES = ("developer", "system", "user")
OUTPUT_ITEMS = "output_items"
ASSISTANT = frozenset(
    {"content", "content_parts", "refusal", "annotations", "tool_calls", "reasoning_content", "reasoning"}
    | {"reasoning_details", "provider_specific_fields_json", "images", "extra_json"}
)


def input_items(messages: Any, losses: Losses, *, stored: bool, first: int = 0) -> list[Item]:
    """Writes messages as items.

    Args:
        messages: The messages.
        losses: Takes what can't be expressed.
        stored: Whether the upstream stores what it answers, so that items can be named by their ids.
        first: The position of the first message in the request.
    """
    items: list[Item] = []
    custom_calls: set[str] = set()
    for index, param in enumerate(messages, start=first):
        role = param.WhichOneof("kind")
        path = join(f"messages[{index}]", role or "kind")
        if role in INPUT_ROLES:
            items.append(_message(getattr(param, role), role, path, losses))
        elif role == "assistant":
            custom_calls.update(call.custom.id for call in param.assistant.tool_calls if call.HasField("custom"))
            items.extend(_assistant(param.assistant, path, losses, stored=stored))
        elif role == "tool":
            items.append(_result(param.tool, path, losses, custom=param.tool.tool_call_id in custom_calls))
        elif role == "unknown":
            items.append(from_object(Item, loads(param.unknown)))
        else:
            losses.lose(path, "Responses name the call that a result belongs to; send a tool message")
    return items


def _message(message: Any, role: str, path: str, losses: Losses) -> Item:
    losses.only(message, {"content", "extra_json"}, path)
    item = Item(message=response_item_pb2.ResponseMessage(role=role))
    write_content(message.content, item.message.content, join(path, "content"), losses)
    carry_extra(message, item.message)
    return item


def _result(
    message: chat_message_pb2.ChatCompletionRequestToolMessage, path: str, losses: Losses, *, custom: bool
) -> Item:
    # The name of the function is known by the call that the result names.
    losses.only(message, {"content", "tool_call_id", "name", "extra_json"}, path)
    item = Item()
    target: Any = item.custom_tool_call_output if custom else item.function_call_output
    target.call_id = message.tool_call_id
    write_content(message.content, target.output, join(path, "content"), losses)
    carry_extra(message, target)
    return item


def _assistant(
    message: chat_message_pb2.ChatCompletionMessage, path: str, losses: Losses, *, stored: bool
) -> Iterator[Item]:
    losses.only(message, ASSISTANT, path)
    kept, phase = _own_fields(message.provider_specific_fields_json, path, losses)
    if kept:
        yield from _kept(kept, message.images)
    else:
        if message.images:
            losses.lose(join(path, "images"), "an image that the model has made needs the item that it came with")
        yield from reasoning_items(message, stored=stored)
    parts = output_parts(message.content_parts, join(path, "content_parts"), losses)
    text = response_item_pb2.ResponseMessage(role="assistant")
    if parts or message.HasField("refusal") or message.annotations:
        if message.HasField("content"):
            written = text.content.parts.parts.add().output_text
            written.text = message.content
            written.annotations.extend(response_annotation(each) for each in message.annotations)
        text.content.parts.parts.extend(parts)
        if message.refusal:
            text.content.parts.parts.add().refusal.refusal = message.refusal
    elif message.content or (message.HasField("content") and not message.tool_calls):
        text.content.text = message.content
    if phase:
        text.phase = phase
    if text.HasField("content"):
        carry_extra(message, text)
        yield Item(message=text)
    else:
        losses.only_extra(message.extra_json, path)
    for index, call in enumerate(message.tool_calls):
        yield _call(call, f"{path}.tool_calls[{index}]", losses)


def _own_fields(fields_json: str, path: str, losses: Losses) -> tuple[list[Any], str]:
    """Returns the items and the phase that the bridge has given out with an earlier reply."""
    fields = telling(fields_json) if fields_json[:1] == "{" else {}
    kept, phase = fields.pop(OUTPUT_ITEMS, None), fields.pop("phase", None)
    for name in fields:
        losses.lose(join(path, f"provider_specific_fields_json.{name}"))
    return kept if isinstance(kept, list) else [], phase if isinstance(phase, str) else ""


def _kept(items: Any, images: Any) -> Iterator[Item]:
    """Yields the items that the bridge has given out with an earlier reply, each image back in its place."""
    pictures = iter(images)
    for value in items:
        item = from_object(Item, value)
        if item.HasField("image_generation_call") and not item.image_generation_call.result:
            picture = next(pictures, None)
            if picture is not None and picture.image_url.image_url.HasField("data"):
                item.image_generation_call.result = picture.image_url.image_url.data.data
        yield item


def _call(call: chat_message_pb2.ChatCompletionMessageToolCall, path: str, losses: Losses) -> Item:
    item = Item()
    kind = call.WhichOneof("kind")
    if kind == "function":
        losses.only(call.function, {"id", "function", "namespace", "index", "extra_json"}, join(path, kind))
        losses.only(call.function.function, {"name", "arguments"}, join(path, "function.function"))
        copy_fields(call.function.function, item.function_call, {"name", "arguments"})
        copy_fields(call.function, item.function_call, {"namespace"})
        item.function_call.call_id = call.function.id
        carry_extra(call.function, item.function_call)
    elif kind == "custom":
        losses.only(call.custom, {"id", "custom", "namespace", "extra_json"}, join(path, kind))
        losses.only(call.custom.custom, {"name", "input"}, join(path, "custom.custom"))
        copy_fields(call.custom.custom, item.custom_tool_call, {"name", "input"})
        copy_fields(call.custom, item.custom_tool_call, {"namespace"})
        item.custom_tool_call.call_id = call.custom.id
        carry_extra(call.custom, item.custom_tool_call)
    elif kind == "unknown":
        return from_object(Item, loads(call.unknown))
    return item

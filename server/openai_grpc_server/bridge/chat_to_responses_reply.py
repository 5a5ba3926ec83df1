"""Conversion of responses to chat completions."""

from typing import Any

from openai_grpc.codec import dumps, loads, to_json
from openai_grpc.v1 import chat_content_pb2, chat_message_pb2, chat_pb2, response_item_pb2, response_pb2
from openai_grpc_server.bridge.chat_to_responses_request import OUTPUT_ITEMS
from openai_grpc_server.bridge.losses import add_extra, carry_extra, copy_fields, keys_without
from openai_grpc_server.bridge.reply_parts import (
    SEPARATOR,
    chat_annotation,
    chat_logprobs,
    chat_usage,
    reasoning_details,
    reasoning_text,
)
from openai_grpc_server.errors import GatewayError, from_error_object

SAME = frozenset({"id", "model", "service_tier", "metadata", "moderation"})
# Items that a chat message has fields for; the others go out as they are, in `provider_specific_fields`.
PLAIN_ITEMS = frozenset({"message", "reasoning", "function_call", "custom_tool_call"})
INCOMPLETE = {"max_output_tokens": "length"}


def chat_completion(response: response_pb2.Response) -> chat_pb2.ChatCompletion:
    """Converts a response to a chat completion.

    Raises:
        GatewayError: The response has failed.
    """
    if response.status == "failed":
        raise failure(response, started=False)
    target = chat_pb2.ChatCompletion()
    copy_fields(response, target, SAME)
    carry_rest(response, target)
    target.created = response.created_at
    choice = target.choices.add(index=0)
    choice.message.SetInParent()
    for item in response.output:
        add_item(item, choice)
    fields = provider_fields(response.output)
    if choice.message.content:
        choice.message.ClearField("content_parts")  # both are `content` in JSON; they are among the fields below
    if fields:
        choice.message.provider_specific_fields_json = dumps(fields).decode()
    reason = finish_reason(response)
    if reason:
        choice.finish_reason = reason
    if response.HasField("usage"):
        target.usage.CopyFrom(chat_usage(response.usage))
    return target


def failure(response: response_pb2.Response, *, started: bool) -> GatewayError:
    """Returns the error of a failed response, which has no form in chat.

    Args:
        response: The response.
        started: Whether some of it has reached the caller.
    """
    error = loads(to_json(response.error)) if response.HasField("error") else {}
    if not error and response.extra_json and (text := loads(response.extra_json).get("error")):
        error = text if isinstance(text, dict) else {"message": text}  # as no error of OpenAI's is
    return from_error_object({"error": {"message": "The response has failed", **error}}, safe=False, started=started)


def carry_rest(response: response_pb2.Response, target: Any) -> None:
    """Copies keys without a field in chat, except for echoes of the request."""
    carry_extra(response, target)
    rest = response_pb2.Response()
    copy_fields(response, rest, {"azure", "billing", "tool_usage"})
    add_extra(target, **{key: value for key, value in keys_without(rest, ()).items() if value})


def finish_reason(response: response_pb2.Response) -> str:
    """Returns the finish reason; empty before the end."""
    if response.status == "incomplete":
        reason = response.incomplete_details.reason
        return INCOMPLETE.get(reason, reason or "length")
    if response.status not in {"", "completed"}:
        return ""
    called = any(item.WhichOneof("kind") in {"function_call", "custom_tool_call"} for item in response.output)
    return "tool_calls" if called else "stop"


PLAIN_PARTS = frozenset({"output_text", "refusal", None})


def provider_fields(output: Any) -> dict[str, Any]:
    """Returns the output without a field in a chat message.

    Once there is an item of a hosted tool, the reasoning is there as well: sent back with the next request, the items
    need the order that they had. An image is not there twice: the message has it in `images`.
    """
    fields: dict[str, Any] = {}
    phases = [item.message.phase for item in output if item.message.phase]
    if phases:
        fields["phase"] = phases[-1]
    if any(item.WhichOneof("kind") not in PLAIN_ITEMS for item in output):
        kept = [loads(to_json(item)) for item in output if item.WhichOneof("kind") not in PLAIN_ITEMS - {"reasoning"}]
        for item in kept:
            if isinstance(item, dict) and item.get("type") == "image_generation_call":
                item.pop("result", None)
        fields[OUTPUT_ITEMS] = kept
    parts = [part for item in output for part in item.message.content.parts.parts]
    if others := [loads(to_json(part)) for part in parts if part.WhichOneof("kind") not in PLAIN_PARTS]:
        fields["content_parts"] = others
    return fields


def add_item(item: response_item_pb2.ResponseItem, choice: Any) -> None:
    """Adds an item of the output to the message of a choice."""
    kind = item.WhichOneof("kind")
    message = choice.message
    if kind == "message":
        for part in item.message.content.parts.parts:
            _add_part(part, choice)
        if item.message.content.text:
            message.content += item.message.content.text
    elif kind == "reasoning":
        message.reasoning_details.extend(reasoning_details(item.reasoning, len(message.reasoning_details)))
        text = reasoning_text(item.reasoning)
        if text:
            message.reasoning_content += SEPARATOR + text if message.reasoning_content else text
    elif kind == "function_call":
        call = message.tool_calls.add().function
        call.id = item.function_call.call_id
        copy_fields(item.function_call, call.function, {"name", "arguments"})
        copy_fields(item.function_call, call, {"namespace"})
        carry_extra(item.function_call, call)
    elif kind == "custom_tool_call":
        custom = message.tool_calls.add().custom
        custom.id = item.custom_tool_call.call_id
        copy_fields(item.custom_tool_call, custom.custom, {"name", "input"})
        copy_fields(item.custom_tool_call, custom, {"namespace"})
        carry_extra(item.custom_tool_call, custom)
    elif kind == "image_generation_call" and item.image_generation_call.result:
        message.images.append(image(item.image_generation_call, len(message.images)))


def image(call: Any, index: int, data: bytes | None = None) -> chat_content_pb2.ChatCompletionContentPart:
    """Writes a generated image.

    Args:
        call: The item, or the event of a partial image.
        index: Index of the image in the message.
        data: The image. Default: the item's result.
    """
    part = chat_content_pb2.ChatCompletionContentPart()
    part.image_url.index = index
    target = part.image_url.image_url.data
    target.mime_type = f"image/{call.output_format or 'png'}"
    target.data = call.result if data is None else data
    return part


def _add_part(part: Any, choice: Any) -> None:
    message: chat_message_pb2.ChatCompletionMessage = choice.message
    kind = part.WhichOneof("kind")
    if kind == "output_text":
        offset = len(message.content)
        message.content += part.output_text.text
        message.annotations.extend(chat_annotation(each, offset) for each in part.output_text.annotations)
        choice.logprobs.content.extend(chat_logprobs(part.output_text.logprobs))
        if not choice.logprobs.content:
            choice.ClearField("logprobs")
    elif kind == "refusal":
        message.refusal += part.refusal.refusal
    elif kind is not None:
        message.content_parts.add().unknown = to_json(part).decode()

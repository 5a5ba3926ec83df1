"""A chat request as a request of Responses."""

from typing import Any

from openai_grpc.codec import CodecError, from_object
from openai_grpc.v1 import chat_pb2, common_pb2, responses_pb2
from openai_grpc_server.bridge.chat_to_responses.messages import input_items
from openai_grpc_server.bridge.chat_to_responses.tools import response_tool_choice, response_tools, web_search
from openai_grpc_server.bridge.losses import Losses, copy_fields, join, telling, typed_keys
from openai_grpc_server.bridge.steps import in_steps
from openai_grpc_server.errors import InvalidArgumentError

LOGPROBS = "message.output_text.logprobs"
ENCRYPTED = "reasoning.encrypted_content"

SAME = frozenset(
    {
        "call_options",
        "metadata",
        "model",
        "moderation",
        "parallel_tool_calls",
        "prompt_cache_key",
        "prompt_cache_options",
        "prompt_cache_retention",
        "reasoning",
        "safety_identifier",
        "service_tier",
        "store",
        "temperature",
        "top_logprobs",
        "top_p",
        "user",
    }
)
# `usage` asks OpenRouter for what Responses always say.
READ = SAME | {
    "extra_json",
    "logprobs",
    "max_completion_tokens",
    "max_tokens",
    "messages",
    "reasoning_effort",
    "response_format",
    "stream_options",
    "tool_choice",
    "tools",
    "usage",
    "verbosity",
    "web_search_options",
}
# Values that ask for nothing but what Responses do anyway.
DEFAULTS: dict[str, Any] = {"frequency_penalty": 0, "presence_penalty": 0, "n": 1, "modalities": ["text"]}


def response_request(
    request: chat_pb2.CreateChatCompletionRequest, losses: Losses
) -> responses_pb2.CreateResponseRequest:
    """Writes a chat request as a request of Responses.

    The reply is not stored unless the caller asks for it, as in chat. What the model has to know again of its
    encrypted reasoning is asked for when the caller says something about reasoning.

    Raises:
        InvalidArgumentError: The request has what Responses can't express.
    """
    at_default = {name for name, value in DEFAULTS.items() if _plain(getattr(request, name)) == value}
    losses.only(request, READ | at_default)
    target = _extra(request, losses)
    copy_fields(request, target, SAME)
    if not target.HasField("store"):
        target.store = False
    _tokens(request, target, losses)
    _reasoning(request, target)
    _text(request, target, losses)
    if request.logprobs:
        target.include.append(LOGPROBS)
    if request.HasField("stream_options"):
        known = {"include_obfuscation", "include_usage"}
        losses.only(request.stream_options, known, "stream_options")
        copy_fields(request.stream_options, target.stream_options, {"include_obfuscation"})
    target.tools.extend(in_steps(response_tools(request.tools, "tools", losses)))
    if request.HasField("web_search_options"):
        target.tools.append(web_search(request.web_search_options, losses))
    if request.HasField("tool_choice"):
        target.tool_choice.CopyFrom(response_tool_choice(request.tool_choice, losses))
    messages = list(request.messages)
    instructions = _instructions(messages)
    if instructions is not None:
        target.instructions = instructions
        del messages[0]
    first = int(instructions is not None)
    target.input.items.items.extend(in_steps(input_items(messages, losses, stored=target.store, first=first)))
    target.input.items.SetInParent()
    return target


def _extra(request: chat_pb2.CreateChatCompletionRequest, losses: Losses) -> responses_pb2.CreateResponseRequest:
    """Starts a request with the keys that chat does not know: Responses may."""
    keys = telling(request.extra_json)
    effort = keys.pop("reasoning_effort", None)
    for name in [each for each in keys if each in typed_keys(request.DESCRIPTOR)]:
        losses.lose(join("extra_json", name))
        del keys[name]
    if isinstance(effort, dict):  # LiteLLM's form of chat's `reasoning`
        keys["reasoning"] = effort
    elif effort is not None:
        losses.lose("extra_json.reasoning_effort", "an effort is a string, or an object of effort and summary")
    try:
        return from_object(responses_pb2.CreateResponseRequest, keys)
    except CodecError as error:
        raise InvalidArgumentError.of_field("extra_json", str(error)) from error


def _tokens(
    request: chat_pb2.CreateChatCompletionRequest, target: responses_pb2.CreateResponseRequest, losses: Losses
) -> None:
    for name in ("max_completion_tokens", "max_tokens"):
        if not request.HasField(name):
            continue
        value = getattr(request, name)
        if target.HasField("max_output_tokens") and target.max_output_tokens != value:
            losses.lose(name, "there is only one limit, max_output_tokens, and another value was given for it")
        else:
            target.max_output_tokens = value


def _reasoning(request: chat_pb2.CreateChatCompletionRequest, target: responses_pb2.CreateResponseRequest) -> None:
    if request.HasField("reasoning_effort"):
        target.reasoning.effort = request.reasoning_effort
    reasons = target.HasField("reasoning") and target.reasoning != common_pb2.Reasoning(effort="none")
    if reasons and not target.store and ENCRYPTED not in target.include:
        target.include.append(ENCRYPTED)


def _text(
    request: chat_pb2.CreateChatCompletionRequest, target: responses_pb2.CreateResponseRequest, losses: Losses
) -> None:
    if request.HasField("verbosity"):
        target.text.verbosity = request.verbosity
    form = request.response_format
    kind = form.WhichOneof("kind")
    if kind == "json_schema":
        known = {"name", "description", "schema_json", "strict"}
        losses.only(form.json_schema, {"json_schema"}, "response_format.json_schema")
        losses.only(form.json_schema.json_schema, known, "response_format.json_schema.json_schema")
        target.text.format.json_schema.SetInParent()
        copy_fields(form.json_schema.json_schema, target.text.format.json_schema, known)
    elif kind == "unknown":
        target.text.format.unknown = form.unknown
    elif kind is not None:
        getattr(target.text.format, kind).CopyFrom(getattr(form, kind))


def _instructions(messages: Any) -> str | None:
    """Returns the text of a system message at the beginning, which is what instructions are."""
    if not messages or messages[0].WhichOneof("kind") != "system":
        return None
    system = messages[0].system
    plain = {field.name for field, _ in system.ListFields()} == {"content"}
    return str(system.content.text) if plain and system.content.WhichOneof("kind") == "text" else None


def _plain(value: Any) -> Any:
    return value if isinstance(value, int | float) else list(value)

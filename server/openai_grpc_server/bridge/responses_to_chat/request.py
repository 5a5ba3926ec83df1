"""A request of Responses as a chat request."""

from openai_grpc.codec import CodecError, from_object
from openai_grpc.v1 import chat_pb2, responses_pb2
from openai_grpc_server.bridge.losses import Losses, copy_fields, join, telling
from openai_grpc_server.bridge.responses_to_chat.items import Messages
from openai_grpc_server.bridge.responses_to_chat.tools import chat_tool_choice, chat_tools, web_search_options
from openai_grpc_server.bridge.steps import in_steps
from openai_grpc_server.errors import InvalidArgumentError

LOGPROBS = "message.output_text.logprobs"
# Of encrypted reasoning comes what there is: most servers that have chat only have none.
INCLUDED = frozenset({LOGPROBS, "reasoning.encrypted_content"})

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
        "safety_identifier",
        "service_tier",
        "temperature",
        "top_logprobs",
        "top_p",
        "user",
    }
)
READ = SAME | {
    "extra_json",
    "include",
    "input",
    "instructions",
    "max_output_tokens",
    "reasoning",
    "stream_options",
    "text",
    "tool_choice",
    "tools",
}
# Values that ask for nothing but what chat does anyway.
DEFAULTS = {"background": False, "store": False, "truncation": "disabled"}


def chat_request(request: responses_pb2.CreateResponseRequest, losses: Losses) -> chat_pb2.CreateChatCompletionRequest:
    """Writes a request of Responses as a chat request.

    The upstream keeps no responses: what refers to an earlier one, or asks to store this one, can't be expressed.

    Raises:
        InvalidArgumentError: The request has what chat can't express.
    """
    at_default = {name for name, value in DEFAULTS.items() if getattr(request, name) == value}
    losses.only(request, READ | at_default)
    target = _extra(request, losses)
    copy_fields(request, target, SAME)
    if request.HasField("max_output_tokens"):
        # The name that every server with chat knows.
        target.max_tokens = request.max_output_tokens
    for index, value in enumerate(request.include):
        if value not in INCLUDED:
            losses.lose(f"include[{index}]", f"chat can't include {value}")
    if LOGPROBS in request.include or request.HasField("top_logprobs"):
        target.logprobs = True
    if request.HasField("stream_options"):
        losses.only(request.stream_options, {"include_obfuscation"}, "stream_options")
        copy_fields(request.stream_options, target.stream_options, {"include_obfuscation"})
    _reasoning(request, target)
    _text(request, target, losses)
    target.tools.extend(in_steps(chat_tools(request.tools, "tools", losses)))
    search = web_search_options(request.tools, "tools", losses)
    if search is not None:
        target.web_search_options.CopyFrom(search)
    if request.HasField("tool_choice"):
        choice = chat_tool_choice(request.tool_choice, losses)
        if choice is not None:
            target.tool_choice.CopyFrom(choice)
    _messages(request, target, losses)
    return target


def _extra(request: responses_pb2.CreateResponseRequest, losses: Losses) -> chat_pb2.CreateChatCompletionRequest:
    """Starts a request with the keys that Responses do not know: chat may."""
    keys = telling(request.extra_json)
    for name in [each for each in keys if each in request.DESCRIPTOR.fields_by_name]:
        losses.lose(join("extra_json", name))
        del keys[name]
    try:
        return from_object(chat_pb2.CreateChatCompletionRequest, keys)
    except CodecError as error:
        raise InvalidArgumentError.of_field("extra_json", str(error)) from error


def _reasoning(request: responses_pb2.CreateResponseRequest, target: chat_pb2.CreateChatCompletionRequest) -> None:
    """Writes the effort. A summary needs no asking for: a server that shows its reasoning does so always."""
    asked = {field.name for field, _ in request.reasoning.ListFields()}
    if asked <= {"effort", "summary", "generate_summary"}:
        if request.reasoning.HasField("effort"):
            target.reasoning_effort = request.reasoning.effort
    else:
        target.reasoning.CopyFrom(request.reasoning)


def _text(
    request: responses_pb2.CreateResponseRequest, target: chat_pb2.CreateChatCompletionRequest, losses: Losses
) -> None:
    losses.only(request.text, {"format", "verbosity"}, "text")
    if request.text.HasField("verbosity"):
        target.verbosity = request.text.verbosity
    form = request.text.format
    kind = form.WhichOneof("kind")
    if kind == "json_schema":
        known = {"name", "description", "schema_json", "strict"}
        losses.only(form.json_schema, known, "text.format.json_schema")
        schema = target.response_format.json_schema.json_schema
        copy_fields(form.json_schema, schema, known)
    elif kind == "unknown":
        target.response_format.unknown = form.unknown
    elif kind == "json_object":
        target.response_format.json_object.CopyFrom(form.json_object)


def _messages(
    request: responses_pb2.CreateResponseRequest, target: chat_pb2.CreateChatCompletionRequest, losses: Losses
) -> None:
    messages = Messages(losses)
    if request.HasField("instructions"):
        target.messages.add().system.content.text = request.instructions
    kind = request.input.WhichOneof("kind")
    if kind == "text":
        target.messages.add().user.content.text = request.input.text
    elif kind == "unknown":
        losses.lose("input.unknown", "chat can't express it")
    for index, item in enumerate(request.input.items.items):
        messages.add(item, f"input.items.items[{index}]")
    target.messages.extend(in_steps(messages.written))

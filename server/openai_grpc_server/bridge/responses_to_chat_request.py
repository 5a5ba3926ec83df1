"""Conversion of requests of the Responses API to chat requests."""

from typing import Any

from openai_grpc.codec import CodecError, dumps, from_object, loads, to_json
from openai_grpc.v1 import chat_content_pb2, chat_message_pb2, chat_pb2, chat_tool_pb2, responses_pb2
from openai_grpc_server.bridge.losses import Losses, add_extra, carry_extra, copy_fields, in_steps, join, telling
from openai_grpc_server.bridge.reply_parts import SEPARATOR, reasoning_details, reasoning_text
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
    """Converts a request of Responses to a chat request.

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
    _text_options(request, target, losses)
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
    """Starts a request with the keys unknown to Responses, as chat may know them."""
    keys = telling(request.extra_json)
    for name in [each for each in keys if each in request.DESCRIPTOR.fields_by_name]:
        losses.lose(join("extra_json", name))
        del keys[name]
    try:
        return from_object(chat_pb2.CreateChatCompletionRequest, keys)
    except CodecError as error:
        raise InvalidArgumentError.of_field("extra_json", str(error)) from error


def _reasoning(request: responses_pb2.CreateResponseRequest, target: chat_pb2.CreateChatCompletionRequest) -> None:
    """Writes the effort. No summary is requested: servers that return reasoning always do."""
    asked = {field.name for field, _ in request.reasoning.ListFields()}
    if asked <= {"effort", "summary", "generate_summary"}:
        if request.reasoning.HasField("effort"):
            target.reasoning_effort = request.reasoning.effort
    else:
        target.reasoning.CopyFrom(request.reasoning)


def _text_options(
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


Param = chat_message_pb2.ChatCompletionRequestMessage
# Servers that have chat only know `system`; to OpenAI's models the two are the same.
ROLES = {"user": "user", "system": "system", "developer": "system"}


class Messages:
    """Converts items to messages.

    What the model has said in one turn is one message: its reasoning, its text and its tool calls, so that the results
    follow the calls at once, as chat wants it.

    Args:
        losses: Takes what can't be expressed.

    Attributes:
        written: The messages.
    """

    def __init__(self, losses: Losses) -> None:
        self.written: list[Param] = []
        self._losses = losses

    def add(self, item: Any, path: str) -> None:
        """Writes the next item.

        Raises:
            InvalidArgumentError: Chat can't express it.
        """
        kind = item.WhichOneof("kind")
        if kind == "message":
            self._message(item.message, join(path, kind))
        elif kind == "reasoning":
            self._reasoning(item.reasoning, join(path, kind))
        elif kind == "function_call":
            self._function_call(item.function_call, join(path, kind))
        elif kind == "custom_tool_call":
            self._custom_call(item.custom_tool_call, join(path, kind))
        elif kind in {"function_call_output", "custom_tool_call_output"}:
            self._result(getattr(item, kind), join(path, kind))
        elif kind == "unknown":
            self.written.append(from_object(Param, loads(item.unknown)))
        else:
            self._losses.lose(join(path, kind or "kind"), "chat has no such item")

    def _turn(self, *, after: tuple[str, ...]) -> Any:
        """Returns the message of the assistant's turn; a new one if it has other fields than these."""
        last = self.written[-1] if self.written else None
        if last is not None and last.HasField("assistant"):
            said = {field.name for field, _ in last.assistant.ListFields()}
            if said <= {"reasoning_content", "reasoning_details", *after} or last.assistant.tool_calls:
                return last.assistant
        self.written.append(Param(assistant=chat_message_pb2.ChatCompletionMessage()))
        return self.written[-1].assistant

    def _message(self, message: Any, path: str) -> None:
        self._losses.only(message, {"content", "role", "status", "id", "phase", "extra_json"}, path)
        if message.role == "assistant":
            self._said(message, path)
            return
        role = ROLES.get(message.role)
        if role is None:
            self._losses.lose(join(path, "role"), "chat has no such role")
            return
        param = Param()
        target: Any = getattr(param, role)
        target.SetInParent()
        write_content(message.content, target.content, join(path, "content"), self._losses)
        carry_extra(message, target)
        self.written.append(param)

    def _said(self, message: Any, path: str) -> None:
        turn = self._turn(after=("tool_calls",))
        kind = message.content.WhichOneof("kind")
        parts = chat_parts(message.content.parts.parts, join(path, "content.parts"), self._losses)
        if kind == "unknown":
            self._losses.lose(join(path, "content.unknown"))
        elif all(part.HasField("text") and len(part.text.ListFields()) == 1 for part in parts):
            turn.content += message.content.text + "".join(part.text.text for part in parts)
        elif [part.WhichOneof("kind") for part in parts] == ["refusal"]:
            turn.refusal = parts[0].refusal.refusal
        else:
            turn.content_parts.extend(parts)
        carry_extra(message, turn)

    def _reasoning(self, item: Any, path: str) -> None:
        self._losses.only(item, {"id", "summary", "content", "encrypted_content", "status", "extra_json"}, path)
        turn = self._turn(after=())
        text = reasoning_text(item)
        if text:
            turn.reasoning_content += SEPARATOR + text if turn.reasoning_content else text
        extra = telling(item.extra_json)
        kept = extra.pop("reasoning_details", None)
        for name in extra:
            self._losses.lose(join(path, f"extra_json.{name}"))
        if isinstance(kept, list):
            turn.reasoning_details.extend(from_object(chat_message_pb2.ReasoningDetail, each) for each in kept)
        elif item.encrypted_content:
            turn.reasoning_details.extend(reasoning_details(item, len(turn.reasoning_details)))

    def _function_call(self, item: Any, path: str) -> None:
        known = {"arguments", "call_id", "name", "id", "namespace", "status", "created_by", "extra_json"}
        self._losses.only(item, known, path)
        call = self._turn(after=("content", "refusal", "content_parts")).tool_calls.add().function
        call.id = item.call_id
        copy_fields(item, call.function, {"name", "arguments"})
        copy_fields(item, call, {"namespace"})
        extra = telling(item.extra_json)
        content = extra.pop("extra_content", None)  # such as a signature of the thought before the call
        if content is not None:
            call.google.extra_content_json = dumps(content).decode()
        add_extra(call, **extra)

    def _custom_call(self, item: Any, path: str) -> None:
        known = {"call_id", "input", "name", "id", "namespace", "status", "created_by", "extra_json"}
        self._losses.only(item, known, path)
        call = self._turn(after=("content", "refusal", "content_parts")).tool_calls.add().custom
        call.id = item.call_id
        copy_fields(item, call.custom, {"name", "input"})
        copy_fields(item, call, {"namespace"})
        carry_extra(item, call)

    def _result(self, item: Any, path: str) -> None:
        known = {"output", "id", "call_id", "name", "namespace", "status", "created_by", "extra_json"}
        self._losses.only(item, known, path)
        param = Param()
        param.tool.tool_call_id = item.call_id
        write_content(item.output, param.tool.content, join(path, "output"), self._losses)
        carry_extra(item, param.tool)
        self.written.append(param)


Part = chat_content_pb2.ChatCompletionContentPart


def write_content(content: Any, target: Any, path: str, losses: Losses) -> None:
    """Writes the content of an item into a `ChatCompletionContent`."""
    kind = content.WhichOneof("kind")
    if kind == "text":
        target.text = content.text
    elif kind == "parts":
        target.parts.SetInParent()
        target.parts.parts.extend(chat_parts(content.parts.parts, join(path, "parts"), losses))
    elif kind == "unknown":
        target.unknown = content.unknown


def chat_parts(parts: Any, path: str, losses: Losses) -> list[Part]:
    """Writes parts; output parts become input parts."""
    written = []
    for index, source in enumerate(parts):
        kind = source.WhichOneof("kind")
        if kind == "unknown":
            written.append(from_object(Part, loads(source.unknown)))
        elif kind in _WRITERS:
            written.append(Part())
            _WRITERS[kind](getattr(source, kind), written[-1], f"{path}[{index}].{kind}", losses)
        else:
            losses.lose(f"{path}[{index}].{kind}", "chat has no such part")
    return written


def _text(source: Any, target: Part, path: str, losses: Losses) -> None:
    # What stands beside a text that the model has written, such as annotations, is not for the model to read.
    losses.only(source, {"text", "annotations", "logprobs", "prompt_cache_breakpoint", "extra_json"}, path)
    target.text.text = source.text
    copy_fields(source, target.text, {"prompt_cache_breakpoint"})
    carry_extra(source, target.text)


def _image(source: Any, target: Part, path: str, losses: Losses) -> None:
    losses.only(source, {"image_url", "data", "detail", "prompt_cache_breakpoint", "extra_json"}, path)
    target.image_url.image_url.SetInParent()
    copy_fields(source, target.image_url.image_url, {"data", "detail"})
    if source.HasField("image_url"):
        target.image_url.image_url.url = source.image_url
    copy_fields(source, target.image_url, {"prompt_cache_breakpoint"})
    carry_extra(source, target.image_url)


def _file(source: Any, target: Part, path: str, losses: Losses) -> None:
    known = {"file_data", "data", "file_id", "filename"}
    losses.only(source, {*known, "prompt_cache_breakpoint", "extra_json"}, path)
    target.file.file.SetInParent()
    copy_fields(source, target.file.file, known)
    copy_fields(source, target.file, {"prompt_cache_breakpoint"})
    carry_extra(source, target.file)


def _audio(source: Any, target: Part, path: str, losses: Losses) -> None:
    losses.only(source, {"input_audio", "extra_json"}, path)
    losses.only(source.input_audio, {"data", "format"}, join(path, "input_audio"))
    target.input_audio.input_audio.SetInParent()
    copy_fields(source.input_audio, target.input_audio.input_audio, {"data", "format"})
    carry_extra(source, target.input_audio)


def _refusal(source: Any, target: Part, path: str, losses: Losses) -> None:
    losses.only(source, {"refusal", "extra_json"}, path)
    target.refusal.refusal = source.refusal
    carry_extra(source, target.refusal)


_WRITERS = {
    "input_text": _text,
    "output_text": _text,
    "input_image": _image,
    "input_file": _file,
    "input_audio": _audio,
    "refusal": _refusal,
}


Tool = chat_tool_pb2.ChatCompletionTool
Choice = chat_tool_pb2.ChatCompletionToolChoice


def chat_tools(tools: Any, path: str, losses: Losses) -> list[Tool]:
    """Writes tools run by the caller and provider tools; refuses OpenAI's hosted tools.

    Which ones are refused goes by their names, not by whether the contract has them typed: a tool that it gets a type
    for goes on as it went before.
    """
    written = []
    for index, tool in enumerate(tools):
        kind = tool.WhichOneof("kind")
        where = f"{path}[{index}].{kind}"
        if kind == "function":
            written.append(_function(tool.function, where, losses))
        elif kind == "custom":
            written.append(_custom(tool.custom, where, losses))
        elif kind is not None and kind not in WEB_SEARCHES:
            value = loads(to_json(tool))
            if isinstance(value, dict) and value.get("type") in HOSTED_TOOLS:
                losses.lose(where, "the upstream has chat completions only, and they have no such tool")
            else:
                written.append(from_object(Tool, value))
    return written


def web_search_options(tools: Any, path: str, losses: Losses) -> chat_tool_pb2.WebSearchOptions | None:
    """Returns the web search tool as chat's option."""
    target = None
    for index, tool in enumerate(tools):
        kind = tool.WhichOneof("kind")
        if kind not in WEB_SEARCHES:
            continue
        source = getattr(tool, kind)
        losses.only(source, {"search_context_size", "user_location"}, f"{path}[{index}].{kind}")
        target = chat_tool_pb2.WebSearchOptions()
        copy_fields(source, target, {"search_context_size"})
        if source.HasField("user_location"):
            where = {"city", "country", "region", "timezone"}
            target.user_location.approximate.SetInParent()
            copy_fields(source.user_location, target.user_location.approximate, where)
    return target


def chat_tool_choice(choice: Any, losses: Losses) -> Choice | None:
    """Writes a tool choice."""
    target = Choice()
    kind = choice.WhichOneof("kind")
    if kind == "mode":
        target.mode = choice.mode
    elif kind == "function":
        losses.only(choice.function, {"name"}, "tool_choice.function")
        target.function.function.name = choice.function.name
    elif kind == "custom":
        losses.only(choice.custom, {"name"}, "tool_choice.custom")
        target.custom.custom.name = choice.custom.name
    elif kind == "allowed_tools":
        losses.only(choice.allowed_tools, {"mode", "tools"}, "tool_choice.allowed_tools")
        allowed = target.allowed_tools.allowed_tools
        copy_fields(choice.allowed_tools, allowed, {"mode"})
        for index, tool in enumerate(choice.allowed_tools.tools):
            _allow(tool, allowed.tools, f"tool_choice.allowed_tools.tools[{index}]", losses)
    elif kind == "unknown":
        return from_object(Choice, loads(choice.unknown))
    else:
        losses.lose(join("tool_choice", kind or "kind"), "chat has no such choice")
        return None
    return target


def restrict_tools(request: chat_pb2.CreateChatCompletionRequest) -> None:
    """Leaves out the tools that may not be called, as servers other than OpenAI's ignore `allowed_tools`."""
    if request.tool_choice.WhichOneof("kind") != "allowed_tools":
        return
    allowed = request.tool_choice.allowed_tools.allowed_tools
    names = {_name(tool) for tool in allowed.tools}
    kept = [tool for tool in request.tools if _name(tool) in names]
    mode = allowed.mode
    del request.tools[:]
    request.tools.extend(kept)
    request.ClearField("tool_choice")
    if kept and mode:
        request.tool_choice.mode = mode


def _name(tool: Any) -> tuple[str, str]:
    kind = tool.WhichOneof("kind") or ""
    return kind, getattr(getattr(tool, kind), kind).name if kind in {"function", "custom"} else ""


def _function(source: Any, path: str, losses: Losses) -> Tool:
    known = {"name", "description", "parameters_json", "strict"}
    losses.only(source, {*known, "defer_loading", "extra_json"}, path)
    tool = Tool()
    tool.function.function.SetInParent()
    copy_fields(source, tool.function.function, known)
    copy_fields(source, tool.function, {"defer_loading"})
    carry_extra(source, tool.function.function)
    return tool


def _custom(source: Any, path: str, losses: Losses) -> Tool:
    losses.only(source, {"name", "description", "format", "extra_json"}, path)
    tool = Tool()
    target = tool.custom.custom
    target.SetInParent()
    copy_fields(source, target, {"name", "description"})
    carry_extra(source, target)
    kind = source.format.WhichOneof("kind")
    if kind == "grammar":
        grammar = target.format.grammar.grammar
        copy_fields(source.format.grammar, grammar, {"definition", "syntax"})
    elif kind == "text":
        target.format.text.CopyFrom(source.format.text)
    elif kind == "unknown":
        target.format.unknown = source.format.unknown
    return tool


def _allow(tool: Any, allowed: Any, path: str, losses: Losses) -> None:
    kind = tool.WhichOneof("kind")
    if kind == "function":
        allowed.add().function.function.name = tool.function.name
    elif kind == "custom":
        allowed.add().custom.custom.name = tool.custom.name
    else:
        losses.lose(join(path, kind or "kind"), "chat has no such tool")


HOSTED_TOOLS = frozenset(
    {
        "apply_patch",
        "code_interpreter",
        "computer",
        "computer_use",
        "computer_use_preview",
        "file_search",
        "image_generation",
        "local_shell",
        "mcp",
        "namespace",
        "programmatic_tool_calling",
        "shell",
        "tool_search",
    }
)
"""The tools of Responses that no server of chat completions has. Reference: OpenAI API, Responses, `tools`."""
WEB_SEARCHES = frozenset({"web_search", "web_search_2025_08_26", "web_search_preview", "web_search_preview_2025_03_11"})

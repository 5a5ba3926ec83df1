"""Conversion of chat requests to the Responses API."""

from collections.abc import Iterator
from typing import Any

from openai_grpc.codec import CodecError, from_object, loads, to_json
from openai_grpc.v1 import (
    chat_message_pb2,
    chat_pb2,
    chat_tool_pb2,
    common_pb2,
    response_item_pb2,
    response_tool_pb2,
    responses_pb2,
)
from openai_grpc.v1 import response_content_pb2 as pb
from openai_grpc_server.bridge.losses import Losses, carry_extra, copy_fields, in_steps, join, telling, typed_keys
from openai_grpc_server.bridge.reply_parts import reasoning_items, response_annotation
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
    """Converts a chat request to one of Responses.

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
    _text_options(request, target, losses)
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
    """Starts a request with the keys unknown to chat, as Responses may know them."""
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


def _text_options(
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
    """Returns the text of an initial system message, as instructions."""
    if not messages or messages[0].WhichOneof("kind") != "system":
        return None
    system = messages[0].system
    plain = {field.name for field, _ in system.ListFields()} == {"content"}
    return str(system.content.text) if plain and system.content.WhichOneof("kind") == "text" else None


def _plain(value: Any) -> Any:
    return value if isinstance(value, int | float) else list(value)


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
    """Returns the items and phase that the bridge added to an earlier reply."""
    fields = telling(fields_json) if fields_json[:1] == "{" else {}
    kept, phase = fields.pop(OUTPUT_ITEMS, None), fields.pop("phase", None)
    for name in fields:
        losses.lose(join(path, f"provider_specific_fields_json.{name}"))
    return kept if isinstance(kept, list) else [], phase if isinstance(phase, str) else ""


def _kept(items: Any, images: Any) -> Iterator[Item]:
    """Yields the items that the bridge added to an earlier reply, with their images restored."""
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


Part = pb.ResponseContentPart


def write_content(content: Any, target: Any, path: str, losses: Losses) -> None:
    """Writes the content of an input message or tool result into a `ResponseContent`."""
    kind = content.WhichOneof("kind")
    if kind == "text":
        target.text = content.text
    elif kind == "parts":
        target.parts.SetInParent()
        target.parts.parts.extend(input_parts(content.parts.parts, join(path, "parts"), losses))
    elif kind == "unknown":
        target.unknown = content.unknown


def input_parts(parts: Any, path: str, losses: Losses) -> list[Part]:
    """Writes the parts of an input message."""
    written = [_input_part(part, f"{path}[{index}]", losses) for index, part in enumerate(parts)]
    return [part for part in written if part is not None]


def output_parts(parts: Any, path: str, losses: Losses) -> list[Part]:
    """Writes the parts of an output message."""
    written = []
    for index, part in enumerate(parts):
        kind = part.WhichOneof("kind")
        where = f"{path}[{index}].{kind}"
        if kind == "text":
            losses.only(part.text, {"text", "extra_json"}, where)
            written.append(Part(output_text=pb.ResponseOutputText(text=part.text.text)))
            carry_extra(part.text, written[-1].output_text)
        elif kind == "plain_text":
            written.append(Part(output_text=pb.ResponseOutputText(text=part.plain_text)))
        elif kind == "refusal":
            written.append(Part(refusal=pb.ResponseOutputRefusal(refusal=part.refusal.refusal)))
            carry_extra(part.refusal, written[-1].refusal)
        elif kind == "unknown":
            written.append(from_object(Part, loads(part.unknown)))
        else:
            losses.lose(where, "Responses take no such part from the assistant")
    return written


def _input_part(part: Any, path: str, losses: Losses) -> Part | None:
    kind = part.WhichOneof("kind")
    if kind == "plain_text":
        return Part(input_text=pb.ResponseInputText(text=part.plain_text))
    if kind == "unknown":
        # A part that only Responses have is known there.
        return from_object(Part, loads(part.unknown))
    if kind not in _WRITERS:
        losses.lose(join(path, kind or "kind"), "Responses have no such part")
        return None
    source = getattr(part, kind)
    target = Part()
    written = _WRITERS[kind](source, target, join(path, kind), losses)
    if kind != "input_audio":
        copy_fields(source, written, {"prompt_cache_breakpoint"})
    carry_extra(source, written)
    return target


def _text(source: Any, target: Part, path: str, losses: Losses) -> Any:
    losses.only(source, {"text", "prompt_cache_breakpoint", "extra_json"}, path)
    target.input_text.text = source.text
    return target.input_text


def _image(source: Any, target: Part, path: str, losses: Losses) -> Any:
    losses.only(source, {"image_url", "prompt_cache_breakpoint", "extra_json"}, path)
    losses.only(source.image_url, {"url", "data", "detail"}, join(path, "image_url"))
    written = target.input_image
    written.SetInParent()
    copy_fields(source.image_url, written, {"data", "detail"})
    if source.image_url.HasField("url"):
        written.image_url = source.image_url.url
    return written


def _audio(source: Any, target: Part, path: str, losses: Losses) -> Any:
    losses.only(source, {"input_audio", "extra_json"}, path)
    losses.only(source.input_audio, {"data", "format"}, join(path, "input_audio"))
    target.input_audio.input_audio.SetInParent()
    copy_fields(source.input_audio, target.input_audio.input_audio, {"data", "format"})
    return target.input_audio


def _file(source: Any, target: Part, path: str, losses: Losses) -> Any:
    losses.only(source, {"file", "prompt_cache_breakpoint", "extra_json"}, path)
    known = {"file_data", "data", "file_id", "filename"}
    losses.only(source.file, {*known, "extra_json"}, join(path, "file"))
    target.input_file.SetInParent()
    copy_fields(source.file, target.input_file, known)
    carry_extra(source.file, target.input_file)
    return target.input_file


def _refusal(source: Any, target: Part, path: str, losses: Losses) -> Any:
    losses.only(source, {"refusal", "extra_json"}, path)
    target.refusal.refusal = source.refusal
    return target.refusal


_WRITERS = {"text": _text, "image_url": _image, "input_audio": _audio, "file": _file, "refusal": _refusal}


NO_PARAMETERS = '{"type":"object","properties":{}}'


def response_tools(tools: Any, path: str, losses: Losses) -> list[response_tool_pb2.ResponseTool]:
    """Writes tools. Tools of Responses have the same names in chat's list."""
    return [_tool(tool, f"{path}[{index}]", losses) for index, tool in enumerate(tools)]


def web_search(options: chat_tool_pb2.WebSearchOptions, losses: Losses) -> response_tool_pb2.ResponseTool:
    """Writes chat's `web_search_options` as a web search tool."""
    losses.only(options, {"search_context_size", "user_location", "extra_json"}, "web_search_options")
    target = response_tool_pb2.ResponseTool()
    target.web_search.SetInParent()
    copy_fields(options, target.web_search, {"search_context_size"})
    carry_extra(options, target.web_search)
    if options.HasField("user_location"):
        location = options.user_location
        losses.only(location, {"approximate"}, "web_search_options.user_location")
        target.web_search.user_location.type = "approximate"
        copy_fields(location.approximate, target.web_search.user_location, {"city", "country", "region", "timezone"})
    return target


def response_tool_choice(
    choice: chat_tool_pb2.ChatCompletionToolChoice, losses: Losses
) -> response_tool_pb2.ResponseToolChoice:
    """Writes a tool choice; choices that only Responses has are passed on."""
    target = response_tool_pb2.ResponseToolChoice()
    kind = choice.WhichOneof("kind")
    if kind == "mode":
        target.mode = choice.mode
    elif kind == "function":
        losses.only(choice.function, {"function"}, "tool_choice.function")
        losses.only(choice.function.function, {"name"}, "tool_choice.function.function")
        target.function.name = choice.function.function.name
    elif kind == "custom":
        losses.only(choice.custom, {"custom"}, "tool_choice.custom")
        losses.only(choice.custom.custom, {"name"}, "tool_choice.custom.custom")
        target.custom.name = choice.custom.custom.name
    elif kind == "allowed_tools":
        allowed = choice.allowed_tools.allowed_tools
        losses.only(choice.allowed_tools, {"allowed_tools"}, "tool_choice.allowed_tools")
        losses.only(allowed, {"mode", "tools"}, "tool_choice.allowed_tools.allowed_tools")
        copy_fields(allowed, target.allowed_tools, {"mode"})
        for tool in allowed.tools:
            target.allowed_tools.tools.append(_named(tool))
    elif kind == "unknown":
        return from_object(response_tool_pb2.ResponseToolChoice, loads(choice.unknown))
    return target


def _tool(tool: Any, path: str, losses: Losses) -> response_tool_pb2.ResponseTool:
    target = response_tool_pb2.ResponseTool()
    kind = tool.WhichOneof("kind")
    if kind == "unknown" or (kind in {"function", "custom"} and not getattr(tool, kind).HasField(kind)):
        # Callers also send tools in the form of Responses, without the inner object.
        return from_object(response_tool_pb2.ResponseTool, loads(to_json(tool)))
    if kind == "function":
        _function(tool.function, target.function, join(path, kind), losses)
    elif kind == "custom":
        _custom(tool.custom, target.custom, join(path, kind), losses)
    elif kind is not None:
        getattr(target, kind).CopyFrom(getattr(tool, kind))
    return target


def _function(
    tool: chat_tool_pb2.ChatCompletionFunctionTool, target: response_tool_pb2.FunctionTool, path: str, losses: Losses
) -> None:
    losses.only(tool, {"function", "defer_loading", "extra_json"}, path)
    copy_fields(tool, target, {"defer_loading"})
    copy_fields(tool.function, target, {"name", "description", "parameters_json", "strict"})
    carry_extra(tool.function, target)
    carry_extra(tool, target)
    # What chat leaves open, Responses would read otherwise: strict is their default, and parameters are required.
    target.strict = tool.function.strict
    if not target.HasField("parameters_json"):
        target.parameters_json = NO_PARAMETERS


def _custom(
    tool: chat_tool_pb2.ChatCompletionCustomTool, target: response_tool_pb2.CustomTool, path: str, losses: Losses
) -> None:
    losses.only(tool, {"custom", "extra_json"}, path)
    losses.only(tool.custom, {"name", "description", "format", "extra_json"}, join(path, "custom"))
    copy_fields(tool.custom, target, {"name", "description"})
    carry_extra(tool.custom, target)
    kind = tool.custom.format.WhichOneof("kind")
    if kind == "text":
        target.format.text.CopyFrom(tool.custom.format.text)
    elif kind == "grammar":
        grammar = tool.custom.format.grammar.grammar
        losses.only(grammar, {"definition", "syntax"}, join(path, "custom.format.grammar.grammar"))
        target.format.grammar.SetInParent()
        copy_fields(grammar, target.format.grammar, {"definition", "syntax"})
    elif kind == "unknown":
        target.format.unknown = tool.custom.format.unknown


def _named(tool: chat_tool_pb2.ChatCompletionTool) -> response_tool_pb2.ResponseTool:
    """Writes a tool of a tool choice, by name."""
    target = response_tool_pb2.ResponseTool()
    kind = tool.WhichOneof("kind")
    if kind == "function" and tool.function.HasField("function"):
        target.function.name = tool.function.function.name
    elif kind == "custom" and tool.custom.HasField("custom"):
        target.custom.name = tool.custom.custom.name
    else:
        return from_object(response_tool_pb2.ResponseTool, loads(to_json(tool)))
    return target

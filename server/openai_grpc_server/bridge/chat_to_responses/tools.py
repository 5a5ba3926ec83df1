"""Tools and tool choices of chat as those of Responses."""

from typing import Any

from openai_grpc.codec import from_object, loads, to_json
from openai_grpc.v1 import chat_tool_pb2, response_tool_pb2
from openai_grpc_server.bridge.losses import Losses, carry_extra, copy_fields, join

NO_PARAMETERS = '{"type":"object","properties":{}}'


def response_tools(tools: Any, path: str, losses: Losses) -> list[response_tool_pb2.ResponseTool]:
    """Writes tools. Those that Responses have already are in chat's list under the same names."""
    return [_tool(tool, f"{path}[{index}]", losses) for index, tool in enumerate(tools)]


def web_search(options: chat_tool_pb2.WebSearchOptions, losses: Losses) -> response_tool_pb2.ResponseTool:
    """Writes chat's `web_search_options` as the tool that they stand for."""
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
    """Writes a tool choice; one that only Responses have is known there."""
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
    """Writes a tool of a tool choice, which is nothing but a name."""
    target = response_tool_pb2.ResponseTool()
    kind = tool.WhichOneof("kind")
    if kind == "function" and tool.function.HasField("function"):
        target.function.name = tool.function.function.name
    elif kind == "custom" and tool.custom.HasField("custom"):
        target.custom.name = tool.custom.custom.name
    else:
        return from_object(response_tool_pb2.ResponseTool, loads(to_json(tool)))
    return target

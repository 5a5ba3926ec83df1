"""Tools and tool choices of Responses as those of chat."""

from typing import Any

from openai_grpc.codec import from_object, loads, to_json
from openai_grpc.v1 import chat_tool_pb2
from openai_grpc_server.bridge.losses import Losses, carry_extra, copy_fields, join

Tool = chat_tool_pb2.ChatCompletionTool
Choice = chat_tool_pb2.ChatCompletionToolChoice


def chat_tools(tools: Any, path: str, losses: Losses) -> list[Tool]:
    """Writes tools that the caller runs, and tools of servers of their own; OpenAI's hosted tools are refused.

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
    """Returns the search of the web among the tools, which in chat is an option."""
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

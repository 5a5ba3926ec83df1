"""What counts in a request or a reply, whichever of the two APIs it is written in."""

from collections import Counter
from typing import Any

ROLES = {"developer": "system"}
CALLS = frozenset({"function_call", "custom_tool_call"})


def of_chat_request(value: dict[str, Any]) -> dict[str, Any]:
    """Returns the texts of a chat request by role, its tool calls and results, and the tools that may be called."""
    texts: Counter[tuple[str, str]] = Counter()
    calls: Counter[tuple[Any, ...]] = Counter()
    for message in value.get("messages") or []:
        role = message.get("role", "user")
        for text in _texts(message.get("content")):
            texts[_named(role), text] += 1
        if message.get("refusal"):
            texts["assistant", message["refusal"]] += 1
        calls.update(_chat_call(call) for call in message.get("tool_calls") or [])
    tools = [tool.get("function") or tool.get("custom") or tool for tool in value.get("tools") or []]
    if value.get("web_search_options") is not None:
        tools.append({"type": "web_search"})
    return {"texts": _joined(texts), "calls": calls, "tools": _allowed(Counter(map(_tool, tools)), value)}


def of_response_request(value: dict[str, Any]) -> dict[str, Any]:
    """Returns the same of a request of Responses."""
    texts: Counter[tuple[str, str]] = Counter()
    calls: Counter[tuple[Any, ...]] = Counter()
    if value.get("instructions"):
        texts["system", value["instructions"]] += 1
    items = value.get("input") or []
    for item in [{"role": "user", "content": items}] if isinstance(items, str) else items:
        kind = item.get("type") or "message"
        if kind == "message":
            for text in _texts(item.get("content")):
                texts[_named(item["role"]), text] += 1
        elif kind in CALLS:
            calls[_response_call(item)] += 1
        elif kind in {"function_call_output", "custom_tool_call_output"}:
            for text in _texts(item.get("output")):
                texts["tool", text] += 1
    tools = Counter(map(_tool, value.get("tools") or []))
    return {"texts": _joined(texts), "calls": calls, "tools": _allowed(tools, value)}


def of_chat_reply(value: dict[str, Any]) -> dict[str, Any]:
    """Returns the text of a chat completion's first choice, its tool calls and its usage."""
    choice: dict[str, Any] = next((each for each in value.get("choices") or [] if each.get("index", 0) == 0), {})
    message = choice.get("message") or {}
    calls = [_chat_call(call) for call in message.get("tool_calls") or []]
    function = message.get("function_call") or {}
    if not calls and (function.get("name") or function.get("arguments")):  # Snowflake always sends one
        calls.append(("", function.get("name"), function.get("arguments") or ""))
    usage = value.get("usage") or {}
    return {
        "text": "".join(_texts(message.get("content"))),
        "refusal": message.get("refusal") or "",
        "calls": [call[1:] for call in calls],
        "usage": (usage.get("prompt_tokens") or 0, usage.get("completion_tokens") or 0),
    }


def of_response(value: dict[str, Any]) -> dict[str, Any]:
    """Returns the same of a response."""
    output = value.get("output") or []
    parts = [part for item in output if item.get("type") == "message" for part in item.get("content") or []]
    usage = value.get("usage") or {}
    return {
        "text": "".join(part.get("text") or "" for part in parts),
        "refusal": "".join(part.get("refusal") or "" for part in parts),
        "calls": [_response_call(item)[1:] for item in output if item.get("type") in CALLS],
        "usage": (usage.get("input_tokens") or 0, usage.get("output_tokens") or 0),
    }


def _texts(content: Any) -> list[str]:
    if isinstance(content, str):
        return [content] if content else []
    texts = []
    for part in content or []:
        text = part if isinstance(part, str) else part.get("text") or part.get("refusal")
        if isinstance(text, str) and text:
            texts.append(text)
    return texts


def _joined(texts: Counter[tuple[str, str]]) -> dict[str, Counter[str]]:
    """Counts the characters of each role's texts: which messages they were parts of, and in which order, is open."""
    roles: dict[str, Counter[str]] = {}
    for role, text in texts.elements():
        roles.setdefault(role, Counter()).update(text)
    return roles


def _named(role: str) -> str:
    return ROLES.get(role, role)


def _chat_call(call: dict[str, Any]) -> tuple[Any, ...]:
    inner = call.get("function") or call.get("custom") or call
    return call.get("id"), inner.get("name"), inner.get("arguments") or inner.get("input") or ""


def _response_call(item: dict[str, Any]) -> tuple[Any, ...]:
    return item.get("call_id"), item.get("name"), item.get("arguments") or item.get("input") or ""


def _allowed(tools: Counter[str], value: dict[str, Any]) -> Counter[str]:
    """Returns the tools of a request without those that its `allowed_tools` leaves out."""
    choice = value.get("tool_choice")
    if not isinstance(choice, dict) or choice.get("type") != "allowed_tools":
        return tools
    named = (choice.get("allowed_tools") or choice)["tools"]
    names = {_tool(tool.get("function") or tool.get("custom") or tool) for tool in named}
    return Counter({name: count for name, count in tools.items() if name in names})


def _tool(tool: dict[str, Any]) -> str:
    """Returns a tool's name. Chat knows one search of the web, whatever version of the tool it stands for."""
    name = str(tool.get("name") or tool.get("type"))
    return "web_search" if name.startswith("web_search") else name

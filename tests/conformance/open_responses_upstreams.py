"""Upstreams of the checks of Open Responses: one with the Responses API, one with the chat API.

Both answer by what a request asks for, so that a check needs no script of its own.
"""

from collections.abc import Iterator
from typing import Any

from faults import answers
from faults.exchange import Exchange
from faults.stand_in import StandIn

UNKNOWN_MODEL = "sunken"  # a model that no upstream has
FAILING_MODEL = "leaking"  # one that fails inside a stream
EXTENSION_KEY = "harbour:signal"  # asks for an item and an event of an extension
RESPONSES = "/v1/responses"
CHAT = "/v1/chat/completions"
WORDS = ("High ", "water ", "at six.")
REASON = "The moon is full."
ARGUMENTS = '{"port":"Brest"}'
USAGE = {
    "input_tokens": 9,
    "input_tokens_details": {"cached_tokens": 0},
    "output_tokens": 3,
    "output_tokens_details": {"reasoning_tokens": 0},
    "total_tokens": 12,
}
NOT_FOUND = {
    "error": {
        "message": f"The model '{UNKNOWN_MODEL}' does not exist",
        "type": "invalid_request_error",
        "param": "model",
        "code": "model_not_found",
    }
}
SUNK = {"type": "server_error", "code": "server_error", "message": "It sank", "param": None}

Json = dict[str, Any]


def function_of(request: Json, *, ended: bool) -> str | None:
    """Returns the name of the function that a request gets a call of; None: it gets words.

    Args:
        request: A request of either API.
        ended: Whether its input ends with the output of a function.
    """
    choice = request.get("tool_choice") or "auto"
    tools = [tool.get("function") or tool for tool in request.get("tools") or () if tool["type"] == "function"]
    if not tools or choice == "none" or ended:
        return None
    if isinstance(choice, dict):
        first = (choice.get("tools") or [choice])[0]  # other servers with the chat API than OpenAI ignore allowed_tools
        return str((first.get("function") or first).get("name") or tools[0]["name"])
    return str(tools[0]["name"])


class ResponsesUpstream:
    """An upstream that answers as Open Responses demands.

    Args:
        upstream: Serves it.
    """

    def __init__(self, upstream: StandIn) -> None:
        self._count = 0
        self._known: dict[str, list[Any]] = {}
        upstream.on("POST", RESPONSES, self._respond)
        upstream.on("POST", f"{RESPONSES}/compact", self._compact)

    async def _respond(self, exchange: Exchange) -> None:
        await exchange.body()
        request = exchange.request.json()
        before = request.get("previous_response_id")
        if request["model"] == UNKNOWN_MODEL:
            await answers.json(NOT_FOUND, status=404)(exchange)
            return
        self._count += 1
        given = request["input"] if isinstance(request["input"], list) else [request["input"]]
        context = [*self._known.get(before, ()), *given]
        identity = f"resp_{self._count}"
        items = list(self.items_of(self._count, request, context))
        cut = request.get("max_output_tokens") is not None
        if cut:
            items[-1]["status"] = "incomplete"
        self._known[identity] = [*context, *items]
        end = "incomplete" if cut else "completed"
        if request.get("stream"):
            sent = answers.events(events_of(request, identity, end, items), named=True)
            await answers.stream([*sent, answers.event("[DONE]")])(exchange)
        else:
            await answers.json(self.response(request, identity, end, items))(exchange)

    async def _compact(self, exchange: Exchange) -> None:
        await exchange.body()
        item = {"type": "compaction", "id": "cmp_1", "encrypted_content": "c2FsdA=="}
        whole = {"id": "resp_c", "object": "response.compaction", "created_at": 7, "output": [item], "usage": USAGE}
        await answers.json(whole)(exchange)

    @staticmethod
    def items_of(number: int, request: Json, context: list[Any]) -> Iterator[Json]:
        """Yields the items that a request gets.

        Args:
            number: Ends their ids.
            request: The request.
            context: The items that it follows, its own included.
        """
        last = context[-1]
        ended = isinstance(last, dict) and last.get("type") == "function_call_output"
        if request.get("reasoning"):
            thought = [{"type": "summary_text", "text": REASON}]
            yield {"type": "reasoning", "id": f"rs_{number}", "summary": thought, "status": "completed"}
        if EXTENSION_KEY in request:
            yield {"type": "harbour:signal", "id": f"sig_{number}", "status": "completed", "flags": ["blue"]}
        for tool in request.get("tools", ()):
            if tool["type"] in {"file_search", "web_search"}:
                call = {"type": f"{tool['type']}_call", "id": f"hs_{number}", "status": "completed"}
                yield call | ({"queries": ["high water"]} if tool["type"] == "file_search" else {})
        name = function_of(request, ended=ended)
        if name is not None:
            call = {"type": "function_call", "id": f"fc_{number}", "call_id": f"call_{number}", "name": name}
            yield {**call, "arguments": ARGUMENTS, "status": "completed"}
            return
        text = {"type": "output_text", "text": "".join(WORDS), "annotations": [], "logprobs": []}
        part = {"type": "refusal", "refusal": "No."} if request.get("user") == "pirate" else text
        message = {"type": "message", "id": f"msg_{number}", "role": "assistant", "status": "completed"}
        yield {**message, "content": [part]}

    @staticmethod
    def response(request: Json, identity: str, status: str, items: list[Json]) -> Json:
        """Returns a response, which repeats its request's settings."""
        nulls: Json = {"description": None, "strict": True}
        tools = [(nulls if tool["type"] == "function" else {}) | tool for tool in request.get("tools", [])]
        reasoning: Json = {"effort": "medium", "summary": None, **(request.get("reasoning") or {})}
        echoed = ("instructions", "max_output_tokens", "max_tool_calls", "previous_response_id", "safety_identifier")
        return {
            "id": identity,
            "object": "response",
            "created_at": 7,
            "completed_at": 8 if status == "completed" else None,
            "status": status,
            "incomplete_details": {"reason": "max_output_tokens"} if status == "incomplete" else None,
            "model": request["model"],
            **{key: request.get(key) for key in (*echoed, "prompt_cache_key")},
            "output": items,
            "error": None,
            "tools": tools,
            "tool_choice": request.get("tool_choice", "auto"),
            "truncation": request.get("truncation", "disabled"),
            "parallel_tool_calls": True,
            "text": {"format": {"type": "text"}, "verbosity": "medium"},
            "top_p": 1.0,
            "presence_penalty": 0.0,
            "frequency_penalty": 0.0,
            "top_logprobs": 0,
            "temperature": request.get("temperature", 1.0),
            "reasoning": reasoning,
            "usage": None if status == "in_progress" else USAGE,
            "store": request.get("store", True),
            "background": False,
            "service_tier": "default",
            "metadata": request.get("metadata", {}),
        }


def events_of(request: Json, identity: str, end: str, items: list[Json]) -> list[Json]:
    """Returns the events of a response that ends with a status."""
    started = ResponsesUpstream.response(request, identity, "in_progress", [])
    events: list[Json] = [{"type": f"response.{state}", "response": started} for state in ("created", "in_progress")]
    if EXTENSION_KEY in request:
        events.append({"type": "harbour:signal_seen", "flag": "blue"})
    if request["model"] == FAILING_MODEL:
        failed = {**started, "status": "failed", "error": {"code": "server_error", "message": "It sank"}}
        events += [{"type": "error", "error": SUNK}, {"type": "response.failed", "response": failed}]
    else:
        done = ResponsesUpstream.response(request, identity, end, items)
        events += [each for index, item in enumerate(items) for each in _events(item, index)]
        events.append({"type": f"response.{end}", "response": done})
    return [{**each, "sequence_number": number} for number, each in enumerate(events)]


def _events(item: Json, index: int) -> Iterator[Json]:
    place = {"item_id": item["id"], "output_index": index}
    opened = {**item, "status": "in_progress"}
    growing: dict[str, Json] = {
        "message": {"content": []},
        "reasoning": {"summary": []},
        "function_call": {"arguments": ""},
    }
    added = {**opened, **growing.get(item["type"], {})}
    yield {"type": "response.output_item.added", "output_index": index, "item": added}
    if item["type"] == "message":
        yield from _part_events(item["content"][0], {**place, "content_index": 0})
    elif item["type"] == "reasoning":
        here = {**place, "summary_index": 0}
        prefix = "response.reasoning_summary"
        yield {"type": f"{prefix}_part.added", **here, "part": {"type": "summary_text", "text": ""}}
        yield {"type": f"{prefix}_text.delta", **here, "delta": REASON}
        yield {"type": f"{prefix}_text.done", **here, "text": REASON}
        yield {"type": f"{prefix}_part.done", **here, "part": item["summary"][0]}
    elif item["type"] == "function_call":
        for piece in (ARGUMENTS[:5], ARGUMENTS[5:]):
            yield {"type": "response.function_call_arguments.delta", **place, "delta": piece}
        yield {"type": "response.function_call_arguments.done", **place, "arguments": ARGUMENTS}
    yield {"type": "response.output_item.done", "output_index": index, "item": item}


def _part_events(part: Json, here: Json) -> Iterator[Json]:
    refused = part["type"] == "refusal"
    name, key, pieces = ("refusal", "refusal", ("N", "o.")) if refused else ("output_text", "text", WORDS)
    logprobs: Json = {} if refused else {"logprobs": []}
    yield {"type": "response.content_part.added", **here, "part": {**part, key: ""}}
    for piece in pieces:
        yield {"type": f"response.{name}.delta", **here, "delta": piece, **logprobs}
    yield {"type": f"response.{name}.done", **here, key: "".join(pieces), **logprobs}
    yield {"type": "response.content_part.done", **here, "part": part}


async def chat(exchange: Exchange) -> None:
    """Answers a request of the chat API, as servers without the Responses API do."""
    await exchange.body()
    request = exchange.request.json()
    if request["model"] == UNKNOWN_MODEL:
        await answers.json(NOT_FOUND, status=404)(exchange)
        return
    name = function_of(request, ended=request["messages"][-1]["role"] == "tool")
    head = {"id": "chatcmpl-7", "created": 7, "model": request["model"]}
    usage = {"prompt_tokens": 9, "completion_tokens": 3, "total_tokens": 12}
    cut = request.get("max_completion_tokens") or request.get("max_tokens")
    finish = "length" if cut else "tool_calls" if name else "stop"
    call = {"id": "call_7", "type": "function", "function": {"name": name, "arguments": ARGUMENTS}}
    said: Json = {"refusal": "No."} if request.get("user") == "pirate" else {"content": "".join(WORDS)}
    message = {"tool_calls": [call]} if name else said
    if request.get("reasoning_effort"):
        message = {"reasoning_content": REASON, **message}
    if not request.get("stream"):
        choice = {"index": 0, "message": {"role": "assistant", "content": None, **message}, "finish_reason": finish}
        await answers.json({**head, "object": "chat.completion", "choices": [choice], "usage": usage})(exchange)
        return
    chunks = [{"role": "assistant"}, *_deltas(message, call if name else None)]
    sent = [
        {**head, "object": "chat.completion.chunk", "choices": [{"index": 0, "delta": each, "finish_reason": None}]}
        for each in chunks
    ]
    end = {"index": 0, "delta": {}, "finish_reason": finish}
    sent.append({**head, "object": "chat.completion.chunk", "choices": [end], "usage": usage})
    if request["model"] == FAILING_MODEL:
        sent = [*sent[:1], {"error": SUNK}]
    await answers.stream(answers.events(sent))(exchange)


def _deltas(message: Json, call: Json | None) -> Iterator[Json]:
    for key, value in message.items():
        if key == "tool_calls" and call is not None:
            yield {"tool_calls": [{"index": 0, **call, "function": {**call["function"], "arguments": ""}}]}
            for piece in (ARGUMENTS[:5], ARGUMENTS[5:]):
                yield {"tool_calls": [{"index": 0, "function": {"arguments": piece}}]}
        elif key == "content":
            yield from ({"content": word} for word in WORDS)
        else:
            yield {key: value}

"""What the upstream answers to the tests of all clients, chosen by the request's `model`.

    with StandIn() as upstream:
        script(upstream)

| route | model | answer |
|---|---|---|
| `POST /v1/embeddings` | any other | `VECTORS`, one for each input, as floats or base64 as asked |
| | `counts` | for each input a vector of the number in its text; 400 if one of them is none |
| `POST /v1/chat/completions` | any other | `REPLY`; its pieces and a usage if `stream` is set |
| | `tool-caller` | a call of the function `get_weather`, its arguments in two pieces if `stream` is set |
| | `long-winded` | a reply longer than gRPC's default limit of 4 MiB, whole |
| | `endless` | a stream of one piece, and then silence for ever |
| | `by-schema` | a JSON value of the schema that the request has |
| | `tool-loop` | a call as of `tool-caller`; once a result is there, that result |
| | `scripted` | the next of the choices that the first message of the user lists as JSON, whole or as one delta |
| `POST /v1/responses` | any other | `REPLY`; if `stream` is set, in deltas, with an event that no contract knows |
| | `tool-loop` | as above |
| | `scripted` | a response with the fields of the JSON object that is its input |
| | `endless` | a stream that has begun, and then silence for ever |
| both | `echo` | the text of the last message |
| | `cut-short` | the same, cut off by the limit of tokens |
| | `refuses` | a refusal with that text |
| `POST /v1/audio/transcriptions` | `weighs` | the name, type and size of the file that was sent |
| | any other | `REPLY`; `SUBTITLES` if `response_format` is `srt`; deltas if `stream` |
| all of these | `rate-limited` | 429 with `retry-after: 7` |
| | `quota-spent` | 429 for want of quota |
| | `fails-429`, `fails-500`, `fails-503` | that status, without `retry-after` |
| | `fails-closing` | none: the connection is closed once the request is here |
| | `silent` | none, for ever |
| | `overloaded-once` | 503 to the first request of a `user`, then as any other |

A request without a model is for `ONLY_MODEL`, as it is at servers that have but one.

What the upstream saw is asked over HTTP, since a client's test is a program of another language. `user` is the field
of that name in the request, by which tests that run side by side find their own:

| route | answer |
|---|---|
| `GET /seen?user=U` | `{"requests": N}` |
| `GET /closed?user=U` | 204, once the connection of U's last request is gone |

There are `STORED` chat completions, messages of `chatcmpl-1` and input items of `resp_1`, in pages of `limit`. There
is no response `resp_nope`. `clients.upstream_objects` has other stored objects.
"""

from __future__ import annotations

import asyncio
import base64
import email
import json
import struct
from typing import TYPE_CHECKING, Any

from clients.upstream_objects import script_objects
from faults import answers
from faults.stand_in import LIMIT

if TYPE_CHECKING:
    from collections.abc import Mapping

    from faults.exchange import Answer, Exchange
    from faults.http_request import ReceivedRequest
    from faults.stand_in import StandIn

VECTORS = ([0.5, -0.25, 0.125], [1.0, 0.0, -2.0])
PIECES = ("Hel", "lo", " there")
REPLY = "".join(PIECES)
SUBTITLES = f"1\n00:00:00,000 --> 00:00:01,500\n{REPLY}\n"
ONLY_MODEL = "only-model"
HEADERS = {"x-request-id": "req_1", "x-ratelimit-remaining-tokens": "99"}  # of a whole chat completion
ARGUMENTS = ('{"city":', '"Oslo"}')
CREATED = 1700000000
LONG_REPLY = REPLY * 600_000
RETRY_AFTER = "7"  # seconds
STORED = 5
LISTS: dict[str, dict[str, Any]] = {  # by the path, what each element has
    "chat/completions": {"object": "chat.completion", "choices": []},
    "chat/completions/chatcmpl-1/messages": {},
    "responses/resp_1/input_items": {"type": "message", "role": "user", "content": []},
    "files": {"object": "file"},
    "batches": {"object": "batch", "status": "completed"},
    "videos": {"object": "video", "status": "completed"},
}
PAGE = 2  # elements, where a request does not say
SPOKEN = ("echo", "cut-short", "refuses")  # models whose reply is what they were told last


def script(upstream: StandIn) -> None:
    """Lets a stand-in answer as the module says."""
    replies = {
        "/v1/embeddings": embeddings,
        "/v1/chat/completions": chat,
        "/v1/responses": responses,
        "/v1/audio/transcriptions": transcription,
    }

    def answer_to(path: str) -> Answer:
        async def answer(exchange: Exchange) -> None:
            await exchange.body()
            request = {"model": ONLY_MODEL, **fields(exchange.request)}
            first = len(requests_of(upstream, request.get("user"))) == 1
            if request["model"] == "weighs":
                request["weight"] = weight(exchange.request)
            await (failure(request, first=first) or replies[path](request))(exchange)

        return answer

    for path in replies:
        upstream.on("POST", path, answer_to(path))
    upstream.on("GET", "/v1/models", answers.json({"object": "list", "data": [{"id": "gpt-4o-mini"}]}))
    for path in LISTS:
        upstream.on("GET", f"/v1/{path}", page(path))
    script_objects(upstream, PIECES)
    unknown = {"message": "Response with id 'resp_nope' not found.", "type": "invalid_request_error"}
    upstream.on("GET", "/v1/responses/resp_nope", answers.json({"error": unknown}, status=404))
    upstream.on("GET", "/seen", seen(upstream))
    upstream.on("GET", "/closed", closed(upstream))


def fields(request: ReceivedRequest) -> dict[str, Any]:
    """Returns what a request asks: its JSON object, or the fields of an upload's form."""
    content_type = request.header("content-type") or ""
    if not content_type.startswith("multipart/form-data"):
        asked: dict[str, Any] = request.json() if content_type == "application/json" else {}
        return asked
    form = email.message_from_bytes(f"content-type: {content_type}\r\n\r\n".encode() + bytes(request.body))
    parts = [part for part in form.walk() if not part.is_multipart() and part.get_filename() is None]
    return {str(part.get_param("name", header="content-disposition")): part.get_payload() for part in parts}


def weight(request: ReceivedRequest) -> str:
    """Returns the name, type and size of the file in an upload's form."""
    content_type = request.header("content-type") or ""
    form = email.message_from_bytes(f"content-type: {content_type}\r\n\r\n".encode() + bytes(request.body))
    (file,) = [part for part in form.walk() if part.get_filename() is not None]
    content = file.get_payload(decode=True)
    assert isinstance(content, bytes)
    return f"{file.get_filename()} {file.get_content_type()} {len(content)}"


def failure(request: Mapping[str, Any], *, first: bool) -> Answer | None:
    """Returns the answer to a model that fails, or None."""
    match request.get("model"):
        case "rate-limited" | "quota-spent" as model:
            return exhausted(spent=model == "quota-spent")
        case "fails-closing":
            return answers.close()
        case "silent":
            return answers.stall()
        case str() as model if model.startswith("fails-"):
            return answers.json({"error": {"message": "No"}}, status=int(model.removeprefix("fails-")))
        case "overloaded-once" if first:
            return answers.json({"error": {"message": "Overloaded", "type": "server_error"}}, status=503)
        case _:
            return None


def exhausted(*, spent: bool) -> Answer:
    """A 429: for want of quota, which does not pass, or with the seconds after which to come back."""
    if spent:
        error = {
            "message": "You exceeded your current quota",
            "type": "insufficient_quota",
            "code": "insufficient_quota",
        }
        return answers.json({"error": error}, status=429)
    error = {"message": "Rate limit reached for requests", "type": "requests", "code": "rate_limit_exceeded"}
    headers = {"retry-after": RETRY_AFTER, "x-request-id": "req_limited"}
    return answers.json({"error": error}, status=429, headers=headers)


def embeddings(request: Mapping[str, Any]) -> Answer:
    """A vector for each input, in the encoding that was asked for."""
    inputs = request["input"] if isinstance(request["input"], list) else [request["input"]]
    vectors = list(VECTORS[: len(inputs)])
    if request["model"] == "counts":
        if not all(each.isdigit() for each in inputs):
            return answers.json({"error": {"message": "Not a number", "type": "invalid_request_error"}}, status=400)
        vectors = [[float(each)] for each in inputs]
    data = [
        {"object": "embedding", "index": index, "embedding": encoded(vector, request.get("encoding_format"))}
        for index, vector in enumerate(vectors)
    ]
    usage = {"prompt_tokens": len(inputs), "total_tokens": len(inputs)}
    return answers.json({"object": "list", "model": request["model"], "data": data, "usage": usage})


def encoded(vector: list[float], encoding_format: str | None) -> list[float] | str:
    """Writes a vector as numbers, or as base64 of float32."""
    if encoding_format != "base64":
        return vector
    return base64.b64encode(struct.pack(f"<{len(vector)}f", *vector)).decode()


def chat(request: Mapping[str, Any]) -> Answer:
    """A chat completion, whole or in chunks."""
    if request["model"] == "scripted":
        return scripted(request)
    told, result = last_text(request.get("messages") or [], "content"), request["messages"][-1].get("role") == "tool"
    calls_tool = request["model"] == "tool-caller" or (request["model"] == "tool-loop" and not result)
    spoken = told if request["model"] in {*SPOKEN, "tool-loop"} else None
    if request["model"] == "by-schema":
        spoken = json.dumps(value_of(request["response_format"]["json_schema"]["schema"]))
    top = {"id": "chatcmpl-1", "created": CREATED, "model": request["model"]}
    usage = {"prompt_tokens": 3, "completion_tokens": 3, "total_tokens": 6}
    ending = "length" if request["model"] == "cut-short" else "stop"
    if not request.get("stream"):
        text = LONG_REPLY if request["model"] == "long-winded" else REPLY if spoken is None else spoken
        said = {"content": None, "refusal": text} if request["model"] == "refuses" else {"content": text}
        message = {"role": "assistant", **(tool_call(*ARGUMENTS) if calls_tool else said)}
        choice = {"index": 0, "message": message, "finish_reason": "tool_calls" if calls_tool else ending}
        whole = {**top, "object": "chat.completion", "choices": [choice], "usage": usage}
        return answers.json(whole, headers=HEADERS)
    deltas: list[dict[str, Any]] = [{"role": "assistant", "content": None if calls_tool else ""}]
    if calls_tool:
        more = {"index": 0, "function": {"arguments": ARGUMENTS[1]}}
        deltas += [tool_call(ARGUMENTS[0], index=0), {"tool_calls": [more]}]
    else:
        key = "refusal" if request["model"] == "refuses" else "content"
        deltas += [{key: piece} for piece in (PIECES if spoken is None else [spoken])]
    choices: list[dict[str, Any]] = [{"index": 0, "delta": delta, "finish_reason": None} for delta in deltas]
    choices.append({"index": 0, "delta": {}, "finish_reason": "tool_calls" if calls_tool else ending})
    chunks = [{**top, "object": "chat.completion.chunk", "choices": [choice]} for choice in choices]
    chunks.append({**top, "object": "chat.completion.chunk", "choices": [], "usage": usage})
    if request["model"] == "endless":
        return answers.stream(answers.events(chunks[1:2], done=False), then="stall")
    return answers.stream(answers.events(chunks))


def scripted(request: Mapping[str, Any]) -> Answer:
    """The choice of a chat completion that the request itself has, by how many came before."""
    messages = request["messages"]
    choices = json.loads(next(each["content"] for each in messages if each["role"] == "user"))
    choice = choices[sum(each["role"] == "assistant" for each in messages)]
    top = {"id": "chatcmpl-1", "created": CREATED, "model": request["model"]}
    if not request.get("stream"):
        choice = {"index": 0, "finish_reason": "stop", **choice, "message": {"role": "assistant", **choice["message"]}}
        return answers.json({**top, "object": "chat.completion", "choices": [choice]})
    calls = [{"index": index, **call} for index, call in enumerate(choice["message"].get("tool_calls", []))]
    delta = {"role": "assistant", **choice["message"], **({"tool_calls": calls} if calls else {})}
    chunk = {"index": 0, "delta": delta, "finish_reason": choice.get("finish_reason", "stop")}
    return answers.stream(answers.events([{**top, "object": "chat.completion.chunk", "choices": [chunk]}]))


def tool_call(*arguments: str, **fields: Any) -> dict[str, Any]:
    """The part of a message or delta that calls the function."""
    function = {"name": "get_weather", "arguments": "".join(arguments)}
    return {"tool_calls": [{"id": "call_1", "type": "function", "function": function, **fields}]}


def responses(request: Mapping[str, Any]) -> Answer:
    """A response, whole or in events."""
    response = {"id": "resp_1", "object": "response", "created_at": CREATED, "model": request["model"]}
    if request["model"] == "scripted":
        return answers.json({**response, "status": "completed", **json.loads(request["input"])})
    place = {"item_id": "msg_1", "output_index": 0, "content_index": 0}
    given = request["input"] if isinstance(request["input"], list) else [{"role": "user", "content": request["input"]}]
    model = request["model"]
    result = given[-1].get("type") == "function_call_output"
    spoken = last_text(given, "output" if result else "content") if model in {*SPOKEN, "tool-loop"} else REPLY
    text: dict[str, Any] = {"type": "output_text", "text": spoken, "annotations": []}
    if model == "refuses":
        text = {"type": "refusal", "refusal": spoken}
    item = {"id": "msg_1", "type": "message", "role": "assistant", "status": "completed", "content": [text]}
    if model == "tool-loop" and not result:
        call = {"call_id": "call_1", "name": "get_weather", "arguments": "".join(ARGUMENTS)}
        item = {"id": "fc_1", "type": "function_call", "status": "completed", **call}
    completed = {**response, "status": "completed", "output": [item]}
    if model == "cut-short":
        completed |= {"status": "incomplete", "incomplete_details": {"reason": "max_output_tokens"}}
    if not request.get("stream"):
        return answers.json(completed)
    sent: list[dict[str, Any]] = [
        {"type": "response.created", "response": {**response, "status": "in_progress", "output": []}},
        {"type": "response.of_tomorrow", "news": True},
        *(
            {"type": "response.output_text.delta", **place, "delta": piece, "logprobs": []}
            for piece in (PIECES if spoken == REPLY else [spoken])
        ),
        {"type": "response.output_item.done", "output_index": 0, "item": item},
        {"type": f"response.{completed['status']}", "response": completed},
    ]
    numbered = [{**event, "sequence_number": number} for number, event in enumerate(sent)]
    if model == "endless":
        return answers.stream(answers.events(numbered[:1], named=True), then="stall")
    return answers.stream(answers.events(numbered, named=True))


def transcription(request: Mapping[str, Any]) -> Answer:
    """A transcript, as the format that was asked for."""
    if request.get("response_format") == "srt":
        return answers.body(SUBTITLES.encode(), content_type="text/plain")
    if request.get("stream") == "true":
        sent: list[dict[str, Any]] = [{"type": "transcript.text.delta", "delta": piece} for piece in PIECES]
        return answers.stream(answers.events([*sent, {"type": "transcript.text.done", "text": REPLY}], named=True))
    return answers.json({"text": request.get("weight", REPLY)})


def last_text(messages: list[dict[str, Any]], key: str) -> str:
    """Returns the text of the last message, or of its last part."""
    content = messages[-1].get(key) if messages else None
    return str(content[-1].get("text", "")) if isinstance(content, list) else str(content or "")


def value_of(schema: Mapping[str, Any]) -> Any:
    """Returns a value that a JSON Schema without references allows."""
    if "anyOf" in schema:
        return value_of(schema["anyOf"][0])
    if "enum" in schema:
        return schema["enum"][0]
    if schema["type"] == "object":
        return {key: value_of(each) for key, each in schema["properties"].items()}
    return {"string": "Oslo", "boolean": True, "array": []}.get(schema["type"], 1)


def page(path: str) -> Answer:
    """A page of stored objects: those after the id `after`, at most `limit` of them."""

    async def answer(exchange: Exchange) -> None:
        query = dict(exchange.request.query)
        names = [f"item-{number}" for number in range(STORED)]
        begin = names.index(query["after"]) + 1 if "after" in query else 0
        chosen = names[begin : begin + int(query.get("limit", PAGE))]
        ends = {"first_id": chosen[0], "last_id": chosen[-1], "has_more": begin + len(chosen) < STORED}
        data = [{**LISTS[path], "id": name} for name in chosen]
        await answers.json({"object": "list", "data": data, **ends})(exchange)

    return answer


def seen(upstream: StandIn) -> Answer:
    """Tells how many requests of a user came."""

    async def answer(exchange: Exchange) -> None:
        count = len(requests_of(upstream, dict(exchange.request.query)["user"]))
        await answers.json({"requests": count})(exchange)

    return answer


def closed(upstream: StandIn) -> Answer:
    """Answers once the connection of a user's last request is gone."""

    async def answer(exchange: Exchange) -> None:
        last = requests_of(upstream, dict(exchange.request.query)["user"])[-1]
        async with asyncio.timeout(LIMIT):
            await asyncio.wrap_future(last.closed)
        await exchange.send(answers.head(204, []))

    return answer


def requests_of(upstream: StandIn, user: str | None) -> list[Exchange]:
    """Returns the exchanges of a user whose requests are here to the end."""
    posted = (each for each in upstream.exchanges if each.request.method == "POST" and each.received.done())
    return [each for each in posted if fields(each.request).get("user") == user]

"""Calls by OpenAI's libraries for Node, Go and Java, as data that their programs in `openai_sdks` read.

A call is named by its path in the library for Node; the programs for Go and Java know the same names.
"""

import base64
from dataclasses import dataclass, field
from typing import Any

from clients import openai_cases as cases
from clients.openai_cases import HEADERS, RECORDING, TEXT, events, good, named, response, said, streamed, wrong
from faults import answers

CREATE = "chat.completions.create"
STREAM = "chat.completions.stream"
RESPOND = "responses.create"
EVENTS = "responses.stream"
TRANSCRIBE = "audio.transcriptions.create"
PATIENCE = 0.5  # seconds, where the upstream never answers


@dataclass(frozen=True)
class Call:
    """A call, and what the upstream answers.

    Attributes:
        op: Its name.
        args: Its arguments, as JSON; a recording is in base64.
        answers: The upstream's answers, in order.
        settings: `raw` (status and headers as well), `leave` (after so many messages), `timeout` in seconds,
            `retries`, `headers`.
        lacking: Languages whose library has no such call.
    """

    op: str
    args: tuple[Any, ...]
    answers: tuple[Any, ...]
    settings: dict[str, Any] = field(default_factory=dict)
    lacking: tuple[str, ...] = ()


def chat(answer: Any, op: str = CREATE, settings: dict[str, Any] | None = None, **fields: Any) -> Call:
    return Call(op, ({"model": "m", "messages": cases.MESSAGES, **fields},), (answer,), settings or {})


def respond(answer: Any, op: str = RESPOND, settings: dict[str, Any] | None = None, **fields: Any) -> Call:
    return Call(op, ({"model": "m", "input": "When?", **fields},), (answer,), settings or {})


def embed(answer: Any, **fields: Any) -> Call:
    return Call("embeddings.create", ({"model": "e", "input": ["a", "b"], **fields},), (answer,))


def transcribe(
    answer: Any,
    op: str = TRANSCRIBE,
    settings: dict[str, Any] | None = None,
    *,
    recording: bytes = RECORDING,
    **fields: Any,
) -> Call:
    file = base64.b64encode(recording).decode()
    return Call(op, ({"model": "whisper-1", "file": file, **fields},), (answer,), settings or {})


def of_id(op: str, answer: Any, name: str = "resp_tide") -> Call:
    return Call(op, (name,), (answer,))


def completion(**fields: Any) -> Any:
    return good(cases.completion({"content": "Six"}, **fields))


FAILED = {
    "type": "response.failed",
    "response": response([], status="failed", error={"code": "server_error", "message": "No"}),
}
ERROR_EVENT = {"type": "error", "code": "server_error", "message": "No", "param": None, "sequence_number": 5}
SPOKEN = named(cases.SPOKEN)

CALLS: dict[str, Call] = {
    "chat": chat(completion(), temperature=0.5, user="u"),
    "chat with keys that nobody knows": chat(
        good(cases.completion({"content": "Six", "beacon": {"lit": None}}, harbour=[None, 1])), mooring={"depth": 3}
    ),
    "a reply of nulls": chat(good(cases.completion({"audio": None, "tool_calls": None}, usage=None))),
    "tool calls": chat(good(cases.completion({"tool_calls": [cases.CALL]})), tools=[cases.TOOL], tool_choice="auto"),
    "results of tools": chat(completion(), messages=cases.ROUND_TRIP, tools=[cases.TOOL]),
    "images, audio and files": chat(completion(), messages=cases.IMAGE),
    "status and headers": chat(completion(), settings={"raw": True}),
    "headers of the caller": chat(completion(), settings={"headers": {"Idempotency-Key": "k1"}}),
    "a stream": chat(streamed(TEXT), STREAM),
    "a stream with its usage": chat(
        streamed([*({**each, "usage": None} for each in TEXT), cases.USAGE_CHUNK]),
        STREAM,
        stream_options={"include_usage": True},
    ),
    "a stream of tool calls": chat(streamed(cases.CALLS), STREAM, tools=[cases.TOOL]),
    "a stream with keys that nobody knows": chat(
        streamed(cases.chunks(cases.choice_of({"content": "a", "beacon": None}, "stop", buoy=1), harbour={})), STREAM
    ),
    "a stream, gathered": chat(streamed(TEXT), "chat.gather"),
    "a stream of tool calls, gathered": chat(streamed(cases.CALLS), "chat.gather", tools=[cases.TOOL]),
    "get a stored chat": of_id("chat.completions.retrieve", completion(), "chatcmpl-tide"),
    "delete a stored chat": of_id(
        "chat.completions.delete",
        good({"object": "chat.completion.deleted", "id": "chatcmpl-tide", "deleted": True}),
        "chatcmpl-tide",
    ),
    "list stored chats, page by page": Call(
        "chat.completions.list",
        ({"limit": 1},),
        (
            good(cases.listed(cases.completion({"content": "a"}), more=True)),
            good(cases.listed(cases.completion({"content": "b"}, id="chatcmpl-2"))),
        ),
    ),
    "a response": respond(good(response([said("Six")]))),
    "a response with everything": respond(
        good(response([cases.FUNCTION], metadata={"a": "b"})),
        input=[{"role": "user", "content": [{"type": "input_text", "text": "When?"}]}],
        instructions="Be brief",
        reasoning={"effort": "low"},
        previous_response_id="resp_0",
        metadata={"a": "b"},
        tools=[{"type": "function", "name": "tide", "parameters": {}, "strict": False}],
    ),
    "a response that failed": respond(
        good(response([], status="failed", error={"code": "server_error", "message": "It sank"}))
    ),
    "a response that is incomplete": respond(
        good(response([], status="incomplete", incomplete_details={"reason": "max_output_tokens"}))
    ),
    "events": respond(named(events(("Six", " o'clock"))), EVENTS),
    "events that nobody knows": respond(
        named([*events(("a",))[:-1], {"type": "response.tide.turned", "sequence_number": 99}, events(("a",))[-1]]),
        EVENTS,
    ),
    "events of a response that failed": respond(named(events(("a",), FAILED)), EVENTS),
    "events, gathered": Call(
        "responses.gather",
        ({"model": "m", "input": "When?"},),
        (named(events(("Six", " o'clock"))),),
        lacking=("go",),
    ),
    "get a response": of_id("responses.retrieve", good(response([said("Six")]))),
    "cancel a response": of_id("responses.cancel", good(response([], status="cancelled"))),
    "delete a response": of_id("responses.delete", good({"id": "resp_tide", "object": "response", "deleted": True})),
    "input of a response": Call(
        "responses.inputItems.list",
        ("resp_tide", {"limit": 1}),
        (good(cases.listed({**said("a"), "id": "msg_1"}, more=True)), good(cases.listed({**said("b"), "id": "msg_2"}))),
    ),
    "embeddings as the library likes them": embed(good(cases.vectors(cases.BASE64, {**cases.BASE64, "index": 1}))),
    "embeddings as numbers": embed(
        good(cases.vectors(cases.FLOATS)), input=[[1, 2], [3]], encoding_format="float", dimensions=3
    ),
    "embeddings as base64": embed(good(cases.vectors(cases.BASE64)), input="a", encoding_format="base64"),
    "a transcription": transcribe(good(cases.TRANSCRIPT), language="en"),
    "a verbose transcription": transcribe(good(cases.VERBOSE), response_format="verbose_json"),
    "the stream of a transcription": transcribe(SPOKEN, "audio.transcriptions.stream"),
    "a large recording": transcribe(good(cases.TRANSCRIPT), recording=RECORDING * 300),
    "a legacy completion": Call("completions.create", ({"model": "m", "prompt": "When"},), (good(cases.OLD),)),
    "the stream of a legacy completion": Call(
        "completions.stream",
        ({"model": "m", "prompt": "When"},),
        (
            streamed(
                [
                    {**cases.OLD, "choices": [{"text": " s", "index": 0, "logprobs": None, "finish_reason": None}]},
                    cases.OLD,
                ]
            ),
        ),
    ),
    "models": Call("models.list", (), (good({"object": "list", "data": [cases.MODEL]}),)),
    "a model with a slash": of_id("models.retrieve", good({**cases.MODEL, "id": "ft:gpt/5:tide"}), "ft:gpt/5:tide"),
    # Failures.
    **{
        f"{status} of {name}": chat(
            wrong(status, headers={"retry-after": "7"} if status in {429, 503} else None, code="a_code"), op
        )
        for status in (400, 401, 403, 404, 408, 409, 413, 422, 429, 500, 502, 503, 504, 529)
        for name, op in (("a chat", CREATE), ("a stream", STREAM))
    },
    "an error with a parameter": respond(
        wrong(400, param="input[0]", code="invalid_value", type="invalid_request_error")
    ),
    "an error with keys that nobody knows": chat(
        wrong(400, innererror={"code": "ResponsibleAIPolicyViolation", "filtered": [True, 1]})
    ),
    "an error of an upload": transcribe(wrong(400, param="file")),
    "an error of what is read": of_id("responses.retrieve", wrong(404)),
    "an error inside a stream": chat(
        streamed([*TEXT[:2], {"error": {"message": "It sank", "type": "server_error", "param": None, "code": "x"}}]),
        STREAM,
    ),
    "an error event": respond(named([*events(("a",))[:5], ERROR_EVENT]), EVENTS),
    "a stream that is cut": chat(streamed(TEXT[:2], then="truncate"), STREAM),
    "a stream that is reset": chat(streamed(TEXT[:2], then="reset"), STREAM),
    "events that are cut": respond(named(events(("a",))[:5], then="truncate"), EVENTS),
    "no answer in time": chat(answers.stall(), settings={"timeout": PATIENCE}),
    "no first event in time": Call(
        STREAM,
        ({"model": "m", "messages": cases.MESSAGES},),
        (answers.stream([], then="stall", headers=HEADERS),),
        {"timeout": PATIENCE},
        lacking=("typescript",),  # whose timeout ends with the head of an answer
    ),
    "no answer to an upload in time": transcribe(answers.stall(), settings={"timeout": PATIENCE}),
}

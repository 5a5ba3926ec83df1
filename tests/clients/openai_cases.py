"""Uses of OpenAI's SDK, each with the answer of the upstream, for every way that leads to it.

One table, and so over 600 lines.
"""

import io
import json
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import openai
from pydantic import BaseModel

from faults import answers

CHAT = "/v1/chat/completions"
RESPONSES = "/v1/responses"
UPLOAD = {
    "id": "upload_1",
    "object": "upload",
    "bytes": 5,
    "created_at": 1790000000,
    "expires_at": 1790003600,
    "filename": "a.bin",
    "purpose": "user_data",
    "status": "pending",
}
PART = {"id": "part_1", "object": "upload.part", "created_at": 1790000000, "upload_id": "upload_1"}
DECIDED = {
    "answers": [{"type": "predicate", "name": "fog", "probability": 0.75}],
    "model": "m",
    "usage": {"input_tokens": 4, "output_tokens": 1, "total_tokens": 5},
}
CHECKED = {
    "object": "content_provenance_check",
    "created_at": 1790000000,
    "results": [{"type": "synthid", "outcome": "detected"}],
}
FILM = {
    "id": "video_1",
    "object": "video",
    "created_at": 1790000000,
    "model": "m",
    "status": "queued",
    "progress": 0,
    "seconds": "8",
    "size": "1280x720",
    "prompt": "Fog",
    "error": None,
    "completed_at": None,
    "expires_at": None,
}
TALK = {"id": "conv_1", "object": "conversation", "created_at": 1790000000, "metadata": {"pier": "3"}}
EMBEDDINGS = "/v1/embeddings"
AUDIO = "/v1/audio/transcriptions"
HEADERS = {
    "x-request-id": "req_tide",
    "openai-processing-ms": "12",
    "openai-version": "2020-10-01",
    "x-ratelimit-remaining-requests": "9",
    "x-ratelimit-reset-tokens": "6ms",
}
MESSAGES: Any = [{"role": "user", "content": "When is high water?"}]
RECORDING = b"RIFF" + bytes(range(256)) * 40


class Tide(BaseModel):
    """What answers are parsed as."""

    port: str
    metres: float


@dataclass(frozen=True)
class Case:
    """A use of the SDK.

    Attributes:
        use: Makes the calls, and returns what came of them.
        answers: The upstream's answers, in order.
        sent: Whether the requests that the upstream gets are compared as well.
    """

    use: Callable[[Any], Any]
    answers: tuple[Any, ...] = ()
    sent: bool = field(default=True)


def told(value: Any) -> Any:
    """Returns what the SDK gave, nulls and ids included, as plain values."""
    if isinstance(value, BaseModel):
        found = {"": type(value).__name__, **value.model_dump(mode="json", exclude_unset=True, warnings=False)}
        request_id = getattr(value, "_request_id", None)
        return found | ({"_request_id": request_id} if request_id else {})
    if isinstance(value, list | tuple):
        return [told(each) for each in value]
    return value


def failure(error: openai.OpenAIError) -> Any:
    """Returns what a caller learns of a failure."""
    found: dict[str, Any] = {"type": type(error).__name__}
    if isinstance(error, openai.APIError):
        found |= {"body": error.body, "message": error.message}
        found |= {"code": error.code, "param": error.param, "kind": error.type}
    if isinstance(error, openai.APIConnectionError):  # its message names the cause
        found.pop("message")
    if isinstance(error, openai.APIStatusError):
        headers = ("x-request-id", "retry-after", "content-type")
        found |= {"status": error.status_code, "request_id": error.request_id}
        found |= {name: error.response.headers.get(name) for name in headers}
    return found


def attempt(use: Callable[[list[Any]], Any]) -> Any:
    """Returns what a call gave, or what came before it failed, and how."""
    got: list[Any] = []
    try:
        use(got)
    except openai.OpenAIError as error:
        return [*map(told, got), failure(error)]
    return [*map(told, got), "whole"]


def read(stream: Any, got: list[Any]) -> None:
    """Reads a stream."""
    for each in stream:
        got.append(each)  # noqa: PERF402 - those before a failure count


# Answers.


def completion(message: dict[str, Any], **fields: Any) -> dict[str, Any]:
    whole = {"role": "assistant", "content": None, "refusal": None, "annotations": [], **message}
    choice = {"index": 0, "message": whole, "logprobs": None, "finish_reason": "stop"}
    usage = {"prompt_tokens": 9, "completion_tokens": 3, "total_tokens": 12, "prompt_tokens_details": None}
    return {
        "id": "chatcmpl-tide",
        "object": "chat.completion",
        "created": 1700000000,
        "model": "gpt-5-mini-2025-08-07",
        "choices": [choice],
        "usage": usage,
        "service_tier": "default",
        "system_fingerprint": None,
        **fields,
    }


def good(value: Any) -> Any:
    return answers.json(value, headers=HEADERS)


def choice_of(delta: dict[str, Any], finish: str | None = None, **more: Any) -> dict[str, Any]:
    return {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish, **more}


def chunks(*choices: dict[str, Any], **fields: Any) -> list[dict[str, Any]]:
    head = {"id": "chatcmpl-t", "object": "chat.completion.chunk", "created": 1700000000, "model": "gpt-5-mini"}
    return [{**head, "system_fingerprint": None, "choices": [each], **fields} for each in choices]


def streamed(objects: list[dict[str, Any]], then: str = "end") -> Any:
    return answers.stream(answers.events(objects, done=then == "end"), headers=HEADERS, then=then)


def named(objects: list[dict[str, Any]], **options: Any) -> Any:
    return answers.stream(answers.events(objects, named=True), headers=HEADERS, **options)


CALL = {"id": "call_1", "type": "function", "function": {"name": "tide", "arguments": '{"port":"Brest"}'}}
TEXT = chunks(
    choice_of({"role": "assistant", "content": "", "refusal": None}),
    choice_of({"content": "Six"}),
    choice_of({"content": " o'clock ☂"}),
    choice_of({}, "stop"),
)
PARSED = chunks(
    choice_of({"role": "assistant", "content": '{"port":"Br'}),
    choice_of({"content": 'est","metres":7.5}'}),
    choice_of({}, "stop"),
)
CALLS = chunks(
    choice_of(
        {
            "role": "assistant",
            "content": None,
            "tool_calls": [{"index": 0, **CALL, "function": {"name": "tide", "arguments": ""}}],
        }
    ),
    choice_of({"tool_calls": [{"index": 0, "function": {"arguments": '{"port":'}}]}),
    choice_of({"tool_calls": [{"index": 0, "function": {"arguments": '"Brest"}'}}]}),
    choice_of({}, "tool_calls"),
)
USAGE_CHUNK = {
    **{key: TEXT[0][key] for key in ("id", "object", "created", "model", "system_fingerprint")},
    "choices": [],
    "usage": {"prompt_tokens": 9, "completion_tokens": 3, "total_tokens": 12},
}
TOOL: Any = {"type": "function", "function": {"name": "tide", "parameters": {"type": "object", "properties": {}}}}
LOGPROBS = {
    "content": [{"token": "Six", "bytes": [83, 105, 120], "logprob": -0.25, "top_logprobs": []}],
    "refusal": None,
}


def response(output: list[dict[str, Any]], **fields: Any) -> dict[str, Any]:
    return {
        "id": "resp_tide",
        "object": "response",
        "created_at": 1700000000,
        "status": "completed",
        "background": False,
        "error": None,
        "incomplete_details": None,
        "instructions": None,
        "max_output_tokens": None,
        "model": "gpt-5-mini",
        "output": output,
        "parallel_tool_calls": True,
        "previous_response_id": None,
        "reasoning": {"effort": "low", "summary": None},
        "temperature": 1.0,
        "text": {"format": {"type": "text"}, "verbosity": "medium"},
        "tool_choice": "auto",
        "tools": [],
        "top_p": 1.0,
        "truncation": "disabled",
        "usage": {
            "input_tokens": 9,
            "input_tokens_details": {"cached_tokens": 0},
            "output_tokens": 3,
            "output_tokens_details": {"reasoning_tokens": 0},
            "total_tokens": 12,
        },
        "user": None,
        "metadata": {},
        **fields,
    }


def said(text: str) -> dict[str, Any]:
    part = {"type": "output_text", "text": text, "annotations": [], "logprobs": []}
    return {"id": "msg_1", "type": "message", "status": "completed", "role": "assistant", "content": [part]}


PLACE = {"item_id": "msg_1", "output_index": 0, "content_index": 0}


def events(text: tuple[str, ...], last: dict[str, Any] | None = None) -> list[dict[str, Any]]:
    whole = "".join(text)
    started = response([], status="in_progress", usage=None)
    part = {"type": "output_text", "text": "", "annotations": [], "logprobs": []}
    item = {**said(whole), "status": "in_progress", "content": []}
    found: list[dict[str, Any]] = [
        {"type": "response.created", "response": started},
        {"type": "response.in_progress", "response": started},
        {"type": "response.output_item.added", "output_index": 0, "item": item},
        {"type": "response.content_part.added", **PLACE, "part": part},
        *({"type": "response.output_text.delta", **PLACE, "delta": each, "logprobs": []} for each in text),
        {"type": "response.output_text.done", **PLACE, "text": whole, "logprobs": []},
        {"type": "response.content_part.done", **PLACE, "part": {**part, "text": whole}},
        {"type": "response.output_item.done", "output_index": 0, "item": said(whole)},
        last or {"type": "response.completed", "response": response([said(whole)])},
    ]
    return [{**each, "sequence_number": number} for number, each in enumerate(found)]


FUNCTION = {
    "id": "fc_1",
    "type": "function_call",
    "status": "completed",
    "arguments": '{"port":"Brest"}',
    "call_id": "call_1",
    "name": "tide",
}
FLOATS = {"object": "embedding", "index": 0, "embedding": [0.25, -0.5, 1e-05]}
BASE64 = {"object": "embedding", "index": 0, "embedding": "AACAPgAAAL8="}


def vectors(*data: dict[str, Any]) -> dict[str, Any]:
    return {"object": "list", "data": list(data), "model": "e", "usage": {"prompt_tokens": 2, "total_tokens": 2}}


def listed(*data: dict[str, Any], more: bool = False) -> dict[str, Any]:
    ids = [each["id"] for each in data]
    return {"object": "list", "data": list(data), "first_id": ids[0], "last_id": ids[-1], "has_more": more}


def wrong(status: int, *, headers: dict[str, str] | None = None, **fields: Any) -> Any:
    error = {"message": f"No, {status}", "type": "some_error", "param": None, "code": None, **fields}
    return answers.json({"error": error}, status=status, headers={"x-request-id": "req_no", **(headers or {})})


TRANSCRIPT = {
    "text": "High water",
    "logprobs": None,
    "usage": {
        "type": "tokens",
        "input_tokens": 5,
        "output_tokens": 2,
        "total_tokens": 7,
        "input_token_details": {"text_tokens": 0, "audio_tokens": 5},
    },
}
VERBOSE = {
    "task": "transcribe",
    "language": "english",
    "duration": 1.5,
    "text": "High water",
    "segments": [
        {
            "id": 0,
            "seek": 0,
            "start": 0.0,
            "end": 1.5,
            "text": "High water",
            "tokens": [1, 2],
            "temperature": 0.0,
            "avg_logprob": -0.5,
            "compression_ratio": 1.25,
            "no_speech_prob": 0.125,
        }
    ],
    "words": [{"word": "High", "start": 0.0, "end": 0.5}],
    "usage": {"type": "duration", "seconds": 2},
}
SPOKEN: list[dict[str, Any]] = [
    {"type": "transcript.text.delta", "delta": "High", "logprobs": None},
    {"type": "transcript.text.delta", "delta": " water"},
    {"type": "transcript.text.done", "text": "High water", "usage": TRANSCRIPT["usage"]},
]
OLD = {
    "id": "cmpl-1",
    "object": "text_completion",
    "created": 1,
    "model": "m",
    "choices": [{"text": " six", "index": 0, "logprobs": None, "finish_reason": "stop"}],
}
MODEL = {"id": "tide-1", "object": "model", "created": 1, "owned_by": "openai"}


REFUSED = {"error": {"message": "No voice.", "type": "invalid_request_error", "param": "voice", "code": "no_voice"}}
PICTURE = {"created": 1, "data": [{"b64_json": "AAEC"}], "usage": None, "size": "1024x1024"}
DRAWN: list[dict[str, Any]] = [
    {"type": "image_generation.partial_image", "b64_json": "AAEC", "partial_image_index": 0},
    {"type": "image_generation.completed", "b64_json": "AAECAwQF", "usage": {"total_tokens": 9, "input_tokens": 4}},
]
CLASSIFIED = {
    "id": "modr-1",
    "model": "omni-moderation-latest",
    "results": [
        {
            "flagged": False,
            "categories": {"hate": False, "self-harm/intent": False},
            "category_scores": {"hate": 1e-07, "self-harm/intent": 0.25},
            "category_applied_input_types": {"hate": ["text"], "self-harm/intent": []},
        }
    ],
}


# Uses.


def chat(**fields: Any) -> Callable[[Any], Any]:
    return lambda client: told(client.chat.completions.create(**{"model": "m", "messages": MESSAGES, **fields}))


def chat_stream(**fields: Any) -> Callable[[Any], Any]:
    return lambda client: attempt(
        lambda got: read(
            client.chat.completions.create(**{"model": "m", "messages": MESSAGES, "stream": True, **fields}), got
        )
    )


def chat_helper(**fields: Any) -> Callable[[Any], Any]:
    def use(client: Any) -> Any:
        with client.chat.completions.stream(model="m", messages=MESSAGES, **fields) as stream:
            seen = [told(event) for event in stream]
            return seen, told(stream.get_final_completion())

    return use


def respond(**fields: Any) -> Callable[[Any], Any]:
    return lambda client: told(client.responses.create(**{"model": "m", "input": "When?", **fields}))


def respond_stream(**fields: Any) -> Callable[[Any], Any]:
    return lambda client: attempt(
        lambda got: read(client.responses.create(**{"model": "m", "input": "When?", "stream": True, **fields}), got)
    )


def respond_helper(**fields: Any) -> Callable[[Any], Any]:
    def use(client: Any) -> Any:
        with client.responses.stream(model="m", input="When?", **fields) as stream:
            seen = [told(event) for event in stream]
            return seen, told(stream.get_final_response())

    return use


def transcribe(**fields: Any) -> Callable[[Any], Any]:
    def use(client: Any) -> Any:
        result = client.audio.transcriptions.create(**{"model": "whisper-1", "file": ("tide.wav", RECORDING), **fields})
        return told(result)

    return use


def transcribe_stream(client: Any) -> Any:
    return attempt(
        lambda got: read(
            client.audio.transcriptions.create(model="gpt-4o-transcribe", file=("a.wav", RECORDING), stream=True), got
        )
    )


def older(call: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """A use of a method that OpenAI's package warns of."""

    def use(client: Any) -> Any:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            return told(call(client))

    return use


def speak(client: Any) -> Any:
    reply = client.audio.speech.create(model="tts-1", input="High water", voice="alloy", response_format="opus")
    return reply.read()


def speak_streaming(client: Any) -> Any:
    create = client.audio.speech.with_streaming_response.create
    with create(model="tts-1", input="High water", voice={"id": "voice_1"}, speed=1.5) as reply:
        return b"".join(reply.iter_bytes())


def speak_cut(client: Any) -> Any:
    def use(got: list[Any]) -> None:
        got.append(client.audio.speech.create(model="tts-1", input="High water", voice="alloy").read())

    return attempt(use)


def draw_stream(client: Any) -> Any:
    return attempt(
        lambda got: read(
            client.images.generate(model="gpt-image-1", prompt="a tide", stream=True, partial_images=1), got
        )
    )


def raw(client: Any) -> Any:
    reply = client.chat.completions.with_raw_response.create(model="m", messages=MESSAGES)
    names = (*HEADERS, "content-type")
    return reply.status_code, {name: reply.headers.get(name) for name in names}, reply.request_id, told(reply.parse())


def raw_json(client: Any) -> Any:
    return json.loads(client.chat.completions.with_raw_response.create(model="m", messages=MESSAGES).text)


def streaming_bytes(client: Any) -> Any:
    with client.chat.completions.with_streaming_response.create(model="m", messages=MESSAGES) as reply:
        return reply.status_code, json.loads(b"".join(reply.iter_bytes()))


def streaming_lines(client: Any) -> Any:
    create = client.chat.completions.with_streaming_response.create
    with create(model="m", messages=MESSAGES, stream=True) as reply:
        lines = list(reply.iter_lines())
    return [json.loads(line[6:]) if line.startswith("data: {") else line for line in lines]


def event_lines(client: Any) -> Any:
    with client.responses.with_streaming_response.create(model="m", input="When?", stream=True) as reply:
        lines = list(reply.iter_lines())
    return [json.loads(line[6:]) if line.startswith("data: {") else line for line in lines]


def raw_stream(client: Any) -> Any:
    reply = client.chat.completions.with_raw_response.create(model="m", messages=MESSAGES, stream=True)
    return reply.headers.get("content-type"), [told(each) for each in reply.parse()]


def all_pages(client: Any) -> Any:
    return [told(each) for each in client.chat.completions.list(limit=1, metadata={"port": "Brest"})]


def parse(client: Any) -> Any:
    parsed = client.chat.completions.parse(model="m", messages=MESSAGES, response_format=Tide)
    return told(parsed), told(parsed.choices[0].message.parsed)


def parse_tools(client: Any) -> Any:
    tool = openai.pydantic_function_tool(Tide, name="tide")
    parsed = client.chat.completions.parse(model="m", messages=MESSAGES, tools=[tool])
    return told(parsed.choices[0].message.tool_calls[0].function.parsed_arguments)


def parse_response(client: Any) -> Any:
    parsed = client.responses.parse(model="m", input="When?", text_format=Tide)
    return told(parsed), told(parsed.output_parsed)


def failing(use: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda client: attempt(lambda got: got.append(use(client)))


ROUND_TRIP: Any = [
    *MESSAGES,
    {"role": "assistant", "content": None, "tool_calls": [CALL], "refusal": None},
    {"role": "tool", "tool_call_id": "call_1", "content": [{"type": "text", "text": "06:00"}]},
]
IMAGE: Any = [
    {
        "role": "user",
        "content": [
            {"type": "text", "text": "Which harbour?"},
            {"type": "image_url", "image_url": {"url": "data:image/png;base64,iVBORw0KGgo=", "detail": "low"}},
            {"type": "input_audio", "input_audio": {"data": "UklGRg==", "format": "wav"}},
            {"type": "file", "file": {"filename": "t.pdf", "file_data": "data:application/pdf;base64,JVBERi0="}},
        ],
    }
]

CASES: dict[str, Case] = {
    "chat": Case(chat(temperature=0.5, user="u", n=1), (good(completion({"content": "Six"})),)),
    "chat with keys that nobody knows": Case(
        chat(extra_body={"mooring": {"depth": 3, "rope": None, "knots": [1.5, {"a": True}]}}),
        (good(completion({"content": "Six", "beacon": {"lit": None}}, harbour=[None, 1])),),
    ),
    "explicit nulls of a request": Case(chat(stop=None, logit_bias=None, seed=None), (good(completion({})),)),
    "a reply of nulls": Case(chat(), (good(completion({"audio": None, "tool_calls": None}, usage=None)),)),
    "tool calls": Case(
        chat(tools=[TOOL], tool_choice="auto", parallel_tool_calls=False),
        (good(completion({"tool_calls": [CALL]})),),
    ),
    "results of tools": Case(chat(messages=ROUND_TRIP, tools=[TOOL]), (good(completion({"content": "Six"})),)),
    "images, audio and files": Case(chat(messages=IMAGE), (good(completion({"content": "Brest"})),)),
    "log probabilities": Case(
        chat(logprobs=True, top_logprobs=2),
        (good({**completion({}), "choices": [{**completion({})["choices"][0], "logprobs": LOGPROBS}]}),),
    ),
    "a refusal": Case(chat(), (good(completion({"refusal": "No"})),)),
    "headers of the caller": Case(
        chat(extra_headers={"Idempotency-Key": "k1"}),
        (good(completion({})),),
    ),
    "parse": Case(parse, (good(completion({"content": '{"port":"Brest","metres":7.5}'})),)),
    "parse calls of tools": Case(
        parse_tools,
        (
            good(
                completion(
                    {"tool_calls": [{**CALL, "function": {"name": "tide", "arguments": '{"port":"B","metres":1}'}}]}
                )
            ),
        ),
    ),
    "parse what was cut off": Case(
        failing(parse),
        (good({**completion({}), "choices": [{**completion({})["choices"][0], "finish_reason": "length"}]}),),
    ),
    "a raw response": Case(raw, (good(completion({"content": "Six"})),)),
    "raw JSON": Case(raw_json, (good(completion({"content": "Six ☂", "audio": None})),)),
    "a response in pieces": Case(streaming_bytes, (good(completion({"content": "Six"})),)),
    "a stream": Case(chat_stream(), (streamed(TEXT),)),
    "a stream of choices": Case(
        chat_stream(n=2), (streamed([*TEXT, *chunks({**choice_of({"content": "Seven"}, "stop"), "index": 1})]),)
    ),
    "a stream with its usage": Case(
        chat_stream(stream_options={"include_usage": True}),
        (streamed([*({**each, "usage": None} for each in TEXT), USAGE_CHUNK]),),
    ),
    "a stream of tool calls": Case(chat_stream(tools=[TOOL]), (streamed(CALLS),)),
    "a stream with keys that nobody knows": Case(
        chat_stream(), (streamed(chunks(choice_of({"content": "a", "beacon": None}, "stop", buoy=1), harbour={})),)
    ),
    "the lines of a stream": Case(streaming_lines, (streamed(TEXT),)),
    "a raw stream": Case(raw_stream, (streamed(TEXT),)),
    "the helper of chat streams": Case(chat_helper(), (streamed(TEXT),)),
    "the helper, parsing": Case(chat_helper(response_format=Tide), (streamed(PARSED),)),
    "the helper, with tools": Case(chat_helper(tools=[TOOL]), (streamed(CALLS),)),
    "get a stored chat": Case(
        lambda client: told(client.chat.completions.retrieve("chatcmpl-tide")), (good(completion({"content": "a"})),)
    ),
    "update a stored chat": Case(
        lambda client: told(client.chat.completions.update("chatcmpl-tide", metadata={"a": "b"})),
        (good(completion({"content": "a"}, metadata={"a": "b"})),),
    ),
    "delete a stored chat": Case(
        lambda client: told(client.chat.completions.delete("chatcmpl-tide")),
        (good({"object": "chat.completion.deleted", "id": "chatcmpl-tide", "deleted": True}),),
    ),
    "list stored chats, page by page": Case(
        all_pages,
        (
            good(listed(completion({"content": "a"}), more=True)),
            good(listed(completion({"content": "b"}, id="chatcmpl-2"))),
        ),
    ),
    "messages of a stored chat": Case(
        lambda client: [told(each) for each in client.chat.completions.messages.list("chatcmpl-tide", order="desc")],
        (good(listed({"id": "m1", "role": "user", "content": "When?", "name": None, "content_parts": None})),),
    ),
    "a response": Case(respond(), (good(response([said("Six")])),)),
    "a response with everything": Case(
        respond(
            input=[{"role": "user", "content": [{"type": "input_text", "text": "When?"}]}],
            instructions="Be brief",
            reasoning={"effort": "low"},
            include=["reasoning.encrypted_content"],
            previous_response_id="resp_0",
            metadata={"a": "b"},
            tools=[{"type": "function", "name": "tide", "parameters": {}, "strict": False}],
            extra_body={"background_options": {"window": "soon"}},
        ),
        (good(response([FUNCTION], metadata={"a": "b"})),),
    ),
    "a response of another server, full of nulls": Case(
        respond(), (good(response([{**said("a"), "phase": None}], metadata=None, tools=None, reasoning=None)),)
    ),
    "a response that failed": Case(
        respond(), (good(response([], status="failed", error={"code": "server_error", "message": "It sank"})),)
    ),
    "a response that is incomplete": Case(
        respond(),
        (good(response([], status="incomplete", incomplete_details={"reason": "max_output_tokens"})),),
    ),
    "parse a response": Case(parse_response, (good(response([said('{"port":"Brest","metres":7.5}')])),)),
    "events": Case(respond_stream(), (named(events(("Six", " o'clock"))),)),
    "events that nobody knows": Case(
        respond_stream(),
        (
            named(
                [
                    *events(("a",))[:-1],
                    {"type": "response.tide.turned", "at": None, "sequence_number": 99},
                    events(("a",))[-1],
                ]
            ),
        ),
    ),
    "the lines of events": Case(event_lines, (named(events(("Six",))),)),
    "the helper of responses": Case(respond_helper(), (named(events(("Six", " o'clock"))),)),
    "the helper of responses, parsing": Case(
        respond_helper(text_format=Tide), (named(events(('{"port":"B","me', 'tres":7.5}'))),)
    ),
    "events of a response that failed": Case(
        respond_stream(),
        (
            named(
                events(
                    ("a",),
                    {
                        "type": "response.failed",
                        "response": response([], status="failed", error={"code": "server_error", "message": "No"}),
                    },
                )
            ),
        ),
    ),
    "get a response": Case(
        lambda client: told(client.responses.retrieve("resp_tide", include=["file_search_call.results"])),
        (good(response([said("Six")])),),
    ),
    "resume the stream of a response": Case(
        lambda client: [told(each) for each in client.responses.retrieve("resp_tide", stream=True, starting_after=6)],
        (named(events(("Six", " o'clock"))[7:]),),
    ),
    "cancel a response": Case(
        lambda client: told(client.responses.cancel("resp_tide")), (good(response([], status="cancelled")),)
    ),
    "delete a response": Case(
        lambda client: client.responses.delete("resp_tide"),
        (good({"id": "resp_tide", "object": "response", "deleted": True}),),
    ),
    "input of a response": Case(
        lambda client: [told(each) for each in client.responses.input_items.list("resp_tide", limit=1)],
        (
            good(listed({**said("a"), "id": "msg_1", "role": "assistant"}, more=True)),
            good(listed({**said("b"), "id": "msg_2", "role": "assistant"})),
        ),
    ),
    "a conversation": Case(
        lambda client: [
            told(client.conversations.create(items=[{"type": "message", "role": "user", "content": "When?"}])),
            told(client.conversations.retrieve("conv_1")),
            told(client.conversations.update("conv_1", metadata={"pier": "3"})),
            told(client.conversations.delete("conv_1")),
        ],
        (*[good(TALK)] * 3, good({"id": "conv_1", "object": "conversation.deleted", "deleted": True})),
    ),
    "items of a conversation": Case(
        lambda client: [
            told(
                client.conversations.items.create(
                    "conv_1",
                    items=[{"type": "message", "role": "user", "content": "When?"}],
                    include=["message.input_image.image_url", "reasoning.encrypted_content"],
                )
            ),
            told(client.conversations.items.retrieve("msg_1", conversation_id="conv_1")),
            [told(each) for each in client.conversations.items.list("conv_1", limit=1, order="asc")],
            told(client.conversations.items.delete("msg_1", conversation_id="conv_1")),
        ],
        (
            good(listed({**said("a"), "id": "msg_1", "role": "user"})),
            good({**said("a"), "id": "msg_1", "role": "user"}),
            good(listed({**said("a"), "id": "msg_1", "role": "user"})),
            good(TALK),
        ),
    ),
    "count the input of a response": Case(
        lambda client: told(client.responses.input_tokens.count(model="m", input="When?")),
        (good({"object": "response.input_tokens", "input_tokens": 9}),),
    ),
    "compact a conversation": Case(
        lambda client: told(client.responses.compact(model="gpt-5.2", input="When?")),
        (
            good(
                {
                    "id": "cmp_1",
                    "object": "response.compaction",
                    "created_at": 1,
                    "output": [{"type": "compaction", "id": "cmp", "encrypted_content": "x", "created_by": None}],
                    "usage": response([])["usage"],
                }
            ),
        ),
    ),
    "embeddings": Case(
        lambda client: told(client.embeddings.create(model="e", input=["a", "b"])),
        (good(vectors(BASE64, {**BASE64, "index": 1})),),
    ),
    "embeddings as numbers": Case(
        lambda client: told(
            client.embeddings.create(model="e", input=[[1, 2], [3]], encoding_format="float", dimensions=3)
        ),
        (good(vectors(FLOATS)),),
    ),
    "embeddings as base64": Case(
        lambda client: told(client.embeddings.create(model="e", input="a", encoding_format="base64")),
        (good(vectors(BASE64)),),
    ),
    "a transcription": Case(transcribe(), (good(TRANSCRIPT),)),
    "a translation": Case(
        older(
            lambda client: client.audio.translations.create(
                model="whisper-1", file=("a.wav", RECORDING), temperature=0.5
            )
        ),
        (good({"text": "High water"}),),
    ),
    "a large translation": Case(
        older(
            lambda client: client.audio.translations.create(
                model="whisper-1", file=("a.wav", RECORDING * 300), response_format="vtt"
            )
        ),
        (answers.body(b"WEBVTT\n\nHigh water\n", content_type="text/plain", headers=HEADERS),),
    ),
    "speech": Case(speak, (answers.body(RECORDING, content_type="audio/ogg", headers=HEADERS),)),
    "speech as it comes": Case(speak_streaming, (answers.body(RECORDING * 40, content_type="audio/mpeg"),)),
    "speech that is cut": Case(
        speak_cut,
        (answers.raw(b"HTTP/1.1 200 OK\r\ncontent-type: audio/mpeg\r\ncontent-length: 999\r\n\r\nID3"),),
    ),
    "speech that is refused": Case(failing(speak), (answers.json(REFUSED, status=400, headers=HEADERS),)),
    "an image": Case(
        lambda client: told(client.images.generate(model="gpt-image-1", prompt="a tide", n=1, quality="low")),
        (good(PICTURE),),
    ),
    "a stream of images": Case(draw_stream, (answers.stream(answers.events(DRAWN, named=True, done=False)),)),
    "an edit of an image": Case(
        lambda client: told(
            client.images.edit(
                model="gpt-image-1",
                image=("a.png", RECORDING, "image/png"),
                mask=("b.png", RECORDING, "image/png"),
                prompt="a tide",
                svg={"model": "pen", "reasoning": {"effort": "low"}},
            )
        ),
        (good(PICTURE),),
    ),
    "an edit of several images": Case(
        lambda client: told(
            client.images.edit(
                model="gpt-image-1", image=[("a.png", RECORDING), ("b.webp", RECORDING)], prompt="a tide"
            )
        ),
        (good(PICTURE),),
    ),
    "a variation of an image": Case(
        older(lambda client: client.images.create_variation(model="dall-e-2", image=("a.png", RECORDING), n=2)),
        (good(PICTURE),),
    ),
    "a video": Case(
        older(
            lambda client: [
                told(client.videos.retrieve("video_1")),
                told(client.videos.remix("video_1", prompt="Fog")),
                [told(each) for each in client.videos.list(limit=1, order="asc")],
                told(client.videos.delete("video_1")),
                client.videos.download_content("video_1", variant="thumbnail").read(),
                told(client.videos.get_character("char_1")),
            ]
        ),
        (
            *[good(FILM)] * 2,
            good(listed(FILM)),
            good({"id": "video_1", "object": "video.deleted", "deleted": True}),
            answers.body(RECORDING, content_type="image/webp", headers=HEADERS),
            good({"id": "char_1", "created_at": 1790000000, "name": "Keeper"}),
        ),
    ),
    "a video of files": Case(
        older(
            lambda client: [
                told(client.videos.create(prompt="Fog", seconds="8", input_reference=("a.png", RECORDING))),
                told(client.videos.edit(prompt="Fog", video=("a.mp4", RECORDING))),
                told(client.videos.extend(prompt="Fog", seconds="4", video=("a.mp4", RECORDING))),
                told(client.videos.create_character(name="Keeper", video=("a.mp4", RECORDING))),
            ]
        ),
        (*[good(FILM)] * 3, good({"id": "char_1", "created_at": 1790000000, "name": "Keeper"})),
    ),
    "an upload in parts": Case(
        lambda client: [
            told(client.uploads.create(bytes=5, filename="a.bin", mime_type="image/png", purpose="user_data")),
            told(client.uploads.parts.create("upload_1", data=RECORDING)),
            told(client.uploads.complete("upload_1", part_ids=["part_1"], md5="0" * 32)),
            told(client.uploads.cancel("upload_1")),
        ],
        (good(UPLOAD), good(PART), good(UPLOAD | {"status": "completed"}), good(UPLOAD)),
    ),
    "a file in chunks": Case(
        lambda client: told(
            client.uploads.upload_file_chunked(
                file=b"tides", filename="a.bin", bytes=5, mime_type="image/png", purpose="user_data", part_size=3
            )
        ),
        (good(UPLOAD), good(PART), good({**PART, "id": "part_2"}), good(UPLOAD | {"status": "completed"})),
    ),
    "a decision": Case(
        lambda client: told(
            client.decisions.create(
                model="m", input="Fog", questions=[{"type": "predicate", "name": "fog", "instructions": "Is there?"}]
            )
        ),
        (good(DECIDED),),
    ),
    "a check of provenance": Case(
        lambda client: told(client.content_provenance_checks.create(file=("a.png", RECORDING))),
        (good(CHECKED),),
    ),
    "a moderation": Case(
        lambda client: told(
            client.moderations.create(
                input=[{"type": "text", "text": "a"}, {"type": "image_url", "image_url": {"url": "https://a/b"}}]
            )
        ),
        (good(CLASSIFIED),),
    ),
    "a deleted model": Case(
        lambda client: told(client.models.delete("ft:tide:harbour::1")),
        (good({"id": "ft:tide:harbour::1", "object": "model", "deleted": True}),),
    ),
    "a transcription with everything": Case(
        transcribe(
            language="en",
            prompt="tides",
            temperature=0.25,
            response_format="json",
            include=["logprobs"],
            chunking_strategy="auto",
            file=("höhe.wav", io.BytesIO(RECORDING), "audio/x-wav"),
        ),
        (good(TRANSCRIPT),),
    ),
    "a transcription as text": Case(
        transcribe(response_format="text"),
        (answers.body(b"High water\n", content_type="text/plain; charset=utf-8", headers=HEADERS),),
    ),
    "subtitles": Case(
        transcribe(response_format="srt"),
        (answers.body(b"1\n00:00:00,000 --> 00:00:01,500\nHigh water\n", content_type="text/plain; charset=utf-8"),),
    ),
    "a verbose transcription": Case(
        transcribe(response_format="verbose_json", timestamp_granularities=["word", "segment"]),
        (good(VERBOSE),),
    ),
    "a transcription with speakers": Case(
        transcribe(response_format="diarized_json", known_speaker_names=["Ann", "Bo"]),
        (
            good(
                {
                    "task": "transcribe",
                    "duration": 1.5,
                    "text": "High",
                    "segments": [
                        {
                            "type": "transcript.text.segment",
                            "id": "s0",
                            "start": 0.0,
                            "end": 1.5,
                            "text": "High",
                            "speaker": "Ann",
                        }
                    ],
                }
            ),
        ),
    ),
    "the stream of a transcription": Case(transcribe_stream, (named(SPOKEN),)),
    "a large recording": Case(transcribe(file=("tide.wav", RECORDING * 300)), (good(TRANSCRIPT),)),
    "an empty recording": Case(transcribe(file=("tide.wav", b"")), (good(TRANSCRIPT),)),
    "a legacy completion": Case(
        lambda client: told(client.completions.create(model="m", prompt=["When", "?"], suffix=None, max_tokens=3)),
        (good(OLD),),
    ),
    "the stream of a legacy completion": Case(
        lambda client: [told(each) for each in client.completions.create(model="m", prompt="When", stream=True)],
        (streamed([{**OLD, "choices": [{"text": " s", "index": 0, "logprobs": None, "finish_reason": None}]}, OLD]),),
    ),
    "models": Case(
        lambda client: [told(each) for each in client.models.list()], (good({"object": "list", "data": [MODEL]}),)
    ),
    "a model with a slash": Case(
        lambda client: told(client.models.retrieve("ft:gpt/5:tide")), (good({**MODEL, "id": "ft:gpt/5:tide"}),)
    ),
    # Failures.
    **{
        f"{status} of {name}": Case(
            failing(use),
            (wrong(status, headers={"retry-after": "7"} if status in {429, 503} else None, code="a_code"),),
        )
        for status in (400, 401, 403, 404, 408, 409, 413, 422, 429, 500, 502, 503, 504, 529)
        for name, use in (("a chat", chat()), ("a stream", chat_stream()))
    },
    "an error with a parameter": Case(
        failing(respond()), (wrong(400, param="input[0]", code="invalid_value", type="invalid_request_error"),)
    ),
    "an error with keys that nobody knows": Case(
        failing(chat()), (wrong(400, innererror={"code": "ResponsibleAIPolicyViolation", "filtered": [True, 1]}),)
    ),
    "an error of an upload": Case(failing(transcribe()), (wrong(400, param="file"),)),
    "an error of an upload in pieces": Case(failing(transcribe(file=("t.wav", RECORDING * 300))), (wrong(413),)),
    "an error of what is read": Case(failing(lambda client: client.responses.retrieve("resp_0")), (wrong(404),)),
    "an error inside a stream": Case(
        chat_stream(),
        (streamed([*TEXT[:2], {"error": {"message": "It sank", "type": "server_error", "param": None, "code": "x"}}]),),
    ),
    "an error event": Case(
        respond_stream(),
        (
            named(
                [
                    *events(("a",))[:5],
                    {"type": "error", "code": "server_error", "message": "No", "param": None, "sequence_number": 5},
                ]
            ),
        ),
    ),
    "a stream that is cut": Case(chat_stream(), (streamed(TEXT[:2], then="truncate"),)),
    "a stream that is reset": Case(chat_stream(), (streamed(TEXT[:2], then="reset"),)),
    "events that are cut": Case(respond_stream(), (named(events(("a",))[:5], then="truncate"),)),
    "a transcription that is cut": Case(transcribe_stream, (named(SPOKEN[:1], then="truncate"),)),
    "no answer in time": Case(
        failing(lambda client: client.with_options(timeout=0.5).chat.completions.create(model="m", messages=MESSAGES)),
        (answers.stall(),),
    ),
    "no first event in time": Case(
        lambda client: chat_stream()(client.with_options(timeout=0.5)),
        (answers.stream([], then="stall"),),
    ),
    "no next event in time": Case(
        lambda client: chat_stream()(client.with_options(timeout=0.5)), (streamed(TEXT[:2], then="stall"),)
    ),
    "no next event of a response in time": Case(
        lambda client: respond_stream()(client.with_options(timeout=0.5)), (named(events(("a",))[:3], then="stall"),)
    ),
    "no answer to an upload in time": Case(
        failing(
            lambda client: client.with_options(timeout=0.5).audio.transcriptions.create(
                model="whisper-1", file=("t.wav", RECORDING)
            )
        ),
        (answers.stall(),),
    ),
}

# What upstream answers to each request, the gateway's own retries, and the requests of one call of the SDK.
RETRIES: dict[str, tuple[Any, int, int]] = {
    "a rate limit": (wrong(429, headers={"retry-after-ms": "1"}), 2, 3),
    "a rate limit that the gateway leaves to the SDK": (wrong(429, headers={"retry-after-ms": "1"}), 0, 3),
    "no capacity": (wrong(503, headers={"retry-after-ms": "1"}), 2, 3),
    "what may have been billed": (wrong(500, headers={"retry-after-ms": "1"}), 2, 1),
    "a request that is wrong": (wrong(400), 2, 1),
}

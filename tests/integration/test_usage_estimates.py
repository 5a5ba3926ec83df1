"""What counts against a key's limits when its caller asks for no usage or goes away, or the upstream says nothing."""

import gc
import struct
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import grpc
import orjson
import pytest

from faults import answers
from faults.exchange import Exchange, Gate
from faults.stand_in import LIMIT, StandIn
from integration.test_metrics import page, samples
from openai_grpc.v1 import (
    chat_pb2,
    common_pb2,
    completions_pb2,
    embeddings_pb2,
    models_pb2,
    responses_pb2,
    transcription_pb2,
)
from openai_grpc_server.calls.call import Call
from openai_grpc_server.config import GeneralSettings, KeySettings, ModelInfo, RouterConfig, Secret
from support.failure import failure_of
from support.gateway import RunningGateway, deployment, running_gateway

if TYPE_CHECKING:
    from faults.exchange import Answer

KEY = "sk-v3R9xQ2mT7bK4wZ8nL5c"
METADATA = (("authorization", f"Bearer {KEY}"),)
CHAT, COMPLETIONS, RESPONSES = "/v1/chat/completions", "/v1/completions", "/v1/responses"
WORDS = "twelve bytes"  # 3 tokens
QUESTION = "What is it? " * 10  # 30 tokens
PRICES = ModelInfo(input_cost_per_token=0.001, output_cost_per_token=0.01)


@contextmanager
def limited(upstream: StandIn, *, settings: dict[str, Any] | None = None, **facts: Any) -> Iterator[RunningGateway]:
    """A gateway with a key of a thousand tokens a minute and a budget."""
    keys = (KeySettings(name="team", key=Secret(KEY), tpm=1000, max_budget=1e6),)
    configured = deployment(upstream.url, **{"model_name": "m", "info": PRICES, **facts})
    with running_gateway(configured, general=GeneralSettings(keys=keys), **(settings or {})) as gateway:
        yield gateway


def chat_request(**fields: Any) -> chat_pb2.CreateChatCompletionRequest:
    request = chat_pb2.CreateChatCompletionRequest(model="m", **fields)
    request.messages.add().user.content.text = QUESTION
    return request


def response_request(**fields: Any) -> responses_pb2.CreateResponseRequest:
    request = responses_pb2.CreateResponseRequest(model="m", **fields)
    request.input.text = QUESTION
    return request


def completion_request(**fields: Any) -> completions_pb2.CreateCompletionRequest:
    request = completions_pb2.CreateCompletionRequest(model="m", **fields)
    request.prompt.text = QUESTION
    return request


def chunk(**fields: Any) -> dict[str, Any]:
    return {"id": "c1", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [], **fields}


def word(*, finish_reason: str | None = None) -> dict[str, Any]:
    return chunk(choices=[{"index": 0, "delta": {"content": WORDS}, "text": WORDS, "finish_reason": finish_reason}])


USAGE = {"prompt_tokens": 5000, "completion_tokens": 1, "total_tokens": 5001}


async def as_asked(exchange: Exchange) -> None:
    """Streams a completion, with a chunk of usage only for those who ask for it."""
    options = orjson.loads(await exchange.body()).get("stream_options") or {}
    usage = [chunk(usage=USAGE)] if options.get("include_usage") is True else []
    chunks = [word(), word(finish_reason="stop"), *usage]
    if exchange.request.path == COMPLETIONS:
        chunks = [{**each, "object": "text_completion"} for each in chunks]
    await answers.stream(answers.events(chunks))(exchange)


def options(include_usage: bool | None = None, extra_json: str = "") -> Any:
    return chat_pb2.ChatCompletionStreamOptions(include_usage=include_usage, extra_json=extra_json or None)


ASKED: dict[str, tuple[dict[str, Any], bool]] = {
    "nothing": ({}, False),
    "no options": ({"stream_options": options()}, False),
    "no usage": ({"stream_options": options(include_usage=False)}, False),
    "usage": ({"stream_options": options(include_usage=True)}, True),
    "null": ({"extra_json": '{"stream_options": null}'}, False),
    "null inside": ({"stream_options": options(extra_json='{"include_usage": null}')}, False),
    "no boolean": ({"stream_options": options(extra_json='{"include_usage": "no"}')}, False),
    "other letters": ({"stream_options": options(extra_json='{"Include_Usage": false}')}, False),
}
STREAMS: dict[str, tuple[str, dict[str, Any]]] = {
    "chat": (CHAT, {}),
    "completions": (COMPLETIONS, {}),
    "chat by completions": (COMPLETIONS, {"mode": "completions"}),
}


def stream(gateway: RunningGateway, route: str, **fields: Any) -> Any:
    """Begins a stream on one of STREAMS."""
    if route == "completions":
        return gateway.completions.StreamCompletion(completion_request(**fields), metadata=METADATA, timeout=LIMIT)
    return gateway.chat.StreamChatCompletion(chat_request(**fields), metadata=METADATA, timeout=LIMIT)


def refused(gateway: RunningGateway) -> bool:
    """Whether the key has used more tokens than it may, which only a usage of thousands says."""
    gateway.logged("rpc")
    call = gateway.models.ListModels.future(models_pb2.ListModelsRequest(), metadata=METADATA, timeout=LIMIT)
    return bool(call.code() is grpc.StatusCode.RESOURCE_EXHAUSTED)


def ended(gateway: RunningGateway) -> dict[str, Any]:
    """Returns the log line of the only call that is no list of models."""
    (line,) = [each for each in gateway.logged("rpc") if not each["method"].endswith("ListModels")]
    return line


def tokens(line: dict[str, Any]) -> tuple[int, int, bool]:
    return line.get("input_tokens", 0), line.get("output_tokens", 0), line.get("estimated", False)


@pytest.mark.parametrize(("fields", "wanted"), ASKED.values(), ids=ASKED)
@pytest.mark.parametrize("route", STREAMS)
def test_usage_is_always_asked_for_and_shown_to_who_asked(route: str, fields: dict[str, Any], wanted: bool) -> None:
    path, facts = STREAMS[route]
    with StandIn() as upstream, limited(upstream, **facts) as gateway:
        upstream.on("POST", path, as_asked)
        messages = list(stream(gateway, route, **fields))
        assert [message.HasField("usage") for message in messages] == [False, False, *([True] if wanted else [])]
        assert tokens(ended(gateway)) == (5000, 1, False)
        assert refused(gateway)


def test_a_response_by_chat_asks_for_usage() -> None:
    with StandIn() as upstream, limited(upstream, responses_as_chat=True) as gateway:
        upstream.on("POST", CHAT, as_asked)
        list(gateway.responses.StreamResponse(response_request(), metadata=METADATA, timeout=LIMIT))
        assert tokens(ended(gateway)) == (5000, 1, False)


def test_keys_without_limits_on_usage_get_what_they_ask_for() -> None:
    keys = (KeySettings(name="team", key=Secret(KEY), rpm=100),)
    with StandIn() as upstream:
        general = GeneralSettings(keys=keys)
        with running_gateway(deployment(upstream.url, model_name="m"), general=general) as gateway:
            upstream.on("POST", CHAT, as_asked)
            list(stream(gateway, "chat", stream_options=options(include_usage=False)))
            line = ended(gateway)
    assert orjson.loads(upstream.exchanges[0].request.body)["stream_options"] == {"include_usage": False}
    assert tokens(line) == (0, 0, False)


ENDS: "dict[str, Callable[[], Answer]]" = {
    "truncated": lambda: answers.stream(answers.events([word()] * 4, done=False), then="truncate"),
    "reset": lambda: answers.stream(answers.events([word()] * 4, done=False), then="reset"),
    "ended early": lambda: answers.stream(answers.events([word()] * 4, done=False)),
    "an error": lambda: answers.stream(answers.events([*[word()] * 4, {"error": {"message": "no", "code": 500}}])),
    "no JSON": lambda: answers.stream([*answers.events([word()] * 4, done=False), answers.event("{")]),
}


@pytest.mark.parametrize("answer", ENDS.values(), ids=ENDS)
def test_what_was_streamed_before_a_failure_counts(answer: "Callable[[], Answer]") -> None:
    with StandIn() as upstream, limited(upstream) as gateway:
        upstream.on("POST", CHAT, answer())
        failure_of(lambda: list(stream(gateway, "chat")))
        line = ended(gateway)
    assert tokens(line) == (30, 12, True)
    assert line["cost"] == pytest.approx(30 * 0.001 + 12 * 0.01)


@pytest.mark.parametrize("route", [*STREAMS, "responses", "responses by chat"])
def test_what_was_streamed_before_a_cancel_counts(route: str) -> None:
    gate = Gate()
    path, facts = STREAMS.get(route, (RESPONSES, {}))
    pieces = answers.events([word()] * 4, done=False)
    if route == "responses":
        delta = {"type": "response.output_text.delta", "delta": WORDS, "item_id": "i", "output_index": 0}
        pieces = answers.events([{**delta, "sequence_number": number} for number in range(4)], named=True)
    elif route == "responses by chat":
        path, facts = CHAT, {"responses_as_chat": True}
    with StandIn() as upstream, limited(upstream, **facts) as gateway:
        upstream.on("POST", path, answers.stream(pieces, gates={4: gate}))
        if route.startswith("responses"):
            call = gateway.responses.StreamResponse(response_request(), metadata=METADATA, timeout=LIMIT)
        else:
            call = stream(gateway, route)
        seen = 0
        while seen < 4:
            message = next(call)
            kind = message.WhichOneof("kind") if route.startswith("responses") else "output_text_delta"
            seen += kind == "output_text_delta"
        call.cancel()
        upstream.exchange(0).closed.result(LIMIT)
        line = ended(gateway)
    assert line["status"] == "CANCELLED"
    assert tokens(line) == (30, 12, True)


def test_a_limit_holds_for_a_caller_who_always_cancels() -> None:
    with StandIn() as upstream, limited(upstream) as gateway:
        upstream.on("POST", CHAT, answers.stream(answers.events([word()], done=False), then="stall"))
        begun = 0
        while begun < 100 and (call := stream(gateway, "chat")).initial_metadata():
            begun += 1
            next(call)
            call.cancel()
            gateway.logged("rpc")
        assert call.code() is grpc.StatusCode.RESOURCE_EXHAUSTED
    assert 1000 // 33 <= begun <= 1000 // 33 + 10, "33 tokens each; more of them come back meanwhile"


def test_usage_that_follows_the_last_word_is_waited_for() -> None:
    gate = Gate()
    pieces = answers.events([word(), word(finish_reason="stop"), chunk(usage=USAGE)])
    with StandIn() as upstream, limited(upstream) as gateway:
        upstream.on("POST", CHAT, answers.stream(pieces, gates={2: gate}))
        call = stream(gateway, "chat")
        assert [next(call).choices[0].finish_reason for _ in range(2)] == ["", "stop"]
        call.cancel()
        # On the same connection, so that the gateway has read the cancel before it answers this.
        gateway.models.ListModels(models_pb2.ListModelsRequest(), metadata=METADATA, timeout=LIMIT)
        gate.open()
        line = ended(gateway)
    assert (line["status"], *tokens(line)) == ("CANCELLED", 5000, 1, False)


def test_a_call_that_was_cancelled_before_its_reply_came() -> None:
    with StandIn() as upstream, limited(upstream) as gateway:
        upstream.on("POST", CHAT, answers.stall())
        call = gateway.chat.CreateChatCompletion.future(chat_request(), metadata=METADATA, timeout=LIMIT)
        upstream.exchange(0).received.result(LIMIT)
        call.cancel()
        upstream.exchange(0).closed.result(LIMIT)
        assert tokens(ended(gateway)) == (30, 0, True)


def test_a_deadline() -> None:
    with StandIn() as upstream, limited(upstream) as gateway:
        upstream.on("POST", CHAT, answers.stall())
        failure = failure_of(lambda: gateway.chat.CreateChatCompletion(chat_request(), metadata=METADATA, timeout=0.5))
        assert failure.code is grpc.StatusCode.DEADLINE_EXCEEDED
        assert tokens(ended(gateway)) == (30, 0, True)


FREE: "dict[str, Answer]" = {
    "an error of the request": answers.json({"error": {"message": "no"}}, status=400),
    "an error of the upstream": answers.json({"error": {"message": "no"}}, status=500),
}


@pytest.mark.parametrize("answer", FREE.values(), ids=FREE)
def test_what_the_upstream_refused_costs_nothing(answer: "Answer") -> None:
    with StandIn() as upstream, limited(upstream) as gateway:
        upstream.on("POST", CHAT, answer)
        failure_of(lambda: gateway.chat.CreateChatCompletion(chat_request(), metadata=METADATA, timeout=LIMIT))
        line = ended(gateway)
    assert tokens(line) == (0, 0, False)
    assert "cost" not in line


def test_an_upstream_that_was_not_reached_costs_nothing() -> None:
    with StandIn() as gone:
        pass
    with limited(gone) as gateway:
        failure_of(lambda: gateway.chat.CreateChatCompletion(chat_request(), metadata=METADATA, timeout=LIMIT))
        assert tokens(ended(gateway)) == (0, 0, False)


def test_an_attempt_that_was_repeated_counts_as_well() -> None:
    with StandIn() as upstream:
        keys = (KeySettings(name="team", key=Secret(KEY), tpm=1000),)
        router = RouterConfig(num_retries=1, retry_maybe_billed=True)
        configured = deployment(upstream.url, model_name="m")
        with running_gateway(configured, general=GeneralSettings(keys=keys), router=router) as gateway:
            upstream.enqueue(answers.close())
            upstream.on("POST", CHAT, answers.json({"id": "c1", "object": "chat.completion", "usage": USAGE}))
            gateway.chat.CreateChatCompletion(chat_request(), metadata=METADATA, timeout=LIMIT)
            assert tokens(ended(gateway)) == (5030, 1, True)


def test_a_deployment_that_takes_no_request_for_usage() -> None:
    with StandIn() as upstream, limited(upstream, include_usage=False) as gateway:
        upstream.on("POST", CHAT, as_asked)
        list(stream(gateway, "chat"))
        line = ended(gateway)
    assert "stream_options" not in orjson.loads(upstream.exchanges[0].request.body)
    assert tokens(line) == (30, 6, True)


REPLY = {"index": 0, "message": {"role": "assistant", "content": WORDS}, "text": WORDS, "finish_reason": "stop"}
OUTPUT = {
    "type": "message",
    "id": "x",
    "role": "assistant",
    "content": [{"type": "output_text", "text": WORDS, "annotations": []}],
}
TOKENS = embeddings_pb2.EmbeddingInput.TokenIds(values=[5] * 17)
SILENT: dict[str, tuple[Callable[[RunningGateway], Any], str, dict[str, Any], tuple[int, int]]] = {
    "chat": (
        lambda gateway: gateway.chat.CreateChatCompletion(chat_request(), metadata=METADATA, timeout=LIMIT),
        CHAT,
        {"id": "c1", "object": "chat.completion", "choices": [REPLY]},
        (30, 3),
    ),
    "a completion": (
        lambda gateway: gateway.completions.CreateCompletion(completion_request(), metadata=METADATA, timeout=LIMIT),
        COMPLETIONS,
        {"id": "c1", "object": "text_completion", "choices": [REPLY]},
        (30, 3),
    ),
    "a response": (
        lambda gateway: gateway.responses.CreateResponse(response_request(), metadata=METADATA, timeout=LIMIT),
        RESPONSES,
        {"id": "r1", "object": "response", "status": "completed", "output": [OUTPUT]},
        (30, 3),
    ),
    "a response in the background": (
        lambda gateway: gateway.responses.CreateResponse(
            response_request(background=True), metadata=METADATA, timeout=LIMIT
        ),
        RESPONSES,
        {"id": "r1", "object": "response", "status": "queued", "background": True, "output": [], "usage": None},
        (30, 0),
    ),
    "embeddings of a text": (
        lambda gateway: gateway.embeddings.CreateEmbedding(
            embeddings_pb2.CreateEmbeddingRequest(model="m", input=embeddings_pb2.EmbeddingInput(text=QUESTION)),
            metadata=METADATA,
            timeout=LIMIT,
        ),
        "/v1/embeddings",
        {"object": "list", "data": []},
        (30, 0),
    ),
    "embeddings of tokens": (
        lambda gateway: gateway.embeddings.CreateEmbedding(
            embeddings_pb2.CreateEmbeddingRequest(model="m", input=embeddings_pb2.EmbeddingInput(tokens=TOKENS)),
            metadata=METADATA,
            timeout=LIMIT,
        ),
        "/v1/embeddings",
        {"object": "list", "data": []},
        (17, 0),
    ),
}


@pytest.mark.parametrize(("call", "path", "reply", "used"), SILENT.values(), ids=SILENT)
def test_replies_without_usage(
    call: Callable[[RunningGateway], Any], path: str, reply: dict[str, Any], used: tuple[int, int]
) -> None:
    with StandIn() as upstream, limited(upstream) as gateway:
        upstream.on("POST", path, answers.json(reply))
        call(gateway)
        assert tokens(ended(gateway)) == (*used, True)


def background(output_tokens: int, **fields: Any) -> dict[str, Any]:
    """A response that has run in the background."""
    usage = {"input_tokens": 30, "output_tokens": output_tokens, "total_tokens": 30 + output_tokens}
    return {"id": "resp_1", "object": "response", "background": True, "status": "completed", "usage": usage, **fields}


def events(output_tokens: int) -> list[bytes]:
    response = background(output_tokens)
    created = {**response, "status": "queued", "usage": None}
    return answers.events(
        [
            {"type": "response.created", "sequence_number": 0, "response": created},
            {"type": "response.completed", "sequence_number": 1, "response": response},
        ],
        named=True,
    )


def get(gateway: RunningGateway) -> None:
    gateway.responses.GetResponse(
        responses_pb2.GetResponseRequest(response_id="resp_1"), metadata=METADATA, timeout=LIMIT
    )


def resume(gateway: RunningGateway) -> None:
    request = responses_pb2.ResumeResponseRequest(response_id="resp_1")
    list(gateway.responses.ResumeResponse(request, metadata=METADATA, timeout=LIMIT))


def stream_response(gateway: RunningGateway) -> None:
    list(gateway.responses.StreamResponse(response_request(background=True), metadata=METADATA, timeout=LIMIT))


TOLD = {
    "got": (get, get),
    "resumed": (resume, resume),
    "resumed, and got": (resume, get),
    "streamed, and got": (stream_response, get),
}


@pytest.mark.parametrize("told", TOLD.values(), ids=TOLD)
@pytest.mark.parametrize(("output_tokens", "too_many"), [(600, False), (5000, True)], ids=["few", "many"])
def test_a_response_in_the_background_counts_once(
    told: tuple[Callable[[RunningGateway], None], Callable[[RunningGateway], None]], output_tokens: int, too_many: bool
) -> None:
    with StandIn() as upstream, limited(upstream) as gateway:
        upstream.on("POST", RESPONSES, answers.stream(events(output_tokens)))
        resumed = told[0] is resume
        answer = answers.stream(events(output_tokens)) if resumed else answers.json(background(output_tokens))
        upstream.on("GET", f"{RESPONSES}/resp_1", answer)
        told[0](gateway)
        assert refused(gateway) is too_many
        if not too_many:
            if told[1] is get:
                upstream.on("GET", f"{RESPONSES}/resp_1", answers.json(background(output_tokens)))
            told[1](gateway)
            assert not refused(gateway)


def wav(seconds: int) -> bytes:
    """A WAV file of 8,000 samples a second, of 16 bits."""
    size = seconds * 16_000
    return struct.pack(
        "<4sI8sIHHIIHH4sI", b"RIFF", size + 36, b"WAVEfmt ", 16, 1, 1, 8000, 16_000, 2, 16, b"data", size
    ) + bytes(size)


RECORDINGS = {"WAV": (wav(20), 20.0), "compressed": (b"ID3" + bytes(39_997), 10.0)}


@pytest.mark.parametrize(("data", "seconds"), RECORDINGS.values(), ids=RECORDINGS)
@pytest.mark.parametrize("upload", [False, True], ids=["whole", "in chunks"])
def test_transcripts_without_usage(data: bytes, seconds: float, upload: bool) -> None:
    with StandIn() as upstream, limited(upstream, model="whisper-1", info=ModelInfo()) as gateway:
        upstream.on("POST", "/v1/audio/transcriptions", answers.body(WORDS.encode(), content_type="text/plain"))
        config = transcription_pb2.CreateTranscriptionRequest(model="m", response_format="text")
        config.file.filename = "a.wav"
        if upload:
            pieces = [data[:20], data[20:]]
            messages = [transcription_pb2.UploadTranscriptionRequest(config=config)]
            messages += [transcription_pb2.UploadTranscriptionRequest(chunk=piece) for piece in pieces]
            gateway.audio.UploadTranscription(iter(messages), metadata=METADATA, timeout=LIMIT)
        else:
            config.file.data = data
            gateway.audio.CreateTranscription(config, metadata=METADATA, timeout=LIMIT)
        line = ended(gateway)
    assert tokens(line) == (seconds * 10, 3, True)
    assert line["cost"] == pytest.approx(seconds * 0.0001, rel=0.01)


def test_a_transcript_that_says_how_long_its_recording_is() -> None:
    with StandIn() as upstream, limited(upstream, model="whisper-1", info=ModelInfo()) as gateway:
        upstream.on("POST", "/v1/audio/transcriptions", answers.json({"text": WORDS, "duration": 100.0}))
        config = transcription_pb2.CreateTranscriptionRequest(model="m", response_format="verbose_json")
        config.file.filename, config.file.data = "a.mp3", bytes(4000)
        gateway.audio.CreateTranscription(config, metadata=METADATA, timeout=LIMIT)
        assert ended(gateway)["cost"] == pytest.approx(0.01)


PICTURE = common_pb2.InlineData(mime_type="image/png", data=bytes(500_000))
CONTENT: dict[str, tuple[Callable[[Any], Any], int]] = {
    "an image": (lambda part: part.image_url.image_url.data.MergeFrom(PICTURE), 1000),
    "an image elsewhere": (lambda part: setattr(part.image_url.image_url, "url", "https://example.com/1.png"), 1000),
    "a recording": (lambda part: setattr(part.input_audio.input_audio, "data", bytes(40_000)), 100),
    "a file": (lambda part: setattr(part.file.file, "file_id", "file-1"), 1000),
    "letters of three bytes": (lambda part: setattr(part.text, "text", "\u6f22" * 40), 30),
}


@pytest.mark.parametrize(("fill", "used"), CONTENT.values(), ids=CONTENT)
def test_the_parts_of_a_request(fill: Callable[[Any], Any], used: int) -> None:
    request = chat_pb2.CreateChatCompletionRequest(model="m")
    fill(request.messages.add().user.content.parts.parts.add())
    with StandIn() as upstream, limited(upstream) as gateway:
        upstream.on("POST", CHAT, answers.json({"id": "c1", "object": "chat.completion"}))
        gateway.chat.CreateChatCompletion(request, metadata=METADATA, timeout=LIMIT)
        assert ended(gateway)["input_tokens"] == used


@pytest.mark.parametrize("usage", [None, USAGE], ids=["estimated", "reported"])
def test_the_caller_is_told_which_costs_are_estimates(usage: dict[str, int] | None) -> None:
    with StandIn() as upstream, limited(upstream) as gateway:
        upstream.on(
            "POST", CHAT, answers.json({"id": "c1", "object": "chat.completion", "choices": [REPLY], "usage": usage})
        )
        method = gateway.chat.CreateChatCompletion
        reply, call = method.with_call(chat_request(), metadata=METADATA, timeout=LIMIT)
    told = dict(call.trailing_metadata())
    assert told["openai-grpc-cost"] == ("5.01" if usage else "0.06")
    assert told.get("openai-grpc-cost-estimated") == (None if usage else "true")
    assert reply.call_info.HasField("cost") is bool(usage)


def test_a_cancelled_upload_counts_what_was_sent() -> None:
    with StandIn() as upstream, limited(upstream) as gateway:
        upstream.on("POST", "/v1/audio/transcriptions", answers.stall())
        config = transcription_pb2.CreateTranscriptionRequest(model="m")
        config.file.filename = "a.mp3"
        messages = [
            transcription_pb2.UploadTranscriptionRequest(config=config),
            transcription_pb2.UploadTranscriptionRequest(chunk=bytes(8000)),
        ]
        call: Any = gateway.audio.StreamTranscription(iter(messages), metadata=METADATA, timeout=LIMIT)
        upstream.exchange(0).received.result(LIMIT)
        call.cancel()
        upstream.exchange(0).closed.result(LIMIT)
        assert tokens(ended(gateway)) == (20, 0, True)


def test_a_request_of_very_many_parts() -> None:
    request = chat_request()
    for _ in range(50_000):
        request.messages.add().user.content.text = "x"
    with StandIn() as upstream, limited(upstream) as gateway:
        upstream.on("POST", CHAT, answers.json({"id": "c1", "object": "chat.completion"}))
        gateway.chat.CreateChatCompletion(request, metadata=METADATA, timeout=LIMIT)
        assert ended(gateway)["input_tokens"] == -(-request.ByteSize() // 4)


def fail(gateway: RunningGateway) -> None:
    with pytest.raises(grpc.RpcError):
        list(stream(gateway, "chat"))


def cancel(gateway: RunningGateway) -> None:
    call = stream(gateway, "chat")
    next(call)
    call.cancel()


PIECES = answers.events([word()] * 4, done=False)
KEPT: "dict[str, tuple[Answer, Callable[[RunningGateway], Any]]]" = {
    "cut off": (answers.stream(PIECES, then="truncate"), fail),
    "cancelled": (answers.stream(PIECES, then="stall"), cancel),
    "an error": (answers.json({"error": {}}, status=500), fail),
    "served": (
        answers.stream(answers.events([word(finish_reason="stop")])),
        lambda gateway: list(stream(gateway, "chat")),
    ),
}


@pytest.mark.parametrize("on_cancel", ["abort", "drain"])
@pytest.mark.parametrize(("answer", "end"), KEPT.values(), ids=KEPT)
def test_an_ended_call_leaves_nothing_for_the_collector(
    answer: "Answer", end: Callable[[RunningGateway], Any], on_cancel: str
) -> None:
    with StandIn() as upstream, limited(upstream, settings={"on_cancel": on_cancel, "drain_limit": 0.01}) as gateway:
        upstream.on("POST", CHAT, answer)
        gc.collect()
        gc.disable()
        try:
            for _ in range(3):
                end(gateway)
            ends = time.monotonic() + LIMIT
            while (kept := sum(type(each) is Call for each in gc.get_objects())) and time.monotonic() < ends:
                time.sleep(0.05)
        finally:
            gc.enable()
        assert not kept
        assert len(gateway.logged("rpc")) == 3


def test_estimates_have_a_metric_of_their_own() -> None:
    with StandIn() as upstream, limited(upstream, settings={"metrics_port": 0}) as gateway:
        upstream.on("POST", CHAT, answers.json({"id": "c1", "object": "chat.completion", "choices": [REPLY]}))
        gateway.chat.CreateChatCompletion(chat_request(), metadata=METADATA, timeout=LIMIT)
        values = samples(page(gateway)[1])
    who = 'deployment="stand-in",key="team",model="m"'
    assert values["openai_grpc_estimated_tokens_total", f'{who},type="input"'] == 30
    assert values["openai_grpc_estimated_tokens_total", f'{who},type="output"'] == 3
    assert not any(name == "openai_grpc_tokens_total" for name, _ in values)

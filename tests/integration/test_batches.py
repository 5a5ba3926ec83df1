"""Batches made of messages: what is uploaded and created, what is refused before that, and typed results.

Over 600 lines, as all tests share one upstream that keeps files and batches.
"""

import re
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import grpc
import pytest

from faults import answers
from faults.exchange import Exchange
from faults.http_request import ReceivedRequest
from faults.stand_in import StandIn
from openai_grpc.codec import dumps, from_object, loads
from openai_grpc.v1 import (
    BatchRequestInput,
    BatchResult,
    CreateBatchRequest,
    CreateChatCompletionRequest,
    CreateResponseRequest,
    GetBatchRequest,
    StreamBatchResultsRequest,
    SubmitBatchRequest,
)
from openai_grpc_server.config import GeneralSettings, KeySettings, RouterConfig, Secret
from openai_grpc_server.services import batches
from support.failure import failure_of
from support.gateway import RunningGateway, deployment, running_gateway
from support.python_client import KINDS, driver

STATUS = grpc.StatusCode
KEYS = {name: f"sk-Hw3Pk9{name}Zt5Mb1Xq7" for name in ("pilot", "tug", "limited", "metered")}
PILOT, TUG, LIMITED, METERED = ((("authorization", f"Bearer {key}"),) for key in KEYS.values())
GENERAL = GeneralSettings(
    sealing_key=Secret("Xc6Nq2Vw8Jd4Rk1Tb7Ls"),
    keys=tuple(
        KeySettings(
            name=name,
            key=Secret(key),
            models=("tide",) if name == "limited" else (),
            tpm=60 if name == "metered" else None,
        )
        for name, key in KEYS.items()
    ),
)
CHAT, EMBEDDINGS = "/v1/chat/completions", "/v1/embeddings"
USAGE = {"prompt_tokens": 30, "completion_tokens": 12, "total_tokens": 42}


class Batches(StandIn):
    """An upstream with files and one batch.

    Attributes:
        batch: The batch.
        contents: Contents of files.
        refusal: The answer to the creation of a batch; None: it is created.
    """

    def __init__(self) -> None:
        super().__init__()
        self.batch: dict[str, Any] = {}
        self.contents: dict[str, bytes] = {}
        self.refusal: Any = None

    @property
    def uploaded(self) -> bytes:
        """The body of the newest form."""
        found = [each for each in self.requests if (each.method, each.path) == ("POST", "/v1/files")]
        return bytes(found[-1].body)

    @property
    def lines(self) -> list[dict[str, Any]]:
        """The lines of the newest file."""
        content = self.uploaded.partition(b'name="file"')[2].partition(b"\r\n\r\n")[2]
        return [loads(line) for line in content.splitlines() if line.startswith(b"{")]

    @property
    def created(self) -> dict[str, Any]:
        """The body of the newest creation of a batch."""
        found = [each for each in self.requests if (each.method, each.path) == ("POST", "/v1/batches")]
        value: dict[str, Any] = found[-1].json()
        return value

    def _answer(self, request: ReceivedRequest) -> Any:
        match request.method, request.path.split("/")[2:]:
            case "POST", ["files"]:
                return answers.json({"id": "file-in", "object": "file"})
            case "POST", ["batches"]:
                return self.refusal or answers.json({"id": "batch_1", "object": "batch", "status": "validating"})
            case "GET", ["batches", "batch_1"]:
                return answers.json({"id": "batch_1", "object": "batch", **self.batch})
            case "GET", ["files", name, "content"]:
                return self._content(self.contents[name])
            case "DELETE", ["files", name]:
                return answers.json({"id": name, "object": "file", "deleted": True})
        return super()._answer(request)

    @staticmethod
    def _content(data: bytes) -> Any:
        async def answer(exchange: Exchange) -> None:
            asked = re.fullmatch(r"bytes=(\d+)-", dict(exchange.request.headers).get("range", ""))
            if asked is None:
                await answers.body(data)(exchange)
                return
            start = int(asked[1])
            part = {"content-range": f"bytes {start}-{len(data) - 1}/{len(data)}"}
            ready = answers.body(data[start:], status=206, headers=part)
            await (ready if start < len(data) else answers.body(b"", status=416))(exchange)

        return answer


@pytest.fixture(scope="module")
def upstream() -> Iterator[Batches]:
    with Batches() as running:
        yield running


@pytest.fixture(scope="module")
def other() -> Iterator[Batches]:
    with Batches() as running:
        yield running


@pytest.fixture(scope="module")
def gateway(upstream: Batches, other: Batches) -> Iterator[RunningGateway]:
    north = deployment(upstream.url, name="north", model_name="tide", model="tide-2026-01")
    models = (
        north,
        deployment(upstream.url, name="north-2", model_name="swell", model="swell-xl", supports_system_message=False),
        deployment(upstream.url, name="answers", model_name="answers", model="answers-1", mode="responses"),
        deployment(upstream.url, name="chats", model_name="chats", model="chats-1", responses_as_chat=True),
        deployment(other.url, name="south", model_name="ebb", model="ebb-1"),
    )
    router = RouterConfig(num_retries=0, aliases={"current": "tide"})
    with running_gateway(*models, general=GENERAL, router=router, max_message_bytes=1 << 20) as running:
        yield running


def chat(text: str = "How high?", model: str = "tide", custom_id: str = "", **fields: Any) -> BatchRequestInput:
    value = {"model": model, "messages": [{"role": "user", "content": text}], **fields}
    request = from_object(CreateChatCompletionRequest, value, keep_nulls=True)
    return BatchRequestInput(custom_id=custom_id or None, chat_completion=request)


def respond(**value: Any) -> BatchRequestInput:
    return BatchRequestInput(response=from_object(CreateResponseRequest, {"model": "tide", "input": "a", **value}))


def embed(text: str, model: str = "tide") -> BatchRequestInput:
    request = BatchRequestInput()
    request.embedding.model = model
    request.embedding.input.text = text
    return request


def submit(gateway: RunningGateway, *requests: Any, key: Any = PILOT, **config: Any) -> Any:
    first = SubmitBatchRequest(config=CreateBatchRequest(**config))
    kind = SubmitBatchRequest
    following = (each if isinstance(each, kind) else kind(request=each) for each in requests)
    return gateway.batches.SubmitBatch(iter([first, *following]), metadata=key, timeout=10)


def results(gateway: RunningGateway, batch_id: str, metadata: Any = PILOT, after: str = "") -> list[BatchResult]:
    request = StreamBatchResultsRequest(batch_id=batch_id, after=after or None)
    return list(gateway.batches.StreamBatchResults(request, metadata=metadata, timeout=10))


def text_of(result: BatchResult) -> str:
    return str(result.chat_completion.choices[0].message.content)


def made(gateway: RunningGateway, metadata: Any = PILOT) -> str:
    return str(submit(gateway, chat(), key=metadata).id)


def count(upstream: StandIn) -> int:
    """Returns how many batches were created."""
    return sum((each.method, each.path) == ("POST", "/v1/batches") for each in upstream.requests)


def test_requests_become_a_file_and_a_batch(gateway: RunningGateway, upstream: Batches) -> None:
    batch = submit(
        gateway,
        chat("Rope\nand \u2028 anchor", custom_id="knot", seed=7),
        chat(model="current", tools=[{"type": "periscope", "a": {"b": [1]}}]),
        chat(model="swell", messages=[{"role": "system", "content": "Be terse."}, {"role": "user", "content": "Go"}]),
        chat(store=True),
    )
    assert batch.id.startswith("batch_")
    assert batch.id != "batch_1"  # it is sealed
    names = ["knot", "request-2", "request-3", "request-4"]
    assert [(each["custom_id"], each["method"], each["url"]) for each in upstream.lines] == [
        (name, "POST", CHAT) for name in names
    ]
    bodies = [each["body"] for each in upstream.lines]
    assert [each["model"] for each in bodies] == ["tide-2026-01", "tide-2026-01", "swell-xl", "tide-2026-01"]
    assert bodies[0]["messages"] == [{"role": "user", "content": "Rope\nand \u2028 anchor"}]
    assert bodies[0]["seed"] == 7
    assert bodies[1]["tools"] == [{"type": "periscope", "a": {"b": [1]}}]
    assert [each["role"] for each in bodies[2]["messages"]] == ["user"]
    assert ["metadata" in each for each in bodies] == [False, False, False, True]  # whose a stored one is
    assert b'name="purpose"\r\n\r\nbatch\r\n' in upstream.uploaded
    assert re.search(rb'filename="[0-9a-f]{32}-batch.jsonl"', upstream.uploaded)
    created = upstream.created
    assert len(created.pop("metadata")) == 1
    assert created == {"input_file_id": "file-in", "endpoint": CHAT, "completion_window": "24h"}


def test_the_settings_of_a_batch(gateway: RunningGateway, upstream: Batches) -> None:
    submit(
        gateway,
        embed("a"),
        embed("b"),
        completion_window="72h",
        endpoint=EMBEDDINGS,
        metadata={"boat": "Petrel"},
        output_expires_after={"anchor": "created_at", "seconds": 3600},
        extra_json='{"priority": 3}',
    )
    created = upstream.created
    assert created.pop("metadata")["boat"] == "Petrel"
    assert created == {
        "input_file_id": "file-in",
        "endpoint": EMBEDDINGS,
        "completion_window": "72h",
        "output_expires_after": {"anchor": "created_at", "seconds": 3600},
        "priority": 3,
    }
    assert [each["body"] for each in upstream.lines] == [{"model": "tide-2026-01", "input": each} for each in "ab"]


@pytest.mark.parametrize(("arm", "rpc"), batches.KINDS.items())
def test_each_kind_of_request(gateway: RunningGateway, upstream: Batches, arm: str, rpc: Any) -> None:
    request = BatchRequestInput()
    getattr(request, arm).model = "tide"
    submit(gateway, request)
    (line,) = upstream.lines
    assert line["url"] == upstream.created["endpoint"] == f"/v1{rpc.http_path}"
    assert line["body"]["model"] == "tide-2026-01"


def edit(**fields: Any) -> BatchRequestInput:
    request = BatchRequestInput()
    request.image_edit.model = "tide"
    request.image_edit.image.add(**fields)
    return request


def optioned() -> BatchRequestInput:
    request = chat()
    request.chat_completion.call_options.extra_headers["x-a"] = "b"
    return request


INVALID = STATUS.INVALID_ARGUMENT
REFUSALS: dict[str, tuple[list[Any], dict[str, Any], grpc.StatusCode, str]] = {
    "no request": ([], {}, INVALID, "at least one request"),
    "settings twice": (
        [chat(), SubmitBatchRequest(config=CreateBatchRequest())],
        {},
        INVALID,
        "every message",
    ),
    "a file of requests": ([chat()], {"input_file_id": "file-1"}, INVALID, "config.input_file_id"),
    "a key of the gateway's": ([chat()], {"extra_json": '{"api_base": "x"}'}, INVALID, "extra_json.api_base"),
    "nothing": ([chat(), BatchRequestInput(custom_id="x")], {}, INVALID, "request 2 ('x'): request: must have one of"),
    "two kinds": ([chat(), embed("a")], {}, INVALID, "request 2 ('request-2'): embedding: must be chat_completion"),
    "another endpoint": (
        [chat()],
        {"endpoint": EMBEDDINGS},
        INVALID,
        "request 1 ('request-1'): chat_completion: ",
    ),
    "a name twice": ([chat(custom_id="a"), chat(custom_id="a")], {}, INVALID, "request 2 ('a'): custom_id"),
    "a default name twice": ([chat(custom_id="request-2"), chat()], {}, INVALID, "request 2 ('request-2'): custom_id"),
    "a long name": ([chat(), chat(custom_id="n" * 513)], {}, INVALID, "custom_id: too long"),
    "options": ([chat(), optioned()], {}, INVALID, "request 2 ('request-2'): chat_completion.call_options"),
    "a file": ([edit(filename="a.png", data=b"x")], {}, INVALID, "image_edit.image: a batch takes no files"),
    "an unknown model": ([chat(), chat(model="fog")], {}, STATUS.NOT_FOUND, "request 2 ('request-2'): The model 'fog'"),
    "an unknown model at first": (
        [chat(model="fog")],
        {},
        STATUS.NOT_FOUND,
        "request 1 ('request-1'): The model 'fog'",
    ),
    "another upstream": (
        [chat(), chat(model="ebb")],
        {},
        INVALID,
        "request 2 ('request-2'): model: 'ebb' is",
    ),
    "no model": (
        [chat(), BatchRequestInput(chat_completion=CreateChatCompletionRequest())],
        {},
        INVALID,
        "request 2 ('request-2'): model: is",
    ),
    "a stream": ([chat(), chat(stream=True)], {}, INVALID, "request 2 ('request-2'): extra_json.stream"),
    "another API for chats": ([chat(model="answers")], {}, INVALID, "request 1 ('request-1'): 'answers' serves chat"),
    "another API for responses": ([respond(model="chats")], {}, INVALID, "'chats' serves responses by another API"),
    "somebody's response": ([respond(), respond(previous_response_id="resp_x")], {}, STATUS.NOT_FOUND, "request 2"),
    "an id that is none": ([respond(), respond(previous_response_id="a b")], {}, INVALID, "request 2"),
}


@pytest.mark.parametrize("name", REFUSALS)
def test_what_is_refused(gateway: RunningGateway, upstream: Batches, name: str) -> None:
    requests, config, code, text = REFUSALS[name]
    before = count(upstream)
    failure = failure_of(lambda: submit(gateway, *requests, **config))
    assert (failure.code, text in failure.message) == (code, True), failure.message
    assert count(upstream) == before


def test_the_first_message_has_the_settings(gateway: RunningGateway) -> None:
    messages = iter([SubmitBatchRequest(request=chat())])
    failure = failure_of(lambda: gateway.batches.SubmitBatch(messages, metadata=PILOT, timeout=10))
    assert (failure.code, "config: the first message" in failure.message) == (INVALID, True)


def test_too_many_requests(gateway: RunningGateway, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "MAX_REQUESTS", 2)
    submit(gateway, chat(), chat())
    failure = failure_of(lambda: submit(gateway, chat(), chat(), chat()))
    assert (failure.code, "at most 2" in failure.message) == (INVALID, True)


def test_openai_takes_one_model(gateway: RunningGateway, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "is_openai", lambda _: True)
    submit(gateway, chat(), chat(model="current"))
    failure = failure_of(lambda: submit(gateway, chat(), chat(model="swell")))
    assert failure.code is INVALID
    assert "request 2 ('request-2'): model: must be 'tide-2026-01'" in failure.message


def test_a_key_restricted_to_models(gateway: RunningGateway, upstream: Batches) -> None:
    """Needs no right of its own, as the models are in the requests."""
    submit(gateway, chat(), chat(), key=LIMITED)
    before = count(upstream)
    for requests in ([chat(model="swell")], [chat(), chat(model="swell")], [chat(), chat(models=["swell"])]):
        failure = failure_of(lambda: submit(gateway, *requests, key=LIMITED))  # noqa: B023
        assert (failure.code, failure.reason) == (STATUS.PERMISSION_DENIED, "MODEL_NOT_ALLOWED")
        assert f"request {len(requests)}" in failure.message
    assert count(upstream) == before


def test_ids_in_requests(gateway: RunningGateway, upstream: Batches, other: Batches) -> None:
    def stored(model: str, key: Any, at: StandIn) -> str:
        at.enqueue(answers.json({"id": "resp_1", "object": "response", "status": "completed"}))
        request = CreateResponseRequest(model=model)
        return str(gateway.responses.CreateResponse(request, metadata=key, timeout=10).id)

    mine, others, elsewhere = (
        stored("tide", PILOT, upstream),
        stored("tide", TUG, upstream),
        stored("ebb", PILOT, other),
    )
    submit(gateway, respond(previous_response_id=mine), respond(previous_response_id=mine, metadata={"a": "b"}))
    assert [each["body"]["previous_response_id"] for each in upstream.lines] == ["resp_1", "resp_1"]
    assert upstream.lines[1]["body"]["metadata"] == {"a": "b"}
    for response_id, code in ((others, STATUS.NOT_FOUND), ("resp_1", STATUS.NOT_FOUND), (elsewhere, INVALID)):
        request = respond(previous_response_id=response_id)
        failure = failure_of(lambda: submit(gateway, respond(), request))  # noqa: B023
        assert (failure.code, "request 2" in failure.message) == (code, True), failure.message


def test_a_batch_that_is_refused_leaves_no_file(gateway: RunningGateway, upstream: Batches) -> None:
    error = {"error": {"message": "no such window", "type": "invalid_request_error", "param": "completion_window"}}
    for status, deleted in ((400, True), (500, False)):
        upstream.refusal = answers.json(error, status=status)
        failure = failure_of(lambda: submit(gateway, chat(), completion_window="1h"))
        assert "no such window" in failure.message
        assert (upstream.requests[-1].method == "DELETE") is deleted  # after 500 it may have been created
    upstream.refusal = None


def test_a_caller_who_cancels(gateway: RunningGateway, upstream: Batches) -> None:
    before, seen = count(upstream), len(upstream.exchanges)
    going = threading.Event()

    def requests() -> Iterator[SubmitBatchRequest]:
        yield SubmitBatchRequest(config=CreateBatchRequest())
        yield SubmitBatchRequest(request=chat())
        going.wait(20)

    call = gateway.batches.SubmitBatch.future(requests(), metadata=PILOT, timeout=20)
    upload = upstream.exchange(seen)
    call.cancel()
    upload.closed.result(20)
    going.set()
    assert count(upstream) == before


def line(custom_id: str, status: int = 200, body: Any = None, **fields: Any) -> bytes:
    reply = {"status_code": status, "request_id": f"req_{custom_id}", "body": body}
    return dumps({"id": f"br_{custom_id}", "custom_id": custom_id, "response": reply, "error": None} | fields) + b"\n"


def completion(text: str) -> dict[str, Any]:
    choice = {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}
    return {"id": "chatcmpl-1", "object": "chat.completion", "model": "tide", "choices": [choice], "usage": USAGE}


def complete(upstream: Batches, output: bytes, errors: bytes = b"", endpoint: str = CHAT, **fields: Any) -> None:
    upstream.contents = {"file-out": output, "file-err": errors}
    upstream.batch = {
        "status": "completed",
        "endpoint": endpoint,
        "output_file_id": "file-out" if output else None,
        "error_file_id": "file-err" if errors else None,
        **fields,
    }


EXPIRED = {"code": "batch_expired", "message": "too late"}
REFUSED = {"message": "no such model", "type": "invalid_request_error", "param": "model", "code": None, "inner": 1}
OUTPUT = (
    line("b", body=completion("two") | {"depth_m": 3}, tide="low"),
    line("a", body=completion("one")),
    b"\n",
    b"not JSON\n",
    line("c", body=[1]),
)
ERRORS = (
    line("d", 404, {"error": REFUSED}),
    line("e", 200, None, response=None, error=EXPIRED),
    line("f", 502, {"detail": "gone"}),
    line("g", 500, {"error": "a text"}).rstrip(),
)


def test_results(gateway: RunningGateway, upstream: Batches) -> None:
    batch_id = made(gateway)
    complete(upstream, b"".join(OUTPUT), b"".join(ERRORS))
    found = results(gateway, batch_id)
    assert [each.custom_id for each in found] == ["b", "a", "", "c", "d", "e", "f", "g"]
    assert [each.WhichOneof("result") for each in found] == (
        ["chat_completion", "chat_completion", "unknown", "unknown", "error", "error", "error", "error"]
    )
    assert [text_of(each) for each in found[:2]] == ["two", "one"]
    assert (found[0].id, found[0].status_code, found[0].request_id) == ("br_b", 200, "req_b")
    assert loads(found[0].extra_json) == {"tide": "low"}
    assert loads(found[0].chat_completion.extra_json) == {"depth_m": 3}
    assert found[2].unknown == "not JSON"
    assert loads(found[3].unknown)["response"]["body"] == [1]
    refused = found[4].error
    assert (found[4].status_code, refused.message, refused.param) == (404, "no such model", "model")
    assert (refused.type, loads(refused.extra_json)["inner"]) == ("invalid_request_error", 1)
    assert (found[5].error.code, found[5].HasField("status_code")) == ("batch_expired", False)
    assert loads(found[6].error.extra_json) == {"detail": "gone"}
    assert found[7].error.message == "a text"
    assert [each.call_info.deployment for each in found[:2]] == ["north", ""]
    for at, each in enumerate(found):
        assert [one.custom_id for one in results(gateway, batch_id, after=each.cursor)] == (
            [one.custom_id for one in found[at + 1 :]]
        )


UNFIT: dict[str, bytes] = {
    "a status of 33 bits": line("a", 1 << 32, {"id": "x"}),
    "a lone surrogate in custom_id": b'{"custom_id":"\\ud800","response":{"status_code":200,"body":{"id":"x"}}}\n',
    "one in id": b'{"id":"\\udfff","custom_id":"a"}\n',
    "one in request_id": b'{"custom_id":"a","response":{"request_id":"\\ud800"}}\n',
    "one in an error": b'{"custom_id":"a","error":"\\ud800"}\n',
}


def test_results_that_fit_no_field(gateway: RunningGateway, upstream: Batches) -> None:
    batch_id = made(gateway)
    good = line("good", body=completion("one"))
    complete(upstream, b"".join(each + good for each in UNFIT.values()))
    found = results(gateway, batch_id)
    assert [text_of(each) for each in found[1::2]] == ["one"] * len(UNFIT)
    for sent, got in zip(UNFIT.values(), found[::2], strict=True):
        assert (got.WhichOneof("result"), got.unknown.encode()) == ("unknown", sent.rstrip())
        assert got.custom_id == ("" if got is found[2] else "a")


def test_results_of_a_server_without_ranges(gateway: RunningGateway, upstream: Batches) -> None:
    batch_id = made(gateway)
    complete(upstream, b"".join(OUTPUT))
    cursor = results(gateway, batch_id)[0].cursor
    state = {"id": "batch_1", "object": "batch", **upstream.batch}
    upstream.enqueue(answers.json(state), answers.body(b"".join(OUTPUT)))
    assert [each.custom_id for each in results(gateway, batch_id, after=cursor)] == ["a", "", "c"]


BODIES: dict[str, tuple[str, dict[str, Any]]] = {
    "response": ("/v1/responses", {"id": "resp_1", "object": "response", "status": "failed", "error": {"code": "x"}}),
    "embedding": (EMBEDDINGS, {"object": "list", "data": [{"object": "embedding", "index": 0, "embedding": [0.5]}]}),
    "completion": ("/v1/completions", {"id": "cmpl-1", "object": "text_completion", "choices": []}),
    "moderation": ("/v1/moderations", {"id": "modr-1", "model": "m", "results": [{"flagged": True}]}),
    "image": ("/v1/images/edits", {"created": 5, "data": [{"b64_json": "AAAA"}]}),
    "video": ("/v1/videos", {"id": "video_1", "object": "video", "status": "queued"}),
    "unknown": ("/v1/tides", {"height": 3}),
}


@pytest.mark.parametrize("arm", BODIES)
def test_results_of_each_kind(gateway: RunningGateway, upstream: Batches, arm: str) -> None:
    endpoint, body = BODIES[arm]
    batch_id = made(gateway)
    complete(upstream, line("a", body=body), endpoint=endpoint)
    (result,) = results(gateway, batch_id)
    assert result.WhichOneof("result") == arm
    if arm in {"response", "video"}:  # it is the caller's from now on
        assert getattr(result, arm).id.partition("_")[2] != "1"
    if arm == "unknown":
        assert loads(result.unknown)["response"]["body"] == body


def test_results_that_are_too_large(gateway: RunningGateway, upstream: Batches) -> None:
    batch_id = made(gateway)
    many = completion("x") | {"lists": [[]] * 10}
    complete(upstream, line("big", body=completion("x" * (1 << 21))) + line("b", body=many) + line("c", 500, {"a": 1}))
    found = results(gateway, batch_id)
    assert [(each.custom_id, each.error.code) for each in found] == [("big", "result_too_large"), ("b", ""), ("c", "")]
    assert results(gateway, batch_id, after=found[0].cursor)[0].custom_id == "b"


STATES: dict[str, tuple[dict[str, Any], str, str]] = {
    "in progress": ({"status": "in_progress"}, "BATCH_NOT_DONE", "The batch is in_progress"),
    "with results so far": ({"status": "cancelling", "output_file_id": "file-out"}, "BATCH_NOT_DONE", "cancelling"),
    "refused": (
        {"status": "failed", "errors": {"object": "list", "data": [{"message": "bad url", "line": 3}]}},
        "BATCH_FAILED",
        "bad url (line 3)",
    ),
    "refused without a reason": ({"status": "failed"}, "BATCH_FAILED", "does not say why"),
}


@pytest.mark.parametrize("name", STATES)
def test_a_batch_without_results(gateway: RunningGateway, upstream: Batches, name: str) -> None:
    state, reason, text = STATES[name]
    batch_id = made(gateway)
    upstream.batch = state
    failure = failure_of(lambda: results(gateway, batch_id))
    assert (failure.code, failure.reason) == (STATUS.FAILED_PRECONDITION, reason)
    assert text in failure.message


def test_a_batch_of_which_nothing_was_done(gateway: RunningGateway, upstream: Batches) -> None:
    batch_id = made(gateway)
    upstream.batch = {"status": "cancelled"}
    assert results(gateway, batch_id) == []


def test_results_are_their_owners(gateway: RunningGateway, upstream: Batches) -> None:
    batch_id = made(gateway)
    complete(upstream, b"".join(OUTPUT))
    for name, metadata in ((batch_id, TUG), ("batch_1", PILOT)):
        failure = failure_of(lambda: results(gateway, name, metadata))  # noqa: B023
        assert (failure.code, failure.reason) == (STATUS.NOT_FOUND, "OBJECT_NOT_FOUND")
    for after in ("output", "output:-1", "files:3", "output:1x"):
        failure = failure_of(lambda: results(gateway, batch_id, after=after))  # noqa: B023
        assert (failure.code, "after: must be the cursor" in failure.message) == (INVALID, True)


@pytest.mark.parametrize("told", ["by the batch", "by its results"])
def test_usage_counts_once(upstream: Batches, told: str) -> None:
    own = {"input_tokens": 30, "output_tokens": 12, "total_tokens": 42} if told == "by the batch" else None
    with running_gateway(deployment(upstream.url, model_name="tide", model="tide"), general=GENERAL) as gateway:
        batch_id = made(gateway, METERED)
        complete(upstream, line("a", body=completion("one")), usage=own, model="tide")
        request = GetBatchRequest(batch_id=batch_id)
        for _ in range(2):
            results(gateway, batch_id, METERED)
            gateway.batches.GetBatch(request, metadata=METERED, timeout=10)
            list(gateway.batches.WatchBatch(request, metadata=METERED, timeout=10))
        upstream.batch["id"] = "batch_2"
        results(gateway, batch_id, METERED)
        failure = failure_of(lambda: results(gateway, batch_id, METERED))
        assert (failure.code, failure.message) == (STATUS.RESOURCE_EXHAUSTED, failure.message)


def plain(text: str) -> CreateChatCompletionRequest:
    return chat(text).chat_completion


def several() -> Iterator[Any]:
    yield "a", plain("one")
    yield plain("two")
    yield chat("three", custom_id="c")


async def asynchronous() -> AsyncIterator[Any]:
    for each in several():
        yield each


def breaking() -> Iterator[Any]:
    yield plain("one")
    raise OSError("the log book is wet")


GIVEN: dict[str, Callable[[], Any]] = {"list": lambda: [*several()], "iterator": several, "asynchronous": asynchronous}


@pytest.mark.parametrize(
    ("kind", "given"),
    [(kind, given) for kind in KINDS for given in GIVEN if (kind, given) != (KINDS[0], "asynchronous")],
)
def test_the_python_client(gateway: RunningGateway, upstream: Batches, kind: str, given: str) -> None:
    with driver(kind, gateway.target, api_key=KEYS["pilot"]) as drive:
        batch = drive(lambda client: client.batches.submit(GIVEN[given](), metadata={"boat": "Petrel"}))
        assert [each["custom_id"] for each in upstream.lines] == ["a", "request-2", "c"]
        assert [each["body"]["messages"][0]["content"] for each in upstream.lines] == ["one", "two", "three"]
        assert upstream.created["metadata"]["boat"] == "Petrel"
        complete(upstream, line("a", body=completion("1")) + line("request-2", body=completion("2")))
        assert drive(lambda client: client.batches.watch(batch.id).final()).status == "completed"
        found = drive.read(lambda client: client.batches.results(batch))
        assert [(each.custom_id, text_of(each)) for each in found] == [("a", "1"), ("request-2", "2")]
        rest = drive.read(lambda client: client.batches.results(batch.id, after=found[0].cursor))
        assert [each.custom_id for each in rest] == ["request-2"]


@pytest.mark.parametrize("kind", KINDS)
def test_what_the_python_client_refuses(gateway: RunningGateway, upstream: Batches, kind: str) -> None:
    before = count(upstream)
    with driver(kind, gateway.target, api_key=KEYS["pilot"]) as drive:
        for given, error in (
            (breaking(), OSError),
            ([plain("one"), "two"], TypeError),
            ([(1, plain("one"))], TypeError),
            ([CreateBatchRequest()], TypeError),
        ):
            with pytest.raises(error):
                drive(lambda client: client.batches.submit(given))  # noqa: B023
    with (
        driver(KINDS[0], gateway.target, api_key=KEYS["pilot"]) as drive,
        pytest.raises(TypeError, match="AsyncClient"),
    ):
        drive(lambda client: client.batches.submit(asynchronous()))
    assert count(upstream) == before

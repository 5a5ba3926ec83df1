"""Uploads in parts, decisions and checks of provenance: what goes up, whose it is, where it goes, and what it costs."""

import asyncio
import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import grpc
import httpx2
import pytest

from faults import answers
from faults.exchange import Exchange, promise
from faults.stand_in import StandIn
from openai_grpc.client import AsyncClient, Client
from openai_grpc.client.errors import BadRequestError, UnavailableError
from openai_grpc.codec import dumps, from_object, loads, to_object
from openai_grpc.v1 import (
    UploadFile,
    content_provenance_checks_pb2,
    decisions_pb2,
    files_pb2,
    responses_pb2,
    uploads_pb2,
)
from openai_grpc_server.config import GeneralSettings, KeySettings, ModelInfo, RouterConfig, Secret
from support.failure import failure_of
from support.gateway import RunningGateway, deployment, running_door, running_gateway
from support.upload_store import UploadStore

CHART = bytes(index * 13 % 249 for index in range(300_000))
HALVES = CHART[:170_000], CHART[170_000:]
KEYS = {name: f"sk-Hs7Vr3{name}Pq9Lc5Xb2Zd" for name in ("cook", "smith")}
COOK, SMITH = ((("authorization", f"Bearer {key}"),) for key in KEYS.values())
SEALING = Secret("Yb4Tn8Kc2Wf6Qj1Gd7Lm")
GENERAL = GeneralSettings(
    sealing_key=SEALING, keys=tuple(KeySettings(name=name, key=Secret(key)) for name, key in KEYS.items())
)
STATUS = grpc.StatusCode
USAGE = {"input_tokens": 1000, "input_tokens_details": {"cached_tokens": 0}, "output_tokens": 10, "total_tokens": 1010}
DECISION = {
    "answers": [
        {"type": "predicate", "name": "fog", "probability": 0.75},
        {"type": "choice", "choice": False, "confidence": 0.5, "probabilities": [{"value": "no", "probability": 0.5}]},
    ],
    "model": "pilot-1",
    "usage": USAGE,
}
CHECK = {
    "object": "content_provenance_check",
    "created_at": 1790000000,
    "results": [{"type": "c2pa", "outcome": "detected", "validation_state": "valid"}, {"type": "ink", "outcome": "x"}],
}
ASKED = {
    "model": "pilot-1",
    "input": "Fog until noon.",
    "questions": [{"type": "predicate", "name": "fog", "instructions": "Is there fog?"}],
}


def serve(upstream: StandIn) -> UploadStore:
    store = UploadStore()
    store.serve(upstream)
    upstream.on("POST", "/v1/decisions", answers.json(DECISION))
    upstream.on("POST", "/v1/content_provenance_checks", answers.json(CHECK))
    upstream.on("GET", "/v1/files/file-Up1", answers.json({"id": "file-Up1", "object": "file"}))
    upstream.on("DELETE", "/v1/files/file-Up1", answers.json({"id": "file-Up1", "object": "file", "deleted": True}))
    upstream.on("POST", "/v1/responses", answers.json({"id": "resp_1", "object": "response", "status": "completed"}))
    return store


@pytest.fixture(scope="module")
def upstream() -> Iterator[StandIn]:
    with StandIn() as running:
        yield running


@pytest.fixture(scope="module")
def store(upstream: StandIn) -> UploadStore:
    return serve(upstream)


@pytest.fixture(scope="module")
def gateway(upstream: StandIn, store: UploadStore) -> Iterator[RunningGateway]:
    assert not store.files
    price = ModelInfo(input_cost_per_token=0.001, output_cost_per_token=0.1)
    with running_door(deployment(upstream.url, info=price), general=GENERAL) as running:
        yield running


def create(gateway: RunningGateway, metadata: Any = COOK) -> Any:
    fields = {"bytes": len(CHART), "filename": "charts.bin", "mime_type": "image/png", "purpose": "user_data"}
    request = from_object(uploads_pb2.CreateUploadRequest, fields)
    return gateway.uploads.CreateUpload(request, metadata=metadata, timeout=10)


def add(gateway: RunningGateway, upload_id: str, data: bytes, metadata: Any = COOK, **file: Any) -> Any:
    config = uploads_pb2.CreateUploadPartRequest(upload_id=upload_id, file=UploadFile(**file))
    chunks = (uploads_pb2.AddUploadPartRequest(chunk=data[at : at + 60_000]) for at in range(0, len(data), 60_000))
    messages = iter([uploads_pb2.AddUploadPartRequest(config=config), *chunks])
    return gateway.uploads.AddUploadPart(messages, metadata=metadata, timeout=10)


def whole(gateway: RunningGateway, upload_id: str, metadata: Any = COOK, **file: Any) -> Any:
    request = uploads_pb2.CreateUploadPartRequest(upload_id=upload_id, file=UploadFile(**file))
    return gateway.uploads.CreateUploadPart(request, metadata=metadata, timeout=10)


def complete(gateway: RunningGateway, upload_id: str, parts: list[str], metadata: Any = COOK, **fields: Any) -> Any:
    request = uploads_pb2.CompleteUploadRequest(upload_id=upload_id, part_ids=parts, **fields)
    return gateway.uploads.CompleteUpload(request, metadata=metadata, timeout=10)


def cancel(gateway: RunningGateway, upload_id: str, metadata: Any = COOK, **fields: Any) -> Any:
    request = uploads_pb2.CancelUploadRequest(upload_id=upload_id, **fields)
    return gateway.uploads.CancelUpload(request, metadata=metadata, timeout=10)


def test_an_upload_in_parts(gateway: RunningGateway, upstream: StandIn, store: UploadStore) -> None:
    """Parts come in any order; the file is its maker's, under the name that it was given."""
    upload = create(gateway)
    assert (upload.status, upload.filename, upload.bytes) == ("pending", "charts.bin", len(CHART))
    marked = upstream.requests[-1].json()["filename"]
    assert marked.endswith("-charts.bin")  # whose it is
    assert len(marked) == 32 + len("-charts.bin")
    second = add(gateway, upload.id, HALVES[1], size=len(HALVES[1]))
    request = upstream.requests[-1]
    assert int(dict(request.headers)["content-length"]) == len(request.body)
    assert b'name="data"; filename="data"\r\n' in bytes(request.body)
    first = whole(gateway, upload.id, data=HALVES[0], filename="head.bin")
    assert b'name="data"; filename="head.bin"\r\n' in bytes(upstream.requests[-1].body)
    assert {first.upload_id, second.upload_id} == {upload.id}
    assert {upload.id, first.id, second.id}.isdisjoint({"upload_u1", "part_1", "part_2"})
    md5 = hashlib.md5(CHART).hexdigest()  # noqa: S324 - that of OpenAI's API
    done = complete(gateway, upload.id, [first.id, second.id], md5=md5)
    assert store.files[-1] == CHART
    assert (done.status, done.id, done.file.filename, done.file.bytes) == (
        *("completed", upload.id, "charts.bin"),
        len(CHART),
    )
    assert not done.call_info.HasField("cost")
    # Its file is its maker's alone.
    for metadata, code in ((COOK, None), (SMITH, STATUS.NOT_FOUND)):
        got = files_pb2.GetFileRequest(file_id=done.file.id)
        content = {"role": "user", "content": [{"type": "input_file", "file_id": done.file.id}]}
        asked = from_object(responses_pb2.CreateResponseRequest, {"model": "tide-1", "input": [content]})
        deleted = files_pb2.DeleteFileRequest(file_id=done.file.id)
        calls: list[tuple[Any, Any]] = [
            (gateway.files.GetFile, got),
            (gateway.responses.CreateResponse, asked),
            (gateway.files.DeleteFile, deleted),
        ]
        for rpc, given in calls:
            if code is None:
                rpc(given, metadata=metadata, timeout=10)
                sent = upstream.requests[-1]
                assert "file-Up1" in f"{sent.path} {bytes(sent.body)!r}"
            else:
                failure = failure_of(lambda: rpc(given, metadata=metadata, timeout=10))  # noqa: B023
                assert (failure.code, failure.reason) == (code, "OBJECT_NOT_FOUND")


# By an upload and a part of it, what a caller may write in JSON that the contract does not know.
UNKNOWN: dict[str, Any] = {
    "an unknown key": lambda ids: {"upload": {"upload_id": ids[0]}},
    "unknown parts": lambda ids: {"parts": [{"part_ids": [ids[1]]}]},
    "the same key": lambda ids: {"part_ids": [ids[1]]},
}
CALLS: dict[str, Any] = {
    "add": lambda gateway, ids, who: add(gateway, ids[0], b"a", who),
    "add whole": lambda gateway, ids, who: whole(gateway, ids[0], who, data=b"a"),
    "complete": lambda gateway, ids, who: complete(gateway, ids[0], [ids[1]], who),
    "cancel": lambda gateway, ids, who: cancel(gateway, ids[0], who),
    **{
        f"complete with {name}": lambda gateway, ids, who, value=value: complete(
            gateway, create(gateway, who).id, [], who, extra_json=dumps(value(ids)).decode()
        )
        for name, value in UNKNOWN.items()
    },
}


@pytest.mark.parametrize("name", CALLS)
def test_an_upload_is_its_makers_alone(
    name: str, gateway: RunningGateway, upstream: StandIn, store: UploadStore
) -> None:
    upload = create(gateway).id
    part = add(gateway, upload, b"abc").id
    plain = next(reversed(store.parts))
    CALLS[name](gateway, (upload, part), COOK)
    request = upstream.requests[-1]
    sent = f"{request.path} {bytes(request.body)!r}"
    assert "upload_u1" in sent
    assert part not in sent
    assert upload not in sent
    before = len(store.files), store.cancelled, len(store.parts)
    for ids, who in (((upload, part), SMITH), (("upload_u1", plain), COOK), (("upload_u1", plain), SMITH)):
        failure = failure_of(lambda: CALLS[name](gateway, ids, who))  # noqa: B023
        assert (failure.code, failure.reason) == (STATUS.NOT_FOUND, "OBJECT_NOT_FOUND")
    assert (len(store.files), store.cancelled, len(store.parts)) == before


def test_another_keys_parts_make_no_file(gateway: RunningGateway) -> None:
    theirs = add(gateway, create(gateway, SMITH).id, b"theirs", SMITH).id
    upload = create(gateway).id
    mine = add(gateway, upload, b"mine").id
    failure = failure_of(lambda: complete(gateway, upload, [mine, theirs]))
    assert (failure.code, "part_ids" in failure.message) == (STATUS.NOT_FOUND, True)


def test_words_of_other_requests_are_no_parts(gateway: RunningGateway, upstream: StandIn) -> None:
    """A key that only uploads have means something else in other requests."""
    words = {"part_ids": ["bow", "stern"], "upload_id": "crate 7"}
    request = from_object(responses_pb2.CreateResponseRequest, {"model": "tide-1", "input": "a", "cargo": words})
    gateway.responses.CreateResponse(request, metadata=COOK, timeout=10)
    assert upstream.requests[-1].json()["cargo"] == words


REFUSED: dict[str, tuple[str, Any, str]] = {
    "no upload": ("CreateUploadPart", {"file": UploadFile(data=b"a")}, "upload_id"),
    "another path": ("CancelUpload", {"upload_id": "a/../files"}, "upload_id"),
    "two files": ("CreateUploadPart", {"file": UploadFile(data=b"a"), "extra_json": '{"data": "b"}'}, "one file"),
    "no settings": ("AddUploadPart", [{"chunk": b"a"}], "config"),
    "fewer bytes than declared": ("AddUploadPart", [{"config": {"file": {"size": 5}}}, {"chunk": b"abc"}], "5"),
    "too many parts": ("CompleteUpload", {"part_ids": ["part_1"] * 4097}, "at most 4096"),
    "another MD5": ("CompleteUpload", {"md5": "0" * 32}, "MD5 differs"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_refusal(name: str, gateway: RunningGateway) -> None:
    rpc, fields, text = REFUSED[name]
    upload, kind = create(gateway).id, getattr(uploads_pb2, f"{rpc}Request")
    if isinstance(fields, list):
        given: Any = [kind(**each) for each in fields]
        for each in given:
            if each.HasField("config"):
                each.config.upload_id = upload
        given = iter(given)
    else:
        given = kind(**{"upload_id": "" if name == "no upload" else upload, **fields})
    failure = failure_of(lambda: getattr(gateway.uploads, rpc)(given, metadata=COOK, timeout=10))
    assert (failure.code, text in failure.message) == (STATUS.INVALID_ARGUMENT, True), failure.message


@pytest.mark.parametrize("sealed", [True, False])
def test_an_upload_stays_where_it_was_created(sealed: bool) -> None:
    with StandIn() as north, StandIn() as south:
        stores = {"tide-1": serve(north), "tide-2": serve(south)}
        models = [
            deployment(url, name=name, model_name=name, model=name)
            for name, url in (("tide-1", north.url), ("tide-2", south.url))
        ]
        general = GeneralSettings(sealing_key=SEALING) if sealed else None
        with running_gateway(*models, general=general, router=RouterConfig(num_retries=0)) as gateway:
            refused = failure_of(lambda: create(gateway, ()))
            assert "openai-grpc-model" in refused.message
            for name, store in stores.items():
                upload = create(gateway, (("openai-grpc-model", name),)).id
                part = add(gateway, upload, CHART, ()).id
                file = complete(gateway, upload, [part], ()).file.id
                cancel(gateway, upload, ())
                gateway.files.GetFile(files_pb2.GetFileRequest(file_id=file), timeout=10)
                assert (store.files, store.cancelled) == ([CHART], 1)
            assert north.requests[-1].path == south.requests[-1].path == "/v1/files/file-Up1"
            checked = content_provenance_checks_pb2.CreateContentProvenanceCheckRequest(
                file=UploadFile(filename="a.png", data=b"a")
            )
            gateway.checks.CreateContentProvenanceCheck(
                checked, metadata=(("openai-grpc-model", "tide-2"),), timeout=10
            )
            assert south.requests[-1].path == "/v1/content_provenance_checks"


def test_decisions(gateway: RunningGateway, upstream: StandIn) -> None:
    request = from_object(decisions_pb2.CreateDecisionRequest, ASKED)
    reply = gateway.decisions.CreateDecision(request, metadata=COOK, timeout=10)
    assert upstream.requests[-1].json() == ASKED
    assert to_object(reply) == DECISION
    assert reply.answers[1].choice.choice.flag is False
    assert reply.call_info.cost == pytest.approx(1000 * 0.001 + 10 * 0.1)
    assert gateway.logged("rpc")[-1]["input_tokens"] == 1000


@pytest.mark.parametrize("streams", [False, True])
def test_checks_of_provenance(streams: bool, gateway: RunningGateway, upstream: StandIn) -> None:
    config = content_provenance_checks_pb2.CreateContentProvenanceCheckRequest(file=UploadFile(filename="pier.png"))
    if streams:
        message = content_provenance_checks_pb2.UploadContentProvenanceCheckRequest
        messages = iter([message(config=config), message(chunk=CHART), message(chunk=b"end")])
        reply = gateway.checks.UploadContentProvenanceCheck(messages, metadata=COOK, timeout=10)
    else:
        config.file.data = CHART + b"end"
        reply = gateway.checks.CreateContentProvenanceCheck(config, metadata=COOK, timeout=10)
    body = bytes(upstream.requests[-1].body)
    assert b'name="file"; filename="pier.png"' in body
    assert CHART + b"end\r\n--" in body
    assert loads(dumps(to_object(reply))) == CHECK


def test_by_http(gateway: RunningGateway, upstream: StandIn, store: UploadStore) -> None:
    large = CHART * 8  # more than goes in one message
    with httpx2.Client(base_url=f"{gateway.url}/", headers=dict(COOK)) as client:
        asked = {"bytes": len(large) + 3, "filename": "a.bin", "mime_type": "image/png", "purpose": "user_data"}
        upload = client.post("uploads", json=asked).json()
        one = f"uploads/{upload['id']}"
        parts = [client.post(f"{one}/parts", files={"data": ("upload", data)}).json() for data in (large, b"end")]
        md5 = hashlib.md5(large + b"end").hexdigest()  # noqa: S324 - that of OpenAI's API
        done = client.post(f"{one}/complete", json={"part_ids": [each["id"] for each in parts], "md5": md5}).json()
        assert store.files[-1] == large + b"end"
        assert (done["status"], done["file"]["filename"]) == ("completed", "a.bin")
        assert client.post(f"{one}/cancel").json()["status"] == "cancelled"
        other = client.post(f"{one}/parts", files={"data": ("upload", b"a")}, headers=dict(SMITH))
        assert other.status_code == 404
        named = client.post(f"{one}/parts", files={"file": ("upload", b"a")})
        assert (named.status_code, "data" in named.json()["error"]["message"]) == (400, True)
        assert client.post("decisions", json=ASKED).json() == DECISION
        assert client.post("content_provenance_checks", files={"file": ("a.png", large)}).json() == CHECK
        assert large in bytes(upstream.requests[-1].body)


def sent_by(target: str, way: str, **arguments: Any) -> Any:
    """Uploads by the blocking client, or by the one for asyncio."""
    if way == "blocking":
        with Client(target, api_key=KEYS["cook"]) as client:
            return client.uploads.upload(**arguments)

    async def work() -> Any:
        async with AsyncClient(target, api_key=KEYS["cook"]) as client:
            return await client.uploads.upload(**arguments)

    return asyncio.run(work())


@pytest.fixture
def own(upstream: StandIn, monkeypatch: pytest.MonkeyPatch) -> Iterator[UploadStore]:
    """A new store at the upstream, and a client that pauses for a moment only."""
    monkeypatch.setattr("openai_grpc.client._parts.FIRST_PAUSE", 0.001)
    yield serve(upstream)
    serve(upstream)


@pytest.mark.parametrize("way", ["blocking", "asyncio"])
def test_the_python_client_sends_parts(
    way: str, gateway: RunningGateway, upstream: StandIn, own: UploadStore, tmp_path: Path
) -> None:
    path = tmp_path / "chart.png"
    path.write_bytes(b"head" + CHART)
    told: list[tuple[int, int | None]] = []
    with path.open("rb") as opened:
        opened.seek(4)  # from where the file is sent
        given: tuple[dict[str, Any], ...] = (
            {"file": opened, "mime_type": "image/x-chart", "expires_after": {"anchor": "created_at", "seconds": 3600}},
            {"file": ("chart.png", CHART), "parallel": 1},
            {"file": CHART, "filename": "chart.png", "part_size": len(CHART)},
            {"file": path, "progress": lambda sent, total: told.append((sent, total))},
        )
        for arguments in given:
            before = len(upstream.requests)
            done = sent_by(gateway.target, way, **{"purpose": "vision", "part_size": 70_000, **arguments})
            expected = b"head" + CHART if "progress" in arguments else CHART
            assert own.files[-1] == expected
            assert (done.status, done.file.filename, done.file.bytes) == ("completed", "chart.png", len(expected))
            created, completed = upstream.requests[before].json(), upstream.requests[-1].json()
            assert created["mime_type"] == arguments.get("mime_type", "image/png")
            assert created.get("expires_after") == arguments.get("expires_after")
            assert completed["md5"] == hashlib.md5(expected).hexdigest()  # noqa: S324 - that of OpenAI's API
    assert own.most > 1
    assert max(told) == (len(CHART) + 4, len(CHART) + 4)
    assert not own.cancelled


@pytest.mark.parametrize("way", ["blocking", "asyncio"])
def test_a_part_that_fails_is_sent_again(way: str, gateway: RunningGateway, own: UploadStore) -> None:
    full, broken = answers.json({"error": {"message": "Full."}}, status=503), answers.close()
    own.refusals = {CHART[:9]: [full], CHART[70_000:70_009]: [broken, full]}
    sent_by(gateway.target, way, file=("a.bin", CHART), purpose="batch", part_size=70_000)
    assert own.files == [CHART]
    assert not any(own.refusals.values())
    assert not own.cancelled


FAILING: dict[str, tuple[dict[str, Any], list[Any], type[BaseException], str]] = {
    "a part is refused": ({}, [answers.json({"error": {"message": "No."}}, status=400)], BadRequestError, "No."),
    "a part fails too often": (
        {"max_retries": 1},
        [answers.json({"error": {"message": "Full."}}, status=503)] * 2,
        *(UnavailableError, "Full."),
    ),
}


@pytest.mark.parametrize("way", ["blocking", "asyncio"])
@pytest.mark.parametrize("name", FAILING)
def test_an_upload_that_fails_is_cancelled(name: str, way: str, gateway: RunningGateway, own: UploadStore) -> None:
    arguments, refusals, kind, text = FAILING[name]
    own.refusals = {CHART[140_000:140_009]: [*refusals]}
    with pytest.raises(kind, match=text):
        sent_by(gateway.target, way, file=("a.bin", CHART), purpose="batch", part_size=70_000, **arguments)
    assert (own.files, own.cancelled) == ([], 1)


def test_an_upload_that_is_left_is_cancelled(gateway: RunningGateway, own: UploadStore) -> None:
    """The task is cancelled while the upstream has not answered for the part."""
    waits = promise()

    async def wait(exchange: Exchange) -> None:
        waits.set_result(None)
        await exchange.stall()

    async def work() -> None:
        async with AsyncClient(gateway.target, api_key=KEYS["cook"]) as client:
            sending = asyncio.create_task(client.uploads.upload(("a.bin", CHART), purpose="batch"))
            await asyncio.wrap_future(waits)
            sending.cancel()
            with pytest.raises(asyncio.CancelledError):
                await sending

    own.refusals = {CHART[:9]: [wait]}
    asyncio.run(work())
    assert (own.files, own.cancelled) == ([], 1)


@pytest.mark.parametrize("way", ["blocking", "asyncio"])
def test_what_cannot_be_sent_in_parts(way: str, gateway: RunningGateway, upstream: StandIn) -> None:
    before = len(upstream.exchanges)
    for arguments, kind in (
        ({"file": ("a.bin", iter([b"a"]))}, TypeError),
        ({"file": CHART}, TypeError),
        ({"file": ("a.bin", b"")}, ValueError),
        ({"file": ("a.bin", CHART), "part_size": 1}, ValueError),
        ({"file": ("a.bin", CHART), "part_size": 0}, ValueError),
        ({"file": ("a.bin", CHART), "parallel": 0}, ValueError),
        ({"file": "nowhere.bin"}, FileNotFoundError),
    ):
        with pytest.raises(kind):
            sent_by(gateway.target, way, purpose="batch", **arguments)
    assert len(upstream.exchanges) == before

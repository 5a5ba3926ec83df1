"""Files and batches: uploads and downloads in chunks, whose they are, and the upstream that has them."""

import hashlib
import re
from collections.abc import Iterator
from typing import Any

import grpc
import httpx2
import pytest

from faults import answers
from faults.stand_in import StandIn
from openai_grpc.client import Client
from openai_grpc.codec import dumps, from_object, to_object
from openai_grpc.v1 import UploadFile, batches_pb2, chat_pb2, files_pb2, images_pb2, responses_pb2
from openai_grpc_server.config import GeneralSettings, KeySettings, RouterConfig, Secret
from support.failure import failure_of
from support.gateway import RunningGateway, deployment, running_door, running_gateway

LOG = bytes(index * 7 % 253 for index in range(400_000))
FILE = {"id": "file-Log1", "object": "file", "bytes": len(LOG), "filename": "log.txt", "purpose": "user_data"}
BATCH = {
    "id": "batch_1",
    "object": "batch",
    "status": "completed",
    "input_file_id": "file-Log1",
    "output_file_id": "file-Out1",
    "error_file_id": None,
    "metadata": None,
}
KEYS = {name: f"sk-Qm4Zt8{name}Lw7Xc2Vb9Rk" for name in ("ship", "shore", "buoy")}
MINE, OTHERS, LIMITED = ((("authorization", f"Bearer {key}"),) for key in KEYS.values())
SEALING = Secret("Rk7Wd2Hs9Bn4Xq6Tc1Lv")
GENERAL = GeneralSettings(
    sealing_key=SEALING,
    keys=tuple(
        KeySettings(name=name, key=Secret(key), models=("tide-*",) if name == "buoy" else ())
        for name, key in KEYS.items()
    ),
)
STATUS = grpc.StatusCode


def serve(upstream: StandIn) -> None:
    upstream.on("POST", "/v1/files", answers.json(FILE))
    upstream.on("GET", "/v1/files/file-Log1", answers.json(FILE))
    upstream.on("DELETE", "/v1/files/file-Log1", answers.json({"id": "file-Log1", "object": "file", "deleted": True}))
    upstream.on("GET", "/v1/files/file-Log1/content", answers.body(LOG, content_type="text/plain"))
    upstream.on("POST", "/v1/batches", answers.json(BATCH))
    upstream.on("GET", "/v1/batches/batch_1", answers.json(BATCH))
    upstream.on("POST", "/v1/batches/batch_1/cancel", answers.json(BATCH))
    upstream.on("POST", "/v1/responses", answers.json({"id": "resp_1", "object": "response", "status": "completed"}))
    upstream.on("POST", "/v1/chat/completions", answers.json({"id": "c1", "object": "chat.completion", "choices": []}))
    upstream.on("POST", "/v1/images/edits", answers.json({"created": 1, "data": [{"b64_json": "AAAA"}]}))


@pytest.fixture(scope="module")
def upstream() -> Iterator[StandIn]:
    with StandIn() as running:
        serve(running)
        yield running


@pytest.fixture(scope="module")
def other() -> Iterator[StandIn]:
    with StandIn() as running:
        serve(running)
        yield running


@pytest.fixture(scope="module")
def gateway(upstream: StandIn) -> Iterator[RunningGateway]:
    with running_door(deployment(upstream.url), general=GENERAL) as running:
        yield running


@pytest.fixture(scope="module")
def split(upstream: StandIn, other: StandIn) -> Iterator[RunningGateway]:
    """Two upstreams, without keys."""
    models = (
        deployment(upstream.url, name="north", model_name="tide-1", model="tide-1"),
        deployment(other.url, name="south", model_name="tide-2", model="tide-2"),
    )
    general = GeneralSettings(sealing_key=SEALING)
    with running_gateway(*models, general=general, router=RouterConfig(num_retries=0)) as running:
        yield running


def upload(gateway: RunningGateway, data: bytes = LOG, metadata: Any = MINE, **fields: Any) -> Any:
    config = files_pb2.CreateFileRequest(purpose="user_data", file=UploadFile(filename="log.txt", **fields))
    config.expires_after.anchor, config.expires_after.seconds = "created_at", 3600
    chunks = (files_pb2.UploadFileRequest(chunk=data[at : at + 60_000]) for at in range(0, len(data), 60_000))
    messages = iter([files_pb2.UploadFileRequest(config=config), *chunks])
    return gateway.files.UploadFile(messages, metadata=metadata, timeout=10)


def download(gateway: RunningGateway, file_id: str, metadata: Any = MINE, **fields: Any) -> list[Any]:
    request = files_pb2.DownloadFileRequest(file_id=file_id, **fields)
    return list(gateway.files.DownloadFile(request, metadata=metadata, timeout=10))


def test_an_upload_is_a_form(gateway: RunningGateway, upstream: StandIn) -> None:
    made = upload(gateway, size=len(LOG))
    request = upstream.requests[-1]
    body = bytes(request.body)
    assert LOG in body
    for name, value in (
        ("purpose", "user_data"),
        ("expires_after[anchor]", "created_at"),
        ("expires_after[seconds]", "3600"),
    ):
        assert f'name="{name}"\r\n\r\n{value}\r\n'.encode() in body
    assert int(dict(request.headers)["content-length"]) == len(body)
    assert re.search(rb'filename="[0-9a-f]{32}-log.txt"', body)  # whose it is
    assert made.filename == "log.txt"
    small = files_pb2.CreateFileRequest(purpose="batch", file=UploadFile(filename="a.jsonl", data=b"{}\n"))
    gateway.files.CreateFile(small, metadata=MINE, timeout=10)
    assert b"\r\n\r\n{}\n\r\n" in bytes(upstream.requests[-1].body)


@pytest.mark.parametrize("ranges", [True, False], ids=["ranges", "no ranges"])
@pytest.mark.parametrize(
    ("offset", "length"), [(0, None), (0, 1), (123_456, None), (200_000, 70_001), (399_999, 9), (400_000, None)]
)
def test_a_download(gateway: RunningGateway, upstream: StandIn, ranges: bool, offset: int, length: int | None) -> None:
    made = upload(gateway).id
    expected = LOG[offset : None if length is None else offset + length]
    given = {} if length is None else {"length": length}
    if ranges and (offset or length):
        part = {"content-range": f"bytes {offset}-{offset + len(expected) - 1}/{len(LOG)}"}
        upstream.enqueue(answers.body(expected, status=206, content_type="text/plain", headers=part))
    if ranges and offset == len(LOG):
        upstream.clear_queue()
        last = {"content-range": f"bytes {offset - 1}-{offset - 1}/{len(LOG)}"}
        upstream.enqueue(answers.body(b"", status=416), answers.body(LOG[-1:], status=206, headers=last))
    before = len(upstream.exchanges)
    chunks = download(gateway, made, offset=offset, **given)
    asked = dict(upstream.requests[before].headers).get("range")
    end = "" if length is None else offset + length - 1
    assert asked == (f"bytes={offset}-{end}" if offset or length else None)
    assert b"".join(each.data for each in chunks) == expected
    assert chunks[0].size == len(LOG)
    assert [each.sha256 for each in chunks if each.sha256] == [hashlib.sha256(expected).digest()]
    assert chunks[-1].sha256


FAILURES: dict[str, tuple[dict[str, Any], Any, grpc.StatusCode, str]] = {
    "before the file": ({"offset": -1}, None, STATUS.INVALID_ARGUMENT, "offset"),
    "no bytes": ({"length": 0}, None, STATUS.INVALID_ARGUMENT, "length"),
    "beyond the end": ({"offset": 400_001}, None, STATUS.OUT_OF_RANGE, "400001"),
    "beyond the end, says upstream": (
        {"offset": 400_001},
        (answers.body(b"", status=416), answers.body(b"", status=416)),
        STATUS.OUT_OF_RANGE,
        "",
    ),
    "another part": (
        {"offset": 5},
        answers.body(b"abc", status=206, headers={"content-range": "bytes 7-9/10"}),
        STATUS.INTERNAL,
        "bytes from 7",
    ),
    "a part of unknown place": ({"offset": 5}, answers.body(b"abc", status=206), STATUS.INTERNAL, "without saying"),
    "cut off": (
        {},
        answers.raw(b"HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-length: 9\r\n\r\nabc"),
        STATUS.INTERNAL,
        "lost",
    ),
}


@pytest.mark.parametrize("name", FAILURES)
def test_a_download_that_fails(gateway: RunningGateway, upstream: StandIn, name: str) -> None:
    fields, answer, code, text = FAILURES[name]
    made = upload(gateway).id
    upstream.clear_queue()
    if answer is not None:
        upstream.enqueue(*(answer if isinstance(answer, tuple) else (answer,)))
    failure = failure_of(lambda: download(gateway, made, **fields))
    assert failure.code is code
    assert text in failure.message


def requests_of(file_id: str, batch_id: str) -> dict[str, tuple[str, str, Any]]:
    """Returns each RPC that can name a file or a batch: service, RPC, request."""
    raw = dumps({"file_id": file_id}).decode()
    responses = responses_pb2.CreateResponseRequest(model="tide-1")
    content = {"role": "user", "content": [{"type": "input_file", "file_id": file_id}]}
    tool = {"type": "code_interpreter", "container": {"type": "auto", "file_ids": [file_id]}}
    chat = {"role": "user", "content": [{"type": "file", "file": {"file_id": file_id}}]}

    def respond(value: dict[str, Any]) -> tuple[str, str, Any]:
        value = {"model": "tide-1", **value}
        return "responses", "CreateResponse", from_object(type(responses), value)

    return {
        "get a file": ("files", "GetFile", files_pb2.GetFileRequest(file_id=file_id)),
        "delete a file": ("files", "DeleteFile", files_pb2.DeleteFileRequest(file_id=file_id)),
        "download a file": ("files", "DownloadFile", files_pb2.DownloadFileRequest(file_id=file_id)),
        "list files after": ("files", "ListFiles", files_pb2.ListFilesRequest(after=file_id)),
        "create a batch": ("batches", "CreateBatch", batches_pb2.CreateBatchRequest(input_file_id=file_id)),
        "get a batch": ("batches", "GetBatch", batches_pb2.GetBatchRequest(batch_id=batch_id)),
        "cancel a batch": ("batches", "CancelBatch", batches_pb2.CancelBatchRequest(batch_id=batch_id)),
        "list batches after": ("batches", "ListBatches", batches_pb2.ListBatchesRequest(after=batch_id)),
        "respond": respond({"input": [content]}),
        "respond with a tool": respond({"tools": [tool]}),
        "respond with an unknown tool": respond({"tools": [{"type": "periscope", "file_ids": [file_id]}]}),
        "respond with an unknown key": respond({"chart": {"file_id": file_id}}),
        "chat": (
            "chat",
            "CreateChatCompletion",
            from_object(chat_pb2.CreateChatCompletionRequest, {"model": "tide-1", "messages": [chat]}),
        ),
        "edit an image": (
            "images",
            "CreateImageEdit",
            from_object(images_pb2.CreateImageEditRequest, {"model": "tide-1", "images": [{"file_id": file_id}]}),
        ),
        "an unknown key of a batch": ("batches", "CreateBatch", batches_pb2.CreateBatchRequest(extra_json=raw)),
    }


def made(gateway: RunningGateway, metadata: Any = MINE) -> tuple[str, str]:
    file_id = upload(gateway, metadata=metadata).id
    request = batches_pb2.CreateBatchRequest(input_file_id=file_id)
    return file_id, gateway.batches.CreateBatch(request, metadata=metadata, timeout=10).id


def call(gateway: RunningGateway, service: str, rpc: str, request: Any, metadata: Any) -> Any:
    reply = getattr(getattr(gateway, service), rpc)(request, metadata=metadata, timeout=10)
    return reply if hasattr(reply, "DESCRIPTOR") else list(reply)


@pytest.mark.parametrize("name", requests_of("", ""))
def test_an_object_is_its_makers_alone(gateway: RunningGateway, upstream: StandIn, name: str) -> None:
    mine = made(gateway)
    upstream.clear_queue()
    upstream.on("GET", "/v1/files", answers.json({"object": "list", "data": []}))
    upstream.on("GET", "/v1/batches", answers.json({"object": "list", "data": []}))
    assert {"file-Log1", "batch_1"}.isdisjoint(mine)
    call(gateway, *requests_of(*mine)[name], MINE)
    request = upstream.requests[-1]
    sent = f"{request.path} {request.query} {bytes(request.body)!r}"
    assert "file-Log1" in sent or "batch_1" in sent
    before = len(upstream.exchanges)
    for ids, metadata in ((mine, OTHERS), (("file-Log1", "batch_1"), MINE), (("file-Log1", "batch_1"), OTHERS)):
        failure = failure_of(lambda: call(gateway, *requests_of(*ids)[name], metadata))  # noqa: B023
        assert (failure.code, failure.reason) == (STATUS.NOT_FOUND, "OBJECT_NOT_FOUND")
    assert len(upstream.exchanges) == before


def test_ids_in_replies(gateway: RunningGateway, upstream: StandIn) -> None:
    """The files of a batch, and those that a response cites, are those of its caller."""
    file_id, batch_id = made(gateway)
    request = batches_pb2.GetBatchRequest(batch_id=batch_id)
    batch = gateway.batches.GetBatch(request, metadata=MINE, timeout=10)
    assert batch.id == batch_id
    assert batch.input_file_id == file_id
    assert batch.output_file_id.startswith("file-")
    assert batch.output_file_id != "file-Out1"
    upstream.on("GET", "/v1/files/file-Out1/content", answers.body(b"{}\n"))
    assert download(gateway, batch.output_file_id)[0].data == b"{}\n"
    cited = {"type": "file_citation", "file_id": "file-Log1", "filename": "log.txt", "index": 0}
    item = {"type": "message", "content": [{"type": "output_text", "text": "a", "annotations": [cited]}]}
    upstream.enqueue(answers.json({"id": "resp_1", "object": "response", "output": [item]}))
    asked = responses_pb2.CreateResponseRequest(model="tide-1")
    reply = gateway.responses.CreateResponse(asked, metadata=MINE, timeout=10)
    assert to_object(reply)["output"][0]["content"][0]["annotations"][0]["file_id"] == file_id


def test_lists_have_ones_own(gateway: RunningGateway, upstream: StandIn) -> None:
    file_id, batch_id = made(gateway)
    named = [re.search(rb'filename="([^"]+)"', bytes(each.body)) for each in upstream.requests[-2:]]
    names = [found[1].decode() for found in named if found is not None]
    (marker,) = upstream.requests[-1].json()["metadata"].items()
    own = {**FILE, "filename": names[0]}
    page = {"object": "list", "data": [{**FILE, "id": "file-2"}, own], "first_id": "file-2", "last_id": "file-Log1"}
    upstream.on("GET", "/v1/files", answers.json(page))
    batches = [{**BATCH, "metadata": dict([marker])}, {**BATCH, "id": "batch_2"}]
    upstream.on("GET", "/v1/batches", answers.json({"object": "list", "data": batches, "has_more": False}))
    listed = gateway.files.ListFiles(files_pb2.ListFilesRequest(), metadata=MINE, timeout=10)
    assert [(each.id, each.filename) for each in listed.data] == [(file_id, "log.txt")]
    assert (listed.first_id, listed.last_id) == (file_id, file_id)
    found = gateway.batches.ListBatches(batches_pb2.ListBatchesRequest(), metadata=MINE, timeout=10)
    assert [(each.id, dict(each.metadata)) for each in found.data] == [(batch_id, {})]
    assert not gateway.batches.ListBatches(batches_pb2.ListBatchesRequest(), metadata=OTHERS, timeout=10).data
    # A page without own ones ends with a cursor, from which the list goes on.
    upstream.enqueue(answers.json({**page, "has_more": True}))
    empty = gateway.files.ListFiles(files_pb2.ListFilesRequest(), metadata=OTHERS, timeout=10)
    assert not empty.data
    call(gateway, "files", "ListFiles", files_pb2.ListFilesRequest(after=empty.last_id), OTHERS)
    assert dict(upstream.requests[-1].query)["after"] == "file-Log1"
    request = files_pb2.GetFileRequest(file_id=empty.last_id)
    assert failure_of(lambda: call(gateway, "files", "GetFile", request, OTHERS)).reason == "OBJECT_NOT_FOUND"


def test_a_key_for_some_models_creates_no_batch_of_any(gateway: RunningGateway) -> None:
    file_id = upload(gateway, metadata=LIMITED).id
    request = batches_pb2.CreateBatchRequest(input_file_id=file_id)
    failure = failure_of(lambda: gateway.batches.CreateBatch(request, metadata=LIMITED, timeout=10))
    assert (failure.code, failure.reason) == (STATUS.PERMISSION_DENIED, "RPC_NOT_ALLOWED")


def test_files_that_all_keys_share(upstream: StandIn) -> None:
    general = GeneralSettings(sealing_key=SEALING, keys=GENERAL.keys, shared_files=True)
    with running_gateway(deployment(upstream.url), general=general) as gateway:
        asked = requests_of("file-Log1", "batch_1")
        call(gateway, *asked["respond"], OTHERS)
        assert failure_of(lambda: call(gateway, *asked["get a batch"], OTHERS)).reason == "OBJECT_NOT_FOUND"
        mine = made(gateway)
        assert failure_of(lambda: call(gateway, *requests_of(*mine)["get a file"], OTHERS)).reason == "OBJECT_NOT_FOUND"


def test_a_call_goes_where_its_files_are(split: RunningGateway, upstream: StandIn, other: StandIn) -> None:
    refused = failure_of(lambda: upload(split, metadata=()))
    assert refused.code is STATUS.INVALID_ARGUMENT
    assert "openai-grpc-model" in refused.message
    south = upload(split, metadata=(("openai-grpc-model", "tide-2"),)).id
    north = upload(split, metadata=(("openai-grpc-model", "tide-1"),)).id
    unknown = failure_of(lambda: upload(split, metadata=(("openai-grpc-model", "none"),)))
    assert unknown.reason == "MODEL_NOT_FOUND"
    before = len(upstream.exchanges), len(other.exchanges)
    download(split, south, ())
    batch = split.batches.CreateBatch(batches_pb2.CreateBatchRequest(input_file_id=south), timeout=10)
    split.batches.GetBatch(batches_pb2.GetBatchRequest(batch_id=batch.id), timeout=10)
    assert (len(upstream.exchanges), len(other.exchanges)) == (before[0], before[1] + 3)
    elsewhere = failure_of(lambda: call(split, *requests_of(south, "")["respond"], ()))
    assert (elsewhere.code, "another upstream" in elsewhere.message) == (STATUS.INVALID_ARGUMENT, True)
    call(split, *requests_of(north, "")["respond"], ())
    files = [{"type": "input_file", "file_id": each} for each in (north, south)]
    value = {"model": "tide-1", "input": [{"role": "user", "content": files}]}
    both = from_object(responses_pb2.CreateResponseRequest, value)
    failure = failure_of(lambda: split.responses.CreateResponse(both, timeout=10))
    assert (failure.code, "different upstreams" in failure.message) == (STATUS.INVALID_ARGUMENT, True)


def test_by_http(gateway: RunningGateway, upstream: StandIn) -> None:
    with httpx2.Client(base_url=f"{gateway.url}/", headers=dict(MINE)) as client:
        small = client.post("files", data={"purpose": "batch"}, files={"file": ("a.jsonl", b"{}\n")}).json()
        large = client.post("files", data={"purpose": "batch"}, files={"file": ("log.txt", LOG * 5)}).json()
        assert LOG * 5 in bytes(upstream.requests[-1].body)
        assert small["id"] == large["id"] != "file-Log1"
        path = f"files/{large['id']}/content"
        reply = client.get(path)
        assert (reply.status_code, reply.content, reply.headers["content-type"]) == (200, LOG, "text/plain")
        part = client.get(path, headers={"range": "bytes=100-299"})
        assert (part.status_code, part.content) == (206, LOG[100:300])
        assert part.headers["content-range"] == f"bytes 100-299/{len(LOG)}"


def test_by_the_python_client(gateway: RunningGateway, upstream: StandIn, tmp_path: Any) -> None:
    source, copy = tmp_path / "log.txt", tmp_path / "copy.txt"
    source.write_bytes(LOG)
    with Client(gateway.target, api_key=KEYS["ship"]) as client:
        with source.open("rb") as opened:
            for given in (source, opened, ("log.txt", LOG)):
                file = client.files.upload(file=given, purpose="user_data")
                assert LOG in bytes(upstream.requests[-1].body)
        client.files.content(file_id=file.id).write_to_file(copy)
        assert copy.read_bytes() == LOG
        with copy.open("ab") as opened:
            opened.truncate(100)
            client.files.content(file_id=file.id, offset=100).write_to_file(opened)
        assert copy.read_bytes() == LOG
        assert client.files.content(file_id=file.id, offset=7, length=3).read() == LOG[7:10]
        assert client.files.delete(file_id=file.id).deleted

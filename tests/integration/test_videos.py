"""Videos: what goes up to servers of each form, what comes down, what it costs, and whose they are."""

import hashlib
from collections.abc import Iterator
from itertools import repeat
from typing import Any

import grpc
import httpx2
import pytest

from faults import answers
from faults.exchange import Exchange
from faults.stand_in import StandIn
from openai_grpc.client import Client
from openai_grpc.codec import dumps, from_object, loads, to_object
from openai_grpc.v1 import UploadFile, videos_pb2
from openai_grpc_server.config import GeneralSettings, KeySettings, ModelInfo, RouterConfig, Secret
from support.failure import failure_of
from support.gateway import RunningGateway, deployment, running_door, running_gateway

STATUS = grpc.StatusCode
FILM = bytes(index * 11 % 247 for index in range(300_000))
KEYS = {name: f"sk-Tn5Wq9{name}Hb3Zr8Lx2Vd" for name in ("pilot", "diver", "owner", "mate")}
PILOT, DIVER, OWNER, MATE = ((("authorization", f"Bearer {key}"),) for key in KEYS.values())
RIGHTS: dict[str, dict[str, Any]] = {"owner": {"rpcs": ("*", "ListVideos")}, "mate": {"models": ("reel-*",)}}
SEALING = Secret("Mx3Gt8Pb6Wk1Jz9Sd4Yr")
GENERAL = GeneralSettings(
    sealing_key=SEALING,
    keys=tuple(KeySettings(name=name, key=Secret(key), **RIGHTS.get(name, {})) for name, key in KEYS.items()),
)
# The job of a video, as each server tells it.
SORA = {
    "id": "video_1",
    "object": "video",
    "created_at": 1790000000,
    "model": "reel-1",
    "status": "queued",
    "progress": 0,
    "prompt": "Fog",
    "seconds": "8",
    "size": "1280x720",
    "error": None,
    "completed_at": None,
    "expires_at": None,
    "remixed_from_video_id": None,
}
OMNI = {
    "id": "video_gen_1",
    "object": "video",
    "created_at": 1790000000,
    "model": "wan",
    "status": "queued",
    "progress": 0,
    "file_extension": "mp4",
    "peak_memory_mb": None,
    "stage_durations": {},
    "seconds": "2",
}
SGLANG = {
    "id": "9f2c1b7e",
    "object": "video",
    "created_at": 1790000000,
    "model": "wan",
    "status": "queued",
    "progress": 0,
    "quality": "standard",
    "seconds": "4",
    "size": "",
    "url": None,
    "file_path": "/o/9f2c1b7e.mp4",
}
ROUTER = {"id": "gen-vid-1", "polling_url": "https://router.example/api/v1/videos/gen-vid-1", "status": "pending"}
LITELLM = {**SORA, "id": "video_bGl0ZWxsbTpjdXN0b20", "usage": {"duration_seconds": 8.0}, "hidden": [1.0]}
# By the form of the server: whether it takes forms only, what it answers, and what a caller adds of its own.
FORMS: dict[str, tuple[bool, dict[str, Any], dict[str, Any]]] = {
    "OpenAI": (False, SORA, {"characters": [{"id": "char_1"}]}),
    "vLLM-Omni": (True, OMNI, {"num_frames": 33, "fps": 16, "extra_params": {"shift": 5.5}}),
    "SGLang": (False, SGLANG, {"guidance_scale": 4.5, "negative_prompt": "rain"}),
    "OpenRouter": (False, ROUTER, {"aspect_ratio": "16:9", "frame_images": [{"type": "image_url"}]}),
    "LiteLLM": (False, LITELLM, {"input_reference": {"image_url": "https://pictures.example/pier.png"}}),
}
CHARACTER = {"id": "char_1", "created_at": 1790000000, "name": "Keeper", "object": "character"}
MP4 = {"filename": "pier.mp4", "content_type": "video/mp4", "data": b"ftyp\0fog"}


def serve(upstream: StandIn, job: dict[str, Any]) -> None:
    one = f"/v1/videos/{job['id']}"
    for path in ("", "/edits", "/extensions", "/video_1/remix"):
        upstream.on("POST", f"/v1/videos{path}", answers.json(job))
    upstream.on("GET", one, answers.json(job))
    upstream.on("DELETE", one, answers.json({"id": job["id"], "object": "video.deleted", "deleted": True}))
    upstream.on("GET", f"{one}/content", answers.body(FILM, content_type="video/mp4"))
    page = {"object": "list", "data": [job], "first_id": job["id"], "last_id": job["id"], "has_more": True}
    upstream.on("GET", "/v1/videos", answers.json(page))
    upstream.on("POST", "/v1/videos/characters", answers.json(CHARACTER))
    upstream.on("GET", "/v1/videos/characters/char_1", answers.json(CHARACTER))


@pytest.fixture(scope="module")
def upstream() -> Iterator[StandIn]:
    with StandIn() as running:
        serve(running, SORA)
        yield running


@pytest.fixture(scope="module")
def gateway(upstream: StandIn) -> Iterator[RunningGateway]:
    price = ModelInfo(output_cost_per_video_per_second=0.25)
    with running_door(deployment(upstream.url, info=price), general=GENERAL) as running:
        yield running


@pytest.fixture(scope="module")
def fleet() -> Iterator[tuple[RunningGateway, dict[str, StandIn]]]:
    """A gateway without keys, and behind it a server of each form."""
    servers = {name: StandIn() for name in FORMS}
    for name, running in servers.items():
        running.__enter__()
        serve(running, FORMS[name][1])
    models = (
        deployment(servers[name].url, name=name, model_name=name, model="m", videos_as_forms=as_forms)
        for name, (as_forms, _, _) in FORMS.items()
    )
    try:
        with running_gateway(
            *models, general=GeneralSettings(sealing_key=SEALING), router=RouterConfig(num_retries=0)
        ) as running_:
            yield running_, servers
    finally:
        for running in servers.values():
            running.__exit__(None, None, None)


def request_of(rpc: str, fields: dict[str, Any], **files: Any) -> Any:
    request = from_object(getattr(videos_pb2, f"{rpc}Request"), fields)
    for name, file in files.items():
        getattr(request, name).CopyFrom(UploadFile(**file))
    return request


def call(gateway: RunningGateway, rpc: str, fields: dict[str, Any], metadata: Any = PILOT, **files: Any) -> Any:
    made = getattr(gateway.videos, rpc)(request_of(rpc, fields, **files), metadata=metadata, timeout=20)
    return made if hasattr(made, "DESCRIPTOR") else list(made)


def without_nulls(value: dict[str, Any]) -> dict[str, Any]:
    return {key: each for key, each in value.items() if each is not None}


@pytest.mark.parametrize("form", FORMS)
def test_a_server_of_each_form(form: str, fleet: tuple[RunningGateway, dict[str, StandIn]]) -> None:
    """Created as it takes it; its own fields come through; read, downloaded and deleted where it is."""
    gateway, servers = fleet
    as_forms, job, more = FORMS[form]
    server, others = servers[form], [each for name, each in servers.items() if name != form]
    before = [len(each.exchanges) for each in others]
    asked = {"model": form, "prompt": "Fog", "seconds": "8", **more}
    made = call(gateway, "CreateVideo", asked, ())
    request = server.requests[-1]
    content_type = dict(request.headers)["content-type"]
    if as_forms:
        assert content_type.startswith("multipart/form-data; boundary=")
        for name, text in (("model", "m"), ("num_frames", "33"), ("extra_params[shift]", "5.5")):
            assert f'name="{name}"\r\n\r\n{text}\r\n'.encode() in bytes(request.body)
    else:
        assert content_type == "application/json"
        assert request.json() == {**asked, "model": "m"}
    told = without_nulls(loads(dumps(to_object(made))))
    assert told == {**without_nulls(job), "id": made.id}
    assert made.id != job["id"]
    chunks = call(gateway, "DownloadVideo", {"video_id": made.id, "variant": "thumbnail"}, ())
    assert server.requests[-1].query == [("variant", "thumbnail")]
    assert b"".join(each.data for each in chunks) == FILM
    assert (chunks[0].content_type, chunks[0].size) == ("video/mp4", len(FILM))
    assert chunks[-1].sha256 == hashlib.sha256(FILM).digest()
    page = call(gateway, "ListVideos", {"limit": 2}, (("openai-grpc-model", form),))
    assert [each.id for each in page.data] == [made.id] == [page.last_id]
    call(gateway, "ListVideos", {"after": page.last_id}, (("openai-grpc-model", form),))
    assert server.requests[-1].query == [("after", job["id"])]
    assert call(gateway, "GetVideo", {"video_id": made.id}, ()).id == made.id
    image = {"filename": "pier.png", "data": b"\x89PNG\0"}
    call(gateway, "CreateVideo", {"model": form, "prompt": "Fog"}, (), input_reference=image)
    head = b'name="input_reference"; filename="pier.png"\r\nContent-Type: image/png\r\n\r\n\x89PNG\0\r\n'
    assert head in bytes(server.requests[-1].body)
    assert call(gateway, "DeleteVideo", {"video_id": made.id}, ()).deleted
    assert [len(each.exchanges) for each in others] == before


CALLS: dict[str, tuple[str, dict[str, Any], dict[str, Any], str, str, Any]] = {
    "remix": ("RemixVideo", {"video_id": "V", "prompt": "a"}, {}, "POST", "/video_1/remix", {"prompt": "a"}),
    "edit": (
        *("EditVideo", {"prompt": "a", "video": {"id": "V"}}, {}, "POST", "/edits"),
        {"prompt": "a", "video": {"id": "video_1"}},
    ),
    "extend": (
        *("ExtendVideo", {"prompt": "a", "seconds": "4", "video": {"id": "V"}}, {}, "POST", "/extensions"),
        {"prompt": "a", "seconds": "4", "video": {"id": "video_1"}},
    ),
    "edit a file": ("EditVideo", {"prompt": "a"}, {"video": MP4}, "POST", "/edits", MP4["data"]),
    "extend a file": ("ExtendVideo", {"prompt": "a", "seconds": "4"}, {"video": MP4}, "POST", "/extensions", b"fog"),
    "a character": ("CreateVideoCharacter", {"name": "Keeper"}, {"video": MP4}, "POST", "/characters", MP4["data"]),
    "get a character": ("GetVideoCharacter", {"character_id": "C"}, {}, "GET", "/characters/char_1", None),
    "create with a character": (
        *("CreateVideo", {"prompt": "a", "characters": [{"id": "C"}]}, {}, "POST", ""),
        {"prompt": "a", "characters": [{"id": "char_1"}]},
    ),
    "create of a video": (
        *("CreateVideo", {"prompt": "a", "video_reference": {"id": "V"}, "videos": ["V"]}, {}, "POST", ""),
        {"prompt": "a", "video_reference": {"id": "video_1"}, "videos": ["video_1"]},
    ),
    "create of another key": (
        *("CreateVideo", {"prompt": "a", "more": [{"video_id": "V"}], "video": "V"}, {}, "POST", ""),
        {"prompt": "a", "more": [{"video_id": "video_1"}], "video": "video_1"},
    ),
    "get": ("GetVideo", {"video_id": "V"}, {}, "GET", "/video_1", None),
    "delete": ("DeleteVideo", {"video_id": "V"}, {}, "DELETE", "/video_1", None),
    "download": ("DownloadVideo", {"video_id": "V"}, {}, "GET", "/video_1/content", None),
}


def filled(value: Any, ids: dict[str, str]) -> Any:
    if isinstance(value, dict):
        return {key: filled(each, ids) for key, each in value.items()}
    if isinstance(value, list):
        return [filled(each, ids) for each in value]
    return ids.get(value, value)


def made(gateway: RunningGateway) -> dict[str, str]:
    return {
        "V": call(gateway, "CreateVideo", {"prompt": "Fog"}).id,
        "C": call(gateway, "CreateVideoCharacter", {"name": "Keeper"}, video=MP4).id,
    }


@pytest.mark.parametrize("name", CALLS)
def test_a_call(name: str, gateway: RunningGateway, upstream: StandIn) -> None:
    rpc, fields, files, method, path, body = CALLS[name]
    ids = made(gateway)
    assert {*ids.values()}.isdisjoint({"video_1", "char_1"})
    reply = call(gateway, rpc, filled(fields, ids), **files)
    request = upstream.requests[-1]
    assert (request.method, request.path) == (method, f"/v1/videos{path}")
    if isinstance(body, bytes):
        assert b'name="video"; filename="pier.mp4"' in bytes(request.body)
        assert body in bytes(request.body)
    else:
        assert (request.json() if request.body else None) == body
    if rpc != "DownloadVideo":
        assert reply.id in ids.values()
    if method == "POST" and "Character" not in rpc:
        assert reply.call_info.cost == pytest.approx(8 * 0.25)


@pytest.mark.parametrize("name", [name for name, each in CALLS.items() if not each[2]])
def test_it_is_its_makers_alone(name: str, gateway: RunningGateway, upstream: StandIn) -> None:
    rpc, fields = CALLS[name][:2]
    mine, plain = made(gateway), {"V": "video_1", "C": "char_1"}
    before = len(upstream.exchanges)
    for ids, metadata in ((mine, DIVER), (plain, PILOT), (plain, DIVER)):
        failure = failure_of(lambda: call(gateway, rpc, filled(fields, ids), metadata))  # noqa: B023
        assert (failure.code, failure.reason) == (STATUS.NOT_FOUND, "OBJECT_NOT_FOUND")
    assert len(upstream.exchanges) == before


def test_lists_are_of_who_may_see_all(gateway: RunningGateway, upstream: StandIn) -> None:
    before = len(upstream.exchanges)
    for metadata in (PILOT, MATE):
        failure = failure_of(lambda: call(gateway, "ListVideos", {}, metadata))  # noqa: B023
        assert (failure.code, failure.reason) == (STATUS.PERMISSION_DENIED, "RPC_NOT_ALLOWED")
    assert len(upstream.exchanges) == before
    page = call(gateway, "ListVideos", {}, OWNER)
    assert page.data[0].id not in {"video_1", made(gateway)["V"]}
    after = made(gateway)["V"]
    failure = failure_of(lambda: call(gateway, "ListVideos", {"after": after}, OWNER))
    assert failure.reason == "OBJECT_NOT_FOUND"


def test_a_key_for_some_models_edits_no_file(gateway: RunningGateway) -> None:
    failure = failure_of(lambda: call(gateway, "EditVideo", {"prompt": "a"}, MATE, video=MP4))
    assert failure.reason == "RPC_NOT_ALLOWED"
    assert failure_of(lambda: call(gateway, "CreateVideo", {"model": "film"}, MATE)).reason == "MODEL_NOT_ALLOWED"


REFUSED: dict[str, tuple[str, dict[str, Any], dict[str, Any], Any, grpc.StatusCode, str]] = {
    "no file": ("CreateVideoCharacter", {"name": "a"}, {}, None, STATUS.INVALID_ARGUMENT, "video"),
    "two videos": (
        *("EditVideo", {"prompt": "a", "video": {"id": "V"}}, {"video": MP4}, None, STATUS.INVALID_ARGUMENT),
        "leave it out",
    ),
    "a file without a name": ("EditVideo", {}, {"video": {"data": b"a"}}, None, STATUS.INVALID_ARGUMENT, "filename"),
    "another spelling": ("EditVideo", {"Video": {"id": "V"}}, {}, None, STATUS.INVALID_ARGUMENT, "can be read as"),
    "no id": ("CreateVideo", {"video": {"id": 7}}, {}, None, STATUS.INVALID_ARGUMENT, "must be a string"),
    "blocked": (
        *("CreateVideo", {"prompt": "a"}, {}),
        answers.json({"error": {"message": "No fog here.", "code": "moderation_blocked"}}, status=400),
        *(STATUS.INVALID_ARGUMENT, "No fog here."),
    ),
    "no job": (
        *("CreateVideo", {"prompt": "a"}, {}, answers.json({"error": {"message": "Full."}}), STATUS.INTERNAL, "Full."),
    ),
    "an error for a video": (
        *("DownloadVideo", {"video_id": "V"}, {}, answers.json({"error": {"message": "Not yet."}}), STATUS.INTERNAL),
        "Not yet.",
    ),
    "a page for a video": (
        *("DownloadVideo", {"video_id": "V"}, {}, answers.body(b"<html>Fog</html>", content_type="text/html")),
        *(STATUS.INTERNAL, "instead of a video"),
    ),
    "a video that is cut off": (
        *("DownloadVideo", {"video_id": "V"}, {}),
        answers.raw(b"HTTP/1.1 200 OK\r\ncontent-type: video/mp4\r\ncontent-length: 9\r\n\r\nabc"),
        *(STATUS.INTERNAL, "lost"),
    ),
    "not yet": (
        *("DownloadVideo", {"video_id": "V"}, {}, answers.json({"error": {"message": "Later."}}, status=404)),
        *(STATUS.NOT_FOUND, "Later."),
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_failure(name: str, gateway: RunningGateway, upstream: StandIn) -> None:
    rpc, fields, files, answer, code, text = REFUSED[name]
    ids = made(gateway)
    upstream.clear_queue()
    if answer is not None:
        upstream.enqueue(answer)
    failure = failure_of(lambda: call(gateway, rpc, filled(fields, ids), **files))
    assert (failure.code, text in failure.message) == (code, True), failure.message


def test_a_failed_job_is_no_failed_call(gateway: RunningGateway, upstream: StandIn) -> None:
    error = {"code": "moderation_blocked", "message": "Fog.", "headers": {"retry-after": "5"}}
    ids = made(gateway)
    upstream.enqueue(answers.json({**SORA, "status": "failed", "error": error}))
    reply = call(gateway, "GetVideo", {"video_id": ids["V"]})
    assert (reply.status, to_object(reply.error)) == ("failed", error)


def endless(taken: list[int]) -> Any:
    """Sends up to 400 MB of a video, and notes how much it could."""

    async def answer(exchange: Exchange) -> None:
        await exchange.body()
        await exchange.send(answers.head(200, [("content-type", "video/mp4"), ("content-length", str(400 << 20))]))
        for _ in repeat(None, 400):
            await exchange.send(bytes(1 << 20))
            taken[0] += 1

    return answer


def test_a_slow_caller_slows_the_server_down(gateway: RunningGateway, upstream: StandIn) -> None:
    """Of a large video only what the caller has taken, and buffers of fixed sizes, leave the server."""
    ids, taken = made(gateway), [0]
    upstream.clear_queue()
    upstream.enqueue(endless(taken))
    stream = gateway.videos.DownloadVideo(request_of("DownloadVideo", {"video_id": ids["V"]}), metadata=PILOT)
    read = 0
    for chunk in stream:
        read += len(chunk.data)
        if read >= 20 << 20:
            break
    assert taken[0] << 20 < read + (64 << 20)
    stream.cancel()


def test_by_http(gateway: RunningGateway, upstream: StandIn) -> None:
    with httpx2.Client(base_url=f"{gateway.url}/", headers=dict(PILOT)) as client:
        job = client.post("videos", data={"prompt": "Fog", "input_reference[file_id]": ""}).json()
        image = {"input_reference": ("pier.png", b"\x89PNG", "image/png")}
        form = client.post("videos", data={"prompt": "Fog", "seconds": "8"}, files=image).json()
        assert b'name="input_reference"; filename="pier.png"' in bytes(upstream.requests[-1].body)
        assert job.get("id", form["id"]) == form["id"] != "video_1"
        one = f"videos/{form['id']}"
        edited = client.post("videos/edits", data={"prompt": "a", "video[id]": form["id"]}, files={"x": b""})
        assert edited.status_code == 400
        assert client.post(f"{one}/remix", json={"prompt": "a"}).json()["status"] == "queued"
        assert client.get(one).json() == {**SORA, "id": form["id"]}
        reply = client.get(f"{one}/content?variant=video", headers={"range": "bytes=100-299"})
        assert (reply.status_code, reply.content, reply.headers["content-type"]) == (206, FILM[100:300], "video/mp4")
        assert client.get(one, headers=dict(DIVER)).status_code == 404
        assert client.delete(one).json()["deleted"] is True


def test_by_the_python_client(gateway: RunningGateway, upstream: StandIn, tmp_path: Any) -> None:
    copy = tmp_path / "pier.mp4"
    with Client(gateway.target, api_key=KEYS["pilot"]) as client:
        job = client.videos.create(prompt="Fog", seconds="8", input_reference=("pier.png", b"\x89PNG"))
        assert b'filename="pier.png"' in bytes(upstream.requests[-1].body)
        client.videos.download_content(video_id=job.id).write_to_file(copy)
        assert copy.read_bytes() == FILM
        client.videos.remix(video_id=job.id, prompt="a")
        assert upstream.requests[-1].path == "/v1/videos/video_1/remix"
        assert client.videos.delete(video_id=job.id).deleted

"""Images, speech, translations, moderations, deletion of models: what goes up, what comes back, what it costs."""

import base64
from collections.abc import Callable, Iterator
from typing import Any

import grpc
import httpx2
import pytest

from faults import answers
from faults.stand_in import StandIn
from integration.test_audio import form
from openai_grpc.codec import dumps, from_object, loads, to_json
from openai_grpc.v1 import (
    CreateImageEditRequest,
    CreateImageRequest,
    CreateImageVariationRequest,
    CreateModerationRequest,
    CreateSpeechRequest,
    CreateTranslationRequest,
    DeleteModelRequest,
    UploadFile,
    UploadTranslationRequest,
)
from openai_grpc_server.config import GeneralSettings, KeySettings, Secret
from support.failure import failure_of
from support.gateway import RunningGateway, deployment, running_door, running_gateway

PNG = b"\x89PNG" + bytes(range(256)) * 30
AUDIO = b"ID3" + bytes(range(256)) * 1500  # larger than what is read at once
ENCODED = base64.b64encode(PNG).decode()
GENERATIONS, EDITS, VARIATIONS = "/v1/images/generations", "/v1/images/edits", "/v1/images/variations"
SPEECH, TRANSLATIONS, MODERATIONS = "/v1/audio/speech", "/v1/audio/translations", "/v1/moderations"
MODEL = "ft:painter:harbour::1"
USAGE = {
    "input_tokens": 110,
    "input_tokens_details": {"text_tokens": 10, "image_tokens": 100},
    "output_tokens": 200,
    "total_tokens": 310,
}
IMAGES = {"created": 1, "data": [{"b64_json": ENCODED}], "usage": USAGE}
PARTIAL: dict[str, Any] = {
    "type": "image_generation.partial_image",
    "b64_json": ENCODED,
    "partial_image_index": 0,
    "created_at": 1,
}
COMPLETED = {"type": "image_generation.completed", "b64_json": ENCODED, "created_at": 2, "usage": USAGE}
EDITED = {"type": "image_edit.completed", "b64_json": ENCODED, "created_at": 2}
SPOKEN: list[dict[str, Any]] = [
    {"type": "speech.audio.delta", "audio": base64.b64encode(AUDIO[:3000]).decode()},
    {"type": "speech.audio.delta", "audio": base64.b64encode(AUDIO[3000:]).decode()},
    {"type": "speech.audio.done", "usage": {"input_tokens": 9, "output_tokens": 70, "total_tokens": 79}},
]
VERBOSE = {"task": "translate", "language": "english", "duration": 10.0, "text": "Fog", "segments": []}
MODERATION = {
    "id": "modr-1",
    "model": "omni-moderation-latest",
    "results": [
        {
            "flagged": True,
            "categories": {"self-harm/intent": True, "hate": False},
            "category_scores": {"self-harm/intent": 0.5, "hate": 1e-06},
            "category_applied_input_types": {"self-harm/intent": ["text"], "hate": []},
        }
    ],
}
CUT = b"HTTP/1.1 200 OK\r\ncontent-type: audio/mpeg\r\ncontent-length: 99\r\n\r\nID3"
FAILURE = {"error": {"message": "No fog here.", "type": "invalid_request_error", "param": "prompt", "code": "blocked"}}


@pytest.fixture(scope="module")
def upstream() -> Iterator[StandIn]:
    with StandIn() as stand_in:
        yield stand_in


@pytest.fixture(scope="module")
def gateway(upstream: StandIn) -> Iterator[RunningGateway]:
    with running_gateway(deployment(upstream.url)) as running:
        yield running


def png(name: str = "pier.png") -> UploadFile:
    return UploadFile(filename=name, data=PNG)


def edit(*images: UploadFile, **fields: Any) -> CreateImageEditRequest:
    files = {"mask": fields.pop("mask", None)}
    return CreateImageEditRequest(image=images, **files, **fields)


def speech(**fields: Any) -> CreateSpeechRequest:
    return from_object(CreateSpeechRequest, {"model": "tts-1", "input": "Fog ahead", "voice": "alloy", **fields})


def translation(**fields: Any) -> CreateTranslationRequest:
    return CreateTranslationRequest(model="whisper-1", file=UploadFile(filename="corne.mp3", data=AUDIO), **fields)


def upload(settings: CreateTranslationRequest) -> Iterator[UploadTranslationRequest]:
    first = CreateTranslationRequest()
    first.CopyFrom(settings)
    first.file.ClearField("data")
    yield UploadTranslationRequest(config=first)
    for start in range(0, len(AUDIO), 100_000):
        yield UploadTranslationRequest(chunk=AUDIO[start : start + 100_000])


def whole(rpc: str, service: str, make: Callable[[], Any]) -> Callable[[RunningGateway], tuple[Any, Any]]:
    """Makes a call with one reply."""

    def call(gateway: RunningGateway) -> tuple[Any, Any]:
        reply, made = getattr(getattr(gateway, service), rpc).with_call(make(), timeout=10)
        return [loads(to_json(reply))], made

    return call


def streamed(rpc: str, service: str, make: Callable[[], Any]) -> Callable[[RunningGateway], tuple[Any, Any]]:
    """Makes a call with a stream."""

    def call(gateway: RunningGateway) -> tuple[Any, Any]:
        made: Any = getattr(getattr(gateway, service), rpc)(make(), timeout=10)
        return [loads(to_json(each)) for each in made], made

    return call


def spoken(gateway: RunningGateway) -> tuple[Any, Any]:
    call: Any = gateway.audio.CreateSpeech(speech(), timeout=10)
    messages = list(call)
    assert messages[0].content_type == "audio/mpeg"
    assert not any(each.content_type for each in messages[1:])
    return b"".join(each.data for each in messages), call


def events(*values: Any) -> Any:
    return answers.stream(answers.events(values, named=True, done=False))


def audio(data: bytes = AUDIO, content_type: str = "audio/mpeg") -> Any:
    return answers.body(data, content_type=content_type)


GENERATE: dict[str, Any] = {"model": "gpt-image-1", "prompt": "fog", "n": 1}
SKETCH = {"model": "m", "prompt": "fog", "svg": {"model": "pen"}}
MADE = [COMPLETED | {"created_at": 1}]
CASES: dict[str, tuple[Any, Any, str, Any, Any, str | None]] = {
    "images": (
        *(whole("CreateImage", "images", lambda: CreateImageRequest(**GENERATE)), answers.json(IMAGES)),
        *(GENERATIONS, GENERATE, [IMAGES], "0.00905"),
    ),
    "images with URLs": (
        whole("CreateImage", "images", lambda: from_object(CreateImageRequest, SKETCH)),
        answers.json({"created": 1, "data": [{"url": "https://a/b", "revised_prompt": "Fog."}, {}]}),
        *(GENERATIONS, SKETCH),
        *([{"created": 1, "data": [{"url": "https://a/b", "revised_prompt": "Fog."}, {}]}], None),
    ),
    "a stream of images": (
        streamed("StreamImage", "images", lambda: CreateImageRequest(**GENERATE, partial_images=1)),
        events(PARTIAL, COMPLETED),
        *(GENERATIONS, GENERATE | {"partial_images": 1, "stream": True}, [PARTIAL, COMPLETED], "0.00905"),
    ),
    "a stream of a whole reply": (
        streamed("StreamImage", "images", lambda: CreateImageRequest(**GENERATE)),
        *(answers.json(IMAGES), GENERATIONS, GENERATE | {"stream": True}, MADE, "0.00905"),
    ),
    "an edit of one image": (
        whole("CreateImageEdit", "images", lambda: edit(png(), mask=png("sky.png"), model="m", prompt="fog", n=1)),
        *(answers.json(IMAGES), EDITS, {"model": ["m"], "prompt": ["fog"], "n": ["1"]}, [IMAGES], None),
    ),
    "a streamed edit of several": (
        streamed("StreamImageEdit", "images", lambda: edit(png(), png("boat.png"), model="m", prompt="fog")),
        *(events(EDITED), EDITS, {"model": ["m"], "prompt": ["fog"], "stream": ["true"]}, [EDITED], None),
    ),
    "an edit by URL": (
        whole("CreateImageEdit", "images", lambda: edit(model="m", prompt="fog", images=[{"image_url": "https://a"}])),
        *(answers.json(IMAGES), EDITS, {"model": "m", "prompt": "fog", "images": [{"image_url": "https://a"}]}),
        *([IMAGES], None),
    ),
    "a variation": (
        whole("CreateImageVariation", "images", lambda: CreateImageVariationRequest(model="m", image=png(), n=2)),
        *(answers.json(IMAGES), VARIATIONS, {"model": ["m"], "n": ["2"]}, [IMAGES], None),
    ),
    "speech": (
        *(spoken, audio(), SPEECH, {"model": "tts-1", "input": "Fog ahead", "voice": "alloy"}, AUDIO, "0.000135"),
    ),
    "speech as events": (
        streamed("StreamSpeech", "audio", lambda: speech(model="gpt-4o-mini-tts", voice={"id": "voice_1"})),
        answers.stream(answers.events(SPOKEN, done=False)),
        SPEECH,
        {"model": "gpt-4o-mini-tts", "input": "Fog ahead", "voice": {"id": "voice_1"}, "stream_format": "sse"},
        *(SPOKEN, "0.0008454"),
    ),
    "a translation": (
        whole("CreateTranslation", "audio", lambda: translation(response_format="verbose_json")),
        answers.json(VERBOSE),
        TRANSLATIONS,
        *({"model": ["whisper-1"], "response_format": ["verbose_json"]}, [VERBOSE], "0.001"),
    ),
    "subtitles of a translation": (
        whole("CreateTranslation", "audio", lambda: translation(response_format="srt")),
        answers.body(b"1\nFog\n", content_type="text/plain"),
        *(TRANSLATIONS, {"model": ["whisper-1"], "response_format": ["srt"]}, [{"text": "1\nFog\n"}], None),
    ),
    "an upload to translate": (
        whole("UploadTranslation", "audio", lambda: upload(translation())),
        *(answers.json({"text": "Fog"}), TRANSLATIONS, {"model": ["whisper-1"]}, [{"text": "Fog"}], None),
    ),
    "a moderation": (
        whole("CreateModeration", "moderations", lambda: from_object(CreateModerationRequest, {"input": ["a", "b"]})),
        *(answers.json(MODERATION), MODERATIONS, {"input": ["a", "b"]}, [MODERATION], None),
    ),
    "a deletion": (
        whole("DeleteModel", "models", lambda: DeleteModelRequest(model=MODEL)),
        answers.json({"id": MODEL, "object": "model", "deleted": True}),
        *(f"/v1/models/{MODEL.replace(':', '%3A')}", None, [{"id": MODEL, "object": "model", "deleted": True}], None),
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_a_call(name: str, upstream: StandIn, gateway: RunningGateway) -> None:
    call, answer, path, sent, expected, cost = CASES[name]
    upstream.clear_queue()
    upstream.enqueue(answer)
    before = len(upstream.exchanges)
    found, made = call(gateway)
    (exchange,) = upstream.exchanges[before:]
    request = exchange.request
    assert request.path == path
    if (request.header("content-type") or "").startswith("multipart/"):
        assert form(request)[0] == sent
    else:
        assert (loads(bytes(request.body)) if request.body else None) == sent
    assert found == expected
    assert dict(made.trailing_metadata()).get("openai-grpc-cost") == cost


def test_files_of_an_edit(upstream: StandIn, gateway: RunningGateway) -> None:
    """Each file is a part of its own: one image as `image`, several as `image[]`."""
    upstream.clear_queue()
    upstream.enqueue(answers.json(IMAGES), answers.json(IMAGES))
    before = len(upstream.exchanges)
    gateway.images.CreateImageEdit(edit(png(), mask=png("sky.png"), model="m"), timeout=10)
    gateway.images.CreateImageEdit(edit(png("a.webp"), png("b.jpg"), model="m"), timeout=10)
    bodies = [bytes(each.request.body) for each in upstream.exchanges[before:]]
    assert b'name="image"; filename="pier.png"\r\nContent-Type: image/png\r\n\r\n' + PNG in bodies[0]
    assert b'name="mask"; filename="sky.png"\r\nContent-Type: image/png\r\n\r\n' + PNG in bodies[0]
    assert b'name="image[]"; filename="a.webp"\r\nContent-Type: image/webp\r\n\r\n' + PNG in bodies[1]
    assert b'name="image[]"; filename="b.jpg"\r\nContent-Type: image/jpeg\r\n\r\n' + PNG in bodies[1]


def test_speech_of_a_server_that_knows_no_events(upstream: StandIn, gateway: RunningGateway) -> None:
    upstream.clear_queue()
    upstream.enqueue(audio())
    *deltas, done = gateway.audio.StreamSpeech(speech(), timeout=10)
    assert b"".join(each.speech_audio_delta.audio for each in deltas) == AUDIO
    assert done.WhichOneof("kind") == "speech_audio_done"


STATUS = grpc.StatusCode
FAILURES: dict[str, tuple[Any, Any, grpc.StatusCode, str, int]] = {
    "images that upstream refuses": (
        lambda gateway: gateway.images.CreateImage(CreateImageRequest(model="m"), timeout=10),
        *(answers.json(FAILURE, status=400), STATUS.INVALID_ARGUMENT, "No fog here.", 1),
    ),
    "an error instead of images": (
        lambda gateway: list(gateway.images.StreamImage(CreateImageRequest(model="m"), timeout=10)),
        *(answers.json(FAILURE), STATUS.INVALID_ARGUMENT, "No fog here.", 1),
    ),
    "an error in a stream": (
        lambda gateway: list(gateway.images.StreamImage(CreateImageRequest(model="m"), timeout=10)),
        *(events(PARTIAL, {"type": "error", **FAILURE}), STATUS.INVALID_ARGUMENT, "No fog here.", 1),
    ),
    "a stream that ends before the image": (
        lambda gateway: list(gateway.images.StreamImage(CreateImageRequest(model="m"), timeout=10)),
        *(events(PARTIAL), STATUS.INTERNAL, "before its end marker", 1),
    ),
    "one image of two": (
        lambda gateway: list(gateway.images.StreamImage(CreateImageRequest(model="m", n=2), timeout=10)),
        *(events(COMPLETED), STATUS.INTERNAL, "before its end marker", 1),
    ),
    "no images": (
        lambda gateway: gateway.images.CreateImage(CreateImageRequest(model="m"), timeout=10),
        *(answers.json({"created": 1}), STATUS.INTERNAL, "", 1),
    ),
    "an image without a name": (
        lambda gateway: gateway.images.CreateImageEdit(edit(UploadFile(data=PNG), model="m"), timeout=10),
        *(answers.json(IMAGES), STATUS.INVALID_ARGUMENT, "image.filename", 0),
    ),
    "an error instead of speech": (
        lambda gateway: list(gateway.audio.CreateSpeech(speech(), timeout=10)),
        *(answers.json(FAILURE), STATUS.INVALID_ARGUMENT, "No fog here.", 1),
    ),
    "a page instead of speech": (
        lambda gateway: list(gateway.audio.CreateSpeech(speech(), timeout=10)),
        *(answers.body(b"<html>busy", content_type="text/html"), STATUS.INTERNAL, "instead of audio", 1),
    ),
    "no audio": (
        lambda gateway: list(gateway.audio.CreateSpeech(speech(), timeout=10)),
        *(audio(b""), STATUS.INTERNAL, "without audio", 1),
    ),
    "speech that is cut": (
        lambda gateway: list(gateway.audio.CreateSpeech(speech(), timeout=10)),
        *(
            answers.raw(b"HTTP/1.1 200 OK\r\ncontent-type: audio/mpeg\r\ncontent-length: 99\r\n\r\nID3"),
            STATUS.INTERNAL,
        ),
        *("lost", 1),
    ),
    "events that are cut": (
        lambda gateway: list(gateway.audio.StreamSpeech(speech(), timeout=10)),
        *(events(*SPOKEN[:2]), STATUS.INTERNAL, "before its end marker", 1),
    ),
    "events of the RPC for bytes": (
        lambda gateway: list(gateway.audio.CreateSpeech(speech(stream_format="sse"), timeout=10)),
        *(audio(), STATUS.INVALID_ARGUMENT, "call StreamSpeech", 0),
    ),
    "a model that is unknown": (
        lambda gateway: gateway.models.DeleteModel(DeleteModelRequest(model="none"), timeout=10),
        *(answers.json({"error": {"message": "no model none"}}, status=404), STATUS.NOT_FOUND, "no model none", 1),
    ),
}


@pytest.mark.parametrize("name", FAILURES)
def test_a_failure(name: str, upstream: StandIn, gateway: RunningGateway) -> None:
    call, answer, code, text, requests = FAILURES[name]
    upstream.clear_queue()
    upstream.enqueue(answer)
    before = len(upstream.exchanges)
    failure = failure_of(lambda: call(gateway))
    assert failure.code is code
    assert text in failure.message
    assert len(upstream.exchanges) - before == requests


def test_what_a_local_model_can_not_do(upstream: StandIn) -> None:
    upstream.clear_queue()
    upstream.enqueue(answers.json({"error": {"message": "File Not Found", "code": 404}}, status=404))
    with running_gateway(deployment(upstream.url, local=True, name="tiny")) as gateway:
        failure = failure_of(lambda: gateway.images.CreateImage(CreateImageRequest(model="m"), timeout=10))
    assert failure.message == (
        "The local model tiny does not serve POST /images/generations: "
        "set OPENAI_API_KEY, or configure an upstream that does"
    )


def test_keys(upstream: StandIn) -> None:
    """Models and tokens count for a key; a model of the operator's is deleted only by a key that names the RPC."""
    names = ("painter", "keeper", "counter")
    metadata = {name: (("authorization", f"Bearer sk-8Fv3Kq0{name}Zw1Xb6Rt"),) for name in names}
    rights: dict[str, dict[str, Any]] = {
        "painter": {"models": ("gpt-image-*",)},
        "keeper": {"rpcs": ("DeleteModel", "List*")},
        "counter": {"tpm": 900},
    }
    keys = tuple(
        KeySettings(name=name, key=Secret(metadata[name][0][1].removeprefix("Bearer ")), **rights[name])
        for name in names
    )
    general = GeneralSettings(sealing_key=Secret("Wf4Yp9Ts2Gd7Xk1Nb6Vm"), keys=keys)
    upstream.clear_queue()
    with running_gateway(deployment(upstream.url), general=general) as gateway:

        def reason(rpc: Any, request: Any, name: str) -> str:
            def call() -> None:
                made = rpc(request, metadata=metadata[name], timeout=10)
                if not hasattr(made, "DESCRIPTOR"):
                    list(made)

            return failure_of(call).reason

        images, audio_, models = gateway.images.CreateImage, gateway.audio.CreateSpeech, gateway.models.DeleteModel
        assert reason(images, CreateImageRequest(model="dall-e-3"), "painter") == "MODEL_NOT_ALLOWED"
        assert (
            reason(images, from_object(CreateImageRequest, {"svg": {"model": "m"}}), "painter") == "MODEL_NOT_ALLOWED"
        )
        assert reason(models, DeleteModelRequest(model="gpt-image-1"), "painter") == "RPC_NOT_ALLOWED"
        assert reason(images, CreateImageRequest(model="gpt-image-1"), "keeper") == "RPC_NOT_ALLOWED"
        upstream.enqueue(answers.json({"id": MODEL, "object": "model", "deleted": True}))
        assert models(DeleteModelRequest(model=MODEL), metadata=metadata["keeper"], timeout=10).deleted
        upstream.enqueue(audio())
        list(audio_(speech(), metadata=metadata["counter"], timeout=10))  # 384,003 bytes, 960 tokens
        assert reason(audio_, speech(), "counter") == "KEY_LIMIT_EXCEEDED"


def test_by_http(upstream: StandIn) -> None:
    """The HTTP port sends speech as it is, with its type, and says so when it breaks off."""
    upstream.clear_queue()
    upstream.enqueue(audio(content_type="audio/ogg"), events(*SPOKEN))
    body = dumps({"model": "tts-1", "input": "Fog", "voice": "alloy"})
    with running_door(deployment(upstream.url)) as gateway, httpx2.Client(base_url=f"{gateway.url}/") as client:
        reply = client.post("audio/speech", content=body)
        assert (reply.headers["content-type"], reply.content) == ("audio/ogg", AUDIO)
        reply = client.post("audio/speech", content=body[:-1] + b',"stream_format":"sse"}')
        assert reply.headers["content-type"].startswith("text/event-stream")
        assert reply.text.count("speech.audio.delta") == 4  # named, and typed
        upstream.enqueue(answers.raw(CUT))
        with pytest.raises(httpx2.RemoteProtocolError):
            client.post("audio/speech", content=body)
        many = [("image", ("a.png", PNG, "image/png"))] * 2
        assert client.post("images/variations", data={"model": "m"}, files=many).status_code == 400

"""OpenAI's REST for transcriptions on loopback, with Whisper tiny.en."""

import asyncio
import os
import tempfile
from collections.abc import Awaitable, Callable
from typing import Any

import orjson
from aiohttp import web

from openai_grpc_server.local.audio_decoder import AudioError
from openai_grpc_server.local.packages import TRANSCRIPTION_MODEL
from openai_grpc_server.local.parent import Parent
from openai_grpc_server.local.transcriber import Piece, Transcriber, Transcription
from openai_grpc_server.local.transcription_formats import JSON, render, text_of
from openai_grpc_server.local.transcription_request import RequestError, read_form

_TRANSCRIBER = web.AppKey("transcriber", Transcriber)


def serve(parent: Parent, *, threads: int) -> None:
    """Loads the model, reports the port and serves until the process ends.

    Args:
        parent: Hears how loading goes.
        threads: Threads to compute with.
    """
    # Whatever a library would like to look up, the weights are here.
    os.environ["HF_HUB_OFFLINE"] = "1"
    parent.loading(0.5)
    app = application(Transcriber(threads))
    asyncio.run(_serve(app, parent))


def application(transcriber: Transcriber) -> web.Application:
    """The routes of the server."""
    app = web.Application(middlewares=[_errors])
    app[_TRANSCRIBER] = transcriber
    app.router.add_get("/v1/models", _list_models)
    app.router.add_post("/v1/audio/transcriptions", _create_transcription)
    return app


async def _serve(app: web.Application, parent: Parent) -> None:
    # A request that its client has given up must not hold the model.
    runner = web.AppRunner(app, handler_cancellation=True, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    parent.ready(runner.addresses[0][1])
    await asyncio.Event().wait()


@web.middleware
async def _errors(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    try:
        return await handler(request)
    except RequestError as error:
        return _error(error.status, error.message, error.param)
    except AudioError as error:
        return _error(400, str(error), "file")
    except web.HTTPClientError as error:
        return _error(error.status, f"{error.reason}: {request.method} {request.path}", None)


def _error(status: int, message: str, param: str | None) -> web.Response:
    error = {"message": message, "type": "invalid_request_error", "param": param, "code": None}
    return _json({"error": error}, status)


async def _list_models(_request: web.Request) -> web.Response:
    model = {"id": TRANSCRIPTION_MODEL, "object": "model", "created": 0, "owned_by": "local"}
    return _json({"object": "list", "data": [model]})


async def _create_transcription(request: web.Request) -> web.StreamResponse:
    with tempfile.TemporaryFile() as file:
        form = await read_form(request, file)
        transcription = await request.app[_TRANSCRIBER].transcribe(
            file, prompt=form.prompt, temperature=form.temperature, words="word" in form.granularities
        )
    if form.stream:
        return await _stream(request, transcription)
    pieces = [piece async for piece in transcription.pieces]
    media_type, body = render(form.response_format, pieces, transcription.duration, form.granularities)
    return web.Response(body=body, content_type=media_type, charset=None if media_type == JSON else "utf-8")


async def _stream(request: web.Request, transcription: Transcription) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream", "Cache-Control": "no-cache"})
    await response.prepare(request)
    pieces: list[Piece] = []
    async for piece in transcription.pieces:
        text = piece.segment.text if pieces else piece.segment.text.lstrip()
        pieces.append(piece)
        await response.write(_event({"type": "transcript.text.delta", "delta": text}))
    await response.write(_event({"type": "transcript.text.done", "text": text_of(pieces)}))
    await response.write(b"data: [DONE]\n\n")
    await response.write_eof()
    return response


def _event(event: dict[str, Any]) -> bytes:
    return b"data: " + orjson.dumps(event) + b"\n\n"


def _json(body: dict[str, Any], status: int = 200) -> web.Response:
    return web.Response(status=status, body=orjson.dumps(body), content_type=JSON)

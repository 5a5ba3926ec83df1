"""OpenAI's REST API for transcriptions on loopback: Whisper tiny.en, form, formats and server."""

import asyncio
import math
import os
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from typing import Any, BinaryIO

import av
import numpy as np
import orjson
from aiohttp import BodyPartReader, web
from aiohttp.http import HttpProcessingError
from faster_whisper import WhisperModel

from openai_grpc_server.local.engine import TRANSCRIPTION_MODEL, GatewayPipe, transcription_weights

SAMPLE_RATE = 16_000
LONGEST_SECONDS = 3600

# The containers that OpenAI takes. The others of FFmpeg stay off because some (hls, concat) are lists of further files
# and URLs, which FFmpeg would open for whoever uploaded the list.
_FORMATS = "wav,mp3,flac,ogg,mov,matroska,aac,mpeg,mpegts"


class AudioError(ValueError):
    """The file is not decodable audio."""


def decode(file: BinaryIO) -> np.ndarray[Any, np.dtype[np.float32]]:
    """Decodes the first audio stream of a file.

    Args:
        file: Seekable, at its start.

    Returns:
        Mono samples at 16 kHz, between -1 and 1.

    Raises:
        AudioError: There is no audio, or more than an hour of it.
    """
    try:
        container = av.open(file, mode="r", metadata_errors="ignore", options={"format_whitelist": _FORMATS})
    except (av.FFmpegError, ValueError) as error:
        raise AudioError("The audio file could not be decoded or its format is not supported.") from error
    with container:
        if not container.streams.audio:
            raise AudioError("The file has no audio.")
        chunks = _samples(container)
    if not chunks:
        raise AudioError("The audio file is empty.")
    return np.concatenate(chunks)


def _samples(container: Any) -> list[np.ndarray[Any, np.dtype[np.float32]]]:
    resampler = av.AudioResampler(format="flt", layout="mono", rate=SAMPLE_RATE)
    chunks = []
    room = LONGEST_SECONDS * SAMPLE_RATE
    for packet in container.demux(audio=0):
        try:
            frames = packet.decode()
        except av.InvalidDataError:
            # Broken packets, such as tags at the end of an MP3, are skipped as players do.
            continue
        for frame in frames:
            for resampled in resampler.resample(frame):
                chunks.append(resampled.to_ndarray()[0])
                room -= len(chunks[-1])
        if room < 0:
            raise AudioError(f"The audio is longer than {LONGEST_SECONDS} seconds.")
    if chunks:
        chunks.extend(resampled.to_ndarray()[0] for resampled in resampler.resample(None))
    return chunks


@dataclass(frozen=True)
class Word:
    """A spoken word; times in seconds."""

    word: str
    start: float
    end: float


@dataclass(frozen=True)
class Segment:
    """A stretch of speech, with the fields of OpenAI's `TranscriptionSegment`; times in seconds."""

    id: int
    seek: int
    start: float
    end: float
    text: str
    tokens: list[int]
    temperature: float
    avg_logprob: float
    compression_ratio: float
    no_speech_prob: float


@dataclass(frozen=True)
class Piece:
    """A recognized segment; `words` only on request."""

    segment: Segment
    words: list[Word]


@dataclass(frozen=True)
class Transcription:
    """A transcription that runs while its segments are read.

    Attributes:
        duration: Length of the audio in seconds.
        pieces: One a segment, as they are recognised.
    """

    duration: float
    pieces: AsyncIterator[Piece]


class Transcriber:
    """Transcribes one segment at a time, in a thread of its own; concurrent calls take turns.

    Args:
        threads: Threads to compute with.
    """

    def __init__(self, threads: int) -> None:
        self._model = WhisperModel(
            str(transcription_weights()),
            device="cpu",
            compute_type="int8",
            cpu_threads=threads,
            local_files_only=True,
        )
        self._executor = ThreadPoolExecutor(max_workers=1)

    async def transcribe(
        self, file: BinaryIO, *, prompt: str | None, temperature: float | None, words: bool
    ) -> Transcription:
        """Decodes a file and begins to transcribe it.

        Args:
            file: Audio in a container that FFmpeg knows; seekable, at its start.
            prompt: Text that comes before, to guide style and spelling.
            temperature: Of the sampling; by default Whisper's own ladder from 0 upwards.
            words: Whether to find the times of words.

        Raises:
            AudioError: The file is no audio.
        """
        options: dict[str, Any] = {"language": "en", "initial_prompt": prompt, "word_timestamps": words}
        if temperature:
            options["temperature"] = temperature

        def begin() -> tuple[float, Iterator[Any]]:
            samples = decode(file)
            segments, _ = self._model.transcribe(samples, **options)
            return len(samples) / SAMPLE_RATE, iter(segments)

        duration, segments = await asyncio.get_running_loop().run_in_executor(self._executor, begin)
        return Transcription(duration, self._pieces(segments))

    async def _pieces(self, segments: Iterator[Any]) -> AsyncIterator[Piece]:
        loop = asyncio.get_running_loop()
        while found := await loop.run_in_executor(self._executor, next, segments, None):
            yield _piece(found)


def _piece(found: Any) -> Piece:
    segment = Segment(
        id=found.id - 1,  # OpenAI counts from 0
        seek=found.seek,
        start=float(found.start),
        end=float(found.end),
        text=found.text,
        tokens=found.tokens,
        temperature=found.temperature or 0.0,
        avg_logprob=found.avg_logprob,
        compression_ratio=found.compression_ratio,
        no_speech_prob=found.no_speech_prob,
    )
    words = [Word(word.word.strip(), float(word.start), float(word.end)) for word in found.words or ()]
    return Piece(segment, words)


LARGEST_FILE = 256 * 1024 * 1024
_LARGEST_FIELD = 64 * 1024
_CHUNK = 64 * 1024

RESPONSE_FORMATS = ("json", "text", "srt", "verbose_json", "vtt")
_GRANULARITIES = ("segment", "word")
_ENGLISH = ("en", "english")
JSON = "application/json"
TEXT = "text/plain"
_TRANSCRIBER = web.AppKey("transcriber", Transcriber)


class RequestError(Exception):
    """A refused request, with the fields of OpenAI's error object.

    Args:
        message: The problem.
        param: The field at fault, if any.
        status: The HTTP status.
    """

    def __init__(self, message: str, *, param: str | None = None, status: int = 400) -> None:
        super().__init__(message)
        self.message = message
        self.param = param
        self.status = status


@dataclass
class TranscriptionForm:
    """Fields of the form besides the file; any `model` is accepted, as there is only one."""

    response_format: str = "json"
    prompt: str | None = None
    temperature: float | None = None
    granularities: set[str] = field(default_factory=set)
    stream: bool = False


async def read_form(request: web.Request, file: BinaryIO) -> TranscriptionForm:
    """Reads the form; the upload goes to `file` as it arrives and is rewound.

    Raises:
        RequestError: The form is refused.
    """
    if request.content_type != "multipart/form-data":
        raise RequestError("The body must be multipart/form-data.")
    form = TranscriptionForm()
    has_file = False
    try:
        async for part in await request.multipart():
            if not isinstance(part, BodyPartReader):
                raise RequestError("A part of the form is itself multipart.")
            if part.name == "file":
                await _save(part, file)
                has_file = True
            elif part.name:
                _set(form, part.name, await _text(part))
    except (ValueError, HttpProcessingError) as error:
        raise RequestError("The multipart body is malformed.") from error
    if not has_file:
        raise RequestError("The file is missing.", param="file")
    _check(form)
    return form


async def _save(part: BodyPartReader, file: BinaryIO) -> None:
    while chunk := await part.read_chunk(_CHUNK):
        file.write(chunk)
        if file.tell() > LARGEST_FILE:
            raise RequestError(f"The file is larger than {LARGEST_FILE} bytes.", param="file", status=413)
    file.seek(0)


async def _text(part: BodyPartReader) -> str:
    value = bytearray()
    while chunk := await part.read_chunk(_CHUNK):
        value += chunk
        if len(value) > _LARGEST_FIELD:
            raise RequestError("The field is too long.", param=part.name)
    return value.decode()


def _set(form: TranscriptionForm, name: str, value: str) -> None:
    match name:
        case "response_format":
            form.response_format = value
        case "prompt":
            form.prompt = value
        case "temperature":
            form.temperature = _temperature(value)
        case "timestamp_granularities[]" | "timestamp_granularities":
            form.granularities.add(value)
        case "stream":
            form.stream = _boolean(name, value)
        case "language" if value.lower() not in _ENGLISH:
            raise RequestError("The model understands English only.", param=name)
        case _:
            pass


def _temperature(value: str) -> float:
    try:
        temperature = float(value)
    except ValueError:
        temperature = -1
    if not 0 <= temperature <= 1:
        raise RequestError("The temperature must be a number between 0 and 1.", param="temperature")
    return temperature


def _boolean(name: str, value: str) -> bool:
    if value.lower() not in ("true", "false"):
        raise RequestError(f"{name} must be true or false.", param=name)
    return value.lower() == "true"


def _check(form: TranscriptionForm) -> None:
    if form.response_format not in RESPONSE_FORMATS:
        raise RequestError(
            f"The response format must be one of {', '.join(RESPONSE_FORMATS)}.", param="response_format"
        )
    if not form.granularities.issubset(_GRANULARITIES):
        raise RequestError("A granularity must be segment or word.", param="timestamp_granularities")
    if form.granularities and form.response_format != "verbose_json":
        raise RequestError("Timestamps need the response format verbose_json.", param="timestamp_granularities")
    if form.stream and form.response_format != "json":
        raise RequestError("A stream needs the response format json.", param="response_format")


def text_of(pieces: Sequence[Piece]) -> str:
    """The whole text, without space around it."""
    return "".join(piece.segment.text for piece in pieces).strip()


def render(
    response_format: str, pieces: Sequence[Piece], duration: float, granularities: set[str]
) -> tuple[str, bytes]:
    """Writes a transcription.

    Args:
        response_format: json, text, srt, verbose_json or vtt.
        pieces: All of it.
        duration: Length of the audio in seconds.
        granularities: Of verbose_json: segment, word; none means segment.

    Returns:
        The media type and the body.
    """
    match response_format:
        case "text":
            return TEXT, f"{text_of(pieces)}\n".encode()
        case "srt":
            return TEXT, _srt(pieces).encode()
        case "vtt":
            return TEXT, _vtt(pieces).encode()
        case "verbose_json":
            return JSON, orjson.dumps(_verbose(pieces, duration, granularities))
        case _:
            return JSON, orjson.dumps({"text": text_of(pieces), "usage": _usage(duration)})


def _verbose(pieces: Sequence[Piece], duration: float, granularities: set[str]) -> dict[str, Any]:
    verbose: dict[str, Any] = {
        "task": "transcribe",
        "language": "english",
        "duration": duration,
        "text": text_of(pieces),
    }
    if "word" in granularities:
        verbose["words"] = [asdict(word) for piece in pieces for word in piece.words]
    if "segment" in granularities or not granularities:
        verbose["segments"] = [asdict(piece.segment) for piece in pieces]
    verbose["usage"] = _usage(duration)
    return verbose


def _usage(duration: float) -> dict[str, Any]:
    return {"type": "duration", "seconds": math.ceil(duration)}


def _srt(pieces: Sequence[Piece]) -> str:
    cues = (
        f"{number}\n{_span(piece, ',')}\n{piece.segment.text.strip()}\n\n" for number, piece in enumerate(pieces, 1)
    )
    return "".join(cues)


def _vtt(pieces: Sequence[Piece]) -> str:
    cues = (f"{_span(piece, '.')}\n{piece.segment.text.strip()}\n\n" for piece in pieces)
    return "WEBVTT\n\n" + "".join(cues)


def _span(piece: Piece, separator: str) -> str:
    return f"{_clock(piece.segment.start, separator)} --> {_clock(piece.segment.end, separator)}"


def _clock(seconds: float, separator: str) -> str:
    milliseconds = round(seconds * 1000)
    minutes, milliseconds = divmod(milliseconds, 60_000)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{milliseconds // 1000:02}{separator}{milliseconds % 1000:03}"


def serve(parent: GatewayPipe, *, threads: int) -> None:
    """Loads the model, reports the port and serves until the process ends.

    Args:
        parent: Receives the progress of loading.
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


async def _serve(app: web.Application, parent: GatewayPipe) -> None:
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

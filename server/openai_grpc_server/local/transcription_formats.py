"""A finished transcription in OpenAI's response formats."""

import math
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import orjson

from openai_grpc_server.local.transcriber import Piece

JSON = "application/json"
TEXT = "text/plain"


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

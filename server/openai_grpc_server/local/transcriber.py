"""Whisper tiny.en on this machine's processor."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, BinaryIO

from faster_whisper import WhisperModel

from openai_grpc_server.local.audio_decoder import SAMPLE_RATE, decode
from openai_grpc_server.local.packages import transcription_weights


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
    """What is known when a segment is done; `words` only when asked for."""

    segment: Segment
    words: list[Word]


@dataclass(frozen=True)
class Transcription:
    """A transcription that runs while its pieces are read.

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

"""Speech recognition: decodes an audio file and transcribes it with Whisper tiny.en."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, BinaryIO

import av
import numpy as np
from faster_whisper import WhisperModel

from openai_grpc_server.local.engine import transcription_weights

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

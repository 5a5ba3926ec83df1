"""An uploaded audio file to the samples that Whisper takes."""

from typing import Any, BinaryIO

import av
import numpy as np

SAMPLE_RATE = 16_000
LONGEST_SECONDS = 3600

# The containers that OpenAI takes. The others of FFmpeg stay off because some (hls, concat) are lists of further files
# and URLs, which FFmpeg would open for whoever uploaded the list.
_FORMATS = "wav,mp3,flac,ogg,mov,matroska,aac,mpeg,mpegts"


class AudioError(ValueError):
    """The file is no audio that can be decoded."""


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

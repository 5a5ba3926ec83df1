"""`openai-grpc transcribe`."""

import argparse
import sys
from pathlib import Path
from typing import TextIO

from openai_grpc.cli import _connection, _output
from openai_grpc.client import Client
from openai_grpc.client._text import transcription, transcription_piece
from openai_grpc.client.params import UploadTranscriptionParams

JSON_FORMATS = {"json", "verbose_json", "diarized_json"}
FORMATS = ["json", "text", "srt", "vtt", "verbose_json", "diarized_json"]
BAR_WIDTH = 30  # characters

EPILOG = """\
examples:
  openai-grpc transcribe talk.mp3
  openai-grpc transcribe talk.mp3 --format srt > talk.srt
  openai-grpc transcribe talk.mp3 --stream -m gpt-4o-transcribe
  openai-grpc transcribe talk.mp3 --format verbose_json | jq '.segments[].text'

The file is sent while it is read, whatever its size; on a terminal a bar shows how far it is.
"""


class Transcribe:
    """Turns a recording into text."""

    name = "transcribe"
    help = "Turn a recording into text."

    def configure(self, parser: argparse.ArgumentParser) -> None:
        """Adds the command's arguments."""
        parser.epilog = EPILOG
        parser.add_argument("file", type=Path, metavar="FILE", help="flac, mp3, mp4, mpeg, mpga, m4a, ogg, wav or webm")
        parser.add_argument("-m", "--model", help="the model (default: whisper-1; with --stream gpt-4o-transcribe)")
        parser.add_argument("--format", choices=FORMATS, help="what is printed (default: the text)")
        parser.add_argument("--language", metavar="CODE", help="the language spoken, such as en")
        parser.add_argument("--prompt", metavar="TEXT", help="words to expect, or the text that came before")
        parser.add_argument("--stream", action="store_true", help="print the text as it is found")
        _connection.add_arguments(parser)

    def run(self, args: argparse.Namespace) -> int:
        """Prints the transcript."""
        progress = Progress(sys.stderr, args.file.name)
        params = UploadTranscriptionParams(
            model=args.model,
            response_format=args.format,
            language=args.language,
            prompt=args.prompt,
            timeout=args.timeout,
            on_progress=progress.report,
        )
        with _connection.connect(args) as client:
            try:
                self._print(client, transcription(args.file, params, streams=args.stream), args)
            finally:
                progress.end()
        return 0

    def _print(self, client: Client, params: UploadTranscriptionParams, args: argparse.Namespace) -> None:
        if args.stream:
            args.json = args.show_reasoning = False
            with client.audio.transcriptions.stream(**params) as events:
                _output.print_stream(events, transcription_piece, lambda _: "", args)
            return
        reply = client.audio.transcriptions.upload(**params)
        if args.format in JSON_FORMATS:
            _output.print_message(reply)
        else:
            _output.print_text(reply.text)


class Progress:
    """A bar of how much of a file was sent; nothing where nobody is there to see it.

    Args:
        out: Where it is written.
        name: What is sent.
    """

    def __init__(self, out: TextIO, name: str) -> None:
        self._out = out if out.isatty() else None
        self._name = name

    def report(self, sent: int, size: int | None) -> None:
        """Shows that `sent` of `size` bytes were sent."""
        if self._out is None:
            return
        if size:
            share = min(sent / size, 1.0)
            bar = "#" * round(share * BAR_WIDTH)
            self._out.write(f"\r{self._name} [{bar:<{BAR_WIDTH}}] {share:4.0%} of {size / 1e6:.1f} MB")
        else:
            self._out.write(f"\r{self._name} {sent / 1e6:.1f} MB")
        self._out.flush()
        if size and sent >= size:
            self.end()

    def end(self) -> None:
        """Takes the bar away."""
        if self._out is not None:
            self._out.write("\r\x1b[K")
            self._out.flush()


COMMAND = Transcribe()

"""`openai-grpc transcribe`."""

import argparse
import io
import re
import sys
from pathlib import Path
from typing import Any

from openai_grpc.cli import _connection, _output
from openai_grpc.cli._arguments import UsageError
from openai_grpc.client import Client
from openai_grpc.client._files import File
from openai_grpc.client._text import transcription, transcription_piece
from openai_grpc.client.params import UploadTranscriptionParams

JSON_FORMATS = {"json", "verbose_json", "diarized_json"}
FORMATS = ["json", "text", "srt", "vtt", "verbose_json", "diarized_json"]
HEAD_BYTES = 16
CHUNK_BYTES = 64 * 1024
# The first bytes of each format.
MAGIC = [
    (re.compile(rb"RIFF"), "wav"),
    (re.compile(rb"ID3|\xff[\xe2-\xff]"), "mp3"),
    (re.compile(rb"fLaC"), "flac"),
    (re.compile(rb"OggS"), "ogg"),
    (re.compile(rb"\x1a\x45\xdf\xa3"), "webm"),
    (re.compile(rb"....ftyp", re.DOTALL), "m4a"),
]

EPILOG = """\
examples:
  openai-grpc transcribe talk.mp3
  openai-grpc transcribe talk.mp3 --format srt > talk.srt
  openai-grpc transcribe talk.mp3 --stream -m gpt-4o-transcribe
  openai-grpc transcribe talk.mp3 --format verbose_json | jq '.segments[].text'
  arecord -d 5 -f cd | openai-grpc transcribe -

The file is sent while it is read, whatever its size; on a terminal a bar shows progress.
"""


class Transcribe:
    """Turns speech into text."""

    name = "transcribe"
    help = "Turn speech into text."

    def configure(self, parser: argparse.ArgumentParser) -> None:
        """Adds the command's arguments."""
        parser.epilog = EPILOG
        parser.add_argument(
            "file", metavar="FILE", help="flac, mp3, mp4, mpeg, mpga, m4a, ogg, wav or webm; - reads standard input"
        )
        parser.add_argument("-m", "--model", help="model (default: whisper-1; with --stream gpt-4o-transcribe)")
        parser.add_argument("--format", choices=FORMATS, help="output format (default: the text)")
        parser.add_argument("--language", metavar="CODE", help="language of the recording, such as en")
        parser.add_argument("--prompt", metavar="TEXT", help="words to expect, or the text before the recording")
        parser.add_argument("--stream", action="store_true", help="print the text as it comes")
        parser.add_argument(
            "--name",
            metavar="NAME",
            help="file name for the upstream, which reads the format off it (default: the file's; of standard input "
            "by its first bytes)",
        )
        _connection.add_arguments(parser)

    def run(self, args: argparse.Namespace) -> int:
        """Prints the transcript."""
        name, content = _opened(args.file, args.name)
        progress = _output.Progress(sys.stderr, name)
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
                self._print(client, transcription(content, params, streams=args.stream), args)
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


def _opened(file: str, name: str | None) -> tuple[str, File]:
    """Returns the name and content of a recording, from a file or standard input.

    Raises:
        UsageError: Standard input is empty, or of an unknown format.
    """
    if file != _output.STDIN:
        path = Path(file)
        return (name or path.name), (name, path.open("rb")) if name else path
    stream: Any = sys.stdin.buffer
    head = stream.peek(HEAD_BYTES) if isinstance(stream, io.BufferedReader) else b""
    if not head:
        raise UsageError("no recording on standard input: pipe one in, or name a file")
    if name is None:
        kind = next((kind for pattern, kind in MAGIC if pattern.match(head)), None)
        if kind is None:
            raise UsageError("unknown format on standard input: give a file name with --name, such as --name talk.mp3")
        name = f"audio.{kind}"
    return name, (name, iter(lambda: stream.read1(CHUNK_BYTES), b""))


COMMAND = Transcribe()

"""`openai-grpc speak`."""

import argparse
import sys
from typing import Any

from openai_grpc.cli import _connection, _output
from openai_grpc.cli._arguments import UsageError
from openai_grpc.client._files import to_write

FORMATS = ("mp3", "opus", "aac", "flac", "wav", "pcm")

EPILOG = """\
examples:
  openai-grpc speak "All ships keep clear." -o fog.mp3
  openai-grpc speak "All ships keep clear." --voice cedar --format wav | aplay
  openai-grpc speak - -o talk.mp3 < talk.txt
"""


class Speak:
    """Turns text into speech."""

    name = "speak"
    help = "Turn text into speech."

    def configure(self, parser: argparse.ArgumentParser) -> None:
        """Adds the command's arguments."""
        parser.epilog = EPILOG
        parser.add_argument("text", metavar="TEXT", help="text to speak, quoted; - reads standard input")
        parser.add_argument("-m", "--model", default="tts-1", help="model (default: tts-1)")
        parser.add_argument("-o", "--output", metavar="FILE", help="file (default: standard output)")
        parser.add_argument("--voice", default="alloy", metavar="NAME", help="voice (default: alloy)")
        parser.add_argument("--format", help=f"format: {', '.join(FORMATS)} (default: the file's extension, or mp3)")
        parser.add_argument("--speed", type=float, metavar="X", help="speed, 0.25 to 4")
        parser.add_argument("--instructions", metavar="TEXT", help="how to speak, in words")
        _connection.add_arguments(parser)

    def run(self, args: argparse.Namespace) -> int:
        """Writes the audio as it arrives."""
        if args.output is None and sys.stdout.isatty():
            raise UsageError("audio is not for a terminal: name a file with -o FILE, or pipe it")
        extension = (args.output or "").rpartition(".")[2].lower()
        chosen: Any = args.format or (extension if extension in FORMATS else None)
        text = sys.stdin.read() if args.text == _output.STDIN else args.text
        with (
            _connection.connect(args) as client,
            client.audio.speech.create(
                input=text,
                model=args.model,
                voice=args.voice,
                response_format=chosen,
                speed=args.speed,
                instructions=args.instructions,
                timeout=args.timeout,
            ) as audio,
        ):
            if args.output is not None:
                first = next(audio, None)  # a call that fails leaves the file as it is
                with to_write(args.output) as file:
                    file.write(b"" if first is None else first.data)
                    file.writelines(chunk.data for chunk in audio)
                return 0
            for chunk in audio:
                sys.stdout.buffer.write(chunk.data)
                sys.stdout.flush()
        return 0


COMMAND = Speak()

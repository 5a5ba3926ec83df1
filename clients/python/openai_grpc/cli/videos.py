"""`openai-grpc videos`."""

import argparse
import sys

from openai_grpc.cli import _connection, _output
from openai_grpc.cli._arguments import UsageError
from openai_grpc.client._files import to_write
from openai_grpc.v1 import Video

EPILOG = """\
examples:
  openai-grpc videos create "Fog over the pier" -m wan --seconds 8
  openai-grpc videos get video_123
  openai-grpc videos content video_123 -o pier.mp4
  openai-grpc videos delete video_123
"""
ACTIONS = ["create", "get", "content", "delete"]


class Videos:
    """Creates, gets, downloads or deletes a video."""

    name = "videos"
    help = "Create, get, download or delete videos."

    def configure(self, parser: argparse.ArgumentParser) -> None:
        """Adds the command's arguments."""
        parser.epilog = EPILOG
        parser.add_argument("action", choices=ACTIONS, metavar="ACTION", help="create, get, content or delete")
        parser.add_argument("subject", metavar="ID|PROMPT", help="id of the video; of create: its description, quoted")
        parser.add_argument("-m", "--model", help="model (default: the gateway's only one)")
        parser.add_argument("-o", "--output", metavar="FILE", help="file of content (default: standard output)")
        parser.add_argument("--seconds", metavar="N", help="length of the video, in seconds")
        parser.add_argument("--size", metavar="WxH", help="width and height in pixels")
        parser.add_argument("--image", metavar="FILE", help="image that the video begins with")
        parser.add_argument("--json", action="store_true", help="print OpenAI's JSON")
        _connection.add_arguments(parser)

    def run(self, args: argparse.Namespace) -> int:
        """Prints the id and the state of the video, or writes its bytes."""
        if args.action == "content" and args.output is None and sys.stdout.isatty():
            raise UsageError("a video is not for a terminal: name a file with -o FILE, or pipe it")
        with _connection.connect(args) as client:
            match args.action:
                case "create":
                    made = client.videos.create(
                        prompt=args.subject,
                        model=args.model,
                        seconds=args.seconds,
                        size=args.size,
                        input_reference=args.image,
                        timeout=args.timeout,
                    )
                    _output.print_message(made) if args.json else _output.print_text(_told(made))
                case "get":
                    made = client.videos.retrieve(args.subject, timeout=args.timeout)
                    _output.print_message(made) if args.json else _output.print_text(_told(made))
                case "delete":
                    deleted = client.videos.delete(args.subject, timeout=args.timeout)
                    _output.print_message(deleted) if args.json else _output.print_text(f"{deleted.id} deleted")
                case _:
                    with client.videos.download_content(args.subject, timeout=args.timeout) as content:
                        if args.output is not None:
                            first = next(content, None)  # a call that fails leaves the file as it is
                            with to_write(args.output) as file:
                                file.write(b"" if first is None else first.data)
                                file.writelines(chunk.data for chunk in content)
                            return 0
                        for chunk in content:
                            sys.stdout.buffer.write(chunk.data)
                            sys.stdout.flush()
        return 0


def _told(video: Video) -> str:
    """Returns a line about a video: its id, its state, and how far it is."""
    progress = f" {video.progress}%" if video.HasField("progress") else ""
    failure = f": {video.error.message}" if video.HasField("error") else ""
    return f"{video.id} {video.status}{progress}{failure}"


COMMAND = Videos()

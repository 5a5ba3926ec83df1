"""`openai-grpc watch`."""

import argparse
import sys
from typing import Any

from openai_grpc.cli import _connection, _output

EPILOG = """\
examples:
  openai-grpc watch resp_123
  openai-grpc watch batch_123
  openai-grpc watch video_123
"""
BATCH, VIDEO = "batch", "video"
WIDTH = 24  # characters of the bar


class Watch:
    """Watches a background response, a batch or a video until it is done."""

    name = "watch"
    help = "Watch a background response, a batch or a video until it is done."

    def configure(self, parser: argparse.ArgumentParser) -> None:
        """Adds the command's arguments."""
        parser.epilog = EPILOG
        parser.add_argument("id", metavar="ID", help="id of the response, the batch or the video")
        parser.add_argument("--json", action="store_true", help="print OpenAI's JSON, one line for each change")
        _connection.add_arguments(parser)

    def run(self, args: argparse.Namespace) -> int:
        """Prints each change: on a terminal in one line, elsewhere a line for each."""
        moves = sys.stdout.isatty() and not args.json
        status = ""
        with _connection.connect(args) as client:
            jobs: Any = client.responses
            if args.id.startswith((BATCH, VIDEO)):
                jobs = client.batches if args.id.startswith(BATCH) else client.videos
            try:
                with jobs.watch(args.id, timeout=args.timeout) as states:
                    for state in states:
                        status = state.status
                        if args.json:
                            _output.print_message(state)
                        elif moves:
                            sys.stdout.write(f"\r\x1b[K{told(state)}")
                            sys.stdout.flush()
                        else:
                            _output.print_text(told(state))
            finally:
                if moves and status:
                    _output.print_text("")
        return 1 if status in {"failed", "expired"} else 0


def told(state: Any) -> str:
    """Returns the line of a state, with a bar where its progress is known."""
    match state.DESCRIPTOR.name:
        case "Response":
            count = len(state.output)
            return f"{state.status}  {count} output item{'' if count == 1 else 's'}"
        case "Video":
            return f"{state.status}  {bar(state.progress, 100)} {state.progress} %"
    counts = state.request_counts
    if not counts.total:
        return str(state.status)
    over = min(counts.completed + counts.failed, counts.total)
    failed = f", {counts.failed} failed" if counts.failed else ""
    return f"{state.status}  {bar(over, counts.total)} {over} of {counts.total}{failed}"


def bar(done: float, total: float) -> str:
    """Returns a bar that is as full as a part of a total."""
    full = min(max(int(WIDTH * done / total), 0), WIDTH)
    return f"[{'#' * full}{'.' * (WIDTH - full)}]"


COMMAND = Watch()

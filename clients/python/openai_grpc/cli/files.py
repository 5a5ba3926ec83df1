"""`openai-grpc files`."""

import argparse
import sys
from hashlib import sha256
from itertools import chain
from pathlib import Path
from typing import Any

from grpc import StatusCode

from openai_grpc.cli import _connection, _output
from openai_grpc.cli._arguments import UsageError
from openai_grpc.client.errors import BadRequestError, ChecksumError
from openai_grpc.v1 import FileObject

EPILOG = """\
examples:
  openai-grpc files upload log.pdf
  openai-grpc files upload tides.jsonl --purpose batch
  openai-grpc files list --purpose batch
  openai-grpc files download file-123 -o log.pdf
  openai-grpc files get file-123
  openai-grpc files delete file-123
"""
ACTIONS = ["upload", "download", "list", "get", "delete"]
MEBIBYTE = 1024 * 1024


class Files:
    """Uploads, downloads, lists, gets or deletes a file."""

    name = "files"
    help = "Upload, download, list, get or delete files."

    def configure(self, parser: argparse.ArgumentParser) -> None:
        """Adds the command's arguments."""
        parser.epilog = EPILOG
        parser.add_argument("action", choices=ACTIONS, metavar="ACTION", help=f"{', '.join(ACTIONS[:-1])} or delete")
        parser.add_argument("subject", nargs="?", metavar="ID|PATH", help="id of the file; of upload: its path")
        parser.add_argument("--purpose", help="use of the file (default of upload: user_data); of list: only these")
        parser.add_argument(
            "-o",
            "--output",
            metavar="FILE",
            help="file of download (default: its name here); one that broke off is continued; - writes standard output",
        )
        parser.add_argument(
            "--part-size",
            type=int,
            default=64,
            metavar="MIB",
            help="a larger file goes in parts of this size, 4 at once (default: 64)",
        )
        parser.add_argument("--json", action="store_true", help="print OpenAI's JSON; of list, one line for each file")
        _connection.add_arguments(parser)

    def run(self, args: argparse.Namespace) -> int:
        """Prints the id of the file, facts about it, or where it is."""
        if (args.subject is None) != (args.action == "list"):
            told = "list takes no ID" if args.subject else f"{args.action} needs an ID or a path"
            raise UsageError(f"{told}: openai-grpc files --help")
        with _connection.connect(args) as client:
            match args.action:
                case "upload":
                    made = _upload(client, args)
                    _output.print_message(made) if args.json else _output.print_text(made.id)
                case "download":
                    _download(client, args)
                case "list":
                    for file in client.files.list(purpose=args.purpose, timeout=args.timeout):
                        _output.print_message(file) if args.json else _output.print_text(_told(file))
                case "get":
                    kept = client.files.retrieve(args.subject, timeout=args.timeout)
                    _output.print_message(kept) if args.json else _output.print_text(_told(kept))
                case _:
                    deleted = client.files.delete(args.subject, timeout=args.timeout)
                    _output.print_message(deleted) if args.json else _output.print_text(f"{deleted.id} deleted")
        return 0


def _upload(client: Any, args: argparse.Namespace) -> FileObject:
    """Uploads a file, a large one in parts."""
    path, size = Path(args.subject), args.part_size * MEBIBYTE
    purpose = args.purpose or "user_data"
    progress = _output.Progress(sys.stderr, path.name)
    made: FileObject
    try:
        if path.stat().st_size <= size:
            made = client.files.upload(file=path, purpose=purpose, on_progress=progress.report, timeout=args.timeout)
        else:
            upload = client.uploads.upload(
                path, purpose=purpose, part_size=size, progress=progress.report, timeout=args.timeout
            )
            made = upload.file
    finally:
        progress.end()
    return made


def _download(client: Any, args: argparse.Namespace) -> None:
    """Downloads a file, whose checksum is compared; what is there of it already is not asked for again."""
    if args.output == _output.STDIN:
        with client.files.content(args.subject, timeout=args.timeout) as content:
            content.write_to_file(sys.stdout.buffer)
        return
    path = Path(args.output) if args.output else Path(Path(client.files.retrieve(args.subject).filename).name)
    if not path.name or path.is_dir():
        raise UsageError(f"{str(path)!r} can't be a file: name one with -o FILE")
    # Named after the file's id, too: what is there of one file is never taken for the beginning of another.
    part = path.with_name(f"{path.name}.{sha256(args.subject.encode()).hexdigest()[:8]}.part")
    offset = part.stat().st_size if part.exists() else 0
    with client.files.content(args.subject, offset=offset or None, timeout=args.timeout) as content:
        try:
            first = next(content, None)  # a call that fails leaves no file
        except BadRequestError as error:
            if error.status is not StatusCode.OUT_OF_RANGE:
                raise
            raise OSError(f"{part} has more bytes than the file: remove it, and try again") from error
        progress = _output.Progress(sys.stderr, path.name)
        size = first.size if first is not None and first.HasField("size") else None
        with part.open("ab") as opened:
            try:
                for chunk in chain([] if first is None else [first], content):
                    opened.write(chunk.data)
                    progress.report(opened.tell(), size)
            except ChecksumError:
                opened.truncate(offset)
                raise
            finally:
                progress.end()
    part.replace(path)
    _output.print_text(str(path))


def _told(file: FileObject) -> str:
    """Returns a line about a file: its id, its size, its use and its name."""
    return f"{file.id}  {file.bytes}  {file.purpose}  {file.filename}"


COMMAND = Files()

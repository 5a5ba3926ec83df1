"""`openai-grpc call`."""

import argparse
import mimetypes
import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import grpc

from openai_grpc.cli import _connection, _output
from openai_grpc.cli._arguments import UsageError, closest
from openai_grpc.client import Client
from openai_grpc.client._channel import DEFAULT_TIMEOUT
from openai_grpc.client._failure import api_error
from openai_grpc.client._text import is_notice
from openai_grpc.codec import to_json
from openai_grpc.rest import (
    HttpError,
    Match,
    Operation,
    Prepared,
    Route,
    file_field,
    http_error,
    reply_headers,
    routes,
)
from openai_grpc.rest._operations import FILE, Framing
from openai_grpc.v1.common_pb2 import UploadFile

CHUNK_BYTES = 64 * 1024
METHODS = {"GET", "POST", "DELETE", "PUT", "PATCH"}
EPILOG = """\
OPERATION is a method and a path of OpenAI's REST API, the name of a method of OpenAI's client, or the name of an RPC;
--list prints all of them.

examples:
  openai-grpc call POST /v1/chat/completions -d '{"messages": [{"role": "user", "content": "hi"}]}'
  openai-grpc call chat.completions.create -d @request.json
  openai-grpc call responses.create -d '{"model": "gpt-4o-mini", "input": "hi", "stream": true}'
  openai-grpc call responses.retrieve -d '{"response_id": "resp_123"}'
  openai-grpc call GET '/v1/chat/completions?limit=2&order=desc' | jq '.data[].id'
  openai-grpc call audio.transcriptions.create -F model=whisper-1 -F file=@talk.mp3
  openai-grpc call images.edit -F prompt="at night" -F image=@street.png -F mask=@sky.png
  openai-grpc call audio.speech.create -d '{"model": "tts-1", "voice": "alloy", "input": "hi"}' > hi.mp3
  openai-grpc call ListModels -i

The request and the reply are OpenAI's JSON; a stream is one line for each event, or bytes as they are. Of a failure the
JSON goes to standard output, a sentence about it to standard error.
"""


class Call:
    """Calls an RPC with OpenAI's JSON."""

    name = "call"
    help = "Call any operation with OpenAI's JSON: curl for gRPC."

    def configure(self, parser: argparse.ArgumentParser) -> None:
        """Adds the command's arguments."""
        parser.epilog = EPILOG
        parser.add_argument("operation", nargs="*", metavar="OPERATION", help="what to call")
        parser.add_argument("-d", "--data", metavar="JSON", help="the request; @FILE or - reads it")
        parser.add_argument(
            "-F",
            "--form",
            action="append",
            default=[],
            metavar="NAME=VALUE",
            help="a field of the request, as in a form; NAME=@FILE sends a file; repeatable",
        )
        parser.add_argument(
            "-H", "--header", action="append", default=[], metavar="'NAME: VALUE'", help="metadata to send; repeatable"
        )
        parser.add_argument("-i", "--include", action="store_true", help="print the metadata of the reply first")
        parser.add_argument("--list", action="store_true", help="print all operations and exit")
        _connection.add_arguments(parser)

    def run(self, args: argparse.Namespace) -> int:
        """Prints the reply."""
        if args.list:
            _output.print_text("\n".join(_listed()))
            return 0
        if not args.operation:
            raise UsageError("no operation: name one, such as `openai-grpc call models.list`; --list prints all")
        try:
            prepared, file = _prepare(args)
        except HttpError as error:
            raise UsageError(error.message) from None
        headers = [_header(text) for text in args.header]
        with _connection.connect(args) as client:
            caller = Caller(client, prepared, file, headers, args)
            try:
                caller.run()
            except grpc.RpcError as error:
                failed = api_error(error)
                if failed.reason:
                    _output.print_text(http_error(error).parts()[2].decode())
                raise failed from error
        return 0


class Caller:
    """One call of any kind.

    Args:
        client: The client.
        prepared: The call.
        file: The content of an upload, or None.
        headers: Metadata to send.
        args: The command's arguments.
    """

    def __init__(
        self,
        client: Client,
        prepared: Prepared,
        file: Path | None,
        headers: Sequence[tuple[str, str]],
        args: argparse.Namespace,
    ) -> None:
        self._prepared = prepared
        self._file = file
        self._args = args
        operation = prepared.operation
        settings = client._connection.settings  # noqa: SLF001 - the same package's, for what all calls have
        named = {name for name, _ in headers}
        self._metadata = (*(pair for pair in settings.metadata if pair[0] not in named), *headers)
        self._timeout = args.timeout or (None if operation.streams else DEFAULT_TIMEOUT)
        kinds: dict[tuple[bool, bool], Any] = {
            (False, False): client.channel.unary_unary,
            (False, True): client.channel.unary_stream,
            (True, False): client.channel.stream_unary,
            (True, True): client.channel.stream_stream,
        }
        make = kinds[operation.uploads, operation.streams]
        self._method = make(operation.path, _serialize, operation.reply_type.FromString)

    def run(self) -> None:
        """Makes the call and prints the reply.

        Raises:
            OSError: The file is unreadable.
            grpc.RpcError: The call failed.
        """
        failures: list[OSError] = []
        request = self._requests(failures) if self._prepared.operation.uploads else self._prepared.request
        options = {"timeout": self._timeout, "metadata": self._metadata}
        try:
            if self._prepared.operation.streams:
                self._print_stream(self._method(request, **options))
            else:
                self._print_reply(request, options)
        except grpc.RpcError:
            if failures:
                raise failures[0] from None
            raise

    def _print_reply(self, request: Any, options: dict[str, Any]) -> None:
        if self._prepared.operation.uploads:
            call = self._method.future(request, **options)
            try:
                reply = call.result()
            finally:
                call.cancel()  # an interrupted upload must not go on; a finished one is not touched
        else:
            reply, call = self._method.with_call(request, **options)
        self._print_metadata(call)
        _, data = self._prepared.body(reply)
        _output.print_text(data.decode())

    def _print_stream(self, call: Any) -> None:
        try:
            first = True
            for message in call:
                if first:
                    self._print_metadata(call)
                    first = False
                if is_notice(message):
                    continue
                if self._prepared.operation.framing is Framing.BYTES:
                    sys.stdout.flush()
                    sys.stdout.buffer.write(message.data)
                    continue
                sys.stdout.write(f"{to_json(message).decode()}\n")
                sys.stdout.flush()
        finally:
            call.cancel()

    def _print_metadata(self, call: Any) -> None:
        if self._args.include:
            lines = [f"{name}: {value}" for name, value in reply_headers(call.initial_metadata())]
            sys.stdout.write("".join(f"{line}\n" for line in (*lines, "")))

    def _requests(self, failures: list[OSError]) -> Iterator[Any]:
        """Yields the messages of an upload; read by gRPC in a thread."""
        try:
            yield from self._prepared.messages(self._chunks())
        except OSError as error:
            failures.append(error)
            raise

    def _chunks(self) -> Iterator[bytes]:
        if self._file is None:
            return
        with self._file.open("rb") as opened:
            yield from iter(lambda: opened.read(CHUNK_BYTES), b"")


def _serialize(message: Any) -> bytes:
    data: bytes = message.SerializeToString()
    return data


def _prepare(args: argparse.Namespace) -> tuple[Prepared, Path | None]:
    """Returns the call named by the arguments, and the file to upload.

    Raises:
        HttpError: The request is not one of the operation.
        OSError: A file is unreadable.
        UsageError: There is no such operation, or a form is no form.
    """
    match, query, streams = _match(args.operation)
    value = match.read_query(query)
    if args.data is not None:
        value |= match.read_json(_data(args.data))
    fields, paths = _form(args.form)
    value |= match.read_form(fields)
    if match.route.asked_by is not None:
        value |= dict([match.route.asked_by] if streams else [])
    elif streams is not None:
        value.setdefault("stream", streams)
    missing = [name for name in match.route.path_fields if not isinstance(value.get(name, match.values.get(name)), str)]
    if missing:
        raise UsageError(f"{missing[0]} is missing: give it with -F {missing[0]}=ID")
    files = [(name, path, _described(path)) for name, path in paths]
    only = match.route.any.file_part or FILE
    uploads = [(path, file) for name, path, file in files if name == only]
    if len(uploads) > 1:
        raise UsageError(f"two files {only}: an operation takes one, leave out {uploads[1][0]}")
    others = [(name, file) for name, _, file in files if name != only]
    for name, path, file in files:
        if name != only:
            file.data = path.read_bytes()
    upload, described = uploads[0] if uploads else (None, None)
    return match.prepare(value, described, others), upload


def _described(path: Path) -> UploadFile:
    kind = mimetypes.guess_type(path.name)[0]
    return UploadFile(filename=path.name, content_type=kind, size=path.stat().st_size)


def _match(words: Sequence[str]) -> tuple[Match, str, bool | None]:
    """Returns the route of some words, its query, and whether it is a stream (None: the request decides).

    Raises:
        HttpError: There is no such path.
        UsageError: There is no such name.
    """
    words = [part for word in words for part in word.split()]
    verb = words[0].upper()
    if len(words) == 2 and verb in METHODS:
        path, _, query = re.sub(r"^https?://[^/]*", "", words[1]).partition("?")
        return routes.match(verb, path), query, None
    if len(words) > 1:
        raise UsageError(f"unexpected argument {words[1]!r}: give METHOD PATH or one name, and the request with -d")
    named = _named()
    known = {name.casefold(): name for name in named}
    wanted = words[0].strip("/").replace("/", ".").casefold()
    found = known.get(wanted)
    if found is None:
        close = closest(words[0], named, 3)
        hint = f"did you mean {' or '.join(close)}?" if close else "--list prints all operations"
        raise UsageError(f"unknown operation {words[0]!r}: {hint}")
    route, operation, streams = named[found]
    return Match(route, {}), "", streams if operation.events or len(route.operations) > 1 else None


def _named() -> dict[str, tuple[Route, Operation, bool | None]]:
    """Returns all names of an operation: of the RPC, with and without the service, and in OpenAI's client."""
    found: dict[str, tuple[Route, Operation, bool | None]] = {}
    by_path = {}
    for route, operation in routes.operations():
        by_path[operation.path] = route, operation
        service = operation.service.rpartition(".")[2]
        for name in (operation.name, f"{service}.{operation.name}", f"{operation.service}.{operation.name}"):
            found[name] = route, operation, operation.events
    for name, path in _methods():
        if path not in by_path:  # keys are the gateway's own, and no part of OpenAI's API
            continue
        route, operation = by_path[path]
        # `create` is that of OpenAI's client: the request's own `stream` decides.
        found[name] = route, operation, True if operation.events else None
    return found


def _methods() -> Iterator[tuple[str, str]]:
    """Yields the client's methods, named as in OpenAI's client, with their RPC paths."""
    with Client(_connection.DEFAULT_ADDRESS) as client:
        queue = [(name, value) for name, value in vars(client).items() if not name.startswith("_")]
        for name, value in queue:
            rpc = getattr(value, "_rpc", None)
            if rpc is not None:
                yield name, rpc.path
                continue
            with suppress(TypeError):
                queue += [(f"{name}.{inner}", each) for inner, each in vars(value).items() if not inner.startswith("_")]


def _listed() -> list[str]:
    """Returns a line per RPC: name, REST route and names in OpenAI's client."""
    methods: dict[str, list[str]] = {}
    for name, path in _methods():
        methods.setdefault(path, []).append(name)
    rows = [
        (operation.name, f"{route.method} /v1{route.template}", ", ".join(methods.get(operation.path, [])))
        for route, operation in routes.operations()
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(2)]
    return sorted(f"{row[0]:<{widths[0]}}  {row[1]:<{widths[1]}}  {row[2]}".rstrip() for row in rows)


def _data(text: str) -> bytes:
    if text in {_output.STDIN, f"@{_output.STDIN}"}:
        return sys.stdin.buffer.read()
    return Path(text[1:]).read_bytes() if text.startswith("@") else text.encode()


def _form(given: Sequence[str]) -> tuple[list[tuple[str, str]], list[tuple[str, Path]]]:
    """Returns the fields of a form, and its files by their fields."""
    fields, files = [], []
    for text in given:
        name, separator, value = text.partition("=")
        if not separator or not name:
            raise UsageError(f"invalid field {text!r}: must be NAME=VALUE or NAME=@FILE")
        if value.startswith("@"):
            files.append((file_field(name), Path(value[1:])))
        else:
            fields.append((name, value))
    return fields, files


def _header(text: str) -> tuple[str, str]:
    name, separator, value = text.partition(":")
    if not separator or not re.fullmatch(r"[A-Za-z0-9_.-]+", name.strip()):
        raise UsageError(f"invalid header {text!r}: must be 'NAME: VALUE'")
    return name.strip().lower(), value.strip()


COMMAND = Call()

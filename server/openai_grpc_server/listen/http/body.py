"""Bodies of requests: JSON in memory, and forms whose only file is passed on as it arrives.

A form's fields must be known before its call is made, and callers put the file first as often as last. So a file is
kept until the form has ended or, if the model was named before it or the request has no fields, until it is larger
than what is sent in one message.
A file that came before the model is kept on disk beyond that. Memory is bounded either way. Files by other names, such
as images, go in one message and are kept in memory, within its limit.
"""

import asyncio
import re
from collections.abc import AsyncIterator
from tempfile import SpooledTemporaryFile
from typing import Any, Final, cast

import grpc
from aiohttp import BodyPartReader, MultipartReader, http_exceptions, web, web_protocol
from google.protobuf.message import Message

from openai_grpc.codec import count_json_elements
from openai_grpc.rest import HttpError, Match, Prepared, RawCall, file_field
from openai_grpc.v1.common_pb2 import UploadFile
from openai_grpc_server.config import ServerSettings
from openai_grpc_server.errors import GatewayError, InvalidArgumentError, MessageTooLargeError
from openai_grpc_server.listen.http.server import Connection, error_of
from openai_grpc_server.listen.http2.stream import RequestMemory
from openai_grpc_server.listen.options import receive_limit
from openai_grpc_server.runtime.offload import SMALL, beside_loop, in_thread, is_large_json
from openai_grpc_server.runtime.resources import no_memory

PIECE: Final = 1 << 16  # bytes of a file in one message
IN_ONE: Final = 1 << 20  # bytes of a file that is sent in one message
MAX_FIELDS: Final = 256
SLOW: Final = 10  # times the timeout between two parts, for a whole body in memory
MULTIPART: Final = "multipart/form-data"
FILE: Final = "file"
MODEL: Final = "model"
_FILE_NAME: Final = re.compile(r';\s*filename="((?:[^"\\]|\\.)*)"', re.IGNORECASE)
_ESCAPED: Final = re.compile(r'\\(["\\])')
_NOT_A_FORM: Final = (
    *(ValueError, AssertionError, EOFError, RuntimeError),
    *(http_exceptions.HttpProcessingError, web_protocol.RequestPayloadError),
)


class Bodies:
    """Reads bodies within the limits of the settings.

    Args:
        settings: Settings of `server`.
        memory: Bounds the bytes of all requests.
    """

    def __init__(self, settings: ServerSettings, memory: RequestMemory) -> None:
        self._http = settings.http
        self._max_elements = settings.max_message_elements
        self._max_bytes = min(receive_limit(settings.max_message_bytes), settings.http.max_body_bytes)
        self._memory = memory

    async def call(self, match: Match, request: web.BaseRequest, query: str) -> tuple[Prepared, bytes]:
        """Reads a request without a file, and writes it as a message.

        Raises:
            HttpError: The body does not come, or is not a request of the route.
            GatewayError: It is too large, or there is no room for it.
        """
        if not request.body_exists:
            prepared = match.prepare(match.read_query(query) if query else {})
            prepared.take_range(range_of(request))
            return written(prepared)
        content = request.content
        if content.is_eof() and content.exception() is None:  # it came with the head: nothing is to wait for
            self._check_length(request, self._max_bytes)
            body = content.read_nowait()
        else:
            body = await self.whole(request)
        return await self.prepared(match, body, query, request.content_type)

    async def prepared(self, match: Match, body: bytes, query: str, content_type: str) -> tuple[Prepared, bytes]:
        """Writes a request whose body is in memory as a message.

        Raises:
            HttpError: It is not a request of the route.
            GatewayError: It is too large, or there is no room for it.
        """
        size = len(body)
        if not self._memory.take(size, 0):
            raise no_memory()
        try:
            if size > self._max_bytes:
                raise too_large(self._max_bytes)
            if is_large_json(body):
                return await in_thread(self._prepare, match, body, query, content_type)
            return self._prepare(match, body, query, content_type)
        finally:
            self._memory.release(size)

    async def whole(self, request: web.BaseRequest) -> bytes:
        """Reads a body into memory.

        Raises:
            HttpError: It does not come.
            GatewayError: It is too large, or there is no room for it.
        """
        self._check_length(request, self._max_bytes)
        pieces: list[bytes] = []
        held = 0
        try:
            async with asyncio.timeout(self._http.body_timeout * SLOW):
                async for piece in self._pieces(request):
                    if not self._memory.take(len(piece), held):
                        raise no_memory()
                    held += len(piece)
                    if held > self._max_bytes:
                        raise too_large(self._max_bytes)
                    pieces.append(piece)
            return b"".join(pieces)
        except TimeoutError:
            raise late() from None
        finally:
            self._memory.release(held)

    async def upload(self, request: web.BaseRequest, raw: RawCall) -> AsyncIterator[Message]:
        """Yields the messages of a raw upload, of a body that is passed on as it arrives.

        Raises:
            HttpError: It does not come.
            GatewayError: It is too large.
        """
        self._check_length(request, self._http.max_body_bytes)
        yield raw.first()
        left = self._http.max_body_bytes
        try:
            async for piece in self._pieces(request):
                left -= len(piece)
                if left < 0:
                    raise too_large(self._http.max_body_bytes)
                for at in range(0, len(piece), IN_ONE):
                    yield raw.chunk(piece[at : at + IN_ONE])
        except HttpError as error:
            raise InvalidArgumentError(error.message) from None
        except TimeoutError:
            raise InvalidArgumentError("The body did not arrive in time") from None

    def _prepare(self, match: Match, body: bytes, query: str, content_type: str) -> tuple[Prepared, bytes]:
        limit = self._max_elements
        if len(body) > limit and count_json_elements(body, limit) > limit:
            raise MessageTooLargeError(
                f"The request has more than {limit} objects, lists and strings, "
                "the limit of server.max_message_elements: send less at once"
            )
        value = match.read_body(body, content_type)
        return written(match.prepare({**match.read_query(query), **value} if query else value))

    def _check_length(self, request: web.BaseRequest, limit: int) -> None:
        length = request.content_length
        if length is not None and length > limit:
            raise too_large(limit)

    async def _pieces(self, request: web.BaseRequest) -> AsyncIterator[bytes]:
        content, wait = request.content, self._http.body_timeout
        while not content.at_eof():
            try:
                async with asyncio.timeout(wait):
                    piece = await content.readany()
            except web_protocol.RequestPayloadError as error:
                cast("Connection", request.protocol).leaving = True
                raise error_of(400, f"Invalid body: {_first_line(error)}") from None
            if piece:
                yield piece

    async def form(self, match: Match, request: web.BaseRequest) -> "Form":
        """Reads a form up to where its call can be made.

        Raises:
            HttpError: It does not come, or is not a form of the route.
            GatewayError: It is too large.
        """
        operation = match.route.any
        limit = self._max_bytes if operation.files and not operation.takes_file else self._http.max_body_bytes
        self._check_length(request, limit)
        form = Form(match, request, self._memory, self._http.body_timeout, limit)
        try:
            await form.begin()
        except BaseException:
            form.close()
            raise
        return form


class Form:
    """A form with a file that is passed on, or with others.

    Args:
        match: The route.
        request: The request.
        memory: Bounds the bytes of all requests.
        timeout: Seconds between two parts of the body.
        limit: Bytes of the body.

    Attributes:
        prepared: The call, once `begin` has returned.
    """

    prepared: Prepared
    _parts: MultipartReader

    def __init__(
        self, match: Match, request: web.BaseRequest, memory: RequestMemory, timeout: float, limit: int
    ) -> None:
        self._match = match
        self._request = request
        self._memory = memory
        self._held = 0
        self._timeout = timeout
        self._limit = limit
        self._fields: list[tuple[str, str]] = []
        self._size = 0
        self._file: UploadFile | None = None
        self._name = match.route.any.file_part or FILE
        self._whole = frozenset(match.route.any.files) - {self._name}
        self._files: list[tuple[str, UploadFile]] = []
        self._kept = SpooledTemporaryFile(IN_ONE)  # noqa: SIM115 - closed by `close`
        self._kept_size = 0
        self._open: BodyPartReader | None = None

    async def begin(self) -> None:
        """Reads up to where the call can be made."""
        try:
            self._parts = MultipartReader(self._request.headers, self._request.content)
        except (ValueError, AssertionError) as error:
            raise error_of(400, f"Invalid form: {error}") from None
        while (part := await self._next()) is not None:
            if part.filename is None and part.name != self._name:
                await self._field(part)
                continue
            file = UploadFile(filename=legal(file_name(part)), content_type=legal(part.headers.get("Content-Type", "")))
            if self._whole:
                await self._add(part, file)
                continue
            if self._file is not None:
                raise error_of(400, "Invalid form: it has more than one file")
            self._file = file
            if part.name != self._name:
                raise error_of(
                    400, f"Invalid form: the file must be in the field {self._name}, not {(part.name or '')[:64]!r}"
                )
            known = not self._match.route.has_fields or any(name == MODEL for name, _ in self._fields)
            if await self._keep(part, streams=known):
                self._open = part
                break
        await beside_loop(self._held > SMALL, self._make)

    def _make(self) -> None:
        value = self._match.read_form(self._fields)
        if self._file is not None and self._open is None and self._kept_size <= IN_ONE:
            self._kept.seek(0)
            self._file.data = self._kept.read()
        self.prepared = self._match.prepare(value, self._file, self._files)

    async def messages(self) -> AsyncIterator[Message]:
        """Yields the messages of an upload.

        Raises:
            InvalidArgumentError: The form does not go on as it must.
        """
        prepared = self.prepared
        self._let_go(self._held)  # from here on whoever reads counts each message
        yield prepared.first()
        self._kept.seek(0)
        while data := self._kept.read(PIECE):
            yield prepared.chunk(data)
            await asyncio.sleep(0)  # a fast upstream takes all of it without waiting
        if self._open is None:
            return
        try:
            while data := await self._chunk(self._open):
                yield prepared.chunk(data)
            part = await self._next()
        except HttpError as error:
            raise InvalidArgumentError(error.message) from None
        if part is not None:
            raise InvalidArgumentError(
                f"The form has the field {(part.name or '')[:64]!r} after a large file: put all fields before the file"
            )

    def close(self) -> None:
        """Lets go of what is kept."""
        self._kept.close()
        self._let_go(self._held)

    def _hold(self, size: int) -> None:
        """Counts bytes in that are kept in memory."""
        if not self._memory.take(size, self._held):
            raise no_memory()
        self._held += size

    def _let_go(self, size: int) -> None:
        self._held -= size
        self._memory.release(size)

    async def _field(self, part: BodyPartReader) -> None:
        if len(self._fields) >= MAX_FIELDS:
            raise error_of(400, f"Invalid form: it has more than {MAX_FIELDS} fields")
        data = bytearray()
        while piece := await self._chunk(part):
            self._hold(len(piece))
            data += piece
            if len(data) > IN_ONE:
                raise too_large(IN_ONE)
        try:
            self._fields.append((legal(part.name or ""), data.decode()))
        except UnicodeDecodeError:
            raise error_of(400, f"Invalid form: the field {(part.name or '')[:64]!r} is not UTF-8") from None

    async def _add(self, part: BodyPartReader, file: UploadFile) -> None:
        """Reads a file that goes in one message."""
        if len(self._files) >= MAX_FIELDS:
            raise error_of(400, f"Invalid form: it has more than {MAX_FIELDS} files")
        data = bytearray()
        while piece := await self._chunk(part):
            self._hold(len(piece))
            data += piece
        file.data = bytes(data)
        self._files.append((file_field(legal(part.name or "")), file))

    async def _keep(self, part: BodyPartReader, *, streams: bool) -> bool:
        """Keeps a file; returns whether it is only the beginning of one that can be passed on as it comes."""
        while data := await self._chunk(part):
            self._hold(min(len(data), max(IN_ONE - self._kept_size, 0)))
            try:
                self._kept.write(data)
            except OSError as error:
                text = (
                    f"No room for a file that comes before the form's fields ({error.strerror}): put the fields first"
                )
                raise GatewayError(
                    text, code=grpc.StatusCode.RESOURCE_EXHAUSTED, reason="GATEWAY_OVERLOADED"
                ) from error
            self._kept_size += len(data)
            if streams and self._kept_size >= IN_ONE:
                return True
        return False

    async def _next(self) -> BodyPartReader | None:
        part: Any = await self._within(self._parts.next)
        if part is not None and not isinstance(part, BodyPartReader):
            raise error_of(400, "Invalid form: a part must not have parts")
        return part

    async def _chunk(self, part: BodyPartReader) -> bytes:
        data: bytes = await self._within(part.read_chunk, PIECE)
        self._size += len(data)
        if self._size > self._limit:
            raise too_large(self._limit)
        return data

    async def _within(self, read: Any, *args: Any) -> Any:
        try:
            async with asyncio.timeout(self._timeout):
                return await read(*args)
        except TimeoutError:
            raise late() from None
        except _NOT_A_FORM as error:
            raise error_of(400, f"Invalid form: {_first_line(error) or 'it ends too soon'}") from None


def range_of(request: web.BaseRequest) -> str | None:
    """Returns the `Range` of a request; None with an `If-Range`, since nothing here has an entity tag."""
    return None if "if-range" in request.headers else request.headers.get("range")


def written(prepared: Prepared) -> tuple[Prepared, bytes]:
    """Returns a call with its request as a message."""
    return prepared, prepared.request.SerializeToString()


def legal(text: str) -> str:
    """Returns a text of a form's header.

    Raises:
        HttpError: 400: it is not UTF-8.
    """
    try:
        text.encode()
    except UnicodeEncodeError:
        raise error_of(400, "Invalid form: a header is not UTF-8") from None
    return text


def file_name(part: BodyPartReader) -> str:
    """Returns the name of a part's file as it was sent: aiohttp leaves out slashes at its beginning."""
    found = _FILE_NAME.search(part.headers.get("Content-Disposition", ""))
    return _ESCAPED.sub(r"\1", found[1]) if found else part.filename or ""


def _first_line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0][:200]


def too_large(limit: int) -> MessageTooLargeError:
    """Makes the error of a body that is too large."""
    return MessageTooLargeError(f"The request's body is larger than {limit} bytes, which is the limit")


def late() -> HttpError:
    """Makes the answer to a body that does not come."""
    return error_of(408, "The request's body did not arrive in time")

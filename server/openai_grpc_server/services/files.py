"""Services of uploaded files, of uploads in parts and of checks of files; downloads, also of videos."""

import hashlib
import re
from collections.abc import AsyncIterator, Callable
from functools import partial
from typing import Any, ClassVar

import grpc
from google.protobuf.message import Message

from openai_grpc.v1 import content_provenance_checks_pb2, files_pb2, uploads_pb2, videos_pb2
from openai_grpc_server.calls.call import Call
from openai_grpc_server.calls.reply import begin, encoder_of, measure, write
from openai_grpc_server.calls.rest import fill_path
from openai_grpc_server.errors import GatewayError, InvalidArgumentError, UpstreamError, UpstreamProtocolError
from openai_grpc_server.runtime.offload import beside_loop
from openai_grpc_server.services.base import Service, read_reply
from openai_grpc_server.services.media import chunks, file_form, form_request, one, read_config
from openai_grpc_server.upstream import UpstreamResponse

PARTIAL = 206
NOT_SATISFIABLE = 416
_RANGE = re.compile(r"bytes (?:(\d+)-\d+|\*)/(\d+|\*)", re.ASCII)


Uploaded = (
    files_pb2.CreateFileRequest
    | uploads_pb2.CreateUploadPartRequest
    | content_provenance_checks_pb2.CreateContentProvenanceCheckRequest
)
Downloaded = files_pb2.DownloadFileRequest | videos_pb2.DownloadVideoRequest


class Downloads(Service):
    """Downloads in chunks, which are forwarded as they arrive: of files and of videos."""

    async def download(self, call: Call, request: Downloaded) -> None:
        """Serves a download.

        Raises:
            InvalidArgumentError: The range is none.
        """
        if request.offset < 0:
            raise InvalidArgumentError.of_field("offset", "must be at least 0")
        if request.HasField("length") and request.length < 1:
            raise InvalidArgumentError.of_field("length", "must be at least 1")
        await self.route(call, request, self._download)

    async def _download(self, call: Call, request: Downloaded) -> None:
        offset, end = request.offset, request.offset + request.length if request.HasField("length") else None
        try:
            response = await self._ask(call, request, offset, end)
        except UpstreamError as error:
            if error.http_status != NOT_SATISFIABLE:
                raise
            # Nothing follows the last byte, but it is no mistake to ask for that: a download is resumed so.
            last = None if offset < 1 else await self._ask_for_last(call, request, offset - 1)
            if last is None:
                error.code, error.reason = grpc.StatusCode.OUT_OF_RANGE, "OUT_OF_RANGE"
                raise
            response = last
        try:
            await self.relay(call, response, offset, end)
        finally:
            await response.close()

    async def _ask(self, call: Call, request: Downloaded, offset: int, end: int | None) -> UpstreamResponse:
        sent = await self._request(call, call.rpc, self.prepare(call, request), streaming=True)
        if offset or end is not None:
            sent.headers = [*sent.headers, ("range", f"bytes={offset}-{'' if end is None else end - 1}")]
        return await self.send(call, call.rpc, sent)

    async def _ask_for_last(self, call: Call, request: Downloaded, offset: int) -> UpstreamResponse | None:
        try:
            return await self._ask(call, request, offset, offset + 1)
        except UpstreamError as error:
            if error.http_status != NOT_SATISFIABLE:
                raise
            return None

    async def relay(self, call: Call, response: UpstreamResponse, offset: int, end: int | None) -> None:
        """Relays the bytes of a file from `offset` to `end`, also of an upstream that sends all of it.

        Raises:
            GatewayError: The reply is no such range, or the connection was lost.
        """
        at, size = first_byte(response)
        if at > offset:
            raise UpstreamProtocolError(f"The upstream sent bytes from {at} instead of {offset}", maybe_billed=False)
        if size is not None and offset > size:
            raise beyond(offset, size)
        encode, digest = encoder_of(call), hashlib.sha256()
        chunk = files_pb2.FileChunk(content_type=response.content_type or "application/octet-stream", size=size)
        async for piece in response.pieces():
            start, at = at, at + len(piece)
            if at <= offset:
                continue
            data = piece[max(offset - start, 0) : None if end is None else end - start]
            digest.update(data)
            chunk.data = data
            await write(call, [encode(chunk)])
            chunk = files_pb2.FileChunk()
            if end is not None and at >= end:
                break
        if at < offset:
            raise beyond(offset, at)
        chunk.sha256 = digest.digest()
        await write(call, [encode(chunk)])


class Uploads(Service):
    """Uploads of one file, in one message or in chunks, which are forwarded as they arrive.

    Attributes:
        part: The name of the file in the form.
    """

    part: ClassVar[str] = "file"

    async def upload(self, call: Call, request: Uploaded) -> Message:
        """Serves an upload in one message."""
        return await self.route(call, request, partial(self._upload, content=lambda: one(call, request.file.data)))

    async def upload_chunks(self, call: Call, messages: AsyncIterator[Message]) -> Message:
        """Serves an upload in chunks."""
        config = await read_config(messages)
        return await self.route(call, config, partial(self._upload, content=lambda: chunks(call, messages)))

    async def _upload(self, call: Call, request: Uploaded, *, content: Callable[[], AsyncIterator[bytes]]) -> Message:
        value = await beside_loop(call.received.large, self.prepare, call, request)
        path = fill_path(call.rpc, value)
        form = file_form(value, request.file, content(), self.part)
        sent = form_request(call, form, form, self.settings.key_header, streaming=False)
        sent.path = path
        response = await self.send(call, call.rpc, sent)
        try:
            data = await response.read()
        finally:
            await response.close()
        reply = await beside_loop(measure(call, data), read_reply, call, call.rpc, data)
        await begin(call)
        return reply


class FilesService(Uploads, Downloads):
    """Files, uploaded in one message or in chunks, and downloaded in chunks."""

    descriptor = files_pb2.DESCRIPTOR.services_by_name["FilesService"]

    async def create_file(self, call: Call, request: files_pb2.CreateFileRequest) -> Message:
        """Serves `CreateFile`."""
        return await self.upload(call, request)

    async def upload_file(self, call: Call, messages: AsyncIterator[Message]) -> Message:
        """Serves `UploadFile`."""
        return await self.upload_chunks(call, messages)

    async def download_file(self, call: Call, request: files_pb2.DownloadFileRequest) -> None:
        """Serves `DownloadFile`."""
        await self.download(call, request)


class UploadsService(Uploads):
    """Uploads of large files in parts."""

    descriptor = uploads_pb2.DESCRIPTOR.services_by_name["UploadsService"]
    part = "data"

    async def create_upload_part(self, call: Call, request: uploads_pb2.CreateUploadPartRequest) -> Message:
        """Serves `CreateUploadPart`."""
        request.file.filename = request.file.filename or self.part
        return await self.upload(call, request)

    async def add_upload_part(self, call: Call, messages: AsyncIterator[Message]) -> Message:
        """Serves `AddUploadPart`."""
        return await self.upload_chunks(call, self._named(messages))

    async def complete_upload(self, call: Call, request: uploads_pb2.CompleteUploadRequest) -> Message:
        """Serves `CompleteUpload`."""
        upload: Any = await self.unary(call, request)
        call.made(upload.file.id)
        return upload  # type: ignore[no-any-return]  # of the class that the RPC names

    async def _named(self, messages: AsyncIterator[Any]) -> AsyncIterator[Any]:
        """Names a part that has no name: upstreams take one without for a field."""
        async for message in messages:
            if message.HasField("config") and not message.config.file.filename:
                message.config.file.filename = self.part
            yield message


class ContentProvenanceChecksService(Uploads):
    """Checks of files for signs that they were generated."""

    descriptor = content_provenance_checks_pb2.DESCRIPTOR.services_by_name["ContentProvenanceChecksService"]

    async def create_content_provenance_check(
        self, call: Call, request: content_provenance_checks_pb2.CreateContentProvenanceCheckRequest
    ) -> Message:
        """Serves `CreateContentProvenanceCheck`."""
        return await self.upload(call, request)

    async def upload_content_provenance_check(self, call: Call, messages: AsyncIterator[Message]) -> Message:
        """Serves `UploadContentProvenanceCheck`."""
        return await self.upload_chunks(call, messages)


def first_byte(response: UpstreamResponse) -> tuple[int, int | None]:
    """Returns the position of the first byte of a reply in its file, and the size of the file, if known.

    Raises:
        UpstreamProtocolError: The reply is a part of a file, but does not say which.
    """
    headers = response.headers
    if response.status != PARTIAL:
        length = headers.get("content-length", "")
        known = length.isdecimal() and headers.get("content-encoding", "identity") == "identity"
        return 0, int(length) if known else None
    found = _RANGE.fullmatch(headers.get("content-range", ""))
    if found is None or found[1] is None:
        raise UpstreamProtocolError("The upstream sent a part of the file without saying which", maybe_billed=False)
    return int(found[1]), None if found[2] == "*" else int(found[2])


def beyond(offset: int, size: int) -> GatewayError:
    """Returns the error of an offset beyond the end of a file."""
    return GatewayError(
        f"invalid offset {offset}: the file has {size} bytes",
        code=grpc.StatusCode.OUT_OF_RANGE,
        reason="OUT_OF_RANGE",
        param="offset",
    )

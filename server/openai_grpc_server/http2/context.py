"""What a method knows of its RPC and does with it: grpc.aio's own interface."""

import logging
import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, Never

import grpc
import grpc.aio

from openai_grpc_server.http2.errors import StreamClosedError
from openai_grpc_server.http2.hpack import encode
from openai_grpc_server.http2.messages import compressor
from openai_grpc_server.http2.metadata import Metadata, encode_metadata
from openai_grpc_server.http2.peer import Peer
from openai_grpc_server.http2.request_head import RequestHead
from openai_grpc_server.http2.status import BEGIN, BEGIN_MESSAGES, code_number, trailers
from openai_grpc_server.http2.stream import Stream

_LOG: Final = logging.getLogger(__name__)
_ENCODINGS: Final = {grpc.Compression.Deflate: "deflate", grpc.Compression.Gzip: "gzip"}
_OK: Final = grpc.StatusCode.OK


class ServicerContext(grpc.aio.ServicerContext[Any, Any]):
    """The context of one RPC.

    Args:
        stream: Its stream.
        head: What it was asked with.
        peer: Who asks.
        handler: Turns messages into bytes and back.
        deadline: Until when it must be answered, in `time.monotonic()` seconds, or None.
    """

    def __init__(
        self,
        stream: Stream,
        head: RequestHead,
        peer: Peer,
        handler: "grpc.RpcMethodHandler[Any, Any]",
        deadline: float | None,
    ) -> None:
        self._stream = stream
        self._head = head
        self._peer = peer
        self._handler = handler
        self._serialize = handler.response_serializer
        self._deadline = deadline
        self._code: grpc.StatusCode | int = _OK
        self._details = ""
        self._trailing: Metadata = ()
        self._begun = False
        self._over = False
        self._cancelled = False
        self._aborted = False
        self._compress: Callable[[bytes], bytes] | None = None
        self._encoding = ""
        self._compress_next = True
        self._done_callbacks: list[Callable[[Any], None]] = []

    async def read(self) -> Any:
        """Returns the next message of the request, or `grpc.aio.EOF`.

        Raises:
            StreamClosedError: The RPC has ended before.
            RpcError: The message can't be inflated.
        """
        data = await self._stream.read()
        if data is None:
            return grpc.aio.EOF
        parse = self._handler.request_deserializer
        return data if parse is None else parse(data)

    async def write(self, message: Any) -> None:
        """Sends a message; returns at once if the peer has room for it, else once it has gone.

        Raises:
            StreamClosedError: The RPC has ended before.
            UsageError: The method has ended it, or writes twice at once.
            TypeError: The message is no bytes, nor made bytes of; the RPC has ended with that.
        """
        if self._over:
            self._raise_over()
        data = message if self._serialize is None else self._serialize(message)
        if not isinstance(data, bytes):
            details = f"A message is {type(data).__name__}, not bytes"
            self.fail(grpc.StatusCode.INTERNAL, details)
            raise TypeError(details)
        if not self._begun:
            self._begin(())
        compressed = self._compress is not None and self._compress_next
        if compressed and self._compress is not None:
            data = self._compress(data)
        self._compress_next = True
        if not self._stream.send_now(data, compressed=compressed):
            await self._stream.send(b"%c%b%b" % (compressed, len(data).to_bytes(4, "big"), data))

    async def send_initial_metadata(self, initial_metadata: Any) -> None:
        """Sends the metadata that goes before all messages.

        Raises:
            UsageError: It was sent before, or the RPC has ended.
        """
        if self._over:
            self._raise_over()
        if self._begun:
            raise grpc.aio.UsageError("Send initial metadata failed: already sent")
        self._begin(initial_metadata)

    async def abort(self, code: grpc.StatusCode, details: str = "", trailing_metadata: Any = ()) -> Never:
        """Ends the RPC with an error.

        Raises:
            AbortError: Always, to end the method.
            UsageError: The RPC has been aborted before.
        """
        if self._aborted:
            raise grpc.aio.UsageError("Abort already called!")
        self._aborted = True
        self._code = grpc.StatusCode.UNKNOWN if code_number(code) == 0 else code
        self._details = details or self._details
        self._trailing = tuple(trailing_metadata) or self._trailing
        self.finish()
        raise grpc.aio.AbortError("Locally aborted.")

    async def abort_with_status(self, status: grpc.Status) -> Never:
        """Ends the RPC with an error; as `abort`."""
        await self.abort(status.code, status.details, status.trailing_metadata or ())

    def set_trailing_metadata(self, trailing_metadata: Any) -> None:
        """Says what follows all messages."""
        self._trailing = tuple(trailing_metadata)

    def invocation_metadata(self) -> Any:
        """Returns the caller's metadata: pairs; the values of `-bin` keys are bytes."""
        return self._head.metadata

    def set_code(self, code: grpc.StatusCode) -> None:
        """Says which status the RPC will end with."""
        self._code = code

    def set_details(self, details: str) -> None:
        """Says which message that status will have."""
        self._details = details

    def set_compression(self, compression: grpc.Compression) -> None:
        """Compresses messages, if the caller takes that.

        Raises:
            UsageError: The caller was told otherwise already.
        """
        if self._begun:
            raise grpc.aio.UsageError("Compression can't be set after the initial metadata")
        encoding = _ENCODINGS.get(compression, "")
        if encoding in [each.strip() for each in self._head.accepts.split(",")]:
            self._encoding, self._compress = encoding, compressor(encoding)

    def disable_next_message_compression(self) -> None:
        """Sends the next message as it is."""
        self._compress_next = False

    def peer(self) -> str:
        """Returns the caller's address, such as `ipv4:127.0.0.1:50051`."""
        return self._peer.address

    def peer_identities(self) -> Iterable[bytes] | None:
        """Returns the names in the caller's certificate, or None without one."""
        key = self._peer.identity_key
        return self._peer.auth_context[key] if key else None

    def peer_identity_key(self) -> str | None:
        """Returns under which key of `auth_context` they are, or None."""
        return self._peer.identity_key

    def auth_context(self) -> Mapping[str, Iterable[bytes]]:
        """Returns what is known of the caller by TLS, as grpc.aio gives it."""
        return self._peer.auth_context

    def time_remaining(self) -> Any:
        """Returns the seconds until the deadline, at least 0, or None without one."""
        return None if self._deadline is None else max(self._deadline - time.monotonic(), 0.0)

    def trailing_metadata(self) -> Any:
        """Returns what will follow all messages."""
        return self._trailing

    def code(self) -> Any:
        """Returns which status the RPC will end with."""
        return self._code

    def details(self) -> str:
        """Returns which message that status will have."""
        return self._details

    def add_done_callback(self, callback: Any) -> None:
        """Has a function called with this context once the RPC has ended."""
        self._done_callbacks.append(callback)

    def cancelled(self) -> bool:
        """Whether the caller has cancelled the RPC, or its deadline has passed."""
        return self._cancelled

    def done(self) -> bool:
        """Whether the RPC has ended."""
        return self._over

    def finish(self) -> None:
        """Ends the RPC with the status that was set, unless it has ended."""
        if self._over:
            return
        block = trailers(self._code, self._details)
        if self._trailing:
            block += encode_metadata(self._trailing)
        self._over = True
        self._stream.send_trailers(block if self._begun else BEGIN + block)

    def fail(self, code: grpc.StatusCode, details: str, metadata: Metadata = ()) -> None:
        """Ends the RPC with an error that is none of its method's, unless it has ended."""
        if not self._over:
            self._code, self._details, self._trailing = code, details, metadata
            self.finish()

    def cancel(self) -> None:
        """Notes that the RPC has ended without the method."""
        self._over = self._cancelled = True

    def run_done_callbacks(self) -> None:
        """Tells those who asked that the RPC has ended."""
        self._over = True
        callbacks, self._done_callbacks = self._done_callbacks, []  # they may refer to this context
        for callback in callbacks:
            try:
                callback(self)
            except Exception as error:  # noqa: BLE001 - the boundary: a callback may raise anything
                _LOG.exception("Unexpected [%s] raised by a done callback", type(error).__name__)

    def _begin(self, metadata: Any) -> None:
        self._begun = True
        block = BEGIN_MESSAGES
        if self._encoding:
            block += encode(b"grpc-encoding", self._encoding.encode())
        self._stream.send_headers(block + encode_metadata(metadata) if metadata else block)

    def _raise_over(self) -> Never:
        if self._aborted:
            raise grpc.aio.AbortError("Locally aborted.")
        if self._cancelled:
            raise StreamClosedError("The RPC was cancelled")
        raise grpc.aio.UsageError("RPC already finished.")

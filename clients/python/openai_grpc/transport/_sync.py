"""The transport of blocking clients."""

import threading
from collections.abc import Iterator, Sequence
from types import ModuleType
from typing import Any

import grpc
from google.protobuf.message import Message

from openai_grpc.client._address import DEFAULT_TARGET
from openai_grpc.client._channel import Tls, channel_options, credentials
from openai_grpc.client._text import is_notice
from openai_grpc.rest import HttpError
from openai_grpc.rest._operations import Operation
from openai_grpc.transport import _modules
from openai_grpc.transport._exchange import EventBody, Exchange, refused


class GrpcTransport(_modules.default.BaseTransport):
    """Carries the requests of a blocking HTTP client over gRPC.

    Args:
        target: The gateway's address, in any form that gRPC's name resolution knows.
        tls: True for TLS with gRPC's own CA certificates, a file of CA certificates, or `grpc.ChannelCredentials`.
        options: Arguments of the channel, besides the client's own.
        module: The HTTP library of the client, `httpx2` or `httpx`.

    Raises:
        OSError: The file of CA certificates can't be read.
    """

    def __init__(
        self,
        target: str = DEFAULT_TARGET,
        *,
        tls: Tls = False,
        options: Sequence[tuple[str, Any]] = (),
        module: ModuleType = _modules.default,
    ) -> None:
        self._module = module
        own, secret = [*channel_options(), *options], credentials(tls)
        self._channel = (
            grpc.insecure_channel(target, own) if secret is None else grpc.secure_channel(target, secret, own)
        )
        self._methods: dict[str, Any] = {}

    def handle_request(self, request: Any) -> Any:
        """Serves a request.

        Raises:
            module.TransportError: Nobody answers, or not in time.
        """
        try:
            exchange = Exchange(request, self._module)
            rest = _body(exchange, request)
        except HttpError as error:
            return refused(error, self._module)
        operation = exchange.prepared.operation
        upload = Upload(exchange, rest) if operation.uploads else None
        sent = exchange.prepared.request if upload is None else iter(upload)
        method, metadata, deadline = self._method(operation), exchange.metadata, exchange.deadline
        try:
            if operation.streams:
                return self._stream(exchange, method(sent, metadata=metadata), upload)
            if upload is None:
                reply, call = method.with_call(sent, timeout=deadline, metadata=metadata)
            else:
                call = method.future(sent, metadata=metadata)
                upload.belongs_to(call)
                try:
                    reply = call.result()
                finally:
                    call.cancel()  # no effect on a call that is done; an interrupted one must not go on
            return exchange.response(reply, (*call.initial_metadata(), *call.trailing_metadata()))
        except (grpc.RpcError, grpc.FutureCancelledError) as error:
            return self._failed(exchange, upload, error if isinstance(error, grpc.RpcError) else call)

    def close(self) -> None:
        """Closes the channel and all calls on it."""
        self._channel.close()

    def _stream(self, exchange: Exchange, call: Any, upload: "Upload | None") -> Any:
        if upload is not None:
            upload.belongs_to(call)
        # The status is known once the first message is there.
        body = EventBody(exchange, next((each for each in call if not is_notice(each)), None))
        stream = _modules.stream(exchange.module)(_events(body, call), call.cancel)
        return exchange.stream_response(stream, call.initial_metadata(), body)

    def _failed(self, exchange: Exchange, upload: "Upload | None", error: Any) -> Any:
        if upload is not None and upload.failure is not None:
            if isinstance(upload.failure, HttpError):
                return exchange.refused(upload.failure)
            raise upload.failure
        return exchange.refused(exchange.failure(error))

    def _method(self, operation: Operation) -> Any:
        method = self._methods.get(operation.path)
        if method is None:
            kinds: dict[tuple[bool, bool], Any] = {
                (False, False): self._channel.unary_unary,
                (False, True): self._channel.unary_stream,
                (True, False): self._channel.stream_unary,
                (True, True): self._channel.stream_stream,
            }
            make = kinds[operation.uploads, operation.streams]
            method = make(operation.path, lambda message: message.SerializeToString(), operation.reply_type.FromString)
            self._methods[operation.path] = method
        return method


class Upload:
    """Messages of an upload, read one by one by a thread of gRPC.

    A body that can't be read to its end cancels the call: upstream must not take what came of it for the whole.

    Args:
        exchange: The exchange.
        rest: The rest of the request's body.

    Attributes:
        failure: What reading the body raised.
    """

    def __init__(self, exchange: Exchange, rest: Iterator[bytes]) -> None:
        self._exchange = exchange
        self._rest = rest
        self._call: Any = None
        self._started = threading.Event()
        self.failure: Exception | None = None

    def belongs_to(self, call: Any) -> None:
        """Sets the call of the upload."""
        self._call = call
        self._started.set()

    def __iter__(self) -> Iterator[Message]:
        try:
            yield from self._exchange.messages(self._content())
        except Exception as error:  # noqa: BLE001 - raised by the call, in the caller's thread
            self.failure = error
            self._started.wait()
            self._call.cancel()

    def _content(self) -> Iterator[bytes]:
        form: Any = self._exchange.form
        yield from form.take()
        for data in self._rest:
            form.feed(data)
            yield from form.take()
        form.end()


def _body(exchange: Exchange, request: Any) -> Iterator[bytes]:
    """Reads as much of a request's body as the call needs to begin, prepares the call, and returns the rest.

    Raises:
        HttpError: It can't be read.
    """
    if exchange.form is None:
        exchange.prepare(request.read())
        return iter(())
    rest: Iterator[bytes] = iter(request.stream)
    while not exchange.form.settled:
        data = next(rest, None)
        if data is None:
            exchange.form.end()
            break
        exchange.form.feed(data)
    exchange.prepare(b"")
    return rest


def _events(body: EventBody, call: Any) -> Iterator[bytes]:
    try:
        if body.first:
            yield body.first
        for message in call:
            if not is_notice(message):
                yield body.event(message)
    except grpc.RpcError as error:
        yield body.failed(error)
    else:
        yield body.end()
    finally:
        call.cancel()

"""Handlers of a service's methods, with everything around each.

The order around a method: request id and deadline, admission, the caller, the request's size, the error boundary,
the log line. It is one module, as a reader asks for the order. Every method is registered as one that takes a request
stream, because both servers call those once the request's headers are there: a caller without a key has nothing
received, inflated or parsed for him. Messages cross as bytes, so that their sizes are known and a request that can't be
parsed is an error like any other.

A call that has ended leaves no reference cycle: an error that keeps its traceback would keep the frames of all who
passed it on, and with them the request, until a garbage collection.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from dataclasses import replace
from functools import partial
from math import inf
from typing import Any, NamedTuple, Self, cast

import grpc
import grpc.aio
from google.protobuf.message import DecodeError, Message

from openai_grpc.codec import MARK, CodecError, count_elements, has_unknown_fields, read_extra
from openai_grpc.v1 import CONTRACT_REVISION
from openai_grpc_server.access.identity import Identities
from openai_grpc_server.access.issued import IssuedKeys, KeyStoreError, keys_unavailable
from openai_grpc_server.access.keyring import Caller, Keyring, Refusal, limit_error
from openai_grpc_server.access.ledger import Entry, Ledger, limits_unavailable
from openai_grpc_server.access.names import may_hold_untyped
from openai_grpc_server.access.ownership import Ownership
from openai_grpc_server.access.store import StoreError
from openai_grpc_server.calls.call import Access, Call, Context
from openai_grpc_server.calls.method import Rpc
from openai_grpc_server.calls.reply import (
    SOFT_BUDGET,
    announce_drain,
    encode,
    finish,
    served_by,
    settle_notice,
    start_notice,
    trailing_metadata,
)
from openai_grpc_server.calls.rest import CONTROL_KEYS, caller_key
from openai_grpc_server.config import Secret
from openai_grpc_server.cost.usage import Meter, Outputs, PriceTable
from openai_grpc_server.errors import (
    DrainingError,
    ExhaustedError,
    GatewayError,
    InvalidArgumentError,
    MessageTooLargeError,
    UnauthenticatedError,
    exhausted,
)
from openai_grpc_server.errors.error import RequestMemoryError, RpcError, forget_frames, unwound
from openai_grpc_server.pipeline.load_reports import LoadReports
from openai_grpc_server.pipeline.observe import Observer, log_rpc, trace_id
from openai_grpc_server.runtime.fair_queue import USUAL, FairQueue
from openai_grpc_server.runtime.offload import MOST, SMALL, in_thread, is_large
from openai_grpc_server.runtime.resources import Admission, no_memory, usage
from openai_grpc_server.telemetry.log import Log, frames

Metadata = tuple[tuple[str, str | bytes], ...]
UnaryMethod = Callable[[Call, Any], Awaitable[Message]]
StreamMethod = Callable[[Call, Any], Awaitable[None]]


# In a dry run, a caller with a token that is not accepted: it is the gateway's to read, and goes to no upstream.
TOLD_AT_ONCE = 64  # streams that are told of a drain without a pause: about 2 ms
UNKNOWN = Caller(name="")


class AccessControl:
    """Authenticates callers by keys or identities and enforces their limits.

    Args:
        keyring: The keys; None if none are configured.
        ledger: Counts the calls of callers that have limits.
        key_header: The metadata key that holds the caller's key or token.
        identities: Callers by their certificates or tokens; None if none are configured.
        log: Where a dry run tells what would be refused.
        reserves: Whether calls reserve what they may take.
        issued: Keys issued at run time; None: only configured keys count.
    """

    def __init__(  # noqa: PLR0913 - each is one thing that a check needs
        self,
        keyring: Keyring | None,
        ledger: Ledger,
        key_header: str,
        identities: Identities | None,
        log: Log,
        *,
        reserves: bool = False,
        issued: IssuedKeys | None = None,
    ) -> None:
        self._issued = issued
        self._outputs = Outputs() if reserves else None
        self._keyring = keyring
        self._ledger = ledger
        self._key_header = key_header
        self._identities = identities
        self._log = log

    async def knows(self, context: Context) -> bool:
        """Returns whether the caller is one that may call."""
        try:
            await self._identify(dict(context.invocation_metadata() or ()), context)
        except GatewayError:
            return False
        return True

    async def _identify(
        self, metadata: Mapping[str, Any], context: Context, refused: Callable[[GatewayError], None] | None = None
    ) -> Caller | None:
        """Returns the caller; None: in a dry run, one who would be refused.

        A key that is sent counts before a certificate: several callers may share a connection of a proxy.

        Args:
            metadata: The caller's metadata.
            context: The call's context.
            refused: Is called in a dry run with what would be refused.

        Raises:
            GatewayError: The caller is unknown, or may not call.
        """
        key, known = caller_key(metadata, self._key_header), self._identities
        token = key is not None and known is not None and known.takes(key)
        if known is None or (key is not None and self._keyring is not None and not token):
            return None if self._keyring is None else await self._of_key(self._keyring, key)
        try:
            return await known.of_token(key) if token and key is not None else known.of_peer(context)
        except GatewayError as error:
            if not known.dry_run:
                raise
            if refused is not None:
                refused(error)
            if self._keyring is not None and (key is not None or self._keyring.callers):
                return await self._of_key(self._keyring, key)
            return UNKNOWN if token else None

    async def _of_key(self, keyring: Keyring, key: Secret | None) -> Caller:
        """Returns the caller of a key, which another replica may just have issued.

        Raises:
            UnauthenticatedError: There is no key, or it is unknown.
            GatewayError: UNAVAILABLE: it is unknown, and the store of keys does not answer.
        """
        try:
            return keyring.identify(key)
        except UnauthenticatedError:
            if key is None or self._issued is None:
                raise
        try:
            await self._issued.refresh()
        except KeyStoreError as error:
            raise keys_unavailable(error) from None
        return keyring.identify(key)

    def enter(
        self, call: Call, queue_up: Callable[[Call], Awaitable[None]] | None = None
    ) -> Coroutine[Any, Any, None] | None:
        """Admits a call and records its caller; returns what is to be waited for, or None.

        Errors are those of the function or of the coroutine: who is known, and counted in memory, needs none.

        Args:
            call: The call.
            queue_up: Waits for its turn, before it is counted against its caller's limits; None: there is no queue.

        Raises:
            GatewayError: UNAUTHENTICATED, PERMISSION_DENIED, or RESOURCE_EXHAUSTED for a limit; UNAVAILABLE when limits
                can't be looked up, as nothing was begun yet.
        """
        caller, memory = self._at_once(call.head.metadata), self._ledger.memory
        if caller is None or queue_up is not None or (memory is None and caller.limits.any):
            return self._enter(call, caller, queue_up)
        counted = caller.limits.any and not call.rpc.carries
        if not (counted and caller.rpcs.allow(call.rpc.path)):  # else it is made once, with all that it has
            call.access = Access(caller)
            caller.check_rpc(call.rpc.path)
        if counted and memory is not None:
            self._admit(call, caller, self._ledger.enter_now(caller, memory))
        elif caller.limits.any:
            call.access = Access(caller, ledger=self._ledger)
        return None

    async def _enter(
        self, call: Call, caller: Caller | None, queue_up: Callable[[Call], Awaitable[None]] | None
    ) -> None:
        """Does the same where something has to be waited for; the caller is None until it is looked up."""
        caller = caller or await self._looked_up(call)
        if caller is None:
            if queue_up is not None:
                await queue_up(call)
            return
        call.access = Access(caller)
        caller.check_rpc(call.rpc.path)
        if queue_up is not None:
            await queue_up(call)
        if not caller.limits.any:
            return
        if call.rpc.carries:
            call.access = Access(caller, ledger=self._ledger)
            return
        try:
            entry = await self._ledger.enter(caller)
        except StoreError as error:
            caller.refuse(limits_unavailable(error))
            return
        self._admit(call, caller, entry)

    def _admit(self, call: Call, caller: Caller, entry: Entry | Refusal) -> None:
        """Records that a call is counted in.

        Raises:
            GatewayError: RESOURCE_EXHAUSTED: it is over a limit instead.
        """
        if isinstance(entry, Refusal):
            call.access = Access(caller)
            caller.refuse(limit_error(caller, entry))
            return
        limits = caller.limits
        meter = Meter(self._outputs) if limits.metered else None
        warning = ((SOFT_BUDGET, f"{limits.soft_budget:g}"),) if entry.warned else ()
        call.access = Access(caller, entry, meter, warning)

    def _at_once(self, metadata: Mapping[str, Any]) -> Caller | None:
        """Returns the caller of a key or a token that nothing has to be waited for; None: `_looked_up` tells."""
        key, known = caller_key(metadata, self._key_header), self._identities
        if key is None:
            return None
        if known is None:
            return None if self._keyring is None else self._keyring.find(key)
        return None if known.dry_run else known.of_known_token(key)

    async def _looked_up(self, call: Call) -> Caller | None:
        """Returns the caller of a call; None: in a dry run, one who would be refused."""
        if self._identities is None or not self._identities.dry_run:
            return await self._identify(call.head.metadata, call.context)
        refused = partial(self._would_refuse, call, set())
        caller = await self._identify(call.head.metadata, call.context, refused)
        if caller is not None and caller.kind == "identity":
            return replace(caller, report=refused)
        return caller

    def _would_refuse(self, call: Call, told: set[str], error: GatewayError) -> None:
        """Logs why a call would be refused; each reason once, as a model is checked in several places."""
        if str(error) in told:
            return
        told.add(str(error))
        fields = {
            "method": call.rpc.path,
            "status": error.code.name,
            "reason": error.reason,
            "error": str(error),
            "key": None if call.access.caller is None else call.access.caller.name,
            "request_id": call.head.request_id,
        }
        self._log.write(logging.WARNING, "would be refused", fields)


class Handlers(grpc.GenericRpcHandler):
    """All methods of the gateway's services, in one lookup.

    Args:
        admission: The bounds on calls, and on requests in memory.
        log: Where each RPC is logged.
        prices: Prices of models.
        max_message_bytes: The largest message in either direction.
        max_message_elements: Maximum number of elements of a message, in either direction.
        access: Lets callers in by their keys; None: everybody may call.
        ownership: Knows stored objects by sealed ids; None: ids stay as the upstream gives them.
        metrics: Counts and times each RPC, and traces it; None: nothing does.
        queue: Queue of calls beyond the limits, and limits of each caller; None: they are refused at once.
        reports: Load reports; None: they are off.
        to_the_end: Whether unary requests are read to their end, so that a second message is found. gRPC's own server
            would need another round through its core for that, a tenth of the gateway's cost of a call.

    Attributes:
        prices: As above; may be replaced.
        access: As above; may be replaced.
        ownership: As above; may be replaced.
    """

    def __init__(  # noqa: PLR0913 - each is one thing that surrounds a call
        self,
        admission: Admission,
        log: Log,
        *,
        prices: PriceTable,
        max_message_bytes: int,
        max_message_elements: int = MOST,
        access: AccessControl | None = None,
        ownership: Ownership | None = None,
        metrics: Observer | None = None,
        queue: FairQueue | None = None,
        reports: LoadReports | None = None,
        to_the_end: bool = False,
    ) -> None:
        self._admission = admission
        self.prices = prices
        self.access = access
        self.ownership = ownership
        self._max_message_bytes = max_message_bytes
        self._max_elements = max_message_elements
        self._metrics = metrics
        self._queue = queue
        self._reports = reports
        self._to_the_end = to_the_end
        self._log = log
        self._handlers: dict[str, grpc.RpcMethodHandler[Any, Any]] = {}
        self._sessions: set[str] = set()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._running: dict[asyncio.Task[Any], Call] = {}
        # Of gRPC's own server, whose task of a call goes on until its status is sent.
        self._sending: dict[asyncio.Task[Any], Context] | None = None if to_the_end else {}
        self._refusing = False
        self._telling: asyncio.Task[None] | None = None
        self._cutting_off = False
        self._idle = asyncio.Event()
        self._idle.set()

    def service(self, handler_call_details: grpc.HandlerCallDetails) -> "grpc.RpcMethodHandler[Any, Any] | None":
        """Finds the handler of an RPC."""
        return self._handlers.get(handler_call_details.method)

    def add(self, rpc: Rpc, method: Callable[[Call, Any], Awaitable[Any]]) -> None:
        """Registers the method of an RPC, which returns the reply or writes a stream to the call."""
        serve = self._stream(rpc, method) if rpc.server_streaming else self._unary(rpc, method)
        make: Callable[..., Any] = (
            grpc.stream_stream_rpc_method_handler if rpc.server_streaming else grpc.stream_unary_rpc_method_handler
        )
        self._handlers[rpc.path] = make(serve)
        if rpc.session:
            self._sessions.add(rpc.path)

    async def dispatch(self, path: str, context: Context) -> None:
        """Serves a call with a streamed reply within the process.

        Args:
            path: The path of its RPC.
            context: Its context.

        Raises:
            AbortError: It has failed; the context was told why.
        """
        handler: Any = self._handlers[path]
        await handler.stream_stream(None, context)

    def is_session(self, path: str) -> bool:
        """Returns whether an RPC is a session, whose messages go in both directions at once."""
        return path in self._sessions

    async def idle(self) -> None:
        """Waits until no RPC is in flight."""
        await self._idle.wait()

    def running(self) -> frozenset["asyncio.Task[Any]"]:
        """Returns the tasks of the RPCs in flight."""
        return frozenset(self._running)

    def calls(self) -> list[Call]:
        """Returns the RPCs in flight."""
        return list(self._running.values())

    def busy_ports(self) -> frozenset[int]:
        """Returns the peers' ports of gRPC server connections with a call in flight."""
        ports = [each.peer().rpartition(":")[2] for each in (self._sending or {}).values()]
        return frozenset(int(each) for each in ports if each.isdecimal())  # empty: the connection is lost

    def _sent(self, task: "asyncio.Task[Any]") -> None:
        if self._sending is not None:
            self._sending.pop(task, None)

    @property
    def refusing(self) -> bool:
        """True if every RPC that comes is refused, as the server is shutting down."""
        return self._refusing

    async def turns_away(self, context: Context) -> bool:
        """Returns whether an RPC of this caller is refused whatever its request is.

        For servers that can't know the RPC before they have read the request.
        """
        if self._refusing or not (self.access is None or await self.access.knows(context)):
            return True
        return (
            self._admission.full and self._queue is None
        )  # looked at last: nothing is awaited from here until it is entered

    def refuse(self, grace: float | None = None) -> None:
        """Refuses all new RPCs, and tells the streams in flight.

        Args:
            grace: Seconds until the RPCs in flight are aborted; None: they are not.
        """
        self._refusing = True
        due = inf if grace is None else time.monotonic() + grace
        told = [call for call in self._running.values() if announce_drain(call, due)]
        if told:
            self._telling = asyncio.get_running_loop().create_task(_tell(told))

    def accept(self) -> None:
        """Serves new RPCs again."""
        self._refusing = False
        for call in self._running.values():
            announce_drain(call, None)

    def cut_off(self) -> None:
        """Aborts every RPC in flight, each with a status that says why."""
        self._cutting_off = True
        for task in self._running:
            task.cancel()

    def _unary(self, rpc: Rpc, method: UnaryMethod) -> Callable[[Any, Context], Awaitable[bytes]]:
        async def serve(received: object, context: Context) -> bytes:
            call = self._begin(rpc, context)
            try:
                try:
                    if (entering := self._enter(call)) is not None:
                        await entering
                    reply = await method(call, await self._receive(call))
                    large = call.sent.large or (call.frames is not None and call.relay is None and is_dense(reply))
                    data = await in_thread(encode, call, reply) if large else encode(call, reply)
                    finish(call, len(data))
                    trailers: Metadata = trailing_metadata(call)
                    if self._reports is not None:
                        trailers = self._trailers(call, trailers, "OK")
                    if trailers:
                        context.set_trailing_metadata(trailers)
                except BaseException as error:
                    ending = self._fail(call, error)
                    if ending is None:
                        raise
                else:
                    ending = None
                aborted = None if ending is None else await unwound(context.abort(*ending))
            finally:
                self._end(call)
            if aborted:
                del call, context, ending, received
                try:
                    raise aborted
                finally:
                    del aborted
            self._ended(call, "OK")
            return data

        return serve

    def _stream(self, rpc: Rpc, method: StreamMethod) -> Callable[[Any, Context], Awaitable[None]]:
        async def serve(received: object, context: Context) -> None:
            call = self._begin(rpc, context)
            try:
                try:
                    if (entering := self._enter(call)) is not None:
                        await entering
                    await method(call, await self._receive(call))
                    trailers: Metadata = trailing_metadata(call)
                    if self._reports is not None:
                        trailers = self._trailers(call, trailers, "OK")
                    context.set_trailing_metadata(trailers)
                except BaseException as error:
                    ending = self._fail(call, error)
                    if ending is None:
                        raise
                else:
                    ending = None
                if call.sent.notice is not None:
                    await settle_notice(call, failed=ending is not None)
                aborted = None if ending is None else await unwound(context.abort(*ending))
            finally:
                self._end(call)
            if aborted:
                del call, context, ending, received
                try:
                    raise aborted
                finally:
                    del aborted
            self._ended(call, "OK")

        return serve

    def _begin(self, rpc: Rpc, context: Context) -> Call:
        loop = self._loop
        if loop is None:
            loop = self._loop = asyncio.get_running_loop()
        call = Call(rpc, context, self.prices, self._max_message_bytes, self._max_elements, self.ownership, loop)
        if not self._running:
            self._idle.clear()
        self._running[call.task] = call
        if self._sending is not None and not self._refusing:
            self._sending[call.task] = context
            call.task.add_done_callback(self._sent)
        if self._metrics is not None:
            self._metrics.begin(call)
        if self._reports is not None:
            self._reports.begin(call)
        return call

    def _enter(self, call: Call) -> Coroutine[Any, Any, None] | None:
        """Counts a call in; returns what is to be waited for, or None: most gateways need no coroutine here."""
        if self._refusing:
            raise DrainingError("The server is shutting down; another one may serve the call", retry_after=0.0)
        if self._queue is not None and not call.rpc.carries:
            return self._queue_up(call) if self.access is None else self.access.enter(call, self._queue_up)
        self._admission.enter()
        call.received.admitted = True
        return None if self.access is None else self.access.enter(call)

    async def _queue_up(self, call: Call) -> None:
        """Counts a call in, once it is its turn."""
        queue, head, caller = cast("FairQueue", self._queue), call.head, call.access.caller
        asked = None if queue.priority_key is None else head.metadata.get(queue.priority_key)
        name = f"address:{address_of(call.context.peer())}" if caller is None else f"{caller.kind}:{caller.name}"
        call.received.account = await queue.enter(
            name,
            USUAL if caller is None else caller.standing,
            asked if isinstance(asked, str) else None,
            streaming=call.rpc.server_streaming,
            deadline=head.deadline,
        )
        call.received.admitted = True

    def _end(self, call: Call) -> None:
        try:
            if call.access.entry is not None:
                call.leave()
        finally:
            got = call.received
            if got.admitted:
                self._admission.leave(got.held)
                if self._queue is not None and got.account is not None:
                    got.account.held -= got.held
                    self._queue.leave(got.account, streaming=call.rpc.server_streaming)
            if self._reports is not None:
                self._reports.end(call)
            if self._metrics is not None:
                self._metrics.end(call)
            self._running.pop(call.task, None)
            if not self._running:
                self._idle.set()

    async def _receive(self, call: Call) -> Any:
        """Reads and parses the request, or returns an iterator over the messages of a request stream."""
        if call.rpc.client_streaming:
            return RequestStream(call, self._hold, self._let_go)
        read_now: Callable[[], Any] = getattr(call.context, "read_now", _nothing)
        data = read_now()
        if data is None:
            data = await call.context.read()
        if data is grpc.aio.EOF:
            # gRPC's own server tells of a cancel as of an end, and cancels the task before it answers another read.
            await call.context.read()
            raise cardinality_error("has no message")
        self._hold(call, data)
        if self._to_the_end:
            end = read_now()
            if (await call.context.read() if end is None else end) is not grpc.aio.EOF:
                raise cardinality_error("has more than one message")
        if call.access.caller is not None or call.ownership is not None:
            call.received.untyped = may_hold_untyped(data)
        if len(data) > SMALL:
            return await read_message(call, data)
        return parse(call.rpc, data, call.head.revision, call.max_elements)

    def _hold(self, call: Call, received: bytes) -> None:
        """Counts a message of the request in."""
        size, got = len(received), call.received
        got.bytes += size
        if size > self._max_message_bytes:
            raise MessageTooLargeError(
                f"The request has a message of {size} bytes; the limit is {self._max_message_bytes}"
            )
        if self._queue is not None and got.account is not None:
            self._queue.check_bytes(got.account, size)
            self._admission.hold(size)
            got.account.held += size
        else:
            self._admission.hold(size)
        got.held = size

    def _let_go(self, call: Call) -> None:
        """Counts a message of a request stream out, before the next one."""
        got = call.received
        got.spent = got.spent or got.bytes > 0
        size, got.held = got.held, 0
        if got.account is not None:
            got.account.held -= size
        self._admission.release(size)

    def _ended(self, call: Call, status: str, failure: GatewayError | None = None) -> None:
        log_rpc(self._log, call, status, failure)
        if self._metrics is not None:
            self._metrics.observe(call, status, time.monotonic() - call.head.started, failure)

    def _trailers(self, call: Call, trailers: Metadata, status: str, failure: GatewayError | None = None) -> Metadata:
        """Counts the outcome of a call, and adds its load report to its trailers."""
        reports = self._reports
        if reports is None:
            return trailers
        reports.ended(call, status, failure)
        # REST has no field for it.
        return (*trailers, reports.trailer(call)) if reports.per_call and call.frames is None else trailers

    def _fail(self, call: Call, error: BaseException) -> "Ending | None":
        """Logs the failure of a call and returns the caller's status; None: cancelled or aborted."""
        if isinstance(error, Exception):
            failure = gateway_error(error, call, self._log)
        elif self._cutting_off and isinstance(error, asyncio.CancelledError):
            failure = shutdown_error(call)
        else:
            status = cancelled_status(call)
            self._ended(call, status)
            if self._reports is not None:
                self._reports.ended(call, status, None)
            return None
        self._ended(call, failure.code.name, failure)
        trailers: Metadata = (*failure.trailing_metadata(), *served_by(call))
        if self._reports is not None:
            trailers = self._trailers(call, trailers, failure.code.name, failure)
        ending = Ending(failure.code, failure.to_status().message, trailers)
        forget_frames(error)
        return ending


class Ending(NamedTuple):
    """End of a failed call.

    Attributes:
        code: The status.
        message: Its message.
        trailers: The trailing metadata.
    """

    code: grpc.StatusCode
    message: str
    trailers: Metadata


class RequestStream:
    """Messages of a request stream, parsed on reading.

    Args:
        call: The call.
        hold: Counts the bytes of a message in.
        let_go: Counts them out, once the next one is asked for.
    """

    def __init__(self, call: Call, hold: Callable[[Call, bytes], None], let_go: Callable[[Call], None]) -> None:
        self._call = call
        self._hold = hold
        self._let_go = let_go

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Message:
        self._let_go(self._call)
        try:
            data = await self._call.context.read()
        except grpc.aio.BaseError:  # the RPC has ended, and its task is told so; whoever reads here may be another one
            raise asyncio.CancelledError from None
        if data is grpc.aio.EOF:
            raise StopAsyncIteration
        self._hold(self._call, data)
        return await read_message(self._call, data)


def _nothing() -> None:
    """Reads nothing without waiting, of a context that can't."""


async def read_message(call: Call, data: bytes) -> Message:
    """Parses a request message; a large one off the event loop.

    Raises:
        InvalidArgumentError: It is not one.
        MessageTooLargeError: It has too many elements.
    """
    rpc, revision = call.rpc, call.head.revision
    call.received.large = len(data) > SMALL and is_large(rpc.request_type, data)
    if call.received.large:
        return await in_thread(parse, rpc, data, revision, call.max_elements)
    return parse(rpc, data, revision, call.max_elements)


def parse(rpc: Rpc, data: bytes, revision: int, max_elements: int) -> Message:
    """Parses a request message; moves keys of `extra_json` into unset typed fields.

    Args:
        rpc: The RPC.
        data: The message.
        revision: The revision of the contract that the caller knows.
        max_elements: Maximum number of elements: each takes a hundred times its bytes once parsed.

    Raises:
        InvalidArgumentError: It is not one, or has fields of a newer revision, which would be lost.
        MessageTooLargeError: It has too many elements.
    """
    if len(data) > 2 * max_elements and count_elements(rpc.request_type, data, max_elements) > max_elements:
        raise MessageTooLargeError(
            f"The request has a message of more than {max_elements} fields and list entries, "
            "the limit of server.max_message_elements: send less at once"
        )
    try:
        request = rpc.request_type.FromString(data)
    except DecodeError as error:
        raise InvalidArgumentError(f"The request is not a {rpc.request_type.DESCRIPTOR.full_name}") from error
    if MARK[0] in data and MARK in data:  # one byte is found many times faster than two
        read_extra(request, CONTROL_KEYS)
    if revision > CONTRACT_REVISION and has_unknown_fields(request):
        raise InvalidArgumentError(
            f"The request has fields of revision {revision} of the contract; this gateway knows {CONTRACT_REVISION}: "
            "upgrade it, or send them in extra_json"
        )
    return request


def is_dense(reply: Message) -> bool:
    """Returns whether the JSON of a reply is to be written in the thread."""
    return reply.ByteSize() > SMALL and is_large(type(reply), reply.SerializeToString())


async def _tell(calls: Sequence[Call]) -> None:
    """Tells streams that the gateway drains, some at a time: others are served meanwhile."""
    for number, call in enumerate(calls, 1):
        start_notice(call)
        if number % TOLD_AT_ONCE == 0:
            await asyncio.sleep(0)


def address_of(peer: str) -> str:
    """Returns the address of a peer without its port, such as `ipv4:10.0.0.1`."""
    return peer.rpartition(":")[0] if peer.startswith(("ipv4:", "ipv6:")) else peer


def cardinality_error(what: str) -> GatewayError:
    """Returns the error of a unary request without a message, or with several."""
    return GatewayError(
        f"The request {what}: this RPC takes exactly one",
        code=grpc.StatusCode.UNIMPLEMENTED,
        reason="INVALID_REQUEST",
    )


def cancelled_status(call: Call) -> str:
    """Returns the status of a cancelled call: gRPC cancels the method at a cancellation or a deadline."""
    told = call.context.code()
    if isinstance(told, grpc.StatusCode) and told is not grpc.StatusCode.OK:
        return told.name  # our own HTTP/2 has ended the call, such as for a message that is too large
    passed = call.head.deadline is not None and time.monotonic() >= call.head.deadline
    return "DEADLINE_EXCEEDED" if passed else "CANCELLED"


def shutdown_error(call: Call) -> GatewayError:
    """Returns the error of a call that outlived the grace period."""
    if call.route.deployment is None:
        return DrainingError("The server shut down before the call was started", retry_after=0.0)
    return GatewayError(
        "The server shut down before the call was done", reason="DRAINING", maybe_billed=not call.rpc.safe
    )


def gateway_error(error: Exception, call: Call, log: Log) -> GatewayError:
    """Returns the caller's error, with facts of the upstream's reply.

    A failure that nobody foresaw is logged with the place where it happened; the caller learns only that there was one.

    Args:
        error: The exception.
        call: The call that it ends.
        log: Where it is logged, if nobody foresaw it.
    """
    if isinstance(error, GatewayError):
        failure = error
    elif isinstance(error, CodecError):
        failure = (
            InvalidArgumentError.of_field(error.path, error.reason) if error.path else InvalidArgumentError(str(error))
        )
    elif isinstance(error, RequestMemoryError):
        failure = no_memory()
    elif isinstance(error, RpcError):  # the caller's message can't be inflated
        too_large = error.code is grpc.StatusCode.RESOURCE_EXHAUSTED
        failure = (
            MessageTooLargeError(error.details)
            if too_large
            else GatewayError(error.details, code=error.code, reason="INVALID_REQUEST")
        )
    elif (own := exhausted(error)) is not None:
        failure = own
    else:
        shown = {"request_id": call.head.request_id, "trace_id": trace_id(call), "traceback": frames(error)}
        log.write(logging.ERROR, "unexpected error", shown)
        failure = GatewayError("The gateway failed; see its log", reason="INTERNAL")
    if isinstance(failure, ExhaustedError):
        log.write_seldom(logging.ERROR, f"short of {failure.what}", usage)
    failure.http_status = failure.http_status or call.answer.status or None
    failure.request_id = failure.request_id or call.answer.request_id or call.head.request_id
    failure.metadata = failure.metadata or call.answer.metadata
    return failure

"""Sessions: streams of events in both directions, which end when idle and know when the gateway drains."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, TypeVar

import grpc
from google.protobuf.message import Message

from openai_grpc.codec import CodecError, from_object, loads, to_revision
from openai_grpc.rest import HttpError, http_error
from openai_grpc_server.access.names import check_models
from openai_grpc_server.calls.call import Call
from openai_grpc_server.calls.reply import write
from openai_grpc_server.errors import GatewayError, IdleTimeoutError, InvalidArgumentError

if TYPE_CHECKING:
    from openai_grpc_server.access.ownership import Opened
    from openai_grpc_server.routing.deployment import Deployment
    from openai_grpc_server.services.base import Service

E = TypeVar("E", bound=Message)

# Answers to a handshake of upstreams that have no WebSocket at a path.
NO_SUCH_MODE = frozenset(
    {HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED, HTTPStatus.UPGRADE_REQUIRED, HTTPStatus.NOT_IMPLEMENTED}
)


class Session:
    """A session of a caller.

    Args:
        service: The service.
        call: The call.
        kind: The class of the events that the caller gets.

    Attributes:
        call: As above.
        over: Why the session ends before its time, once it does.
    """

    def __init__(self, service: "Service", call: Call, kind: type[Message]) -> None:
        self.call = call
        self.over: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._service = service
        self._kind = kind
        self._writing = asyncio.Lock()
        self._last = time.monotonic()
        self._idle: asyncio.TimerHandle | None = None

    @property
    def busy(self) -> bool:
        """True if the session works for the caller, whether or not there are events."""
        return False

    def end(self, error: GatewayError) -> None:
        """Ends the session with an error, unless it ends already."""
        if not self.over.done():
            self.over.set_exception(error)

    def touch(self) -> None:
        """Notes that an event came or went."""
        self._last = time.monotonic()

    def watch(self) -> None:
        """Ends the session once it has been idle for too long."""
        limit = self._service.settings.session_idle_timeout
        left = limit if self.busy else self._last + limit - time.monotonic()
        if left <= 0:
            self.end(IdleTimeoutError(f"the connection was idle for {limit:g} s"))
            return
        self._idle = asyncio.get_running_loop().call_later(max(left, 0.001), self.watch)

    async def stop(self, *tasks: "asyncio.Task[Any]") -> None:
        """Stops the timer and tasks of the session."""
        self.call.when_draining(None)  # it leads back here
        if self._idle is not None:
            self._idle.cancel()
        self.over.cancel()
        with suppress(asyncio.CancelledError, GatewayError):
            self.over.result()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def emit(self, data: bytes) -> None:
        """Sends an encoded event; returns once the caller's flow control has taken it."""
        self._last = time.monotonic()
        async with self._writing:
            await write(self.call, [data])

    def own_event(self, value: dict[str, Any]) -> Any:
        """Returns an event of the gateway's own, in the caller's revision of the contract."""
        event = from_object(self._kind, value)
        if self.call.head.revision < self.call.rpc.reply_revision:
            to_revision(event, self.call.head.revision)
        return event

    async def refuse(self, error: GatewayError, message: Any) -> None:
        """Tells the caller that an event of his is refused.

        Args:
            error: Why.
            message: The event.
        """
        del message
        await self.emit(self.own_event(told(error)).SerializeToString())

    async def guarded(self, message: E, work: Callable[[E], Awaitable[None]]) -> None:
        """Does what an event asks for; a refusal is an event as well."""
        try:
            await work(message)
        except CodecError as error:
            await self.refuse(InvalidArgumentError(str(error)), message)
        except GatewayError as error:
            await self.refuse(error, message)

    async def caller_ended(self) -> None:
        """Tells the end of a caller's stream from his cancel.

        Raises:
            asyncio.CancelledError: The caller has cancelled.
        """
        # gRPC ends the stream of a caller who has cancelled like that of one who is done, and only then cancels.
        await self.call.context.read()
        if self.call.task.cancelling():
            raise asyncio.CancelledError

    def open_ids(self, message: Any) -> "Opened | None":
        """Unseals the ids in an event, and returns them; None: ids are not sealed.

        Raises:
            GatewayError: NOT_FOUND: an id is not one of the caller's.
            InvalidArgumentError: An id is invalid.
        """
        ownership = self.call.ownership
        return None if ownership is None else ownership.open_request(self.call, message)

    def check_places(self, opened: "Opened | None", deployment: "Deployment") -> None:
        """Raises InvalidArgumentError if an object of an event is at another upstream than the event goes to."""
        router = self._service.router
        if opened is None or router.affinity is None:
            return
        for each in opened.ids:
            if each.deployment:
                router.affinity.remember(each.object_id, each.deployment)
                router.check_place(each.object_id, deployment)
        router.check_place(opened.previous, deployment)

    def read_unknown(
        self, message: Any, typed: Callable[[str], bool], deployment: "Deployment | None" = None
    ) -> dict[str, Any]:
        """Returns the JSON of an event that the contract does not know, with its ids unsealed.

        Args:
            message: The message; its `unknown` is the JSON.
            typed: Returns whether a type of events has a field of its own.
            deployment: Where it goes, if that is known.

        Raises:
            InvalidArgumentError: It is not an event, or one that has a field of its own.
            GatewayError: It names what the caller may not use.
        """
        value = loads(message.unknown)
        if not isinstance(value, dict) or not isinstance(value.get("type"), str):
            raise InvalidArgumentError.of_field("unknown", "must be a JSON object with a type")
        if typed(value["type"]):
            raise InvalidArgumentError.of_field("unknown", f"{value['type']} has a field of its own")
        caller = self.call.access.caller
        if caller is not None and caller.limited_to_models:
            check_models(caller, message, untyped=True)
        opened = self.open_ids(message)
        if opened is not None:
            value = loads(message.unknown)
        if deployment is not None:
            self.check_places(opened, deployment)
        return dict(value)


def error_event(error: HttpError) -> dict[str, Any]:
    """Returns the event of an error reply."""
    return {"type": "error", "error": error.body["error"], "status": error.status}


def told(error: GatewayError) -> dict[str, Any]:
    """Returns the event of a failure that is not a call's."""
    return error_event(http_error(_Failed(error)))


class _Failed:
    """A failure with the methods of `grpc.RpcError`."""

    def __init__(self, error: GatewayError) -> None:
        self._error = error

    def code(self) -> grpc.StatusCode:
        return self._error.code

    def details(self) -> str:
        return self._error.message

    def trailing_metadata(self) -> tuple[tuple[str, str | bytes], ...]:
        return self._error.trailing_metadata()

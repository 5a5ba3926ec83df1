"""Watching of jobs that run upstream: one poller for each job, however many callers watch it."""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Hashable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, ClassVar, Final, NamedTuple

from google.protobuf.message import Message

from openai_grpc.codec import loads
from openai_grpc_server.calls.call import REQUEST_ID, Answer, Call
from openai_grpc_server.calls.method import Rpc
from openai_grpc_server.calls.reply import encode, write
from openai_grpc_server.calls.rest import upstream_headers
from openai_grpc_server.config import ServerSettings
from openai_grpc_server.errors import CallerDeadlineError, DrainingError, GatewayError
from openai_grpc_server.errors.error import forget_frames
from openai_grpc_server.errors.upstream import retry_after
from openai_grpc_server.routing import Router
from openai_grpc_server.routing.failures import RetryPolicy, retry_policy
from openai_grpc_server.runtime.offload import SMALL, beside_loop
from openai_grpc_server.services.base import Method, Service
from openai_grpc_server.upstream import CLIENT_REQUEST_ID

MAX_FAILURES: Final = 5  # polls in a row that may fail before the watchers are told
LONGEST_ASKED: Final = 3600.0  # seconds; an upstream that asks for more is polled again after these
GROWTH: Final = 1.5  # of the interval, with each poll without a change
# Headers of a reply that say when to ask again; OpenAI's own goes with jobs.
POLL_AFTER: Final = "openai-poll-after-ms"
ASKS: Final = ("retry-after-ms", "retry-after", "date", POLL_AFTER)
# Headers that differ between calls that may share a poller.
OF_A_CALL: Final = frozenset({CLIENT_REQUEST_ID.lower(), "traceparent", "tracestate", "baggage"})

pause = asyncio.sleep


@dataclass(frozen=True, slots=True)
class Job:
    """A kind of job.

    Attributes:
        get: The RPC that gets its state.
        is_done: Returns whether a state is the last one.
        longest: Returns the interval between polls up to which a job may be polled less often than the settings say, by
            its state and the watcher's request, in seconds; None: none may.
    """

    get: Rpc
    is_done: Callable[[Any], bool]
    longest: Callable[[Any, Any], float] | None = None

    def watched_by(self, watch: Rpc) -> Rpc:
        """Returns the RPC that watches such a job: to routing, it is about the object in the path of `get`."""
        get = self.get
        return replace(watch, http_method=get.http_method, http_path=get.http_path, path_fields=get.path_fields)


class Polled(NamedTuple):
    """A state of a job as a poll has found it.

    Attributes:
        state: The state, without call info.
        answer: The upstream's answer.
        asked: Seconds after which the upstream wants to be asked again, or None.
    """

    state: Message
    answer: Answer
    asked: float | None


class Jobs:
    """Jobs of a service that callers watch.

    Args:
        service: The service.
    """

    def __init__(self, service: Service) -> None:
        self._service = service
        self._pollers: dict[Hashable, Poller] = {}

    async def watch(self, call: Call, request: Message, job: Job) -> Message:
        """Sends the states of a job until it is done.

        Args:
            call: The call.
            request: Its request: that of `job.get`, or one with its fields.
            job: The kind of job.

        Returns:
            The last state.

        Raises:
            GatewayError: A poll failed for good, the time is up, or the gateway shuts down.
        """
        watcher = Watcher(call)
        call.when_draining(watcher.drain)

        async def join(call: Call, request: Message) -> Message:
            return await self._join(watcher, call, request, job)

        try:
            state = await self._service.route(call, request, join)
            while True:
                await self._send(call, watcher, state)
                following = await watcher.next()
                if following is None:
                    return state
                state = following
        finally:
            watcher.leave()

    async def _join(self, watcher: "Watcher", call: Call, request: Message, job: Job) -> Message:
        """Joins the watchers of a job at the call's deployment, and returns its present state."""
        watcher.leave()
        value = self._service.prepare(call, request)
        for name in value.keys() - job.get.json_keys - _extra_keys(request):
            del value[name]  # the gateway's own
        key = self._key(call, job, value)
        poller = self._pollers.get(key)
        if poller is None:
            settings = self._service.settings

            part = self._service.poll_part(call, job.get, PollContext(call))

            async def poll() -> Polled:
                state, headers = await self._service.poll(part, {**value}, ASKS)
                return Polled(state, part.answer, asked_for(headers))

            def longest(state: Message) -> float:
                usual = settings.watch_max_interval
                return usual if job.longest is None else max(job.longest(state, request), usual)

            poller = self._pollers[key] = Poller(poll, job.is_done, settings.watch_min_interval, longest)
            poller.start(partial(self._over, key, poller))
        watcher.join(poller)
        state = await watcher.next()
        assert state is not None  # noqa: S101 - the present one was not told yet
        return state

    def _over(self, key: Hashable, poller: "Poller") -> None:
        if self._pollers.get(key) is poller:
            del self._pollers[key]

    def _key(self, call: Call, job: Job, value: dict[str, Any]) -> Hashable:
        """Returns what calls have in common that may share a poller: owner, deployment, credentials and request."""
        headers = upstream_headers(call, self._service.settings.key_header)
        shared = tuple(sorted(each for each in headers if each[0].lower() not in OF_A_CALL))
        owner = None if call.access.caller is None else (call.access.caller.kind, call.access.caller.name)
        return owner, call.route.chosen, job.get.path, repr(sorted(value.items())), shared

    async def _send(self, call: Call, watcher: "Watcher", state: Message) -> None:
        message: Any = type(state)()
        message.CopyFrom(state)
        self._service.answered(call, watcher.answer)
        message.call_info.CopyFrom(call.info())
        data = await beside_loop(message.ByteSize() > SMALL, encode, call, message)
        await write(call, [data])


class JobService(Service):
    """A service of objects that are jobs: its RPC `Watch...` sends the states of one.

    Attributes:
        job: The kind of job.
    """

    job: ClassVar[Job]

    def __init__(self, router: Router, settings: ServerSettings) -> None:
        super().__init__(router, settings)
        self._jobs = Jobs(self)

    def methods(self) -> Iterator[tuple[Rpc, Method]]:
        """Yields each RPC with its method."""
        for rpc, method in super().methods():
            yield (self.job.watched_by(rpc) if rpc.name.startswith("Watch") else rpc), method

    async def watch(self, call: Call, request: Message) -> Message:
        """Sends the states of a job until it is done, and returns the last one; see `Jobs.watch`."""
        return await self._jobs.watch(call, request, self.job)


class Poller:
    """Polls a job as long as somebody watches it.

    Args:
        poll: Asks the upstream for its state.
        is_done: Returns whether a state is the last one.
        shortest: The shortest interval between polls, in seconds.
        longest: Returns the longest interval by a state, in seconds.

    Attributes:
        polled: The newest state; None before the first.
        version: The number of changes.
        done: Whether the newest state is the last one.
        error: The failure that it ended with, or None.
        watchers: Who watches.
    """

    def __init__(
        self,
        poll: Callable[[], Awaitable[Polled]],
        is_done: Callable[[Any], bool],
        shortest: float,
        longest: Callable[[Message], float],
    ) -> None:
        self.polled: Polled | None = None
        self.version = 0
        self.done = False
        self.error: BaseException | None = None
        self.watchers: set[Watcher] = set()
        self._poll = poll
        self._is_done = is_done
        self._shortest = shortest
        self._longest = longest
        self._over: Callable[[], None] = lambda: None
        self._task: asyncio.Task[None] | None = None

    def start(self, over: Callable[[], None]) -> None:
        """Begins to poll.

        Args:
            over: Is called when it polls no more.
        """
        self._over = over
        self._task = asyncio.create_task(self._run())

    def leave(self, watcher: "Watcher") -> None:
        """Takes a watcher out, and ends when it was the last one."""
        self.watchers.discard(watcher)
        if not self.watchers and self._task is not None:
            self._task.cancel()
            self._over()

    async def _run(self) -> None:
        quiet = failures = 0
        while True:
            try:
                polled = await self._poll()
            except Exception as error:  # noqa: BLE001 - the watchers raise it
                failures += 1
                if self.polled is None or failures > MAX_FAILURES or not may_pass(error):
                    self._end(error)
                    return
                asked = getattr(error, "retry_after", None)
                forget_frames(error)
                rest = failures
            else:
                failures = 0
                asked = polled.asked
                quiet = 0 if self._take(polled) else quiet + 1
                if self.done:
                    self._over()
                    return
                rest = quiet
            assert self.polled is not None  # noqa: S101 - without a state it has ended above
            await pause(interval(rest, self._shortest, self._longest(self.polled.state), asked))

    def _take(self, polled: Polled) -> bool:
        """Takes a state, and returns whether it is another one."""
        if self.polled is not None and polled.state == self.polled.state:
            return False
        self.polled = polled
        self.version += 1
        self.done = self._is_done(polled.state)
        self._wake()
        return True

    def _end(self, error: BaseException) -> None:
        forget_frames(error)
        self.error = error
        self._over()
        self._wake()

    def _wake(self) -> None:
        for watcher in self.watchers:
            watcher.woken.set()


class Watcher:
    """A caller who watches a job.

    Args:
        call: The call.

    Attributes:
        woken: Is set when there is something new.
        answer: The upstream's answer with the state that was told last.
    """

    def __init__(self, call: Call) -> None:
        self.woken = asyncio.Event()
        self.answer: Answer = call.answer
        self._call = call
        self._poller: Poller | None = None
        self._seen = 0
        self._draining = False

    def join(self, poller: Poller) -> None:
        """Begins to watch."""
        self._poller, self._seen = poller, 0
        poller.watchers.add(self)

    def leave(self) -> None:
        """Stops watching."""
        if self._poller is not None:
            self._poller.leave(self)
            self._poller = None

    def drain(self) -> bool:
        """Ends the watch: the gateway drains. Returns False: the stream does not go on."""
        self._draining = True
        self.woken.set()
        return False

    async def next(self) -> Message | None:
        """Waits for a state that was not told yet, and returns the newest; None: that was the last one.

        Raises:
            GatewayError: A poll failed for good, the time is up, or the gateway shuts down.
        """
        poller = self._poller
        assert poller is not None  # noqa: S101 - joined before
        due = self._due()
        while True:
            if poller.polled is not None and poller.version != self._seen:
                self._seen = poller.version
                self.answer = poller.polled.answer
                return poller.polled.state
            if poller.done:
                return None
            if poller.error is not None:
                raise told(poller.error)
            if self._draining:
                raise DrainingError("The server is shutting down; another one may serve the watch", retry_after=0.0)
            self.woken.clear()
            try:
                async with asyncio.timeout(None if due is None else max(due - time.monotonic(), 0.0)):
                    await self.woken.wait()
            except TimeoutError:
                raise CallerDeadlineError("the job was not done within the time of the call") from None

    def _due(self) -> float | None:
        """Returns when the time is up, in `time.monotonic()` seconds, or None."""
        call, limits = self._call, self._call.route.limits
        due = [] if call.head.deadline is None else [call.head.deadline]
        if limits is not None and limits.total is not None:
            due.append(limits.started + limits.total)
        if limits is not None and limits.first_message is not None and not call.sent.messages:
            due.append(limits.started + limits.first_message)
        if limits is not None and limits.between_messages is not None and call.sent.messages:
            due.append(time.monotonic() + limits.between_messages)
        return min(due, default=None)


class PollContext:
    """The context of polls, which outlive the call that has begun them: its metadata, without its deadline.

    Args:
        call: The call.
    """

    def __init__(self, call: Call) -> None:
        self._metadata = tuple(call.context.invocation_metadata() or ())
        self._request_id = call.head.request_id

    def invocation_metadata(self) -> Any:
        """Returns the metadata."""
        return (*self._metadata, (REQUEST_ID, self._request_id))

    def time_remaining(self) -> None:
        """Returns None: there is no deadline."""


def interval(quiet: int, shortest: float, longest: float, asked: float | None) -> float:
    """Returns the seconds until the next poll: exponential backoff, half of it jitter, at least what upstream asks for.

    Args:
        quiet: Number of polls without a change, or that failed, in a row.
        shortest: The shortest interval, in seconds.
        longest: The longest interval, in seconds.
        asked: What the upstream asks for, in seconds, or None.
    """
    full = min(2 * shortest * GROWTH ** min(quiet, 64), max(longest, shortest))
    jittered = random.uniform(max(full / 2, shortest), max(full, shortest))  # noqa: S311 - spreads load
    return max(jittered, min(asked or 0.0, LONGEST_ASKED))


def _extra_keys(request: Any) -> frozenset[str]:
    """Returns the keys of a request that the contract does not know."""
    return frozenset(loads(request.extra_json)) if request.extra_json else frozenset()


def asked_for(headers: Mapping[str, str]) -> float | None:
    """Returns the seconds after which an upstream wants to be asked again, or None."""
    found = retry_after(headers)
    if found is None and POLL_AFTER in headers:
        return retry_after({"retry-after-ms": headers[POLL_AFTER]})
    return found


def may_pass(error: BaseException) -> bool:
    """Returns whether a poll that failed may succeed later."""
    return isinstance(error, GatewayError) and retry_policy(error, retry_maybe_billed=True) is RetryPolicy.ANY


def told(error: BaseException) -> BaseException:
    """Returns a failure for one of several callers, each of whom adds facts of the call to it."""
    if not isinstance(error, GatewayError):
        return error
    own: GatewayError = GatewayError.__new__(type(error))
    own.args = error.args
    vars(own).update(vars(error))
    return own

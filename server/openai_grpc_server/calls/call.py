"""State of an RPC in progress, in parts, each written by one module.

| part | written by |
|---|---|
| `Head` | this module, once |
| `Access` | `pipeline.handler`, once the caller's key is known |
| `Received` | `pipeline.handler` |
| `Route` | `services.base` |
| `Answer` | `services.base`, anew for each attempt |
| `Sent` | `calls.reply` |
| `Bill` | this module |
| `Trace` | `pipeline.tracing`, where a call is sampled |

`tests/unit/server/test_call_parts.py` holds that.
"""

import asyncio
import os
import re
import time
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Protocol, Self

import grpc.aio

from openai_grpc.v1 import common_pb2, response_pb2
from openai_grpc_server.calls.method import Rpc
from openai_grpc_server.cost.usage import NONE, Price, PriceTable, Usage, read_usage

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from google.protobuf.message import Message

    from openai_grpc_server.access.keyring import Caller
    from openai_grpc_server.access.ledger import Entry, Ledger
    from openai_grpc_server.access.ownership import Ownership
    from openai_grpc_server.config.providers import Mode
    from openai_grpc_server.cost.usage import Meter
    from openai_grpc_server.errors import GatewayError
    from openai_grpc_server.routing import Affinity, Deployment, Plan
    from openai_grpc_server.runtime.fair_queue import Account
    from openai_grpc_server.telemetry.otel import Trace, Unsampled
    from openai_grpc_server.upstream import CallLimits

Context = grpc.aio.ServicerContext[Any, Any]


class Frames(Protocol):
    """Writes messages as JSON for callers by REST: those of a stream as events, the only one of a reply as its body."""

    def event(self, message: "Message") -> bytes:
        """Returns the event of a message, or the body.

        Raises:
            CodecError: The message has no JSON.
        """

    def head_of(self, message: "Message", data: bytes) -> bytes | None:
        """Returns what precedes JSON text in the event of a message, or None if its text must not be sent as it is.

        Args:
            message: The message.
            data: The text that it was read from.

        Raises:
            CodecError: The message has no JSON.
        """


REVISION_KEY = "openai-grpc-contract"
"""The metadata key by which generated clients tell the revision of the contract that they are generated from."""
_REVISION_DIGITS = 6

NULLS_KEY = "openai-grpc-nulls"
"""The metadata key by which a caller asks for the explicit nulls of replies: its value is `keep`."""

REQUEST_ID = "x-request-id"
_LEGAL_ID = re.compile(r"[!-~]{1,256}")
_ID_DIGITS: Final = 32
_NEW_IDS: Final[list[str]] = []  # not given out yet
os.register_at_fork(after_in_child=_NEW_IDS.clear)

MARGIN = 0.05  # seconds, and no more than a tenth: the answer must still reach the caller in time


class Head(NamedTuple):
    """Head of a request: its metadata, and the values read from it.

    Attributes:
        metadata: The caller's metadata; of a repeated key the last value.
        request_id: The caller's `x-request-id`, or a new one where it has none that could go into a header.
        revision: The revision of the contract that the caller knows; 1 for one that does not say.
        started: When it came, in `time.monotonic()` seconds.
        deadline: When the upstream must have answered, in `time.monotonic()` seconds; None: never.
        nulls: Whether explicit nulls of replies are kept, in `extra_json`.
    """

    metadata: "Mapping[str, Any]"
    request_id: str
    revision: int
    started: float
    deadline: float | None
    nulls: bool = False

    @classmethod
    def read(cls, context: Context) -> Self:
        """Reads the head of a new RPC."""
        metadata: dict[str, Any] = dict(context.invocation_metadata() or ())
        given: Any = metadata.get(REQUEST_ID)
        revision = metadata.get(REVISION_KEY)
        legal = isinstance(given, str) and _LEGAL_ID.fullmatch(given)
        started, remaining = time.monotonic(), context.time_remaining()
        return cls(
            metadata,
            given if legal else new_id(),
            1 if revision is None else caller_revision(revision),
            started,
            None if remaining is None else started + remaining - min(MARGIN, remaining / 10),
            metadata.get(NULLS_KEY) == "keep",
        )


def new_id() -> str:
    """Returns a new request id: 128 random bits in hexadecimal. The system is asked for those of many at once."""
    if not _NEW_IDS:
        digits = os.urandom(4096).hex()
        _NEW_IDS.extend(digits[at : at + _ID_DIGITS] for at in range(0, len(digits), _ID_DIGITS))
    return _NEW_IDS.pop()


class Access(NamedTuple):
    """Caller and limits of a call.

    Attributes:
        caller: Owner of the call's key; None: no keys are configured, or the key is unknown.
        entry: Counts the call against the key's limits; None: the key has none.
        meter: Estimates what the call uses, if its key has a limit on that and the upstream does not say; else None.
        warning: Metadata that warns of a soft budget that is spent; empty: nothing to warn of.
        ledger: Where the parts of a session are counted, one by one; None: the caller has no limits, or it is a call.
    """

    caller: "Caller | None" = None
    entry: "Entry | None" = None
    meter: "Meter | None" = None
    warning: "tuple[tuple[str, str], ...]" = ()
    ledger: "Ledger | None" = None


class Received:
    """The received part of a request.

    Attributes:
        bytes: Size of its messages.
        admitted: Whether the call counts against the bound on calls.
        held: Bytes of it that count against the bound on requests in memory.
        large: Whether work on it is done beside the event loop.
        untyped: Whether it may hold JSON that the contract does not know.
        spent: Whether a part of a request stream was read that nobody can read again.
        account: Counts it against the limits of its caller; None: callers have none.
    """

    __slots__ = ("account", "admitted", "bytes", "held", "large", "spent", "untyped")

    def __init__(self) -> None:
        self.bytes = 0
        self.admitted = False
        self.held = 0
        self.large = False
        self.untyped = True
        self.spent = False
        self.account: Account | None = None


class Route:
    """Route of a call.

    Attributes:
        model: The model that the caller named, or empty.
        plan: Its attempts; set once it is routed.
        deployment: The deployment that serves it; None until one is chosen.
        chosen: The same, for code that runs once one is chosen.
        upstream_model: The deployment's name of the model.
        api: The upstream API that serves chat, if the caller's model name gives it; else None.
        attempts: Number of upstream requests begun.
        extra_headers: The headers that the caller wants sent upstream, once they are checked.
        limits: Time limits that the caller has set, besides its deadline; None: it has set none.
        keeper: Takes note of which deployment made the object that it makes, where that matters.
        stores: Whether it is about objects that are stored upstream, or makes one.
        gone: Whether the caller has cancelled, and the rest of the answer is read for its usage alone.
        missing: Deployments whose lists of models are missing in the answer, each with the reason.
        told: The refusal that has made the call go to another API of its upstream; None without a refusal.
    """

    __slots__ = (
        "api",
        "attempts",
        "chosen",
        "deployment",
        "extra_headers",
        "gone",
        "keeper",
        "limits",
        "missing",
        "model",
        "plan",
        "stores",
        "told",
        "upstream_model",
    )

    chosen: "Deployment"
    plan: "Plan"

    def __init__(self) -> None:
        self.model = ""
        self.deployment: Deployment | None = None
        self.upstream_model = ""
        self.api: Mode | None = None
        self.attempts = 0
        self.extra_headers: Sequence[tuple[str, str]] = ()
        self.limits: CallLimits | None = None
        self.keeper: Affinity | None = None
        self.stores = False
        self.gone = False
        self.missing: Sequence[str] = ()
        self.told: GatewayError | None = None


class Answer(NamedTuple):
    """The upstream's answer to the latest attempt.

    Attributes:
        status: Its HTTP status, or 0 before it came.
        request_id: The upstream's id of the request, or empty.
        metadata: Of the upstream's headers, what the caller gets.
        rpc: The RPC whose REST call it answers: another one than the caller's where a bridge serves the call.
        synthetic: Whether the caller's stream is made of a whole reply.
    """

    status: int = 0
    request_id: str = ""
    metadata: tuple[tuple[str, str], ...] = ()
    rpc: Rpc | None = None
    synthetic: bool = False


class Sent:
    """The sent part of a reply.

    Attributes:
        begun: Whether it has got the initial metadata, and with it which deployment serves.
        messages: Number of messages.
        bytes: Their size.
        first_message: When the first message of a stream was sent, in `time.monotonic()` seconds, or 0.
        large: Whether what the upstream sent last is so large that work on it is done beside the event loop.
        drain_due: When the call is aborted because the gateway drains, in `time.monotonic()` seconds, as long as the
            stream has to be told; infinite: never. None: there is nothing to tell.
        writing: Whether metadata or messages are being sent.
        notice: Sends the notice of a drain meanwhile; None: nothing does.
    """

    __slots__ = ("begun", "bytes", "drain_due", "first_message", "large", "messages", "notice", "writing")

    def __init__(self) -> None:
        self.begun = False
        self.messages = 0
        self.bytes = 0
        self.first_message = 0.0
        self.large = False
        self.drain_due: float | None = None
        self.writing = False
        self.notice: asyncio.Task[None] | None = None


class Bill:
    """Usage of a call.

    Attributes:
        usage: The usage that the upstream reported, as its message, or None.
        read: The same, once it was read, or None.
        priced: The usage, reported or estimated, that `cost` was computed from.
        cost: Its cost in US dollars; None: not known.
        others: The cost of what other models did for it, in US dollars.
    """

    __slots__ = ("cost", "others", "priced", "read", "usage")

    def __init__(self) -> None:
        self.others = 0.0
        self.usage: Any = None
        self.read: Usage | None = None
        self.priced: object = None
        self.cost: float | None = None


NOBODY: Final = Access()
NO_ANSWER: Final = Answer()


class Call:
    """One RPC.

    Args:
        rpc: The RPC.
        context: gRPC's own context.
        prices: Prices of models.
        max_message_bytes: The largest message that the caller may get.
        max_elements: Maximum number of elements of an upstream message.
        ownership: Knows stored objects by sealed ids; None: ids are as the upstream gives them.
        loop: The event loop; None: the running one, to ask for which is a system call with Python 3.11.

    Attributes:
        rpc: The RPC.
        context: gRPC's own context.
        frames: Writes its messages as JSON; None: they go out as they are.
        relay: The upstream's JSON that a caller by REST gets as it is; None: the reply is encoded.
        text: A reply as it was read, and the upstream's JSON that it was read from; None: not known.
        task: The task that serves it.
        max_message_bytes: As above.
        max_elements: As above.
        ownership: As above.
        head: Its metadata, and what is read of it.
        access: The caller and its permissions.
        received: The received part of the request.
        route: Where it goes.
        answer: The upstream's answer.
        sent: The sent part of the reply.
        bill: Usage and cost.
        added: Keys that the gateway has added to the request of the latest attempt by itself.
        left_out: Keys that it would have added, had this upstream not refused them lately.
        on_write: Is called with the call after messages of a stream were sent; None: nobody times them.
        trace: Its OpenTelemetry trace; None: it is not sampled.
        trace_context: The context of its trace, sampled or not; None: calls are not traced.
        unreadable: Where the reading of an upstream's reply failed last, as lines of a traceback; empty: nowhere.
        on_drain: Is called when the gateway begins to drain, and returns whether the stream goes on; None: it does.
    """

    __slots__ = (
        "_prices",
        "access",
        "added",
        "answer",
        "bill",
        "context",
        "frames",
        "head",
        "left_out",
        "max_elements",
        "max_message_bytes",
        "on_drain",
        "on_write",
        "ownership",
        "received",
        "relay",
        "route",
        "rpc",
        "sent",
        "task",
        "text",
        "trace",
        "trace_context",
        "unreadable",
    )

    def __init__(  # noqa: PLR0913, PLR0917 - what surrounds a call
        self,
        rpc: Rpc,
        context: Context,
        prices: PriceTable,
        max_message_bytes: int,
        max_elements: int,
        ownership: "Ownership | None" = None,
        loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        task: Any = asyncio.current_task(loop)
        self.rpc: Final = rpc
        self.context: Final = context
        self.task: Final[asyncio.Task[Any]] = task
        self._prices: Final = prices
        self.max_message_bytes: Final = max_message_bytes
        self.max_elements: Final = max_elements
        self.ownership: Final = ownership
        self.head: Final = Head.read(context)
        self.frames: Final[Frames | None] = getattr(context, "frames", None)
        self.access = NOBODY
        self.added: tuple[str, ...] = ()
        self.left_out: tuple[str, ...] = ()
        self.received: Final = Received()
        self.route: Final = Route()
        self.answer = NO_ANSWER
        self.relay: bytes | None = None
        self.text: tuple[bytes, bytes] | None = None
        self.sent: Final = Sent()
        self.bill: Final = Bill()
        self.on_drain: Callable[[], bool] | None = None
        self.on_write: Callable[[Call], None] | None = None
        self.trace: Trace | None = None
        self.trace_context: Trace | Unsampled | None = None
        self.unreadable: Sequence[str] = ()

    def part(self, rpc: Rpc, context: Any, *, traced: bool = True) -> "Call":
        """Returns a call of the same caller that is a part of this one, which is counted and limited for both.

        Args:
            rpc: Its RPC.
            context: Its context.
            traced: Whether it is a part of the trace, which ends with this call.
        """
        part = Call(rpc, context, self._prices, self.max_message_bytes, self.max_elements, self.ownership)
        part.access = Access(self.access.caller)
        if traced:
            part.trace, part.trace_context = self.trace, self.trace_context
        return part

    # Ownership of stored objects, a layer below, asks for these.
    @property
    def caller(self) -> "Caller | None":
        """The caller."""
        return self.access.caller

    @property
    def chosen(self) -> "Deployment":
        """The deployment that serves it."""
        return self.route.chosen

    @property
    def stores(self) -> bool:
        """True if it reads or creates objects that are stored upstream."""
        return self.route.stores

    @property
    def untyped(self) -> bool:
        """True if its request may hold untyped JSON."""
        return self.received.untyped

    @property
    def names_rpc(self) -> bool:
        """True if the list of RPCs of the caller's key names the RPC, without a `*`."""
        caller = self.access.caller
        return caller is not None and caller.rpcs.name(self.rpc.path)

    @property
    def reply_due(self) -> float | None:
        """The deadline of the first byte of the reply, in `time.monotonic()` seconds; None: no limit."""
        limits, deadline = self.route.limits, self.head.deadline
        if limits is None or (due := limits.reply_due) is None:
            return deadline
        return due if deadline is None else min(due, deadline)

    @property
    def by_response(self) -> bool:
        """True if its chat completion has the id of a response, from which it is converted."""
        rpc = self.answer.rpc
        return rpc is not None and rpc is not self.rpc and rpc.reply_type is response_pb2.Response

    def made(self, object_id: str) -> None:
        """Records an object created by the deployment, which only it has."""
        if self.route.keeper is not None and object_id:
            self.route.keeper.remember(object_id, self.route.chosen.name)

    def keeps_nulls(self, message_type: "type[Message]") -> bool:
        """Returns whether explicit nulls of a message type are kept: for the caller's API, not a bridge's."""
        return self.head.nulls and message_type is self.rpc.reply_type

    def when_draining(self, callback: "Callable[[], bool] | None") -> None:
        """Registers a function that is called when the gateway begins to drain: whether the stream goes on.

        None: it goes on.
        """
        self.on_drain = callback

    def note_usage(self, usage: Any) -> None:
        """Records the usage message reported by upstream; None: none."""
        self.bill.usage = usage
        self.bill.read = None

    def note_other(self, cost: float) -> None:
        """Adds the cost of what another model did for the call, in US dollars."""
        self.bill.others += cost

    def may_add(self, key: str) -> bool:
        """Returns whether the gateway may add a key to the request: not if the upstream refused it lately."""
        if self.route.chosen.refusals.refuses(self.route.upstream_model, key):
            self.left_out += (key,)
            return False
        self.added += (key,)
        return True

    def begin_again(self, error: "GatewayError") -> None:
        """Resets the usage and additions of a failed attempt."""
        self.added = self.left_out = ()
        if self.access.meter is not None:
            self.access.meter.try_again(error)
        self.bill.usage = self.bill.read = self.relay = None

    def used(self) -> Usage:
        """Returns the usage of the call; none for one that only reads, whatever its reply says."""
        meter, bill = self.access.meter, self.bill
        if meter is not None and meter.usage is not None:
            return meter.usage
        if bill.read is None:
            bill.read = read_usage(bill.usage) if self.rpc.creates else NONE
        return bill.read

    @property
    def estimated(self) -> Usage | None:
        """The estimated usage, if the real one is unknown."""
        return None if self.access.meter is None else self.access.meter.usage

    def leave(self) -> None:
        """Counts the call against the limits of its key, if it has any."""
        entry, meter = self.access.entry, self.access.meter
        if entry is None:
            return
        used, cost, later = self.used(), self.cost() or 0.0, None if meter is None else meter.later
        tokens = used.tokens
        if later is not None and later.usage is not None:
            price = self._prices.find(later.model, self.route.chosen.config.info)
            tokens = later.usage.tokens
            cost = 0.0 if price is None else price.cost(later.usage) * later.share
        entry.leave(tokens, cost, "" if later is None else later.once)
        if meter is not None and meter.outputs is not None and used.output_tokens > 0:
            meter.outputs.took(self.rpc.name, self.route.model, used.output_tokens)

    def cost(self) -> float | None:
        """Returns the cost in US dollars, or None if nothing was used or the price is unknown."""
        bill, meter = self.bill, self.access.meter
        source = bill.usage if meter is None else meter.usage or bill.usage
        if source is None or self.route.deployment is None:
            return bill.others or None
        if bill.priced is not source:  # it is asked for several times
            bill.priced = source
            price = self.price(self.route.deployment, self.route.upstream_model)
            bill.cost = None if price is None or (used := self.used()) == NONE else price.cost(used)
        return (bill.cost or 0.0) + bill.others if bill.others else bill.cost

    def price(self, deployment: "Deployment", model: str) -> Price | None:
        """Returns the price of a deployment's model, by the upstream's name; None: unknown."""
        return self._prices.of(model, deployment.models)

    def info(self) -> common_pb2.CallInfo:
        """Returns the call info for the caller."""
        info = common_pb2.CallInfo()
        self.fill_info(info)
        return info

    def fill_info(self, info: common_pb2.CallInfo) -> None:
        """Sets the call info for the caller in an empty message."""
        answer, attempts, cost = self.answer, self.route.attempts, self.cost()
        info.deployment = self.route.chosen.name
        if answer.request_id:
            info.request_id = answer.request_id
        if attempts:
            info.attempts = attempts
        if answer.synthetic:
            info.synthetic_stream = True
        if cost is not None:
            info.cost = cost


@lru_cache(64)
def caller_revision(value: Any) -> int:
    """Returns the contract revision in a caller's metadata; 1 by default."""
    return max(int(value), 1) if type(value) is str and value.isdecimal() and len(value) <= _REVISION_DIGITS else 1

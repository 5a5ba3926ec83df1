"""The state of one RPC while it is served."""

import asyncio
import time
from typing import TYPE_CHECKING, Any, cast

import grpc.aio

from openai_grpc.codec import to_revision
from openai_grpc.v1 import CONTRACT_REVISION, common_pb2
from openai_grpc_server.calls.method import Rpc
from openai_grpc_server.cost.prices import PriceTable
from openai_grpc_server.cost.usage import NONE, Usage, read_usage
from openai_grpc_server.errors import GatewayError, MessageTooLargeError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from google.protobuf.message import Message

    from openai_grpc_server.access.ledger import Entry
    from openai_grpc_server.access.limits import Caller
    from openai_grpc_server.access.ownership import Ownership
    from openai_grpc_server.config import DeploymentConfig
    from openai_grpc_server.cost.usage import Meter
    from openai_grpc_server.routing import Affinity, Deployment, Plan

Context = grpc.aio.ServicerContext[Any, Any]

REVISION_KEY = "openai-grpc-contract"
"""The metadata key by which generated clients tell the revision of the contract that they are generated from."""
_REVISION_DIGITS = 6


class Call:
    """One RPC: who asks, until when, and what is known of it for the log.

    Args:
        rpc: The RPC.
        context: gRPC's own context.
        prices: What models cost.
        max_message_bytes: The largest message that the caller may get.
        max_elements: How many elements a message from the upstream may have.
        ownership: Knows stored objects by sealed ids; None: ids are as the upstream gives them.

    Attributes:
        rpc: The RPC.
        context: gRPC's own context.
        task: The task that serves it.
        metadata: The caller's metadata; of a repeated key the last value.
        started: When it came, in `time.monotonic()` seconds.
        request_id: The caller's, or one made here.
        revision: The revision of the contract that the caller knows; 1 for one that does not say.
        deadline: When the upstream must have answered, in `time.monotonic()` seconds, or None.
        model: The model that the caller named, or empty.
        deployment: The deployment that serves it, once chosen.
        synthetic: Whether its stream is made of a whole reply.
        extra_headers: The headers that the caller wants sent upstream, once they are checked.
        upstream_status: The HTTP status of the upstream, or 0 before it answered.
        upstream_request_id: The upstream's id of the request, or empty.
        upstream_metadata: Of the upstream's headers, what the caller gets.
        max_message_bytes: The largest message that the caller may get.
        max_elements: How many elements a message from the upstream may have.
        large: Whether its request is so large that work on it is done beside the event loop.
        large_reply: Whether the upstream's reply is.
        request_bytes: The size of the caller's messages.
        admitted: Whether it counts against the bound on calls.
        admitted_bytes: What of it counts against the bound on requests in memory.
        response_bytes: The size of the messages sent to the caller.
        messages: How many messages were sent to the caller.
        first_message: When the first of them was sent, or 0.
        on_write: Is called with the call after messages of a stream were sent; None: nobody times them.
        usage: The usage that the upstream reported, as its message, or None.
        attempts: How many requests to upstreams were begun for it.
        begun: Whether the caller has got the initial metadata, and with it which deployment serves.
        gone: Whether the caller has cancelled, and the rest of the answer is read for its usage alone.
        spent: Whether a part of its request stream was read, which nobody can read again.
        keeper: Takes note of which deployment made the object that it makes, where that matters.
        caller: Whose key the call came with; None: no keys are configured, or the key is nobody's.
        meter: Estimates what the call uses, if its key has a limit on that and the upstream does not say; else None.
        entry: Counts the call against the key's limits; None: the key has none.
        ownership: Knows stored objects by sealed ids; None: ids are as the upstream gives them.
        stores: Whether it is about objects that are stored upstream, or makes one.
        by_response: Whether its chat completion is made of a response, whose id it has.
        untyped: Whether its request may hold JSON that the contract does not know.
        unreadable: Where the reading of an upstream's reply failed last, as lines of a traceback; empty: nowhere.
    """

    __slots__ = (
        "_cost",
        "_plan",
        "_prices",
        "admitted",
        "admitted_bytes",
        "attempts",
        "begun",
        "by_response",
        "caller",
        "context",
        "deadline",
        "deployment",
        "entry",
        "extra_headers",
        "first_message",
        "gone",
        "keeper",
        "large",
        "large_reply",
        "max_elements",
        "max_message_bytes",
        "messages",
        "metadata",
        "meter",
        "model",
        "on_write",
        "ownership",
        "request_bytes",
        "request_id",
        "response_bytes",
        "revision",
        "rpc",
        "spent",
        "started",
        "stores",
        "synthetic",
        "task",
        "unreadable",
        "untyped",
        "upstream_metadata",
        "upstream_request_id",
        "upstream_status",
        "usage",
    )

    def __init__(  # noqa: PLR0913, PLR0917 - what surrounds a call
        self,
        rpc: Rpc,
        context: Context,
        prices: PriceTable,
        max_message_bytes: int,
        max_elements: int,
        ownership: "Ownership | None" = None,
    ) -> None:
        self.rpc = rpc
        self.context = context
        self.task = cast("asyncio.Task[Any]", asyncio.current_task())
        self.started = time.monotonic()
        self.metadata: dict[str, Any] = dict(context.invocation_metadata() or ())
        self.request_id = ""
        self.revision = caller_revision(self.metadata.get(REVISION_KEY))
        self.deadline: float | None = None
        self.model = ""
        self.deployment: Deployment | None = None
        self.synthetic = False
        self.extra_headers: Sequence[tuple[str, str]] = ()
        self.upstream_status = 0
        self.upstream_request_id = ""
        self.upstream_metadata: tuple[tuple[str, str], ...] = ()
        self.request_bytes = 0
        self.admitted = False
        self.admitted_bytes = 0
        self.response_bytes = 0
        self.messages = 0
        self.first_message = 0.0
        self.on_write: Callable[[Call], None] | None = None
        self.usage: Any = None
        self.caller: Caller | None = None
        self.entry: Entry | None = None
        self.meter: Meter | None = None
        self._prices = prices
        self.max_message_bytes = max_message_bytes
        self.max_elements = max_elements
        self.large = False
        self.large_reply = False
        self._cost: tuple[object, float | None] | None = None
        self.ownership = ownership
        self.stores = False
        self.by_response = False
        self.untyped = True
        self.unreadable: Sequence[str] = ()
        self.attempts = 0
        self.begun = False
        self.gone = False
        self.spent = False
        self.keeper: Affinity | None = None
        self._plan: Plan | None = None

    @property
    def chosen(self) -> "Deployment":
        """The deployment, once it is chosen."""
        if self.deployment is None:
            raise AssertionError("no deployment was chosen")
        return self.deployment

    @property
    def plan(self) -> "Plan":
        """Where the call goes, once that is known."""
        if self._plan is None:
            raise AssertionError("the call was not routed")
        return self._plan

    @plan.setter
    def plan(self, plan: "Plan") -> None:
        self._plan = plan

    def made(self, object_id: str) -> None:
        """Notes that the deployment has made an object that only it has."""
        if self.keeper is not None and object_id:
            self.keeper.remember(object_id, self.chosen.name)

    def begin_again(self, error: GatewayError) -> None:
        """Forgets the answer of an attempt that failed."""
        if self.meter is not None:
            self.meter.try_again(error)
        self.upstream_status = 0
        self.upstream_request_id = ""
        self.upstream_metadata = ()
        self.synthetic = False
        self.by_response = False
        self.usage = None

    def encode(self, message: "Message") -> bytes:
        """Writes a message of the reply as the caller gets it, with ids of its own, in the revision that it knows.

        Raises:
            MessageTooLargeError: gRPC would not send it, and could not say why.
        """
        if self.ownership is not None:
            self.ownership.seal_reply(self, message)
        if self.revision < CONTRACT_REVISION:
            to_revision(message, self.revision)
        data = message.SerializeToString()
        if len(data) > self.max_message_bytes:
            raise MessageTooLargeError(
                f"The reply has a message of {len(data)} bytes; the limit is {self.max_message_bytes}",
                maybe_billed=not self.rpc.safe,
            )
        return data

    def used(self) -> Usage:
        """Returns what the call has used; nothing for one that only reads, whatever usage its reply tells of."""
        if (estimate := self.estimated) is not None:
            return estimate
        return read_usage(self.usage) if self.rpc.creates else NONE

    @property
    def estimated(self) -> Usage | None:
        """The estimate of what the call has used, if that is not known."""
        return None if self.meter is None else self.meter.usage

    def leave(self) -> None:
        """Counts the call against the limits of its key, if it has any."""
        if self.entry is None:
            return
        tokens, cost, later = self.used().tokens, self.cost() or 0.0, None if self.meter is None else self.meter.later
        if later is not None and later.usage is not None:
            price = self._prices.find(later.model, self.chosen.config.info)
            tokens, cost = later.usage.tokens, 0.0 if price is None else price.cost(later.usage)
        self.entry.leave(tokens, cost, "" if later is None else later.once)

    def cost(self) -> float | None:
        """Returns what the call has cost in US dollars, or None if nothing was used or the price is not known."""
        source = self.estimated or self.usage
        if source is None or self.deployment is None:
            return None
        if self._cost is None or self._cost[0] is not source:  # it is asked for several times
            self._cost = source, self._find_cost(self.deployment.config)
        return self._cost[1]

    def _find_cost(self, config: "DeploymentConfig") -> float | None:
        used = self.used()
        if used == NONE:
            return None
        price = self._prices.find(config.upstream_model(self.plan.model), config.info)
        return None if price is None else price.cost(used)

    def info(self) -> common_pb2.CallInfo:
        """Returns what the caller is told of the call."""
        return common_pb2.CallInfo(
            deployment=self.chosen.name,
            request_id=self.upstream_request_id or None,
            attempts=self.attempts or None,
            synthetic_stream=self.synthetic or None,
            cost=self.cost(),
        )


def caller_revision(value: Any) -> int:
    """Returns the revision of the contract that a caller's metadata names: 1 where it names none."""
    return max(int(value), 1) if type(value) is str and value.isdecimal() and len(value) <= _REVISION_DIGITS else 1

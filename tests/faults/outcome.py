"""What a caller learns of a call: the messages, the status with its details, and the metadata."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import grpc
from google.rpc import error_details_pb2, status_pb2  # type: ignore[import-untyped]  # ships no py.typed

from faults.rpcs import CALLER_KEY, CONTENT
from faults.stand_in import StandIn
from openai_grpc.codec import loads, to_json
from support.gateway import OWN_KEY, deployment, running_gateway

if TYPE_CHECKING:
    from faults.exchange import Answer
    from faults.rpcs import Rpc
    from support.gateway import RunningGateway

SECRETS = (OWN_KEY, CALLER_KEY, CONTENT)
ENTRY_OVERHEAD = 32  # bytes that HTTP/2 counts for each header beside its name and value (RFC 9113, 6.5.2)
MAX_TRAILERS = 4096 + 2048  # the status and its details, and beside them ids and rate limits


@dataclass
class Outcome:
    """How a call went.

    Attributes:
        messages: The messages that arrived, as JSON values.
        code: The status.
        text: The status's message.
        reason: `ErrorInfo.reason`.
        info: `ErrorInfo.metadata`.
        retry_delay: `RetryInfo.retry_delay` in seconds.
        quota: The subjects of `QuotaFailure`.
        fields: The fields of `BadRequest`.
        initial: The initial metadata.
        trailers: The trailing metadata, without the details.
        trailers_size: Bytes of all trailers as HTTP/2 counts them.
    """

    messages: list[Any]
    code: grpc.StatusCode
    text: str = ""
    reason: str | None = None
    info: dict[str, str] = field(default_factory=dict)
    retry_delay: float | None = None
    quota: list[str] = field(default_factory=list)
    fields: list[str] = field(default_factory=list)
    initial: dict[str, str] = field(default_factory=dict)
    trailers: dict[str, str] = field(default_factory=dict)
    trailers_size: int = 0

    @property
    def pushback(self) -> str | None:
        """`grpc-retry-pushback-ms`."""
        return self.trailers.get("grpc-retry-pushback-ms")


def outcome(rpc: Rpc, call: Any) -> Outcome:
    """Waits for a call to end and says how it did."""
    messages: list[Any] = []
    try:
        for message in call if rpc.streaming else (call.result(),):
            messages.append(loads(to_json(message)))  # noqa: PERF401 - those before a failure count
    except grpc.RpcError:
        pass
    trailers = list(call.trailing_metadata())
    found = Outcome(
        messages,
        call.code(),
        call.details(),
        initial={key: value for key, value in call.initial_metadata() or () if isinstance(value, str)},
        trailers={key: value for key, value in trailers if isinstance(value, str)},
        trailers_size=sum(_size(key, value) for key, value in [*trailers, ("grpc-message", quote(call.details()))]),
    )
    for detail in status_pb2.Status.FromString(dict(trailers).get("grpc-status-details-bin", b"")).details:
        _read(detail, found)
    return found


def _size(key: str, value: str | bytes) -> int:
    return len(key) + len(value if isinstance(value, str) else base64.b64encode(value)) + ENTRY_OVERHEAD


def _read(detail: Any, found: Outcome) -> None:
    kind = detail.TypeName().removeprefix("google.rpc.")
    message = getattr(error_details_pb2, kind).FromString(detail.value)
    match kind:
        case "ErrorInfo":
            assert message.domain == "openai-grpc"
            found.reason, found.info = message.reason, dict(message.metadata)
        case "RetryInfo":
            found.retry_delay = message.retry_delay.ToTimedelta().total_seconds()
        case "QuotaFailure":
            found.quota = [violation.subject for violation in message.violations]
        case "BadRequest":
            found.fields = [violation.field for violation in message.field_violations]


def try_fault(rpc: Rpc, answer: Answer, **facts: Any) -> Outcome:
    """Makes a call while the upstream answers like that, and checks what holds for every failure.

    Args:
        rpc: The RPC.
        answer: The upstream's answer.
        facts: What is particular about the deployment.
    """
    with StandIn() as upstream, running_gateway(deployment(upstream.url, **facts)) as gateway:
        upstream.enqueue(answer)
        found = outcome(rpc, rpc.start(gateway, metadata=[("x-request-id", "mine")]))
        check_failure(found, gateway)
        # The gateway is none the worse for it.
        upstream.clear_queue()
        upstream.on("GET" if rpc.name.startswith("Get") else "POST", rpc.path, rpc.well())
        assert outcome(rpc, rpc.start(gateway)).code is grpc.StatusCode.OK
    return found


def check_failure(found: Outcome, gateway: RunningGateway) -> None:
    """Checks what holds for every call that failed."""
    assert found.code is not grpc.StatusCode.OK
    assert found.trailers["x-request-id"] == "mine"
    assert found.info["request_id"] in {"mine", found.trailers.get("openai-request-id")}
    assert found.trailers_size <= MAX_TRAILERS
    assert OWN_KEY not in f"{found}"
    (line,) = gateway.logged("rpc")
    assert (line["status"], line["reason"]) == (found.code.name, found.reason)
    check_log(gateway)


def check_log(gateway: RunningGateway) -> None:
    """Checks that neither keys nor content were logged, and that nothing unexpected happened."""
    lines = gateway.log.getvalue()
    assert not [secret for secret in SECRETS if secret in lines]
    assert '"error"' not in lines

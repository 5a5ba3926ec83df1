"""One line an RPC."""

import logging
import time

from google.protobuf.message import Message

from openai_grpc_server.calls.call import REVISION_KEY, Call
from openai_grpc_server.telemetry.log import Log

_FIELDS: dict[type[Message], tuple[str, str]] = {}


def log_rpc(log: Log, call: Call, status: str, reason: str = "") -> None:
    """Logs how an RPC ended, and before it where an upstream's reply was odder than its readers foresaw.

    Args:
        log: Where.
        call: The RPC.
        status: The name of its gRPC status.
        reason: `ErrorInfo.reason`, when it failed.
    """
    if call.unreadable:
        shown = {"request_id": call.request_id, "traceback": list(call.unreadable)}
        log.write(logging.WARNING, "upstream reply can't be read", shown)
    if log.level > logging.INFO:
        return
    estimate = call.estimated
    input_tokens, output_tokens = (
        _tokens(call.usage) if estimate is None else (estimate.input_tokens, estimate.output_tokens)
    )
    fields = {
        "method": call.rpc.path,
        "status": status,
        "reason": reason,
        "duration_ms": _milliseconds(time.monotonic() - call.started),
        "first_message_ms": _milliseconds(call.first_message - call.started) if call.first_message else None,
        "key": call.caller.name if call.caller else None,
        "model": call.model,
        "deployment": call.deployment.name if call.deployment else None,
        "attempts": call.attempts or None,
        "upstream_status": call.upstream_status or None,
        "contract_revision": call.revision if REVISION_KEY in call.metadata else None,
        "request_id": call.request_id,
        "upstream_request_id": call.upstream_request_id,
        "request_bytes": call.request_bytes,
        "response_bytes": call.response_bytes,
        "messages": call.messages,
        "input_tokens": input_tokens,
        "output_tokens": output_tokens,
        "cost": call.cost(),
        "estimated": True if estimate else None,
    }
    log.write(logging.INFO, "rpc", fields)


def _tokens(usage: Message | None) -> tuple[int | None, int | None]:
    """Returns the tokens of input and of output, as far as a usage tells them."""
    if usage is None:
        return None, None
    names = _FIELDS.get(type(usage)) or _fields(type(usage))
    return (
        getattr(usage, names[0]) if names[0] else None,
        getattr(usage, names[1]) if names[1] else None,
    )


def _fields(usage_type: type[Message]) -> tuple[str, str]:
    """The names of a usage's fields that count tokens of input and of output; empty: it has none."""
    known = usage_type.DESCRIPTOR.fields_by_name
    _FIELDS[usage_type] = names = (
        next((name for name in ("input_tokens", "prompt_tokens") if name in known), ""),
        next((name for name in ("output_tokens", "completion_tokens") if name in known), ""),
    )
    return names


def _milliseconds(seconds: float) -> float:
    return round(seconds * 1000, 1)

"""One line an RPC."""

import logging
import time

from openai_grpc_server.services.call import Call
from openai_grpc_server.telemetry.logs import Log


def log_rpc(log: Log, call: Call, status: str, reason: str = "") -> None:
    """Logs how an RPC ended.

    Args:
        log: Where.
        call: The RPC.
        status: The name of its gRPC status.
        reason: `ErrorInfo.reason`, when it failed.
    """
    if log.level > logging.INFO:
        return
    usage = call.usage
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
        "request_id": call.request_id,
        "upstream_request_id": call.upstream_request_id,
        "request_bytes": call.request_bytes,
        "response_bytes": call.response_bytes,
        "messages": call.messages,
        "input_tokens": _first(usage, "input_tokens", "prompt_tokens"),
        "output_tokens": _first(usage, "output_tokens", "completion_tokens"),
        "cost": call.cost(),
    }
    log.write(logging.INFO, "rpc", fields)


def _first(usage: object, *names: str) -> int | None:
    return next((value for name in names if (value := getattr(usage, name, None)) is not None), None)


def _milliseconds(seconds: float) -> float:
    return round(seconds * 1000, 1)

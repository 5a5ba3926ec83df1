"""Turns whatever a method raises into a gRPC status with details."""

import logging

from grpc import StatusCode

from openai_grpc.codec import CodecError
from openai_grpc_server.calls.call import Call
from openai_grpc_server.errors import (
    ExhaustedError,
    GatewayError,
    InvalidArgumentError,
    MessageTooLargeError,
    exhausted,
)
from openai_grpc_server.errors.rpc import RequestMemoryError, RpcError
from openai_grpc_server.pipeline.admission import no_memory
from openai_grpc_server.runtime.resources import usage
from openai_grpc_server.telemetry.log import Log, frames


def gateway_error(error: Exception, call: Call, log: Log) -> GatewayError:
    """Returns the error that the caller is told, with what is known of the upstream's answer.

    A failure that nobody foresaw is logged with the place where it happened; the caller learns only that there was one.

    Args:
        error: What was raised.
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
        too_large = error.code is StatusCode.RESOURCE_EXHAUSTED
        failure = (
            MessageTooLargeError(error.details)
            if too_large
            else GatewayError(error.details, code=error.code, reason="INVALID_REQUEST")
        )
    elif (own := exhausted(error)) is not None:
        failure = own
    else:
        log.write(logging.ERROR, "unexpected error", {"request_id": call.request_id, "traceback": frames(error)})
        failure = GatewayError("The gateway failed; its log says where", reason="INTERNAL")
    if isinstance(failure, ExhaustedError):
        log.write_seldom(logging.ERROR, f"short of {failure.what}", usage)
    failure.http_status = failure.http_status or call.upstream_status or None
    failure.request_id = failure.request_id or call.upstream_request_id or call.request_id
    failure.metadata = failure.metadata or call.upstream_metadata
    return failure

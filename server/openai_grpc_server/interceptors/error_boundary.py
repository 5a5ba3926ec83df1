"""Turns whatever a method raises into a gRPC status with details."""

import logging

from openai_grpc.codec import CodecError

from openai_grpc_server.errors import GatewayError, InvalidArgumentError
from openai_grpc_server.telemetry.logs import event, frames


def gateway_error(error: Exception, request_id: str) -> GatewayError:
    """Returns the error that the caller is told.

    A failure that nobody foresaw is logged with the place where it happened; the caller learns only that there was one.
    """
    if isinstance(error, GatewayError):
        failure = error
    elif isinstance(error, CodecError):
        failure = (
            InvalidArgumentError.of_field(error.path, error.reason) if error.path else InvalidArgumentError(str(error))
        )
    else:
        event(logging.ERROR, "unexpected error", request_id=request_id, traceback=frames(error))
        failure = GatewayError("The gateway failed; its log says where", reason="INTERNAL")
    failure.request_id = failure.request_id or request_id
    return failure

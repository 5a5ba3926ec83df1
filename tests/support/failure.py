"""Failing calls, from the caller's side."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import grpc
import pytest
from google.protobuf.message import Message
from google.rpc import error_details_pb2  # type: ignore[import-untyped]  # ships no py.typed
from grpc_status import rpc_status  # type: ignore[import-untyped]  # ships no py.typed

DETAILS: tuple[type[Message], ...] = (
    error_details_pb2.ErrorInfo,
    error_details_pb2.RetryInfo,
    error_details_pb2.QuotaFailure,
    error_details_pb2.BadRequest,
)


@dataclass
class Failure:
    """Failure of a call.

    Attributes:
        code: The status code.
        message: The status message.
        initial: The initial metadata.
        trailers: The trailing metadata.
        details: The details of the status, by the name of their type.
        received: The messages that came before it.
    """

    code: grpc.StatusCode
    message: str
    initial: dict[str, str | bytes]
    trailers: dict[str, str | bytes]
    details: dict[str, Any]
    received: list[Any]

    @property
    def reason(self) -> str:
        """The reason of the `ErrorInfo`."""
        return str(self.details["ErrorInfo"].reason)


def failure_of(call: Callable[[], Any]) -> Failure:
    """Makes a call, reads its stream if it has one, and returns how it failed."""
    received: list[Any] = []

    def read() -> None:
        answer = call()
        if isinstance(answer, Iterable):
            received.extend(answer)

    with pytest.raises(grpc.RpcError) as caught:
        read()
    error: Any = caught.value
    status = rpc_status.from_call(error)
    details: dict[str, Any] = {}
    for packed in status.details if status else ():
        for kind in DETAILS:
            if packed.Is(kind.DESCRIPTOR):
                details[kind.DESCRIPTOR.name] = detail = kind()
                packed.Unpack(detail)
    return Failure(
        code=error.code(),
        message=error.details(),
        initial=dict(error.initial_metadata()),
        trailers=dict(error.trailing_metadata()),
        details=details,
        received=received,
    )

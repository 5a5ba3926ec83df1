"""Failed calls as exceptions."""

import pickle
from typing import Any

import grpc
import pytest
from google.protobuf.any_pb2 import Any as AnyMessage
from google.protobuf.duration_pb2 import Duration
from google.rpc import error_details_pb2 as rpc  # type: ignore[import-untyped]  # ships no py.typed
from google.rpc import status_pb2

import openai_grpc
from openai_grpc.client import errors
from openai_grpc.client._failure import DOMAIN, STATUS_DETAILS, api_error
from openai_grpc.v1 import ChatCompletion, ChatCompletionRequestMessage, Response

Code = grpc.StatusCode


class Failed:
    """What gRPC raises, as far as it is read."""

    def __init__(self, code: grpc.StatusCode, details: str | None, *trailers: tuple[str, str | bytes]) -> None:
        self.code = lambda: code
        self.details = lambda: details
        self.trailing_metadata = lambda: trailers


def packed(*details: Any) -> tuple[str, bytes]:
    status = status_pb2.Status()
    for detail in details:
        status.details.append(AnyMessage(type_url="", value=b"") if detail is None else _any(detail))
    return STATUS_DETAILS, status.SerializeToString()


def _any(detail: Any) -> AnyMessage:
    message = AnyMessage()
    message.Pack(detail)
    return message


def info(reason: str, domain: str = DOMAIN, **metadata: str) -> Any:
    return rpc.ErrorInfo(reason=reason, domain=domain, metadata=metadata)


RETRY = rpc.RetryInfo(retry_delay=Duration(seconds=1, nanos=500_000_000))
QUOTA = rpc.QuotaFailure(violations=[rpc.QuotaFailure.Violation(subject="insufficient_quota")])

KINDS: list[tuple[grpc.StatusCode, list[Any], type[errors.APIError]]] = [
    (Code.INVALID_ARGUMENT, [], errors.BadRequestError),
    (Code.OUT_OF_RANGE, [], errors.BadRequestError),
    (Code.UNAUTHENTICATED, [], errors.AuthenticationError),
    (Code.PERMISSION_DENIED, [], errors.PermissionDeniedError),
    (Code.NOT_FOUND, [], errors.NotFoundError),
    (Code.ABORTED, [], errors.ConflictError),
    (Code.ALREADY_EXISTS, [], errors.ConflictError),
    (Code.FAILED_PRECONDITION, [], errors.FailedPreconditionError),
    (Code.RESOURCE_EXHAUSTED, [], errors.ResourceExhaustedError),
    (Code.RESOURCE_EXHAUSTED, [info("MESSAGE_TOO_LARGE")], errors.ResourceExhaustedError),
    (Code.RESOURCE_EXHAUSTED, [info("RATE_LIMITED")], errors.RateLimitError),
    (Code.RESOURCE_EXHAUSTED, [info("GATEWAY_OVERLOADED"), RETRY], errors.RateLimitError),
    (Code.RESOURCE_EXHAUSTED, [info("INSUFFICIENT_QUOTA"), QUOTA], errors.QuotaExceededError),
    (Code.DEADLINE_EXCEEDED, [], errors.DeadlineExceededError),
    (Code.CANCELLED, [], errors.CallCancelledError),
    (Code.UNAVAILABLE, [], errors.UnavailableError),
    (Code.UNIMPLEMENTED, [], errors.UnimplementedError),
    (Code.INTERNAL, [], errors.InternalError),
    (Code.UNKNOWN, [], errors.InternalError),
    (Code.DATA_LOSS, [], errors.InternalError),
    (Code.INTERNAL, [info("UPSTREAM_CONNECTION_LOST")], errors.UpstreamConnectionLostError),
    (Code.INTERNAL, [info("UPSTREAM_TRUNCATED")], errors.UpstreamTruncatedError),
    (Code.INTERNAL, [info("UPSTREAM_CREDENTIALS")], errors.UpstreamCredentialsError),
    (Code.INTERNAL, [info("UPSTREAM_TRUNCATED", domain="example.com")], errors.InternalError),
]


@pytest.mark.parametrize(("code", "details", "kind"), KINDS)
def test_kinds(code: grpc.StatusCode, details: list[Any], kind: type[errors.APIError]) -> None:
    error = api_error(Failed(code, "no", packed(*details)))
    assert (type(error), error.status, error.message, len(error.details)) == (kind, code, "no", len(details))


def test_every_status_has_a_kind() -> None:
    assert {code for code, _, _ in KINDS} == set(Code) - {Code.OK}


def test_facts() -> None:
    told = info(
        "RATE_LIMITED", http_status="429", type="requests", code="rate_limit_exceeded", param="p", request_id="r"
    )
    limits = ("x-ratelimit-remaining-tokens", "0")
    error = api_error(Failed(Code.RESOURCE_EXHAUSTED, "slow down", packed(told, RETRY), limits))
    facts = (error.reason, error.http_status, error.type, error.code, error.param, error.request_id)
    assert facts == ("RATE_LIMITED", 429, "requests", "rate_limit_exceeded", "p", "r")
    assert (error.retry_after, error.metadata.rate_limits.remaining_tokens) == (1.5, 0)
    assert error.metadata.pairs == (limits,)
    assert str(error) == "slow down (RESOURCE_EXHAUSTED, RATE_LIMITED) [request r]"


@pytest.mark.parametrize(
    ("trailers", "details"),
    [((), 0), (((STATUS_DETAILS, b"\xff"),), 0), ((packed(None),), 1), ((packed(Response(id="r")),), 1)],
    ids=["none", "not a status", "an empty detail", "a detail of an unknown type"],
)
def test_details_of_other_servers(trailers: Any, details: int) -> None:
    error = api_error(Failed(Code.UNAVAILABLE, None, *trailers))
    assert (type(error), error.reason, len(error.details)) == (errors.UnavailableError, "", details)
    assert str(error) == "unavailable (UNAVAILABLE)"


def test_they_are_pythons_own_as_well() -> None:
    assert issubclass(errors.DeadlineExceededError, TimeoutError)
    assert issubclass(errors.UnavailableError, ConnectionError)


def test_they_survive_a_process_boundary() -> None:
    error = api_error(Failed(Code.RESOURCE_EXHAUSTED, "slow down", packed(info("RATE_LIMITED"), RETRY)))
    copy = pickle.loads(pickle.dumps(error))  # noqa: S301 - of our own making
    assert (type(copy), str(copy), copy.retry_after) == (type(error), str(error), 1.5)
    others: list[Any] = [
        errors.ClientClosedError(),
        errors.RefusalError("the model refused", "no", ChatCompletion(id="c")),
        errors.ToolError("the tool f failed", [ChatCompletionRequestMessage()], "f"),
        errors.TooManyRoundsError("too many", []),
    ]
    for other in others:
        copy = pickle.loads(pickle.dumps(other))  # noqa: S301 - as above
        assert (type(copy), str(copy), vars(copy)) == (type(other), str(other), vars(other))


def test_all_of_the_tree_is_exported() -> None:
    tree = {name for name, value in vars(errors).items() if isinstance(value, type) and issubclass(value, Exception)}
    assert tree <= set(openai_grpc.__all__)
    assert all(name in (errors.__doc__ or "") for name in tree)

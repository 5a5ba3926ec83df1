"""OpenAI's API as typed gRPC, for Python.

    from openai_grpc import Client

    with Client("localhost:50051") as client:
        print(client.chat("hello"))
        for piece in client.chat_stream("tell me a story"):
            print(piece, end="", flush=True)

`openai_grpc.v1` has the messages and stubs of the contract, `openai_grpc.codec` turns messages into OpenAI's JSON and
back. Names are loaded when they are used, so that importing this costs nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from openai_grpc.client import (
        AsyncClient,
        AsyncStream,
        AsyncTextStream,
        CallMetadata,
        Client,
        File,
        RateLimits,
        Reply,
        Stream,
        TextStream,
    )
    from openai_grpc.client.errors import (
        APIError,
        AuthenticationError,
        BadRequestError,
        CallCancelledError,
        ConflictError,
        DeadlineExceededError,
        FailedPreconditionError,
        InternalError,
        NotFoundError,
        OpenAIGrpcError,
        PermissionDeniedError,
        QuotaExceededError,
        RateLimitError,
        ResourceExhaustedError,
        ResponseFailedError,
        UnavailableError,
        UnimplementedError,
        UpstreamConnectionLostError,
        UpstreamCredentialsError,
        UpstreamTruncatedError,
    )
    from openai_grpc.codec import (
        CodecError,
        from_json,
        to_json,
    )

_HOMES = {
    name: module
    for module, names in {
        "openai_grpc.client": (
            "AsyncClient",
            "AsyncStream",
            "AsyncTextStream",
            "CallMetadata",
            "Client",
            "File",
            "RateLimits",
            "Reply",
            "Stream",
            "TextStream",
        ),
        "openai_grpc.client.errors": (
            "APIError",
            "AuthenticationError",
            "BadRequestError",
            "CallCancelledError",
            "ConflictError",
            "DeadlineExceededError",
            "FailedPreconditionError",
            "InternalError",
            "NotFoundError",
            "OpenAIGrpcError",
            "PermissionDeniedError",
            "QuotaExceededError",
            "RateLimitError",
            "ResourceExhaustedError",
            "ResponseFailedError",
            "UnavailableError",
            "UnimplementedError",
            "UpstreamConnectionLostError",
            "UpstreamCredentialsError",
            "UpstreamTruncatedError",
        ),
        "openai_grpc.codec": (
            "CodecError",
            "from_json",
            "to_json",
        ),
    }.items()
    for name in names
}

__all__ = [
    "APIError",
    "AsyncClient",
    "AsyncStream",
    "AsyncTextStream",
    "AuthenticationError",
    "BadRequestError",
    "CallCancelledError",
    "CallMetadata",
    "Client",
    "CodecError",
    "ConflictError",
    "DeadlineExceededError",
    "FailedPreconditionError",
    "File",
    "InternalError",
    "NotFoundError",
    "OpenAIGrpcError",
    "PermissionDeniedError",
    "QuotaExceededError",
    "RateLimitError",
    "RateLimits",
    "Reply",
    "ResourceExhaustedError",
    "ResponseFailedError",
    "Stream",
    "TextStream",
    "UnavailableError",
    "UnimplementedError",
    "UpstreamConnectionLostError",
    "UpstreamCredentialsError",
    "UpstreamTruncatedError",
    "from_json",
    "to_json",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__

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
        AsyncPage,
        AsyncPages,
        AsyncStream,
        AsyncTextStream,
        CallMetadata,
        Client,
        File,
        Page,
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
        ClientClosedError,
        ConflictError,
        CutReplyError,
        DeadlineExceededError,
        EmbeddingError,
        FailedPreconditionError,
        InternalError,
        InvalidReplyError,
        NotFoundError,
        OpenAIGrpcError,
        PermissionDeniedError,
        QuotaExceededError,
        RateLimitError,
        RefusalError,
        ReplyError,
        ResourceExhaustedError,
        ResponseFailedError,
        RunError,
        ToolError,
        TooManyRoundsError,
        UnavailableError,
        UnimplementedError,
        UpstreamConnectionLostError,
        UpstreamCredentialsError,
        UpstreamTruncatedError,
    )
    from openai_grpc.client.messages import (
        assistant,
        audio,
        developer,
        file,
        file_id,
        function_calls,
        function_output,
        image,
        input_file,
        input_image,
        input_message,
        input_text,
        output_text,
        system,
        text,
        tool_calls,
        tool_result,
        user,
    )
    from openai_grpc.client.schema import (
        Schema,
        TypeMismatchError,
        schema_of,
    )
    from openai_grpc.client.structured import (
        Parsed,
        read_completion,
        read_response,
        response_format,
        text_format,
    )
    from openai_grpc.client.tools import (
        Cancellation,
        Tool,
        ToolRun,
        function_tool,
        response_function_tool,
        response_tool_choice,
        tool,
        tool_choice,
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
            "AsyncPage",
            "AsyncPages",
            "AsyncStream",
            "AsyncTextStream",
            "CallMetadata",
            "Client",
            "File",
            "Page",
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
            "ClientClosedError",
            "ConflictError",
            "CutReplyError",
            "DeadlineExceededError",
            "EmbeddingError",
            "FailedPreconditionError",
            "InternalError",
            "InvalidReplyError",
            "NotFoundError",
            "OpenAIGrpcError",
            "PermissionDeniedError",
            "QuotaExceededError",
            "RateLimitError",
            "RefusalError",
            "ReplyError",
            "ResourceExhaustedError",
            "ResponseFailedError",
            "RunError",
            "TooManyRoundsError",
            "ToolError",
            "UnavailableError",
            "UnimplementedError",
            "UpstreamConnectionLostError",
            "UpstreamCredentialsError",
            "UpstreamTruncatedError",
        ),
        "openai_grpc.client.messages": (
            "assistant",
            "audio",
            "developer",
            "file",
            "file_id",
            "function_calls",
            "function_output",
            "image",
            "input_file",
            "input_image",
            "input_message",
            "input_text",
            "output_text",
            "system",
            "text",
            "tool_calls",
            "tool_result",
            "user",
        ),
        "openai_grpc.client.schema": (
            "Schema",
            "TypeMismatchError",
            "schema_of",
        ),
        "openai_grpc.client.structured": (
            "Parsed",
            "read_completion",
            "read_response",
            "response_format",
            "text_format",
        ),
        "openai_grpc.client.tools": (
            "Cancellation",
            "Tool",
            "ToolRun",
            "function_tool",
            "response_function_tool",
            "response_tool_choice",
            "tool",
            "tool_choice",
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
    "AsyncPage",
    "AsyncPages",
    "AsyncStream",
    "AsyncTextStream",
    "AuthenticationError",
    "BadRequestError",
    "CallCancelledError",
    "CallMetadata",
    "Cancellation",
    "Client",
    "ClientClosedError",
    "CodecError",
    "ConflictError",
    "CutReplyError",
    "DeadlineExceededError",
    "EmbeddingError",
    "FailedPreconditionError",
    "File",
    "InternalError",
    "InvalidReplyError",
    "NotFoundError",
    "OpenAIGrpcError",
    "Page",
    "Parsed",
    "PermissionDeniedError",
    "QuotaExceededError",
    "RateLimitError",
    "RateLimits",
    "RefusalError",
    "Reply",
    "ReplyError",
    "ResourceExhaustedError",
    "ResponseFailedError",
    "RunError",
    "Schema",
    "Stream",
    "TextStream",
    "TooManyRoundsError",
    "Tool",
    "ToolError",
    "ToolRun",
    "TypeMismatchError",
    "UnavailableError",
    "UnimplementedError",
    "UpstreamConnectionLostError",
    "UpstreamCredentialsError",
    "UpstreamTruncatedError",
    "assistant",
    "audio",
    "developer",
    "file",
    "file_id",
    "from_json",
    "function_calls",
    "function_output",
    "function_tool",
    "image",
    "input_file",
    "input_image",
    "input_message",
    "input_text",
    "output_text",
    "read_completion",
    "read_response",
    "response_format",
    "response_function_tool",
    "response_tool_choice",
    "schema_of",
    "system",
    "text",
    "text_format",
    "to_json",
    "tool",
    "tool_calls",
    "tool_choice",
    "tool_result",
    "user",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__

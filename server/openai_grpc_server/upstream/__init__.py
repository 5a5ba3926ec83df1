"""HTTP client for OpenAI's REST API: requests, responses and event streams."""

from openai_grpc_server.upstream.client import UpstreamClient
from openai_grpc_server.upstream.headers import (
    CLIENT_REQUEST_ID,
    FORWARDED,
    extra_headers,
    forwarded_value,
    metadata_headers,
    request_headers,
)
from openai_grpc_server.upstream.request import CallLimits, FilePart, Multipart, Timeouts, UpstreamRequest
from openai_grpc_server.upstream.response import Redaction, UpstreamResponse, response_metadata
from openai_grpc_server.upstream.sse import (
    ERROR,
    UNFRAMED,
    LinesDecoder,
    ServerSentEvent,
    SSEDecoder,
    are_lines,
    is_event,
)
from openai_grpc_server.upstream.transport import AiohttpTransport, TlsOptions

__all__ = [
    "CLIENT_REQUEST_ID",
    "ERROR",
    "FORWARDED",
    "UNFRAMED",
    "AiohttpTransport",
    "CallLimits",
    "FilePart",
    "LinesDecoder",
    "Multipart",
    "Redaction",
    "SSEDecoder",
    "ServerSentEvent",
    "Timeouts",
    "TlsOptions",
    "UpstreamClient",
    "UpstreamRequest",
    "UpstreamResponse",
    "are_lines",
    "extra_headers",
    "forwarded_value",
    "is_event",
    "metadata_headers",
    "request_headers",
    "response_metadata",
]

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
from openai_grpc_server.upstream.sse import ERROR, UNFRAMED, ServerSentEvent, SSEDecoder
from openai_grpc_server.upstream.transport import AiohttpTransport, TlsOptions

__all__ = [
    "CLIENT_REQUEST_ID",
    "ERROR",
    "FORWARDED",
    "UNFRAMED",
    "AiohttpTransport",
    "CallLimits",
    "FilePart",
    "Multipart",
    "Redaction",
    "SSEDecoder",
    "ServerSentEvent",
    "Timeouts",
    "TlsOptions",
    "UpstreamClient",
    "UpstreamRequest",
    "UpstreamResponse",
    "extra_headers",
    "forwarded_value",
    "metadata_headers",
    "request_headers",
    "response_metadata",
]

"""The HTTP side: requests to servers that speak OpenAI's REST, their answers and their event streams."""

from openai_grpc_server.upstream.client import UpstreamClient
from openai_grpc_server.upstream.headers import (
    FORWARDED,
    extra_headers,
    forwarded_value,
    request_headers,
    response_metadata,
)
from openai_grpc_server.upstream.multipart import FilePart, Multipart
from openai_grpc_server.upstream.redaction import Redaction
from openai_grpc_server.upstream.request import Timeouts, UpstreamRequest
from openai_grpc_server.upstream.response import UpstreamResponse
from openai_grpc_server.upstream.sse import ServerSentEvent, SSEDecoder
from openai_grpc_server.upstream.tls import TlsOptions
from openai_grpc_server.upstream.transport import AiohttpTransport

__all__ = [
    "FORWARDED",
    "AiohttpTransport",
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
    "request_headers",
    "response_metadata",
]

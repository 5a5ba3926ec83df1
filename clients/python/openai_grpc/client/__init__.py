"""A small friendly client of the gateway: `Client`, and `AsyncClient` for asyncio."""

from openai_grpc.client._async_client import AsyncClient
from openai_grpc.client._client import Client
from openai_grpc.client._files import File
from openai_grpc.client.async_pages import AsyncPage, AsyncPages
from openai_grpc.client.async_stream import AsyncStream
from openai_grpc.client.async_text_stream import AsyncTextStream
from openai_grpc.client.metadata import CallMetadata, RateLimits
from openai_grpc.client.pages import Page
from openai_grpc.client.reply import Reply
from openai_grpc.client.stream import Stream
from openai_grpc.client.text_stream import TextStream

__all__ = [
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
]

"""Streams that are made of one whole reply, for models that can't stream."""

from openai_grpc_server.synthetic.chunks import chat_chunks
from openai_grpc_server.synthetic.events import response_events

__all__ = ["chat_chunks", "response_events"]

"""Exchanges: the caller's request, the upstream's JSON in both directions, and the expected messages."""

from functools import cache

from bench.exchanges.bridged import BY_CHAT, BY_RESPONSES, chat_by_response, response_by_chat
from bench.exchanges.chat import FAILING, chat, chat_stream
from bench.exchanges.embeddings import DIMENSIONS, EMBEDDING, embeddings, embeddings_as_numbers
from bench.exchanges.exchange import CHAT, OTHER_DEPLOYMENT, UPSTREAM_REQUEST_ID, Exchange, find
from bench.exchanges.failing import CUT, REFUSED, THROTTLED, cut_chat_stream, failing_chat
from bench.exchanges.responses import response_stream

__all__ = [
    "BACK_TO_BACK_CHUNKS",
    "BY_CHAT",
    "BY_RESPONSES",
    "CHAT",
    "DIMENSIONS",
    "EMBEDDING",
    "MODELS",
    "OTHER_DEPLOYMENT",
    "UPSTREAM_REQUEST_ID",
    "Exchange",
    "exchanges",
    "find",
]

BACK_TO_BACK_CHUNKS = 500
STREAMED = {
    "paced chat stream": ("gpt-bench-paced", 45, 0.1),
    "steady chat stream": ("gpt-bench-steady", 32, 0.1),
    "fast chat stream": ("gpt-bench-fast", 320, 0.01),
    "brisk chat stream": ("gpt-bench-brisk", 225, 0.02),
    "single chat stream": ("gpt-bench-single", 3200, 0.001),
    "long chat stream": ("gpt-bench-long", 50, 0.1),
    "slow chat stream": ("gpt-bench-slow", 10, 1.0),
    "sparse chat stream": ("gpt-bench-sparse", 4, 10.0),
    "large chat stream": ("gpt-bench-large", 10_000, 0.0),
}
MODELS = (CHAT, EMBEDDING, FAILING, REFUSED, THROTTLED, CUT, *(model for model, _, _ in STREAMED.values()))


@cache
def exchanges() -> dict[str, Exchange]:
    """Returns all exchanges by name, made once."""
    return {
        "chat": chat(),
        "long prompt": chat(400_000),
        "large prompt": chat(5_000_000),
        "failing chat": failing_chat(FAILING),
        "refused chat": failing_chat(REFUSED),
        "throttled chat": failing_chat(THROTTLED),
        "cut chat stream": cut_chat_stream(20),
        "chat stream": chat_stream(CHAT, BACK_TO_BACK_CHUNKS),
        **{name: chat_stream(model, chunks, pause) for name, (model, chunks, pause) in STREAMED.items()},
        "response stream": response_stream(BACK_TO_BACK_CHUNKS),
        "response by chat": response_by_chat(BACK_TO_BACK_CHUNKS),
        "chat by response": chat_by_response(BACK_TO_BACK_CHUNKS),
        "embedding": embeddings(1),
        "16 embeddings": embeddings(16),
        "embedding as numbers": embeddings_as_numbers(1),
        "16 embeddings as numbers": embeddings_as_numbers(16),
    }

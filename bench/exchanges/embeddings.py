"""Embeddings."""

import math
import struct
from base64 import b64encode
from collections.abc import Sequence

from bench.exchanges.exchange import Exchange, to_json, wire, with_call_info
from openai_grpc.codec import from_json
from openai_grpc.v1 import embeddings_pb2

EMBEDDING = "embedding-bench"
DIMENSIONS = 1536


def embeddings(count: int) -> Exchange:
    """Returns a call for a number of vectors, sent by the upstream as base64."""
    packed = [struct.pack(f"<{DIMENSIONS}f", *_vector(row)) for row in range(count)]
    return _exchange([b64encode(data).decode() for data in packed], "base64")


def embeddings_as_numbers(count: int) -> Exchange:
    """Returns the same call with vectors as JSON numbers, which a JSON client need not decode."""
    packed = [struct.pack(f"<{DIMENSIONS}f", *_vector(row)) for row in range(count)]
    return _exchange([list(struct.unpack(f"<{DIMENSIONS}f", data)) for data in packed], "float")


def _vector(row: int) -> list[float]:
    return [math.sin(place + row) / 40 for place in range(DIMENSIONS)]


def _exchange(vectors: Sequence[str | list[float]], encoding_format: str) -> Exchange:
    count = len(vectors)
    reply = {
        "object": "list",
        "data": [{"object": "embedding", "index": row, "embedding": vector} for row, vector in enumerate(vectors)],
        "model": EMBEDDING,
        "usage": {"prompt_tokens": 8 * count, "total_tokens": 8 * count},
    }
    body = {"model": EMBEDDING, "input": [f"the tide at pier {row}" for row in range(count)]}
    return Exchange(
        rpc="/openai_grpc.v1.EmbeddingsService/CreateEmbedding",
        request=wire(embeddings_pb2.CreateEmbeddingRequest, body),
        http_path="/embeddings",
        http_body=to_json({**body, "encoding_format": encoding_format}),
        http_reply=(to_json(reply),),
        messages=(with_call_info(from_json(embeddings_pb2.CreateEmbeddingResponse, to_json(reply)), EMBEDDING),),
    )

"""Conversion between HTTP headers and gRPC metadata."""

from collections.abc import Iterable

from openai_grpc.v1 import CONTRACT_REVISION

Pairs = list[tuple[str, str]]

REQUEST_ID = "x-request-id"
UPSTREAM_REQUEST_ID = "openai-request-id"
GATEWAY_REQUEST_ID = "openai-grpc-request-id"

_SENT = frozenset({"authorization", "idempotency-key", "traceparent", "tracestate", REQUEST_ID})
_SENT_PREFIXES = ("openai-",)


def request_metadata(headers: Iterable[tuple[str, str]]) -> Pairs:
    """Returns the metadata of a call: headers known to the gateway, and settings for REST callers.

    That is the contract's revision, and that explicit nulls of replies are kept.

    Args:
        headers: Names and values. Azure's `api-key` counts as `authorization`.
    """
    found = {name.lower(): value for name, value in headers}
    if "api-key" in found and "authorization" not in found:
        found["authorization"] = f"Bearer {found['api-key']}"
    found["openai-grpc-contract"] = str(CONTRACT_REVISION)
    found["openai-grpc-nulls"] = "keep"
    return [(name, value) for name, value in found.items() if name in _SENT or name.startswith(_SENT_PREFIXES)]


def reply_headers(metadata: Iterable[tuple[str, str | bytes]]) -> Pairs:
    """Returns the headers of a reply.

    Args:
        metadata: The metadata of the call; of a failed one its trailers.

    Returns:
        All that are text and not gRPC's own. `x-request-id` is upstream's, as OpenAI's SDKs report it; the gateway's
        id is then `openai-grpc-request-id`.
    """
    pairs = [(name, value) for name, value in metadata if isinstance(value, str) and not name.startswith("grpc-")]
    upstream = next((value for name, value in pairs if name == UPSTREAM_REQUEST_ID), None)
    if upstream is None:
        return pairs
    moved = [(GATEWAY_REQUEST_ID if name == REQUEST_ID else name, value) for name, value in pairs]
    return [(REQUEST_ID, upstream), *((name, value) for name, value in moved if name != UPSTREAM_REQUEST_ID)]

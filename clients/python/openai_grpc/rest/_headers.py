"""Conversion between HTTP headers and gRPC metadata."""

from collections.abc import Iterable

from openai_grpc.v1 import CONTRACT_REVISION

Pairs = list[tuple[str, str]]

REQUEST_ID = "x-request-id"
UPSTREAM_REQUEST_ID = "openai-request-id"
GATEWAY_REQUEST_ID = "openai-grpc-request-id"

_AZURE_KEY = "api-key"
_REVISION = str(CONTRACT_REVISION)
_SENT = frozenset({"authorization", _AZURE_KEY, "idempotency-key", "traceparent", "tracestate", REQUEST_ID})
_SENT_PREFIXES = ("openai-",)


def request_metadata(headers: Iterable[tuple[str, str]]) -> Pairs:
    """Returns the metadata of a call: headers known to the gateway, and settings for REST callers.

    That is the contract's revision, and that explicit nulls of replies are kept.

    Args:
        headers: Names and values. Azure's `api-key` counts as `authorization`.
    """
    found: dict[str, str] = {}
    for each, value in headers:
        name = each.lower()
        if name in _SENT or name.startswith(_SENT_PREFIXES):
            found[name] = value
    if _AZURE_KEY in found:
        found.setdefault("authorization", f"Bearer {found.pop(_AZURE_KEY)}")
    found["openai-grpc-contract"] = _REVISION
    found["openai-grpc-nulls"] = "keep"
    return list(found.items())


def reply_headers(metadata: Iterable[tuple[str, str | bytes]], without: frozenset[str] = frozenset()) -> Pairs:
    """Returns the headers of a reply.

    Args:
        metadata: The metadata of the call; of a failed one its trailers.
        without: Names that are left out.

    Returns:
        All that are text and not gRPC's own. `x-request-id` is upstream's, as OpenAI's SDKs report it; the gateway's
        id is then `openai-grpc-request-id`.
    """
    pairs: Pairs = []
    upstream = None
    own: list[int] = []  # where the gateway's ids are
    for name, value in metadata:
        if name in without or not isinstance(value, str) or name.startswith("grpc-"):
            continue
        if name == UPSTREAM_REQUEST_ID:
            upstream = value if upstream is None else upstream
            continue
        if name == REQUEST_ID:
            own.append(len(pairs))
        pairs.append((name, value))
    if upstream is not None:
        for each in own:
            pairs[each] = (GATEWAY_REQUEST_ID, pairs[each][1])
        pairs.insert(0, (REQUEST_ID, upstream))
    return pairs

"""Validity of model names, ids of stored objects and secrets, and equivalence of JSON keys.

`names` of `json.proto` says which fields have one.
"""

import re

from openai_grpc.options.v1 import json_pb2

MODEL_BYTES = 256
ID_BYTES = 1024
SECRET_BYTES = 8192

_VISIBLE = re.compile(r"[!-~]*")
_PATH = re.compile(r"[/\\?#%]|\.\.")
_LIMITS: dict[int, int] = {json_pb2.JSON_NAMES_MODEL: MODEL_BYTES, json_pb2.JSON_NAMES_SECRET: SECRET_BYTES}
_FREE: frozenset[int] = frozenset({json_pb2.JSON_NAMES_ITEM, json_pb2.JSON_NAMES_SECRET})
_SEPARATORS = re.compile(r"[\s_\-]+")


# Matches most texts that are a name of every kind, before `name_problem` is asked.
is_plain_name = re.compile(r"(?!.{257})[0-9A-Za-z_:@\-]+(?:\.[0-9A-Za-z_:@\-]+)*").fullmatch


def name_problem(kind: int, text: str) -> str:
    """Describes why a text is not a valid name.

    Args:
        kind: A value of `JsonNames`.
        text: The text.

    Returns:
        The reason; empty: it can be one.
    """
    limit = _LIMITS.get(kind, ID_BYTES)
    size = len(text)
    # A character has at most 4 bytes. A long text is not encoded to find out that it is too long.
    if size > limit or (size * 4 > limit and not text.isascii() and len(text.encode("utf-8", "replace")) > limit):
        return f"too long: at most {limit} bytes"
    if kind in _FREE:
        return ""
    if kind == json_pb2.JSON_NAMES_MODEL:
        return "" if text.isprintable() else "invalid model name: it must have printable characters only"
    if _PATH.search(text):
        return "invalid id: it must not have /, \\, ?, #, % or .. in it"
    return "" if _VISIBLE.fullmatch(text) else "invalid id: it must have visible ASCII characters only"


def folded(key: str) -> str:
    """Returns a case-folded JSON key, as read by Go's `encoding/json` and Java's maps.

    U+017F and U+212A are an `s` and a `k` for them, U+0130 and U+0131 an `i`. Brackets are how lists and maps are
    written in queries and forms: `metadata[a]` is `metadata`.
    """
    key = key.partition("[")[0].strip()
    return key.lower() if key.isascii() else key.upper().casefold().replace("\u0307", "")


def stem(key: str) -> str:
    """Returns a folded key without separators: readers of Protobuf's JSON accept `previousResponseId` too."""
    return _SEPARATORS.sub("", folded(key))

"""Generates the blocking Python client from the one for asyncio.

Only what is the same but for `async` and `await` is made so. What differs, such as how a call is awaited, is written
twice, in `_async.py` and `_sync.py`, `async_stream.py` and `stream.py`.
"""

import re

MODULES = {
    "_async_client.py": "_client.py",
    "async_resources.py": "resources.py",
    "async_streams.py": "streams.py",
    "async_tool_run.py": "tool_run.py",
    "async_text_stream.py": "text_stream.py",
}

WIDTH = 120
QUOTES = '"""'
_RULES = [
    (r",? for asyncio\b", ""),
    (r"\basync (def|for|with)\b", r"\1"),
    (r"\bawait ", ""),
    (r"\banext\(", "next("),
    (r"__a(next|iter|enter|exit)__", r"__\1__"),
    (r"\bStopAsyncIteration\b", "StopIteration"),
    (r"\bAsync(?=[A-Z])", ""),
    (r"\b_async\b", "_sync"),
    (r"\b(_?)async_(?=[a-z])", r"\1"),
    (r"\bgrpc\.aio\b", "grpc"),
]


def unasync(text: str, source: str) -> str:
    """Returns the blocking form of a module.

    Args:
        text: The module for asyncio.
        source: Its name.
    """
    for pattern, replacement in _RULES:
        text = re.sub(pattern, replacement, text)
    first, rest = text.split("\n", 1)
    made = f"{first.removesuffix(QUOTES)} Made of `{source}`: do not edit.{QUOTES}"
    if len(made) > WIDTH:
        made = f"{first.removesuffix(QUOTES)}\n\nMade of `{source}`: do not edit.\n{QUOTES}"
    return f"{made}\n{rest}"

"""Texts that come in pieces."""

import binascii
import re
from base64 import b64decode, b64encode
from collections.abc import Sequence
from typing import Any

from openai_grpc.codec import RawString

_SURROGATE = re.compile("[\ud800-\udfff]")


class Pieces:
    """A text of which pieces come. They are joined once: a join for each would take time by the square of their number.

    Args:
        first: Its first piece.
        is_base64: Whether each piece is base64 of its own.

    Attributes:
        texts: The pieces.
    """

    __slots__ = ("_is_base64", "texts")

    def __init__(self, first: str, *, is_base64: bool) -> None:
        self.texts = [first]
        self._is_base64 = is_base64

    def joined(self) -> str:
        """Returns the whole text."""
        return join_base64(self.texts) if self._is_base64 else join_text(self.texts)


def joined(value: Any) -> Any:
    """Returns a JSON value with its texts joined."""
    if isinstance(value, Pieces):
        return value.joined()
    if isinstance(value, dict):
        return {key: joined(each) for key, each in value.items()}
    return [joined(each) for each in value] if isinstance(value, list) else value


def join_text(texts: Sequence[str]) -> str:
    """Joins pieces of text; the two halves of a character, each an escape in a piece of its own, become one again."""
    text = "".join(texts)
    if not any(isinstance(each, RawString) for each in texts):
        return text
    whole = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")
    return RawString(whole) if _SURROGATE.search(whole) else whole


def join_base64(texts: Sequence[str]) -> str:
    """Joins pieces of audio, each of which is base64 of its own; other texts are put one after the other."""
    if any(text.endswith("=") for text in texts[:-1]):
        try:
            data = b"".join(b64decode(text, validate=True) for text in texts)
        except (binascii.Error, ValueError):
            pass
        else:
            return b64encode(data).decode()
    return join_text(texts)

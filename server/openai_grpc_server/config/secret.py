"""A text that is never printed, and texts that may be one."""

import re
from typing import Final

# Short words, perhaps numbered, as names of keys and variables are; keys mix letters and digits, or are longer.
_WORDS = re.compile("(?:[A-Z]{1,15}|[A-Z]?[a-z]{1,15})[0-9]{0,2}(?:[_.-](?:[A-Z]{1,15}|[A-Z]?[a-z]{1,15}|)[0-9]{0,2})*")
_LONGEST_NAME = 64  # characters


class Secret:
    """A key or password. `reveal` is the only way to its text; `str`, `repr` and formatting hide it."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text: Final = text

    def reveal(self) -> str:
        """Returns the text, for the place where it is sent."""
        return self._text

    def __repr__(self) -> str:
        return "Secret(***)"

    __str__ = __repr__

    def __format__(self, _: str) -> str:
        return repr(self)

    def __bool__(self) -> bool:
        return bool(self._text)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._text == self._text

    def __hash__(self) -> int:
        return hash(self._text)

    def __reduce__(self) -> str:
        raise TypeError("a Secret is not pickled")


def may_be_shown(text: str) -> bool:
    """Whether a text that stands where a name should is certainly no secret."""
    return len(text) <= _LONGEST_NAME and _WORDS.fullmatch(text) is not None

"""What the docstrings of settings classes say about each key."""

import inspect
import re
from typing import Any

_ATTRIBUTE = re.compile(r"(\w+): (.+)")


def attributes(kind: Any) -> dict[str, str]:
    """Returns the descriptions of a settings class's fields, each in one line.

    They stand in the `Attributes` section of its docstring: a name, a colon and text, with further lines indented.
    """
    found: dict[str, str] = {}
    name = ""
    _, _, section = (inspect.getdoc(kind) or "").partition("Attributes:\n")
    for line in section.splitlines():
        text = line.strip()
        if line.startswith("        "):
            found[name] += f" {text}"
        elif match := _ATTRIBUTE.fullmatch(text):
            name = match[1]
            found[name] = match[2]
    return found


def first_line(kind: Any) -> str:
    """Returns what a settings class is, in one line."""
    return (inspect.getdoc(kind) or "").splitlines()[0]

"""Places in a JSON value, and what can be done there."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

Path = tuple[str | int, ...]

_STEP = re.compile(r"(?P<key>[^.\[\]]+)|\[(?P<index>\d+|\*)\]")


def value_at(value: Any, path: Path) -> Any:
    """Returns what stands at a path, or None."""
    for step in path:
        if isinstance(value, dict):
            value = value.get(step)
        elif isinstance(value, list) and isinstance(step, int) and step < len(value):
            value = value[step]
        else:
            return None
    return value


def remove(value: Any, path: Path) -> None:
    """Removes what stands at a path, and the objects and lists above it that are empty without it."""
    parents = [value]
    for step in path[:-1]:
        parents.append(parents[-1][step])
    for parent, step in zip(reversed(parents), reversed(path), strict=True):
        del parent[step]
        if parent:
            return


def text_of(path: Path) -> str:
    """Writes a path as `tools[0].type`."""
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path).removeprefix(".")


def parse_pattern(text: str) -> tuple[str, ...]:
    """Reads a pattern of paths in LiteLLM's form: `a.b`, `tools[*].strict`, `tools[0]`.

    Raises:
        ValueError: It is none.
    """
    steps = tuple(step["key"] or f"[{step['index']}]" for step in _STEP.finditer(text))
    written = "".join(step if step.startswith("[") else f".{step}" for step in steps).removeprefix(".")
    if not steps or written != text:
        raise ValueError(f"{text!r} names no parameter: write it as `name`, `outer.inner` or `tools[*].strict`")
    return steps


def matching(value: Any, pattern: Sequence[str]) -> Iterator[Path]:
    """Yields the paths in a value that a pattern stands for, the later elements of a list first."""
    if not pattern:
        yield ()
        return
    step, *rest = pattern
    if not step.startswith("["):
        if isinstance(value, dict) and step in value:
            yield from ((step, *path) for path in matching(value[step], rest))
    elif isinstance(value, list):
        chosen = range(len(value)) if step == "[*]" else [int(step[1:-1])]
        for index in reversed([each for each in chosen if each < len(value)]):
            yield from ((index, *path) for path in matching(value[index], rest))

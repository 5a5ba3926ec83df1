"""The parts of messages in a request."""

from collections.abc import Iterator
from typing import Any

from openai_grpc_server.config.patterns import Path

# What a list of parts is called: in messages, and in the results of tools in Responses.
LISTS = ("content", "output")


def content_parts(value: dict[str, Any]) -> Iterator[tuple[Path, str]]:
    """Yields where the parts of a request's messages stand, and their types."""
    for top in ("messages", "input"):
        for index, message in _objects(value.get(top)):
            for name in LISTS:
                for position, part in _objects(message.get(name)):
                    if isinstance(kind := part.get("type"), str):
                        yield (top, index, name, position), kind


def _objects(elements: Any) -> Iterator[tuple[int, dict[str, Any]]]:
    if isinstance(elements, list):
        yield from ((index, each) for index, each in enumerate(elements) if isinstance(each, dict))

"""The recorded exchanges: one JSON object a line, in files `*.jsonl.gz`."""

import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

ROOT = Path(__file__).resolve().parents[2]
DEFAULT = ROOT.parent / "shared" / "corpus"


class Number(float):
    """A JSON number that is no integer, with the text that it was read from."""

    token: str

    def __new__(cls, token: str) -> Self:
        """Reads a token."""
        number = super().__new__(cls, token)
        number.token = token
        return number


@dataclass(frozen=True, slots=True)
class Exchange:
    """A recorded request with its answer.

    Attributes:
        source: The name of the file, without suffixes.
        record: The line, its numbers as int or Number.
    """

    source: str
    record: dict[str, Any]

    @property
    def name(self) -> str:
        """What tells the exchange from others."""
        return f"{self.source}:{self.record['id']}"

    @property
    def op(self) -> str:
        """The operation, as `operations.jsonl` names it."""
        op: str = self.record["op"]
        return op

    @property
    def status(self) -> int:
        """The HTTP status of the answer."""
        status: int = self.record["status"]
        return status

    @property
    def request_body(self) -> Any:
        """The JSON body of the request; None when there is none."""
        return self.record.get("request_body")

    @property
    def events(self) -> list[dict[str, Any]] | None:
        """The recorded server-sent events; None when the answer was no stream."""
        return self.record.get("response_sse")

    @property
    def response_only(self) -> bool:
        """Whether no request was kept."""
        return bool(self.record.get("response_only"))


def exchanges(folder: Path) -> Iterator[Exchange]:
    """Yields every exchange of every file of a folder.

    Raises:
        FileNotFoundError: There is no such folder, or no file in it.
    """
    files = sorted(folder.glob("*.jsonl.gz"))
    if not files:
        raise FileNotFoundError(f"no recorded exchanges (*.jsonl.gz) in {folder}")
    for file in files:
        with gzip.open(file, "rt", encoding="utf-8") as lines:
            for line in lines:
                yield Exchange(file.name.removesuffix(".jsonl.gz"), json.loads(line, parse_float=Number))


def dumps(value: Any) -> bytes:
    """Writes JSON, in ASCII, with every number as it was read."""
    return _text(value).encode("ascii")


def _text(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ",".join(f"{json.dumps(key)}:{_text(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(_text, value)) + "]"
    return value.token if isinstance(value, Number) else json.dumps(value)

"""Exchanges with an upstream, one JSON object a line, in files `*.jsonl` and `*.jsonl.gz`.

`corpus/` has a few dozen that are invented: every operation, errors, streams and odd values. Where `../shared/corpus`
has recordings of real servers, these are replayed instead, unless a folder is given.
"""

import argparse
import gzip
import json
import sys
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from support.contract import unnamed

INVENTED = Path(__file__).parent / "corpus"
RECORDED = Path(__file__).resolve().parents[3] / "shared" / "corpus"
_TEXTS = ("id", "op", "method", "op_path")


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
        """The operation, as OpenAI's SDK names it: `chat.completions.create`."""
        op: str = self.record["op"]
        return op

    @property
    def route(self) -> str:
        """The route without names of parameters: `GET /responses/{}`."""
        return unnamed(f"{self.record['method']} {self.record['op_path']}")

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


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A line, or the rest of a file, that can't be read as an exchange.

    Attributes:
        name: The file and the line.
        reason: What is wrong with it.
    """

    name: str
    reason: str


# What reading a recording raises whose parts are not of the form that they should have.
MALFORMED = (AttributeError, IndexError, KeyError, RecursionError, TypeError, ValueError)


def why_unreadable(error: Exception) -> str:
    """Says what was raised, as the loss of an exchange."""
    return f"unreadable recording: {type(error).__name__}: {error}"


def exchanges(folder: Path) -> Iterator[Exchange | Unreadable]:
    """Yields every exchange of every file of a folder, and what can't be read.

    Raises:
        FileNotFoundError: There is no such folder, or no file in it.
    """
    files = sorted([*folder.glob("*.jsonl"), *folder.glob("*.jsonl.gz")])
    if not files:
        raise FileNotFoundError(f"no exchanges (*.jsonl, *.jsonl.gz) in {folder}")
    for file in files:
        yield from _read(file, file.name.removesuffix(".gz").removesuffix(".jsonl"))


def models_of(recorded: Iterable[Exchange | Unreadable]) -> set[str]:
    """Returns the models that requests name."""
    bodies = [each.request_body for each in recorded if isinstance(each, Exchange)]
    names = [body.get("model") for body in bodies if isinstance(body, dict)]
    return {name for name in names if isinstance(name, str)}


def _read(file: Path, source: str) -> Iterator[Exchange | Unreadable]:
    number = 0
    try:
        with gzip.open(file, "rb") if file.suffix == ".gz" else file.open("rb") as lines:
            for number, line in enumerate(lines, 1):
                yield _exchange(source, number, line)
    except (OSError, EOFError, zlib.error) as error:
        yield Unreadable(f"{source}:after line {number}", why_unreadable(error))


def _exchange(source: str, number: int, line: bytes) -> Exchange | Unreadable:
    try:
        record = json.loads(line, parse_float=Number)
        if not isinstance(record, dict):
            raise TypeError("a line must be a JSON object")
        for key in _TEXTS:
            if not isinstance(record[key], str):
                raise TypeError(f"{key} must be a string")
        if not isinstance(record["status"], int):
            raise TypeError("status must be an integer")
    except MALFORMED as error:
        return Unreadable(f"{source}:line {number}", why_unreadable(error))
    return Exchange(source, record)


def folder_from_arguments(doc: str | None) -> Path:
    """Returns the folder that the command line names; without one that of the recordings, or of what is invented."""
    parser = argparse.ArgumentParser(description=doc.splitlines()[0] if doc else None)
    parser.add_argument("folder", nargs="?", type=Path, help="where the files *.jsonl or *.jsonl.gz are")
    folder: Path | None = parser.parse_args().folder
    if folder is not None:
        return folder
    if RECORDED.is_dir():
        return RECORDED
    sys.stdout.write(f"no recordings in {RECORDED}: replaying the invented exchanges of {INVENTED}\n")
    return INVENTED


def dumps(value: Any) -> bytes:
    """Writes JSON, in ASCII, with every number as it was read."""
    return _text(value).encode("ascii")


def _text(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ",".join(f"{json.dumps(key)}:{_text(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(_text, value)) + "]"
    return value.token if isinstance(value, Number) else json.dumps(value)

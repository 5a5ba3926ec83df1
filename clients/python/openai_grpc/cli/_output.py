"""Output of answers, as text or JSON, with notes and usage on standard error."""

import argparse
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any, TextIO, TypeVar

from google.protobuf.message import Message

from openai_grpc.cli._arguments import UsageError
from openai_grpc.codec import to_json

M = TypeVar("M", bound=Message)

STDIN = "-"
BAR_WIDTH = 30  # characters
CUT = {
    "length": "the answer was cut off at the token limit: raise --max-tokens",
    "max_tokens": "the answer was cut off at the token limit: raise --max-tokens",
    "max_output_tokens": "the answer was cut off at the token limit: raise --max-tokens",
    "content_filter": "the answer was cut off by the content filter: rephrase the message",
}


def add_usage_argument(parser: argparse.ArgumentParser) -> None:
    """Adds the option for usage and time."""
    parser.add_argument(
        "--usage",
        action=argparse.BooleanOptionalAction,
        help="print tokens and time to standard error at the end (default: on a terminal)",
    )


def read_text(text: str | None, example: str) -> str:
    """Returns a text argument, or standard input for `-` and None.

    Raises:
        UsageError: There is no text.
    """
    if text is not None and text != STDIN:
        return text
    if sys.stdin.isatty():
        sys.stderr.write("type the text, then Ctrl-D\n")
    read = sys.stdin.read()
    if not read.strip():
        raise UsageError(f"no text on standard input: give one, such as {example}")
    return read


def print_message(message: Message) -> None:
    """Prints a message as a line of JSON."""
    sys.stdout.write(f"{to_json(message).decode()}\n")
    sys.stdout.flush()


def print_text(text: str) -> None:
    """Prints a whole text, and a newline if it ends without one."""
    sys.stdout.write(text if text.endswith("\n") else f"{text}\n")
    sys.stdout.flush()


def print_reasoning(text: str) -> None:
    """Prints reasoning to standard error, dim on a terminal."""
    sys.stderr.write(f"\x1b[2m{text}\x1b[0m" if sys.stderr.isatty() else text)
    sys.stderr.flush()


def note(text: str) -> None:
    """Prints a line to standard error."""
    sys.stderr.write(f"openai-grpc: {text}\n")
    sys.stderr.flush()


def note_cut(reason: str) -> None:
    """Prints a note if an answer was truncated.

    Args:
        reason: `finish_reason` of a choice, or the reason in `incomplete_details`.
    """
    if reason in CUT:
        note(CUT[reason])


def print_stream(
    messages: Iterable[M], text_of: Callable[[M], str], reasoning_of: Callable[[M], str], args: argparse.Namespace
) -> None:
    """Prints the text of a stream as it arrives."""
    last = "\n"
    reasoned = False
    try:
        for message in messages:
            if args.json:
                print_message(message)
                continue
            if args.show_reasoning and (reasoning := reasoning_of(message)):
                print_reasoning(reasoning)
                reasoned = True
            if text := text_of(message):
                if reasoned:
                    sys.stderr.write("\n\n")
                    reasoned = False
                sys.stdout.write(text)
                sys.stdout.flush()
                last = text
    finally:
        # An error is told on a line of its own, also after half an answer.
        if not last.endswith("\n"):
            sys.stdout.write("\n")
            sys.stdout.flush()


class Progress:
    """Progress bar of an upload or a download; silent if its output is not a terminal.

    Args:
        out: The output.
        name: Name of the file.
    """

    def __init__(self, out: TextIO, name: str) -> None:
        self._out = out if out.isatty() else None
        self._name = name

    def report(self, sent: int, size: int | None) -> None:
        """Shows `sent` of `size` bytes; the size is None if it is unknown."""
        if self._out is None:
            return
        if size:
            share = min(sent / size, 1.0)
            bar = "#" * round(share * BAR_WIDTH)
            self._out.write(f"\r{self._name} [{bar:<{BAR_WIDTH}}] {share:4.0%} of {size / 1e6:.1f} MB")
        else:
            self._out.write(f"\r{self._name} {sent / 1e6:.1f} MB")
        self._out.flush()
        if size and sent >= size:
            self.end()

    def end(self) -> None:
        """Removes the bar."""
        if self._out is not None:
            self._out.write("\r\x1b[K")
            self._out.flush()


class Clock:
    """Time of one answer, for `--usage`.

    Args:
        args: The command's arguments.
    """

    def __init__(self, args: argparse.Namespace) -> None:
        self._shown = sys.stderr.isatty() if args.usage is None else args.usage
        self._start = time.monotonic()
        self._first: float | None = None

    def seen(self, messages: Iterable[M], text_of: Callable[[M], str]) -> Iterator[M]:
        """Yields messages; records the time of the first text."""
        for message in messages:
            if self._first is None and text_of(message):
                self._first = time.monotonic()
            yield message

    def report(self, reply: Any) -> None:
        """Prints the usage of a reply and the time since the start.

        Args:
            reply: A message with `model`, `usage` and `call_info`, or None if it is not known.
        """
        if not self._shown:
            return
        parts = [reply.model] if reply is not None and reply.model else []
        if reply is not None and reply.HasField("usage"):
            parts += _tokens(reply.usage)
        if reply is not None and reply.call_info.HasField("cost"):
            parts.append(f"${reply.call_info.cost:.6f}")
        if self._first is not None:
            parts.append(f"first text after {self._first - self._start:.2f} s")
        parts.append(f"{time.monotonic() - self._start:.2f} s")
        note(", ".join(parts))


def _tokens(usage: Any) -> list[str]:
    """Returns the tokens of a reply, under the names of either API."""
    names = {field.name for field in usage.DESCRIPTOR.fields}
    sent, made = ("prompt", "completion") if "prompt_tokens" in names else ("input", "output")
    cached = getattr(usage, f"{sent}_tokens_details").cached_tokens if f"{sent}_tokens_details" in names else 0
    details = f"{made}_tokens_details"
    reasoning = getattr(usage, details).reasoning_tokens if details in names else 0
    return [
        f"{getattr(usage, f'{sent}_tokens')} tokens in" + (f" ({cached} cached)" if cached else ""),
        f"{getattr(usage, f'{made}_tokens')} out" + (f" ({reasoning} for reasoning)" if reasoning else ""),
    ]

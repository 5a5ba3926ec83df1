"""Reads what is asked, and prints what is answered."""

import argparse
import sys
from collections.abc import Callable, Iterable
from typing import TypeVar

from google.protobuf.message import Message

from openai_grpc.codec import to_json

M = TypeVar("M", bound=Message)

STDIN = "-"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments of a command that talks with a model."""
    parser.add_argument(
        "message", nargs="?", default=STDIN, help="what to say; - or none reads it from the standard input"
    )
    parser.add_argument("-m", "--model", help="the model (default: the gateway's, where it has but one)")
    parser.add_argument("-s", "--system", metavar="TEXT", help="what the model is told to be")
    parser.add_argument("--max-tokens", type=int, metavar="N", help="the longest answer, in tokens")
    parser.add_argument("--temperature", type=float, metavar="T", help="0 is sober, 2 is wild")
    parser.add_argument("--no-stream", action="store_true", help="print the answer once it is whole")
    parser.add_argument("--json", action="store_true", help="print OpenAI's JSON: of a stream a line for each event")
    parser.add_argument("--show-reasoning", action="store_true", help="print the reasoning too, to standard error")


def read_message(args: argparse.Namespace) -> str:
    """Returns what is to be said.

    Raises:
        SystemExit: There is nothing.
    """
    if args.message != STDIN:
        return str(args.message)
    if sys.stdin.isatty():
        sys.stderr.write("type a message, then Ctrl-D\n")
    text = sys.stdin.read()
    if not text.strip():
        raise SystemExit('openai-grpc: there is no message: openai-grpc chat "hello"')
    return text


def print_message(message: Message) -> None:
    """Prints a message as a line of JSON."""
    sys.stdout.write(f"{to_json(message).decode()}\n")
    sys.stdout.flush()


def print_text(text: str) -> None:
    """Prints a whole text, and a newline where it has none."""
    sys.stdout.write(text if text.endswith("\n") else f"{text}\n")


def print_reasoning(text: str) -> None:
    """Prints reasoning to the standard error, dim where that is a terminal."""
    sys.stderr.write(f"\x1b[2m{text}\x1b[0m" if sys.stderr.isatty() else text)
    sys.stderr.flush()


def print_stream(
    messages: Iterable[M], text_of: Callable[[M], str], reasoning_of: Callable[[M], str], args: argparse.Namespace
) -> None:
    """Prints the text of a stream as it comes."""
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

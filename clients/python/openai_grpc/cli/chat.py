"""`openai-grpc chat`."""

import argparse
import json
import os
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, cast

from openai_grpc.cli import _connection, _output, _prompt
from openai_grpc.cli._arguments import UsageError, did_you_mean
from openai_grpc.cli._problems import problem
from openai_grpc.client import Client
from openai_grpc.client._text import chat_piece, chat_reasoning, chat_reasoning_piece, chat_text
from openai_grpc.client.params import CreateChatCompletionParams
from openai_grpc.codec import to_json
from openai_grpc.v1 import CallOptions, ChatCompletion, ChatCompletionChunk

EPILOG = """\
examples:
  openai-grpc chat                                      a conversation: /help lists its commands
  openai-grpc chat "Write a haiku about rivers."
  openai-grpc chat -m gpt-4o-mini -s "You are a pirate." "Where is the treasure?"
  cat notes.txt | openai-grpc chat -s "Summarize this in three lines." -
  openai-grpc chat --image cat.png "What is this?"
  openai-grpc chat --history talk.json "And in winter?"
  openai-grpc chat --schema person.json --no-stream "Ada Lovelace, born 1815" | jq .born
  openai-grpc chat --no-stream --json "hello" | jq .usage

A call of a tool is printed as NAME(ARGUMENTS). In a conversation you are asked for its result; otherwise give it with
--tool-result ID=TEXT and the same --history.
"""
COMMANDS = {
    "/exit": "end the conversation (also Ctrl-D)",
    "/clear": "forget the conversation; the system message stays",
    "/image FILE": "attach an image to the next message",
    "/file FILE": "attach a file to the next message",
    "/help": "print this",
}
PROMPT = "> "

Json = dict[str, Any]


class Chat:
    """Chats with a model: one answer, or a conversation."""

    name = "chat"
    help = "Chat with a model: one answer, or a conversation."

    def configure(self, parser: argparse.ArgumentParser) -> None:
        """Adds the command's arguments."""
        parser.epilog = EPILOG
        _prompt.add_arguments(parser)
        parser.add_argument(
            "-i",
            "--interactive",
            action="store_true",
            help="hold a conversation (default: on a terminal, without MESSAGE)",
        )
        parser.add_argument(
            "--history", type=Path, metavar="FILE", help="JSON file of the messages: continued, then written back"
        )
        parser.add_argument(
            "--tool-result",
            action="append",
            default=[],
            type=_tool_result,
            metavar="ID=TEXT",
            help="result of a tool call in the history; repeatable",
        )
        _connection.add_arguments(parser)

    def run(self, args: argparse.Namespace) -> int:
        """Prints the answer, or holds a conversation."""
        interactive = args.interactive or (args.message is None and sys.stdin.isatty() and sys.stdout.isatty())
        conversation = Conversation(args)
        if not interactive:
            said = args.message
            if said is None and not args.tool_result:
                said = _output.STDIN
            text = None if said is None else _output.read_text(said, 'openai-grpc chat "hello"')
            with _connection.connect(args) as client:
                return conversation.say(client, text)
        with _connection.connect(args) as client:
            return _converse(client, conversation, args)


class Conversation:
    """Messages of a chat, in memory and in the history file.

    Args:
        args: The command's arguments.

    Raises:
        OSError: A file is unreadable.
        UsageError: A file does not hold what it should.

    Attributes:
        images: Images to attach to the next message.
        files: Files to attach to the next message.
    """

    def __init__(self, args: argparse.Namespace) -> None:
        self._args = args
        self._tools = _prompt.chat_tools(args.tools)
        schema = _prompt.schema(args.schema)
        self._format = {"type": "json_schema", "json_schema": schema} if schema else None
        self._messages = _read_history(args.history)
        self._results: list[Json] = [
            {"role": "tool", "tool_call_id": call, "content": text} for call, text in args.tool_result
        ]
        self.images: list[str] = list(args.image)
        self.files: list[str] = list(args.file)

    def clear(self) -> None:
        """Forgets the messages."""
        self._messages.clear()
        self._save()

    def open_calls(self) -> list[Json]:
        """Returns the tool calls of the last answer that need results."""
        last = self._messages[-1] if self._messages else {}
        calls = last.get("tool_calls") if last.get("role") == "assistant" else None
        return calls or []

    def answer_calls(self, results: list[str]) -> None:
        """Adds the results of the open calls to the next turn."""
        self._results = [
            {"role": "tool", "tool_call_id": call.get("id"), "content": text}
            for call, text in zip(self.open_calls(), results, strict=True)
        ]

    def say(self, client: Client, text: str | None) -> int:
        """Sends a message or tool results, prints the answer, and stores both.

        Args:
            client: The client.
            text: The user's message, or None for results alone.

        Raises:
            APIError: The call failed; nothing of this turn is kept.
        """
        said = list(self._results)
        if text is not None:
            said.append({"role": "user", "content": _prompt.content(text, self.images, self.files, _prompt.chat_part)})
        messages = [*self._with_system(), *said]
        answer = self._answer(client, messages)
        self._results, self.images, self.files = [], [], []
        if answer is not None and answer.choices:
            self._messages = [*messages, _plain(answer.choices[0].message)]
            self._save()
        return 0

    def _answer(self, client: Client, messages: list[Json]) -> ChatCompletion | None:
        args = self._args
        params = CreateChatCompletionParams(
            messages=cast("Any", messages),  # JSON, as it was read or made
            model=args.model,
            max_completion_tokens=args.max_tokens,
            temperature=args.temperature,
            reasoning_effort=args.reasoning_effort,
            tools=cast("Any", self._tools),
            response_format=cast("Any", self._format),
            timeout=args.timeout,
        )
        clock = _output.Clock(args)
        completions = client.chat.completions
        completion: ChatCompletion | None
        if args.no_stream:
            completion = completions.create(**params)
            if args.json:
                _output.print_message(completion)
            else:
                if args.show_reasoning and (reasoning := chat_reasoning(completion)):
                    _output.print_reasoning(f"{reasoning}\n\n")
                if text := chat_text(completion):
                    _output.print_text(text)
        else:
            params["call_options"] = CallOptions(accumulate=True)
            kept: list[ChatCompletion] = []
            with completions.stream(**params) as chunks:
                shown = clock.seen(_without_whole(chunks, kept), chat_piece)
                _output.print_stream(shown, chat_piece, chat_reasoning_piece, args)
            completion = kept[-1] if kept else None
        if completion is not None and completion.choices:
            if not args.json:
                for call in _plain(completion.choices[0].message).get("tool_calls") or []:
                    _output.print_text(describe_call(call))
            _output.note_cut(completion.choices[0].finish_reason)
        clock.report(completion)
        return completion

    def _with_system(self) -> list[Json]:
        if self._args.system is None:
            return self._messages
        rest = self._messages[1:] if self._messages and self._messages[0].get("role") == "system" else self._messages
        return [{"role": "system", "content": self._args.system}, *rest]

    def _save(self) -> None:
        file = self._args.history
        if file is None:
            return
        # Written beside it first: a full disk must not cost the history.
        written = file.with_name(f"{file.name}.new")
        written.write_text(json.dumps(self._messages, ensure_ascii=False, indent=1) + "\n", "utf-8")
        os.replace(written, file)  # noqa: PTH105 - as atomic as Path.replace


def describe_call(call: Json) -> str:
    """Returns a tool call as `NAME(ARGUMENTS)`, with its id if it has one."""
    called = call.get("function") or call.get("custom") or {}
    given = called.get("arguments", called.get("input", ""))
    return f"{called.get('name', '')}({given})" + (f"  [{call['id']}]" if call.get("id") else "")


def _converse(client: Client, conversation: Conversation, args: argparse.Namespace) -> int:
    """Reads messages and prints answers until the end of the input; returns 1 if the last call failed."""
    if sys.stdin.isatty():
        import readline  # noqa: F401, PLC0415 - gives `input` a line editor, on a terminal

        sys.stderr.write("/help lists the commands, Ctrl-D ends the conversation\n")
    code = 0
    waiting = args.message
    while True:
        try:
            text, waiting = (waiting, None) if waiting is not None else (_read_turn(), None)
        except EOFError:
            return code
        if not text.strip():
            continue
        if text.startswith("/"):
            if not _obey(text.strip(), conversation):
                return code
            continue
        try:
            code = _take_turn(client, conversation, text, args)
        except EOFError:
            return code


def _take_turn(client: Client, conversation: Conversation, text: str, args: argparse.Namespace) -> int:
    """Prints the answer to a message, after its tool calls; returns 1 if a call failed.

    Raises:
        EOFError: The input ended where a tool's result was due.
    """
    try:
        code = conversation.say(client, text)
        while calls := conversation.open_calls():
            conversation.answer_calls([_read_result(call) for call in calls])
            code = conversation.say(client, None)
    except KeyboardInterrupt:
        # Stops this answer; at the prompt it ends the program.
        _output.note("stopped")
        return 0
    except BrokenPipeError:
        raise
    except Exception as error:
        described = str(error) if isinstance(error, UsageError) else problem(error, args)
        if described is None:
            raise
        _output.note(described)
        return 1
    return code


def _obey(line: str, conversation: Conversation) -> bool:
    """Runs a command of a conversation; returns whether the conversation continues."""
    name, _, value = line.partition(" ")
    value = value.strip()
    match name:
        case "/exit" | "/quit":
            return False
        case "/clear":
            conversation.clear()
        case "/image" if value:
            conversation.images.append(value)
        case "/file" if value:
            conversation.files.append(value)
        case "/help":
            sys.stderr.write("".join(f"{command:<12} {text}\n" for command, text in COMMANDS.items()))
        case _:
            known = [command.split()[0] for command in COMMANDS]
            hint = ": it needs a file" if name in known else did_you_mean(name, known) or ": /help lists the commands"
            _output.note(f"unknown command {line!r}{hint}" if name not in known else f"{name} is incomplete{hint}")
    return True


def _read_turn() -> str:
    """Reads a message; a backslash at the end continues the line."""
    lines = [_read_line(PROMPT)]
    while lines[-1].endswith("\\"):
        lines[-1] = lines[-1][:-1]
        lines.append(_read_line("... "))
    return "\n".join(lines)


def _read_result(call: Json) -> str:
    if not sys.stdin.isatty():
        return _read_line("")
    return _read_line(f"result of {describe_call(call)}: ")


def _read_line(prompt: str) -> str:
    if sys.stdin.isatty():
        return input(prompt)
    line = sys.stdin.readline()
    if not line:
        raise EOFError
    return line.rstrip("\n")


def _read_history(file: Path | None) -> list[Json]:
    if file is None or not file.exists() or not file.stat().st_size:
        return []
    value = _prompt.read_json(file)
    if isinstance(value, dict):
        value = value.get("messages")
    if not isinstance(value, list) or not all(isinstance(message, dict) for message in value):
        raise UsageError(f"{file} is not a history: it must hold a JSON list of messages")
    return value


def _tool_result(text: str) -> tuple[str, str]:
    call, separator, result = text.partition("=")
    if not separator or not call:
        raise argparse.ArgumentTypeError(f"invalid result {text!r}: must be ID=TEXT")
    return call, result


def _without_whole(chunks: Iterable[ChatCompletionChunk], kept: list[ChatCompletion]) -> Iterator[ChatCompletionChunk]:
    """Yields the upstream's chunks; stores the whole completion added by the gateway."""
    for chunk in chunks:
        if chunk.HasField("accumulated"):
            kept.append(chunk.accumulated)
            if not chunk.choices and not chunk.HasField("usage"):
                continue
        yield chunk


def _plain(message: Any) -> Json:
    value: Json = json.loads(to_json(message))
    return value


COMMAND = Chat()

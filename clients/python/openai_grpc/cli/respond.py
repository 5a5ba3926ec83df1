"""`openai-grpc respond`."""

import argparse
from typing import Any, cast

from openai_grpc.cli import _connection, _output, _prompt
from openai_grpc.client._text import (
    check_response,
    response_final,
    response_piece,
    response_reasoning,
    response_reasoning_piece,
    response_text,
)
from openai_grpc.client.params import CreateResponseParams
from openai_grpc.v1 import Response, ResponseStreamEvent

EPILOG = """\
examples:
  openai-grpc respond "Write a haiku about rivers."
  openai-grpc respond -m o4-mini --show-reasoning "How many primes are there below 100?"
  openai-grpc respond --previous resp_123 "And below 200?"
  openai-grpc respond --background --no-stream "Write a long story."      then: openai-grpc responses get ID
  openai-grpc respond --json "hello" | jq -r .type
"""
UNFINISHED = {"queued", "in_progress"}


class Respond:
    """Asks a model for a response."""

    name = "respond"
    help = "Ask a model through the Responses API."

    def configure(self, parser: argparse.ArgumentParser) -> None:
        """Adds the command's arguments."""
        parser.epilog = EPILOG
        _prompt.add_arguments(parser)
        parser.add_argument("--previous", metavar="ID", help="continue this stored response")
        parser.add_argument("--conversation", metavar="ID", help="continue this conversation, and add to it")
        parser.add_argument("--background", action="store_true", help="go on at the upstream if this call ends")
        _connection.add_arguments(parser)

    def run(self, args: argparse.Namespace) -> int:
        """Prints the answer."""
        text = _output.read_text(args.message, 'openai-grpc respond "hello"')
        said = _prompt.content(text, args.image, args.file, _prompt.response_part)
        schema = _prompt.schema(args.schema)
        reasoning = {
            key: value
            for key, value in {
                "summary": "auto" if args.show_reasoning else None,
                "effort": args.reasoning_effort,
            }.items()
            if value
        }
        params = CreateResponseParams(
            input=said if isinstance(said, str) else cast("Any", [{"role": "user", "content": said}]),  # JSON
            instructions=args.system,
            model=args.model,
            max_output_tokens=args.max_tokens,
            temperature=args.temperature,
            reasoning=cast("Any", reasoning or None),
            tools=cast("Any", _prompt.response_tools(args.tools)),
            text=cast("Any", {"format": {"type": "json_schema", **schema}} if schema else None),
            previous_response_id=args.previous,
            conversation=args.conversation,
            background=True if args.background else None,
            timeout=args.timeout,
        )
        clock = _output.Clock(args)
        with _connection.connect(args) as client:
            if args.no_stream:
                print_response(client.responses.create(**params), args, clock)
                return 0
            with client.responses.stream(**params) as events:
                print_events(events, args, clock)
        return 0


def print_events(events: Any, args: argparse.Namespace, clock: _output.Clock) -> None:
    """Prints the text of a response's events as they arrive.

    Raises:
        ResponseFailedError: The response failed.
    """
    finals: list[Response] = []

    def text_of(event: ResponseStreamEvent) -> str:
        final = response_final(event)
        if final is not None:
            finals.append(final)
        return response_piece(event)

    def watched() -> Any:
        for event in clock.seen(events, response_piece):
            if args.json:
                text_of(event)
            yield event

    _output.print_stream(watched(), text_of, response_reasoning_piece, args)
    response = finals[-1] if finals else None
    if response is not None:
        _print_end(response, args)
    clock.report(response)


def print_response(response: Response, args: argparse.Namespace, clock: _output.Clock) -> None:
    """Prints a whole response.

    Raises:
        ResponseFailedError: It failed.
    """
    if args.json:
        _output.print_message(response)
        check_response(response)
    else:
        check_response(response)
        if args.show_reasoning and (reasoning := response_reasoning(response)):
            _output.print_reasoning(f"{reasoning}\n\n")
        if text := response_text(response):
            _output.print_text(text)
    _print_end(response, args)
    clock.report(response)


def _print_end(response: Response, args: argparse.Namespace) -> None:
    """Prints function calls, and a note if the response is incomplete."""
    if not args.json:
        for item in response.output:
            if item.HasField("function_call"):
                call = item.function_call
                _output.print_text(f"{call.name}({call.arguments})  [{call.call_id}]")
    _output.note_cut(response.incomplete_details.reason)
    if response.status in UNFINISHED:
        _output.note(f"{response.id} is {response.status}: `openai-grpc responses get {response.id}` shows it later")
    elif response.status == "cancelled":
        _output.note(f"{response.id} was cancelled")


COMMAND = Respond()

"""`openai-grpc respond`."""

import argparse

from openai_grpc.cli import _connection, _output
from openai_grpc.client._text import (
    check_response,
    response_final,
    response_piece,
    response_reasoning,
    response_reasoning_piece,
    response_text,
)
from openai_grpc.client.params import CreateResponseParams
from openai_grpc.v1 import ResponseStreamEvent

EPILOG = """\
examples:
  openai-grpc respond "Tell me a joke"
  openai-grpc respond -m o4-mini --show-reasoning "How many primes are there below 100?"
  openai-grpc respond --json "hello" | jq -r .type
"""


class Respond:
    """Asks a model for a response."""

    name = "respond"
    help = "The same as chat, over the Responses API."

    def configure(self, parser: argparse.ArgumentParser) -> None:
        """Adds the command's arguments."""
        parser.epilog = EPILOG
        _output.add_arguments(parser)
        _connection.add_arguments(parser)

    def run(self, args: argparse.Namespace) -> int:
        """Prints the answer."""
        params = CreateResponseParams(
            input=_output.read_message(args),
            instructions=args.system,
            model=args.model,
            max_output_tokens=args.max_tokens,
            temperature=args.temperature,
            reasoning={"summary": "auto"} if args.show_reasoning else None,
            timeout=args.timeout,
        )
        with _connection.connect(args) as client:
            if not args.no_stream:
                with client.responses.stream(**params) as events:
                    _output.print_stream(events, _piece, response_reasoning_piece, args)
                return 0
            response = check_response(client.responses.create(**params))
        if args.json:
            _output.print_message(response)
            return 0
        if args.show_reasoning and (reasoning := response_reasoning(response)):
            _output.print_reasoning(f"{reasoning}\n\n")
        _output.print_text(response_text(response))
        return 0


def _piece(event: ResponseStreamEvent) -> str:
    response_final(event)  # raises if the response failed
    return response_piece(event)


COMMAND = Respond()

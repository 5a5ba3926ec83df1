"""`openai-grpc embed`."""

import argparse

from openai_grpc.cli import _connection, _output
from openai_grpc.client._text import vectors

SHOWN = 4  # numbers of each vector

EPILOG = """\
examples:
  openai-grpc embed "a cat" "a dog"
  openai-grpc embed -m text-embedding-3-small --json "a cat" | jq '.data[0].embedding'
"""


class Embed:
    """Turns texts into vectors."""

    name = "embed"
    help = "Turn texts into vectors."

    def configure(self, parser: argparse.ArgumentParser) -> None:
        """Adds the command's arguments."""
        parser.epilog = EPILOG
        parser.add_argument("texts", nargs="+", metavar="TEXT", help="one or more texts, each quoted")
        parser.add_argument("-m", "--model", help="model (default: the gateway's, if it has one)")
        parser.add_argument("-d", "--dimensions", type=int, metavar="N", help="length of each vector")
        parser.add_argument("--json", action="store_true", help="print OpenAI's JSON, with all numbers")
        _connection.add_arguments(parser)

    def run(self, args: argparse.Namespace) -> int:
        """Prints the length and the first values of each vector."""
        with _connection.connect(args) as client:
            reply = client.embeddings.create(
                input=args.texts, model=args.model, dimensions=args.dimensions, timeout=args.timeout
            )
        if args.json:
            _output.print_message(reply)
            return 0
        for text, vector in zip(args.texts, vectors(reply), strict=False):
            values = ", ".join(f"{value:.6f}" for value in vector[:SHOWN])
            more = ", ..." if len(vector) > SHOWN else ""
            _output.print_text(f"{len(vector)} dimensions [{values}{more}]  {text}")
        return 0


COMMAND = Embed()

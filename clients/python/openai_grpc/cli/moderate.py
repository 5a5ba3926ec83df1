"""`openai-grpc moderate`."""

import argparse

from openai_grpc.cli import _connection, _output

EPILOG = """\
examples:
  openai-grpc moderate "I love you" "I hate you"
  openai-grpc moderate --json "I hate you" | jq '.results[0].category_scores'

The exit code is 0 either way; with --check it is 1 if a text is flagged.
"""


class Moderate:
    """Classifies texts as harmful or not."""

    name = "moderate"
    help = "Check whether texts are harmful."

    def configure(self, parser: argparse.ArgumentParser) -> None:
        """Adds the command's arguments."""
        parser.epilog = EPILOG
        parser.add_argument("texts", nargs="+", metavar="TEXT", help="one or more texts, each quoted")
        parser.add_argument("-m", "--model", help="model (default: the gateway's, if it has one)")
        parser.add_argument("--check", action="store_true", help="exit with 1 if a text is flagged")
        parser.add_argument("--json", action="store_true", help="print OpenAI's JSON")
        _connection.add_arguments(parser)

    def run(self, args: argparse.Namespace) -> int:
        """Prints the flagged categories of each text with their scores."""
        with _connection.connect(args) as client:
            reply = client.moderations.create(input=args.texts, model=args.model, timeout=args.timeout)
        if args.json:
            _output.print_message(reply)
        else:
            for text, result in zip(args.texts, reply.results, strict=False):
                flagged = sorted(name for name, set_ in result.categories.items() if set_)
                told = ", ".join(f"{name} {result.category_scores[name]:.2f}" for name in flagged)
                _output.print_text(f"{told or ('flagged' if result.flagged else 'ok')}  {text}")
        return int(args.check and any(result.flagged for result in reply.results))


COMMAND = Moderate()

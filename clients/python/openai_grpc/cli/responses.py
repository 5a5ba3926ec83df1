"""`openai-grpc responses`."""

import argparse

from openai_grpc.cli import _connection, _output
from openai_grpc.cli._arguments import UsageError
from openai_grpc.cli.respond import print_events, print_response
from openai_grpc.client.params import ResumeResponseParams

EPILOG = """\
examples:
  openai-grpc responses get resp_123
  openai-grpc responses resume resp_123 --after 41     the events after number 41 of a background response
  openai-grpc responses cancel resp_123
  openai-grpc responses delete resp_123
"""
ACTIONS = ["get", "cancel", "delete", "resume"]


class Responses:
    """Gets, cancels, deletes or resumes a stored response."""

    name = "responses"
    help = "Get, cancel, delete or resume a stored response."

    def configure(self, parser: argparse.ArgumentParser) -> None:
        """Adds the command's arguments."""
        parser.epilog = EPILOG
        parser.add_argument("action", choices=ACTIONS, metavar="ACTION", help="get, cancel, delete or resume")
        parser.add_argument("id", metavar="ID", help="id of the response")
        parser.add_argument("--after", type=int, metavar="N", help="resume: skip the events up to this sequence number")
        parser.add_argument(
            "--json", action="store_true", help="print OpenAI's JSON; of resume, one line for each event"
        )
        parser.add_argument("--show-reasoning", action="store_true", help="print reasoning to standard error")
        _output.add_usage_argument(parser)
        _connection.add_arguments(parser)

    def run(self, args: argparse.Namespace) -> int:
        """Prints the response, or the outcome."""
        if args.after is not None and args.action != "resume":
            raise UsageError(f"--after goes with resume, not with {args.action}: leave it out")
        clock = _output.Clock(args)
        with _connection.connect(args) as client:
            responses = client.responses
            match args.action:
                case "delete":
                    deleted = responses.delete(args.id, timeout=args.timeout)
                    if args.json:
                        _output.print_message(deleted)
                    else:
                        _output.print_text(f"{deleted.id or args.id} deleted")
                case "cancel":
                    print_response(responses.cancel(args.id, timeout=args.timeout), args, clock)
                case "get":
                    print_response(responses.retrieve(args.id, timeout=args.timeout), args, clock)
                case _:
                    params = ResumeResponseParams(starting_after=args.after, timeout=args.timeout)
                    with responses.resume(args.id, **params) as events:
                        print_events(events, args, clock)
        return 0


COMMAND = Responses()

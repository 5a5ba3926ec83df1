"""`openai-grpc batches`."""

import argparse
from pathlib import Path

from openai_grpc.cli import _connection, _output
from openai_grpc.cli._arguments import UsageError
from openai_grpc.cli.watch import told

EPILOG = """\
examples:
  openai-grpc batches create tides.jsonl --endpoint /v1/chat/completions
  openai-grpc batches create file-123 --endpoint /v1/embeddings
  openai-grpc batches get batch_123
  openai-grpc batches list
  openai-grpc batches cancel batch_123
"""
ACTIONS = ["create", "get", "list", "cancel"]


class Batches:
    """Creates, gets, lists or cancels a batch."""

    name = "batches"
    help = "Create, get, list or cancel batches of requests."

    def configure(self, parser: argparse.ArgumentParser) -> None:
        """Adds the command's arguments."""
        parser.epilog = EPILOG
        parser.add_argument("action", choices=ACTIONS, metavar="ACTION", help="create, get, list or cancel")
        parser.add_argument(
            "subject", nargs="?", metavar="ID|PATH", help="id of the batch; of create: the JSONL file, or its id"
        )
        parser.add_argument("--endpoint", metavar="PATH", help="path of the requests, such as /v1/responses")
        parser.add_argument("--window", default="24h", help="time within which it is done (default: 24h)")
        parser.add_argument("--json", action="store_true", help="print OpenAI's JSON; of list, one line for each batch")
        _connection.add_arguments(parser)

    def run(self, args: argparse.Namespace) -> int:
        """Prints the id and the state of the batch."""
        if (args.subject is None) != (args.action == "list"):
            wrong = "list takes no ID" if args.subject else f"{args.action} needs an ID or a path"
            raise UsageError(f"{wrong}: openai-grpc batches --help")
        if args.action == "create" and not args.endpoint:
            raise UsageError("create needs the path of the requests: --endpoint /v1/chat/completions")
        with _connection.connect(args) as client:
            match args.action:
                case "create":
                    file_id = args.subject
                    if Path(file_id).is_file():
                        file_id = client.files.upload(file=file_id, purpose="batch", timeout=args.timeout).id
                    found = client.batches.create(
                        input_file_id=file_id,
                        endpoint=args.endpoint,
                        completion_window=args.window,
                        timeout=args.timeout,
                    )
                case "cancel":
                    found = client.batches.cancel(args.subject, timeout=args.timeout)
                case "get":
                    found = client.batches.retrieve(args.subject, timeout=args.timeout)
                case _:
                    for each in client.batches.list(timeout=args.timeout):
                        _output.print_message(each) if args.json else _output.print_text(f"{each.id}  {told(each)}")
                    return 0
            _output.print_message(found) if args.json else _output.print_text(f"{found.id}  {told(found)}")
        return 0


COMMAND = Batches()

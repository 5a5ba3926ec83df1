"""`openai-grpc conversations`."""

import argparse

from openai_grpc.cli import _connection, _output
from openai_grpc.cli._arguments import UsageError
from openai_grpc.v1 import ResponseItem

EPILOG = """\
examples:
  openai-grpc conversations create
  openai-grpc respond --conversation conv_123 "And below 200?"
  openai-grpc conversations items conv_123
  openai-grpc conversations delete conv_123
"""
ACTIONS = ["create", "get", "items", "delete"]


class Conversations:
    """Creates, gets or deletes a conversation, or lists its items."""

    name = "conversations"
    help = "Create, get, list or delete conversations that are stored upstream."

    def configure(self, parser: argparse.ArgumentParser) -> None:
        """Adds the command's arguments."""
        parser.epilog = EPILOG
        parser.add_argument("action", choices=ACTIONS, metavar="ACTION", help="create, get, items or delete")
        parser.add_argument("id", nargs="?", metavar="ID", help="id of the conversation; not with create")
        parser.add_argument("--json", action="store_true", help="print OpenAI's JSON; of items, one line for each")
        _connection.add_arguments(parser)

    def run(self, args: argparse.Namespace) -> int:
        """Prints the id of the conversation, its items, or the outcome."""
        if (args.id is None) != (args.action == "create"):
            told = "create takes no ID" if args.id else f"{args.action} needs an ID"
            raise UsageError(f"{told}: openai-grpc conversations --help")
        with _connection.connect(args) as client:
            conversations = client.conversations
            match args.action:
                case "create":
                    made = conversations.create(timeout=args.timeout)
                    _output.print_message(made) if args.json else _output.print_text(made.id)
                case "get":
                    kept = conversations.retrieve(args.id, timeout=args.timeout)
                    _output.print_message(kept) if args.json else _output.print_text(kept.id)
                case "delete":
                    deleted = conversations.delete(args.id, timeout=args.timeout)
                    _output.print_message(deleted) if args.json else _output.print_text(f"{deleted.id} deleted")
                case _:
                    for item in conversations.items.list(args.id, order="asc", timeout=args.timeout):
                        _output.print_message(item) if args.json else _output.print_text(_told(item))
        return 0


def _told(item: ResponseItem) -> str:
    """Returns a line about an item: the author and the text of a message, the kind of another."""
    kind = item.WhichOneof("kind") or "unknown"
    if kind != "message":
        return f"[{kind}]"
    content = item.message.content
    parts = [getattr(part, part.WhichOneof("kind") or "", None) for part in content.parts.parts]
    text = content.text or "".join(getattr(part, "text", "") for part in parts)
    return f"{item.message.role}: {text}"


COMMAND = Conversations()

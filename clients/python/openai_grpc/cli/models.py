"""`openai-grpc models`."""

import argparse
import json
from collections.abc import Iterator
from typing import Any

from google.protobuf.message import Message

from openai_grpc.cli import _connection, _output
from openai_grpc.codec import to_json
from openai_grpc.v1 import Model

EPILOG = """\
examples:
  openai-grpc models
  openai-grpc models gpt-4o-mini
  openai-grpc models --upstream --json | jq -r '.data[].id'
"""


class Models:
    """Lists the models, or shows one."""

    name = "models"
    help = "List the models, or show what is known of one."

    def configure(self, parser: argparse.ArgumentParser) -> None:
        """Adds the command's arguments."""
        parser.epilog = EPILOG
        parser.add_argument("model", nargs="?", metavar="MODEL", help="show this model")
        parser.add_argument("--upstream", action="store_true", help="list the upstream's models, also unnamed ones")
        parser.add_argument("--json", action="store_true", help="print OpenAI's JSON")
        _connection.add_arguments(parser)

    def run(self, args: argparse.Namespace) -> int:
        """Prints one name per line, or the facts of one model."""
        with _connection.connect(args) as client:
            if args.model is not None:
                model = client.models.retrieve(args.model, timeout=args.timeout)
                if args.json:
                    _output.print_message(model)
                else:
                    _output.print_text("\n".join(f"{name}: {value}" for name, value in _facts(model)))
                return 0
            models = client.models.list(upstream=True if args.upstream else None, timeout=args.timeout)
        if args.json:
            _output.print_message(models.message)
        elif models.data:
            _output.print_text("\n".join(sorted(model.id for model in models.data)))
        else:
            _output.note("no models are listed: the gateway passes any model on; name one with -m")
        return 0


def _facts(model: Model) -> Iterator[tuple[str, str]]:
    """Yields the facts of a model from upstream and the gateway; the gateway's win."""
    told: dict[str, Any] = json.loads(to_json(model))
    told.pop("object", None)
    told |= _values(model.model_info)
    for name, value in told.items():
        yield name, value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _values(message: Message) -> dict[str, Any]:
    """Returns the set fields of a gateway message as plain values."""
    return {field.name: _plain(value) for field, value in message.ListFields()}


def _plain(value: Any) -> Any:
    if isinstance(value, Message):
        values = _values(value)
        return values.get("values", values)
    if hasattr(value, "items"):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, str | int | float | bool):
        return value
    return [_plain(item) for item in value]


COMMAND = Models()

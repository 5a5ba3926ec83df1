"""`openai-grpc keys`."""

import argparse
import time
from typing import TYPE_CHECKING, Any

import grpc

from openai_grpc.admin.v1 import (
    IssueKeyRequest,
    Key,
    KeysServiceStub,
    ListKeysRequest,
    RevokeKeyRequest,
    RotateKeyRequest,
)
from openai_grpc.cli import _connection, _output
from openai_grpc.client import Client
from openai_grpc.client._failure import api_error

if TYPE_CHECKING:
    from collections.abc import Callable

EPILOG = """\
examples:
  openai-grpc keys issue search --model 'gpt-4o*' --tpm 200000 --max-budget 50 --budget-duration 1mo
  openai-grpc keys list
  openai-grpc keys rotate key_3f2a --grace-period 3600     the key so far is taken for another hour
  openai-grpc keys revoke key_3f2a

The caller needs the master key of the gateway, or a key or an identity with admin: true. A key is printed once, when
it is issued or rotated: the gateway keeps its hash.
"""
PAGE = 1000  # keys
TIMEOUT = 60.0  # seconds
LIMITS: dict[str, tuple[type, str, str]] = {
    "rpm": (int, "N", "limit of requests per minute"),
    "tpm": (int, "N", "limit of tokens per minute"),
    "max_parallel_requests": (int, "N", "limit of calls in flight"),
    "max_budget": (float, "USD", "limit of the cost, in US dollars"),
    "soft_budget": (float, "USD", "cost from which calls are warned, in US dollars"),
    "budget_duration": (str, "TIME", "period after which the budget begins anew: 1h, 1d, 1w, 1mo"),
    "organization": (str, "ID", "OpenAI-Organization of its calls"),
    "project": (str, "ID", "OpenAI-Project of its calls"),
    "expires_in": (int, "SECONDS", "time after which it expires"),
}


class Keys:
    """Issues, lists, rotates or revokes keys of the gateway."""

    name = "keys"
    help = "Issue, list, rotate or revoke keys of the gateway."

    def configure(self, parser: argparse.ArgumentParser) -> None:
        """Adds the command's arguments."""
        parser.epilog = EPILOG
        actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
        issue = actions.add_parser("issue", help="issue a key and print it")
        issue.add_argument("name", metavar="NAME", help="its name in logs and metrics")
        issue.add_argument("--model", action="append", metavar="NAME", help="a model that it may use; * matches any")
        issue.add_argument("--rpc", action="append", metavar="NAME", help="an RPC that it may call; * matches any")
        for name, (kind, metavar, text) in LIMITS.items():
            # Not of the connection, which has the caller's own.
            destination = f"key_{name}" if name in {"organization", "project"} else name
            option = f"--{destination.replace('_', '-')}"
            issue.add_argument(option, dest=destination, type=kind, metavar=metavar, help=text)
        listing = actions.add_parser("list", help="list the issued keys, the newest first")
        rotate = actions.add_parser("rotate", help="replace a key by a new one with the same name and limits")
        rotate.add_argument("id", metavar="ID", help="id of the key")
        rotate.add_argument(
            "--grace-period", type=int, metavar="SECONDS", help="time for which the key so far is taken as well"
        )
        revoke = actions.add_parser("revoke", help="revoke a key for good")
        revoke.add_argument("id", metavar="ID", help="id of the key")
        for each in (issue, listing, rotate, revoke):
            each.add_argument("--json", action="store_true", help="print JSON")
            _connection.add_arguments(each)

    def run(self, args: argparse.Namespace) -> int:
        """Prints the key, or one line for each."""
        actions: dict[str, Callable[[_Service, argparse.Namespace], None]] = {
            "issue": _issue,
            "list": _list,
            "rotate": _rotate,
            "revoke": _revoke,
        }
        with _connection.connect(args) as client:
            try:
                actions[args.action](_Service(client, args), args)
            except grpc.RpcError as error:
                raise api_error(error) from None
        return 0


class _Service:
    """The gateway's `KeysService`, with the credentials of a client."""

    def __init__(self, client: Client, args: argparse.Namespace) -> None:
        self._stub: Any = KeysServiceStub(client.channel)
        self._metadata = client._connection.settings.metadata  # noqa: SLF001 - the same package's
        self._timeout = args.timeout or TIMEOUT

    def call(self, name: str, request: Any) -> Any:
        return getattr(self._stub, name)(request, metadata=self._metadata, timeout=self._timeout)


def _issue(service: _Service, args: argparse.Namespace) -> None:
    given = vars(args)
    limits = {name: given.get(f"key_{name}" if f"key_{name}" in given else name) for name in LIMITS}
    request = IssueKeyRequest(name=args.name, models=args.model or (), rpcs=args.rpc or (), **limits)
    _print_issued(service.call("IssueKey", request), args)


def _rotate(service: _Service, args: argparse.Namespace) -> None:
    request = RotateKeyRequest(key_id=args.id, grace_period=args.grace_period)
    _print_issued(service.call("RotateKey", request), args)


def _print_issued(issued: Any, args: argparse.Namespace) -> None:
    if args.json:
        _output.print_message(issued)
        return
    _output.print_text(issued.secret)
    _output.note(f"{issued.key.id}, {issued.key.name}: the key is not shown again")


def _list(service: _Service, args: argparse.Namespace) -> None:
    after = None
    while True:
        page = service.call("ListKeys", ListKeysRequest(limit=PAGE, after=after))
        for key in page.data:
            if args.json:
                _output.print_message(key)
            else:
                _output.print_text(_line(key))
        if not page.has_more:
            return
        after = page.data[-1].id


def _revoke(service: _Service, args: argparse.Namespace) -> None:
    key = service.call("RevokeKey", RevokeKeyRequest(key_id=args.id))
    if args.json:
        _output.print_message(key)
    else:
        _output.print_text(f"{key.id} revoked")


def _line(key: Key) -> str:
    """Returns the facts of a key in a line."""
    state = "valid"
    if key.HasField("revoked_at"):
        state = "revoked"
    elif key.HasField("expires_at") and key.expires_at <= time.time():
        state = "expired"
    limits = [f"{name}={_text(getattr(key, name))}" for name in LIMITS if name != "expires_in" and key.HasField(name)]  # type: ignore[arg-type]  # names of fields
    models = [f"models={','.join(key.models)}"] if key.models else []
    rpcs = [f"rpcs={','.join(key.rpcs)}"] if key.rpcs else []
    return "  ".join((key.id, f"...{key.hint}", state, key.name, *models, *rpcs, *limits))


def _text(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


COMMAND = Keys()

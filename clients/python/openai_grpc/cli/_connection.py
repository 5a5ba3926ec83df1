"""How the commands reach a gateway."""

import argparse
import os
from pathlib import Path

from openai_grpc.client import Client

ADDRESS = "OPENAI_GRPC_ADDRESS"
API_KEY = "OPENAI_GRPC_API_KEY"
DEFAULT_ADDRESS = "localhost:50051"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments that say where the gateway is."""
    group = parser.add_argument_group("the gateway")
    address = os.environ.get(ADDRESS) or DEFAULT_ADDRESS
    group.add_argument(
        "--address", default=address, metavar="HOST:PORT", help=f"where it is (default: ${ADDRESS}, now {address})"
    )
    group.add_argument("--tls", action="store_true", help="use TLS; plain text otherwise")
    group.add_argument("--ca-file", type=Path, metavar="FILE", help="CA certificates to trust, as PEM; implies --tls")
    group.add_argument("--timeout", type=float, metavar="SECONDS", help="give up after this long")


def connect(args: argparse.Namespace) -> Client:
    """Returns a client for the gateway that the arguments name."""
    return Client(args.address, api_key=os.environ.get(API_KEY), tls=args.ca_file or args.tls)

"""Options of all client commands: address, TLS, deadline."""

import argparse
import math
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from openai_grpc.cli._arguments import UsageError

if TYPE_CHECKING:
    import grpc

    from openai_grpc.client import Client

ADDRESS = "OPENAI_GRPC_ADDRESS"
API_KEY = "OPENAI_GRPC_API_KEY"
TLS = "OPENAI_GRPC_TLS"
CA_FILE = "OPENAI_GRPC_CA_FILE"
CERT_FILE = "OPENAI_GRPC_CERT_FILE"
KEY_FILE = "OPENAI_GRPC_KEY_FILE"
SERVER_NAME = "OPENAI_GRPC_SERVER_NAME"
DEFAULT_PORT = 50051
DEFAULT_ADDRESS = f"localhost:{DEFAULT_PORT}"

_BOOLEANS: Mapping[str, bool] = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}
_PEM = b"-----BEGIN "
# The schemes that gRPC resolves; whatever has one is passed on as it is.
_RESOLVED = ("dns:", "unix:", "unix-abstract:", "ipv4:", "ipv6:", "xds:", "vsock:")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the options that name the gateway and how to reach it."""
    group = parser.add_argument_group("connection")
    address = os.environ.get(ADDRESS) or DEFAULT_ADDRESS
    group.add_argument(
        "--address", default=address, metavar="HOST:PORT", help=f"address of the gateway (${ADDRESS}; now {address})"
    )
    group.add_argument(
        "--tls",
        action=argparse.BooleanOptionalAction,
        help=f"use TLS (${TLS}; default: only with a CA or a certificate)",
    )
    group.add_argument(
        "--ca",
        "--ca-file",
        dest="ca_file",
        default=_path(CA_FILE),
        type=Path,
        metavar="FILE",
        help=f"CA certificates to trust, PEM; implies --tls (${CA_FILE})",
    )
    group.add_argument(
        "--cert",
        dest="cert_file",
        default=_path(CERT_FILE),
        type=Path,
        metavar="FILE",
        help=f"client certificate chain, PEM; implies --tls (${CERT_FILE})",
    )
    group.add_argument(
        "--key",
        dest="key_file",
        default=_path(KEY_FILE),
        type=Path,
        metavar="FILE",
        help=f"private key of the client certificate, PEM (${KEY_FILE})",
    )
    group.add_argument(
        "--server-name",
        default=os.environ.get(SERVER_NAME) or None,
        metavar="NAME",
        help=f"name in the gateway's certificate, if it differs from the address (${SERVER_NAME})",
    )
    group.add_argument(
        "--timeout", type=seconds, metavar="SECONDS", help="deadline of a call (default: 600 without streaming)"
    )


def connect(args: argparse.Namespace, *, max_retries: int | None = None) -> "Client":
    """Returns a client for the gateway that the arguments name.

    Raises:
        OSError: A certificate or key file is unreadable.
        UsageError: The address is invalid, or the TLS options contradict each other.
    """
    address = target(args.address)
    from openai_grpc.client import Client  # noqa: PLC0415 - gRPC takes its time to load; a wrong address is told first
    from openai_grpc.client._channel import DEFAULT_MAX_RETRIES  # noqa: PLC0415 - as above

    name = args.server_name
    return Client(
        address,
        api_key=os.environ.get(API_KEY),
        tls=credentials(args) or False,
        max_retries=DEFAULT_MAX_RETRIES if max_retries is None else max_retries,
        options=[("grpc.ssl_target_name_override", name), ("grpc.default_authority", name)] if name else (),
    )


def credentials(args: argparse.Namespace) -> "grpc.ChannelCredentials | None":
    """Returns the TLS credentials that the arguments name, or None for plain text.

    Raises:
        OSError: A file is unreadable.
        UsageError: A file is not PEM, a certificate comes without its key, or the variable for TLS has another value.
    """
    if not uses_tls(args):
        return None
    if (args.cert_file is None) != (args.key_file is None):
        missing, given = ("--key", "--cert") if args.key_file is None else ("--cert", "--key")
        raise UsageError(f"{given} without {missing}: a client certificate needs both")
    import grpc  # noqa: PLC0415 - takes its time to load

    ca, key, chain = (_pem(file) for file in (args.ca_file, args.key_file, args.cert_file))
    return grpc.ssl_channel_credentials(ca, key, chain)


def uses_tls(args: argparse.Namespace) -> bool:
    """Returns whether the arguments select TLS; `--tls` and `--no-tls` override the environment.

    Raises:
        UsageError: The environment variable is not a boolean.
    """
    if args.tls is not None:
        return bool(args.tls)
    text = os.environ.get(TLS, "").strip()
    if text:
        if text.lower() not in _BOOLEANS:
            raise UsageError(f"invalid {TLS} {text!r}: must be 1 or 0")
        return _BOOLEANS[text.lower()]
    return any((args.ca_file, args.cert_file, args.key_file))


def target(address: str) -> str:
    """Returns an address as a gRPC target, with the default port if it has none.

    Raises:
        UsageError: It is a URL, or has an invalid port.
    """
    address = address.strip()
    scheme, separator, rest = address.partition("://")
    if separator and scheme in {"http", "https", "grpc", "grpcs"}:
        tls = " and add --tls" if scheme.endswith("s") else ""
        raise UsageError(f"invalid address {address}: write {rest.strip('/')} without {scheme}://{tls}")
    if not address:
        raise UsageError("empty address: give HOST:PORT")
    if address.startswith(_RESOLVED):
        return address
    if address.count(":") > 1 and not address.startswith("["):
        return f"[{address}]:{DEFAULT_PORT}"
    host, separator, port = address.rpartition(":")
    if not separator or address.endswith("]"):
        return f"{address}:{DEFAULT_PORT}"
    if not re.fullmatch(r"\d{1,5}", port, re.ASCII) or not 1 <= int(port) <= 65535 or not host:
        raise UsageError(f"invalid address {address}: must be HOST:PORT, with a port from 1 to 65535")
    return address


def seconds(text: str) -> float:
    """Reads a positive number of seconds."""
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not (number > 0 and math.isfinite(number)):
        raise argparse.ArgumentTypeError(f"invalid number of seconds {text!r}: must be more than 0")
    return number


def _path(variable: str) -> Path | None:
    text = os.environ.get(variable)
    return Path(text) if text else None


def _pem(file: Path | None) -> bytes | None:
    if file is None:
        return None
    data = file.read_bytes()
    if _PEM not in data:
        raise UsageError(f"{file} is not a PEM file: convert it, such as by openssl")
    return data

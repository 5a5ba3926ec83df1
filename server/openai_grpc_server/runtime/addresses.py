"""Checks whether addresses can be bound."""

import errno
import os
import socket

from openai_grpc_server.config import Problem

_HINTS = {
    errno.EADDRINUSE: "is another server running there? --port 0 takes a free one",
    errno.EACCES: "ports below 1024 need CAP_NET_BIND_SERVICE: choose another, or let a container map it",
    errno.EADDRNOTAVAIL: "choose an address of this machine, such as 127.0.0.1, or 0.0.0.0 for all",
}


def listen_problem(host: str, port: int, error: OSError, where: str = "") -> Problem:
    """Describes why a port can't be listened on.

    Args:
        host: The address.
        port: The port.
        error: What the system said.
        where: The key of the configuration.
    """
    shown = f"[{host}]" if ":" in host else host
    hint = _HINTS[errno.EADDRNOTAVAIL] if isinstance(error, socket.gaierror) else _HINTS.get(error.errno or 0, "")
    told = os.strerror(error.errno) if error.errno and error.errno > 0 else error.strerror or str(error)
    return Problem(f"can't listen on {shown}:{port}: {told}", where, hint)


def bind_error(host: str, port: int, *, shared: bool = False, every: bool = True) -> OSError | None:
    """Returns the error of binding a port, without listening on it; None if it can be bound.

    Args:
        host: A name or an address.
        port: The port; 0: any.
        shared: Whether servers may share it (SO_REUSEPORT).
        every: Whether all addresses of the host are needed; one suffices otherwise.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except OSError as error:
        return error
    errors: list[OSError] = []
    addresses = list(dict.fromkeys((family, address) for family, _, _, _, address in found))
    for family, address in addresses:
        try:
            with socket.socket(family, socket.SOCK_STREAM) as each:
                each.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                if shared:
                    each.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
                if family == socket.AF_INET6:
                    each.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, int(address[0] != "::"))
                each.bind(address)
        except OSError as error:
            errors.append(error)
    return errors[0] if errors and (every or len(errors) == len(addresses)) else None

"""Listening sockets of a shared port: reservation, and leaving without losing a connection. Linux only."""

import asyncio
import ctypes
import fcntl
import logging
import os
import socket
import struct
import termios
import time
from collections.abc import Callable, Container, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from openai_grpc_server.config import ConfigError, Problem
from openai_grpc_server.runtime.resources import listen_problem
from openai_grpc_server.telemetry.log import Log

HTTP_KEY = "server.http.port"
HANDSHAKE = 0.2  # seconds in which a connection that was begun is there to be taken
QUEUE_LIMIT = 2.0  # seconds for the queue of a listening socket to be taken
IDLE_LIMIT = 0.2  # seconds for the last statuses of connections without a call to be received
CHECK = 0.02  # seconds between two looks at it

DESCRIPTORS = Path("/proc/self/fd")
SO_ATTACH_FILTER = 26  # socket(7)
# A classic BPF program (bpf(2), linux/filter.h) as (code, jt, jf, k). It sees a segment from its TCP header on: of the
# flags in byte 13, SYN without ACK is a client that begins a connection; it is dropped, and all else passes.
DROP_SYN = (
    (0x30, 0, 0, 13),  # load byte 13
    (0x54, 0, 0, 0x12),  # and SYN | ACK
    (0x15, 0, 1, 0x02),  # SYN alone?
    (0x06, 0, 0, 0),  # drop
    (0x06, 0, 0, 0xFFFF),  # pass
)
UNACKED = 24  # the place of tcpi_unacked in struct tcp_info: of a listening socket, the length of its queue


@contextmanager
def reserved_port(host: str, port: int, *, shared: bool = False) -> Iterator[int]:
    """Reserves a port without listening, for workers to listen on.

    Args:
        host: The address.
        port: The port; 0: a free one.
        shared: Whether other servers of this user may have it too.

    Yields:
        The port.

    Raises:
        ConfigError: Somebody else has it.
    """
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        held = socket.socket(family, socket.SOCK_STREAM)
    except OSError as error:
        raise ConfigError(listen_problem(host, port, error)) from error
    with held:
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, shared)
        try:
            held.bind(address)
        except OSError as error:
            raise ConfigError(listen_problem(host, port, error)) from error
        # Only now, else bind would have let us in beside another server that shares its port.
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        yield held.getsockname()[1]


def log_no_http(problem: Problem, log: Log) -> None:
    """Logs that HTTP is not served, as another program has its default port."""
    fields = {"problem": problem.message, "hint": f"set {HTTP_KEY} to another port, or to 0 or null"}
    log.write(logging.WARNING, "HTTP is not served", fields)


async def leave_port(port: int) -> None:
    """Stops this process listening on a shared port, while others continue.

    The kernel resets the connections in the queue of a listening socket that is closed (unless net.ipv4.tcp_migrate_req
    is set). So new ones are turned away first: their clients ask again within a second, and then reach another process.
    Once those that were begun are taken, the socket is closed behind the back of the server's library, which has no
    call for it: its descriptor becomes another socket, to which nobody connects. Where a sandbox does not let this
    process turn connections away or look at the queue, those that were begun just then may be reset.

    Raises:
        OSError: The sockets of this process can't be found, as /proc is not there.
    """
    with ExitStack() as stack:
        listening = []
        for each, descriptor in sockets(port):
            if _listens(each):
                listening.append((stack.enter_context(each), descriptor))
                with suppress(OSError):  # as above
                    _drop_syn(each)
            else:
                each.close()
        await asyncio.sleep(HANDSHAKE)
        limit = time.monotonic() + QUEUE_LIMIT
        # The kernel does not tell when a queue is empty.
        while any(_queue(each) for each, _ in listening) and time.monotonic() < limit:  # noqa: ASYNC110 - as above
            await asyncio.sleep(CHECK)
        for each, descriptor in listening:
            with socket.socket(each.family, socket.SOCK_STREAM) as nobody:
                os.dup2(nobody.fileno(), descriptor, inheritable=False)


async def close_idle(port: int, busy: Callable[[], Container[int]]) -> None:
    """Closes idle connections of a port.

    gRPC's own server answers CANCELLED to what arrives between its shutdown and the moment when the client has heard of
    it (https://github.com/grpc/grpc/issues/41785). Of a connection that was closed nothing arrives any more, and what
    was on its way is UNAVAILABLE to the client.

    Args:
        port: The port.
        busy: Returns the peers' ports of the connections that have a call, or send what is left of one.

    Raises:
        OSError: The sockets of this process can't be found, as /proc is not there.
    """
    limit = time.monotonic() + IDLE_LIMIT
    while True:
        left = False
        having_calls = busy()
        for each, _ in sockets(port):
            with each, suppress(OSError):  # it listens, or is closed meanwhile
                if each.getpeername()[1] not in having_calls:
                    if _unsent(each):
                        left = True
                    else:
                        each.shutdown(socket.SHUT_RDWR)
        if not left or time.monotonic() > limit:
            return
        await asyncio.sleep(CHECK)


def connections(port: int) -> int:
    """Returns the number of connections of a port."""
    count = 0
    for each, _ in sockets(port):
        with each:
            count += _connected(each)
    return count


def sockets(port: int) -> Iterator[tuple[socket.socket, int]]:
    """Yields a duplicate of each TCP socket with this local port, and the original's descriptor."""
    for link in DESCRIPTORS.iterdir():
        descriptor = int(link.name)
        try:
            if not str(link.readlink()).startswith("socket:"):
                continue
            found = socket.socket(fileno=os.dup(descriptor))
        except OSError:
            continue  # closed meanwhile
        if found.family in {socket.AF_INET, socket.AF_INET6} and found.getsockname()[1] == port:
            yield found, descriptor
        else:
            found.close()


def _listens(each: socket.socket) -> bool:
    return bool(each.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN))


def _connected(each: socket.socket) -> bool:
    try:
        each.getpeername()
    except OSError:
        return False
    return True


def _drop_syn(each: socket.socket) -> None:
    instructions = b"".join(struct.pack("=HBBI", *each) for each in DROP_SYN)
    program = ctypes.create_string_buffer(instructions, len(instructions))
    each.setsockopt(socket.SOL_SOCKET, SO_ATTACH_FILTER, struct.pack("@HP", len(DROP_SYN), ctypes.addressof(program)))


def _unsent(each: socket.socket) -> int:
    """Returns the number of bytes not yet acknowledged by the peer."""
    return int(struct.unpack("=i", fcntl.ioctl(each.fileno(), termios.TIOCOUTQ, bytes(4)))[0])


def _queue(each: socket.socket) -> int:
    try:
        info = each.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, UNACKED + 4)
        return int(struct.unpack_from("=I", info, UNACKED)[0])
    except (OSError, struct.error):  # not the kernel's own TCP
        return 0

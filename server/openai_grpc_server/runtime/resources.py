"""Resources of the process: calls, request bytes, file descriptors, memory, garbage collector, allocator.

Load is shed before any of them runs out.
"""

import asyncio
import contextlib
import ctypes
import errno
import gc
import os
import resource
import socket
import sys
import time
from pathlib import Path
from typing import Final

from grpc import StatusCode

from openai_grpc_server.config import Problem
from openai_grpc_server.errors import ExhaustedError, GatewayError

MOST_DESCRIPTORS: Final = 1 << 20  # the kernel's own default for a process (fs.nr_open)
RESERVE: Final = (
    16,
    256,
)  # descriptors kept for files, the store of limits, a reload: a tenth of the limit within these
MEMORY_SHARE: Final = 0.9  # of the limit, above which calls are refused
OWN: Final = 32  # descriptors of a process without connections: files, sockets of ports, pipes of threads
_DESCRIPTORS: Final = Path("/proc/self/fd" if sys.platform == "linux" else "/dev/fd")
_EACH: Final = 2  # descriptors of a call: its connection to an upstream, and perhaps the caller's is new as well
_OFTEN: Final = 0.02  # seconds between two counts, so that calls that were let in have opened what they need
_SELDOM: Final = 0.05  # seconds after which descriptors are counted anew: connections use them without a call
_COST: Final = 50  # times as long as it took to count them: with many of them older kernels take milliseconds
_MEMORY_EVERY: Final = 0.1  # seconds
_TRIM_EVERY: Final = 1.0  # seconds
_TRIM_AFTER: Final = 1 << 25  # bytes of requests: it takes milliseconds
_PAGE: Final = os.sysconf("SC_PAGE_SIZE")


def raise_descriptor_limit() -> None:
    """Raises the soft limit of open files of this process and its children to the hard one."""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    wanted = MOST_DESCRIPTORS if hard == resource.RLIM_INFINITY else min(hard, MOST_DESCRIPTORS)
    if descriptor_limit() < wanted:
        with contextlib.suppress(OSError, ValueError):  # macOS has another limit, of the system
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def descriptor_limit() -> int:
    """Returns the limit of descriptors of this process."""
    soft = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    return MOST_DESCRIPTORS if soft == resource.RLIM_INFINITY else soft


def usable_descriptors() -> int:
    """Returns how many descriptors may be open while calls are served: the limit without the reserve."""
    limit = descriptor_limit()
    return max(limit - min(max(limit // 10, RESERVE[0]), RESERVE[1]), 1)


def open_descriptors() -> int:
    """Returns the number of open descriptors."""
    with contextlib.suppress(OSError):
        # Linux 6.2 and newer tell the number as the size of the directory.
        return _DESCRIPTORS.stat().st_size or sum(1 for _ in _DESCRIPTORS.iterdir())
    return 0


def container_memory() -> int | None:
    """Returns the memory limit of this process's cgroup, or of a parent's, in bytes; None: no limit."""
    try:
        entries = [line.split(":", 2) for line in Path("/proc/self/cgroup").read_text(encoding="utf-8").splitlines()]
    except OSError:
        return None
    limits = []
    for _, controllers, path in entries:
        if controllers == "":
            root, name = Path("/sys/fs/cgroup"), "memory.max"
        elif "memory" in controllers.split(","):
            root, name = Path("/sys/fs/cgroup/memory"), "memory.limit_in_bytes"
        else:
            continue
        here = root / path.lstrip("/")
        # In a container the path is that of the host, and the container's own group is mounted at the root.
        for group in {root, here, *(each for each in here.parents if root in each.parents)}:
            with contextlib.suppress(OSError, ValueError):  # no such file, or "max"
                limits.append(int((group / name).read_text(encoding="utf-8")))
    found = min(limits, default=None)
    return found if found is not None and found < _physical_memory() else None


def _physical_memory() -> int:
    return os.sysconf("SC_PHYS_PAGES") * _PAGE


class Resources:
    """Refuses calls while the process is short of descriptors or memory.

    Args:
        max_memory: Up to how many bytes it may grow; None: that is not looked at.
    """

    def __init__(self, max_memory: int | None) -> None:
        self._usable = usable_descriptors()
        self._room = 0
        self._fitting = 0
        self._counted = self._count_again = float("-inf")
        self._max_memory = None if max_memory is None else int(max_memory * MEMORY_SHARE)
        self._memory_again = self._trim_again = float("-inf")
        self._too_large = False
        self._trimming: asyncio.Future[None] | None = None
        self._trim_timer: asyncio.TimerHandle | None = None

    def enter(self, calls: int) -> None:
        """Admits a call.

        Args:
            calls: Number of calls in flight. If 0, the call is admitted: nothing else will free memory.

        Raises:
            ExhaustedError: The process is short of something.
        """
        now = time.monotonic()
        if now >= self._count_again or (self._room <= 0 and now >= self._counted + _OFTEN):
            self._count(now, calls)
        # Where fewer calls are served than when there was no room left, connections to upstreams are kept idle.
        if self._room <= 0 and calls >= self._fitting:
            raise ExhaustedError("file descriptors")
        self._room -= _EACH
        if self._max_memory is None:
            return
        if now >= self._memory_again:
            self._memory_again = now + _MEMORY_EVERY
            self._too_large = resident_bytes() > self._max_memory
        if self._too_large and calls:
            self._trim(now)
            raise ExhaustedError("memory")

    def trim_later(self) -> None:
        """Trims the heap in a while, as many bytes of requests were freed."""
        if self._trim_timer is None:
            self._trim_timer = asyncio.get_running_loop().call_later(_TRIM_EVERY, self._trim_in_time)

    def _trim_in_time(self) -> None:
        self._trim_timer = None
        self._trim(time.monotonic())

    def _count(self, now: float, calls: int) -> None:
        room = self._usable - open_descriptors()
        if room <= 0 < self._room or not self._fitting:
            self._fitting = max(calls, 1)
        self._room = room
        self._counted = now
        self._count_again = now + max(_SELDOM, (time.monotonic() - now) * _COST)

    def _trim(self, now: float) -> None:
        """Trims the heap: otherwise a process that was large once would shed load forever."""
        if now < self._trim_again or (self._trimming is not None and not self._trimming.done()):
            return
        self._trim_again = now + _TRIM_EVERY
        self._trimming = asyncio.get_running_loop().run_in_executor(None, trim)


class Admission:
    """Admission control: bounds on calls in flight and on their request bytes in memory.

    Requests that are not complete count with what has come of them.

    Args:
        max_bytes: Limit of bytes in flight. A single request is admitted whatever its size.
        max_calls: Limit of calls in flight; None: no limit.
        resources: Limits of the process; None: not checked.
        elsewhere: Whether another replica may serve calls beyond the limit of calls: they are UNAVAILABLE.
    """

    def __init__(
        self,
        max_bytes: int,
        max_calls: int | None = None,
        resources: Resources | None = None,
        *,
        elsewhere: bool = False,
    ) -> None:
        self._resources = resources
        self._elsewhere = elsewhere
        self._max_bytes = max_bytes
        self._max_calls = max_calls
        self._bytes = 0
        self._freed = 0  # bytes of requests since the heap was trimmed
        self._calls = 0

    @property
    def held(self) -> int:
        """The counted request bytes."""
        return self._bytes

    @property
    def full(self) -> bool:
        """True if there are as many calls in flight as there may be."""
        return self._max_calls is not None and self._calls >= self._max_calls

    def enter(self) -> None:
        """Counts a call in.

        Raises:
            GatewayError: RESOURCE_EXHAUSTED or UNAVAILABLE, with a delay after which to retry.
        """
        if self._max_calls is not None and self._calls >= self._max_calls:
            raise self.overloaded()
        if self._resources is not None:
            self._resources.enter(self._calls)
        self._calls += 1

    def overloaded(self) -> GatewayError:
        """Returns the error of a call beyond the limit of calls."""
        error = overloaded("The gateway serves as many calls as it may; retry a little later")
        if self._elsewhere:
            error.code = StatusCode.UNAVAILABLE
        return error

    def hold(self, size: int) -> None:
        """Counts the bytes of a request in.

        Raises:
            GatewayError: RESOURCE_EXHAUSTED, with a delay after which to retry.
        """
        if self._bytes > 0 and self._bytes + size > self._max_bytes:
            raise no_memory()
        self._bytes += size

    def take(self, size: int, held: int) -> bool:
        """Counts more bytes of a request in, unless that exceeds the bound."""
        if self._bytes > held and self._bytes + size > self._max_bytes:
            return False
        self._bytes += size
        return True

    def release(self, size: int) -> None:
        """Counts bytes of a request out."""
        self._bytes -= size
        self._freed += size
        if self._freed >= _TRIM_AFTER:
            self._freed = 0
            if self._resources is not None:
                self._resources.trim_later()

    def leave(self, size: int) -> None:
        """Counts an admitted call out, with the bytes of its request."""
        self._calls -= 1
        self.release(size)


def no_memory() -> GatewayError:
    """Returns the error of a call whose request exceeds the memory bound."""
    return overloaded("The gateway holds as many request bytes as it may; retry a little later")


def overloaded(message: str) -> GatewayError:
    """Returns the error of a call beyond the bound on calls in flight."""
    return GatewayError(message, code=StatusCode.RESOURCE_EXHAUSTED, reason="GATEWAY_OVERLOADED", retry_after=1.0)


def resident_bytes() -> int:
    """Returns the resident memory of this process, in bytes; 0 if unknown."""
    try:
        with Path("/proc/self/statm").open("rb", buffering=0) as statm:
            return int(statm.read(256).split()[1]) * _PAGE
    except OSError:
        return 0


def usage() -> dict[str, int]:
    """Returns the resource usage of this process, for the log."""
    return {"open_descriptors": open_descriptors(), "limit": descriptor_limit(), "resident_bytes": resident_bytes()}


# Calls leave no cycles of their own. grpc.aio leaves five objects a call, which hold the call's metadata (16 KiB at
# most): a thousand calls between collections are 16 MB at worst. Older generations are looked through seldom: a
# collection visits every object of every open stream, and nobody is served meanwhile.
THRESHOLDS: Final = (5_000, 20, 50)

# Larger blocks are given back to the system when they are freed. By itself glibc raises this to the largest block that
# was freed, up to 32 MiB; from then on such blocks leave holes in the heap: 60 MB after 400 requests of 5 MB.
LARGE_BLOCK: Final = 1 << 20  # bytes
_M_MMAP_THRESHOLD: Final = -3

# So long a thread that works on a large message keeps Python's lock each time that the event loop has waited for
# events; by default 5 ms.
SWITCH_INTERVAL: Final = 0.0005  # seconds


def tune_runtime() -> None:
    """Freezes start-up objects out of garbage collections; sets thresholds, thread switching and the allocator."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*THRESHOLDS)
    sys.setswitchinterval(SWITCH_INTERVAL)
    with contextlib.suppress(AttributeError, OSError):  # only glibc has it
        ctypes.CDLL(None).mallopt(_M_MMAP_THRESHOLD, LARGE_BLOCK)


def trim() -> None:
    """Returns free heap memory to the system."""
    with contextlib.suppress(AttributeError, OSError):  # only glibc has it
        ctypes.CDLL(None).malloc_trim(0)


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
        error: The system's error.
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

"""What a process is short of, and which calls it lets in."""

import errno
from types import SimpleNamespace

import pytest

from openai_grpc_server.errors import ExhaustedError, exhausted
from openai_grpc_server.runtime import resources
from openai_grpc_server.runtime.resources import Resources, container_memory, open_descriptors, resident_bytes


def wrapped(error: BaseException) -> Exception:
    """An error that came from another one."""
    outer = ValueError()
    outer.__cause__ = error
    return outer


LACKS: dict[str, tuple[BaseException, str | None]] = {
    "descriptors of the process": (OSError(errno.EMFILE, "too many"), "file descriptors"),
    "descriptors of the system": (OSError(errno.ENFILE, "too many"), "file descriptors"),
    "descriptors, said further down": (wrapped(wrapped(OSError(errno.EMFILE, "too many"))), "file descriptors"),
    "memory": (MemoryError(), "memory"),
    "memory of the kernel": (OSError(errno.ENOBUFS, "no buffer space"), "memory"),
    "threads": (RuntimeError("can't start new thread"), "threads"),
    "nothing": (RuntimeError("something else"), None),
    "nothing, but the upstream is not there": (ConnectionRefusedError(errno.ECONNREFUSED, "refused"), None),
}


@pytest.mark.parametrize(("error", "what"), LACKS.values(), ids=LACKS)
def test_what_a_failure_lacked(error: BaseException, what: str | None) -> None:
    found = exhausted(error)
    assert (found and found.what) == what


class Process:
    """A process of which a test says how many descriptors are open."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, limit: int) -> None:
        self.used = 20
        self._now = 1.0
        monkeypatch.setattr(resources, "time", SimpleNamespace(monotonic=lambda: self._now))
        monkeypatch.setattr(resources, "descriptor_limit", lambda: limit)
        monkeypatch.setattr(resources, "open_descriptors", lambda: self.used)

    def uses(self, count: int) -> None:
        """So many are open a second later."""
        self.used = count
        self._now += 1.0


def test_a_reserve_of_descriptors_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    process = Process(monkeypatch, 100)
    own = Resources(None)
    own.enter(0)
    process.uses(84)
    with pytest.raises(ExhaustedError):
        own.enter(40)
    process.uses(83)
    own.enter(40)


def test_connections_that_are_kept_idle_serve_calls_without_a_descriptor(monkeypatch: pytest.MonkeyPatch) -> None:
    process = Process(monkeypatch, 100)
    own = Resources(None)
    own.enter(0)
    process.uses(90)
    with pytest.raises(ExhaustedError):
        own.enter(40)
    own.enter(39)  # one has ended, and its connection to the upstream is kept
    with pytest.raises(ExhaustedError):
        own.enter(40)


def test_calls_between_two_counts_use_up_the_room(monkeypatch: pytest.MonkeyPatch) -> None:
    Process(monkeypatch, 100)
    own = Resources(None)
    for calls in range(32):
        own.enter(calls)
    with pytest.raises(ExhaustedError):
        own.enter(32)


def test_what_the_system_tells() -> None:
    assert open_descriptors() > 2
    assert resident_bytes() > 1 << 20
    limit = container_memory()
    assert limit is None or limit > 1 << 20

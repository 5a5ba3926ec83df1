"""Failures of the gateway's own process: it is out of file descriptors, memory or threads."""

from __future__ import annotations

import errno
import os
from typing import Final

from openai_grpc_server.errors.kinds import ExhaustedError

_OF_ERRNO: Final = {
    errno.EMFILE: "file descriptors",
    errno.ENFILE: "file descriptors",
    errno.ENOBUFS: "memory",
    errno.ENOMEM: "memory",
}
_LONGEST_CHAIN: Final = 8
_NO_THREAD: Final = "can't start new thread"


def exhausted(error: BaseException) -> ExhaustedError | None:
    """Returns the error that the caller is told if the gateway itself lacked something, else None.

    Args:
        error: What failed: a connection to an upstream, a file that can't be opened, anything unforeseen.
    """
    cause: BaseException | None = error
    for _ in range(_LONGEST_CHAIN):
        if cause is None:
            break
        if isinstance(cause, ExhaustedError):
            return cause
        what = _lacked(cause)
        if what is not None:
            return ExhaustedError(what)
        cause = cause.__cause__ or cause.__context__
    # Name servers and SQLite fail without saying that this is why.
    return ExhaustedError("file descriptors") if isinstance(error, Exception) and not _can_open() else None


def _lacked(error: BaseException) -> str | None:
    if isinstance(error, MemoryError):
        return "memory"
    if isinstance(error, RuntimeError) and str(error) == _NO_THREAD:
        return "threads"
    return _OF_ERRNO.get(error.errno or 0) if isinstance(error, OSError) else None


def _can_open() -> bool:
    try:
        os.close(os.dup(2))
    except OSError as error:
        return error.errno not in {errno.EMFILE, errno.ENFILE}
    return True

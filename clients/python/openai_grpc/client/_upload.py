"""Sends the parts of a file side by side; counterpart of `_async_upload`."""

import time
from collections import Counter, deque
from concurrent.futures import ThreadPoolExecutor
from queue import Empty, SimpleQueue
from typing import Any

import grpc

from openai_grpc.client._failure import api_error
from openai_grpc.client._parts import Parts, pause_before_part
from openai_grpc.client._rpcs import ADD_UPLOAD_PART
from openai_grpc.client._sync import Connection
from openai_grpc.client.stream import Transfer


def send(
    connection: Connection, upload_id: str, parts: Parts, parallel: int, options: dict[str, Any]
) -> tuple[list[str], str]:
    """Sends parts, each again if it fails in passing.

    Args:
        connection: The connection.
        upload_id: The upload.
        parts: The parts.
        parallel: How many are sent at once.
        options: Those of each call.

    Returns:
        The ids of the parts, and the MD5 of the file.

    Raises:
        APIError: One can't be sent.
        OSError: The file can't be read.
    """
    with ThreadPoolExecutor(1) as pool:
        digest = pool.submit(parts.md5)
        sending = _Sending(connection, upload_id, parts, options)
        try:
            ids = sending.run(parallel)
            return ids, digest.result()
        finally:
            sending.cancel()
            parts.stopped.set()


class _Sending:
    """Calls that run beside each other in gRPC's threads; the caller's thread waits for them."""

    def __init__(self, connection: Connection, upload_id: str, parts: Parts, options: dict[str, Any]) -> None:
        self._settings = connection.settings
        self._method = connection.method(ADD_UPLOAD_PART)
        self._upload_id = upload_id
        self._parts = parts
        self._options = options
        self._running: dict[int, tuple[Any, Transfer, int]] = {}
        self._ended: SimpleQueue[int] = SimpleQueue()
        self._failures: Counter[int] = Counter()

    def run(self, parallel: int) -> list[str]:
        """Sends all parts and returns their ids."""
        waiting = deque(range(len(self._parts)))
        later: list[tuple[float, int]] = []
        ids: dict[int, str] = {}
        while len(ids) < len(self._parts):
            now = time.monotonic()
            waiting.extendleft(number for when, number in later if when <= now)
            later = sorted(each for each in later if each[0] > now)
            while waiting and len(self._running) < parallel:
                self._start(waiting.popleft())
            try:
                number = self._ended.get(timeout=later[0][0] - now if later else None)
            except Empty:
                continue
            found = self._result(number)
            if isinstance(found, str):
                ids[number] = found
            else:
                later.append((time.monotonic() + found, number))
        return [ids[number] for number in range(len(self._parts))]

    def cancel(self) -> None:
        """Cancels what runs."""
        for call, _, _ in self._running.values():
            call.cancel()

    def _start(self, number: int) -> None:
        prepared = ADD_UPLOAD_PART.build(
            self._upload_id,
            file=self._parts.source(number),
            on_progress=self._parts.on_progress(number),
            **self._options,
        )
        assert prepared.upload is not None  # noqa: S101 - it has a file
        transfer = Transfer(prepared.request, prepared.upload)
        timeout, metadata = prepared.deadline(self._settings.timeout), self._settings.metadata_of(prepared)
        call = self._method.future(iter(transfer), timeout=timeout, metadata=metadata)
        transfer.belongs_to(call)
        self._running[number] = call, transfer, prepared.retries(self._settings.max_retries)
        call.add_done_callback(lambda _: self._ended.put(number))

    def _result(self, number: int) -> str | float:
        """Returns the id of a part, or the seconds until it is sent again."""
        call, transfer, retries = self._running.pop(number)
        try:
            return str(call.result().id)
        except grpc.FutureCancelledError:
            raise transfer.failure or api_error(call, begun=False) from None
        except grpc.RpcError as error:
            self._failures[number] += 1
            failure = api_error(error, begun=False)
            pause = pause_before_part(failure, self._failures[number], retries)
            if pause is None:
                raise failure from error
            return pause

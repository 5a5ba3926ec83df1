"""Sends the parts of a file side by side, for asyncio; counterpart of `_upload`."""

import asyncio
from typing import Any

import grpc.aio

from openai_grpc.client._async import AsyncConnection
from openai_grpc.client._async_parallel import carry_out
from openai_grpc.client._failure import api_error
from openai_grpc.client._parts import Parts, pause_before_part
from openai_grpc.client._rpcs import ADD_UPLOAD_PART
from openai_grpc.client.async_stream import AsyncTransfer


async def send(
    connection: AsyncConnection, upload_id: str, parts: Parts, parallel: int, options: dict[str, Any]
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
    settings, method = connection.settings, connection.method(ADD_UPLOAD_PART)

    async def one(number: int) -> str:
        failures = 0
        while True:
            prepared = ADD_UPLOAD_PART.build(
                upload_id, file=parts.source(number), on_progress=parts.on_progress(number), **options
            )
            assert prepared.upload is not None  # noqa: S101 - it has a file
            transfer = AsyncTransfer(prepared.request, prepared.upload)
            timeout, metadata = prepared.deadline(settings.timeout), settings.metadata_of(prepared)
            try:
                return str((await method(transfer, timeout=timeout, metadata=metadata)).id)
            except grpc.RpcError as error:
                failures += 1
                failure = api_error(error, begun=False)
                pause = pause_before_part(failure, failures, prepared.retries(settings.max_retries))
                if pause is None:
                    raise failure from error
            except asyncio.CancelledError:
                if transfer.failure:
                    raise transfer.failure from None
                raise
            await asyncio.sleep(pause)

    digest = asyncio.create_task(asyncio.to_thread(parts.md5))
    digest.add_done_callback(lambda task: task.cancelled() or task.exception())  # looked at, or logged by asyncio
    try:
        ids = await carry_out(range(len(parts)), parallel, one)
        return ids, await digest
    finally:
        parts.stopped.set()
        digest.cancel()

"""Carries out calls of tools side by side; counterpart of `_async_parallel`."""

import contextvars
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from typing import Any

from openai_grpc.client.errors import ToolError
from openai_grpc.client.tools import Call, Tool


def carry_out(calls: Sequence[Call], most: int, carry: Callable[[Call], str]) -> list[str]:
    """Carries out calls, at most so many at once; after the first failure no other begins."""
    if len(calls) == 1 or most == 1:
        return [carry(call) for call in calls]
    with ThreadPoolExecutor(min(most, len(calls))) as pool:
        futures = [pool.submit(contextvars.copy_context().run, carry, call) for call in calls]
        try:
            wait(futures, return_when=FIRST_EXCEPTION)
        finally:
            for future in futures:
                future.cancel()
    for future in futures:
        if not future.cancelled() and (error := future.exception()) is not None:
            raise error
    return [future.result() for future in futures]


def run(tool: Tool[Any], arguments: tuple[Any, ...]) -> Any:
    """Runs a tool.

    Raises:
        ToolError: Its result must be awaited.
    """
    if tool.is_async:  # the model can't mend that
        raise ToolError(f"the tool {tool.name} is asynchronous: run it with AsyncClient", [], tool.name)
    return tool(*arguments)

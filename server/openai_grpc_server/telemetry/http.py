"""HTTP server of the metrics page, `/metrics`."""

import asyncio
from collections.abc import Awaitable, Callable

from openai_grpc_server.config import ConfigError
from openai_grpc_server.runtime.addresses import listen_problem

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
TIMEOUT = 10.0  # seconds in which a request must arrive and its answer be read
MAX_CONNECTIONS = 32


class MetricsServer:
    """HTTP server of one page.

    Args:
        page: Returns the page.
    """

    def __init__(self, page: Callable[[], Awaitable[str]]) -> None:
        self._page = page
        self._serving: set[asyncio.Task[None]] = set()

    async def start(self, host: str, port: int) -> int:
        """Starts listening; returns the port.

        Raises:
            ConfigError: The address can't be listened on.
        """
        try:
            self._server = await asyncio.start_server(self._connected, host, port)
        except OSError as error:
            raise ConfigError(listen_problem(host, port, error, "server.metrics_port")) from error
        return int(self._server.sockets[0].getsockname()[1])

    async def stop(self) -> None:
        """Stops, and drops requests in progress."""
        self._server.close()
        for task in self._serving:
            task.cancel()
        await self._server.wait_closed()

    def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if len(self._serving) >= MAX_CONNECTIONS:
            writer.transport.abort()
            return
        task = asyncio.create_task(self._serve(reader, writer))
        self._serving.add(task)
        task.add_done_callback(self._serving.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.transport.set_write_buffer_limits(0)  # `drain` waits until all is sent
        try:
            async with asyncio.timeout(TIMEOUT):
                head = await reader.readuntil(b"\r\n\r\n")
                writer.write(await self._answer(head))
                await writer.drain()
        except (TimeoutError, ConnectionError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass  # the client has gone away, or does not speak HTTP
        finally:
            if writer.transport.get_write_buffer_size():  # nobody reads it
                writer.transport.abort()
            writer.close()

    async def _answer(self, head: bytes) -> bytes:
        method, _, rest = head.partition(b" ")
        target = rest.partition(b" ")[0].partition(b"?")[0]
        if target != b"/metrics" or method not in {b"GET", b"HEAD"}:
            return answer("404 Not Found", b"metrics are at /metrics\n", method)
        return answer("200 OK", (await self._page()).encode(), method)


def answer(status: str, body: bytes, method: bytes) -> bytes:
    """Returns an HTTP response; without a body for HEAD."""
    lines = (f"HTTP/1.1 {status}", f"Content-Type: {CONTENT_TYPE}", f"Content-Length: {len(body)}", "Connection: close")
    return "\r\n".join((*lines, "", "")).encode() + (b"" if method == b"HEAD" else body)

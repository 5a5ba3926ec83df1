"""gRPC's health checking protocol, for probes, load balancers and clients.

In place of the service of `grpcio-health-checking`, which holds a lock while it writes to a watcher: one that does not
read keeps the server from draining. And when one of several watchers leaves, the others are told nothing any more.

Source: gRPC's health checking protocol, `grpc.health.v1.Health`.
"""

import asyncio
from typing import Any

import grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc  # type: ignore[import-untyped]  # ships no py.typed

_Status = health_pb2.HealthCheckResponse


class Health(health_pb2_grpc.HealthServicer):  # type: ignore[misc]  # the base class has no types
    """Health of services by full name; "" is the whole server.

    Args:
        names: The services, which serve until `stop`.
    """

    def __init__(self, names: list[str]) -> None:
        self._status = dict.fromkeys(["", *names], _Status.SERVING)
        self._changed = asyncio.Event()

    async def Check(self, request: Any, context: grpc.aio.ServicerContext[Any, Any]) -> Any:  # noqa: N802 - the RPC's name
        """Answers with the status of a service; NOT_FOUND if there is no such service."""
        status = self._status.get(request.service)
        if status is None:
            await context.abort(grpc.StatusCode.NOT_FOUND, "unknown service: name one that this server has, or none")
        return _Status(status=status)

    async def Watch(self, request: Any, context: grpc.aio.ServicerContext[Any, Any]) -> None:  # noqa: N802 - the RPC's name
        """Streams the status of a service, initially and on each change."""
        told = None
        while True:
            changed = self._changed
            status = self._status.get(request.service, _Status.SERVICE_UNKNOWN)
            if status != told:
                await context.write(_Status(status=status))
                told = status
            await changed.wait()

    def stop(self) -> None:
        """Reports NOT_SERVING for all services."""
        self._status = dict.fromkeys(self._status, _Status.NOT_SERVING)
        self._changed.set()
        self._changed = asyncio.Event()

"""The methods that a server serves, as gRPC's generated code registers them."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import grpc

from openai_grpc_server.http2.metadata import Metadata

if TYPE_CHECKING:  # it is generic in the stubs alone
    Handler = grpc.RpcMethodHandler[Any, Any]
else:
    Handler = grpc.RpcMethodHandler


class _CallDetails(NamedTuple):
    """What a generic handler finds a method by."""

    method: str
    invocation_metadata: Metadata


class Methods:
    """The methods of a server."""

    def __init__(self) -> None:
        self._registered: dict[str, Handler] = {}
        self._generic: list[grpc.GenericRpcHandler] = []

    def add_generic(self, handlers: Sequence[grpc.GenericRpcHandler]) -> None:
        """Adds handlers that are asked for each RPC, in their order."""
        self._generic += handlers

    def add_registered(self, service: str, handlers: Mapping[str, Handler]) -> None:
        """Adds the methods of a service, by their names."""
        self._registered |= {f"/{service}/{name}": handler for name, handler in handlers.items()}

    def small(self, path: str) -> bool:
        """Whether a path is that of a service whose requests are small: it was added by its name."""
        return path in self._registered

    def find(self, path: str, metadata: Metadata) -> Handler | None:
        """Returns the method at a path, or None."""
        handler = self._registered.get(path)
        if handler is not None:
            return handler
        details: Any = _CallDetails(path, metadata)  # a named tuple, as the interface has read-only attributes
        for generic in self._generic:
            found = generic.service(details)
            if found is not None:
                return found
        return None

"""pygrpc-native: HTTP/2 and gRPC in Rust, on threads of its own; methods on the event loop."""

from typing import Any

import pygrpc_native.aio  # type: ignore[import-not-found]  # is in the candidate's environment alone

from bench.alternatives.paths import paths
from bench.alternatives.rpc import CallDetails


class Server(pygrpc_native.aio.Server):  # type: ignore[misc]  # as above
    """Its server, which serves natively what is registered by name; the gateway has one handler for all methods."""

    async def start(self) -> None:
        """Registers each method by its name, and starts."""
        for path in paths():
            _, service, name = path.split("/")
            details = CallDetails(path)
            found = [method for each in self._generic_handlers if (method := each.service(details)) is not None]
            if found:
                self.add_registered_method_handlers(service, {name: found[0]})
        self._generic_handlers.clear()
        await super().start()


def server(options: Any) -> Server:
    """Makes a server."""
    return Server(options=options)

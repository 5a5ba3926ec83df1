"""Errors that end an RPC outside of its method, as our own HTTP/2 server raises them."""

import grpc


class RpcError(Exception):
    """An RPC is answered with a status before its method is called, or instead of its going on.

    Args:
        code: The status.
        details: Its message.
        metadata: More trailers.
    """

    def __init__(self, code: grpc.StatusCode, details: str, metadata: tuple[tuple[str, str], ...] = ()) -> None:
        super().__init__(details)
        self.code = code
        self.details = details
        self.metadata = metadata


class RequestMemoryError(RpcError):
    """There is no room for the bytes of a request; what had come of it is dropped."""

    def __init__(self) -> None:
        super().__init__(grpc.StatusCode.RESOURCE_EXHAUSTED, "no room for the request: retry a little later")

"""gRPC server on HTTP/2 (RFC 9113), without a library between the event loop and the methods."""

from openai_grpc_server.config.patterns import TrustedPeers
from openai_grpc_server.listen.http2.limits import Limits
from openai_grpc_server.listen.http2.server import ConnectionCount, Server
from openai_grpc_server.listen.http2.stream import RequestMemory

__all__ = ["ConnectionCount", "Limits", "RequestMemory", "Server", "TrustedPeers"]

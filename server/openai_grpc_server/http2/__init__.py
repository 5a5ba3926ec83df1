"""A gRPC server on HTTP/2 (RFC 9113), without a library between the event loop and the methods."""

from openai_grpc_server.http2.listening import server_tls
from openai_grpc_server.http2.peer import TrustedPeers
from openai_grpc_server.http2.receiving import RequestMemory
from openai_grpc_server.http2.server import Server
from openai_grpc_server.http2.settings import Limits

__all__ = ["Limits", "RequestMemory", "Server", "TrustedPeers", "server_tls"]

"""HTTP port: OpenAI's REST API and gRPC-Web on a port of their own, served by the handlers of the gRPC port.

| module | subject |
|---|---|
| `server` | port, connections, their limits and end (aiohttp's server) |
| `door` | dispatch of requests; answers without a call |
| `rest` | REST calls as RPCs; context of an RPC that came by HTTP |
| `grpc_web` | gRPC-Web |
| `body` | bodies: JSON in memory, forms with files |
| `pages` | health, the description of the API, the front page |
"""

from openai_grpc_server.listen.http.door import Door
from openai_grpc_server.listen.http.grpc_web import WebMethods
from openai_grpc_server.listen.http.pages import Endpoint, Pages
from openai_grpc_server.listen.http.server import HttpServer

__all__ = ["Door", "Endpoint", "HttpServer", "Pages", "WebMethods"]

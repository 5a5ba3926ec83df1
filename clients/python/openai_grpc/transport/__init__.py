"""HTTP transports for OpenAI's SDK, which carry its requests over gRPC.

    from openai import OpenAI
    from openai_grpc.transport import GrpcTransport
    import httpx2

    client = OpenAI(base_url="http://gateway/v1", http_client=httpx2.Client(transport=GrpcTransport("gateway:50051")))

Whatever the contract has is served: a request is found by its method and path, read as the message of its RPC, and the
reply is OpenAI's JSON or event stream again (`openai_grpc.rest`). Nothing here knows an operation by name. Host and
port of the base URL do not matter.

The extra `openai-grpc[openai]` installs what it needs.
"""

from openai_grpc.transport._async import AsyncGrpcTransport
from openai_grpc.transport._sync import GrpcTransport

__all__ = ["AsyncGrpcTransport", "GrpcTransport"]

"""`EmbeddingsService`: embeddings."""

from google.protobuf.message import Message

from openai_grpc.v1 import embeddings_pb2
from openai_grpc_server.calls.call import Call
from openai_grpc_server.runtime.offload import beside_loop
from openai_grpc_server.services.base import Service


class EmbeddingsService(Service):
    """Embeddings, requested as base64 by default: a quarter of the size, and no digits to parse."""

    descriptor = embeddings_pb2.DESCRIPTOR.services_by_name["EmbeddingsService"]

    async def create_embedding(self, call: Call, request: embeddings_pb2.CreateEmbeddingRequest) -> Message:
        """Serves `CreateEmbedding`."""
        return await self.route(call, request, self._create)

    async def _create(self, call: Call, request: embeddings_pb2.CreateEmbeddingRequest) -> Message:
        value = await beside_loop(call.received.large, self.prepare, call, request)
        asks = call.route.chosen.config.embeddings_base64 and "encoding_format" not in value
        if asks and call.may_add("encoding_format"):
            value["encoding_format"] = "base64"
        return await self.fetch(call, call.rpc, value)

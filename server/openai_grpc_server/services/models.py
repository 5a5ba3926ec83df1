"""`ModelsService`: which models there are."""

from google.protobuf.message import Message

from openai_grpc.v1 import models_pb2
from openai_grpc_server.routing import Deployment
from openai_grpc_server.services.base import Service
from openai_grpc_server.services.call import Call
from openai_grpc_server.services.metadata import initial_metadata

OWNER = "openai-grpc"


class ModelsService(Service):
    """The models that are configured here; without a configuration, the upstream's own."""

    descriptor = models_pb2.DESCRIPTOR.services_by_name["ModelsService"]

    async def list_models(self, call: Call, request: models_pb2.ListModelsRequest) -> Message:
        """Serves `ListModels`."""
        named = self.router.named()
        if request.upstream or not named:
            return await self.unary(call, request)
        call.deployment = next(iter(named.values()))
        await call.context.send_initial_metadata(initial_metadata(call))
        return models_pb2.ModelList(data=[model_of(name, deployment) for name, deployment in named.items()])

    async def get_model(self, call: Call, request: models_pb2.GetModelRequest) -> Message:
        """Serves `GetModel`."""
        deployment = self.router.for_model(request.model)
        if request.model not in self.router.named():
            return await self.unary(call, request)
        call.model, call.deployment = request.model, deployment
        await call.context.send_initial_metadata(initial_metadata(call))
        return model_of(request.model, deployment)


def model_of(name: str, deployment: Deployment) -> models_pb2.Model:
    """Returns what is known of a configured model: its name here, and the upstream's name of it."""
    return models_pb2.Model(id=name, owned_by=OWNER, root=deployment.config.model or name)

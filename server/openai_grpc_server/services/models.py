"""`ModelsService`: which models there are."""

from typing import Any, cast

from google.protobuf.message import Message

from openai_grpc.codec import dumps
from openai_grpc.v1 import models_pb2
from openai_grpc_server.access.names import check_names
from openai_grpc_server.calls.call import Call
from openai_grpc_server.calls.reply import begin
from openai_grpc_server.config.settings import ModelInfo
from openai_grpc_server.routing import Deployment
from openai_grpc_server.services.base import Service

OWNER = "openai-grpc"


class ModelsService(Service):
    """The models that are configured here; without a configuration, the upstream's own."""

    descriptor = models_pb2.DESCRIPTOR.services_by_name["ModelsService"]

    async def list_models(self, call: Call, request: models_pb2.ListModelsRequest) -> Message:
        """Serves `ListModels`."""
        named = self.router.named()
        if request.upstream or not named:
            listed: Any = await self.unary(call, request)
            allowed = [model for model in listed.data if may_use(call, model.id)]
            del listed.data[:]
            listed.data.extend(allowed)
            return cast("Message", listed)
        self.answer_here(call, next(iter(named.values())))
        await begin(call)
        return models_pb2.ModelList(
            data=[model_of(name, deployment) for name, deployment in named.items() if may_use(call, name)]
        )

    async def get_model(self, call: Call, request: models_pb2.GetModelRequest) -> Message:
        """Serves `GetModel`."""
        check_names(request)
        if call.access.caller is not None:
            call.access.caller.check_model(request.model)
        deployment = self.router.for_model(request.model)
        if request.model not in self.router.named():
            return await self.unary(call, request)
        self.answer_here(call, deployment, request.model)
        await begin(call)
        return model_of(request.model, deployment)


def may_use(call: Call, model: str) -> bool:
    """Whether the caller may use a model."""
    return call.access.caller is None or call.access.caller.models.allow(model)


def model_of(name: str, deployment: Deployment) -> models_pb2.Model:
    """Returns what is known of a configured model: its name here, the upstream's name of it, and the facts."""
    root = deployment.config.model or name
    return models_pb2.Model(id=name, owned_by=OWNER, root=root, model_info=info_of(deployment.models.find(root)))


def info_of(known: ModelInfo) -> models_pb2.ModelInfo:
    """Writes the facts of a model as a message, whose fields have the same names."""
    facts: dict[str, Any] = {
        field.name: value
        for field in models_pb2.ModelInfo.DESCRIPTOR.fields
        if (value := getattr(known, field.name)) is not None and field.name != "parameter_values"
    }
    facts.setdefault("max_output_tokens", known.max_tokens)
    taken = {
        parameter: models_pb2.ModelInfo.ParameterValues(
            values=[value if isinstance(value, str) else dumps(value).decode() for value in values]
        )
        for parameter, values in (known.parameter_values or {}).items()
    }
    return models_pb2.ModelInfo(**facts, parameter_values=taken)

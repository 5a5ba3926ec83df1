"""`ModelsService`: available models and their info."""

from dataclasses import fields
from http import HTTPStatus
from typing import Any, cast

from google.protobuf.message import Message

from openai_grpc.codec import dumps
from openai_grpc.v1 import models_pb2
from openai_grpc_server.access.names import check_names
from openai_grpc_server.calls.call import Call
from openai_grpc_server.calls.reply import begin
from openai_grpc_server.config.checks import is_openai
from openai_grpc_server.config.settings import ModelInfo
from openai_grpc_server.cost.usage import Price
from openai_grpc_server.errors import GatewayError, UpstreamError
from openai_grpc_server.routing import Deployment
from openai_grpc_server.services.base import Service, limit_time
from openai_grpc_server.services.model_lists import model_lists

OWNER = "openai-grpc"
PATIENCE = 10.0  # seconds that the lists of several upstreams may take
# Answers of upstreams that have no endpoint for one model. OpenAI has it: its 404 says that there is no such model.
NO_ENDPOINT = frozenset(
    {HTTPStatus.BAD_REQUEST, HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED, HTTPStatus.NOT_IMPLEMENTED}
)
# Modalities of a model, where only its capabilities are known.
TAKES = {"supports_vision": "image", "supports_audio_input": "audio", "supports_pdf_input": "file"}


class ModelsService(Service):
    """Configured models; for names with a `*`, and without a configuration, those of the upstreams."""

    descriptor = models_pb2.DESCRIPTOR.services_by_name["ModelsService"]

    async def list_models(self, call: Call, request: models_pb2.ListModelsRequest) -> Message:
        """Serves `ListModels`."""
        limit_time(call, request)
        named = {} if request.upstream else self.router.named()
        asked = [[each] for each in self.router.upstreams()] if request.upstream else self.router.open_deployments()
        if len(asked) == 1 and not named:
            listed: Any = await self.unary(call, request)
            found = merge(self._named_here(call, listed.data, asked[0], by_upstream=request.upstream))
        else:
            listed = models_pb2.ModelList()
            models = [self._model(call, name) for name in named]
            found = merge([*models, *await self._ask(call, asked, needed=not named, by_upstream=request.upstream)])
            self.answer_here(call, asked[0][0] if asked else next(iter(named.values())))
            await begin(call)
        del listed.data[:]
        listed.data.extend(model for model in found if may_use(call, model.id))
        return cast("Message", listed)

    async def get_model(self, call: Call, request: models_pb2.GetModelRequest) -> Message:
        """Serves `GetModel`."""
        limit_time(call, request)
        check_names(request)
        name = request.model
        if call.access.caller is not None:
            call.access.caller.check_model(name)
        deployment, root = self.router.for_model(name)
        own = self._model(call, name)
        fixed = deployment.config.model is not None and "*" not in deployment.config.model
        if not fixed and name not in self.router.named():
            try:
                reply: Any = await self.unary(call, request)
            except UpstreamError as error:
                missing = error.http_status in NO_ENDPOINT and not is_openai(deployment.config.base_url)
                if not missing or not own.HasField("model_info"):
                    raise
            else:
                told(reply, own, root)
                return cast("Message", reply)
        self.answer_here(call, deployment, name)
        await begin(call)
        return own

    async def delete_model(self, call: Call, request: models_pb2.DeleteModelRequest) -> Message:
        """Serves `DeleteModel`.

        Raises:
            GatewayError: PERMISSION_DENIED: the model is the operator's, and the caller's key does not name the RPC.
        """
        caller = call.access.caller
        if caller is not None:
            caller.check_named_rpc(call.rpc.path)
        return await self.unary(call, request)

    async def _ask(
        self, call: Call, asked: list[list[Deployment]], *, needed: bool, by_upstream: bool
    ) -> list[models_pb2.Model]:
        """Returns the models of several upstreams, without those that don't answer.

        Raises:
            GatewayError: No upstream answers, and their models are needed.
        """
        first = [deployments[0] for deployments in asked]
        lists = await model_lists(call, first, self.settings.key_header, PATIENCE)
        failures = [each for each in lists if isinstance(each, GatewayError)]
        if needed and failures and len(failures) == len(lists):
            raise failures[0]
        missing = [
            f"{deployment.name}: {each.reason}"
            for deployment, each in zip(first, lists, strict=True)
            if isinstance(each, GatewayError)
        ]
        self.lists_missing(call, missing)
        return [
            model
            for deployments, each in zip(asked, lists, strict=True)
            if not isinstance(each, GatewayError)
            for model in self._named_here(call, each, deployments, by_upstream=by_upstream)
        ]

    def _named_here(
        self, call: Call, models: Any, deployments: list[Deployment], *, by_upstream: bool
    ) -> list[models_pb2.Model]:
        """Returns an upstream's models under the callers' names, with model info."""
        found = []
        for model in models:
            for deployment in deployments:
                name = model.id if by_upstream else deployment.config.callers_name(model.id)
                if name is None or not (by_upstream or self.router.serves(deployment, name)):
                    continue
                listed = models_pb2.Model()
                listed.CopyFrom(model)
                told(listed, model_of(name, model.id, deployment, call.price(deployment, model.id)), model.id)
                found.append(listed)
                break
        return found

    def _model(self, call: Call, name: str) -> models_pb2.Model:
        deployment, root = self.router.for_model(name)
        return model_of(name, root, deployment, call.price(deployment, root))


def may_use(call: Call, model: str) -> bool:
    """Returns whether the caller may use a model."""
    return call.access.caller is None or call.access.caller.may_list(model)


def merge(models: list[models_pb2.Model]) -> list[models_pb2.Model]:
    """Returns models without duplicates by name."""
    found: dict[str, models_pb2.Model] = {}
    for model in models:
        found.setdefault(model.id, model)
    return list(found.values())


def model_of(name: str, root: str, deployment: Deployment, price: Price | None) -> models_pb2.Model:
    """Returns a model: its name, the upstream's name, and its info."""
    known = deployment.models.find(root)
    model = models_pb2.Model(id=name, owned_by=OWNER, root=root, shutdown_date=known.deprecation_date)
    info = info_of(known, price)
    if info.ListFields():
        model.model_info.CopyFrom(info)
    return model


def told(model: models_pb2.Model, own: models_pb2.Model, root: str) -> None:
    """Gives an upstream's model the name by which callers reach it, and `model_info`; the rest stays as it was sent."""
    if own.HasField("model_info"):
        model.model_info.CopyFrom(own.model_info)
    if model.id == root != own.id:
        model.id = own.id
        if not model.HasField("root"):
            model.root = root


def info_of(known: ModelInfo, price: Price | None) -> models_pb2.ModelInfo:
    """Converts model info to a message."""
    facts: dict[str, Any] = {
        field.name: value
        for field in models_pb2.ModelInfo.DESCRIPTOR.fields
        if (value := getattr(known, field.name, None)) is not None and not field.name.startswith("parameter_")
    }
    facts.setdefault("max_output_tokens", known.max_tokens)
    if price is not None:
        facts |= {each.name: value for each in fields(Price) if (value := getattr(price, each.name))}
    takes = [modality for ability, modality in TAKES.items() if getattr(known, ability)]
    taken = {
        parameter: models_pb2.ModelInfo.ParameterValues(values=map(text_of, values))
        for parameter, values in known.parameter_values.items()
    }
    return models_pb2.ModelInfo(
        **facts,
        parameter_values=taken,
        parameter_defaults={name: text_of(value) for name, value in known.parameter_defaults.items()},
        input_modalities=known.supported_modalities or (["text", *takes] if takes else ()),
        output_modalities=known.supported_output_modalities,
    )


def text_of(value: Any) -> str:
    """Writes a parameter's value as text."""
    return value if isinstance(value, str) else dumps(value).decode()

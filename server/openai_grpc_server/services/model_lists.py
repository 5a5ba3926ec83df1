"""Model lists of upstreams, and their names with `openai/`."""

import asyncio
import time
from collections.abc import Iterable
from typing import Any

from openai_grpc.codec import CodecError, from_object, loads
from openai_grpc.v1 import models_pb2
from openai_grpc_server.calls.call import Call
from openai_grpc_server.calls.rest import passes_key, upstream_headers
from openai_grpc_server.config.checks import has_openai_names, is_openai
from openai_grpc_server.errors import GatewayError, UpstreamProtocolError
from openai_grpc_server.routing import Deployment
from openai_grpc_server.upstream import UpstreamRequest

OPENAI_PREFIX = "openai/"
PUBLISHED = ("openai/gpt-oss", "openai/whisper-")  # weights that OpenAI publishes, by their names at Hugging Face
NAMES_KEPT = 300.0  # seconds after which an upstream may have other models
NAMES_MISSING = 30.0  # seconds after which an upstream that did not answer is asked again
NAMES_PATIENCE = 2.0  # seconds that a call waits to know how its model is called


async def learn_names(call: Call, key_header: str) -> None:
    """Learns the names with `openai/` of a call's upstream, unless it was queried recently."""
    config, listed = call.route.chosen.config, call.route.chosen.listed
    if config.model is not None and "*" not in config.model:
        return
    if is_openai(config.base_url) or has_openai_names(config.base_url):
        return
    async with listed.asking:
        if time.monotonic() < listed.until:
            return
        (models,) = await model_lists(call, [call.route.chosen], key_header, NAMES_PATIENCE)
        if isinstance(models, GatewayError):
            listed.until = time.monotonic() + NAMES_MISSING
            return
        listed.names = frozenset(model.id for model in models if model.id.startswith(OPENAI_PREFIX))
        listed.until = time.monotonic() + NAMES_KEPT


async def model_lists(
    call: Call, deployments: Iterable[Deployment], key_header: str, patience: float
) -> list[list[models_pb2.Model] | GatewayError]:
    """Fetches the model lists of upstreams in parallel.

    Args:
        call: The call that wants to know; its key goes to upstreams that take the caller's.
        deployments: One deployment of each upstream.
        key_header: The metadata key in which callers send a key of their own.
        patience: Seconds that each may take.

    Returns:
        The models of each, or why there are none.
    """
    limit = time.monotonic() + patience
    deadline = limit if call.reply_due is None else min(limit, call.reply_due)
    requests = [(each, list_request(call, each, key_header, deadline)) for each in deployments]
    return await asyncio.gather(
        *(_listed(deployment, request, nulls=call.head.nulls) for deployment, request in requests)
    )


def list_request(call: Call, deployment: Deployment, key_header: str, deadline: float) -> UpstreamRequest:
    """Writes the request for the models of a deployment's upstream."""
    return UpstreamRequest(
        method="GET",
        path="/models",
        query=(),
        headers=upstream_headers(call, key_header, deployment),
        body=None,
        content_type=None,
        content_length=None,
        deadline=deadline,
        limits=call.route.limits,
        safe=True,
        streaming=False,
        own_key=not passes_key(call, deployment),
    )


async def _listed(
    deployment: Deployment, request: UpstreamRequest, *, nulls: bool
) -> list[models_pb2.Model] | GatewayError:
    try:
        response = await deployment.client.send(request)
        try:
            return models_of(await response.read(), nulls=nulls)
        finally:
            await response.close()
    except GatewayError as error:
        return error


def models_of(data: bytes, *, nulls: bool = False) -> list[models_pb2.Model]:
    """Reads a model list, or a bare array, as sent by Together.

    Args:
        data: The JSON.
        nulls: Whether explicit nulls are kept.

    Raises:
        UpstreamProtocolError: It is neither.
    """
    try:
        value: Any = loads(data)
        models = value.get("data") if isinstance(value, dict) else value
        if not isinstance(models, list):
            raise UpstreamProtocolError("The upstream's list of models is not a list")
        objects = (each for each in models if isinstance(each, dict))
        return [from_object(models_pb2.Model, each, keep_nulls=nulls, nearly=True) for each in objects]
    except CodecError as error:
        raise UpstreamProtocolError(f"The upstream's list of models can't be read: {error}") from error

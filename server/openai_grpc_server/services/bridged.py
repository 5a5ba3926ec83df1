"""Serving a call by another API of the upstream's.

The other side of a bridge is an RPC of the contract as well, and is sent and read as such.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from google.protobuf.message import Message

from openai_grpc_server.bridge.system_to_user import system_to_user
from openai_grpc_server.calls.call import Call
from openai_grpc_server.calls.rpc import Rpc
from openai_grpc_server.config import DeploymentConfig
from openai_grpc_server.config.base_url import is_openai
from openai_grpc_server.offload import beside_loop
from openai_grpc_server.routing import Deployment
from openai_grpc_server.services.base import Service
from openai_grpc_server.services.bridges import Bridge, ChatByCompletions, ChatByResponses, Value, chat_of, written


async def fetch(service: Service, call: Call, bridge: Bridge) -> Message:
    """Serves a call with one reply."""
    call.by_response = isinstance(bridge, ChatByResponses)
    with served_as(call, bridge.rpc):
        converted: Any = await service.fetch(
            call, await beside_loop(call.large, upstream_value, call, bridge), bridge.reply
        )
    converted.call_info.CopyFrom(call.info())
    message: Message = converted
    return message


async def stream(service: Service, call: Call, bridge: Bridge, *, accumulate: bool = False) -> None:
    """Serves a call with a stream of replies.

    Args:
        service: The service that was called.
        call: The call.
        bridge: Its bridge.
        accumulate: Whether the caller wants the whole object as the last message.
    """
    call.by_response = isinstance(bridge, ChatByResponses)
    with served_as(call, bridge.rpc):
        value = await beside_loop(call.large, upstream_value, call, bridge)
        reader = await beside_loop(call.large, bridge.reader, call, value, accumulate)
        await service.stream(call, value, reader)


def upstream_value(call: Call, bridge: Bridge) -> Value:
    """Returns the request of the other API, with what the deployment adds to it or takes from it by its names."""
    value = bridge.request()
    rules = call.chosen.rules
    if rules is not None and "model" in value:
        rules.apply(bridge.rpc, value)
    return value


def chat_bridge(deployment: Deployment, value: Value) -> Bridge | None:
    """Returns the bridge of a chat request, if its deployment needs one.

    Args:
        deployment: The deployment.
        value: The request's JSON object, with the upstream's name of the model.
    """
    config = deployment.config
    if config.mode == "responses" or (config.mode == "chat" and responses_only(deployment, value.get("model"))):
        return ChatByResponses(config, value)
    if config.mode == "completions":
        return ChatByCompletions(config, value)
    return None


def responses_only(deployment: Deployment, model: Any) -> bool:
    """Whether a model is known to have no chat completions.

    What the gateway knows holds for OpenAI's own models. Another upstream may serve a model of the same name as it
    likes: there it counts what the operator says, of the deployment or of its models.
    """
    if not isinstance(model, str) or deployment.models.find(model).mode != "responses":
        return False
    config = deployment.config
    return is_openai(config.base_url) or config.info.base_model is not None or model in config.models


def system_messages(config: DeploymentConfig, value: Value) -> Value:
    """Returns a chat request as the model takes it: without system messages, where it has none."""
    return value if config.supports_system_message else written(system_to_user(chat_of(value)))


@contextmanager
def served_as(call: Call, rpc: Rpc) -> Iterator[None]:
    """Makes a call one of another RPC, for as long as the upstream has to do with it."""
    own = call.rpc
    call.rpc = rpc
    try:
        yield
    finally:
        call.rpc = own

"""Services and routes of the contract, read from descriptors, so that new services need no list."""

import pkgutil
import re
from collections.abc import Iterator
from importlib import import_module

from google.protobuf.descriptor import MethodDescriptor, ServiceDescriptor

import openai_grpc.v1 as package
from openai_grpc.options.v1 import json_pb2

PLACEHOLDER = re.compile(r"\{(\w+)\}")


def services() -> Iterator[ServiceDescriptor]:
    """Yields every service of the contract, by file and name."""
    for module in sorted(pkgutil.iter_modules(package.__path__), key=lambda each: each.name):
        if module.name.endswith("_pb2"):
            file = import_module(f"{package.__name__}.{module.name}").DESCRIPTOR
            yield from file.services_by_name.values()


def methods() -> list[MethodDescriptor]:
    """Returns every RPC of the contract that is one REST call."""
    return [method for service in services() for method in service.methods if has_route(method)]


def has_route(method: MethodDescriptor) -> bool:
    """Returns whether an RPC is one REST call: raw calls may be any, others make several, or are a WebSocket."""
    rest = method.GetOptions().Extensions[json_pb2.rest]
    return bool(rest.path) and not rest.websocket


def route(method: MethodDescriptor) -> str:
    """Returns the REST route of an RPC, as in `GET /responses/{response_id}`."""
    rest = method.GetOptions().Extensions[json_pb2.rest]
    return f"{rest.method} {rest.path}"


def path_fields(method: MethodDescriptor) -> list[str]:
    """Returns the fields of the request that are in the route's path."""
    return PLACEHOLDER.findall(route(method))


def unnamed(path: str) -> str:
    """Returns a route without the names of its parameters."""
    return PLACEHOLDER.sub("{}", path)

"""Operations of OpenAI's package, as RPCs of the services that have operations of the same resource."""

import ast
import importlib
import textwrap
import typing
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import reduce
from pathlib import Path
from typing import Any

import typing_extensions
from google.protobuf.descriptor import ServiceDescriptor

from api_drift.contract import options, short
from api_drift.planner import Place, Planner
from api_drift.proposal import Block, Line, Proposal, UndecidedError, remark
from api_drift.sdk import base_name, plain
from openai_grpc.options.v1 import json_pb2

CALLS = {"_get": "GET", "_get_api_list": "GET", "_post": "POST", "_put": "PUT", "_patch": "PATCH", "_delete": "DELETE"}
NAMED = 3  # operations of a resource that a report names


@dataclass(frozen=True)
class Operation:
    """An operation of the package.

    Attributes:
        route: Its method and path, such as `GET /models/{model}`.
        name: The package's name, such as `models.retrieve`.
        module: The module that has it.
        params: The expression of its parameters' type in the module, or empty.
        reply: The expression of its reply's type in the module, or empty.
        said: Its docstring.
    """

    route: str
    name: str
    module: str
    params: str = ""
    reply: str = ""
    said: str = ""

    @property
    def key(self) -> str:
        """Its route without the names of path parameters."""
        return unnamed(self.route)

    @property
    def resource(self) -> str:
        """The first segment of its path."""
        return self.route.split("/")[1]


def unnamed(route: str) -> str:
    """Returns a route without the names of its path parameters and without a query."""
    return "/".join("{}" if part.startswith("{") else part for part in route.partition("?")[0].split("/"))


def operations(resources: Path, package: str) -> list[Operation]:
    """Returns the operations of the modules below a folder, but those of asynchronous classes, which are the same.

    Args:
        resources: The folder `resources` of the package.
        package: Its name as a module, such as `openai.resources`.
    """
    found = []
    for file in sorted(resources.rglob("*.py")):
        path = file.relative_to(resources).with_suffix("")
        module = ".".join([package, *(part for part in path.parts if part != "__init__")])
        for each in ast.parse(file.read_text(encoding="utf-8")).body:
            if isinstance(each, ast.ClassDef) and not each.name.startswith("Async"):
                for method in each.body:
                    if isinstance(method, ast.FunctionDef):
                        name = f"{module.removeprefix(f'{package}.')}.{method.name}"
                        found += list(_calls(method, name, module))
    return found


def _calls(method: ast.FunctionDef, name: str, module: str) -> Iterator[Operation]:
    for call in ast.walk(method):
        if not (isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr in CALLS):
            continue
        path = _path(call.args[0]) if call.args else ""
        if not path or not isinstance(call.func.value, ast.Name) or call.func.value.id != "self":
            continue
        given = {each.arg: each.value for each in call.keywords}
        reply = given.get("page", given.get("cast_to"))
        yield Operation(
            f"{CALLS[call.func.attr]} {path}",
            name,
            module,
            next(_params(call), ""),
            ast.unparse(reply) if reply is not None else "",
            plain(ast.get_docstring(method) or "").split(" Args:")[0],
        )


def _path(node: ast.expr) -> str:
    if isinstance(node, ast.Call) and node.args:  # path_template("/models/{model}", model=model)
        return _path(node.args[0])
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def _params(call: ast.Call) -> Iterator[str]:
    for each in ast.walk(call):
        name = each.func.id if isinstance(each, ast.Call) and isinstance(each.func, ast.Name) else ""
        if isinstance(each, ast.Call) and name == "maybe_transform":
            params = each.args[1]
            yield ast.unparse(params.body if isinstance(params, ast.IfExp) else params)


def compared(
    found: Iterable[Operation], before: set[str], services: Iterable[ServiceDescriptor], planner: Planner
) -> Iterator[str]:
    """Yields lines about the operations that the contract lacks.

    Args:
        found: Those of the package.
        before: Keys of those that an earlier version had: they were left out knowingly, and are named in short.
        services: The services of the contract.
        planner: Decides the fields of new messages.
    """
    routes = {unnamed(route): service for service in services for route in routes_of(service)}
    missing = {each.key: each for each in found if each.key not in routes}
    resources: dict[str, list[str]] = {}
    for key, each in missing.items():
        service = _service(key, routes)
        if service is None or key in before:
            resources.setdefault(each.resource, []).append(f"{each.route} ({each.name})")
            continue
        yield f"needs a person: {each.name}: an RPC for `{each.route}`: names, statuses, and its part of the server:"
        try:
            yield textwrap.indent(rpc(each, service, planner), "    ")
        except UndecidedError as reason:
            yield f"    not written: {reason}"
    for resource, names in sorted(resources.items()):
        more = f", and {len(names) - NAMED} more" if len(names) > NAMED else ""
        yield f"not in the contract: /{resource}: {', '.join(names[:NAMED])}{more}"


def routes_of(service: ServiceDescriptor) -> Iterator[str]:
    """Yields the REST routes of a service's RPCs."""
    for method in service.methods:
        rest = method.GetOptions().Extensions[json_pb2.rest]
        if rest.path:
            yield f"{rest.method} {rest.path}"


def _service(key: str, routes: dict[str, ServiceDescriptor]) -> ServiceDescriptor | None:
    """Returns the service whose paths begin as an operation's: with all but its last word, at least one."""
    path = [part for part in key.partition(" ")[2].split("/") if part]
    best: tuple[int, ServiceDescriptor | None] = (0, None)
    for other, service in routes.items():
        theirs = [part for part in other.partition(" ")[2].split("/") if part]
        same = next(
            (i for i, (a, b) in enumerate(zip(path, theirs, strict=False)) if a != b), min(len(path), len(theirs))
        )
        if path[0] != "audio" or same > 1:
            best = max(best, (same, service), key=lambda each: each[0])
    return best[1]


def rpc(operation: Operation, service: ServiceDescriptor, planner: Planner) -> str:
    """Returns the lines of an RPC, with its request, and its reply if the contract has no message for it.

    Raises:
        UndecidedError: The package has no type of the reply that the contract can have.
    """
    method, _, path = operation.route.partition(" ")
    resource, _, verb = operation.name.rpartition(".")
    name = "".join(
        word.capitalize() for word in (verb, resource.rpartition(".")[2].rstrip("s")) for word in word.split("_")
    )
    proposal = Proposal(
        operation.name, service.file.message_types_by_name[next(iter(service.file.message_types_by_name))]
    )
    place = Place("", service.file, proposal, [])
    params = resolved(operation.module, operation.params)
    request = _request(f"{name}Request", path, params, place, planner)
    reply = resolved(operation.module, operation.reply)
    blocks = [request]
    known = None
    if not planner.walk.is_object(reply) or typing.get_args(reply):
        raise UndecidedError(f"a reply of type `{operation.reply or 'None'}`: name its message")
    known = planner.known(reply, place)
    if known is None:
        blocks.append(planner.block(reply, base_name(reply), place))
    answer = short(known) if known is not None else blocks[-1].name
    said = operation.said or f"`{operation.name}` of OpenAI's API."
    head = f"{remark(said)}//\n// REST: `{operation.route}`.\nrpc {name}({request.name}) returns ({answer})"
    option = f'  option (options.v1.rest) = {{\n    method: "{method}"\n    path: "{path}"\n  }};\n'
    questions = "".join(f"// needs a person: {each.text}\n" for each in proposal.questions)
    texts = [f"// service {service.name}\n{head} {{\n{option}}}\n", *(block.text() for block in blocks), questions]
    return "\n".join(texts).rstrip()


def _request(name: str, path: str, params: Any, place: Place, planner: Planner) -> Block:
    """Returns the message of a request: the parameters of its path, then those of its type."""
    own = [part[1:-1] for part in path.split("/") if part.startswith("{")]
    lines = []
    for key in own:
        # Of requests: events of a session have ids of their own by the same name.
        owned = [(each, each.containing_type) for each in planner.contract.alike(key)]
        alike = {options(each).names for each, owner in owned if owner is not None and owner.name.endswith("Request")}
        found: Any = alike.pop() if len(alike) == 1 else 0
        place.ask(f"{name}.{key}", f"{name}.{key}: the kind of resource that it names (`names`)?")
        extra = (("names", json_pb2.JsonNames.Name(found)),) if found else ()
        lines.append(Line(key, key, "string", "", f"The `{key}` of the path. Required.", extra))
    block = Block(name, f"Request of `{path}`.", (), (), (), frozenset())
    if params is not None and typing_extensions.is_typeddict(params):
        block = planner.block(params, name, place)
    lines += block.lines
    numbered = tuple(
        Line(e.key, e.name, e.type, e.label, e.comment, e.options, e.deprecated, number)
        for number, e in enumerate(lines, start=1)
    )
    return Block(name, block.comment, block.constants, numbered, block.blocks, block.keys)


def resolved(module: str, expression: str) -> Any:
    """Returns the value of a dotted name in a module, or None for an unknown name or another expression."""
    if not expression or not all(part.isidentifier() for part in expression.split(".")):
        return None
    try:
        return reduce(getattr, expression.split("."), importlib.import_module(module))
    except (ImportError, AttributeError):
        return None

"""Each part of a call's state is written by one module, so that a reader knows where a value comes from."""

import ast
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

import openai_grpc_server
from openai_grpc_server.calls import call

SERVER = Path(openai_grpc_server.__file__).parent

# Attributes of `Call`, and of its parts, by the module that assigns them once the call exists.
WRITERS = {
    "access": "pipeline.handler",
    "answer": "services.base",
    "relay": "services.base",
    "text": "services.base",
    "on_write": "pipeline.observe",
    "trace": "pipeline.tracing",
    "trace_context": "pipeline.tracing",
    "unreadable": "streams.relay",
    "received": "pipeline.handler",
    "route": "services.base",
    "sent": "calls.reply",
    "bill": "calls.call",
}
PARTS = {
    "received": call.Received.__slots__,
    "route": call.Route.__slots__,
    "sent": call.Sent.__slots__,
    "bill": call.Bill.__slots__,
}


def writes(module: Path) -> Iterator[tuple[str, str]]:
    """Yields what a module assigns: the part or attribute of a call, and the attribute of the part, or nothing."""
    tree = ast.parse(module.read_text(encoding="utf-8"))
    names = aliases(tree)
    for node in ast.walk(tree):
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        for target in targets:
            if not isinstance(target, ast.Attribute):
                continue
            owner = last_name(target.value)
            if owner in {"call", "_call"} and target.attr in call.Call.__slots__:
                yield target.attr, ""
            elif (part := names.get(owner, owner)) in PARTS and target.attr in PARTS[part]:
                yield part, target.attr


def aliases(tree: ast.AST) -> dict[str, str]:
    """Returns the local names of parts, such as `got` in `size, got = len(data), call.received`."""
    found = {}
    for node in ast.walk(tree):
        if not isinstance(node, ast.Assign):
            continue
        for target in node.targets:
            pairs = [(target, node.value)]
            if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
                pairs = list(zip(target.elts, node.value.elts, strict=False))
            for name, value in pairs:
                if isinstance(name, ast.Name) and isinstance(value, ast.Attribute) and value.attr in PARTS:
                    found[name.id] = value.attr
    return found


def last_name(node: ast.expr) -> str:
    """Returns the last name of `self._call.route`, or of a plain `route`."""
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def test_each_part_has_one_writer() -> None:
    """`rpc` is none of them: a bridge passes the RPC whose REST call it makes as an argument."""
    found = defaultdict(set)
    for module in SERVER.rglob("*.py"):
        name = ".".join(module.relative_to(SERVER).with_suffix("").parts)
        if name.startswith("listen."):  # another call: that of HTTP/2
            continue
        for written, _ in writes(module):
            found[written].add(name)
    assert found == {written: {module} for written, module in WRITERS.items()}


@pytest.mark.parametrize("part", PARTS)
def test_every_attribute_of_a_part_is_written(part: str) -> None:
    """One that is not would be a constant, or written in a way that the test above does not see."""
    module = SERVER / (WRITERS[part].replace(".", "/") + ".py")
    assert {attribute for written, attribute in writes(module) if written == part} == set(PARTS[part])


@pytest.mark.parametrize("part", [call.NO_ANSWER, call.NOBODY, call.Head({}, "id", 1, 0.0, None)], ids=repr)
def test_other_parts_are_replaced_as_a_whole(part: tuple[object, ...]) -> None:
    for name in getattr(part, "_fields"):  # noqa: B009 - of a NamedTuple, whichever
        with pytest.raises(AttributeError):
            setattr(part, name, None)

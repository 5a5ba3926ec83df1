"""`docs/errors.md` names every `ErrorInfo.reason` that the server can answer with, and no other."""

import ast
import re
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

import pytest

from openai_grpc_server.routing import failures

ROOT = Path(__file__).resolve().parents[2]
SERVER = ROOT / "server/openai_grpc_server"
REASON = re.compile(r"[A-Z]+(?:_[A-Z]+)*")


def documented() -> set[str]:
    """Returns the reasons in the last column of the table."""
    rows = [line.split("|") for line in (ROOT / "docs/errors.md").read_text().splitlines() if line.startswith("|")]
    return {name for row in rows for name in re.findall(r"`([A-Z_]+)`", row[3])}


def positions(nodes: Sequence[ast.AST]) -> dict[str, int]:
    """Returns where the functions and named tuples that take a reason take it."""
    found = {}
    for node in nodes:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            names = [each.arg for each in node.args.args if each.arg not in {"self", "cls"}]
        elif isinstance(node, ast.ClassDef):
            fields = [each for each in node.body if isinstance(each, ast.AnnAssign)]
            names = [each.target.id for each in fields if isinstance(each.target, ast.Name)]
        else:
            continue
        if "reason" in names:
            found[node.name] = names.index("reason")
    return found


def reasons(nodes: Sequence[ast.AST], position: dict[str, int]) -> Iterator[ast.expr]:
    """Yields the expressions that become a reason."""
    for node in nodes:
        match node:
            case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)):
                yield from (keyword.value for keyword in node.keywords if keyword.arg == "reason")
                if name in position:
                    yield from node.args[position[name] : position[name] + 1]
            case ast.AnnAssign(target=ast.Name(id="default_reason"), value=ast.expr() as value):
                yield value
            case ast.Assign(targets=[ast.Subscript(slice=ast.Constant(value="reason"))]):
                yield node.value


@cache  # not as the module is imported, which each process of a run does
def given() -> set[str]:
    """Returns the reasons that stand in the server's code."""
    wanted = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Call, ast.AnnAssign, ast.Assign)
    trees = (ast.parse(path.read_text()) for path in SERVER.rglob("*.py"))
    nodes = [node for tree in trees for node in ast.walk(tree) if isinstance(node, wanted)]
    texts = (
        part.value
        for each in reasons(nodes, positions(nodes))
        for part in ast.walk(each)
        if isinstance(part, ast.Constant)
    )
    return {text for text in texts if isinstance(text, str) and REASON.fullmatch(text)}


FORMS = {
    "a class's own": {"DRAINING"},
    "by keyword": {"KEY_LIMIT_EXCEEDED", "BUDGET_EXCEEDED"},
    "of a table": {"CONFLICT"},
    "of a function": {"MODEL_NOT_ALLOWED"},
    "of a fact": {"INSUFFICIENT_QUOTA"},
    "those that another attempt may help": failures.RETRY_ANY | failures.RETRY_OTHER,
}


@pytest.mark.parametrize("found", FORMS.values(), ids=FORMS)
def test_however_a_reason_is_given_it_is_found(found: set[str]) -> None:
    assert found <= given()


def test_reasons() -> None:
    assert not given() - documented(), "docs/errors.md does not say when these are answered"
    assert not documented() - given(), "docs/errors.md names what the server never answers"

"""The clients of all languages run the same cases (`calls.yaml`, `types.yaml`) against the same gateways."""

import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from google.protobuf.descriptor_pb2 import FileDescriptorSet
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass

from clients.live import JVM, ROOT, check
from conformance.clients import cases, table
from conformance.clients.cases import Case
from conformance.clients.judge import Judge
from conformance.clients.upstream import Upstream, gateways
from support.schedule import GO, JAVA, PYTHON, TYPESCRIPT

LANGUAGES = tuple(table.LANGUAGES)
MANY = 80
MAIN = "io.github.openai_grpc.Conformance"

Command = Sequence[str]


@pytest.fixture(scope="module")
def described(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The descriptors of types.proto, with comments."""
    path = tmp_path_factory.mktemp("types") / "types.binpb"
    here = Path(cases.__file__).parent
    options = ("--include_imports", "--include_source_info", f"--descriptor_set_out={path}", f"--proto_path={here}")
    subprocess.run([sys.executable, "-m", "grpc_tools.protoc", *options, "types.proto"], check=True)
    return path


@pytest.fixture(scope="module")
def types(described: Path) -> dict[str, type[Message]]:
    """The classes of types.proto."""
    files = FileDescriptorSet.FromString(described.read_bytes())
    pool = DescriptorPool()
    for file in files.file:
        pool.Add(file)
    names = [message.name for message in files.file[-1].message_type]
    return {name: GetMessageClass(pool.FindMessageTypeByName(f"openai_grpc.test.{name}")) for name in names}


@pytest.fixture(scope="module")
def drivers(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Callable[[], Command]]:
    """What builds the driver of each language and returns its command."""

    def go() -> Command:
        program = tmp_path_factory.mktemp("go") / "driver"
        check(["go", "build", "-o", str(program), "./internal/conformance/driver"], "clients/go")
        return [str(program)]

    def typescript() -> Command:
        request.getfixturevalue("typescript_tests")
        return ["node", str(ROOT / "clients/typescript/build/test/conformance.js")]

    def java() -> Command:
        classes = f"{ROOT / 'clients/java/target/test-classes'}:{request.getfixturevalue('java_build')}"
        return ["java", *JVM, "--class-path", classes, MAIN]

    python = [sys.executable, "-m", "conformance.clients.driver"]
    return {PYTHON: lambda: python, GO: go, TYPESCRIPT: typescript, JAVA: java}


class Run:
    """A run of the driver of one language.

    Args:
        results: What the caller of each case has seen.
        upstream: The upstream.
        judge: The judge.
    """

    def __init__(self, results: dict[str, dict[str, Any]], upstream: Upstream, judge: Judge) -> None:
        self._results = results
        self._upstream = upstream
        self._judge = judge

    def faults(self, case: Case) -> list[str]:
        """Returns what is not as a case says."""
        if case.key not in self._results:
            return ["the driver ended before"]
        return list(self._judge.faults(case, self._results[case.key], self._upstream.seen[case.key]))


@pytest.fixture(scope="module")
def runs(
    request: pytest.FixtureRequest,
    drivers: dict[str, Callable[[], Command]],
    described: Path,
    types: dict[str, type[Message]],
    tmp_path_factory: pytest.TempPathFactory,
) -> Callable[[str], Run]:
    """Runs the cases that are chosen with the client of a language, once."""

    @cache
    def run(language: str) -> Run:
        asked = {case for item in request.session.items if (case := case_of(item, language))}
        command = drivers[language]()
        folder = tmp_path_factory.mktemp(language)
        task, results = folder / "task.json", folder / "results.jsonl"
        with Upstream(asked) as upstream, gateways(upstream, {each.gateway for each in asked}, folder) as addresses:
            told = [case.for_drivers() for case in sorted(asked, key=lambda case: case.id)]
            task.write_text(json.dumps({"gateways": addresses, "descriptors": str(described), "cases": told}))
            environment = {"OPENAI_GRPC_ADDRESS": "", "OPENAI_GRPC_API_KEY": ""}
            try:
                check([*command, str(task), str(results)], "tests", environment)
            except AssertionError as failure:  # of one case; what came before it is judged, and nothing runs twice
                sys.stderr.write(f"{failure}\n")
                results.touch()
        lines = [json.loads(line) for line in results.read_text().splitlines()]
        return Run({line["case"]: line for line in lines}, upstream, Judge(types))

    return run


def case_of(item: pytest.Item, language: str) -> Case | None:
    """Returns the case of a language that a test is of, or None."""
    params: dict[str, Any] = getattr(item, "callspec").params if hasattr(item, "callspec") else {}  # noqa: B009 - of functions
    return params["case"] if item.path == Path(__file__) and params.get("language") == language else None


def chosen(found: Sequence[Case]) -> list[Any]:
    """Returns the parameters of a test: each language with its cases."""
    return [
        pytest.param(language, case, id=f"{language}-{case.id}")
        for language in LANGUAGES
        for case in found
        if case.runs(language)
    ]


@pytest.mark.parametrize(("language", "case"), chosen(cases.calls()))
def test_call(runs: Callable[[str], Run], language: str, case: Case) -> None:
    faults = runs(language).faults(case)
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize(("language", "case"), chosen(cases.types()))
def test_type(runs: Callable[[str], Run], language: str, case: Case) -> None:
    faults = runs(language).faults(case)
    assert not faults, "\n".join(faults)


def test_every_case_has_a_name_of_its_own() -> None:
    found = [case.key for case in (*cases.calls(), *cases.types())]
    assert len(found) == len(set(found))
    assert len(cases.calls()) >= MANY


def test_the_page_has_the_table() -> None:
    """`make clients-table` writes it."""
    assert table.PAGE.read_text() == table.page()

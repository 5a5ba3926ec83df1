"""The schedule of a run; the watch on event loops; the clients of all languages, each built once."""

import gc
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from hashlib import sha256
from pathlib import Path

import hypothesis
import pytest

from clients.live import JVM, MAVEN, README_ADDRESS, ROOT, Run, check, require
from support import loop_watch, schedule

# How long an example takes says nothing on a loaded machine.
hypothesis.settings.register_profile("untimed", deadline=None)
hypothesis.settings.load_profile("untimed")

GO = "clients/go"
TYPESCRIPT = "clients/typescript"
TSC = ROOT / TYPESCRIPT / "node_modules/.bin/tsc"
COMPILER_OPTIONS = (
    *("--module", "nodenext", "--target", "es2022", "--types", "node"),
    *("--strict", "--exactOptionalPropertyTypes", "--noUncheckedIndexedAccess", "--noPropertyAccessFromIndexSignature"),
)
JAVA = "clients/java"
JAVA_TARGET = ROOT / JAVA / "target"
JAVA_TYPES = "tests/conformance/clients"  # what its tests have beside its own sources


@pytest.hookimpl(trylast=True)  # after pytest-rerunfailures has connected
def pytest_configure(config: pytest.Config) -> None:
    """Lets pytest-rerunfailures send at once: the second of two writes a test waited 40 ms for an ACK of the first."""
    database = getattr(config, "failures_db", None)
    if isinstance(connection := getattr(database, "sock", None), socket.socket):
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


@pytest.hookimpl(tryfirst=True)  # before pytest-xdist reads the groups
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Groups and orders tests for `pytest -n N --dist loadgroup`, and marks those of one HTTP/2 server."""
    here = [item for item in items if item.path.is_relative_to(schedule.TESTS)]  # a test of the tests has its own
    paths = {item: item.path.relative_to(schedule.TESTS).as_posix() for item in here}
    items.sort(key=lambda item: schedule.rank_of(paths.get(item, ""), item.name))
    for item, path in paths.items():
        item.add_marker(pytest.mark.xdist_group(schedule.group_of(path, item.name)))
        if schedule.runs_once(path, getattr(item, "originalname", item.name)):
            item.add_marker(pytest.mark.once)


def pytest_collection_finish() -> None:
    """Keeps the collected tests out of each later garbage collection, which would take half a second."""
    gc.collect()
    gc.freeze()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Prints why the tests that ran once more failed at first: pytest-rerunfailures only names them."""
    for report in terminalreporter.getreports("rerun"):
        terminalreporter.write_sep("_", f"first run of {report.nodeid}")
        terminalreporter.write_line(report.longreprtext)


@pytest.fixture(scope="session", autouse=True)
def held_file(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The file in which servers that are processes note what held their event loops."""
    path = tmp_path_factory.mktemp("loops") / "held"
    path.touch()
    os.environ[loop_watch.HELD_FILE] = str(path)
    yield path
    del os.environ[loop_watch.HELD_FILE]


@pytest.fixture(autouse=True)
def _no_loop_is_held(held_file: Path) -> Iterator[None]:
    """Fails a test in which one step held an event loop for longer than `loop_watch.LIMIT`."""
    yield
    lines = loop_watch.take(held_file)
    assert not lines, f"an event loop was held for over {loop_watch.LIMIT} s: {lines}"


def write(path: Path, program: str, address: str) -> None:
    """Writes a README's program, to call the gateway at an address."""
    assert README_ADDRESS in program
    path.write_text(program.replace(README_ADDRESS, address))


@pytest.fixture(scope="session")
def run_python(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Runs a Python program."""
    source = tmp_path_factory.mktemp("python") / "program.py"

    def run(program: str, address: str) -> str:
        write(source, program, address)
        return check([sys.executable, "-W", "error", source.name], str(source.parent))

    return run


@pytest.fixture(scope="session")
def run_go(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Checks and runs a Go program."""
    require("go")
    source = tmp_path_factory.mktemp("go") / "main.go"

    def run(program: str, address: str) -> str:
        write(source, program, address)
        check(["go", "vet", str(source)], GO)
        return check(["go", "run", str(source)], GO)

    return run


@pytest.fixture(scope="session")
def typescript_build() -> None:
    """Installs what the TypeScript client depends on and builds it."""
    require("npm")
    check(["npm", "ci", "--no-audit", "--no-fund"], TYPESCRIPT)


@pytest.fixture(scope="session")
def typescript_tests(typescript_build: None) -> None:  # noqa: ARG001 - it is built
    """Compiles the TypeScript client's tests."""
    shutil.rmtree(ROOT / TYPESCRIPT / "build", ignore_errors=True)
    check([str(TSC), "-p", "test"], TYPESCRIPT)


@pytest.fixture(scope="session")
def compile_typescript(
    typescript_build: None,  # noqa: ARG001 - it is packed
    tmp_path_factory: pytest.TempPathFactory,
) -> Callable[[Sequence[str], str], list[Path]]:
    """Compiles TypeScript programs together in a caller's package, which has the client as it would be published."""
    caller = tmp_path_factory.mktemp("caller")
    check(["npm", "pack", "--ignore-scripts", "--pack-destination", str(caller)], TYPESCRIPT)
    (caller / "package.json").write_text('{"private": true, "type": "module"}')
    (packed,) = caller.glob("*.tgz")
    check(["npm", "install", "--no-audit", "--no-fund", str(packed), "@types/node@20", "zod@4"], str(caller))

    def compiled(programs: Sequence[str], address: str) -> list[Path]:
        sources = [caller / f"main{index}.ts" for index in range(len(programs))]
        for source, program in zip(sources, programs, strict=True):
            write(source, program, address)
        check([str(TSC), *COMPILER_OPTIONS, *(source.name for source in sources)], str(caller))
        return [source.with_suffix(".js") for source in sources]

    return compiled


@pytest.fixture(scope="session")
def run_typescript(compile_typescript: Callable[[Sequence[str], str], list[Path]]) -> Run:
    """Compiles and runs a TypeScript program."""

    def run(program: str, address: str) -> str:
        (compiled,) = compile_typescript([program], address)
        return check(["node", compiled.name], str(compiled.parent))

    return run


@pytest.fixture(scope="session")
def java_build() -> str:
    """Builds the Java client, with Error Prone, and returns the class path of it and what it depends on.

    Maven compiles everything anew each time, which takes a minute of CPU time: a build of the same files is kept.
    """
    require("mvn")
    listed, built, files = JAVA_TARGET / "classpath", JAVA_TARGET / "built", digest("proto", JAVA, JAVA_TYPES)
    if not built.exists() or built.read_text() != files:
        build = (*MAVEN, "-Plint", "clean", "package", "-DskipTests", "dependency:build-classpath")
        check([*build, f"-Dmdep.outputFile={listed}"], JAVA)
        built.write_text(files)
    return os.pathsep.join([str(JAVA_TARGET / "classes"), listed.read_text()])


def digest(*folders: str) -> str:
    """Returns the SHA-256 of the files in folders that git does not ignore."""
    found = sha256()
    for name in subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", *folders],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split("\0"):
        if (ROOT / name).is_file():
            found.update(f"{name}\0".encode() + (ROOT / name).read_bytes())
    return found.hexdigest()


@pytest.fixture(scope="session")
def run_java(java_build: str, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Compiles and runs a Java program."""
    source = tmp_path_factory.mktemp("java") / "Main.java"

    def run(program: str, address: str) -> str:
        write(source, program, address)
        return check(["java", *JVM, "--class-path", java_build, str(source)], JAVA)

    return run

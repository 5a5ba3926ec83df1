"""The Java client builds, its own tests pass against the real gateway, and the README's programs run as written."""

import os
from pathlib import Path

import pytest

from clients.live import README_ADDRESS, ROOT, check, live_gateway, programs, require

FOLDER = "clients/java"
MAVEN = ("mvn", "--batch-mode", "--no-transfer-progress")
OLDEST = ("-Dgrpc.version=1.76.0", "-Dprotobuf.version=4.31.1")  # that the README says the package runs with
PRINTED = {
    "embed": "3 numbers",
    "stream": "Hello there",
    "errors": "INVALID_ARGUMENT INVALID_REQUEST",
    "first": "3 numbers",
}
READMES = (*programs(ROOT / FOLDER / "README.md", "java"), *programs(ROOT / "README.md", "java"))
PROGRAMS = list(zip(READMES, PRINTED.values(), strict=True))


@pytest.fixture(scope="module")
def classpath(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Where a program finds the client, which is built, and what it depends on."""
    require("mvn")
    listed = tmp_path_factory.mktemp("java") / "classpath"
    build = ("clean", "package", "-DskipTests", "dependency:build-classpath", f"-Dmdep.outputFile={listed}")
    check([*MAVEN, *build], FOLDER)
    return os.pathsep.join([str(ROOT / FOLDER / "target/classes"), listed.read_text()])


@pytest.mark.parametrize("versions", [(), OLDEST], ids=["default", "oldest"])
def test_live(classpath: str, versions: tuple[str, ...]) -> None:
    assert classpath
    with live_gateway() as variables:
        check([*MAVEN, *versions, "surefire:test"], FOLDER, variables)


@pytest.mark.parametrize(("program", "printed"), PROGRAMS, ids=PRINTED)
def test_readme(classpath: str, program: str, printed: str, tmp_path: Path) -> None:
    source = tmp_path / "Main.java"
    with live_gateway() as variables:
        assert README_ADDRESS in program
        source.write_text(program.replace(README_ADDRESS, variables["OPENAI_GRPC_ADDRESS"]))
        assert printed in check(["java", "--class-path", classpath, str(source)], FOLDER)

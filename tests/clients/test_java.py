"""The Java client builds, its own tests pass against the real gateway, and the README's programs run as written."""

import pytest

from clients.live import ROOT, Run, check, live_gateway, programs

FOLDER = "clients/java"
OLDEST = ("-Dgrpc.version=1.76.0", "-Dprotobuf.version=4.31.1")  # that the README says the package runs with
PRINTED = {
    "embed": "3 numbers",
    "stream": "Hello there",
    "errors": "INVALID_ARGUMENT INVALID_REQUEST",
    "first": "3 numbers",
}
READMES = (*programs(ROOT / FOLDER / "README.md", "java"), *programs(ROOT / "README.md", "java"))
PROGRAMS = list(zip(READMES, PRINTED.values(), strict=True))


@pytest.mark.parametrize("versions", [(), OLDEST], ids=["default", "oldest"])
@pytest.mark.usefixtures("java_build")
def test_live(versions: tuple[str, ...]) -> None:
    with live_gateway() as variables:
        check(["mvn", "--batch-mode", "--no-transfer-progress", *versions, "surefire:test"], FOLDER, variables)


@pytest.mark.parametrize(("program", "printed"), PROGRAMS, ids=PRINTED)
def test_readme(run_java: Run, program: str, printed: str) -> None:
    with live_gateway() as variables:
        assert printed in run_java(program, variables["OPENAI_GRPC_ADDRESS"])

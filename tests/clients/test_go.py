"""The Go client builds, its own tests pass against the real gateway, and the README's programs run as written."""

import pytest

from clients.live import ROOT, Run, check, live_gateway, programs, require

FOLDER = "clients/go"
PRINTED = {
    "embed": "3 numbers",
    "stream": "Hello there",
    "errors": "InvalidArgument INVALID_REQUEST",
    "first": "3 numbers",
}
READMES = (*programs(ROOT / FOLDER / "README.md", "go"), *programs(ROOT / "README.md", "go"))
PROGRAMS = list(zip(READMES, PRINTED.values(), strict=True))


def test_vet() -> None:
    require("go")
    check(["go", "vet", "./..."], FOLDER)


def test_live() -> None:
    require("go")
    with live_gateway() as variables:
        check(["go", "test", "-count=1", "./..."], FOLDER, variables)


@pytest.mark.parametrize(("program", "printed"), PROGRAMS, ids=PRINTED)
def test_readme(run_go: Run, program: str, printed: str) -> None:
    with live_gateway() as variables:
        assert printed in run_go(program, variables["OPENAI_GRPC_ADDRESS"])

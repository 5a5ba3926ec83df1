"""The TypeScript client builds, its tests pass against the real gateway, and the README's programs run as written."""

import pytest

from clients.live import ROOT, Run, check, live_gateway, programs

FOLDER = "clients/typescript"
PRINTED = {
    "embed": "3 numbers",
    "stream": "Hello there",
    "errors": "InvalidArgument INVALID_REQUEST",
    "first": "3 numbers",
}
READMES = (*programs(ROOT / FOLDER / "README.md", "typescript"), *programs(ROOT / "README.md", "typescript"))
PROGRAMS = list(zip(READMES, PRINTED.values(), strict=True))


@pytest.mark.usefixtures("typescript_build")
def test_live() -> None:
    with live_gateway() as variables:
        check(["npm", "test"], FOLDER, variables)


@pytest.mark.parametrize(("program", "printed"), PROGRAMS, ids=PRINTED)
def test_readme(run_typescript: Run, program: str, printed: str) -> None:
    with live_gateway() as variables:
        assert printed in run_typescript(program, variables["OPENAI_GRPC_ADDRESS"])

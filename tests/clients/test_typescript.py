"""The TypeScript client builds, its tests pass against the real gateway, and the README's programs run as written."""

from pathlib import Path

import pytest

from clients.live import README_ADDRESS, ROOT, check, live_gateway, programs, require

FOLDER = "clients/typescript"
TSC = ROOT / FOLDER / "node_modules/.bin/tsc"
COMPILER_OPTIONS = (
    *("--module", "nodenext", "--target", "es2022", "--types", "node"),
    *("--strict", "--exactOptionalPropertyTypes", "--noUncheckedIndexedAccess", "--noPropertyAccessFromIndexSignature"),
)
PRINTED = {
    "embed": "3 numbers",
    "stream": "Hello there",
    "errors": "InvalidArgument INVALID_REQUEST",
    "first": "3 numbers",
}
READMES = (*programs(ROOT / FOLDER / "README.md", "typescript"), *programs(ROOT / "README.md", "typescript"))
PROGRAMS = list(zip(READMES, PRINTED.values(), strict=True))


@pytest.fixture(scope="module")
def built() -> None:
    """Installs what the client depends on and builds it."""
    require("npm")
    check(["npm", "ci", "--no-audit", "--no-fund"], FOLDER)


@pytest.fixture(scope="module")
def caller(built: None, tmp_path_factory: pytest.TempPathFactory) -> Path:  # noqa: ARG001 - what is built is packed
    """A package of a caller's, in which the client is installed from what would be published."""
    folder = tmp_path_factory.mktemp("caller")
    check(["npm", "pack", "--ignore-scripts", "--pack-destination", str(folder)], FOLDER)
    (folder / "package.json").write_text('{"private": true, "type": "module"}')
    (packed,) = folder.glob("*.tgz")
    check(["npm", "install", "--no-audit", "--no-fund", str(packed), "@types/node@20"], str(folder))
    return folder


@pytest.mark.usefixtures("built")
def test_live() -> None:
    with live_gateway() as variables:
        check(["npm", "test"], FOLDER, variables)


@pytest.mark.parametrize(("program", "printed"), PROGRAMS, ids=PRINTED)
def test_readme(caller: Path, program: str, printed: str) -> None:
    source = caller / "main.ts"
    with live_gateway() as variables:
        assert README_ADDRESS in program
        source.write_text(program.replace(README_ADDRESS, variables["OPENAI_GRPC_ADDRESS"]))
        check([str(TSC), *COMPILER_OPTIONS, source.name], str(caller))
        assert printed in check(["node", "main.js"], str(caller))

"""A fifth language, as `docs/another-language.md` says: a program in Rust, from the descriptor set, streams a chat."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

from clients.live import ROOT, TIME_LIMIT, check, live_gateway, require
from openai_grpc.v1 import CONTRACT_REVISION

PAGE = ROOT / "docs/another-language.md"
CRATE = "examples/rust"
BUILD, RUN = re.findall(r"^ *```sh\n *(.*?)\n *```$", PAGE.read_text(), re.MULTILINE)
BUF = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
MANIFEST = ("--locked", "--quiet", "--manifest-path", str(ROOT / CRATE / "Cargo.toml"))


def test_rust(tmp_path: Path) -> None:
    """Builds the program, streams a chat, and shows the status of a call that fails."""
    require("cargo")
    descriptors = tmp_path / "openai_grpc.binpb"
    check(shlex.split(BUILD.replace(descriptors.name, str(descriptors))), ".", {"PATH": BUF})
    variables = {"OPENAI_GRPC_DESCRIPTORS": str(descriptors), "OPENAI_GRPC_API_KEY": "key"}
    check(["cargo", "build", *MANIFEST], ".", variables)
    cargo, run, *arguments = shlex.split(RUN)
    command = [cargo, run, *MANIFEST, *arguments]
    with live_gateway() as gateway:
        variables |= gateway
        assert check(command, ".", variables) == "Hello there\n"
        assert check([*command[:-3], "hi"], ".", {**variables, "MODEL": "echo"}) == "hi\n"
        failed = subprocess.run(
            command,
            cwd=ROOT,
            env={**os.environ, **variables, "MODEL": "rate-limited"},
            capture_output=True,
            text=True,
            check=False,
            timeout=TIME_LIMIT,
        )
    assert failed.returncode == 1
    assert failed.stderr.startswith("ResourceExhausted: ")


def test_rust_is_formatted() -> None:
    require("rustfmt")
    check(["rustfmt", "--edition", "2024", "--check", "build.rs", "src/main.rs"], CRATE)


def test_the_revision_of_the_page_is_the_contract_s() -> None:
    assert f"Of this contract it is {CONTRACT_REVISION}." in PAGE.read_text()
    assert f"CONTRACT_REVISION: u32 = {CONTRACT_REVISION};" in (ROOT / CRATE / "src/main.rs").read_text()

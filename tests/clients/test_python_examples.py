"""The example programs of the Python client, as they are in `examples/python`."""

import re
import sys
from pathlib import Path

from clients.live import ROOT, check, live_gateway

SERVICE = ROOT / "examples/python/service.py"
LINES_WITH_OPENAI = 61


def test_service(tmp_path: Path) -> None:
    """Runs the service program, which needs no more lines than the same program with OpenAI's SDK."""
    assert len([line for line in SERVICE.read_text().splitlines() if line.strip()]) <= LINES_WITH_OPENAI
    speech = tmp_path / "speech.wav"
    speech.write_bytes(bytes(1 << 20))
    with live_gateway() as variables:
        printed = check([sys.executable, "-W", "error", str(SERVICE), str(speech)], str(tmp_path), variables)
    sections = dict(re.findall(r"== (.*)\n((?:(?!==).*\n?)*)", printed))
    assert "Hello there" in sections["chat stream with a system message and a tool"]
    assert "(NOT_FOUND, " in sections["NOT_FOUND"]
    assert sections["deadline"].startswith("True ")
    assert "(DEADLINE_EXCEEDED" in sections["deadline"]
    assert sections["cancel half-way"] == "2\n"
    assert re.fullmatch(r"Hello there\ndone \d+ Hello there\n", sections["responses events"])
    assert sections["embedding"] == "3\n"
    assert sections["audio, whole and streamed"] == "Hello there\nHello there"

"""A benchmark that is told to end leaves no process behind, halted ones neither."""

import signal
import subprocess
import sys
from pathlib import Path

from bench.process import family

ROOT = Path(__file__).parents[3]


def test_nothing_is_left_when_it_is_told_to_end(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "bench", "--servers", "floor", "openai-grpc", "--output", str(tmp_path)]
    command += ["--only", "unary, 1 in flight", "prompts of 400 KB"]
    with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True) as process:
        assert process.stderr is not None
        # By then the servers of the first case are halted.
        for line in process.stderr:
            if "prompts" in line:
                break
        others = [pid for pid in family(process.pid) if pid != process.pid]
        assert len(others) >= 3
        process.send_signal(signal.SIGTERM)
        process.stderr.read()
    assert process.returncode == 128 + signal.SIGTERM
    assert [pid for pid in others if Path(f"/proc/{pid}").exists()] == []

"""h2spec, which holds a server to RFC 9113 and RFC 7541 frame by frame."""

import subprocess
import sys
from pathlib import Path

from clients.live import require
from support.http2_server import http2_server

H2SPEC = Path(sys.executable).with_name("h2spec")  # where scripts/install_tools.sh puts it
SUMMARY = "145 tests, 145 passed, 0 skipped, 0 failed"


def test_h2spec() -> None:
    if not H2SPEC.exists():
        require("h2spec")
    program = str(H2SPEC) if H2SPEC.exists() else "h2spec"
    # h2spec opens as many streams as are allowed, and one more.
    with http2_server(max_concurrent_streams=100) as (target, _, _):
        host, _, port = target.rpartition(":")
        command = [program, "--host", host, "--port", port, "--timeout", "5"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert SUMMARY in done.stdout, done.stdout

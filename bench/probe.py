"""The server's command line, in a process that reports its open resources on SIGUSR2.

    python -m bench.probe FILE serve --config ...

FILE gets a JSON object: how many tasks there are, and how many connections, streams and calls of either HTTP/2 server.
"""

import asyncio
import gc
import json
import signal
import sys
from pathlib import Path

from openai_grpc_server.__main__ import main

COUNTED = {
    "openai_grpc_server.listen.http2.connection.Connection": "connections",
    "openai_grpc_server.listen.http2.stream.Stream": "streams",
    "openai_grpc_server.listen.http2.call.ServerCall": "calls",
    "grpc._cython.cygrpc._ServicerContext": "calls",
    "aiohttp.client_proto.ResponseHandler": "connections to upstreams",
}


def held() -> dict[str, int]:
    """Returns the resources held by this process, after a garbage collection."""
    gc.collect()
    counts = dict.fromkeys(("tasks", *COUNTED.values()), 0)
    for each in gc.get_objects():
        name = COUNTED.get(f"{type(each).__module__}.{type(each).__qualname__}")
        if name is not None:
            counts[name] += 1
    try:
        counts["tasks"] = len(asyncio.all_tasks())
    except RuntimeError:  # the event loop does not run
        counts["tasks"] = 0
    return counts


def tell_on_signal(file: Path) -> None:
    """Writes the held resources to a file on SIGUSR2."""

    def tell(*_: object) -> None:
        whole = file.with_suffix(".new")
        whole.write_text(json.dumps(held()), encoding="utf-8")
        whole.replace(file)

    signal.signal(signal.SIGUSR2, tell)


if __name__ == "__main__":
    tell_on_signal(Path(sys.argv.pop(1)))
    sys.exit(main())

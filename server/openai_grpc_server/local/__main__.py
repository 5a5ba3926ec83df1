"""Process of one local model; started by `ModelProcess`, not by hand."""

import argparse
import os
from pathlib import Path

from openai_grpc_server.local.engine import GatewayPipe
from openai_grpc_server.telemetry.log import own_standard_streams

_MOST_THREADS = 4  # more gain little with models of this size


def _threads() -> int:
    # One processor is left to the gateway. llama.cpp's threads spin while they wait for each other: as many threads as
    # processors are several times slower than a single one as soon as there is other load.
    available = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min(available - 1, _MOST_THREADS))


def main() -> None:
    """Serves one model until stdin ends."""
    parser = argparse.ArgumentParser(prog="python -m openai_grpc_server.local", description=__doc__)
    parser.add_argument("kind", choices=["chat", "transcription"], help="the API to serve")
    parser.add_argument("--debug", action="store_true", help="let llama.cpp log to stderr")
    parser.add_argument("--directory", type=Path, help="where the chat model keeps files and batches")
    arguments = parser.parse_args()
    parent = GatewayPipe()
    own_standard_streams()
    threads = _threads()
    # The imports are late because each process needs only its own engine, and they take most of a second.
    if arguments.kind == "chat":
        from openai_grpc_server.local import chat_server, store  # noqa: PLC0415

        directory = arguments.directory or store.default_directory()
        chat_server.serve(parent, threads=threads, debug=arguments.debug, directory=directory)
    else:
        from openai_grpc_server.local import transcription_server  # noqa: PLC0415

        transcription_server.serve(parent, threads=threads)


if __name__ == "__main__":
    main()

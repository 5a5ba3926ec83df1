"""The servers that are compared."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A gRPC server.

    Attributes:
        name: Its name in the tables and in `--only`.
        adapter: The module here whose `server(options)` makes it; empty: grpc.aio itself.
        requirements: What it needs beside the gateway's own environment.
        options: Channel arguments beside the gateway's own.
        environ: Environment variables that its process gets.
        gateway: Whether the gateway is measured on it, or only an echo.
        huffman: What of a status it Huffman-codes: the `name`, the `value`, `both`, or nothing.
        settings: Keys of the gateway's configuration, under `server`.
    """

    name: str
    adapter: str = ""
    requirements: tuple[str, ...] = ()
    options: tuple[tuple[str, Any], ...] = ()
    environ: Mapping[str, str] = field(default_factory=dict)
    gateway: bool = True
    huffman: str = ""
    settings: Mapping[str, Any] = field(default_factory=dict)


REFERENCE = "grpc.aio"
SERVERS = (
    Candidate(name=REFERENCE),
    Candidate(name="server.http2: asyncio", adapter="own_server", settings={"http2": "asyncio"}),
    Candidate(
        name="pygrpc-native", adapter="pygrpc_native_server", requirements=("pygrpc-native==0.5.0",), huffman="both"
    ),
    Candidate(name="grpclib", adapter="grpclib_server", requirements=("grpclib==0.4.9", "h2==4.4.1"), huffman="both"),
    Candidate(
        name="grpclib on jh2",
        adapter="grpclib_jh2_server",
        requirements=("grpclib==0.4.9", "jh2==5.0.15"),
        huffman="value",
    ),
    Candidate(name="zttp", adapter="zttp_server", requirements=("zttp==0.0.35",)),
    Candidate(name="uvicorn", adapter="uvicorn_server", requirements=("uvicorn==0.54.0", "zttp==0.0.35")),
    Candidate(
        name="hypercorn", adapter="hypercorn_server", requirements=("hypercorn==0.18.0", "h2==4.4.1"), huffman="both"
    ),
    Candidate(name="pyvoy", adapter="pyvoy_server", requirements=("pyvoy==1.3.0",), huffman="name"),
)
# What grpc.aio can be told by documented means. Each is measured with the echo alone.
SETTINGS = (
    Candidate(name="GRPC_POLL_STRATEGY=poll", environ={"GRPC_POLL_STRATEGY": "poll"}, gateway=False),
    Candidate(
        name="GRPC_EXPERIMENTS=event_engine_listener",
        environ={"GRPC_EXPERIMENTS": "event_engine_listener,event_engine_client"},
        gateway=False,
    ),
    Candidate(
        name="GRPC_EXPERIMENTS=-event_engine_listener",
        environ={"GRPC_EXPERIMENTS": "-event_engine_listener,-event_engine_client"},
        gateway=False,
    ),
    Candidate(name="write_buffer_size=1 MiB", options=(("grpc.http2.write_buffer_size", 1 << 20),), gateway=False),
    Candidate(name="bdp_probe=0", options=(("grpc.http2.bdp_probe", 0),), gateway=False),
    Candidate(name="max_frame_size=1 MiB", options=(("grpc.http2.max_frame_size", 1 << 20),), gateway=False),
)
CANDIDATES = (*SERVERS, *SETTINGS)


def named(name: str) -> Candidate:
    """Returns the candidate of that name."""
    return next(candidate for candidate in CANDIDATES if candidate.name == name)

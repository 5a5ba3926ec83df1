"""The channel arguments that the settings come to."""

from typing import Any

import pytest

from openai_grpc_server.config import KeepaliveSettings, ServerSettings
from openai_grpc_server.server_options import server_options

CASES: dict[str, tuple[dict[str, Any], dict[str, int | None]]] = {
    "messages of 64 MiB both ways": (
        {},
        {"grpc.max_receive_message_length": 80 << 20, "grpc.max_send_message_length": 64 << 20},
    ),
    "messages of another size": (
        {"max_message_bytes": 5},
        {"grpc.max_receive_message_length": 5 + (1 << 20), "grpc.max_send_message_length": 5},
    ),
    "messages of the largest size that gRPC knows": (
        {"max_message_bytes": (1 << 31) - 1},
        {"grpc.max_receive_message_length": (1 << 31) - 1},
    ),
    "a ping every 10 s is welcome, with and without calls": (
        {},
        {
            "grpc.http2.min_recv_ping_interval_without_data_ms": 10_000,
            "grpc.keepalive_permit_without_calls": 1,
            "grpc.http2.max_pings_without_data": 0,
        },
    ),
    "pings of its own": (
        {"keepalive": KeepaliveSettings(time=1.5, timeout=0.5, min_ping_interval=3)},
        {
            "grpc.keepalive_time_ms": 1500,
            "grpc.keepalive_timeout_ms": 500,
            "grpc.http2.min_recv_ping_interval_without_data_ms": 3000,
        },
    ),
    "a port of one's own, unless shared": ({}, {"grpc.so_reuseport": 0}),
    "a shared port": ({"reuse_port": True}, {"grpc.so_reuseport": 1}),
    "connections live for ever": ({}, {"grpc.max_connection_age_ms": None, "grpc.max_connection_age_grace_ms": None}),
    "old connections outlive the longest call": (
        {"max_connection_age": 60.0},
        {"grpc.max_connection_age_ms": 60_000, "grpc.max_connection_age_grace_ms": 630_000},
    ),
}


@pytest.mark.parametrize(("settings", "expected"), CASES.values(), ids=CASES)
def test_options(settings: dict[str, Any], expected: dict[str, int | None]) -> None:
    options = dict(server_options(ServerSettings(**settings), longest_call=600.0))
    assert {name: options.get(name) for name in expected} == expected

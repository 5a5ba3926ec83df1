"""What the settings of the port come to, for both HTTP/2 servers."""

import dataclasses
import typing
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from openai_grpc_server.config import AbuseLimitSettings, ConfigError, KeepaliveSettings, ServerSettings, TlsSettings
from openai_grpc_server.listen import options as options_module
from openai_grpc_server.listen.http2 import Limits
from openai_grpc_server.listen.options import (
    PORT_SETTINGS,
    PortSetting,
    channel_arguments,
    check_trusted_peers,
    http2_limits,
)

DIFFERENCES = (Path(__file__).parents[3] / "docs" / "http2.md").read_text().partition("## What differs")[2]
# Where the port is; arguments of `bind` in one server, of the port's own methods in the other.
ADDRESS = {"host", "port", "http2", "reuse_port", "tls"}
# Read by the gateway, whichever server calls it.
GATEWAY = {
    "http",  # of the HTTP port
    "worker_heartbeat_timeout",
    "workers",
    "max_in_flight_bytes",
    "max_message_elements",
    "max_concurrent_rpcs",
    "max_memory",
    "admission",
    "load_reports",
    "grace_period",
    "session_idle_timeout",
    "watch_min_interval",
    "watch_max_interval",
    "local_directory",
    "reflection",
    "log",
    "timeouts",
    "key_header",
    "include_usage",
    "embeddings_base64",
    "extra_headers",
    "metadata_headers",
    "raw",
    "param_policy",
    "models_file",
    "prices_file",
    "reload_on_change",
    "on_cancel",
    "drain_limit",
    "key_store",
    "key_store_url",
    "limits_file",
    "admin",
    "metrics_host",
    "metrics_port",
    "telemetry",
}
GROUPS = {"keepalive": KeepaliveSettings, "abuse_limits": AbuseLimitSettings}

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
            "grpc.http2.min_ping_interval_without_data_ms": 10_000,
            "grpc.keepalive_permit_without_calls": 1,
            "grpc.http2.max_pings_without_data": 0,
        },
    ),
    "pings of its own": (
        {"keepalive": KeepaliveSettings(time=1.5, timeout=0.5, min_ping_interval=3)},
        {
            "grpc.keepalive_time_ms": 1500,
            "grpc.keepalive_timeout_ms": 500,
            "grpc.http2.min_ping_interval_without_data_ms": 3000,
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
    options = dict(channel_arguments(ServerSettings(**settings), longest_call=600.0))
    assert {name: options.get(name) for name in expected} == expected


def keys() -> Iterator[str]:
    """The keys of `server` that are about the port."""
    for each in dataclasses.fields(ServerSettings):
        if each.name in GROUPS:
            yield from (f"{each.name}.{inner.name}" for inner in dataclasses.fields(GROUPS[each.name]))
        elif each.name not in ADDRESS | GATEWAY:
            yield each.name


def test_both_servers_know_every_key() -> None:
    # A new key of `server` is in `PORT_SETTINGS`, or in `GATEWAY` above.
    assert sorted(map(key_of, PORT_SETTINGS)) == sorted(keys())


def key_of(each: PortSetting) -> str:
    return f"{each.group}.{each.name}" if each.group else each.name


def changed(each: PortSetting) -> ServerSettings:
    """Settings of which one is not as it is by default."""
    kind: Any = GROUPS[each.group] if each.group else ServerSettings
    value: Any = ("10.0.0.0/8",) if typing.get_type_hints(kind)[each.name] == tuple[str, ...] else 77
    one: dict[str, Any] = {each.name: value}
    return ServerSettings(**({each.group: kind(**one)} if each.group else one))


@pytest.mark.parametrize("each", PORT_SETTINGS, ids=key_of)
def test_a_key_has_an_effect_on_both_servers(each: PortSetting) -> None:
    settings = changed(each)
    assert http2_limits(settings, 600.0) != http2_limits(ServerSettings(), 600.0)
    differs = channel_arguments(settings, 600.0) != channel_arguments(ServerSettings(), 600.0)
    assert differs is (each.grpcio is not None)
    assert differs or f"`{each.group or each.name}`" in DIFFERENCES


def test_limits_have_one_default() -> None:
    configured, own = http2_limits(ServerSettings(), 600.0), Limits(max_message_size=80 << 20)
    names = ["max_concurrent_streams", *(each.name for each in PORT_SETTINGS if each.group == "abuse_limits")]
    assert {name: getattr(configured, name) for name in names} == {name: getattr(own, name) for name in names}


TLS = TlsSettings(certificate="a", private_key="b")
MUTUAL = TlsSettings(certificate="a", private_key="b", client_ca="c")
PEERS: dict[str, tuple[tuple[str, ...], TlsSettings | None, str]] = {
    "nobody": ((), None, ""),
    "addresses": (("10.0.0.1", "10.0.0.0/8", "10.1.1.1/8", "::1", "fd00::/8"), None, ""),
    "names in certificates": (("proxy.example", "spiffe://mesh/proxy"), MUTUAL, ""),
    "an invalid network": (("10.0.0.0/33",), None, "'10.0.0.0/33' does not appear to be an IPv4 or IPv6 network"),
    "an invalid address": (("10.0.0.256",), None, "'10.0.0.256' does not appear to be an IPv4 or IPv6 network"),
    "a name without TLS": (("proxy",), None, "proxy can't be verified: callers present no certificates"),
    "a name without client certificates": (
        ("proxy",),
        TLS,
        "proxy can't be verified: callers present no certificates",
    ),
}


@pytest.mark.parametrize(("entries", "tls", "problem"), PEERS.values(), ids=PEERS)
def test_trusted_peers(entries: tuple[str, ...], tls: TlsSettings | None, problem: str) -> None:
    settings = ServerSettings(trusted_peers=entries, tls=tls)
    if not problem:
        check_trusted_peers(settings)
        return
    with pytest.raises(ConfigError) as caught:
        check_trusted_peers(settings)
    assert str(caught.value).startswith(f"server.trusted_peers: {problem}")


def test_connections_leave_descriptors_to_the_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(options_module, "usable_descriptors", lambda: 832)
    options = dict(channel_arguments(ServerSettings(), 600.0))
    assert options["grpc.max_allowed_incoming_connections"] == 400
    assert http2_limits(ServerSettings(), 600.0).max_connections == 600
    assert http2_limits(ServerSettings(max_connections=7), 600.0).max_connections == 7

"""How many connections a port takes and how long it keeps them, and what a trusted peer may do."""

import asyncio
import errno
import logging
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import islice
from typing import Any, Self

import grpc
import pytest

from faults.stand_in import StandIn
from openai_grpc_server.listen.http2 import Limits, Server, TrustedPeers
from openai_grpc_server.listen.http2 import frames as wire
from openai_grpc_server.listen.http2 import server as server_module
from openai_grpc_server.listen.http2.call import Methods as NoMethods
from openai_grpc_server.listen.http2.connection import Connection
from openai_grpc_server.listen.http2.frames import ACK, GOAWAY, HEADERS, PING, RST_STREAM, SETTINGS, frame, rst_stream
from openai_grpc_server.listen.options import server_tls
from support.certificates import Authority
from support.gateway import LIMIT, deployment, on_loop, running_gateway
from support.http2_peer import Http2Peer, peer
from support.http2_server import ECHO, WAIT, Methods, http2_server

BOTH = pytest.mark.parametrize("http2", ["grpcio", "asyncio"])
PAYLOAD = b"12345678"


@contextmanager
def gateway(**settings: Any) -> Iterator[str]:
    with StandIn() as upstream, running_gateway(deployment(upstream.url), **settings) as running:
        yield running.target


@contextmanager
def connected(target: str, source: str = "127.0.0.1") -> Iterator[bool]:
    """Connects from an address; yields whether the server greets."""
    host, _, port = target.rpartition(":")
    with socket.create_connection((host, int(port)), LIMIT, (source, 0)) as opened:
        try:
            yield opened.recv(1) != b""
        except ConnectionResetError:
            yield False


def until(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + LIMIT
    while not holds():
        on_loop(asyncio.sleep(0))
        assert time.monotonic() < end


def welcome(target: str) -> bool:
    with connected(target) as greeted:
        return greeted


@BOTH
def test_connections_over_the_limit_are_closed(http2: str) -> None:
    with gateway(http2=http2, max_connections=2) as target:
        with connected(target) as first, connected(target) as second, connected(target) as third:
            assert (first, second, third) == (True, True, False)
        until(lambda: welcome(target))


@BOTH
def test_streams_over_the_limit_are_refused(http2: str) -> None:
    with gateway(http2=http2, max_concurrent_streams=2) as target, peer(target) as client:
        client.send(frame(SETTINGS, ACK, 0))
        answered(client)
        watches = 5
        for stream in range(1, 2 * watches, 2):
            client.call(stream, "/grpc.health.v1.Health/Watch")
        answers = [(each.stream, each.kind) for each in islice(stream_ends(client), watches)]
        assert sorted(answers) == [(1, HEADERS), (3, HEADERS), *((each, RST_STREAM) for each in (5, 7, 9))]


def stream_ends(client: Http2Peer) -> Iterator[Any]:
    """Yields the first frame of each stream's answer."""
    seen = set()
    for each in client.frames():
        if each.kind in {HEADERS, RST_STREAM} and each.stream not in seen:
            seen.add(each.stream)
            yield each


@BOTH
def test_an_idle_connection_is_closed(http2: str) -> None:
    with gateway(http2=http2, max_connection_idle=0.2) as target, peer(target) as client:
        codes = []
        for each in client.frames():  # until it is closed
            if each.kind == PING and not each.flags & ACK:
                client.send(frame(PING, ACK, 0, each.payload))
            elif each.kind == GOAWAY:
                codes.append(each.code)
        assert set(codes) == {wire.NO_ERROR if http2 == "asyncio" else wire.INTERNAL_ERROR}


def test_a_connection_with_a_call_is_not_idle() -> None:
    with http2_server(max_connection_idle=0.05, keepalive_timeout=0.05) as (target, _, _), peer(target) as busy:
        busy.call(1, WAIT)
        answered(busy)
        with peer(target) as idle:
            assert idle.goaway() == wire.NO_ERROR  # its time began after that of the other
        answered(busy)
        busy.send(rst_stream(1, wire.CANCEL))
        assert busy.goaway() == wire.NO_ERROR


def answered(client: Http2Peer) -> None:
    client.send(frame(PING, 0, 0, PAYLOAD))
    while client.expect(PING).payload != PAYLOAD:
        pass


def test_connections_of_one_address() -> None:
    with http2_server(connections_per_address=2) as (target, _, server):
        with connected(target) as first, connected(target) as second, connected(target) as third:
            assert (first, second, third) == (True, True, False)
            with connected(target, "127.0.0.2") as elsewhere:
                assert elsewhere
        until(lambda: welcome(target))
        until(lambda: not server._connections)
        assert not server.count._from


def test_addresses_of_one_network_of_ipv6_are_one() -> None:
    count = server_module.ConnectionCount(Limits(max_message_size=1, connections_per_address=1))
    assert count.enter("2001:db8::1")
    assert not count.enter("2001:db8::2")
    assert count.enter("2001:db8:0:1::1")
    assert count.enter("::ffff:10.0.0.1")
    assert not count.enter("10.0.0.1")


def test_a_trusted_address_is_always_let_in() -> None:
    limits = {"max_connections": 1, "connections_per_address": 1, "trusted_peers": TrustedPeers.parse(["127.0.0.2"])}
    with http2_server(**limits) as (target, _, _), connected(target) as first, connected(target) as second:
        assert (first, second) == (True, False)
        with connected(target, "127.0.0.2") as proxy, connected(target, "127.0.0.2") as again:
            assert (proxy, again) == (True, True)


TRUSTED = TrustedPeers.parse(["10.0.0.0/8", "fd00::/8"])
ADDRESSES = {"10.1.2.3": True, "::ffff:10.1.2.3": True, "11.1.2.3": False, "fd00::1": True, "::1": False}


@pytest.mark.parametrize(("host", "trusted"), ADDRESSES.items())
def test_trusted_addresses(host: str, *, trusted: bool) -> None:
    assert TRUSTED.has_address(host) is trusted


def test_a_mass_cancel_of_a_trusted_address() -> None:
    limits = {"resets_per_second": 1.0, "trusted_peers": TrustedPeers.parse(["127.0.0.0/8"])}
    with http2_server(**limits) as (target, _, _), peer(target) as proxy:
        for stream in range(1, 2 * 50, 2):
            proxy.call(stream, WAIT)
            proxy.send(rst_stream(stream, wire.CANCEL))
        proxy.call(101, ECHO)
        assert proxy.status(101)["grpc-status"] == "0"
        for stream in range(103, 103 + 2 * 100, 2):
            proxy.call(stream, WAIT)
            proxy.send(rst_stream(stream, wire.CANCEL))
        proxy.call(501, ECHO)
        assert proxy.expect(RST_STREAM, 501).code == wire.REFUSED_STREAM


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("limits") / "ours")


@contextmanager
def tls_server(authority: Authority, **limits: Any) -> Iterator[tuple[int, Methods, Server]]:
    certificate, key = authority.issue("server")
    methods, server = Methods(), Server(Limits(max_message_size=1 << 22, **limits))
    server.add_generic_rpc_handlers((methods,))
    tls = server_tls(certificate, key, authority.certificate)
    port = server.bind("127.0.0.1", 0, reuse_port=False, tls=tls)
    on_loop(server.start())
    try:
        yield port, methods, server
    finally:
        on_loop(server.stop(0))


@pytest.mark.parametrize(("name", "code"), [("proxy", grpc.StatusCode.OK), ("caller", grpc.StatusCode.UNAVAILABLE)])
def test_a_mass_cancel_of_a_trusted_certificate(authority: Authority, name: str, code: grpc.StatusCode) -> None:
    limits = {"resets_per_second": 0.5, "trusted_peers": TrustedPeers.parse(["proxy"])}
    certificate, key = authority.issue(name)
    credentials = grpc.ssl_channel_credentials(
        authority.certificate.read_bytes(), key.read_bytes(), certificate.read_bytes()
    )
    with (
        tls_server(authority, **limits) as (port, methods, _),
        grpc.secure_channel(f"localhost:{port}", credentials) as channel,
    ):
        wait: Any = channel.unary_unary(WAIT)
        calls = [wait.future(b"") for _ in range(25)]
        until(lambda: methods.begun == len(calls))
        for call in calls:
            call.cancel()
        until(lambda: methods.running == 0)
        echo: Any = channel.unary_unary(ECHO)
        assert echo.future(b"", timeout=LIMIT).code() is code


def test_what_is_over_the_limit_costs_no_tls(authority: Authority) -> None:
    with tls_server(authority, max_connections=1) as (port, _, server):
        with connect(port), connect(port) as second:
            assert second.recv(1) == b""
        until(lambda: not server.count._total)
        for garbage in (b"GET / HTTP/1.1\r\n\r\n", b"\x16\x03\x01"):
            with connect(port) as broken:
                broken.sendall(garbage)
            until(lambda: not server.count._total)


def connect(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), LIMIT)


class Scarce(socket.socket):
    """A socket that listens in a process without descriptors, for the first time that it is asked."""

    exhausted = True

    def accept(self) -> tuple[Self, Any]:
        if self.exhausted:
            self.exhausted = False
            raise OSError(errno.EMFILE, "Too many open files")
        accepted, address = super().accept()
        return accepted, address  # type: ignore[return-value]  # of the class of all sockets


def test_a_process_without_descriptors(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    monkeypatch.setattr(server_module, "_PAUSE", 0.0)
    limits = Limits(max_message_size=1)
    opened: list[Connection] = []

    def welcome_it(connection: Connection) -> bool:
        opened.append(connection)
        return True

    def make(_: str) -> Connection:
        return Connection(NoMethods(), limits, welcome_it, lambda _: None)

    with Scarce() as bound, caplog.at_level(logging.WARNING):
        bound.bind(("127.0.0.1", 0))
        bound.setblocking(False)
        bound.listen()
        listener = server_module.Listener(bound, None, 1.0, server_module.ConnectionCount(limits), make)
        on_loop(call(listener.start))
        with connect(bound.getsockname()[1]):
            until(lambda: bool(opened))
        on_loop(call(listener.close))
        on_loop(call(opened[0].abort))
    assert "can't accept connections: Too many open files" in caplog.text


async def call(act: Callable[[], object]) -> None:
    act()

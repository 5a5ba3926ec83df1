"""The head of a request that is written without aiohttp's session."""

import httpx2
import pytest

from openai_grpc_server.upstream.transport import Destination, request_head


def head(url: str, *headers: tuple[str, str]) -> bytes:
    return request_head(Destination("POST", httpx2.URL(url)), (), headers, 2)


@pytest.mark.parametrize(
    ("url", "target", "host"),
    [
        ("http://upstream/v1/responses", b"/v1/responses", b"upstream"),
        ("http://upstream:8080/v1/responses?a=%20b", b"/v1/responses?a=%20b", b"upstream:8080"),
        ("https://upstream:443/", b"/", b"upstream"),
        ("http://[::1]:8080/v1", b"/v1", b"[::1]:8080"),
    ],
)
def test_head(url: str, target: bytes, host: bytes) -> None:
    assert head(url, ("accept", "application/json"), ("x-a", "1")).split(b"\r\n") == [
        b"POST %b HTTP/1.1" % target,
        b"Host: " + host,
        b"accept: application/json",
        b"x-a: 1",
        b"Content-Length: 2",
        b"",
        b"",
    ]


@pytest.mark.parametrize("value", ["a\r\nx-b: 1", "a\nx-b: 1", "a\rx-b: 1", "caf\u00e9"])
def test_a_header_that_cannot_be_sent(value: str) -> None:
    with pytest.raises(httpx2.UnsupportedProtocol):
        head("http://upstream/v1", ("x-a", value))

"""Ways by which OpenAI's SDK reaches an upstream: directly, and through the gateway.

A way that is added to `WAYS` is compared with the direct one in every case of `test_openai_sdk`.
"""

import asyncio
import inspect
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email import message_from_bytes
from typing import Any
from urllib.parse import unquote

import httpx2
import openai
from pydantic import BaseModel

from faults.http_request import ReceivedRequest
from openai_grpc.transport import AsyncGrpcTransport, GrpcTransport
from support.gateway import RunningGateway

KEY = "sk-of-the-caller-of-openai"
BASE = "http://gateway/v1"
DATA = (str, bytes, int, float, bool, type(None), list, dict, tuple, BaseModel, BaseException)


class Blocking:
    """An object of the SDK's asynchronous client, used as its blocking twin is.

    Args:
        runner: Runs what is awaited.
        target: The object.
    """

    def __init__(self, runner: asyncio.Runner, target: Any) -> None:
        self._runner = runner
        self._target = target

    def __getattr__(self, name: str) -> Any:
        return self._seen(getattr(self._target, name))

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        result = self._target(*args, **kwargs)
        return self._seen(self._await(result) if inspect.isawaitable(result) else result)

    def __iter__(self) -> Iterator[Any]:
        # A page of a list is awaited, and then iterated as it is.
        iterator = aiter(self._await(self._target) if inspect.isawaitable(self._target) else self._target)
        while True:
            try:
                item = self._await(anext(iterator))
            except StopAsyncIteration:
                return
            yield item

    def __next__(self) -> Any:
        return self._await(anext(self._target))

    def __enter__(self) -> Any:
        return self._seen(self._await(self._target.__aenter__()))

    def __exit__(self, *about: object) -> None:
        self._await(self._target.__aexit__(*about))

    def close(self) -> None:
        """Closes a stream, or the client."""
        close = getattr(self._target, "close", None) or self._target.aclose
        self._await(close())

    def _await(self, work: Any) -> Any:
        async def run() -> Any:
            return await work

        return self._runner.run(run())

    def _seen(self, value: Any) -> Any:
        # Pages are models, too, but fetch the next one.
        if isinstance(value, DATA) and not hasattr(value, "get_next_page"):
            return value
        return Blocking(self._runner, value)


@contextmanager
def direct(url: str, gateway: RunningGateway, **settings: Any) -> Iterator[Any]:
    """The SDK's own way, to the upstream."""
    del gateway
    with openai.OpenAI(api_key=KEY, base_url=f"{url}/v1", **settings) as client:
        yield client


@contextmanager
def over_grpc(url: str, gateway: RunningGateway, **settings: Any) -> Iterator[Any]:
    """The blocking client over gRPC."""
    del url
    http = httpx2.Client(transport=GrpcTransport(gateway.target))
    with openai.OpenAI(api_key=KEY, base_url=BASE, http_client=http, **settings) as client:
        yield client


@contextmanager
def over_grpc_async(url: str, gateway: RunningGateway, **settings: Any) -> Iterator[Any]:
    """The asynchronous client over gRPC."""
    del url
    with asyncio.Runner() as runner:
        http = httpx2.AsyncClient(transport=AsyncGrpcTransport(gateway.target))
        client = Blocking(runner, openai.AsyncOpenAI(api_key=KEY, base_url=BASE, http_client=http, **settings))
        try:
            yield client
        finally:
            client.close()


@contextmanager
def over_http(url: str, gateway: RunningGateway, **settings: Any) -> Iterator[Any]:
    """The SDK's own way, to the gateway's HTTP port."""
    del url
    with openai.OpenAI(api_key=KEY, base_url=gateway.url, **settings) as client:
        yield client


Way = Callable[..., Any]
WAYS: dict[str, Way] = {"gRPC": over_grpc, "gRPC, asyncio": over_grpc_async, "HTTP": over_http}


def received(request: ReceivedRequest) -> Any:
    """Returns what matters of a request: escapes of a path and `stream: false` do not."""
    content_type = request.header("content-type") or ""
    body: Any = bytes(request.body)
    if content_type.startswith("multipart/"):
        form = message_from_bytes(b"content-type: %b\r\n\r\n" % content_type.encode() + body)
        parts: list[Any] = form.get_payload()  # type: ignore[assignment]  # of a multipart message a list
        fields = [
            (part.get_param("name", header="content-disposition"), part.get_payload(decode=True)) for part in parts
        ]
        body = sorted(fields, key=repr), [part.get_filename() for part in parts if part.get_filename()]
    elif body:
        body = {key: value for key, value in json.loads(body).items() if (key, value) != ("stream", False)}
    headers = {name: request.header(name) for name in ("authorization", "idempotency-key")}
    return request.method, unquote(request.path), sorted(request.query), headers, body

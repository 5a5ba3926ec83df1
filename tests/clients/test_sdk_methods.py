"""Every method of OpenAI's package reaches the upstream through the gateway as it does directly, typed or raw.

The methods are found in the package, so that a new one is tried on the day that it appears.
"""

from collections.abc import Awaitable, Callable, Iterator
from contextlib import ExitStack, suppress
from email import message_from_bytes
from typing import Any

import openai
import pytest

from clients.openai_ways import direct, over_grpc, over_http
from clients.sdk_methods import SdkMethod, sdk_methods
from faults import answers
from faults.exchange import Exchange
from faults.http_request import ReceivedRequest
from faults.stand_in import StandIn
from openai_grpc.codec import loads
from openai_grpc.rest import HttpError, routes
from openai_grpc_server.config import RawSettings
from support.gateway import RunningGateway, deployment, running_door

Answer = Callable[[Exchange], Awaitable[None]]
METHODS = sdk_methods()
# Of the contract's paths, with a query besides the body, which RPCs have no place for.
WITHOUT_QUERY = frozenset(f"beta.responses.{name}" for name in ("cancel", "compact", "create", "input_tokens.count"))
EVERYTHING = (RawSettings(path="/**", methods=("GET", "POST", "PUT", "PATCH", "DELETE")),)


class Echo(StandIn):
    """Answers every request with what it has received."""

    def __init__(self) -> None:
        super().__init__()
        self.answers: list[Answer] = []

    def _answer(self, request: ReceivedRequest) -> Any:
        del request
        return self.answers.pop(0) if self.answers else echo


async def echo(exchange: Exchange) -> None:
    await exchange.body()
    await answers.json({"echo": told(exchange.request)})(exchange)


def told(request: ReceivedRequest) -> Any:
    """Returns what matters of a request: not how a form separates its parts, and in which order they are."""
    content_type, body = request.header("content-type") or "", bytes(request.body)
    found: Any = body.decode("latin-1")
    if content_type.startswith("multipart/"):
        form = message_from_bytes(b"content-type: %b\r\n\r\n" % content_type.encode() + body)
        found = sorted(
            [part.get_param("name", header="content-disposition"), part.get_filename(), str(part.get_payload())]
            for part in form.walk()
            if not part.is_multipart()
        )
        content_type = "multipart/form-data"
    elif body and content_type.startswith("application/json"):
        found, content_type = loads(body), "application/json"
    return [request.method, request.path, sorted(map(list, request.query)), content_type if body else "", found]


@pytest.fixture(scope="module")
def upstream() -> Iterator[Echo]:
    with Echo() as stand_in:
        yield stand_in


@pytest.fixture(scope="module")
def gateway(upstream: Echo) -> Iterator[RunningGateway]:
    # The package sends forms of videos without files, too.
    config = deployment(upstream.url, api_key=None, include_usage=False, videos_as_forms=True)
    with running_door(config, raw=EVERYTHING) as running:
        running.take_names(())
        yield running


@pytest.fixture(scope="module")
def clients(upstream: Echo, gateway: RunningGateway) -> Iterator[list[openai.OpenAI]]:
    """The SDK's own way, over gRPC, and by HTTP through the gateway."""
    with ExitStack() as stack:
        ways = (direct, over_grpc, over_http)
        yield [stack.enter_context(way(upstream.url, gateway, max_retries=0)) for way in ways]


def asked(client: openai.OpenAI, method: SdkMethod, upstream: Echo) -> tuple[list[Any], bytes | None]:
    """Returns what the upstream gets of a method, and the reply; None: what it gets is no reply of that RPC."""
    before, reply = len(upstream.exchanges), None
    with suppress(openai.APIError):
        reply = method.call(client).http_response.read()
    return [told(each.request) for each in upstream.exchanges[before:]], reply


def test_the_package_has_methods() -> None:
    names = {each.path for each in METHODS}
    assert {"chat.completions.create", "vector_stores.files.content", "beta.agents.create"} <= names
    assert len(METHODS) > 200


@pytest.mark.filterwarnings("ignore:.*:DeprecationWarning")
@pytest.mark.parametrize("method", METHODS, ids=lambda method: method.path)
def test_the_same_request_as_direct(method: SdkMethod, upstream: Echo, clients: list[openai.OpenAI]) -> None:
    expected, text = asked(clients[0], method, upstream)
    assert len(expected) == 1
    assert text is not None
    for client in clients[1:]:
        found, reply = asked(client, method, upstream)
        if method.path in WITHOUT_QUERY:
            assert [each[:2] for each in found] == [each[:2] for each in expected]
            continue
        assert found == expected
        assert reply == text or not is_raw(*expected[0][:2])


def is_raw(method: str, path: str) -> bool:
    """Returns whether the contract does not have a request."""
    try:
        routes.match(method, path)
    except HttpError:
        return True
    return False


BINARY = bytes(range(256)) * 3000
USES: dict[str, tuple[Answer, Callable[[openai.OpenAI], Any]]] = {
    "a stream of events": (
        answers.stream(
            [
                b'event: thread.created\nid: 7\ndata: {"id":"t1","n":18446744073709551615}\n\n',
                b'event: thread.message.delta\ndata: {"id":"m1",\ndata: "delta":{}}\n\n',
                b"event: done\ndata: [DONE]\n\n",
            ]
        ),
        lambda client: [
            each.to_dict() for each in client.beta.threads.runs.create("t1", assistant_id="a", stream=True)
        ],
    ),
    "an event of an error": (
        answers.stream([b'event: error\ndata: {"error":{"message":"Aground.","type":"server_error"}}\n\n']),
        lambda client: list(client.beta.threads.runs.create("t1", assistant_id="a", stream=True)),
    ),
    "a file": (
        answers.body(BINARY, content_type="application/zip", headers={"etag": '"5"'}),
        lambda client: (
            (found := client.skills.content.retrieve("s1")).read(),
            [found.response.headers[name] for name in ("etag", "content-type")],
        ),
    ),
    "another status": (
        answers.json({"id": "vs_1"}, status=201),
        lambda client: (
            (found := client.vector_stores.with_raw_response.create()).http_response.status_code
            and (found.http_response.status_code, found.http_response.json())
        ),
    ),
    "a refusal": (
        answers.json({"error": {"message": "No.", "type": "t", "param": "p", "code": "c"}}, status=409),
        lambda client: client.vector_stores.retrieve("vs_1"),
    ),
    "a large upload": (
        answers.json({"id": "cf_1"}),
        lambda client: client.containers.files.create("c1", file=("a.bin", BINARY * 4)).to_dict(),
    ),
}


@pytest.mark.filterwarnings("ignore:.*:DeprecationWarning")
@pytest.mark.parametrize(("answer", "use"), USES.values(), ids=USES)
def test_the_same_reply_as_direct(
    answer: Answer, use: Callable[[openai.OpenAI], Any], upstream: Echo, clients: list[openai.OpenAI]
) -> None:
    found = []
    for client in clients:
        upstream.answers.append(answer)
        found.append(attempt(use, client))
    assert found[1:] == [found[0]] * 2


def attempt(use: Callable[[openai.OpenAI], Any], client: openai.OpenAI) -> Any:
    """Returns what a use gives, or its failure."""
    try:
        return use(client)
    except openai.APIStatusError as error:
        return type(error).__name__, error.status_code, error.body
    except openai.APIError as error:
        return type(error).__name__, error.message, error.body


def test_where_raw_calls_are_off_the_path_is_unknown(upstream: Echo) -> None:
    with running_door(deployment(upstream.url)) as gateway, ExitStack() as stack:
        before = len(upstream.exchanges)
        for way in (over_grpc, over_http):
            client = stack.enter_context(way(upstream.url, gateway, max_retries=0))
            with pytest.raises(openai.NotFoundError, match=r"Invalid URL \(GET /v1/vector_stores\)") as raised:
                client.vector_stores.list()
            assert raised.value.code == "unknown_url"
        assert len(upstream.exchanges) == before

"""What the Python clients add to calls: addresses, options, pages, whole streams, checks before anything is sent."""

import socket
from collections.abc import Iterator
from functools import partial
from typing import Any

import grpc
import grpc.aio
import pytest

from clients.upstream_script import REPLY, script
from faults import answers
from faults.stand_in import LIMIT, StandIn
from openai_grpc import (
    AsyncClient,
    BadRequestError,
    Client,
    ClientClosedError,
    DeadlineExceededError,
    OpenAIGrpcError,
    QuotaExceededError,
    RateLimitError,
    UnavailableError,
)
from openai_grpc.client import _address
from openai_grpc.v1 import ChatCompletionRequestMessage, CreateChatCompletionRequest, ListChatCompletionsRequest
from support.gateway import deployment, running_gateway
from support.python_client import KINDS, Driver, driver

HELLO: Any = [{"role": "user", "content": "hello"}]
CHAT = "/v1/chat/completions"
COMPLETION = answers.json({"id": "c1", "choices": [{"index": 0, "message": {"content": "Hi!"}}]})
REFUSED = answers.json({"error": {"message": "no"}}, status=503, headers={"retry-after-ms": "1"})


@pytest.fixture(scope="module")
def stand_in() -> Iterator[StandIn]:
    with StandIn() as running:
        script(running)
        yield running


@pytest.fixture
def upstream(stand_in: StandIn) -> StandIn:
    stand_in.exchanges.clear()
    return stand_in


@pytest.fixture(scope="module")
def target(stand_in: StandIn) -> Iterator[str]:
    with running_gateway(deployment(stand_in.url)) as gateway:
        yield gateway.target


@pytest.fixture(params=KINDS)
def drive(request: pytest.FixtureRequest, target: str) -> Iterator[Driver]:
    with driver(request.param, target) as driven:
        yield driven


def call(value: Any, name: str, _: object) -> Any:
    """Calls a method of a value, for a driver."""
    return getattr(value, name)()


def created(stream: bool | None, client: Any) -> Any:
    """Creates a completion."""
    return client.chat.completions.create(model="m", messages=HELLO, stream=stream)


def chat(prompt: Any, client: Any) -> Any:
    """Completes a chat."""
    return client.chat(prompt)


def same(value: Any) -> Any:
    """Returns the use of a client that has this value."""
    return lambda _: value


# Addresses

ADDRESSES: dict[str, tuple[Any, tuple[str, ...]]] = {
    "a host": ("gateway", ("gateway:50051",)),
    "a host and a port": ("gateway:1", ("gateway:1",)),
    "IPv6": ("::1", ("[::1]:50051",)),
    "IPv6 and a port": ("[::1]:5", ("[::1]:5",)),
    "several": ("a:1, b", ("a:1", "b:50051")),
    "a list": (["a", "b:2", "a"], ("a:50051", "b:2")),
    "gRPC's": ("dns:///a:1", ("dns:///a:1",)),
    "a socket": ("unix:/run/gateway.sock", ("unix:/run/gateway.sock",)),
    "several in gRPC's": ("ipv4:10.0.0.1:1,10.0.0.2:1", ("ipv4:10.0.0.1:1,10.0.0.2:1",)),
}
INVALID: dict[str, tuple[Any, str]] = {
    "http": ("http://localhost:50051", "invalid address http://localhost:50051: leave out http://, as in localhost"),
    "https": ("https://gateway", "leave out https://, and pass tls=True, as in"),
    "grpc": ("grpc://gateway", "leave out grpc://, as in"),
    "a path": ("gateway:1/v1", "invalid address gateway:1/v1: must be host:port"),
    "a port": ("gateway:70000", "invalid port 70000 in gateway:70000: must be 1 to 65535"),
    "no port": ("gateway:x", "must be host:port"),
    "nothing": (" , ", "no address of a gateway: give one such as localhost:50051"),
    "a mixture": (["a", "unix:b"], "each of several must be host:port"),
}


@pytest.mark.parametrize(("given", "found"), ADDRESSES.values(), ids=ADDRESSES)
def test_addresses(given: Any, found: tuple[str, ...]) -> None:
    assert _address.addresses(given) == found


@pytest.mark.parametrize(("given", "told"), INVALID.values(), ids=INVALID)
def test_addresses_that_are_none(given: Any, told: str) -> None:
    for client in (Client, AsyncClient):
        with pytest.raises(ValueError, match=told):
            client(given)


@pytest.mark.parametrize("kind", KINDS)
def test_the_variable(kind: str, target: str, upstream: StandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_GRPC_ADDRESS", target)
    monkeypatch.setenv("OPENAI_GRPC_API_KEY", "sk-mine")
    with driver(kind, None) as drive:  # type: ignore[arg-type]  # the default
        assert drive(lambda c: c.chat("hello", model="m")).text == REPLY
    assert upstream.requests


@pytest.mark.parametrize("kind", KINDS)
def test_several_addresses_share_the_calls(kind: str, stand_in: StandIn) -> None:
    with running_gateway(deployment(stand_in.url)) as one, running_gateway(deployment(stand_in.url)) as other:
        port = other.target.rpartition(":")[2]
        with driver(kind, [one.target, f"localhost:{port}"]) as drive:  # type: ignore[arg-type]  # as a client takes
            for _ in range(50):
                drive(lambda c: c.chat("hello", model="m"))
                if one.logged("rpc") and other.logged("rpc"):
                    break
            else:
                pytest.fail("one of two gateways got every call")


def test_names_are_resolved_as_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    known = {"a": (socket.AF_INET, "10.0.0.1"), "b": (socket.AF_INET6, "fd00::2")}

    def lookup(host: str, port: str, type: int) -> list[Any]:  # noqa: A002 - its name in the socket module
        if host not in known:
            raise socket.gaierror("no such name")
        family, number = known[host]
        return [(family, type, 0, "", (number, int(port)))]

    monkeypatch.setattr(socket, "getaddrinfo", lookup)
    assert _address.target(["a:1", "z:1"])[0] == "ipv4:10.0.0.1:1"
    assert _address.target(["a:1", "b:2"])[0] == "ipv6:[::ffff:10.0.0.1]:1,[fd00::2]:2"
    assert _address.target(["a:1", "b:2"])[1] == (("grpc.default_authority", "a:1"),)
    with pytest.raises(OSError, match="no name of y:1, z:1 can be resolved"):
        _address.target(["y:1", "z:1"])


# Options

WRONG_OPTIONS: dict[str, tuple[dict[str, Any], type[Exception], str]] = {
    "a timeout that is a text": ({"timeout": "5"}, TypeError, "timeout must be a number of seconds, not str"),
    "no time": ({"timeout": 0}, ValueError, "invalid timeout 0: must be more than 0, or math.inf for none"),
    "retries that are a text": ({"max_retries": "2"}, TypeError, "max_retries must be an integer, not str"),
    "fewer than no retries": ({"max_retries": -1}, ValueError, "invalid max_retries -1: must be 0 or more"),
}


@pytest.mark.parametrize(("options", "kind", "told"), WRONG_OPTIONS.values(), ids=WRONG_OPTIONS)
def test_wrong_options(options: dict[str, Any], kind: type[Exception], told: str) -> None:
    for make in (lambda: Client("x", **options), lambda: Client("x").with_options(**options)):
        with pytest.raises(kind, match=told):
            make()  # type: ignore[no-untyped-call]  # the stubs lack it


def test_with_options(drive: Driver, upstream: StandIn) -> None:
    other = drive(lambda c: c.with_options(timeout=0.2, extra_metadata={"Idempotency-Key": "k"}, api_key="sk-2"))
    with pytest.raises(DeadlineExceededError):
        drive(lambda _: other.chat("hello", model="silent"))
    assert upstream.requests[0].header("idempotency-key") == "k"
    assert drive(lambda c: c.chat("hello", model="m")).text == REPLY
    assert upstream.requests[-1].header("idempotency-key") is None
    assert other.channel is drive(lambda c: c.channel)


@pytest.mark.parametrize("kind", KINDS)
def test_keys(kind: str, stand_in: StandIn) -> None:
    tokens = (f"sk-{number}" for number in range(9))
    with running_gateway(deployment(stand_in.url, api_key=None)) as gateway:
        stand_in.exchanges.clear()
        with driver(kind, gateway.target, api_key=lambda: next(tokens)) as drive:
            drive(lambda c: c.chat("hello", model="m"))
            drive.read(lambda c: c.chat_stream("hello", model="m"))
            drive(lambda c: c.with_options(api_key="sk-a").chat("hello", model="m"))
        with driver(kind, gateway.target, api_key="sk-b") as drive:
            drive(lambda c: c.chat("hello", model="m"))
            drive(lambda c: c.with_options(api_key=lambda: "sk-c").chat("hello", model="m"))
    sent = [each.header("authorization") for each in stand_in.requests]
    assert sent == ["Bearer sk-0", "Bearer sk-1", "Bearer sk-a", "Bearer sk-b", "Bearer sk-c"]
    with pytest.raises(TypeError, match="api_key must be a string, or a function that returns one, not bytes"):
        Client("x", api_key=b"sk")  # type: ignore[arg-type]  # which is refused


COUNTED: dict[str, tuple[Any, int]] = {
    "none for a call": (lambda c: c.chat("hello", model="m", max_retries=0), 1),
    "one for a call": (lambda c: c.chat("hello", model="m", max_retries=1), 2),
    "none for a stream": (lambda c: c.chat.completions.stream(messages=HELLO, max_retries=0).final(), 1),
    "none for a call without side effects": (lambda c: c.models.list(max_retries=0).data, 1),
    "one of a copy": (lambda c: c.with_options(max_retries=1).models.list().data, 2),
    "the client's": (lambda c: c.models.list().data, 3),
}


@pytest.mark.parametrize(("use", "count"), COUNTED.values(), ids=COUNTED)
def test_retries_of_a_call(use: Any, count: int) -> None:
    with StandIn() as upstream, running_gateway(deployment(upstream.url)) as gateway, Client(gateway.target) as client:
        upstream.on("POST", CHAT, REFUSED)
        upstream.on("GET", "/v1/models", REFUSED)
        with pytest.raises(UnavailableError):
            use(client)
        assert len(upstream.requests) == count


class Marking(grpc.UnaryUnaryClientInterceptor, grpc.UnaryStreamClientInterceptor):
    """Adds metadata to calls."""

    def _marked(self, details: Any) -> Any:
        metadata = [*(details.metadata or ()), ("idempotency-key", "marked")]
        return details._replace(metadata=metadata)

    def intercept_unary_unary(self, continuation: Any, client_call_details: Any, request: Any) -> Any:
        return continuation(self._marked(client_call_details), request)

    def intercept_unary_stream(self, continuation: Any, client_call_details: Any, request: Any) -> Any:
        return continuation(self._marked(client_call_details), request)


class AsyncMarkingOne(grpc.aio.UnaryUnaryClientInterceptor):
    """Adds metadata to unary calls."""

    async def intercept_unary_unary(self, continuation: Any, client_call_details: Any, request: Any) -> Any:
        return await continuation(marked(client_call_details), request)


class AsyncMarkingStream(grpc.aio.UnaryStreamClientInterceptor):
    """Adds metadata to streams."""

    async def intercept_unary_stream(self, continuation: Any, client_call_details: Any, request: Any) -> Any:
        return await continuation(marked(client_call_details), request)


def marked(details: Any) -> Any:
    metadata = grpc.aio.Metadata(*(details.metadata or ()), ("idempotency-key", "marked"))
    return details._replace(metadata=metadata)


@pytest.mark.parametrize("kind", KINDS)
def test_interceptors(kind: str, target: str, upstream: StandIn) -> None:
    interceptors = [Marking()] if kind == "blocking" else [AsyncMarkingOne(), AsyncMarkingStream()]
    with driver(kind, target, interceptors=interceptors) as drive:
        assert drive(lambda c: c.chat("hello", model="m")).text == REPLY
        assert "".join(drive.read(lambda c: c.chat_stream("hello", model="m"))) == REPLY
        assert drive(lambda c: c.transcribe(("a.wav", b"RIFF"))).text == REPLY
    assert [each.header("idempotency-key") for each in upstream.requests] == ["marked", "marked", None]


CLOSED: dict[str, Any] = {
    "a call": lambda c: c.chat.completions.create(messages=HELLO),
    "its metadata": lambda c: c.chat.completions.create.with_call(messages=HELLO),
    "a shortcut": lambda c: c.chat("hello"),
    "a list": lambda c: c.models.list(),
    "a stream": lambda c: c.responses.stream(input="hello"),
    "an upload": lambda c: c.transcribe(("a.wav", b"RIFF")),
}


@pytest.mark.parametrize("used", [False, True], ids=["unused", "used"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_client_that_is_closed(kind: str, used: bool, target: str) -> None:
    with driver(kind, target) as drive:
        copy = drive(lambda c: c.with_options(timeout=5))
        if used:
            drive(lambda c: c.chat("hello", model="m"))
            drive(lambda c: c.models.list())
        drive.close()
        for use in CLOSED.values():
            with pytest.raises(ClientClosedError, match="the client is closed: make a new one"):
                drive(use)
        with pytest.raises(OpenAIGrpcError):
            drive(lambda _: copy.chat("hello", model="m"))


# Wrong types, before anything is sent

WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "a model": ({"model": 1}, "^model: must be a string, not an integer$"),
    "messages": ({"messages": "hi"}, "^messages: must be a list of objects, not a string$"),
    "a message": ({"messages": ["hi"]}, r"^messages\[0\]: must be an object, not a string$"),
    "content": (
        {"messages": [*HELLO, {"role": "user", "content": 5}]},
        r"^messages\[1\].content: must be a string or a list of objects, not an integer$",
    ),
    "a part": (
        {"messages": [{"role": "user", "content": [{"type": "text", "text": 5}]}]},
        r"^messages\[0\].content\[0\].text: must be a string, not an integer$",
    ),
    "a number": ({"temperature": "0"}, "^temperature: must be a number, not a string$"),
    "a boolean": ({"store": "yes"}, "^store: must be a boolean, not a string$"),
    "a part of a number": ({"seed": 1.5}, "^seed: must be an integer of 64 bits, not a number$"),
    "a large number": ({"seed": 2**64}, "^seed: out of range: must be an integer of 64 bits$"),
    "one of a list": ({"stop": ["a", 1]}, r"^stop\[1\]: must be a string, not an integer$"),
    "a value of a map": ({"metadata": {"a": 1}}, r"^metadata\['a'\]: must be a string, not an integer$"),
    "a tool": ({"tools": {"type": "function"}}, "^tools: must be a list of objects, not an object$"),
    "a function": (
        {"tools": [{"type": "function", "function": "f"}]},
        r"^tools\[0\].function: must be an object, not a string$",
    ),
    "an option": ({"extra_headers": {"a": "b"}}, "^there is no argument 'extra_headers': use extra_metadata"),
    "metadata": ({"extra_metadata": {"a": 5}}, "^the metadata a must be a string, or bytes .*, not int$"),
    "a body": ({"extra_body": "{}"}, "^extra_body must be a mapping, not str$"),
    "retries": ({"max_retries": "2"}, "^max_retries must be an integer, not str$"),
}


@pytest.mark.parametrize(("params", "told"), WRONG.values(), ids=WRONG)
def test_wrong_types(params: dict[str, Any], told: str, drive: Driver, upstream: StandIn) -> None:
    for use in (lambda c: c.chat.completions.create(**params), lambda c: c.chat.completions.stream(**params)):
        with pytest.raises(TypeError, match=told):
            drive(use)
    assert not upstream.requests


def test_wrong_types_of_shortcuts(drive: Driver, upstream: StandIn) -> None:
    for prompt in (5, b"hello", HELLO[0]):
        with pytest.raises(TypeError, match=r"^the prompt must be a string or a list of messages, not"):
            drive(partial(chat, prompt))
    with pytest.raises(TypeError, match=r"^the address must be a string, or a list of strings$"):
        Client(5)  # type: ignore[arg-type]  # which is refused
    assert not upstream.requests


def test_what_is_not_wrong(drive: Driver, upstream: StandIn) -> None:
    """Kinds and keys that the contract does not know, and what goes into `extra_body`."""
    new: Any = {"role": "narrator", "content": 5}
    drive(lambda c: c.chat.completions.create(model="m", messages=[{**HELLO[0], "new": 1}], tools=[{"type": "new"}]))
    drive(lambda c: c.chat.completions.create(model="m", messages=[new], extra_body={"temperature": "0"}))
    first, second = [each.json() for each in upstream.requests]
    assert (first["messages"][0]["new"], first["tools"]) == (1, [{"type": "new"}])
    assert (second["messages"], second["temperature"]) == ([new], "0")


# Streams


def test_the_whole_of_a_stream(drive: Driver) -> None:
    for name in ("final", "get_final_completion"):
        stream = drive(lambda c: c.chat.completions.stream(model="m", messages=HELLO))
        completion = drive(partial(call, stream, name))
        assert (completion.choices[0].message.content, completion.usage.total_tokens) == (REPLY, 6)
        metadata = drive(partial(call, stream, "metadata"))
        assert (metadata.attempts, metadata.deployment) == (1, "stand-in")
    for name in ("final", "get_final_response"):
        stream = drive(lambda c: c.responses.stream(model="m", input="hello"))
        assert drive(partial(call, stream, name)).output_text == REPLY
    stream = drive(lambda c: c.audio.transcriptions.stream(model="m", file=("a.wav", b"RIFF")))
    assert drive(lambda _: stream.final()).text == REPLY


def test_the_text_of_a_stream(drive: Driver) -> None:
    uses: list[Any] = [
        lambda c: c.chat.completions.stream(model="m", messages=HELLO),
        lambda c: c.responses.stream(model="m", input="hello"),
        lambda c: c.audio.transcriptions.stream(model="m", file=("a.wav", b"RIFF")),
    ]
    for use in uses:
        text = drive(use).text()
        assert text.message is None
        assert "".join(drive.read(same(text))) == text.text == REPLY
        assert text.message


def test_chunks_are_upstreams_alone(drive: Driver) -> None:
    chunks = drive.read(lambda c: c.chat.completions.stream(model="m", messages=HELLO))
    assert not any(each.HasField("accumulated") for each in chunks)
    asked = drive.read(
        lambda c: c.chat.completions.stream(model="m", messages=HELLO, call_options={"accumulate": True})
    )
    assert asked[-1].accumulated.choices[0].message.content == REPLY


def test_a_request_stays_as_it_is(drive: Driver) -> None:
    request = CreateChatCompletionRequest(model="m", messages=[ChatCompletionRequestMessage()])
    request.messages[0].user.content.text = "hello"
    before = request.SerializeToString()
    stream = drive(lambda c: c.chat.completions.stream(request))
    assert drive(lambda _: stream.final()).choices
    assert request.SerializeToString() == before


def test_a_stream_without_its_whole(drive: Driver) -> None:
    stream = drive(lambda c: c.chat.completions.create(model="m", messages=HELLO, stream=True))
    assert "".join(each.choices[0].delta.content for each in drive.read(lambda _: stream) if each.choices) == REPLY
    with pytest.raises(OpenAIGrpcError, match=r"no whole reply: call stream\(\)"):
        drive(lambda _: stream.final())
    left = drive(lambda c: c.chat.completions.stream(model="endless", messages=HELLO))
    drive(lambda _: left.close())
    with pytest.raises(OpenAIGrpcError, match="left before its end"):
        drive(lambda _: left.final())


def test_stream_as_an_argument(drive: Driver) -> None:
    for use in (
        lambda c: c.chat.completions.create(model="m", messages=HELLO, stream=True),
        lambda c: c.responses.create(model="m", input="hello", stream=True),
    ):
        stream = drive(use)
        assert "".join(drive.read(same(stream.text()))) == REPLY
    for flag in (False, None):
        reply = drive(partial(created, flag))
        assert reply.choices[0].message.content == REPLY


def test_a_stream_that_is_left_is_cancelled(drive: Driver, upstream: StandIn) -> None:
    stream = [drive(lambda c: c.chat.completions.create(model="endless", messages=HELLO, stream=True))]
    drive.read(lambda _: stream.pop(), most=1)
    upstream.exchanges[0].closed.result(LIMIT)


# Lists

LISTS: dict[str, tuple[Any, str]] = {
    "completions": (lambda c: c.chat.completions.list(limit=2), "id"),
    "a request": (lambda c: c.chat.completions.list(ListChatCompletionsRequest(limit=2)), "id"),
    "messages": (lambda c: c.chat.completions.messages.list("chatcmpl-1", limit=2), "id"),
    "items": (lambda c: c.responses.input_items.list("resp_1", limit=2), "message.id"),
}


@pytest.mark.parametrize(("use", "path"), LISTS.values(), ids=LISTS)
def test_pages(use: Any, path: str, drive: Driver, upstream: StandIn) -> None:
    def name(item: Any) -> str:
        for step in path.split("."):
            item = getattr(item, step)
        return str(item)

    assert [name(each) for each in drive.read(use)] == [f"item-{number}" for number in range(5)]
    assert len(upstream.requests) == 3
    first = drive(use)
    assert ([name(each) for each in first.data], first.has_more) == (["item-0", "item-1"], True)
    second = drive(lambda _: first.next_page())
    assert [name(each) for each in second.data] == ["item-2", "item-3"]
    assert [len(each.data) for each in drive.read(lambda _: first.pages())] == [2, 2, 1]


def test_a_list_of_one_page(drive: Driver) -> None:
    assert [each.id for each in drive.read(lambda c: c.models.list())] == ["gpt-4o-mini"]
    page, metadata = drive(lambda c: c.models.list.with_call())
    assert (page.message.data[0].id, metadata.deployment, drive(lambda _: page.next_page())) == (
        "gpt-4o-mini",
        "stand-in",
        None,
    )


def test_a_list_that_repeats_its_page(drive: Driver, upstream: StandIn) -> None:
    page = {"object": "list", "data": [{"id": "a", "choices": []}], "last_id": "a", "has_more": True}
    upstream.on("GET", "/v1/chat/completions", answers.json(page))
    assert [each.id for each in drive.read(lambda c: c.chat.completions.list(), most=9)] == ["a", "a"]
    script(upstream)


def test_leaving_a_list_fetches_no_more(drive: Driver, upstream: StandIn) -> None:
    drive.read(lambda c: c.chat.completions.list(limit=2), most=2)
    assert len(upstream.requests) == 1


# Facts of calls and errors


def test_the_metadata_of_a_call(drive: Driver) -> None:
    _, metadata = drive(lambda c: c.chat.completions.create.with_call(model="m", messages=HELLO))
    assert (metadata.attempts, metadata.deployment, metadata.cost) == (1, "stand-in", None)
    assert metadata.rate_limits.remaining_tokens is not None


def test_what_may_be_billed(drive: Driver) -> None:
    with pytest.raises(RateLimitError) as limited:
        drive(lambda c: c.chat("hello", model="rate-limited"))
    assert not limited.value.may_be_billed
    with pytest.raises(QuotaExceededError) as spent:
        drive(lambda c: c.chat("hello", model="quota-spent"))
    assert [each.description for each in spent.value.quota_violations]
    with pytest.raises(OpenAIGrpcError) as lost:
        drive(lambda c: c.chat("hello", model="fails-closing"))
    assert lost.value.may_be_billed  # type: ignore[attr-defined]  # an error of a call
    with pytest.raises(DeadlineExceededError) as late:
        drive(lambda c: c.chat("hello", model="silent", timeout=0.1))
    assert late.value.may_be_billed
    with pytest.raises(BadRequestError) as refused:
        drive(lambda c: c.chat("hello", model="m", call_options={"extra_headers": {"host": "other"}}))
    assert [each.field for each in refused.value.field_violations]
    assert not refused.value.may_be_billed

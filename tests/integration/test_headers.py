"""Headers that a caller asks for, that a deployment adds, and whose organization a call is billed to."""

from pathlib import Path
from typing import Any

import grpc
import pytest

from faults import answers
from faults.stand_in import StandIn
from openai_grpc.v1 import chat_pb2, common_pb2, embeddings_pb2, responses_pb2, transcription_pb2
from openai_grpc_server.config import ConfigError, GeneralSettings, KeySettings, Secret, load_config
from support.failure import failure_of
from support.gateway import OWN_KEY, deployment, running_gateway

CHAT = "/v1/chat/completions"
ALLOWED = ("OpenAI-Beta", "x-tenant-*")
HEADERS = {"OpenAI-Beta": "assistants=v2", "X-Tenant-Id": "7"}
SENT = {"openai-beta": "assistants=v2", "x-tenant-id": "7"}


def chat(**headers: str) -> chat_pb2.CreateChatCompletionRequest:
    return chat_pb2.CreateChatCompletionRequest(model="m", call_options=common_pb2.CallOptions(extra_headers=headers))


OPTIONS = common_pb2.CallOptions(extra_headers=HEADERS)
RPCS: dict[str, tuple[str, str, str, Any, dict[str, Any]]] = {
    "chat": ("chat", "CreateChatCompletion", CHAT, chat(**HEADERS), {"object": "chat.completion", "choices": []}),
    "a response": (
        "responses",
        "CreateResponse",
        "/v1/responses",
        responses_pb2.CreateResponseRequest(model="m", call_options=OPTIONS),
        {"object": "response"},
    ),
    "embeddings": (
        "embeddings",
        "CreateEmbedding",
        "/v1/embeddings",
        embeddings_pb2.CreateEmbeddingRequest(model="m", call_options=OPTIONS),
        {"object": "list"},
    ),
    "a transcription": (
        "audio",
        "CreateTranscription",
        "/v1/audio/transcriptions",
        transcription_pb2.CreateTranscriptionRequest(
            model="m", file=common_pb2.UploadFile(filename="a.wav", data=b"RIFF"), call_options=OPTIONS
        ),
        {"text": "hello"},
    ),
}


@pytest.mark.parametrize(("service", "rpc", "path", "request_message", "reply"), RPCS.values(), ids=RPCS)
def test_extra_headers(service: str, rpc: str, path: str, request_message: Any, reply: dict[str, Any]) -> None:
    with StandIn() as upstream, running_gateway(deployment(upstream.url), extra_headers=ALLOWED) as gateway:
        upstream.on("POST", path, answers.json(reply))
        getattr(getattr(gateway, service), rpc)(request_message, timeout=10)
    assert {name: upstream.requests[0].header(name) for name in SENT} == SENT


REFUSED: dict[str, tuple[tuple[str, ...], str, str]] = {
    "none is allowed unless configured": ((), "OpenAI-Beta", "not among the headers"),
    "another one is allowed": (ALLOWED, "X-Other", "not among the headers"),
    "a space in its name": (("*",), "AI-Resource Group", "'AI-Resource Group' has ' ' in it"),
    "whose key it is": (("*",), "Authorization", "cannot be set by a caller"),
    "where it goes": (("*",), "Host", "cannot be set by a caller"),
    "the connection": (("*",), "Transfer-Encoding", "cannot be set by a caller"),
    "the connection, as CGI reads it": (("*",), "transfer_encoding", "cannot be set by a caller"),
    "another path": (("x-*",), "x-original-url", "cannot be set by a caller"),
    "a cookie": (("*",), "Set-Cookie", "cannot be set by a caller"),
    "a vendor's key": (("*",), "x-goog-api-key", "may be a credential"),
    "another vendor's key": (("ocp-*",), "Ocp-Apim-Subscription-Key", "may be a credential"),
    "a session of AWS": (("x-*",), "x-amz-security-token", "may be a credential"),
    "a key in the name of Helicone": (("helicone-*",), "helicone-auth", "may be a credential"),
}


@pytest.mark.parametrize(("allowed", "name", "message"), REFUSED.values(), ids=REFUSED)
def test_headers_that_are_refused(allowed: tuple[str, ...], name: str, message: str) -> None:
    with StandIn() as upstream, running_gateway(deployment(upstream.url), extra_headers=allowed) as gateway:
        failure = failure_of(lambda: gateway.chat.CreateChatCompletion(chat(**{name: "1"}), timeout=10))
    assert failure.code is grpc.StatusCode.INVALID_ARGUMENT
    assert f"call_options.extra_headers[{name!r}]" in failure.message
    assert message in failure.message
    assert not upstream.requests


def test_limits_of_headers() -> None:
    with StandIn() as upstream, running_gateway(deployment(upstream.url), extra_headers=("x-*",)) as gateway:
        for request in (chat(**{"x-a": "1" * 8193}), chat(**{f"x-{number}": "1" for number in range(65)})):
            failure = failure_of(lambda: gateway.chat.CreateChatCompletion(request, timeout=10))  # noqa: B023
            assert failure.code is grpc.StatusCode.INVALID_ARGUMENT
            assert "call_options.extra_headers" in failure.message
        metadata = (("idempotency-key", "k" * 1025),)
        failure = failure_of(lambda: gateway.chat.CreateChatCompletion(chat(), metadata=metadata, timeout=10))
        assert (failure.code, failure.message[:15]) == (grpc.StatusCode.INVALID_ARGUMENT, "idempotency-key")
    assert not upstream.requests


HELICONE = (("helicone-auth", Secret("Bearer sk-helicone")), ("helicone-cache-enabled", Secret("true")))


def test_headers_of_a_deployment() -> None:
    """A proxy such as Helicone: its base URL, and headers of its own that no caller can change."""
    with (
        StandIn() as upstream,
        running_gateway(
            deployment(upstream.url, extra_headers=HELICONE), extra_headers=("*", "helicone-auth")
        ) as gateway,
    ):
        upstream.on("POST", CHAT, answers.json({"object": "chat.completion", "choices": []}))
        gateway.chat.CreateChatCompletion(chat(**{"Helicone-Auth": "mine", "x-a": "1"}), timeout=10)
    received = upstream.requests[0]
    assert [value for name, value in received.headers if name.lower() == "helicone-auth"] == ["Bearer sk-helicone"]
    assert (received.header("helicone-cache-enabled"), received.header("x-a")) == ("true", "1")
    assert received.header("authorization") == f"Bearer {OWN_KEY}"


def config_file(directory: Path, text: str) -> Path:
    file = directory / "config.yaml"
    file.write_text(text)
    return file


BAD = {
    "no legal name": ("AI-Resource Group", "not a legal HTTP header name"),
    "the connection's": ("Host", "reserved for the connection"),
}


@pytest.mark.parametrize(("name", "message"), BAD.values(), ids=BAD)
def test_headers_that_no_deployment_can_have(tmp_path: Path, name: str, message: str) -> None:
    file = config_file(
        tmp_path,
        f"model_list: [{{model_name: m, litellm_params: {{model: m, extra_headers: {{'{name}': v}}}}}}]",
    )
    with pytest.raises(ConfigError, match=message):
        load_config(file, {})


ORGANIZATION = "model_list: [{model_name: m, litellm_params: {model: openai/m, organization: ours%s}}]\n"
FORWARDED: dict[str, tuple[str, str, str | None, str]] = {
    "the configured one": ("", "api_key: sk-1", None, "ours"),
    "the caller's, which does not count by default": ("", "api_key: sk-1", "theirs", "ours"),
    "the caller's beside a key of the caller's, by default": ("", "", "theirs", "theirs"),
    "the caller's, forwarded": ("general_settings: {forward_openai_org_id: true}", "api_key: sk-1", "theirs", "theirs"),
    "the caller's, not forwarded": (
        "general_settings: {forward_openai_org_id: false}",
        "api_key: sk-1",
        "theirs",
        "ours",
    ),
    "the caller's beside a key of the caller's": (
        "general_settings: {forward_openai_org_id: false}",
        "",
        "theirs",
        "theirs",
    ),
}


@pytest.mark.parametrize(("general", "key", "asked_for", "sent"), FORWARDED.values(), ids=FORWARDED)
def test_organization(tmp_path: Path, general: str, key: str, asked_for: str | None, sent: str) -> None:
    metadata = (("openai-organization", asked_for),) if asked_for else ()
    with StandIn() as upstream:
        upstream.on("POST", CHAT, answers.json({"object": "chat.completion", "choices": []}))
        params = f", {key}" if key else ""
        text = ORGANIZATION % f", api_base: '{upstream.url}/v1'{params}"
        config = load_config(config_file(tmp_path, text + general), {})
        with running_gateway(*config.deployments) as gateway:
            gateway.chat.CreateChatCompletion(chat(), metadata=metadata, timeout=10)
    assert upstream.requests[0].header("openai-organization") == sent


def test_a_key_of_the_gateway_brings_no_organization() -> None:
    master = "sk-v3R9xQ2mT7bK4wZ8nL5c"
    metadata = (("authorization", f"Bearer {master}"), ("openai-organization", "theirs"))
    with (
        StandIn() as upstream,
        running_gateway(
            deployment(upstream.url, api_key=None, organization="ours", forward_organization=False),
            general=GeneralSettings(master_key=Secret(master)),
        ) as gateway,
    ):
        upstream.on("POST", CHAT, answers.json({"object": "chat.completion", "choices": []}))
        gateway.chat.CreateChatCompletion(chat(), metadata=metadata, timeout=10)
    assert upstream.requests[0].header("openai-organization") == "ours"


@pytest.mark.parametrize("forwarded", [False, True])
def test_a_project_is_as_an_organization(*, forwarded: bool) -> None:
    metadata = (("openai-project", "theirs"),)
    at = {"project": "ours", "forward_organization": forwarded}
    with StandIn() as upstream, running_gateway(deployment(upstream.url, **at)) as gateway:
        upstream.on("POST", CHAT, answers.json({"object": "chat.completion", "choices": []}))
        gateway.chat.CreateChatCompletion(chat(), metadata=metadata, timeout=10)
    assert upstream.requests[0].header("openai-project") == ("theirs" if forwarded else "ours")


TEAM = "sk-t5R9xQ2mT7bK4wZ8nL5c"


@pytest.mark.parametrize("forwarded", [False, True])
def test_organization_and_project_of_a_key(*, forwarded: bool) -> None:
    metadata = (("authorization", f"Bearer {TEAM}"), ("openai-organization", "theirs"))
    key = KeySettings(name="team", key=Secret(TEAM), organization="of the key", project="proj-key")
    at = {"organization": "ours", "project": "ours", "forward_organization": forwarded}
    with (
        StandIn() as upstream,
        running_gateway(deployment(upstream.url, **at), general=GeneralSettings(keys=(key,))) as gateway,
    ):
        upstream.on("POST", CHAT, answers.json({"object": "chat.completion", "choices": []}))
        gateway.chat.CreateChatCompletion(chat(), metadata=metadata, timeout=10)
        gateway.chat.CreateChatCompletion(chat(), metadata=metadata[:1], timeout=10)
    sent = [(each.header("openai-organization"), each.header("openai-project")) for each in upstream.requests]
    assert sent == [("of the key", "proj-key")] * 2


GIVEN = (
    ("x-team", "blue"),
    ("x-trace-hint", "1"),
    ("x-api-token", "s3cret"),
    ("x-secret", "s3cret"),
    ("x-forwarded-for", "10.0.0.1"),
    ("cookie", "a=b"),
    ("x-request-id", "mine"),
    ("other", "no"),
)


def test_headers_from_metadata() -> None:
    with (
        StandIn() as upstream,
        running_gateway(
            deployment(upstream.url), metadata_headers=("X-*", "cookie", "x-api-token"), extra_headers=("x-team",)
        ) as gateway,
    ):
        upstream.on("POST", CHAT, answers.json({"object": "chat.completion", "choices": []}))
        gateway.chat.CreateChatCompletion(chat(), metadata=GIVEN, timeout=10)
        gateway.chat.CreateChatCompletion(chat(**{"x-team": "red"}), metadata=GIVEN, timeout=10)
    names = ("x-team", "x-trace-hint", "x-api-token", "x-secret", "x-forwarded-for", "cookie", "x-request-id", "other")
    sent = [[each.header(name) for name in names] for each in upstream.requests]
    assert sent == [
        ["blue", "1", "s3cret", None, None, None, None, None],
        ["red", "1", "s3cret", None, None, None, None, None],
    ]


def test_no_headers_from_metadata_unless_they_are_listed() -> None:
    with StandIn() as upstream, running_gateway(deployment(upstream.url)) as gateway:
        upstream.on("POST", CHAT, answers.json({"object": "chat.completion", "choices": []}))
        gateway.chat.CreateChatCompletion(chat(), metadata=GIVEN, timeout=10)
    assert upstream.requests[0].header("x-team") is None


ANSWERED = {
    "openai-model": "m-2026",
    "x-cache": "HIT",
    "cf-ray": "1-OSL",
    "date": "Mon, 02 Nov 2026 10:00:00 GMT",
    "set-cookie": "session=1",
    "x-session-token": "s3cret",
    "www-authenticate": "Bearer",
    "grpc-status": "0",
    "x-raw-bin": "AAAA",
    "x-odd": "caf\xe9",
}
TOLD = {
    "openai-model": "m-2026",
    "x-cache": "HIT",
    "cf-ray": "1-OSL",
    "upstream-date": "Mon, 02 Nov 2026 10:00:00 GMT",
    "upstream-content-type": "application/json",
    "x-odd": "caf?",
}


@pytest.mark.parametrize("status", [200, 400])
@pytest.mark.parametrize("everything", [False, True])
def test_response_headers(*, everything: bool, status: int) -> None:
    at = {"return_response_headers": everything}
    with StandIn() as upstream, running_gateway(deployment(upstream.url, **at)) as gateway:
        upstream.on(
            "POST", CHAT, answers.json({"object": "chat.completion", "choices": []}, status=status, headers=ANSWERED)
        )
        call = gateway.chat.CreateChatCompletion.future(chat(), timeout=10)
        code = call.code()
        found = dict(call.initial_metadata() if status == 200 else call.trailing_metadata())
    assert (code is grpc.StatusCode.OK) == (status == 200)
    expected = TOLD if everything else {"openai-model": "m-2026"}
    assert {name: found.get(name) for name in expected} == expected
    kept_back = {*ANSWERED, *TOLD} - set(expected)
    assert not kept_back & {name for name in found if name != "grpc-status-details-bin"}
    assert "s3cret" not in str(found)


def test_response_headers_are_bounded() -> None:
    many = {f"x-header-{index}": "v" * 400 for index in range(100)}
    with StandIn() as upstream, running_gateway(deployment(upstream.url, return_response_headers=True)) as gateway:
        upstream.on("POST", CHAT, answers.json({"object": "chat.completion", "choices": []}, headers=many))
        _, call = gateway.chat.CreateChatCompletion.with_call(chat(), timeout=10)
    assert 1 < len([name for name, _ in call.initial_metadata() if name.startswith("x-header-")]) < 10

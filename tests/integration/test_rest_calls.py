"""Each unary RPC as the REST call that it stands for, and its reply as a message."""

from typing import Any

import grpc
import pytest
from google.protobuf.message import Message

from faults import answers
from faults.stand_in import StandIn
from openai_grpc.codec import dumps, from_json, from_object, to_object
from openai_grpc.v1 import chat_pb2, embeddings_pb2, models_pb2, responses_pb2
from support.failure import failure_of
from support.gateway import deployment, running_gateway

MESSAGES = [{"role": "user", "content": "hello"}]
COMPLETION = {
    "id": "chatcmpl-1",
    "object": "chat.completion",
    "created": 1,
    "model": "gpt-4o",
    "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": "hi"}}],
}
RESPONSE = {"id": "resp_1", "object": "response", "created_at": 1, "status": "completed", "output": []}
LIST = {"object": "list", "data": [], "has_more": False}
VECTOR = {"object": "list", "data": [{"object": "embedding", "index": 0, "embedding": "AACAPwAAAMA="}], "model": "e"}

# service, RPC, request as JSON, and then the REST call: method, path, query, body, and the upstream's reply
CASES: dict[str, tuple[str, str, Message, str, str, list[tuple[str, str]], Any, dict[str, Any]]] = {
    "create a chat completion": (
        "chat",
        "CreateChatCompletion",
        from_object(chat_pb2.CreateChatCompletionRequest, {"model": "gpt-4o", "messages": MESSAGES, "temperature": 0}),
        *("POST", "/v1/chat/completions", []),
        {"model": "gpt-4o", "messages": MESSAGES, "temperature": 0},
        COMPLETION,
    ),
    "get a chat completion": (
        "chat",
        "GetChatCompletion",
        chat_pb2.GetChatCompletionRequest(completion_id="chatcmpl:1;+="),
        *("GET", "/v1/chat/completions/chatcmpl%3A1%3B%2B%3D", []),
        None,
        COMPLETION,
    ),
    "list chat completions": (
        "chat",
        "ListChatCompletions",
        chat_pb2.ListChatCompletionsRequest(limit=2, after="a=b&c", metadata={"k": "v"}, model="m"),
        *("GET", "/v1/chat/completions"),
        [("after", "a=b&c"), ("limit", "2"), ("metadata[k]", "v"), ("model", "m")],
        None,
        LIST | {"data": [COMPLETION]},
    ),
    "update a chat completion": (
        "chat",
        "UpdateChatCompletion",
        chat_pb2.UpdateChatCompletionRequest(completion_id="c", metadata={"k": "v"}),
        *("POST", "/v1/chat/completions/c", []),
        {"metadata": {"k": "v"}},
        COMPLETION,
    ),
    "delete a chat completion": (
        "chat",
        "DeleteChatCompletion",
        chat_pb2.DeleteChatCompletionRequest(completion_id="c"),
        *("DELETE", "/v1/chat/completions/c", []),
        None,
        {"id": "c", "object": "chat.completion.deleted", "deleted": True},
    ),
    "list the messages of a chat completion": (
        "chat",
        "ListChatCompletionMessages",
        chat_pb2.ListChatCompletionMessagesRequest(completion_id="c", order="desc"),
        *("GET", "/v1/chat/completions/c/messages", [("order", "desc")]),
        None,
        LIST,
    ),
    "create a response": (
        "responses",
        "CreateResponse",
        from_object(responses_pb2.CreateResponseRequest, {"model": "gpt-4o", "input": "hello", "store": False}),
        *("POST", "/v1/responses", []),
        {"model": "gpt-4o", "input": "hello", "store": False},
        RESPONSE,
    ),
    "a failed response is a reply": (
        "responses",
        "CreateResponse",
        responses_pb2.CreateResponseRequest(model="gpt-4o"),
        *("POST", "/v1/responses", []),
        {"model": "gpt-4o"},
        RESPONSE | {"status": "failed", "error": {"code": "server_error", "message": "no"}},
    ),
    "get a response": (
        "responses",
        "GetResponse",
        responses_pb2.GetResponseRequest(response_id="resp_1", include=["a", "b"]),
        *("GET", "/v1/responses/resp_1", [("include[]", "a"), ("include[]", "b")]),
        None,
        RESPONSE,
    ),
    "cancel a response": (
        "responses",
        "CancelResponse",
        responses_pb2.CancelResponseRequest(response_id="resp_1"),
        *("POST", "/v1/responses/resp_1/cancel", []),
        None,
        RESPONSE,
    ),
    "delete a response": (
        "responses",
        "DeleteResponse",
        responses_pb2.DeleteResponseRequest(response_id="resp_1"),
        *("DELETE", "/v1/responses/resp_1", []),
        None,
        {"id": "resp_1", "object": "response.deleted", "deleted": True},
    ),
    "list the input of a response": (
        "responses",
        "ListResponseInputItems",
        responses_pb2.ListResponseInputItemsRequest(response_id="resp_1", limit=5),
        *("GET", "/v1/responses/resp_1/input_items", [("limit", "5")]),
        None,
        LIST,
    ),
    "compact a conversation": (
        "responses",
        "CompactResponse",
        responses_pb2.CompactResponseRequest(model="gpt-4o", previous_response_id="resp_1"),
        *("POST", "/v1/responses/compact", []),
        {"model": "gpt-4o", "previous_response_id": "resp_1"},
        {"id": "cmp_1", "object": "response.compaction", "created_at": 1, "output": []},
    ),
    "count input tokens": (
        "responses",
        "CountResponseInputTokens",
        from_object(responses_pb2.CountResponseInputTokensRequest, {"input": "hello"}),
        *("POST", "/v1/responses/input_tokens", []),
        {"input": "hello"},
        {"object": "response.input_tokens", "input_tokens": 3},
    ),
    "embed, as base64 where nothing is said": (
        "embeddings",
        "CreateEmbedding",
        from_object(embeddings_pb2.CreateEmbeddingRequest, {"model": "e", "input": ["a", "b"]}),
        *("POST", "/v1/embeddings", []),
        {"model": "e", "input": ["a", "b"], "encoding_format": "base64"},
        VECTOR,
    ),
    "embed, as the caller says": (
        "embeddings",
        "CreateEmbedding",
        from_object(embeddings_pb2.CreateEmbeddingRequest, {"model": "e", "input": "a", "encoding_format": "float"}),
        *("POST", "/v1/embeddings", []),
        {"model": "e", "input": "a", "encoding_format": "float"},
        VECTOR | {"data": [{"object": "embedding", "index": 0, "embedding": [1, -2]}]},
    ),
}


@pytest.mark.parametrize(
    ("service", "rpc", "request_", "method", "path", "query", "body", "reply"), CASES.values(), ids=CASES
)
def test_rest_call(  # noqa: PLR0917 - a table
    service: str,
    rpc: str,
    request_: Message,
    method: str,
    path: str,
    query: list[tuple[str, str]],
    body: Any,
    reply: dict[str, Any],
) -> None:
    with StandIn() as upstream, running_gateway(deployment(upstream.url)) as gateway:
        upstream.on(method, path, answers.json(reply, headers={"x-request-id": "req_1"}))
        answer = getattr(getattr(gateway, service), rpc)(request_, timeout=10)
    (received,) = upstream.requests
    assert (received.method, received.path, sorted(received.query)) == (method, path, query)
    assert (received.json() if received.body else None) == body
    assert received.header("content-type") == (None if body is None else "application/json")
    assert to_object(answer) == reply
    assert (answer.call_info.deployment, answer.call_info.request_id) == ("stand-in", "req_1")


REFUSED: dict[str, tuple[str, str, Message, str]] = {
    "an id that is missing": ("chat", "GetChatCompletion", chat_pb2.GetChatCompletionRequest(), "completion_id"),
    **{
        f"an id that can be none: {response_id!r}": (
            "responses",
            "GetResponse",
            responses_pb2.GetResponseRequest(response_id=response_id),
            "response_id",
        )
        for response_id in (
            "..",
            "../files",
            "a/b",
            "a//b",
            "/",
            "a\\b",
            "a?b",
            "a#b",
            "a%2Fb",
            "%2e%2e",
            "a b",
            "a\nb",
            "a\0",
        )
    },
    **{
        f"a model that leads elsewhere: {model!r}": (
            "models",
            "GetModel",
            models_pb2.GetModelRequest(model=model),
            "model",
        )
        for model in ("..", "../files", "a/../../files", "a/./b", "a//b", "/a", "a\\b", "a?b", "a%2Fb", "a\rb", "a\0b")
    },
    **{
        f"a name that is too long: {field}": (service, rpc, request, field)
        for service, rpc, request, field in (
            ("chat", "CreateChatCompletion", chat_pb2.CreateChatCompletionRequest(model="x" * 257), "model"),
            ("models", "GetModel", models_pb2.GetModelRequest(model="é" * 129), "model"),
            ("responses", "GetResponse", responses_pb2.GetResponseRequest(response_id="x" * 70_000), "response_id"),
            (
                "responses",
                "CreateResponse",
                responses_pb2.CreateResponseRequest(model="m", previous_response_id="x" * 1025),
                "previous_response_id",
            ),
        )
    },
    "JSON that is none": (
        "chat",
        "CreateChatCompletion",
        chat_pb2.CreateChatCompletionRequest(model="m", chat_template_kwargs_json='1,"model":"x"'),
        "chat_template_kwargs_json",
    ),
    "a typed field by the back door": (
        "chat",
        "CreateChatCompletion",
        chat_pb2.CreateChatCompletionRequest(model="m", temperature=0, extra_json='{"temperature": 1}'),
        "extra_json",
    ),
    **{
        f"{key} by the back door": (
            "chat",
            "CreateChatCompletion",
            chat_pb2.CreateChatCompletionRequest(model="m", extra_json=f'{{"x": 1, "{key}": {{}}}}'),
            f"extra_json.{key}",
        )
        for key in ("model", "stream", "stream_options", "api_base", "base_url", "api_key", "user_config")
    },
    **{
        f"{key!r}, which some upstreams read as another key": (
            "chat",
            "CreateChatCompletion",
            chat_pb2.CreateChatCompletionRequest(model="m", extra_json=dumps({"x": 1, key: None}).decode()),
            f"extra_json.{key}",
        )
        for key in (
            "Model",
            "MODEL",
            "model ",
            "Stream",
            "\u017ftream",
            "Store",
            "\u017ftore",
            "Top_K",
            "top_\u212a",
            "apiBase",
        )
    },
    "a key of a query that some upstreams read as another": (
        "chat",
        "ListChatCompletions",
        chat_pb2.ListChatCompletionsRequest(extra_json='{"metadata[k]": "v"}'),
        "extra_json.metadata[k]",
    ),
    "a nested key that some upstreams read as a model": (
        "responses",
        "CreateResponse",
        from_json(
            responses_pb2.CreateResponseRequest,
            '{"model": "m", "tools": [{"type": "image_generation", "Model": "m"}]}',
        ),
        "tools[0].image_generation.extra_json",
    ),
}


@pytest.mark.parametrize(("service", "rpc", "request_", "field"), REFUSED.values(), ids=REFUSED)
def test_refused(service: str, rpc: str, request_: Message, field: str) -> None:
    with StandIn() as upstream, running_gateway(deployment(upstream.url)) as gateway:
        failure = failure_of(lambda: getattr(getattr(gateway, service), rpc)(request_, timeout=10))
        assert failure.code is grpc.StatusCode.INVALID_ARGUMENT
        assert [violation.field for violation in failure.details["BadRequest"].field_violations] == [field]
        assert upstream.requests == []


def test_a_name_that_can_be_none_is_nowhere_kept() -> None:
    with StandIn() as upstream, running_gateway(deployment(upstream.url)) as gateway:
        request = chat_pb2.CreateChatCompletionRequest(model="x" * 257)
        failure = failure_of(lambda: gateway.chat.CreateChatCompletion(request, timeout=10))
        (line,) = gateway.logged("rpc")
    assert failure.code is grpc.StatusCode.INVALID_ARGUMENT
    assert not line.get("model")
    assert "deployment" not in line


def test_unknown_fields_go_up_as_they_are() -> None:
    request = chat_pb2.CreateChatCompletionRequest(model="m", extra_json='{"new": [1.0, 18446744073709551616]}')
    with StandIn() as upstream, running_gateway(deployment(upstream.url)) as gateway:
        upstream.on("POST", "/v1/chat/completions", answers.json(COMPLETION))
        gateway.chat.CreateChatCompletion(request, timeout=10)
    assert b'"new":[1.0,18446744073709551616]' in upstream.requests[0].body.replace(b" ", b"")


@pytest.mark.parametrize("error", [{"message": "no", "type": "server_error"}, "no"])
@pytest.mark.parametrize(
    ("service", "rpc", "request_"),
    [
        ("chat", "CreateChatCompletion", chat_pb2.CreateChatCompletionRequest(model="m")),
        ("responses", "CreateResponse", responses_pb2.CreateResponseRequest(model="m")),
    ],
)
def test_an_error_with_status_200(service: str, rpc: str, request_: Message, error: Any) -> None:
    with StandIn() as upstream, running_gateway(deployment(upstream.url)) as gateway:
        upstream.enqueue(answers.json({"error": error}))
        failure = failure_of(lambda: getattr(getattr(gateway, service), rpc)(request_, timeout=10))
    assert (failure.code, failure.message) == (grpc.StatusCode.INTERNAL, "no")


@pytest.mark.parametrize("body", [b"<html>", b"[]", b"\xff", b""])
def test_a_reply_that_is_no_json_object(body: bytes) -> None:
    with StandIn() as upstream, running_gateway(deployment(upstream.url)) as gateway:
        upstream.enqueue(answers.body(body))
        request = chat_pb2.CreateChatCompletionRequest(model="m")
        failure = failure_of(lambda: gateway.chat.CreateChatCompletion(request, timeout=10))
    assert failure.code is grpc.StatusCode.INTERNAL
    assert failure.trailers["grpc-retry-pushback-ms"] == "-1"

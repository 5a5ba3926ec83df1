"""Calls that the upstream refuses, throttles or truncates."""

from bench.exchanges.chat import FAILING, MESSAGES, chat_stream
from bench.exchanges.exchange import Exchange, to_json, wire
from openai_grpc.v1 import chat_pb2

REFUSED, THROTTLED, CUT = "gpt-bench-refused", "gpt-bench-throttled", "gpt-bench-cut"
_INVALID_ARGUMENT, _RESOURCE_EXHAUSTED, _INTERNAL = 3, 8, 13
_HTTP = {
    FAILING: ("500 Internal Server Error", "server_error", _INTERNAL),
    REFUSED: ("400 Bad Request", "invalid_request_error", _INVALID_ARGUMENT),
    THROTTLED: ("429 Too Many Requests", "rate_limit_error", _RESOURCE_EXHAUSTED),
}


def failing_chat(model: str) -> Exchange:
    """Makes a call that the upstream answers with an error.

    Args:
        model: Which error, by its model.
    """
    http_status, kind, status = _HTTP[model]
    body = {"model": model, "messages": MESSAGES}
    error = {"message": "The upstream does not answer this", "type": kind, "param": None, "code": None}
    return Exchange(
        rpc="/openai_grpc.v1.ChatService/CreateChatCompletion",
        request=wire(chat_pb2.CreateChatCompletionRequest, body),
        http_path="/chat/completions",
        http_body=to_json(body),
        http_reply=(to_json({"error": error}),),
        messages=(),
        http_status=http_status,
        status=status,
    )


def cut_chat_stream(chunks: int) -> Exchange:
    """Returns a stream truncated by the upstream.

    Args:
        chunks: How many chunks come before.
    """
    whole = chat_stream(CUT, chunks + 1)
    return Exchange(
        rpc=whole.rpc,
        request=whole.request,
        http_path=whole.http_path,
        http_body=whole.http_body,
        http_reply=whole.http_reply[:chunks],
        messages=whole.messages[:chunks],
        status=_INTERNAL,
        streaming=True,
        cut=True,
    )

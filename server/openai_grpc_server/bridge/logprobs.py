"""Log probabilities, which chat and Responses write alike, in types of their own."""

from collections.abc import Iterable
from typing import Any

from openai_grpc.v1 import chat_pb2, response_content_pb2
from openai_grpc_server.bridge.losses import carry_extra, copy_fields

FIELDS = frozenset({"token", "bytes", "logprob"})


def chat_logprobs(logprobs: Iterable[Any]) -> list[chat_pb2.ChatCompletionTokenLogprob]:
    """Writes those of Responses for chat."""
    return [_copy(each, chat_pb2.ChatCompletionTokenLogprob()) for each in logprobs]


def response_logprobs(logprobs: Iterable[Any]) -> list[response_content_pb2.ResponseLogprob]:
    """Writes those of chat for Responses."""
    return [_copy(each, response_content_pb2.ResponseLogprob()) for each in logprobs]


def _copy(source: Any, target: Any) -> Any:
    copy_fields(source, target, FIELDS)
    carry_extra(source, target)
    for each in source.top_logprobs:
        top = target.top_logprobs.add()
        copy_fields(each, top, FIELDS)
        carry_extra(each, top)
    return target

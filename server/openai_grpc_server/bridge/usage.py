"""Usage: the tokens of a chat completion and those of a response."""

from typing import Any

from openai_grpc.codec import loads, to_json
from openai_grpc.v1 import chat_pb2, response_pb2
from openai_grpc_server.bridge.losses import add_extra, carry_extra, copy_fields, keys_without

SAME = frozenset({"cost", "openrouter", "total_tokens", "xai"})
INPUT = frozenset({"cached_tokens", "cache_write_tokens"})
OUTPUT = frozenset({"reasoning_tokens"})
COUNTS = frozenset({"prompt_tokens", "completion_tokens", "prompt_tokens_details", "completion_tokens_details"})


def chat_usage(usage: response_pb2.ResponseUsage) -> chat_pb2.CompletionUsage:
    """Writes the usage of a response as that of a chat completion."""
    target = chat_pb2.CompletionUsage()
    copy_fields(usage, target, SAME)
    carry_extra(usage, target)
    if usage.HasField("input_tokens"):
        target.prompt_tokens = usage.input_tokens
    if usage.HasField("output_tokens"):
        target.completion_tokens = usage.output_tokens
    if usage.HasField("input_tokens_details"):
        _details(usage.input_tokens_details, target.prompt_tokens_details, INPUT)
    if usage.HasField("output_tokens_details"):
        _details(usage.output_tokens_details, target.completion_tokens_details, OUTPUT)
    return target


def response_usage(usage: chat_pb2.CompletionUsage) -> response_pb2.ResponseUsage:
    """Writes the usage of a chat completion as that of a response, whose details are always there."""
    target = response_pb2.ResponseUsage()
    target.input_tokens = usage.prompt_tokens
    target.output_tokens = usage.completion_tokens
    target.total_tokens = usage.total_tokens or usage.prompt_tokens + usage.completion_tokens
    copy_fields(usage, target, SAME - {"total_tokens"})
    _details(usage.prompt_tokens_details, target.input_tokens_details, INPUT)
    _details(usage.completion_tokens_details, target.output_tokens_details, OUTPUT)
    if not usage.prompt_tokens_details.HasField("cached_tokens"):
        target.input_tokens_details.cached_tokens = (
            usage.deepseek.prompt_cache_hit_tokens or usage.together.cached_tokens
        )
    if not usage.completion_tokens_details.HasField("reasoning_tokens"):
        target.output_tokens_details.reasoning_tokens = usage.reasoning_tokens
    others = keys_without(usage, COUNTS | SAME)
    if usage.HasField("cost_parts"):
        others["cost"] = loads(to_json(usage.cost_parts))
    if others:
        add_extra(target, **others)
    return target


def _details(source: Any, target: Any, names: frozenset[str]) -> None:
    """Copies the counts that both have, and hands on the others under their names."""
    target.SetInParent()
    copy_fields(source, target, names)
    others = keys_without(source, names)
    if others:
        add_extra(target, **others)

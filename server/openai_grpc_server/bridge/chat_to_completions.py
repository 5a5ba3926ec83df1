"""Conversion of chat completions for upstreams with only legacy completions."""

from typing import Any

from openai_grpc.v1 import chat_pb2, completions_pb2
from openai_grpc_server.bridge.losses import Losses, add_extra, carry_extra, copy_fields, join

SAME = frozenset(
    {
        "echo",
        "frequency_penalty",
        "logit_bias",
        "min_p",
        "model",
        "n",
        "presence_penalty",
        "repetition_penalty",
        "seed",
        "stop",
        "stream_options",
        "temperature",
        "top_k",
        "top_p",
        "user",
        "call_options",
    }
)
READ = SAME | {"extra_json", "logprobs", "max_completion_tokens", "max_tokens", "messages", "top_logprobs"}
REPLY = frozenset(
    {"id", "created", "model", "service_tier", "system_fingerprint", "usage"}
    | {"azure", "cerebras", "llama_cpp", "openrouter", "together"}
)
CHOICE = frozenset({"finish_reason", "index", "azure", "openrouter", "sglang", "vllm"})
LABELS = {"assistant": "Assistant", "developer": "System", "system": "System", "user": "User"}


def completion_request(
    request: chat_pb2.CreateChatCompletionRequest, losses: Losses
) -> completions_pb2.CreateCompletionRequest:
    """Converts a chat request to one of legacy completions.

    The only message is the prompt, as it is. Several become one text, each after the name of its role, that ends where
    the assistant's turn begins.

    Raises:
        InvalidArgumentError: The request has what a prompt can't express.
    """
    losses.only(request, READ)
    target = completions_pb2.CreateCompletionRequest()
    copy_fields(request, target, SAME)
    carry_extra(request, target)
    for name in ("max_tokens", "max_completion_tokens"):
        if request.HasField(name):
            target.max_tokens = getattr(request, name)
    if request.logprobs:
        target.logprobs = request.top_logprobs
    texts = [_text(param, f"messages[{index}]", losses) for index, param in enumerate(request.messages)]
    if len(texts) == 1:
        target.prompt.text = texts[0][1]
    else:
        turns = [f"{LABELS[role]}: {text}" for role, text in texts]
        target.prompt.text = "\n\n".join([*turns, "Assistant:"])
    return target


def _text(param: Any, path: str, losses: Losses) -> tuple[str, str]:
    """Returns a message's role and text."""
    role = param.WhichOneof("kind")
    if role not in LABELS:
        losses.lose(join(path, role or "kind"), "a prompt can't express a message of this role")
        return "user", ""
    message = getattr(param, role)
    if role == "assistant":
        losses.only(message, {"content", "content_parts"}, join(path, role))
        return role, message.content + _parts(message.content_parts, join(path, "assistant.content_parts"), losses)
    losses.only(message, {"content"}, join(path, role))
    content = message.content
    if content.WhichOneof("kind") == "unknown":
        losses.lose(join(path, f"{role}.content.unknown"))
    return role, content.text + _parts(content.parts.parts, join(path, f"{role}.content.parts"), losses)


def _parts(parts: Any, path: str, losses: Losses) -> str:
    texts = []
    for index, part in enumerate(parts):
        kind = part.WhichOneof("kind")
        if kind == "text":
            losses.only(part.text, {"text"}, f"{path}[{index}].text")
            texts.append(part.text.text)
        elif kind == "plain_text":
            texts.append(part.plain_text)
        else:
            losses.lose(f"{path}[{index}].{kind}", "a prompt is text")
    return "".join(texts)


def chat_completion(completion: completions_pb2.Completion) -> chat_pb2.ChatCompletion:
    """Converts a legacy completion to a chat completion."""
    target = chat_pb2.ChatCompletion()
    copy_fields(completion, target, REPLY)
    _carry_rest(completion, target)
    for choice in completion.choices:
        written = target.choices.add()
        _carry_choice(choice, written)
        written.message.content = choice.text
        if choice.HasField("logprobs"):
            written.logprobs.content.extend(_logprobs(choice.logprobs))
    return target


class CompletionChunks:
    """Converts chunks of a legacy completion to those of a chat completion."""

    def __init__(self) -> None:
        self._began: set[int] = set()

    def chunk(self, completion: completions_pb2.Completion) -> chat_pb2.ChatCompletionChunk:
        """Returns the converted chunk."""
        target = chat_pb2.ChatCompletionChunk()
        copy_fields(completion, target, REPLY)
        _carry_rest(completion, target)
        for choice in completion.choices:
            written = target.choices.add()
            _carry_choice(choice, written)
            written.delta.content = choice.text
            if choice.index not in self._began:
                self._began.add(choice.index)
                written.delta.role = "assistant"
            if choice.HasField("logprobs"):
                written.logprobs.content.extend(_logprobs(choice.logprobs))
        return target


def _carry_rest(completion: completions_pb2.Completion, target: Any) -> None:
    carry_extra(completion, target)
    if completion.warning:
        add_extra(target, warning=completion.warning)


def _carry_choice(choice: completions_pb2.Completion.Choice, target: Any) -> None:
    copy_fields(choice, target, CHOICE)
    carry_extra(choice, target)
    if choice.together.HasField("seed"):
        target.together.seed = choice.together.seed


def _logprobs(logprobs: completions_pb2.Completion.Choice.Logprobs) -> list[chat_pb2.ChatCompletionTokenLogprob]:
    written = []
    for index, token in enumerate(logprobs.tokens):
        each = chat_pb2.ChatCompletionTokenLogprob(token=token)
        if index < len(logprobs.token_logprobs):
            each.logprob = logprobs.token_logprobs[index]
        if index < len(logprobs.top_logprobs):
            top = sorted(logprobs.top_logprobs[index].tokens.items(), key=lambda pair: -pair[1])
            for other, value in top:
                each.top_logprobs.add(token=other, logprob=value)
        written.append(each)
    return written

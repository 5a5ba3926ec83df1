"""Conversion of chat and legacy completion chunks to messages."""

from collections.abc import Mapping, Sequence
from typing import Any, Generic, Protocol, TypeVar

from google.protobuf.message import Message

from openai_grpc.codec import from_object
from openai_grpc.v1 import chat_pb2, completions_pb2
from openai_grpc_server.calls.call import Call
from openai_grpc_server.calls.rest import uses_own_key
from openai_grpc_server.errors import GatewayError, choice_error, from_error_object, from_reply, stated_error
from openai_grpc_server.errors.upstream import says_something
from openai_grpc_server.runtime.offload import LARGE
from openai_grpc_server.streams.deltas import Variable, numbered

Chunk = TypeVar("Chunk", bound=Message)

# What every chunk of a stream says again; of Mistral, OpenRouter and LiteLLM all that they add to a chunk.
REPEATED = frozenset(
    {"id", "created", "model", "obfuscation", "service_tier", "system_fingerprint", "litellm", "mistral", "openrouter"}
)


# What differs between the chunks of a stream.
VARIABLES: Mapping[type[Message], tuple[Variable, ...]] = {
    chat_pb2.ChatCompletionChunk: (
        Variable(b'"content"', lambda chunk: _only(chunk.choices, "delta"), "content"),
        Variable(b'"reasoning_content"', lambda chunk: _only(chunk.choices, "delta"), "reasoning_content"),
        Variable(b'"reasoning"', lambda chunk: _only(chunk.choices, "delta"), "reasoning"),
        Variable(b'"obfuscation"', lambda chunk: chunk, "obfuscation"),
    ),
    completions_pb2.Completion: (Variable(b'"text"', lambda chunk: _only(chunk.choices), "text"),),
}


def _only(choices: Sequence[Any], field: str = "") -> Any:
    """Returns the only choice of a chunk, or a message in it; None for several or none."""
    if len(choices) != 1:
        return None
    return getattr(choices[0], field) if field else choices[0]


INCLUDE_USAGE = "include_usage"
NO_REASON = "null"  # of DashScope, as text


class Accumulator(Protocol):
    """Accumulates the chunks of one stream."""

    def add(self, chunk: dict[str, Any]) -> None:
        """Adds the next chunk, as a JSON object."""

    def completion(self) -> dict[str, Any]:
        """Returns the whole object, as JSON."""


def ask_for_usage(call: Call, value: dict[str, Any]) -> bool:
    """Requests the usage of a stream, if the deployment and upstream allow it.

    If the usage counts against a limit, it is asked for also where the caller said not to.

    Args:
        call: The call.
        value: The request's JSON object.

    Returns:
        Whether the caller did not ask for it, so that it is to be kept from him.
    """
    if not call.route.chosen.config.include_usage:
        return False
    options = value.get("stream_options")
    if options is None and not call.may_add("stream_options"):
        return False
    if call.access.meter is not None:
        # Some upstreams read keys without regard to case.
        others = {key: each for key, each in (options or {}).items() if key.lower() != INCLUDE_USAGE}
        value["stream_options"] = {**others, INCLUDE_USAGE: True}
        return (options or {}).get(INCLUDE_USAGE) is not True
    options = value.setdefault("stream_options", {})
    if not isinstance(options, dict) or INCLUDE_USAGE in options:
        return False
    options[INCLUDE_USAGE] = True
    return True


def without_usage(chunk: Chunk) -> Chunk | None:
    """Returns a usage chunk without the usage, such as timings of some servers; None if it is empty."""
    rest = type(chunk)()
    rest.CopyFrom(chunk)
    rest.ClearField("usage")
    return rest if {field.name for field, _ in rest.ListFields()} - REPEATED else None


def has_content(choice: dict[str, Any]) -> bool:
    """Returns whether a choice of a chunk has more than its role."""
    if choice.get("finish_reason") or choice.get("text") or choice.get("message"):
        return True
    delta = choice.get("delta")
    return bool(delta) and (not isinstance(delta, dict) or any(delta[key] for key in delta if key != "role"))


class ChunkEvents(Generic[Chunk]):
    """Reads the chunks of a completion.

    They end with `[DONE]`. Servers that leave it out are believed when every choice has its `finish_reason`. Where no
    chunk has had choices, what came instead is the failure.

    Args:
        call: The call; its usage is noted.
        chunk_type: The type of a chunk; its field `accumulated` takes the whole object.
        hide_usage: Whether the chunk that has nothing but the usage is kept from the caller, who did not ask for it.
        accumulator: Puts the chunks together, when the whole object is to be the last message.
    """

    def __init__(
        self, call: Call, chunk_type: type[Chunk], *, hide_usage: bool, accumulator: Accumulator | None
    ) -> None:
        self.complete = False
        self.failure: GatewayError | None = None
        self.started = False
        self._odd: dict[str, Any] | None = None  # what came instead of a chunk
        self._some = False  # a chunk without choices has come
        self._call = call
        self._chunk_type = chunk_type
        self._hide_usage = hide_usage
        self._finished: dict[int, bool] = {}
        self._accumulator = accumulator
        self._nulls = call.keeps_nulls(chunk_type)
        self.variables = VARIABLES[chunk_type] if accumulator is None else ()

    def read(self, value: Any) -> Chunk | None:
        """Returns the chunk of an event; None for an error without choices."""
        error = value if (given := value.get("error")) and says_something(given) else None
        groq = value.get("x_groq")
        error = groq.get("error") or error if type(groq) is dict else error
        if choices := value.get("choices"):
            error = error or self._note(choices)
        else:
            error = error or self._without_choices(value)
        if error is not None:
            self.failure = from_error_object(error, safe=False, own_key=uses_own_key(self._call), started=self.started)
            if not choices:
                return None
        if self._call.access.meter is not None:
            self._call.access.meter.finished = bool(self._finished) and all(self._finished.values())
        if self._accumulator is not None:
            self._accumulator.add(value)
        nulls, large = self._nulls, self._call.sent.large
        read = from_object(self._chunk_type, value, keep_nulls=nulls, nearly=True, in_steps=large)
        chunk: Any = read
        if self._call.route.keeper is not None:
            self._call.made(chunk.id)
        if groq:
            self._note_usage_of_groq(chunk, groq)
        if chunk.HasField("usage"):
            self._call.note_usage(chunk.usage)
            if self._hide_usage and not chunk.choices:
                return without_usage(read)
        return read

    def _note_usage_of_groq(self, chunk: Any, groq: Any) -> None:
        """Counts the usage that Groq sends elsewhere than OpenAI does."""
        usage = groq.get("usage") if type(groq) is dict else None
        if type(usage) is dict and (read := from_object(type(chunk.usage), usage)).ListFields():
            self._call.note_usage(read)

    def _note(self, choices: Any) -> Any:
        """Records ended choices; returns the error of one, if any."""
        error = None
        for index, choice in numbered(choices):
            reason = choice.get("finish_reason")
            self._finished[index] = bool(reason and reason != NO_REASON) or self._finished.get(index, False)
            if not self.started:
                self.started = has_content(choice)
            error = error or choice_error(choice)
            delta = choice.get("delta")
            if type(delta) is dict and type(delta.get("tool_calls")) is dict:  # one call, not in a list
                delta["tool_calls"] = [delta["tool_calls"]]
        return error

    def _without_choices(self, value: dict[str, Any]) -> Any:
        """Returns the error of an object without choices, if it is one."""
        if value.get("usage"):
            self.started = self._some = True
        elif "choices" in value:
            self._some = True
        else:
            self._odd = value
        return stated_error(value)

    def done(self) -> None:
        """Handles `[DONE]`; at least one chunk must precede it."""
        self.complete = bool(self._finished) or self._some
        self._check_odd()

    def _check_odd(self) -> None:
        if self._odd is not None and not self._finished and not self._some:
            self.failure = from_reply(self._odd, "choices", safe=False, own_key=uses_own_key(self._call))

    def ended(self) -> None:
        """Sets `complete` if every choice has finished."""
        self.complete = bool(self._finished) and all(self._finished.values())
        self._check_odd()

    def last(self) -> Chunk | None:
        """Returns a chunk with the whole object, if requested."""
        if self._accumulator is None:
            return None
        last: Any = self._chunk_type()
        whole = from_object(
            type(last.accumulated), self._accumulator.completion(), in_steps=self._call.sent.bytes > LARGE
        )
        last.id, last.created, last.model = whole.id, whole.created, whole.model
        last.accumulated.CopyFrom(whole)
        last.call_info.CopyFrom(self._call.info())
        chunk: Chunk = last
        return chunk

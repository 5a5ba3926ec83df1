"""`EmbeddingsService`: embeddings of one request, and of a stream of inputs in batches."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import replace
from typing import Any, Final, NamedTuple, cast

from google.protobuf.message import Message
from grpc import StatusCode

from openai_grpc.v1 import embeddings_pb2
from openai_grpc_server.calls.call import REQUEST_ID, Call
from openai_grpc_server.calls.method import Rpc
from openai_grpc_server.calls.reply import encoder_of, write
from openai_grpc_server.cost.usage import Usage, rounded_up, utf8
from openai_grpc_server.errors import GatewayError, InvalidArgumentError, UpstreamProtocolError
from openai_grpc_server.errors.error import forget_frames
from openai_grpc_server.runtime.offload import beside_loop
from openai_grpc_server.services.base import Method, Service, note_part

# Statuses of a batch that may be the fault of one of its inputs: it is halved until that is known.
OF_AN_INPUT: Final = frozenset({StatusCode.INVALID_ARGUMENT, StatusCode.OUT_OF_RANGE})
TOO_LARGE: Final = 413

Replies = list[embeddings_pb2.StreamEmbeddingsReply]


class EmbeddingsService(Service):
    """Embeddings, requested as base64 by default: a quarter of the size, and no digits to parse."""

    descriptor = embeddings_pb2.DESCRIPTOR.services_by_name["EmbeddingsService"]
    _one: Rpc

    def methods(self) -> Iterator[tuple[Rpc, Method]]:
        """Yields each RPC; a stream of inputs is many calls of the one that takes a list."""
        for rpc, method in super().methods():
            if rpc.client_streaming:
                yield replace(rpc, creates=True, http_path="/embeddings"), method
            else:
                self._one = rpc
                yield rpc, method

    async def create_embedding(self, call: Call, request: embeddings_pb2.CreateEmbeddingRequest) -> Message:
        """Serves `CreateEmbedding`."""
        return await self.route(call, request, self._create)

    async def _create(self, call: Call, request: embeddings_pb2.CreateEmbeddingRequest) -> Message:
        value = await beside_loop(call.received.large, self.prepare, call, request)
        asks = call.route.chosen.config.embeddings_base64 and "encoding_format" not in value
        if asks and call.may_add("encoding_format"):
            value["encoding_format"] = "base64"
        reply: Any = await self.fetch(call, call.rpc, value)
        if asks and call.head.nulls:  # the reply becomes OpenAI's JSON again, whose caller expects numbers
            for each in reply.data:
                if each.embedding_encoding == embeddings_pb2.VECTOR_ENCODING_BASE64:
                    each.ClearField("embedding_encoding")
        return cast("Message", reply)

    async def stream_embeddings(
        self, call: Call, messages: AsyncIterator[embeddings_pb2.StreamEmbeddingsRequest]
    ) -> None:
        """Serves `StreamEmbeddings`.

        Replies wait for the caller's flow control, batches for replies, and inputs for batches: a caller who reads
        slowly is read from slowly.
        """
        config = await read_config(messages)
        model = (config.model if config.HasField("model") else self.router.default_model) or ""
        if call.access.caller is not None:
            call.access.caller.check_model(model)
        deployment, _ = self.router.for_model(model)
        self.answer_here(call, deployment, model)
        limits = deployment.config
        inputs = Inputs(messages, limits.embeddings_batch_inputs, limits.embeddings_batch_tokens)
        running: deque[asyncio.Task[Replies]] = deque()
        reading: asyncio.Task[Batch | None] | None = asyncio.create_task(inputs.batch())
        encode = encoder_of(call)
        try:
            while running or reading is not None:
                full = reading is None or len(running) >= limits.embeddings_in_flight
                awaited: list[asyncio.Task[Any]] = [each for each in (None if full else reading,) if each is not None]
                awaited += list(running)[:1]
                await asyncio.wait(awaited, return_when=asyncio.FIRST_COMPLETED)
                if running and running[0].done():
                    await write(call, [encode(each) for each in running.popleft().result()])
                elif reading is not None and reading.done():
                    batch = reading.result()
                    reading = None
                    if batch is not None:
                        running.append(asyncio.create_task(self._batch(call, config, batch)))
                        reading = asyncio.create_task(inputs.batch())
        finally:
            left = [*running, *([] if reading is None else [reading]), inputs.pump]
            for each in left:
                each.cancel()
            await asyncio.wait(left)
            for each in left:
                if not each.cancelled() and (error := each.exception()) is not None:
                    forget_frames(error)
        last = embeddings_pb2.StreamEmbeddingsReply(call_info=call.info())
        used = call.used().tokens
        last.usage.prompt_tokens = last.usage.total_tokens = min(used, 2**31 - 1)
        await write(call, [encode(last)])

    async def _batch(self, call: Call, config: embeddings_pb2.CreateEmbeddingRequest, batch: "Batch") -> Replies:
        """Returns the replies of a batch; a failure is that of each input that can't be told from the others."""
        request = embeddings_pb2.CreateEmbeddingRequest()
        request.CopyFrom(config)
        put(request.input, batch.inputs)
        part = call.part(self._one, PartContext(call))
        try:
            reply: Any = await self.route(part, request, self._create)
            vectors = in_order(reply, len(batch.inputs))
        except GatewayError as error:
            note_part(call, part, Usage())
            if len(batch.inputs) > 1 and (error.code in OF_AN_INPUT or error.http_status == TOO_LARGE):
                forget_frames(error)
                middle = len(batch.inputs) // 2
                halves = (
                    Batch(batch.start, batch.inputs[:middle]),
                    Batch(batch.start + middle, batch.inputs[middle:]),
                )
                return [each for half in halves for each in await self._batch(call, config, half)]
            failure = embeddings_pb2.EmbeddingFailure(
                code=error.code.value[0], message=error.message, reason=error.reason
            )
            forget_frames(error)
            return [
                embeddings_pb2.StreamEmbeddingsReply(index=batch.start + at, failure=failure)
                for at in range(len(batch.inputs))
            ]
        used = part.used()
        note_part(call, part, used if used.tokens else Usage(sum(map(tokens_of, batch.inputs))))
        return [
            embeddings_pb2.StreamEmbeddingsReply(index=batch.start + at, embedding=vector)
            for at, vector in enumerate(vectors)
        ]


class Batch(NamedTuple):
    """Inputs that are sent together.

    Attributes:
        start: Index of the first in the stream.
        inputs: The inputs.
    """

    start: int
    inputs: Sequence[embeddings_pb2.EmbeddingInput]


class Inputs:
    """Inputs of a stream in batches: whatever has come while the upstream was busy, within limits.

    Args:
        messages: The messages.
        count: Limit of inputs of a batch.
        tokens: Limit of estimated tokens of a batch; a single larger input is one of its own.

    Attributes:
        pump: The task that reads ahead.
    """

    def __init__(
        self, messages: AsyncIterator[embeddings_pb2.StreamEmbeddingsRequest], count: int, tokens: int
    ) -> None:
        self._messages = messages
        self._count = count
        self._tokens = tokens
        self._queue: asyncio.Queue[embeddings_pb2.EmbeddingInput | GatewayError | None] = asyncio.Queue(count)
        self._held: embeddings_pb2.EmbeddingInput | None = None
        self._end: GatewayError | None = None
        self._ended = False
        self._start = 0
        self.pump = asyncio.create_task(self._read())

    async def batch(self) -> Batch | None:
        """Returns the next batch; None at the end.

        Raises:
            GatewayError: A message is not an input.
        """
        batch: list[embeddings_pb2.EmbeddingInput] = []
        size = 0
        while len(batch) < self._count:
            given = await self._next(wait=not batch)
            if given is None:
                break
            tokens = tokens_of(given)
            mixed = bool(batch) and given.WhichOneof("kind") != batch[0].WhichOneof("kind")
            if batch and (mixed or size + tokens > self._tokens):
                self._held = given
                break
            size += tokens
            batch.append(given)
        if batch:
            start, self._start = self._start, self._start + len(batch)
            return Batch(start, batch)
        if self._end is not None:
            raise self._end
        return None

    async def _next(self, *, wait: bool) -> embeddings_pb2.EmbeddingInput | None:
        held, self._held = self._held, None
        if held is not None or self._ended:
            return held
        if not wait and self._queue.empty():
            await asyncio.sleep(0)  # for what has arrived and is not yet read
            if self._queue.empty():
                return None
        given = await self._queue.get()
        if given is None or isinstance(given, GatewayError):
            self._ended, self._end = True, given
            return None
        return given

    async def _read(self) -> None:
        try:
            async for message in self._messages:
                if message.WhichOneof("message") != "input":
                    raise InvalidArgumentError.of_field("input", "every message after the first has an input")
                if message.input.WhichOneof("kind") not in {"text", "tokens"}:
                    raise InvalidArgumentError.of_field("input", "one text, or the tokens of one, a message")
                await self._queue.put(message.input)
        except GatewayError as error:
            await self._queue.put(error)
        else:
            await self._queue.put(None)


class PartContext:
    """The context of a call that is a part of another: what it sends to the caller stays here.

    Args:
        call: The other call.
    """

    def __init__(self, call: Call) -> None:
        self._call = call

    def invocation_metadata(self) -> Any:
        """Returns the metadata of the whole call, with its request id."""
        return (*(self._call.context.invocation_metadata() or ()), (REQUEST_ID, self._call.head.request_id))

    def time_remaining(self) -> float | None:
        """Returns the time that is left of the whole call, in seconds."""
        return self._call.context.time_remaining()

    async def send_initial_metadata(self, initial_metadata: Any) -> None:
        """Does nothing."""


async def read_config(
    messages: AsyncIterator[embeddings_pb2.StreamEmbeddingsRequest],
) -> embeddings_pb2.CreateEmbeddingRequest:
    """Reads the first message.

    Raises:
        InvalidArgumentError: It does not have the settings, or has inputs.
    """
    first = await anext(messages, None)
    if first is None or first.WhichOneof("message") != "config":
        raise InvalidArgumentError.of_field("config", "the first message has the settings")
    if first.config.HasField("input"):
        raise InvalidArgumentError.of_field("config.input", "the inputs follow, one a message")
    return first.config


def tokens_of(given: embeddings_pb2.EmbeddingInput) -> int:
    """Returns the tokens of an input, estimated for a text."""
    return len(given.tokens.values) if given.HasField("tokens") else rounded_up(utf8(given.text))


def put(target: embeddings_pb2.EmbeddingInput, inputs: Sequence[embeddings_pb2.EmbeddingInput]) -> None:
    """Sets the input of a request; inputs of a batch are all texts, or all tokens."""
    if inputs[0].HasField("text"):
        target.texts.values.extend(each.text for each in inputs)
    else:
        target.token_lists.values.extend(each.tokens for each in inputs)


def in_order(reply: Any, count: int) -> list[embeddings_pb2.Embedding]:
    """Returns the vectors of a reply in the order of its inputs.

    Raises:
        UpstreamProtocolError: There is not one for each input.
    """
    found = {each.index if each.HasField("index") else at: each for at, each in enumerate(reply.data)}
    if sorted(found) != list(range(count)):
        told = f"The upstream answered {count} inputs with {len(reply.data)} vectors"
        raise UpstreamProtocolError(told, maybe_billed=True)
    return [found[at] for at in range(count)]

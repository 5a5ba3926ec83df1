"""`BatchesService`: batches of requests, submitted as messages or as an uploaded file; their results as messages.

Over 600 lines, as the requests and the results of a batch follow from one table of endpoints.
"""

import asyncio
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from hashlib import blake2b
from typing import Any, Final, NamedTuple

import grpc
from google.protobuf.descriptor import FileDescriptor
from google.protobuf.message import Message

from openai_grpc.codec import CodecError, dumps, from_object, loads, to_object
from openai_grpc.v1 import (
    batches_pb2,
    chat_pb2,
    completions_pb2,
    embeddings_pb2,
    files_pb2,
    images_pb2,
    moderations_pb2,
    responses_pb2,
    videos_pb2,
)
from openai_grpc_server.bridge import adapter as bridged
from openai_grpc_server.calls.call import Call
from openai_grpc_server.calls.method import Rpc
from openai_grpc_server.calls.reply import begin, encoder_of, measure, write
from openai_grpc_server.calls.rest import check_extra
from openai_grpc_server.config.checks import is_openai
from openai_grpc_server.cost.usage import NONE, Usage, read_usage
from openai_grpc_server.errors import (
    GatewayError,
    InvalidArgumentError,
    MessageTooLargeError,
    UpstreamError,
    UpstreamProtocolError,
)
from openai_grpc_server.errors.error import forget_frames
from openai_grpc_server.errors.upstream import says_something
from openai_grpc_server.models.parameters import CHAT as CHAT_ONLY
from openai_grpc_server.runtime.offload import SMALL, beside_loop, is_large_json
from openai_grpc_server.services.base import Method, read_reply
from openai_grpc_server.services.embeddings import PartContext
from openai_grpc_server.services.files import NOT_SATISFIABLE, first_byte
from openai_grpc_server.services.jobs import Job, JobService
from openai_grpc_server.services.media import file_form, files_of, form_request
from openai_grpc_server.streams.relay import check_elements
from openai_grpc_server.upstream import UpstreamResponse

MAX_REQUESTS: Final = 50_000  # of a batch, which is OpenAI's limit
MAX_CUSTOM_ID: Final = 512  # bytes
MAX_SHOWN: Final = 64  # characters of a custom_id in an error
WINDOW: Final = "24h"
FILENAME: Final = "batch.jsonl"
KEPT: Final = 4096  # bytes of a line that is too large, in which its custom_id is looked for
OUTPUT, ERRORS = "output", "error"
TOO_LARGE: Final = "result_too_large"
REFUSED, FAILED = 400, 500  # the first HTTP statuses of refusals and of failures
_CURSOR = re.compile(rf"({OUTPUT}|{ERRORS}):(\d{{1,18}})", re.ASCII)
_CUSTOM_ID = re.compile(rb'"custom_id"\s*:\s*("(?:[^"\\]|\\.)*")')
_OF_A_LINE = frozenset({"id", "custom_id", "response", "error"})
_OF_A_REPLY = frozenset({"status_code", "request_id", "body"})


def rpc_of(file: FileDescriptor, service: str, name: str) -> Rpc:
    """Returns an RPC of the contract."""
    return Rpc.from_descriptor(file.services_by_name[service].methods_by_name[name])


# Final statuses of a batch.
DONE = frozenset({"", "completed", "failed", "expired", "cancelled"})
BATCH = Job(rpc_of(batches_pb2.DESCRIPTOR, "BatchesService", "GetBatch"), lambda batch: batch.status in DONE)
CREATE_BATCH = rpc_of(batches_pb2.DESCRIPTOR, "BatchesService", "CreateBatch")
CREATE_FILE = rpc_of(files_pb2.DESCRIPTOR, "FilesService", "CreateFile")
DELETE_FILE = rpc_of(files_pb2.DESCRIPTOR, "FilesService", "DeleteFile")
CONTENT = rpc_of(files_pb2.DESCRIPTOR, "FilesService", "DownloadFile")

CHAT, RESPONSE = "chat_completion", "response"
# RPCs of the requests of a batch, by their arms.
KINDS: Final = {
    CHAT: rpc_of(chat_pb2.DESCRIPTOR, "ChatService", "CreateChatCompletion"),
    RESPONSE: rpc_of(responses_pb2.DESCRIPTOR, "ResponsesService", "CreateResponse"),
    "embedding": rpc_of(embeddings_pb2.DESCRIPTOR, "EmbeddingsService", "CreateEmbedding"),
    "completion": rpc_of(completions_pb2.DESCRIPTOR, "CompletionsService", "CreateCompletion"),
    "moderation": rpc_of(moderations_pb2.DESCRIPTOR, "ModerationsService", "CreateModeration"),
    "image": rpc_of(images_pb2.DESCRIPTOR, "ImagesService", "CreateImage"),
    "image_edit": rpc_of(images_pb2.DESCRIPTOR, "ImagesService", "CreateImageEdit"),
    "video": rpc_of(videos_pb2.DESCRIPTOR, "VideosService", "CreateVideo"),
}
# Arms of results, by the paths of requests.
ARMS: Final = {rpc.http_path: arm for arm, rpc in KINDS.items()} | {KINDS["image_edit"].http_path: "image"}


def endpoint_of(arm: str) -> str:
    """Returns the endpoint of requests, as batches name it: the path with its version."""
    return f"/v1{KINDS[arm].http_path}"


class BatchesService(JobService):
    """Batches of requests."""

    descriptor = batches_pb2.DESCRIPTOR.services_by_name["BatchesService"]
    job = BATCH

    def methods(self) -> Iterator[tuple[Rpc, Method]]:
        """Yields each RPC; a submitted batch is routed by the model of its first request."""
        for rpc, method in super().methods():
            if rpc.name == "SubmitBatch":
                route = replace(rpc, http_method="POST", http_path="/batches", has_body=True, takes_model=True)
                yield replace(route, keeps=True), method
            elif rpc.name == "StreamBatchResults":
                yield self.job.watched_by(rpc), method
            else:
                yield rpc, method

    async def once(self, call: Call, request: Message) -> Message:
        """Serves one attempt of an RPC with a JSON reply."""
        reply = await super().once(call, request)
        note_usage(call, reply)
        return reply

    async def watch_batch(self, call: Call, request: batches_pb2.GetBatchRequest) -> None:
        """Serves `WatchBatch`."""
        note_usage(call, await self.watch(call, request))

    async def create_batch(self, call: Call, request: batches_pb2.CreateBatchRequest) -> Message:
        """Serves `CreateBatch`.

        Raises:
            GatewayError: PERMISSION_DENIED: the caller's key is restricted to models, and does not name the RPC.
        """
        caller = call.access.caller
        if caller is not None and caller.limited_to_models:
            caller.check_named_rpc(call.rpc.path)
        return await self.unary(call, request)

    async def submit_batch(self, call: Call, messages: AsyncIterator[batches_pb2.SubmitBatchRequest]) -> Message:
        """Serves `SubmitBatch`.

        The file is written as the requests come and never kept: a request that can't be sent breaks off the upload, of
        which the upstream makes no file.
        """
        requests = Requests(await read_config(messages), messages)
        first = await requests.next()
        if first is None:
            raise InvalidArgumentError.of_field("request", "a batch has at least one request")
        # It is checked again as a line of the file, with the others.
        routed = type(first)()
        routed.CopyFrom(first)
        routed.call_options.CopyFrom(requests.config.call_options)

        async def attempt(call: Call, _: Message) -> Message:
            requests.routed = True
            return await self._submit(call, requests, first)

        with requests.named(until_routed=True):
            return await self.route(call, routed, attempt)

    async def _submit(self, call: Call, requests: "Requests", first: Any) -> Message:
        config = requests.config
        file = files_pb2.CreateFileRequest()
        file.file.filename, file.file.content_type = FILENAME, "application/jsonl"
        if call.ownership is not None:
            call.ownership.open_request(call, config)
            call.ownership.open_request(call, file)  # it gets the owner's mark
        value: dict[str, Any] = to_object(config, strict=True)
        if config.extra_json:
            check_extra(CREATE_BATCH, config.extra_json)
        form = file_form({"purpose": "batch"}, file.file, self._lines(call, requests, first))
        sent = form_request(call, form, form, self.settings.key_header, streaming=False)
        sent.path = CREATE_FILE.http_path
        response = await self.send(call, CREATE_FILE, sent)
        try:
            data = await response.read()
        finally:
            await response.close()
        made: Any = read_reply(call, CREATE_FILE, data)
        if not made.id:
            raise UpstreamProtocolError("The upstream has made a file without an id", maybe_billed=False)
        value["input_file_id"] = made.id
        value["endpoint"] = endpoint_of(requests.arm)
        value.setdefault("completion_window", WINDOW)
        try:
            return await self.fetch(call, CREATE_BATCH, value)
        except UpstreamError as error:
            if error.http_status is not None and REFUSED <= error.http_status < FAILED:
                await self._delete(call, made.id)
            raise

    async def _delete(self, call: Call, file_id: str) -> None:
        """Deletes the input file of a batch that was refused; that may fail, and the file then stays."""
        answer = call.answer
        with suppress(GatewayError):
            response = await self.send(call, DELETE_FILE, await self._request(call, DELETE_FILE, {"file_id": file_id}))
            await response.close()
        self.answered(call, answer)

    async def _lines(self, call: Call, requests: "Requests", first: Any) -> AsyncIterator[bytes]:
        """Yields the lines of the input file; readable once.

        Raises:
            GatewayError: A request can't be sent; names it.
            asyncio.CancelledError: The caller has cancelled.
        """
        request, context = first, PartContext(call)
        part: Call | None = None
        upstream_model: Any = None
        while request is not None:
            large = call.received.large
            with requests.named():
                model = request.model if request.HasField("model") else self.router.default_model or ""
                if call.route.model and not model:
                    raise InvalidArgumentError.of_field("model", "is required: the first request names one")
                if part is None or part.route.model != model:
                    part = self.carried_part(call, KINDS[requests.arm], context, model)
                await self.check_carried(part, request, large=large)
                value = await beside_loop(large, self._body, part, request, requests.arm)
                if upstream_model is None:
                    upstream_model = value.get("model", "")
                elif is_openai(call.route.chosen.config.base_url) and value.get("model", "") != upstream_model:
                    told = f"must be {upstream_model!r}, as in the first request: OpenAI's batches have one model"
                    raise InvalidArgumentError.of_field("model", told)
                line = {"custom_id": requests.custom_id, "method": "POST", "url": endpoint_of(requests.arm)}
                data = await beside_loop(large, dumps, line | {"body": value})
            # JSON has no line ends but between its tokens, where text of the caller's may have some.
            yield data.replace(b"\n", b" ").replace(b"\r", b" ") + b"\n"
            request = await requests.next()
        # As an upload, of which a part could be taken for the whole.
        await call.context.read()
        if call.task.cancelling():
            raise asyncio.CancelledError

    def _body(self, part: Call, request: Message, arm: str) -> dict[str, Any]:
        """Returns the JSON object of a request of a batch. May run in a thread.

        Raises:
            InvalidArgumentError: It can't be sent, or only as a request of another API.
            CodecError: It can't be written as JSON.
        """
        value = self.prepare(part, request)
        route, config = part.route, part.route.chosen.config
        if arm == CHAT:
            if not config.supports_system_message:
                value = bridged.system_messages(value)
            if bridged.chat_bridge(route.chosen, value, route.api) is not None:
                raise other_api(config.name, "chat completions", "response, or completion where it has these alone")
        elif arm == RESPONSE:
            refusals = route.chosen.refusals
            if config.responses_as_chat or (refusals and refusals.refuses(route.upstream_model, CHAT_ONLY)):
                raise other_api(config.name, "responses", CHAT)
        return value

    async def stream_batch_results(self, call: Call, request: batches_pb2.StreamBatchResultsRequest) -> None:
        """Serves `StreamBatchResults`.

        Raises:
            InvalidArgumentError: The cursor is not one.
        """
        after = _CURSOR.fullmatch(request.after) if request.after else None
        if request.after and after is None:
            raise InvalidArgumentError.of_field("after", "must be the cursor of a result of this batch")
        await self.route(call, request, self._results)

    async def _results(self, call: Call, request: batches_pb2.StreamBatchResultsRequest) -> None:
        value = self.prepare(call, request)
        value.pop("after", None)
        response = await self.send(call, BATCH.get, await self._request(call, BATCH.get, value))
        try:
            data = await response.read()
        finally:
            await response.close()
        batch: Any = await beside_loop(measure(call, data), read_reply, call, BATCH.get, data)
        check_done(batch)
        after = _CURSOR.fullmatch(request.after)
        files = [(OUTPUT, batch.output_file_id), (ERRORS, batch.error_file_id)]
        if after is not None and after[1] == ERRORS:
            del files[0]
        total = NONE
        for name, file_id in files:
            offset = int(after[2]) if after is not None and after[1] == name else 0
            if file_id:
                total = total.plus(await self._results_of(call, batch, name, file_id, offset))
        note_usage(call, batch, None if request.after else total)
        if not call.sent.begun:
            await begin(call)

    async def _results_of(self, call: Call, batch: Any, name: str, file_id: str, offset: int) -> Usage:
        """Sends the results in a file from an offset on, and returns the usage that they tell."""
        request = await self._request(call, CONTENT, {"file_id": file_id}, streaming=True)
        if offset:
            request.headers = [*request.headers, ("range", f"bytes={offset}-")]
        try:
            response = await self.send(call, CONTENT, request)
        except UpstreamError as error:
            if error.http_status != NOT_SATISFIABLE:
                raise
            return NONE  # nothing follows the last line
        try:
            return await self._relay(call, response, batch, name, offset)
        finally:
            await response.close()

    async def _relay(self, call: Call, response: UpstreamResponse, batch: Any, name: str, offset: int) -> Usage:
        at, _ = first_byte(response)
        if at > offset:
            raise UpstreamProtocolError(f"The upstream sent bytes from {at} instead of {offset}", maybe_billed=False)
        encode, total = encoder_of(call), NONE
        arm = ARMS.get(batch.endpoint.removeprefix("/v1"), "")
        lines = Lines(offset, call.max_message_bytes)

        async def send(found: list[Line]) -> None:
            nonlocal total
            written: list[bytes] = []
            for line in found:
                large = len(line.data) > SMALL and is_large_json(line.data)
                result = await beside_loop(large, read_result, call, line, arm)
                total = total.plus(usage_of(result))
                result.cursor = f"{name}:{line.end}"
                if not call.sent.messages and not written:
                    result.call_info.CopyFrom(call.info())
                try:
                    written.append(encode(result))
                except MessageTooLargeError as error:
                    forget_frames(error)
                    small = too_large(line)
                    small.cursor = result.cursor
                    written.append(encode(small))
            await write(call, written)

        async for piece in response.pieces():
            skipped, at = max(offset - at, 0), at + len(piece)
            await send(lines.feed(piece[skipped:]))
        await send(lines.flush())
        return total


class Requests:
    """Requests of a batch that is submitted, as they come.

    Args:
        config: The settings of the batch.
        messages: The further messages.

    Attributes:
        config: As above.
        arm: The arm of all requests; empty before the first.
        number: Number of the present request, from 1.
        custom_id: The caller's id of it.
        routed: Whether the batch has its deployment.
    """

    def __init__(
        self, config: batches_pb2.CreateBatchRequest, messages: AsyncIterator[batches_pb2.SubmitBatchRequest]
    ) -> None:
        self.config = config
        self.arm = ""
        self.number = 0
        self.custom_id = ""
        self.routed = False
        self._messages = messages
        self._known: set[bytes] = set()

    async def next(self) -> Any:
        """Returns the next request; None at the end.

        Raises:
            GatewayError: A message is not a request of the batch.
        """
        message = await anext(self._messages, None)
        if message is None:
            return None
        if message.WhichOneof("message") != "request":
            raise InvalidArgumentError.of_field("request", "every message after the first has a request")
        given = message.request
        self.number += 1
        self.custom_id = given.custom_id or f"request-{self.number}"
        with self.named():
            return self._checked(given)

    def _checked(self, given: batches_pb2.BatchRequestInput) -> Any:
        if self.number > MAX_REQUESTS:
            raise InvalidArgumentError(f"too many requests: a batch has at most {MAX_REQUESTS}")
        key = self.custom_id.encode()
        if len(key) > MAX_CUSTOM_ID:
            raise InvalidArgumentError.of_field("custom_id", f"too long: at most {MAX_CUSTOM_ID} bytes")
        digest = blake2b(key, digest_size=16).digest()
        if digest in self._known:
            raise InvalidArgumentError.of_field("custom_id", "an earlier request has the same: each needs its own")
        self._known.add(digest)
        arm = given.WhichOneof("request")
        if arm is None:
            raise InvalidArgumentError.of_field("request", f"must have one of {', '.join(KINDS)}")
        endpoint = endpoint_of(arm)
        if self.config.endpoint and self.config.endpoint != endpoint:
            told = f"is for {endpoint}, but the batch's endpoint is {self.config.endpoint}"
            raise InvalidArgumentError.of_field(arm, told)
        if self.arm and arm != self.arm:
            raise InvalidArgumentError.of_field(arm, f"must be {self.arm}, as the first request: a batch has one kind")
        self.arm = arm
        request = getattr(given, arm)
        if request.HasField("call_options"):
            told = "set them in config: they hold for the whole batch"
            raise InvalidArgumentError.of_field(f"{arm}.call_options", told)
        for field, _, _ in files_of(request):
            told = "a batch takes no files: refer to it by its id or a URL, or send a data URL"
            raise InvalidArgumentError.of_field(f"{arm}.{field}", told)
        return request

    @contextmanager
    def named(self, *, until_routed: bool = False) -> Iterator[None]:
        """Names the present request in errors.

        Args:
            until_routed: Whether only errors before the batch has its deployment are about a request.
        """
        try:
            yield
        except CodecError as error:
            raise self._at_request(InvalidArgumentError.of_field(error.path, error.reason)) from error
        except GatewayError as error:
            if not until_routed or not self.routed:
                self._at_request(error)
            raise

    def _at_request(self, error: GatewayError) -> GatewayError:
        custom_id = self.custom_id if len(self.custom_id) <= MAX_SHOWN else f"{self.custom_id[:MAX_SHOWN]}..."
        error.message = f"request {self.number} ({custom_id!r}): {error.message}"
        error.args = (error.message,)
        return error


class Line(NamedTuple):
    """A line of a file of results.

    Attributes:
        data: The line, or the beginning of one that is too large.
        end: Position after it in the file, in bytes.
        whole: Whether it is all there.
    """

    data: bytes
    end: int
    whole: bool = True


class Lines:
    """Splits a file into lines; without the empty ones.

    Args:
        start: Position of its first byte.
        limit: Bytes of a line; of a larger one only the beginning is kept.
    """

    def __init__(self, start: int, limit: int) -> None:
        self._at = start
        self._limit = limit
        self._parts: list[bytes] = []
        self._held = 0

    def feed(self, data: bytes) -> list[Line]:
        """Returns the lines that some bytes complete."""
        found = []
        *ended, rest = data.split(b"\n")
        for part in ended:
            self._keep(part)
            self._at += 1
            found += self.flush()
        self._keep(rest)
        return found

    def flush(self) -> list[Line]:
        """Returns the line that has come so far, if any."""
        data, whole = b"".join(self._parts), self._held <= self._limit
        self._parts, self._held = [], 0
        return [Line(data, self._at, whole)] if data.strip() else []

    def _keep(self, part: bytes) -> None:
        self._at += len(part)
        self._held += len(part)
        if self._held <= self._limit:
            self._parts.append(part)
        elif self._parts and (len(self._parts) > 1 or len(self._parts[0]) > KEPT):
            self._parts = [b"".join(self._parts)[:KEPT]]
        elif not self._parts:
            self._parts = [part[:KEPT]]


async def read_config(messages: AsyncIterator[batches_pb2.SubmitBatchRequest]) -> batches_pb2.CreateBatchRequest:
    """Reads the first message of a batch.

    Raises:
        InvalidArgumentError: It does not have the settings, or has a file of requests.
    """
    first = await anext(messages, None)
    if first is None or first.WhichOneof("message") != "config":
        raise InvalidArgumentError.of_field("config", "the first message has the settings")
    if first.config.HasField("input_file_id"):
        raise InvalidArgumentError.of_field("config.input_file_id", "leave it out: the requests follow, one a message")
    return first.config


def other_api(deployment: str, what: str, arm: str) -> InvalidArgumentError:
    """Returns the error of a request that only a single call can convert to another API."""
    told = f"{deployment!r} serves {what} by another API, which a batch does not convert to"
    return InvalidArgumentError(f"{told}: submit requests of kind {arm}")


def check_done(batch: Any) -> None:
    """Checks that a batch has come to its end.

    Raises:
        GatewayError: FAILED_PRECONDITION: it has not, or it was refused as a whole.
    """
    if batch.status not in DONE:
        told = f"The batch is {batch.status}: watch it until it is done"
        raise GatewayError(told, code=grpc.StatusCode.FAILED_PRECONDITION, reason="BATCH_NOT_DONE")
    if batch.status == "failed" and not batch.output_file_id and not batch.error_file_id:
        first = next(iter(batch.errors.data), None)
        where = f" (line {first.line})" if first is not None and first.line else ""
        why = "the upstream does not say why" if first is None else f"{first.message}{where}"
        raise GatewayError(
            f"The batch was refused: {why}", code=grpc.StatusCode.FAILED_PRECONDITION, reason="BATCH_FAILED"
        )


def note_usage(call: Call, batch: Any, told: Usage | None = None) -> None:
    """Counts the usage of a batch that is done, once for all calls that see it.

    Args:
        call: The call.
        batch: The batch.
        told: The usage by its results, if all of them were read.
    """
    if call.access.meter is not None and isinstance(batch, batches_pb2.Batch) and batch.status in DONE:
        call.access.meter.batch(batch, told, half_price=is_openai(call.route.chosen.config.base_url))


def usage_of(result: Any) -> Usage:
    """Returns the usage of a request of a batch."""
    arm = result.WhichOneof("result")
    return read_usage(getattr(getattr(result, arm), "usage", None)) if arm else NONE


def too_large(line: Line) -> batches_pb2.BatchResult:
    """Returns the result of a line that is larger than a message may be."""
    result = batches_pb2.BatchResult()
    if (found := _CUSTOM_ID.search(line.data[:KEPT])) is not None:
        with suppress(CodecError, ValueError):  # a text may have half of a surrogate pair
            result.custom_id = str(loads(found[1]))
    result.error.code = TOO_LARGE
    result.error.message = "the result is larger than a message of the gateway: download the file"
    return result


def read_result(call: Call, line: Line, arm: str) -> batches_pb2.BatchResult:
    """Reads a line of a file of results. May run in a thread.

    Args:
        call: The call.
        line: The line.
        arm: The arm of the replies; empty: the endpoint is not known.
    """
    if not line.whole:
        return too_large(line)
    try:
        check_elements(call, line.data)
        value = loads(line.data)
    except MessageTooLargeError:
        return too_large(line)
    except CodecError:
        value = None
    result = batches_pb2.BatchResult()
    if isinstance(value, dict):
        try:
            fill(result, value, arm)
        except (CodecError, ValueError):
            result.ClearField("result")
    if result.WhichOneof("result") is None:
        result.unknown = line.data.decode("utf-8", "replace")
    return result


def fill(result: Any, value: dict[str, Any], arm: str) -> None:
    """Sets the fields of a result from the JSON object of its line.

    Raises:
        CodecError: The reply is not what it should be.
        ValueError: A field can't have its value: a number is too large, a text has half of a surrogate pair.
    """
    reply = value.get("response")
    reply = reply if isinstance(reply, dict) else {}
    for source, name, kind in (
        (value, "custom_id", str),  # first, so that it is known if another can't be set
        (value, "id", str),
        (reply, "status_code", int),
        (reply, "request_id", str),
    ):
        if isinstance(given := source.get(name), kind) and not isinstance(given, bool):
            setattr(result, name, given)
    extra = {key: each for key, each in value.items() if key not in _OF_A_LINE and each is not None}
    if more := {key: each for key, each in reply.items() if key not in _OF_A_REPLY and each is not None}:
        extra["response"] = more
    if extra:
        result.extra_json = dumps(extra).decode()
    failure, error, body = batches_pb2.BatchResultError, value.get("error"), reply.get("body")
    if says_something(error):
        result.error.CopyFrom(from_object(failure, error if isinstance(error, dict) else {"message": str(error)}))
    elif isinstance(body, dict) and failed(result.status_code, body):
        stated = body.get("error")
        if isinstance(stated, str):
            stated = {"message": stated}
        result.error.CopyFrom(from_object(failure, stated if isinstance(stated, dict) else body))
    elif arm and isinstance(body, dict):
        target = getattr(result, arm)
        target.CopyFrom(from_object(type(target), body, nearly=True))


def failed(status: int, body: dict[str, Any]) -> bool:
    """Returns whether the body of a reply is an error; objects such as responses may have one of their own."""
    return status >= REFUSED or (says_something(body.get("error")) and not body.get("id"))

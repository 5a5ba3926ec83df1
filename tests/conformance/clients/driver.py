"""Runs cases with the Python client, as the drivers of the other languages do with theirs.

    python -m conformance.clients.driver TASK RESULTS        in tests/

The task is a JSON object: `gateways` has the address of each, `descriptors` a file with the types of types.proto, with
comments, `cases` what `Case.for_drivers` tells of each. A line of the results is the JSON object of a case: what its
caller has seen.
"""

import json
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from google.protobuf.message import Message
from google.rpc.error_details_pb2 import ErrorInfo  # type: ignore[import-untyped]  # ships no py.typed

from conformance.clients.types import message_types
from openai_grpc import (
    APIError,
    Client,
    CutReplyError,
    InvalidReplyError,
    OpenAIGrpcError,
    RefusalError,
    ReplyError,
    ResponseFailedError,
    Tool,
    ToolError,
    TooManyRoundsError,
    schema_of,
)
from openai_grpc.codec import from_json, to_json
from openai_grpc.v1 import (
    CancelResponseRequest,
    CompactResponseRequest,
    CountResponseInputTokensRequest,
    CreateChatCompletionRequest,
    CreateCompletionRequest,
    CreateEmbeddingRequest,
    CreateResponseRequest,
    CreateTranscriptionRequest,
    DeleteChatCompletionRequest,
    DeleteResponseRequest,
    GetChatCompletionRequest,
    GetModelRequest,
    GetResponseRequest,
    ListChatCompletionMessagesRequest,
    ListChatCompletionsRequest,
    ListResponseInputItemsRequest,
    ResumeResponseRequest,
    UpdateChatCompletionRequest,
)

if TYPE_CHECKING:
    import grpc

RPCS: dict[str, tuple[type[Message], Callable[[Client], Any]]] = {
    "audio.stream": (CreateTranscriptionRequest, lambda c: c.audio.transcriptions.stream),
    "audio.transcribe": (CreateTranscriptionRequest, lambda c: c.audio.transcriptions.upload),
    "chat.create": (CreateChatCompletionRequest, lambda c: c.chat.completions.create),
    "chat.delete": (DeleteChatCompletionRequest, lambda c: c.chat.completions.delete),
    "chat.get": (GetChatCompletionRequest, lambda c: c.chat.completions.retrieve),
    "chat.list": (ListChatCompletionsRequest, lambda c: c.chat.completions.list),
    "chat.messages": (ListChatCompletionMessagesRequest, lambda c: c.chat.completions.messages.list),
    "chat.stream": (CreateChatCompletionRequest, lambda c: c.chat.completions.stream),
    "chat.update": (UpdateChatCompletionRequest, lambda c: c.chat.completions.update),
    "completions.create": (CreateCompletionRequest, lambda c: c.completions.create),
    "completions.stream": (CreateCompletionRequest, lambda c: c.completions.stream),
    "embeddings.create": (CreateEmbeddingRequest, lambda c: c.embeddings.create),
    "models.get": (GetModelRequest, lambda c: c.models.retrieve),
    "responses.cancel": (CancelResponseRequest, lambda c: c.responses.cancel),
    "responses.compact": (CompactResponseRequest, lambda c: c.responses.compact),
    "responses.count_tokens": (CountResponseInputTokensRequest, lambda c: c.responses.input_tokens.count),
    "responses.create": (CreateResponseRequest, lambda c: c.responses.create),
    "responses.delete": (DeleteResponseRequest, lambda c: c.responses.delete),
    "responses.get": (GetResponseRequest, lambda c: c.responses.retrieve),
    "responses.input_items": (ListResponseInputItemsRequest, lambda c: c.responses.input_items.list),
    "responses.resume": (ResumeResponseRequest, lambda c: c.responses.resume),
    "responses.stream": (CreateResponseRequest, lambda c: c.responses.stream),
}

KINDS = {RefusalError: "refused", CutReplyError: "cut", InvalidReplyError: "invalid"}


class Driver:
    """Runs cases.

    Args:
        task: The task.
        folder: Files to upload go there.
    """

    def __init__(self, task: dict[str, Any], folder: Path) -> None:
        self._gateways = task["gateways"]
        self._descriptors = Path(task["descriptors"])
        self._types = message_types(self._descriptors)
        self._folder = folder
        self._clients: dict[tuple[Any, ...], Client] = {}

    def run(self, case: dict[str, Any]) -> dict[str, Any]:
        """Returns what the caller of a case has seen."""
        seen: dict[str, Any] = {"case": case["case"]}
        try:
            getattr(self, "_" + case["do"].replace(" ", "_"))(case, seen)
        except APIError as error:
            seen["error"] = error_facts(error)
        except ResponseFailedError as error:
            seen["whole_error"] = "failed"
            seen["no_value"] = {"kind": "failed", "text": "", "message": str(error)}
        except ReplyError as error:
            seen["no_value"] = {"kind": KINDS[type(error)], "text": error.text, "message": str(error)}
        except ToolError as error:
            seen["no_value"] = {"kind": "tool", "text": "", "message": str(error)}
        except TooManyRoundsError as error:
            seen["no_value"] = {"kind": "rounds", "text": "", "message": str(error)}
        return seen

    def close(self) -> None:
        """Closes the clients."""
        for client in self._clients.values():
            client.close()

    def _client(self, case: dict[str, Any]) -> Client:
        options = {
            key: case[name] for key, name in (("api_key", "key"), ("max_retries", "max_retries")) if name in case
        }
        key = (case["gateway"], *options.items())
        if key not in self._clients:
            self._clients[key] = Client(self._gateways[case["gateway"]], **options)
        return self._clients[key]

    def _begin(self, case: dict[str, Any], **more: Any) -> tuple[Any, Any, dict[str, Any]]:
        """Returns the method of a case, its request and the arguments besides."""
        message_type, method = RPCS[case["rpc"]]
        request: Any = from_json(message_type, case["request"], keep_nulls=True)
        if "accumulate" in case:
            request.call_options.accumulate = case["accumulate"]
        arguments = {
            key: case[name] for key, name in (("timeout", "timeout"), ("extra_metadata", "metadata")) if name in case
        }
        return method(self._client(case)), request, {**arguments, **more}

    def _call(self, case: dict[str, Any], seen: dict[str, Any]) -> None:
        method, request, arguments = self._begin(case)
        for _ in range(case["repeat"]):
            reply, metadata = method.with_call(request, **arguments)
        seen["reply"] = as_text(reply)
        seen["call"] = call_facts(metadata)

    def _stream(self, case: dict[str, Any], seen: dict[str, Any], **more: Any) -> None:
        method, request, arguments = self._begin(case, **more)
        stream = method(request, **arguments)
        seen["messages"] = []
        for message in stream:
            own = without_whole(message)
            if own is not None:
                seen["messages"].append(as_text(own))
        self._end(stream, seen)

    def _text(self, case: dict[str, Any], seen: dict[str, Any], **more: Any) -> None:
        method, request, arguments = self._begin(case, **more)
        stream = method(request, **arguments)
        seen["pieces"] = []
        for piece in stream.text():
            seen["pieces"].append(piece)
        self._end(stream, seen)

    @staticmethod
    def _end(stream: Any, seen: dict[str, Any]) -> None:
        seen["call"] = call_facts(stream.metadata())
        seen["drained"] = stream.draining is not None
        try:
            seen["whole"] = as_text(stream.final())
        except (APIError, ResponseFailedError):
            raise
        except OpenAIGrpcError as error:
            seen["whole_error"] = str(error)

    def _upload_stream(self, case: dict[str, Any], seen: dict[str, Any]) -> None:
        self._stream(case, seen, file=self._file(case))

    def _upload_text(self, case: dict[str, Any], seen: dict[str, Any]) -> None:
        self._text(case, seen, file=self._file(case))

    def _leave(self, case: dict[str, Any], seen: dict[str, Any]) -> None:
        seen["left_at"] = []
        for _ in range(case["repeat"]):
            more = {"file": self._file(case)} if "file" in case else {}
            method, request, arguments = self._begin(case, **more)
            stream = method(request, **arguments)
            leave(stream.text() if case["do"] == "leave text" else stream, case["read"])
            del stream  # a stream that is dropped is left
            seen["left_at"].append(time.time())

    _leave_text = _leave_upload = _leave

    def _pages(self, case: dict[str, Any], seen: dict[str, Any]) -> None:
        method, request, arguments = self._begin(case)
        seen["items"] = []
        for item in method(request, **arguments):
            seen["items"].append(as_text(item))
            if len(seen["items"]) == case.get("most"):
                break

    def _schema(self, case: dict[str, Any], seen: dict[str, Any]) -> None:
        try:
            comments = self._descriptors if "described" in case else None
            seen["schema"] = json.dumps(schema_of(self._types[case["type"]], comments=comments).json)
        except TypeError as error:
            seen["refused"] = str(error)

    def _parse(self, case: dict[str, Any], seen: dict[str, Any]) -> None:
        _, request, arguments = self._begin(case)
        client = self._client(case)
        wanted = self._types[case["type"]]
        parsed: Any = (
            client.chat.completions.parse(request, response_format=wanted, **arguments)
            if case["rpc"] == "chat.create"
            else client.responses.parse(request, text_format=wanted, **arguments)
        )
        seen["value"] = parsed.value.SerializeToString().hex()

    def _tools(self, case: dict[str, Any], seen: dict[str, Any]) -> None:
        _, request, _ = self._begin(case)
        seen["arguments"] = []

        def get_weather(asked: Any) -> str:
            seen["arguments"].append(asked.SerializeToString().hex())
            if "fails" in case:
                raise LookupError(case["fails"])
            return f"sunny in {asked.city}"

        weather = Tool("get_weather", self._types["GetWeather"], get_weather, description="Weather of a city")
        bounds = {"max_rounds": case["rounds"]} if "rounds" in case else {}
        bounds |= {"stop_on_error": True} if "stops" in case else {}
        ended = self._client(case).chat.completions.run_tools([weather], request, **bounds)
        seen["conversation"] = len(ended.messages)
        seen["reply"] = as_text(ended.reply)

    def _file(self, case: dict[str, Any]) -> Any:
        content = bytes(case["size"])
        match case.get("from"):
            case "path":
                path = self._folder / case["file"]
                path.write_bytes(content)
                return path
            case "reader":
                return case["file"], (content[at : at + 50_000] for at in range(0, len(content), 50_000))
        return case["file"], content

    def _upload(self, case: dict[str, Any], seen: dict[str, Any]) -> None:
        method, _, arguments = self._begin(case)
        seen["progress"] = 0

        def on_progress(sent: int, _: int | None) -> None:
            seen["progress"] = sent

        reply, metadata = method.with_call(
            file=self._file(case), on_progress=on_progress, **json.loads(case["request"]), **arguments
        )
        seen["reply"] = as_text(reply)
        seen["call"] = call_facts(metadata)


def without_whole(message: Any) -> Message | None:
    """Returns a message as the upstream sent it, or None for one of the gateway's own."""
    if "accumulated" in message.DESCRIPTOR.fields_by_name:
        if not message.choices and not message.HasField("usage"):
            return None
        own = type(message)()
        own.CopyFrom(message)
        own.ClearField("accumulated")
        return own  # type: ignore[no-any-return]  # a message is made of its own class
    return message  # type: ignore[no-any-return]  # it is one


def as_text(message: Message) -> str:
    """Returns a message as OpenAI's JSON."""
    return to_json(message).decode()


def leave(stream: Iterable[Any], read: int) -> None:
    """Leaves a loop after some messages."""
    for index, _ in enumerate(stream, 1):
        if index == read:
            break


def call_facts(metadata: Any) -> dict[str, Any]:
    """Returns the facts about a call."""
    return {
        "request_id": metadata.request_id,
        "gateway_request_id": metadata.gateway_request_id,
        "deployment": metadata.deployment,
        "attempts": metadata.attempts,
        "cost": metadata.cost,
        "processing_ms": metadata.processing_ms,
        "limit_requests": metadata.rate_limits.limit_requests,
        "remaining_requests": metadata.rate_limits.remaining_requests,
        "reset_requests": metadata.rate_limits.reset_requests,
        "limit_tokens": metadata.rate_limits.limit_tokens,
        "remaining_tokens": metadata.rate_limits.remaining_tokens,
        "reset_tokens": metadata.rate_limits.reset_tokens,
    }


def error_facts(error: APIError) -> dict[str, Any]:
    """Returns the facts about an error."""
    status: grpc.StatusCode = error.status
    return {
        "class": type(error).__name__.removesuffix("Error"),
        "status": status.name,
        "message": error.message,
        "reason": error.reason,
        "http_status": error.http_status,
        "type": error.type,
        "param": error.param,
        "code": error.code,
        "request_id": error.request_id,
        "retry_after": error.retry_after,
        "may_be_billed": error.may_be_billed,
        "fields": [each.field for each in error.field_violations],
        "quota": len(error.quota_violations),
        "metadata": error_info(error),
        "call": call_facts(error.metadata),
    }


def error_info(error: APIError) -> dict[str, str]:
    """Returns what the upstream's error object said."""
    return {key: text for each in error.details if isinstance(each, ErrorInfo) for key, text in each.metadata.items()}


def main(task: Path, results: Path) -> None:
    """Runs a task."""
    told = json.loads(task.read_text())
    with tempfile.TemporaryDirectory() as folder, results.open("w") as output:
        driver = Driver(told, Path(folder))
        for case in told["cases"]:
            began = time.monotonic()
            try:
                seen = driver.run(case)
            except Exception as error:  # noqa: BLE001 - the judge shows it
                seen = {"case": case["case"], "crash": f"{type(error).__name__}: {error}"}
            seen["took"] = round(time.monotonic() - began, 3)
            output.write(json.dumps(seen) + "\n")
        driver.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))

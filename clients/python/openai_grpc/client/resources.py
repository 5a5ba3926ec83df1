"""Namespaces of the client, named as in OpenAI's client: over 600 lines, so that all are found here.

Made of `async_resources.py`: do not edit.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any, TypeVar, Unpack, cast

from openai_grpc.client import _rpcs as rpcs
from openai_grpc.client._inputs import STREAM_EMBEDDINGS, prepare_inputs
from openai_grpc.client._request import prepare
from openai_grpc.client._sync import Lister, ServerStream, Unary
from openai_grpc.client._text import chat_messages, chat_text
from openai_grpc.client.errors import OpenAIGrpcError
from openai_grpc.client.reply import Reply

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from openai_grpc.client import _methods as methods
    from openai_grpc.client._batch import BatchRequests
    from openai_grpc.client._call_params import CallParams, Progress
    from openai_grpc.client._files import File
    from openai_grpc.client._inputs import Inputs
    from openai_grpc.client._sync import Connection
    from openai_grpc.client._text import Prompt
    from openai_grpc.client.params import (
        BatchResultsParams,
        CreateChatCompletionParams,
        CreateResponseParams,
        ExpiresAfterParam,
        ParseChatCompletionParams,
        StreamEmbeddingsParams,
        SubmitBatchParams,
    )
    from openai_grpc.client.schema import Schema
    from openai_grpc.client.session import Session
    from openai_grpc.client.streams import BatchResults, EmbeddingStream
    from openai_grpc.client.structured import Parsed
    from openai_grpc.client.tools import Cancellation, Tool, ToolRun
    from openai_grpc.v1 import (
        Batch,
        ChatCompletion,
        ChatCompletionRequestMessage,
        CreateChatCompletionRequest,
        CreateResponseRequest,
        ExpiresAfter,
        Response,
        ResponseItem,
        Upload,
        values,
    )

T = TypeVar("T")


class Chat:
    """`client.chat`: namespace of chat completions; callable."""

    def __init__(self, connection: Connection) -> None:
        self.completions = ChatCompletions(connection)

    def __call__(
        self, prompt: Prompt, /, *, system: str | None = None, **params: Unpack[CreateChatCompletionParams]
    ) -> Reply[ChatCompletion]:
        """Completes a chat.

        Args:
            prompt: The user's message, or the whole conversation as messages.
            system: The system message.
            **params: Further arguments, as of `chat.completions.create`.

        Raises:
            APIError: The call failed.
        """
        params["messages"] = chat_messages(prompt, system)
        completion, metadata = self.completions.create.with_call(**params)
        return Reply(chat_text(completion), completion, metadata)


class ChatCompletions:
    """`client.chat.completions`."""

    def __init__(self, connection: Connection) -> None:
        self.create: methods.CreateChatCompletion = Unary(
            connection, rpcs.CREATE_CHAT_COMPLETION, rpcs.STREAM_CHAT_COMPLETION
        )
        self.stream: methods.StreamChatCompletion = ServerStream(connection, rpcs.STREAM_CHAT_COMPLETION)
        self.retrieve: methods.GetChatCompletion = Unary(connection, rpcs.GET_CHAT_COMPLETION)
        self.list: methods.ListChatCompletions = Lister(connection, rpcs.LIST_CHAT_COMPLETIONS)
        self.update: methods.UpdateChatCompletion = Unary(connection, rpcs.UPDATE_CHAT_COMPLETION)
        self.delete: methods.DeleteChatCompletion = Unary(connection, rpcs.DELETE_CHAT_COMPLETION)
        self.messages = ChatCompletionMessages(connection)

    def parse(
        self,
        request: CreateChatCompletionRequest | None = None,
        /,
        *,
        response_format: type[T] | Schema[T],
        **params: Unpack[ParseChatCompletionParams],
    ) -> Parsed[T, ChatCompletion]:
        """Completes a chat with a value of a type.

        Args:
            request: The request, instead of the arguments.
            response_format: The type: a class of Protobuf messages, or a model of pydantic.
            **params: Further arguments, as of `create`.

        Raises:
            APIError: The call failed.
            RefusalError: The model refused.
            CutReplyError: The reply was cut.
            InvalidReplyError: The reply is not a value of the type.
            TypeError: The type has something that strict mode can't express.
        """
        from openai_grpc.client import structured  # noqa: PLC0415 - takes its time to load
        from openai_grpc.client.typed_request import chat_request  # noqa: PLC0415 - as above

        asked, options = chat_request(request, {**params}, response_format)
        completion, metadata = self.create.with_call(asked, **options)
        return structured.Parsed(structured.read_completion(response_format, completion), completion, metadata)

    def run_tools(  # noqa: PLR0913 - keyword arguments with defaults
        self,
        tools: Sequence[Tool[Any]],
        request: CreateChatCompletionRequest | None = None,
        /,
        *,
        max_rounds: int = 10,
        max_parallel: int = 8,
        stop_on_error: bool = False,
        on_text: Callable[[str], object] | None = None,
        on_call: Callable[[str, str], object] | None = None,
        cancellation: Cancellation | None = None,
        **params: Unpack[CreateChatCompletionParams],
    ) -> ToolRun[ChatCompletion, ChatCompletionRequestMessage]:
        """Asks for replies and runs the tools that they call, until one calls none.

        Arguments that are not of their type are told to the model, which can correct them; so is what a tool raises.
        Calls of tools that are in the request itself end it like an answer: they are the caller's to carry out.

        Args:
            tools: The tools.
            request: The request, instead of the arguments.
            max_rounds: How many replies the model may make.
            max_parallel: How many tools may run at once.
            stop_on_error: Whether what a tool raises ends the run. Default: the model is told, and goes on.
            on_text: Called with the text of replies as it arrives: then they are streamed.
            on_call: Called with the name and the arguments of a call, before the tool runs.
            cancellation: Cancels the run from elsewhere; the replies are streamed, so that it takes effect at once.
            **params: Further arguments, as of `create`; `timeout` and the like hold for each call.

        Raises:
            APIError: A call failed.
            TooManyRoundsError: The model still calls tools after the last round; the error has the conversation.
            ToolError: A tool raised, and `stop_on_error` was set; the error has the conversation.
            ValueError: A bound is less than 1.
        """
        from openai_grpc.client.tool_run import run_chat  # noqa: PLC0415 - takes its time to load
        from openai_grpc.client.tools import Bounds  # noqa: PLC0415 - as above

        bounds = Bounds(max_rounds, max_parallel, on_text, on_call, cancellation, stop_on_error=stop_on_error)
        return run_chat(self, request, tools, {**params}, bounds)


class ChatCompletionMessages:
    """`client.chat.completions.messages`."""

    def __init__(self, connection: Connection) -> None:
        self.list: methods.ListChatCompletionMessages = Lister(connection, rpcs.LIST_CHAT_COMPLETION_MESSAGES)


class Responses:
    """`client.responses`."""

    def __init__(self, connection: Connection) -> None:
        self.create: methods.CreateResponse = Unary(connection, rpcs.CREATE_RESPONSE, rpcs.STREAM_RESPONSE)
        self.stream: methods.StreamResponse = ServerStream(connection, rpcs.STREAM_RESPONSE)
        self.retrieve: methods.GetResponse = Unary(connection, rpcs.GET_RESPONSE)
        self.resume: methods.ResumeResponse = ServerStream(connection, rpcs.RESUME_RESPONSE)
        self.watch: methods.WatchResponse = ServerStream(connection, rpcs.WATCH_RESPONSE)
        self.delete: methods.DeleteResponse = Unary(connection, rpcs.DELETE_RESPONSE)
        self.cancel: methods.CancelResponse = Unary(connection, rpcs.CANCEL_RESPONSE)
        self.compact: methods.CompactResponse = Unary(connection, rpcs.COMPACT_RESPONSE)
        self._connection = connection
        self.input_items = ResponseInputItems(connection)
        self.input_tokens = ResponseInputTokens(connection)

    def parse(
        self,
        request: CreateResponseRequest | None = None,
        /,
        *,
        text_format: type[T] | Schema[T],
        **params: Unpack[CreateResponseParams],
    ) -> Parsed[T, Response]:
        """Creates a response whose text is a value of a type.

        Args:
            request: The request, instead of the arguments.
            text_format: The type: a class of Protobuf messages, or a model of pydantic.
            **params: Further arguments, as of `create`.

        Raises:
            APIError: The call failed.
            ResponseFailedError: The response failed.
            RefusalError: The model refused.
            CutReplyError: The reply was cut.
            InvalidReplyError: The reply is not a value of the type.
            TypeError: The type has something that strict mode can't express.
        """
        from openai_grpc.client import structured  # noqa: PLC0415 - takes its time to load
        from openai_grpc.client.typed_request import response_request  # noqa: PLC0415 - as above

        asked, options = response_request(request, {**params}, text_format)
        response, metadata = self.create.with_call(asked, **options)
        return structured.Parsed(structured.read_response(text_format, response), response, metadata)

    def run_tools(  # noqa: PLR0913 - keyword arguments with defaults
        self,
        tools: Sequence[Tool[Any]],
        request: CreateResponseRequest | None = None,
        /,
        *,
        max_rounds: int = 10,
        max_parallel: int = 8,
        stop_on_error: bool = False,
        on_text: Callable[[str], object] | None = None,
        on_call: Callable[[str, str], object] | None = None,
        cancellation: Cancellation | None = None,
        **params: Unpack[CreateResponseParams],
    ) -> ToolRun[Response, ResponseItem]:
        """Asks for replies and runs the tools that they call, until one calls none.

        Arguments that are not of their type are told to the model, which can correct them; so is what a tool raises.
        Calls of tools that are in the request itself end it like an answer: they are the caller's to carry out.

        Args:
            tools: The tools.
            request: The request, instead of the arguments.
            max_rounds: How many replies the model may make.
            max_parallel: How many tools may run at once.
            stop_on_error: Whether what a tool raises ends the run. Default: the model is told, and goes on.
            on_text: Called with the text of replies as it arrives: then they are streamed.
            on_call: Called with the name and the arguments of a call, before the tool runs.
            cancellation: Cancels the run from elsewhere; the replies are streamed, so that it takes effect at once.
            **params: Further arguments, as of `create`; `timeout` and the like hold for each call.

        Raises:
            APIError: A call failed.
            TooManyRoundsError: The model still calls tools after the last round; the error has the conversation.
            ToolError: A tool raised, and `stop_on_error` was set; the error has the conversation.
            ValueError: A bound is less than 1.
        """
        from openai_grpc.client.tool_run import run_responses  # noqa: PLC0415 - takes its time to load
        from openai_grpc.client.tools import Bounds  # noqa: PLC0415 - as above

        bounds = Bounds(max_rounds, max_parallel, on_text, on_call, cancellation, stop_on_error=stop_on_error)
        return run_responses(self, request, tools, {**params}, bounds)

    def connect(self, *, timeout: Any = None, extra_metadata: Any = ()) -> Session:
        """Opens a connection for several responses: `connection.response.create(model=..., stream_id="a", ...)`.

        Args:
            timeout: The deadline, in seconds from now, or limits of the call's parts. Default: none.
            extra_metadata: Metadata to send, besides the client's own.

        Raises:
            ClientClosedError: The client is closed.
        """
        from openai_grpc.client._events import RESPONSES  # noqa: PLC0415 - takes its time to load
        from openai_grpc.v1 import ResponsesClientEvent  # noqa: PLC0415 - as above

        params = {"timeout": timeout, "extra_metadata": extra_metadata}
        return self._connection.session(RESPONSES, prepare(ResponsesClientEvent, None, params))


class ResponseInputItems:
    """`client.responses.input_items`."""

    def __init__(self, connection: Connection) -> None:
        self.list: methods.ListResponseInputItems = Lister(connection, rpcs.LIST_RESPONSE_INPUT_ITEMS)


class ResponseInputTokens:
    """`client.responses.input_tokens`."""

    def __init__(self, connection: Connection) -> None:
        self.count: methods.CountResponseInputTokens = Unary(connection, rpcs.COUNT_RESPONSE_INPUT_TOKENS)


class Completions:
    """`client.completions`."""

    def __init__(self, connection: Connection) -> None:
        self.create: methods.CreateCompletion = Unary(connection, rpcs.CREATE_COMPLETION, rpcs.STREAM_COMPLETION)
        self.stream: methods.StreamCompletion = ServerStream(connection, rpcs.STREAM_COMPLETION)


class Models:
    """`client.models`."""

    def __init__(self, connection: Connection) -> None:
        self.list: methods.ListModels = Lister(connection, rpcs.LIST_MODELS)
        self.retrieve: methods.GetModel = Unary(connection, rpcs.GET_MODEL)
        self.delete: methods.DeleteModel = Unary(connection, rpcs.DELETE_MODEL)


class Files:
    """`client.files`."""

    def __init__(self, connection: Connection) -> None:
        self.create: methods.CreateFile = Unary(connection, rpcs.CREATE_FILE)
        self.upload: methods.UploadFile = Unary(connection, rpcs.UPLOAD_FILE)
        self.list: methods.ListFiles = Lister(connection, rpcs.LIST_FILES)
        self.retrieve: methods.GetFile = Unary(connection, rpcs.GET_FILE)
        self.delete: methods.DeleteFile = Unary(connection, rpcs.DELETE_FILE)
        self.content: methods.DownloadFile = ServerStream(connection, rpcs.DOWNLOAD_FILE)


class Uploads:
    """`client.uploads`."""

    def __init__(self, connection: Connection) -> None:
        self.create: methods.CreateUpload = Unary(connection, rpcs.CREATE_UPLOAD)
        self.complete: methods.CompleteUpload = Unary(connection, rpcs.COMPLETE_UPLOAD)
        self.cancel: methods.CancelUpload = Unary(connection, rpcs.CANCEL_UPLOAD)
        self.parts = UploadParts(connection)
        self._connection = connection

    def upload(  # noqa: PLR0913 - keyword arguments with defaults
        self,
        file: File | bytes,
        *,
        purpose: values.CreateUploadRequestPurpose,
        filename: str = "",
        mime_type: str = "",
        expires_after: ExpiresAfter | ExpiresAfterParam | None = None,
        part_size: int = 64 * 1024 * 1024,
        parallel: int = 4,
        progress: Progress | None = None,
        **params: Unpack[CallParams],
    ) -> Upload:
        """Uploads a large file in parts, side by side, and returns the upload with its `file`.

        A part that fails in passing is sent again, up to `max_retries` times; chunks are read as they are sent, so that
        memory is bounded. Upstream compares the MD5. When it fails or is cancelled, the upload is cancelled.

        Args:
            file: The file: a path, an open file that can seek, bytes, or a pair of a name and bytes.
            purpose: The use of the file.
            filename: The name of the file. Default: that of the path or of the open file.
            mime_type: Its MIME type. Default: guessed from the name.
            expires_after: When the file expires. Default: after 30 days for `batch`, else never.
            part_size: The size of a part, in bytes; OpenAI takes up to 64 MB.
            parallel: How many parts are sent at once.
            progress: Called with the bytes sent so far and the size of the file. In a blocking client it is called in a
                thread of gRPC's.
            **params: Further arguments, which hold for each call.

        Raises:
            APIError: A call failed.
            OSError: The file can't be read.
            TypeError: It can't be read from any position, or has no name.
            ValueError: It is empty, or has too many parts.
        """
        from openai_grpc.client import _upload  # noqa: PLC0415 - takes its time to load
        from openai_grpc.client._parts import CANCEL_TIMEOUT, Parts  # noqa: PLC0415 - as above

        if parallel < 1:
            raise ValueError(f"invalid parallel {parallel}: must be at least 1")
        parts = Parts(file, filename, part_size, progress)
        upload = self.create(
            bytes=parts.total,
            filename=parts.filename,
            mime_type=mime_type or parts.mime_type,
            purpose=purpose,
            expires_after=expires_after,
            **params,
        )
        try:
            ids, md5 = _upload.send(self._connection, upload.id, parts, parallel, {**params})
            return self.complete(upload.id, part_ids=ids, md5=md5, **params)
        except BaseException:
            with suppress(OpenAIGrpcError):
                self.cancel(upload.id, timeout=CANCEL_TIMEOUT, max_retries=0)
            raise


class UploadParts:
    """`client.uploads.parts`."""

    def __init__(self, connection: Connection) -> None:
        self.create: methods.CreateUploadPart = Unary(connection, rpcs.CREATE_UPLOAD_PART)
        self.add: methods.AddUploadPart = Unary(connection, rpcs.ADD_UPLOAD_PART)


class Videos:
    """`client.videos`."""

    def __init__(self, connection: Connection) -> None:
        self.create: methods.CreateVideo = Unary(connection, rpcs.CREATE_VIDEO)
        self.retrieve: methods.GetVideo = Unary(connection, rpcs.GET_VIDEO)
        self.watch: methods.WatchVideo = ServerStream(connection, rpcs.WATCH_VIDEO)
        self.list: methods.ListVideos = Lister(connection, rpcs.LIST_VIDEOS)
        self.delete: methods.DeleteVideo = Unary(connection, rpcs.DELETE_VIDEO)
        self.download_content: methods.DownloadVideo = ServerStream(connection, rpcs.DOWNLOAD_VIDEO)
        self.remix: methods.RemixVideo = Unary(connection, rpcs.REMIX_VIDEO)
        self.edit: methods.EditVideo = Unary(connection, rpcs.EDIT_VIDEO)
        self.extend: methods.ExtendVideo = Unary(connection, rpcs.EXTEND_VIDEO)
        self.create_character: methods.CreateVideoCharacter = Unary(connection, rpcs.CREATE_VIDEO_CHARACTER)
        self.get_character: methods.GetVideoCharacter = Unary(connection, rpcs.GET_VIDEO_CHARACTER)


class Realtime:
    """`client.realtime`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.client_secrets = ClientSecrets(connection)
        self.calls = RealtimeCalls(connection)

    def connect(
        self,
        *,
        model: str | None = None,
        call_id: str | None = None,
        intent: str | None = None,
        timeout: Any = None,
        extra_metadata: Any = (),
    ) -> Session:
        """Opens a session with a model that hears and speaks, or for live transcription.

        Args:
            model: The model. Default: the only one that the gateway has.
            call_id: A call to follow, instead of a session of its own.
            intent: `transcription`: the session only transcribes.
            timeout: The deadline, in seconds from now, or limits of the call's parts. Default: none.
            extra_metadata: Metadata to send, besides the client's own.

        Raises:
            ClientClosedError: The client is closed.
        """
        from openai_grpc.client._events import REALTIME  # noqa: PLC0415 - takes its time to load
        from openai_grpc.v1 import RealtimeClientEvent, RealtimeConnect  # noqa: PLC0415 - as above

        params = {"model": model, "call_id": call_id, "intent": intent}
        prepared = prepare(RealtimeConnect, None, {**params, "timeout": timeout, "extra_metadata": extra_metadata})
        first = RealtimeClientEvent(connect=cast("RealtimeConnect", prepared.request))
        return self._connection.session(REALTIME, prepared, first)


class ClientSecrets:
    """`client.realtime.client_secrets`."""

    def __init__(self, connection: Connection) -> None:
        self.create: methods.CreateRealtimeClientSecret = Unary(connection, rpcs.CREATE_REALTIME_CLIENT_SECRET)


class RealtimeCalls:
    """`client.realtime.calls`."""

    def __init__(self, connection: Connection) -> None:
        self.create: methods.CreateRealtimeCall = Unary(connection, rpcs.CREATE_REALTIME_CALL)
        self.accept: methods.AcceptRealtimeCall = Unary(connection, rpcs.ACCEPT_REALTIME_CALL)
        self.reject: methods.RejectRealtimeCall = Unary(connection, rpcs.REJECT_REALTIME_CALL)
        self.refer: methods.ReferRealtimeCall = Unary(connection, rpcs.REFER_REALTIME_CALL)
        self.hangup: methods.HangupRealtimeCall = Unary(connection, rpcs.HANGUP_REALTIME_CALL)


class Batches:
    """`client.batches`."""

    def __init__(self, connection: Connection) -> None:
        self.create: methods.CreateBatch = Unary(connection, rpcs.CREATE_BATCH)
        self.list: methods.ListBatches = Lister(connection, rpcs.LIST_BATCHES)
        self.retrieve: methods.GetBatch = Unary(connection, rpcs.GET_BATCH)
        self.watch: methods.WatchBatch = ServerStream(connection, rpcs.WATCH_BATCH)
        self.cancel: methods.CancelBatch = Unary(connection, rpcs.CANCEL_BATCH)
        self._results = ServerStream(connection, rpcs.STREAM_BATCH_RESULTS)
        self._connection = connection

    def submit(self, requests: BatchRequests, /, **params: Unpack[SubmitBatchParams]) -> Batch:
        """Submits a batch of requests, which are read one by one.

        Args:
            requests: The requests, such as `CreateChatCompletionRequest`, alone or in pairs with the caller's id, which
                the results have: all of one kind. Default of the ids: `request-1`, `request-2` and so on.
            **params: The settings of the batch, and options of the call.

        Raises:
            APIError: The call failed: no batch was made.
            TypeError: A request is not one, or there is no such argument.
        """
        # Loaded only where it is called: most programs submit no batches.
        from openai_grpc.client._batch import SUBMIT_BATCH  # noqa: PLC0415 - as above

        batch: Batch = Unary(self._connection, SUBMIT_BATCH)(requests, **params)
        return batch

    def results(self, batch: Batch | str, /, **params: Unpack[BatchResultsParams]) -> BatchResults:
        """Streams the results of a batch that is done, those of failed requests included.

        Args:
            batch: The batch, or its id.
            **params: `after`, the cursor of the last result that is there already; and options of the call.

        Raises:
            ClientClosedError: The client is closed.
        """
        results: BatchResults = self._results(batch if isinstance(batch, str) else batch.id, **params)
        return results


class Embeddings:
    """`client.embeddings`."""

    def __init__(self, connection: Connection) -> None:
        self.create: methods.CreateEmbedding = Unary(connection, rpcs.CREATE_EMBEDDING)
        self._stream = ServerStream(connection, STREAM_EMBEDDINGS)

    def stream(self, inputs: Inputs, /, **params: Unpack[StreamEmbeddingsParams]) -> EmbeddingStream:
        """Embeds any number of inputs: the gateway puts them together to requests of the upstream's size.

        Inputs are taken as the gateway takes them, and vectors are made as they are read, so that memory is bounded.

        Args:
            inputs: The inputs, each a text or the tokens of one: a list, a generator.
            **params: Further arguments, as of `create`.

        Raises:
            TypeError: An argument does not exist, or the inputs are a single text.
        """
        return cast("EmbeddingStream", self._stream.begin(prepare_inputs(inputs, {**params})))


class Moderations:
    """`client.moderations`."""

    def __init__(self, connection: Connection) -> None:
        self.create: methods.CreateModeration = Unary(connection, rpcs.CREATE_MODERATION)


class Decisions:
    """`client.decisions`."""

    def __init__(self, connection: Connection) -> None:
        self.create: methods.CreateDecision = Unary(connection, rpcs.CREATE_DECISION)


class ContentProvenanceChecks:
    """`client.content_provenance_checks`."""

    def __init__(self, connection: Connection) -> None:
        self.create: methods.CreateContentProvenanceCheck = Unary(connection, rpcs.CREATE_CONTENT_PROVENANCE_CHECK)
        self.upload: methods.UploadContentProvenanceCheck = Unary(connection, rpcs.UPLOAD_CONTENT_PROVENANCE_CHECK)


class Conversations:
    """`client.conversations`."""

    def __init__(self, connection: Connection) -> None:
        self.create: methods.CreateConversation = Unary(connection, rpcs.CREATE_CONVERSATION)
        self.retrieve: methods.GetConversation = Unary(connection, rpcs.GET_CONVERSATION)
        self.update: methods.UpdateConversation = Unary(connection, rpcs.UPDATE_CONVERSATION)
        self.delete: methods.DeleteConversation = Unary(connection, rpcs.DELETE_CONVERSATION)
        self.items = ConversationItems(connection)


class ConversationItems:
    """`client.conversations.items`."""

    def __init__(self, connection: Connection) -> None:
        self.create: methods.CreateConversationItems = Unary(connection, rpcs.CREATE_CONVERSATION_ITEMS)
        self.retrieve: methods.GetConversationItem = Unary(connection, rpcs.GET_CONVERSATION_ITEM)
        self.list: methods.ListConversationItems = Lister(connection, rpcs.LIST_CONVERSATION_ITEMS)
        self.delete: methods.DeleteConversationItem = Unary(connection, rpcs.DELETE_CONVERSATION_ITEM)


class Images:
    """`client.images`."""

    def __init__(self, connection: Connection) -> None:
        self.generate: methods.CreateImage = Unary(connection, rpcs.CREATE_IMAGE, rpcs.STREAM_IMAGE)
        self.stream: methods.StreamImage = ServerStream(connection, rpcs.STREAM_IMAGE)
        self.edit: methods.CreateImageEdit = Unary(connection, rpcs.CREATE_IMAGE_EDIT, rpcs.STREAM_IMAGE_EDIT)
        self.stream_edit: methods.StreamImageEdit = ServerStream(connection, rpcs.STREAM_IMAGE_EDIT)
        self.create_variation: methods.CreateImageVariation = Unary(connection, rpcs.CREATE_IMAGE_VARIATION)


class Audio:
    """`client.audio`."""

    def __init__(self, connection: Connection) -> None:
        self.transcriptions = Transcriptions(connection)
        self.translations = Translations(connection)
        self.speech = Speech(connection)


class Translations:
    """`client.audio.translations`."""

    def __init__(self, connection: Connection) -> None:
        self.create: methods.CreateTranslation = Unary(connection, rpcs.CREATE_TRANSLATION)
        self.upload: methods.UploadTranslation = Unary(connection, rpcs.UPLOAD_TRANSLATION)


class Speech:
    """`client.audio.speech`."""

    def __init__(self, connection: Connection) -> None:
        self.create: methods.CreateSpeech = ServerStream(connection, rpcs.CREATE_SPEECH)
        self.stream: methods.StreamSpeech = ServerStream(connection, rpcs.STREAM_SPEECH)


class Transcriptions:
    """`client.audio.transcriptions`."""

    def __init__(self, connection: Connection) -> None:
        self.create: methods.CreateTranscription = Unary(connection, rpcs.CREATE_TRANSCRIPTION)
        self.upload: methods.UploadTranscription = Unary(connection, rpcs.UPLOAD_TRANSCRIPTION)
        self.stream: methods.StreamTranscription = ServerStream(connection, rpcs.STREAM_TRANSCRIPTION)


class Keys:
    """`client.keys`: keys of the gateway's callers; for those who may administer them."""

    def __init__(self, connection: Connection) -> None:
        self.issue: methods.IssueKey = Unary(connection, rpcs.ISSUE_KEY)
        self.list: methods.ListKeys = Lister(connection, rpcs.LIST_KEYS)
        self.rotate: methods.RotateKey = Unary(connection, rpcs.ROTATE_KEY)
        self.revoke: methods.RevokeKey = Unary(connection, rpcs.REVOKE_KEY)

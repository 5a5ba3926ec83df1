# ruff: noqa: D205, D418
"""Types of the methods of the namespaces, for type checkers and editors alone. Generated: do not edit."""

from typing import Literal, Protocol, Unpack, overload

from openai_grpc.admin.v1 import (
    IssuedKey,
    IssueKeyRequest,
    Key,
    KeyList,
    ListKeysRequest,
    RevokeKeyRequest,
    RotateKeyRequest,
)
from openai_grpc.client.metadata import CallMetadata
from openai_grpc.client.pages import Page
from openai_grpc.client.params import (
    AcceptRealtimeCallParams,
    CancelBatchParams,
    CancelResponseParams,
    CancelUploadParams,
    CompactResponseParams,
    CompleteUploadParams,
    CountResponseInputTokensParams,
    CreateBatchParams,
    CreateChatCompletionParams,
    CreateCompletionParams,
    CreateContentProvenanceCheckParams,
    CreateConversationItemsParams,
    CreateConversationParams,
    CreateDecisionParams,
    CreateEmbeddingParams,
    CreateFileParams,
    CreateImageEditParams,
    CreateImageParams,
    CreateImageVariationParams,
    CreateModerationParams,
    CreateRealtimeCallParams,
    CreateRealtimeClientSecretParams,
    CreateResponseParams,
    CreateSpeechParams,
    CreateTranscriptionParams,
    CreateTranslationParams,
    CreateUploadParams,
    CreateUploadPartParams,
    CreateVideoCharacterParams,
    CreateVideoParams,
    DeleteChatCompletionParams,
    DeleteConversationItemParams,
    DeleteConversationParams,
    DeleteFileParams,
    DeleteModelParams,
    DeleteResponseParams,
    DeleteVideoParams,
    DownloadFileParams,
    DownloadVideoParams,
    EditVideoParams,
    ExtendVideoParams,
    GetBatchParams,
    GetChatCompletionParams,
    GetConversationItemParams,
    GetConversationParams,
    GetFileParams,
    GetModelParams,
    GetResponseParams,
    GetVideoCharacterParams,
    GetVideoParams,
    HangupRealtimeCallParams,
    IssueKeyParams,
    ListBatchesParams,
    ListChatCompletionMessagesParams,
    ListChatCompletionsParams,
    ListConversationItemsParams,
    ListFilesParams,
    ListKeysParams,
    ListModelsParams,
    ListResponseInputItemsParams,
    ListVideosParams,
    ReferRealtimeCallParams,
    RejectRealtimeCallParams,
    RemixVideoParams,
    ResumeResponseParams,
    RevokeKeyParams,
    RotateKeyParams,
    StreamBatchResultsParams,
    UpdateChatCompletionParams,
    UpdateConversationParams,
    UploadContentProvenanceCheckParams,
    UploadFileParams,
    UploadTranscriptionParams,
    UploadTranslationParams,
    UploadUploadPartParams,
    WatchResponseParams,
)
from openai_grpc.client.streams import (
    BatchResults,
    BatchStates,
    ChatCompletionStream,
    CompletionStream,
    FileStream,
    ImageStream,
    ResponseStates,
    ResponseStream,
    SpeechEventStream,
    SpeechStream,
    TranscriptionStream,
    VideoStates,
)
from openai_grpc.v1 import (
    AcceptRealtimeCallRequest,
    Batch,
    BatchList,
    CancelBatchRequest,
    CancelResponseRequest,
    CancelUploadRequest,
    ChatCompletion,
    ChatCompletionDeleted,
    ChatCompletionList,
    ChatCompletionMessageList,
    ChatCompletionStoreMessage,
    CompactedResponse,
    CompactResponseRequest,
    CompleteUploadRequest,
    Completion,
    ContentProvenanceCheck,
    Conversation,
    ConversationDeleted,
    ConversationItem,
    CountResponseInputTokensRequest,
    CreateBatchRequest,
    CreateChatCompletionRequest,
    CreateCompletionRequest,
    CreateContentProvenanceCheckRequest,
    CreateConversationItemsRequest,
    CreateConversationRequest,
    CreateDecisionRequest,
    CreateEmbeddingRequest,
    CreateEmbeddingResponse,
    CreateFileRequest,
    CreateImageEditRequest,
    CreateImageRequest,
    CreateImageVariationRequest,
    CreateModerationRequest,
    CreateModerationResponse,
    CreateRealtimeCallRequest,
    CreateRealtimeClientSecretRequest,
    CreateResponseRequest,
    CreateSpeechRequest,
    CreateTranscriptionRequest,
    CreateTranslationRequest,
    CreateUploadPartRequest,
    CreateUploadRequest,
    CreateVideoCharacterRequest,
    CreateVideoRequest,
    Decision,
    DeleteChatCompletionRequest,
    DeleteConversationItemRequest,
    DeleteConversationRequest,
    DeleteFileRequest,
    DeleteModelRequest,
    DeleteResponseRequest,
    DeleteVideoRequest,
    DownloadFileRequest,
    DownloadVideoRequest,
    EditVideoRequest,
    ExtendVideoRequest,
    FileDeleted,
    FileList,
    FileObject,
    GetBatchRequest,
    GetChatCompletionRequest,
    GetConversationItemRequest,
    GetConversationRequest,
    GetFileRequest,
    GetModelRequest,
    GetResponseRequest,
    GetVideoCharacterRequest,
    GetVideoRequest,
    HangupRealtimeCallRequest,
    ImagesResponse,
    ListBatchesRequest,
    ListChatCompletionMessagesRequest,
    ListChatCompletionsRequest,
    ListConversationItemsRequest,
    ListFilesRequest,
    ListModelsRequest,
    ListResponseInputItemsRequest,
    ListVideosRequest,
    Model,
    ModelDeleted,
    ModelList,
    RealtimeCall,
    RealtimeCallReply,
    RealtimeClientSecret,
    ReferRealtimeCallRequest,
    RejectRealtimeCallRequest,
    RemixVideoRequest,
    Response,
    ResponseDeleted,
    ResponseInputTokenCount,
    ResponseItem,
    ResponseItemList,
    ResumeResponseRequest,
    StreamBatchResultsRequest,
    Transcription,
    Translation,
    UpdateChatCompletionRequest,
    UpdateConversationRequest,
    Upload,
    UploadPart,
    Video,
    VideoCharacter,
    VideoDeleted,
    VideoList,
    WatchResponseRequest,
)


class CreateTranscription(Protocol):
    """Type of `CreateTranscription`."""

    def __call__(
        self, request: CreateTranscriptionRequest | None = None, /, **params: Unpack[CreateTranscriptionParams]
    ) -> Transcription:
        """Transcribes a recording sent in one message.

        REST: `POST /audio/transcriptions`.

        Args:
            request: The request, instead of the arguments.
            model: The model's name, such as `gpt-4o-transcribe`; the gateway routes the request by it.
                Required. Limit: 256 bytes.
            chunking_strategy: Chunking of the recording. Models with `diarize` need it above 30 seconds.
                Default: no chunking.
            include: Additional output. `logprobs` needs `json` as `response_format`, and a model that
                supports it. Default: nothing. Known values: `logprobs`.
            keywords: Words and phrases that may occur in the recording. `gpt-transcribe` only.
            known_speaker_names: Short names of known speakers, in the order of `known_speaker_references`.
                At most 4.
            known_speaker_references: A sample of each known speaker, 2 to 10 seconds long, as a `data:`
                URL, in any format allowed for `file`.
            language: The language of the recording, in ISO 639-1, such as `en`. Improves accuracy and
                latency. Default: detected.
            languages: Languages that may occur in the recording, in ISO 639-1. `gpt-transcribe` only.
            prompt: Text that the transcript follows in style, or continues, in the language of the
                recording. Not for models with `diarize`.
            response_format: The format of the transcript. It depends on the model: `gpt-4o-transcribe`
                supports only `json`; models with `diarize` support `json`, `text` and `diarized_json`, the
                only one with speakers. Default: `json`. Known values: `json`, `text`, `srt`,
                `verbose_json`, `vtt`, `diarized_json`.
            temperature: Sampling temperature, 0 to 1; at 0 the model raises it automatically where it is
                unsure. Default: 0.
            timestamp_granularities: Granularity of timestamps; needs `verbose_json`. `word` adds latency,
                `segment` does not. Not for models with `diarize`. Default: `segment`. Known values: `word`,
                `segment`.
            file: The recording: flac, mp3, mp4, mpeg, mpga, m4a, ogg, wav or webm. Required.
            call_options: Options of the gateway for this call.
        """
        ...

    def with_call(
        self, request: CreateTranscriptionRequest | None = None, /, **params: Unpack[CreateTranscriptionParams]
    ) -> tuple[Transcription, CallMetadata]:
        """Transcribes a recording sent in one message.

        REST: `POST /audio/transcriptions`.

        Returns the reply with its metadata.
        """
        ...


class UploadTranscription(Protocol):
    """Type of `UploadTranscription`."""

    def __call__(
        self, request: CreateTranscriptionRequest | None = None, /, **params: Unpack[UploadTranscriptionParams]
    ) -> Transcription:
        """Transcribes a recording of any size. Chunks are forwarded upstream as they arrive; the transcript
        follows the last one.

        REST: `POST /audio/transcriptions`.

        Args:
            request: The request, instead of the arguments.
            model: The model's name, such as `gpt-4o-transcribe`; the gateway routes the request by it.
                Required. Limit: 256 bytes.
            chunking_strategy: Chunking of the recording. Models with `diarize` need it above 30 seconds.
                Default: no chunking.
            include: Additional output. `logprobs` needs `json` as `response_format`, and a model that
                supports it. Default: nothing. Known values: `logprobs`.
            keywords: Words and phrases that may occur in the recording. `gpt-transcribe` only.
            known_speaker_names: Short names of known speakers, in the order of `known_speaker_references`.
                At most 4.
            known_speaker_references: A sample of each known speaker, 2 to 10 seconds long, as a `data:`
                URL, in any format allowed for `file`.
            language: The language of the recording, in ISO 639-1, such as `en`. Improves accuracy and
                latency. Default: detected.
            languages: Languages that may occur in the recording, in ISO 639-1. `gpt-transcribe` only.
            prompt: Text that the transcript follows in style, or continues, in the language of the
                recording. Not for models with `diarize`.
            response_format: The format of the transcript. It depends on the model: `gpt-4o-transcribe`
                supports only `json`; models with `diarize` support `json`, `text` and `diarized_json`, the
                only one with speakers. Default: `json`. Known values: `json`, `text`, `srt`,
                `verbose_json`, `vtt`, `diarized_json`.
            temperature: Sampling temperature, 0 to 1; at 0 the model raises it automatically where it is
                unsure. Default: 0.
            timestamp_granularities: Granularity of timestamps; needs `verbose_json`. `word` adds latency,
                `segment` does not. Not for models with `diarize`. Default: `segment`. Known values: `word`,
                `segment`.
            file: The recording: flac, mp3, mp4, mpeg, mpga, m4a, ogg, wav or webm. Required.
            call_options: Options of the gateway for this call.
        """
        ...

    def with_call(
        self, request: CreateTranscriptionRequest | None = None, /, **params: Unpack[UploadTranscriptionParams]
    ) -> tuple[Transcription, CallMetadata]:
        """Transcribes a recording of any size. Chunks are forwarded upstream as they arrive; the transcript
        follows the last one.

        REST: `POST /audio/transcriptions`.

        Returns the reply with its metadata.
        """
        ...


class StreamTranscription(Protocol):
    """Type of `StreamTranscription`."""

    def __call__(
        self, request: CreateTranscriptionRequest | None = None, /, **params: Unpack[UploadTranscriptionParams]
    ) -> TranscriptionStream:
        """Transcribes a recording of any size and streams the text as events. The stream ends with OK only
        after the event `transcript.text.done`; if it is truncated or carries an error, a non-OK status
        follows the events so far. The model must support streaming; `whisper-1` does not.

        REST: `POST /audio/transcriptions`.

        Args:
            request: The request, instead of the arguments.
            model: The model's name, such as `gpt-4o-transcribe`; the gateway routes the request by it.
                Required. Limit: 256 bytes.
            chunking_strategy: Chunking of the recording. Models with `diarize` need it above 30 seconds.
                Default: no chunking.
            include: Additional output. `logprobs` needs `json` as `response_format`, and a model that
                supports it. Default: nothing. Known values: `logprobs`.
            keywords: Words and phrases that may occur in the recording. `gpt-transcribe` only.
            known_speaker_names: Short names of known speakers, in the order of `known_speaker_references`.
                At most 4.
            known_speaker_references: A sample of each known speaker, 2 to 10 seconds long, as a `data:`
                URL, in any format allowed for `file`.
            language: The language of the recording, in ISO 639-1, such as `en`. Improves accuracy and
                latency. Default: detected.
            languages: Languages that may occur in the recording, in ISO 639-1. `gpt-transcribe` only.
            prompt: Text that the transcript follows in style, or continues, in the language of the
                recording. Not for models with `diarize`.
            response_format: The format of the transcript. It depends on the model: `gpt-4o-transcribe`
                supports only `json`; models with `diarize` support `json`, `text` and `diarized_json`, the
                only one with speakers. Default: `json`. Known values: `json`, `text`, `srt`,
                `verbose_json`, `vtt`, `diarized_json`.
            temperature: Sampling temperature, 0 to 1; at 0 the model raises it automatically where it is
                unsure. Default: 0.
            timestamp_granularities: Granularity of timestamps; needs `verbose_json`. `word` adds latency,
                `segment` does not. Not for models with `diarize`. Default: `segment`. Known values: `word`,
                `segment`.
            file: The recording: flac, mp3, mp4, mpeg, mpga, m4a, ogg, wav or webm. Required.
            call_options: Options of the gateway for this call.
        """
        ...


class CreateTranslation(Protocol):
    """Type of `CreateTranslation`."""

    def __call__(
        self, request: CreateTranslationRequest | None = None, /, **params: Unpack[CreateTranslationParams]
    ) -> Translation:
        """Translates a recording sent in one message into English.

        REST: `POST /audio/translations`.

        Args:
            request: The request, instead of the arguments.
            model: The model's name, such as `whisper-1`; the gateway routes the request by it. Required.
                Limit: 256 bytes.
            prompt: English text that the translation follows in style, or continues.
            response_format: The format of the translation. Default: `json`. Known values: `json`, `text`,
                `srt`, `verbose_json`, `vtt`.
            temperature: Sampling temperature, 0 to 1; at 0 the model raises it automatically where it is
                unsure. Default: 0.
            file: The recording: flac, mp3, mp4, mpeg, mpga, m4a, ogg, wav or webm. Required.
            call_options: Options of the gateway for this call.
        """
        ...

    def with_call(
        self, request: CreateTranslationRequest | None = None, /, **params: Unpack[CreateTranslationParams]
    ) -> tuple[Translation, CallMetadata]:
        """Translates a recording sent in one message into English.

        REST: `POST /audio/translations`.

        Returns the reply with its metadata.
        """
        ...


class UploadTranslation(Protocol):
    """Type of `UploadTranslation`."""

    def __call__(
        self, request: CreateTranslationRequest | None = None, /, **params: Unpack[UploadTranslationParams]
    ) -> Translation:
        """Translates a recording of any size into English. Chunks are forwarded upstream as they arrive; the
        translation follows the last one.

        REST: `POST /audio/translations`.

        Args:
            request: The request, instead of the arguments.
            model: The model's name, such as `whisper-1`; the gateway routes the request by it. Required.
                Limit: 256 bytes.
            prompt: English text that the translation follows in style, or continues.
            response_format: The format of the translation. Default: `json`. Known values: `json`, `text`,
                `srt`, `verbose_json`, `vtt`.
            temperature: Sampling temperature, 0 to 1; at 0 the model raises it automatically where it is
                unsure. Default: 0.
            file: The recording: flac, mp3, mp4, mpeg, mpga, m4a, ogg, wav or webm. Required.
            call_options: Options of the gateway for this call.
        """
        ...

    def with_call(
        self, request: CreateTranslationRequest | None = None, /, **params: Unpack[UploadTranslationParams]
    ) -> tuple[Translation, CallMetadata]:
        """Translates a recording of any size into English. Chunks are forwarded upstream as they arrive; the
        translation follows the last one.

        REST: `POST /audio/translations`.

        Returns the reply with its metadata.
        """
        ...


class CreateSpeech(Protocol):
    """Type of `CreateSpeech`."""

    def __call__(
        self, request: CreateSpeechRequest | None = None, /, **params: Unpack[CreateSpeechParams]
    ) -> SpeechStream:
        """Speaks a text and streams the audio as bytes, as upstream sends them. The first message has the MIME
        type.

        REST: `POST /audio/speech`.

        Args:
            request: The request, instead of the arguments.
            input: The text. At most 4,096 characters. Required.
            model: The model's name, such as `gpt-4o-mini-tts`; the gateway routes the request by it.
                Required. Limit: 256 bytes.
            voice: The voice. Required.
            instructions: How to speak, in words. Not for `tts-1` and `tts-1-hd`.
            response_format: The format of the audio. `pcm` is 24 kHz, 16 bits, little-endian, mono, without
                a header. Default: `mp3`. Known values: `mp3`, `opus`, `aac`, `flac`, `wav`, `pcm`.
            speed: Speed, 0.25 to 4. Default: 1.
            stream_format: Form of the stream, which the RPC chooses: StreamSpeech sends `sse` itself,
                CreateSpeech refuses it. Callers need not set it. Known values: `sse`, `audio`.
            call_options: Options of the gateway for this call.
        """
        ...


class StreamSpeech(Protocol):
    """Type of `StreamSpeech`."""

    def __call__(
        self, request: CreateSpeechRequest | None = None, /, **params: Unpack[CreateSpeechParams]
    ) -> SpeechEventStream:
        """Speaks a text and streams the audio as events, of which the last has the usage. The stream ends with
        OK only after the event `speech.audio.done`; if it is truncated or carries an error, a non-OK status
        follows the events so far. If upstream answers with audio, the events are made of that.

        REST: `POST /audio/speech`.

        Args:
            request: The request, instead of the arguments.
            input: The text. At most 4,096 characters. Required.
            model: The model's name, such as `gpt-4o-mini-tts`; the gateway routes the request by it.
                Required. Limit: 256 bytes.
            voice: The voice. Required.
            instructions: How to speak, in words. Not for `tts-1` and `tts-1-hd`.
            response_format: The format of the audio. `pcm` is 24 kHz, 16 bits, little-endian, mono, without
                a header. Default: `mp3`. Known values: `mp3`, `opus`, `aac`, `flac`, `wav`, `pcm`.
            speed: Speed, 0.25 to 4. Default: 1.
            stream_format: Form of the stream, which the RPC chooses: StreamSpeech sends `sse` itself,
                CreateSpeech refuses it. Callers need not set it. Known values: `sse`, `audio`.
            call_options: Options of the gateway for this call.
        """
        ...


class StreamBatchResults(Protocol):
    """Type of `StreamBatchResults`."""

    def __call__(
        self, request: StreamBatchResultsRequest | str | None = None, /, **params: Unpack[StreamBatchResultsParams]
    ) -> BatchResults:
        """Streams the results of a batch: those in its output file, then the failures in its error file, one a
        message, in the order of the files, which need not be that of the requests. A request that failed
        has an `error`, and the stream goes on. Resumes after the `cursor` of a result. Not by REST, where
        the files are downloaded.

        Args:
            request: The request, instead of the arguments.
            after: The `cursor` of the last result that was received: the stream goes on after it. Default:
                from the first result.
            call_options: Options of the gateway for this call.
        """
        ...


class CreateBatch(Protocol):
    """Type of `CreateBatch`."""

    def __call__(self, request: CreateBatchRequest | None = None, /, **params: Unpack[CreateBatchParams]) -> Batch:
        """Creates a batch from an uploaded file of requests, one JSON object a line. A key that is restricted
        to models may call it only if it names this RPC: the models are in the file.

        REST: `POST /batches`.

        Args:
            request: The request, instead of the arguments.
            completion_window: The time within which the batch is processed. Required. Known values: `24h`.
            endpoint: The path that all requests of the batch are for. Required. Known values:
                `/v1/responses`, `/v1/chat/completions`, `/v1/embeddings`, `/v1/completions`,
                `/v1/moderations`, `/v1/images/generations`, `/v1/images/edits`, `/v1/videos`.
            input_file_id: The id of the file of requests, uploaded with the purpose `batch`. Required. At
                most 50,000 requests, 200 MB. Limit: 1,024 bytes.
            metadata: Metadata for the batch. At most 16 pairs; keys up to 64 characters, values up to 512.
            output_expires_after: When the files of the results expire. Default: never.
            call_options: Options of the gateway for this call.
        """
        ...

    def with_call(
        self, request: CreateBatchRequest | None = None, /, **params: Unpack[CreateBatchParams]
    ) -> tuple[Batch, CallMetadata]:
        """Creates a batch from an uploaded file of requests, one JSON object a line. A key that is restricted
        to models may call it only if it names this RPC: the models are in the file.

        REST: `POST /batches`.

        Returns the reply with its metadata.
        """
        ...


class ListBatches(Protocol):
    """Type of `ListBatches`."""

    def __call__(
        self, request: ListBatchesRequest | None = None, /, **params: Unpack[ListBatchesParams]
    ) -> Page[Batch, BatchList]:
        """Lists batches, page by page. Where the gateway seals ids, these are the key's own.

        REST: `GET /batches`.

        Args:
            request: The request, instead of the arguments.
            after: The id of the last one of the previous page. Default: the first page. Limit: 1,024 bytes.
            limit: Maximum number of entries per page, 1 to 100. Default: 20.
        """
        ...

    def with_call(
        self, request: ListBatchesRequest | None = None, /, **params: Unpack[ListBatchesParams]
    ) -> tuple[Page[Batch, BatchList], CallMetadata]:
        """Lists batches, page by page. Where the gateway seals ids, these are the key's own.

        REST: `GET /batches`.

        Returns the reply with its metadata.
        """
        ...


class GetBatch(Protocol):
    """Type of `GetBatch`."""

    def __call__(self, request: GetBatchRequest | str | None = None, /, **params: Unpack[GetBatchParams]) -> Batch:
        """Gets the state of a batch.

        REST: `GET /batches/{batch_id}`.

        Args:
            request: The request, instead of the arguments.

        """
        ...

    def with_call(
        self, request: GetBatchRequest | str | None = None, /, **params: Unpack[GetBatchParams]
    ) -> tuple[Batch, CallMetadata]:
        """Gets the state of a batch.

        REST: `GET /batches/{batch_id}`.

        Returns the reply with its metadata.
        """
        ...


class WatchBatch(Protocol):
    """Type of `WatchBatch`."""

    def __call__(
        self, request: GetBatchRequest | str | None = None, /, **params: Unpack[GetBatchParams]
    ) -> BatchStates:
        """Watches a batch until it is done: the first message is its present state, then comes one on each
        change of it (`status`, `request_counts`), and the last one has its end, followed by status OK.
        Polls of the upstream are shared by the callers of the same owner, as in
        `ResponsesService.WatchResponse`.

        Args:
            request: The request, instead of the arguments.

        """
        ...


class CancelBatch(Protocol):
    """Type of `CancelBatch`."""

    def __call__(
        self, request: CancelBatchRequest | str | None = None, /, **params: Unpack[CancelBatchParams]
    ) -> Batch:
        """Cancels a batch. It is `cancelling` for up to 10 minutes, then `cancelled`; results so far are in
        its output file.

        REST: `POST /batches/{batch_id}/cancel`.

        Args:
            request: The request, instead of the arguments.

        """
        ...

    def with_call(
        self, request: CancelBatchRequest | str | None = None, /, **params: Unpack[CancelBatchParams]
    ) -> tuple[Batch, CallMetadata]:
        """Cancels a batch. It is `cancelling` for up to 10 minutes, then `cancelled`; results so far are in
        its output file.

        REST: `POST /batches/{batch_id}/cancel`.

        Returns the reply with its metadata.
        """
        ...


class CreateChatCompletion(Protocol):
    """Type of `CreateChatCompletion`."""

    @overload
    def __call__(
        self,
        request: CreateChatCompletionRequest | None = None,
        /,
        *,
        stream: Literal[False] | None = None,
        **params: Unpack[CreateChatCompletionParams],
    ) -> ChatCompletion:
        """Completes a chat and returns the whole reply.

        REST: `POST /chat/completions`.

        Args:
            request: The request, instead of the arguments.
            stream: Whether to return a stream of the reply.
            messages: The conversation so far, oldest message first. Required.
            model: The model's name; the gateway routes the request by it. Required. Limit: 256 bytes.
            audio: The audio to reply with. Required when `modalities` has `audio`.
            frequency_penalty: Penalty on tokens by their frequency in the text so far; negative values
                favor repetition. -2 to 2. Default: 0.
            function_call: Deprecated: use `tool_choice`. Choice among `functions`. Default: `auto` with
                functions, else `none`.
            functions: Deprecated: use `tools`. The functions that the model may call.
            logit_bias: Bias added to the logits of tokens before sampling, by decimal token id: -100
                (practically never) to 100 (practically always).
            logprobs: Return the log probability of each token of the reply. Default: false.
            max_completion_tokens: Maximum number of tokens per choice, reasoning included. Default: the
                model's limit.
            max_tokens: Deprecated: use `max_completion_tokens`; o-series models refuse this one. Maximum
                number of tokens per choice.
            metadata: Pairs stored with the completion, usable as filters in lists. At most 16 pairs; keys
                up to 64 characters, values up to 512.
            modalities: Output types. `audio` needs a model that supports it, and the field `audio`.
                Default: `text`. Known values: `text`, `audio`.
            moderation: Moderation of the input and the reply. Default: off.
            n: Number of choices to generate, all billed. 1 to 128. Default: 1.
            parallel_tool_calls: Allow several tool calls in one reply. Default: true.
            prediction: Text that the reply is expected to repeat; lowers latency.
            presence_penalty: Penalty on tokens that occur in the text so far, regardless of frequency;
                negative values favor repetition. -2 to 2. Default: 0.
            prompt_cache_key: Routes requests with the same key and prefix to the same cache. Replaces
                `user` for this purpose.
            prompt_cache_options: Settings of the prompt cache. Default: upstream decides.
            prompt_cache_retention: Deprecated: use `prompt_cache_options.ttl`. Maximum lifetime of cached
                prefixes: in memory only, or 24 hours. Default: depends on the model and the organization's
                data retention. Known values: `in_memory`, `24h`.
            reasoning_effort: Amount of reasoning: less is faster and uses fewer tokens. Accepted values and
                the default depend on the model. Known values: `none`, `minimal`, `low`, `medium`, `high`,
                `xhigh`, `max`.
            response_format: The format of the reply: text, JSON that follows a schema, or any JSON object.
                Default: text.
            safety_identifier: Stable id of the end user for abuse detection, preferably a hash. At most 128
                characters.
            seed: Seed for sampling: the same seed and parameters give the same reply on a best-effort
                basis. Default: random.
            service_tier: Service tier: `auto` by the project's setting, `default` at standard price, `flex`
                cheaper and slower, `priority` or `fast` faster and more expensive. Default: `auto`. Known
                values: `auto`, `default`, `flex`, `scale`, `priority`, `fast`.
            stop: Up to 4 stop sequences, excluded from the reply. Not supported by all reasoning models.
                Default: none.
            store: Store the completion for GetChatCompletion and the other calls on stored ones. Default:
                false.
            stream_options: Stream options. StreamChatCompletion only.
            temperature: Sampling temperature. 0 to 2. Default: 1. Change this or `top_p`, not both.
            tool_choice: Tool choice: `none`, `auto`, `required` (one or more), or specific tools. Default:
                `auto` with tools, else `none`.
            tools: The tools that the model may call.
            top_logprobs: Number of most likely tokens to return at each position, with log probabilities. 0
                to 20. Needs `logprobs`.
            top_p: Nucleus sampling: sample from the most likely tokens with this total probability. 0 to 1.
                Default: 1.
            user: Deprecated: use `safety_identifier` and `prompt_cache_key`. Stable id of the end user.
            verbosity: Level of detail of the text; `low` is terse. Default: `medium`. Known values: `low`,
                `medium`, `high`.
            web_search_options: Web search settings, for search models.
            reasoning: Effort and summary of the reasoning. Provider extension (OpenRouter, and the
                gateway's bridge to Responses).
            thinking: Switch for reasoning. Provider extension (DeepSeek, Z.ai and others).
            reasoning_format: Format of returned reasoning: `parsed` in its own field, `raw` within the
                text, or `hidden`. Provider extension (Groq).
            top_k: Sample only from this many of the most likely tokens. Provider extension (vLLM, llama.cpp
                and others).
            min_p: Minimum probability of a sampled token, relative to the most likely one. 0 to 1. Provider
                extension (vLLM, llama.cpp and others).
            repetition_penalty: Penalty on repetition, above 1. Provider extension (vLLM and others).
            echo: Return the prompt before the reply. Provider extension (Together).
            chat_template_kwargs: Arguments of the model's chat template, as a JSON object. Provider
                extension (vLLM, llama.cpp).
            random_seed: The seed, under Mistral's name for it.
            safe_prompt: Prepend a safety prompt.
            provider: Preferences among providers.
            usage: Usage reporting in the reply.
            models: Fallback models, tried in order if `model` fails. Limit: 256 bytes each.
            plugins: Plugins of the server.
            image_config: Settings of generated images.
            transforms: Transforms for a prompt that is too long: `middle-out`.
            enable_thinking: Switch for reasoning.
            call_options: Options of the gateway for this call.
        """
        ...

    @overload
    def __call__(
        self,
        request: CreateChatCompletionRequest | None = None,
        /,
        *,
        stream: Literal[True],
        **params: Unpack[CreateChatCompletionParams],
    ) -> ChatCompletionStream: ...
    @overload
    def __call__(
        self,
        request: CreateChatCompletionRequest | None = None,
        /,
        *,
        stream: bool,
        **params: Unpack[CreateChatCompletionParams],
    ) -> ChatCompletion | ChatCompletionStream: ...
    def with_call(
        self, request: CreateChatCompletionRequest | None = None, /, **params: Unpack[CreateChatCompletionParams]
    ) -> tuple[ChatCompletion, CallMetadata]:
        """Completes a chat and returns the whole reply.

        REST: `POST /chat/completions`.

        Returns the reply with its metadata.
        """
        ...


class StreamChatCompletion(Protocol):
    """Type of `StreamChatCompletion`."""

    def __call__(
        self, request: CreateChatCompletionRequest | None = None, /, **params: Unpack[CreateChatCompletionParams]
    ) -> ChatCompletionStream:
        """Completes a chat and streams the reply in chunks. The stream ends with OK only after upstream's
        `[DONE]`; if it is truncated or carries an error, a non-OK status follows the chunks so far.
        Cancelling the RPC closes the upstream request.

        REST: `POST /chat/completions`.

        Args:
            request: The request, instead of the arguments.
            messages: The conversation so far, oldest message first. Required.
            model: The model's name; the gateway routes the request by it. Required. Limit: 256 bytes.
            audio: The audio to reply with. Required when `modalities` has `audio`.
            frequency_penalty: Penalty on tokens by their frequency in the text so far; negative values
                favor repetition. -2 to 2. Default: 0.
            function_call: Deprecated: use `tool_choice`. Choice among `functions`. Default: `auto` with
                functions, else `none`.
            functions: Deprecated: use `tools`. The functions that the model may call.
            logit_bias: Bias added to the logits of tokens before sampling, by decimal token id: -100
                (practically never) to 100 (practically always).
            logprobs: Return the log probability of each token of the reply. Default: false.
            max_completion_tokens: Maximum number of tokens per choice, reasoning included. Default: the
                model's limit.
            max_tokens: Deprecated: use `max_completion_tokens`; o-series models refuse this one. Maximum
                number of tokens per choice.
            metadata: Pairs stored with the completion, usable as filters in lists. At most 16 pairs; keys
                up to 64 characters, values up to 512.
            modalities: Output types. `audio` needs a model that supports it, and the field `audio`.
                Default: `text`. Known values: `text`, `audio`.
            moderation: Moderation of the input and the reply. Default: off.
            n: Number of choices to generate, all billed. 1 to 128. Default: 1.
            parallel_tool_calls: Allow several tool calls in one reply. Default: true.
            prediction: Text that the reply is expected to repeat; lowers latency.
            presence_penalty: Penalty on tokens that occur in the text so far, regardless of frequency;
                negative values favor repetition. -2 to 2. Default: 0.
            prompt_cache_key: Routes requests with the same key and prefix to the same cache. Replaces
                `user` for this purpose.
            prompt_cache_options: Settings of the prompt cache. Default: upstream decides.
            prompt_cache_retention: Deprecated: use `prompt_cache_options.ttl`. Maximum lifetime of cached
                prefixes: in memory only, or 24 hours. Default: depends on the model and the organization's
                data retention. Known values: `in_memory`, `24h`.
            reasoning_effort: Amount of reasoning: less is faster and uses fewer tokens. Accepted values and
                the default depend on the model. Known values: `none`, `minimal`, `low`, `medium`, `high`,
                `xhigh`, `max`.
            response_format: The format of the reply: text, JSON that follows a schema, or any JSON object.
                Default: text.
            safety_identifier: Stable id of the end user for abuse detection, preferably a hash. At most 128
                characters.
            seed: Seed for sampling: the same seed and parameters give the same reply on a best-effort
                basis. Default: random.
            service_tier: Service tier: `auto` by the project's setting, `default` at standard price, `flex`
                cheaper and slower, `priority` or `fast` faster and more expensive. Default: `auto`. Known
                values: `auto`, `default`, `flex`, `scale`, `priority`, `fast`.
            stop: Up to 4 stop sequences, excluded from the reply. Not supported by all reasoning models.
                Default: none.
            store: Store the completion for GetChatCompletion and the other calls on stored ones. Default:
                false.
            stream_options: Stream options. StreamChatCompletion only.
            temperature: Sampling temperature. 0 to 2. Default: 1. Change this or `top_p`, not both.
            tool_choice: Tool choice: `none`, `auto`, `required` (one or more), or specific tools. Default:
                `auto` with tools, else `none`.
            tools: The tools that the model may call.
            top_logprobs: Number of most likely tokens to return at each position, with log probabilities. 0
                to 20. Needs `logprobs`.
            top_p: Nucleus sampling: sample from the most likely tokens with this total probability. 0 to 1.
                Default: 1.
            user: Deprecated: use `safety_identifier` and `prompt_cache_key`. Stable id of the end user.
            verbosity: Level of detail of the text; `low` is terse. Default: `medium`. Known values: `low`,
                `medium`, `high`.
            web_search_options: Web search settings, for search models.
            reasoning: Effort and summary of the reasoning. Provider extension (OpenRouter, and the
                gateway's bridge to Responses).
            thinking: Switch for reasoning. Provider extension (DeepSeek, Z.ai and others).
            reasoning_format: Format of returned reasoning: `parsed` in its own field, `raw` within the
                text, or `hidden`. Provider extension (Groq).
            top_k: Sample only from this many of the most likely tokens. Provider extension (vLLM, llama.cpp
                and others).
            min_p: Minimum probability of a sampled token, relative to the most likely one. 0 to 1. Provider
                extension (vLLM, llama.cpp and others).
            repetition_penalty: Penalty on repetition, above 1. Provider extension (vLLM and others).
            echo: Return the prompt before the reply. Provider extension (Together).
            chat_template_kwargs: Arguments of the model's chat template, as a JSON object. Provider
                extension (vLLM, llama.cpp).
            random_seed: The seed, under Mistral's name for it.
            safe_prompt: Prepend a safety prompt.
            provider: Preferences among providers.
            usage: Usage reporting in the reply.
            models: Fallback models, tried in order if `model` fails. Limit: 256 bytes each.
            plugins: Plugins of the server.
            image_config: Settings of generated images.
            transforms: Transforms for a prompt that is too long: `middle-out`.
            enable_thinking: Switch for reasoning.
            call_options: Options of the gateway for this call.
        """
        ...


class GetChatCompletion(Protocol):
    """Type of `GetChatCompletion`."""

    def __call__(
        self, request: GetChatCompletionRequest | str | None = None, /, **params: Unpack[GetChatCompletionParams]
    ) -> ChatCompletion:
        """Returns a stored chat completion (created with `store`).

        REST: `GET /chat/completions/{completion_id}`.

        Args:
            request: The request, instead of the arguments.

        """
        ...

    def with_call(
        self, request: GetChatCompletionRequest | str | None = None, /, **params: Unpack[GetChatCompletionParams]
    ) -> tuple[ChatCompletion, CallMetadata]:
        """Returns a stored chat completion (created with `store`).

        REST: `GET /chat/completions/{completion_id}`.

        Returns the reply with its metadata.
        """
        ...


class ListChatCompletions(Protocol):
    """Type of `ListChatCompletions`."""

    def __call__(
        self, request: ListChatCompletionsRequest | None = None, /, **params: Unpack[ListChatCompletionsParams]
    ) -> Page[ChatCompletion, ChatCompletionList]:
        """Lists stored chat completions, a page at a time.

        REST: `GET /chat/completions`.

        Args:
            request: The request, instead of the arguments.
            after: The id of the last one of the previous page. Default: the first page. Limit: 1,024 bytes.
            limit: Maximum number of entries per page. Default: 20.
            metadata: Only completions with all of these pairs. Default: all.
            model: Only completions of this model. Default: all. Limit: 256 bytes.
            order: Order by time: oldest or newest first. Default: `asc`. Known values: `asc`, `desc`.
        """
        ...

    def with_call(
        self, request: ListChatCompletionsRequest | None = None, /, **params: Unpack[ListChatCompletionsParams]
    ) -> tuple[Page[ChatCompletion, ChatCompletionList], CallMetadata]:
        """Lists stored chat completions, a page at a time.

        REST: `GET /chat/completions`.

        Returns the reply with its metadata.
        """
        ...


class UpdateChatCompletion(Protocol):
    """Type of `UpdateChatCompletion`."""

    def __call__(
        self, request: UpdateChatCompletionRequest | str | None = None, /, **params: Unpack[UpdateChatCompletionParams]
    ) -> ChatCompletion:
        """Replaces the metadata of a stored chat completion; nothing else can be changed.

        REST: `POST /chat/completions/{completion_id}`.

        Args:
            request: The request, instead of the arguments.
            metadata: The new metadata, replacing all of the old. Required. At most 16 pairs; keys up to 64
                characters, values up to 512.
        """
        ...

    def with_call(
        self, request: UpdateChatCompletionRequest | str | None = None, /, **params: Unpack[UpdateChatCompletionParams]
    ) -> tuple[ChatCompletion, CallMetadata]:
        """Replaces the metadata of a stored chat completion; nothing else can be changed.

        REST: `POST /chat/completions/{completion_id}`.

        Returns the reply with its metadata.
        """
        ...


class DeleteChatCompletion(Protocol):
    """Type of `DeleteChatCompletion`."""

    def __call__(
        self, request: DeleteChatCompletionRequest | str | None = None, /, **params: Unpack[DeleteChatCompletionParams]
    ) -> ChatCompletionDeleted:
        """Deletes a stored chat completion.

        REST: `DELETE /chat/completions/{completion_id}`.

        Args:
            request: The request, instead of the arguments.

        """
        ...

    def with_call(
        self, request: DeleteChatCompletionRequest | str | None = None, /, **params: Unpack[DeleteChatCompletionParams]
    ) -> tuple[ChatCompletionDeleted, CallMetadata]:
        """Deletes a stored chat completion.

        REST: `DELETE /chat/completions/{completion_id}`.

        Returns the reply with its metadata.
        """
        ...


class ListChatCompletionMessages(Protocol):
    """Type of `ListChatCompletionMessages`."""

    def __call__(
        self,
        request: ListChatCompletionMessagesRequest | str | None = None,
        /,
        **params: Unpack[ListChatCompletionMessagesParams],
    ) -> Page[ChatCompletionStoreMessage, ChatCompletionMessageList]:
        """Lists the request messages of a stored chat completion, a page at a time.

        REST: `GET /chat/completions/{completion_id}/messages`.

        Args:
            request: The request, instead of the arguments.
            after: The id of the last one of the previous page. Default: the first page. Limit: 1,024 bytes.
            limit: Maximum number of entries per page. Default: 20.
            order: Order by time: oldest or newest first. Default: `asc`. Known values: `asc`, `desc`.
        """
        ...

    def with_call(
        self,
        request: ListChatCompletionMessagesRequest | str | None = None,
        /,
        **params: Unpack[ListChatCompletionMessagesParams],
    ) -> tuple[Page[ChatCompletionStoreMessage, ChatCompletionMessageList], CallMetadata]:
        """Lists the request messages of a stored chat completion, a page at a time.

        REST: `GET /chat/completions/{completion_id}/messages`.

        Returns the reply with its metadata.
        """
        ...


class CreateCompletion(Protocol):
    """Type of `CreateCompletion`."""

    @overload
    def __call__(
        self,
        request: CreateCompletionRequest | None = None,
        /,
        *,
        stream: Literal[False] | None = None,
        **params: Unpack[CreateCompletionParams],
    ) -> Completion:
        """Completes one or more prompts.

        REST: `POST /completions`.

        Args:
            request: The request, instead of the arguments.
            stream: Whether to return a stream of the reply.
            model: The model. Required. Limit: 256 bytes. Known values: `gpt-3.5-turbo-instruct`,
                `davinci-002`, `babbage-002`.
            prompt: Prompts to complete: one or more texts, as strings or token ids. Required.
            best_of: Number of completions to generate, of which the best `n` are returned. At least `n`.
                Not for streams. Default: 1.
            echo: Return the prompt before the completion. Default: false.
            frequency_penalty: Penalty on tokens by their frequency in the text so far. -2 to 2. Default: 0.
            logit_bias: Bias added to the logits of tokens, by decimal token id: -100 to 100.
            logprobs: Number of most likely tokens to report at each position. 0 to 5. Default: none.
            max_tokens: Maximum number of tokens to generate. Default: 16.
            n: Number of completions to return per prompt. 1 to 128. Default: 1.
            presence_penalty: Penalty on tokens that occur in the text so far. -2 to 2. Default: 0.
            seed: Seed for sampling, on a best-effort basis. Default: none.
            stop: Up to 4 sequences that end the completion. Default: none.
            stream_options: Stream options.
            suffix: The text after the completion; only for `gpt-3.5-turbo-instruct`. Default: none.
            temperature: Sampling temperature. 0 to 2. Default: 1.
            top_p: Nucleus sampling: sample from the most likely tokens with this total probability. 0 to 1.
                Default: 1.
            user: Stable id of the end user for abuse detection.
            top_k: Sample only from this many of the most likely tokens. Provider extension (vLLM, Together
                and others).
            min_p: Minimum probability of a sampled token, relative to the most likely one. 0 to 1. Provider
                extension (vLLM and others).
            repetition_penalty: Penalty on repetition, above 1. Provider extension (vLLM, Together and
                others).
            call_options: Options of the gateway for this call.
        """
        ...

    @overload
    def __call__(
        self,
        request: CreateCompletionRequest | None = None,
        /,
        *,
        stream: Literal[True],
        **params: Unpack[CreateCompletionParams],
    ) -> CompletionStream: ...
    @overload
    def __call__(
        self,
        request: CreateCompletionRequest | None = None,
        /,
        *,
        stream: bool,
        **params: Unpack[CreateCompletionParams],
    ) -> Completion | CompletionStream: ...
    def with_call(
        self, request: CreateCompletionRequest | None = None, /, **params: Unpack[CreateCompletionParams]
    ) -> tuple[Completion, CallMetadata]:
        """Completes one or more prompts.

        REST: `POST /completions`.

        Returns the reply with its metadata.
        """
        ...


class StreamCompletion(Protocol):
    """Type of `StreamCompletion`."""

    def __call__(
        self, request: CreateCompletionRequest | None = None, /, **params: Unpack[CreateCompletionParams]
    ) -> CompletionStream:
        """Completes one or more prompts and streams the text. Each message is a Completion whose `text` is the
        next fragment.

        REST: `POST /completions`.

        Args:
            request: The request, instead of the arguments.
            model: The model. Required. Limit: 256 bytes. Known values: `gpt-3.5-turbo-instruct`,
                `davinci-002`, `babbage-002`.
            prompt: Prompts to complete: one or more texts, as strings or token ids. Required.
            best_of: Number of completions to generate, of which the best `n` are returned. At least `n`.
                Not for streams. Default: 1.
            echo: Return the prompt before the completion. Default: false.
            frequency_penalty: Penalty on tokens by their frequency in the text so far. -2 to 2. Default: 0.
            logit_bias: Bias added to the logits of tokens, by decimal token id: -100 to 100.
            logprobs: Number of most likely tokens to report at each position. 0 to 5. Default: none.
            max_tokens: Maximum number of tokens to generate. Default: 16.
            n: Number of completions to return per prompt. 1 to 128. Default: 1.
            presence_penalty: Penalty on tokens that occur in the text so far. -2 to 2. Default: 0.
            seed: Seed for sampling, on a best-effort basis. Default: none.
            stop: Up to 4 sequences that end the completion. Default: none.
            stream_options: Stream options.
            suffix: The text after the completion; only for `gpt-3.5-turbo-instruct`. Default: none.
            temperature: Sampling temperature. 0 to 2. Default: 1.
            top_p: Nucleus sampling: sample from the most likely tokens with this total probability. 0 to 1.
                Default: 1.
            user: Stable id of the end user for abuse detection.
            top_k: Sample only from this many of the most likely tokens. Provider extension (vLLM, Together
                and others).
            min_p: Minimum probability of a sampled token, relative to the most likely one. 0 to 1. Provider
                extension (vLLM and others).
            repetition_penalty: Penalty on repetition, above 1. Provider extension (vLLM, Together and
                others).
            call_options: Options of the gateway for this call.
        """
        ...


class CreateContentProvenanceCheck(Protocol):
    """Type of `CreateContentProvenanceCheck`."""

    def __call__(
        self,
        request: CreateContentProvenanceCheckRequest | None = None,
        /,
        **params: Unpack[CreateContentProvenanceCheckParams],
    ) -> ContentProvenanceCheck:
        """Looks in a file, sent in one message, for signed metadata (C2PA) and a watermark (SynthID).

        REST: `POST /content_provenance_checks`.

        Args:
            request: The request, instead of the arguments.
            call_options: Options of the gateway for this call.
            file: The file. Required.
        """
        ...

    def with_call(
        self,
        request: CreateContentProvenanceCheckRequest | None = None,
        /,
        **params: Unpack[CreateContentProvenanceCheckParams],
    ) -> tuple[ContentProvenanceCheck, CallMetadata]:
        """Looks in a file, sent in one message, for signed metadata (C2PA) and a watermark (SynthID).

        REST: `POST /content_provenance_checks`.

        Returns the reply with its metadata.
        """
        ...


class UploadContentProvenanceCheck(Protocol):
    """Type of `UploadContentProvenanceCheck`."""

    def __call__(
        self,
        request: CreateContentProvenanceCheckRequest | None = None,
        /,
        **params: Unpack[UploadContentProvenanceCheckParams],
    ) -> ContentProvenanceCheck:
        """The same for a file of any size. Chunks are forwarded upstream as they arrive.

        REST: `POST /content_provenance_checks`.

        Args:
            request: The request, instead of the arguments.
            call_options: Options of the gateway for this call.
            file: The file. Required.
        """
        ...

    def with_call(
        self,
        request: CreateContentProvenanceCheckRequest | None = None,
        /,
        **params: Unpack[UploadContentProvenanceCheckParams],
    ) -> tuple[ContentProvenanceCheck, CallMetadata]:
        """The same for a file of any size. Chunks are forwarded upstream as they arrive.

        REST: `POST /content_provenance_checks`.

        Returns the reply with its metadata.
        """
        ...


class CreateConversation(Protocol):
    """Type of `CreateConversation`."""

    def __call__(
        self, request: CreateConversationRequest | None = None, /, **params: Unpack[CreateConversationParams]
    ) -> Conversation:
        """Creates a conversation. Requests of Responses that name it go on from its items, and add theirs. It
        belongs to the key that created it. With several upstreams, metadata `openai-grpc-model` names a
        model of the one to create it at.

        REST: `POST /conversations`.

        Args:
            request: The request, instead of the arguments.
            items: The first items. At most 20 at OpenAI. Default: none.
            metadata: The caller's notes, stored with the conversation. At most 16 pairs; keys up to 64
                characters, values up to 512.
        """
        ...

    def with_call(
        self, request: CreateConversationRequest | None = None, /, **params: Unpack[CreateConversationParams]
    ) -> tuple[Conversation, CallMetadata]:
        """Creates a conversation. Requests of Responses that name it go on from its items, and add theirs. It
        belongs to the key that created it. With several upstreams, metadata `openai-grpc-model` names a
        model of the one to create it at.

        REST: `POST /conversations`.

        Returns the reply with its metadata.
        """
        ...


class GetConversation(Protocol):
    """Type of `GetConversation`."""

    def __call__(
        self, request: GetConversationRequest | str | None = None, /, **params: Unpack[GetConversationParams]
    ) -> Conversation:
        """Returns a conversation, without its items.

        REST: `GET /conversations/{conversation_id}`.

        Args:
            request: The request, instead of the arguments.

        """
        ...

    def with_call(
        self, request: GetConversationRequest | str | None = None, /, **params: Unpack[GetConversationParams]
    ) -> tuple[Conversation, CallMetadata]:
        """Returns a conversation, without its items.

        REST: `GET /conversations/{conversation_id}`.

        Returns the reply with its metadata.
        """
        ...


class UpdateConversation(Protocol):
    """Type of `UpdateConversation`."""

    def __call__(
        self, request: UpdateConversationRequest | str | None = None, /, **params: Unpack[UpdateConversationParams]
    ) -> Conversation:
        """Replaces the metadata of a conversation.

        REST: `POST /conversations/{conversation_id}`.

        Args:
            request: The request, instead of the arguments.
            metadata: The new metadata, replacing all of the old. Required. At most 16 pairs; keys up to 64
                characters, values up to 512.
        """
        ...

    def with_call(
        self, request: UpdateConversationRequest | str | None = None, /, **params: Unpack[UpdateConversationParams]
    ) -> tuple[Conversation, CallMetadata]:
        """Replaces the metadata of a conversation.

        REST: `POST /conversations/{conversation_id}`.

        Returns the reply with its metadata.
        """
        ...


class DeleteConversation(Protocol):
    """Type of `DeleteConversation`."""

    def __call__(
        self, request: DeleteConversationRequest | str | None = None, /, **params: Unpack[DeleteConversationParams]
    ) -> ConversationDeleted:
        """Deletes a conversation; OpenAI keeps its items.

        REST: `DELETE /conversations/{conversation_id}`.

        Args:
            request: The request, instead of the arguments.

        """
        ...

    def with_call(
        self, request: DeleteConversationRequest | str | None = None, /, **params: Unpack[DeleteConversationParams]
    ) -> tuple[ConversationDeleted, CallMetadata]:
        """Deletes a conversation; OpenAI keeps its items.

        REST: `DELETE /conversations/{conversation_id}`.

        Returns the reply with its metadata.
        """
        ...


class CreateConversationItems(Protocol):
    """Type of `CreateConversationItems`."""

    def __call__(
        self,
        request: CreateConversationItemsRequest | str | None = None,
        /,
        **params: Unpack[CreateConversationItemsParams],
    ) -> ResponseItemList:
        """Adds items to the end of a conversation, and returns them.

        REST: `POST /conversations/{conversation_id}/items`.

        Args:
            request: The request, instead of the arguments.
            items: The items. At most 20 at OpenAI. Required.
            include: Additional output, as in `CreateResponseRequest.include`. Known values:
                `file_search_call.results`, `web_search_call.results`, `web_search_call.action.sources`,
                `message.input_image.image_url`, `computer_call_output.output.image_url`,
                `code_interpreter_call.outputs`, `reasoning.encrypted_content`,
                `message.output_text.logprobs`.
        """
        ...

    def with_call(
        self,
        request: CreateConversationItemsRequest | str | None = None,
        /,
        **params: Unpack[CreateConversationItemsParams],
    ) -> tuple[ResponseItemList, CallMetadata]:
        """Adds items to the end of a conversation, and returns them.

        REST: `POST /conversations/{conversation_id}/items`.

        Returns the reply with its metadata.
        """
        ...


class GetConversationItem(Protocol):
    """Type of `GetConversationItem`."""

    def __call__(
        self, request: GetConversationItemRequest | str | None = None, /, **params: Unpack[GetConversationItemParams]
    ) -> ConversationItem:
        """Returns an item of a conversation.

        REST: `GET /conversations/{conversation_id}/items/{item_id}`.

        Args:
            request: The request, instead of the arguments.
            item_id: The id of the item. Required. Limit: 1,024 bytes.
            include: Additional output, as in `CreateResponseRequest.include`. Known values:
                `file_search_call.results`, `web_search_call.results`, `web_search_call.action.sources`,
                `message.input_image.image_url`, `computer_call_output.output.image_url`,
                `code_interpreter_call.outputs`, `reasoning.encrypted_content`,
                `message.output_text.logprobs`.
        """
        ...

    def with_call(
        self, request: GetConversationItemRequest | str | None = None, /, **params: Unpack[GetConversationItemParams]
    ) -> tuple[ConversationItem, CallMetadata]:
        """Returns an item of a conversation.

        REST: `GET /conversations/{conversation_id}/items/{item_id}`.

        Returns the reply with its metadata.
        """
        ...


class ListConversationItems(Protocol):
    """Type of `ListConversationItems`."""

    def __call__(
        self,
        request: ListConversationItemsRequest | str | None = None,
        /,
        **params: Unpack[ListConversationItemsParams],
    ) -> Page[ResponseItem, ResponseItemList]:
        """Lists the items of a conversation, a page at a time.

        REST: `GET /conversations/{conversation_id}/items`.

        Args:
            request: The request, instead of the arguments.
            after: The id of the last item of the previous page. Default: the first page. Limit: 1,024
                bytes.
            include: Additional output, as in `CreateResponseRequest.include`. Known values:
                `file_search_call.results`, `web_search_call.results`, `web_search_call.action.sources`,
                `message.input_image.image_url`, `computer_call_output.output.image_url`,
                `code_interpreter_call.outputs`, `reasoning.encrypted_content`,
                `message.output_text.logprobs`.
            limit: Maximum number of items per page, 1 to 100. Default: 20.
            order: Order by time: `asc` oldest first, `desc` newest first. Default: `desc`. Known values:
                `asc`, `desc`.
        """
        ...

    def with_call(
        self,
        request: ListConversationItemsRequest | str | None = None,
        /,
        **params: Unpack[ListConversationItemsParams],
    ) -> tuple[Page[ResponseItem, ResponseItemList], CallMetadata]:
        """Lists the items of a conversation, a page at a time.

        REST: `GET /conversations/{conversation_id}/items`.

        Returns the reply with its metadata.
        """
        ...


class DeleteConversationItem(Protocol):
    """Type of `DeleteConversationItem`."""

    def __call__(
        self,
        request: DeleteConversationItemRequest | str | None = None,
        /,
        **params: Unpack[DeleteConversationItemParams],
    ) -> Conversation:
        """Deletes an item of a conversation, and returns the conversation.

        REST: `DELETE /conversations/{conversation_id}/items/{item_id}`.

        Args:
            request: The request, instead of the arguments.
            item_id: The id of the item. Required. Limit: 1,024 bytes.
        """
        ...

    def with_call(
        self,
        request: DeleteConversationItemRequest | str | None = None,
        /,
        **params: Unpack[DeleteConversationItemParams],
    ) -> tuple[Conversation, CallMetadata]:
        """Deletes an item of a conversation, and returns the conversation.

        REST: `DELETE /conversations/{conversation_id}/items/{item_id}`.

        Returns the reply with its metadata.
        """
        ...


class CreateDecision(Protocol):
    """Type of `CreateDecision`."""

    def __call__(
        self, request: CreateDecisionRequest | None = None, /, **params: Unpack[CreateDecisionParams]
    ) -> Decision:
        """Answers questions about an input: yes or no, one of several choices, or a score.

        REST: `POST /decisions`.

        Args:
            request: The request, instead of the arguments.
            input: The input that the questions are about. Required.
            model: The model's name; the gateway routes the request by it. Default: the gateway's only
                model. Limit: 256 bytes.
            questions: The questions. Required.
            prompt_cache_key: Requests with the same key are likely to share cache entries.
            prompt_cache_options: Settings of the prompt cache.
            safety_identifier: A stable identifier of the end user, to detect abuse; best a hash. At most 64
                characters.
            call_options: Options of the gateway for this call.
        """
        ...

    def with_call(
        self, request: CreateDecisionRequest | None = None, /, **params: Unpack[CreateDecisionParams]
    ) -> tuple[Decision, CallMetadata]:
        """Answers questions about an input: yes or no, one of several choices, or a score.

        REST: `POST /decisions`.

        Returns the reply with its metadata.
        """
        ...


class CreateEmbedding(Protocol):
    """Type of `CreateEmbedding`."""

    def __call__(
        self, request: CreateEmbeddingRequest | None = None, /, **params: Unpack[CreateEmbeddingParams]
    ) -> CreateEmbeddingResponse:
        """Returns an embedding vector for each of one or more texts.

        REST: `POST /embeddings`.

        Args:
            request: The request, instead of the arguments.
            input: Texts to embed, none empty. At most 2048 inputs of 8192 tokens each, 300,000 tokens in
                total. Required.
            model: The model's name; the gateway routes the request by it. Required. Limit: 256 bytes.
            dimensions: Length of the vectors, for models that can shorten them (`text-embedding-3` and
                later). At least 1. Default: the model's full length.
            encoding_format: JSON form of the vectors from upstream; in Protobuf they are floats either way.
                Default: the gateway requests `base64`, which is smaller, unless the deployment is
                configured otherwise. Known values: `float`, `base64`.
            user: Stable id of the end user for abuse detection.
            call_options: Options of the gateway for this call.
        """
        ...

    def with_call(
        self, request: CreateEmbeddingRequest | None = None, /, **params: Unpack[CreateEmbeddingParams]
    ) -> tuple[CreateEmbeddingResponse, CallMetadata]:
        """Returns an embedding vector for each of one or more texts.

        REST: `POST /embeddings`.

        Returns the reply with its metadata.
        """
        ...


class CreateFile(Protocol):
    """Type of `CreateFile`."""

    def __call__(self, request: CreateFileRequest | None = None, /, **params: Unpack[CreateFileParams]) -> FileObject:
        """Uploads a file sent in one message.

        REST: `POST /files`.

        Args:
            request: The request, instead of the arguments.
            purpose: The use of the file. Required. Known values: `assistants`, `batch`, `fine-tune`,
                `vision`, `user_data`, `evals`.
            expires_after: When the file expires. Default: after 30 days for `batch`, else never.
            call_options: Options of the gateway for this call.
            file: The file. Required. Upstream limits its size: 512 MB at OpenAI, 200 MB for `batch`.
        """
        ...

    def with_call(
        self, request: CreateFileRequest | None = None, /, **params: Unpack[CreateFileParams]
    ) -> tuple[FileObject, CallMetadata]:
        """Uploads a file sent in one message.

        REST: `POST /files`.

        Returns the reply with its metadata.
        """
        ...


class UploadFile(Protocol):
    """Type of `UploadFile`."""

    def __call__(self, request: CreateFileRequest | None = None, /, **params: Unpack[UploadFileParams]) -> FileObject:
        """Uploads a file of any size. Chunks are forwarded upstream as they arrive.

        REST: `POST /files`.

        Args:
            request: The request, instead of the arguments.
            purpose: The use of the file. Required. Known values: `assistants`, `batch`, `fine-tune`,
                `vision`, `user_data`, `evals`.
            expires_after: When the file expires. Default: after 30 days for `batch`, else never.
            call_options: Options of the gateway for this call.
            file: The file. Required. Upstream limits its size: 512 MB at OpenAI, 200 MB for `batch`.
        """
        ...

    def with_call(
        self, request: CreateFileRequest | None = None, /, **params: Unpack[UploadFileParams]
    ) -> tuple[FileObject, CallMetadata]:
        """Uploads a file of any size. Chunks are forwarded upstream as they arrive.

        REST: `POST /files`.

        Returns the reply with its metadata.
        """
        ...


class ListFiles(Protocol):
    """Type of `ListFiles`."""

    def __call__(
        self, request: ListFilesRequest | None = None, /, **params: Unpack[ListFilesParams]
    ) -> Page[FileObject, FileList]:
        """Lists files, page by page. Where the gateway seals ids, these are the key's own.

        REST: `GET /files`.

        Args:
            request: The request, instead of the arguments.
            after: The id of the last one of the previous page. Default: the first page. Limit: 1,024 bytes.
            limit: Maximum number of entries per page, 1 to 10,000. Default: 10,000.
            order: Order by time: oldest or newest first. Default: `desc`. Known values: `asc`, `desc`.
            purpose: Only files of this purpose. Default: all.
        """
        ...

    def with_call(
        self, request: ListFilesRequest | None = None, /, **params: Unpack[ListFilesParams]
    ) -> tuple[Page[FileObject, FileList], CallMetadata]:
        """Lists files, page by page. Where the gateway seals ids, these are the key's own.

        REST: `GET /files`.

        Returns the reply with its metadata.
        """
        ...


class GetFile(Protocol):
    """Type of `GetFile`."""

    def __call__(self, request: GetFileRequest | str | None = None, /, **params: Unpack[GetFileParams]) -> FileObject:
        """Gets the facts of a file.

        REST: `GET /files/{file_id}`.

        Args:
            request: The request, instead of the arguments.

        """
        ...

    def with_call(
        self, request: GetFileRequest | str | None = None, /, **params: Unpack[GetFileParams]
    ) -> tuple[FileObject, CallMetadata]:
        """Gets the facts of a file.

        REST: `GET /files/{file_id}`.

        Returns the reply with its metadata.
        """
        ...


class DeleteFile(Protocol):
    """Type of `DeleteFile`."""

    def __call__(
        self, request: DeleteFileRequest | str | None = None, /, **params: Unpack[DeleteFileParams]
    ) -> FileDeleted:
        """Deletes a file.

        REST: `DELETE /files/{file_id}`.

        Args:
            request: The request, instead of the arguments.

        """
        ...

    def with_call(
        self, request: DeleteFileRequest | str | None = None, /, **params: Unpack[DeleteFileParams]
    ) -> tuple[FileDeleted, CallMetadata]:
        """Deletes a file.

        REST: `DELETE /files/{file_id}`.

        Returns the reply with its metadata.
        """
        ...


class DownloadFile(Protocol):
    """Type of `DownloadFile`."""

    def __call__(
        self, request: DownloadFileRequest | str | None = None, /, **params: Unpack[DownloadFileParams]
    ) -> FileStream:
        """Downloads the content of a file, or a range of it. The last message has the checksum of the bytes
        sent, after which the stream ends with OK; a broken one can be resumed at `offset`.

        REST: `GET /files/{file_id}/content`.

        Args:
            request: The request, instead of the arguments.
            call_options: Options of the gateway for this call.
            offset: The first byte to send, from 0; to resume: the number of bytes received. Default: 0.
            length: The number of bytes to send, at most those until the end of the file. Default: all.
        """
        ...


class CreateImage(Protocol):
    """Type of `CreateImage`."""

    @overload
    def __call__(
        self,
        request: CreateImageRequest | None = None,
        /,
        *,
        stream: Literal[False] | None = None,
        **params: Unpack[CreateImageParams],
    ) -> ImagesResponse:
        """Generates images from a text.

        REST: `POST /images/generations`.

        Args:
            request: The request, instead of the arguments.
            stream: Whether to return a stream of the reply.
            prompt: A description of the image. At most 32,000 characters. Required.
            model: The model's name, such as `gpt-image-2`; the gateway routes the request by it. Default:
                the gateway's only model, or else that of upstream. Limit: 256 bytes.
            background: The background. `transparent` needs `png` or `webp` as `output_format`. Default:
                `auto`. Known values: `transparent`, `opaque`, `auto`.
            complexity: How much to compute while the image is planned, apart from its quality. Default: by
                the model. Known values: `low`, `medium`, `high`.
            frame_count: Number of frames of a GIF, 2 to 16. Only for `gif` as `output_format`, and without
                a stream. Default: 9.
            frame_duration_ms: Delay of each frame of a GIF, in milliseconds, at most 655,350; rounded to
                10. Default: 200.
            moderation: Strictness of moderation. Default: `auto`. Known values: `low`, `auto`.
            n: Number of images, 1 to 10. Default: 1.
            output_compression: Quality after compression, in percent, 0 to 100. Only for `webp` and `jpeg`.
                Default: 100.
            output_format: The format of the images. Default: `png`. Known values: `png`, `webp`, `jpeg`,
                `gif`, `svg`.
            partial_images: Number of partial images in a stream, 0 to 3; there may be fewer. Default: 0.
            quality: The quality of the images. Which are supported depends on the model. Default: `auto`.
                Known values: `low`, `medium`, `high`, `xhigh`, `max`, `auto`, `standard`, `hd`.
            response_format: How images are returned. OpenAI's GPT image models always return bytes and
                refuse it. Default: by the model. Known values: `url`, `b64_json`.
            safety_identifier: Stable id of the end user for abuse detection, such as a hash of the user
                name.
            size: Width and height in pixels, such as `1536x864`, or `auto`. Which are supported depends on
                the model. Default: `auto`. Known values: `auto`, `1024x1024`, `1536x1024`, `1024x1536`,
                `256x256`, `512x512`, `1792x1024`, `1024x1792`.
            style: The style, for `dall-e-3` and servers like it. Default: `vivid`. Known values: `vivid`,
                `natural`.
            svg: The author of an image in SVG. Only for `svg` as `output_format`, for one image, and
                without a stream.
            user: Stable id of the end user for abuse detection; replaced by `safety_identifier`.
            call_options: Options of the gateway for this call.
        """
        ...

    @overload
    def __call__(
        self,
        request: CreateImageRequest | None = None,
        /,
        *,
        stream: Literal[True],
        **params: Unpack[CreateImageParams],
    ) -> ImageStream: ...
    @overload
    def __call__(
        self, request: CreateImageRequest | None = None, /, *, stream: bool, **params: Unpack[CreateImageParams]
    ) -> ImagesResponse | ImageStream: ...
    def with_call(
        self, request: CreateImageRequest | None = None, /, **params: Unpack[CreateImageParams]
    ) -> tuple[ImagesResponse, CallMetadata]:
        """Generates images from a text.

        REST: `POST /images/generations`.

        Returns the reply with its metadata.
        """
        ...


class StreamImage(Protocol):
    """Type of `StreamImage`."""

    def __call__(
        self, request: CreateImageRequest | None = None, /, **params: Unpack[CreateImageParams]
    ) -> ImageStream:
        """Generates images and streams them as events, each with the bytes of a partial or a finished image.
        The stream ends with OK only after the event `completed` of each image; if it is truncated or
        carries an error, a non-OK status follows the events so far. If upstream does not stream, the events
        are made of its reply.

        REST: `POST /images/generations`.

        Args:
            request: The request, instead of the arguments.
            prompt: A description of the image. At most 32,000 characters. Required.
            model: The model's name, such as `gpt-image-2`; the gateway routes the request by it. Default:
                the gateway's only model, or else that of upstream. Limit: 256 bytes.
            background: The background. `transparent` needs `png` or `webp` as `output_format`. Default:
                `auto`. Known values: `transparent`, `opaque`, `auto`.
            complexity: How much to compute while the image is planned, apart from its quality. Default: by
                the model. Known values: `low`, `medium`, `high`.
            frame_count: Number of frames of a GIF, 2 to 16. Only for `gif` as `output_format`, and without
                a stream. Default: 9.
            frame_duration_ms: Delay of each frame of a GIF, in milliseconds, at most 655,350; rounded to
                10. Default: 200.
            moderation: Strictness of moderation. Default: `auto`. Known values: `low`, `auto`.
            n: Number of images, 1 to 10. Default: 1.
            output_compression: Quality after compression, in percent, 0 to 100. Only for `webp` and `jpeg`.
                Default: 100.
            output_format: The format of the images. Default: `png`. Known values: `png`, `webp`, `jpeg`,
                `gif`, `svg`.
            partial_images: Number of partial images in a stream, 0 to 3; there may be fewer. Default: 0.
            quality: The quality of the images. Which are supported depends on the model. Default: `auto`.
                Known values: `low`, `medium`, `high`, `xhigh`, `max`, `auto`, `standard`, `hd`.
            response_format: How images are returned. OpenAI's GPT image models always return bytes and
                refuse it. Default: by the model. Known values: `url`, `b64_json`.
            safety_identifier: Stable id of the end user for abuse detection, such as a hash of the user
                name.
            size: Width and height in pixels, such as `1536x864`, or `auto`. Which are supported depends on
                the model. Default: `auto`. Known values: `auto`, `1024x1024`, `1536x1024`, `1024x1536`,
                `256x256`, `512x512`, `1792x1024`, `1024x1792`.
            style: The style, for `dall-e-3` and servers like it. Default: `vivid`. Known values: `vivid`,
                `natural`.
            svg: The author of an image in SVG. Only for `svg` as `output_format`, for one image, and
                without a stream.
            user: Stable id of the end user for abuse detection; replaced by `safety_identifier`.
            call_options: Options of the gateway for this call.
        """
        ...


class CreateImageEdit(Protocol):
    """Type of `CreateImageEdit`."""

    @overload
    def __call__(
        self,
        request: CreateImageEditRequest | None = None,
        /,
        *,
        stream: Literal[False] | None = None,
        **params: Unpack[CreateImageEditParams],
    ) -> ImagesResponse:
        """Edits images, or makes a new one of them, by a text.

        REST: `POST /images/edits`.

        Args:
            request: The request, instead of the arguments.
            stream: Whether to return a stream of the reply.
            prompt: A description of the result. At most 32,000 characters. Required.
            model: The model's name, such as `gpt-image-2`; the gateway routes the request by it. Default:
                the gateway's only model, or else that of upstream. Limit: 256 bytes.
            background: The background. `transparent` needs `png` or `webp` as `output_format`. Default:
                `auto`. Known values: `transparent`, `opaque`, `auto`.
            complexity: How much to compute while the image is planned, apart from its quality. Default: by
                the model. Known values: `low`, `medium`, `high`.
            frame_count: Number of frames of a GIF, 2 to 16. Only for `gif` as `output_format`, and without
                a stream. Default: 9.
            frame_duration_ms: Delay of each frame of a GIF, in milliseconds, at most 655,350; rounded to
                10. Default: 200.
            input_fidelity: How closely the result keeps to the style and the faces of the images. `gpt-
                image-2` refuses it. Default: `low`. Known values: `high`, `low`.
            n: Number of images, 1 to 10. Default: 1.
            output_compression: Quality after compression, in percent, 0 to 100. Only for `webp` and `jpeg`.
                Default: 100.
            output_format: The format of the images. Default: `png`. Known values: `png`, `webp`, `jpeg`,
                `gif`, `svg`.
            partial_images: Number of partial images in a stream, 0 to 3; there may be fewer. Default: 0.
            quality: The quality of the images. Which are supported depends on the model. Default: `auto`.
                Known values: `low`, `medium`, `high`, `xhigh`, `max`, `auto`, `standard`.
            response_format: How images are returned. OpenAI's GPT image models always return bytes and
                refuse it. Default: by the model. Known values: `url`, `b64_json`.
            safety_identifier: Stable id of the end user for abuse detection, such as a hash of the user
                name.
            size: Width and height in pixels, such as `1536x864`, or `auto`. Which are supported depends on
                the model. Default: `auto`. Known values: `1024x1024`, `1536x1024`, `1024x1536`, `auto`,
                `256x256`, `512x512`.
            svg: The author of an image in SVG. Only for `svg` as `output_format`, for one image, and
                without a stream.
            user: Stable id of the end user for abuse detection; replaced by `safety_identifier`.
            moderation: Strictness of moderation. In OpenAI's specification, not in its SDKs. Default:
                `auto`. Known values: `low`, `auto`.
            images: The images to edit by reference, instead of `image`. In OpenAI's specification, not in
                its SDKs. At most 16.
            image: The images to edit: png, webp or jpg, below 50 MB each. At most 16, together at most as
                large as a message of the gateway. Required, unless `images` is set.
            mask: A PNG image of the size of the first image; where it is fully transparent, that one is
                edited. Below 4 MB.
            markup: A partly transparent PNG image of the size of the first image, laid over it to guide the
                edit; not with `mask`.
            call_options: Options of the gateway for this call.
        """
        ...

    @overload
    def __call__(
        self,
        request: CreateImageEditRequest | None = None,
        /,
        *,
        stream: Literal[True],
        **params: Unpack[CreateImageEditParams],
    ) -> ImageStream: ...
    @overload
    def __call__(
        self, request: CreateImageEditRequest | None = None, /, *, stream: bool, **params: Unpack[CreateImageEditParams]
    ) -> ImagesResponse | ImageStream: ...
    def with_call(
        self, request: CreateImageEditRequest | None = None, /, **params: Unpack[CreateImageEditParams]
    ) -> tuple[ImagesResponse, CallMetadata]:
        """Edits images, or makes a new one of them, by a text.

        REST: `POST /images/edits`.

        Returns the reply with its metadata.
        """
        ...


class StreamImageEdit(Protocol):
    """Type of `StreamImageEdit`."""

    def __call__(
        self, request: CreateImageEditRequest | None = None, /, **params: Unpack[CreateImageEditParams]
    ) -> ImageStream:
        """Edits images and streams the result, as StreamImage does.

        REST: `POST /images/edits`.

        Args:
            request: The request, instead of the arguments.
            prompt: A description of the result. At most 32,000 characters. Required.
            model: The model's name, such as `gpt-image-2`; the gateway routes the request by it. Default:
                the gateway's only model, or else that of upstream. Limit: 256 bytes.
            background: The background. `transparent` needs `png` or `webp` as `output_format`. Default:
                `auto`. Known values: `transparent`, `opaque`, `auto`.
            complexity: How much to compute while the image is planned, apart from its quality. Default: by
                the model. Known values: `low`, `medium`, `high`.
            frame_count: Number of frames of a GIF, 2 to 16. Only for `gif` as `output_format`, and without
                a stream. Default: 9.
            frame_duration_ms: Delay of each frame of a GIF, in milliseconds, at most 655,350; rounded to
                10. Default: 200.
            input_fidelity: How closely the result keeps to the style and the faces of the images. `gpt-
                image-2` refuses it. Default: `low`. Known values: `high`, `low`.
            n: Number of images, 1 to 10. Default: 1.
            output_compression: Quality after compression, in percent, 0 to 100. Only for `webp` and `jpeg`.
                Default: 100.
            output_format: The format of the images. Default: `png`. Known values: `png`, `webp`, `jpeg`,
                `gif`, `svg`.
            partial_images: Number of partial images in a stream, 0 to 3; there may be fewer. Default: 0.
            quality: The quality of the images. Which are supported depends on the model. Default: `auto`.
                Known values: `low`, `medium`, `high`, `xhigh`, `max`, `auto`, `standard`.
            response_format: How images are returned. OpenAI's GPT image models always return bytes and
                refuse it. Default: by the model. Known values: `url`, `b64_json`.
            safety_identifier: Stable id of the end user for abuse detection, such as a hash of the user
                name.
            size: Width and height in pixels, such as `1536x864`, or `auto`. Which are supported depends on
                the model. Default: `auto`. Known values: `1024x1024`, `1536x1024`, `1024x1536`, `auto`,
                `256x256`, `512x512`.
            svg: The author of an image in SVG. Only for `svg` as `output_format`, for one image, and
                without a stream.
            user: Stable id of the end user for abuse detection; replaced by `safety_identifier`.
            moderation: Strictness of moderation. In OpenAI's specification, not in its SDKs. Default:
                `auto`. Known values: `low`, `auto`.
            images: The images to edit by reference, instead of `image`. In OpenAI's specification, not in
                its SDKs. At most 16.
            image: The images to edit: png, webp or jpg, below 50 MB each. At most 16, together at most as
                large as a message of the gateway. Required, unless `images` is set.
            mask: A PNG image of the size of the first image; where it is fully transparent, that one is
                edited. Below 4 MB.
            markup: A partly transparent PNG image of the size of the first image, laid over it to guide the
                edit; not with `mask`.
            call_options: Options of the gateway for this call.
        """
        ...


class CreateImageVariation(Protocol):
    """Type of `CreateImageVariation`."""

    def __call__(
        self, request: CreateImageVariationRequest | None = None, /, **params: Unpack[CreateImageVariationParams]
    ) -> ImagesResponse:
        """Makes variations of an image. OpenAI no longer serves it; compatible servers do.

        REST: `POST /images/variations`.

        Args:
            request: The request, instead of the arguments.
            model: The model's name; the gateway routes the request by it. Default: the gateway's only
                model, or else that of upstream. Limit: 256 bytes.
            n: Number of images, 1 to 10. Default: 1.
            response_format: How images are returned. Default: `url`. Known values: `url`, `b64_json`.
            size: Width and height in pixels. Default: `1024x1024`. Known values: `256x256`, `512x512`,
                `1024x1024`.
            user: Stable id of the end user for abuse detection.
            image: The image: a square PNG below 4 MB. Required.
            call_options: Options of the gateway for this call.
        """
        ...

    def with_call(
        self, request: CreateImageVariationRequest | None = None, /, **params: Unpack[CreateImageVariationParams]
    ) -> tuple[ImagesResponse, CallMetadata]:
        """Makes variations of an image. OpenAI no longer serves it; compatible servers do.

        REST: `POST /images/variations`.

        Returns the reply with its metadata.
        """
        ...


class ListModels(Protocol):
    """Type of `ListModels`."""

    def __call__(
        self, request: ListModelsRequest | None = None, /, **params: Unpack[ListModelsParams]
    ) -> Page[Model, ModelList]:
        """Lists the models that the caller may use.

        REST: `GET /models`.

        Args:
            request: The request, instead of the arguments.
            upstream: List all models of the upstreams, by the upstreams' names, including those without a
                configured name. Default: false.
        """
        ...

    def with_call(
        self, request: ListModelsRequest | None = None, /, **params: Unpack[ListModelsParams]
    ) -> tuple[Page[Model, ModelList], CallMetadata]:
        """Lists the models that the caller may use.

        REST: `GET /models`.

        Returns the reply with its metadata.
        """
        ...


class GetModel(Protocol):
    """Type of `GetModel`."""

    def __call__(self, request: GetModelRequest | str | None = None, /, **params: Unpack[GetModelParams]) -> Model:
        """Returns one model.

        REST: `GET /models/{model}`.

        Args:
            request: The request, instead of the arguments.

        """
        ...

    def with_call(
        self, request: GetModelRequest | str | None = None, /, **params: Unpack[GetModelParams]
    ) -> tuple[Model, CallMetadata]:
        """Returns one model.

        REST: `GET /models/{model}`.

        Returns the reply with its metadata.
        """
        ...


class DeleteModel(Protocol):
    """Type of `DeleteModel`."""

    def __call__(
        self, request: DeleteModelRequest | str | None = None, /, **params: Unpack[DeleteModelParams]
    ) -> ModelDeleted:
        """Deletes a fine-tuned model of the upstream's account.

        REST: `DELETE /models/{model}`.

        Args:
            request: The request, instead of the arguments.

        """
        ...

    def with_call(
        self, request: DeleteModelRequest | str | None = None, /, **params: Unpack[DeleteModelParams]
    ) -> tuple[ModelDeleted, CallMetadata]:
        """Deletes a fine-tuned model of the upstream's account.

        REST: `DELETE /models/{model}`.

        Returns the reply with its metadata.
        """
        ...


class CreateModeration(Protocol):
    """Type of `CreateModeration`."""

    def __call__(
        self, request: CreateModerationRequest | None = None, /, **params: Unpack[CreateModerationParams]
    ) -> CreateModerationResponse:
        """Classifies texts and images as harmful or not.

        REST: `POST /moderations`.

        Args:
            request: The request, instead of the arguments.
            input: The input. Required.
            model: The model's name; the gateway routes the request by it. Default: the gateway's only
                model, or else that of upstream, `omni-moderation-latest`. Limit: 256 bytes.
            call_options: Options of the gateway for this call.
        """
        ...

    def with_call(
        self, request: CreateModerationRequest | None = None, /, **params: Unpack[CreateModerationParams]
    ) -> tuple[CreateModerationResponse, CallMetadata]:
        """Classifies texts and images as harmful or not.

        REST: `POST /moderations`.

        Returns the reply with its metadata.
        """
        ...


class CreateRealtimeClientSecret(Protocol):
    """Type of `CreateRealtimeClientSecret`."""

    def __call__(
        self,
        request: CreateRealtimeClientSecretRequest | None = None,
        /,
        **params: Unpack[CreateRealtimeClientSecretParams],
    ) -> RealtimeClientSecret:
        """Makes a secret that lives for minutes, with which a browser or telephone opens sessions at upstream
        itself. The gateway does not see those sessions: a key with limits, or one that is restricted to
        models, may call it only if its allowed RPCs name it.

        REST: `POST /realtime/client_secrets`.

        Args:
            request: The request, instead of the arguments.
            expires_after: When it expires. Default: after 600 seconds.
            session: The configuration of the sessions that it opens. Its model says which upstream makes
                it.
        """
        ...

    def with_call(
        self,
        request: CreateRealtimeClientSecretRequest | None = None,
        /,
        **params: Unpack[CreateRealtimeClientSecretParams],
    ) -> tuple[RealtimeClientSecret, CallMetadata]:
        """Makes a secret that lives for minutes, with which a browser or telephone opens sessions at upstream
        itself. The gateway does not see those sessions: a key with limits, or one that is restricted to
        models, may call it only if its allowed RPCs name it.

        REST: `POST /realtime/client_secrets`.

        Returns the reply with its metadata.
        """
        ...


class CreateRealtimeCall(Protocol):
    """Type of `CreateRealtimeCall`."""

    def __call__(
        self, request: CreateRealtimeCallRequest | None = None, /, **params: Unpack[CreateRealtimeCallParams]
    ) -> RealtimeCall:
        """Begins a call over WebRTC, of which the audio goes to upstream itself; returns the answer to the
        caller's offer. It belongs to the key that began it: `Connect` with its `call_id` follows it, and
        `HangupRealtimeCall` ends it. The gateway does not see the audio: a key with limits, or one that is
        restricted to models, may call it only if its allowed RPCs name it.

        REST: `POST /realtime/calls`.

        Args:
            request: The request, instead of the arguments.
            sdp: The caller's offer, as a session description (SDP). Required.
            session: The configuration of the session. Its model says which upstream serves it. Default:
                that of the caller's client secret.
        """
        ...

    def with_call(
        self, request: CreateRealtimeCallRequest | None = None, /, **params: Unpack[CreateRealtimeCallParams]
    ) -> tuple[RealtimeCall, CallMetadata]:
        """Begins a call over WebRTC, of which the audio goes to upstream itself; returns the answer to the
        caller's offer. It belongs to the key that began it: `Connect` with its `call_id` follows it, and
        `HangupRealtimeCall` ends it. The gateway does not see the audio: a key with limits, or one that is
        restricted to models, may call it only if its allowed RPCs name it.

        REST: `POST /realtime/calls`.

        Returns the reply with its metadata.
        """
        ...


class AcceptRealtimeCall(Protocol):
    """Type of `AcceptRealtimeCall`."""

    def __call__(
        self, request: AcceptRealtimeCallRequest | str | None = None, /, **params: Unpack[AcceptRealtimeCallParams]
    ) -> RealtimeCallReply:
        """Accepts a call that came in over SIP, with the configuration of its session. Upstream tells of such
        a call by a webhook, with its id. Where ids are sealed, only a key whose allowed RPCs name this one
        may use an id that no reply of the gateway has told; with several upstreams the model, or the
        metadata `openai-grpc-model` for the other RPCs, says which has it.

        REST: `POST /realtime/calls/{call_id}/accept`.

        Args:
            request: The request, instead of the arguments.
            type:
            audio: The audio in both directions.
            include: Additional output. Known values: `item.input_audio_transcription.logprobs`.
            instructions: A system message before the conversation. Default: the server's, as
                `session_created` tells. An empty text clears it.
            max_output_tokens: Maximum number of output tokens of a response, calls of tools included.
                Default: `inf`.
            model: The model's name in the gateway's configuration or upstream. Fixed once the session has
                begun. In an event of the server it is upstream's name. Limit: 256 bytes.
            output_modalities: Whether the model speaks (audio with a transcript) or writes; one of both.
                Default: `audio`. Known values: `text`, `audio`.
            parallel_tool_calls: Allow several tool calls at once. For models that reason.
            prompt: A prompt that is stored upstream, with the values of its variables.
            reasoning: Effort of reasoning. For models that reason.
            tool_choice: Tool choice. Default: `auto`.
            tools: The tools that the model may call: functions, which the caller runs, and MCP servers. To
                clear them, send `[]` for `tools` in `extra_json`.
            tracing: Traces of the session in OpenAI's dashboard; fixed once they are on. Default: none.
            truncation: How a conversation is truncated that exceeds the model's context. Default: `auto`,
                without its oldest messages.
        """
        ...

    def with_call(
        self, request: AcceptRealtimeCallRequest | str | None = None, /, **params: Unpack[AcceptRealtimeCallParams]
    ) -> tuple[RealtimeCallReply, CallMetadata]:
        """Accepts a call that came in over SIP, with the configuration of its session. Upstream tells of such
        a call by a webhook, with its id. Where ids are sealed, only a key whose allowed RPCs name this one
        may use an id that no reply of the gateway has told; with several upstreams the model, or the
        metadata `openai-grpc-model` for the other RPCs, says which has it.

        REST: `POST /realtime/calls/{call_id}/accept`.

        Returns the reply with its metadata.
        """
        ...


class RejectRealtimeCall(Protocol):
    """Type of `RejectRealtimeCall`."""

    def __call__(
        self, request: RejectRealtimeCallRequest | str | None = None, /, **params: Unpack[RejectRealtimeCallParams]
    ) -> RealtimeCallReply:
        """Declines a call that came in over SIP.

        REST: `POST /realtime/calls/{call_id}/reject`.

        Args:
            request: The request, instead of the arguments.
            status_code: The status for the other side (SIP). Default: 603, declined.
        """
        ...

    def with_call(
        self, request: RejectRealtimeCallRequest | str | None = None, /, **params: Unpack[RejectRealtimeCallParams]
    ) -> tuple[RealtimeCallReply, CallMetadata]:
        """Declines a call that came in over SIP.

        REST: `POST /realtime/calls/{call_id}/reject`.

        Returns the reply with its metadata.
        """
        ...


class ReferRealtimeCall(Protocol):
    """Type of `ReferRealtimeCall`."""

    def __call__(
        self, request: ReferRealtimeCallRequest | str | None = None, /, **params: Unpack[ReferRealtimeCallParams]
    ) -> RealtimeCallReply:
        """Hands a call over SIP over to another destination.

        REST: `POST /realtime/calls/{call_id}/refer`.

        Args:
            request: The request, instead of the arguments.
            target_uri: Where it goes, such as `tel:+14155550123` or `sip:agent@example.com`. Required.
        """
        ...

    def with_call(
        self, request: ReferRealtimeCallRequest | str | None = None, /, **params: Unpack[ReferRealtimeCallParams]
    ) -> tuple[RealtimeCallReply, CallMetadata]:
        """Hands a call over SIP over to another destination.

        REST: `POST /realtime/calls/{call_id}/refer`.

        Returns the reply with its metadata.
        """
        ...


class HangupRealtimeCall(Protocol):
    """Type of `HangupRealtimeCall`."""

    def __call__(
        self, request: HangupRealtimeCallRequest | str | None = None, /, **params: Unpack[HangupRealtimeCallParams]
    ) -> RealtimeCallReply:
        """Ends a call, over SIP or WebRTC.

        REST: `POST /realtime/calls/{call_id}/hangup`.

        Args:
            request: The request, instead of the arguments.

        """
        ...

    def with_call(
        self, request: HangupRealtimeCallRequest | str | None = None, /, **params: Unpack[HangupRealtimeCallParams]
    ) -> tuple[RealtimeCallReply, CallMetadata]:
        """Ends a call, over SIP or WebRTC.

        REST: `POST /realtime/calls/{call_id}/hangup`.

        Returns the reply with its metadata.
        """
        ...


class CreateResponse(Protocol):
    """Type of `CreateResponse`."""

    @overload
    def __call__(
        self,
        request: CreateResponseRequest | None = None,
        /,
        *,
        stream: Literal[False] | None = None,
        **params: Unpack[CreateResponseParams],
    ) -> Response:
        """Runs the model and returns the finished response, or at once with `background`. A response whose
        `status` is `failed` or `incomplete` is returned with gRPC status OK.

        REST: `POST /responses`.

        Args:
            request: The request, instead of the arguments.
            stream: Whether to return a stream of the reply.
            access_programs: The access programs to use. Default: depends on the model and the organization.
            background: Run the response upstream after the call has returned; needs `store`. Default:
                false.
            context_management: Management of a context that grows too long. Default: none.
            conversation: The conversation: its items come before `input`, and the response's input and
                output are added to it on completion. Not together with `previous_response_id`.
            image: Treatment of images in the input.
            include: Additional output: search results, sources of a web search, image URLs, outputs of
                code, encrypted reasoning, log probabilities. Known values: `file_search_call.results`,
                `web_search_call.results`, `web_search_call.action.sources`,
                `message.input_image.image_url`, `computer_call_output.output.image_url`,
                `code_interpreter_call.outputs`, `reasoning.encrypted_content`,
                `message.output_text.logprobs`.
            input: The text or the items to respond to.
            instructions: A system (developer) message before the input. It applies to this response only;
                with `previous_response_id` the earlier one is not carried over.
            max_output_tokens: Maximum number of output tokens, reasoning included. Default: the model's
                limit. When it is reached, `status` is `incomplete`.
            max_tool_calls: Maximum number of built-in tool calls in total; further calls are ignored.
                Default: no limit.
            metadata: The caller's notes, stored with the response. At most 16 pairs; keys up to 64
                characters, values up to 512.
            model: The model's name in the gateway's configuration or upstream. Required, unless `prompt`
                names one. Limit: 256 bytes.
            moderation: Moderation of the input and output, reported in `Response.moderation`. Default:
                none.
            parallel_tool_calls: Allow several tool calls in one turn. Default: true.
            previous_response_id: The id of the stored response that this one follows; its input and output
                become the context. Not together with `conversation`. Limit: 1,024 bytes.
            prompt: A prompt that is stored upstream, with the values of its variables.
            prompt_cache_key: Groups requests with a common prefix, for more prompt cache hits. Replaces
                `user` for this purpose.
            prompt_cache_options: Settings of the prompt cache. Default: one implicit breakpoint, kept 30
                minutes or more. For gpt-5.6 and later models.
            prompt_cache_retention: Deprecated, see `prompt_cache_options.ttl`. Maximum lifetime of the
                cached prefix: `in_memory`, or up to `24h`. Default: depends on the organization's data
                retention; gpt-5.5 and later models support only `24h`. Known values: `in_memory`, `24h`.
            reasoning: Effort and visible summary of reasoning.
            safety_identifier: Stable id of the end user for abuse detection, preferably a hash. At most 128
                characters.
            service_tier: Service tier: `auto` by the project's setting, `default` at standard price, `flex`
                cheaper and slower, `priority` or `fast` faster and more expensive, `ultrafast` by
                permission only. Default: `auto`. `Response.service_tier` reports the one used. Known
                values: `auto`, `default`, `flex`, `scale`, `priority`, `fast`, `ultrafast`.
            store: Store the response upstream, at least 30 days at OpenAI, for `GetResponse` and
                `previous_response_id`. Default: true.
            stream_options: For `StreamResponse` only.
            temperature: Sampling temperature, 0 to 2; low is focused. Default: 1. Change this or `top_p`,
                not both.
            text: The format and the verbosity of the text.
            tool_choice: Tool choice. Default: `auto` when there are tools.
            tools: The tools that the model may call.
            top_logprobs: Number of most likely tokens to report at each position, 0 to 20. The log
                probabilities need `message.output_text.logprobs` in `include`.
            top_p: Nucleus sampling: sample from the most likely tokens with this total probability, 0 to 1.
                Default: 1.
            truncation: Truncation of an input longer than the context window: `auto` drops items from its
                start, `disabled` fails with INVALID_ARGUMENT. Default: `disabled`. Known values: `auto`,
                `disabled`.
            user: Deprecated, see `safety_identifier` and `prompt_cache_key`. Stable id of the end user.
            background_options: Settings of a background response. Default: as soon as possible.
            generate: Run the model. False prepares the input for the next response of the lane. Of
                `Connect` only. Default: true.
            call_options: Options of the gateway for this call.
        """
        ...

    @overload
    def __call__(
        self,
        request: CreateResponseRequest | None = None,
        /,
        *,
        stream: Literal[True],
        **params: Unpack[CreateResponseParams],
    ) -> ResponseStream: ...
    @overload
    def __call__(
        self, request: CreateResponseRequest | None = None, /, *, stream: bool, **params: Unpack[CreateResponseParams]
    ) -> Response | ResponseStream: ...
    def with_call(
        self, request: CreateResponseRequest | None = None, /, **params: Unpack[CreateResponseParams]
    ) -> tuple[Response, CallMetadata]:
        """Runs the model and returns the finished response, or at once with `background`. A response whose
        `status` is `failed` or `incomplete` is returned with gRPC status OK.

        REST: `POST /responses`.

        Returns the reply with its metadata.
        """
        ...


class StreamResponse(Protocol):
    """Type of `StreamResponse`."""

    def __call__(
        self, request: CreateResponseRequest | None = None, /, **params: Unpack[CreateResponseParams]
    ) -> ResponseStream:
        """Runs the model and streams events. The last event is `completed`, `incomplete` or `failed`, each
        with the whole response, followed by status OK.

        REST: `POST /responses`.

        Args:
            request: The request, instead of the arguments.
            access_programs: The access programs to use. Default: depends on the model and the organization.
            background: Run the response upstream after the call has returned; needs `store`. Default:
                false.
            context_management: Management of a context that grows too long. Default: none.
            conversation: The conversation: its items come before `input`, and the response's input and
                output are added to it on completion. Not together with `previous_response_id`.
            image: Treatment of images in the input.
            include: Additional output: search results, sources of a web search, image URLs, outputs of
                code, encrypted reasoning, log probabilities. Known values: `file_search_call.results`,
                `web_search_call.results`, `web_search_call.action.sources`,
                `message.input_image.image_url`, `computer_call_output.output.image_url`,
                `code_interpreter_call.outputs`, `reasoning.encrypted_content`,
                `message.output_text.logprobs`.
            input: The text or the items to respond to.
            instructions: A system (developer) message before the input. It applies to this response only;
                with `previous_response_id` the earlier one is not carried over.
            max_output_tokens: Maximum number of output tokens, reasoning included. Default: the model's
                limit. When it is reached, `status` is `incomplete`.
            max_tool_calls: Maximum number of built-in tool calls in total; further calls are ignored.
                Default: no limit.
            metadata: The caller's notes, stored with the response. At most 16 pairs; keys up to 64
                characters, values up to 512.
            model: The model's name in the gateway's configuration or upstream. Required, unless `prompt`
                names one. Limit: 256 bytes.
            moderation: Moderation of the input and output, reported in `Response.moderation`. Default:
                none.
            parallel_tool_calls: Allow several tool calls in one turn. Default: true.
            previous_response_id: The id of the stored response that this one follows; its input and output
                become the context. Not together with `conversation`. Limit: 1,024 bytes.
            prompt: A prompt that is stored upstream, with the values of its variables.
            prompt_cache_key: Groups requests with a common prefix, for more prompt cache hits. Replaces
                `user` for this purpose.
            prompt_cache_options: Settings of the prompt cache. Default: one implicit breakpoint, kept 30
                minutes or more. For gpt-5.6 and later models.
            prompt_cache_retention: Deprecated, see `prompt_cache_options.ttl`. Maximum lifetime of the
                cached prefix: `in_memory`, or up to `24h`. Default: depends on the organization's data
                retention; gpt-5.5 and later models support only `24h`. Known values: `in_memory`, `24h`.
            reasoning: Effort and visible summary of reasoning.
            safety_identifier: Stable id of the end user for abuse detection, preferably a hash. At most 128
                characters.
            service_tier: Service tier: `auto` by the project's setting, `default` at standard price, `flex`
                cheaper and slower, `priority` or `fast` faster and more expensive, `ultrafast` by
                permission only. Default: `auto`. `Response.service_tier` reports the one used. Known
                values: `auto`, `default`, `flex`, `scale`, `priority`, `fast`, `ultrafast`.
            store: Store the response upstream, at least 30 days at OpenAI, for `GetResponse` and
                `previous_response_id`. Default: true.
            stream_options: For `StreamResponse` only.
            temperature: Sampling temperature, 0 to 2; low is focused. Default: 1. Change this or `top_p`,
                not both.
            text: The format and the verbosity of the text.
            tool_choice: Tool choice. Default: `auto` when there are tools.
            tools: The tools that the model may call.
            top_logprobs: Number of most likely tokens to report at each position, 0 to 20. The log
                probabilities need `message.output_text.logprobs` in `include`.
            top_p: Nucleus sampling: sample from the most likely tokens with this total probability, 0 to 1.
                Default: 1.
            truncation: Truncation of an input longer than the context window: `auto` drops items from its
                start, `disabled` fails with INVALID_ARGUMENT. Default: `disabled`. Known values: `auto`,
                `disabled`.
            user: Deprecated, see `safety_identifier` and `prompt_cache_key`. Stable id of the end user.
            background_options: Settings of a background response. Default: as soon as possible.
            generate: Run the model. False prepares the input for the next response of the lane. Of
                `Connect` only. Default: true.
            call_options: Options of the gateway for this call.
        """
        ...


class GetResponse(Protocol):
    """Type of `GetResponse`."""

    def __call__(
        self, request: GetResponseRequest | str | None = None, /, **params: Unpack[GetResponseParams]
    ) -> Response:
        """Returns the current state of a stored response; polls one that runs in the background.

        REST: `GET /responses/{response_id}`.

        Args:
            request: The request, instead of the arguments.
            include: Additional output, as in `CreateResponseRequest.include`. Known values:
                `file_search_call.results`, `web_search_call.results`, `web_search_call.action.sources`,
                `message.input_image.image_url`, `computer_call_output.output.image_url`,
                `code_interpreter_call.outputs`, `reasoning.encrypted_content`,
                `message.output_text.logprobs`.
        """
        ...

    def with_call(
        self, request: GetResponseRequest | str | None = None, /, **params: Unpack[GetResponseParams]
    ) -> tuple[Response, CallMetadata]:
        """Returns the current state of a stored response; polls one that runs in the background.

        REST: `GET /responses/{response_id}`.

        Returns the reply with its metadata.
        """
        ...


class ResumeResponse(Protocol):
    """Type of `ResumeResponse`."""

    def __call__(
        self, request: ResumeResponseRequest | str | None = None, /, **params: Unpack[ResumeResponseParams]
    ) -> ResponseStream:
        """Resumes the stream of a response created by `StreamResponse` with `background`: stored events after
        `starting_after`, then new ones. It ends like `StreamResponse`.

        REST: `GET /responses/{response_id}`.

        Args:
            request: The request, instead of the arguments.
            starting_after: Resume after this `sequence_number`. Default: from the first event.
            include: Additional output, as in `CreateResponseRequest.include`. Known values:
                `file_search_call.results`, `web_search_call.results`, `web_search_call.action.sources`,
                `message.input_image.image_url`, `computer_call_output.output.image_url`,
                `code_interpreter_call.outputs`, `reasoning.encrypted_content`,
                `message.output_text.logprobs`.
            include_obfuscation: Pad each delta with random characters in `obfuscation`. Default: true.
        """
        ...


class WatchResponse(Protocol):
    """Type of `WatchResponse`."""

    def __call__(
        self, request: WatchResponseRequest | str | None = None, /, **params: Unpack[WatchResponseParams]
    ) -> ResponseStates:
        """Watches a background response until it is done: the first message is its present state, then comes
        one on each change of it (`status`, output items so far), and the last one has the whole response,
        followed by status OK, also if the response failed. Polls of the upstream are shared: there is one
        poller per response, however many callers of the same owner watch it, and none when nobody does. A
        caller who reads slowly gets the newest state, and one who comes back after a lost connection the
        present one, which is as old as the last poll.

        Args:
            request: The request, instead of the arguments.
            include: Additional output, as in `CreateResponseRequest.include`. Known values:
                `file_search_call.results`, `web_search_call.results`, `web_search_call.action.sources`,
                `message.input_image.image_url`, `computer_call_output.output.image_url`,
                `code_interpreter_call.outputs`, `reasoning.encrypted_content`,
                `message.output_text.logprobs`.
            completion_window: The `background_options.completion_window` that it was created with. While a
                response of a window is queued, it is polled less often: after at most 60 s for `2h`, 240 s
                for `8h`. The first of those who watch together decides. Default: what upstream tells in the
                response, else `soonest`. Known values: `soonest`, `2h`, `8h`.
        """
        ...


class DeleteResponse(Protocol):
    """Type of `DeleteResponse`."""

    def __call__(
        self, request: DeleteResponseRequest | str | None = None, /, **params: Unpack[DeleteResponseParams]
    ) -> ResponseDeleted:
        """Deletes a stored response.

        REST: `DELETE /responses/{response_id}`.

        Args:
            request: The request, instead of the arguments.

        """
        ...

    def with_call(
        self, request: DeleteResponseRequest | str | None = None, /, **params: Unpack[DeleteResponseParams]
    ) -> tuple[ResponseDeleted, CallMetadata]:
        """Deletes a stored response.

        REST: `DELETE /responses/{response_id}`.

        Returns the reply with its metadata.
        """
        ...


class CancelResponse(Protocol):
    """Type of `CancelResponse`."""

    def __call__(
        self, request: CancelResponseRequest | str | None = None, /, **params: Unpack[CancelResponseParams]
    ) -> Response:
        """Cancels a response that runs in the background and returns it. Idempotent.

        REST: `POST /responses/{response_id}/cancel`.

        Args:
            request: The request, instead of the arguments.

        """
        ...

    def with_call(
        self, request: CancelResponseRequest | str | None = None, /, **params: Unpack[CancelResponseParams]
    ) -> tuple[Response, CallMetadata]:
        """Cancels a response that runs in the background and returns it. Idempotent.

        REST: `POST /responses/{response_id}/cancel`.

        Returns the reply with its metadata.
        """
        ...


class ListResponseInputItems(Protocol):
    """Type of `ListResponseInputItems`."""

    def __call__(
        self,
        request: ListResponseInputItemsRequest | str | None = None,
        /,
        **params: Unpack[ListResponseInputItemsParams],
    ) -> Page[ResponseItem, ResponseItemList]:
        """Lists the input items of a stored response, a page at a time.

        REST: `GET /responses/{response_id}/input_items`.

        Args:
            request: The request, instead of the arguments.
            after: The id of the last item of the previous page. Default: the first page. Limit: 1,024
                bytes.
            include: Additional output, as in `CreateResponseRequest.include`. Known values:
                `file_search_call.results`, `web_search_call.results`, `web_search_call.action.sources`,
                `message.input_image.image_url`, `computer_call_output.output.image_url`,
                `code_interpreter_call.outputs`, `reasoning.encrypted_content`,
                `message.output_text.logprobs`.
            limit: Maximum number of items per page, 1 to 100. Default: 20.
            order: Order by time: `asc` oldest first, `desc` newest first. Default: `desc`. Known values:
                `asc`, `desc`.
        """
        ...

    def with_call(
        self,
        request: ListResponseInputItemsRequest | str | None = None,
        /,
        **params: Unpack[ListResponseInputItemsParams],
    ) -> tuple[Page[ResponseItem, ResponseItemList], CallMetadata]:
        """Lists the input items of a stored response, a page at a time.

        REST: `GET /responses/{response_id}/input_items`.

        Returns the reply with its metadata.
        """
        ...


class CompactResponse(Protocol):
    """Type of `CompactResponse`."""

    def __call__(
        self, request: CompactResponseRequest | None = None, /, **params: Unpack[CompactResponseParams]
    ) -> CompactedResponse:
        """Compacts a long conversation: returns the items that replace it as the input of the next request. It
        runs a model and is billed.

        REST: `POST /responses/compact`.

        Args:
            request: The request, instead of the arguments.
            model: The model that compacts. Required. Limit: 256 bytes.
            image: Treatment of images in the input.
            input: The conversation: a string, or items. Optional with `previous_response_id`.
            instructions: A system (developer) message before the input, for this call only.
            previous_response_id: The id of the stored response whose context is compacted, together with
                `input`. Limit: 1,024 bytes.
            prompt_cache_key: Groups requests with a common prefix, for more prompt cache hits.
            prompt_cache_options: Settings of the prompt cache. Default: one implicit breakpoint; the only
                `ttl` here is `30m`.
            prompt_cache_retention: Maximum lifetime of the cached prefix: `in_memory`, or up to `24h`.
                Known values: `in_memory`, `24h`.
            service_tier: Service tier, as in `CreateResponseRequest.service_tier`. Default: `auto`. Known
                values: `auto`, `default`, `fast`, `flex`, `priority`.
            call_options: Options of the gateway for this call.
        """
        ...

    def with_call(
        self, request: CompactResponseRequest | None = None, /, **params: Unpack[CompactResponseParams]
    ) -> tuple[CompactedResponse, CallMetadata]:
        """Compacts a long conversation: returns the items that replace it as the input of the next request. It
        runs a model and is billed.

        REST: `POST /responses/compact`.

        Returns the reply with its metadata.
        """
        ...


class CountResponseInputTokens(Protocol):
    """Type of `CountResponseInputTokens`."""

    def __call__(
        self,
        request: CountResponseInputTokensRequest | None = None,
        /,
        **params: Unpack[CountResponseInputTokensParams],
    ) -> ResponseInputTokenCount:
        """Counts the input tokens of a `CreateResponse` request, without running the model.

        REST: `POST /responses/input_tokens`.

        Args:
            request: The request, instead of the arguments.
            conversation: The conversation whose items come before `input`. Not together with
                `previous_response_id`.
            input: The text or the items.
            instructions: A system (developer) message before the input.
            model: The model whose tokens are counted. Limit: 256 bytes.
            parallel_tool_calls: Allow several tool calls in one turn.
            personality: A built-in style of the model. At most 64 characters. Default: the model's own.
                Known values: `friendly`, `pragmatic`.
            previous_response_id: The id of the stored response whose input and output come before `input`.
                Limit: 1,024 bytes.
            reasoning: Effort of reasoning.
            text: The format and the verbosity of the text; a schema uses tokens as well.
            tool_choice: Tool choice.
            tools: The tools that the model may call; their descriptions and schemas use tokens as well.
            truncation: Truncation of an input longer than the context window: `auto` or `disabled`.
                Default: `disabled`. Known values: `auto`, `disabled`.
            call_options: Options of the gateway for this call.
        """
        ...

    def with_call(
        self,
        request: CountResponseInputTokensRequest | None = None,
        /,
        **params: Unpack[CountResponseInputTokensParams],
    ) -> tuple[ResponseInputTokenCount, CallMetadata]:
        """Counts the input tokens of a `CreateResponse` request, without running the model.

        REST: `POST /responses/input_tokens`.

        Returns the reply with its metadata.
        """
        ...


class CreateUpload(Protocol):
    """Type of `CreateUpload`."""

    def __call__(self, request: CreateUploadRequest | None = None, /, **params: Unpack[CreateUploadParams]) -> Upload:
        """Creates an upload, to which parts are added. It expires after an hour at OpenAI.

        REST: `POST /uploads`.

        Args:
            request: The request, instead of the arguments.
            bytes: The size of the whole file in bytes. Required. Limit: 8 GB at OpenAI.
            filename: The name of the file. Required.
            mime_type: The MIME type of the file, which must fit its purpose. Required.
            purpose: The use of the file. Required. Known values: `assistants`, `batch`, `fine-tune`,
                `vision`, `user_data`, `evals`.
            expires_after: When the file expires. Default: after 30 days for `batch`, else never.
            call_options: Options of the gateway for this call.
        """
        ...

    def with_call(
        self, request: CreateUploadRequest | None = None, /, **params: Unpack[CreateUploadParams]
    ) -> tuple[Upload, CallMetadata]:
        """Creates an upload, to which parts are added. It expires after an hour at OpenAI.

        REST: `POST /uploads`.

        Returns the reply with its metadata.
        """
        ...


class CreateUploadPart(Protocol):
    """Type of `CreateUploadPart`."""

    def __call__(
        self, request: CreateUploadPartRequest | str | None = None, /, **params: Unpack[CreateUploadPartParams]
    ) -> UploadPart:
        """Adds a part sent in one message.

        REST: `POST /uploads/{upload_id}/parts`.

        Args:
            request: The request, instead of the arguments.
            call_options: Options of the gateway for this call.
            file: The part, which needs no name. Required. Limit: 64 MB at OpenAI.
        """
        ...

    def with_call(
        self, request: CreateUploadPartRequest | str | None = None, /, **params: Unpack[CreateUploadPartParams]
    ) -> tuple[UploadPart, CallMetadata]:
        """Adds a part sent in one message.

        REST: `POST /uploads/{upload_id}/parts`.

        Returns the reply with its metadata.
        """
        ...


class AddUploadPart(Protocol):
    """Type of `AddUploadPart`."""

    def __call__(
        self, request: CreateUploadPartRequest | str | None = None, /, **params: Unpack[UploadUploadPartParams]
    ) -> UploadPart:
        """Adds a part of any size. Chunks are forwarded upstream as they arrive. Parts can be added side by
        side, in any order. One that failed has left nothing behind that would matter, and can be added
        again.

        REST: `POST /uploads/{upload_id}/parts`.

        Args:
            request: The request, instead of the arguments.
            call_options: Options of the gateway for this call.
            file: The part, which needs no name. Required. Limit: 64 MB at OpenAI.
        """
        ...

    def with_call(
        self, request: CreateUploadPartRequest | str | None = None, /, **params: Unpack[UploadUploadPartParams]
    ) -> tuple[UploadPart, CallMetadata]:
        """Adds a part of any size. Chunks are forwarded upstream as they arrive. Parts can be added side by
        side, in any order. One that failed has left nothing behind that would matter, and can be added
        again.

        REST: `POST /uploads/{upload_id}/parts`.

        Returns the reply with its metadata.
        """
        ...


class CompleteUpload(Protocol):
    """Type of `CompleteUpload`."""

    def __call__(
        self, request: CompleteUploadRequest | str | None = None, /, **params: Unpack[CompleteUploadParams]
    ) -> Upload:
        """Makes a file of the parts of an upload. No part can be added afterwards.

        REST: `POST /uploads/{upload_id}/complete`.

        Args:
            request: The request, instead of the arguments.
            part_ids: The ids of the parts, in the order of their bytes in the file. Required. Limit: 4,096.
            md5: The MD5 of the whole file, 32 hexadecimal digits; upstream compares it. Default: no
                comparison.
            call_options: Options of the gateway for this call.
        """
        ...

    def with_call(
        self, request: CompleteUploadRequest | str | None = None, /, **params: Unpack[CompleteUploadParams]
    ) -> tuple[Upload, CallMetadata]:
        """Makes a file of the parts of an upload. No part can be added afterwards.

        REST: `POST /uploads/{upload_id}/complete`.

        Returns the reply with its metadata.
        """
        ...


class CancelUpload(Protocol):
    """Type of `CancelUpload`."""

    def __call__(
        self, request: CancelUploadRequest | str | None = None, /, **params: Unpack[CancelUploadParams]
    ) -> Upload:
        """Cancels an upload. No part can be added afterwards.

        REST: `POST /uploads/{upload_id}/cancel`.

        Args:
            request: The request, instead of the arguments.

        """
        ...

    def with_call(
        self, request: CancelUploadRequest | str | None = None, /, **params: Unpack[CancelUploadParams]
    ) -> tuple[Upload, CallMetadata]:
        """Cancels an upload. No part can be added afterwards.

        REST: `POST /uploads/{upload_id}/cancel`.

        Returns the reply with its metadata.
        """
        ...


class CreateVideo(Protocol):
    """Type of `CreateVideo`."""

    def __call__(self, request: CreateVideoRequest | None = None, /, **params: Unpack[CreateVideoParams]) -> Video:
        """Begins to generate a video from a text, and returns its job at once. It belongs to the key that
        created it, and stays with the upstream that has it.

        REST: `POST /videos`.

        Args:
            request: The request, instead of the arguments.
            prompt: A description of the video. Required.
            model: The model's name; the gateway routes the request by it. Default: the gateway's only
                model, or else that of upstream. Limit: 256 bytes.
            seconds: The length in seconds, as a text. Default: 4 at OpenAI. Known values: `4`, `8`, `12`.
            size: Width and height in pixels. Default: `720x1280` at OpenAI. Known values: `720x1280`,
                `1280x720`, `1024x1792`, `1792x1024`.
            characters: Characters to use. In OpenAI's guide, not in its SDKs.
            call_options: Options of the gateway for this call.
            input_reference: An image to begin with. At most as large as a message of the gateway.
        """
        ...

    def with_call(
        self, request: CreateVideoRequest | None = None, /, **params: Unpack[CreateVideoParams]
    ) -> tuple[Video, CallMetadata]:
        """Begins to generate a video from a text, and returns its job at once. It belongs to the key that
        created it, and stays with the upstream that has it.

        REST: `POST /videos`.

        Returns the reply with its metadata.
        """
        ...


class GetVideo(Protocol):
    """Type of `GetVideo`."""

    def __call__(self, request: GetVideoRequest | str | None = None, /, **params: Unpack[GetVideoParams]) -> Video:
        """Gets the state and the progress of a video.

        REST: `GET /videos/{video_id}`.

        Args:
            request: The request, instead of the arguments.

        """
        ...

    def with_call(
        self, request: GetVideoRequest | str | None = None, /, **params: Unpack[GetVideoParams]
    ) -> tuple[Video, CallMetadata]:
        """Gets the state and the progress of a video.

        REST: `GET /videos/{video_id}`.

        Returns the reply with its metadata.
        """
        ...


class WatchVideo(Protocol):
    """Type of `WatchVideo`."""

    def __call__(
        self, request: GetVideoRequest | str | None = None, /, **params: Unpack[GetVideoParams]
    ) -> VideoStates:
        """Watches a video until it is done: the first message is its present state, then comes one on each
        change of it (`status`, `progress`), and the last one has its end, followed by status OK. Polls of
        the upstream are shared by the callers of the same owner, as in `ResponsesService.WatchResponse`.

        Args:
            request: The request, instead of the arguments.

        """
        ...


class ListVideos(Protocol):
    """Type of `ListVideos`."""

    def __call__(
        self, request: ListVideosRequest | None = None, /, **params: Unpack[ListVideosParams]
    ) -> Page[Video, VideoList]:
        """Lists videos, page by page. Upstreams don't say whose a video is: where keys have their own, only a
        key whose allowed RPCs name this one may call it, and gets all of upstream's. With several upstreams
        the metadata `openai-grpc-model` names a model of the one to list.

        REST: `GET /videos`.

        Args:
            request: The request, instead of the arguments.
            after: The id of the last one of the previous page. Default: the first page. Limit: 1,024 bytes.
            limit: Maximum number of entries per page, 0 to 100. Default: 20 at OpenAI.
            order: Order by time: oldest or newest first. Default: `desc`. Known values: `asc`, `desc`.
        """
        ...

    def with_call(
        self, request: ListVideosRequest | None = None, /, **params: Unpack[ListVideosParams]
    ) -> tuple[Page[Video, VideoList], CallMetadata]:
        """Lists videos, page by page. Upstreams don't say whose a video is: where keys have their own, only a
        key whose allowed RPCs name this one may call it, and gets all of upstream's. With several upstreams
        the metadata `openai-grpc-model` names a model of the one to list.

        REST: `GET /videos`.

        Returns the reply with its metadata.
        """
        ...


class DeleteVideo(Protocol):
    """Type of `DeleteVideo`."""

    def __call__(
        self, request: DeleteVideoRequest | str | None = None, /, **params: Unpack[DeleteVideoParams]
    ) -> VideoDeleted:
        """Deletes a video.

        REST: `DELETE /videos/{video_id}`.

        Args:
            request: The request, instead of the arguments.

        """
        ...

    def with_call(
        self, request: DeleteVideoRequest | str | None = None, /, **params: Unpack[DeleteVideoParams]
    ) -> tuple[VideoDeleted, CallMetadata]:
        """Deletes a video.

        REST: `DELETE /videos/{video_id}`.

        Returns the reply with its metadata.
        """
        ...


class DownloadVideo(Protocol):
    """Type of `DownloadVideo`."""

    def __call__(
        self, request: DownloadVideoRequest | str | None = None, /, **params: Unpack[DownloadVideoParams]
    ) -> FileStream:
        """Downloads a finished video, or a range of it. The last message has the checksum of the bytes sent,
        after which the stream ends with OK; a broken one can be resumed at `offset`.

        REST: `GET /videos/{video_id}/content`.

        Args:
            request: The request, instead of the arguments.
            variant: The file to send: the video, an image of it, or one of several frames. Default:
                `video`. Known values: `video`, `thumbnail`, `spritesheet`.
            call_options: Options of the gateway for this call.
            offset: The first byte to send, from 0; to resume: the number of bytes received. Default: 0.
            length: The number of bytes to send, at most those until the end of the file. Default: all.
        """
        ...


class RemixVideo(Protocol):
    """Type of `RemixVideo`."""

    def __call__(self, request: RemixVideoRequest | str | None = None, /, **params: Unpack[RemixVideoParams]) -> Video:
        """Begins to generate a video that varies a finished one, and returns its job at once.

        REST: `POST /videos/{video_id}/remix`.

        Args:
            request: The request, instead of the arguments.
            prompt: A description of the result. Required.
            call_options: Options of the gateway for this call.
        """
        ...

    def with_call(
        self, request: RemixVideoRequest | str | None = None, /, **params: Unpack[RemixVideoParams]
    ) -> tuple[Video, CallMetadata]:
        """Begins to generate a video that varies a finished one, and returns its job at once.

        REST: `POST /videos/{video_id}/remix`.

        Returns the reply with its metadata.
        """
        ...


class EditVideo(Protocol):
    """Type of `EditVideo`."""

    def __call__(self, request: EditVideoRequest | None = None, /, **params: Unpack[EditVideoParams]) -> Video:
        """Begins to edit a video by a text, and returns the job at once.

        REST: `POST /videos/edits`.

        Args:
            request: The request, instead of the arguments.
            prompt: A description of the result. Required.
            call_options: Options of the gateway for this call.
            video: The video, an MP4 file, instead of `video_reference`. At most as large as a message of
                the gateway.
        """
        ...

    def with_call(
        self, request: EditVideoRequest | None = None, /, **params: Unpack[EditVideoParams]
    ) -> tuple[Video, CallMetadata]:
        """Begins to edit a video by a text, and returns the job at once.

        REST: `POST /videos/edits`.

        Returns the reply with its metadata.
        """
        ...


class ExtendVideo(Protocol):
    """Type of `ExtendVideo`."""

    def __call__(self, request: ExtendVideoRequest | None = None, /, **params: Unpack[ExtendVideoParams]) -> Video:
        """Begins to generate a video that goes on from another, and returns its job at once.

        REST: `POST /videos/extensions`.

        Args:
            request: The request, instead of the arguments.
            prompt: A description of the part that follows. Required.
            seconds: The length of that part in seconds, as a text. Required. Known values: `4`, `8`, `12`.
            call_options: Options of the gateway for this call.
            video: The video, an MP4 file, instead of `video_reference`. At most as large as a message of
                the gateway.
        """
        ...

    def with_call(
        self, request: ExtendVideoRequest | None = None, /, **params: Unpack[ExtendVideoParams]
    ) -> tuple[Video, CallMetadata]:
        """Begins to generate a video that goes on from another, and returns its job at once.

        REST: `POST /videos/extensions`.

        Returns the reply with its metadata.
        """
        ...


class CreateVideoCharacter(Protocol):
    """Type of `CreateVideoCharacter`."""

    def __call__(
        self, request: CreateVideoCharacterRequest | None = None, /, **params: Unpack[CreateVideoCharacterParams]
    ) -> VideoCharacter:
        """Makes a character of a video, for use in others. It belongs to the key that created it. With several
        upstreams, metadata `openai-grpc-model` names a model of the one to create it at.

        REST: `POST /videos/characters`.

        Args:
            request: The request, instead of the arguments.
            name: The name of the character. Required.
            call_options: Options of the gateway for this call.
            video: A video of the character, an MP4 file. Required. At most as large as a message of the
                gateway.
        """
        ...

    def with_call(
        self, request: CreateVideoCharacterRequest | None = None, /, **params: Unpack[CreateVideoCharacterParams]
    ) -> tuple[VideoCharacter, CallMetadata]:
        """Makes a character of a video, for use in others. It belongs to the key that created it. With several
        upstreams, metadata `openai-grpc-model` names a model of the one to create it at.

        REST: `POST /videos/characters`.

        Returns the reply with its metadata.
        """
        ...


class GetVideoCharacter(Protocol):
    """Type of `GetVideoCharacter`."""

    def __call__(
        self, request: GetVideoCharacterRequest | str | None = None, /, **params: Unpack[GetVideoCharacterParams]
    ) -> VideoCharacter:
        """Gets a character.

        REST: `GET /videos/characters/{character_id}`.

        Args:
            request: The request, instead of the arguments.

        """
        ...

    def with_call(
        self, request: GetVideoCharacterRequest | str | None = None, /, **params: Unpack[GetVideoCharacterParams]
    ) -> tuple[VideoCharacter, CallMetadata]:
        """Gets a character.

        REST: `GET /videos/characters/{character_id}`.

        Returns the reply with its metadata.
        """
        ...


class IssueKey(Protocol):
    """Type of `IssueKey`."""

    def __call__(self, request: IssueKeyRequest | None = None, /, **params: Unpack[IssueKeyParams]) -> IssuedKey:
        """Issues a key. The reply is the only one that has the key itself: the gateway keeps its hash.

        REST: `POST /key/generate`.

        Args:
            request: The request, instead of the arguments.
            name: Name in logs and metrics; owner of usage and stored objects. Required. Limit: 1 to 256
                characters.
            models: Models that the key may use; a `*` matches any text. Empty: all. Limit: 1,000 of 256
                characters.
            rpcs: RPCs that the key may call, such as `CreateChatCompletion` or, of one service alone,
                `ResponsesService.Connect`; a `*` matches any text. Empty: all. Limit: 1,000 of 256
                characters.
            rpm: Limit of requests per minute; more than 0. Absent: no limit.
            tpm: Limit of tokens per minute; more than 0. Absent: no limit.
            max_parallel_requests: Limit of calls in flight; more than 0. Absent: no limit.
            max_budget: Limit of the cost in a `budget_duration`, in US dollars; at least 0. Absent: no
                limit.
            soft_budget: Cost from which calls are warned, in US dollars; less than `max_budget`. Absent: no
                warning.
            budget_duration: Period after which the budget begins anew, such as `1h`, `1d` or `1mo`. Absent:
                never.
            organization: `OpenAI-Organization` of the key's calls. Absent: the deployment's.
            project: `OpenAI-Project` of the key's calls. Absent: the deployment's.
            expires_in: Time after which the key expires, in seconds; more than 0. Absent: never.
        """
        ...

    def with_call(
        self, request: IssueKeyRequest | None = None, /, **params: Unpack[IssueKeyParams]
    ) -> tuple[IssuedKey, CallMetadata]:
        """Issues a key. The reply is the only one that has the key itself: the gateway keeps its hash.

        REST: `POST /key/generate`.

        Returns the reply with its metadata.
        """
        ...


class ListKeys(Protocol):
    """Type of `ListKeys`."""

    def __call__(
        self, request: ListKeysRequest | None = None, /, **params: Unpack[ListKeysParams]
    ) -> Page[Key, KeyList]:
        """Lists issued keys, the newest first, revoked ones included.

        REST: `GET /key/list`.

        Args:
            request: The request, instead of the arguments.
            limit: Number of keys, 1 to 1000. Default: 100.
            after: Id of the last key of the page before. Default: from the newest.
        """
        ...

    def with_call(
        self, request: ListKeysRequest | None = None, /, **params: Unpack[ListKeysParams]
    ) -> tuple[Page[Key, KeyList], CallMetadata]:
        """Lists issued keys, the newest first, revoked ones included.

        REST: `GET /key/list`.

        Returns the reply with its metadata.
        """
        ...


class RotateKey(Protocol):
    """Type of `RotateKey`."""

    def __call__(
        self, request: RotateKeyRequest | str | None = None, /, **params: Unpack[RotateKeyParams]
    ) -> IssuedKey:
        """Replaces the secret of a key. Name, permissions, limits, usage and stored objects stay.

        REST: `POST /key/{key_id}/regenerate`.

        Args:
            request: The request, instead of the arguments.
            grace_period: Time for which the secret so far is taken as well, in seconds, 0 to 604,800.
                Default: 0.
        """
        ...

    def with_call(
        self, request: RotateKeyRequest | str | None = None, /, **params: Unpack[RotateKeyParams]
    ) -> tuple[IssuedKey, CallMetadata]:
        """Replaces the secret of a key. Name, permissions, limits, usage and stored objects stay.

        REST: `POST /key/{key_id}/regenerate`.

        Returns the reply with its metadata.
        """
        ...


class RevokeKey(Protocol):
    """Type of `RevokeKey`."""

    def __call__(self, request: RevokeKeyRequest | str | None = None, /, **params: Unpack[RevokeKeyParams]) -> Key:
        """Revokes a key for good. The replica that serves the call refuses the key at once, others within two
        seconds; calls that run go on. A revoked key may be revoked again.

        REST: `POST /key/{key_id}/revoke`.

        Args:
            request: The request, instead of the arguments.

        """
        ...

    def with_call(
        self, request: RevokeKeyRequest | str | None = None, /, **params: Unpack[RevokeKeyParams]
    ) -> tuple[Key, CallMetadata]:
        """Revokes a key for good. The replica that serves the call refuses the key at once, others within two
        seconds; calls that run go on. A revoked key may be revoked again.

        REST: `POST /key/{key_id}/revoke`.

        Returns the reply with its metadata.
        """
        ...

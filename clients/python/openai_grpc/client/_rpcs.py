"""The RPCs of the contract, and the functions that build their requests. Generated: do not edit."""

from typing import Unpack

from openai_grpc.client._request import Prepared, prepare, prepare_upload
from openai_grpc.client._rpc import Rpc
from openai_grpc.client.params import (
    CancelResponseParams,
    CompactResponseParams,
    CountResponseInputTokensParams,
    CreateChatCompletionParams,
    CreateCompletionParams,
    CreateEmbeddingParams,
    CreateResponseParams,
    CreateTranscriptionParams,
    DeleteChatCompletionParams,
    DeleteResponseParams,
    GetChatCompletionParams,
    GetModelParams,
    GetResponseParams,
    ListChatCompletionMessagesParams,
    ListChatCompletionsParams,
    ListModelsParams,
    ListResponseInputItemsParams,
    ResumeResponseParams,
    UpdateChatCompletionParams,
    UploadTranscriptionParams,
)
from openai_grpc.v1 import (
    CancelResponseRequest,
    ChatCompletion,
    ChatCompletionChunk,
    ChatCompletionDeleted,
    ChatCompletionList,
    ChatCompletionMessageList,
    CompactedResponse,
    CompactResponseRequest,
    Completion,
    CountResponseInputTokensRequest,
    CreateChatCompletionRequest,
    CreateCompletionRequest,
    CreateEmbeddingRequest,
    CreateEmbeddingResponse,
    CreateResponseRequest,
    CreateTranscriptionRequest,
    DeleteChatCompletionRequest,
    DeleteResponseRequest,
    GetChatCompletionRequest,
    GetModelRequest,
    GetResponseRequest,
    ListChatCompletionMessagesRequest,
    ListChatCompletionsRequest,
    ListModelsRequest,
    ListResponseInputItemsRequest,
    Model,
    ModelList,
    Response,
    ResponseDeleted,
    ResponseInputTokenCount,
    ResponseItemList,
    ResponseStreamEvent,
    ResumeResponseRequest,
    Transcription,
    TranscriptionStreamEvent,
    UpdateChatCompletionRequest,
    UploadTranscriptionRequest,
)


def create_transcription(
    request: CreateTranscriptionRequest | None = None, /, **params: Unpack[CreateTranscriptionParams]
) -> Prepared:
    """Builds the request of CreateTranscription."""
    return prepare(CreateTranscriptionRequest, request, params)


def upload_transcription(
    request: CreateTranscriptionRequest | None = None, /, **params: Unpack[UploadTranscriptionParams]
) -> Prepared:
    """Builds the request of UploadTranscription."""
    return prepare_upload(CreateTranscriptionRequest, UploadTranscriptionRequest, request, params)


def stream_transcription(
    request: CreateTranscriptionRequest | None = None, /, **params: Unpack[UploadTranscriptionParams]
) -> Prepared:
    """Builds the request of StreamTranscription."""
    return prepare_upload(CreateTranscriptionRequest, UploadTranscriptionRequest, request, params)


def create_chat_completion(
    request: CreateChatCompletionRequest | None = None, /, **params: Unpack[CreateChatCompletionParams]
) -> Prepared:
    """Builds the request of CreateChatCompletion and StreamChatCompletion."""
    return prepare(CreateChatCompletionRequest, request, params)


def get_chat_completion(
    request: GetChatCompletionRequest | str | None = None, /, **params: Unpack[GetChatCompletionParams]
) -> Prepared:
    """Builds the request of GetChatCompletion."""
    return prepare(GetChatCompletionRequest, request, params, id_field="completion_id")


def list_chat_completions(
    request: ListChatCompletionsRequest | None = None, /, **params: Unpack[ListChatCompletionsParams]
) -> Prepared:
    """Builds the request of ListChatCompletions."""
    return prepare(ListChatCompletionsRequest, request, params)


def update_chat_completion(
    request: UpdateChatCompletionRequest | str | None = None, /, **params: Unpack[UpdateChatCompletionParams]
) -> Prepared:
    """Builds the request of UpdateChatCompletion."""
    return prepare(UpdateChatCompletionRequest, request, params, id_field="completion_id")


def delete_chat_completion(
    request: DeleteChatCompletionRequest | str | None = None, /, **params: Unpack[DeleteChatCompletionParams]
) -> Prepared:
    """Builds the request of DeleteChatCompletion."""
    return prepare(DeleteChatCompletionRequest, request, params, id_field="completion_id")


def list_chat_completion_messages(
    request: ListChatCompletionMessagesRequest | str | None = None,
    /,
    **params: Unpack[ListChatCompletionMessagesParams],
) -> Prepared:
    """Builds the request of ListChatCompletionMessages."""
    return prepare(ListChatCompletionMessagesRequest, request, params, id_field="completion_id")


def create_completion(
    request: CreateCompletionRequest | None = None, /, **params: Unpack[CreateCompletionParams]
) -> Prepared:
    """Builds the request of CreateCompletion and StreamCompletion."""
    return prepare(CreateCompletionRequest, request, params)


def create_embedding(
    request: CreateEmbeddingRequest | None = None, /, **params: Unpack[CreateEmbeddingParams]
) -> Prepared:
    """Builds the request of CreateEmbedding."""
    return prepare(CreateEmbeddingRequest, request, params)


def list_models(request: ListModelsRequest | None = None, /, **params: Unpack[ListModelsParams]) -> Prepared:
    """Builds the request of ListModels."""
    return prepare(ListModelsRequest, request, params)


def get_model(request: GetModelRequest | str | None = None, /, **params: Unpack[GetModelParams]) -> Prepared:
    """Builds the request of GetModel."""
    return prepare(GetModelRequest, request, params, id_field="model")


def create_response(
    request: CreateResponseRequest | None = None, /, **params: Unpack[CreateResponseParams]
) -> Prepared:
    """Builds the request of CreateResponse and StreamResponse."""
    return prepare(CreateResponseRequest, request, params)


def get_response(request: GetResponseRequest | str | None = None, /, **params: Unpack[GetResponseParams]) -> Prepared:
    """Builds the request of GetResponse."""
    return prepare(GetResponseRequest, request, params, id_field="response_id")


def resume_response(
    request: ResumeResponseRequest | str | None = None, /, **params: Unpack[ResumeResponseParams]
) -> Prepared:
    """Builds the request of ResumeResponse."""
    return prepare(ResumeResponseRequest, request, params, id_field="response_id")


def delete_response(
    request: DeleteResponseRequest | str | None = None, /, **params: Unpack[DeleteResponseParams]
) -> Prepared:
    """Builds the request of DeleteResponse."""
    return prepare(DeleteResponseRequest, request, params, id_field="response_id")


def cancel_response(
    request: CancelResponseRequest | str | None = None, /, **params: Unpack[CancelResponseParams]
) -> Prepared:
    """Builds the request of CancelResponse."""
    return prepare(CancelResponseRequest, request, params, id_field="response_id")


def list_response_input_items(
    request: ListResponseInputItemsRequest | str | None = None, /, **params: Unpack[ListResponseInputItemsParams]
) -> Prepared:
    """Builds the request of ListResponseInputItems."""
    return prepare(ListResponseInputItemsRequest, request, params, id_field="response_id")


def compact_response(
    request: CompactResponseRequest | None = None, /, **params: Unpack[CompactResponseParams]
) -> Prepared:
    """Builds the request of CompactResponse."""
    return prepare(CompactResponseRequest, request, params)


def count_response_input_tokens(
    request: CountResponseInputTokensRequest | None = None, /, **params: Unpack[CountResponseInputTokensParams]
) -> Prepared:
    """Builds the request of CountResponseInputTokens."""
    return prepare(CountResponseInputTokensRequest, request, params)


CREATE_TRANSCRIPTION = Rpc(
    create_transcription,
    Transcription,
    "/openai_grpc.v1.AudioService/CreateTranscription",
    upload=False,
    streams=False,
    repeatable=False,
    doc="""\
Transcribes a recording sent in one message.

REST: `POST /audio/transcriptions`.""",
)
UPLOAD_TRANSCRIPTION = Rpc(
    upload_transcription,
    Transcription,
    "/openai_grpc.v1.AudioService/UploadTranscription",
    upload=True,
    streams=False,
    repeatable=False,
    doc="""\
Transcribes a recording of any size. Chunks are forwarded upstream as they arrive; the transcript
follows the last one.

REST: `POST /audio/transcriptions`.""",
)
STREAM_TRANSCRIPTION = Rpc(
    stream_transcription,
    TranscriptionStreamEvent,
    "/openai_grpc.v1.AudioService/StreamTranscription",
    upload=True,
    streams=True,
    repeatable=False,
    doc="""\
Transcribes a recording of any size and streams the text as events. The stream ends with OK only
after the event `transcript.text.done`; if it is truncated or carries an error, a non-OK status
follows the events so far. The model must support streaming; `whisper-1` does not.

REST: `POST /audio/transcriptions`.""",
)
CREATE_CHAT_COMPLETION = Rpc(
    create_chat_completion,
    ChatCompletion,
    "/openai_grpc.v1.ChatService/CreateChatCompletion",
    upload=False,
    streams=False,
    repeatable=False,
    doc="""\
Completes a chat and returns the whole reply.

REST: `POST /chat/completions`.""",
)
STREAM_CHAT_COMPLETION = Rpc(
    create_chat_completion,
    ChatCompletionChunk,
    "/openai_grpc.v1.ChatService/StreamChatCompletion",
    upload=False,
    streams=True,
    repeatable=False,
    doc="""\
Completes a chat and streams the reply in chunks. The stream ends with OK only after upstream's
`[DONE]`; if it is truncated or carries an error, a non-OK status follows the chunks so far.
Cancelling the RPC closes the upstream request.

REST: `POST /chat/completions`.""",
)
GET_CHAT_COMPLETION = Rpc(
    get_chat_completion,
    ChatCompletion,
    "/openai_grpc.v1.ChatService/GetChatCompletion",
    upload=False,
    streams=False,
    repeatable=True,
    doc="""\
Returns a stored chat completion (created with `store`).

REST: `GET /chat/completions/{completion_id}`.""",
)
LIST_CHAT_COMPLETIONS = Rpc(
    list_chat_completions,
    ChatCompletionList,
    "/openai_grpc.v1.ChatService/ListChatCompletions",
    upload=False,
    streams=False,
    repeatable=True,
    doc="""\
Lists stored chat completions, a page at a time.

REST: `GET /chat/completions`.""",
)
UPDATE_CHAT_COMPLETION = Rpc(
    update_chat_completion,
    ChatCompletion,
    "/openai_grpc.v1.ChatService/UpdateChatCompletion",
    upload=False,
    streams=False,
    repeatable=True,
    doc="""\
Replaces the metadata of a stored chat completion; nothing else can be changed.

REST: `POST /chat/completions/{completion_id}`.""",
)
DELETE_CHAT_COMPLETION = Rpc(
    delete_chat_completion,
    ChatCompletionDeleted,
    "/openai_grpc.v1.ChatService/DeleteChatCompletion",
    upload=False,
    streams=False,
    repeatable=True,
    doc="""\
Deletes a stored chat completion.

REST: `DELETE /chat/completions/{completion_id}`.""",
)
LIST_CHAT_COMPLETION_MESSAGES = Rpc(
    list_chat_completion_messages,
    ChatCompletionMessageList,
    "/openai_grpc.v1.ChatService/ListChatCompletionMessages",
    upload=False,
    streams=False,
    repeatable=True,
    doc="""\
Lists the request messages of a stored chat completion, a page at a time.

REST: `GET /chat/completions/{completion_id}/messages`.""",
)
CREATE_COMPLETION = Rpc(
    create_completion,
    Completion,
    "/openai_grpc.v1.CompletionsService/CreateCompletion",
    upload=False,
    streams=False,
    repeatable=False,
    doc="""\
Completes one or more prompts.

REST: `POST /completions`.""",
)
STREAM_COMPLETION = Rpc(
    create_completion,
    Completion,
    "/openai_grpc.v1.CompletionsService/StreamCompletion",
    upload=False,
    streams=True,
    repeatable=False,
    doc="""\
Completes one or more prompts and streams the text. Each message is a Completion whose `text` is the
next fragment.

REST: `POST /completions`.""",
)
CREATE_EMBEDDING = Rpc(
    create_embedding,
    CreateEmbeddingResponse,
    "/openai_grpc.v1.EmbeddingsService/CreateEmbedding",
    upload=False,
    streams=False,
    repeatable=False,
    doc="""\
Returns an embedding vector for each of one or more texts.

REST: `POST /embeddings`.""",
)
LIST_MODELS = Rpc(
    list_models,
    ModelList,
    "/openai_grpc.v1.ModelsService/ListModels",
    upload=False,
    streams=False,
    repeatable=True,
    doc="""\
Lists the models that the caller may use.

REST: `GET /models`.""",
)
GET_MODEL = Rpc(
    get_model,
    Model,
    "/openai_grpc.v1.ModelsService/GetModel",
    upload=False,
    streams=False,
    repeatable=True,
    doc="""\
Returns one model.

REST: `GET /models/{model}`.""",
)
CREATE_RESPONSE = Rpc(
    create_response,
    Response,
    "/openai_grpc.v1.ResponsesService/CreateResponse",
    upload=False,
    streams=False,
    repeatable=False,
    doc="""\
Runs the model and returns the finished response, or at once with `background`. A response whose
`status` is `failed` or `incomplete` is returned with gRPC status OK.

REST: `POST /responses`.""",
)
STREAM_RESPONSE = Rpc(
    create_response,
    ResponseStreamEvent,
    "/openai_grpc.v1.ResponsesService/StreamResponse",
    upload=False,
    streams=True,
    repeatable=False,
    doc="""\
Runs the model and streams events. The last event is `completed`, `incomplete` or `failed`, each
with the whole response, followed by status OK.

REST: `POST /responses`.""",
)
GET_RESPONSE = Rpc(
    get_response,
    Response,
    "/openai_grpc.v1.ResponsesService/GetResponse",
    upload=False,
    streams=False,
    repeatable=True,
    doc="""\
Returns the current state of a stored response; polls one that runs in the background.

REST: `GET /responses/{response_id}`.""",
)
RESUME_RESPONSE = Rpc(
    resume_response,
    ResponseStreamEvent,
    "/openai_grpc.v1.ResponsesService/ResumeResponse",
    upload=False,
    streams=True,
    repeatable=True,
    doc="""\
Resumes the stream of a response created by `StreamResponse` with `background`: stored events after
`starting_after`, then new ones. It ends like `StreamResponse`.

REST: `GET /responses/{response_id}`.""",
)
DELETE_RESPONSE = Rpc(
    delete_response,
    ResponseDeleted,
    "/openai_grpc.v1.ResponsesService/DeleteResponse",
    upload=False,
    streams=False,
    repeatable=True,
    doc="""\
Deletes a stored response.

REST: `DELETE /responses/{response_id}`.""",
)
CANCEL_RESPONSE = Rpc(
    cancel_response,
    Response,
    "/openai_grpc.v1.ResponsesService/CancelResponse",
    upload=False,
    streams=False,
    repeatable=True,
    doc="""\
Cancels a response that runs in the background and returns it. Idempotent.

REST: `POST /responses/{response_id}/cancel`.""",
)
LIST_RESPONSE_INPUT_ITEMS = Rpc(
    list_response_input_items,
    ResponseItemList,
    "/openai_grpc.v1.ResponsesService/ListResponseInputItems",
    upload=False,
    streams=False,
    repeatable=True,
    doc="""\
Lists the input items of a stored response, a page at a time.

REST: `GET /responses/{response_id}/input_items`.""",
)
COMPACT_RESPONSE = Rpc(
    compact_response,
    CompactedResponse,
    "/openai_grpc.v1.ResponsesService/CompactResponse",
    upload=False,
    streams=False,
    repeatable=False,
    doc="""\
Compacts a long conversation: returns the items that replace it as the input of the next request. It
runs a model and is billed.

REST: `POST /responses/compact`.""",
)
COUNT_RESPONSE_INPUT_TOKENS = Rpc(
    count_response_input_tokens,
    ResponseInputTokenCount,
    "/openai_grpc.v1.ResponsesService/CountResponseInputTokens",
    upload=False,
    streams=False,
    repeatable=True,
    doc="""\
Counts the input tokens of a `CreateResponse` request, without running the model.

REST: `POST /responses/input_tokens`.""",
)

ALL = (
    CREATE_TRANSCRIPTION,
    UPLOAD_TRANSCRIPTION,
    STREAM_TRANSCRIPTION,
    CREATE_CHAT_COMPLETION,
    STREAM_CHAT_COMPLETION,
    GET_CHAT_COMPLETION,
    LIST_CHAT_COMPLETIONS,
    UPDATE_CHAT_COMPLETION,
    DELETE_CHAT_COMPLETION,
    LIST_CHAT_COMPLETION_MESSAGES,
    CREATE_COMPLETION,
    STREAM_COMPLETION,
    CREATE_EMBEDDING,
    LIST_MODELS,
    GET_MODEL,
    CREATE_RESPONSE,
    STREAM_RESPONSE,
    GET_RESPONSE,
    RESUME_RESPONSE,
    DELETE_RESPONSE,
    CANCEL_RESPONSE,
    LIST_RESPONSE_INPUT_ITEMS,
    COMPACT_RESPONSE,
    COUNT_RESPONSE_INPUT_TOKENS,
)

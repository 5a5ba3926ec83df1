"""Which RPC and which messages an operation of OpenAI's API is."""

from dataclasses import dataclass

from google.protobuf.message import Message

import openai_grpc.v1 as pb


@dataclass(frozen=True, slots=True)
class Operation:
    """An operation that the contract has.

    Attributes:
        service: The service's name.
        unary: The RPC that answers once.
        stream: The RPC that answers with events; None when there is none.
        request: The request's type.
        reply: The type of the one answer.
        event: The type of an event.
    """

    service: str
    unary: str
    stream: str | None
    request: type[Message]
    reply: type[Message]
    event: type[Message] | None = None


OPERATIONS = {
    "chat.completions.create": Operation(
        "ChatService",
        "CreateChatCompletion",
        "StreamChatCompletion",
        pb.CreateChatCompletionRequest,
        pb.ChatCompletion,
        pb.ChatCompletionChunk,
    ),
    "chat.completions.retrieve": Operation(
        "ChatService", "GetChatCompletion", None, pb.GetChatCompletionRequest, pb.ChatCompletion
    ),
    "chat.completions.list": Operation(
        "ChatService", "ListChatCompletions", None, pb.ListChatCompletionsRequest, pb.ChatCompletionList
    ),
    "chat.completions.update": Operation(
        "ChatService", "UpdateChatCompletion", None, pb.UpdateChatCompletionRequest, pb.ChatCompletion
    ),
    "chat.completions.delete": Operation(
        "ChatService", "DeleteChatCompletion", None, pb.DeleteChatCompletionRequest, pb.ChatCompletionDeleted
    ),
    "chat.completions.messages.list": Operation(
        "ChatService",
        "ListChatCompletionMessages",
        None,
        pb.ListChatCompletionMessagesRequest,
        pb.ChatCompletionMessageList,
    ),
    "responses.create": Operation(
        "ResponsesService",
        "CreateResponse",
        "StreamResponse",
        pb.CreateResponseRequest,
        pb.Response,
        pb.ResponseStreamEvent,
    ),
    "responses.retrieve": Operation(
        "ResponsesService",
        "GetResponse",
        "ResumeResponse",
        pb.GetResponseRequest,
        pb.Response,
        pb.ResponseStreamEvent,
    ),
    "responses.delete": Operation(
        "ResponsesService", "DeleteResponse", None, pb.DeleteResponseRequest, pb.ResponseDeleted
    ),
    "responses.cancel": Operation("ResponsesService", "CancelResponse", None, pb.CancelResponseRequest, pb.Response),
    "responses.input_items.list": Operation(
        "ResponsesService", "ListResponseInputItems", None, pb.ListResponseInputItemsRequest, pb.ResponseItemList
    ),
    "responses.compact": Operation(
        "ResponsesService", "CompactResponse", None, pb.CompactResponseRequest, pb.CompactedResponse
    ),
    "responses.input_tokens.count": Operation(
        "ResponsesService",
        "CountResponseInputTokens",
        None,
        pb.CountResponseInputTokensRequest,
        pb.ResponseInputTokenCount,
    ),
    "embeddings.create": Operation(
        "EmbeddingsService", "CreateEmbedding", None, pb.CreateEmbeddingRequest, pb.CreateEmbeddingResponse
    ),
    "completions.create": Operation(
        "CompletionsService",
        "CreateCompletion",
        "StreamCompletion",
        pb.CreateCompletionRequest,
        pb.Completion,
        pb.Completion,
    ),
    "models.list": Operation("ModelsService", "ListModels", None, pb.ListModelsRequest, pb.ModelList),
    "models.retrieve": Operation("ModelsService", "GetModel", None, pb.GetModelRequest, pb.Model),
    "audio.transcriptions.create": Operation(
        "AudioService",
        "CreateTranscription",
        "StreamTranscription",
        pb.CreateTranscriptionRequest,
        pb.Transcription,
        pb.TranscriptionStreamEvent,
    ),
}

"""The methods of the namespaces; the stub of this module has their types. Generated: do not edit."""

from openai_grpc.client._async import AsyncLister, AsyncServerStream, AsyncUnary

AsyncCreateTranscription = AsyncUnary
AsyncUploadTranscription = AsyncUnary
AsyncStreamTranscription = AsyncServerStream
AsyncCreateChatCompletion = AsyncUnary
AsyncStreamChatCompletion = AsyncServerStream
AsyncGetChatCompletion = AsyncUnary
AsyncListChatCompletions = AsyncLister
AsyncUpdateChatCompletion = AsyncUnary
AsyncDeleteChatCompletion = AsyncUnary
AsyncListChatCompletionMessages = AsyncLister
AsyncCreateCompletion = AsyncUnary
AsyncStreamCompletion = AsyncServerStream
AsyncCreateEmbedding = AsyncUnary
AsyncListModels = AsyncLister
AsyncGetModel = AsyncUnary
AsyncCreateResponse = AsyncUnary
AsyncStreamResponse = AsyncServerStream
AsyncGetResponse = AsyncUnary
AsyncResumeResponse = AsyncServerStream
AsyncDeleteResponse = AsyncUnary
AsyncCancelResponse = AsyncUnary
AsyncListResponseInputItems = AsyncLister
AsyncCompactResponse = AsyncUnary
AsyncCountResponseInputTokens = AsyncUnary

"""The methods of the namespaces; the stub of this module has their types. Generated: do not edit."""

from openai_grpc.client._sync import Lister, ServerStream, Unary

CreateTranscription = Unary
UploadTranscription = Unary
StreamTranscription = ServerStream
CreateChatCompletion = Unary
StreamChatCompletion = ServerStream
GetChatCompletion = Unary
ListChatCompletions = Lister
UpdateChatCompletion = Unary
DeleteChatCompletion = Unary
ListChatCompletionMessages = Lister
CreateCompletion = Unary
StreamCompletion = ServerStream
CreateEmbedding = Unary
ListModels = Lister
GetModel = Unary
CreateResponse = Unary
StreamResponse = ServerStream
GetResponse = Unary
ResumeResponse = ServerStream
DeleteResponse = Unary
CancelResponse = Unary
ListResponseInputItems = Lister
CompactResponse = Unary
CountResponseInputTokens = Unary

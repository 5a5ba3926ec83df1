"""The RPCs of the contract. Generated: do not edit."""

from openai_grpc.admin.v1 import (
    IssuedKey,
    IssueKeyRequest,
    Key,
    KeyList,
    ListKeysRequest,
    RevokeKeyRequest,
    RotateKeyRequest,
)
from openai_grpc.client._rpc import Rpc
from openai_grpc.v1 import (
    AcceptRealtimeCallRequest,
    AddUploadPartRequest,
    Batch,
    BatchList,
    BatchResult,
    CancelBatchRequest,
    CancelResponseRequest,
    CancelUploadRequest,
    ChatCompletion,
    ChatCompletionChunk,
    ChatCompletionDeleted,
    ChatCompletionList,
    ChatCompletionMessageList,
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
    FileChunk,
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
    ImageStreamEvent,
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
    ResponseItemList,
    ResponseStreamEvent,
    ResumeResponseRequest,
    SpeechChunk,
    SpeechStreamEvent,
    StreamBatchResultsRequest,
    Transcription,
    TranscriptionStreamEvent,
    Translation,
    UpdateChatCompletionRequest,
    UpdateConversationRequest,
    Upload,
    UploadContentProvenanceCheckRequest,
    UploadFileRequest,
    UploadPart,
    UploadTranscriptionRequest,
    UploadTranslationRequest,
    Video,
    VideoCharacter,
    VideoDeleted,
    VideoList,
    WatchResponseRequest,
)

CREATE_TRANSCRIPTION = Rpc(
    CreateTranscriptionRequest,
    Transcription,
    "/openai_grpc.v1.AudioService/CreateTranscription",
    doc="""\
Transcribes a recording sent in one message.

REST: `POST /audio/transcriptions`.""",
)
UPLOAD_TRANSCRIPTION = Rpc(
    CreateTranscriptionRequest,
    Transcription,
    "/openai_grpc.v1.AudioService/UploadTranscription",
    doc="""\
Transcribes a recording of any size. Chunks are forwarded upstream as they arrive; the transcript
follows the last one.

REST: `POST /audio/transcriptions`.""",
    upload_type=UploadTranscriptionRequest,
)
STREAM_TRANSCRIPTION = Rpc(
    CreateTranscriptionRequest,
    TranscriptionStreamEvent,
    "/openai_grpc.v1.AudioService/StreamTranscription",
    doc="""\
Transcribes a recording of any size and streams the text as events. The stream ends with OK only
after the event `transcript.text.done`; if it is truncated or carries an error, a non-OK status
follows the events so far. The model must support streaming; `whisper-1` does not.

REST: `POST /audio/transcriptions`.""",
    upload_type=UploadTranscriptionRequest,
    streams=True,
)
CREATE_TRANSLATION = Rpc(
    CreateTranslationRequest,
    Translation,
    "/openai_grpc.v1.AudioService/CreateTranslation",
    doc="""\
Translates a recording sent in one message into English.

REST: `POST /audio/translations`.""",
)
UPLOAD_TRANSLATION = Rpc(
    CreateTranslationRequest,
    Translation,
    "/openai_grpc.v1.AudioService/UploadTranslation",
    doc="""\
Translates a recording of any size into English. Chunks are forwarded upstream as they arrive; the
translation follows the last one.

REST: `POST /audio/translations`.""",
    upload_type=UploadTranslationRequest,
)
CREATE_SPEECH = Rpc(
    CreateSpeechRequest,
    SpeechChunk,
    "/openai_grpc.v1.AudioService/CreateSpeech",
    doc="""\
Speaks a text and streams the audio as bytes, as upstream sends them. The first message has the MIME
type.

REST: `POST /audio/speech`.""",
    streams=True,
)
STREAM_SPEECH = Rpc(
    CreateSpeechRequest,
    SpeechStreamEvent,
    "/openai_grpc.v1.AudioService/StreamSpeech",
    doc="""\
Speaks a text and streams the audio as events, of which the last has the usage. The stream ends with
OK only after the event `speech.audio.done`; if it is truncated or carries an error, a non-OK status
follows the events so far. If upstream answers with audio, the events are made of that.

REST: `POST /audio/speech`.""",
    streams=True,
)
STREAM_BATCH_RESULTS = Rpc(
    StreamBatchResultsRequest,
    BatchResult,
    "/openai_grpc.v1.BatchesService/StreamBatchResults",
    doc="""\
Streams the results of a batch: those in its output file, then the failures in its error file, one a
message, in the order of the files, which need not be that of the requests. A request that failed
has an `error`, and the stream goes on. Resumes after the `cursor` of a result. Not by REST, where
the files are downloaded.""",
    streams=True,
    repeatable=True,
    id_field="batch_id",
)
CREATE_BATCH = Rpc(
    CreateBatchRequest,
    Batch,
    "/openai_grpc.v1.BatchesService/CreateBatch",
    doc="""\
Creates a batch from an uploaded file of requests, one JSON object a line. A key that is restricted
to models may call it only if it names this RPC: the models are in the file.

REST: `POST /batches`.""",
)
LIST_BATCHES = Rpc(
    ListBatchesRequest,
    BatchList,
    "/openai_grpc.v1.BatchesService/ListBatches",
    doc="""\
Lists batches, page by page. Where the gateway seals ids, these are the key's own.

REST: `GET /batches`.""",
    repeatable=True,
)
GET_BATCH = Rpc(
    GetBatchRequest,
    Batch,
    "/openai_grpc.v1.BatchesService/GetBatch",
    doc="""\
Gets the state of a batch.

REST: `GET /batches/{batch_id}`.""",
    repeatable=True,
    id_field="batch_id",
)
WATCH_BATCH = Rpc(
    GetBatchRequest,
    Batch,
    "/openai_grpc.v1.BatchesService/WatchBatch",
    doc="""\
Watches a batch until it is done: the first message is its present state, then comes one on each
change of it (`status`, `request_counts`), and the last one has its end, followed by status OK.
Polls of the upstream are shared by the callers of the same owner, as in
`ResponsesService.WatchResponse`.""",
    streams=True,
    repeatable=True,
    id_field="batch_id",
)
CANCEL_BATCH = Rpc(
    CancelBatchRequest,
    Batch,
    "/openai_grpc.v1.BatchesService/CancelBatch",
    doc="""\
Cancels a batch. It is `cancelling` for up to 10 minutes, then `cancelled`; results so far are in
its output file.

REST: `POST /batches/{batch_id}/cancel`.""",
    repeatable=True,
    id_field="batch_id",
)
CREATE_CHAT_COMPLETION = Rpc(
    CreateChatCompletionRequest,
    ChatCompletion,
    "/openai_grpc.v1.ChatService/CreateChatCompletion",
    doc="""\
Completes a chat and returns the whole reply.

REST: `POST /chat/completions`.""",
)
STREAM_CHAT_COMPLETION = Rpc(
    CreateChatCompletionRequest,
    ChatCompletionChunk,
    "/openai_grpc.v1.ChatService/StreamChatCompletion",
    doc="""\
Completes a chat and streams the reply in chunks. The stream ends with OK only after upstream's
`[DONE]`; if it is truncated or carries an error, a non-OK status follows the chunks so far.
Cancelling the RPC closes the upstream request.

REST: `POST /chat/completions`.""",
    streams=True,
)
GET_CHAT_COMPLETION = Rpc(
    GetChatCompletionRequest,
    ChatCompletion,
    "/openai_grpc.v1.ChatService/GetChatCompletion",
    doc="""\
Returns a stored chat completion (created with `store`).

REST: `GET /chat/completions/{completion_id}`.""",
    repeatable=True,
    id_field="completion_id",
)
LIST_CHAT_COMPLETIONS = Rpc(
    ListChatCompletionsRequest,
    ChatCompletionList,
    "/openai_grpc.v1.ChatService/ListChatCompletions",
    doc="""\
Lists stored chat completions, a page at a time.

REST: `GET /chat/completions`.""",
    repeatable=True,
)
UPDATE_CHAT_COMPLETION = Rpc(
    UpdateChatCompletionRequest,
    ChatCompletion,
    "/openai_grpc.v1.ChatService/UpdateChatCompletion",
    doc="""\
Replaces the metadata of a stored chat completion; nothing else can be changed.

REST: `POST /chat/completions/{completion_id}`.""",
    repeatable=True,
    id_field="completion_id",
)
DELETE_CHAT_COMPLETION = Rpc(
    DeleteChatCompletionRequest,
    ChatCompletionDeleted,
    "/openai_grpc.v1.ChatService/DeleteChatCompletion",
    doc="""\
Deletes a stored chat completion.

REST: `DELETE /chat/completions/{completion_id}`.""",
    repeatable=True,
    id_field="completion_id",
)
LIST_CHAT_COMPLETION_MESSAGES = Rpc(
    ListChatCompletionMessagesRequest,
    ChatCompletionMessageList,
    "/openai_grpc.v1.ChatService/ListChatCompletionMessages",
    doc="""\
Lists the request messages of a stored chat completion, a page at a time.

REST: `GET /chat/completions/{completion_id}/messages`.""",
    repeatable=True,
    id_field="completion_id",
)
CREATE_COMPLETION = Rpc(
    CreateCompletionRequest,
    Completion,
    "/openai_grpc.v1.CompletionsService/CreateCompletion",
    doc="""\
Completes one or more prompts.

REST: `POST /completions`.""",
)
STREAM_COMPLETION = Rpc(
    CreateCompletionRequest,
    Completion,
    "/openai_grpc.v1.CompletionsService/StreamCompletion",
    doc="""\
Completes one or more prompts and streams the text. Each message is a Completion whose `text` is the
next fragment.

REST: `POST /completions`.""",
    streams=True,
)
CREATE_CONTENT_PROVENANCE_CHECK = Rpc(
    CreateContentProvenanceCheckRequest,
    ContentProvenanceCheck,
    "/openai_grpc.v1.ContentProvenanceChecksService/CreateContentProvenanceCheck",
    doc="""\
Looks in a file, sent in one message, for signed metadata (C2PA) and a watermark (SynthID).

REST: `POST /content_provenance_checks`.""",
)
UPLOAD_CONTENT_PROVENANCE_CHECK = Rpc(
    CreateContentProvenanceCheckRequest,
    ContentProvenanceCheck,
    "/openai_grpc.v1.ContentProvenanceChecksService/UploadContentProvenanceCheck",
    doc="""\
The same for a file of any size. Chunks are forwarded upstream as they arrive.

REST: `POST /content_provenance_checks`.""",
    upload_type=UploadContentProvenanceCheckRequest,
)
CREATE_CONVERSATION = Rpc(
    CreateConversationRequest,
    Conversation,
    "/openai_grpc.v1.ConversationsService/CreateConversation",
    doc="""\
Creates a conversation. Requests of Responses that name it go on from its items, and add theirs. It
belongs to the key that created it. With several upstreams, metadata `openai-grpc-model` names a
model of the one to create it at.

REST: `POST /conversations`.""",
)
GET_CONVERSATION = Rpc(
    GetConversationRequest,
    Conversation,
    "/openai_grpc.v1.ConversationsService/GetConversation",
    doc="""\
Returns a conversation, without its items.

REST: `GET /conversations/{conversation_id}`.""",
    repeatable=True,
    id_field="conversation_id",
)
UPDATE_CONVERSATION = Rpc(
    UpdateConversationRequest,
    Conversation,
    "/openai_grpc.v1.ConversationsService/UpdateConversation",
    doc="""\
Replaces the metadata of a conversation.

REST: `POST /conversations/{conversation_id}`.""",
    repeatable=True,
    id_field="conversation_id",
)
DELETE_CONVERSATION = Rpc(
    DeleteConversationRequest,
    ConversationDeleted,
    "/openai_grpc.v1.ConversationsService/DeleteConversation",
    doc="""\
Deletes a conversation; OpenAI keeps its items.

REST: `DELETE /conversations/{conversation_id}`.""",
    repeatable=True,
    id_field="conversation_id",
)
CREATE_CONVERSATION_ITEMS = Rpc(
    CreateConversationItemsRequest,
    ResponseItemList,
    "/openai_grpc.v1.ConversationsService/CreateConversationItems",
    doc="""\
Adds items to the end of a conversation, and returns them.

REST: `POST /conversations/{conversation_id}/items`.""",
    id_field="conversation_id",
)
GET_CONVERSATION_ITEM = Rpc(
    GetConversationItemRequest,
    ConversationItem,
    "/openai_grpc.v1.ConversationsService/GetConversationItem",
    doc="""\
Returns an item of a conversation.

REST: `GET /conversations/{conversation_id}/items/{item_id}`.""",
    repeatable=True,
    id_field="conversation_id",
)
LIST_CONVERSATION_ITEMS = Rpc(
    ListConversationItemsRequest,
    ResponseItemList,
    "/openai_grpc.v1.ConversationsService/ListConversationItems",
    doc="""\
Lists the items of a conversation, a page at a time.

REST: `GET /conversations/{conversation_id}/items`.""",
    repeatable=True,
    id_field="conversation_id",
)
DELETE_CONVERSATION_ITEM = Rpc(
    DeleteConversationItemRequest,
    Conversation,
    "/openai_grpc.v1.ConversationsService/DeleteConversationItem",
    doc="""\
Deletes an item of a conversation, and returns the conversation.

REST: `DELETE /conversations/{conversation_id}/items/{item_id}`.""",
    repeatable=True,
    id_field="conversation_id",
)
CREATE_DECISION = Rpc(
    CreateDecisionRequest,
    Decision,
    "/openai_grpc.v1.DecisionsService/CreateDecision",
    doc="""\
Answers questions about an input: yes or no, one of several choices, or a score.

REST: `POST /decisions`.""",
)
CREATE_EMBEDDING = Rpc(
    CreateEmbeddingRequest,
    CreateEmbeddingResponse,
    "/openai_grpc.v1.EmbeddingsService/CreateEmbedding",
    doc="""\
Returns an embedding vector for each of one or more texts.

REST: `POST /embeddings`.""",
)
CREATE_FILE = Rpc(
    CreateFileRequest,
    FileObject,
    "/openai_grpc.v1.FilesService/CreateFile",
    doc="""\
Uploads a file sent in one message.

REST: `POST /files`.""",
)
UPLOAD_FILE = Rpc(
    CreateFileRequest,
    FileObject,
    "/openai_grpc.v1.FilesService/UploadFile",
    doc="""\
Uploads a file of any size. Chunks are forwarded upstream as they arrive.

REST: `POST /files`.""",
    upload_type=UploadFileRequest,
)
LIST_FILES = Rpc(
    ListFilesRequest,
    FileList,
    "/openai_grpc.v1.FilesService/ListFiles",
    doc="""\
Lists files, page by page. Where the gateway seals ids, these are the key's own.

REST: `GET /files`.""",
    repeatable=True,
)
GET_FILE = Rpc(
    GetFileRequest,
    FileObject,
    "/openai_grpc.v1.FilesService/GetFile",
    doc="""\
Gets the facts of a file.

REST: `GET /files/{file_id}`.""",
    repeatable=True,
    id_field="file_id",
)
DELETE_FILE = Rpc(
    DeleteFileRequest,
    FileDeleted,
    "/openai_grpc.v1.FilesService/DeleteFile",
    doc="""\
Deletes a file.

REST: `DELETE /files/{file_id}`.""",
    repeatable=True,
    id_field="file_id",
)
DOWNLOAD_FILE = Rpc(
    DownloadFileRequest,
    FileChunk,
    "/openai_grpc.v1.FilesService/DownloadFile",
    doc="""\
Downloads the content of a file, or a range of it. The last message has the checksum of the bytes
sent, after which the stream ends with OK; a broken one can be resumed at `offset`.

REST: `GET /files/{file_id}/content`.""",
    streams=True,
    repeatable=True,
    id_field="file_id",
)
CREATE_IMAGE = Rpc(
    CreateImageRequest,
    ImagesResponse,
    "/openai_grpc.v1.ImagesService/CreateImage",
    doc="""\
Generates images from a text.

REST: `POST /images/generations`.""",
)
STREAM_IMAGE = Rpc(
    CreateImageRequest,
    ImageStreamEvent,
    "/openai_grpc.v1.ImagesService/StreamImage",
    doc="""\
Generates images and streams them as events, each with the bytes of a partial or a finished image.
The stream ends with OK only after the event `completed` of each image; if it is truncated or
carries an error, a non-OK status follows the events so far. If upstream does not stream, the events
are made of its reply.

REST: `POST /images/generations`.""",
    streams=True,
)
CREATE_IMAGE_EDIT = Rpc(
    CreateImageEditRequest,
    ImagesResponse,
    "/openai_grpc.v1.ImagesService/CreateImageEdit",
    doc="""\
Edits images, or makes a new one of them, by a text.

REST: `POST /images/edits`.""",
)
STREAM_IMAGE_EDIT = Rpc(
    CreateImageEditRequest,
    ImageStreamEvent,
    "/openai_grpc.v1.ImagesService/StreamImageEdit",
    doc="""\
Edits images and streams the result, as StreamImage does.

REST: `POST /images/edits`.""",
    streams=True,
)
CREATE_IMAGE_VARIATION = Rpc(
    CreateImageVariationRequest,
    ImagesResponse,
    "/openai_grpc.v1.ImagesService/CreateImageVariation",
    doc="""\
Makes variations of an image. OpenAI no longer serves it; compatible servers do.

REST: `POST /images/variations`.""",
)
LIST_MODELS = Rpc(
    ListModelsRequest,
    ModelList,
    "/openai_grpc.v1.ModelsService/ListModels",
    doc="""\
Lists the models that the caller may use.

REST: `GET /models`.""",
    repeatable=True,
)
GET_MODEL = Rpc(
    GetModelRequest,
    Model,
    "/openai_grpc.v1.ModelsService/GetModel",
    doc="""\
Returns one model.

REST: `GET /models/{model}`.""",
    repeatable=True,
    id_field="model",
)
DELETE_MODEL = Rpc(
    DeleteModelRequest,
    ModelDeleted,
    "/openai_grpc.v1.ModelsService/DeleteModel",
    doc="""\
Deletes a fine-tuned model of the upstream's account.

REST: `DELETE /models/{model}`.""",
    repeatable=True,
    id_field="model",
)
CREATE_MODERATION = Rpc(
    CreateModerationRequest,
    CreateModerationResponse,
    "/openai_grpc.v1.ModerationsService/CreateModeration",
    doc="""\
Classifies texts and images as harmful or not.

REST: `POST /moderations`.""",
)
CREATE_REALTIME_CLIENT_SECRET = Rpc(
    CreateRealtimeClientSecretRequest,
    RealtimeClientSecret,
    "/openai_grpc.v1.RealtimeService/CreateRealtimeClientSecret",
    doc="""\
Makes a secret that lives for minutes, with which a browser or telephone opens sessions at upstream
itself. The gateway does not see those sessions: a key with limits, or one that is restricted to
models, may call it only if its allowed RPCs name it.

REST: `POST /realtime/client_secrets`.""",
)
CREATE_REALTIME_CALL = Rpc(
    CreateRealtimeCallRequest,
    RealtimeCall,
    "/openai_grpc.v1.RealtimeService/CreateRealtimeCall",
    doc="""\
Begins a call over WebRTC, of which the audio goes to upstream itself; returns the answer to the
caller's offer. It belongs to the key that began it: `Connect` with its `call_id` follows it, and
`HangupRealtimeCall` ends it. The gateway does not see the audio: a key with limits, or one that is
restricted to models, may call it only if its allowed RPCs name it.

REST: `POST /realtime/calls`.""",
)
ACCEPT_REALTIME_CALL = Rpc(
    AcceptRealtimeCallRequest,
    RealtimeCallReply,
    "/openai_grpc.v1.RealtimeService/AcceptRealtimeCall",
    doc="""\
Accepts a call that came in over SIP, with the configuration of its session. Upstream tells of such
a call by a webhook, with its id. Where ids are sealed, only a key whose allowed RPCs name this one
may use an id that no reply of the gateway has told; with several upstreams the model, or the
metadata `openai-grpc-model` for the other RPCs, says which has it.

REST: `POST /realtime/calls/{call_id}/accept`.""",
    id_field="call_id",
)
REJECT_REALTIME_CALL = Rpc(
    RejectRealtimeCallRequest,
    RealtimeCallReply,
    "/openai_grpc.v1.RealtimeService/RejectRealtimeCall",
    doc="""\
Declines a call that came in over SIP.

REST: `POST /realtime/calls/{call_id}/reject`.""",
    id_field="call_id",
)
REFER_REALTIME_CALL = Rpc(
    ReferRealtimeCallRequest,
    RealtimeCallReply,
    "/openai_grpc.v1.RealtimeService/ReferRealtimeCall",
    doc="""\
Hands a call over SIP over to another destination.

REST: `POST /realtime/calls/{call_id}/refer`.""",
    id_field="call_id",
)
HANGUP_REALTIME_CALL = Rpc(
    HangupRealtimeCallRequest,
    RealtimeCallReply,
    "/openai_grpc.v1.RealtimeService/HangupRealtimeCall",
    doc="""\
Ends a call, over SIP or WebRTC.

REST: `POST /realtime/calls/{call_id}/hangup`.""",
    id_field="call_id",
)
CREATE_RESPONSE = Rpc(
    CreateResponseRequest,
    Response,
    "/openai_grpc.v1.ResponsesService/CreateResponse",
    doc="""\
Runs the model and returns the finished response, or at once with `background`. A response whose
`status` is `failed` or `incomplete` is returned with gRPC status OK.

REST: `POST /responses`.""",
)
STREAM_RESPONSE = Rpc(
    CreateResponseRequest,
    ResponseStreamEvent,
    "/openai_grpc.v1.ResponsesService/StreamResponse",
    doc="""\
Runs the model and streams events. The last event is `completed`, `incomplete` or `failed`, each
with the whole response, followed by status OK.

REST: `POST /responses`.""",
    streams=True,
)
GET_RESPONSE = Rpc(
    GetResponseRequest,
    Response,
    "/openai_grpc.v1.ResponsesService/GetResponse",
    doc="""\
Returns the current state of a stored response; polls one that runs in the background.

REST: `GET /responses/{response_id}`.""",
    repeatable=True,
    id_field="response_id",
)
RESUME_RESPONSE = Rpc(
    ResumeResponseRequest,
    ResponseStreamEvent,
    "/openai_grpc.v1.ResponsesService/ResumeResponse",
    doc="""\
Resumes the stream of a response created by `StreamResponse` with `background`: stored events after
`starting_after`, then new ones. It ends like `StreamResponse`.

REST: `GET /responses/{response_id}`.""",
    streams=True,
    repeatable=True,
    id_field="response_id",
)
WATCH_RESPONSE = Rpc(
    WatchResponseRequest,
    Response,
    "/openai_grpc.v1.ResponsesService/WatchResponse",
    doc="""\
Watches a background response until it is done: the first message is its present state, then comes
one on each change of it (`status`, output items so far), and the last one has the whole response,
followed by status OK, also if the response failed. Polls of the upstream are shared: there is one
poller per response, however many callers of the same owner watch it, and none when nobody does. A
caller who reads slowly gets the newest state, and one who comes back after a lost connection the
present one, which is as old as the last poll.""",
    streams=True,
    repeatable=True,
    id_field="response_id",
)
DELETE_RESPONSE = Rpc(
    DeleteResponseRequest,
    ResponseDeleted,
    "/openai_grpc.v1.ResponsesService/DeleteResponse",
    doc="""\
Deletes a stored response.

REST: `DELETE /responses/{response_id}`.""",
    repeatable=True,
    id_field="response_id",
)
CANCEL_RESPONSE = Rpc(
    CancelResponseRequest,
    Response,
    "/openai_grpc.v1.ResponsesService/CancelResponse",
    doc="""\
Cancels a response that runs in the background and returns it. Idempotent.

REST: `POST /responses/{response_id}/cancel`.""",
    repeatable=True,
    id_field="response_id",
)
LIST_RESPONSE_INPUT_ITEMS = Rpc(
    ListResponseInputItemsRequest,
    ResponseItemList,
    "/openai_grpc.v1.ResponsesService/ListResponseInputItems",
    doc="""\
Lists the input items of a stored response, a page at a time.

REST: `GET /responses/{response_id}/input_items`.""",
    repeatable=True,
    id_field="response_id",
)
COMPACT_RESPONSE = Rpc(
    CompactResponseRequest,
    CompactedResponse,
    "/openai_grpc.v1.ResponsesService/CompactResponse",
    doc="""\
Compacts a long conversation: returns the items that replace it as the input of the next request. It
runs a model and is billed.

REST: `POST /responses/compact`.""",
)
COUNT_RESPONSE_INPUT_TOKENS = Rpc(
    CountResponseInputTokensRequest,
    ResponseInputTokenCount,
    "/openai_grpc.v1.ResponsesService/CountResponseInputTokens",
    doc="""\
Counts the input tokens of a `CreateResponse` request, without running the model.

REST: `POST /responses/input_tokens`.""",
    repeatable=True,
)
CREATE_UPLOAD = Rpc(
    CreateUploadRequest,
    Upload,
    "/openai_grpc.v1.UploadsService/CreateUpload",
    doc="""\
Creates an upload, to which parts are added. It expires after an hour at OpenAI.

REST: `POST /uploads`.""",
)
CREATE_UPLOAD_PART = Rpc(
    CreateUploadPartRequest,
    UploadPart,
    "/openai_grpc.v1.UploadsService/CreateUploadPart",
    doc="""\
Adds a part sent in one message.

REST: `POST /uploads/{upload_id}/parts`.""",
    id_field="upload_id",
)
ADD_UPLOAD_PART = Rpc(
    CreateUploadPartRequest,
    UploadPart,
    "/openai_grpc.v1.UploadsService/AddUploadPart",
    doc="""\
Adds a part of any size. Chunks are forwarded upstream as they arrive. Parts can be added side by
side, in any order. One that failed has left nothing behind that would matter, and can be added
again.

REST: `POST /uploads/{upload_id}/parts`.""",
    upload_type=AddUploadPartRequest,
    id_field="upload_id",
)
COMPLETE_UPLOAD = Rpc(
    CompleteUploadRequest,
    Upload,
    "/openai_grpc.v1.UploadsService/CompleteUpload",
    doc="""\
Makes a file of the parts of an upload. No part can be added afterwards.

REST: `POST /uploads/{upload_id}/complete`.""",
    id_field="upload_id",
)
CANCEL_UPLOAD = Rpc(
    CancelUploadRequest,
    Upload,
    "/openai_grpc.v1.UploadsService/CancelUpload",
    doc="""\
Cancels an upload. No part can be added afterwards.

REST: `POST /uploads/{upload_id}/cancel`.""",
    repeatable=True,
    id_field="upload_id",
)
CREATE_VIDEO = Rpc(
    CreateVideoRequest,
    Video,
    "/openai_grpc.v1.VideosService/CreateVideo",
    doc="""\
Begins to generate a video from a text, and returns its job at once. It belongs to the key that
created it, and stays with the upstream that has it.

REST: `POST /videos`.""",
)
GET_VIDEO = Rpc(
    GetVideoRequest,
    Video,
    "/openai_grpc.v1.VideosService/GetVideo",
    doc="""\
Gets the state and the progress of a video.

REST: `GET /videos/{video_id}`.""",
    repeatable=True,
    id_field="video_id",
)
WATCH_VIDEO = Rpc(
    GetVideoRequest,
    Video,
    "/openai_grpc.v1.VideosService/WatchVideo",
    doc="""\
Watches a video until it is done: the first message is its present state, then comes one on each
change of it (`status`, `progress`), and the last one has its end, followed by status OK. Polls of
the upstream are shared by the callers of the same owner, as in `ResponsesService.WatchResponse`.""",
    streams=True,
    repeatable=True,
    id_field="video_id",
)
LIST_VIDEOS = Rpc(
    ListVideosRequest,
    VideoList,
    "/openai_grpc.v1.VideosService/ListVideos",
    doc="""\
Lists videos, page by page. Upstreams don't say whose a video is: where keys have their own, only a
key whose allowed RPCs name this one may call it, and gets all of upstream's. With several upstreams
the metadata `openai-grpc-model` names a model of the one to list.

REST: `GET /videos`.""",
    repeatable=True,
)
DELETE_VIDEO = Rpc(
    DeleteVideoRequest,
    VideoDeleted,
    "/openai_grpc.v1.VideosService/DeleteVideo",
    doc="""\
Deletes a video.

REST: `DELETE /videos/{video_id}`.""",
    repeatable=True,
    id_field="video_id",
)
DOWNLOAD_VIDEO = Rpc(
    DownloadVideoRequest,
    FileChunk,
    "/openai_grpc.v1.VideosService/DownloadVideo",
    doc="""\
Downloads a finished video, or a range of it. The last message has the checksum of the bytes sent,
after which the stream ends with OK; a broken one can be resumed at `offset`.

REST: `GET /videos/{video_id}/content`.""",
    streams=True,
    repeatable=True,
    id_field="video_id",
)
REMIX_VIDEO = Rpc(
    RemixVideoRequest,
    Video,
    "/openai_grpc.v1.VideosService/RemixVideo",
    doc="""\
Begins to generate a video that varies a finished one, and returns its job at once.

REST: `POST /videos/{video_id}/remix`.""",
    id_field="video_id",
)
EDIT_VIDEO = Rpc(
    EditVideoRequest,
    Video,
    "/openai_grpc.v1.VideosService/EditVideo",
    doc="""\
Begins to edit a video by a text, and returns the job at once.

REST: `POST /videos/edits`.""",
)
EXTEND_VIDEO = Rpc(
    ExtendVideoRequest,
    Video,
    "/openai_grpc.v1.VideosService/ExtendVideo",
    doc="""\
Begins to generate a video that goes on from another, and returns its job at once.

REST: `POST /videos/extensions`.""",
)
CREATE_VIDEO_CHARACTER = Rpc(
    CreateVideoCharacterRequest,
    VideoCharacter,
    "/openai_grpc.v1.VideosService/CreateVideoCharacter",
    doc="""\
Makes a character of a video, for use in others. It belongs to the key that created it. With several
upstreams, metadata `openai-grpc-model` names a model of the one to create it at.

REST: `POST /videos/characters`.""",
)
GET_VIDEO_CHARACTER = Rpc(
    GetVideoCharacterRequest,
    VideoCharacter,
    "/openai_grpc.v1.VideosService/GetVideoCharacter",
    doc="""\
Gets a character.

REST: `GET /videos/characters/{character_id}`.""",
    repeatable=True,
    id_field="character_id",
)
ISSUE_KEY = Rpc(
    IssueKeyRequest,
    IssuedKey,
    "/openai_grpc.admin.v1.KeysService/IssueKey",
    doc="""\
Issues a key. The reply is the only one that has the key itself: the gateway keeps its hash.

REST: `POST /key/generate`.""",
)
LIST_KEYS = Rpc(
    ListKeysRequest,
    KeyList,
    "/openai_grpc.admin.v1.KeysService/ListKeys",
    doc="""\
Lists issued keys, the newest first, revoked ones included.

REST: `GET /key/list`.""",
    repeatable=True,
)
ROTATE_KEY = Rpc(
    RotateKeyRequest,
    IssuedKey,
    "/openai_grpc.admin.v1.KeysService/RotateKey",
    doc="""\
Replaces the secret of a key. Name, permissions, limits, usage and stored objects stay.

REST: `POST /key/{key_id}/regenerate`.""",
    id_field="key_id",
)
REVOKE_KEY = Rpc(
    RevokeKeyRequest,
    Key,
    "/openai_grpc.admin.v1.KeysService/RevokeKey",
    doc="""\
Revokes a key for good. The replica that serves the call refuses the key at once, others within two
seconds; calls that run go on. A revoked key may be revoked again.

REST: `POST /key/{key_id}/revoke`.""",
    repeatable=True,
    id_field="key_id",
)

ALL = (
    CREATE_TRANSCRIPTION,
    UPLOAD_TRANSCRIPTION,
    STREAM_TRANSCRIPTION,
    CREATE_TRANSLATION,
    UPLOAD_TRANSLATION,
    CREATE_SPEECH,
    STREAM_SPEECH,
    STREAM_BATCH_RESULTS,
    CREATE_BATCH,
    LIST_BATCHES,
    GET_BATCH,
    WATCH_BATCH,
    CANCEL_BATCH,
    CREATE_CHAT_COMPLETION,
    STREAM_CHAT_COMPLETION,
    GET_CHAT_COMPLETION,
    LIST_CHAT_COMPLETIONS,
    UPDATE_CHAT_COMPLETION,
    DELETE_CHAT_COMPLETION,
    LIST_CHAT_COMPLETION_MESSAGES,
    CREATE_COMPLETION,
    STREAM_COMPLETION,
    CREATE_CONTENT_PROVENANCE_CHECK,
    UPLOAD_CONTENT_PROVENANCE_CHECK,
    CREATE_CONVERSATION,
    GET_CONVERSATION,
    UPDATE_CONVERSATION,
    DELETE_CONVERSATION,
    CREATE_CONVERSATION_ITEMS,
    GET_CONVERSATION_ITEM,
    LIST_CONVERSATION_ITEMS,
    DELETE_CONVERSATION_ITEM,
    CREATE_DECISION,
    CREATE_EMBEDDING,
    CREATE_FILE,
    UPLOAD_FILE,
    LIST_FILES,
    GET_FILE,
    DELETE_FILE,
    DOWNLOAD_FILE,
    CREATE_IMAGE,
    STREAM_IMAGE,
    CREATE_IMAGE_EDIT,
    STREAM_IMAGE_EDIT,
    CREATE_IMAGE_VARIATION,
    LIST_MODELS,
    GET_MODEL,
    DELETE_MODEL,
    CREATE_MODERATION,
    CREATE_REALTIME_CLIENT_SECRET,
    CREATE_REALTIME_CALL,
    ACCEPT_REALTIME_CALL,
    REJECT_REALTIME_CALL,
    REFER_REALTIME_CALL,
    HANGUP_REALTIME_CALL,
    CREATE_RESPONSE,
    STREAM_RESPONSE,
    GET_RESPONSE,
    RESUME_RESPONSE,
    WATCH_RESPONSE,
    DELETE_RESPONSE,
    CANCEL_RESPONSE,
    LIST_RESPONSE_INPUT_ITEMS,
    COMPACT_RESPONSE,
    COUNT_RESPONSE_INPUT_TOKENS,
    CREATE_UPLOAD,
    CREATE_UPLOAD_PART,
    ADD_UPLOAD_PART,
    COMPLETE_UPLOAD,
    CANCEL_UPLOAD,
    CREATE_VIDEO,
    GET_VIDEO,
    WATCH_VIDEO,
    LIST_VIDEOS,
    DELETE_VIDEO,
    DOWNLOAD_VIDEO,
    REMIX_VIDEO,
    EDIT_VIDEO,
    EXTEND_VIDEO,
    CREATE_VIDEO_CHARACTER,
    GET_VIDEO_CHARACTER,
    ISSUE_KEY,
    LIST_KEYS,
    ROTATE_KEY,
    REVOKE_KEY,
)

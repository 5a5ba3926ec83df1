"""The messages and services of the package `openai_grpc.v1`. Generated: do not edit."""

from openai_grpc.v1 import _additions as _additions
from openai_grpc.v1.audio_pb2_grpc import AudioServiceServicer as AudioServiceServicer
from openai_grpc.v1.audio_pb2_grpc import AudioServiceStub as AudioServiceStub
from openai_grpc.v1.chat_content_pb2 import ChatCompletionContent as ChatCompletionContent
from openai_grpc.v1.chat_content_pb2 import ChatCompletionContentPart as ChatCompletionContentPart
from openai_grpc.v1.chat_content_pb2 import ChatCompletionContentPartFile as ChatCompletionContentPartFile
from openai_grpc.v1.chat_content_pb2 import ChatCompletionContentPartImage as ChatCompletionContentPartImage
from openai_grpc.v1.chat_content_pb2 import ChatCompletionContentPartInputAudio as ChatCompletionContentPartInputAudio
from openai_grpc.v1.chat_content_pb2 import ChatCompletionContentPartReasoning as ChatCompletionContentPartReasoning
from openai_grpc.v1.chat_content_pb2 import ChatCompletionContentPartRefusal as ChatCompletionContentPartRefusal
from openai_grpc.v1.chat_content_pb2 import ChatCompletionContentPartText as ChatCompletionContentPartText
from openai_grpc.v1.chat_content_pb2 import ChatCompletionContentPartThinking as ChatCompletionContentPartThinking
from openai_grpc.v1.chat_content_pb2 import ChatCompletionContentPartVideo as ChatCompletionContentPartVideo
from openai_grpc.v1.chat_content_pb2 import ChatCompletionContentParts as ChatCompletionContentParts
from openai_grpc.v1.chat_message_pb2 import ChatCompletionAnnotation as ChatCompletionAnnotation
from openai_grpc.v1.chat_message_pb2 import ChatCompletionAudio as ChatCompletionAudio
from openai_grpc.v1.chat_message_pb2 import ChatCompletionMessage as ChatCompletionMessage
from openai_grpc.v1.chat_message_pb2 import ChatCompletionMessageCustomToolCall as ChatCompletionMessageCustomToolCall
from openai_grpc.v1.chat_message_pb2 import ChatCompletionMessageFunctionToolCall as ChatCompletionMessageFunctionToolCall
from openai_grpc.v1.chat_message_pb2 import ChatCompletionMessageToolCall as ChatCompletionMessageToolCall
from openai_grpc.v1.chat_message_pb2 import ChatCompletionRequestDeveloperMessage as ChatCompletionRequestDeveloperMessage
from openai_grpc.v1.chat_message_pb2 import ChatCompletionRequestFunctionMessage as ChatCompletionRequestFunctionMessage
from openai_grpc.v1.chat_message_pb2 import ChatCompletionRequestMessage as ChatCompletionRequestMessage
from openai_grpc.v1.chat_message_pb2 import ChatCompletionRequestSystemMessage as ChatCompletionRequestSystemMessage
from openai_grpc.v1.chat_message_pb2 import ChatCompletionRequestToolMessage as ChatCompletionRequestToolMessage
from openai_grpc.v1.chat_message_pb2 import ChatCompletionRequestUserMessage as ChatCompletionRequestUserMessage
from openai_grpc.v1.chat_message_pb2 import ChatCompletionStoreMessage as ChatCompletionStoreMessage
from openai_grpc.v1.chat_message_pb2 import ExecutedTool as ExecutedTool
from openai_grpc.v1.chat_message_pb2 import FunctionCall as FunctionCall
from openai_grpc.v1.chat_message_pb2 import GroqMessage as GroqMessage
from openai_grpc.v1.chat_message_pb2 import ReasoningDetail as ReasoningDetail
from openai_grpc.v1.chat_pb2 import ChatCompletion as ChatCompletion
from openai_grpc.v1.chat_pb2 import ChatCompletionChunk as ChatCompletionChunk
from openai_grpc.v1.chat_pb2 import ChatCompletionDeleted as ChatCompletionDeleted
from openai_grpc.v1.chat_pb2 import ChatCompletionList as ChatCompletionList
from openai_grpc.v1.chat_pb2 import ChatCompletionMessageList as ChatCompletionMessageList
from openai_grpc.v1.chat_pb2 import ChatCompletionStreamOptions as ChatCompletionStreamOptions
from openai_grpc.v1.chat_pb2 import ChatCompletionTokenLogprob as ChatCompletionTokenLogprob
from openai_grpc.v1.chat_pb2 import CompletionUsage as CompletionUsage
from openai_grpc.v1.chat_pb2 import CreateChatCompletionRequest as CreateChatCompletionRequest
from openai_grpc.v1.chat_pb2 import DeleteChatCompletionRequest as DeleteChatCompletionRequest
from openai_grpc.v1.chat_pb2 import GetChatCompletionRequest as GetChatCompletionRequest
from openai_grpc.v1.chat_pb2 import GroqInfo as GroqInfo
from openai_grpc.v1.chat_pb2 import GroqReply as GroqReply
from openai_grpc.v1.chat_pb2 import ListChatCompletionMessagesRequest as ListChatCompletionMessagesRequest
from openai_grpc.v1.chat_pb2 import ListChatCompletionsRequest as ListChatCompletionsRequest
from openai_grpc.v1.chat_pb2 import LitellmChunk as LitellmChunk
from openai_grpc.v1.chat_pb2 import PerplexityChoice as PerplexityChoice
from openai_grpc.v1.chat_pb2 import PerplexityChunkChoice as PerplexityChunkChoice
from openai_grpc.v1.chat_pb2 import TogetherReply as TogetherReply
from openai_grpc.v1.chat_pb2 import UpdateChatCompletionRequest as UpdateChatCompletionRequest
from openai_grpc.v1.chat_pb2 import UsageBreakdown as UsageBreakdown
from openai_grpc.v1.chat_pb2_grpc import ChatServiceServicer as ChatServiceServicer
from openai_grpc.v1.chat_pb2_grpc import ChatServiceStub as ChatServiceStub
from openai_grpc.v1.chat_tool_pb2 import ChatCompletionAllowedToolChoice as ChatCompletionAllowedToolChoice
from openai_grpc.v1.chat_tool_pb2 import ChatCompletionCustomTool as ChatCompletionCustomTool
from openai_grpc.v1.chat_tool_pb2 import ChatCompletionFunctionCallOption as ChatCompletionFunctionCallOption
from openai_grpc.v1.chat_tool_pb2 import ChatCompletionFunctionTool as ChatCompletionFunctionTool
from openai_grpc.v1.chat_tool_pb2 import ChatCompletionNamedToolChoice as ChatCompletionNamedToolChoice
from openai_grpc.v1.chat_tool_pb2 import ChatCompletionNamedToolChoiceCustom as ChatCompletionNamedToolChoiceCustom
from openai_grpc.v1.chat_tool_pb2 import ChatCompletionResponseFormat as ChatCompletionResponseFormat
from openai_grpc.v1.chat_tool_pb2 import ChatCompletionTool as ChatCompletionTool
from openai_grpc.v1.chat_tool_pb2 import ChatCompletionToolChoice as ChatCompletionToolChoice
from openai_grpc.v1.chat_tool_pb2 import FunctionDefinition as FunctionDefinition
from openai_grpc.v1.chat_tool_pb2 import ResponseFormatJsonSchema as ResponseFormatJsonSchema
from openai_grpc.v1.chat_tool_pb2 import WebSearchOptions as WebSearchOptions
from openai_grpc.v1.common_pb2 import CacheControl as CacheControl
from openai_grpc.v1.common_pb2 import CallDrain as CallDrain
from openai_grpc.v1.common_pb2 import CallInfo as CallInfo
from openai_grpc.v1.common_pb2 import CallOptions as CallOptions
from openai_grpc.v1.common_pb2 import CustomToolFormatText as CustomToolFormatText
from openai_grpc.v1.common_pb2 import InlineData as InlineData
from openai_grpc.v1.common_pb2 import Moderation as Moderation
from openai_grpc.v1.common_pb2 import ModerationError as ModerationError
from openai_grpc.v1.common_pb2 import ModerationInputTypes as ModerationInputTypes
from openai_grpc.v1.common_pb2 import ModerationOptions as ModerationOptions
from openai_grpc.v1.common_pb2 import ModerationOutcome as ModerationOutcome
from openai_grpc.v1.common_pb2 import ModerationResult as ModerationResult
from openai_grpc.v1.common_pb2 import ModerationResults as ModerationResults
from openai_grpc.v1.common_pb2 import PromptCacheBreakpoint as PromptCacheBreakpoint
from openai_grpc.v1.common_pb2 import PromptCacheOptions as PromptCacheOptions
from openai_grpc.v1.common_pb2 import Reasoning as Reasoning
from openai_grpc.v1.common_pb2 import ResponseFormatJsonObject as ResponseFormatJsonObject
from openai_grpc.v1.common_pb2 import ResponseFormatText as ResponseFormatText
from openai_grpc.v1.common_pb2 import TimeLimits as TimeLimits
from openai_grpc.v1.common_pb2 import UploadFile as UploadFile
from openai_grpc.v1.completions_pb2 import Completion as Completion
from openai_grpc.v1.completions_pb2 import CompletionPrompt as CompletionPrompt
from openai_grpc.v1.completions_pb2 import CreateCompletionRequest as CreateCompletionRequest
from openai_grpc.v1.completions_pb2 import TogetherCompletionChoice as TogetherCompletionChoice
from openai_grpc.v1.completions_pb2_grpc import CompletionsServiceServicer as CompletionsServiceServicer
from openai_grpc.v1.completions_pb2_grpc import CompletionsServiceStub as CompletionsServiceStub
from openai_grpc.v1.conversations_pb2 import Conversation as Conversation
from openai_grpc.v1.conversations_pb2 import ConversationDeleted as ConversationDeleted
from openai_grpc.v1.conversations_pb2 import ConversationItem as ConversationItem
from openai_grpc.v1.conversations_pb2 import CreateConversationItemsRequest as CreateConversationItemsRequest
from openai_grpc.v1.conversations_pb2 import CreateConversationRequest as CreateConversationRequest
from openai_grpc.v1.conversations_pb2 import DeleteConversationItemRequest as DeleteConversationItemRequest
from openai_grpc.v1.conversations_pb2 import DeleteConversationRequest as DeleteConversationRequest
from openai_grpc.v1.conversations_pb2 import GetConversationItemRequest as GetConversationItemRequest
from openai_grpc.v1.conversations_pb2 import GetConversationRequest as GetConversationRequest
from openai_grpc.v1.conversations_pb2 import ListConversationItemsRequest as ListConversationItemsRequest
from openai_grpc.v1.conversations_pb2 import UpdateConversationRequest as UpdateConversationRequest
from openai_grpc.v1.conversations_pb2_grpc import ConversationsServiceServicer as ConversationsServiceServicer
from openai_grpc.v1.conversations_pb2_grpc import ConversationsServiceStub as ConversationsServiceStub
from openai_grpc.v1.embeddings_pb2 import CreateEmbeddingRequest as CreateEmbeddingRequest
from openai_grpc.v1.embeddings_pb2 import CreateEmbeddingResponse as CreateEmbeddingResponse
from openai_grpc.v1.embeddings_pb2 import Embedding as Embedding
from openai_grpc.v1.embeddings_pb2 import EmbeddingInput as EmbeddingInput
from openai_grpc.v1.embeddings_pb2 import VectorEncoding as VectorEncoding
from openai_grpc.v1.embeddings_pb2_grpc import EmbeddingsServiceServicer as EmbeddingsServiceServicer
from openai_grpc.v1.embeddings_pb2_grpc import EmbeddingsServiceStub as EmbeddingsServiceStub
from openai_grpc.v1.images_pb2 import CreateImageEditRequest as CreateImageEditRequest
from openai_grpc.v1.images_pb2 import CreateImageRequest as CreateImageRequest
from openai_grpc.v1.images_pb2 import CreateImageVariationRequest as CreateImageVariationRequest
from openai_grpc.v1.images_pb2 import Image as Image
from openai_grpc.v1.images_pb2 import ImageCompletedEvent as ImageCompletedEvent
from openai_grpc.v1.images_pb2 import ImagePartialEvent as ImagePartialEvent
from openai_grpc.v1.images_pb2 import ImageReference as ImageReference
from openai_grpc.v1.images_pb2 import ImageStreamEvent as ImageStreamEvent
from openai_grpc.v1.images_pb2 import ImageSvg as ImageSvg
from openai_grpc.v1.images_pb2 import ImageUsage as ImageUsage
from openai_grpc.v1.images_pb2 import ImagesResponse as ImagesResponse
from openai_grpc.v1.images_pb2_grpc import ImagesServiceServicer as ImagesServiceServicer
from openai_grpc.v1.images_pb2_grpc import ImagesServiceStub as ImagesServiceStub
from openai_grpc.v1.models_pb2 import DeleteModelRequest as DeleteModelRequest
from openai_grpc.v1.models_pb2 import GetModelRequest as GetModelRequest
from openai_grpc.v1.models_pb2 import ListModelsRequest as ListModelsRequest
from openai_grpc.v1.models_pb2 import Model as Model
from openai_grpc.v1.models_pb2 import ModelDeleted as ModelDeleted
from openai_grpc.v1.models_pb2 import ModelInfo as ModelInfo
from openai_grpc.v1.models_pb2 import ModelList as ModelList
from openai_grpc.v1.models_pb2_grpc import ModelsServiceServicer as ModelsServiceServicer
from openai_grpc.v1.models_pb2_grpc import ModelsServiceStub as ModelsServiceStub
from openai_grpc.v1.moderations_pb2 import CreateModerationRequest as CreateModerationRequest
from openai_grpc.v1.moderations_pb2 import CreateModerationResponse as CreateModerationResponse
from openai_grpc.v1.moderations_pb2 import ModerationInput as ModerationInput
from openai_grpc.v1.moderations_pb2 import ModerationInputPart as ModerationInputPart
from openai_grpc.v1.moderations_pb2_grpc import ModerationsServiceServicer as ModerationsServiceServicer
from openai_grpc.v1.moderations_pb2_grpc import ModerationsServiceStub as ModerationsServiceStub
from openai_grpc.v1.provider_chat_pb2 import AzureChoice as AzureChoice
from openai_grpc.v1.provider_chat_pb2 import AzureReply as AzureReply
from openai_grpc.v1.provider_chat_pb2 import CerebrasReply as CerebrasReply
from openai_grpc.v1.provider_chat_pb2 import ContentFilterResult as ContentFilterResult
from openai_grpc.v1.provider_chat_pb2 import ContentFilterResults as ContentFilterResults
from openai_grpc.v1.provider_chat_pb2 import DatabricksReply as DatabricksReply
from openai_grpc.v1.provider_chat_pb2 import GoogleMessage as GoogleMessage
from openai_grpc.v1.provider_chat_pb2 import LlamaCppReply as LlamaCppReply
from openai_grpc.v1.provider_chat_pb2 import MistralChunk as MistralChunk
from openai_grpc.v1.provider_chat_pb2 import MistralMessage as MistralMessage
from openai_grpc.v1.provider_chat_pb2 import MistralRequest as MistralRequest
from openai_grpc.v1.provider_chat_pb2 import OpenRouterChoice as OpenRouterChoice
from openai_grpc.v1.provider_chat_pb2 import OpenRouterReasoning as OpenRouterReasoning
from openai_grpc.v1.provider_chat_pb2 import OpenRouterReply as OpenRouterReply
from openai_grpc.v1.provider_chat_pb2 import OpenRouterRequest as OpenRouterRequest
from openai_grpc.v1.provider_chat_pb2 import OpenRouterUrlCitation as OpenRouterUrlCitation
from openai_grpc.v1.provider_chat_pb2 import PerplexityReply as PerplexityReply
from openai_grpc.v1.provider_chat_pb2 import PromptFilterResult as PromptFilterResult
from openai_grpc.v1.provider_chat_pb2 import QwenRequest as QwenRequest
from openai_grpc.v1.provider_chat_pb2 import SglangChoice as SglangChoice
from openai_grpc.v1.provider_chat_pb2 import StopReason as StopReason
from openai_grpc.v1.provider_chat_pb2 import TimeInfo as TimeInfo
from openai_grpc.v1.provider_chat_pb2 import Timings as Timings
from openai_grpc.v1.provider_chat_pb2 import TogetherChoice as TogetherChoice
from openai_grpc.v1.provider_chat_pb2 import TogetherDelta as TogetherDelta
from openai_grpc.v1.provider_chat_pb2 import VercelMessage as VercelMessage
from openai_grpc.v1.provider_chat_pb2 import VercelReply as VercelReply
from openai_grpc.v1.provider_chat_pb2 import VllmChoice as VllmChoice
from openai_grpc.v1.provider_chat_pb2 import WebSearchResult as WebSearchResult
from openai_grpc.v1.provider_chat_pb2 import ZaiReply as ZaiReply
from openai_grpc.v1.provider_model_pb2 import AzureModel as AzureModel
from openai_grpc.v1.provider_model_pb2 import GroqModel as GroqModel
from openai_grpc.v1.provider_model_pb2 import HuggingFaceModel as HuggingFaceModel
from openai_grpc.v1.provider_model_pb2 import LlamaCppModel as LlamaCppModel
from openai_grpc.v1.provider_model_pb2 import MistralModel as MistralModel
from openai_grpc.v1.provider_model_pb2 import ModelArchitecture as ModelArchitecture
from openai_grpc.v1.provider_model_pb2 import ModelCapabilities as ModelCapabilities
from openai_grpc.v1.provider_model_pb2 import ModelDeprecation as ModelDeprecation
from openai_grpc.v1.provider_model_pb2 import ModelPrice as ModelPrice
from openai_grpc.v1.provider_model_pb2 import ModelPricing as ModelPricing
from openai_grpc.v1.provider_model_pb2 import OpenRouterModel as OpenRouterModel
from openai_grpc.v1.provider_model_pb2 import TogetherModel as TogetherModel
from openai_grpc.v1.provider_model_pb2 import VercelModel as VercelModel
from openai_grpc.v1.provider_model_pb2 import VllmModel as VllmModel
from openai_grpc.v1.provider_usage_pb2 import AzureUsage as AzureUsage
from openai_grpc.v1.provider_usage_pb2 import DeepseekUsage as DeepseekUsage
from openai_grpc.v1.provider_usage_pb2 import GroqUsage as GroqUsage
from openai_grpc.v1.provider_usage_pb2 import LatencyCheckpoint as LatencyCheckpoint
from openai_grpc.v1.provider_usage_pb2 import MistralUsage as MistralUsage
from openai_grpc.v1.provider_usage_pb2 import OpenRouterUsage as OpenRouterUsage
from openai_grpc.v1.provider_usage_pb2 import PerplexityUsage as PerplexityUsage
from openai_grpc.v1.provider_usage_pb2 import TogetherUsage as TogetherUsage
from openai_grpc.v1.provider_usage_pb2 import VercelUsage as VercelUsage
from openai_grpc.v1.provider_usage_pb2 import XaiUsage as XaiUsage
from openai_grpc.v1.raw_pb2 import RawChunk as RawChunk
from openai_grpc.v1.raw_pb2 import RawEvent as RawEvent
from openai_grpc.v1.raw_pb2 import RawParameter as RawParameter
from openai_grpc.v1.raw_pb2 import RawReply as RawReply
from openai_grpc.v1.raw_pb2 import RawRequest as RawRequest
from openai_grpc.v1.raw_pb2 import RawStreamReply as RawStreamReply
from openai_grpc.v1.raw_pb2 import RawUpload as RawUpload
from openai_grpc.v1.raw_pb2_grpc import RawServiceServicer as RawServiceServicer
from openai_grpc.v1.raw_pb2_grpc import RawServiceStub as RawServiceStub
from openai_grpc.v1.response_content_pb2 import ResponseAnnotation as ResponseAnnotation
from openai_grpc.v1.response_content_pb2 import ResponseComputerScreenshot as ResponseComputerScreenshot
from openai_grpc.v1.response_content_pb2 import ResponseContainerFileCitation as ResponseContainerFileCitation
from openai_grpc.v1.response_content_pb2 import ResponseContent as ResponseContent
from openai_grpc.v1.response_content_pb2 import ResponseContentPart as ResponseContentPart
from openai_grpc.v1.response_content_pb2 import ResponseContentParts as ResponseContentParts
from openai_grpc.v1.response_content_pb2 import ResponseFileCitation as ResponseFileCitation
from openai_grpc.v1.response_content_pb2 import ResponseFilePath as ResponseFilePath
from openai_grpc.v1.response_content_pb2 import ResponseInputAudio as ResponseInputAudio
from openai_grpc.v1.response_content_pb2 import ResponseInputFile as ResponseInputFile
from openai_grpc.v1.response_content_pb2 import ResponseInputImage as ResponseInputImage
from openai_grpc.v1.response_content_pb2 import ResponseInputText as ResponseInputText
from openai_grpc.v1.response_content_pb2 import ResponseLogprob as ResponseLogprob
from openai_grpc.v1.response_content_pb2 import ResponseOutputRefusal as ResponseOutputRefusal
from openai_grpc.v1.response_content_pb2 import ResponseOutputText as ResponseOutputText
from openai_grpc.v1.response_content_pb2 import ResponseReasoningText as ResponseReasoningText
from openai_grpc.v1.response_content_pb2 import ResponseSummaryText as ResponseSummaryText
from openai_grpc.v1.response_content_pb2 import ResponseText as ResponseText
from openai_grpc.v1.response_content_pb2 import ResponseUrlCitation as ResponseUrlCitation
from openai_grpc.v1.response_event_pb2 import ResponseApplyPatchCallOperationDiffDeltaEvent as ResponseApplyPatchCallOperationDiffDeltaEvent
from openai_grpc.v1.response_event_pb2 import ResponseApplyPatchCallOperationDiffDoneEvent as ResponseApplyPatchCallOperationDiffDoneEvent
from openai_grpc.v1.response_event_pb2 import ResponseAudioDeltaEvent as ResponseAudioDeltaEvent
from openai_grpc.v1.response_event_pb2 import ResponseAudioDoneEvent as ResponseAudioDoneEvent
from openai_grpc.v1.response_event_pb2 import ResponseAudioTranscriptDeltaEvent as ResponseAudioTranscriptDeltaEvent
from openai_grpc.v1.response_event_pb2 import ResponseAudioTranscriptDoneEvent as ResponseAudioTranscriptDoneEvent
from openai_grpc.v1.response_event_pb2 import ResponseCodeInterpreterCallCodeDeltaEvent as ResponseCodeInterpreterCallCodeDeltaEvent
from openai_grpc.v1.response_event_pb2 import ResponseCodeInterpreterCallCodeDoneEvent as ResponseCodeInterpreterCallCodeDoneEvent
from openai_grpc.v1.response_event_pb2 import ResponseCodeInterpreterCallCompletedEvent as ResponseCodeInterpreterCallCompletedEvent
from openai_grpc.v1.response_event_pb2 import ResponseCodeInterpreterCallInProgressEvent as ResponseCodeInterpreterCallInProgressEvent
from openai_grpc.v1.response_event_pb2 import ResponseCodeInterpreterCallInterpretingEvent as ResponseCodeInterpreterCallInterpretingEvent
from openai_grpc.v1.response_event_pb2 import ResponseCompactionCompactingEvent as ResponseCompactionCompactingEvent
from openai_grpc.v1.response_event_pb2 import ResponseCompletedEvent as ResponseCompletedEvent
from openai_grpc.v1.response_event_pb2 import ResponseContentPartAddedEvent as ResponseContentPartAddedEvent
from openai_grpc.v1.response_event_pb2 import ResponseContentPartDoneEvent as ResponseContentPartDoneEvent
from openai_grpc.v1.response_event_pb2 import ResponseCreatedEvent as ResponseCreatedEvent
from openai_grpc.v1.response_event_pb2 import ResponseCustomToolCallInputDeltaEvent as ResponseCustomToolCallInputDeltaEvent
from openai_grpc.v1.response_event_pb2 import ResponseCustomToolCallInputDoneEvent as ResponseCustomToolCallInputDoneEvent
from openai_grpc.v1.response_event_pb2 import ResponseErrorEvent as ResponseErrorEvent
from openai_grpc.v1.response_event_pb2 import ResponseFailedEvent as ResponseFailedEvent
from openai_grpc.v1.response_event_pb2 import ResponseFileSearchCallCompletedEvent as ResponseFileSearchCallCompletedEvent
from openai_grpc.v1.response_event_pb2 import ResponseFileSearchCallInProgressEvent as ResponseFileSearchCallInProgressEvent
from openai_grpc.v1.response_event_pb2 import ResponseFileSearchCallSearchingEvent as ResponseFileSearchCallSearchingEvent
from openai_grpc.v1.response_event_pb2 import ResponseFunctionCallArgumentsDeltaEvent as ResponseFunctionCallArgumentsDeltaEvent
from openai_grpc.v1.response_event_pb2 import ResponseFunctionCallArgumentsDoneEvent as ResponseFunctionCallArgumentsDoneEvent
from openai_grpc.v1.response_event_pb2 import ResponseImageGenCallCompletedEvent as ResponseImageGenCallCompletedEvent
from openai_grpc.v1.response_event_pb2 import ResponseImageGenCallGeneratingEvent as ResponseImageGenCallGeneratingEvent
from openai_grpc.v1.response_event_pb2 import ResponseImageGenCallInProgressEvent as ResponseImageGenCallInProgressEvent
from openai_grpc.v1.response_event_pb2 import ResponseImageGenCallPartialImageEvent as ResponseImageGenCallPartialImageEvent
from openai_grpc.v1.response_event_pb2 import ResponseInProgressEvent as ResponseInProgressEvent
from openai_grpc.v1.response_event_pb2 import ResponseIncompleteEvent as ResponseIncompleteEvent
from openai_grpc.v1.response_event_pb2 import ResponseKeepaliveEvent as ResponseKeepaliveEvent
from openai_grpc.v1.response_event_pb2 import ResponseMcpCallArgumentsDeltaEvent as ResponseMcpCallArgumentsDeltaEvent
from openai_grpc.v1.response_event_pb2 import ResponseMcpCallArgumentsDoneEvent as ResponseMcpCallArgumentsDoneEvent
from openai_grpc.v1.response_event_pb2 import ResponseMcpCallCompletedEvent as ResponseMcpCallCompletedEvent
from openai_grpc.v1.response_event_pb2 import ResponseMcpCallFailedEvent as ResponseMcpCallFailedEvent
from openai_grpc.v1.response_event_pb2 import ResponseMcpCallInProgressEvent as ResponseMcpCallInProgressEvent
from openai_grpc.v1.response_event_pb2 import ResponseMcpListToolsCompletedEvent as ResponseMcpListToolsCompletedEvent
from openai_grpc.v1.response_event_pb2 import ResponseMcpListToolsFailedEvent as ResponseMcpListToolsFailedEvent
from openai_grpc.v1.response_event_pb2 import ResponseMcpListToolsInProgressEvent as ResponseMcpListToolsInProgressEvent
from openai_grpc.v1.response_event_pb2 import ResponseOutputItemAddedEvent as ResponseOutputItemAddedEvent
from openai_grpc.v1.response_event_pb2 import ResponseOutputItemDoneEvent as ResponseOutputItemDoneEvent
from openai_grpc.v1.response_event_pb2 import ResponseOutputTextAnnotationAddedEvent as ResponseOutputTextAnnotationAddedEvent
from openai_grpc.v1.response_event_pb2 import ResponseQueuedEvent as ResponseQueuedEvent
from openai_grpc.v1.response_event_pb2 import ResponseReasoningSummaryPartAddedEvent as ResponseReasoningSummaryPartAddedEvent
from openai_grpc.v1.response_event_pb2 import ResponseReasoningSummaryPartDoneEvent as ResponseReasoningSummaryPartDoneEvent
from openai_grpc.v1.response_event_pb2 import ResponseReasoningSummaryTextDeltaEvent as ResponseReasoningSummaryTextDeltaEvent
from openai_grpc.v1.response_event_pb2 import ResponseReasoningSummaryTextDoneEvent as ResponseReasoningSummaryTextDoneEvent
from openai_grpc.v1.response_event_pb2 import ResponseReasoningTextDeltaEvent as ResponseReasoningTextDeltaEvent
from openai_grpc.v1.response_event_pb2 import ResponseReasoningTextDoneEvent as ResponseReasoningTextDoneEvent
from openai_grpc.v1.response_event_pb2 import ResponseRefusalDeltaEvent as ResponseRefusalDeltaEvent
from openai_grpc.v1.response_event_pb2 import ResponseRefusalDoneEvent as ResponseRefusalDoneEvent
from openai_grpc.v1.response_event_pb2 import ResponseShellCallCommandAddedEvent as ResponseShellCallCommandAddedEvent
from openai_grpc.v1.response_event_pb2 import ResponseShellCallCommandDeltaEvent as ResponseShellCallCommandDeltaEvent
from openai_grpc.v1.response_event_pb2 import ResponseShellCallCommandDoneEvent as ResponseShellCallCommandDoneEvent
from openai_grpc.v1.response_event_pb2 import ResponseShellCallOutputContentDeltaEvent as ResponseShellCallOutputContentDeltaEvent
from openai_grpc.v1.response_event_pb2 import ResponseShellCallOutputContentDoneEvent as ResponseShellCallOutputContentDoneEvent
from openai_grpc.v1.response_event_pb2 import ResponseStreamEvent as ResponseStreamEvent
from openai_grpc.v1.response_event_pb2 import ResponseTextDeltaEvent as ResponseTextDeltaEvent
from openai_grpc.v1.response_event_pb2 import ResponseTextDoneEvent as ResponseTextDoneEvent
from openai_grpc.v1.response_event_pb2 import ResponseWebSearchCallCompletedEvent as ResponseWebSearchCallCompletedEvent
from openai_grpc.v1.response_event_pb2 import ResponseWebSearchCallInProgressEvent as ResponseWebSearchCallInProgressEvent
from openai_grpc.v1.response_event_pb2 import ResponseWebSearchCallSearchingEvent as ResponseWebSearchCallSearchingEvent
from openai_grpc.v1.response_item_pb2 import ComputerAction as ComputerAction
from openai_grpc.v1.response_item_pb2 import McpError as McpError
from openai_grpc.v1.response_item_pb2 import ResponseAdditionalTools as ResponseAdditionalTools
from openai_grpc.v1.response_item_pb2 import ResponseApplyPatchToolCall as ResponseApplyPatchToolCall
from openai_grpc.v1.response_item_pb2 import ResponseApplyPatchToolCallOutput as ResponseApplyPatchToolCallOutput
from openai_grpc.v1.response_item_pb2 import ResponseCodeInterpreterToolCall as ResponseCodeInterpreterToolCall
from openai_grpc.v1.response_item_pb2 import ResponseCompactionItem as ResponseCompactionItem
from openai_grpc.v1.response_item_pb2 import ResponseCompactionTrigger as ResponseCompactionTrigger
from openai_grpc.v1.response_item_pb2 import ResponseComputerToolCall as ResponseComputerToolCall
from openai_grpc.v1.response_item_pb2 import ResponseComputerToolCallOutput as ResponseComputerToolCallOutput
from openai_grpc.v1.response_item_pb2 import ResponseConfigurationUpdate as ResponseConfigurationUpdate
from openai_grpc.v1.response_item_pb2 import ResponseCustomToolCall as ResponseCustomToolCall
from openai_grpc.v1.response_item_pb2 import ResponseCustomToolCallOutput as ResponseCustomToolCallOutput
from openai_grpc.v1.response_item_pb2 import ResponseFileSearchToolCall as ResponseFileSearchToolCall
from openai_grpc.v1.response_item_pb2 import ResponseFunctionShellToolCall as ResponseFunctionShellToolCall
from openai_grpc.v1.response_item_pb2 import ResponseFunctionShellToolCallOutput as ResponseFunctionShellToolCallOutput
from openai_grpc.v1.response_item_pb2 import ResponseFunctionToolCall as ResponseFunctionToolCall
from openai_grpc.v1.response_item_pb2 import ResponseFunctionToolCallOutput as ResponseFunctionToolCallOutput
from openai_grpc.v1.response_item_pb2 import ResponseFunctionWebSearch as ResponseFunctionWebSearch
from openai_grpc.v1.response_item_pb2 import ResponseImageGenerationCall as ResponseImageGenerationCall
from openai_grpc.v1.response_item_pb2 import ResponseItem as ResponseItem
from openai_grpc.v1.response_item_pb2 import ResponseItemReference as ResponseItemReference
from openai_grpc.v1.response_item_pb2 import ResponseLocalShellCall as ResponseLocalShellCall
from openai_grpc.v1.response_item_pb2 import ResponseLocalShellCallOutput as ResponseLocalShellCallOutput
from openai_grpc.v1.response_item_pb2 import ResponseMcpApprovalRequest as ResponseMcpApprovalRequest
from openai_grpc.v1.response_item_pb2 import ResponseMcpApprovalResponse as ResponseMcpApprovalResponse
from openai_grpc.v1.response_item_pb2 import ResponseMcpCall as ResponseMcpCall
from openai_grpc.v1.response_item_pb2 import ResponseMcpListTools as ResponseMcpListTools
from openai_grpc.v1.response_item_pb2 import ResponseMessage as ResponseMessage
from openai_grpc.v1.response_item_pb2 import ResponseProgram as ResponseProgram
from openai_grpc.v1.response_item_pb2 import ResponseProgramOutput as ResponseProgramOutput
from openai_grpc.v1.response_item_pb2 import ResponseReasoningItem as ResponseReasoningItem
from openai_grpc.v1.response_item_pb2 import ResponseTextConfig as ResponseTextConfig
from openai_grpc.v1.response_item_pb2 import ResponseToolSearchCall as ResponseToolSearchCall
from openai_grpc.v1.response_item_pb2 import ResponseToolSearchOutput as ResponseToolSearchOutput
from openai_grpc.v1.response_item_pb2 import SafetyCheck as SafetyCheck
from openai_grpc.v1.response_item_pb2 import ShellCallOutputContent as ShellCallOutputContent
from openai_grpc.v1.response_item_pb2 import ToolCaller as ToolCaller
from openai_grpc.v1.response_pb2 import AzureResponse as AzureResponse
from openai_grpc.v1.response_pb2 import Response as Response
from openai_grpc.v1.response_pb2 import ResponseError as ResponseError
from openai_grpc.v1.response_pb2 import ResponseInput as ResponseInput
from openai_grpc.v1.response_pb2 import ResponseItems as ResponseItems
from openai_grpc.v1.response_pb2 import ResponsePrompt as ResponsePrompt
from openai_grpc.v1.response_pb2 import ResponsePromptVariable as ResponsePromptVariable
from openai_grpc.v1.response_pb2 import ResponseUsage as ResponseUsage
from openai_grpc.v1.response_tool_pb2 import ApplyPatchTool as ApplyPatchTool
from openai_grpc.v1.response_tool_pb2 import CodeInterpreterTool as CodeInterpreterTool
from openai_grpc.v1.response_tool_pb2 import ComparisonFilter as ComparisonFilter
from openai_grpc.v1.response_tool_pb2 import CompoundFilter as CompoundFilter
from openai_grpc.v1.response_tool_pb2 import ComputerTool as ComputerTool
from openai_grpc.v1.response_tool_pb2 import ComputerUsePreviewTool as ComputerUsePreviewTool
from openai_grpc.v1.response_tool_pb2 import ContainerAuto as ContainerAuto
from openai_grpc.v1.response_tool_pb2 import ContainerNetworkPolicy as ContainerNetworkPolicy
from openai_grpc.v1.response_tool_pb2 import ContainerNetworkPolicyAllowlist as ContainerNetworkPolicyAllowlist
from openai_grpc.v1.response_tool_pb2 import ContainerNetworkPolicyDisabled as ContainerNetworkPolicyDisabled
from openai_grpc.v1.response_tool_pb2 import ContainerReference as ContainerReference
from openai_grpc.v1.response_tool_pb2 import CustomTool as CustomTool
from openai_grpc.v1.response_tool_pb2 import FileSearchFilter as FileSearchFilter
from openai_grpc.v1.response_tool_pb2 import FileSearchTool as FileSearchTool
from openai_grpc.v1.response_tool_pb2 import FilterValue as FilterValue
from openai_grpc.v1.response_tool_pb2 import FilterValues as FilterValues
from openai_grpc.v1.response_tool_pb2 import FunctionShellTool as FunctionShellTool
from openai_grpc.v1.response_tool_pb2 import FunctionTool as FunctionTool
from openai_grpc.v1.response_tool_pb2 import ImageGenerationTool as ImageGenerationTool
from openai_grpc.v1.response_tool_pb2 import InlineSkill as InlineSkill
from openai_grpc.v1.response_tool_pb2 import LocalEnvironment as LocalEnvironment
from openai_grpc.v1.response_tool_pb2 import LocalShellTool as LocalShellTool
from openai_grpc.v1.response_tool_pb2 import McpTool as McpTool
from openai_grpc.v1.response_tool_pb2 import NamespaceTool as NamespaceTool
from openai_grpc.v1.response_tool_pb2 import ProgrammaticToolCallingTool as ProgrammaticToolCallingTool
from openai_grpc.v1.response_tool_pb2 import ResponseTool as ResponseTool
from openai_grpc.v1.response_tool_pb2 import ResponseToolChoice as ResponseToolChoice
from openai_grpc.v1.response_tool_pb2 import ShellEnvironment as ShellEnvironment
from openai_grpc.v1.response_tool_pb2 import Skill as Skill
from openai_grpc.v1.response_tool_pb2 import SkillReference as SkillReference
from openai_grpc.v1.response_tool_pb2 import ToolChoiceAllowed as ToolChoiceAllowed
from openai_grpc.v1.response_tool_pb2 import ToolChoiceApplyPatch as ToolChoiceApplyPatch
from openai_grpc.v1.response_tool_pb2 import ToolChoiceCustom as ToolChoiceCustom
from openai_grpc.v1.response_tool_pb2 import ToolChoiceFunction as ToolChoiceFunction
from openai_grpc.v1.response_tool_pb2 import ToolChoiceMcp as ToolChoiceMcp
from openai_grpc.v1.response_tool_pb2 import ToolChoiceProgrammaticToolCalling as ToolChoiceProgrammaticToolCalling
from openai_grpc.v1.response_tool_pb2 import ToolChoiceShell as ToolChoiceShell
from openai_grpc.v1.response_tool_pb2 import ToolChoiceTypes as ToolChoiceTypes
from openai_grpc.v1.response_tool_pb2 import ToolSearchTool as ToolSearchTool
from openai_grpc.v1.response_tool_pb2 import UserLocation as UserLocation
from openai_grpc.v1.response_tool_pb2 import WebSearchPreviewTool as WebSearchPreviewTool
from openai_grpc.v1.response_tool_pb2 import WebSearchTool as WebSearchTool
from openai_grpc.v1.responses_pb2 import CancelResponseRequest as CancelResponseRequest
from openai_grpc.v1.responses_pb2 import CompactResponseRequest as CompactResponseRequest
from openai_grpc.v1.responses_pb2 import CompactedResponse as CompactedResponse
from openai_grpc.v1.responses_pb2 import CountResponseInputTokensRequest as CountResponseInputTokensRequest
from openai_grpc.v1.responses_pb2 import CreateResponseRequest as CreateResponseRequest
from openai_grpc.v1.responses_pb2 import DeleteResponseRequest as DeleteResponseRequest
from openai_grpc.v1.responses_pb2 import GetResponseRequest as GetResponseRequest
from openai_grpc.v1.responses_pb2 import ListResponseInputItemsRequest as ListResponseInputItemsRequest
from openai_grpc.v1.responses_pb2 import ResponseConversation as ResponseConversation
from openai_grpc.v1.responses_pb2 import ResponseDeleted as ResponseDeleted
from openai_grpc.v1.responses_pb2 import ResponseInputTokenCount as ResponseInputTokenCount
from openai_grpc.v1.responses_pb2 import ResponseItemList as ResponseItemList
from openai_grpc.v1.responses_pb2 import ResumeResponseRequest as ResumeResponseRequest
from openai_grpc.v1.responses_pb2_grpc import ResponsesServiceServicer as ResponsesServiceServicer
from openai_grpc.v1.responses_pb2_grpc import ResponsesServiceStub as ResponsesServiceStub
from openai_grpc.v1.revision import CONTRACT_REVISION as CONTRACT_REVISION
from openai_grpc.v1.speech_pb2 import CreateSpeechRequest as CreateSpeechRequest
from openai_grpc.v1.speech_pb2 import SpeechAudioDeltaEvent as SpeechAudioDeltaEvent
from openai_grpc.v1.speech_pb2 import SpeechAudioDoneEvent as SpeechAudioDoneEvent
from openai_grpc.v1.speech_pb2 import SpeechChunk as SpeechChunk
from openai_grpc.v1.speech_pb2 import SpeechStreamEvent as SpeechStreamEvent
from openai_grpc.v1.speech_pb2 import SpeechUsage as SpeechUsage
from openai_grpc.v1.transcription_pb2 import CreateTranscriptionRequest as CreateTranscriptionRequest
from openai_grpc.v1.transcription_pb2 import Transcription as Transcription
from openai_grpc.v1.transcription_pb2 import TranscriptionLanguage as TranscriptionLanguage
from openai_grpc.v1.transcription_pb2 import TranscriptionLogprob as TranscriptionLogprob
from openai_grpc.v1.transcription_pb2 import TranscriptionSegment as TranscriptionSegment
from openai_grpc.v1.transcription_pb2 import TranscriptionStreamEvent as TranscriptionStreamEvent
from openai_grpc.v1.transcription_pb2 import TranscriptionTextDeltaEvent as TranscriptionTextDeltaEvent
from openai_grpc.v1.transcription_pb2 import TranscriptionTextDoneEvent as TranscriptionTextDoneEvent
from openai_grpc.v1.transcription_pb2 import TranscriptionTextSegmentEvent as TranscriptionTextSegmentEvent
from openai_grpc.v1.transcription_pb2 import TranscriptionUsage as TranscriptionUsage
from openai_grpc.v1.transcription_pb2 import TranscriptionUsageDuration as TranscriptionUsageDuration
from openai_grpc.v1.transcription_pb2 import TranscriptionUsageTokens as TranscriptionUsageTokens
from openai_grpc.v1.transcription_pb2 import TranscriptionWord as TranscriptionWord
from openai_grpc.v1.transcription_pb2 import UploadTranscriptionRequest as UploadTranscriptionRequest
from openai_grpc.v1.translation_pb2 import CreateTranslationRequest as CreateTranslationRequest
from openai_grpc.v1.translation_pb2 import Translation as Translation
from openai_grpc.v1.translation_pb2 import UploadTranslationRequest as UploadTranslationRequest

__all__ = [
    "ApplyPatchTool",
    "AudioServiceServicer",
    "AudioServiceStub",
    "AzureChoice",
    "AzureModel",
    "AzureReply",
    "AzureResponse",
    "AzureUsage",
    "CONTRACT_REVISION",
    "CacheControl",
    "CallDrain",
    "CallInfo",
    "CallOptions",
    "CancelResponseRequest",
    "CerebrasReply",
    "ChatCompletion",
    "ChatCompletionAllowedToolChoice",
    "ChatCompletionAnnotation",
    "ChatCompletionAudio",
    "ChatCompletionChunk",
    "ChatCompletionContent",
    "ChatCompletionContentPart",
    "ChatCompletionContentPartFile",
    "ChatCompletionContentPartImage",
    "ChatCompletionContentPartInputAudio",
    "ChatCompletionContentPartReasoning",
    "ChatCompletionContentPartRefusal",
    "ChatCompletionContentPartText",
    "ChatCompletionContentPartThinking",
    "ChatCompletionContentPartVideo",
    "ChatCompletionContentParts",
    "ChatCompletionCustomTool",
    "ChatCompletionDeleted",
    "ChatCompletionFunctionCallOption",
    "ChatCompletionFunctionTool",
    "ChatCompletionList",
    "ChatCompletionMessage",
    "ChatCompletionMessageCustomToolCall",
    "ChatCompletionMessageFunctionToolCall",
    "ChatCompletionMessageList",
    "ChatCompletionMessageToolCall",
    "ChatCompletionNamedToolChoice",
    "ChatCompletionNamedToolChoiceCustom",
    "ChatCompletionRequestDeveloperMessage",
    "ChatCompletionRequestFunctionMessage",
    "ChatCompletionRequestMessage",
    "ChatCompletionRequestSystemMessage",
    "ChatCompletionRequestToolMessage",
    "ChatCompletionRequestUserMessage",
    "ChatCompletionResponseFormat",
    "ChatCompletionStoreMessage",
    "ChatCompletionStreamOptions",
    "ChatCompletionTokenLogprob",
    "ChatCompletionTool",
    "ChatCompletionToolChoice",
    "ChatServiceServicer",
    "ChatServiceStub",
    "CodeInterpreterTool",
    "CompactResponseRequest",
    "CompactedResponse",
    "ComparisonFilter",
    "Completion",
    "CompletionPrompt",
    "CompletionUsage",
    "CompletionsServiceServicer",
    "CompletionsServiceStub",
    "CompoundFilter",
    "ComputerAction",
    "ComputerTool",
    "ComputerUsePreviewTool",
    "ContainerAuto",
    "ContainerNetworkPolicy",
    "ContainerNetworkPolicyAllowlist",
    "ContainerNetworkPolicyDisabled",
    "ContainerReference",
    "ContentFilterResult",
    "ContentFilterResults",
    "Conversation",
    "ConversationDeleted",
    "ConversationItem",
    "ConversationsServiceServicer",
    "ConversationsServiceStub",
    "CountResponseInputTokensRequest",
    "CreateChatCompletionRequest",
    "CreateCompletionRequest",
    "CreateConversationItemsRequest",
    "CreateConversationRequest",
    "CreateEmbeddingRequest",
    "CreateEmbeddingResponse",
    "CreateImageEditRequest",
    "CreateImageRequest",
    "CreateImageVariationRequest",
    "CreateModerationRequest",
    "CreateModerationResponse",
    "CreateResponseRequest",
    "CreateSpeechRequest",
    "CreateTranscriptionRequest",
    "CreateTranslationRequest",
    "CustomTool",
    "CustomToolFormatText",
    "DatabricksReply",
    "DeepseekUsage",
    "DeleteChatCompletionRequest",
    "DeleteConversationItemRequest",
    "DeleteConversationRequest",
    "DeleteModelRequest",
    "DeleteResponseRequest",
    "Embedding",
    "EmbeddingInput",
    "EmbeddingsServiceServicer",
    "EmbeddingsServiceStub",
    "ExecutedTool",
    "FileSearchFilter",
    "FileSearchTool",
    "FilterValue",
    "FilterValues",
    "FunctionCall",
    "FunctionDefinition",
    "FunctionShellTool",
    "FunctionTool",
    "GetChatCompletionRequest",
    "GetConversationItemRequest",
    "GetConversationRequest",
    "GetModelRequest",
    "GetResponseRequest",
    "GoogleMessage",
    "GroqInfo",
    "GroqMessage",
    "GroqModel",
    "GroqReply",
    "GroqUsage",
    "HuggingFaceModel",
    "Image",
    "ImageCompletedEvent",
    "ImageGenerationTool",
    "ImagePartialEvent",
    "ImageReference",
    "ImageStreamEvent",
    "ImageSvg",
    "ImageUsage",
    "ImagesResponse",
    "ImagesServiceServicer",
    "ImagesServiceStub",
    "InlineData",
    "InlineSkill",
    "LatencyCheckpoint",
    "ListChatCompletionMessagesRequest",
    "ListChatCompletionsRequest",
    "ListConversationItemsRequest",
    "ListModelsRequest",
    "ListResponseInputItemsRequest",
    "LitellmChunk",
    "LlamaCppModel",
    "LlamaCppReply",
    "LocalEnvironment",
    "LocalShellTool",
    "McpError",
    "McpTool",
    "MistralChunk",
    "MistralMessage",
    "MistralModel",
    "MistralRequest",
    "MistralUsage",
    "Model",
    "ModelArchitecture",
    "ModelCapabilities",
    "ModelDeleted",
    "ModelDeprecation",
    "ModelInfo",
    "ModelList",
    "ModelPrice",
    "ModelPricing",
    "ModelsServiceServicer",
    "ModelsServiceStub",
    "Moderation",
    "ModerationError",
    "ModerationInput",
    "ModerationInputPart",
    "ModerationInputTypes",
    "ModerationOptions",
    "ModerationOutcome",
    "ModerationResult",
    "ModerationResults",
    "ModerationsServiceServicer",
    "ModerationsServiceStub",
    "NamespaceTool",
    "OpenRouterChoice",
    "OpenRouterModel",
    "OpenRouterReasoning",
    "OpenRouterReply",
    "OpenRouterRequest",
    "OpenRouterUrlCitation",
    "OpenRouterUsage",
    "PerplexityChoice",
    "PerplexityChunkChoice",
    "PerplexityReply",
    "PerplexityUsage",
    "ProgrammaticToolCallingTool",
    "PromptCacheBreakpoint",
    "PromptCacheOptions",
    "PromptFilterResult",
    "QwenRequest",
    "RawChunk",
    "RawEvent",
    "RawParameter",
    "RawReply",
    "RawRequest",
    "RawServiceServicer",
    "RawServiceStub",
    "RawStreamReply",
    "RawUpload",
    "Reasoning",
    "ReasoningDetail",
    "Response",
    "ResponseAdditionalTools",
    "ResponseAnnotation",
    "ResponseApplyPatchCallOperationDiffDeltaEvent",
    "ResponseApplyPatchCallOperationDiffDoneEvent",
    "ResponseApplyPatchToolCall",
    "ResponseApplyPatchToolCallOutput",
    "ResponseAudioDeltaEvent",
    "ResponseAudioDoneEvent",
    "ResponseAudioTranscriptDeltaEvent",
    "ResponseAudioTranscriptDoneEvent",
    "ResponseCodeInterpreterCallCodeDeltaEvent",
    "ResponseCodeInterpreterCallCodeDoneEvent",
    "ResponseCodeInterpreterCallCompletedEvent",
    "ResponseCodeInterpreterCallInProgressEvent",
    "ResponseCodeInterpreterCallInterpretingEvent",
    "ResponseCodeInterpreterToolCall",
    "ResponseCompactionCompactingEvent",
    "ResponseCompactionItem",
    "ResponseCompactionTrigger",
    "ResponseCompletedEvent",
    "ResponseComputerScreenshot",
    "ResponseComputerToolCall",
    "ResponseComputerToolCallOutput",
    "ResponseConfigurationUpdate",
    "ResponseContainerFileCitation",
    "ResponseContent",
    "ResponseContentPart",
    "ResponseContentPartAddedEvent",
    "ResponseContentPartDoneEvent",
    "ResponseContentParts",
    "ResponseConversation",
    "ResponseCreatedEvent",
    "ResponseCustomToolCall",
    "ResponseCustomToolCallInputDeltaEvent",
    "ResponseCustomToolCallInputDoneEvent",
    "ResponseCustomToolCallOutput",
    "ResponseDeleted",
    "ResponseError",
    "ResponseErrorEvent",
    "ResponseFailedEvent",
    "ResponseFileCitation",
    "ResponseFilePath",
    "ResponseFileSearchCallCompletedEvent",
    "ResponseFileSearchCallInProgressEvent",
    "ResponseFileSearchCallSearchingEvent",
    "ResponseFileSearchToolCall",
    "ResponseFormatJsonObject",
    "ResponseFormatJsonSchema",
    "ResponseFormatText",
    "ResponseFunctionCallArgumentsDeltaEvent",
    "ResponseFunctionCallArgumentsDoneEvent",
    "ResponseFunctionShellToolCall",
    "ResponseFunctionShellToolCallOutput",
    "ResponseFunctionToolCall",
    "ResponseFunctionToolCallOutput",
    "ResponseFunctionWebSearch",
    "ResponseImageGenCallCompletedEvent",
    "ResponseImageGenCallGeneratingEvent",
    "ResponseImageGenCallInProgressEvent",
    "ResponseImageGenCallPartialImageEvent",
    "ResponseImageGenerationCall",
    "ResponseInProgressEvent",
    "ResponseIncompleteEvent",
    "ResponseInput",
    "ResponseInputAudio",
    "ResponseInputFile",
    "ResponseInputImage",
    "ResponseInputText",
    "ResponseInputTokenCount",
    "ResponseItem",
    "ResponseItemList",
    "ResponseItemReference",
    "ResponseItems",
    "ResponseKeepaliveEvent",
    "ResponseLocalShellCall",
    "ResponseLocalShellCallOutput",
    "ResponseLogprob",
    "ResponseMcpApprovalRequest",
    "ResponseMcpApprovalResponse",
    "ResponseMcpCall",
    "ResponseMcpCallArgumentsDeltaEvent",
    "ResponseMcpCallArgumentsDoneEvent",
    "ResponseMcpCallCompletedEvent",
    "ResponseMcpCallFailedEvent",
    "ResponseMcpCallInProgressEvent",
    "ResponseMcpListTools",
    "ResponseMcpListToolsCompletedEvent",
    "ResponseMcpListToolsFailedEvent",
    "ResponseMcpListToolsInProgressEvent",
    "ResponseMessage",
    "ResponseOutputItemAddedEvent",
    "ResponseOutputItemDoneEvent",
    "ResponseOutputRefusal",
    "ResponseOutputText",
    "ResponseOutputTextAnnotationAddedEvent",
    "ResponseProgram",
    "ResponseProgramOutput",
    "ResponsePrompt",
    "ResponsePromptVariable",
    "ResponseQueuedEvent",
    "ResponseReasoningItem",
    "ResponseReasoningSummaryPartAddedEvent",
    "ResponseReasoningSummaryPartDoneEvent",
    "ResponseReasoningSummaryTextDeltaEvent",
    "ResponseReasoningSummaryTextDoneEvent",
    "ResponseReasoningText",
    "ResponseReasoningTextDeltaEvent",
    "ResponseReasoningTextDoneEvent",
    "ResponseRefusalDeltaEvent",
    "ResponseRefusalDoneEvent",
    "ResponseShellCallCommandAddedEvent",
    "ResponseShellCallCommandDeltaEvent",
    "ResponseShellCallCommandDoneEvent",
    "ResponseShellCallOutputContentDeltaEvent",
    "ResponseShellCallOutputContentDoneEvent",
    "ResponseStreamEvent",
    "ResponseSummaryText",
    "ResponseText",
    "ResponseTextConfig",
    "ResponseTextDeltaEvent",
    "ResponseTextDoneEvent",
    "ResponseTool",
    "ResponseToolChoice",
    "ResponseToolSearchCall",
    "ResponseToolSearchOutput",
    "ResponseUrlCitation",
    "ResponseUsage",
    "ResponseWebSearchCallCompletedEvent",
    "ResponseWebSearchCallInProgressEvent",
    "ResponseWebSearchCallSearchingEvent",
    "ResponsesServiceServicer",
    "ResponsesServiceStub",
    "ResumeResponseRequest",
    "SafetyCheck",
    "SglangChoice",
    "ShellCallOutputContent",
    "ShellEnvironment",
    "Skill",
    "SkillReference",
    "SpeechAudioDeltaEvent",
    "SpeechAudioDoneEvent",
    "SpeechChunk",
    "SpeechStreamEvent",
    "SpeechUsage",
    "StopReason",
    "TimeInfo",
    "TimeLimits",
    "Timings",
    "TogetherChoice",
    "TogetherCompletionChoice",
    "TogetherDelta",
    "TogetherModel",
    "TogetherReply",
    "TogetherUsage",
    "ToolCaller",
    "ToolChoiceAllowed",
    "ToolChoiceApplyPatch",
    "ToolChoiceCustom",
    "ToolChoiceFunction",
    "ToolChoiceMcp",
    "ToolChoiceProgrammaticToolCalling",
    "ToolChoiceShell",
    "ToolChoiceTypes",
    "ToolSearchTool",
    "Transcription",
    "TranscriptionLanguage",
    "TranscriptionLogprob",
    "TranscriptionSegment",
    "TranscriptionStreamEvent",
    "TranscriptionTextDeltaEvent",
    "TranscriptionTextDoneEvent",
    "TranscriptionTextSegmentEvent",
    "TranscriptionUsage",
    "TranscriptionUsageDuration",
    "TranscriptionUsageTokens",
    "TranscriptionWord",
    "Translation",
    "UpdateChatCompletionRequest",
    "UpdateConversationRequest",
    "UploadFile",
    "UploadTranscriptionRequest",
    "UploadTranslationRequest",
    "UsageBreakdown",
    "UserLocation",
    "VectorEncoding",
    "VercelMessage",
    "VercelModel",
    "VercelReply",
    "VercelUsage",
    "VllmChoice",
    "VllmModel",
    "WebSearchOptions",
    "WebSearchPreviewTool",
    "WebSearchResult",
    "WebSearchTool",
    "XaiUsage",
    "ZaiReply",
]

"""The keyword arguments of calls, with the names of OpenAI's JSON. Generated: do not edit."""

from collections.abc import Mapping, Sequence
from typing import Any

from openai_grpc.client._call_params import CallParams, UploadParams
from openai_grpc.client._files import File
from openai_grpc.v1 import (
    CallOptions,
    ChatCompletionFunctionCallOption,
    ChatCompletionRequestMessage,
    ChatCompletionResponseFormat,
    ChatCompletionStreamOptions,
    ChatCompletionTool,
    ChatCompletionToolChoice,
    CompletionPrompt,
    CreateChatCompletionRequest,
    CreateResponseRequest,
    CreateTranscriptionRequest,
    EmbeddingInput,
    FunctionDefinition,
    ModerationOptions,
    OpenRouterRequest,
    PromptCacheOptions,
    Reasoning,
    Response,
    ResponseConversation,
    ResponseInput,
    ResponseItem,
    ResponsePrompt,
    ResponseTextConfig,
    ResponseTool,
    ResponseToolChoice,
    WebSearchOptions,
    values,
)


class CreateTranscriptionParams(CallParams, total=False):
    """Keyword arguments of `CreateTranscriptionRequest`, whose documentation they share."""

    model: str | None
    chunking_strategy: CreateTranscriptionRequest.ChunkingStrategy | str | Mapping[str, Any] | None
    include: Sequence[values.CreateTranscriptionRequestInclude] | None
    keywords: Sequence[str] | None
    known_speaker_names: Sequence[str] | None
    known_speaker_references: Sequence[str] | None
    language: str | None
    languages: Sequence[str] | None
    prompt: str | None
    response_format: values.CreateTranscriptionRequestResponseFormat | None
    temperature: float | None
    timestamp_granularities: Sequence[values.CreateTranscriptionRequestTimestampGranularities] | None
    file: File | None
    call_options: CallOptions | Mapping[str, Any] | None


class CreateChatCompletionParams(CallParams, total=False):
    """Keyword arguments of `CreateChatCompletionRequest`, whose documentation they share."""

    messages: Sequence[ChatCompletionRequestMessage | Mapping[str, Any]] | None
    model: str | None
    audio: CreateChatCompletionRequest.AudioParameters | Mapping[str, Any] | None
    frequency_penalty: float | None
    function_call: ChatCompletionFunctionCallOption | str | Mapping[str, Any] | None
    functions: Sequence[FunctionDefinition | Mapping[str, Any]] | None
    logit_bias: Mapping[str, float] | None
    logprobs: bool | None
    max_completion_tokens: int | None
    max_tokens: int | None
    metadata: Mapping[str, str] | None
    modalities: Sequence[values.CreateChatCompletionRequestModalities] | None
    moderation: ModerationOptions | Mapping[str, Any] | None
    n: int | None
    parallel_tool_calls: bool | None
    prediction: CreateChatCompletionRequest.Prediction | Mapping[str, Any] | None
    presence_penalty: float | None
    prompt_cache_key: str | None
    prompt_cache_options: PromptCacheOptions | Mapping[str, Any] | None
    prompt_cache_retention: values.CreateChatCompletionRequestPromptCacheRetention | None
    reasoning_effort: values.CreateChatCompletionRequestReasoningEffort | None
    response_format: ChatCompletionResponseFormat | Mapping[str, Any] | None
    safety_identifier: str | None
    seed: int | None
    service_tier: values.CreateChatCompletionRequestServiceTier | None
    stop: CreateChatCompletionRequest.Stop | str | Sequence[str] | None
    store: bool | None
    stream_options: ChatCompletionStreamOptions | Mapping[str, Any] | None
    temperature: float | None
    tool_choice: ChatCompletionToolChoice | str | Mapping[str, Any] | None
    tools: Sequence[ChatCompletionTool | Mapping[str, Any]] | None
    top_logprobs: int | None
    top_p: float | None
    user: str | None
    verbosity: values.CreateChatCompletionRequestVerbosity | None
    web_search_options: WebSearchOptions | Mapping[str, Any] | None
    reasoning: Reasoning | Mapping[str, Any] | None
    thinking: CreateChatCompletionRequest.ThinkingConfig | Mapping[str, Any] | None
    reasoning_format: str | None
    top_k: int | None
    min_p: float | None
    repetition_penalty: float | None
    echo: bool | None
    chat_template_kwargs: Any | None
    provider: OpenRouterRequest.ProviderPreferences | Mapping[str, Any] | None
    usage: OpenRouterRequest.UsageOptions | Mapping[str, Any] | None
    models: Sequence[str] | None
    plugins: Sequence[OpenRouterRequest.PluginConfig | Mapping[str, Any]] | None
    image_config: OpenRouterRequest.ImageConfig | Mapping[str, Any] | None
    transforms: Sequence[str] | None
    random_seed: int | None
    safe_prompt: bool | None
    enable_thinking: bool | None
    call_options: CallOptions | Mapping[str, Any] | None


class GetChatCompletionParams(CallParams, total=False):
    """Keyword arguments of `GetChatCompletionRequest`, whose documentation they share."""

    completion_id: str | None


class ListChatCompletionsParams(CallParams, total=False):
    """Keyword arguments of `ListChatCompletionsRequest`, whose documentation they share."""

    after: str | None
    limit: int | None
    metadata: Mapping[str, str] | None
    model: str | None
    order: values.ListChatCompletionsRequestOrder | None


class UpdateChatCompletionParams(CallParams, total=False):
    """Keyword arguments of `UpdateChatCompletionRequest`, whose documentation they share."""

    metadata: Mapping[str, str] | None
    completion_id: str | None


class DeleteChatCompletionParams(CallParams, total=False):
    """Keyword arguments of `DeleteChatCompletionRequest`, whose documentation they share."""

    completion_id: str | None


class ListChatCompletionMessagesParams(CallParams, total=False):
    """Keyword arguments of `ListChatCompletionMessagesRequest`, whose documentation they share."""

    completion_id: str | None
    after: str | None
    limit: int | None
    order: values.ListChatCompletionMessagesRequestOrder | None


class CreateCompletionParams(CallParams, total=False):
    """Keyword arguments of `CreateCompletionRequest`, whose documentation they share."""

    model: values.CreateCompletionRequestModel | None
    prompt: (
        CompletionPrompt
        | str
        | Sequence[str]
        | Sequence[int]
        | Sequence[CompletionPrompt.TokenIds | Sequence[int]]
        | None
    )
    best_of: int | None
    echo: bool | None
    frequency_penalty: float | None
    logit_bias: Mapping[str, float] | None
    logprobs: int | None
    max_tokens: int | None
    n: int | None
    presence_penalty: float | None
    seed: int | None
    stop: CreateChatCompletionRequest.Stop | str | Sequence[str] | None
    stream_options: ChatCompletionStreamOptions | Mapping[str, Any] | None
    suffix: str | None
    temperature: float | None
    top_p: float | None
    user: str | None
    top_k: int | None
    min_p: float | None
    repetition_penalty: float | None
    call_options: CallOptions | Mapping[str, Any] | None


class CreateEmbeddingParams(CallParams, total=False):
    """Keyword arguments of `CreateEmbeddingRequest`, whose documentation they share."""

    input: (
        EmbeddingInput | str | Sequence[str] | Sequence[int] | Sequence[EmbeddingInput.TokenIds | Sequence[int]] | None
    )
    model: str | None
    dimensions: int | None
    encoding_format: values.CreateEmbeddingRequestEncodingFormat | None
    user: str | None
    call_options: CallOptions | Mapping[str, Any] | None


class ListModelsParams(CallParams, total=False):
    """Keyword arguments of `ListModelsRequest`, whose documentation they share."""

    upstream: bool | None


class GetModelParams(CallParams, total=False):
    """Keyword arguments of `GetModelRequest`, whose documentation they share."""

    model: str | None


class CreateResponseParams(CallParams, total=False):
    """Keyword arguments of `CreateResponseRequest`, whose documentation they share."""

    access_programs: Response.AccessPrograms | Mapping[str, Any] | None
    background: bool | None
    context_management: Sequence[CreateResponseRequest.ContextManagement | Mapping[str, Any]] | None
    conversation: ResponseConversation | str | Mapping[str, Any] | None
    image: Response.ImageOptions | Mapping[str, Any] | None
    include: Sequence[values.CreateResponseRequestInclude] | None
    input: ResponseInput | str | Sequence[ResponseItem | Mapping[str, Any]] | None
    instructions: str | None
    max_output_tokens: int | None
    max_tool_calls: int | None
    metadata: Mapping[str, str] | None
    model: str | None
    moderation: ModerationOptions | Mapping[str, Any] | None
    parallel_tool_calls: bool | None
    previous_response_id: str | None
    prompt: ResponsePrompt | Mapping[str, Any] | None
    prompt_cache_key: str | None
    prompt_cache_options: PromptCacheOptions | Mapping[str, Any] | None
    prompt_cache_retention: values.CreateResponseRequestPromptCacheRetention | None
    reasoning: Reasoning | Mapping[str, Any] | None
    safety_identifier: str | None
    service_tier: values.CreateResponseRequestServiceTier | None
    store: bool | None
    stream_options: CreateResponseRequest.StreamOptions | Mapping[str, Any] | None
    temperature: float | None
    text: ResponseTextConfig | Mapping[str, Any] | None
    tool_choice: ResponseToolChoice | str | Mapping[str, Any] | None
    tools: Sequence[ResponseTool | Mapping[str, Any]] | None
    top_logprobs: int | None
    top_p: float | None
    truncation: values.CreateResponseRequestTruncation | None
    user: str | None
    background_options: CreateResponseRequest.BackgroundOptions | Mapping[str, Any] | None
    call_options: CallOptions | Mapping[str, Any] | None


class GetResponseParams(CallParams, total=False):
    """Keyword arguments of `GetResponseRequest`, whose documentation they share."""

    response_id: str | None
    include: Sequence[values.GetResponseRequestInclude] | None


class ResumeResponseParams(CallParams, total=False):
    """Keyword arguments of `ResumeResponseRequest`, whose documentation they share."""

    response_id: str | None
    starting_after: int | None
    include: Sequence[values.ResumeResponseRequestInclude] | None
    include_obfuscation: bool | None


class DeleteResponseParams(CallParams, total=False):
    """Keyword arguments of `DeleteResponseRequest`, whose documentation they share."""

    response_id: str | None


class CancelResponseParams(CallParams, total=False):
    """Keyword arguments of `CancelResponseRequest`, whose documentation they share."""

    response_id: str | None


class ListResponseInputItemsParams(CallParams, total=False):
    """Keyword arguments of `ListResponseInputItemsRequest`, whose documentation they share."""

    response_id: str | None
    after: str | None
    include: Sequence[values.ListResponseInputItemsRequestInclude] | None
    limit: int | None
    order: values.ListResponseInputItemsRequestOrder | None


class CompactResponseParams(CallParams, total=False):
    """Keyword arguments of `CompactResponseRequest`, whose documentation they share."""

    model: str | None
    image: Response.ImageOptions | Mapping[str, Any] | None
    input: ResponseInput | str | Sequence[ResponseItem | Mapping[str, Any]] | None
    instructions: str | None
    previous_response_id: str | None
    prompt_cache_key: str | None
    prompt_cache_options: PromptCacheOptions | Mapping[str, Any] | None
    prompt_cache_retention: values.CompactResponseRequestPromptCacheRetention | None
    service_tier: values.CompactResponseRequestServiceTier | None
    call_options: CallOptions | Mapping[str, Any] | None


class CountResponseInputTokensParams(CallParams, total=False):
    """Keyword arguments of `CountResponseInputTokensRequest`, whose documentation they share."""

    conversation: ResponseConversation | str | Mapping[str, Any] | None
    input: ResponseInput | str | Sequence[ResponseItem | Mapping[str, Any]] | None
    instructions: str | None
    model: str | None
    parallel_tool_calls: bool | None
    personality: values.CountResponseInputTokensRequestPersonality | None
    previous_response_id: str | None
    reasoning: Reasoning | Mapping[str, Any] | None
    text: ResponseTextConfig | Mapping[str, Any] | None
    tool_choice: ResponseToolChoice | str | Mapping[str, Any] | None
    tools: Sequence[ResponseTool | Mapping[str, Any]] | None
    truncation: values.CountResponseInputTokensRequestTruncation | None
    call_options: CallOptions | Mapping[str, Any] | None


class UploadTranscriptionParams(CreateTranscriptionParams, UploadParams, total=False):
    """Keyword arguments of an upload, which are those of `CreateTranscriptionRequest`."""

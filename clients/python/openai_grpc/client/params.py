# ruff: noqa: D205, E501
"""The keyword arguments of calls, and the typed dictionaries that they take. Generated: do not edit.

The names are those of OpenAI's JSON. Type checkers hold open strings to their known values: `cast` a newer one, or pass
it in `extra_body`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence  # noqa: TC003 - whoever evaluates the annotations needs them
from typing import TYPE_CHECKING, Any, Literal, Required, TypeAlias, TypedDict

from openai_grpc.client._call_params import CallParams, UploadParams

if TYPE_CHECKING:
    from openai_grpc.client._files import File
    from openai_grpc.v1 import (
        ApplyPatchTool,
        CacheControl,
        CallOptions,
        ChatCompletionAllowedToolChoice,
        ChatCompletionAnnotation,
        ChatCompletionAudio,
        ChatCompletionContent,
        ChatCompletionContentPart,
        ChatCompletionContentPartFile,
        ChatCompletionContentPartImage,
        ChatCompletionContentPartInputAudio,
        ChatCompletionContentPartReasoning,
        ChatCompletionContentPartRefusal,
        ChatCompletionContentParts,
        ChatCompletionContentPartText,
        ChatCompletionContentPartThinking,
        ChatCompletionContentPartVideo,
        ChatCompletionCustomTool,
        ChatCompletionFunctionCallOption,
        ChatCompletionFunctionTool,
        ChatCompletionMessage,
        ChatCompletionMessageCustomToolCall,
        ChatCompletionMessageFunctionToolCall,
        ChatCompletionMessageToolCall,
        ChatCompletionNamedToolChoice,
        ChatCompletionNamedToolChoiceCustom,
        ChatCompletionRequestDeveloperMessage,
        ChatCompletionRequestFunctionMessage,
        ChatCompletionRequestMessage,
        ChatCompletionRequestSystemMessage,
        ChatCompletionRequestToolMessage,
        ChatCompletionRequestUserMessage,
        ChatCompletionResponseFormat,
        ChatCompletionStreamOptions,
        ChatCompletionTool,
        ChatCompletionToolChoice,
        CodeInterpreterTool,
        ComparisonFilter,
        CompletionPrompt,
        CompoundFilter,
        ComputerAction,
        ComputerTool,
        ComputerUsePreviewTool,
        ContainerAuto,
        ContainerNetworkPolicy,
        ContainerNetworkPolicyAllowlist,
        ContainerNetworkPolicyDisabled,
        ContainerReference,
        CreateChatCompletionRequest,
        CreateRealtimeClientSecretRequest,
        CreateResponseRequest,
        CreateSpeechRequest,
        CreateTranscriptionRequest,
        CustomTool,
        CustomToolFormatText,
        DecisionContent,
        DecisionContentPart,
        DecisionInput,
        DecisionInputItem,
        DecisionInputJson,
        DecisionInputMessage,
        DecisionOutputText,
        DecisionQuestion,
        DecisionValue,
        EmbeddingInput,
        ExecutedTool,
        ExpiresAfter,
        FileSearchFilter,
        FileSearchTool,
        FilterValue,
        FilterValues,
        FunctionCall,
        FunctionDefinition,
        FunctionShellTool,
        FunctionTool,
        ImageGenerationTool,
        ImageReference,
        ImageSvg,
        InlineSkill,
        LocalEnvironment,
        LocalShellTool,
        McpError,
        McpTool,
        ModerationInput,
        ModerationInputPart,
        ModerationOptions,
        NamespaceTool,
        OpenRouterRequest,
        ProgrammaticToolCallingTool,
        PromptCacheBreakpoint,
        PromptCacheOptions,
        RealtimeAudioConfig,
        RealtimeAudioFormat,
        RealtimeConversationSession,
        RealtimeMaxOutputTokens,
        RealtimeSession,
        RealtimeTracing,
        RealtimeTranscription,
        RealtimeTranscriptionSession,
        RealtimeTruncation,
        RealtimeTurnDetection,
        Reasoning,
        ReasoningDetail,
        Response,
        ResponseAdditionalTools,
        ResponseAnnotation,
        ResponseApplyPatchToolCall,
        ResponseApplyPatchToolCallOutput,
        ResponseCodeInterpreterToolCall,
        ResponseCompactionItem,
        ResponseCompactionTrigger,
        ResponseComputerScreenshot,
        ResponseComputerToolCall,
        ResponseComputerToolCallOutput,
        ResponseConfigurationUpdate,
        ResponseContainerFileCitation,
        ResponseContent,
        ResponseContentPart,
        ResponseContentParts,
        ResponseConversation,
        ResponseCustomToolCall,
        ResponseCustomToolCallOutput,
        ResponseFileCitation,
        ResponseFilePath,
        ResponseFileSearchToolCall,
        ResponseFormatJsonObject,
        ResponseFormatJsonSchema,
        ResponseFormatText,
        ResponseFunctionShellToolCall,
        ResponseFunctionShellToolCallOutput,
        ResponseFunctionToolCall,
        ResponseFunctionToolCallOutput,
        ResponseFunctionWebSearch,
        ResponseImageGenerationCall,
        ResponseInput,
        ResponseInputAudio,
        ResponseInputFile,
        ResponseInputImage,
        ResponseInputText,
        ResponseItem,
        ResponseItemReference,
        ResponseItems,
        ResponseLocalShellCall,
        ResponseLocalShellCallOutput,
        ResponseLogprob,
        ResponseMcpApprovalRequest,
        ResponseMcpApprovalResponse,
        ResponseMcpCall,
        ResponseMcpListTools,
        ResponseMessage,
        ResponseOutputRefusal,
        ResponseOutputText,
        ResponseProgram,
        ResponseProgramOutput,
        ResponsePrompt,
        ResponsePromptVariable,
        ResponseReasoningItem,
        ResponseReasoningText,
        ResponseSummaryText,
        ResponseText,
        ResponseTextConfig,
        ResponseTool,
        ResponseToolChoice,
        ResponseToolSearchCall,
        ResponseToolSearchOutput,
        ResponseUrlCitation,
        SafetyCheck,
        ShellCallOutputContent,
        ShellEnvironment,
        Skill,
        SkillReference,
        TimeLimits,
        ToolCaller,
        ToolChoiceAllowed,
        ToolChoiceApplyPatch,
        ToolChoiceCustom,
        ToolChoiceFunction,
        ToolChoiceMcp,
        ToolChoiceProgrammaticToolCalling,
        ToolChoiceShell,
        ToolChoiceTypes,
        ToolSearchTool,
        UserLocation,
        VideoCharacterReference,
        VideoReference,
        WebSearchOptions,
        WebSearchPreviewTool,
        WebSearchTool,
        values,
    )


class CreateTranscriptionRequestVadConfigParam(TypedDict, total=False):
    """Settings of voice activity detection."""

    type: Required[Literal["server_vad"]]
    prefix_padding_ms: int | None
    """Audio to include before detected speech, in milliseconds. Default: 300."""
    silence_duration_ms: int | None
    """Pause that ends a segment of speech, in milliseconds; short values may split too early. Default: 200."""
    threshold: float | None
    """Detection threshold, 0 to 1; higher values need louder speech and ignore more noise. Default: 0.5."""


class CallOptionsParam(TypedDict, total=False):
    """Options of the gateway for one call, in addition to the request."""

    accumulate: bool | None
    """Send the complete object as `accumulated` on the last message of a stream, so that the caller need not assemble
    it. Default: false.
    """
    extra_headers: Mapping[str, str] | None
    """Additional headers for the upstream, such as `OpenAI-Beta`. The gateway's configuration lists the names that
    callers may set; any other name is INVALID_ARGUMENT. Limit: 64 headers; 256 bytes per name, 8 KiB per value.
    """
    time_limits: TimeLimits | TimeLimitsParam | None
    """Time limits of the call. Default: only the deadline and the limits of the gateway's configuration. The metadata
    `openai-grpc-time-limits: total=30, first_message=5` does the same for an RPC without options; fields here take
    precedence.
    """


class TimeLimitsParam(TypedDict, total=False):
    """Time limits of one call, in seconds, shared by all attempts: a retry or fallback does not restart them. They can
    only shorten the deadline and the limits of the gateway's configuration. When one is reached, the call ends with
    DEADLINE_EXCEEDED and the upstream request is closed, or not sent at all. Limit of each: more than 0, at most
    86,400.
    """

    connect: float | None
    """For connecting to upstreams: DNS, TCP, TLS, all attempts together. Default: no limit."""
    first_message: float | None
    """From the end of the request until the first message of the reply. Default: no limit."""
    between_messages: float | None
    """Between the messages of a stream, while the caller waits for one. A comment of the upstream, with which it keeps
    the stream alive, counts as a message. Default: no limit.
    """
    total: float | None
    """From the beginning of the call until the end of the reply. Default: no limit."""


class CreateSpeechRequestVoiceIdParam(TypedDict, total=False):
    """A custom voice, by its id."""

    id: Required[str]
    """The id of the voice, such as `voice_1234`. Required. Limit: 1,024 bytes."""


class ExpiresAfterParam(TypedDict, total=False):
    """When an object expires."""

    anchor: Required[values.ExpiresAfterAnchor]
    """The time that `seconds` count from. Required. Known values: `created_at`."""
    seconds: Required[int]
    """The lifetime in seconds: 3,600 (an hour) to 2,592,000 (30 days). Required."""


class ChatCompletionRequestDeveloperMessageParam(TypedDict, total=False):
    """Instructions that take precedence over user messages."""

    role: Required[Literal["developer"]]
    content: Required[ChatCompletionContent | ChatCompletionContentParam]
    """The instructions, as a string or text parts. Required."""
    name: str | None
    """A name that distinguishes participants of the same role."""
    cache_control: CacheControl | CacheControlParam | None
    """Cache breakpoint in Anthropic's form. Provider extension (OpenRouter and gateways like it)."""


class ChatCompletionContentPartTextParam(TypedDict, total=False):
    """A text."""

    type: Required[Literal["text"]]
    text: Required[str]
    """The text. Required."""
    prompt_cache_breakpoint: PromptCacheBreakpoint | PromptCacheBreakpointParam | None
    """Cache the prompt up to the end of this part. Default: no breakpoint here."""
    cache_control: CacheControl | CacheControlParam | None
    """Cache breakpoint in Anthropic's form. Provider extension (OpenRouter and gateways like it)."""


class PromptCacheBreakpointParam(TypedDict, total=False):
    """Marks the end of a prompt prefix to cache."""

    mode: Required[values.PromptCacheBreakpointMode]
    """Always `explicit`. Required. Known values: `explicit`."""
    ttl: values.PromptCacheBreakpointTtl | None
    """Minimum lifetime of the entry: 30 minutes or 12 hours. Default: the request's `prompt_cache_options.ttl`. Known
    values: `30m`, `12h`.
    """


class CacheControlParam(TypedDict, total=False):
    """Cache breakpoint in Anthropic's form. Provider extension (OpenRouter and gateways like it)."""

    type: Required[values.CacheControlType]
    """The kind of cache. Required. Known values: `ephemeral`."""
    ttl: values.CacheControlTtl | None
    """Lifetime of the entry: 5 minutes or 1 hour. Default: `5m`. Known values: `5m`, `1h`."""


class ChatCompletionContentPartImageParam(TypedDict, total=False):
    """An image."""

    type: Required[Literal["image_url"]]
    image_url: Required[ChatCompletionContentPartImage.ImageUrl | ChatCompletionContentPartImageImageUrlParam]
    """The image. Required."""
    prompt_cache_breakpoint: PromptCacheBreakpoint | PromptCacheBreakpointParam | None
    """Cache the prompt up to the end of this part. Default: no breakpoint here."""
    cache_control: CacheControl | CacheControlParam | None
    """Cache breakpoint in Anthropic's form. Provider extension (OpenRouter and gateways like it)."""
    index: int | None
    """The index of a generated image. Provider extension (OpenRouter)."""


class ChatCompletionContentPartImageImageUrlParam(TypedDict, total=False):
    """Source and resolution of an image."""

    url: str | None
    """The image itself; in JSON it is a `data:` URL in `url`."""
    detail: values.ChatCompletionContentPartImageImageUrlDetail | None
    """The resolution at which the model sees the image: more detail uses more tokens; `original` is not scaled down.
    Default: `auto`. Known values: `auto`, `low`, `high`, `original`.
    """


class ChatCompletionContentPartInputAudioParam(TypedDict, total=False):
    """Audio input."""

    type: Required[Literal["input_audio"]]
    input_audio: Required[
        ChatCompletionContentPartInputAudio.InputAudio | ChatCompletionContentPartInputAudioInputAudioParam
    ]
    """The audio. Required."""
    prompt_cache_breakpoint: PromptCacheBreakpoint | PromptCacheBreakpointParam | None
    """Cache the prompt up to the end of this part. Default: no breakpoint here."""
    cache_control: CacheControl | CacheControlParam | None
    """Cache breakpoint in Anthropic's form. Provider extension (OpenRouter and gateways like it)."""


class ChatCompletionContentPartInputAudioInputAudioParam(TypedDict, total=False):
    """Audio data and its format."""

    data: Required[str]
    """The bytes themselves, not base64. Required."""
    format: Required[values.ChatCompletionContentPartInputAudioInputAudioFormat]
    """The format of the bytes. Required. Known values: `wav`, `mp3`."""


class ChatCompletionContentPartFileParam(TypedDict, total=False):
    """A file, such as a PDF."""

    type: Required[Literal["file"]]
    file: Required[ChatCompletionContentPartFile.File | ChatCompletionContentPartFileFileParam]
    """The file. Required."""
    prompt_cache_breakpoint: PromptCacheBreakpoint | PromptCacheBreakpointParam | None
    """Cache the prompt up to the end of this part. Default: no breakpoint here."""
    cache_control: CacheControl | CacheControlParam | None
    """Cache breakpoint in Anthropic's form. Provider extension (OpenRouter and gateways like it)."""


class ChatCompletionContentPartFileFileParam(TypedDict, total=False):
    """A file, by its bytes or by its id."""

    file_data: str | None
    """The file itself; in JSON it is a `data:` URL in `file_data`."""
    file_id: str | None
    """The id of an uploaded file, instead of its bytes. Limit: 1,024 bytes."""
    filename: str | None
    """The name of the file, with `data` or `file_data`."""


class ChatCompletionContentPartRefusalParam(TypedDict, total=False):
    """The model's refusal."""

    type: Required[Literal["refusal"]]
    refusal: Required[str]
    """The reason for the refusal. Required."""


class ChatCompletionContentPartThinkingParam(TypedDict, total=False):
    """The model's reasoning. Provider extension (Mistral)."""

    type: Required[Literal["thinking"]]
    thinking: Sequence[ChatCompletionContentPart | ChatCompletionContentPartParam] | None
    """The reasoning, as text parts."""
    closed: bool | None
    """True if the reasoning is complete."""


class ChatCompletionContentPartReasoningParam(TypedDict, total=False):
    """The model's reasoning. Provider extension (Databricks)."""

    type: Required[Literal["reasoning"]]
    summary: (
        Sequence[
            ChatCompletionContentPartReasoning.ReasoningSummary
            | ChatCompletionContentPartReasoningReasoningSummaryParam
        ]
        | None
    )
    """Summaries of the reasoning."""


class ChatCompletionContentPartReasoningReasoningSummaryParam(TypedDict, total=False):
    """A summary of the reasoning."""

    type: Literal["summary_text"] | None
    text: str | None
    """The summary."""
    signature: str | None
    """Signature that proves that the text comes from the model."""


class ChatCompletionContentPartVideoParam(TypedDict, total=False):
    """A video. Provider extension (vLLM and OpenRouter)."""

    type: Required[Literal["video_url"]]
    video_url: Required[ChatCompletionContentPartVideo.VideoUrl | ChatCompletionContentPartVideoVideoUrlParam]
    """The video. Required."""


class ChatCompletionContentPartVideoVideoUrlParam(TypedDict, total=False):
    """Source of a video."""

    url: str | None
    """The video itself; in JSON it is a `data:` URL in `url`."""


class ChatCompletionRequestSystemMessageParam(TypedDict, total=False):
    """Instructions, for models that have no `developer` role."""

    role: Required[Literal["system"]]
    content: Required[ChatCompletionContent | ChatCompletionContentParam]
    """The instructions, as a string or text parts. Required."""
    name: str | None
    """A name that distinguishes participants of the same role."""
    cache_control: CacheControl | CacheControlParam | None
    """Cache breakpoint in Anthropic's form. Provider extension (OpenRouter and gateways like it)."""


class ChatCompletionRequestUserMessageParam(TypedDict, total=False):
    """A message of the user."""

    role: Required[Literal["user"]]
    content: Required[ChatCompletionContent | ChatCompletionContentParam]
    """The message, as a string or parts. Required."""
    name: str | None
    """A name that distinguishes participants of the same role."""
    cache_control: CacheControl | CacheControlParam | None
    """Cache breakpoint in Anthropic's form. Provider extension (OpenRouter and gateways like it)."""


class ChatCompletionMessageParam(TypedDict, total=False):
    """A message of the model. A reply's message can be sent back unchanged as the `assistant` arm of
    ChatCompletionRequestMessage.
    """

    role: Required[Literal["assistant"]]
    content: str | Sequence[ChatCompletionContentPart | ChatCompletionContentPartParam] | None
    """The text. In a request it is required unless there are parts, audio or calls; absent from a reply with only tool
    calls, a refusal or audio.
    """
    refusal: str | None
    """The reason for the refusal."""
    annotations: Sequence[ChatCompletionAnnotation | ChatCompletionAnnotationParam] | None
    """Sources of the text, from a web search."""
    audio: ChatCompletionAudio | ChatCompletionAudioParam | None
    """Audio of the reply. In a request, `id` alone refers to an earlier reply."""
    function_call: FunctionCall | FunctionCallParam | None
    """Deprecated: see `tool_calls`. The function that the model calls."""
    tool_calls: Sequence[ChatCompletionMessageToolCall | ChatCompletionMessageToolCallParam] | None
    """Tool calls. Each needs a `tool` message in the next request."""
    name: str | None
    """A name that distinguishes participants of the same role. Requests only."""
    reasoning_content: str | None
    """The reasoning in plain text. Provider extension (DeepSeek, xAI, vLLM, and the gateway's bridge from Responses).
    """
    reasoning: str | None
    """The reasoning in plain text. Provider extension (OpenRouter, Groq, Ollama)."""
    reasoning_details: Sequence[ReasoningDetail | ReasoningDetailParam] | None
    """Reasoning blocks that can be sent back. Provider extension (OpenRouter)."""
    provider_specific_fields: Any
    """Other provider keys, as JSON text. Provider extension (LiteLLM)."""
    images: Sequence[ChatCompletionContentPart | ChatCompletionContentPartParam] | None
    """Images generated by the model. Provider extension (OpenRouter)."""
    cache_control: CacheControl | CacheControlParam | None
    """Cache breakpoint in Anthropic's form. Provider extension (OpenRouter and gateways like it)."""
    extra_content: Any
    """Other provider keys, as JSON text."""
    channel: str | None
    """The channel of the text: `analysis`, `final`."""
    executed_tools: Sequence[ExecutedTool | ExecutedToolParam] | None
    """Tools run by the server."""
    prefix: bool | None
    """Continue this message instead of answering it. Default: false."""
    provider_metadata: Any
    """Other provider keys, as JSON text."""


class ChatCompletionAnnotationParam(TypedDict, total=False):
    """A citation of a source in the text."""

    type: Literal["url_citation"] | None
    url_citation: ChatCompletionAnnotation.UrlCitation | ChatCompletionAnnotationUrlCitationParam | None
    """The page that is cited."""


class ChatCompletionAnnotationUrlCitationParam(TypedDict, total=False):
    """A web page, and the range of text that cites it."""

    end_index: int | None
    """The index of the citation's last character in the text."""
    start_index: int | None
    """The index of the citation's first character in the text, from 0."""
    title: str | None
    """The title of the page."""
    url: str | None
    """The address of the page."""
    content: str | None
    """An excerpt of the page."""


class ChatCompletionAudioParam(TypedDict, total=False):
    """An audio reply."""

    id: str | None
    """The id of the audio reply, for later requests. Limit: 1,024 bytes."""
    data: str | None
    """The bytes of the audio, in the requested format."""
    expires_at: int | None
    """Expiry of the audio id for later requests, in Unix seconds."""
    transcript: str | None
    """The transcript of the audio."""


class FunctionCallParam(TypedDict, total=False):
    """Name and arguments of a function call."""

    arguments: str | None
    """The arguments as JSON text, as generated: they may be invalid or violate the schema, so check them. In a stream,
    the next fragment.
    """
    name: str | None
    """The name of the function."""


class ChatCompletionMessageFunctionToolCallParam(TypedDict, total=False):
    """A call of a function."""

    type: Literal["function"] | None
    id: str | None
    """The id of the call, for `tool_call_id` of the tool message."""
    function: FunctionCall | FunctionCallParam | None
    """The function and its arguments."""
    index: int | None
    """The index of the call, from 0. Provider extension (Mistral, Ollama and others)."""
    namespace: str | None
    """The namespace of the function, if the tools have them. Provider extension (the gateway's bridge from Responses).
    """
    cache_control: CacheControl | CacheControlParam | None
    """Cache breakpoint in Anthropic's form. Provider extension (OpenRouter and gateways like it)."""
    extra_content: Any
    """Other provider keys, as JSON text."""


class ChatCompletionMessageCustomToolCallParam(TypedDict, total=False):
    """A call of a custom tool."""

    type: Required[Literal["custom"]]
    id: str | None
    """The id of the call, for `tool_call_id` of the tool message."""
    custom: ChatCompletionMessageCustomToolCall.CustomCall | ChatCompletionMessageCustomToolCallCustomCallParam | None
    """The tool and its input."""
    namespace: str | None
    """The namespace of the tool, if the tools have them. Provider extension (the gateway's bridge from Responses).
    """


class ChatCompletionMessageCustomToolCallCustomCallParam(TypedDict, total=False):
    """Name and input of a custom tool call."""

    input: str | None
    """The input, as generated."""
    name: str | None
    """The name of the tool."""


class ReasoningDetailParam(TypedDict, total=False):
    """A block of the model's reasoning. Provider extension (OpenRouter)."""

    type: values.ReasoningDetailType | None
    """The kind of block. Known values: `reasoning.text`, `reasoning.summary`, `reasoning.encrypted`."""
    text: str | None
    """The reasoning; only for `reasoning.text`."""
    summary: str | None
    """The summary; only for `reasoning.summary`."""
    data: str | None
    """The encrypted reasoning; only for `reasoning.encrypted`."""
    signature: str | None
    """Signature that proves that the text comes from the model."""
    format: str | None
    """The format of the block, such as `anthropic-claude-v1`."""
    id: str | None
    """The id of the block."""
    index: int | None
    """The index of the block, from 0."""
    provider: str | None
    """The provider that served the model."""


class ExecutedToolParam(TypedDict, total=False):
    """A tool run by the server. Provider extension (Groq)."""

    index: int | None
    """The index of the call, from 0."""
    type: values.ExecutedToolType | None
    """The kind of tool. Known values: `search`, `python`."""
    arguments: str | None
    """The arguments, as JSON text."""
    output: str | None
    """Output of the tool."""
    search_results: ExecutedTool.SearchResults | ExecutedToolSearchResultsParam | None
    """Search results."""


class ExecutedToolSearchResultsParam(TypedDict, total=False):
    """Search results."""

    results: Sequence[ExecutedTool.SearchResult | ExecutedToolSearchResultParam] | None
    """The pages."""


class ExecutedToolSearchResultParam(TypedDict, total=False):
    """A page found by a search."""

    title: str | None
    """The title of the page."""
    url: str | None
    """The address of the page."""
    content: str | None
    """An excerpt."""
    score: float | None
    """Relevance, 0 to 1."""


class ChatCompletionRequestToolMessageParam(TypedDict, total=False):
    """The result of a tool call."""

    role: Required[Literal["tool"]]
    content: Required[ChatCompletionContent | ChatCompletionContentParam]
    """The result, as a string or text parts. Required."""
    tool_call_id: Required[str]
    """The `id` of the tool call that this answers. Required."""
    name: str | None
    """The name of the tool. Provider extension (Mistral and others)."""
    cache_control: CacheControl | CacheControlParam | None
    """Cache breakpoint in Anthropic's form. Provider extension (OpenRouter and gateways like it)."""


class ChatCompletionRequestFunctionMessageParam(TypedDict, total=False):
    """The result of a function call, from before tools. Deprecated."""

    role: Required[Literal["function"]]
    content: Required[str]
    """The result. Required."""
    name: Required[str]
    """The name of the function. Required."""


class CreateChatCompletionRequestAudioParametersParam(TypedDict, total=False):
    """Format and voice of audio replies."""

    format: Required[values.CreateChatCompletionRequestAudioParametersFormat]
    """The format of the audio data. Required. Known values: `wav`, `aac`, `mp3`, `flac`, `opus`, `pcm16`."""
    voice: Required[CreateChatCompletionRequest.Voice | CreateChatCompletionRequestVoiceParam]
    """The voice. Required."""


class CreateChatCompletionRequestVoiceIdParam(TypedDict, total=False):
    """A custom voice, by its id."""

    id: Required[str]
    """The id of the voice, such as `voice_1234`. Required. Limit: 1,024 bytes."""


class ChatCompletionFunctionCallOptionNamedFunctionParam(TypedDict, total=False):
    """A function, by its name."""

    name: Required[str]
    """The name of the function. Required."""


class FunctionDefinitionParam(TypedDict, total=False):
    """Name, purpose and parameters of a function."""

    name: Required[str]
    """The name of the function: letters, digits, `_` and `-`. At most 64 characters. Required."""
    description: str | None
    """Purpose of the function; the model decides by it when to call."""
    parameters: Any
    """The JSON schema of the arguments, an object. Default: no arguments."""
    strict: bool | None
    """Enforce the schema exactly; only a subset of JSON Schema is supported. Default: false."""


class ModerationOptionsParam(TypedDict, total=False):
    """Moderation that runs along with the request."""

    model: Required[str]
    """The moderation model, such as `omni-moderation-latest`. Required. Limit: 256 bytes."""
    policy: ModerationOptions.Policy | ModerationOptionsPolicyParam | None
    """Policies for flagged input and output: report only, or also block."""


class ModerationOptionsPolicyParam(TypedDict, total=False):
    """Policy for flagged content."""

    input: ModerationOptions.Policy.Input | ModerationOptionsPolicyInputParam | None
    """The policy for the request's input."""
    output: ModerationOptions.Policy.Output | ModerationOptionsPolicyOutputParam | None
    """The policy for the output."""


class ModerationOptionsPolicyInputParam(TypedDict, total=False):
    """Policy for flagged input."""

    mode: Required[values.ModerationOptionsPolicyInputMode]
    """`score` reports the scores, `block` also blocks flagged input. Required. Known values: `score`, `block`.
    """


class ModerationOptionsPolicyOutputParam(TypedDict, total=False):
    """Policy for flagged output."""

    mode: Required[values.ModerationOptionsPolicyOutputMode]
    """`score` reports the scores, `block` also blocks flagged output. Required. Known values: `score`, `block`.
    """


class CreateChatCompletionRequestPredictionParam(TypedDict, total=False):
    """Predicted output, such as a file that is being edited."""

    type: Literal["content"] | None
    content: Required[ChatCompletionContent | ChatCompletionContentParam]
    """The expected text, as a string or text parts. Parts of the reply that match it are generated faster. Required.
    """


class PromptCacheOptionsParam(TypedDict, total=False):
    """Settings of the prompt cache."""

    mode: values.PromptCacheOptionsMode | None
    """`implicit`: upstream sets one breakpoint automatically and writes the latest 3 explicit ones; `explicit`: it
    writes the latest 4 explicit ones and, if there are none, does not use the cache. Default: `implicit`. Known
    values: `implicit`, `explicit`.
    """
    ttl: values.PromptCacheOptionsTtl | None
    """Minimum lifetime of the entries that the request writes: 30 minutes, or 12 hours (Responses only). Default:
    `30m`. Known values: `30m`, `12h`.
    """
    comparison_response_id: str | None
    """The id of an earlier response; upstream then reports how this request's use of the cache compares with it.
    Responses only. Limit: 1,024 bytes.
    """
    prewarm: bool | None
    """Fill the cache without generating. Default: false. Responses only."""


class ResponseFormatTextParam(TypedDict, total=False):
    """Plain text, the default."""

    type: Required[Literal["text"]]


class ResponseFormatJsonSchemaParam(TypedDict, total=False):
    """JSON that conforms to a schema."""

    type: Required[Literal["json_schema"]]
    json_schema: Required[ResponseFormatJsonSchema.JsonSchema | ResponseFormatJsonSchemaJsonSchemaParam]
    """The schema and its settings. Required."""


class ResponseFormatJsonSchemaJsonSchemaParam(TypedDict, total=False):
    """A schema with its name and strictness."""

    name: Required[str]
    """The name of the format: letters, digits, `_` and `-`. At most 64 characters. Required."""
    description: str | None
    """Purpose of the format, for the model."""
    schema: Any
    """The JSON schema of the reply, an object. The reply has its order of keys."""
    strict: bool | None
    """Enforce the schema exactly; only a subset of JSON Schema is supported. Default: false."""


class ResponseFormatJsonObjectParam(TypedDict, total=False):
    """Any JSON object (JSON mode, before schemas)."""

    type: Required[Literal["json_object"]]


class ChatCompletionStreamOptionsParam(TypedDict, total=False):
    """Stream options."""

    include_obfuscation: bool | None
    """Pad chunks with random characters in `obfuscation`, so that their sizes don't reveal the text. Default: true.
    """
    include_usage: bool | None
    """Send a last chunk with the usage of the whole request and no choices. If unset, the gateway by default still
    requests that chunk for its own accounting and drops it.
    """


class ChatCompletionAllowedToolChoiceParam(TypedDict, total=False):
    """Restricts the choice to some tools."""

    type: Required[Literal["allowed_tools"]]
    allowed_tools: Required[
        ChatCompletionAllowedToolChoice.AllowedTools | ChatCompletionAllowedToolChoiceAllowedToolsParam
    ]
    """The tools that may be called. Required."""


class ChatCompletionAllowedToolChoiceAllowedToolsParam(TypedDict, total=False):
    """The allowed tools, and whether a call is required."""

    mode: Required[values.ChatCompletionAllowedToolChoiceAllowedToolsMode]
    """`auto`: the model may call one of them or reply with text; `required`: it calls one or more of them. Required.
    Known values: `auto`, `required`.
    """
    tools: Required[Sequence[ChatCompletionTool | ChatCompletionToolParam]]
    """The tools, by kind and name; they are defined in the request's `tools`. Required."""


class ChatCompletionFunctionToolParam(TypedDict, total=False):
    """A function that the caller runs."""

    type: Literal["function"] | None
    function: Required[FunctionDefinition | FunctionDefinitionParam]
    """The function. Required."""
    cache_control: CacheControl | CacheControlParam | None
    """Cache breakpoint in Anthropic's form. Provider extension (OpenRouter and gateways like it)."""
    defer_loading: bool | None
    """Load the definition only when a tool search finds it. Provider extension (the gateway's bridge to Responses).
    """


class ChatCompletionCustomToolParam(TypedDict, total=False):
    """A tool with free-form input that the caller runs."""

    type: Required[Literal["custom"]]
    custom: Required[ChatCompletionCustomTool.CustomDefinition | ChatCompletionCustomToolCustomDefinitionParam]
    """The tool. Required."""


class ChatCompletionCustomToolCustomDefinitionParam(TypedDict, total=False):
    """Name, purpose and input format of a custom tool."""

    name: Required[str]
    """The name of the tool. Required."""
    description: str | None
    """Purpose of the tool; the model decides by it when to call."""
    format: (
        ChatCompletionCustomTool.CustomDefinition.Format | ChatCompletionCustomToolCustomDefinitionFormatParam | None
    )
    """The format of the input. Default: any text."""


class CustomToolFormatTextParam(TypedDict, total=False):
    """Unconstrained text."""

    type: Required[Literal["text"]]


class ChatCompletionCustomToolCustomDefinitionGrammarFormatParam(TypedDict, total=False):
    """Input that follows a grammar."""

    type: Required[Literal["grammar"]]
    grammar: Required[
        ChatCompletionCustomTool.CustomDefinition.GrammarFormat.Grammar
        | ChatCompletionCustomToolCustomDefinitionGrammarFormatGrammarParam
    ]
    """The grammar. Required."""


class ChatCompletionCustomToolCustomDefinitionGrammarFormatGrammarParam(TypedDict, total=False):
    """A grammar and its notation."""

    definition: Required[str]
    """The grammar itself. Required."""
    syntax: Required[values.ChatCompletionCustomToolCustomDefinitionGrammarFormatGrammarSyntax]
    """The notation: a Lark grammar, or a regular expression. Required. Known values: `lark`, `regex`."""


class NamespaceToolParam(TypedDict, total=False):
    """Functions and custom tools under one name."""

    type: Required[Literal["namespace"]]
    description: Required[str]
    """Purpose of the tools, for the model. Required."""
    name: Required[str]
    """The namespace, as used in calls, such as `crm`. Required."""
    tools: Required[Sequence[ResponseTool | ResponseToolParam]]
    """The functions and custom tools. Required."""


_FunctionToolParam = TypedDict("_FunctionToolParam", {"async": "bool | None"}, total=False)


class FunctionToolParam(_FunctionToolParam, total=False):
    """A function that the caller runs."""

    type: Required[Literal["function"]]
    name: Required[str]
    """The function's name, as used in calls. Required."""
    parameters: Any
    """The JSON Schema of the arguments, an object, as JSON text. Its order of keys is kept."""
    strict: bool | None
    """Enforce the schema exactly; only a subset of JSON Schema is supported then. Default: true if the schema allows
    it.
    """
    allowed_callers: Sequence[values.FunctionToolAllowedCallers] | None
    """Allowed callers: the model itself (`direct`), a program that it wrote (`programmatic`). Default: `direct`. Known
    values: `direct`, `programmatic`.
    """
    defer_loading: bool | None
    """Keep the function out of the context until tool search finds it. Default: false."""
    description: str | None
    """Purpose of the function; the model decides by it when to call."""
    output_schema: Any
    """The JSON Schema of an output that is JSON in a string, as JSON text."""


_CustomToolParam = TypedDict("_CustomToolParam", {"async": "bool | None"}, total=False)


class CustomToolParam(_CustomToolParam, total=False):
    """A tool with free-form input that the caller runs."""

    type: Required[Literal["custom"]]
    name: Required[str]
    """The tool's name, as used in calls. Required."""
    allowed_callers: Sequence[values.CustomToolAllowedCallers] | None
    """Allowed callers: the model itself (`direct`), a program that it wrote (`programmatic`). Default: `direct`. Known
    values: `direct`, `programmatic`.
    """
    defer_loading: bool | None
    """Keep the tool out of the context until tool search finds it. Default: false."""
    description: str | None
    """Purpose of the tool; the model decides by it when to call."""
    format: CustomTool.Format | CustomToolFormatParam | None
    """The format of the input. Default: any text."""


class CustomToolGrammarParam(TypedDict, total=False):
    """A grammar for the input."""

    type: Required[Literal["grammar"]]
    definition: Required[str]
    """The grammar itself. Required."""
    syntax: Required[values.CustomToolGrammarSyntax]
    """The notation: a `lark` grammar or a `regex`. Required. Known values: `lark`, `regex`."""


class FileSearchToolParam(TypedDict, total=False):
    """File search: a search in vector stores, run by upstream."""

    type: Required[Literal["file_search"]]
    vector_store_ids: Required[Sequence[str]]
    """The ids of the vector stores to search. Required. Limit: 1,024 bytes each."""
    filters: FileSearchFilter | FileSearchFilterParam | None
    """A condition on the attributes of files. Default: all files."""
    max_num_results: int | None
    """Maximum number of results, 1 to 50."""
    ranking_options: FileSearchTool.RankingOptions | FileSearchToolRankingOptionsParam | None
    """Ranking of results."""
    file_store_ids: Sequence[str] | None
    """Former name of `vector_store_ids`. Undocumented; observed in responses. Limit: 1,024 bytes each."""


class ComparisonFilterParam(TypedDict, total=False):
    """A comparison of one attribute with a value."""

    key: Required[str]
    """The name of the attribute. Required."""
    type: Required[Literal["eq", "ne", "gt", "gte", "lt", "lte", "in", "nin"]]
    """The comparison: equal, not equal, greater, greater or equal, less, less or equal, in a list, not in a list.
    Required. Known values: `eq`, `ne`, `gt`, `gte`, `lt`, `lte`, `in`, `nin`.
    """
    value: Required[FilterValue | FilterValueParam]
    """The value to compare with. Required."""


class CompoundFilterParam(TypedDict, total=False):
    """Conditions joined by `and` or `or`."""

    filters: Required[Sequence[FileSearchFilter | FileSearchFilterParam]]
    """The conditions. Required."""
    type: Required[Literal["and", "or"]]
    """The operator: all conditions (`and`) or at least one (`or`). Required. Known values: `and`, `or`."""


class FileSearchToolRankingOptionsParam(TypedDict, total=False):
    """Ranking of results."""

    hybrid_search: FileSearchTool.RankingOptions.HybridSearch | FileSearchToolRankingOptionsHybridSearchParam | None
    """Weights of embedding and text matches."""
    ranker: values.FileSearchToolRankingOptionsRanker | None
    """The ranker. Default: `auto`. Known values: `auto`, `default-2024-11-15`."""
    score_threshold: float | None
    """Minimum score of results, 0 to 1; close to 1 keeps only the best."""


class FileSearchToolRankingOptionsHybridSearchParam(TypedDict, total=False):
    """Weights of embedding and text matches in reciprocal rank fusion."""

    embedding_weight: Required[float]
    """The weight of embedding matches. Required."""
    text_weight: Required[float]
    """The weight of text matches. Required."""


class WebSearchToolParam(TypedDict, total=False):
    """Web search, run by upstream."""

    external_web_access: bool | None
    """Fetch live pages; false searches only what upstream has cached. Default: true."""
    filters: WebSearchTool.Filters | WebSearchToolFiltersParam | None
    """Filter of pages to search."""
    search_context_size: values.WebSearchToolSearchContextSize | None
    """Share of the context for search results: `low`, `medium` or `high`. Default: `medium`. Known values: `low`,
    `medium`, `high`.
    """
    user_location: UserLocation | UserLocationParam | None
    """Location of the user, for local results. Default: the United States."""
    return_token_budget: str | None
    """Token budget of returned results, by name, such as `default`. Undocumented; observed in responses."""
    search_content_types: Sequence[str] | None
    """The kinds of content to search, such as `text`. Undocumented; observed in responses."""
    type: Required[Literal["web_search", "web_search_2025_08_26"]]


class WebSearchToolFiltersParam(TypedDict, total=False):
    """Filter of pages to search."""

    allowed_domains: Sequence[str] | None
    """Search only these domains and their subdomains. Default: all."""


class UserLocationParam(TypedDict, total=False):
    """Approximate location of the user. If empty, results are not localized."""

    city: str | None
    """The city, in free text, such as `San Francisco`."""
    country: str | None
    """The country's two-letter ISO 3166-1 code, such as `US`."""
    region: str | None
    """The region, in free text, such as `California`."""
    timezone: str | None
    """The IANA time zone, such as `America/Los_Angeles`."""
    type: values.UserLocationType | None
    """Precision of the location; always `approximate`. Required for `web_search_preview`. Known values: `approximate`.
    """


class WebSearchPreviewToolParam(TypedDict, total=False):
    """Web search in its first form, run by upstream."""

    search_content_types: Sequence[values.WebSearchPreviewToolSearchContentTypes] | None
    """The kinds of content to search: `text`, `image`. Known values: `text`, `image`."""
    search_context_size: values.WebSearchPreviewToolSearchContextSize | None
    """Share of the context for search results: `low`, `medium` or `high`. Default: `medium`. Known values: `low`,
    `medium`, `high`.
    """
    user_location: UserLocation | UserLocationParam | None
    """Location of the user, for local results. Default: the United States."""
    type: Required[Literal["web_search_preview", "web_search_preview_2025_03_11"]]


class ComputerToolParam(TypedDict, total=False):
    """Computer use: the caller performs the model's actions."""

    type: Required[Literal["computer"]]


class ComputerUsePreviewToolParam(TypedDict, total=False):
    """Computer use in its first form: the caller performs the model's actions."""

    type: Required[Literal["computer_use_preview"]]
    display_height: Required[int]
    """The height of the screen, in pixels. Required."""
    display_width: Required[int]
    """The width of the screen, in pixels. Required."""
    environment: Required[values.ComputerUsePreviewToolEnvironment]
    """The kind of computer. Required. Known values: `windows`, `mac`, `linux`, `ubuntu`, `browser`."""


class CodeInterpreterToolParam(TypedDict, total=False):
    """Code interpreter: upstream runs Python code in a container."""

    type: Required[Literal["code_interpreter"]]
    container: Required[CodeInterpreterTool.Container | CodeInterpreterToolContainerParam]
    """The container to run in. Required."""
    allowed_callers: Sequence[values.CodeInterpreterToolAllowedCallers] | None
    """Allowed callers: the model itself (`direct`), a program that it wrote (`programmatic`). Default: `direct`. Known
    values: `direct`, `programmatic`.
    """


class CodeInterpreterToolAutoContainerParam(TypedDict, total=False):
    """A container that upstream creates, or reuses from the context."""

    type: Required[Literal["auto"]]
    file_ids: Sequence[str] | None
    """The ids of uploaded files to put into the container. Limit: 1,024 bytes each."""
    memory_limit: values.CodeInterpreterToolAutoContainerMemoryLimit | None
    """The container's memory, in gigabytes: `1g` to `64g`. Default: `1g`. Known values: `1g`, `4g`, `16g`, `64g`.
    """
    network_policy: ContainerNetworkPolicy | ContainerNetworkPolicyParam | None
    """Network access of the container. Default: none."""


class ContainerNetworkPolicyDisabledParam(TypedDict, total=False):
    """No network."""

    type: Required[Literal["disabled"]]


class ContainerNetworkPolicyAllowlistParam(TypedDict, total=False):
    """Access to some domains only."""

    type: Required[Literal["allowlist"]]
    allowed_domains: Required[Sequence[str]]
    """The allowed domains. Required."""
    domain_secrets: (
        Sequence[ContainerNetworkPolicyAllowlist.DomainSecret | ContainerNetworkPolicyAllowlistDomainSecretParam] | None
    )
    """Secrets added to requests to these domains, hidden from the model."""


class ContainerNetworkPolicyAllowlistDomainSecretParam(TypedDict, total=False):
    """A secret for requests to one domain."""

    domain: Required[str]
    """The domain. Required."""
    name: Required[str]
    """The name of the secret. Required."""
    value: Required[str]
    """The secret itself. Required. Limit: 8 KiB."""


class ImageGenerationToolParam(TypedDict, total=False):
    """Image generation, run by upstream."""

    type: Required[Literal["image_generation"]]
    action: values.ImageGenerationToolAction | None
    """Make a new image (`generate`) or change one of the input (`edit`). Default: `auto`. Known values: `generate`,
    `edit`, `auto`.
    """
    background: values.ImageGenerationToolBackground | None
    """The background: `transparent` (for `png` and `webp`), `opaque`, or `auto`. Default: `auto`. Known values:
    `transparent`, `opaque`, `auto`.
    """
    complexity: values.ImageGenerationToolComplexity | None
    """Effort for planning the image. Default: as `reasoning.effort`, or the image model's own. Known values: `low`,
    `medium`, `high`.
    """
    frame_count: int | None
    """Number of frames; only for `output_format` `gif`. Default: 9."""
    frame_duration_ms: int | None
    """Duration of a frame, in milliseconds, rounded to 10; only for `output_format` `gif`. Default: 200."""
    input_fidelity: values.ImageGenerationToolInputFidelity | None
    """Fidelity to style and faces of input images. Default: `low`. Not supported by all models. Known values: `high`,
    `low`.
    """
    input_image_mask: ImageGenerationTool.InputImageMask | ImageGenerationToolInputImageMaskParam | None
    """A mask of the area to change."""
    model: str | None
    """The image model. Default: upstream's current one. Limit: 256 bytes."""
    moderation: values.ImageGenerationToolModeration | None
    """Strictness of image moderation. Default: `auto`. Known values: `auto`, `low`."""
    output_compression: int | None
    """The compression level of `webp` and `jpeg`, 0 to 100, in percent. Default: 100."""
    output_format: values.ImageGenerationToolOutputFormat | None
    """The format of the image. Default: `png`. `gif` and `svg` only for models that support them; `gif` without
    `partial_images`, mask and compression. Known values: `png`, `webp`, `jpeg`, `gif`, `svg`.
    """
    partial_images: int | None
    """Number of partial images in a stream, 0 to 3. Default: 0."""
    quality: values.ImageGenerationToolQuality | None
    """The quality; `xhigh` and `max` only with some models. Default: `auto`. Known values: `low`, `medium`, `high`,
    `xhigh`, `max`, `auto`.
    """
    size: values.ImageGenerationToolSize | None
    """Width and height in pixels, such as `1536x864`, or `auto`. Newer models accept any size up to 3840x2160 with
    sides in multiples of 16 and a ratio of 1:3 to 3:1. Known values: `1024x1024`, `1024x1536`, `1536x1024`, `auto`.
    """
    svg: ImageGenerationTool.Svg | ImageGenerationToolSvgParam | None
    """The model that writes SVG; only for `output_format` `svg`."""
    n: int | None
    """Number of images. Undocumented; observed in responses."""


class ImageGenerationToolInputImageMaskParam(TypedDict, total=False):
    """A mask of the area to change."""

    file_id: str | None
    """The id of an uploaded file. One of `file_id`, `image_url` and `data` is required. Limit: 1,024 bytes."""
    image_url: str | None
    """The image itself; in JSON it is a `data:` URL in `image_url`."""


class ImageGenerationToolSvgParam(TypedDict, total=False):
    """The model that writes SVG."""

    model: str | None
    """The model's name. Default: the model of the response, or upstream's own choice. Limit: 256 bytes."""
    reasoning: ImageGenerationTool.Svg.Reasoning | ImageGenerationToolSvgReasoningParam | None
    """Reasoning settings of that model."""


class ImageGenerationToolSvgReasoningParam(TypedDict, total=False):
    """Reasoning settings of the model that writes SVG."""

    effort: values.ImageGenerationToolSvgReasoningEffort | None
    """The effort. Default: the model's own. Known values: `none`, `minimal`, `low`, `medium`, `high`, `xhigh`, `max`.
    """


class McpToolParam(TypedDict, total=False):
    """Tools of a remote MCP server or of a connector, called by upstream. One of `server_url`, `connector_id` and
    `tunnel_id` is required.
    """

    type: Required[Literal["mcp"]]
    server_label: Required[str]
    """The name of the server, as used in calls. Required."""
    allowed_callers: Sequence[values.McpToolAllowedCallers] | None
    """Allowed callers: the model itself (`direct`), a program that it wrote (`programmatic`). Default: `direct`. Known
    values: `direct`, `programmatic`.
    """
    allowed_tools: McpTool.AllowedTools | McpToolAllowedToolsParam | None
    """The tools of the server that the model may use. Default: all."""
    authorization: str | None
    """An OAuth access token for the server or connector; the caller obtains it. Limit: 8 KiB."""
    connector_id: values.McpToolConnectorId | None
    """A connector of OpenAI. Not supported by models released after 1 September 2026. Known values:
    `connector_dropbox`, `connector_gmail`, `connector_googlecalendar`, `connector_googledrive`,
    `connector_microsoftteams`, `connector_outlookcalendar`, `connector_outlookemail`, `connector_sharepoint`.
    """
    defer_loading: bool | None
    """Keep the server's tools out of the context until tool search finds them. Default: false."""
    headers: Mapping[str, str] | None
    """HTTP headers for the MCP server, such as credentials. Limit: 8 KiB each."""
    require_approval: McpTool.RequireApproval | McpToolRequireApprovalParam | None
    """Calls that wait for an `mcp_approval_response`. Default: `always`."""
    server_description: str | None
    """Purpose of the server, for the model."""
    server_url: str | None
    """The URL of the MCP server; upstream connects to it."""
    tunnel_id: str | None
    """The id of a Secure MCP Tunnel, instead of a URL. Limit: 1,024 bytes."""


class McpToolToolFilterParam(TypedDict, total=False):
    """A choice among a server's tools."""

    read_only: bool | None
    """Match tools that the server marks as read-only (`readOnlyHint`)."""
    tool_names: Sequence[str] | None
    """The names of the tools."""


class McpToolApprovalFilterParam(TypedDict, total=False):
    """Tools that need approval, and tools that don't."""

    always: McpTool.ToolFilter | McpToolToolFilterParam | None
    """The tools that need approval."""
    never: McpTool.ToolFilter | McpToolToolFilterParam | None
    """The tools that don't need approval."""


class LocalShellToolParam(TypedDict, total=False):
    """A shell that the caller runs, in its first form."""

    type: Required[Literal["local_shell"]]


class FunctionShellToolParam(TypedDict, total=False):
    """A shell, in a container upstream or on the caller's machine."""

    type: Required[Literal["shell"]]
    allowed_callers: Sequence[values.FunctionShellToolAllowedCallers] | None
    """Allowed callers: the model itself (`direct`), a program that it wrote (`programmatic`). Default: `direct`. Known
    values: `direct`, `programmatic`.
    """
    environment: ShellEnvironment | ShellEnvironmentParam | None
    """Environment of the commands: a container upstream, or the caller's machine."""


class ContainerAutoParam(TypedDict, total=False):
    """A container that upstream creates for the request."""

    type: Required[Literal["container_auto"]]
    file_ids: Sequence[str] | None
    """The ids of uploaded files to put into the container. Limit: 1,024 bytes each."""
    memory_limit: values.ContainerAutoMemoryLimit | None
    """The container's memory, in gigabytes: `1g` to `64g`. Default: `1g`. Known values: `1g`, `4g`, `16g`, `64g`.
    """
    network_policy: ContainerNetworkPolicy | ContainerNetworkPolicyParam | None
    """Network access of the container. Default: none."""
    skills: Sequence[Skill | SkillParam] | None
    """The skills of the container."""


class SkillReferenceParam(TypedDict, total=False):
    """A skill stored upstream."""

    type: Required[Literal["skill_reference"]]
    skill_id: Required[str]
    """The id of the skill. Required. Limit: 1,024 bytes."""
    version: str | None
    """The version: a positive number, or `latest`. Default: the skill's default version."""


class InlineSkillParam(TypedDict, total=False):
    """A skill included in the request."""

    type: Required[Literal["inline"]]
    description: Required[str]
    """Purpose of the skill. Required."""
    name: Required[str]
    """The skill's name. Required."""
    source: Required[InlineSkill.Source | InlineSkillSourceParam]
    """The files of the skill. Required."""


class InlineSkillSourceParam(TypedDict, total=False):
    """The files of a skill as an archive."""

    type: Literal["base64"] | None
    data: Required[str]
    """The bytes of the archive. Required."""
    media_type: Required[values.InlineSkillSourceMediaType]
    """The type of the archive; always `application/zip`. Required. Known values: `application/zip`."""


class LocalEnvironmentParam(TypedDict, total=False):
    """The caller's own machine: the caller runs the commands."""

    type: Required[Literal["local"]]
    skills: Sequence[LocalEnvironment.LocalSkill | LocalEnvironmentLocalSkillParam] | None
    """The skills on the machine."""


class LocalEnvironmentLocalSkillParam(TypedDict, total=False):
    """A skill on the caller's machine."""

    description: Required[str]
    """Purpose of the skill. Required."""
    name: Required[str]
    """The skill's name. Required."""
    path: Required[str]
    """The directory that holds the skill. Required."""


class ContainerReferenceParam(TypedDict, total=False):
    """An existing container upstream."""

    type: Required[Literal["container_reference"]]
    container_id: Required[str]
    """The id of the container. Required. Limit: 1,024 bytes."""


class ApplyPatchToolParam(TypedDict, total=False):
    """Patches of files (create, update, delete) that the caller applies."""

    type: Required[Literal["apply_patch"]]
    allowed_callers: Sequence[values.ApplyPatchToolAllowedCallers] | None
    """Allowed callers: the model itself (`direct`), a program that it wrote (`programmatic`). Default: `direct`. Known
    values: `direct`, `programmatic`.
    """


class ToolSearchToolParam(TypedDict, total=False):
    """A search among tools with `defer_loading`, which are not in the context."""

    type: Required[Literal["tool_search"]]
    description: str | None
    """Description of the search, for the model; only for `execution` `client`."""
    execution: values.ToolSearchToolExecution | None
    """Executor of the search: upstream (`server`) or the caller (`client`). Default: `server`. Known values: `server`,
    `client`.
    """
    parameters: Any
    """The JSON Schema of the search's arguments, as JSON text; only for `execution` `client`."""


class ProgrammaticToolCallingToolParam(TypedDict, total=False):
    """Lets the model write programs that call tools, run by upstream."""

    type: Required[Literal["programmatic_tool_calling"]]


class ChatCompletionNamedToolChoiceParam(TypedDict, total=False):
    """Call this function."""

    type: Literal["function"] | None
    function: Required[ChatCompletionNamedToolChoice.FunctionName | ChatCompletionNamedToolChoiceFunctionNameParam]
    """The function to call. Required."""


class ChatCompletionNamedToolChoiceFunctionNameParam(TypedDict, total=False):
    """A function, by its name."""

    name: Required[str]
    """The name of the function. Required."""


class ChatCompletionNamedToolChoiceCustomParam(TypedDict, total=False):
    """Call this custom tool."""

    type: Required[Literal["custom"]]
    custom: Required[
        ChatCompletionNamedToolChoiceCustom.CustomName | ChatCompletionNamedToolChoiceCustomCustomNameParam
    ]
    """The tool to call. Required."""


class ChatCompletionNamedToolChoiceCustomCustomNameParam(TypedDict, total=False):
    """A custom tool, by its name."""

    name: Required[str]
    """The name of the tool. Required."""


class WebSearchOptionsParam(TypedDict, total=False):
    """Web search settings, for search models."""

    search_context_size: values.WebSearchOptionsSearchContextSize | None
    """Share of the context window for search results. Default: `medium`. Known values: `low`, `medium`, `high`.
    """
    user_location: WebSearchOptions.UserLocation | WebSearchOptionsUserLocationParam | None
    """Location of the user, for local results. Default: unknown."""


class WebSearchOptionsUserLocationParam(TypedDict, total=False):
    """Location of the user."""

    type: Literal["approximate"] | None
    approximate: Required[WebSearchOptions.UserLocation.Approximate | WebSearchOptionsUserLocationApproximateParam]
    """The place. Required."""


class WebSearchOptionsUserLocationApproximateParam(TypedDict, total=False):
    """Approximate location of the user."""

    city: str | None
    """The city, such as `Munich`."""
    country: str | None
    """The country, as two letters of ISO 3166-1, such as `DE`."""
    region: str | None
    """The region, such as `Bavaria`."""
    timezone: str | None
    """The IANA time zone, such as `Europe/Berlin`."""


class ReasoningParam(TypedDict, total=False):
    """Effort and visible summary of reasoning."""

    effort: values.ReasoningEffort | None
    """Amount of reasoning: less is faster and uses fewer tokens. Accepted values and the default depend on the model.
    Known values: `none`, `minimal`, `low`, `medium`, `high`, `xhigh`, `max`.
    """
    context: values.ReasoningContext | None
    """Earlier reasoning that the model sees: of this turn, or of all turns. In a reply, the setting in effect.
    Default: `auto`, which leaves it to the model. Known values: `auto`, `current_turn`, `all_turns`.
    """
    generate_summary: values.ReasoningGenerateSummary | None
    """Deprecated: use `summary`. Known values: `auto`, `concise`, `detailed`."""
    mode: values.ReasoningMode | None
    """Mode of reasoning. In a reply, the mode in effect. Known values: `standard`, `pro`."""
    summary: values.ReasoningSummary | None
    """Summary of the reasoning in the reply; `auto` depends on the model. Default: none. Known values: `auto`,
    `concise`, `detailed`.
    """
    max_tokens: int | None
    """Maximum number of reasoning tokens."""
    exclude: bool | None
    """Omit the reasoning from the reply. Default: false."""
    enabled: bool | None
    """Switch for reasoning."""


class CreateChatCompletionRequestThinkingConfigParam(TypedDict, total=False):
    """Switch for reasoning. Provider extension (DeepSeek, Z.ai and others)."""

    type: values.CreateChatCompletionRequestThinkingConfigType | None
    """Switch for reasoning. Known values: `enabled`, `disabled`."""
    clear_thinking: bool | None
    """Leave out the reasoning of earlier turns."""
    budget_tokens: int | None
    """Maximum number of reasoning tokens."""


class OpenRouterRequestProviderPreferencesParam(TypedDict, total=False):
    """Preferences among providers."""

    only: Sequence[str] | None
    """Only these providers."""
    order: Sequence[str] | None
    """These providers first, in this order."""
    ignore: Sequence[str] | None
    """None of these providers."""
    allow_fallbacks: bool | None
    """Allow other providers if these can't serve the request. Default: true."""
    require_parameters: bool | None
    """Only providers that support every parameter of the request. Default: false."""
    data_collection: values.OpenRouterRequestProviderPreferencesDataCollection | None
    """Permission for the provider to keep prompts. Default: `allow`. Known values: `allow`, `deny`."""
    sort: values.OpenRouterRequestProviderPreferencesSort | None
    """Criterion for ranking providers. Known values: `price`, `throughput`, `latency`."""


class OpenRouterRequestUsageOptionsParam(TypedDict, total=False):
    """Usage reporting in the reply."""

    include: bool | None
    """Report tokens and cost."""


class OpenRouterRequestPluginConfigParam(TypedDict, total=False):
    """A plugin of the server."""

    id: values.OpenRouterRequestPluginConfigId | None
    """The id of the plugin. Known values: `web`, `file-parser`."""


class OpenRouterRequestImageConfigParam(TypedDict, total=False):
    """Settings of generated images."""

    aspect_ratio: str | None
    """Width to height, such as `16:9`."""


class ResponseMessageParam(TypedDict, total=False):
    """A message of a user, a developer or the model."""

    type: Literal["message"] | None
    content: Required[ResponseContent | ResponseContentParam]
    """The text or the parts of the message. Required."""
    role: Required[values.ResponseMessageRole]
    """The role of the author: `user`, `assistant` (the model), or `developer` and `system`, which take precedence over
    the user. Required. Known values: `user`, `system`, `developer`, `assistant`.
    """
    status: values.ResponseMessageStatus | None
    """Progress of the item; `incomplete`: it was truncated. Set by upstream. Known values: `in_progress`, `completed`,
    `incomplete`.
    """
    phase: values.ResponseMessagePhase | None
    """Phase of an assistant message: commentary on work in progress, or the final answer. Send it back unchanged;
    newer models degrade without it. Known values: `commentary`, `final_answer`.
    """
    id: str | None
    """The id of the message. Set by upstream; send it back with an assistant message. Limit: 1,024 bytes."""


class ResponseInputTextParam(TypedDict, total=False):
    """Text input."""

    type: Required[Literal["input_text"]]
    text: Required[str]
    """The text. Required."""
    prompt_cache_breakpoint: PromptCacheBreakpoint | PromptCacheBreakpointParam | None
    """Ends a prefix for the prompt cache right after this part."""


class ResponseInputImageParam(TypedDict, total=False):
    """Image input: by URL, by the id of an uploaded file, or as bytes."""

    type: Required[Literal["input_image"]]
    detail: values.ResponseInputImageDetail | None
    """Resolution at which the model sees the image: `low`, `high`, `original` (not scaled down), or `auto`. Default:
    `auto`. Known values: `low`, `high`, `auto`, `original`.
    """
    file_id: str | None
    """The id of an uploaded file. One of `file_id`, `image_url` and `data` is required. Limit: 1,024 bytes."""
    image_url: str | None
    """The image itself; in JSON it is a `data:` URL in `image_url`."""
    prompt_cache_breakpoint: PromptCacheBreakpoint | PromptCacheBreakpointParam | None
    """Ends a prefix for the prompt cache right after this part."""


class ResponseInputFileParam(TypedDict, total=False):
    """File input: by URL, by the id of an uploaded file, or as bytes."""

    type: Required[Literal["input_file"]]
    detail: values.ResponseInputFileDetail | None
    """Resolution at which pages of the file are rendered for the model: `low` is cheaper, `high` better. Default:
    `auto`, which is `high` for gpt-5.6 and later models. Known values: `auto`, `low`, `high`.
    """
    file_data: str | None
    """The file itself; in JSON it is a `data:` URL in `file_data`."""
    file_id: str | None
    """The id of an uploaded file. One of `file_id`, `file_url`, `file_data` and `data` is required. Limit: 1,024
    bytes.
    """
    file_url: str | None
    """The URL that upstream fetches the file from."""
    filename: str | None
    """The name of the file; its extension gives the format. Required with `file_data` and `data`."""
    prompt_cache_breakpoint: PromptCacheBreakpoint | PromptCacheBreakpointParam | None
    """Ends a prefix for the prompt cache right after this part."""


class ResponseInputAudioParam(TypedDict, total=False):
    """Audio input. Observed in requests; OpenAI's SDK declares it for graders only."""

    type: Required[Literal["input_audio"]]
    input_audio: Required[ResponseInputAudio.InputAudio | ResponseInputAudioInputAudioParam]
    """The audio. Required."""


class ResponseInputAudioInputAudioParam(TypedDict, total=False):
    """Audio data and its format."""

    data: Required[str]
    """The audio, encoded in `format`. Required."""
    format: Required[values.ResponseInputAudioInputAudioFormat]
    """The format of the bytes: `wav` or `mp3`. Required. Known values: `wav`, `mp3`."""


class ResponseOutputTextParam(TypedDict, total=False):
    """Text output of the model."""

    type: Required[Literal["output_text"]]
    annotations: Sequence[ResponseAnnotation | ResponseAnnotationParam] | None
    """Annotations of the text: citations and files."""
    text: str | None
    """The text."""
    logprobs: Sequence[ResponseLogprob | ResponseLogprobParam] | None
    """Log probabilities of the tokens, if `include` has `message.output_text.logprobs`."""


class ResponseFileCitationParam(TypedDict, total=False):
    """A citation of a file that was searched."""

    type: Required[Literal["file_citation"]]
    file_id: str | None
    """The id of the file. Limit: 1,024 bytes."""
    filename: str | None
    """The name of the file."""
    index: int | None
    """Position of the citation in the text, in characters from 0."""


class ResponseUrlCitationParam(TypedDict, total=False):
    """A citation of a web page."""

    type: Required[Literal["url_citation"]]
    end_index: int | None
    """End of the citation in the text, in characters, exclusive."""
    start_index: int | None
    """Start of the citation in the text, in characters from 0."""
    title: str | None
    """The title of the page."""
    url: str | None
    """The URL of the page."""


class ResponseContainerFileCitationParam(TypedDict, total=False):
    """A citation of a file that code created in a container."""

    type: Required[Literal["container_file_citation"]]
    container_id: str | None
    """The id of the container. Limit: 1,024 bytes."""
    end_index: int | None
    """End of the citation in the text, in characters, exclusive; 0 if it has no position."""
    file_id: str | None
    """The id of the file in the container. Limit: 1,024 bytes."""
    filename: str | None
    """The name of the file."""
    start_index: int | None
    """Start of the citation in the text, in characters from 0."""


class ResponseFilePathParam(TypedDict, total=False):
    """A file created by the model."""

    type: Required[Literal["file_path"]]
    file_id: str | None
    """The id of the file. Limit: 1,024 bytes."""
    index: int | None
    """The file's index in the list of files, from 0."""


class ResponseLogprobParam(TypedDict, total=False):
    """Log probability of a token."""

    token: str | None
    """The token, as text."""
    bytes: Sequence[int] | None
    """The token's UTF-8 bytes, one number (0 to 255) a byte; a character may span several tokens."""
    logprob: float | None
    """The natural logarithm of the token's probability, 0 or less."""
    top_logprobs: Sequence[ResponseLogprob.TopLogprob | ResponseLogprobTopLogprobParam] | None
    """The most likely tokens at this position, as many as `top_logprobs` of the request."""


class ResponseLogprobTopLogprobParam(TypedDict, total=False):
    """An alternative token at the same position."""

    token: str | None
    """The token, as text."""
    bytes: Sequence[int] | None
    """The token's UTF-8 bytes, one number (0 to 255) a byte."""
    logprob: float | None
    """The natural logarithm of the token's probability, 0 or less."""


class ResponseOutputRefusalParam(TypedDict, total=False):
    """The model's refusal."""

    type: Required[Literal["refusal"]]
    refusal: str | None
    """The model's explanation of the refusal."""


class ResponseReasoningTextParam(TypedDict, total=False):
    """Text of the model's reasoning, from open models."""

    type: Required[Literal["reasoning_text"]]
    text: str | None
    """The text."""


class ResponseSummaryTextParam(TypedDict, total=False):
    """A part of the summary of the model's reasoning."""

    type: Required[Literal["summary_text"]]
    text: str | None
    """The text."""


class ResponseTextParam(TypedDict, total=False):
    """A text of a message of a conversation."""

    type: Required[Literal["text"]]
    text: str | None
    """The text."""


class ResponseComputerScreenshotParam(TypedDict, total=False):
    """A screenshot of a computer, in a message of a conversation."""

    type: Required[Literal["computer_screenshot"]]
    detail: values.ResponseComputerScreenshotDetail | None
    """Level of detail that the model sees it in. Known values: `low`, `high`, `auto`, `original`."""
    file_id: str | None
    """The id of the uploaded file that it is. Limit: 1,024 bytes."""
    image_url: str | None
    """The URL of the image, or a data URL."""
    prompt_cache_breakpoint: PromptCacheBreakpoint | PromptCacheBreakpointParam | None
    """A breakpoint of the prompt cache after it."""


_ResponseFunctionToolCallParam = TypedDict("_ResponseFunctionToolCallParam", {"async": "bool | None"}, total=False)


class ResponseFunctionToolCallParam(_ResponseFunctionToolCallParam, total=False):
    """A function call requested by the model, run by the caller."""

    type: Required[Literal["function_call"]]
    arguments: Required[str]
    """The arguments as JSON text, as generated; may be invalid. Required."""
    call_id: Required[str]
    """The id of the call, for its output. Required."""
    name: Required[str]
    """The function's name. Required."""
    id: str | None
    """The id of the item. Set by upstream. Limit: 1,024 bytes."""
    caller: ToolCaller | ToolCallerParam | None
    """The caller of the tool: the model itself, or a program that it wrote. An output has the caller of its call.
    """
    namespace: str | None
    """The namespace of the function, if any."""
    status: values.ResponseFunctionToolCallStatus | None
    """Progress of the item; `incomplete`: it was truncated. Set by upstream. Known values: `in_progress`, `completed`,
    `incomplete`.
    """
    created_by: str | None
    """The id of the creator of the item. Set by upstream."""


class ToolCallerDirectCallerParam(TypedDict, total=False):
    """The model itself."""

    type: Required[Literal["direct"]]


class ToolCallerProgramCallerParam(TypedDict, total=False):
    """A program that the model wrote."""

    type: Required[Literal["program"]]
    caller_id: Required[str]
    """The `call_id` of the program. Required."""


class ResponseFunctionToolCallOutputParam(TypedDict, total=False):
    """The result of a function call, from the caller."""

    type: Required[Literal["function_call_output"]]
    output: Required[ResponseContent | ResponseContentParam]
    """The result: a string, often JSON, or parts of text, images and files. Required."""
    id: str | None
    """The id of the item. Set by upstream. Limit: 1,024 bytes."""
    call_id: str | None
    """The `call_id` of the call. Required, except for an output without a call."""
    caller: ToolCaller | ToolCallerParam | None
    """The caller of the tool: the model itself, or a program that it wrote. An output has the caller of its call.
    """
    name: str | None
    """The function's name."""
    namespace: str | None
    """The namespace of the function, if any."""
    status: values.ResponseFunctionToolCallOutputStatus | None
    """Progress of the item; `incomplete`: it was truncated. Set by upstream. Known values: `in_progress`, `completed`,
    `incomplete`.
    """
    created_by: str | None
    """The id of the creator of the item. Set by upstream."""


class ResponseReasoningItemParam(TypedDict, total=False):
    """The model's reasoning. Send it back with later turns if the caller keeps the context."""

    type: Required[Literal["reasoning"]]
    id: Required[str]
    """The id of the item. Required. Limit: 1,024 bytes."""
    summary: Required[Sequence[ResponseSummaryText | ResponseSummaryTextParam]]
    """The summary, if `reasoning.summary` of the request asked for it; may be empty. Required."""
    content: Sequence[ResponseReasoningText | ResponseReasoningTextParam] | None
    """The reasoning text, from models that return it."""
    encrypted_content: str | None
    """The reasoning, encrypted by upstream. In a stream, only the item of `output_item_done` has it complete.
    """
    status: values.ResponseReasoningItemStatus | None
    """Progress of the item; `incomplete`: it was truncated. Set by upstream. Known values: `in_progress`, `completed`,
    `incomplete`.
    """


_ResponseCustomToolCallParam = TypedDict("_ResponseCustomToolCallParam", {"async": "bool | None"}, total=False)


class ResponseCustomToolCallParam(_ResponseCustomToolCallParam, total=False):
    """A custom tool call requested by the model, run by the caller."""

    type: Required[Literal["custom_tool_call"]]
    call_id: Required[str]
    """The id of the call, for its output. Required."""
    input: Required[str]
    """The input, in the tool's format. Required."""
    name: Required[str]
    """The tool's name. Required."""
    id: str | None
    """The id of the item. Set by upstream. Limit: 1,024 bytes."""
    caller: ToolCaller | ToolCallerParam | None
    """The caller of the tool: the model itself, or a program that it wrote. An output has the caller of its call.
    """
    namespace: str | None
    """The namespace of the tool, if any."""
    status: values.ResponseCustomToolCallStatus | None
    """Progress of the item; `incomplete`: it was truncated. Set by upstream. Known values: `in_progress`, `completed`,
    `incomplete`.
    """
    created_by: str | None
    """The creator of the item. In replies only."""


class ResponseCustomToolCallOutputParam(TypedDict, total=False):
    """The result of a call of a custom tool, from the caller."""

    type: Required[Literal["custom_tool_call_output"]]
    call_id: Required[str]
    """The `call_id` of the call. Required."""
    output: Required[ResponseContent | ResponseContentParam]
    """The result: a string, or parts of text, images and files. Required."""
    id: str | None
    """The id of the item. Set by upstream. Limit: 1,024 bytes."""
    caller: ToolCaller | ToolCallerParam | None
    """The caller of the tool: the model itself, or a program that it wrote. An output has the caller of its call.
    """
    status: values.ResponseCustomToolCallOutputStatus | None
    """Progress of the item; `incomplete`: it was truncated. Set by upstream. Known values: `in_progress`, `completed`,
    `incomplete`.
    """
    created_by: str | None
    """The id of the creator of the item. Set by upstream."""


class ResponseFileSearchToolCallParam(TypedDict, total=False):
    """A search in vector stores, run by upstream."""

    type: Required[Literal["file_search_call"]]
    id: Required[str]
    """The id of the item. Required. Limit: 1,024 bytes."""
    queries: Required[Sequence[str]]
    """The search queries. Required."""
    status: Required[values.ResponseFileSearchToolCallStatus]
    """Progress of the search. Required. Known values: `in_progress`, `searching`, `completed`, `incomplete`, `failed`.
    """
    results: Sequence[ResponseFileSearchToolCall.Result | ResponseFileSearchToolCallResultParam] | None
    """The results, if `include` has `file_search_call.results`."""


class ResponseFileSearchToolCallResultParam(TypedDict, total=False):
    """A matching passage of a file."""

    attributes: Mapping[str, ResponseFileSearchToolCall.AttributeValue | str | bool | float] | None
    """The file's attributes. At most 16; keys up to 64 characters; values are strings up to 512 characters, numbers or
    booleans.
    """
    file_id: str | None
    """The id of the file. Limit: 1,024 bytes."""
    filename: str | None
    """The name of the file."""
    score: float | None
    """Relevance, 0 to 1."""
    text: str | None
    """The text of the passage."""
    vector_store_id: str | None
    """The id of the file's vector store. Undocumented; observed in responses. Limit: 1,024 bytes."""


class ResponseFunctionWebSearchParam(TypedDict, total=False):
    """A step of a web search, run by upstream."""

    type: Required[Literal["web_search_call"]]
    id: Required[str]
    """The id of the item. Required. Limit: 1,024 bytes."""
    action: ResponseFunctionWebSearch.Action | ResponseFunctionWebSearchActionParam | None
    """The action. Required in a request; absent while the search runs."""
    status: Required[values.ResponseFunctionWebSearchStatus]
    """Progress of the step. Required. Known values: `in_progress`, `searching`, `completed`, `failed`, `incomplete`.
    """


class ResponseFunctionWebSearchSearchParam(TypedDict, total=False):
    """A query to the search engine."""

    type: Required[Literal["search"]]
    queries: Sequence[str] | None
    """The search queries."""
    query: str | None
    """The query, if there is only one."""
    sources: Sequence[ResponseFunctionWebSearch.Search.Source | ResponseFunctionWebSearchSearchSourceParam] | None
    """The pages used, if `include` has `web_search_call.action.sources`."""


class ResponseFunctionWebSearchSearchSourceParam(TypedDict, total=False):
    """A source of a search."""

    type: values.ResponseFunctionWebSearchSearchSourceType | None
    """The kind of source: `url` is a page; others occur, such as `api`. Known values: `url`."""
    url: Required[str]
    """The URL of the page. Required."""
    name: str | None
    """The name of a source that is not a page, such as `oai-weather`. Undocumented; observed in responses."""


class ResponseFunctionWebSearchOpenPageParam(TypedDict, total=False):
    """Opens a page."""

    type: Required[Literal["open_page"]]
    url: str | None
    """The URL of the page."""


class ResponseFunctionWebSearchFindParam(TypedDict, total=False):
    """Searches within a page."""

    type: Required[Literal["find_in_page"]]
    pattern: Required[str]
    """The text to find. Required."""
    url: Required[str]
    """The URL of the page. Required."""


class ResponseComputerToolCallParam(TypedDict, total=False):
    """Computer actions requested by the model, performed by the caller."""

    type: Required[Literal["computer_call"]]
    id: Required[str]
    """The id of the item. Required. Limit: 1,024 bytes."""
    call_id: Required[str]
    """The id of the call, for its output. Required."""
    pending_safety_checks: Sequence[SafetyCheck | SafetyCheckParam] | None
    """Warnings that the output must acknowledge before the model continues. Required, may be empty."""
    status: Required[values.ResponseComputerToolCallStatus]
    """Progress of the item. Required. Known values: `in_progress`, `completed`, `incomplete`."""
    action: ComputerAction | ComputerActionParam | None
    """The action; only for `computer_use_preview`."""
    actions: Sequence[ComputerAction | ComputerActionParam] | None
    """The actions, in order; only for `computer`."""


class SafetyCheckParam(TypedDict, total=False):
    """A warning about actions on a computer."""

    id: Required[str]
    """The id of the warning. Required."""
    code: str | None
    """The kind of warning."""
    message: str | None
    """The warning, for people."""


class ComputerActionClickActionParam(TypedDict, total=False):
    """A click of the mouse."""

    type: Required[Literal["click"]]
    button: Required[values.ComputerActionClickActionButton]
    """The button; `wheel` is the middle one. Required. Known values: `left`, `right`, `wheel`, `back`, `forward`.
    """
    x: Required[int]
    """The horizontal position, in pixels. Required."""
    y: Required[int]
    """The vertical position, in pixels. Required."""
    keys: Sequence[str] | None
    """Modifier keys held during the action."""


class ComputerActionDoubleClickActionParam(TypedDict, total=False):
    """A double click of the mouse."""

    type: Required[Literal["double_click"]]
    keys: Sequence[str] | None
    """Modifier keys held during the action."""
    x: Required[int]
    """The horizontal position, in pixels. Required."""
    y: Required[int]
    """The vertical position, in pixels. Required."""


class ComputerActionDragActionParam(TypedDict, total=False):
    """A drag of the mouse with its button down."""

    type: Required[Literal["drag"]]
    path: Required[Sequence[ComputerAction.DragAction.Point | ComputerActionDragActionPointParam]]
    """The points of the path, in order. Required."""
    keys: Sequence[str] | None
    """Modifier keys held during the action."""


class ComputerActionDragActionPointParam(TypedDict, total=False):
    """A point on the screen."""

    x: Required[int]
    """The horizontal position, in pixels. Required."""
    y: Required[int]
    """The vertical position, in pixels. Required."""


class ComputerActionKeypressActionParam(TypedDict, total=False):
    """Keys pressed together."""

    type: Required[Literal["keypress"]]
    keys: Required[Sequence[str]]
    """The names of the keys. Required."""


class ComputerActionMoveActionParam(TypedDict, total=False):
    """A move of the mouse."""

    type: Required[Literal["move"]]
    x: Required[int]
    """The horizontal position to move to, in pixels. Required."""
    y: Required[int]
    """The vertical position to move to, in pixels. Required."""
    keys: Sequence[str] | None
    """Modifier keys held during the action."""


class ComputerActionScreenshotActionParam(TypedDict, total=False):
    """A screenshot, without an action."""

    type: Required[Literal["screenshot"]]


class ComputerActionScrollActionParam(TypedDict, total=False):
    """A turn of the mouse wheel."""

    type: Required[Literal["scroll"]]
    scroll_x: Required[int]
    """Horizontal distance in pixels, positive to the right. Required."""
    scroll_y: Required[int]
    """Vertical distance in pixels, positive down. Required."""
    x: Required[int]
    """The horizontal position of the mouse, in pixels. Required."""
    y: Required[int]
    """The vertical position of the mouse, in pixels. Required."""
    keys: Sequence[str] | None
    """Modifier keys held during the action."""


class ComputerActionTypeActionParam(TypedDict, total=False):
    """Text typed in."""

    type: Required[Literal["type"]]
    text: Required[str]
    """The text. Required."""


class ComputerActionWaitActionParam(TypedDict, total=False):
    """A pause."""

    type: Required[Literal["wait"]]


class ResponseComputerToolCallOutputParam(TypedDict, total=False):
    """Screenshot after the actions, from the caller."""

    type: Required[Literal["computer_call_output"]]
    call_id: Required[str]
    """The `call_id` of the call. Required."""
    output: Required[ResponseComputerToolCallOutput.Screenshot | ResponseComputerToolCallOutputScreenshotParam]
    """The screenshot. Required."""
    id: str | None
    """The id of the item. Set by upstream. Limit: 1,024 bytes."""
    acknowledged_safety_checks: Sequence[SafetyCheck | SafetyCheckParam] | None
    """Warnings of the call acknowledged by the caller."""
    status: values.ResponseComputerToolCallOutputStatus | None
    """Progress of the item; `incomplete`: it was truncated. Set by upstream. Known values: `in_progress`, `completed`,
    `incomplete`, `failed`.
    """
    created_by: str | None
    """The id of the creator of the item. Set by upstream."""


class ResponseComputerToolCallOutputScreenshotParam(TypedDict, total=False):
    """A picture of the screen."""

    type: Literal["computer_screenshot"] | None
    file_id: str | None
    """The id of an uploaded file. One of `file_id`, `image_url` and `data` is required. Limit: 1,024 bytes."""
    image_url: str | None
    """The image itself; in JSON it is a `data:` URL in `image_url`."""


class ResponseCodeInterpreterToolCallParam(TypedDict, total=False):
    """Python code that the model wrote and upstream ran."""

    type: Required[Literal["code_interpreter_call"]]
    id: Required[str]
    """The id of the item. Required. Limit: 1,024 bytes."""
    code: str | None
    """The code; absent if unavailable."""
    container_id: Required[str]
    """The id of the container. Required. Limit: 1,024 bytes."""
    outputs: Sequence[ResponseCodeInterpreterToolCall.Output | ResponseCodeInterpreterToolCallOutputParam] | None
    """Outputs of the code, if `include` has `code_interpreter_call.outputs`."""
    status: Required[values.ResponseCodeInterpreterToolCallStatus]
    """Progress of the call; `interpreting`: the code is running. Required. Known values: `in_progress`, `completed`,
    `incomplete`, `interpreting`, `failed`.
    """


class ResponseCodeInterpreterToolCallLogsParam(TypedDict, total=False):
    """Printed output."""

    type: Required[Literal["logs"]]
    logs: Required[str]
    """The text. Required."""


class ResponseCodeInterpreterToolCallImageParam(TypedDict, total=False):
    """An image created by the code."""

    type: Required[Literal["image"]]
    url: Required[str]
    """The URL of the image. Required."""


class ResponseImageGenerationCallParam(TypedDict, total=False):
    """An image generated by an image model upstream."""

    type: Required[Literal["image_generation_call"]]
    id: Required[str]
    """The id of the item. Required. Limit: 1,024 bytes."""
    result: str | None
    """The image, encoded in `output_format`; absent until it is complete."""
    status: Required[values.ResponseImageGenerationCallStatus]
    """Progress of the image. Required. Known values: `in_progress`, `completed`, `generating`, `failed`."""
    action: values.ResponseImageGenerationCallAction | None
    """The action: a new image (`generate`) or a changed one (`edit`). Known values: `generate`, `edit`, `auto`.
    """
    background: values.ResponseImageGenerationCallBackground | None
    """The background. Known values: `transparent`, `opaque`, `auto`."""
    error: ResponseImageGenerationCall.Error | ResponseImageGenerationCallErrorParam | None
    """The moderation error, if the image was blocked."""
    output_format: values.ResponseImageGenerationCallOutputFormat | None
    """The format of the image. Known values: `png`, `webp`, `jpeg`, `gif`, `svg`."""
    quality: values.ResponseImageGenerationCallQuality | None
    """The quality. Known values: `low`, `medium`, `high`, `xhigh`, `max`, `auto`."""
    revised_prompt: str | None
    """The prompt as rewritten by the model."""
    size: values.ResponseImageGenerationCallSize | None
    """Width and height in pixels, such as `1536x864`. Known values: `1024x1024`, `1024x1536`, `1536x1024`."""
    svg_usage: ResponseImageGenerationCall.SvgUsage | ResponseImageGenerationCallSvgUsageParam | None
    """The tokens of the model that wrote the SVG."""


class ResponseImageGenerationCallErrorParam(TypedDict, total=False):
    """Moderation error of an image."""

    code: str | None
    """The code, such as `moderation_blocked`."""
    message: Required[str]
    """The reason, for people. Required."""
    param: str | None
    """The parameter of the request that caused the error, if any."""
    type: Required[str]
    """The kind of error. Required."""
    moderation_details: (
        ResponseImageGenerationCall.Error.ModerationDetails
        | ResponseImageGenerationCallErrorModerationDetailsParam
        | None
    )
    """Details of moderation; only for `moderation_blocked`."""


class ResponseImageGenerationCallErrorModerationDetailsParam(TypedDict, total=False):
    """Details of moderation."""

    categories: Required[Sequence[str]]
    """The categories of moderation. Required."""
    moderation_stage: Required[values.ResponseImageGenerationCallErrorModerationDetailsModerationStage]
    """The blocked side: `input` or `output`. Required. Known values: `input`, `output`, `unknown`."""


class ResponseImageGenerationCallSvgUsageParam(TypedDict, total=False):
    """The tokens of the model that wrote the SVG."""

    input_tokens: int | None
    """Input tokens."""
    model: str | None
    """The model's name."""
    output_tokens: int | None
    """Output tokens, reasoning included."""
    reasoning_tokens: int | None
    """Reasoning tokens."""
    total_tokens: int | None
    """Input and output tokens together."""


class ResponseMcpListToolsParam(TypedDict, total=False):
    """The tools of an MCP server, as listed by upstream. Sending it back avoids listing them again."""

    type: Required[Literal["mcp_list_tools"]]
    id: Required[str]
    """The id of the item. Required. Limit: 1,024 bytes."""
    server_label: Required[str]
    """The name of the server, as `McpTool.server_label`. Required."""
    tools: Required[Sequence[ResponseMcpListTools.Tool | ResponseMcpListToolsToolParam]]
    """The tools. Required."""
    error: str | None
    """The error, if the tools could not be listed."""


class ResponseMcpListToolsToolParam(TypedDict, total=False):
    """A tool of an MCP server."""

    input_schema: Required[Any]
    """The JSON Schema of the arguments, as JSON text. Required."""
    name: Required[str]
    """The tool's name. Required."""
    annotations: Any
    """The server's annotations of the tool, such as `readOnlyHint`, as JSON text."""
    description: str | None
    """Description of the tool."""


class ResponseMcpCallParam(TypedDict, total=False):
    """A call of an MCP server's tool, run by upstream."""

    type: Required[Literal["mcp_call"]]
    id: Required[str]
    """The id of the item. Required. Limit: 1,024 bytes."""
    arguments: Required[str]
    """The arguments as JSON text. Required."""
    name: Required[str]
    """The tool's name. Required."""
    server_label: Required[str]
    """The name of the server. Required."""
    approval_request_id: str | None
    """The id of the `mcp_approval_request` for the call, if any. Limit: 1,024 bytes."""
    error: McpError | McpErrorParam | None
    """The error, if the call failed."""
    output: str | None
    """The tool's output, if it did not fail."""
    status: values.ResponseMcpCallStatus | None
    """Progress of the call; `calling`: the server is running the tool. Known values: `in_progress`, `completed`,
    `incomplete`, `calling`, `failed`.
    """


class McpErrorProtocolErrorParam(TypedDict, total=False):
    """An error of the MCP protocol."""

    type: Required[Literal["mcp_protocol_error"]]
    code: Required[int]
    """The JSON-RPC error code. Required."""
    message: Required[str]
    """The reason, for people. Required."""


class McpErrorToolExecutionErrorParam(TypedDict, total=False):
    """An error that the tool itself reported."""

    type: Required[Literal["mcp_tool_execution_error"]]
    content: Required[Any]
    """The tool's output, as JSON text. Required."""


class McpErrorHttpErrorParam(TypedDict, total=False):
    """An HTTP error of the server."""

    type: Required[Literal["http_error"]]
    code: Required[int]
    """The HTTP status. Required."""
    message: Required[str]
    """The reason, for people. Required."""


class ResponseMcpApprovalRequestParam(TypedDict, total=False):
    """A call of an MCP server's tool that waits for an `mcp_approval_response`."""

    type: Required[Literal["mcp_approval_request"]]
    id: Required[str]
    """The id of the item, for the answer. Required. Limit: 1,024 bytes."""
    arguments: Required[str]
    """The arguments as JSON text. Required."""
    name: Required[str]
    """The tool's name. Required."""
    server_label: Required[str]
    """The name of the server. Required."""


class ResponseMcpApprovalResponseParam(TypedDict, total=False):
    """The answer to an `mcp_approval_request`, from the caller."""

    type: Required[Literal["mcp_approval_response"]]
    approval_request_id: Required[str]
    """The `id` of the request. Required. Limit: 1,024 bytes."""
    approve: Required[bool]
    """Approval of the call. Required."""
    id: str | None
    """The id of the item. Set by upstream. Limit: 1,024 bytes."""
    reason: str | None
    """The reason, for the model."""


class ResponseLocalShellCallParam(TypedDict, total=False):
    """A shell command requested by the model, in its first form, run by the caller."""

    type: Required[Literal["local_shell_call"]]
    id: Required[str]
    """The id of the item. Required. Limit: 1,024 bytes."""
    action: Required[ResponseLocalShellCall.Action | ResponseLocalShellCallActionParam]
    """The command. Required."""
    call_id: Required[str]
    """The id of the call. Required."""
    status: Required[values.ResponseLocalShellCallStatus]
    """Progress of the item. Required. Known values: `in_progress`, `completed`, `incomplete`."""


class ResponseLocalShellCallActionParam(TypedDict, total=False):
    """A command to run."""

    type: Literal["exec"] | None
    command: Required[Sequence[str]]
    """The program and its arguments. Required."""
    env: Mapping[str, str] | None
    """Environment variables for it. Required, may be empty."""
    timeout_ms: int | None
    """Timeout in milliseconds. Default: no limit."""
    user: str | None
    """The user to run it as. Default: the caller's choice."""
    working_directory: str | None
    """The directory to run it in. Default: the caller's choice."""


class ResponseLocalShellCallOutputParam(TypedDict, total=False):
    """The result of a shell command, in its first form, from the caller."""

    type: Required[Literal["local_shell_call_output"]]
    id: Required[str]
    """The `call_id` of the call. Required. Limit: 1,024 bytes."""
    output: Required[str]
    """The result as JSON text. Required."""
    status: values.ResponseLocalShellCallOutputStatus | None
    """Progress of the item; `incomplete`: it was truncated. Set by upstream. Known values: `in_progress`, `completed`,
    `incomplete`.
    """


class ResponseFunctionShellToolCallParam(TypedDict, total=False):
    """Shell commands requested by the model, run by upstream or the caller."""

    type: Required[Literal["shell_call"]]
    id: str | None
    """The id of the item. Set by upstream. Limit: 1,024 bytes."""
    action: Required[ResponseFunctionShellToolCall.Action | ResponseFunctionShellToolCallActionParam]
    """The commands and their limits. Required."""
    call_id: Required[str]
    """The id of the call, for its output. Required."""
    environment: ShellEnvironment | ShellEnvironmentParam | None
    """Environment of the commands."""
    status: values.ResponseFunctionShellToolCallStatus | None
    """Progress of the item; `incomplete`: it was truncated. Set by upstream. Known values: `in_progress`, `completed`,
    `incomplete`.
    """
    caller: ToolCaller | ToolCallerParam | None
    """The caller of the tool: the model itself, or a program that it wrote. An output has the caller of its call.
    """
    created_by: str | None
    """The id of the creator of the item. Set by upstream."""


class ResponseFunctionShellToolCallActionParam(TypedDict, total=False):
    """Commands and their limits."""

    commands: Required[Sequence[str]]
    """The commands, in order. Required."""
    max_output_length: int | None
    """Maximum length of the output (stdout and stderr), in characters. Default: no limit."""
    timeout_ms: int | None
    """Timeout of the commands, in milliseconds. Default: no limit."""


class ResponseFunctionShellToolCallOutputParam(TypedDict, total=False):
    """The results of shell commands."""

    type: Required[Literal["shell_call_output"]]
    id: str | None
    """The id of the item. Set by upstream. Limit: 1,024 bytes."""
    call_id: Required[str]
    """The `call_id` of the call. Required."""
    max_output_length: int | None
    """The `max_output_length` of the call, in characters; send it back unchanged."""
    output: Required[Sequence[ShellCallOutputContent | ShellCallOutputContentParam]]
    """Outputs of the commands. Required."""
    status: values.ResponseFunctionShellToolCallOutputStatus | None
    """Progress of the item; `incomplete`: it was truncated. Set by upstream. Known values: `in_progress`, `completed`,
    `incomplete`.
    """
    caller: ToolCaller | ToolCallerParam | None
    """The caller of the tool: the model itself, or a program that it wrote. An output has the caller of its call.
    """
    created_by: str | None
    """The id of the creator of the item. Set by upstream."""


class ShellCallOutputContentParam(TypedDict, total=False):
    """Output of one command."""

    outcome: Required[ShellCallOutputContent.Outcome | ShellCallOutputContentOutcomeParam]
    """Outcome of the command. Required."""
    stderr: Required[str]
    """Its standard error. Required."""
    stdout: Required[str]
    """Its standard output. Required."""
    created_by: str | None
    """The id of the creator of the item. Set by upstream."""


class ShellCallOutputContentExitParam(TypedDict, total=False):
    """The command exited."""

    type: Required[Literal["exit"]]
    exit_code: Required[int]
    """The exit code; 0 is success. Required."""


class ShellCallOutputContentTimeoutParam(TypedDict, total=False):
    """The command was stopped at `timeout_ms`."""

    type: Required[Literal["timeout"]]


class ResponseApplyPatchToolCallParam(TypedDict, total=False):
    """A file change requested by the model, applied by the caller."""

    type: Required[Literal["apply_patch_call"]]
    call_id: Required[str]
    """The id of the call, for its output. Required."""
    operation: Required[ResponseApplyPatchToolCall.Operation | ResponseApplyPatchToolCallOperationParam]
    """The operation on the file. Required."""
    status: Required[values.ResponseApplyPatchToolCallStatus]
    """Progress of the item. Required. Known values: `in_progress`, `completed`."""
    id: str | None
    """The id of the item. Set by upstream. Limit: 1,024 bytes."""
    caller: ToolCaller | ToolCallerParam | None
    """The caller of the tool: the model itself, or a program that it wrote. An output has the caller of its call.
    """
    created_by: str | None
    """The id of the creator of the item. Set by upstream."""


class ResponseApplyPatchToolCallCreateFileParam(TypedDict, total=False):
    """A new file."""

    type: Required[Literal["create_file"]]
    diff: Required[str]
    """The content of the file, as a diff. Required."""
    path: Required[str]
    """The path of the file, from the root of the workspace. Required."""


class ResponseApplyPatchToolCallUpdateFileParam(TypedDict, total=False):
    """A change of a file."""

    type: Required[Literal["update_file"]]
    diff: Required[str]
    """The change, as a unified diff. Required."""
    path: Required[str]
    """The path of the file, from the root of the workspace. Required."""


class ResponseApplyPatchToolCallDeleteFileParam(TypedDict, total=False):
    """The removal of a file."""

    type: Required[Literal["delete_file"]]
    path: Required[str]
    """The path of the file, from the root of the workspace. Required."""


class ResponseApplyPatchToolCallOutputParam(TypedDict, total=False):
    """The result of a change of a file, from the caller."""

    type: Required[Literal["apply_patch_call_output"]]
    call_id: Required[str]
    """The `call_id` of the call. Required."""
    status: Required[values.ResponseApplyPatchToolCallOutputStatus]
    """Outcome of the change. Required. Known values: `completed`, `failed`."""
    id: str | None
    """The id of the item. Set by upstream. Limit: 1,024 bytes."""
    caller: ToolCaller | ToolCallerParam | None
    """The caller of the tool: the model itself, or a program that it wrote. An output has the caller of its call.
    """
    output: str | None
    """Output of the caller's tool: a log, or the error."""
    created_by: str | None
    """The id of the creator of the item. Set by upstream."""


class ResponseToolSearchCallParam(TypedDict, total=False):
    """A search among deferred tools, which are not in the context."""

    type: Required[Literal["tool_search_call"]]
    id: str | None
    """The id of the item. Set by upstream. Limit: 1,024 bytes."""
    arguments: Required[Any]
    """The search arguments, as JSON text. Required."""
    call_id: str | None
    """The id of the call, for its output. Absent if upstream searches."""
    execution: values.ResponseToolSearchCallExecution | None
    """Executor of the search: upstream (`server`) or the caller (`client`). Known values: `server`, `client`.
    """
    status: values.ResponseToolSearchCallStatus | None
    """Progress of the item; `incomplete`: it was truncated. Set by upstream. Known values: `in_progress`, `completed`,
    `incomplete`.
    """
    created_by: str | None
    """The id of the creator of the item. Set by upstream."""


class ResponseToolSearchOutputParam(TypedDict, total=False):
    """Tools found by a search; they are in the context from here on."""

    type: Required[Literal["tool_search_output"]]
    id: str | None
    """The id of the item. Set by upstream. Limit: 1,024 bytes."""
    call_id: str | None
    """The `call_id` of the call. Absent if upstream searched."""
    execution: values.ResponseToolSearchOutputExecution | None
    """Executor of the search: upstream (`server`) or the caller (`client`). Known values: `server`, `client`.
    """
    status: values.ResponseToolSearchOutputStatus | None
    """Progress of the item; `incomplete`: it was truncated. Set by upstream. Known values: `in_progress`, `completed`,
    `incomplete`.
    """
    tools: Required[Sequence[ResponseTool | ResponseToolParam]]
    """The tools. Required."""
    created_by: str | None
    """The id of the creator of the item. Set by upstream."""


class ResponseAdditionalToolsParam(TypedDict, total=False):
    """Tools available to the model from this item on."""

    type: Required[Literal["additional_tools"]]
    role: Required[values.ResponseAdditionalToolsRole]
    """The role that adds the tools; in a request only `developer`. Required. Known values: `developer`, `unknown`,
    `user`, `assistant`, `system`, `critic`, `discriminator`, `tool`.
    """
    tools: Required[Sequence[ResponseTool | ResponseToolParam]]
    """The tools. Required."""
    id: str | None
    """The id of the item. Set by upstream. Limit: 1,024 bytes."""


class ResponseConfigurationUpdateParam(TypedDict, total=False):
    """Settings for the responses after this item, until the next such item."""

    type: Required[Literal["configuration_update"]]
    id: str | None
    """The id of the item. Set by upstream. Limit: 1,024 bytes."""
    reasoning: Reasoning | ReasoningParam | None
    """The reasoning settings; only `effort` is used."""
    text: ResponseTextConfig | ResponseTextConfigParam | None
    """The text settings; only `format` is used, `text` or `json_schema`."""


class ResponseTextConfigParam(TypedDict, total=False):
    """The format and the verbosity of the text."""

    format: ResponseTextConfig.Format | ResponseTextConfigFormatParam | None
    """The format. Default: plain text."""
    verbosity: values.ResponseTextConfigVerbosity | None
    """Length of answers: `low`, `medium` or `high`. Default: `medium`. Known values: `low`, `medium`, `high`.
    """


class ResponseTextConfigJsonSchemaParam(TypedDict, total=False):
    """JSON that conforms to a schema (structured output)."""

    type: Required[Literal["json_schema"]]
    name: Required[str]
    """The name of the schema. At most 64 letters, digits, `_` and `-`. Required."""
    schema: Required[Any]
    """The JSON Schema, an object, as JSON text. The output has its order of keys. Required."""
    description: str | None
    """Purpose of the output, for the model."""
    strict: bool | None
    """Enforce the schema exactly; only a subset of JSON Schema is supported then. Default: false."""


class ResponseCompactionItemParam(TypedDict, total=False):
    """A compacted, encrypted conversation; replaces the items before it."""

    type: Required[Literal["compaction"]]
    id: str | None
    """The id of the item. Set by upstream. Limit: 1,024 bytes."""
    encrypted_content: Required[str]
    """The conversation, encrypted by upstream. Required."""
    created_by: str | None
    """The id of the creator of the item. Set by upstream."""


class ResponseCompactionTriggerParam(TypedDict, total=False):
    """Compact the context now. The last item of the input."""

    type: Required[Literal["compaction_trigger"]]
    id: str | None
    """The id of the item. Limit: 1,024 bytes."""


class ResponseProgramParam(TypedDict, total=False):
    """A program that the model wrote to call tools, run by upstream."""

    type: Required[Literal["program"]]
    id: Required[str]
    """The id of the item. Required. Limit: 1,024 bytes."""
    call_id: Required[str]
    """The id of the program, for its calls and its output. Required."""
    code: Required[str]
    """The program, in JavaScript. Required."""
    fingerprint: Required[str]
    """An opaque value; send it back unchanged. Required."""


class ResponseProgramOutputParam(TypedDict, total=False):
    """The result of a program."""

    type: Required[Literal["program_output"]]
    id: Required[str]
    """The id of the item. Required. Limit: 1,024 bytes."""
    call_id: Required[str]
    """The `call_id` of the program. Required."""
    result: Required[str]
    """Output of the program. Required."""
    status: Required[values.ResponseProgramOutputStatus]
    """Outcome of the program: completed or truncated. Required. Known values: `completed`, `incomplete`."""


class ResponseItemReferenceParam(TypedDict, total=False):
    """A stored item, by its id. In requests only."""

    type: Literal["item_reference"] | None
    id: Required[str]
    """The id of the item. Required. Limit: 1,024 bytes."""


class DecisionInputMessageParam(TypedDict, total=False):
    """A message of a user, developer, system or assistant."""

    type: Literal["message"] | None
    content: Required[DecisionContent | DecisionContentParam]
    """The text or the parts of the message. Required."""
    role: Required[values.DecisionInputMessageRole]
    """The role of the author. Required. Known values: `user`, `developer`, `system`, `assistant`."""
    phase: values.DecisionInputMessagePhase | None
    """Phase of an assistant message: commentary on work in progress, or the final answer. Known values: `commentary`,
    `final_answer`.
    """


class DecisionInputJsonParam(TypedDict, total=False):
    """JSON as input."""

    type: Required[Literal["input_json"]]
    data: Required[Any]
    """An object, or a list of objects, as JSON text. Required."""


class DecisionOutputTextParam(TypedDict, total=False):
    """Text that the assistant has written."""

    type: Required[Literal["output_text"]]
    text: Required[str]
    """The text. Required."""


class DecisionQuestionPredicateQuestionParam(TypedDict, total=False):
    """Whether something is so."""

    type: Required[Literal["predicate"]]
    instructions: Required[DecisionContent | DecisionContentParam]
    """The question. Required."""
    name: str | None
    """The name of the question; its answer has it, too."""


class DecisionQuestionChoiceQuestionParam(TypedDict, total=False):
    """Which of several choices holds."""

    type: Required[Literal["choice"]]
    choices: Required[Sequence[DecisionQuestion.ChoiceQuestion.Choice | DecisionQuestionChoiceQuestionChoiceParam]]
    """The choices. Required."""
    instructions: Required[DecisionContent | DecisionContentParam]
    """The question. Required."""
    name: str | None
    """The name of the question; its answer has it, too."""


class DecisionQuestionChoiceQuestionChoiceParam(TypedDict, total=False):
    """A choice."""

    value: Required[DecisionValue | str | bool]
    """The value that the answer has. Required."""
    description: str | None
    """The meaning of the choice."""


class DecisionQuestionScoreQuestionParam(TypedDict, total=False):
    """Which of several ordered levels fits."""

    type: Required[Literal["score"]]
    instructions: Required[DecisionContent | DecisionContentParam]
    """The question. Required."""
    levels: Required[Sequence[DecisionQuestion.ScoreQuestion.Level | DecisionQuestionScoreQuestionLevelParam]]
    """The levels, from the lowest to the highest. Required."""
    name: str | None
    """The name of the question; its answer has it, too."""


class DecisionQuestionScoreQuestionLevelParam(TypedDict, total=False):
    """A level."""

    label: Required[str]
    """The name of the level. Required."""
    description: str | None
    """The meaning of the level."""


class ImageSvgParam(TypedDict, total=False):
    """The author of an image in SVG."""

    model: str | None
    """The model that writes the SVG after the reference image of the request's `model`. Limit: 256 bytes."""
    reasoning: ImageSvg.Reasoning | ImageSvgReasoningParam | None
    """Reasoning of the author. Default: by the model."""


class ImageSvgReasoningParam(TypedDict, total=False):
    """Reasoning of the author."""

    effort: values.ImageSvgReasoningEffort | None
    """Reasoning effort. Default: by the model. Known values: `none`, `minimal`, `low`, `medium`, `high`, `xhigh`,
    `max`.
    """


class ImageReferenceParam(TypedDict, total=False):
    """An image by its URL or as an uploaded file."""

    image_url: str | None
    """The image itself; in JSON it is a `data:` URL in `image_url`."""
    file_id: str | None
    """The id of an uploaded file, instead of `image_url`. Limit: 1,024 bytes."""


class ModerationInputPartTextPartParam(TypedDict, total=False):
    """A text."""

    type: Required[Literal["text"]]
    text: Required[str]
    """The text. Required."""


class ModerationInputPartImagePartParam(TypedDict, total=False):
    """An image."""

    type: Required[Literal["image_url"]]
    image_url: Required[ModerationInputPart.ImagePart.ImageUrl | ModerationInputPartImagePartImageUrlParam]
    """Where the image is. Required."""


class ModerationInputPartImagePartImageUrlParam(TypedDict, total=False):
    """Where an image is."""

    url: str | None
    """The image itself; in JSON it is a `data:` URL in `url`."""


class CreateRealtimeClientSecretRequestExpiresAfterParam(TypedDict, total=False):
    """When a secret expires; sessions that it has opened go on."""

    anchor: values.CreateRealtimeClientSecretRequestExpiresAfterAnchor | None
    """The moment that `seconds` count from. Default: `created_at`. Known values: `created_at`."""
    seconds: int | None
    """Seconds, 10 to 7200. Default: 600."""


class RealtimeConversationSessionParam(TypedDict, total=False):
    """A session with a model that talks, by voice or text. In an update only what is set changes; a null in
    `extra_json` turns a part off.
    """

    type: Required[Literal["realtime"]]
    audio: RealtimeAudioConfig | RealtimeAudioConfigParam | None
    """The audio in both directions."""
    include: Sequence[values.RealtimeConversationSessionInclude] | None
    """Additional output. Known values: `item.input_audio_transcription.logprobs`."""
    instructions: str | None
    """A system message before the conversation. Default: the server's, as `session_created` tells. An empty text
    clears it.
    """
    max_output_tokens: RealtimeMaxOutputTokens | int | str | None
    """Maximum number of output tokens of a response, calls of tools included. Default: `inf`."""
    model: str | None
    """The model's name in the gateway's configuration or upstream. Fixed once the session has begun. In an event of
    the server it is upstream's name. Limit: 256 bytes.
    """
    output_modalities: Sequence[values.RealtimeConversationSessionOutputModalities] | None
    """Whether the model speaks (audio with a transcript) or writes; one of both. Default: `audio`. Known values:
    `text`, `audio`.
    """
    parallel_tool_calls: bool | None
    """Allow several tool calls at once. For models that reason."""
    prompt: ResponsePrompt | ResponsePromptParam | None
    """A prompt that is stored upstream, with the values of its variables."""
    reasoning: Reasoning | ReasoningParam | None
    """Effort of reasoning. For models that reason."""
    tool_choice: ResponseToolChoice | ResponseToolChoiceParam | None
    """Tool choice. Default: `auto`."""
    tools: Sequence[ResponseTool | ResponseToolParam] | None
    """The tools that the model may call: functions, which the caller runs, and MCP servers. To clear them, send `[]`
    for `tools` in `extra_json`.
    """
    tracing: RealtimeTracing | RealtimeTracingParam | None
    """Traces of the session in OpenAI's dashboard; fixed once they are on. Default: none."""
    truncation: RealtimeTruncation | RealtimeTruncationParam | None
    """How a conversation is truncated that exceeds the model's context. Default: `auto`, without its oldest messages.
    """
    id: str | None
    """The id of the session. Set by upstream. Limit: 1,024 bytes."""
    object: values.RealtimeConversationSessionObject | None
    """The type of the object. Set by upstream. Known values: `realtime.session`."""
    expires_at: int | None
    """When the session ends, in Unix seconds. Set by upstream."""


class RealtimeAudioConfigParam(TypedDict, total=False):
    """The audio of a session."""

    input: RealtimeAudioConfig.Input | RealtimeAudioConfigInputParam | None
    """The audio that the caller sends."""
    output: RealtimeAudioConfig.Output | RealtimeAudioConfigOutputParam | None
    """The audio that the model sends."""


class RealtimeAudioConfigInputParam(TypedDict, total=False):
    """The audio that the caller sends."""

    format: RealtimeAudioFormat | RealtimeAudioFormatParam | None
    """Its format. Default: PCM, 24 kHz, 16 bits, little-endian, mono."""
    noise_reduction: RealtimeAudioConfig.NoiseReduction | RealtimeAudioConfigNoiseReductionParam | None
    """Noise reduction before turn detection and the model. Default: off."""
    transcription: RealtimeTranscription | RealtimeTranscriptionParam | None
    """Transcription of what the caller says, besides the model that hears it. Default: off; required for a
    transcription session.
    """
    turn_detection: RealtimeTurnDetection | RealtimeTurnDetectionParam | None
    """Detection of when the speaker has finished. `{"turn_detection": null}` in `extra_json` turns it off: the caller
    then commits audio and asks for responses himself. Default: `server_vad`.
    """


class RealtimeAudioFormatParam(TypedDict, total=False):
    """A format of audio."""

    type: Required[values.RealtimeAudioFormatType]
    """The format: PCM of 16 bits, or G.711 as mu-law or A-law. Required. Known values: `audio/pcm`, `audio/pcmu`,
    `audio/pcma`.
    """
    rate: int | None
    """Samples a second, for PCM: 24000 at OpenAI."""


class RealtimeAudioConfigNoiseReductionParam(TypedDict, total=False):
    """Noise reduction."""

    type: values.RealtimeAudioConfigNoiseReductionType | None
    """`near_field` for headsets, `far_field` for rooms and laptops. Known values: `near_field`, `far_field`."""
    strength: float | None
    """Strength; more suppresses more. Default: 1, or as it is in an update."""


class RealtimeTranscriptionParam(TypedDict, total=False):
    """Transcription of the caller's audio."""

    model: values.RealtimeTranscriptionModel | None
    """The model that transcribes, by its name in the gateway's configuration or upstream. Limit: 256 bytes. Known
    values: `whisper-1`, `gpt-transcribe`, `gpt-live-transcribe`, `gpt-4o-mini-transcribe`, `gpt-4o-mini-
    transcribe-2025-12-15`, `gpt-4o-transcribe`, `gpt-4o-transcribe-diarize`, `gpt-realtime-whisper`.
    """
    delay: values.RealtimeTranscriptionDelay | None
    """How long the model waits before it writes: more is slower and more accurate. For `gpt-realtime-whisper`. Known
    values: `minimal`, `low`, `medium`, `high`, `xhigh`.
    """
    keywords: Sequence[str] | None
    """Words and phrases to expect. For `gpt-transcribe` and `gpt-live-transcribe`."""
    language: str | None
    """The language (ISO 639-1). Default: detected."""
    languages: Sequence[str] | None
    """Languages that are possible (ISO 639-1). For `gpt-transcribe` and `gpt-live-transcribe`."""
    prompt: str | None
    """Text before the audio, or keywords for `whisper-1`. Not for `gpt-4o-transcribe-diarize` and `gpt-realtime-
    whisper`.
    """


class RealtimeTurnDetectionServerDetectionParam(TypedDict, total=False):
    """Voice activity detection, by silence."""

    type: Required[Literal["server_vad"]]
    create_response: bool | None
    """Let the model answer when the speaker has finished. Default: true."""
    idle_timeout_ms: int | None
    """Silence after the model has spoken before it speaks again by itself, in milliseconds. Default: never."""
    interrupt_response: bool | None
    """Cancel the model's answer when the speaker begins. Default: true."""
    prefix_padding_ms: int | None
    """Audio before the speech that is kept, in milliseconds. Default: 300."""
    silence_duration_ms: int | None
    """Silence that ends the speech, in milliseconds. Default: 500."""
    threshold: float | None
    """Loudness that counts as speech, 0 to 1. Default: 0.5."""


class RealtimeTurnDetectionSemanticDetectionParam(TypedDict, total=False):
    """Detection by a model."""

    type: Required[Literal["semantic_vad"]]
    create_response: bool | None
    """Let the model answer when the speaker has finished. Default: true."""
    eagerness: values.RealtimeTurnDetectionSemanticDetectionEagerness | None
    """How soon the model answers: it waits at most 8 s with `low`, 4 s with `medium`, 2 s with `high`. Default:
    `auto`, which is `medium`. Known values: `low`, `medium`, `high`, `auto`.
    """
    interrupt_response: bool | None
    """Cancel the model's answer when the speaker begins. Default: true."""


class RealtimeAudioConfigOutputParam(TypedDict, total=False):
    """The audio that the model sends."""

    format: RealtimeAudioFormat | RealtimeAudioFormatParam | None
    """Its format. Default: PCM, 24 kHz, 16 bits, little-endian, mono."""
    speed: float | None
    """Speed, 0.25 to 1.5; changed between turns only. Default: 1."""
    voice: CreateSpeechRequest.Voice | CreateSpeechRequestVoiceParam | None
    """The voice; fixed once the model has spoken. OpenAI's are `alloy`, `ash`, `ballad`, `coral`, `echo`, `sage`,
    `shimmer`, `verse`, `marin` and `cedar`.
    """


class ResponsePromptParam(TypedDict, total=False):
    """A prompt that is stored upstream, with values for its variables."""

    id: Required[str]
    """The id of the prompt. Required. Limit: 1,024 bytes."""
    variables: Mapping[str, ResponsePromptVariable | ResponsePromptVariableParam] | None
    """The values of the prompt's variables, by name: texts, images or files."""
    version: str | None
    """The version of the prompt. Default: the current one."""


class ToolChoiceAllowedParam(TypedDict, total=False):
    """Restricts the choice to some tools without changing `tools`, which would invalidate the prompt cache."""

    type: Required[Literal["allowed_tools"]]
    mode: Required[values.ToolChoiceAllowedMode]
    """`auto`: the model may call them or answer; `required`: it calls one or more. Required. Known values: `auto`,
    `required`.
    """
    tools: Required[Sequence[ResponseTool | ResponseToolParam]]
    """The tools, each by its type and name only. Required."""


class ToolChoiceTypesParam(TypedDict, total=False):
    """Use this hosted tool."""

    type: Required[
        Literal[
            "file_search",
            "web_search",
            "web_search_preview",
            "computer",
            "computer_use_preview",
            "computer_use",
            "web_search_preview_2025_03_11",
            "web_search_2025_08_26",
            "image_generation",
            "code_interpreter",
        ]
    ]
    """The type of the tool. Required. Known values: `file_search`, `web_search`, `web_search_2025_08_26`,
    `web_search_preview`, `computer`, `computer_use_preview`, `computer_use`, `web_search_preview_2025_03_11`,
    `image_generation`, `code_interpreter`.
    """


class ToolChoiceFunctionParam(TypedDict, total=False):
    """Call this function."""

    type: Required[Literal["function"]]
    name: Required[str]
    """The function's name. Required."""


class ToolChoiceMcpParam(TypedDict, total=False):
    """Use this MCP server, or one tool of it."""

    type: Required[Literal["mcp"]]
    server_label: Required[str]
    """The name of the server. Required."""
    name: str | None
    """The name of the tool. Default: any of the server's."""


class ToolChoiceCustomParam(TypedDict, total=False):
    """Call this custom tool."""

    type: Required[Literal["custom"]]
    name: Required[str]
    """The tool's name. Required."""


class ToolChoiceApplyPatchParam(TypedDict, total=False):
    """Apply a patch."""

    type: Required[Literal["apply_patch"]]


class ToolChoiceShellParam(TypedDict, total=False):
    """Use the shell."""

    type: Required[Literal["shell"]]


class ToolChoiceProgrammaticToolCallingParam(TypedDict, total=False):
    """Write a program that calls tools."""

    type: Required[Literal["programmatic_tool_calling"]]


class RealtimeTracingTracingConfigurationParam(TypedDict, total=False):
    """Names of a trace."""

    group_id: str | None
    """The id of a group of traces."""
    metadata: Any
    """Notes on the trace, as JSON text."""
    workflow_name: str | None
    """The name of the trace."""


class RealtimeTruncationRetentionParam(TypedDict, total=False):
    """The part of a conversation that is kept."""

    type: Required[Literal["retention_ratio"]]
    retention_ratio: Required[float]
    """The part of the tokens after the instructions that is kept, 0 to 1. Required."""
    token_limits: RealtimeTruncation.TokenLimits | RealtimeTruncationTokenLimitsParam | None
    """Limits of tokens. Default: the model's."""


class RealtimeTruncationTokenLimitsParam(TypedDict, total=False):
    """Limits of tokens."""

    post_instructions: int | None
    """Maximum number of tokens after the instructions, tools included."""


class RealtimeTranscriptionSessionParam(TypedDict, total=False):
    """A session that transcribes audio as it comes, and answers nothing. In an update only what is set changes."""

    type: Required[Literal["transcription"]]
    audio: RealtimeAudioConfig | RealtimeAudioConfigParam | None
    """The audio; only `input` applies."""
    include: Sequence[values.RealtimeTranscriptionSessionInclude] | None
    """Additional output. Known values: `item.input_audio_transcription.logprobs`."""
    id: str | None
    """The id of the session. Set by upstream. Limit: 1,024 bytes."""
    object: values.RealtimeTranscriptionSessionObject | None
    """The type of the object. Set by upstream. Known values: `realtime.transcription_session`."""
    expires_at: int | None
    """When the session ends, in Unix seconds. Set by upstream."""


class ResponseAccessProgramsParam(TypedDict, total=False):
    """Access programs for special domains."""

    cyber: values.ResponseAccessProgramsCyber | None
    """The program for security work. Default: depends on the model and the organization's permission; a program
    without permission fails with PERMISSION_DENIED. Known values: `standard`, `daybreak_blue`, `daybreak_red`.
    """


class CreateResponseRequestContextManagementParam(TypedDict, total=False):
    """Management of a context that grows too long."""

    type: Required[str]
    """The strategy; `compaction` is the only known one. Required."""
    compact_threshold: int | None
    """The size of the context, in tokens, at which it is compacted."""


class ResponseConversationConversationReferenceParam(TypedDict, total=False):
    """A conversation by its id."""

    id: Required[str]
    """The id of the conversation. Required. Limit: 1,024 bytes."""


class ResponseImageOptionsParam(TypedDict, total=False):
    """Treatment of images in the input."""

    context_compression: values.ResponseImageOptionsContextCompression | None
    """Compression of images to save context: `enabled`, `disabled`, or `auto` (upstream decides). Default: `auto`.
    Replies have `enabled` or `disabled`. Known values: `auto`, `enabled`, `disabled`.
    """


class CreateResponseRequestStreamOptionsParam(TypedDict, total=False):
    """Settings of a stream."""

    include_obfuscation: bool | None
    """Pad each delta with random characters in `obfuscation`, so that their sizes don't reveal the text. Default:
    true; false saves bandwidth.
    """


class CreateResponseRequestBackgroundOptionsParam(TypedDict, total=False):
    """Settings of a background response."""

    completion_window: values.CreateResponseRequestBackgroundOptionsCompletionWindow | None
    """Completion window. `2h` and `8h` are discounted, and need `background`, the standard service tier and no stream.
    Default: `soonest`. Known values: `soonest`, `2h`, `8h`.
    """
    continuation_id: str | None
    """An id chosen by the caller to prioritize related requests. It adds no earlier turns to the input."""


class VideoCharacterReferenceParam(TypedDict, total=False):
    """A character by its id."""

    id: Required[str]
    """The id of the character. Required. Limit: 1,024 bytes."""


class VideoReferenceParam(TypedDict, total=False):
    """A video by its id."""

    id: Required[str]
    """The id of the video. Required. Limit: 1,024 bytes."""


class CreateTranscriptionParams(CallParams, total=False):
    """Keyword arguments of `CreateTranscriptionRequest`."""

    model: str | None
    """The model's name, such as `gpt-4o-transcribe`; the gateway routes the request by it. Required. Limit: 256 bytes.
    """
    chunking_strategy: (
        CreateTranscriptionRequest.ChunkingStrategy | CreateTranscriptionRequestChunkingStrategyParam | None
    )
    """Chunking of the recording. Models with `diarize` need it above 30 seconds. Default: no chunking."""
    include: Sequence[values.CreateTranscriptionRequestInclude] | None
    """Additional output. `logprobs` needs `json` as `response_format`, and a model that supports it. Default: nothing.
    Known values: `logprobs`.
    """
    keywords: Sequence[str] | None
    """Words and phrases that may occur in the recording. `gpt-transcribe` only."""
    known_speaker_names: Sequence[str] | None
    """Short names of known speakers, in the order of `known_speaker_references`. At most 4."""
    known_speaker_references: Sequence[str] | None
    """A sample of each known speaker, 2 to 10 seconds long, as a `data:` URL, in any format allowed for `file`.
    """
    language: str | None
    """The language of the recording, in ISO 639-1, such as `en`. Improves accuracy and latency. Default: detected.
    """
    languages: Sequence[str] | None
    """Languages that may occur in the recording, in ISO 639-1. `gpt-transcribe` only."""
    prompt: str | None
    """Text that the transcript follows in style, or continues, in the language of the recording. Not for models with
    `diarize`.
    """
    response_format: values.CreateTranscriptionRequestResponseFormat | None
    """The format of the transcript. It depends on the model: `gpt-4o-transcribe` supports only `json`; models with
    `diarize` support `json`, `text` and `diarized_json`, the only one with speakers. Default: `json`. Known values:
    `json`, `text`, `srt`, `verbose_json`, `vtt`, `diarized_json`.
    """
    temperature: float | None
    """Sampling temperature, 0 to 1; at 0 the model raises it automatically where it is unsure. Default: 0."""
    timestamp_granularities: Sequence[values.CreateTranscriptionRequestTimestampGranularities] | None
    """Granularity of timestamps; needs `verbose_json`. `word` adds latency, `segment` does not. Not for models with
    `diarize`. Default: `segment`. Known values: `word`, `segment`.
    """
    file: File | None
    """The recording: flac, mp3, mp4, mpeg, mpga, m4a, ogg, wav or webm. Required."""
    call_options: CallOptions | CallOptionsParam | None
    """Options of the gateway for this call."""


class CreateTranslationParams(CallParams, total=False):
    """Keyword arguments of `CreateTranslationRequest`."""

    model: str | None
    """The model's name, such as `whisper-1`; the gateway routes the request by it. Required. Limit: 256 bytes.
    """
    prompt: str | None
    """English text that the translation follows in style, or continues."""
    response_format: values.CreateTranslationRequestResponseFormat | None
    """The format of the translation. Default: `json`. Known values: `json`, `text`, `srt`, `verbose_json`, `vtt`.
    """
    temperature: float | None
    """Sampling temperature, 0 to 1; at 0 the model raises it automatically where it is unsure. Default: 0."""
    file: File | None
    """The recording: flac, mp3, mp4, mpeg, mpga, m4a, ogg, wav or webm. Required."""
    call_options: CallOptions | CallOptionsParam | None
    """Options of the gateway for this call."""


class CreateSpeechParams(CallParams, total=False):
    """Keyword arguments of `CreateSpeechRequest`."""

    input: str | None
    """The text. At most 4,096 characters. Required."""
    model: str | None
    """The model's name, such as `gpt-4o-mini-tts`; the gateway routes the request by it. Required. Limit: 256 bytes.
    """
    voice: CreateSpeechRequest.Voice | CreateSpeechRequestVoiceParam | None
    """The voice. Required."""
    instructions: str | None
    """How to speak, in words. Not for `tts-1` and `tts-1-hd`."""
    response_format: values.CreateSpeechRequestResponseFormat | None
    """The format of the audio. `pcm` is 24 kHz, 16 bits, little-endian, mono, without a header. Default: `mp3`. Known
    values: `mp3`, `opus`, `aac`, `flac`, `wav`, `pcm`.
    """
    speed: float | None
    """Speed, 0.25 to 4. Default: 1."""
    stream_format: values.CreateSpeechRequestStreamFormat | None
    """Form of the stream, which the RPC chooses: StreamSpeech sends `sse` itself, CreateSpeech refuses it. Callers
    need not set it. Known values: `sse`, `audio`.
    """
    call_options: CallOptions | CallOptionsParam | None
    """Options of the gateway for this call."""


class BatchResultsParams(CallParams, total=False):
    """Keyword arguments of `StreamBatchResultsRequest`, without `batch_id`."""

    after: str | None
    """The `cursor` of the last result that was received: the stream goes on after it. Default: from the first result.
    """
    call_options: CallOptions | CallOptionsParam | None
    """Options of the gateway for this call."""


class StreamBatchResultsParams(BatchResultsParams, total=False):
    """Keyword arguments of `StreamBatchResultsRequest`."""

    batch_id: str | None
    """The id of the batch. Required. Limit: 1,024 bytes."""


class SubmitBatchParams(CallParams, total=False):
    """Keyword arguments of `CreateBatchRequest`, without `input_file_id`."""

    completion_window: values.CreateBatchRequestCompletionWindow | None
    """The time within which the batch is processed. Required. Known values: `24h`."""
    endpoint: values.CreateBatchRequestEndpoint | None
    """The path that all requests of the batch are for. Required. Known values: `/v1/responses`,
    `/v1/chat/completions`, `/v1/embeddings`, `/v1/completions`, `/v1/moderations`, `/v1/images/generations`,
    `/v1/images/edits`, `/v1/videos`.
    """
    metadata: Mapping[str, str] | None
    """Metadata for the batch. At most 16 pairs; keys up to 64 characters, values up to 512."""
    output_expires_after: ExpiresAfter | ExpiresAfterParam | None
    """When the files of the results expire. Default: never."""
    call_options: CallOptions | CallOptionsParam | None
    """Options of the gateway for this call."""


class CreateBatchParams(SubmitBatchParams, total=False):
    """Keyword arguments of `CreateBatchRequest`."""

    input_file_id: str | None
    """The id of the file of requests, uploaded with the purpose `batch`. Required. At most 50,000 requests, 200 MB.
    Limit: 1,024 bytes.
    """


class ListBatchesParams(CallParams, total=False):
    """Keyword arguments of `ListBatchesRequest`."""

    after: str | None
    """The id of the last one of the previous page. Default: the first page. Limit: 1,024 bytes."""
    limit: int | None
    """Maximum number of entries per page, 1 to 100. Default: 20."""


class GetBatchParams(CallParams, total=False):
    """Keyword arguments of `GetBatchRequest`."""

    batch_id: str | None
    """The id of the batch. Required. Limit: 1,024 bytes."""


class CancelBatchParams(CallParams, total=False):
    """Keyword arguments of `CancelBatchRequest`."""

    batch_id: str | None
    """The id of the batch. Required. Limit: 1,024 bytes."""


class ParseChatCompletionParams(CallParams, total=False):
    """Keyword arguments of `CreateChatCompletionRequest`, without `response_format`."""

    messages: Sequence[ChatCompletionRequestMessage | ChatCompletionRequestMessageParam] | None
    """The conversation so far, oldest message first. Required."""
    model: str | None
    """The model's name; the gateway routes the request by it. Required. Limit: 256 bytes."""
    audio: CreateChatCompletionRequest.AudioParameters | CreateChatCompletionRequestAudioParametersParam | None
    """The audio to reply with. Required when `modalities` has `audio`."""
    frequency_penalty: float | None
    """Penalty on tokens by their frequency in the text so far; negative values favor repetition. -2 to 2. Default: 0.
    """
    function_call: ChatCompletionFunctionCallOption | ChatCompletionFunctionCallOptionParam | None
    """Deprecated: use `tool_choice`. Choice among `functions`. Default: `auto` with functions, else `none`."""
    functions: Sequence[FunctionDefinition | FunctionDefinitionParam] | None
    """Deprecated: use `tools`. The functions that the model may call."""
    logit_bias: Mapping[str, float] | None
    """Bias added to the logits of tokens before sampling, by decimal token id: -100 (practically never) to 100
    (practically always).
    """
    logprobs: bool | None
    """Return the log probability of each token of the reply. Default: false."""
    max_completion_tokens: int | None
    """Maximum number of tokens per choice, reasoning included. Default: the model's limit."""
    max_tokens: int | None
    """Deprecated: use `max_completion_tokens`; o-series models refuse this one. Maximum number of tokens per choice.
    """
    metadata: Mapping[str, str] | None
    """Pairs stored with the completion, usable as filters in lists. At most 16 pairs; keys up to 64 characters, values
    up to 512.
    """
    modalities: Sequence[values.CreateChatCompletionRequestModalities] | None
    """Output types. `audio` needs a model that supports it, and the field `audio`. Default: `text`. Known values:
    `text`, `audio`.
    """
    moderation: ModerationOptions | ModerationOptionsParam | None
    """Moderation of the input and the reply. Default: off."""
    n: int | None
    """Number of choices to generate, all billed. 1 to 128. Default: 1."""
    parallel_tool_calls: bool | None
    """Allow several tool calls in one reply. Default: true."""
    prediction: CreateChatCompletionRequest.Prediction | CreateChatCompletionRequestPredictionParam | None
    """Text that the reply is expected to repeat; lowers latency."""
    presence_penalty: float | None
    """Penalty on tokens that occur in the text so far, regardless of frequency; negative values favor repetition. -2
    to 2. Default: 0.
    """
    prompt_cache_key: str | None
    """Routes requests with the same key and prefix to the same cache. Replaces `user` for this purpose."""
    prompt_cache_options: PromptCacheOptions | PromptCacheOptionsParam | None
    """Settings of the prompt cache. Default: upstream decides."""
    prompt_cache_retention: values.CreateChatCompletionRequestPromptCacheRetention | None
    """Deprecated: use `prompt_cache_options.ttl`. Maximum lifetime of cached prefixes: in memory only, or 24 hours.
    Default: depends on the model and the organization's data retention. Known values: `in_memory`, `24h`.
    """
    reasoning_effort: values.CreateChatCompletionRequestReasoningEffort | None
    """Amount of reasoning: less is faster and uses fewer tokens. Accepted values and the default depend on the model.
    Known values: `none`, `minimal`, `low`, `medium`, `high`, `xhigh`, `max`.
    """
    safety_identifier: str | None
    """Stable id of the end user for abuse detection, preferably a hash. At most 128 characters."""
    seed: int | None
    """Seed for sampling: the same seed and parameters give the same reply on a best-effort basis. Default: random.
    """
    service_tier: values.CreateChatCompletionRequestServiceTier | None
    """Service tier: `auto` by the project's setting, `default` at standard price, `flex` cheaper and slower,
    `priority` or `fast` faster and more expensive. Default: `auto`. Known values: `auto`, `default`, `flex`,
    `scale`, `priority`, `fast`.
    """
    stop: CreateChatCompletionRequest.Stop | str | CreateChatCompletionRequest.Sequences | Sequence[str] | None
    """Up to 4 stop sequences, excluded from the reply. Not supported by all reasoning models. Default: none."""
    store: bool | None
    """Store the completion for GetChatCompletion and the other calls on stored ones. Default: false."""
    stream_options: ChatCompletionStreamOptions | ChatCompletionStreamOptionsParam | None
    """Stream options. StreamChatCompletion only."""
    temperature: float | None
    """Sampling temperature. 0 to 2. Default: 1. Change this or `top_p`, not both."""
    tool_choice: ChatCompletionToolChoice | ChatCompletionToolChoiceParam | None
    """Tool choice: `none`, `auto`, `required` (one or more), or specific tools. Default: `auto` with tools, else
    `none`.
    """
    tools: Sequence[ChatCompletionTool | ChatCompletionToolParam] | None
    """The tools that the model may call."""
    top_logprobs: int | None
    """Number of most likely tokens to return at each position, with log probabilities. 0 to 20. Needs `logprobs`.
    """
    top_p: float | None
    """Nucleus sampling: sample from the most likely tokens with this total probability. 0 to 1. Default: 1."""
    user: str | None
    """Deprecated: use `safety_identifier` and `prompt_cache_key`. Stable id of the end user."""
    verbosity: values.CreateChatCompletionRequestVerbosity | None
    """Level of detail of the text; `low` is terse. Default: `medium`. Known values: `low`, `medium`, `high`."""
    web_search_options: WebSearchOptions | WebSearchOptionsParam | None
    """Web search settings, for search models."""
    reasoning: Reasoning | ReasoningParam | None
    """Effort and summary of the reasoning. Provider extension (OpenRouter, and the gateway's bridge to Responses).
    """
    thinking: CreateChatCompletionRequest.ThinkingConfig | CreateChatCompletionRequestThinkingConfigParam | None
    """Switch for reasoning. Provider extension (DeepSeek, Z.ai and others)."""
    reasoning_format: str | None
    """Format of returned reasoning: `parsed` in its own field, `raw` within the text, or `hidden`. Provider extension
    (Groq).
    """
    top_k: int | None
    """Sample only from this many of the most likely tokens. Provider extension (vLLM, llama.cpp and others)."""
    min_p: float | None
    """Minimum probability of a sampled token, relative to the most likely one. 0 to 1. Provider extension (vLLM,
    llama.cpp and others).
    """
    repetition_penalty: float | None
    """Penalty on repetition, above 1. Provider extension (vLLM and others)."""
    echo: bool | None
    """Return the prompt before the reply. Provider extension (Together)."""
    chat_template_kwargs: Any
    """Arguments of the model's chat template, as a JSON object. Provider extension (vLLM, llama.cpp)."""
    random_seed: int | None
    """The seed, under Mistral's name for it."""
    safe_prompt: bool | None
    """Prepend a safety prompt."""
    provider: OpenRouterRequest.ProviderPreferences | OpenRouterRequestProviderPreferencesParam | None
    """Preferences among providers."""
    usage: OpenRouterRequest.UsageOptions | OpenRouterRequestUsageOptionsParam | None
    """Usage reporting in the reply."""
    models: Sequence[str] | None
    """Fallback models, tried in order if `model` fails. Limit: 256 bytes each."""
    plugins: Sequence[OpenRouterRequest.PluginConfig | OpenRouterRequestPluginConfigParam] | None
    """Plugins of the server."""
    image_config: OpenRouterRequest.ImageConfig | OpenRouterRequestImageConfigParam | None
    """Settings of generated images."""
    transforms: Sequence[str] | None
    """Transforms for a prompt that is too long: `middle-out`."""
    enable_thinking: bool | None
    """Switch for reasoning."""
    call_options: CallOptions | CallOptionsParam | None
    """Options of the gateway for this call."""


class CreateChatCompletionParams(ParseChatCompletionParams, total=False):
    """Keyword arguments of `CreateChatCompletionRequest`."""

    response_format: ChatCompletionResponseFormat | ChatCompletionResponseFormatParam | None
    """The format of the reply: text, JSON that follows a schema, or any JSON object. Default: text."""


class GetChatCompletionParams(CallParams, total=False):
    """Keyword arguments of `GetChatCompletionRequest`."""

    completion_id: str | None
    """The id of the chat completion. Required. Limit: 1,024 bytes."""


class ListChatCompletionsParams(CallParams, total=False):
    """Keyword arguments of `ListChatCompletionsRequest`."""

    after: str | None
    """The id of the last one of the previous page. Default: the first page. Limit: 1,024 bytes."""
    limit: int | None
    """Maximum number of entries per page. Default: 20."""
    metadata: Mapping[str, str] | None
    """Only completions with all of these pairs. Default: all."""
    model: str | None
    """Only completions of this model. Default: all. Limit: 256 bytes."""
    order: values.ListChatCompletionsRequestOrder | None
    """Order by time: oldest or newest first. Default: `asc`. Known values: `asc`, `desc`."""


class UpdateChatCompletionParams(CallParams, total=False):
    """Keyword arguments of `UpdateChatCompletionRequest`."""

    metadata: Mapping[str, str] | None
    """The new metadata, replacing all of the old. Required. At most 16 pairs; keys up to 64 characters, values up to
    512.
    """
    completion_id: str | None
    """The id of the chat completion. Required. Limit: 1,024 bytes."""


class DeleteChatCompletionParams(CallParams, total=False):
    """Keyword arguments of `DeleteChatCompletionRequest`."""

    completion_id: str | None
    """The id of the chat completion. Required. Limit: 1,024 bytes."""


class ListChatCompletionMessagesParams(CallParams, total=False):
    """Keyword arguments of `ListChatCompletionMessagesRequest`."""

    completion_id: str | None
    """The id of the chat completion. Required. Limit: 1,024 bytes."""
    after: str | None
    """The id of the last one of the previous page. Default: the first page. Limit: 1,024 bytes."""
    limit: int | None
    """Maximum number of entries per page. Default: 20."""
    order: values.ListChatCompletionMessagesRequestOrder | None
    """Order by time: oldest or newest first. Default: `asc`. Known values: `asc`, `desc`."""


class CreateCompletionParams(CallParams, total=False):
    """Keyword arguments of `CreateCompletionRequest`."""

    model: values.CreateCompletionRequestModel | None
    """The model. Required. Limit: 256 bytes. Known values: `gpt-3.5-turbo-instruct`, `davinci-002`, `babbage-002`.
    """
    prompt: CompletionPrompt | CompletionPromptParam | None
    """Prompts to complete: one or more texts, as strings or token ids. Required."""
    best_of: int | None
    """Number of completions to generate, of which the best `n` are returned. At least `n`. Not for streams. Default:
    1.
    """
    echo: bool | None
    """Return the prompt before the completion. Default: false."""
    frequency_penalty: float | None
    """Penalty on tokens by their frequency in the text so far. -2 to 2. Default: 0."""
    logit_bias: Mapping[str, float] | None
    """Bias added to the logits of tokens, by decimal token id: -100 to 100."""
    logprobs: int | None
    """Number of most likely tokens to report at each position. 0 to 5. Default: none."""
    max_tokens: int | None
    """Maximum number of tokens to generate. Default: 16."""
    n: int | None
    """Number of completions to return per prompt. 1 to 128. Default: 1."""
    presence_penalty: float | None
    """Penalty on tokens that occur in the text so far. -2 to 2. Default: 0."""
    seed: int | None
    """Seed for sampling, on a best-effort basis. Default: none."""
    stop: CreateChatCompletionRequest.Stop | str | CreateChatCompletionRequest.Sequences | Sequence[str] | None
    """Up to 4 sequences that end the completion. Default: none."""
    stream_options: ChatCompletionStreamOptions | ChatCompletionStreamOptionsParam | None
    """Stream options."""
    suffix: str | None
    """The text after the completion; only for `gpt-3.5-turbo-instruct`. Default: none."""
    temperature: float | None
    """Sampling temperature. 0 to 2. Default: 1."""
    top_p: float | None
    """Nucleus sampling: sample from the most likely tokens with this total probability. 0 to 1. Default: 1."""
    user: str | None
    """Stable id of the end user for abuse detection."""
    top_k: int | None
    """Sample only from this many of the most likely tokens. Provider extension (vLLM, Together and others)."""
    min_p: float | None
    """Minimum probability of a sampled token, relative to the most likely one. 0 to 1. Provider extension (vLLM and
    others).
    """
    repetition_penalty: float | None
    """Penalty on repetition, above 1. Provider extension (vLLM, Together and others)."""
    call_options: CallOptions | CallOptionsParam | None
    """Options of the gateway for this call."""


class CreateContentProvenanceCheckParams(CallParams, total=False):
    """Keyword arguments of `CreateContentProvenanceCheckRequest`."""

    call_options: CallOptions | CallOptionsParam | None
    """Options of the gateway for this call."""
    file: File | None
    """The file. Required."""


class CreateConversationParams(CallParams, total=False):
    """Keyword arguments of `CreateConversationRequest`."""

    items: Sequence[ResponseItem | ResponseItemParam] | None
    """The first items. At most 20 at OpenAI. Default: none."""
    metadata: Mapping[str, str] | None
    """The caller's notes, stored with the conversation. At most 16 pairs; keys up to 64 characters, values up to 512.
    """


class GetConversationParams(CallParams, total=False):
    """Keyword arguments of `GetConversationRequest`."""

    conversation_id: str | None
    """The id of the conversation. Required. Limit: 1,024 bytes."""


class UpdateConversationParams(CallParams, total=False):
    """Keyword arguments of `UpdateConversationRequest`."""

    conversation_id: str | None
    """The id of the conversation. Required. Limit: 1,024 bytes."""
    metadata: Mapping[str, str] | None
    """The new metadata, replacing all of the old. Required. At most 16 pairs; keys up to 64 characters, values up to
    512.
    """


class DeleteConversationParams(CallParams, total=False):
    """Keyword arguments of `DeleteConversationRequest`."""

    conversation_id: str | None
    """The id of the conversation. Required. Limit: 1,024 bytes."""


class CreateConversationItemsParams(CallParams, total=False):
    """Keyword arguments of `CreateConversationItemsRequest`."""

    conversation_id: str | None
    """The id of the conversation. Required. Limit: 1,024 bytes."""
    items: Sequence[ResponseItem | ResponseItemParam] | None
    """The items. At most 20 at OpenAI. Required."""
    include: Sequence[values.CreateConversationItemsRequestInclude] | None
    """Additional output, as in `CreateResponseRequest.include`. Known values: `file_search_call.results`,
    `web_search_call.results`, `web_search_call.action.sources`, `message.input_image.image_url`,
    `computer_call_output.output.image_url`, `code_interpreter_call.outputs`, `reasoning.encrypted_content`,
    `message.output_text.logprobs`.
    """


class GetConversationItemParams(CallParams, total=False):
    """Keyword arguments of `GetConversationItemRequest`."""

    conversation_id: str | None
    """The id of the conversation. Required. Limit: 1,024 bytes."""
    item_id: str | None
    """The id of the item. Required. Limit: 1,024 bytes."""
    include: Sequence[values.GetConversationItemRequestInclude] | None
    """Additional output, as in `CreateResponseRequest.include`. Known values: `file_search_call.results`,
    `web_search_call.results`, `web_search_call.action.sources`, `message.input_image.image_url`,
    `computer_call_output.output.image_url`, `code_interpreter_call.outputs`, `reasoning.encrypted_content`,
    `message.output_text.logprobs`.
    """


class ListConversationItemsParams(CallParams, total=False):
    """Keyword arguments of `ListConversationItemsRequest`."""

    conversation_id: str | None
    """The id of the conversation. Required. Limit: 1,024 bytes."""
    after: str | None
    """The id of the last item of the previous page. Default: the first page. Limit: 1,024 bytes."""
    include: Sequence[values.ListConversationItemsRequestInclude] | None
    """Additional output, as in `CreateResponseRequest.include`. Known values: `file_search_call.results`,
    `web_search_call.results`, `web_search_call.action.sources`, `message.input_image.image_url`,
    `computer_call_output.output.image_url`, `code_interpreter_call.outputs`, `reasoning.encrypted_content`,
    `message.output_text.logprobs`.
    """
    limit: int | None
    """Maximum number of items per page, 1 to 100. Default: 20."""
    order: values.ListConversationItemsRequestOrder | None
    """Order by time: `asc` oldest first, `desc` newest first. Default: `desc`. Known values: `asc`, `desc`."""


class DeleteConversationItemParams(CallParams, total=False):
    """Keyword arguments of `DeleteConversationItemRequest`."""

    conversation_id: str | None
    """The id of the conversation. Required. Limit: 1,024 bytes."""
    item_id: str | None
    """The id of the item. Required. Limit: 1,024 bytes."""


class CreateDecisionParams(CallParams, total=False):
    """Keyword arguments of `CreateDecisionRequest`."""

    input: DecisionInput | DecisionInputParam | None
    """The input that the questions are about. Required."""
    model: str | None
    """The model's name; the gateway routes the request by it. Default: the gateway's only model. Limit: 256 bytes.
    """
    questions: Sequence[DecisionQuestion | DecisionQuestionParam] | None
    """The questions. Required."""
    prompt_cache_key: str | None
    """Requests with the same key are likely to share cache entries."""
    prompt_cache_options: PromptCacheOptions | PromptCacheOptionsParam | None
    """Settings of the prompt cache."""
    safety_identifier: str | None
    """A stable identifier of the end user, to detect abuse; best a hash. At most 64 characters."""
    call_options: CallOptions | CallOptionsParam | None
    """Options of the gateway for this call."""


class StreamEmbeddingsParams(CallParams, total=False):
    """Keyword arguments of `CreateEmbeddingRequest`, without `input`."""

    model: str | None
    """The model's name; the gateway routes the request by it. Required. Limit: 256 bytes."""
    dimensions: int | None
    """Length of the vectors, for models that can shorten them (`text-embedding-3` and later). At least 1. Default: the
    model's full length.
    """
    encoding_format: values.CreateEmbeddingRequestEncodingFormat | None
    """JSON form of the vectors from upstream; in Protobuf they are floats either way. Default: the gateway requests
    `base64`, which is smaller, unless the deployment is configured otherwise. Known values: `float`, `base64`.
    """
    user: str | None
    """Stable id of the end user for abuse detection."""
    call_options: CallOptions | CallOptionsParam | None
    """Options of the gateway for this call."""


class CreateEmbeddingParams(StreamEmbeddingsParams, total=False):
    """Keyword arguments of `CreateEmbeddingRequest`."""

    input: EmbeddingInput | EmbeddingInputParam | None
    """Texts to embed, none empty. At most 2048 inputs of 8192 tokens each, 300,000 tokens in total. Required.
    """


class CreateFileParams(CallParams, total=False):
    """Keyword arguments of `CreateFileRequest`."""

    purpose: values.CreateFileRequestPurpose | None
    """The use of the file. Required. Known values: `assistants`, `batch`, `fine-tune`, `vision`, `user_data`, `evals`.
    """
    expires_after: ExpiresAfter | ExpiresAfterParam | None
    """When the file expires. Default: after 30 days for `batch`, else never."""
    call_options: CallOptions | CallOptionsParam | None
    """Options of the gateway for this call."""
    file: File | None
    """The file. Required. Upstream limits its size: 512 MB at OpenAI, 200 MB for `batch`."""


class ListFilesParams(CallParams, total=False):
    """Keyword arguments of `ListFilesRequest`."""

    after: str | None
    """The id of the last one of the previous page. Default: the first page. Limit: 1,024 bytes."""
    limit: int | None
    """Maximum number of entries per page, 1 to 10,000. Default: 10,000."""
    order: values.ListFilesRequestOrder | None
    """Order by time: oldest or newest first. Default: `desc`. Known values: `asc`, `desc`."""
    purpose: str | None
    """Only files of this purpose. Default: all."""


class GetFileParams(CallParams, total=False):
    """Keyword arguments of `GetFileRequest`."""

    file_id: str | None
    """The id of the file. Required. Limit: 1,024 bytes."""


class DeleteFileParams(CallParams, total=False):
    """Keyword arguments of `DeleteFileRequest`."""

    file_id: str | None
    """The id of the file. Required. Limit: 1,024 bytes."""


class DownloadFileParams(CallParams, total=False):
    """Keyword arguments of `DownloadFileRequest`."""

    file_id: str | None
    """The id of the file. Required. Limit: 1,024 bytes."""
    call_options: CallOptions | CallOptionsParam | None
    """Options of the gateway for this call."""
    offset: int | None
    """The first byte to send, from 0; to resume: the number of bytes received. Default: 0."""
    length: int | None
    """The number of bytes to send, at most those until the end of the file. Default: all."""


class CreateImageParams(CallParams, total=False):
    """Keyword arguments of `CreateImageRequest`."""

    prompt: str | None
    """A description of the image. At most 32,000 characters. Required."""
    model: str | None
    """The model's name, such as `gpt-image-2`; the gateway routes the request by it. Default: the gateway's only
    model, or else that of upstream. Limit: 256 bytes.
    """
    background: values.CreateImageRequestBackground | None
    """The background. `transparent` needs `png` or `webp` as `output_format`. Default: `auto`. Known values:
    `transparent`, `opaque`, `auto`.
    """
    complexity: values.CreateImageRequestComplexity | None
    """How much to compute while the image is planned, apart from its quality. Default: by the model. Known values:
    `low`, `medium`, `high`.
    """
    frame_count: int | None
    """Number of frames of a GIF, 2 to 16. Only for `gif` as `output_format`, and without a stream. Default: 9.
    """
    frame_duration_ms: int | None
    """Delay of each frame of a GIF, in milliseconds, at most 655,350; rounded to 10. Default: 200."""
    moderation: values.CreateImageRequestModeration | None
    """Strictness of moderation. Default: `auto`. Known values: `low`, `auto`."""
    n: int | None
    """Number of images, 1 to 10. Default: 1."""
    output_compression: int | None
    """Quality after compression, in percent, 0 to 100. Only for `webp` and `jpeg`. Default: 100."""
    output_format: values.CreateImageRequestOutputFormat | None
    """The format of the images. Default: `png`. Known values: `png`, `webp`, `jpeg`, `gif`, `svg`."""
    partial_images: int | None
    """Number of partial images in a stream, 0 to 3; there may be fewer. Default: 0."""
    quality: values.CreateImageRequestQuality | None
    """The quality of the images. Which are supported depends on the model. Default: `auto`. Known values: `low`,
    `medium`, `high`, `xhigh`, `max`, `auto`, `standard`, `hd`.
    """
    response_format: values.CreateImageRequestResponseFormat | None
    """How images are returned. OpenAI's GPT image models always return bytes and refuse it. Default: by the model.
    Known values: `url`, `b64_json`.
    """
    safety_identifier: str | None
    """Stable id of the end user for abuse detection, such as a hash of the user name."""
    size: values.CreateImageRequestSize | None
    """Width and height in pixels, such as `1536x864`, or `auto`. Which are supported depends on the model. Default:
    `auto`. Known values: `auto`, `1024x1024`, `1536x1024`, `1024x1536`, `256x256`, `512x512`, `1792x1024`,
    `1024x1792`.
    """
    style: values.CreateImageRequestStyle | None
    """The style, for `dall-e-3` and servers like it. Default: `vivid`. Known values: `vivid`, `natural`."""
    svg: ImageSvg | ImageSvgParam | None
    """The author of an image in SVG. Only for `svg` as `output_format`, for one image, and without a stream."""
    user: str | None
    """Stable id of the end user for abuse detection; replaced by `safety_identifier`."""
    call_options: CallOptions | CallOptionsParam | None
    """Options of the gateway for this call."""


class CreateImageEditParams(CallParams, total=False):
    """Keyword arguments of `CreateImageEditRequest`."""

    prompt: str | None
    """A description of the result. At most 32,000 characters. Required."""
    model: str | None
    """The model's name, such as `gpt-image-2`; the gateway routes the request by it. Default: the gateway's only
    model, or else that of upstream. Limit: 256 bytes.
    """
    background: values.CreateImageEditRequestBackground | None
    """The background. `transparent` needs `png` or `webp` as `output_format`. Default: `auto`. Known values:
    `transparent`, `opaque`, `auto`.
    """
    complexity: values.CreateImageEditRequestComplexity | None
    """How much to compute while the image is planned, apart from its quality. Default: by the model. Known values:
    `low`, `medium`, `high`.
    """
    frame_count: int | None
    """Number of frames of a GIF, 2 to 16. Only for `gif` as `output_format`, and without a stream. Default: 9.
    """
    frame_duration_ms: int | None
    """Delay of each frame of a GIF, in milliseconds, at most 655,350; rounded to 10. Default: 200."""
    input_fidelity: values.CreateImageEditRequestInputFidelity | None
    """How closely the result keeps to the style and the faces of the images. `gpt-image-2` refuses it. Default: `low`.
    Known values: `high`, `low`.
    """
    n: int | None
    """Number of images, 1 to 10. Default: 1."""
    output_compression: int | None
    """Quality after compression, in percent, 0 to 100. Only for `webp` and `jpeg`. Default: 100."""
    output_format: values.CreateImageEditRequestOutputFormat | None
    """The format of the images. Default: `png`. Known values: `png`, `webp`, `jpeg`, `gif`, `svg`."""
    partial_images: int | None
    """Number of partial images in a stream, 0 to 3; there may be fewer. Default: 0."""
    quality: values.CreateImageEditRequestQuality | None
    """The quality of the images. Which are supported depends on the model. Default: `auto`. Known values: `low`,
    `medium`, `high`, `xhigh`, `max`, `auto`, `standard`.
    """
    response_format: values.CreateImageEditRequestResponseFormat | None
    """How images are returned. OpenAI's GPT image models always return bytes and refuse it. Default: by the model.
    Known values: `url`, `b64_json`.
    """
    safety_identifier: str | None
    """Stable id of the end user for abuse detection, such as a hash of the user name."""
    size: values.CreateImageEditRequestSize | None
    """Width and height in pixels, such as `1536x864`, or `auto`. Which are supported depends on the model. Default:
    `auto`. Known values: `1024x1024`, `1536x1024`, `1024x1536`, `auto`, `256x256`, `512x512`.
    """
    svg: ImageSvg | ImageSvgParam | None
    """The author of an image in SVG. Only for `svg` as `output_format`, for one image, and without a stream."""
    user: str | None
    """Stable id of the end user for abuse detection; replaced by `safety_identifier`."""
    moderation: values.CreateImageEditRequestModeration | None
    """Strictness of moderation. In OpenAI's specification, not in its SDKs. Default: `auto`. Known values: `low`,
    `auto`.
    """
    images: Sequence[ImageReference | ImageReferenceParam] | None
    """The images to edit by reference, instead of `image`. In OpenAI's specification, not in its SDKs. At most 16.
    """
    image: File | list[File] | None
    """The images to edit: png, webp or jpg, below 50 MB each. At most 16, together at most as large as a message of
    the gateway. Required, unless `images` is set.
    """
    mask: File | ImageReference | ImageReferenceParam | None
    """A PNG image of the size of the first image; where it is fully transparent, that one is edited. Below 4 MB.
    """
    markup: File | None
    """A partly transparent PNG image of the size of the first image, laid over it to guide the edit; not with `mask`.
    """
    call_options: CallOptions | CallOptionsParam | None
    """Options of the gateway for this call."""


class CreateImageVariationParams(CallParams, total=False):
    """Keyword arguments of `CreateImageVariationRequest`."""

    model: str | None
    """The model's name; the gateway routes the request by it. Default: the gateway's only model, or else that of
    upstream. Limit: 256 bytes.
    """
    n: int | None
    """Number of images, 1 to 10. Default: 1."""
    response_format: values.CreateImageVariationRequestResponseFormat | None
    """How images are returned. Default: `url`. Known values: `url`, `b64_json`."""
    size: values.CreateImageVariationRequestSize | None
    """Width and height in pixels. Default: `1024x1024`. Known values: `256x256`, `512x512`, `1024x1024`."""
    user: str | None
    """Stable id of the end user for abuse detection."""
    image: File | None
    """The image: a square PNG below 4 MB. Required."""
    call_options: CallOptions | CallOptionsParam | None
    """Options of the gateway for this call."""


class ListModelsParams(CallParams, total=False):
    """Keyword arguments of `ListModelsRequest`."""

    upstream: bool | None
    """List all models of the upstreams, by the upstreams' names, including those without a configured name. Default:
    false.
    """


class GetModelParams(CallParams, total=False):
    """Keyword arguments of `GetModelRequest`."""

    model: str | None
    """The name of the model. Required. Limit: 256 bytes."""


class DeleteModelParams(CallParams, total=False):
    """Keyword arguments of `DeleteModelRequest`."""

    model: str | None
    """The name of the model. Required. Limit: 256 bytes."""


class CreateModerationParams(CallParams, total=False):
    """Keyword arguments of `CreateModerationRequest`."""

    input: ModerationInput | ModerationInputParam | None
    """The input. Required."""
    model: str | None
    """The model's name; the gateway routes the request by it. Default: the gateway's only model, or else that of
    upstream, `omni-moderation-latest`. Limit: 256 bytes.
    """
    call_options: CallOptions | CallOptionsParam | None
    """Options of the gateway for this call."""


class CreateRealtimeClientSecretParams(CallParams, total=False):
    """Keyword arguments of `CreateRealtimeClientSecretRequest`."""

    expires_after: (
        CreateRealtimeClientSecretRequest.ExpiresAfter | CreateRealtimeClientSecretRequestExpiresAfterParam | None
    )
    """When it expires. Default: after 600 seconds."""
    session: RealtimeSession | RealtimeSessionParam | None
    """The configuration of the sessions that it opens. Its model says which upstream makes it."""


class CreateRealtimeCallParams(CallParams, total=False):
    """Keyword arguments of `CreateRealtimeCallRequest`."""

    sdp: str | None
    """The caller's offer, as a session description (SDP). Required."""
    session: RealtimeSession | RealtimeSessionParam | None
    """The configuration of the session. Its model says which upstream serves it. Default: that of the caller's client
    secret.
    """


class AcceptRealtimeCallParams(CallParams, total=False):
    """Keyword arguments of `AcceptRealtimeCallRequest`."""

    type: Literal["realtime"] | None
    call_id: str | None
    """The id of the call. Required. Limit: 1,024 bytes."""
    audio: RealtimeAudioConfig | RealtimeAudioConfigParam | None
    """The audio in both directions."""
    include: Sequence[values.AcceptRealtimeCallRequestInclude] | None
    """Additional output. Known values: `item.input_audio_transcription.logprobs`."""
    instructions: str | None
    """A system message before the conversation. Default: the server's, as `session_created` tells. An empty text
    clears it.
    """
    max_output_tokens: RealtimeMaxOutputTokens | int | str | None
    """Maximum number of output tokens of a response, calls of tools included. Default: `inf`."""
    model: str | None
    """The model's name in the gateway's configuration or upstream. Fixed once the session has begun. In an event of
    the server it is upstream's name. Limit: 256 bytes.
    """
    output_modalities: Sequence[values.AcceptRealtimeCallRequestOutputModalities] | None
    """Whether the model speaks (audio with a transcript) or writes; one of both. Default: `audio`. Known values:
    `text`, `audio`.
    """
    parallel_tool_calls: bool | None
    """Allow several tool calls at once. For models that reason."""
    prompt: ResponsePrompt | ResponsePromptParam | None
    """A prompt that is stored upstream, with the values of its variables."""
    reasoning: Reasoning | ReasoningParam | None
    """Effort of reasoning. For models that reason."""
    tool_choice: ResponseToolChoice | ResponseToolChoiceParam | None
    """Tool choice. Default: `auto`."""
    tools: Sequence[ResponseTool | ResponseToolParam] | None
    """The tools that the model may call: functions, which the caller runs, and MCP servers. To clear them, send `[]`
    for `tools` in `extra_json`.
    """
    tracing: RealtimeTracing | RealtimeTracingParam | None
    """Traces of the session in OpenAI's dashboard; fixed once they are on. Default: none."""
    truncation: RealtimeTruncation | RealtimeTruncationParam | None
    """How a conversation is truncated that exceeds the model's context. Default: `auto`, without its oldest messages.
    """


class RejectRealtimeCallParams(CallParams, total=False):
    """Keyword arguments of `RejectRealtimeCallRequest`."""

    call_id: str | None
    """The id of the call. Required. Limit: 1,024 bytes."""
    status_code: int | None
    """The status for the other side (SIP). Default: 603, declined."""


class ReferRealtimeCallParams(CallParams, total=False):
    """Keyword arguments of `ReferRealtimeCallRequest`."""

    call_id: str | None
    """The id of the call. Required. Limit: 1,024 bytes."""
    target_uri: str | None
    """Where it goes, such as `tel:+14155550123` or `sip:agent@example.com`. Required."""


class HangupRealtimeCallParams(CallParams, total=False):
    """Keyword arguments of `HangupRealtimeCallRequest`."""

    call_id: str | None
    """The id of the call. Required. Limit: 1,024 bytes."""


class CreateResponseParams(CallParams, total=False):
    """Keyword arguments of `CreateResponseRequest`."""

    access_programs: Response.AccessPrograms | ResponseAccessProgramsParam | None
    """The access programs to use. Default: depends on the model and the organization."""
    background: bool | None
    """Run the response upstream after the call has returned; needs `store`. Default: false."""
    context_management: (
        Sequence[CreateResponseRequest.ContextManagement | CreateResponseRequestContextManagementParam] | None
    )
    """Management of a context that grows too long. Default: none."""
    conversation: ResponseConversation | ResponseConversationParam | None
    """The conversation: its items come before `input`, and the response's input and output are added to it on
    completion. Not together with `previous_response_id`.
    """
    image: Response.ImageOptions | ResponseImageOptionsParam | None
    """Treatment of images in the input."""
    include: Sequence[values.CreateResponseRequestInclude] | None
    """Additional output: search results, sources of a web search, image URLs, outputs of code, encrypted reasoning,
    log probabilities. Known values: `file_search_call.results`, `web_search_call.results`,
    `web_search_call.action.sources`, `message.input_image.image_url`, `computer_call_output.output.image_url`,
    `code_interpreter_call.outputs`, `reasoning.encrypted_content`, `message.output_text.logprobs`.
    """
    input: ResponseInput | ResponseInputParam | None
    """The text or the items to respond to."""
    instructions: str | None
    """A system (developer) message before the input. It applies to this response only; with `previous_response_id` the
    earlier one is not carried over.
    """
    max_output_tokens: int | None
    """Maximum number of output tokens, reasoning included. Default: the model's limit. When it is reached, `status` is
    `incomplete`.
    """
    max_tool_calls: int | None
    """Maximum number of built-in tool calls in total; further calls are ignored. Default: no limit."""
    metadata: Mapping[str, str] | None
    """The caller's notes, stored with the response. At most 16 pairs; keys up to 64 characters, values up to 512.
    """
    model: str | None
    """The model's name in the gateway's configuration or upstream. Required, unless `prompt` names one. Limit: 256
    bytes.
    """
    moderation: ModerationOptions | ModerationOptionsParam | None
    """Moderation of the input and output, reported in `Response.moderation`. Default: none."""
    parallel_tool_calls: bool | None
    """Allow several tool calls in one turn. Default: true."""
    previous_response_id: str | None
    """The id of the stored response that this one follows; its input and output become the context. Not together with
    `conversation`. Limit: 1,024 bytes.
    """
    prompt: ResponsePrompt | ResponsePromptParam | None
    """A prompt that is stored upstream, with the values of its variables."""
    prompt_cache_key: str | None
    """Groups requests with a common prefix, for more prompt cache hits. Replaces `user` for this purpose."""
    prompt_cache_options: PromptCacheOptions | PromptCacheOptionsParam | None
    """Settings of the prompt cache. Default: one implicit breakpoint, kept 30 minutes or more. For gpt-5.6 and later
    models.
    """
    prompt_cache_retention: values.CreateResponseRequestPromptCacheRetention | None
    """Deprecated, see `prompt_cache_options.ttl`. Maximum lifetime of the cached prefix: `in_memory`, or up to `24h`.
    Default: depends on the organization's data retention; gpt-5.5 and later models support only `24h`. Known
    values: `in_memory`, `24h`.
    """
    reasoning: Reasoning | ReasoningParam | None
    """Effort and visible summary of reasoning."""
    safety_identifier: str | None
    """Stable id of the end user for abuse detection, preferably a hash. At most 128 characters."""
    service_tier: values.CreateResponseRequestServiceTier | None
    """Service tier: `auto` by the project's setting, `default` at standard price, `flex` cheaper and slower,
    `priority` or `fast` faster and more expensive, `ultrafast` by permission only. Default: `auto`.
    `Response.service_tier` reports the one used. Known values: `auto`, `default`, `flex`, `scale`, `priority`,
    `fast`, `ultrafast`.
    """
    store: bool | None
    """Store the response upstream, at least 30 days at OpenAI, for `GetResponse` and `previous_response_id`. Default:
    true.
    """
    stream_options: CreateResponseRequest.StreamOptions | CreateResponseRequestStreamOptionsParam | None
    """For `StreamResponse` only."""
    temperature: float | None
    """Sampling temperature, 0 to 2; low is focused. Default: 1. Change this or `top_p`, not both."""
    text: ResponseTextConfig | ResponseTextConfigParam | None
    """The format and the verbosity of the text."""
    tool_choice: ResponseToolChoice | ResponseToolChoiceParam | None
    """Tool choice. Default: `auto` when there are tools."""
    tools: Sequence[ResponseTool | ResponseToolParam] | None
    """The tools that the model may call."""
    top_logprobs: int | None
    """Number of most likely tokens to report at each position, 0 to 20. The log probabilities need
    `message.output_text.logprobs` in `include`.
    """
    top_p: float | None
    """Nucleus sampling: sample from the most likely tokens with this total probability, 0 to 1. Default: 1."""
    truncation: values.CreateResponseRequestTruncation | None
    """Truncation of an input longer than the context window: `auto` drops items from its start, `disabled` fails with
    INVALID_ARGUMENT. Default: `disabled`. Known values: `auto`, `disabled`.
    """
    user: str | None
    """Deprecated, see `safety_identifier` and `prompt_cache_key`. Stable id of the end user."""
    background_options: CreateResponseRequest.BackgroundOptions | CreateResponseRequestBackgroundOptionsParam | None
    """Settings of a background response. Default: as soon as possible."""
    generate: bool | None
    """Run the model. False prepares the input for the next response of the lane. Of `Connect` only. Default: true.
    """
    call_options: CallOptions | CallOptionsParam | None
    """Options of the gateway for this call."""


class GetResponseParams(CallParams, total=False):
    """Keyword arguments of `GetResponseRequest`."""

    response_id: str | None
    """The id of the response. Required. Limit: 1,024 bytes."""
    include: Sequence[values.GetResponseRequestInclude] | None
    """Additional output, as in `CreateResponseRequest.include`. Known values: `file_search_call.results`,
    `web_search_call.results`, `web_search_call.action.sources`, `message.input_image.image_url`,
    `computer_call_output.output.image_url`, `code_interpreter_call.outputs`, `reasoning.encrypted_content`,
    `message.output_text.logprobs`.
    """


class ResumeResponseParams(CallParams, total=False):
    """Keyword arguments of `ResumeResponseRequest`."""

    response_id: str | None
    """The id of the response. Required. Limit: 1,024 bytes."""
    starting_after: int | None
    """Resume after this `sequence_number`. Default: from the first event."""
    include: Sequence[values.ResumeResponseRequestInclude] | None
    """Additional output, as in `CreateResponseRequest.include`. Known values: `file_search_call.results`,
    `web_search_call.results`, `web_search_call.action.sources`, `message.input_image.image_url`,
    `computer_call_output.output.image_url`, `code_interpreter_call.outputs`, `reasoning.encrypted_content`,
    `message.output_text.logprobs`.
    """
    include_obfuscation: bool | None
    """Pad each delta with random characters in `obfuscation`. Default: true."""


class WatchResponseParams(CallParams, total=False):
    """Keyword arguments of `WatchResponseRequest`."""

    response_id: str | None
    """The id of the response. Required. Limit: 1,024 bytes."""
    include: Sequence[values.WatchResponseRequestInclude] | None
    """Additional output, as in `CreateResponseRequest.include`. Known values: `file_search_call.results`,
    `web_search_call.results`, `web_search_call.action.sources`, `message.input_image.image_url`,
    `computer_call_output.output.image_url`, `code_interpreter_call.outputs`, `reasoning.encrypted_content`,
    `message.output_text.logprobs`.
    """
    completion_window: values.WatchResponseRequestCompletionWindow | None
    """The `background_options.completion_window` that it was created with. While a response of a window is queued, it
    is polled less often: after at most 60 s for `2h`, 240 s for `8h`. The first of those who watch together
    decides. Default: what upstream tells in the response, else `soonest`. Known values: `soonest`, `2h`, `8h`.
    """


class DeleteResponseParams(CallParams, total=False):
    """Keyword arguments of `DeleteResponseRequest`."""

    response_id: str | None
    """The id of the response. Required. Limit: 1,024 bytes."""


class CancelResponseParams(CallParams, total=False):
    """Keyword arguments of `CancelResponseRequest`."""

    response_id: str | None
    """The id of the response. Required. Limit: 1,024 bytes."""


class ListResponseInputItemsParams(CallParams, total=False):
    """Keyword arguments of `ListResponseInputItemsRequest`."""

    response_id: str | None
    """The id of the response. Required. Limit: 1,024 bytes."""
    after: str | None
    """The id of the last item of the previous page. Default: the first page. Limit: 1,024 bytes."""
    include: Sequence[values.ListResponseInputItemsRequestInclude] | None
    """Additional output, as in `CreateResponseRequest.include`. Known values: `file_search_call.results`,
    `web_search_call.results`, `web_search_call.action.sources`, `message.input_image.image_url`,
    `computer_call_output.output.image_url`, `code_interpreter_call.outputs`, `reasoning.encrypted_content`,
    `message.output_text.logprobs`.
    """
    limit: int | None
    """Maximum number of items per page, 1 to 100. Default: 20."""
    order: values.ListResponseInputItemsRequestOrder | None
    """Order by time: `asc` oldest first, `desc` newest first. Default: `desc`. Known values: `asc`, `desc`."""


class CompactResponseParams(CallParams, total=False):
    """Keyword arguments of `CompactResponseRequest`."""

    model: str | None
    """The model that compacts. Required. Limit: 256 bytes."""
    image: Response.ImageOptions | ResponseImageOptionsParam | None
    """Treatment of images in the input."""
    input: ResponseInput | ResponseInputParam | None
    """The conversation: a string, or items. Optional with `previous_response_id`."""
    instructions: str | None
    """A system (developer) message before the input, for this call only."""
    previous_response_id: str | None
    """The id of the stored response whose context is compacted, together with `input`. Limit: 1,024 bytes."""
    prompt_cache_key: str | None
    """Groups requests with a common prefix, for more prompt cache hits."""
    prompt_cache_options: PromptCacheOptions | PromptCacheOptionsParam | None
    """Settings of the prompt cache. Default: one implicit breakpoint; the only `ttl` here is `30m`."""
    prompt_cache_retention: values.CompactResponseRequestPromptCacheRetention | None
    """Maximum lifetime of the cached prefix: `in_memory`, or up to `24h`. Known values: `in_memory`, `24h`."""
    service_tier: values.CompactResponseRequestServiceTier | None
    """Service tier, as in `CreateResponseRequest.service_tier`. Default: `auto`. Known values: `auto`, `default`,
    `fast`, `flex`, `priority`.
    """
    call_options: CallOptions | CallOptionsParam | None
    """Options of the gateway for this call."""


class CountResponseInputTokensParams(CallParams, total=False):
    """Keyword arguments of `CountResponseInputTokensRequest`."""

    conversation: ResponseConversation | ResponseConversationParam | None
    """The conversation whose items come before `input`. Not together with `previous_response_id`."""
    input: ResponseInput | ResponseInputParam | None
    """The text or the items."""
    instructions: str | None
    """A system (developer) message before the input."""
    model: str | None
    """The model whose tokens are counted. Limit: 256 bytes."""
    parallel_tool_calls: bool | None
    """Allow several tool calls in one turn."""
    personality: values.CountResponseInputTokensRequestPersonality | None
    """A built-in style of the model. At most 64 characters. Default: the model's own. Known values: `friendly`,
    `pragmatic`.
    """
    previous_response_id: str | None
    """The id of the stored response whose input and output come before `input`. Limit: 1,024 bytes."""
    reasoning: Reasoning | ReasoningParam | None
    """Effort of reasoning."""
    text: ResponseTextConfig | ResponseTextConfigParam | None
    """The format and the verbosity of the text; a schema uses tokens as well."""
    tool_choice: ResponseToolChoice | ResponseToolChoiceParam | None
    """Tool choice."""
    tools: Sequence[ResponseTool | ResponseToolParam] | None
    """The tools that the model may call; their descriptions and schemas use tokens as well."""
    truncation: values.CountResponseInputTokensRequestTruncation | None
    """Truncation of an input longer than the context window: `auto` or `disabled`. Default: `disabled`. Known values:
    `auto`, `disabled`.
    """
    call_options: CallOptions | CallOptionsParam | None
    """Options of the gateway for this call."""


class CreateUploadParams(CallParams, total=False):
    """Keyword arguments of `CreateUploadRequest`."""

    bytes: int | None
    """The size of the whole file in bytes. Required. Limit: 8 GB at OpenAI."""
    filename: str | None
    """The name of the file. Required."""
    mime_type: str | None
    """The MIME type of the file, which must fit its purpose. Required."""
    purpose: values.CreateUploadRequestPurpose | None
    """The use of the file. Required. Known values: `assistants`, `batch`, `fine-tune`, `vision`, `user_data`, `evals`.
    """
    expires_after: ExpiresAfter | ExpiresAfterParam | None
    """When the file expires. Default: after 30 days for `batch`, else never."""
    call_options: CallOptions | CallOptionsParam | None
    """Options of the gateway for this call."""


class CreateUploadPartParams(CallParams, total=False):
    """Keyword arguments of `CreateUploadPartRequest`."""

    upload_id: str | None
    """The id of the upload. Required. Limit: 1,024 bytes."""
    call_options: CallOptions | CallOptionsParam | None
    """Options of the gateway for this call."""
    file: File | None
    """The part, which needs no name. Required. Limit: 64 MB at OpenAI."""


class CompleteUploadParams(CallParams, total=False):
    """Keyword arguments of `CompleteUploadRequest`."""

    upload_id: str | None
    """The id of the upload. Required. Limit: 1,024 bytes."""
    part_ids: Sequence[str] | None
    """The ids of the parts, in the order of their bytes in the file. Required. Limit: 4,096."""
    md5: str | None
    """The MD5 of the whole file, 32 hexadecimal digits; upstream compares it. Default: no comparison."""
    call_options: CallOptions | CallOptionsParam | None
    """Options of the gateway for this call."""


class CancelUploadParams(CallParams, total=False):
    """Keyword arguments of `CancelUploadRequest`."""

    upload_id: str | None
    """The id of the upload. Required. Limit: 1,024 bytes."""


class CreateVideoParams(CallParams, total=False):
    """Keyword arguments of `CreateVideoRequest`."""

    prompt: str | None
    """A description of the video. Required."""
    model: str | None
    """The model's name; the gateway routes the request by it. Default: the gateway's only model, or else that of
    upstream. Limit: 256 bytes.
    """
    seconds: values.CreateVideoRequestSeconds | None
    """The length in seconds, as a text. Default: 4 at OpenAI. Known values: `4`, `8`, `12`."""
    size: values.CreateVideoRequestSize | None
    """Width and height in pixels. Default: `720x1280` at OpenAI. Known values: `720x1280`, `1280x720`, `1024x1792`,
    `1792x1024`.
    """
    characters: Sequence[VideoCharacterReference | VideoCharacterReferenceParam] | None
    """Characters to use. In OpenAI's guide, not in its SDKs."""
    call_options: CallOptions | CallOptionsParam | None
    """Options of the gateway for this call."""
    input_reference: File | ImageReference | ImageReferenceParam | None
    """An image to begin with. At most as large as a message of the gateway."""


class GetVideoParams(CallParams, total=False):
    """Keyword arguments of `GetVideoRequest`."""

    video_id: str | None
    """The id of the video. Required. Limit: 1,024 bytes."""


class ListVideosParams(CallParams, total=False):
    """Keyword arguments of `ListVideosRequest`."""

    after: str | None
    """The id of the last one of the previous page. Default: the first page. Limit: 1,024 bytes."""
    limit: int | None
    """Maximum number of entries per page, 0 to 100. Default: 20 at OpenAI."""
    order: values.ListVideosRequestOrder | None
    """Order by time: oldest or newest first. Default: `desc`. Known values: `asc`, `desc`."""


class DeleteVideoParams(CallParams, total=False):
    """Keyword arguments of `DeleteVideoRequest`."""

    video_id: str | None
    """The id of the video. Required. Limit: 1,024 bytes."""


class DownloadVideoParams(CallParams, total=False):
    """Keyword arguments of `DownloadVideoRequest`."""

    video_id: str | None
    """The id of the video. Required. Limit: 1,024 bytes."""
    variant: values.DownloadVideoRequestVariant | None
    """The file to send: the video, an image of it, or one of several frames. Default: `video`. Known values: `video`,
    `thumbnail`, `spritesheet`.
    """
    call_options: CallOptions | CallOptionsParam | None
    """Options of the gateway for this call."""
    offset: int | None
    """The first byte to send, from 0; to resume: the number of bytes received. Default: 0."""
    length: int | None
    """The number of bytes to send, at most those until the end of the file. Default: all."""


class RemixVideoParams(CallParams, total=False):
    """Keyword arguments of `RemixVideoRequest`."""

    prompt: str | None
    """A description of the result. Required."""
    video_id: str | None
    """The id of the video. Required. Limit: 1,024 bytes."""
    call_options: CallOptions | CallOptionsParam | None
    """Options of the gateway for this call."""


class EditVideoParams(CallParams, total=False):
    """Keyword arguments of `EditVideoRequest`."""

    prompt: str | None
    """A description of the result. Required."""
    call_options: CallOptions | CallOptionsParam | None
    """Options of the gateway for this call."""
    video: File | VideoReference | VideoReferenceParam | None
    """The video, an MP4 file, instead of `video_reference`. At most as large as a message of the gateway."""


class ExtendVideoParams(CallParams, total=False):
    """Keyword arguments of `ExtendVideoRequest`."""

    prompt: str | None
    """A description of the part that follows. Required."""
    seconds: values.ExtendVideoRequestSeconds | None
    """The length of that part in seconds, as a text. Required. Known values: `4`, `8`, `12`."""
    call_options: CallOptions | CallOptionsParam | None
    """Options of the gateway for this call."""
    video: File | VideoReference | VideoReferenceParam | None
    """The video, an MP4 file, instead of `video_reference`. At most as large as a message of the gateway."""


class CreateVideoCharacterParams(CallParams, total=False):
    """Keyword arguments of `CreateVideoCharacterRequest`."""

    name: str | None
    """The name of the character. Required."""
    call_options: CallOptions | CallOptionsParam | None
    """Options of the gateway for this call."""
    video: File | None
    """A video of the character, an MP4 file. Required. At most as large as a message of the gateway."""


class GetVideoCharacterParams(CallParams, total=False):
    """Keyword arguments of `GetVideoCharacterRequest`."""

    character_id: str | None
    """The id of the character. Required. Limit: 1,024 bytes."""


class IssueKeyParams(CallParams, total=False):
    """Keyword arguments of `IssueKeyRequest`."""

    name: str | None
    """Name in logs and metrics; owner of usage and stored objects. Required. Limit: 1 to 256 characters."""
    models: Sequence[str] | None
    """Models that the key may use; a `*` matches any text. Empty: all. Limit: 1,000 of 256 characters."""
    rpcs: Sequence[str] | None
    """RPCs that the key may call, such as `CreateChatCompletion` or, of one service alone, `ResponsesService.Connect`;
    a `*` matches any text. Empty: all. Limit: 1,000 of 256 characters.
    """
    rpm: int | None
    """Limit of requests per minute; more than 0. Absent: no limit."""
    tpm: int | None
    """Limit of tokens per minute; more than 0. Absent: no limit."""
    max_parallel_requests: int | None
    """Limit of calls in flight; more than 0. Absent: no limit."""
    max_budget: float | None
    """Limit of the cost in a `budget_duration`, in US dollars; at least 0. Absent: no limit."""
    soft_budget: float | None
    """Cost from which calls are warned, in US dollars; less than `max_budget`. Absent: no warning."""
    budget_duration: str | None
    """Period after which the budget begins anew, such as `1h`, `1d` or `1mo`. Absent: never."""
    organization: str | None
    """`OpenAI-Organization` of the key's calls. Absent: the deployment's."""
    project: str | None
    """`OpenAI-Project` of the key's calls. Absent: the deployment's."""
    expires_in: int | None
    """Time after which the key expires, in seconds; more than 0. Absent: never."""


class ListKeysParams(CallParams, total=False):
    """Keyword arguments of `ListKeysRequest`."""

    limit: int | None
    """Number of keys, 1 to 1000. Default: 100."""
    after: str | None
    """Id of the last key of the page before. Default: from the newest."""


class RotateKeyParams(CallParams, total=False):
    """Keyword arguments of `RotateKeyRequest`."""

    key_id: str | None
    """Id of the key. Required."""
    grace_period: int | None
    """Time for which the secret so far is taken as well, in seconds, 0 to 604,800. Default: 0."""


class RevokeKeyParams(CallParams, total=False):
    """Keyword arguments of `RevokeKeyRequest`."""

    key_id: str | None
    """Id of the key. Required."""


class UploadTranscriptionParams(CreateTranscriptionParams, UploadParams, total=False):
    """Keyword arguments of an upload, which are those of `CreateTranscriptionRequest`."""


class UploadTranslationParams(CreateTranslationParams, UploadParams, total=False):
    """Keyword arguments of an upload, which are those of `CreateTranslationRequest`."""


class UploadContentProvenanceCheckParams(CreateContentProvenanceCheckParams, UploadParams, total=False):
    """Keyword arguments of an upload, which are those of `CreateContentProvenanceCheckRequest`."""


class UploadFileParams(CreateFileParams, UploadParams, total=False):
    """Keyword arguments of an upload, which are those of `CreateFileRequest`."""


class UploadUploadPartParams(CreateUploadPartParams, UploadParams, total=False):
    """Keyword arguments of an upload, which are those of `CreateUploadPartRequest`."""


CreateTranscriptionRequestChunkingStrategyParam: TypeAlias = (
    "str | CreateTranscriptionRequest.VadConfig | CreateTranscriptionRequestVadConfigParam"
)
"""Chunking of the recording."""

CreateSpeechRequestVoiceParam: TypeAlias = "str | CreateSpeechRequest.VoiceId | CreateSpeechRequestVoiceIdParam"
"""A voice: a name, or the id of a custom voice."""

ChatCompletionRequestMessageParam: TypeAlias = "ChatCompletionRequestDeveloperMessage | ChatCompletionRequestDeveloperMessageParam | ChatCompletionRequestSystemMessage | ChatCompletionRequestSystemMessageParam | ChatCompletionRequestUserMessage | ChatCompletionRequestUserMessageParam | ChatCompletionMessage | ChatCompletionMessageParam | ChatCompletionRequestToolMessage | ChatCompletionRequestToolMessageParam | ChatCompletionRequestFunctionMessage | ChatCompletionRequestFunctionMessageParam"
"""A message of a chat, by role."""

ChatCompletionContentParam: TypeAlias = (
    "str | ChatCompletionContentParts | Sequence[ChatCompletionContentPart | ChatCompletionContentPartParam]"
)
"""The content of a chat message: a string, or a list of parts."""

ChatCompletionContentPartParam: TypeAlias = "ChatCompletionContentPartText | ChatCompletionContentPartTextParam | ChatCompletionContentPartImage | ChatCompletionContentPartImageParam | ChatCompletionContentPartInputAudio | ChatCompletionContentPartInputAudioParam | ChatCompletionContentPartFile | ChatCompletionContentPartFileParam | ChatCompletionContentPartRefusal | ChatCompletionContentPartRefusalParam | ChatCompletionContentPartThinking | ChatCompletionContentPartThinkingParam | ChatCompletionContentPartReasoning | ChatCompletionContentPartReasoningParam | ChatCompletionContentPartVideo | ChatCompletionContentPartVideoParam | str"
"""A part of a chat message's content."""

ChatCompletionMessageToolCallParam: TypeAlias = "ChatCompletionMessageFunctionToolCall | ChatCompletionMessageFunctionToolCallParam | ChatCompletionMessageCustomToolCall | ChatCompletionMessageCustomToolCallParam"
"""A tool call requested by the model."""

CreateChatCompletionRequestVoiceParam: TypeAlias = (
    "str | CreateChatCompletionRequest.VoiceId | CreateChatCompletionRequestVoiceIdParam"
)
"""A voice: a name, or the id of a custom voice."""

ChatCompletionFunctionCallOptionParam: TypeAlias = (
    "str | ChatCompletionFunctionCallOption.NamedFunction | ChatCompletionFunctionCallOptionNamedFunctionParam"
)
"""Function choice, from before tools."""

ChatCompletionResponseFormatParam: TypeAlias = "ResponseFormatText | ResponseFormatTextParam | ResponseFormatJsonSchema | ResponseFormatJsonSchemaParam | ResponseFormatJsonObject | ResponseFormatJsonObjectParam"
"""The format of the reply."""

ChatCompletionToolChoiceParam: TypeAlias = "str | ChatCompletionAllowedToolChoice | ChatCompletionAllowedToolChoiceParam | ChatCompletionNamedToolChoice | ChatCompletionNamedToolChoiceParam | ChatCompletionNamedToolChoiceCustom | ChatCompletionNamedToolChoiceCustomParam"
"""Tool choice."""

ChatCompletionToolParam: TypeAlias = "ChatCompletionFunctionTool | ChatCompletionFunctionToolParam | ChatCompletionCustomTool | ChatCompletionCustomToolParam | NamespaceTool | NamespaceToolParam | ToolSearchTool | ToolSearchToolParam | WebSearchTool | WebSearchToolParam | WebSearchPreviewTool | WebSearchPreviewToolParam | FileSearchTool | FileSearchToolParam | CodeInterpreterTool | CodeInterpreterToolParam | ImageGenerationTool | ImageGenerationToolParam | McpTool | McpToolParam | ComputerTool | ComputerToolParam | ComputerUsePreviewTool | ComputerUsePreviewToolParam | LocalShellTool | LocalShellToolParam | FunctionShellTool | FunctionShellToolParam | ApplyPatchTool | ApplyPatchToolParam | ProgrammaticToolCallingTool | ProgrammaticToolCallingToolParam"
"""A tool that the model may call. `function` and `custom` are OpenAI's for chat; the others are tools of
Responses, for the gateway's bridge."""

ChatCompletionCustomToolCustomDefinitionFormatParam: TypeAlias = "CustomToolFormatText | CustomToolFormatTextParam | ChatCompletionCustomTool.CustomDefinition.GrammarFormat | ChatCompletionCustomToolCustomDefinitionGrammarFormatParam"
"""The format of the input."""

ResponseToolParam: TypeAlias = "FunctionTool | FunctionToolParam | CustomTool | CustomToolParam | FileSearchTool | FileSearchToolParam | WebSearchTool | WebSearchToolParam | WebSearchPreviewTool | WebSearchPreviewToolParam | ComputerTool | ComputerToolParam | ComputerUsePreviewTool | ComputerUsePreviewToolParam | CodeInterpreterTool | CodeInterpreterToolParam | ImageGenerationTool | ImageGenerationToolParam | McpTool | McpToolParam | LocalShellTool | LocalShellToolParam | FunctionShellTool | FunctionShellToolParam | ApplyPatchTool | ApplyPatchToolParam | NamespaceTool | NamespaceToolParam | ToolSearchTool | ToolSearchToolParam | ProgrammaticToolCallingTool | ProgrammaticToolCallingToolParam"
"""A tool that the model may use."""

CustomToolFormatParam: TypeAlias = (
    "CustomToolFormatText | CustomToolFormatTextParam | CustomTool.Grammar | CustomToolGrammarParam"
)
"""The format of the input."""

FileSearchFilterParam: TypeAlias = "ComparisonFilter | ComparisonFilterParam | CompoundFilter | CompoundFilterParam"
"""A condition on the attributes of files."""

FilterValueParam: TypeAlias = "str | bool | float | FilterValues | Sequence[FilterValue | FilterValueParam]"
"""The value that an attribute is compared with."""

CodeInterpreterToolContainerParam: TypeAlias = (
    "str | CodeInterpreterTool.AutoContainer | CodeInterpreterToolAutoContainerParam"
)
"""The container: an existing id, or settings of a new one."""

ContainerNetworkPolicyParam: TypeAlias = "ContainerNetworkPolicyDisabled | ContainerNetworkPolicyDisabledParam | ContainerNetworkPolicyAllowlist | ContainerNetworkPolicyAllowlistParam"
"""Network access of a container."""

McpToolAllowedToolsParam: TypeAlias = "McpTool.Names | Sequence[str] | McpTool.ToolFilter | McpToolToolFilterParam"
"""The tools of the server that the model may use: their names, or a filter."""

McpToolRequireApprovalParam: TypeAlias = "str | McpTool.ApprovalFilter | McpToolApprovalFilterParam"
"""Calls that need the caller's approval."""

ShellEnvironmentParam: TypeAlias = "ContainerAuto | ContainerAutoParam | LocalEnvironment | LocalEnvironmentParam | ContainerReference | ContainerReferenceParam"
"""Environment of shell commands."""

SkillParam: TypeAlias = "SkillReference | SkillReferenceParam | InlineSkill | InlineSkillParam"
"""A skill of a container."""

CompletionPromptParam: TypeAlias = "str | CompletionPrompt.TextList | Sequence[str] | CompletionPrompt.TokenIds | Sequence[int] | CompletionPrompt.TokenIdLists | Sequence[CompletionPrompt.TokenIds | Sequence[int]]"
"""Prompts to complete: one or more texts, as strings or token ids."""

ResponseItemParam: TypeAlias = "ResponseMessage | ResponseMessageParam | ResponseFunctionToolCall | ResponseFunctionToolCallParam | ResponseFunctionToolCallOutput | ResponseFunctionToolCallOutputParam | ResponseReasoningItem | ResponseReasoningItemParam | ResponseCustomToolCall | ResponseCustomToolCallParam | ResponseCustomToolCallOutput | ResponseCustomToolCallOutputParam | ResponseFileSearchToolCall | ResponseFileSearchToolCallParam | ResponseFunctionWebSearch | ResponseFunctionWebSearchParam | ResponseComputerToolCall | ResponseComputerToolCallParam | ResponseComputerToolCallOutput | ResponseComputerToolCallOutputParam | ResponseCodeInterpreterToolCall | ResponseCodeInterpreterToolCallParam | ResponseImageGenerationCall | ResponseImageGenerationCallParam | ResponseMcpListTools | ResponseMcpListToolsParam | ResponseMcpCall | ResponseMcpCallParam | ResponseMcpApprovalRequest | ResponseMcpApprovalRequestParam | ResponseMcpApprovalResponse | ResponseMcpApprovalResponseParam | ResponseLocalShellCall | ResponseLocalShellCallParam | ResponseLocalShellCallOutput | ResponseLocalShellCallOutputParam | ResponseFunctionShellToolCall | ResponseFunctionShellToolCallParam | ResponseFunctionShellToolCallOutput | ResponseFunctionShellToolCallOutputParam | ResponseApplyPatchToolCall | ResponseApplyPatchToolCallParam | ResponseApplyPatchToolCallOutput | ResponseApplyPatchToolCallOutputParam | ResponseToolSearchCall | ResponseToolSearchCallParam | ResponseToolSearchOutput | ResponseToolSearchOutputParam | ResponseAdditionalTools | ResponseAdditionalToolsParam | ResponseConfigurationUpdate | ResponseConfigurationUpdateParam | ResponseCompactionItem | ResponseCompactionItemParam | ResponseCompactionTrigger | ResponseCompactionTriggerParam | ResponseProgram | ResponseProgramParam | ResponseProgramOutput | ResponseProgramOutputParam | ResponseItemReference | ResponseItemReferenceParam"
"""An item of the input or the output. Output items can be sent back as input."""

ResponseContentParam: TypeAlias = (
    "str | ResponseContentParts | Sequence[ResponseContentPart | ResponseContentPartParam]"
)
"""A string, or a list of content parts."""

ResponseContentPartParam: TypeAlias = "ResponseInputText | ResponseInputTextParam | ResponseInputImage | ResponseInputImageParam | ResponseInputFile | ResponseInputFileParam | ResponseInputAudio | ResponseInputAudioParam | ResponseOutputText | ResponseOutputTextParam | ResponseOutputRefusal | ResponseOutputRefusalParam | ResponseReasoningText | ResponseReasoningTextParam | ResponseSummaryText | ResponseSummaryTextParam | ResponseText | ResponseTextParam | ResponseComputerScreenshot | ResponseComputerScreenshotParam"
"""A part of a message, of an output or of a reasoning item."""

ResponseAnnotationParam: TypeAlias = "ResponseFileCitation | ResponseFileCitationParam | ResponseUrlCitation | ResponseUrlCitationParam | ResponseContainerFileCitation | ResponseContainerFileCitationParam | ResponseFilePath | ResponseFilePathParam"
"""An annotation of a text."""

ToolCallerParam: TypeAlias = (
    "ToolCaller.DirectCaller | ToolCallerDirectCallerParam | ToolCaller.ProgramCaller | ToolCallerProgramCallerParam"
)
"""The caller of a tool: the model itself, or a program that it wrote."""

ResponseFunctionWebSearchActionParam: TypeAlias = "ResponseFunctionWebSearch.Search | ResponseFunctionWebSearchSearchParam | ResponseFunctionWebSearch.OpenPage | ResponseFunctionWebSearchOpenPageParam | ResponseFunctionWebSearch.Find | ResponseFunctionWebSearchFindParam"
"""An action of a web search."""

ComputerActionParam: TypeAlias = "ComputerAction.ClickAction | ComputerActionClickActionParam | ComputerAction.DoubleClickAction | ComputerActionDoubleClickActionParam | ComputerAction.DragAction | ComputerActionDragActionParam | ComputerAction.KeypressAction | ComputerActionKeypressActionParam | ComputerAction.MoveAction | ComputerActionMoveActionParam | ComputerAction.ScreenshotAction | ComputerActionScreenshotActionParam | ComputerAction.ScrollAction | ComputerActionScrollActionParam | ComputerAction.TypeAction | ComputerActionTypeActionParam | ComputerAction.WaitAction | ComputerActionWaitActionParam"
"""An action on a computer. Coordinates are pixels of the screenshot, from its top left."""

ResponseCodeInterpreterToolCallOutputParam: TypeAlias = "ResponseCodeInterpreterToolCall.Logs | ResponseCodeInterpreterToolCallLogsParam | ResponseCodeInterpreterToolCall.Image | ResponseCodeInterpreterToolCallImageParam"
"""An output of the code."""

McpErrorParam: TypeAlias = "str | McpError.ProtocolError | McpErrorProtocolErrorParam | McpError.ToolExecutionError | McpErrorToolExecutionErrorParam | McpError.HttpError | McpErrorHttpErrorParam"
"""Error of a failed MCP call: an object, or a string."""

ShellCallOutputContentOutcomeParam: TypeAlias = "ShellCallOutputContent.Exit | ShellCallOutputContentExitParam | ShellCallOutputContent.Timeout | ShellCallOutputContentTimeoutParam"
"""Outcome of the command."""

ResponseApplyPatchToolCallOperationParam: TypeAlias = "ResponseApplyPatchToolCall.CreateFile | ResponseApplyPatchToolCallCreateFileParam | ResponseApplyPatchToolCall.UpdateFile | ResponseApplyPatchToolCallUpdateFileParam | ResponseApplyPatchToolCall.DeleteFile | ResponseApplyPatchToolCallDeleteFileParam"
"""An operation on a file."""

ResponseTextConfigFormatParam: TypeAlias = "ResponseFormatText | ResponseFormatTextParam | ResponseTextConfig.JsonSchema | ResponseTextConfigJsonSchemaParam | ResponseFormatJsonObject | ResponseFormatJsonObjectParam"
"""The format of the text."""

DecisionInputParam: TypeAlias = "str | DecisionInput.ItemList | Sequence[DecisionInputItem | DecisionInputItemParam]"
"""Input of a decision: a text, or a list of items."""

DecisionInputItemParam: TypeAlias = "DecisionInputMessage | DecisionInputMessageParam | ResponseFunctionToolCall | ResponseFunctionToolCallParam | ResponseFunctionToolCallOutput | ResponseFunctionToolCallOutputParam | ResponseCustomToolCall | ResponseCustomToolCallParam | ResponseCustomToolCallOutput | ResponseCustomToolCallOutputParam"
"""An item of the input: a message, a tool call or its output."""

DecisionContentParam: TypeAlias = (
    "str | DecisionContent.PartList | Sequence[DecisionContentPart | DecisionContentPartParam]"
)
"""A text, or a list of parts."""

DecisionContentPartParam: TypeAlias = "ResponseInputText | ResponseInputTextParam | ResponseInputImage | ResponseInputImageParam | DecisionInputJson | DecisionInputJsonParam | DecisionOutputText | DecisionOutputTextParam | ResponseOutputRefusal | ResponseOutputRefusalParam"
"""A part of a message, or of a question's instructions."""

DecisionQuestionParam: TypeAlias = "DecisionQuestion.PredicateQuestion | DecisionQuestionPredicateQuestionParam | DecisionQuestion.ChoiceQuestion | DecisionQuestionChoiceQuestionParam | DecisionQuestion.ScoreQuestion | DecisionQuestionScoreQuestionParam"
"""A closed question."""

EmbeddingInputParam: TypeAlias = "str | EmbeddingInput.TextList | Sequence[str] | EmbeddingInput.TokenIds | Sequence[int] | EmbeddingInput.TokenIdLists | Sequence[EmbeddingInput.TokenIds | Sequence[int]]"
"""Texts to embed: one or more, as strings or token ids."""

ModerationInputParam: TypeAlias = "str | ModerationInput.TextList | Sequence[str] | ModerationInput.PartList | Sequence[ModerationInputPart | ModerationInputPartParam]"
"""Input of a moderation: a text, a list of texts, or one input of several parts."""

ModerationInputPartParam: TypeAlias = "ModerationInputPart.TextPart | ModerationInputPartTextPartParam | ModerationInputPart.ImagePart | ModerationInputPartImagePartParam"
"""A part of the input."""

RealtimeSessionParam: TypeAlias = "RealtimeConversationSession | RealtimeConversationSessionParam | RealtimeTranscriptionSession | RealtimeTranscriptionSessionParam"
"""The configuration of a session: one that talks, or one that only transcribes."""

RealtimeTurnDetectionParam: TypeAlias = "RealtimeTurnDetection.ServerDetection | RealtimeTurnDetectionServerDetectionParam | RealtimeTurnDetection.SemanticDetection | RealtimeTurnDetectionSemanticDetectionParam"
"""Detection of when the speaker has finished."""

ResponsePromptVariableParam: TypeAlias = "str | ResponseInputText | ResponseInputTextParam | ResponseInputImage | ResponseInputImageParam | ResponseInputFile | ResponseInputFileParam"
"""The value of a prompt's variable."""

ResponseToolChoiceParam: TypeAlias = "str | ToolChoiceAllowed | ToolChoiceAllowedParam | ToolChoiceTypes | ToolChoiceTypesParam | ToolChoiceFunction | ToolChoiceFunctionParam | ToolChoiceMcp | ToolChoiceMcpParam | ToolChoiceCustom | ToolChoiceCustomParam | ToolChoiceApplyPatch | ToolChoiceApplyPatchParam | ToolChoiceShell | ToolChoiceShellParam | ToolChoiceProgrammaticToolCalling | ToolChoiceProgrammaticToolCallingParam"
"""Tool choice."""

RealtimeTracingParam: TypeAlias = (
    "str | RealtimeTracing.TracingConfiguration | RealtimeTracingTracingConfigurationParam"
)
"""Tracing of a session."""

RealtimeTruncationParam: TypeAlias = "str | RealtimeTruncation.Retention | RealtimeTruncationRetentionParam"
"""How a conversation is truncated that exceeds the model's context."""

ResponseConversationParam: TypeAlias = (
    "str | ResponseConversation.ConversationReference | ResponseConversationConversationReferenceParam"
)
"""The conversation that a response belongs to: its id, or an object with its id."""

ResponseInputParam: TypeAlias = "str | ResponseItems | Sequence[ResponseItem | ResponseItemParam]"
"""Input of a model: a string, or a list of items."""

// Code generated from the contract. DO NOT EDIT.

package openaigrpcv1

// Known values of OpenRouterRequest.ProviderPreferences.data_collection; any other is accepted, too.
const (
	OpenRouterRequestProviderPreferencesDataCollectionAllow = "allow"
	OpenRouterRequestProviderPreferencesDataCollectionDeny  = "deny"
)

// Known values of OpenRouterRequest.ProviderPreferences.sort; any other is accepted, too.
const (
	OpenRouterRequestProviderPreferencesSortPrice      = "price"
	OpenRouterRequestProviderPreferencesSortThroughput = "throughput"
	OpenRouterRequestProviderPreferencesSortLatency    = "latency"
)

// Known values of OpenRouterRequest.PluginConfig.id; any other is accepted, too.
const (
	OpenRouterRequestPluginConfigIdWeb        = "web"
	OpenRouterRequestPluginConfigIdFileParser = "file-parser"
)

// Known values of ContentFilterResult.severity; any other is accepted, too.
const (
	ContentFilterResultSeveritySafe   = "safe"
	ContentFilterResultSeverityLow    = "low"
	ContentFilterResultSeverityMedium = "medium"
	ContentFilterResultSeverityHigh   = "high"
)

// Known values of PromptCacheBreakpoint.mode; any other is accepted, too.
const (
	PromptCacheBreakpointModeExplicit = "explicit"
)

// Known values of PromptCacheBreakpoint.ttl; any other is accepted, too.
const (
	PromptCacheBreakpointTtl30M = "30m"
	PromptCacheBreakpointTtl12H = "12h"
)

// Known values of PromptCacheOptions.mode; any other is accepted, too.
const (
	PromptCacheOptionsModeImplicit = "implicit"
	PromptCacheOptionsModeExplicit = "explicit"
)

// Known values of PromptCacheOptions.ttl; any other is accepted, too.
const (
	PromptCacheOptionsTtl30M = "30m"
	PromptCacheOptionsTtl12H = "12h"
)

// Known values of Reasoning.effort; any other is accepted, too.
const (
	ReasoningEffortNone    = "none"
	ReasoningEffortMinimal = "minimal"
	ReasoningEffortLow     = "low"
	ReasoningEffortMedium  = "medium"
	ReasoningEffortHigh    = "high"
	ReasoningEffortXhigh   = "xhigh"
	ReasoningEffortMax     = "max"
)

// Known values of Reasoning.context; any other is accepted, too.
const (
	ReasoningContextAuto        = "auto"
	ReasoningContextCurrentTurn = "current_turn"
	ReasoningContextAllTurns    = "all_turns"
)

// Known values of Reasoning.generate_summary; any other is accepted, too.
const (
	ReasoningGenerateSummaryAuto     = "auto"
	ReasoningGenerateSummaryConcise  = "concise"
	ReasoningGenerateSummaryDetailed = "detailed"
)

// Known values of Reasoning.mode; any other is accepted, too.
const (
	ReasoningModeStandard = "standard"
	ReasoningModePro      = "pro"
)

// Known values of Reasoning.summary; any other is accepted, too.
const (
	ReasoningSummaryAuto     = "auto"
	ReasoningSummaryConcise  = "concise"
	ReasoningSummaryDetailed = "detailed"
)

// Known values of ModerationOptions.Policy.Input.mode; any other is accepted, too.
const (
	ModerationOptionsPolicyInputModeScore = "score"
	ModerationOptionsPolicyInputModeBlock = "block"
)

// Known values of ModerationOptions.Policy.Output.mode; any other is accepted, too.
const (
	ModerationOptionsPolicyOutputModeScore = "score"
	ModerationOptionsPolicyOutputModeBlock = "block"
)

// Known values of CacheControl.type; any other is accepted, too.
const (
	CacheControlTypeEphemeral = "ephemeral"
)

// Known values of CacheControl.ttl; any other is accepted, too.
const (
	CacheControlTtl5M = "5m"
	CacheControlTtl1H = "1h"
)

// Known values of CreateSpeechRequest.response_format; any other is accepted, too.
const (
	CreateSpeechRequestResponseFormatMp3  = "mp3"
	CreateSpeechRequestResponseFormatOpus = "opus"
	CreateSpeechRequestResponseFormatAac  = "aac"
	CreateSpeechRequestResponseFormatFlac = "flac"
	CreateSpeechRequestResponseFormatWav  = "wav"
	CreateSpeechRequestResponseFormatPcm  = "pcm"
)

// Known values of CreateSpeechRequest.stream_format; any other is accepted, too.
const (
	CreateSpeechRequestStreamFormatSse   = "sse"
	CreateSpeechRequestStreamFormatAudio = "audio"
)

// Known values of CreateTranscriptionRequest.include; any other is accepted, too.
const (
	CreateTranscriptionRequestIncludeLogprobs = "logprobs"
)

// Known values of CreateTranscriptionRequest.response_format; any other is accepted, too.
const (
	CreateTranscriptionRequestResponseFormatJson         = "json"
	CreateTranscriptionRequestResponseFormatText         = "text"
	CreateTranscriptionRequestResponseFormatSrt          = "srt"
	CreateTranscriptionRequestResponseFormatVerboseJson  = "verbose_json"
	CreateTranscriptionRequestResponseFormatVtt          = "vtt"
	CreateTranscriptionRequestResponseFormatDiarizedJson = "diarized_json"
)

// Known values of CreateTranscriptionRequest.timestamp_granularities; any other is accepted, too.
const (
	CreateTranscriptionRequestTimestampGranularitiesWord    = "word"
	CreateTranscriptionRequestTimestampGranularitiesSegment = "segment"
)

// Known values of Transcription.task; any other is accepted, too.
const (
	TranscriptionTaskTranscribe = "transcribe"
)

// Known values of TranscriptionSegment.type; any other is accepted, too.
const (
	TranscriptionSegmentTypeTranscriptTextSegment = "transcript.text.segment"
)

// Known values of CreateTranslationRequest.response_format; any other is accepted, too.
const (
	CreateTranslationRequestResponseFormatJson        = "json"
	CreateTranslationRequestResponseFormatText        = "text"
	CreateTranslationRequestResponseFormatSrt         = "srt"
	CreateTranslationRequestResponseFormatVerboseJson = "verbose_json"
	CreateTranslationRequestResponseFormatVtt         = "vtt"
)

// Known values of Translation.task; any other is accepted, too.
const (
	TranslationTaskTranslate = "translate"
)

// Known values of ChatCompletionContentPartImage.ImageUrl.detail; any other is accepted, too.
const (
	ChatCompletionContentPartImageImageUrlDetailAuto     = "auto"
	ChatCompletionContentPartImageImageUrlDetailLow      = "low"
	ChatCompletionContentPartImageImageUrlDetailHigh     = "high"
	ChatCompletionContentPartImageImageUrlDetailOriginal = "original"
)

// Known values of ChatCompletionContentPartInputAudio.InputAudio.format; any other is accepted, too.
const (
	ChatCompletionContentPartInputAudioInputAudioFormatWav = "wav"
	ChatCompletionContentPartInputAudioInputAudioFormatMp3 = "mp3"
)

// Known values of ExecutedTool.type; any other is accepted, too.
const (
	ExecutedToolTypeSearch = "search"
	ExecutedToolTypePython = "python"
)

// Known values of ReasoningDetail.type; any other is accepted, too.
const (
	ReasoningDetailTypeReasoningText      = "reasoning.text"
	ReasoningDetailTypeReasoningSummary   = "reasoning.summary"
	ReasoningDetailTypeReasoningEncrypted = "reasoning.encrypted"
)

// Known values of ChatCompletionStoreMessage.role; any other is accepted, too.
const (
	ChatCompletionStoreMessageRoleAssistant = "assistant"
)

// Known values of FunctionTool.allowed_callers; any other is accepted, too.
const (
	FunctionToolAllowedCallersDirect       = "direct"
	FunctionToolAllowedCallersProgrammatic = "programmatic"
)

// Known values of CustomTool.allowed_callers; any other is accepted, too.
const (
	CustomToolAllowedCallersDirect       = "direct"
	CustomToolAllowedCallersProgrammatic = "programmatic"
)

// Known values of CustomTool.Grammar.syntax; any other is accepted, too.
const (
	CustomToolGrammarSyntaxLark  = "lark"
	CustomToolGrammarSyntaxRegex = "regex"
)

// Known values of FileSearchTool.RankingOptions.ranker; any other is accepted, too.
const (
	FileSearchToolRankingOptionsRankerAuto            = "auto"
	FileSearchToolRankingOptionsRankerDefault20241115 = "default-2024-11-15"
)

// Known values of ComparisonFilter.type; any other is accepted, too.
const (
	ComparisonFilterTypeEq  = "eq"
	ComparisonFilterTypeNe  = "ne"
	ComparisonFilterTypeGt  = "gt"
	ComparisonFilterTypeGte = "gte"
	ComparisonFilterTypeLt  = "lt"
	ComparisonFilterTypeLte = "lte"
	ComparisonFilterTypeIn  = "in"
	ComparisonFilterTypeNin = "nin"
)

// Known values of CompoundFilter.type; any other is accepted, too.
const (
	CompoundFilterTypeAnd = "and"
	CompoundFilterTypeOr  = "or"
)

// Known values of WebSearchTool.search_context_size; any other is accepted, too.
const (
	WebSearchToolSearchContextSizeLow    = "low"
	WebSearchToolSearchContextSizeMedium = "medium"
	WebSearchToolSearchContextSizeHigh   = "high"
)

// Known values of UserLocation.type; any other is accepted, too.
const (
	UserLocationTypeApproximate = "approximate"
)

// Known values of WebSearchPreviewTool.search_content_types; any other is accepted, too.
const (
	WebSearchPreviewToolSearchContentTypesText  = "text"
	WebSearchPreviewToolSearchContentTypesImage = "image"
)

// Known values of WebSearchPreviewTool.search_context_size; any other is accepted, too.
const (
	WebSearchPreviewToolSearchContextSizeLow    = "low"
	WebSearchPreviewToolSearchContextSizeMedium = "medium"
	WebSearchPreviewToolSearchContextSizeHigh   = "high"
)

// Known values of ComputerUsePreviewTool.environment; any other is accepted, too.
const (
	ComputerUsePreviewToolEnvironmentWindows = "windows"
	ComputerUsePreviewToolEnvironmentMac     = "mac"
	ComputerUsePreviewToolEnvironmentLinux   = "linux"
	ComputerUsePreviewToolEnvironmentUbuntu  = "ubuntu"
	ComputerUsePreviewToolEnvironmentBrowser = "browser"
)

// Known values of CodeInterpreterTool.allowed_callers; any other is accepted, too.
const (
	CodeInterpreterToolAllowedCallersDirect       = "direct"
	CodeInterpreterToolAllowedCallersProgrammatic = "programmatic"
)

// Known values of CodeInterpreterTool.AutoContainer.memory_limit; any other is accepted, too.
const (
	CodeInterpreterToolAutoContainerMemoryLimit1G  = "1g"
	CodeInterpreterToolAutoContainerMemoryLimit4G  = "4g"
	CodeInterpreterToolAutoContainerMemoryLimit16G = "16g"
	CodeInterpreterToolAutoContainerMemoryLimit64G = "64g"
)

// Known values of ImageGenerationTool.action; any other is accepted, too.
const (
	ImageGenerationToolActionGenerate = "generate"
	ImageGenerationToolActionEdit     = "edit"
	ImageGenerationToolActionAuto     = "auto"
)

// Known values of ImageGenerationTool.background; any other is accepted, too.
const (
	ImageGenerationToolBackgroundTransparent = "transparent"
	ImageGenerationToolBackgroundOpaque      = "opaque"
	ImageGenerationToolBackgroundAuto        = "auto"
)

// Known values of ImageGenerationTool.complexity; any other is accepted, too.
const (
	ImageGenerationToolComplexityLow    = "low"
	ImageGenerationToolComplexityMedium = "medium"
	ImageGenerationToolComplexityHigh   = "high"
)

// Known values of ImageGenerationTool.input_fidelity; any other is accepted, too.
const (
	ImageGenerationToolInputFidelityHigh = "high"
	ImageGenerationToolInputFidelityLow  = "low"
)

// Known values of ImageGenerationTool.moderation; any other is accepted, too.
const (
	ImageGenerationToolModerationAuto = "auto"
	ImageGenerationToolModerationLow  = "low"
)

// Known values of ImageGenerationTool.output_format; any other is accepted, too.
const (
	ImageGenerationToolOutputFormatPng  = "png"
	ImageGenerationToolOutputFormatWebp = "webp"
	ImageGenerationToolOutputFormatJpeg = "jpeg"
	ImageGenerationToolOutputFormatGif  = "gif"
	ImageGenerationToolOutputFormatSvg  = "svg"
)

// Known values of ImageGenerationTool.quality; any other is accepted, too.
const (
	ImageGenerationToolQualityLow    = "low"
	ImageGenerationToolQualityMedium = "medium"
	ImageGenerationToolQualityHigh   = "high"
	ImageGenerationToolQualityXhigh  = "xhigh"
	ImageGenerationToolQualityMax    = "max"
	ImageGenerationToolQualityAuto   = "auto"
)

// Known values of ImageGenerationTool.size; any other is accepted, too.
const (
	ImageGenerationToolSize1024X1024 = "1024x1024"
	ImageGenerationToolSize1024X1536 = "1024x1536"
	ImageGenerationToolSize1536X1024 = "1536x1024"
	ImageGenerationToolSizeAuto      = "auto"
)

// Known values of ImageGenerationTool.Svg.Reasoning.effort; any other is accepted, too.
const (
	ImageGenerationToolSvgReasoningEffortNone    = "none"
	ImageGenerationToolSvgReasoningEffortMinimal = "minimal"
	ImageGenerationToolSvgReasoningEffortLow     = "low"
	ImageGenerationToolSvgReasoningEffortMedium  = "medium"
	ImageGenerationToolSvgReasoningEffortHigh    = "high"
	ImageGenerationToolSvgReasoningEffortXhigh   = "xhigh"
	ImageGenerationToolSvgReasoningEffortMax     = "max"
)

// Known values of McpTool.allowed_callers; any other is accepted, too.
const (
	McpToolAllowedCallersDirect       = "direct"
	McpToolAllowedCallersProgrammatic = "programmatic"
)

// Known values of McpTool.connector_id; any other is accepted, too.
const (
	McpToolConnectorIdConnectorDropbox         = "connector_dropbox"
	McpToolConnectorIdConnectorGmail           = "connector_gmail"
	McpToolConnectorIdConnectorGooglecalendar  = "connector_googlecalendar"
	McpToolConnectorIdConnectorGoogledrive     = "connector_googledrive"
	McpToolConnectorIdConnectorMicrosoftteams  = "connector_microsoftteams"
	McpToolConnectorIdConnectorOutlookcalendar = "connector_outlookcalendar"
	McpToolConnectorIdConnectorOutlookemail    = "connector_outlookemail"
	McpToolConnectorIdConnectorSharepoint      = "connector_sharepoint"
)

// Known values of FunctionShellTool.allowed_callers; any other is accepted, too.
const (
	FunctionShellToolAllowedCallersDirect       = "direct"
	FunctionShellToolAllowedCallersProgrammatic = "programmatic"
)

// Known values of ContainerAuto.memory_limit; any other is accepted, too.
const (
	ContainerAutoMemoryLimit1G  = "1g"
	ContainerAutoMemoryLimit4G  = "4g"
	ContainerAutoMemoryLimit16G = "16g"
	ContainerAutoMemoryLimit64G = "64g"
)

// Known values of InlineSkill.Source.media_type; any other is accepted, too.
const (
	InlineSkillSourceMediaTypeApplicationZip = "application/zip"
)

// Known values of ApplyPatchTool.allowed_callers; any other is accepted, too.
const (
	ApplyPatchToolAllowedCallersDirect       = "direct"
	ApplyPatchToolAllowedCallersProgrammatic = "programmatic"
)

// Known values of ToolSearchTool.execution; any other is accepted, too.
const (
	ToolSearchToolExecutionServer = "server"
	ToolSearchToolExecutionClient = "client"
)

// Known values of ToolChoiceAllowed.mode; any other is accepted, too.
const (
	ToolChoiceAllowedModeAuto     = "auto"
	ToolChoiceAllowedModeRequired = "required"
)

// Known values of ToolChoiceTypes.type; any other is accepted, too.
const (
	ToolChoiceTypesTypeFileSearch               = "file_search"
	ToolChoiceTypesTypeWebSearch                = "web_search"
	ToolChoiceTypesTypeWebSearch20250826        = "web_search_2025_08_26"
	ToolChoiceTypesTypeWebSearchPreview         = "web_search_preview"
	ToolChoiceTypesTypeComputer                 = "computer"
	ToolChoiceTypesTypeComputerUsePreview       = "computer_use_preview"
	ToolChoiceTypesTypeComputerUse              = "computer_use"
	ToolChoiceTypesTypeWebSearchPreview20250311 = "web_search_preview_2025_03_11"
	ToolChoiceTypesTypeImageGeneration          = "image_generation"
	ToolChoiceTypesTypeCodeInterpreter          = "code_interpreter"
)

// Known values of ChatCompletionCustomTool.CustomDefinition.GrammarFormat.Grammar.syntax; any other is accepted, too.
const (
	ChatCompletionCustomToolCustomDefinitionGrammarFormatGrammarSyntaxLark  = "lark"
	ChatCompletionCustomToolCustomDefinitionGrammarFormatGrammarSyntaxRegex = "regex"
)

// Known values of ChatCompletionAllowedToolChoice.AllowedTools.mode; any other is accepted, too.
const (
	ChatCompletionAllowedToolChoiceAllowedToolsModeAuto     = "auto"
	ChatCompletionAllowedToolChoiceAllowedToolsModeRequired = "required"
)

// Known values of WebSearchOptions.search_context_size; any other is accepted, too.
const (
	WebSearchOptionsSearchContextSizeLow    = "low"
	WebSearchOptionsSearchContextSizeMedium = "medium"
	WebSearchOptionsSearchContextSizeHigh   = "high"
)

// Known values of CreateChatCompletionRequest.modalities; any other is accepted, too.
const (
	CreateChatCompletionRequestModalitiesText  = "text"
	CreateChatCompletionRequestModalitiesAudio = "audio"
)

// Known values of CreateChatCompletionRequest.prompt_cache_retention; any other is accepted, too.
const (
	CreateChatCompletionRequestPromptCacheRetentionInMemory = "in_memory"
	CreateChatCompletionRequestPromptCacheRetention24H      = "24h"
)

// Known values of CreateChatCompletionRequest.reasoning_effort; any other is accepted, too.
const (
	CreateChatCompletionRequestReasoningEffortNone    = "none"
	CreateChatCompletionRequestReasoningEffortMinimal = "minimal"
	CreateChatCompletionRequestReasoningEffortLow     = "low"
	CreateChatCompletionRequestReasoningEffortMedium  = "medium"
	CreateChatCompletionRequestReasoningEffortHigh    = "high"
	CreateChatCompletionRequestReasoningEffortXhigh   = "xhigh"
	CreateChatCompletionRequestReasoningEffortMax     = "max"
)

// Known values of CreateChatCompletionRequest.service_tier; any other is accepted, too.
const (
	CreateChatCompletionRequestServiceTierAuto     = "auto"
	CreateChatCompletionRequestServiceTierDefault  = "default"
	CreateChatCompletionRequestServiceTierFlex     = "flex"
	CreateChatCompletionRequestServiceTierScale    = "scale"
	CreateChatCompletionRequestServiceTierPriority = "priority"
	CreateChatCompletionRequestServiceTierFast     = "fast"
)

// Known values of CreateChatCompletionRequest.verbosity; any other is accepted, too.
const (
	CreateChatCompletionRequestVerbosityLow    = "low"
	CreateChatCompletionRequestVerbosityMedium = "medium"
	CreateChatCompletionRequestVerbosityHigh   = "high"
)

// Known values of CreateChatCompletionRequest.AudioParameters.format; any other is accepted, too.
const (
	CreateChatCompletionRequestAudioParametersFormatWav   = "wav"
	CreateChatCompletionRequestAudioParametersFormatAac   = "aac"
	CreateChatCompletionRequestAudioParametersFormatMp3   = "mp3"
	CreateChatCompletionRequestAudioParametersFormatFlac  = "flac"
	CreateChatCompletionRequestAudioParametersFormatOpus  = "opus"
	CreateChatCompletionRequestAudioParametersFormatPcm16 = "pcm16"
)

// Known values of CreateChatCompletionRequest.ThinkingConfig.type; any other is accepted, too.
const (
	CreateChatCompletionRequestThinkingConfigTypeEnabled  = "enabled"
	CreateChatCompletionRequestThinkingConfigTypeDisabled = "disabled"
)

// Known values of ChatCompletion.service_tier; any other is accepted, too.
const (
	ChatCompletionServiceTierAuto     = "auto"
	ChatCompletionServiceTierDefault  = "default"
	ChatCompletionServiceTierFlex     = "flex"
	ChatCompletionServiceTierScale    = "scale"
	ChatCompletionServiceTierPriority = "priority"
	ChatCompletionServiceTierFast     = "fast"
)

// Known values of ChatCompletion.Choice.finish_reason; any other is accepted, too.
const (
	ChatCompletionChoiceFinishReasonStop          = "stop"
	ChatCompletionChoiceFinishReasonLength        = "length"
	ChatCompletionChoiceFinishReasonToolCalls     = "tool_calls"
	ChatCompletionChoiceFinishReasonContentFilter = "content_filter"
	ChatCompletionChoiceFinishReasonFunctionCall  = "function_call"
)

// Known values of ChatCompletionChunk.service_tier; any other is accepted, too.
const (
	ChatCompletionChunkServiceTierAuto     = "auto"
	ChatCompletionChunkServiceTierDefault  = "default"
	ChatCompletionChunkServiceTierFlex     = "flex"
	ChatCompletionChunkServiceTierScale    = "scale"
	ChatCompletionChunkServiceTierPriority = "priority"
	ChatCompletionChunkServiceTierFast     = "fast"
)

// Known values of ChatCompletionChunk.Choice.finish_reason; any other is accepted, too.
const (
	ChatCompletionChunkChoiceFinishReasonStop          = "stop"
	ChatCompletionChunkChoiceFinishReasonLength        = "length"
	ChatCompletionChunkChoiceFinishReasonToolCalls     = "tool_calls"
	ChatCompletionChunkChoiceFinishReasonContentFilter = "content_filter"
	ChatCompletionChunkChoiceFinishReasonFunctionCall  = "function_call"
)

// Known values of ChatCompletionChunk.Choice.Delta.role; any other is accepted, too.
const (
	ChatCompletionChunkChoiceDeltaRoleDeveloper = "developer"
	ChatCompletionChunkChoiceDeltaRoleSystem    = "system"
	ChatCompletionChunkChoiceDeltaRoleUser      = "user"
	ChatCompletionChunkChoiceDeltaRoleAssistant = "assistant"
	ChatCompletionChunkChoiceDeltaRoleTool      = "tool"
)

// Known values of ChatCompletionChunk.Choice.Delta.ToolCall.type; any other is accepted, too.
const (
	ChatCompletionChunkChoiceDeltaToolCallTypeFunction = "function"
)

// Known values of ListChatCompletionsRequest.order; any other is accepted, too.
const (
	ListChatCompletionsRequestOrderAsc  = "asc"
	ListChatCompletionsRequestOrderDesc = "desc"
)

// Known values of ListChatCompletionMessagesRequest.order; any other is accepted, too.
const (
	ListChatCompletionMessagesRequestOrderAsc  = "asc"
	ListChatCompletionMessagesRequestOrderDesc = "desc"
)

// Known values of CreateCompletionRequest.model; any other is accepted, too.
const (
	CreateCompletionRequestModelGpt35TurboInstruct = "gpt-3.5-turbo-instruct"
	CreateCompletionRequestModelDavinci002         = "davinci-002"
	CreateCompletionRequestModelBabbage002         = "babbage-002"
)

// Known values of Completion.Choice.finish_reason; any other is accepted, too.
const (
	CompletionChoiceFinishReasonStop          = "stop"
	CompletionChoiceFinishReasonLength        = "length"
	CompletionChoiceFinishReasonContentFilter = "content_filter"
)

// Known values of CreateEmbeddingRequest.encoding_format; any other is accepted, too.
const (
	CreateEmbeddingRequestEncodingFormatFloat  = "float"
	CreateEmbeddingRequestEncodingFormatBase64 = "base64"
)

// Known values of ExpiresAfter.anchor; any other is accepted, too.
const (
	ExpiresAfterAnchorCreatedAt = "created_at"
)

// Known values of CreateFileRequest.purpose; any other is accepted, too.
const (
	CreateFileRequestPurposeAssistants = "assistants"
	CreateFileRequestPurposeBatch      = "batch"
	CreateFileRequestPurposeFineTune   = "fine-tune"
	CreateFileRequestPurposeVision     = "vision"
	CreateFileRequestPurposeUserData   = "user_data"
	CreateFileRequestPurposeEvals      = "evals"
)

// Known values of ListFilesRequest.order; any other is accepted, too.
const (
	ListFilesRequestOrderAsc  = "asc"
	ListFilesRequestOrderDesc = "desc"
)

// Known values of FileObject.purpose; any other is accepted, too.
const (
	FileObjectPurposeAssistants       = "assistants"
	FileObjectPurposeAssistantsOutput = "assistants_output"
	FileObjectPurposeBatch            = "batch"
	FileObjectPurposeBatchOutput      = "batch_output"
	FileObjectPurposeFineTune         = "fine-tune"
	FileObjectPurposeFineTuneResults  = "fine-tune-results"
	FileObjectPurposeVision           = "vision"
	FileObjectPurposeUserData         = "user_data"
)

// Known values of FileObject.status; any other is accepted, too.
const (
	FileObjectStatusUploaded  = "uploaded"
	FileObjectStatusProcessed = "processed"
	FileObjectStatusError     = "error"
)

// Known values of CreateImageRequest.background; any other is accepted, too.
const (
	CreateImageRequestBackgroundTransparent = "transparent"
	CreateImageRequestBackgroundOpaque      = "opaque"
	CreateImageRequestBackgroundAuto        = "auto"
)

// Known values of CreateImageRequest.complexity; any other is accepted, too.
const (
	CreateImageRequestComplexityLow    = "low"
	CreateImageRequestComplexityMedium = "medium"
	CreateImageRequestComplexityHigh   = "high"
)

// Known values of CreateImageRequest.moderation; any other is accepted, too.
const (
	CreateImageRequestModerationLow  = "low"
	CreateImageRequestModerationAuto = "auto"
)

// Known values of CreateImageRequest.output_format; any other is accepted, too.
const (
	CreateImageRequestOutputFormatPng  = "png"
	CreateImageRequestOutputFormatWebp = "webp"
	CreateImageRequestOutputFormatJpeg = "jpeg"
	CreateImageRequestOutputFormatGif  = "gif"
	CreateImageRequestOutputFormatSvg  = "svg"
)

// Known values of CreateImageRequest.quality; any other is accepted, too.
const (
	CreateImageRequestQualityLow      = "low"
	CreateImageRequestQualityMedium   = "medium"
	CreateImageRequestQualityHigh     = "high"
	CreateImageRequestQualityXhigh    = "xhigh"
	CreateImageRequestQualityMax      = "max"
	CreateImageRequestQualityAuto     = "auto"
	CreateImageRequestQualityStandard = "standard"
	CreateImageRequestQualityHd       = "hd"
)

// Known values of CreateImageRequest.response_format; any other is accepted, too.
const (
	CreateImageRequestResponseFormatUrl     = "url"
	CreateImageRequestResponseFormatB64Json = "b64_json"
)

// Known values of CreateImageRequest.size; any other is accepted, too.
const (
	CreateImageRequestSizeAuto      = "auto"
	CreateImageRequestSize1024X1024 = "1024x1024"
	CreateImageRequestSize1536X1024 = "1536x1024"
	CreateImageRequestSize1024X1536 = "1024x1536"
	CreateImageRequestSize256X256   = "256x256"
	CreateImageRequestSize512X512   = "512x512"
	CreateImageRequestSize1792X1024 = "1792x1024"
	CreateImageRequestSize1024X1792 = "1024x1792"
)

// Known values of CreateImageRequest.style; any other is accepted, too.
const (
	CreateImageRequestStyleVivid   = "vivid"
	CreateImageRequestStyleNatural = "natural"
)

// Known values of CreateImageEditRequest.background; any other is accepted, too.
const (
	CreateImageEditRequestBackgroundTransparent = "transparent"
	CreateImageEditRequestBackgroundOpaque      = "opaque"
	CreateImageEditRequestBackgroundAuto        = "auto"
)

// Known values of CreateImageEditRequest.complexity; any other is accepted, too.
const (
	CreateImageEditRequestComplexityLow    = "low"
	CreateImageEditRequestComplexityMedium = "medium"
	CreateImageEditRequestComplexityHigh   = "high"
)

// Known values of CreateImageEditRequest.input_fidelity; any other is accepted, too.
const (
	CreateImageEditRequestInputFidelityHigh = "high"
	CreateImageEditRequestInputFidelityLow  = "low"
)

// Known values of CreateImageEditRequest.output_format; any other is accepted, too.
const (
	CreateImageEditRequestOutputFormatPng  = "png"
	CreateImageEditRequestOutputFormatWebp = "webp"
	CreateImageEditRequestOutputFormatJpeg = "jpeg"
	CreateImageEditRequestOutputFormatGif  = "gif"
	CreateImageEditRequestOutputFormatSvg  = "svg"
)

// Known values of CreateImageEditRequest.quality; any other is accepted, too.
const (
	CreateImageEditRequestQualityLow      = "low"
	CreateImageEditRequestQualityMedium   = "medium"
	CreateImageEditRequestQualityHigh     = "high"
	CreateImageEditRequestQualityXhigh    = "xhigh"
	CreateImageEditRequestQualityMax      = "max"
	CreateImageEditRequestQualityAuto     = "auto"
	CreateImageEditRequestQualityStandard = "standard"
)

// Known values of CreateImageEditRequest.response_format; any other is accepted, too.
const (
	CreateImageEditRequestResponseFormatUrl     = "url"
	CreateImageEditRequestResponseFormatB64Json = "b64_json"
)

// Known values of CreateImageEditRequest.size; any other is accepted, too.
const (
	CreateImageEditRequestSize1024X1024 = "1024x1024"
	CreateImageEditRequestSize1536X1024 = "1536x1024"
	CreateImageEditRequestSize1024X1536 = "1024x1536"
	CreateImageEditRequestSizeAuto      = "auto"
	CreateImageEditRequestSize256X256   = "256x256"
	CreateImageEditRequestSize512X512   = "512x512"
)

// Known values of CreateImageEditRequest.moderation; any other is accepted, too.
const (
	CreateImageEditRequestModerationLow  = "low"
	CreateImageEditRequestModerationAuto = "auto"
)

// Known values of CreateImageVariationRequest.response_format; any other is accepted, too.
const (
	CreateImageVariationRequestResponseFormatUrl     = "url"
	CreateImageVariationRequestResponseFormatB64Json = "b64_json"
)

// Known values of CreateImageVariationRequest.size; any other is accepted, too.
const (
	CreateImageVariationRequestSize256X256   = "256x256"
	CreateImageVariationRequestSize512X512   = "512x512"
	CreateImageVariationRequestSize1024X1024 = "1024x1024"
)

// Known values of ImageSvg.Reasoning.effort; any other is accepted, too.
const (
	ImageSvgReasoningEffortNone    = "none"
	ImageSvgReasoningEffortMinimal = "minimal"
	ImageSvgReasoningEffortLow     = "low"
	ImageSvgReasoningEffortMedium  = "medium"
	ImageSvgReasoningEffortHigh    = "high"
	ImageSvgReasoningEffortXhigh   = "xhigh"
	ImageSvgReasoningEffortMax     = "max"
)

// Known values of ImagesResponse.background; any other is accepted, too.
const (
	ImagesResponseBackgroundTransparent = "transparent"
	ImagesResponseBackgroundOpaque      = "opaque"
)

// Known values of ImagesResponse.output_format; any other is accepted, too.
const (
	ImagesResponseOutputFormatPng  = "png"
	ImagesResponseOutputFormatWebp = "webp"
	ImagesResponseOutputFormatJpeg = "jpeg"
	ImagesResponseOutputFormatGif  = "gif"
	ImagesResponseOutputFormatSvg  = "svg"
)

// Known values of ImagesResponse.quality; any other is accepted, too.
const (
	ImagesResponseQualityLow    = "low"
	ImagesResponseQualityMedium = "medium"
	ImagesResponseQualityHigh   = "high"
	ImagesResponseQualityXhigh  = "xhigh"
	ImagesResponseQualityMax    = "max"
)

// Known values of ImagePartialEvent.background; any other is accepted, too.
const (
	ImagePartialEventBackgroundTransparent = "transparent"
	ImagePartialEventBackgroundOpaque      = "opaque"
	ImagePartialEventBackgroundAuto        = "auto"
)

// Known values of ImagePartialEvent.output_format; any other is accepted, too.
const (
	ImagePartialEventOutputFormatPng  = "png"
	ImagePartialEventOutputFormatWebp = "webp"
	ImagePartialEventOutputFormatJpeg = "jpeg"
)

// Known values of ImagePartialEvent.quality; any other is accepted, too.
const (
	ImagePartialEventQualityLow    = "low"
	ImagePartialEventQualityMedium = "medium"
	ImagePartialEventQualityHigh   = "high"
	ImagePartialEventQualityXhigh  = "xhigh"
	ImagePartialEventQualityMax    = "max"
	ImagePartialEventQualityAuto   = "auto"
)

// Known values of ImageCompletedEvent.background; any other is accepted, too.
const (
	ImageCompletedEventBackgroundTransparent = "transparent"
	ImageCompletedEventBackgroundOpaque      = "opaque"
	ImageCompletedEventBackgroundAuto        = "auto"
)

// Known values of ImageCompletedEvent.output_format; any other is accepted, too.
const (
	ImageCompletedEventOutputFormatPng  = "png"
	ImageCompletedEventOutputFormatWebp = "webp"
	ImageCompletedEventOutputFormatJpeg = "jpeg"
)

// Known values of ImageCompletedEvent.quality; any other is accepted, too.
const (
	ImageCompletedEventQualityLow    = "low"
	ImageCompletedEventQualityMedium = "medium"
	ImageCompletedEventQualityHigh   = "high"
	ImageCompletedEventQualityXhigh  = "xhigh"
	ImageCompletedEventQualityMax    = "max"
	ImageCompletedEventQualityAuto   = "auto"
)

// Known values of ResponseInputImage.detail; any other is accepted, too.
const (
	ResponseInputImageDetailLow      = "low"
	ResponseInputImageDetailHigh     = "high"
	ResponseInputImageDetailAuto     = "auto"
	ResponseInputImageDetailOriginal = "original"
)

// Known values of ResponseInputFile.detail; any other is accepted, too.
const (
	ResponseInputFileDetailAuto = "auto"
	ResponseInputFileDetailLow  = "low"
	ResponseInputFileDetailHigh = "high"
)

// Known values of ResponseInputAudio.InputAudio.format; any other is accepted, too.
const (
	ResponseInputAudioInputAudioFormatWav = "wav"
	ResponseInputAudioInputAudioFormatMp3 = "mp3"
)

// Known values of ResponseComputerScreenshot.detail; any other is accepted, too.
const (
	ResponseComputerScreenshotDetailLow      = "low"
	ResponseComputerScreenshotDetailHigh     = "high"
	ResponseComputerScreenshotDetailAuto     = "auto"
	ResponseComputerScreenshotDetailOriginal = "original"
)

// Known values of ResponseMessage.role; any other is accepted, too.
const (
	ResponseMessageRoleUser      = "user"
	ResponseMessageRoleSystem    = "system"
	ResponseMessageRoleDeveloper = "developer"
	ResponseMessageRoleAssistant = "assistant"
)

// Known values of ResponseMessage.status; any other is accepted, too.
const (
	ResponseMessageStatusInProgress = "in_progress"
	ResponseMessageStatusCompleted  = "completed"
	ResponseMessageStatusIncomplete = "incomplete"
)

// Known values of ResponseMessage.phase; any other is accepted, too.
const (
	ResponseMessagePhaseCommentary  = "commentary"
	ResponseMessagePhaseFinalAnswer = "final_answer"
)

// Known values of ResponseFunctionToolCall.status; any other is accepted, too.
const (
	ResponseFunctionToolCallStatusInProgress = "in_progress"
	ResponseFunctionToolCallStatusCompleted  = "completed"
	ResponseFunctionToolCallStatusIncomplete = "incomplete"
)

// Known values of ResponseFunctionToolCallOutput.status; any other is accepted, too.
const (
	ResponseFunctionToolCallOutputStatusInProgress = "in_progress"
	ResponseFunctionToolCallOutputStatusCompleted  = "completed"
	ResponseFunctionToolCallOutputStatusIncomplete = "incomplete"
)

// Known values of ResponseReasoningItem.status; any other is accepted, too.
const (
	ResponseReasoningItemStatusInProgress = "in_progress"
	ResponseReasoningItemStatusCompleted  = "completed"
	ResponseReasoningItemStatusIncomplete = "incomplete"
)

// Known values of ResponseCustomToolCall.status; any other is accepted, too.
const (
	ResponseCustomToolCallStatusInProgress = "in_progress"
	ResponseCustomToolCallStatusCompleted  = "completed"
	ResponseCustomToolCallStatusIncomplete = "incomplete"
)

// Known values of ResponseCustomToolCallOutput.status; any other is accepted, too.
const (
	ResponseCustomToolCallOutputStatusInProgress = "in_progress"
	ResponseCustomToolCallOutputStatusCompleted  = "completed"
	ResponseCustomToolCallOutputStatusIncomplete = "incomplete"
)

// Known values of ResponseFileSearchToolCall.status; any other is accepted, too.
const (
	ResponseFileSearchToolCallStatusInProgress = "in_progress"
	ResponseFileSearchToolCallStatusSearching  = "searching"
	ResponseFileSearchToolCallStatusCompleted  = "completed"
	ResponseFileSearchToolCallStatusIncomplete = "incomplete"
	ResponseFileSearchToolCallStatusFailed     = "failed"
)

// Known values of ResponseFunctionWebSearch.status; any other is accepted, too.
const (
	ResponseFunctionWebSearchStatusInProgress = "in_progress"
	ResponseFunctionWebSearchStatusSearching  = "searching"
	ResponseFunctionWebSearchStatusCompleted  = "completed"
	ResponseFunctionWebSearchStatusFailed     = "failed"
	ResponseFunctionWebSearchStatusIncomplete = "incomplete"
)

// Known values of ResponseFunctionWebSearch.Search.Source.type; any other is accepted, too.
const (
	ResponseFunctionWebSearchSearchSourceTypeUrl = "url"
)

// Known values of ResponseComputerToolCall.status; any other is accepted, too.
const (
	ResponseComputerToolCallStatusInProgress = "in_progress"
	ResponseComputerToolCallStatusCompleted  = "completed"
	ResponseComputerToolCallStatusIncomplete = "incomplete"
)

// Known values of ComputerAction.ClickAction.button; any other is accepted, too.
const (
	ComputerActionClickActionButtonLeft    = "left"
	ComputerActionClickActionButtonRight   = "right"
	ComputerActionClickActionButtonWheel   = "wheel"
	ComputerActionClickActionButtonBack    = "back"
	ComputerActionClickActionButtonForward = "forward"
)

// Known values of ResponseComputerToolCallOutput.status; any other is accepted, too.
const (
	ResponseComputerToolCallOutputStatusInProgress = "in_progress"
	ResponseComputerToolCallOutputStatusCompleted  = "completed"
	ResponseComputerToolCallOutputStatusIncomplete = "incomplete"
	ResponseComputerToolCallOutputStatusFailed     = "failed"
)

// Known values of ResponseCodeInterpreterToolCall.status; any other is accepted, too.
const (
	ResponseCodeInterpreterToolCallStatusInProgress   = "in_progress"
	ResponseCodeInterpreterToolCallStatusCompleted    = "completed"
	ResponseCodeInterpreterToolCallStatusIncomplete   = "incomplete"
	ResponseCodeInterpreterToolCallStatusInterpreting = "interpreting"
	ResponseCodeInterpreterToolCallStatusFailed       = "failed"
)

// Known values of ResponseImageGenerationCall.status; any other is accepted, too.
const (
	ResponseImageGenerationCallStatusInProgress = "in_progress"
	ResponseImageGenerationCallStatusCompleted  = "completed"
	ResponseImageGenerationCallStatusGenerating = "generating"
	ResponseImageGenerationCallStatusFailed     = "failed"
)

// Known values of ResponseImageGenerationCall.action; any other is accepted, too.
const (
	ResponseImageGenerationCallActionGenerate = "generate"
	ResponseImageGenerationCallActionEdit     = "edit"
	ResponseImageGenerationCallActionAuto     = "auto"
)

// Known values of ResponseImageGenerationCall.background; any other is accepted, too.
const (
	ResponseImageGenerationCallBackgroundTransparent = "transparent"
	ResponseImageGenerationCallBackgroundOpaque      = "opaque"
	ResponseImageGenerationCallBackgroundAuto        = "auto"
)

// Known values of ResponseImageGenerationCall.output_format; any other is accepted, too.
const (
	ResponseImageGenerationCallOutputFormatPng  = "png"
	ResponseImageGenerationCallOutputFormatWebp = "webp"
	ResponseImageGenerationCallOutputFormatJpeg = "jpeg"
	ResponseImageGenerationCallOutputFormatGif  = "gif"
	ResponseImageGenerationCallOutputFormatSvg  = "svg"
)

// Known values of ResponseImageGenerationCall.quality; any other is accepted, too.
const (
	ResponseImageGenerationCallQualityLow    = "low"
	ResponseImageGenerationCallQualityMedium = "medium"
	ResponseImageGenerationCallQualityHigh   = "high"
	ResponseImageGenerationCallQualityXhigh  = "xhigh"
	ResponseImageGenerationCallQualityMax    = "max"
	ResponseImageGenerationCallQualityAuto   = "auto"
)

// Known values of ResponseImageGenerationCall.size; any other is accepted, too.
const (
	ResponseImageGenerationCallSize1024X1024 = "1024x1024"
	ResponseImageGenerationCallSize1024X1536 = "1024x1536"
	ResponseImageGenerationCallSize1536X1024 = "1536x1024"
)

// Known values of ResponseImageGenerationCall.Error.ModerationDetails.moderation_stage; any other is accepted, too.
const (
	ResponseImageGenerationCallErrorModerationDetailsModerationStageInput   = "input"
	ResponseImageGenerationCallErrorModerationDetailsModerationStageOutput  = "output"
	ResponseImageGenerationCallErrorModerationDetailsModerationStageUnknown = "unknown"
)

// Known values of ResponseMcpCall.status; any other is accepted, too.
const (
	ResponseMcpCallStatusInProgress = "in_progress"
	ResponseMcpCallStatusCompleted  = "completed"
	ResponseMcpCallStatusIncomplete = "incomplete"
	ResponseMcpCallStatusCalling    = "calling"
	ResponseMcpCallStatusFailed     = "failed"
)

// Known values of ResponseLocalShellCall.status; any other is accepted, too.
const (
	ResponseLocalShellCallStatusInProgress = "in_progress"
	ResponseLocalShellCallStatusCompleted  = "completed"
	ResponseLocalShellCallStatusIncomplete = "incomplete"
)

// Known values of ResponseLocalShellCallOutput.status; any other is accepted, too.
const (
	ResponseLocalShellCallOutputStatusInProgress = "in_progress"
	ResponseLocalShellCallOutputStatusCompleted  = "completed"
	ResponseLocalShellCallOutputStatusIncomplete = "incomplete"
)

// Known values of ResponseFunctionShellToolCall.status; any other is accepted, too.
const (
	ResponseFunctionShellToolCallStatusInProgress = "in_progress"
	ResponseFunctionShellToolCallStatusCompleted  = "completed"
	ResponseFunctionShellToolCallStatusIncomplete = "incomplete"
)

// Known values of ResponseFunctionShellToolCallOutput.status; any other is accepted, too.
const (
	ResponseFunctionShellToolCallOutputStatusInProgress = "in_progress"
	ResponseFunctionShellToolCallOutputStatusCompleted  = "completed"
	ResponseFunctionShellToolCallOutputStatusIncomplete = "incomplete"
)

// Known values of ResponseApplyPatchToolCall.status; any other is accepted, too.
const (
	ResponseApplyPatchToolCallStatusInProgress = "in_progress"
	ResponseApplyPatchToolCallStatusCompleted  = "completed"
)

// Known values of ResponseApplyPatchToolCallOutput.status; any other is accepted, too.
const (
	ResponseApplyPatchToolCallOutputStatusCompleted = "completed"
	ResponseApplyPatchToolCallOutputStatusFailed    = "failed"
)

// Known values of ResponseToolSearchCall.execution; any other is accepted, too.
const (
	ResponseToolSearchCallExecutionServer = "server"
	ResponseToolSearchCallExecutionClient = "client"
)

// Known values of ResponseToolSearchCall.status; any other is accepted, too.
const (
	ResponseToolSearchCallStatusInProgress = "in_progress"
	ResponseToolSearchCallStatusCompleted  = "completed"
	ResponseToolSearchCallStatusIncomplete = "incomplete"
)

// Known values of ResponseToolSearchOutput.execution; any other is accepted, too.
const (
	ResponseToolSearchOutputExecutionServer = "server"
	ResponseToolSearchOutputExecutionClient = "client"
)

// Known values of ResponseToolSearchOutput.status; any other is accepted, too.
const (
	ResponseToolSearchOutputStatusInProgress = "in_progress"
	ResponseToolSearchOutputStatusCompleted  = "completed"
	ResponseToolSearchOutputStatusIncomplete = "incomplete"
)

// Known values of ResponseAdditionalTools.role; any other is accepted, too.
const (
	ResponseAdditionalToolsRoleDeveloper     = "developer"
	ResponseAdditionalToolsRoleUnknown       = "unknown"
	ResponseAdditionalToolsRoleUser          = "user"
	ResponseAdditionalToolsRoleAssistant     = "assistant"
	ResponseAdditionalToolsRoleSystem        = "system"
	ResponseAdditionalToolsRoleCritic        = "critic"
	ResponseAdditionalToolsRoleDiscriminator = "discriminator"
	ResponseAdditionalToolsRoleTool          = "tool"
)

// Known values of ResponseProgramOutput.status; any other is accepted, too.
const (
	ResponseProgramOutputStatusCompleted  = "completed"
	ResponseProgramOutputStatusIncomplete = "incomplete"
)

// Known values of ResponseTextConfig.verbosity; any other is accepted, too.
const (
	ResponseTextConfigVerbosityLow    = "low"
	ResponseTextConfigVerbosityMedium = "medium"
	ResponseTextConfigVerbosityHigh   = "high"
)

// Known values of Response.prompt_cache_retention; any other is accepted, too.
const (
	ResponsePromptCacheRetentionInMemory = "in_memory"
	ResponsePromptCacheRetention24H      = "24h"
)

// Known values of Response.service_tier; any other is accepted, too.
const (
	ResponseServiceTierAuto      = "auto"
	ResponseServiceTierDefault   = "default"
	ResponseServiceTierFlex      = "flex"
	ResponseServiceTierScale     = "scale"
	ResponseServiceTierPriority  = "priority"
	ResponseServiceTierFast      = "fast"
	ResponseServiceTierUltrafast = "ultrafast"
)

// Known values of Response.status; any other is accepted, too.
const (
	ResponseStatusCompleted  = "completed"
	ResponseStatusFailed     = "failed"
	ResponseStatusInProgress = "in_progress"
	ResponseStatusCancelled  = "cancelled"
	ResponseStatusQueued     = "queued"
	ResponseStatusIncomplete = "incomplete"
)

// Known values of Response.truncation; any other is accepted, too.
const (
	ResponseTruncationAuto     = "auto"
	ResponseTruncationDisabled = "disabled"
)

// Known values of Response.Billing.payer; any other is accepted, too.
const (
	ResponseBillingPayerDeveloper = "developer"
)

// Known values of Response.ContentFilter.source_type; any other is accepted, too.
const (
	ResponseContentFilterSourceTypePrompt     = "prompt"
	ResponseContentFilterSourceTypeCompletion = "completion"
)

// Known values of Response.IncompleteDetails.reason; any other is accepted, too.
const (
	ResponseIncompleteDetailsReasonMaxOutputTokens = "max_output_tokens"
	ResponseIncompleteDetailsReasonMaxMessages     = "max_messages"
	ResponseIncompleteDetailsReasonContentFilter   = "content_filter"
	ResponseIncompleteDetailsReasonSteered         = "steered"
)

// Known values of Response.InputTransformation.action; any other is accepted, too.
const (
	ResponseInputTransformationActionRemoved = "removed"
)

// Known values of Response.InputTransformation.reason; any other is accepted, too.
const (
	ResponseInputTransformationReasonOrganizationMismatch = "organization_mismatch"
	ResponseInputTransformationReasonEndUserMismatch      = "end_user_mismatch"
	ResponseInputTransformationReasonModelMismatch        = "model_mismatch"
	ResponseInputTransformationReasonPrefixMismatch       = "prefix_mismatch"
	ResponseInputTransformationReasonTurnBoundary         = "turn_boundary"
)

// Known values of Response.AccessPrograms.cyber; any other is accepted, too.
const (
	ResponseAccessProgramsCyberStandard     = "standard"
	ResponseAccessProgramsCyberDaybreakBlue = "daybreak_blue"
	ResponseAccessProgramsCyberDaybreakRed  = "daybreak_red"
)

// Known values of Response.ImageOptions.context_compression; any other is accepted, too.
const (
	ResponseImageOptionsContextCompressionAuto     = "auto"
	ResponseImageOptionsContextCompressionEnabled  = "enabled"
	ResponseImageOptionsContextCompressionDisabled = "disabled"
)

// Known values of Response.CacheMiss.reason; any other is accepted, too.
const (
	ResponseCacheMissReasonModelChanged           = "model_changed"
	ResponseCacheMissReasonPromptCacheKeyChanged  = "prompt_cache_key_changed"
	ResponseCacheMissReasonToolsChanged           = "tools_changed"
	ResponseCacheMissReasonTextFormatChanged      = "text_format_changed"
	ResponseCacheMissReasonReasoningEffortChanged = "reasoning_effort_changed"
	ResponseCacheMissReasonVerbosityChanged       = "verbosity_changed"
	ResponseCacheMissReasonContextCompacted       = "context_compacted"
	ResponseCacheMissReasonInputChanged           = "input_changed"
	ResponseCacheMissReasonServiceTierChanged     = "service_tier_changed"
)

// Known values of ResponseError.code; any other is accepted, too.
const (
	ResponseErrorCodeServerError                 = "server_error"
	ResponseErrorCodeRateLimitExceeded           = "rate_limit_exceeded"
	ResponseErrorCodeInvalidPrompt               = "invalid_prompt"
	ResponseErrorCodeDataResidencyMismatch       = "data_residency_mismatch"
	ResponseErrorCodeBioPolicy                   = "bio_policy"
	ResponseErrorCodeMisalignmentPolicyViolation = "misalignment_policy_violation"
	ResponseErrorCodeVectorStoreTimeout          = "vector_store_timeout"
	ResponseErrorCodeInvalidImage                = "invalid_image"
	ResponseErrorCodeInvalidImageFormat          = "invalid_image_format"
	ResponseErrorCodeInvalidBase64Image          = "invalid_base64_image"
	ResponseErrorCodeInvalidImageUrl             = "invalid_image_url"
	ResponseErrorCodeImageTooLarge               = "image_too_large"
	ResponseErrorCodeImageTooSmall               = "image_too_small"
	ResponseErrorCodeImageParseError             = "image_parse_error"
	ResponseErrorCodeImageContentPolicyViolation = "image_content_policy_violation"
	ResponseErrorCodeInvalidImageMode            = "invalid_image_mode"
	ResponseErrorCodeImageFileTooLarge           = "image_file_too_large"
	ResponseErrorCodeUnsupportedImageMediaType   = "unsupported_image_media_type"
	ResponseErrorCodeEmptyImageFile              = "empty_image_file"
	ResponseErrorCodeFailedToDownloadImage       = "failed_to_download_image"
	ResponseErrorCodeImageFileNotFound           = "image_file_not_found"
)

// Known values of ResponseError.Misalignment.error_type; any other is accepted, too.
const (
	ResponseErrorMisalignmentErrorTypePotentiallyUnintendedDataTransfer        = "potentially_unintended_data_transfer"
	ResponseErrorMisalignmentErrorTypePotentiallyUnintendedDataAccess          = "potentially_unintended_data_access"
	ResponseErrorMisalignmentErrorTypePotentiallyUnintendedDestructiveActivity = "potentially_unintended_destructive_activity"
	ResponseErrorMisalignmentErrorTypeOther                                    = "other"
)

// Known values of ResponseReasoningSummaryPartDoneEvent.status; any other is accepted, too.
const (
	ResponseReasoningSummaryPartDoneEventStatusIncomplete = "incomplete"
)

// Known values of CreateResponseRequest.include; any other is accepted, too.
const (
	CreateResponseRequestIncludeFileSearchCallResults            = "file_search_call.results"
	CreateResponseRequestIncludeWebSearchCallResults             = "web_search_call.results"
	CreateResponseRequestIncludeWebSearchCallActionSources       = "web_search_call.action.sources"
	CreateResponseRequestIncludeMessageInputImageImageUrl        = "message.input_image.image_url"
	CreateResponseRequestIncludeComputerCallOutputOutputImageUrl = "computer_call_output.output.image_url"
	CreateResponseRequestIncludeCodeInterpreterCallOutputs       = "code_interpreter_call.outputs"
	CreateResponseRequestIncludeReasoningEncryptedContent        = "reasoning.encrypted_content"
	CreateResponseRequestIncludeMessageOutputTextLogprobs        = "message.output_text.logprobs"
)

// Known values of CreateResponseRequest.prompt_cache_retention; any other is accepted, too.
const (
	CreateResponseRequestPromptCacheRetentionInMemory = "in_memory"
	CreateResponseRequestPromptCacheRetention24H      = "24h"
)

// Known values of CreateResponseRequest.service_tier; any other is accepted, too.
const (
	CreateResponseRequestServiceTierAuto      = "auto"
	CreateResponseRequestServiceTierDefault   = "default"
	CreateResponseRequestServiceTierFlex      = "flex"
	CreateResponseRequestServiceTierScale     = "scale"
	CreateResponseRequestServiceTierPriority  = "priority"
	CreateResponseRequestServiceTierFast      = "fast"
	CreateResponseRequestServiceTierUltrafast = "ultrafast"
)

// Known values of CreateResponseRequest.truncation; any other is accepted, too.
const (
	CreateResponseRequestTruncationAuto     = "auto"
	CreateResponseRequestTruncationDisabled = "disabled"
)

// Known values of CreateResponseRequest.BackgroundOptions.completion_window; any other is accepted, too.
const (
	CreateResponseRequestBackgroundOptionsCompletionWindowSoonest = "soonest"
	CreateResponseRequestBackgroundOptionsCompletionWindow2H      = "2h"
	CreateResponseRequestBackgroundOptionsCompletionWindow8H      = "8h"
)

// Known values of GetResponseRequest.include; any other is accepted, too.
const (
	GetResponseRequestIncludeFileSearchCallResults            = "file_search_call.results"
	GetResponseRequestIncludeWebSearchCallResults             = "web_search_call.results"
	GetResponseRequestIncludeWebSearchCallActionSources       = "web_search_call.action.sources"
	GetResponseRequestIncludeMessageInputImageImageUrl        = "message.input_image.image_url"
	GetResponseRequestIncludeComputerCallOutputOutputImageUrl = "computer_call_output.output.image_url"
	GetResponseRequestIncludeCodeInterpreterCallOutputs       = "code_interpreter_call.outputs"
	GetResponseRequestIncludeReasoningEncryptedContent        = "reasoning.encrypted_content"
	GetResponseRequestIncludeMessageOutputTextLogprobs        = "message.output_text.logprobs"
)

// Known values of WatchResponseRequest.include; any other is accepted, too.
const (
	WatchResponseRequestIncludeFileSearchCallResults            = "file_search_call.results"
	WatchResponseRequestIncludeWebSearchCallResults             = "web_search_call.results"
	WatchResponseRequestIncludeWebSearchCallActionSources       = "web_search_call.action.sources"
	WatchResponseRequestIncludeMessageInputImageImageUrl        = "message.input_image.image_url"
	WatchResponseRequestIncludeComputerCallOutputOutputImageUrl = "computer_call_output.output.image_url"
	WatchResponseRequestIncludeCodeInterpreterCallOutputs       = "code_interpreter_call.outputs"
	WatchResponseRequestIncludeReasoningEncryptedContent        = "reasoning.encrypted_content"
	WatchResponseRequestIncludeMessageOutputTextLogprobs        = "message.output_text.logprobs"
)

// Known values of WatchResponseRequest.completion_window; any other is accepted, too.
const (
	WatchResponseRequestCompletionWindowSoonest = "soonest"
	WatchResponseRequestCompletionWindow2H      = "2h"
	WatchResponseRequestCompletionWindow8H      = "8h"
)

// Known values of ResumeResponseRequest.include; any other is accepted, too.
const (
	ResumeResponseRequestIncludeFileSearchCallResults            = "file_search_call.results"
	ResumeResponseRequestIncludeWebSearchCallResults             = "web_search_call.results"
	ResumeResponseRequestIncludeWebSearchCallActionSources       = "web_search_call.action.sources"
	ResumeResponseRequestIncludeMessageInputImageImageUrl        = "message.input_image.image_url"
	ResumeResponseRequestIncludeComputerCallOutputOutputImageUrl = "computer_call_output.output.image_url"
	ResumeResponseRequestIncludeCodeInterpreterCallOutputs       = "code_interpreter_call.outputs"
	ResumeResponseRequestIncludeReasoningEncryptedContent        = "reasoning.encrypted_content"
	ResumeResponseRequestIncludeMessageOutputTextLogprobs        = "message.output_text.logprobs"
)

// Known values of ListResponseInputItemsRequest.include; any other is accepted, too.
const (
	ListResponseInputItemsRequestIncludeFileSearchCallResults            = "file_search_call.results"
	ListResponseInputItemsRequestIncludeWebSearchCallResults             = "web_search_call.results"
	ListResponseInputItemsRequestIncludeWebSearchCallActionSources       = "web_search_call.action.sources"
	ListResponseInputItemsRequestIncludeMessageInputImageImageUrl        = "message.input_image.image_url"
	ListResponseInputItemsRequestIncludeComputerCallOutputOutputImageUrl = "computer_call_output.output.image_url"
	ListResponseInputItemsRequestIncludeCodeInterpreterCallOutputs       = "code_interpreter_call.outputs"
	ListResponseInputItemsRequestIncludeReasoningEncryptedContent        = "reasoning.encrypted_content"
	ListResponseInputItemsRequestIncludeMessageOutputTextLogprobs        = "message.output_text.logprobs"
)

// Known values of ListResponseInputItemsRequest.order; any other is accepted, too.
const (
	ListResponseInputItemsRequestOrderAsc  = "asc"
	ListResponseInputItemsRequestOrderDesc = "desc"
)

// Known values of CompactResponseRequest.prompt_cache_retention; any other is accepted, too.
const (
	CompactResponseRequestPromptCacheRetentionInMemory = "in_memory"
	CompactResponseRequestPromptCacheRetention24H      = "24h"
)

// Known values of CompactResponseRequest.service_tier; any other is accepted, too.
const (
	CompactResponseRequestServiceTierAuto     = "auto"
	CompactResponseRequestServiceTierDefault  = "default"
	CompactResponseRequestServiceTierFast     = "fast"
	CompactResponseRequestServiceTierFlex     = "flex"
	CompactResponseRequestServiceTierPriority = "priority"
)

// Known values of CountResponseInputTokensRequest.personality; any other is accepted, too.
const (
	CountResponseInputTokensRequestPersonalityFriendly  = "friendly"
	CountResponseInputTokensRequestPersonalityPragmatic = "pragmatic"
)

// Known values of CountResponseInputTokensRequest.truncation; any other is accepted, too.
const (
	CountResponseInputTokensRequestTruncationAuto     = "auto"
	CountResponseInputTokensRequestTruncationDisabled = "disabled"
)

// Known values of ResponseSteerPendingEvent.reason; any other is accepted, too.
const (
	ResponseSteerPendingEventReasonWaitingForRequiredInput = "waiting_for_required_input"
)

// Known values of ResponseSteerFailedEvent.Error.code; any other is accepted, too.
const (
	ResponseSteerFailedEventErrorCodeResponseNotFound         = "response_not_found"
	ResponseSteerFailedEventErrorCodeInvalidInput             = "invalid_input"
	ResponseSteerFailedEventErrorCodeSteeringNotSupported     = "steering_not_supported"
	ResponseSteerFailedEventErrorCodeTooManyPendingSteers     = "too_many_pending_steers"
	ResponseSteerFailedEventErrorCodeResponseAlreadyCompleted = "response_already_completed"
	ResponseSteerFailedEventErrorCodeResponseNotActive        = "response_not_active"
	ResponseSteerFailedEventErrorCodeSuccessorCreationFailed  = "successor_creation_failed"
)

// Known values of ResponseSteerFailedEvent.Error.type; any other is accepted, too.
const (
	ResponseSteerFailedEventErrorTypeInvalidRequestError = "invalid_request_error"
)

// Known values of CreateVideoRequest.seconds; any other is accepted, too.
const (
	CreateVideoRequestSeconds4  = "4"
	CreateVideoRequestSeconds8  = "8"
	CreateVideoRequestSeconds12 = "12"
)

// Known values of CreateVideoRequest.size; any other is accepted, too.
const (
	CreateVideoRequestSize720X1280  = "720x1280"
	CreateVideoRequestSize1280X720  = "1280x720"
	CreateVideoRequestSize1024X1792 = "1024x1792"
	CreateVideoRequestSize1792X1024 = "1792x1024"
)

// Known values of ListVideosRequest.order; any other is accepted, too.
const (
	ListVideosRequestOrderAsc  = "asc"
	ListVideosRequestOrderDesc = "desc"
)

// Known values of DownloadVideoRequest.variant; any other is accepted, too.
const (
	DownloadVideoRequestVariantVideo       = "video"
	DownloadVideoRequestVariantThumbnail   = "thumbnail"
	DownloadVideoRequestVariantSpritesheet = "spritesheet"
)

// Known values of ExtendVideoRequest.seconds; any other is accepted, too.
const (
	ExtendVideoRequestSeconds4  = "4"
	ExtendVideoRequestSeconds8  = "8"
	ExtendVideoRequestSeconds12 = "12"
)

// Known values of Video.seconds; any other is accepted, too.
const (
	VideoSeconds4  = "4"
	VideoSeconds8  = "8"
	VideoSeconds12 = "12"
)

// Known values of Video.size; any other is accepted, too.
const (
	VideoSize720X1280  = "720x1280"
	VideoSize1280X720  = "1280x720"
	VideoSize1024X1792 = "1024x1792"
	VideoSize1792X1024 = "1792x1024"
)

// Known values of Video.status; any other is accepted, too.
const (
	VideoStatusQueued     = "queued"
	VideoStatusInProgress = "in_progress"
	VideoStatusCompleted  = "completed"
	VideoStatusFailed     = "failed"
)

// Known values of VideoError.Misalignment.error_type; any other is accepted, too.
const (
	VideoErrorMisalignmentErrorTypePotentiallyUnintendedDataTransfer        = "potentially_unintended_data_transfer"
	VideoErrorMisalignmentErrorTypePotentiallyUnintendedDataAccess          = "potentially_unintended_data_access"
	VideoErrorMisalignmentErrorTypePotentiallyUnintendedDestructiveActivity = "potentially_unintended_destructive_activity"
	VideoErrorMisalignmentErrorTypeOther                                    = "other"
)

// Known values of CreateBatchRequest.completion_window; any other is accepted, too.
const (
	CreateBatchRequestCompletionWindow24H = "24h"
)

// Known values of CreateBatchRequest.endpoint; any other is accepted, too.
const (
	CreateBatchRequestEndpointV1Responses         = "/v1/responses"
	CreateBatchRequestEndpointV1ChatCompletions   = "/v1/chat/completions"
	CreateBatchRequestEndpointV1Embeddings        = "/v1/embeddings"
	CreateBatchRequestEndpointV1Completions       = "/v1/completions"
	CreateBatchRequestEndpointV1Moderations       = "/v1/moderations"
	CreateBatchRequestEndpointV1ImagesGenerations = "/v1/images/generations"
	CreateBatchRequestEndpointV1ImagesEdits       = "/v1/images/edits"
	CreateBatchRequestEndpointV1Videos            = "/v1/videos"
)

// Known values of Batch.status; any other is accepted, too.
const (
	BatchStatusValidating = "validating"
	BatchStatusFailed     = "failed"
	BatchStatusInProgress = "in_progress"
	BatchStatusFinalizing = "finalizing"
	BatchStatusCompleted  = "completed"
	BatchStatusExpired    = "expired"
	BatchStatusCancelling = "cancelling"
	BatchStatusCancelled  = "cancelled"
)

// Known values of ContentProvenanceResult.C2paResult.outcome; any other is accepted, too.
const (
	ContentProvenanceResultC2paResultOutcomeDetected    = "detected"
	ContentProvenanceResultC2paResultOutcomeNotDetected = "not_detected"
)

// Known values of ContentProvenanceResult.C2paResult.validation_state; any other is accepted, too.
const (
	ContentProvenanceResultC2paResultValidationStateTrusted    = "trusted"
	ContentProvenanceResultC2paResultValidationStateValid      = "valid"
	ContentProvenanceResultC2paResultValidationStateInvalid    = "invalid"
	ContentProvenanceResultC2paResultValidationStateNotPresent = "not_present"
)

// Known values of ContentProvenanceResult.SynthIdResult.outcome; any other is accepted, too.
const (
	ContentProvenanceResultSynthIdResultOutcomeDetected    = "detected"
	ContentProvenanceResultSynthIdResultOutcomeNotDetected = "not_detected"
)

// Known values of CreateConversationItemsRequest.include; any other is accepted, too.
const (
	CreateConversationItemsRequestIncludeFileSearchCallResults            = "file_search_call.results"
	CreateConversationItemsRequestIncludeWebSearchCallResults             = "web_search_call.results"
	CreateConversationItemsRequestIncludeWebSearchCallActionSources       = "web_search_call.action.sources"
	CreateConversationItemsRequestIncludeMessageInputImageImageUrl        = "message.input_image.image_url"
	CreateConversationItemsRequestIncludeComputerCallOutputOutputImageUrl = "computer_call_output.output.image_url"
	CreateConversationItemsRequestIncludeCodeInterpreterCallOutputs       = "code_interpreter_call.outputs"
	CreateConversationItemsRequestIncludeReasoningEncryptedContent        = "reasoning.encrypted_content"
	CreateConversationItemsRequestIncludeMessageOutputTextLogprobs        = "message.output_text.logprobs"
)

// Known values of GetConversationItemRequest.include; any other is accepted, too.
const (
	GetConversationItemRequestIncludeFileSearchCallResults            = "file_search_call.results"
	GetConversationItemRequestIncludeWebSearchCallResults             = "web_search_call.results"
	GetConversationItemRequestIncludeWebSearchCallActionSources       = "web_search_call.action.sources"
	GetConversationItemRequestIncludeMessageInputImageImageUrl        = "message.input_image.image_url"
	GetConversationItemRequestIncludeComputerCallOutputOutputImageUrl = "computer_call_output.output.image_url"
	GetConversationItemRequestIncludeCodeInterpreterCallOutputs       = "code_interpreter_call.outputs"
	GetConversationItemRequestIncludeReasoningEncryptedContent        = "reasoning.encrypted_content"
	GetConversationItemRequestIncludeMessageOutputTextLogprobs        = "message.output_text.logprobs"
)

// Known values of ListConversationItemsRequest.include; any other is accepted, too.
const (
	ListConversationItemsRequestIncludeFileSearchCallResults            = "file_search_call.results"
	ListConversationItemsRequestIncludeWebSearchCallResults             = "web_search_call.results"
	ListConversationItemsRequestIncludeWebSearchCallActionSources       = "web_search_call.action.sources"
	ListConversationItemsRequestIncludeMessageInputImageImageUrl        = "message.input_image.image_url"
	ListConversationItemsRequestIncludeComputerCallOutputOutputImageUrl = "computer_call_output.output.image_url"
	ListConversationItemsRequestIncludeCodeInterpreterCallOutputs       = "code_interpreter_call.outputs"
	ListConversationItemsRequestIncludeReasoningEncryptedContent        = "reasoning.encrypted_content"
	ListConversationItemsRequestIncludeMessageOutputTextLogprobs        = "message.output_text.logprobs"
)

// Known values of ListConversationItemsRequest.order; any other is accepted, too.
const (
	ListConversationItemsRequestOrderAsc  = "asc"
	ListConversationItemsRequestOrderDesc = "desc"
)

// Known values of DecisionInputMessage.role; any other is accepted, too.
const (
	DecisionInputMessageRoleUser      = "user"
	DecisionInputMessageRoleDeveloper = "developer"
	DecisionInputMessageRoleSystem    = "system"
	DecisionInputMessageRoleAssistant = "assistant"
)

// Known values of DecisionInputMessage.phase; any other is accepted, too.
const (
	DecisionInputMessagePhaseCommentary  = "commentary"
	DecisionInputMessagePhaseFinalAnswer = "final_answer"
)

// Known values of RealtimeConversationSession.include; any other is accepted, too.
const (
	RealtimeConversationSessionIncludeItemInputAudioTranscriptionLogprobs = "item.input_audio_transcription.logprobs"
)

// Known values of RealtimeConversationSession.output_modalities; any other is accepted, too.
const (
	RealtimeConversationSessionOutputModalitiesText  = "text"
	RealtimeConversationSessionOutputModalitiesAudio = "audio"
)

// Known values of RealtimeConversationSession.object; any other is accepted, too.
const (
	RealtimeConversationSessionObjectRealtimeSession = "realtime.session"
)

// Known values of RealtimeTranscriptionSession.include; any other is accepted, too.
const (
	RealtimeTranscriptionSessionIncludeItemInputAudioTranscriptionLogprobs = "item.input_audio_transcription.logprobs"
)

// Known values of RealtimeTranscriptionSession.object; any other is accepted, too.
const (
	RealtimeTranscriptionSessionObjectRealtimeTranscriptionSession = "realtime.transcription_session"
)

// Known values of RealtimeAudioConfig.NoiseReduction.type; any other is accepted, too.
const (
	RealtimeAudioConfigNoiseReductionTypeNearField = "near_field"
	RealtimeAudioConfigNoiseReductionTypeFarField  = "far_field"
)

// Known values of RealtimeAudioFormat.type; any other is accepted, too.
const (
	RealtimeAudioFormatTypeAudioPcm  = "audio/pcm"
	RealtimeAudioFormatTypeAudioPcmu = "audio/pcmu"
	RealtimeAudioFormatTypeAudioPcma = "audio/pcma"
)

// Known values of RealtimeTranscription.model; any other is accepted, too.
const (
	RealtimeTranscriptionModelWhisper1                    = "whisper-1"
	RealtimeTranscriptionModelGptTranscribe               = "gpt-transcribe"
	RealtimeTranscriptionModelGptLiveTranscribe           = "gpt-live-transcribe"
	RealtimeTranscriptionModelGpt4OMiniTranscribe         = "gpt-4o-mini-transcribe"
	RealtimeTranscriptionModelGpt4OMiniTranscribe20251215 = "gpt-4o-mini-transcribe-2025-12-15"
	RealtimeTranscriptionModelGpt4OTranscribe             = "gpt-4o-transcribe"
	RealtimeTranscriptionModelGpt4OTranscribeDiarize      = "gpt-4o-transcribe-diarize"
	RealtimeTranscriptionModelGptRealtimeWhisper          = "gpt-realtime-whisper"
)

// Known values of RealtimeTranscription.delay; any other is accepted, too.
const (
	RealtimeTranscriptionDelayMinimal = "minimal"
	RealtimeTranscriptionDelayLow     = "low"
	RealtimeTranscriptionDelayMedium  = "medium"
	RealtimeTranscriptionDelayHigh    = "high"
	RealtimeTranscriptionDelayXhigh   = "xhigh"
)

// Known values of RealtimeTurnDetection.SemanticDetection.eagerness; any other is accepted, too.
const (
	RealtimeTurnDetectionSemanticDetectionEagernessLow    = "low"
	RealtimeTurnDetectionSemanticDetectionEagernessMedium = "medium"
	RealtimeTurnDetectionSemanticDetectionEagernessHigh   = "high"
	RealtimeTurnDetectionSemanticDetectionEagernessAuto   = "auto"
)

// Known values of RealtimeMessage.role; any other is accepted, too.
const (
	RealtimeMessageRoleUser      = "user"
	RealtimeMessageRoleAssistant = "assistant"
	RealtimeMessageRoleSystem    = "system"
)

// Known values of RealtimeMessage.object; any other is accepted, too.
const (
	RealtimeMessageObjectRealtimeItem = "realtime.item"
)

// Known values of RealtimeMessage.status; any other is accepted, too.
const (
	RealtimeMessageStatusCompleted  = "completed"
	RealtimeMessageStatusIncomplete = "incomplete"
	RealtimeMessageStatusInProgress = "in_progress"
)

// Known values of RealtimeContent.type; any other is accepted, too.
const (
	RealtimeContentTypeInputText   = "input_text"
	RealtimeContentTypeInputAudio  = "input_audio"
	RealtimeContentTypeInputImage  = "input_image"
	RealtimeContentTypeOutputText  = "output_text"
	RealtimeContentTypeOutputAudio = "output_audio"
	RealtimeContentTypeText        = "text"
	RealtimeContentTypeAudio       = "audio"
)

// Known values of RealtimeContent.detail; any other is accepted, too.
const (
	RealtimeContentDetailAuto = "auto"
	RealtimeContentDetailLow  = "low"
	RealtimeContentDetailHigh = "high"
)

// Known values of RealtimeFunctionCall.object; any other is accepted, too.
const (
	RealtimeFunctionCallObjectRealtimeItem = "realtime.item"
)

// Known values of RealtimeFunctionCall.status; any other is accepted, too.
const (
	RealtimeFunctionCallStatusCompleted  = "completed"
	RealtimeFunctionCallStatusIncomplete = "incomplete"
	RealtimeFunctionCallStatusInProgress = "in_progress"
)

// Known values of RealtimeFunctionCallOutput.object; any other is accepted, too.
const (
	RealtimeFunctionCallOutputObjectRealtimeItem = "realtime.item"
)

// Known values of RealtimeFunctionCallOutput.status; any other is accepted, too.
const (
	RealtimeFunctionCallOutputStatusCompleted  = "completed"
	RealtimeFunctionCallOutputStatusIncomplete = "incomplete"
	RealtimeFunctionCallOutputStatusInProgress = "in_progress"
)

// Known values of RealtimeResponse.object; any other is accepted, too.
const (
	RealtimeResponseObjectRealtimeResponse = "realtime.response"
)

// Known values of RealtimeResponse.status; any other is accepted, too.
const (
	RealtimeResponseStatusCompleted  = "completed"
	RealtimeResponseStatusCancelled  = "cancelled"
	RealtimeResponseStatusFailed     = "failed"
	RealtimeResponseStatusIncomplete = "incomplete"
	RealtimeResponseStatusInProgress = "in_progress"
)

// Known values of RealtimeResponse.output_modalities; any other is accepted, too.
const (
	RealtimeResponseOutputModalitiesText  = "text"
	RealtimeResponseOutputModalitiesAudio = "audio"
)

// Known values of RealtimeResponse.StatusDetails.reason; any other is accepted, too.
const (
	RealtimeResponseStatusDetailsReasonTurnDetected    = "turn_detected"
	RealtimeResponseStatusDetailsReasonClientCancelled = "client_cancelled"
	RealtimeResponseStatusDetailsReasonMaxOutputTokens = "max_output_tokens"
	RealtimeResponseStatusDetailsReasonContentFilter   = "content_filter"
)

// Known values of RealtimeResponse.StatusDetails.type; any other is accepted, too.
const (
	RealtimeResponseStatusDetailsTypeCompleted  = "completed"
	RealtimeResponseStatusDetailsTypeCancelled  = "cancelled"
	RealtimeResponseStatusDetailsTypeIncomplete = "incomplete"
	RealtimeResponseStatusDetailsTypeFailed     = "failed"
)

// Known values of RealtimeResponseCreate.conversation; any other is accepted, too.
const (
	RealtimeResponseCreateConversationAuto = "auto"
	RealtimeResponseCreateConversationNone = "none"
)

// Known values of RealtimeResponseCreate.output_modalities; any other is accepted, too.
const (
	RealtimeResponseCreateOutputModalitiesText  = "text"
	RealtimeResponseCreateOutputModalitiesAudio = "audio"
)

// Known values of RealtimeConversationCreatedEvent.Conversation.object; any other is accepted, too.
const (
	RealtimeConversationCreatedEventConversationObjectRealtimeConversation = "realtime.conversation"
)

// Known values of RealtimeRateLimitsUpdatedEvent.RateLimit.name; any other is accepted, too.
const (
	RealtimeRateLimitsUpdatedEventRateLimitNameRequests = "requests"
	RealtimeRateLimitsUpdatedEventRateLimitNameTokens   = "tokens"
)

// Known values of RealtimeConnect.intent; any other is accepted, too.
const (
	RealtimeConnectIntentTranscription = "transcription"
)

// Known values of CreateRealtimeClientSecretRequest.ExpiresAfter.anchor; any other is accepted, too.
const (
	CreateRealtimeClientSecretRequestExpiresAfterAnchorCreatedAt = "created_at"
)

// Known values of AcceptRealtimeCallRequest.include; any other is accepted, too.
const (
	AcceptRealtimeCallRequestIncludeItemInputAudioTranscriptionLogprobs = "item.input_audio_transcription.logprobs"
)

// Known values of AcceptRealtimeCallRequest.output_modalities; any other is accepted, too.
const (
	AcceptRealtimeCallRequestOutputModalitiesText  = "text"
	AcceptRealtimeCallRequestOutputModalitiesAudio = "audio"
)

// Known values of CreateUploadRequest.purpose; any other is accepted, too.
const (
	CreateUploadRequestPurposeAssistants = "assistants"
	CreateUploadRequestPurposeBatch      = "batch"
	CreateUploadRequestPurposeFineTune   = "fine-tune"
	CreateUploadRequestPurposeVision     = "vision"
	CreateUploadRequestPurposeUserData   = "user_data"
	CreateUploadRequestPurposeEvals      = "evals"
)

// Known values of Upload.purpose; any other is accepted, too.
const (
	UploadPurposeAssistants = "assistants"
	UploadPurposeBatch      = "batch"
	UploadPurposeFineTune   = "fine-tune"
	UploadPurposeVision     = "vision"
	UploadPurposeUserData   = "user_data"
	UploadPurposeEvals      = "evals"
)

// Known values of Upload.status; any other is accepted, too.
const (
	UploadStatusPending   = "pending"
	UploadStatusCompleted = "completed"
	UploadStatusCancelled = "cancelled"
	UploadStatusExpired   = "expired"
)

# ruff: noqa: E501
"""The known values of open strings. Generated: do not edit.

Upstream adds values, and a program may use any string: `cast` a newer one for the type checker.
"""

from typing import Literal, TypeAlias

OpenRouterRequestProviderPreferencesDataCollection: TypeAlias = Literal["allow", "deny"]
"""Known values of `OpenRouterRequest.ProviderPreferences.data_collection`."""
OpenRouterRequestProviderPreferencesSort: TypeAlias = Literal["price", "throughput", "latency"]
"""Known values of `OpenRouterRequest.ProviderPreferences.sort`."""
OpenRouterRequestPluginConfigId: TypeAlias = Literal["web", "file-parser"] | str
"""Known values of `OpenRouterRequest.PluginConfig.id`."""
ContentFilterResultSeverity: TypeAlias = Literal["safe", "low", "medium", "high"]
"""Known values of `ContentFilterResult.severity`."""
PromptCacheBreakpointMode: TypeAlias = Literal["explicit"]
"""Known values of `PromptCacheBreakpoint.mode`."""
PromptCacheBreakpointTtl: TypeAlias = Literal["30m", "12h"]
"""Known values of `PromptCacheBreakpoint.ttl`."""
PromptCacheOptionsMode: TypeAlias = Literal["implicit", "explicit"]
"""Known values of `PromptCacheOptions.mode`."""
PromptCacheOptionsTtl: TypeAlias = Literal["30m", "12h"]
"""Known values of `PromptCacheOptions.ttl`."""
ReasoningEffort: TypeAlias = Literal["none", "minimal", "low", "medium", "high", "xhigh", "max"]
"""Known values of `Reasoning.effort`."""
ReasoningContext: TypeAlias = Literal["auto", "current_turn", "all_turns"]
"""Known values of `Reasoning.context`."""
ReasoningGenerateSummary: TypeAlias = Literal["auto", "concise", "detailed"]
"""Known values of `Reasoning.generate_summary`."""
ReasoningMode: TypeAlias = Literal["standard", "pro"]
"""Known values of `Reasoning.mode`."""
ReasoningSummary: TypeAlias = Literal["auto", "concise", "detailed"]
"""Known values of `Reasoning.summary`."""
ModerationOptionsPolicyInputMode: TypeAlias = Literal["score", "block"]
"""Known values of `ModerationOptions.Policy.Input.mode`."""
ModerationOptionsPolicyOutputMode: TypeAlias = Literal["score", "block"]
"""Known values of `ModerationOptions.Policy.Output.mode`."""
CacheControlType: TypeAlias = Literal["ephemeral"]
"""Known values of `CacheControl.type`."""
CacheControlTtl: TypeAlias = Literal["5m", "1h"]
"""Known values of `CacheControl.ttl`."""
CreateSpeechRequestResponseFormat: TypeAlias = Literal["mp3", "opus", "aac", "flac", "wav", "pcm"]
"""Known values of `CreateSpeechRequest.response_format`."""
CreateSpeechRequestStreamFormat: TypeAlias = Literal["sse", "audio"]
"""Known values of `CreateSpeechRequest.stream_format`."""
CreateTranscriptionRequestInclude: TypeAlias = Literal["logprobs"]
"""Known values of `CreateTranscriptionRequest.include`."""
CreateTranscriptionRequestResponseFormat: TypeAlias = Literal["json", "text", "srt", "verbose_json", "vtt", "diarized_json"]
"""Known values of `CreateTranscriptionRequest.response_format`."""
CreateTranscriptionRequestTimestampGranularities: TypeAlias = Literal["word", "segment"]
"""Known values of `CreateTranscriptionRequest.timestamp_granularities`."""
TranscriptionTask: TypeAlias = Literal["transcribe"]
"""Known values of `Transcription.task`."""
TranscriptionSegmentType: TypeAlias = Literal["transcript.text.segment"]
"""Known values of `TranscriptionSegment.type`."""
CreateTranslationRequestResponseFormat: TypeAlias = Literal["json", "text", "srt", "verbose_json", "vtt"]
"""Known values of `CreateTranslationRequest.response_format`."""
TranslationTask: TypeAlias = Literal["translate"]
"""Known values of `Translation.task`."""
ChatCompletionContentPartImageImageUrlDetail: TypeAlias = Literal["auto", "low", "high", "original"]
"""Known values of `ChatCompletionContentPartImage.ImageUrl.detail`."""
ChatCompletionContentPartInputAudioInputAudioFormat: TypeAlias = Literal["wav", "mp3"]
"""Known values of `ChatCompletionContentPartInputAudio.InputAudio.format`."""
ExecutedToolType: TypeAlias = Literal["search", "python"]
"""Known values of `ExecutedTool.type`."""
ReasoningDetailType: TypeAlias = Literal["reasoning.text", "reasoning.summary", "reasoning.encrypted"]
"""Known values of `ReasoningDetail.type`."""
ChatCompletionStoreMessageRole: TypeAlias = Literal["assistant"]
"""Known values of `ChatCompletionStoreMessage.role`."""
FunctionToolAllowedCallers: TypeAlias = Literal["direct", "programmatic"]
"""Known values of `FunctionTool.allowed_callers`."""
CustomToolAllowedCallers: TypeAlias = Literal["direct", "programmatic"]
"""Known values of `CustomTool.allowed_callers`."""
CustomToolGrammarSyntax: TypeAlias = Literal["lark", "regex"]
"""Known values of `CustomTool.Grammar.syntax`."""
FileSearchToolRankingOptionsRanker: TypeAlias = Literal["auto", "default-2024-11-15"]
"""Known values of `FileSearchTool.RankingOptions.ranker`."""
ComparisonFilterType: TypeAlias = Literal["eq", "ne", "gt", "gte", "lt", "lte", "in", "nin"]
"""Known values of `ComparisonFilter.type`."""
CompoundFilterType: TypeAlias = Literal["and", "or"]
"""Known values of `CompoundFilter.type`."""
WebSearchToolSearchContextSize: TypeAlias = Literal["low", "medium", "high"]
"""Known values of `WebSearchTool.search_context_size`."""
UserLocationType: TypeAlias = Literal["approximate"]
"""Known values of `UserLocation.type`."""
WebSearchPreviewToolSearchContentTypes: TypeAlias = Literal["text", "image"]
"""Known values of `WebSearchPreviewTool.search_content_types`."""
WebSearchPreviewToolSearchContextSize: TypeAlias = Literal["low", "medium", "high"]
"""Known values of `WebSearchPreviewTool.search_context_size`."""
ComputerUsePreviewToolEnvironment: TypeAlias = Literal["windows", "mac", "linux", "ubuntu", "browser"]
"""Known values of `ComputerUsePreviewTool.environment`."""
CodeInterpreterToolAllowedCallers: TypeAlias = Literal["direct", "programmatic"]
"""Known values of `CodeInterpreterTool.allowed_callers`."""
CodeInterpreterToolAutoContainerMemoryLimit: TypeAlias = Literal["1g", "4g", "16g", "64g"]
"""Known values of `CodeInterpreterTool.AutoContainer.memory_limit`."""
ImageGenerationToolAction: TypeAlias = Literal["generate", "edit", "auto"]
"""Known values of `ImageGenerationTool.action`."""
ImageGenerationToolBackground: TypeAlias = Literal["transparent", "opaque", "auto"]
"""Known values of `ImageGenerationTool.background`."""
ImageGenerationToolComplexity: TypeAlias = Literal["low", "medium", "high"]
"""Known values of `ImageGenerationTool.complexity`."""
ImageGenerationToolInputFidelity: TypeAlias = Literal["high", "low"]
"""Known values of `ImageGenerationTool.input_fidelity`."""
ImageGenerationToolModeration: TypeAlias = Literal["auto", "low"]
"""Known values of `ImageGenerationTool.moderation`."""
ImageGenerationToolOutputFormat: TypeAlias = Literal["png", "webp", "jpeg", "gif", "svg"]
"""Known values of `ImageGenerationTool.output_format`."""
ImageGenerationToolQuality: TypeAlias = Literal["low", "medium", "high", "xhigh", "max", "auto"]
"""Known values of `ImageGenerationTool.quality`."""
ImageGenerationToolSize: TypeAlias = Literal["1024x1024", "1024x1536", "1536x1024", "auto"]
"""Known values of `ImageGenerationTool.size`."""
ImageGenerationToolSvgReasoningEffort: TypeAlias = Literal["none", "minimal", "low", "medium", "high", "xhigh", "max"]
"""Known values of `ImageGenerationTool.Svg.Reasoning.effort`."""
McpToolAllowedCallers: TypeAlias = Literal["direct", "programmatic"]
"""Known values of `McpTool.allowed_callers`."""
McpToolConnectorId: TypeAlias = Literal["connector_dropbox", "connector_gmail", "connector_googlecalendar", "connector_googledrive", "connector_microsoftteams", "connector_outlookcalendar", "connector_outlookemail", "connector_sharepoint"]
"""Known values of `McpTool.connector_id`."""
FunctionShellToolAllowedCallers: TypeAlias = Literal["direct", "programmatic"]
"""Known values of `FunctionShellTool.allowed_callers`."""
ContainerAutoMemoryLimit: TypeAlias = Literal["1g", "4g", "16g", "64g"]
"""Known values of `ContainerAuto.memory_limit`."""
InlineSkillSourceMediaType: TypeAlias = Literal["application/zip"]
"""Known values of `InlineSkill.Source.media_type`."""
ApplyPatchToolAllowedCallers: TypeAlias = Literal["direct", "programmatic"]
"""Known values of `ApplyPatchTool.allowed_callers`."""
ToolSearchToolExecution: TypeAlias = Literal["server", "client"]
"""Known values of `ToolSearchTool.execution`."""
ToolChoiceAllowedMode: TypeAlias = Literal["auto", "required"]
"""Known values of `ToolChoiceAllowed.mode`."""
ToolChoiceTypesType: TypeAlias = Literal["file_search", "web_search", "web_search_2025_08_26", "web_search_preview", "computer", "computer_use_preview", "computer_use", "web_search_preview_2025_03_11", "image_generation", "code_interpreter"]
"""Known values of `ToolChoiceTypes.type`."""
ChatCompletionCustomToolCustomDefinitionGrammarFormatGrammarSyntax: TypeAlias = Literal["lark", "regex"]
"""Known values of `ChatCompletionCustomTool.CustomDefinition.GrammarFormat.Grammar.syntax`."""
ChatCompletionAllowedToolChoiceAllowedToolsMode: TypeAlias = Literal["auto", "required"]
"""Known values of `ChatCompletionAllowedToolChoice.AllowedTools.mode`."""
WebSearchOptionsSearchContextSize: TypeAlias = Literal["low", "medium", "high"]
"""Known values of `WebSearchOptions.search_context_size`."""
CreateChatCompletionRequestModalities: TypeAlias = Literal["text", "audio"]
"""Known values of `CreateChatCompletionRequest.modalities`."""
CreateChatCompletionRequestPromptCacheRetention: TypeAlias = Literal["in_memory", "24h"]
"""Known values of `CreateChatCompletionRequest.prompt_cache_retention`."""
CreateChatCompletionRequestReasoningEffort: TypeAlias = Literal["none", "minimal", "low", "medium", "high", "xhigh", "max"]
"""Known values of `CreateChatCompletionRequest.reasoning_effort`."""
CreateChatCompletionRequestServiceTier: TypeAlias = Literal["auto", "default", "flex", "scale", "priority", "fast"]
"""Known values of `CreateChatCompletionRequest.service_tier`."""
CreateChatCompletionRequestVerbosity: TypeAlias = Literal["low", "medium", "high"]
"""Known values of `CreateChatCompletionRequest.verbosity`."""
CreateChatCompletionRequestAudioParametersFormat: TypeAlias = Literal["wav", "aac", "mp3", "flac", "opus", "pcm16"]
"""Known values of `CreateChatCompletionRequest.AudioParameters.format`."""
CreateChatCompletionRequestThinkingConfigType: TypeAlias = Literal["enabled", "disabled"]
"""Known values of `CreateChatCompletionRequest.ThinkingConfig.type`."""
ChatCompletionServiceTier: TypeAlias = Literal["auto", "default", "flex", "scale", "priority", "fast"]
"""Known values of `ChatCompletion.service_tier`."""
ChatCompletionChoiceFinishReason: TypeAlias = Literal["stop", "length", "tool_calls", "content_filter", "function_call"]
"""Known values of `ChatCompletion.Choice.finish_reason`."""
ChatCompletionChunkServiceTier: TypeAlias = Literal["auto", "default", "flex", "scale", "priority", "fast"]
"""Known values of `ChatCompletionChunk.service_tier`."""
ChatCompletionChunkChoiceFinishReason: TypeAlias = Literal["stop", "length", "tool_calls", "content_filter", "function_call"]
"""Known values of `ChatCompletionChunk.Choice.finish_reason`."""
ChatCompletionChunkChoiceDeltaRole: TypeAlias = Literal["developer", "system", "user", "assistant", "tool"]
"""Known values of `ChatCompletionChunk.Choice.Delta.role`."""
ChatCompletionChunkChoiceDeltaToolCallType: TypeAlias = Literal["function"]
"""Known values of `ChatCompletionChunk.Choice.Delta.ToolCall.type`."""
ListChatCompletionsRequestOrder: TypeAlias = Literal["asc", "desc"]
"""Known values of `ListChatCompletionsRequest.order`."""
ListChatCompletionMessagesRequestOrder: TypeAlias = Literal["asc", "desc"]
"""Known values of `ListChatCompletionMessagesRequest.order`."""
CreateCompletionRequestModel: TypeAlias = Literal["gpt-3.5-turbo-instruct", "davinci-002", "babbage-002"] | str
"""Known values of `CreateCompletionRequest.model`."""
CompletionChoiceFinishReason: TypeAlias = Literal["stop", "length", "content_filter"]
"""Known values of `Completion.Choice.finish_reason`."""
CreateEmbeddingRequestEncodingFormat: TypeAlias = Literal["float", "base64"]
"""Known values of `CreateEmbeddingRequest.encoding_format`."""
ExpiresAfterAnchor: TypeAlias = Literal["created_at"]
"""Known values of `ExpiresAfter.anchor`."""
CreateFileRequestPurpose: TypeAlias = Literal["assistants", "batch", "fine-tune", "vision", "user_data", "evals"]
"""Known values of `CreateFileRequest.purpose`."""
ListFilesRequestOrder: TypeAlias = Literal["asc", "desc"]
"""Known values of `ListFilesRequest.order`."""
FileObjectPurpose: TypeAlias = Literal["assistants", "assistants_output", "batch", "batch_output", "fine-tune", "fine-tune-results", "vision", "user_data"]
"""Known values of `FileObject.purpose`."""
FileObjectStatus: TypeAlias = Literal["uploaded", "processed", "error"]
"""Known values of `FileObject.status`."""
CreateImageRequestBackground: TypeAlias = Literal["transparent", "opaque", "auto"]
"""Known values of `CreateImageRequest.background`."""
CreateImageRequestComplexity: TypeAlias = Literal["low", "medium", "high"]
"""Known values of `CreateImageRequest.complexity`."""
CreateImageRequestModeration: TypeAlias = Literal["low", "auto"]
"""Known values of `CreateImageRequest.moderation`."""
CreateImageRequestOutputFormat: TypeAlias = Literal["png", "webp", "jpeg", "gif", "svg"]
"""Known values of `CreateImageRequest.output_format`."""
CreateImageRequestQuality: TypeAlias = Literal["low", "medium", "high", "xhigh", "max", "auto", "standard", "hd"]
"""Known values of `CreateImageRequest.quality`."""
CreateImageRequestResponseFormat: TypeAlias = Literal["url", "b64_json"]
"""Known values of `CreateImageRequest.response_format`."""
CreateImageRequestSize: TypeAlias = Literal["auto", "1024x1024", "1536x1024", "1024x1536", "256x256", "512x512", "1792x1024", "1024x1792"]
"""Known values of `CreateImageRequest.size`."""
CreateImageRequestStyle: TypeAlias = Literal["vivid", "natural"]
"""Known values of `CreateImageRequest.style`."""
CreateImageEditRequestBackground: TypeAlias = Literal["transparent", "opaque", "auto"]
"""Known values of `CreateImageEditRequest.background`."""
CreateImageEditRequestComplexity: TypeAlias = Literal["low", "medium", "high"]
"""Known values of `CreateImageEditRequest.complexity`."""
CreateImageEditRequestInputFidelity: TypeAlias = Literal["high", "low"]
"""Known values of `CreateImageEditRequest.input_fidelity`."""
CreateImageEditRequestOutputFormat: TypeAlias = Literal["png", "webp", "jpeg", "gif", "svg"]
"""Known values of `CreateImageEditRequest.output_format`."""
CreateImageEditRequestQuality: TypeAlias = Literal["low", "medium", "high", "xhigh", "max", "auto", "standard"]
"""Known values of `CreateImageEditRequest.quality`."""
CreateImageEditRequestResponseFormat: TypeAlias = Literal["url", "b64_json"]
"""Known values of `CreateImageEditRequest.response_format`."""
CreateImageEditRequestSize: TypeAlias = Literal["1024x1024", "1536x1024", "1024x1536", "auto", "256x256", "512x512"]
"""Known values of `CreateImageEditRequest.size`."""
CreateImageEditRequestModeration: TypeAlias = Literal["low", "auto"]
"""Known values of `CreateImageEditRequest.moderation`."""
CreateImageVariationRequestResponseFormat: TypeAlias = Literal["url", "b64_json"]
"""Known values of `CreateImageVariationRequest.response_format`."""
CreateImageVariationRequestSize: TypeAlias = Literal["256x256", "512x512", "1024x1024"]
"""Known values of `CreateImageVariationRequest.size`."""
ImageSvgReasoningEffort: TypeAlias = Literal["none", "minimal", "low", "medium", "high", "xhigh", "max"]
"""Known values of `ImageSvg.Reasoning.effort`."""
ImagesResponseBackground: TypeAlias = Literal["transparent", "opaque"]
"""Known values of `ImagesResponse.background`."""
ImagesResponseOutputFormat: TypeAlias = Literal["png", "webp", "jpeg", "gif", "svg"]
"""Known values of `ImagesResponse.output_format`."""
ImagesResponseQuality: TypeAlias = Literal["low", "medium", "high", "xhigh", "max"]
"""Known values of `ImagesResponse.quality`."""
ImagePartialEventBackground: TypeAlias = Literal["transparent", "opaque", "auto"]
"""Known values of `ImagePartialEvent.background`."""
ImagePartialEventOutputFormat: TypeAlias = Literal["png", "webp", "jpeg"]
"""Known values of `ImagePartialEvent.output_format`."""
ImagePartialEventQuality: TypeAlias = Literal["low", "medium", "high", "xhigh", "max", "auto"]
"""Known values of `ImagePartialEvent.quality`."""
ImageCompletedEventBackground: TypeAlias = Literal["transparent", "opaque", "auto"]
"""Known values of `ImageCompletedEvent.background`."""
ImageCompletedEventOutputFormat: TypeAlias = Literal["png", "webp", "jpeg"]
"""Known values of `ImageCompletedEvent.output_format`."""
ImageCompletedEventQuality: TypeAlias = Literal["low", "medium", "high", "xhigh", "max", "auto"]
"""Known values of `ImageCompletedEvent.quality`."""
ResponseInputImageDetail: TypeAlias = Literal["low", "high", "auto", "original"]
"""Known values of `ResponseInputImage.detail`."""
ResponseInputFileDetail: TypeAlias = Literal["auto", "low", "high"]
"""Known values of `ResponseInputFile.detail`."""
ResponseInputAudioInputAudioFormat: TypeAlias = Literal["wav", "mp3"]
"""Known values of `ResponseInputAudio.InputAudio.format`."""
ResponseComputerScreenshotDetail: TypeAlias = Literal["low", "high", "auto", "original"]
"""Known values of `ResponseComputerScreenshot.detail`."""
ResponseMessageRole: TypeAlias = Literal["user", "system", "developer", "assistant"]
"""Known values of `ResponseMessage.role`."""
ResponseMessageStatus: TypeAlias = Literal["in_progress", "completed", "incomplete"]
"""Known values of `ResponseMessage.status`."""
ResponseMessagePhase: TypeAlias = Literal["commentary", "final_answer"]
"""Known values of `ResponseMessage.phase`."""
ResponseFunctionToolCallStatus: TypeAlias = Literal["in_progress", "completed", "incomplete"]
"""Known values of `ResponseFunctionToolCall.status`."""
ResponseFunctionToolCallOutputStatus: TypeAlias = Literal["in_progress", "completed", "incomplete"]
"""Known values of `ResponseFunctionToolCallOutput.status`."""
ResponseReasoningItemStatus: TypeAlias = Literal["in_progress", "completed", "incomplete"]
"""Known values of `ResponseReasoningItem.status`."""
ResponseCustomToolCallStatus: TypeAlias = Literal["in_progress", "completed", "incomplete"]
"""Known values of `ResponseCustomToolCall.status`."""
ResponseCustomToolCallOutputStatus: TypeAlias = Literal["in_progress", "completed", "incomplete"]
"""Known values of `ResponseCustomToolCallOutput.status`."""
ResponseFileSearchToolCallStatus: TypeAlias = Literal["in_progress", "searching", "completed", "incomplete", "failed"]
"""Known values of `ResponseFileSearchToolCall.status`."""
ResponseFunctionWebSearchStatus: TypeAlias = Literal["in_progress", "searching", "completed", "failed", "incomplete"]
"""Known values of `ResponseFunctionWebSearch.status`."""
ResponseFunctionWebSearchSearchSourceType: TypeAlias = Literal["url"]
"""Known values of `ResponseFunctionWebSearch.Search.Source.type`."""
ResponseComputerToolCallStatus: TypeAlias = Literal["in_progress", "completed", "incomplete"]
"""Known values of `ResponseComputerToolCall.status`."""
ComputerActionClickActionButton: TypeAlias = Literal["left", "right", "wheel", "back", "forward"]
"""Known values of `ComputerAction.ClickAction.button`."""
ResponseComputerToolCallOutputStatus: TypeAlias = Literal["in_progress", "completed", "incomplete", "failed"]
"""Known values of `ResponseComputerToolCallOutput.status`."""
ResponseCodeInterpreterToolCallStatus: TypeAlias = Literal["in_progress", "completed", "incomplete", "interpreting", "failed"]
"""Known values of `ResponseCodeInterpreterToolCall.status`."""
ResponseImageGenerationCallStatus: TypeAlias = Literal["in_progress", "completed", "generating", "failed"]
"""Known values of `ResponseImageGenerationCall.status`."""
ResponseImageGenerationCallAction: TypeAlias = Literal["generate", "edit", "auto"]
"""Known values of `ResponseImageGenerationCall.action`."""
ResponseImageGenerationCallBackground: TypeAlias = Literal["transparent", "opaque", "auto"]
"""Known values of `ResponseImageGenerationCall.background`."""
ResponseImageGenerationCallOutputFormat: TypeAlias = Literal["png", "webp", "jpeg", "gif", "svg"]
"""Known values of `ResponseImageGenerationCall.output_format`."""
ResponseImageGenerationCallQuality: TypeAlias = Literal["low", "medium", "high", "xhigh", "max", "auto"]
"""Known values of `ResponseImageGenerationCall.quality`."""
ResponseImageGenerationCallSize: TypeAlias = Literal["1024x1024", "1024x1536", "1536x1024"]
"""Known values of `ResponseImageGenerationCall.size`."""
ResponseImageGenerationCallErrorModerationDetailsModerationStage: TypeAlias = Literal["input", "output", "unknown"]
"""Known values of `ResponseImageGenerationCall.Error.ModerationDetails.moderation_stage`."""
ResponseMcpCallStatus: TypeAlias = Literal["in_progress", "completed", "incomplete", "calling", "failed"]
"""Known values of `ResponseMcpCall.status`."""
ResponseLocalShellCallStatus: TypeAlias = Literal["in_progress", "completed", "incomplete"]
"""Known values of `ResponseLocalShellCall.status`."""
ResponseLocalShellCallOutputStatus: TypeAlias = Literal["in_progress", "completed", "incomplete"]
"""Known values of `ResponseLocalShellCallOutput.status`."""
ResponseFunctionShellToolCallStatus: TypeAlias = Literal["in_progress", "completed", "incomplete"]
"""Known values of `ResponseFunctionShellToolCall.status`."""
ResponseFunctionShellToolCallOutputStatus: TypeAlias = Literal["in_progress", "completed", "incomplete"]
"""Known values of `ResponseFunctionShellToolCallOutput.status`."""
ResponseApplyPatchToolCallStatus: TypeAlias = Literal["in_progress", "completed"]
"""Known values of `ResponseApplyPatchToolCall.status`."""
ResponseApplyPatchToolCallOutputStatus: TypeAlias = Literal["completed", "failed"]
"""Known values of `ResponseApplyPatchToolCallOutput.status`."""
ResponseToolSearchCallExecution: TypeAlias = Literal["server", "client"]
"""Known values of `ResponseToolSearchCall.execution`."""
ResponseToolSearchCallStatus: TypeAlias = Literal["in_progress", "completed", "incomplete"]
"""Known values of `ResponseToolSearchCall.status`."""
ResponseToolSearchOutputExecution: TypeAlias = Literal["server", "client"]
"""Known values of `ResponseToolSearchOutput.execution`."""
ResponseToolSearchOutputStatus: TypeAlias = Literal["in_progress", "completed", "incomplete"]
"""Known values of `ResponseToolSearchOutput.status`."""
ResponseAdditionalToolsRole: TypeAlias = Literal["developer", "unknown", "user", "assistant", "system", "critic", "discriminator", "tool"]
"""Known values of `ResponseAdditionalTools.role`."""
ResponseProgramOutputStatus: TypeAlias = Literal["completed", "incomplete"]
"""Known values of `ResponseProgramOutput.status`."""
ResponseTextConfigVerbosity: TypeAlias = Literal["low", "medium", "high"]
"""Known values of `ResponseTextConfig.verbosity`."""
ResponsePromptCacheRetention: TypeAlias = Literal["in_memory", "24h"]
"""Known values of `Response.prompt_cache_retention`."""
ResponseServiceTier: TypeAlias = Literal["auto", "default", "flex", "scale", "priority", "fast", "ultrafast"]
"""Known values of `Response.service_tier`."""
ResponseStatus: TypeAlias = Literal["completed", "failed", "in_progress", "cancelled", "queued", "incomplete"]
"""Known values of `Response.status`."""
ResponseTruncation: TypeAlias = Literal["auto", "disabled"]
"""Known values of `Response.truncation`."""
ResponseBillingPayer: TypeAlias = Literal["developer"]
"""Known values of `Response.Billing.payer`."""
ResponseContentFilterSourceType: TypeAlias = Literal["prompt", "completion"]
"""Known values of `Response.ContentFilter.source_type`."""
ResponseIncompleteDetailsReason: TypeAlias = Literal["max_output_tokens", "max_messages", "content_filter", "steered"]
"""Known values of `Response.IncompleteDetails.reason`."""
ResponseInputTransformationAction: TypeAlias = Literal["removed"]
"""Known values of `Response.InputTransformation.action`."""
ResponseInputTransformationReason: TypeAlias = Literal["organization_mismatch", "end_user_mismatch", "model_mismatch", "prefix_mismatch", "turn_boundary"]
"""Known values of `Response.InputTransformation.reason`."""
ResponseAccessProgramsCyber: TypeAlias = Literal["standard", "daybreak_blue", "daybreak_red"]
"""Known values of `Response.AccessPrograms.cyber`."""
ResponseImageOptionsContextCompression: TypeAlias = Literal["auto", "enabled", "disabled"]
"""Known values of `Response.ImageOptions.context_compression`."""
ResponseCacheMissReason: TypeAlias = Literal["model_changed", "prompt_cache_key_changed", "tools_changed", "text_format_changed", "reasoning_effort_changed", "verbosity_changed", "context_compacted", "input_changed", "service_tier_changed"]
"""Known values of `Response.CacheMiss.reason`."""
ResponseErrorCode: TypeAlias = Literal["server_error", "rate_limit_exceeded", "invalid_prompt", "data_residency_mismatch", "bio_policy", "misalignment_policy_violation", "vector_store_timeout", "invalid_image", "invalid_image_format", "invalid_base64_image", "invalid_image_url", "image_too_large", "image_too_small", "image_parse_error", "image_content_policy_violation", "invalid_image_mode", "image_file_too_large", "unsupported_image_media_type", "empty_image_file", "failed_to_download_image", "image_file_not_found"]
"""Known values of `ResponseError.code`."""
ResponseErrorMisalignmentErrorType: TypeAlias = Literal["potentially_unintended_data_transfer", "potentially_unintended_data_access", "potentially_unintended_destructive_activity", "other"]
"""Known values of `ResponseError.Misalignment.error_type`."""
ResponseReasoningSummaryPartDoneEventStatus: TypeAlias = Literal["incomplete"]
"""Known values of `ResponseReasoningSummaryPartDoneEvent.status`."""
CreateResponseRequestInclude: TypeAlias = Literal["file_search_call.results", "web_search_call.results", "web_search_call.action.sources", "message.input_image.image_url", "computer_call_output.output.image_url", "code_interpreter_call.outputs", "reasoning.encrypted_content", "message.output_text.logprobs"]
"""Known values of `CreateResponseRequest.include`."""
CreateResponseRequestPromptCacheRetention: TypeAlias = Literal["in_memory", "24h"]
"""Known values of `CreateResponseRequest.prompt_cache_retention`."""
CreateResponseRequestServiceTier: TypeAlias = Literal["auto", "default", "flex", "scale", "priority", "fast", "ultrafast"]
"""Known values of `CreateResponseRequest.service_tier`."""
CreateResponseRequestTruncation: TypeAlias = Literal["auto", "disabled"]
"""Known values of `CreateResponseRequest.truncation`."""
CreateResponseRequestBackgroundOptionsCompletionWindow: TypeAlias = Literal["soonest", "2h", "8h"]
"""Known values of `CreateResponseRequest.BackgroundOptions.completion_window`."""
GetResponseRequestInclude: TypeAlias = Literal["file_search_call.results", "web_search_call.results", "web_search_call.action.sources", "message.input_image.image_url", "computer_call_output.output.image_url", "code_interpreter_call.outputs", "reasoning.encrypted_content", "message.output_text.logprobs"]
"""Known values of `GetResponseRequest.include`."""
WatchResponseRequestInclude: TypeAlias = Literal["file_search_call.results", "web_search_call.results", "web_search_call.action.sources", "message.input_image.image_url", "computer_call_output.output.image_url", "code_interpreter_call.outputs", "reasoning.encrypted_content", "message.output_text.logprobs"]
"""Known values of `WatchResponseRequest.include`."""
WatchResponseRequestCompletionWindow: TypeAlias = Literal["soonest", "2h", "8h"]
"""Known values of `WatchResponseRequest.completion_window`."""
ResumeResponseRequestInclude: TypeAlias = Literal["file_search_call.results", "web_search_call.results", "web_search_call.action.sources", "message.input_image.image_url", "computer_call_output.output.image_url", "code_interpreter_call.outputs", "reasoning.encrypted_content", "message.output_text.logprobs"]
"""Known values of `ResumeResponseRequest.include`."""
ListResponseInputItemsRequestInclude: TypeAlias = Literal["file_search_call.results", "web_search_call.results", "web_search_call.action.sources", "message.input_image.image_url", "computer_call_output.output.image_url", "code_interpreter_call.outputs", "reasoning.encrypted_content", "message.output_text.logprobs"]
"""Known values of `ListResponseInputItemsRequest.include`."""
ListResponseInputItemsRequestOrder: TypeAlias = Literal["asc", "desc"]
"""Known values of `ListResponseInputItemsRequest.order`."""
CompactResponseRequestPromptCacheRetention: TypeAlias = Literal["in_memory", "24h"]
"""Known values of `CompactResponseRequest.prompt_cache_retention`."""
CompactResponseRequestServiceTier: TypeAlias = Literal["auto", "default", "fast", "flex", "priority"]
"""Known values of `CompactResponseRequest.service_tier`."""
CountResponseInputTokensRequestPersonality: TypeAlias = Literal["friendly", "pragmatic"]
"""Known values of `CountResponseInputTokensRequest.personality`."""
CountResponseInputTokensRequestTruncation: TypeAlias = Literal["auto", "disabled"]
"""Known values of `CountResponseInputTokensRequest.truncation`."""
ResponseSteerPendingEventReason: TypeAlias = Literal["waiting_for_required_input"]
"""Known values of `ResponseSteerPendingEvent.reason`."""
ResponseSteerFailedEventErrorCode: TypeAlias = Literal["response_not_found", "invalid_input", "steering_not_supported", "too_many_pending_steers", "response_already_completed", "response_not_active", "successor_creation_failed"]
"""Known values of `ResponseSteerFailedEvent.Error.code`."""
ResponseSteerFailedEventErrorType: TypeAlias = Literal["invalid_request_error"]
"""Known values of `ResponseSteerFailedEvent.Error.type`."""
CreateVideoRequestSeconds: TypeAlias = Literal["4", "8", "12"]
"""Known values of `CreateVideoRequest.seconds`."""
CreateVideoRequestSize: TypeAlias = Literal["720x1280", "1280x720", "1024x1792", "1792x1024"]
"""Known values of `CreateVideoRequest.size`."""
ListVideosRequestOrder: TypeAlias = Literal["asc", "desc"]
"""Known values of `ListVideosRequest.order`."""
DownloadVideoRequestVariant: TypeAlias = Literal["video", "thumbnail", "spritesheet"]
"""Known values of `DownloadVideoRequest.variant`."""
ExtendVideoRequestSeconds: TypeAlias = Literal["4", "8", "12"]
"""Known values of `ExtendVideoRequest.seconds`."""
VideoSeconds: TypeAlias = Literal["4", "8", "12"]
"""Known values of `Video.seconds`."""
VideoSize: TypeAlias = Literal["720x1280", "1280x720", "1024x1792", "1792x1024"]
"""Known values of `Video.size`."""
VideoStatus: TypeAlias = Literal["queued", "in_progress", "completed", "failed"]
"""Known values of `Video.status`."""
VideoErrorMisalignmentErrorType: TypeAlias = Literal["potentially_unintended_data_transfer", "potentially_unintended_data_access", "potentially_unintended_destructive_activity", "other"]
"""Known values of `VideoError.Misalignment.error_type`."""
CreateBatchRequestCompletionWindow: TypeAlias = Literal["24h"]
"""Known values of `CreateBatchRequest.completion_window`."""
CreateBatchRequestEndpoint: TypeAlias = Literal["/v1/responses", "/v1/chat/completions", "/v1/embeddings", "/v1/completions", "/v1/moderations", "/v1/images/generations", "/v1/images/edits", "/v1/videos"]
"""Known values of `CreateBatchRequest.endpoint`."""
BatchStatus: TypeAlias = Literal["validating", "failed", "in_progress", "finalizing", "completed", "expired", "cancelling", "cancelled"]
"""Known values of `Batch.status`."""
ContentProvenanceResultC2paResultOutcome: TypeAlias = Literal["detected", "not_detected"]
"""Known values of `ContentProvenanceResult.C2paResult.outcome`."""
ContentProvenanceResultC2paResultValidationState: TypeAlias = Literal["trusted", "valid", "invalid", "not_present"]
"""Known values of `ContentProvenanceResult.C2paResult.validation_state`."""
ContentProvenanceResultSynthIdResultOutcome: TypeAlias = Literal["detected", "not_detected"]
"""Known values of `ContentProvenanceResult.SynthIdResult.outcome`."""
CreateConversationItemsRequestInclude: TypeAlias = Literal["file_search_call.results", "web_search_call.results", "web_search_call.action.sources", "message.input_image.image_url", "computer_call_output.output.image_url", "code_interpreter_call.outputs", "reasoning.encrypted_content", "message.output_text.logprobs"]
"""Known values of `CreateConversationItemsRequest.include`."""
GetConversationItemRequestInclude: TypeAlias = Literal["file_search_call.results", "web_search_call.results", "web_search_call.action.sources", "message.input_image.image_url", "computer_call_output.output.image_url", "code_interpreter_call.outputs", "reasoning.encrypted_content", "message.output_text.logprobs"]
"""Known values of `GetConversationItemRequest.include`."""
ListConversationItemsRequestInclude: TypeAlias = Literal["file_search_call.results", "web_search_call.results", "web_search_call.action.sources", "message.input_image.image_url", "computer_call_output.output.image_url", "code_interpreter_call.outputs", "reasoning.encrypted_content", "message.output_text.logprobs"]
"""Known values of `ListConversationItemsRequest.include`."""
ListConversationItemsRequestOrder: TypeAlias = Literal["asc", "desc"]
"""Known values of `ListConversationItemsRequest.order`."""
DecisionInputMessageRole: TypeAlias = Literal["user", "developer", "system", "assistant"]
"""Known values of `DecisionInputMessage.role`."""
DecisionInputMessagePhase: TypeAlias = Literal["commentary", "final_answer"]
"""Known values of `DecisionInputMessage.phase`."""
RealtimeConversationSessionInclude: TypeAlias = Literal["item.input_audio_transcription.logprobs"]
"""Known values of `RealtimeConversationSession.include`."""
RealtimeConversationSessionOutputModalities: TypeAlias = Literal["text", "audio"]
"""Known values of `RealtimeConversationSession.output_modalities`."""
RealtimeConversationSessionObject: TypeAlias = Literal["realtime.session"]
"""Known values of `RealtimeConversationSession.object`."""
RealtimeTranscriptionSessionInclude: TypeAlias = Literal["item.input_audio_transcription.logprobs"]
"""Known values of `RealtimeTranscriptionSession.include`."""
RealtimeTranscriptionSessionObject: TypeAlias = Literal["realtime.transcription_session"]
"""Known values of `RealtimeTranscriptionSession.object`."""
RealtimeAudioConfigNoiseReductionType: TypeAlias = Literal["near_field", "far_field"]
"""Known values of `RealtimeAudioConfig.NoiseReduction.type`."""
RealtimeAudioFormatType: TypeAlias = Literal["audio/pcm", "audio/pcmu", "audio/pcma"]
"""Known values of `RealtimeAudioFormat.type`."""
RealtimeTranscriptionModel: TypeAlias = Literal["whisper-1", "gpt-transcribe", "gpt-live-transcribe", "gpt-4o-mini-transcribe", "gpt-4o-mini-transcribe-2025-12-15", "gpt-4o-transcribe", "gpt-4o-transcribe-diarize", "gpt-realtime-whisper"] | str
"""Known values of `RealtimeTranscription.model`."""
RealtimeTranscriptionDelay: TypeAlias = Literal["minimal", "low", "medium", "high", "xhigh"]
"""Known values of `RealtimeTranscription.delay`."""
RealtimeTurnDetectionSemanticDetectionEagerness: TypeAlias = Literal["low", "medium", "high", "auto"]
"""Known values of `RealtimeTurnDetection.SemanticDetection.eagerness`."""
RealtimeMessageRole: TypeAlias = Literal["user", "assistant", "system"]
"""Known values of `RealtimeMessage.role`."""
RealtimeMessageObject: TypeAlias = Literal["realtime.item"]
"""Known values of `RealtimeMessage.object`."""
RealtimeMessageStatus: TypeAlias = Literal["completed", "incomplete", "in_progress"]
"""Known values of `RealtimeMessage.status`."""
RealtimeContentType: TypeAlias = Literal["input_text", "input_audio", "input_image", "output_text", "output_audio", "text", "audio"]
"""Known values of `RealtimeContent.type`."""
RealtimeContentDetail: TypeAlias = Literal["auto", "low", "high"]
"""Known values of `RealtimeContent.detail`."""
RealtimeFunctionCallObject: TypeAlias = Literal["realtime.item"]
"""Known values of `RealtimeFunctionCall.object`."""
RealtimeFunctionCallStatus: TypeAlias = Literal["completed", "incomplete", "in_progress"]
"""Known values of `RealtimeFunctionCall.status`."""
RealtimeFunctionCallOutputObject: TypeAlias = Literal["realtime.item"]
"""Known values of `RealtimeFunctionCallOutput.object`."""
RealtimeFunctionCallOutputStatus: TypeAlias = Literal["completed", "incomplete", "in_progress"]
"""Known values of `RealtimeFunctionCallOutput.status`."""
RealtimeResponseObject: TypeAlias = Literal["realtime.response"]
"""Known values of `RealtimeResponse.object`."""
RealtimeResponseStatus: TypeAlias = Literal["completed", "cancelled", "failed", "incomplete", "in_progress"]
"""Known values of `RealtimeResponse.status`."""
RealtimeResponseOutputModalities: TypeAlias = Literal["text", "audio"]
"""Known values of `RealtimeResponse.output_modalities`."""
RealtimeResponseStatusDetailsReason: TypeAlias = Literal["turn_detected", "client_cancelled", "max_output_tokens", "content_filter"]
"""Known values of `RealtimeResponse.StatusDetails.reason`."""
RealtimeResponseStatusDetailsType: TypeAlias = Literal["completed", "cancelled", "incomplete", "failed"]
"""Known values of `RealtimeResponse.StatusDetails.type`."""
RealtimeResponseCreateConversation: TypeAlias = Literal["auto", "none"]
"""Known values of `RealtimeResponseCreate.conversation`."""
RealtimeResponseCreateOutputModalities: TypeAlias = Literal["text", "audio"]
"""Known values of `RealtimeResponseCreate.output_modalities`."""
RealtimeConversationCreatedEventConversationObject: TypeAlias = Literal["realtime.conversation"]
"""Known values of `RealtimeConversationCreatedEvent.Conversation.object`."""
RealtimeRateLimitsUpdatedEventRateLimitName: TypeAlias = Literal["requests", "tokens"]
"""Known values of `RealtimeRateLimitsUpdatedEvent.RateLimit.name`."""
RealtimeConnectIntent: TypeAlias = Literal["transcription"]
"""Known values of `RealtimeConnect.intent`."""
CreateRealtimeClientSecretRequestExpiresAfterAnchor: TypeAlias = Literal["created_at"]
"""Known values of `CreateRealtimeClientSecretRequest.ExpiresAfter.anchor`."""
AcceptRealtimeCallRequestInclude: TypeAlias = Literal["item.input_audio_transcription.logprobs"]
"""Known values of `AcceptRealtimeCallRequest.include`."""
AcceptRealtimeCallRequestOutputModalities: TypeAlias = Literal["text", "audio"]
"""Known values of `AcceptRealtimeCallRequest.output_modalities`."""
CreateUploadRequestPurpose: TypeAlias = Literal["assistants", "batch", "fine-tune", "vision", "user_data", "evals"]
"""Known values of `CreateUploadRequest.purpose`."""
UploadPurpose: TypeAlias = Literal["assistants", "batch", "fine-tune", "vision", "user_data", "evals"]
"""Known values of `Upload.purpose`."""
UploadStatus: TypeAlias = Literal["pending", "completed", "cancelled", "expired"]
"""Known values of `Upload.status`."""

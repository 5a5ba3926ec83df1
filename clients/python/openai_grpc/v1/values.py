# ruff: noqa: E501
"""The known values of open strings; any other is accepted, too. Generated: do not edit."""

from typing import Literal, TypeAlias

OpenRouterRequestProviderPreferencesDataCollection: TypeAlias = Literal["allow", "deny"] | str
"""Known values of `OpenRouterRequest.ProviderPreferences.data_collection`."""
OpenRouterRequestProviderPreferencesSort: TypeAlias = Literal["price", "throughput", "latency"] | str
"""Known values of `OpenRouterRequest.ProviderPreferences.sort`."""
OpenRouterRequestPluginConfigId: TypeAlias = Literal["web", "file-parser"] | str
"""Known values of `OpenRouterRequest.PluginConfig.id`."""
ContentFilterResultSeverity: TypeAlias = Literal["safe", "low", "medium", "high"] | str
"""Known values of `ContentFilterResult.severity`."""
PromptCacheBreakpointMode: TypeAlias = Literal["explicit"] | str
"""Known values of `PromptCacheBreakpoint.mode`."""
PromptCacheBreakpointTtl: TypeAlias = Literal["30m", "12h"] | str
"""Known values of `PromptCacheBreakpoint.ttl`."""
PromptCacheOptionsMode: TypeAlias = Literal["implicit", "explicit"] | str
"""Known values of `PromptCacheOptions.mode`."""
PromptCacheOptionsTtl: TypeAlias = Literal["30m", "12h"] | str
"""Known values of `PromptCacheOptions.ttl`."""
ReasoningEffort: TypeAlias = Literal["none", "minimal", "low", "medium", "high", "xhigh", "max"] | str
"""Known values of `Reasoning.effort`."""
ReasoningContext: TypeAlias = Literal["auto", "current_turn", "all_turns"] | str
"""Known values of `Reasoning.context`."""
ReasoningGenerateSummary: TypeAlias = Literal["auto", "concise", "detailed"] | str
"""Known values of `Reasoning.generate_summary`."""
ReasoningMode: TypeAlias = Literal["standard", "pro"] | str
"""Known values of `Reasoning.mode`."""
ReasoningSummary: TypeAlias = Literal["auto", "concise", "detailed"] | str
"""Known values of `Reasoning.summary`."""
ModerationOptionsPolicyInputMode: TypeAlias = Literal["score", "block"] | str
"""Known values of `ModerationOptions.Policy.Input.mode`."""
ModerationOptionsPolicyOutputMode: TypeAlias = Literal["score", "block"] | str
"""Known values of `ModerationOptions.Policy.Output.mode`."""
CacheControlType: TypeAlias = Literal["ephemeral"] | str
"""Known values of `CacheControl.type`."""
CacheControlTtl: TypeAlias = Literal["5m", "1h"] | str
"""Known values of `CacheControl.ttl`."""
CreateTranscriptionRequestInclude: TypeAlias = Literal["logprobs"] | str
"""Known values of `CreateTranscriptionRequest.include`."""
CreateTranscriptionRequestResponseFormat: TypeAlias = Literal["json", "text", "srt", "verbose_json", "vtt", "diarized_json"] | str
"""Known values of `CreateTranscriptionRequest.response_format`."""
CreateTranscriptionRequestTimestampGranularities: TypeAlias = Literal["word", "segment"] | str
"""Known values of `CreateTranscriptionRequest.timestamp_granularities`."""
TranscriptionTask: TypeAlias = Literal["transcribe"] | str
"""Known values of `Transcription.task`."""
TranscriptionSegmentType: TypeAlias = Literal["transcript.text.segment"] | str
"""Known values of `TranscriptionSegment.type`."""
ChatCompletionContentPartImageImageUrlDetail: TypeAlias = Literal["auto", "low", "high", "original"] | str
"""Known values of `ChatCompletionContentPartImage.ImageUrl.detail`."""
ChatCompletionContentPartInputAudioInputAudioFormat: TypeAlias = Literal["wav", "mp3"] | str
"""Known values of `ChatCompletionContentPartInputAudio.InputAudio.format`."""
ExecutedToolType: TypeAlias = Literal["search", "python"] | str
"""Known values of `ExecutedTool.type`."""
ReasoningDetailType: TypeAlias = Literal["reasoning.text", "reasoning.summary", "reasoning.encrypted"] | str
"""Known values of `ReasoningDetail.type`."""
ChatCompletionStoreMessageRole: TypeAlias = Literal["assistant"] | str
"""Known values of `ChatCompletionStoreMessage.role`."""
FunctionToolAllowedCallers: TypeAlias = Literal["direct", "programmatic"] | str
"""Known values of `FunctionTool.allowed_callers`."""
CustomToolAllowedCallers: TypeAlias = Literal["direct", "programmatic"] | str
"""Known values of `CustomTool.allowed_callers`."""
CustomToolGrammarSyntax: TypeAlias = Literal["lark", "regex"] | str
"""Known values of `CustomTool.Grammar.syntax`."""
FileSearchToolRankingOptionsRanker: TypeAlias = Literal["auto", "default-2024-11-15"] | str
"""Known values of `FileSearchTool.RankingOptions.ranker`."""
ComparisonFilterType: TypeAlias = Literal["eq", "ne", "gt", "gte", "lt", "lte", "in", "nin"] | str
"""Known values of `ComparisonFilter.type`."""
CompoundFilterType: TypeAlias = Literal["and", "or"] | str
"""Known values of `CompoundFilter.type`."""
WebSearchToolSearchContextSize: TypeAlias = Literal["low", "medium", "high"] | str
"""Known values of `WebSearchTool.search_context_size`."""
UserLocationType: TypeAlias = Literal["approximate"] | str
"""Known values of `UserLocation.type`."""
WebSearchPreviewToolSearchContentTypes: TypeAlias = Literal["text", "image"] | str
"""Known values of `WebSearchPreviewTool.search_content_types`."""
WebSearchPreviewToolSearchContextSize: TypeAlias = Literal["low", "medium", "high"] | str
"""Known values of `WebSearchPreviewTool.search_context_size`."""
ComputerUsePreviewToolEnvironment: TypeAlias = Literal["windows", "mac", "linux", "ubuntu", "browser"] | str
"""Known values of `ComputerUsePreviewTool.environment`."""
CodeInterpreterToolAllowedCallers: TypeAlias = Literal["direct", "programmatic"] | str
"""Known values of `CodeInterpreterTool.allowed_callers`."""
CodeInterpreterToolAutoContainerMemoryLimit: TypeAlias = Literal["1g", "4g", "16g", "64g"] | str
"""Known values of `CodeInterpreterTool.AutoContainer.memory_limit`."""
ImageGenerationToolAction: TypeAlias = Literal["generate", "edit", "auto"] | str
"""Known values of `ImageGenerationTool.action`."""
ImageGenerationToolBackground: TypeAlias = Literal["transparent", "opaque", "auto"] | str
"""Known values of `ImageGenerationTool.background`."""
ImageGenerationToolComplexity: TypeAlias = Literal["low", "medium", "high"] | str
"""Known values of `ImageGenerationTool.complexity`."""
ImageGenerationToolInputFidelity: TypeAlias = Literal["high", "low"] | str
"""Known values of `ImageGenerationTool.input_fidelity`."""
ImageGenerationToolModeration: TypeAlias = Literal["auto", "low"] | str
"""Known values of `ImageGenerationTool.moderation`."""
ImageGenerationToolOutputFormat: TypeAlias = Literal["png", "webp", "jpeg", "gif", "svg"] | str
"""Known values of `ImageGenerationTool.output_format`."""
ImageGenerationToolQuality: TypeAlias = Literal["low", "medium", "high", "xhigh", "max", "auto"] | str
"""Known values of `ImageGenerationTool.quality`."""
ImageGenerationToolSize: TypeAlias = Literal["1024x1024", "1024x1536", "1536x1024", "auto"] | str
"""Known values of `ImageGenerationTool.size`."""
ImageGenerationToolSvgReasoningEffort: TypeAlias = Literal["none", "minimal", "low", "medium", "high", "xhigh", "max"] | str
"""Known values of `ImageGenerationTool.Svg.Reasoning.effort`."""
McpToolAllowedCallers: TypeAlias = Literal["direct", "programmatic"] | str
"""Known values of `McpTool.allowed_callers`."""
McpToolConnectorId: TypeAlias = Literal["connector_dropbox", "connector_gmail", "connector_googlecalendar", "connector_googledrive", "connector_microsoftteams", "connector_outlookcalendar", "connector_outlookemail", "connector_sharepoint"] | str
"""Known values of `McpTool.connector_id`."""
FunctionShellToolAllowedCallers: TypeAlias = Literal["direct", "programmatic"] | str
"""Known values of `FunctionShellTool.allowed_callers`."""
ContainerAutoMemoryLimit: TypeAlias = Literal["1g", "4g", "16g", "64g"] | str
"""Known values of `ContainerAuto.memory_limit`."""
InlineSkillSourceMediaType: TypeAlias = Literal["application/zip"] | str
"""Known values of `InlineSkill.Source.media_type`."""
ApplyPatchToolAllowedCallers: TypeAlias = Literal["direct", "programmatic"] | str
"""Known values of `ApplyPatchTool.allowed_callers`."""
ToolSearchToolExecution: TypeAlias = Literal["server", "client"] | str
"""Known values of `ToolSearchTool.execution`."""
ToolChoiceAllowedMode: TypeAlias = Literal["auto", "required"] | str
"""Known values of `ToolChoiceAllowed.mode`."""
ToolChoiceTypesType: TypeAlias = Literal["file_search", "web_search", "web_search_2025_08_26", "web_search_preview", "computer", "computer_use_preview", "computer_use", "web_search_preview_2025_03_11", "image_generation", "code_interpreter"] | str
"""Known values of `ToolChoiceTypes.type`."""
ChatCompletionCustomToolCustomDefinitionGrammarFormatGrammarSyntax: TypeAlias = Literal["lark", "regex"] | str
"""Known values of `ChatCompletionCustomTool.CustomDefinition.GrammarFormat.Grammar.syntax`."""
ChatCompletionAllowedToolChoiceAllowedToolsMode: TypeAlias = Literal["auto", "required"] | str
"""Known values of `ChatCompletionAllowedToolChoice.AllowedTools.mode`."""
WebSearchOptionsSearchContextSize: TypeAlias = Literal["low", "medium", "high"] | str
"""Known values of `WebSearchOptions.search_context_size`."""
CreateChatCompletionRequestModalities: TypeAlias = Literal["text", "audio"] | str
"""Known values of `CreateChatCompletionRequest.modalities`."""
CreateChatCompletionRequestPromptCacheRetention: TypeAlias = Literal["in_memory", "24h"] | str
"""Known values of `CreateChatCompletionRequest.prompt_cache_retention`."""
CreateChatCompletionRequestReasoningEffort: TypeAlias = Literal["none", "minimal", "low", "medium", "high", "xhigh", "max"] | str
"""Known values of `CreateChatCompletionRequest.reasoning_effort`."""
CreateChatCompletionRequestServiceTier: TypeAlias = Literal["auto", "default", "flex", "scale", "priority", "fast"] | str
"""Known values of `CreateChatCompletionRequest.service_tier`."""
CreateChatCompletionRequestVerbosity: TypeAlias = Literal["low", "medium", "high"] | str
"""Known values of `CreateChatCompletionRequest.verbosity`."""
CreateChatCompletionRequestAudioParametersFormat: TypeAlias = Literal["wav", "aac", "mp3", "flac", "opus", "pcm16"] | str
"""Known values of `CreateChatCompletionRequest.AudioParameters.format`."""
CreateChatCompletionRequestThinkingConfigType: TypeAlias = Literal["enabled", "disabled"] | str
"""Known values of `CreateChatCompletionRequest.ThinkingConfig.type`."""
ChatCompletionServiceTier: TypeAlias = Literal["auto", "default", "flex", "scale", "priority", "fast"] | str
"""Known values of `ChatCompletion.service_tier`."""
ChatCompletionChoiceFinishReason: TypeAlias = Literal["stop", "length", "tool_calls", "content_filter", "function_call"] | str
"""Known values of `ChatCompletion.Choice.finish_reason`."""
ChatCompletionChunkServiceTier: TypeAlias = Literal["auto", "default", "flex", "scale", "priority", "fast"] | str
"""Known values of `ChatCompletionChunk.service_tier`."""
ChatCompletionChunkChoiceFinishReason: TypeAlias = Literal["stop", "length", "tool_calls", "content_filter", "function_call"] | str
"""Known values of `ChatCompletionChunk.Choice.finish_reason`."""
ChatCompletionChunkChoiceDeltaRole: TypeAlias = Literal["developer", "system", "user", "assistant", "tool"] | str
"""Known values of `ChatCompletionChunk.Choice.Delta.role`."""
ChatCompletionChunkChoiceDeltaToolCallType: TypeAlias = Literal["function"] | str
"""Known values of `ChatCompletionChunk.Choice.Delta.ToolCall.type`."""
ListChatCompletionsRequestOrder: TypeAlias = Literal["asc", "desc"] | str
"""Known values of `ListChatCompletionsRequest.order`."""
ListChatCompletionMessagesRequestOrder: TypeAlias = Literal["asc", "desc"] | str
"""Known values of `ListChatCompletionMessagesRequest.order`."""
CreateCompletionRequestModel: TypeAlias = Literal["gpt-3.5-turbo-instruct", "davinci-002", "babbage-002"] | str
"""Known values of `CreateCompletionRequest.model`."""
CompletionChoiceFinishReason: TypeAlias = Literal["stop", "length", "content_filter"] | str
"""Known values of `Completion.Choice.finish_reason`."""
CreateEmbeddingRequestEncodingFormat: TypeAlias = Literal["float", "base64"] | str
"""Known values of `CreateEmbeddingRequest.encoding_format`."""
ResponseInputImageDetail: TypeAlias = Literal["low", "high", "auto", "original"] | str
"""Known values of `ResponseInputImage.detail`."""
ResponseInputFileDetail: TypeAlias = Literal["auto", "low", "high"] | str
"""Known values of `ResponseInputFile.detail`."""
ResponseInputAudioInputAudioFormat: TypeAlias = Literal["wav", "mp3"] | str
"""Known values of `ResponseInputAudio.InputAudio.format`."""
ResponseMessageRole: TypeAlias = Literal["user", "system", "developer", "assistant"] | str
"""Known values of `ResponseMessage.role`."""
ResponseMessageStatus: TypeAlias = Literal["in_progress", "completed", "incomplete"] | str
"""Known values of `ResponseMessage.status`."""
ResponseMessagePhase: TypeAlias = Literal["commentary", "final_answer"] | str
"""Known values of `ResponseMessage.phase`."""
ResponseFunctionToolCallStatus: TypeAlias = Literal["in_progress", "completed", "incomplete"] | str
"""Known values of `ResponseFunctionToolCall.status`."""
ResponseFunctionToolCallOutputStatus: TypeAlias = Literal["in_progress", "completed", "incomplete"] | str
"""Known values of `ResponseFunctionToolCallOutput.status`."""
ResponseReasoningItemStatus: TypeAlias = Literal["in_progress", "completed", "incomplete"] | str
"""Known values of `ResponseReasoningItem.status`."""
ResponseCustomToolCallStatus: TypeAlias = Literal["in_progress", "completed", "incomplete"] | str
"""Known values of `ResponseCustomToolCall.status`."""
ResponseCustomToolCallOutputStatus: TypeAlias = Literal["in_progress", "completed", "incomplete"] | str
"""Known values of `ResponseCustomToolCallOutput.status`."""
ResponseFileSearchToolCallStatus: TypeAlias = Literal["in_progress", "searching", "completed", "incomplete", "failed"] | str
"""Known values of `ResponseFileSearchToolCall.status`."""
ResponseFunctionWebSearchStatus: TypeAlias = Literal["in_progress", "searching", "completed", "failed", "incomplete"] | str
"""Known values of `ResponseFunctionWebSearch.status`."""
ResponseFunctionWebSearchSearchSourceType: TypeAlias = Literal["url"] | str
"""Known values of `ResponseFunctionWebSearch.Search.Source.type`."""
ResponseComputerToolCallStatus: TypeAlias = Literal["in_progress", "completed", "incomplete"] | str
"""Known values of `ResponseComputerToolCall.status`."""
ComputerActionClickActionButton: TypeAlias = Literal["left", "right", "wheel", "back", "forward"] | str
"""Known values of `ComputerAction.ClickAction.button`."""
ResponseComputerToolCallOutputStatus: TypeAlias = Literal["in_progress", "completed", "incomplete", "failed"] | str
"""Known values of `ResponseComputerToolCallOutput.status`."""
ResponseCodeInterpreterToolCallStatus: TypeAlias = Literal["in_progress", "completed", "incomplete", "interpreting", "failed"] | str
"""Known values of `ResponseCodeInterpreterToolCall.status`."""
ResponseImageGenerationCallStatus: TypeAlias = Literal["in_progress", "completed", "generating", "failed"] | str
"""Known values of `ResponseImageGenerationCall.status`."""
ResponseImageGenerationCallAction: TypeAlias = Literal["generate", "edit", "auto"] | str
"""Known values of `ResponseImageGenerationCall.action`."""
ResponseImageGenerationCallBackground: TypeAlias = Literal["transparent", "opaque", "auto"] | str
"""Known values of `ResponseImageGenerationCall.background`."""
ResponseImageGenerationCallOutputFormat: TypeAlias = Literal["png", "webp", "jpeg", "gif", "svg"] | str
"""Known values of `ResponseImageGenerationCall.output_format`."""
ResponseImageGenerationCallQuality: TypeAlias = Literal["low", "medium", "high", "xhigh", "max", "auto"] | str
"""Known values of `ResponseImageGenerationCall.quality`."""
ResponseImageGenerationCallSize: TypeAlias = Literal["1024x1024", "1024x1536", "1536x1024"] | str
"""Known values of `ResponseImageGenerationCall.size`."""
ResponseImageGenerationCallErrorModerationDetailsModerationStage: TypeAlias = Literal["input", "output", "unknown"] | str
"""Known values of `ResponseImageGenerationCall.Error.ModerationDetails.moderation_stage`."""
ResponseMcpCallStatus: TypeAlias = Literal["in_progress", "completed", "incomplete", "calling", "failed"] | str
"""Known values of `ResponseMcpCall.status`."""
ResponseLocalShellCallStatus: TypeAlias = Literal["in_progress", "completed", "incomplete"] | str
"""Known values of `ResponseLocalShellCall.status`."""
ResponseLocalShellCallOutputStatus: TypeAlias = Literal["in_progress", "completed", "incomplete"] | str
"""Known values of `ResponseLocalShellCallOutput.status`."""
ResponseFunctionShellToolCallStatus: TypeAlias = Literal["in_progress", "completed", "incomplete"] | str
"""Known values of `ResponseFunctionShellToolCall.status`."""
ResponseFunctionShellToolCallOutputStatus: TypeAlias = Literal["in_progress", "completed", "incomplete"] | str
"""Known values of `ResponseFunctionShellToolCallOutput.status`."""
ResponseApplyPatchToolCallStatus: TypeAlias = Literal["in_progress", "completed"] | str
"""Known values of `ResponseApplyPatchToolCall.status`."""
ResponseApplyPatchToolCallOutputStatus: TypeAlias = Literal["completed", "failed"] | str
"""Known values of `ResponseApplyPatchToolCallOutput.status`."""
ResponseToolSearchCallExecution: TypeAlias = Literal["server", "client"] | str
"""Known values of `ResponseToolSearchCall.execution`."""
ResponseToolSearchCallStatus: TypeAlias = Literal["in_progress", "completed", "incomplete"] | str
"""Known values of `ResponseToolSearchCall.status`."""
ResponseToolSearchOutputExecution: TypeAlias = Literal["server", "client"] | str
"""Known values of `ResponseToolSearchOutput.execution`."""
ResponseToolSearchOutputStatus: TypeAlias = Literal["in_progress", "completed", "incomplete"] | str
"""Known values of `ResponseToolSearchOutput.status`."""
ResponseAdditionalToolsRole: TypeAlias = Literal["developer", "unknown", "user", "assistant", "system", "critic", "discriminator", "tool"] | str
"""Known values of `ResponseAdditionalTools.role`."""
ResponseProgramOutputStatus: TypeAlias = Literal["completed", "incomplete"] | str
"""Known values of `ResponseProgramOutput.status`."""
ResponseTextConfigVerbosity: TypeAlias = Literal["low", "medium", "high"] | str
"""Known values of `ResponseTextConfig.verbosity`."""
ResponsePromptCacheRetention: TypeAlias = Literal["in_memory", "24h"] | str
"""Known values of `Response.prompt_cache_retention`."""
ResponseServiceTier: TypeAlias = Literal["auto", "default", "flex", "scale", "priority", "fast", "ultrafast"] | str
"""Known values of `Response.service_tier`."""
ResponseStatus: TypeAlias = Literal["completed", "failed", "in_progress", "cancelled", "queued", "incomplete"] | str
"""Known values of `Response.status`."""
ResponseTruncation: TypeAlias = Literal["auto", "disabled"] | str
"""Known values of `Response.truncation`."""
ResponseBillingPayer: TypeAlias = Literal["developer"] | str
"""Known values of `Response.Billing.payer`."""
ResponseContentFilterSourceType: TypeAlias = Literal["prompt", "completion"] | str
"""Known values of `Response.ContentFilter.source_type`."""
ResponseIncompleteDetailsReason: TypeAlias = Literal["max_output_tokens", "max_messages", "content_filter", "steered"] | str
"""Known values of `Response.IncompleteDetails.reason`."""
ResponseInputTransformationAction: TypeAlias = Literal["removed"] | str
"""Known values of `Response.InputTransformation.action`."""
ResponseInputTransformationReason: TypeAlias = Literal["organization_mismatch", "end_user_mismatch", "model_mismatch", "prefix_mismatch", "turn_boundary"] | str
"""Known values of `Response.InputTransformation.reason`."""
ResponseAccessProgramsCyber: TypeAlias = Literal["standard", "daybreak_blue", "daybreak_red"] | str
"""Known values of `Response.AccessPrograms.cyber`."""
ResponseImageOptionsContextCompression: TypeAlias = Literal["auto", "enabled", "disabled"] | str
"""Known values of `Response.ImageOptions.context_compression`."""
ResponseCacheMissReason: TypeAlias = Literal["model_changed", "prompt_cache_key_changed", "tools_changed", "text_format_changed", "reasoning_effort_changed", "verbosity_changed", "context_compacted", "input_changed", "service_tier_changed"] | str
"""Known values of `Response.CacheMiss.reason`."""
ResponseErrorCode: TypeAlias = Literal["server_error", "rate_limit_exceeded", "invalid_prompt", "data_residency_mismatch", "bio_policy", "misalignment_policy_violation", "vector_store_timeout", "invalid_image", "invalid_image_format", "invalid_base64_image", "invalid_image_url", "image_too_large", "image_too_small", "image_parse_error", "image_content_policy_violation", "invalid_image_mode", "image_file_too_large", "unsupported_image_media_type", "empty_image_file", "failed_to_download_image", "image_file_not_found"] | str
"""Known values of `ResponseError.code`."""
ResponseErrorMisalignmentErrorType: TypeAlias = Literal["potentially_unintended_data_transfer", "potentially_unintended_data_access", "potentially_unintended_destructive_activity", "other"] | str
"""Known values of `ResponseError.Misalignment.error_type`."""
ResponseReasoningSummaryPartDoneEventStatus: TypeAlias = Literal["incomplete"] | str
"""Known values of `ResponseReasoningSummaryPartDoneEvent.status`."""
CreateResponseRequestInclude: TypeAlias = Literal["file_search_call.results", "web_search_call.results", "web_search_call.action.sources", "message.input_image.image_url", "computer_call_output.output.image_url", "code_interpreter_call.outputs", "reasoning.encrypted_content", "message.output_text.logprobs"] | str
"""Known values of `CreateResponseRequest.include`."""
CreateResponseRequestPromptCacheRetention: TypeAlias = Literal["in_memory", "24h"] | str
"""Known values of `CreateResponseRequest.prompt_cache_retention`."""
CreateResponseRequestServiceTier: TypeAlias = Literal["auto", "default", "flex", "scale", "priority", "fast", "ultrafast"] | str
"""Known values of `CreateResponseRequest.service_tier`."""
CreateResponseRequestTruncation: TypeAlias = Literal["auto", "disabled"] | str
"""Known values of `CreateResponseRequest.truncation`."""
CreateResponseRequestBackgroundOptionsCompletionWindow: TypeAlias = Literal["soonest", "2h", "8h"] | str
"""Known values of `CreateResponseRequest.BackgroundOptions.completion_window`."""
GetResponseRequestInclude: TypeAlias = Literal["file_search_call.results", "web_search_call.results", "web_search_call.action.sources", "message.input_image.image_url", "computer_call_output.output.image_url", "code_interpreter_call.outputs", "reasoning.encrypted_content", "message.output_text.logprobs"] | str
"""Known values of `GetResponseRequest.include`."""
ResumeResponseRequestInclude: TypeAlias = Literal["file_search_call.results", "web_search_call.results", "web_search_call.action.sources", "message.input_image.image_url", "computer_call_output.output.image_url", "code_interpreter_call.outputs", "reasoning.encrypted_content", "message.output_text.logprobs"] | str
"""Known values of `ResumeResponseRequest.include`."""
ListResponseInputItemsRequestInclude: TypeAlias = Literal["file_search_call.results", "web_search_call.results", "web_search_call.action.sources", "message.input_image.image_url", "computer_call_output.output.image_url", "code_interpreter_call.outputs", "reasoning.encrypted_content", "message.output_text.logprobs"] | str
"""Known values of `ListResponseInputItemsRequest.include`."""
ListResponseInputItemsRequestOrder: TypeAlias = Literal["asc", "desc"] | str
"""Known values of `ListResponseInputItemsRequest.order`."""
CompactResponseRequestPromptCacheRetention: TypeAlias = Literal["in_memory", "24h"] | str
"""Known values of `CompactResponseRequest.prompt_cache_retention`."""
CompactResponseRequestServiceTier: TypeAlias = Literal["auto", "default", "fast", "flex", "priority"] | str
"""Known values of `CompactResponseRequest.service_tier`."""
CountResponseInputTokensRequestPersonality: TypeAlias = Literal["friendly", "pragmatic"] | str
"""Known values of `CountResponseInputTokensRequest.personality`."""
CountResponseInputTokensRequestTruncation: TypeAlias = Literal["auto", "disabled"] | str
"""Known values of `CountResponseInputTokensRequest.truncation`."""

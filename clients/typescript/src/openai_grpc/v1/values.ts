// Generated: do not edit.

/** Known values of `OpenRouterRequest.ProviderPreferences.data_collection`; any other string is accepted, too. */
export type OpenRouterRequestProviderPreferencesDataCollection = "allow" | "deny" | (string & {});

/** Known values of `OpenRouterRequest.ProviderPreferences.sort`; any other string is accepted, too. */
export type OpenRouterRequestProviderPreferencesSort = "price" | "throughput" | "latency" | (string & {});

/** Known values of `OpenRouterRequest.PluginConfig.id`; any other string is accepted, too. */
export type OpenRouterRequestPluginConfigId = "web" | "file-parser" | (string & {});

/** Known values of `ContentFilterResult.severity`; any other string is accepted, too. */
export type ContentFilterResultSeverity = "safe" | "low" | "medium" | "high" | (string & {});

/** Known values of `PromptCacheBreakpoint.mode`; any other string is accepted, too. */
export type PromptCacheBreakpointMode = "explicit" | (string & {});

/** Known values of `PromptCacheBreakpoint.ttl`; any other string is accepted, too. */
export type PromptCacheBreakpointTtl = "30m" | "12h" | (string & {});

/** Known values of `PromptCacheOptions.mode`; any other string is accepted, too. */
export type PromptCacheOptionsMode = "implicit" | "explicit" | (string & {});

/** Known values of `PromptCacheOptions.ttl`; any other string is accepted, too. */
export type PromptCacheOptionsTtl = "30m" | "12h" | (string & {});

/** Known values of `Reasoning.effort`; any other string is accepted, too. */
export type ReasoningEffort = "none" | "minimal" | "low" | "medium" | "high" | "xhigh" | "max" | (string & {});

/** Known values of `Reasoning.context`; any other string is accepted, too. */
export type ReasoningContext = "auto" | "current_turn" | "all_turns" | (string & {});

/** Known values of `Reasoning.generate_summary`; any other string is accepted, too. */
export type ReasoningGenerateSummary = "auto" | "concise" | "detailed" | (string & {});

/** Known values of `Reasoning.mode`; any other string is accepted, too. */
export type ReasoningMode = "standard" | "pro" | (string & {});

/** Known values of `Reasoning.summary`; any other string is accepted, too. */
export type ReasoningSummary = "auto" | "concise" | "detailed" | (string & {});

/** Known values of `ModerationOptions.Policy.Input.mode`; any other string is accepted, too. */
export type ModerationOptionsPolicyInputMode = "score" | "block" | (string & {});

/** Known values of `ModerationOptions.Policy.Output.mode`; any other string is accepted, too. */
export type ModerationOptionsPolicyOutputMode = "score" | "block" | (string & {});

/** Known values of `CacheControl.type`; any other string is accepted, too. */
export type CacheControlType = "ephemeral" | (string & {});

/** Known values of `CacheControl.ttl`; any other string is accepted, too. */
export type CacheControlTtl = "5m" | "1h" | (string & {});

/** Known values of `CreateSpeechRequest.response_format`; any other string is accepted, too. */
export type CreateSpeechRequestResponseFormat = "mp3" | "opus" | "aac" | "flac" | "wav" | "pcm" | (string & {});

/** Known values of `CreateSpeechRequest.stream_format`; any other string is accepted, too. */
export type CreateSpeechRequestStreamFormat = "sse" | "audio" | (string & {});

/** Known values of `CreateTranscriptionRequest.include`; any other string is accepted, too. */
export type CreateTranscriptionRequestInclude = "logprobs" | (string & {});

/** Known values of `CreateTranscriptionRequest.response_format`; any other string is accepted, too. */
export type CreateTranscriptionRequestResponseFormat = "json" | "text" | "srt" | "verbose_json" | "vtt" | "diarized_json" | (string & {});

/** Known values of `CreateTranscriptionRequest.timestamp_granularities`; any other string is accepted, too. */
export type CreateTranscriptionRequestTimestampGranularities = "word" | "segment" | (string & {});

/** Known values of `Transcription.task`; any other string is accepted, too. */
export type TranscriptionTask = "transcribe" | (string & {});

/** Known values of `TranscriptionSegment.type`; any other string is accepted, too. */
export type TranscriptionSegmentType = "transcript.text.segment" | (string & {});

/** Known values of `CreateTranslationRequest.response_format`; any other string is accepted, too. */
export type CreateTranslationRequestResponseFormat = "json" | "text" | "srt" | "verbose_json" | "vtt" | (string & {});

/** Known values of `Translation.task`; any other string is accepted, too. */
export type TranslationTask = "translate" | (string & {});

/** Known values of `ChatCompletionContentPartImage.ImageUrl.detail`; any other string is accepted, too. */
export type ChatCompletionContentPartImageImageUrlDetail = "auto" | "low" | "high" | "original" | (string & {});

/** Known values of `ChatCompletionContentPartInputAudio.InputAudio.format`; any other string is accepted, too. */
export type ChatCompletionContentPartInputAudioInputAudioFormat = "wav" | "mp3" | (string & {});

/** Known values of `ExecutedTool.type`; any other string is accepted, too. */
export type ExecutedToolType = "search" | "python" | (string & {});

/** Known values of `ReasoningDetail.type`; any other string is accepted, too. */
export type ReasoningDetailType = "reasoning.text" | "reasoning.summary" | "reasoning.encrypted" | (string & {});

/** Known values of `ChatCompletionStoreMessage.role`; any other string is accepted, too. */
export type ChatCompletionStoreMessageRole = "assistant" | (string & {});

/** Known values of `FunctionTool.allowed_callers`; any other string is accepted, too. */
export type FunctionToolAllowedCallers = "direct" | "programmatic" | (string & {});

/** Known values of `CustomTool.allowed_callers`; any other string is accepted, too. */
export type CustomToolAllowedCallers = "direct" | "programmatic" | (string & {});

/** Known values of `CustomTool.Grammar.syntax`; any other string is accepted, too. */
export type CustomToolGrammarSyntax = "lark" | "regex" | (string & {});

/** Known values of `FileSearchTool.RankingOptions.ranker`; any other string is accepted, too. */
export type FileSearchToolRankingOptionsRanker = "auto" | "default-2024-11-15" | (string & {});

/** Known values of `ComparisonFilter.type`; any other string is accepted, too. */
export type ComparisonFilterType = "eq" | "ne" | "gt" | "gte" | "lt" | "lte" | "in" | "nin" | (string & {});

/** Known values of `CompoundFilter.type`; any other string is accepted, too. */
export type CompoundFilterType = "and" | "or" | (string & {});

/** Known values of `WebSearchTool.search_context_size`; any other string is accepted, too. */
export type WebSearchToolSearchContextSize = "low" | "medium" | "high" | (string & {});

/** Known values of `UserLocation.type`; any other string is accepted, too. */
export type UserLocationType = "approximate" | (string & {});

/** Known values of `WebSearchPreviewTool.search_content_types`; any other string is accepted, too. */
export type WebSearchPreviewToolSearchContentTypes = "text" | "image" | (string & {});

/** Known values of `WebSearchPreviewTool.search_context_size`; any other string is accepted, too. */
export type WebSearchPreviewToolSearchContextSize = "low" | "medium" | "high" | (string & {});

/** Known values of `ComputerUsePreviewTool.environment`; any other string is accepted, too. */
export type ComputerUsePreviewToolEnvironment = "windows" | "mac" | "linux" | "ubuntu" | "browser" | (string & {});

/** Known values of `CodeInterpreterTool.allowed_callers`; any other string is accepted, too. */
export type CodeInterpreterToolAllowedCallers = "direct" | "programmatic" | (string & {});

/** Known values of `CodeInterpreterTool.AutoContainer.memory_limit`; any other string is accepted, too. */
export type CodeInterpreterToolAutoContainerMemoryLimit = "1g" | "4g" | "16g" | "64g" | (string & {});

/** Known values of `ImageGenerationTool.action`; any other string is accepted, too. */
export type ImageGenerationToolAction = "generate" | "edit" | "auto" | (string & {});

/** Known values of `ImageGenerationTool.background`; any other string is accepted, too. */
export type ImageGenerationToolBackground = "transparent" | "opaque" | "auto" | (string & {});

/** Known values of `ImageGenerationTool.complexity`; any other string is accepted, too. */
export type ImageGenerationToolComplexity = "low" | "medium" | "high" | (string & {});

/** Known values of `ImageGenerationTool.input_fidelity`; any other string is accepted, too. */
export type ImageGenerationToolInputFidelity = "high" | "low" | (string & {});

/** Known values of `ImageGenerationTool.moderation`; any other string is accepted, too. */
export type ImageGenerationToolModeration = "auto" | "low" | (string & {});

/** Known values of `ImageGenerationTool.output_format`; any other string is accepted, too. */
export type ImageGenerationToolOutputFormat = "png" | "webp" | "jpeg" | "gif" | "svg" | (string & {});

/** Known values of `ImageGenerationTool.quality`; any other string is accepted, too. */
export type ImageGenerationToolQuality = "low" | "medium" | "high" | "xhigh" | "max" | "auto" | (string & {});

/** Known values of `ImageGenerationTool.size`; any other string is accepted, too. */
export type ImageGenerationToolSize = "1024x1024" | "1024x1536" | "1536x1024" | "auto" | (string & {});

/** Known values of `ImageGenerationTool.Svg.Reasoning.effort`; any other string is accepted, too. */
export type ImageGenerationToolSvgReasoningEffort = "none" | "minimal" | "low" | "medium" | "high" | "xhigh" | "max" | (string & {});

/** Known values of `McpTool.allowed_callers`; any other string is accepted, too. */
export type McpToolAllowedCallers = "direct" | "programmatic" | (string & {});

/** Known values of `McpTool.connector_id`; any other string is accepted, too. */
export type McpToolConnectorId = "connector_dropbox" | "connector_gmail" | "connector_googlecalendar" | "connector_googledrive" | "connector_microsoftteams" | "connector_outlookcalendar" | "connector_outlookemail" | "connector_sharepoint" | (string & {});

/** Known values of `FunctionShellTool.allowed_callers`; any other string is accepted, too. */
export type FunctionShellToolAllowedCallers = "direct" | "programmatic" | (string & {});

/** Known values of `ContainerAuto.memory_limit`; any other string is accepted, too. */
export type ContainerAutoMemoryLimit = "1g" | "4g" | "16g" | "64g" | (string & {});

/** Known values of `InlineSkill.Source.media_type`; any other string is accepted, too. */
export type InlineSkillSourceMediaType = "application/zip" | (string & {});

/** Known values of `ApplyPatchTool.allowed_callers`; any other string is accepted, too. */
export type ApplyPatchToolAllowedCallers = "direct" | "programmatic" | (string & {});

/** Known values of `ToolSearchTool.execution`; any other string is accepted, too. */
export type ToolSearchToolExecution = "server" | "client" | (string & {});

/** Known values of `ToolChoiceAllowed.mode`; any other string is accepted, too. */
export type ToolChoiceAllowedMode = "auto" | "required" | (string & {});

/** Known values of `ToolChoiceTypes.type`; any other string is accepted, too. */
export type ToolChoiceTypesType = "file_search" | "web_search" | "web_search_2025_08_26" | "web_search_preview" | "computer" | "computer_use_preview" | "computer_use" | "web_search_preview_2025_03_11" | "image_generation" | "code_interpreter" | (string & {});

/** Known values of `ChatCompletionCustomTool.CustomDefinition.GrammarFormat.Grammar.syntax`; any other string is accepted, too. */
export type ChatCompletionCustomToolCustomDefinitionGrammarFormatGrammarSyntax = "lark" | "regex" | (string & {});

/** Known values of `ChatCompletionAllowedToolChoice.AllowedTools.mode`; any other string is accepted, too. */
export type ChatCompletionAllowedToolChoiceAllowedToolsMode = "auto" | "required" | (string & {});

/** Known values of `WebSearchOptions.search_context_size`; any other string is accepted, too. */
export type WebSearchOptionsSearchContextSize = "low" | "medium" | "high" | (string & {});

/** Known values of `CreateChatCompletionRequest.modalities`; any other string is accepted, too. */
export type CreateChatCompletionRequestModalities = "text" | "audio" | (string & {});

/** Known values of `CreateChatCompletionRequest.prompt_cache_retention`; any other string is accepted, too. */
export type CreateChatCompletionRequestPromptCacheRetention = "in_memory" | "24h" | (string & {});

/** Known values of `CreateChatCompletionRequest.reasoning_effort`; any other string is accepted, too. */
export type CreateChatCompletionRequestReasoningEffort = "none" | "minimal" | "low" | "medium" | "high" | "xhigh" | "max" | (string & {});

/** Known values of `CreateChatCompletionRequest.service_tier`; any other string is accepted, too. */
export type CreateChatCompletionRequestServiceTier = "auto" | "default" | "flex" | "scale" | "priority" | "fast" | (string & {});

/** Known values of `CreateChatCompletionRequest.verbosity`; any other string is accepted, too. */
export type CreateChatCompletionRequestVerbosity = "low" | "medium" | "high" | (string & {});

/** Known values of `CreateChatCompletionRequest.AudioParameters.format`; any other string is accepted, too. */
export type CreateChatCompletionRequestAudioParametersFormat = "wav" | "aac" | "mp3" | "flac" | "opus" | "pcm16" | (string & {});

/** Known values of `CreateChatCompletionRequest.ThinkingConfig.type`; any other string is accepted, too. */
export type CreateChatCompletionRequestThinkingConfigType = "enabled" | "disabled" | (string & {});

/** Known values of `ChatCompletion.service_tier`; any other string is accepted, too. */
export type ChatCompletionServiceTier = "auto" | "default" | "flex" | "scale" | "priority" | "fast" | (string & {});

/** Known values of `ChatCompletion.Choice.finish_reason`; any other string is accepted, too. */
export type ChatCompletionChoiceFinishReason = "stop" | "length" | "tool_calls" | "content_filter" | "function_call" | (string & {});

/** Known values of `ChatCompletionChunk.service_tier`; any other string is accepted, too. */
export type ChatCompletionChunkServiceTier = "auto" | "default" | "flex" | "scale" | "priority" | "fast" | (string & {});

/** Known values of `ChatCompletionChunk.Choice.finish_reason`; any other string is accepted, too. */
export type ChatCompletionChunkChoiceFinishReason = "stop" | "length" | "tool_calls" | "content_filter" | "function_call" | (string & {});

/** Known values of `ChatCompletionChunk.Choice.Delta.role`; any other string is accepted, too. */
export type ChatCompletionChunkChoiceDeltaRole = "developer" | "system" | "user" | "assistant" | "tool" | (string & {});

/** Known values of `ChatCompletionChunk.Choice.Delta.ToolCall.type`; any other string is accepted, too. */
export type ChatCompletionChunkChoiceDeltaToolCallType = "function" | (string & {});

/** Known values of `ListChatCompletionsRequest.order`; any other string is accepted, too. */
export type ListChatCompletionsRequestOrder = "asc" | "desc" | (string & {});

/** Known values of `ListChatCompletionMessagesRequest.order`; any other string is accepted, too. */
export type ListChatCompletionMessagesRequestOrder = "asc" | "desc" | (string & {});

/** Known values of `CreateCompletionRequest.model`; any other string is accepted, too. */
export type CreateCompletionRequestModel = "gpt-3.5-turbo-instruct" | "davinci-002" | "babbage-002" | (string & {});

/** Known values of `Completion.Choice.finish_reason`; any other string is accepted, too. */
export type CompletionChoiceFinishReason = "stop" | "length" | "content_filter" | (string & {});

/** Known values of `CreateEmbeddingRequest.encoding_format`; any other string is accepted, too. */
export type CreateEmbeddingRequestEncodingFormat = "float" | "base64" | (string & {});

/** Known values of `ExpiresAfter.anchor`; any other string is accepted, too. */
export type ExpiresAfterAnchor = "created_at" | (string & {});

/** Known values of `CreateFileRequest.purpose`; any other string is accepted, too. */
export type CreateFileRequestPurpose = "assistants" | "batch" | "fine-tune" | "vision" | "user_data" | "evals" | (string & {});

/** Known values of `ListFilesRequest.order`; any other string is accepted, too. */
export type ListFilesRequestOrder = "asc" | "desc" | (string & {});

/** Known values of `FileObject.purpose`; any other string is accepted, too. */
export type FileObjectPurpose = "assistants" | "assistants_output" | "batch" | "batch_output" | "fine-tune" | "fine-tune-results" | "vision" | "user_data" | (string & {});

/** Known values of `FileObject.status`; any other string is accepted, too. */
export type FileObjectStatus = "uploaded" | "processed" | "error" | (string & {});

/** Known values of `CreateImageRequest.background`; any other string is accepted, too. */
export type CreateImageRequestBackground = "transparent" | "opaque" | "auto" | (string & {});

/** Known values of `CreateImageRequest.complexity`; any other string is accepted, too. */
export type CreateImageRequestComplexity = "low" | "medium" | "high" | (string & {});

/** Known values of `CreateImageRequest.moderation`; any other string is accepted, too. */
export type CreateImageRequestModeration = "low" | "auto" | (string & {});

/** Known values of `CreateImageRequest.output_format`; any other string is accepted, too. */
export type CreateImageRequestOutputFormat = "png" | "webp" | "jpeg" | "gif" | "svg" | (string & {});

/** Known values of `CreateImageRequest.quality`; any other string is accepted, too. */
export type CreateImageRequestQuality = "low" | "medium" | "high" | "xhigh" | "max" | "auto" | "standard" | "hd" | (string & {});

/** Known values of `CreateImageRequest.response_format`; any other string is accepted, too. */
export type CreateImageRequestResponseFormat = "url" | "b64_json" | (string & {});

/** Known values of `CreateImageRequest.size`; any other string is accepted, too. */
export type CreateImageRequestSize = "auto" | "1024x1024" | "1536x1024" | "1024x1536" | "256x256" | "512x512" | "1792x1024" | "1024x1792" | (string & {});

/** Known values of `CreateImageRequest.style`; any other string is accepted, too. */
export type CreateImageRequestStyle = "vivid" | "natural" | (string & {});

/** Known values of `CreateImageEditRequest.background`; any other string is accepted, too. */
export type CreateImageEditRequestBackground = "transparent" | "opaque" | "auto" | (string & {});

/** Known values of `CreateImageEditRequest.complexity`; any other string is accepted, too. */
export type CreateImageEditRequestComplexity = "low" | "medium" | "high" | (string & {});

/** Known values of `CreateImageEditRequest.input_fidelity`; any other string is accepted, too. */
export type CreateImageEditRequestInputFidelity = "high" | "low" | (string & {});

/** Known values of `CreateImageEditRequest.output_format`; any other string is accepted, too. */
export type CreateImageEditRequestOutputFormat = "png" | "webp" | "jpeg" | "gif" | "svg" | (string & {});

/** Known values of `CreateImageEditRequest.quality`; any other string is accepted, too. */
export type CreateImageEditRequestQuality = "low" | "medium" | "high" | "xhigh" | "max" | "auto" | "standard" | (string & {});

/** Known values of `CreateImageEditRequest.response_format`; any other string is accepted, too. */
export type CreateImageEditRequestResponseFormat = "url" | "b64_json" | (string & {});

/** Known values of `CreateImageEditRequest.size`; any other string is accepted, too. */
export type CreateImageEditRequestSize = "1024x1024" | "1536x1024" | "1024x1536" | "auto" | "256x256" | "512x512" | (string & {});

/** Known values of `CreateImageEditRequest.moderation`; any other string is accepted, too. */
export type CreateImageEditRequestModeration = "low" | "auto" | (string & {});

/** Known values of `CreateImageVariationRequest.response_format`; any other string is accepted, too. */
export type CreateImageVariationRequestResponseFormat = "url" | "b64_json" | (string & {});

/** Known values of `CreateImageVariationRequest.size`; any other string is accepted, too. */
export type CreateImageVariationRequestSize = "256x256" | "512x512" | "1024x1024" | (string & {});

/** Known values of `ImageSvg.Reasoning.effort`; any other string is accepted, too. */
export type ImageSvgReasoningEffort = "none" | "minimal" | "low" | "medium" | "high" | "xhigh" | "max" | (string & {});

/** Known values of `ImagesResponse.background`; any other string is accepted, too. */
export type ImagesResponseBackground = "transparent" | "opaque" | (string & {});

/** Known values of `ImagesResponse.output_format`; any other string is accepted, too. */
export type ImagesResponseOutputFormat = "png" | "webp" | "jpeg" | "gif" | "svg" | (string & {});

/** Known values of `ImagesResponse.quality`; any other string is accepted, too. */
export type ImagesResponseQuality = "low" | "medium" | "high" | "xhigh" | "max" | (string & {});

/** Known values of `ImagePartialEvent.background`; any other string is accepted, too. */
export type ImagePartialEventBackground = "transparent" | "opaque" | "auto" | (string & {});

/** Known values of `ImagePartialEvent.output_format`; any other string is accepted, too. */
export type ImagePartialEventOutputFormat = "png" | "webp" | "jpeg" | (string & {});

/** Known values of `ImagePartialEvent.quality`; any other string is accepted, too. */
export type ImagePartialEventQuality = "low" | "medium" | "high" | "xhigh" | "max" | "auto" | (string & {});

/** Known values of `ImageCompletedEvent.background`; any other string is accepted, too. */
export type ImageCompletedEventBackground = "transparent" | "opaque" | "auto" | (string & {});

/** Known values of `ImageCompletedEvent.output_format`; any other string is accepted, too. */
export type ImageCompletedEventOutputFormat = "png" | "webp" | "jpeg" | (string & {});

/** Known values of `ImageCompletedEvent.quality`; any other string is accepted, too. */
export type ImageCompletedEventQuality = "low" | "medium" | "high" | "xhigh" | "max" | "auto" | (string & {});

/** Known values of `ResponseInputImage.detail`; any other string is accepted, too. */
export type ResponseInputImageDetail = "low" | "high" | "auto" | "original" | (string & {});

/** Known values of `ResponseInputFile.detail`; any other string is accepted, too. */
export type ResponseInputFileDetail = "auto" | "low" | "high" | (string & {});

/** Known values of `ResponseInputAudio.InputAudio.format`; any other string is accepted, too. */
export type ResponseInputAudioInputAudioFormat = "wav" | "mp3" | (string & {});

/** Known values of `ResponseComputerScreenshot.detail`; any other string is accepted, too. */
export type ResponseComputerScreenshotDetail = "low" | "high" | "auto" | "original" | (string & {});

/** Known values of `ResponseMessage.role`; any other string is accepted, too. */
export type ResponseMessageRole = "user" | "system" | "developer" | "assistant" | (string & {});

/** Known values of `ResponseMessage.status`; any other string is accepted, too. */
export type ResponseMessageStatus = "in_progress" | "completed" | "incomplete" | (string & {});

/** Known values of `ResponseMessage.phase`; any other string is accepted, too. */
export type ResponseMessagePhase = "commentary" | "final_answer" | (string & {});

/** Known values of `ResponseFunctionToolCall.status`; any other string is accepted, too. */
export type ResponseFunctionToolCallStatus = "in_progress" | "completed" | "incomplete" | (string & {});

/** Known values of `ResponseFunctionToolCallOutput.status`; any other string is accepted, too. */
export type ResponseFunctionToolCallOutputStatus = "in_progress" | "completed" | "incomplete" | (string & {});

/** Known values of `ResponseReasoningItem.status`; any other string is accepted, too. */
export type ResponseReasoningItemStatus = "in_progress" | "completed" | "incomplete" | (string & {});

/** Known values of `ResponseCustomToolCall.status`; any other string is accepted, too. */
export type ResponseCustomToolCallStatus = "in_progress" | "completed" | "incomplete" | (string & {});

/** Known values of `ResponseCustomToolCallOutput.status`; any other string is accepted, too. */
export type ResponseCustomToolCallOutputStatus = "in_progress" | "completed" | "incomplete" | (string & {});

/** Known values of `ResponseFileSearchToolCall.status`; any other string is accepted, too. */
export type ResponseFileSearchToolCallStatus = "in_progress" | "searching" | "completed" | "incomplete" | "failed" | (string & {});

/** Known values of `ResponseFunctionWebSearch.status`; any other string is accepted, too. */
export type ResponseFunctionWebSearchStatus = "in_progress" | "searching" | "completed" | "failed" | "incomplete" | (string & {});

/** Known values of `ResponseFunctionWebSearch.Search.Source.type`; any other string is accepted, too. */
export type ResponseFunctionWebSearchSearchSourceType = "url" | (string & {});

/** Known values of `ResponseComputerToolCall.status`; any other string is accepted, too. */
export type ResponseComputerToolCallStatus = "in_progress" | "completed" | "incomplete" | (string & {});

/** Known values of `ComputerAction.ClickAction.button`; any other string is accepted, too. */
export type ComputerActionClickActionButton = "left" | "right" | "wheel" | "back" | "forward" | (string & {});

/** Known values of `ResponseComputerToolCallOutput.status`; any other string is accepted, too. */
export type ResponseComputerToolCallOutputStatus = "in_progress" | "completed" | "incomplete" | "failed" | (string & {});

/** Known values of `ResponseCodeInterpreterToolCall.status`; any other string is accepted, too. */
export type ResponseCodeInterpreterToolCallStatus = "in_progress" | "completed" | "incomplete" | "interpreting" | "failed" | (string & {});

/** Known values of `ResponseImageGenerationCall.status`; any other string is accepted, too. */
export type ResponseImageGenerationCallStatus = "in_progress" | "completed" | "generating" | "failed" | (string & {});

/** Known values of `ResponseImageGenerationCall.action`; any other string is accepted, too. */
export type ResponseImageGenerationCallAction = "generate" | "edit" | "auto" | (string & {});

/** Known values of `ResponseImageGenerationCall.background`; any other string is accepted, too. */
export type ResponseImageGenerationCallBackground = "transparent" | "opaque" | "auto" | (string & {});

/** Known values of `ResponseImageGenerationCall.output_format`; any other string is accepted, too. */
export type ResponseImageGenerationCallOutputFormat = "png" | "webp" | "jpeg" | "gif" | "svg" | (string & {});

/** Known values of `ResponseImageGenerationCall.quality`; any other string is accepted, too. */
export type ResponseImageGenerationCallQuality = "low" | "medium" | "high" | "xhigh" | "max" | "auto" | (string & {});

/** Known values of `ResponseImageGenerationCall.size`; any other string is accepted, too. */
export type ResponseImageGenerationCallSize = "1024x1024" | "1024x1536" | "1536x1024" | (string & {});

/** Known values of `ResponseImageGenerationCall.Error.ModerationDetails.moderation_stage`; any other string is accepted, too. */
export type ResponseImageGenerationCallErrorModerationDetailsModerationStage = "input" | "output" | "unknown" | (string & {});

/** Known values of `ResponseMcpCall.status`; any other string is accepted, too. */
export type ResponseMcpCallStatus = "in_progress" | "completed" | "incomplete" | "calling" | "failed" | (string & {});

/** Known values of `ResponseLocalShellCall.status`; any other string is accepted, too. */
export type ResponseLocalShellCallStatus = "in_progress" | "completed" | "incomplete" | (string & {});

/** Known values of `ResponseLocalShellCallOutput.status`; any other string is accepted, too. */
export type ResponseLocalShellCallOutputStatus = "in_progress" | "completed" | "incomplete" | (string & {});

/** Known values of `ResponseFunctionShellToolCall.status`; any other string is accepted, too. */
export type ResponseFunctionShellToolCallStatus = "in_progress" | "completed" | "incomplete" | (string & {});

/** Known values of `ResponseFunctionShellToolCallOutput.status`; any other string is accepted, too. */
export type ResponseFunctionShellToolCallOutputStatus = "in_progress" | "completed" | "incomplete" | (string & {});

/** Known values of `ResponseApplyPatchToolCall.status`; any other string is accepted, too. */
export type ResponseApplyPatchToolCallStatus = "in_progress" | "completed" | (string & {});

/** Known values of `ResponseApplyPatchToolCallOutput.status`; any other string is accepted, too. */
export type ResponseApplyPatchToolCallOutputStatus = "completed" | "failed" | (string & {});

/** Known values of `ResponseToolSearchCall.execution`; any other string is accepted, too. */
export type ResponseToolSearchCallExecution = "server" | "client" | (string & {});

/** Known values of `ResponseToolSearchCall.status`; any other string is accepted, too. */
export type ResponseToolSearchCallStatus = "in_progress" | "completed" | "incomplete" | (string & {});

/** Known values of `ResponseToolSearchOutput.execution`; any other string is accepted, too. */
export type ResponseToolSearchOutputExecution = "server" | "client" | (string & {});

/** Known values of `ResponseToolSearchOutput.status`; any other string is accepted, too. */
export type ResponseToolSearchOutputStatus = "in_progress" | "completed" | "incomplete" | (string & {});

/** Known values of `ResponseAdditionalTools.role`; any other string is accepted, too. */
export type ResponseAdditionalToolsRole = "developer" | "unknown" | "user" | "assistant" | "system" | "critic" | "discriminator" | "tool" | (string & {});

/** Known values of `ResponseProgramOutput.status`; any other string is accepted, too. */
export type ResponseProgramOutputStatus = "completed" | "incomplete" | (string & {});

/** Known values of `ResponseTextConfig.verbosity`; any other string is accepted, too. */
export type ResponseTextConfigVerbosity = "low" | "medium" | "high" | (string & {});

/** Known values of `Response.prompt_cache_retention`; any other string is accepted, too. */
export type ResponsePromptCacheRetention = "in_memory" | "24h" | (string & {});

/** Known values of `Response.service_tier`; any other string is accepted, too. */
export type ResponseServiceTier = "auto" | "default" | "flex" | "scale" | "priority" | "fast" | "ultrafast" | (string & {});

/** Known values of `Response.status`; any other string is accepted, too. */
export type ResponseStatus = "completed" | "failed" | "in_progress" | "cancelled" | "queued" | "incomplete" | (string & {});

/** Known values of `Response.truncation`; any other string is accepted, too. */
export type ResponseTruncation = "auto" | "disabled" | (string & {});

/** Known values of `Response.Billing.payer`; any other string is accepted, too. */
export type ResponseBillingPayer = "developer" | (string & {});

/** Known values of `Response.ContentFilter.source_type`; any other string is accepted, too. */
export type ResponseContentFilterSourceType = "prompt" | "completion" | (string & {});

/** Known values of `Response.IncompleteDetails.reason`; any other string is accepted, too. */
export type ResponseIncompleteDetailsReason = "max_output_tokens" | "max_messages" | "content_filter" | "steered" | (string & {});

/** Known values of `Response.InputTransformation.action`; any other string is accepted, too. */
export type ResponseInputTransformationAction = "removed" | (string & {});

/** Known values of `Response.InputTransformation.reason`; any other string is accepted, too. */
export type ResponseInputTransformationReason = "organization_mismatch" | "end_user_mismatch" | "model_mismatch" | "prefix_mismatch" | "turn_boundary" | (string & {});

/** Known values of `Response.AccessPrograms.cyber`; any other string is accepted, too. */
export type ResponseAccessProgramsCyber = "standard" | "daybreak_blue" | "daybreak_red" | (string & {});

/** Known values of `Response.ImageOptions.context_compression`; any other string is accepted, too. */
export type ResponseImageOptionsContextCompression = "auto" | "enabled" | "disabled" | (string & {});

/** Known values of `Response.CacheMiss.reason`; any other string is accepted, too. */
export type ResponseCacheMissReason = "model_changed" | "prompt_cache_key_changed" | "tools_changed" | "text_format_changed" | "reasoning_effort_changed" | "verbosity_changed" | "context_compacted" | "input_changed" | "service_tier_changed" | (string & {});

/** Known values of `ResponseError.code`; any other string is accepted, too. */
export type ResponseErrorCode = "server_error" | "rate_limit_exceeded" | "invalid_prompt" | "data_residency_mismatch" | "bio_policy" | "misalignment_policy_violation" | "vector_store_timeout" | "invalid_image" | "invalid_image_format" | "invalid_base64_image" | "invalid_image_url" | "image_too_large" | "image_too_small" | "image_parse_error" | "image_content_policy_violation" | "invalid_image_mode" | "image_file_too_large" | "unsupported_image_media_type" | "empty_image_file" | "failed_to_download_image" | "image_file_not_found" | (string & {});

/** Known values of `ResponseError.Misalignment.error_type`; any other string is accepted, too. */
export type ResponseErrorMisalignmentErrorType = "potentially_unintended_data_transfer" | "potentially_unintended_data_access" | "potentially_unintended_destructive_activity" | "other" | (string & {});

/** Known values of `ResponseReasoningSummaryPartDoneEvent.status`; any other string is accepted, too. */
export type ResponseReasoningSummaryPartDoneEventStatus = "incomplete" | (string & {});

/** Known values of `CreateResponseRequest.include`; any other string is accepted, too. */
export type CreateResponseRequestInclude = "file_search_call.results" | "web_search_call.results" | "web_search_call.action.sources" | "message.input_image.image_url" | "computer_call_output.output.image_url" | "code_interpreter_call.outputs" | "reasoning.encrypted_content" | "message.output_text.logprobs" | (string & {});

/** Known values of `CreateResponseRequest.prompt_cache_retention`; any other string is accepted, too. */
export type CreateResponseRequestPromptCacheRetention = "in_memory" | "24h" | (string & {});

/** Known values of `CreateResponseRequest.service_tier`; any other string is accepted, too. */
export type CreateResponseRequestServiceTier = "auto" | "default" | "flex" | "scale" | "priority" | "fast" | "ultrafast" | (string & {});

/** Known values of `CreateResponseRequest.truncation`; any other string is accepted, too. */
export type CreateResponseRequestTruncation = "auto" | "disabled" | (string & {});

/** Known values of `CreateResponseRequest.BackgroundOptions.completion_window`; any other string is accepted, too. */
export type CreateResponseRequestBackgroundOptionsCompletionWindow = "soonest" | "2h" | "8h" | (string & {});

/** Known values of `GetResponseRequest.include`; any other string is accepted, too. */
export type GetResponseRequestInclude = "file_search_call.results" | "web_search_call.results" | "web_search_call.action.sources" | "message.input_image.image_url" | "computer_call_output.output.image_url" | "code_interpreter_call.outputs" | "reasoning.encrypted_content" | "message.output_text.logprobs" | (string & {});

/** Known values of `WatchResponseRequest.include`; any other string is accepted, too. */
export type WatchResponseRequestInclude = "file_search_call.results" | "web_search_call.results" | "web_search_call.action.sources" | "message.input_image.image_url" | "computer_call_output.output.image_url" | "code_interpreter_call.outputs" | "reasoning.encrypted_content" | "message.output_text.logprobs" | (string & {});

/** Known values of `WatchResponseRequest.completion_window`; any other string is accepted, too. */
export type WatchResponseRequestCompletionWindow = "soonest" | "2h" | "8h" | (string & {});

/** Known values of `ResumeResponseRequest.include`; any other string is accepted, too. */
export type ResumeResponseRequestInclude = "file_search_call.results" | "web_search_call.results" | "web_search_call.action.sources" | "message.input_image.image_url" | "computer_call_output.output.image_url" | "code_interpreter_call.outputs" | "reasoning.encrypted_content" | "message.output_text.logprobs" | (string & {});

/** Known values of `ListResponseInputItemsRequest.include`; any other string is accepted, too. */
export type ListResponseInputItemsRequestInclude = "file_search_call.results" | "web_search_call.results" | "web_search_call.action.sources" | "message.input_image.image_url" | "computer_call_output.output.image_url" | "code_interpreter_call.outputs" | "reasoning.encrypted_content" | "message.output_text.logprobs" | (string & {});

/** Known values of `ListResponseInputItemsRequest.order`; any other string is accepted, too. */
export type ListResponseInputItemsRequestOrder = "asc" | "desc" | (string & {});

/** Known values of `CompactResponseRequest.prompt_cache_retention`; any other string is accepted, too. */
export type CompactResponseRequestPromptCacheRetention = "in_memory" | "24h" | (string & {});

/** Known values of `CompactResponseRequest.service_tier`; any other string is accepted, too. */
export type CompactResponseRequestServiceTier = "auto" | "default" | "fast" | "flex" | "priority" | (string & {});

/** Known values of `CountResponseInputTokensRequest.personality`; any other string is accepted, too. */
export type CountResponseInputTokensRequestPersonality = "friendly" | "pragmatic" | (string & {});

/** Known values of `CountResponseInputTokensRequest.truncation`; any other string is accepted, too. */
export type CountResponseInputTokensRequestTruncation = "auto" | "disabled" | (string & {});

/** Known values of `ResponseSteerPendingEvent.reason`; any other string is accepted, too. */
export type ResponseSteerPendingEventReason = "waiting_for_required_input" | (string & {});

/** Known values of `ResponseSteerFailedEvent.Error.code`; any other string is accepted, too. */
export type ResponseSteerFailedEventErrorCode = "response_not_found" | "invalid_input" | "steering_not_supported" | "too_many_pending_steers" | "response_already_completed" | "response_not_active" | "successor_creation_failed" | (string & {});

/** Known values of `ResponseSteerFailedEvent.Error.type`; any other string is accepted, too. */
export type ResponseSteerFailedEventErrorType = "invalid_request_error" | (string & {});

/** Known values of `CreateVideoRequest.seconds`; any other string is accepted, too. */
export type CreateVideoRequestSeconds = "4" | "8" | "12" | (string & {});

/** Known values of `CreateVideoRequest.size`; any other string is accepted, too. */
export type CreateVideoRequestSize = "720x1280" | "1280x720" | "1024x1792" | "1792x1024" | (string & {});

/** Known values of `ListVideosRequest.order`; any other string is accepted, too. */
export type ListVideosRequestOrder = "asc" | "desc" | (string & {});

/** Known values of `DownloadVideoRequest.variant`; any other string is accepted, too. */
export type DownloadVideoRequestVariant = "video" | "thumbnail" | "spritesheet" | (string & {});

/** Known values of `ExtendVideoRequest.seconds`; any other string is accepted, too. */
export type ExtendVideoRequestSeconds = "4" | "8" | "12" | (string & {});

/** Known values of `Video.seconds`; any other string is accepted, too. */
export type VideoSeconds = "4" | "8" | "12" | (string & {});

/** Known values of `Video.size`; any other string is accepted, too. */
export type VideoSize = "720x1280" | "1280x720" | "1024x1792" | "1792x1024" | (string & {});

/** Known values of `Video.status`; any other string is accepted, too. */
export type VideoStatus = "queued" | "in_progress" | "completed" | "failed" | (string & {});

/** Known values of `VideoError.Misalignment.error_type`; any other string is accepted, too. */
export type VideoErrorMisalignmentErrorType = "potentially_unintended_data_transfer" | "potentially_unintended_data_access" | "potentially_unintended_destructive_activity" | "other" | (string & {});

/** Known values of `CreateBatchRequest.completion_window`; any other string is accepted, too. */
export type CreateBatchRequestCompletionWindow = "24h" | (string & {});

/** Known values of `CreateBatchRequest.endpoint`; any other string is accepted, too. */
export type CreateBatchRequestEndpoint = "/v1/responses" | "/v1/chat/completions" | "/v1/embeddings" | "/v1/completions" | "/v1/moderations" | "/v1/images/generations" | "/v1/images/edits" | "/v1/videos" | (string & {});

/** Known values of `Batch.status`; any other string is accepted, too. */
export type BatchStatus = "validating" | "failed" | "in_progress" | "finalizing" | "completed" | "expired" | "cancelling" | "cancelled" | (string & {});

/** Known values of `ContentProvenanceResult.C2paResult.outcome`; any other string is accepted, too. */
export type ContentProvenanceResultC2paResultOutcome = "detected" | "not_detected" | (string & {});

/** Known values of `ContentProvenanceResult.C2paResult.validation_state`; any other string is accepted, too. */
export type ContentProvenanceResultC2paResultValidationState = "trusted" | "valid" | "invalid" | "not_present" | (string & {});

/** Known values of `ContentProvenanceResult.SynthIdResult.outcome`; any other string is accepted, too. */
export type ContentProvenanceResultSynthIdResultOutcome = "detected" | "not_detected" | (string & {});

/** Known values of `CreateConversationItemsRequest.include`; any other string is accepted, too. */
export type CreateConversationItemsRequestInclude = "file_search_call.results" | "web_search_call.results" | "web_search_call.action.sources" | "message.input_image.image_url" | "computer_call_output.output.image_url" | "code_interpreter_call.outputs" | "reasoning.encrypted_content" | "message.output_text.logprobs" | (string & {});

/** Known values of `GetConversationItemRequest.include`; any other string is accepted, too. */
export type GetConversationItemRequestInclude = "file_search_call.results" | "web_search_call.results" | "web_search_call.action.sources" | "message.input_image.image_url" | "computer_call_output.output.image_url" | "code_interpreter_call.outputs" | "reasoning.encrypted_content" | "message.output_text.logprobs" | (string & {});

/** Known values of `ListConversationItemsRequest.include`; any other string is accepted, too. */
export type ListConversationItemsRequestInclude = "file_search_call.results" | "web_search_call.results" | "web_search_call.action.sources" | "message.input_image.image_url" | "computer_call_output.output.image_url" | "code_interpreter_call.outputs" | "reasoning.encrypted_content" | "message.output_text.logprobs" | (string & {});

/** Known values of `ListConversationItemsRequest.order`; any other string is accepted, too. */
export type ListConversationItemsRequestOrder = "asc" | "desc" | (string & {});

/** Known values of `DecisionInputMessage.role`; any other string is accepted, too. */
export type DecisionInputMessageRole = "user" | "developer" | "system" | "assistant" | (string & {});

/** Known values of `DecisionInputMessage.phase`; any other string is accepted, too. */
export type DecisionInputMessagePhase = "commentary" | "final_answer" | (string & {});

/** Known values of `RealtimeConversationSession.include`; any other string is accepted, too. */
export type RealtimeConversationSessionInclude = "item.input_audio_transcription.logprobs" | (string & {});

/** Known values of `RealtimeConversationSession.output_modalities`; any other string is accepted, too. */
export type RealtimeConversationSessionOutputModalities = "text" | "audio" | (string & {});

/** Known values of `RealtimeConversationSession.object`; any other string is accepted, too. */
export type RealtimeConversationSessionObject = "realtime.session" | (string & {});

/** Known values of `RealtimeTranscriptionSession.include`; any other string is accepted, too. */
export type RealtimeTranscriptionSessionInclude = "item.input_audio_transcription.logprobs" | (string & {});

/** Known values of `RealtimeTranscriptionSession.object`; any other string is accepted, too. */
export type RealtimeTranscriptionSessionObject = "realtime.transcription_session" | (string & {});

/** Known values of `RealtimeAudioConfig.NoiseReduction.type`; any other string is accepted, too. */
export type RealtimeAudioConfigNoiseReductionType = "near_field" | "far_field" | (string & {});

/** Known values of `RealtimeAudioFormat.type`; any other string is accepted, too. */
export type RealtimeAudioFormatType = "audio/pcm" | "audio/pcmu" | "audio/pcma" | (string & {});

/** Known values of `RealtimeTranscription.model`; any other string is accepted, too. */
export type RealtimeTranscriptionModel = "whisper-1" | "gpt-transcribe" | "gpt-live-transcribe" | "gpt-4o-mini-transcribe" | "gpt-4o-mini-transcribe-2025-12-15" | "gpt-4o-transcribe" | "gpt-4o-transcribe-diarize" | "gpt-realtime-whisper" | (string & {});

/** Known values of `RealtimeTranscription.delay`; any other string is accepted, too. */
export type RealtimeTranscriptionDelay = "minimal" | "low" | "medium" | "high" | "xhigh" | (string & {});

/** Known values of `RealtimeTurnDetection.SemanticDetection.eagerness`; any other string is accepted, too. */
export type RealtimeTurnDetectionSemanticDetectionEagerness = "low" | "medium" | "high" | "auto" | (string & {});

/** Known values of `RealtimeMessage.role`; any other string is accepted, too. */
export type RealtimeMessageRole = "user" | "assistant" | "system" | (string & {});

/** Known values of `RealtimeMessage.object`; any other string is accepted, too. */
export type RealtimeMessageObject = "realtime.item" | (string & {});

/** Known values of `RealtimeMessage.status`; any other string is accepted, too. */
export type RealtimeMessageStatus = "completed" | "incomplete" | "in_progress" | (string & {});

/** Known values of `RealtimeContent.type`; any other string is accepted, too. */
export type RealtimeContentType = "input_text" | "input_audio" | "input_image" | "output_text" | "output_audio" | "text" | "audio" | (string & {});

/** Known values of `RealtimeContent.detail`; any other string is accepted, too. */
export type RealtimeContentDetail = "auto" | "low" | "high" | (string & {});

/** Known values of `RealtimeFunctionCall.object`; any other string is accepted, too. */
export type RealtimeFunctionCallObject = "realtime.item" | (string & {});

/** Known values of `RealtimeFunctionCall.status`; any other string is accepted, too. */
export type RealtimeFunctionCallStatus = "completed" | "incomplete" | "in_progress" | (string & {});

/** Known values of `RealtimeFunctionCallOutput.object`; any other string is accepted, too. */
export type RealtimeFunctionCallOutputObject = "realtime.item" | (string & {});

/** Known values of `RealtimeFunctionCallOutput.status`; any other string is accepted, too. */
export type RealtimeFunctionCallOutputStatus = "completed" | "incomplete" | "in_progress" | (string & {});

/** Known values of `RealtimeResponse.object`; any other string is accepted, too. */
export type RealtimeResponseObject = "realtime.response" | (string & {});

/** Known values of `RealtimeResponse.status`; any other string is accepted, too. */
export type RealtimeResponseStatus = "completed" | "cancelled" | "failed" | "incomplete" | "in_progress" | (string & {});

/** Known values of `RealtimeResponse.output_modalities`; any other string is accepted, too. */
export type RealtimeResponseOutputModalities = "text" | "audio" | (string & {});

/** Known values of `RealtimeResponse.StatusDetails.reason`; any other string is accepted, too. */
export type RealtimeResponseStatusDetailsReason = "turn_detected" | "client_cancelled" | "max_output_tokens" | "content_filter" | (string & {});

/** Known values of `RealtimeResponse.StatusDetails.type`; any other string is accepted, too. */
export type RealtimeResponseStatusDetailsType = "completed" | "cancelled" | "incomplete" | "failed" | (string & {});

/** Known values of `RealtimeResponseCreate.conversation`; any other string is accepted, too. */
export type RealtimeResponseCreateConversation = "auto" | "none" | (string & {});

/** Known values of `RealtimeResponseCreate.output_modalities`; any other string is accepted, too. */
export type RealtimeResponseCreateOutputModalities = "text" | "audio" | (string & {});

/** Known values of `RealtimeConversationCreatedEvent.Conversation.object`; any other string is accepted, too. */
export type RealtimeConversationCreatedEventConversationObject = "realtime.conversation" | (string & {});

/** Known values of `RealtimeRateLimitsUpdatedEvent.RateLimit.name`; any other string is accepted, too. */
export type RealtimeRateLimitsUpdatedEventRateLimitName = "requests" | "tokens" | (string & {});

/** Known values of `RealtimeConnect.intent`; any other string is accepted, too. */
export type RealtimeConnectIntent = "transcription" | (string & {});

/** Known values of `CreateRealtimeClientSecretRequest.ExpiresAfter.anchor`; any other string is accepted, too. */
export type CreateRealtimeClientSecretRequestExpiresAfterAnchor = "created_at" | (string & {});

/** Known values of `AcceptRealtimeCallRequest.include`; any other string is accepted, too. */
export type AcceptRealtimeCallRequestInclude = "item.input_audio_transcription.logprobs" | (string & {});

/** Known values of `AcceptRealtimeCallRequest.output_modalities`; any other string is accepted, too. */
export type AcceptRealtimeCallRequestOutputModalities = "text" | "audio" | (string & {});

/** Known values of `CreateUploadRequest.purpose`; any other string is accepted, too. */
export type CreateUploadRequestPurpose = "assistants" | "batch" | "fine-tune" | "vision" | "user_data" | "evals" | (string & {});

/** Known values of `Upload.purpose`; any other string is accepted, too. */
export type UploadPurpose = "assistants" | "batch" | "fine-tune" | "vision" | "user_data" | "evals" | (string & {});

/** Known values of `Upload.status`; any other string is accepted, too. */
export type UploadStatus = "pending" | "completed" | "cancelled" | "expired" | (string & {});

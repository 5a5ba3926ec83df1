// Generated: do not edit.
package io.github.openai_grpc;

/** The known values of open strings. */
public final class KnownValues {
  private KnownValues() {}

  /** Known values of {@code OpenRouterRequest.ProviderPreferences.data_collection}; any other is accepted, too. */
  public static final class OpenRouterRequestProviderPreferencesDataCollection {
    /** {@code allow}. */
    public static final String ALLOW = "allow";

    /** {@code deny}. */
    public static final String DENY = "deny";

    private OpenRouterRequestProviderPreferencesDataCollection() {}
  }

  /** Known values of {@code OpenRouterRequest.ProviderPreferences.sort}; any other is accepted, too. */
  public static final class OpenRouterRequestProviderPreferencesSort {
    /** {@code price}. */
    public static final String PRICE = "price";

    /** {@code throughput}. */
    public static final String THROUGHPUT = "throughput";

    /** {@code latency}. */
    public static final String LATENCY = "latency";

    private OpenRouterRequestProviderPreferencesSort() {}
  }

  /** Known values of {@code OpenRouterRequest.PluginConfig.id}; any other is accepted, too. */
  public static final class OpenRouterRequestPluginConfigId {
    /** {@code web}. */
    public static final String WEB = "web";

    /** {@code file-parser}. */
    public static final String FILE_PARSER = "file-parser";

    private OpenRouterRequestPluginConfigId() {}
  }

  /** Known values of {@code ContentFilterResult.severity}; any other is accepted, too. */
  public static final class ContentFilterResultSeverity {
    /** {@code safe}. */
    public static final String SAFE = "safe";

    /** {@code low}. */
    public static final String LOW = "low";

    /** {@code medium}. */
    public static final String MEDIUM = "medium";

    /** {@code high}. */
    public static final String HIGH = "high";

    private ContentFilterResultSeverity() {}
  }

  /** Known values of {@code PromptCacheBreakpoint.mode}; any other is accepted, too. */
  public static final class PromptCacheBreakpointMode {
    /** {@code explicit}. */
    public static final String EXPLICIT = "explicit";

    private PromptCacheBreakpointMode() {}
  }

  /** Known values of {@code PromptCacheBreakpoint.ttl}; any other is accepted, too. */
  public static final class PromptCacheBreakpointTtl {
    /** {@code 30m}. */
    public static final String V_30_M = "30m";

    /** {@code 12h}. */
    public static final String V_12_H = "12h";

    private PromptCacheBreakpointTtl() {}
  }

  /** Known values of {@code PromptCacheOptions.mode}; any other is accepted, too. */
  public static final class PromptCacheOptionsMode {
    /** {@code implicit}. */
    public static final String IMPLICIT = "implicit";

    /** {@code explicit}. */
    public static final String EXPLICIT = "explicit";

    private PromptCacheOptionsMode() {}
  }

  /** Known values of {@code PromptCacheOptions.ttl}; any other is accepted, too. */
  public static final class PromptCacheOptionsTtl {
    /** {@code 30m}. */
    public static final String V_30_M = "30m";

    /** {@code 12h}. */
    public static final String V_12_H = "12h";

    private PromptCacheOptionsTtl() {}
  }

  /** Known values of {@code Reasoning.effort}; any other is accepted, too. */
  public static final class ReasoningEffort {
    /** {@code none}. */
    public static final String NONE = "none";

    /** {@code minimal}. */
    public static final String MINIMAL = "minimal";

    /** {@code low}. */
    public static final String LOW = "low";

    /** {@code medium}. */
    public static final String MEDIUM = "medium";

    /** {@code high}. */
    public static final String HIGH = "high";

    /** {@code xhigh}. */
    public static final String XHIGH = "xhigh";

    /** {@code max}. */
    public static final String MAX = "max";

    private ReasoningEffort() {}
  }

  /** Known values of {@code Reasoning.context}; any other is accepted, too. */
  public static final class ReasoningContext {
    /** {@code auto}. */
    public static final String AUTO = "auto";

    /** {@code current_turn}. */
    public static final String CURRENT_TURN = "current_turn";

    /** {@code all_turns}. */
    public static final String ALL_TURNS = "all_turns";

    private ReasoningContext() {}
  }

  /** Known values of {@code Reasoning.generate_summary}; any other is accepted, too. */
  public static final class ReasoningGenerateSummary {
    /** {@code auto}. */
    public static final String AUTO = "auto";

    /** {@code concise}. */
    public static final String CONCISE = "concise";

    /** {@code detailed}. */
    public static final String DETAILED = "detailed";

    private ReasoningGenerateSummary() {}
  }

  /** Known values of {@code Reasoning.mode}; any other is accepted, too. */
  public static final class ReasoningMode {
    /** {@code standard}. */
    public static final String STANDARD = "standard";

    /** {@code pro}. */
    public static final String PRO = "pro";

    private ReasoningMode() {}
  }

  /** Known values of {@code Reasoning.summary}; any other is accepted, too. */
  public static final class ReasoningSummary {
    /** {@code auto}. */
    public static final String AUTO = "auto";

    /** {@code concise}. */
    public static final String CONCISE = "concise";

    /** {@code detailed}. */
    public static final String DETAILED = "detailed";

    private ReasoningSummary() {}
  }

  /** Known values of {@code ModerationOptions.Policy.Input.mode}; any other is accepted, too. */
  public static final class ModerationOptionsPolicyInputMode {
    /** {@code score}. */
    public static final String SCORE = "score";

    /** {@code block}. */
    public static final String BLOCK = "block";

    private ModerationOptionsPolicyInputMode() {}
  }

  /** Known values of {@code ModerationOptions.Policy.Output.mode}; any other is accepted, too. */
  public static final class ModerationOptionsPolicyOutputMode {
    /** {@code score}. */
    public static final String SCORE = "score";

    /** {@code block}. */
    public static final String BLOCK = "block";

    private ModerationOptionsPolicyOutputMode() {}
  }

  /** Known values of {@code CacheControl.type}; any other is accepted, too. */
  public static final class CacheControlType {
    /** {@code ephemeral}. */
    public static final String EPHEMERAL = "ephemeral";

    private CacheControlType() {}
  }

  /** Known values of {@code CacheControl.ttl}; any other is accepted, too. */
  public static final class CacheControlTtl {
    /** {@code 5m}. */
    public static final String V_5_M = "5m";

    /** {@code 1h}. */
    public static final String V_1_H = "1h";

    private CacheControlTtl() {}
  }

  /** Known values of {@code CreateSpeechRequest.response_format}; any other is accepted, too. */
  public static final class CreateSpeechRequestResponseFormat {
    /** {@code mp3}. */
    public static final String MP_3 = "mp3";

    /** {@code opus}. */
    public static final String OPUS = "opus";

    /** {@code aac}. */
    public static final String AAC = "aac";

    /** {@code flac}. */
    public static final String FLAC = "flac";

    /** {@code wav}. */
    public static final String WAV = "wav";

    /** {@code pcm}. */
    public static final String PCM = "pcm";

    private CreateSpeechRequestResponseFormat() {}
  }

  /** Known values of {@code CreateSpeechRequest.stream_format}; any other is accepted, too. */
  public static final class CreateSpeechRequestStreamFormat {
    /** {@code sse}. */
    public static final String SSE = "sse";

    /** {@code audio}. */
    public static final String AUDIO = "audio";

    private CreateSpeechRequestStreamFormat() {}
  }

  /** Known values of {@code CreateTranscriptionRequest.include}; any other is accepted, too. */
  public static final class CreateTranscriptionRequestInclude {
    /** {@code logprobs}. */
    public static final String LOGPROBS = "logprobs";

    private CreateTranscriptionRequestInclude() {}
  }

  /** Known values of {@code CreateTranscriptionRequest.response_format}; any other is accepted, too. */
  public static final class CreateTranscriptionRequestResponseFormat {
    /** {@code json}. */
    public static final String JSON = "json";

    /** {@code text}. */
    public static final String TEXT = "text";

    /** {@code srt}. */
    public static final String SRT = "srt";

    /** {@code verbose_json}. */
    public static final String VERBOSE_JSON = "verbose_json";

    /** {@code vtt}. */
    public static final String VTT = "vtt";

    /** {@code diarized_json}. */
    public static final String DIARIZED_JSON = "diarized_json";

    private CreateTranscriptionRequestResponseFormat() {}
  }

  /** Known values of {@code CreateTranscriptionRequest.timestamp_granularities}; any other is accepted, too. */
  public static final class CreateTranscriptionRequestTimestampGranularities {
    /** {@code word}. */
    public static final String WORD = "word";

    /** {@code segment}. */
    public static final String SEGMENT = "segment";

    private CreateTranscriptionRequestTimestampGranularities() {}
  }

  /** Known values of {@code Transcription.task}; any other is accepted, too. */
  public static final class TranscriptionTask {
    /** {@code transcribe}. */
    public static final String TRANSCRIBE = "transcribe";

    private TranscriptionTask() {}
  }

  /** Known values of {@code TranscriptionSegment.type}; any other is accepted, too. */
  public static final class TranscriptionSegmentType {
    /** {@code transcript.text.segment}. */
    public static final String TRANSCRIPT_TEXT_SEGMENT = "transcript.text.segment";

    private TranscriptionSegmentType() {}
  }

  /** Known values of {@code CreateTranslationRequest.response_format}; any other is accepted, too. */
  public static final class CreateTranslationRequestResponseFormat {
    /** {@code json}. */
    public static final String JSON = "json";

    /** {@code text}. */
    public static final String TEXT = "text";

    /** {@code srt}. */
    public static final String SRT = "srt";

    /** {@code verbose_json}. */
    public static final String VERBOSE_JSON = "verbose_json";

    /** {@code vtt}. */
    public static final String VTT = "vtt";

    private CreateTranslationRequestResponseFormat() {}
  }

  /** Known values of {@code Translation.task}; any other is accepted, too. */
  public static final class TranslationTask {
    /** {@code translate}. */
    public static final String TRANSLATE = "translate";

    private TranslationTask() {}
  }

  /** Known values of {@code ChatCompletionContentPartImage.ImageUrl.detail}; any other is accepted, too. */
  public static final class ChatCompletionContentPartImageImageUrlDetail {
    /** {@code auto}. */
    public static final String AUTO = "auto";

    /** {@code low}. */
    public static final String LOW = "low";

    /** {@code high}. */
    public static final String HIGH = "high";

    /** {@code original}. */
    public static final String ORIGINAL = "original";

    private ChatCompletionContentPartImageImageUrlDetail() {}
  }

  /** Known values of {@code ChatCompletionContentPartInputAudio.InputAudio.format}; any other is accepted, too. */
  public static final class ChatCompletionContentPartInputAudioInputAudioFormat {
    /** {@code wav}. */
    public static final String WAV = "wav";

    /** {@code mp3}. */
    public static final String MP_3 = "mp3";

    private ChatCompletionContentPartInputAudioInputAudioFormat() {}
  }

  /** Known values of {@code ExecutedTool.type}; any other is accepted, too. */
  public static final class ExecutedToolType {
    /** {@code search}. */
    public static final String SEARCH = "search";

    /** {@code python}. */
    public static final String PYTHON = "python";

    private ExecutedToolType() {}
  }

  /** Known values of {@code ReasoningDetail.type}; any other is accepted, too. */
  public static final class ReasoningDetailType {
    /** {@code reasoning.text}. */
    public static final String REASONING_TEXT = "reasoning.text";

    /** {@code reasoning.summary}. */
    public static final String REASONING_SUMMARY = "reasoning.summary";

    /** {@code reasoning.encrypted}. */
    public static final String REASONING_ENCRYPTED = "reasoning.encrypted";

    private ReasoningDetailType() {}
  }

  /** Known values of {@code ChatCompletionStoreMessage.role}; any other is accepted, too. */
  public static final class ChatCompletionStoreMessageRole {
    /** {@code assistant}. */
    public static final String ASSISTANT = "assistant";

    private ChatCompletionStoreMessageRole() {}
  }

  /** Known values of {@code FunctionTool.allowed_callers}; any other is accepted, too. */
  public static final class FunctionToolAllowedCallers {
    /** {@code direct}. */
    public static final String DIRECT = "direct";

    /** {@code programmatic}. */
    public static final String PROGRAMMATIC = "programmatic";

    private FunctionToolAllowedCallers() {}
  }

  /** Known values of {@code CustomTool.allowed_callers}; any other is accepted, too. */
  public static final class CustomToolAllowedCallers {
    /** {@code direct}. */
    public static final String DIRECT = "direct";

    /** {@code programmatic}. */
    public static final String PROGRAMMATIC = "programmatic";

    private CustomToolAllowedCallers() {}
  }

  /** Known values of {@code CustomTool.Grammar.syntax}; any other is accepted, too. */
  public static final class CustomToolGrammarSyntax {
    /** {@code lark}. */
    public static final String LARK = "lark";

    /** {@code regex}. */
    public static final String REGEX = "regex";

    private CustomToolGrammarSyntax() {}
  }

  /** Known values of {@code FileSearchTool.RankingOptions.ranker}; any other is accepted, too. */
  public static final class FileSearchToolRankingOptionsRanker {
    /** {@code auto}. */
    public static final String AUTO = "auto";

    /** {@code default-2024-11-15}. */
    public static final String DEFAULT_2024_11_15 = "default-2024-11-15";

    private FileSearchToolRankingOptionsRanker() {}
  }

  /** Known values of {@code ComparisonFilter.type}; any other is accepted, too. */
  public static final class ComparisonFilterType {
    /** {@code eq}. */
    public static final String EQ = "eq";

    /** {@code ne}. */
    public static final String NE = "ne";

    /** {@code gt}. */
    public static final String GT = "gt";

    /** {@code gte}. */
    public static final String GTE = "gte";

    /** {@code lt}. */
    public static final String LT = "lt";

    /** {@code lte}. */
    public static final String LTE = "lte";

    /** {@code in}. */
    public static final String IN = "in";

    /** {@code nin}. */
    public static final String NIN = "nin";

    private ComparisonFilterType() {}
  }

  /** Known values of {@code CompoundFilter.type}; any other is accepted, too. */
  public static final class CompoundFilterType {
    /** {@code and}. */
    public static final String AND = "and";

    /** {@code or}. */
    public static final String OR = "or";

    private CompoundFilterType() {}
  }

  /** Known values of {@code WebSearchTool.search_context_size}; any other is accepted, too. */
  public static final class WebSearchToolSearchContextSize {
    /** {@code low}. */
    public static final String LOW = "low";

    /** {@code medium}. */
    public static final String MEDIUM = "medium";

    /** {@code high}. */
    public static final String HIGH = "high";

    private WebSearchToolSearchContextSize() {}
  }

  /** Known values of {@code UserLocation.type}; any other is accepted, too. */
  public static final class UserLocationType {
    /** {@code approximate}. */
    public static final String APPROXIMATE = "approximate";

    private UserLocationType() {}
  }

  /** Known values of {@code WebSearchPreviewTool.search_content_types}; any other is accepted, too. */
  public static final class WebSearchPreviewToolSearchContentTypes {
    /** {@code text}. */
    public static final String TEXT = "text";

    /** {@code image}. */
    public static final String IMAGE = "image";

    private WebSearchPreviewToolSearchContentTypes() {}
  }

  /** Known values of {@code WebSearchPreviewTool.search_context_size}; any other is accepted, too. */
  public static final class WebSearchPreviewToolSearchContextSize {
    /** {@code low}. */
    public static final String LOW = "low";

    /** {@code medium}. */
    public static final String MEDIUM = "medium";

    /** {@code high}. */
    public static final String HIGH = "high";

    private WebSearchPreviewToolSearchContextSize() {}
  }

  /** Known values of {@code ComputerUsePreviewTool.environment}; any other is accepted, too. */
  public static final class ComputerUsePreviewToolEnvironment {
    /** {@code windows}. */
    public static final String WINDOWS = "windows";

    /** {@code mac}. */
    public static final String MAC = "mac";

    /** {@code linux}. */
    public static final String LINUX = "linux";

    /** {@code ubuntu}. */
    public static final String UBUNTU = "ubuntu";

    /** {@code browser}. */
    public static final String BROWSER = "browser";

    private ComputerUsePreviewToolEnvironment() {}
  }

  /** Known values of {@code CodeInterpreterTool.allowed_callers}; any other is accepted, too. */
  public static final class CodeInterpreterToolAllowedCallers {
    /** {@code direct}. */
    public static final String DIRECT = "direct";

    /** {@code programmatic}. */
    public static final String PROGRAMMATIC = "programmatic";

    private CodeInterpreterToolAllowedCallers() {}
  }

  /** Known values of {@code CodeInterpreterTool.AutoContainer.memory_limit}; any other is accepted, too. */
  public static final class CodeInterpreterToolAutoContainerMemoryLimit {
    /** {@code 1g}. */
    public static final String V_1_G = "1g";

    /** {@code 4g}. */
    public static final String V_4_G = "4g";

    /** {@code 16g}. */
    public static final String V_16_G = "16g";

    /** {@code 64g}. */
    public static final String V_64_G = "64g";

    private CodeInterpreterToolAutoContainerMemoryLimit() {}
  }

  /** Known values of {@code ImageGenerationTool.action}; any other is accepted, too. */
  public static final class ImageGenerationToolAction {
    /** {@code generate}. */
    public static final String GENERATE = "generate";

    /** {@code edit}. */
    public static final String EDIT = "edit";

    /** {@code auto}. */
    public static final String AUTO = "auto";

    private ImageGenerationToolAction() {}
  }

  /** Known values of {@code ImageGenerationTool.background}; any other is accepted, too. */
  public static final class ImageGenerationToolBackground {
    /** {@code transparent}. */
    public static final String TRANSPARENT = "transparent";

    /** {@code opaque}. */
    public static final String OPAQUE = "opaque";

    /** {@code auto}. */
    public static final String AUTO = "auto";

    private ImageGenerationToolBackground() {}
  }

  /** Known values of {@code ImageGenerationTool.complexity}; any other is accepted, too. */
  public static final class ImageGenerationToolComplexity {
    /** {@code low}. */
    public static final String LOW = "low";

    /** {@code medium}. */
    public static final String MEDIUM = "medium";

    /** {@code high}. */
    public static final String HIGH = "high";

    private ImageGenerationToolComplexity() {}
  }

  /** Known values of {@code ImageGenerationTool.input_fidelity}; any other is accepted, too. */
  public static final class ImageGenerationToolInputFidelity {
    /** {@code high}. */
    public static final String HIGH = "high";

    /** {@code low}. */
    public static final String LOW = "low";

    private ImageGenerationToolInputFidelity() {}
  }

  /** Known values of {@code ImageGenerationTool.moderation}; any other is accepted, too. */
  public static final class ImageGenerationToolModeration {
    /** {@code auto}. */
    public static final String AUTO = "auto";

    /** {@code low}. */
    public static final String LOW = "low";

    private ImageGenerationToolModeration() {}
  }

  /** Known values of {@code ImageGenerationTool.output_format}; any other is accepted, too. */
  public static final class ImageGenerationToolOutputFormat {
    /** {@code png}. */
    public static final String PNG = "png";

    /** {@code webp}. */
    public static final String WEBP = "webp";

    /** {@code jpeg}. */
    public static final String JPEG = "jpeg";

    /** {@code gif}. */
    public static final String GIF = "gif";

    /** {@code svg}. */
    public static final String SVG = "svg";

    private ImageGenerationToolOutputFormat() {}
  }

  /** Known values of {@code ImageGenerationTool.quality}; any other is accepted, too. */
  public static final class ImageGenerationToolQuality {
    /** {@code low}. */
    public static final String LOW = "low";

    /** {@code medium}. */
    public static final String MEDIUM = "medium";

    /** {@code high}. */
    public static final String HIGH = "high";

    /** {@code xhigh}. */
    public static final String XHIGH = "xhigh";

    /** {@code max}. */
    public static final String MAX = "max";

    /** {@code auto}. */
    public static final String AUTO = "auto";

    private ImageGenerationToolQuality() {}
  }

  /** Known values of {@code ImageGenerationTool.size}; any other is accepted, too. */
  public static final class ImageGenerationToolSize {
    /** {@code 1024x1024}. */
    public static final String V_1024_X_1024 = "1024x1024";

    /** {@code 1024x1536}. */
    public static final String V_1024_X_1536 = "1024x1536";

    /** {@code 1536x1024}. */
    public static final String V_1536_X_1024 = "1536x1024";

    /** {@code auto}. */
    public static final String AUTO = "auto";

    private ImageGenerationToolSize() {}
  }

  /** Known values of {@code ImageGenerationTool.Svg.Reasoning.effort}; any other is accepted, too. */
  public static final class ImageGenerationToolSvgReasoningEffort {
    /** {@code none}. */
    public static final String NONE = "none";

    /** {@code minimal}. */
    public static final String MINIMAL = "minimal";

    /** {@code low}. */
    public static final String LOW = "low";

    /** {@code medium}. */
    public static final String MEDIUM = "medium";

    /** {@code high}. */
    public static final String HIGH = "high";

    /** {@code xhigh}. */
    public static final String XHIGH = "xhigh";

    /** {@code max}. */
    public static final String MAX = "max";

    private ImageGenerationToolSvgReasoningEffort() {}
  }

  /** Known values of {@code McpTool.allowed_callers}; any other is accepted, too. */
  public static final class McpToolAllowedCallers {
    /** {@code direct}. */
    public static final String DIRECT = "direct";

    /** {@code programmatic}. */
    public static final String PROGRAMMATIC = "programmatic";

    private McpToolAllowedCallers() {}
  }

  /** Known values of {@code McpTool.connector_id}; any other is accepted, too. */
  public static final class McpToolConnectorId {
    /** {@code connector_dropbox}. */
    public static final String CONNECTOR_DROPBOX = "connector_dropbox";

    /** {@code connector_gmail}. */
    public static final String CONNECTOR_GMAIL = "connector_gmail";

    /** {@code connector_googlecalendar}. */
    public static final String CONNECTOR_GOOGLECALENDAR = "connector_googlecalendar";

    /** {@code connector_googledrive}. */
    public static final String CONNECTOR_GOOGLEDRIVE = "connector_googledrive";

    /** {@code connector_microsoftteams}. */
    public static final String CONNECTOR_MICROSOFTTEAMS = "connector_microsoftteams";

    /** {@code connector_outlookcalendar}. */
    public static final String CONNECTOR_OUTLOOKCALENDAR = "connector_outlookcalendar";

    /** {@code connector_outlookemail}. */
    public static final String CONNECTOR_OUTLOOKEMAIL = "connector_outlookemail";

    /** {@code connector_sharepoint}. */
    public static final String CONNECTOR_SHAREPOINT = "connector_sharepoint";

    private McpToolConnectorId() {}
  }

  /** Known values of {@code FunctionShellTool.allowed_callers}; any other is accepted, too. */
  public static final class FunctionShellToolAllowedCallers {
    /** {@code direct}. */
    public static final String DIRECT = "direct";

    /** {@code programmatic}. */
    public static final String PROGRAMMATIC = "programmatic";

    private FunctionShellToolAllowedCallers() {}
  }

  /** Known values of {@code ContainerAuto.memory_limit}; any other is accepted, too. */
  public static final class ContainerAutoMemoryLimit {
    /** {@code 1g}. */
    public static final String V_1_G = "1g";

    /** {@code 4g}. */
    public static final String V_4_G = "4g";

    /** {@code 16g}. */
    public static final String V_16_G = "16g";

    /** {@code 64g}. */
    public static final String V_64_G = "64g";

    private ContainerAutoMemoryLimit() {}
  }

  /** Known values of {@code InlineSkill.Source.media_type}; any other is accepted, too. */
  public static final class InlineSkillSourceMediaType {
    /** {@code application/zip}. */
    public static final String APPLICATION_ZIP = "application/zip";

    private InlineSkillSourceMediaType() {}
  }

  /** Known values of {@code ApplyPatchTool.allowed_callers}; any other is accepted, too. */
  public static final class ApplyPatchToolAllowedCallers {
    /** {@code direct}. */
    public static final String DIRECT = "direct";

    /** {@code programmatic}. */
    public static final String PROGRAMMATIC = "programmatic";

    private ApplyPatchToolAllowedCallers() {}
  }

  /** Known values of {@code ToolSearchTool.execution}; any other is accepted, too. */
  public static final class ToolSearchToolExecution {
    /** {@code server}. */
    public static final String SERVER = "server";

    /** {@code client}. */
    public static final String CLIENT = "client";

    private ToolSearchToolExecution() {}
  }

  /** Known values of {@code ToolChoiceAllowed.mode}; any other is accepted, too. */
  public static final class ToolChoiceAllowedMode {
    /** {@code auto}. */
    public static final String AUTO = "auto";

    /** {@code required}. */
    public static final String REQUIRED = "required";

    private ToolChoiceAllowedMode() {}
  }

  /** Known values of {@code ToolChoiceTypes.type}; any other is accepted, too. */
  public static final class ToolChoiceTypesType {
    /** {@code file_search}. */
    public static final String FILE_SEARCH = "file_search";

    /** {@code web_search}. */
    public static final String WEB_SEARCH = "web_search";

    /** {@code web_search_2025_08_26}. */
    public static final String WEB_SEARCH_2025_08_26 = "web_search_2025_08_26";

    /** {@code web_search_preview}. */
    public static final String WEB_SEARCH_PREVIEW = "web_search_preview";

    /** {@code computer}. */
    public static final String COMPUTER = "computer";

    /** {@code computer_use_preview}. */
    public static final String COMPUTER_USE_PREVIEW = "computer_use_preview";

    /** {@code computer_use}. */
    public static final String COMPUTER_USE = "computer_use";

    /** {@code web_search_preview_2025_03_11}. */
    public static final String WEB_SEARCH_PREVIEW_2025_03_11 = "web_search_preview_2025_03_11";

    /** {@code image_generation}. */
    public static final String IMAGE_GENERATION = "image_generation";

    /** {@code code_interpreter}. */
    public static final String CODE_INTERPRETER = "code_interpreter";

    private ToolChoiceTypesType() {}
  }

  /** Known values of {@code ChatCompletionCustomTool.CustomDefinition.GrammarFormat.Grammar.syntax}; any other is accepted, too. */
  public static final class ChatCompletionCustomToolCustomDefinitionGrammarFormatGrammarSyntax {
    /** {@code lark}. */
    public static final String LARK = "lark";

    /** {@code regex}. */
    public static final String REGEX = "regex";

    private ChatCompletionCustomToolCustomDefinitionGrammarFormatGrammarSyntax() {}
  }

  /** Known values of {@code ChatCompletionAllowedToolChoice.AllowedTools.mode}; any other is accepted, too. */
  public static final class ChatCompletionAllowedToolChoiceAllowedToolsMode {
    /** {@code auto}. */
    public static final String AUTO = "auto";

    /** {@code required}. */
    public static final String REQUIRED = "required";

    private ChatCompletionAllowedToolChoiceAllowedToolsMode() {}
  }

  /** Known values of {@code WebSearchOptions.search_context_size}; any other is accepted, too. */
  public static final class WebSearchOptionsSearchContextSize {
    /** {@code low}. */
    public static final String LOW = "low";

    /** {@code medium}. */
    public static final String MEDIUM = "medium";

    /** {@code high}. */
    public static final String HIGH = "high";

    private WebSearchOptionsSearchContextSize() {}
  }

  /** Known values of {@code CreateChatCompletionRequest.modalities}; any other is accepted, too. */
  public static final class CreateChatCompletionRequestModalities {
    /** {@code text}. */
    public static final String TEXT = "text";

    /** {@code audio}. */
    public static final String AUDIO = "audio";

    private CreateChatCompletionRequestModalities() {}
  }

  /** Known values of {@code CreateChatCompletionRequest.prompt_cache_retention}; any other is accepted, too. */
  public static final class CreateChatCompletionRequestPromptCacheRetention {
    /** {@code in_memory}. */
    public static final String IN_MEMORY = "in_memory";

    /** {@code 24h}. */
    public static final String V_24_H = "24h";

    private CreateChatCompletionRequestPromptCacheRetention() {}
  }

  /** Known values of {@code CreateChatCompletionRequest.reasoning_effort}; any other is accepted, too. */
  public static final class CreateChatCompletionRequestReasoningEffort {
    /** {@code none}. */
    public static final String NONE = "none";

    /** {@code minimal}. */
    public static final String MINIMAL = "minimal";

    /** {@code low}. */
    public static final String LOW = "low";

    /** {@code medium}. */
    public static final String MEDIUM = "medium";

    /** {@code high}. */
    public static final String HIGH = "high";

    /** {@code xhigh}. */
    public static final String XHIGH = "xhigh";

    /** {@code max}. */
    public static final String MAX = "max";

    private CreateChatCompletionRequestReasoningEffort() {}
  }

  /** Known values of {@code CreateChatCompletionRequest.service_tier}; any other is accepted, too. */
  public static final class CreateChatCompletionRequestServiceTier {
    /** {@code auto}. */
    public static final String AUTO = "auto";

    /** {@code default}. */
    public static final String DEFAULT = "default";

    /** {@code flex}. */
    public static final String FLEX = "flex";

    /** {@code scale}. */
    public static final String SCALE = "scale";

    /** {@code priority}. */
    public static final String PRIORITY = "priority";

    /** {@code fast}. */
    public static final String FAST = "fast";

    private CreateChatCompletionRequestServiceTier() {}
  }

  /** Known values of {@code CreateChatCompletionRequest.verbosity}; any other is accepted, too. */
  public static final class CreateChatCompletionRequestVerbosity {
    /** {@code low}. */
    public static final String LOW = "low";

    /** {@code medium}. */
    public static final String MEDIUM = "medium";

    /** {@code high}. */
    public static final String HIGH = "high";

    private CreateChatCompletionRequestVerbosity() {}
  }

  /** Known values of {@code CreateChatCompletionRequest.AudioParameters.format}; any other is accepted, too. */
  public static final class CreateChatCompletionRequestAudioParametersFormat {
    /** {@code wav}. */
    public static final String WAV = "wav";

    /** {@code aac}. */
    public static final String AAC = "aac";

    /** {@code mp3}. */
    public static final String MP_3 = "mp3";

    /** {@code flac}. */
    public static final String FLAC = "flac";

    /** {@code opus}. */
    public static final String OPUS = "opus";

    /** {@code pcm16}. */
    public static final String PCM_16 = "pcm16";

    private CreateChatCompletionRequestAudioParametersFormat() {}
  }

  /** Known values of {@code CreateChatCompletionRequest.ThinkingConfig.type}; any other is accepted, too. */
  public static final class CreateChatCompletionRequestThinkingConfigType {
    /** {@code enabled}. */
    public static final String ENABLED = "enabled";

    /** {@code disabled}. */
    public static final String DISABLED = "disabled";

    private CreateChatCompletionRequestThinkingConfigType() {}
  }

  /** Known values of {@code ChatCompletion.service_tier}; any other is accepted, too. */
  public static final class ChatCompletionServiceTier {
    /** {@code auto}. */
    public static final String AUTO = "auto";

    /** {@code default}. */
    public static final String DEFAULT = "default";

    /** {@code flex}. */
    public static final String FLEX = "flex";

    /** {@code scale}. */
    public static final String SCALE = "scale";

    /** {@code priority}. */
    public static final String PRIORITY = "priority";

    /** {@code fast}. */
    public static final String FAST = "fast";

    private ChatCompletionServiceTier() {}
  }

  /** Known values of {@code ChatCompletion.Choice.finish_reason}; any other is accepted, too. */
  public static final class ChatCompletionChoiceFinishReason {
    /** {@code stop}. */
    public static final String STOP = "stop";

    /** {@code length}. */
    public static final String LENGTH = "length";

    /** {@code tool_calls}. */
    public static final String TOOL_CALLS = "tool_calls";

    /** {@code content_filter}. */
    public static final String CONTENT_FILTER = "content_filter";

    /** {@code function_call}. */
    public static final String FUNCTION_CALL = "function_call";

    private ChatCompletionChoiceFinishReason() {}
  }

  /** Known values of {@code ChatCompletionChunk.service_tier}; any other is accepted, too. */
  public static final class ChatCompletionChunkServiceTier {
    /** {@code auto}. */
    public static final String AUTO = "auto";

    /** {@code default}. */
    public static final String DEFAULT = "default";

    /** {@code flex}. */
    public static final String FLEX = "flex";

    /** {@code scale}. */
    public static final String SCALE = "scale";

    /** {@code priority}. */
    public static final String PRIORITY = "priority";

    /** {@code fast}. */
    public static final String FAST = "fast";

    private ChatCompletionChunkServiceTier() {}
  }

  /** Known values of {@code ChatCompletionChunk.Choice.finish_reason}; any other is accepted, too. */
  public static final class ChatCompletionChunkChoiceFinishReason {
    /** {@code stop}. */
    public static final String STOP = "stop";

    /** {@code length}. */
    public static final String LENGTH = "length";

    /** {@code tool_calls}. */
    public static final String TOOL_CALLS = "tool_calls";

    /** {@code content_filter}. */
    public static final String CONTENT_FILTER = "content_filter";

    /** {@code function_call}. */
    public static final String FUNCTION_CALL = "function_call";

    private ChatCompletionChunkChoiceFinishReason() {}
  }

  /** Known values of {@code ChatCompletionChunk.Choice.Delta.role}; any other is accepted, too. */
  public static final class ChatCompletionChunkChoiceDeltaRole {
    /** {@code developer}. */
    public static final String DEVELOPER = "developer";

    /** {@code system}. */
    public static final String SYSTEM = "system";

    /** {@code user}. */
    public static final String USER = "user";

    /** {@code assistant}. */
    public static final String ASSISTANT = "assistant";

    /** {@code tool}. */
    public static final String TOOL = "tool";

    private ChatCompletionChunkChoiceDeltaRole() {}
  }

  /** Known values of {@code ChatCompletionChunk.Choice.Delta.ToolCall.type}; any other is accepted, too. */
  public static final class ChatCompletionChunkChoiceDeltaToolCallType {
    /** {@code function}. */
    public static final String FUNCTION = "function";

    private ChatCompletionChunkChoiceDeltaToolCallType() {}
  }

  /** Known values of {@code ListChatCompletionsRequest.order}; any other is accepted, too. */
  public static final class ListChatCompletionsRequestOrder {
    /** {@code asc}. */
    public static final String ASC = "asc";

    /** {@code desc}. */
    public static final String DESC = "desc";

    private ListChatCompletionsRequestOrder() {}
  }

  /** Known values of {@code ListChatCompletionMessagesRequest.order}; any other is accepted, too. */
  public static final class ListChatCompletionMessagesRequestOrder {
    /** {@code asc}. */
    public static final String ASC = "asc";

    /** {@code desc}. */
    public static final String DESC = "desc";

    private ListChatCompletionMessagesRequestOrder() {}
  }

  /** Known values of {@code CreateCompletionRequest.model}; any other is accepted, too. */
  public static final class CreateCompletionRequestModel {
    /** {@code gpt-3.5-turbo-instruct}. */
    public static final String GPT_3_5_TURBO_INSTRUCT = "gpt-3.5-turbo-instruct";

    /** {@code davinci-002}. */
    public static final String DAVINCI_002 = "davinci-002";

    /** {@code babbage-002}. */
    public static final String BABBAGE_002 = "babbage-002";

    private CreateCompletionRequestModel() {}
  }

  /** Known values of {@code Completion.Choice.finish_reason}; any other is accepted, too. */
  public static final class CompletionChoiceFinishReason {
    /** {@code stop}. */
    public static final String STOP = "stop";

    /** {@code length}. */
    public static final String LENGTH = "length";

    /** {@code content_filter}. */
    public static final String CONTENT_FILTER = "content_filter";

    private CompletionChoiceFinishReason() {}
  }

  /** Known values of {@code CreateEmbeddingRequest.encoding_format}; any other is accepted, too. */
  public static final class CreateEmbeddingRequestEncodingFormat {
    /** {@code float}. */
    public static final String FLOAT = "float";

    /** {@code base64}. */
    public static final String BASE_64 = "base64";

    private CreateEmbeddingRequestEncodingFormat() {}
  }

  /** Known values of {@code ExpiresAfter.anchor}; any other is accepted, too. */
  public static final class ExpiresAfterAnchor {
    /** {@code created_at}. */
    public static final String CREATED_AT = "created_at";

    private ExpiresAfterAnchor() {}
  }

  /** Known values of {@code CreateFileRequest.purpose}; any other is accepted, too. */
  public static final class CreateFileRequestPurpose {
    /** {@code assistants}. */
    public static final String ASSISTANTS = "assistants";

    /** {@code batch}. */
    public static final String BATCH = "batch";

    /** {@code fine-tune}. */
    public static final String FINE_TUNE = "fine-tune";

    /** {@code vision}. */
    public static final String VISION = "vision";

    /** {@code user_data}. */
    public static final String USER_DATA = "user_data";

    /** {@code evals}. */
    public static final String EVALS = "evals";

    private CreateFileRequestPurpose() {}
  }

  /** Known values of {@code ListFilesRequest.order}; any other is accepted, too. */
  public static final class ListFilesRequestOrder {
    /** {@code asc}. */
    public static final String ASC = "asc";

    /** {@code desc}. */
    public static final String DESC = "desc";

    private ListFilesRequestOrder() {}
  }

  /** Known values of {@code FileObject.purpose}; any other is accepted, too. */
  public static final class FileObjectPurpose {
    /** {@code assistants}. */
    public static final String ASSISTANTS = "assistants";

    /** {@code assistants_output}. */
    public static final String ASSISTANTS_OUTPUT = "assistants_output";

    /** {@code batch}. */
    public static final String BATCH = "batch";

    /** {@code batch_output}. */
    public static final String BATCH_OUTPUT = "batch_output";

    /** {@code fine-tune}. */
    public static final String FINE_TUNE = "fine-tune";

    /** {@code fine-tune-results}. */
    public static final String FINE_TUNE_RESULTS = "fine-tune-results";

    /** {@code vision}. */
    public static final String VISION = "vision";

    /** {@code user_data}. */
    public static final String USER_DATA = "user_data";

    private FileObjectPurpose() {}
  }

  /** Known values of {@code FileObject.status}; any other is accepted, too. */
  public static final class FileObjectStatus {
    /** {@code uploaded}. */
    public static final String UPLOADED = "uploaded";

    /** {@code processed}. */
    public static final String PROCESSED = "processed";

    /** {@code error}. */
    public static final String ERROR = "error";

    private FileObjectStatus() {}
  }

  /** Known values of {@code CreateImageRequest.background}; any other is accepted, too. */
  public static final class CreateImageRequestBackground {
    /** {@code transparent}. */
    public static final String TRANSPARENT = "transparent";

    /** {@code opaque}. */
    public static final String OPAQUE = "opaque";

    /** {@code auto}. */
    public static final String AUTO = "auto";

    private CreateImageRequestBackground() {}
  }

  /** Known values of {@code CreateImageRequest.complexity}; any other is accepted, too. */
  public static final class CreateImageRequestComplexity {
    /** {@code low}. */
    public static final String LOW = "low";

    /** {@code medium}. */
    public static final String MEDIUM = "medium";

    /** {@code high}. */
    public static final String HIGH = "high";

    private CreateImageRequestComplexity() {}
  }

  /** Known values of {@code CreateImageRequest.moderation}; any other is accepted, too. */
  public static final class CreateImageRequestModeration {
    /** {@code low}. */
    public static final String LOW = "low";

    /** {@code auto}. */
    public static final String AUTO = "auto";

    private CreateImageRequestModeration() {}
  }

  /** Known values of {@code CreateImageRequest.output_format}; any other is accepted, too. */
  public static final class CreateImageRequestOutputFormat {
    /** {@code png}. */
    public static final String PNG = "png";

    /** {@code webp}. */
    public static final String WEBP = "webp";

    /** {@code jpeg}. */
    public static final String JPEG = "jpeg";

    /** {@code gif}. */
    public static final String GIF = "gif";

    /** {@code svg}. */
    public static final String SVG = "svg";

    private CreateImageRequestOutputFormat() {}
  }

  /** Known values of {@code CreateImageRequest.quality}; any other is accepted, too. */
  public static final class CreateImageRequestQuality {
    /** {@code low}. */
    public static final String LOW = "low";

    /** {@code medium}. */
    public static final String MEDIUM = "medium";

    /** {@code high}. */
    public static final String HIGH = "high";

    /** {@code xhigh}. */
    public static final String XHIGH = "xhigh";

    /** {@code max}. */
    public static final String MAX = "max";

    /** {@code auto}. */
    public static final String AUTO = "auto";

    /** {@code standard}. */
    public static final String STANDARD = "standard";

    /** {@code hd}. */
    public static final String HD = "hd";

    private CreateImageRequestQuality() {}
  }

  /** Known values of {@code CreateImageRequest.response_format}; any other is accepted, too. */
  public static final class CreateImageRequestResponseFormat {
    /** {@code url}. */
    public static final String URL = "url";

    /** {@code b64_json}. */
    public static final String B_64_JSON = "b64_json";

    private CreateImageRequestResponseFormat() {}
  }

  /** Known values of {@code CreateImageRequest.size}; any other is accepted, too. */
  public static final class CreateImageRequestSize {
    /** {@code auto}. */
    public static final String AUTO = "auto";

    /** {@code 1024x1024}. */
    public static final String V_1024_X_1024 = "1024x1024";

    /** {@code 1536x1024}. */
    public static final String V_1536_X_1024 = "1536x1024";

    /** {@code 1024x1536}. */
    public static final String V_1024_X_1536 = "1024x1536";

    /** {@code 256x256}. */
    public static final String V_256_X_256 = "256x256";

    /** {@code 512x512}. */
    public static final String V_512_X_512 = "512x512";

    /** {@code 1792x1024}. */
    public static final String V_1792_X_1024 = "1792x1024";

    /** {@code 1024x1792}. */
    public static final String V_1024_X_1792 = "1024x1792";

    private CreateImageRequestSize() {}
  }

  /** Known values of {@code CreateImageRequest.style}; any other is accepted, too. */
  public static final class CreateImageRequestStyle {
    /** {@code vivid}. */
    public static final String VIVID = "vivid";

    /** {@code natural}. */
    public static final String NATURAL = "natural";

    private CreateImageRequestStyle() {}
  }

  /** Known values of {@code CreateImageEditRequest.background}; any other is accepted, too. */
  public static final class CreateImageEditRequestBackground {
    /** {@code transparent}. */
    public static final String TRANSPARENT = "transparent";

    /** {@code opaque}. */
    public static final String OPAQUE = "opaque";

    /** {@code auto}. */
    public static final String AUTO = "auto";

    private CreateImageEditRequestBackground() {}
  }

  /** Known values of {@code CreateImageEditRequest.complexity}; any other is accepted, too. */
  public static final class CreateImageEditRequestComplexity {
    /** {@code low}. */
    public static final String LOW = "low";

    /** {@code medium}. */
    public static final String MEDIUM = "medium";

    /** {@code high}. */
    public static final String HIGH = "high";

    private CreateImageEditRequestComplexity() {}
  }

  /** Known values of {@code CreateImageEditRequest.input_fidelity}; any other is accepted, too. */
  public static final class CreateImageEditRequestInputFidelity {
    /** {@code high}. */
    public static final String HIGH = "high";

    /** {@code low}. */
    public static final String LOW = "low";

    private CreateImageEditRequestInputFidelity() {}
  }

  /** Known values of {@code CreateImageEditRequest.output_format}; any other is accepted, too. */
  public static final class CreateImageEditRequestOutputFormat {
    /** {@code png}. */
    public static final String PNG = "png";

    /** {@code webp}. */
    public static final String WEBP = "webp";

    /** {@code jpeg}. */
    public static final String JPEG = "jpeg";

    /** {@code gif}. */
    public static final String GIF = "gif";

    /** {@code svg}. */
    public static final String SVG = "svg";

    private CreateImageEditRequestOutputFormat() {}
  }

  /** Known values of {@code CreateImageEditRequest.quality}; any other is accepted, too. */
  public static final class CreateImageEditRequestQuality {
    /** {@code low}. */
    public static final String LOW = "low";

    /** {@code medium}. */
    public static final String MEDIUM = "medium";

    /** {@code high}. */
    public static final String HIGH = "high";

    /** {@code xhigh}. */
    public static final String XHIGH = "xhigh";

    /** {@code max}. */
    public static final String MAX = "max";

    /** {@code auto}. */
    public static final String AUTO = "auto";

    /** {@code standard}. */
    public static final String STANDARD = "standard";

    private CreateImageEditRequestQuality() {}
  }

  /** Known values of {@code CreateImageEditRequest.response_format}; any other is accepted, too. */
  public static final class CreateImageEditRequestResponseFormat {
    /** {@code url}. */
    public static final String URL = "url";

    /** {@code b64_json}. */
    public static final String B_64_JSON = "b64_json";

    private CreateImageEditRequestResponseFormat() {}
  }

  /** Known values of {@code CreateImageEditRequest.size}; any other is accepted, too. */
  public static final class CreateImageEditRequestSize {
    /** {@code 1024x1024}. */
    public static final String V_1024_X_1024 = "1024x1024";

    /** {@code 1536x1024}. */
    public static final String V_1536_X_1024 = "1536x1024";

    /** {@code 1024x1536}. */
    public static final String V_1024_X_1536 = "1024x1536";

    /** {@code auto}. */
    public static final String AUTO = "auto";

    /** {@code 256x256}. */
    public static final String V_256_X_256 = "256x256";

    /** {@code 512x512}. */
    public static final String V_512_X_512 = "512x512";

    private CreateImageEditRequestSize() {}
  }

  /** Known values of {@code CreateImageEditRequest.moderation}; any other is accepted, too. */
  public static final class CreateImageEditRequestModeration {
    /** {@code low}. */
    public static final String LOW = "low";

    /** {@code auto}. */
    public static final String AUTO = "auto";

    private CreateImageEditRequestModeration() {}
  }

  /** Known values of {@code CreateImageVariationRequest.response_format}; any other is accepted, too. */
  public static final class CreateImageVariationRequestResponseFormat {
    /** {@code url}. */
    public static final String URL = "url";

    /** {@code b64_json}. */
    public static final String B_64_JSON = "b64_json";

    private CreateImageVariationRequestResponseFormat() {}
  }

  /** Known values of {@code CreateImageVariationRequest.size}; any other is accepted, too. */
  public static final class CreateImageVariationRequestSize {
    /** {@code 256x256}. */
    public static final String V_256_X_256 = "256x256";

    /** {@code 512x512}. */
    public static final String V_512_X_512 = "512x512";

    /** {@code 1024x1024}. */
    public static final String V_1024_X_1024 = "1024x1024";

    private CreateImageVariationRequestSize() {}
  }

  /** Known values of {@code ImageSvg.Reasoning.effort}; any other is accepted, too. */
  public static final class ImageSvgReasoningEffort {
    /** {@code none}. */
    public static final String NONE = "none";

    /** {@code minimal}. */
    public static final String MINIMAL = "minimal";

    /** {@code low}. */
    public static final String LOW = "low";

    /** {@code medium}. */
    public static final String MEDIUM = "medium";

    /** {@code high}. */
    public static final String HIGH = "high";

    /** {@code xhigh}. */
    public static final String XHIGH = "xhigh";

    /** {@code max}. */
    public static final String MAX = "max";

    private ImageSvgReasoningEffort() {}
  }

  /** Known values of {@code ImagesResponse.background}; any other is accepted, too. */
  public static final class ImagesResponseBackground {
    /** {@code transparent}. */
    public static final String TRANSPARENT = "transparent";

    /** {@code opaque}. */
    public static final String OPAQUE = "opaque";

    private ImagesResponseBackground() {}
  }

  /** Known values of {@code ImagesResponse.output_format}; any other is accepted, too. */
  public static final class ImagesResponseOutputFormat {
    /** {@code png}. */
    public static final String PNG = "png";

    /** {@code webp}. */
    public static final String WEBP = "webp";

    /** {@code jpeg}. */
    public static final String JPEG = "jpeg";

    /** {@code gif}. */
    public static final String GIF = "gif";

    /** {@code svg}. */
    public static final String SVG = "svg";

    private ImagesResponseOutputFormat() {}
  }

  /** Known values of {@code ImagesResponse.quality}; any other is accepted, too. */
  public static final class ImagesResponseQuality {
    /** {@code low}. */
    public static final String LOW = "low";

    /** {@code medium}. */
    public static final String MEDIUM = "medium";

    /** {@code high}. */
    public static final String HIGH = "high";

    /** {@code xhigh}. */
    public static final String XHIGH = "xhigh";

    /** {@code max}. */
    public static final String MAX = "max";

    private ImagesResponseQuality() {}
  }

  /** Known values of {@code ImagePartialEvent.background}; any other is accepted, too. */
  public static final class ImagePartialEventBackground {
    /** {@code transparent}. */
    public static final String TRANSPARENT = "transparent";

    /** {@code opaque}. */
    public static final String OPAQUE = "opaque";

    /** {@code auto}. */
    public static final String AUTO = "auto";

    private ImagePartialEventBackground() {}
  }

  /** Known values of {@code ImagePartialEvent.output_format}; any other is accepted, too. */
  public static final class ImagePartialEventOutputFormat {
    /** {@code png}. */
    public static final String PNG = "png";

    /** {@code webp}. */
    public static final String WEBP = "webp";

    /** {@code jpeg}. */
    public static final String JPEG = "jpeg";

    private ImagePartialEventOutputFormat() {}
  }

  /** Known values of {@code ImagePartialEvent.quality}; any other is accepted, too. */
  public static final class ImagePartialEventQuality {
    /** {@code low}. */
    public static final String LOW = "low";

    /** {@code medium}. */
    public static final String MEDIUM = "medium";

    /** {@code high}. */
    public static final String HIGH = "high";

    /** {@code xhigh}. */
    public static final String XHIGH = "xhigh";

    /** {@code max}. */
    public static final String MAX = "max";

    /** {@code auto}. */
    public static final String AUTO = "auto";

    private ImagePartialEventQuality() {}
  }

  /** Known values of {@code ImageCompletedEvent.background}; any other is accepted, too. */
  public static final class ImageCompletedEventBackground {
    /** {@code transparent}. */
    public static final String TRANSPARENT = "transparent";

    /** {@code opaque}. */
    public static final String OPAQUE = "opaque";

    /** {@code auto}. */
    public static final String AUTO = "auto";

    private ImageCompletedEventBackground() {}
  }

  /** Known values of {@code ImageCompletedEvent.output_format}; any other is accepted, too. */
  public static final class ImageCompletedEventOutputFormat {
    /** {@code png}. */
    public static final String PNG = "png";

    /** {@code webp}. */
    public static final String WEBP = "webp";

    /** {@code jpeg}. */
    public static final String JPEG = "jpeg";

    private ImageCompletedEventOutputFormat() {}
  }

  /** Known values of {@code ImageCompletedEvent.quality}; any other is accepted, too. */
  public static final class ImageCompletedEventQuality {
    /** {@code low}. */
    public static final String LOW = "low";

    /** {@code medium}. */
    public static final String MEDIUM = "medium";

    /** {@code high}. */
    public static final String HIGH = "high";

    /** {@code xhigh}. */
    public static final String XHIGH = "xhigh";

    /** {@code max}. */
    public static final String MAX = "max";

    /** {@code auto}. */
    public static final String AUTO = "auto";

    private ImageCompletedEventQuality() {}
  }

  /** Known values of {@code ResponseInputImage.detail}; any other is accepted, too. */
  public static final class ResponseInputImageDetail {
    /** {@code low}. */
    public static final String LOW = "low";

    /** {@code high}. */
    public static final String HIGH = "high";

    /** {@code auto}. */
    public static final String AUTO = "auto";

    /** {@code original}. */
    public static final String ORIGINAL = "original";

    private ResponseInputImageDetail() {}
  }

  /** Known values of {@code ResponseInputFile.detail}; any other is accepted, too. */
  public static final class ResponseInputFileDetail {
    /** {@code auto}. */
    public static final String AUTO = "auto";

    /** {@code low}. */
    public static final String LOW = "low";

    /** {@code high}. */
    public static final String HIGH = "high";

    private ResponseInputFileDetail() {}
  }

  /** Known values of {@code ResponseInputAudio.InputAudio.format}; any other is accepted, too. */
  public static final class ResponseInputAudioInputAudioFormat {
    /** {@code wav}. */
    public static final String WAV = "wav";

    /** {@code mp3}. */
    public static final String MP_3 = "mp3";

    private ResponseInputAudioInputAudioFormat() {}
  }

  /** Known values of {@code ResponseComputerScreenshot.detail}; any other is accepted, too. */
  public static final class ResponseComputerScreenshotDetail {
    /** {@code low}. */
    public static final String LOW = "low";

    /** {@code high}. */
    public static final String HIGH = "high";

    /** {@code auto}. */
    public static final String AUTO = "auto";

    /** {@code original}. */
    public static final String ORIGINAL = "original";

    private ResponseComputerScreenshotDetail() {}
  }

  /** Known values of {@code ResponseMessage.role}; any other is accepted, too. */
  public static final class ResponseMessageRole {
    /** {@code user}. */
    public static final String USER = "user";

    /** {@code system}. */
    public static final String SYSTEM = "system";

    /** {@code developer}. */
    public static final String DEVELOPER = "developer";

    /** {@code assistant}. */
    public static final String ASSISTANT = "assistant";

    private ResponseMessageRole() {}
  }

  /** Known values of {@code ResponseMessage.status}; any other is accepted, too. */
  public static final class ResponseMessageStatus {
    /** {@code in_progress}. */
    public static final String IN_PROGRESS = "in_progress";

    /** {@code completed}. */
    public static final String COMPLETED = "completed";

    /** {@code incomplete}. */
    public static final String INCOMPLETE = "incomplete";

    private ResponseMessageStatus() {}
  }

  /** Known values of {@code ResponseMessage.phase}; any other is accepted, too. */
  public static final class ResponseMessagePhase {
    /** {@code commentary}. */
    public static final String COMMENTARY = "commentary";

    /** {@code final_answer}. */
    public static final String FINAL_ANSWER = "final_answer";

    private ResponseMessagePhase() {}
  }

  /** Known values of {@code ResponseFunctionToolCall.status}; any other is accepted, too. */
  public static final class ResponseFunctionToolCallStatus {
    /** {@code in_progress}. */
    public static final String IN_PROGRESS = "in_progress";

    /** {@code completed}. */
    public static final String COMPLETED = "completed";

    /** {@code incomplete}. */
    public static final String INCOMPLETE = "incomplete";

    private ResponseFunctionToolCallStatus() {}
  }

  /** Known values of {@code ResponseFunctionToolCallOutput.status}; any other is accepted, too. */
  public static final class ResponseFunctionToolCallOutputStatus {
    /** {@code in_progress}. */
    public static final String IN_PROGRESS = "in_progress";

    /** {@code completed}. */
    public static final String COMPLETED = "completed";

    /** {@code incomplete}. */
    public static final String INCOMPLETE = "incomplete";

    private ResponseFunctionToolCallOutputStatus() {}
  }

  /** Known values of {@code ResponseReasoningItem.status}; any other is accepted, too. */
  public static final class ResponseReasoningItemStatus {
    /** {@code in_progress}. */
    public static final String IN_PROGRESS = "in_progress";

    /** {@code completed}. */
    public static final String COMPLETED = "completed";

    /** {@code incomplete}. */
    public static final String INCOMPLETE = "incomplete";

    private ResponseReasoningItemStatus() {}
  }

  /** Known values of {@code ResponseCustomToolCall.status}; any other is accepted, too. */
  public static final class ResponseCustomToolCallStatus {
    /** {@code in_progress}. */
    public static final String IN_PROGRESS = "in_progress";

    /** {@code completed}. */
    public static final String COMPLETED = "completed";

    /** {@code incomplete}. */
    public static final String INCOMPLETE = "incomplete";

    private ResponseCustomToolCallStatus() {}
  }

  /** Known values of {@code ResponseCustomToolCallOutput.status}; any other is accepted, too. */
  public static final class ResponseCustomToolCallOutputStatus {
    /** {@code in_progress}. */
    public static final String IN_PROGRESS = "in_progress";

    /** {@code completed}. */
    public static final String COMPLETED = "completed";

    /** {@code incomplete}. */
    public static final String INCOMPLETE = "incomplete";

    private ResponseCustomToolCallOutputStatus() {}
  }

  /** Known values of {@code ResponseFileSearchToolCall.status}; any other is accepted, too. */
  public static final class ResponseFileSearchToolCallStatus {
    /** {@code in_progress}. */
    public static final String IN_PROGRESS = "in_progress";

    /** {@code searching}. */
    public static final String SEARCHING = "searching";

    /** {@code completed}. */
    public static final String COMPLETED = "completed";

    /** {@code incomplete}. */
    public static final String INCOMPLETE = "incomplete";

    /** {@code failed}. */
    public static final String FAILED = "failed";

    private ResponseFileSearchToolCallStatus() {}
  }

  /** Known values of {@code ResponseFunctionWebSearch.status}; any other is accepted, too. */
  public static final class ResponseFunctionWebSearchStatus {
    /** {@code in_progress}. */
    public static final String IN_PROGRESS = "in_progress";

    /** {@code searching}. */
    public static final String SEARCHING = "searching";

    /** {@code completed}. */
    public static final String COMPLETED = "completed";

    /** {@code failed}. */
    public static final String FAILED = "failed";

    /** {@code incomplete}. */
    public static final String INCOMPLETE = "incomplete";

    private ResponseFunctionWebSearchStatus() {}
  }

  /** Known values of {@code ResponseFunctionWebSearch.Search.Source.type}; any other is accepted, too. */
  public static final class ResponseFunctionWebSearchSearchSourceType {
    /** {@code url}. */
    public static final String URL = "url";

    private ResponseFunctionWebSearchSearchSourceType() {}
  }

  /** Known values of {@code ResponseComputerToolCall.status}; any other is accepted, too. */
  public static final class ResponseComputerToolCallStatus {
    /** {@code in_progress}. */
    public static final String IN_PROGRESS = "in_progress";

    /** {@code completed}. */
    public static final String COMPLETED = "completed";

    /** {@code incomplete}. */
    public static final String INCOMPLETE = "incomplete";

    private ResponseComputerToolCallStatus() {}
  }

  /** Known values of {@code ComputerAction.ClickAction.button}; any other is accepted, too. */
  public static final class ComputerActionClickActionButton {
    /** {@code left}. */
    public static final String LEFT = "left";

    /** {@code right}. */
    public static final String RIGHT = "right";

    /** {@code wheel}. */
    public static final String WHEEL = "wheel";

    /** {@code back}. */
    public static final String BACK = "back";

    /** {@code forward}. */
    public static final String FORWARD = "forward";

    private ComputerActionClickActionButton() {}
  }

  /** Known values of {@code ResponseComputerToolCallOutput.status}; any other is accepted, too. */
  public static final class ResponseComputerToolCallOutputStatus {
    /** {@code in_progress}. */
    public static final String IN_PROGRESS = "in_progress";

    /** {@code completed}. */
    public static final String COMPLETED = "completed";

    /** {@code incomplete}. */
    public static final String INCOMPLETE = "incomplete";

    /** {@code failed}. */
    public static final String FAILED = "failed";

    private ResponseComputerToolCallOutputStatus() {}
  }

  /** Known values of {@code ResponseCodeInterpreterToolCall.status}; any other is accepted, too. */
  public static final class ResponseCodeInterpreterToolCallStatus {
    /** {@code in_progress}. */
    public static final String IN_PROGRESS = "in_progress";

    /** {@code completed}. */
    public static final String COMPLETED = "completed";

    /** {@code incomplete}. */
    public static final String INCOMPLETE = "incomplete";

    /** {@code interpreting}. */
    public static final String INTERPRETING = "interpreting";

    /** {@code failed}. */
    public static final String FAILED = "failed";

    private ResponseCodeInterpreterToolCallStatus() {}
  }

  /** Known values of {@code ResponseImageGenerationCall.status}; any other is accepted, too. */
  public static final class ResponseImageGenerationCallStatus {
    /** {@code in_progress}. */
    public static final String IN_PROGRESS = "in_progress";

    /** {@code completed}. */
    public static final String COMPLETED = "completed";

    /** {@code generating}. */
    public static final String GENERATING = "generating";

    /** {@code failed}. */
    public static final String FAILED = "failed";

    private ResponseImageGenerationCallStatus() {}
  }

  /** Known values of {@code ResponseImageGenerationCall.action}; any other is accepted, too. */
  public static final class ResponseImageGenerationCallAction {
    /** {@code generate}. */
    public static final String GENERATE = "generate";

    /** {@code edit}. */
    public static final String EDIT = "edit";

    /** {@code auto}. */
    public static final String AUTO = "auto";

    private ResponseImageGenerationCallAction() {}
  }

  /** Known values of {@code ResponseImageGenerationCall.background}; any other is accepted, too. */
  public static final class ResponseImageGenerationCallBackground {
    /** {@code transparent}. */
    public static final String TRANSPARENT = "transparent";

    /** {@code opaque}. */
    public static final String OPAQUE = "opaque";

    /** {@code auto}. */
    public static final String AUTO = "auto";

    private ResponseImageGenerationCallBackground() {}
  }

  /** Known values of {@code ResponseImageGenerationCall.output_format}; any other is accepted, too. */
  public static final class ResponseImageGenerationCallOutputFormat {
    /** {@code png}. */
    public static final String PNG = "png";

    /** {@code webp}. */
    public static final String WEBP = "webp";

    /** {@code jpeg}. */
    public static final String JPEG = "jpeg";

    /** {@code gif}. */
    public static final String GIF = "gif";

    /** {@code svg}. */
    public static final String SVG = "svg";

    private ResponseImageGenerationCallOutputFormat() {}
  }

  /** Known values of {@code ResponseImageGenerationCall.quality}; any other is accepted, too. */
  public static final class ResponseImageGenerationCallQuality {
    /** {@code low}. */
    public static final String LOW = "low";

    /** {@code medium}. */
    public static final String MEDIUM = "medium";

    /** {@code high}. */
    public static final String HIGH = "high";

    /** {@code xhigh}. */
    public static final String XHIGH = "xhigh";

    /** {@code max}. */
    public static final String MAX = "max";

    /** {@code auto}. */
    public static final String AUTO = "auto";

    private ResponseImageGenerationCallQuality() {}
  }

  /** Known values of {@code ResponseImageGenerationCall.size}; any other is accepted, too. */
  public static final class ResponseImageGenerationCallSize {
    /** {@code 1024x1024}. */
    public static final String V_1024_X_1024 = "1024x1024";

    /** {@code 1024x1536}. */
    public static final String V_1024_X_1536 = "1024x1536";

    /** {@code 1536x1024}. */
    public static final String V_1536_X_1024 = "1536x1024";

    private ResponseImageGenerationCallSize() {}
  }

  /** Known values of {@code ResponseImageGenerationCall.Error.ModerationDetails.moderation_stage}; any other is accepted, too. */
  public static final class ResponseImageGenerationCallErrorModerationDetailsModerationStage {
    /** {@code input}. */
    public static final String INPUT = "input";

    /** {@code output}. */
    public static final String OUTPUT = "output";

    /** {@code unknown}. */
    public static final String UNKNOWN = "unknown";

    private ResponseImageGenerationCallErrorModerationDetailsModerationStage() {}
  }

  /** Known values of {@code ResponseMcpCall.status}; any other is accepted, too. */
  public static final class ResponseMcpCallStatus {
    /** {@code in_progress}. */
    public static final String IN_PROGRESS = "in_progress";

    /** {@code completed}. */
    public static final String COMPLETED = "completed";

    /** {@code incomplete}. */
    public static final String INCOMPLETE = "incomplete";

    /** {@code calling}. */
    public static final String CALLING = "calling";

    /** {@code failed}. */
    public static final String FAILED = "failed";

    private ResponseMcpCallStatus() {}
  }

  /** Known values of {@code ResponseLocalShellCall.status}; any other is accepted, too. */
  public static final class ResponseLocalShellCallStatus {
    /** {@code in_progress}. */
    public static final String IN_PROGRESS = "in_progress";

    /** {@code completed}. */
    public static final String COMPLETED = "completed";

    /** {@code incomplete}. */
    public static final String INCOMPLETE = "incomplete";

    private ResponseLocalShellCallStatus() {}
  }

  /** Known values of {@code ResponseLocalShellCallOutput.status}; any other is accepted, too. */
  public static final class ResponseLocalShellCallOutputStatus {
    /** {@code in_progress}. */
    public static final String IN_PROGRESS = "in_progress";

    /** {@code completed}. */
    public static final String COMPLETED = "completed";

    /** {@code incomplete}. */
    public static final String INCOMPLETE = "incomplete";

    private ResponseLocalShellCallOutputStatus() {}
  }

  /** Known values of {@code ResponseFunctionShellToolCall.status}; any other is accepted, too. */
  public static final class ResponseFunctionShellToolCallStatus {
    /** {@code in_progress}. */
    public static final String IN_PROGRESS = "in_progress";

    /** {@code completed}. */
    public static final String COMPLETED = "completed";

    /** {@code incomplete}. */
    public static final String INCOMPLETE = "incomplete";

    private ResponseFunctionShellToolCallStatus() {}
  }

  /** Known values of {@code ResponseFunctionShellToolCallOutput.status}; any other is accepted, too. */
  public static final class ResponseFunctionShellToolCallOutputStatus {
    /** {@code in_progress}. */
    public static final String IN_PROGRESS = "in_progress";

    /** {@code completed}. */
    public static final String COMPLETED = "completed";

    /** {@code incomplete}. */
    public static final String INCOMPLETE = "incomplete";

    private ResponseFunctionShellToolCallOutputStatus() {}
  }

  /** Known values of {@code ResponseApplyPatchToolCall.status}; any other is accepted, too. */
  public static final class ResponseApplyPatchToolCallStatus {
    /** {@code in_progress}. */
    public static final String IN_PROGRESS = "in_progress";

    /** {@code completed}. */
    public static final String COMPLETED = "completed";

    private ResponseApplyPatchToolCallStatus() {}
  }

  /** Known values of {@code ResponseApplyPatchToolCallOutput.status}; any other is accepted, too. */
  public static final class ResponseApplyPatchToolCallOutputStatus {
    /** {@code completed}. */
    public static final String COMPLETED = "completed";

    /** {@code failed}. */
    public static final String FAILED = "failed";

    private ResponseApplyPatchToolCallOutputStatus() {}
  }

  /** Known values of {@code ResponseToolSearchCall.execution}; any other is accepted, too. */
  public static final class ResponseToolSearchCallExecution {
    /** {@code server}. */
    public static final String SERVER = "server";

    /** {@code client}. */
    public static final String CLIENT = "client";

    private ResponseToolSearchCallExecution() {}
  }

  /** Known values of {@code ResponseToolSearchCall.status}; any other is accepted, too. */
  public static final class ResponseToolSearchCallStatus {
    /** {@code in_progress}. */
    public static final String IN_PROGRESS = "in_progress";

    /** {@code completed}. */
    public static final String COMPLETED = "completed";

    /** {@code incomplete}. */
    public static final String INCOMPLETE = "incomplete";

    private ResponseToolSearchCallStatus() {}
  }

  /** Known values of {@code ResponseToolSearchOutput.execution}; any other is accepted, too. */
  public static final class ResponseToolSearchOutputExecution {
    /** {@code server}. */
    public static final String SERVER = "server";

    /** {@code client}. */
    public static final String CLIENT = "client";

    private ResponseToolSearchOutputExecution() {}
  }

  /** Known values of {@code ResponseToolSearchOutput.status}; any other is accepted, too. */
  public static final class ResponseToolSearchOutputStatus {
    /** {@code in_progress}. */
    public static final String IN_PROGRESS = "in_progress";

    /** {@code completed}. */
    public static final String COMPLETED = "completed";

    /** {@code incomplete}. */
    public static final String INCOMPLETE = "incomplete";

    private ResponseToolSearchOutputStatus() {}
  }

  /** Known values of {@code ResponseAdditionalTools.role}; any other is accepted, too. */
  public static final class ResponseAdditionalToolsRole {
    /** {@code developer}. */
    public static final String DEVELOPER = "developer";

    /** {@code unknown}. */
    public static final String UNKNOWN = "unknown";

    /** {@code user}. */
    public static final String USER = "user";

    /** {@code assistant}. */
    public static final String ASSISTANT = "assistant";

    /** {@code system}. */
    public static final String SYSTEM = "system";

    /** {@code critic}. */
    public static final String CRITIC = "critic";

    /** {@code discriminator}. */
    public static final String DISCRIMINATOR = "discriminator";

    /** {@code tool}. */
    public static final String TOOL = "tool";

    private ResponseAdditionalToolsRole() {}
  }

  /** Known values of {@code ResponseProgramOutput.status}; any other is accepted, too. */
  public static final class ResponseProgramOutputStatus {
    /** {@code completed}. */
    public static final String COMPLETED = "completed";

    /** {@code incomplete}. */
    public static final String INCOMPLETE = "incomplete";

    private ResponseProgramOutputStatus() {}
  }

  /** Known values of {@code ResponseTextConfig.verbosity}; any other is accepted, too. */
  public static final class ResponseTextConfigVerbosity {
    /** {@code low}. */
    public static final String LOW = "low";

    /** {@code medium}. */
    public static final String MEDIUM = "medium";

    /** {@code high}. */
    public static final String HIGH = "high";

    private ResponseTextConfigVerbosity() {}
  }

  /** Known values of {@code Response.prompt_cache_retention}; any other is accepted, too. */
  public static final class ResponsePromptCacheRetention {
    /** {@code in_memory}. */
    public static final String IN_MEMORY = "in_memory";

    /** {@code 24h}. */
    public static final String V_24_H = "24h";

    private ResponsePromptCacheRetention() {}
  }

  /** Known values of {@code Response.service_tier}; any other is accepted, too. */
  public static final class ResponseServiceTier {
    /** {@code auto}. */
    public static final String AUTO = "auto";

    /** {@code default}. */
    public static final String DEFAULT = "default";

    /** {@code flex}. */
    public static final String FLEX = "flex";

    /** {@code scale}. */
    public static final String SCALE = "scale";

    /** {@code priority}. */
    public static final String PRIORITY = "priority";

    /** {@code fast}. */
    public static final String FAST = "fast";

    /** {@code ultrafast}. */
    public static final String ULTRAFAST = "ultrafast";

    private ResponseServiceTier() {}
  }

  /** Known values of {@code Response.status}; any other is accepted, too. */
  public static final class ResponseStatus {
    /** {@code completed}. */
    public static final String COMPLETED = "completed";

    /** {@code failed}. */
    public static final String FAILED = "failed";

    /** {@code in_progress}. */
    public static final String IN_PROGRESS = "in_progress";

    /** {@code cancelled}. */
    public static final String CANCELLED = "cancelled";

    /** {@code queued}. */
    public static final String QUEUED = "queued";

    /** {@code incomplete}. */
    public static final String INCOMPLETE = "incomplete";

    private ResponseStatus() {}
  }

  /** Known values of {@code Response.truncation}; any other is accepted, too. */
  public static final class ResponseTruncation {
    /** {@code auto}. */
    public static final String AUTO = "auto";

    /** {@code disabled}. */
    public static final String DISABLED = "disabled";

    private ResponseTruncation() {}
  }

  /** Known values of {@code Response.Billing.payer}; any other is accepted, too. */
  public static final class ResponseBillingPayer {
    /** {@code developer}. */
    public static final String DEVELOPER = "developer";

    private ResponseBillingPayer() {}
  }

  /** Known values of {@code Response.ContentFilter.source_type}; any other is accepted, too. */
  public static final class ResponseContentFilterSourceType {
    /** {@code prompt}. */
    public static final String PROMPT = "prompt";

    /** {@code completion}. */
    public static final String COMPLETION = "completion";

    private ResponseContentFilterSourceType() {}
  }

  /** Known values of {@code Response.IncompleteDetails.reason}; any other is accepted, too. */
  public static final class ResponseIncompleteDetailsReason {
    /** {@code max_output_tokens}. */
    public static final String MAX_OUTPUT_TOKENS = "max_output_tokens";

    /** {@code max_messages}. */
    public static final String MAX_MESSAGES = "max_messages";

    /** {@code content_filter}. */
    public static final String CONTENT_FILTER = "content_filter";

    /** {@code steered}. */
    public static final String STEERED = "steered";

    private ResponseIncompleteDetailsReason() {}
  }

  /** Known values of {@code Response.InputTransformation.action}; any other is accepted, too. */
  public static final class ResponseInputTransformationAction {
    /** {@code removed}. */
    public static final String REMOVED = "removed";

    private ResponseInputTransformationAction() {}
  }

  /** Known values of {@code Response.InputTransformation.reason}; any other is accepted, too. */
  public static final class ResponseInputTransformationReason {
    /** {@code organization_mismatch}. */
    public static final String ORGANIZATION_MISMATCH = "organization_mismatch";

    /** {@code end_user_mismatch}. */
    public static final String END_USER_MISMATCH = "end_user_mismatch";

    /** {@code model_mismatch}. */
    public static final String MODEL_MISMATCH = "model_mismatch";

    /** {@code prefix_mismatch}. */
    public static final String PREFIX_MISMATCH = "prefix_mismatch";

    /** {@code turn_boundary}. */
    public static final String TURN_BOUNDARY = "turn_boundary";

    private ResponseInputTransformationReason() {}
  }

  /** Known values of {@code Response.AccessPrograms.cyber}; any other is accepted, too. */
  public static final class ResponseAccessProgramsCyber {
    /** {@code standard}. */
    public static final String STANDARD = "standard";

    /** {@code daybreak_blue}. */
    public static final String DAYBREAK_BLUE = "daybreak_blue";

    /** {@code daybreak_red}. */
    public static final String DAYBREAK_RED = "daybreak_red";

    private ResponseAccessProgramsCyber() {}
  }

  /** Known values of {@code Response.ImageOptions.context_compression}; any other is accepted, too. */
  public static final class ResponseImageOptionsContextCompression {
    /** {@code auto}. */
    public static final String AUTO = "auto";

    /** {@code enabled}. */
    public static final String ENABLED = "enabled";

    /** {@code disabled}. */
    public static final String DISABLED = "disabled";

    private ResponseImageOptionsContextCompression() {}
  }

  /** Known values of {@code Response.CacheMiss.reason}; any other is accepted, too. */
  public static final class ResponseCacheMissReason {
    /** {@code model_changed}. */
    public static final String MODEL_CHANGED = "model_changed";

    /** {@code prompt_cache_key_changed}. */
    public static final String PROMPT_CACHE_KEY_CHANGED = "prompt_cache_key_changed";

    /** {@code tools_changed}. */
    public static final String TOOLS_CHANGED = "tools_changed";

    /** {@code text_format_changed}. */
    public static final String TEXT_FORMAT_CHANGED = "text_format_changed";

    /** {@code reasoning_effort_changed}. */
    public static final String REASONING_EFFORT_CHANGED = "reasoning_effort_changed";

    /** {@code verbosity_changed}. */
    public static final String VERBOSITY_CHANGED = "verbosity_changed";

    /** {@code context_compacted}. */
    public static final String CONTEXT_COMPACTED = "context_compacted";

    /** {@code input_changed}. */
    public static final String INPUT_CHANGED = "input_changed";

    /** {@code service_tier_changed}. */
    public static final String SERVICE_TIER_CHANGED = "service_tier_changed";

    private ResponseCacheMissReason() {}
  }

  /** Known values of {@code ResponseError.code}; any other is accepted, too. */
  public static final class ResponseErrorCode {
    /** {@code server_error}. */
    public static final String SERVER_ERROR = "server_error";

    /** {@code rate_limit_exceeded}. */
    public static final String RATE_LIMIT_EXCEEDED = "rate_limit_exceeded";

    /** {@code invalid_prompt}. */
    public static final String INVALID_PROMPT = "invalid_prompt";

    /** {@code data_residency_mismatch}. */
    public static final String DATA_RESIDENCY_MISMATCH = "data_residency_mismatch";

    /** {@code bio_policy}. */
    public static final String BIO_POLICY = "bio_policy";

    /** {@code misalignment_policy_violation}. */
    public static final String MISALIGNMENT_POLICY_VIOLATION = "misalignment_policy_violation";

    /** {@code vector_store_timeout}. */
    public static final String VECTOR_STORE_TIMEOUT = "vector_store_timeout";

    /** {@code invalid_image}. */
    public static final String INVALID_IMAGE = "invalid_image";

    /** {@code invalid_image_format}. */
    public static final String INVALID_IMAGE_FORMAT = "invalid_image_format";

    /** {@code invalid_base64_image}. */
    public static final String INVALID_BASE_64_IMAGE = "invalid_base64_image";

    /** {@code invalid_image_url}. */
    public static final String INVALID_IMAGE_URL = "invalid_image_url";

    /** {@code image_too_large}. */
    public static final String IMAGE_TOO_LARGE = "image_too_large";

    /** {@code image_too_small}. */
    public static final String IMAGE_TOO_SMALL = "image_too_small";

    /** {@code image_parse_error}. */
    public static final String IMAGE_PARSE_ERROR = "image_parse_error";

    /** {@code image_content_policy_violation}. */
    public static final String IMAGE_CONTENT_POLICY_VIOLATION = "image_content_policy_violation";

    /** {@code invalid_image_mode}. */
    public static final String INVALID_IMAGE_MODE = "invalid_image_mode";

    /** {@code image_file_too_large}. */
    public static final String IMAGE_FILE_TOO_LARGE = "image_file_too_large";

    /** {@code unsupported_image_media_type}. */
    public static final String UNSUPPORTED_IMAGE_MEDIA_TYPE = "unsupported_image_media_type";

    /** {@code empty_image_file}. */
    public static final String EMPTY_IMAGE_FILE = "empty_image_file";

    /** {@code failed_to_download_image}. */
    public static final String FAILED_TO_DOWNLOAD_IMAGE = "failed_to_download_image";

    /** {@code image_file_not_found}. */
    public static final String IMAGE_FILE_NOT_FOUND = "image_file_not_found";

    private ResponseErrorCode() {}
  }

  /** Known values of {@code ResponseError.Misalignment.error_type}; any other is accepted, too. */
  public static final class ResponseErrorMisalignmentErrorType {
    /** {@code potentially_unintended_data_transfer}. */
    public static final String POTENTIALLY_UNINTENDED_DATA_TRANSFER = "potentially_unintended_data_transfer";

    /** {@code potentially_unintended_data_access}. */
    public static final String POTENTIALLY_UNINTENDED_DATA_ACCESS = "potentially_unintended_data_access";

    /** {@code potentially_unintended_destructive_activity}. */
    public static final String POTENTIALLY_UNINTENDED_DESTRUCTIVE_ACTIVITY = "potentially_unintended_destructive_activity";

    /** {@code other}. */
    public static final String OTHER = "other";

    private ResponseErrorMisalignmentErrorType() {}
  }

  /** Known values of {@code ResponseReasoningSummaryPartDoneEvent.status}; any other is accepted, too. */
  public static final class ResponseReasoningSummaryPartDoneEventStatus {
    /** {@code incomplete}. */
    public static final String INCOMPLETE = "incomplete";

    private ResponseReasoningSummaryPartDoneEventStatus() {}
  }

  /** Known values of {@code CreateResponseRequest.include}; any other is accepted, too. */
  public static final class CreateResponseRequestInclude {
    /** {@code file_search_call.results}. */
    public static final String FILE_SEARCH_CALL_RESULTS = "file_search_call.results";

    /** {@code web_search_call.results}. */
    public static final String WEB_SEARCH_CALL_RESULTS = "web_search_call.results";

    /** {@code web_search_call.action.sources}. */
    public static final String WEB_SEARCH_CALL_ACTION_SOURCES = "web_search_call.action.sources";

    /** {@code message.input_image.image_url}. */
    public static final String MESSAGE_INPUT_IMAGE_IMAGE_URL = "message.input_image.image_url";

    /** {@code computer_call_output.output.image_url}. */
    public static final String COMPUTER_CALL_OUTPUT_OUTPUT_IMAGE_URL = "computer_call_output.output.image_url";

    /** {@code code_interpreter_call.outputs}. */
    public static final String CODE_INTERPRETER_CALL_OUTPUTS = "code_interpreter_call.outputs";

    /** {@code reasoning.encrypted_content}. */
    public static final String REASONING_ENCRYPTED_CONTENT = "reasoning.encrypted_content";

    /** {@code message.output_text.logprobs}. */
    public static final String MESSAGE_OUTPUT_TEXT_LOGPROBS = "message.output_text.logprobs";

    private CreateResponseRequestInclude() {}
  }

  /** Known values of {@code CreateResponseRequest.prompt_cache_retention}; any other is accepted, too. */
  public static final class CreateResponseRequestPromptCacheRetention {
    /** {@code in_memory}. */
    public static final String IN_MEMORY = "in_memory";

    /** {@code 24h}. */
    public static final String V_24_H = "24h";

    private CreateResponseRequestPromptCacheRetention() {}
  }

  /** Known values of {@code CreateResponseRequest.service_tier}; any other is accepted, too. */
  public static final class CreateResponseRequestServiceTier {
    /** {@code auto}. */
    public static final String AUTO = "auto";

    /** {@code default}. */
    public static final String DEFAULT = "default";

    /** {@code flex}. */
    public static final String FLEX = "flex";

    /** {@code scale}. */
    public static final String SCALE = "scale";

    /** {@code priority}. */
    public static final String PRIORITY = "priority";

    /** {@code fast}. */
    public static final String FAST = "fast";

    /** {@code ultrafast}. */
    public static final String ULTRAFAST = "ultrafast";

    private CreateResponseRequestServiceTier() {}
  }

  /** Known values of {@code CreateResponseRequest.truncation}; any other is accepted, too. */
  public static final class CreateResponseRequestTruncation {
    /** {@code auto}. */
    public static final String AUTO = "auto";

    /** {@code disabled}. */
    public static final String DISABLED = "disabled";

    private CreateResponseRequestTruncation() {}
  }

  /** Known values of {@code CreateResponseRequest.BackgroundOptions.completion_window}; any other is accepted, too. */
  public static final class CreateResponseRequestBackgroundOptionsCompletionWindow {
    /** {@code soonest}. */
    public static final String SOONEST = "soonest";

    /** {@code 2h}. */
    public static final String V_2_H = "2h";

    /** {@code 8h}. */
    public static final String V_8_H = "8h";

    private CreateResponseRequestBackgroundOptionsCompletionWindow() {}
  }

  /** Known values of {@code GetResponseRequest.include}; any other is accepted, too. */
  public static final class GetResponseRequestInclude {
    /** {@code file_search_call.results}. */
    public static final String FILE_SEARCH_CALL_RESULTS = "file_search_call.results";

    /** {@code web_search_call.results}. */
    public static final String WEB_SEARCH_CALL_RESULTS = "web_search_call.results";

    /** {@code web_search_call.action.sources}. */
    public static final String WEB_SEARCH_CALL_ACTION_SOURCES = "web_search_call.action.sources";

    /** {@code message.input_image.image_url}. */
    public static final String MESSAGE_INPUT_IMAGE_IMAGE_URL = "message.input_image.image_url";

    /** {@code computer_call_output.output.image_url}. */
    public static final String COMPUTER_CALL_OUTPUT_OUTPUT_IMAGE_URL = "computer_call_output.output.image_url";

    /** {@code code_interpreter_call.outputs}. */
    public static final String CODE_INTERPRETER_CALL_OUTPUTS = "code_interpreter_call.outputs";

    /** {@code reasoning.encrypted_content}. */
    public static final String REASONING_ENCRYPTED_CONTENT = "reasoning.encrypted_content";

    /** {@code message.output_text.logprobs}. */
    public static final String MESSAGE_OUTPUT_TEXT_LOGPROBS = "message.output_text.logprobs";

    private GetResponseRequestInclude() {}
  }

  /** Known values of {@code WatchResponseRequest.include}; any other is accepted, too. */
  public static final class WatchResponseRequestInclude {
    /** {@code file_search_call.results}. */
    public static final String FILE_SEARCH_CALL_RESULTS = "file_search_call.results";

    /** {@code web_search_call.results}. */
    public static final String WEB_SEARCH_CALL_RESULTS = "web_search_call.results";

    /** {@code web_search_call.action.sources}. */
    public static final String WEB_SEARCH_CALL_ACTION_SOURCES = "web_search_call.action.sources";

    /** {@code message.input_image.image_url}. */
    public static final String MESSAGE_INPUT_IMAGE_IMAGE_URL = "message.input_image.image_url";

    /** {@code computer_call_output.output.image_url}. */
    public static final String COMPUTER_CALL_OUTPUT_OUTPUT_IMAGE_URL = "computer_call_output.output.image_url";

    /** {@code code_interpreter_call.outputs}. */
    public static final String CODE_INTERPRETER_CALL_OUTPUTS = "code_interpreter_call.outputs";

    /** {@code reasoning.encrypted_content}. */
    public static final String REASONING_ENCRYPTED_CONTENT = "reasoning.encrypted_content";

    /** {@code message.output_text.logprobs}. */
    public static final String MESSAGE_OUTPUT_TEXT_LOGPROBS = "message.output_text.logprobs";

    private WatchResponseRequestInclude() {}
  }

  /** Known values of {@code WatchResponseRequest.completion_window}; any other is accepted, too. */
  public static final class WatchResponseRequestCompletionWindow {
    /** {@code soonest}. */
    public static final String SOONEST = "soonest";

    /** {@code 2h}. */
    public static final String V_2_H = "2h";

    /** {@code 8h}. */
    public static final String V_8_H = "8h";

    private WatchResponseRequestCompletionWindow() {}
  }

  /** Known values of {@code ResumeResponseRequest.include}; any other is accepted, too. */
  public static final class ResumeResponseRequestInclude {
    /** {@code file_search_call.results}. */
    public static final String FILE_SEARCH_CALL_RESULTS = "file_search_call.results";

    /** {@code web_search_call.results}. */
    public static final String WEB_SEARCH_CALL_RESULTS = "web_search_call.results";

    /** {@code web_search_call.action.sources}. */
    public static final String WEB_SEARCH_CALL_ACTION_SOURCES = "web_search_call.action.sources";

    /** {@code message.input_image.image_url}. */
    public static final String MESSAGE_INPUT_IMAGE_IMAGE_URL = "message.input_image.image_url";

    /** {@code computer_call_output.output.image_url}. */
    public static final String COMPUTER_CALL_OUTPUT_OUTPUT_IMAGE_URL = "computer_call_output.output.image_url";

    /** {@code code_interpreter_call.outputs}. */
    public static final String CODE_INTERPRETER_CALL_OUTPUTS = "code_interpreter_call.outputs";

    /** {@code reasoning.encrypted_content}. */
    public static final String REASONING_ENCRYPTED_CONTENT = "reasoning.encrypted_content";

    /** {@code message.output_text.logprobs}. */
    public static final String MESSAGE_OUTPUT_TEXT_LOGPROBS = "message.output_text.logprobs";

    private ResumeResponseRequestInclude() {}
  }

  /** Known values of {@code ListResponseInputItemsRequest.include}; any other is accepted, too. */
  public static final class ListResponseInputItemsRequestInclude {
    /** {@code file_search_call.results}. */
    public static final String FILE_SEARCH_CALL_RESULTS = "file_search_call.results";

    /** {@code web_search_call.results}. */
    public static final String WEB_SEARCH_CALL_RESULTS = "web_search_call.results";

    /** {@code web_search_call.action.sources}. */
    public static final String WEB_SEARCH_CALL_ACTION_SOURCES = "web_search_call.action.sources";

    /** {@code message.input_image.image_url}. */
    public static final String MESSAGE_INPUT_IMAGE_IMAGE_URL = "message.input_image.image_url";

    /** {@code computer_call_output.output.image_url}. */
    public static final String COMPUTER_CALL_OUTPUT_OUTPUT_IMAGE_URL = "computer_call_output.output.image_url";

    /** {@code code_interpreter_call.outputs}. */
    public static final String CODE_INTERPRETER_CALL_OUTPUTS = "code_interpreter_call.outputs";

    /** {@code reasoning.encrypted_content}. */
    public static final String REASONING_ENCRYPTED_CONTENT = "reasoning.encrypted_content";

    /** {@code message.output_text.logprobs}. */
    public static final String MESSAGE_OUTPUT_TEXT_LOGPROBS = "message.output_text.logprobs";

    private ListResponseInputItemsRequestInclude() {}
  }

  /** Known values of {@code ListResponseInputItemsRequest.order}; any other is accepted, too. */
  public static final class ListResponseInputItemsRequestOrder {
    /** {@code asc}. */
    public static final String ASC = "asc";

    /** {@code desc}. */
    public static final String DESC = "desc";

    private ListResponseInputItemsRequestOrder() {}
  }

  /** Known values of {@code CompactResponseRequest.prompt_cache_retention}; any other is accepted, too. */
  public static final class CompactResponseRequestPromptCacheRetention {
    /** {@code in_memory}. */
    public static final String IN_MEMORY = "in_memory";

    /** {@code 24h}. */
    public static final String V_24_H = "24h";

    private CompactResponseRequestPromptCacheRetention() {}
  }

  /** Known values of {@code CompactResponseRequest.service_tier}; any other is accepted, too. */
  public static final class CompactResponseRequestServiceTier {
    /** {@code auto}. */
    public static final String AUTO = "auto";

    /** {@code default}. */
    public static final String DEFAULT = "default";

    /** {@code fast}. */
    public static final String FAST = "fast";

    /** {@code flex}. */
    public static final String FLEX = "flex";

    /** {@code priority}. */
    public static final String PRIORITY = "priority";

    private CompactResponseRequestServiceTier() {}
  }

  /** Known values of {@code CountResponseInputTokensRequest.personality}; any other is accepted, too. */
  public static final class CountResponseInputTokensRequestPersonality {
    /** {@code friendly}. */
    public static final String FRIENDLY = "friendly";

    /** {@code pragmatic}. */
    public static final String PRAGMATIC = "pragmatic";

    private CountResponseInputTokensRequestPersonality() {}
  }

  /** Known values of {@code CountResponseInputTokensRequest.truncation}; any other is accepted, too. */
  public static final class CountResponseInputTokensRequestTruncation {
    /** {@code auto}. */
    public static final String AUTO = "auto";

    /** {@code disabled}. */
    public static final String DISABLED = "disabled";

    private CountResponseInputTokensRequestTruncation() {}
  }

  /** Known values of {@code ResponseSteerPendingEvent.reason}; any other is accepted, too. */
  public static final class ResponseSteerPendingEventReason {
    /** {@code waiting_for_required_input}. */
    public static final String WAITING_FOR_REQUIRED_INPUT = "waiting_for_required_input";

    private ResponseSteerPendingEventReason() {}
  }

  /** Known values of {@code ResponseSteerFailedEvent.Error.code}; any other is accepted, too. */
  public static final class ResponseSteerFailedEventErrorCode {
    /** {@code response_not_found}. */
    public static final String RESPONSE_NOT_FOUND = "response_not_found";

    /** {@code invalid_input}. */
    public static final String INVALID_INPUT = "invalid_input";

    /** {@code steering_not_supported}. */
    public static final String STEERING_NOT_SUPPORTED = "steering_not_supported";

    /** {@code too_many_pending_steers}. */
    public static final String TOO_MANY_PENDING_STEERS = "too_many_pending_steers";

    /** {@code response_already_completed}. */
    public static final String RESPONSE_ALREADY_COMPLETED = "response_already_completed";

    /** {@code response_not_active}. */
    public static final String RESPONSE_NOT_ACTIVE = "response_not_active";

    /** {@code successor_creation_failed}. */
    public static final String SUCCESSOR_CREATION_FAILED = "successor_creation_failed";

    private ResponseSteerFailedEventErrorCode() {}
  }

  /** Known values of {@code ResponseSteerFailedEvent.Error.type}; any other is accepted, too. */
  public static final class ResponseSteerFailedEventErrorType {
    /** {@code invalid_request_error}. */
    public static final String INVALID_REQUEST_ERROR = "invalid_request_error";

    private ResponseSteerFailedEventErrorType() {}
  }

  /** Known values of {@code CreateVideoRequest.seconds}; any other is accepted, too. */
  public static final class CreateVideoRequestSeconds {
    /** {@code 4}. */
    public static final String V_4 = "4";

    /** {@code 8}. */
    public static final String V_8 = "8";

    /** {@code 12}. */
    public static final String V_12 = "12";

    private CreateVideoRequestSeconds() {}
  }

  /** Known values of {@code CreateVideoRequest.size}; any other is accepted, too. */
  public static final class CreateVideoRequestSize {
    /** {@code 720x1280}. */
    public static final String V_720_X_1280 = "720x1280";

    /** {@code 1280x720}. */
    public static final String V_1280_X_720 = "1280x720";

    /** {@code 1024x1792}. */
    public static final String V_1024_X_1792 = "1024x1792";

    /** {@code 1792x1024}. */
    public static final String V_1792_X_1024 = "1792x1024";

    private CreateVideoRequestSize() {}
  }

  /** Known values of {@code ListVideosRequest.order}; any other is accepted, too. */
  public static final class ListVideosRequestOrder {
    /** {@code asc}. */
    public static final String ASC = "asc";

    /** {@code desc}. */
    public static final String DESC = "desc";

    private ListVideosRequestOrder() {}
  }

  /** Known values of {@code DownloadVideoRequest.variant}; any other is accepted, too. */
  public static final class DownloadVideoRequestVariant {
    /** {@code video}. */
    public static final String VIDEO = "video";

    /** {@code thumbnail}. */
    public static final String THUMBNAIL = "thumbnail";

    /** {@code spritesheet}. */
    public static final String SPRITESHEET = "spritesheet";

    private DownloadVideoRequestVariant() {}
  }

  /** Known values of {@code ExtendVideoRequest.seconds}; any other is accepted, too. */
  public static final class ExtendVideoRequestSeconds {
    /** {@code 4}. */
    public static final String V_4 = "4";

    /** {@code 8}. */
    public static final String V_8 = "8";

    /** {@code 12}. */
    public static final String V_12 = "12";

    private ExtendVideoRequestSeconds() {}
  }

  /** Known values of {@code Video.seconds}; any other is accepted, too. */
  public static final class VideoSeconds {
    /** {@code 4}. */
    public static final String V_4 = "4";

    /** {@code 8}. */
    public static final String V_8 = "8";

    /** {@code 12}. */
    public static final String V_12 = "12";

    private VideoSeconds() {}
  }

  /** Known values of {@code Video.size}; any other is accepted, too. */
  public static final class VideoSize {
    /** {@code 720x1280}. */
    public static final String V_720_X_1280 = "720x1280";

    /** {@code 1280x720}. */
    public static final String V_1280_X_720 = "1280x720";

    /** {@code 1024x1792}. */
    public static final String V_1024_X_1792 = "1024x1792";

    /** {@code 1792x1024}. */
    public static final String V_1792_X_1024 = "1792x1024";

    private VideoSize() {}
  }

  /** Known values of {@code Video.status}; any other is accepted, too. */
  public static final class VideoStatus {
    /** {@code queued}. */
    public static final String QUEUED = "queued";

    /** {@code in_progress}. */
    public static final String IN_PROGRESS = "in_progress";

    /** {@code completed}. */
    public static final String COMPLETED = "completed";

    /** {@code failed}. */
    public static final String FAILED = "failed";

    private VideoStatus() {}
  }

  /** Known values of {@code VideoError.Misalignment.error_type}; any other is accepted, too. */
  public static final class VideoErrorMisalignmentErrorType {
    /** {@code potentially_unintended_data_transfer}. */
    public static final String POTENTIALLY_UNINTENDED_DATA_TRANSFER = "potentially_unintended_data_transfer";

    /** {@code potentially_unintended_data_access}. */
    public static final String POTENTIALLY_UNINTENDED_DATA_ACCESS = "potentially_unintended_data_access";

    /** {@code potentially_unintended_destructive_activity}. */
    public static final String POTENTIALLY_UNINTENDED_DESTRUCTIVE_ACTIVITY = "potentially_unintended_destructive_activity";

    /** {@code other}. */
    public static final String OTHER = "other";

    private VideoErrorMisalignmentErrorType() {}
  }

  /** Known values of {@code CreateBatchRequest.completion_window}; any other is accepted, too. */
  public static final class CreateBatchRequestCompletionWindow {
    /** {@code 24h}. */
    public static final String V_24_H = "24h";

    private CreateBatchRequestCompletionWindow() {}
  }

  /** Known values of {@code CreateBatchRequest.endpoint}; any other is accepted, too. */
  public static final class CreateBatchRequestEndpoint {
    /** {@code /v1/responses}. */
    public static final String V_1_RESPONSES = "/v1/responses";

    /** {@code /v1/chat/completions}. */
    public static final String V_1_CHAT_COMPLETIONS = "/v1/chat/completions";

    /** {@code /v1/embeddings}. */
    public static final String V_1_EMBEDDINGS = "/v1/embeddings";

    /** {@code /v1/completions}. */
    public static final String V_1_COMPLETIONS = "/v1/completions";

    /** {@code /v1/moderations}. */
    public static final String V_1_MODERATIONS = "/v1/moderations";

    /** {@code /v1/images/generations}. */
    public static final String V_1_IMAGES_GENERATIONS = "/v1/images/generations";

    /** {@code /v1/images/edits}. */
    public static final String V_1_IMAGES_EDITS = "/v1/images/edits";

    /** {@code /v1/videos}. */
    public static final String V_1_VIDEOS = "/v1/videos";

    private CreateBatchRequestEndpoint() {}
  }

  /** Known values of {@code Batch.status}; any other is accepted, too. */
  public static final class BatchStatus {
    /** {@code validating}. */
    public static final String VALIDATING = "validating";

    /** {@code failed}. */
    public static final String FAILED = "failed";

    /** {@code in_progress}. */
    public static final String IN_PROGRESS = "in_progress";

    /** {@code finalizing}. */
    public static final String FINALIZING = "finalizing";

    /** {@code completed}. */
    public static final String COMPLETED = "completed";

    /** {@code expired}. */
    public static final String EXPIRED = "expired";

    /** {@code cancelling}. */
    public static final String CANCELLING = "cancelling";

    /** {@code cancelled}. */
    public static final String CANCELLED = "cancelled";

    private BatchStatus() {}
  }

  /** Known values of {@code ContentProvenanceResult.C2paResult.outcome}; any other is accepted, too. */
  public static final class ContentProvenanceResultC2paResultOutcome {
    /** {@code detected}. */
    public static final String DETECTED = "detected";

    /** {@code not_detected}. */
    public static final String NOT_DETECTED = "not_detected";

    private ContentProvenanceResultC2paResultOutcome() {}
  }

  /** Known values of {@code ContentProvenanceResult.C2paResult.validation_state}; any other is accepted, too. */
  public static final class ContentProvenanceResultC2paResultValidationState {
    /** {@code trusted}. */
    public static final String TRUSTED = "trusted";

    /** {@code valid}. */
    public static final String VALID = "valid";

    /** {@code invalid}. */
    public static final String INVALID = "invalid";

    /** {@code not_present}. */
    public static final String NOT_PRESENT = "not_present";

    private ContentProvenanceResultC2paResultValidationState() {}
  }

  /** Known values of {@code ContentProvenanceResult.SynthIdResult.outcome}; any other is accepted, too. */
  public static final class ContentProvenanceResultSynthIdResultOutcome {
    /** {@code detected}. */
    public static final String DETECTED = "detected";

    /** {@code not_detected}. */
    public static final String NOT_DETECTED = "not_detected";

    private ContentProvenanceResultSynthIdResultOutcome() {}
  }

  /** Known values of {@code CreateConversationItemsRequest.include}; any other is accepted, too. */
  public static final class CreateConversationItemsRequestInclude {
    /** {@code file_search_call.results}. */
    public static final String FILE_SEARCH_CALL_RESULTS = "file_search_call.results";

    /** {@code web_search_call.results}. */
    public static final String WEB_SEARCH_CALL_RESULTS = "web_search_call.results";

    /** {@code web_search_call.action.sources}. */
    public static final String WEB_SEARCH_CALL_ACTION_SOURCES = "web_search_call.action.sources";

    /** {@code message.input_image.image_url}. */
    public static final String MESSAGE_INPUT_IMAGE_IMAGE_URL = "message.input_image.image_url";

    /** {@code computer_call_output.output.image_url}. */
    public static final String COMPUTER_CALL_OUTPUT_OUTPUT_IMAGE_URL = "computer_call_output.output.image_url";

    /** {@code code_interpreter_call.outputs}. */
    public static final String CODE_INTERPRETER_CALL_OUTPUTS = "code_interpreter_call.outputs";

    /** {@code reasoning.encrypted_content}. */
    public static final String REASONING_ENCRYPTED_CONTENT = "reasoning.encrypted_content";

    /** {@code message.output_text.logprobs}. */
    public static final String MESSAGE_OUTPUT_TEXT_LOGPROBS = "message.output_text.logprobs";

    private CreateConversationItemsRequestInclude() {}
  }

  /** Known values of {@code GetConversationItemRequest.include}; any other is accepted, too. */
  public static final class GetConversationItemRequestInclude {
    /** {@code file_search_call.results}. */
    public static final String FILE_SEARCH_CALL_RESULTS = "file_search_call.results";

    /** {@code web_search_call.results}. */
    public static final String WEB_SEARCH_CALL_RESULTS = "web_search_call.results";

    /** {@code web_search_call.action.sources}. */
    public static final String WEB_SEARCH_CALL_ACTION_SOURCES = "web_search_call.action.sources";

    /** {@code message.input_image.image_url}. */
    public static final String MESSAGE_INPUT_IMAGE_IMAGE_URL = "message.input_image.image_url";

    /** {@code computer_call_output.output.image_url}. */
    public static final String COMPUTER_CALL_OUTPUT_OUTPUT_IMAGE_URL = "computer_call_output.output.image_url";

    /** {@code code_interpreter_call.outputs}. */
    public static final String CODE_INTERPRETER_CALL_OUTPUTS = "code_interpreter_call.outputs";

    /** {@code reasoning.encrypted_content}. */
    public static final String REASONING_ENCRYPTED_CONTENT = "reasoning.encrypted_content";

    /** {@code message.output_text.logprobs}. */
    public static final String MESSAGE_OUTPUT_TEXT_LOGPROBS = "message.output_text.logprobs";

    private GetConversationItemRequestInclude() {}
  }

  /** Known values of {@code ListConversationItemsRequest.include}; any other is accepted, too. */
  public static final class ListConversationItemsRequestInclude {
    /** {@code file_search_call.results}. */
    public static final String FILE_SEARCH_CALL_RESULTS = "file_search_call.results";

    /** {@code web_search_call.results}. */
    public static final String WEB_SEARCH_CALL_RESULTS = "web_search_call.results";

    /** {@code web_search_call.action.sources}. */
    public static final String WEB_SEARCH_CALL_ACTION_SOURCES = "web_search_call.action.sources";

    /** {@code message.input_image.image_url}. */
    public static final String MESSAGE_INPUT_IMAGE_IMAGE_URL = "message.input_image.image_url";

    /** {@code computer_call_output.output.image_url}. */
    public static final String COMPUTER_CALL_OUTPUT_OUTPUT_IMAGE_URL = "computer_call_output.output.image_url";

    /** {@code code_interpreter_call.outputs}. */
    public static final String CODE_INTERPRETER_CALL_OUTPUTS = "code_interpreter_call.outputs";

    /** {@code reasoning.encrypted_content}. */
    public static final String REASONING_ENCRYPTED_CONTENT = "reasoning.encrypted_content";

    /** {@code message.output_text.logprobs}. */
    public static final String MESSAGE_OUTPUT_TEXT_LOGPROBS = "message.output_text.logprobs";

    private ListConversationItemsRequestInclude() {}
  }

  /** Known values of {@code ListConversationItemsRequest.order}; any other is accepted, too. */
  public static final class ListConversationItemsRequestOrder {
    /** {@code asc}. */
    public static final String ASC = "asc";

    /** {@code desc}. */
    public static final String DESC = "desc";

    private ListConversationItemsRequestOrder() {}
  }

  /** Known values of {@code DecisionInputMessage.role}; any other is accepted, too. */
  public static final class DecisionInputMessageRole {
    /** {@code user}. */
    public static final String USER = "user";

    /** {@code developer}. */
    public static final String DEVELOPER = "developer";

    /** {@code system}. */
    public static final String SYSTEM = "system";

    /** {@code assistant}. */
    public static final String ASSISTANT = "assistant";

    private DecisionInputMessageRole() {}
  }

  /** Known values of {@code DecisionInputMessage.phase}; any other is accepted, too. */
  public static final class DecisionInputMessagePhase {
    /** {@code commentary}. */
    public static final String COMMENTARY = "commentary";

    /** {@code final_answer}. */
    public static final String FINAL_ANSWER = "final_answer";

    private DecisionInputMessagePhase() {}
  }

  /** Known values of {@code RealtimeConversationSession.include}; any other is accepted, too. */
  public static final class RealtimeConversationSessionInclude {
    /** {@code item.input_audio_transcription.logprobs}. */
    public static final String ITEM_INPUT_AUDIO_TRANSCRIPTION_LOGPROBS = "item.input_audio_transcription.logprobs";

    private RealtimeConversationSessionInclude() {}
  }

  /** Known values of {@code RealtimeConversationSession.output_modalities}; any other is accepted, too. */
  public static final class RealtimeConversationSessionOutputModalities {
    /** {@code text}. */
    public static final String TEXT = "text";

    /** {@code audio}. */
    public static final String AUDIO = "audio";

    private RealtimeConversationSessionOutputModalities() {}
  }

  /** Known values of {@code RealtimeConversationSession.object}; any other is accepted, too. */
  public static final class RealtimeConversationSessionObject {
    /** {@code realtime.session}. */
    public static final String REALTIME_SESSION = "realtime.session";

    private RealtimeConversationSessionObject() {}
  }

  /** Known values of {@code RealtimeTranscriptionSession.include}; any other is accepted, too. */
  public static final class RealtimeTranscriptionSessionInclude {
    /** {@code item.input_audio_transcription.logprobs}. */
    public static final String ITEM_INPUT_AUDIO_TRANSCRIPTION_LOGPROBS = "item.input_audio_transcription.logprobs";

    private RealtimeTranscriptionSessionInclude() {}
  }

  /** Known values of {@code RealtimeTranscriptionSession.object}; any other is accepted, too. */
  public static final class RealtimeTranscriptionSessionObject {
    /** {@code realtime.transcription_session}. */
    public static final String REALTIME_TRANSCRIPTION_SESSION = "realtime.transcription_session";

    private RealtimeTranscriptionSessionObject() {}
  }

  /** Known values of {@code RealtimeAudioConfig.NoiseReduction.type}; any other is accepted, too. */
  public static final class RealtimeAudioConfigNoiseReductionType {
    /** {@code near_field}. */
    public static final String NEAR_FIELD = "near_field";

    /** {@code far_field}. */
    public static final String FAR_FIELD = "far_field";

    private RealtimeAudioConfigNoiseReductionType() {}
  }

  /** Known values of {@code RealtimeAudioFormat.type}; any other is accepted, too. */
  public static final class RealtimeAudioFormatType {
    /** {@code audio/pcm}. */
    public static final String AUDIO_PCM = "audio/pcm";

    /** {@code audio/pcmu}. */
    public static final String AUDIO_PCMU = "audio/pcmu";

    /** {@code audio/pcma}. */
    public static final String AUDIO_PCMA = "audio/pcma";

    private RealtimeAudioFormatType() {}
  }

  /** Known values of {@code RealtimeTranscription.model}; any other is accepted, too. */
  public static final class RealtimeTranscriptionModel {
    /** {@code whisper-1}. */
    public static final String WHISPER_1 = "whisper-1";

    /** {@code gpt-transcribe}. */
    public static final String GPT_TRANSCRIBE = "gpt-transcribe";

    /** {@code gpt-live-transcribe}. */
    public static final String GPT_LIVE_TRANSCRIBE = "gpt-live-transcribe";

    /** {@code gpt-4o-mini-transcribe}. */
    public static final String GPT_4_O_MINI_TRANSCRIBE = "gpt-4o-mini-transcribe";

    /** {@code gpt-4o-mini-transcribe-2025-12-15}. */
    public static final String GPT_4_O_MINI_TRANSCRIBE_2025_12_15 = "gpt-4o-mini-transcribe-2025-12-15";

    /** {@code gpt-4o-transcribe}. */
    public static final String GPT_4_O_TRANSCRIBE = "gpt-4o-transcribe";

    /** {@code gpt-4o-transcribe-diarize}. */
    public static final String GPT_4_O_TRANSCRIBE_DIARIZE = "gpt-4o-transcribe-diarize";

    /** {@code gpt-realtime-whisper}. */
    public static final String GPT_REALTIME_WHISPER = "gpt-realtime-whisper";

    private RealtimeTranscriptionModel() {}
  }

  /** Known values of {@code RealtimeTranscription.delay}; any other is accepted, too. */
  public static final class RealtimeTranscriptionDelay {
    /** {@code minimal}. */
    public static final String MINIMAL = "minimal";

    /** {@code low}. */
    public static final String LOW = "low";

    /** {@code medium}. */
    public static final String MEDIUM = "medium";

    /** {@code high}. */
    public static final String HIGH = "high";

    /** {@code xhigh}. */
    public static final String XHIGH = "xhigh";

    private RealtimeTranscriptionDelay() {}
  }

  /** Known values of {@code RealtimeTurnDetection.SemanticDetection.eagerness}; any other is accepted, too. */
  public static final class RealtimeTurnDetectionSemanticDetectionEagerness {
    /** {@code low}. */
    public static final String LOW = "low";

    /** {@code medium}. */
    public static final String MEDIUM = "medium";

    /** {@code high}. */
    public static final String HIGH = "high";

    /** {@code auto}. */
    public static final String AUTO = "auto";

    private RealtimeTurnDetectionSemanticDetectionEagerness() {}
  }

  /** Known values of {@code RealtimeMessage.role}; any other is accepted, too. */
  public static final class RealtimeMessageRole {
    /** {@code user}. */
    public static final String USER = "user";

    /** {@code assistant}. */
    public static final String ASSISTANT = "assistant";

    /** {@code system}. */
    public static final String SYSTEM = "system";

    private RealtimeMessageRole() {}
  }

  /** Known values of {@code RealtimeMessage.object}; any other is accepted, too. */
  public static final class RealtimeMessageObject {
    /** {@code realtime.item}. */
    public static final String REALTIME_ITEM = "realtime.item";

    private RealtimeMessageObject() {}
  }

  /** Known values of {@code RealtimeMessage.status}; any other is accepted, too. */
  public static final class RealtimeMessageStatus {
    /** {@code completed}. */
    public static final String COMPLETED = "completed";

    /** {@code incomplete}. */
    public static final String INCOMPLETE = "incomplete";

    /** {@code in_progress}. */
    public static final String IN_PROGRESS = "in_progress";

    private RealtimeMessageStatus() {}
  }

  /** Known values of {@code RealtimeContent.type}; any other is accepted, too. */
  public static final class RealtimeContentType {
    /** {@code input_text}. */
    public static final String INPUT_TEXT = "input_text";

    /** {@code input_audio}. */
    public static final String INPUT_AUDIO = "input_audio";

    /** {@code input_image}. */
    public static final String INPUT_IMAGE = "input_image";

    /** {@code output_text}. */
    public static final String OUTPUT_TEXT = "output_text";

    /** {@code output_audio}. */
    public static final String OUTPUT_AUDIO = "output_audio";

    /** {@code text}. */
    public static final String TEXT = "text";

    /** {@code audio}. */
    public static final String AUDIO = "audio";

    private RealtimeContentType() {}
  }

  /** Known values of {@code RealtimeContent.detail}; any other is accepted, too. */
  public static final class RealtimeContentDetail {
    /** {@code auto}. */
    public static final String AUTO = "auto";

    /** {@code low}. */
    public static final String LOW = "low";

    /** {@code high}. */
    public static final String HIGH = "high";

    private RealtimeContentDetail() {}
  }

  /** Known values of {@code RealtimeFunctionCall.object}; any other is accepted, too. */
  public static final class RealtimeFunctionCallObject {
    /** {@code realtime.item}. */
    public static final String REALTIME_ITEM = "realtime.item";

    private RealtimeFunctionCallObject() {}
  }

  /** Known values of {@code RealtimeFunctionCall.status}; any other is accepted, too. */
  public static final class RealtimeFunctionCallStatus {
    /** {@code completed}. */
    public static final String COMPLETED = "completed";

    /** {@code incomplete}. */
    public static final String INCOMPLETE = "incomplete";

    /** {@code in_progress}. */
    public static final String IN_PROGRESS = "in_progress";

    private RealtimeFunctionCallStatus() {}
  }

  /** Known values of {@code RealtimeFunctionCallOutput.object}; any other is accepted, too. */
  public static final class RealtimeFunctionCallOutputObject {
    /** {@code realtime.item}. */
    public static final String REALTIME_ITEM = "realtime.item";

    private RealtimeFunctionCallOutputObject() {}
  }

  /** Known values of {@code RealtimeFunctionCallOutput.status}; any other is accepted, too. */
  public static final class RealtimeFunctionCallOutputStatus {
    /** {@code completed}. */
    public static final String COMPLETED = "completed";

    /** {@code incomplete}. */
    public static final String INCOMPLETE = "incomplete";

    /** {@code in_progress}. */
    public static final String IN_PROGRESS = "in_progress";

    private RealtimeFunctionCallOutputStatus() {}
  }

  /** Known values of {@code RealtimeResponse.object}; any other is accepted, too. */
  public static final class RealtimeResponseObject {
    /** {@code realtime.response}. */
    public static final String REALTIME_RESPONSE = "realtime.response";

    private RealtimeResponseObject() {}
  }

  /** Known values of {@code RealtimeResponse.status}; any other is accepted, too. */
  public static final class RealtimeResponseStatus {
    /** {@code completed}. */
    public static final String COMPLETED = "completed";

    /** {@code cancelled}. */
    public static final String CANCELLED = "cancelled";

    /** {@code failed}. */
    public static final String FAILED = "failed";

    /** {@code incomplete}. */
    public static final String INCOMPLETE = "incomplete";

    /** {@code in_progress}. */
    public static final String IN_PROGRESS = "in_progress";

    private RealtimeResponseStatus() {}
  }

  /** Known values of {@code RealtimeResponse.output_modalities}; any other is accepted, too. */
  public static final class RealtimeResponseOutputModalities {
    /** {@code text}. */
    public static final String TEXT = "text";

    /** {@code audio}. */
    public static final String AUDIO = "audio";

    private RealtimeResponseOutputModalities() {}
  }

  /** Known values of {@code RealtimeResponse.StatusDetails.reason}; any other is accepted, too. */
  public static final class RealtimeResponseStatusDetailsReason {
    /** {@code turn_detected}. */
    public static final String TURN_DETECTED = "turn_detected";

    /** {@code client_cancelled}. */
    public static final String CLIENT_CANCELLED = "client_cancelled";

    /** {@code max_output_tokens}. */
    public static final String MAX_OUTPUT_TOKENS = "max_output_tokens";

    /** {@code content_filter}. */
    public static final String CONTENT_FILTER = "content_filter";

    private RealtimeResponseStatusDetailsReason() {}
  }

  /** Known values of {@code RealtimeResponse.StatusDetails.type}; any other is accepted, too. */
  public static final class RealtimeResponseStatusDetailsType {
    /** {@code completed}. */
    public static final String COMPLETED = "completed";

    /** {@code cancelled}. */
    public static final String CANCELLED = "cancelled";

    /** {@code incomplete}. */
    public static final String INCOMPLETE = "incomplete";

    /** {@code failed}. */
    public static final String FAILED = "failed";

    private RealtimeResponseStatusDetailsType() {}
  }

  /** Known values of {@code RealtimeResponseCreate.conversation}; any other is accepted, too. */
  public static final class RealtimeResponseCreateConversation {
    /** {@code auto}. */
    public static final String AUTO = "auto";

    /** {@code none}. */
    public static final String NONE = "none";

    private RealtimeResponseCreateConversation() {}
  }

  /** Known values of {@code RealtimeResponseCreate.output_modalities}; any other is accepted, too. */
  public static final class RealtimeResponseCreateOutputModalities {
    /** {@code text}. */
    public static final String TEXT = "text";

    /** {@code audio}. */
    public static final String AUDIO = "audio";

    private RealtimeResponseCreateOutputModalities() {}
  }

  /** Known values of {@code RealtimeConversationCreatedEvent.Conversation.object}; any other is accepted, too. */
  public static final class RealtimeConversationCreatedEventConversationObject {
    /** {@code realtime.conversation}. */
    public static final String REALTIME_CONVERSATION = "realtime.conversation";

    private RealtimeConversationCreatedEventConversationObject() {}
  }

  /** Known values of {@code RealtimeRateLimitsUpdatedEvent.RateLimit.name}; any other is accepted, too. */
  public static final class RealtimeRateLimitsUpdatedEventRateLimitName {
    /** {@code requests}. */
    public static final String REQUESTS = "requests";

    /** {@code tokens}. */
    public static final String TOKENS = "tokens";

    private RealtimeRateLimitsUpdatedEventRateLimitName() {}
  }

  /** Known values of {@code RealtimeConnect.intent}; any other is accepted, too. */
  public static final class RealtimeConnectIntent {
    /** {@code transcription}. */
    public static final String TRANSCRIPTION = "transcription";

    private RealtimeConnectIntent() {}
  }

  /** Known values of {@code CreateRealtimeClientSecretRequest.ExpiresAfter.anchor}; any other is accepted, too. */
  public static final class CreateRealtimeClientSecretRequestExpiresAfterAnchor {
    /** {@code created_at}. */
    public static final String CREATED_AT = "created_at";

    private CreateRealtimeClientSecretRequestExpiresAfterAnchor() {}
  }

  /** Known values of {@code AcceptRealtimeCallRequest.include}; any other is accepted, too. */
  public static final class AcceptRealtimeCallRequestInclude {
    /** {@code item.input_audio_transcription.logprobs}. */
    public static final String ITEM_INPUT_AUDIO_TRANSCRIPTION_LOGPROBS = "item.input_audio_transcription.logprobs";

    private AcceptRealtimeCallRequestInclude() {}
  }

  /** Known values of {@code AcceptRealtimeCallRequest.output_modalities}; any other is accepted, too. */
  public static final class AcceptRealtimeCallRequestOutputModalities {
    /** {@code text}. */
    public static final String TEXT = "text";

    /** {@code audio}. */
    public static final String AUDIO = "audio";

    private AcceptRealtimeCallRequestOutputModalities() {}
  }

  /** Known values of {@code CreateUploadRequest.purpose}; any other is accepted, too. */
  public static final class CreateUploadRequestPurpose {
    /** {@code assistants}. */
    public static final String ASSISTANTS = "assistants";

    /** {@code batch}. */
    public static final String BATCH = "batch";

    /** {@code fine-tune}. */
    public static final String FINE_TUNE = "fine-tune";

    /** {@code vision}. */
    public static final String VISION = "vision";

    /** {@code user_data}. */
    public static final String USER_DATA = "user_data";

    /** {@code evals}. */
    public static final String EVALS = "evals";

    private CreateUploadRequestPurpose() {}
  }

  /** Known values of {@code Upload.purpose}; any other is accepted, too. */
  public static final class UploadPurpose {
    /** {@code assistants}. */
    public static final String ASSISTANTS = "assistants";

    /** {@code batch}. */
    public static final String BATCH = "batch";

    /** {@code fine-tune}. */
    public static final String FINE_TUNE = "fine-tune";

    /** {@code vision}. */
    public static final String VISION = "vision";

    /** {@code user_data}. */
    public static final String USER_DATA = "user_data";

    /** {@code evals}. */
    public static final String EVALS = "evals";

    private UploadPurpose() {}
  }

  /** Known values of {@code Upload.status}; any other is accepted, too. */
  public static final class UploadStatus {
    /** {@code pending}. */
    public static final String PENDING = "pending";

    /** {@code completed}. */
    public static final String COMPLETED = "completed";

    /** {@code cancelled}. */
    public static final String CANCELLED = "cancelled";

    /** {@code expired}. */
    public static final String EXPIRED = "expired";

    private UploadStatus() {}
  }
}

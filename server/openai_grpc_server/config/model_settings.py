"""`model_list`: the models that callers can name, in the shape of LiteLLM's."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, ClassVar, Literal

from openai_grpc_server.config.limits import NOT_NEGATIVE, POSITIVE
from openai_grpc_server.config.secret import Secret

# What the gateway decides itself, or the caller: never a default.
NOT_DEFAULTS = frozenset({"messages", "input", "prompt", "stream", "file", "previous_response_id", "conversation"})


@cache
def request_parameters() -> frozenset[str]:
    """Returns the names of the parameters that a request for a model can have."""
    from openai_grpc.v1 import (  # noqa: PLC0415 - slow to load; few configurations need it
        chat_pb2,
        completions_pb2,
        embeddings_pb2,
        responses_pb2,
        transcription_pb2,
    )

    requests = (
        chat_pb2.CreateChatCompletionRequest,
        completions_pb2.CreateCompletionRequest,
        responses_pb2.CreateResponseRequest,
        embeddings_pb2.CreateEmbeddingRequest,
        transcription_pb2.CreateTranscriptionRequest,
    )
    names = {each.name for request in requests for each in request.DESCRIPTOR.fields if each.number < 900}
    return frozenset(names - NOT_DEFAULTS)


@dataclass(frozen=True, slots=True, kw_only=True)
class LitellmParams:
    """How a model of the list is called.

    Attributes:
        model: The upstream's name of the model; one provider prefix such as `openai/` is stripped from it. A `*` in it
            is what the `*` of `model_name` matched.
        api_key: The upstream's key. Absent: the caller's own key is passed on, or, if `api_base` is absent too,
            `OPENAI_API_KEY` is sent. Empty: no key is sent.
        api_base: The upstream's base URL, with its `/v1`. Default: `OPENAI_BASE_URL`, else OpenAI's.
        base_url: Another name of `api_base`.
        organization: Sent as `OpenAI-Organization`, unless the caller names one.
        project: Sent as `OpenAI-Project`, unless the caller names one.
        timeout: Limit of a whole call.
        stream_timeout: Limit of the wait for a stream's first event.
        max_retries: How often a failed call is tried again, instead of `num_retries`.
        extra_headers: Headers that are sent with every request.
        extra_body: Parameters that are sent where the caller left them out, also such as OpenAI does not have.
        rpm: Requests a minute that the deployment takes.
        tpm: Tokens a minute that the deployment takes.
        max_parallel_requests: Requests at once that the deployment takes.
        weight: Its share among the deployments of one name, relative to the others' weights.
        ssl_verify: Whether the upstream's certificate is checked, or the path of a file of CA certificates.
        ssl_certificate: The path of a PEM file with the client certificate to show and its private key.
        supports_system_message: Whether the model takes system messages; false: their text is sent as the user's.
        use_chat_completions_api: Whether responses are made of chat completions, for upstreams without `/responses`.
        drop_params: Whether parameters are left out that the model is known not to take.
        additional_drop_params: Parameters that are always left out.
        input_cost_per_token: Price of a token of input, in US dollars.
        output_cost_per_token: Price of a token of output, in US dollars.
        parameters: Every other key that names a parameter of a request, such as `temperature`: what is sent where the
            caller left it out.
    """

    model: str
    api_key: Secret | None = None
    api_base: str | None = None
    base_url: str | None = None
    organization: str | None = None
    project: str | None = None
    timeout: float | None = field(default=None, metadata=POSITIVE)
    stream_timeout: float | None = field(default=None, metadata=POSITIVE)
    max_retries: int | None = field(default=None, metadata=NOT_NEGATIVE)
    extra_headers: Mapping[str, Secret] = field(default_factory=dict)
    extra_body: Mapping[str, Any] = field(default_factory=dict)
    rpm: int | None = field(default=None, metadata=POSITIVE)
    tpm: int | None = field(default=None, metadata=POSITIVE)
    max_parallel_requests: int | None = field(default=None, metadata=POSITIVE)
    weight: float | None = field(default=None, metadata=NOT_NEGATIVE)
    ssl_verify: bool | str | None = None
    ssl_certificate: str | None = None
    supports_system_message: bool = True
    use_chat_completions_api: bool = False
    drop_params: bool | None = None
    additional_drop_params: tuple[str, ...] = ()
    input_cost_per_token: float | None = field(default=None, metadata=NOT_NEGATIVE)
    output_cost_per_token: float | None = field(default=None, metadata=NOT_NEGATIVE)
    parameters: Mapping[str, Any] = field(default_factory=dict, metadata={"keys": request_parameters})


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelInfo:
    """What is known of a model, where it differs from what the gateway knows. Other keys are the operator's own notes.

    Attributes:
        id: Names the deployment in logs and metadata; default: the `model_name`.
        mode: `responses`: chat is served by `/responses`; `completion`: by legacy completions. The rest is for readers.
        base_model: The known model whose prices and limits hold for this one.
        max_tokens: Tokens that a reply may have.
        max_input_tokens: Tokens that a request may have: the context window.
        max_output_tokens: Tokens that a reply may have; wins over `max_tokens`.
        input_cost_per_token: Price of a token of input, in US dollars.
        output_cost_per_token: Price of a token of output, in US dollars.
        cache_read_input_token_cost: Price of a cached token of input, in US dollars.
        supports_system_messages: Whether it takes system messages.
        supports_vision: Whether it takes images.
        supports_pdf_input: Whether it takes PDF files.
        supports_audio_input: Whether it takes audio.
        supports_audio_output: Whether it replies with audio.
        supports_function_calling: Whether it takes tools.
        supports_parallel_function_calling: Whether it calls several tools at once.
        supports_tool_choice: Whether it takes `tool_choice`.
        supports_response_schema: Whether it takes a JSON Schema as `response_format`.
        supports_reasoning: Whether it takes an effort of reasoning.
        supports_web_search: Whether it takes web search.
        supports_native_streaming: Whether it streams; false: its streams are made of one whole reply.
        unsupported_tools: The types of tools that it does not take. Our own key.
        parameter_values: The values that it takes of a parameter, such as `reasoning_effort`, `reasoning_summary` or
            `verbosity`; none: it does not take the parameter. Our own key.
    """

    NOTES: ClassVar = True

    id: str | None = None
    mode: (
        Literal[
            "chat",
            "responses",
            "completion",
            "embedding",
            "audio_transcription",
            "audio_speech",
            "image_generation",
            "moderation",
        ]
        | None
    ) = None
    base_model: str | None = None
    max_tokens: int | None = field(default=None, metadata=POSITIVE)
    max_input_tokens: int | None = field(default=None, metadata=POSITIVE)
    max_output_tokens: int | None = field(default=None, metadata=POSITIVE)
    input_cost_per_token: float | None = field(default=None, metadata=NOT_NEGATIVE)
    output_cost_per_token: float | None = field(default=None, metadata=NOT_NEGATIVE)
    cache_read_input_token_cost: float | None = field(default=None, metadata=NOT_NEGATIVE)
    supports_system_messages: bool | None = None
    supports_vision: bool | None = None
    supports_pdf_input: bool | None = None
    supports_audio_input: bool | None = None
    supports_audio_output: bool | None = None
    supports_function_calling: bool | None = None
    supports_parallel_function_calling: bool | None = None
    supports_tool_choice: bool | None = None
    supports_response_schema: bool | None = None
    supports_reasoning: bool | None = None
    supports_web_search: bool | None = None
    supports_native_streaming: bool | None = None
    unsupported_tools: tuple[str, ...] = ()
    parameter_values: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class EncodingSettings:
    """How requests to a model are written, where upstreams differ. What is absent is as `server` says.

    Attributes:
        include_usage: Whether chat streams ask for usage when the caller did not say.
        embeddings_base64: Whether embeddings are asked for as base64 when the caller left the format open.
    """

    include_usage: bool | None = None
    embeddings_base64: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelSettings:
    """One entry of `model_list`. Several entries with one name are deployments of one model.

    Attributes:
        model_name: The name that callers use. A `*` in it stands for any text; names without one are matched first,
            then the longest.
        litellm_params: How it is called.
        model_info: What is known of it.
        encoding: How requests to it are written.
    """

    model_name: str
    litellm_params: LitellmParams
    model_info: ModelInfo = field(default_factory=ModelInfo)
    encoding: EncodingSettings = field(default_factory=EncodingSettings)

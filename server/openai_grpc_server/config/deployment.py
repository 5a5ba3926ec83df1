"""Where calls go: what remains of the model list once names, defaults and the environment are resolved."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from openai_grpc_server.config.model_settings import ModelInfo
from openai_grpc_server.config.secret import Secret
from openai_grpc_server.config.server_settings import TimeoutSettings

Mode = Literal["chat", "responses", "completions"]

# LiteLLM's names of providers that speak OpenAI's REST: prefixes of `litellm_params.model`, not part of the name.
# Each says which of the upstream's APIs serves chat. The longest first, as `openai/` begins another.
PROVIDER_PREFIXES: Mapping[str, Mode] = {
    "openai/responses/": "responses",
    "text-completion-openai/": "completions",
    "openai/": "chat",
    "hosted_vllm/": "chat",
    "llamafile/": "chat",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class DeploymentConfig:
    """One model at one upstream.

    Attributes:
        name: Names the deployment in logs and metadata; no two deployments have the same.
        model_name: The name that callers use; a `*` in it stands for any text. None: any name that nothing
            else matches.
        model: The upstream's name of the model; a `*` in it is what the `*` of `model_name` matched. None: the
            name that the caller used.
        strip_prefix: What is stripped from the caller's name where `model` is None; empty: nothing.
        base_url: The upstream's base URL, without a trailing slash.
        api_key: The key to send. None: the caller's own. Empty: none at all.
        organization: `OpenAI-Organization`, unless the caller names one.
        project: `OpenAI-Project`, unless the caller names one.
        forward_organization: Whether the caller may name an organization.
        extra_headers: Headers that are sent with every request.
        verify: Whether the upstream's certificate is checked, or the path of a file of CA certificates.
        client_certificate: The path of a PEM file with the client certificate to show and its private key.
        timeouts: Limits of a call, in seconds.
        include_usage: Whether chat streams ask for usage when the caller did not say.
        embeddings_base64: Whether embeddings are asked for as base64 when the caller left the format open.
        mode: Which of the upstream's APIs serves chat.
        responses_as_chat: Whether responses are made of chat completions, as the upstream has no `/responses`.
        supports_system_message: Whether the model takes system messages; false: their text is sent as the user's.
        parameters: What is sent where the caller left it out.
        drop_params: Whether parameters are left out that the model is known not to take.
        refuse_params: Whether a call is refused that has a parameter which the model is known not to take.
        additional_drop_params: Parameters that are always left out.
        info: What the operator says of the model.
        models: What the operator says of models, by the upstream's names of them.
        weight: Its share among the deployments of one name; None: nothing was said.
        rpm: Requests a minute that it takes.
        tpm: Tokens a minute that it takes.
        max_parallel_requests: Requests at once that it takes.
        max_retries: How often a failed call is tried again; None: as the router says.
    """

    name: str
    base_url: str
    model_name: str | None = None
    model: str | None = None
    strip_prefix: str = ""
    api_key: Secret | None = None
    organization: str | None = None
    project: str | None = None
    forward_organization: bool = True
    extra_headers: tuple[tuple[str, Secret], ...] = ()
    verify: bool | str = True
    client_certificate: str | None = None
    timeouts: TimeoutSettings = field(default_factory=TimeoutSettings)
    include_usage: bool = True
    embeddings_base64: bool = True
    mode: Mode = "chat"
    responses_as_chat: bool = False
    supports_system_message: bool = True
    parameters: Mapping[str, Any] = field(default_factory=dict)
    drop_params: bool = False
    refuse_params: bool = False
    additional_drop_params: tuple[str, ...] = ()
    info: ModelInfo = field(default_factory=ModelInfo)
    models: Mapping[str, ModelInfo] = field(default_factory=dict)
    weight: float | None = None
    rpm: int | None = None
    tpm: int | None = None
    max_parallel_requests: int | None = None
    max_retries: int | None = None

    def upstream_model(self, name: str) -> str:
        """Returns the upstream's name of the model that a caller named `name`."""
        if self.model is None:
            return name.removeprefix(self.strip_prefix)
        if "*" not in self.model or self.model_name is None:
            return self.model
        before, star, after = self.model_name.partition("*")
        matched = name[len(before) : len(name) - len(after)] if star else name
        return self.model.replace("*", matched, 1)


def matches(pattern: str, name: str) -> bool:
    """Whether a `model_name` with one `*` in it stands for a caller's name; the `*` is never nothing."""
    before, _, after = pattern.partition("*")
    return len(name) > len(before) + len(after) and name.startswith(before) and name.endswith(after)


def split_provider(model: str) -> tuple[str, Mode]:
    """Strips one provider prefix from LiteLLM's name of a model, and returns which API the prefix asks for."""
    for prefix, mode in PROVIDER_PREFIXES.items():
        if model.startswith(prefix):
            return model.removeprefix(prefix), mode
    return model, "chat"

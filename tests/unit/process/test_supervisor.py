"""What the supervisor does about reloads that fail."""

import asyncio
import io
import json
from dataclasses import dataclass

import pytest

from openai_grpc_server.config import Config, ConfigError, Problem, ServeOptions
from openai_grpc_server.process.supervisor import Supervisor
from openai_grpc_server.telemetry.log import Log

FAILURES: dict[str, tuple[Exception, str]] = {
    "a mistake in the configuration": (ConfigError(Problem("it is wrong")), "configuration refused"),
    "what nobody thought of": (RecursionError(), "reload failed"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class FailingOptions(ServeOptions):
    """Options that can't be loaded any more."""

    error: Exception
    loads: "asyncio.Queue[None]"

    def load(self) -> Config:
        self.loads.put_nowait(None)
        raise self.error


@pytest.mark.parametrize(("error", "event"), FAILURES.values(), ids=FAILURES)
def test_after_a_reload_that_failed_comes_the_next(error: Exception, event: str) -> None:
    out = io.StringIO()

    async def run() -> None:
        loads: asyncio.Queue[None] = asyncio.Queue()
        options = FailingOptions(error=error, loads=loads)
        config = ServeOptions(api_base="http://127.0.0.1:1/v1").load()
        hangup = asyncio.Event()
        reloading = asyncio.create_task(Supervisor(config, options, Log(out, config.server.log)).reload_on(hangup))
        for _ in range(2):
            hangup.set()
            await loads.get()
            await asyncio.sleep(0)  # lets it log
        reloading.cancel()

    asyncio.run(run())
    assert [json.loads(line)["event"] for line in out.getvalue().splitlines()] == [event] * 2

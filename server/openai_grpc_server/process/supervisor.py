"""Supervisor of worker processes; serves nothing itself."""

import asyncio
import logging
from contextlib import AsyncExitStack
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import uvloop

from openai_grpc_server.access.store import SqliteStore
from openai_grpc_server.check import check, worker_warnings
from openai_grpc_server.config import (
    HTTP_PORT,
    AdminSettings,
    Config,
    ConfigError,
    Problem,
    ServeOptions,
    ServerSettings,
)
from openai_grpc_server.config.admin import as_running, shares_metrics
from openai_grpc_server.listen.port import HTTP_KEY, log_no_http, reserved_port
from openai_grpc_server.process.child import Assignment, LocalModels
from openai_grpc_server.process.pool import WorkerPool
from openai_grpc_server.process.signals import (
    cancel_this_task,
    exit_within,
    nothing,
    on_change,
    on_hangup,
    on_signal,
)
from openai_grpc_server.runtime.resources import raise_descriptor_limit
from openai_grpc_server.telemetry.log import Log, frames, log_refusal, log_warnings, standard_error
from openai_grpc_server.telemetry.prometheus import MetricsServer
from openai_grpc_server.terminal import welcome

if TYPE_CHECKING:
    from openai_grpc_server.admin import AdminPort

EXIT_LIMIT = 5.0  # seconds that this process may take to end once its workers have
FIXED = ("host", "port", "http", "metrics_host", "metrics_port", "admin")  # what the supervisor holds itself


def supervise(config: Config, options: ServeOptions) -> int:
    """Serves with several workers, until SIGTERM or SIGINT; a second one ends their grace period.

    Args:
        config: The configuration.
        options: Where it comes from.

    Raises:
        ConfigError: It can't be served like that.
    """
    raise_descriptor_limit()
    if config.server.admin.port is not None:
        import_module("openai_grpc_server.admin")  # takes 0.2 s, for which it would hold the event loop
    log = standard_error(config.server.log)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(_supervise(config, options, log))


async def _supervise(config: Config, options: ServeOptions, log: Log) -> int:
    hangup = asyncio.Event()
    on_hangup(hangup.set)
    async with AsyncExitStack() as stack:
        try:
            with on_signal(cancel_this_task()):
                supervisor = Supervisor(config, options, log)
                address = await supervisor.start(stack)
        except asyncio.CancelledError:
            return 0
        stop = asyncio.Event()

        def asked() -> None:
            if stop.is_set():
                supervisor.pool.cut_off()
            stop.set()

        with on_signal(asked):
            welcome(address, supervisor.config, supervisor.http_port or 0, open_page=options.open)
            shown = {
                "address": address,
                "http_port": supervisor.http_port,
                "workers": config.server.workers,
                "metrics_port": supervisor.metrics_port,
                "admin_port": supervisor.admin_port,
            }
            log.write(logging.INFO, "serving", shown)
            log_warnings(supervisor.config, log)
            reloading = asyncio.create_task(supervisor.reload_on(hangup))
            async with on_change(lambda: supervisor.config.secret_files, hangup.set):
                await stop.wait()
            on_hangup(nothing)
            log.write(logging.INFO, "stopping", {"grace_period": supervisor.config.server.grace_period})
            reloading.cancel()
            await asyncio.wait({reloading})
            await supervisor.stop()
        log.write(logging.INFO, "stopped", {})
    exit_within(EXIT_LIMIT)
    return 0


class Supervisor:
    """Owns the port and files shared by workers; replaces workers when the configuration changes.

    Args:
        config: The configuration.
        options: Source of the configuration.
        log: The log.

    Attributes:
        config: Configuration of new workers.
        pool: The workers.
        metrics_port: Port of the metrics; None: metrics are off.
        admin_port: Port for operators; None: it is off.
        http_port: Port of HTTP; None: it is not served.
    """

    def __init__(self, config: Config, options: ServeOptions, log: Log) -> None:
        self.config = config
        self.pool = WorkerPool(self._assign, log, config.server)
        self.metrics_port: int | None = None
        self.admin_port: int | None = None
        self._admin: AdminPort | None = None
        self._stopping = False
        self.http_port: int | None = None
        self._started_with = config.server
        self._options = options
        self._log = log
        self._local: LocalModels | None = None
        self._port = 0
        self._limits_file = ""

    async def start(self, stack: AsyncExitStack) -> str:
        """Reserves the port, starts shared resources, then the workers.

        Args:
            stack: Ends what they share.

        Returns:
            The address.

        Raises:
            ConfigError: It can't be served like that.
        """
        settings = self.config.server
        self._port = stack.enter_context(reserved_port(settings.host, settings.port, shared=settings.reuse_port))
        self._reserve_http(settings, stack)
        directory = stack.enter_context(TemporaryDirectory(prefix="openai-grpc-"))
        self._limits_file = str(Path(directory) / "limits.sqlite")
        await self._make_limits_file(self.config)
        if not self.config.deployments:
            from openai_grpc_server.local.engine import serve_locally  # noqa: PLC0415 - not needed with an upstream

            chat, audio, *_ = await serve_locally(stack, settings.local_directory)
            self._local = LocalModels(chat=chat.base_url, audio=audio.base_url)
        self._complete()
        if settings.admin.port is not None:
            from openai_grpc_server.admin import AdminPort  # noqa: PLC0415 - loads the HTTP server

            self._admin = AdminPort(self.config, self, self._log)
            self.admin_port = self._admin.start()
            stack.push_async_callback(self._admin.stop)
        if shares_metrics(self.config):
            self.metrics_port = self.admin_port
        elif settings.metrics_port is not None:
            metrics = MetricsServer(self.pool.page)
            self.metrics_port = await metrics.start(settings.metrics_host, settings.metrics_port)
            stack.push_async_callback(metrics.stop)
        stack.push_async_callback(self.pool.stop)
        return await self.pool.start(settings.workers)

    @property
    def ready(self) -> bool:
        """True if a worker serves new calls."""
        return self.pool.serving and not self.pool.draining and not self._stopping

    async def page(self) -> str:
        """Returns the metrics of all workers."""
        return await self.pool.page()

    async def ask(self, what: str, value: str = "") -> Any:
        """Returns the answer of all workers to an operator's question, as `Operations.answer` does."""
        from openai_grpc_server.admin import merged  # noqa: PLC0415 - loads the HTTP server

        if what == "log-level":
            self._log.level = logging.getLevelNamesMapping()[value.upper()]
        return merged(what, await self.pool.ask(what, value))

    async def stop(self) -> None:
        """Stops the workers; not ready from now on."""
        self._stopping = True
        await self.pool.stop()

    def _reserve_http(self, settings: ServerSettings, stack: AsyncExitStack) -> None:
        """Takes the port of HTTP; while another program has the default one, there is none.

        Raises:
            ConfigError: Another one can't be taken.
        """
        port = settings.http.port
        if port is None:
            return
        try:
            self.http_port = stack.enter_context(reserved_port(settings.host, port, shared=settings.reuse_port))
        except ConfigError as error:
            problem = replace(error.problems[0], where=HTTP_KEY)
            if port != HTTP_PORT:
                raise ConfigError(problem) from error
            log_no_http(problem, self._log)

    async def reload_on(self, hangup: asyncio.Event) -> None:
        """Reloads on each SIGHUP; those during a reload cause one more."""
        while True:
            await hangup.wait()
            hangup.clear()
            try:
                await self.reload()
            except ConfigError as error:
                log_refusal(error, self._log)
            except Exception as error:  # noqa: BLE001 - else no reload would ever be done again
                self._log.write(logging.ERROR, "reload failed", {"traceback": frames(error)})

    async def reload(self) -> None:
        """Reloads the configuration and replaces each worker.

        What can be taken up by running workers they take up at once, such as keys: to replace all takes a while.

        Raises:
            ConfigError: It can't be used; nothing changes.
        """
        config = self._options.load()
        check(config)
        if not config.deployments and self._local is None:
            raise ConfigError(Problem("no upstream is configured", hint="the local models need a restart"))
        await self._make_limits_file(config)
        self._reload_admin(config.server.admin)
        self.config = config
        self.pool.settings = config.server
        self._complete()
        log_warnings(self.config, self._log)
        self.pool.reload()
        if await self.pool.replace(config.server.workers):
            before, after = self._started_with, config.server
            after = replace(after, admin=as_running(before.admin, after.admin))
            later = [f"server.{name}" for name in FIXED if getattr(before, name) != getattr(after, name)]
            self._log.write(logging.INFO, "workers replaced", {"needs_restart": ", ".join(later)})

    def _reload_admin(self, admin: AdminSettings) -> None:
        """Reads the files of the admin port's TLS again.

        Raises:
            ConfigError: One is unusable; the old ones stay.
        """
        if self._admin is None or self._started_with.admin.tls is None or admin.tls is None:
            return
        from openai_grpc_server.listen.options import admin_tls  # noqa: PLC0415 - loads the HTTP server

        if (tls := admin_tls(admin)) is not None:
            self._admin.use_tls(tls)

    async def _make_limits_file(self, config: Config) -> None:
        """Creates the limits database before the workers, which would conflict if they created it at once."""
        await SqliteStore(config.server.limits_file or self._limits_file).aclose()

    def _complete(self) -> None:
        """Adds local models and the warnings of several workers to the configuration."""
        if not self.config.deployments and self._local is not None:
            self.config = replace(self.config, deployments=self._local.deployments())
        self.config = replace(self.config, warnings=(*self.config.warnings, *worker_warnings(self.config)))

    def _assign(self, number: int) -> Assignment:
        settings = self.config.server
        return Assignment(
            number=number,
            workers=settings.workers,
            options=self._options,
            host=self._started_with.host,
            port=self._port,
            http_port=self.http_port,
            limits_file=self._limits_file,
            metrics=self._started_with.metrics_port is not None or self._started_with.admin.port is not None,
            local=self._local,
        )

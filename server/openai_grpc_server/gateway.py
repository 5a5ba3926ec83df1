"""The gateway as a server: wires services, health and reflection; starts, drains, stops."""

import asyncio
import contextlib
import logging
import time
from collections import Counter
from collections.abc import Awaitable, Iterable, Sequence
from dataclasses import fields, replace
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from grpc_health.v1 import health_pb2, health_pb2_grpc  # type: ignore[import-untyped]  # ships no py.typed

from openai_grpc_server.access.identity import Identities, identities
from openai_grpc_server.access.issued import IssuedKeys, issue_problems, key_store, with_issued
from openai_grpc_server.access.keyring import Keyring, keyring
from openai_grpc_server.access.ledger import Ledger
from openai_grpc_server.access.ownership import ownership
from openai_grpc_server.access.store import MemoryStore, SqliteStore, Store
from openai_grpc_server.admin import AdminPort, ConnectionInfo, Operations
from openai_grpc_server.calls.call import Call
from openai_grpc_server.config import (
    HTTP_PORT,
    Config,
    ConfigError,
    DeploymentConfig,
    GeneralSettings,
    Problem,
    RouterConfig,
    ServerSettings,
)
from openai_grpc_server.config.admin import as_running, shares_metrics
from openai_grpc_server.cost.usage import load_prices
from openai_grpc_server.listen import http2
from openai_grpc_server.listen.http import Door, Endpoint, HttpServer, Pages, WebMethods
from openai_grpc_server.listen.http2.context import CallContext
from openai_grpc_server.listen.introspection import Health, enable_load_reports
from openai_grpc_server.listen.options import HTTP1, admin_tls, http2_limits, tls_context
from openai_grpc_server.listen.port import HTTP_KEY, close_idle, leave_port, log_no_http
from openai_grpc_server.listen.server import ParsedRequests, http_connections, rpc_server
from openai_grpc_server.pipeline.handler import AccessControl, Handlers
from openai_grpc_server.pipeline.load_reports import SERVICE as LOAD_REPORTS
from openai_grpc_server.pipeline.load_reports import LoadReports
from openai_grpc_server.pipeline.observe import Metrics
from openai_grpc_server.pipeline.tracing import Tracing
from openai_grpc_server.routing import ClientFactory, Deployment, Router, State
from openai_grpc_server.runtime.fair_queue import FairQueue
from openai_grpc_server.runtime.resources import (
    Admission,
    Resources,
    container_memory,
    descriptor_limit,
    listen_problem,
    open_descriptors,
)
from openai_grpc_server.services import SERVICES
from openai_grpc_server.telemetry.log import Log, frames
from openai_grpc_server.telemetry.prometheus import LoopLag, MetricsServer, Reading, dropped_lines
from openai_grpc_server.upstream.client import upstream_client

if TYPE_CHECKING:
    from google.protobuf.descriptor import ServiceDescriptor

    from openai_grpc_server.services.base import Service

LAME_DUCK = 0.5  # seconds in which new RPCs are refused while the port is still open
STOP_LIMIT = 5.0  # seconds for each thing that is closed, which takes a moment unless it hangs
LAST_WORDS = 1.0  # seconds for the last statuses to leave, once every method has returned


class Gateway:
    """A gRPC server in front of HTTP upstreams.

    Args:
        config: Everything that it runs by.
        log: Where it logs.
        connect: Makes the client of a deployment.
        metrics: Counts each RPC, for somebody else to serve; None: they are served here, where a port is configured.

    Attributes:
        settings: Settings of the gateway.
        metrics_port: The port on which metrics are served, or 0 where they are not.
        http_port: The port of OpenAI's REST API, or 0 where it is not served.
        admin_port: The port for operators, or 0 if it is off.
        config: The configuration in use.
        operations: Answers the questions of operators.
    """

    def __init__(
        self, config: Config, log: Log, connect: ClientFactory | None = None, metrics: Metrics | None = None
    ) -> None:
        self.settings = config.server
        self.config = config
        self._log = log
        self.metrics_port = 0
        self.http_port = 0
        self.admin_port = 0
        self._admin: AdminPort | None = None
        self._http: HttpServer | None = None
        self._general = config.general
        counts = config.server.metrics_port is not None or config.server.admin.port is not None
        self._metrics = metrics or (Metrics() if counts else None)
        self.operations = Operations(self, log, self._page)
        self._tracing = None if config.server.telemetry is None else Tracing(config.server, self._metrics)
        self._metrics_server: MetricsServer | None = None
        self._ledger: Ledger | None = None
        self._issued: IssuedKeys | None = None
        self._taken: frozenset[str] = frozenset()
        self._queue: FairQueue | None = None
        self._address = ""
        self._serving = self._drained = self._stopping = False
        self._lag = LoopLag()
        self._deployments = config.deployments
        self._routing = config.router
        self._connect = connect
        self._services: list[Service] = []
        self._closing: set[asyncio.Task[None]] = set()

    async def bind(self) -> str:
        """Binds the ports. Clients that connect wait until `start`.

        Returns:
            The address, with the port that was taken.

        Raises:
            ConfigError: An address can't be listened on, or a file of TLS can't be used.
        """
        settings = self.settings
        self._resources = Resources(settings.max_memory or container_memory())
        # Of deployments that are not known yet, such as local models that are loaded next, the default.
        longest_call = max((each.timeouts.total for each in self._deployments), default=settings.timeouts.total)
        elsewhere = settings.admission is not None and settings.admission.overload_status == "unavailable"
        self._admission = Admission(
            settings.max_in_flight_bytes, settings.max_concurrent_rpcs, self._resources, elsewhere=elsewhere
        )
        metrics = self._metrics
        readings = [
            dropped_lines(lambda: self._log.dropped),
            Reading("process_open_fds", "gauge", "Open file descriptors.", open_descriptors),
            Reading("process_max_fds", "gauge", "How many there may be.", descriptor_limit),
            self._lag.reading(),
            Reading(
                "openai_grpc_calls_queued",
                "gauge",
                "Calls that wait in the queue of server.admission.",
                lambda: 0 if self._queue is None else self._queue.queued,
            ),
            Reading(
                "openai_grpc_request_bytes_in_flight",
                "gauge",
                "Bytes of the requests that are held.",
                lambda: self._admission.held,
            ),
        ]
        observers = [each for each in (self._metrics, self._tracing) if each is not None]
        for observer in observers:
            for reading in readings:
                observer.add(reading)
        if observers:
            self._lag.start()
        self._server, self._address, self._use_tls = rpc_server(settings, longest_call, self._admission)
        self._port = int(self._address.rpartition(":")[2])
        try:
            if settings.admin.port is not None:
                self._admin = AdminPort(self.config, self.operations, self._log)
                self.admin_port = self._admin.start()
            if shares_metrics(self.config):
                self.metrics_port = self.admin_port
            elif metrics is not None and settings.metrics_port is not None:
                # Exemplars are of traces.
                server = MetricsServer(metrics.page, None if self._tracing is None else metrics.open_page)
                self.metrics_port = await server.start(settings.metrics_host, settings.metrics_port)
                self._metrics_server = server
            self._bind_http(longest_call)
        except ConfigError:
            await self.release()
            raise
        return self._address

    def _bind_http(self, longest_call: float) -> None:
        """Takes the port of HTTP. While another program has the default one, which is LiteLLM's as well, there is none.

        Raises:
            ConfigError: Another one can't be taken.
        """
        settings = self.settings
        if settings.http.port is None:
            return
        tls = None if settings.tls is None else tls_context(settings.tls, HTTP1)
        limits = http2_limits(settings, longest_call)
        server = HttpServer(settings, limits, tls, http_connections(self._server, settings, limits))
        try:
            self.http_port = server.bind(settings.http.port)
            self._http = server
        except OSError as error:
            problem = listen_problem(settings.host, settings.http.port, error, HTTP_KEY)
            if settings.http.port != HTTP_PORT:
                raise ConfigError(problem) from error
            log_no_http(problem, self._log)

    async def release(self) -> None:
        """Releases the ports of `bind`, if `start` does not follow."""
        self._lag.stop()
        await self._server.stop(0)
        await self._stop_http(0)
        await self._stop_pages()

    async def start(self, deployments: Sequence[DeploymentConfig] = ()) -> str:
        """Starts to serve, on the ports of `bind`, which are bound now if they are not.

        Args:
            deployments: Where calls go if the configuration does not say: the local models.

        Returns:
            The address, with the port that was taken.

        Raises:
            ConfigError: The address can't be listened on, a file can't be used, or a key can be guessed.
        """
        if not self._address:
            await self.bind()
        try:
            store = key_store(self.settings, self._routing)
            self._issued = None if store is None else IssuedKeys(store, self._log)
            self._wire(self._deployments or deployments)
        except ConfigError:
            await self.release()
            raise
        if self._issued is not None:
            await self._issued.start()
        await self._server.start()
        if self._http is not None:
            release = version("openai-grpc-server")
            settings = lambda: self.settings  # noqa: E731 - a reload replaces them
            pages = Pages(settings, lambda: not self._handlers.refusing, self._endpoints, release, self._address)
            self._http.start(Door(settings, self._web_methods, self._admission, pages, self._log))
        self._serving = True
        if self._drained:
            self.drain()
        return self._address

    def _wire(self, deployments: Sequence[DeploymentConfig]) -> None:
        """Builds and registers the services."""
        settings = self.settings
        self.config = replace(self.config, deployments=tuple(deployments))
        keys, known = self._callers(self._general, settings)
        access = self._new_access(keys, known, self._general, settings)
        self._router = self._new_router(deployments, self._routing, settings, None)
        reports = self._load_reports(settings)
        self._queue = None if settings.admission is None else FairQueue(self._admission, settings.admission)
        self._handlers = Handlers(
            self._admission,
            self._log,
            prices=load_prices(settings.prices_file),
            max_message_bytes=settings.max_message_bytes,
            max_message_elements=settings.max_message_elements,
            access=access,
            ownership=ownership(
                self._general,
                keys,
                known,
                several_upstreams=self._router.affinity is not None,
                issues=self._issued is not None,
            ),
            metrics=self._tracing or self._metrics,
            queue=self._queue,
            reports=reports,
            to_the_end=settings.http2 == "asyncio",
        )
        self._server.add_generic_rpc_handlers((self._handlers,))
        self._web_methods = WebMethods(self._handlers)
        servers = (self._server, self._web_methods)
        services: list[ServiceDescriptor] = []
        self._services += [service_type(self._router, settings) for service_type in SERVICES]
        if self._issued is not None:
            from openai_grpc_server.services.keys import KeysService  # noqa: PLC0415 - loaded where it is configured

            self._services.append(KeysService(self._router, settings, self._issued, lambda: self._taken, self._log))
        for service in self._services:
            service.dispatch = self._handlers.dispatch
            services.append(service.descriptor)
            for rpc, method in service.methods():
                self._handlers.add(rpc, method if self._tracing is None else self._tracing.with_content(rpc, method))
        names = [service.full_name for service in services]
        self._health = Health(names)
        for server in servers:
            health_pb2_grpc.add_HealthServicer_to_server(self._health, ParsedRequests(server))
        if reports is not None and settings.load_reports.out_of_band:
            enable_load_reports(reports, ParsedRequests(self._server))
            names.append(LOAD_REPORTS)
        if settings.reflection:
            from openai_grpc_server.listen.introspection import enable_reflection  # noqa: PLC0415 - loaded where served

            own = health_pb2.DESCRIPTOR.services_by_name["Health"].full_name
            for server in servers:
                enable_reflection((*names, own), ParsedRequests(server))
        self._router.share()

    def _load_reports(self, settings: ServerSettings) -> LoadReports | None:
        told = settings.load_reports
        if not (told.per_call or told.out_of_band):
            return None
        return LoadReports(
            told,
            max_calls=settings.max_concurrent_rpcs,
            max_bytes=settings.max_in_flight_bytes,
            held=lambda: self._admission.held,
            limits=lambda: self._router.limits_left(),  # noqa: PLW0108 - a reload replaces the router
        )

    def _endpoints(self) -> list[Endpoint]:
        now = time.monotonic()
        return [
            Endpoint(each.config.model_name or "*", each.name, each.health.usable(now))
            for each in self._router.deployments
        ]

    async def _stop_http(self, grace: float) -> None:
        if self._http is not None:
            await self._http.stop(grace)

    def leave_http(self) -> None:
        """Closes the connections of the HTTP port, each once its answer is sent."""
        if self._http is not None:
            self._http.leave()

    @property
    def ready(self) -> bool:
        """True if new RPCs are served."""
        return self._serving and not self._handlers.refusing

    @property
    def draining(self) -> bool:
        """True if new RPCs are refused."""
        return self._drained or self._stopping

    def calls(self) -> Sequence[Call]:
        """Returns the RPCs in flight."""
        return self._handlers.calls() if self._serving else ()

    def deployments(self) -> Sequence[Deployment]:
        """Returns the deployments in use."""
        return self._router.deployments if self._serving else ()

    def connections(self) -> Sequence[ConnectionInfo]:
        """Returns the open connections; of gRPC's own server those that have a call."""
        if isinstance(self._server, http2.Server):
            found = [ConnectionInfo(peer, "grpc", age, busy) for peer, age, busy in self._server.connections()]
        else:
            peers = Counter(each.context.peer() for each in self.calls() if not isinstance(each.context, CallContext))
            found = [ConnectionInfo(peer, "grpc", None, count) for peer, count in peers.items()]
        web = () if self._http is None else self._http.connections()
        return [*found, *(ConnectionInfo(peer, "http/1.1", age, busy) for peer, age, busy in web)]

    async def _page(self) -> str:
        return "" if self._metrics is None else await self._metrics.page()

    def drain(self) -> None:
        """Takes the gateway out of service: health is NOT_SERVING, new RPCs are refused, those in flight go on."""
        self._drained = True
        if self._serving:
            self._health.stop()
            self._handlers.refuse()

    def undrain(self) -> None:
        """Serves again after `drain`; not once the gateway stops."""
        self._drained = False
        if self._serving and not self._stopping:
            self._handlers.accept()
            self._health.resume()

    async def stop(self) -> None:
        """Shuts down gracefully: refuses new RPCs, lets running ones finish within the grace period, aborts the rest.

        gRPC's own shutdown would answer an RPC that arrives just then with CANCELLED, which callers can't tell from a
        cancel of their own. So first, for a moment, new RPCs are told to go elsewhere; then it loses the port and the
        connections that have no call; only then clients of the others are told to reconnect.
        """
        self._stopping = True
        grace = self.settings.grace_period
        deadline = time.monotonic() + grace
        self._health.stop()
        self._handlers.refuse(grace)
        await asyncio.sleep(min(LAME_DUCK, grace))
        if grace and self.settings.http2 == "grpcio":
            with contextlib.suppress(OSError):  # not on Linux: what arrives just then is answered with CANCELLED
                await leave_port(self._port)
                await close_idle(self._port, self._handlers.busy_ports)
        closing = asyncio.gather(self._server.stop(grace + LAST_WORDS), self._stop_http(grace + LAST_WORDS))
        try:
            async with asyncio.timeout(max(deadline - time.monotonic(), 0)):
                await self._handlers.idle()
        except TimeoutError:
            self.cut_off()
            await self._within(self._handlers.idle(), "calls that were cut off")
        # What still runs now are health watches and reflection streams, which never end by themselves.
        await self._within(self._server.stop(LAST_WORDS), "the port")
        await self._within(self._stop_http(LAST_WORDS), "the port of HTTP")
        await self._within(closing, "the port")
        await self._within(asyncio.gather(*self._closing), "connections of an earlier configuration")
        await self._within(self._router.aclose(), "upstream connections")
        if self._ledger is not None:
            await self._within(self._ledger.aclose(), "the store of limits")
        if self._issued is not None:
            await self._within(self._issued.aclose(), "the store of keys")
        self._lag.stop()
        if self._tracing is not None:
            await self._within(asyncio.to_thread(self._tracing.telemetry.close), "the export of telemetry")
        await self._within(self._stop_pages(), "the ports of metrics and operators")

    async def _stop_pages(self) -> None:
        """Closes the ports of metrics and operators, last: they tell how the rest ends."""
        if self._metrics_server is not None:
            await self._metrics_server.stop()
        if self._admin is not None:
            await self._admin.stop()

    async def _within(self, closing: Awaitable[object], what: str) -> None:
        """Waits for an awaitable with a timeout; ignores failures, since the process ends anyway."""
        try:
            async with asyncio.timeout(STOP_LIMIT):
                await closing
        except TimeoutError:
            self._log.write(logging.ERROR, "not stopped in time", {"what": what, "seconds": STOP_LIMIT})
        except Exception as error:  # noqa: BLE001 - what is left is to be stopped as well
            self._log.write(logging.ERROR, "not stopped in order", {"what": what, "traceback": frames(error)})

    def reload(self, config: Config) -> list[str]:
        """Applies a new configuration to new calls.

        Calls that are running end as they began: the connections of the old configuration close after the last of them.

        Returns:
            The keys that differ and take effect only when the server is started again.

        Raises:
            ConfigError: It can't be used; the old one stays.
        """
        if not config.deployments:
            raise ConfigError(Problem("no upstream is configured", hint="the local models need a restart"))
        settings = config.server
        keys, known = self._callers(config.general, settings)
        access = self._new_access(keys, known, config.general, settings)
        prices = load_prices(settings.prices_file)
        router = self._new_router(config.deployments, config.router, settings, self._router)
        owned = ownership(
            config.general, keys, known, several_upstreams=router.affinity is not None, issues=self._issued is not None
        )
        self._reload_tls(settings)
        self._handlers.access, self._handlers.prices, self._handlers.ownership = access, prices, owned
        later = needs_restart(self.settings, settings)
        closing = asyncio.create_task(close_after(self._router, self._handlers.running()))
        self._closing.add(closing)
        closing.add_done_callback(self._closing.discard)
        self._router, self.settings, self.config = router, settings, config
        router.share()
        for service in self._services:
            service.router, service.settings = router, settings
        return later

    def _reload_tls(self, settings: ServerSettings) -> None:
        """Reads the files of TLS again, for connections to come.

        Raises:
            ConfigError: One is unusable; the old ones stay.
        """
        admin = None if self._admin is None or self.settings.admin.tls is None else admin_tls(settings.admin)
        if settings.tls is not None and self.settings.tls is not None:
            http = tls_context(settings.tls, HTTP1)
            self._use_tls(settings.tls)
            if self._http is not None:
                self._http.use_tls(http)
        if self._admin is not None and admin is not None:
            self._admin.use_tls(admin)

    def _callers(self, general: GeneralSettings, settings: ServerSettings) -> tuple[Keyring | None, Identities | None]:
        if problems := list(issue_problems(settings, self._routing, general)):
            raise ConfigError(*problems)
        keys = with_issued(keyring(general), self._issued)
        self._taken = frozenset(each.name for each in general.keys) | {each.name or "" for each in general.identities}
        shows = settings.tls is not None and settings.tls.client_ca is not None
        return keys, identities(general, self._log, keys, shows_certificates=shows)

    def _new_access(
        self, keys: Keyring | None, known: Identities | None, general: GeneralSettings, settings: ServerSettings
    ) -> AccessControl | None:
        if keys is None and known is None:
            return None
        self._ledger = self._ledger or Ledger(limits_store(self._routing, settings), self._log)
        return AccessControl(
            keys,
            self._ledger,
            settings.key_header,
            known,
            self._log,
            reserves=general.reserve_usage,
            issued=self._issued,
        )

    def _new_router(
        self,
        deployments: Sequence[DeploymentConfig],
        routing: RouterConfig,
        settings: ServerSettings,
        before: Router | None,
    ) -> Router:
        connect = self._connect or (lambda deployment: upstream_client(deployment, settings, self._log))
        state = shared_state(routing, self._log)
        return Router(deployments, connect, routing, before.affinity if before else None, state)

    async def idle(self) -> None:
        """Waits until no RPC is in flight and ended ones are counted, if the store answers."""
        await self._handlers.idle()
        if self._ledger is not None:
            await self._ledger.settled()

    def cut_off(self) -> None:
        """Aborts the RPCs in flight, each with a status that says why."""
        self._handlers.cut_off()


def limits_store(routing: RouterConfig, settings: ServerSettings) -> Store:
    """Returns the store of the usage of keys: shared Redis, a file, or memory.

    Raises:
        ConfigError: It can't be used.
    """
    if routing.redis_url is None:
        return MemoryStore() if settings.limits_file is None else SqliteStore(settings.limits_file)
    from openai_grpc_server.access.store import RedisStore  # noqa: PLC0415 - only with a Redis

    return RedisStore(routing.redis_url)


def shared_state(routing: RouterConfig, log: Log) -> State | None:
    """Returns the state shared by replicas through Redis, if configured.

    Raises:
        ConfigError: It can't be used.
    """
    if routing.redis_url is None:
        return None
    from openai_grpc_server.routing.state import RedisState  # noqa: PLC0415 - only with a Redis

    return RedisState(routing.redis_url, log, usage=routing.routing_strategy.startswith("usage-based"))


# What is read anew for every call. All else was given to gRPC, the log or a file when the server started.
LIVE = frozenset(
    {
        "drain_limit",
        "embeddings_base64",
        "extra_headers",
        "grace_period",
        "include_usage",
        "key_header",
        "metadata_headers",
        "models_file",
        "on_cancel",
        "param_policy",
        "prices_file",
        "raw",
        "reload_on_change",
        "timeouts",
        "worker_heartbeat_timeout",
    }
)


def needs_restart(running: ServerSettings, new: ServerSettings) -> list[str]:
    """Returns the changed keys of `server` that need a restart."""
    live = LIVE if running.tls is None or new.tls is None else {*LIVE, "tls"}
    new = replace(new, admin=as_running(running.admin, new.admin))
    names = [each.name for each in fields(ServerSettings) if each.name not in live]
    return [f"server.{name}" for name in names if getattr(running, name) != getattr(new, name)]


async def close_after(router: Router, calls: Iterable["asyncio.Task[Any]"]) -> None:
    """Closes a router's connections after the calls that may use them have ended."""
    running = set(calls)
    if running:
        await asyncio.wait(running)
    await router.aclose()

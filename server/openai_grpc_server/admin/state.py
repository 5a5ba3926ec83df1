"""State of a serving process as JSON values: calls, connections, deployments, configuration; and its switches.

Nothing here has a key, a request or a reply: callers are known by name.
"""

import logging
import re
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from importlib.metadata import version
from math import isfinite
from typing import Any, Final, Protocol

from openai_grpc_server.calls.call import Call
from openai_grpc_server.config import Config, Secret
from openai_grpc_server.routing import Deployment
from openai_grpc_server.telemetry.log import Log

HIDDEN: Final = "***"
LEVELS: Final = ("debug", "info", "warning", "error")
# Keys of free-form values, such as `extra_body`, that may hold a secret.
_SECRET_KEY: Final = re.compile(
    r"key$|token$|secret|credential|passw|passphrase|signature|authoriz|cookie|assertion|bearer|^hash$", re.IGNORECASE
)
_USER: Final = re.compile(r"(?<=://)[^/?#@\s]*@")
_QUERY: Final = re.compile(r"(?<=\?)[^#\s]+")
_NOT_SHOWN: Final = frozenset({"warnings", "secret_files"})


@dataclass(frozen=True, slots=True)
class ConnectionInfo:
    """An open connection.

    Attributes:
        peer: The peer's address, as gRPC writes it.
        protocol: `grpc` or `http/1.1`.
        age: Seconds since it was opened; None: not known.
        calls: Number of calls in flight on it.
    """

    peer: str
    protocol: str
    age: float | None
    calls: int


class Served(Protocol):
    """A gateway, as the admin port sees it.

    Attributes:
        config: Its configuration.
        ready: Whether new calls are served.
        draining: Whether new calls are refused.
    """

    config: Config

    @property
    def ready(self) -> bool:
        """True if new calls are served."""

    @property
    def draining(self) -> bool:
        """True if new calls are refused."""

    def calls(self) -> Sequence[Call]:
        """Returns the calls in flight."""

    def connections(self) -> Sequence[ConnectionInfo]:
        """Returns the open connections; of gRPC's own server those that have a call."""

    def deployments(self) -> Sequence[Deployment]:
        """Returns the deployments in use."""

    def drain(self) -> None:
        """Takes the gateway out of service."""

    def undrain(self) -> None:
        """Serves again."""


class Operations:
    """Answers an operator's questions about one process.

    Args:
        gateway: The gateway.
        log: Its log.
        metrics: Returns the page of metrics.
    """

    def __init__(self, gateway: Served, log: Log, metrics: Callable[[], Any]) -> None:
        self._gateway = gateway
        self._log = log
        self.page = metrics
        self._started = time.monotonic()
        self._answers: Mapping[str, Callable[[], Any]] = {
            "state": self._state,
            "calls": lambda: [call_entry(each, time.monotonic()) for each in self._gateway.calls()],
            "connections": lambda: [connection_entry(each) for each in self._gateway.connections()],
            "deployments": self._deployments,
            "drain": self._drain,
            "undrain": self._undrain,
        }

    @property
    def ready(self) -> bool:
        """True if new calls are served; upstreams don't matter."""
        return self._gateway.ready

    @property
    def config(self) -> Config:
        """The configuration in use."""
        return self._gateway.config

    async def ask(self, what: str, value: str = "") -> Any:
        """Returns an answer as a JSON value; see `answer`."""
        return self.answer(what, value)

    def answer(self, what: str, value: str = "") -> Any:
        """Returns an answer as a JSON value.

        Args:
            what: `state`, `calls`, `connections`, `deployments`; or a switch: `drain`, `undrain`, `log-level`.
            value: The log level.
        """
        if what == "log-level":
            self._log.level = logging.getLevelNamesMapping()[value.upper()]
            logging.getLogger().setLevel(self._log.level)
            self._tell("log level changed", {"level": value})
            return self._state()
        return self._answers[what]()

    def _state(self) -> dict[str, Any]:
        gateway = self._gateway
        return {
            "version": version("openai-grpc-server"),
            "ready": gateway.ready,
            "draining": gateway.draining,
            "uptime_seconds": round(time.monotonic() - self._started, 3),
            "calls_in_flight": len(gateway.calls()),
            "log_level": logging.getLevelName(self._log.level).lower(),
        }

    def _deployments(self) -> list[dict[str, Any]]:
        serving = Counter(call.route.deployment for call in self._gateway.calls())
        now = time.monotonic()
        return [deployment_entry(each, serving[each], now) for each in self._gateway.deployments()]

    def _drain(self) -> dict[str, Any]:
        self._gateway.drain()
        self._tell("taken out of service", {})
        return self._state()

    def _undrain(self) -> dict[str, Any]:
        self._gateway.undrain()
        self._tell("serving again", {})
        return self._state()

    def _tell(self, event: str, facts: Mapping[str, Any]) -> None:
        """Logs a switch, whatever the level is: who reads the log must know of it."""
        self._log.write(max(self._log.level, logging.WARNING), event, facts)


def call_entry(call: Call, now: float) -> dict[str, Any]:
    """Returns a call in flight as a JSON object: times in seconds, sizes in bytes.

    Args:
        call: The call.
        now: The time, in `time.monotonic()` seconds.
    """
    route, caller = call.route, call.access.caller
    return {
        "id": call.head.request_id,
        "method": call.rpc.path,
        "protocol": "grpc" if call.frames is None else "rest",
        "peer": call.context.peer(),
        "caller": None if caller is None else caller.name,
        "model": route.model or None,
        "deployment": None if route.deployment is None else route.deployment.name,
        "upstream_model": route.upstream_model or None,
        "attempts": route.attempts,
        "age_seconds": round(now - call.head.started, 3),
        "deadline_seconds": None if call.head.deadline is None else round(call.head.deadline - now, 3),
        "messages_sent": call.sent.messages,
        "bytes_sent": call.sent.bytes,
        "bytes_received": call.received.bytes,
    }


def connection_entry(connection: ConnectionInfo) -> dict[str, Any]:
    """Returns a connection as a JSON object."""
    age = None if connection.age is None else round(connection.age, 3)
    return {
        "peer": connection.peer,
        "protocol": connection.protocol,
        "age_seconds": age,
        "calls": connection.calls,
    }


def deployment_entry(deployment: Deployment, in_flight: int, now: float) -> dict[str, Any]:
    """Returns a deployment as a JSON object; times in seconds.

    Args:
        deployment: The deployment.
        in_flight: Number of its calls in flight.
        now: The time, in `time.monotonic()` seconds.
    """
    config, load, health = deployment.config, deployment.load, deployment.health
    latencies = {name: load.latency(streaming, now) for name, streaming in (("unary", False), ("stream", True))}
    return {
        "name": deployment.name,
        "model": config.model_name,
        "upstream_model": config.model,
        "base_url": _text(config.base_url),
        "usable": health.usable(now),
        "cooldown_seconds": round(max(health.until - now, 0.0), 3),
        "in_flight": in_flight,
        "latency_seconds": {name: None if each is None else round(each, 4) for name, each in latencies.items()},
        "limits": {name: getattr(config, name) for name in ("rpm", "tpm", "max_parallel_requests")},
    }


def configuration(config: Config) -> Any:
    """Returns a configuration as a JSON value, with `***` for each secret."""
    return {name: value for name, value in shown(config).items() if name not in _NOT_SHOWN}


def shown(value: Any) -> Any:
    """Returns a setting as a JSON value, without secrets: keys, passwords in URLs, queries, hashes of keys."""
    found = value
    if isinstance(value, Secret):
        found = HIDDEN
    elif isinstance(value, str):
        found = _text(value)
    elif isinstance(value, float):
        found = value if isfinite(value) else None
    elif isinstance(value, Mapping):
        found = {str(name): _item(str(name), each) for name, each in value.items()}
    elif is_dataclass(value):
        found = {each.name: _item(each.name, getattr(value, each.name)) for each in fields(value)}
    elif isinstance(value, Iterable):
        found = [shown(each) for each in (sorted(value) if isinstance(value, (set, frozenset)) else value)]
    return found


def _item(name: str, value: Any) -> Any:
    return HIDDEN if isinstance(value, str) and _SECRET_KEY.search(name) and name != "key_header" else shown(value)


def _text(text: str) -> str:
    return _QUERY.sub(HIDDEN, _USER.sub(f"{HIDDEN}@", text)) if "://" in text else text


def merged(what: str, answers: Sequence[tuple[int, Any]]) -> Any:
    """Merges the answers of workers, with their numbers, to one: lists name the worker of each entry."""
    if what in {"calls", "connections", "deployments"}:
        return [{"worker": number, **each} for number, listed in answers for each in listed]
    states = [each for _, each in answers]
    return {
        "version": version("openai-grpc-server"),
        "ready": any(each["ready"] for each in states),
        "draining": bool(states) and all(each["draining"] for each in states),
        "uptime_seconds": max((each["uptime_seconds"] for each in states), default=0.0),
        "calls_in_flight": sum(each["calls_in_flight"] for each in states),
        "log_level": states[0]["log_level"] if states else None,
        "workers": len(states),
    }

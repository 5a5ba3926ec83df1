"""What a worker is told when it starts."""

import json
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from openai_grpc_server.config import Config, DeploymentConfig, ServeOptions, ServerSettings
from openai_grpc_server.resources import container_memory
from openai_grpc_server.workers.timing import connection_age


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalModels:
    """Where the local models answer, which the workers share.

    Attributes:
        chat: The base URL of the chat model.
        audio: The base URL of the transcription model.
    """

    chat: str
    audio: str

    def deployments(self) -> tuple[DeploymentConfig, ...]:
        """Returns their deployments."""
        from openai_grpc_server.local_upstream import deployments_at  # noqa: PLC0415 - not needed with a real upstream

        return deployments_at(self.chat, self.audio)


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """What a worker is told. It reads the configuration itself.

    Attributes:
        number: Which of the workers it is, from 1.
        workers: How many there are.
        options: Where the configuration comes from.
        host: The address that the supervisor holds, whatever the configuration says.
        port: Its port.
        limits_file: Where what keys have used is kept unless the configuration says otherwise.
        metrics: Whether its calls are counted.
        local: The local models, where calls have nowhere else to go.
    """

    number: int
    workers: int
    options: ServeOptions
    host: str
    port: int
    limits_file: str
    metrics: bool
    local: LocalModels | None = None

    def to_json(self) -> bytes:
        """Writes it as one line."""
        return json.dumps(asdict(self), default=str).encode() + b"\n"

    @classmethod
    def from_json(cls, line: bytes) -> "Assignment":
        """Reads what `to_json` has written."""
        said: dict[str, Any] = json.loads(line)
        options, local = said.pop("options"), said.pop("local")
        if options["config"] is not None:
            options["config"] = Path(options["config"])
        return cls(**said, options=ServeOptions(**options), local=LocalModels(**local) if local else None)

    def load(self) -> Config:
        """Reads the configuration of this worker.

        Raises:
            ConfigError: It can't be used.
        """
        config = self.options.load()
        if not config.deployments and self.local is not None:
            config = replace(config, deployments=self.local.deployments())
        counted_together = config.router.redis_url is not None
        deployments = tuple(self._deployment(each, counted_together) for each in config.deployments)
        # The supervisor has told the warnings.
        return replace(config, server=self._server(config.server), deployments=deployments, warnings=())

    def _server(self, settings: ServerSettings) -> ServerSettings:
        return replace(
            settings,
            host=self.host,
            port=self.port,
            reuse_port=True,
            metrics_port=None,
            limits_file=settings.limits_file or self.limits_file,
            max_connection_age=connection_age(settings),
            max_concurrent_rpcs=self._part(settings.max_concurrent_rpcs),
            max_memory=self._part(settings.max_memory or container_memory()),
            max_in_flight_bytes=self._part(settings.max_in_flight_bytes) or 1,
        )

    def _deployment(self, config: DeploymentConfig, counted_together: bool) -> DeploymentConfig:
        return replace(
            config,
            rpm=config.rpm if counted_together else self._part(config.rpm),
            tpm=config.tpm if counted_together else self._part(config.tpm),
            max_parallel_requests=self._part(config.max_parallel_requests),
        )

    def _part(self, limit: int | None) -> int | None:
        """Returns the part of a limit that falls to each worker: they don't know of each other's calls."""
        return limit and max(limit // self.workers, 1)

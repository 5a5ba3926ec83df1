"""Configurations of the gateway for the benchmark."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.certificate import Certificate
from bench.exchanges import BY_CHAT, BY_RESPONSES, CHAT, MODELS, OTHER_DEPLOYMENT

LIMIT = 1_000_000_000  # a minute: what is counted, but never reached


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployment:
    """Configuration of the gateway.

    Attributes:
        upstream: The upstream's address.
        key: A key that callers must show; then it has limits, and each model of chat two deployments with limits.
        certificate: The certificate of both sides' TLS.
        http2: The server's own HTTP/2 (`server.http2`).
        one_try: Whether each model has one deployment, whose failures are neither tried again nor cooled down after.
        collector: URL of a collector, to which traces and metrics go.
        sample_ratio: Part of the calls that are traced.
    """

    upstream: str
    key: str | None = None
    certificate: Certificate | None = None
    http2: str | None = None
    one_try: bool = False
    collector: str | None = None
    sample_ratio: float = 1.0

    def write(self, path: Path) -> Path:
        """Writes the configuration file."""
        path.write_text(json.dumps(self._settings()), encoding="utf-8")
        return path

    def _settings(self) -> dict[str, Any]:
        settings: dict[str, Any] = {"model_list": self._models(), "server": {}}
        if self.http2 is not None:
            settings["server"]["http2"] = self.http2
        if self.certificate is not None:
            files = {"certificate": str(self.certificate.chain), "private_key": str(self.certificate.private_key)}
            settings["server"]["tls"] = files
        if self.key is not None:
            limits = {"rpm": LIMIT, "tpm": LIMIT, "max_parallel_requests": LIMIT}
            settings["general_settings"] = {"keys": [{"name": "bench", "key": self.key, **limits}]}
            settings["router_settings"] = {"routing_strategy": "simple-shuffle", "num_retries": 2}
        if self.collector is not None:
            telemetry = {"endpoint": self.collector, "sample_ratio": self.sample_ratio}
            settings["server"]["telemetry"] = telemetry
        if self.one_try:
            settings["router_settings"] = {"num_retries": 0, "disable_cooldowns": True}
        return settings

    def _models(self) -> list[dict[str, Any]]:
        by_chat = {**self._params(BY_CHAT), "use_chat_completions_api": True}
        models: list[dict[str, Any]] = [
            *({"model_name": name, "litellm_params": self._params(name)} for name in MODELS),
            {"model_name": BY_CHAT, "litellm_params": by_chat},
            {"model_name": BY_RESPONSES, "litellm_params": self._params(f"responses/{BY_RESPONSES}")},
        ]
        if self.key is not None:
            limits = {"rpm": LIMIT, "tpm": LIMIT, "max_parallel_requests": LIMIT}
            for model in models:
                model["litellm_params"].update(limits)
        if self.key is not None and not self.one_try:
            first = next(model for model in models if model["model_name"] == CHAT)
            models.append({**first, "model_info": {"id": OTHER_DEPLOYMENT}})
            first["model_info"] = {"id": CHAT}
        return models

    def _params(self, model: str) -> dict[str, Any]:
        scheme = "http" if self.certificate is None else "https"
        params: dict[str, Any] = {
            "model": f"openai/{model}",
            "api_base": f"{scheme}://{self.upstream}/v1",
            "api_key": "sk-bench",
        }
        if self.certificate is not None:
            params["ssl_verify"] = str(self.certificate.chain)
        return params

"""Configurations of the gateway for the benchmark."""

import json
import secrets
import time
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

from bench.certificate import Certificate
from bench.exchanges import BY_CHAT, BY_RESPONSES, CHAT, MODELS, OTHER_DEPLOYMENT

LIMIT = 1_000_000_000  # a minute: what is counted, but never reached
LIMITS = {"rpm": LIMIT, "tpm": LIMIT, "max_parallel_requests": LIMIT}
ISSUER = "https://issuer.bench"
AUDIENCE = "bench"
VALID = 3600  # seconds


class Feature(StrEnum):
    """A feature that is off unless configured."""

    KEYS = "keys"
    LIMITS = "limits"
    ROUTING = "routing"
    IDENTITY = "identity"
    METRICS = "metrics"
    TRACES = "traces"


class Issuer:
    """Issues the callers' tokens.

    Args:
        directory: Where its public key goes.

    Attributes:
        jwks: The file of its public key.
        token: A token.
    """

    def __init__(self, directory: Path) -> None:
        private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        public = json.loads(RSAAlgorithm.to_jwk(private.public_key()))
        self.jwks = directory / "jwks.json"
        self.jwks.write_text(json.dumps({"keys": [{**public, "kid": "1", "alg": "RS256"}]}), encoding="utf-8")
        claims = {"iss": ISSUER, "aud": AUDIENCE, "sub": "caller", "exp": int(time.time()) + VALID}
        self.token: str = jwt.encode(claims, private, algorithm="RS256", headers={"kid": "1"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployment:
    """Configuration of the gateway.

    Attributes:
        upstream: The upstream's address.
        key: The key of a caller, with the feature `KEYS`.
        issuer: The issuer of a caller's token, with the feature `IDENTITY`.
        features: What is on. `LIMITS` are those of callers and deployments; `ROUTING` is a second deployment of chat.
        certificate: The certificate of both sides' TLS.
        http2: The server's own HTTP/2 (`server.http2`).
        one_try: Whether each model has one deployment, whose failures are neither tried again nor cooled down after.
        collector: URL of a collector, to which traces and metrics go.
        sample_ratio: Part of the calls that are traced.
    """

    upstream: str
    key: str = ""
    issuer: Issuer | None = None
    features: frozenset[Feature] = frozenset()
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
        if general := self._general():
            settings["general_settings"] = general
        if Feature.ROUTING in self.features:
            settings["router_settings"] = {"routing_strategy": "simple-shuffle", "num_retries": 2}
        if Feature.METRICS in self.features:
            settings["server"]["metrics_port"] = 0
        if self.collector is not None:
            telemetry = {"endpoint": self.collector, "sample_ratio": self.sample_ratio}
            settings["server"]["telemetry"] = telemetry
        if self.one_try:
            settings["router_settings"] = {"num_retries": 0, "disable_cooldowns": True}
        return settings

    def _general(self) -> dict[str, Any]:
        limits = LIMITS if Feature.LIMITS in self.features else {}
        general: dict[str, Any] = {}
        if Feature.KEYS in self.features:
            general["keys"] = [{"name": "bench", "key": self.key, **limits}]
        if Feature.IDENTITY in self.features and self.issuer is not None:
            issuer = {"issuer": ISSUER, "audiences": [AUDIENCE], "jwks": str(self.issuer.jwks)}
            general["token_issuers"] = [issuer]
            general["identities"] = [{"name": "caller", "token_subject": "caller", **limits}]
        if len(general) > 1:
            general["sealing_key"] = secrets.token_hex(20)
        return general

    def _models(self) -> list[dict[str, Any]]:
        by_chat = {**self._params(BY_CHAT), "use_chat_completions_api": True}
        models: list[dict[str, Any]] = [
            *({"model_name": name, "litellm_params": self._params(name)} for name in MODELS),
            {"model_name": BY_CHAT, "litellm_params": by_chat},
            {"model_name": BY_RESPONSES, "litellm_params": self._params(f"responses/{BY_RESPONSES}")},
        ]
        if Feature.LIMITS in self.features:
            for model in models:
                model["litellm_params"].update(LIMITS)
        if Feature.ROUTING in self.features and not self.one_try:
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

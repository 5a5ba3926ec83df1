"""One attempt to serve a call, as its deployment's health and load see it."""

import time

from openai_grpc_server.config import RouterConfig
from openai_grpc_server.errors import GatewayError, UpstreamError
from openai_grpc_server.routing.deployment import Deployment
from openai_grpc_server.routing.failures import AT_ONCE, is_deployments_fault
from openai_grpc_server.routing.state import State


class Attempt:
    """One attempt; exactly one of `succeeded`, `failed` and `abandoned` ends it.

    Args:
        deployment: Where it is made; its `in_flight` counts the attempt already.
        settings: When a deployment is left alone.
        state: Where it is noted.
        replaceable: Whether other deployments can serve while this one is left alone.
    """

    __slots__ = ("_began", "_probe", "_replaceable", "_settings", "_state", "deployment")

    def __init__(self, deployment: Deployment, settings: RouterConfig, state: State, *, replaceable: bool) -> None:
        self.deployment = deployment
        self._settings = settings
        self._state = state
        self._replaceable = replaceable
        self._probe = deployment.health.begin()
        self._began = time.monotonic()

    async def succeeded(self, *, streaming: bool, first_message: float, tokens: int) -> None:
        """Notes that the call was served.

        Args:
            streaming: Whether it is a stream.
            first_message: When the first message of a stream went out, in `time.monotonic()` seconds, or 0.
            tokens: How many tokens upstream says it took.
        """
        self._ended()
        deployment, now = self.deployment, time.monotonic()
        deployment.health.succeeded(self._probe)
        deployment.load.measured(streaming, (first_message or now) - self._began, now)
        if tokens:
            await self._state.spend(deployment, tokens)

    async def failed(self, error: GatewayError) -> None:
        """Notes how it failed."""
        self._ended()
        health = self.deployment.health
        if not isinstance(error, UpstreamError):
            health.abandoned(self._probe)
            return
        if not is_deployments_fault(error):
            health.succeeded(self._probe)  # it answered that the request is at fault
            return
        allowed = 0 if error.reason in AT_ONCE else self._settings.allowed_fails
        if health.failed(time.monotonic(), self._probe, allowed) and self._replaceable and self._settings.cooldown_time:
            asked = error.retry_after
            await self._state.hold(self.deployment, self._settings.cooldown_time if asked is None else asked)

    def abandoned(self) -> None:
        """Notes that it ended without saying anything of the deployment: the caller went away."""
        self._ended()
        self.deployment.health.abandoned(self._probe)

    def _ended(self) -> None:
        self.deployment.load.in_flight -= 1

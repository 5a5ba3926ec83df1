"""What replicas of the gateway tell each other of deployments: cooldowns, requests and tokens of the minute."""

import time
from collections.abc import Sequence
from typing import Protocol

from openai_grpc_server.routing.deployment import Deployment
from openai_grpc_server.routing.load import MINUTE


class State(Protocol):
    """Keeps what is known of deployments in themselves, and shares it if there is anybody to share it with."""

    async def refresh(self, deployments: Sequence[Deployment]) -> None:
        """Brings the `health` and `load` of deployments up to date."""

    async def take(self, deployment: Deployment) -> bool:
        """Counts a request to a deployment; returns whether its `rpm` allowed it."""

    async def spend(self, deployment: Deployment, tokens: int) -> None:
        """Counts the tokens that a call took."""

    async def hold(self, deployment: Deployment, seconds: float) -> None:
        """Begins the cooldown of a deployment."""

    def rest_of_minute(self) -> float:
        """Returns the seconds until the next minute begins."""

    async def aclose(self) -> None:
        """Closes connections."""


class LocalState:
    """The state of a gateway that is alone: all of it stands in the deployments."""

    async def refresh(self, deployments: Sequence[Deployment]) -> None:
        """Begins a new count when a new minute has begun."""
        minute = self.this_minute()
        for deployment in deployments:
            deployment.load.turn(minute)

    async def take(self, deployment: Deployment) -> bool:
        """Counts a request; as `refresh` was just called, the limit was looked at."""
        deployment.load.requests += 1
        return True

    async def spend(self, deployment: Deployment, tokens: int) -> None:
        """Counts the tokens that a call took, in the minute in which it ended."""
        deployment.load.turn(self.this_minute())
        deployment.load.tokens += tokens

    async def hold(self, deployment: Deployment, seconds: float) -> None:
        """Begins the cooldown of a deployment."""
        deployment.health.hold(time.monotonic(), seconds)

    def this_minute(self) -> int:
        """Returns the number of the present minute."""
        return int(self.clock() // MINUTE)

    def rest_of_minute(self) -> float:
        """Returns the seconds until the next minute begins."""
        return MINUTE - self.clock() % MINUTE

    def clock(self) -> float:
        """Returns seconds that never go back; it does not matter when they began."""
        return time.monotonic()

    async def aclose(self) -> None:
        """Nothing is open."""

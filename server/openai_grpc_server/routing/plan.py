"""Plan of a call: attempts, retries and fallbacks."""

from __future__ import annotations

import asyncio
import random
import time
from operator import length_hint
from typing import TYPE_CHECKING, NamedTuple

from grpc import StatusCode

from openai_grpc_server.errors import GatewayError, UpstreamError
from openai_grpc_server.routing.concurrency import OVERLOADED
from openai_grpc_server.routing.failures import (
    COOLDOWN_AT_ONCE,
    RetryPolicy,
    fallbacks,
    is_deployments_fault,
    may_fall_back,
    retry_policy,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from openai_grpc_server.config import RouterConfig
    from openai_grpc_server.routing.deployment import Deployment, Group
    from openai_grpc_server.routing.router import Router
    from openai_grpc_server.routing.state import State

FIRST_WAIT = 0.5  # seconds: the most that is waited before the first retry; it doubles with each
LONGEST_WAIT = 8.0  # seconds
MOST_REQUESTS = 3  # that a call makes to the deployments of one name, unless its retries are more
SOON = 1.0  # seconds until a retry, where deployments have as many calls in flight as they may
LONGEST_RETRY_AFTER = 60.0  # seconds; an upstream that asks for more is not tried again


class Attempt:
    """One attempt, recorded in the health and load of its deployment.

    Exactly one of `succeeded`, `failed` and `abandoned` ends it.

    Args:
        deployment: The deployment; its `in_flight` counts the attempt already.
        settings: Settings of cooldowns.
        state: State of the deployments.
        replaceable: Whether other deployments can serve during a cooldown of this one.
    """

    __slots__ = ("_began", "_probe", "_replaceable", "_settings", "_state", "deployment")

    def __init__(self, deployment: Deployment, settings: RouterConfig, state: State, *, replaceable: bool) -> None:
        self.deployment = deployment
        self._settings = settings
        self._state = state
        self._replaceable = replaceable
        self._probe = deployment.health.until > 0 and deployment.health.begin()
        self._began = time.monotonic()

    def succeeded(self, *, streaming: bool, first_message: float, tokens: int) -> None:
        """Records that the call was served.

        Args:
            streaming: Whether it is a stream.
            first_message: When the first message of a stream went out, in `time.monotonic()` seconds, or 0.
            tokens: Tokens that the call used, as reported by upstream.
        """
        deployment, now = self.deployment, time.monotonic()
        load, seconds = deployment.load, (first_message or now) - self._began
        if load.adaptive is not None:
            load.adaptive.measured(streaming, seconds, load.in_flight, now)
        load.in_flight -= 1
        if self._probe:
            deployment.health.succeeded(self._probe)
        load.measured(streaming, seconds, now)
        if tokens:
            self._state.spend(deployment, tokens)

    async def failed(self, error: GatewayError) -> None:
        """Records a failure."""
        self._ended()
        health = self.deployment.health
        if not isinstance(error, UpstreamError):
            health.abandoned(self._probe)
            return
        adaptive = self.deployment.load.adaptive
        if adaptive is not None and error.reason in OVERLOADED:
            adaptive.dropped()
        if not is_deployments_fault(error):
            health.succeeded(self._probe)  # it answered that the request is at fault
            return
        allowed = 0 if error.reason in COOLDOWN_AT_ONCE else self._settings.allowed_fails
        if health.failed(time.monotonic(), self._probe, allowed) and self._replaceable and self._settings.cooldown_time:
            asked = error.retry_after
            await self._state.hold(self.deployment, self._settings.cooldown_time if asked is None else asked)

    def abandoned(self) -> None:
        """Records that the caller cancelled: neither success nor failure."""
        self._ended()
        self.deployment.health.abandoned(self._probe)

    def _ended(self) -> None:
        self.deployment.load.in_flight -= 1


class Target(NamedTuple):
    """Deployments that may serve a call under one name.

    Attributes:
        model: The name; empty for a call that names no model.
        group: Group whose retry budget is used.
        deployments: Deployments of the group that may serve it.
        movable: Whether a fallback may serve it: it names a model and is about no stored object.
    """

    model: str
    group: Group
    deployments: Sequence[Deployment]
    movable: bool = True


class Plan:
    """Chooses the deployments of one call.

    `first` returns the first; `attempt` records the outcome; `after` returns the next after a failure.

    Args:
        router: The router.
        target: Deployments that may serve the call.
        streaming: Whether it is a stream.
        deadline: Deadline of the call, in `time.monotonic()` seconds.

    Attributes:
        attempt: The present attempt; None if nothing is recorded, as there is only one deployment.
        model: The name that the present attempt is made under: the call's own without aliases, or that of a fallback.
    """

    __slots__ = (
        "_before",
        "_deadline",
        "_fallbacks",
        "_out",
        "_retries",
        "_router",
        "_streaming",
        "_target",
        "_tried",
        "_waits",
        "attempt",
        "model",
    )

    def __init__(self, router: Router, target: Target, *, streaming: bool, deadline: float | None) -> None:
        self.attempt: Attempt | None = None
        self._router = router
        self._streaming = streaming
        self._deadline = deadline
        self._before = 0  # requests made under the names before
        self._fallbacks: Iterator[str] | None = None
        self._tried: tuple[Deployment, ...]
        self._out: tuple[Deployment, ...]
        self._waits: tuple[float, ...]
        self._enter(target)

    @property
    def deployments(self) -> Sequence[Deployment]:
        """Deployments that may serve the call under its present name."""
        return self._target.deployments

    @property
    def alternatives(self) -> bool:
        """True if another deployment may serve the call."""
        return len(self._target.deployments) > 1 or (self._target.movable and self._router.has_fallbacks)

    def may_move(self, error: GatewayError, present: Deployment, requests: int) -> bool:
        """Returns whether `after` is going to try again, unless limits or budgets are in the way.

        Args:
            error: The failure.
            present: The deployment that failed.
            requests: Number of requests made for the call.
        """
        settings, target = self._router.settings, self._target
        policy = retry_policy(error, retry_maybe_billed=settings.retry_maybe_billed)
        retries = self.retries(present)
        if policy is not RetryPolicy.NONE and self._has_left(error, requests, retries):
            if any(each is not present and each not in self._tried for each in target.deployments):
                return True
            if self._retries < retries and (policy is RetryPolicy.ANY or len(target.deployments) > len(self._out) + 1):
                return True
        if not target.movable or not may_fall_back(error, policy):
            return False
        if self._fallbacks is None:
            return bool(fallbacks(settings, target.model, error))
        return length_hint(self._fallbacks) > 0

    @property
    def passes_keys(self) -> bool:
        """True if a possible deployment has no key, so that the caller's is sent."""
        if not self._router.passes_keys:
            return False
        return any(each.config.api_key is None for each in self._target.deployments)

    def retries(self, deployment: Deployment) -> int:
        """Returns the number of retries after a deployment's failure."""
        own = deployment.config.max_retries
        return self._router.settings.num_retries if own is None else own

    async def first(self) -> Deployment:
        """Returns the first deployment.

        Raises:
            GatewayError: RESOURCE_EXHAUSTED: none of them may take more calls at the moment.
        """
        deployments = self._target.deployments
        if len(deployments) == 1 and not deployments[0].limited:
            return deployments[0]
        shared = self._router.state.shared
        if chosen := await self._choose(deployments) if shared else self._choose_here(deployments):
            return chosen
        saturated = any(each.load.saturated for each in deployments)
        error = exhausted(self._target, SOON if saturated else self._router.state.rest_of_minute())
        return await self._fall_back(error, RetryPolicy.ANY)

    async def after(self, error: GatewayError, present: Deployment, requests: int) -> Deployment:
        """Waits, and returns the next deployment after a failure.

        Args:
            error: The failure.
            present: The deployment that failed.
            requests: Number of requests made for the call.

        Raises:
            GatewayError: The failure itself: nothing more can be done.
        """
        settings = self._router.settings
        policy = retry_policy(error, retry_maybe_billed=settings.retry_maybe_billed)
        if policy is RetryPolicy.NONE:
            self._before = requests
            return await self._fall_back(error, policy)
        retries = self.retries(present)
        error.retried = retries > 0
        self._tried = (*self._tried, present)
        self._waits = (*self._waits, error.retry_after or 0.0)
        if policy is RetryPolicy.OTHER:
            self._out = (*self._out, present)
        if self._has_left(error, requests, retries) and (
            chosen := await self._elsewhere() or await self._again(retries)
        ):
            return chosen
        self._before = requests
        return await self._fall_back(error, policy)

    def _has_left(self, error: GatewayError, requests: int, retries: int) -> bool:
        """Returns whether a call that has made some requests may make another one under its present name.

        Who looks for a stored object asks every upstream that may have it.
        """
        looking = not self._target.model and error.reason == "NOT_FOUND"
        return looking or requests - self._before < max(MOST_REQUESTS, 1 + retries)

    def _enter(self, target: Target) -> None:
        target.group.budget.calls += 1
        self._target = target
        self.model = target.model
        self._retries = 0
        self._tried = ()
        self._out = ()
        self._waits = ()

    async def _elsewhere(self) -> Deployment | None:
        """Returns an untried deployment, without waiting."""
        rest = [each for each in self._target.deployments if each not in self._tried]
        # One that is left alone is asked as well before the call fails, and no retry is spent on it.
        return await self._choose(rest) if rest else None

    async def _again(self, retries: int) -> Deployment | None:
        """Returns a deployment already tried, after a delay."""
        rest = [each for each in self._target.deployments if each not in self._out]
        if not rest or self._retries >= retries:
            return None
        wait = self._wait()
        if wait > LONGEST_RETRY_AFTER or (self._deadline is not None and time.monotonic() + wait >= self._deadline):
            return None
        if not self._target.group.budget.take():
            return None
        self._retries += 1
        self._tried, self._waits = self._out, ()
        await asyncio.sleep(wait)
        return await self._choose(rest)

    def _wait(self) -> float:
        """Returns the delay: full jitter with exponential backoff, at least what upstream asked for."""
        jitter = random.uniform(0, min(FIRST_WAIT * 2**self._retries, LONGEST_WAIT))  # noqa: S311 - spreads load
        return max(jitter, self._router.settings.retry_after, min(self._waits, default=0.0))

    async def _fall_back(self, error: GatewayError, policy: RetryPolicy) -> Deployment:
        """Returns a deployment of the next fallback.

        Raises:
            GatewayError: `error`, as there is none.
        """
        if not self._target.movable or not may_fall_back(error, policy):
            raise error
        if self._fallbacks is None:
            self._fallbacks = iter(fallbacks(self._router.settings, self._target.model, error))
        for name in self._fallbacks:
            target = self._router.fallback(name)
            if target is not None:
                self._enter(target)
                if chosen := await self._choose(target.deployments):
                    return chosen
        raise error

    async def _choose(self, deployments: Sequence[Deployment]) -> Deployment | None:
        """Chooses a deployment; None if all are at their limits."""
        state = self._router.state
        if not state.shared:
            return self._choose_here(deployments)
        while True:
            await state.refresh(deployments)
            chosen = self._best(deployments)
            if chosen is None:
                return None
            chosen.load.in_flight += 1
            taken = False
            try:
                taken = await state.take(chosen)
            finally:
                if not taken:
                    chosen.load.in_flight -= 1
            if taken:
                self._begin(chosen)
                return chosen

    def _choose_here(self, deployments: Sequence[Deployment]) -> Deployment | None:
        """Does the same where no other replica has to be asked."""
        self._router.state.turn(deployments)
        chosen = self._best(deployments)
        if chosen is not None:
            chosen.load.in_flight += 1
            chosen.load.requests += 1
            self._begin(chosen)
        return chosen

    def _best(self, deployments: Sequence[Deployment]) -> Deployment | None:
        now = time.monotonic()
        usable = [
            each
            for each in deployments
            if (not each.limited or each.load.allows(each.config))
            and (not each.health.until or each.health.usable(now))
        ]
        if not usable:
            within = [each for each in deployments if not each.limited or each.load.allows(each.config)]
            return min(within, key=lambda each: each.health.until, default=None)
        return self._router.strategy(usable, self._streaming, now) if len(usable) > 1 else usable[0]

    def _begin(self, chosen: Deployment) -> None:
        router, replaceable = self._router, len(self._target.group.deployments) > 1
        self.attempt = Attempt(chosen, router.settings, router.state, replaceable=replaceable)


def exhausted(target: Target, retry_after: float) -> GatewayError:
    """Returns the error of a call if every deployment is at its limits."""
    limits = "requests or tokens a minute, or requests at once"
    return GatewayError(
        f"Every deployment of {target.model!r} is at its configured limits ({limits})",
        code=StatusCode.RESOURCE_EXHAUSTED,
        reason="DEPLOYMENT_LIMIT",
        retry_after=retry_after,
        quota=[(target.model, f"the configured {limits}")],
    )

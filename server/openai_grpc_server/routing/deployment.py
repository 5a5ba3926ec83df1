"""Deployments: one model at one upstream, with its circuit breaker, load and group; load balancing strategies."""

import asyncio
import random
import time
from collections import deque
from collections.abc import Callable, Sequence
from math import inf
from typing import Any, NamedTuple

from openai_grpc_server.config import DeploymentConfig
from openai_grpc_server.config.checks import is_openai
from openai_grpc_server.config.deployment import UpstreamName
from openai_grpc_server.models import ModelCatalog, ParameterRules
from openai_grpc_server.models.parameters import CHAT, RESPONSES, RESPONSES_WITH_TOOLS, Method, apply
from openai_grpc_server.routing.concurrency import AdaptiveLimit
from openai_grpc_server.upstream import UpstreamClient, request_headers

FAILURE_PERIOD = 60.0  # seconds in which failures are counted
LONGEST_COOLDOWN = 300.0  # seconds: a mistaken Retry-After must not keep a deployment out for a day
MINUTE = 60.0
LATENCY_WEIGHT = 0.3  # of the newest latency in the average
LATENCY_STALE = 60.0  # seconds after which a latency says nothing any more
BUDGET_CAPACITY = 20.0
BUDGET_SHARE = 0.2
REFUSED_FOR = 600.0  # seconds for which a key that was refused is left out
MOST_REFUSALS = 256  # that a deployment remembers: a wildcard may serve any number of models


class Health:
    """The circuit breaker of one deployment.

    It is closed until it fails too often; then open for the cooldown; then half open: one call probes it, and its
    outcome closes it or opens it anew. Times are in `time.monotonic()` seconds.

    Attributes:
        until: When its cooldown ends, or 0 while it is closed.
    """

    __slots__ = ("_failures", "_probing", "until")

    def __init__(self) -> None:
        self.until = 0.0
        self._failures: deque[float] = deque()
        self._probing = False

    def usable(self, now: float) -> bool:
        """Returns whether a call may be sent to it."""
        return not self.until or (now >= self.until and not self._probing)

    def begin(self) -> bool:
        """Records a call; returns whether it is a probe."""
        if not self.until or self._probing:
            return False
        self._probing = True
        return True

    def abandoned(self, probe: bool) -> None:
        """Records a call that ended without evidence about the deployment."""
        if probe:
            self._probing = False

    def succeeded(self, probe: bool) -> None:
        """Records a success. Only a probe ends a cooldown: other calls may have been sent before it began."""
        if probe:
            self._probing = False
            self.until = 0.0
            self._failures.clear()

    def failed(self, now: float, probe: bool, allowed: int) -> bool:
        """Records a failure.

        Args:
            now: The time.
            probe: Whether the call probed it.
            allowed: Allowed failures per minute.

        Returns:
            Whether its cooldown begins.
        """
        if probe:
            self._probing = False
            return True
        failures = self._failures
        failures.append(now)
        while failures[0] <= now - FAILURE_PERIOD:
            failures.popleft()
        return len(failures) > allowed

    def hold(self, now: float, seconds: float) -> None:
        """Starts or extends a cooldown."""
        self.until = max(self.until, now + min(seconds, LONGEST_COOLDOWN))
        self._failures.clear()


class Load:
    """Load of one deployment. Times are in seconds.

    Attributes:
        in_flight: Calls in flight.
        requests: Calls of this minute.
        tokens: Tokens used in this minute.
        minute: Number of that minute.
        adaptive: Learned limit of calls in flight; None: none.
    """

    __slots__ = ("_latency", "adaptive", "in_flight", "minute", "requests", "tokens")

    def __init__(self) -> None:
        self.adaptive: AdaptiveLimit | None = None
        self.in_flight = 0
        self.requests = 0
        self.tokens = 0
        self.minute = 0
        self._latency: dict[bool, tuple[float, float]] = {}

    def turn(self, minute: int) -> None:
        """Resets the counts at the start of a minute."""
        if minute != self.minute:
            self.minute = minute
            self.requests = 0
            self.tokens = 0

    def allows(self, config: DeploymentConfig) -> bool:
        """Returns whether the deployment's limits allow one more call."""
        rpm, tpm, parallel = config.rpm, config.tpm, config.max_parallel_requests
        return (
            (rpm is None or self.requests < rpm)
            and (tpm is None or self.tokens < tpm)
            and (parallel is None or self.in_flight < parallel)
            and (self.adaptive is None or not self.saturated)
        )

    @property
    def saturated(self) -> bool:
        """True if there are as many calls in flight as the learned limit allows."""
        return self.adaptive is not None and self.in_flight >= self.adaptive.limit

    def measured(self, streaming: bool, seconds: float, now: float) -> None:
        """Records the time to the first message of a stream, or to a whole reply."""
        known = self._latency.get(streaming)
        if known is None or now - known[1] > LATENCY_STALE:
            self._latency[streaming] = (seconds, now)
        else:
            self._latency[streaming] = (known[0] + LATENCY_WEIGHT * (seconds - known[0]), now)

    def latency(self, streaming: bool, now: float) -> float | None:
        """Returns the average latency, or None without a recent measurement."""
        known = self._latency.get(streaming)
        return None if known is None or now - known[1] > LATENCY_STALE else known[0]


class Refusals:
    """Recent refusals of this upstream, for each model: keys of the gateway's own, parameters, an API.

    Attributes:
        share: Tells other replicas of a model, a key and the seconds for which it is remembered, 0 if it is forgotten;
            None without replicas.
    """

    __slots__ = ("_until", "share")

    def __init__(self) -> None:
        self._until: dict[tuple[str, str], float] = {}
        self.share: Callable[[str, str, float], None] | None = None

    def refuses(self, model: str, key: str) -> bool:
        """Returns whether a key was refused lately."""
        return bool(self._until) and self._until.get((model, key), 0.0) > time.monotonic()

    def about(self, model: str) -> list[str]:
        """Returns recent refusals for a model."""
        now = time.monotonic()
        return [key for (name, key), until in self._until.items() if name == model and until > now]

    def __bool__(self) -> bool:
        return bool(self._until)

    def remember(self, model: str, key: str) -> None:
        """Notes that a key was refused, here and at other replicas."""
        self.put(model, key, REFUSED_FOR)
        if self.share is not None:
            self.share(model, key, REFUSED_FOR)

    def forget(self, model: str, key: str) -> None:
        """Forgets the refusal of a key, here and at other replicas."""
        if self._until.pop((model, key), None) is not None and self.share is not None:
            self.share(model, key, 0.0)

    def put(self, model: str, key: str, seconds: float) -> None:
        """Remembers the refusal of a key for some seconds, or forgets it where they are not more than 0."""
        self._until.pop((model, key), None)
        if seconds <= 0:
            return
        while len(self._until) >= MOST_REFUSALS:
            del self._until[next(iter(self._until))]
        self._until[model, key] = time.monotonic() + min(seconds, REFUSED_FOR)


class Listed:
    """Names with `openai/` in an upstream's model list.

    Attributes:
        names: The names.
        until: When the upstream is to be asked again, in `time.monotonic()` seconds.
        asking: Held while it is asked.
    """

    __slots__ = ("asking", "names", "until")

    def __init__(self) -> None:
        self.names: frozenset[str] = frozenset()
        self.until = 0.0
        self.asking = asyncio.Lock()


class Left(NamedTuple):
    """Limits of a deployment that are left; None: there is no such limit.

    Attributes:
        model: The name of its model.
        deployment: The name of the deployment.
        requests: Requests of this minute.
        tokens: Tokens of this minute; below 0 after a call that took more.
        calls: Calls in flight.
    """

    model: str
    deployment: str
    requests: int | None
    tokens: int | None
    calls: int | None


class Deployment:
    """One model at one upstream, with the client that reaches it.

    Attributes:
        name: Name in logs and replies.
        label: The name in ASCII, for metadata.
        config: Its configuration.
        client: Sends its requests.
        upstream: Identity of the upstream account: deployments with the same one hold the same stored objects.
        headers: Headers of every request that is sent with the deployment's own key and none of the caller's.
        may_bridge_chat: Whether chat completions may have to be served as another API.
        fixed: The upstream's name of its model; None: that depends on the caller's.
        listed: Names that its upstream lists; deployments with the same `upstream` share them.
        limited: Whether it has an rpm, tpm or a limit of parallel requests, or a learned one.
        health: Its circuit breaker.
        load: Its load.
        refusals: Keys of the gateway's own that it has refused.
        models: Catalog of the models that it may serve.
        rules: Rules for parameters; None: they are sent unchanged.
        weights: Its share of the calls by `weight`, by `rpm` and by `tpm`, each 0 without.
    """

    __slots__ = (
        "client",
        "config",
        "fixed",
        "headers",
        "health",
        "label",
        "limited",
        "listed",
        "load",
        "may_bridge_chat",
        "models",
        "name",
        "refusals",
        "rules",
        "upstream",
        "weights",
    )

    def __init__(self, config: DeploymentConfig, client: UpstreamClient) -> None:
        self.name = config.name
        self.label = config.name.encode("ascii", "replace").decode()
        self.config = config
        self.client = client
        self.upstream = (config.base_url, config.api_key, config.organization, config.project)
        self.headers = tuple(
            request_headers(
                {},
                api_key=config.api_key.reveal() if config.api_key else None,
                organization=config.organization,
                project=config.project,
            )
        )
        # In mode `chat` it depends on the model, of which only the configuration and OpenAI itself can tell.
        self.may_bridge_chat = config.mode != "chat" or bool(
            is_openai(config.base_url) or config.info.base_model is not None or config.models
        )
        known = config.model is not None and "*" not in config.model
        self.fixed = config.resolve("") if known else None
        self.limited = not (config.rpm is config.tpm is config.max_parallel_requests is None)
        self.health = Health()
        self.load = Load()
        self.refusals = Refusals()
        self.listed = Listed()
        self.models = ModelCatalog(config.models, config.info)
        rules = ParameterRules(config, self.models)
        self.rules = None if rules.idle else rules
        self.weights = (float(config.weight or 0), float(config.rpm or 0), float(config.tpm or 0))

    def limit_concurrency(self, limit: AdaptiveLimit) -> None:
        """Gives it a learned limit of calls in flight."""
        self.load.adaptive = limit
        self.limited = True

    def left(self) -> Left:
        """Returns the limits that are left, in the minute of the last `State.refresh`."""
        config, load = self.config, self.load
        calls = [] if config.max_parallel_requests is None else [config.max_parallel_requests - load.in_flight]
        if load.adaptive is not None:
            calls.append(load.adaptive.limit - load.in_flight)
        return Left(
            config.model_name or "*",
            self.name,
            None if config.rpm is None else config.rpm - load.requests,
            None if config.tpm is None else config.tpm - load.tokens,
            min(calls, default=None),
        )

    def adjust(self, rpc: Method, value: dict[str, Any]) -> None:
        """Adapts a request to the deployment's settings and its upstream's refusals.

        Raises:
            InvalidArgumentError: The model does not take something in it, and such requests are refused.
        """
        if self.rules is not None:
            self.rules.apply(rpc, value)
        if self.refusals:
            apply(self.refusals.about(value["model"]), value, drops=self.config.drop_params)

    def refused_chat(self, value: dict[str, Any]) -> bool:
        """Returns whether the upstream refused chat with the request's model lately, so that `/responses` is used."""
        model = value.get("model", "")
        if self.config.responses_as_chat or not self.refusals:
            return False
        tools = bool(value.get("tools")) and self.refusals.refuses(model, RESPONSES_WITH_TOOLS)
        return tools or self.refusals.refuses(model, RESPONSES)

    def mistaken_api(self, path: str, model: str) -> str | None:
        """Returns the refusal for which calls of a model are made by another API than that of a path; None: none is."""
        if not self.refusals or self.config.responses_as_chat:
            return None
        other = {"/chat/completions": (RESPONSES, RESPONSES_WITH_TOOLS), "/responses": (CHAT,)}.get(path, ())
        return next((key for key in other if self.refusals.refuses(model, key)), None)

    def resolve(self, name: str) -> UpstreamName:
        """Returns the upstream's name of a caller's model, and the API that the name selects."""
        return self.fixed or self.config.resolve(name, self.listed.names)


class Group:
    """The deployments of one name.

    Args:
        name: The `model_name` of the deployments; empty if they were not chosen by name.
        deployments: The deployments; at least one.

    Attributes:
        name: As above.
        deployments: As above.
        budget: Retry budget of its calls.
    """

    __slots__ = ("budget", "deployments", "name")

    def __init__(self, name: str, deployments: Sequence[Deployment]) -> None:
        self.name = name
        self.deployments = tuple(deployments)
        self.budget = RetryBudget()


class RetryBudget:
    """Token bucket that bounds retries: each call adds `BUDGET_SHARE` of a token, each retry takes one.

    So at most one retry for five calls in the long run, and `BUDGET_CAPACITY` at once.

    Attributes:
        calls: Calls whose share is not in the bucket yet; incremented by each call.
    """

    __slots__ = ("_tokens", "calls")

    def __init__(self) -> None:
        self.calls = 0
        self._tokens = BUDGET_CAPACITY

    def take(self) -> bool:
        """Takes the token of a retry; returns whether there was one."""
        self._tokens = min(self._tokens + BUDGET_SHARE * self.calls, BUDGET_CAPACITY)
        self.calls = 0
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True


# Args: the deployments to choose from, whether the call is a stream, the time in `time.monotonic()` seconds.
Strategy = Callable[[Sequence[Deployment], bool, float], Deployment]


def simple_shuffle(deployments: Sequence[Deployment], streaming: bool, now: float) -> Deployment:
    """Random, weighted by the first of `weight`, `rpm` and `tpm` that any deployment has; without it a weight is 0."""
    del streaming, now
    for index in range(3):
        total = 0.0
        for each in deployments:
            total += each.weights[index]
        if total:
            point = random.random() * total  # noqa: S311 - spreads load
            for each in deployments:
                point -= each.weights[index]
                if point < 0:
                    return each
            return next(each for each in reversed(deployments) if each.weights[index])  # rounded
    return random.choice(deployments)  # noqa: S311 - as above


def least_busy(deployments: Sequence[Deployment], streaming: bool, now: float) -> Deployment:
    """Fewest calls in flight."""
    del streaming, now
    return _least(deployments, lambda each: each.load.in_flight)


def lowest_latency(deployments: Sequence[Deployment], streaming: bool, now: float) -> Deployment:
    """Lowest time to the first message; deployments without a recent measurement come first."""
    latencies = {each: each.load.latency(streaming, now) for each in deployments}
    unknown = [each for each, latency in latencies.items() if latency is None and each.load.in_flight == 0]
    if unknown:
        return random.choice(unknown)  # noqa: S311 - spreads load
    return _least(deployments, lambda each: inf if (latency := latencies[each]) is None else latency)


def lowest_usage(deployments: Sequence[Deployment], streaming: bool, now: float) -> Deployment:
    """Fewest tokens in this minute, relative to `tpm` if configured."""
    del streaming, now
    return _least(deployments, lambda each: each.load.tokens / (each.config.tpm or 1))


STRATEGIES: dict[str, Strategy] = {
    "simple-shuffle": simple_shuffle,
    "least-busy": least_busy,
    "latency-based-routing": lowest_latency,
    "usage-based-routing": lowest_usage,
    "usage-based-routing-v2": lowest_usage,
}


def _least(deployments: Sequence[Deployment], cost: Callable[[Deployment], float]) -> Deployment:
    costs = [cost(each) for each in deployments]
    least = min(costs)
    best = [each for each, its_cost in zip(deployments, costs, strict=True) if its_cost == least]
    return best[0] if len(best) == 1 else random.choice(best)  # noqa: S311 - spreads load

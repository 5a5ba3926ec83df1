"""Load balancing strategies: LiteLLM's `routing_strategy`."""

import random
from collections.abc import Callable, Sequence
from math import inf

from openai_grpc_server.routing.deployment import Deployment

# Args: the deployments to choose from, whether the call is a stream, the time in `time.monotonic()` seconds.
Strategy = Callable[[Sequence[Deployment], bool, float], Deployment]


def simple_shuffle(deployments: Sequence[Deployment], streaming: bool, now: float) -> Deployment:
    """Random, weighted by the first of `weight`, `rpm` and `tpm` that any deployment has; without it a weight is 0."""
    del streaming, now
    for key in ("weight", "rpm", "tpm"):
        weights = [float(getattr(each.config, key) or 0) for each in deployments]
        if any(weights):
            return random.choices(deployments, weights)[0]  # noqa: S311 - spreads load
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

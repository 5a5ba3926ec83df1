"""Asks each upstream whether it is there, takes its key and has its models: `check-config --live`."""

import asyncio
import time

from openai_grpc.codec import CodecError, loads
from openai_grpc_server.config import Config, ConfigError, DeploymentConfig, Problem
from openai_grpc_server.connect import upstream_client
from openai_grpc_server.errors import GatewayError
from openai_grpc_server.upstream import UpstreamRequest, request_headers

TIME_LIMIT = 10.0  # seconds for each upstream


def check_upstreams(config: Config) -> list[Problem]:
    """Sends `GET /models` for each deployment, and returns what does not work.

    A deployment that sends the callers' own keys is asked without one: then only an upstream that can't be reached, or
    has no such path, is a problem.
    """
    return asyncio.run(_check(config))


async def _check(config: Config) -> list[Problem]:
    found = await asyncio.gather(*(_check_one(each, config) for each in config.deployments))
    return [problem for problem in found if problem is not None]


async def _check_one(deployment: DeploymentConfig, config: Config) -> Problem | None:
    try:
        client = upstream_client(deployment, config.server)
    except ConfigError as error:
        return error.problems[0]
    try:
        response = await client.send(models_request(deployment))
        try:
            data = await response.read()
        finally:
            await response.close()
    except GatewayError as error:
        if deployment.api_key is None and error.http_status in {401, 403}:
            return None
        return Problem(str(error), deployment.name)
    finally:
        await client.aclose()
    return missing_model(deployment, data)


def models_request(deployment: DeploymentConfig) -> UpstreamRequest:
    """Writes the request for the upstream's models."""
    key = deployment.api_key
    headers = request_headers(
        {},
        api_key=key.reveal() if key else None,
        organization=deployment.organization,
        project=deployment.project,
    )
    own = [(name, value.reveal()) for name, value in deployment.extra_headers]
    return UpstreamRequest(
        method="GET",
        path="/models",
        headers=[*headers, *own],
        deadline=time.monotonic() + TIME_LIMIT,
        safe=True,
        own_key=key is not None,
    )


def missing_model(deployment: DeploymentConfig, data: bytes) -> Problem | None:
    """Returns a problem if the upstream lists its models and the deployment's is not among them."""
    try:
        listed = loads(data)["data"]
        names = {each["id"] for each in listed}
    except (CodecError, KeyError, TypeError):
        return Problem("answered GET /models with no list of models", deployment.name, "is api_base right?")
    if deployment.model is None or "*" in deployment.model or not names or deployment.model in names:
        return None
    return Problem(f"the upstream has no model {deployment.model!r}", deployment.name, "GET /models lists what it has")

"""Client of the Redis that replicas share."""

from typing import Any

from openai_grpc_server.config import ConfigError, Problem, Secret


def redis_client(url: Secret, patience: float) -> tuple[Any, tuple[type[Exception], ...]]:
    """Returns a client that connects on first use and never resends.

    Args:
        url: `redis://[user:password@]host:port[/db]`; `rediss` for TLS.
        patience: The seconds that a connection, and an answer, may take.

    Returns:
        The client, and what it raises when the Redis does not answer.

    Raises:
        ConfigError: The package `redis` is not installed, or the URL is invalid.
    """
    try:
        from redis import asyncio as redis  # noqa: PLC0415 - an extra; loaded where it is configured
        from redis.asyncio.retry import Retry  # noqa: PLC0415 - as above
        from redis.backoff import NoBackoff  # noqa: PLC0415 - as above
        from redis.exceptions import RedisError  # noqa: PLC0415 - as above
    except ImportError as error:
        hint = "pip install 'openai-grpc-server[redis]'"
        raise ConfigError(Problem("redis_url: the package redis is not installed", hint=hint)) from error
    try:
        client: Any = redis.Redis.from_url(
            url.reveal(), socket_timeout=patience, socket_connect_timeout=patience, retry=Retry(NoBackoff(), 0)
        )
        client.connection_pool.make_connection()  # connects to nothing, and reads the parameters of the URL
    except (ValueError, TypeError, AttributeError):
        raise ConfigError(Problem("redis_url: not the URL of a Redis", hint="redis://host:6379")) from None
    return client, (RedisError, OSError, TimeoutError)

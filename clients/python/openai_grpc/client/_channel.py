"""Settings of the channel, for both clients."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import grpc

from openai_grpc._version import package_version
from openai_grpc.client._call_params import Metadata
from openai_grpc.client._request import metadata_pairs
from openai_grpc.client._retry import service_config
from openai_grpc.client._rpcs import ALL
from openai_grpc.v1 import CONTRACT_REVISION

DEFAULT_TARGET = "localhost:50051"
DEFAULT_TIMEOUT = 600.0  # seconds, as OpenAI's own client has it
DEFAULT_MAX_RETRIES = 2
MAX_MESSAGE_BYTES = 64 * 1024 * 1024
KEEPALIVE_SECONDS = 30
KEEPALIVE_TIMEOUT_SECONDS = 10

Tls = bool | str | os.PathLike[str] | grpc.ChannelCredentials
Options = Sequence[tuple[str, Any]]


@dataclass(frozen=True, slots=True)
class Settings:
    """Settings of a client.

    Attributes:
        target: The gateway's address, in any form that gRPC's name resolution knows.
        credentials: TLS, or None for plain text.
        options: The channel's arguments.
        metadata: Metadata of every call.
        timeout: The default deadline of calls with one reply, in seconds; `math.inf` for none.
        max_retries: Maximum number of retries of a call that failed before anything could be billed.
    """

    target: str
    credentials: grpc.ChannelCredentials | None
    options: Options
    metadata: tuple[tuple[str, str | bytes], ...]
    timeout: float
    max_retries: int


def settings(  # noqa: PLR0913 - each is an argument of the clients
    target: str,
    *,
    api_key: str | None,
    organization: str | None,
    project: str | None,
    tls: Tls,
    timeout: float,
    max_retries: int,
    metadata: Metadata,
    options: Options,
) -> Settings:
    """Reads the settings of a client.

    Raises:
        OSError: The file of CA certificates can't be read.
    """
    known = {
        "openai-grpc-contract": str(CONTRACT_REVISION),
        "authorization": f"Bearer {api_key}" if api_key else None,
        "openai-organization": organization,
        "openai-project": project,
    }
    own = tuple((key, value) for key, value in known.items() if value)
    return Settings(
        target=target,
        credentials=credentials(tls),
        options=(*channel_options(max_retries), *options),
        metadata=own + metadata_pairs(metadata),
        timeout=timeout,
        max_retries=max_retries,
    )


def channel_options(max_retries: int) -> list[tuple[str, Any]]:
    """Returns the channel arguments; the caller's come last and win."""
    return [
        ("grpc.max_send_message_length", MAX_MESSAGE_BYTES),
        ("grpc.max_receive_message_length", MAX_MESSAGE_BYTES),
        # Pings keep a silent stream alive through proxies. Without a call there are none: servers resent them.
        ("grpc.keepalive_time_ms", KEEPALIVE_SECONDS * 1000),
        ("grpc.keepalive_timeout_ms", KEEPALIVE_TIMEOUT_SECONDS * 1000),
        ("grpc.keepalive_permit_without_calls", 0),
        ("grpc.http2.max_pings_without_data", 0),
        ("grpc.primary_user_agent", f"openai-grpc-python/{package_version()}"),
        ("grpc.service_config", service_config(ALL, max_retries)),
    ]


def credentials(tls: Tls) -> grpc.ChannelCredentials | None:
    """Returns TLS credentials: for True (gRPC's CA certificates), a file of CA certificates, or as given.

    Raises:
        OSError: The file can't be read.
    """
    match tls:
        case False:
            return None
        case True:
            return grpc.ssl_channel_credentials()
        case str() | os.PathLike():
            return grpc.ssl_channel_credentials(Path(tls).read_bytes())
    return tls

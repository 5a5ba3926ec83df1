"""Settings of the channel, for both clients."""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import grpc

from openai_grpc._version import package_version
from openai_grpc.client._address import addresses
from openai_grpc.client._call_params import Metadata
from openai_grpc.client._request import Prepared, max_retries_of, metadata_pairs
from openai_grpc.client._retry import SERVICE_CONFIG
from openai_grpc.v1 import CONTRACT_REVISION

if TYPE_CHECKING:
    from grpc.aio import ClientInterceptor

    AsyncInterceptors = Sequence[ClientInterceptor]

Interceptors = Sequence[
    grpc.UnaryUnaryClientInterceptor
    | grpc.UnaryStreamClientInterceptor
    | grpc.StreamUnaryClientInterceptor
    | grpc.StreamStreamClientInterceptor
]
API_KEY_VARIABLE = "OPENAI_GRPC_API_KEY"
DEFAULT_TIMEOUT = 600.0  # seconds, as OpenAI's own client has it
DEFAULT_MAX_RETRIES = 2
MAX_MESSAGE_BYTES = 64 * 1024 * 1024
KEEPALIVE_SECONDS = 30
KEEPALIVE_TIMEOUT_SECONDS = 10

Tls = bool | str | os.PathLike[str] | grpc.ChannelCredentials
Options = Sequence[tuple[str, Any]]
Key = str | Callable[[], str]


@dataclass(frozen=True, slots=True)
class Settings:
    """Settings of a client.

    Attributes:
        addresses: The gateways' addresses; one may have any form that gRPC's name resolution knows.
        credentials: TLS, or None for plain text.
        options: The channel's arguments.
        metadata: Metadata of every call.
        timeout: The default deadline of calls with one reply, in seconds; `math.inf` for none.
        max_retries: Maximum number of retries of a call that failed before anything could be billed.
        interceptors: Interceptors of gRPC, the outermost first.
        token: Returns the key of each call, if it changes.
    """

    addresses: tuple[str, ...]
    credentials: grpc.ChannelCredentials | None
    options: Options
    metadata: tuple[tuple[str, str | bytes], ...]
    timeout: float
    max_retries: int
    interceptors: Sequence[Any] = ()
    token: Callable[[], str] | None = None

    def metadata_of(self, prepared: Prepared) -> tuple[tuple[str, str | bytes], ...]:
        """Returns the metadata of a call."""
        metadata = self.metadata + prepared.metadata
        return metadata if self.token is None else (*metadata, ("authorization", f"Bearer {self.token()}"))

    def changed(
        self, timeout: float | None, max_retries: int | None, extra_metadata: Metadata, api_key: Key | None
    ) -> "Settings":
        """Returns settings with these instead; None for those that stay.

        Raises:
            TypeError: A number is of a wrong type.
            ValueError: A number is out of range.
        """
        metadata, token = self.metadata, self.token
        if api_key is not None:
            kept = tuple(pair for pair in metadata if pair[0] != "authorization")
            metadata, token = kept + authorization(api_key), api_key if callable(api_key) else None
        return replace(
            self,
            timeout=self.timeout if timeout is None else seconds(timeout),
            max_retries=self.max_retries if max_retries is None else max_retries_of(max_retries),
            metadata=metadata + metadata_pairs(extra_metadata),
            token=token,
        )


def settings(  # noqa: PLR0913 - each is an argument of the clients
    target: str | Sequence[str] | None,
    *,
    api_key: Key | None,
    organization: str | None,
    project: str | None,
    tls: Tls,
    timeout: float,
    max_retries: int,
    metadata: Metadata,
    options: Options,
    interceptors: Sequence[Any],
) -> Settings:
    """Reads the settings of a client.

    Raises:
        OSError: The file of CA certificates can't be read.
        TypeError: A number is of a wrong type.
        ValueError: An address is invalid, or a number is out of range.
    """
    if api_key is None:
        api_key = os.environ.get(API_KEY_VARIABLE)
    known = {
        "openai-grpc-contract": str(CONTRACT_REVISION),
        "openai-organization": organization,
        "openai-project": project,
    }
    own = tuple((key, value) for key, value in known.items() if value)
    return Settings(
        addresses=addresses(target),
        credentials=credentials(tls),
        options=(*channel_options(), *options),
        metadata=own + authorization(api_key) + metadata_pairs(metadata),
        timeout=seconds(timeout),
        max_retries=max_retries_of(max_retries),
        interceptors=interceptors,
        token=api_key if callable(api_key) else None,
    )


def authorization(api_key: Key | None) -> tuple[tuple[str, str], ...]:
    """Returns the metadata of a key; none of one that is asked for before each call.

    Raises:
        TypeError: It is neither a string nor a function.
    """
    if api_key is None or callable(api_key):
        return ()
    if not isinstance(api_key, str):
        raise TypeError(f"api_key must be a string, or a function that returns one, not {type(api_key).__name__}")
    return (("authorization", f"Bearer {api_key}"),) if api_key else ()


def seconds(timeout: float) -> float:
    """Checks a time limit in seconds.

    Raises:
        TypeError: It is not a number.
        ValueError: It is not positive.
    """
    if isinstance(timeout, bool) or not isinstance(timeout, int | float):
        raise TypeError(f"timeout must be a number of seconds, not {type(timeout).__name__}")
    if not timeout > 0:
        raise ValueError(f"invalid timeout {timeout}: must be more than 0, or math.inf for none")
    return timeout


def channel_options() -> list[tuple[str, Any]]:
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
        ("grpc.service_config", SERVICE_CONFIG),
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

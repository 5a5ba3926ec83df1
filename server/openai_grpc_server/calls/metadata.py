"""Metadata of a call: what its caller sends, what goes upstream and what comes back."""

import re
import secrets
import time
from collections.abc import Mapping

from openai_grpc_server.calls.call import Call
from openai_grpc_server.config import Secret
from openai_grpc_server.config.checks import is_legal_value
from openai_grpc_server.errors import InvalidArgumentError, UnauthenticatedError
from openai_grpc_server.upstream import FORWARDED, forwarded_value, request_headers

MAX_KEY = 6144  # bytes, with its scheme: gRPC's servers refuse metadata of more than 8 KiB by chance
_BEARER = "bearer "


def caller_key(metadata: Mapping[str, str | bytes], key_header: str) -> Secret | None:
    """Returns the key that the caller sent, with or without `Bearer`.

    Args:
        metadata: The caller's metadata.
        key_header: The metadata key that holds it; `authorization`, unless a mesh uses that for its own tokens.

    Raises:
        InvalidArgumentError: It is too long to be one.
    """
    given = metadata.get(key_header)
    if given is None:
        return None
    if isinstance(given, bytes):  # as gRPC hands on what is not UTF-8
        given = given.decode("latin-1")
    if len(given) > MAX_KEY:
        raise InvalidArgumentError.of_field(key_header, f"too long: at most {MAX_KEY} bytes")
    key = given[len(_BEARER) :] if given[: len(_BEARER)].lower() == _BEARER else given
    return Secret(key.strip()) if key.strip() else None


REQUEST_ID = "x-request-id"
_SOUND = re.compile(r"[!-~]{1,256}")


def request_id(metadata: Mapping[str, str | bytes]) -> str:
    """Returns the caller's `x-request-id`, or a new one when there is none that could go into a header."""
    given = metadata.get(REQUEST_ID)
    return given if isinstance(given, str) and _SOUND.fullmatch(given) else secrets.token_hex(16)


MARGIN = 0.05  # seconds, and no more than a tenth: the answer must still reach the caller in time


def upstream_deadline(remaining: float | None) -> float | None:
    """Returns when the upstream must have answered, in `time.monotonic()` seconds.

    Args:
        remaining: Seconds that the caller is still willing to wait; None: for ever.
    """
    if remaining is None:
        return None
    return time.monotonic() + remaining - min(MARGIN, remaining / 10)


ATTEMPTS = "openai-grpc-attempts"
DEPLOYMENT = "openai-grpc-deployment"
COST = "openai-grpc-cost"
ESTIMATED = "openai-grpc-cost-estimated"

Metadata = tuple[tuple[str, str], ...]


def check_metadata(call: Call, key_header: str) -> None:
    """Checks the caller's metadata that may go upstream, before an attempt is made.

    Args:
        call: The call, with its plan.
        key_header: The metadata key in which callers send a key of their own.

    Raises:
        InvalidArgumentError: A value can't go into a header; names it.
        UnauthenticatedError: The caller's own key can't.
    """
    for name in FORWARDED:
        if value := call.metadata.get(name):
            forwarded_value(name, value)
    if call.caller is None and call.plan.passes_keys:
        own_key(call, key_header)


def own_key(call: Call, key_header: str) -> Secret | None:
    """Returns the caller's own key.

    Raises:
        UnauthenticatedError: It can't go into a header.
    """
    key = caller_key(call.metadata, key_header)
    if key is not None and not is_legal_value(key.reveal()):
        raise UnauthenticatedError(f"The key in {key_header} has characters that no HTTP header can have")
    return key


def upstream_headers(call: Call, key_header: str) -> list[tuple[str, str]]:
    """Returns the headers of the REST call: whose key and organization, which request.

    Args:
        call: The call, with its deployment.
        key_header: The metadata key in which callers send a key of their own.

    Raises:
        InvalidArgumentError: Metadata that can't go into a header.
        UnauthenticatedError: A key of the caller's own that can't.
    """
    config = call.chosen.config
    passes = passes_key(call)
    key = own_key(call, key_header) if passes else config.api_key
    headers = request_headers(
        call.metadata,
        api_key=key.reveal() if key else None,
        organization=config.organization,
        project=config.project,
        # A key of the caller's own goes with an organization of the caller's own.
        forward_organization=config.forward_organization or passes,
        request_id=call.request_id,
        extra=call.extra_headers,
    )
    if not config.extra_headers:
        return headers
    configured = {name: value.reveal() for name, value in config.extra_headers}
    return [*(header for header in headers if header[0] not in configured), *configured.items()]


async def begin(call: Call) -> None:
    """Sends the metadata that goes before the reply: from now on the call is this deployment's."""
    call.begun = True
    if call.gone:
        return
    await call.context.send_initial_metadata(initial_metadata(call))


def initial_metadata(call: Call) -> Metadata:
    """Returns the metadata that goes before the reply."""
    return (*served_by(call), *call.upstream_metadata)


def served_by(call: Call) -> Metadata:
    """Returns which request this was, which deployment served it, once one was chosen, and at which attempt."""
    own = (REQUEST_ID, call.request_id)
    if call.deployment is None:
        return (own,)
    served = (own, (DEPLOYMENT, call.deployment.label))
    return (*served, (ATTEMPTS, str(call.attempts))) if call.attempts > 1 else served


def passes_key(call: Call) -> bool:
    """Whether the caller's key goes upstream: the deployment has none, and the key is none of the gateway's."""
    return call.chosen.config.api_key is None and call.caller is None


def trailing_metadata(call: Call) -> Metadata:
    """Returns the metadata that follows the reply: what the call has cost, in US dollars, as far as is known."""
    cost = call.cost()
    if cost is None:
        return ()
    told = (COST, f"{cost:.10f}".rstrip("0").rstrip("."))
    return (told,) if call.estimated is None else (told, (ESTIMATED, "true"))

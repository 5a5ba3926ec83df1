"""What crosses beside messages: headers to the upstream, metadata to the caller."""

from openai_grpc_server.calls import request_id
from openai_grpc_server.calls.call import Call
from openai_grpc_server.calls.credentials import caller_key
from openai_grpc_server.config import Secret
from openai_grpc_server.errors import UnauthenticatedError
from openai_grpc_server.header_names import is_legal_value
from openai_grpc_server.upstream import FORWARDED, forwarded_value, request_headers

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
    own = (request_id.KEY, call.request_id)
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

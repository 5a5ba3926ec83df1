"""Descriptions of failures: one line with status and reason that ends with what to do."""

import argparse
import re
import socket

from openai_grpc.cli._arguments import closest
from openai_grpc.cli._connection import API_KEY, connect, target, uses_tls
from openai_grpc.client import errors
from openai_grpc.codec import CodecError

MODEL_LOOKUP_SECONDS = 3.0  # a suggestion is worth no longer wait
MODELS_NAMED = 5
CONNECT_SECONDS = 1.0

# What gRPC's core says of a connection that was not made, what it means, and what to do.
_CAUSES = (
    (r"CERTIFICATE_VERIFY_FAILED", "its certificate is not trusted", "name its CA certificate with --ca FILE"),
    (
        r"Hostname Verification|Peer name .* not in peer cert",
        "its certificate is for another name",
        "connect by that name, or give it with --server-name NAME",
    ),
    (
        r"CERTIFICATE_REQUIRED|BAD_CERTIFICATE|UNKNOWN_CA|HANDSHAKE_FAILURE|certificate required|bad certificate",
        "it refused the client certificate",
        "give one that it accepts with --cert FILE --key FILE",
    ),
    (r"WRONG_VERSION_NUMBER|wrong version number", "it does not speak TLS", "leave out --tls, or use --no-tls"),
    (r"security handshaker", "the certificate and the key don't belong together", "check --cert and --key"),
    (r"Ssl handshake|SSL_ERROR|ssl", "the TLS handshake failed", "check --ca, --cert and --key"),
    (r"Connection refused", "connection refused", ""),
    (r"DNS|Domain name|name resolution|resolve|No address|C-ares", "no such host", ""),
    (r"No route|unreachable", "no route to that host", ""),
    (r"[Tt]imed? ?out|FD Shutdown|DEADLINE", "connecting timed out", ""),
    (r"No such file", "no such socket", ""),
)
_CLOSED = re.compile(r"Socket closed|Connection reset|GOAWAY|Broken pipe|settings frame|closed|EOF", re.IGNORECASE)


def problem(error: Exception, args: argparse.Namespace) -> str | None:
    """Describes an error; None if it is a defect of this program."""
    match error:
        case errors.APIError():
            return _of_call(error, args)
        case CodecError():
            return f"invalid request: {one_line(str(error))}"
        case UnicodeError():
            return f"text is not valid UTF-8: {one_line(str(error))}"
        case errors.OpenAIGrpcError():
            return one_line(str(error))
        case OSError():
            name = f"{error.filename}: " if error.filename else ""
            return f"{name}{error.strerror or error}"
    return None


def one_line(text: str) -> str:
    """Joins a text into one line."""
    return " ".join(text.split())


def _of_call(error: errors.APIError, args: argparse.Namespace) -> str:
    if isinstance(error, errors.UnavailableError) and not error.reason:
        return _unreachable(error, args)
    told = one_line(error.message).rstrip(".:")
    kind = f"{error.status.name}, {error.reason}" if error.reason else error.status.name
    request = f" [request {error.request_id}]" if error.request_id else ""
    return f"{told} ({kind}): {_advice(error, args)}{request}"


def _unreachable(error: errors.APIError, args: argparse.Namespace) -> str:
    details = one_line(error.message)
    start = "start one with `openai-grpc serve`, or name its address with --address"
    if "Connection refused" in details and uses_tls(args) and _listens(args.address):
        # gRPC tells of the last address that it tried; another one of that name has a server.
        details = "Ssl handshake failed"
    for pattern, cause, advice in _CAUSES:
        if re.search(pattern, details):
            return f"can't reach a gateway at {args.address} (UNAVAILABLE): {cause}: {advice or start}"
    if _CLOSED.search(details):
        advice = "if it needs TLS, add --tls or --ca FILE"
        if uses_tls(args):
            advice = "if it asks for a client certificate, give one that it accepts with --cert FILE --key FILE"
        advice = f"try again; {advice}"
        return f"the gateway at {args.address} closed the connection (UNAVAILABLE): {advice}"
    return f"can't reach a gateway at {args.address} (UNAVAILABLE): {details}: {start}"


def _listens(address: str) -> bool:
    """Returns whether a server listens at a TCP address."""
    host, _, port = target(address).removeprefix("dns:").lstrip("/").rpartition(":")
    try:
        socket.create_connection((host.strip("[]"), int(port)), CONNECT_SECONDS).close()
    except (OSError, ValueError):
        return False
    return True


_BY_REASON = {
    "INVALID_KEY": f"check the key in {API_KEY}",
    "RPC_NOT_ALLOWED": f"use another key in {API_KEY}, or ask who runs the gateway",
    "MODEL_NOT_ALLOWED": "use another model: `openai-grpc models` lists yours",
    "OBJECT_NOT_FOUND": "check the id, and that it was made with the same key",
    "PAYMENT_REQUIRED": "check the billing of the upstream account",
    "UPSTREAM_CREDENTIALS": "who runs the gateway must give it a valid key for its upstream",
    "UPSTREAM_CONNECT_FAILED": "the gateway's log has the cause",
    "UPSTREAM_CONNECT_TIMEOUT": "the gateway's log has the cause",
    "UPSTREAM_CONNECTION_LOST": "try again; this call may have been billed",
    "UPSTREAM_TRUNCATED": "try again; this call may have been billed",
    "MESSAGE_TOO_LARGE": "send or ask for less, or raise server.max_message_bytes of the gateway",
    "DRAINING": "try again: this gateway is shutting down",
    "BUDGET_EXCEEDED": "the key's budget is spent: use another key",
    "IDLE_TIMEOUT": "try again, or raise the gateway's time limits",
    "FIRST_TOKEN_TIMEOUT": "try again, or raise the gateway's time limits",
    "TOTAL_TIMEOUT": "ask for a shorter answer, or raise the gateway's time limits",
    "UPSTREAM_TIMEOUT": "try again",
    "INTERNAL": "report it with the gateway's log of this request",
}
_OF_PARAMETERS = {
    "messages": "the message",
    "input": "the message",
    "max_completion_tokens": "--max-tokens",
    "max_output_tokens": "--max-tokens",
    "max_tokens": "--max-tokens",
    "temperature": "--temperature",
    "reasoning_effort": "--reasoning-effort",
    "reasoning.effort": "--reasoning-effort",
    "response_format": "--schema",
    "text.format": "--schema",
    "tools": "--tools",
    "language": "--language",
    "dimensions": "--dimensions",
    "previous_response_id": "--previous",
}


def _advice(error: errors.APIError, args: argparse.Namespace) -> str:  # noqa: C901, PLR0911, PLR0912 - a table of kinds
    if _names_model(error):
        return _model_advice(args)
    if error.code == "context_length_exceeded":
        return "shorten the input, or use a model with a larger context window"
    if error.reason in _BY_REASON:
        return _BY_REASON[error.reason]
    match error:
        case errors.AuthenticationError() | errors.PermissionDeniedError():
            return f"check the key in {API_KEY}"
        case errors.BadRequestError():
            return f"change {_parameter(error.param)}"
        case errors.NotFoundError():
            return "check the name or id"
        case errors.QuotaExceededError():
            return "the quota is spent: waiting does not help"
        case errors.ResourceExhaustedError():
            return f"try again in {error.retry_after:g} s" if error.retry_after is not None else "try again later"
        case errors.DeadlineExceededError():
            return "allow more time with --timeout"
        case errors.UnimplementedError():
            return "check that the address is an openai-grpc gateway, and a current one"
        case errors.UnavailableError() if error.retry_after is not None:
            return f"try again in {error.retry_after:g} s"
        case errors.FailedPreconditionError():
            return "check the upstream account"
        case errors.InternalError():
            return "try again; if it fails again, the upstream can't answer this request"
    return "try again later"


def _parameter(param: str | None) -> str:
    if not param:
        return "the request"
    return _OF_PARAMETERS.get(param) or _OF_PARAMETERS.get(re.split(r"[.\[]", param)[0]) or param


def _names_model(error: errors.APIError) -> bool:
    if not isinstance(error, errors.BadRequestError | errors.NotFoundError):
        return False
    if error.reason == "MODEL_NOT_FOUND" or error.code == "model_not_found" or error.param == "model":
        return True
    return not error.param and not error.code and re.search(r"\bmodel\b", error.message) is not None


def _model_advice(args: argparse.Namespace) -> str:
    """Returns advice on the model, from the gateway's list."""
    wanted = getattr(args, "model", None)
    try:
        with connect(args, max_retries=0) as client:
            known = [model.id for model in client.models.list(timeout=MODEL_LOOKUP_SECONDS).data]
    except (errors.OpenAIGrpcError, OSError):
        known = []
    if wanted and (close := [each for each in closest(wanted, known) if each != wanted]):
        return f"did you mean -m {close[0]}?"
    names = [name for name in known if name != wanted]
    if not names:
        return "name another model with -m" if wanted else "name a model with -m"
    if len(names) <= MODELS_NAMED:
        return f"name a model with -m: {', '.join(names)}"
    return "name a model with -m: `openai-grpc models` lists them"

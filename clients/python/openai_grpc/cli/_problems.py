"""What went wrong, in one line, and what to do about it."""

import argparse

from openai_grpc.cli._connection import API_KEY
from openai_grpc.client import errors
from openai_grpc.codec import CodecError


def problem(error: Exception, args: argparse.Namespace) -> str | None:
    """Describes an error; None for one that is a defect of ours."""
    match error:
        case errors.APIError():
            return _of_call(error, args)
        case errors.ResponseFailedError() | CodecError() | UnicodeDecodeError():
            return one_line(str(error))
        case OSError():
            name = f"{error.filename}: " if error.filename else ""
            return f"{name}{error.strerror or error}"
    return None


def one_line(text: str) -> str:
    """Puts a text into one line."""
    return " ".join(text.split())


def _of_call(error: errors.APIError, args: argparse.Namespace) -> str:
    if isinstance(error, errors.UnavailableError) and not error.reason:
        return (
            f"no gateway answers at {args.address}: start one with `openai-grpc serve`, "
            f"or say with --address where it is ({one_line(error.message)})"
        )
    told = one_line(error.message).rstrip(".")
    advice = _advice(error)
    request = f" [request {error.request_id}]" if error.request_id else ""
    return f"{told}{f': {advice}' if advice else ''}{request}"


def _advice(error: errors.APIError) -> str:
    advice = ""
    match error:
        case errors.AuthenticationError() | errors.PermissionDeniedError():
            advice = f"check the key in {API_KEY}"
        case errors.BadRequestError() | errors.NotFoundError() if error.param == "model" or "model" in error.message:
            advice = "name a model with -m"
        case errors.QuotaExceededError():
            advice = "the quota is spent"
        case errors.ResourceExhaustedError() if error.retry_after is not None:
            advice = f"try again in {error.retry_after:g} s"
        case errors.DeadlineExceededError() if error.reason in {"", "CALLER_DEADLINE"}:
            advice = "allow more time with --timeout"
        case errors.UnimplementedError():
            advice = "is that address an openai-grpc gateway, and a current one?"
    return advice

"""Whose key goes upstream."""

from collections.abc import Mapping

from openai_grpc_server.config import Secret
from openai_grpc_server.errors import InvalidArgumentError

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

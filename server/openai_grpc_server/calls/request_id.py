"""The id that ties a call of ours to logs of the caller, the mesh and the upstream."""

import re
import secrets
from collections.abc import Mapping

KEY = "x-request-id"
_SOUND = re.compile(r"[!-~]{1,256}")


def request_id(metadata: Mapping[str, str | bytes]) -> str:
    """Returns the caller's `x-request-id`, or a new one when there is none that could go into a header."""
    given = metadata.get(KEY)
    return given if isinstance(given, str) and _SOUND.fullmatch(given) else secrets.token_hex(16)

"""Keyword arguments of every call, in addition to the fields of its request."""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypedDict

if TYPE_CHECKING:
    from openai_grpc.client.params import TimeLimitsParam
    from openai_grpc.v1 import TimeLimits

Metadata = Mapping[str, str] | Sequence[tuple[str, str | bytes]]
Progress = Callable[[int, int | None], object]

TIME_LIMITS = "openai-grpc-time-limits"
"""The metadata key of a call's time limits."""
_LEAST = 0.001  # seconds


class CallParams(TypedDict, total=False):
    """Options of a call, in addition to its request.

    Attributes:
        timeout: The deadline, in seconds from now; `math.inf` for none. Default: the client's for a call with one
            reply, none for a stream. Or limits of the call's parts, as `TimeLimits` of the contract or a mapping of its
            fields: `{"first_message": 5, "between_messages": 10}`; its `total` is the deadline.
        max_retries: Maximum number of retries of a call that failed as UNAVAILABLE, before anything could be billed.
            Default: the client's.
        extra_metadata: Metadata to send, besides the client's own.
        extra_body: JSON that the contract has no field for. Its keys override those of fields.
    """

    timeout: "float | TimeLimits | TimeLimitsParam | None"
    """Deadline in seconds from now, or limits of the call's parts. Default: the client's; for a stream, none."""
    max_retries: int | None
    """Maximum number of retries of a call that failed before anything could be billed. Default: the client's."""
    extra_metadata: Metadata
    """Metadata to send, besides the client's own."""
    extra_body: Mapping[str, Any]
    """JSON that the contract has no field for. Its keys override those of fields."""


class UploadParams(TypedDict, total=False):
    """Additional options of an upload.

    Attributes:
        on_progress: Called with the bytes sent so far and the size of the file, if it is known. In a blocking client
            it is called in a thread of gRPC's.
    """

    on_progress: Progress


def time_limits(limits: Mapping[str, float]) -> tuple[tuple[str, str], ...]:
    """Returns the metadata of time limits; none if there are none.

    Args:
        limits: Seconds by the fields of `TimeLimits`; `math.inf` is no limit.
    """
    told = [
        f"{name}={max(seconds, _LEAST):.3f}".rstrip("0").rstrip(".")
        for name, seconds in limits.items()
        if seconds != math.inf
    ]
    return ((TIME_LIMITS, ", ".join(told)),) if told else ()

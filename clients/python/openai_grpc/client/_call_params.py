"""The keyword arguments that every call takes, beside the fields of its request."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypedDict

Metadata = Mapping[str, str] | Sequence[tuple[str, str | bytes]]
Progress = Callable[[int, int | None], object]


class CallParams(TypedDict, total=False):
    """What a call is told beside its request.

    Attributes:
        timeout: The deadline, in seconds from now; `math.inf` for none. Default: the client's for a call with one
            reply, none for a stream.
        extra_metadata: Metadata to send, beside the client's own.
        extra_body: JSON that the contract has no field for. Its keys override those of fields.
    """

    timeout: float | None
    extra_metadata: Metadata
    extra_body: Mapping[str, Any]


class UploadParams(TypedDict, total=False):
    """What an upload is told as well.

    Attributes:
        on_progress: Called with the bytes sent so far and the size of the file, if it is known. In a blocking client
            it is called in a thread of gRPC's.
    """

    on_progress: Progress

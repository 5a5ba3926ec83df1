"""Builds requests from messages or keyword arguments."""

import difflib
import math
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, cast

from google.protobuf.descriptor import Descriptor
from google.protobuf.message import Message

from openai_grpc.client._call_params import Metadata, Progress, time_limits
from openai_grpc.client._files import File, Source
from openai_grpc.codec import from_object, from_plain, loads, to_json
from openai_grpc.options.v1 import json_pb2
from openai_grpc.v1.common_pb2 import TimeLimits, UploadFile

FILE = "file"
GATEWAY_NUMBERS = range(900, 1000)
_SCALARS = frozenset((str, int, float))
_ELSEWHERE = {  # arguments of OpenAI's client
    "extra_headers": "use extra_metadata for headers to the gateway, call_options for headers to upstream",
    "extra_query": "there is no query in a gRPC call",
}


class RequestStream(ABC):
    """Messages of a call that sends a stream."""

    __slots__ = ()

    @abstractmethod
    def first(self, settings: Message) -> Message:
        """Returns the first message, which has the settings."""

    @abstractmethod
    def messages(self) -> Iterator[Message]:
        """Yields the messages that follow.

        Raises:
            OSError: A file can't be read.
            TypeError: What they are made of comes from an asynchronous iterable, or is of a wrong type.
        """

    @abstractmethod
    def async_messages(self) -> AsyncIterator[Message]:
        """Yields the same; what may block is read in a thread."""


@dataclass(frozen=True, slots=True)
class Upload(RequestStream):
    """The stream of an upload.

    Attributes:
        message_type: The class of its messages, with the arms `config` and `chunk`.
        source: The file.
        on_progress: Told how much of it was sent.
    """

    message_type: Callable[..., Message]
    source: Source
    on_progress: Progress | None

    def first(self, settings: Message) -> Message:
        """Returns the first message, which has the settings."""
        return self.message_type(config=settings)

    def messages(self) -> Iterator[Message]:
        """Yields the chunks, and reports what was sent of them.

        Raises:
            OSError: The file can't be read.
            TypeError: It comes from an asynchronous iterable.
        """
        sent = 0
        for chunk in self.source.chunks():
            yield self.message_type(chunk=chunk)
            sent += len(chunk)
            self._report(sent)

    async def async_messages(self) -> AsyncIterator[Message]:
        """Yields the chunks; blocking reads run in a thread."""
        sent = 0
        async for chunk in self.source.async_chunks():
            yield self.message_type(chunk=chunk)
            sent += len(chunk)
            self._report(sent)

    def _report(self, sent: int) -> None:
        if self.on_progress is not None:
            self.on_progress(sent, self.source.size)


@dataclass(frozen=True, slots=True)
class Prepared:
    """A prepared call.

    Attributes:
        request: The request; of an upload its settings.
        timeout: Seconds until its deadline, `math.inf` for none, None for the client's default.
        metadata: The metadata that the caller adds.
        upload: Stream of an upload or a batch, after its settings.
        max_retries: Maximum number of retries, None for the client's default.
        accumulates: Whether the client, and not its caller, asks for the whole reply with the last message.
    """

    request: Message
    timeout: float | None
    metadata: tuple[tuple[str, str | bytes], ...]
    upload: RequestStream | None = None
    max_retries: int | None = None
    accumulates: bool = False

    def deadline(self, default: float) -> float | None:
        """Returns the seconds until the call's deadline, or None.

        Args:
            default: Used where the caller named none.
        """
        chosen = default if self.timeout is None else self.timeout
        return None if chosen == math.inf else chosen

    def retries(self, default: int) -> int:
        """Returns the maximum number of retries.

        Args:
            default: Used where the caller named none.
        """
        return default if self.max_retries is None else self.max_retries


def prepare(
    request_type: type[Message], given: object, params: Mapping[str, object], *, id_field: str | None = None
) -> Prepared:
    """Builds the request of a call.

    Args:
        request_type: The request's class.
        given: A request; or the id that it has as `id_field`; or None.
        params: Keyword arguments: fields by their keys in JSON, with values as in JSON or as messages, and those of
            `CallParams`. None stands for an argument that is not given.
        id_field: The field that an id goes to.

    Raises:
        TypeError: An argument that the request does not have, or a value that is no JSON.
    """
    fields = {key: value for key, value in params.items() if value is not None}
    timeout, limits = _timeout(fields.pop("timeout", None))
    metadata = limits + metadata_pairs(cast("Metadata", fields.pop("extra_metadata", ())))
    retries = max_retries_of(fields.pop("max_retries")) if "max_retries" in fields else None
    if isinstance(given, request_type):
        if fields:
            raise TypeError(f"either a request or its fields, not both: {', '.join(fields)}")
        return Prepared(given, timeout, metadata, max_retries=retries)
    if isinstance(given, str) and id_field:
        fields[id_field] = given
    elif given is not None:
        raise TypeError(f"the request must be a {request_type.__name__}, not a {type(given).__name__}")
    return Prepared(build(request_type, fields), timeout, metadata, max_retries=retries)


def max_retries_of(given: object) -> int:
    """Checks a number of retries.

    Raises:
        TypeError: It is not an integer.
        ValueError: It is negative.
    """
    if not isinstance(given, int) or isinstance(given, bool):
        raise TypeError(f"max_retries must be an integer, not {type(given).__name__}")
    if given < 0:
        raise ValueError(f"invalid max_retries {given}: must be 0 or more")
    return given


def _timeout(given: Any) -> tuple[float | None, tuple[tuple[str, str], ...]]:
    """Returns the seconds until the deadline, if they are given, and the metadata of other limits.

    Raises:
        TypeError: There is no such limit.
    """
    if given is None or isinstance(given, int | float):
        return given, ()
    limits = {field.name: value for field, value in given.ListFields()} if isinstance(given, TimeLimits) else given
    known = TimeLimits.DESCRIPTOR.fields_by_name
    if not isinstance(limits, Mapping) or not set(limits) <= set(known):
        raise TypeError(f"timeout must be seconds, or a mapping of {', '.join(known)}")
    limits = {name: seconds for name, seconds in limits.items() if seconds is not None}
    return limits.pop("total", None), time_limits(limits)


def accumulating(prepared: Prepared, reply_type: type[Message], given: object) -> Prepared:
    """Returns a call that also asks for the whole reply with the last message, if its stream can have it.

    Args:
        prepared: The call.
        reply_type: The class of its messages.
        given: What the caller gave; a request of the caller's stays as it is.
    """
    if "accumulated" not in reply_type.DESCRIPTOR.fields_by_name:
        return prepared
    request: Any = prepared.request
    if request.call_options.HasField("accumulate"):
        return prepared
    if request is given:
        request = type(request)()
        request.CopyFrom(prepared.request)
    request.call_options.accumulate = True
    return replace(prepared, request=request, accumulates=True)


def prepare_upload(
    request_type: type[Message],
    message_type: type[Message],
    given: object,
    params: Mapping[str, object],
    *,
    id_field: str | None = None,
) -> Prepared:
    """Builds the settings of an upload; separates the file.

    Args:
        request_type: The class of the settings.
        message_type: The class of the messages.
        given: As of `prepare`.
        params: As of `prepare`.
        id_field: As of `prepare`.

    Raises:
        OSError: There is no such file.
        TypeError: As `prepare`, and where no file is given.
    """
    fields = dict(params)
    on_progress = cast("Progress | None", fields.pop("on_progress", None))
    file: Any = fields.pop(FILE, None)
    prepared = prepare(request_type, given, fields, id_field=id_field)
    if file is None and prepared.request.HasField(FILE):
        file = getattr(prepared.request, FILE)
    if file is None:
        raise TypeError("a file to send is required")
    source = Source.of(file)
    settings: Any = request_type()
    settings.CopyFrom(prepared.request)  # the caller's own stays as it is
    settings.file.CopyFrom(source.description())
    return replace(prepared, request=settings, upload=Upload(message_type, source, on_progress))


def build(request_type: type[Message], fields: Mapping[str, Any]) -> Message:
    """Builds a request from its fields.

    Raises:
        OSError: A file that can't be read.
        TypeError: A field that the request does not have, or a value that is no JSON.
    """
    fields = dict(fields)
    extra = cast("Mapping[str, Any]", fields.pop("extra_body", {}))
    if not isinstance(extra, Mapping):
        raise TypeError(f"extra_body must be a mapping, not {type(extra).__name__}")
    known, own = _keys(request_type.DESCRIPTOR)
    for name in fields:
        if name not in known and name not in own:
            raise TypeError(_unknown(request_type, name, known | own))
    gateway = {name: fields.pop(name) for name in own & fields.keys() if not (name in known and _is_json(fields[name]))}
    request = from_plain(request_type, plain(fields))
    if extra:  # which may have what the fields can't hold
        request = from_object(request_type, plain({**fields, **extra}), keep_nulls=True)
    for name in files_of(request_type.DESCRIPTOR) & gateway.keys():
        given = gateway.pop(name)
        if request_type.DESCRIPTOR.fields_by_name[name].is_repeated:
            several = given if isinstance(given, list) else [given]
            getattr(request, name).extend(map(_whole, several))
        else:
            getattr(request, name).CopyFrom(_whole(given))
    if gateway:
        request.MergeFrom(request_type(**gateway))
    return request


def _is_json(given: object) -> bool:
    """Returns whether a value is no file, but what stands for one in JSON."""
    return isinstance(given, Mapping | Message) and not isinstance(given, UploadFile)


def _whole(file: File) -> UploadFile:
    """Returns a file with its content."""
    source = Source.of(file)
    whole = source.description()
    whole.data = source.read()
    return whole


@cache
def files_of(request: Descriptor) -> frozenset[str]:
    """Returns the names of a request's fields that are files."""
    return frozenset(field.name for field in request.fields if field.message_type is UploadFile.DESCRIPTOR)


def plain(value: object) -> Any:
    """Returns a value as plain JSON values.

    Raises:
        TypeError: It stands for none.
    """
    match value:
        case None | bool():
            return value
        case str() | int() | float():
            return value if type(value) in _SCALARS else _exact(value)
        case Message():
            return loads(to_json(value))
        case Mapping():
            return {str(key): plain(item) for key, item in value.items()}
        case bytes() | bytearray() | memoryview():
            raise TypeError("bytes can't be JSON: pass a data URL or base64, as in OpenAI's API, or a message")
        case Iterable():
            return [plain(item) for item in value]
    raise TypeError(f"a {type(value).__name__} can't be JSON: pass plain values, or a message")


def _exact(value: str | float) -> str | int | float:
    """Returns the value of a subclass, such as a member of an enum or a number of NumPy, as one of its base."""
    if isinstance(value, str):
        return str.__str__(value)
    return int(value) if isinstance(value, int) else float(value)


def metadata_pairs(metadata: Metadata) -> tuple[tuple[str, str | bytes], ...]:
    """Returns metadata for gRPC, with lower-case keys.

    Raises:
        TypeError: A key is not a string, or a value neither a string nor bytes.
    """
    pairs: Iterable[tuple[str, str | bytes]] = metadata.items() if isinstance(metadata, Mapping) else metadata
    return tuple((_metadata_key(key, value), value) for key, value in pairs)


def _metadata_key(key: object, value: object) -> str:
    if not isinstance(key, str):
        raise TypeError(f"a key of metadata must be a string, not {type(key).__name__}")
    if not isinstance(value, str | bytes):
        raise TypeError(
            f"the metadata {key} must be a string, or bytes for a key with -bin, not {type(value).__name__}"
        )
    return key.lower()


@cache
def _keys(request: Descriptor) -> tuple[set[str], set[str]]:
    """Returns the JSON keys of a request, and the names of its gateway fields."""
    known, own = set(), set()
    for field in request.fields:
        options = field.GetOptions().Extensions[json_pb2.json]
        if field.number in GATEWAY_NUMBERS:
            own.add(field.name)
        elif options.inline:
            known |= _keys(field.message_type)[0]
        elif options.form != json_pb2.JSON_FORM_EXTRA:
            known.add(options.name or field.name)
    return known, own


def _unknown(request_type: type[Message], name: str, known: set[str]) -> str:
    if name == "stream":
        return "there is no argument 'stream' here: call the method stream() for a stream"
    if name in _ELSEWHERE:
        return f"there is no argument {name!r}: {_ELSEWHERE[name]}"
    close = difflib.get_close_matches(name, known, 1)
    hint = f"did you mean {close[0]!r}?" if close else "what the contract has no field for goes into extra_body"
    return f"{request_type.__name__} has no field {name!r}: {hint}"

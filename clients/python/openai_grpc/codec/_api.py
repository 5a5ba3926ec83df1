"""Public functions of the codec."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, TypeVar, cast

from google.protobuf.message import Message

from openai_grpc.codec._build import build
from openai_grpc.codec._compile import Compiler
from openai_grpc.codec._decode import decode_compiler
from openai_grpc.codec._encode import encode_compiler
from openai_grpc.codec._errors import CodecError
from openai_grpc.codec._exact import dumps, loads, loads_in_steps, loads_rounded
from openai_grpc.codec._options import Kind, has_vector, holder, shape
from openai_grpc.codec._wrong import DECODE_CHECKED, WrongTypeError, locate

if TYPE_CHECKING:
    from google.protobuf.descriptor import Descriptor

M = TypeVar("M", bound=Message)


def to_json(message: Message) -> bytes:
    """Writes a message as compact JSON text.

    Args:
        message: A message of `openai_grpc.v1`.

    Raises:
        CodecError: A field has no JSON: a double that is not finite, a raw field or `extra_json` that is not JSON, a
            union with no arm set.
    """
    return dumps(to_object(message))


def from_json(
    message_type: type[M], data: bytes | str, *, keep_nulls: bool = False, nearly: bool = False, in_steps: bool = False
) -> M:
    """Reads JSON text as a message.

    Args:
        message_type: The message's class.
        data: UTF-8 text.
        keep_nulls: Whether an explicit null is kept, in `extra_json`: what a request means by it may not be absence.
        nearly: Whether, with `keep_nulls`, a field gets a value that it holds only nearly, as it does without.
        in_steps: Whether other threads may run meanwhile, which takes longer: for a large text in a thread of its own.

    Raises:
        CodecError: It is not JSON, no value that the message can stand for, or nested too deeply.
    """
    reader = _READERS.get(message_type) or _reader(message_type)
    value = loads_in_steps(data, exactly=reader is loads) if in_steps else reader(data)
    return from_object(message_type, value, keep_nulls=keep_nulls, nearly=nearly, in_steps=in_steps)


def to_object(message: Message, *, strict: bool = False) -> Any:
    """Converts a message to a JSON value for `dumps`, for editing.

    Args:
        message: A message of `openai_grpc.v1`.
        strict: Whether a key in `extra_json` is an error if it contradicts its typed field, or can be read as a field
            that names a model, a stored object or a secret (`read_extra` makes it that field); and whether texts that
            can't be such a name are errors. Policy that reads typed fields can then trust them.

    Returns:
        Dicts, lists and scalars; `orjson.Fragment` for raw JSON, `RawNumber` and `RawString` as `loads` returns them.

    Raises:
        CodecError: As for `to_json`.
    """
    encode, message_type = _STRICT if strict else _ENCODE, type(message)
    try:
        return (encode.by_type.get(message_type) or encode.of(message_type))(message)
    except CodecError as error:
        raise _located(error, message, encode) from None
    except RecursionError:
        raise CodecError("nested too deeply") from None


def from_object(
    message_type: type[M], value: Any, *, keep_nulls: bool = False, nearly: bool = False, in_steps: bool = False
) -> M:
    """Reads a JSON value, as `loads` returns it, as a message.

    Args:
        message_type: The message's class.
        value: The JSON value. It is not changed.
        keep_nulls: As for `from_json`.
        nearly: As for `from_json`.
        in_steps: As for `from_json`.

    Raises:
        CodecError: As for `from_json`.
    """
    decode = _DECODE if not keep_nulls else _DECODE_REPLY if nearly else _DECODE_NULLS
    try:
        fields = (decode.by_type.get(message_type) or decode.of(message_type))(value, 0)
    except RecursionError:
        raise CodecError("nested too deeply") from None
    if fields is None:
        raise CodecError(f"{message_type.DESCRIPTOR.full_name} can't hold a JSON value of type {type(value).__name__}")
    if isinstance(fields, message_type):  # with a vector: it is built from its wire form
        return fields
    return build(message_type, fields) if in_steps else message_type(**fields)


def from_plain(message_type: type[M], value: Any) -> M:
    """Reads plain values, as a caller wrote them, as a request; explicit nulls are kept.

    Args:
        message_type: The message's class.
        value: Dicts, lists and scalars. They are not changed.

    Raises:
        CodecError: As for `from_json`.
        TypeError: A value is of a type that its field can't hold; the error says which.
    """
    try:
        fields = (DECODE_CHECKED.by_type.get(message_type) or DECODE_CHECKED.of(message_type))(value, 0)
    except RecursionError:
        raise CodecError("nested too deeply") from None
    except WrongTypeError as error:
        raise TypeError(locate(error, value)) from None
    return fields if isinstance(fields, message_type) else message_type(**fields)


def source(message_type: type[Message]) -> str:
    """Returns the Python source of the functions that read and write a message."""
    descriptor = cast("Descriptor", message_type.DESCRIPTOR)
    return f"{_DECODE.source(descriptor)}\n\n{_ENCODE.source(descriptor)}"


def _reader(message_type: type[Message]) -> Callable[[bytes | str], Any]:
    # Every number of a vector is long, and none needs more than a double.
    reader = loads_rounded if has_vector(cast("Descriptor", message_type.DESCRIPTOR)) else loads
    _READERS[message_type] = reader
    return reader


def _agrees(message: Message, key: str, value: Any) -> bool:
    """Returns whether typed fields equal the value of their key in `extra_json`."""
    read = from_object(type(message), {key: value})
    fields = shape(cast("Descriptor", message.DESCRIPTOR)).by_key[key]
    return all(
        getattr(holder(read, field), field.name) == getattr(holder(message, field), field.name) for field in fields
    )


def _located(error: CodecError, message: Message, encode: Compiler) -> CodecError:
    """Locates an error in a message: the hot path does not track its position."""
    for step, child in _children(message):
        try:
            encode.of(type(child))(child)
        except CodecError as inner:
            located = _located(inner, child, encode)
            dot = "." if located.path else ""
            return CodecError(located.reason, f"{step}{dot}{located.path}")
    return error


def _children(message: Message) -> Iterator[tuple[str, Message]]:
    found = shape(cast("Descriptor", message.DESCRIPTOR))
    names = {field.name for field in found.fields if field.kind is Kind.MESSAGE}
    names |= {inline.name for inline in found.inlines}
    for field, value in message.ListFields():
        if field.name not in names:
            continue
        if isinstance(value, Message):
            yield field.name, value
        elif hasattr(value, "items"):
            yield from ((f"{field.name}[{key!r}]", item) for key, item in value.items())
        else:
            yield from ((f"{field.name}[{index}]", item) for index, item in enumerate(value))


_READERS: dict[type[Message], Callable[[bytes | str], Any]] = {}
_DECODE = decode_compiler(keep_nulls=False, nearly=True)
_DECODE_NULLS = decode_compiler(keep_nulls=True, nearly=False)
_DECODE_REPLY = decode_compiler(keep_nulls=True, nearly=True)
_ENCODE = encode_compiler(None)
_STRICT = encode_compiler(_agrees)

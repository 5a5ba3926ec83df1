"""Replies that are values of a caller's type."""

from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from google.protobuf.message import Message

from openai_grpc.client import _text
from openai_grpc.client.errors import CutReplyError, InvalidReplyError, RefusalError
from openai_grpc.client.metadata import CallMetadata
from openai_grpc.client.schema import Schema, TypeMismatchError, schema_of
from openai_grpc.v1 import ChatCompletion, Response

T = TypeVar("T")
R = TypeVar("R", bound=Message)

_CUT = ("length", "content_filter")


@dataclass(frozen=True, slots=True)
class Parsed(Generic[T, R]):
    """A reply with the value that it is of the type that was asked for.

    Attributes:
        value: The value.
        reply: The whole reply: a `ChatCompletion`, a `Response`.
        metadata: Metadata of the reply, such as rate limits.
    """

    value: T
    reply: R
    metadata: CallMetadata


def response_format(type_: type[Any] | Schema[Any]) -> Any:
    """Makes the `response_format` of a chat completion whose reply is a value of a type.

    Raises:
        TypeError: The type has something that strict mode can't express.
    """
    return {"type": "json_schema", "json_schema": _format(schema_of(type_))}


def text_format(type_: type[Any] | Schema[Any]) -> Any:
    """Makes the `format` in the `text` of a response whose text is a value of a type; raises as `response_format`."""
    return {"type": "json_schema", **_format(schema_of(type_))}


def read_completion(type_: type[T] | Schema[T], completion: ChatCompletion) -> T:
    """Reads the first choice of a completion as a value of the type that was asked for.

    Raises:
        CutReplyError: The reply was cut.
        InvalidReplyError: It is not a value of the type.
        RefusalError: The model refused.
    """
    choice = next((choice for choice in completion.choices if not choice.index), None)
    refusal = choice.message.refusal if choice else ""
    cut = str(choice.finish_reason) if choice and choice.finish_reason in _CUT else None
    return _read(schema_of(type_), completion, _text.chat_text(completion), refusal, cut)


def read_response(type_: type[T] | Schema[T], response: Response) -> T:
    """Reads the text of a response as a value of the type that was asked for.

    Raises:
        ResponseFailedError: The response failed.
        CutReplyError: The reply was cut.
        InvalidReplyError: It is not a value of the type.
        RefusalError: The model refused.
    """
    _text.check_response(response)
    cut = None
    if response.status == "incomplete":
        cut = str(response.incomplete_details.reason or response.status)
    return _read(schema_of(type_), response, _text.output_text(response), _text.response_refusal(response), cut)


def _read(schema: Schema[T], reply: Message, text: str, refusal: str, cut: str | None) -> T:
    if refusal:
        raise RefusalError("the model refused", refusal, reply)
    if cut is not None:
        raise CutReplyError(f"the reply was cut ({cut}): it is not a whole {schema.name}", text, reply)
    try:
        return schema.read(text)
    except TypeMismatchError as error:
        raise InvalidReplyError(f"the reply is not a {schema.name}: {error}", text, reply) from error


def _format(schema: Schema[Any]) -> dict[str, Any]:
    named = {"description": schema.description} if schema.description else {}
    return {"name": schema.name, **named, "schema": schema.json, "strict": True}

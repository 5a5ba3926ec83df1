"""Builders of chat messages, of input items of Responses, and of their parts."""

import mimetypes
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from openai_grpc.v1 import (
    ChatCompletion,
    ChatCompletionContent,
    ChatCompletionContentPart,
    ChatCompletionMessage,
    ChatCompletionMessageFunctionToolCall,
    ChatCompletionMessageToolCall,
    ChatCompletionRequestMessage,
    InlineData,
    Response,
    ResponseContent,
    ResponseContentPart,
    ResponseFunctionToolCall,
    ResponseItem,
    values,
)

Content = str | Iterable[str | ChatCompletionContentPart]
"""Content of a message: a text, or parts in order."""
ItemContent = str | Iterable[str | ResponseContentPart]
"""Content of an item: a text, or parts in order."""
Data = bytes | str | os.PathLike[str]
"""Bytes, a path, or for a text with `http:`, `https:` or `data:` in front, a URL."""

_SIGNATURES = {
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
    b"GIF8": "image/gif",
}
_WEBP = (b"RIFF", b"WEBP")


def user(content: Content, *, name: str | None = None) -> ChatCompletionRequestMessage:
    """Makes a message of the user: `user("hi")`, `user(["What is this?", image("cat.png")])`."""
    return _message("user", content, name)


def system(content: Content, *, name: str | None = None) -> ChatCompletionRequestMessage:
    """Makes a system message, for models that take no developer messages."""
    return _message("system", content, name)


def developer(content: Content, *, name: str | None = None) -> ChatCompletionRequestMessage:
    """Makes a message of the developer: instructions that the model follows before those of the user."""
    return _message("developer", content, name)


def assistant(reply: str | ChatCompletion | ChatCompletionMessage) -> ChatCompletionRequestMessage:
    """Makes a message of the assistant: an earlier reply as it was received, or a text."""
    if isinstance(reply, ChatCompletion):
        reply = next((choice for choice in reply.choices if not choice.index), reply.choices[0]).message
    message = ChatCompletionMessage(content=reply) if isinstance(reply, str) else reply
    return ChatCompletionRequestMessage(assistant=message)


def tool_result(
    call: str | ChatCompletionMessageToolCall | ChatCompletionMessageFunctionToolCall, result: Content
) -> ChatCompletionRequestMessage:
    """Makes the message with the result of a tool call, given the call or its id.

    Raises:
        ValueError: The call has no id.
    """
    found: Any = call
    if isinstance(call, ChatCompletionMessageToolCall):
        found = getattr(call, call.WhichOneof("kind") or "", "")
    call_id = found if isinstance(found, str) else found.id
    if not call_id:
        raise ValueError("the tool call has no id: give it as text")
    message = ChatCompletionRequestMessage()
    message.tool.tool_call_id = call_id
    message.tool.content.CopyFrom(_content(result))
    return message


def text(value: str) -> ChatCompletionContentPart:
    """Makes a part of text."""
    part = ChatCompletionContentPart()
    part.text.text = value
    return part


def image(
    source: Data, *, detail: "values.ChatCompletionContentPartImageImageUrlDetail | None" = None
) -> ChatCompletionContentPart:
    """Makes a part with an image.

    Args:
        source: A path, the bytes of a PNG, JPEG, GIF or WebP, or a URL.
        detail: How closely to look at it. Default: `auto`.

    Raises:
        OSError: The file can't be read.
        ValueError: The bytes are of no such image.
    """
    part = ChatCompletionContentPart()
    if _is_url(source):
        part.image_url.image_url.url = str(source)
    else:
        part.image_url.image_url.data.CopyFrom(_image(source))
    if detail is not None:
        part.image_url.image_url.detail = detail
    return part


def audio(source: Data, *, format: str | None = None) -> ChatCompletionContentPart:  # noqa: A002 - as in OpenAI's API
    """Makes a part with sound.

    Args:
        source: A path, or bytes.
        format: `wav` or `mp3`. Default: the extension of the path, or `wav`.

    Raises:
        OSError: The file can't be read.
    """
    part = ChatCompletionContentPart()
    name, data = _read(source)
    part.input_audio.input_audio.data = data
    part.input_audio.input_audio.format = format or Path(name).suffix.removeprefix(".").lower() or "wav"
    return part


def file(source: Data, *, filename: str | None = None) -> ChatCompletionContentPart:
    """Makes a part with a file, such as a PDF.

    Args:
        source: A path, or bytes.
        filename: Its name, which tells the type. Default: that of the path, or `file`.

    Raises:
        OSError: The file can't be read.
    """
    part = ChatCompletionContentPart()
    name, data = _read(source)
    part.file.file.filename = filename or name or "file"
    part.file.file.data.CopyFrom(InlineData(mime_type=_type(filename or name), data=data))
    return part


def file_id(value: str) -> ChatCompletionContentPart:
    """Makes a part with a file that was uploaded before."""
    part = ChatCompletionContentPart()
    part.file.file.file_id = value
    return part


def input_message(role: "values.ResponseMessageRole", content: ItemContent) -> ResponseItem:
    """Makes a message as an input item of Responses."""
    item = ResponseItem()
    item.message.role = role
    item.message.content.CopyFrom(_item_content(content))
    return item


def function_output(call: str | ResponseFunctionToolCall, output: ItemContent) -> ResponseItem:
    """Makes the input item with the result of a function call, given the call or its `call_id`.

    Raises:
        ValueError: The call has no `call_id`.
    """
    call_id = call if isinstance(call, str) else call.call_id
    if not call_id:
        raise ValueError("the function call has no call_id: give it as text")
    item = ResponseItem()
    item.function_call_output.call_id = call_id
    item.function_call_output.output.CopyFrom(_item_content(output))
    return item


def input_text(value: str) -> ResponseContentPart:
    """Makes a part of text of an input item."""
    part = ResponseContentPart()
    part.input_text.text = value
    return part


def input_image(source: Data, *, detail: "values.ResponseInputImageDetail" = "auto") -> ResponseContentPart:
    """Makes a part with an image of an input item; takes and raises what `image` does."""
    part = ResponseContentPart()
    if _is_url(source):
        part.input_image.image_url = str(source)
    else:
        part.input_image.data.CopyFrom(_image(source))
    part.input_image.detail = detail
    return part


def input_file(source: Data, *, filename: str | None = None) -> ResponseContentPart:
    """Makes a part with a file of an input item.

    Args:
        source: A path, bytes, or a URL.
        filename: Its name, which tells the type. Default: that of the path, or `file`.

    Raises:
        OSError: The file can't be read.
    """
    part = ResponseContentPart()
    if _is_url(source):
        part.input_file.file_url = str(source)
        return part
    name, data = _read(source)
    part.input_file.filename = filename or name or "file"
    part.input_file.data.CopyFrom(InlineData(mime_type=_type(filename or name), data=data))
    return part


def output_text(response: Response) -> str:
    """Returns the text of a response's output, of all its messages; `response.output_text` is the same."""
    return response.output_text


def function_calls(response: Response) -> list[ResponseFunctionToolCall]:
    """Returns the calls of functions in a response's output."""
    return [item.function_call for item in response.output if item.HasField("function_call")]


def tool_calls(completion: ChatCompletion) -> list[ChatCompletionMessageFunctionToolCall]:
    """Returns the calls of functions in a completion's first choice."""
    calls = (call for choice in completion.choices if not choice.index for call in choice.message.tool_calls)
    return [call.function for call in calls if call.HasField("function")]


def _message(role: str, content: Content, name: str | None) -> ChatCompletionRequestMessage:
    message = ChatCompletionRequestMessage()
    said = getattr(message, role)
    said.content.CopyFrom(_content(content))
    if name is not None:
        said.name = name
    return message


def _content(given: Content) -> ChatCompletionContent:
    content = ChatCompletionContent()
    if isinstance(given, str):
        content.text = given
    else:
        content.parts.parts.extend(text(part) if isinstance(part, str) else part for part in given)
    return content


def _item_content(given: ItemContent) -> ResponseContent:
    content = ResponseContent()
    if isinstance(given, str):
        content.text = given
    else:
        content.parts.parts.extend(input_text(part) if isinstance(part, str) else part for part in given)
    return content


def _is_url(source: Data) -> bool:
    return isinstance(source, str) and source.lower().startswith(("http:", "https:", "data:"))


def _read(source: Data) -> tuple[str, bytes]:
    """Returns the name and the content of a file."""
    if isinstance(source, bytes):
        return "", source
    path = Path(source)
    return path.name, path.read_bytes()


def _image(source: Data) -> InlineData:
    name, data = _read(source)
    found = next((kind for start, kind in _SIGNATURES.items() if data.startswith(start)), None)
    if found is None and (data[:4], data[8:12]) == _WEBP:
        found = "image/webp"
    if found is None:
        found = mimetypes.guess_type(name)[0]
    if found is None or not found.startswith("image/"):
        raise ValueError("unknown type of image: must be PNG, JPEG, GIF or WebP, or a file whose name tells its type")
    return InlineData(mime_type=found, data=data)


def _type(name: str) -> str:
    return mimetypes.guess_type(name)[0] or "application/octet-stream"

"""Builders of messages, items and parts."""

from pathlib import Path
from typing import Any

import pytest

import openai_grpc as client
from openai_grpc.codec import from_object, loads, to_json
from openai_grpc.v1 import ChatCompletion, Response, ResponseFunctionToolCall

PIXEL = b"GIF89a\x01\x00"
COMPLETION = from_object(
    ChatCompletion,
    {
        "choices": [
            {
                "index": 0,
                "message": {
                    "role": "assistant",
                    "content": "hi",
                    "tool_calls": [
                        {"id": "c", "type": "custom", "custom": {"name": "a", "input": "x"}},
                        {"id": "f", "type": "function", "function": {"name": "b", "arguments": "{}"}},
                    ],
                },
            }
        ]
    },
)
RESPONSE = from_object(
    Response,
    {
        "output": [
            {"type": "function_call", "call_id": "f", "name": "b", "arguments": "{}"},
            {
                "type": "message",
                "role": "assistant",
                "content": [
                    {"type": "output_text", "text": "hel", "annotations": []},
                    {"type": "refusal", "refusal": "no"},
                    {"type": "output_text", "text": "lo", "annotations": []},
                ],
            },
        ]
    },
)

MADE: dict[str, tuple[Any, dict[str, Any]]] = {
    "user": (client.user("hi"), {"role": "user", "content": "hi"}),
    "user with a name": (client.user("hi", name="Ann"), {"role": "user", "content": "hi", "name": "Ann"}),
    "system": (client.system("be nice"), {"role": "system", "content": "be nice"}),
    "developer": (client.developer("be nice"), {"role": "developer", "content": "be nice"}),
    "assistant": (client.assistant("hi"), {"role": "assistant", "content": "hi"}),
    "a tool's result": (client.tool_result("c1", "42"), {"role": "tool", "tool_call_id": "c1", "content": "42"}),
    "parts": (
        client.user(["what?", client.text("this:"), client.image("https://x/y.png", detail="low")]),
        {
            "role": "user",
            "content": [
                {"type": "text", "text": "what?"},
                {"type": "text", "text": "this:"},
                {"type": "image_url", "image_url": {"url": "https://x/y.png", "detail": "low"}},
            ],
        },
    ),
    "an image of bytes": (
        client.image(PIXEL),
        {"type": "image_url", "image_url": {"url": "data:image/gif;base64,R0lGODlhAQA="}},
    ),
    "sound": (
        client.audio(b"RIFF"),
        {"type": "input_audio", "input_audio": {"data": "UklGRg==", "format": "wav"}},
    ),
    "a file": (
        client.file(b"%PDF", filename="a.pdf"),
        {"type": "file", "file": {"filename": "a.pdf", "file_data": "data:application/pdf;base64,JVBERg=="}},
    ),
    "an uploaded file": (client.file_id("file-1"), {"type": "file", "file": {"file_id": "file-1"}}),
    "an item": (
        client.input_message("user", ["hi", client.input_image(PIXEL)]),
        {
            "type": "message",
            "role": "user",
            "content": [
                {"type": "input_text", "text": "hi"},
                {"type": "input_image", "image_url": "data:image/gif;base64,R0lGODlhAQA=", "detail": "auto"},
            ],
        },
    ),
    "an item's file": (
        client.input_file("https://x/y.pdf"),
        {"type": "input_file", "file_url": "https://x/y.pdf"},
    ),
    "a function's result": (
        client.function_output(ResponseFunctionToolCall(call_id="f"), "42"),
        {"type": "function_call_output", "call_id": "f", "output": "42"},
    ),
}


@pytest.mark.parametrize(("made", "expected"), MADE.values(), ids=MADE)
def test_made(made: Any, expected: dict[str, Any]) -> None:
    assert loads(to_json(made)) == expected


def test_of_a_path(tmp_path: Path) -> None:
    for name, data in (("cat.png", b"\x89PNG\r\n\x1a\n"), ("note.mp3", b"ID3"), ("paper.pdf", b"%PDF")):
        (tmp_path / name).write_bytes(data)
    assert client.image(tmp_path / "cat.png").image_url.image_url.data.mime_type == "image/png"
    assert client.input_image(str(tmp_path / "cat.png")).input_image.data.mime_type == "image/png"
    assert client.audio(tmp_path / "note.mp3").input_audio.input_audio.format == "mp3"
    part = client.file(tmp_path / "paper.pdf").file.file
    assert (part.filename, part.data.mime_type, part.data.data) == ("paper.pdf", "application/pdf", b"%PDF")
    assert client.input_file(tmp_path / "paper.pdf").input_file.filename == "paper.pdf"
    with pytest.raises(FileNotFoundError):
        client.image(tmp_path / "dog.png")
    with pytest.raises(ValueError, match="unknown type of image: must be PNG, JPEG, GIF or WebP"):
        client.image(b"hello")


def test_of_a_reply() -> None:
    message = COMPLETION.choices[0].message
    for given in (COMPLETION, message):
        assert client.assistant(given).assistant == message
    assert [client.tool_result(call, "42").tool.tool_call_id for call in message.tool_calls] == ["c", "f"]
    assert [call.function.name for call in client.tool_calls(COMPLETION)] == ["b"]
    assert client.tool_result(client.tool_calls(COMPLETION)[0], "42").tool.tool_call_id == "f"
    with pytest.raises(ValueError, match="the tool call has no id: give it as text"):
        client.tool_result("", "42")
    assert [call.name for call in client.function_calls(RESPONSE)] == ["b"]
    with pytest.raises(ValueError, match="the function call has no call_id: give it as text"):
        client.function_output("", "42")
    assert RESPONSE.output_text == client.output_text(RESPONSE) == "hello"
    assert Response().output_text == ""

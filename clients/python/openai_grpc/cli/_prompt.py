"""Options of commands that prompt a model: attachments, tools, a schema."""

import argparse
import base64
import json
import mimetypes
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from openai_grpc.cli import _output
from openai_grpc.cli._arguments import UsageError

AUDIO = {".wav": "wav", ".mp3": "mp3"}
SCHEMA_NAME = re.compile(r"[^a-zA-Z0-9_-]")

Json = dict[str, Any]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments of a command that prompts a model."""
    parser.add_argument("message", nargs="?", metavar="MESSAGE", help="what to say; - reads standard input")
    parser.add_argument("-m", "--model", help="model (default: the gateway's, if it has one)")
    parser.add_argument("-s", "--system", metavar="TEXT", help="system message: how the model should behave")
    parser.add_argument(
        "--image", action="append", default=[], metavar="FILE", help="attach an image, or its URL; repeatable"
    )
    parser.add_argument(
        "--file",
        action="append",
        default=[],
        metavar="FILE",
        help="attach a file: text, PDF, or a .wav or .mp3 recording; repeatable",
    )
    parser.add_argument(
        "--tools",
        type=Path,
        metavar="FILE",
        help="JSON file with the tools that the model may call, as OpenAI has them",
    )
    parser.add_argument(
        "--schema", "--json-schema", type=Path, metavar="FILE", help="JSON file with the JSON Schema of the answer"
    )
    parser.add_argument("--reasoning-effort", metavar="LEVEL", help="such as none, minimal, low, medium, high")
    parser.add_argument("--max-tokens", type=int, metavar="N", help="limit of the answer, in tokens")
    parser.add_argument("--temperature", type=float, metavar="T", help="randomness, 0 to 2")
    parser.add_argument("--no-stream", action="store_true", help="print the answer when it is complete")
    parser.add_argument("--json", action="store_true", help="print OpenAI's JSON; of a stream, one line for each event")
    parser.add_argument("--show-reasoning", action="store_true", help="print reasoning to standard error")
    _output.add_usage_argument(parser)


def content(text: str, images: Sequence[str], files: Sequence[str], make: Callable[..., Json]) -> str | list[Json]:
    """Returns the content of a user message: text, or parts if there are attachments.

    Args:
        text: The user's message.
        images: Files or URLs.
        files: Files.
        make: Makes a part; `chat_part` or `response_part`.

    Raises:
        OSError: A file is unreadable.
    """
    parts = [make("image", url=image if _is_url(image) else _data_url(Path(image))) for image in images]
    parts += [_file_part(Path(file), make) for file in files]
    return [*parts, make("text", text=text)] if parts else text


def chat_part(kind: str, **values: str) -> Json:
    """Returns a content part of a chat message."""
    match kind:
        case "image":
            return {"type": "image_url", "image_url": values}
        case "file":
            return {"type": "file", "file": {"filename": values["name"], "file_data": values["data"]}}
        case "audio":
            return {"type": "input_audio", "input_audio": values}
    return {"type": "text", **values}


def response_part(kind: str, **values: str) -> Json:
    """Returns a content part of a response's input."""
    match kind:
        case "image":
            return {"type": "input_image", "image_url": values["url"]}
        case "file":
            return {"type": "input_file", "filename": values["name"], "file_data": values["data"]}
        case "audio":
            return {"type": "input_audio", "input_audio": values}
    return {"type": "input_text", **values}


def chat_tools(file: Path | None) -> list[Json] | None:
    """Reads tools for a chat; functions may have the form of either API, or be bare.

    Raises:
        OSError: The file is unreadable.
        UsageError: It does not hold tools.
    """
    return None if file is None else [_nested(tool) for tool in _tools(file)]


def response_tools(file: Path | None) -> list[Json] | None:
    """Reads tools for a response, as `chat_tools` does."""
    return None if file is None else [_flat(tool) for tool in _tools(file)]


def schema(file: Path | None) -> Json | None:
    """Reads a JSON Schema; returns it with `name` and `strict`, in the form of both APIs.

    The file holds the schema, or OpenAI's object around it: `{"name": ..., "schema": ..., "strict": ...}`.

    Raises:
        OSError: The file is unreadable.
        UsageError: It does not hold an object.
    """
    if file is None:
        return None
    value = read_json(file)
    if not isinstance(value, dict):
        raise UsageError(f"{file} is not a JSON Schema: it must hold an object")
    if isinstance(value.get("json_schema"), dict):
        value = value["json_schema"]
    if isinstance(value.get("schema"), dict):
        return {"name": "answer", **{key: item for key, item in value.items() if key != "type"}}
    name = SCHEMA_NAME.sub("_", str(value.get("title") or file.stem))[:64] or "answer"
    return {"name": name, "schema": value, "strict": True}


def read_json(file: Path) -> Any:
    """Reads a JSON file.

    Raises:
        OSError: It is unreadable.
        UsageError: It is not JSON.
    """
    try:
        return json.loads(file.read_text("utf-8"))
    except ValueError as error:
        raise UsageError(f"{file} is not JSON: {error}") from None


def _tools(file: Path) -> list[Json]:
    value = read_json(file)
    if isinstance(value, dict):
        value = value.get("tools", [value])
    if not isinstance(value, list) or not all(isinstance(tool, dict) for tool in value):
        raise UsageError(f"{file} does not hold tools: it must be a JSON list of objects")
    return value


def _nested(tool: Json) -> Json:
    if "function" in tool or tool.get("type", "function") != "function":
        return tool
    return {"type": "function", "function": {key: value for key, value in tool.items() if key != "type"}}


def _flat(tool: Json) -> Json:
    if isinstance(tool.get("function"), dict):
        return {"type": "function", **tool["function"]}
    return {"type": "function", **tool}


def _file_part(file: Path, make: Callable[..., Json]) -> Json:
    data = file.read_bytes()
    if (audio := AUDIO.get(file.suffix.lower())) is not None:
        return make("audio", data=base64.b64encode(data).decode(), format=audio)
    try:
        # Every model takes text; few take files.
        return make("text", text=f"{file.name}:\n\n{data.decode('utf-8')}")
    except UnicodeDecodeError:
        return make("file", name=file.name, data=_data_url(file, data))


def _is_url(text: str) -> bool:
    return text.startswith(("http://", "https://", "data:"))


def _data_url(file: Path, data: bytes | None = None) -> str:
    content = file.read_bytes() if data is None else data
    kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    return f"data:{kind};base64,{base64.b64encode(content).decode()}"

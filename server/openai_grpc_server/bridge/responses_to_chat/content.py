"""Content of Responses as content of chat messages."""

from typing import Any

from openai_grpc.codec import from_object, loads
from openai_grpc.v1 import chat_content_pb2
from openai_grpc_server.bridge.losses import Losses, carry_extra, copy_fields, join

Part = chat_content_pb2.ChatCompletionContentPart


def write_content(content: Any, target: Any, path: str, losses: Losses) -> None:
    """Writes the content of an item into a `ChatCompletionContent`."""
    kind = content.WhichOneof("kind")
    if kind == "text":
        target.text = content.text
    elif kind == "parts":
        target.parts.SetInParent()
        target.parts.parts.extend(chat_parts(content.parts.parts, join(path, "parts"), losses))
    elif kind == "unknown":
        target.unknown = content.unknown


def chat_parts(parts: Any, path: str, losses: Losses) -> list[Part]:
    """Writes parts, those that the model has written as those that go in."""
    written = []
    for index, source in enumerate(parts):
        kind = source.WhichOneof("kind")
        if kind == "unknown":
            written.append(from_object(Part, loads(source.unknown)))
        elif kind in _WRITERS:
            written.append(Part())
            _WRITERS[kind](getattr(source, kind), written[-1], f"{path}[{index}].{kind}", losses)
        else:
            losses.lose(f"{path}[{index}].{kind}", "chat has no such part")
    return written


def _text(source: Any, target: Part, path: str, losses: Losses) -> None:
    # What stands beside a text that the model has written, such as annotations, is not for the model to read.
    losses.only(source, {"text", "annotations", "logprobs", "prompt_cache_breakpoint", "extra_json"}, path)
    target.text.text = source.text
    copy_fields(source, target.text, {"prompt_cache_breakpoint"})
    carry_extra(source, target.text)


def _image(source: Any, target: Part, path: str, losses: Losses) -> None:
    losses.only(source, {"image_url", "data", "detail", "prompt_cache_breakpoint", "extra_json"}, path)
    target.image_url.image_url.SetInParent()
    copy_fields(source, target.image_url.image_url, {"data", "detail"})
    if source.HasField("image_url"):
        target.image_url.image_url.url = source.image_url
    copy_fields(source, target.image_url, {"prompt_cache_breakpoint"})
    carry_extra(source, target.image_url)


def _file(source: Any, target: Part, path: str, losses: Losses) -> None:
    known = {"file_data", "data", "file_id", "filename"}
    losses.only(source, {*known, "prompt_cache_breakpoint", "extra_json"}, path)
    target.file.file.SetInParent()
    copy_fields(source, target.file.file, known)
    copy_fields(source, target.file, {"prompt_cache_breakpoint"})
    carry_extra(source, target.file)


def _audio(source: Any, target: Part, path: str, losses: Losses) -> None:
    losses.only(source, {"input_audio", "extra_json"}, path)
    losses.only(source.input_audio, {"data", "format"}, join(path, "input_audio"))
    target.input_audio.input_audio.SetInParent()
    copy_fields(source.input_audio, target.input_audio.input_audio, {"data", "format"})
    carry_extra(source, target.input_audio)


def _refusal(source: Any, target: Part, path: str, losses: Losses) -> None:
    losses.only(source, {"refusal", "extra_json"}, path)
    target.refusal.refusal = source.refusal
    carry_extra(source, target.refusal)


_WRITERS = {
    "input_text": _text,
    "output_text": _text,
    "input_image": _image,
    "input_file": _file,
    "input_audio": _audio,
    "refusal": _refusal,
}

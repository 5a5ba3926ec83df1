"""Content of chat messages as content of Responses."""

from typing import Any

from openai_grpc.codec import from_object, loads
from openai_grpc.v1 import response_content_pb2 as pb
from openai_grpc_server.bridge.losses import Losses, carry_extra, copy_fields, join

Part = pb.ResponseContentPart


def write_content(content: Any, target: Any, path: str, losses: Losses) -> None:
    """Writes the content of a message that goes in, or of a tool's result, into a `ResponseContent`."""
    kind = content.WhichOneof("kind")
    if kind == "text":
        target.text = content.text
    elif kind == "parts":
        target.parts.SetInParent()
        target.parts.parts.extend(input_parts(content.parts.parts, join(path, "parts"), losses))
    elif kind == "unknown":
        target.unknown = content.unknown


def input_parts(parts: Any, path: str, losses: Losses) -> list[Part]:
    """Writes the parts of a message that goes in."""
    written = [_input_part(part, f"{path}[{index}]", losses) for index, part in enumerate(parts)]
    return [part for part in written if part is not None]


def output_parts(parts: Any, path: str, losses: Losses) -> list[Part]:
    """Writes the parts of a message that the model has written."""
    written = []
    for index, part in enumerate(parts):
        kind = part.WhichOneof("kind")
        where = f"{path}[{index}].{kind}"
        if kind == "text":
            losses.only(part.text, {"text", "extra_json"}, where)
            written.append(Part(output_text=pb.ResponseOutputText(text=part.text.text)))
            carry_extra(part.text, written[-1].output_text)
        elif kind == "plain_text":
            written.append(Part(output_text=pb.ResponseOutputText(text=part.plain_text)))
        elif kind == "refusal":
            written.append(Part(refusal=pb.ResponseOutputRefusal(refusal=part.refusal.refusal)))
            carry_extra(part.refusal, written[-1].refusal)
        elif kind == "unknown":
            written.append(from_object(Part, loads(part.unknown)))
        else:
            losses.lose(where, "Responses take no such part from the assistant")
    return written


def _input_part(part: Any, path: str, losses: Losses) -> Part | None:
    kind = part.WhichOneof("kind")
    if kind == "plain_text":
        return Part(input_text=pb.ResponseInputText(text=part.plain_text))
    if kind == "unknown":
        # A part that only Responses have is known there.
        return from_object(Part, loads(part.unknown))
    if kind not in _WRITERS:
        losses.lose(join(path, kind or "kind"), "Responses have no such part")
        return None
    source = getattr(part, kind)
    target = Part()
    written = _WRITERS[kind](source, target, join(path, kind), losses)
    if kind != "input_audio":
        copy_fields(source, written, {"prompt_cache_breakpoint"})
    carry_extra(source, written)
    return target


def _text(source: Any, target: Part, path: str, losses: Losses) -> Any:
    losses.only(source, {"text", "prompt_cache_breakpoint", "extra_json"}, path)
    target.input_text.text = source.text
    return target.input_text


def _image(source: Any, target: Part, path: str, losses: Losses) -> Any:
    losses.only(source, {"image_url", "prompt_cache_breakpoint", "extra_json"}, path)
    losses.only(source.image_url, {"url", "data", "detail"}, join(path, "image_url"))
    written = target.input_image
    written.SetInParent()
    copy_fields(source.image_url, written, {"data", "detail"})
    if source.image_url.HasField("url"):
        written.image_url = source.image_url.url
    return written


def _audio(source: Any, target: Part, path: str, losses: Losses) -> Any:
    losses.only(source, {"input_audio", "extra_json"}, path)
    losses.only(source.input_audio, {"data", "format"}, join(path, "input_audio"))
    target.input_audio.input_audio.SetInParent()
    copy_fields(source.input_audio, target.input_audio.input_audio, {"data", "format"})
    return target.input_audio


def _file(source: Any, target: Part, path: str, losses: Losses) -> Any:
    losses.only(source, {"file", "prompt_cache_breakpoint", "extra_json"}, path)
    known = {"file_data", "data", "file_id", "filename"}
    losses.only(source.file, {*known, "extra_json"}, join(path, "file"))
    target.input_file.SetInParent()
    copy_fields(source.file, target.input_file, known)
    carry_extra(source.file, target.input_file)
    return target.input_file


def _refusal(source: Any, target: Part, path: str, losses: Losses) -> Any:
    losses.only(source, {"refusal", "extra_json"}, path)
    target.refusal.refusal = source.refusal
    return target.refusal


_WRITERS = {"text": _text, "image_url": _image, "input_audio": _audio, "file": _file, "refusal": _refusal}

"""The multipart form of `POST /v1/audio/transcriptions`."""

from dataclasses import dataclass, field
from typing import BinaryIO

from aiohttp import BodyPartReader, web
from aiohttp.http import HttpProcessingError

LARGEST_FILE = 256 * 1024 * 1024
_LARGEST_FIELD = 64 * 1024
_CHUNK = 64 * 1024

RESPONSE_FORMATS = ("json", "text", "srt", "verbose_json", "vtt")
_GRANULARITIES = ("segment", "word")
_ENGLISH = ("en", "english")


class RequestError(Exception):
    """A request that is refused, as OpenAI's error object tells it.

    Args:
        message: What is wrong.
        param: The field at fault, if one is.
        status: The HTTP status.
    """

    def __init__(self, message: str, *, param: str | None = None, status: int = 400) -> None:
        super().__init__(message)
        self.message = message
        self.param = param
        self.status = status


@dataclass
class TranscriptionForm:
    """The fields beside the file; any `model` is accepted, as there is only one."""

    response_format: str = "json"
    prompt: str | None = None
    temperature: float | None = None
    granularities: set[str] = field(default_factory=set)
    stream: bool = False


async def read_form(request: web.Request, file: BinaryIO) -> TranscriptionForm:
    """Reads the form; the upload goes to `file` as it arrives and is rewound.

    Raises:
        RequestError: The form is refused.
    """
    if request.content_type != "multipart/form-data":
        raise RequestError("The body must be multipart/form-data.")
    form = TranscriptionForm()
    has_file = False
    try:
        async for part in await request.multipart():
            if not isinstance(part, BodyPartReader):
                raise RequestError("A part of the form is itself multipart.")
            if part.name == "file":
                await _save(part, file)
                has_file = True
            elif part.name:
                _set(form, part.name, await _text(part))
    except (ValueError, HttpProcessingError) as error:
        raise RequestError("The multipart body is malformed.") from error
    if not has_file:
        raise RequestError("The file is missing.", param="file")
    _check(form)
    return form


async def _save(part: BodyPartReader, file: BinaryIO) -> None:
    while chunk := await part.read_chunk(_CHUNK):
        file.write(chunk)
        if file.tell() > LARGEST_FILE:
            raise RequestError(f"The file is larger than {LARGEST_FILE} bytes.", param="file", status=413)
    file.seek(0)


async def _text(part: BodyPartReader) -> str:
    value = bytearray()
    while chunk := await part.read_chunk(_CHUNK):
        value += chunk
        if len(value) > _LARGEST_FIELD:
            raise RequestError("The field is too long.", param=part.name)
    return value.decode()


def _set(form: TranscriptionForm, name: str, value: str) -> None:
    match name:
        case "response_format":
            form.response_format = value
        case "prompt":
            form.prompt = value
        case "temperature":
            form.temperature = _temperature(value)
        case "timestamp_granularities[]" | "timestamp_granularities":
            form.granularities.add(value)
        case "stream":
            form.stream = _boolean(name, value)
        case "language" if value.lower() not in _ENGLISH:
            raise RequestError("The model understands English only.", param=name)
        case _:
            pass


def _temperature(value: str) -> float:
    try:
        temperature = float(value)
    except ValueError:
        temperature = -1
    if not 0 <= temperature <= 1:
        raise RequestError("The temperature must be a number between 0 and 1.", param="temperature")
    return temperature


def _boolean(name: str, value: str) -> bool:
    if value.lower() not in ("true", "false"):
        raise RequestError(f"{name} must be true or false.", param=name)
    return value.lower() == "true"


def _check(form: TranscriptionForm) -> None:
    if form.response_format not in RESPONSE_FORMATS:
        raise RequestError(
            f"The response format must be one of {', '.join(RESPONSE_FORMATS)}.", param="response_format"
        )
    if not form.granularities.issubset(_GRANULARITIES):
        raise RequestError("A granularity must be segment or word.", param="timestamp_granularities")
    if form.granularities and form.response_format != "verbose_json":
        raise RequestError("Timestamps need the response format verbose_json.", param="timestamp_granularities")
    if form.stream and form.response_format != "json":
        raise RequestError("A stream needs the response format json.", param="response_format")

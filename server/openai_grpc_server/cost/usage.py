"""Usage of a call, and its cost by a price table that the operator can replace.

Usage is what the upstream reports; an estimate where a reply was cut off, or reports none.

| what | estimated as |
|---|---|
| text, in the request and in the reply | a token for four bytes of UTF-8, rounded up |
| an image, a file | 1,000 tokens |
| audio | its length by the header of a WAV file, else at 32 kbit/s; 10 tokens a second |
| numbers in the input of embeddings and completions | a token each |
| speech | a token for 400 bytes: 10 tokens a second at 32 kbit/s |

Reasoning that the upstream does not show, and what it adds to a request (stored conversations, prompts, files), is not
in it.

Over 600 lines, as each kind of usage is reported, estimated and priced by the same fields.
"""

import json
import re
import struct
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cache, partial
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from typing import Any, Final, NamedTuple

from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message import Message

from openai_grpc.options.v1 import json_pb2
from openai_grpc.v1 import (
    chat_pb2,
    completions_pb2,
    embeddings_pb2,
    images_pb2,
    realtime_event_pb2,
    response_event_pb2,
    response_pb2,
    speech_pb2,
    transcription_pb2,
    translation_pb2,
)
from openai_grpc_server.config import ConfigError, Problem
from openai_grpc_server.config.settings import ModelInfo
from openai_grpc_server.errors import GatewayError
from openai_grpc_server.models import ModelCatalog


class Usage(NamedTuple):
    """Usage of a call.

    Attributes:
        input_tokens: Tokens of input, also those that were cached.
        cached_tokens: Those of them that came out of the prompt cache.
        output_tokens: Tokens of output, also those of reasoning.
        seconds: Seconds of audio, where that is what is billed.
        characters: Characters of a text to speak, where these are billed.
        images: Images that were made, where these are billed.
        input_image_tokens: Tokens of input that are those of images.
        output_image_tokens: Tokens of output that are those of images.
        video_seconds: Seconds of video that were asked for, where these are billed.
        input_audio_tokens: Tokens of input that are those of audio, also those that were cached.
        cached_audio_tokens: Those of them that came out of the prompt cache.
        output_audio_tokens: Tokens of output that are those of audio.
    """

    input_tokens: int = 0
    cached_tokens: int = 0
    output_tokens: int = 0
    seconds: float = 0.0
    characters: int = 0
    images: int = 0
    input_image_tokens: int = 0
    output_image_tokens: int = 0
    video_seconds: float = 0.0
    input_audio_tokens: int = 0
    cached_audio_tokens: int = 0
    output_audio_tokens: int = 0

    def plus(self, other: "Usage") -> "Usage":
        """Returns the sum of two usages."""
        return Usage._make(one + more for one, more in zip(self, other, strict=True))

    @property
    def total_tokens(self) -> int:
        """Tokens of input and output, as messages name them."""
        return self.tokens

    @property
    def tokens(self) -> int:
        """Tokens of input and output."""
        return self.input_tokens + self.output_tokens


NONE = Usage()
_ONLY_TOKENS: Final = NONE[3:]


def read_usage(message: "Message | Usage | None") -> Usage:
    """Reads the usage message of a reply, or of the last message of a stream."""
    read = _READERS.get(type(message))
    return read(message) if read else NONE


def _chat(usage: Any) -> Usage:
    return Usage(usage.prompt_tokens, usage.prompt_tokens_details.cached_tokens, usage.completion_tokens)


def _response(usage: Any) -> Usage:
    return Usage(usage.input_tokens, usage.input_tokens_details.cached_tokens, usage.output_tokens)


def _embedding(usage: Any) -> Usage:
    return Usage(usage.prompt_tokens, 0, usage.completion_tokens)


def _transcription_tokens(usage: Any) -> Usage:
    return Usage(usage.input_tokens, 0, usage.output_tokens)


def _transcription(usage: Any) -> Usage:
    return Usage(usage.tokens.input_tokens, 0, usage.tokens.output_tokens, usage.duration.seconds)


def _image(usage: Any) -> Usage:
    # Without details, which streams leave out: all that an image model makes is an image.
    details = usage.output_tokens_details if usage.HasField("output_tokens_details") else None
    return Usage(
        usage.input_tokens,
        0,
        usage.output_tokens,
        input_image_tokens=usage.input_tokens_details.image_tokens,
        output_image_tokens=usage.output_tokens if details is None else details.image_tokens,
    )


def _realtime(usage: Any) -> Usage:
    given, made = usage.input_token_details, usage.output_token_details
    return Usage(
        usage.input_tokens,
        given.cached_tokens,
        usage.output_tokens,
        input_image_tokens=given.image_tokens - given.cached_tokens_details.image_tokens,
        input_audio_tokens=given.audio_tokens,
        cached_audio_tokens=given.cached_tokens_details.audio_tokens,
        output_audio_tokens=made.audio_tokens,
    )


_READERS: dict[type[Any], Callable[[Any], Usage]] = {
    chat_pb2.CompletionUsage: _chat,
    response_pb2.ResponseUsage: _response,
    embeddings_pb2.CreateEmbeddingResponse.EmbeddingUsage: _embedding,
    transcription_pb2.TranscriptionUsageTokens: _transcription_tokens,
    transcription_pb2.TranscriptionUsage: _transcription,
    images_pb2.ImageUsage: _image,
    speech_pb2.SpeechUsage: _transcription_tokens,
    realtime_event_pb2.RealtimeUsage: _realtime,
    Usage: lambda usage: usage,
}


MOST_FOUND = 2000  # names that are remembered; callers may choose them
DATE = re.compile(r"-\d{4}-\d{2}-\d{2}$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """Prices of a model, in US dollars. Names follow LiteLLM's price table.

    Attributes:
        input_cost_per_token: A token of input.
        output_cost_per_token: A token of output.
        cache_read_input_token_cost: A token of input out of the prompt cache; None: as any other.
        input_cost_per_second: A second of audio.
        input_cost_per_character: A character of a text to speak.
        input_cost_per_image_token: A token of input of an image; None: as any other.
        output_cost_per_image: An image that was made.
        output_cost_per_image_token: A token of output of an image; None: as any other.
        output_cost_per_video_per_second: A second of a video that was made.
        input_cost_per_audio_token: A token of input of audio; None: as any other.
        cache_read_input_audio_token_cost: One of audio out of the prompt cache; None: as any other out of it.
        output_cost_per_audio_token: A token of output of audio; None: as any other.
    """

    input_cost_per_token: float = 0.0
    output_cost_per_token: float = 0.0
    cache_read_input_token_cost: float | None = None
    input_cost_per_second: float = 0.0
    input_cost_per_character: float = 0.0
    input_cost_per_image_token: float | None = None
    output_cost_per_image: float = 0.0
    output_cost_per_image_token: float | None = None
    output_cost_per_video_per_second: float = 0.0
    input_cost_per_audio_token: float | None = None
    cache_read_input_audio_token_cost: float | None = None
    output_cost_per_audio_token: float | None = None

    def cost(self, usage: Usage) -> float:
        """Returns the cost of a call, in US dollars."""
        cached, seen, drawn = (
            self.cache_read_input_token_cost,
            self.input_cost_per_image_token,
            self.output_cost_per_image_token,
        )
        heard = usage.input_audio_tokens or usage.output_audio_tokens
        tokens = (
            (usage.input_tokens - usage.cached_tokens) * self.input_cost_per_token
            + usage.cached_tokens * (self.input_cost_per_token if cached is None else cached)
            + usage.output_tokens * self.output_cost_per_token
        )
        if usage[3:] == _ONLY_TOKENS:
            return tokens
        return (
            tokens
            + usage.seconds * self.input_cost_per_second
            + usage.characters * self.input_cost_per_character
            + usage.images * self.output_cost_per_image
            + usage.video_seconds * self.output_cost_per_video_per_second
            + (0.0 if seen is None else usage.input_image_tokens * (seen - self.input_cost_per_token))
            + (0.0 if drawn is None else usage.output_image_tokens * (drawn - self.output_cost_per_token))
            + (self._audio_cost(usage) if heard else 0.0)
        )

    def _audio_cost(self, usage: Usage) -> float:
        """Returns what tokens of audio cost more than others, in US dollars."""
        read = self.cache_read_input_token_cost
        cached = self.input_cost_per_token if read is None else read
        heard, again, spoken = (
            self.input_cost_per_audio_token,
            self.cache_read_input_audio_token_cost,
            self.output_cost_per_audio_token,
        )
        fresh = usage.input_audio_tokens - usage.cached_audio_tokens
        return (
            (0.0 if heard is None else fresh * (heard - self.input_cost_per_token))
            + (0.0 if again is None else usage.cached_audio_tokens * (again - cached))
            + (0.0 if spoken is None else usage.output_audio_tokens * (spoken - self.output_cost_per_token))
        )


class PriceTable:
    """Prices by the upstream's name of the model; a name without a date covers all dated versions.

    Args:
        prices: The prices.
    """

    def __init__(self, prices: Mapping[str, Price]) -> None:
        self._prices = prices
        self._found: dict[tuple[str, object], Price | None] = {}

    def of(self, model: str, models: ModelCatalog) -> Price | None:
        """Returns the price of a deployment's model, or None if unknown.

        Args:
            model: The upstream's name of the model.
            models: The deployment's catalog.
        """
        key = model, models.edition
        if key in self._found:
            return self._found[key]
        price = self.find(model, models.find(model))
        if len(self._found) >= MOST_FOUND:
            self._found.clear()
        self._found[key] = price
        return price

    def find(self, model: str, info: ModelInfo) -> Price | None:
        """Returns the price of a model, or None if unknown.

        Args:
            model: The upstream's name of the model.
            info: The operator's `model_info`; its prices win over the table's.
        """
        name = info.base_model or model
        known = self._prices.get(name) or self._prices.get(DATE.sub("", name))
        own = {each.name: value for each in fields(Price) if (value := getattr(info, each.name, None)) is not None}
        if not own:
            return known
        table = {each.name: getattr(known, each.name) for each in fields(Price)} if known else {}
        # A cached token of a model with its own price for input is not to cost what the table says of it.
        if "input_cost_per_token" in own:
            table.pop("cache_read_input_token_cost", None)
        return Price(**{**table, **own})


def load_prices(file: str | None) -> PriceTable:
    """Reads the built-in price table and the operator's.

    Args:
        file: A JSON object of models with the keys of `Price`, as LiteLLM's `model_prices_and_context_window.json`;
            what else stands there is passed over. Its models win over those that come with the gateway.

    Raises:
        ConfigError: The file can't be read, or is no such table.
    """
    known = _parse(files(__package__).joinpath("prices.json").read_text(), "prices.json")
    if file is None:
        return PriceTable(known)
    try:
        own = _parse(Path(file).read_text(encoding="utf-8"), file)
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(Problem(f"can't be read: {error}", file)) from error
    return PriceTable({**known, **own})


def _parse(text: str, file: str) -> dict[str, Price]:
    try:
        table = json.loads(text)
    except ValueError as error:
        raise ConfigError(Problem(f"invalid JSON: {error}", file)) from error
    if not isinstance(table, dict) or not all(isinstance(entry, dict) for entry in table.values()):
        raise ConfigError(Problem("not a JSON object of objects", file))
    return {model: _price(model, entry, file) for model, entry in table.items() if _is_priced(entry)}


def _is_priced(entry: Mapping[str, Any]) -> bool:
    return any(entry.get(each.name) is not None for each in fields(Price))


def _price(model: str, entry: Mapping[str, Any], file: str) -> Price:
    prices = {each.name: entry[each.name] for each in fields(Price) if entry.get(each.name) is not None}
    for name, value in prices.items():
        if isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
            raise ConfigError(Problem(f"{model}: {name} is not a price", file, "must be US dollars, 0 or more"))
    return Price(**prices)


BYTES_PER_TOKEN: Final = 4
MEDIUM_TOKENS: Final = 1000  # of an image or a file
AUDIO_BYTES_PER_SECOND: Final = 4000
AUDIO_TOKENS_PER_SECOND: Final = 10
AUDIO_HEAD: Final = 34  # bytes of the header of a WAV file
PCM: Final = frozenset({1, 3, 0xFFFE})  # formats of WAV files that are not compressed
MAX_FIELDS: Final = 5000  # that are looked at: more would hold other calls up

MEDIA = frozenset({"file", "image", "image_url", "images", "input_file", "input_image", "markup", "mask", "video_url"})
AUDIO = frozenset({"audio", "input_audio"})
GATEWAY_NUMBERS = range(900, 1000)  # of fields that don't go upstream
LABELS = frozenset({"id", "model", "role", "type"})  # texts that say what a message is
_NO_IDS = frozenset({json_pb2.JSON_NAMES_UNSPECIFIED, json_pb2.JSON_NAMES_MODEL})


class Later(NamedTuple):
    """Usage of a background response, or of a batch.

    Attributes:
        once: Id of the response or the batch.
        model: The upstream's name of the model.
        usage: Usage to count for the reporting call; None: that call's own usage.
        share: Share of the model's price that is billed.
    """

    once: str
    model: str
    usage: Usage | None
    share: float = 1.0


class Outputs:
    """Output tokens that calls of a model have taken lately: moving averages, by RPC and model."""

    def __init__(self) -> None:
        self._averages: dict[tuple[str, str], float] = {}

    def took(self, rpc: str, model: str, tokens: int) -> None:
        """Records the output of an ended call."""
        key = rpc, model
        before = self._averages.get(key)
        if before is None and len(self._averages) >= MOST_FOUND:
            self._averages.clear()
        self._averages[key] = tokens if before is None else before + (tokens - before) * NEWEST

    def expected(self, rpc: str, model: str, request: Message) -> int:
        """Estimates the output of a call: the average, at most what the request allows.

        Before any call of the model has ended, what the request allows, within bounds.
        """
        allowed, average = allowed_output(request), self._averages.get((rpc, model))
        if average is not None:
            return round(average) if allowed is None or average < allowed else allowed
        return FIRST_OUTPUT if allowed is None else min(allowed, FIRST_ALLOWED)


NEWEST: Final = 0.2  # share of the newest call in an average
FIRST_OUTPUT: Final = 200  # tokens that a call is expected to take, before one has ended
FIRST_ALLOWED: Final = 1000  # tokens up to which what a request allows is expected
OUTPUT_LIMITS: Final = ("max_completion_tokens", "max_output_tokens", "max_tokens")


def allowed_output(request: Message) -> int | None:
    """Returns the limit of output tokens of a request, for all its choices; None: it has none."""
    for name in _output_limits(request.DESCRIPTOR):
        if (limit := getattr(request, name)) or request.HasField(name):
            choices = getattr(request, "n", 1)
            return (int(limit) if limit > 0 else 0) * (choices if choices > 1 else 1)  # noqa: FURB136 - `max` takes longer
    return None


@cache
def _output_limits(message: Descriptor) -> tuple[str, ...]:
    return tuple(name for name in OUTPUT_LIMITS if name in message.fields_by_name)


class Meter:
    """Records what an estimate of the usage needs of requests and replies.

    Args:
        outputs: By which what a call takes is estimated before it; None: nothing is reserved.

    Attributes:
        outputs: As above.
        survey: The survey of a request whose ids are not opened yet; None: there was none.
        finished: Whether all is there but the usage.
        sent: Whether the present attempt has sent its request upstream.
        text: Bytes of text that the reply had so far.
        usage: The estimate, once the call has ended without a usage, or None.
        later: A background response or a batch that tells its usage now, or None.
    """

    __slots__ = ("_audio", "_audio_head", "_billed", "finished", "later", "outputs", "sent", "survey", "text", "usage")

    def __init__(self, outputs: Outputs | None = None) -> None:
        self.outputs = outputs
        self.survey: Survey | None = None
        self.finished = False
        self.sent = False
        self.text = 0
        self.usage: Usage | None = None
        self.later: Later | None = None
        self._billed = 0
        self._audio = 0
        self._audio_head = b""

    def upload(self, audio: bytes) -> None:
        """Records a chunk of uploaded audio."""
        self._audio += len(audio)
        if len(self._audio_head) < AUDIO_HEAD:
            self._audio_head = (self._audio_head + audio[:AUDIO_HEAD])[:AUDIO_HEAD]

    def read(self, messages: Message | Sequence[Message]) -> None:
        """Records the text of one or more messages of a stream."""
        for message in (messages,) if isinstance(messages, Message) else messages:
            for piece in _STREAMED.get(type(message), _nothing)(message):
                self.text += text_bytes(piece)

    def ran(self, response: Any, *, created: bool) -> None:
        """Records the usage of a background response; it counts once, for the first call that reports it.

        Args:
            response: The response.
            created: Whether the call has created it, and counts its input; else that was counted when it was created.
        """
        if response.background and response.usage.output_tokens:
            once = sha256(response.id.encode()).hexdigest()
            self.later = Later(
                once, response.model, None if created else Usage(output_tokens=response.usage.output_tokens)
            )

    def batch(self, batch: Any, told: Usage | None, *, half_price: bool) -> None:
        """Records the usage of a batch that is done; it counts once, for the first call that reports it.

        Args:
            batch: The batch.
            told: The usage by its results, for a batch without one of its own; None: not known.
            half_price: Whether its tokens cost half of what they cost in single calls.
        """
        own = batch.usage
        used = Usage(own.input_tokens, own.input_tokens_details.cached_tokens, own.output_tokens)
        if not used.tokens:
            used = told or NONE
        if used.tokens:
            once = sha256(batch.id.encode()).hexdigest()
            self.later = Later(once, batch.model, used, 0.5 if half_price else 1.0)

    def try_again(self, error: GatewayError) -> None:
        """Records that an attempt failed and another one follows."""
        self._billed += self._is_billed(error)
        self.sent = False

    def failed(self, request: Message, error: BaseException, reported: Message | Usage | None) -> None:
        """Estimates the usage of a call that failed or was cancelled."""
        self._estimate(request, self._is_billed(error), read_usage(reported))

    def succeeded(self, request: Message, reply: Message | None, reported: Message | Usage | None) -> None:
        """Estimates the usage of a call whose reply has none.

        Args:
            request: The request.
            reply: The reply; None: it was a stream.
            reported: The usage that the upstream reported, if any.
        """
        known = reported if type(reported) is Usage else read_usage(reported)
        if known.tokens and not self._billed:  # nothing is to be estimated
            return
        if not known.tokens and reply is not None:
            self.text += sum(text_bytes(piece) for piece in _WHOLE.get(type(reply), _nothing)(reply))
        self._estimate(request, True, known, reply)

    def _is_billed(self, error: BaseException) -> bool:
        """Returns whether a failed attempt is probably billed; an error reply is not."""
        if self.text or not isinstance(error, GatewayError):
            return self.sent
        return error.maybe_billed and (error.http_status or 200) < 300

    def _estimate(self, request: Message, billed: bool, known: Usage, reply: Message | None = None) -> None:
        # Billed by the character, the image or the second: what is counted against limits are tokens.
        by_piece = not known.tokens and bool(known.characters or known.images or known.video_seconds)
        attempts = self._billed + (billed and (known == NONE or by_piece))
        if not attempts:
            return
        seconds = getattr(reply, "duration", 0.0)
        tokens = self._audio_tokens(seconds) if self._audio else input_tokens(request)
        output = 0 if known != NONE and not by_piece else rounded_up(self.text)
        audio = (seconds or self._seconds()) if self._audio else 0.0
        self.usage = known.plus(Usage(attempts * tokens, 0, output, attempts * audio))

    def _seconds(self) -> float:
        return audio_seconds(self._audio_head, self._audio)

    def _audio_tokens(self, seconds: float) -> int:
        return round((seconds or self._seconds()) * AUDIO_TOKENS_PER_SECOND)


class Survey:
    """A walk through a message, and what it has found.

    Attributes:
        tokens: The estimated tokens of a request.
        named: Whether it may hold the id of an object, so that a further walk may find one.
        left: Number of fields, and of entries of lists, that may still be looked at.
    """

    __slots__ = ("left", "named", "tokens")

    def __init__(self) -> None:
        self.tokens = 0
        self.named = False
        self.left = MAX_FIELDS

    def take(self, count: int) -> None:
        """Takes some of the fields that are left.

        Raises:
            _TooManyFieldsError: There are not so many.
        """
        self.left -= count
        if self.left < 0:
            raise _TooManyFieldsError


def survey(request: Message) -> Survey:
    """Estimates the tokens of a request, and looks for ids on the way."""
    found = Survey()
    try:
        size = _message(request, found)
    except _TooManyFieldsError:
        size, found.named = request.ByteSize(), True
    found.tokens = rounded_up(size)
    return found


def input_tokens(request: Message) -> int:
    """Estimates the tokens of a request."""
    return survey(request).tokens


def text_bytes(piece: Message | str | int) -> int:
    """Returns the bytes of text in a part of a reply, with equivalents for images and audio; a number is one."""
    if isinstance(piece, str):
        return utf8(piece)
    if isinstance(piece, int):
        return piece
    fields = piece.ListFields()
    if len(fields) == 1 and isinstance(text := fields[0][1], str):  # nearly every chunk
        return utf8(text)
    try:
        return _message(piece, Survey())
    except _TooManyFieldsError:
        return piece.ByteSize()


def audio_seconds(head: bytes, size: int) -> float:
    """Estimates the length of a recording, in seconds.

    Args:
        head: Its first bytes.
        size: Size of the recording in bytes.
    """
    rate = 0
    if len(head) >= AUDIO_HEAD and head.startswith(b"RIFF") and head[8:16] == b"WAVEfmt ":
        encoding, _, samples, _, size_of_sample = struct.unpack_from("<HHIIH", head, 20)
        rate = samples * size_of_sample if encoding in PCM else 0
    return size / max(rate, AUDIO_BYTES_PER_SECOND)


def utf8(text: str) -> int:
    """Returns the length of a text in UTF-8."""
    return len(text) if text.isascii() else len(text.encode("utf-8", "surrogateescape"))


def rounded_up(size: int) -> int:
    """Returns the estimated tokens of a number of bytes of text."""
    return -(-size // BYTES_PER_TOKEN)


class _TooManyFieldsError(Exception):
    """A message has more fields than are looked at."""


Count = Callable[[Any, Survey], int]


class _Counts(dict[FieldDescriptor, Count | None]):
    """How the value of each field is counted, in bytes of text; None: it is not.

    Kept, since descriptors are slow to ask, and the contract has few hundred.
    """

    def __missing__(self, field: FieldDescriptor) -> Count | None:
        self[field] = count = _count_of(field)
        return count


_COUNTS: Final = _Counts()


def _count_of(field: FieldDescriptor) -> Count | None:
    one: Count | None = None
    many: Count | None = None
    if field.number in GATEWAY_NUMBERS:
        pass
    elif field.type == FieldDescriptor.TYPE_STRING:
        one, many = (None, None) if field.name in LABELS else (_text, _texts)
    elif field.message_type is None:
        many = _numbers if field.cpp_type in _INTEGERS else None
    elif not field.message_type.GetOptions().map_entry:
        if field.name in MEDIA:
            one, many = _medium, _media
        elif field.name in AUDIO:
            one, many = _recording, _each(_recording)
        else:
            one = _reader_of(field.message_type)
            return _each(one) if field.is_repeated else one  # ids are further down
    count = many if field.is_repeated else one
    return partial(_noted, count=count) if _leads_to_id(field, set()) else count


def _leads_to_id(field: FieldDescriptor, seen: set[Descriptor]) -> bool:
    """Returns whether a field holds the id of an object, or a message that leads to one."""
    if field.GetOptions().Extensions[json_pb2.json].names not in _NO_IDS:
        return True
    below = field.message_type
    if below is None or below in seen:
        return False
    seen.add(below)
    return any(_leads_to_id(each, seen) for each in below.fields)


def _reader_of(message: Descriptor) -> Count:
    """Returns how a message is counted: of a union only one field can be set, which is found faster than any."""
    union = message.oneofs[0] if len(message.oneofs) == 1 else None
    if union is None or len(union.fields) < len(message.fields):
        return _message
    name, fields = union.name, {each.name: each for each in union.fields}
    counts: dict[str | None, Count | None] = {None: None}  # by arm, once it was seen: messages stand in each other

    def arm(message: Any, looks: Survey) -> int:
        found = message.WhichOneof(name)
        looks.left -= 1
        if found not in counts:
            counts[found] = _COUNTS[fields[found]]
        count = counts[found]
        if count is _text:
            text = getattr(message, found)
            return len(text) if text.isascii() else utf8(text)
        return 0 if count is None else count(getattr(message, found), looks)

    return arm


def _message(message: Any, looks: Survey) -> int:
    size, found = 0, message.ListFields()
    looks.left -= len(found)
    if looks.left < 0:
        raise _TooManyFieldsError
    for field, value in found:
        count = _COUNTS[field]
        if count is not None:
            size += count(value, looks)
    return size


def _each(one: Count) -> Count:
    """Returns how a list of what one function counts is counted."""

    def each(values: Any, looks: Survey) -> int:
        listed = values[:]  # in one step: the end of an iteration over them is an exception
        looks.left -= len(listed)
        if looks.left < 0:
            raise _TooManyFieldsError
        size = 0
        for value in listed:
            size += one(value, looks)
        return size

    return each


def _noted(value: Any, looks: Survey, count: Count | None) -> int:
    looks.named = True
    return 0 if count is None else count(value, looks)


def _text(text: str, _: Survey) -> int:
    return len(text) if text.isascii() else utf8(text)


def _texts(texts: Any, looks: Survey) -> int:
    looks.take(len(texts))
    return sum(map(utf8, texts))


def _numbers(numbers: Any, _: Survey) -> int:
    return len(numbers) * BYTES_PER_TOKEN


def _medium(_: Any, __: Survey) -> int:
    return MEDIUM_TOKENS * BYTES_PER_TOKEN


def _media(media: Any, looks: Survey) -> int:
    return len(media) * _medium(media, looks)


def _recording(part: Any, looks: Survey) -> int:
    data, size = getattr(part, "data", b""), 0
    if isinstance(data, bytes):
        seconds = audio_seconds(data[:AUDIO_HEAD], len(data))
        size = rounded_up(round(seconds * AUDIO_TOKENS_PER_SECOND * BYTES_PER_TOKEN)) * BYTES_PER_TOKEN
    return size + _message(part, looks)


_INTEGERS = frozenset({FieldDescriptor.CPPTYPE_INT32, FieldDescriptor.CPPTYPE_INT64})


Pieces = Iterator[Message | str | int]


def _nothing(message: Any) -> Pieces:
    del message
    return iter(())


def _chunk(chunk: Any) -> Pieces:
    return (choice.delta for choice in chunk.choices)


def _completion(completion: Any) -> Pieces:
    return (choice.text for choice in completion.choices)


def _event(event: Any) -> Pieces:
    kind = event.WhichOneof("kind") or ""
    if kind.endswith("_delta") and isinstance(delta := getattr(getattr(event, kind), "delta", None), str):
        yield delta


def audio_bytes(size: int) -> int:
    """Returns the bytes of text that are estimated like a number of bytes of audio."""
    return round(size * AUDIO_TOKENS_PER_SECOND * BYTES_PER_TOKEN / AUDIO_BYTES_PER_SECOND)


def _image_event(event: Any) -> Pieces:
    kind = event.WhichOneof("kind") or ""
    if kind.endswith("_completed"):
        yield MEDIUM_TOKENS * BYTES_PER_TOKEN


def _speech_event(event: Any) -> Pieces:
    yield audio_bytes(len(event.speech_audio_delta.audio))


_STREAMED: Final[dict[type[Message], Callable[[Any], Pieces]]] = {
    chat_pb2.ChatCompletionChunk: _chunk,
    completions_pb2.Completion: _completion,
    response_event_pb2.ResponseStreamEvent: _event,
    transcription_pb2.TranscriptionStreamEvent: _event,
    images_pb2.ImageStreamEvent: _image_event,
    speech_pb2.SpeechChunk: lambda chunk: iter((audio_bytes(len(chunk.data)),)),
    speech_pb2.SpeechStreamEvent: _speech_event,
}
_WHOLE: Final[dict[type[Message], Callable[[Any], Pieces]]] = {
    chat_pb2.ChatCompletion: lambda reply: (choice.message for choice in reply.choices),
    completions_pb2.Completion: _completion,
    response_pb2.Response: lambda reply: iter(reply.output),
    transcription_pb2.Transcription: lambda reply: iter((reply.text,)),
    translation_pb2.Translation: lambda reply: iter((reply.text,)),
    images_pb2.ImagesResponse: lambda reply: (MEDIUM_TOKENS * BYTES_PER_TOKEN for _ in reply.data),
}

"""The codec: JSON near what each message of the contract takes, and protobuf near what clients write.

Nothing but CodecError is raised, what was read is written back with the same meaning, and nothing takes long.
"""

import json
import random
import time
from typing import Any

from google.protobuf.message import DecodeError, Message
from unit.codec.catalog import CONTRACT, MARKERS, keeps_all
from unit.codec.documents import Json
from unit.codec.exactly import read, without_nulls, write

from fuzz.target import FaultError, mutated_bytes, mutated_json
from openai_grpc.codec import CodecError, _options, dumps, from_json, to_json, to_object
from openai_grpc.codec._options import has_vector

SLOW = 0.1  # seconds of CPU, and as much for each 100 KB
_SLOW_SIZE = 100_000
Input = tuple[int, bytes, bool]


class Codec:
    """The codec."""

    name = "codec"

    def make(self, rng: random.Random) -> Input:
        """Makes the number of a message, JSON for it, and whether it may be no JSON at all."""
        number = rng.randrange(len(CONTRACT))
        value = Json(rng, wrong=0.05).value(_options.shape(CONTRACT[number].DESCRIPTOR))
        data = write(mutated_json(rng, value))
        broken = rng.random() < 0.1
        return number, mutated_bytes(rng, data) if broken else data, broken

    def check(self, data: Input) -> str:
        """Reads it, writes it, and reads protobuf that is nearly what came of it."""
        number, text, broken = data
        message_type = CONTRACT[number]
        begun = time.process_time()
        try:
            message = from_json(message_type, text, keep_nulls=True)
        except CodecError:
            if keeps_all(message_type) and not broken and isinstance(json.loads(text), dict):
                raise FaultError(f"{message_type.DESCRIPTOR.full_name} refuses what its extra_json can hold") from None
            return "refused"
        back = to_json(message)
        spent = time.process_time() - begun
        if spent > SLOW * (1 + len(text) / _SLOW_SIZE):
            raise FaultError(f"{len(text)} bytes took {spent:.2f} s of CPU")
        if message_type.FromString(message.SerializeToString()) != message:
            raise FaultError("the message is another after its own wire format")
        _compare(message_type, text, back)
        return self._check_protobuf(message_type, message, random.Random(text))  # noqa: S311 - no secret

    def close(self) -> list[str]:
        """Nothing is left of a function."""
        return []

    def _check_protobuf(self, message_type: type[Message], message: Message, rng: random.Random) -> str:
        try:
            near = message_type.FromString(mutated_bytes(rng, message.SerializeToString()))
        except DecodeError:
            return "read"
        for strict in (False, True):
            try:
                dumps(to_object(near, strict=strict))
            except CodecError:
                return "read, and protobuf refused"
        return "read, and protobuf written"


def _compare(message_type: type[Message], text: bytes, back: bytes) -> None:
    try:
        if has_vector(message_type.DESCRIPTOR):  # numbers there are read as doubles
            before, after = (json.loads(each, parse_int=float) for each in (text, back))
        else:
            before, after = read(text), read(back)
    except (ValueError, RecursionError, ArithmeticError):
        return  # Python's own reader is stricter here
    if _plain(before) != _plain(after):
        raise FaultError(f"{message_type.DESCRIPTOR.full_name}: {text[:2000]!r} became {back[:2000]!r}")


def _plain(value: Any) -> Any:
    return without_nulls(value, MARKERS)

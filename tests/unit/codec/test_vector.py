"""Vectors in each encoding."""

import base64
import json
import struct
from array import array

import pytest

from openai_grpc.codec import from_json, to_json
from openai_grpc.codec._vector import shortest
from unit.codec.documents import seeded
from unit.codec.exactly import read
from unit.codec.forms import MESSAGES

Embedding = MESSAGES["Embedding"]
UNSPECIFIED, FLOAT32, FLOAT64, BASE64 = range(4)
_FLOATS = [0.5, 0.10000000149011612, -3.0]
_PACKED = base64.b64encode(struct.pack("<3f", *_FLOATS)).decode()


@pytest.mark.parametrize(
    ("vector", "floats", "encoding"),
    [
        (f'"{_PACKED}"', _FLOATS, BASE64),
        ('""', [], BASE64),
        ("[0.5,0.1,-3]", _FLOATS, FLOAT32),
        ("[0.5,0.10000000149011612,-3.0]", _FLOATS, FLOAT64),
        ("[0]", [0.0], FLOAT64),
        ("[0.0,-0.0,0.1]", [0.0, -0.0, 0.10000000149011612], FLOAT32),
        ("[1e-13,9.9e-14,0.1]", [1e-13, 9.9e-14, 0.1], FLOAT32),
        ("[3.4028235e38,1.1754944e-38]", [3.4028234663852886e38, 1.1754943508222875e-38], FLOAT32),
    ],
)
def test_lands_as_floats(vector: str, floats: list[float], encoding: int) -> None:
    text = f'{{"index":300,"embedding":{vector},"weight":0.5}}'
    message = from_json(Embedding, text)
    assert message == Embedding(index=300, embedding=floats, weight=0.5, embedding_encoding=encoding)
    assert read(to_json(message)) == read(text)


@pytest.mark.parametrize(
    "vector",
    ["[0.12345678901]", "[0.5,0.1,0.10000000149011612]", "[16777217]", '["1"]'],
)
def test_what_float32_does_not_hold_is_kept_beside_the_floats(vector: str) -> None:
    text = f'{{"embedding":{vector}}}'
    message = from_json(Embedding, text)
    assert message.embedding[:] == array("f", map(float, json.loads(vector))).tolist()
    assert read(to_json(message)) == read(text)


@pytest.mark.parametrize("vector", ['"QQ=="', '"x"', "[]", "[1e39]", "[true]", "[[0.5]]", "{}", f"[1{'0' * 400}]"])
def test_what_is_no_vector_is_kept(vector: str) -> None:
    text = f'{{"embedding":{vector}}}'
    message = from_json(Embedding, text)
    assert [field.name for field, _ in message.ListFields()] == ["extra_json"]
    assert read(to_json(message)) == read(text)


def test_bits_of_base64_are_kept() -> None:
    bits = base64.b64encode(bytes.fromhex("000080ff 0000c07f 0100807f 01000000")).decode()
    text = f'{{"data":[{{"embedding":"{bits}"}}]}}'
    assert json.loads(to_json(from_json(MESSAGES["Embeddings"], text))) == json.loads(text)


def test_numbers_are_short_unless_said_otherwise() -> None:
    assert to_json(Embedding(embedding=[0.1, 1.5, 1e-20])) == b'{"embedding":[0.1,1.5,1e-20]}'
    assert to_json(Embedding(embedding=[0.1], embedding_encoding=FLOAT64)) == b'{"embedding":[0.10000000149011612]}'


def test_a_long_vector_of_base64() -> None:
    chooser = seeded(1)
    floats = array("f", [chooser.gauss(0, 0.03) for _ in range(3072)])
    text = json.dumps({"data": [{"embedding": base64.b64encode(floats.tobytes()).decode()}]})
    assert json.loads(to_json(from_json(MESSAGES["Embeddings"], text))) == json.loads(text)


@pytest.mark.parametrize("scale", [1e-30, 1e-6, 0.03, 1.0, 300.0, 9e4, 1e30])
def test_shortest(scale: float) -> None:
    chooser = seeded(2)
    floats = array("f", [chooser.gauss(0, scale) for _ in range(500)])
    for value, number in zip(floats, shortest(floats), strict=True):
        wanted = next(text for digits in range(1, 10) if _single(text := f"{value:.{digits}g}") == value)
        assert number == float(wanted)


def _single(text: str) -> float:
    return array("f", [float(text)])[0]

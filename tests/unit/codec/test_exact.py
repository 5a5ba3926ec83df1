"""Reading and writing JSON without changing it."""

import orjson
import pytest

from openai_grpc.codec import CodecError, RawNumber, RawString, dumps, loads
from unit.codec.documents import TOKENS
from unit.codec.exactly import read

_HELD = ["1", "-1", "1.0", "0.1", "1e22", "18446744073709551615", "-9223372036854775808", "0.0003426577477995306"]
_RAW = [
    *("18446744073709551616", "-9223372036854775809", "1e400", "-1e400", "1e-400", "1.2345e-320", "1e-0400"),
    *("9007199254740993.0", "9007199254740993e0", "0.10000000000000000001"),
]


@pytest.mark.parametrize(
    "shape", ["{}", "[{}]", "[0,{},1]", '{{"a":{}}}', '{{"a" : {} }}', "\n{}\t", '["12345678901234567890",{}]']
)
@pytest.mark.parametrize("token", [*TOKENS, *_HELD, *_RAW])
def test_numbers(token: str, shape: str) -> None:
    text = shape.format(token)
    assert read(dumps(loads(text))) == read(text)
    assert read(dumps(loads(text.encode()))) == read(text)


@pytest.mark.parametrize("token", [*_RAW, "1e-99999999999999999999"])
def test_a_number_that_nothing_holds_is_kept_as_it_was_written(token: str) -> None:
    assert loads(token) == RawNumber(token)
    assert dumps([RawNumber(token)]) == f"[{token}]".encode()


@pytest.mark.parametrize("token", _HELD)
def test_a_number_that_a_double_or_an_integer_holds_is_one(token: str) -> None:
    assert isinstance(loads(token), int | float)


@pytest.mark.parametrize(
    "text", ['"1234567890.1234567890"', '"127.0.0.1.127.0.0.1"', '[":12345678901234567890123"]', '"a 1e-400"']
)
def test_digits_in_strings_are_no_numbers(text: str) -> None:
    assert loads(text) == orjson.loads(text)


@pytest.mark.parametrize(
    "text", ['"\\ud800"', '"a\\udc00b"', '{"\\ud800":[{"k":"\\udfff"}]}', '["\\ud83d\\ude00","\\ud83d"]']
)
def test_lone_surrogates(text: str) -> None:
    assert read(dumps(loads(text))) == read(text)


def test_only_strings_with_a_lone_surrogate_are_raw() -> None:
    value = loads('["\\ud800","\\ud83d\\ude00"]')
    assert [type(item) for item in value] == [RawString, str]


def test_what_is_beyond_orjson_is_written() -> None:
    deep: list[object] = []
    for _ in range(300):
        deep = [deep, orjson.Fragment('{"a" : 1}'), 2**70, {"\ud800": None}]
    assert read(dumps(deep)) == read(dumps(loads(dumps(deep))))


@pytest.mark.parametrize(
    "data",
    [
        *(
            "",
            " ",
            "{",
            "nul",
            "NaN",
            "[Infinity]",
            "-Infinity",
            "01",
            "1.",
            ".5",
            "+1",
            "1,2",
            "'a'",
            '{"a":1,}',
            '"\n"',
        ),
        *('{"a":NaN,"b":1e400}', "\ufeff{}", "\ud800", b'"\xff"', b'["\xc3\x28",1e400]', b'"\xed\xa0\x80"'),
    ],
)
def test_refuses(data: bytes | str) -> None:
    with pytest.raises(CodecError, match=r"not JSON|not UTF-8"):
        loads(data)


@pytest.mark.parametrize("depth", [1100, 100_000])
def test_refuses_deep_nesting(depth: int) -> None:
    for text in ("[" * depth + "]" * depth, "[" * depth, '{"a":' * depth + "1" + "}" * depth):
        with pytest.raises(CodecError):
            loads(text)
    with pytest.raises(CodecError, match="nested too deeply"):
        loads("[" * 900 + "1e400," * 1 + "[" * depth + "]" * depth + "]" * 900)


def test_refuses_to_write_deep_nesting() -> None:
    value: list[object] = []
    for _ in range(100_000):
        value = [value]
    with pytest.raises(CodecError, match="nested too deeply"):
        dumps(value)


@pytest.mark.parametrize("value", [object(), {1: 2}, b"a", [{"a": {1, 2}}], {"a": [2**70, float("nan")]}])
def test_refuses_to_write_what_is_not_json(value: object) -> None:
    with pytest.raises(CodecError, match="is not a JSON value"):
        dumps(value)


def test_an_error_does_not_quote_the_text() -> None:
    with pytest.raises(CodecError) as error:
        loads('{"key": secret}')
    assert "secret" not in str(error.value)

"""Every exchange of the contract's operations comes through the gateway without loss."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from conformance import bridged, doors, offline, replay
from conformance.corpus import INVENTED, RECORDED, Exchange, exchanges
from conformance.operations import OPERATIONS

# Of the recorded values, how many have a typed field: the rest is carried in `extra_json` and `unknown`.
TYPED = {"openai": 99.5, "compatible": 95.0}
CHAT = {"op": "chat.completions.create", "method": "POST", "op_path": "/chat/completions"}
REQUEST = {"model": "m", "messages": [{"role": "user", "content": "hello"}]}
CHUNK = {
    "id": "c",
    "object": "chat.completion.chunk",
    "created": 1,
    "model": "m",
    "choices": [{"index": 0, "delta": {"content": "hello"}, "finish_reason": "stop"}],
}
STREAM = {**CHAT, "status": 200, "request_body": {**REQUEST, "stream": True}}
SOUND = {**STREAM, "id": "sound", "response_sse": [{"data": json.dumps(CHUNK)}, {"data": "[DONE]"}]}


def test_recorded_exchanges_come_through() -> None:
    if not RECORDED.exists():
        pytest.skip(f"{RECORDED} is absent: only the invented exchanges are replayed")
    report = replay.replay(RECORDED)
    assert not report.lossy
    assert sum(report.lossless.values()) > 1_000
    assert {source: report.tallies[source].share >= share for source, share in TYPED.items()} == dict.fromkeys(
        TYPED, True
    )


def test_invented_exchanges_come_through() -> None:
    report = replay.replay(INVENTED)
    assert not report.lossy
    assert not report.skipped
    assert report.tallies["chat"].untyped


@pytest.mark.parametrize("door", doors.DOORS)
def test_invented_exchanges_come_through_as_http(door: str) -> None:
    report = doors.replay(INVENTED, door)
    assert not report.lossy
    assert not report.skipped


def test_recorded_exchanges_come_through_the_transport() -> None:
    if not RECORDED.exists():
        pytest.skip(f"{RECORDED} is absent: only the invented exchanges are replayed")
    report = doors.replay(RECORDED, "sdk")
    assert not report.lossy
    assert sum(report.lossless.values()) > 1_000


NULLS = {"id": "c", "object": "chat.completion", "created": 1, "model": "m", "choices": [], "usage": None}
WRONG: dict[str, tuple[dict[str, Any], doors.Answer, str]] = {
    "a null that is lost": (
        {**CHAT, "status": 200, "response_body": NULLS},
        doors.Answer(
            200, "application/json", json.dumps({key: NULLS[key] for key in NULLS if key != "usage"}).encode()
        ),
        "$.usage lost",
    ),
    "a null that is added": (
        {**CHAT, "status": 200, "response_body": {"id": "c"}},
        doors.Answer(200, "application/json", b'{"id":"c","usage":null}'),
        "$.usage added",
    ),
    "another status": (
        {**CHAT, "status": 422, "response_body": {"error": {"message": "no"}}},
        doors.Answer(400, "application/json", b'{"error":{"message":"no","type":null,"param":null,"code":null}}'),
        "status 400, not 422",
    ),
    "an error's key": (
        {**CHAT, "status": 422, "response_body": {"error": {"message": "no", "depth": {"m": 3}}}},
        doors.Answer(422, "application/json", b'{"error":{"message":"no","type":null,"param":null,"code":null}}'),
        "error.depth is 'None'",
    ),
    "an event that is lost": (SOUND, doors.Answer(200, "text/event-stream", b"data: [DONE]\n\n"), "0 events, not 1"),
    "an end that is lost": (
        SOUND,
        doors.Answer(200, "text/event-stream", b"data: %b\n\n" % json.dumps(CHUNK).encode()),
        "no [DONE]",
    ),
    "a stream that breaks off and looks whole": (
        {**STREAM, "response_sse": [{"data": json.dumps({**CHUNK, "choices": []})}]},
        doors.Answer(
            200,
            "text/event-stream",
            b"data: %b\n\ndata: [DONE]\n\n" % json.dumps({**CHUNK, "choices": []}).encode(),
        ),
        "looks whole",
    ),
}


@pytest.mark.parametrize(("record", "answer", "lost"), WRONG.values(), ids=WRONG)
def test_what_is_other_than_recorded_is_found(record: dict[str, Any], answer: doors.Answer, lost: str) -> None:
    assert lost in "; ".join(doors.answer_differences(Exchange("a", {"id": "odd", **record}), answer))


def test_invented_bodies_come_through_the_codec() -> None:
    report = offline.replay(INVENTED)
    assert not report.lossy
    assert report.total == len(list(exchanges(INVENTED)))


def test_every_route_has_an_invented_exchange() -> None:
    found = [each for each in exchanges(INVENTED) if isinstance(each, Exchange)]
    assert {each.route for each in found} == OPERATIONS.keys()
    streamed = {each.route for each in found if each.events is not None}
    assert streamed == {path for path, operation in OPERATIONS.items() if operation.stream is not None}


@pytest.mark.parametrize(
    ("record", "name", "reason"),
    [
        pytest.param(
            {**STREAM, "id": "odd", "response_sse": [{"event": "ping", "data": "{not JSON"}]},
            "a:odd",
            "JSONDecodeError",
            id="an event that is not JSON",
        ),
        pytest.param(
            {**STREAM, "id": "odd", "response_sse": ["data"]}, "a:odd", "AttributeError", id="an event in text"
        ),
        pytest.param({**CHAT, "id": "odd", "status": 200, "request_body": [1]}, "a:odd", "AttributeError", id="a list"),
        pytest.param({**CHAT, "id": "odd", "status": "200"}, "a:line 1", "status must be an integer", id="a status"),
        pytest.param({**CHAT, "status": 200}, "a:line 1", "KeyError: 'id'", id="no id"),
        pytest.param([], "a:line 1", "must be a JSON object", id="a line that is a list"),
        pytest.param(None, "a:line 1", "JSONDecodeError", id="a line that is not JSON"),
    ],
)
def test_a_recording_that_cannot_be_read_is_a_failed_exchange(
    record: Any, name: str, reason: str, tmp_path: Path
) -> None:
    odd = "{" if record is None else json.dumps(record)
    (tmp_path / "a.jsonl").write_text(f"{odd}\n{json.dumps(SOUND)}\n")
    report = replay.replay(tmp_path)
    (lost,) = [lossy for lossies in report.lossy.values() for lossy in lossies.items()]
    assert lost[0] == name
    assert reason in lost[1][0]
    assert report.lossless == {CHAT["op"]: 1}
    assert "lossless 1 of 2" in report.lines()[-1]


def test_the_other_replays_go_on_too(tmp_path: Path) -> None:
    odd = {**STREAM, "id": "odd", "response_sse": [{"data": "{not JSON"}]}
    (tmp_path / "a.jsonl").write_text(f"{{\n{json.dumps(odd)}\n{json.dumps(SOUND)}\n")
    report = offline.replay(tmp_path)
    assert report.total == 3
    assert set(report.lossy) == {"a:line 1", "a:odd"}
    assert bridged.replay(tmp_path, bridged.DIRECTIONS[0]).lost.keys() == {"a:line 1", "a:odd", "a:sound"}


def test_a_file_that_breaks_off_is_told(tmp_path: Path) -> None:
    whole = gzip.compress(f"{json.dumps(SOUND)}\n".encode() * 2)
    (tmp_path / "a.jsonl.gz").write_bytes(whole[:-9])
    (tmp_path / "b.jsonl").write_text(f"{json.dumps(SOUND)}\n")
    report = replay.replay(tmp_path)
    assert [name for lossy in report.lossy.values() for name in lossy] == ["a:after line 2"]
    assert report.lossless == {CHAT["op"]: 3}

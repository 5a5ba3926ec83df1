"""Replies and arguments of tools as values of a caller's type, in the Python clients."""

import asyncio
import json
import threading
from collections.abc import Iterator
from enum import StrEnum
from typing import Any, Literal

import pytest
from pydantic import BaseModel, Field

from clients.live import ROOT
from clients.upstream_script import script
from faults.stand_in import LIMIT, StandIn
from openai_grpc import (
    CallCancelledError,
    Cancellation,
    CutReplyError,
    InvalidReplyError,
    RefusalError,
    ToolError,
    TooManyRoundsError,
    TypeMismatchError,
    function_tool,
    response_format,
    schema_of,
    text_format,
    tool,
)
from openai_grpc.client.tools import Tool
from support.gateway import deployment, on_loop, running_gateway
from support.messages import described, message_types
from support.python_client import KINDS, AsyncDriver, Driver, driver

PROTO = ROOT / "tests/conformance/clients/types.proto"
MESSAGES = message_types(PROTO)
HELLO = [{"role": "user", "content": "hello"}]


class Mood(StrEnum):
    CALM = "calm"
    WILD = "wild"


class Wind(BaseModel):
    """How the wind blows."""

    kind: Literal["wind"] = "wind"
    speed: float = Field(description="Metres per second.", ge=0)


class Rain(BaseModel):
    kind: Literal["rain"]
    millimetres: int


class Report(BaseModel):
    """A report of the weather."""

    city: str = Field(description="Its English name.")
    mood: Mood
    parts: list[Wind | Rain]
    note: str | None
    stars: int = 3
    before: "Report | None" = None


REPORT: dict[str, Any] = {
    "city": "Oslo",
    "mood": "wild",
    "parts": [{"kind": "rain", "millimetres": 4}, {"kind": "wind", "speed": 2.5}],
    "note": None,
    "stars": None,
    "before": None,
}
FORECAST: dict[str, Any] = {
    "city": "Oslo",
    "temperature": 3,
    "sky": "SKY_CLEAR",
    "warning": None,
    "days": [{"name": "Monday", "highest": 5.5}],
    "rain_by_month": [{"key": "May", "value": 40}],
    "wind": {"words": "a breeze"},
    "station": 9007199254740993,
    "today": {"name": "Sunday", "highest": 1},
    "reliable": True,
    "made": "2026-01-02T03:04:05Z",
    "readers": None,
}


@pytest.fixture(scope="module")
def upstream() -> Iterator[StandIn]:
    with StandIn() as running:
        script(running)
        yield running


@pytest.fixture(scope="module")
def target(upstream: StandIn) -> Iterator[str]:
    with running_gateway(deployment(upstream.url)) as gateway:
        yield gateway.target


@pytest.fixture(params=KINDS)
def drive(request: pytest.FixtureRequest, target: str) -> Iterator[Driver]:
    with driver(request.param, target) as driven:
        yield driven


def ask(drive: Driver, api: str, type_: Any, text: str, model: str = "echo") -> Any:
    if api == "chat":
        messages = [{"role": "user", "content": text}]
        return drive(lambda c: c.chat.completions.parse(model=model, messages=messages, response_format=type_))
    return drive(lambda c: c.responses.parse(model=model, input=text, text_format=type_))


@pytest.mark.parametrize("api", ["chat", "responses"])
def test_a_model_of_pydantic(api: str, drive: Driver, upstream: StandIn) -> None:
    upstream.exchanges.clear()
    parsed = ask(drive, api, Report, json.dumps(REPORT))
    assert parsed.value == Report(
        city="Oslo", mood=Mood.WILD, parts=[Rain(kind="rain", millimetres=4), Wind(speed=2.5)], note=None
    )
    assert parsed.metadata.deployment == "stand-in"
    assert parsed.reply.id
    sent = upstream.requests[0].json()
    asked = sent["response_format"]["json_schema"] if api == "chat" else sent["text"]["format"]
    assert (asked["name"], asked["strict"], asked["schema"]) == ("Report", True, schema_of(Report).json)


@pytest.mark.parametrize("api", ["chat", "responses"])
def test_a_message_of_protobuf(api: str, drive: Driver) -> None:
    value = ask(drive, api, MESSAGES["Forecast"], json.dumps(FORECAST)).value
    assert (value.city, value.sky, value.station, value.words) == ("Oslo", 1, 9007199254740993, "a breeze")
    assert (dict(value.rain_by_month), value.days[0].highest, value.made.seconds) == ({"May": 40}, 5.5, 1767323045)
    assert not value.HasField("warning")
    assert not value.HasField("readers")


@pytest.mark.parametrize("api", ["chat", "responses"])
def test_what_is_no_value(api: str, drive: Driver) -> None:
    for model, kind in (("refuses", RefusalError), ("cut-short", CutReplyError), ("echo", InvalidReplyError)):
        with pytest.raises(kind) as failed:
            ask(drive, api, Report, '{"city": "Os', model)
        assert failed.value.text == '{"city": "Os'
        reply: Any = failed.value.reply
        assert reply.id
        assert "Os" not in str(failed.value)  # a log has no content of users


NO_REPORTS = {
    "a field that is missing": ({**REPORT, "city": ...}, "city: Field required"),
    "a field of a wrong type": ({**REPORT, "parts": [{"kind": "rain", "millimetres": "much"}]}, r"parts\[0\]"),
    "a value that there is not": ({**REPORT, "mood": "glad"}, "mood: "),
}
NO_FORECASTS = {
    "a field that is missing": ({**FORECAST, "city": ...}, "city: is missing"),
    "another field": ({**FORECAST, "town": 1}, "town: there is no such field"),
    "a wrong type": ({**FORECAST, "days": [{"name": 5, "highest": 1}]}, r"days\[0\].name: must be a string"),
    "null": ({**FORECAST, "today": None}, "today: must not be null"),
    "a value that there is not": ({**FORECAST, "sky": "SKY_UNSPECIFIED"}, "sky: must be one of SKY_CLEAR"),
    "both of a oneof": (
        {**FORECAST, "wind": {"speed": 1, "words": "a"}},
        "wind: must be an object with exactly one of",
    ),
    "none of a oneof": ({**FORECAST, "wind": {}}, "wind: must be an object with exactly one of speed, words"),
    "an arm that is null": ({**FORECAST, "wind": {"words": None}}, "wind.words: must not be null"),
    "a key twice": (
        {**FORECAST, "rain_by_month": [{"key": "May", "value": 1}] * 2},
        r"rain_by_month\[1\].key: the key May is there twice",
    ),
    "a number out of range": ({**FORECAST, "station": 2**63}, "station"),
    "a part of a number": ({**FORECAST, "station": 1.5}, "station: must be an integer"),
    "no number": ({**FORECAST, "temperature": True}, "temperature: must be a number"),
    "no time": ({**FORECAST, "made": "tomorrow"}, "tomorrow|made|timestamp"),
}


@pytest.mark.parametrize(
    ("type_", "value", "told"),
    [(Report, *each) for each in NO_REPORTS.values()]
    + [(MESSAGES["Forecast"], *each) for each in NO_FORECASTS.values()],
    ids=[f"report: {each}" for each in NO_REPORTS] + [f"forecast: {each}" for each in NO_FORECASTS],
)
def test_what_is_wrong_is_told(type_: Any, value: dict[str, Any], told: str) -> None:
    text = json.dumps({key: item for key, item in value.items() if item is not ...})
    with pytest.raises(TypeMismatchError, match=told):
        schema_of(type_).read(text)


@pytest.mark.parametrize("text", ["", "hello", "[1]", "NaN", '{"a": 1} {"b": 2}', "[" * 100_000])
@pytest.mark.parametrize("type_", [Report, MESSAGES["Forecast"]])
def test_what_is_not_json_of_an_object(type_: Any, text: str) -> None:
    with pytest.raises(TypeMismatchError):
        schema_of(type_).read(text)


def test_the_schema_of_a_message() -> None:
    schema = schema_of(MESSAGES["Forecast"], comments=described(PROTO))
    properties = schema.json["properties"]
    assert (schema.name, schema.json["description"]) == ("Forecast", "The weather of a city.")
    assert schema.json["required"] == list(properties) == list(FORECAST)
    assert properties["city"] == {"type": "string", "description": "Its English name."}
    sky = "State of the sky.\nSKY_CLEAR: Not one cloud."
    assert properties["sky"] == {"type": "string", "enum": ["SKY_CLEAR", "SKY_CLOUDED"], "description": sky}
    assert properties["warning"]["anyOf"] == [{"type": "string"}, {"type": "null"}]
    assert properties["days"]["items"]["properties"]["highest"] == {"type": "number", "description": "Degrees Celsius."}
    assert properties["rain_by_month"]["items"]["properties"] == {
        "key": {"type": "string"},
        "value": {"type": "integer"},
    }
    assert [list(each["properties"]) for each in properties["wind"]["anyOf"]] == [["speed"], ["words"]]
    assert properties["made"] == {"type": "string", "format": "date-time"}
    assert properties["readers"] == {"anyOf": [{"type": "integer"}, {"type": "null"}]}
    assert "description" not in schema_of(MESSAGES["Forecast"]).json


def test_a_message_in_itself() -> None:
    folder = schema_of(MESSAGES["Folder"])
    assert folder.json["properties"]["folders"] == {"type": "array", "items": {"$ref": "#"}}
    shelf = schema_of(MESSAGES["Shelf"]).json
    assert shelf["properties"]["folder"] == {"$ref": f"#/$defs/{MESSAGES['Folder'].DESCRIPTOR.full_name}"}
    value = folder.read('{"name": "a", "folders": [{"name": "b", "folders": []}]}')
    assert value.folders[0].name == "b"


def test_the_schema_of_a_model() -> None:
    schema = schema_of(Report).json
    properties = schema["properties"]
    assert schema["description"] == "A report of the weather."
    assert schema["required"] == list(REPORT)
    assert properties["city"] == {"type": "string", "description": "Its English name."}
    assert properties["stars"] == {"anyOf": [{"type": "integer"}, {"type": "null"}]}
    assert schema["$defs"]["Mood"] == {"type": "string", "enum": ["calm", "wild"]}
    assert schema["$defs"]["Wind"]["properties"]["speed"]["minimum"] == 0
    assert schema["$defs"]["Wind"]["additionalProperties"] is False


class Loose(BaseModel):
    anything: Any


class Keys(BaseModel):
    counts: dict[str, int]


class Pair(BaseModel):
    both: tuple[int, str]


REFUSED: dict[str, tuple[Any, str]] = {
    "a value of any type": (Loose, "anything: strict mode can't express a value of any type"),
    "keys of any name": (Keys, "counts: strict mode can't express keys of any name"),
    "a tuple": (Pair, "both: strict mode can't express prefixItems"),
    "a message of any form": (MESSAGES["Loose"], r"Loose.anything: strict mode can't express google.protobuf.Struct"),
    "a scalar": (int, "no schema of int"),
    "no type": ("Report", "no schema of 'Report'"),
}


@pytest.mark.parametrize(("type_", "told"), REFUSED.values(), ids=REFUSED)
def test_what_strict_mode_cant_express(type_: Any, told: str) -> None:
    for make in (schema_of, response_format, text_format, lambda each: function_tool("f", None, each)):
        with pytest.raises(TypeError, match=told):
            make(type_)


class GetWeather(BaseModel):
    city: str


@tool
def get_weather(args: GetWeather) -> str:
    """Current weather of a city."""
    return f"sunny in {args.city}"


@tool(name="get_weather", description="Weather")
def weather_of_message(args: MESSAGES["GetWeather"]) -> Any:  # type: ignore[valid-type]  # made when the test runs
    return args


@tool(name="get_weather")
async def later(args: GetWeather) -> dict[str, str]:
    await asyncio.sleep(0)
    return {"sky": args.city}


TOOLS: dict[str, tuple[Tool[Any], str]] = {
    "a model, and a text": (get_weather, "sunny in "),
    "a message, and a message": (weather_of_message, '{"city":'),
    "asynchronous, and an object": (later, '{"sky":'),
}


@pytest.mark.parametrize("streamed", [False, True], ids=["whole", "streamed"])
@pytest.mark.parametrize("api", ["chat", "responses"])
@pytest.mark.parametrize(("used", "result"), TOOLS.values(), ids=TOOLS)
def test_tools(  # noqa: PLR0917 - each is a parameter of the test
    used: Tool[Any], result: str, api: str, streamed: bool, drive: Driver, upstream: StandIn
) -> None:
    if used is later and not isinstance(drive, AsyncDriver):
        with pytest.raises(ToolError, match="asynchronous: run it with AsyncClient"):
            drive(lambda c: c.chat.completions.run_tools([used], model="tool-loop", messages=HELLO))
        return
    upstream.exchanges.clear()
    texts: list[str] = []
    called: list[str] = []
    options: dict[str, Any] = {"model": "tool-loop", "on_call": lambda name, _: called.append(name)}
    options |= {"on_text": texts.append} if streamed else {}
    if api == "chat":
        ran = drive(lambda c: c.chat.completions.run_tools([used], messages=HELLO, tool_choice="required", **options))
        answer = ran.reply.choices[0].message.content
        assert [each.WhichOneof("kind") for each in ran.messages] == ["user", "assistant", "tool", "assistant"]
    else:
        ran = drive(lambda c: c.responses.run_tools([used], input="hello", tool_choice="required", **options))
        answer = ran.reply.output_text
        kinds = [each.WhichOneof("kind") for each in ran.messages]
        assert kinds == ["message", "function_call", "function_call_output", "message"]
    assert answer.replace(" ", "").startswith(result.replace(" ", ""))
    assert (ran.rounds, called) == (2, ["get_weather"])
    assert "".join(texts).endswith(answer) if streamed else not texts
    first, second = [each.json() for each in upstream.requests]
    assert first["tool_choice"] == "required"
    assert "tool_choice" not in second  # else no model would ever answer


def choices(*messages: dict[str, Any]) -> dict[str, Any]:
    """The arguments of calls that are answered with these messages in turn."""
    script = json.dumps([{"message": message} for message in messages])
    return {"model": "scripted", "messages": [{"role": "user", "content": script}]}


def calling(*calls: tuple[str, str]) -> dict[str, Any]:
    return {
        "tool_calls": [
            {"id": f"call_{index}", "type": "function", "function": {"name": name, "arguments": arguments}}
            for index, (name, arguments) in enumerate(calls)
        ]
    }


def test_what_the_model_may_correct(drive: Driver) -> None:
    turns = [calling(("get_wether", "{}"), ("get_weather", '{"town": 1}')), {"content": "done"}]
    ran = drive(lambda c: c.chat.completions.run_tools([get_weather], **choices(*turns)))
    told = [each.tool.content.text for each in ran.messages if each.HasField("tool")]
    assert told[0] == 'There is no tool "get_wether". The tools are: get_weather.'
    assert told[1].startswith("The arguments are invalid: city: ")


def test_too_many_rounds(drive: Driver) -> None:
    turns = [calling(("get_weather", '{"city": "Oslo"}'))] * 3
    with pytest.raises(TooManyRoundsError, match="after 3 replies: raise max_rounds") as failed:
        drive(lambda c: c.chat.completions.run_tools([get_weather], max_rounds=3, **choices(*turns)))
    assert len(failed.value.messages) == 7
    with pytest.raises(ValueError, match="invalid max_parallel 0"):
        drive(lambda c: c.chat.completions.run_tools([get_weather], max_parallel=0, **choices(*turns)))


def test_a_tool_that_raises(drive: Driver) -> None:
    def run(_: GetWeather) -> str:
        raise LookupError("no such place")

    used = Tool("get_weather", GetWeather, run)
    turns = [calling(("get_weather", '{"city": "Oslo"}'))]
    ran = drive(lambda c: c.chat.completions.run_tools([used], **choices(*turns, {"content": "done"})))
    assert [each.tool.content.text for each in ran.messages if each.HasField("tool")] == ["error: no such place"]
    with pytest.raises(ToolError, match="the tool get_weather failed: no such place") as failed:
        drive(lambda c: c.chat.completions.run_tools([used], stop_on_error=True, **choices(*turns)))
    assert isinstance(failed.value.__cause__, LookupError)
    assert (failed.value.tool, len(failed.value.messages)) == ("get_weather", 2)


def test_calls_of_the_callers_own_tools_are_an_answer(drive: Driver) -> None:
    own = {"type": "function", "function": {"name": "pay"}}
    turns = [calling(("pay", "{}"))]
    ran = drive(lambda c: c.chat.completions.run_tools([get_weather], tools=[own], **choices(*turns)))
    assert (ran.rounds, ran.reply.choices[0].message.tool_calls[0].function.function.name) == (1, "pay")


def test_calls_of_one_reply_run_side_by_side(drive: Driver) -> None:
    together = threading.Barrier(3, timeout=LIMIT)

    def run(args: GetWeather) -> str:
        together.wait()
        return args.city

    used = Tool("get_weather", GetWeather, run)
    turns = [calling(*(("get_weather", json.dumps({"city": name})) for name in "abc")), {"content": "done"}]
    ran = drive(lambda c: c.chat.completions.run_tools([used], **choices(*turns)))
    assert [each.tool.content.text for each in ran.messages if each.HasField("tool")] == ["a", "b", "c"]


def test_the_bound_of_calls_at_once(drive: Driver) -> None:
    active, most = 0, 0
    lock = threading.Lock()

    def run(args: GetWeather) -> str:
        nonlocal active, most
        with lock:
            active += 1
            most = max(most, active)
        with lock:
            active -= 1
        return args.city

    used = Tool("get_weather", GetWeather, run)
    turns = [calling(*[("get_weather", '{"city": "a"}')] * 9), {"content": "done"}]
    drive(lambda c: c.chat.completions.run_tools([used], max_parallel=1, **choices(*turns)))
    assert most == 1


def test_a_run_that_is_cancelled(drive: Driver, upstream: StandIn) -> None:
    cancellation = Cancellation()
    with pytest.raises(CallCancelledError):
        drive(
            lambda c: c.chat.completions.run_tools(
                [get_weather],
                model="endless",
                messages=HELLO,
                user="cancelled",
                cancellation=cancellation,
                on_text=lambda _: cancellation.cancel(),
            )
        )
    upstream.exchanges[-1].closed.result(LIMIT)
    with pytest.raises(CallCancelledError):
        drive(lambda c: c.chat.completions.run_tools([], model="echo", messages=HELLO, cancellation=cancellation))


def test_a_task_that_is_cancelled(target: str, upstream: StandIn) -> None:
    with driver("asyncio", target) as drive:

        async def cancelled() -> None:
            begun = asyncio.Event()
            client: Any = drive._client
            run = client.chat.completions.run_tools(
                [get_weather], model="endless", messages=HELLO, on_text=lambda _: begun.set()
            )
            task = asyncio.ensure_future(run)
            await begun.wait()
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task

        on_loop(cancelled())
    upstream.exchanges[-1].closed.result(LIMIT)


def test_what_can_be_a_tool() -> None:
    def two(first: GetWeather, second: GetWeather) -> str:
        return f"{first}{second}"

    def bare(city) -> str:  # type: ignore[no-untyped-def]  # noqa: ANN001 - which is refused
        return str(city)

    for function in (two, bare):
        with pytest.raises(TypeError, match="must take one argument, annotated with its type"):
            tool(function)  # type: ignore[arg-type]  # as above
    with pytest.raises(TypeError, match="strict mode can't express keys of any name"):
        Tool("f", Keys, str)

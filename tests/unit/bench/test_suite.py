"""The benchmark runs on real processes: every kind of load on the gateway, as it is deployed."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from bench.cases import BACK_TO_BACK, UNARY, WITH_FEATURES, Case
from bench.loads import Cancelled, Load, Paced, Repeated, Scheduled, Stalled
from bench.measures import Measures
from bench.report import features
from bench.servers import ASYNCIO, FLOOR, HTTP, LITELLM, OURS, Setting
from bench.suite import Found, run
from bench.targets import verdicts

PACED = Paced("steady chat stream", 4, opening=0.1, watch=0.3, settle=0.1)


def found(tmp_path: Path, *cases: Case) -> Found:
    async def measured() -> Found:
        return await run(cases, (FLOOR, OURS, HTTP), 1, tmp_path, lambda _: None)

    return asyncio.run(measured())


def case(load: Load, setting: Setting = Setting.PLAIN, servers: tuple[str, ...] = (FLOOR, OURS)) -> Case:
    return Case(name=repr(load), load=load, unit="call", servers=servers, setting=setting)


def test_every_load_is_measured(tmp_path: Path) -> None:
    ours = (OURS,)
    cases = (
        case(Repeated("chat", 2, seconds=0.1)),
        case(PACED, servers=ours),
        case(Scheduled("chat", 200, seconds=0.2, settle=0.05, connections=2)),
        case(Stalled(PACED, readers=3, settle=0.3), servers=ours),
        case(Cancelled(in_flight=2, seconds=0.1), servers=ours),
        *(case(Repeated(name, 2, seconds=0.1), servers=ours) for name in ("response by chat", "chat by response")),
        *(case(Repeated(name, 3, seconds=0.1), servers=(HTTP,)) for name in ("chat", "chat stream")),
        case(replace(PACED, streams=5), servers=(HTTP,)),
    )
    all_found = found(tmp_path, *cases)
    assert all_found.failures == {}
    for each in cases:
        for server in each.servers:
            (measures,) = all_found.measures[each.name, server]
            assert measures.cpu > 0
            assert measures.rate > 0
    assert {FLOOR, OURS} <= all_found.start_up.keys()


@pytest.mark.parametrize(
    "setting",
    [
        *(Setting.PRODUCTION, Setting.TLS, Setting.TELEMETRY, Setting.SAMPLED, Setting.TWO_WORKERS),
        *(Setting.IDENTITY, Setting.EVERYTHING),
    ],
)
def test_every_setting_is_measured(setting: Setting, tmp_path: Path) -> None:
    servers = (FLOOR, OURS) if setting is Setting.TLS else (OURS,)
    cases = [case(Repeated(name, 4, seconds=0.1), setting, servers) for name in ("chat", "chat stream")]
    all_found = found(tmp_path, *cases)
    assert all_found.failures == {}
    assert {server for _, server in all_found.measures} == set(servers)


def test_a_wrong_answer_is_a_failure(tmp_path: Path) -> None:
    # The floor has no message for a call that the upstream fails, and ends it with another status.
    wrong = case(Repeated("failing chat", 1, seconds=0.1), servers=(FLOOR,))
    assert list(found(tmp_path, wrong).failures) == [f"{FLOOR}: {wrong.name}"]


def test_the_default_server_is_held_against_the_floor_round_by_round() -> None:
    everything = WITH_FEATURES[Setting.EVERYTHING]
    made = Found(cases=(UNARY, everything))
    for name, server, costs in (
        (UNARY.name, FLOOR, (10.0, 20.0, 100.0)),
        (UNARY.name, ASYNCIO, (8.0, 17.0, 80.0)),
        (everything.name, ASYNCIO, (16.0, 17.0, 160.0)),
    ):
        rest = {"rate": 1.0, "server": 1.0, "caller": 0.0, "upstream": 0.0}
        made.measures[name, server] = [Measures(cpu=cost, **rest) for cost in costs]
    told = [(each.name, each.figure, each.met) for each in verdicts(made)[ASYNCIO]]
    assert told == [(UNARY.name, 0.8, True), (everything.name, 2.0, False)]
    assert [line.count("|") for line in features(made)][1:] == [5, 5, 5, 5]


def test_rest_is_held_against_grpc_and_litellm() -> None:
    cpu = {HTTP: 12.0, ASYNCIO: 10.0, OURS: 40.0, LITELLM: 300.0}
    made = Found(cases=(UNARY, BACK_TO_BACK))
    for each in made.cases:
        for server, value in cpu.items():
            made.measures[each.name, server] = [Measures(cpu=value, rate=1.0, server=1.0, caller=0.0, upstream=0.0)]
    told = [(each.name, round(each.figure, 2), each.met) for each in verdicts(made)[HTTP]]
    assert told == [
        (f"{UNARY.name}: by gRPC", 1.2, True),
        (f"{BACK_TO_BACK.name}: by gRPC", 1.2, True),
        (f"{UNARY.name}: LiteLLM's cost", 25.0, True),
        (f"{BACK_TO_BACK.name}: LiteLLM's cost", 25.0, False),
    ]

"""What a worker is told, and the configuration that it makes of it."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from openai_grpc_server.config import AdmissionSettings, LoadReportSettings, ServeOptions
from openai_grpc_server.process.child import Assignment, LocalModels

ASSIGNMENT = Assignment(
    number=2,
    workers=3,
    options=ServeOptions(config=Path("config.yaml"), log_level="debug"),
    host="::1",
    port=4711,
    http_port=4712,
    limits_file="shared.sqlite",
    metrics=True,
    local=LocalModels(chat="http://127.0.0.1:1/v1", audio="http://127.0.0.1:2/v1"),
)


@pytest.mark.parametrize(
    "assignment",
    [ASSIGNMENT, replace(ASSIGNMENT, local=None, options=ServeOptions(model="m", api_base="http://h/v1"))],
    ids=["from a file", "from the command line"],
)
def test_there_and_back(assignment: Assignment) -> None:
    line = assignment.to_json()
    assert line.count(b"\n") == 1
    assert Assignment.from_json(line) == assignment


SERVER: dict[str, tuple[str, dict[str, Any]]] = {
    "what the supervisor holds": (
        "{host: 0.0.0.0, port: 1, metrics_port: 9}",
        {"host": "::1", "port": 4711, "reuse_port": True, "metrics_port": None},
    ),
    "limits in memory would be each worker's own": ("{}", {"limits_file": "shared.sqlite"}),
    "a file of one's own": ("{limits_file: own.sqlite}", {"limits_file": "own.sqlite"}),
    "connections that age": ("{}", {"max_connection_age": 30.0}),
    "an age of one's own": ("{max_connection_age: 300}", {"max_connection_age": 300.0}),
    "no bound on calls": ("{}", {"max_concurrent_rpcs": None}),
    "a part of the bounds": (
        "{max_concurrent_rpcs: 100, max_in_flight_bytes: 300}",
        {"max_concurrent_rpcs": 33, "max_in_flight_bytes": 100},
    ),
    "a part of each caller's": (
        "{admission: {max_streams: 9, max_calls_per_caller: 30, max_streams_per_caller: 2, max_queued: 60}}",
        {
            "admission": AdmissionSettings(
                max_streams=3, max_calls_per_caller=10, max_streams_per_caller=1, max_queued=20
            )
        },
    ),
    "a load of its own": ("{load_reports: {capacity: 90}}", {"load_reports": LoadReportSettings(capacity=30)}),
    "at least one call": ("{max_concurrent_rpcs: 2}", {"max_concurrent_rpcs": 1}),
}
MODEL = "model_list: [{model_name: m, litellm_params: {model: m, rpm: 60, tpm: 600, max_parallel_requests: 6}}]"


def load(tmp_path: Path, text: str) -> Any:
    file = tmp_path / "config.yaml"
    file.write_text(text)
    return replace(ASSIGNMENT, options=ServeOptions(config=file)).load()


@pytest.mark.parametrize(("section", "expected"), SERVER.values(), ids=SERVER)
def test_server(tmp_path: Path, section: str, expected: dict[str, Any]) -> None:
    server = load(tmp_path, f"{MODEL}\nserver: {section}").server
    assert {name: getattr(server, name) for name in expected} == expected


LIMITS = {
    "each counts for itself": ("", (20, 200, 2)),
    "a Redis counts for all": ("router_settings: {redis_url: 'redis://h'}", (60, 600, 2)),
}


@pytest.mark.parametrize(("section", "expected"), LIMITS.values(), ids=LIMITS)
def test_limits_of_a_deployment(tmp_path: Path, section: str, expected: tuple[int, int, int]) -> None:
    (deployment,) = load(tmp_path, f"{MODEL}\n{section}").deployments
    assert (deployment.rpm, deployment.tpm, deployment.max_parallel_requests) == expected


def test_local_models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL", "OPENAI_API_BASE"):
        monkeypatch.delenv(name, raising=False)
    deployments = load(tmp_path, "server: {}").deployments
    assert {each.base_url for each in deployments} == {"http://127.0.0.1:1/v1", "http://127.0.0.1:2/v1"}

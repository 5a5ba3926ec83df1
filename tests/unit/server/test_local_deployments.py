"""Where calls go when the models of this machine answer, and what is said while they load."""

import io

import pytest

from openai_grpc_server.config import ConfigError
from openai_grpc_server.local import LocalUpstream, LocalUpstreams, engine
from openai_grpc_server.terminal import Progress


def test_deployments() -> None:
    upstreams = LocalUpstreams(LocalUpstream("http://h:1/v1", "tiny"), LocalUpstream("http://h:2/v1", "whisper"))
    found = {each.model_name: (each.base_url, each.model) for each in engine.local_deployments(upstreams)}
    audio = ("http://h:2/v1", "whisper")
    assert found == {
        None: ("http://h:1/v1", "tiny"),
        "whisper": audio,
        "whisper-1": audio,
        "gpt-4o-transcribe": audio,
        "gpt-4o-mini-transcribe": audio,
    }
    keys = {each.api_key.reveal() for each in engine.local_deployments(upstreams) if each.api_key is not None}
    assert keys == {""}


def test_models_that_are_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "local_extra_installed", lambda: False)
    with pytest.raises(ConfigError, match="openai-grpc-server\\[local\\]"):
        engine.check_installed()


@pytest.mark.parametrize("pip", [True, False])
def test_a_container_is_told_what_its_user_can_do(monkeypatch: pytest.MonkeyPatch, *, pip: bool) -> None:
    """The image has no pip, and its user could not install anything."""
    monkeypatch.setattr(engine, "local_extra_installed", lambda: False)
    monkeypatch.setattr(engine, "find_spec", lambda name: pip if name == "pip" else None)
    with pytest.raises(ConfigError) as caught:
        engine.check_installed()
    told = str(caught.value)
    assert ("docker run" in told) is not pip
    assert ("-e OPENAI_API_KEY" in told) is not pip
    assert ("--config /config.yaml" in told) is not pip


def test_weights_that_are_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "local_extra_installed", lambda: True)
    monkeypatch.setattr(engine, "find_spec", lambda _: None)
    with pytest.raises(ConfigError, match="a local model can't be loaded"):
        engine.check_installed()


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


PROGRESS = [("a", 0.0), ("b", 0.5), ("a", 1.0), ("b", 1.0), ("b", 1.0)]


def test_progress_on_a_terminal_is_one_line() -> None:
    out = Terminal()
    progress = Progress(out, "loading")
    for name, fraction in PROGRESS:
        progress.report(name, fraction)
    progress.end()
    lines = out.getvalue().split("\r")
    assert lines[2] == "loading: a   0%  b  50%"
    assert lines[-1] == "loading: a 100%  b 100%\n"


def test_progress_elsewhere_is_what_is_done() -> None:
    out = io.StringIO()
    progress = Progress(out, "loading")
    for name, fraction in PROGRESS:
        progress.report(name, fraction)
    progress.end()
    assert out.getvalue() == "loading: a is ready\nloading: b is ready\n"

"""Messages on the terminal."""

import webbrowser

import pytest

from openai_grpc_server.terminal import open_browser

PAGE = "http://localhost:4000/chat"


@pytest.mark.parametrize(("is_there", "said"), [(True, ""), (False, f"no browser was found: open {PAGE}\n")])
def test_a_browser_that_is_not_there(
    is_there: bool, said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    opened: list[str] = []

    def opens(url: str) -> bool:
        opened.append(url)
        return is_there

    monkeypatch.setattr(webbrowser, "open", opens)
    open_browser(PAGE)
    assert (opened, capsys.readouterr().out) == ([PAGE], said)

"""When a request went where the recorded one went."""

import pytest

from conformance.verdict import same_route


@pytest.mark.parametrize(
    ("recorded", "received", "same"),
    [
        ("POST /v1/chat/completions", "POST /v1/chat/completions", True),
        ("POST /v1/chat/completions", "GET /v1/chat/completions", False),
        ("POST /v1/chat/completions", "POST /v1/completions", False),
        ("GET /v1/responses/{response_id}/input_items", "GET /v1/responses/resp_1/input_items", True),
        ("GET /v1/responses/{response_id}", "GET /v1/responses/resp_1/input_items", False),
    ],
)
def test_same_route(recorded: str, received: str, same: bool) -> None:
    assert same_route(recorded, received) is same

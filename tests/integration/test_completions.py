"""Legacy completions, at once and as a stream."""

from typing import Any

import pytest

from faults import answers
from faults.stand_in import StandIn
from openai_grpc.codec import from_object, loads, to_json
from openai_grpc.v1 import completions_pb2
from support.gateway import deployment, running_gateway

PATH = "/v1/completions"
USAGE = {"prompt_tokens": 3, "completion_tokens": 2, "total_tokens": 5}
TOP = {"id": "cmpl-1", "object": "text_completion", "created": 7, "model": "davinci-002"}


def piece(text: str, index: int = 0, **fields: Any) -> dict[str, Any]:
    return {**TOP, "choices": [{"text": text, "index": index, **fields}]}


LOGPROBS = {"text_offset": [0], "token_logprobs": [-0.5], "tokens": ["Hel"], "top_logprobs": [{"Hel": -0.5}]}
MORE = {"text_offset": [3], "token_logprobs": [-1.0], "tokens": ["lo"], "top_logprobs": [{"lo": -1.0}]}
PIECES = [
    piece("Hel", logprobs=LOGPROBS),
    piece("A", index=1),
    piece("lo", logprobs=MORE, finish_reason="stop"),
    piece("", index=1, finish_reason="length"),
]
WHOLE = {
    **TOP,
    "choices": [
        {
            "text": "Hello",
            "index": 0,
            "finish_reason": "stop",
            "logprobs": {key: LOGPROBS[key] + MORE[key] for key in LOGPROBS},  # type: ignore[operator]  # all are lists
        },
        {"text": "A", "index": 1, "finish_reason": "length"},
    ],
    "usage": USAGE,
}


@pytest.mark.parametrize(
    "prompt", ["say hello", ["one", "two"], [1, 2, 3], [[1], [2, 3]]], ids=["text", "texts", "tokens", "token lists"]
)
def test_prompt_goes_out_as_it_is(prompt: Any) -> None:
    value = {"model": "davinci-002", "prompt": prompt, "max_tokens": 5, "stop": ["\n"]}
    request = from_object(completions_pb2.CreateCompletionRequest, value)
    with StandIn() as upstream, running_gateway(deployment(upstream.url)) as gateway:
        upstream.on("POST", PATH, answers.json(WHOLE))
        reply = gateway.completions.CreateCompletion(request, timeout=10)
    assert upstream.requests[0].json() == value
    assert loads(to_json(reply)) == WHOLE
    assert reply.call_info.deployment == "stand-in"


def test_stream_and_its_whole() -> None:
    request = from_object(completions_pb2.CreateCompletionRequest, {"model": "davinci-002", "prompt": "say hello"})
    request.call_options.accumulate = True
    with StandIn() as upstream, running_gateway(deployment(upstream.url)) as gateway:
        upstream.on("POST", PATH, answers.stream(answers.events([*PIECES, {**TOP, "choices": [], "usage": USAGE}])))
        *pieces, last = gateway.completions.StreamCompletion(request, timeout=10)
    sent = upstream.requests[0].json()
    assert (sent["stream"], sent["stream_options"]) == (True, {"include_usage": True})
    assert [loads(to_json(each)) for each in pieces] == PIECES
    assert loads(to_json(last.accumulated)) == WHOLE

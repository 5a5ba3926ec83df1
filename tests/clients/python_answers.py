"""What the upstream answers in the tests of the Python clients."""

from typing import Any

from faults import answers

HEADERS = {"x-request-id": "req_1", "x-ratelimit-remaining-tokens": "99", "openai-processing-ms": "7"}
COMPLETION = {
    "id": "c1",
    "object": "chat.completion",
    "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": "Hi!"}}],
}
RESPONSE = {
    "id": "r1",
    "object": "response",
    "status": "completed",
    "output": [{"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "Hi!"}]}],
}
VECTORS = {"object": "list", "data": [{"object": "embedding", "index": 0, "embedding": [0.5, 0.25]}]}


def chunk(content: str, finish_reason: str | None = None) -> dict[str, Any]:
    ended = {"finish_reason": finish_reason} if finish_reason else {}
    choice = {"index": 0, "delta": {"content": content}, **ended}
    return {"id": "c1", "object": "chat.completion.chunk", "choices": [choice]}


def event(kind: str, **fields: Any) -> dict[str, Any]:
    return {"type": f"response.{kind}", "sequence_number": 0, **fields}


CHUNKS = answers.stream(answers.events([chunk("Hi"), chunk("!", "stop")]), headers=HEADERS)
EVENTS = answers.stream(
    answers.events(
        [
            event("output_text.delta", delta="Hi"),
            event("output_text.delta", delta="!"),
            event("completed", response=RESPONSE),
        ],
        named=True,
    ),
    headers=HEADERS,
)
TRANSCRIPT = answers.stream(
    answers.events(
        [
            {"type": "transcript.text.delta", "delta": "Hi"},
            {"type": "transcript.text.delta", "delta": "!"},
            {"type": "transcript.text.done", "text": "Hi!"},
        ],
        named=True,
    ),
    headers=HEADERS,
)

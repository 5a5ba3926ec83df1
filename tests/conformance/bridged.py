"""Replays recorded exchanges through the bridges: `python -m conformance.bridged [DIR]`.

A recorded request of one API goes through the real gateway to a stand-in that has the other, and gets a recorded answer
of that one. Held against the recording are texts, tool calls, tools and usage: in what reached the upstream and in what
came back. A request that a bridge refuses, naming the field, is counted, not lost.
"""

import json
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path
from typing import Any

import grpc

from conformance import gist
from conformance.answering import answer_of
from conformance.corpus import (
    MALFORMED,
    Exchange,
    Unreadable,
    exchanges,
    folder_from_arguments,
    models_of,
    why_unreadable,
)
from conformance.driver import Outcome, call, is_stream
from conformance.operations import CHAT, OPERATIONS, RESPONSES
from conformance.verdict import event_data
from faults.stand_in import StandIn
from openai_grpc.codec import CodecError
from openai_grpc_server.streams.accumulate import ChatAccumulator
from support.gateway import RunningGateway, deployment, running_gateway

SHOWN = 20
ATTEMPTS = 3  # a refused request may be sent anew, changed
DONE = "response.output_item.done"
FINAL = frozenset({"response.completed", "response.incomplete"})
Gist = Callable[[dict[str, Any]], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Direction:
    """A bridge, and how what goes through it is read.

    Attributes:
        name: What it is called in the report.
        config: What makes a deployment use it.
        operation: The route that callers call.
        upstream: The route that the upstream is called for.
        sent: What counts in a caller's request.
        received: The same in the upstream's.
        reply: What counts in a caller's reply.
        answer: The same in the upstream's.
    """

    name: str
    config: dict[str, Any]
    operation: str
    upstream: str
    sent: Gist
    received: Gist
    reply: Gist
    answer: Gist


DIRECTIONS = (
    Direction(
        "chat by responses",
        {"mode": "responses"},
        CHAT,
        RESPONSES,
        gist.of_chat_request,
        gist.of_response_request,
        gist.of_chat_reply,
        gist.of_response,
    ),
    Direction(
        "responses by chat",
        {"responses_as_chat": True},
        RESPONSES,
        CHAT,
        gist.of_response_request,
        gist.of_chat_request,
        gist.of_response,
        gist.of_chat_reply,
    ),
)


@dataclass
class Report:
    """What the replay through one bridge found.

    Attributes:
        name: The bridge.
        kept: How many exchanges came through with all that counts.
        lost: What the others lost, by exchange.
        refused: How many requests were refused, by the field that was named.
    """

    name: str
    kept: int = 0
    lost: dict[str, list[str]] = field(default_factory=dict)
    refused: Counter[str] = field(default_factory=Counter)

    def lines(self) -> list[str]:
        """Returns the report, the sum as its last line."""
        lines = [f"  {name}: {'; '.join(lost[:4])}" for name, lost in list(self.lost.items())[:SHOWN]]
        lines += [f"  refused {count}: {name}" for name, count in self.refused.most_common(SHOWN)]
        refused = sum(self.refused.values())
        return [*lines, f"{self.name}: kept {self.kept}, lost {len(self.lost)}, refused {refused}"]


def replay(folder: Path, direction: Direction) -> Report:
    """Replays the recorded requests of a direction, each with one of the recorded answers in turn."""
    report = Report(direction.name)
    recorded = []
    for each in exchanges(folder):
        if isinstance(each, Unreadable):
            report.lost[each.name] = [each.reason]
        elif each.route in {CHAT, RESPONSES} and each.status < 300:
            recorded.append(each)
    answers = {streaming: cycle(_answers(recorded, direction, streaming=streaming)) for streaming in (False, True)}
    with (
        StandIn() as upstream,
        running_gateway(deployment(upstream.url, include_usage=False, **direction.config)) as gateway,
    ):
        gateway.take_names(models_of(recorded))
        for exchange in recorded:
            if exchange.route == direction.operation and isinstance(exchange.request_body, dict):
                try:
                    answer = next(answers[is_stream(exchange)], None)
                    if answer is None:
                        report.lost[exchange.name] = [f"no answer of {direction.upstream} in {folder}"]
                        continue
                    _replay(exchange, answer, direction, upstream, gateway, report)
                except MALFORMED as error:
                    report.lost[exchange.name] = [why_unreadable(error)]
                finally:
                    upstream.clear_queue()
    return report


def _answers(recorded: list[Exchange], direction: Direction, *, streaming: bool) -> list[Exchange]:
    found = [each for each in recorded if each.route == direction.upstream and (each.events is not None) is streaming]
    return [each for each in found if _sound(each)]


def _sound(exchange: Exchange) -> bool:
    """Whether an answer is whole. One that can't be read is a loss in the replay of its own operation."""
    try:
        return answered(exchange) is not None
    except MALFORMED:
        return False


def _replay(  # noqa: PLR0917 - what one exchange needs
    exchange: Exchange,
    answer: Exchange,
    direction: Direction,
    upstream: StandIn,
    gateway: RunningGateway,
    report: Report,
) -> None:
    before = len(upstream.exchanges)
    gateway.forget_refusals()
    upstream.enqueue(*[answer_of(answer)] * ATTEMPTS)
    try:
        outcome = call(gateway.channel, exchange, OPERATIONS[direction.operation])
    except CodecError as error:
        report.lost[exchange.name] = [f"no message of the recorded request: {error}"]
        return
    if len(upstream.exchanges) == before:
        report.refused[_refusal(outcome)] += 1
        return
    received = json.loads(bytes(upstream.exchange(before).request.body))
    lost = [
        *_differences("request", direction.sent(exchange.request_body), direction.received(received)),
        *_reply_differences(answer, outcome, direction, usage=_usage_wanted(exchange)),
    ]
    if lost:
        report.lost[f"{exchange.name} answered by {answer.name}"] = lost
    else:
        report.kept += 1


def _refusal(outcome: Outcome) -> str:
    error = outcome.error
    if error is None or error.code() is not grpc.StatusCode.INVALID_ARGUMENT:
        return f"failed: {error}"
    return str(error.details()).partition(":")[0]


def _usage_wanted(exchange: Exchange) -> bool:
    """Whether the recorded request is one that is answered with the usage: a stream of chunks has it on request."""
    options = exchange.request_body.get("stream_options") or {}
    return exchange.route != CHAT or not is_stream(exchange) or options.get("include_usage") is True


def _reply_differences(answer: Exchange, outcome: Outcome, direction: Direction, *, usage: bool) -> Iterator[str]:
    if outcome.error is not None:
        yield f"failed: {outcome.error.details()}"
        return
    streaming = answer.events is not None
    reply = whole(outcome.values) if streaming else outcome.values[0]
    expected = answered(answer)
    if reply is None or expected is None:
        yield "no reply"
    else:
        counted = direction.answer(expected)
        if not usage:
            del counted["usage"]
        yield from _differences("reply", counted, direction.reply(reply))


def answered(exchange: Exchange) -> dict[str, Any] | None:
    """Returns what a recorded answer comes to; None for one that is cut short or failed."""
    if exchange.events is None:
        body: Any = exchange.record.get("response_body")
        sound = isinstance(body, dict) and not body.get("error") and body.get("status") != "failed"
        return body if sound and (body.get("choices") or body.get("output")) else None
    return whole([data for event in exchange.events if isinstance(data := event_data(event), dict)])


def whole(values: list[dict[str, Any]]) -> dict[str, Any] | None:
    """Puts a stream together: chunks of a chat completion, or the events of a response; None if it has no end."""
    if any(value.get("error") for value in values):
        return None
    if any("choices" in value for value in values):
        accumulator = ChatAccumulator()
        for value in values:
            accumulator.add(value)
        completion = accumulator.completion()
        ended = completion["choices"] and all(each.get("finish_reason") for each in completion["choices"])
        return completion if ended else None
    items = [value["item"] for value in values if value.get("type") == DONE]
    last = next((value["response"] for value in values if value.get("type") in FINAL), None)
    return None if last is None else {**last, "output": last.get("output") or items}


def _differences(what: str, sent: dict[str, Any], received: dict[str, Any]) -> Iterator[str]:
    for key, value in sent.items():
        if received[key] != value:
            yield f"{what} {key}: {str(value)[:120]} became {str(received[key])[:120]}"


def main() -> int:
    """Prints the report. Returns 0 when nothing was lost."""
    try:
        folder = folder_from_arguments(__doc__)
        reports = [replay(folder, direction) for direction in DIRECTIONS]
    except FileNotFoundError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    sys.stdout.write("\n".join(line for report in reports for line in report.lines()) + "\n")
    return 1 if any(report.lost for report in reports) else 0


if __name__ == "__main__":
    sys.exit(main())

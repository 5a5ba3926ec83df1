"""Replays recorded exchanges through the real gateway: `python -m conformance.replay [DIR]`.

A stand-in upstream gives the recorded answers; the recorded requests, written as messages, go through a gateway over
gRPC. What reached the upstream and what came back is held against the recording. The last line is the sum.
"""

import sys
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

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
from conformance.driver import Outcome, call
from conformance.operations import OPERATIONS, Operation
from conformance.typed import Tally
from conformance.verdict import reply_differences, request_differences
from faults.stand_in import StandIn
from openai_grpc.codec import CodecError
from support.gateway import RunningGateway, deployment, running_gateway

SHOWN = 20
ATTEMPTS = 3  # a refused request may be sent anew, changed


@dataclass
class Report:
    """What the replay found.

    Attributes:
        lossless: How many exchanges of each operation came through as they were.
        lossy: The others, with what was lost.
        skipped: How many exchanges are of operations that the contract does not have.
        tallies: How much was typed, by source.
    """

    lossless: Counter[str] = field(default_factory=Counter)
    lossy: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    skipped: int = 0
    tallies: dict[str, Tally] = field(default_factory=dict)

    def add(self, exchange: Exchange, lost: list[str]) -> None:
        """Notes how an exchange came through."""
        if lost:
            self.lossy.setdefault(exchange.op, {})[exchange.name] = lost
        else:
            self.lossless[exchange.op] += 1

    def lines(self) -> list[str]:
        """Returns the report, the sum as its last line."""
        lines = []
        for op in sorted({*self.lossless, *self.lossy}):
            lossy = self.lossy.get(op, {})
            lines.append(f"{op}: lossless {self.lossless[op]}, lossy {len(lossy)}")
            lines += [f"  {name}: {'; '.join(lost[:4])}" for name, lost in list(lossy.items())[:SHOWN]]
        for source, tally in self.tallies.items():
            lines.append(f"{source}: typed {tally.share:.2f}%")
        untyped = sum((Counter(tally.untyped) for tally in self.tallies.values()), Counter())
        lines += [f"  untyped {count}: {name}" for name, count in untyped.most_common(SHOWN)]
        lossless = sum(self.lossless.values())
        total = lossless + sum(map(len, self.lossy.values()))
        typed = sum(tally.typed for tally in self.tallies.values())
        share = 100 * typed / max(1, typed + sum(untyped.values()))
        percent = 100 * lossless / max(1, total)
        told = f"typed {share:.2f}%, " if self.tallies else ""
        lines.append(f"replay: lossless {lossless} of {total} ({percent:.2f}%), {told}skipped {self.skipped}")
        return lines


def replay(folder: Path) -> Report:
    """Replays every exchange of every file of a folder."""
    report = Report()
    with (
        StandIn() as upstream,
        running_gateway(
            # As the recorded client sent it: with its own key, and asking for nothing that it did not ask for.
            deployment(upstream.url, api_key=None, include_usage=False, embeddings_base64=False)
        ) as gateway,
    ):
        everything = list(exchanges(folder))
        gateway.take_names(models_of(everything))
        for exchange in everything:
            if isinstance(exchange, Unreadable):
                report.lossy.setdefault("unreadable", {})[exchange.name] = [exchange.reason]
                continue
            operation = OPERATIONS.get(exchange.route)
            if operation is None:
                report.skipped += 1
            else:
                tally = report.tallies.setdefault(exchange.source, Tally())
                report.add(exchange, _lost(exchange, operation, upstream, gateway, tally))
    return report


def _lost(
    exchange: Exchange, operation: Operation, upstream: StandIn, gateway: RunningGateway, tally: Tally
) -> list[str]:
    before = len(upstream.exchanges)
    try:
        gateway.forget_refusals()  # that recorded upstreams made with others' models
        upstream.enqueue(*[answer_of(exchange)] * ATTEMPTS)
        outcome = call(gateway.channel, exchange, operation)
        return _held_against(exchange, outcome, upstream, before, tally)
    except CodecError as error:
        return [f"no message of the recorded request: {error}"]
    except MALFORMED as error:
        return [why_unreadable(error)]
    finally:
        upstream.clear_queue()


def _held_against(exchange: Exchange, outcome: Outcome, upstream: StandIn, before: int, tally: Tally) -> list[str]:
    if len(upstream.exchanges) == before:
        return [f"refused: {outcome.error.details() if outcome.error else 'OK'}"]
    for message in (outcome.request, *outcome.messages):
        tally.add(message)
    received = upstream.exchange(before).request
    lost = [f"request {each}" for each in request_differences(exchange, received)]
    lost += [f"reply {each}" for each in reply_differences(exchange, outcome)]
    return lost


def main() -> int:
    """Prints the report. Returns 0 when nothing was lost."""
    try:
        report = replay(folder_from_arguments(__doc__))
    except FileNotFoundError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    sys.stdout.write("\n".join(report.lines()) + "\n")
    return 1 if report.lossy else 0


if __name__ == "__main__":
    sys.exit(main())

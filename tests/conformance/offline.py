"""The replay without servers: every recorded body goes through the codec and over the wire format, and comes back.

`python -m conformance.offline [DIR]` prints what `conformance.replay` prints, in seconds. It is for developing: what
counts is the replay over real servers.
"""

import json
import sys
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from google.protobuf.message import Message

from conformance.compare import differences
from conformance.corpus import (
    MALFORMED,
    Exchange,
    Number,
    Unreadable,
    dumps,
    exchanges,
    folder_from_arguments,
    why_unreadable,
)
from conformance.driver import chosen
from conformance.operations import OPERATIONS, Operation, message_class
from conformance.typed import Tally
from conformance.verdict import event_data
from openai_grpc.codec import CodecError, from_json, to_json

SHOWN = 40


def bodies(exchange: Exchange, operation: Operation) -> list[tuple[type[Message], Any, bool]]:
    """Returns the JSON bodies of an exchange, each with its type and whether it is a reply."""
    found: list[tuple[type[Message], Any, bool]] = []
    if isinstance(exchange.request_body, dict):
        request = {key: value for key, value in exchange.request_body.items() if key != "stream"}
        method = chosen(operation, streaming=exchange.request_body.get("stream") is True)
        found.append((message_class(method.input_type), request, False))
    if exchange.status < 300:
        if isinstance(exchange.record.get("response_body"), dict):
            found.append((operation.reply, exchange.record["response_body"], True))
        for event in exchange.events or []:
            value = event_data(event)
            if isinstance(value, dict) and operation.event is not None:
                found.append((operation.event, value, True))
    return found


@dataclass
class Report:
    """What the replay found.

    Attributes:
        total: How many exchanges there were.
        lossy: What those lost that did not come through as they were, by exchange.
        skipped: How many exchanges are of operations that the contract does not have.
        tallies: How much was typed, by source.
    """

    total: int = 0
    lossy: dict[str, list[str]] = field(default_factory=dict)
    skipped: int = 0
    tallies: dict[str, Tally] = field(default_factory=dict)

    def lines(self) -> list[str]:
        """Returns the report, the sum as its last line."""
        lines = [f"lossy {name}: {'; '.join(lost[:3])}" for name, lost in list(self.lossy.items())[:SHOWN]]
        untyped = sum((Counter(tally.untyped) for tally in self.tallies.values()), Counter())
        lines += [f"untyped {count:6d} {name}" for name, count in untyped.most_common(SHOWN)]
        lines += [f"{source}: typed {tally.share:.2f}%" for source, tally in self.tallies.items()]
        lossless = self.total - len(self.lossy)
        typed = sum(tally.typed for tally in self.tallies.values())
        share = 100 * typed / max(1, typed + sum(untyped.values()))
        percent = 100 * lossless / max(1, self.total)
        lines.append(
            f"replay: lossless {lossless} of {self.total} ({percent:.2f}%), typed {share:.2f}%, skipped {self.skipped}"
        )
        return lines


def replay(folder: Path) -> Report:
    """Replays the bodies of every exchange of every file of a folder."""
    report = Report()
    for exchange in exchanges(folder):
        if isinstance(exchange, Unreadable):
            report.total += 1
            report.lossy[exchange.name] = [exchange.reason]
            continue
        operation = OPERATIONS.get(exchange.route)
        if operation is None:
            report.skipped += 1
            continue
        report.total += 1
        try:
            lost = _lost(exchange, operation, report.tallies.setdefault(exchange.source, Tally()))
        except MALFORMED as error:
            lost = [why_unreadable(error)]
        if lost:
            report.lossy[exchange.name] = lost
    return report


def _lost(exchange: Exchange, operation: Operation, tally: Tally) -> list[str]:
    lost: list[str] = []
    for message_type, value, reply in bodies(exchange, operation):
        name = message_type.DESCRIPTOR.name
        try:
            first = from_json(message_type, dumps(value), keep_nulls=not reply)
            second = message_type.FromString(first.SerializeToString())
            back = json.loads(to_json(second), parse_float=Number)
        except CodecError as error:
            lost.append(f"{name}: {error}")
            continue
        lost += [f"{name}: {path}" for path in differences(value, back, reply=reply)]
        tally.add(second)
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

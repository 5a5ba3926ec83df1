"""The replay without servers: every recorded body goes through the codec and over the wire format, and comes back.

`python -m conformance.offline [DIR]` prints what `conformance.replay` prints, in seconds. It is for developing: what
counts is the replay over real servers.
"""

import json
import sys
from collections import Counter
from pathlib import Path
from typing import Any

from google.protobuf.message import Message

from conformance.compare import differences
from conformance.corpus import DEFAULT, Exchange, Number, dumps, exchanges
from conformance.operations import OPERATIONS, Operation
from conformance.typed import Tally
from openai_grpc.codec import CodecError, from_json, to_json

SHOWN = 40


def bodies(exchange: Exchange, operation: Operation) -> list[tuple[type[Message], Any, bool]]:
    """Returns the JSON bodies of an exchange, each with its type and whether it is a reply."""
    found: list[tuple[type[Message], Any, bool]] = []
    if isinstance(exchange.request_body, dict):
        request = {key: value for key, value in exchange.request_body.items() if key != "stream"}
        found.append((operation.request, request, False))
    if exchange.status < 300:
        if isinstance(exchange.record.get("response_body"), dict):
            found.append((operation.reply, exchange.record["response_body"], True))
        for event in exchange.events or []:
            data = event.get("data")
            value = json.loads(data, parse_float=Number) if isinstance(data, str) and data[:1] == "{" else data
            if isinstance(value, dict) and operation.event is not None:
                found.append((operation.event, value, True))
    return found


def run(folder: Path) -> int:
    """Prints the report. Returns 0 when nothing was lost."""
    tallies = {"requests": Tally(), "replies": Tally()}
    sources: dict[str, Tally] = {}
    total, skipped = 0, 0
    lossy: dict[str, list[str]] = {}
    for exchange in exchanges(folder):
        operation = OPERATIONS.get(exchange.op)
        if operation is None:
            skipped += 1
            continue
        total += 1
        for message_type, value, reply in bodies(exchange, operation):
            try:
                first = from_json(message_type, dumps(value), keep_nulls=not reply)
                second = message_type.FromString(first.SerializeToString())
                back = json.loads(to_json(second), parse_float=Number)
            except CodecError as error:
                lossy.setdefault(exchange.name, []).append(f"{message_type.DESCRIPTOR.name}: {error}")
                continue
            lossy_here = list(differences(value, back, reply=reply))
            if lossy_here:
                lossy.setdefault(exchange.name, []).extend(f"{message_type.DESCRIPTOR.name}: {p}" for p in lossy_here)
            tallies["replies" if reply else "requests"].add(second)
            sources.setdefault(exchange.source, Tally()).add(second)
    untyped: Counter[str] = Counter()
    for tally in tallies.values():
        untyped.update(tally.untyped)
    for name, paths in list(lossy.items())[:SHOWN]:
        sys.stdout.write(f"lossy {name}: {'; '.join(paths[:3])}\n")
    for name, count in untyped.most_common(SHOWN):
        sys.stdout.write(f"untyped {count:6d} {name}\n")
    for source, tally in sources.items():
        sys.stdout.write(f"{source}: typed {tally.share:.2f}%\n")
    lossless = total - len(lossy)
    typed = sum(tally.typed for tally in tallies.values())
    share = 100 * typed / (typed + sum(untyped.values()))
    percent = 100 * lossless / max(1, total)
    sys.stdout.write(
        f"replay: lossless {lossless} of {total} ({percent:.2f}%), typed {share:.2f}%, skipped {skipped}\n"
    )
    return 1 if lossy else 0


if __name__ == "__main__":
    sys.exit(run(Path(sys.argv[1]) if len(sys.argv) > 1 else DEFAULT))

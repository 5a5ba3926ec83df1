"""Fuzzes the codec, event streams, upstreams' answers, HTTP/2 and the HTTP port for a time.

    python -m fuzz --minutes 5                                  in tests/, as `make fuzz` does
    python -m fuzz --targets rest --seed 7 --number 1234        one input again

The time is divided equally. Each input comes of the seed and its number. Inputs that show a fault are written to a
directory, a file each. The exit code is 1 if there is one.
"""

import argparse
import random
import sys
import time
import traceback
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from fuzz.codec import Codec
from fuzz.door import Door, Smuggling
from fuzz.events import Events
from fuzz.http2 import Http2
from fuzz.rest import Rest
from fuzz.target import FaultError, Target

TARGETS: dict[str, Callable[[], Target]] = {
    "codec": Codec,
    "events": Events,
    "rest": Rest,
    "http2": Http2,
    "door": Door,
    "smuggling": Smuggling,
}
_MOST = 20  # faults of a target, after which it is not tried on


def fuzz(target: Target, seconds: float, seed: int, output: Path, *, only: int | None = None) -> list[str]:
    """Tries inputs, and prints how it went.

    Args:
        target: What is tried.
        seconds: For how long.
        seed: What the inputs come of, with their numbers.
        output: Where inputs that show a fault are written.
        only: The number of the only input; None: all from 0 on, while there is time.

    Returns:
        The faults.
    """
    outcomes: Counter[str] = Counter()
    faults: list[str] = []
    number = first = only or 0
    end = time.monotonic() + seconds
    while time.monotonic() < end and len(faults) < _MOST and (only is None or number == only):
        data = target.make(random.Random(f"{target.name} {seed} {number}"))  # noqa: S311 - no secret
        try:
            outcomes[target.check(data)] += 1
        except Exception as error:  # noqa: BLE001 - the boundary: any error is a fault, and the next input follows
            told = str(error) if isinstance(error, FaultError) else traceback.format_exc()
            faults.append(f"{target.name}, seed {seed}, number {number}: {told}")
            output.mkdir(parents=True, exist_ok=True)
            file = output / f"{target.name}-{seed}-{number}.txt"
            file.write_text(f"{faults[-1]}\n\n{data!r}\n", encoding="utf-8", errors="backslashreplace")
        number += 1
    faults += [f"{target.name}: left afterwards: {each}" for each in target.close()]
    sys.stdout.write(f"{target.name}: {number - first} inputs, {len(faults)} faults\n")
    for outcome, count in outcomes.most_common():
        sys.stdout.write(f"{count:10} {outcome}\n")
    for fault in faults:
        sys.stdout.write(f"  {fault[:2000]}\n")
    sys.stdout.flush()
    return faults


def main() -> int:
    """Runs it.

    Returns:
        1 if there are faults, else 0.
    """
    parser = argparse.ArgumentParser(
        prog="python -m fuzz", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--minutes", type=float, default=5.0, help="for how long in all (default: 5)")
    parser.add_argument("--targets", nargs="+", choices=TARGETS, default=list(TARGETS), help="these alone")
    parser.add_argument("--seed", type=int, default=None, help="what the inputs come of (default: the clock)")
    parser.add_argument("--number", type=int, default=None, help="the number of the only input")
    parser.add_argument(
        "--output", type=Path, default=Path("fuzz-found"), metavar="DIR", help="where inputs are written"
    )
    args = parser.parse_args()
    seed = int(time.time()) if args.seed is None else args.seed
    seconds = args.minutes * 60 / len(args.targets)
    faults = [
        fault for name in args.targets for fault in fuzz(TARGETS[name](), seconds, seed, args.output, only=args.number)
    ]
    sys.stdout.write(f"Seed {seed}. Faults: {len(faults)}\n")
    return int(bool(faults))


if __name__ == "__main__":
    sys.exit(main())

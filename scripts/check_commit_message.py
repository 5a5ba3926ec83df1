"""Checks a commit message: `python scripts/check_commit_message.py FILE`, which git's hook `commit-msg` calls.

The subject is `area: imperative verb ...`, at most 72 characters, without a full stop; the body, after an empty line,
says why. CONTRIBUTING.md tells how the hook is switched on.
"""

import re
import sys
from pathlib import Path

LONGEST = 72  # characters of a subject, and of a line of the body
SUBJECT = re.compile(r"(?P<area>[a-z0-9][a-z0-9_./-]*(, [a-z0-9][a-z0-9_./-]*)*): (?P<verb>\S+)( .+)?")
NOT_IMPERATIVE = re.compile(r"[A-Z].*|.*(ed|ing)|is|are|was|has|the|an?|it|this|what|some|no")
IMPERATIVE = frozenset({"bring", "embed", "feed", "need", "proceed", "seed", "shed", "speed", "string"})
GENERATED = ("Merge ", "Revert ", "fixup! ", "squash! ", "amend! ")


def problems(message: str) -> list[str]:
    """Returns the problems of a message."""
    lines = [line for line in message.splitlines() if not line.startswith("#")]
    subject = lines[0].rstrip() if lines else ""
    if subject.startswith(GENERATED):
        return []
    found: list[str] = []
    parts = SUBJECT.fullmatch(subject)
    if parts is None:
        found.append("the subject is not `area: imperative verb ...`, such as `http2: bound idle connections`")
    elif is_not_imperative(parts["verb"]):
        found.append(f"{parts['verb']!r} is not a verb in the imperative: `add`, not `added`, `adds` or `Add`")
    if len(subject) > LONGEST:
        found.append(f"the subject has {len(subject)} characters: at most {LONGEST}")
    if subject.endswith("."):
        found.append("the subject ends with a full stop")
    if len(lines) > 1 and lines[1].strip():
        found.append("an empty line is missing after the subject")
    return found


def is_not_imperative(verb: str) -> bool:
    """Returns whether a word can't be a verb in the imperative."""
    if verb in IMPERATIVE:
        return False
    return bool(NOT_IMPERATIVE.fullmatch(verb)) or (verb.endswith("s") and not verb.endswith(("ss", "us")))


def main(path: str) -> int:
    """Prints the problems of the message in a file; returns the exit code."""
    found = problems(Path(path).read_text())
    for problem in found:
        sys.stderr.write(f"commit message: {problem}\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))

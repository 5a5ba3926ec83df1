"""Reports additions, open questions, and removals."""

import textwrap
from collections.abc import Iterable, Iterator

from api_drift.contract import short
from api_drift.proposal import Proposal

PERSON, REMOVED, ABSENT = "needs a person: ", "removed: ", "not in the contract: "
BODY = 30_000


def report(proposals: list[Proposal], removed: list[str], operations: list[str]) -> Iterator[str]:
    """Yields lines about additions, open questions, removals, and operations."""
    for each in proposals:
        head = f"{each.message.file.name}: message {short(each.message)}"
        if each.values:
            yield f"add values of `{each.key}` in {head}: {', '.join(each.values)}"
        elif each.line is not None:
            yield f"add to {head}, for {each.path}:"
            text = "\n".join([*(block.text() for block in each.blocks), each.line.text()])
            yield textwrap.indent(text.rstrip(), "    ")
        for file, block in each.shared:
            yield f"add to {file}, as several messages have it:"
            yield textwrap.indent(block.text().rstrip(), "    ")
        yield from (f"{PERSON}{each.path}: {question.text}" for question in each.questions)
    yield from operations
    yield from (f"{REMOVED}{each}" for each in removed)
    counted = sum(1 for each in proposals if each.line is not None or each.values)
    asked = sum(len(each.questions) for each in proposals)
    yield f"{counted} to add, {asked} for a person, {len(removed)} removed"


def markdown(lines: list[str]) -> str:
    """Returns a report for a pull request: the summary, a list for a person, removals, and the additions."""
    lists = {
        "Needs a person": [each.removeprefix(PERSON) for each in lines if each.startswith(PERSON)],
        "Removed": [each.removeprefix(REMOVED) for each in lines if each.startswith(REMOVED)],
        "Not in the contract": [each.removeprefix(ABSENT) for each in lines if each.startswith(ABSENT)],
    }
    rest = [each for each in lines if not each.startswith((PERSON, REMOVED, ABSENT))]
    parts = [f"{rest[0]}\n"]
    for title, items in lists.items():
        if items:
            parts.append(f"## {title}\n\n" + "".join(f"- [ ] {each}\n" for each in items))
    text = "\n".join(rest[1:])
    # GitHub refuses a longer text.
    parts.append(f"## Written\n\n~~~proto\n{text[:BODY]}\n~~~\n")
    return "\n".join(parts)


def removals(before: Iterable[str], after: Iterable[str]) -> list[str]:
    """Returns what a newer package lacks; for a message that is gone as a whole, its name alone."""
    gone = set(before) - set(after)
    left = {each.partition("=")[0].rpartition(".")[0] for each in after}
    owners = {each.partition("=")[0].rpartition(".")[0] for each in gone} - left
    whole = {each for each in owners if each not in left}
    fields = {each for each in gone if "=" not in each}
    return sorted(
        {f"{owner} (message)" for owner in whole}
        | {
            each
            for each in gone
            if each.partition("=")[0].rpartition(".")[0] not in whole
            and ("=" not in each or each.partition("=")[0] not in fields)
        }
    )

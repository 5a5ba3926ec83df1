"""The table of docs/clients.md: which language runs which case.

python -m conformance.clients.table        in tests/, writes it
"""

from itertools import groupby

from clients.live import ROOT
from conformance.clients import cases
from conformance.clients.cases import Case

PAGE = ROOT / "docs/clients.md"
BEGIN, END = "<!-- cases: make clients-table -->\n", "<!-- end of cases -->"
LANGUAGES = {"python": "Python", "go": "Go", "typescript": "TypeScript", "java": "Java"}
GOES = "yes"


def table() -> str:
    """Returns the table."""
    head = ["case", *LANGUAGES.values()]
    lines = [head, ["---"] * len(head)]
    for group, found in groupby([*cases.calls(), *cases.types()], lambda case: case.group):
        chosen = list(found)
        lines.append([f"**{group}**", *(count(chosen, language) for language in LANGUAGES)])
        if not group.startswith("the type"):
            lines += [[case.name, *(GOES if case.runs(language) else "" for language in LANGUAGES)] for case in chosen]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def count(chosen: list[Case], language: str) -> str:
    """Returns how many of these cases a language runs."""
    return str(sum(case.runs(language) for case in chosen))


def page() -> str:
    """Returns the page with the table as it should be."""
    before, _, rest = PAGE.read_text().partition(BEGIN)
    return f"{before}{BEGIN}{table()}{END}{rest.partition(END)[2]}"


if __name__ == "__main__":
    PAGE.write_text(page())

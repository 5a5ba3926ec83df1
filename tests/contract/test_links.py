"""Every relative link of every Markdown file leads to something that is there, headings included."""

import re
import subprocess
from pathlib import Path
from urllib.parse import unquote

import pytest

ROOT = Path(__file__).resolve().parents[2]
CODE = re.compile(r"^(```|~~~).*?^\1|(`+)[^`].*?\2", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(<?([^)\s>]+)|^\[[^\]]+\]:\s+(\S+)", re.MULTILINE)
ELSEWHERE = re.compile(r"[a-z][a-z0-9+.-]*:|//")


def markdown_files() -> list[Path]:
    """Returns the Markdown files of the repository, those not yet committed included."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "*.md"]
    listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout.splitlines()
    return [ROOT / name for name in listed if (ROOT / name).exists()]


def links(path: Path) -> list[str]:
    """Returns the relative links of a file."""
    found = [inline or reference for inline, reference in LINK.findall(CODE.sub("", path.read_text()))]
    return [link for link in found if not ELSEWHERE.match(link)]


def anchors(path: Path) -> set[str]:
    """Returns the names that a file's headings have as link targets."""
    titles = re.findall(
        r"^#+ +(.+?) *#*$", re.sub(r"^```.*?^```", "", path.read_text(), flags=re.MULTILINE | re.DOTALL), re.MULTILINE
    )
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def leads_somewhere(path: Path, link: str) -> bool:
    """Tells whether a relative link of a file does."""
    target, _, anchor = unquote(link).partition("#")
    there = (path.parent / target).resolve() if target else path
    if not there.exists() or not there.is_relative_to(ROOT):
        return False
    return not anchor or there.suffix != ".md" or anchor in anchors(there)


FILES = {str(path.relative_to(ROOT)): path for path in markdown_files()}


def test_files_and_links_are_found() -> None:
    assert "README.md" in FILES
    assert "docs/errors.md" in links(FILES["README.md"])


@pytest.mark.parametrize("path", FILES.values(), ids=FILES)
def test_links(path: Path) -> None:
    assert [link for link in links(path) if not leads_somewhere(path, link)] == []

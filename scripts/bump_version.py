"""Writes one version into every package: `python scripts/bump_version.py 0.2.0`, or `0.3.0-dev` between releases.

Each registry has a spelling of its own for a version that is not released yet. Without a version it prints where each
package stands, and fails if they differ.
"""

import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VERSION = re.compile(r"(\d+\.\d+\.\d+)(-dev)?")


def pypi(number: str, dev: str) -> str:
    """Returns PEP 440's spelling."""
    return f"{number}.dev0" if dev else number


def npm(number: str, dev: str) -> str:
    """Returns Semantic Versioning's spelling."""
    return f"{number}-dev.0" if dev else number


def maven(number: str, dev: str) -> str:
    """Returns Maven's spelling."""
    return f"{number}-SNAPSHOT" if dev else number


@dataclass(frozen=True)
class Place:
    """A place with a version.

    Attributes:
        path: The file.
        pattern: Finds it; its only group is the version.
        spelling: How it is written there.
    """

    path: str
    pattern: str
    spelling: Callable[[str, str], str]


PLACES = (
    Place("pyproject.toml", r'^version = "(.+)"$', pypi),
    Place("pyproject.toml", r'^    "openai-grpc==(.+)",$', pypi),
    Place("clients/python/pyproject.toml", r'^version = "(.+)"$', pypi),
    Place("clients/typescript/package.json", r'^  "version": "(.+)",$', npm),
    Place("clients/typescript/package-lock.json", r'\A\{\n  "name": "openai-grpc",\n  "version": "(.+)",$', npm),
    Place(
        "clients/typescript/package-lock.json",
        r'^    "": \{\n      "name": "openai-grpc",\n      "version": "(.+)",$',
        npm,
    ),
    Place("clients/java/pom.xml", r"^  <version>(.+)</version>$", maven),
    Place("clients/java/README.md", r"^  <version>(.+)</version>$", maven),
)


def main(arguments: list[str]) -> int:
    """Writes a version, or compares the current ones; returns the exit code."""
    if arguments:
        found = VERSION.fullmatch(arguments[0])
        if found is None:
            sys.stderr.write(f"invalid version {arguments[0]!r}: write it as 0.2.0 or 0.3.0-dev\n")
            return 2
        write(found[1], found[2] or "")
        return 0
    versions = {place: read(place) for place in PLACES}
    for place, version in versions.items():
        print(f"{version:14} {place.path}")
    return 0 if len({canonical(version) for version in versions.values()}) == 1 else 1


def read(place: Place) -> str:
    """Returns the version that is written at a place.

    Raises:
        ValueError: There is none.
    """
    found = re.search(place.pattern, (ROOT / place.path).read_text(), re.MULTILINE)
    if found is None:
        raise ValueError(f"{place.path} has no version where {place.pattern} should find it")
    return found[1]


def write(number: str, dev: str) -> None:
    """Writes a version at every place."""
    for place in PLACES:
        path = ROOT / place.path
        text = path.read_text()
        found = re.search(place.pattern, text, re.MULTILINE)
        if found is None:
            raise ValueError(f"{place.path} has no version where {place.pattern} should find it")
        path.write_text(text[: found.start(1)] + place.spelling(number, dev) + text[found.end(1) :])


def canonical(version: str) -> str:
    """Returns the version of a spelling."""
    return re.sub(r"(\.dev0|-dev\.0|-SNAPSHOT)$", "-dev", version)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

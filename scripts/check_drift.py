"""Fails when the generated code is not what proto/ generates: `python scripts/check_drift.py`."""

import filecmp
import sys
import tempfile
from pathlib import Path

import generate


def differing(one: Path, other: Path) -> list[str]:
    """Returns the files of two folders that differ or are in one alone."""
    names = {
        path.relative_to(root)
        for root in (one, other)
        for path in root.rglob("*.py*")
        if "__pycache__" not in path.parts
    }
    return sorted(str(name) for name in names if not _same(one / name, other / name))


def _same(one: Path, other: Path) -> bool:
    return one.is_file() and other.is_file() and filecmp.cmp(one, other, shallow=False)


def main() -> int:
    """Regenerates into a temporary folder and compares."""
    with tempfile.TemporaryDirectory() as folder:
        generate.main(Path(folder))
        package = Path("clients/python") / generate.PACKAGE
        stale = differing(generate.ROOT / package, Path(folder) / package)
    for name in stale:
        print(f"stale: {package / name}: run `make generate`", file=sys.stderr)
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())

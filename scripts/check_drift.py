"""Fails when the generated code is not what proto/ generates: `python scripts/check_drift.py`."""

import filecmp
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import generate

# Where nothing but generated files lies: what is there and was not generated anew is left over.
FOLDERS = (
    ("clients/python/openai_grpc/v1", "*.py*"),
    ("clients/go/openai_grpc/v1", "*.pb.go"),
    ("clients/typescript/src/openai_grpc/v1", "*.ts"),
    ("clients/java/src/main/java/io/github/openai_grpc/v1", "*.java"),
)


def stale(checkout: Path, fresh: Path) -> Iterator[Path]:
    """Yields the files of a checkout that are not what was generated anew, and those that are left over."""
    for file in fresh.rglob("*"):
        name = file.relative_to(fresh)
        if file.is_file() and not ((checkout / name).is_file() and filecmp.cmp(checkout / name, file, shallow=False)):
            yield name
    for folder, pattern in FOLDERS:
        for file in (checkout / folder).glob(pattern):
            if not (fresh / file.relative_to(checkout)).exists():
                yield file.relative_to(checkout)


def main() -> int:
    """Generates into a temporary folder and compares."""
    with tempfile.TemporaryDirectory() as folder:
        generate.main(Path(folder))
        names = sorted(stale(generate.ROOT, Path(folder)))
    for name in names:
        sys.stderr.write(f"stale: {name}: run `make generate`\n")
    return 1 if names else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except subprocess.CalledProcessError as error:
        sys.exit(f"a step of the generation failed: {error}")

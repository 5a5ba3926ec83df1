"""Generates everything that is made from proto/: `python scripts/generate.py [OUT]`.

OUT is the root that the generated packages are written under. Default: this checkout. Each step is a script of its own
that can be run alone: the Python client is written from the Python messages, so they come first.
"""

import subprocess
import sys
from pathlib import Path

SCRIPTS = Path(__file__).resolve().parent
ROOT = SCRIPTS.parent
STEPS = ("python", "client", "go", "typescript", "java")


def main(out: Path) -> None:
    """Runs every step."""
    for step in STEPS:
        subprocess.run([sys.executable, SCRIPTS / f"generate_{step}.py", out], check=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT)

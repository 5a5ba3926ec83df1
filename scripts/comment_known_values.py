"""Writes the known values of a field, its option `values`, into its comment in proto/, for all languages.

python scripts/comment_known_values.py
"""

import re
import textwrap
from pathlib import Path

PROTO = Path(__file__).resolve().parent.parent / "proto/openai_grpc/v1"
FIELD = re.compile(
    r"(?P<comment>(?:^ *//.*\n)+)"
    r"(?P<field>^(?P<indent> *)(?:optional |repeated )string \w+ = \d+ \[(?P<options>[^;]*)\];\n)",
    re.MULTILINE,
)
VALUE = re.compile(r'\bvalues: "([^"]*)"')
WIDTH = 100
MARK = "Known values:"


def main() -> None:
    """Rewrites the comments of every file that has known values."""
    for path in sorted(PROTO.glob("*.proto")):
        text = path.read_text()
        written = FIELD.sub(commented, text)
        if written != text:
            path.write_text(written)


def commented(match: re.Match[str]) -> str:
    """Returns a field with the comment that it should have."""
    values = VALUE.findall(match["options"])
    if not values:
        return match[0]
    start = f"{match['indent']}// "
    comment = match["comment"].splitlines(keepends=True)
    old = next((index for index, line in enumerate(comment) if line.strip().startswith(f"// {MARK}")), len(comment))
    listed = f"{MARK} {', '.join(f'`{value}`' for value in values)}."
    lines = textwrap.wrap(listed, WIDTH, initial_indent=start, subsequent_indent=start, break_on_hyphens=False)
    return "".join([*comment[:old], *(f"{line}\n" for line in lines), match["field"]])


if __name__ == "__main__":
    main()

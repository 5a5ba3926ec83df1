"""Inserts additions into the text of proto files."""

import re
import subprocess
import typing
from collections.abc import Iterable, Iterator
from pathlib import Path

from comment_known_values import FIELD, commented
from google.protobuf.descriptor import Descriptor

from api_drift.contract import GATEWAY, PACKAGE, options, short
from api_drift.proposal import Block, Line, Proposal, quoted


class Statement(typing.NamedTuple):
    """A statement of proto with the comments before it, as a range of text."""

    start: int
    end: int
    code: str


_TOKEN = re.compile(r'//[^\n]*|"(?:\\.|[^"\\])*"|[{};]|[^\s"{};/]+|/')


def statements(text: str, start: int, end: int) -> Iterator[Statement]:
    """Yields the statements between two positions, those inside braces as parts of theirs."""
    depth, first, code = 0, -1, ""
    for token in _TOKEN.finditer(text, start, end):
        word = token[0]
        first = token.start() if first < 0 else first
        if word.startswith("//"):
            continue
        code += f"{word} "
        depth += {"{": 1, "}": -1}.get(word, 0)
        closes = word == ";" or (word == "}" and not re.match(r"(option|optional|repeated|map|[\w.]+ \w+ =)", code))
        if depth == 0 and closes:
            yield Statement(first, token.end() + (text[token.end() : token.end() + 1] == "\n"), code)
            first, code = -1, ""


def body(text: str, name: str) -> tuple[int, int]:
    """Returns where the body of a message begins and ends.

    Raises:
        LookupError: The text has no such message.
    """
    start, end = 0, len(text)
    for part in name.split("."):
        start, end = _inside(text, start, end, f"message {part} ")
    return start, end


def _inside(text: str, start: int, end: int, head: str) -> tuple[int, int]:
    for each in statements(text, start, end):
        if each.code.startswith(head):
            opening = text.index("{", _code_start(text, each))
            return opening + 1, text.rindex("}", opening, each.end)
    raise LookupError(f"no {head.strip()!r}: write it by hand")


def _code_start(text: str, statement: Statement) -> int:
    return next(
        token.start()
        for token in _TOKEN.finditer(text, statement.start, statement.end)
        if not token[0].startswith("//")
    )


def with_field(text: str, message: str, line: str, *, arm: bool) -> str:
    """Returns a proto with a field, before the gateway's own and those for unknown values."""
    start, end = body(text, message)
    if arm:
        start, end = _inside(text, start, end, "oneof ")
    place = end
    for each in statements(text, start, end):
        number = re.match(r"[^=\[]+ = (\d+)|[^=\[]+ =(\d+)", each.code)
        if number and int(number[1] or number[2]) >= GATEWAY and not each.code.startswith(("option ", "message ")):
            place = each.start
            break
    return f"{text[:place]}{line}{text[place:]}"


def with_block(text: str, place: str, block: str) -> str:
    """Returns a proto with a message, inside another one, or at its end."""
    if not place:
        return f"{text.rstrip()}\n\n{block}"
    start, end = body(text, place)
    for each in statements(text, start, end):
        if not each.code.startswith(("option (", "message ", "enum ")):
            return f"{text[: each.start]}{block}\n{text[each.start :]}"
    return f"{text[:end]}\n{block}{text[end:]}"


def with_values(text: str, message: str, name: str, values: Iterable[str]) -> str:
    """Returns a proto of which a field lists more known values."""
    start, end = body(text, message)
    for each in _fields(text, start, end):
        if re.search(rf"\b{name} ?= ?\d", each.code):
            last = list(re.finditer(r'\bvalues: "[^"]*"', text[each.start : each.end]))[-1]
            place = each.start + last.end()
            return text[:place] + "".join(f"\nvalues: {quoted(value)}" for value in values) + text[place:]
    raise LookupError(f"no field {name!r} in {message}: write it by hand")


def _fields(text: str, start: int, end: int) -> Iterator[Statement]:
    for each in statements(text, start, end):
        if each.code.startswith("oneof "):
            opening = text.index("{", _code_start(text, each))
            yield from statements(text, opening + 1, text.rindex("}", opening, each.end))
        elif not each.code.startswith(("message ", "option (")):
            yield each


def with_import(text: str, name: str) -> str:
    """Returns a proto that imports a file."""
    if f'import "{name}";' in text:
        return text
    first = text.index("import ")
    return f'{text[:first]}import "{name}";\n{text[first:]}'


def applied(texts: dict[str, str], proposals: list[Proposal], messages: dict[str, Descriptor]) -> dict[str, str]:
    """Returns the proto files with the decided additions; unformatted."""
    texts = dict(texts)
    homes = {name.removeprefix(f"{PACKAGE}."): each.file.name for name, each in messages.items()}
    homes |= {name: file for proposal in proposals for file, name in new_messages(proposal)}
    for proposal in proposals:
        file = proposal.message.file.name
        if proposal.values:
            found = next(
                each.name
                for each in proposal.message.fields
                if proposal.key in (options(each).name, each.name) and options(each).values
            )
            texts[file] = with_values(texts[file], short(proposal.message), found, proposal.values)
        if proposal.line is not None:
            texts[file] = with_field(texts[file], short(proposal.message), proposal.line.text(), arm=not proposal.key)
        for block in proposal.blocks:
            texts[file] = with_block(texts[file], proposal.place, block.text())
            texts[file] = _with_imports(texts[file], file, homes, [block], [])
        for home, block in proposal.shared:
            texts[home] = _with_imports(with_block(texts[home], "", block.text()), home, homes, [block], [])
        if proposal.line is not None:
            texts[file] = _with_imports(texts[file], file, homes, [], [proposal.line])
    return texts


def _with_imports(text: str, file: str, homes: dict[str, str], blocks: list[Block], lines: list[Line]) -> str:
    for name in sorted(types_of(blocks, lines) & homes.keys()):
        if homes[name] != file:
            text = with_import(text, homes[name])
    return text


def new_messages(proposal: Proposal) -> Iterator[tuple[str, str]]:
    """Yields the new messages of a proposal as their files and names."""
    queue = [(proposal.message.file.name, proposal.place, block) for block in proposal.blocks]
    queue += [(home, "", block) for home, block in proposal.shared]
    for file, place, block in queue:
        name = f"{place}.{block.name}" if place else block.name
        queue.extend((file, name, each) for each in block.blocks)
        yield file, name


def types_of(blocks: Iterable[Block], lines: Iterable[Line]) -> set[str]:
    """Returns the types of fields, those of new messages and of the messages inside them included."""
    queue, found = list(blocks), list(lines)
    for block in queue:
        queue.extend(block.blocks)
        found.extend(block.lines)
    return {re.sub(r"map<string, (.*)>", r"\1", line.type) for line in found}


def write(proto: Path, proposals: list[Proposal], messages: dict[str, Descriptor], buf: Path) -> list[Path]:
    """Writes proposals into the files below a folder, formatted; returns those that changed."""
    before = {str(path.relative_to(proto)): path.read_text(encoding="utf-8") for path in proto.rglob("*.proto")}
    changed = []
    for name, text in applied(before, proposals, messages).items():
        if text != before[name]:
            (proto / name).write_text(text, encoding="utf-8")
            changed.append(proto / name)
    for path in changed:
        subprocess.run([str(buf), "format", "-w", str(path)], check=True)
        path.write_text(FIELD.sub(commented, path.read_text(encoding="utf-8")), encoding="utf-8")
    return changed

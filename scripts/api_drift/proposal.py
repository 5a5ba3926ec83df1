"""Proposed additions to the contract, and their lines of proto."""

import json
import textwrap
from dataclasses import dataclass, field

from google.protobuf.descriptor import Descriptor

EXTRA = (
    "// Unknown JSON keys, as a JSON object.\n"
    "optional string extra_json = 1000 [(options.v1.json) = {form: JSON_FORM_EXTRA}];\n"
)
MORE = "one more key: "  # before a key that a question is about
WIDTH = 96  # of a comment, before its indentation


class UndecidedError(Exception):
    """An addition that the package's types do not decide; the text says what a person has to."""


@dataclass(frozen=True)
class Line:
    """A field of a message.

    Attributes:
        key: The JSON key.
        name: The name in Protobuf.
        type: The type in Protobuf, relative to the package.
        label: `optional`, `repeated`, or empty for a message, a map and an arm.
        comment: What it is.
        options: Its `(json)` options as names and values; a value is Protobuf text.
        deprecated: Whether the package calls it deprecated.
        number: Its number; 0 until it has its place.
    """

    key: str
    name: str
    type: str
    label: str = ""
    comment: str = ""
    options: tuple[tuple[str, str], ...] = ()
    deprecated: bool = False
    number: int = 0

    def text(self) -> str:
        """Returns its lines of proto."""
        options = []
        if self.options:
            inner = "".join(f"\n  {name}: {value}" for name, value in self.options)
            options.append("(options.v1.json) = {" + inner + "\n}")
        if self.deprecated:
            options.append("deprecated = true")
        suffix = f" [{', '.join(options)}]" if options else ""
        label = f"{self.label} " if self.label else ""
        return f"{remark(self.comment)}{label}{self.type} {self.name} = {self.number}{suffix};\n"


@dataclass(frozen=True)
class Block:
    """A new message.

    Attributes:
        name: Its name.
        comment: What it is.
        constants: Its constant keys with their values.
        lines: Its fields.
        blocks: The messages inside it.
        keys: The JSON keys of the type of the package, those of `lines` and those that need a person.
    """

    name: str
    comment: str
    constants: tuple[tuple[str, str], ...]
    lines: tuple[Line, ...]
    blocks: tuple["Block", ...]
    keys: frozenset[str]

    def text(self) -> str:
        """Returns its lines of proto."""
        constants = "".join(
            f'constants: {{\nkey: "{key}"\nvalue: {quoted(value)}\n}}\n' for key, value in self.constants
        )
        option = f"option (options.v1.json_message) = {{\n{constants}}};\n\n" if constants else ""
        blocks = "".join(f"{block.text()}\n" for block in self.blocks)
        lines = "".join(line.text() for line in self.lines)
        return f"{remark(self.comment)}message {self.name} {{\n{option}{blocks}{lines}{EXTRA}}}\n"


@dataclass(frozen=True)
class Question:
    """A question to a person.

    Attributes:
        about: The field, as `Message.key`, or the new message; `MORE` before a key: one of the proposed message that
            only another of its types has; empty: the proposal as a whole.
        text: The question.
        subject: `type`, `names`, `write_empty` or `comment`: the part that may be wrong; empty: another, or all.
    """

    about: str
    text: str
    subject: str = ""


@dataclass
class Proposal:
    """An addition to a message of the contract.

    Attributes:
        path: Where the package has it.
        message: The message that gets it.
        key: The JSON key; empty: it is an arm.
        tag: The value of the discriminator that sets the arm.
        line: The field or arm; None: new values only, or a person decides.
        blocks: New messages, innermost in their blocks.
        place: The message that gets the new messages inside; empty: the file does.
        shared: New messages that several messages have, by the files that get them.
        values: New known values of a field that the message has.
        questions: What a person has to decide or look at.
    """

    path: str
    message: Descriptor
    key: str = ""
    tag: str = ""
    line: Line | None = None
    blocks: tuple[Block, ...] = ()
    place: str = ""
    shared: tuple[tuple[str, Block], ...] = ()
    values: tuple[str, ...] = ()
    questions: list[Question] = field(default_factory=list)


def quoted(text: str) -> str:
    """Returns a string of Protobuf text."""
    return json.dumps(text, ensure_ascii=False)


def remark(comment: str) -> str:
    """Returns a comment's lines."""
    return "".join(f"{line}\n" for line in textwrap.wrap(comment, WIDTH, initial_indent="// ", subsequent_indent="// "))

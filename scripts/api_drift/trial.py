"""Holds proposals against a contract that has the additions already: those of a step between two releases."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.descriptor_pb2 import DescriptorProto, FileDescriptorSet

from api_drift.contract import GATEWAY, PACKAGE, SCALARS, options, short, tag_of
from api_drift.proposal import MORE, Block, Line, Proposal
from openai_grpc.options.v1 import json_pb2

STEPS = (
    ("2.16.0", "2.30.0"),
    ("2.30.0", "3.0.0"),
    ("3.0.0", "3.20.0"),
    ("3.20.0", "3.40.0"),
    ("3.40.0", "3.46.0"),
    ("3.46.0", "3.52.0"),
    ("3.52.0", "3.57.0"),
)
EQUAL, ASKED, LEFT, GONE, WRONG = "equal", "written, and asked about", "left to a person", "removed since", "wrong"


@dataclass(frozen=True)
class Verdict:
    """How a proposal compares to the contract.

    Attributes:
        name: The addition: `Message.key`, `Message.key=value` or `Union.arm`, as the contract names it.
        kind: `EQUAL`; `ASKED`: it differs where a question names it; `LEFT`: it is a question only; `GONE`: a later
            release removed it, so the contract has nothing to compare; `WRONG`: it differs, and nothing says so.
        text: The difference or the question, or empty.
    """

    name: str
    kind: str
    text: str = ""


def stripped(files: FileDescriptorSet, names: Iterable[str]) -> FileDescriptorSet:
    """Returns a contract without fields, arms and known values, named as `Coverage.found` does."""
    gone = set(names)
    older = FileDescriptorSet.FromString(files.SerializeToString())
    for file in older.file:
        if file.package == PACKAGE:
            for message in file.message_type:
                _strip(message, message.name, gone)
    emptied = {each.rpartition(".")[0] for each in gone if "=" not in each}
    while _drop_unused(older, emptied):
        pass
    return older


def _drop_unused(files: FileDescriptorSet, emptied: set[str]) -> bool:
    """Removes messages that lost all their fields and that no field has any more; returns whether there were any."""
    holders: list[tuple[str, Any]] = [(f".{file.package}.", file) for file in files.file]
    used: set[str] = set()
    dropped = False
    for prefix, holder in holders:
        for message in holder.nested_type if isinstance(holder, DescriptorProto) else holder.message_type:
            holders.append((f"{prefix}{message.name}.", message))
            used |= {each.type_name for each in message.field}
    for prefix, holder in holders:
        inner = holder.nested_type if isinstance(holder, DescriptorProto) else holder.message_type
        kept = []
        for message in inner:
            name = f"{prefix}{message.name}"
            empty = name.removeprefix(f".{PACKAGE}.") in emptied and all(n.number >= GATEWAY for n in message.field)
            kept += [] if empty and name not in used else [message]
        if len(kept) != len(inner):
            dropped = True
            copies = [DescriptorProto.FromString(each.SerializeToString()) for each in kept]
            del inner[:]
            inner.extend(copies)
    return dropped


def _strip(message: DescriptorProto, name: str, gone: set[str]) -> None:
    for inner in message.nested_type:
        _strip(inner, f"{name}.{inner.name}", gone)
    kept = []
    for each in message.field:
        found = each.options.Extensions[json_pb2.json]
        key = found.name or each.name
        if each.number < GATEWAY and (f"{name}.{key}" in gone or f"{name}.{each.name}" in gone):
            continue
        known = [value for value in found.values if f"{name}.{key}={value}" not in gone]
        if len(known) != len(found.values):
            del found.values[:]
            found.values.extend(known)
        kept.append(each)
    if len(kept) != len(message.field):
        rebuild(message, kept)


def rebuild(message: DescriptorProto, kept: list[Any]) -> None:
    """Leaves only some fields of a message, and only the oneofs that they are in."""
    named = [(each, message.oneof_decl[each.oneof_index] if each.HasField("oneof_index") else None) for each in kept]
    oneofs = [oneof for oneof in message.oneof_decl if any(oneof == of for _, of in named)]
    fields = []
    for each, oneof in named:
        copy = type(each).FromString(each.SerializeToString())
        if oneof is not None:
            copy.oneof_index = oneofs.index(oneof)
        fields.append(copy)
    declared = [type(oneof).FromString(oneof.SerializeToString()) for oneof in oneofs]
    del message.field[:], message.oneof_decl[:]
    message.field.extend(fields)
    message.oneof_decl.extend(declared)


class Verdicts:
    """Compares proposals for a contract without additions to the whole contract.

    Args:
        messages: The whole contract's messages.
        older: Those of the contract without the additions.
        names: The additions, as `Coverage.found` names them.
    """

    def __init__(self, messages: dict[str, Descriptor], older: dict[str, Descriptor], names: Iterable[str]) -> None:
        self._messages, self._older, self._open = messages, older, set(names)
        self._new: dict[str, str] = {}  # names of new messages, and those that the contract has for them
        self._asked: dict[tuple[str, str], str] = {}
        self._left: list[Descriptor] = []
        self._instead: set[str] = set()  # messages of the contract where an older one was proposed, with a question

    def of(self, proposals: list[Proposal]) -> list[Verdict]:
        """Returns the verdict for each addition, and for each part of a new message."""
        blocks: dict[str, Block] = {}
        for each in proposals:
            self._asked.update(((question.about, question.subject), question.text) for question in each.questions)
            blocks.update(_blocks(each))
        found = [verdict for each in proposals for verdict in self._of(each, blocks)]
        for message in self._left:  # grows
            names = {name for name in self._open if name.rpartition(".")[0] == short(message)}
            self._open -= names
            kind = ASKED if message.full_name in self._instead else LEFT
            found += [Verdict(name, kind, "as its message is") for name in sorted(names) if "=" not in name]
            if names:
                self._left.extend(each.message_type for each in message.fields if each.message_type is not None)
        constants = {each for each in self._open if self._is_constant(each)}
        # The known values of a new field are part of it.
        left = sorted(name for name in self._open - constants if "=" not in name)
        return [*found, *(Verdict(name, WRONG, "not proposed") for name in left)]

    def _is_constant(self, name: str) -> bool:
        owner, _, key = name.partition("=")[0].rpartition(".")
        message = self._messages.get(f"{PACKAGE}.{owner}")
        return message is not None and key not in {
            n for each in message.fields for n in (options(each).name, each.name)
        }

    def _of(self, proposal: Proposal, blocks: dict[str, Block]) -> Iterator[Verdict]:
        message = self._messages[proposal.message.full_name]
        name = f"{short(message)}.{proposal.key}"
        if proposal.values:
            known = next((each for each in message.fields if proposal.key in (options(each).name, each.name)), None)
            for value in proposal.values:
                self._open.discard(f"{name}={value}")
                same = known is not None and value in options(known).values
                yield Verdict(f"{name}={value}", EQUAL if same else GONE)
        elif proposal.line is None:
            arm = next((e for e in message.fields if proposal.tag and tag_of(e, message) == proposal.tag), None)
            fields = [e for e in message.fields if proposal.key and proposal.key in (options(e).name, e.name)]
            for each in fields or ([arm] if arm is not None else []):
                if each.message_type is not None:
                    self._left.append(each.message_type)
            union = short(message)
            if arm is None and not proposal.key:  # any arm that is new: the question says that its name is open
                new = [each for each in message.fields if f"{union}.{each.name}" in self._open]
                self._open -= {f"{union}.{each.name}" for each in new}
                self._left += [each.message_type for each in new if each.message_type is not None]
            name = name if arm is None else f"{union}.{arm.name}"
            self._open.discard(name)
            yield Verdict(name.rstrip("."), LEFT, "; ".join(each.text for each in proposal.questions))
        else:
            yield from self._compare(proposal.line, message, short(message), blocks)

    def _compare(self, line: Line, message: Descriptor, outer: str, blocks: dict[str, Block]) -> Iterator[Verdict]:
        """Compares a field of the message that the contract has for the proposed one."""
        name = f"{short(message)}.{line.key or line.name}"
        self._open.discard(name)
        actual: FieldDescriptor | None = message.fields_by_name.get(line.name)
        if actual is None:
            named = [each.name for each in message.fields if (line.key or line.name) in (options(each).name, each.name)]
            yield Verdict(name, WRONG if named else GONE, f"the contract has {', '.join(named) or 'none'}")
            return
        differences = dict(_differences(line, actual))
        kind = line.type.removeprefix("map<string, ").removesuffix(">")
        places = {kind, f"{outer}.{line.key or line.name}"}
        asked = all(any((place, subject) in self._asked for place in places) for subject in differences)
        yield Verdict(name, EQUAL if not differences else ASKED if asked else WRONG, "; ".join(differences.values()))
        inner = actual.message_type
        if inner is not None and inner.GetOptions().map_entry:
            inner = inner.fields_by_name["value"].message_type
        if inner is None:
            return
        block = blocks.get(kind)
        if block is not None and kind not in self._new:
            self._new[kind] = short(inner)
            yield from self._compare_block(kind, block, inner, blocks)
            yield from self._more_keys(inner)
        elif "type" in differences and asked:
            self._instead.add(inner.full_name)
            self._left.append(inner)

    def _more_keys(self, message: Descriptor) -> Iterator[Verdict]:
        """Yields the keys of a new message that questions say another of its types has."""
        for about, text in [(about, text) for (about, _), text in self._asked.items() if about.startswith(MORE)]:
            name = f"{short(message)}.{about.removeprefix(MORE)}"
            if name in self._open:
                self._open.discard(name)
                yield Verdict(name, LEFT, text)

    def _compare_block(
        self, kind: str, block: Block, message: Descriptor, blocks: dict[str, Block]
    ) -> Iterator[Verdict]:
        for line in block.lines:
            yield from self._compare(line, message, kind, blocks)
        constants = {key for key, _ in block.constants}
        self._open -= {f"{short(message)}.{key}" for key in constants}
        for key in sorted(block.keys - {line.key for line in block.lines} - constants):
            self._open.discard(f"{short(message)}.{key}")
            self._left += [
                field.message_type
                for field in message.fields
                if key in (options(field).name, field.name) and field.message_type is not None
            ]
            yield Verdict(f"{short(message)}.{key}", LEFT, self._asked.get((f"{kind}.{key}", ""), ""))


def _blocks(proposal: Proposal) -> Iterator[tuple[str, Block]]:
    queue = [(proposal.place, block) for block in proposal.blocks] + [("", block) for _, block in proposal.shared]
    for place, block in queue:
        name = f"{place}.{block.name}" if place else block.name
        queue.extend((name, each) for each in block.blocks)
        yield name, block


def table(steps: Iterable[tuple[str, str, list[Verdict]]]) -> Iterator[str]:
    """Yields the lines of a table of steps, in Markdown."""
    kinds = (EQUAL, ASKED, LEFT, GONE, WRONG)
    yield f"| From | To | Additions | {' | '.join(kinds)} |".replace("| wrong |", "| wrong, and nothing says so |")
    yield f"|---|---|{'---:|' * (len(kinds) + 1)}"
    for before, after, found in steps:
        counted = Counter(each.kind for each in found)
        yield f"| {before} | {after} | {len(found)} | {' | '.join(str(counted[kind]) for kind in kinds)} |"


def _differences(line: Line, actual: FieldDescriptor) -> Iterator[tuple[str, str]]:
    inner, value = actual.message_type, actual
    entry = inner is not None and inner.GetOptions().map_entry
    if inner is not None and entry:
        value = inner.fields_by_name["value"]
    kind = SCALARS.get(value.type, "") if value.message_type is None else short(value.message_type)
    kind = f"map<string, {kind}>" if entry else kind
    label = "" if inner is not None else "optional"
    label = "repeated" if actual.is_repeated and not entry else label
    label = "" if actual.containing_oneof is not None and len(actual.containing_oneof.fields) > 1 else label
    if kind != line.type:
        yield "type", f"type {line.type}, in the contract {kind}"
    if label != line.label:
        yield "label", f"label {line.label or 'none'}, in the contract {label or 'none'}"
    found = options(actual)
    if (found.name or actual.name) != (line.key or line.name):
        yield "key", f"key {line.key}, in the contract {found.name}"
    if found.names != next((json_pb2.JsonNames.Value(v) for n, v in line.options if n == "names"), 0):
        yield "names", f"names {json_pb2.JsonNames.Name(found.names)} in the contract"
    values = [json.loads(v) for n, v in line.options if n == "values"]
    if set(values) - set(found.values) and not found.names:
        yield "values", f"values {', '.join(sorted(set(values) - set(found.values)))}, which the contract does not list"
    if found.write_empty != (("write_empty", "true") in line.options):
        yield "write_empty", f"write_empty is {str(found.write_empty).lower()} in the contract"

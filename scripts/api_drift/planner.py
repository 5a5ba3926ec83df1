"""Decides additions: name, type, label, options and number of a field or arm, and the messages that it needs.

An addition that the types and the contract's precedents don't decide, such as the width of an integer, raises
`UndecidedError` and becomes a question; the JSON of such a key passes through `extra_json` meanwhile.
"""

import keyword
import re
import typing
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import typing_extensions
from google.protobuf.descriptor import Descriptor, FieldDescriptor, FileDescriptor

from api_drift.contract import (
    PACKAGE,
    SCALARS,
    Contract,
    affixed,
    arm_name,
    free_number,
    options,
    reachable,
    short,
)
from api_drift.proposal import MORE, Block, Line, Proposal, Question, UndecidedError, quoted
from api_drift.sdk import base_name, described, is_always_set, is_required, message_name, plain, role_name, shown
from openai_grpc.codec._options import shape
from openai_grpc.options.v1 import json_pb2

COMMON = "openai_grpc/v1/common.proto"
INTEGERS = {FieldDescriptor.TYPE_INT32, FieldDescriptor.TYPE_INT64}
SIBLINGS = 3  # fields with the same last word that settle the width of an integer
PROMISE = re.compile(
    r"(^|_)(models?|engine|ids?|after|before|cursor|headers?|auth|authorization|(api_)?keys?|tokens?|secrets?|password"
    r"|credentials?|cookies?)$"
)


@dataclass(frozen=True)
class Place:
    """A place for a field: its message, and where that message's questions and new messages go.

    Attributes:
        outer: The message, relative to the package.
        home: The file of the message.
        proposal: The proposal that it belongs to.
        blocks: The new messages inside the message.
    """

    outer: str
    home: FileDescriptor | None
    proposal: Proposal
    blocks: list[Block]

    def ask(self, about: str, text: str, subject: str = "") -> None:
        """Adds a question to a person."""
        self.proposal.questions.append(Question(about, text, subject))


@dataclass(frozen=True)
class Made:
    """A new message of this run: its name, keys, and the file that gets it."""

    target: str
    keys: frozenset[str]
    home: FileDescriptor | None


class Planner:
    """Makes proposals of gaps.

    Args:
        contract: The contract's precedents.
        walk: The walker over types of the package, `contract.sdk_coverage`.
    """

    def __init__(self, contract: Contract, walk: Any) -> None:
        self.contract, self.walk = contract, walk
        self._taken: dict[str, set[int]] = {}
        self._made: dict[tuple[str, frozenset[str]], Made] = {}
        self._names: set[str] = set()
        self._users: dict[tuple[str, frozenset[str]], dict[str, FileDescriptor]] = {}

    def propose(self, gaps: Iterable[Any]) -> list[Proposal]:
        """Returns the additions for gaps, one for each field, arm and list of values; without a line if undecided."""
        grouped: dict[Any, list[Any]] = {}
        for gap in gaps:
            grouped.setdefault(self._place_of(gap), []).append(gap)
        for group in grouped.values():
            self._survey(group[0])
        return [self._one(group) for group in grouped.values()]

    def block(self, cls: Any, name: str, place: Place) -> Block:
        """Returns a message for an object type; what is undecided in it is left out, and asked about."""
        return self._block(cls, name, place, ())

    def known(self, cls: Any, place: Place) -> Descriptor | None:
        """Returns the contract's message for an object type; None if it has none.

        Raises:
            UndecidedError: It is one of several messages, or of a file that the place can't import.
        """
        return self._known(cls, "", shown(cls), place)

    def _place_of(self, gap: Any) -> tuple[Any, ...]:
        name = gap.message.full_name
        if gap.typed:
            return name, gap.key, shown(gap.hint)
        return name, gap.key or self._tag(gap) or gap.hint, gap.values

    def _tag(self, gap: Any) -> str:
        """Returns the value of the discriminator of an object type; empty: there is not one."""
        if not self.walk.is_object(gap.hint):
            return ""
        tags = self.walk.literals(dict(self.walk.members(gap.hint)).get(shape(gap.message).tag, str))
        return tags[0] if len(tags) == 1 and isinstance(tags[0], str) else ""

    def _survey(self, gap: Any) -> None:
        """Notes which messages use a new object type: a type that several use is nested in none of them."""
        if not gap.key or gap.typed or gap.values:
            return
        parts = self.walk.variants(gap.hint)
        if len(parts) == 1 and self.walk.is_list(parts[0]):
            parts = self.walk.variants(typing.get_args(parts[0])[0])
        if len(parts) == 1 and self.walk.is_object(parts[0]):
            self._users.setdefault(self._signature(parts[0], gap.key), {})[gap.message.full_name] = gap.message.file

    def _signature(self, cls: Any, key: str) -> tuple[str, frozenset[str]]:
        return role_name(cls, key), self._keys(cls)

    def _keys(self, cls: Any) -> frozenset[str]:
        return frozenset(key for key, _ in self.walk.members(cls))

    def _one(self, group: list[Any]) -> Proposal:
        # A reply's type says more than a request's: which keys are always there.
        gap = next((each for each in group if not typing_extensions.is_typeddict(each.owner or each.hint)), group[0])
        proposal = Proposal(gap.path, gap.message, gap.key, values=gap.values)
        if gap.values:
            return proposal
        place = Place(short(gap.message), gap.message.file, proposal, [])
        before = dict(self._made), set(self._names)
        try:
            if gap.typed:
                raise UndecidedError(f"its type in the contract does not hold {shown(gap.hint)}")  # noqa: TRY301 - one place for all
            line = self._field(gap, place) if gap.key else self._arm(gap, place)
            proposal.line = replace(line, number=self._number(gap.message))
            self._compare_others(gap, group, place)
        except UndecidedError as reason:
            self._made, self._names = before
            proposal.line, proposal.blocks, proposal.shared = None, (), ()
            proposal.questions = [Question(f"{place.outer}.{gap.key or proposal.tag}", str(reason))]
        return proposal

    def _compare_others(self, gap: Any, group: list[Any], place: Place) -> None:
        """Asks about keys that the other types for the same place have, such as a request's besides a reply's."""
        typed = self._object_keys(gap)
        for other in group:
            for key in sorted(self._object_keys(other) - typed):
                place.ask(f"{MORE}{key}", f"{shown(other.hint)}, for {other.path}, has one more key: {key}")

    def _object_keys(self, gap: Any) -> frozenset[str]:
        parts = [part for part in self.walk.variants(gap.hint) if self.walk.is_object(part)]
        return frozenset().union(*map(self._keys, parts))

    def _number(self, message: Descriptor) -> int:
        taken = self._taken.setdefault(message.full_name, set())
        number = free_number(message, taken)
        taken.add(number)
        return number

    def _field(self, gap: Any, place: Place) -> Line:
        line = self._line(gap.owner, gap.key, gap.hint, place)
        if line.name in gap.message.fields_by_name:
            raise UndecidedError(f"the message has another field named {line.name}")
        place.proposal.blocks, place.proposal.place = tuple(place.blocks), place.outer
        return replace(line, options=(*line.options, *self.contract.since(gap.message)))

    def _arm(self, gap: Any, place: Place) -> Line:
        union, proposal = shape(gap.message), place.proposal
        if not self.walk.is_object(gap.hint):
            raise UndecidedError(f"an arm of {place.outer} for {shown(gap.hint)}: name it")
        proposal.tag = tag = self._tag(gap)
        if not tag:
            raise UndecidedError(
                f"an arm of {place.outer} for {shown(gap.hint)} without one value of `{union.tag}`: say when it is set"
                " (`tag` or `has`)"
            )
        name = arm_name(tag, gap.message)
        if name in gap.message.fields_by_name:
            raise UndecidedError(f"{place.outer} has an arm named {name}")
        known = self._known(gap.hint, name, f"{place.outer}.{name}", place)
        extra = self.contract.since(gap.message)
        if known is not None:
            target = short(known)
            if tag_of_message(known, gap.message) != tag:
                extra = (("tag", quoted(tag)), *extra)
        else:
            outer = gap.message.containing_type
            proposal.place = "" if outer is None else short(outer)
            arm = affixed(base_name(gap.hint), gap.message)
            block = self._block(gap.hint, arm, replace(place, outer=proposal.place), (union.tag,))
            proposal.blocks = (block,)
            target = f"{proposal.place}.{block.name}" if proposal.place else block.name
            self._make(gap.hint, name, target, place)
        return Line("", name, target, comment=f"Set if `{union.tag}` is `{tag}`.", options=extra)

    def _make(self, cls: Any, key: str, target: str, place: Place) -> None:
        if f"{PACKAGE}.{target}" in self.contract.messages or target in self._names:
            raise UndecidedError(f"a message for it: the name {target} is in use")
        self._names.add(target)
        self._made[self._signature(cls, key)] = Made(target, self._keys(cls), place.home)
        place.ask(
            target, f"the new message {target}: is that its name, and does no other message have the same keys?", "type"
        )

    def _block(self, cls: Any, name: str, place: Place, tags: tuple[str, ...]) -> Block:
        """Returns the message for an object type; what is undecided in it is left out and named."""
        lines: list[Line] = []
        constants: list[tuple[str, str]] = []
        inner = replace(place, outer=f"{place.outer}.{name}" if place.outer else name, blocks=[])
        for key, hint in self.walk.members(cls):
            values = self.walk.literals(hint)
            if len(values) == 1 and isinstance(values[0], str) and (key in tags or key in self.contract.constants):
                constants.append((key, values[0]))
                continue
            try:
                line = self._line(cls, key, hint, inner)
            except UndecidedError as reason:
                place.ask(f"{inner.outer}.{key}", f"{inner.outer}.{key}: {reason}")
                continue
            lines.append(replace(line, number=len(lines) + 1))
        said = plain(cls.__doc__ or "") if cls.__doc__ and not cls.__doc__.startswith("!!!") else ""
        if not said:
            place.ask(inner.outer, f"the package does not describe {shown(cls)}", "comment")
        comment = said or f"{shown(cls)} of OpenAI's API."
        return Block(name, comment, tuple(constants), tuple(lines), tuple(inner.blocks), self._keys(cls))

    def _line(self, cls: Any, key: str, hint: Any, place: Place) -> Line:
        """Returns the field for a key, adding new messages to the place."""
        kind, label, extra = self._type(cls, key, hint, place)
        name = self._name(key, kind, extra)
        if name != key:
            extra = (("name", quoted(key)), *extra)
        comment = described(cls, key)
        if not comment:
            place.ask(f"{place.outer}.{key}", f"the package does not describe {place.outer}.{key}", "comment")
            comment = f"`{key}` of OpenAI's API."
        is_request = typing_extensions.is_typeddict(cls)
        if is_request and is_required(cls, key):
            comment += " Required."
        if is_always_set(cls, key, hint) and (label == "repeated" or kind.startswith("map<")):
            # A request's required list is held back if it is empty only where the contract does so.
            if is_request:
                place.ask(
                    f"{place.outer}.{key}",
                    f"{place.outer}.{key}: is an empty list written (`write_empty`)?",
                    "write_empty",
                )
            else:
                extra = (*extra, ("write_empty", "true"))
        return Line(key, name, kind, label, comment, extra, deprecated=comment.lower().startswith("deprecated"))

    def _name(self, key: str, kind: str, extra: tuple[tuple[str, str], ...]) -> str:
        if ("form", "JSON_FORM_RAW") in extra:
            return f"{key}_json"
        if not re.fullmatch(r"[a-z][a-z0-9_]*", key) or keyword.iskeyword(key) or key == "descriptor":
            names = {each.name for each in self.contract.alike(key)}
            if len(names) != 1:
                raise UndecidedError(f"`{key}` of type {kind} needs another name in Protobuf")
            return names.pop()
        return key

    def _type(self, cls: Any, key: str, hint: Any, place: Place) -> tuple[str, str, tuple[tuple[str, str], ...]]:
        """Returns type, label and options of a field."""
        parts = self.walk.variants(hint)
        if not parts:
            raise UndecidedError("a file: bytes have no place in JSON")
        if len(parts) == 1 and self.walk.is_list(parts[0]):
            kind, extra = self._single(cls, key, typing.get_args(parts[0])[0], place)
            if ("form", "JSON_FORM_RAW") in extra:
                raise UndecidedError("a list of any JSON values: as one text, or as a list of texts?")
            return kind, "repeated", extra
        if len(parts) == 1 and typing.get_origin(parts[0]) is dict:
            value = typing.get_args(parts[0])[1]
            if value not in (object, Any):
                kind, extra = self._single(cls, key, value, place)
                return f"map<string, {kind}>", "", extra
        kind, extra = self._single(cls, key, hint, place)
        return kind, "optional" if kind in SCALARS.values() else "", extra

    def _single(self, cls: Any, key: str, hint: Any, place: Place) -> tuple[str, tuple[tuple[str, str], ...]]:
        parts = list(dict.fromkeys(self.walk.variants(hint)))
        values = [value for part in parts for value in self.walk.literals(part)]
        scalars = {part if not self.walk.literals(part) else None for part in parts}
        scalars = scalars - {None} | {type(value) for value in values}
        if scalars == {str}:
            return "string", self._text(cls, key, [str(each) for each in values], place)
        if scalars == {bool}:
            return "bool", ()
        if scalars and scalars <= {int, float}:
            if values:
                raise UndecidedError(f"numbers of a fixed list ({', '.join(map(str, values))})")
            return self._number_type(key, scalars), ()
        if len(parts) == 1 and (parts[0] in (object, Any) or typing.get_origin(parts[0]) is dict):
            return "string", (("form", "JSON_FORM_RAW"),)
        return self._message(key, parts, place), ()

    def _text(self, cls: Any, key: str, values: list[str], place: Place) -> tuple[tuple[str, str], ...]:
        alike = self.contract.alike(key)
        forms = {options(each).form for each in alike if options(each).form != json_pb2.JSON_FORM_RAW}
        said = f"{key} {described(cls, key)}".lower()
        if forms - {json_pb2.JSON_FORM_UNSPECIFIED} or "base64" in said or "b64" in said:
            raise UndecidedError("text, or bytes in base64 (`form`)?")
        about = f"{place.outer}.{key}"
        names = {options(each).names for each in alike if each.type == FieldDescriptor.TYPE_STRING}
        extra: list[tuple[str, str]] = []
        if len(names) == 1 and alike:
            (found,) = names
            if found:
                name = json_pb2.JsonNames.Name(found)
                extra.append(("names", name))
                place.ask(about, f"{about}: does it name the same as the other fields of its name ({name})?", "names")
        elif names or PROMISE.search(key):
            raise UndecidedError(f"does `{about}` name a model, a stored object or a secret (`names`)?")
        if not extra:
            extra += [("values", quoted(each)) for each in dict.fromkeys(values)]
        return tuple(extra)

    def _number_type(self, key: str, kinds: set[Any]) -> str:
        alike = {each.type for each in self.contract.alike(key)}
        if float in kinds:
            return "float" if alike == {FieldDescriptor.TYPE_FLOAT} else "double"
        alike &= INTEGERS
        word = key.rpartition("_")[2]
        near = [
            each.type for name, every in self.contract.fields.items() if name.endswith(f"_{word}") for each in every
        ]
        if not alike and len(near) >= SIBLINGS:
            alike = set(near)
        if len(alike) == 1 and alike <= INTEGERS:
            return SCALARS[alike.pop()]
        raise UndecidedError("an integer of 32 or of 64 bits (unit, limits)?")

    def _message(self, key: str, parts: list[Any], place: Place) -> str:
        if len(parts) != 1 or not self.walk.is_object(parts[0]):
            fitting = [each for each in self.contract.messages.values() if self._holds(each, parts)]
            if len(fitting) != 1:
                raise UndecidedError(f"a union of {', '.join(map(shown, parts))}: name its arms")
            reachable(fitting[0], place.home)
            return short(fitting[0])
        known = self._known(parts[0], key, f"{place.outer}.{key}", place)
        if known is not None:
            return short(known)
        made = self._made.get(self._signature(parts[0], key))
        if made is not None:
            if place.home != made.home and (made.home is None or made.home.name != COMMON):
                raise UndecidedError(f"{made.target} is proposed for another file: move it to one that both import")
            return made.target
        users = self._users.get(self._signature(parts[0], key), {})
        if len(users) > 1:
            return self._shared(parts[0], key, {each.name: each for each in users.values()}, place)
        block = self._block(parts[0], message_name(parts[0], place.outer, key), place, ())
        target = f"{place.outer}.{block.name}"
        self._make(parts[0], key, target, place)
        place.blocks.append(block)
        return target

    def _shared(self, cls: Any, key: str, files: dict[str, FileDescriptor], place: Place) -> str:
        """Proposes a message of its own for a type that several messages have; returns its name."""
        common = next((each.file for each in self.contract.messages.values() if each.file.name == COMMON), place.home)
        home = place.home if len(files) == 1 else common
        top = replace(place, outer="", home=home, blocks=[])
        block = self._block(cls, role_name(cls, key), top, ())
        self._make(cls, key, block.name, top)
        if home is not None:
            place.proposal.shared = (*place.proposal.shared, (home.name, block))
        return block.name

    def _holds(self, message: Descriptor, parts: list[Any]) -> bool:
        """Whether each type of a union was held against this union of the contract, and it has no others."""
        target = shape(message)
        if target.union is None or not parts:
            return False
        arms = {arm.message for arm in target.fields if arm.message is not None}
        found = [set(self.contract.covered.get(part, ())) & arms for part in parts]
        return all(found) and len(set().union(*found)) == len(arms)

    def _known(self, cls: Any, key: str, about: str, place: Place) -> Descriptor | None:
        """Returns the message that the contract has for an object type: by type, by name, or by the same keys."""
        covered = [each for each in self.contract.covered.get(cls, ()) if not shape(each).transparent]
        if len(covered) > 1:
            covered = [each for each in covered if shape(each).known == self._keys(cls)]
            if len(covered) != 1:
                raise UndecidedError(f"{shown(cls)} is of several messages of the contract: which of them?")
        found = next(iter(covered), None)
        if found is None:
            found = next(self._alike(cls, key), None)
            if found is not None:
                place.ask(about, f"{about}: is {short(found)} the message for {shown(cls)}?", "type")
        if found is not None:
            reachable(found, place.home)
        return found

    def _alike(self, cls: Any, key: str) -> Iterator[Descriptor]:
        """Yields the one message of an object type's name, then the one of its keys; inside others only of both."""
        keys, name = self._keys(cls), role_name(cls, key)
        fitting = [
            each
            for each in self.contract.messages.values()
            if not shape(each).transparent and keys and keys <= shape(each).known and fits(cls, each, self.walk)
        ]
        same = [each for each in fitting if shape(each).known == keys]
        for found in (
            [each for each in same if each.name == name],
            [each for each in fitting if each.name == name and each.containing_type is None],
            [each for each in same if len(keys) > 1 and each.containing_type is None],
        ):
            if len(found) == 1:
                yield found[0]


def tag_of_message(message: Descriptor, union: Descriptor) -> str:
    """Returns the value of a union's discriminator that is a constant of a message; empty: it is none."""
    return shape(message).constants.get(shape(union).tag, "")


def fits(cls: Any, message: Descriptor, walk: Any) -> bool:
    """Whether a message types all of an object type of the package."""
    coverage = walk.Coverage()
    coverage.message(cls, message, message.name)
    return not coverage.missing and not any(each.values for each in coverage.gaps)

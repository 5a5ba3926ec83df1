"""Generates functions that read a JSON value as keyword arguments of a message.

A function takes the JSON value and the number of messages around it, and returns a dict, or None for a value that
the message can't hold. One nested dict is built and given to the root's constructor, which is what costs least.
Nothing is lost: what a field can't hold stays, with its key, in `extra_json` of its message. A value that a scalar
field can hold only nearly, such as an object where text belongs or a number with more digits than a double has, does
both: the field serves who reads the message, and `extra_json` keeps what was sent. In requests only exact values fill
fields: what a request means is not to be guessed.
"""

from collections.abc import Callable, Iterator
from typing import Any

from google.protobuf.descriptor import Descriptor
from google.protobuf.message_factory import GetMessageClass

from openai_grpc.codec import _values
from openai_grpc.codec._compile import Compiler
from openai_grpc.codec._errors import CodecError
from openai_grpc.codec._exact import dumps, raw_text
from openai_grpc.codec._options import EXTRA, NULLS, Field, Inline, Kind, Label, Shape
from openai_grpc.codec._union import all_of, without_tag, write_union
from openai_grpc.codec._vector import vector, vector_message

_SMALL = 1 << 30  # integers below it are compared fastest
MAX_DEPTH = 100
"""Maximum nesting of messages: that of Protobuf's parsers in every language."""

_ONE = {
    Kind.STRING: ("type({x}) is str", "{x}"),
    Kind.BOOL: ("type({x}) is bool", "{x}"),
    Kind.INT32: ("(y := {x} if type({x}) is int and -(2**31) <= {x} < 2**31 else int32({x})) is not None", "y"),
    Kind.INT64: ("(y := {x} if type({x}) is int and -(2**63) <= {x} < 2**63 else int64({x})) is not None", "y"),
    Kind.DOUBLE: ("(y := {x} if type({x}) is float else double({x})) is not None", "y"),
    Kind.BASE64: ("(y := base64({x})) is not None", "y"),
    Kind.DATA_URL: ("(y := data_url({x})) is not None", "y"),
    Kind.RAW: ("True", "raw_text({x})"),
}
_ITEM = {
    Kind.STRING: "{x} if type({x}) is str else None",
    Kind.BOOL: "{x} if type({x}) is bool else None",
    **{
        kind: f"{kind.name.lower()}({{x}})"
        for kind in (Kind.INT32, Kind.INT64, Kind.DOUBLE, Kind.BASE64, Kind.DATA_URL)
    },
    Kind.RAW: "raw_text({x})",
}
_NEAR = {
    Kind.STRING: "near_string",
    Kind.BOOL: "near_bool",
    Kind.INT32: "near_int32",
    Kind.INT64: "near_int64",
    Kind.DOUBLE: "near_double",
    Kind.BASE64: "near_base64",
}
_LISTS = {
    Kind.STRING: "strings",
    Kind.BOOL: "bools",
    Kind.INT32: "int32s",
    Kind.INT64: "int64s",
    Kind.DOUBLE: "doubles",
}


def decode_compiler(
    *,
    keep_nulls: bool,
    nearly: bool,
    misfit: Callable[[Shape], Callable[..., None]] | None = None,
    other: Callable[[Shape], Callable[[Any], str]] | None = None,
) -> Compiler:
    """Returns the compiler of functions that read JSON.

    Args:
        keep_nulls: Whether an explicit null of a known key is kept in `extra_json`.
        nearly: Whether a field also gets a value that it holds only nearly, which is kept in `extra_json` as well.
        misfit: Returns the function that gets the object and the keys that no typed field has taken, and may raise.
        other: As for `Compiler`.
    """
    helpers = {name: value for name, value in vars(_values).items() if not name.startswith("_")}
    helpers |= {"raw_text": raw_text, "vector": vector, "vector_message": vector_message}
    helpers |= {"near_string": near_string, "near_list": near_list, "near_map": near_map}
    helpers |= {"extra": extra, "too_deep": too_deep, "without_tag": without_tag}

    def write(shape: Shape, compiler: Compiler) -> str:
        head = f"def {compiler.name(shape.descriptor)}(v, depth):"
        if shape.union is not None:
            body = write_union(shape, compiler, read)
        elif shape.transparent:
            body = _transparent(shape.fields[0], compiler)
        else:
            check = compiler.bind(f"CHECK_{compiler.label(shape.descriptor)}", misfit(shape)) if misfit else ""
            body = _object(shape, compiler, keep_nulls=keep_nulls, nearly=nearly, check=check)
        return "\n    ".join([head, f"if depth > {MAX_DEPTH}:", "    raise too_deep()", *body]) + "\n"

    return Compiler("decode", write, helpers, other=other)


def read(field: Field, compiler: Compiler, x: str) -> tuple[str, str]:
    """Returns the condition under which a field can hold a value, and the field's value.

    Args:
        field: The field.
        compiler: Where the functions of other messages are.
        x: The expression of the value. It is evaluated more than once.
    """
    if field.kind is Kind.VECTOR:
        return f"(y := vector({x})) is not None", "y[0]"
    if field.label is Label.ONE:
        if field.message is None:
            condition, value = _ONE[field.kind]
            return condition.format(x=x), value.format(x=x)
        return f"(y := {_call(field.message, compiler, x, _levels(field))}) is not None", "y"
    if field.label is Label.LIST:
        if field.kind in _LISTS:
            return f"(y := {_LISTS[field.kind]}({x})) is not None", "y"
        return f"type({x}) is list and None not in (y := [{_item(field, compiler, 'z')} for z in {x}])", "y"
    items = f"{{k: {_item(field, compiler, 'z')} for k, z in {x}.items()}}"
    return f"has_string_keys({x}) and None not in (y := {items}).values()", "y"


def extra(value: dict[str, Any], known: frozenset[str], kept: tuple[str, ...], *, keep_nulls: bool) -> str:
    """Writes the `extra_json` of a message.

    Args:
        value: The JSON object.
        known: The keys of the typed fields and constants.
        kept: Known keys that go here: with their value, or, where absent, with a null that says so.
        keep_nulls: Whether known keys that are null go here as well.
    """
    if len(kept) == 1 and value.get(kept[0]) == [] and not keep_nulls and known.issuperset(value):
        return f'{{"{kept[0]}":[]}}'  # as OpenAI's `annotations` of nearly all messages
    keys = {
        key: item for key, item in value.items() if key not in known or key in kept or (keep_nulls and item is None)
    }
    nulls = [key for key in kept if keep_nulls and key in value and value[key] is None]
    for key in kept:
        keys.setdefault(key, None)
    if nulls:
        keys = {key: item for key, item in keys.items() if key not in nulls} | {NULLS: nulls}
    return dumps(keys).decode()


def near_string(value: Any) -> str | None:
    """Reads a value that should be a string: a number, boolean, array or object becomes JSON text."""
    if value is None:
        return None
    if isinstance(value, str):  # with a lone surrogate, which UTF-8 does not have
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return raw_text(value)


def near_list(value: Any, near: Callable[[Any], Any]) -> list[Any] | None:
    """Reads an array with items of another type, or a single item in place of an array."""
    if value is None:
        return None
    items = value if type(value) is list else [value]
    held = [near(item) for item in items]
    return held if items and None not in held else None


def near_map(value: Any, near: Callable[[Any], Any]) -> dict[str, Any] | None:
    """Reads an object with values of another type."""
    if not value or not _values.has_string_keys(value):
        return None
    held = {key: near(item) for key, item in value.items()}
    return None if None in held.values() else held


def too_deep() -> CodecError:
    """Returns the error for nesting deeper than Protobuf's parsers accept."""
    return CodecError(f"nested deeper than {MAX_DEPTH} messages")


def _levels(field: Field) -> int:
    return 2 if field.inside else 1


def _call(message: Descriptor, compiler: Compiler, x: str, levels: int) -> str:
    return f"{compiler.reference(message)}({x}, depth + {levels})"


def _item(field: Field, compiler: Compiler, x: str) -> str:
    if field.message is not None:
        # A map's entry is a message of its own on the wire.
        return _call(field.message, compiler, x, levels=_levels(field) + (field.label is Label.MAP))
    return _ITEM[field.kind].format(x=x)


def _transparent(field: Field, compiler: Compiler) -> list[str]:
    condition, value = read(field, compiler, "v")
    return [f"if {condition}:", f"    return {{{field.name!r}: {value}}}", "return None"]


def _object(shape: Shape, compiler: Compiler, *, keep_nulls: bool, nearly: bool, check: str) -> list[str]:
    known = compiler.bind(f"KNOWN_{compiler.label(shape.descriptor)}", shape.known)
    lines = ["if type(v) is not dict:", "    return None"]
    if _is_counts(shape):
        lines += [
            f"if {known}.issuperset(v):",
            "    for x in v.values():",
            f"        if type(x) is not int or not 0 <= x < {_SMALL}:",
            "            break",
            "    else:",
            "        return v",
        ]
    lines += ["m = {}", "kept = ()"]
    known_all = f"{known}.issuperset(v)"
    for key, constant in shape.constants.items():
        lines += [f"if v.get({key!r}) != {constant!r}:", f"    kept += ({key!r},)"]
    oneofs = {_seen(field) for field in shape.all_fields if field.oneof is not None}
    lines += [f"{seen} = False" for seen in sorted(oneofs)]
    if shape.vector is not None:
        lines.append("packed = b''")
    for key, fields in shape.by_key.items():
        if not fields[0].inside:
            lines += _key(key, fields, compiler, near=nearly)
    if shape.inlines:
        own = compiler.bind(f"OWN_{compiler.label(shape.descriptor)}", shape.own)
        lines += [f"own = {own}.issuperset(v)", "if not own:"]
        known_all = f"(own or {known_all})"
        for inline in shape.inlines:
            lines += [f"    {line}" for line in _inline(shape, inline, compiler, near=nearly)]
    if check:
        lines += ["if kept:", f"    {check}(v, kept)"]
    nulls = " or None in v.values()" if keep_nulls else ""
    lines.append(f"if kept or not {known_all}{nulls}:")
    lines.append(
        f"    m[{EXTRA!r}] = extra(v, {known}, kept, keep_nulls={keep_nulls})" if shape.extra else "    return None"
    )
    if shape.vector is None:
        return [*lines, "return m"]
    message_type = compiler.bind(f"TYPE_{compiler.label(shape.descriptor)}", GetMessageClass(shape.descriptor))
    return [*lines, f"return vector_message({message_type}, m, {shape.vector.number}, packed)"]


def _is_counts(shape: Shape) -> bool:
    """Returns whether a message has nothing but integers under their own names, as the details of a usage have."""
    plain = all(
        field.kind is Kind.INT32 and field.label is Label.ONE and field.oneof is None and field.key == field.name
        for field in shape.all_fields
    )
    return plain and not shape.inlines and not shape.constants


def _inline(shape: Shape, inline: Inline, compiler: Compiler, *, near: bool) -> Iterator[str]:
    """Writes the code for an inline message, present if one of its keys is."""
    target = _target(inline.name)
    yield f"{target} = {{}}"
    for key in dict.fromkeys(field.key for field in inline.fields):
        yield from _key(key, shape.by_key[key], compiler, near=near)
    yield f"if {target}:"
    yield f"    if depth >= {MAX_DEPTH}:"
    yield "        raise too_deep()"
    yield f"    m[{inline.name!r}] = {target}"
    for key in dict.fromkeys(field.key for field in inline.fields if field.write_empty):
        yield f"    if {key!r} not in v:"
        yield f"        kept += ({key!r},)"


def _target(inside: str) -> str:
    """Returns the name of the dict with the fields of the message, or of an inline one."""
    return f"m_{inside}" if inside else "m"


def _seen(field: Field) -> str:
    """Returns the name of the flag for a oneof that is set."""
    return f"seen_{field.inside}_{field.oneof}" if field.inside else f"seen_{field.oneof}"


def _key(key: str, fields: list[Field], compiler: Compiler, *, near: bool) -> Iterator[str]:
    """Writes the code for one key: the first field that can hold the value gets it."""
    keep = f"kept += ({key!r},)"
    m = _target(fields[0].inside)
    yield f"if {key!r} in v:"
    yield f"    x = v[{key!r}]"
    word = "if"
    for field in fields:
        condition, value = read(field, compiler, "x")
        conditions = [condition]
        if field.kind is not Kind.VECTOR and field.label is not Label.ONE and not field.write_empty:
            conditions.insert(0, "x")
        elif field.label is Label.ONE and field.kind in (Kind.MESSAGE, Kind.RAW):
            conditions.insert(0, "x is not None")
        if field.oneof is not None:
            conditions.insert(0, f"not {_seen(field)}")
        yield f"    {word} {all_of(conditions)}:"
        if field.kind is Kind.VECTOR:
            yield f"        m['{field.name}_encoding'], packed, exact = y"
            yield "        if not exact:"
            yield f"            {keep}"
        else:
            yield f"        {m}[{field.name!r}] = {value}"
        if field.oneof is not None:
            yield f"        {_seen(field)} = True"
        word = "elif"
    if near:
        yield from _near(fields, keep)
    if any(field.write_empty for field in fields):
        yield "    else:"
        yield f"        {keep}"
        if not fields[0].inside:  # one of an absent message is not written
            yield "else:"
            yield f"    {keep}"
    else:
        yield "    elif x is not None:"
        yield f"        {keep}"


def _near(fields: list[Field], keep: str) -> Iterator[str]:
    """Writes the code for a value that a field can hold only approximately."""
    for field in fields:
        near = _NEAR.get(field.kind)
        if near is None or field.oneof is not None:
            continue
        reader = {Label.ONE: f"{near}(x)", Label.LIST: f"near_list(x, {near})", Label.MAP: f"near_map(x, {near})"}
        expression = reader[field.label]
        yield f"    elif x is not None and (y := {expression}) is not None:"
        yield f"        {_target(field.inside)}[{field.name!r}] = y"
        yield f"        {keep}"

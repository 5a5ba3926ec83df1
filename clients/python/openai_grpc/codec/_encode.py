"""Generates functions that convert a message to a JSON value.

A function takes the message and returns what `dumps` writes. There are two ways to find the fields that are set:
to ask for each, and `ListFields`, whose cost is per field that is set. The latter wins for a message of many fields.
"""

from collections.abc import Callable, Iterator
from itertools import combinations
from keyword import iskeyword
from typing import Any

from google.protobuf.descriptor import Descriptor

from openai_grpc.codec import _values
from openai_grpc.codec._compile import Compiler
from openai_grpc.codec._errors import CodecError
from openai_grpc.codec._exact import fragment, loads
from openai_grpc.codec._names import is_plain_name, name_problem, stem
from openai_grpc.codec._options import EXTRA, NULLS, Field, Kind, Label, Shape, implied_tag, is_set
from openai_grpc.codec._union import with_tag
from openai_grpc.codec._vector import BASE64, vector_value

_MANY = 10
"""From how many fields on `ListFields` is used; measured with bench/codec.py."""

_ONE = {
    Kind.DOUBLE: "finite({x}, {name!r})",
    Kind.BASE64: "base64_text({x})",
    Kind.DATA_URL: "data_url_text({x})",
    Kind.RAW: "fragment({x}, {name!r})",
}

Agrees = Callable[[Any, str, Any], bool]
"""Tells whether the typed fields of a message hold what a key of its `extra_json` says."""


def encode_compiler(agrees: Agrees | None) -> Compiler:
    """Returns the compiler of functions that write JSON.

    Args:
        agrees: When given, a key in `extra_json` may not contradict its typed field, nor be one that names something,
            in any case; and the names are checked.
    """

    def extra(value: dict[str, Any], message: Any, shape: Shape) -> None:
        keys = _extra_keys(message.extra_json)
        if agrees is not None:
            _refuse_contradictions(message, keys, shape, agrees)
            _refuse_names(keys, shape)
        add_extra(value, keys, shape)

    helpers = {name: value for name, value in vars(_values).items() if not name.startswith("_")}
    helpers |= {
        "fragment": fragment,
        "vector_value": vector_value,
        "extra": extra,
        "named": named,
        "plain": is_plain_name,
        "both_set": both_set,
        "no_value": no_value,
        "with_tag": with_tag,
    }
    return Compiler("encode", _write, helpers, strict=agrees is not None)


def add_extra(value: dict[str, Any], keys: dict[str, Any], shape: Shape) -> None:
    """Adds the keys of `extra_json` to a message's JSON.

    A null for a constant, or for a list or map that is otherwise always written, says that the key is absent; those
    that are null are listed in `NULLS`.
    """
    nulls = keys.get(NULLS)
    if type(nulls) is list and nulls and all(type(key) is str and key in shape.markers for key in nulls):
        del keys[NULLS]
        value |= {key: None for key in nulls if key in shape.constants or not value.get(key)}
    for key, item in keys.items():
        if item is not None or key not in shape.markers:
            value[key] = item
        elif key in shape.constants or not value.get(key):
            value.pop(key, None)


def named(text: str, kind: int, field: str) -> str:
    """Returns the checked value of a field with a name.

    Raises:
        CodecError: It can't be a name.
    """
    if problem := name_problem(kind, text):
        raise CodecError(problem, field)
    return text


def no_value(message: Descriptor) -> CodecError:
    """Returns the error for a transparent message without a value."""
    return CodecError(f"{message.full_name} is empty: one of its fields must be set")


def both_set(one: str, other: str, key: str) -> CodecError:
    """Returns the error for two set fields of one JSON key."""
    return CodecError(f"{one} and {other} are both set, and both are {key!r} in JSON: set only one of them", one)


def _extra_keys(text: str) -> dict[str, Any]:
    try:
        keys = loads(text)
    except CodecError as error:
        raise CodecError(error.reason, EXTRA) from None
    if type(keys) is not dict:
        raise CodecError("not a JSON object", EXTRA)
    return keys


def _refuse_contradictions(message: Any, keys: dict[str, Any], shape: Shape, agrees: Agrees) -> None:
    """Refuses keys set both in `extra_json` and in typed fields, as one value would be lost.

    A null or an empty list or map says nothing that the typed field contradicts. A key that agrees with its typed field
    is one that `from_json` wrote, since the field holds the value only nearly.
    """
    twice = [
        key
        for key, item in keys.items()
        if item is not None
        and item not in ([], {})
        and any(is_set(message, field) for field in shape.by_key.get(key, ()))
        and not agrees(message, key, item)
    ]
    if twice:
        names = ", ".join(sorted(twice))
        raise CodecError(f"{names} is set here and in its typed field: set only one of them", EXTRA)


def _refuse_names(keys: dict[str, Any], shape: Shape) -> None:
    for key, item in keys.items():
        name = shape.stems.get(stem(key))
        if name is None or (key == name and (item is None or item in ([], {}))):
            continue
        if key == name:
            raise CodecError(f"{key!r} has a value that its typed field can't hold", EXTRA)
        raise CodecError(f"{key[:64]!r} can be read as {name!r}, which has a typed field", EXTRA)


def _write(shape: Shape, compiler: Compiler) -> str:
    table: list[str] = []
    if shape.union is not None:
        table, body = _union(shape, compiler)
    elif shape.transparent:
        body = _transparent(shape, compiler)
    elif len(shape.fields) + len(shape.inlines) >= _MANY and shape.vector is None:
        table, body = _by_listing(shape, compiler)
    else:
        body = _by_asking(shape, compiler)
    head = f"def {compiler.name(shape.descriptor)}(m):"
    return "\n".join([*table, head, *(f"    {line}" for line in (*_exclusive(shape), *body)), ""])


def _exclusive(shape: Shape) -> Iterator[str]:
    """Writes the check that at most one of several fields with one JSON key is set."""
    for fields in shape.by_key.values() if not shape.transparent else ():
        apart = [field for field in fields if field.oneof is None and not field.inside]
        for one, other in combinations(sorted(apart, key=lambda field: field.label is Label.ONE), 2):
            yield f"if {_set(one)} and {_set(other)}:"
            yield f"    raise both_set({one.name!r}, {other.name!r}, {one.key!r})"


def _set(field: Field) -> str:
    """Returns the condition for a set field."""
    return f"m.HasField({field.name!r})" if field.label is Label.ONE else _get(field)


def _value(field: Field, compiler: Compiler, x: str) -> str:
    """Returns the expression of a field's JSON value."""
    if field.label is Label.ONE:
        return _one(field, compiler, x)
    if field.names and compiler.strict:
        return _many(field, compiler, x)
    many = "[:]" if field.label is Label.LIST else ""
    if field.kind in (Kind.STRING, Kind.BOOL, Kind.INT32, Kind.INT64):
        return f"{x}{many}" if many else f"dict({x})"
    if field.kind is Kind.DOUBLE:
        return f"finites({x}[:], {field.name!r})" if many else f"finite_map({x}, {field.name!r})"
    return _many(field, compiler, x)


def _many(field: Field, compiler: Compiler, x: str) -> str:
    if field.label is Label.LIST:
        # A slice, as iterating over Protobuf's own list ends with an exception.
        return f"[{_one(field, compiler, 'y')} for y in {x}[:]]"
    return f"{{k: {_one(field, compiler, 'y')} for k, y in {x}.items()}}"


def _one(field: Field, compiler: Compiler, x: str) -> str:
    if field.message is not None:
        return f"{compiler.reference(field.message)}({x})"
    if field.names and compiler.strict:
        return f"({x} if plain({x}) else named({x}, {field.names}, {field.name!r}))"
    return _ONE.get(field.kind, "{x}").format(x=x, name=field.name)


def _get(field: Field) -> str:
    return f"getattr(m, {field.name!r})" if iskeyword(field.name) else f"m.{field.name}"


def _union(shape: Shape, compiler: Compiler) -> tuple[list[str], list[str]]:
    name = f"ARMS_{compiler.label(shape.descriptor)}"
    arms = []
    for field in shape.fields:
        value, implied = _value(field, compiler, "x"), implied_tag(shape, field)
        if implied is not None:
            value = f"with_tag({value}, {shape.tag!r}, {implied!r})"
        arms.append(f"    {field.name!r}: lambda x: {value},")
    return [f"{name} = {{", *arms, "}"], [
        f"arm = m.WhichOneof({shape.union!r})",
        "if arm is None:",
        f"    raise no_value({_type(shape, compiler)})",
        f"return {name}[arm](getattr(m, arm))",
    ]


def _transparent(shape: Shape, compiler: Compiler) -> list[str]:
    field = shape.fields[0]
    lines = [f"return {_value(field, compiler, _get(field))}"]
    if field.label is Label.ONE:
        lines = [f"if not m.HasField({field.name!r}):", f"    raise no_value({_type(shape, compiler)})", *lines]
    return lines


def _by_asking(shape: Shape, compiler: Compiler) -> list[str]:
    lines = [f"o = {shape.constants!r}"]
    for field in shape.fields:
        lines += _ask(field, compiler)
    for inline in shape.inlines:
        name = inline.name
        lines += [f"if m.HasField({name!r}):", f"    o.update({compiler.reference(inline.message)}(m.{name}))"]
    return [*lines, *_extra(shape, compiler), "return o"]


def _ask(field: Field, compiler: Compiler) -> Iterator[str]:
    x = _get(field)
    if field.kind is Kind.VECTOR:
        yield f"if {x} or m.{field.name}_encoding == {BASE64}:"
        yield f"    o[{field.key!r}] = vector_value(m, {field.number}, {field.name!r}, m.{field.name}_encoding)"
    elif field.label is not Label.ONE:
        yield f"x = {x}"
        if not field.write_empty:
            yield "if x:"
        yield f"{'' if field.write_empty else '    '}o[{field.key!r}] = {_value(field, compiler, 'x')}"
    elif field.kind in (Kind.MESSAGE, Kind.DATA_URL):
        yield f"if m.HasField({field.name!r}):"
        yield f"    o[{field.key!r}] = {_value(field, compiler, x)}"
    else:
        # What is not the default is set: the cheaper question first.
        yield f"x = {x}"
        yield f"if x or m.HasField({field.name!r}):"
        yield f"    o[{field.key!r}] = {_value(field, compiler, 'x')}"


def _by_listing(shape: Shape, compiler: Compiler) -> tuple[list[str], list[str]]:
    name = f"FIELDS_{compiler.label(shape.descriptor)}"
    entries = []
    for field in shape.fields:
        value = _value(field, compiler, "x")
        function = None if value == "x" else f"lambda x: {value}"
        entries.append(f"    {_type(shape, compiler)}.fields_by_name[{field.name!r}]: ({field.key!r}, {function}),")
    for inline in shape.inlines:
        entry = f"(None, lambda x: {compiler.reference(inline.message)}(x))"
        entries.append(f"    {_type(shape, compiler)}.fields_by_name[{inline.name!r}]: {entry},")
    put = ["        o[key] = x if value is None else value(x)"]
    if shape.inlines:
        put = ["        if key is None:", "            o.update(value(x))", "        else:", f"    {put[0]}"]
    lines = [
        f"o = {shape.constants!r}",
        "for field, x in m.ListFields():",
        f"    known = {name}.get(field)",
        "    if known is not None:",
        "        key, value = known",
        *put,
    ]
    for field in shape.fields:
        if field.write_empty:
            empty = "[]" if field.label is Label.LIST else "{}"
            lines += [f"if {field.key!r} not in o:", f"    o[{field.key!r}] = {empty}"]
    return [f"{name} = {{", *entries, "}"], [*lines, *_extra(shape, compiler), "return o"]


def _extra(shape: Shape, compiler: Compiler) -> list[str]:
    if not shape.extra:
        return []
    name = compiler.bind(f"SHAPE_{compiler.label(shape.descriptor)}", shape)
    return [f"if m.{EXTRA}:", f"    extra(o, m, {name})"]


def _type(shape: Shape, compiler: Compiler) -> str:
    return compiler.bind(f"TYPE_{compiler.label(shape.descriptor)}", shape.descriptor)

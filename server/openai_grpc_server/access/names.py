"""Names in messages: finds the fields that the contract marks as naming a model or an object that the gateway seals.

What visits a message is made once from its descriptor and goes only where such a field can be. JSON that the contract
does not know (`extra_json` and the `unknown` arms of unions) can stand in every message; whether there is any is told
by a search in a request's bytes, so that most requests need no visit to all of their messages.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final, Protocol, cast

from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message import Message

from openai_grpc import v1
from openai_grpc.codec import is_plain_name, name_problem, stem
from openai_grpc.options.v1 import json_pb2
from openai_grpc_server.access.keyring import Caller
from openai_grpc_server.errors import GatewayError, InvalidArgumentError

# Objects of which only some are stored.
SOME_STORED: frozenset[int] = frozenset({json_pb2.JSON_NAMES_CHAT_COMPLETION})
STORED: frozenset[int] = frozenset(
    {
        json_pb2.JSON_NAMES_RESPONSE,
        json_pb2.JSON_NAMES_CONVERSATION,
        json_pb2.JSON_NAMES_FILE,
        json_pb2.JSON_NAMES_BATCH,
        json_pb2.JSON_NAMES_VIDEO,
        json_pb2.JSON_NAMES_VIDEO_CHARACTER,
        json_pb2.JSON_NAMES_UPLOAD,
        json_pb2.JSON_NAMES_UPLOAD_PART,
        json_pb2.JSON_NAMES_REALTIME_CALL,
    }
)
SEALED: frozenset[int] = STORED | SOME_STORED
# Objects that only requests of their own service name: elsewhere a key like `part_ids` is the caller's own word.
_OF_UPLOADS = frozenset({json_pb2.JSON_NAMES_UPLOAD, json_pb2.JSON_NAMES_UPLOAD_PART})
MODELS: frozenset[int] = frozenset({json_pb2.JSON_NAMES_MODEL})

_AT_THE_TOP = SEALED | MODELS

MAX_NAMES = 256  # in one list
MAX_PARTS = 4096  # of an upload

# Untyped JSON that may hold a name is parsed at one go.
MAX_UNTYPED = 1024 * 1024  # characters

# The number of fields with JSON that the contract does not know: `extra_json`, `unknown` and the body of a raw call.
_UNTYPED = 1000
# Its tag as text, and how its longer forms begin, which parsers take.
_UNTYPED_TAGS = (b"\xc2\x3e", b"\xc2\xbe")
_UNTYPED_START = b"\xc2"

# Letters that fold to ASCII, and escapes of ASCII and of such letters.
_ODD_LETTERS = {"\u017f": "s", "\u212a": "k", "\u0130": "i", "\u0131": "i"}
_ESCAPES = ("\\u004", "\\u005", "\\u006", "\\u007", "\\u017f", "\\u212a", "\\u013")

# Objects whose keys are the caller's own words: properties of a schema, notes.
_FREE_KEYS = frozenset({"properties", "metadata"})
_ENDS_OF_A_PAGE = frozenset({"first_id", "last_id"})
# A key of realtime calls, and of calls of functions, which are not sealed.
_CALL = "call_id"
# Keys at the top of a request that choose a model, as far as `model` is not a part of them. Further down they are other
# things, such as the engine of a search.
_CHOOSERS = frozenset({"engine", "engineid", "deployment", "deploymentid", "deploymentname", "fallbacks", "preset"})
_MODEL_HINTS = ("model", "engine", "deployment", "fallback", "preset")


class RefusedNameError(Exception):
    """A name that is not allowed.

    Args:
        error: Makes the error for the caller from the path of the field.
        steps: The steps of the path, the last one first.
    """

    def __init__(self, error: Callable[[str], GatewayError], *steps: str) -> None:
        super().__init__()
        self.error = error
        self.steps = list(steps)


class Visitor(Protocol):
    """Sees the names in a message.

    Attributes:
        seeks: Kinds of names that it visits: values of `JsonNames`.
    """

    seeks: frozenset[int]

    def name(self, message: Any, name: str, kind: int) -> None:
        """Sees a field that names something and is set.

        Raises:
            RefusedNameError: The name may not be there.
        """

    def untyped(self, message: Any, name: str) -> None:
        """Sees a field with JSON that the contract does not know.

        Raises:
            RefusedNameError: A name in it may not be there.
        """


# Cardinality of a branch.
_SINGLE: Final = 0
_UNION: Final = 1
_LIST: Final = 2
_MAP: Final = 3

_INLINE: Final = 3  # messages in each other that one function looks through


@dataclass(slots=True, eq=False)
class _Branches:
    """Message fields that lead to names.

    Attributes:
        found: Each: its cardinality, its name, and where it leads to. A oneof is one branch, with the routes of its
            arms; what other branches have there is unused.
    """

    found: list[tuple[int, str, "_Route", "dict[str, _Route]"]] = field(default_factory=list)

    def add(self, leads: FieldDescriptor, route: "_Route") -> None:
        """Adds a field."""
        oneof, message = leads.containing_oneof, leads.message_type
        if message is not None and message.GetOptions().map_entry:
            self.found.append((_MAP, leads.name, route, {}))
        elif leads.is_repeated:
            self.found.append((_LIST, leads.name, route, {}))
        elif oneof is None or len(oneof.fields) == 1:
            self.found.append((_SINGLE, leads.name, route, {}))
        else:
            arms = next((each[3] for each in self.found if each[:2] == (_UNION, oneof.name)), None)
            if arms is None:
                self.found.append((_UNION, oneof.name, route, {leads.name: route}))
            else:
                arms[leads.name] = route


@dataclass(slots=True, eq=False)
class _Route:
    """Fields with names in messages of one type.

    Attributes:
        names: Its fields that name something, with what they name.
        inline: Those of its inline messages, each after the field of the message.
        kinds: Kinds of names in it or below it.
        untyped: Its fields with JSON that the contract does not know.
        towards: The fields that lead to names.
        everywhere: The fields that lead to any message.
        holds: Returns whether a message holds a name.
    """

    names: tuple[tuple[str, int], ...] = ()
    inline: tuple[tuple[str, str, int], ...] = ()
    kinds: set[int] = field(default_factory=set)
    untyped: tuple[str, ...] = ()
    towards: _Branches = field(default_factory=_Branches)
    everywhere: _Branches = field(default_factory=_Branches)
    holds: Callable[[Any], bool] = field(init=False)


def may_hold_untyped(data: bytes) -> bool:
    """Returns whether a request's bytes may hold untyped JSON.

    It can be wrong about a request that holds bytes or an odd letter, but never the other way.
    """
    # One byte is found many times faster than two.
    return _UNTYPED_START in data and any(tag in data for tag in _UNTYPED_TAGS)


def check_names(request: Message) -> None:
    """Checks the names at the top of a request, before they are used for lookups, counts or storage.

    Those further down are checked where the request is encoded.

    Raises:
        InvalidArgumentError: One can't be a name.
    """
    route = _route(request.DESCRIPTOR, _AT_THE_TOP)
    for name, kind in route.names:
        text = getattr(request, name)
        if text and not (type(text) is str and is_plain_name(text)) and (problem := _problem(kind, text)):
            raise InvalidArgumentError.of_field(name, problem)
    for inline, name, kind in route.inline:
        text = getattr(getattr(request, inline), name)
        if text and (problem := _problem(kind, text)):
            raise InvalidArgumentError.of_field(f"{inline}.{name}", problem)


def holds_name(message: Message, seeks: frozenset[int]) -> bool:
    """Returns whether a message holds a name of one of the kinds: most hold none, and a visit takes far longer."""
    return _route(message.DESCRIPTOR, seeks).holds(message)


def visit(message: Message, visitor: Visitor, *, untyped: bool) -> None:
    """Calls a visitor with the names in a message.

    Args:
        message: The message.
        visitor: Sees them.
        untyped: Whether JSON that the contract does not know is shown, too.

    Raises:
        GatewayError: The visitor refuses one; named by its path.
    """
    try:
        _visit(message, _route(message.DESCRIPTOR, visitor.seeks), visitor, untyped)
    except RefusedNameError as refused:
        failure: GatewayError | None = refused.error(".".join(reversed(refused.steps)))
    else:
        failure = None
    if failure is not None:  # raised here it does not keep the frames of the visit
        raise failure


def checked(message: Any, name: str, kind: int) -> Iterable[str]:
    """Returns the values of a field with names, after checking each.

    Raises:
        RefusedNameError: One can't, or there are too many.
    """
    value = getattr(message, name)
    if problem := _problem(kind, value):
        raise RefusedNameError(lambda path: InvalidArgumentError.of_field(path, problem), name)
    return (value,) if isinstance(value, str) else value


def has_hint(text: str, hints: tuple[str, ...]) -> bool:
    """Returns whether untyped JSON may have a key containing one of these, ignoring case and escapes."""
    lowered = text.lower()
    if not lowered.isascii():
        for odd, letter in _ODD_LETTERS.items():
            lowered = lowered.replace(odd.lower(), letter)
    return any(hint in lowered for hint in (*hints, *_ESCAPES))


def check_untyped_size(text: str) -> None:
    """Checks the size of untyped JSON before it is parsed.

    Raises:
        RefusedNameError: It is too large.
    """
    if len(text) > MAX_UNTYPED:
        raise RefusedNameError(
            lambda path: InvalidArgumentError.of_field(path, f"too much untyped JSON: at most {MAX_UNTYPED} characters")
        )


def keys_below(text: str) -> Iterator[tuple[str, Any, bool]]:
    """Yields the keys in JSON at every depth with their values, including those overridden by a duplicate.

    The last of each three says whether the key is at the top.

    Raises:
        RefusedNameError: It is not JSON, or too much of it.
    """
    check_untyped_size(text)
    try:
        value = json.loads(text, object_pairs_hook=_Pairs, parse_int=str, parse_float=str, strict=False)
    except (ValueError, RecursionError):
        failed = True
    else:
        failed = False
    if failed:
        raise RefusedNameError(lambda path: InvalidArgumentError.of_field(path, "not JSON, or nested too deeply"))
    queue = [value] if isinstance(value, list) else []
    while queue:
        current = queue.pop()
        if isinstance(current, _Pairs):
            yield from ((key, item, current is value) for key, item in current)
            queue.extend(item for key, item in current if key not in _FREE_KEYS and isinstance(item, list))
        else:
            queue.extend(item for item in current if isinstance(item, list))


def texts_below(value: Any) -> Iterator[str]:
    """Yields the strings in a value from `keys_below`, at every depth."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for item in value:
            yield from texts_below(item[1] if isinstance(value, _Pairs) else item)


@cache
def sealed_keys(*, uploads: bool = False) -> dict[str, str]:
    """Returns the JSON keys that always hold a sealed id, by their stems.

    Args:
        uploads: Whether the JSON is of a request for an upload.
    """
    kinds = SEALED if uploads else SEALED - _OF_UPLOADS
    descriptors = (getattr(getattr(v1, name), "DESCRIPTOR", None) for name in v1.__all__)
    keys = {
        each.name
        for descriptor in descriptors
        if isinstance(descriptor, Descriptor)
        for each in descriptor.fields
        if _options(each).names in kinds
        and each.name.endswith(("_id", "_ids"))
        and each.name not in {*_ENDS_OF_A_PAGE, _CALL}
    }
    return {stem(key): key for key in keys}


class _Pairs(list[tuple[str, Any]]):
    """A JSON object."""


def _visit(  # noqa: C901, PLR0912 - a branch for each cardinality: a function of them takes longer than the visit
    message: Any, route: _Route, visitor: Visitor, untyped: bool
) -> None:
    for name, kind in route.names:
        if getattr(message, name):
            visitor.name(message, name, kind)
    if untyped:
        for name in route.untyped:
            if getattr(message, name):
                visitor.untyped(message, name)
    key: int | str | None = None
    step = ""
    try:
        for cardinality, step, below, arms in (route.everywhere if untyped else route.towards).found:
            if cardinality == _SINGLE:
                if message.HasField(step):
                    _visit(getattr(message, step), below, visitor, untyped)
            elif cardinality == _UNION:
                arm = message.WhichOneof(step)
                if arm in arms:
                    step = arm  # noqa: PLW2901 - the path of what is refused names the arm
                    _visit(getattr(message, arm), arms[arm], visitor, untyped)
            elif cardinality == _LIST:
                for key, item in enumerate(getattr(message, step)):  # noqa: B007 - told where an item is refused
                    _visit(item, below, visitor, untyped)
                key = None
            else:
                for key, item in getattr(message, step).items():  # noqa: B007 - as above
                    _visit(item, below, visitor, untyped)
                key = None
    except RefusedNameError as refused:
        refused.steps.append(step if key is None else f"{step}[{key!r}]")
        raise


def _problem(kind: int, value: Any) -> str:
    """Describes why the value of a field, or of a list, is not a valid name."""
    if isinstance(value, str):
        return name_problem(kind, value)
    if len(value) > (most := MAX_PARTS if kind == json_pb2.JSON_NAMES_UPLOAD_PART else MAX_NAMES):
        return f"too many: at most {most}"
    return next(filter(None, (name_problem(kind, text) for text in value)), "")


@cache
def _route(descriptor: Descriptor, seeks: frozenset[int]) -> _Route:
    """Builds the routes of a message type and of all types below it."""
    routes: dict[Descriptor, _Route] = {}
    below: dict[Descriptor, list[tuple[FieldDescriptor, Descriptor]]] = {}
    queue = [descriptor]
    for current in queue:
        if current in routes:
            continue
        names = tuple((each.name, _options(each).names) for each in current.fields if _options(each).names in seeks)
        routes[current] = _Route(
            names=names,
            inline=tuple(
                (leads.name, each.name, _options(each).names)
                for leads in current.fields
                if _options(leads).inline and leads.message_type is not None
                for each in leads.message_type.fields
                if _options(each).names in seeks
            ),
            kinds={kind for _, kind in names},
            untyped=tuple(each.name for each in current.fields if _is_untyped(each)),
        )
        below[current] = [(each, target) for each in current.fields if (target := _target(each)) is not None]
        queue.extend(target for _, target in below[current])
    found = True
    while found:  # messages can stand in each other
        found = False
        for current, targets in below.items():
            kinds = set().union(*(routes[target].kinds for _, target in targets)) - routes[current].kinds
            routes[current].kinds |= kinds
            found = found or bool(kinds)
    for current, targets in below.items():
        for leads, target in targets:
            routes[current].everywhere.add(leads, routes[target])
            if routes[target].kinds:
                routes[current].towards.add(leads, routes[target])
    for route in routes.values():
        route.holds = _holder(route)
    return routes[descriptor]


def _holder(route: _Route) -> Callable[[Any], bool]:
    """Returns the function that tells whether a message holds a name: `_visit` without a visitor.

    It is compiled, as the standard library's dataclasses are: a reply has a dozen places on the way to names, nearly
    all empty, and a function for each takes three times as long.
    """
    below: dict[str, Any] = {}
    lines = _lines(route, "message", (route,), below)
    source = "\n".join(("def holds(message):", *(f"    {line}" for line in lines), "    return False"))
    exec(source, below)  # noqa: S102 - its only parts are names of the contract's fields
    return cast("Callable[[Any], bool]", below["holds"])


def _lines(route: _Route, message: str, above: tuple[_Route, ...], below: dict[str, Any]) -> Iterator[str]:
    """Yields the statements that return True if a message holds a name.

    Args:
        route: That of the message.
        message: Its variable.
        above: The routes on the way to it, with its own.
        below: Gets what the statements call.
    """
    for name, _ in route.names:
        yield f"if {message}.{name}: return True"
    item = f"{message}_"
    for cardinality, step, target, arms in route.towards.found:
        if cardinality == _UNION:
            reach = f"_{len(below)}"
            below[reach] = arms
            yield f"{item} = {message}.WhichOneof({step!r})"
            yield f"if {item} in {reach} and {reach}[{item}].holds(getattr({message}, {item})): return True"
            continue
        if cardinality == _SINGLE:
            yield f"if {message}.HasField({step!r}):"
            yield f"    {item} = {message}.{step}"
        elif cardinality == _LIST:  # copied, if it is not empty, as an iteration over the list ends with an exception
            yield f"{item} = {message}.{step}"
            yield f"for {item} in {item}[:] if {item} else ():"
        else:
            yield f"for {item} in {message}.{step}.values():"
        if len(above) < _INLINE and target not in above:
            yield from (f"    {line}" for line in _lines(target, item, (*above, target), below))
        else:
            reach = f"_{len(below)}"
            below[reach] = target
            yield f"    if {reach}.holds({item}): return True"


def _target(leads: FieldDescriptor) -> Descriptor | None:
    """Returns the message type of a field, or of a map's values."""
    target: Descriptor | None = leads.message_type
    if target is not None and target.GetOptions().map_entry:
        target = target.fields_by_name["value"].message_type
    return target


def _is_untyped(each: FieldDescriptor) -> bool:
    form = _options(each).form
    return form == json_pb2.JSON_FORM_EXTRA or (form == json_pb2.JSON_FORM_RAW and each.number == _UNTYPED)


def _options(each: FieldDescriptor) -> Any:
    return each.GetOptions().Extensions[json_pb2.json]


def check_models(caller: Caller, request: Message, *, untyped: bool) -> None:
    """Checks every model that a request names, except the one used for routing.

    Args:
        caller: Owner of the call's key.
        request: The request.
        untyped: Whether it may hold JSON that the contract does not know.

    Raises:
        GatewayError: PERMISSION_DENIED: the key may not use one of them.
        InvalidArgumentError: One of them can't be a name.
    """
    visit(request, _ModelCheck(caller, request), untyped=untyped)


class _ModelCheck:
    seeks = MODELS

    def __init__(self, caller: Caller, request: Message) -> None:
        self._caller = caller
        self._request = request

    def name(self, message: Any, name: str, kind: int) -> None:
        for text in checked(message, name, kind):
            self._check(text, name)

    def untyped(self, message: Any, name: str) -> None:
        text = getattr(message, name)
        if not has_hint(text, _MODEL_HINTS):
            return
        try:
            for key, value, top in keys_below(text):
                plain = stem(key)
                if "model" in plain or (top and message is self._request and plain in _CHOOSERS):
                    for model in texts_below(value):
                        self._check(model, key[:64])
        except RefusedNameError as refused:
            refused.steps.append(name)
            raise

    def _check(self, model: str, step: str) -> None:
        if self._caller.models.allow(model):
            return
        if self._caller.report is not None:
            self._caller.refuse(self._caller.model_denied(model[:256], step))
        else:
            raise RefusedNameError(lambda path: self._caller.model_denied(model[:256], path), step)

"""Reads YAML into settings classes; reports each mistake with its place in the file."""

import dataclasses
import difflib
import re
import types
import typing
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Literal, TypeVar, Union

import yaml

from openai_grpc_server.config.checks import is_legal_value
from openai_grpc_server.config.errors import ConfigError, Problem
from openai_grpc_server.config.secret import Environment, Fingerprint, Secret, fingerprint, may_be_shown
from openai_grpc_server.config.unsupported import NOT_YET, UNSUPPORTED, Unsupported, unsupported

ENVIRONMENT_PREFIX = "os.environ/"
NULL_TAG = "tag:yaml.org,2002:null"
MERGE_TAG = "tag:yaml.org,2002:merge"
COLLECTION_TAGS = {"tag:yaml.org,2002:map", "tag:yaml.org,2002:seq"}
STANDARD_TAG = "tag:yaml.org,2002:"
INCLUDE = "include"
T = TypeVar("T")

NAMES = {str: "text", bool: "true or false", int: "a whole number", float: "a number", Secret: "text"}
JSON_SCALARS = (str, int, float, bool, types.NoneType)

# Placeholder of a value that could not be read; its problem is already noted.
UNREAD: Any = object()

TOO_DEEP = "nested too deeply"
NOT_OF_HEADERS = "has a line break or another character that no HTTP header can have"
NAME = r"[A-Za-z_][A-Za-z0-9_]*"
REFERENCE = re.compile(rf"os\.environ/({NAME})")
# Forms of other tools, which LiteLLM does not know either: what is written like that was not meant as it stands.
BRACES = re.compile(rf"(?<!\$)\$\{{({NAME})?")
OTHER_FORMS = re.compile(
    rf"os\.(?:environ|getenv)(?:\.get\(|\(|\[|\.|/|\\)?[\"']?({NAME})?|\{{\{{|^\$([A-Z_][A-Z0-9_]*)$"
)
EXPONENT = re.compile(r"[-+]?[0-9]+(?:\.[0-9]*)?[eE][-+]?[0-9]+")  # a number but for YAML 1.1, without a dot or a sign
OWN_KEY = "x-"  # begins keys that hold anchors, as in Compose files
FILE_KEY = "_file"
PRICE = "_cost"  # in keys of prices, which resemble each other
MISSPELT = 0.85  # similarity from which a key is misspelt, though it is of a family that has no effect
GUESS = 0.75  # similarity from which a key is taken for a misspelt one
QUOTED = re.compile(r" '(?!<)[^']{2,}'")  # in messages of the YAML parser; `<` begins the name of a token


class Places:
    """Places of settings in the file."""

    def __init__(self) -> None:
        self._places: dict[int, tuple[Any, dict[str, str]]] = {}

    def note(self, settings: Any, places: dict[str, str]) -> None:
        """Records the places of keys, and that of the settings themselves under an empty name."""
        self._places[id(settings)] = settings, places

    def of(self, settings: Any, key: str = "") -> str:
        """Returns the place of a key, or else of its settings, as `file:line:column`."""
        _, places = self._places.get(id(settings), (None, {}))
        return places.get(key) or places.get("", "")


class Reader:
    """Reads one file, and those that it includes.

    Args:
        file: The file's name, for messages and for paths that are relative to it.
        environ: Values of `os.environ/NAME`.

    Attributes:
        problems: Errors found so far.
        warnings: Settings without effect found so far.
        places: The place of everything.
        files: Paths of the included files, each with its fingerprint from before it was read.
    """

    def __init__(self, file: str, environ: Environment) -> None:
        self.problems: list[Problem] = []
        self.warnings: list[Problem] = []
        self.places = Places()
        self.files: dict[str, Fingerprint] = {}
        self._file = file
        self._environ = environ
        self._included: set[Path] = set()
        self._sections: Mapping[str, str] = {}

    def read(self, text: str, settings: type[T]) -> T:
        """Reads a whole document as an instance of a settings class.

        Raises:
            ConfigError: With every problem of the document.
        """
        root = self._compose(text, self._file)
        self._sections = getattr(settings, "sections", dict)()
        if root is not None and self._sections:
            root = self._with_includes(root, (Path(self._file).resolve(),))
        try:
            value = settings() if root is None else self._value(root, settings, {})
        except RecursionError:  # also of what contains itself
            raise ConfigError(Problem(TOO_DEEP, self._file)) from None
        if self.problems:
            raise ConfigError(*self.problems, warnings=self.warnings)
        return typing.cast("T", value)

    def _compose(self, text: str, file: str) -> yaml.Node | None:
        """Parses a document; None if it is empty.

        Raises:
            ConfigError: It is not YAML.
        """
        try:
            loader = yaml.SafeLoader(text)
            loader.name = file
            try:
                return loader.get_single_node()
            finally:
                loader.dispose()
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            raise ConfigError(Problem(yaml_problem(error), self._where(mark), yaml_hint(text, mark))) from None
        except yaml.YAMLError as error:
            raise ConfigError(Problem(f"not YAML: {str(error).partition(chr(10))[0]}", file)) from None
        except RecursionError:
            raise ConfigError(Problem(TOO_DEEP, file)) from None

    def _with_includes(self, root: yaml.Node, chain: tuple[Path, ...]) -> yaml.Node:
        """Merges included files into a document: lists are concatenated; other keys of the document win."""
        if not isinstance(root, yaml.MappingNode):
            return root
        entries = list(self._entries(root))
        paths = [value for key, value in entries if key.value == INCLUDE]
        merged = yaml.MappingNode(
            root.tag, [each for each in entries if each[0].value != INCLUDE], root.start_mark, root.end_mark
        )
        for node in (each for value in paths for each in (value.value if is_list(value) else [value])):
            if says_nothing(node):
                continue
            text = self._scalar(node, (str,), {})
            if text is not UNREAD:
                file = Path(root.start_mark.name).parent / text
                merged = self._merged(merged, self._include(node, file, chain))
        return merged

    def _include(self, node: yaml.Node, file: Path, chain: tuple[Path, ...]) -> yaml.MappingNode:
        """Reads an included file; an empty mapping if it was included before."""
        nothing = yaml.MappingNode(node.tag, [], node.start_mark, node.end_mark)
        try:
            found = file.resolve()
        except (OSError, ValueError):
            found = file
        if found in chain:
            ring = " -> ".join(each.name for each in (*chain[chain.index(found) :], found))
            self._problem(node, f"a file includes itself: {ring}", f"remove one {INCLUDE}")
            return nothing
        if found in self._included:
            return nothing
        self._included.add(found)
        self.files[str(file)] = fingerprint(file)
        try:
            text = file.read_text(encoding="utf-8")
        except (OSError, ValueError) as error:  # also of a path with a NUL
            why = error.strerror if isinstance(error, OSError) else "not a file in UTF-8"
            hint = "paths are relative to the file that names them; all make one file"
            self._problem(node, f"{INCLUDE}: {file} can't be read: {why}", hint)
            return nothing
        root = self._compose(text, str(file))
        if root is None:
            return nothing
        if not isinstance(root, yaml.MappingNode):
            self._problem(root, "expected keys and values")
            return nothing
        return typing.cast("yaml.MappingNode", self._with_includes(root, (*chain, found)))

    def _merged(self, own: yaml.MappingNode, other: yaml.MappingNode) -> yaml.MappingNode:
        """Merges a mapping of an included file into that of the including file."""
        entries = {key.value: (key, value) for key, value in self._entries(own)}
        for key, value in self._entries(other):
            _, present = entries.get(key.value, (key, None))
            if present is None or says_nothing(present):
                entries[key.value] = key, value
            elif isinstance(present, yaml.MappingNode) and isinstance(value, yaml.MappingNode):
                entries[key.value] = key, self._merged(present, value)
            elif is_list(present) and is_list(value):
                both = [*present.value, *value.value]
                entries[key.value] = key, yaml.SequenceNode(present.tag, both, present.start_mark, present.end_mark)
            elif not key.value.startswith(OWN_KEY) and not says_nothing(value):
                hint = "the file that includes this one sets it too, and wins"
                shown = f" {key.value!r}" if may_be_shown(key.value) else ""
                self.warnings.append(Problem(f"the key{shown} has no effect", self._where(key.start_mark), hint))
        return yaml.MappingNode(own.tag, list(entries.values()), own.start_mark, own.end_mark)

    def _where(self, mark: yaml.Mark | None) -> str:
        return f"{mark.name}:{mark.line + 1}:{mark.column + 1}" if mark else self._file

    def _problem(self, node: yaml.Node, message: str, hint: str = "") -> Any:
        self.problems.append(Problem(message, self._where(node.start_mark), hint))
        return UNREAD

    def _value(self, node: yaml.Node, kind: Any, limits: Mapping[str, Any]) -> Any:
        """Reads a node as a value of a type: a settings class, tuple, mapping, union, literal or scalar."""
        origin = typing.get_origin(kind)
        if kind is Any:
            return self._json(node)
        if origin is tuple:
            return self._tuple(node, typing.get_args(kind)[0])
        if origin is Mapping:
            return self._mapping(node, typing.get_args(kind)[1])
        union = typing.get_args(kind) if origin in {Union, types.UnionType} else (kind,)
        settings = [each for each in union if dataclasses.is_dataclass(each)]
        scalars = tuple(each for each in union if each not in settings and each is not types.NoneType)
        if settings and (not scalars or isinstance(node, yaml.MappingNode)):
            return self._settings(node, settings[0])
        return self._scalar(node, scalars, limits)

    def _tuple(self, node: yaml.Node, kind: Any) -> Any:
        if not self._is(node, yaml.SequenceNode, "a list"):
            return UNREAD
        return tuple(self._value(item, kind, {}) for item in node.value)

    def _is(self, node: yaml.Node, kind: type[yaml.Node], expected: str) -> bool:
        """Returns whether a node is a list or mapping, without a tag that changes its type."""
        if not isinstance(node, kind):
            self._problem(node, f"expected {expected}")
        elif node.tag not in COLLECTION_TAGS:
            self._unknown_tag(node)
        else:
            return True
        return False

    def _mapping(self, node: yaml.Node, kind: Any) -> Any:
        if not self._is(node, yaml.MappingNode, "keys and values"):
            return UNREAD
        return {key.value: self._value(value, kind, {}) for key, value in self._entries(node)}

    def _json(self, node: yaml.Node) -> Any:
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, Any)
        if isinstance(node, yaml.SequenceNode):
            return [self._json(item) for item in node.value] if self._is(node, type(node), "") else UNREAD
        value = self._environment(node, (Any,)) if isinstance(node, yaml.ScalarNode) else UNREAD
        if is_exponent(node, value):
            return float(value)
        if value is not UNREAD and not isinstance(value, JSON_SCALARS):
            return self._problem(node, "expected a value that JSON has", "put it in quotes")
        return value

    def _unknown_tag(self, node: yaml.Node) -> Any:
        tag = node.tag.removeprefix(STANDARD_TAG).lstrip("!")
        shown = f" {tag!r}" if may_be_shown(tag) else ""
        hint = f"{ENVIRONMENT_PREFIX}NAME is a variable of the environment; {INCLUDE} adds files"
        return self._problem(node, f"unknown tag{shown}", hint)

    def _environment(self, node: yaml.ScalarNode, alternatives: tuple[Any, ...]) -> Any:
        """The value of a scalar, with the environment variables that it names."""
        if not node.tag.startswith(STANDARD_TAG):
            return self._unknown_tag(node)
        try:
            value = construct(node)
        except (yaml.YAMLError, ValueError, OverflowError):
            return self._problem(node, "not a value that YAML knows", "put it in quotes")
        if not isinstance(value, str):
            return value
        name = value.removeprefix(ENVIRONMENT_PREFIX)
        if name == value or name not in self._environ:
            return self._filled(node, value, alternatives)
        text = self._environ[name]
        return text if {str, Secret, Any} & set(alternatives) else plain_value(text)

    def _filled(self, node: yaml.ScalarNode, text: str, alternatives: tuple[Any, ...]) -> Any:
        """Replaces each `os.environ/NAME` in a text; refuses other forms, which would be sent literally."""
        if "$" not in text and "os." not in text and "{{" not in text:
            return text
        for name in REFERENCE.findall(text):
            if name not in self._environ:
                shown = name if may_be_shown(name) else "of this name"
                return self._problem(node, f"the environment variable {shown} is not set")
        rest = REFERENCE.sub("", text)
        found = BRACES.search(rest)
        if found is None and (Any not in alternatives or rest.startswith("os.environ")):
            found = OTHER_FORMS.search(rest)
        if found:
            name = next((each for each in found.groups() if each and may_be_shown(each)), "NAME")
            hint = f"write {ENVIRONMENT_PREFIX}{name}"
            if found[0].startswith("${"):
                hint += ", or $${ for the text ${"
            form = found[0][: len("os.environ")].rstrip("(") if found[0].startswith("os.") else found[0][:2]
            return self._problem(node, f"{form} is not replaced here", hint)
        return REFERENCE.sub(lambda match: self._environ[match[1]], text).replace("$${", "${")

    def _scalar(self, node: yaml.Node, alternatives: tuple[Any, ...], limits: Mapping[str, Any]) -> Any:
        expected = " or ".join(self._name(alternative) for alternative in alternatives)
        if not isinstance(node, yaml.ScalarNode):
            return self._problem(node, f"expected {expected}")
        value = self._environment(node, alternatives)
        if value is UNREAD:
            return UNREAD
        if float in alternatives and is_exponent(node, value):
            value = float(value)
        for alternative in alternatives:
            if typing.get_origin(alternative) is Literal:
                if value in typing.get_args(alternative):
                    return value
            elif alternative is Secret and isinstance(value, str):
                return self._secret(node, value, limits)
            elif type(value) is alternative or (alternative is float and type(value) is int):
                return self._limited(node, alternative(value), limits)
        hint = "put it in quotes" if {str, Secret} & set(alternatives) and value is not None else ""
        return self._problem(node, f"expected {expected}", hint)

    def _secret(self, node: yaml.Node, text: str, limits: Mapping[str, Any]) -> Any:
        """Reads a secret without a trailing line break, as files and container environments often have."""
        trimmed = text.strip()
        if trimmed != text:
            if not trimmed:
                return self._problem(node, "has nothing but blanks")
            self.warnings.append(
                Problem("blanks or line breaks around the value are left out", self._where(node.start_mark))
            )
        if "any_text" not in limits and not is_legal_value(trimmed):
            return self._problem(node, NOT_OF_HEADERS)
        return Secret(trimmed)

    def _limited(self, node: yaml.Node, value: Any, limits: Mapping[str, Any]) -> Any:
        if "above" in limits and not value > limits["above"]:
            return self._problem(node, f"must be more than {limits['above']}")
        if "minimum" in limits and not value >= limits["minimum"]:
            return self._problem(node, f"must be at least {limits['minimum']}")
        if "maximum" in limits and not value <= limits["maximum"]:
            return self._problem(node, f"must be at most {limits['maximum']}")
        return value

    def _settings(self, node: yaml.Node, kind: Any) -> Any:
        if not self._is(node, yaml.MappingNode, "keys and values"):
            return UNREAD
        fields = {field.name: field for field in dataclasses.fields(kind)}
        rest = next((field for field in fields.values() if "keys" in field.metadata), None)
        if rest:
            del fields[rest.name]
        hints = typing.get_type_hints(kind)
        values: dict[str, Any] = {}
        others: dict[str, Any] = {}
        places = {"": self._where(node.start_mark)}
        seen = len(self.problems)
        for key, value in self._entries(node):
            places[key.value] = self._where(key.start_mark)
            field = fields.get(key.value) or file_field(key.value, fields, hints)
            if field is not None:
                self._field(key, value, field, hints[field.name], values)
                self._not_yet(key, kind)
            elif rest and is_other_key(key.value, rest):
                others[key.value] = self._json(value)
            elif rest is not None or not key.value.startswith(OWN_KEY):
                self._unknown(key, kind, fields, rest.metadata["keys"]() if rest else ())
        for name in [each.name for each in fields.values() if not has_default(each) and each.name not in values]:
            self._problem(node, f"the key {name!r} is missing")
        if len(self.problems) > seen:
            return UNREAD
        if rest:
            values[rest.name] = others
        settings = kind(**values)
        self.places.note(settings, places)
        return settings

    def _field(
        self,
        key: yaml.Node,
        value: yaml.Node,
        field: "dataclasses.Field[Any]",
        kind: Any,
        values: dict[str, Any],
    ) -> None:
        """Reads a key of a settings class, or the file with its value."""
        if says_nothing(value) and has_default(field):
            # A default that can be turned off: null is a value then.
            if field.default is not None and types.NoneType in typing.get_args(kind):
                values[field.name] = None
            return
        if field.name in values:
            self._problem(key, f"both {field.name} and {field.name}{FILE_KEY}", "leave out one of them")
            return
        of_file = key.value != field.name
        read = self._secret_of_file(value, field.metadata) if of_file else self._value(value, kind, field.metadata)
        values[field.name] = read

    def _unknown(self, key: yaml.Node, kind: Any, fields: Iterable[str], others: Iterable[str]) -> None:
        """Reports an unknown key, with LiteLLM's replacement or the closest match."""
        name, where = key.value, self._where(key.start_mark)
        known = UNSUPPORTED.get(f"{kind.__name__}.{name}") or UNSUPPORTED.get(name)
        if known is None and (PRICE in name or not difflib.get_close_matches(name, (*fields, *others), 1, MISSPELT)):
            known = unsupported(name)
        if known:
            self._without_effect(key, known, "is not supported")
            return
        notes = getattr(kind, "NOTES", False)
        found = self.warnings if notes else self.problems
        close = difflib.get_close_matches(name, (*fields, *others), 1, GUESS)
        if (elsewhere := self._sections.get(name)) and not close:
            found.append(Problem(f"the key {name!r} has no effect here", where, f"it belongs to {elsewhere}"))
            return
        if name.startswith(OWN_KEY) and not notes:
            hint = "put a header into extra_headers, and an anchor at the top of the file"
        else:
            hint = f"did you mean {close[0]!r}?" if close else f"known here: {', '.join(sorted(fields))}"
        # A key that resembles nothing may be a secret in the wrong place.
        shown = f" {name!r}" if "did you mean" in hint or may_be_shown(name) else ""
        found.append(Problem(f"unknown key{shown}", where, hint))

    def _not_yet(self, key: yaml.Node, kind: Any) -> None:
        if known := NOT_YET.get(f"{kind.__name__}.{key.value}"):
            self._without_effect(key, known, "is not supported yet")

    def _without_effect(self, key: yaml.Node, known: Unsupported, what: str) -> None:
        found = self.problems if known.refused else self.warnings
        found.append(Problem(f"the key {key.value!r} {what}", self._where(key.start_mark), known.instead))

    def _entries(self, node: yaml.Node, inside: tuple[yaml.Node, ...] = ()) -> Iterator[tuple[yaml.Node, yaml.Node]]:
        """Yields keys and values, each key once: the mapping's own, then those merged by `<<`, the earlier first."""
        if not isinstance(node, yaml.MappingNode) or node in inside:
            self._problem(node, "expected keys and values to merge")
            return
        own: dict[str, tuple[yaml.Node, yaml.Node]] = {}
        merges: list[yaml.Node] = []
        for key, value in node.value:
            if key.tag == MERGE_TAG:
                if merges:
                    self._problem(key, "duplicate key '<<'", "write one list: <<: [*one, *two]")
                merges += value.value if is_list(value) else [value]
            elif not isinstance(key, yaml.ScalarNode):
                self._problem(key, "expected a key")
            elif key.value in own:
                shown = f"key {key.value!r}" if may_be_shown(key.value) else "key"
                self._problem(key, f"duplicate {shown}")
            else:
                own[key.value] = key, value
        for merged in merges:
            for key, value in self._entries(merged, (*inside, node)):
                own.setdefault(key.value, (key, value))
        yield from own.values()

    def _secret_of_file(self, node: yaml.Node, limits: Mapping[str, Any]) -> Any:
        """Reads the file with a secret; its path is relative to the file that names it."""
        path = self._scalar(node, (str,), {})
        if path is UNREAD:
            return UNREAD
        file = Path(node.start_mark.name).parent / path
        try:
            text = self._environ.secret(file)
        except ConfigError as error:
            return self._problem(node, error.problems[0].message, error.problems[0].hint)
        return self._secret(node, text.strip(), limits) if text.strip() else self._problem(node, "the file is empty")

    def _name(self, kind: Any) -> str:
        if typing.get_origin(kind) is Literal:
            return " or ".join(map(repr, typing.get_args(kind)))
        return NAMES[kind]


def construct(node: yaml.ScalarNode) -> Any:
    """Returns the value of a YAML scalar."""
    constructor = yaml.constructor.SafeConstructor()
    return constructor.construct_object(node)


def plain_value(text: str) -> Any:
    """Returns the value of a text from the environment, read as a YAML scalar."""
    try:
        return yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, OverflowError, RecursionError):
        return text  # of no type that is expected here


def yaml_problem(error: yaml.MarkedYAMLError) -> str:
    """Returns the YAML parser's message, without its quotes from the file."""
    return QUOTED.sub("", error.problem or "not YAML")


def yaml_hint(text: str, mark: yaml.Mark | None) -> str:
    """Returns advice on a line that is not valid YAML."""
    line = text.splitlines()[mark.line] if mark and mark.line < len(text.splitlines()) else ""
    return "indent with blanks: YAML takes no tabs there" if "\t" in line[: len(line) - len(line.lstrip())] else ""


def is_list(node: yaml.Node) -> bool:
    """Returns whether a node is a list."""
    return isinstance(node, yaml.SequenceNode)


def is_exponent(node: yaml.Node, value: Any) -> bool:
    """Returns whether a value is a number such as `1e-6`, which YAML 1.1 reads as a string."""
    return isinstance(value, str) and getattr(node, "style", "") is None and EXPONENT.fullmatch(value) is not None


def is_secret(kind: Any) -> bool:
    """Returns whether a field holds a secret, which may also be in a file."""
    return kind is Secret or Secret in typing.get_args(kind)


def file_field(
    key: str, fields: Mapping[str, "dataclasses.Field[Any]"], hints: Mapping[str, Any]
) -> "dataclasses.Field[Any] | None":
    """Returns the field of the secret whose file `key` names."""
    field = fields.get(key.removesuffix(FILE_KEY)) if key.endswith(FILE_KEY) else None
    return field if field is not None and is_secret(hints[field.name]) else None


def has_default(field: "dataclasses.Field[Any]") -> bool:
    """Returns whether a field of a settings class is optional."""
    return field.default is not dataclasses.MISSING or field.default_factory is not dataclasses.MISSING


def says_nothing(node: yaml.Node) -> bool:
    """Returns whether a value is missing, as in `key:` with nothing after it."""
    return isinstance(node, yaml.ScalarNode) and node.tag == NULL_TAG


def is_other_key(key: str, rest: "dataclasses.Field[Any]") -> bool:
    """Returns whether an unknown key belongs to a field that collects other keys."""
    return key not in UNSUPPORTED and key in rest.metadata["keys"]()

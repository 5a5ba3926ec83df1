"""Reads YAML into settings classes, and reports everything that does not fit with its place in the file."""

import dataclasses
import difflib
import re
import types
import typing
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Literal, TypeVar, Union

import yaml

from openai_grpc_server.config.checks import is_legal_value
from openai_grpc_server.config.errors import ConfigError, Problem
from openai_grpc_server.config.secret import Secret, may_be_shown
from openai_grpc_server.config.unsupported import NOT_YET, UNSUPPORTED, Unsupported

ENVIRONMENT_PREFIX = "os.environ/"
NULL_TAG = "tag:yaml.org,2002:null"
MERGE_TAG = "tag:yaml.org,2002:merge"
T = TypeVar("T")

NAMES = {str: "text", bool: "true or false", int: "a whole number", float: "a number", Secret: "text"}
JSON_SCALARS = (str, int, float, bool, types.NoneType)

# Placeholder of a value that could not be read; its problem is already noted.
UNREAD: Any = object()

TOO_DEEP = "nested too deeply"
NOT_OF_HEADERS = "has a line break or another character that no HTTP header can have"
QUOTED = re.compile(r" '(?!<)[^']{2,}'")  # in messages of the YAML parser; `<` begins the name of a token


class Places:
    """Places of settings in the file."""

    def __init__(self) -> None:
        self._places: dict[int, tuple[Any, dict[str, str]]] = {}

    def note(self, settings: Any, places: dict[str, str]) -> None:
        """Notes the places of the settings' keys, and under an empty name where the settings begin."""
        self._places[id(settings)] = settings, places

    def of(self, settings: Any, key: str = "") -> str:
        """Returns the place of a key, or else of its settings, as `file:line:column`."""
        _, places = self._places.get(id(settings), (None, {}))
        return places.get(key) or places.get("", "")


class Reader:
    """Reads one file.

    Args:
        file: The file's name, for messages.
        environ: What `os.environ/NAME` refers to.

    Attributes:
        problems: What makes the file unusable, so far.
        warnings: What has no effect here, so far.
        places: The place of everything.
    """

    def __init__(self, file: str, environ: Mapping[str, str]) -> None:
        self.problems: list[Problem] = []
        self.warnings: list[Problem] = []
        self.places = Places()
        self._file = file
        self._environ = environ

    def read(self, text: str, settings: type[T]) -> T:
        """Reads a whole document as an instance of a settings class.

        Raises:
            ConfigError: With every problem of the document.
        """
        loader = yaml.SafeLoader(text)
        try:
            root = loader.get_single_node()
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            raise ConfigError(Problem(yaml_problem(error), self._where(mark))) from None
        except yaml.YAMLError as error:
            raise ConfigError(Problem(f"not YAML: {error}", self._file)) from error
        except RecursionError:
            raise ConfigError(Problem(TOO_DEEP, self._file)) from None
        finally:
            loader.dispose()
        try:
            value = settings() if root is None else self._value(root, settings, {})
        except RecursionError:  # also of what contains itself
            raise ConfigError(Problem(TOO_DEEP, self._file)) from None
        if self.problems:
            raise ConfigError(*self.problems, warnings=self.warnings)
        return typing.cast("T", value)

    def _where(self, mark: yaml.Mark | None) -> str:
        return f"{self._file}:{mark.line + 1}:{mark.column + 1}" if mark else self._file

    def _problem(self, node: yaml.Node, message: str, hint: str = "") -> Any:
        self.problems.append(Problem(message, self._where(node.start_mark), hint))
        return UNREAD

    def _value(self, node: yaml.Node, kind: Any, limits: Mapping[str, Any]) -> Any:
        """Reads a node as a value of a type: a settings class, tuple, mapping, union, literal or scalar."""
        origin = typing.get_origin(kind)
        if kind is Any:
            return self._json(node)
        if origin is tuple:
            if not isinstance(node, yaml.SequenceNode):
                return self._problem(node, "expected a list")
            return tuple(self._value(item, typing.get_args(kind)[0], {}) for item in node.value)
        if origin is Mapping:
            return self._mapping(node, typing.get_args(kind)[1])
        union = typing.get_args(kind) if origin in {Union, types.UnionType} else (kind,)
        settings = [each for each in union if dataclasses.is_dataclass(each)]
        scalars = tuple(each for each in union if each not in settings and each is not types.NoneType)
        if settings and (not scalars or isinstance(node, yaml.MappingNode)):
            return self._settings(node, settings[0])
        return self._scalar(node, scalars, limits)

    def _mapping(self, node: yaml.Node, kind: Any) -> Any:
        if not isinstance(node, yaml.MappingNode):
            return self._problem(node, "expected keys and values")
        return {key.value: self._value(value, kind, {}) for key, value in self._entries(node)}

    def _json(self, node: yaml.Node) -> Any:
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, Any)
        if isinstance(node, yaml.SequenceNode):
            return [self._json(item) for item in node.value]
        value = self._environment(node, (Any,)) if isinstance(node, yaml.ScalarNode) else UNREAD
        if value is not UNREAD and not isinstance(value, JSON_SCALARS):
            return self._problem(node, "expected a value that JSON has", "put it in quotes")
        return value

    def _environment(self, node: yaml.ScalarNode, alternatives: tuple[Any, ...]) -> Any:
        """The value of a scalar, or of the environment variable that it names."""
        try:
            value = construct(node)
        except (yaml.YAMLError, ValueError, OverflowError):
            return self._problem(node, "not a value that YAML knows", "put it in quotes")
        if not isinstance(value, str) or not value.startswith(ENVIRONMENT_PREFIX):
            return value
        name = value.removeprefix(ENVIRONMENT_PREFIX)
        if name not in self._environ:
            shown = name if may_be_shown(name) else "of this name"
            return self._problem(node, f"the environment variable {shown} is not set")
        text = self._environ[name]
        if {str, Secret, Any} & set(alternatives):
            return text
        try:
            return yaml.safe_load(text)
        except (yaml.YAMLError, ValueError, OverflowError, RecursionError):
            return text  # of no type that is expected here

    def _scalar(self, node: yaml.Node, alternatives: tuple[Any, ...], limits: Mapping[str, Any]) -> Any:
        expected = " or ".join(self._name(alternative) for alternative in alternatives)
        if not isinstance(node, yaml.ScalarNode):
            return self._problem(node, f"expected {expected}")
        value = self._environment(node, alternatives)
        if value is UNREAD:
            return UNREAD
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
        """Reads a secret: files and environments of containers often end it with a line break."""
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
        if not isinstance(node, yaml.MappingNode):
            return self._problem(node, "expected keys and values")
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
            if field := fields.get(key.value):
                if says_nothing(value) and has_default(field):
                    values.pop(field.name, None)
                else:
                    values[field.name] = self._value(value, hints[field.name], field.metadata)
                    self._not_yet(key, kind)
            elif rest and is_other_key(key.value, rest):
                others[key.value] = self._json(value)
            else:
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

    def _unknown(self, key: yaml.Node, kind: Any, fields: Iterable[str], others: Iterable[str]) -> None:
        """Reports an unknown key, with LiteLLM's replacement or the closest match."""
        name, where = key.value, self._where(key.start_mark)
        if known := UNSUPPORTED.get(name):
            self._without_effect(key, known, "is not supported")
            return
        close = difflib.get_close_matches(name, (*fields, *others), 1)
        hint = f"did you mean {close[0]!r}?" if close else f"known here: {', '.join(sorted(fields))}"
        found = self.warnings if getattr(kind, "NOTES", False) else self.problems
        # A key that resembles nothing may be a secret in the wrong place.
        shown = f" {name!r}" if close or may_be_shown(name) else ""
        found.append(Problem(f"unknown key{shown}", where, hint))

    def _not_yet(self, key: yaml.Node, kind: Any) -> None:
        if known := NOT_YET.get(f"{kind.__name__}.{key.value}"):
            self._without_effect(key, known, "is not supported yet")

    def _without_effect(self, key: yaml.Node, known: Unsupported, what: str) -> None:
        found = self.problems if known.refused else self.warnings
        found.append(Problem(f"the key {key.value!r} {what}", self._where(key.start_mark), known.instead))

    def _entries(self, node: yaml.Node, inside: tuple[yaml.Node, ...] = ()) -> Iterator[tuple[yaml.Node, yaml.Node]]:
        """Yields keys and values, those merged by `<<` first, so that the mapping's own win."""
        if not isinstance(node, yaml.MappingNode) or node in inside:
            self._problem(node, "expected keys and values to merge")
            return
        own: dict[str, tuple[yaml.Node, yaml.Node]] = {}
        for key, value in node.value:
            if key.tag == MERGE_TAG:
                for merged in value.value if isinstance(value, yaml.SequenceNode) else [value]:
                    yield from self._entries(merged, (*inside, node))
            elif not isinstance(key, yaml.ScalarNode):
                self._problem(key, "expected a key")
            elif key.value in own:
                shown = f"key {key.value!r}" if may_be_shown(key.value) else "key"
                self._problem(key, f"duplicate {shown}")
            else:
                own[key.value] = key, value
        yield from own.values()

    def _name(self, kind: Any) -> str:
        if typing.get_origin(kind) is Literal:
            return " or ".join(map(repr, typing.get_args(kind)))
        return NAMES[kind]


def construct(node: yaml.ScalarNode) -> Any:
    """The value that YAML gives a scalar."""
    constructor = yaml.constructor.SafeConstructor()
    return constructor.construct_object(node)


def yaml_problem(error: yaml.MarkedYAMLError) -> str:
    """Returns the message of the YAML parser, without what it quotes of the file."""
    return QUOTED.sub("", error.problem or "not YAML")


def has_default(field: "dataclasses.Field[Any]") -> bool:
    """Whether a settings class can be made without the field."""
    return field.default is not dataclasses.MISSING or field.default_factory is not dataclasses.MISSING


def says_nothing(node: yaml.Node) -> bool:
    """Whether a value is left out, as in `key:` with nothing after it."""
    return isinstance(node, yaml.ScalarNode) and node.tag == NULL_TAG


def is_other_key(key: str, rest: "dataclasses.Field[Any]") -> bool:
    """Whether a key that is no field belongs to the field that takes all the others of some kind."""
    return key not in UNSUPPORTED and key in rest.metadata["keys"]()

"""Reads YAML into settings classes, and says of everything that does not fit where it stands."""

import dataclasses
import difflib
import types
import typing
from collections.abc import Iterator, Mapping
from typing import Any, Literal, TypeVar, Union

import yaml

from openai_grpc_server.config.errors import ConfigError, Problem
from openai_grpc_server.config.secret import Secret

ENVIRONMENT_PREFIX = "os.environ/"
MERGE_TAG = "tag:yaml.org,2002:merge"
T = TypeVar("T")

NAMES = {str: "text", bool: "true or false", int: "a whole number", float: "a number", Secret: "text"}

# What stands for a value that could not be read; the problem is already noted.
UNREAD: Any = object()


class Reader:
    """Reads one file.

    Args:
        file: The file's name, for messages.
        environ: What `os.environ/NAME` refers to.
        unsupported: Hints for keys that are known elsewhere but not here.

    Attributes:
        problems: What was found so far.
    """

    def __init__(self, file: str, environ: Mapping[str, str], unsupported: Mapping[str, str]) -> None:
        self.problems: list[Problem] = []
        self._file = file
        self._environ = environ
        self._unsupported = unsupported

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
            raise ConfigError(Problem(error.problem or "not YAML", self._where(mark))) from error
        except yaml.YAMLError as error:
            raise ConfigError(Problem(f"not YAML: {error}", self._file)) from error
        finally:
            loader.dispose()
        value = settings() if root is None else self._value(root, settings, {})
        if self.problems:
            raise ConfigError(*self.problems)
        return typing.cast("T", value)

    def _where(self, mark: yaml.Mark | None) -> str:
        return f"{self._file}:{mark.line + 1}:{mark.column + 1}" if mark else self._file

    def _problem(self, node: yaml.Node, message: str, hint: str = "") -> Any:
        self.problems.append(Problem(message, self._where(node.start_mark), hint))
        return UNREAD

    def _value(self, node: yaml.Node, kind: Any, limits: Mapping[str, Any]) -> Any:
        """Reads a node as a value of a type: a settings class, tuple, union, literal or scalar."""
        if dataclasses.is_dataclass(kind):
            return self._settings(node, kind)
        origin = typing.get_origin(kind)
        if origin is tuple:
            if not isinstance(node, yaml.SequenceNode):
                return self._problem(node, "expected a list")
            return tuple(self._value(item, typing.get_args(kind)[0], {}) for item in node.value)
        alternatives = (
            tuple(a for a in typing.get_args(kind) if a is not types.NoneType)
            if origin in {Union, types.UnionType}
            else (kind,)
        )
        if len(alternatives) == 1 and (dataclasses.is_dataclass(alternatives[0])):
            return self._settings(node, alternatives[0])
        return self._scalar(node, alternatives, limits)

    def _scalar(self, node: yaml.Node, alternatives: tuple[Any, ...], limits: Mapping[str, Any]) -> Any:
        expected = " or ".join(self._name(alternative) for alternative in alternatives)
        if not isinstance(node, yaml.ScalarNode):
            return self._problem(node, f"expected {expected}")
        value = construct(node)
        if isinstance(value, str) and value.startswith(ENVIRONMENT_PREFIX):
            name = value.removeprefix(ENVIRONMENT_PREFIX)
            if name not in self._environ:
                return self._problem(node, f"the environment variable {name} is not set")
            text = self._environ[name]
            value = text if str in alternatives or Secret in alternatives else yaml.safe_load(text)
        for alternative in alternatives:
            if typing.get_origin(alternative) is Literal:
                if value in typing.get_args(alternative):
                    return value
            elif alternative is Secret and isinstance(value, str):
                return Secret(value)
            elif type(value) is alternative or (alternative is float and type(value) is int):
                return self._limited(node, alternative(value), limits)
        hint = "put it in quotes" if {str, Secret} & set(alternatives) and value is not None else ""
        return self._problem(node, f"expected {expected}", hint)

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
        hints = typing.get_type_hints(kind)
        values: dict[str, Any] = {}
        seen = len(self.problems)
        for key, value in self._entries(node):
            field = fields.get(key.value)
            if field is None:
                self._problem(key, f"unknown key {key.value!r}", self._hint(key.value, fields))
            elif isinstance(value, yaml.ScalarNode) and construct(value) is None and has_default(field):
                values.pop(field.name, None)  # `key:` with nothing after it says nothing
            else:
                values[field.name] = self._value(value, hints[field.name], field.metadata)
        for field in fields.values():
            if not has_default(field) and field.name not in values:
                self._problem(node, f"the key {field.name!r} is missing")
        return UNREAD if len(self.problems) > seen else kind(**values)

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
                self._problem(key, f"the key {key.value!r} stands twice")
            else:
                own[key.value] = key, value
        yield from own.values()

    def _hint(self, key: str, fields: Mapping[str, Any]) -> str:
        if hint := self._unsupported.get(key):
            return hint
        close = difflib.get_close_matches(key, fields, 1)
        return f"did you mean {close[0]!r}?" if close else f"known here: {', '.join(sorted(fields))}"

    def _name(self, kind: Any) -> str:
        if typing.get_origin(kind) is Literal:
            return " or ".join(map(repr, typing.get_args(kind)))
        return NAMES[kind]


def construct(node: yaml.ScalarNode) -> Any:
    """The value that YAML gives a scalar."""
    constructor = yaml.constructor.SafeConstructor()
    return constructor.construct_object(node)


def has_default(field: "dataclasses.Field[Any]") -> bool:
    """Whether a settings class can be made without the field."""
    return field.default is not dataclasses.MISSING or field.default_factory is not dataclasses.MISSING

"""Compiles generated source into functions, one per message, on first use."""

from collections.abc import Callable, Mapping
from typing import Any, cast

from google.protobuf.descriptor import Descriptor
from google.protobuf.message import Message

from openai_grpc.codec._options import Shape, shape


class Compiler:
    """Compiled functions of one direction and mode.

    They share one namespace, where a message refers to another by name. A name that is not compiled yet is a
    function that compiles it and puts the result in its place.

    Args:
        prefix: Prefix of the functions' names.
        write: Writes the source of a message's function.
        helpers: Global names of the source.
        strict: Whether names that are too long, or that can't be one, are errors.
        other: Returns the function that writes what no arm of a union takes as JSON text. Default: it takes anything.

    Attributes:
        strict: As above.
        by_type: The functions that `of` has returned, by the message's class.
    """

    def __init__(
        self,
        prefix: str,
        write: Callable[[Shape, "Compiler"], str],
        helpers: Mapping[str, Any],
        *,
        strict: bool = False,
        other: Callable[[Shape], Callable[[Any], str]] | None = None,
    ) -> None:
        self.strict = strict
        self._other = other
        self._prefix = prefix
        self._write = write
        self._names = dict(helpers)
        self._functions: dict[Descriptor, Callable[..., Any]] = {}
        self.by_type: dict[type[Message], Callable[..., Any]] = {}
        self._labels: dict[str, Descriptor] = {}

    def of(self, message_type: type[Message]) -> Callable[..., Any]:
        """Returns the function of a message's class."""
        function = self.by_type.get(message_type)
        if function is None:
            function = self.by_type[message_type] = self.function(cast("Descriptor", message_type.DESCRIPTOR))
        return function

    def function(self, descriptor: Descriptor) -> Callable[..., Any]:
        """Returns the function of a message, compiled at most once."""
        function = self._functions.get(descriptor)
        if function is None:
            name = self.name(descriptor)
            code = compile(self.source(descriptor), f"<{name}>", "exec")
            exec(code, self._names)  # noqa: S102  # the source is made from descriptors, of names that protoc has checked
            function = self._functions[descriptor] = self._names[name]
        return function

    def source(self, descriptor: Descriptor) -> str:
        """Returns the source of a message's function, for a reader."""
        return self._write(shape(descriptor), self)

    def name(self, descriptor: Descriptor) -> str:
        """Returns the name of a message's function."""
        return f"{self._prefix}_{self.label(descriptor)}"

    def label(self, descriptor: Descriptor) -> str:
        """Returns the suffix of names for a message."""
        label = descriptor.full_name.removeprefix(f"{descriptor.file.package}.").replace(".", "_")
        while self._labels.setdefault(label, descriptor) is not descriptor:  # the same name in another package
            label += "_"
        return label

    def reference(self, descriptor: Descriptor) -> str:
        """Returns the name by which another message's function calls this one's."""
        name = self.name(descriptor)

        def first_call(*args: Any) -> Any:
            return self.function(descriptor)(*args)

        self._names.setdefault(name, first_call)
        return name

    def unknown(self, union: Shape) -> str:
        """Returns the name of the function that writes what no arm of a union takes as JSON text."""
        return (
            "raw_text"
            if self._other is None
            else self.bind(f"OTHER_{self.label(union.descriptor)}", self._other(union))
        )

    def bind(self, name: str, value: Any) -> str:
        """Binds an object to a name in the source; returns the name."""
        self._names[name] = value
        return name

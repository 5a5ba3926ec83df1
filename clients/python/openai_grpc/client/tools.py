"""Tools: their definitions, and what a run of them takes and returns."""

import inspect
import json
import threading
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Literal, TypeVar, get_type_hints, overload

import grpc
from google.protobuf import json_format
from google.protobuf.message import Message

from openai_grpc.client.errors import CallCancelledError
from openai_grpc.client.schema import Schema, schema_of

A = TypeVar("A")
R = TypeVar("R", bound=Message)
C = TypeVar("C", bound=Message)
Choice = Literal["auto", "none", "required"]

_NOTHING: Mapping[str, Any] = {"type": "object", "properties": {}, "required": [], "additionalProperties": False}


def function_tool(
    name: str, description: str | None = None, parameters: "type[Any] | Schema[Any] | Mapping[str, Any] | None" = None
) -> Any:
    """Makes the definition of a function for chat completions.

    Args:
        name: Its name.
        description: What it does, for the model.
        parameters: The type of its argument: a class of Protobuf messages or a model of pydantic, which make it
            strict; or a JSON Schema, which is sent as it is.

    Raises:
        TypeError: The type has something that strict mode can't express.
    """
    return {"type": "function", "function": _definition(name, description, parameters)}


def response_function_tool(
    name: str, description: str | None = None, parameters: "type[Any] | Schema[Any] | Mapping[str, Any] | None" = None
) -> Any:
    """Makes the definition of a function for responses; takes and raises what `function_tool` does."""
    definition = _definition(name, description, parameters)
    # Responses takes any schema for a strict one that does not say so.
    return {"type": "function", "strict": False, **definition}


def tool_choice(function: str) -> Any:
    """Makes the choice of one function for chat completions. `auto`, `none` and `required` are texts."""
    return {"type": "function", "function": {"name": function}}


def response_tool_choice(function: str) -> Any:
    """Makes the choice of one function for responses. `auto`, `none` and `required` are texts."""
    return {"type": "function", "name": function}


class Tool(Generic[A]):
    """A function that the model may call, with what carries it out. The decorator `tool` makes it.

    Args:
        name: Its name.
        parameters: The type of its argument; None: it has none.
        run: The function. What it returns goes to the model: a text as it is, anything else as JSON.
        description: What it does, for the model.

    Raises:
        TypeError: The type has something that strict mode can't express.
    """

    def __init__(
        self,
        name: str,
        parameters: type[A] | Schema[A] | None,
        run: Callable[..., Any],
        *,
        description: str | None = None,
    ) -> None:
        self.name = name
        self.description = description
        self.schema = None if parameters is None else schema_of(parameters)
        self._run = run

    @property
    def chat(self) -> Any:
        """Its definition for chat completions."""
        return function_tool(self.name, self.description, self.schema or _NOTHING)

    @property
    def response(self) -> Any:
        """Its definition for responses."""
        return response_function_tool(self.name, self.description, self.schema or _NOTHING)

    def __call__(self, *args: Any) -> Any:
        """Calls the function."""
        return self._run(*args)

    def read(self, arguments: str) -> tuple[Any, ...]:
        """Reads arguments, as the model wrote them.

        Raises:
            TypeMismatchError: They are not of the type.
        """
        return () if self.schema is None else (self.schema.read(arguments or "{}"),)

    @property
    def is_async(self) -> bool:
        """Whether its result must be awaited."""
        return inspect.iscoroutinefunction(self._run)


@overload
def tool(function: Callable[[A], Any], /) -> Tool[A]: ...


@overload
def tool(
    *, name: str | None = None, description: str | None = None
) -> Callable[[Callable[[A], Any] | Callable[[], Any]], Tool[A]]: ...


def tool(function: Any = None, /, *, name: str | None = None, description: str | None = None) -> Any:
    """Makes a tool of a function with one argument, whose annotation is a Protobuf message or a model of pydantic.

    Args:
        function: The function.
        name: The tool's name. Default: that of the function.
        description: What it does, for the model. Default: the function's docstring.

    Raises:
        TypeError: The function takes something else, or the type has something that strict mode can't express.
    """
    if function is None:
        return lambda function: _tool(function, name, description)
    return _tool(function, name, description)


def _tool(function: Callable[..., Any], name: str | None, description: str | None) -> Tool[Any]:
    hints = get_type_hints(function)
    names = list(inspect.signature(function).parameters)
    if len(names) > 1 or any(each not in hints for each in names):
        raise TypeError(f"{function.__name__} can't be a tool: it must take one argument, annotated with its type")
    parameters = hints[names[0]] if names else None
    return Tool(name or function.__name__, parameters, function, description=description or inspect.getdoc(function))


@dataclass(frozen=True, slots=True)
class ToolRun(Generic[R, C]):
    """A run of tools that has ended.

    Attributes:
        reply: The last reply, which called none of the tools.
        messages: The conversation: the request's, and that of the run. Messages of a chat, or items of Responses.
        rounds: How many replies the model made.
    """

    reply: R
    messages: Sequence[C]
    rounds: int


class Cancellation:
    """Cancels a run of tools from elsewhere, such as from another thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._close: Callable[[], object] | None = None
        self._cancelled = False

    @property
    def cancelled(self) -> bool:
        """Whether it was cancelled."""
        return self._cancelled

    def cancel(self) -> None:
        """Cancels: the active call ends at once, and no other call or tool begins."""
        with self._lock:
            self._cancelled = True
            close = self._close
        if close is not None:
            close()

    def check(self) -> None:
        """Raises CallCancelledError if it was cancelled."""
        if self._cancelled:
            raise CallCancelledError("the run was cancelled", status=grpc.StatusCode.CANCELLED)

    def watch(self, close: Callable[[], object] | None) -> None:
        """Sets the function that ends the active call; None without one."""
        with self._lock:
            self._close = close
        if self._cancelled and close is not None:
            close()


@dataclass(frozen=True, slots=True)
class Bounds:
    """Bounds and observers of a run.

    Attributes:
        max_rounds: How many replies the model may make.
        max_parallel: How many tools may run at once.
        on_text: Called with the text of replies as it arrives.
        on_call: Called with the name and the arguments of a call, before the tool runs.
        cancellation: Cancels the run.
        stop_on_error: Whether what a tool raises ends the run.
    """

    max_rounds: int
    max_parallel: int
    on_text: Callable[[str], object] | None
    on_call: Callable[[str, str], object] | None
    cancellation: Cancellation | None
    stop_on_error: bool = False

    def __post_init__(self) -> None:
        for name in ("max_rounds", "max_parallel"):
            if getattr(self, name) < 1:
                raise ValueError(f"invalid {name} {getattr(self, name)}: must be 1 or more")

    @property
    def streams(self) -> bool:
        """Whether replies are streamed: they can be read and left before their end."""
        return self.on_text is not None or self.cancellation is not None


@dataclass(frozen=True, slots=True)
class Call:
    """A call of a tool by the model."""

    id: str
    name: str
    arguments: str


Carry = Callable[[Call], Awaitable[str]]


def result_text(result: Any) -> str:
    """Returns the result of a tool as the model gets it.

    Raises:
        TypeError: It can't be JSON.
    """
    if isinstance(result, str):
        return result
    if isinstance(result, Message):
        return json_format.MessageToJson(result, preserving_proto_field_name=True, indent=None)
    if hasattr(result, "model_dump_json"):
        return str(result.model_dump_json())
    return json.dumps(result, ensure_ascii=False)


def _definition(name: str, description: str | None, parameters: Any) -> dict[str, Any]:
    definition: dict[str, Any] = {"name": name}
    if description:
        definition["description"] = description
    if parameters is _NOTHING:
        return {**definition, "parameters": parameters, "strict": True}
    if isinstance(parameters, Mapping):
        return {**definition, "parameters": parameters}
    if parameters is None:
        return definition
    return {**definition, "parameters": schema_of(parameters).json, "strict": True}

"""How much of a message is in typed fields."""

import json
from typing import Any

from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message

from conformance.compare import leaves
from openai_grpc.codec._options import EXTRA, Kind, Label, shape

# Free-form JSON by its nature: schemas, and values whose shape the caller or a tool decides. Everything else that is
# carried as JSON text counts as untyped.
FREE_FORM = {
    "FunctionDefinition.parameters_json",
    "FunctionTool.parameters_json",
    "FunctionTool.output_schema_json",
    "ResponseFormatJsonSchema.JsonSchema.schema_json",
    "ResponseTextConfig.JsonSchema.schema_json",
    "ResponseMcpListTools.Tool.input_schema_json",
    "ResponseMcpListTools.Tool.annotations_json",
    "ResponseToolSearchCall.arguments_json",
    "ToolSearchTool.parameters_json",
    "McpError.ToolExecutionError.content_json",
    "CreateChatCompletionRequest.chat_template_kwargs_json",
}


class Tally:
    """Counts of JSON values.

    Attributes:
        typed: Those in typed fields.
        untyped: Those in `extra_json`, in `unknown` arms and in JSON text that is not free-form, by field.
    """

    def __init__(self) -> None:
        self.typed = 0
        self.untyped: dict[str, int] = {}

    @property
    def share(self) -> float:
        """The share of typed values, in percent."""
        total = self.typed + sum(self.untyped.values())
        return 100 * self.typed / total if total else 100.0

    def add(self, message: Message) -> None:
        """Counts the values of a message."""
        target = shape(message.DESCRIPTOR)
        self.typed += len(target.constants)
        fields = {field.name: field for field in target.fields}
        inline = {each.name for each in target.inlines}
        for descriptor, value in message.ListFields():
            if descriptor.name == EXTRA:
                self._extra(message, value)
            elif descriptor.name in inline:
                self.add(value)
            elif descriptor.name in fields:
                field = fields[descriptor.name]
                values = (
                    list(value.values())
                    if field.label is Label.MAP
                    else value
                    if field.label is Label.LIST
                    else [value]
                )
                if field.kind is Kind.MESSAGE:
                    for item in values:
                        self.add(item)
                elif field.kind is Kind.RAW:
                    self._raw(descriptor, values)
                else:
                    self.typed += len(values)

    def _raw(self, descriptor: FieldDescriptor, values: list[str]) -> None:
        name = descriptor.full_name.removeprefix("openai_grpc.v1.")
        for text in values:
            if name in FREE_FORM:
                self.typed += 1
            else:
                self._untyped(name, json.loads(text))

    def _extra(self, message: Message, text: str) -> None:
        known = shape(message.DESCRIPTOR).known
        for key, value in json.loads(text).items():
            # Of a known key, null and empty only tell that it was there; a reader has them from the typed field.
            if key in known and value in (None, [], {}):
                self.typed += 1
            else:
                self._untyped(f"{message.DESCRIPTOR.full_name.removeprefix('openai_grpc.v1.')}+{key}", value)

    def _untyped(self, name: str, value: Any) -> None:
        self.untyped[name] = self.untyped.get(name, 0) + leaves(value)

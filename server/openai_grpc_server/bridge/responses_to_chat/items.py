"""The input items of Responses as chat messages."""

from typing import Any

from openai_grpc.codec import dumps, from_object, loads
from openai_grpc.v1 import chat_message_pb2
from openai_grpc_server.bridge.losses import Losses, add_extra, carry_extra, copy_fields, join, telling
from openai_grpc_server.bridge.reasoning import SEPARATOR, reasoning_details, reasoning_text
from openai_grpc_server.bridge.responses_to_chat.content import chat_parts, write_content

Param = chat_message_pb2.ChatCompletionRequestMessage
# Servers that have chat only know `system`; to OpenAI's models the two are the same.
ROLES = {"user": "user", "system": "system", "developer": "system"}


class Messages:
    """Writes items as messages.

    What the model has said in one turn is one message: its reasoning, its text and its tool calls, so that the results
    follow the calls at once, as chat wants it.

    Args:
        losses: Takes what can't be expressed.

    Attributes:
        written: The messages.
    """

    def __init__(self, losses: Losses) -> None:
        self.written: list[Param] = []
        self._losses = losses

    def add(self, item: Any, path: str) -> None:
        """Writes the next item.

        Raises:
            InvalidArgumentError: Chat can't express it.
        """
        kind = item.WhichOneof("kind")
        if kind == "message":
            self._message(item.message, join(path, kind))
        elif kind == "reasoning":
            self._reasoning(item.reasoning, join(path, kind))
        elif kind == "function_call":
            self._function_call(item.function_call, join(path, kind))
        elif kind == "custom_tool_call":
            self._custom_call(item.custom_tool_call, join(path, kind))
        elif kind in {"function_call_output", "custom_tool_call_output"}:
            self._result(getattr(item, kind), join(path, kind))
        elif kind == "unknown":
            self.written.append(from_object(Param, loads(item.unknown)))
        else:
            self._losses.lose(join(path, kind or "kind"), "chat has no such item")

    def _turn(self, *, after: tuple[str, ...]) -> Any:
        """Returns the message of the assistant's turn, a new one unless it has at most these fields."""
        last = self.written[-1] if self.written else None
        if last is not None and last.HasField("assistant"):
            said = {field.name for field, _ in last.assistant.ListFields()}
            if said <= {"reasoning_content", "reasoning_details", *after} or last.assistant.tool_calls:
                return last.assistant
        self.written.append(Param(assistant=chat_message_pb2.ChatCompletionMessage()))
        return self.written[-1].assistant

    def _message(self, message: Any, path: str) -> None:
        self._losses.only(message, {"content", "role", "status", "id", "phase", "extra_json"}, path)
        if message.role == "assistant":
            self._said(message, path)
            return
        role = ROLES.get(message.role)
        if role is None:
            self._losses.lose(join(path, "role"), "chat has no such role")
            return
        param = Param()
        target: Any = getattr(param, role)
        target.SetInParent()
        write_content(message.content, target.content, join(path, "content"), self._losses)
        carry_extra(message, target)
        self.written.append(param)

    def _said(self, message: Any, path: str) -> None:
        turn = self._turn(after=("tool_calls",))
        kind = message.content.WhichOneof("kind")
        parts = chat_parts(message.content.parts.parts, join(path, "content.parts"), self._losses)
        if kind == "unknown":
            self._losses.lose(join(path, "content.unknown"))
        elif all(part.HasField("text") and len(part.text.ListFields()) == 1 for part in parts):
            turn.content += message.content.text + "".join(part.text.text for part in parts)
        elif [part.WhichOneof("kind") for part in parts] == ["refusal"]:
            turn.refusal = parts[0].refusal.refusal
        else:
            turn.content_parts.extend(parts)
        carry_extra(message, turn)

    def _reasoning(self, item: Any, path: str) -> None:
        self._losses.only(item, {"id", "summary", "content", "encrypted_content", "status", "extra_json"}, path)
        turn = self._turn(after=())
        text = reasoning_text(item)
        if text:
            turn.reasoning_content += SEPARATOR + text if turn.reasoning_content else text
        extra = telling(item.extra_json)
        kept = extra.pop("reasoning_details", None)
        for name in extra:
            self._losses.lose(join(path, f"extra_json.{name}"))
        if isinstance(kept, list):
            turn.reasoning_details.extend(from_object(chat_message_pb2.ReasoningDetail, each) for each in kept)
        elif item.encrypted_content:
            turn.reasoning_details.extend(reasoning_details(item, len(turn.reasoning_details)))

    def _function_call(self, item: Any, path: str) -> None:
        known = {"arguments", "call_id", "name", "id", "namespace", "status", "created_by", "extra_json"}
        self._losses.only(item, known, path)
        call = self._turn(after=("content", "refusal", "content_parts")).tool_calls.add().function
        call.id = item.call_id
        copy_fields(item, call.function, {"name", "arguments"})
        copy_fields(item, call, {"namespace"})
        extra = telling(item.extra_json)
        content = extra.pop("extra_content", None)  # such as a signature of the thought before the call
        if content is not None:
            call.google.extra_content_json = dumps(content).decode()
        add_extra(call, **extra)

    def _custom_call(self, item: Any, path: str) -> None:
        known = {"call_id", "input", "name", "id", "namespace", "status", "created_by", "extra_json"}
        self._losses.only(item, known, path)
        call = self._turn(after=("content", "refusal", "content_parts")).tool_calls.add().custom
        call.id = item.call_id
        copy_fields(item, call.custom, {"name", "input"})
        copy_fields(item, call, {"namespace"})
        carry_extra(item, call)

    def _result(self, item: Any, path: str) -> None:
        known = {"output", "id", "call_id", "name", "namespace", "status", "created_by", "extra_json"}
        self._losses.only(item, known, path)
        param = Param()
        param.tool.tool_call_id = item.call_id
        write_content(item.output, param.tool.content, join(path, "output"), self._losses)
        carry_extra(item, param.tool)
        self.written.append(param)

"""System messages for models that take none (`supports_system_message: false`)."""

from typing import Any

from openai_grpc.v1 import chat_content_pb2, chat_message_pb2, chat_pb2

SEPARATOR = "\n\n"
SYSTEM_ROLES = ("system", "developer")
RESULT_ROLES = ("tool", "function")

Param = chat_message_pb2.ChatCompletionRequestMessage


def system_to_user(request: chat_pb2.CreateChatCompletionRequest) -> chat_pb2.CreateChatCompletionRequest:
    """Returns the request with the text of its system and developer messages as user text.

    The text goes to the front of the user message that follows, so that roles still alternate; where none follows it is
    a user message of its own. It never comes between a tool call and its results, which belong together: it follows
    them.
    """
    rewritten = chat_pb2.CreateChatCompletionRequest()
    rewritten.CopyFrom(request)
    del rewritten.messages[:]
    waiting: list[Any] = []
    for param in request.messages:
        role = param.WhichOneof("kind")
        if role in SYSTEM_ROLES:
            waiting.append(getattr(param, role))
            continue
        if waiting and not (role in RESULT_ROLES and _calls(rewritten.messages)):
            merged = param.user if role == "user" and _merges(waiting) else None
            if merged is not None:
                param = Param(user=_joined(waiting, merged))  # noqa: PLW2901 # it takes the place of what was read
            else:
                rewritten.messages.extend(Param(user=_as_user(each)) for each in waiting)
            waiting = []
        rewritten.messages.append(param)
    rewritten.messages.extend(Param(user=_as_user(each)) for each in waiting)
    return rewritten


def _calls(messages: Any) -> bool:
    """Whether the last message is a tool call or one of its results, so that another result may follow."""
    role = messages[-1].WhichOneof("kind") if messages else None
    return role in RESULT_ROLES or role == "assistant"


def _merges(waiting: list[Any]) -> bool:
    """Whether the messages are nothing but their content, so that they can become a part of another."""
    return all({field.name for field, _ in each.ListFields()} <= {"content"} for each in waiting)


def _as_user(message: Any) -> chat_message_pb2.ChatCompletionRequestUserMessage:
    # The two types have the same fields under the same numbers but for the role, which is no field.
    user = chat_message_pb2.ChatCompletionRequestUserMessage(extra_json=message.extra_json or None)
    if message.HasField("content"):
        user.content.CopyFrom(message.content)
    if message.HasField("name"):
        user.name = message.name
    if message.HasField("cache_control"):
        user.cache_control.CopyFrom(message.cache_control)
    return user


def _joined(
    waiting: list[Any], user: chat_message_pb2.ChatCompletionRequestUserMessage
) -> chat_message_pb2.ChatCompletionRequestUserMessage:
    joined = chat_message_pb2.ChatCompletionRequestUserMessage()
    joined.CopyFrom(user)
    contents = [each.content for each in waiting]
    if user.content.WhichOneof("kind") == "text" and all(each.WhichOneof("kind") == "text" for each in contents):
        joined.content.text = SEPARATOR.join([each.text for each in contents] + [user.content.text])
    else:
        joined.content.Clear()
        joined.content.parts.parts.extend(part for each in [*contents, user.content] for part in _parts(each))
    return joined


def _parts(content: chat_content_pb2.ChatCompletionContent) -> list[chat_content_pb2.ChatCompletionContentPart]:
    kind = content.WhichOneof("kind")
    if kind == "parts":
        return list(content.parts.parts)
    if kind is None:
        return []
    part = chat_content_pb2.ChatCompletionContentPart()
    if kind == "text":
        part.text.text = content.text
    else:
        part.unknown = content.unknown
    return [part]

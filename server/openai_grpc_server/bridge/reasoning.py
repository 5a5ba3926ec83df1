"""Reasoning: the items of Responses and the details of a chat message, there and back."""

from collections.abc import Iterator
from typing import Any

from openai_grpc.v1 import chat_message_pb2, response_item_pb2

FORMAT = "openai-responses-v1"
ENCRYPTED = "reasoning.encrypted"
SUMMARY = "reasoning.summary"
TEXT = "reasoning.text"
SEPARATOR = "\n\n"

Detail = chat_message_pb2.ReasoningDetail


def reasoning_items(message: Any, *, stored: bool) -> Iterator[response_item_pb2.ResponseItem]:
    """Writes the reasoning of a chat message as items.

    `reasoning_details` say more than the text of `reasoning_content`, which they repeat.

    Args:
        message: The message, or a delta.
        stored: Whether the upstream knows items by their ids. Otherwise an id helps only where the encrypted content
            comes with it.
    """
    items: dict[str, response_item_pb2.ResponseReasoningItem] = {}
    for detail in message.reasoning_details:
        item = items.setdefault(detail.id, response_item_pb2.ResponseReasoningItem())
        if detail.type == ENCRYPTED:
            item.encrypted_content = detail.data
        elif detail.type == SUMMARY:
            item.summary.add(text=detail.summary)
        else:
            item.content.add(text=detail.text)
    for identity, item in items.items():
        if identity and (stored or item.encrypted_content):
            item.id = identity
        yield response_item_pb2.ResponseItem(reasoning=item)
    text = message.reasoning_content or message.reasoning
    if text and not items:
        item = response_item_pb2.ResponseReasoningItem()
        item.summary.add(text=text)
        yield response_item_pb2.ResponseItem(reasoning=item)


def reasoning_details(item: response_item_pb2.ResponseReasoningItem, first: int) -> list[Detail]:
    """Writes an item as details, numbered from `first`."""
    texts = [Detail(type=SUMMARY, summary=part.text) for part in item.summary]
    texts += [Detail(type=TEXT, text=part.text) for part in item.content]
    if item.encrypted_content:
        texts.append(Detail(type=ENCRYPTED, data=item.encrypted_content))
    for index, detail in enumerate(texts, start=first):
        detail.format = FORMAT
        detail.index = index
        if item.id:
            detail.id = item.id
    return texts


def reasoning_text(item: response_item_pb2.ResponseReasoningItem) -> str:
    """Returns the text of an item: its summary, then what it says in full."""
    return SEPARATOR.join([part.text for part in item.summary] + [part.text for part in item.content])

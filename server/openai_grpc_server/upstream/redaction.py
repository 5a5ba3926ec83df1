"""Redaction of secrets in responses of an upstream that was sent them."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from openai_grpc_server.errors import GatewayError
    from openai_grpc_server.upstream.sse import ServerSentEvent

MASK = "***"
SLICE = 1 << 20  # bytes that are searched at once


class Redaction:
    """Redacts the secrets of one upstream.

    Finds a secret in one piece, as it is or with JSON's escapes; not other encodings, nor a secret split over several
    events of a stream.

    Args:
        secrets: Hidden in errors and headers.
        of_replies: Hidden in replies and events, too: secrets that no honest text has by chance.

    Attributes:
        of_replies: Those of replies, as JSON has them.
    """

    __slots__ = ("_json", "_texts", "of_replies")

    def __init__(self, secrets: Iterable[str] = (), of_replies: Iterable[str] = ()) -> None:
        # The longest first: one may be a part of another.
        self._texts = sorted({secret for secret in secrets if secret}, key=len, reverse=True)
        self._json = [form for secret in self._texts for form in _forms(secret)]
        self.of_replies = [form for secret in sorted(set(of_replies), key=len, reverse=True) for form in _forms(secret)]

    def error_body(self, data: bytes) -> bytes:
        """Returns the body of an error without secrets."""
        return _without(self._json, data)

    def error(self, error: GatewayError) -> GatewayError:
        """Takes secrets out of all that an error tells."""
        if self._texts:
            error.message = self._text(error.message)
            error.type, error.param = self._optional(error.type), self._optional(error.param)
            error.upstream_code = self._optional(error.upstream_code)
            error.request_id = self._optional(error.request_id)
            error.extra = {self._text(name): self._text(text) for name, text in error.extra.items()}
            error.violations = [(self._text(field), self._text(text)) for field, text in error.violations]
            error.quota = [(self._text(subject), self._text(text)) for subject, text in error.quota]
        return error

    def metadata(self, metadata: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
        """Returns metadata without secrets."""
        for secret in self._texts:
            for name, value in metadata:
                if secret in value or secret.lower() in name:
                    return tuple((self._text(name), self._text(value)) for name, value in metadata)
        return metadata

    def events(self, events: list[ServerSentEvent]) -> list[ServerSentEvent]:
        """Returns the events of a stream without secrets."""
        # One search in all of them costs half of one in each.
        data = events[0].data if len(events) == 1 else b"\n".join([each.data for each in events])
        for secret in self.of_replies:
            if secret in data:
                return [each._replace(data=_without(self.of_replies, each.data)) for each in events]
        return events

    async def reply(self, data: bytes) -> bytes:
        """Returns a whole reply without secrets; others run meanwhile where it is large."""
        for secret in self.of_replies:
            for start in range(0, len(data), SLICE):
                if start:
                    await asyncio.sleep(0)
                if data.find(secret, start, start + SLICE + len(secret)) >= 0:
                    return _without(self.of_replies, data)
        return data

    def _text(self, text: str) -> str:
        for secret in self._texts:
            text = text.replace(secret, MASK)
        return text

    def _optional(self, text: str | None) -> str | None:
        return None if text is None else self._text(text)


def _forms(secret: str) -> list[bytes]:
    """Returns a secret as it is and as writers of JSON escape it, some of which escape slashes."""
    escaped = json.dumps(secret)[1:-1]
    forms = {secret.encode(), escaped.encode(), escaped.replace("/", "\\/").encode()}
    return sorted(forms, key=len, reverse=True)


def _without(secrets: list[bytes], data: bytes) -> bytes:
    for secret in secrets:
        data = data.replace(secret, MASK.encode())
    return data

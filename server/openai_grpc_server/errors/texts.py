"""What upstream's error bodies say, in all the shapes in which servers say it."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from openai_grpc.codec import CodecError, dumps, loads

MAX_TEXT = 4000  # characters kept of an error's text
MAX_PAGE = 16 * 1024  # bytes of a page that are read: parsing HTML takes long, and its beginning says what is wrong


@dataclass(slots=True)
class ErrorObject:
    """The parts of an error; `violations` are pairs of field and description."""

    message: str = ""
    type: str | None = None
    param: str | None = None
    code: str | None = None
    violations: list[tuple[str, str]] = field(default_factory=list)


def error_object(value: Any) -> ErrorObject:
    """Reads an error from parsed JSON.

    Known shapes: OpenAI's `{"error": {...}}`, `{"error": "text"}` (x.ai), `{"detail": "text"}` (Mistral) and
    `{"detail": [{"loc": [...], "msg": "..."}]}` (FastAPI), the flat object of vLLM and of the Responses `error` event,
    a list of any of these (Google), a bare string. Anything else is kept as its JSON text.

    Args:
        value: Any JSON value, as `loads` returns it.
    """
    while isinstance(value, list) and value:
        value = value[0]
    while isinstance(value, dict) and isinstance(inner := value.get("error"), dict):
        value = inner
    if not isinstance(value, dict):
        return ErrorObject(_text(value))
    message = next((value[key] for key in ("message", "detail", "error") if value.get(key)), value)
    violations = _violations(message)
    if violations:
        message = "; ".join(f"{name}: {text}" for name, text in violations)
    return ErrorObject(
        _text(message),
        type=_name(value.get("type")),
        param=_name(value.get("param")),
        code=_name(value.get("code")),
        violations=violations,
    )


def error_of_body(body: bytes, content_type: str) -> ErrorObject:
    """Reads the error of a whole body: JSON, HTML or text."""
    try:
        return error_object(loads(body))
    except CodecError:
        return ErrorObject(plain_text(body, content_type))


def plain_text(body: bytes, content_type: str) -> str:
    """Returns the text at the beginning of an HTML or plain body, its white space collapsed."""
    text = body[:MAX_PAGE].decode("utf-8", "replace")
    if "html" in content_type.lower() or text.lstrip()[:1] == "<":
        parser = _HtmlText()
        with suppress(AssertionError):  # of a declaration that is none, such as `<![x`
            parser.feed(text)
        text = " ".join(parser.parts)
    return " ".join(text.split())[:MAX_TEXT]


class _HtmlText(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []
        self._hidden = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del attrs
        self._hidden = tag in {"script", "style"}

    def handle_endtag(self, tag: str) -> None:
        del tag
        self._hidden = False

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.parts.append(data)


def _violations(detail: Any) -> list[tuple[str, str]]:
    if not isinstance(detail, list):
        return []
    return [
        (".".join(map(_text, item["loc"])) if isinstance(item.get("loc"), list) else "", _text(item["msg"]))
        for item in detail
        if isinstance(item, dict) and "msg" in item
    ]


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value[:MAX_TEXT]
    try:
        return dumps(value).decode()[:MAX_TEXT]
    except CodecError:
        return "(nested too deeply)"


def _name(value: Any) -> str | None:
    return None if value is None else _text(value)

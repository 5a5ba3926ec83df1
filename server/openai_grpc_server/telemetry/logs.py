"""Structured logs on standard error. Neither secrets nor what callers and upstreams say to each other is logged."""

import logging
import sys
import traceback
from datetime import UTC, datetime
from typing import Any

import orjson

from openai_grpc_server.config import LogSettings

MAX_TEXT = 200

logger = logging.getLogger("openai_grpc_server")


def configure(settings: LogSettings) -> None:
    """Sends all logs of the process to standard error, in the configured form."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonFormatter() if settings.format == "json" else TextFormatter())
    logging.basicConfig(handlers=[handler], level=settings.level.upper(), force=True)
    # asyncio and grpc log whole exceptions, whose texts may quote requests.
    for name in ("asyncio", "grpc", "grpc._cython.cygrpc", "aiohttp"):
        logging.getLogger(name).setLevel(logging.CRITICAL)


def event(level: int, name: str, **fields: Any) -> None:
    """Logs one thing that happened, with what is known of it. Fields that are None or empty are left out."""
    if logger.isEnabledFor(level):
        logger.log(level, name, extra={"fields": fields})


def frames(error: BaseException) -> list[str]:
    """Where an exception came from, without its text, which may quote a request."""
    return [
        f"{type(error).__name__} at {frame.filename}:{frame.lineno} in {frame.name}"
        for frame in traceback.extract_tb(error.__traceback__)
    ]


class JsonFormatter(logging.Formatter):
    """One JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        """Returns the line without its end."""
        entry = {
            "time": _time(record),
            "level": record.levelname.lower(),
            "event": record.getMessage(),
            **_fields(record),
        }
        return orjson.dumps(entry, default=str).decode()


class TextFormatter(logging.Formatter):
    """One line for people."""

    def format(self, record: logging.LogRecord) -> str:
        """Returns the line without its end."""
        fields = " ".join(f"{name}={_printable(value)}" for name, value in _fields(record).items())
        return f"{_time(record)} {record.levelname.lower():7} {record.getMessage()} {fields}".rstrip()


def _fields(record: logging.LogRecord) -> dict[str, Any]:
    fields = {
        name: value[:MAX_TEXT] if isinstance(value, str) else value
        for name, value in getattr(record, "fields", {}).items()
        if value is not None and value != ""
    }
    if record.exc_info and record.exc_info[1]:
        fields["traceback"] = frames(record.exc_info[1])
    return fields


def _time(record: logging.LogRecord) -> str:
    return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")


def _printable(value: Any) -> str:
    return orjson.dumps(value, default=str).decode() if isinstance(value, (str, list)) else str(value)

"""How long upstream asks to wait: `retry-after-ms` and `retry-after` (RFC 9110, 10.2.3)."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

YEAR = 365 * 86400


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Returns the seconds to wait, or None if no header says so sensibly (up to a year).

    `retry-after-ms` goes first, as it is the more exact; `retry-after` is in seconds or an HTTP date, which is compared
    with the sender's own `date`, whatever the clock here says.
    """
    for seconds in (_number(headers.get("retry-after-ms"), 0.001), _number(headers.get("retry-after"), 1)):
        if seconds is not None:
            return seconds
    return _until(_moment(headers.get("retry-after")), _moment(headers.get("date")))


def _number(value: str | None, unit: float) -> float | None:
    try:
        seconds = float(value or "") * unit
    except ValueError:
        return None
    return seconds if 0 <= seconds <= YEAR else None


def _until(moment: datetime | None, sent: datetime | None) -> float | None:
    if moment is None:
        return None
    seconds = (moment - (sent or datetime.now(UTC))).total_seconds()
    return max(seconds, 0.0) if seconds <= YEAR else None


def _moment(value: str | None) -> datetime | None:
    try:
        moment = parsedate_to_datetime(value or "")
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)  # of the zone "-0000"

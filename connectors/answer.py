"""What an outlet answered: a named outcome, what it demands, and the body. Pure."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final, Literal

from msgspec import Struct

Outcome = Literal[
    "fetched",
    "not modified",
    "limited",
    "unavailable",
    "gone",
    "forbidden",
    "not found",
    "server error",
    "unexpected status",
    "address not allowed",
    "unreachable",
    "timeout",
    "tls",
    "broken",
    "too large",
    "encoding",
    "redirects",
    "insecure redirect",
]
DAY: Final = 86_400.0
_MAX_AGE: Final = re.compile(r"(?:^|[,\s])max-age\s*=\s*\"?(\d{1,10})", re.IGNORECASE)
_NOT_KEPT: Final = re.compile(r"(?:^|[,\s])(?:no-cache|no-store|must-understand)\b(?!=)", re.IGNORECASE)
# What is not ASCII comes and goes in unlike encodings, and would not arrive as it was given.
_VALIDATOR: Final = re.compile(r"[\x20-\x7e]{1,2000}")


class Validators(Struct, frozen=True):
    """What makes the next request conditional; kept and sent exactly as given."""

    etag: str | None = None
    last_modified: str | None = None

    def headers(self) -> dict[str, str]:
        """Return the request headers."""
        found = {}
        if self.etag:
            found["If-None-Match"] = self.etag
        if self.last_modified:
            found["If-Modified-Since"] = self.last_modified
        return found


class Demand(Struct, frozen=True):
    """For how many seconds the outlet asks not to come again, and by which header."""

    seconds: float
    header: Literal["Retry-After", "max-age", "Expires"]


class Fetched(Struct, frozen=True):
    """What became of one request, redirects included. `detail` is for a person and holds no address but a host."""

    outcome: Outcome
    detail: str = ""
    status: int | None = None
    body: bytes = b""
    content_type: str = ""
    validators: Validators = Validators()
    demand: Demand | None = None
    # The header Link as it came: it may name the feed's hub.
    link: str = ""
    # Where the body came from in the end, and where the outlet says that the feed has moved for good.
    address: str = ""
    moved: str | None = None
    seconds: float = 0.0

    @property
    def answered(self) -> bool:
        """Whether the feed was there: with news or without."""
        return self.outcome in {"fetched", "not modified"}


def outcome_of(status: int) -> Outcome:
    """Return the name of a final status."""
    named: dict[int, Outcome] = {
        200: "fetched", 203: "fetched", 304: "not modified", 401: "forbidden", 403: "forbidden", 404: "not found",
        410: "gone", 429: "limited", 451: "forbidden", 503: "unavailable",
    }  # fmt: skip
    if status in named:
        return named[status]
    return "server error" if status >= 500 else "unexpected status"


def validators_of(headers: Mapping[str, str]) -> Validators:
    """Return the validators of an answer; ones that could not be sent back as they came are left out."""
    return Validators(_sendable(headers.get("etag")), _sendable(headers.get("last-modified")))


def demand_of(status: int, headers: Mapping[str, str], now: datetime) -> Demand | None:
    """Return what the answer demands: Retry-After of one that was refused, freshness of one that was given.

    Counted up to a day: a mistake of the outlet shall not silence its feed for a year.
    """
    if status in {429, 503}:
        wait = _retry_after(headers.get("retry-after"), now)
        return Demand(min(wait, DAY), "Retry-After") if wait else None
    control = headers.get("cache-control", "")
    if _NOT_KEPT.search(control):
        return None
    fresh = _MAX_AGE.search(control)
    if fresh:
        left = float(fresh[1]) - _whole(headers.get("age"))
        return Demand(min(left, DAY), "max-age") if left > 0 else None
    expires = _date(headers.get("expires"))
    if expires is None:
        return None
    left = (expires - (_date(headers.get("date")) or now)).total_seconds()
    return Demand(min(left, DAY), "Expires") if left > 0 else None


def _retry_after(value: str | None, now: datetime) -> float | None:
    """Return the seconds of either form: a number, or a date."""
    if value is None:
        return None
    if value.strip().isdecimal():
        return _whole(value)
    until = _date(value)
    return max(0.0, (until - now).total_seconds()) if until else None


def _date(value: str | None) -> datetime | None:
    if not value:
        return None
    try:
        read = parsedate_to_datetime(value.strip())
        return read.astimezone(UTC) if read.tzinfo else read.replace(tzinfo=UTC)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None


def _whole(value: str | None) -> float:
    digits = (value or "").strip()
    return float(digits[:12]) if digits.isdecimal() and digits.isascii() else 0.0


def _sendable(value: str | None) -> str | None:
    return value if value and _VALIDATOR.fullmatch(value) else None

"""Deadlines as a calendar that any program reads: iCalendar, RFC 5545."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Final

from wirewatch.messages import DeadlineNotice

# RFC 5545, 3.1: a line has at most 75 octets, what goes on begins with a space.
_OCTETS: Final = 74
_ESCAPED: Final = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n", "\r": None})


def calendar(deadlines: Iterable[DeadlineNotice], now: datetime) -> str:
    """Return the deadlines as one iCalendar document, an hour's reminder at each."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Wirewatch//Deadlines//EN", "CALSCALE:GREGORIAN"]
    for one in deadlines:
        lines += [
            "BEGIN:VEVENT",
            f"UID:{one.id}@wirewatch",
            f"DTSTAMP:{_stamp(now)}",
            f"DTSTART:{_stamp(one.until)}",
            f"DTEND:{_stamp(one.until + timedelta(minutes=1))}",
            f"SUMMARY:{_text(summary(one))}",
            f"DESCRIPTION:{_text(f'{one.sentence} ({one.source}, {one.told:%d %B %Y})')}",
            *([f"URL:{_address(one.url)}"] if one.url else []),
            "BEGIN:VALARM",
            "ACTION:DISPLAY",
            "TRIGGER:-PT1H",
            f"DESCRIPTION:{_text(summary(one))}",
            "END:VALARM",
            "END:VEVENT",
        ]
    lines.append("END:VCALENDAR")
    return "".join(f"{_folded(line)}\r\n" for line in lines)


def summary(one: DeadlineNotice) -> str:
    """Return a deadline in few words: "Ultimatum ends (Trump): Trump gives Putin two-week deadline"."""
    by = f" ({one.set_by})" if one.set_by else ""
    return f"{one.kind.capitalize()} ends{by}: {one.title}"


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _text(value: str) -> str:
    told = value.replace("\t", " ")
    return "".join(sign for sign in told if sign.isprintable() or sign == "\n").translate(_ESCAPED)


def _address(value: str) -> str:
    """Return an address without what would end its line."""
    return "".join(sign for sign in value if sign > " ")


def _folded(line: str) -> str:
    pieces, size = [""], 0
    for sign in line:
        octets = len(sign.encode("utf-8", "replace"))
        if size + octets > _OCTETS:
            pieces.append(" ")
            size = 1
        pieces[-1] += sign
        size += octets
    return "\r\n".join(pieces)

"""Figures, days and names in words that a person reads at a glance; and what of a feed's text may be shown."""

import unicodedata
from datetime import date, datetime
from typing import Final
from urllib.parse import urlsplit

from wirewatch.messages import Qualifier

_BOUNDS: Final[dict[str, str]] = {
    "at_least": "at least ",
    "at_most": "at most ",
    "about": "about ",
    "between": "about ",
}
# Controls, formats (bidirectional overrides among them), surrogates, private use: no text.
_UNSEEN: Final = frozenset(["Cc", "Cf", "Cs", "Co", "Cn"])
_NEEDED: Final = frozenset("\u200c\u200d")
MOST_TITLE: Final = 240
MONTHS: Final = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip


def plain(text: object, limit: int = 4_000) -> str:
    """Return text of a feed on one line, without what turns a line round or hides in it, and not without end."""
    kept = str(text)[: limit + 1]
    shown = "".join(
        each if unicodedata.category(each) not in _UNSEEN or each in _NEEDED else " " for each in kept
    )
    # A pile of accents on one letter would stand over its neighbours.
    line = " ".join(_unpiled(shown).split())
    return line if len(kept) <= limit else line[: limit - 1].rstrip() + "…"


def _unpiled(text: str) -> str:
    kept, marks = [], 0
    for each in text:
        marks = marks + 1 if unicodedata.combining(each) else 0
        if marks <= 4:
            kept.append(each)
    return "".join(kept)


def title(text: object) -> str:
    """Return a headline as long as a headline may be."""
    return plain(text, MOST_TITLE)


def web_link(url: object) -> str | None:
    """Return an address that may stand in a link: http or https with a host; else None."""
    if not isinstance(url, str) or any(ord(each) <= 32 or each in "\\\x7f" for each in url.strip()):
        return None
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        return None
    return url.strip() if parts.scheme in {"http", "https"} and parts.hostname and len(url) <= 4_000 else None


def number(figure: float) -> str:
    """Return a figure as editors write it: 1,234 or 3.5."""
    if figure == int(figure) and abs(figure) < 1e15:
        return f"{int(figure):,}"
    return f"{figure:,.2f}".rstrip("0").rstrip(".")


def amount(figure: float, unit: str | None, qualifier: Qualifier | str | None = "exact") -> str:
    """Return a figure with its unit and bound: "at least 400 drones", "25%"."""
    bound = _BOUNDS.get(qualifier or "exact", "")
    if unit is None:
        return f"{bound}{number(figure)}"
    return f"{bound}{number(figure)}%" if unit == "percent" else f"{bound}{number(figure)} {plain(unit, 40)}"


def day(text: str | None) -> str:
    """Return an ISO day or moment as "26 May 2025"; any other text as it is."""
    try:
        found = datetime.fromisoformat(text or "").date()
    except ValueError:
        return text or ""
    return spoken(found)


def spoken(found: date) -> str:
    """Return a day as "26 May 2025"."""
    return f"{found.day} {MONTHS[found.month - 1]} {found.year}"


def duration(seconds: float | None) -> str:
    """Return seconds as "40 ms", "1.4 s", "12 s", "3 min", "2 h" or "5 d"."""
    if seconds is None:
        return "–"
    for length, unit in ((86_400, "d"), (3_600, "h"), (60, "min")):
        if abs(seconds) >= 2 * length:
            return f"{seconds / length:.0f} {unit}"
    if abs(seconds) < 0.95:
        return f"{seconds * 1000:.0f} ms"
    return f"{seconds:.1f} s" if abs(seconds) < 10 else f"{seconds:.0f} s"

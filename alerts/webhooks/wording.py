"""An alert in words that a person grasps in three seconds; what the kinds share. Pure, plain text without markup.

Whatever a feed wrote passes `inert` before it stands in a message.
"""

import re
import unicodedata
from datetime import date
from typing import Final
from urllib.parse import quote, urlsplit

from wirewatch.messages import AlertBody, AlertFigure, Priority, Qualifier

MARKS: Final[dict[Priority, str]] = {"flash": "🔴", "urgent": "🟠", "bulletin": "🔵"}
_BOUNDS: Final[dict[Qualifier, str]] = {
    "exact": "",
    "at_least": "at least ",
    "at_most": "at most ",
    "about": "about ",
    "between": "about ",
}
# Figures that outlets differ on; more would hide the point.
MOST_FIGURES: Final = 4
MOST_NOTICE: Final = 160
MOST_LINK: Final = 2000
# Joins words without being seen: what holds it is no mention and no address.
_JOINER: Final = "\u2060"
_MENTION: Final = re.compile(r"@(?=(?:channel|here|everyone|group|all)\b)", re.IGNORECASE)
_SCHEME: Final = re.compile(r":(?=//)")
# Categories of characters that are no text: controls, formats (bidirectional overrides), surrogates, private use.
_UNSEEN: Final = frozenset(["Cc", "Cf", "Cs", "Co", "Cn"])
# Formats that scripts need to be written rightly: zero-width joiners, and their opposite.
_NEEDED: Final = frozenset("\u200c\u200d")


def inert(text: str) -> str:
    """Return text of a feed on one line, without control characters, live mentions and live addresses."""
    # Our own joiner goes first, so that what is inert stays as it is.
    text = text.replace(_JOINER, "")
    shown = "".join(
        each if unicodedata.category(each) not in _UNSEEN or each in _NEEDED else " " for each in text
    )
    line = " ".join(shown.split())
    return _SCHEME.sub(":" + _JOINER, _MENTION.sub("@" + _JOINER, line))


def cut(text: str, limit: int) -> str:
    """Return text of at most `limit` characters: cut between words, with an ellipsis."""
    if len(text) <= limit:
        return text
    kept = text[: limit - 1]
    # Not in the middle of what is one character to the reader.
    while kept and (unicodedata.combining(text[len(kept)]) or text[len(kept)] in "\u200d\ufe0f"):
        kept = kept[:-1]
    space = kept.rfind(" ")
    # A text without spaces (a script, a nonsense) is cut where it must be.
    if space > limit * 0.6:
        kept = kept[:space]
    return kept.rstrip(" ,;:–—-") + "…"


def number(figure: float) -> str:
    """Return a figure as editors write it: 1,234 or 3.5."""
    if figure == int(figure) and abs(figure) < 1e15:
        return f"{int(figure):,}"
    return f"{figure:,.2f}".rstrip("0").rstrip(".")


def amount(figure: float, unit: str | None, qualifier: Qualifier | None) -> str:
    """Return a figure with its unit and bound: "at least 400 drones", "25%"."""
    bound = _BOUNDS[qualifier or "exact"]
    match unit:
        case None:
            return f"{bound}{number(figure)}"
        case "percent":
            return f"{bound}{number(figure)}%"
        case _:
            return f"{bound}{number(figure)} {cut(inert(unit), 40)}"


def gist(body: AlertBody) -> str:
    """Return what happened in its shortest form: "472 drones, beats 355 of 26 May 2025", "Escalation, severity 3 of 3"."""
    parts = []
    if body.kind == "notice":
        return cut(inert(body.headline), MOST_NOTICE)
    if body.kind == "escalation":
        parts.append("De-escalation" if body.polarity == "de-escalation" else "Escalation")
        if body.severity is not None:
            parts.append(f"severity {body.severity} of 3")
    elif body.beats is None:
        # A reason begins with its name: "Record: ...", "First: ...".
        parts.append(cut(inert(body.reason).partition(":")[0], 40) or "Record")
    if body.figure is not None:
        parts.append(amount(body.figure, body.unit, body.qualifier))
    if body.beats is not None:
        parts.append(f"beats {beaten(body)}")
    return ", ".join(parts)


def beaten(body: AlertBody) -> str:
    """Return the record that was beaten: "355 of 26 May 2025"."""
    if body.beats is None:
        return ""
    figure = number(body.beats.figure)
    return f"{figure} of {day(body.beats.date)}" if body.beats.date else figure


def day(iso: str) -> str:
    """Return "26 May 2025" for 2025-05-26; what is no date as it is."""
    try:
        found = date.fromisoformat(iso[:10])
    except ValueError:
        return cut(inert(iso), 40)
    return f"{found.day} {found:%B %Y}"


def said(body: AlertBody) -> str:
    """Return the sentence that decided, and who says so."""
    sentence = inert(body.sentence)
    by = f" — {inert(body.said_by)}" if body.said_by else ""
    return f"“{sentence}”{by}" if sentence else by.removeprefix(" — ")


def disagreement(body: AlertBody) -> str:
    """Return where outlets differ: "Outlets differ: 472 (31), at least 400 (7)"; empty where they agree."""
    if len(body.figures) < 2:
        return ""
    shown = [_told(each) for each in body.figures[:MOST_FIGURES]]
    more = len(body.figures) - len(shown)
    return "Outlets differ: " + ", ".join(shown) + (f" and {more} more" if more else "")


def carriers(body: AlertBody) -> str:
    """Return who had it first and how many carry it: "AFP and 39 more outlets"."""
    first = cut(inert(body.source), 60)
    more = body.outlets - 1
    if more <= 0:
        return f"{first}, no other outlet yet"
    return f"{first} and {more:,} more outlet{'s' if more > 1 else ''}"


def loud(body: AlertBody) -> bool:
    """Whether a revision must be heard and not only be read: what was told is taken back, or turned round."""
    return inert(body.reason).startswith(("Denied", "Reversal"))


def lateness(seconds: float | None) -> str:
    """Return "late by 2 h 10 min"; empty where it is not late."""
    if not seconds or seconds < 1:
        return ""
    minutes, hours = round(seconds / 60), round(seconds / 3600)
    if minutes < 1:
        return f"late by {round(seconds)} s"
    if minutes < 60:
        return f"late by {minutes} min"
    if hours < 48:
        return f"late by {minutes // 60} h {minutes % 60} min"
    return f"late by {round(seconds / 86400)} days"


def link(url: str | None) -> tuple[str, str] | None:
    """Return an address that is safe to link and the host that it leads to; None where it is none or too long."""
    if not url:
        return None
    try:
        parts = urlsplit(url.strip())
        host = (parts.hostname or "").encode("idna").decode("ascii")
    except (ValueError, UnicodeError):
        return None
    if parts.scheme not in {"http", "https"} or not re.fullmatch(r"[a-z0-9.:-]+", host) or parts.username:
        return None
    # Escapes whatever could end a link in any markup: blanks, quotes, brackets, bars, control characters.
    safe = quote(url.strip(), safe="%/:=&?~#+!$,;'@*._-", errors="replace")
    return (safe, host.removeprefix("www.")) if len(safe) <= MOST_LINK else None


def _told(figure: AlertFigure) -> str:
    return f"{_BOUNDS[figure.qualifier]}{number(figure.figure)} ({figure.outlets:,})"

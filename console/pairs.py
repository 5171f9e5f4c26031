"""How two parties stand, day by day, as pages ask for it."""

import sqlite3
from typing import Any, Final

from msgspec.structs import asdict

from console.naming import pair_title
from wirewatch.codec import decode_as
from wirewatch.messages import PairLevel

MOST: Final = 60
TRENDS: Final = {
    "worse": "worse than usual",
    "better": "better than usual",
    "steady": "as usual",
    "new": "not known for long",
}


def pairs(store: sqlite3.Connection) -> list[dict[str, Any]]:
    """Return each pair with its days, those that are not as usual first."""
    rows = store.execute("SELECT body FROM pairs ORDER BY last DESC LIMIT 1000")
    found = [decode_as(PairLevel, row["body"]) for row in rows]
    # What is as usual comes after what is not, and of that first what most is known of.
    found.sort(
        key=lambda one: (one.trend in {"steady", "new"}, -sum(day.events for day in one.days), one.pair)
    )
    return [_pair(one) for one in found[:MOST]]


def pair(store: sqlite3.Connection, name: str) -> dict[str, Any] | None:
    """Return one pair by its name, "russia/ukraine"; None where nobody knows it."""
    row = store.execute("SELECT body FROM pairs WHERE pair = ?", (name,)).fetchone()
    return _pair(decode_as(PairLevel, row["body"])) if row is not None else None


def pair_of(store: sqlite3.Connection, actor: str | None, target: str | None) -> dict[str, Any] | None:
    """Return the pair that acts in a story; None where a party is not told or the pair is not known."""
    if not actor or not target:
        return None
    return pair(store, "/".join(sorted((actor.casefold(), target.casefold()))))


def _pair(level: PairLevel) -> dict[str, Any]:
    # Named one by one: on the wire a field that has its default is left out.
    return {
        "pair": level.pair, "parties": list(level.parties), "title": pair_title(level.parties), "since": level.since,
        "last": level.last.isoformat(), "week": level.week, "usual": level.usual, "trend": level.trend,
        "trend_words": TRENDS[level.trend], "days": [asdict(day) for day in level.days],
    }  # fmt: skip

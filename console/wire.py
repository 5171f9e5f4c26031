"""The wire: clusters, those that changed last first, by what a reader wants to see of them."""

import re
import sqlite3
from collections.abc import Mapping, Sequence
from typing import Any, Final
from urllib.parse import urlencode

from msgspec import Struct

PAGE: Final = 50
MOST_TITLES: Final = 300
KINDS: Final = ("alerts", "record", "escalation", "found")
_CONDITIONS: Final = {
    "alerts": "priority IS NOT NULL",
    "record": "kinds <> ' ' AND (record = 1 OR instr(kinds, ' record ') > 0)",
    "escalation": "kinds <> ' ' AND instr(kinds, ' escalation ') > 0",
    "found": "kinds <> ' '",
}
_WORD: Final = re.compile(r"\w+", re.UNICODE)
LINE: Final = (
    "id, headline, url, first, last, changed, stories, outlets, langs, desks, kinds, priority, polarity, severity, "
    "figure, unit, qualifier, record, metric, state, by, merged_into"
)


class Wanted(Struct, frozen=True):
    """What a reader chose of the wire; empty for all."""

    desk: str = ""
    kind: str = ""
    lang: str = ""
    words: str = ""

    @classmethod
    def of(cls, query: Mapping[str, str]) -> "Wanted":
        """Return what a page's address asks for; what is not known is left out."""
        kind = query.get("kind", "")
        return cls(
            desk=query.get("desk", "")[:100],
            kind=kind if kind in KINDS else "",
            lang=query.get("lang", "")[:20],
            words=query.get("q", "")[:200],
        )

    @property
    def query(self) -> str:
        """Return it as the query of an address."""
        named = {"desk": self.desk, "kind": self.kind, "lang": self.lang, "q": self.words}
        return urlencode({name: value for name, value in named.items() if value})

    def takes(self, row: Mapping[str, Any], titles: Sequence[str] = ()) -> bool:
        """Whether a line of the wire is among what is wanted; `titles` are those that its story is told under."""
        return (
            row["merged_into"] is None
            and bool(row["headline"])
            and (not self.desk or self.desk in row["desks"])
            and (not self.lang or self.lang in row["langs"])
            and _is_of(self.kind, row)
            and (not self.words.strip() or any(self._speaks(title) for title in (row["headline"], *titles)))
        )

    def _speaks(self, title: str) -> bool:
        words = {word.casefold() for word in _WORD.findall(title)}
        wanted = [each.casefold() for each in _WORD.findall(self.words)]
        return bool(wanted) and all(any(word.startswith(each) for word in words) for each in wanted)


def titles_of(store: sqlite3.Connection, cluster: str) -> list[str]:
    """Return the titles that a cluster is told under."""
    return [
        row["title"]
        for row in store.execute(
            "SELECT DISTINCT title FROM stories WHERE cluster = ? LIMIT ?", (cluster, MOST_TITLES)
        )
    ]


def wire(
    store: sqlite3.Connection, wanted: Wanted, *, before: tuple[int, str] | None = None, limit: int = PAGE
) -> list[dict[str, Any]]:
    """Return the clusters that are wanted, those that changed last first, after the place that `before` names."""
    conditions = ["merged_into IS NULL", "headline <> ''"]
    values: list[str] = []
    if wanted.kind:
        conditions.append(_CONDITIONS[wanted.kind])
    for column, tag in (("desks", wanted.desk), ("langs", wanted.lang)):
        if tag:
            conditions.append(f"instr({column}, ' ' || ? || ' ') > 0")
            values.append(tag)
    if wanted.desk:
        conditions.append(_CONDITIONS["alerts"])
    if wanted.words.strip():
        conditions.append("id IN (SELECT cluster FROM words WHERE words MATCH ?)")
        # Signs alone are no word, and match nothing.
        values.append(" ".join(f'"{word}"*' for word in _WORD.findall(wanted.words)) or '""')
    if before is not None:
        conditions.append("(changed < CAST(? AS INTEGER) OR (changed = CAST(? AS INTEGER) AND id > ?))")
        values += [str(before[0]), str(before[0]), before[1]]
    rows = store.execute(
        f"SELECT {LINE} FROM clusters WHERE {' AND '.join(conditions)} "  # noqa: S608 - names and marks of ours alone
        "ORDER BY changed DESC, id LIMIT ?",
        (*values, limit),
    )
    return [line_from(row) for row in rows]


def line_of(store: sqlite3.Connection, cluster: str) -> dict[str, Any] | None:
    """Return one cluster's line of the wire."""
    row = store.execute(f"SELECT {LINE} FROM clusters WHERE id = ?", (cluster,)).fetchone()  # noqa: S608
    return line_from(row) if row is not None else None


def choices(store: sqlite3.Connection, desks: tuple[str, ...]) -> dict[str, list[str]]:
    """Return what one can filter by: the desks, and the languages of the newest stories."""
    langs = store.execute(
        "SELECT DISTINCT langs FROM (SELECT langs FROM clusters ORDER BY changed DESC LIMIT 2000)"
    )
    return {
        "desks": sorted(desks),
        "langs": sorted({each for row in langs for each in row["langs"].split()}),
    }


def line_from(row: sqlite3.Row) -> dict[str, Any]:
    """Return a line of the wire from its columns."""
    line = dict(row)
    for column in ("langs", "desks", "kinds"):
        line[column] = row[column].split()
    line["record"] = bool(row["record"])
    return line


def _is_of(kind: str, row: Mapping[str, Any]) -> bool:
    match kind:
        case "alerts":
            return row["priority"] is not None
        case "record":
            return bool(row["record"]) or "record" in row["kinds"]
        case "escalation":
            return "escalation" in row["kinds"]
        case "found":
            return bool(row["kinds"])
        case _:
            return True

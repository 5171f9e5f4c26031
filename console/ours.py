"""The newsroom's own page beside the others: what they have and it has not, and where it tells another figure."""

import sqlite3
from datetime import datetime, timedelta
from typing import Any, Final

from console.wire import LINE, line_from
from console.wording import amount
from wirewatch.codec import decode_as
from wirewatch.messages import Detection, FigureReport
from wirewatch.settings import Settings

MOST: Final = 100
# So many of our newest stories are held against the others.
MOST_OWN: Final = 500
# The read model has an index of what is told by so many.
FEWEST: Final = 3
LOOKED_BACK: Final = timedelta(days=3)


def ours(store: sqlite3.Connection, settings: Settings, now: datetime) -> dict[str, Any]:
    """Return the own feeds, what others have that is in none of them, and where their figure differs from ours."""
    own = {feed.id: feed.name for feed in settings.feeds if feed.own}
    asked = min((desk.own_outlets for desk in settings.desks if desk.own_page), default=FEWEST)
    least = max(FEWEST, asked)
    return {
        "own": sorted(own.values()),
        "least": least,
        "lacking": _lacking(store, tuple(own), least, now) if own else [],
        "differing": _differing(store, own) if own else [],
    }


def _lacking(
    store: sqlite3.Connection, own: tuple[str, ...], least: int, now: datetime
) -> list[dict[str, Any]]:
    """What so many outlets have and no feed of ours: what rang before what did not, the newest first."""
    newest = store.execute("SELECT max(last) FROM clusters WHERE outlets >= 3").fetchone()[0]
    newest = min(datetime.fromisoformat(newest), now) if newest else now
    since = newest - LOOKED_BACK
    marks = ", ".join("?" * len(own))
    rows = store.execute(
        f"SELECT {LINE} FROM clusters WHERE outlets >= 3 AND outlets >= ? AND merged_into IS NULL AND headline <> '' "  # noqa: S608 - names and marks of ours alone
        f"AND last > ? AND NOT EXISTS (SELECT 1 FROM stories WHERE feed IN ({marks}) AND cluster = clusters.id) "
        "ORDER BY priority IS NULL, last DESC, id LIMIT ?",
        (least, since.isoformat(), *own, MOST),
    )
    found = []
    for row in rows:
        line = line_from(row)
        line["lacked_seconds"] = max(0.0, (now - datetime.fromisoformat(line["first"])).total_seconds())
        found.append(line)
    return found


def _differing(store: sqlite3.Connection, own: dict[str, str]) -> list[dict[str, Any]]:
    marks = ", ".join("?" * len(own))
    clusters = store.execute(
        f"SELECT cluster, max(rowid) AS newest FROM stories WHERE feed IN ({marks}) GROUP BY cluster "  # noqa: S608
        "ORDER BY newest DESC LIMIT ?",
        (*own, MOST_OWN),
    ).fetchall()
    found = [_difference(store, row["cluster"], frozenset(own.values())) for row in clusters]
    return [each for each in found if each is not None][:MOST]


def _difference(store: sqlite3.Connection, cluster: str, own: frozenset[str]) -> dict[str, Any] | None:
    """Our figure and the one that most outlets tell, by the newest finding that has figures; None where they agree."""
    rows = store.execute("SELECT body FROM detections WHERE cluster = ? ORDER BY at DESC, id", (cluster,))
    told = next((each for row in rows if (each := decode_as(Detection, row["body"])).figures), None)
    line = store.execute(f"SELECT {LINE} FROM clusters WHERE id = ?", (cluster,)).fetchone()  # noqa: S608
    if told is None or line is None:
        return None
    mine = [each for each in told.figures if own & set(each.sources)]
    # What we say beside another figure of ours, as in "over 400" and then 472, is what most say where it is among them.
    theirs = max(told.figures, key=lambda each: each.outlets)
    if not mine or theirs in mine or own >= set(theirs.sources):
        return None
    unit = next((each.claim.unit for each in told.records if each.claim.unit), None)
    return line_from(line) | {
        "ours": _said(mine[-1], unit),
        "theirs": _said(theirs, unit),
        "tellers": theirs.outlets,
    }


def _said(report: FigureReport, unit: str | None) -> str:
    return amount(report.figure, report.unit or unit, report.qualifier)

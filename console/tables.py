"""What the pages of records, deadlines, feeds, delivery, dead letters and the system ask of the read model."""

import sqlite3
from datetime import datetime, timedelta
from typing import Any, Final

import msgspec

from console.naming import metric_title
from wirewatch.codec import decode_as
from wirewatch.messages import (
    DeadlineNotice,
    FeedEntry,
    FeedState,
    PendingDelivery,
    RecordStep,
    StandingRecord,
)
from wirewatch.settings import FeedSettings, Settings

MOST_DEAD: Final = 200
DAYS: Final = 14
MOST_PASSED: Final = 100
MINUTES: Final = 60
_FAR: Final = 300.0


def records(store: sqlite3.Connection, words: str = "") -> list[dict[str, Any]]:
    """Return each metric with what stands, those with the newest record first."""
    rows = store.execute("SELECT body FROM records ORDER BY last DESC, metric")
    found = [_record(decode_as(StandingRecord, row["body"])) for row in rows]
    return [
        each
        for each in found
        if all(word in f"{each['metric']} {each['title']}".casefold() for word in words.casefold().split())
    ]


def record(store: sqlite3.Connection, metric: str) -> dict[str, Any] | None:
    """Return one metric with its steps; None where nobody knows it."""
    row = store.execute("SELECT body FROM records WHERE metric = ?", (metric,)).fetchone()
    return _record(decode_as(StandingRecord, row["body"])) if row is not None else None


def deadlines(store: sqlite3.Connection, now: datetime) -> dict[str, Any]:
    """Return the ends that somebody set: those to come, the next first, and the last that passed."""
    told = [
        dict(msgspec.to_builtins(decode_as(DeadlineNotice, row["body"])))
        for row in store.execute("SELECT body FROM deadlines ORDER BY until, id")
    ]
    coming = [each for each in told if datetime.fromisoformat(each["until"]) > now]
    return {"coming": coming, "passed": [each for each in reversed(told) if each not in coming][:MOST_PASSED]}


def feeds(store: sqlite3.Connection, settings: Settings, now: datetime) -> list[dict[str, Any]]:
    """Return each configured feed with how it stands, the ill ones first."""
    states = {row["id"]: decode_as(FeedState, row["body"]) for row in store.execute("SELECT * FROM feeds")}
    counts: dict[str, dict[str, int]] = {}
    for row in store.execute("SELECT feed, day, stories FROM feed_days"):
        counts.setdefault(row["feed"], {})[row["day"]] = row["stories"]
    days = [(now - timedelta(days=back)).date().isoformat() for back in reversed(range(DAYS))]
    configured = {feed.id for feed in settings.feeds}
    found = []
    for feed in (*settings.feeds, *_added(store, settings)):
        state = states.get(feed.id)
        entry: dict[str, Any] = {
            "id": feed.id, "name": feed.name, "language": feed.language, "tier": feed.tier,
            "address": feed.url if isinstance(feed.url, str) else None, "added": feed.id not in configured,
            "health": state.health if state else "new", "own": feed.own,
            "days": [counts.get(feed.id, {}).get(each, 0) for each in days],
        }  # fmt: skip
        entry |= {
            name: getattr(state, name) if state else None
            for name in (
                "last_success", "last_attempt", "last_news", "due", "why_due", "failures", "last_error", "stories",
                "gaps", "last_gap", "interval", "format", "pace",
            )
        }  # fmt: skip
        found.append(msgspec.to_builtins(entry))
    ranks = {"gone": 0, "failing": 1, "limited": 2, "gap": 3, "moved": 4, "quiet": 5, "new": 6, "ok": 7}
    return sorted(found, key=lambda each: (ranks.get(each["health"], 8), each["name"].casefold()))


def _added(store: sqlite3.Connection, settings: Settings) -> list[FeedSettings]:
    """The feeds that were added by command; the configuration goes before them."""
    configured = {feed.id for feed in settings.feeds}
    entries = [
        decode_as(FeedEntry, row["body"]) for row in store.execute("SELECT body FROM added_feeds ORDER BY id")
    ]
    return [
        FeedSettings(entry.url, entry.name, language=entry.language, tier=entry.tier)
        for entry in entries
        if entry.feed not in configured
    ]


def delivery(store: sqlite3.Connection, settings: Settings) -> dict[str, Any]:
    """Return each endpoint with how it does, and what waits for it."""
    waiting: dict[str, list[dict[str, Any]]] = {}
    for row in store.execute("SELECT body FROM pending ORDER BY due"):
        each = decode_as(PendingDelivery, row["body"])
        waiting.setdefault(each.alert.endpoint, []).append(
            {
                "alert": each.alert.id, "revision": each.alert.revision, "cluster": each.alert.body.cluster,
                "headline": each.alert.body.headline, "attempts": each.attempts, "due": each.due.isoformat(),
                "since": each.since.isoformat(), "reason": each.last_reason,
            }
        )  # fmt: skip
    kinds = {endpoint.id: endpoint.kind for endpoint in settings.endpoints}
    names = sorted(
        {*kinds, *waiting, *(row[0] for row in store.execute("SELECT DISTINCT endpoint FROM deliveries"))}
    )
    return {"endpoints": [_endpoint(store, name, kinds.get(name), waiting.get(name, [])) for name in names]}


def dead(store: sqlite3.Connection) -> list[dict[str, Any]]:
    """Return the dead letters, the newest first, their payload as text."""
    rows = store.execute("SELECT * FROM dead ORDER BY at DESC LIMIT ?", (MOST_DEAD,))
    return [{**dict(row), "payload": row["payload"].decode("utf-8", "replace")} for row in rows]


def system(store: sqlite3.Connection, now: datetime) -> dict[str, Any]:
    """Return how much stands where, how much came in the last hour, and how old stories were when they rang."""
    minute = int(now.timestamp()) // 60
    rates: dict[str, list[int]] = {}
    for row in store.execute(
        "SELECT * FROM minutes WHERE minute > ? AND minute <= ?", (minute - MINUTES, minute)
    ):
        series = rates.setdefault(row["topic"], [0] * MINUTES)
        series[row["minute"] - (minute - MINUTES) - 1] = row["messages"]
    seconds = [
        row[0]
        for row in store.execute(
            "SELECT seconds FROM deliveries WHERE outcome = 'delivered' ORDER BY at DESC LIMIT 200"
        )
    ]
    return {
        "now": now.isoformat(),
        "rates": [{"topic": topic, "minutes": series, "hour": sum(series)} for topic, series in sorted(rates.items())],
        "read": [dict(row) for row in store.execute("SELECT topic, sum(offset) AS messages FROM positions GROUP BY topic")],
        "held": [
            dict(row)
            for row in store.execute("SELECT reason, count(*) AS times FROM held GROUP BY reason ORDER BY times DESC")
        ],
        "counts": {
            "clusters": _count(store, "SELECT (SELECT count(*) FROM clusters) - (SELECT count(*) FROM clusters WHERE merged_into IS NOT NULL)"),
            "stories": _count(store, "SELECT count(*) FROM stories"),
            "alerts": _count(store, "SELECT count(*) FROM alerts"),
            "held": _count(store, "SELECT count(*) FROM held"),
            "dead": _count(store, "SELECT count(*) FROM dead"),
            "waiting": _count(store, "SELECT count(*) FROM pending"),
            "records": _count(store, "SELECT count(*) FROM records"),
        },
        "delivery_seconds": list(reversed(seconds)),
    }  # fmt: skip


def wire_now(store: sqlite3.Connection, now: datetime) -> datetime:
    """Return the wire's time: that of the ticks where it is far from the machine's, as the demo's is."""
    row = store.execute("SELECT ahead FROM wire_time").fetchone()
    ahead = row["ahead"] if row is not None else 0.0
    return now + timedelta(seconds=ahead) if abs(ahead) > _FAR else now


def _count(store: sqlite3.Connection, question: str) -> int:
    return int(store.execute(question).fetchone()[0])


def _endpoint(
    store: sqlite3.Connection, name: str, kind: str | None, waiting: list[dict[str, Any]]
) -> dict[str, Any]:
    last = store.execute(
        "SELECT * FROM deliveries WHERE endpoint = ? ORDER BY at DESC LIMIT 40", (name,)
    ).fetchall()
    outcomes = store.execute(
        "SELECT outcome, count(*) AS times FROM deliveries WHERE endpoint = ? GROUP BY outcome", (name,)
    )
    seconds = sorted(row["seconds"] for row in last if row["outcome"] == "delivered")
    ill = bool(last) and last[0]["outcome"] in {"dead", "retry"}
    return {
        "id": name, "kind": kind, "state": "ill" if ill else "waiting" if waiting else "ok" if last else "unused",
        "outcomes": {row["outcome"]: row["times"] for row in outcomes},
        "median": seconds[len(seconds) // 2] if seconds else None, "slowest": seconds[-1] if seconds else None,
        "waiting": waiting, "last": [dict(row) for row in last[:12]],
        "latencies": [row["seconds"] for row in reversed(last)],
    }  # fmt: skip


def _record(page: StandingRecord) -> dict[str, Any]:
    return {
        "metric": page.metric, "title": metric_title(page.metric, page.subject, page.direction), "unit": page.subject.unit, "direction": page.direction, "declared": page.declared,
        "standing": _step(page.standing), "steps": [_step(step) for step in page.steps],
    }  # fmt: skip


def _step(step: RecordStep | None) -> dict[str, Any] | None:
    return None if step is None else dict(msgspec.to_builtins(step))

"""Lays into the read model how things stand: deliveries, records, pairs, deadlines, feeds, acts, settings, the dead."""

import sqlite3
from datetime import UTC, datetime
from typing import Final

from console.incoming import Incoming, changed
from wirewatch.codec import encode, header
from wirewatch.messages import (
    Command,
    DeadlineNotice,
    Delivery,
    FeedEntry,
    FeedState,
    PairLevel,
    PendingDelivery,
    Setting,
    StandingRecord,
    Tick,
)
from wirewatch.topics import ALERTS_PENDING, CLUSTERS, DEADLINES, FEEDS, PAIRS, RECORDS, SETTINGS

# Before a feed's id in the key of what was added by command.
ADDED: Final = "added/"
# Of a dead letter so much is kept for the page; all of it stands on the topic.
SHOWN_PAYLOAD: Final = 20_000


def lay_delivery(store: sqlite3.Connection, told: Delivery, message: Incoming) -> None:
    """Keep what became of an attempt."""
    store.execute(
        "INSERT OR REPLACE INTO deliveries VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            told.webhook_id, told.endpoint, told.attempt, told.alert, told.revision, told.outcome, told.reason,
            told.at.isoformat(), told.status, told.seconds, message.timestamp,
        ),
    )  # fmt: skip
    row = store.execute("SELECT cluster FROM alerts WHERE id = ? LIMIT 1", (told.alert,)).fetchone()
    changed(store, "delivery", row["cluster"] if row else told.alert)


def lay_pending(store: sqlite3.Connection, waiting: PendingDelivery, message: Incoming) -> None:
    """Keep what waits for its endpoint."""
    key = message.name
    store.execute(
        "INSERT OR REPLACE INTO pending VALUES (?, ?, ?, ?)",
        (key, waiting.alert.endpoint, waiting.due.isoformat(), encode(waiting)),
    )
    changed(store, "pending", key)


def lay_record(store: sqlite3.Connection, page: StandingRecord, _message: Incoming) -> None:
    """Keep the ledger's page on a metric."""
    last = (page.standing.date or "") if page.standing else ""
    store.execute(
        "INSERT OR REPLACE INTO records VALUES (?, ?, ?, ?)",
        (page.metric, last, len(page.steps), encode(page)),
    )
    changed(store, "record", page.metric)


def lay_deadline(store: sqlite3.Connection, told: DeadlineNotice, message: Incoming) -> None:
    """Keep an end that somebody set."""
    key = message.name
    store.execute(
        "INSERT OR REPLACE INTO deadlines VALUES (?, ?, ?, ?)",
        (key, told.until.isoformat(), told.cluster, encode(told)),
    )
    changed(store, "deadline", key)


def lay_feed(store: sqlite3.Connection, feed: FeedState, _message: Incoming) -> None:
    """Keep how a feed stands."""
    # Which items it has shown is the poller's own business, and most of the message.
    slim = FeedState(
        **{name: getattr(feed, name) for name in feed.__struct_fields__ if name not in {"seen", "held"}}
    )
    store.execute("INSERT OR REPLACE INTO feeds VALUES (?, ?)", (feed.feed, encode(slim)))
    changed(store, "feed", feed.feed)


def lay_feed_entry(store: sqlite3.Connection, entry: FeedEntry, _message: Incoming) -> None:
    """Keep a feed that was added by command."""
    store.execute("INSERT OR REPLACE INTO added_feeds VALUES (?, ?)", (entry.feed, encode(entry)))
    changed(store, "feed", entry.feed)


def lay_act(store: sqlite3.Connection, act: Command, _message: Incoming) -> None:
    """Keep what an editor did; the newest act is the state of its cluster."""
    if act.act == "expired":
        # No act of an editor's; what was held back says it.
        return
    store.execute(
        "INSERT OR REPLACE INTO acts VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            act.id,
            act.cluster,
            act.act,
            act.by,
            act.at.isoformat(),
            act.until.isoformat() if act.until else None,
            f"to {act.to}" + (f": {act.note}" if act.note else "") if act.to else act.note,
        ),
    )
    latest = store.execute(
        "SELECT act, by FROM acts WHERE cluster = ? ORDER BY at DESC, id LIMIT 1", (act.cluster,)
    ).fetchone()
    store.execute(
        "UPDATE clusters SET state = ?, by = ? WHERE id = ?", (latest["act"], latest["by"], act.cluster)
    )
    changed(store, "cluster", act.cluster)


def lay_setting(store: sqlite3.Connection, setting: Setting, _message: Incoming) -> None:
    """Keep what was set."""
    store.execute(
        "INSERT OR REPLACE INTO settings VALUES (?, ?, ?, ?)",
        (setting.key, setting.value, setting.by, setting.at.isoformat()),
    )
    kind, _, subject = setting.key.partition("/cluster/")
    if kind == "mute" and subject:
        changed(store, "cluster", subject)
    changed(store, "setting", setting.key)


def lay_pair(store: sqlite3.Connection, level: PairLevel, _message: Incoming) -> None:
    """Keep how two parties stand."""
    store.execute(
        "INSERT OR REPLACE INTO pairs VALUES (?, ?, ?)", (level.pair, level.last.isoformat(), encode(level))
    )
    changed(store, "pair", level.pair)


def lay_tick(store: sqlite3.Connection, tick: Tick, message: Incoming) -> None:
    """Keep how far the wire's time is from Kafka's: the demo's is another summer's."""
    ahead = tick.at.timestamp() - message.timestamp / 1000
    store.execute("INSERT OR REPLACE INTO wire_time VALUES (1, ?)", (ahead,))


def lay_dead(store: sqlite3.Connection, message: Incoming) -> None:
    """Keep a dead letter."""
    value = message.value or b""
    store.execute(
        "INSERT OR REPLACE INTO dead VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (
            message.partition,
            message.offset,
            header(message.headers, "dead_topic") or message.key.decode("utf-8", "replace"),
            header(message.headers, "dead_cause") or "",
            header(message.headers, "dead_reason") or "",
            header(message.headers, "dead_at") or _moment(message.timestamp),
            len(value),
            value[:SHOWN_PAYLOAD],
        ),
    )
    changed(store, "dead", f"{message.partition}-{message.offset}")


def lay_tombstone(store: sqlite3.Connection, message: Incoming) -> None:
    """Take out what a topic holds no more."""
    table = {
        CLUSTERS: "clusters",
        RECORDS: "records",
        DEADLINES: "deadlines",
        PAIRS: "pairs",
        FEEDS: "feeds",
        SETTINGS: "settings",
        ALERTS_PENDING: "pending",
    }
    name = table.get(message.topic)
    if name is None:
        return
    column = {"records": "metric", "settings": "key", "pending": "key", "pairs": "pair"}.get(name, "id")
    key = message.name
    if name == "feeds" and key.startswith(ADDED):
        name, key = "added_feeds", key.removeprefix(ADDED)
    store.execute(f"DELETE FROM {name} WHERE {column} = ?", (key,))  # noqa: S608 - names of ours alone
    if name == "clusters":
        store.execute(
            "DELETE FROM words WHERE rowid IN (SELECT row FROM word_rows WHERE cluster = ?)", (key,)
        )
        store.execute("DELETE FROM word_rows WHERE cluster = ?", (key,))
    changed(store, name, key)


def _moment(milliseconds: int) -> str:
    return datetime.fromtimestamp(milliseconds / 1000, UTC).isoformat()

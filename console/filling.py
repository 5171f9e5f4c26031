"""Lays messages of the topics into the read model. One that comes twice leaves what it left the first time."""

import sqlite3
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import datetime
from typing import Any, Final

from console.incoming import Incoming
from console.laying_clusters import (
    lay_alert,
    lay_cluster,
    lay_clusters_merged,
    lay_detection,
    lay_held,
    lay_merge,
    lay_story,
)
from console.laying_states import (
    lay_act,
    lay_dead,
    lay_deadline,
    lay_delivery,
    lay_feed,
    lay_feed_entry,
    lay_pair,
    lay_pending,
    lay_record,
    lay_setting,
    lay_tick,
    lay_tombstone,
)
from console.schema import KEPT_CHANGES
from wirewatch.codec import decode
from wirewatch.errors import MessageError
from wirewatch.messages import (
    Alert,
    Cluster,
    ClusteredStory,
    ClustersMerged,
    Command,
    DeadlineNotice,
    Delivery,
    Detection,
    FeedEntry,
    FeedState,
    HeldBack,
    Merge,
    PairLevel,
    PendingDelivery,
    Setting,
    StandingRecord,
    Tick,
)
from wirewatch.operations.no_news import is_no_news
from wirewatch.topics import (
    ALERTS,
    ALERTS_HELD,
    ALERTS_PENDING,
    CLUSTERED,
    CLUSTERS,
    COMMANDS,
    DEAD,
    DEADLINES,
    DELIVERIES,
    DETECTIONS,
    FEEDS,
    PAIRS,
    RECORDS,
    SETTINGS,
    TICKS,
    Topic,
)

# In this order a lost read model is rebuilt: what is shown first comes first.
READ: Final = (
    CLUSTERS, CLUSTERED, DETECTIONS, ALERTS, DELIVERIES, ALERTS_HELD, RECORDS, PAIRS, DEADLINES, FEEDS, ALERTS_PENDING,
    COMMANDS, SETTINGS, DEAD, TICKS,
)  # fmt: skip
# The rates of topics are kept so long, and a feed's counts.
KEPT_MINUTES: Final = 24 * 60
KEPT_DAYS: Final = 60
# However much comes within a topic's retention: no table holds more rows, and one pruning takes no more of them.
MOST_ROWS: Final = 1_000_000
PRUNED_AT_ONCE: Final = 10_000
_PRUNED: Final[dict[str, Topic]] = {
    "stories": CLUSTERED, "detections": DETECTIONS, "alerts": ALERTS, "held": ALERTS_HELD, "deliveries": DELIVERIES,
}  # fmt: skip


def fill(store: sqlite3.Connection, messages: Iterable[Incoming]) -> None:
    """Lay messages into the read model, with where each partition was read to: all of them or, after a crash, none."""
    store.execute("BEGIN IMMEDIATE")
    try:
        last = 0
        for message in messages:
            _count(store, message)
            # Of a newer or an older Wirewatch; the page shows what it can read.
            with suppress(MessageError):
                _lay(store, message)
            store.execute(
                "INSERT INTO positions VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET offset = excluded.offset",
                (message.topic.name, message.partition, message.offset + 1),
            )
        last = store.execute("SELECT max(seq) FROM changes").fetchone()[0] or 0
        store.execute("DELETE FROM changes WHERE seq <= ?", (last - KEPT_CHANGES,))
    except BaseException:
        store.execute("ROLLBACK")
        raise
    store.execute("COMMIT")


def positions(store: sqlite3.Connection) -> dict[tuple[str, int], int]:
    """Return up to where each partition was read."""
    return {
        (row["topic"], row["partition"]): row["offset"] for row in store.execute("SELECT * FROM positions")
    }


def _lay(store: sqlite3.Connection, message: Incoming) -> None:
    if message.topic is DEAD:
        lay_dead(store, message)
    elif message.value is None:
        lay_tombstone(store, message)
    else:
        found = decode(message.topic, message.value)
        lay = _LAYERS.get(type(found))
        if lay is not None and not is_no_news(found):
            lay(store, found, message)


def _count(store: sqlite3.Connection, message: Incoming) -> None:
    if message.topic is TICKS:
        # The time is no traffic.
        return
    minute = message.timestamp // 60_000
    store.execute(
        "INSERT INTO minutes VALUES (?, ?, 1) ON CONFLICT DO UPDATE SET messages = messages + 1",
        (message.topic.name, minute),
    )


def prune(store: sqlite3.Connection, now: datetime) -> None:
    """Forget what the topics have forgotten, the oldest first and a bounded number at a time."""
    store.execute("BEGIN IMMEDIATE")
    try:
        for table, topic in _PRUNED.items():
            _prune_table(store, table, topic, now)
        _prune_clusters(store, now)
        store.execute("DELETE FROM minutes WHERE minute < ?", (int(now.timestamp()) // 60 - KEPT_MINUTES,))
        store.execute(
            "DELETE FROM feed_days WHERE day < (SELECT date(max(day), ?) FROM feed_days)",
            (f"-{KEPT_DAYS} days",),
        )
    except BaseException:
        store.execute("ROLLBACK")
        raise
    store.execute("COMMIT")


def _prune_table(store: sqlite3.Connection, table: str, topic: Topic, now: datetime) -> None:
    """A row that is written again is the newest one: by their numbers the oldest are known without an index."""
    since = int((now.timestamp() - (topic.retention or 0)) * 1000)
    oldest = f"SELECT rowid FROM {table} ORDER BY rowid LIMIT {PRUNED_AT_ONCE}"  # noqa: S608 - names of ours alone
    most = store.execute(f"SELECT max(rowid) FROM {table}").fetchone()[0] or 0  # noqa: S608
    gone = f"SELECT rowid FROM {table} WHERE rowid IN ({oldest}) AND (came < ? OR rowid <= ?)"  # noqa: S608
    values = (since, most - MOST_ROWS)
    if table == "stories":
        words = f"SELECT row FROM word_rows WHERE story IN (SELECT id FROM stories WHERE rowid IN ({gone}))"  # noqa: S608
        store.execute(f"DELETE FROM words WHERE rowid IN ({words})", values)  # noqa: S608
        store.execute(f"DELETE FROM word_rows WHERE row IN ({words})", values)  # noqa: S608
    store.execute(f"DELETE FROM {table} WHERE rowid IN ({gone})", values)  # noqa: S608


def _prune_clusters(store: sqlite3.Connection, now: datetime) -> None:
    """A cluster that nobody was told of goes when its stories have gone; an alert's link leads somewhere for longer."""
    since = int((now.timestamp() - (CLUSTERED.retention or 0)) * 1000)
    gone = [
        (row["id"],)
        for row in store.execute(
            "SELECT id FROM clusters WHERE changed < ? AND priority IS NULL ORDER BY changed LIMIT ?",
            (since, PRUNED_AT_ONCE),
        )
    ]
    store.executemany("DELETE FROM words WHERE rowid IN (SELECT row FROM word_rows WHERE cluster = ?)", gone)
    store.executemany("DELETE FROM word_rows WHERE cluster = ?", gone)
    store.executemany("DELETE FROM clusters WHERE id = ?", gone)


_LAYERS: Final[dict[type, Callable[[sqlite3.Connection, Any, Incoming], None]]] = {
    Cluster: lay_cluster,
    ClusteredStory: lay_story,
    Merge: lay_merge,
    Detection: lay_detection,
    ClustersMerged: lay_clusters_merged,
    Alert: lay_alert,
    HeldBack: lay_held,
    Delivery: lay_delivery,
    PendingDelivery: lay_pending,
    StandingRecord: lay_record,
    PairLevel: lay_pair,
    DeadlineNotice: lay_deadline,
    FeedState: lay_feed,
    FeedEntry: lay_feed_entry,
    Command: lay_act,
    Setting: lay_setting,
    Tick: lay_tick,
}

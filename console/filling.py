"""Lays each message of the topics into the read model. A message that comes twice leaves what it left the first time."""

import sqlite3
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, Final

from msgspec import Struct

from console.schema import KEPT_CHANGES
from wirewatch.codec import decode, encode, header
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
    FeedState,
    HeldBack,
    Merge,
    PendingDelivery,
    Setting,
    StandingRecord,
)
from wirewatch.operations.canary import is_canary
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
    RECORDS,
    SETTINGS,
    Topic,
)

# In this order a lost read model is rebuilt: what is shown first comes first.
READ: Final = (
    CLUSTERS, CLUSTERED, DETECTIONS, ALERTS, DELIVERIES, ALERTS_HELD, RECORDS, DEADLINES, FEEDS, ALERTS_PENDING, COMMANDS, SETTINGS, DEAD,
)  # fmt: skip
RANKS: Final = {"bulletin": 1, "urgent": 2, "flash": 3}
# Of a dead letter so much is kept for the page; all of it stands on the topic.
SHOWN_PAYLOAD: Final = 20_000
# A day's counts of feeds, and the rates of topics, are kept so long.
KEPT_DAYS: Final = 60
KEPT_MINUTES: Final = 24 * 60


class Incoming(Struct, frozen=True):
    """A message as it came from Kafka."""

    topic: Topic
    partition: int
    offset: int
    # Milliseconds since 1970, by Kafka's clock.
    timestamp: int
    key: bytes
    value: bytes | None
    headers: tuple[tuple[str, bytes], ...] = ()


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
        _dead(store, message)
    elif message.value is None:
        _tombstone(store, message)
    else:
        found = decode(message.topic, message.value)
        lay = _LAYERS.get(type(found))
        # What was added by command shows itself by its state, once it is polled.
        if lay is not None and not is_canary(found):
            lay(store, found, message)


def _dead(store: sqlite3.Connection, message: Incoming) -> None:
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
    _changed(store, "dead", f"{message.partition}-{message.offset}")


def _tombstone(store: sqlite3.Connection, message: Incoming) -> None:
    table = {
        CLUSTERS: "clusters",
        RECORDS: "records",
        DEADLINES: "deadlines",
        FEEDS: "feeds",
        SETTINGS: "settings",
        ALERTS_PENDING: "pending",
    }
    name = table.get(message.topic)
    if name is None:
        return
    column = {"records": "metric", "settings": "key", "pending": "key"}.get(name, "id")
    key = message.key.decode("utf-8", "replace")
    store.execute(f"DELETE FROM {name} WHERE {column} = ?", (key,))  # noqa: S608 - names of ours alone
    _changed(store, name, key)


def _cluster(store: sqlite3.Connection, cluster: Cluster, message: Incoming) -> None:
    store.execute(
        "INSERT INTO clusters (id, headline, url, first, last, changed, stories, outlets, merged_into, body) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET headline = excluded.headline, "
        "url = excluded.url, first = excluded.first, last = excluded.last, changed = max(changed, excluded.changed), "
        "stories = excluded.stories, outlets = excluded.outlets, merged_into = excluded.merged_into, "
        "body = excluded.body",
        (
            cluster.id, cluster.headline, cluster.url, cluster.first.isoformat(), cluster.last.isoformat(),
            message.timestamp, cluster.stories, cluster.outlets, cluster.merged_into, encode(cluster),
        ),
    )  # fmt: skip
    row = store.execute("SELECT row FROM word_rows WHERE cluster = ?", (cluster.id,)).fetchone()
    if row is None:
        added = store.execute("INSERT INTO words VALUES (?, ?)", (cluster.headline, cluster.id))
        store.execute("INSERT INTO word_rows VALUES (?, ?)", (cluster.id, added.lastrowid))
    else:
        store.execute("UPDATE words SET headline = ? WHERE rowid = ?", (cluster.headline, row["row"]))
    _changed(store, "cluster", cluster.id)


def _story(store: sqlite3.Connection, told: ClusteredStory, message: Incoming) -> None:
    story = told.story
    fresh = store.execute("SELECT 1 FROM stories WHERE id = ?", (story.id,)).fetchone() is None
    store.execute(
        "INSERT OR REPLACE INTO stories VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            story.id, told.cluster, story.feed, story.source, story.at.isoformat(), story.lang, story.title,
            told.verdict, encode(told),
        ),
    )  # fmt: skip
    if fresh:
        store.execute(
            "INSERT INTO feed_days VALUES (?, ?, 1) ON CONFLICT DO UPDATE SET stories = stories + 1",
            (story.feed, story.fetched.date().isoformat()),
        )
    _ensure(store, told.cluster, message)
    if story.lang:
        _tag(store, told.cluster, "langs", story.lang)
    _changed(store, "cluster", told.cluster)


def _merge(store: sqlite3.Connection, merge: Merge, message: Incoming) -> None:
    _ensure(store, merge.kept, message)
    store.execute("UPDATE clusters SET merged_into = ? WHERE id = ?", (merge.kept, merge.absorbed))
    for table in ("stories", "detections", "held", "alerts"):
        store.execute(f"UPDATE {table} SET cluster = ? WHERE cluster = ?", (merge.kept, merge.absorbed))  # noqa: S608
    _changed(store, "cluster", merge.absorbed)
    _changed(store, "cluster", merge.kept)


def _detection(store: sqlite3.Connection, found: Detection, message: Incoming) -> None:
    store.execute(
        "INSERT OR REPLACE INTO detections VALUES (?, ?, ?, ?)",
        (found.id, found.cluster, found.story.at.isoformat(), encode(found)),
    )
    _ensure(store, found.cluster, message)
    if any(judged.word.outcome == "broken" for judged in found.records):
        _tag(store, found.cluster, "kinds", "record")
    for turn in found.escalations:
        _tag(store, found.cluster, "kinds", "escalation")
        store.execute(
            "UPDATE clusters SET polarity = CASE WHEN ? >= coalesce(severity, 0) THEN ? ELSE polarity END, "
            "severity = max(coalesce(severity, 0), ?) WHERE id = ?",
            (turn.severity, turn.polarity, turn.severity, found.cluster),
        )
    if found.record is not None:
        unit = next((each.claim.unit for each in found.records if each.claim.unit), None)
        store.execute(
            "UPDATE clusters SET figure = ?, qualifier = ?, unit = coalesce(?, unit), metric = ?, record = 1 WHERE id = ?",
            (found.record.figure, found.record.qualifier, unit, found.metric, found.cluster),
        )
    if found.withdrawn:
        store.execute("UPDATE clusters SET record = 0 WHERE id = ?", (found.cluster,))
    _changed(store, "cluster", found.cluster)


def _clusters_merged(store: sqlite3.Connection, merge: ClustersMerged, message: Incoming) -> None:
    _merge(store, Merge(merge.cluster, merge.absorbed, "merged", merge.at), message)


def _alert(store: sqlite3.Connection, alert: Alert, message: Incoming) -> None:
    body = alert.body
    store.execute(
        "INSERT OR REPLACE INTO alerts VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            alert.id,
            alert.revision,
            alert.endpoint,
            alert.webhook_id,
            body.cluster,
            alert.at.isoformat(),
            encode(alert),
        ),
    )
    _ensure(store, body.cluster, message)
    _tag(store, body.cluster, "desks", body.desk)
    _tag(store, body.cluster, "kinds", body.kind)
    row = store.execute("SELECT priority FROM clusters WHERE id = ?", (body.cluster,)).fetchone()
    priority = max(body.priority, row["priority"] or body.priority, key=lambda each: RANKS[each])
    store.execute(
        "UPDATE clusters SET priority = ?, figure = coalesce(?, figure), unit = coalesce(?, unit), "
        "qualifier = coalesce(?, qualifier), polarity = coalesce(?, polarity), severity = coalesce(?, severity), "
        "changed = max(changed, ?) WHERE id = ?",
        (
            priority, body.figure, body.unit, body.qualifier, body.polarity, body.severity, message.timestamp,
            body.cluster,
        ),
    )  # fmt: skip
    _changed(store, "alert", body.cluster)


def _held(store: sqlite3.Connection, held: HeldBack, _message: Incoming) -> None:
    store.execute(
        "INSERT OR REPLACE INTO held VALUES (?, ?, ?, ?, ?, ?, ?)",
        (held.id, held.cluster, held.desk, held.reason, held.detail, held.title, held.at.isoformat()),
    )
    _changed(store, "cluster", held.cluster)


def _delivery(store: sqlite3.Connection, told: Delivery, _message: Incoming) -> None:
    store.execute(
        "INSERT OR REPLACE INTO deliveries VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            told.webhook_id, told.endpoint, told.attempt, told.alert, told.revision, told.outcome, told.reason,
            told.at.isoformat(), told.status, told.seconds,
        ),
    )  # fmt: skip
    row = store.execute("SELECT cluster FROM alerts WHERE id = ? LIMIT 1", (told.alert,)).fetchone()
    _changed(store, "delivery", row["cluster"] if row else told.alert)


def _pending(store: sqlite3.Connection, waiting: PendingDelivery, message: Incoming) -> None:
    key = message.key.decode("utf-8", "replace")
    store.execute(
        "INSERT OR REPLACE INTO pending VALUES (?, ?, ?, ?)",
        (key, waiting.alert.endpoint, waiting.due.isoformat(), encode(waiting)),
    )
    _changed(store, "pending", key)


def _record(store: sqlite3.Connection, page: StandingRecord, _message: Incoming) -> None:
    last = (page.standing.date or "") if page.standing else ""
    store.execute(
        "INSERT OR REPLACE INTO records VALUES (?, ?, ?, ?)",
        (page.metric, last, len(page.steps), encode(page)),
    )
    _changed(store, "record", page.metric)


def _deadline(store: sqlite3.Connection, told: DeadlineNotice, message: Incoming) -> None:
    key = message.key.decode("utf-8", "replace")
    store.execute(
        "INSERT OR REPLACE INTO deadlines VALUES (?, ?, ?, ?)",
        (key, told.until.isoformat(), told.cluster, encode(told)),
    )
    _changed(store, "deadline", key)


def _feed(store: sqlite3.Connection, feed: FeedState, _message: Incoming) -> None:
    # Which items it has shown is the poller's own business, and most of the message.
    slim = FeedState(
        **{name: getattr(feed, name) for name in feed.__struct_fields__ if name not in {"seen", "held"}}
    )
    store.execute("INSERT OR REPLACE INTO feeds VALUES (?, ?)", (feed.feed, encode(slim)))
    _changed(store, "feed", feed.feed)


def _act(store: sqlite3.Connection, act: Command, _message: Incoming) -> None:
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
            act.note,
        ),
    )
    latest = store.execute(
        "SELECT act, by FROM acts WHERE cluster = ? ORDER BY at DESC, id LIMIT 1", (act.cluster,)
    ).fetchone()
    store.execute(
        "UPDATE clusters SET state = ?, by = ? WHERE id = ?", (latest["act"], latest["by"], act.cluster)
    )
    _changed(store, "cluster", act.cluster)


def _setting(store: sqlite3.Connection, setting: Setting, _message: Incoming) -> None:
    store.execute(
        "INSERT OR REPLACE INTO settings VALUES (?, ?, ?, ?)",
        (setting.key, setting.value, setting.by, setting.at.isoformat()),
    )
    kind, _, subject = setting.key.partition("/cluster/")
    if kind == "mute" and subject:
        _changed(store, "cluster", subject)
    _changed(store, "setting", setting.key)


def _ensure(store: sqlite3.Connection, cluster: str, message: Incoming) -> None:
    """A finding may be read before its cluster is."""
    store.execute("INSERT OR IGNORE INTO clusters (id, changed) VALUES (?, ?)", (cluster, message.timestamp))


def _tag(store: sqlite3.Connection, cluster: str, column: str, tag: str) -> None:
    """Add a word to a column of words, each with a space on both sides."""
    word = " ".join(tag.split())
    store.execute(
        f"UPDATE clusters SET {column} = {column} || ? || ' ' WHERE id = ? AND instr({column}, ' ' || ? || ' ') = 0",  # noqa: S608
        (word, cluster, word),
    )


def _changed(store: sqlite3.Connection, kind: str, subject: str) -> None:
    store.execute("INSERT INTO changes (kind, subject) VALUES (?, ?)", (kind, subject))


def _count(store: sqlite3.Connection, message: Incoming) -> None:
    minute = message.timestamp // 60_000
    store.execute(
        "INSERT INTO minutes VALUES (?, ?, 1) ON CONFLICT DO UPDATE SET messages = messages + 1",
        (message.topic.name, minute),
    )


def prune(store: sqlite3.Connection, now: datetime) -> None:
    """Forget what the topics have forgotten, or what no page shows."""
    minute = int(now.timestamp()) // 60 - KEPT_MINUTES
    store.execute("DELETE FROM minutes WHERE minute < ?", (minute,))


def _moment(milliseconds: int) -> str:
    return datetime.fromtimestamp(milliseconds / 1000, UTC).isoformat()


_LAYERS: Final[dict[type, Callable[[sqlite3.Connection, Any, Incoming], None]]] = {
    Cluster: _cluster,
    ClusteredStory: _story,
    Merge: _merge,
    Detection: _detection,
    ClustersMerged: _clusters_merged,
    Alert: _alert,
    HeldBack: _held,
    Delivery: _delivery,
    PendingDelivery: _pending,
    StandingRecord: _record,
    DeadlineNotice: _deadline,
    FeedState: _feed,
    Command: _act,
    Setting: _setting,
}

"""Lays into the read model what makes a story's page: clusters, stories, findings, alerts, what was held back."""

import sqlite3
from typing import Final

from console.heading import Heading, headline_of, is_own_record
from console.incoming import Incoming, changed, ensure, tag
from console.wording import MOST_TITLE
from wirewatch.codec import decode_as, encode
from wirewatch.messages import (
    Alert,
    Cluster,
    ClusteredStory,
    ClustersMerged,
    Detection,
    HeldBack,
    Merge,
    StandingRecord,
)

RANKS: Final = {"bulletin": 1, "urgent": 2, "flash": 3}
MOST_HEADLINES: Final = 300


def lay_cluster(store: sqlite3.Connection, cluster: Cluster, message: Incoming) -> None:
    """Keep a cluster as it stands."""
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
    write_words(store, cluster.id, "", cluster.headline)
    _head(store, cluster.id)
    changed(store, "cluster", cluster.id)


def lay_story(store: sqlite3.Connection, told: ClusteredStory, message: Incoming) -> None:
    """Keep a story under its cluster, and count it for its feed."""
    story = told.story
    known = store.execute("SELECT title FROM stories WHERE id = ?", (story.id,)).fetchone()
    if known is None or known["title"] != story.title:
        _write_retelling(store, told)
    store.execute(
        "INSERT OR REPLACE INTO stories VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            story.id, told.cluster, story.feed, story.source, story.at.isoformat(), story.lang, story.title,
            told.verdict, message.timestamp, encode(told),
        ),
    )  # fmt: skip
    if known is None:
        store.execute(
            "INSERT INTO feed_days VALUES (?, ?, 1) ON CONFLICT DO UPDATE SET stories = stories + 1",
            (story.feed, story.fetched.date().isoformat()),
        )
    ensure(store, told.cluster, message)
    if story.lang:
        tag(store, told.cluster, "langs", story.lang)
    _head(store, told.cluster)
    changed(store, "cluster", told.cluster)


def lay_merge(store: sqlite3.Connection, merge: Merge, message: Incoming) -> None:
    """Put what was of the absorbed cluster under the one that is kept."""
    ensure(store, merge.kept, message)
    store.execute("UPDATE clusters SET merged_into = ? WHERE id = ?", (merge.kept, merge.absorbed))
    for table in ("stories", "detections", "held", "alerts"):
        store.execute(f"UPDATE {table} SET cluster = ? WHERE cluster = ?", (merge.kept, merge.absorbed))  # noqa: S608
    store.execute(
        "UPDATE words SET cluster = ? WHERE rowid IN (SELECT row FROM word_rows WHERE cluster = ?)",
        (merge.kept, merge.absorbed),
    )
    # The absorbed headline is one more retelling of what is kept.
    store.execute("UPDATE word_rows SET story = cluster WHERE cluster = ? AND story = ''", (merge.absorbed,))
    store.execute(
        "UPDATE OR IGNORE word_rows SET cluster = ? WHERE cluster = ?", (merge.kept, merge.absorbed)
    )
    _head(store, merge.kept)
    changed(store, "cluster", merge.absorbed)
    changed(store, "cluster", merge.kept)


def lay_detection(store: sqlite3.Connection, found: Detection, message: Incoming) -> None:
    """Keep what was found, with what a line of the wire says of it."""
    store.execute(
        "INSERT OR REPLACE INTO detections VALUES (?, ?, ?, ?, ?)",
        (found.id, found.cluster, found.story.at.isoformat(), message.timestamp, encode(found)),
    )
    ensure(store, found.cluster, message)
    if any(judged.word.outcome == "broken" for judged in found.records):
        tag(store, found.cluster, "kinds", "record")
    for turn in found.escalations:
        tag(store, found.cluster, "kinds", "escalation")
        store.execute(
            "UPDATE clusters SET polarity = CASE WHEN ? >= coalesce(severity, 0) THEN ? ELSE polarity END, "
            "severity = max(coalesce(severity, 0), ?) WHERE id = ?",
            (turn.severity, turn.polarity, turn.severity, found.cluster),
        )
    if found.record is not None and is_own_record(found, names_of(store, found.cluster)):
        unit = _unit_of(store, found)
        store.execute(
            "UPDATE clusters SET figure = ?, qualifier = ?, unit = coalesce(?, unit), metric = ?, record = 1 WHERE id = ?",
            (found.record.figure, found.record.qualifier, unit, found.metric, found.cluster),
        )
    if found.withdrawn:
        store.execute("UPDATE clusters SET record = 0 WHERE id = ?", (found.cluster,))
    _head(store, found.cluster)
    changed(store, "cluster", found.cluster)


def names_of(store: sqlite3.Connection, cluster: str) -> set[str]:
    """Return a cluster's id and those of the clusters that it absorbed."""
    rows = store.execute("SELECT id FROM clusters WHERE merged_into = ?", (cluster,))
    return {cluster, *(row["id"] for row in rows)}


def _head(store: sqlite3.Connection, cluster: str) -> None:
    """Have the headline that gives a cluster's figure as it stands."""
    row = store.execute(
        "SELECT figure, unit, body FROM clusters WHERE id = ? AND figure IS NOT NULL AND body IS NOT NULL",
        (cluster,),
    ).fetchone()
    if row is None:
        return
    stories = store.execute(
        "SELECT body FROM stories WHERE cluster = ? ORDER BY at, id LIMIT ?", (cluster, MOST_HEADLINES)
    )
    told = [decode_as(ClusteredStory, each["body"]) for each in stories]
    headline = headline_of(
        decode_as(Cluster, row["body"]).headline, Heading(row["figure"], row["unit"]), told
    )
    store.execute("UPDATE clusters SET headline = ? WHERE id = ?", (headline, cluster))


def _unit_of(store: sqlite3.Connection, found: Detection) -> str | None:
    """What the record counts: as its metric says, else as a claim of that metric does, and no other one of the text."""
    row = store.execute("SELECT body FROM records WHERE metric = ?", (found.metric,)).fetchone()
    known = decode_as(StandingRecord, row["body"]).subject.unit if row is not None else None
    own = (each.claim.unit for each in found.records if each.word.metric == found.metric)
    return known or next((unit for unit in own if unit), None)


def lay_clusters_merged(store: sqlite3.Connection, merge: ClustersMerged, message: Incoming) -> None:
    """Merge, as the ledger tells it."""
    lay_merge(store, Merge(merge.cluster, merge.absorbed, "merged", merge.at), message)


def lay_alert(store: sqlite3.Connection, alert: Alert, message: Incoming) -> None:
    """Keep a revision that an endpoint must get."""
    body = alert.body
    store.execute(
        "INSERT OR REPLACE INTO alerts VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (
            alert.id,
            alert.revision,
            alert.endpoint,
            alert.webhook_id,
            body.cluster,
            alert.at.isoformat(),
            message.timestamp,
            encode(alert),
        ),
    )
    ensure(store, body.cluster, message)
    tag(store, body.cluster, "desks", body.desk)
    tag(store, body.cluster, "kinds", body.kind)
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
    _head(store, body.cluster)
    changed(store, "alert", body.cluster)


def lay_held(store: sqlite3.Connection, held: HeldBack, message: Incoming) -> None:
    """Keep what a desk did not send, and why."""
    store.execute(
        "INSERT OR REPLACE INTO held VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (
            held.id,
            held.cluster,
            held.desk,
            held.reason,
            held.detail,
            held.title,
            held.at.isoformat(),
            message.timestamp,
        ),
    )
    changed(store, "cluster", held.cluster)


def write_words(store: sqlite3.Connection, cluster: str, story: str, title: str) -> None:
    """Make a cluster findable by its headline, or by a story's."""
    row = store.execute(
        "SELECT row FROM word_rows WHERE cluster = ? AND story = ?", (cluster, story)
    ).fetchone()
    if row is None:
        added = store.execute("INSERT INTO words VALUES (?, ?)", (title[:MOST_TITLE], cluster))
        store.execute("INSERT INTO word_rows VALUES (?, ?, ?)", (added.lastrowid, cluster, story))
    else:
        store.execute("UPDATE words SET headline = ? WHERE rowid = ?", (title[:MOST_TITLE], row["row"]))


def _write_retelling(store: sqlite3.Connection, told: ClusteredStory) -> None:
    """A retelling under the same headline as another needs no words of its own."""
    alike = store.execute(
        "SELECT 1 FROM stories WHERE cluster = ? AND title = ? UNION ALL "
        "SELECT 1 FROM clusters WHERE id = ? AND headline = ? LIMIT 1",
        (told.cluster, told.story.title, told.cluster, told.story.title),
    ).fetchone()
    if alike is None:
        write_words(store, told.cluster, told.story.id, told.story.title)

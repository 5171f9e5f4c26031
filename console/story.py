"""A story as a page shows it: who tells it and when, what decided, where outlets differ, what became of it."""

import re
import sqlite3
from collections import defaultdict
from typing import Any, Final

from console.filing import ready
from console.heading import is_own_record
from console.pairs import pair_of
from console.tables import record as record_page
from console.wire import line_of
from console.wording import amount
from wirewatch.codec import decode_as
from wirewatch.messages import (
    Alert,
    Cluster,
    ClusteredStory,
    Detection,
    Escalation,
    RecordClaim,
    RecordStep,
    Span,
)

MOST_STORIES: Final = 300
MOST_HELD: Final = 60
_ALERT: Final = re.compile(r" of [0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b")


def story_page(store: sqlite3.Connection, cluster: str) -> dict[str, Any] | None:
    """Return all that is known of a cluster; None where nobody knows it."""
    line = line_of(store, cluster)
    if line is None:
        return None
    found = [
        decode_as(Detection, row["body"])
        for row in store.execute("SELECT body FROM detections WHERE cluster = ? ORDER BY at, id", (cluster,))
    ]
    absorbed = [
        row["id"] for row in store.execute("SELECT id FROM clusters WHERE merged_into = ?", (cluster,))
    ]
    own = [each for each in found if is_own_record(each, (cluster, *absorbed))]
    alerts = _alerts(store, cluster)
    reports = _reports(store, cluster)
    metric = next((each.metric for each in reversed(own) if each.metric), line["metric"])
    record = record_page(store, metric) if metric else None
    turns = _turns(found)
    return {
        **line,
        "origin": _origin(store, cluster),
        "reports": reports,
        "decided": _decided(found),
        "turns": turns,
        "pair": pair_of(store, turns["actor"], turns["target"]) if turns else None,
        "record_page": record,
        "figures": _figures(found, store, cluster),
        "record_words": _record_words(found, own, record["unit"] if record else None),
        "metric": metric,
        "ready": ready(own, record["unit"] if record else None),
        "alerts": alerts,
        "held": _held(store, cluster),
        "acts": [
            dict(row)
            for row in store.execute("SELECT * FROM acts WHERE cluster = ? ORDER BY at DESC", (cluster,))
        ],
        "mute": _mute(store, cluster),
        "absorbed": absorbed,
    }


def _origin(store: sqlite3.Connection, cluster: str) -> str | None:
    """Whose report most of it is, in words; None where only one outlet tells it."""
    row = store.execute("SELECT body FROM clusters WHERE id = ?", (cluster,)).fetchone()
    origin = decode_as(Cluster, row["body"]).origin if row and row["body"] else None
    return origin.text if origin is not None and origin.via else None


def _reports(store: sqlite3.Connection, cluster: str) -> list[dict[str, Any]]:
    """The stories, the oldest first, each at its place from the first to the last."""
    rows = store.execute(
        "SELECT body FROM stories WHERE cluster = ? ORDER BY at, id LIMIT ?", (cluster, MOST_STORIES)
    ).fetchall()
    told = [decode_as(ClusteredStory, row["body"]) for row in rows]
    if not told:
        return []
    first, last = told[0].story.at, told[-1].story.at
    length = max((last - first).total_seconds(), 1.0)
    seen: set[str] = set()
    reports = []
    for each in told:
        story = each.story
        reports.append(
            {
                "id": story.id, "source": story.source, "tier": story.tier, "at": story.at.isoformat(),
                "title": story.title, "url": story.url, "lang": story.lang, "verdict": each.verdict,
                "reason": each.reason, "new_facts": list(each.new_facts),
                "place": round((story.at - first).total_seconds() / length, 4),
                "first_of_outlet": story.source not in seen, "withdrawn": story.withdrawn,
                "correction": story.correction, "problems": list(story.problems),
            }
        )  # fmt: skip
        seen.add(story.source)
    return reports


def _decided(found: list[Detection]) -> list[dict[str, Any]]:
    """The sentences that decided, the words that did so marked; those that broke a record first."""
    sentences: dict[str, dict[str, Any]] = {}
    for each in found:
        for judged in each.records:
            claim = judged.claim
            entry = _sentence(each, claim.sentence, claim.cues)
            entry |= {
                "kind": "record", "outcome": judged.word.outcome, "why": judged.word.reason,
                "status": claim.status, "said_by": claim.said_by, "amount": _claimed(claim),
                "metric": judged.word.metric,
            }  # fmt: skip
            sentences.setdefault(claim.sentence.text, entry)
        for turn in each.escalations:
            entry = _sentence(each, turn.sentence, turn.cues)
            entry |= {
                "kind": "escalation", "polarity": turn.polarity, "severity": turn.severity,
                "why": "; ".join(turn.parts), "outcome": turn.polarity, "said_by": None,
            }  # fmt: skip
            sentences.setdefault(turn.sentence.text, entry)
    ranks = {"broken": 0, "escalation": 1, "de-escalation": 1}
    return sorted(sentences.values(), key=lambda entry: (ranks.get(entry["outcome"], 2), entry["at"]))


def _sentence(found: Detection, sentence: Span, cues: tuple[Span, ...]) -> dict[str, Any]:
    story = found.story
    headline = [{"text": story.title, "marked": False}]
    pieces = pieces_of(sentence, cues) if story.redistribute else headline
    return {
        "pieces": pieces, "source": story.source, "url": story.url, "at": story.at.isoformat(), "story": story.id,
        "title": story.title,
    }  # fmt: skip


def pieces_of(sentence: Span, cues: tuple[Span, ...]) -> list[dict[str, Any]]:
    """Return a sentence in pieces, those under a cue marked; cues of another field mark nothing."""
    text, cuts = sentence.text, []
    for cue in cues:
        start, end = cue.start - sentence.start, cue.end - sentence.start
        if cue.field == sentence.field and 0 <= start < end <= len(text):
            cuts.append((start, end))
    pieces: list[dict[str, Any]] = []
    place = 0
    for start, end in sorted(cuts):
        if end <= place:
            continue
        begin = max(start, place)
        if begin > place:
            pieces.append({"text": text[place:begin], "marked": False})
        pieces.append({"text": text[begin:end], "marked": True})
        place = end
    if place < len(text):
        pieces.append({"text": text[place:], "marked": False})
    return pieces


def _turns(found: list[Detection]) -> dict[str, Any] | None:
    turns: list[Escalation] = [turn for each in found for turn in each.escalations]
    if not turns:
        return None
    most = max(turns, key=lambda turn: turn.severity)
    return {
        "polarity": most.polarity, "severity": most.severity, "actor": most.actor, "target": most.target,
        "place": most.place, "parts": list(most.parts),
    }  # fmt: skip


def _figures(found: list[Detection], store: sqlite3.Connection, cluster: str) -> dict[str, Any]:
    """The figures of what is counted, who says which, and whether they agree."""
    told = next((each.figures for each in reversed(found) if each.figures), ())
    unit = next((judged.claim.unit for each in found for judged in each.records if judged.claim.unit), None)
    if not told:
        row = store.execute("SELECT body FROM clusters WHERE id = ?", (cluster,)).fetchone()
        known = decode_as(Cluster, row["body"]).figures if row and row["body"] else ()
        counts: dict[str | None, int] = defaultdict(int)
        for each in known:
            counts[each.unit] += each.outlets
        unit = max(counts, key=lambda name: counts[name], default=None)
        told = tuple(each for each in known if each.unit == unit)
    most = max((each.outlets for each in told), default=1)
    entries = [
        {
            "figure": each.figure, "text": amount(each.figure, each.unit or unit, each.qualifier),
            "outlets": each.outlets, "sources": list(each.sources), "share": each.outlets / most,
        }
        for each in told[:12]
    ]  # fmt: skip
    return {"unit": unit, "entries": entries, "differ": len({each.figure for each in told}) > 1}


def _claimed(claim: RecordClaim) -> str:
    return "" if claim.figure is None else amount(claim.figure, claim.unit, claim.qualifier)


def _record_words(found: list[Detection], own: list[Detection], unit: str | None) -> dict[str, Any] | None:
    last = own[-1] if own else None
    if last is None or last.record is None:
        return None
    unit = unit or next(
        (one.claim.unit for one in last.records if one.claim.unit and one.word.metric == last.metric), None
    )
    withdrawn = next((each.withdrawn for each in reversed(found) if each.withdrawn), None)
    return {
        "metric": last.metric, "record": _step(last.record, unit), "beats": _step(last.beats, unit),
        "withdrawn": withdrawn,
    }  # fmt: skip


def _step(step: RecordStep | None, unit: str | None) -> dict[str, Any] | None:
    if step is None:
        return None
    return {
        "figure": step.figure, "text": amount(step.figure, unit, step.qualifier), "date": step.date,
        "source": step.source, "url": step.url, "cluster": step.cluster,
    }  # fmt: skip


def _alerts(store: sqlite3.Connection, cluster: str) -> list[dict[str, Any]]:
    rows = store.execute(
        "SELECT body FROM alerts WHERE cluster = ? ORDER BY at DESC, revision DESC", (cluster,)
    )
    alerts = []
    for row in rows:
        alert = decode_as(Alert, row["body"])
        body = alert.body
        attempts = [
            dict(each)
            for each in store.execute(
                "SELECT * FROM deliveries WHERE webhook = ? AND endpoint = ? ORDER BY attempt",
                (alert.webhook_id, alert.endpoint),
            )
        ]
        alerts.append(
            {
                "id": alert.id, "revision": alert.revision, "endpoint": alert.endpoint, "at": alert.at.isoformat(),
                "desk": body.desk, "priority": body.priority, "kind": body.kind, "headline": body.headline,
                "reason": body.reason, "sentence": body.sentence, "source": body.source, "outlets": body.outlets,
                "attempts": attempts, "outcome": attempts[-1]["outcome"] if attempts else "waiting",
            }
        )  # fmt: skip
    return alerts


def _held(store: sqlite3.Connection, cluster: str) -> list[dict[str, Any]]:
    """What was held back, one line a reason, the newest first."""
    rows = store.execute(
        "SELECT desk, reason, detail, title, max(at) AS at, count(*) AS times FROM held WHERE cluster = ? "
        "GROUP BY desk, reason ORDER BY at DESC LIMIT ?",
        (cluster, MOST_HELD),
    )
    # Which alert it was stands beside it on the page.
    return [{**dict(row), "detail": _ALERT.sub("", row["detail"])} for row in rows]


def _mute(store: sqlite3.Connection, cluster: str) -> dict[str, Any] | None:
    row = store.execute("SELECT * FROM settings WHERE key = ?", (f"mute/cluster/{cluster}",)).fetchone()
    return dict(row) if row is not None and row["value"].strip() else None

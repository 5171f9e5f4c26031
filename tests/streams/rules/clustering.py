"""What the tests of the same-story rules share: stories made in a line, and labelled files of them."""

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from streams.rules.clusters import Clusters
from streams.rules.figures import find_figures
from streams.rules.reading import read
from streams.rules.roundups import round_up
from streams.rules.signature import HeadlineVectors, sign
from streams.rules.step import Change
from wirewatch.messages import (
    AnalysedStory,
    Cluster,
    ClusteredStory,
    Escalation,
    Figure,
    Merge,
    Polarity,
    RecordClaim,
    Span,
    Story,
)

VECTORS = HeadlineVectors()
START = datetime(2025, 6, 1, 6, tzinfo=UTC)
DATA = Path(__file__).parent / "data"


def told(
    title: str,
    text: str = "",
    *,
    hours: float = 0,
    source: str = "agency",
    tier: int = 2,
    name: str | None = None,
    version: str = "1",
    figures: Sequence[tuple[str, float]] = (),
    qualifier: Any = "exact",
    denied: bool = False,
    turn: int = 0,
) -> AnalysedStory:
    """Return a story as `analyse` hands it on, with figures of the headline as given; `turn` below zero de-escalates."""
    at = START + timedelta(hours=hours)
    story = Story(
        id=name or f"{source}/{title}",
        version=version,
        feed=source,
        source=source,
        title=title,
        text=text,
        published=at,
        fetched=at,
        tier=tier,
        url=f"https://{source}.example/{len(title)}",
    )
    found = tuple(Figure("title", 0, 1, "", value, unit, qualifier) for unit, value in figures)
    sentence = Span("title", 0, len(title), title)
    claims = (RecordClaim("denied", "largest", "max", sentence, ()),) if denied else ()
    polarity: Polarity = "escalation" if turn > 0 else "de-escalation"
    escalations = (Escalation(polarity, abs(turn), (), sentence),) if turn else ()
    return AnalysedStory(
        story=story,
        figures=found,
        claims=claims,
        escalations=escalations,
        signature=sign(read(story), found, VECTORS),
    )


def night(number: int, hours: float, day: str, source: str = "agency") -> AnalysedStory:
    """Return a nightly report that differs from another in its figures and its day."""
    return told(
        f"Russia launches {number} drones at Ukraine overnight, {number - 21} shot down",
        f"Russia launched {number} attack drones at Ukraine overnight into {day}, the air force said. Air defences "
        f"shot down {number - 21} of them. The figures could not be verified.",
        hours=hours,
        source=source,
        figures=[("drones", number)],
    )


def clustered(change: Change) -> ClusteredStory:
    """Return the verdict on the story that a change decided."""
    return next(out.message for out in change.outputs if isinstance(out.message, ClusteredStory))


def standing(change: Change) -> Cluster:
    """Return the cluster as a change left it."""
    return next(out.message for out in change.outputs if isinstance(out.message, Cluster))


def merges(change: Change) -> list[Merge]:
    """Return the merges that a change told of."""
    return [out.message for out in change.outputs if isinstance(out.message, Merge)]


def labelled(file: str) -> list[dict[str, Any]]:
    """Return a file of labelled stories."""
    return [json.loads(line) for line in (DATA / file).read_text(encoding="utf-8").splitlines()]


def cluster_all(rows: Iterable[dict[str, Any]]) -> list[str]:
    """Return the cluster of each story at the end of all of them."""
    clusters, first = Clusters(), []
    for row in rows:
        at = datetime.fromisoformat(row["published"])
        story = Story(
            id=row["id"],
            version="1",
            feed=row["source"],
            source=row["source"],
            title=row["title"],
            summary=row.get("summary") or "",
            text=row.get("text") or "",
            published=at,
            fetched=at,
        )
        reading = read(story)
        figures = find_figures(reading)
        analysed = AnalysedStory(
            story=story,
            figures=figures,
            signature=sign(reading, figures, VECTORS),
            round_up=round_up(story),
        )
        first.append(clustered(clusters.handle(analysed)).cluster)
    return [clusters.current(cluster) for cluster in first]


def bcubed(events: Sequence[str], clusters: Sequence[str]) -> tuple[float, float, float]:
    """Return BCubed precision, recall and F1."""
    both, of_event, of_cluster = (
        Counter(zip(events, clusters, strict=True)),
        Counter(events),
        Counter(clusters),
    )
    pairs = list(zip(events, clusters, strict=True))
    precision = sum(both[pair] / of_cluster[pair[1]] for pair in pairs) / len(pairs)
    recall = sum(both[pair] / of_event[pair[0]] for pair in pairs) / len(pairs)
    return precision, recall, 2 * precision * recall / (precision + recall)

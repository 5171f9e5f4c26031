"""The whole way of a story through the rules, in one process: what `backtest` and `explain` run.

The same rules as the streams, chained by hand instead of by topics; the time is the story's own.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from msgspec import Struct

from streams.rules.analysis import analyse_story
from streams.rules.clusters import Clusters
from streams.rules.desks import Desks
from streams.rules.ledger_book import LedgerBook
from streams.rules.signature import HeadlineVectors
from streams.rules.step import Output
from streams.rules.user_words import UserWords
from wirewatch.messages import (
    Alert,
    AnalysedStory,
    Cluster,
    ClusteredStory,
    ClustersMerged,
    Detection,
    HeldBack,
    Merge,
    StandingRecord,
    Story,
    Tick,
)
from wirewatch.settings import AlertSettings, DeskSettings


class StoryOutcome(Struct, frozen=True):
    """What became of one story, step by step."""

    analysed: AnalysedStory
    clustered: ClusteredStory | None = None
    detection: Detection | None = None
    alerts: tuple[Alert, ...] = ()
    held: tuple[HeldBack, ...] = ()
    merges: tuple[Merge, ...] = ()


class Replay:
    """The rules of all four steps with their state."""

    def __init__(
        self,
        desks: tuple[DeskSettings, ...],
        alerts: AlertSettings,
        vectors: HeadlineVectors | None,
        own: Sequence[UserWords] = (),
    ) -> None:
        self._own = own
        self._vectors = vectors
        self._clusters = Clusters()
        self._ledger = LedgerBook(watched=frozenset(one.unit for desk in desks for one in desk.watch))
        self._ledger.restore(())
        self._desks = Desks(desks, alerts)
        self.clusters: dict[str, Cluster] = {}
        self.records: dict[str, StandingRecord] = {}
        self._merged: dict[str, str] = {}

    def handle(self, story: Story) -> StoryOutcome:
        """Take a story all the way, at its own time, and return what became of it."""
        analysed = analyse_story(story, self._vectors, self._own)
        waited = self.wait_until(story.at)
        clustered = self._cluster(analysed)
        detections = self._judge(clustered)
        sent = [out.message for found in detections for out in self._desks.handle(found).outputs]
        return StoryOutcome(
            analysed=analysed,
            clustered=next((found for found in clustered if isinstance(found, ClusteredStory)), None),
            detection=next((found for found in detections if isinstance(found, Detection)), None),
            alerts=(*waited, *(message for message in sent if isinstance(message, Alert))),
            held=tuple(message for message in sent if isinstance(message, HeldBack)),
            merges=tuple(found for found in clustered if isinstance(found, Merge)),
        )

    def wait_until(self, at: datetime) -> tuple[Alert, ...]:
        """Let it be a moment, and return the alerts that waited for it."""
        outputs = self._desks.handle(Tick(at, "replay")).outputs
        return tuple(out.message for out in outputs if isinstance(out.message, Alert))

    def current(self, cluster: str) -> str:
        """Return the cluster that this one is part of by now."""
        while cluster in self._merged:
            cluster = self._merged[cluster]
        return cluster

    def _cluster(self, analysed: AnalysedStory) -> list[ClusteredStory | Merge]:
        found: list[ClusteredStory | Merge] = []
        for out in self._clusters.handle(analysed).outputs:
            if isinstance(out.message, Cluster):
                self.clusters[out.message.id] = out.message
            elif isinstance(out.message, Merge):
                self._merged[out.message.absorbed] = out.message.kept
                found.append(out.message)
            elif isinstance(out.message, ClusteredStory):
                found.append(out.message)
        return found

    def _judge(self, clustered: Iterable[ClusteredStory | Merge]) -> list[Detection | ClustersMerged]:
        found: list[Detection | ClustersMerged] = []
        for message in clustered:
            for out in self._ledger.handle(message).outputs:
                self._keep(out)
                if isinstance(out.message, Detection | ClustersMerged):
                    found.append(out.message)
        return found

    def _keep(self, out: Output) -> None:
        if isinstance(out.message, StandingRecord):
            self.records[out.key] = out.message

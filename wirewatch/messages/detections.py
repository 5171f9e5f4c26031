"""What the ledger knows and says: on `records`, `pairs`, `deadlines` and `detections`."""

from datetime import datetime
from typing import Literal

from msgspec import Struct

from wirewatch.messages.clusters import FigureReport, Near
from wirewatch.messages.findings import Escalation, Event, RecordClaim, Subject
from wirewatch.messages.stories import Story
from wirewatch.messages.terms import Direction, LedgerOutcome, Novelty, PairTrend, Qualifier, Span


class RecordStep(Struct, frozen=True, omit_defaults=True):
    """One record in a metric's history."""

    figure: float
    # None where a text names the older record without its day.
    date: str | None
    source: str
    qualifier: Qualifier = "exact"
    cluster: str | None = None
    story: str | None = None
    url: str | None = None


class StandingRecord(Struct, frozen=True, omit_defaults=True):
    """The ledger's page on one metric: what stands, and the steps that led there, newest first, bounded."""

    metric: str
    subject: Subject
    direction: Direction
    # None where what stood was taken back and nothing is left.
    standing: RecordStep | None
    steps: tuple[RecordStep, ...] = ()
    # Where the metric comes from: "pack conflict", "claim", "editor".
    declared: str = "claim"


class DeclaredRecord(Struct, frozen=True, omit_defaults=True):
    """A record that somebody vouches for: its figure, its day (ISO) and where it can be checked."""

    figure: float
    date: str
    source: str
    url: str | None = None


class Declared(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """A metric as a pack, a file or an editor declares it; as JSON, the value of a setting "record/METRIC"."""

    subject: Subject
    records: tuple[DeclaredRecord, ...]
    direction: Direction = "max"


class LedgerWord(Struct, frozen=True, omit_defaults=True):
    """What the ledger says of a claim, with the standing record that it was held against."""

    outcome: LedgerOutcome
    reason: str
    metric: str | None = None
    beats: RecordStep | None = None
    # The record that stands after this claim, where the metric is known.
    standing: RecordStep | None = None


class JudgedClaim(Struct, frozen=True, omit_defaults=True):
    """A claim with the ledger's word on it."""

    claim: RecordClaim
    word: LedgerWord


class DeadlineNotice(Struct, frozen=True, omit_defaults=True):
    """An end that somebody set, as the first story told it; `until` is the moment that it falls due."""

    id: str
    cluster: str
    kind: Literal["ultimatum", "truce"]
    due: str
    until: datetime
    phrase: str
    sentence: str
    title: str
    source: str
    story: str
    told: datetime
    set_by: str | None = None
    url: str | None = None


class PairDay(Struct, frozen=True, omit_defaults=True):
    """A day of two parties: what their acts of that day add up to, how many events, the gravest degree of them."""

    day: str
    # Below zero where they escalate: -4, -7 or -10 an event by its degree; 3.5, 6.5 or 8.5 where they calm.
    level: float
    events: int
    # 0 where nothing of that day escalates.
    worst: int = 0


class PairLevel(Struct, frozen=True, omit_defaults=True):
    """How two parties stand by what they did of late, against what is usual between them."""

    # Their names in the order of the alphabet, "/" between them.
    pair: str
    parties: tuple[str, str]
    # The first day on which anything was told of them.
    since: str
    last: datetime
    # Days with events alone, the oldest first.
    days: tuple[PairDay, ...] = ()
    # The mean a day over the week up to `last`, and over up to 90 days before it; None where fewer than 7 are known.
    week: float = 0.0
    usual: float | None = None
    trend: PairTrend = "new"


class WatchedFigure(Struct, frozen=True, omit_defaults=True):
    """A figure that a desk watches, as a story's headline or summary tells it of one event."""

    # What it counts, by its meaning: "deaths" for the dead and the killed.
    unit: str
    figure: float
    qualifier: Qualifier
    sentence: Span


class Detection(Struct, frozen=True, omit_defaults=True, tag="detection"):
    """What one story adds to what is known of a cluster: findings, or one more outlet that carries it."""

    id: str
    cluster: str
    change: Literal["found", "corroborated"]
    story: Story
    verdict: Novelty
    outlets: int
    event: Event = Event()
    records: tuple[JudgedClaim, ...] = ()
    escalations: tuple[Escalation, ...] = ()
    # All figures told of the cluster's record, the most-told first: what the outlets disagree on.
    figures: tuple[FigureReport, ...] = ()
    # The cluster's record as it stands now, its figure the best supported one, and what it beats.
    metric: str | None = None
    record: RecordStep | None = None
    beats: RecordStep | None = None
    # Why the cluster's record stands no more: denied or corrected away.
    withdrawn: str | None = None
    # The cluster that the story nearly joined.
    near: Near | None = None
    # Why the story's outlet takes it back: killed or withheld.
    retracted: str | None = None
    # Figures that desks watch, whether or not anybody calls them a record.
    watched: tuple[WatchedFigure, ...] = ()


class ClustersMerged(Struct, frozen=True, tag="merge"):
    """Downstream of a `Merge`: what was known of `absorbed` now belongs to `kept`."""

    id: str
    cluster: str
    absorbed: str
    at: datetime

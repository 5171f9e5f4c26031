"""Which event a story is about, and what is known of an event: on `stories.clustered` and `clusters`."""

from datetime import datetime

from msgspec import Struct

from wirewatch.messages.findings import Deadline, Escalation, Event, Figure, RecordClaim, RoundUp
from wirewatch.messages.stories import Story
from wirewatch.messages.terms import Novelty, Qualifier


class Evidence(Struct, frozen=True):
    """One reason for a clustering verdict: which measure, how strong, against which member story."""

    measure: str
    strength: float
    against: str


class Near(Struct, frozen=True):
    """A cluster that a story nearly joined: by how many log-odds it fell short (below zero), and its nearest member."""

    cluster: str
    margin: float
    story: str


class Origin(Struct, frozen=True, omit_defaults=True):
    """The earliest known origin of a cluster's reports: "AP via 143 outlets".

    The agency that most outlets credit, the earliest of those; where none is credited, the outlet of the first story.
    """

    name: str
    # How many other outlets carry it.
    via: int
    # The first story that is of it or credits it.
    story: str
    at: datetime
    url: str | None = None
    # False: nobody credits it; it was first.
    credited: bool = False

    @property
    def text(self) -> str:
        """In a line: "AP via 143 outlets"."""
        if not self.via:
            return self.name
        outlets = "1 outlet" if self.via == 1 else f"{self.via} outlets"
        return f"{self.name} via {outlets}" if self.credited else f"{self.name} first, then {outlets}"


class ClusteredStory(Struct, frozen=True, omit_defaults=True, tag="story"):
    """A story with its findings and its verdict. The body text stays on `stories.analysed`."""

    cluster: str
    verdict: Novelty
    reason: str
    story: Story
    outlets: int
    stories: int
    evidence: tuple[Evidence, ...] = ()
    # What an update brings: "drones: over 400 -> 472".
    new_facts: tuple[str, ...] = ()
    figures: tuple[Figure, ...] = ()
    claims: tuple[RecordClaim, ...] = ()
    escalations: tuple[Escalation, ...] = ()
    event: Event = Event()
    # The cluster that came closest among those that it is not in.
    near: Near | None = None
    deadlines: tuple[Deadline, ...] = ()
    # Set where the page strings several reports together; it joins no cluster of one event.
    round_up: RoundUp | None = None
    # Where the cluster's reports come from, as far as is known by this story.
    origin: Origin | None = None


class Merge(Struct, frozen=True, tag="merge"):
    """Two clusters were one event: `absorbed` is now part of `kept`, the older one."""

    kept: str
    absorbed: str
    reason: str
    at: datetime


class OutletReport(Struct, frozen=True, omit_defaults=True):
    """An outlet that carries a story: its first report."""

    source: str
    tier: int
    at: datetime
    title: str
    url: str | None = None


class FigureReport(Struct, frozen=True, omit_defaults=True):
    """A figure of a cluster and how many outlets say it."""

    figure: float
    qualifier: Qualifier
    outlets: int
    unit: str | None = None
    # The first outlets that said so, for the reader.
    sources: tuple[str, ...] = ()


class Cluster(Struct, frozen=True, omit_defaults=True):
    """A cluster as it stands, bounded: lists are cut, counts are whole."""

    id: str
    headline: str
    first: datetime
    last: datetime
    stories: int
    outlets: int
    url: str | None = None
    reports: tuple[OutletReport, ...] = ()
    figures: tuple[FigureReport, ...] = ()
    # Set when this cluster was absorbed by an older one.
    merged_into: str | None = None
    # Where its reports come from, as far as is known.
    origin: Origin | None = None

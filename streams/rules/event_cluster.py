"""One cluster: the stories that tell one event, who carries them, and which figures they give."""

from datetime import UTC, datetime
from itertools import islice
from typing import Final

from streams.rules.cluster_entries import ClusterEntry, Fact, StoryEntry
from streams.rules.shelf import telling
from wirewatch.messages import Cluster, FigureReport, Origin, OutletReport

MAX_MEMBERS: Final = 1_000
MAX_REPORTS: Final = 300
MAX_FIGURES: Final = 20
MAX_SOURCES: Final = 5
# The tier of the outlets whose word counts by itself.
MAJOR: Final = 1


# From so many outlets on, what so large a share of them counts is what the event is known by.
CORE_OUTLETS: Final = 5
CORE_SHARE: Final = 0.5
# As `telling` weighs: 472 tells of an event, 5 or 2025 does not.
CORE_TELLING: Final = 0.5


class EventCluster:
    """A cluster with its stories in the window. What is derived from them is derived in their order."""

    def __init__(self, name: str, entry: ClusterEntry) -> None:
        self.id = name
        self.take(entry)
        # Clusters that this one absorbed, and that live as long as it does.
        self.absorbed: list[str] = []
        self.members: dict[str, StoryEntry] = {}
        self._reports: dict[str, OutletReport] = {}
        self._told: dict[Fact, dict[str, None]] = {}
        # The outlets that credit each agency: when each did first, and by which story.
        self._credits: dict[str, dict[str, tuple[float, str]]] = {}
        self._places: set[str] = set()
        self._first: tuple[str, StoryEntry] | None = None
        self._denied = False
        self._majors = False
        self._core: Fact | None = None
        self._core_known = False
        # Not yet, or not any more, derived from the stories: a story left. It is when it is next asked for.
        self._stale = True

    def take(self, entry: ClusterEntry) -> None:
        """Be as it was stored."""
        self.headline = entry.headline
        self.url = entry.url
        self.first = entry.first
        self.last = entry.last
        self.stories = entry.stories
        self.outlets = entry.outlets
        self.founded = entry.founded

    @classmethod
    def begin(cls, name: str, entry: StoryEntry) -> "EventCluster":
        """Return a new cluster for its first story, which is still to be counted."""
        return cls(name, ClusterEntry(entry.title, entry.url, entry.at, entry.at, 0, 0, entry.order))

    @property
    def reports(self) -> dict[str, OutletReport]:
        """The first report of each outlet."""
        self._derive()
        return self._reports

    @property
    def told(self) -> dict[Fact, dict[str, None]]:
        """The outlets that state each figure."""
        self._derive()
        return self._told

    @property
    def core(self) -> Fact | None:
        """The figure that most outlets state, where there is one that an event is known by."""
        self._derive()
        if not self._core_known:
            self._core, self._core_known = self._find_core(), True
        return self._core

    @property
    def denied(self) -> bool:
        """Whether one of the stories denies."""
        self._derive()
        return self._denied

    @property
    def places(self) -> set[str]:
        """The places that the stories name."""
        self._derive()
        return self._places

    @property
    def has_major_outlet(self) -> bool:
        """Whether a major outlet carries it."""
        self._derive()
        return self._majors

    def count(self, entry: StoryEntry) -> None:
        """Count one more story; before it is kept."""
        self.stories += 1
        self.outlets += entry.source not in self.reports
        self.first = min(self.first, entry.at)
        self.last = max(self.last, entry.at)

    def keep(self, story: str, entry: StoryEntry) -> None:
        """Have a story among those in the window."""
        self.members[story] = entry
        if not self._stale:
            self._add(story, entry)

    def drop(self, story: str) -> None:
        """Forget a story that left the window; what it alone said is forgotten with it."""
        del self.members[story]
        self._stale = True

    def absorb(self, other: "EventCluster") -> None:
        """Take over all that another cluster has."""
        self.stories += other.stories
        self.outlets += other.outlets - len(self.reports.keys() & other.reports.keys())
        self.first, self.last = min(self.first, other.first), max(self.last, other.last)
        self.absorbed.append(other.id)
        self.join(other)

    def join(self, other: "EventCluster") -> None:
        """Have the stories of another cluster, and the clusters that it absorbed, as its own."""
        self.absorbed += other.absorbed
        both = self.members | other.members
        self.members = dict(sorted(both.items(), key=lambda pair: pair[1].order))
        self._stale = True

    def entry(self, merged_into: str | None = None) -> ClusterEntry:
        """Return what is stored of it."""
        return ClusterEntry(
            self.headline,
            self.url,
            self.first,
            self.last,
            self.stories,
            self.outlets,
            self.founded,
            merged_into,
        )

    def message(self, merged_into: str | None = None) -> Cluster:
        """Return the cluster as it stands."""
        reports = tuple(islice(self.reports.values(), MAX_REPORTS)) if merged_into is None else ()
        return Cluster(
            id=self.id,
            headline=self.headline,
            first=_moment(self.first),
            last=_moment(self.last),
            stories=self.stories,
            outlets=self.outlets,
            url=self.url,
            reports=reports,
            figures=self._figures() if merged_into is None else (),
            merged_into=merged_into,
            origin=self.origin() if merged_into is None else None,
        )

    def origin(self) -> Origin | None:
        """Return where the reports come from: the agency that most outlets credit, else the outlet that was first."""
        self._derive()
        if self._credits:
            name, outlets = max(
                self._credits.items(), key=lambda pair: (len(pair[1]), -min(pair[1].values())[0])
            )
            at, story = min(outlets.values())
            via = sum(outlet.casefold() != name.casefold() for outlet in outlets)
            return Origin(name, via, story, _moment(at), self.members[story].url, credited=True)
        if self._first is None:
            return None
        story, entry = self._first
        return Origin(entry.source, max(0, self.outlets - 1), story, _moment(entry.at), entry.url)

    def _figures(self) -> tuple[FigureReport, ...]:
        ranked = sorted(self.told.items(), key=lambda pair: -len(pair[1]))[:MAX_FIGURES]
        return tuple(
            FigureReport(fact.value, fact.qualifier, len(sources), fact.unit, tuple(sources)[:MAX_SOURCES])
            for fact, sources in ranked
        )

    def _find_core(self) -> Fact | None:
        if len(self._reports) < CORE_OUTLETS:
            return None
        best = max(self._told.items(), key=lambda pair: len(pair[1]), default=None)
        if (
            best is None
            or len(best[1]) < CORE_SHARE * len(self._reports)
            or telling(best[0].value) < CORE_TELLING
        ):
            return None
        return best[0]

    def _derive(self) -> None:
        if self._stale:
            self._reports, self._told, self._credits = {}, {}, {}
            self._first = None
            self._places = set()
            self._denied = self._majors = self._stale = False
            for story, entry in self.members.items():
                self._add(story, entry)

    def _add(self, story: str, entry: StoryEntry) -> None:
        self._core_known = False
        if entry.source not in self._reports:
            self._reports[entry.source] = OutletReport(
                entry.source, entry.tier, _moment(entry.at), entry.title, entry.url
            )
        if entry.credit:
            self._credits.setdefault(entry.credit, {}).setdefault(entry.source, (entry.at, story))
        if self._first is None or (entry.at, entry.order) < (self._first[1].at, self._first[1].order):
            self._first = (story, entry)
        self._places.update(entry.places)
        self._denied |= entry.denies
        self._majors |= entry.tier == MAJOR
        for fact in entry.facts:
            self._told.setdefault(fact, {}).setdefault(entry.source)


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)

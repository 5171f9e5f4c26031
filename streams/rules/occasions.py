"""An occasion: one event that a metric was counted on, with every figure that was told of it.

The night of 1 June is one occasion, whether told as "over 400", "more than 470" or 472. Its figure is the best
supported one: an exact one before a round one, a later count before an earlier one once enough outlets carry it, and
never back and forth between two outlets.
"""

from datetime import date, datetime
from typing import Final, Literal

from msgspec import Struct
from msgspec.structs import replace

from streams.rules.ledger import Told, compare, exactness, may_be_one
from wirewatch.messages import Direction, FigureReport, Qualifier, RecordStep

Standing = Literal["counts", "withdrawn"]
MAX_SOURCES: Final = 200
MAX_TELLINGS: Final = 24
SHOWN_SOURCES: Final = 5
KEPT_TELLINGS: Final = 3
# So many outlets carry a figure that one outlet's slip is ruled out.
SUPPORT: Final = 2
SUPPORT_DOWN: Final = 3


class Telling(Struct, frozen=True, omit_defaults=True):
    """A figure of an occasion, and who tells it."""

    figure: float
    qualifier: Qualifier
    first: datetime
    tier: int
    outlets: int = 1
    sources: tuple[str, ...] = ()
    high: float | None = None
    story: str | None = None
    url: str | None = None

    @property
    def told(self) -> Told:
        """Return the figure alone."""
        return Told(self.figure, self.qualifier, self.high)

    @property
    def key(self) -> str:
        """Return what tells this figure apart from the occasion's others."""
        return f"{self.qualifier} {float(self.figure)!r}"


class Occasion(Struct, frozen=True, omit_defaults=True):
    """What was counted on one event: the figure shown, and all that were told."""

    day: str
    figure: float
    qualifier: Qualifier
    source: str
    at: datetime
    high: float | None = None
    clusters: tuple[str, ...] = ()
    story: str | None = None
    url: str | None = None
    status: Standing = "counts"
    # Why it counts no more.
    why: str | None = None
    # Told as a record when it was first judged; only such an occasion is told again as "the same record".
    record: bool = False
    beats: RecordStep | None = None
    unit: str | None = None
    # "pack conflict", "editor", or "told" by a text: the older record that a story names.
    declared: str = "claim"
    tellings: tuple[Telling, ...] = ()
    # Each outlet's own telling, so that it is counted once; dropped when the occasion is over.
    by_source: dict[str, str] = {}
    # The day that it was told of last.
    last: date | None = None
    # When it was corrected: figures told before are shown no more.
    corrected: datetime | None = None

    @property
    def told(self) -> Told:
        """Return the figure that is shown."""
        return Told(self.figure, self.qualifier, self.high)

    @property
    def date(self) -> date:
        """Return the day of the event."""
        return date.fromisoformat(self.day)

    def step(self) -> RecordStep:
        """Return it as a step of a metric's history."""
        cluster = self.clusters[0] if self.clusters else None
        # A text that names the older record seldom says of which day it was.
        day = None if self.declared == "told" else self.day
        return RecordStep(self.figure, day, self.source, self.qualifier, cluster, self.story, self.url)

    def reports(self) -> tuple[FigureReport, ...]:
        """Return every figure told, the most-told first."""
        ranked = sorted(
            self.tellings, key=lambda one: (-one.outlets, -exactness(one.qualifier), one.first, one.key)
        )
        return tuple(
            FigureReport(one.figure, one.qualifier, one.outlets, self.unit, one.sources) for one in ranked
        )


class Report(Struct, frozen=True):
    """One outlet's telling, as a story brings it."""

    told: Told
    source: str
    tier: int
    at: datetime
    story: str
    url: str | None = None


def tell(occasion: Occasion, report: Report, direction: Direction) -> Occasion:
    """Count an outlet's telling, each outlet once with its most exact and newest, and choose the figure shown anew."""
    new = Telling(
        report.told.figure,
        report.told.qualifier,
        report.at,
        report.tier,
        sources=(report.source,),
        high=report.told.high,
        story=report.story,
        url=report.url,
    )
    tellings = {one.key: one for one in occasion.tellings}
    by_source = dict(occasion.by_source)
    day = report.at.date()
    occasion = replace(occasion, last=day if occasion.last is None else max(occasion.last, day))
    earlier = by_source.get(report.source)
    if earlier == new.key:
        first = tellings[earlier]
        if report.at >= first.first:
            return occasion
        return replace(occasion, tellings=_ordered({**tellings, earlier: replace(first, first=report.at)}))
    if earlier in tellings and _keeps(tellings[earlier], new):
        return occasion
    if new.key not in tellings and len(tellings) >= MAX_TELLINGS:
        return occasion
    if earlier in tellings:
        _leave(tellings, earlier, report.source)
    tellings[new.key] = _joined(tellings.get(new.key), new)
    if len(by_source) < MAX_SOURCES or report.source in by_source:
        by_source[report.source] = new.key
    told = replace(occasion, tellings=_ordered(tellings), by_source=by_source)
    return _shown(told, direction)


def _keeps(old: Telling, new: Telling) -> bool:
    """Whether an outlet's earlier, more exact figure outlasts its rounder one of the same count."""
    if exactness(old.qualifier) > exactness(new.qualifier):
        return may_be_one(old.told, new.told)
    return old.first > new.first


def _leave(tellings: dict[str, Telling], key: str, source: str) -> None:
    old = tellings[key]
    if old.outlets <= 1:
        del tellings[key]
    else:
        left = tuple(name for name in old.sources if name != source)
        tellings[key] = replace(old, outlets=old.outlets - 1, sources=left)


def _joined(known: Telling | None, new: Telling) -> Telling:
    if known is None:
        return new
    sources = known.sources if len(known.sources) >= SHOWN_SOURCES else (*known.sources, *new.sources)
    earliest = min((known, new), key=lambda one: one.first)
    return replace(
        known,
        outlets=known.outlets + 1,
        sources=sources,
        tier=min(known.tier, new.tier),
        first=earliest.first,
        story=earliest.story,
        url=earliest.url,
    )


def silence(occasion: Occasion, source: str, direction: Direction) -> Occasion:
    """Return the occasion without what an outlet told; the best supported of the others' figures is shown."""
    key = occasion.by_source.get(source)
    if key is None:
        return occasion
    tellings = {one.key: one for one in occasion.tellings}
    if key in tellings:
        _leave(tellings, key, source)
    by_source = {name: told for name, told in occasion.by_source.items() if name != source}
    left = replace(occasion, tellings=_ordered(tellings), by_source=by_source)
    if not tellings or key in tellings:
        return left
    ranked = sorted(tellings.values(), key=lambda one: (-one.outlets, -exactness(one.qualifier), one.first))
    best = ranked[0]
    shown = replace(
        left, figure=best.figure, qualifier=best.qualifier, high=best.high, story=best.story, url=best.url
    )
    return _shown(replace(shown, source=best.sources[0] if best.sources else left.source), direction)


def _ordered(tellings: dict[str, Telling]) -> tuple[Telling, ...]:
    return tuple(sorted(tellings.values(), key=lambda one: (one.first, one.key)))


def correct(occasion: Occasion, report: Report, direction: Direction) -> Occasion:
    """Return the occasion with a figure that corrects those told before: they are shown no more."""
    told = tell(occasion, report, direction)
    return replace(
        told,
        figure=report.told.figure,
        qualifier=report.told.qualifier,
        high=report.told.high,
        source=report.source,
        story=report.story,
        url=report.url,
        corrected=report.at,
    )


def closed(occasion: Occasion) -> Occasion:
    """Return an occasion that is over, in brief: who told what in detail is no longer asked."""
    if not occasion.by_source and len(occasion.tellings) <= KEPT_TELLINGS:
        return occasion
    most = sorted(occasion.tellings, key=lambda one: (one.told != occasion.told, -one.outlets, one.key))
    return replace(occasion, by_source={}, tellings=_ordered({one.key: one for one in most[:KEPT_TELLINGS]}))


def _shown(occasion: Occasion, direction: Direction) -> Occasion:
    """Return the occasion with the best supported figure shown; what is shown stays until something is better."""
    shown = next((one for one in occasion.tellings if one.told == occasion.told), None)
    best = shown
    for one in occasion.tellings:
        if occasion.corrected is not None and one.first <= occasion.corrected:
            continue
        if best is None or _better(one, best, direction):
            best = one
    if best is None or best is shown:
        return occasion
    source = best.sources[0] if best.sources else occasion.source
    return replace(
        occasion,
        figure=best.figure,
        qualifier=best.qualifier,
        high=best.high,
        source=source,
        story=best.story,
        url=best.url,
    )


def _better(new: Telling, shown: Telling, direction: Direction) -> bool:
    finer = exactness(new.qualifier) - exactness(shown.qualifier)
    if finer:
        if new.figure == shown.figure:
            # "A million" after "over a million" only leaves out the word: nothing became more exact.
            return False
        # A rewriter's figure alone makes nothing exact.
        return finer > 0 and (new.tier <= 2 or new.outlets >= SUPPORT)
    if compare(Told(new.figure), Told(shown.figure), direction) == "beats":
        later = new.first > shown.first or new.outlets > shown.outlets
        rough = new.qualifier != "exact" and new.tier <= 2
        return later and (rough or new.tier == 1 or new.outlets >= SUPPORT)
    return new.outlets >= SUPPORT_DOWN and new.outlets > shown.outlets and new.first > shown.first


def fold(kept: Occasion, other: Occasion, direction: Direction) -> Occasion:
    """Return two occasions that turn out to be one event as one, the older one's day and history kept."""
    old, new = sorted((kept, other), key=lambda one: (one.day, one.at))
    merged = replace(
        old, clusters=tuple(dict.fromkeys((*old.clusters, *new.clusters))), record=old.record or new.record
    )
    tellings = {one.key: one for one in merged.tellings}
    by_source = dict(old.by_source)
    for telling in new.tellings:
        mine = [name for name, key in new.by_source.items() if key == telling.key]
        fresh = [name for name in mine if name not in by_source]
        count = telling.outlets - (len(mine) - len(fresh))
        if count > 0:
            known = tellings.get(telling.key)
            add = replace(telling, outlets=count)
            tellings[telling.key] = (
                add if known is None else replace(_joined(known, add), outlets=known.outlets + count)
            )
        by_source.update(dict.fromkeys(fresh, telling.key))
    return _shown(replace(merged, tellings=_ordered(tellings), by_source=by_source), direction)

"""The ledger's page on one metric: its occasions by day, and what stood when.

A story is judged by what had happened at its own time: a story of 2 June that arrives on 10 June does not meet the
record of 9 June. A pack's entry counts for events after its own day alone.
"""

from datetime import date, datetime, timedelta
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from streams.rules.ledger import Told, compare, may_be_one, near, recounts
from streams.rules.metrics import Meaning, is_growing, is_level, meaning_of
from streams.rules.occasions import Occasion, closed
from wirewatch.messages import Direction, RecordStep, StandingRecord, Subject

# After so many days an event is over: no more tellings are counted, and a figure that was no record is forgotten.
OPEN_DAYS: Final = 10
# A toll that was not told for so long grows no more.
GROWING: Final = timedelta(days=3)
MAX_STEPS: Final = 20
MAX_OCCASIONS: Final = 120
MAX_SUBJECTS: Final = 12
ONE_DAY: Final = timedelta(days=1)
# The standing figure told again to the digit within so many days, without a day of its own, is the old one retold;
# later it is a tie. One that was broken since is retold for longer: nobody takes it for a new record.
RETOLD: Final = timedelta(days=3)
RETOLD_BROKEN: Final = timedelta(days=21)
# A story so soon after the day of a pack's entry is the report of it.
OWN_REPORT: Final = timedelta(days=2)


class Page(Struct, frozen=True, omit_defaults=True):
    """All that the ledger knows of a metric. Occasions stand by day, the oldest first."""

    metric: str
    subject: Subject
    direction: Direction
    occasions: tuple[Occasion, ...] = ()
    declared: str = "claim"
    # Other tellings of the subject that were resolved to this metric.
    subjects: tuple[Subject, ...] = ()
    last: datetime | None = None
    narrow: tuple[str, ...] = ()

    def meaning(self) -> Meaning:
        """Return what the metric counts."""
        return replace(meaning_of(self.subject), narrow=frozenset(self.narrow))


class Moment(Struct, frozen=True):
    """A figure as a story brings it, at its time: what a page is asked about."""

    told: Told
    day: date
    cluster: str
    # The text states the day itself.
    dated: bool = False
    # The older record that the text names.
    previous: float | None = None


def standing_at(
    page: Page, day: date, since: date | None = None, without: Occasion | None = None
) -> Occasion | None:
    """Return the occasion that stood on `day`, of those since `since`; None where none is known."""
    best: Occasion | None = None
    word = _editors_word(page, day)
    for one in page.occasions:
        if one.status != "counts" or one is without or one.date > day or (since and one.date < since):
            continue
        if one.declared.startswith("pack") and one.date >= day:
            continue
        if word is not None and _overruled(page, one, word):
            continue
        if best is None or compare(Told(one.figure), Told(best.figure), page.direction) == "beats":
            best = one
    return best


def _editors_word(page: Page, day: date) -> Occasion | None:
    """Return the newest record that an editor set for a day until this one."""
    mine = (one for one in page.occasions if one.declared == "editor" and one.status == "counts")
    return max((one for one in mine if one.date <= day), key=lambda one: one.day, default=None)


def _overruled(page: Page, one: Occasion, word: Occasion) -> bool:
    """Whether an editor's word denies an occasion: it would have beaten, by its day, what he says stood."""
    if one.declared == "editor" or one.date > word.date:
        return False
    return compare(Told(one.figure), word.told, page.direction) == "beats"


def own_occasion(page: Page, moment: Moment) -> Occasion | None:
    """Return the occasion that a figure tells of, if the page has it: by cluster, else by day and figure."""
    mine = [one for one in page.occasions if moment.cluster in one.clusters]
    for one in reversed(mine):
        if _same_in_cluster(page, one, moment):
            return one
    for one in reversed(page.occasions):
        if one not in mine and _same_elsewhere(page, one, moment):
            return one
    return None


def _same_in_cluster(page: Page, one: Occasion, moment: Moment) -> bool:
    """Whether the cluster's occasion is meant: yes, unless the figure is of another day and another count."""
    recount = moment.day == one.date and recounts(one.told, moment.told)
    if _names(one, moment) and not recount:
        return False
    apart = moment.day - (one.last or one.date)
    if is_growing(page.meaning()):
        return apart <= GROWING
    if abs(moment.day - one.date) < ONE_DAY:
        return near(one.told, moment.told)
    if any(may_be_one(told, moment.told) for told in (one.told, *(telling.told for telling in one.tellings))):
        return apart <= RETOLD_BROKEN
    # A recount on the next day; after that a cluster holds two events. A level (a price, a temperature) is not
    # recounted: the next day has its own; what a film takes is.
    meaning = page.meaning()
    counted = meaning.kind is not None or not is_level(meaning)
    return apart <= ONE_DAY and counted and recounts(one.told, moment.told)


def _names(one: Occasion, moment: Moment) -> bool:
    """Whether the text names the occasion as the older record."""
    return moment.previous is not None and moment.previous == one.figure and moment.told.figure != one.figure


def _same_elsewhere(page: Page, one: Occasion, moment: Moment) -> bool:
    """Whether a figure in another cluster tells of the occasion: the clusterer missed a rewrite, or it is retold."""
    if _names(one, moment) or one.declared == "told":
        return False
    apart = abs(one.date - moment.day)
    known = [one.told, *(telling.told for telling in one.tellings)]
    if apart == timedelta(0):
        return any(near(told, moment.told) for told in known)
    told_so = any(may_be_one(told, moment.told) for told in known)
    if apart <= ONE_DAY and moment.told in known:
        # A night has two days.
        return True
    if apart <= ONE_DAY and not moment.dated:
        beaten = one.beats is not None and moment.previous == one.beats.figure
        return told_so or (beaten and near(one.told, moment.told))
    if moment.dated:
        return False
    exact = one.qualifier == "exact" == moment.told.qualifier
    if not exact or not told_so or moment.day < one.date:
        return False
    # What only a pack knows was told by nobody yet.
    stands = bool(one.clusters) and standing_at(page, moment.day) is one
    return apart <= (RETOLD if stands else RETOLD_BROKEN)


def is_own_report(one: Occasion, moment: Moment) -> bool:
    """Whether a story is the report that a pack's entry was made from: nobody is beaten by his own entry."""
    if one.clusters or not one.declared.startswith("pack"):
        return False
    apart = abs(moment.day - one.date)
    return apart <= OWN_REPORT or (moment.told == one.told and apart <= RETOLD_BROKEN)


def put(page: Page, old: Occasion | None, new: Occasion) -> Page:
    """Return the page with `new` in the place of `old`, or added."""
    kept = [one for one in page.occasions if one is not old]
    kept.append(new)
    kept.sort(key=lambda one: (one.day, one.at))
    return replace(page, occasions=tuple(kept))


def tidy(page: Page, now: datetime) -> Page:
    """Return the page without what is over: outlets counted long ago, and figures that were no record."""
    over = now.date() - timedelta(days=OPEN_DAYS)
    kept = [
        closed(one) if one.date < over else one for one in page.occasions if one.date >= over or one.record
    ]
    if len(kept) > MAX_OCCASIONS:
        best = standing_at(page, date.max)
        kept = [one for one in kept[:-MAX_OCCASIONS] if best and one.told == best.told] + kept[
            -MAX_OCCASIONS:
        ]
    return replace(page, occasions=tuple(kept), last=now)


def history(page: Page, until: date) -> tuple[RecordStep, ...]:
    """Return the records that stood one after the other up to a day, the newest first."""
    steps: list[Occasion] = []
    word = _editors_word(page, until)
    for one in page.occasions:
        if one.status != "counts" or (one.declared.startswith("pack") and one.date > until):
            continue
        if word is not None and _overruled(page, one, word):
            continue
        if not steps or compare(Told(one.figure), Told(steps[-1].figure), page.direction) == "beats":
            steps.append(one)
    return tuple(one.step() for one in reversed(steps))


def standing_record(page: Page, until: date) -> StandingRecord | None:
    """Return the page as it is published on a day, or None while nothing stands."""
    steps = history(page, until)
    if not steps:
        return None
    return StandingRecord(
        page.metric, page.subject, page.direction, steps[0], steps[:MAX_STEPS], page.declared
    )


def learned(page: Page, subject: Subject) -> Page:
    """Return the page with one more telling of its subject."""
    if subject == page.subject or subject in page.subjects or len(page.subjects) >= MAX_SUBJECTS:
        return page
    return replace(page, subjects=(*page.subjects, subject))

"""The ledger's pages: found by what they count, bounded, and what one message changed of them."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from heapq import nsmallest
from typing import Final

import msgspec
from msgspec.structs import replace

from streams.rules.metrics import Meaning, is_generic, related, unit_meaning
from streams.rules.pages import Moment, Page, standing_record, tidy
from streams.rules.step import Output
from wirewatch.messages import Figure

MAX_PAGES: Final = 50_000
# Two tellings of one count are no further apart than this.
ALIKE: Final = 1.5
_decoder = msgspec.json.Decoder(Page)


class Catalogue:
    """All pages by metric and by unit."""

    def __init__(self, pages: Iterable[Page] = ()) -> None:
        self._pages: dict[str, Page] = {}
        self._by_unit: dict[frozenset[str], set[str]] = defaultdict(set)
        # Units that many series share, by what tells the series apart: place, actor, other words.
        self._by_hint: dict[tuple[frozenset[str], str], set[str]] = defaultdict(set)
        self._by_day: dict[date, dict[str, float]] = defaultdict(dict)
        # The pages that the message in hand changed, as they were before it.
        self._before: dict[str, Page | None] = {}
        self._gone: set[str] = set()
        for page in pages:
            self._open(page)

    def __contains__(self, metric: object) -> bool:
        """Whether the metric has a page."""
        return metric in self._pages

    def get(self, metric: str | None) -> Page | None:
        """Return the page on a metric."""
        return self._pages.get(metric) if metric else None

    def counting(self, meaning: Meaning) -> set[str]:
        """Return the metrics that may be meant: of the same units and, where many series share these, of a hint."""
        found: set[str] = set()
        for units in (meaning.units, *related(meaning.units)):
            if is_generic(replace(meaning, units=units)):
                found = found.union(*(self._by_hint.get((units, hint), ()) for hint in _hints(meaning)))
            else:
                found |= self._by_unit.get(units, set())
        return found

    def recent(self, moment: Moment, back: int) -> set[str]:
        """Return the metrics with a record like this figure around its day: it may be one told without its unit."""
        days = (moment.day - timedelta(days=number) for number in range(-1, back + 1))
        told = abs(moment.told.figure)
        return {
            name
            for day in days
            for name, figure in self._by_day.get(day, {}).items()
            if figure <= told * ALIKE and told <= figure * ALIKE
        }

    def watched(self, figures: Iterable[Figure]) -> tuple[Page, ...]:
        """Return the pages that bare figures may be about: none of the units that many series share."""
        names: set[str] = set()
        for units in {unit_meaning(figure.unit) for figure in figures}:
            if not is_generic(Meaning(units)):
                names |= self._by_unit.get(units, set())
        return tuple(self._pages[name] for name in sorted(names))

    def restore(self, value: bytes) -> None:
        """Open a stored page."""
        self._open(_decoder.decode(value))

    def begin(self) -> None:
        """Forget what the last message changed."""
        self._before, self._gone = {}, set()

    def keep(self, page: Page, now: datetime) -> None:
        """Store a page as a message leaves it. `now` is the news's own time: old news read late is not over yet."""
        page = tidy(page, now if page.last is None else max(page.last, now))
        if page == self._pages.get(page.metric):
            return
        self._before.setdefault(page.metric, self._pages.get(page.metric))
        self._open(page)
        if len(self._pages) > MAX_PAGES:
            self._forget_oldest(MAX_PAGES // 100)

    def puts(self) -> dict[str, bytes | None]:
        """Return the state entries that the message changed."""
        changed: dict[str, bytes | None] = {
            f"page/{name}": msgspec.json.encode(self._pages[name])
            for name in self._before
            if name in self._pages
        }
        changed.update({f"page/{name}": None for name in self._gone})
        return changed

    def outputs(self, at: datetime) -> tuple[Output, ...]:
        """Return the standing records that the message changed, as of its time."""
        found = []
        for name, before in self._before.items():
            page = self._pages.get(name)
            after = standing_record(page, at.date()) if page else None
            known = standing_record(before, at.date()) if before is not None else None
            if after is not None and after != known:
                found.append(Output("records", name, after))
            elif after is None and known is not None:
                found.append(Output("records", name, replace(known, standing=None, steps=())))
        return tuple(found)

    def _open(self, page: Page) -> None:
        known = self._pages.get(page.metric)
        if known is not None:
            self._close(known)
        self._pages[page.metric] = page
        meaning = page.meaning()
        self._by_unit[meaning.units].add(page.metric)
        for hint in _hints(meaning):
            self._by_hint[meaning.units, hint].add(page.metric)
        for one in page.occasions:
            if one.record:
                self._by_day[one.date][page.metric] = abs(one.figure)

    def _close(self, page: Page) -> None:
        meaning = page.meaning()
        self._by_unit[meaning.units].discard(page.metric)
        for hint in _hints(meaning):
            self._by_hint[meaning.units, hint].discard(page.metric)
        for one in page.occasions:
            self._by_day[one.date].pop(page.metric, None)

    def _forget_oldest(self, number: int) -> None:
        """Drop the learned pages that were quiet the longest; declared ones stay."""
        learned = [
            (page.last, page.metric)
            for page in self._pages.values()
            if page.declared == "claim" and page.last is not None
        ]
        for _, metric in nsmallest(number, learned):
            self._close(self._pages.pop(metric))
            self._gone.add(metric)


def _hints(meaning: Meaning) -> tuple[str, ...]:
    places = (f"place {meaning.place}", f"actor {meaning.actor}")
    return (*(hint for hint in places if not hint.endswith(" None")), *sorted(meaning.terms))

"""The ledger's pages: found by what they count, bounded, and what one message changed of them."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Final

import msgspec

from streams.rules.metrics import unit_meaning
from streams.rules.pages import Page, standing_record, tidy
from streams.rules.step import Output
from wirewatch.messages import Figure

MAX_PAGES: Final = 50_000
_decoder = msgspec.json.Decoder(Page)


class Catalogue:
    """All pages by metric and by unit."""

    def __init__(self, pages: Iterable[Page] = ()) -> None:
        self._pages: dict[str, Page] = {}
        self._by_unit: dict[frozenset[str], set[str]] = defaultdict(set)
        self._by_day: dict[date, set[str]] = defaultdict(set)
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

    def counting(self, units: frozenset[str]) -> set[str]:
        """Return the metrics that count these units."""
        return self._by_unit.get(units, set())

    def recent(self, day: date, back: int) -> set[str]:
        """Return the metrics with a record around a day: a figure told without its unit may be of one of these."""
        days = (day - timedelta(days=number) for number in range(-1, back + 1))
        return set().union(*(self._by_day.get(one, set()) for one in days))

    def watched(self, figures: Iterable[Figure]) -> tuple[Page, ...]:
        """Return the pages that bare figures may be about."""
        names: set[str] = set()
        for figure in figures:
            names |= self.counting(unit_meaning(figure.unit))
        return tuple(self._pages[name] for name in sorted(names))

    def restore(self, value: bytes) -> None:
        """Open a stored page."""
        self._open(_decoder.decode(value))

    def begin(self) -> None:
        """Forget what the last message changed."""
        self._before, self._gone = {}, set()

    def keep(self, page: Page, now: datetime) -> None:
        """Store a page as a message leaves it."""
        page = tidy(page, now if page.last is None else max(page.last, now))
        if page == self._pages.get(page.metric):
            return
        self._before.setdefault(page.metric, self._pages.get(page.metric))
        self._open(page)
        if len(self._pages) > MAX_PAGES:
            self._forget_oldest()

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
            if after is not None and (before is None or after != standing_record(before, at.date())):
                found.append(Output("records", name, after))
        return tuple(found)

    def _open(self, page: Page) -> None:
        self._pages[page.metric] = page
        self._by_unit[page.meaning().units].add(page.metric)
        for one in page.occasions:
            if one.record:
                self._by_day[one.date].add(page.metric)

    def _forget_oldest(self) -> None:
        """Drop the learned page that was quiet the longest; declared ones stay."""
        learned = [
            page for page in self._pages.values() if page.declared == "claim" and page.last is not None
        ]
        oldest = min(learned, key=lambda page: (page.last, page.metric), default=None)
        if oldest is not None:
            del self._pages[oldest.metric]
            self._by_unit[oldest.meaning().units].discard(oldest.metric)
            for one in oldest.occasions:
                self._by_day[one.date].discard(oldest.metric)
            self._gone.add(oldest.metric)

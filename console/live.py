"""Tells open pages what changed: one reading of the changes, one rendering of each line, the same bytes to all."""

import asyncio
import sqlite3
from collections.abc import AsyncGenerator, Callable
from typing import Any, Final

import msgspec
from msgspec import Struct

from console.wire import Wanted, line_of, titles_of
from wirewatch.clock import Clock

# At most so often pages are told; what changes ten times in between is told once.
EVERY: Final = 0.2
KEEP_ALIVE: Final = 15.0
# A page that takes so few in is told to load anew.
MOST_WAITING: Final = 2_000
MOST_MISSED: Final = 500
_OF_CLUSTERS: Final = frozenset(["cluster", "alert", "delivery"])


class Change(Struct, frozen=True):
    """Something that changed, as a page is told of it."""

    seq: int
    kind: str
    subject: str
    line: dict[str, Any] | None = None
    html: str = ""
    # The titles that it is told under, for pages that search.
    titles: tuple[str, ...] = ()


class Hub:
    """The open pages, and where each of them is."""

    def __init__(
        self, open_store: Callable[[], sqlite3.Connection], render: Callable[[dict[str, Any]], str]
    ) -> None:
        self._open_store = open_store
        self._render = render
        self._pages: set[asyncio.Queue[Change | None]] = set()
        self._news = asyncio.Event()
        self._seq: int | None = None

    @property
    def pages(self) -> int:
        """Return how many pages are open."""
        return len(self._pages)

    def changed(self) -> None:
        """Note that the read model changed."""
        self._news.set()

    async def run(self, clock: Clock, stop: asyncio.Event) -> None:
        """Tell all open pages of changes until told to stop."""
        ending = asyncio.create_task(stop.wait())
        try:
            while not stop.is_set():
                waiting = asyncio.create_task(self._news.wait())
                await asyncio.wait({waiting, ending}, return_when=asyncio.FIRST_COMPLETED)
                waiting.cancel()
                self._news.clear()
                await self._tell()
                await clock.sleep(EVERY)
        finally:
            ending.cancel()
            for page in self._pages:
                page.put_nowait(None)

    async def _tell(self) -> None:
        changes = await asyncio.to_thread(self._since, self._seq, MOST_WAITING)
        if changes:
            self._seq = changes[-1].seq
        for page in self._pages:
            for change in changes:
                page.put_nowait(change)
            if page.qsize() > MOST_WAITING:
                while not page.empty():
                    page.get_nowait()
                page.put_nowait(Change(self._seq or 0, "reset", ""))

    async def follow(self, since: int | None) -> AsyncGenerator[Change | None, None]:
        """Yield what changed after `since`, then what changes, without end; None where nothing did for a while."""
        page: asyncio.Queue[Change | None] = asyncio.Queue()
        self._pages.add(page)
        told = 0
        try:
            for change in await asyncio.to_thread(self._missed, since):
                told = max(told, change.seq)
                yield change
            while True:
                try:
                    news = await asyncio.wait_for(page.get(), KEEP_ALIVE)
                except TimeoutError:
                    yield None
                    continue
                if news is None:
                    return
                if news.seq > told or news.kind == "reset":
                    yield news
        finally:
            self._pages.discard(page)

    def _missed(self, since: int | None) -> list[Change]:
        with_store = self._open_store()
        bounds = with_store.execute("SELECT min(seq), max(seq) FROM changes").fetchone()
        first, last = bounds[0] or 0, bounds[1] or 0
        if since is None:
            # Where it begins, so that the browser can name it when it comes again.
            return [Change(last, "hello", "")]
        # A number beyond the last is of a read model that was built anew.
        if since > last or since < first - 1:
            return [Change(last, "reset", "")]
        missed = self._since(since, MOST_MISSED + 1)
        return [Change(last, "reset", "")] if len(missed) > MOST_MISSED else missed

    def _since(self, seq: int | None, most: int) -> list[Change]:
        store = self._open_store()
        if seq is None:
            # Nothing was told yet: what stands is on the pages.
            seq = max(0, (store.execute("SELECT max(seq) FROM changes").fetchone()[0] or 0) - most)
        rows = store.execute(
            "SELECT max(seq) AS seq, kind, subject FROM changes WHERE seq > ? GROUP BY kind, subject ORDER BY 1 LIMIT ?",
            (seq, most),
        ).fetchall()
        return [self._change(store, row) for row in rows]

    def _change(self, store: sqlite3.Connection, row: sqlite3.Row) -> Change:
        line = line_of(store, row["subject"]) if row["kind"] in _OF_CLUSTERS else None
        html = self._render(line) if line is not None and line["headline"] else ""
        titles = titles_of(store, row["subject"]) if line is not None else ()
        return Change(row["seq"], row["kind"], row["subject"], line, html, tuple(titles))


def event_of(change: Change | None, wanted: Wanted, cluster: str, *, html: bool) -> bytes | None:
    """Return a change as an event of the stream; None where this page did not ask for it."""
    if change is None:
        return b": still here\n\n"
    if cluster and change.subject != cluster and change.kind != "reset":
        return None
    data: dict[str, Any] = {"subject": change.subject}
    if change.line is not None:
        data["cluster"] = change.line
        data["wanted"] = wanted.takes(change.line, change.titles)
        if html:
            data = {"subject": change.subject, "wanted": data["wanted"], "html": change.html}
    return b"id: %d\nevent: %s\ndata: %s\n\n" % (change.seq, change.kind.encode(), msgspec.json.encode(data))

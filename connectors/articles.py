"""The full text of a story from the outlet's own page, where the user asks for it and the outlet allows it.

robots.txt is honoured; a page is asked for as politely as a feed is, at the same places of the same host. What goes
wrong costs the story nothing: it is sent as the feed gave it, and says why.
"""

import asyncio
import logging
import re
from collections.abc import Sequence
from concurrent.futures import Executor
from datetime import datetime, timedelta
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from connectors.answer import Fetched, Validators
from connectors.fetch import Fetcher
from connectors.items import LONGEST_TEXT
from connectors.markup import shorten, tidy
from connectors.robots import NOTHING, Robots, read_robots
from wirewatch.clock import Clock
from wirewatch.messages import Story
from wirewatch.network import host_of
from wirewatch.settings import FullText

_log = logging.getLogger("wirewatch.poll")
AGENT: Final = "Wirewatch"
# Together, for the pages of one poll: an alert shall not wait for a slow page.
PATIENCE: Final = 15.0
MOST_PAGES: Final = 10
LONGEST_PAGE: Final = 4 * 1024 * 1024
ROBOTS_KEPT: Final = timedelta(hours=12)
ROBOTS_ASKED_AGAIN: Final = timedelta(minutes=30)
PAUSE: Final = timedelta(hours=1)
# A text of such a length is a whole one, whatever its end looks like.
_WHOLE: Final = 2_000
_CUT: Final = re.compile(r"(?:…|\.\.\.|\[(?:…|\.\.\.)\]|\((?:…|\.\.\.)\)|&hellip;)\s*$")
_WORD: Final = re.compile(r"[^\W\d_]{4,}")
# What share of the headline's words the page must know: consent walls and paywalls know none.
_SAME_PAGE: Final = 0.34


def wants_page(story: Story, wish: FullText) -> bool:
    """Whether a story's page is to be asked for."""
    if story.url is None or story.withdrawn is not None or story.first_poll or len(story.text) >= _WHOLE:
        return False
    return wish == "always" or (wish == "cut" and _CUT.search(story.text or story.summary) is not None)


def with_page(story: Story, page: bytes) -> Story:
    """Return the story with the text of its page, where that is the story's and says more than the feed."""
    # 43 MB and half a second, for those alone who ask for pages.
    import trafilatura  # noqa: PLC0415

    try:
        found = trafilatura.extract(
            page, url=story.url, include_comments=False, include_tables=False, favor_precision=True
        )
    except Exception as error:  # noqa: BLE001 - whatever a page does to the reader is that page's trouble
        return _without(story, f"{type(error).__name__} in trafilatura")
    text = tidy(found or "")
    if len(text) <= max(len(story.summary), len(story.text)):
        return _without(story, "its page says no more than the feed")
    words = {word.casefold() for word in _WORD.findall(story.title)}
    known = {word.casefold() for word in _WORD.findall(text)}
    if len(words) >= 3 and len(words & known) < _SAME_PAGE * len(words):
        return _without(story, "its page shows something else")
    return replace(story, text=shorten(text, LONGEST_TEXT))


class _Rules(Struct, frozen=True):
    robots: Robots
    until: datetime


class Articles:
    """Asks for pages, and remembers what hosts said of it."""

    def __init__(self, fetcher: Fetcher, clock: Clock, readers: Executor) -> None:
        self._fetcher = fetcher
        self._clock = clock
        self._readers = readers
        self._rules: dict[str, _Rules] = {}
        self._paused: dict[str, datetime] = {}
        self._asking: dict[str, asyncio.Lock] = {}

    async def complete(self, stories: Sequence[Story], wish: FullText) -> tuple[Story, ...]:
        """Return the stories, with their pages' texts where they could be had in time."""
        wanting = [story for story in stories if wants_page(story, wish)][:MOST_PAGES]
        if not wanting:
            return tuple(stories)
        tasks = {story.id: asyncio.create_task(self._complete(story)) for story in wanting}
        _, late = await asyncio.wait(tasks.values(), timeout=PATIENCE)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)
        return tuple(_result(story, tasks.get(story.id)) for story in stories)

    async def _complete(self, story: Story) -> Story:
        address = story.url or ""
        refused = await self._refused(address)
        if refused is not None:
            return _without(story, refused)
        fetched = await self._fetch(address)
        if fetched.outcome != "fetched":
            return _without(story, f"{fetched.outcome}: {fetched.detail}")
        if len(fetched.body) > LONGEST_PAGE:
            return _without(story, f"its page is larger than {LONGEST_PAGE} bytes")
        if _site(fetched.address) != _site(address) and (moved := await self._refused(fetched.address)):
            return _without(story, moved)
        return await asyncio.get_running_loop().run_in_executor(self._readers, with_page, story, fetched.body)

    async def _refused(self, address: str) -> str | None:
        """Return why a page is not to be asked for now, None where it may be; and count it as asked."""
        site, now = _site(address), self._clock.now()
        if self._paused.get(site, now) > now:
            return f"{host_of(address)} is left alone for a while"
        async with self._asking.setdefault(site, asyncio.Lock()):
            robots = await self._robots(site, now)
        if not robots.allows(address):
            return f"robots.txt of {host_of(address)} asks not to"
        if robots.delay > 0:
            self._paused[site] = now + timedelta(seconds=min(robots.delay, 86_400))
        return None

    async def _robots(self, site: str, now: datetime) -> Robots:
        known = self._rules.get(site)
        if known is not None and known.until > now:
            return known.robots
        fetched = await self._fetch(f"{site}/robots.txt")
        if fetched.outcome == "fetched":
            rules = _Rules(read_robots(fetched.body, AGENT), now + ROBOTS_KEPT)
        elif fetched.outcome in {"not found", "gone", "forbidden", "unexpected status"}:
            rules = _Rules(Robots(), now + ROBOTS_KEPT)
        else:
            # Who cannot be asked has not allowed it.
            rules = _Rules(NOTHING, now + ROBOTS_ASKED_AGAIN)
        self._rules = {name: rule for name, rule in self._rules.items() if rule.until > now} | {site: rules}
        return rules.robots

    async def _fetch(self, address: str) -> Fetched:
        async with self._fetcher.place(host_of(address)) as place:
            fetched = await self._fetcher.fetch(address, Validators(), place=place)
        if fetched.outcome in {"limited", "unavailable"}:
            wait = timedelta(seconds=fetched.demand.seconds) if fetched.demand else PAUSE
            self._paused[_site(address)] = self._clock.now() + wait
        return fetched


def _site(address: str) -> str:
    """Return scheme, host and port of an address."""
    return "/".join(address.split("/", 3)[:3])


def _result(story: Story, task: "asyncio.Task[Story] | None") -> Story:
    if task is None:
        return story
    if task.cancelled():
        return _without(story, f"no answer within {PATIENCE:g} s")
    error = task.exception()
    if error is not None:
        _log.warning("The page of a story could not be read: %s", type(error).__name__)
        return _without(story, "a fault of the reader")
    return task.result()


def _without(story: Story, why: str) -> Story:
    return replace(story, problems=(*story.problems, f"full text not read: {' '.join(why.split())[:200]}"))

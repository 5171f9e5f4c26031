"""The demo wire: a local server that is the world's news feeds, and the play of a summer's news on them.

The wire has a clock of its own. Within a scene it runs with the items as they appear; between scenes it jumps, but
only when all that has appeared was read and worked through: it never runs ahead of a pipeline that was killed.
A feed counts as read when its reader comes back with the validator of what it last got, for a reader that
remembers the validator has made the items safe.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from hashlib import sha256
from math import inf
from typing import Final

from aiohttp import web
from msgspec import Struct

from wirewatch.clock import Clock
from wirewatch.demo.formats import CONTENT_TYPES, render, render_article
from wirewatch.demo.script import DemoFeed, DemoStory, Scene, Script
from wirewatch.errors import StalledError

ITEMS_SHOWN: Final = 30
# Real seconds: for each story of a scene, the least and the most for a scene, and after a first report.
SECONDS_A_STORY: Final = 0.035
LEAST_SECONDS: Final = 0.5
MOST_SECONDS: Final = 4.0
SECONDS_AFTER_LEAD: Final = 1.6
BEFORE_SCENE: Final = timedelta(minutes=5)
# Each feed is polled every second, and a poller that was killed is back in seconds.
READ_WITHIN: Final = 120.0


class Moment(Struct, frozen=True):
    """When a story of a scene appears, in real seconds since the scene began."""

    seconds: float
    story: DemoStory


def pace(scene: Scene) -> list[Moment]:
    """Return when each story of a scene appears: evenly, with a pause after each first report."""
    share = min(MOST_SECONDS, max(LEAST_SECONDS, SECONDS_A_STORY * len(scene.stories))) / len(scene.stories)
    moments: list[Moment] = []
    seconds = 0.0
    for story in scene.stories:
        seconds += share
        moments.append(Moment(seconds=seconds, story=story))
        if story.lead:
            seconds += SECONDS_AFTER_LEAD
    return moments


class _FeedDesk:
    """One feed as it stands: what has appeared, the document, and how far its reader is."""

    def __init__(self, feed: DemoFeed, broken: bytes | None) -> None:
        self.feed = feed
        self.broken = broken
        self.stories: list[DemoStory] = []
        self.body = broken or b""
        self.etag = ""
        self.modified = ""
        # When its reader last came back knowing the document as it stands now.
        self.read_at = -inf

    def publish(self, stories: list[DemoStory], base_url: str) -> None:
        self.stories = sorted([*self.stories, *stories], key=lambda story: story.published, reverse=True)
        if self.broken is not None:
            return
        self.body = render(self.feed, self.stories[:ITEMS_SHOWN], base_url)
        self.etag = f'"{sha256(self.body).hexdigest()[:24]}"'
        self.modified = format_datetime(self.stories[0].published, usegmt=True)
        self.read_at = -inf

    def unchanged_for(self, request: web.Request) -> bool:
        """Say whether the request's validators are those of the document as it stands."""
        if self.broken is not None:
            return False
        known = request.headers.get("If-None-Match")
        if known is not None:
            return known.strip() == "*" or self.etag in {
                tag.strip().removeprefix("W/") for tag in known.split(",")
            }
        since = request.headers.get("If-Modified-Since")
        if since is None:
            return False
        try:
            return self.stories[0].published <= parsedate_to_datetime(since)
        except (TypeError, ValueError):
            return False


class DemoWire:
    """The world's news feeds on loopback. `start`, then poll `feeds`, then `play`.

    Args:
        script: What is played.
        clock: Real time: it paces the scenes and dates `appeared`.
        broken: Feeds (by slug) that answer with these bytes, as HTML, instead of their stories.
        read_within: Seconds after which a feed that nobody reads ends the play with a `StalledError`.
    """

    def __init__(
        self,
        script: Script,
        clock: Clock,
        *,
        broken: Mapping[str, bytes] | None = None,
        read_within: float = READ_WITHIN,
    ) -> None:
        broken = broken or {}
        self._read_within = read_within
        self._script = script
        self._clock = clock
        self._desks = {feed.slug: _FeedDesk(feed, broken.get(feed.slug)) for feed in script.feeds}
        self._articles: dict[str, DemoStory] = {}
        self._appeared: dict[str, float] = {}
        self._fetched = asyncio.Condition()
        self._runner: web.AppRunner | None = None
        self._base_url = ""
        self._passage = _Passage(_first_moment(script), 0.0, _first_moment(script), 0.0)

    @property
    def base_url(self) -> str:
        """Return the address that the feeds and pages stand under, without a slash at its end."""
        return self._base_url

    @property
    def feeds(self) -> dict[str, str]:
        """Return the address of each feed, by its slug."""
        return {slug: f"{self._base_url}/feeds/{slug}" for slug in self._desks}

    @property
    def appeared(self) -> Mapping[str, float]:
        """Return when each item appeared in its feed (the clock's monotonic seconds), by the item's address."""
        return self._appeared

    def wire_time(self) -> datetime:
        """Return the wire's own time: that of the news, a summer of it in a minute."""
        return self._passage.at(self._clock.monotonic())

    async def start(self) -> None:
        """Serve on a free port of the loopback; every feed shows its background and nothing of the play."""
        app = web.Application()
        app.router.add_get("/feeds/{feed}", self._serve_feed)
        app.router.add_get("/articles/{feed}/{slug}", self._serve_article)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        self._runner = runner
        host, port = runner.addresses[0][:2]
        self._base_url = f"http://{host}:{port}"
        self._publish(self._script.background)

    async def stop(self) -> None:
        """Serve no more."""
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def every_feed_polled(self, since: float = -inf) -> None:
        """Return when every feed's reader has come back knowing all that the feed shows.

        Args:
            since: Only visits from then on count (the clock's monotonic seconds); by default, whenever it was.
        """
        async with self._fetched:
            await self._fetched.wait_for(
                lambda: all(desk.read_at > -inf and desk.read_at >= since for desk in self._desks.values())
            )

    async def play(self, *, drained: Callable[[], Awaitable[None]], say: Callable[[str], None]) -> None:
        """Play every scene, each when all before it was read from the feeds and worked through.

        Args:
            drained: Returns when nothing of what was read is still on its way.
            say: Hears a line as each scene begins.
        """
        await self._caught_up(drained)
        for scene in self._script.scenes:
            outlets = len({story.feed for story in scene.stories})
            say(f"{scene.label}: {len(scene.stories)} stories of {outlets} outlets")
            await self._play_scene(scene)
            await self._caught_up(drained)

    async def _caught_up(self, drained: Callable[[], Awaitable[None]]) -> None:
        try:
            async with asyncio.timeout(self._read_within):
                await self.every_feed_polled()
        except TimeoutError as error:
            unread = sorted(slug for slug, desk in self._desks.items() if desk.read_at == -inf)
            raise StalledError(
                f"For {self._read_within:g} s nobody came back for {len(unread)} of {len(self._desks)} feeds "
                f"({', '.join(unread[:5])}); the log of `poll` says more"
            ) from error
        await drained()

    async def _play_scene(self, scene: Scene) -> None:
        began = self._clock.monotonic()
        wire = scene.stories[0].published - BEFORE_SCENE
        before = began
        for moment in pace(scene):
            due = began + moment.seconds
            self._passage = _Passage(wire, before, moment.story.published, due)
            await self._clock.sleep(due - self._clock.monotonic())
            self._publish((moment.story,))
            wire, before = moment.story.published, due

    def _publish(self, stories: tuple[DemoStory, ...]) -> None:
        by_feed: dict[str, list[DemoStory]] = {}
        for story in stories:
            by_feed.setdefault(story.feed, []).append(story)
            self._articles[story.path] = story
        for feed, items in by_feed.items():
            self._desks[feed].publish(items, self._base_url)
            for story in items:
                self._appeared[self._base_url + story.path] = self._clock.monotonic()

    async def _serve_feed(self, request: web.Request) -> web.Response:
        desk = self._desks.get(request.match_info["feed"])
        if desk is None:
            raise web.HTTPNotFound(text="There is no such feed.")
        if desk.broken is not None:
            await self._note_visit(desk)
            return web.Response(body=desk.body, content_type="text/html", charset="utf-8")
        headers = {"ETag": desk.etag, "Last-Modified": desk.modified, "Cache-Control": "no-cache"}
        if desk.unchanged_for(request):
            await self._note_visit(desk)
            return web.Response(status=304, headers=headers)
        return web.Response(
            body=desk.body, headers={**headers, "Content-Type": CONTENT_TYPES[desk.feed.format]}
        )

    async def _serve_article(self, request: web.Request) -> web.Response:
        story = self._articles.get(request.path)
        if story is None:
            raise web.HTTPNotFound(text="There is no such page, or it has not appeared yet.")
        page = render_article(self._desks[story.feed].feed, story)
        return web.Response(body=page, content_type="text/html", charset="utf-8")

    async def _note_visit(self, desk: _FeedDesk) -> None:
        desk.read_at = self._clock.monotonic()
        async with self._fetched:
            self._fetched.notify_all()


class _Passage(Struct, frozen=True):
    """A stretch of wire time laid over a stretch of real time; outside of it the wire's clock stands."""

    wire_from: datetime
    real_from: float
    wire_to: datetime
    real_to: float

    def at(self, real: float) -> datetime:
        if real >= self.real_to:
            return self.wire_to
        share = max(0.0, real - self.real_from) / (self.real_to - self.real_from)
        return self.wire_from + (self.wire_to - self.wire_from) * share


def _first_moment(script: Script) -> datetime:
    """Return the wire's time before the play: a little before its first story."""
    return script.scenes[0].stories[0].published - BEFORE_SCENE

"""The loop: polls each feed when it is due, and hands over what is new.

    restore -> wait until due -> fetch -> read -> absorb -> stories, then state, to Kafka -> due again

Every decision is made elsewhere: `schedule` when, `fetch` how, `parse` what it says, `identity` what is new,
`outcome` what follows.
"""

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Final, Protocol

from msgspec.structs import replace

from connectors.agenda import Agenda
from connectors.answer import Fetched
from connectors.articles import Articles
from connectors.connector import Connector, looked_in_vain, next_look
from connectors.credentials import credentials_of
from connectors.fetch import Fetcher
from connectors.hosts import HostLimits
from connectors.hubs import Hubs
from connectors.items import HubLinks
from connectors.outcome import (
    Poll,
    absorb,
    address_of,
    new_state,
    validators_for,
)
from connectors.reading import read_answer
from connectors.registry import connector_of
from connectors.schedule import FLOOR, Habit, Wishes, due_at_start, due_when_asked
from connectors.told import release
from connectors.websub import check_after
from wirewatch.clock import Clock
from wirewatch.errors import BrokerError
from wirewatch.messages import FeedState, Story
from wirewatch.network import host_of
from wirewatch.settings import FeedSettings, FullText, Secret

_log = logging.getLogger("wirewatch.poll")
# A feed that took so many seconds is read among the slow ones next time.
_SLOW: Final = 3.0
# The state of a feed on a quick interval (networks of one's own) is kept when it changed, and every so often.
_KEEP_EVERY: Final = timedelta(seconds=30)
_READERS: Final = 4
_LONGEST_WAIT: Final = 60.0


class _GivenAwayError(Exception):
    """The feed that is worked on is held no more, or everything ends: nothing further is done for it."""


class Outlet(Protocol):
    """Where stories and states go."""

    async def hand_over(self, stories: Iterable[Story], state: FeedState | None) -> None:
        """Return when the stories, and after them the state, are safe."""
        ...


class Poller:
    """Polls the feeds that it was given, each at its time."""

    def __init__(
        self,
        feeds: Iterable[FeedSettings],
        fetcher: Fetcher,
        outlet: Outlet,
        clock: Clock,
        chance: Callable[[], float] = random.random,
        *,
        full_text: FullText = "never",
        hubs: Hubs | None = None,
    ) -> None:
        self._feeds = {feed.id: feed for feed in feeds}
        self._fetcher = fetcher
        self._outlet = outlet
        self._clock = clock
        self._chance = chance
        self._agenda = Agenda()
        # Of feeds that are asked all the time: their states as they were written last.
        self._kept: dict[str, FeedState] = {}
        self._slow: set[str] = set()
        self._hosts = HostLimits()
        self._at_work: dict[str, asyncio.Task[None]] = {}
        # Tasks that hand over: they are not broken off, so that a story is rarely sent twice.
        self._handing: set[str] = set()
        # Of these, those that end when what they hand over is safe.
        self._ending: set[str] = set()
        self._wake = asyncio.Event()
        self._readers = ThreadPoolExecutor(_READERS, thread_name_prefix="read")
        self._full_text = full_text
        self._hubs = hubs
        # What hubs pushed and nobody took yet: bodies with their types.
        self._pushed: dict[str, list[tuple[bytes, str]]] = {}
        self._articles = Articles(fetcher, clock, self._readers)

    @property
    def states(self) -> Agenda:
        """The feeds that are held now, as they stand."""
        return self._agenda

    def take(self, states: Mapping[str, FeedState], feeds: Iterable[str] | None = None) -> None:
        """Take over feeds, with their states where there are any; without `feeds`, all that are configured.

        One that is held already goes on from where it is, by what is wished of it now.
        """
        now = self._clock.now()
        for name in self._feeds if feeds is None else feeds:
            state = self._agenda[name] if name in self._agenda else states.get(name)
            self._agenda.put(self._timed(state or new_state(self._feeds[name], now), now))
        self._wake.set()

    def _timed(self, state: FeedState, now: datetime) -> FeedState:
        """Return the state with when it is due by what the user wishes now."""
        habit = Habit(state.pace, state.last_news, state.shown)
        wishes = Wishes(self._feeds[state.feed].interval, state.hints, habit, state.spacing)
        due, why = due_at_start(state.due, state.why_due, wishes, state.last_attempt, now)
        return replace(state, due=due, why_due=why)

    def know(self, feed: FeedSettings) -> None:
        """Learn of a feed that was added, or of what is new about one that is not polled now."""
        self._feeds[feed.id] = feed

    async def release(self, feeds: Iterable[str]) -> None:
        """Return when these feeds are polled no more."""
        names = list(feeds)
        for name in names:
            self._agenda.drop(name)
            self._kept.pop(name, None)
            self._pushed.pop(name, None)
            if self._hubs is not None:
                self._hubs.drop(name)
        await self._end([self._at_work[name] for name in names if name in self._at_work])

    def ask(self, name: str, by: str) -> None:
        """Poll a feed as soon as it may be, where it is held."""
        if name not in self._agenda:
            return
        state, feed = self._agenda[name], self._feeds[name]
        wishes = Wishes(feed.interval, spacing=state.spacing)
        due, why = due_when_asked(
            state.due, state.why_due, wishes, state.last_attempt, now=self._clock.now(), by=by
        )
        self._agenda.put(replace(state, due=due, why_due=why))
        self._wake.set()

    def hub_said(self, name: str, lease: float) -> None:
        """Learn for how long a feed's hub tells of news, which it said to another poller."""
        if self._hubs is not None:
            self._hubs.heard(name, lease)

    def push(self, name: str, body: bytes, content_type: str) -> bool:
        """Take what a hub tells of a feed; False where the feed is not held here."""
        if name not in self._agenda:
            return False
        self._pushed.setdefault(name, []).append((body, content_type))
        self._wake.set()
        return True

    async def run(self, stop: asyncio.Event) -> None:
        """Poll until told to stop.

        Raises:
            BrokerError: what was read could not be handed over.
        """
        stopping = asyncio.create_task(stop.wait())
        try:
            async with asyncio.TaskGroup() as group:
                while not stop.is_set():
                    self._wake.clear()
                    for name in self._due_now():
                        self._at_work[name] = group.create_task(self._poll(name))
                    await self._wait(stopping)
                await self._end(list(self._at_work.values()))
        except ExceptionGroup as errors:
            raise first_fault(errors) from errors
        finally:
            stopping.cancel()
            self._readers.shutdown(wait=False, cancel_futures=True)

    def _due_now(self) -> list[str]:
        """Return the feeds to see to now, each once."""
        pushed = [name for name in self._pushed if name in self._agenda]
        due = self._agenda.due(self._clock.now())
        return [name for name in dict.fromkeys([*pushed, *due]) if name not in self._at_work]

    async def _wait(self, stopping: "asyncio.Task[bool]") -> None:
        """Wait until the next feed is due, something changed, or the end."""
        waiting: list[asyncio.Task[object]] = [asyncio.create_task(self._wake.wait())]
        due = self._agenda.next_due
        if due is not None:
            seconds = (due - self._clock.now()).total_seconds()
            # Not longer than so: the machine's clock may be set meanwhile.
            waiting.append(asyncio.create_task(self._clock.sleep(min(seconds, _LONGEST_WAIT))))
        await asyncio.wait([*waiting, stopping], return_when=asyncio.FIRST_COMPLETED)
        await self._cancel(waiting)

    async def _poll(self, name: str) -> None:
        feed = self._feeds[name]
        try:
            with suppress(_GivenAwayError):
                await self._poll_bounded(feed)
        finally:
            self._at_work.pop(name, None)
            self._handing.discard(name)
            self._ending.discard(name)
            if name in self._agenda and self._feeds[name] is not feed:
                # The user changed it meanwhile.
                self._agenda.put(self._timed(self._agenda[name], self._clock.now()))
            self._wake.set()

    async def _poll_bounded(self, feed: FeedSettings) -> None:
        """Poll once; what brings us down is this feed's trouble alone, for thousands hang on the loop."""
        try:
            await self._poll_once(feed)
        except (_GivenAwayError, BrokerError):
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is
            _log.exception("%s sends what cannot be read; the other feeds go on", feed.name)
            self._handing.discard(feed.id)
            if feed.id in self._agenda:
                failed = Poll(Fetched("fetched"), unreadable=f"This cannot be read: {type(error).__name__}")
                state = self._agenda[feed.id]
                after = absorb(feed, state, failed, now=self._clock.now(), jitter=self._chance())
                await self._hand_over(feed, (), after.state)

    async def _poll_once(self, feed: FeedSettings) -> None:
        name = feed.id
        await self._release(feed)
        for body, content_type in self._pushed.pop(name, ()):
            await self._take_push(feed, body, content_type)
        if self._agenda.outline(name).due > self._clock.now():
            return
        connector = connector_of(feed)
        if connector is not None:
            await self._collect(connector, feed)
            return
        fetched = await self._fetch(feed)
        if fetched is None:
            return
        state = self._agenda[name]
        poll = await self._read(feed, state, fetched)
        result = absorb(feed, state, poll, now=self._clock.now(), jitter=self._chance())
        self._hosts.heard(fetched, host_of(address_of(feed, state)), result.state, self._clock.now())
        stories = await self._articles.complete(result.stories, feed.full_text or self._full_text)
        after = self._asked_seldom(result.state)
        keep = bool(result.stories) or self._worth_keeping(feed, after)
        await self._hand_over(feed, stories, after, keep=keep)
        if result.notice:
            _log.warning("%s", result.notice)
        await self._subscribe(after)

    async def _fetch(self, feed: FeedSettings) -> Fetched | None:
        """Ask for a feed in its turn; None where the host is to be left alone by now."""
        # Thousands may wait for their turn: the whole state is looked at when it has come.
        outline = self._agenda.outline(feed.id)
        address = address_of(feed, outline)
        slow = feed.id in self._slow or outline.failures > 0
        fetched, gave_up = await self._fetch_from(feed, address, slow=slow)
        if gave_up:
            fetched, _ = await self._fetch_from(feed, address, slow=True)
        if fetched is None:
            return None
        slow = gave_up or fetched.seconds > _SLOW or not fetched.answered
        (self._slow.add if slow else self._slow.discard)(feed.id)
        return fetched

    async def _fetch_from(
        self, feed: FeedSettings, address: str, *, slow: bool
    ) -> tuple[Fetched | None, bool]:
        """Ask from among the slow or the others, and return whether it was broken off for those that wait."""
        host = host_of(address)
        async with self._fetcher.place(host, slow=slow) as place:
            # While it waited for its place, the host may have said that it is too much.
            held = self._hosts.held(host, self._clock.now())
            if held is not None:
                why = f"limited: {held.scope} limits its feeds together"
                self._agenda.put(replace(self._agenda[feed.id], due=held.until, why_due=why))
                return None, False
            validators = validators_for(self._agenda[feed.id], self._clock.now())
            fetched = await self._fetcher.fetch(address, validators, credentials_of(feed, address), place)
            return fetched, place.gave_up and fetched.outcome == "timeout"

    async def _take_push(self, feed: FeedSettings, body: bytes, content_type: str) -> None:
        """Tell what a hub pushed; when the feed is due, and what it was last asked with, stay as they were."""
        state = self._agenda[feed.id]
        fetched = Fetched("fetched", body=body, content_type=content_type, address=address_of(feed, state))
        poll = await self._read(feed, state, fetched)
        if poll.feed is None:
            return
        part = replace(poll, feed=replace(poll.feed, whole=False))
        told = absorb(feed, state, part, now=self._clock.now(), jitter=0)
        after = replace(
            told.state, due=state.due, why_due=state.why_due, interval=state.interval, shown=state.shown
        )
        await self._hand_over(feed, told.stories, after)

    def _asked_seldom(self, state: FeedState) -> FeedState:
        """Return the state of a feed whose hub tells of its news: it is asked seldom, as a check."""
        granted = self._hubs is not None and self._hubs.granted(state.feed)
        if not granted or state.last_attempt is None or state.failures:
            return state
        check = state.last_attempt + timedelta(seconds=check_after(state.interval))
        return replace(state, due=check, why_due="hub: it tells of news") if check > state.due else state

    async def _subscribe(self, state: FeedState) -> None:
        """See to the feed's subscription, once what was read is safe: hubs may be slow."""
        if self._hubs is None:
            return
        links = HubLinks(state.hub, state.topic) if state.hub and state.topic else None
        # Nobody is told of an address that is secret.
        secret = isinstance(self._feeds[state.feed].url, Secret)
        await self._hubs.keep(state.feed, None if secret else links)

    async def _collect(self, connector: Connector, feed: FeedSettings) -> None:
        """Take what a source that is no feed on the web has by now, piece by piece; each is safe before the next."""
        now = self._clock.now()
        before = state = next_look(self._agenda[feed.id], feed.interval or connector.every, now)
        async for piece in connector.collect(feed, now):
            result = absorb(feed, state, piece.poll, now=now, jitter=0)
            state = next_look(result.state, feed.interval or connector.every, now)
            await self._hand_over(feed, result.stories, state, then=piece.done)
            if result.notice:
                _log.warning("%s", result.notice)
        if state is before and (well := looked_in_vain(state, now)) is not state:
            await self._hand_over(feed, (), state := well)
        self._agenda.put(state)

    async def _hand_over(
        self,
        feed: FeedSettings,
        stories: Iterable[Story],
        state: FeedState,
        then: Callable[[], Awaitable[None]] | None = None,
        *,
        keep: bool = True,
    ) -> None:
        """Return when the stories, and the state where it is to be kept, are safe.

        Raises:
            _GivenAwayError: this was the last that is done for this feed here.
        """
        name = feed.id
        if name not in self._agenda:
            raise _GivenAwayError
        self._handing.add(name)
        await self._outlet.hand_over(stories, state if keep else None)
        if then is not None:
            await then()
        self._handing.discard(name)
        if name not in self._agenda or name in self._ending:
            raise _GivenAwayError
        self._agenda.put(state)
        if keep:
            self._wrote(feed, state)

    async def _release(self, feed: FeedSettings) -> None:
        """Hand over what was held by an embargo that has ended."""
        if not self._agenda.outline(feed.id).held:
            return
        stories, state = release(self._agenda[feed.id], self._clock.now())
        if stories:
            await self._hand_over(feed, stories, state)

    def _wrote(self, feed: FeedSettings, state: FeedState) -> None:
        if feed.interval is not None and feed.interval < FLOOR:
            self._kept[feed.id] = replace(state, seen={})

    def _worth_keeping(self, feed: FeedSettings, state: FeedState) -> bool:
        """Whether a state without news must be written: not each second for a feed that is asked each second."""
        kept = self._kept.get(feed.id)
        if kept is None:
            return True
        same = (
            kept.health == state.health
            and kept.failures == state.failures
            and kept.url == state.url
            and kept.etag == state.etag
            and kept.last_modified == state.last_modified
            and kept.digest == state.digest
            and kept.last_attempt is not None
        )
        return not same or self._clock.now() - (kept.last_attempt or state.due) >= _KEEP_EVERY

    async def _read(self, feed: FeedSettings, state: FeedState, fetched: Fetched) -> Poll:
        if fetched.outcome != "fetched":
            return Poll(fetched)
        # In a thread: a large feed takes seconds to read, and the others go on.
        return await asyncio.get_running_loop().run_in_executor(
            self._readers, read_answer, feed, state, fetched, self._clock.now()
        )

    async def _end(self, tasks: list["asyncio.Task[None]"]) -> None:
        names = {task: name for name, task in self._at_work.items()}
        self._ending.update(names[task] for task in tasks if names.get(task) in self._handing)
        await self._cancel([task for task in tasks if names.get(task) not in self._handing])
        if tasks:
            await asyncio.wait(tasks)

    async def _cancel(self, tasks: Iterable["asyncio.Task[object]"]) -> None:
        found = list(tasks)
        for task in found:
            task.cancel()
        await asyncio.gather(*found, return_exceptions=True)


def first_fault(errors: ExceptionGroup[Exception]) -> Exception:
    """Return what a group of tasks ended by: the fault that a person can act on, where there is one."""
    for error in errors.exceptions:
        leaf = first_fault(error) if isinstance(error, ExceptionGroup) else error
        if isinstance(leaf, BrokerError):
            return leaf
    return errors

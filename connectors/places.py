"""How many requests there may be at a time: at a host, and in all. Who is slow makes room for the others.

A quarter of the places is for feeds that were slow or failing last time, so that however many hosts are dead, the
others never wait for them. A request that turns out to be slow moves over to that quarter; where it is full, and
others wait, it is broken off and asked again from there, in its turn and with its whole time. What is slow is measured
by what answers take now: when hundreds of hosts die at once, each shall hold up the others as short as can be.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Final

_SLOW_SHARE: Final = 4
_LOOK_AGAIN: Final = 0.25
# A request that takes so many times as long as answers do is slow; no less than so many seconds.
_TIMES_USUAL: Final = 3.0
_SHORTEST: Final = 0.75
_WEIGHT: Final = 0.02


class Patience:
    """For how long a request may hold a place that others wait for."""

    def __init__(self, most: float) -> None:
        self._most = most
        self._usual: float | None = None

    def heard(self, seconds: float) -> None:
        """Learn what an answer took."""
        self._usual = seconds if self._usual is None else self._usual + _WEIGHT * (seconds - self._usual)

    @property
    def seconds(self) -> float:
        """The patience by now; all of it as long as nobody has answered."""
        if self._usual is None:
            return self._most
        return min(self._most, max(_SHORTEST, _TIMES_USUAL * self._usual))


class _Pool:
    """So many places; who waits is served in turn."""

    def __init__(self, places: int) -> None:
        self._free = places
        self._waiting: deque[asyncio.Future[None]] = deque()

    @property
    def crowded(self) -> bool:
        """Whether somebody waits."""
        return any(not one.done() for one in self._waiting)

    def take_now(self) -> bool:
        """Take a place where one is free."""
        if self._free < 1:
            return False
        self._free -= 1
        return True

    async def take(self) -> None:
        """Return when a place was taken."""
        if self.take_now():
            return
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self.give()
            raise

    def give(self) -> None:
        """Give a place back, or to who waits."""
        while self._waiting:
            turn = self._waiting.popleft()
            if not turn.done():
                turn.set_result(None)
                return
        self._free += 1


class Place:
    """A place that is held."""

    def __init__(self, pool: _Pool, slow: _Pool) -> None:
        self._pool = pool
        self._slow = slow
        # Whether the request was broken off, so that others could have the place.
        self.gave_up = False

    def give_way(self) -> bool:
        """Make room for those that wait; False where there is no other place to go to."""
        if self._pool is self._slow or not self._pool.crowded:
            return True
        if not self._slow.take_now():
            self.gave_up = True
            return False
        self._pool.give()
        self._pool = self._slow
        return True

    def leave(self) -> None:
        """Give the place back."""
        self._pool.give()


class Places:
    """The places of all requests."""

    def __init__(self, most: int, per_host: int) -> None:
        share = most // _SLOW_SHARE
        self._quick = _Pool(most - share)
        self._slow = _Pool(share) if share else self._quick
        self._per_host = per_host
        # A host's places, as long as somebody holds one or waits for one.
        self._hosts: dict[str, tuple[_Pool, int]] = {}

    @asynccontextmanager
    async def hold(self, host: str, *, slow: bool) -> AsyncIterator[Place]:
        """Wait for a place at the host and for one of all, and hold both."""
        # First the place at the host: who waits for it must not hold one of all.
        with self._known(host) as at_host:
            await at_host.take()
            try:
                pool = self._slow if slow else self._quick
                await pool.take()
                place = Place(pool, self._slow)
                try:
                    yield place
                finally:
                    place.leave()
            finally:
                at_host.give()

    @contextmanager
    def _known(self, host: str) -> Iterator[_Pool]:
        pool, here = self._hosts.get(host) or (_Pool(self._per_host), 0)
        self._hosts[host] = (pool, here + 1)
        try:
            yield pool
        finally:
            pool, here = self._hosts[host]
            if here > 1:
                self._hosts[host] = (pool, here - 1)
            else:
                del self._hosts[host]


@asynccontextmanager
async def bounded(seconds: float, place: Place | None, patience: Patience) -> AsyncIterator[None]:
    """Bound what is done by time: by `seconds`, and by `patience` where others wait for the place.

    Raises:
        TimeoutError: the time is over.
    """
    loop = asyncio.get_running_loop()
    began = loop.time()
    watches: list[asyncio.TimerHandle] = []

    def look() -> None:
        left = patience.seconds - (loop.time() - began)
        if left > 0 or place is None or place.give_way():
            watches.append(loop.call_later(max(left, _LOOK_AGAIN), look))
        else:
            limit.reschedule(loop.time())

    async with asyncio.timeout(seconds) as limit:
        watches.append(loop.call_later(min(patience.seconds, seconds), look))
        try:
            yield
        finally:
            watches[-1].cancel()

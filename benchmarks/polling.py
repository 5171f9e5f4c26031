"""How many feeds a second one poller polls, beside plain httpx on the same feeds in the same run.

    python -m benchmarks.polling [--feeds 2000] [--items 20]

A server in a process of its own, on the same cores, is as many outlets as there are feeds (each on a loopback address
of its own), in two states: all new, and a later one in which a tenth has news, a tenth answers after half a second, a
tenth answers 429, 5xx or a web page, and the others 304. In one run:

    httpx            fetches the bodies, and does nothing with them: one AsyncClient as it comes
    httpx, read      the same, and feedparser on each body: what one would write
    client           fetches the bodies by the guarded client
    poller, first    the whole poll: fetch, unpack, decode, read, recognise, absorb, encode; all feeds new
    poller, later    the same feeds again, in the later state
"""

import argparse
import asyncio
import io
import logging
import multiprocessing
import resource
import time
from collections.abc import Awaitable, Callable, Iterable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from ipaddress import IPv4Network
from multiprocessing.connection import Connection
from typing import Any, Final

import feedparser
import httpx
from aiohttp import web
from msgspec.structs import replace

from connectors.fetch import Fetcher, FetchLimits
from connectors.poller import Poller
from wirewatch.clock import SystemClock
from wirewatch.codec import encode
from wirewatch.messages import FeedState, Story
from wirewatch.network import Guard, open_client
from wirewatch.settings import FeedSettings

LOOPBACK: Final = (IPv4Network("127.0.0.0/8"),)
CLOCK: Final = SystemClock()
SLOW: Final = 0.5
BEGIN: Final = datetime(2025, 6, 1, 6, 0, tzinfo=UTC)
TEXT: Final = "The air force says that it shot down most of what came in the night over several regions. " * 8


def document(feed: int, items: int, later: bool) -> bytes:
    written = []
    for number in range(items + later, int(later), -1):
        link = f"https://outlet-{feed}.example/2025/06/01/story-number-{number}"
        when = format_datetime(BEGIN + timedelta(minutes=5 * number))
        written.append(
            f"<item><title>Story {number} of outlet {feed}</title><link>{link}</link><guid>{link}</guid>"
            f"<pubDate>{when}</pubDate><description>&lt;p&gt;{TEXT}&lt;/p&gt;</description></item>"
        )
    head = f"<title>Outlet {feed}</title><link>https://outlet-{feed}.example/</link><language>en</language>"
    return (
        f'<?xml version="1.0"?><rss version="2.0"><channel>{head}{"".join(written)}</channel></rss>'.encode()
    )


def serve(items: int, pipe: Connection) -> None:
    later = False
    bodies: dict[tuple[int, bool], bytes] = {}

    async def answer(request: web.Request) -> web.StreamResponse:
        number = int(request.match_info["feed"])
        kind = number % 10 if later else -1
        if kind == 1:
            await CLOCK.sleep(SLOW)
        if kind == 2:
            bad = [web.Response(status=429, headers={"Retry-After": "600"}), web.Response(status=502)]
            return [*bad, web.Response(text="<html><body>Moved</body></html>")][number // 10 % 3]
        changed = kind == 0
        tag = f'"{number}-{changed}"'
        if request.headers.get("If-None-Match") == tag:
            return web.Response(status=304, headers={"ETag": tag})
        body = bodies.setdefault((number, changed), document(number, items, changed))
        return web.Response(body=body, content_type="application/rss+xml", headers={"ETag": tag})

    async def turn(_request: web.Request) -> web.Response:
        nonlocal later
        later = not later
        return web.Response()

    async def main() -> None:
        app = web.Application()
        app.router.add_get("/{feed:[0-9]+}", answer)
        app.router.add_get("/turn", turn)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        site = web.TCPSite(runner, "0.0.0.0", 0, backlog=4096)  # noqa: S104 - all of 127/8 are its outlets
        await site.start()
        pipe.send(runner.addresses[0][1])
        await asyncio.Event().wait()

    asyncio.run(main())


class Memory:
    """Takes what is handed over as Kafka would, encoded; ends the run when every feed was polled."""

    def __init__(self, feeds: int, stop: asyncio.Event) -> None:
        self.states: dict[str, FeedState] = {}
        self.stories = 0
        self.bytes = 0
        self._feeds = feeds
        self._stop = stop

    async def hand_over(self, stories: Iterable[Story], state: FeedState | None) -> None:
        """Count, and encode as for Kafka."""
        for story in stories:
            self.bytes += len(encode(story))
            self.stories += 1
        if state is not None:
            self.bytes += len(encode(state))
            self.states[state.feed] = state
        if len(self.states) == self._feeds:
            self._stop.set()


async def all_of(addresses: list[str], get: Callable[[str], Awaitable[object]]) -> float:
    """Return the seconds that it takes to get all, a hundred at a time."""
    places = asyncio.Semaphore(100)

    async def one(address: str) -> None:
        async with places:
            await get(address)

    began = time.perf_counter()
    await asyncio.gather(*(one(address) for address in addresses))
    return time.perf_counter() - began


async def poll(feeds: list[FeedSettings], states: dict[str, FeedState]) -> tuple[float, Memory]:
    stop = asyncio.Event()
    memory = Memory(len(feeds), stop)
    async with open_client(Guard(LOOPBACK), user_agent="Wirewatch/bench") as client:
        poller = Poller(feeds, Fetcher(client, FetchLimits(), CLOCK), memory, CLOCK)
        now = CLOCK.now()
        poller.take({name: replace(state, due=now) for name, state in states.items()})
        began = time.perf_counter()
        await poller.run(stop)
        return time.perf_counter() - began, memory


def say(name: str, feeds: int, seconds: float, note: str = "") -> None:
    print(f"{name:16}{feeds / seconds:>9,.0f} feeds/s{seconds:>9.2f} s   {note}", flush=True)


async def compare(port: int, count: int) -> None:
    hosts = [f"127.{1 + n // 65025}.{n // 255 % 255}.{1 + n % 254}" for n in range(count)]
    addresses = [f"http://{host}:{port}/{number}" for number, host in enumerate(hosts)]
    feeds = [FeedSettings(address, f"Outlet {number}") for number, address in enumerate(addresses)]
    async with httpx.AsyncClient(timeout=60) as plain:
        # What the server makes once is made before anything is measured.
        await all_of(addresses, plain.get)
    async with httpx.AsyncClient(timeout=60) as plain:
        say("httpx", count, await all_of(addresses, plain.get))

        async def read(address: str) -> Any:
            return feedparser.parse(io.BytesIO((await plain.get(address)).content))

        some = addresses[: max(1, count // 10)]
        say("httpx, read", len(some), await all_of(some, read), f"measured on {len(some)} feeds")
    async with open_client(Guard(LOOPBACK), user_agent="Wirewatch/bench") as client:
        say("client", count, await all_of(addresses, client.get))
        seconds, first = await poll(feeds, {})
        say(
            "poller, first",
            count,
            seconds,
            f"{first.stories:,} stories, {first.bytes / 1e6:.0f} MB for Kafka",
        )
        await client.get(f"http://127.0.0.1:{port}/turn")
    seconds, later = await poll(feeds, first.states)
    note = (
        f"{later.stories:,} stories, {sum(1 for s in later.states.values() if s.last_error)} feeds in trouble"
    )
    say("poller, later", count, seconds, note)
    print(f"resident memory at most {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--feeds", type=int, default=2_000)
    parser.add_argument("--items", type=int, default=20)
    options = parser.parse_args()
    logging.getLogger("wirewatch").setLevel(logging.ERROR)
    here, there = multiprocessing.Pipe()
    server = multiprocessing.Process(target=serve, args=(options.items, there), daemon=True)
    server.start()
    try:
        asyncio.run(compare(here.recv(), options.feeds))
    finally:
        server.terminate()
        server.join()


if __name__ == "__main__":
    main()

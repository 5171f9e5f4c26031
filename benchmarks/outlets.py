"""The outlets of `benchmarks.polling`: a server in a process of its own, on as many loopback addresses as feeds.

It is in one of three states. `new`: every feed is whole and new. `later`: a tenth has news, a tenth answers after half
a second, a tenth answers 429, 5xx or a page, and the others have nothing new. `dead`: as `later`, but of the slow tenth
a fifth each refuses the connection, leaves it to wait (its queue is full), never answers, breaks off, or sends a byte
now and then for ever.
"""

import asyncio
import socket
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from multiprocessing.connection import Connection
from typing import Final

from aiohttp import web

from wirewatch.clock import SystemClock

SLOW: Final = 0.5
CLOCK: Final = SystemClock()
BEGIN: Final = datetime(2025, 6, 1, 6, 0, tzinfo=UTC)
TEXT: Final = "The air force says that it shot down most of what came in the night over several regions. " * 8


# Of the slow feeds, those whose host refuses connections when it is dead, and those whose host leaves them to wait.
_REFUSING: Final = 3
_WAITING: Final = 4


def addresses(ports: Sequence[int], count: int) -> list[str]:
    """Return the feeds' addresses, each on a host of its own; on ports of their own those that cannot be connected to."""
    hosts = [f"127.{1 + n // 65025}.{n // 255 % 255}.{1 + n % 254}" for n in range(count)]
    own = {_REFUSING: ports[1], _WAITING: ports[2]}
    return [
        f"http://{host}:{own.get(number // 10 % 5, ports[0]) if number % 10 == 1 else ports[0]}/{number}"
        for number, host in enumerate(hosts)
    ]


def document(feed: int, items: int, later: bool) -> bytes:
    """Return a feed as its outlet sends it."""
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


class Outlets:
    """Answers as its state says, and counts who asked how often."""

    def __init__(self, items: int) -> None:
        self._items = items
        self._state = "new"
        self._bodies: dict[tuple[int, bool], bytes] = {}
        self._asked: dict[str, Counter[int]] = {}

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Answer for one feed."""
        number = int(request.match_info["feed"])
        self._asked.setdefault(request.headers.get("User-Agent", ""), Counter())[number] += 1
        kind = number % 10 if self._state != "new" else -1
        if kind == 1 and self._state == "dead":
            return await _dead(request, number // 10 % 5)
        if kind == 1:
            await CLOCK.sleep(SLOW)
        if kind == 2:
            bad = [web.Response(status=429, headers={"Retry-After": "600"}), web.Response(status=502)]
            return [*bad, web.Response(text="<html><body>Moved</body></html>")][number // 10 % 3]
        changed = kind == 0
        tag = f'"{number}-{changed}"'
        if request.headers.get("If-None-Match") == tag:
            return web.Response(status=304, headers={"ETag": tag})
        body = self._bodies.get((number, changed))
        if body is None:
            body = self._bodies[number, changed] = document(number, self._items, changed)
        return web.Response(body=body, content_type="application/rss+xml", headers={"ETag": tag})

    async def turn(self, request: web.Request) -> web.StreamResponse:
        """Go over to another state, and forget who asked."""
        self._state = request.match_info["state"]
        self._asked.clear()
        return web.Response()

    async def asked(self, request: web.Request) -> web.StreamResponse:
        """Tell how many requests came from who calls itself so: in all, and for the feed that was asked most."""
        by = request.query["by"]
        mine = [
            count for agent, feeds in self._asked.items() if agent.startswith(by) for count in feeds.values()
        ]
        return web.json_response([sum(mine), max(mine, default=0)])


async def _dead(request: web.Request, way: int) -> web.StreamResponse:
    """Answer as a dead host does: not at all, with a broken connection, or by drops."""
    if way == 0:
        await CLOCK.sleep(3600)
    if way == 1 and request.transport is not None:
        request.transport.abort()
        return web.Response()
    answer = web.StreamResponse()
    await answer.prepare(request)
    with suppress(ConnectionError):
        while True:
            await answer.write(b"<")
            await CLOCK.sleep(1)
    return answer


class _Door:
    """A port that can be shut: for good, or so that nobody is let in and nobody sent away."""

    def __init__(self, runner: web.AppRunner) -> None:
        self._runner = runner
        self._site: web.TCPSite | None = None
        self._full: socket.socket | None = None
        self.port = 0

    async def open(self) -> None:
        """Answer on it."""
        self._site = web.TCPSite(self._runner, "0.0.0.0", self.port, backlog=4096)  # noqa: S104 - all of 127/8
        await self._site.start()
        self.port = self._runner.addresses[-1][1]

    async def shut(self, *, full: bool) -> None:
        """Refuse connections, or leave them to wait for ever."""
        if self._site is not None:
            await self._site.stop()
            self._site = None
        if full:
            self._full = socket.create_server(("0.0.0.0", self.port), backlog=0)  # noqa: S104 - all of 127/8


def serve(items: int, pipe: Connection) -> None:
    """Serve for ever; the ports are sent through the pipe: of all outlets, and of those that will refuse or leave to wait."""
    outlets = Outlets(items)

    async def main() -> None:
        app = web.Application()
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0)
        doors = [_Door(runner) for _ in range(3)]

        async def turn(request: web.Request) -> web.StreamResponse:
            if request.match_info["state"] == "dead":
                await doors[1].shut(full=False)
                await doors[2].shut(full=True)
            return await outlets.turn(request)

        app.router.add_get("/{feed:[0-9]+}", outlets.answer)
        app.router.add_get("/turn/{state}", turn)
        app.router.add_get("/asked", outlets.asked)
        await runner.setup()
        for door in doors:
            await door.open()
        pipe.send([door.port for door in doors])
        await asyncio.Event().wait()

    asyncio.run(main())

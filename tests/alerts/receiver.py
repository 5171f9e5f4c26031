"""A real HTTP server on loopback that answers as it is told."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any, Literal

from aiohttp import web
from msgspec import Struct

from wirewatch.clock import Clock


class Say(Struct, frozen=True):
    """An answer: a status with headers and a body; or none at all."""

    status: int = 200
    headers: dict[str, str] = {}
    body: bytes = b""
    act: Literal["answer", "hang", "reset"] = "answer"


class Got(Struct, frozen=True):
    """A request as it came."""

    path: str
    headers: dict[str, str]
    body: bytes
    at: float
    method: str = "POST"

    @property
    def webhook_id(self) -> str:
        return self.headers["webhook-id"]


HANG = Say(act="hang")
RESET = Say(act="reset")


class Receiver:
    """Answers by a script for each path, the last line for ever; keeps what it got."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._scripts: dict[str, list[Say]] = {}
        self._fresh: asyncio.Queue[Got] = asyncio.Queue()
        self._released = asyncio.Event()
        self.got: list[Got] = []
        self.queries: list[str] = []
        self.address = ""

    def script(self, path: str, answers: Sequence[Say]) -> str:
        """Set what is answered at a path, and return its url."""
        self._scripts[path] = list(answers)
        return self.address + path

    async def next(self, seconds: float = 20.0) -> Got:
        """Return the next request, when there is one."""
        return await asyncio.wait_for(self._fresh.get(), seconds)

    def at(self, path: str) -> list[Got]:
        """Return what came to a path."""
        return [got for got in self.got if got.path == path]

    def release(self) -> None:
        """Let those that hang go."""
        self._released.set()

    async def handle(self, request: web.Request) -> web.StreamResponse:
        headers = {name.lower(): value for name, value in request.headers.items()}
        got = Got(request.path, headers, await request.read(), self._clock.monotonic(), request.method)
        self.queries.append(request.query_string)
        self.got.append(got)
        self._fresh.put_nowait(got)
        script = self._scripts.get(request.path, [Say()])
        say = script.pop(0) if len(script) > 1 else script[0]
        if say.act == "hang":
            await self._released.wait()
        if say.act == "reset" and request.transport is not None:
            request.transport.abort()
        return web.Response(status=say.status, headers=say.headers, body=say.body)


@asynccontextmanager
async def receiving(clock: Clock, **options: Any) -> AsyncIterator[Receiver]:
    """Run a receiver on a free port."""
    receiver = Receiver(clock)
    app = web.Application(client_max_size=64 * 1024 * 1024)
    app.router.add_route("*", "/{rest:.*}", receiver.handle)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1, **options)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0][:2]
    receiver.address = f"http://{host}:{port}"
    try:
        yield receiver
    finally:
        receiver.release()
        await runner.cleanup()

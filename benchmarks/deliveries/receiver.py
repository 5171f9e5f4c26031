"""The receiver of `benchmarks.delivery`, in a process of its own, and the endpoints at it."""

import asyncio
from base64 import b64encode
from ipaddress import IPv4Network
from typing import Any, Final

from aiohttp import web

from wirewatch.clock import SystemClock
from wirewatch.messages import Alert, AlertBody, AlertFigure, Beaten
from wirewatch.settings import EndpointSettings, Secret

LOOPBACK: Final = (IPv4Network("127.0.0.0/8"),)
SECRET: Final = Secret("whsec_" + b64encode(b"a secret of benchmarks only").decode())
CLOCK: Final = SystemClock()
BAD: Final = 5


def an_alert(number: int, endpoint: str) -> Alert:
    body = AlertBody(
        alert=f"{number}", revision=1, desk="world", priority="urgent", kind="record",
        headline="Russia launches 472 drones at Ukraine, the most of the war",
        sentence="The air force counted 472 drones overnight, the largest number since the invasion began.",
        said_by="Ukraine's air force", figure=472.0, unit="drones", qualifier="exact",
        beats=Beaten(355.0, "2025-05-26", "Kyiv Post"),
        figures=(AlertFigure(472.0, "exact", 31), AlertFigure(400.0, "at_least", 7)),
        outlets=40, cluster="c", url="https://news.example/472", reason="record_broken", source="Agency",
    )  # fmt: skip
    return Alert(f"{number}", 1, endpoint, f"msg-{number}", "story", None, CLOCK.now(), body)


def receive(ready: Any) -> None:
    """Answer 204, hang on /hang, and 429 on /busy; say on which port."""

    async def answer(request: web.Request) -> web.Response:
        await request.read()
        if request.path.startswith("/hang"):
            await asyncio.Event().wait()
        if request.path.startswith("/busy"):
            return web.Response(status=429, headers={"Retry-After": "1"})
        return web.Response(status=204)

    async def serve() -> None:
        app = web.Application()
        app.router.add_post("/{path:.*}", answer)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0, backlog=1024).start()
        ready.send(runner.addresses[0][1])
        await asyncio.Event().wait()

    asyncio.run(serve())


def endpoints_at(address: str, count: int, *, bad: bool) -> list[EndpointSettings]:
    paths = [f"good-{number}" for number in range(count)]
    if bad:
        paths += [f"{kind}-{number}" for kind in ("hang", "busy") for number in range(BAD)]
    return [EndpointSettings(path, "standard", Secret(f"{address}/{path}"), SECRET) for path in paths]

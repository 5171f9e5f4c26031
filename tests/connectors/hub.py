"""A hub of ours on loopback: takes subscriptions, asks back, and pushes what it is told to."""

import asyncio
import hashlib
import hmac

import httpx
from aiohttp import web


class Hub:
    """`async with Hub() as hub: ... await hub.subscribed.wait(); await hub.push(body)`."""

    def __init__(self, *, lease: int = 86_400, status: int = 202, deny: bool = False) -> None:
        self.lease = lease
        self.status = status
        self.deny = deny
        self.forms: list[dict[str, str]] = []
        self.answers: list[tuple[int, str]] = []
        self.subscribed = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        app = web.Application()
        app.router.add_post("/", self._subscribe)
        self._runner = web.AppRunner(app)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._runner.addresses[0][1]}/"

    async def __aenter__(self) -> "Hub":
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._runner.cleanup()

    async def _subscribe(self, request: web.Request) -> web.Response:
        form = {name: str(value) for name, value in (await request.post()).items()}
        self.forms.append(form)
        if self.status == 202:
            task = asyncio.create_task(self.verify(form))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return web.Response(status=self.status)

    async def verify(self, form: dict[str, str], topic: str | None = None) -> None:
        """Ask the subscriber whether it meant it."""
        query = {
            "hub.mode": "denied" if self.deny else "subscribe",
            "hub.topic": topic or form["hub.topic"],
            "hub.challenge": "a challenge & more",
            "hub.lease_seconds": str(self.lease),
        }
        async with httpx.AsyncClient() as client:
            answer = await client.get(form["hub.callback"], params=query)
        self.answers.append((answer.status_code, answer.text))
        self.subscribed.set()

    async def push(
        self,
        body: bytes,
        *,
        secret: str | None = None,
        method: str = "sha256",
        form: dict[str, str] | None = None,
    ) -> int:
        """Send news to a subscriber, or the newest, signed; return its status."""
        form = form or self.forms[-1]
        key = (form["hub.secret"] if secret is None else secret).encode()
        signature = f"{method}={hmac.new(key, body, getattr(hashlib, method)).hexdigest()}"
        headers = {"X-Hub-Signature": signature, "Content-Type": "application/xml"}
        async with httpx.AsyncClient() as client:
            return (await client.post(form["hub.callback"], content=body, headers=headers)).status_code

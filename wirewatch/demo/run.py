"""Plays the demo against running stages: the wire, the receiver, the time, and what came of it."""

import asyncio
import json
import secrets
import socket
from base64 import b64encode
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from aiokafka.errors import KafkaError

from wirewatch.clock import Clock
from wirewatch.codec import encode, headers
from wirewatch.demo.observer import Observer
from wirewatch.demo.receiver import ReceivedWebhook, WebhookReceiver
from wirewatch.demo.script import load_script
from wirewatch.demo.summary import body_of, summarise
from wirewatch.demo.wire import DemoWire
from wirewatch.errors import StalledError
from wirewatch.ids import identify
from wirewatch.kafka import KafkaConnection
from wirewatch.messages import AlertBody, Tick
from wirewatch.topics import TICKS

TICK_SECONDS: Final = 0.2
CONSOLE_PORT: Final = 8470
ENDPOINT: Final = "world-desk"
OnAlert = Callable[[AlertBody, float | None], None]


class Demo:
    """A summer of news on loopback, and the desk that hears of it."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        self._folder = folder
        self._clock = clock
        self._script = load_script()
        self._secret = "whsec_" + b64encode(secrets.token_bytes(32)).decode()
        self._wire = DemoWire(self._script, clock)
        self._receiver = WebhookReceiver(self._secret, clock)
        self._observer: Observer | None = None
        self._tasks: list[asyncio.Task[Any]] = []
        self.first_alert_at: float | None = None

    async def prepare(self) -> Path:
        """Start the wire and the receiver; return the configuration that leads the stages to them."""
        await self._wire.start()
        await self._receiver.start()
        self._folder.mkdir(parents=True, exist_ok=True)
        file = self._folder / "wirewatch.toml"
        file.touch(mode=0o600)
        file.write_text(self._configuration(), encoding="utf-8")
        return file

    async def play(
        self, kafka: KafkaConnection, *, say: Callable[[str], None], on_alert: OnAlert
    ) -> dict[str, Any]:
        """Play the wire until nothing is in flight; return the summary."""
        self._observer = observer = Observer(kafka, self._clock)
        await observer.start()
        self._tasks = [asyncio.create_task(self._tick(kafka)), asyncio.create_task(self._show(on_alert))]
        stalled = None
        try:
            await self._wire.play(drained=self._drained, say=say)
        except StalledError as error:
            stalled = str(error)
            say(stalled)
        return summarise(
            observer,
            self._receiver.received,
            self._wire.appeared,
            feeds=len(self._script.feeds),
            stalled=stalled,
        )

    async def stop(self) -> None:
        """Stop the wire, the receiver, and what watches."""
        for task in self._tasks:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
        if self._observer is not None:
            await self._observer.stop()
        await self._receiver.stop()
        await self._wire.stop()

    async def _drained(self) -> None:
        assert self._observer is not None  # noqa: S101 - `play` made it
        await self._observer.drained(lambda: set(self._wire.appeared))

    async def _tick(self, kafka: KafkaConnection) -> None:
        """Say the wire's time: the desks wait, and judge what is old, by it."""
        await self._forever(lambda: self._send_ticks(kafka))

    async def _forever(self, work: Callable[[], Awaitable[None]]) -> None:
        while True:
            try:
                await work()
            except (KafkaError, OSError):
                # The broker is away for a moment; it comes back, or the demo never drains.
                await self._clock.sleep(TICK_SECONDS)

    async def _send_ticks(self, kafka: KafkaConnection) -> None:
        producer = kafka.producer()
        await producer.start()
        try:
            while True:
                tick = Tick(self._wire.wire_time(), "demo")
                about = headers(
                    tick, id=identify("tick", "demo", tick.at.isoformat()), source="demo", time=tick.at
                )
                await producer.send_and_wait(kafka.topic(TICKS), encode(tick), key=b"tick", headers=about)
                await self._clock.sleep(TICK_SECONDS)
        finally:
            await producer.stop()

    async def _show(self, on_alert: OnAlert) -> None:
        while True:
            webhook = await self._receiver.next()
            if self.first_alert_at is None:
                self.first_alert_at = self._clock.monotonic()
            on_alert(body_of(webhook), self._seconds(webhook))

    def _seconds(self, webhook: ReceivedWebhook) -> float | None:
        alert = self._observer.alerts.get(webhook.webhook_id) if self._observer else None
        appeared = self._wire.appeared.get((alert.story_url if alert else body_of(webhook).url) or "")
        return webhook.at - appeared if appeared is not None else None

    def _configuration(self) -> str:
        lines = [
            "# Written by `wirewatch up --demo`; made anew each time.",
            '[http]\nallow_networks = ["127.0.0.0/8"]\n',
            # The demo counts every story.
            '[operations]\ncanary = "off"\n',
            f"[state]\nfolder = {json.dumps(str(self._folder.resolve()))}\n",
            f'[console]\nlisten = "127.0.0.1:{_port()}"\n',
        ]
        lines += [
            f"[[feeds]]\nurl = {json.dumps(self._wire.feeds[feed.slug])}\nname = {json.dumps(feed.name)}\n"
            f'language = "{feed.language}"\ntier = {feed.tier}\ninterval = "1s"\n'
            for feed in self._script.feeds
        ]
        lines.append(
            f'[[endpoints]]\nid = "{ENDPOINT}"\nkind = "standard"\nurl = {json.dumps(self._receiver.url)}\n'
            f'secret = "{self._secret}"\n'
        )
        lines.append(f'[[desks]]\nid = "world"\nendpoints = ["{ENDPOINT}"]\n')
        return "\n".join(lines)


def _port() -> int:
    """The console's usual port, or where that is taken any other."""
    with socket.socket() as tried:
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            tried.bind(("127.0.0.1", CONSOLE_PORT))
        except OSError:
            tried.bind(("127.0.0.1", 0))
        return int(tried.getsockname()[1])

"""A receiver of webhooks on loopback that believes only what is signed as Standard Webhooks ask."""

import asyncio
import binascii
import hmac
from base64 import b64decode
from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from typing import Final, Literal

from aiohttp import web
from msgspec import Struct

from wirewatch.clock import Clock
from wirewatch.errors import InputError

TOLERANCE_SECONDS: Final = 300
MOST_BYTES: Final = 1024 * 1024

Verdict = Literal["accepted", "header_missing", "timestamp_unreadable", "timestamp_stale", "signature_wrong"]


class ReceivedWebhook(Struct, frozen=True):
    """One webhook as it came, with the clock's monotonic seconds at its arrival."""

    webhook_id: str
    headers: dict[str, str]
    body: bytes
    at: float


def read_secret(secret: str) -> bytes:
    """Return the key in a secret of the form `whsec_` and base64.

    Raises:
        InputError: It has another form. The text does not repeat it.
    """
    try:
        key = b64decode(secret.removeprefix("whsec_"), validate=True)
    except binascii.Error as error:
        raise InputError("A webhook secret is whsec_ and then base64; this one is not") from error
    if not key:
        raise InputError("A webhook secret may not be empty")
    return key


def judge_signature(key: bytes, headers: Mapping[str, str], body: bytes, now: datetime) -> Verdict:
    """Say whether `headers` sign `body` with `key`, not longer ago (or ahead) than the tolerance."""
    webhook_id = headers.get("webhook-id")
    timestamp = headers.get("webhook-timestamp")
    signatures = headers.get("webhook-signature")
    if not (webhook_id and timestamp and signatures):
        return "header_missing"
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12):
        return "timestamp_unreadable"
    if abs(now.timestamp() - int(timestamp)) > TOLERANCE_SECONDS:
        return "timestamp_stale"
    expected = hmac.new(key, f"{webhook_id}.{timestamp}.".encode() + body, sha256).digest()
    return (
        "accepted" if any(_matches(each, expected) for each in signatures.split(" ")) else "signature_wrong"
    )


class WebhookReceiver:
    """Takes webhooks at `url`, keeps those that are signed, in order; answers 204, or 401 with the reason.

    A webhook-id that came before is a redelivery: it is counted, and neither kept nor given out again.
    """

    def __init__(self, secret: str, clock: Clock) -> None:
        self._key = read_secret(secret)
        self._clock = clock
        self._received: list[ReceivedWebhook] = []
        self._ids: set[str] = set()
        self._fresh: asyncio.Queue[ReceivedWebhook] = asyncio.Queue()
        self._runner: web.AppRunner | None = None
        self.url = ""
        self.redeliveries = 0
        self.refused: dict[Verdict, int] = {}

    @property
    def received(self) -> tuple[ReceivedWebhook, ...]:
        """Return all that was accepted, each webhook-id once, in the order of arrival."""
        return tuple(self._received)

    async def start(self) -> None:
        """Listen on a free port of the loopback."""
        app = web.Application(client_max_size=MOST_BYTES)
        app.router.add_post("/hooks", self._take)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        self._runner = runner
        host, port = runner.addresses[0][:2]
        self.url = f"http://{host}:{port}/hooks"

    async def stop(self) -> None:
        """Listen no more."""
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def next(self) -> ReceivedWebhook:
        """Return the next webhook that was accepted and not yet given out, when there is one."""
        return await self._fresh.get()

    async def _take(self, request: web.Request) -> web.Response:
        at = self._clock.monotonic()
        body = await request.read()
        headers = {name.lower(): value for name, value in request.headers.items()}
        verdict = judge_signature(self._key, headers, body, self._clock.now())
        if verdict != "accepted":
            self.refused[verdict] = self.refused.get(verdict, 0) + 1
            return web.Response(status=401, text=verdict)
        webhook_id = headers["webhook-id"]
        if webhook_id in self._ids:
            self.redeliveries += 1
            return web.Response(status=204)
        self._ids.add(webhook_id)
        webhook = ReceivedWebhook(webhook_id=webhook_id, headers=headers, body=body, at=at)
        self._received.append(webhook)
        self._fresh.put_nowait(webhook)
        return web.Response(status=204)


def _matches(signature: str, expected: bytes) -> bool:
    version, _, encoded = signature.partition(",")
    if version != "v1":
        return False
    try:
        return hmac.compare_digest(b64decode(encoded, validate=True), expected)
    except (binascii.Error, ValueError):
        return False

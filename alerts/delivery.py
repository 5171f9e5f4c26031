"""One attempt to deliver one alert to one endpoint, and what became of it.

The address is a secret: nothing here puts more of it than the host into words.
"""

import asyncio
import ssl
from collections.abc import Callable
from datetime import datetime
from functools import lru_cache
from typing import Final, Protocol
from urllib.parse import quote

import httpx
from msgspec import Struct

from alerts.schedule import WORDS, Answer, Reason, judge_status, retry_after
from wirewatch.clock import Clock
from wirewatch.errors import RefusedAddressError
from wirewatch.messages import Alert
from wirewatch.network import Guard, host_of
from wirewatch.settings import EndpointSettings, Secret

CONNECT_TIMEOUT: Final = 5.0
# From the first byte sent to the last one read.
TIMEOUT: Final = 15.0
# An answer is a word or two; what is longer is not read.
MOST_ANSWER_BYTES: Final = 16 * 1024
# Before so much time has passed an alert is not called late for the time it waited here.
LATE_AFTER: Final = 60.0


class Outgoing(Struct, frozen=True):
    """An alert as it is about to be sent; `late_by` is in seconds, where it is late."""

    alert: Alert
    now: datetime
    late_by: float | None = None
    # The story's page on the console, where that has an address.
    console: str | None = None


class Post(Struct, frozen=True):
    """What an HTTP endpoint is sent."""

    body: bytes
    headers: dict[str, str]


class Wire(Struct, frozen=True):
    """What an attempt needs of the world: the guarded client, the time, and for how long it may take."""

    client: httpx.AsyncClient
    clock: Clock
    timeout: float = TIMEOUT
    # Where people reach the console.
    console: str | None = None
    # For what is not HTTP; the client has its own.
    guard: Guard = Guard()
    # The authorities that a mail server is checked by; None leaves it to the machine's own.
    tls: ssl.SSLContext | None = None


class WebhookKind(Protocol):
    """A kind of endpoint: one file, one entry in `alerts.webhooks.KINDS`."""

    def check(self, endpoint: EndpointSettings) -> list[str]:
        """Return the mistakes in an endpoint's settings, in words, without a secret."""
        ...

    async def send(self, endpoint: EndpointSettings, outgoing: Outgoing, wire: Wire) -> Answer:
        """Attempt to deliver once, and return what became of it; raise only what is a fault of this program."""
        ...


def by_status(status: int, _body: bytes) -> tuple[Reason, str]:
    """Return what an answer means where its status says all, and nothing more to say of it."""
    return judge_status(status), ""


class HttpKind(Struct, frozen=True):
    """A kind that is one POST: what it checks, what it composes, how it reads the answer."""

    checks: Callable[[EndpointSettings], list[str]]
    compose: Callable[[EndpointSettings, Outgoing], Post]
    judge: Callable[[int, bytes], tuple[Reason, str]] = by_status

    def check(self, endpoint: EndpointSettings) -> list[str]:
        """Return the mistakes in an endpoint's settings."""
        return self.checks(endpoint)

    async def send(self, endpoint: EndpointSettings, outgoing: Outgoing, wire: Wire) -> Answer:
        """POST once."""
        began = wire.clock.monotonic()
        reason, detail, status, rest = await self._exchange(endpoint, outgoing, wire)
        return Answer(
            reason, f"{_host(endpoint.url)}: {detail}", status, wire.clock.monotonic() - began, rest
        )

    async def _exchange(
        self, endpoint: EndpointSettings, outgoing: Outgoing, wire: Wire
    ) -> tuple[Reason, str, int | None, float | None]:
        post = self.compose(endpoint, outgoing)
        status: int | None = None
        rest: float | None = None
        body = bytearray()
        try:
            async with (
                asyncio.timeout(wire.timeout),
                wire.client.stream(
                    "POST",
                    _address(endpoint.url),
                    content=post.body,
                    headers=post.headers,
                    timeout=httpx.Timeout(wire.timeout, connect=CONNECT_TIMEOUT),
                ) as response,
            ):
                status = response.status_code
                if not response.is_success:
                    rest = retry_after(response.headers, wire.clock.now())
                async for chunk in response.aiter_raw():
                    body += chunk[: MOST_ANSWER_BYTES - len(body)]
                    if len(body) >= MOST_ANSWER_BYTES:
                        break
        except (httpx.HTTPError, httpx.InvalidURL, RefusedAddressError, TimeoutError) as error:
            # Once there is a status it decides: an answer that ends in the middle was an answer.
            if status is None:
                return *_fault(error), None, None
        reason, said = self.judge(status or 0, bytes(body))
        return reason, said or f"{WORDS[reason]}, status {status}", status, rest


def late_by(alert: Alert, since: datetime, now: datetime) -> float | None:
    """Return by how many seconds an alert is late: as it was when it came to stand here, and since."""
    waited = (now - since).total_seconds()
    if waited < LATE_AFTER:
        return alert.body.late_by
    return (alert.body.late_by or 0.0) + waited


def story_page(console: str | None, alert: Alert) -> str | None:
    """Return where the alert's story stands on the console; None where that has no address."""
    return None if console is None else f"{console}/story/{quote(alert.body.cluster, safe='')}"


@lru_cache(maxsize=1024)
def _address(url: Secret) -> httpx.URL:
    return httpx.URL(url.reveal())


@lru_cache(maxsize=1024)
def _host(url: Secret) -> str:
    return host_of(url.reveal())


def _fault(error: Exception) -> tuple[Reason, str]:
    """Name why there was no answer. The client's own words are used where they cannot hold the address."""
    match error:
        case RefusedAddressError():
            return "refused_address", str(error)
        case httpx.ConnectTimeout():
            return "no_connection", "the connection took too long"
        case httpx.ConnectError():
            return "no_connection", str(error)
        case httpx.TimeoutException() | TimeoutError():
            return "no_answer", WORDS["no_answer"]
        case httpx.UnsupportedProtocol() | httpx.InvalidURL():
            return "cannot_be_sent", "the endpoint's address is not a valid http or https url"
        case _:
            return "connection_broken", f"{WORDS['connection_broken']} ({type(error).__name__})"

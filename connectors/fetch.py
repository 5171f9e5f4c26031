"""One polite conditional GET: few at a time a host, within limits of time and size, with redirects watched."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import datetime
from importlib.metadata import version
from types import MappingProxyType
from typing import Final
from urllib.parse import urljoin, urlsplit

import httpx
from msgspec import Struct
from msgspec.structs import replace

from connectors.answer import Fetched, Outcome, Validators, demand_of, outcome_of, validators_of
from connectors.credentials import same_site
from connectors.places import Patience, Place, Places, bounded
from connectors.unpack import ACCEPTED, EncodingError, TooLargeError, sink_for
from wirewatch.clock import Clock
from wirewatch.errors import RefusedAddressError
from wirewatch.network import Guard, host_of, open_client, user_agent
from wirewatch.operations import metrics
from wirewatch.settings import HttpSettings

ACCEPT: Final = (
    "application/rss+xml, application/atom+xml, application/feed+json, application/rdf+xml, "
    "application/xml;q=0.9, text/xml;q=0.9, application/json;q=0.8, */*;q=0.5"
)
MOST_REDIRECTS: Final = 5
# Long enough for a redirect or a page of the same host; thousands of hosts are each asked by the minute at most.
_KEPT_OPEN: Final = 5.0
NO_HEADERS: Final[Mapping[str, str]] = MappingProxyType({})
# Redirects after which the same address is to be asked again, and those after which the new one is.
_FOR_NOW: Final = frozenset([302, 303, 307])
_FOR_GOOD: Final = frozenset([301, 308])


class FetchLimits(Struct, frozen=True):
    """What one request may take, and how many there may be at a time."""

    seconds: float = 30.0
    connect_seconds: float = 10.0
    read_seconds: float = 15.0
    bytes: int = 10 * 1024 * 1024
    per_host: int = 2
    concurrency: int = 100
    # Seconds for which a request may hold a place that others wait for, at most.
    patience: float = 3.0


@asynccontextmanager
async def open_fetcher(http: HttpSettings, clock: Clock) -> AsyncIterator["Fetcher"]:
    """Open a guarded client as the configuration says, and fetch with it."""
    limits = FetchLimits(
        seconds=http.timeout,
        connect_seconds=min(10.0, http.timeout),
        read_seconds=min(15.0, http.timeout),
        bytes=http.max_bytes,
        per_host=http.per_host,
        concurrency=http.concurrency,
    )
    async with open_client(
        Guard(http.allow_networks),
        user_agent=user_agent(version("wirewatch"), http.contact),
        timeout=http.timeout,
        limits=httpx.Limits(max_connections=http.concurrency * 2, keepalive_expiry=_KEPT_OPEN),
        proxy=http.proxy_address,
    ) as client:
        yield Fetcher(client, limits, clock)


class Fetcher:
    """Fetches feeds with one client; holds the places at each host and in all."""

    def __init__(self, client: httpx.AsyncClient, limits: FetchLimits, clock: Clock) -> None:
        self._client = client
        self._limits = limits
        self._clock = clock
        self._places = Places(limits.concurrency, limits.per_host)
        self._patience = Patience(limits.patience)
        self._timeout = httpx.Timeout(
            limits.seconds,
            connect=limits.connect_seconds,
            read=limits.read_seconds,
            pool=limits.seconds,
        )

    def place(self, host: str, *, slow: bool = False) -> AbstractAsyncContextManager[Place]:
        """Wait for a place at the host and for one of all; who holds it may fetch.

        `slow` marks a feed that was slow or failing last time: it waits among its like.
        """
        return self._places.hold(host, slow=slow)

    async def fetch(
        self,
        address: str,
        validators: Validators,
        credentials: Mapping[str, str] = NO_HEADERS,
        place: Place | None = None,
    ) -> Fetched:
        """Ask once for a feed, and return what became of it; never raises for what an outlet does.

        `credentials` are headers for the host of `address` alone: no redirect carries them elsewhere. Who holds the
        `place` too long gives way to those that wait, and may have to ask again (`Place.gave_up`).
        """
        started = self._clock.monotonic()
        try:
            async with bounded(self._limits.seconds, place, self._patience):
                fetched = await self._follow(address, validators, credentials)
        except TimeoutError:
            waited = min(self._clock.monotonic() - started, self._limits.seconds)
            fetched = Fetched("timeout", f"No whole answer within {waited:.3g} s", address=address)
        took = self._clock.monotonic() - started
        if place is None or not place.gave_up:
            metrics.FETCHES.labels(fetched.outcome).inc()
        if fetched.status is not None:
            self._patience.heard(took)
        return replace(fetched, seconds=took)

    async def post(self, address: str, form: Mapping[str, str]) -> bool:
        """Send a form, and return whether it was taken; never raises for what the other side does."""
        try:
            async with asyncio.timeout(self._limits.seconds):
                answer = await self._client.post(address, data=dict(form), timeout=self._timeout)
        except (TimeoutError, httpx.TransportError, httpx.InvalidURL, RefusedAddressError, ValueError):
            return False
        return answer.is_success

    async def _follow(self, address: str, validators: Validators, credentials: Mapping[str, str]) -> Fetched:
        here = address
        moved: str | None = None
        for_good = True
        for _ in range(MOST_REDIRECTS + 1):
            own = credentials if same_site(address, here) else NO_HEADERS
            answer = await self._ask(here, {**validators.headers(), **own})
            if isinstance(answer, Fetched):
                return replace(answer, moved=moved if answer.answered else None)
            status, location = answer
            there = _joined(here, location)
            if there is None:
                return Fetched("redirects", "Redirected to what is no address", status=status, address=here)
            if here.startswith("https:") and not there.startswith("https:"):
                return Fetched(
                    "insecure redirect",
                    f"{host_of(here)} redirects from https to http on {host_of(there)}, which is not followed",
                    status=status,
                    address=here,
                )
            for_good = for_good and status in _FOR_GOOD
            moved = there if for_good else moved
            here = there
        return Fetched("redirects", f"Redirected more than {MOST_REDIRECTS} times", address=here)

    async def _ask(self, address: str, asked_with: Mapping[str, str]) -> Fetched | tuple[int, str]:
        """Return the answer, or the status and location of a redirect."""
        headers = {"Accept": ACCEPT, "Accept-Encoding": ACCEPTED, **asked_with}
        try:
            async with self._client.stream(
                "GET", address, headers=headers, timeout=self._timeout
            ) as response:
                # httpx looks through all headers each time that it is asked for one.
                said = dict(response.headers.items())
                location = said.get("location")
                if response.status_code in _FOR_GOOD | _FOR_NOW and location:
                    return response.status_code, location
                return await self._read(address, response, said)
        except TooLargeError as error:
            return Fetched("too large", str(error), address=address)
        except EncodingError as error:
            return Fetched("encoding", str(error), address=address)
        except RefusedAddressError as error:
            return Fetched("address not allowed", str(error), address=address)
        except (httpx.TransportError, httpx.InvalidURL, ValueError) as error:
            return Fetched(_fault(error), _said(error), address=address)

    async def _read(self, address: str, response: httpx.Response, headers: Mapping[str, str]) -> Fetched:
        status = response.status_code
        outcome = outcome_of(status)
        now: datetime = self._clock.now()
        body = b""
        if outcome == "fetched":
            body = await self._body(response, headers)
        return Fetched(
            outcome=outcome,
            detail="" if outcome in {"fetched", "not modified"} else _status(response),
            status=status,
            body=body,
            content_type=headers.get("content-type", ""),
            validators=validators_of(headers),
            demand=demand_of(status, headers, now),
            link=headers.get("link", ""),
            address=address,
        )

    async def _body(self, response: httpx.Response, headers: Mapping[str, str]) -> bytes:
        length = headers.get("content-length", "")
        if length.isdecimal() and len(length) < 20 and int(length) > self._limits.bytes:
            raise TooLargeError(f"The answer is {length} bytes long; at most {self._limits.bytes} are read")
        sink = sink_for(headers.get("content-encoding", ""), self._limits.bytes)
        async for chunk in response.aiter_raw():
            sink.take(chunk)
        return sink.body()


def _joined(here: str, location: str) -> str | None:
    """Return where a redirect leads, where that is on the web."""
    try:
        there = urljoin(here, location.strip())
        parts = urlsplit(there)
    except ValueError:
        return None
    return there if parts.scheme in {"http", "https"} and parts.hostname else None


def _status(response: httpx.Response) -> str:
    reason = response.reason_phrase[:60]
    return f"{response.url.host} answers {response.status_code} {reason}".rstrip()


def _fault(error: Exception) -> Outcome:
    said = str(error)
    if isinstance(error, httpx.ConnectError) and ("certificate" in said or said.startswith("TLS")):
        return "tls"
    if isinstance(error, httpx.TimeoutException):
        return "timeout"
    return "unreachable" if isinstance(error, httpx.ConnectError | httpx.UnsupportedProtocol) else "broken"


def _said(error: Exception) -> str:
    """Return the fault in words; the texts of errors about addresses may quote them and are not used."""
    if isinstance(error, httpx.TransportError):
        return str(error) or "The connection failed"
    return "The address is not valid"

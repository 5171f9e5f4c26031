"""One request to one endpoint, and its reply as far as it is read.

The address is a secret: nothing here puts more of it than the host into words.
"""

import asyncio
import ssl
from collections.abc import Callable
from functools import lru_cache
from typing import Final, Literal

import httpx
from msgspec import Struct

from alerts.schedule import WORDS, Answer, Reason, judge_status, pause, retry_after
from wirewatch.clock import Clock
from wirewatch.errors import RefusedAddressError
from wirewatch.network import Guard, host_of
from wirewatch.settings import EndpointSettings, Secret

CONNECT_TIMEOUT: Final = 5.0
# From the first byte sent to the last one read.
TIMEOUT: Final = 15.0
# An answer is a word or two, or the message that was posted; what is longer is not read.
MOST_ANSWER_BYTES: Final = 64 * 1024


class Post(Struct, frozen=True):
    """What an HTTP endpoint is sent."""

    body: bytes
    headers: dict[str, str]
    method: Literal["POST", "PATCH"] = "POST"


class Reply(Struct, frozen=True):
    """What came back: a status with what was read of the body; or the fault that kept it away."""

    status: int | None
    body: bytes
    # Seconds to leave the endpoint alone for: where it did not take it, and where it did.
    retry_after: float | None
    pause: float | None
    seconds: float
    fault: tuple[Reason, str] | None = None


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


Judge = Callable[[int, bytes], tuple[Reason, str]]


async def exchange(post: Post, address: httpx.URL | str, wire: Wire) -> Reply:
    """Send a request once, and return what came back."""
    began = wire.clock.monotonic()
    status: int | None = None
    rest: float | None = None
    spent: float | None = None
    fault: tuple[Reason, str] | None = None
    body = bytearray()
    try:
        async with (
            asyncio.timeout(wire.timeout),
            wire.client.stream(
                post.method,
                address,
                content=post.body,
                headers=post.headers,
                timeout=httpx.Timeout(wire.timeout, connect=CONNECT_TIMEOUT),
            ) as response,
        ):
            status = response.status_code
            rest = retry_after(response.headers, wire.clock.now())
            spent = pause(response.headers, wire.clock.now())
            async for chunk in response.aiter_raw():
                body += chunk[: MOST_ANSWER_BYTES - len(body)]
                if len(body) >= MOST_ANSWER_BYTES:
                    break
    except (httpx.HTTPError, httpx.InvalidURL, RefusedAddressError, TimeoutError) as error:
        # Once there is a status it decides: an answer that ends in the middle was an answer.
        fault = _fault(error) if status is None else None
    return Reply(status, bytes(body), rest, spent, wire.clock.monotonic() - began, fault)


def by_status(status: int, _body: bytes) -> tuple[Reason, str]:
    """Return what an answer means where its status says all, and nothing more to say of it."""
    return judge_status(status), ""


def answered(reply: Reply, endpoint: EndpointSettings, judge: Judge = by_status) -> Answer:
    """Return what a reply means, in words that name the endpoint's host and nothing else of its address."""
    host = _host(endpoint.url)
    if reply.fault is not None:
        reason, said = reply.fault
        return Answer(reason, f"{host}: {said}", None, reply.seconds)
    reason, said = judge(reply.status or 0, reply.body)
    detail = said or f"{WORDS[reason]}, status {reply.status}"
    rest = reply.pause if reason == "accepted" else reply.retry_after
    return Answer(reason, f"{host}: {detail}", reply.status, reply.seconds, rest)


@lru_cache(maxsize=1024)
def address_of(url: Secret) -> httpx.URL | str:
    """Return an endpoint's address; one that is none is told by the client."""
    try:
        return httpx.URL(url.reveal())
    except httpx.InvalidURL:
        return url.reveal()


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

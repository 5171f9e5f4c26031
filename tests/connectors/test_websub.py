"""Hubs: subscribed, verified, listened to when they sign, and done without when they do not answer."""

import asyncio
import hashlib
import hmac
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from ipaddress import ip_network
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from connectors.fetch import Fetcher, FetchLimits
from connectors.hubs import CallbackServer, Hubs
from connectors.items import HubLinks
from connectors.poller import Poller
from connectors.websub import (
    LEASE,
    HubSays,
    Subscription,
    asked,
    check_after,
    failed,
    hub_links,
    is_due,
    is_granted,
    is_signed,
    refused,
    said_elsewhere,
    secret_of,
    token_of,
    verified,
)
from tests.connectors.feeds import DAY, news, rss
from tests.connectors.hub import Hub
from tests.connectors.loopback import Loopback, answers, reply
from tests.connectors.test_parse import read
from tests.connectors.test_poller import Memory, UnhurriedClock
from wirewatch.errors import BrokerError
from wirewatch.messages import PollRequest
from wirewatch.network import Guard, open_client
from wirewatch.settings import FeedSettings, Secret, WebSubSettings

LINKS = HubLinks("https://hub.example/", "https://wire.example/feed")
KEY = "of all of our pollers"
SHARED = WebSubSettings(secret=Secret(KEY))
NEW = Subscription("feed", LINKS, "token", "secret")
QUESTION = {
    "hub.mode": "subscribe",
    "hub.topic": LINKS.topic,
    "hub.challenge": "c",
    "hub.lease_seconds": "86400",
}


def linked(hub: str, *items: int) -> bytes:
    head = (
        f'<atom:link xmlns:atom="http://www.w3.org/2005/Atom" rel="hub" href="{hub}"/>'
        '<atom:link xmlns:atom="http://www.w3.org/2005/Atom" rel="self" href="https://wire.example/feed"/>'
    )
    return rss([news(number) for number in items], head=head)


def test_a_feed_names_its_hub_in_every_format() -> None:
    assert (read(linked(LINKS.hub, 1)).hub, read(linked(LINKS.hub, 1)).topic) == (LINKS.hub, LINKS.topic)
    body = (
        '{"version": "https://jsonfeed.org/version/1.1", "title": "T", "feed_url": "https://wire.example/feed",'
        '"hubs": [{"type": "WebSub", "url": "https://hub.example/"}], "items": []}'
    )
    assert (read(body).hub, read(body).topic) == (LINKS.hub, LINKS.topic)


@pytest.mark.parametrize(
    ("header", "links"),
    [
        ('<https://hub.example/>; rel="hub", </feed>; rel="self"', LINKS),
        (
            '<https://hub.example/>; rel=hub; title="a, b", <https://wire.example/feed>; rel="self canonical"',
            LINKS,
        ),
        (
            f'<https://hub.example/>; title="{"long" * 60}"; type="text/html"; hreflang=en; rel="hub", </feed>; rel=self',
            LINKS,
        ),
        ("", HubLinks("https://own.example/hub", "https://wire.example/feed")),
        ('<javascript:x>; rel="hub"', None),
    ],
)
def test_a_header_names_the_hub_before_the_feed_does(header: str, links: HubLinks | None) -> None:
    own = HubLinks("https://own.example/hub", "")
    assert hub_links(own, header, "https://wire.example/feed") == links


def test_a_hub_at_an_address_that_is_none_is_no_hub() -> None:
    assert hub_links(HubLinks("http://[", "https://outlet.example/"), "", "https://outlet.example/") is None
    assert hub_links(HubLinks("https://hub.example/", "http://[x"), "", "https://outlet.example/") is None


def test_a_feed_without_hub_has_none() -> None:
    assert hub_links(None, "", "https://wire.example/feed") is None


def test_a_granted_lease_is_renewed_before_it_ends() -> None:
    granted = verified(asked(NEW, DAY), QUESTION, DAY)
    assert granted is not None
    assert is_granted(granted, DAY + timedelta(hours=23))
    assert not is_due(granted, DAY + timedelta(hours=17))
    assert is_due(granted, DAY + timedelta(hours=18))
    assert not is_granted(granted, DAY + timedelta(days=1))


def test_a_renewal_that_fails_leaves_the_lease_to_its_end() -> None:
    granted = verified(asked(NEW, DAY), QUESTION, DAY)
    assert granted is not None
    later = DAY + timedelta(hours=18)
    assert is_granted(failed(asked(granted, later), later), later)


@pytest.mark.parametrize("lease", ["", "soon", "0", "99999999999"])
def test_a_lease_that_makes_no_sense_is_one_of_a_length_that_does(lease: str) -> None:
    granted = verified(asked(NEW, DAY), {**QUESTION, "hub.lease_seconds": lease}, DAY)
    assert granted is not None
    assert granted.until is not None
    assert timedelta() < granted.until - DAY <= LEASE


@pytest.mark.parametrize(
    ("state", "changes"),
    [
        (NEW, {}),
        (refused(NEW, DAY), {}),
        (asked(NEW, DAY), {"hub.topic": "https://other.example/"}),
        (asked(NEW, DAY), {"hub.mode": "unsubscribe"}),
        (asked(NEW, DAY), {"hub.challenge": ""}),
    ],
)
def test_what_nobody_asked_for_is_not_confirmed(state: Subscription, changes: dict[str, str]) -> None:
    assert verified(state, {**QUESTION, **changes}, DAY) is None


def test_a_hub_that_refuses_is_asked_again_a_day_later() -> None:
    after = verified(asked(NEW, DAY), {"hub.mode": "denied", "hub.topic": LINKS.topic}, DAY)
    assert after is not None
    assert after.state == "refused"
    assert not is_due(after, DAY + timedelta(hours=23))
    assert is_due(after, DAY + timedelta(days=1))


@given(st.binary(max_size=50), st.text(max_size=80))
def test_no_signature_but_the_hubs_is_one(body: bytes, signature: str) -> None:
    assert not is_signed(body, signature, "secret")


@given(st.floats(min_value=60, max_value=86_400))
def test_a_check_is_never_more_frequent_than_polling(interval: float) -> None:
    assert check_after(interval) >= interval


# --- on loopback -----------------------------------------------------------------------------------------------------


class PatientClock(UnhurriedClock):
    """Does not move on by itself."""

    async def sleep(self, seconds: float) -> None:
        if seconds > 0:
            await asyncio.Event().wait()
        await super().sleep(0)

    async def rest(self) -> None:
        await self.sleep(0)


class Desk:
    """A poller with its hubs, and what it handed over."""

    def __init__(self, memory: Memory, clock: PatientClock, poller: Poller, hubs: Hubs) -> None:
        self.memory = memory
        self.clock = clock
        self.poller = poller
        self.hubs = hubs

    @property
    def titles(self) -> list[str]:
        return [story.title for story in self.memory.stories]

    async def until(self, count: int) -> None:
        """Wait until so many stories were told."""
        async with asyncio.timeout(5):
            while len(self.memory.stories) < count:
                await self.clock.rest()


@pytest.mark.parametrize(
    "change", [{"hub.topic": "https://other.example/"}, {"hub.mode": "x"}, {"hub.challenge": ""}]
)
def test_what_none_of_our_pollers_asked_for_is_not_confirmed_by_another(change: dict[str, str]) -> None:
    token = token_of(KEY, "feed-1", LINKS)
    assert said_elsewhere(KEY, token, QUESTION) == HubSays("feed-1", 86_400)
    assert said_elsewhere(KEY, token, {**QUESTION, **change}) is None
    assert said_elsewhere("another key of ours", token, QUESTION) is None
    assert said_elsewhere(KEY, token.replace("feed-1", "feed-2"), QUESTION) is None


@given(st.text(max_size=80))
def test_a_token_that_is_made_up_is_none_of_ours(token: str) -> None:
    assert said_elsewhere(KEY, token, QUESTION) is None


def test_each_hub_of_a_feed_signs_with_a_secret_of_its_own() -> None:
    other = replace(LINKS, hub="https://hub-2.example/")
    assert secret_of(KEY, token_of(KEY, "f", LINKS)) != secret_of(KEY, token_of(KEY, "f", other))


async def test_a_poller_that_does_not_hold_the_feed_answers_for_the_one_that_does() -> None:
    told: list[PollRequest] = []

    async def relay(request: PollRequest) -> None:
        told.append(request)

    async with Hub() as hub, Loopback(answers(reply(linked(hub.url, 1)))) as outlet:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            elsewhere = f"127.0.0.1:{free.getsockname()[1]}"
        async with polling(outlet, elsewhere) as desk, beside(elsewhere, relay) as (other, clock):
            await asyncio.wait_for(hub.subscribed.wait(), 5)
            (feed,) = desk.poller.states
            assert hub.answers == [(200, "a challenge & more")]
            assert [(request.feed, request.lease) for request in told] == [(feed, 86_400)]
            assert not desk.hubs.granted(feed)
            desk.poller.hub_said(feed, 86_400)
            assert desk.hubs.granted(feed)
            assert await hub.push(linked(hub.url, 2), secret="guessed") == 410
            assert await hub.push(linked(hub.url, 2)) == 202
            assert [(request.feed, request.lease) for request in told[1:]] == [(feed, None)]
            assert not other.granted(feed)
            assert clock.now() == told[-1].at


async def test_a_hub_comes_again_where_the_holder_cannot_be_told() -> None:
    async def broken(_request: PollRequest) -> None:
        raise BrokerError("Kafka is away")

    hubs = Hubs(cast(Fetcher, None), SHARED, PatientClock(), broken)
    token = token_of(KEY, "feed-1", LINKS)
    signature = "sha256=" + hmac.new(secret_of(KEY, token).encode(), b"x", hashlib.sha256).hexdigest()
    headers = {"x-hub-signature": signature}
    assert await hubs.receive(token, b"x", headers, lambda *_: False) == 503
    assert await hubs.confirm(token, QUESTION) is None


async def test_a_push_to_a_callback_of_before_a_restart_is_told_where_the_feed_is_held() -> None:
    hubs = Hubs(cast(Fetcher, None), SHARED, PatientClock())
    token = token_of(KEY, "feed-1", LINKS)
    signature = "sha256=" + hmac.new(secret_of(KEY, token).encode(), b"x", hashlib.sha256).hexdigest()
    taken = []

    def take(feed: str, body: bytes, _kind: str) -> bool:
        taken.append((feed, body))
        return True

    assert await hubs.receive(token, b"x", {"x-hub-signature": signature}, take) == 202
    assert taken == [("feed-1", b"x")]


@asynccontextmanager
async def beside(
    listen: str, relay: Callable[[PollRequest], Awaitable[None]]
) -> AsyncIterator[tuple[Hubs, PatientClock]]:
    """Another poller behind the same callback, which holds no feed."""
    clock = PatientClock()
    hubs = Hubs(cast(Fetcher, None), SHARED, clock, relay)
    async with CallbackServer(hubs, lambda *_: False, listen, 100_000, shared=True):
        yield hubs, clock


@asynccontextmanager
async def polling(outlet: Loopback, callback: str | None = None) -> AsyncIterator[Desk]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        listen = f"127.0.0.1:{free.getsockname()[1]}"
    clock, stop = PatientClock(), asyncio.Event()
    memory = Memory(1_000, stop)
    feed = FeedSettings(outlet.url(), "Outlet", interval=60)
    async with open_client(Guard([ip_network("127.0.0.0/8")]), user_agent="Wirewatch/test") as client:
        fetcher = Fetcher(client, FetchLimits(seconds=5), clock)
        secret = SHARED.secret if callback else None
        hubs = Hubs(fetcher, WebSubSettings(f"http://{callback or listen}/websub/", listen, secret), clock)
        poller = Poller([feed], fetcher, memory, clock, lambda: 0.0, hubs=hubs)
        async with CallbackServer(hubs, poller.push, listen, 100_000):
            poller.take({})
            running = asyncio.create_task(poller.run(stop))
            yield Desk(memory, clock, poller, hubs)
            stop.set()
            await running


async def test_a_feed_with_a_hub_is_subscribed_and_its_pushes_are_told() -> None:
    async with Hub() as hub, Loopback(answers(reply(linked(hub.url, 1)))) as outlet, polling(outlet) as desk:
        await asyncio.wait_for(hub.subscribed.wait(), 5)
        (form,) = hub.forms
        assert (form["hub.mode"], form["hub.topic"]) == ("subscribe", "https://wire.example/feed")
        assert form["hub.callback"].startswith("http://127.0.0.1:")
        assert hub.answers == [(200, "a challenge & more")]
        assert await hub.push(linked(hub.url, 2)) == 202
        await desk.until(2)
        assert await hub.push(linked(hub.url, 3, 2), method="sha1") == 202
        await desk.until(3)
        assert desk.titles == ["Story number 1", "Story number 2", "Story number 3"]
        assert [story.first_poll for story in desk.memory.stories] == [True, False, False]
        assert len(outlet.requests) == 1
        (state,) = desk.poller.states.values()
        assert (state.health, state.gaps) == ("ok", 0)


async def test_a_push_without_the_hubs_signature_is_not_listened_to() -> None:
    async with Hub() as hub, Loopback(answers(reply(linked(hub.url, 1)))) as outlet, polling(outlet) as desk:
        await asyncio.wait_for(hub.subscribed.wait(), 5)
        assert await hub.push(linked(hub.url, 9), secret="guessed") == 202
        assert await hub.push(b"not a feed at all") == 202
        assert await hub.push(linked(hub.url, 2)) == 202
        await desk.until(2)
        assert desk.titles == ["Story number 1", "Story number 2"]


async def test_a_callback_that_nobody_knows_is_gone() -> None:
    async with Hub() as hub, Loopback(answers(reply(linked(hub.url, 1)))) as outlet, polling(outlet):
        await asyncio.wait_for(hub.subscribed.wait(), 5)
        form = {**hub.forms[0], "hub.callback": hub.forms[0]["hub.callback"] + "x"}
        await hub.verify(form)
        await hub.verify(hub.forms[0], topic="https://other.example/")
        assert [status for status, _ in hub.answers] == [200, 404, 404]
        hub.forms.append(form)
        assert await hub.push(b"x") == 410


@pytest.mark.parametrize("hub", [{"status": 500}, {"deny": True}])
async def test_a_hub_that_takes_no_subscription_leaves_the_feed_to_polling(hub: dict[str, int]) -> None:
    async with (
        Hub(**hub) as refusing,  # type: ignore[arg-type] # one of its settings by name
        Loopback(answers(reply(linked(refusing.url, 1)))) as outlet,
        polling(outlet) as desk,
    ):
        await desk.until(1)
        async with asyncio.timeout(5):
            while not refusing.forms or (refusing.deny and not refusing.answers):
                await desk.clock.rest()
        (name,) = desk.poller.states
        assert not desk.hubs.granted(name)
        assert desk.poller.states[name].due <= desk.clock.now() + timedelta(seconds=70)


async def test_a_feed_whose_hub_tells_of_news_is_asked_seldom() -> None:
    async with Hub() as hub, Loopback(answers(reply(linked(hub.url, 1)))) as outlet, polling(outlet) as desk:
        await asyncio.wait_for(hub.subscribed.wait(), 5)
        (name,) = desk.poller.states
        await desk.until(1)
        desk.clock.advance(61)
        await hub.push(linked(hub.url, 2))
        await desk.until(2)
        async with asyncio.timeout(5):
            while desk.poller.states[name].why_due != "hub: it tells of news":
                await desk.clock.rest()
        assert desk.poller.states[name].due >= desk.clock.now() + timedelta(seconds=170)


def test_a_subscription_shows_no_secret_in_a_state() -> None:
    assert not any("secret" in name for name in replace(NEW).links.__struct_fields__)

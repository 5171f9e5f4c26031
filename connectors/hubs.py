"""Subscriptions at hubs: asks for them, answers the hubs' questions, and hands on what they push.

Where several pollers stand behind one callback, a hub's call may reach one that does not hold the feed. With a key of
theirs in common it knows the call for one of theirs, and tells the holder, through Kafka, to look.
"""

import logging
import secrets
from collections.abc import Awaitable, Callable
from typing import Final

from aiohttp import web

from connectors.fetch import Fetcher
from connectors.items import HubLinks
from connectors.websub import (
    LEASE,
    Subscription,
    asked,
    failed,
    feed_of_token,
    is_due,
    is_granted,
    is_signed,
    said_elsewhere,
    secret_of,
    token_of,
    told_elsewhere,
    verified,
)
from wirewatch.clock import Clock
from wirewatch.errors import BrokerError, SettingsError
from wirewatch.messages import PollRequest
from wirewatch.network import host_of
from wirewatch.settings import WebSubSettings

_log = logging.getLogger("wirewatch.poll")
# Takes a push: the feed, the body, its type; False where the feed is not held here.
Take = Callable[[str, bytes, str], bool]
# Sends a request to the poller that holds its feed; raises a BrokerError where it cannot be sent.
Relay = Callable[[PollRequest], Awaitable[None]]
_HUB: Final = "its hub"


class Hubs:
    """All subscriptions of this poller. They last as long as it does: a new one asks anew."""

    def __init__(
        self, fetcher: Fetcher, settings: WebSubSettings, clock: Clock, relay: Relay | None = None
    ) -> None:
        self._fetcher = fetcher
        self._relay = relay
        self._key = settings.secret.reveal() if settings.secret else ""
        self._callback = (settings.callback or "").rstrip("/")
        self._clock = clock
        self._by_feed: dict[str, Subscription] = {}
        self._by_token: dict[str, str] = {}

    def granted(self, feed: str) -> bool:
        """Whether a hub tells of this feed's news by now."""
        known = self._by_feed.get(feed)
        return known is not None and is_granted(known, self._clock.now())

    async def keep(self, feed: str, links: HubLinks | None) -> None:
        """See that a feed that names a hub is subscribed; whatever the hub does, the feed is polled."""
        known = self._by_feed.get(feed)
        if known is not None and known.links != links:
            self.drop(feed)
            known = None
        if links is None:
            return
        if known is None:
            known = self._new(feed, links)
            self._by_token[known.token] = feed
        if not is_due(known, self._clock.now()):
            self._by_feed[feed] = known
            return
        # Before it is sent: some hubs ask back before they answer.
        self._by_feed[feed] = asked(known, self._clock.now())
        if not await self._ask(known):
            self._by_feed[feed] = failed(self._by_feed[feed], self._clock.now())

    def drop(self, feed: str) -> None:
        """Forget a feed's subscription; its hub is told so when it next pushes."""
        known = self._by_feed.pop(feed, None)
        if known is not None:
            self._by_token.pop(known.token, None)

    def heard(self, feed: str, lease: float) -> None:
        """Learn what a hub said to another poller."""
        known = self._by_feed.get(feed)
        if known is not None:
            self._by_feed[feed] = told_elsewhere(known, lease, self._clock.now())

    async def confirm(self, token: str, query: dict[str, str]) -> str | None:
        """Return what to answer to a hub's question, None where nobody asked for what it asks about."""
        known = self._known(token)
        if known is None:
            said = said_elsewhere(self._key, token, query) if self._key else None
            told = said is not None and await self._tell(said.feed, said.lease)
            return query.get("hub.challenge", "") if told else None
        after = verified(known, query, self._clock.now())
        if after is None:
            return None
        self._by_feed[after.feed] = after
        if after.state == "refused":
            _log.warning("The hub %s refuses a subscription; the feed is polled", host_of(after.links.hub))
        return query.get("hub.challenge", "")

    async def receive(self, token: str, body: bytes, headers: dict[str, str], take: Take) -> int:
        """Return the status to answer to a push; one that is not signed as it should be is not listened to."""
        known = self._known(token)
        signature = headers.get("x-hub-signature", "")
        if known is None and not (self._key and is_signed(body, signature, secret_of(self._key, token))):
            return 410
        if known is not None and not is_signed(body, signature, known.secret):
            _log.warning("A push to the feed of %s has no signature of its hub", host_of(known.links.topic))
            return 202
        feed = known.feed if known else feed_of_token(token)
        if take(feed, body, headers.get("content-type", "")):
            return 202
        if not self._key:
            return 410
        # Who cannot tell the holder asks the hub to come again.
        return 202 if await self._tell(feed) else 503

    def _known(self, token: str) -> Subscription | None:
        return self._by_feed.get(self._by_token.get(token, ""))

    def _new(self, feed: str, links: HubLinks) -> Subscription:
        if not self._key:
            return Subscription(feed, links, secrets.token_urlsafe(24), secrets.token_hex(32))
        token = token_of(self._key, feed, links)
        return Subscription(feed, links, token, secret_of(self._key, token))

    async def _tell(self, feed: str, lease: float | None = None) -> bool:
        """Tell the poller that holds a feed what its hub said; False where it cannot be told."""
        if self._relay is None:
            return False
        try:
            await self._relay(PollRequest(feed, _HUB, self._clock.now(), lease))
        except BrokerError as error:
            _log.warning("What a hub says cannot be told to the poller that holds the feed: %s", error)
            return False
        return True

    async def _ask(self, known: Subscription) -> bool:
        form = {
            "hub.mode": "subscribe",
            "hub.topic": known.links.topic,
            "hub.callback": f"{self._callback}/{known.token}",
            "hub.lease_seconds": str(int(LEASE.total_seconds())),
            "hub.secret": known.secret,
        }
        taken = await self._fetcher.post(known.links.hub, form)
        if not taken:
            _log.warning("The hub %s takes no subscription; the feed is polled", host_of(known.links.hub))
        return taken


class CallbackServer:
    """Listens for hubs: `async with CallbackServer(...)`."""

    def __init__(self, hubs: Hubs, take: Take, listen: str, most_bytes: int, *, shared: bool = False) -> None:
        self._hubs = hubs
        self._take = take
        self._host, _, port = listen.rpartition(":")
        self._port = int(port)
        # Several pollers of one machine take turns at one port; each can answer for the others.
        self._shared = shared
        app = web.Application(client_max_size=most_bytes)
        app.router.add_get("/{path:.*}", self._question)
        app.router.add_post("/{path:.*}", self._push)
        self._runner = web.AppRunner(app, access_log=None)

    @property
    def port(self) -> int:
        """The port that it listens on."""
        return int(self._runner.addresses[0][1])

    async def __aenter__(self) -> "CallbackServer":
        """Listen.

        Raises:
            SettingsError: it cannot.
        """
        await self._runner.setup()
        try:
            await web.TCPSite(
                self._runner, self._host.strip("[]"), self._port, reuse_port=self._shared
            ).start()
        except OSError as error:
            await self._runner.cleanup()
            said = error.strerror or error
            raise SettingsError(
                f"[websub] listen: {self._host}:{self._port} cannot be used: {said}"
            ) from error
        return self

    async def __aexit__(self, *_: object) -> None:
        """End."""
        await self._runner.cleanup()

    async def _question(self, request: web.Request) -> web.Response:
        challenge = await self._hubs.confirm(_token(request), dict(request.query))
        return web.Response(status=404) if challenge is None else web.Response(text=challenge)

    async def _push(self, request: web.Request) -> web.Response:
        body = await request.read()
        headers = {name.lower(): value for name, value in request.headers.items()}
        return web.Response(status=await self._hubs.receive(_token(request), body, headers, self._take))


def _token(request: web.Request) -> str:
    return request.match_info["path"].rpartition("/")[2]

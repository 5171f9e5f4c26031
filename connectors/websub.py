"""WebSub: what a feed says of its hub, what a subscription needs next, and whether a push is the hub's. Pure.

https://www.w3.org/TR/websub/.
"""

import hashlib
import hmac
import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final, Literal
from urllib.parse import urljoin, urlsplit

from msgspec import Struct
from msgspec.structs import replace

from connectors.items import HubLinks

LEASE: Final = timedelta(days=5)
SHORTEST_LEASE: Final = timedelta(minutes=10)
# Renewed when this share of a lease is over; asked again after a failure, and after a refusal.
_RENEW: Final = 0.75
_AGAIN: Final = timedelta(minutes=30)
_REFUSED: Final = timedelta(days=1)
# With a hub that tells of news, the feed is asked seldom: so many times its interval, at most so long.
_CHECK: Final = 4
_RAREST_CHECK: Final = 1_800.0
_LINK: Final = re.compile(r"<([^<>]{1,2000})>((?:[^,\"<]|\"[^\"]{0,500}\"){0,400})")
_REL: Final = re.compile(r";\s*rel\s*=\s*\"?([^\";]{1,100})", re.IGNORECASE)
_HASHES: Final = frozenset(["sha1", "sha256", "sha384", "sha512"])


class HubSays(Struct, frozen=True):
    """What a hub asks a poller that does not hold the feed: the feed, and for how long it grants; 0 where it refuses."""

    feed: str
    lease: float


class Subscription(Struct, frozen=True):
    """What is known of a feed's subscription: asked for, granted until, or refused."""

    feed: str
    links: HubLinks
    # The last part of the callback's address, which nobody can guess; and what the hub signs with.
    token: str
    secret: str
    state: Literal["new", "asked", "granted", "failed", "refused"] = "new"
    # When it is to be asked for next, and when what was granted ends.
    due: datetime | None = None
    until: datetime | None = None
    pushes: int = 0


def token_of(key: str, feed: str, links: HubLinks) -> str:
    """Return the end of a callback's address that every poller with this key knows for one of theirs."""
    hub = _mac(key, "hub", links.hub)[:16]
    return f"{feed}.{hub}.{_mac(key, 'callback', feed, hub, links.topic)[:32]}"


def feed_of_token(token: str) -> str:
    """Return the feed that a token names, as it says."""
    return token.partition(".")[0]


def secret_of(key: str, token: str) -> str:
    """Return what a hub signs with that was given this token."""
    return _mac(key, "secret", token)


def said_elsewhere(key: str, token: str, query: Mapping[str, str]) -> HubSays | None:
    """Return what a hub says to another poller than the one that asked it; None where none of ours asked."""
    feed, _, rest = token.partition(".")
    hub, _, mac = rest.partition(".")
    wanted = _mac(key, "callback", feed, hub, query.get("hub.topic", ""))[:32]
    if not hmac.compare_digest(wanted.encode(), mac.encode("utf-8", "replace")):
        return None
    match query.get("hub.mode"):
        case "denied":
            return HubSays(feed, 0.0)
        case "subscribe" if query.get("hub.challenge"):
            return HubSays(feed, _lease(query).total_seconds())
        case _:
            return None


def told_elsewhere(subscription: Subscription, lease: float, now: datetime) -> Subscription:
    """Return the subscription after what its hub said to another poller."""
    if lease <= 0:
        return refused(subscription, now)
    if subscription.state not in {"asked", "granted"}:
        return subscription
    return _granted(subscription, timedelta(seconds=lease), now)


def hub_links(found: HubLinks | None, header: str, base: str) -> HubLinks | None:
    """Return hub and topic: by the answer's Link header, which counts before the feed's own words."""
    said = {
        rel: target
        for target, about in _LINK.findall(header[:8_000])
        for rels in _REL.findall(about)
        for rel in rels.lower().split()
    }
    hub = said.get("hub") or (found.hub if found else None)
    topic = said.get("self") or (found.topic if found else "") or base
    if hub is None:
        return None
    there, name = _on_the_web(base, hub), _on_the_web(base, topic)
    return HubLinks(there, name) if there and name else None


def is_due(subscription: Subscription, now: datetime) -> bool:
    """Whether a subscription is to be asked for."""
    return subscription.due is None or subscription.due <= now


def asked(subscription: Subscription, now: datetime) -> Subscription:
    """Return a subscription that was asked for; one that runs on is renewed meanwhile."""
    state = "granted" if is_granted(subscription, now) else "asked"
    return replace(subscription, state=state, due=now + _AGAIN)


def failed(subscription: Subscription, now: datetime) -> Subscription:
    """Return a subscription that the hub did not take; what it granted before goes on to its end."""
    if is_granted(subscription, now):
        return replace(subscription, due=now + _AGAIN)
    return replace(subscription, state="failed", due=now + _AGAIN)


def refused(subscription: Subscription, now: datetime) -> Subscription:
    """Return a subscription that the hub denied: polled from now on, and asked for again tomorrow."""
    return replace(subscription, state="refused", due=now + _REFUSED, until=None)


def verified(subscription: Subscription, query: Mapping[str, str], now: datetime) -> Subscription | None:
    """Return the subscription as the hub's question makes it, None where nobody asked for what it asks about."""
    if subscription.links.topic != query.get("hub.topic"):
        return None
    match query.get("hub.mode"):
        case "denied":
            return refused(subscription, now)
        case "subscribe" if query.get("hub.challenge") and subscription.state in {"asked", "granted"}:
            return _granted(subscription, _lease(query), now)
        case _:
            return None


def is_granted(subscription: Subscription, now: datetime) -> bool:
    """Whether the hub tells of news by now."""
    return subscription.until is not None and subscription.until > now


def is_signed(body: bytes, signature: str, secret: str) -> bool:
    """Whether a push carries the hub's signature over these very bytes."""
    name, _, digest = signature.strip().partition("=")
    if name.lower() not in _HASHES:
        return False
    wanted = hmac.new(secret.encode(), body, getattr(hashlib, name.lower())).hexdigest()
    return hmac.compare_digest(wanted, digest.strip().lower().encode("ascii", "replace").decode("ascii"))


def check_after(interval: float) -> float:
    """Return after how many seconds a feed is asked although its hub tells of news."""
    return max(interval, min(_CHECK * interval, _RAREST_CHECK))


def _lease(query: Mapping[str, str]) -> timedelta:
    given = query.get("hub.lease_seconds", "")
    lease = timedelta(seconds=int(given)) if given.isdecimal() and len(given) < 9 else LEASE
    return max(lease, SHORTEST_LEASE)


def _granted(subscription: Subscription, lease: timedelta, now: datetime) -> Subscription:
    return replace(subscription, state="granted", due=now + lease * _RENEW, until=now + lease)


def _mac(key: str, *parts: str) -> str:
    return hmac.new(key.encode(), "\x1f".join(parts).encode("utf-8", "replace"), hashlib.sha256).hexdigest()


def _on_the_web(base: str, address: str) -> str | None:
    """Return the absolute address, where it is one of the web."""
    try:
        there = urljoin(base, address)
        parts = urlsplit(there)
    except ValueError:
        return None
    return there if parts.scheme in {"http", "https"} and parts.hostname else None

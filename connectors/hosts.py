"""Whose requests an outlet counts: a feed's, a host's or a whole domain's, as its answers show. Pure but for memory."""

from datetime import datetime, timedelta
from functools import lru_cache
from typing import Final

from msgspec import Struct
from tld import get_fld

from connectors.answer import Fetched
from wirewatch.messages import FeedState

# Two that were told "too many" within this time are counted together.
_TOGETHER: Final = timedelta(hours=1)


class Hold(Struct, frozen=True):
    """Until when a host is to be left alone, and whose requests are counted: its own, or its domain's."""

    until: datetime
    scope: str


class _Told(Struct, frozen=True):
    host: str
    at: datetime
    until: datetime


@lru_cache(maxsize=4_096)
def registered_domain(host: str) -> str:
    """Return the part of a host's name that somebody registered: "bbc.co.uk" for "feeds.bbc.co.uk".

    By the public suffix list; what its private part lists ("github.io") has one doorkeeper and counts as one.
    """
    name = host.lower().rstrip(".")
    labels = name.split(".")
    if ":" in name or labels[-1].isdigit() or len(labels) < 3:
        return name
    found = get_fld(f"https://{name}", fail_silently=True, search_private=False)
    # By the list's own rule for an ending that it does not know.
    return found or ".".join(labels[-2:])


class HostLimits:
    """Remembers which feeds were limited, and says which hosts are to be left alone for it."""

    def __init__(self) -> None:
        # By domain, then by feed.
        self._limited: dict[str, dict[str, _Told]] = {}

    def heard(self, fetched: Fetched, host: str, after: FeedState, now: datetime) -> None:
        """Learn what a host answered for a feed, whose state it is after that."""
        if fetched.outcome == "limited":
            self.limited(host, after.feed, after.due, now)
        else:
            self.answered(host, after.feed)

    def limited(self, host: str, feed: str, until: datetime, now: datetime) -> None:
        """Learn that a feed was told to come again at `until`."""
        self._limited.setdefault(registered_domain(host), {})[feed] = _Told(host, now, until)

    def answered(self, host: str, feed: str) -> None:
        """Learn that a feed was answered: whatever limited it is over."""
        domain = registered_domain(host)
        feeds = self._limited.get(domain)
        if feeds is not None:
            feeds.pop(feed, None)
            if not feeds:
                del self._limited[domain]

    def held(self, host: str, now: datetime) -> Hold | None:
        """Return until when no feed of the host is to be asked; None where it may be."""
        domain = registered_domain(host)
        recent = [told for told in self._limited.get(domain, {}).values() if now - told.at < _TOGETHER]
        own = [told for told in recent if told.host == host]
        if len(own) > 1:
            return _held(own, host, now)
        # Two hosts of one domain that limit at the same time have one doorkeeper.
        return _held(recent, domain, now) if len({told.host for told in recent}) > 1 else None


def _held(told: list[_Told], scope: str, now: datetime) -> Hold | None:
    # The first that may come again finds out whether the outlet is friendly once more.
    until = min(one.until for one in told)
    return Hold(until, scope) if until > now else None

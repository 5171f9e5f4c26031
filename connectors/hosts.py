"""Whether a host limits its feeds one by one or all together, as its answers show. Pure but for what it remembers."""

from datetime import datetime, timedelta
from typing import Final

# Two feeds of one host that were told "too many" within this time: it counts the host's requests and not the feed's.
_TOGETHER: Final = timedelta(hours=1)


class HostLimits:
    """Remembers which feeds of a host were limited, and until when the host is to be left alone."""

    def __init__(self) -> None:
        self._limited: dict[str, dict[str, tuple[datetime, datetime]]] = {}

    def limited(self, host: str, feed: str, until: datetime, now: datetime) -> None:
        """Learn that a feed was told to come again at `until`."""
        self._limited.setdefault(host, {})[feed] = (now, until)

    def answered(self, host: str, feed: str) -> None:
        """Learn that a feed was answered: whatever limited it is over."""
        feeds = self._limited.get(host)
        if feeds is not None:
            feeds.pop(feed, None)
            if not feeds:
                del self._limited[host]

    def held_until(self, host: str, now: datetime) -> datetime | None:
        """Return until when no feed of the host is to be asked; None where it may be."""
        recent = [until for told, until in self._limited.get(host, {}).values() if now - told < _TOGETHER]
        # The first that may come again finds out whether the host is friendly once more.
        return min(recent) if len(recent) > 1 and min(recent) > now else None

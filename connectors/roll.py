"""Every feed that there is, with its state: those configured, and those added by command. Pure."""

from collections.abc import Iterable
from typing import Any

from msgspec import Struct

from connectors.entries import Standing, feed_of
from connectors.outcome import shown_address
from connectors.schedule import NEVER
from wirewatch.errors import InputError
from wirewatch.messages import FeedState
from wirewatch.settings import FeedSettings

_NOTHING = Standing()


class Listed(Struct, frozen=True):
    """A feed with its state, None where it was never polled."""

    feed: FeedSettings
    state: FeedState | None = None
    added: bool = False

    @property
    def url(self) -> str:
        """Return its address as it may be shown."""
        return self.state.url if self.state else shown_address(self.feed)

    def shown(self) -> dict[str, Any]:
        """Return it as plain values."""
        state = self.state or FeedState(self.feed.id, self.url, NEVER, "never polled")
        return {
            "id": self.feed.id,
            "name": self.feed.name,
            "url": self.url,
            "added": "command" if self.added else "configuration",
            "tags": list(self.feed.tags),
            "language": self.feed.language,
            "tier": self.feed.tier,
            "health": state.health,
            "format": state.format or None,
            "next_due": state.due if self.state else None,
            "reason": state.why_due,
            "interval": state.interval,
            "last_attempt": state.last_attempt,
            "last_success": state.last_success,
            "last_news": state.last_news,
            "last_error": state.last_error,
            "failures": state.failures,
            "stories": state.stories,
            "gaps": state.gaps,
            "last_gap": state.last_gap,
            "moved": state.moved,
            "problems": list(state.problems),
        }


def roll(feeds: Iterable[FeedSettings], standing: Standing = _NOTHING) -> list[Listed]:
    """Return all feeds, the configured ones first and in their order, each once."""
    configured = {feed.id: feed for feed in feeds}
    added = sorted(
        (feed_of(entry) for name, entry in standing.entries.items() if name not in configured),
        key=lambda feed: (feed.name, feed.id),
    )
    listed = [Listed(feed, standing.states.get(feed.id)) for feed in configured.values()]
    return listed + [Listed(feed, standing.states.get(feed.id), added=True) for feed in added]


def selected(listed: Iterable[Listed], wanted: str) -> Listed:
    """Return the feed with this id, address or name.

    Raises:
        InputError: there is none, or several have the name.
    """
    found = [each for each in listed if wanted in {each.feed.id, each.url, each.feed.address, each.feed.name}]
    if len(found) == 1:
        return found[0]
    if not found:
        raise InputError(f"There is no feed {wanted!r}; `wirewatch feeds list` names them")
    raise InputError(f"{len(found)} feeds are called {wanted!r}; give the address of one")

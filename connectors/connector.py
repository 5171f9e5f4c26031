"""What a kind of source is, besides the web: it says what there is, piece by piece. See docs/connectors.md."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime, timedelta
from typing import Final, Protocol

from msgspec import Struct
from msgspec.structs import replace

from connectors.outcome import Poll
from wirewatch.messages import FeedState
from wirewatch.settings import FeedSettings

# Seconds to the next look at a source that could not be used, or that gave what nobody can read.
_AFTER_FAILURE: Final = 30.0


class Collected(Struct, frozen=True):
    """One piece that a source gave; `done` is awaited when its stories are safe."""

    poll: Poll
    done: Callable[[], Awaitable[None]]


class Connector(Protocol):
    """A kind of source: a mailbox, a folder, an API."""

    # Seconds from one look to the next, where the user asks for no interval.
    every: float

    def check(self, address: str) -> str | None:
        """Return what is wrong with an address of this kind, None where it is well."""
        ...

    def collect(self, feed: FeedSettings, now: datetime) -> AsyncIterator[Collected]:
        """Return what there is by now, piece by piece; never raises for what the source does."""
        ...


def next_look(state: FeedState, every: float, now: datetime) -> FeedState:
    """Return the state with the time of the next look at a source that nobody has to be polite to."""
    wait = every if state.health not in {"failing", "gone"} else max(every, _AFTER_FAILURE)
    return replace(
        state,
        due=now + timedelta(seconds=wait),
        why_due=f"your interval: looked at every {wait:g} s",
        interval=wait,
    )


def looked_in_vain(state: FeedState, now: datetime) -> FeedState:
    """Return the state after a look that brought nothing: the source is there, which is news where it was not."""
    missing = (state.last_error or "").startswith("unreachable")
    if state.health != "new" and not missing:
        return state
    return replace(
        state, health="ok", known=True, failures=0, last_error=None, last_success=now, last_attempt=now
    )

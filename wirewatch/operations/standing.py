"""How a process stands towards Kafka, and what follows: is it ready, how far behind is it. Pure."""

from datetime import datetime, timedelta
from typing import Final

from msgspec import Struct

# Where something is to be read and nothing was acknowledged for so many seconds, commits do not move.
STILL_AFTER: Final = 45.0


class Place(Struct, frozen=True):
    """A partition that a process reads: where it ends, what is committed, when the newest handled message came.

    `end` is None before Kafka has told of it.
    """

    topic: str
    partition: int
    end: int | None
    committed: int
    handled: datetime | None = None

    @property
    def behind(self) -> int:
        """Return how many messages are still to be acknowledged."""
        return 0 if self.end is None else max(0, self.end - self.committed)


class Standing(Struct, frozen=True):
    """A process at one moment."""

    assigned: bool
    recovered: bool = True
    rebalancing: bool = False
    places: tuple[Place, ...] = ()


class Seen(Struct, frozen=True):
    """What is remembered of a partition: how far it was committed since when, and when it was last read to its end."""

    committed: int
    moved: datetime
    level: datetime | None


class Lag(Struct, frozen=True):
    """How far a topic is behind, over the partitions that a process holds."""

    messages: int
    seconds: float


class Verdict(Struct, frozen=True):
    """Whether a process is ready: the reasons why not, and its lag by topic."""

    reasons: tuple[str, ...]
    lags: dict[str, Lag]
    seen: dict[tuple[str, int], Seen]


NEW: Final = Verdict(("starting",), {}, {})


def judge(before: Verdict, standing: Standing | None, now: datetime) -> Verdict:
    """Return how a process stands now, given how it stood before."""
    if standing is None:
        return NEW
    seen = {(place.topic, place.partition): _see(before, place, now) for place in standing.places}
    lags: dict[str, Lag] = {}
    still = []
    for place in standing.places:
        memory = seen[place.topic, place.partition]
        seconds = _seconds(place, memory, now)
        whole = lags.get(place.topic, Lag(0, 0.0))
        lags[place.topic] = Lag(whole.messages + place.behind, max(whole.seconds, seconds))
        if place.behind and now - max(memory.moved, memory.level or memory.moved) > timedelta(
            seconds=STILL_AFTER
        ):
            still.append(place.topic)
    reasons = [
        reason
        for reason, holds in (
            ("not assigned", not standing.assigned),
            ("not recovered", not standing.recovered),
            ("rebalancing", standing.rebalancing),
        )
        if holds
    ]
    reasons += [f"committed offsets of {topic} do not move" for topic in sorted(set(still))]
    return Verdict(tuple(reasons), lags, seen)


def _see(before: Verdict, place: Place, now: datetime) -> Seen:
    old = before.seen.get((place.topic, place.partition))
    moved = now if old is None or place.committed != old.committed else old.moved
    level = old.level if old is not None and place.behind else None if place.behind else now
    return Seen(place.committed, moved, level)


def _seconds(place: Place, memory: Seen, now: datetime) -> float:
    """The oldest unread message is no older than the newest handled one, nor than the last moment without a lag."""
    if not place.behind:
        return 0.0
    known = [moment for moment in (place.handled, memory.level) if moment is not None]
    return max(0.0, (now - max(known, default=memory.moved)).total_seconds())

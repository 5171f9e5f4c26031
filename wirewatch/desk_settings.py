"""What a desk may ask for: which stories, when, how much of them, and what follows when nobody answers."""

from __future__ import annotations

from typing import Final

from msgspec import Struct

from wirewatch.messages import AlertKind, Polarity, Priority

DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class Match(Struct, frozen=True, omit_defaults=True, rename={"none_of": "not"}):
    """A condition on a story: every key that is given must hold; of a list one entry is enough."""

    kind: tuple[AlertKind, ...] = ()
    polarity: tuple[Polarity, ...] = ()
    # At least so severe.
    severity: int | None = None
    # At least so urgent.
    priority: Priority | None = None
    # Names of metrics; "*" stands for any letters.
    metric: tuple[str, ...] = ()
    actors: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    # Words or phrases of headline or summary.
    words: tuple[str, ...] = ()
    language: tuple[str, ...] = ()
    # Feeds by name, one of which carries it.
    outlets: tuple[str, ...] = ()
    # An outlet of this tier or a better one carries it.
    tier: int | None = None
    min_outlets: int | None = None
    all: tuple[Match, ...] = ()
    any: tuple[Match, ...] = ()
    none_of: tuple[Match, ...] = ()


class FigureWatch(Struct, frozen=True, omit_defaults=True):
    """A figure that a desk hears of though no text calls it a record: from when on, and how much more makes it news."""

    # What is counted, in any of its words: "deaths" are the dead and the killed.
    unit: str
    at_least: float | None = None
    # So many times the lowest figure told of the event within a day.
    times: float | None = None
    # A figure that changes by a smaller share makes no revision.
    change: float = 0.0


class Window(Struct, frozen=True):
    """A time of the day in minutes, over midnight where it ends before it begins, on days by number (Monday is 0)."""

    start: int
    end: int
    days: tuple[int, ...] = (0, 1, 2, 3, 4, 5, 6)

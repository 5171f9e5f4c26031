"""The alerts of a digest, one line each; what the kinds share. Pure, plain text without markup."""

from collections.abc import Callable, Iterator
from typing import Final

from msgspec import Struct

from alerts.webhooks.wording import MARKS, cut, inert, lateness, link
from wirewatch.messages import AlertBody, AlertItem

MOST_ITEMS: Final = 25
MOST_TITLE: Final = 150
MOST_WHY: Final = 150
MOST_DESKS: Final = 100


class Room(Struct, frozen=True):
    """How long the parts of a line may be; an address that is longer is left away, as half of it leads nowhere."""

    headline: int
    reason: int
    address: int


# The first that fits a service's limit is taken: lines become shorter, and none is left away.
ROOMS: Final = (
    Room(200, 200, 2000), Room(120, 120, 300), Room(100, 80, 150), Room(80, 60, 100), Room(60, 40, 80),
    Room(80, 60, 0), Room(60, 40, 0), Room(30, 0, 0),
)  # fmt: skip


class Line(Struct, frozen=True):
    """One alert of a digest: what it says, and the host and checked address of its report."""

    text: str
    link: tuple[str, str] | None


class Listing(Struct, frozen=True):
    """A digest in plain text without markup: each kind escapes it as its service asks."""

    top: str
    lines: tuple[Line, ...]
    why: str


def listings(body: AlertBody, late_by: float | None) -> Iterator[Listing]:
    """Yield a digest with lines that become shorter."""
    late = lateness(late_by)
    top = f"{MARKS[body.priority]} {inert(body.headline)}"
    why = f"Why: {cut(inert(body.reason), MOST_WHY)} · Desk: {cut(inert(body.desk), MOST_DESKS)}"
    for room in ROOMS:
        lines = tuple(_line(item, room) for item in body.items[:MOST_ITEMS])
        yield Listing(cut(f"{late}: {top}" if late else top, MOST_TITLE), lines, why)


def fitting(body: AlertBody, late_by: float | None, size: Callable[[Listing], int], most: int) -> Listing:
    """Return a digest with the longest lines by which its size stays within a limit, else the shortest."""
    shortest, *longer = reversed(list(listings(body, late_by)))
    return next((each for each in reversed(longer) if size(each) <= most), shortest)


def _line(item: AlertItem, room: Room) -> Line:
    parts = [f"{MARKS[item.priority]} {item.priority.upper()}", cut(inert(item.headline), room.headline)]
    if room.reason and (reason := inert(item.reason)):
        parts.append(cut(reason, room.reason))
    found = link(item.url)
    if found is None or len(found[0]) > room.address:
        return Line(" · ".join(parts), None)
    return Line(" · ".join(parts), (found[1], found[0]))

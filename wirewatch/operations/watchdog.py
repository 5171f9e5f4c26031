"""Notices a consumer that stands still: there is something to read, and its committed offsets do not move. Pure."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from msgspec import Struct

from wirewatch.operations.illness import StageView

STALLED_AFTER: Final = timedelta(seconds=35)
# A stage that was just started reads its state back first.
GRACE: Final = timedelta(seconds=90)


class Pace(Struct, frozen=True):
    """How far a stage was committed, and since when it stands there with something to read."""

    committed: int
    since: datetime


def watch(
    before: Mapping[str, Pace], stages: Mapping[str, StageView], now: datetime
) -> tuple[dict[str, Pace], tuple[str, ...]]:
    """Return how far each stage is, and which stand still.

    One that stands still is to be started again, and is given time for it before it counts again.
    """
    paces: dict[str, Pace] = {}
    stalled = []
    for name, stage in stages.items():
        old = before.get(name)
        moves = old is None or stage.committed != old.committed or not stage.behind
        pace = Pace(stage.committed, now) if old is None or moves else old
        if now - pace.since >= STALLED_AFTER:
            stalled.append(name)
            pace = Pace(stage.committed, now + GRACE)
        paces[name] = pace
    return paces, tuple(stalled)

"""Which cluster rang already for what another one tells: for the same record, or for what a story nearly joined.

State: who rang for which record ("record/...").
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

import msgspec
from msgspec import Struct

from streams.rules.desk_case import DeskCase, Shown, Turn
from streams.rules.ringing import Rung, tells_the_same
from streams.rules.severity import SCALE
from wirewatch.messages import Detection

RECORD_LIFE: Final = timedelta(days=30)
# So long after an alert a story that nearly joined its cluster, and tells the same, is a retelling.
RETOLD_WITHIN: Final = timedelta(hours=48)
LIKE_WITHIN: Final = timedelta(hours=24)
# The next night's round figure is of that night; fewer than so many are seldom told in round figures.
ROUNDED_WITHIN: Final = timedelta(hours=12)
_TOLD_ROUND: Final = 100


class RungFor(Struct, frozen=True):
    """Which cluster rang for a record."""

    cluster: str
    at: datetime


_rungs = msgspec.json.Decoder(RungFor)


class Elsewhere:
    """Knows the other clusters of a case."""

    def __init__(self, cases: Mapping[str, DeskCase]) -> None:
        self._cases = cases
        self._rung: dict[str, RungFor] = {}
        self.puts: dict[str, bytes | None] = {}

    def restore(self, name: str, value: bytes) -> None:
        """Take a stored entry back."""
        self._rung[name] = _rungs.decode(value)

    def expire(self, now: datetime) -> None:
        """Forget the records that rang too long ago."""
        for name in [name for name, rung in self._rung.items() if rung.at < now - RECORD_LIFE]:
            del self._rung[name]
            self.puts[f"record/{name}"] = None

    def settled(self, cluster: str) -> str:
        """Return the cluster that a cluster was merged into, in the end."""
        for _ in range(8):
            case = self._cases.get(cluster)
            if case is None or case.merged_into is None:
                return cluster
            cluster = case.merged_into
        return cluster

    def rung(self, detection: Detection, case: DeskCase, now: datetime) -> Rung | None:
        """Return the other cluster that rang for the record that this story, or this cluster, tells of."""
        name = case.same_as
        if detection.record is not None:
            rung = self._rung.get(_record_key(detection.metric, detection.record.date))
            name = (
                rung.cluster if rung and rung.at > now - RECORD_LIFE else self._retold(detection, case, now)
            )
        elif name is None:
            name = self._retold(detection, case, now)
        if name is None or self.settled(name) == case.id:
            return None
        other = self._cases.get(self.settled(name))
        return Rung(self.settled(name), other.turn if other else None)

    def like(self, detection: Detection, now: datetime) -> Rung | None:
        """Return the cluster that the story nearly joined, where it rang within a day."""
        name = self.settled(detection.near.cluster) if detection.near else None
        other = self._cases.get(name) if name else None
        if name is None or other is None:
            return None
        rang = any(now - alert.first < LIKE_WITHIN for alert in other.alerts.values())
        return Rung(name, other.turn) if rang else None

    def rounded(self, turn: Turn | None, now: datetime) -> Rung | None:
        """Return the cluster that rang of late for the record of which a turn's count is a rounder telling.

        "More than 700 drones" beside the record of 728: what is told in round figures hours later is the same night.
        """
        counted = _counted(turn)
        if counted is None:
            return None
        for rung in self._rung.values():
            other = self._cases.get(self.settled(rung.cluster))
            if other is None or now - rung.at > ROUNDED_WITHIN:
                continue
            if any(_rounds(*counted, alert.shown) for alert in other.alerts.values()):
                return Rung(other.id, other.turn)
        return None

    def _retold(self, detection: Detection, case: DeskCase, now: datetime) -> str | None:
        """Return the cluster that this one is like, and that rang for the figure, or the first, that the story tells."""
        if case.alerts:
            return None
        for name in dict.fromkeys(self.settled(like) for like in (case.like, case.same_as) if like):
            other = self._cases.get(name)
            if (
                name != case.id
                and other
                and any(
                    tells_the_same(detection, alert.shown) and now - alert.first < RETOLD_WITHIN
                    for alert in other.alerts.values()
                )
            ):
                return name
        return None

    def note(self, shown: Shown, cluster: str, now: datetime) -> None:
        """Note that a cluster rang for a record, where none did before."""
        key = _record_key(shown.metric, shown.day)
        if shown.kind == "record" and key not in self._rung:
            self._rung[key] = RungFor(cluster, now)
            self.puts[f"record/{key}"] = msgspec.json.encode(self._rung[key])


def _counted(turn: Turn | None) -> tuple[float, str] | None:
    """Return what a turn's scale counts, and of what: "scale +1: 700 drones"."""
    scale = next((part for part in turn.parts if part.startswith(SCALE)), None) if turn else None
    figure, _, unit = scale.removeprefix(f"{SCALE}: ").partition(" ") if scale else ("", "", "")
    return (float(figure), unit) if figure and unit else None


def _rounds(figure: float, unit: str, shown: Shown) -> bool:
    """Whether a figure is that of a shown record with fewer digits: 700 of 728, 470 of 472."""
    if shown.kind != "record" or shown.figure is None or shown.unit != unit or shown.figure < _TOLD_ROUND:
        return False
    steps = (10**digits for digits in range(1, len(f"{shown.figure:.0f}")))
    return any(figure == shown.figure // step * step for step in steps)


def _record_key(metric: str | None, day: str | None) -> str:
    return f"{metric} {day}"

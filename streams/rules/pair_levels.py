"""How two parties stand, day by day: what they do counts by its degree, once an event, however many outlets tell it.

Against its own past an act is new or is not: the first bloodshed in a quarter of a year goes further than the same
words on any day of a war, and a capital that is struck every other night is no news by being one.
"""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Final

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from streams.rules.judging import news_time
from streams.rules.severity import SCALE, TARGET
from streams.rules.step import Output
from wirewatch.messages import ClusteredStory, Escalation, PairDay, PairLevel, PairTrend

# What an act weighs by its degree, as Goldstein's scale has it for threats, hostile acts and war.
_WORSE: Final = {1: -4.0, 2: -7.0, 3: -10.0}
_BETTER: Final = {1: 3.5, 2: 6.5, 3: 8.5}
# No day weighs more.
MOST_A_DAY: Final = 50.0
MAX_DAYS: Final = 120
# Nothing is known of more pairs than this; the one that was quiet longest is forgotten.
MAX_PAIRS: Final = 5_000
WEEK: Final = 7
USUAL: Final = 90
# Before a pair is known for so long, nothing is new about what it does.
KNOWN: Final = timedelta(days=14)
# Bloodshed after so long a quiet is a first strike; so many days with the worst within the last thirty are a habit.
QUIET: Final = timedelta(days=90)
HABIT: Final = timedelta(days=30)
HABIT_DAYS: Final = 10
_GRAVE: Final = 2
_GRAVEST: Final = 3
# A week is another than usual from so much a day, or so large a share.
_STEP: Final = 2.0
_SHARE: Final = 0.5
_decoder = msgspec.json.Decoder(PairLevel)


class Counted(Struct, frozen=True):
    """What an event counts for in a pair's level: its day and its weight."""

    day: str
    weight: float


class PairBook:
    """The levels by pair, and what one message changed of them."""

    def __init__(self) -> None:
        self._levels: dict[str, PairLevel] = {}
        self._touched: dict[str, PairLevel | None] = {}

    def restore(self, value: bytes) -> None:
        """Take up a stored level."""
        level = _decoder.decode(value)
        self._levels[level.pair] = level

    def begin(self) -> None:
        """Forget what the last message changed."""
        self._touched = {}

    def puts(self) -> dict[str, bytes | None]:
        """Return the state entries that the message changed."""
        return {
            f"pair/{name}": None if level is None else msgspec.json.encode(level)
            for name, level in self._touched.items()
        }

    def outputs(self) -> tuple[Output, ...]:
        """Return the levels that the message changed."""
        return tuple(Output("pairs", level.pair, level) for level in self._touched.values() if level)

    def hear(
        self, message: ClusteredStory, known: dict[str, Counted]
    ) -> tuple[tuple[Escalation, ...], dict[str, Counted]]:
        """Return a story's escalations with what is new about them, and what its event counts for by now."""
        found = []
        counts = dict(known)
        for escalation in message.escalations:
            name = pair_of(escalation)
            if name is None:
                found.append(escalation)
                continue
            before = counts.get(name)
            day = before.day if before else news_time(message.story).date().isoformat()
            level = self._levels.get(name)
            found.append(
                against_past(escalation, level, date.fromisoformat(day), violent=message.event.violent)
            )
            weight = weight_of(escalation)
            if before is None or abs(weight) > abs(before.weight):
                self._count(name, escalation, message, day, before)
                counts[name] = Counted(day, weight)
        return tuple(found), counts

    def forget(self, counts: dict[str, Counted]) -> None:
        """Take back what an event counted for: it was another's, or its outlet takes it back."""
        for name, counted in counts.items():
            level = self._levels.get(name)
            if level is not None:
                self._keep(_changed(level, counted.day, -counted.weight, events=-1))

    def _count(
        self, name: str, escalation: Escalation, message: ClusteredStory, day: str, before: Counted | None
    ) -> None:
        told = news_time(message.story)
        level = self._levels.get(name)
        if level is None:
            first, _, second = name.partition("/")
            level = PairLevel(name, (first, second), day, told)
        weight = weight_of(escalation) - (before.weight if before else 0.0)
        worst = escalation.severity if escalation.polarity == "escalation" else 0
        level = replace(level, since=min(level.since, day), last=max(level.last, told))
        self._keep(_changed(level, day, weight, events=0 if before else 1, worst=worst))

    def _keep(self, level: PairLevel) -> None:
        if level.pair not in self._levels and len(self._levels) >= MAX_PAIRS:
            quietest = min(self._levels.values(), key=lambda one: (one.last, one.pair)).pair
            del self._levels[quietest]
            self._touched[quietest] = None
        level = with_trend(level, level.last.date())
        self._levels[level.pair] = level
        self._touched[level.pair] = level


def pair_of(escalation: Escalation) -> str | None:
    """Return the name of the pair that an act is between, whoever of them did it; None where one is unknown."""
    one, other = escalation.actor, escalation.target
    if not one or not other or one == other:
        return None
    return "/".join(sorted((one, other)))


def weight_of(escalation: Escalation) -> float:
    """Return what an act weighs in a day's level: below zero where it escalates."""
    scale = _WORSE if escalation.polarity == "escalation" else _BETTER
    return scale.get(escalation.severity, 0.0)


def against_past(escalation: Escalation, level: PairLevel | None, day: date, *, violent: bool) -> Escalation:
    """Return the escalation with its novelty: its degree and parts against what the pair did before its day."""
    if escalation.polarity != "escalation" or level is None:
        return escalation
    before = [one for one in level.days if one.day < day.isoformat()]
    if day - date.fromisoformat(level.since) < KNOWN:
        return escalation
    degree = escalation.severity
    newest = max((one.day for one in before if one.worst >= degree), default=None)
    quiet = newest is None or day - date.fromisoformat(newest) > QUIET
    if quiet:
        since = f"since {newest}" if newest else f"in all that is known since {level.since}"
        said = f"the first act of degree {degree} between {' and '.join(level.parties)} {since}"
        if violent and degree == _GRAVE:
            return replace(escalation, severity=_GRAVEST, parts=(*escalation.parts, f"novelty +1: {said}"))
        return replace(escalation, parts=(*escalation.parts, f"novelty: {said}"))
    days = sum(one.worst >= degree and one.day >= (day - HABIT).isoformat() for one in before)
    if degree == _GRAVEST and days >= HABIT_DAYS and _by_target_alone(escalation):
        said = f"novelty -1: such acts on {days} of the last {HABIT.days} days"
        return replace(escalation, severity=_GRAVE, parts=(*escalation.parts, said))
    return escalation


def _by_target_alone(escalation: Escalation) -> bool:
    """Whether it is what it hits that made an act so grave, and neither the act itself nor its scale."""
    parts = escalation.parts
    acts_alone = any(part.startswith("act 3") for part in parts)
    return (
        any(part.startswith(TARGET) for part in parts)
        and not any(part.startswith(SCALE) for part in parts)
        and not acts_alone
    )


def with_trend(level: PairLevel, today: date) -> PairLevel:
    """Return the level with its last week and what is usual before it, as seen on a day."""
    week = _mean(level.days, today, WEEK)
    border = today - timedelta(days=WEEK)
    span = min(USUAL, (border - date.fromisoformat(level.since)).days + 1)
    if span < WEEK:
        return replace(level, week=week, usual=None, trend="new")
    usual = _mean(level.days, border, span)
    step = max(_STEP, _SHARE * abs(usual))
    trend: PairTrend = "steady"
    if abs(week - usual) >= step:
        trend = "worse" if week < usual else "better"
    return replace(level, week=week, usual=usual, trend=trend)


def _mean(days: Iterable[PairDay], last: date, span: int) -> float:
    """Return the mean a day over so many days up to one; a day of which nothing is known counts as none."""
    first = (last - timedelta(days=span - 1)).isoformat()
    return round(sum(one.level for one in days if first <= one.day <= last.isoformat()) / span, 2)


def _changed(level: PairLevel, day: str, weight: float, *, events: int, worst: int = 0) -> PairLevel:
    """Return a level with a day's sum changed; of very many days the oldest are forgotten."""
    days = {one.day: one for one in level.days}
    known = days.get(day, PairDay(day, 0.0, 0, 0))
    changed = PairDay(
        day,
        round(max(-MOST_A_DAY, min(MOST_A_DAY, known.level + weight)), 2),
        max(0, known.events + events),
        max(known.worst, worst),
    )
    days[day] = changed
    if not changed.events:
        del days[day]
    kept = sorted(days.values(), key=lambda one: one.day)[-MAX_DAYS:]
    return replace(level, days=tuple(kept))

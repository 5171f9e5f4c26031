"""A flash on two parties holds back bulletins on the same two for a time: the desk is busy with them."""

from datetime import datetime, timedelta

from msgspec import Struct

from streams.rules.gazetteer import country_of
from streams.rules.holds import Hold
from streams.rules.timing import Later
from wirewatch.messages import Detection, Priority
from wirewatch.settings import DeskSettings


class Flash(Struct, frozen=True):
    """A flash that a desk was told: of which cluster, on whom, when."""

    desk: str
    pair: tuple[str, str]
    cluster: str
    at: datetime


def pair_of(detection: Detection) -> tuple[str, str] | None:
    """Return the two parties of a story's weightiest act, in the order of the alphabet."""
    for one in sorted(detection.escalations, key=lambda each: -each.severity):
        pair = _pair(one.actor, one.target) or _pair(one.actor, one.place)
        if pair is not None:
            return pair
    for judged in detection.records:
        pair = _pair(judged.claim.subject.actor, judged.claim.subject.place)
        if pair is not None:
            return pair
    return None


def inhibited(
    desk: DeskSettings,
    priority: Priority,
    flash: Flash | None,
    cluster: str,
    now: datetime,
) -> Later | None:
    """Return why a bulletin on two parties waits; a flash of its own cluster holds nothing of it back."""
    if desk.inhibit is None or flash is None or priority != "bulletin":
        return None
    until = flash.at + timedelta(seconds=desk.inhibit)
    if flash.cluster == cluster or until <= now:
        return None
    detail = (
        f"a flash on {flash.pair[0]} and {flash.pair[1]} of {flash.at:%H:%M} UTC, cluster {flash.cluster}"
    )
    return Later(Hold("inhibited", detail), until, bundled=True)


def _pair(one: str | None, other: str | None) -> tuple[str, str] | None:
    first, second = country_of(one), country_of(other)
    if not first or not second or first == second:
        return None
    return (first, second) if first < second else (second, first)

"""One story held against the desks by itself: who takes it, and why the others do not."""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from streams.rules.corroboration import heard_from
from streams.rules.desk_case import DeskCase, Shown, turned
from streams.rules.desk_facts import facts_of
from streams.rules.holds import Hold
from streams.rules.ringing import appraise, priority_of, shown_of
from streams.rules.routing_tree import turned_away
from wirewatch.messages import Detection
from wirewatch.settings import DeskSettings


class Trial(Struct, frozen=True):
    """What an alert on the story would tell; the desks that take it, and why the others do not."""

    shown: Shown | None
    takes: tuple[str, ...]
    holds: dict[str, Hold]


def try_desks(desks: Sequence[DeskSettings], detection: Detection | None, now: datetime) -> Trial:
    """Say which desks take a story, as if nothing had been told before; times, caps and mutes are left out."""
    if detection is None:
        nothing = Hold("not_compared", "nothing is found in it that a desk is told")
        return Trial(None, (), {desk.id: nothing for desk in desks})
    voices = heard_from((), detection.story)
    case = turned(DeskCase(detection.cluster, now, voices=voices), detection)
    face = appraise(detection, case, None, now)
    if not face.rings:
        hold = face.hold or Hold("not_compared", "nothing that a desk is told")
        return Trial(None, (), {desk.id: hold for desk in desks})
    shown = shown_of(face, detection, priority_of(face, detection), None)
    holds = turned_away(desks, facts_of(shown, detection, voices))
    return Trial(shown, tuple(desk.id for desk in desks if desk.id not in holds), holds)

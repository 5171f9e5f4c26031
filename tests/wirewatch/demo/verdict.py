"""Holds the alerts of a demo to those that a good editor would want."""

from collections import defaultdict
from collections.abc import Iterable

from msgspec import Struct

from tests.wirewatch.demo.expected import Alternative, ExpectedAlert


class Rang(Struct, frozen=True):
    """One delivered revision: the event of the story that caused it, and what it said."""

    event: str
    alert: str
    revision: int
    kind: str
    priority: str
    figure: float | None
    beats: float | None
    polarity: str | None
    headline: str = ""


def complaints(rang: Iterable[Rang], expected: tuple[ExpectedAlert, ...]) -> list[str]:
    """Return how the alerts differ from the expected ones, a line each; nothing where they are as they should be."""
    alerts: dict[str, list[Rang]] = defaultdict(list)
    for each in rang:
        alerts[each.alert].append(each)
    by_event: dict[str, list[list[Rang]]] = defaultdict(list)
    for revisions in alerts.values():
        by_event[revisions[0].event].append(sorted(revisions, key=lambda one: one.revision))
    wanted = {each.event: each for each in expected}
    found = [
        f"{event}: rang {len(told)} time(s) and should not: {told[0][0].headline}"
        for event, told in by_event.items()
        if event not in wanted
    ]
    for event, wish in wanted.items():
        found += _judge(wish, by_event.get(event, []))
    return found


def _judge(wish: ExpectedAlert, told: list[list[Rang]]) -> list[str]:
    if not told:
        return [] if wish.optional else [f"{wish.event}: did not ring"]
    if len(told) > 1:
        more = "; ".join(f"{one[0].kind} {one[0].figure} {one[0].headline[:60]}" for one in told)
        return [f"{wish.event}: {len(told)} alerts: {more}"]
    revisions = told[0]
    last = revisions[-1]
    complaints = []
    if last.priority not in wish.priorities:
        complaints.append(f"{wish.event}: {last.priority}, not {' or '.join(wish.priorities)}")
    own = Alternative(wish.kind, wish.figure, wish.beats, wish.polarity)
    if not any(_matches(each, last) for each in (own, *wish.also)):
        complaints.append(
            f"{wish.event}: {last.kind} {last.polarity} figure {last.figure} beats {last.beats}, "
            f"not {own.kind} {own.polarity} {own.figure} beats {own.beats}"
        )
    course = tuple(one.figure for one in revisions)
    accepted = wish.steps or ((last.figure,),)
    if not wish.also and course not in accepted and not _only_graver(revisions):
        complaints.append(f"{wish.event}: told {course}, not {' or '.join(map(str, accepted))}")
    return complaints


def _only_graver(revisions: list[Rang]) -> bool:
    """Whether an escalation was told once more because it proved graver, and for nothing else."""
    ranks = {"bulletin": 0, "urgent": 1, "flash": 2}
    return (
        len(revisions) == 2
        and all(each.kind == "escalation" for each in revisions)
        and revisions[0].polarity == revisions[1].polarity
        and ranks[revisions[0].priority] < ranks[revisions[1].priority]
    )


def _matches(wish: Alternative, last: Rang) -> bool:
    return (
        wish.kind == last.kind
        and (wish.figure is None or wish.figure == last.figure)
        and (wish.beats is None or wish.beats == last.beats)
        and (wish.polarity is None or wish.polarity == last.polarity)
    )

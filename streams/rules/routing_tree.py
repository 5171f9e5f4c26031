"""Which desks take a story: by their conditions, in their order, down the tree."""

from collections.abc import Sequence

from streams.rules.desk_case import Shown
from streams.rules.desk_facts import Facts, unmet
from streams.rules.holds import Hold
from streams.rules.ringing import reaches
from wirewatch.settings import DeskSettings


def turned_away(desks: Sequence[DeskSettings], facts: Facts) -> dict[str, Hold]:
    """Return for each desk that does not take it the reason why."""
    holds = {desk.id: hold for desk in desks if (hold := _refusal(desk, facts, desks)) is not None}
    for desk in desks:
        if desk.id not in holds and not desk.passes_on:
            passed = Hold("taken", f"the desk {desk.id} takes it and does not continue")
            for other in _behind(desk, desks):
                holds.setdefault(other, passed)
    if any(desk.id not in holds and not desk.default for desk in desks):
        takers = ", ".join(desk.id for desk in desks if desk.id not in holds and not desk.default)
        for desk in desks:
            if desk.default:
                holds.setdefault(desk.id, Hold("taken", f"the default desk; {takers} takes it"))
    return holds


def unwanted(desk: DeskSettings, shown: Shown) -> Hold | None:
    """Return why a desk does not hear of what an alert would tell, by its kind or priority."""
    if shown.kind not in desk.kinds:
        return Hold("kind_not_wanted", f"{shown.kind}; the desk hears of {', '.join(desk.kinds)}")
    if not reaches(shown.priority, desk.at_least):
        return Hold("below_priority", f"{shown.priority}; the desk hears of {desk.at_least} and above")
    return None


def _refusal(desk: DeskSettings, facts: Facts, desks: Sequence[DeskSettings]) -> Hold | None:
    found = unwanted(desk, facts.shown)
    if found is not None:
        return found
    by_name = {each.id: each for each in desks}
    at: DeskSettings | None = desk
    for _ in desks:
        if at is None:
            break
        missing = unmet(at.match, facts) if at.match is not None else None
        if missing is not None:
            whose = "" if at is desk else f"of {at.id}, above it: "
            return Hold("not_matched", f"{whose}{missing}")
        at = by_name.get(at.under) if at.under else None
    return None


def _behind(desk: DeskSettings, desks: Sequence[DeskSettings]) -> tuple[str, ...]:
    """Return the desks that a story does not reach any more: those after it on its level with all under them, and above it."""
    place = desks.index(desk)
    after = {each.id for each in desks[place + 1 :] if each.under == desk.under}
    for each in desks:
        if each.under in after:
            after.add(each.id)
    return (*sorted(after), *([desk.under] if desk.under else []))

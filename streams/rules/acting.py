"""An editor's act, and what it changes of a case: for all of it, or for one alert or one desk alone."""

from datetime import datetime

from msgspec.structs import replace

from streams.rules.desk_case import DeskCase, Unanswered
from streams.rules.editor_acts import EditorActs, acted
from wirewatch.messages import Command


def acted_on(case: DeskCase, act: Command, now: datetime) -> DeskCase:
    """Return the case with an act done; what is acknowledged escalates no more, what is woken leaves."""
    scope = _scope(act)
    before = case.acts if scope is None else case.acts_of.get(scope, EditorActs())
    acts = acted(before, act)
    if acts == before:
        return case
    case = replace(case, acts=acts) if scope is None else replace(case, acts_of={**case.acts_of, scope: acts})
    woken = act.act == "wake"
    waiting = {
        name: replace(one, due=now)
        if woken and one.reason == "snoozed" and _means(act, one.state.id, one.state.desks)
        else one
        for name, one in case.waiting.items()
    }
    if acts.acknowledged_at is None:
        return replace(case, waiting=waiting)
    unanswered = {name: one for name, one in case.unanswered.items() if not _answers(act, one)}
    return replace(case, waiting=waiting, unanswered=unanswered)


def _scope(act: Command) -> str | None:
    """Return what an act is narrowed to; None where it is of all the cluster."""
    if act.alert:
        return f"alert/{act.alert}"
    return f"desk/{act.desk}" if act.desk else None


def _answers(act: Command, one: Unanswered) -> bool:
    return _means(act, one.alert.id, one.state.desks)


def _means(act: Command, alert: str, desks: tuple[str, ...]) -> bool:
    """Whether an act is of an alert; one desk's word does not speak for the others that the alert serves."""
    if act.alert:
        return act.alert == alert
    return not act.desk or set(desks) == {act.desk}

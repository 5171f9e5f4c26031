"""What the time brings: what waited leaves, in bundles where it was held back, and what nobody answered goes on."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from streams.rules.departures import Departures, waiting_candidate
from streams.rules.desk_case import DeskCase, Waiting
from streams.rules.digest import bundle
from streams.rules.figure_times import without
from streams.rules.mutes import Mute, mutes_alert
from streams.rules.own_page import lack_is_due, tell_lack
from streams.rules.timing import Later, soonest
from streams.rules.too_late import lines_due
from streams.rules.unanswered import escalate
from wirewatch.ids import identify
from wirewatch.messages import Alert, HeldBack


class Due(Struct):
    """The alerts that leave, the cases that changed, and what waits on for another reason than before."""

    alerts: list[Alert]
    cases: list[DeskCase]
    held: list[HeldBack]


class Clearing(Struct):
    """One moment's work: what leaves by itself, and what leaves together, by endpoint."""

    departures: Departures
    mutes: tuple[Mute, ...]
    now: datetime
    alerts: list[Alert]
    bundles: dict[str, list[Waiting]]
    held: list[HeldBack]


def overdue(cases: Sequence[DeskCase], departures: Departures, mutes: Iterable[Mute], now: datetime) -> Due:
    """Return what leaves at a moment."""
    clearing = Clearing(departures, tuple(mutes), now, [], {}, [])
    changed = []
    for case in cases:
        after = _escalated(_released(case, clearing), now, clearing.alerts)
        after = _lacked(_figures(after, clearing), now, clearing.alerts)
        after, lines = lines_due(after, departures, now)
        for endpoint, line in lines:
            clearing.bundles.setdefault(endpoint, []).append(line)
        if after is not case:
            changed.append(after)
    together = [
        _together(endpoint, clearing.bundles[endpoint], departures, now)
        for endpoint in sorted(clearing.bundles)
    ]
    return Due([*clearing.alerts, *together], changed, clearing.held)


def _released(case: DeskCase, clearing: Clearing) -> DeskCase:
    for endpoint, one in sorted(case.waiting.items()):
        if one.due is not None and one.due <= clearing.now:
            case = _release(case, endpoint, one, clearing)
    return case


def _release(case: DeskCase, endpoint: str, one: Waiting, clearing: Clearing) -> DeskCase:
    now = clearing.now
    if any(mutes_alert(mute, case.id, one, now) for mute in clearing.mutes):
        left = {name: other for name, other in case.waiting.items() if name != endpoint}
        return replace(case, waiting=left)
    laters = clearing.departures.laters(case, waiting_candidate(one), now)
    reasons = {later.hold.reason for later in laters.values()}
    # A bundle is one message, however many it tells.
    if laters and not (one.bundled and reasons == {"capped"}):
        first = soonest(list(laters.values()))
        later = replace(one, due=first.due, reason=first.hold.reason, bundled=one.bundled or first.bundled)
        if later.reason != one.reason:
            clearing.held.extend(_waits_on(case, later, laters, now))
        return replace(case, waiting={**case.waiting, endpoint: later})
    if one.bundled:
        clearing.bundles.setdefault(endpoint, []).append(one)
        return clearing.departures.told(case, one.state, one.alert, now)
    departure = clearing.departures.depart(case, waiting_candidate(one), now)
    clearing.alerts.extend([replace(departure.alert, at=now)] if departure.alert else [])
    return departure.case


def _waits_on(case: DeskCase, waiting: Waiting, laters: dict[str, Later], now: datetime) -> list[HeldBack]:
    """Say of each desk why it waits on, where its first wait is over."""
    alert = waiting.alert
    return [
        HeldBack(
            identify("held", alert.webhook_id, desk, later.hold.reason), case.id, alert.story, desk,
            later.hold.reason, later.hold.detail, now, alert.body.headline,
        )
        for desk, later in sorted(laters.items())
    ]  # fmt: skip


def _figures(case: DeskCase, clearing: Clearing) -> DeskCase:
    """Let the watched figures of a case leave whose time has come; a bundle takes them as it takes the rest."""
    now = clearing.now
    for name, one in sorted(case.figures.items()):
        if one.due is None or one.due > now:
            continue
        if any(mutes_alert(mute, case.id, one, now) for mute in clearing.mutes):
            case = without(case, name)
            continue
        laters = clearing.departures.laters(case, waiting_candidate(one), now)
        reasons = {later.hold.reason for later in laters.values()}
        if laters and not (one.bundled and reasons == {"capped"}):
            first = soonest(list(laters.values()))
            later = replace(
                one, due=first.due, reason=first.hold.reason, bundled=one.bundled or first.bundled
            )
            case = replace(case, figures={**case.figures, name: later})
            continue
        case = without(case, name)
        if one.bundled:
            clearing.bundles.setdefault(one.state.endpoint, []).append(one)
        else:
            clearing.departures.count(one.state.desks, now)
            clearing.alerts.append(replace(one.alert, at=now))
    return case


def _together(endpoint: str, waiting: list[Waiting], departures: Departures, now: datetime) -> Alert:
    if len(waiting) == 1 and waiting[0].reason not in ("capped", "expired"):
        departures.count(waiting[0].state.desks, now)
        return replace(waiting[0].alert, at=now)
    made = bundle(endpoint, waiting, now)
    departures.count(made.desks, now)
    return made.alert


def _lacked(case: DeskCase, now: datetime, alerts: list[Alert]) -> DeskCase:
    for endpoint, one in sorted(case.watched.items()):
        if lack_is_due(one, now) and endpoint in case.alerts:
            said = tell_lack(case, endpoint, now)
            case = said.case
            alerts.append(said.alert)
    return case


def _escalated(case: DeskCase, now: datetime, alerts: list[Alert]) -> DeskCase:
    for endpoint, one in sorted(case.unanswered.items()):
        if one.due > now:
            continue
        escalated = escalate(case, endpoint, one, now)
        left = {name: other for name, other in case.unanswered.items() if name != endpoint}
        case = replace(escalated.case, unanswered=left)
        alerts.append(escalated.alert)
    return case

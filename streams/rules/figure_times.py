"""When a watched figure is told: by the times and caps of its desks, as everything else that is no flash."""

from collections.abc import Iterable
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from streams.rules.departures import Candidate, Departures, waiting_candidate
from streams.rules.desk_case import AlertState, DeskCase, Headline, Shown, Waiting
from streams.rules.holds import Hold
from streams.rules.timing import Later, soonest
from wirewatch.messages import Alert


class FiguresTold(Struct, frozen=True):
    """The case as it is then, the alerts that leave, and why each desk waits."""

    case: DeskCase
    alerts: tuple[Alert, ...] = ()
    holds: dict[str, Hold] = {}


def tell_figures(
    case: DeskCase, alerts: Iterable[Alert], departures: Departures, now: datetime
) -> FiguresTold:
    """Let figures leave that may, and what waited for another outlet; keep what must wait."""
    fresh = {alert.id: alert for alert in alerts}
    candidates = {name: waiting_candidate(one) for name, one in case.figures.items()}
    for name, alert in fresh.items():
        known = case.figures.get(name)
        if known is not None and alert.body.figure is None and known.alert.revision == 1:
            # Taken back before anybody was told.
            del candidates[name]
            case = without(case, name)
            continue
        candidates[name] = _candidate(alert, known, now)
    told = FiguresTold(case)
    for name, candidate in candidates.items():
        told = _tell(told, name, candidate, departures, now)
    return told


def without(case: DeskCase, name: str) -> DeskCase:
    """Return the case without a figure that waited."""
    return replace(case, figures={each: one for each, one in case.figures.items() if each != name})


def waiting_figure(candidate: Candidate, later: Later) -> Waiting:
    """Return a figure as one that waits."""
    return Waiting(
        candidate.state, candidate.alert, candidate.since, later.hold.reason, later.due, later.bundled
    )


def _tell(
    told: FiguresTold, name: str, candidate: Candidate, departures: Departures, now: datetime
) -> FiguresTold:
    case = told.case
    laters = departures.laters(case, candidate, now)
    if laters:
        waiting = waiting_figure(candidate, soonest(list(laters.values())))
        holds = told.holds | {desk: later.hold for desk, later in laters.items()}
        return FiguresTold(replace(case, figures={**case.figures, name: waiting}), told.alerts, holds)
    departures.count(candidate.state.desks, now)
    return FiguresTold(without(case, name), (*told.alerts, candidate.alert), told.holds)


def _candidate(alert: Alert, known: Waiting | None, now: datetime) -> Candidate:
    """Return a figure as what may leave; it takes the place of one that still waits, and is what is told first."""
    if known is not None:
        revision = known.alert.revision
        alert = replace(
            alert,
            revision=revision,
            body=replace(alert.body, revision=revision),
            first_headline=known.alert.first_headline,
        )
    body = alert.body
    state = AlertState(
        id=alert.id,
        endpoint=alert.endpoint,
        revision=alert.revision,
        first=known.state.first if known else now,
        shown=Shown("record", body.priority, body.figure, body.qualifier, body.unit, sentence=body.sentence),
        desks=tuple(body.desk.split(", ")),
        headline=Headline(body.headline, body.source, 2, now, body.url),
        first_headline=alert.first_headline,
    )
    return Candidate(state, alert, known.since if known else now)

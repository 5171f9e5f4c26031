"""The newsroom's own page beside the others: what they have and it has not, and where it tells another figure."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from streams.rules.alert_text import cut
from streams.rules.departures import Departure
from streams.rules.desk_case import DeskCase, Watched
from streams.rules.judging import say
from streams.rules.ledger import Told
from streams.rules.news import say_time
from wirewatch.ids import identify
from wirewatch.messages import Alert, Detection, FigureReport
from wirewatch.settings import DeskSettings


class Said(Struct, frozen=True):
    """The case after something was said of the own page, and the alert that says it."""

    case: DeskCase
    alert: Alert


class Difference(Struct, frozen=True):
    """Where the own page tells otherwise: the same two figures are the same difference."""

    key: str
    words: str


class Others(Struct, frozen=True):
    """What the own page is held against: a story, at a moment, and which outlets are ours."""

    detection: Detection
    own: frozenset[str]
    now: datetime


def watch(departure: Departure, endpoint: str, desks: Sequence[DeskSettings], others: Others) -> Departure:
    """Note whether the own page has what an endpoint was told, and tell it where that says otherwise."""
    detection, own, now = others.detection, others.own, others.now
    asking = next((desk for desk in desks if desk.own_page), None)
    case = departure.case
    state = case.alerts.get(endpoint)
    if asking is None or not own or state is None:
        return departure
    known = case.watched.get(endpoint)
    if departure.alert is not None:
        due = state.first + timedelta(seconds=asking.own_after)
        known = (
            replace(known, alert=departure.alert)
            if known
            else Watched(departure.alert, state.first, due, asking.own_outlets)
        )
    if known is None:
        return departure
    ours = any(voice.source in own for voice in case.voices)
    known = replace(known, outlets=max(known.outlets, detection.outlets), due=None if ours else known.due)
    case = replace(case, watched={**case.watched, endpoint: known})
    found = _difference(detection, own, asking.own_outlets) if ours else None
    if found is None or found.key in known.told or departure.alert is not None:
        return replace(departure, case=case)
    said = _say(case, endpoint, f"Our page differs: {found.words}", found.key, now)
    return Departure(said.case, said.alert)


def lack_is_due(one: Watched, now: datetime) -> bool:
    """Whether enough outlets have it for long enough, and we have not."""
    return one.due is not None and one.due <= now and one.outlets >= one.asked


def tell_lack(case: DeskCase, endpoint: str, now: datetime) -> Said:
    """Return the revision that says what others have and we have not; it is said once."""
    one = case.watched[endpoint]
    case = replace(case, watched={**case.watched, endpoint: replace(one, due=None)})
    waited = say_time(now - one.since)
    reason = f"We do not have it: {one.outlets} outlets have it, we do not, for {waited}"
    return _say(case, endpoint, reason, "lacking", now)


def _say(case: DeskCase, endpoint: str, reason: str, key: str, now: datetime) -> Said:
    state, one = case.alerts[endpoint], case.watched[endpoint]
    state = replace(state, revision=state.revision + 1)
    body = replace(
        one.alert.body,
        revision=state.revision,
        reason=cut(reason),
        outlets=max(one.outlets, one.alert.body.outlets),
    )
    webhook = identify("webhook", state.id, str(state.revision), "own page", key)
    alert = replace(one.alert, revision=state.revision, webhook_id=webhook, at=now, body=body)
    watched = replace(one, told=(*one.told, key))
    return Said(
        replace(
            case,
            alerts={**case.alerts, endpoint: state},
            watched={**case.watched, endpoint: watched},
        ),
        alert,
    )


def _difference(detection: Detection, own: frozenset[str], asked: int) -> Difference | None:
    """Return how our figure differs from the one that most outlets tell, where enough of them do."""
    if detection.record is None:
        return None
    ours = next((one for one in detection.figures if own & set(one.sources)), None)
    theirs = max(detection.figures, key=lambda one: one.outlets, default=None)
    if ours is None or theirs is None or theirs.outlets < asked or _alike(ours, theirs):
        return None
    words = f"{theirs.outlets} outlets say {_figure(theirs)}, ours still says {_figure(ours)}"
    return Difference(f"{_figure(theirs)} not {_figure(ours)}", words)


def _alike(one: FigureReport, other: FigureReport) -> bool:
    return (one.figure, one.qualifier) == (other.figure, other.qualifier)


def _figure(report: FigureReport) -> str:
    return say(Told(report.figure, report.qualifier))

"""Who hears of it, when, and why not?

One alert a cluster and endpoint, for life: it keeps its id over revisions, merges and releases. The single writer of
`alerts` and `alerts.held`. State: a case a cluster ("case/..."), who rang for which record ("record/..."), mutes, and
the newest tick.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from streams.rules.acting import acted_on
from streams.rules.contradicted import insisting
from streams.rules.corroboration import heard_from
from streams.rules.deadline_bell import Bars, DeadlineBell
from streams.rules.departures import Candidate, Departure, Departures, escalation_targets, waiting_candidate
from streams.rules.desk_case import DeskCase, better_headline, join, seen, turned, unlent
from streams.rules.desk_facts import facts_of
from streams.rules.elsewhere import Elsewhere
from streams.rules.figure_times import tell_figures
from streams.rules.holds import Hold
from streams.rules.inhibition import pair_of
from streams.rules.mutes import Mute, mute_of, muted, muted_by
from streams.rules.news import NewsVerdict, is_news
from streams.rules.overdue import overdue
from streams.rules.own_page import Others, watch
from streams.rules.ringing import Face, RangOfLate, Rung, appraise, is_about_record, priority_of, shown_of
from streams.rules.routing import Route, Situation, route
from streams.rules.routing_tree import turned_away
from streams.rules.step import Change, Output
from streams.rules.too_late import too_late
from streams.rules.watched_figures import Hearing, hear_figures
from wirewatch.ids import identify
from wirewatch.messages import (
    Alert,
    ClustersMerged,
    Command,
    DeadlineNotice,
    Detection,
    HeldBack,
    Setting,
    Tick,
)
from wirewatch.settings import AlertSettings, DeskSettings

# A cluster that nobody was told of is forgotten so long after its last story. One that rang is kept as long as any
# cluster may live, for its alert is one for life.
QUIET_LIFE: Final = timedelta(days=4)
ALERT_LIFE: Final = timedelta(days=30)


_cases = msgspec.json.Decoder(DeskCase)
_mutes = msgspec.json.Decoder(Mute)
_ticks = msgspec.json.Decoder(Tick)


class Desks:
    """Turns detections into the alerts that each endpoint must get, and says of all others why not."""

    def __init__(
        self, desks: Sequence[DeskSettings], alerts: AlertSettings, own: frozenset[str] = frozenset()
    ) -> None:
        self._own = own
        self._endpoints: dict[str, list[DeskSettings]] = {}
        for desk in desks:
            for endpoint in desk.endpoints:
                self._endpoints.setdefault(endpoint, []).append(desk)
        self._departures = Departures(desks, {})
        self._bell = DeadlineBell(desks)
        self._desks = tuple(desks)
        self._max_age = alerts.max_story_age
        # Where all that is not asked for, it is not looked for.
        self._routed = any(_chooses(desk) for desk in desks)
        self._others = escalation_targets(desks)
        # Cases in which something waits for the time.
        self._busy: set[str] = set()
        self._tick: Tick | None = None
        self._cases: dict[str, DeskCase] = {}
        self._elsewhere = Elsewhere(self._cases)
        self._mutes: dict[str, Mute] = {}
        self._puts: dict[str, bytes | None] = {}
        # Nothing ends before this; None where that is not known.
        self._next_end: datetime | None = None

    def restore(self, entries: Iterable[tuple[str, bytes]]) -> None:
        """Rebuild cases, rung records, mutes and the time from stored entries, in any order."""
        for key, value in entries:
            kind, _, name = key.partition("/")
            if kind == "case":
                self._cases[name] = _cases.decode(value)
                self._note_busy(self._cases[name])
            elif kind == "record":
                self._elsewhere.restore(name, value)
            elif kind == "mute":
                self._mutes[name] = _mutes.decode(value)
            elif kind == "tick":
                self._tick = _ticks.decode(value)
            elif kind == "deadline":
                self._bell.restore(value)
            else:
                self._departures.restore(kind, name, value)

    def handle(self, message: Struct) -> Change:
        """Decide who hears of a detection; note the time, a merge, a mute."""
        self._puts = {}
        self._departures.puts = self._elsewhere.puts = self._puts
        outputs: tuple[Output, ...] = ()
        match message:
            case Detection():
                outputs = self._detection(message)
            case ClustersMerged():
                self._merged(message)
            case Tick():
                outputs = self._time(message)
            case Command():
                outputs = self._act(message)
            case DeadlineNotice():
                self._puts |= self._bell.hear(message)
            case Setting():
                self._set(message)
            case _:
                pass
        return Change(outputs, self._puts)

    def _detection(self, detection: Detection) -> tuple[Output, ...]:
        now = self._tick.at if self._tick else detection.story.fetched
        name = self._elsewhere.settled(detection.cluster)
        known = self._cases.get(name)
        if (known is None and detection.change == "corroborated") or (known and detection.id in known.seen):
            return ()
        heard = seen(known or DeskCase(name, now), detection, now)
        heard = replace(heard, voices=heard_from(heard.voices, detection.story))
        news = is_news(detection.story, now, self._max_age)
        case = turned(heard, detection)
        if detection.retracted is not None:
            # Who tells it from now on tells it anew.
            case = replace(case, turn=None, doubted={})
        elif detection.change == "found":
            case = replace(case, headline=better_headline(case.headline, detection.story))
        if news.hold is None:
            case = insisting(case, detection)
        if detection.near is not None and not case.alerts:
            case = replace(case, like=detection.near.cluster)
        outputs = self._decide(case, detection, news, now)
        if news.hold is not None and detection.retracted is None:
            # What may not ring lends a later alert neither its words nor its headline.
            self._keep(unlent(self._cases[name], heard))
        self._expire(now)
        return outputs

    def _decide(
        self, case: DeskCase, detection: Detection, news: NewsVerdict, now: datetime
    ) -> tuple[Output, ...]:
        """Return the alerts that follow from a story, and for each desk without one the reason."""
        rung = self._elsewhere.rung(detection, case, now)
        late = RangOfLate(self._elsewhere.like(detection, now), self._elsewhere.rounded(case.turn, now))
        face = appraise(detection, case, rung, now, late)
        if rung is not None and is_about_record(detection, face):
            case = replace(case, same_as=rung.cluster)
        mute = muted_by(self._mutes.values(), case.id, detection, now)
        away = self._turned_away(face, detection, case)
        situation = Situation(detection, face, news, mute, now, self._max_age, away)
        alerts: list[Alert] = []
        holds: dict[str, Hold] = {}
        for endpoint, desks in self._asked(case):
            found = route(endpoint, desks, case, situation)
            departure = self._depart(case, endpoint, found, situation)
            departure = watch(departure, endpoint, desks, Others(detection, self._own, now))
            case = departure.case
            holds = {**found.holds, **holds, **departure.holds}
            if departure.alert is not None:
                alerts.append(departure.alert)
        bar = news.hold or muted(mute)
        hearing = Hearing(detection, now, news.late_by, bar, self._max_age)
        figures = hear_figures(self._desks, case, hearing)
        told = tell_figures(figures.case, figures.alerts, self._departures, now)
        case = told.case
        alerts.extend(told.alerts)
        if not face.rings:
            holds |= figures.holds | told.holds
        self._keep(case)
        if rung is not None and not case.alerts:
            alerts.extend(self._revise_elsewhere(rung, situation))
        return (
            *(Output("alerts", alert.endpoint, alert) for alert in alerts),
            *_held(case, detection, alerts, holds, now),
        )

    def _asked(self, case: DeskCase) -> list[tuple[str, list[DeskSettings]]]:
        """Return the endpoints with their desks; one that a story was passed on to hears of its revisions too."""
        passed_on: list[tuple[str, list[DeskSettings]]] = [
            (name, []) for name in self._others if name in case.alerts and name not in self._endpoints
        ]
        return [*self._endpoints.items(), *passed_on]

    def _turned_away(self, face: Face, detection: Detection, case: DeskCase) -> dict[str, Hold]:
        if not self._routed:
            return {}
        shown = shown_of(face, detection, priority_of(face, detection), None)
        return turned_away(self._desks, facts_of(shown, detection, case.voices))

    def _depart(self, case: DeskCase, endpoint: str, found: Route, situation: Situation) -> Departure:
        """Say whether what an endpoint is to hear leaves now; what waits may leave because of what was heard."""
        waiting = case.waiting.get(endpoint)
        detection, now = situation.detection, situation.now
        if found.alert is not None and found.state is not None:
            self._elsewhere.note(found.state.shown, case.id, now)
            since = waiting.since if waiting else now
            pair = pair_of(detection) or (waiting.pair if waiting else None)
            return self._departures.depart(case, Candidate(found.state, found.alert, since, pair), now)
        if waiting is None or situation.mute is not None:
            return Departure(case)
        if waiting.state.revision == 1 and (detection.retracted or detection.withdrawn):
            left = {name: one for name, one in case.waiting.items() if name != endpoint}
            return Departure(replace(case, waiting=left))
        return self._departures.depart(case, waiting_candidate(waiting), now)

    def _revise_elsewhere(self, rung: Rung, situation: Situation) -> list[Alert]:
        """Return the revisions of the alert that rang for the same record: its figure may be told exactly over here."""
        detection = situation.detection
        other = self._cases.get(rung.cluster)
        if detection.record is None or other is None:
            return []
        if not any(alert.shown.metric == detection.metric for alert in other.alerts.values()):
            # Retold in other words, it is counted as another metric: its figure makes the first one no more exact.
            return []
        told = max(detection.outlets, sum(report.outlets for report in detection.figures))
        face = replace(situation.face, record=detection.record, beats=detection.beats, turn=other.turn)
        there = replace(situation, detection=replace(detection, outlets=told), face=face)
        alerts: list[Alert] = []
        for endpoint in list(other.alerts):
            found = route(endpoint, self._endpoints.get(endpoint, []), other, there)
            if found.alert is not None:
                departure = self._depart(other, endpoint, found, there)
                other = departure.case
                alerts.extend([departure.alert] if departure.alert else [])
        if other is not self._cases.get(rung.cluster):
            self._keep(other)
        return alerts

    def _keep(self, case: DeskCase) -> None:
        self._cases[case.id] = case
        self._note_busy(case)
        if self._next_end is not None:
            self._next_end = min(self._next_end, _end(case))
        self._puts[f"case/{case.id}"] = msgspec.json.encode(case)

    def _merged(self, message: ClustersMerged) -> None:
        absorbed = self._cases.get(message.absorbed)
        if absorbed is None or absorbed.merged_into is not None:
            return
        into = self._elsewhere.settled(message.cluster)
        self._keep(join(self._cases.get(into), absorbed, into))
        self._keep(DeskCase(absorbed.id, absorbed.last, merged_into=into))

    def _time(self, tick: Tick) -> tuple[Output, ...]:
        """Take the newest tick as the time, and tell what waited for it; an older one changes nothing."""
        if self._tick is not None and tick.at <= self._tick.at:
            return ()
        self._tick = tick
        self._puts["tick/newest"] = msgspec.json.encode(tick)
        alerts: list[Alert] = []
        waits_on: list[HeldBack] = []
        if self._busy:
            due = overdue(
                [self._cases[name] for name in sorted(self._busy)],
                self._departures,
                self._mutes.values(),
                tick.at,
            )
            alerts, waits_on = due.alerts, due.held
            for case in due.cases:
                self._keep(case)
        bars = Bars(self._departures, tuple(self._mutes.values()), self._case_of)
        rung = self._bell.ring(tick.at, bars)
        self._puts |= rung.puts
        self._departures.expire(tick.at)
        self._expire(tick.at)
        return (
            *(Output("alerts", alert.endpoint, alert) for alert in [*alerts, *rung.alerts]),
            *(Output("alerts.held", held.cluster, held) for held in [*waits_on, *rung.held]),
        )

    def _act(self, act: Command) -> tuple[Output, ...]:
        """Take an editor's act on a cluster, or the word that an alert of it came too late."""
        case = self._cases.get(self._elsewhere.settled(act.cluster))
        if case is None:
            return ()
        now = self._tick.at if self._tick else act.at
        if act.act == "expired":
            late = too_late(case, act, self._departures, now)
            if late.case is not case:
                self._keep(late.case)
            return tuple(Output("alerts.held", case.id, held) for held in late.held)
        after = acted_on(case, act, now)
        if after is not case:
            self._keep(after)
        return ()

    def _case_of(self, cluster: str) -> DeskCase | None:
        """Return what is known of a cluster, under its name by now."""
        return self._cases.get(self._elsewhere.settled(cluster))

    def _note_busy(self, case: DeskCase) -> None:
        if case.waits or any(one.due is not None for one in case.watched.values()):
            self._busy.add(case.id)
        else:
            self._busy.discard(case.id)

    def _set(self, setting: Setting) -> None:
        found = mute_of(setting)
        if found is None:
            return
        name, mute = found
        if mute is None:
            self._mutes.pop(name, None)
        else:
            self._mutes[name] = mute
        self._puts[f"mute/{name}"] = None if mute is None else msgspec.json.encode(mute)

    def _expire(self, now: datetime) -> None:
        """Forget what was quiet too long; looks at everything only when something must go."""
        if self._next_end is not None and now < self._next_end:
            return
        for name in [name for name, case in self._cases.items() if _end(case) <= now]:
            del self._cases[name]
            self._busy.discard(name)
            self._puts[f"case/{name}"] = None
        self._elsewhere.expire(now)
        self._next_end = min((_end(case) for case in self._cases.values()), default=None)


def _chooses(desk: DeskSettings) -> bool:
    return desk.match is not None or desk.under is not None or desk.default or not desk.passes_on


def _end(case: DeskCase) -> datetime:
    told = case.alerts or any(one.told for one in case.counting.values())
    return case.last + (ALERT_LIFE if told else QUIET_LIFE)


def _held(
    case: DeskCase, detection: Detection, alerts: list[Alert], holds: dict[str, Hold], now: datetime
) -> tuple[Output, ...]:
    """Return why each desk that heard nothing heard nothing; for a story without a finding there is nothing to say."""
    if detection.change != "found":
        return ()
    told = {name for alert in alerts for name in alert.body.desk.split(", ")}
    return tuple(
        Output(
            "alerts.held",
            case.id,
            HeldBack(
                identify("held", detection.id, desk), case.id, detection.story.id, desk, hold.reason, hold.detail, now,
                detection.story.title,
            ),
        )
        for desk, hold in sorted(holds.items())
        if desk not in told
    )  # fmt: skip

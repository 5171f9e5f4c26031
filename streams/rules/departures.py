"""What leaves now and what waits: each endpoint's next word held against its desks' times, caps and flashes.

State beside the cases: when each desk was told of late ("told/..."), and the flashes that hold bulletins back
("flash/...").
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from streams.rules.desk_case import AlertState, DeskCase, Unanswered, Waiting, acts_for
from streams.rules.holds import Hold
from streams.rules.inhibition import Flash, inhibited
from streams.rules.ringing import reaches
from streams.rules.timing import HOUR, Later, Moment, soonest, timing
from wirewatch.messages import Alert
from wirewatch.settings import DeskSettings

FLASH_LIFE: Final = timedelta(hours=24)
Pair = tuple[str, str] | None


class Candidate(Struct, frozen=True):
    """The next word for an endpoint: since when it is wanted, and of which two parties it is."""

    state: AlertState
    alert: Alert
    since: datetime
    pair: Pair = None


class Departure(Struct, frozen=True):
    """The case as it is then, the alert where one leaves, and why each desk of the endpoint waits."""

    case: DeskCase
    alert: Alert | None = None
    holds: dict[str, Hold] = {}


class Departures:
    """Decides what leaves now."""

    def __init__(self, desks: Sequence[DeskSettings], puts: dict[str, bytes | None]) -> None:
        self._desks = {desk.id: desk for desk in desks}
        self._told: dict[str, tuple[datetime, ...]] = {}
        self._flashes: dict[str, Flash] = {}
        self.puts = puts

    def restore(self, kind: str, name: str, value: bytes) -> None:
        """Take a stored entry back."""
        if kind == "told":
            self._told[name] = msgspec.json.decode(value, type=tuple[datetime, ...])
        elif kind == "flash":
            self._flashes[name] = msgspec.json.decode(value, type=Flash)

    def depart(self, case: DeskCase, candidate: Candidate, now: datetime) -> Departure:
        """Say whether a candidate leaves now; where one of an endpoint's desks hears it now, all of them do."""
        endpoint = candidate.state.endpoint
        laters = self.laters(case, candidate, now)
        if laters:
            first = soonest(list(laters.values()))
            waiting = Waiting(
                candidate.state, candidate.alert, candidate.since, first.hold.reason, first.due, first.bundled,
                candidate.pair,
            )  # fmt: skip
            holds = {desk: later.hold for desk, later in laters.items()}
            return Departure(replace(case, waiting={**case.waiting, endpoint: waiting}), None, holds)
        if candidate.state.shown.priority != "flash":
            self.count(candidate.state.desks, now)
        self._note_flash(case, candidate, now)
        return Departure(self.told(case, candidate.state, candidate.alert, now), candidate.alert)

    def laters(self, case: DeskCase, candidate: Candidate, now: datetime) -> dict[str, Later]:
        """Return for each desk why it waits; nothing where one of them does not."""
        found: dict[str, Later] = {}
        for name in candidate.state.desks:
            desk = self._desks.get(name)
            later = (
                timing(desk, candidate.state.shown.priority, self._moment(desk, case, candidate, now))
                if desk
                else None
            )
            if later is None:
                return {}
            found[name] = later
        return found

    def bulletin_waits(
        self, name: str, case: DeskCase, alert: str, *, since: datetime, now: datetime
    ) -> Later | None:
        """Return why a desk waits with a bulletin that the time brings; no outlet has to tell it twice."""
        acts = acts_for(case, alert, name)
        moment = Moment(
            now, since, (), self._told.get(name, ()), acts.snoozed_until, acts.snoozed_by, first=False
        )
        return timing(self._desks[name], "bulletin", moment)

    def told(self, case: DeskCase, state: AlertState, alert: Alert, now: datetime) -> DeskCase:
        """Return the case with an endpoint told, and with what follows where nobody acknowledges it."""
        waiting = {name: one for name, one in case.waiting.items() if name != state.endpoint}
        unanswered = dict(case.unanswered)
        for name in state.desks:
            desk = self._desks.get(name)
            if (
                desk is not None
                and desk.escalate_to is not None
                and desk.escalate_to not in unanswered
                and acts_for(case, state.id, name).acknowledged_at is None
                and desk.escalate_to not in case.alerts
                and reaches(state.shown.priority, desk.escalate_from)
            ):
                due = now + timedelta(seconds=desk.escalate_after)
                unanswered[desk.escalate_to] = Unanswered(alert, state, due, desk.escalate_after)
        return replace(
            case, alerts={**case.alerts, state.endpoint: state}, waiting=waiting, unanswered=unanswered
        )

    def count(self, desks: Iterable[str], now: datetime) -> None:
        """Count a message to desks that have a cap."""
        for name in desks:
            desk = self._desks.get(name)
            if desk is not None and desk.cap is not None:
                recent = tuple(at for at in self._told.get(name, ()) if at > now - HOUR)
                self._told[name] = (*recent, now)
                self.puts[f"told/{name}"] = msgspec.json.encode(self._told[name])

    def expire(self, now: datetime) -> None:
        """Forget the flashes that hold nothing back any more."""
        for key in [key for key, flash in self._flashes.items() if flash.at < now - FLASH_LIFE]:
            del self._flashes[key]
            self.puts[f"flash/{key}"] = None

    def _moment(self, desk: DeskSettings, case: DeskCase, candidate: Candidate, now: datetime) -> Moment:
        pair, priority = candidate.pair, candidate.state.shown.priority
        flash = self._flashes.get(_key(desk.id, pair)) if pair else None
        acts = acts_for(case, candidate.state.id, desk.id)
        return Moment(
            now=now,
            since=candidate.since,
            voices=case.voices,
            told=self._told.get(desk.id, ()),
            snoozed=acts.snoozed_until,
            snoozed_by=acts.snoozed_by,
            inhibited=inhibited(desk, priority, flash, case.id, now),
            first=candidate.state.revision == 1,
        )

    def _note_flash(self, case: DeskCase, candidate: Candidate, now: datetime) -> None:
        if candidate.state.shown.priority != "flash" or candidate.pair is None:
            return
        for name in candidate.state.desks:
            desk = self._desks.get(name)
            if desk is not None and desk.inhibit is not None:
                key = _key(name, candidate.pair)
                self._flashes[key] = Flash(name, candidate.pair, case.id, now)
                self.puts[f"flash/{key}"] = msgspec.json.encode(self._flashes[key])


def waiting_candidate(waiting: Waiting) -> Candidate:
    """Return what waits as a candidate to leave."""
    return Candidate(waiting.state, waiting.alert, waiting.since, waiting.pair)


def escalation_targets(desks: Iterable[DeskSettings]) -> Mapping[str, DeskSettings]:
    """Return the endpoints that hear of what nobody acknowledged."""
    return {desk.escalate_to: desk for desk in desks if desk.escalate_to is not None}


def _key(desk: str, pair: tuple[str, str]) -> str:
    return f"{desk}/{pair[0]}/{pair[1]}"

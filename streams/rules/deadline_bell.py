"""Who hears before a deadline falls due, and when it has passed: two revisions of one alert, by the time alone.

Mutes, snoozes, quiet hours, digests and caps hold it back as they do any bulletin, and that is said once a desk and
word: it then rings when they end, while it is news.
"""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Final

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from streams.rules.alert_text import cut, say_day
from streams.rules.departures import Departures
from streams.rules.desk_case import DeskCase
from streams.rules.holds import Hold
from streams.rules.mutes import Mute, muted, mutes_deadline
from wirewatch.ids import identify
from wirewatch.messages import Alert, AlertBody, DeadlineNotice, HeldBack
from wirewatch.settings import DeskSettings

# That a deadline passed is news for a day.
NEWS: Final = timedelta(days=1)


class Waiting(Struct, frozen=True):
    """A deadline, how far each endpoint was told of it, and of how far each desk was said to wait."""

    notice: DeadlineNotice
    told: dict[str, int] = {}
    held: dict[str, int] = {}


_decoder = msgspec.json.Decoder(Waiting)


class Bars(Struct, frozen=True):
    """What may hold a word back: mutes, desks' times, and what editors did to a cluster."""

    departures: Departures
    mutes: tuple[Mute, ...]
    case_of: Callable[[str], DeskCase | None]


class Rung(Struct):
    """What a moment brings: alerts, why desks wait for others, and the state to store."""

    alerts: list[Alert]
    held: list[HeldBack]
    puts: dict[str, bytes | None]


class DeadlineBell:
    """The deadlines that desks wait for."""

    def __init__(self, desks: Iterable[DeskSettings]) -> None:
        # By endpoint: the desks that want it, and how long before the earliest of them hears.
        self._wanted: dict[str, tuple[tuple[str, ...], timedelta]] = {}
        for desk in desks:
            if desk.deadlines is None:
                continue
            for endpoint in desk.endpoints:
                names, before = self._wanted.get(endpoint, ((), timedelta()))
                longer = max(before, timedelta(seconds=desk.deadlines))
                self._wanted[endpoint] = ((*names, desk.id), longer)
        self._waiting: dict[str, Waiting] = {}

    def restore(self, value: bytes) -> None:
        """Take up a stored deadline."""
        waiting = _decoder.decode(value)
        self._waiting[waiting.notice.id] = waiting

    def hear(self, notice: DeadlineNotice) -> dict[str, bytes | None]:
        """Wait for a deadline where a desk wants to hear of it; return the state to store."""
        if not self._wanted or notice.id in self._waiting:
            return {}
        return self._keep(Waiting(notice))

    def ring(self, now: datetime, bars: Bars) -> Rung:
        """Return what is to be told at this time, and what keeps the rest from being told."""
        rung = Rung([], [], {})
        for name in sorted(self._waiting):
            before = self._waiting[name]
            if now >= before.notice.until + NEWS:
                del self._waiting[name]
                rung.puts[f"deadline/{name}"] = None
                continue
            after = before
            for endpoint in self._wanted:
                after = self._tell(after, endpoint, bars, now, rung)
            if after is not before:
                rung.puts |= self._keep(after)
        return rung

    def _tell(self, waiting: Waiting, endpoint: str, bars: Bars, now: datetime, rung: Rung) -> Waiting:
        """Add an endpoint's next word, or why its desks wait for it."""
        desks, before = self._wanted[endpoint]
        notice = waiting.notice
        stage = _stage(notice, before, now)
        known = waiting.told.get(endpoint, 0)
        if known >= stage:
            return waiting
        since = notice.until - (before if stage == 1 else timedelta())
        holds = _barred(notice, endpoint, desks, bars, since=since, now=now)
        if holds:
            fresh = {desk: hold for desk, hold in holds.items() if waiting.held.get(desk, 0) < stage}
            rung.held.extend(_held(notice, desk, hold, stage, now) for desk, hold in fresh.items())
            return (
                replace(waiting, held={**waiting.held, **dict.fromkeys(fresh, stage)}) if fresh else waiting
            )
        # What was not told before it passed is told once, as its first word.
        revision = 1 if known == 0 else 2
        rung.alerts.append(_alert(notice, endpoint, desks, now, stage=stage, revision=revision))
        bars.departures.count(desks, now)
        return replace(waiting, told={**waiting.told, endpoint: stage})

    def _keep(self, waiting: Waiting) -> dict[str, bytes | None]:
        self._waiting[waiting.notice.id] = waiting
        return {f"deadline/{waiting.notice.id}": msgspec.json.encode(waiting)}


def _stage(notice: DeadlineNotice, before: timedelta, now: datetime) -> int:
    """Return how much is to be told: 0 nothing yet, 1 that it is near, 2 that it has passed."""
    if now >= notice.until:
        return 2
    return 1 if now >= notice.until - before else 0


def _barred(
    notice: DeadlineNotice,
    endpoint: str,
    desks: tuple[str, ...],
    bars: Bars,
    *,
    since: datetime,
    now: datetime,
) -> dict[str, Hold]:
    """Return why each of the endpoint's desks waits; nothing where one of them does not."""
    case = bars.case_of(notice.cluster) or DeskCase(notice.cluster, now)
    mute = next((mute for mute in bars.mutes if mutes_deadline(mute, case.id, notice, now)), None)
    found: dict[str, Hold] = {}
    alert = _identity(notice, endpoint)
    for desk in desks:
        later = bars.departures.bulletin_waits(desk, case, alert, since=since, now=now)
        hold = muted(mute) or (later.hold if later else None)
        if hold is None:
            return {}
        found[desk] = hold
    return found


def _held(notice: DeadlineNotice, desk: str, hold: Hold, stage: int, now: datetime) -> HeldBack:
    word = "passed" if stage == 2 else "near"
    detail = cut(f"deadline of {say_day(notice.due)} {word}; {hold.detail}")
    return HeldBack(
        identify("held", "deadline", notice.id, word, desk), notice.cluster, notice.story, desk, hold.reason,
        detail, now, notice.title,
    )  # fmt: skip


def _identity(notice: DeadlineNotice, endpoint: str) -> str:
    return identify("alert", "deadline", notice.id, endpoint)


def _alert(
    notice: DeadlineNotice, endpoint: str, desks: tuple[str, ...], now: datetime, *, stage: int, revision: int
) -> Alert:
    identity = _identity(notice, endpoint)
    return Alert(
        id=identity,
        revision=revision,
        endpoint=endpoint,
        webhook_id=identify("webhook", identity, "passed" if stage == 2 else "near"),
        story=notice.story,
        story_url=notice.url,
        at=now,
        body=AlertBody(
            alert=identity,
            revision=revision,
            desk=", ".join(desks),
            priority="bulletin",
            kind="deadline",
            headline=cut(notice.title),
            sentence=cut(notice.sentence),
            said_by=notice.set_by,
            figure=None,
            unit=None,
            qualifier=None,
            beats=None,
            figures=(),
            outlets=1,
            cluster=notice.cluster,
            url=notice.url,
            reason=cut(_reason(notice, now, passed=stage == 2)),
            source=notice.source,
        ),
        expires=notice.until + NEWS,
    )


def _reason(notice: DeadlineNotice, now: datetime, *, passed: bool) -> str:
    by = f", set by {notice.set_by}" if notice.set_by else ""
    told = f"told on {say_day(notice.told.date().isoformat())}"
    if passed:
        return f"Deadline passed: the {notice.kind} of {say_day(notice.due)}{by}; {told}"
    hours = max(0, round((notice.until - now).total_seconds() / 3600))
    return f"Deadline near: the {notice.kind} ends on {say_day(notice.due)}, in {hours} hours{by}; {told}"

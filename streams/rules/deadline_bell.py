"""Who hears before a deadline falls due, and when it has passed: two revisions of one alert, by the time alone."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from streams.rules.alert_text import cut, say_day
from wirewatch.ids import identify
from wirewatch.messages import Alert, AlertBody, DeadlineNotice
from wirewatch.settings import DeskSettings

# That a deadline passed is news for a day.
NEWS: Final = timedelta(days=1)


class Waiting(Struct, frozen=True):
    """A deadline, and how many revisions each endpoint was told."""

    notice: DeadlineNotice
    told: dict[str, int] = {}


_decoder = msgspec.json.Decoder(Waiting)


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

    def ring(self, now: datetime) -> tuple[list[Alert], dict[str, bytes | None]]:
        """Return what is to be told at this time, and the state to store."""
        alerts: list[Alert] = []
        puts: dict[str, bytes | None] = {}
        for name in sorted(self._waiting):
            waiting = self._waiting[name]
            until = waiting.notice.until
            if now >= until + NEWS:
                del self._waiting[name]
                puts[f"deadline/{name}"] = None
                continue
            for endpoint, (desks, before) in self._wanted.items():
                if now < until - before:
                    continue
                known = waiting.told.get(endpoint, 0)
                stage = 2 if now >= until else 1
                if known >= stage:
                    continue
                # What was not told before it passed is told once, as its first word.
                first = known == 0
                alerts.append(
                    _alert(waiting.notice, endpoint, desks, now, stage=stage, revision=1 if first else 2)
                )
                waiting = replace(waiting, told={**waiting.told, endpoint: stage})
                puts |= self._keep(waiting)
        return alerts, puts

    def _keep(self, waiting: Waiting) -> dict[str, bytes | None]:
        self._waiting[waiting.notice.id] = waiting
        return {f"deadline/{waiting.notice.id}": msgspec.json.encode(waiting)}


def _alert(
    notice: DeadlineNotice, endpoint: str, desks: tuple[str, ...], now: datetime, *, stage: int, revision: int
) -> Alert:
    identity = identify("alert", "deadline", notice.id, endpoint)
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

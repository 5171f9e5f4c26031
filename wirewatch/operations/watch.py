"""Watches over everything: restarts what stalls, tells the operations endpoint, keeps the heartbeat.

    look -> what is ill -> restart what stalls -> tell what is new or over -> heartbeat while all is well

It needs no Prometheus, and tells by itself, past Kafka and the delivery workers: they may be what is ill.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Final, get_args

from msgspec import Struct
from msgspec.structs import replace

from wirewatch.clock import Clock
from wirewatch.errors import BrokerError
from wirewatch.ids import identify
from wirewatch.messages import Alert, AlertBody
from wirewatch.operations import metrics
from wirewatch.operations.illness import Ill, IllKind, Survey, ills, no_kafka
from wirewatch.operations.watchdog import Pace, watch

logger = logging.getLogger(__name__)

LOOK_EVERY: Final = 10.0
# Feeds and what waits are read whole, which costs more.
WHOLE_EVERY: Final = 6
# A moment's illness, as while a stage starts, is told nobody.
# The delivery workers tell of these at once, by themselves.
TOLD_BY_OTHERS: Final = frozenset[IllKind](["endpoint"])
TELL_AFTER: Final = timedelta(seconds=30)
HEARTBEAT_EVERY: Final = timedelta(seconds=60)

Look = Callable[[bool], Awaitable[Survey]]
Tell = Callable[[Alert], Awaitable[bool]]
Beat = Callable[[], Awaitable[bool]]
Restart = Callable[[str], None]


class Case(Struct, frozen=True):
    """An illness from when it was first seen, and whether it was told."""

    ill: Ill
    since: datetime
    told: bool = False


class Watch:
    """The one that looks. `tell`, `beat` and `restart` are None where there is nobody to."""

    def __init__(
        self,
        look: Look,
        clock: Clock,
        *,
        servers: str,
        tell: Tell | None = None,
        beat: Beat | None = None,
        restart: Restart | None = None,
    ) -> None:
        self._look = look
        self._clock = clock
        self._servers = servers
        self._tell = tell
        self._beat = beat
        self._restart = restart
        self._turns = 0
        self._last: Survey | None = None
        self._paces: dict[str, Pace] = {}
        self._beaten: datetime | None = None
        self.cases: dict[tuple[str, str], Case] = {}

    async def run(self, stop: asyncio.Event) -> None:
        """Look again and again until told to stop."""
        stopping = asyncio.ensure_future(stop.wait())
        while not stop.is_set():
            try:
                await self.turn()
            except Exception:
                # Whatever it is, the next look must not be missed for it.
                logger.exception("The watch could not look")
            pause = asyncio.ensure_future(self._clock.sleep(LOOK_EVERY))
            await asyncio.wait({stopping, pause}, return_when=asyncio.FIRST_COMPLETED)
            pause.cancel()
        stopping.cancel()

    async def turn(self) -> None:
        """Look once, and do what follows."""
        found = await self._found()
        for kind in get_args(IllKind):
            metrics.ILL.labels(kind).set(sum(ill.kind == kind for ill in found))
        await self._follow({(ill.kind, ill.what): ill for ill in found})
        await self._keep_heartbeat(well=not found)

    def in_words(self) -> tuple[str, ...]:
        """Return what is ill now, as a person is told."""
        return tuple(f"{case.ill.where}: {case.ill.reason}" for case in self.cases.values())

    async def _found(self) -> tuple[Ill, ...]:
        try:
            survey = await self._look(self._turns % WHOLE_EVERY == 0)
        except BrokerError as error:
            return (no_kafka(self._servers, str(error)),)
        finally:
            self._turns += 1
        if self._last is not None and (self._turns - 1) % WHOLE_EVERY:
            survey = replace(survey, feeds=self._last.feeds, pending=self._last.pending)
        self._last = survey
        self._restart_stalled(survey)
        return ills(survey)

    def _restart_stalled(self, survey: Survey) -> None:
        # The survey itself may take a while: what counts is when it looked.
        self._paces, stalled = watch(self._paces, survey.stages, survey.at)
        for name in stalled:
            metrics.STALLS.labels(name).inc()
            logger.warning("%s reads nothing although there is something to read", name)
            if self._restart is not None:
                self._restart(name)

    async def _follow(self, found: dict[tuple[str, str], Ill]) -> None:
        now = self._clock.now()
        for key, ill in found.items():
            case = self.cases.get(key)
            case = Case(ill, now) if case is None else replace(case, ill=ill)
            if not case.told and now - case.since >= TELL_AFTER:
                logger.warning("Ill: %s: %s", ill.where, ill.reason)
                case = replace(case, told=await self._say(case, now, over=False))
            self.cases[key] = case
        for key in [key for key in self.cases if key not in found]:
            case = self.cases[key]
            if not case.told or await self._say(case, now, over=True):
                if case.told:
                    logger.warning("Well again: %s", case.ill.where)
                del self.cases[key]

    async def _say(self, case: Case, now: datetime, *, over: bool) -> bool:
        """Tell of a case; one that was not heard is told again at the next turn."""
        if self._tell is None or case.ill.kind in TOLD_BY_OTHERS:
            return True
        heard = await self._tell(notice(case, now, over=over))
        metrics.TOLD.labels("delivered" if heard else "failed").inc()
        return heard

    async def _keep_heartbeat(self, *, well: bool) -> None:
        now = self._clock.now()
        due = self._beaten is None or now - self._beaten >= HEARTBEAT_EVERY
        if self._beat is not None and well and due and await self._beat():
            self._beaten = now


def notice(case: Case, now: datetime, *, over: bool) -> Alert:
    """Return what the operations endpoint is told: of a case that began, or that is over."""
    ill = case.ill
    name = identify("illness", ill.kind, ill.what, case.since.isoformat())
    revision = 2 if over else 1
    headline = f"Well again: {ill.where}" if over else f"Ill: {ill.where}: {ill.reason}"
    body = AlertBody(
        alert=name,
        revision=revision,
        desk="operations",
        priority="bulletin" if over else "urgent",
        kind="notice",
        headline=headline,
        sentence=f"It was ill since {case.since:%H:%M:%S} UTC." if over else f"{ill.todo}.",
        said_by="Wirewatch",
        figure=None,
        unit=None,
        qualifier=None,
        beats=None,
        figures=(),
        outlets=1,
        cluster=name,
        url=None,
        reason=f"{'well' if over else 'ill'}: {ill.reason}",
        source="Wirewatch",
    )
    return Alert(
        id=name,
        revision=revision,
        endpoint="operations",
        webhook_id=identify("illness-notice", name, str(revision)),
        story=name,
        story_url=None,
        at=now,
        body=body,
    )

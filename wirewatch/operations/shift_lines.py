"""Tells desks the line of a shift when it ends: reads what the shift brought, and writes the line to `alerts`."""

import asyncio
import logging
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final

from aiokafka.errors import KafkaError

from wirewatch.clock import Clock
from wirewatch.codec import decode_as, encode, headers
from wirewatch.errors import BrokerError, MessageError
from wirewatch.kafka import KafkaConnection
from wirewatch.messages import Alert
from wirewatch.operations.shifts import Shift, Work, ended, name_of, shift_alert, told_of
from wirewatch.operations.survey import Surveyor
from wirewatch.settings import DeskSettings
from wirewatch.topics import ALERTS, STORIES

logger = logging.getLogger(__name__)

LOOK_EVERY: Final = 10.0


class ShiftLines:
    """The one that tells. `ill` says in words what is ill now, `feeds` which feeds are configured."""

    def __init__(
        self,
        desks: Sequence[DeskSettings],
        kafka: KafkaConnection,
        clock: Clock,
        *,
        feeds: Iterable[str] = (),
        ill: Callable[[], tuple[str, ...]] = tuple,
    ) -> None:
        self._desks = [desk for desk in desks if desk.shifts]
        self._kafka = kafka
        self._clock = clock
        self._feeds = frozenset(feeds)
        self._ill = ill
        self._told: dict[str, Shift] = {}

    async def run(self, stop: asyncio.Event) -> None:
        """Tell until told to stop; what Kafka does not take is told when it does, within the hour."""
        stopping = asyncio.ensure_future(stop.wait())
        while self._desks and not stop.is_set():
            try:
                await self.turn()
            except BrokerError as error:
                logger.warning("The line of a shift waits: %s", error)
            pause = asyncio.ensure_future(self._clock.sleep(LOOK_EVERY))
            await asyncio.wait({stopping, pause}, return_when=asyncio.FIRST_COMPLETED)
            pause.cancel()
        stopping.cancel()

    async def turn(self) -> None:
        """Tell the lines that are due and were not told, by this process or the one before it.

        Raises:
            BrokerError: Kafka does not answer.
        """
        now = self._clock.now()
        for desk in self._desks:
            shift = ended(desk, now)
            if shift is None or self._told.get(desk.id) == shift:
                continue
            async with Surveyor(self._kafka, self._clock) as surveyor:
                # A shift before the first story was nobody's.
                if await surveyor.stood_before(STORIES, shift.ends):
                    await self._tell(desk, shift, surveyor)
            self._told[desk.id] = shift

    async def _tell(self, desk: DeskSettings, shift: Shift, surveyor: Surveyor) -> None:
        told = {alert.id for alert in _alerts(await surveyor.between(ALERTS, shift.ends))}
        endpoints = [name for name in desk.endpoints if name_of(shift, name) not in told]
        if not endpoints:
            return
        survey = await surveyor.look(self._feeds)
        work = Work(
            await surveyor.stories_between(shift.begins, shift.ends),
            survey.feeds,
            told_of(desk.id, _alerts(await surveyor.between(ALERTS, shift.begins, shift.ends))),
            self._ill(),
        )
        await self._write([shift_alert(shift, work, name, self._clock.now()) for name in endpoints])

    async def _write(self, alerts: Iterable[Alert]) -> None:
        try:
            async with self._kafka.producer() as producer:
                for alert in alerts:
                    said = headers(alert, id=alert.webhook_id, source="watch", time=alert.at)
                    key = alert.endpoint.encode()
                    await producer.send_and_wait(
                        self._kafka.topic(ALERTS), encode(alert), key=key, headers=said
                    )
        except (KafkaError, OSError) as error:
            raise BrokerError(f"Kafka on {self._kafka.bootstrap_servers} does not answer: {error}") from error


def _alerts(records: Iterable[Any]) -> Iterable[Alert]:
    for record in records:
        try:
            yield decode_as(Alert, record.value)
        except MessageError:
            continue

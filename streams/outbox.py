"""Sends what a step emits, and acknowledges an event only when all of it stands in Kafka.

Faust acknowledges as soon as an agent's loop moves on, whatever is still unsent, and commits even after a failed
produce. So the agents do not let it: they read with `noack()`, hand each event here, and here three things happen in
order, pipelined over many events:

    1. what the event changes is written to the step's changelog, and awaited
    2. what it emits is sent, and awaited
    3. the event is acknowledged, so that its offset may be committed

A fault of the infrastructure ends the process at once, before the commit: the next one reads the event again.
"""

import asyncio
import logging
import os
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final, NoReturn

import faust
from msgspec import Struct

from streams.measure import StageMeasure
from wirewatch.clock import Clock, SystemClock
from wirewatch.codec import Headers

logger = logging.getLogger(__name__)

# Events handled but not yet acknowledged; also how many the journal must remember.
MAX_IN_FLIGHT: Final = 256
# After so many seconds without Kafka's answer the process ends, and its successor goes on from the last commit.
SEND_TIMEOUT: Final = 60.0
EXIT_INFRASTRUCTURE: Final = 70


class Sending(Struct, frozen=True):
    """A message on its way: full topic name, key, bytes, headers."""

    topic: str
    key: bytes
    value: bytes | None
    headers: Headers = []


def end_process(error: BaseException) -> NoReturn:
    """End hard, before anything is committed: whoever takes over reads the unacknowledged events again."""
    logger.critical("Kafka did not take what this step sent; it ends and is to be started again: %r", error)
    logging.shutdown()
    os._exit(EXIT_INFRASTRUCTURE)


class Outbox:
    """The two pipelines behind an agent: sent in order, acknowledged in order."""

    def __init__(
        self,
        app: faust.App,
        *,
        crash: Callable[[BaseException], None] = end_process,
        clock: Clock | None = None,
    ) -> None:
        self._app = app
        self._measure = StageMeasure(app, clock or SystemClock())
        self._crash = crash
        self._room = asyncio.Semaphore(MAX_IN_FLIGHT)
        self._written: asyncio.Queue[tuple[Any, Sequence[Awaitable[Any]], Sequence[Sending]]] = (
            asyncio.Queue()
        )
        self._sent: asyncio.Queue[tuple[Any, Sequence[Awaitable[Any]]]] = asyncio.Queue()

    def start(self) -> None:
        """Begin to send and acknowledge, as tasks of the app."""
        self._app.add_future(self._guarded(self._send_written))
        self._app.add_future(self._guarded(self._acknowledge_sent))

    async def room(self) -> None:
        """Return when fewer than `MAX_IN_FLIGHT` events are unacknowledged."""
        await self._room.acquire()

    async def write(self, sending: Sending, partition: int) -> Awaitable[Any]:
        """Begin to write to a changelog; the answer is awaited before anything that follows from it is sent."""
        found: Awaitable[Any] = await self._app.producer.send(
            sending.topic, sending.key, sending.value, partition, None, None
        )
        return found

    def follow(self, event: Any, written: Sequence[Awaitable[Any]], outputs: Sequence[Sending]) -> None:
        """Send `outputs` when all of `written` stands, then acknowledge `event`. Takes one place of `room`."""
        self._written.put_nowait((event, written, outputs))

    async def _send_written(self) -> None:
        while True:
            event, written, outputs = await self._written.get()
            for answer in written:
                await asyncio.wait_for(answer, SEND_TIMEOUT)
            send = self._app.producer.send
            answers = [await send(out.topic, out.key, out.value, None, None, out.headers) for out in outputs]
            self._sent.put_nowait((event, answers))

    async def _acknowledge_sent(self) -> None:
        while True:
            event, answers = await self._sent.get()
            for answer in answers:
                await asyncio.wait_for(answer, SEND_TIMEOUT)
            event.ack()
            self._measure.handled(event.message)
            self._room.release()

    async def _guarded(self, loop: Callable[[], Awaitable[None]]) -> None:
        try:
            await loop()
        except Exception as error:  # noqa: BLE001 - whatever it is, nothing may be committed after it
            self._crash(error)

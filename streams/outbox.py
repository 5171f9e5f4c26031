"""Sends what a step emits, and acknowledges an event only when all of it stands in Kafka.

Faust acknowledges as soon as an agent's loop moves on, whatever is still unsent, and commits even after a failed
produce. So the agents do not let it: they read with `noack()`, hand each event here, and here four things happen in
order, for as many events at once as are there:

    1. what the events change and emit is written down in one piece, by a step that has a journal, and awaited
    2. the changes are written to the step's changelog, and what is emitted is sent
    3. all of it is awaited
    4. the events are acknowledged, so that their offsets may be committed

A fault of the infrastructure ends the process at once, before the commit: the next one reads the events again.
"""

import asyncio
import logging
import os
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final, NoReturn

import faust
from msgspec import Struct

from streams.batches import Batch, Sending, send_together
from streams.measure import StageMeasure
from wirewatch.clock import Clock
from wirewatch.topics import DEAD, MEGABYTE

logger = logging.getLogger(__name__)

# Events handled but not yet acknowledged.
MAX_IN_FLIGHT: Final = 512
# Batches of them written down but not yet acknowledged: what the journal must remember.
MAX_BATCHES: Final = 4
# A batch is no more than what waits, and bounded in events and in bytes.
MAX_BATCH: Final = 128
MAX_BATCH_BYTES: Final = 2 * MEGABYTE
# All that follows from one event stands in one message of the journal.
MAX_EFFECT_BYTES: Final = DEAD.max_message_bytes - MEGABYTE
# After so many seconds without Kafka's answer the process ends, and its successor goes on from the last commit.
SEND_TIMEOUT: Final = 60.0
EXIT_INFRASTRUCTURE: Final = 70
# Seconds from one batch to the next where events keep coming: a request to Kafka costs as much as several events do.
PACE: Final = 0.02
# As many in one batch are a crowd, so many a rush, and so many a flood: until it is gone a batch goes less often.
CROWD: Final = 4
CROWD_PACE: Final = 0.05
RUSH: Final = 16
RUSH_PACE: Final = 0.1
FLOOD: Final = 32
FLOOD_PACE: Final = 0.2
_PACES: Final = ((FLOOD, FLOOD_PACE), (RUSH, RUSH_PACE), (CROWD, CROWD_PACE))
# A batch waits no longer where nothing more came for so many seconds.
LULL: Final = 0.02
# An agent with much to do lets others at the processor after so many seconds: those that send what it did.
TURN: Final = 0.02

Place = tuple[str, int, int, int]  # topic, partition, offset, timestamp in ms


class Effect(Struct, frozen=True):
    """All that follows from one event. `place` is None where it needs no entry in the journal."""

    event: Any
    outputs: Sequence[Sending] = ()
    puts: dict[str, bytes | None] = {}
    place: Place | None = None

    @property
    def size(self) -> int:
        """Return how many bytes it takes, about."""
        stored = sum(len(key) + len(value or b"") for key, value in self.puts.items())
        return stored + sum(len(out.key) + len(out.value or b"") for out in self.outputs)


Seal = Callable[[Sequence[Effect]], tuple[Sequence[Sending], Sequence[Sending]]]


Landed = Callable[[int, Sending], None]


def end_process(error: BaseException) -> NoReturn:
    """End hard, before anything is committed: whoever takes over reads the unacknowledged events again."""
    logger.critical("This step cannot go on; it ends and is to be started again: %r", error)
    logging.shutdown()
    os._exit(EXIT_INFRASTRUCTURE)


def nothing_to_keep(_: Sequence[Effect]) -> tuple[Sequence[Sending], Sequence[Sending]]:
    """Seal a batch of a step without state: nothing comes before its outputs, and nothing beside them."""
    return (), ()


def nothing_to_note(_: int, __: Sending) -> None:
    """Take no note of what stands in the changelog of a step without state."""


class Outbox:
    """The way of events behind an agent: sent in order, acknowledged in order.

    `seal` says what is written before anything else of a batch goes out, and what goes out beside its outputs. `landed`
    hears at which offset each of these stands.
    """

    def __init__(
        self,
        app: faust.App,
        clock: Clock,
        *,
        seal: Seal = nothing_to_keep,
        landed: Landed = nothing_to_note,
        crash: Callable[[BaseException], None] = end_process,
    ) -> None:
        self._app = app
        self._clock = clock
        self._seal = seal
        self._landed = landed
        self._measure = StageMeasure(app, clock)
        self._crash = crash
        self._room = asyncio.Semaphore(MAX_IN_FLIGHT)
        self._places = asyncio.Semaphore(MAX_BATCHES)
        self._waiting: deque[Effect] = deque()
        self._something = asyncio.Event()
        self._nothing = asyncio.Event()
        self._nothing.set()
        self._in_flight = 0
        # When the last batch went.
        self._went = float("-inf")
        self._pace = PACE
        # When the agent last let others at the processor.
        self._turned = float("-inf")
        self._sent: asyncio.Queue[tuple[list[Effect], list[Batch], list[Batch]]] = asyncio.Queue()

    def start(self) -> None:
        """Begin to send and acknowledge, as tasks of the app."""
        self._app.add_future(self._guarded(self._send_batches))
        self._app.add_future(self._guarded(self._acknowledge_sent))

    async def room(self) -> None:
        """Return when fewer than `MAX_IN_FLIGHT` events are unacknowledged."""
        await self._room.acquire()
        if self._clock.monotonic() - self._turned > TURN:
            await self._clock.sleep(0)
            self._turned = self._clock.monotonic()

    async def idle(self) -> None:
        """Return when every event is acknowledged."""
        await self._nothing.wait()

    @property
    def resting(self) -> bool:
        """Whether every event is acknowledged."""
        return self._nothing.is_set()

    def follow(self, effect: Effect) -> None:
        """Do all that follows from an event, then acknowledge it. Takes one place of `room`."""
        self._waiting.append(effect)
        self._in_flight += 1
        self._nothing.clear()
        self._something.set()

    async def _send_batches(self) -> None:
        while True:
            await self._something.wait()
            await self._places.acquire()
            await self._gathered()
            batch = self._take()
            first, beside = self._seal(batch)
            if first:
                await self._note(await send_together(self._app, first))
            noted = await send_together(self._app, beside)
            outputs = [out for effect in batch for out in effect.outputs]
            self._sent.put_nowait((batch, noted, await send_together(self._app, outputs)))

    async def _gathered(self) -> None:
        """Return when a batch may go: at once where none went just now, it is full, or nothing more comes."""
        while len(self._waiting) < MAX_BATCH:
            pause = self._went + self._pace - self._clock.monotonic()
            if pause <= 0:
                break
            waiting = len(self._waiting)
            await self._clock.sleep(min(pause, LULL))
            if len(self._waiting) == waiting:
                break
        self._went = self._clock.monotonic()

    def _take(self) -> list[Effect]:
        batch = [self._waiting.popleft()]
        size = batch[0].size
        while self._waiting and len(batch) < MAX_BATCH:
            size += self._waiting[0].size
            if size > MAX_BATCH_BYTES:
                break
            batch.append(self._waiting.popleft())
        if not self._waiting:
            self._something.clear()
        self._pace = next((pace for size, pace in _PACES if len(batch) >= size), PACE)
        return batch

    async def _note(self, noted: Sequence[Batch], others: Sequence[Batch] = ()) -> None:
        """Wait until all of it stands in Kafka, and tell where that does which is to be noted."""
        for batch, answer in zip(noted, await _answers(noted, others), strict=False):
            for place, sending in enumerate(batch.sendings, answer.offset):
                self._landed(place, sending)

    async def _acknowledge_sent(self) -> None:
        while True:
            batch, noted, others = await self._sent.get()
            await self._note(noted, others)
            for effect in batch:
                effect.event.ack()
                self._measure.handled(effect.event.message)
                self._room.release()
            self._places.release()
            self._in_flight -= len(batch)
            if not self._in_flight:
                self._nothing.set()

    async def _guarded(self, loop: Callable[[], Awaitable[None]]) -> None:
        try:
            await loop()
        except Exception as error:  # noqa: BLE001 - whatever it is, nothing may be committed after it
            self._crash(error)


async def _answers(*batches: Sequence[Batch]) -> Sequence[Any]:
    """Return where all of it stands when Kafka has taken it.

    Raises:
        Exception: it did not, or said nothing for too long.
    """
    answers = [batch.answer for some in batches for batch in some]
    if not answers:
        return ()
    found: Sequence[Any] = await asyncio.wait_for(asyncio.gather(*answers), SEND_TIMEOUT)
    return found

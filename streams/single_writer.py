"""The agent of a step that alone decides: one event after another, through its rule, its journal and its outbox."""

import asyncio
import gc
import logging
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from pathlib import Path
from threading import Thread
from typing import Any, Final, cast

import faust

from streams import measure
from streams.app import StepName, build_app, dead_letter, sending, source
from streams.batches import Sending
from streams.journal import Journal, put
from streams.kept_table import Keeper, kept_store
from streams.outbox import MAX_EFFECT_BYTES, Effect, Outbox, end_process
from streams.rules.step import Change, Following, Output, StepRule
from streams.snapshot import recall
from wirewatch.clock import Clock
from wirewatch.codec import decode
from wirewatch.errors import MessageError
from wirewatch.kafka import KafkaConnection
from wirewatch.operations import canary
from wirewatch.operations.story_log import log_story
from wirewatch.topics import DEAD, Topic

logger = logging.getLogger(__name__)

# A state is brought up to what others stored each so many seconds.
KEEP_UP: Final = 1.0


class SingleWriter:
    """A step with state. Its topics have one partition, so that there is one order and one writer."""

    def __init__(
        self,
        step: StepName,
        inputs: tuple[Topic, ...],
        make_rule: Callable[[], StepRule],
        *,
        kafka: KafkaConnection,
        folder: Path,
        clock: Clock,
    ) -> None:
        self._step = step
        self._kafka = kafka
        self._clock = clock
        self._by_name = {kafka.topic(topic): topic for topic in inputs}
        self._journal = Journal(make_rule)
        changelog = f"{kafka.group(step)}-state-changelog"
        file = folder / f"{step}.snapshot"
        snapshot = recall(file, kafka, changelog)
        self._stale = True
        # The rule is asked by one at a time, and not while its state is restored.
        self._deciding = asyncio.Lock()
        self.app: faust.App = build_app(step, kafka, folder)
        self._table = self.app.Table(
            "state",
            partitions=1,
            key_type=bytes,
            value_type=bytes,
            # An entry holds what an event puts and what it emits: more than its input, and more than a broker's megabyte.
            extra_topic_configs={"max.message.bytes": str(DEAD.max_message_bytes)},
        )
        self._store = kept_store(self.app, self._table, snapshot)
        # Faust would make one of its own by the address in its settings, which knows nothing of a file.
        cast("Any", self._table)._data = self._store
        self._keeper = Keeper(kafka, file, changelog, clock)
        # A rule that can follow what changes is made from the file while Kafka is still being asked.
        self._early = self._begun_early() if snapshot and isinstance(self._journal.rule, Following) else None
        self._outbox = Outbox(self.app, clock, seal=self._seal, landed=self._store.landed)
        self.app.on_partitions_assigned.connect(self._on_assigned, weak=False)
        self.app.task(self._start_outbox)
        self.app.agent(source(self.app, kafka, *inputs), name=step, concurrency=1)(self._run)

    async def _start_outbox(self) -> None:
        self._outbox.start()
        self.app.add_future(self._keep_up())

    async def _on_assigned(self, *_: Any, **__: Any) -> None:
        # The table may have moved on under another worker.
        self._stale = True

    async def _run(self, stream: Any) -> None:
        try:
            async for event in stream.noack().events():
                if self._stale or self._store.news:
                    # What is still on its way is part of the state that it is restored from.
                    await self._outbox.idle()
                if self._keeper.due(self._store):
                    await self._outbox.idle()
                    self._keeper.keep(self._store)
                await self._outbox.room()
                async with self._deciding:
                    await self._catch_up()
                    self._outbox.follow(self._effect(event))
        except Exception as error:  # noqa: BLE001 - Faust would acknowledge the event and go on without its effect
            end_process(error)

    async def _keep_up(self) -> None:
        """Have the state ready before there is anything to decide: a standby's work, and a beginner's."""
        try:
            while True:
                await self._clock.sleep(KEEP_UP)
                async with self._deciding:
                    if not self.app.in_recovery and self._outbox.resting:
                        await self._catch_up()
        except Exception as error:  # noqa: BLE001 - a state that is not whole must decide nothing
            end_process(error)

    async def _catch_up(self) -> None:
        """Restore the state where the table may have moved on under another worker, as far as it did."""
        if not self._stale and not self._store.news:
            return
        self._stale = False
        if self._early is not None:
            whole, self._early = self._early, None
            await asyncio.wrap_future(whole)
            self._settle_memory()
        changed = self._store.changed()
        rest = self._journal.begin(self._table.data, changed)
        # Beside the loop: Kafka must hear in time that this worker lives.
        if changed is None:
            gc.disable()
        await asyncio.to_thread(rest)
        if changed is None:
            self._settle_memory()

    def _begun_early(self) -> "Future[None]":
        """Begin to make the rule from what was kept. What Faust applies from now on is what changed."""
        self._store.changed()
        rest = self._journal.begin(self._store.data)
        gc.disable()
        made: Future[None] = Future()

        def make() -> None:
            try:
                made.set_result(rest())
            except BaseException as error:  # noqa: BLE001 - whoever waits for it is to hear of it
                made.set_exception(error)

        Thread(target=make, name="state", daemon=True).start()
        return made

    def _settle_memory(self) -> None:
        """Say that the state is back. It is there to stay: it need not be looked through for garbage, now or ever after."""
        gc.enable()
        gc.freeze()
        logger.info("%s: state restored, %d entries", self._step, len(self._table.data))
        unread = len(getattr(self._journal.rule, "unread", ()))
        if unread:
            logger.warning(
                "%s: %d entries of another version's form are not read, and go; what comes is decided without them",
                self._step,
                unread,
            )

    def _effect(self, event: Any) -> Effect:
        """Return all that follows from an event, already in the rule's state and in the table."""
        message = event.message
        place = (message.topic, message.partition, message.offset, int((message.timestamp or 0) * 1000))
        again = self._journal.handled(*place)
        if again is not None:
            return Effect(event, again)
        change, outputs = self._decide(message)
        if not change.puts and not outputs:
            # Nothing follows, now or when it comes again: the rule knows what it has seen.
            return Effect(event)
        for key, value in change.puts.items():
            put(self._table.data, key.encode(), value)
        return Effect(event, outputs, change.puts, place)

    def _decide(self, message: Any) -> tuple[Change, tuple[Sending, ...]]:
        try:
            decoded = decode(self._by_name[message.topic], message.value)
        except MessageError as error:
            return Change(), (dead_letter(self._kafka, message, cause=error, clock=self._clock),)
        handed_on = canary.handed_on(decoded)
        if handed_on is not None:
            return Change(), (sending(self._kafka, Output(*handed_on), step=self._step, clock=self._clock),)
        try:
            change = self._journal.rule.handle(decoded)
            outputs = tuple(
                sending(self._kafka, out, step=self._step, clock=self._clock) for out in change.outputs
            )
            _within_bounds(Effect(None, outputs, change.puts))
        except Exception as error:
            # The rule's state may be half-way: it is made anew from what is stored, and the event is set aside.
            logger.exception("%s cannot process offset %d of %s", self._step, message.offset, message.topic)
            self._journal.begin_again(self._table.data)
            return Change(), (dead_letter(self._kafka, message, cause=error, clock=self._clock),)
        now = self._clock.now()
        for out in change.outputs:
            measure.count(out.message)
            log_story(logger, out.message)
            measure.story_age(decoded, out.message, now)
        return change, outputs

    def _seal(self, batch: Sequence[Effect]) -> tuple[Sequence[Sending], Sequence[Sending]]:
        """Return the journal's entry of a batch, and what the batch changes in the table."""
        entry = self._journal.record(batch)
        if entry is None:
            return (), ()
        self._table.data[entry[0]] = entry[1]
        puts = {key: value for effect in batch for key, value in effect.puts.items()}
        return (self._change(*entry),), [self._change(key.encode(), value) for key, value in puts.items()]

    def _change(self, key: bytes, value: bytes | None) -> Sending:
        return Sending(self._table.changelog_topic.get_topic_name(), key, value, partition=0)


def _within_bounds(effect: Effect) -> None:
    if effect.size > MAX_EFFECT_BYTES:
        raise MessageError(
            f"What follows from this message takes {effect.size} bytes, of at most {MAX_EFFECT_BYTES}"
        )

"""The agent of a step that alone decides: one event after another, through its rule, its journal and its outbox."""

import logging
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import faust

from streams import measure
from streams.app import StepName, build_app, dead_letter, sending, source
from streams.journal import Journal, put
from streams.outbox import Outbox, Sending
from streams.rules.step import Change, Output, StepRule
from wirewatch.clock import Clock
from wirewatch.codec import decode
from wirewatch.errors import MessageError
from wirewatch.kafka import KafkaConnection
from wirewatch.operations import canary
from wirewatch.topics import DEAD, Topic

logger = logging.getLogger(__name__)


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
        self._stale = True
        self.app: faust.App = build_app(step, kafka, folder)
        self._outbox = Outbox(self.app)
        self._table = self.app.Table(
            "state",
            partitions=1,
            key_type=bytes,
            value_type=bytes,
            # An entry holds what an event puts and what it emits: more than its input, and more than a broker's megabyte.
            extra_topic_configs={"max.message.bytes": str(DEAD.max_message_bytes)},
        )
        self.app.on_partitions_assigned.connect(self._on_assigned, weak=False)
        self.app.task(self._start_outbox)
        self.app.agent(source(self.app, kafka, *inputs), name=step, concurrency=1)(self._run)

    async def _start_outbox(self) -> None:
        self._outbox.start()

    async def _on_assigned(self, *_: Any, **__: Any) -> None:
        # The table may have moved on under another worker.
        self._stale = True

    async def _run(self, stream: Any) -> None:
        async for event in stream.noack().events():
            await self._outbox.room()
            if self._stale:
                self._restore()
            await self._handle(event)

    def _restore(self) -> None:
        table = self._table.data
        self._journal.restore(table)
        self._stale = False
        logger.info("%s: state restored, %d entries", self._step, len(table))

    async def _handle(self, event: Any) -> None:
        message = event.message
        place = (message.topic, message.partition, message.offset, int((message.timestamp or 0) * 1000))
        again = self._journal.handled(*place)
        if again is not None:
            self._outbox.follow(event, (), again)
            return
        change, outputs = self._decide(message)
        if not change.puts and not outputs:
            # Nothing follows, now or when it comes again: the rule knows what it has seen.
            self._outbox.follow(event, (), ())
            return
        entries = self._journal.record(place, change, outputs)
        written = [await self._write(key, value) for key, value in entries.items()]
        self._outbox.follow(event, written, outputs)

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
        except Exception as error:
            # The rule stopped half-way: its state is made anew from what is stored, and the event is set aside.
            logger.exception("%s cannot process offset %d of %s", self._step, message.offset, message.topic)
            self._journal.restore(self._table.data)
            return Change(), (dead_letter(self._kafka, message, cause=error, clock=self._clock),)
        now = self._clock.now()
        for out in change.outputs:
            measure.count(out.message)
            measure.story_age(decoded, out.message, now)
        sendings = (sending(self._kafka, out, step=self._step, clock=self._clock) for out in change.outputs)
        return change, tuple(sendings)

    async def _write(self, key: bytes, value: bytes | None) -> Awaitable[Any]:
        put(self._table.data, key, value)
        changelog = self._table.changelog_topic.get_topic_name()
        return await self._outbox.write(Sending(changelog, key, value), partition=0)

"""The step `analyse`: what does the text say? Stateless, so it scales by the partitions of `stories`."""

import logging
from pathlib import Path
from typing import Any

import faust

from streams import measure
from streams.app import build_app, dead_letter, sending, source
from streams.batches import Sending
from streams.outbox import Effect, Outbox
from streams.own_words import OwnWords
from streams.rules.analysis import analyse_story
from streams.rules.signature import HeadlineVectors
from streams.rules.step import Output
from wirewatch.clock import Clock
from wirewatch.codec import decode
from wirewatch.errors import MessageError
from wirewatch.kafka import KafkaConnection
from wirewatch.operations.story_log import log_story
from wirewatch.topics import ANALYSED, STORIES

logger = logging.getLogger(__name__)


class Analyst:
    """The agent: a story in, the story with its findings out, or a dead letter."""

    def __init__(self, kafka: KafkaConnection, folder: Path, clock: Clock, lexicon: Path | None) -> None:
        self._kafka = kafka
        self._clock = clock
        self._vectors = HeadlineVectors()
        self._own = OwnWords(lexicon, clock)
        self.app: faust.App = build_app("analyse", kafka, folder)
        self._outbox = Outbox(self.app, clock)
        self.app.task(self._start_outbox)
        self.app.agent(source(self.app, kafka, STORIES), name="analyse", concurrency=1)(self._run)

    async def _start_outbox(self) -> None:
        self._outbox.start()

    async def _run(self, stream: Any) -> None:
        async for event in stream.noack().events():
            await self._outbox.room()
            self._outbox.follow(Effect(event, (self._analyse(event.message),)))

    def _analyse(self, message: Any) -> Sending:
        try:
            story = decode(STORIES, message.value)
        except MessageError as error:
            return dead_letter(self._kafka, message, cause=error, clock=self._clock)
        try:
            analysed = analyse_story(story, self._vectors, self._own.current())
            output = Output(ANALYSED.name, story.id, analysed)
            found = sending(self._kafka, output, step="analyse", clock=self._clock)
        except Exception as error:
            logger.exception("analyse cannot process offset %d of %s", message.offset, message.topic)
            return dead_letter(self._kafka, message, cause=error, clock=self._clock)
        measure.count(analysed)
        log_story(logger, analysed)
        return found


def build(kafka: KafkaConnection, folder: Path, clock: Clock, *, lexicon: Path | None = None) -> faust.App:
    """Return the step's app: stories to stories.analysed. `lexicon` is the newsroom's own, heeded as it changes."""
    return Analyst(kafka, folder, clock, lexicon).app

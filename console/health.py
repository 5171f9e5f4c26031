"""Whether all is well, for pages: looks at Kafka every few seconds, and keeps the last hour for charts."""

import asyncio
import logging
import sqlite3
from collections import deque
from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from msgspec import Struct, field
from msgspec.structs import replace

from wirewatch.clock import Clock
from wirewatch.codec import decode_as
from wirewatch.errors import BrokerError
from wirewatch.kafka import KafkaConnection
from wirewatch.messages import FeedState, PendingDelivery
from wirewatch.operations.illness import Ill, StageView, Survey, ills, no_kafka
from wirewatch.operations.survey import Surveyor
from wirewatch.settings import Settings

LOOK_EVERY: Final = 10.0
# An hour of looks, and of canaries.
KEPT: Final = 360
MOST_CANARIES: Final = 60
log = logging.getLogger(__name__)


class Health(Struct):
    """What was seen last, and before it. `seen` is None until somebody looked."""

    seen: datetime | None = None
    ills: tuple[Ill, ...] = ()
    stages: dict[str, StageView] = {}
    # Of each look: how far each stage was behind, in messages and in seconds.
    looks: deque[dict[str, tuple[int, float]]] = field(default_factory=lambda: deque(maxlen=KEPT))
    # When a canary was sent, and how long it took through all stages.
    canaries: dict[datetime, float] = {}

    def note(self, survey: Survey) -> None:
        """Take in what was seen."""
        self.seen, self.stages, self.ills = survey.at, survey.stages, ills(survey)
        self.looks.append(
            {name: (stage.behind, _age(stage, survey.at)) for name, stage in survey.stages.items()}
        )
        for sent, arrived in survey.canaries.items():
            if arrived is not None:
                self.canaries[sent] = (arrived - sent).total_seconds()
        for sent in sorted(self.canaries)[:-MOST_CANARIES]:
            del self.canaries[sent]

    def lost(self, servers: str, reason: str, now: datetime) -> None:
        """Take in that Kafka does not answer."""
        self.seen, self.stages, self.ills = now, {}, (no_kafka(servers, reason),)

    def told(self) -> dict[str, Any]:
        """Return it as pages and programs are told it."""
        return {
            "seen": self.seen.isoformat() if self.seen else None,
            "ills": [
                {"kind": each.kind, "what": each.what, "reason": each.reason, "todo": each.todo} for each in self.ills
            ],
            "stages": [
                {
                    "name": name, "members": stage.members, "behind": stage.behind,
                    "behind_seconds": self.looks[-1][name][1],
                    "messages": [look[name][0] for look in self.looks if name in look],
                    "seconds": [look[name][1] for look in self.looks if name in look],
                }
                for name, stage in self.stages.items()
            ],
            "canary_seconds": [round(self.canaries[sent], 3) for sent in sorted(self.canaries)],
        }  # fmt: skip


async def look_for_ever(
    health: Health,
    kafka: KafkaConnection,
    settings: Settings,
    read: Callable[[], sqlite3.Connection],
    *,
    clock: Clock,
    stop: asyncio.Event,
) -> None:
    """Look until told to stop; a Kafka that is away is what is then seen."""
    while not stop.is_set():
        try:
            async with Surveyor(kafka, clock) as surveyor:
                while not stop.is_set():
                    # Feeds and what waits are in the read model already.
                    survey = await surveyor.look((), whole=False)
                    health.note(await asyncio.to_thread(_completed, survey, read, settings))
                    await _pause(clock, stop)
        except sqlite3.Error as error:
            # The read model is just built anew.
            log.warning("The read model cannot be read, again in %g s: %s", LOOK_EVERY, error)
            await _pause(clock, stop)
        except BrokerError as error:
            log.warning("%s", error)
            health.lost(kafka.bootstrap_servers, str(error), clock.now())
            await _pause(clock, stop)


def _completed(survey: Survey, read: Callable[[], sqlite3.Connection], settings: Settings) -> Survey:
    store = read()
    configured = {feed.id for feed in settings.feeds} | {
        row["id"] for row in store.execute("SELECT id FROM added_feeds")
    }
    feeds = {}
    for row in store.execute("SELECT id, body FROM feeds"):
        if row["id"] in configured:
            feeds[row["id"]] = decode_as(FeedState, row["body"])
    pending = [decode_as(PendingDelivery, row["body"]) for row in store.execute("SELECT body FROM pending")]
    return replace(survey, feeds=feeds, pending=tuple(pending))


async def _pause(clock: Clock, stop: asyncio.Event) -> None:
    pause, ending = asyncio.ensure_future(clock.sleep(LOOK_EVERY)), asyncio.ensure_future(stop.wait())
    await asyncio.wait({pause, ending}, return_when=asyncio.FIRST_COMPLETED)
    pause.cancel()
    ending.cancel()


def _age(stage: StageView, now: datetime) -> float:
    return 0.0 if stage.oldest is None else round(max(0.0, (now - stage.oldest).total_seconds()), 1)

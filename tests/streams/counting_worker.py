"""A single writer with a rule that counts, as a process of its own: what tests kill.

Usage: python -m tests.streams.counting_worker SERVERS PREFIX FOLDER [uncommitted]

With `uncommitted` it never commits, and when it has read a state back it says so and waits until something comes on
`commands`.
"""

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import faust
from faust.types import TP
from msgspec import Struct

from streams.rules.step import Change, Output
from streams.single_writer import SingleWriter
from wirewatch.clock import SystemClock
from wirewatch.kafka import KafkaConnection
from wirewatch.messages import HeldBack, Tick
from wirewatch.settings import KafkaSettings
from wirewatch.topics import ALERTS_HELD, COMMANDS, TICKS

POISON = "poison"


class Counting:
    """Counts ticks by their clock; each output carries the count, so that a tick counted twice shows."""

    def __init__(self) -> None:
        self._counts: dict[str, int] = {}

    def restore(self, entries: Iterable[tuple[str, bytes]]) -> None:
        self._counts = {key: int(value) for key, value in entries}

    def handle(self, message: Struct) -> Change:
        assert isinstance(message, Tick)
        if message.clock == POISON:
            raise ValueError("This rule cannot count poison")
        count = self._counts.get(message.clock, 0) + 1
        self._counts[message.clock] = count
        held = HeldBack(f"{message.clock} {count}", message.clock, "", "", "", "", message.at)
        return Change((Output(ALERTS_HELD.name, message.clock, held),), {message.clock: str(count).encode()})


def commit_nothing(app: faust.App, kafka: KafkaConnection) -> None:
    """Make the app never commit, and wait between the end of a recovery and its first event."""
    app.conf.broker_commit_interval = 3600.0
    commands = TP(kafka.topic(COMMANDS), 0)
    clock = SystemClock()

    @app.on_rebalance_complete.connect
    async def wait(*_: Any, **__: Any) -> None:
        tables: list[Any] = list(app.tables.data.values())
        if not any(map(len, tables)):
            return
        sys.stdout.write("recovered\n")
        sys.stdout.flush()
        while not app.consumer.highwater(commands):
            await clock.sleep(0.05)
        # Time for a fetch that waits to take what came, if it would.
        await clock.sleep(0.3)


def main() -> None:
    servers, prefix, folder, *uncommitted = sys.argv[1:]
    kafka = KafkaConnection(servers, KafkaSettings(topic_prefix=prefix), instance="test")
    writer = SingleWriter(
        "desks", (TICKS, COMMANDS), Counting, kafka=kafka, folder=Path(folder), clock=SystemClock()
    )
    if uncommitted:
        commit_nothing(writer.app, kafka)
    faust.Worker(
        writer.app, loglevel="CRITICAL", redirect_stdouts=False, quiet=True
    ).execute_from_commandline()


if __name__ == "__main__":
    main()

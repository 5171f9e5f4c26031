"""A single writer with a rule that counts, as a process of its own: what tests kill.

Usage: python -m tests.streams.counting_worker SERVERS PREFIX FOLDER
"""

import sys
from collections.abc import Iterable
from pathlib import Path

import faust
from msgspec import Struct

from streams.rules.step import Change, Output
from streams.single_writer import SingleWriter
from wirewatch.clock import SystemClock
from wirewatch.kafka import KafkaConnection
from wirewatch.messages import HeldBack, Tick
from wirewatch.settings import KafkaSettings
from wirewatch.topics import ALERTS_HELD, TICKS

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


def main() -> None:
    servers, prefix, folder = sys.argv[1:]
    kafka = KafkaConnection(servers, KafkaSettings(topic_prefix=prefix), instance="test")
    writer = SingleWriter("desks", (TICKS,), Counting, kafka=kafka, folder=Path(folder), clock=SystemClock())
    faust.Worker(
        writer.app, loglevel="CRITICAL", redirect_stdouts=False, quiet=True
    ).execute_from_commandline()


if __name__ == "__main__":
    main()

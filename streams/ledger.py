"""The step `ledger`: is it a record, and which one did it beat? Decided in `streams.rules.ledger`."""

from pathlib import Path

import faust

from streams.rules.ledger_book import LedgerBook
from streams.single_writer import SingleWriter
from wirewatch.clock import Clock
from wirewatch.kafka import KafkaConnection
from wirewatch.topics import CLUSTERED, SETTINGS


def build(kafka: KafkaConnection, folder: Path, clock: Clock, watched: frozenset[str]) -> faust.App:
    """Return the step's app: stories.clustered to records and detections.

    `watched` is what the figures count that desks watch.
    """
    return SingleWriter(
        "ledger",
        (CLUSTERED, SETTINGS),
        lambda: LedgerBook(watched=watched),
        kafka=kafka,
        folder=folder,
        clock=clock,
    ).app

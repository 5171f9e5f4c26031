"""The step `cluster`: which event is this story about? Decided in `streams.rules.clusters`."""

from pathlib import Path

import faust

from streams.rules.clusters import Clusters
from streams.single_writer import SingleWriter
from wirewatch.clock import Clock
from wirewatch.kafka import KafkaConnection
from wirewatch.topics import ANALYSED


def build(kafka: KafkaConnection, folder: Path, clock: Clock) -> faust.App:
    """Return the step's app: stories.analysed to stories.clustered and clusters."""
    return SingleWriter("cluster", (ANALYSED,), Clusters, kafka=kafka, folder=folder, clock=clock).app

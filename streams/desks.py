"""The step `desks`: who hears of it, when, and why not? Decided in `streams.rules.desks`."""

import os
import socket
from pathlib import Path

import faust

from streams.rules.desks import Desks
from streams.single_writer import SingleWriter
from wirewatch.clock import Clock
from wirewatch.codec import encode, headers
from wirewatch.ids import identify
from wirewatch.kafka import KafkaConnection
from wirewatch.messages import Tick
from wirewatch.settings import Settings
from wirewatch.topics import COMMANDS, DEADLINES, DETECTIONS, SETTINGS, TICKS

TICK_SECONDS = 1.0


def build(
    settings: Settings, kafka: KafkaConnection, folder: Path, clock: Clock, *, ticking: bool = True
) -> faust.App:
    """Return the step's app: detections, ticks, commands and settings to alerts.

    `ticking` is False where somebody else says what time it is: the demo.
    """
    writer = SingleWriter(
        "desks",
        (DETECTIONS, DEADLINES, TICKS, COMMANDS, SETTINGS),
        lambda: Desks(settings.desks, settings.alerts, settings.own_outlets),
        kafka=kafka,
        folder=folder,
        clock=clock,
    )
    if ticking:
        _tick(writer.app, kafka, clock)
    return writer.app


def _tick(app: faust.App, kafka: KafkaConnection, clock: Clock) -> None:
    whose = f"{socket.gethostname()}:{os.getpid()}"

    async def send_tick() -> None:
        tick = Tick(clock.now(), whose)
        about = headers(tick, id=identify("tick", whose, tick.at.isoformat()), source="desks", time=tick.at)
        await app.producer.send(kafka.topic(TICKS), b"tick", encode(tick), None, None, about)

    app.timer(TICK_SECONDS)(send_tick)

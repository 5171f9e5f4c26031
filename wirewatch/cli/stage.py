"""How a stage runs as a process of its own: its log, its metrics, its way to Kafka, and its end."""

import asyncio
import logging
import os
import signal
import sys
from collections.abc import Awaitable, Callable
from typing import Final

from msgspec.structs import replace

from wirewatch.cli.app import connect
from wirewatch.clock import Clock, SystemClock
from wirewatch.config_values import MistakeError, host_and_port
from wirewatch.errors import SettingsError
from wirewatch.kafka import KafkaConnection
from wirewatch.operations.logs import TEXT, JsonLines
from wirewatch.operations.vitals import Vitals
from wirewatch.settings import OperationsSettings, Settings
from wirewatch.topic_admin import create_topics

METRICS: Final = "WIREWATCH_METRICS"

# What a stage does until its `stop` is set.
Work = Callable[[KafkaConnection, Clock, asyncio.Event, Vitals], Awaitable[None]]


def run_stage(name: str, settings: Settings, work: Work, *, vitals_of: str | None = None) -> None:
    """Run a stage until it is told to stop, with its metrics served and its topics there.

    `vitals_of` is the name under which its metrics are served, where that is not its own.
    """
    vitals = Vitals(vitals_of or name, SystemClock())

    async def stage(stop: asyncio.Event, clock: Clock) -> None:
        looking = asyncio.create_task(vitals.run())
        try:
            vitals.serve(metrics_settings(settings.operations))
            kafka = await connect(settings)
            await create_topics(kafka)
            await work(kafka, clock, stop, vitals)
        finally:
            looking.cancel()

    run_until_told(name, stage)


def run_until_told(name: str, work: Callable[[asyncio.Event, Clock], Awaitable[None]]) -> None:
    """Run a process's work until SIGTERM or Ctrl-C sets its `stop`."""
    prepare_stage(name)

    async def main() -> None:
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, stop.set)
        await work(stop, SystemClock())

    asyncio.run(main())


def prepare_stage(name: str) -> None:
    """Set up a stage's log."""
    handler = logging.StreamHandler(sys.stderr)
    as_json = os.environ.get("WIREWATCH_LOG_FORMAT") == "json"
    handler.setFormatter(JsonLines(name) if as_json else logging.Formatter(TEXT))
    logging.basicConfig(level=os.environ.get("WIREWATCH_LOG", "INFO"), handlers=[handler])
    for noisy in ("faust", "mode", "httpx", "streams.consumer"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    # It tells each try to reach a broker that is away, with a traceback; what it cannot mend it raises.
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)
    logging.getLogger(__name__).info("%s begins, process %d", name, os.getpid())


def metrics_settings(operations: OperationsSettings) -> OperationsSettings:
    """Return the settings with what the environment says of the metrics' address.

    Raises:
        SettingsError: it is no address.
    """
    given = os.environ.get(METRICS)
    if not given:
        return operations
    try:
        return replace(operations, metrics=None if given == "off" else host_and_port(given))
    except MistakeError as mistake:
        raise SettingsError(f"{METRICS}: {mistake}") from mistake

"""`wirewatch poll`: feeds to the topic `stories`."""

import asyncio

from connectors.service import run_poller
from wirewatch.cli.app import (
    ConfigOption,
    StateOption,
    cli,
    connect,
    metrics_settings,
    run_stage,
    settings_of,
)
from wirewatch.clock import Clock, SystemClock
from wirewatch.operations.vitals import Vitals
from wirewatch.topic_admin import create_topics


@cli.command()
def poll(config: ConfigOption = None, state: StateOption = None) -> None:
    """Poll the configured feeds when they are due, until Ctrl-C. Several may run: they share the feeds."""
    settings = settings_of(config, state)
    vitals = Vitals("poll", SystemClock())

    async def work(stop: asyncio.Event, clock: Clock) -> None:
        vitals.serve(metrics_settings(settings.operations))
        kafka = await connect(settings)
        await create_topics(kafka)
        await run_poller(settings, kafka, clock, stop, vitals)

    run_stage("poll", work, vitals)

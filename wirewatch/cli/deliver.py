"""`wirewatch deliver`: alerts to webhooks."""

import asyncio

from alerts.worker import run_deliveries
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
def deliver(config: ConfigOption = None, state: StateOption = None) -> None:
    """Deliver alerts to their endpoints, until Ctrl-C. Several may run: they share the endpoints."""
    settings = settings_of(config, state)
    vitals = Vitals("deliver", SystemClock())

    async def work(stop: asyncio.Event, clock: Clock) -> None:
        vitals.serve(metrics_settings(settings.operations))
        kafka = await connect(settings)
        await create_topics(kafka)
        await run_deliveries(settings, kafka, clock, stop, vitals)

    run_stage("deliver", work, vitals)

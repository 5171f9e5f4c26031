"""`wirewatch poll`: feeds to the topic `stories`."""

import asyncio

from connectors.poller import run_poller
from wirewatch.cli.app import ConfigOption, StateOption, cli, connect, run_stage, settings_of
from wirewatch.clock import Clock
from wirewatch.topic_admin import create_topics


@cli.command()
def poll(config: ConfigOption = None, state: StateOption = None) -> None:
    """Poll the configured feeds when they are due, until Ctrl-C. Several may run: they share the feeds."""
    settings = settings_of(config, state)

    async def work(stop: asyncio.Event, clock: Clock) -> None:
        kafka = await connect(settings)
        await create_topics(kafka)
        await run_poller(settings, kafka, clock, stop)

    run_stage("poll", work)

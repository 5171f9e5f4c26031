"""`wirewatch watch`: watches over stages that run elsewhere, as `up` does over its own."""

import asyncio

from wirewatch.cli.app import ConfigOption, StateOption, cli, settings_of
from wirewatch.cli.stage import run_stage
from wirewatch.cli.watching import run_watch
from wirewatch.clock import Clock
from wirewatch.kafka import KafkaConnection
from wirewatch.operations.standing import Standing
from wirewatch.operations.vitals import Vitals


@cli.command()
def watch(config: ConfigOption = None, state: StateOption = None) -> None:
    """Tell the operations endpoint what is ill and keep the heartbeat, until Ctrl-C. `up` does so by itself."""
    settings = settings_of(config, state)

    async def work(kafka: KafkaConnection, clock: Clock, stop: asyncio.Event, vitals: Vitals) -> None:
        vitals.probe = lambda: Standing(assigned=True)
        await run_watch(settings, kafka, clock, stop)

    run_stage("watch", settings, work, vitals_of="up")

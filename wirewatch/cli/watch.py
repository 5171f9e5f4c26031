"""`wirewatch watch`: watches over stages that run elsewhere, as `up` does over its own."""

import asyncio

from wirewatch.cli.app import (
    ConfigOption,
    StateOption,
    cli,
    connect,
    metrics_settings,
    run_stage,
    settings_of,
)
from wirewatch.cli.watching import run_watch
from wirewatch.clock import Clock, SystemClock
from wirewatch.operations.standing import Standing
from wirewatch.operations.vitals import Vitals


@cli.command()
def watch(config: ConfigOption = None, state: StateOption = None) -> None:
    """Tell the operations endpoint what is ill and keep the heartbeat, until Ctrl-C. `up` does so by itself."""
    settings = settings_of(config, state)
    vitals = Vitals("up", SystemClock())

    async def work(stop: asyncio.Event, clock: Clock) -> None:
        vitals.serve(metrics_settings(settings.operations))
        kafka = await connect(settings)
        vitals.probe = lambda: Standing(assigned=True)
        await run_watch(settings, kafka, clock, stop)

    run_stage("watch", work, vitals)

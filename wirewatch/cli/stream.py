"""`wirewatch stream STEP`: one of the four steps between stories and alerts, as a Faust worker."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import faust
import typer

from wirewatch.cli.app import (
    ConfigOption,
    StateOption,
    cli,
    connect,
    run,
    settings_of,
)
from wirewatch.cli.stage import metrics_settings, prepare_stage
from wirewatch.clock import SystemClock
from wirewatch.kafka import KafkaConnection
from wirewatch.lexicon_file import lexicon_of
from wirewatch.operations.vitals import Vitals
from wirewatch.settings import Settings
from wirewatch.topic_admin import create_topics


class Step(StrEnum):
    """The steps, in the order in which a story passes them."""

    ANALYSE = "analyse"
    CLUSTER = "cluster"
    LEDGER = "ledger"
    DESKS = "desks"


@cli.command()
def stream(
    step: Step,
    config: ConfigOption = None,
    state: StateOption = None,
    ticks: Annotated[bool, typer.Option(help="Whether `desks` says what time it is.")] = True,
) -> None:
    """Run one step, until Ctrl-C. A second `analyse` shares the work; a second of the others is a warm standby."""
    prepare_stage(f"stream {step}")
    settings = settings_of(config, state)
    vitals = Vitals(step.value, SystemClock())
    vitals.serve(metrics_settings(settings.operations))

    async def ready() -> KafkaConnection:
        kafka = await connect(settings)
        await create_topics(kafka)
        return kafka

    from streams.worker import StreamWorker

    app = build(step, settings, run(ready()), ticks=ticks)
    StreamWorker(app, vitals).execute_from_commandline()


def build(step: Step, settings: Settings, kafka: KafkaConnection, *, ticks: bool) -> faust.App:
    """Return a step's app; the others are not even imported."""
    folder = Path(settings.state_folder) / "faust"
    clock = SystemClock()
    if step is Step.ANALYSE:
        from streams import analyse

        return analyse.build(kafka, folder, clock, lexicon=lexicon_of(settings))
    if step is Step.CLUSTER:
        from streams import cluster

        return cluster.build(kafka, folder, clock)
    if step is Step.LEDGER:
        from streams import ledger

        return ledger.build(kafka, folder, clock, settings.watched_units)
    from streams import desks

    return desks.build(settings, kafka, folder, clock, ticking=ticks)

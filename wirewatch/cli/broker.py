"""`wirewatch broker`: the embedded Kafka alone, for stages that are started one by one."""

import asyncio
import sys

from wirewatch.broker import EmbeddedBroker
from wirewatch.cli.app import ConfigOption, StateOption, cli, settings_of
from wirewatch.cli.stage import run_until_told
from wirewatch.clock import Clock
from wirewatch.kafka import KafkaConnection
from wirewatch.topic_admin import create_topics


@cli.command()
def broker(config: ConfigOption = None, state: StateOption = None) -> None:
    """Run the embedded Kafka on the state folder, with its topics, until Ctrl-C."""
    settings = settings_of(config, state)

    async def work(stop: asyncio.Event, clock: Clock) -> None:
        embedded = EmbeddedBroker(settings.state_folder, clock=clock, progress=_say)
        servers = await embedded.start()
        try:
            await create_topics(KafkaConnection(servers, settings.kafka), alter=True)
            _say(f"Kafka listens on {servers}; its data is in {settings.state_folder}. Ctrl-C stops it.")
            stopped = asyncio.create_task(stop.wait())
            died = asyncio.create_task(embedded.wait())
            await asyncio.wait({stopped, died}, return_when=asyncio.FIRST_COMPLETED)
            if died.done() and not stop.is_set():
                _say(f"Kafka ended: {died.result()}")
                raise SystemExit(1)
            died.cancel()
        finally:
            await embedded.stop()

    run_until_told("broker", work)


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)

"""What all commands share: the options that each takes, the settings that these lead to, and how they find Kafka."""

import asyncio
import logging
import os
import sys
from collections.abc import Awaitable
from importlib.metadata import version as version_of
from pathlib import Path
from typing import Annotated, Any, Final

import msgspec
import typer

from alerts.webhooks import check_endpoint
from connectors.registry import check_feed
from wirewatch.broker import find_broker
from wirewatch.clock import Clock, SystemClock
from wirewatch.config_file import find_file, load_settings
from wirewatch.errors import BrokerError
from wirewatch.kafka import KafkaConnection
from wirewatch.owner import OWNER_FD
from wirewatch.settings import Settings
from wirewatch.supervisor import INSTANCE


def _show_version(wanted: bool) -> None:
    if wanted:
        print(f"wirewatch {version_of('wirewatch')}")
        raise typer.Exit


cli = typer.Typer(
    name="wirewatch",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)


@cli.callback()
def _before(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="Print the version."),
    ] = False,
) -> None:
    """Watch the news wires for a newsroom: one alert a story."""


ConfigOption = Annotated[
    Path | None,
    typer.Option(
        "--config", help="The configuration; else WIREWATCH_CONFIG, else wirewatch.toml.", show_default=False
    ),
]
StateOption = Annotated[
    Path | None,
    typer.Option("--state", help="The state folder, instead of the configured one.", show_default=False),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON alone on stdout.")]

# Seconds that a stage waits for the broker that its owner starts, a first download included.
OWNER_PATIENCE: Final = 120.0


def settings_of(config: Path | None, state: Path | None) -> Settings:
    """Return the settings that a command's options lead to."""
    return load_settings(find_file(config), state=state, check_endpoint=check_endpoint, check_feed=check_feed)


async def connect(settings: Settings) -> KafkaConnection:
    """Return the way to Kafka: the configured servers, else the embedded broker that runs on the state folder.

    A stage whose owner starts the broker beside it waits for it.

    Raises:
        BrokerError: no server is configured and no broker runs.
    """
    servers = settings.kafka.bootstrap_servers or await _find_broker(settings.state_folder, SystemClock())
    if servers is None:
        raise BrokerError(
            f"No Kafka is configured, and no embedded broker runs on {settings.state_folder}. Start one with "
            "`wirewatch up` or `wirewatch broker`, or set [kafka] bootstrap_servers."
        )
    return KafkaConnection(servers, settings.kafka, instance=os.environ.get(INSTANCE))


async def _find_broker(folder: Path, clock: Clock) -> str | None:
    give_up = clock.monotonic() + (OWNER_PATIENCE if OWNER_FD in os.environ else 0)
    while True:
        servers = await find_broker(folder)
        if servers is not None or clock.monotonic() > give_up:
            return servers
        await clock.sleep(0.1)


def print_json(value: object) -> None:
    """Print a value as one JSON document on stdout."""
    sys.stdout.write(msgspec.json.format(msgspec.json.encode(value)).decode() + "\n")
    sys.stdout.flush()


def run(work: Awaitable[Any]) -> Any:
    """Run a command's work to its end."""
    # It tells each try to reach a broker that is away; what it cannot mend it raises.
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)

    async def main() -> Any:
        return await work

    return asyncio.run(main())

"""What all commands share: the options that each takes, how they find Kafka, and how a stage runs until told to stop."""

import asyncio
import logging
import os
import signal
import sys
from collections.abc import Awaitable, Callable
from importlib.metadata import version as version_of
from pathlib import Path
from typing import Annotated, Any, Final

import msgspec
import typer
from msgspec.structs import replace

from alerts.webhooks import check_endpoint
from connectors.registry import check_feed
from wirewatch.broker import find_broker
from wirewatch.clock import Clock, SystemClock
from wirewatch.config_file import find_file, load_settings
from wirewatch.config_values import MistakeError, host_and_port
from wirewatch.errors import BrokerError, SettingsError
from wirewatch.kafka import KafkaConnection
from wirewatch.operations.logs import TEXT, JsonLines
from wirewatch.operations.vitals import Vitals
from wirewatch.owner import OWNER_FD
from wirewatch.settings import OperationsSettings, Settings
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
METRICS: Final = "WIREWATCH_METRICS"
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


def run_stage(
    name: str,
    work: Callable[[asyncio.Event, Clock], Awaitable[None]],
    vitals: Vitals | None = None,
) -> None:
    """Run a stage until SIGTERM or Ctrl-C sets its `stop`, or its owner is gone."""
    prepare_stage(name)

    async def main() -> None:
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, stop.set)
        looking = None if vitals is None else asyncio.create_task(vitals.run())
        try:
            await work(stop, SystemClock())
        finally:
            if looking is not None:
                looking.cancel()

    asyncio.run(main())


def prepare_stage(name: str) -> None:
    """Set up a stage's log."""
    handler = logging.StreamHandler(sys.stderr)
    as_json = os.environ.get("WIREWATCH_LOG_FORMAT") == "json"
    handler.setFormatter(JsonLines(name) if as_json else logging.Formatter(TEXT))
    logging.basicConfig(level=os.environ.get("WIREWATCH_LOG", "INFO"), handlers=[handler])
    for noisy in ("faust", "mode", "httpx"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    # It tells each try to reach a broker that is away, with a traceback; what it cannot mend it raises.
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)
    logging.getLogger(__name__).info("%s begins, process %d", name, os.getpid())

"""`wirewatch up`: the broker and all stages on one machine, watched; with `--demo` the demo wire as well."""

import asyncio
import logging
import shutil
import signal
import sys
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Annotated, Any, Final

import typer
from rich.console import Console

from console.serving import ADDRESS_FILE
from wirewatch.broker import EmbeddedBroker
from wirewatch.cli.app import (
    ConfigOption,
    JsonOption,
    StateOption,
    cli,
    print_json,
    settings_of,
)
from wirewatch.cli.stage import metrics_settings
from wirewatch.cli.watching import run_watch
from wirewatch.clock import Clock, SystemClock
from wirewatch.config_file import find_file, load_settings
from wirewatch.demo.run import Demo
from wirewatch.demo.show import show_alert, show_summary
from wirewatch.embedded.folder import BrokerFolder
from wirewatch.errors import BrokerError, SettingsError, WirewatchError
from wirewatch.kafka import KafkaConnection
from wirewatch.operations.standing import Standing
from wirewatch.operations.vitals import Vitals
from wirewatch.settings import DEFAULT_FILE, Settings
from wirewatch.supervisor import Stage, Supervisor
from wirewatch.topic_admin import create_topics

STEPS: Final = ("analyse", "cluster", "ledger", "desks")
Say = Callable[[str], None]


@cli.command()
def up(
    config: ConfigOption = None,
    state: StateOption = None,
    demo: Annotated[bool, typer.Option("--demo", help="Play a summer of news on a local wire.")] = False,
    once: Annotated[bool, typer.Option("--once", help="With --demo: end when the wire is played.")] = False,
    json: JsonOption = False,
) -> None:
    """Start Kafka (where none is configured) and every stage, and keep them running until Ctrl-C."""
    console = Console(stderr=json, highlight=False, soft_wrap=True)
    if once and not demo:
        raise typer.BadParameter(
            "--once plays the demo's wire to its end; it goes with --demo", param_hint="--once"
        )
    work: Callable[[asyncio.Event], Awaitable[int]]
    if demo:
        folder = (state or settings_of(config, None).state_folder) / "demo"
        work = partial(_demo, folder, console=console, once=once, json=json)
    else:
        file = find_file(config)
        if file is None:
            raise SettingsError(
                f"There is no {DEFAULT_FILE} here: `wirewatch init` writes one, or try `wirewatch up --demo`"
            )
        work = partial(_run, settings_of(file, state), console=console)
    # What aiokafka says while the broker comes and goes is for the stages' logs, not for the person.
    logging.basicConfig(level=logging.CRITICAL, format="%(asctime)s %(message)s", datefmt="%H:%M:%S")
    # But what is ill, and what could not be told.
    logging.getLogger("wirewatch").setLevel(logging.WARNING)
    code = asyncio.run(_until_stopped(work))
    if code:
        raise typer.Exit(code)


async def _until_stopped(work: Callable[[asyncio.Event], Awaitable[int]]) -> int:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    return await work(stop)


async def _run(settings: Settings, stop: asyncio.Event, *, console: Console) -> int:
    """Watch the real world until told to stop."""
    clock = SystemClock()
    say = _sayer(console)
    if not settings.feeds:
        raise SettingsError(f"{settings.file} names no feeds; add [[feeds]]")
    if not settings.endpoints:
        say(
            "No endpoint is configured: stories are watched, and nobody hears of them. Add [[endpoints]] and [[desks]]."
        )
    async with _Kafka(settings, clock, say) as kafka:
        stages = Supervisor(
            stages_of(settings.file, settings.state_folder), settings.state_folder / "logs", clock, say=say
        )
        stages.start()
        vitals = Vitals("up", clock)
        vitals.probe = lambda: Standing(assigned=all(each.pid is not None for each in stages.states.values()))
        vitals.serve(metrics_settings(settings.operations))
        beside = [
            asyncio.create_task(vitals.run()),
            asyncio.create_task(run_watch(settings, kafka.connection, clock, stop, restart=stages.restart)),
        ]
        say(
            f"Watching {len(settings.feeds)} feeds for {len(settings.desks)} desk(s). `wirewatch status` tells more; Ctrl-C stops."
        )
        telling = asyncio.create_task(_tell_console(settings, clock, say))
        try:
            await kafka.keep_running(stop)
        finally:
            for task in (telling, *beside):
                task.cancel()
            await stages.stop()
            vitals.close()
    return 0


async def _demo(folder: Path, stop: asyncio.Event, *, console: Console, once: bool, json: bool) -> int:
    """Play the demo; return the exit code."""
    clock = SystemClock()
    say = _sayer(console)
    if BrokerFolder(folder).is_held():
        raise BrokerError(
            f"A demo runs on {folder} already; stop it first, or give another folder with --state"
        )
    shutil.rmtree(folder, ignore_errors=True)
    demo = Demo(folder, clock)
    settings = load_settings(await demo.prepare())
    kafka = _Kafka(settings, clock, say)
    stages = Supervisor(stages_of(settings.file, folder, ticks=False), folder / "logs", clock, say=say)
    stages.start()
    try:
        async with kafka:
            telling = asyncio.create_task(_tell_console(settings, clock, say))
            try:
                return await _play(demo, kafka, stop, console, folder, once=once, json=json)
            finally:
                # Before Kafka goes: what stops needs it to stop in order.
                stop.set()
                telling.cancel()
                await asyncio.gather(stages.stop(), demo.stop())
    finally:
        await asyncio.gather(stages.stop(), demo.stop())


async def _tell_console(settings: Settings, clock: Clock, say: Say) -> None:
    """Say where the console is, as soon as it is there."""
    file = settings.state_folder / ADDRESS_FILE
    file.unlink(missing_ok=True)
    while not file.exists():
        await clock.sleep(0.1)
    say(f"The console: {file.read_text(encoding='utf-8').strip()}")


async def _play(
    demo: Demo,
    kafka: "_Kafka",
    stop: asyncio.Event,
    console: Console,
    folder: Path,
    *,
    once: bool,
    json: bool,
) -> int:
    """Play the wire, print what came of it, and stay up unless told to end; return the exit code."""
    say = _sayer(console)
    keeping = asyncio.create_task(kafka.keep_running(stop))
    say("Playing the wires of 25 May to 8 September 2025; the stages read themselves in.")
    playing = asyncio.create_task(
        demo.play(
            kafka.connection, say=say, on_alert=lambda body, seconds: show_alert(console, body, seconds)
        )
    )
    summary = await _first(playing, keeping)
    if summary is None:
        return 130
    if json:
        print_json(summary)
    else:
        show_summary(console, summary, folder)
    if not once:
        say("\nEverything stays up, so that you can look around. Ctrl-C stops it.")
        await keeping
    return 1 if summary["lost"] or summary["dead"] or summary["stalled"] else 0


async def _first(playing: asyncio.Task[dict[str, Any]], keeping: asyncio.Task[None]) -> dict[str, Any] | None:
    """Return the summary, or None where it was stopped before."""
    await asyncio.wait({playing, keeping}, return_when=asyncio.FIRST_COMPLETED)
    if playing.done():
        return playing.result()
    playing.cancel()
    with suppress(asyncio.CancelledError):
        await playing
    keeping.result()
    return None


class _Kafka:
    """The configured cluster, or the embedded broker, started again whenever it ends."""

    def __init__(self, settings: Settings, clock: Clock, say: Say) -> None:
        self._settings = settings
        self._say = say
        self._broker: EmbeddedBroker | None = None
        if settings.kafka.bootstrap_servers is None:
            self._broker = EmbeddedBroker(settings.state_folder, clock=clock, progress=say)
        self.connection = KafkaConnection(settings.kafka.bootstrap_servers or "", settings.kafka)

    async def __aenter__(self) -> "_Kafka":
        if self._broker is not None:
            self.connection = KafkaConnection(await self._broker.start(), self._settings.kafka)
        try:
            # The embedded broker is ours to alter; a cluster is not.
            await create_topics(self.connection, alter=self._broker is not None)
        except WirewatchError:
            await self.__aexit__()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._broker is not None:
            await self._broker.stop()

    async def keep_running(self, stop: asyncio.Event) -> None:
        """Return when told to stop; start the broker again when it ended by itself."""
        stopped = asyncio.create_task(stop.wait())
        while not stopped.done():
            if self._broker is None:
                await stopped
                return
            died = asyncio.create_task(self._broker.wait())
            await asyncio.wait({stopped, died}, return_when=asyncio.FIRST_COMPLETED)
            if died.done() and not stopped.done():
                self._say(f"Kafka ended ({died.result()}); it starts again.")
                await self._broker.start()
            else:
                died.cancel()


def stages_of(config: Path | None, state: Path, *, ticks: bool = True) -> tuple[Stage, ...]:
    """Return the stages of one machine, with the arguments that each is started with."""
    options = ("--state", str(state), *(("--config", str(config)) if config else ()))
    steps = tuple(
        Stage(step, ("stream", step, *options, *(("--no-ticks",) if step == "desks" and not ticks else ())))
        for step in STEPS
    )
    return (
        Stage("poll", ("poll", *options)),
        *steps,
        Stage("deliver", ("deliver", *options)),
        Stage("console", ("console", *options)),
    )


def _sayer(console: Console) -> Say:
    def say(line: str) -> None:
        console.print(line, style="dim", markup=False)
        sys.stderr.flush()

    return say

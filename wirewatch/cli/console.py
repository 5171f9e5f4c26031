"""`wirewatch console`: the web page."""

import asyncio
import sys
from typing import Annotated

import typer

from console.access import check_exposure, hash_password, hash_token
from console.serving import serve_console
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
def console(
    config: ConfigOption = None,
    state: StateOption = None,
    make_hash: Annotated[
        bool,
        typer.Option(
            "--hash", help="Ask for a password or a token, and print it hashed for the configuration."
        ),
    ] = False,
) -> None:
    """Serve the wires, the records, feeds and delivery as a web page, until Ctrl-C."""
    if make_hash:
        _print_hashes()
        return
    settings = settings_of(config, state)
    check_exposure(settings.console)
    vitals = Vitals("console", SystemClock())

    async def work(stop: asyncio.Event, clock: Clock) -> None:
        vitals.serve(metrics_settings(settings.operations))
        kafka = await connect(settings)
        await create_topics(kafka)
        await serve_console(
            settings,
            kafka,
            clock,
            stop,
            vitals,
            ready=lambda address: print(f"The console: {address}", flush=True),
        )

    run_stage("console", work, vitals)


def _print_hashes() -> None:
    if sys.stdin.isatty():
        given = typer.prompt("Password or token", hide_input=True, confirmation_prompt=True)
    else:
        given = sys.stdin.readline().rstrip("\n")
    if not given:
        raise typer.BadParameter("a password or token is needed", param_hint="--hash")
    print(f'password = "{hash_password(given)}"')
    print(f'token = "{hash_token(given)}"')

"""`wirewatch console`: the web page."""

import sys
from functools import partial
from typing import Annotated

import typer

from console.access import check_exposure, hash_password, hash_token
from console.serving import serve_console
from wirewatch.cli.app import ConfigOption, StateOption, cli, settings_of
from wirewatch.cli.stage import run_stage


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
    run_stage("console", settings, partial(serve_console, settings, ready=_say_address))


def _say_address(address: str) -> None:
    print(f"The console: {address}", flush=True)


def _print_hashes() -> None:
    if sys.stdin.isatty():
        given = typer.prompt("Password or token", hide_input=True, confirmation_prompt=True)
    else:
        given = sys.stdin.readline().rstrip("\n")
    if not given:
        raise typer.BadParameter("a password or token is needed", param_hint="--hash")
    print(f'password = "{hash_password(given)}"')
    print(f'token = "{hash_token(given)}"')

"""`wirewatch config`: is the configuration right, and what does it say?"""

from typing import Any

import msgspec
import typer
from msgspec import Struct

from wirewatch.cli.app import ConfigOption, JsonOption, StateOption, cli, print_json, settings_of
from wirewatch.config_file import find_file
from wirewatch.errors import SettingsError
from wirewatch.languages import not_read
from wirewatch.settings import Secret, Settings

config_commands = typer.Typer(help="Check and show the configuration.", no_args_is_help=True)
cli.add_typer(config_commands, name="config")


@config_commands.command()
def check(config: ConfigOption = None, state: StateOption = None, json: JsonOption = False) -> None:
    """Read the configuration as a whole; exit 1 with every mistake where there is one."""
    try:
        settings = settings_of(config, state)
    except SettingsError as error:
        if not json:
            raise
        head, *mistakes = str(error).splitlines()
        print_json({"error": head.rstrip(":"), "mistakes": [mistake.strip() for mistake in mistakes]})
        raise typer.Exit(1) from error
    counts = {
        "feeds": len(settings.feeds),
        "endpoints": len(settings.endpoints),
        "desks": len(settings.desks),
    }
    unread = [f"{feed.name}: {problem}" for feed in settings.feeds if (problem := not_read(feed.language))]
    if json:
        print_json(
            {
                "file": str(settings.file) if settings.file else None,
                **counts,
                "mistakes": [],
                "unread": unread,
            }
        )
        return
    where = settings.file or "No configuration file: the defaults"
    print(f"{where}: right. " + ", ".join(f"{count} {name}" for name, count in counts.items()) + ".")
    if not settings.endpoints:
        print("No endpoint is configured: nobody would hear of anything. Add [[endpoints]].")
    for feed in unread:
        print(f"{feed}; its stories are grouped, and nothing is found in them.")


@config_commands.command()
def show(config: ConfigOption = None, state: StateOption = None) -> None:
    """Print all settings as they hold, defaults included and secrets left out, as JSON."""
    find_file(config)
    print_json(shown(settings_of(config, state)))


def shown(settings: Settings) -> dict[str, Any]:
    """Return the settings as plain values; a secret says only where it comes from."""
    plain: dict[str, Any] = msgspec.to_builtins(_plain(settings), enc_hook=str)
    return plain


def _plain(value: Any) -> Any:
    if isinstance(value, Secret):
        return repr(value)
    if isinstance(value, Struct):
        names = zip(value.__struct_fields__, value.__struct_encode_fields__, strict=True)
        return {written: _plain(getattr(value, name)) for name, written in names}
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if value is None or isinstance(value, str | int | float):
        return value
    return str(value)

"""`wirewatch init`: a commented configuration to begin with."""

from importlib.resources import files
from pathlib import Path
from typing import Annotated

import typer

from wirewatch.cli.app import cli
from wirewatch.config_file import parse_settings
from wirewatch.errors import InputError
from wirewatch.settings import DEFAULT_FILE


@cli.command()
def init(
    file: Annotated[Path, typer.Argument(help="Where to write it.")] = Path(DEFAULT_FILE),
    force: Annotated[bool, typer.Option("--force", help="Write over a file that is there.")] = False,
) -> None:
    """Write a commented wirewatch.toml with a starter list of well-known outlets' public feeds."""
    if file.exists() and not force:
        raise InputError(f"{file} is there already; give another name, or --force to write over it")
    written = files("wirewatch.cli").joinpath("starter.toml").read_text(encoding="utf-8")
    settings = parse_settings(written)
    try:
        file.write_text(written, encoding="utf-8")
    except OSError as error:
        raise InputError(f"{file} cannot be written: {error.strerror}") from error
    print(
        f"{file} names {len(settings.feeds)} feeds. Their addresses could not be tried where this list was made:"
    )
    print(
        "`wirewatch status` shows those that fail once `wirewatch up` runs. Now add an endpoint and a desk to it,"
    )
    print("try it with `wirewatch config check`, then `wirewatch up`.")

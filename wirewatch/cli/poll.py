"""`wirewatch poll`: feeds to the topic `stories`."""

from functools import partial

from connectors.service import run_poller
from wirewatch.cli.app import ConfigOption, StateOption, cli, settings_of
from wirewatch.cli.stage import run_stage


@cli.command()
def poll(config: ConfigOption = None, state: StateOption = None) -> None:
    """Poll the configured feeds when they are due, until Ctrl-C. Several may run: they share the feeds."""
    settings = settings_of(config, state)
    run_stage("poll", settings, partial(run_poller, settings))

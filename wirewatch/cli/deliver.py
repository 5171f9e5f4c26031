"""`wirewatch deliver`: alerts to webhooks."""

from functools import partial

from alerts.worker import run_deliveries
from wirewatch.cli.app import ConfigOption, StateOption, cli, settings_of
from wirewatch.cli.stage import run_stage


@cli.command()
def deliver(config: ConfigOption = None, state: StateOption = None) -> None:
    """Deliver alerts to their endpoints, until Ctrl-C. Several may run: they share the endpoints."""
    settings = settings_of(config, state)
    run_stage("deliver", settings, partial(run_deliveries, settings))

"""The kinds of endpoints: one file each, entered here. `check_endpoint` is what a configuration is checked with."""

from typing import Final

from alerts.delivery import WebhookKind
from alerts.webhooks import discord, mattermost, ntfy, slack, standard, teams
from wirewatch.settings import EndpointKind, EndpointSettings

KINDS: Final[dict[EndpointKind, WebhookKind]] = {
    "standard": standard.KIND,
    "slack": slack.KIND,
    "teams": teams.KIND,
    "discord": discord.KIND,
    "mattermost": mattermost.KIND,
    "ntfy": ntfy.KIND,
}


def check_endpoint(endpoint: EndpointSettings) -> list[str]:
    """Return the mistakes in an endpoint's settings, in words, without a secret; empty where there are none."""
    return KINDS[endpoint.kind].check(endpoint)

"""The kinds of endpoints: one file each, entered here. `check_endpoint` is what a configuration is checked with."""

from typing import Final

from alerts.delivery import WebhookKind
from alerts.webhooks import discord, email, mattermost, ntfy, slack, standard, teams
from wirewatch.settings import EndpointKind, EndpointSettings

KINDS: Final[dict[EndpointKind, WebhookKind]] = {
    "standard": standard.KIND,
    "slack": slack.KIND,
    "teams": teams.KIND,
    "discord": discord.KIND,
    "mattermost": mattermost.KIND,
    "ntfy": ntfy.KIND,
    "email": email.KIND,
}
# Settings that one kind alone has.
OF_ONE_KIND: Final[dict[str, EndpointKind]] = {
    "from": "email",
    "to": "email",
    "username": "email",
    "tls": "email",
    "channel": "slack",
}


def check_endpoint(endpoint: EndpointSettings) -> list[str]:
    """Return the mistakes in an endpoint's settings, in words, without a secret; empty where there are none."""
    given = {
        "from": endpoint.sender is not None,
        "to": bool(endpoint.to),
        "username": endpoint.username is not None,
        "tls": not endpoint.tls,
        "channel": endpoint.channel is not None,
    }
    foreign = [
        f"{key} is set, which only kind {kind!r} knows"
        for key, kind in OF_ONE_KIND.items()
        if given[key] and endpoint.kind != kind
    ]
    return [*foreign, *KINDS[endpoint.kind].check(endpoint)]

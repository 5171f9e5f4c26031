"""Kind `discord`: a webhook of Discord. https://discord.com/developers/docs/resources/webhook#execute-webhook."""

from typing import Final

import msgspec

from alerts.delivery import HttpKind, Outgoing, Post
from alerts.webhooks.checks import check_address, check_no_secret
from alerts.webhooks.listing import Listing, fitting
from alerts.webhooks.markdown import anchor, escape, listed
from alerts.webhooks.telling import tell
from alerts.webhooks.wording import cut
from wirewatch.messages import Priority
from wirewatch.settings import EndpointSettings

# Discord takes 4,096 signs in a description.
MOST_DESCRIPTION: Final = 4000
MOST_LINE: Final = 150
_COLOURS: Final[dict[Priority, int]] = {"flash": 0xD92D20, "urgent": 0xF79009, "bulletin": 0x2E90FA}


def compose(_endpoint: EndpointSettings, outgoing: Outgoing) -> Post:
    """Return the POST of an alert: its first line, and the rest in an embed. Nobody is ever mentioned."""
    body = outgoing.alert.body
    if body.items:
        listing = fitting(body, outgoing.late_by, lambda each: len(_listed(each)), MOST_DESCRIPTION)
        return _post(listing.top, _listed(listing), body.priority)
    told = tell(outgoing)
    links = [anchor(words, address) for words, address in told.links]
    lines = [escape(line) for line in told.lines]
    if sum(len(line) + 1 for line in (*lines, *links)) > MOST_DESCRIPTION:
        # Nothing is left away: each line is cut, the links last longest.
        lines = [escape(cut(line, MOST_LINE)) for line in told.lines]
    return _post(told.top, "\n".join([*lines, *links]), body.priority)


def check(endpoint: EndpointSettings) -> list[str]:
    """Return the mistakes in the settings of a `discord` endpoint."""
    return [
        *check_address(endpoint.url, tls_for=("discord.com", "discordapp.com")),
        *check_no_secret(endpoint, "Discord"),
    ]


def _listed(listing: Listing) -> str:
    return "\n".join([*listed(listing), escape(listing.why)])


def _post(top: str, description: str, priority: Priority) -> Post:
    message = {
        "content": escape(top),
        "embeds": [{"description": description, "color": _COLOURS[priority]}],
        "allowed_mentions": {"parse": []},
    }
    return Post(msgspec.json.encode(message), {"content-type": "application/json"})


KIND: Final = HttpKind(check, compose)

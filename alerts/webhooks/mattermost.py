"""Kind `mattermost`: an incoming webhook. https://developers.mattermost.com/integrate/webhooks/incoming/."""

from typing import Final

import msgspec

from alerts.delivery import HttpKind, Outgoing
from alerts.exchange import Post
from alerts.webhooks.checks import check_address, check_no_secret
from alerts.webhooks.listing import Listing, fitting
from alerts.webhooks.markdown import anchor, escape, listed
from alerts.webhooks.telling import tell
from wirewatch.settings import EndpointSettings

# Mattermost takes 16,383 signs in a message.
MOST_TEXT: Final = 15_000


def compose(_endpoint: EndpointSettings, outgoing: Outgoing) -> Post:
    """Return the POST of an alert, in the Markdown that Mattermost reads."""
    body = outgoing.alert.body
    if body.items:
        listing = fitting(body, outgoing.late_by, lambda each: len(_listed(each).encode()), MOST_TEXT)
        return _post(_listed(listing))
    told = tell(outgoing)
    lines = [f"**{escape(told.top)}**", *(escape(line) for line in told.lines)]
    links = " · ".join(anchor(words, address) for words, address in told.links)
    return _post("\n\n".join([*lines, links] if links else lines))


def check(endpoint: EndpointSettings) -> list[str]:
    """Return the mistakes in the settings of a `mattermost` endpoint."""
    return [*check_address(endpoint.url), *check_no_secret(endpoint, "Mattermost")]


def _listed(listing: Listing) -> str:
    return "\n\n".join([f"**{escape(listing.top)}**", *listed(listing), escape(listing.why)])


def _post(text: str) -> Post:
    return Post(msgspec.json.encode({"text": text}), {"content-type": "application/json"})


KIND: Final = HttpKind(check, compose)

"""Kind `mattermost`: an incoming webhook. https://developers.mattermost.com/integrate/webhooks/incoming/."""

from typing import Final

import msgspec

from alerts.delivery import HttpKind, Outgoing, Post
from alerts.webhooks.checks import check_address, check_no_secret
from alerts.webhooks.markdown import anchor, escape
from alerts.webhooks.telling import tell
from wirewatch.settings import EndpointSettings


def compose(_endpoint: EndpointSettings, outgoing: Outgoing) -> Post:
    """Return the POST of an alert, in the Markdown that Mattermost reads."""
    told = tell(outgoing)
    lines = [f"**{escape(told.top)}**", *(escape(line) for line in told.lines)]
    links = " · ".join(anchor(words, address) for words, address in told.links)
    text = "\n\n".join([*lines, links] if links else lines)
    return Post(msgspec.json.encode({"text": text}), {"content-type": "application/json"})


def check(endpoint: EndpointSettings) -> list[str]:
    """Return the mistakes in the settings of a `mattermost` endpoint."""
    return [*check_address(endpoint.url), *check_no_secret(endpoint, "Mattermost")]


KIND: Final = HttpKind(check, compose)

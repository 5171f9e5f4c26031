"""Kind `ntfy`: a topic of ntfy, plain text. https://docs.ntfy.sh/publish/. `secret` is an access token, where needed."""

import re
from base64 import b64encode
from typing import Final

from alerts.delivery import HttpKind, Outgoing, acknowledge_page
from alerts.exchange import Post
from alerts.webhooks.checks import check_address
from alerts.webhooks.listing import Listing, fitting
from alerts.webhooks.telling import Told, tell
from wirewatch.messages import Priority
from wirewatch.settings import EndpointSettings

# What is longer becomes an attachment.
MOST_BYTES: Final = 4000
_PRIORITIES: Final[dict[Priority, str]] = {"flash": "5", "urgent": "4", "bulletin": "3"}


def compose(endpoint: EndpointSettings, outgoing: Outgoing) -> Post:
    """Return the POST of an alert: the first line as the title, the report behind a tap."""
    told = _digest(outgoing) if outgoing.alert.body.items else tell(outgoing)
    headers = {
        "content-type": "text/plain; charset=utf-8",
        "title": f"=?UTF-8?B?{b64encode(told.top.encode('utf-8', 'replace')).decode()}?=",
        "priority": _PRIORITIES[outgoing.alert.body.priority],
    }
    if told.links:
        headers["click"] = told.links[0][1]
    if outgoing.console is not None and not outgoing.alert.body.items:
        headers["actions"] = f"view, Acknowledge, {acknowledge_page(outgoing.console)}, clear=true"
    if endpoint.secret is not None:
        headers["authorization"] = f"Bearer {endpoint.secret.reveal()}"
    text = "\n".join(told.lines).encode("utf-8", "replace")
    return Post(text[:MOST_BYTES].decode("utf-8", "ignore").encode(), headers)


def _digest(outgoing: Outgoing) -> Told:
    listing = fitting(
        outgoing.alert.body,
        outgoing.late_by,
        lambda each: len("\n".join(_lines(each)).encode("utf-8", "replace")),
        MOST_BYTES,
    )
    # A tap can lead to one report alone: that of the weightiest.
    first = tuple(line.link for line in listing.lines[:1] if line.link is not None)
    return Told(listing.top, _lines(listing), first)


def _lines(listing: Listing) -> tuple[str, ...]:
    told = (line.text + (f" {line.link[1]}" if line.link is not None else "") for line in listing.lines)
    return (*told, listing.why)


def check(endpoint: EndpointSettings) -> list[str]:
    """Return the mistakes in the settings of an `ntfy` endpoint."""
    mistakes = check_address(endpoint.url, tls_for=("ntfy.sh",))
    if endpoint.secret is not None and not re.fullmatch(r"[!-~]{1,200}", endpoint.secret.reveal()):
        mistakes.append("secret is no access token of ntfy")
    return mistakes


KIND: Final = HttpKind(check, compose)

"""Kind `teams`: an Adaptive Card to a webhook of Microsoft Teams, below its 28 kB whatever a feed writes.

Text stands in runs of rich text, in which a card knows no Markdown: https://adaptivecards.io/explorer/TextRun.html.
"""

import re
from typing import Any, Final

import msgspec

from alerts.delivery import HttpKind, Outgoing
from alerts.exchange import Post
from alerts.schedule import WORDS, Reason, judge_status
from alerts.webhooks.checks import check_address, check_no_secret
from alerts.webhooks.listing import Line, Listing, fitting
from alerts.webhooks.telling import tell
from wirewatch.settings import EndpointSettings

# Teams takes 28 kB, and what lies between may add to it.
MOST_BYTES: Final = 18_000
# Teams says of a request that it did not take "200", and in the body what really came of it.
_HIDDEN: Final = re.compile(rb"HTTP error (\d{3})")


def compose(_endpoint: EndpointSettings, outgoing: Outgoing) -> Post:
    """Return the POST of an alert: one card."""
    body = outgoing.alert.body
    if body.items:
        listing = fitting(body, outgoing.late_by, lambda each: len(_listed(each).body), MOST_BYTES)
        return _listed(listing)
    told = tell(outgoing)
    return _card(told.top, [_text(line) for line in told.lines], [_open(*each) for each in told.links])


def check(endpoint: EndpointSettings) -> list[str]:
    """Return the mistakes in the settings of a `teams` endpoint."""
    return [*check_address(endpoint.url), *check_no_secret(endpoint, "Teams")]


def judge(status: int, body: bytes) -> tuple[Reason, str]:
    """Return what Teams' answer means; a failure that hides in a 200 is one."""
    reason = judge_status(status)
    hidden = _HIDDEN.search(body)
    if reason != "accepted" or hidden is None:
        return reason, ""
    found = judge_status(int(hidden[1]))
    if found == "accepted":
        return found, ""
    return found, f"{WORDS[found]}, status {int(hidden[1])} within a {status}"


def _listed(listing: Listing) -> Post:
    return _card(listing.top, [*(_item(line) for line in listing.lines), _text(listing.why)], [])


def _item(line: Line) -> dict[str, Any]:
    told = _text(line.text)
    if line.link is not None:
        host, address = line.link
        told["inlines"].append(
            {"type": "TextRun", "text": f" · {host}", "selectAction": _open(f"Read it at {host}", address)}
        )
    return told


def _open(words: str, address: str) -> dict[str, Any]:
    return {"type": "Action.OpenUrl", "title": words, "url": address}


def _card(top: str, blocks: list[dict[str, Any]], actions: list[dict[str, Any]]) -> Post:
    card: dict[str, Any] = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "fallbackText": top,
        "body": [_text(top, size="Medium", weight="Bolder"), *blocks],
        "actions": actions,
    }
    attachment = {"contentType": "application/vnd.microsoft.card.adaptive", "content": card}
    message = {"type": "message", "attachments": [attachment]}
    return Post(msgspec.json.encode(message), {"content-type": "application/json"})


def _text(text: str, **looks: str) -> dict[str, Any]:
    return {"type": "RichTextBlock", "inlines": [{"type": "TextRun", "text": text, **looks}]}


KIND: Final = HttpKind(check, compose, judge)

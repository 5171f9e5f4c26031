"""Kind `slack`: an incoming webhook, whose address is its secret; or a bot's token and a channel (`slack_bot`).

What comes from a feed stands in `plain_text` alone, which knows no markup; `<`, `>` and `&` are escaped everywhere,
as Slack reads entities in both kinds of text. The one link is composed here from a checked address.
Limits: https://docs.slack.dev/reference/block-kit/blocks.
"""

from typing import Any, Final

import msgspec

from alerts.delivery import HttpKind, Outgoing, WebhookKind, acknowledge_page
from alerts.exchange import Post, Wire
from alerts.schedule import Answer, Reason, judge_status
from alerts.webhooks import slack_bot
from alerts.webhooks.checks import check_address
from alerts.webhooks.listing import listings
from alerts.webhooks.wording import (
    MARKS,
    carriers,
    cut,
    disagreement,
    gist,
    inert,
    lateness,
    link,
    loud,
    said,
)
from wirewatch.settings import EndpointSettings

# Slack allows 150 in a header, 3,000 in a text, and 4,000 in the fallback; a phone shows far less.
MOST_HEADER: Final = 140
MOST_TEXT: Final = 1200
MOST_HEADLINE: Final = 300
MOST_FALLBACK: Final = 400
MOST_CONTEXT: Final = 600
# No previews of what stands behind the links.
_QUIET: Final = {"unfurl_links": False, "unfurl_media": False}
# What Slack itself answers with; nothing else of its answers is repeated.
_SAID: Final = frozenset(
    [
        "invalid_payload", "user_not_found", "channel_not_found", "channel_is_archived", "action_prohibited",
        "posting_to_general_channel_denied", "too_many_attachments", "no_service", "no_active_hooks", "no_team",
        "no_text", "team_disabled", "invalid_token", "rollup_error", "message_limit_exceeded", "invalid_blocks",
    ]
)  # fmt: skip


def compose(_endpoint: EndpointSettings, outgoing: Outgoing) -> Post:
    """Return the POST of an alert: a message of its own, or for a later revision a short follow-up."""
    return Post(msgspec.json.encode(composed(outgoing)), {"content-type": "application/json"})


def composed(outgoing: Outgoing) -> dict[str, Any]:
    """Return the message of an alert by itself."""
    if outgoing.alert.body.items:
        message = _digest(outgoing)
    else:
        message = _first(outgoing) if outgoing.alert.revision <= 1 else _follow_up(outgoing)
    return message | _QUIET


def check(endpoint: EndpointSettings) -> list[str]:
    """Return the mistakes in the settings of a `slack` endpoint."""
    mistakes = check_address(endpoint.url, tls_for=("hooks.slack.com", "hooks.slack-gov.com"))
    if endpoint.secret is not None:
        mistakes.append(
            "secret is set, but a webhook of Slack takes none, its url is the secret; a bot's token needs a channel"
        )
    return mistakes


def judge(status: int, body: bytes) -> tuple[Reason, str]:
    """Return what Slack's answer means; its word for it where it is a known one."""
    reason = judge_status(status)
    word = body[:100].decode("utf-8", "replace").strip()
    return reason, f"Slack answered {word}, status {status}" if word in _SAID else ""


def escape(text: str) -> str:
    """Return text in which Slack finds no markup of its own: no mention, no link, no date."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _first(outgoing: Outgoing) -> dict[str, Any]:
    body = outgoing.alert.body
    top = f"{MARKS[body.priority]} {body.priority.upper()} · {gist(body)}"
    late = lateness(outgoing.late_by)
    headline = inert(body.headline)
    blocks = [
        {"type": "header", "text": _plain(f"{top} · {late}" if late else top, MOST_HEADER)},
        _section(headline, MOST_HEADLINE),
        _section(said(body), MOST_TEXT),
        _section(disagreement(body), MOST_TEXT),
        _context([_plain(carriers(body), MOST_CONTEXT), _link(body.url), _page(outgoing.console)]),
        _context([_plain(f"Why: {inert(body.reason)} · Desk: {inert(body.desk)}", MOST_CONTEXT)]),
    ]
    return _message(f"{top}: {headline}", blocks)


def _follow_up(outgoing: Outgoing) -> dict[str, Any]:
    body = outgoing.alert.body
    top = f"{MARKS[body.priority]} Update: {inert(body.reason)}"
    first = f"To the alert “{cut(inert(outgoing.alert.first_headline or body.headline), MOST_HEADLINE)}”"
    late = lateness(outgoing.late_by)
    blocks = [
        _section(top, MOST_TEXT),
        _section(f"{first} · {late}" if late else first, MOST_TEXT),
        _section(disagreement(body), MOST_TEXT),
        _context([_plain(carriers(body), MOST_CONTEXT), _link(body.url), _page(outgoing.console)]),
    ]
    return _message(f"{top}. {first}", blocks)


def _digest(outgoing: Outgoing) -> dict[str, Any]:
    # A block for each alert has room for the longest lines.
    listing = next(listings(outgoing.alert.body, outgoing.late_by))
    blocks: list[dict[str, Any] | None] = [
        {"type": "header", "text": _plain(listing.top, MOST_HEADER)},
        *(
            _context([_plain(line.text, MOST_CONTEXT), _link(line.link[1] if line.link else None)])
            for line in listing.lines
        ),
        _context([_plain(listing.why, MOST_CONTEXT)]),
    ]
    return _message(listing.top, blocks)


def _message(fallback: str, blocks: list[dict[str, Any] | None]) -> dict[str, Any]:
    return {"text": _fit(fallback, MOST_FALLBACK), "blocks": [block for block in blocks if block]}


def _section(text: str, limit: int) -> dict[str, Any] | None:
    return {"type": "section", "text": _plain(text, limit)} if text.strip() else None


def _context(elements: list[dict[str, Any] | None]) -> dict[str, Any]:
    return {"type": "context", "elements": [element for element in elements if element]}


def _plain(text: str, limit: int) -> dict[str, Any]:
    # Without `emoji` ":red_circle:" in a headline stays what was written.
    return {"type": "plain_text", "text": _fit(text, limit), "emoji": False}


def _link(url: str | None) -> dict[str, Any] | None:
    found = link(url)
    if found is None:
        return None
    address, host = found
    return {"type": "mrkdwn", "text": f"<{escape(address)}|Read it at {escape(host)}>", "verbatim": True}


def _page(console: str | None) -> dict[str, Any] | None:
    if console is None:
        return None
    links = f"<{escape(console)}|The story in Wirewatch> · <{escape(acknowledge_page(console))}|Acknowledge>"
    return {"type": "mrkdwn", "text": links, "verbatim": True}


def _fit(text: str, limit: int) -> str:
    """Cut and escape, so that what Slack counts stays below the limit; each `&` becomes five characters."""
    escaped = escape(cut(text, limit))
    return escaped if len(escaped) <= limit else escape(cut(text, limit // 5))


class SlackKind:
    """An incoming webhook, or a bot where a channel is named."""

    def check(self, endpoint: EndpointSettings) -> list[str]:
        """Return the mistakes in the settings of a `slack` endpoint."""
        return check(endpoint) if endpoint.channel is None else slack_bot.check(endpoint)

    async def send(self, endpoint: EndpointSettings, outgoing: Outgoing, wire: Wire) -> Answer:
        """Post a message, or edit it and answer in its thread."""
        if endpoint.channel is None:
            return await _WEBHOOK.send(endpoint, outgoing, wire)
        if outgoing.alert.revision > 1 and outgoing.posted:
            standing, change = _first(outgoing), _follow_up(outgoing)
            if loud(outgoing.alert.body):
                change["reply_broadcast"] = True
            return await slack_bot.revise(endpoint, outgoing, standing | _QUIET, change | _QUIET, wire)
        return await slack_bot.post(endpoint, composed(outgoing), wire)


_WEBHOOK: Final = HttpKind(check, compose, judge)
KIND: Final[WebhookKind] = SlackKind()

"""Kind `slack` with a `channel`: a bot's token, by which a revision edits the message and answers in its thread.

https://docs.slack.dev/reference/methods/chat.postMessage, https://docs.slack.dev/reference/methods/chat.update.
Slack says "200" of what it refuses, and in the body why.
"""

import re
from typing import Any, Final
from urllib.parse import urljoin

import msgspec
from msgspec import Struct

from alerts.delivery import Outgoing
from alerts.exchange import Post, Reply, Wire, answered, exchange
from alerts.schedule import WORDS, Answer, Reason, judge_status
from alerts.webhooks.checks import check_address
from wirewatch.settings import EndpointSettings

CHANNEL: Final = re.compile(r"#?[A-Za-z0-9._-]{1,80}")
_TOKEN: Final = re.compile(r"xox[a-z]-[A-Za-z0-9-]{5,300}")
_RECEIPT: Final = re.compile(r"[A-Z0-9]{1,40}/\d{1,20}\.\d{1,10}")
# Errors that pass; all others are the settings' or the message's.
_PASSING: Final[dict[str, Reason]] = {
    "ratelimited": "rate_limited", "rate_limited": "rate_limited", "message_limit_exceeded": "rate_limited",
    "internal_error": "server_error", "fatal_error": "server_error", "service_unavailable": "server_error",
    "request_timeout": "server_error", "team_added_to_org": "server_error",
}  # fmt: skip
# The message cannot be edited any more: somebody deleted it, or the workspace does not let bots edit.
_GONE: Final = frozenset(
    ["message_not_found", "cant_update_message", "edit_window_closed", "thread_not_found", "is_inactive"]
)


class Said(Struct, frozen=True):
    """What Slack answers, as far as it matters."""

    ok: bool = False
    error: str = ""
    channel: str = ""
    ts: str = ""


def check(endpoint: EndpointSettings) -> list[str]:
    """Return the mistakes in the settings of a bot."""
    mistakes = check_address(endpoint.url, tls_for=("slack.com", "slack-gov.com"))
    if endpoint.channel is None or not CHANNEL.fullmatch(endpoint.channel):
        mistakes.append('channel is none; write for example "C0123456789"')
    if endpoint.secret is None or not _TOKEN.fullmatch(endpoint.secret.reveal()):
        mistakes.append("secret is no bot's token, which begins with xoxb-")
    return mistakes


async def post(endpoint: EndpointSettings, message: dict[str, Any], wire: Wire) -> Answer:
    """Post a message to the channel; its receipt is the channel and the message's time stamp."""
    return await _call("chat.postMessage", endpoint, {"channel": endpoint.channel, **message}, wire)


async def revise(
    endpoint: EndpointSettings, outgoing: Outgoing, now: dict[str, Any], change: dict[str, Any], wire: Wire
) -> Answer:
    """Edit the message to what it is now, and tell in its thread what changed.

    Where the one succeeded and the other did not, both are done again: an edit may be repeated.
    """
    channel, _, stamp = outgoing.posted.partition("/")
    edited = await _call("chat.update", endpoint, {"channel": channel, "ts": stamp, **now}, wire)
    if edited.reason != "accepted" and not _is_gone(edited):
        return edited
    where = {"channel": channel} if _is_gone(edited) else {"channel": channel, "thread_ts": stamp}
    told = await _call("chat.postMessage", endpoint, {**where, **change}, wire)
    # The alert keeps the name of its first message.
    return Answer(told.reason, told.detail, told.status, edited.seconds + told.seconds, told.retry_after)


async def _call(method: str, endpoint: EndpointSettings, message: dict[str, Any], wire: Wire) -> Answer:
    token = "" if endpoint.secret is None else endpoint.secret.reveal()
    posted = Post(
        msgspec.json.encode(message),
        {"content-type": "application/json; charset=utf-8", "authorization": f"Bearer {token}"},
    )
    reply = await exchange(posted, urljoin(endpoint.url.reveal().rstrip("/") + "/", method), wire)
    said = _read(reply)
    answer = answered(reply, endpoint, lambda status, _body: judge(status, said))
    receipt = f"{said.channel}/{said.ts}"
    if answer.reason == "accepted" and _RECEIPT.fullmatch(receipt):
        return msgspec.structs.replace(answer, receipt=receipt)
    return answer


def judge(status: int, said: Said) -> tuple[Reason, str]:
    """Return what Slack's answer means; its word for it, which is one of its own."""
    reason = judge_status(status)
    if reason != "accepted" or said.ok:
        return reason, ""
    word = said.error if re.fullmatch(r"[a-z_]{1,60}", said.error) else "no word of its own"
    reason = _PASSING.get(said.error, "rejected")
    return reason, f"{WORDS[reason]}: Slack answered {word}"


def _read(reply: Reply) -> Said:
    try:
        return msgspec.json.decode(reply.body, type=Said)
    except msgspec.MsgspecError:
        return Said()


def _is_gone(answer: Answer) -> bool:
    return answer.reason == "rejected" and answer.detail.rpartition(" ")[2] in _GONE

"""Kind `discord`: a webhook of Discord. https://discord.com/developers/docs/resources/webhook#execute-webhook."""

import re
from http import HTTPStatus
from typing import Final

import httpx
import msgspec
from msgspec import Struct

from alerts.delivery import Outgoing, WebhookKind
from alerts.exchange import Post, Wire, address_of, answered, exchange
from alerts.schedule import Answer
from alerts.webhooks.checks import check_address, check_no_secret
from alerts.webhooks.listing import Listing, fitting
from alerts.webhooks.markdown import anchor, escape, listed
from alerts.webhooks.telling import tell
from alerts.webhooks.wording import cut, loud
from wirewatch.messages import Priority
from wirewatch.settings import EndpointSettings

# Discord takes 4,096 signs in a description.
MOST_DESCRIPTION: Final = 4000
MOST_LINE: Final = 150
NOT_FOUND: Final = HTTPStatus.NOT_FOUND
_COLOURS: Final[dict[Priority, int]] = {"flash": 0xD92D20, "urgent": 0xF79009, "bulletin": 0x2E90FA}


class _Message(Struct, frozen=True):
    """What Discord answers with, where it is asked to wait for it."""

    id: str = ""


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


def standing(outgoing: Outgoing) -> Post:
    """Return what an alert's message says after a revision: what changed, then all that is known now."""
    body = outgoing.alert.body
    told = tell(outgoing)
    first = msgspec.structs.replace(outgoing.alert, revision=1)
    now = tell(msgspec.structs.replace(outgoing, alert=first, late_by=None))
    links = [anchor(words, address) for words, address in told.links]
    lines = [escape(cut(line, MOST_LINE)) for line in (now.top, *now.lines)]
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


class DiscordKind:
    """Posts a message and asks how it is named, so that a revision can edit it."""

    def check(self, endpoint: EndpointSettings) -> list[str]:
        """Return the mistakes in the settings of a `discord` endpoint."""
        return check(endpoint)

    async def send(self, endpoint: EndpointSettings, outgoing: Outgoing, wire: Wire) -> Answer:
        """Post, or edit what was posted; what is taken back or turned round is said in a message beside, too."""
        if outgoing.alert.revision <= 1 or not outgoing.posted:
            return await _posted(endpoint, compose(endpoint, outgoing), wire)
        edit = msgspec.structs.replace(standing(outgoing), method="PATCH")
        reply = await exchange(edit, _place(endpoint, f"/messages/{outgoing.posted}"), wire)
        answer = answered(reply, endpoint)
        # Somebody deleted it: then it is told beside.
        if reply.status != NOT_FOUND and (answer.reason != "accepted" or not loud(outgoing.alert.body)):
            return answer
        told = await _posted(endpoint, compose(endpoint, outgoing), wire)
        # The alert keeps the name of its first message.
        return msgspec.structs.replace(told, receipt="")


async def _posted(endpoint: EndpointSettings, post: Post, wire: Wire) -> Answer:
    reply = await exchange(post, _place(endpoint, "", wait="true"), wire)
    answer = answered(reply, endpoint)
    try:
        name = msgspec.json.decode(reply.body, type=_Message).id
    except msgspec.MsgspecError:
        name = ""
    known = answer.reason == "accepted" and re.fullmatch(r"\d{1,25}", name)
    return msgspec.structs.replace(answer, receipt=name) if known else answer


def _place(endpoint: EndpointSettings, beneath: str, **asked: str) -> httpx.URL | str:
    """Return the webhook's address with something beneath it; what it asks for (a thread) stays."""
    address = address_of(endpoint.url)
    if isinstance(address, str):
        return address
    return address.copy_with(path=address.path.rstrip("/") + beneath).copy_merge_params(asked)


KIND: Final[WebhookKind] = DiscordKind()

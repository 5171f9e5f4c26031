"""A digest as each kind tells it: a line for every alert of it."""

import json
import re
from email.header import decode_header

import pytest
from hypothesis import given

from alerts.delivery import Outgoing
from alerts.exchange import Post
from alerts.webhooks import discord, mattermost, ntfy, slack, standard, teams
from tests.alerts.examples import AT, an_alert, an_endpoint
from tests.alerts.test_chat_kinds import LIVE, LIVE_IN_MARKDOWN
from tests.alerts.test_slack import MOST_BLOCKS, hostile
from wirewatch.messages import Alert, AlertItem, Priority

COMPOSE = {
    "standard": standard.compose, "slack": slack.compose, "teams": teams.compose, "discord": discord.compose,
    "mattermost": mattermost.compose, "ntfy": ntfy.compose,
}  # fmt: skip
CHAT = [kind for kind in COMPOSE if kind != "standard"]


def an_item(number: int, priority: Priority = "bulletin", **changes: str) -> AlertItem:
    said = {
        "headline": f"Flood number {number} rises",
        "reason": f"Record: {number} cm beats {number - 1} of 2 May 2024",
        "url": f"https://news.example/flood-{number}",
    } | changes
    return AlertItem(
        f"alert-{number}", 1, priority, said["headline"], said["reason"], 3, said["url"], f"cluster-{number}"
    )


def a_digest(*items: AlertItem) -> Alert:
    title = f"Digest: {len(items)} stories"
    return an_alert(
        priority="urgent", headline=title, sentence="1. First · 2. Second", said_by=None, figure=None, beats=None,
        figures=(), reason=f"{title}, since 31 May 06:00 UTC", items=items,
    )  # fmt: skip


def posted(kind: str, alert: Alert, late_by: float | None = None) -> Post:
    secret = an_endpoint().secret if kind == "standard" else None
    return COMPOSE[kind](an_endpoint(secret=secret), Outgoing(alert, AT, late_by))


def shown(kind: str, alert: Alert, late_by: float | None = None) -> str:
    """Return all that a post says, without the escapes of Markdown."""
    post = posted(kind, alert, late_by)
    if kind == "ntfy":
        ((title, charset),) = decode_header(post.headers["title"])
        assert isinstance(title, bytes)
        return title.decode(charset or "ascii") + "\n" + post.body.decode()
    said = json.dumps(json.loads(post.body), ensure_ascii=False).replace("\\\\", "")
    return re.sub("\u2060", "", said)


@pytest.mark.parametrize("kind", COMPOSE)
def test_each_alert_is_told_with_priority_figure_what_it_beats_and_link(kind: str) -> None:
    said = shown(kind, a_digest(an_item(7, "urgent"), an_item(8), an_item(9)))
    assert "Digest: 3 stories" in said
    for number in (7, 8, 9):
        assert f"Flood number {number} rises" in said
        assert f"Record: {number} cm beats {number - 1} of 2 May 2024" in said
        assert f"https://news.example/flood-{number}" in said
    assert "urgent" in said.lower()
    assert "bulletin" in said.lower()


@pytest.mark.parametrize("kind", CHAT)
def test_the_weightiest_comes_first_and_no_alert_is_told_as_if_it_were_the_only_one(kind: str) -> None:
    said = shown(kind, a_digest(an_item(7, "urgent"), an_item(8)))
    assert said.index("🟠 URGENT · Flood number 7") < said.index("🔵 BULLETIN · Flood number 8")
    assert "Example Agency" not in said
    assert "472-drones" not in said


@pytest.mark.parametrize("kind", CHAT)
def test_a_digest_that_comes_late_says_so(kind: str) -> None:
    assert "late by 2 min" in shown(kind, a_digest(an_item(1)), 120.0)


@pytest.mark.parametrize("kind", CHAT)
def test_of_a_long_digest_every_line_is_cut_and_none_is_left_away(kind: str) -> None:
    items = [
        an_item(
            each, headline=f"Nr{each:02} " + "the river rises " * 7, url="https://news.example/" + "x" * 400
        )
        for each in range(25)
    ]
    said = shown(kind, a_digest(*items))
    assert all(f"Nr{each:02} the river" in said for each in range(25))


@pytest.mark.parametrize("kind", CHAT)
def test_an_address_that_cannot_be_linked_is_left_away(kind: str) -> None:
    assert "javascript" not in shown(kind, a_digest(an_item(1, url="javascript:alert(1)")))


@pytest.mark.parametrize("kind", CHAT)
@given(text=hostile)
def test_no_feed_injects_anything_into_a_digest_or_breaks_its_limit(kind: str, text: str) -> None:
    items = [an_item(each, headline=text[:120], reason=text[-120:]) for each in range(25)]
    post = posted(kind, a_digest(*items))
    assert not LIVE.search(post.body.decode())
    if kind in {"slack", "discord", "mattermost"}:
        assert not re.search(r"<\\*[!@#]", post.body.decode())
    if kind in {"discord", "mattermost"}:
        assert not LIVE_IN_MARKDOWN.search(post.body.decode())
    match kind:
        case "discord":
            message = json.loads(post.body)
            assert len(message["content"]) <= 2000
            assert len(message["embeds"][0]["description"]) <= 4096
            assert message["allowed_mentions"] == {"parse": []}
        case "slack":
            assert len(json.loads(post.body)["blocks"]) <= MOST_BLOCKS
        case "ntfy":
            assert len(post.body) <= 4096
        case "mattermost":
            assert len(json.loads(post.body)["text"]) <= 16_383
        case _:
            assert len(post.body) < 20_000


def test_in_a_card_text_of_a_feed_stands_where_there_is_no_markup() -> None:
    item = an_item(1, headline="[click](https://evil.example)")
    (attachment,) = json.loads(posted("teams", a_digest(item)).body)["attachments"]
    card = attachment["content"]
    assert {block["type"] for block in card["body"]} == {"RichTextBlock"}
    runs = [run for block in card["body"] for run in block["inlines"]]
    assert [run["selectAction"]["url"] for run in runs if "selectAction" in run] == [
        "https://news.example/flood-1"
    ]


def test_a_tap_on_a_phone_leads_to_the_weightiest_report() -> None:
    post = posted("ntfy", a_digest(an_item(7, "urgent"), an_item(8)))
    assert post.headers["click"] == "https://news.example/flood-7"

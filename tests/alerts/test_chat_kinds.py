"""What Teams, Discord, Mattermost and ntfy are sent, and what no feed can do to it."""

import json
import re
from email.header import decode_header

import pytest
from hypothesis import given
from msgspec.structs import replace

from alerts.delivery import Outgoing
from alerts.exchange import Post
from alerts.webhooks import KINDS, check_endpoint, discord, mattermost, ntfy, teams
from tests.alerts.examples import AT, an_alert, an_endpoint
from tests.alerts.test_slack import hostile
from wirewatch.messages import Alert
from wirewatch.settings import EndpointKind, Secret

COMPOSE = {
    "teams": teams.compose, "discord": discord.compose, "mattermost": mattermost.compose, "ntfy": ntfy.compose,
}  # fmt: skip
CHAT = list(COMPOSE)
LIVE = re.compile(r"@(?:channel|everyone|here|all)\b|https?://evil", re.IGNORECASE)
# What services that read Markdown take for a mention, beside.
LIVE_IN_MARKDOWN = re.compile(r"<\\*[!@#]|@\w")


def posted(kind: str, alert: Alert) -> Post:
    return COMPOSE[kind](an_endpoint(secret=None), Outgoing(alert, AT))


def shown(kind: str, alert: Alert) -> str:
    """Return all that a post says, without the escapes of Markdown."""
    post = posted(kind, alert)
    if kind == "ntfy":
        ((title, charset),) = decode_header(post.headers["title"])
        assert isinstance(title, bytes)
        return title.decode(charset or "ascii") + "\n" + post.body.decode()
    said = json.dumps(json.loads(post.body), ensure_ascii=False).replace("\\\\", "")
    return re.sub("\u2060", "", said)


@pytest.mark.parametrize("kind", CHAT)
def test_it_says_priority_what_it_beats_who_says_so_and_where_outlets_differ(kind: str) -> None:
    said = shown(kind, an_alert())
    for part in (
        "🔴 FLASH · 472 drones, beats 355 of 26 May 2025", "Russia launches 472 drones", "Ukraine's air force",
        "Outlets differ: 472 (31), at least 400 (7)", "Example Agency and 39 more outlets",
    ):  # fmt: skip
        assert part in said


@pytest.mark.parametrize("kind", CHAT)
def test_a_follow_up_names_the_headline_of_the_first(kind: str) -> None:
    later = replace(an_alert(revision=2, headline="It was 355"), first_headline="472 drones tonight")
    said = shown(kind, later)
    assert "472 drones tonight" in said
    assert "It was 355" not in said


@pytest.mark.parametrize("kind", CHAT)
@given(text=hostile)
def test_a_feed_mentions_nobody_and_stays_within_the_limit(kind: str, text: str) -> None:
    post = posted(kind, an_alert(headline=text, sentence=text, said_by=text, source=text, reason=text))
    assert not LIVE.search(post.body.decode())
    if kind in {"discord", "mattermost"}:
        assert not LIVE_IN_MARKDOWN.search(post.body.decode())
    assert len(post.body) < 20_000
    if kind == "discord":
        message = json.loads(post.body)
        assert len(message["content"]) <= 2000
        assert len(message["embeds"][0]["description"]) <= 4096
        assert message["allowed_mentions"] == {"parse": []}


def test_text_of_a_feed_stands_where_a_card_knows_no_markup() -> None:
    (attachment,) = json.loads(posted("teams", an_alert(headline="[click](https://evil.example)")).body)[
        "attachments"
    ]
    card = attachment["content"]
    assert (card["type"], card["version"]) == ("AdaptiveCard", "1.4")
    assert {block["type"] for block in card["body"]} == {"RichTextBlock"}
    assert [action["url"] for action in card["actions"]] == ["https://news.example/472-drones"]


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"1", "accepted"),
        (b"Microsoft Teams endpoint returned HTTP error 429 with ContextId x", "rate_limited"),
        (b"Microsoft Teams endpoint returned HTTP error 503 with ContextId x", "server_error"),
    ],
)
def test_a_failure_that_teams_hides_in_a_200_is_seen(body: bytes, reason: str) -> None:
    assert teams.judge(200, body)[0] == reason


def test_ntfy_is_given_its_token_and_the_priority() -> None:
    post = ntfy.compose(an_endpoint(secret=Secret("tk_hush")), Outgoing(an_alert(), AT))
    assert post.headers["authorization"] == "Bearer tk_hush"
    assert post.headers["priority"] == "5"
    assert post.headers["click"] == "https://news.example/472-drones"


@pytest.mark.parametrize("kind", ["teams", "discord", "mattermost"])
def test_a_secret_where_the_service_knows_none_is_a_mistake(kind: EndpointKind) -> None:
    assert any("takes none" in mistake for mistake in check_endpoint(an_endpoint(kind=kind)))
    assert KINDS[kind].check(an_endpoint(kind=kind, secret=None)) == []

"""What a desk reads in Slack, and what no feed can do to it."""

import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.delivery import Outgoing, story_page
from alerts.webhooks import check_endpoint
from alerts.webhooks.slack import compose, judge
from tests.alerts.examples import AT, a_slack, an_alert, an_endpoint
from wirewatch.messages import Alert, AlertFigure
from wirewatch.settings import EndpointSettings

# As Slack documents them.
MOST_BLOCKS = 50
MOST_HEADER = 150
MOST_SECTION = 3000
MOST_CONTEXT_ELEMENTS = 10
MOST_FALLBACK = 4000
TROUBLE = [
    "<!channel>", "<!here>", "<!everyone>", "<@U012AB3CD>", "<#C123|general>", "<https://evil.example|Read it>",
    "@channel", "@everyone", "@HERE", "https://evil.example/x", "*bold* _slant_ ~gone~ `code`", "```", "&lt;!channel&gt;",
    "<!date^1392734382^{date}|x>", "\u202eright to left", "\x00\x1b[31m", "a\nb\r\n# c", "&amp;", "|", ">quote", ":tada:",
    "👩‍👩‍👧‍👦" * 40, "é" * 3000, "\ud800",
]  # fmt: skip
hostile = st.lists(st.sampled_from(TROUBLE) | st.text(max_size=400), max_size=12).map(" ".join)


def message(alert: Alert, late_by: float | None = None) -> dict[str, Any]:
    post = compose(a_slack(), Outgoing(alert, AT, late_by))
    decoded: dict[str, Any] = json.loads(post.body)
    return decoded


def texts(found: dict[str, Any]) -> list[dict[str, Any]]:
    """Return every text object of a message."""
    objects = []
    for block in found["blocks"]:
        objects += [block["text"]] if "text" in block else []
        objects += block.get("elements", [])
    return objects


def shown(found: dict[str, Any]) -> str:
    return "\n".join(text["text"] for text in texts(found))


def test_the_first_line_says_priority_what_and_what_it_beats() -> None:
    found = message(an_alert())
    assert found["blocks"][0] == {
        "type": "header",
        "text": {
            "type": "plain_text",
            "text": "🔴 FLASH · 472 drones, beats 355 of 26 May 2025",
            "emoji": False,
        },
    }


def test_a_lock_screen_shows_it_all_in_one_line() -> None:
    assert message(an_alert())["text"] == (
        "🔴 FLASH · 472 drones, beats 355 of 26 May 2025: Russia launches 472 drones at Ukraine, the most of the war"
    )


def test_it_says_who_says_so_where_outlets_differ_and_how_many_carry_it() -> None:
    said = shown(message(an_alert()))
    assert "“The air force counted 472 drones overnight" in said
    assert "— Ukraine's air force" in said
    assert "Outlets differ: 472 (31), at least 400 (7)" in said
    assert "Example Agency and 39 more outlets" in said
    assert "Why: Record: 472 drones beats 355 of 26 May 2025 (Kyiv Post) · Desk: world" in said


def test_outlets_that_agree_are_not_said_to_differ() -> None:
    assert "differ" not in shown(message(an_alert(figures=(AlertFigure(472.0, "exact", 40),))))


def test_the_one_link_leads_to_the_report_and_says_where() -> None:
    links = [text for text in texts(message(an_alert())) if text["type"] == "mrkdwn"]
    assert links == [
        {
            "type": "mrkdwn",
            "text": "<https://news.example/472-drones|Read it at news.example>",
            "verbatim": True,
        }
    ]


@pytest.mark.parametrize(
    "url",
    [None, "", "javascript:alert(1)", "https://", "https://user@evil.example/", "https://a b/", "x" * 9000,
     "https://news.example/" + "x" * 4000, "//news.example/x", "https://[::1/"],
)  # fmt: skip
def test_an_address_that_cannot_be_linked_is_left_away(url: str | None) -> None:
    assert all(text["type"] == "plain_text" for text in texts(message(an_alert(url=url))))


def test_an_address_cannot_end_its_link_early() -> None:
    (found,) = [
        text["text"]
        for text in texts(message(an_alert(url="https://news.example/a>|<!channel> b&c=1")))
        if text["type"] == "mrkdwn"
    ]
    assert found == "<https://news.example/a%3E%7C%3C!channel%3E%20b&amp;c=1|Read it at news.example>"


def test_an_escalation_says_which_way_and_how_far() -> None:
    alert = an_alert(
        kind="escalation",
        polarity="de-escalation",
        severity=2,
        figure=None,
        unit=None,
        beats=None,
        priority="urgent",
    )
    assert message(alert)["blocks"][0]["text"]["text"] == "🟠 URGENT · De-escalation, severity 2 of 3"


def test_a_first_without_a_figure_says_that_it_is_one() -> None:
    alert = an_alert(figure=None, unit=None, beats=None, reason="First: since 2022; no figure to compare")
    assert message(alert)["blocks"][0]["text"]["text"] == "🔴 FLASH · First"


def test_a_record_that_beats_nothing_known_says_that_it_is_one() -> None:
    alert = an_alert(beats=None, reason="Record: 472 drones, the first figure known of this metric")
    assert message(alert)["blocks"][0]["text"]["text"] == "🔴 FLASH · Record, 472 drones"


def test_a_revision_is_a_short_follow_up_that_says_what_changed_and_names_the_first() -> None:
    found = message(an_alert(revision=2, reason="Denied: the air force takes its figure back", figures=()))
    assert [block["type"] for block in found["blocks"]] == ["section", "section", "context"]
    first, second = (block["text"]["text"] for block in found["blocks"][:2])
    assert first == "🔴 Update: Denied: the air force takes its figure back"
    assert second == "To the alert “Russia launches 472 drones at Ukraine, the most of the war”"
    assert found["text"] == f"{first}. {second}"


def test_a_late_alert_says_so_first() -> None:
    assert "late by 2 h 10 min" in message(an_alert(), late_by=7800.0)["blocks"][0]["text"]["text"]


@given(hostile, hostile, st.integers(1, 3), st.sampled_from(["record", "escalation"]))
def test_no_feed_can_inject_anything_or_break_a_limit(one: str, two: str, revision: int, kind: str) -> None:
    found = message(
        an_alert(
            revision=revision, kind=kind, headline=one, sentence=two, said_by=one, source=two, reason=one, unit=two[:90],
            url="https://news.example/" + one[:50],
        )
    )  # fmt: skip
    assert len(found["blocks"]) <= MOST_BLOCKS
    assert 0 < len(found["text"]) <= MOST_FALLBACK
    for block in found["blocks"]:
        limit = MOST_HEADER if block["type"] == "header" else MOST_SECTION
        assert len(block.get("elements", [])) <= MOST_CONTEXT_ELEMENTS
        for text in [block["text"]] if "text" in block else block["elements"]:
            assert 0 < len(text["text"]) <= limit
    for text in [found["text"], *(each["text"] for each in texts(found) if each["type"] == "plain_text")]:
        assert not set(text) & set("<>\x00\x1b\n\r\u202e")
        assert not re.search(r"&(?!(?:amp|lt|gt);)", text)
        assert not re.search(r"@(?:channel|here|everyone)\b", text, re.IGNORECASE)
        assert "://" not in text
    for each in texts(found):
        if each["type"] == "mrkdwn":
            assert re.fullmatch(r"<https://news\.example/[^<>|\s]*\|Read it at news\.example>", each["text"])


@given(st.text(alphabet="&<>", min_size=2000, max_size=4000))
def test_what_grows_by_escaping_still_fits(text: str) -> None:
    for each in texts(message(an_alert(sentence=text, headline=text))):
        assert len(each["text"]) <= MOST_SECTION


@pytest.mark.parametrize(
    ("status", "body", "reason", "said"),
    [
        (200, b"ok", "accepted", ""),
        (404, b"no_service", "rejected", "Slack answered no_service, status 404"),
        (410, b"channel_is_archived", "gone", "Slack answered channel_is_archived, status 410"),
        (403, b"https://hooks.slack.com/services/T0/B0/sEcReT", "rejected", ""),
        (429, b"", "rate_limited", ""),
        (500, b"rollup_error", "server_error", "Slack answered rollup_error, status 500"),
        (400, b"\xff\xfe" * 9999, "rejected", ""),
    ],
)
def test_slacks_own_word_is_repeated_and_nothing_else(
    status: int, body: bytes, reason: str, said: str
) -> None:
    assert judge(status, body) == (reason, said)


@pytest.mark.parametrize(
    ("endpoint", "mistake"),
    [
        (an_endpoint("https://hooks.slack.com/services/T0/B0/x", kind="slack"), "Slack takes none"),
        (a_slack("http://hooks.slack.com/services/T0/B0/x"), "https:// alone"),
        (a_slack("hooks.slack.com/services/T0/B0/x"), "does not begin with"),
    ],
)
def test_a_mistake_in_the_settings_is_named(endpoint: EndpointSettings, mistake: str) -> None:
    (found,) = check_endpoint(endpoint)
    assert mistake in found


def test_right_settings_have_no_mistake() -> None:
    assert check_endpoint(a_slack()) == []


def test_the_page_of_the_story_is_a_link_where_the_console_has_an_address() -> None:
    page = story_page("https://wire.example.org", an_alert())
    shown = compose(a_slack(), Outgoing(an_alert(), AT, console=page)).body.decode()
    assert "<https://wire.example.org/story/cluster-1|The story in Wirewatch>" in shown
    assert story_page(None, an_alert()) is None

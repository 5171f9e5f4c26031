"""A desk that wants it gets one line when a shift ends: what came in, and whether all is well."""

from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from tests.clock import ManualClock
from wirewatch.codec import decode, encode
from wirewatch.config_file import parse_settings
from wirewatch.errors import SettingsError
from wirewatch.kafka import KafkaConnection
from wirewatch.messages import Alert, AlertItem, AlertKind, FeedState, Priority
from wirewatch.operations.canary import CANARY, canary_story
from wirewatch.operations.shift_lines import ShiftLines
from wirewatch.operations.shifts import Shift, Work, ended, line, particulars, shift_alert, told_of
from wirewatch.settings import DeskSettings, KafkaSettings
from wirewatch.tail import read_topics
from wirewatch.topic_admin import create_topics
from wirewatch.topics import ALERTS, STORIES, Topic

NOON = datetime(2025, 6, 1, 12, tzinfo=UTC)
# In June Kyiv is three hours ahead: its shifts end at 03:00, 11:00 and 19:00 UTC.
DESK = DeskSettings("war", ("slack",), shifts=(6 * 60, 14 * 60, 22 * 60), timezone="Europe/Kyiv")
SHIFT = Shift("war", NOON - timedelta(hours=9), NOON - timedelta(hours=1), "Europe/Kyiv")


def feed(name: str, health: str = "ok", gap: datetime | None = None) -> FeedState:
    state = FeedState(name, f"https://{name}.example/rss", NOON, "habit", last_gap=gap)
    return replace(state, health=health)


def alert(
    cluster: str, desk: str = "war", priority: Priority = "bulletin", kind: AlertKind = "record"
) -> Alert:
    made = shift_alert(SHIFT, Work(0, {}, {}), "slack", NOON)
    body = replace(made.body, desk=desk, priority=priority, kind=kind, cluster=cluster)
    return replace(made, id=f"alert-{cluster}", body=body)


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2025-06-01T11:00:00+00:00", ("03:00", "11:00")),
        ("2025-06-01T11:59:59+00:00", ("03:00", "11:00")),
        # The first of the day follows the last of the day before.
        ("2025-06-01T03:10:00+00:00", ("19:00", "03:00")),
        # Long over: it is told no more.
        ("2025-06-01T12:30:00+00:00", None),
    ],
)
def test_the_line_of_a_shift_is_due_for_an_hour_after_it(now: str, expected: tuple[str, str] | None) -> None:
    shift = ended(DESK, datetime.fromisoformat(now))
    assert (shift and (f"{shift.begins:%H:%M}", f"{shift.ends:%H:%M}")) == expected


def test_a_single_shift_lasts_a_day_even_where_the_clock_is_put_forward() -> None:
    desk = DeskSettings("war", ("slack",), shifts=(6 * 60,), timezone="Europe/Berlin")
    shift = ended(desk, datetime(2025, 3, 30, 4, 30, tzinfo=UTC))
    assert shift is not None
    assert shift.ends - shift.begins == timedelta(hours=23)


def test_a_desk_that_wants_no_line_gets_none() -> None:
    assert ended(DeskSettings("war", ("slack",)), NOON) is None


def test_the_line_says_what_came_in_and_how_many_feeds_are_well() -> None:
    feeds = {"a": feed("a"), "b": feed("b", "failing"), "c": feed("c", "gap", NOON - timedelta(hours=2))}
    feeds["d"] = feed("d", "quiet", NOON - timedelta(days=2))
    work = Work(4112, feeds, {"x": True, "y": False})
    assert (
        line(SHIFT, work)
        == "Since 06:00 Europe/Kyiv: 4,112 stories, 2 of 4 feeds well, 1 gap, 2 alerts (1 flash)"
    )


def test_a_calm_shift_says_so() -> None:
    work = Work(0, {"a": feed("a")}, {})
    assert line(SHIFT, work) == "Since 06:00 Europe/Kyiv: 0 stories, 1 of 1 feed well, 0 gaps, 0 alerts"
    assert particulars(SHIFT, work) == "Nothing is ill."


def test_what_is_ill_is_named_with_the_feeds_that_are() -> None:
    feeds = {name: feed(name, "failing") for name in "abcde"}
    said = particulars(SHIFT, Work(1, feeds, {}, ("lag cluster: 90 messages behind",)))
    assert said.startswith("Ill: lag cluster: 90 messages behind. Feeds not well: https://a.example/rss, ")
    assert said.endswith("and 2 more.")


def test_a_story_counts_once_however_often_and_in_whatever_form_the_desk_was_told() -> None:
    items = (
        AlertItem("i", 1, "bulletin", "Headline", "Record", 1, None, "a"),
        AlertItem("i", 1, "urgent", "Headline", "Record", 1, None, "c"),
    )
    digest = alert("digest")
    told = told_of(
        "war",
        [
            alert("a"),
            alert("a", priority="flash"),
            alert("b", desk="world, war"),
            alert("no", desk="warm"),
            alert("notice", kind="notice"),
            replace(digest, body=replace(digest.body, items=items)),
        ],
    )
    assert told == {"a": True, "b": False, "c": False}


def test_times_that_are_none_are_refused_with_their_line() -> None:
    written = """
[[endpoints]]
id = "e"
kind = "slack"
url = "https://hooks.slack.com/services/a"
[[desks]]
id = "d"
endpoints = ["e"]
shifts = ["25:00"]
"""
    with pytest.raises(SettingsError, match="line 9"):
        parse_settings(written)
    settings = parse_settings(written.replace("25:00", "06:00"))
    assert settings.desks[0].shifts == (360,)


@pytest.mark.broker
@pytest.mark.asyncio(loop_scope="session")
async def test_a_line_is_written_once_whoever_watches_and_counts_no_canary(
    kafka: str, topic_prefix: str
) -> None:
    connection = KafkaConnection(kafka, KafkaSettings(topic_prefix=topic_prefix))
    await create_topics(connection)
    await stand(connection, STORIES, CANARY, encode(canary_story(NOON)), at=SHIFT.begins + timedelta(hours=1))
    for hour in (-1, 1, 2, 9):
        news = encode(replace(canary_story(NOON), feed="f"))
        await stand(connection, STORIES, "f", news, at=SHIFT.begins + timedelta(hours=hour))
    await stand(connection, ALERTS, "slack", encode(alert("a", priority="flash")), at=SHIFT.begins)
    clock = ManualClock(SHIFT.ends + timedelta(seconds=5))
    for _ in ("the one that watches", "another, or itself after a restart"):
        watcher = ShiftLines([DESK], connection, clock)
        await watcher.turn()
        await watcher.turn()
    found = [decode(ALERTS, message.value) async for _, message in read_topics(connection, (ALERTS,))]
    lines = [each.body.headline for each in found if each.body.kind == "notice"]
    assert lines == ["Since 06:00 Europe/Kyiv: 2 stories, 0 of 0 feeds well, 0 gaps, 1 alert (1 flash)"]


async def stand(kafka: KafkaConnection, topic: Topic, key: str, value: bytes, *, at: datetime) -> None:
    """Put a message on a topic as of a moment."""
    async with kafka.producer() as producer:
        stamp = int(at.timestamp() * 1000)
        await producer.send_and_wait(kafka.topic(topic), value, key=key.encode(), timestamp_ms=stamp)

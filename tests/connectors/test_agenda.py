"""What a poller holds of its feeds, and which is due next."""

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from connectors.agenda import Agenda
from tests.connectors.feeds import DAY
from wirewatch.messages import FeedState, HeldStory, SeenItem, Story


def state(feed: str, minutes: float = 0.0) -> FeedState:
    return FeedState(feed, f"https://{feed}.example/feed", DAY + timedelta(minutes=minutes), "habit")


ITEMS = st.builds(
    SeenItem,
    story=st.text(max_size=5),
    version=st.text(max_size=5),
    at=st.datetimes(min_value=datetime(2000, 1, 1), max_value=datetime(2100, 1, 1)).map(  # noqa: DTZ001
        lambda moment: moment.replace(tzinfo=DAY.tzinfo)
    ),
    gist=st.text(max_size=5),
)


@given(st.dictionaries(st.text(max_size=6), ITEMS, max_size=8))
def test_gives_back_what_was_seen_as_it_was(seen: dict[str, SeenItem]) -> None:
    agenda = Agenda()
    whole = replace(state("outlet"), seen=seen)
    agenda.put(whole)
    assert agenda["outlet"] == whole
    agenda.put(replace(agenda["outlet"], failures=1))
    assert agenda["outlet"] == replace(whole, failures=1)


def test_names_the_feeds_that_are_due_each_once_the_first_first() -> None:
    agenda = Agenda()
    for name, minutes in (("late", 9), ("second", 2), ("first", 1), ("first", 1)):
        agenda.put(state(name, minutes))
    assert agenda.next_due == DAY + timedelta(minutes=1)
    assert agenda.due(DAY + timedelta(minutes=3)) == ["first", "second"]
    assert agenda.due(DAY + timedelta(minutes=3)) == []
    assert agenda.next_due == DAY + timedelta(minutes=9)


def test_a_feed_whose_time_was_changed_is_due_at_its_new_time_alone() -> None:
    agenda = Agenda()
    agenda.put(state("outlet", 1))
    agenda.put(state("outlet", 8))
    assert agenda.due(DAY + timedelta(minutes=5)) == []
    assert agenda.due(DAY + timedelta(minutes=8)) == ["outlet"]


def test_a_feed_that_was_dropped_is_not_due() -> None:
    agenda = Agenda()
    agenda.put(state("outlet"))
    agenda.drop("outlet")
    assert agenda.due(DAY) == []
    assert "outlet" not in agenda


def test_a_feed_wants_attention_when_an_embargo_ends() -> None:
    agenda = Agenda()
    story = Story("1", "1", "outlet", "Outlet", "Later", DAY)
    agenda.put(replace(state("outlet", 60), held=(HeldStory(DAY + timedelta(minutes=5), story),)))
    assert agenda.due(DAY + timedelta(minutes=5)) == ["outlet"]


def test_outlines_leave_out_what_was_seen() -> None:
    agenda = Agenda()
    agenda.put(replace(state("outlet"), seen={"guid:1": SeenItem("1", "1", DAY)}))
    assert [(outline.feed, outline.seen) for outline in agenda.outlines()] == [("outlet", {})]

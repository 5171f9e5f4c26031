"""What others have and the newsroom's own page has not, or tells otherwise."""

from datetime import timedelta

from streams.rules.desks import Desks
from tests.streams.rules.desk_stories import Newsroom, escalation
from tests.streams.rules.ledger_stories import claim, story, when
from wirewatch.messages import Alert, ClusteredStory
from wirewatch.settings import AlertSettings, DeskSettings

NIGHT = "2025-06-01"
DESK = DeskSettings("world", ("chat",), own_page=True, own_after=1200.0, own_outlets=3)


def newsroom() -> Newsroom:
    room = Newsroom(DESK)
    room.desks = Desks((DESK,), AlertSettings(timedelta(hours=24)), frozenset({"Our Page"}))
    room.tick(when(NIGHT))
    return room


def told(source: str, minute: float, outlets: int, figure: float = 472) -> ClusteredStory:
    at = when(NIGHT) + timedelta(minutes=minute)
    return story("c", at, claim(figure), source=source, outlets=outlets, escalations=(escalation(2),))


def sent(room: Newsroom, *stories: ClusteredStory) -> list[Alert]:
    return room.hear(*stories).alerts


def at(room: Newsroom, minute: float) -> list[Alert]:
    return room.tick(when(NIGHT) + timedelta(minutes=minute))


def test_what_enough_outlets_have_for_long_enough_and_we_have_not_is_said_once() -> None:
    room = newsroom()
    (first,) = sent(room, told("A", 0, 1))
    assert not sent(room, told("B", 1, 2), told("C", 2, 3))
    assert at(room, 19.9) == []
    (said,) = at(room, 20)
    assert (said.id, said.revision) == (first.id, 2)
    assert said.body.reason == "We do not have it: 3 outlets have it, we do not, for 20 min"
    assert at(room, 60) == []


def test_too_few_outlets_are_no_gap_until_one_more_has_it() -> None:
    room = newsroom()
    sent(room, told("A", 0, 2))
    assert at(room, 30) == []
    sent(room, told("B", 31, 3))
    assert len(at(room, 31)) == 1


def test_what_we_have_is_no_gap() -> None:
    room = newsroom()
    sent(room, told("A", 0, 1), told("B", 1, 2), told("Our Page", 2, 3))
    assert at(room, 60) == []


def test_a_figure_of_ours_that_is_not_the_others_is_said_once() -> None:
    room = newsroom()
    at_least = told("Our Page", 1, 2, 400)
    stories = [told("A", 0, 1), at_least, told("B", 2, 3), told("C", 3, 4), told("D", 4, 5)]
    reasons = [alert.body.reason for alert in sent(room, *stories)]
    assert [reason for reason in reasons if reason.startswith("Our page")] == [
        "Our page differs: 3 outlets say 472, ours still says 400"
    ]


def test_without_a_feed_of_ours_nothing_is_said() -> None:
    room = Newsroom(DESK)
    room.tick(when(NIGHT))
    sent(room, *(told(name, 0, 5) for name in "ABCDE"))
    assert at(room, 60) == []

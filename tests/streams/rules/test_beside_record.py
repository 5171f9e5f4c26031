"""A second record of one event: the same alert says it, once."""

from tests.streams.rules.desk_stories import Newsroom
from tests.streams.rules.ledger_stories import claim, story, when
from wirewatch.messages import Subject

TIME = Subject("seconds", "race", None, "london")
FIELD = Subject("finishers", "race", None, "london")
DAY = "2025-04-27"


def _race(room: Newsroom) -> None:
    for subject, figure, way in ((TIME, 8176, "min"), (FIELD, 53_700, "max")):
        before = claim(figure, subject, direction="min" if way == "min" else "max", scope="on record")
        room.hear(story(f"before-{subject.unit}", when("2024-04-21"), before, source="A"))


def test_a_second_record_of_an_event_is_a_revision_that_names_it() -> None:
    room = Newsroom()
    _race(room)
    fastest = claim(8150, TIME, direction="min", scope="on record")
    (first,) = room.hear(story("c", when(DAY, 12), fastest, source="A")).alerts
    second = room.hear(story("c", when(DAY, 15), claim(56_640, FIELD, scope="on record"), source="B"))
    (revision,) = second.alerts
    assert (revision.id, revision.revision) == (first.id, 2)
    assert (revision.body.figure, revision.body.unit) == (8150, "seconds")
    assert revision.body.reason == "Another record: 56,640 finishers, 56,640 beats 53,700 of 2024-04-21"
    again = room.hear(story("c", when(DAY, 16), claim(56_640, FIELD, scope="on record"), source="C"))
    assert [held.reason for held in again.held] == ["already_told"]


def test_two_records_in_one_story_are_told_in_one_word() -> None:
    room = Newsroom()
    _race(room)
    both = (claim(8150, TIME, direction="min", scope="on record"), claim(56_640, FIELD, scope="on record"))
    (alert,) = room.hear(story("c", when(DAY, 12), *both, source="A")).alerts
    assert alert.body.reason.endswith("; beside it 56,640 finishers, 56,640 beats 53,700 of 2024-04-21")
    assert not room.hear(story("c", when(DAY, 13), *both, source="B")).alerts


def test_a_first_figure_of_another_kind_is_a_detail_of_the_event() -> None:
    room = Newsroom()
    room.hear(story("before", when("2024-04-21"), claim(8176, TIME, direction="min", scope="on record")))
    room.hear(story("c", when(DAY, 12), claim(8150, TIME, direction="min", scope="on record"), source="A"))
    heard = room.hear(story("c", when(DAY, 15), claim(56_640, FIELD, scope="on record"), source="B"))
    assert not heard.alerts
    assert [held.reason for held in heard.held] == ["already_told"]

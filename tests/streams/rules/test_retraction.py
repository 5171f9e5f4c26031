"""What an outlet takes back counts no more, and whoever was told is told so."""

from typing import Any

import pytest
from msgspec.structs import replace

from streams.rules.analysis import analyse_story
from streams.rules.clusters import Clusters
from tests.streams.rules.desk_stories import Newsroom, escalation
from tests.streams.rules.ledger_stories import claim, story, when
from wirewatch.messages import Alert, ClusteredStory, Story

NIGHT = "2025-06-01"
KILLED = "killed: the figure was made up"


def again(message: ClusteredStory, **changes: Any) -> ClusteredStory:
    """Return the second version of a story, without findings, an hour later."""
    told = replace(message.story, version="2", fetched=when(NIGHT, 8), **changes)
    return replace(message, story=told, claims=(), escalations=(), figures=())


def test_a_killed_record_is_told_to_whoever_was_told_of_it() -> None:
    room = Newsroom()
    first = story("c", when(NIGHT), claim(472), source="Agency")
    (rang,) = room.hear(first).alerts
    (taken,) = room.hear(again(first, withdrawn=KILLED)).alerts
    assert (taken.id, taken.revision) == (rang.id, 2)
    assert taken.body.reason == f"Denied: 472 drones counts no more. Agency: {KILLED}"
    assert taken.body.beats is None


def test_after_a_kill_the_older_record_stands_again() -> None:
    room = Newsroom()
    first = story("c", when(NIGHT), claim(472), source="Agency")
    room.hear(first, again(first, withdrawn=KILLED))
    (next_one,) = room.hear(story("d", when("2025-06-05"), claim(400), source="B")).alerts
    assert next_one.body.beats is not None
    assert next_one.body.beats.figure == 355


def test_a_killed_record_that_another_outlet_tells_still_stands() -> None:
    room = Newsroom()
    first = story("c", when(NIGHT), claim(472), source="Agency")
    room.hear(story("c", when(NIGHT, 6), claim(472), source="Paper"), replace(first, outlets=2))
    heard = room.hear(again(replace(first, outlets=2), withdrawn=KILLED))
    assert not heard.alerts


def test_a_killed_escalation_is_told_and_told_again_by_another_outlet() -> None:
    room = Newsroom()
    first = story("c", when(NIGHT), source="Agency", escalations=(escalation(2),))
    assert room.hear(first).alerts
    (taken,) = room.hear(again(first, withdrawn=KILLED)).alerts
    assert taken.body.reason == f"Denied: what was told counts no more. Agency: {KILLED}"
    later = story("c", when(NIGHT, 9), source="Paper", escalations=(escalation(2),), outlets=2)
    (told,) = room.hear(later).alerts
    assert told.revision == 3
    assert told.body.reason.startswith("Told again: another outlet tells it")


def test_a_kill_that_comes_again_changes_nothing() -> None:
    room = Newsroom()
    first = story("c", when(NIGHT), claim(472), source="Agency")
    room.hear(first, again(first, withdrawn=KILLED))
    assert not room.hear(again(first, withdrawn=KILLED)).alerts


def test_a_kill_of_what_nobody_was_told_of_is_silent() -> None:
    assert not Newsroom().hear(again(story("c", when(NIGHT)), withdrawn=KILLED)).alerts


def test_a_correction_that_drops_the_figure_takes_it_back() -> None:
    room = Newsroom()
    first = story("c", when(NIGHT), claim(472), source="Agency")
    room.hear(first)
    (revised,) = room.hear(again(first, correction="corrects: the number of drones is not known")).alerts
    assert revised.body.reason.startswith("Denied: 472 drones counts no more. Agency: corrects: the number")


def test_a_correction_with_another_figure_shows_that_one() -> None:
    room = Newsroom()
    first = story("c", when(NIGHT), claim(472), source="Agency")
    room.hear(first)
    second = replace(again(first, correction="corrects the figure"), claims=(claim(427),))
    (revised,) = room.hear(second).alerts
    assert revised.body.figure == 427


@pytest.mark.parametrize("findings", [{"claims": (claim(472),)}, {"escalations": (escalation(2),)}])
def test_a_feed_that_may_not_be_redistributed_gives_headline_and_link_alone(findings: dict[str, Any]) -> None:
    message = replace(story("c", when(NIGHT), title="A night over Ukraine"), **findings)
    message = replace(message, story=replace(message.story, redistribute=False))
    (alert,) = Newsroom().hear(message).alerts
    assert alert.body.sentence == alert.body.headline == "A night over Ukraine"
    assert alert.body.said_by is None
    assert alert.body.url == message.story.url


def test_a_kill_finds_the_cluster_of_its_story_from_the_text_alone() -> None:
    clusters, room = Clusters(), Newsroom()

    def publish(story: Story) -> list[Alert]:
        change = clusters.handle(analyse_story(story, None))
        heard = [room.hear(out.message) for out in change.outputs if isinstance(out.message, ClusteredStory)]
        return [alert for one in heard for alert in one.alerts]

    text = "Russia launched 472 drones at Ukraine overnight, the largest drone attack of the war, the air force said."
    told = Story(
        "s",
        "1",
        "f",
        "Agency",
        "Russia launches 472 drones, biggest attack of the war",
        when(NIGHT),
        summary=text,
    )
    (rang,) = publish(replace(told, published=when(NIGHT), lang="en"))
    assert rang.body.figure == 472
    killed = replace(
        told, version="2", title="KILL: do not use", summary="", fetched=when(NIGHT, 8), withdrawn=KILLED
    )
    (taken,) = publish(killed)
    assert taken.id == rang.id
    assert KILLED in taken.body.reason


def test_a_story_that_is_taken_back_says_nothing_any_more() -> None:
    told = Story("s", "2", "f", "Agency", "KILL: 472 drones, biggest attack of the war", when(NIGHT))
    assert analyse_story(replace(told, withdrawn=None), None).claims
    found = analyse_story(replace(told, withdrawn=KILLED), None)
    assert (found.claims, found.escalations, found.figures) == ((), (), ())

"""Embargoes, kills and corrections, from an agency's items to stories."""

from datetime import timedelta
from typing import Any

from msgspec.structs import replace

from connectors.outcome import Absorbed, absorb, new_state
from connectors.told import release, wakes_at
from tests.connectors.feeds import DAY
from tests.connectors.test_outcome import FEED, answer, item
from wirewatch.messages import Story

NOON = DAY + timedelta(hours=6, minutes=30)
OLD = item(9)


def polls(*documents: list[Any], feed: Any = FEED) -> list[Absorbed]:
    """Return what follows from each of these polls, ten minutes apart, after a first one."""
    found = [absorb(feed, new_state(feed, DAY), answer(OLD), now=DAY, jitter=0)]
    for number, items in enumerate(documents, 1):
        now = DAY + timedelta(minutes=10 * number)
        found.append(absorb(feed, found[-1].state, answer(*items, OLD), now=now, jitter=0))
    return found[1:]


def titles(stories: tuple[Story, ...]) -> list[str]:
    return [story.title for story in stories]


def test_an_item_under_embargo_is_held_to_the_minute() -> None:
    (found,) = polls([item(1, embargoed=NOON, published=None)])
    assert found.stories == ()
    assert [one.until for one in found.state.held] == [NOON]
    assert release(found.state, NOON - timedelta(seconds=1)) == ((), found.state)
    (story,), after = release(found.state, NOON)
    assert (story.title, story.fetched, story.published, story.first_poll) == ("Story 1", NOON, NOON, False)
    assert after.held == ()


def test_a_feed_wakes_when_an_embargo_ends_or_when_it_is_due() -> None:
    (found,) = polls([item(1, embargoed=NOON, published=None)])
    assert wakes_at(found.state) == min(NOON, found.state.due)
    assert wakes_at(replace(found.state, due=NOON + timedelta(days=1))) == NOON


def test_what_is_held_is_news_even_where_the_first_poll_brought_it() -> None:
    first = absorb(
        FEED, new_state(FEED, DAY), answer(item(1, embargoed=NOON, published=None)), now=DAY, jitter=0
    )
    assert [story.first_poll for story in release(first.state, NOON)[0]] == [False]


def test_the_newest_version_of_a_held_item_is_what_is_told() -> None:
    held = item(1, embargoed=NOON, published=None)
    _, found = polls([held], [replace(held, title="Story 1, corrected")])
    assert titles(release(found.state, NOON)[0]) == ["Story 1, corrected"]


def test_an_embargo_that_is_lifted_ends_at_once() -> None:
    held = item(1, embargoed=NOON, published=None)
    _, found = polls([held], [replace(held, embargoed=None, published=DAY)])
    assert titles(release(found.state, DAY + timedelta(minutes=20))[0]) == ["Story 1"]


def test_a_killed_item_takes_back_its_story() -> None:
    first, second, third = polls([item(1)], *[[item(1, withdrawn="killed: wrong")]] * 2)
    (story,) = second.stories
    assert story.id == first.stories[0].id
    assert story.version != first.stories[0].version
    assert (story.withdrawn, story.published) == ("killed: wrong", None)
    assert third.stories == ()


def test_a_killed_item_that_was_held_is_never_told() -> None:
    held = item(1, embargoed=NOON, published=None)
    _, found = polls([held], [replace(held, withdrawn="killed", title="", embargoed=None)])
    assert (found.state.held, found.stories) == ((), ())


def test_a_killed_item_whose_new_version_was_held_takes_back_what_was_told_before() -> None:
    held = item(1, embargoed=NOON, published=None, title="Story 1, and more")
    *_, found = polls([item(1)], [held], [replace(held, withdrawn="killed", embargoed=None)])
    assert found.state.held == ()
    assert [story.withdrawn for story in found.stories] == ["killed"]


def test_a_kill_without_any_words_is_told() -> None:
    _, found = polls([item(1)], [item(1, title="", withdrawn="killed")])
    assert [story.withdrawn for story in found.stories] == ["killed"]


def test_a_kill_of_what_was_never_told_is_not_told_either() -> None:
    (found,) = polls([item(1, withdrawn="killed")])
    assert found.stories == ()


def test_a_correction_is_a_new_version_that_says_so() -> None:
    _, found = polls(
        [item(1)], [item(1, title="Other words entirely, of nothing", correction="corrected: all")]
    )
    assert [(story.correction, story.changed) for story in found.stories] == [("corrected: all", ("title",))]


def test_a_feed_that_may_not_be_redistributed_marks_its_stories() -> None:
    (found,) = polls([item(1)], feed=replace(FEED, redistribute=False))
    assert [story.redistribute for story in found.stories] == [False]

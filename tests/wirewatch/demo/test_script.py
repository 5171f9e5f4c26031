"""The committed play, and what a script must not be."""

import re
from collections import Counter, defaultdict
from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.wirewatch.demo.expected import expected_alerts
from wirewatch.demo.script import DemoStory, Script, load_script, slugify
from wirewatch.errors import InputError

DOCS = Path(__file__).parents[3] / "docs" / "demo.md"
TRIAL_DAY = "drones-06-01"
EXPECTED = expected_alerts()


@pytest.fixture(scope="module")
def script() -> Script:
    return load_script()


@pytest.fixture(scope="module")
def events(script: Script) -> dict[str, list[DemoStory]]:
    events: dict[str, list[DemoStory]] = defaultdict(list)
    for story in script.stories:
        events[story.event].append(story)
    return events


def test_there_are_forty_feeds_in_four_formats_and_three_tiers(script: Script) -> None:
    assert len(script.feeds) >= 40
    assert {feed.format for feed in script.feeds} == {"rss", "atom", "rdf", "json"}
    assert {feed.tier for feed in script.feeds} == {1, 2, 3}
    assert all(feed.name and feed.country and feed.language == "en" for feed in script.feeds)


def test_the_scenes_tell_four_hundred_stories_from_25_may_to_8_september(script: Script) -> None:
    played = [story for scene in script.scenes for story in scene.stories]

    assert len(played) >= 400
    assert min(story.published for story in played).date() == date(2025, 5, 25)
    assert max(story.published for story in played).date() == date(2025, 9, 8)


def test_what_stands_before_the_play_is_older_than_it_and_little(script: Script) -> None:
    assert max(story.published for story in script.background).date() < date(2025, 5, 25)
    assert set(Counter(story.feed for story in script.background).values()) <= {1, 2, 3}
    assert {story.feed for story in script.background} == {feed.slug for feed in script.feeds}


def test_a_scene_is_shorter_than_a_day_so_that_its_news_stays_news(script: Script) -> None:
    for scene in script.scenes:
        assert scene.stories[-1].published - scene.stories[0].published < timedelta(hours=23), scene.label


def test_every_story_says_what_it_is_and_has_something_to_say(script: Script) -> None:
    for story in script.stories:
        assert story.event, story.id
        assert story.about, story.id
        assert story.title, story.id
        assert story.summary or not story.text, story.id


def test_a_copy_has_the_words_of_another_outlet_and_comes_later(script: Script) -> None:
    originals = {story.id: story for story in script.stories}
    copies = [story for story in script.stories if story.copy_of is not None]

    assert len(copies) > 100
    for copy in copies:
        original = originals[copy.copy_of or ""]
        assert copy.text == original.text, copy.id
        assert copy.feed != original.feed, copy.id
        assert copy.event == original.event, copy.id
        assert copy.published > original.published, copy.id


def test_every_feed_tells_the_trial_day_after_one_first_report(
    script: Script, events: dict[str, list[DemoStory]]
) -> None:
    told = events[TRIAL_DAY]

    assert {story.feed for story in told} == {feed.slug for feed in script.feeds}
    assert all(6 <= story.published.hour < 20 for story in told)
    assert "over 400" in told[0].title.lower()
    assert told[0].lead
    assert told[1].lead
    assert all(
        re.search(r"\b472\b|470|Largest", " ".join((story.title, story.summary, story.text)))
        for story in told[1:]
    )


def test_at_least_a_hundred_and_fifty_stories_are_noise(events: dict[str, list[DemoStory]]) -> None:
    alerting = {alert.event for alert in EXPECTED}

    assert sum(len(told) for event, told in events.items() if event not in alerting) >= 150


def test_every_expected_alert_is_of_an_event_of_its_day(events: dict[str, list[DemoStory]]) -> None:
    assert len({alert.event for alert in EXPECTED}) == len(EXPECTED)
    for alert in EXPECTED:
        assert events[alert.event][0].published.date() == alert.day


def test_every_expected_figure_is_told_by_its_event(events: dict[str, list[DemoStory]]) -> None:
    for alert in EXPECTED:
        told = " ".join(f"{story.title} {story.text}" for story in events[alert.event]).replace(",", "")
        for figure in {alert.figure, alert.beats, *(each for steps in alert.steps for each in steps)} - {
            None
        }:
            assert f"{figure:.0f}" in told or figure in {18340, 367}, (alert.event, figure)


def test_the_records_beat_one_another_in_turn() -> None:
    drones = [
        alert
        for alert in EXPECTED
        if alert.kind == "record" and alert.event.startswith(("air-attack-05", "drones"))
    ]

    assert [alert.beats for alert in drones] == [273, 298, 355, 472, 479, 539, 728]
    assert [alert.figure for alert in drones] == [298, 355, 472, 479, 539, 728, 810]


def test_an_expected_alert_that_may_not_come_says_why() -> None:
    assert all(bool(alert.doubt) == alert.optional for alert in EXPECTED)


def test_the_docs_name_every_expected_alert_and_every_event_that_is_held_back(
    script: Script, events: dict[str, list[DemoStory]]
) -> None:
    docs = DOCS.read_text(encoding="utf-8")
    named = set(re.findall(r"`([a-z0-9-]+)`", docs))
    lures = {story.event for story in script.stories if "lure" in story.about.lower()}

    assert {alert.event for alert in EXPECTED} <= named
    assert lures <= named
    assert {name for name in named if name not in events} <= {"lead"}
    played = sum(len(scene.stories) for scene in script.scenes)
    assert f"{played} stories of {len(script.feeds)} outlets in {len(script.scenes)} scenes" in docs


@pytest.mark.parametrize(
    ("title", "slug"),
    [("Ukraine’s 472 drones: R&D", "ukraines-472-drones-r-d"), ("A " * 40, "-".join("a" * 9)), ("…", "")],
)
def test_a_slug_is_the_words_that_a_title_begins_with(title: str, slug: str) -> None:
    assert slugify(title) == slug


FEEDS = """
[[feeds]]
slug = "one"
name = "One"
format = "rss"
tier = 1
country = "GB"
"""
BACKGROUND = """
date = 2025-05-18
[[events]]
event = "old"
about = "Old news."
stories = [{ feed = "one", at = 06:00:00, title = "Old", text = "Old news." }]
"""
SCENE = """
scene = "A day"
date = 2025-05-25
[[events]]
event = "new"
about = "News."
stories = [{ feed = "one", at = 06:00:00, title = "New", text = "It rains. It pours." }]
"""


def write(folder: Path, *, feeds: str = FEEDS, scene: str = SCENE) -> Path:
    (folder / "stories").mkdir()
    (folder / "feeds.toml").write_text(feeds)
    (folder / "stories" / "background.toml").write_text(BACKGROUND)
    (folder / "stories" / "2025-05-25.toml").write_text(scene)
    return folder


def test_a_summary_that_is_not_written_is_the_first_sentence(tmp_path: Path) -> None:
    (scene,) = load_script(write(tmp_path)).scenes

    assert scene.stories[0].summary == "It rains."


@pytest.mark.parametrize(
    ("scene", "mistake"),
    [
        (SCENE.replace('"one"', '"two"'), "no feed 'two'"),
        (SCENE.replace("2025-05-25", "2025-05-18"), "before the one before it ended"),
        (SCENE.replace('title = "New", ', ""), "needs a title"),
        (SCENE.replace("title", "titel"), "titel"),
        (SCENE.replace('text = "It rains. It pours."', 'copy_of = "one/gone"'), "no original"),
        (SCENE + "[[events]]" + SCENE.split("[[events]]")[1], "another story at"),
        ("date = ", "cannot be read"),
    ],
)
def test_a_script_with_a_mistake_is_refused_and_told_which(tmp_path: Path, scene: str, mistake: str) -> None:
    with pytest.raises(InputError, match=re.escape(mistake)):
        load_script(write(tmp_path, scene=scene))


def test_a_feed_that_shows_nothing_before_the_play_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="feed two: shows nothing"):
        load_script(write(tmp_path, feeds=FEEDS + FEEDS.replace('"one"', '"two"')))

"""The demo's stories through the rules alone, in seconds: the alerts are those of docs/demo.md, in any order of polls."""

import random
from collections.abc import Callable, Iterator
from math import ceil

import pytest
from msgspec.structs import replace

from streams.rules.replay import Replay, StoryOutcome
from streams.rules.signature import HeadlineVectors
from tests.wirewatch.demo.expected import expected_alerts
from tests.wirewatch.demo.verdict import Rang, complaints
from wirewatch.demo.script import DemoStory, Scene, Script, load_script
from wirewatch.demo.wire import pace
from wirewatch.messages import Story
from wirewatch.settings import AlertSettings, DeskSettings
from wirewatch.story_file import version_of


class Played:
    """The whole script, played through the rules once: as it is written, or as polls at random moments bring it."""

    # When in each second a feed is polled; None where stories come in the order that they were written in.
    _phases: dict[str, float] | None = None

    def __init__(self, seed: int | None = None) -> None:
        self.script: Script = load_script()
        if seed is not None:
            draw = random.Random(seed)  # noqa: S311 - no secret
            self._phases = {feed.slug: draw.random() for feed in self.script.feeds}
        self.replay = Replay((DeskSettings("world", ("world-desk",)),), AlertSettings(), HeadlineVectors())
        self.outcomes: list[tuple[DemoStory, StoryOutcome]] = [
            (story, self.replay.handle(self._story(story, first_poll=first_poll)))
            for story, first_poll in self._stories()
        ]

    def _stories(self) -> Iterator[tuple[DemoStory, bool]]:
        yield from ((story, True) for story in self.script.background)
        yield from ((story, False) for scene in self.script.scenes for story in self._arriving(scene))

    def _arriving(self, scene: Scene) -> list[DemoStory]:
        """Return a scene's stories as they come: each at the next poll of its feed, once a second."""
        phases = self._phases
        if phases is None:
            return list(scene.stories)
        moments = pace(scene)
        return [
            moment.story
            for moment in sorted(
                moments,
                key=lambda one: ceil(one.seconds - phases[one.story.feed]) + phases[one.story.feed],
            )
        ]

    def _story(self, story: DemoStory, *, first_poll: bool) -> Story:
        feed = next(feed for feed in self.script.feeds if feed.slug == story.feed)
        return Story(
            id=story.id,
            version=version_of(story.title, story.summary, story.text),
            feed=story.feed,
            source=feed.name,
            tier=feed.tier,
            url="http://wire.example" + story.path,
            title=story.title,
            summary=story.summary,
            text=story.text,
            lang=feed.language,
            published=story.published,
            fetched=story.published,
            first_poll=first_poll,
        )

    def rang(self) -> list[Rang]:
        return [
            Rang(
                event=story.event,
                alert=alert.id,
                revision=alert.revision,
                kind=alert.body.kind,
                priority=alert.body.priority,
                figure=alert.body.figure,
                beats=alert.body.beats.figure if alert.body.beats else None,
                polarity=alert.body.polarity,
                headline=alert.body.headline,
            )
            for story, outcome in self.outcomes
            for alert in outcome.alerts
        ]

    def clusters_of(self, event: str) -> dict[str, set[str]]:
        """Return the outlets of each cluster, as it stands at the end, that a story of the event is in."""
        found: dict[str, set[str]] = {}
        for story, outcome in self.outcomes:
            if story.event == event and outcome.clustered is not None:
                found.setdefault(self.replay.current(outcome.clustered.cluster), set()).add(story.feed)
        return found


@pytest.fixture(scope="module")
def played() -> Played:
    return Played()


def test_the_demo_gives_exactly_the_alerts_of_its_document(played: Played) -> None:
    assert complaints(played.rang(), expected_alerts()) == []


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_alerts_are_the_same_in_whatever_order_the_polls_bring_the_stories(seed: int) -> None:
    assert complaints(Played(seed).rang(), expected_alerts()) == []


def test_the_trial_day_is_one_cluster_of_forty_outlets(played: Played) -> None:
    largest = max(played.clusters_of("drones-06-01").values(), key=len)
    assert len(largest) >= 40


def test_no_two_nights_share_a_cluster(played: Played) -> None:
    nights = {
        story.event
        for story, _ in played.outcomes
        if story.event.startswith(("drones-", "air-attack-", "attack-"))
    }
    clusters = [cluster for night in sorted(nights) for cluster in played.clusters_of(night)]
    assert len(clusters) == len(set(clusters))


@pytest.mark.parametrize(
    "reads",
    [
        pytest.param(lambda story: story, id="as before"),
        pytest.param(
            lambda story: replace(story, version=story.version + "-anew"), id="under other versions"
        ),
        pytest.param(
            lambda story: replace(
                story,
                version=story.version + "-cleaned",
                title=f" {story.title} ",
                text=story.text.replace(". ", ".\n"),
            ),
            id="with its text cleaned otherwise",
        ),
    ],
)
def test_a_new_release_that_reads_the_same_items_anew_rings_nothing_twice(
    reads: Callable[[Story], Story],
) -> None:
    class PlayedAgain(Played):
        """Each scene's stories come once, and then once more as a new release reads them."""

        def _story(self, story: DemoStory, *, first_poll: bool) -> Story:
            found = super()._story(story, first_poll=first_poll)
            return reads(found) if story.id in self._seen else found

        def _stories(self) -> Iterator[tuple[DemoStory, bool]]:
            self._seen: set[str] = set()
            yield from ((story, True) for story in self.script.background)
            for scene in self.script.scenes:
                for _ in range(2):
                    yield from ((story, False) for story in scene.stories)
                    self._seen |= {story.id for story in scene.stories}

    assert complaints(PlayedAgain().rang(), expected_alerts()) == []

"""The demo's wire for desks of each shape: what docs/desks.md says they hear of, each story once, in its time."""

from collections import Counter
from datetime import datetime, timedelta
from itertools import pairwise

import pytest

from streams.rules.replay import Replay
from streams.rules.signature import HeadlineVectors
from tests.test_demo_rules import Played
from wirewatch.demo.script import load_script
from wirewatch.desk_settings import Window
from wirewatch.messages import Alert
from wirewatch.settings import AlertSettings, DeskSettings

SHAPES = (
    DeskSettings("world", ("world",)),
    DeskSettings("flash", ("flash",), at_least="flash"),
    DeskSettings("digest", ("digest",), digest=(8 * 60,)),
    DeskSettings("capped", ("capped",), cap=1),
    DeskSettings("quiet", ("quiet",), quiet_hours=(Window(22 * 60, 7 * 60),)),
)


class Shaped(Played):
    """The script, played once to desks of all shapes."""

    def __init__(self) -> None:
        self.script = load_script()
        self.replay = Replay(SHAPES, AlertSettings(), HeadlineVectors())
        self.sent: list[Alert] = []
        self._now = self.script.scenes[0].stories[0].published
        for story, first_poll in self._stories():
            if not first_poll:
                self._wait(story.published)
            outcome = self.replay.handle(self._story(story, first_poll=first_poll))
            self.sent += outcome.alerts
        self._wait(self._now + timedelta(days=2))

    def _wait(self, until: datetime) -> None:
        """Let the hours strike on the way."""
        while (hour := self._now.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)) <= until:
            self.sent += self.replay.wait_until(hour)
            self._now = hour
        self._now = max(self._now, until)

    def told(self, desk: str) -> list[Alert]:
        return [alert for alert in self.sent if alert.endpoint == desk]

    def clusters(self, desk: str) -> Counter[str]:
        """How often a desk was told of each cluster for the first time."""
        found: Counter[str] = Counter()
        for alert in self.told(desk):
            parts = [(item.cluster, item.revision) for item in alert.body.items]
            for cluster, revision in parts or [(alert.body.cluster, alert.revision)]:
                found[self.replay.current(cluster)] += revision == 1
        return found


@pytest.fixture(scope="module")
def shaped() -> Shaped:
    return Shaped()


@pytest.mark.parametrize("desk", ["digest", "capped", "quiet"])
def test_a_desk_that_waits_hears_in_the_end_of_what_one_hears_that_does_not(
    shaped: Shaped, desk: str
) -> None:
    assert set(shaped.clusters(desk)) == set(shaped.clusters("world"))


@pytest.mark.parametrize("desk", [desk.id for desk in SHAPES])
def test_no_desk_is_told_of_a_story_for_the_first_time_twice(shaped: Shaped, desk: str) -> None:
    assert max(shaped.clusters(desk).values()) == 1


def test_a_desk_of_flashes_hears_of_all_that_is_one_in_the_end_and_of_nothing_else(shaped: Shaped) -> None:
    last = {shaped.replay.current(alert.body.cluster): alert.body.priority for alert in shaped.told("world")}
    assert set(shaped.clusters("flash")) == {
        cluster for cluster, priority in last.items() if priority == "flash"
    }


def test_a_digest_desk_is_told_of_flashes_at_once_and_of_all_else_at_eight(shaped: Shaped) -> None:
    rest = [alert.at for alert in shaped.told("digest") if alert.body.priority != "flash"]
    assert rest
    assert {(at.hour, at.minute) for at in rest} == {(8, 0)}
    assert any(len(alert.body.items) > 1 for alert in shaped.told("digest"))


def test_at_night_a_quiet_desk_is_told_of_flashes_alone(shaped: Shaped) -> None:
    night = [alert for alert in shaped.told("quiet") if alert.at.hour >= 22 or alert.at.hour < 7]
    assert night
    assert {alert.body.priority for alert in night} == {"flash"}


def test_a_capped_desk_gets_one_message_an_hour_beside_flashes(shaped: Shaped) -> None:
    capped = [
        alert.at for alert in shaped.told("capped") if alert.body.priority != "flash" and not alert.body.items
    ]
    assert all(later - earlier >= timedelta(hours=1) for earlier, later in pairwise(capped))

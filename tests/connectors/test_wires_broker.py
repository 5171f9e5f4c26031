"""An agency's files through a real Kafka: what is held survives a restart, and each file is told once."""

import os
from datetime import timedelta
from pathlib import Path

import pytest

from tests.connectors.test_poller_broker import Watcher, connection, polling, settings_for
from wirewatch.clock import SystemClock
from wirewatch.kafka import KafkaConnection
from wirewatch.messages import FeedState, Story
from wirewatch.settings import FeedSettings
from wirewatch.topics import FEEDS, STORIES

__all__ = ["connection"]
pytestmark = pytest.mark.broker
ITEM = '{"uri": "tag:%s", "version": %d, "headline": "%s", "versioncreated": "%s", "pubstatus": "%s"%s}'


def drop(folder: Path, name: str, item: str, ago: float) -> None:
    path = folder / name
    path.write_text(item)
    moment = SystemClock().now().timestamp() - ago
    os.utime(path, (moment, moment))


async def test_what_is_held_survives_a_restart_and_a_kill_follows_its_story(
    connection: KafkaConnection, tmp_path: Path
) -> None:
    now = SystemClock().now()
    embargo = f', "embargoed": "{(now + timedelta(seconds=4)).isoformat()}"'
    drop(tmp_path, "1.json", ITEM % ("mayor", 1, "Mayor resigns", now.isoformat(), "usable", ""), 30)
    drop(tmp_path, "2.json", ITEM % ("budget", 1, "The budget", now.isoformat(), "usable", embargo), 20)
    settings = settings_for(FeedSettings(f"folder:{tmp_path}", "Agency", interval=0.1))
    async with Watcher(connection, STORIES) as stories, Watcher(connection, FEEDS) as states:
        async with polling(settings, connection):
            await states.until(lambda found: any(isinstance(one, FeedState) and one.held for one in found))
        drop(tmp_path, "3.json", ITEM % ("mayor", 2, "", now.isoformat(), "canceled", ""), 10)
        async with polling(settings, connection):
            await stories.until(
                lambda found: (
                    {("The budget", False), ("", True)}
                    <= {(one.title, one.withdrawn is not None) for one in found if isinstance(one, Story)}
                )
            )
    told = {(story.title, story.version): story for story in stories.messages if isinstance(story, Story)}
    mayor, budget = (
        next(one for one in told.values() if one.title == title) for title in ("Mayor resigns", "The budget")
    )
    killed = next(one for one in told.values() if one.withdrawn)
    assert killed.id == mayor.id
    assert budget.published is not None
    assert budget.fetched >= budget.published >= now + timedelta(seconds=4)
    assert sorted(path.name for path in (tmp_path / "done").iterdir()) == ["1.json", "2.json", "3.json"]

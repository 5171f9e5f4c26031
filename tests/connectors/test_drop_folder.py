"""Files that an agency delivers: each read once, moved when done, a half-written one waited for."""

import gzip
import os
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from connectors.drop_folder import PATIENCE, DropFolder, read_file, ready
from connectors.registry import check_feed
from tests.connectors.feeds import DAY, news, rss
from tests.connectors.test_poller import Memory, run
from wirewatch.config_file import parse_settings
from wirewatch.errors import SettingsError
from wirewatch.settings import FeedSettings


def feed_of(folder: Path) -> FeedSettings:
    return FeedSettings(f"folder:{folder}", "Agency")


def drop(folder: Path, name: str, body: bytes, *, ago: float = 60) -> Path:
    path = folder / name
    path.write_bytes(body)
    moment = (DAY - timedelta(seconds=ago)).timestamp()
    os.utime(path, (moment, moment))
    return path


async def look(folder: Path, now: datetime = DAY) -> list[str]:
    """Look once, move what was read, and return what was told, or why it could not be read."""
    told = []
    async for piece in DropFolder().collect(feed_of(folder), now):
        read = piece.poll.feed
        told += (
            [item.title for item in read.items]
            if read
            else [piece.poll.unreadable or piece.poll.fetched.detail]
        )
        await piece.done()
    return told


async def test_each_file_is_read_once_the_oldest_first_and_moved(tmp_path: Path) -> None:
    drop(tmp_path, "b.xml", rss([news(1)]), ago=90)
    drop(tmp_path, "a.xml", rss([news(2)]))
    assert await look(tmp_path) == ["Story number 1", "Story number 2"]
    assert await look(tmp_path) == []
    assert sorted(path.name for path in (tmp_path / "done").iterdir()) == ["a.xml", "b.xml"]


async def test_a_file_of_the_same_name_takes_the_place_of_none(tmp_path: Path) -> None:
    for number in range(3):
        drop(tmp_path, "wire.xml", rss([news(number)]))
        await look(tmp_path)
    assert len(list((tmp_path / "done").iterdir())) == 3


@pytest.mark.parametrize("name", [".hidden.xml", "wire.xml.tmp", "wire.part", "wire.filepart"])
async def test_files_under_the_names_of_unfinished_ones_are_left_alone(tmp_path: Path, name: str) -> None:
    path = drop(tmp_path, name, rss([news(1)]))
    assert await look(tmp_path) == []
    assert path.exists()


async def test_a_file_that_was_changed_just_now_is_waited_for(tmp_path: Path) -> None:
    drop(tmp_path, "wire.xml", rss([news(1)]), ago=1)
    assert await look(tmp_path) == []
    assert await look(tmp_path, DAY + timedelta(seconds=5)) == ["Story number 1"]


async def test_a_file_that_grows_while_it_is_looked_at_is_waited_for(tmp_path: Path) -> None:
    drop(tmp_path, "a.xml", rss([news(1)]), ago=60)
    (waiting,) = ready(tmp_path, DAY)
    drop(tmp_path, "a.xml", rss([news(1), news(2)]), ago=1)
    assert read_file(waiting, DAY) is None


async def test_a_half_written_file_is_waited_for_until_it_is_whole(tmp_path: Path) -> None:
    whole = rss([news(1), news(2)])
    drop(tmp_path, "wire.xml", whole[: len(whole) // 2])
    assert await look(tmp_path) == []
    drop(tmp_path, "wire.xml", whole)
    assert await look(tmp_path) == ["Story number 1", "Story number 2"]


async def test_a_file_that_stays_half_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    whole = rss([news(1), news(2)])
    drop(tmp_path, "wire.xml", whole[: whole.index(b"Story number 2")])
    told = await look(tmp_path, DAY + PATIENCE)
    assert told[0] == "Story number 1"


async def test_what_cannot_be_read_is_put_aside_and_said(tmp_path: Path) -> None:
    drop(tmp_path, "picture.jpg", b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01 no text at all")
    assert await look(tmp_path) == [
        "picture.jpg: This is no text and no feed: a picture, a packed file or the like"
    ]
    assert (tmp_path / "failed" / "picture.jpg").exists()


async def test_reads_packed_files(tmp_path: Path) -> None:
    drop(tmp_path, "wire.xml.gz", gzip.compress(rss([news(1)])))
    assert await look(tmp_path) == ["Story number 1"]


async def test_links_out_of_the_folder_are_not_followed(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "link.xml").symlink_to(drop(tmp_path, "outside.xml", rss([news(1)])))
    assert await look(tmp_path / "in") == []


async def test_a_folder_that_is_not_there_is_one_clear_error(tmp_path: Path) -> None:
    (said,) = await look(tmp_path / "away")
    assert said == f"The folder {tmp_path / 'away'} cannot be used: No such file or directory"


async def test_the_poller_tells_the_stories_of_a_folder_and_of_each_version(tmp_path: Path) -> None:
    item = '{"uri": "tag:1", "version": %d, "headline": "Mayor resigns", "pubstatus": "%s", "versioncreated": "%s"}'
    drop(tmp_path, "1.json", (item % (1, "usable", "2025-06-01T05:00:00Z")).encode(), ago=90)
    drop(tmp_path, "2.json", (item % (2, "canceled", "2025-06-01T05:30:00Z")).encode())
    memory = await run([feed_of(tmp_path)], 2)
    first, second = memory.stories
    assert (first.title, first.first_poll, first.withdrawn) == ("Mayor resigns", False, None)
    assert (second.id, second.withdrawn) == (first.id, "killed")
    assert memory.states[-1].health == "ok"
    assert memory.states[-1].gaps == 0


async def test_a_file_stays_until_its_stories_are_safe(tmp_path: Path) -> None:
    path = drop(tmp_path, "wire.xml", rss([news(1)]))
    with pytest.raises(Exception, match="does not take"):
        await run([feed_of(tmp_path)], 5, fail_at=1)
    assert path.exists()
    memory: Memory = await run([feed_of(tmp_path)], 1)
    assert [story.title for story in memory.stories] == ["Story number 1"]
    assert not path.exists()


async def test_an_empty_folder_is_well(tmp_path: Path) -> None:
    memory = await run([feed_of(tmp_path)], 1)
    assert memory.states[0].health == "ok"


def test_the_configuration_takes_a_folder_and_refuses_what_no_connector_knows(tmp_path: Path) -> None:
    written = f'[[feeds]]\nurl = "folder:{tmp_path}/afp"\ninterval = "10s"\n'
    (feed,) = parse_settings(written, check_feed=check_feed).feeds
    assert (feed.name, feed.address, feed.interval) == ("afp", f"folder:{tmp_path}/afp", 10)
    for address, said in (("ftp://host/x", "http:, https:, folder:"), ("folder:wires", "names no folder")):
        with pytest.raises(SettingsError, match=said):
            parse_settings(f'[[feeds]]\nurl = "{address}"\n', check_feed=check_feed)

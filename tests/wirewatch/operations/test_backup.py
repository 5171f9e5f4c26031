"""A backup brings back what stood, onto an empty Kafka alone, and one that is not whole is refused before that."""

import gzip
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from wirewatch.errors import InputError
from wirewatch.kafka import KafkaConnection
from wirewatch.operations.backup import FORM, End, Entry, Head, back_up, read_backup, restore
from wirewatch.settings import KafkaSettings
from wirewatch.topic_admin import create_topics
from wirewatch.topics import SETTINGS

NOW = datetime(2025, 6, 1, tzinfo=UTC)
ENTRY = Entry("settings", 0, b"mute/a", b"\xff\x00", [("ce_id", b"1")])


def written(file: Path, *lines: object) -> Path:
    with gzip.open(file, "wb") as out:
        for line in lines:
            out.write(msgspec.json.encode(line) + b"\n")
    return file


def test_what_was_written_is_read_bytes_and_all(tmp_path: Path) -> None:
    _, entries = read_backup(written(tmp_path / "b", Head(FORM, NOW), ENTRY, End(1)))
    assert entries == [ENTRY]


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ((), "it is empty"),
        ((Head(FORM, NOW), ENTRY), "cut off"),
        ((Head(FORM, NOW), ENTRY, End(2)), "cut off"),
        ((Head("wirewatch-backup-9", NOW), End(0)), "another form"),
        ((Head(FORM, NOW), Entry("passwords", 0, b"", b""), End(1)), "passwords"),
        ((Head(FORM, NOW), {"topic": 1}, End(1)), "no whole backup"),
    ],
)
def test_what_is_not_whole_is_refused(lines: tuple[object, ...], said: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=said):
        read_backup(written(tmp_path / "b", *lines))


def test_what_is_no_backup_at_all_is_refused(tmp_path: Path) -> None:
    (tmp_path / "b").write_bytes(b"no gzip")
    for file in (tmp_path / "b", tmp_path / "none"):
        with pytest.raises(InputError):
            read_backup(file)


@pytest.mark.broker
@pytest.mark.asyncio(loop_scope="session")
async def test_it_comes_back_as_the_newest_of_each_key_and_never_twice(
    kafka: str, topic_prefix: str, tmp_path: Path
) -> None:
    old = KafkaConnection(kafka, KafkaSettings(topic_prefix=topic_prefix))
    new = KafkaConnection(kafka, KafkaSettings(topic_prefix=f"{topic_prefix}new."))
    for each in (old, new):
        await create_topics(each)
    producer = old.producer()
    await producer.start()
    for key, value in ((b"a", b"1"), (b"b", b"1"), (b"a", b"2"), (b"b", None)):
        await producer.send_and_wait(old.topic(SETTINGS), value, key=key)
    await producer.stop()
    counts = await back_up(old, tmp_path / "backup", NOW)
    assert counts["settings"] == 1
    _, entries = read_backup(tmp_path / "backup")
    assert [(entry.key, entry.value) for entry in entries] == [(b"a", b"2")]
    assert await restore(new, entries) == counts
    with pytest.raises(InputError, match="not empty"):
        await restore(new, entries)

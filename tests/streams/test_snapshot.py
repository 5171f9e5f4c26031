"""A step's state in a file: what is not whole, or of another form or changelog, is not used."""

from collections.abc import Callable
from pathlib import Path

import pytest

from streams.batches import Sending
from streams.kept_table import KeptStore
from streams.snapshot import VERSION, Header, Mark, digest, recall, save
from wirewatch.kafka import KafkaConnection
from wirewatch.settings import KafkaSettings

# Nobody listens there: what can be told from the file alone is told before Kafka is asked.
NOWHERE = KafkaConnection("127.0.0.1:1", KafkaSettings())
TOPIC = "wirewatch.cluster-state-changelog"
PAIRS = [(f"key-{number}".encode(), b"value" * number) for number in range(9_000 // 2)]


def write(path: Path, version: int = VERSION, topic: str = TOPIC, entries: int = len(PAIRS)) -> None:
    save(path, Header(version, "cluster", topic, Mark(7, 1), entries), PAIRS)


def cut(path: Path) -> None:
    write(path)
    path.write_bytes(path.read_bytes()[:-5])


def flip(path: Path) -> None:
    write(path)
    raw = bytearray(path.read_bytes())
    raw[len(raw) // 2] ^= 1
    path.write_bytes(raw)


@pytest.mark.parametrize(
    ("make", "why"),
    [
        (cut, "it is torn"),
        (flip, "it is torn"),
        (
            lambda path: write(path, version=VERSION + 1),
            f"it is of version {VERSION + 1}, and this is {VERSION}",
        ),
        (lambda path: write(path, topic="another"), "it is of another"),
        (lambda path: write(path, entries=3), "it has 4500 entries of 3"),
        (lambda path: path.write_bytes(b""), "it is torn"),
        (lambda path: path.write_bytes(b"\xff" * 100), "it is torn"),
    ],
    ids=[
        "cut off",
        "a bit flipped",
        "another version",
        "another changelog",
        "entries missing",
        "empty",
        "noise",
    ],
)
def test_a_file_that_cannot_be_used_is_passed_over_and_says_why(
    make: Callable[[Path], object], why: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "cluster.snapshot"
    make(path)
    assert recall(path, NOWHERE, TOPIC) is None
    assert why in caplog.text


def test_where_nothing_was_kept_nothing_is_said(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    assert recall(tmp_path / "cluster.snapshot", NOWHERE, TOPIC) is None
    assert not caplog.text


def store() -> KeptStore:
    found = KeptStore.__new__(KeptStore)
    found.data = {}
    found.begin(None)
    return found


def own(number: int) -> Sending:
    return Sending("changelog", b"key", str(number).encode())


def test_what_landed_counts_as_far_as_nothing_is_missing_before_it() -> None:
    table = store()
    for offset in (0, 2, 3):
        table.landed(offset, own(offset))
    assert table.mark == Mark(0, digest(b"key", b"0"))
    assert not table.whole
    table.landed(1, own(1))
    assert table.mark == Mark(3, digest(b"key", b"3"))
    assert table.whole

"""What commands print of feeds, of records and of a Kafka that is not there."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from wirewatch.cli.app import cli
from wirewatch.cli.missed import how_it_stands
from wirewatch.cli.status import feeds_line


@pytest.mark.parametrize(
    ("added", "line"),
    [
        (0, "Feeds: 2 configured, 3 polled at least once, 0 failing"),
        (1, "Feeds: 2 configured, 1 added, 3 polled at least once, 0 failing"),
    ],
)
def test_feeds_that_were_added_by_command_are_counted_by_themselves(added: int, line: str) -> None:
    assert feeds_line({"configured": 2, "added": added, "polled": 3, "failing": []}) == line


@pytest.mark.parametrize(
    ("health", "reason", "words"),
    [
        ("ok", "your interval", "ok, your interval"),
        ("failing", "failing: failed once", "failing: failed once"),
    ],
)
def test_a_feeds_health_is_said_once(health: str, reason: str, words: str) -> None:
    assert how_it_stands(health, reason) == words


def test_status_without_kafka_is_ill_in_whole_sentences(tmp_path: Path) -> None:
    found = CliRunner().invoke(cli, ["status", "--state", str(tmp_path)])
    assert found.exit_code == 1
    assert "kafka" in found.stdout
    assert ".." not in found.stdout

"""What the commands make of input that is not as it should be."""

import asyncio
import json
import os
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from wirewatch.cli import backtest, config, explain, records  # noqa: F401 - each adds its command
from wirewatch.cli.app import cli
from wirewatch.errors import InputError
from wirewatch.owner import OWNER_FD

STORY = '{"id": "a", "title": "Ferry hits pier in Port Lunden, 14 hurt"}'


def lines_of(file: Path) -> list[dict[str, object]]:
    found = CliRunner().invoke(cli, ["backtest", str(file)], catch_exceptions=False)
    return [json.loads(line) for line in found.stdout.splitlines()]


def test_a_byte_order_mark_before_the_first_story_is_no_part_of_it(tmp_path: Path) -> None:
    (tmp_path / "stories.jsonl").write_bytes(b"\xef\xbb\xbf" + STORY.encode())
    (line,) = lines_of(tmp_path / "stories.jsonl")
    assert line["id"] == "a"


def test_a_story_that_stands_there_twice_is_in_one_cluster(tmp_path: Path) -> None:
    (tmp_path / "stories.jsonl").write_text(f"{STORY}\n{STORY}\n")
    first, again = lines_of(tmp_path / "stories.jsonl")
    assert again["cluster"] == first["cluster"]
    assert (again["novelty"], again["novelty_reason"]) == ("duplicate", "the same story again")


@pytest.mark.parametrize("year", ["0001", "9999"])
def test_a_story_of_an_impossible_year_is_taken_as_of_the_time_before_it(tmp_path: Path, year: str) -> None:
    dated = STORY.replace("}", f', "published": "{year}-12-31T23:59:59-12:00"}}')
    (tmp_path / "stories.jsonl").write_text(dated)
    (line,) = lines_of(tmp_path / "stories.jsonl")
    assert line["novelty"] == "new"


@pytest.mark.parametrize("command", [["backtest", "-"], ["explain", "-"]], ids=["backtest", "explain"])
def test_bytes_that_are_no_text_say_what_to_do(command: list[str]) -> None:
    with pytest.raises(InputError, match="no UTF-8 at byte 0; convert it"):
        CliRunner().invoke(cli, command, input=b"\xff\xfe\x00bad", catch_exceptions=False)


def test_mistakes_of_the_configuration_are_json_where_json_is_asked_for(tmp_path: Path) -> None:
    file = tmp_path / "wirewatch.toml"
    file.write_text('[kafka]\nbootstrap_servers = "a:b"\n')
    found = CliRunner().invoke(cli, ["config", "check", "--json", "--config", str(file)])
    assert found.exit_code == 1
    (mistake,) = json.loads(found.stdout)["mistakes"]
    assert mistake.startswith("line 2: kafka.bootstrap_servers: 'a:b' is no server")


def test_a_feed_in_a_language_without_lexicons_is_named_when_the_configuration_is_checked(
    tmp_path: Path,
) -> None:
    file = tmp_path / "wirewatch.toml"
    file.write_text(
        '[[feeds]]\nurl = "https://a.example/f"\nname = "Agencja"\nlanguage = "pl"\n'
        '[[feeds]]\nurl = "https://b.example/f"\nname = "Wire"\nlanguage = "de"\n'
    )
    found = CliRunner().invoke(cli, ["config", "check", "--json", "--config", str(file)])
    (unread,) = json.loads(found.stdout)["unread"]
    assert unread.startswith("Agencja: its language, pl, has no lexicons")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Rosja zaatakowała Kijów, jest 14 zabitych po nocnym ataku", "its language, pl, has no lexicons"),
        ("Russland greift Kiew mit 40 Raketen und Drohnen an", "de, by its words: nobody declares it"),
    ],
)
def test_the_language_of_a_text_is_explained(text: str, said: str) -> None:
    found = CliRunner().invoke(cli, ["explain", "-"], input=text, catch_exceptions=False)
    assert f"language: {said}" in found.stdout


async def test_a_stage_whose_owner_is_gone_ends_before_it_begins() -> None:
    reading, writing = os.pipe()
    os.close(writing)
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "wirewatch", "poll",
        env={**os.environ, OWNER_FD: str(reading)}, pass_fds=(reading,), stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    _, errors = await process.communicate()
    os.close(reading)
    assert (process.returncode, errors) == (1, b"")


@pytest.mark.parametrize(
    ("words", "metric"),
    [
        ("drones-attack-ukraine", "drones-attack-ukraine-max"),
        ("uavs ukraine", "drones-attack-ukraine-max"),
        ("heat uk", "celsius-temperature-britain-max"),
    ],
)
def test_records_are_found_by_the_letters_and_by_the_meaning_of_words(
    tmp_path: Path, words: str, metric: str
) -> None:
    found = CliRunner().invoke(cli, ["records", "list", words, "--state", str(tmp_path), "--json"])
    assert metric in [page["metric"] for page in json.loads(found.stdout)]
    assert len(json.loads(found.stdout)) < 5


@pytest.mark.parametrize(
    ("day", "said"),
    [("tomorrow", "is no day"), ("2931-01-01", "is still to come"), ("2025-02-30", "is no day")],
)
def test_a_record_is_set_for_no_day_that_has_not_been(tmp_path: Path, day: str, said: str) -> None:
    command = ["records", "set", "drones-attack-ukraine-max", "900", "--date", day, "--state", str(tmp_path)]
    with pytest.raises(InputError, match=said):
        CliRunner().invoke(cli, command, catch_exceptions=False)


def test_words_that_name_a_record_need_no_quotes(tmp_path: Path) -> None:
    apart = CliRunner().invoke(cli, ["records", "list", "drones", "ukraine", "--state", str(tmp_path)])
    together = CliRunner().invoke(cli, ["records", "list", "drones ukraine", "--state", str(tmp_path)])
    assert apart.exit_code == 0
    assert apart.stdout == together.stdout
    assert "drones" in apart.stdout

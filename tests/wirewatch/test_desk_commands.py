"""`wirewatch desks route` and `desks test`, as a person calls them."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from wirewatch.cli import desks, editorial  # noqa: F401 - each adds its commands
from wirewatch.cli.app import cli
from wirewatch.errors import InputError

CONFIG = """
[[endpoints]]
id = "chat"
kind = "slack"
url = "https://hooks.slack.com/services/T000/B000/xxxx"
[[desks]]
id = "war"
endpoints = ["chat"]
match = { places = ["Ukraine"] }
[[desks]]
id = "rest"
endpoints = ["chat"]
default = true
"""
NIGHT = """
[[case]]
name = "a record night"
title = "Russia launches record 472 drones at Ukraine, the largest attack of the war"
source = "AFP"
tier = 1
desks = {desks}
[[case]]
title = "Chess: a quiet day in Reykjavik"
desks = []
"""


@pytest.fixture
def config(tmp_path: Path) -> str:
    file = tmp_path / "wirewatch.toml"
    file.write_text(CONFIG)
    return str(file)


def cases(folder: Path, expected: str) -> str:
    file = folder / "cases.toml"
    file.write_text(NIGHT.replace("{desks}", expected))
    return str(file)


def test_cases_of_ones_own_pass(tmp_path: Path, config: str) -> None:
    done = CliRunner().invoke(cli, ["desks", "test", cases(tmp_path, '["war"]'), "--config", config])
    assert (done.exit_code, done.stdout.splitlines()[-1]) == (0, "2 passed, 0 failed")


def test_a_case_that_fails_says_what_it_got_and_why(tmp_path: Path, config: str) -> None:
    file = cases(tmp_path, '["rest"]')
    done = CliRunner().invoke(cli, ["desks", "test", file, "--config", config, "--json"])
    assert done.exit_code == 1
    told = json.loads(done.stdout)
    assert (told["passed"], told["failed"]) == (1, 1)
    assert told["cases"][0]["got"] == ["war"]
    assert told["cases"][0]["why"] == {"rest": "taken: the default desk; war takes it"}


@pytest.mark.parametrize(
    ("written", "mistake"),
    [
        ("", "has no"),
        ("case = 3", "has no"),
        ('[[case]]\ntitle = "x"', "needs desks"),
        ('[[case]]\ntitle = "x"\ndesks = ["nobody"]', "is no desk"),
        ("[[case]]\ndesks = []", "has no title"),
        ("[[case]]\ntitle = 3\ndesks = []", "title is no text"),
        ("[[case]", "cannot be read"),
        ('[[case]]\ntitle = "x"\ntiers = 1\ndesks = []', "tiers: is not known; did you mean 'tier'"),
    ],
)
def test_a_file_that_holds_no_cases_is_one_clear_error(
    tmp_path: Path, config: str, written: str, mistake: str
) -> None:
    file = tmp_path / "cases.toml"
    file.write_text(written)
    done = CliRunner().invoke(cli, ["desks", "test", str(file), "--config", config])
    assert isinstance(done.exception, InputError)
    assert mistake in str(done.exception)


def test_a_text_is_routed_with_the_reasons_of_the_desks_that_do_not_take_it(config: str) -> None:
    text = "Israel strikes Tehran, killing 40 people"
    done = CliRunner().invoke(cli, ["desks", "route", "-", "--config", config, "--json"], input=text)
    told = json.loads(done.stdout)
    assert [(each["desk"], each["takes"], each["reason"]) for each in told["desks"]] == [
        ("war", False, "not_matched"), ("rest", True, None),
    ]  # fmt: skip


def test_a_text_without_findings_is_nobodys(config: str) -> None:
    done = CliRunner().invoke(cli, ["desks", "route", "-", "--config", config, "--json"], input="A quiet day")
    assert {each["reason"] for each in json.loads(done.stdout)["desks"]} == {"not_compared"}


@pytest.mark.parametrize(
    ("arguments", "mistake"),
    [
        (["desks", "replay", "--since", "long"], "is no duration"),
        (["alerts", "snooze", "x", "--until", "soon"], "neither a duration"),
        (["alerts", "snooze", "x", "--until", "2001-01-01"], "is over"),
        (["alerts", "acknowledge", "x", "--by", " "], "A name is needed"),
        (["alerts", "missing", "x", "--desk", "nobody"], "is no desk"),
        (["alerts", "mute"], "Name one thing"),
        (["alerts", "mute", "--words", "a", "--metric", "b"], "Name one thing"),
    ],
)
def test_what_is_asked_wrongly_is_said_before_anything_is_sent(
    config: str, arguments: list[str], mistake: str
) -> None:
    done = CliRunner().invoke(cli, [*arguments, "--config", config])
    assert isinstance(done.exception, InputError)
    assert mistake in str(done.exception)


def test_a_text_that_is_no_utf8_is_one_clear_error(config: str) -> None:
    done = CliRunner().invoke(cli, ["desks", "route", "-", "--config", config], input=b"\xff\xfe war")
    assert isinstance(done.exception, InputError)
    assert "no UTF-8 at byte 0" in str(done.exception)


def test_the_help_names_the_table_that_a_case_is() -> None:
    assert "[[case]]" in CliRunner().invoke(cli, ["desks", "test", "--help"]).stdout

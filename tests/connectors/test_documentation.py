"""docs/connectors.md knows every file, health and limit."""

from pathlib import Path
from typing import get_args

from connectors import items, parse, schedule, shape
from wirewatch.messages import FeedHealth

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "connectors.md").read_text(encoding="utf-8")


def test_every_file_has_its_line() -> None:
    files = [file.name for file in (ROOT / "connectors").glob("*.py") if file.name != "__init__.py"]
    assert [file for file in files if f"`{file}`" not in PAGE] == []


def test_every_health_is_explained() -> None:
    assert [health for health in get_args(FeedHealth) if health != "new" and f"`{health}`" not in PAGE] == []


def test_limits_are_those_of_the_code() -> None:
    for limit in (items.LONGEST_TITLE, items.LONGEST_SUMMARY, items.LONGEST_TEXT, parse.MOST_ITEMS):
        assert f"{limit:,}" in PAGE
    assert f"nests {shape.DEEPEST} deep" in PAGE
    assert f"{shape.MOST_ATTRIBUTES} attributes" in PAGE
    assert f"not below {schedule.FLOOR:.0f} s" in PAGE

"""Five real articles of 2025, as they were published, through `wirewatch backtest`.

They are other people's, so they lie beside the project and not in it: where they do not, nothing is tried.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

SEEDS = Path(__file__).parents[2] / "shared" / "seeds"
PUBLISHED = {
    "002": "2025-03-11T12:00:00Z",
    "003": "2025-06-02T12:00:00Z",
    "000": "2025-06-04T12:00:00Z",
    "004": "2025-09-07T12:00:00Z",
    "001": "2025-09-07T13:00:00Z",
}

pytestmark = pytest.mark.skipif(not SEEDS.is_dir(), reason="the five articles do not lie beside the project")


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    file = tmp_path_factory.mktemp("seeds") / "seeds.jsonl"
    file.write_text("".join(json.dumps(_story(name)) + "\n" for name in PUBLISHED), encoding="utf-8")
    program = Path(sys.executable).with_name("wirewatch")
    run = subprocess.run([program, "backtest", file], check=True, capture_output=True, text=True)
    return {row["id"]: row for row in map(json.loads, run.stdout.splitlines())}


def _story(name: str) -> dict[str, str]:
    """Return the article as a story: without a heading its first sentence is the title."""
    (path,) = SEEDS.glob(f"{name}_*.txt")
    text = path.read_text(encoding="utf-8").strip()
    first = next(line for line in text.splitlines() if line.strip()).strip()
    title = first if len(first) <= 120 else first.split(". ")[0].rstrip(".") + "."
    return {
        "id": name,
        "title": title,
        "text": text,
        "source": name,
        "published": PUBLISHED[name],
        "lang": "en",
    }


def _records(told: dict[str, Any], name: str, status: str = "claimed") -> list[dict[str, Any]]:
    return [one for one in told[name]["detections"] if one["kind"] == "record" and one["status"] == status]


def test_the_night_of_472_is_one_record_however_its_figure_is_told(told: dict[str, Any]) -> None:
    figures = {one["figure"]: one for one in _records(told, "003")}
    assert set(figures) >= {400, 470, 472}
    assert {figures[one]["beats"] for one in (400, 470, 472)} == {355}
    assert len({figures[one]["metric"] for one in (400, 470, 472)}) == 1


def test_at_least_91_on_moscow_is_the_record_and_337_is_not(told: dict[str, Any]) -> None:
    records = _records(told, "002")
    assert [(one["figure"], one["qualifier"]) for one in records] == [(91, "at_least")]
    assert "moscow" in records[0]["metric"]


def test_an_absence_is_a_first_and_the_prisoner_swap_is_history(told: dict[str, Any]) -> None:
    assert [(one["comparator"], one["figure"]) for one in _records(told, "000")] == [("first", None)]
    assert any("prisoner swap" in one["sentence"] for one in _records(told, "000", "historic"))


def test_a_minister_who_stays_away_is_another_story_than_the_nights_drones(told: dict[str, Any]) -> None:
    assert len({told[name]["cluster"] for name in PUBLISHED}) == 4
    assert [one["kind"] for one in told["000"]["alerts"]] == ["record"]


def test_the_deadline_of_28_may_falls_due_on_11_june(told: dict[str, Any]) -> None:
    assert [(one["due"], one["set_by"]) for one in told["000"]["deadlines"]] == [("2025-06-11", "Trump")]


def test_two_outlets_of_7_september_are_one_cluster_with_a_record_of_at_least_800(
    told: dict[str, Any],
) -> None:
    assert told["001"]["cluster"] == told["004"]["cluster"]
    for name in ("001", "004"):
        assert [(one["figure"], one["beats"]) for one in _records(told, name)] == [(800, 728)]

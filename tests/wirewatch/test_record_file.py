"""What `wirewatch records import` reads, and what it refuses with the place of the mistake."""

from pathlib import Path

import msgspec
import pytest

from wirewatch.errors import InputError
from wirewatch.messages import RecordStep, StandingRecord, Subject
from wirewatch.record_file import read_records

GOOD = """
[[metric]]
unit = "visitors"
place = "louvre"

[[metric.records]]
figure = 10_200_000
date = 2018-12-31
source = "Louvre"
"""


def written(folder: Path, text: str) -> Path:
    file = folder / "records.toml"
    file.write_text(text, encoding="utf-8")
    return file


def test_a_pack_of_ones_own_is_read(tmp_path: Path) -> None:
    ((name, declared),) = read_records(written(tmp_path, GOOD))
    assert (name, declared.subject.unit, declared.direction) == (None, "visitors", "max")
    assert [(one.figure, one.date) for one in declared.records] == [(10_200_000, "2018-12-31")]


def test_what_the_list_printed_is_read_back_with_its_history(tmp_path: Path) -> None:
    steps = (RecordStep(472, "2025-06-01", "A"), RecordStep(355, "2025-05-26", "B"))
    page = StandingRecord("drones-attack-ukraine-max", Subject("drones"), "max", steps[0], steps)
    file = tmp_path / "records.json"
    file.write_bytes(msgspec.json.encode([page]))
    ((name, declared),) = read_records(file)
    assert name == "drones-attack-ukraine-max"
    assert [one.figure for one in declared.records] == [355, 472]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "no [[metric]]"),
        ("metric = 3", "no list"),
        ("[[metrics]]", "unknown key 'metrics'"),
        (GOOD.replace('unit = "visitors"', ""), "unit is missing"),
        (GOOD.replace("place", "plase"), "unknown key 'plase'"),
        (GOOD.replace("2018-12-31", '"soon"'), "soon"),
        (GOOD.replace("10_200_000", '"many"'), "figure"),
        (GOOD.replace('source = "Louvre"', ""), "source"),
        (GOOD + "\nnonsense", "neither TOML nor JSON"),
        ('[{"metric": 3}]', "no list of records"),
    ],
)
def test_a_mistake_is_told_with_its_place(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(InputError) as caught:
        read_records(written(tmp_path, text))
    assert told in str(caught.value)
    assert "records.toml" in str(caught.value)


def test_a_file_that_is_not_there_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"none\.toml cannot be read"):
        read_records(tmp_path / "none.toml")

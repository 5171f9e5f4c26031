"""What a story's text says, by whichever process it is read."""

import subprocess
import sys

TITLES = (
    "UN withdraws peacekeepers from the Golan Heights",
    "US president says he cancelled a deal after an attack in Kabul",
    "Gold inches to $2,787, yet another peak",
)
_READS = f"""
from streams.rules.analysis import analyse_story
from tests.streams.rules.record_stories import a_reading
for title in {TITLES}:
    found = analyse_story(a_reading(title).story, None)
    print(found.claims, found.event, found.escalations)
"""


def test_two_processes_read_the_same() -> None:
    """The order of a set is another one in each process; no verdict may hang on it."""
    said = {
        subprocess.run(
            [sys.executable, "-c", _READS], env={"PYTHONHASHSEED": seed}, capture_output=True, check=True
        ).stdout
        for seed in ("1", "2")
    }
    assert len(said) == 1

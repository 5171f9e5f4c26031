"""Stories for the tests of escalation, and how a story is read."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from streams.rules.escalation import find_escalations
from streams.rules.figures import find_figures
from streams.rules.main_event import main_event
from streams.rules.reading import Reading, read
from streams.rules.vectors import HeadlineVectors
from wirewatch.messages import Escalation, Event, Story

_DATA = Path(__file__).parent / "data"


def a_reading(
    title: str, summary: str = "", text: str = "", *, lang: str | None = "en", year: int = 2025
) -> Reading:
    at = datetime(year, 6, 2, 8, tzinfo=UTC)
    return read(
        Story(
            id="s",
            version="1",
            feed="f",
            source="wire",
            title=title,
            summary=summary,
            text=text,
            fetched=at,
            lang=lang,
        )
    )


def escalation_of(title: str, summary: str = "", text: str = "", **story: Any) -> Escalation | None:
    reading = a_reading(title, summary, text, **story)
    found = find_escalations(reading, find_figures(reading))
    assert len(found) <= 1
    return found[0] if found else None


def event_of(
    title: str, summary: str = "", text: str = "", vectors: HeadlineVectors | None = None, **story: Any
) -> Event:
    reading = a_reading(title, summary, text, **story)
    return main_event(reading, find_escalations(reading, find_figures(reading), vectors), vectors)


def rows(name: str) -> list[dict[str, Any]]:
    """Return the items of a data file."""
    lines = (_DATA / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]

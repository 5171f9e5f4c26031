"""Stories for the tests of figures and record claims, and how they are read and scored."""

import json
import math
from datetime import UTC, datetime
from html import unescape
from pathlib import Path
from typing import Any, NamedTuple

from streams.rules.figures import find_figures
from streams.rules.reading import Reading, read
from streams.rules.record_claims import find_record_claims
from wirewatch.messages import Figure, RecordClaim, Story

_DATA = Path(__file__).parent / "data"


def a_reading(
    title: str, summary: str = "", text: str = "", *, lang: str | None = "en", on: str = "2025-06-02"
) -> Reading:
    at = datetime.fromisoformat(on).replace(tzinfo=UTC, hour=8)
    story = Story(
        id="s",
        version="1",
        feed="f",
        source="wire",
        title=title,
        summary=summary,
        text=text,
        fetched=at,
        published=at,
        lang=lang,
    )
    return read(story)


def figures_of(
    title: str, summary: str = "", text: str = "", *, lang: str | None = "en"
) -> tuple[Figure, ...]:
    return find_figures(a_reading(title, summary, text, lang=lang))


def claims_of(
    title: str, summary: str = "", text: str = "", *, lang: str | None = "en", on: str = "2025-06-02"
) -> tuple[RecordClaim, ...]:
    reading = a_reading(title, summary, text, lang=lang, on=on)
    return find_record_claims(reading, find_figures(reading))


def claimed(title: str, summary: str = "", text: str = "", *, on: str = "2025-06-02") -> list[RecordClaim]:
    return [claim for claim in claims_of(title, summary, text, on=on) if claim.status == "claimed"]


class Score(NamedTuple):
    """How well a labelled set is read: F1 of "this item claims a record", and the figures right on hits."""

    f1: float
    figures: float


def labelled(name: str, split: str | None = None) -> list[dict[str, Any]]:
    lines = (_DATA / name).read_text(encoding="utf-8").splitlines()
    items = [json.loads(line) for line in lines]
    return [item for item in items if not item.get("doubtful") and split in (None, item.get("split"))]


def score(items: list[dict[str, Any]]) -> Score:
    hits = wrong = missed = figures = right = 0
    for item in items:
        found = claimed(unescape(item["title"]), unescape(item["summary"] or ""), on=item["published"][:10])
        want = [record for record in item["records"] if record["status"] == "claimed"]
        hits, wrong, missed = (
            hits + bool(want and found),
            wrong + (bool(found) and not want),
            missed + (bool(want) and not found),
        )
        if want and found:
            for figure in (record["figure"] for record in want if record["figure"] is not None):
                figures += 1
                right += any(
                    claim.figure is not None and math.isclose(claim.figure, figure, rel_tol=1e-6)
                    for claim in found
                )
    return Score(2 * hits / (2 * hits + wrong + missed), right / figures)

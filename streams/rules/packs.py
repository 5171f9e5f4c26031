"""The standing records that a new ledger starts with: facts with a named source, from `streams/lexicons/packs`."""

from collections.abc import Iterable
from datetime import UTC, datetime, time
from typing import Final

from streams.lexicons import lexicon
from streams.rules.metrics import meaning_of, metric_name
from streams.rules.occasions import Occasion
from streams.rules.pages import Page
from wirewatch.messages import Subject

PACKS: Final = ("conflict", "weather", "markets", "sport", "society")


def packed_pages(names: Iterable[str] = PACKS) -> tuple[Page, ...]:
    """Return a page for each metric of the packs, with its records by day."""
    return tuple(_page(name, entry) for name in names for entry in lexicon(f"packs/{name}")["metric"])


def _page(pack: str, entry: dict[str, object]) -> Page:
    subject = Subject(
        _text(entry, "unit"), _text(entry, "action"), _text(entry, "actor"), _text(entry, "place"),
        tuple(str(term) for term in _list(entry, "terms")),
    )  # fmt: skip
    direction = "min" if entry.get("direction") == "min" else "max"
    meaning = meaning_of(subject)
    records = [
        _occasion(pack, record, subject.unit)
        for record in _list(entry, "records")
        if isinstance(record, dict)
    ]
    records.sort(key=lambda one: one.day)
    return Page(
        metric_name(meaning, direction),  # type: ignore[arg-type] # one of the two words above
        subject,
        direction,  # type: ignore[arg-type]
        tuple(records),
        f"pack {pack}",
        narrow=tuple(sorted(meaning.narrow)),
    )


def _occasion(pack: str, record: dict[str, object], unit: str | None) -> Occasion:
    day = str(record["date"])
    at = datetime.combine(datetime.fromisoformat(day).date(), time(23, 59), UTC)
    return Occasion(
        day, float(str(record["figure"])), "exact", str(record["source"]), at,
        record=True, unit=unit, declared=f"pack {pack}", url=_text(record, "url"),
    )  # fmt: skip


def _text(entry: dict[str, object], key: str) -> str | None:
    value = entry.get(key)
    return str(value) if value is not None else None


def _list(entry: dict[str, object], key: str) -> list[object]:
    value = entry.get(key, [])
    return list(value) if isinstance(value, list) else []

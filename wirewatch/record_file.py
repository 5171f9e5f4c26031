"""Reads records from a file: TOML as the packs are written, or the JSON that `wirewatch records list --json` prints."""

import tomllib
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any, Final

import msgspec

from wirewatch.errors import InputError
from wirewatch.messages import Declared, StandingRecord

# A file of records is written by people; more is a mistake.
MAX_BYTES: Final = 16 * 1024 * 1024
_SUBJECT: Final = ("unit", "action", "actor", "place", "terms")


def read_records(file: Path) -> list[tuple[str | None, Declared]]:
    """Return the metrics of a file, each with its name where the file gives one.

    Raises:
        InputError: it cannot be read, or an entry is none; says which one and why.
    """
    try:
        raw = file.read_bytes()
    except OSError as error:
        raise InputError(f"{file} cannot be read: {error.strerror or error}") from error
    if len(raw) > MAX_BYTES:
        raise InputError(f"{file} has {len(raw):,} bytes; at most {MAX_BYTES:,} are read")
    found = list(
        _of_json(raw, file) if raw.lstrip()[:1] in (b"[", b"{") and _is_json(raw) else _of_toml(raw, file)
    )
    if not found:
        raise InputError(f"{file} has no [[metric]] with records")
    return found


def _is_json(raw: bytes) -> bool:
    try:
        msgspec.json.decode(raw)
    except (msgspec.DecodeError, RecursionError):
        return False
    return True


def _of_json(raw: bytes, file: Path) -> Iterator[tuple[str | None, Declared]]:
    """Yield what `records list --json` printed: the metric's history, and not its newest record alone."""
    try:
        listed = msgspec.json.decode(raw, type=list[StandingRecord] | StandingRecord)
    except msgspec.DecodeError as error:
        raise InputError(f"{file} is no list of records: {error}") from error
    for page in listed if isinstance(listed, list) else [listed]:
        steps = [{"figure": step.figure, "date": step.date, "source": step.source, "url": step.url}
                 for step in reversed(page.steps) if step.date]  # fmt: skip
        if steps:
            given = {
                "subject": msgspec.to_builtins(page.subject),
                "direction": page.direction,
                "records": steps,
            }
            yield page.metric, _checked(given, f"{file}, metric {page.metric}")


def _of_toml(raw: bytes, file: Path) -> Iterator[tuple[str | None, Declared]]:
    try:
        document = tomllib.loads(raw.decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(f"{file} is neither TOML nor JSON of records: {error}") from error
    unknown = set(document) - {"metric"}
    if unknown:
        raise InputError(f"{file} has the unknown key {min(unknown)!r}; it may have [[metric]] alone")
    entries = document.get("metric", [])
    if not isinstance(entries, list):
        raise InputError(f"{file}: metric is no list of tables; write [[metric]]")
    for number, entry in enumerate(entries, 1):
        where = f"{file}, [[metric]] number {number}"
        if not isinstance(entry, dict):
            raise InputError(f"{where} is no table")
        name = entry.pop("metric", None)
        given = {
            "subject": {key: entry.pop(key) for key in _SUBJECT if key in entry},
            "records": entry.pop("records", []),
            "direction": entry.pop("direction", "max"),
        }
        if entry:
            raise InputError(f"{where} has the unknown key {min(entry)!r}")
        yield name if isinstance(name, str) else None, _checked(given, where)


def _checked(given: dict[str, Any], where: str) -> Declared:
    for record in given["records"]:
        if isinstance(record, dict) and isinstance(record.get("date"), date):
            record["date"] = record["date"].isoformat()[:10]
    try:
        declared = msgspec.convert(given, Declared)
        for one in declared.records:
            date.fromisoformat(one.date)
    except (msgspec.ValidationError, ValueError) as error:
        raise InputError(f"{where}: {error}") from error
    if declared.direction == "first":
        raise InputError(f'{where}: direction is "max" or "min"')
    if not declared.records:
        raise InputError(f"{where} has no [[metric.records]]")
    if declared.subject.unit is None and not declared.subject.terms:
        raise InputError(f"{where} does not say what is counted: unit is missing")
    return declared

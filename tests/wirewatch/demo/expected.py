"""The alerts that the demo must give, read from `wirewatch/demo/expected.toml`."""

import tomllib
from datetime import date
from importlib.resources import files
from typing import Any

import msgspec
from msgspec import Struct

from wirewatch.messages import AlertKind, Polarity, Priority


class Alternative(Struct, frozen=True, forbid_unknown_fields=True):
    """An alert that is as good; what it leaves out may be anything."""

    kind: AlertKind
    figure: float | None = None
    beats: float | None = None
    polarity: Polarity | None = None


class ExpectedAlert(Struct, frozen=True, forbid_unknown_fields=True):
    """One alert of the demo: what it says in the end, and by which revisions it may get there."""

    event: str
    day: date = msgspec.field(name="date")
    kind: AlertKind
    priorities: tuple[Priority, ...]
    figure: float | None = None
    beats: float | None = None
    polarity: Polarity | None = None
    steps: tuple[tuple[float, ...], ...] = ()
    also: tuple[Alternative, ...] = ()
    optional: bool = False
    doubt: str = ""


def expected_alerts() -> tuple[ExpectedAlert, ...]:
    """Return what is expected, in the order of the days."""
    written: dict[str, Any] = tomllib.loads(
        files("wirewatch.demo").joinpath("expected.toml").read_text("utf-8")
    )
    return msgspec.convert(written["alerts"], tuple[ExpectedAlert, ...])

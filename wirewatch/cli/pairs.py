"""`wirewatch pairs`: how two parties stand by what they did, day by day, and whether that is usual between them."""

from datetime import date, datetime
from typing import Annotated, Any, Final

import typer
from msgspec.structs import asdict

from wirewatch.cli.app import (
    ConfigOption,
    JsonOption,
    StateOption,
    cli,
    connect,
    print_json,
    run,
    settings_of,
)
from wirewatch.clock import SystemClock
from wirewatch.codec import decode
from wirewatch.errors import InputError, MessageError
from wirewatch.messages import PairLevel
from wirewatch.settings import Settings
from wirewatch.tail import read_topics
from wirewatch.topics import PAIRS, TICKS

_TREND: Final = {
    "worse": "worse than usual",
    "better": "better than usual",
    "steady": "as usual",
    "new": "not known for long enough to say what is usual",
}
# A day's bar is so many characters at the most, where a day's level ends.
_WIDTH: Final = 25


@cli.command()
def pairs(
    parties: Annotated[
        list[str] | None, typer.Argument(help="One party: its pairs. Two: their days.", show_default=False)
    ] = None,
    *,
    days: Annotated[
        int, typer.Option("--days", help="So many of a pair's days with events.", min=1, max=120)
    ] = 30,
    config: ConfigOption = None,
    state: StateOption = None,
    json: JsonOption = False,
) -> None:
    """Show how two parties stand: below zero they escalate, above it they calm; those furthest from usual first."""
    wanted = [name.casefold() for name in parties or ()]
    if len(wanted) > 2:
        raise InputError("A pair has two parties: wirewatch pairs russia ukraine")
    known, now = run(_read(settings_of(config, state)))
    found = [one for one in known if all(_is_of(name, one) for name in wanted)]
    found.sort(key=lambda one: (-abs(one.week - (one.usual or 0.0)), one.pair))
    if json:
        print_json([_line(one, days) for one in found])
        return
    for one in found:
        print(_headline(one))
        if len(wanted) == 2:
            _print_days(one, days)
    if not found:
        between = f" of {' and '.join(wanted)}" if wanted else ""
        print(f"Nothing is known{between} up to {now:%d %B %Y}; {len(known)} pairs in all.")


def _is_of(name: str, level: PairLevel) -> bool:
    return any(name in party.casefold() for party in level.parties)


def _headline(one: PairLevel) -> str:
    usual = "" if one.usual is None else f", usually {one.usual:+.1f}"
    return f"{' and '.join(one.parties)}: {one.week:+.1f} a day this week{usual}; {_TREND[one.trend]}"


def _print_days(one: PairLevel, most: int) -> None:
    for day in one.days[-most:]:
        size = min(_WIDTH, max(1, round(abs(day.level) / 2)))
        bar = ("-" if day.level < 0 else "+") * size
        worst = f", the gravest of degree {day.worst}" if day.worst else ""
        print(f"  {day.day} {day.level:+6.1f} {bar:{_WIDTH}} {day.events} event(s){worst}")


def _line(one: PairLevel, most: int) -> dict[str, Any]:
    return {**asdict(one), "days": [asdict(day) for day in one.days[-most:]]}


async def _read(settings: Settings) -> tuple[list[PairLevel], datetime]:
    """Return the pairs as they stand at the wire's time; what has been quiet since is nearer to none."""
    from streams.rules.pair_levels import with_trend

    kafka = await connect(settings)
    found: dict[str, PairLevel] = {}
    now = SystemClock().now()
    async for topic, message in read_topics(kafka, [PAIRS, TICKS]):
        try:
            told = decode(topic, message.value)
        except MessageError:
            # A pair that is forgotten, or what the program did not write.
            continue
        if topic is PAIRS:
            found[told.pair] = told
        else:
            now = told.at
    today: date = now.date()
    return [with_trend(one, max(today, one.last.date())) for one in found.values()], now

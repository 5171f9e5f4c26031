"""`wirewatch deadlines`: the ends that ultimatums and truces set, those that are near first."""

import sys
from datetime import datetime, timedelta
from typing import Annotated, Any

import typer

from wirewatch.calendar_file import calendar
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
from wirewatch.errors import MessageError
from wirewatch.messages import DeadlineNotice
from wirewatch.settings import Settings
from wirewatch.tail import read_topics
from wirewatch.topics import DEADLINES, TICKS


@cli.command()
def deadlines(
    days: Annotated[
        int, typer.Option("--days", help="Those that fall due within so many days.", min=0, max=400)
    ] = 14,
    *,
    every: Annotated[
        bool, typer.Option("--all", help="All that are known, those that are over as well.")
    ] = False,
    ics: Annotated[bool, typer.Option("--ics", "--ical", help="Print them as iCalendar.")] = False,
    config: ConfigOption = None,
    state: StateOption = None,
    json: JsonOption = False,
) -> None:
    """List the deadlines that are near: when, who set it, and the sentence that says so."""
    known, now = run(_read(settings_of(config, state)))
    near = [
        one for one in known if every or now - timedelta(days=1) < one.until <= now + timedelta(days=days)
    ]
    if ics:
        sys.stdout.write(calendar(near, now))
    elif json:
        print_json([_line(one, now) for one in near])
    else:
        for one in near:
            print(
                f"{one.until:%d %B %Y %H:%M} UTC  {one.kind}, {_left(one, now)}; set by {one.set_by or 'nobody named'}"
            )
            print(f"    “{one.sentence}” ({one.source}, {one.told:%d %B %Y})")
        if not near:
            print(f"No deadline falls due within {days} days; {len(known)} known in all (--all).")


def _line(one: DeadlineNotice, now: datetime) -> dict[str, Any]:
    return {
        "id": one.id, "due": one.due, "until": one.until, "passed": one.until <= now, "kind": one.kind,
        "set_by": one.set_by, "phrase": one.phrase, "sentence": one.sentence, "headline": one.title,
        "source": one.source, "url": one.url, "told": one.told, "cluster": one.cluster, "story": one.story,
    }  # fmt: skip


def _left(one: DeadlineNotice, now: datetime) -> str:
    hours = (one.until - now).total_seconds() / 3600
    if hours <= 0:
        return "passed"
    return f"in {hours:.0f} hours" if hours < 48 else f"in {hours / 24:.0f} days"


async def _read(settings: Settings) -> tuple[list[DeadlineNotice], datetime]:
    """Return what is known, the nearest first, and the time that the wire has: the demo's is its own."""
    kafka = await connect(settings)
    found: dict[str, DeadlineNotice] = {}
    now = SystemClock().now()
    async for topic, message in read_topics(kafka, [DEADLINES, TICKS]):
        try:
            told = decode(topic, message.value)
        except MessageError:
            # What the program did not write is not its word.
            continue
        if topic is DEADLINES:
            found[told.id] = told
        else:
            now = told.at
    return sorted(found.values(), key=lambda one: (one.until, one.id)), now

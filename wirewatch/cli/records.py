"""`wirewatch records`: what record stands for each metric, and an editor's word on it."""

import getpass
import math
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Annotated, Final

import msgspec
import typer

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
from wirewatch.errors import BrokerError, InputError, MessageError
from wirewatch.messages import (
    Declared,
    DeclaredRecord,
    Direction,
    RecordStep,
    Setting,
    StandingRecord,
    Subject,
)
from wirewatch.record_file import read_records
from wirewatch.setting import send_settings
from wirewatch.settings import Settings
from wirewatch.tail import read_topics
from wirewatch.topics import RECORDS

record_commands = typer.Typer(
    help="Show what record stands for each metric, and set it right.", no_args_is_help=True
)
cli.add_typer(record_commands, name="records")

ByOption = Annotated[
    str | None, typer.Option("--by", help="Who says so; else the user's name.", show_default=False)
]
MAX_SOURCE: Final = 300


@record_commands.command("list")
def list_records(
    words: Annotated[
        list[str] | None,
        typer.Argument(help="Only metrics that these words name: drones, UAVs, raids on Ukraine."),
    ] = None,
    config: ConfigOption = None,
    state: StateOption = None,
    json: JsonOption = False,
) -> None:
    """Show the record that stands for each metric. Without a Kafka, what the packs bring along."""
    found = _pages(settings_of(config, state))
    wanted = [page for page in found.values() if _is_named(page, " ".join(words or ()).casefold().split())]
    wanted = [page for page in sorted(wanted, key=lambda page: page.metric) if page.standing is not None]
    if json:
        print_json(wanted)
        return
    for page in wanted:
        unit = page.subject.unit or ""
        print(f"{page.metric:50} {_step(page.standing)} {unit}  [{page.declared}]".rstrip())
    if not wanted:
        print("No record stands.")


@record_commands.command()
def show(
    metric: str, config: ConfigOption = None, state: StateOption = None, json: JsonOption = False
) -> None:
    """Show a metric's standing record and those before it, with who said so."""
    page = _known(_pages(settings_of(config, state)), metric)
    if json:
        print_json(page)
        return
    subject = page.subject
    said = (subject.unit, subject.action, subject.actor, subject.place, *subject.terms)
    print(
        f"{page.metric}: {', '.join(word for word in said if word)}; {page.direction}, declared by {page.declared}"
    )
    for step in page.steps:
        link = f"  {step.url}" if step.url else ""
        print(f"  {_step(step)}, {step.source}{link}")
    if page.standing is None:
        print("  nothing stands: it was taken back")


@record_commands.command("set")
def set_record(
    metric: str,
    figure: float,
    *,
    day: Annotated[
        str | None, typer.Option("--date", help="The day of the record (2025-06-01); else today.")
    ] = None,
    source: Annotated[
        str | None, typer.Option("--source", help="Who counted, or where to check it; else who says so.")
    ] = None,
    by: ByOption = None,
    unit: Annotated[str | None, typer.Option("--unit", help="What a new metric counts.")] = None,
    place: Annotated[str | None, typer.Option("--place", help="Where, for a new metric.")] = None,
    actor: Annotated[str | None, typer.Option("--actor", help="Who does it, for a new metric.")] = None,
    action: Annotated[str | None, typer.Option("--action", help="What is done, for a new metric.")] = None,
    lowest: Annotated[
        bool, typer.Option("--lowest", help="The smallest figure is the new metric's record.")
    ] = False,
    config: ConfigOption = None,
    state: StateOption = None,
    json: JsonOption = False,
) -> None:
    """Set what stands for a metric. It is kept and wins: nothing that was told until that day beats it.

    A metric that nobody knows is opened where --unit says what it counts.
    """
    settings = settings_of(config, state)
    by = by or _user()
    source = source or by
    day = day or SystemClock().now().date().isoformat()
    _check(figure, day, source)
    known = _pages(settings, need_kafka=True)
    if metric in known:
        value = f"{figure!r} {day} {' '.join(source.split())}"
    elif unit is None:
        raise InputError(
            f"No metric {metric!r} is known{_near(metric, known)}; to open it say what it counts: --unit"
        )
    else:
        direction: Direction = "min" if lowest else "max"
        value = _declared(
            Declared(Subject(unit, action, actor, place), (DeclaredRecord(figure, day, source),), direction)
        )
    _send(settings, [(metric, value)], by, json)


@record_commands.command()
def retract(
    metric: str,
    day: Annotated[
        str | None, typer.Option("--date", help="The record of this day, instead of what stands.")
    ] = None,
    *,
    by: ByOption = None,
    config: ConfigOption = None,
    state: StateOption = None,
    json: JsonOption = False,
) -> None:
    """Take back what stands for a metric, or the record of one day: what stood before it stands again."""
    settings = settings_of(config, state)
    page = _known(_pages(settings, need_kafka=True), metric)
    if day is not None:
        _check(0, day, "retracted")
        if day not in {step.date for step in page.steps}:
            raise InputError(f"{metric} has no record of {day}; `wirewatch records show {metric}` lists them")
    _send(settings, [(metric, "retract" if day is None else f"retract {day}")], by, json)


@record_commands.command("import")
def import_records(
    file: Annotated[
        Path, typer.Argument(help="TOML as the packs are written, or JSON of `records list --json`.")
    ],
    by: ByOption = None,
    config: ConfigOption = None,
    state: StateOption = None,
    json: JsonOption = False,
) -> None:
    """Bring in standing records with their days and sources. All of the file is checked before any of it is sent."""
    from streams.rules.metrics import meaning_of, metric_name

    settings = settings_of(config, state)
    entries = [
        (name or metric_name(meaning_of(declared.subject), declared.direction), _declared(declared))
        for name, declared in read_records(file)
    ]
    _send(settings, entries, by, json)


def _send(settings: Settings, entries: list[tuple[str, str]], by: str | None, json: bool) -> None:
    now = SystemClock().now()
    who = by or _user()
    sent = [Setting(f"record/{metric}", value, who, now) for metric, value in entries]

    async def work() -> int:
        return await send_settings(await connect(settings), sent)

    run(work())
    if json:
        print_json(sent)
        return
    for setting in sent:
        print(f"{setting.key.partition('/')[2]}: sent; it holds as soon as the ledger has read it")


def _declared(declared: Declared) -> str:
    return msgspec.json.encode(declared).decode()


def _pages(settings: Settings, *, need_kafka: bool = False) -> dict[str, StandingRecord]:
    """Return every metric's page: the packs', and what the ledger made of them and of the news."""
    now = SystemClock().now()
    pages = _packed(now)

    async def read() -> None:
        kafka = await connect(settings)
        async for _, message in read_topics(kafka, [RECORDS]):
            try:
                found = decode(RECORDS, message.value)
            except MessageError:
                # What the ledger did not write is not its word.
                continue
            pages[found.metric] = found

    try:
        run(read())
    except BrokerError:
        if need_kafka:
            raise
    return pages


def _packed(now: datetime) -> dict[str, StandingRecord]:
    from streams.rules.packs import packed_pages
    from streams.rules.pages import standing_record

    found = (standing_record(page, now.date()) for page in packed_pages())
    return {page.metric: page for page in found if page is not None}


def _known(pages: dict[str, StandingRecord], metric: str) -> StandingRecord:
    if metric not in pages:
        raise InputError(
            f"No metric {metric!r} is known{_near(metric, pages)} (`wirewatch records list` shows all)"
        )
    return pages[metric]


def _is_named(page: StandingRecord, words: list[str]) -> bool:
    """Whether each word stands in the metric's name or means a part of it: "uav" the drones, "heat" the temperature."""
    from streams.rules.gazetteer import place_of
    from streams.rules.metrics import action_of, meaning_of, noise, unit_meaning

    meaning = meaning_of(page.subject)
    return all(
        word in page.metric
        or unit_meaning(word) & meaning.units
        or (meaning.action is not None and action_of(word) == meaning.action)
        or (meaning.place is not None and place_of(word) == meaning.place)
        or word in noise()
        for word in words
    )


def _near(metric: str, known: dict[str, StandingRecord]) -> str:
    from wirewatch.config_values import suggest

    return suggest(metric, known)


def _check(figure: float, day: str, source: str) -> None:
    try:
        told = date.fromisoformat(day)
    except ValueError as error:
        raise InputError(f"{day!r} is no day; write it as 2025-06-01") from error
    if told > SystemClock().now().date() + timedelta(days=1):
        # Where it is tomorrow already, it is a day more.
        raise InputError(f"{day} is still to come: a record is of the day on which it fell")
    if not math.isfinite(figure):
        raise InputError(f"{figure} is no figure")
    if not source.strip() or len(source) > MAX_SOURCE:
        raise InputError(f"A source is needed, of at most {MAX_SOURCE} characters")


def _step(step: RecordStep | None) -> str:
    if step is None:
        return "nothing"
    figure = f"{step.figure:,.6f}".rstrip("0").rstrip(".")
    about = "" if step.qualifier == "exact" else f"{step.qualifier.replace('_', ' ')} "
    return f"{about}{figure} of {step.date or 'an older day'}"


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "command line"

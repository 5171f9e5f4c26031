"""`wirewatch alerts`: what an editor does to an alert, by command: acknowledge, claim, snooze, mark, mute."""

import getpass
from datetime import UTC, datetime, timedelta
from typing import Annotated, Final

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
from wirewatch.config_values import MistakeError, seconds
from wirewatch.editorial import command, mute, send_command, unmute
from wirewatch.errors import InputError, MessageError
from wirewatch.kafka import KafkaConnection
from wirewatch.messages import Act, Alert, Command
from wirewatch.setting import send_settings
from wirewatch.settings import Settings
from wirewatch.tail import read_topics
from wirewatch.topics import ALERTS

alert_commands = typer.Typer(
    help="What an editor does to an alert: acknowledge, claim, snooze, mark, mute.", no_args_is_help=True
)
cli.add_typer(alert_commands, name="alerts")

AlertArgument = Annotated[
    str, typer.Argument(help="An alert's id, its cluster's, or the url of a story of it.")
]
ByOption = Annotated[
    str | None, typer.Option("--by", help="Your name; else the system's.", show_default=False)
]
NoteOption = Annotated[str, typer.Option("--note", help="In your own words.", show_default=False)]
UntilOption = Annotated[str, typer.Option("--until", help="How long (2h, 3d), or when (2025-06-01T08:00).")]
MAX_NAME: Final = 100
MAX_NOTE: Final = 500


@alert_commands.command()
def acknowledge(
    alert: AlertArgument, *, by: ByOption = None, note: NoteOption = "",
    config: ConfigOption = None, state: StateOption = None, json: JsonOption = False,
) -> None:  # fmt: skip
    """Say that you have seen it: it escalates to nobody."""
    _act("acknowledge", alert, settings_of(config, state), by=by, note=note, json=json)


@alert_commands.command()
def claim(
    alert: AlertArgument, *, by: ByOption = None, note: NoteOption = "",
    config: ConfigOption = None, state: StateOption = None, json: JsonOption = False,
) -> None:  # fmt: skip
    """Say that it is yours."""
    _act("claim", alert, settings_of(config, state), by=by, note=note, json=json)


@alert_commands.command()
def release(
    alert: AlertArgument, *, by: ByOption = None, config: ConfigOption = None, state: StateOption = None,
    json: JsonOption = False,
) -> None:  # fmt: skip
    """Say that it is nobody's any more."""
    _act("release", alert, settings_of(config, state), by=by, json=json)


@alert_commands.command("hand-over")
def hand_over(
    alert: AlertArgument, *, to: Annotated[str, typer.Option("--to", help="Whose it is from now on.")],
    by: ByOption = None, note: NoteOption = "",
    config: ConfigOption = None, state: StateOption = None, json: JsonOption = False,
) -> None:  # fmt: skip
    """Hand it over to somebody else."""
    _act("hand_over", alert, settings_of(config, state), by=by, note=note, to=to, json=json)


@alert_commands.command()
def snooze(
    alert: AlertArgument, *, until: UntilOption = "1h", by: ByOption = None, note: NoteOption = "",
    config: ConfigOption = None, state: StateOption = None, json: JsonOption = False,
) -> None:  # fmt: skip
    """Hold its revisions back for a time; one that makes it a flash comes all the same."""
    _act("snooze", alert, settings_of(config, state), by=by, note=note, until=_until(until), json=json)


@alert_commands.command()
def wake(
    alert: AlertArgument, *, by: ByOption = None, config: ConfigOption = None, state: StateOption = None,
    json: JsonOption = False,
) -> None:  # fmt: skip
    """End its snooze."""
    _act("wake", alert, settings_of(config, state), by=by, json=json)


@alert_commands.command()
def wrong(
    alert: AlertArgument, *, by: ByOption = None, note: NoteOption = "",
    config: ConfigOption = None, state: StateOption = None, json: JsonOption = False,
) -> None:  # fmt: skip
    """Mark it as wrong: it should not have rung."""
    _act("wrong", alert, settings_of(config, state), by=by, note=note, json=json)


@alert_commands.command()
def right(
    alert: AlertArgument, *, by: ByOption = None, note: NoteOption = "",
    config: ConfigOption = None, state: StateOption = None, json: JsonOption = False,
) -> None:  # fmt: skip
    """Mark it as right."""
    _act("right", alert, settings_of(config, state), by=by, note=note, json=json)


@alert_commands.command()
def missing(
    story: Annotated[str, typer.Argument(help="The id or url of the story that should have rung.")],
    *, desk: Annotated[str, typer.Option("--desk", help="The desk that missed it.", show_default=False)] = "",
    by: ByOption = None, note: NoteOption = "",
    config: ConfigOption = None, state: StateOption = None, json: JsonOption = False,
) -> None:  # fmt: skip
    """Mark a story that should have rung and did not."""
    settings = settings_of(config, state)
    known = {each.id for each in settings.desks}
    if desk and desk not in known:
        raise InputError(f"{desk!r} is no desk of the configuration")
    act = command(
        "missing", "", by=_who(by), at=SystemClock().now(), note=_note(note), desk=desk, story=story
    )
    _send(settings, act, json=json)


@alert_commands.command("mute")
def mute_something(
    *, words: Annotated[str | None, typer.Option("--words", help="Words of a headline.", show_default=False)] = None,
    metric: Annotated[str | None, typer.Option("--metric", help="A metric.", show_default=False)] = None,
    cluster: Annotated[str | None, typer.Option("--cluster", help="A cluster.", show_default=False)] = None,
    until: Annotated[str, typer.Option("--until", help="How long, when, or always.")] = "always",
    lift: Annotated[bool, typer.Option("--lift", help="Lift the mute instead.")] = False,
    by: ByOption = None, config: ConfigOption = None, state: StateOption = None, json: JsonOption = False,
) -> None:  # fmt: skip
    """Hear nothing of a cluster, a metric or some words for a time."""
    named = [(kind, what.strip()) for kind, what in
             (("words", words), ("metric", metric), ("cluster", cluster)) if what and what.strip()]  # fmt: skip
    if len(named) != 1:
        raise InputError("Name one thing to mute: --words, --metric or --cluster")
    kind, what = named[0]
    now, who = SystemClock().now(), _who(by)
    made = (
        unmute(kind, what, by=who, at=now)  # type: ignore[arg-type]
        if lift
        else mute(kind, what, by=who, at=now, until=None if until == "always" else _until(until))  # type: ignore[arg-type]
    )
    settings = settings_of(config, state)

    async def work() -> int:
        return await send_settings(await connect(settings), [made])

    run(work())
    if json:
        print_json(made)
    else:
        print(f"{made.key}: {'lifted' if lift else made.value}")


def _act(
    act: Act, wanted: str, settings: Settings, *, by: str | None, json: bool, note: str = "", to: str = "",
    until: datetime | None = None,
) -> None:  # fmt: skip
    now, who = SystemClock().now(), _who(by)

    async def work() -> Command:
        kafka = await connect(settings)
        alert = await _find(kafka, wanted)
        made = command(
            act, alert.body.cluster, by=who, at=now, until=until, note=_note(note), to=_name(to) if to else "",
            alert=alert.id, desk=alert.body.desk, story=alert.story,
        )  # fmt: skip
        await send_command(kafka, made)
        return made

    _say(run(work()), json=json)


def _send(settings: Settings, act: Command, *, json: bool) -> None:
    async def work() -> None:
        await send_command(await connect(settings), act)

    run(work())
    _say(act, json=json)


def _say(act: Command, *, json: bool) -> None:
    if json:
        print_json(act)
    else:
        print(f"{act.act.replace('_', ' ')}: {act.cluster or act.story}, by {act.by}")


async def _find(kafka: KafkaConnection, wanted: str) -> Alert:
    """Return the newest revision of an alert that a person means."""
    found: Alert | None = None
    async for topic, message in read_topics(kafka, (ALERTS,)):
        if message.value is None:
            continue
        try:
            alert = decode(topic, message.value)
        except MessageError:
            continue
        names = {alert.id, alert.body.cluster, alert.story, alert.story_url, alert.body.url}
        if wanted in names and (found is None or alert.at >= found.at):
            found = alert
    if found is None:
        raise InputError(f"No alert {wanted!r} is known: it is older than thirty days, or its id is another")
    return found


def _until(value: str) -> datetime:
    now = SystemClock().now()
    try:
        return now + timedelta(seconds=seconds(value))
    except (MistakeError, OverflowError):
        pass
    try:
        moment = datetime.fromisoformat(value)
    except ValueError as error:
        raise InputError(
            f"--until: {value!r} is neither a duration (2h) nor a moment (2025-06-01T08:00)"
        ) from error
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    if moment <= now:
        raise InputError(f"--until: {value} is over")
    return moment


def _who(by: str | None) -> str:
    if by is not None:
        return _name(by)
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "command line"


def _name(name: str) -> str:
    if not name.strip() or len(name) > MAX_NAME:
        raise InputError(f"A name is needed, of at most {MAX_NAME} characters")
    return name.strip()


def _note(note: str) -> str:
    if len(note) > MAX_NOTE:
        raise InputError(f"A note has at most {MAX_NOTE} characters")
    return note

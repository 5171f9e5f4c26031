"""`wirewatch desks`: which desks take a story, cases of the user's own, and last week under other rules."""

import sys
import tomllib
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

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
from wirewatch.config_values import MistakeError, seconds, suggest
from wirewatch.errors import InputError, MessageError
from wirewatch.messages import Alert, AnalysedStory, Command, Detection, HeldBack, Setting, Story
from wirewatch.operations.no_news import is_no_news
from wirewatch.settings import DeskSettings, Settings
from wirewatch.story_file import STORY_KEYS, story_of_mapping, story_of_text
from wirewatch.tail import read_topics
from wirewatch.topics import ALERTS, ALERTS_HELD, ANALYSED, COMMANDS, DETECTIONS, SETTINGS, Topic

if TYPE_CHECKING:
    from streams.rules.desk_replay import Difference, Heard, Told
    from streams.rules.desk_trial import Trial

desk_commands = typer.Typer(
    help="Which desks take a story, and what they would have been told under other rules.",
    no_args_is_help=True,
)
cli.add_typer(desk_commands, name="desks")

SinceOption = Annotated[str, typer.Option("--since", help="How far back: 7d, 12h.")]
# What was told shortly before is known to the rules.
WARM_UP: Final = timedelta(days=4)
_CASE_KEYS: Final = {"name", "desks"}


@desk_commands.command()
def route(
    story: Annotated[str, typer.Argument(help="A story's id or url; - for a text on stdin.")],
    config: ConfigOption = None,
    state: StateOption = None,
    json: JsonOption = False,
) -> None:
    """Say which desks take a story, and why the others do not.

    It is judged as if nothing had been told before, and without the time: no quiet hours, no cap, no mute.

    For example: echo "Russia launches 900 drones, a record" | wirewatch desks route -
    """
    from streams.rules.desk_trial import try_desks

    settings = settings_of(config, state)
    desks = _desks(settings)
    if story == "-":
        told = story_of_text(_typed(), SystemClock().now())
        detection = _judge(told)
    else:
        told, detection = run(_find(settings, story))
    lines = _lines(told, desks, try_desks(desks, detection, told.at))
    if json:
        print_json(lines)
        return
    print(
        f"{lines['title']}\n  {lines['kind'] or 'nothing to tell'}{', ' + lines['priority'] if lines['priority'] else ''}"
    )
    for each in lines["desks"]:
        what = (
            f"takes it, to {', '.join(each['endpoints'])}"
            if each["takes"]
            else f"{each['reason']}: {each['detail']}"
        )
        print(f"  {each['desk']}: {what}")


@desk_commands.command("test")
def hold_cases(
    file: Annotated[
        Path, typer.Argument(help="Cases, TOML: tables [\\[case]] with a story and the desks that take it.")
    ],
    config: ConfigOption = None,
    state: StateOption = None,
    json: JsonOption = False,
) -> None:
    """Hold cases of your own against the desks as configured; exit 1 where one gets other desks than it expects.

    A case has a title, and beside it summary, text, source, tier, lang, published, url or name.
    """
    from streams.rules.desk_trial import try_desks

    settings = settings_of(config, state)
    desks = _desks(settings)
    results = []
    for name, expected, story in _cases(file, {desk.id for desk in desks}):
        trial = try_desks(desks, _judge(story), story.at)
        results.append({
            "name": name, "passed": set(trial.takes) == set(expected), "expected": sorted(expected),
            "got": sorted(trial.takes),
            "why": {desk: f"{hold.reason}: {hold.detail}" for desk, hold in trial.holds.items() if desk in expected},
        })  # fmt: skip
    failed = sum(not each["passed"] for each in results)
    if json:
        print_json({"passed": len(results) - failed, "failed": failed, "cases": results})
    else:
        for each in results:
            print(f"{'pass' if each['passed'] else 'FAIL'}  {each['name']}")
            if not each["passed"]:
                print(f"      expected {_names(each['expected'])}; got {_names(each['got'])}")
                for desk, why in each["why"].items():  # type: ignore[attr-defined]
                    print(f"      {desk}: {why}")
        print(f"{len(results) - failed} passed, {failed} failed")
    if failed:
        raise typer.Exit(1)


@desk_commands.command()
def replay(
    since: SinceOption = "7d",
    config: ConfigOption = None,
    state: StateOption = None,
    json: JsonOption = False,
) -> None:
    """Say what desks would have been told since then under the rules of --config, beside what they were told.

    + is told anew, - no more, ~ otherwise. For example: wirewatch desks replay --since 7d --config new.toml
    """
    from streams.rules import desk_replay

    settings = settings_of(config, state)
    desks = _desks(settings)
    start = since_when(since)
    heard, sent, marks, waits = run(_history(settings, start))
    before = desk_replay.tell(sent)
    again = desk_replay.replay(heard, desks, settings.alerts, settings.own_outlets)
    after = desk_replay.tell(alert for alert in again if alert.at >= start)
    still = desk_replay.still_waiting(before, after, waits, heard[-1][0] if heard else start)
    after = {key: told for key, told in after.items() if key not in still}
    found = desk_replay.differences(before, after, marks)
    counts = {
        change: sum(one.change == change for one in found) for change in ("added", "removed", "changed")
    }
    if json:
        print_json({"since": start, "told": len(before), "would_be_told": len(after),
                    "waiting": len(still), **counts,
                    "differences": [_difference(one) for one in found]})  # fmt: skip
        return
    print(f"Since {start:%d %B %H:%M} UTC: {len(before)} alerts by desk were told, {len(after)} would be.")
    for one in found:
        print(_difference_line(one))
    print(", ".join(f"{count} {change}" for change, count in counts.items()))
    if still:
        print(f"{len(still)} not told yet, and would still wait.")


def since_when(since: str) -> datetime:
    """Return the moment so long ago.

    Raises:
        InputError: it is no duration.
    """
    try:
        return SystemClock().now() - timedelta(seconds=seconds(since))
    except (MistakeError, OverflowError) as error:
        raise InputError(f"--since: {error}") from error


def _typed() -> str:
    try:
        return sys.stdin.buffer.read().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(
            f"The text is no UTF-8 at byte {error.start}; convert it, for example with iconv"
        ) from error


def _desks(settings: Settings) -> tuple[DeskSettings, ...]:
    if not settings.desks:
        raise InputError("No desk is configured: add [[desks]]")
    return settings.desks


def _judge(story: Story) -> Detection | None:
    """Return what a story says, judged by itself."""
    from streams.rules.replay import Replay

    return Replay((), Settings().alerts, None).handle(story).detection


async def _find(settings: Settings, wanted: str) -> tuple[Story, Detection | None]:
    kafka = await connect(settings)
    story: Story | None = None
    detection: Detection | None = None
    async for topic, message in read_topics(kafka, (ANALYSED, DETECTIONS)):
        value = _decoded(topic, message.value)
        if isinstance(value, AnalysedStory) and wanted in {value.story.id, value.story.url}:
            story = value.story
        elif isinstance(value, Detection) and wanted in {value.story.id, value.story.url}:
            story, detection = story or value.story, value
    if story is None:
        raise InputError(
            f"No story {wanted!r} is known: it is older than seven days, or its id or url is another"
        )
    return story, detection


async def _history(
    settings: Settings, start: datetime
) -> tuple[list[tuple[datetime, "Heard"]], list[Alert], dict[str, str], set[tuple[str, str]]]:
    """Return what desks heard, with what came shortly before; what they sent since; marks by cluster; what waits."""
    from streams.rules.holds import WAITS

    kafka = await connect(settings)
    heard: list[tuple[datetime, Heard]] = []
    sent: list[Alert] = []
    marks: dict[str, str] = {}
    newest: dict[str, datetime] = {}
    told_at: dict[str, datetime] = {}
    held: dict[tuple[str, str], HeldBack] = {}
    async for topic, message in read_topics(kafka, (ALERTS, ALERTS_HELD, DETECTIONS, SETTINGS, COMMANDS)):
        value = _decoded(topic, message.value)
        if isinstance(value, Alert | HeldBack):
            # The time by which desks decided is their ticks', and stands in what they said of a story.
            told_at.setdefault(value.story, value.at)
            if isinstance(value, Alert):
                sent += [value] if value.at >= start else []
            elif (known_hold := held.get((value.desk, value.cluster))) is None or known_hold.at <= value.at:
                held[value.desk, value.cluster] = value
            continue
        if isinstance(value, Command) and value.act in ("wrong", "right", "missing"):
            marks[value.cluster or value.story] = value.act
        if value is None:
            continue
        # What stood behind another on its topic comes behind it here too.
        known = newest.get(topic.name)
        own = (
            told_at.get(value.story.id, known or value.story.fetched)
            if isinstance(value, Detection)
            else value.at
        )
        newest[topic.name] = at = max(known or own, own)
        if at >= start - WARM_UP or isinstance(value, Setting):
            heard.append((at, value))
    waits = {key for key, one in held.items() if one.reason in WAITS}
    return sorted(heard, key=lambda one: one[0]), sent, marks, waits


def _decoded(topic: Topic, value: bytes | None) -> Any:
    if value is None:
        return None
    try:
        found = decode(topic, value)
    except MessageError:
        return None
    return None if is_no_news(found) else found


def _cases(file: Path, known: set[str]) -> list[tuple[str, tuple[str, ...], Story]]:
    try:
        document = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise InputError(f"{file} cannot be read: {error}") from error
    given = document.get("case")
    if not isinstance(given, list) or not given:
        raise InputError(f"{file} has no [[case]]")
    return [_case(file, number, each, known) for number, each in enumerate(given, 1)]


def _case(file: Path, number: int, given: object, known: set[str]) -> tuple[str, tuple[str, ...], Story]:
    where = f"{file}, case {number}"
    if not isinstance(given, dict) or not isinstance(given.get("desks"), list):
        raise InputError(f"{where}, needs desks, a list of names: [] where nobody is to hear of it")
    expected = tuple(str(name) for name in given["desks"])
    for name in expected:
        if name not in known:
            raise InputError(f"{where}: {name!r} is no desk of the configuration")
    fields = {key: value for key, value in given.items() if key not in _CASE_KEYS}
    for key in fields:
        if key not in STORY_KEYS:
            raise InputError(
                f"{where}: {key}: is not known{suggest(key, (*STORY_KEYS, *sorted(_CASE_KEYS)))}"
            )
    try:
        story = story_of_mapping(fields, number, SystemClock().now())
    except (ValueError, TypeError) as error:
        raise InputError(f"{where}, is no story: {error}") from error
    return str(given.get("name") or story.title), expected, story


def _lines(story: Story, desks: tuple[DeskSettings, ...], trial: "Trial") -> dict[str, Any]:
    shown = trial.shown
    return {
        "story": story.id, "title": story.title, "kind": shown.kind if shown else None,
        "priority": shown.priority if shown else None,
        "desks": [
            {"desk": desk.id, "endpoints": desk.endpoints, "takes": desk.id in trial.takes,
             "reason": trial.holds[desk.id].reason if desk.id in trial.holds else None,
             "detail": trial.holds[desk.id].detail if desk.id in trial.holds else None}
            for desk in desks
        ],
    }  # fmt: skip


def _difference(one: "Difference") -> dict[str, Any]:
    return {
        "change": one.change, "desk": one.told.desk, "cluster": one.told.cluster, "headline": one.told.headline,
        "before": _told(one.before), "after": _told(one.after), "mark": one.mark or None,
    }  # fmt: skip


def _told(one: "Told | None") -> dict[str, Any] | None:
    return None if one is None else {"priority": one.priority, "revisions": one.revisions, "at": one.at}


def _difference_line(one: "Difference") -> str:
    sign = {"added": "+", "removed": "-", "changed": "~"}[one.change]
    change = ""
    if one.before is not None and one.after is not None:
        was, now = one.before, one.after
        change = f" ({was.priority}, {was.revisions} revision(s) → {now.priority}, {now.revisions})"
    mark = f" [marked {one.mark}]" if one.mark else ""
    return f"{sign} {one.told.at:%d %b %H:%M}  {one.told.desk}: {one.told.priority}, {one.told.headline}{change}{mark}"


def _names(names: object) -> str:
    return ", ".join(names) if isinstance(names, list) and names else "nobody"

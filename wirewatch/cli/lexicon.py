"""`wirewatch lexicon test`: what a newsroom's own words would change, before they go live."""

from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

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
from wirewatch.errors import InputError, MessageError
from wirewatch.languages import LANGUAGES, primary
from wirewatch.lexicon_file import lexicon_of
from wirewatch.messages import ClusteredStory, Story
from wirewatch.settings import Settings
from wirewatch.story_file import read_stories
from wirewatch.tail import read_topics
from wirewatch.topics import CLUSTERED

if TYPE_CHECKING:
    from streams.rules.user_words import UserWords

lexicon_commands = typer.Typer(help="Try a newsroom's own words before they go live.", no_args_is_help=True)
cli.add_typer(lexicon_commands, name="lexicon")


class Change(msgspec.Struct, frozen=True):
    """What a story is with the words that hold now, and with those that are tried."""

    id: str
    title: str
    published: str
    before: str | None
    after: str | None
    words: tuple[str, ...]


@lexicon_commands.command()
def check(
    file: Annotated[
        Path | None, typer.Argument(help="The words; else lexicon.toml beside the configuration.")
    ] = None,
    config: ConfigOption = None,
    state: StateOption = None,
    json: JsonOption = False,
) -> None:
    """Check a file of words: every mistake with its line, exit 1; nothing is tried."""
    from streams.own_words import own_words

    chosen = _chosen(file, settings_of(config, state))
    number = sum(len(one.entries) for one in own_words(chosen))
    if json:
        print_json({"file": str(chosen), "words": number})
    else:
        print(f"{chosen}: {number} words, no mistakes")


@lexicon_commands.command()
def languages(
    language: Annotated[str | None, typer.Argument(help="One of them, or one that is being added.")] = None,
    config: ConfigOption = None,
    state: StateOption = None,
    json: JsonOption = False,
) -> None:
    """Say which languages are read, and check their lexicons: every mistake with its file and line, exit 1."""
    from streams.lexicons.checking import gaps
    from streams.rules.lexicon_check import problems

    feeds = settings_of(config, state).feeds
    found = {each: problems(each) for each in ([language] if language else LANGUAGES)}
    declared = {each: sum(primary(feed.language) == each for feed in feeds) for each in found}
    if json:
        shown = {each: {"mistakes": list(told), "feeds": declared[each]} for each, told in found.items()}
        print_json(shown)
    else:
        for each, told in found.items():
            said = f"{len(told)} mistake(s)" if told else "no mistakes"
            missing = () if told else gaps(each)
            print("\n  ".join([f"{each}: {said}; {declared[each]} feed(s) declare it", *told, *missing]))
    if any(found.values()):
        raise typer.Exit(1)


@lexicon_commands.command("test")
def try_words(
    file: Annotated[
        Path | None, typer.Argument(help="The words to try; else lexicon.toml beside the configuration.")
    ] = None,
    *,
    stories: Annotated[
        Path | None,
        typer.Option("--stories", help="Against this file, as `backtest` takes it, and without Kafka."),
    ] = None,
    days: Annotated[
        int, typer.Option("--days", help="Against the stories of so many days.", min=1, max=30)
    ] = 30,
    config: ConfigOption = None,
    state: StateOption = None,
    json: JsonOption = False,
) -> None:
    """Show which stories would newly alert with these words, and which no longer; nothing goes live.

    A file is held against the words that hold now; the words that hold, against none.
    """
    from streams.own_words import own_words

    settings = settings_of(config, state)
    chosen = _chosen(file, settings)
    words = own_words(chosen)
    live = lexicon_of(settings)
    now = own_words(live) if live is not None and chosen.resolve() != live else ()
    told = _of_file(stories) if stories is not None else run(_heard(settings, days))
    changes = compare(told, now, words)
    if json:
        print_json(_as_json(changes, len(told)))
    else:
        _print(changes, len(told))


def compare(
    stories: Iterable[Story], now: "tuple[UserWords, ...]", tried: "tuple[UserWords, ...]"
) -> list[Change]:
    """Return the stories that the words on trial change."""
    found = []
    for story in stories:
        before, _ = _judged(story, now)
        after, cues = _judged(story, tried)
        if before != after:
            at = story.at.date().isoformat()
            found.append(Change(story.id, story.title, at, before, after, cues))
    return found


def _judged(story: Story, words: "tuple[UserWords, ...]") -> tuple[str | None, tuple[str, ...]]:
    from streams.rules.escalation import find_escalations
    from streams.rules.figures import find_figures
    from streams.rules.reading import read
    from streams.rules.user_words import muted_reading, overruled

    reading = read(story)
    acts = muted_reading(words, reading)
    found = overruled(words, reading, find_escalations(acts, find_figures(reading)))
    if not found:
        return None, ()
    return f"{found[0].polarity} {found[0].severity}", tuple(cue.text for cue in found[0].cues)


def _as_json(changes: list[Change], number: int) -> dict[str, Any]:
    return {
        "stories": number,
        "newly": [one for one in changes if one.before is None],
        "no_longer": [one for one in changes if one.after is None],
        "changed": [one for one in changes if one.before is not None and one.after is not None],
    }


def _print(changes: list[Change], number: int) -> None:
    for heading, wanted in (
        ("would newly alert", [one for one in changes if one.before is None]),
        ("would alert no longer", [one for one in changes if one.after is None]),
        (
            "would alert otherwise",
            [one for one in changes if one.before is not None and one.after is not None],
        ),
    ):
        print(f"{len(wanted)} of {number:,} stories {heading}")
        for one in wanted:
            print(f"  {one.published}  {one.before or '-'} -> {one.after or '-'}  {one.title}")


def _chosen(file: Path | None, settings: Settings) -> Path:
    chosen = file or lexicon_of(settings)
    if chosen is None:
        raise InputError("There is no configuration that a lexicon.toml could stand beside; name a file")
    if not chosen.is_file():
        raise InputError(f"There is no lexicon {chosen}")
    return chosen


def _of_file(stories: Path) -> list[Story]:
    try:
        lines = stories.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{stories} cannot be read: {error}") from error
    return list(read_stories(lines, name=str(stories)))


async def _heard(settings: Settings, days: int) -> list[Story]:
    """Return the stories of the last days, by headline and summary: so long no text is kept."""
    since = SystemClock().now() - timedelta(days=days)
    found: dict[str, Story] = {}
    async for _, message in read_topics(await connect(settings), [CLUSTERED]):
        try:
            told = decode(CLUSTERED, message.value)
        except MessageError:
            # What the program did not write is no story.
            continue
        if isinstance(told, ClusteredStory) and told.story.fetched >= since:
            found[told.story.id] = told.story
    return list(found.values())

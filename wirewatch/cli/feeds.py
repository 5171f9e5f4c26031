"""`wirewatch feeds`: which feeds there are and how they are, what one is, and those that are added by command."""

import sys
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from connectors.advice import advice_on
from connectors.check import Checked, check_source
from connectors.entries import entry_of, read_standing, write_entries
from connectors.feed_tables import write_tables
from connectors.opml import read_opml, write_opml
from connectors.roll import Listed, roll, selected
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
from wirewatch.config_values import MistakeError, language, on_allowed_network, span
from wirewatch.errors import BrokerError, InputError
from wirewatch.kafka import KafkaConnection
from wirewatch.messages import Story
from wirewatch.network import host_of
from wirewatch.settings import FeedSettings, Settings

feed_commands = typer.Typer(help="Show, check, add and remove feeds.", no_args_is_help=True)
cli.add_typer(feed_commands, name="feeds")
FLOOR = 60.0
Form = Literal["opml", "toml"]


@feed_commands.command("list")
def list_feeds(config: ConfigOption = None, state: StateOption = None, json: JsonOption = False) -> None:
    """Show each feed: how it is, when it is due and why, what it gave and what was missed.

    Without a Kafka, those of the configuration.
    """
    settings = settings_of(config, state)

    async def look() -> list[Listed]:
        try:
            kafka = await connect(settings)
        except BrokerError:
            return roll(settings.feeds)
        standing = await read_standing(kafka)
        return roll(settings.feeds, standing)

    found = run(look())
    if json:
        print_json([each.shown() for each in found])
        return
    for each in found:
        _print_listed(each)
    if not found:
        print("No feed. Add [[feeds]] to the configuration, or `wirewatch feeds add URL`.")


@feed_commands.command()
def check(
    url_or_file: Annotated[str, typer.Argument(help="A feed's address, or a file.")],
    config: ConfigOption = None,
    state: StateOption = None,
    json: JsonOption = False,
) -> None:
    """Fetch or read one feed and print its format, schedule, problems and stories; exit 1 where it is none."""
    checked = run(check_source(url_or_file, settings_of(config, state), SystemClock()))
    if json:
        print_json(shown(checked))
    else:
        _print(checked)
    if not checked.is_readable:
        raise typer.Exit(1)


@feed_commands.command()
def add(
    url: Annotated[str, typer.Argument(help="A feed's address, or a page that names its feeds.")],
    *,
    name: Annotated[str | None, typer.Option("--name", help="The outlet, as alerts name it.")] = None,
    lang: Annotated[str | None, typer.Option("--language", help="The language of its stories.")] = None,
    tier: Annotated[int, typer.Option("--tier", min=1, max=3, help="1 to 3, 1 the best.")] = 2,
    interval: Annotated[str | None, typer.Option("--interval", help="Your own wish: 5m.")] = None,
    tag: Annotated[list[str] | None, typer.Option("--tag", help="A folder; may be given again.")] = None,
    choose: Annotated[
        str | None, typer.Option("--choose", help="Of a page's feeds: 1,3 or all.", show_default=False)
    ] = None,
    config: ConfigOption = None,
    state: StateOption = None,
    json: JsonOption = False,
) -> None:
    """Add a feed while everything runs; of a page, show the feeds that it names and add what is chosen."""
    settings = settings_of(config, state)
    wish = _interval(interval, url, settings)
    spoken = _language(lang)

    async def work() -> list[FeedSettings]:
        kafka = await connect(settings)
        checks = await _chosen(url, settings, choose)
        feeds = [
            FeedSettings(
                one.moved or one.feed.address,
                name or one.title[:200] or host_of(one.feed.address),
                language=spoken,
                tier=tier,
                interval=wish,
                tags=tuple(tag or ()),
            )
            for one in checks
        ]
        return await _add(kafka, settings, feeds, twice_is_wrong=True)

    added = run(work())
    if json:
        print_json([_feed_shown(feed) for feed in added])
        return
    for feed in added:
        print(f"Added {feed.name}: {feed.address}")


@feed_commands.command()
def remove(
    feed: Annotated[str, typer.Argument(help="Its address, name or id.")],
    config: ConfigOption = None,
    state: StateOption = None,
) -> None:
    """Remove a feed that was added by command; what it was seen to do is forgotten."""
    settings = settings_of(config, state)

    async def work() -> Listed:
        kafka = await connect(settings)
        found = selected(roll(settings.feeds, await read_standing(kafka)), feed)
        if not found.added:
            raise InputError(
                f"{found.feed.name} stands in {settings.file}; take its [[feeds]] table out of that file"
            )
        await write_entries(kafka, removed=[found.feed.id])
        return found

    print(f"Removed {run(work()).feed.name}.")


@feed_commands.command("import")
def import_feeds(
    file: Annotated[Path, typer.Argument(help="OPML, as feed readers export it.")],
    config: ConfigOption = None,
    state: StateOption = None,
    json: JsonOption = False,
) -> None:
    """Add the feeds of an OPML file, its folders as tags; those that are there already are left as they are."""
    settings = settings_of(config, state)
    try:
        feeds = read_opml(file.read_bytes())
    except OSError as error:
        raise InputError(f"{file} cannot be read: {error.strerror}") from error

    async def work() -> list[FeedSettings]:
        return await _add(await connect(settings), settings, feeds, twice_is_wrong=False)

    added = run(work())
    if json:
        print_json({"added": len(added), "there_already": len(feeds) - len(added)})
        return
    print(f"{len(added)} feeds added, {len(feeds) - len(added)} were there already.")


@feed_commands.command("export")
def export_feeds(
    file: Annotated[Path | None, typer.Argument(help="Where to; stdout unless named.")] = None,
    *,
    form: Annotated[
        Form | None, typer.Option("--format", help="Else by the file's name: .toml, or OPML.")
    ] = None,
    everything: Annotated[
        bool, typer.Option("--all", help="As TOML: those of the configuration, too.")
    ] = False,
    config: ConfigOption = None,
    state: StateOption = None,
) -> None:
    """Write all feeds as OPML, their tags as folders; or those added by command as TOML, for the configuration.

    Secret addresses stay out, and of OPML folders of files.
    """
    settings = settings_of(config, state)
    tables = form == "toml" or (form is None and file is not None and file.suffix == ".toml")

    async def look() -> list[Listed]:
        try:
            kafka = await connect(settings)
        except BrokerError:
            return roll(settings.feeds)
        return roll(settings.feeds, await read_standing(kafka))

    feeds = [each.feed for each in run(look()) if each.added or everything or not tables]
    told = [each for each in feeds if isinstance(each.url, str)]
    if tables:
        written = write_tables(told)
    else:
        told = [each for each in told if each.address.startswith("http")]
        written = write_opml(told, SystemClock().now())
    if file is None:
        sys.stdout.write(written)
    else:
        try:
            file.write_text(written, encoding="utf-8")
        except OSError as error:
            raise InputError(f"{file} cannot be written: {error.strerror}") from error
    if len(told) < len(feeds):
        print(
            f"{len(feeds) - len(told)} left out: their addresses are secret{'' if tables else ', or folders'}.",
            file=sys.stderr,
        )


async def _chosen(url: str, settings: Settings, choose: str | None) -> list[Checked]:
    """Return the feed at an address, or those of its page that are chosen.

    Raises:
        InputError: there is none that can be read, or several and no choice.
    """
    if not url.lower().startswith(("http://", "https://")):
        raise InputError(f"{url} is no address that begins with http:// or https://")
    checked = await check_source(url, settings, SystemClock())
    if checked.is_readable:
        return [checked]
    if not checked.found:
        raise _not_added(checked)
    for number, one in enumerate(checked.found, 1):
        print(f"{number:3}  {one.url}  {one.title}".rstrip(), file=sys.stderr)
    if choose is None and len(checked.found) > 1 and sys.stdin.isatty():
        choose = typer.prompt("Which? 1,3 or all", err=True)
    read = [
        await check_source(checked.found[number].url, settings, SystemClock())
        for number in _numbers(choose, len(checked.found))
    ]
    for feed in read:
        if not feed.is_readable:
            raise _not_added(feed)
    return read


def _not_added(checked: Checked) -> InputError:
    advice = advice_on(checked.state.last_error)
    said = "; ".join(checked.problems)
    return InputError(
        f"{checked.feed.address} is not added: {said}{f'; what to do: {advice}' if advice else ''}"
    )


def _numbers(choose: str | None, most: int) -> list[int]:
    if choose is None and most > 1:
        raise InputError(f"The page names {most} feeds; say which with --choose 1,3 or --choose all")
    if choose is None or choose.strip() == "all":
        return list(range(most))
    given = [part.strip() for part in choose.split(",")]
    if not all(part.isdecimal() and 1 <= int(part) <= most for part in given):
        raise InputError(f"{choose!r} is no choice among 1 to {most}; write for example 1,3 or all")
    return [int(part) - 1 for part in given]


async def _add(
    kafka: KafkaConnection, settings: Settings, feeds: list[FeedSettings], *, twice_is_wrong: bool
) -> list[FeedSettings]:
    """Add the feeds that are not there yet, and return them."""
    there = {each.feed.address: each for each in roll(settings.feeds, await read_standing(kafka))}
    new = [feed for feed in feeds if feed.address not in there]
    if twice_is_wrong and len(new) < len(feeds):
        old = next(there[feed.address] for feed in feeds if feed.address in there)
        raise InputError(f"{old.feed.name} is there already, with this address")
    now = SystemClock().now()
    await write_entries(kafka, added=[entry_of(feed, now) for feed in new])
    return new


def _interval(given: str | None, url: str, settings: Settings) -> float | None:
    if given is None:
        return None
    try:
        wish = span(given)
    except MistakeError as error:
        raise InputError(f"--interval: {error}") from error
    if wish < FLOOR and not on_allowed_network(url, settings.http.allow_networks):
        raise InputError("--interval is under 60s, which is for feeds on [http] allow_networks alone")
    return wish


def _language(given: str | None) -> str | None:
    try:
        return None if given is None else language(given)
    except MistakeError as error:
        raise InputError(f"--language: {error}") from error


def _feed_shown(feed: FeedSettings) -> dict[str, Any]:
    return {"id": feed.id, "name": feed.name, "url": feed.address, "tags": list(feed.tags)}


def shown(checked: Checked) -> dict[str, Any]:
    """Return what was found as plain values."""
    return {
        "format": checked.format or None,
        "items": checked.items,
        "problems": list(checked.problems),
        # Nothing is due of a feed that is no more.
        "next_due": None if checked.state.health == "gone" else checked.state.due,
        "reason": checked.state.why_due,
        "stories": [story_shown(story) for story in checked.stories],
        "title": checked.title,
        "language": checked.language,
        "interval": checked.state.interval,
        "health": checked.state.health,
        "moved": checked.moved,
        "found": [{"url": each.url, "title": each.title} for each in checked.found],
    }


def story_shown(story: Story) -> dict[str, Any]:
    """Return a story as it would be sent, as plain values."""
    return {
        "title": story.title,
        "url": story.url,
        "published": story.published,
        "summary": story.summary,
        "language": story.lang,
        "text": story.text,
        "id": story.id,
        "version": story.version,
        "identity": story.identity,
        "fetched": story.fetched,
        "problems": list(story.problems),
        "withdrawn": story.withdrawn,
        "correction": story.correction,
    }


def _print(checked: Checked) -> None:
    state = checked.state
    if not checked.is_readable:
        print("No feed that can be read.")
    else:
        named = f", “{checked.title}”" if checked.title else ""
        spoken = f", in {checked.language}" if checked.language else ""
        print(f"{checked.format}{named}{spoken}: {checked.items} item{'' if checked.items == 1 else 's'}")
    due = "Never due again" if state.health == "gone" else f"Next due {state.due:%Y-%m-%d %H:%M:%S} UTC"
    print(f"{due}: {state.why_due}")
    for problem in checked.problems:
        print(f"  problem: {problem}")
    if not checked.found and (advice := advice_on(state.last_error)):
        print(f"  what to do: {advice}")
    for each in checked.found:
        print(f"  the page names {each.url}  {each.title}".rstrip())
    for story in checked.stories:
        dated = f"{story.published:%Y-%m-%d %H:%M}" if story.published else "without date   "
        print(f"{dated}  {story.title}\n                  {story.url or 'without link'}")
        for problem in story.problems:
            print(f"                  problem: {problem}")


def _print_listed(each: Listed) -> None:
    state = each.state
    tags = f"  [{', '.join(each.feed.tags)}]" if each.feed.tags else ""
    if state is None:
        print(f"{'new':8} {each.feed.name}  {each.url}{tags}\n         never polled")
        return
    print(f"{state.health:8} {each.feed.name}  {state.url}{tags}")
    due = "left alone" if state.health == "gone" else f"due {state.due:%Y-%m-%d %H:%M:%S} UTC"
    print(f"         {due} ({state.why_due}); {state.stories} stories, {state.format or 'not read yet'}")
    if state.last_error:
        print(f"         {state.last_error}")
        if advice := advice_on(state.last_error):
            print(f"         what to do: {advice}")
    if state.last_gap:
        print(f"         {state.gaps} gap(s), the last {state.last_gap:%Y-%m-%d %H:%M} UTC")
    for problem in state.problems:
        print(f"         problem: {problem}")

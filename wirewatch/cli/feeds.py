"""`wirewatch feeds`: which feeds there are and how they are, and what one address or file is."""

from typing import Annotated, Any

import typer

from connectors.check import Checked, check_source
from wirewatch.cli.app import ConfigOption, JsonOption, StateOption, cli, print_json, run, settings_of
from wirewatch.clock import SystemClock
from wirewatch.messages import Story

feed_commands = typer.Typer(help="Show, check, add and remove feeds.", no_args_is_help=True)
cli.add_typer(feed_commands, name="feeds")


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


def shown(checked: Checked) -> dict[str, Any]:
    """Return what was found as plain values."""
    return {
        "format": checked.format or None,
        "items": checked.items,
        "problems": list(checked.problems),
        "next_due": checked.state.due,
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
        language = f", in {checked.language}" if checked.language else ""
        print(f"{checked.format}{named}{language}: {checked.items} items")
    print(f"Next due {state.due:%Y-%m-%d %H:%M:%S} UTC: {state.why_due}")
    for problem in checked.problems:
        print(f"  problem: {problem}")
    for each in checked.found:
        print(f"  the page names {each.url}  {each.title}".rstrip())
    for story in checked.stories:
        dated = f"{story.published:%Y-%m-%d %H:%M}" if story.published else "without date   "
        print(f"{dated}  {story.title}\n                  {story.url or 'without link'}")
        for problem in story.problems:
            print(f"                  problem: {problem}")

"""`wirewatch status`: whether all is well: how far behind each stage is, what fails, waits, is dead."""

from datetime import UTC, datetime
from typing import Annotated, Any, Final

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
from wirewatch.errors import BrokerError
from wirewatch.messages import FeedState
from wirewatch.operations.illness import Ill, Survey, ills, no_kafka
from wirewatch.operations.survey import READS, Surveyor
from wirewatch.settings import Settings
from wirewatch.topics import DEAD

LOOK_AGAIN: Final = 2.0
CLEAR: Final = "\033[H\033[2J"


@cli.command()
def status(
    config: ConfigOption = None,
    state: StateOption = None,
    watch: Annotated[
        bool, typer.Option("--watch", help="Look again every two seconds, until Ctrl-C.")
    ] = False,
    json: JsonOption = False,
) -> None:
    """Show whether all is well: each stage, the feeds, what is undelivered or dead. Exit 1 when something is ill."""
    settings = settings_of(config, state)
    clock = SystemClock()

    async def work() -> bool:
        while True:
            found, well = await _look(settings)
            if watch and not json:
                print(CLEAR, end="")
            (print_json if json else _print)(found)
            if not watch:
                return well
            await clock.sleep(LOOK_AGAIN)

    try:
        well = run(work())
    except KeyboardInterrupt:
        return
    if not well:
        raise typer.Exit(1)


async def _look(settings: Settings) -> tuple[dict[str, Any], bool]:
    try:
        kafka = await connect(settings)
        async with Surveyor(kafka, SystemClock()) as surveyor:
            survey = await surveyor.look(feed.id for feed in settings.feeds)
    except BrokerError as error:
        servers = settings.kafka.bootstrap_servers or "the embedded broker"
        return {"well": False, "ills": [no_kafka(servers, str(error))], "kafka": None}, False
    found = ills(survey)
    return _told(settings, survey, found), not found


def _told(settings: Settings, survey: Survey, found: tuple[Ill, ...]) -> dict[str, Any]:
    failing = [feed for feed in survey.feeds.values() if feed.failures]
    return {
        "well": not found,
        "ills": found,
        "kafka": survey.kafka,
        "stages": {
            name: {
                "members": stage.members,
                "lag": stage.behind,
                "lag_seconds": 0.0
                if stage.oldest is None
                else round((survey.at - stage.oldest).total_seconds(), 3),
            }
            for name, stage in survey.stages.items()
        },
        "canary_seconds": _canary_seconds(survey),
        "topics": survey.ends,
        "lag": {name: survey.stages[name].behind for name, topic in READS.items() if topic is not None},
        "feeds": {
            "configured": len(settings.feeds),
            "added": len(survey.feeds.keys() - {feed.id for feed in settings.feeds}),
            "polled": sum(feed.known for feed in survey.feeds.values()),
            "failing": [
                {
                    "feed": _feed_name(settings, feed),
                    "failures": feed.failures,
                    "error": feed.last_error,
                    "due": feed.due,
                }
                for feed in failing
            ],
        },
        "pending": [
            {
                "alert": each.alert.id,
                "endpoint": each.alert.endpoint,
                "attempts": each.attempts,
                "due": each.due,
                "reason": each.last_reason,
            }
            for each in survey.pending
        ],
        "dead": survey.ends[DEAD.name],
    }


def _canary_seconds(survey: Survey) -> float | None:
    """Return how long the newest canary took that arrived."""
    arrived = [(sent, when) for sent, when in survey.canaries.items() if when is not None]
    if not arrived:
        return None
    sent, when = max(arrived)
    return round((when - sent).total_seconds(), 3)


def _feed_name(settings: Settings, feed: FeedState) -> str:
    return next((each.name for each in settings.feeds if each.id == feed.feed), feed.url)


def _print(found: dict[str, Any]) -> None:
    print("All is well" if found["well"] else "Ill:")
    for each in found["ills"]:
        print(f"  {each.where}: {each.reason.rstrip('.')}. {each.todo}.")
    if found["kafka"] is None:
        return
    print(f"Kafka on {found['kafka']}")
    for name, stage in found["stages"].items():
        workers = f"{stage['members']} at work" if stage["members"] else "NOT RUNNING"
        late = f", oldest waits {stage['lag_seconds']:.0f} s" if stage["lag"] else ""
        print(f"  {name:8} {workers:12} {stage['lag']} messages behind{late}")
    canary = found["canary_seconds"]
    print("Canary: " + ("none arrived lately" if canary is None else f"through all stages in {canary:.2f} s"))
    feeds = found["feeds"]
    print(feeds_line(feeds))
    for each in feeds["failing"]:
        print(
            f"  {each['feed']}: failed {each['failures']} time(s), {each['error']}; again at {_utc(each['due'])}"
        )
    print(f"Alerts to be delivered: {len(found['pending'])}")
    for each in found["pending"]:
        print(
            f"  {each['endpoint']}: {each['attempts']} attempt(s), {each['reason']}; again at {_utc(each['due'])}"
        )
    print(f"Dead letters: {found['dead']}" + (" (`wirewatch dead list` shows them)" if found["dead"] else ""))


def feeds_line(feeds: dict[str, Any]) -> str:
    """Return how many feeds there are and how they stand; those that were added by command by themselves."""
    added = f"{feeds['added']} added, " if feeds["added"] else ""
    return (
        f"Feeds: {feeds['configured']} configured, {added}{feeds['polled']} polled at least once, "
        f"{len(feeds['failing'])} failing"
    )


def _utc(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"

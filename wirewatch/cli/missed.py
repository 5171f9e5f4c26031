"""`wirewatch missed`: why a story that others had did not ring here."""

import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Annotated, Any, Final, Literal

import typer
from msgspec import Struct

from connectors.entries import read_standing
from connectors.hosts import registered_domain
from connectors.identity import canonical
from connectors.roll import Listed, roll
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
from wirewatch.codec import decode
from wirewatch.errors import InputError, MessageError
from wirewatch.kafka import KafkaConnection
from wirewatch.messages import Alert, Cluster, ClusteredStory, HeldBack, Story
from wirewatch.network import host_of
from wirewatch.settings import Settings
from wirewatch.tail import read_topics
from wirewatch.topics import ALERTS, ALERTS_HELD, CLUSTERED, CLUSTERS, STORIES, Topic

Why = Literal[
    "rang",
    "merged",
    "held back",
    "late",
    "first poll",
    "nothing found",
    "not clustered",
    "gap",
    "feed in trouble",
    "not in the feed",
    "not covered",
]
_PLAIN: Final = re.compile(r"[\w.-]+", re.ASCII)
# Longer from publication to fetch than any feed without demands waits.
LATE: Final = timedelta(minutes=35)
# Units of time, and up to how many seconds each is the one to say it in.
_SPANS: Final = ((60, "min", 3 * 3_600), (3_600, "h", 3 * 86_400))
# As long as stories stay on their topic.
KEPT: Final = timedelta(days=7)


class Trace(Struct):
    """Everything that the topics say of one address."""

    stories: tuple[Story, ...] = ()
    clustered: tuple[ClusteredStory, ...] = ()
    clusters: dict[str, Cluster] = {}
    alerts: tuple[Alert, ...] = ()
    held: tuple[HeldBack, ...] = ()
    feeds: tuple[Listed, ...] = ()
    # Feeds that gave other stories of the same outlet: they may stand at another host than it does.
    carriers: set[str] = set()


@cli.command()
def missed(
    url: Annotated[str, typer.Argument(help="The story's address, at any outlet.")],
    config: ConfigOption = None,
    state: StateOption = None,
    json: JsonOption = False,
) -> None:
    """Say why a story did not ring: not covered, late, in a gap, merged, or held back by which reason."""
    if not url.lower().startswith(("http://", "https://")) or host_of(url) == "(no host)":
        raise InputError(f"{url} is no address that begins with http:// or https://")
    found = judged(url, run(_trace(settings_of(config, state), url)))
    if json:
        print_json(found)
        return
    print(f"{found['reason']}: {found['detail']}")
    for each in found["held_back"]:
        print(f"  {each['desk']}: held back, {each['reason']}: {each['detail']}")
    for each in found["feeds"]:
        print(f"  feed {each['name']}: {how_it_stands(each['health'], each['reason'])}")


def how_it_stands(health: str, reason: str) -> str:
    """Return a feed's health and why it is due when; of one that fails, the reason begins with its health."""
    return reason if reason.startswith(health) else f"{health}, {reason}"


def judged(url: str, trace: Trace) -> dict[str, Any]:
    """Return why, as plain values."""
    why, detail = _of_story(trace) if trace.stories else _of_feeds(url, trace.feeds)
    first = trace.stories[0] if trace.stories else None
    return {
        "url": url,
        "reason": why,
        "detail": detail,
        "story": None
        if first is None
        else {"id": first.id, "title": first.title, "source": first.source, "published": first.published,
              "fetched": first.fetched, "late_by": _delay(first)},
        "cluster": trace.clustered[-1].cluster if trace.clustered else None,
        "alerts": [{"alert": each.id, "endpoint": each.endpoint, "at": each.at} for each in trace.alerts],
        "held_back": [{"desk": each.desk, "reason": each.reason, "detail": each.detail} for each in trace.held],
        "feeds": [{"name": each.feed.name, "url": each.url, "health": each.state.health if each.state else "new",
                   "reason": each.state.why_due if each.state else "never polled"} for each in trace.feeds],
    }  # fmt: skip


def _of_story(trace: Trace) -> tuple[Why, str]:
    story = trace.stories[0]
    last = trace.clustered[-1] if trace.clustered else None
    rang = next((each for each in trace.alerts if each.story == story.id), None)
    if rang is None and trace.alerts and (last is None or last.verdict == "new"):
        rang = trace.alerts[0]
    if rang is not None:
        return "rang", f"{rang.body.headline}, at {rang.at:%Y-%m-%d %H:%M:%S} UTC"
    late = _late(story)
    if trace.alerts and last is not None:
        first = min(trace.alerts, key=lambda each: each.at)
        rung = f"“{first.body.headline}”, which rang at {first.at:%Y-%m-%d %H:%M:%S} UTC"
        return "merged", _noted(f"{last.verdict} of {rung}", late)
    if trace.held:
        held = trace.held[0]
        if late and held.reason == "too_old":
            return "late", f"{late}: {held.detail}"
        return "held back", f"{held.reason}: {held.detail}"
    if story.first_poll:
        return "first poll", "it stood in the feed when that was first read, which rings nothing"
    if last is None:
        if late:
            return "late", late
        return (
            "not clustered",
            "it was read, and the streams have not come to it; `wirewatch status` says more",
        )
    if last.verdict != "new":
        cluster = trace.clusters.get(last.cluster)
        headline = f"“{cluster.headline}”" if cluster else last.cluster
        return "merged", _noted(f"{last.verdict} of {headline}: {last.reason}", late)
    said = "no record and no escalation in its text; `wirewatch explain URL` shows what was"
    return "nothing found", _noted(said, late)


def _late(story: Story) -> str:
    """Return how much too late a story was read; nothing where it was in time."""
    delay = _delay(story)
    if delay is None or delay <= LATE.total_seconds():
        return ""
    size, unit = next(((size, unit) for size, unit, most in _SPANS if delay < most), (86_400, "days"))
    return f"read {delay / size:.0f} {unit} after it was published"


def _noted(said: str, late: str) -> str:
    return f"{said}; it was {late}" if late else said


def _of_feeds(url: str, feeds: Iterable[Listed]) -> tuple[Why, str]:
    listed = list(feeds)
    if not listed:
        return "not covered", f"no feed of {registered_domain(host_of(url))}; `wirewatch feeds add` finds one"
    gaps = [(when, each) for each in listed if (when := _gap_of(each)) is not None]
    if gaps:
        when, each = max(gaps, key=lambda one: one[0])
        return (
            "gap",
            f"{each.feed.name} was polled too late on {when:%Y-%m-%d %H:%M} UTC, and items were missed",
        )
    for each in listed:
        if each.state is None or each.state.failures or each.state.health in {"limited", "gone", "failing"}:
            said = "never polled" if each.state is None else each.state.last_error or each.state.health
            return "feed in trouble", f"{each.feed.name}: {said}"
    names = ", ".join(each.feed.name for each in listed)
    return "not in the feed", f"{names} did not show it in the last seven days"


def _gap_of(feed: Listed) -> datetime | None:
    """Return when a feed last had a gap, where that is no older than the stories that are kept."""
    if feed.state is None or feed.state.last_gap is None:
        return None
    age = (feed.state.last_attempt or feed.state.last_gap) - feed.state.last_gap
    return feed.state.last_gap if age < KEPT else None


def _delay(story: Story) -> float | None:
    return None if story.published is None else (story.fetched - story.published).total_seconds()


def same_outlet(url: str, feeds: Iterable[Listed]) -> tuple[Listed, ...]:
    """Return the feeds of the outlet that an address belongs to."""
    domain = registered_domain(host_of(url))
    return tuple(
        each
        for each in feeds
        if domain in {registered_domain(host_of(at)) for at in (each.url, each.feed.address)}
    )


async def _trace(settings: Settings, url: str) -> Trace:
    kafka = await connect(settings)
    trace = await _found(kafka, url)
    listed = roll(settings.feeds, await read_standing(kafka))
    own = {each.feed.id for each in same_outlet(url, listed)}
    trace.feeds = tuple(each for each in listed if each.feed.id in own | trace.carriers)
    return trace


def needle_of(url: str) -> bytes:
    """Return what surely stands in the message of a story with this address, however it is written there."""
    last = canonical(url).partition("?")[0].rpartition("/")[2]
    # Other signs may stand there by their numbers.
    return last.encode() if _PLAIN.fullmatch(last) else b""


def _may_tell(topic: Topic, value: bytes | None, *marks: bytes) -> bool:
    """Whether a message is worth reading: of all stories, those that hold a mark."""
    return value is not None and (topic is not STORIES or any(mark in value for mark in marks))


async def _found(kafka: KafkaConnection, url: str) -> Trace:
    wanted = canonical(url)
    trace = Trace()
    ids: set[str] = set()
    clusters: set[str] = set()
    needle, domain = needle_of(url), registered_domain(host_of(url))
    async for topic, message in read_topics(kafka, (STORIES, CLUSTERED, CLUSTERS, ALERTS, ALERTS_HELD)):
        if not _may_tell(topic, message.value, needle, domain.encode()):
            continue
        try:
            value = decode(topic, message.value)
        except MessageError:
            continue
        match value:
            case Story() if value.url is not None and canonical(value.url) == wanted:
                trace.stories = (*trace.stories, value)
                trace.carriers.add(value.feed)
                ids.add(value.id)
            case Story() if value.url is not None and registered_domain(host_of(value.url)) == domain:
                trace.carriers.add(value.feed)
            case ClusteredStory() if value.story.id in ids:
                trace.clustered = (*trace.clustered, value)
                clusters.add(value.cluster)
            case Cluster() if value.id in clusters:
                trace.clusters[value.id] = value
            case Alert() if value.story in ids or value.body.cluster in clusters:
                trace.alerts = (*trace.alerts, value)
            case HeldBack() if value.story in ids:
                trace.held = (*trace.held, value)
            case _:
                pass
    return trace

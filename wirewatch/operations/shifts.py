"""A line a shift for each desk that wants one: what came in, and whether all is well. Silence must mean calm. Pure."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Final

from msgspec import Struct

from wirewatch.ids import identify
from wirewatch.local_time import last_time, say_local
from wirewatch.messages import Alert, AlertBody, FeedState
from wirewatch.settings import DeskSettings

# A line that could not be told for so long is told no more: the next one covers what came since.
TOLD_WITHIN: Final = timedelta(hours=1)
_WELL: Final = frozenset({"ok", "quiet", "new", "moved"})
_MOST_NAMED: Final = 3


class Shift(Struct, frozen=True):
    """A desk's shift that has ended."""

    desk: str
    begins: datetime
    ends: datetime
    zone: str


class Work(Struct, frozen=True):
    """What a shift brought. `clusters` are those that its desk was told of, with whether as a flash."""

    stories: int
    feeds: Mapping[str, FeedState]
    clusters: Mapping[str, bool]
    # In words, what is ill now.
    ill: tuple[str, ...] = ()


def ended(desk: DeskSettings, now: datetime) -> Shift | None:
    """Return the shift whose line is due; None where the desk wants none, or the last one is long over."""
    if not desk.shifts:
        return None
    ends = last_time(desk.shifts, desk.timezone, now)
    if now - ends > TOLD_WITHIN:
        return None
    begins = last_time(desk.shifts, desk.timezone, ends - timedelta(seconds=1))
    return Shift(desk.id, begins, ends, desk.timezone)


def told_of(desk: str, alerts: Iterable[Alert]) -> dict[str, bool]:
    """Return the clusters that a desk was told of in these alerts, each with whether as a flash."""
    found: dict[str, bool] = {}
    for alert in alerts:
        body = alert.body
        if body.kind == "notice" or desk not in body.desk.split(", "):
            continue
        for cluster, priority in [(item.cluster, item.priority) for item in body.items] or [
            (body.cluster, body.priority)
        ]:
            found[cluster] = found.get(cluster, False) or priority == "flash"
    return found


def name_of(shift: Shift, endpoint: str) -> str:
    """Return the id of a shift's line at an endpoint: the same whoever makes it, and however often."""
    return identify("shift", shift.desk, endpoint, shift.ends.isoformat())


def line(shift: Shift, work: Work) -> str:
    """Return "Since 06:00 Europe/Kyiv: 4,112 stories, 58 of 60 feeds well, 2 gaps, 0 alerts"."""
    well = sum(feed.health in _WELL for feed in work.feeds.values())
    gaps = len(_gaps(shift, work))
    flashes = sum(work.clusters.values())
    return (
        f"Since {say_local(shift.begins, shift.zone)}: {_count(work.stories, 'story', 'stories')}, "
        f"{well:,} of {_count(len(work.feeds), 'feed', 'feeds')} well, {_count(gaps, 'gap', 'gaps')}, "
        f"{_count(len(work.clusters), 'alert', 'alerts')}"
        + (f" ({_count(flashes, 'flash', 'flashes')})" if flashes else "")
    )


def particulars(shift: Shift, work: Work) -> str:
    """Return what is ill and where something was missed, in a sentence or two."""
    ill = [feed.url for feed in work.feeds.values() if feed.health not in _WELL]
    said = [
        f"Ill: {'; '.join(work.ill)}." if work.ill else "Nothing is ill.",
        f"Feeds not well: {_named(ill)}." if ill else "",
        f"Something was missed in: {_named(gaps)}." if (gaps := _gaps(shift, work)) else "",
    ]
    return " ".join(filter(None, said))


def shift_alert(shift: Shift, work: Work, endpoint: str, now: datetime) -> Alert:
    """Return the line of a shift as one endpoint gets it."""
    name = name_of(shift, endpoint)
    body = AlertBody(
        alert=name, revision=1, desk=shift.desk, priority="bulletin", kind="notice", headline=line(shift, work),
        sentence=particulars(shift, work), said_by="Wirewatch", figure=None, unit=None, qualifier=None, beats=None,
        figures=(), outlets=1, cluster=name, url=None, reason="Shift: what came in since the last one",
        source="Wirewatch",
    )  # fmt: skip
    return Alert(
        id=name, revision=1, endpoint=endpoint, webhook_id=identify("shift-line", name), story=name, story_url=None,
        at=now, body=body,
    )  # fmt: skip


def _gaps(shift: Shift, work: Work) -> list[str]:
    return [
        feed.url
        for feed in work.feeds.values()
        if feed.last_gap is not None and feed.last_gap >= shift.begins
    ]


def _named(feeds: list[str]) -> str:
    more = len(feeds) - _MOST_NAMED
    return ", ".join(sorted(feeds)[:_MOST_NAMED]) + (f" and {more} more" if more > 0 else "")


def _count(number: int, one: str, more: str) -> str:
    return f"{number:,} {one if number == 1 else more}"

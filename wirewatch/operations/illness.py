"""What is ill, and what to do about it: decided from what was seen on Kafka. Pure."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final, Literal

from msgspec import Struct

from wirewatch.messages import FeedState, PendingDelivery

IllKind = Literal["kafka", "stage", "lag", "feeds", "endpoint", "canary", "dead"]

# A stage whose oldest unread message is older is behind.
LATE_AFTER: Final = 60.0
# An endpoint that does not take an alert for so long is ill.
REFUSES_AFTER: Final = 60.0
# A canary that was sent so long ago and did not arrive is lost.
CANARY_WITHIN: Final = 60.0
# What is dead counts as ill for so long after it died.
DEAD_FOR: Final = 3600.0
_FEEDS_ILL: Final = frozenset({"failing", "limited", "gone"})


class Ill(Struct, frozen=True):
    """Something that is ill: its kind, which one, what is wrong in words, and what to do."""

    kind: IllKind
    what: str
    reason: str
    todo: str

    @property
    def where(self) -> str:
        """Return what is ill as a person says it: "stage cluster", "feeds"."""
        return self.kind if self.kind == self.what else f"{self.kind} {self.what}"


class StageView(Struct, frozen=True):
    """A stage as its consumer group shows it. `oldest` is when its oldest unread message came."""

    members: int
    behind: int
    committed: int
    oldest: datetime | None = None


class Survey(Struct, frozen=True):
    """What was seen on Kafka at one moment."""

    at: datetime
    kafka: str
    ends: dict[str, int]
    stages: dict[str, StageView]
    feeds: dict[str, FeedState]
    pending: tuple[PendingDelivery, ...]
    dead_lately: int = 0
    # Canaries of the last minutes, by when they were sent: when each arrived, or None.
    canaries: dict[datetime, datetime | None] = {}


def ills(survey: Survey) -> tuple[Ill, ...]:
    """Return what is ill, the gravest first."""
    return (
        *_stages(survey),
        *_canary(survey),
        *_endpoints(survey),
        *_feeds(survey),
        *_dead(survey),
    )


def no_kafka(servers: str, reason: str) -> Ill:
    """Return the illness of a Kafka that does not answer."""
    return Ill("kafka", servers, reason, "See whether it runs; `wirewatch up` starts its own again by itself")


def _stages(survey: Survey) -> Iterable[Ill]:
    for name, stage in survey.stages.items():
        if not stage.members:
            yield Ill(
                "stage", name, "nobody works as it", f"Start it again; see its log, and {_command(name)}"
            )
        age = 0.0 if stage.oldest is None else (survey.at - stage.oldest).total_seconds()
        if age > LATE_AFTER:
            yield Ill(
                "lag",
                name,
                f"{stage.behind} messages behind, the oldest came {age:.0f} s ago",
                "Where it only grows, the stage is down, stalled or too slow: see its log and /readyz",
            )


def _command(stage: str) -> str:
    return f"`wirewatch {stage}`" if stage in {"poll", "deliver"} else f"`wirewatch stream {stage}`"


def _canary(survey: Survey) -> Iterable[Ill]:
    lost = [
        sent
        for sent, arrived in survey.canaries.items()
        if arrived is None and survey.at - sent > timedelta(seconds=CANARY_WITHIN)
    ]
    arrived = [sent for sent, when in survey.canaries.items() if when is not None]
    if lost and (not arrived or max(arrived) < max(lost)):
        yield Ill(
            "canary",
            "canary",
            f"the canary of {max(lost):%H:%M:%S} UTC did not come through",
            "`wirewatch trace` of its story shows how far it came; the stage after that is ill",
        )


def _endpoints(survey: Survey) -> Iterable[Ill]:
    waiting: dict[str, list[PendingDelivery]] = {}
    for each in survey.pending:
        if each.attempts and (survey.at - each.since).total_seconds() > REFUSES_AFTER:
            waiting.setdefault(each.alert.endpoint, []).append(each)
    for name, alerts in sorted(waiting.items()):
        worst = max(alerts, key=lambda each: each.attempts)
        yield Ill(
            "endpoint",
            name,
            f"{len(alerts)} alert(s) wait, the longest tried {worst.attempts} time(s): {worst.last_reason}",
            "See whether it answers; what waits is tried again by itself",
        )


def _feeds(survey: Survey) -> Iterable[Ill]:
    found = [feed for feed in survey.feeds.values() if feed.health in _FEEDS_ILL]
    if found and len(found) * 10 >= len(survey.feeds):
        yield Ill(
            "feeds",
            "feeds",
            f"{len(found)} of {len(survey.feeds)} feeds are failing, limited or gone",
            "`wirewatch status` names each with its error; where all fail at once, see the way to the network",
        )


def _dead(survey: Survey) -> Iterable[Ill]:
    if survey.dead_lately:
        yield Ill(
            "dead",
            "dead",
            f"{survey.dead_lately} dead letter(s) in the last hour",
            "`wirewatch dead list` shows them with their cause",
        )

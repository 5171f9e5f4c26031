"""`wirewatch trace STORY`: a story's way through all stages, with times."""

from datetime import UTC, datetime
from typing import Any, Final

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
from wirewatch.messages import (
    Alert,
    AnalysedStory,
    ClusteredStory,
    Delivery,
    Detection,
    HeldBack,
    PendingDelivery,
    Story,
)
from wirewatch.operations.story_log import in_words, story_of
from wirewatch.settings import Settings
from wirewatch.tail import read_topics
from wirewatch.topics import (
    ALERTS,
    ALERTS_HELD,
    ALERTS_PENDING,
    ANALYSED,
    CLUSTERED,
    DELIVERIES,
    DETECTIONS,
    STORIES,
)

# In the order of a story's way.
WAY: Final = (STORIES, ANALYSED, CLUSTERED, DETECTIONS, ALERTS, ALERTS_HELD, ALERTS_PENDING, DELIVERIES)


@cli.command()
def trace(
    story: str, config: ConfigOption = None, state: StateOption = None, json: JsonOption = False
) -> None:
    """Show a story's way, by its id or url: when it stood on which topic, what became of it, and how long each took."""
    settings = settings_of(config, state)
    found = run(_trace(settings, story))
    if not found["steps"]:
        raise InputError(f"No such story: {story!r} is on no topic; it is older than seven days, or another")
    if json:
        print_json(found)
    else:
        _print(found)


async def _trace(settings: Settings, wanted: str) -> dict[str, Any]:
    kafka = await connect(settings)
    way = Way(wanted)
    async for topic, message in read_topics(kafka, WAY):
        if message.value is None:
            continue
        try:
            value = decode(topic, message.value)
        except MessageError:
            continue
        said = way.follow(value)
        if said is not None:
            at = datetime.fromtimestamp(message.timestamp / 1000, UTC)
            way.steps.append((at, topic.name, said))
    return way.told()


class Way:
    """What is known of a story so far: its id, once it is found, its alerts, and where it stood when."""

    def __init__(self, wanted: str) -> None:
        self._wanted = wanted
        self._stories: set[str] = set()
        self._alerts: set[tuple[str, int]] = set()
        self._published: datetime | None = None
        self.steps: list[tuple[datetime, str, str]] = []

    def follow(self, message: Any) -> str | None:
        """Return what a message says of the story; None where it is about another."""
        match message:
            case Story() if self._wanted in {message.id, message.url}:
                self._stories.add(message.id)
                self._published = self._published or message.published
            case Alert() if message.story in self._stories:
                self._alerts.add((message.id, message.revision))
            case AnalysedStory() | ClusteredStory() | Detection() | HeldBack() if (
                story_of(message) in self._stories
            ):
                pass
            case PendingDelivery() if (message.alert.id, message.alert.revision) in self._alerts:
                pass
            case Delivery() if (message.alert, message.revision) in self._alerts:
                pass
            case _:
                return None
        return in_words(message)

    def told(self) -> dict[str, Any]:
        """Return the way in order of time, with the seconds since the story's first appearance."""
        steps = sorted(self.steps, key=lambda step: step[0])
        first = steps[0][0] if steps else None
        return {
            "stories": sorted(self._stories),
            "published": self._published,
            "steps": [
                {
                    "at": at,
                    "seconds": round((at - first).total_seconds(), 3) if first else 0.0,
                    "topic": topic,
                    "what": what,
                }
                for at, topic, what in steps
            ],
        }


def _print(found: dict[str, Any]) -> None:
    print(f"Story {', '.join(found['stories'])}")
    if found["published"] is not None:
        print(f"Published {found['published']:%Y-%m-%d %H:%M:%S} UTC")
    for step in found["steps"]:
        print(f"  {step['at']:%H:%M:%S} {step['seconds']:>8.3f} s  {step['topic']:18} {step['what']}")

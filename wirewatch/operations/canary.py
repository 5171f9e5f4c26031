"""The canary: a story that is none, and runs through every stage each minute to a sink of its own.

Each stage hands it on by itself and asks no rule: it founds no cluster, sets no record, rings no desk. What it proves
is that stories come through, and in what time.
"""

from datetime import datetime
from typing import Final

from msgspec import Struct

from wirewatch.ids import identify
from wirewatch.messages import (
    Alert,
    AlertBody,
    AnalysedStory,
    ClusteredStory,
    Delivery,
    Detection,
    PendingDelivery,
    Story,
)
from wirewatch.topics import ALERTS, CLUSTERED, DETECTIONS

# The name of its feed, its outlet and its endpoint; no configured one may have it.
CANARY: Final = "wirewatch-canary"


def canary_story(now: datetime) -> Story:
    """Return the canary of a moment."""
    moment = now.isoformat()
    return Story(
        id=identify("canary", moment),
        version=identify("canary-version", moment)[:16],
        feed=CANARY,
        source=CANARY,
        title="Canary: this is no news",
        fetched=now,
        published=now,
        lang="en",
    )


def is_canary(message: Struct) -> bool:
    """Whether a message is the canary's on any topic: what counts or shows news passes over it."""
    if isinstance(message, Story):
        return message.feed == CANARY
    if isinstance(message, AnalysedStory | ClusteredStory | Detection):
        return message.story.feed == CANARY
    if isinstance(message, PendingDelivery):
        return is_canary(message.alert)
    return isinstance(message, Alert | Delivery) and message.endpoint == CANARY


def handed_on(message: Struct) -> tuple[str, str, Struct] | None:
    """Return what a stage makes of the canary, with its topic and key; None where the message is news."""
    if not is_canary(message):
        return None
    if isinstance(message, AnalysedStory):
        story = message.story
        return (
            CLUSTERED.name,
            story.id,
            ClusteredStory(cluster=story.id, verdict="new", reason=CANARY, story=story, outlets=1, stories=1),
        )
    if isinstance(message, ClusteredStory):
        story = message.story
        found = Detection(
            id=identify("canary-detection", story.id),
            cluster=story.id,
            change="found",
            story=story,
            verdict="new",
            outlets=1,
        )
        return DETECTIONS.name, story.id, found
    if isinstance(message, Detection):
        return ALERTS.name, CANARY, _alert(message.story)
    return None


def _alert(story: Story) -> Alert:
    body = AlertBody(
        alert=story.id,
        revision=1,
        desk=CANARY,
        priority="bulletin",
        kind="escalation",
        headline=story.title,
        sentence=story.title,
        said_by=None,
        figure=None,
        unit=None,
        qualifier=None,
        beats=None,
        figures=(),
        outlets=1,
        cluster=story.id,
        url=None,
        reason=CANARY,
        source=CANARY,
    )
    return Alert(
        id=story.id,
        revision=1,
        endpoint=CANARY,
        webhook_id=story.id,
        story=story.id,
        story_url=None,
        at=story.fetched,
        body=body,
    )

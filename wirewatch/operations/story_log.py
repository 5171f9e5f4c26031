"""What a message says of a story, in one line: for the logs of every stage, and for `wirewatch trace`. Pure but for the log."""

import logging
from typing import Final

from msgspec import Struct

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
from wirewatch.operations.canary import is_canary

_LONGEST: Final = 200


def story_of(message: Struct) -> str | None:
    """Return the id of the story that a message is about; None where it is about none."""
    match message:
        case Story():
            return message.id
        case AnalysedStory() | ClusteredStory() | Detection():
            return message.story.id
        case HeldBack() | Alert():
            return message.story
        case _:
            return None


def in_words(message: Struct) -> str:
    """Return what a message says of its story, on one line; empty where it says nothing of one."""
    return _one_line(_said(message))


def _said(message: Struct) -> str:
    match message:
        case Story():
            return f"{message.source}: {message.title}"
        case AnalysedStory():
            return (
                f"{len(message.figures)} figure(s), {len(message.claims)} record claim(s), "
                f"{len(message.escalations)} escalation(s)"
            )
        case ClusteredStory():
            return f"{message.verdict}: {message.reason}; cluster {message.cluster}"
        case Detection():
            return f"{message.change}; {message.outlets} outlet(s)"
        case HeldBack():
            return f"held back by desk {message.desk}: {message.reason}: {message.detail}"
        case Alert():
            return f"alert {message.id}.{message.revision} for {message.endpoint}, {message.body.priority}"
        case PendingDelivery():
            return f"waits for {message.alert.endpoint}: {message.last_reason}"
        case Delivery():
            return f"attempt {message.attempt} at {message.endpoint}: {message.outcome} ({message.reason})"
        case _:
            return ""


def _one_line(text: str) -> str:
    """Return a feed's words as a log and a terminal can show them: nothing in them breaks or steers a line."""
    shown = "".join(sign if sign.isprintable() else " " for sign in text[: 2 * _LONGEST])
    return shown if len(shown) <= _LONGEST else shown[: _LONGEST - 1] + "…"


def log_story(logger: logging.Logger, message: Struct) -> None:
    """Log what a stage says of a story under the story's id: alerts for everybody, the rest for who looks closely."""
    level = logging.INFO if isinstance(message, Alert) and not is_canary(message) else logging.DEBUG
    if not logger.isEnabledFor(level):
        return
    story = story_of(message)
    if story is not None:
        logger.log(level, "Story %s: %s", story, in_words(message), extra={"story": story})

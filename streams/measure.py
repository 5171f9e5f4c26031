"""Counts what a step emits, by what it is, and how long it took. A few increments a message."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final
from weakref import WeakKeyDictionary

import faust
from msgspec import Struct
from prometheus_client import Histogram

from wirewatch.clock import Clock
from wirewatch.messages import Alert, AnalysedStory, ClusteredStory, Detection, HeldBack
from wirewatch.operations import metrics

# Of each app and partition: when its newest handled message came to stand there.
_HANDLED: Final[WeakKeyDictionary[faust.App, dict[Any, float]]] = WeakKeyDictionary()


class StageMeasure:
    """Measures what an app has handled: how long after it came, and how far that is."""

    def __init__(self, app: faust.App, clock: Clock) -> None:
        self._stage = app.conf.id.rpartition(".")[2]
        self._clock = clock
        self._newest = handled_of(app)
        self._seconds: dict[str, Histogram] = {}

    def handled(self, message: Any) -> None:
        """Enter a message that is acknowledged."""
        came = message.timestamp
        self._newest[message.tp] = came
        seconds = self._seconds.get(message.topic)
        if seconds is None:
            seconds = metrics.STAGE_SECONDS.labels(self._stage, message.topic)
            self._seconds[message.topic] = seconds
        seconds.observe(max(0.0, self._clock.now().timestamp() - came))


def handled_of(app: faust.App) -> dict[Any, float]:
    """Return when the newest handled message of each partition came to stand there, in seconds."""
    return _HANDLED.setdefault(app, {})


def _alert(message: Alert) -> None:
    metrics.ALERTS.labels(message.body.priority).inc()


def _analysed(message: AnalysedStory) -> None:
    if message.language is not None:
        metrics.ANALYSED.labels(message.language.read or "none", message.language.reason).inc()


def _clustered(message: ClusteredStory) -> None:
    metrics.CLUSTERED.labels(message.verdict).inc()


def _detection(message: Detection) -> None:
    metrics.DETECTIONS.labels(message.change).inc()


def _held_back(message: HeldBack) -> None:
    metrics.HELD_BACK.labels(message.reason).inc()


_BY_TYPE: Final[dict[type[Struct], Callable[[Any], None]]] = {
    Alert: _alert,
    AnalysedStory: _analysed,
    ClusteredStory: _clustered,
    Detection: _detection,
    HeldBack: _held_back,
}


def count(output: Struct) -> None:
    """Count one message that a step emits."""
    counting = _BY_TYPE.get(type(output))
    if counting is not None:
        counting(output)


def story_age(cause: Struct, output: Struct, now: datetime) -> None:
    """Note how old a story was when it made an alert ring: where the alert follows from the story itself."""
    if (
        isinstance(output, Alert)
        and isinstance(cause, Detection)
        and output.revision == 1
        and cause.story.published is not None
    ):
        metrics.STORY_AGE.observe(max(0.0, (now - cause.story.published).total_seconds()))

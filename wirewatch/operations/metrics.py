"""Every metric of Wirewatch, by Prometheus's rules: one prefix, base units, `_total` for what only grows.

No label holds a story, an address or another thing without bound. Each process shows those that it has a part in.
"""

from importlib.metadata import version
from typing import Final

from prometheus_client import Counter, Gauge, Histogram, Info, disable_created_metrics

# Beside each counter when it began: twice the series, for what Prometheus sees by itself.
disable_created_metrics()  # type: ignore[no-untyped-call]

_QUICK: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300)
_LONG: Final = (1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1800, 3600, 3 * 3600, 6 * 3600, 24 * 3600)

BUILD: Final = Info("wirewatch_build", "The version that runs")
BUILD.info({"version": version("wirewatch")})

# --- each process ------------------------------------------------------------------------------------------------

READY: Final = Gauge("wirewatch_ready", "1 where the process is ready, as /readyz says", ("stage",))
LAG_MESSAGES: Final = Gauge(
    "wirewatch_consumer_lag_messages", "Messages that a stage has still to acknowledge", ("stage", "topic")
)
LAG_SECONDS: Final = Gauge(
    "wirewatch_consumer_lag_seconds",
    "How old the oldest message is that a stage has still to acknowledge",
    ("stage", "topic"),
)
STAGE_SECONDS: Final = Histogram(
    "wirewatch_stage_seconds",
    "From when a message stood on its topic to when all that follows from it does",
    ("stage", "topic"),
    buckets=_QUICK,
)
DEAD: Final = Counter(
    "wirewatch_dead_total",
    "Messages that could not be processed, by where they stood and why",
    ("topic", "reason"),
)

# --- poll --------------------------------------------------------------------------------------------------------

STORIES: Final = Counter("wirewatch_stories_total", "Stories sent on, new or with new text")
FETCHES: Final = Counter("wirewatch_fetches_total", "Requests for feeds, by what came of them", ("outcome",))
FEEDS: Final = Gauge("wirewatch_feeds", "Feeds that this poller holds, by their health", ("health",))
GAPS: Final = Counter("wirewatch_feed_gaps_total", "Polls that found nothing left of the one before")

# --- streams -----------------------------------------------------------------------------------------------------

CLUSTERED: Final = Counter(
    "wirewatch_clustered_stories_total", "Stories by what they are: new, update, duplicate", ("verdict",)
)
DETECTIONS: Final = Counter(
    "wirewatch_detections_total", "What stories added to a cluster's findings, by the change", ("change",)
)
ANALYSED: Final = Counter(
    "wirewatch_analysed_total",
    "Stories analysed, by the language whose lexicons read them (none: it has none) and how it was found",
    ("language", "reason"),
)
ALERTS: Final = Counter("wirewatch_alerts_total", "Alert revisions for endpoints, by priority", ("priority",))
HELD_BACK: Final = Counter(
    "wirewatch_held_back_total", "What a desk did not send, by its reason", ("reason",)
)
STORY_AGE: Final = Histogram(
    "wirewatch_story_age_seconds", "From a story's publication to the alert that it caused", buckets=_LONG
)

# --- deliver -----------------------------------------------------------------------------------------------------

DELIVERIES: Final = Counter(
    "wirewatch_deliveries_total",
    "Attempts to deliver, by what came of them",
    ("endpoint", "outcome", "reason"),
)
DELIVERY_SECONDS: Final = Histogram(
    "wirewatch_delivery_attempt_seconds", "How long endpoints take to answer", ("endpoint",), buckets=_QUICK
)
CANARY_SECONDS: Final = Histogram(
    "wirewatch_canary_seconds", "From the poller to the canary's sink, through every stage", buckets=_QUICK
)
CANARY_ARRIVED: Final = Gauge(
    "wirewatch_canary_arrived_timestamp_seconds", "When a canary story last came to its sink"
)

# --- up, watch ---------------------------------------------------------------------------------------------------

STARTS: Final = Counter("wirewatch_stage_starts_total", "Starts of a stage under `wirewatch up`", ("stage",))
STALLS: Final = Counter(
    "wirewatch_stalls_total",
    "Stages that were seen to read nothing while there was something to read",
    ("stage",),
)
ILL: Final = Gauge("wirewatch_ill", "What is ill, by its kind: 0 is well", ("kind",))
TOLD: Final = Counter(
    "wirewatch_operations_messages_total",
    "Messages to the operations endpoint, by what came of them",
    ("outcome",),
)

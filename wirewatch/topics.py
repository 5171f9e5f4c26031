"""Every topic: its key, partitions, retention, what stands on it, who writes and who reads it.

The three single writers (cluster, ledger, desks) read topics of one partition: total order, and tables that any of
their inputs may change. The names here are without the configured prefix ("wirewatch." unless told otherwise).
"""

from typing import Final

from msgspec import Struct

from wirewatch.messages import (
    Alert,
    AnalysedStory,
    Cluster,
    ClusteredStory,
    ClustersMerged,
    Command,
    DeadlineNotice,
    Delivery,
    Detection,
    FeedEntry,
    FeedState,
    HeldBack,
    Merge,
    PairLevel,
    PendingDelivery,
    PollRequest,
    Posted,
    Setting,
    StandingRecord,
    Story,
    Tick,
)

HOUR: Final = 3600
DAY: Final = 24 * HOUR
MEGABYTE: Final = 1024 * 1024


class Topic(Struct, frozen=True):
    """A topic's contract. `retention` is in seconds; None where the topic is compacted and kept."""

    name: str
    key: str
    partitions: int
    retention: int | None
    types: tuple[type[Struct], ...]
    writers: tuple[str, ...]
    readers: tuple[str, ...]
    about: str
    max_message_bytes: int = 2 * MEGABYTE

    @property
    def compacted(self) -> bool:
        """Whether the newest message a key is kept, and older ones are not."""
        return self.retention is None


STORIES = Topic(
    "stories",
    "feed id",
    8,
    7 * DAY,
    (Story,),
    ("poll",),
    ("analyse",),
    "A story as fetched, or fetched again with new text",
)
ANALYSED = Topic(
    "stories.analysed",
    "story id",
    1,
    7 * DAY,
    (AnalysedStory,),
    ("analyse",),
    ("cluster",),
    "A story with what its own text says: figures, claims, cues, signatures",
    4 * MEGABYTE,
)
CLUSTERED = Topic(
    "stories.clustered",
    "cluster id",
    1,
    30 * DAY,
    (ClusteredStory, Merge),
    ("cluster",),
    ("ledger", "console"),
    "A story with its findings and its verdict, or a merge of two clusters",
)
CLUSTERS = Topic(
    "clusters",
    "cluster id",
    1,
    None,
    (Cluster,),
    ("cluster",),
    ("console", "explain"),
    "A cluster as it stands, bounded",
)
RECORDS = Topic(
    "records",
    "metric",
    1,
    None,
    (StandingRecord,),
    ("ledger",),
    ("console", "explain"),
    "The ledger: a metric's standing record and its last steps",
)
DEADLINES = Topic(
    "deadlines",
    "deadline id",
    1,
    None,
    (DeadlineNotice,),
    ("ledger",),
    ("desks", "command line", "console"),
    "An end that somebody set: an ultimatum's or a truce's, with its sentence",
)
PAIRS = Topic(
    "pairs",
    "pair",
    1,
    None,
    (PairLevel,),
    ("ledger",),
    ("command line", "console", "explain"),
    "How two parties stand by what they did, day by day, and whether that is usual between them",
)
DETECTIONS = Topic(
    "detections",
    "cluster id",
    1,
    30 * DAY,
    (Detection, ClustersMerged),
    ("ledger",),
    ("desks", "console"),
    "What a story adds to a cluster's findings, with the ledger's word on it",
)
ALERTS = Topic(
    "alerts",
    "endpoint",
    8,
    30 * DAY,
    (Alert,),
    ("desks", "deliver"),
    ("deliver", "console"),
    "One revision of an alert that one endpoint must get",
)
ALERTS_HELD = Topic(
    "alerts.held",
    "cluster id",
    1,
    30 * DAY,
    (HeldBack,),
    ("desks",),
    ("console", "explain"),
    "What a desk did not send, and the named reason",
)
ALERTS_PENDING = Topic(
    "alerts.pending",
    "endpoint and alert",
    8,
    None,
    (PendingDelivery,),
    ("deliver",),
    ("deliver", "console"),
    "What is still to be delivered; a tombstone when done. Written to the partition of `alerts` that it came from",
    # Holds a whole alert, and more.
    4 * MEGABYTE,
)
ALERTS_POSTED = Topic(
    "alerts.posted",
    "alert id",
    8,
    # Longer than an alert lives.
    40 * DAY,
    (Posted,),
    ("deliver",),
    ("deliver",),
    "How a service names an alert's message. Written to the partition of `alerts` that the alert came from",
)
DELIVERIES = Topic(
    "deliveries",
    "alert id",
    8,
    30 * DAY,
    (Delivery,),
    ("deliver",),
    ("console",),
    "What became of each attempt",
)
FEEDS = Topic(
    "feeds",
    "feed id",
    8,
    None,
    (FeedState, FeedEntry, PollRequest),
    ("poll", "command line", "console"),
    ("poll", "console", "command line"),
    "A feed's state: validators, schedule, failures, health; the feeds that were added by command; requests to poll now",
    4 * MEGABYTE,
)
COMMANDS = Topic(
    "commands",
    "cluster id",
    1,
    # The newsroom's own test set: marks of alerts that were wrong or missing.
    400 * DAY,
    (Command,),
    ("console", "command line", "deliver"),
    ("desks", "console"),
    "Acts of editors: acknowledge, claim, hand over, snooze, wrong, missing; and alerts that came too late",
)
SETTINGS = Topic(
    "settings",
    "what it sets",
    1,
    None,
    (Setting,),
    ("console", "deliver", "command line"),
    ("ledger", "desks", "deliver", "console"),
    "What lasts: mutes, endpoints disabled, the ledger's corrections. No secrets",
)
TICKS = Topic("ticks", "-", 1, HOUR, (Tick,), ("desks", "demo"), ("desks",), "The time, as an event")
DEAD = Topic(
    "dead",
    "source topic",
    1,
    30 * DAY,
    (),
    ("all",),
    ("command line", "console"),
    "What could not be processed: bytes untouched, cause in the headers",
    16 * MEGABYTE,
)

TOPICS: Final = (
    STORIES, ANALYSED, CLUSTERED, CLUSTERS, RECORDS, DEADLINES, PAIRS, DETECTIONS, ALERTS, ALERTS_HELD, ALERTS_PENDING,
    ALERTS_POSTED, DELIVERIES, FEEDS, COMMANDS, SETTINGS, TICKS, DEAD,
)  # fmt: skip
BY_NAME: Final = {topic.name: topic for topic in TOPICS}

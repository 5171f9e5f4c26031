"""What stands on the topics: one frozen type a message.

Times are aware UTC datetimes. Ids are strings of deterministic uuid5s (`wirewatch.ids`). Spans count characters
(Python's, not bytes) in the named field of the story. `wirewatch.topics` says which type stands on which topic,
`wirewatch.codec` how it is written.
"""

from datetime import datetime
from typing import Literal

from msgspec import Struct

Field = Literal["title", "summary", "text"]
# By what an item was known as the story that it is: the name that its id is made of, or by which it was known again.
Identity = Literal["link", "guid", "content"]
Qualifier = Literal["exact", "at_least", "at_most", "about", "between"]
ClaimStatus = Literal["claimed", "denied", "hypothetical", "near_miss", "historic", "unclaimed"]
Direction = Literal["max", "min", "first"]
Polarity = Literal["escalation", "de-escalation"]
PairTrend = Literal["worse", "better", "steady", "new"]
LedgerOutcome = Literal["broken", "first_known", "same", "tie", "below", "not_compared"]
Novelty = Literal["new", "duplicate", "update"]
Priority = Literal["flash", "urgent", "bulletin"]
AlertKind = Literal["record", "escalation", "deadline", "figure", "contradicted", "notice"]
# "expired" is no editor's: the delivery workers say so of an alert that came too late.
Act = Literal[
    "acknowledge", "claim", "release", "hand_over", "snooze", "wake", "wrong", "right", "missing", "expired"
]
FeedHealth = Literal["new", "ok", "quiet", "failing", "limited", "moved", "gone", "gap"]


class Span(Struct, frozen=True):
    """A piece of a story's field: characters `start` up to, without, `end`."""

    field: Field
    start: int
    end: int
    text: str


# --- stories -----------------------------------------------------------------------------------------------------


class Story(Struct, frozen=True, omit_defaults=True):
    """One item of one feed, as fetched; or the same item fetched again with a new text (`version` differs).

    `id` stays the same over versions; `version` is a digest of title, summary and text.
    """

    id: str
    version: str
    feed: str
    source: str
    title: str
    fetched: datetime
    tier: int = 2
    url: str | None = None
    summary: str = ""
    text: str = ""
    lang: str | None = None
    published: datetime | None = None
    # In the first poll of a feed never seen before: old news that must not ring.
    first_poll: bool = False
    # What was wrong with the item, in words: "no title", "date not understood: ...".
    problems: tuple[str, ...] = ()
    # Of a later version: which texts changed.
    changed: tuple[Field, ...] = ()
    # Why it is this story and no other.
    identity: Identity | None = None
    # Why the outlet takes the story back ("killed: ..."); what it said counts no more.
    withdrawn: str | None = None
    # What the outlet says that this version sets right; a figure that it tells no more counts no more.
    correction: str | None = None
    # False: alerts carry headline and link alone, as the outlet's terms ask.
    redistribute: bool = True

    def quoted(self, sentence: Span) -> str:
        """Return what an alert may show of a sentence of the story: itself, or only the headline."""
        return sentence.text if self.redistribute else self.title

    @property
    def at(self) -> datetime:
        """When it was news: as published, where that is said and not in the future of the fetch."""
        if self.published is None:
            return self.fetched
        return self.published


# --- stories.analysed --------------------------------------------------------------------------------------------


class Figure(Struct, frozen=True, omit_defaults=True):
    """A quantity in a text. `value` is plain: percentages are 25 and not 0.25; `high` closes a "between"."""

    field: Field
    start: int
    end: int
    text: str
    value: float
    # The normalised unit or counted noun ("drones" for "Shahed-type UAVs", "percent", "euros"), or None.
    unit: str | None = None
    qualifier: Qualifier = "exact"
    high: float | None = None


class Subject(Struct, frozen=True, omit_defaults=True):
    """What a claim counts, in normalised words; the ledger resolves it to a metric.

    For "Russia fired 472 drones at Ukraine": unit "drones", action "attack", actor "russia", place "ukraine";
    `terms` are the other content words of the clause that narrow it ("overnight", "combined").
    """

    unit: str | None = None
    action: str | None = None
    actor: str | None = None
    place: str | None = None
    terms: tuple[str, ...] = ()


class RecordClaim(Struct, frozen=True, omit_defaults=True):
    """A text says that something is (is not, could be, was) a record, a first, or a superlative with a scope."""

    status: ClaimStatus
    comparator: str
    direction: Direction
    sentence: Span
    cues: tuple[Span, ...]
    subject: Subject = Subject()
    figure: float | None = None
    unit: str | None = None
    qualifier: Qualifier = "exact"
    scope: str = "unstated"
    said_by: str | None = None
    # The day that the figure belongs to where the text states one (ISO date), else the story's own.
    date: str | None = None
    # The older record that the text itself names ("beating 355 of 26 May"), where it does.
    previous: float | None = None


class Escalation(Struct, frozen=True, omit_defaults=True):
    """Which way a conflict turned, how far (1 to 3), and the words that say so."""

    polarity: Polarity
    severity: int
    cues: tuple[Span, ...]
    sentence: Span
    actor: str | None = None
    target: str | None = None
    place: str | None = None
    # Severity's parts in words: "act 2", "scale +1: 472 drones", "target +1: capital".
    parts: tuple[str, ...] = ()


class Event(Struct, frozen=True, omit_defaults=True):
    """The main act of a story in PLOVER's sense; every story has one, also those that never alert."""

    polarity: Literal["conflict", "cooperation", "none"] = "none"
    form: Literal["verbal", "material"] = "verbal"
    violent: bool = False


class Deadline(Struct, frozen=True, omit_defaults=True):
    """An end that somebody set: an ultimatum's, or a truce's."""

    kind: Literal["ultimatum", "truce"]
    # The day (ISO), and the moment: the day's end where the text gives no hour.
    due: str
    until: datetime
    # The words that say so: "two-week deadline".
    phrase: str
    sentence: Span
    set_by: str | None = None


class Signature(Struct, frozen=True, omit_defaults=True):
    """What the same-story rules compare: made once by `analyse`, so that the one writer of clusters is quick."""

    # MinHash of word shingles, little-endian uint32s; empty for a text that is too short.
    shingles: bytes = b""
    # The same with every name and figure masked: alike in two reports of one form, whatever they tell.
    form: bytes = b""
    # Content terms and how much each says here (how often, where, how telling a word), bounded, for TF-IDF.
    terms: dict[str, int] = {}
    # The headline's vector, int8; empty where the headline has no known word.
    vector: bytes = b""
    # The same of summary and text together; of the headline where there is nothing else.
    body: bytes = b""
    # Names of people, places and bodies, normalised.
    names: tuple[str, ...] = ()
    # What is counted, with its figure: ("drones", 472.0).
    counts: tuple[tuple[str, float], ...] = ()
    # How many of these stand in the headline; they come first.
    headline: int = 0
    # The days that headline and lead name, as ordinals: "Monday", "9 June", "yesterday".
    days: tuple[int, ...] = ()
    # How many different content terms the story has in all.
    size: int = 0
    # The countries that headline and lead name, by their own names or those of their cities and people; None where an
    # older version signed it.
    countries: tuple[str, ...] | None = None
    # The places that headline and lead name, those of the headline first, and how many these are.
    places: tuple[str, ...] = ()
    titled: int = 0


# How a story's language was found: "declared" by its feed, "detected" by its words; "contradicted": declared another, and
# its words leave no doubt; "assumed": not declared, and too few words to tell; "missing": it has no lexicons.
LanguageReason = Literal["declared", "detected", "contradicted", "assumed", "missing"]


class StoryLanguage(Struct, frozen=True, omit_defaults=True):
    """The language that a story is in, as far as is known, and the one whose lexicons read it; None where none do."""

    reason: LanguageReason
    spoken: str | None = None
    read: str | None = None


RoundUpForm = Literal["times of day", "numbers", "labels", "bullets", "title"]


class RoundUp(Struct, frozen=True):
    """By what a page is known to string several reports together, and how many pieces there are."""

    form: RoundUpForm
    pieces: int


class AnalysedStory(Struct, frozen=True, omit_defaults=True):
    """A story with all that its own text says."""

    story: Story
    figures: tuple[Figure, ...] = ()
    claims: tuple[RecordClaim, ...] = ()
    escalations: tuple[Escalation, ...] = ()
    event: Event = Event()
    signature: Signature = Signature()
    deadlines: tuple[Deadline, ...] = ()
    # None where an older version analysed it.
    language: StoryLanguage | None = None
    # Set where the page strings several reports together: it is no report of one event.
    round_up: RoundUp | None = None
    # The agency that the text credits, or that it is of; empty where it names none.
    credit: str = ""


# --- stories.clustered, clusters ---------------------------------------------------------------------------------


class Evidence(Struct, frozen=True):
    """One reason for a clustering verdict: which measure, how strong, against which member story."""

    measure: str
    strength: float
    against: str


class Near(Struct, frozen=True):
    """A cluster that a story nearly joined: by how many log-odds it fell short (below zero), and its nearest member."""

    cluster: str
    margin: float
    story: str


class Origin(Struct, frozen=True, omit_defaults=True):
    """The earliest known origin of a cluster's reports: "AP via 143 outlets".

    The agency that most outlets credit, the earliest of those; where none is credited, the outlet of the first story.
    """

    name: str
    # How many other outlets carry it.
    via: int
    # The first story that is of it or credits it.
    story: str
    at: datetime
    url: str | None = None
    # False: nobody credits it; it was first.
    credited: bool = False

    @property
    def text(self) -> str:
        """In a line: "AP via 143 outlets"."""
        if not self.via:
            return self.name
        outlets = "1 outlet" if self.via == 1 else f"{self.via} outlets"
        return f"{self.name} via {outlets}" if self.credited else f"{self.name} first, then {outlets}"


class ClusteredStory(Struct, frozen=True, omit_defaults=True, tag="story"):
    """A story with its findings and its verdict. The body text stays on `stories.analysed`."""

    cluster: str
    verdict: Novelty
    reason: str
    story: Story
    outlets: int
    stories: int
    evidence: tuple[Evidence, ...] = ()
    # What an update brings: "drones: over 400 -> 472".
    new_facts: tuple[str, ...] = ()
    figures: tuple[Figure, ...] = ()
    claims: tuple[RecordClaim, ...] = ()
    escalations: tuple[Escalation, ...] = ()
    event: Event = Event()
    # The cluster that came closest among those that it is not in.
    near: Near | None = None
    deadlines: tuple[Deadline, ...] = ()
    # Set where the page strings several reports together; it joins no cluster of one event.
    round_up: RoundUp | None = None
    # Where the cluster's reports come from, as far as is known by this story.
    origin: Origin | None = None


class Merge(Struct, frozen=True, tag="merge"):
    """Two clusters were one event: `absorbed` is now part of `kept`, the older one."""

    kept: str
    absorbed: str
    reason: str
    at: datetime


class OutletReport(Struct, frozen=True, omit_defaults=True):
    """An outlet that carries a story: its first report."""

    source: str
    tier: int
    at: datetime
    title: str
    url: str | None = None


class FigureReport(Struct, frozen=True, omit_defaults=True):
    """A figure of a cluster and how many outlets say it."""

    figure: float
    qualifier: Qualifier
    outlets: int
    unit: str | None = None
    # The first outlets that said so, for the reader.
    sources: tuple[str, ...] = ()


class Cluster(Struct, frozen=True, omit_defaults=True):
    """A cluster as it stands, bounded: lists are cut, counts are whole."""

    id: str
    headline: str
    first: datetime
    last: datetime
    stories: int
    outlets: int
    url: str | None = None
    reports: tuple[OutletReport, ...] = ()
    figures: tuple[FigureReport, ...] = ()
    # Set when this cluster was absorbed by an older one.
    merged_into: str | None = None
    # Where its reports come from, as far as is known.
    origin: Origin | None = None


# --- records, detections -----------------------------------------------------------------------------------------


class RecordStep(Struct, frozen=True, omit_defaults=True):
    """One record in a metric's history."""

    figure: float
    # None where a text names the older record without its day.
    date: str | None
    source: str
    qualifier: Qualifier = "exact"
    cluster: str | None = None
    story: str | None = None
    url: str | None = None


class StandingRecord(Struct, frozen=True, omit_defaults=True):
    """The ledger's page on one metric: what stands, and the steps that led there, newest first, bounded."""

    metric: str
    subject: Subject
    direction: Direction
    # None where what stood was taken back and nothing is left.
    standing: RecordStep | None
    steps: tuple[RecordStep, ...] = ()
    # Where the metric comes from: "pack conflict", "claim", "editor".
    declared: str = "claim"


class DeclaredRecord(Struct, frozen=True, omit_defaults=True):
    """A record that somebody vouches for: its figure, its day (ISO) and where it can be checked."""

    figure: float
    date: str
    source: str
    url: str | None = None


class Declared(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """A metric as a pack, a file or an editor declares it; as JSON, the value of a setting "record/METRIC"."""

    subject: Subject
    records: tuple[DeclaredRecord, ...]
    direction: Direction = "max"


class LedgerWord(Struct, frozen=True, omit_defaults=True):
    """What the ledger says of a claim, with the standing record that it was held against."""

    outcome: LedgerOutcome
    reason: str
    metric: str | None = None
    beats: RecordStep | None = None
    # The record that stands after this claim, where the metric is known.
    standing: RecordStep | None = None


class JudgedClaim(Struct, frozen=True, omit_defaults=True):
    """A claim with the ledger's word on it."""

    claim: RecordClaim
    word: LedgerWord


class DeadlineNotice(Struct, frozen=True, omit_defaults=True):
    """An end that somebody set, as the first story told it; `until` is the moment that it falls due."""

    id: str
    cluster: str
    kind: Literal["ultimatum", "truce"]
    due: str
    until: datetime
    phrase: str
    sentence: str
    title: str
    source: str
    story: str
    told: datetime
    set_by: str | None = None
    url: str | None = None


class PairDay(Struct, frozen=True, omit_defaults=True):
    """A day of two parties: what their acts of that day add up to, how many events, the gravest degree of them."""

    day: str
    # Below zero where they escalate: -4, -7 or -10 an event by its degree; 3.5, 6.5 or 8.5 where they calm.
    level: float
    events: int
    # 0 where nothing of that day escalates.
    worst: int = 0


class PairLevel(Struct, frozen=True, omit_defaults=True):
    """How two parties stand by what they did of late, against what is usual between them."""

    # Their names in the order of the alphabet, "/" between them.
    pair: str
    parties: tuple[str, str]
    # The first day on which anything was told of them.
    since: str
    last: datetime
    # Days with events alone, the oldest first.
    days: tuple[PairDay, ...] = ()
    # The mean a day over the week up to `last`, and over up to 90 days before it; None where fewer than 7 are known.
    week: float = 0.0
    usual: float | None = None
    trend: PairTrend = "new"


class WatchedFigure(Struct, frozen=True, omit_defaults=True):
    """A figure that a desk watches, as a story's headline or summary tells it of one event."""

    # What it counts, by its meaning: "deaths" for the dead and the killed.
    unit: str
    figure: float
    qualifier: Qualifier
    sentence: Span


class Detection(Struct, frozen=True, omit_defaults=True, tag="detection"):
    """What one story adds to what is known of a cluster: findings, or one more outlet that carries it."""

    id: str
    cluster: str
    change: Literal["found", "corroborated"]
    story: Story
    verdict: Novelty
    outlets: int
    event: Event = Event()
    records: tuple[JudgedClaim, ...] = ()
    escalations: tuple[Escalation, ...] = ()
    # All figures told of the cluster's record, the most-told first: what the outlets disagree on.
    figures: tuple[FigureReport, ...] = ()
    # The cluster's record as it stands now, its figure the best supported one, and what it beats.
    metric: str | None = None
    record: RecordStep | None = None
    beats: RecordStep | None = None
    # Why the cluster's record stands no more: denied or corrected away.
    withdrawn: str | None = None
    # The cluster that the story nearly joined.
    near: Near | None = None
    # Why the story's outlet takes it back: killed or withheld.
    retracted: str | None = None
    # Figures that desks watch, whether or not anybody calls them a record.
    watched: tuple[WatchedFigure, ...] = ()


class ClustersMerged(Struct, frozen=True, tag="merge"):
    """Downstream of a `Merge`: what was known of `absorbed` now belongs to `kept`."""

    id: str
    cluster: str
    absorbed: str
    at: datetime


# --- alerts, deliveries ------------------------------------------------------------------------------------------


class Beaten(Struct, frozen=True):
    """The record that an alert's figure beats."""

    figure: float
    date: str | None
    source: str


class AlertFigure(Struct, frozen=True):
    """A figure that outlets give, and how many of them."""

    figure: float
    qualifier: Qualifier
    outlets: int


class AlertItem(Struct, frozen=True):
    """One of the alerts that a digest tells."""

    alert: str
    revision: int
    priority: Priority
    headline: str
    reason: str
    outlets: int
    url: str | None
    cluster: str = ""


class AlertBody(Struct, frozen=True):
    """What an editor is told; the `data` of the webhook. See docs/webhooks.md."""

    alert: str
    revision: int
    desk: str
    priority: Priority
    kind: AlertKind
    headline: str
    sentence: str
    said_by: str | None
    figure: float | None
    unit: str | None
    qualifier: Qualifier | None
    beats: Beaten | None
    figures: tuple[AlertFigure, ...]
    outlets: int
    cluster: str
    url: str | None
    # Why it rings, and since the second revision what changed: a sentence that begins with the named reason.
    reason: str
    source: str
    polarity: Polarity | None = None
    severity: int | None = None
    # Seconds between publication and this alert, where they exceed what is usual; said as "late by".
    late_by: float | None = None
    # Where the story stands on the console, with `console.public_url`; set when it is sent.
    console: str | None = None
    # And the page with the button that acknowledges it.
    acknowledge: str | None = None
    # Of a digest: the alerts that it tells, the weightiest first; the other fields are those of the first.
    items: tuple[AlertItem, ...] = ()


class Alert(Struct, frozen=True, omit_defaults=True):
    """One revision of an alert that one endpoint must get."""

    id: str
    revision: int
    endpoint: str
    webhook_id: str
    # The story that caused this revision.
    story: str
    story_url: str | None
    at: datetime
    body: AlertBody
    # After this moment it is news no longer, and is dropped with that reason instead of delivered.
    expires: datetime | None = None
    # The headline of the first revision, by which a follow-up can name the alert; empty where it is that revision's own.
    first_headline: str = ""


class HeldBack(Struct, frozen=True, omit_defaults=True):
    """What a desk did not send, and why: the named reason, and what it rests on in words."""

    id: str
    cluster: str
    story: str
    desk: str
    reason: str
    detail: str
    at: datetime
    title: str = ""


class PendingDelivery(Struct, frozen=True, omit_defaults=True):
    """An alert revision that is still to be delivered: where it stands on `alerts`, attempts, when due again."""

    alert: Alert
    attempts: int
    due: datetime
    # When it came to stand on `alerts`, and at which offset.
    since: datetime
    offset: int
    # Why it waits: the last attempt's reason, or "held" where none could be made.
    last_reason: str


class Posted(Struct, frozen=True):
    """How a service names the message that an alert became there, so that any worker can edit or answer it."""

    alert: str
    endpoint: str
    receipt: str
    at: datetime


class Delivery(Struct, frozen=True, omit_defaults=True):
    """What became of one attempt."""

    alert: str
    revision: int
    endpoint: str
    webhook_id: str
    attempt: int
    # delivered | retry | dead | expired
    outcome: str
    reason: str
    at: datetime
    status: int | None = None
    seconds: float = 0.0


# --- feeds, commands, settings, ticks ----------------------------------------------------------------------------


class SeenItem(Struct, frozen=True, omit_defaults=True):
    """An item that a feed has shown: its story id, its version, when it was last in the feed."""

    story: str
    version: str
    at: datetime
    # Digests of its words, three signs each: by these another event under the same name is noticed.
    gist: str = ""
    # Digests of title, summary and text, four signs each: what changed is told by them.
    parts: str = ""


class HeldStory(Struct, frozen=True):
    """A story that an agency gave under embargo; not sent before `until`."""

    until: datetime
    story: Story


class FeedHints(Struct, frozen=True, omit_defaults=True):
    """How often an outlet suggests to come, in seconds, and when not to: hours (0 to 23) and days, in UTC."""

    every: float | None = None
    skip_hours: tuple[int, ...] = ()
    skip_days: tuple[str, ...] = ()


class FeedEntry(Struct, frozen=True, omit_defaults=True, tag="added"):
    """A feed that was added by command; its key is "added/" and the feed's id, a tombstone removes it."""

    feed: str
    url: str
    name: str
    added: datetime
    language: str | None = None
    tier: int = 2
    # The user's own wish in seconds.
    interval: float | None = None
    tags: tuple[str, ...] = ()


class PollRequest(Struct, frozen=True, omit_defaults=True, tag="asked"):
    """Somebody wants a feed polled now; its key is "asked/" and the feed's id. The poller that holds the feed heeds it."""

    feed: str
    by: str
    at: datetime


class FeedState(Struct, frozen=True, omit_defaults=True, tag="state"):
    """All that a poller must know of a feed to go on after a restart."""

    feed: str
    url: str
    due: datetime
    why_due: str
    etag: str | None = None
    last_modified: str | None = None
    # Polled with success at least once: what is new from now on is news.
    known: bool = False
    failures: int = 0
    last_error: str | None = None
    last_success: datetime | None = None
    last_attempt: datetime | None = None
    stories: int = 0
    interval: float = 0.0
    health: FeedHealth = "new"
    # What the feed was last read as ("rss20"), and what was wrong with it as a whole.
    format: str = ""
    problems: tuple[str, ...] = ()
    # Digest of the last body: the same bytes again are no news, whatever the validators say.
    digest: str | None = None
    hints: FeedHints = FeedHints()
    # Its habit: seconds between items, and when the newest one came.
    pace: float | None = None
    last_news: datetime | None = None
    # How many items it shows: what comes faster than it is read scrolls off.
    shown: int = 0
    # The least seconds between requests that its answers of "too many" taught.
    spacing: float = 0.0
    # Where it says that it has moved for good, and how often in a row; `url` follows after some of them.
    moved: str | None = None
    moved_times: int = 0
    # How often a poll and the one before had no item in common, so that something was missed.
    gaps: int = 0
    last_gap: datetime | None = None
    # A name of an item to what was seen of it, bounded to what the feed still shows and some more.
    seen: dict[str, SeenItem] = {}
    # The hub that tells of its news, and the name that the hub knows it by.
    hub: str | None = None
    topic: str | None = None
    # Stories under embargo, the first to end first.
    held: tuple[HeldStory, ...] = ()


class Command(Struct, frozen=True, omit_defaults=True):
    """An editor's act on an alert or cluster, with the editor's name."""

    id: str
    act: Act
    # Of "missing", what the editor says that has no cluster, empty; the key is the story then.
    cluster: str
    by: str
    at: datetime
    # Of a snooze: until when revisions are held back.
    until: datetime | None = None
    note: str = ""
    # Of a hand-over: who has it now.
    to: str = ""
    # One alert alone, or one desk's; empty for all of the cluster.
    alert: str = ""
    desk: str = ""
    # Of "missing": the id or the url of the story that should have rung.
    story: str = ""


class Setting(Struct, frozen=True, omit_defaults=True):
    """What lasts and is set while running: a mute, an endpoint disabled, a correction of the ledger."""

    key: str
    value: str
    by: str
    at: datetime


class Tick(Struct, frozen=True):
    """The time, as an event."""

    at: datetime
    # Whose clock it is: the worker's host and pid, or "demo".
    clock: str

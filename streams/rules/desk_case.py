"""What desks remember of a cluster: who was told what, and what its outlets said so far."""

from datetime import datetime
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from streams.rules.corroboration import Voice, join_voices
from streams.rules.editor_acts import EditorActs, joined
from streams.rules.second_reading import LEARNED
from wirewatch.messages import (
    Alert,
    AlertKind,
    Beaten,
    Detection,
    Escalation,
    Polarity,
    Priority,
    Qualifier,
    Story,
)

MAX_SEEN: Final = 64
MAX_OUTLETS: Final = 64


class Headline(Struct, frozen=True):
    """The title that stands for a cluster: the best outlet's, the earliest among equals."""

    title: str
    source: str
    tier: int
    at: datetime
    url: str | None


class Turn(Struct, frozen=True, omit_defaults=True):
    """Which way the cluster's conflict turned, and how far, as its outlets tell it."""

    polarity: Polarity
    severity: int
    sentence: str
    parts: tuple[str, ...] = ()

    @property
    def guessed(self) -> bool:
        """Whether no word of war tells it: it is likely by what was learned alone."""
        return any(part.partition(": ")[2].startswith(LEARNED) for part in self.parts)


class Shown(Struct, frozen=True, omit_defaults=True):
    """What an alert's last revision told."""

    kind: AlertKind
    priority: Priority
    figure: float | None = None
    qualifier: Qualifier | None = None
    unit: str | None = None
    metric: str | None = None
    day: str | None = None
    beats: Beaten | None = None
    sentence: str = ""
    said_by: str | None = None
    polarity: Polarity | None = None
    severity: int = 0
    withdrawn: bool = False
    # Of what time a first is the first: "since 2022", "ever".
    scope: str | None = None
    # A record that outlets insist on and the ledger contradicts: who says what, and what stands.
    contradicted: str | None = None
    # Records that fell beside it, of other things: by metric, in words.
    beside: dict[str, str] = {}


class AlertState(Struct, frozen=True, omit_defaults=True):
    """One endpoint's alert, for life."""

    id: str
    endpoint: str
    revision: int
    first: datetime
    shown: Shown
    desks: tuple[str, ...]
    headline: Headline
    # What the first revision was headed by: the name that an editor knows the alert by.
    first_headline: str = ""
    # The tier of the best outlet that the endpoint was told of.
    tier: int = 1


class Waiting(Struct, frozen=True, omit_defaults=True):
    """What an endpoint will be told: since when it waits, until when where that is known, and why."""

    state: AlertState
    alert: Alert
    since: datetime
    reason: str
    due: datetime | None = None
    bundled: bool = False
    pair: tuple[str, str] | None = None


class Unanswered(Struct, frozen=True, omit_defaults=True):
    """An alert that goes to another endpoint where nobody acknowledges it in time."""

    alert: Alert
    state: AlertState
    due: datetime
    seconds: float


class Watched(Struct, frozen=True, omit_defaults=True):
    """What an endpoint was told, beside the newsroom's own page: until when that may lack it, None where it has it."""

    alert: Alert
    since: datetime
    due: datetime | None
    asked: int
    outlets: int = 0
    told: tuple[str, ...] = ()


class Count(Struct, frozen=True):
    """How an outlet tells a watched figure: its latest word."""

    figure: float
    qualifier: Qualifier
    sentence: str


class FigureTold(Struct, frozen=True):
    """What an endpoint was told of a watched figure."""

    revision: int
    # None where it was taken back since.
    figure: float | None
    first_headline: str
    desks: tuple[str, ...]


class Counting(Struct, frozen=True, omit_defaults=True):
    """A watched figure of the cluster: what each outlet says, what was highest of late and when, and who was told."""

    by_source: dict[str, Count] = {}
    steps: tuple[tuple[datetime, float], ...] = ()
    told: dict[str, FigureTold] = {}


class Insisted(Struct, frozen=True):
    """A record that an outlet claims and the ledger contradicts: what it says, and what stands."""

    metric: str
    words: str
    stands: str
    sentence: str


class DeskCase(Struct, frozen=True, omit_defaults=True):
    """A cluster that had a finding."""

    id: str
    last: datetime
    headline: Headline | None = None
    alerts: dict[str, AlertState] = {}
    turn: Turn | None = None
    # Outlets that tell of a further turn than `turn`, by what they tell: "escalation 3" to their names.
    doubted: dict[str, tuple[str, ...]] = {}
    # The cluster that rang for this very record.
    same_as: str | None = None
    # The cluster that a story of this one nearly joined, before anybody was told.
    like: str | None = None
    # Detections heard of late: the same again changes nothing.
    seen: tuple[str, ...] = ()
    merged_into: str | None = None
    # Who carries it, bounded, and whose words each tells.
    voices: tuple[Voice, ...] = ()
    # By endpoint: what waits, and what waits to be acknowledged.
    waiting: dict[str, Waiting] = {}
    unanswered: dict[str, Unanswered] = {}
    acts: EditorActs = EditorActs()
    watched: dict[str, Watched] = {}
    # Watched figures, by what they count.
    counting: dict[str, Counting] = {}
    # By alert: watched figures that wait.
    figures: dict[str, Waiting] = {}
    # Acts on one alert or one desk alone: "alert/ID", "desk/ID".
    acts_of: dict[str, EditorActs] = {}
    # By the word that it was too late: lines that wait for the digest.
    expired: dict[str, Waiting] = {}
    # By outlet: the record that it claims though the ledger contradicts it.
    insisting: dict[str, Insisted] = {}

    @property
    def waits(self) -> bool:
        """Return whether something of it waits for the time."""
        return bool(self.waiting or self.figures or self.expired or self.unanswered)


def acts_for(case: DeskCase, alert: str, desk: str) -> EditorActs:
    """Return what editors did as it holds for one alert at one desk: the narrower word before the wider one."""
    found = case.acts
    for scope in (f"desk/{desk}", f"alert/{alert}"):
        if scope in case.acts_of:
            found = joined(case.acts_of[scope], found)
    return found


def headline_of(story: Story) -> Headline:
    """Return a story's title as one that may stand for its cluster."""
    return Headline(story.title, story.source, story.tier, story.at, story.url)


def better_headline(known: Headline | None, story: Story) -> Headline:
    """Return the title to show: a better outlet's replaces a known one, an equal one's only where it is earlier."""
    new = headline_of(story)
    if known is None or not known.title.strip():
        return new
    return new if story.title.strip() and (new.tier, new.at) < (known.tier, known.at) else known


def told_turn(detection: Detection) -> Escalation | None:
    """Return the story's weightiest escalation; where two weigh the same, the one it tells first."""
    return max(detection.escalations, key=lambda one: one.severity, default=None)


def turned(case: DeskCase, detection: Detection) -> DeskCase:
    """Return the case with the story's turn heard.

    The first word counts at once. A further or opposite one needs a story with new facts of a first-tier outlet, or
    two outlets: two ways to word one event are no news. What no word of war tells never speaks against words that do.
    """
    told = told_turn(detection)
    if told is None:
        return case
    turn = Turn(told.polarity, told.severity, detection.story.quoted(told.sentence), told.parts)
    if case.turn is None:
        return replace(case, turn=turn)
    opposite = told.polarity != case.turn.polarity
    if case.turn.guessed and not turn.guessed and not opposite:
        return replace(case, turn=turn)
    if turn.guessed and not case.turn.guessed:
        return case
    further = not opposite and told.severity > case.turn.severity
    if not further and not (opposite and told.severity >= 2):
        return case
    # Outlets that tell of a reversal need not agree on how far it goes.
    key = told.polarity if opposite else f"{told.polarity} {told.severity}"
    names = case.doubted.get(key, ())
    if detection.story.source not in names:
        names = (*names, detection.story.source)[:MAX_OUTLETS]
    believed = len(names) >= 2 or (detection.story.tier == 1 and detection.verdict != "duplicate")
    if believed:
        return replace(case, turn=turn, doubted={})
    return replace(case, doubted={**case.doubted, key: names})


def unlent(case: DeskCase, before: DeskCase) -> DeskCase:
    """Return the case with the words that it had before a story that may not ring."""
    return replace(case, headline=before.headline, turn=before.turn, doubted=before.doubted)


def seen(case: DeskCase, detection: Detection, now: datetime) -> DeskCase:
    """Return the case with the detection marked as heard."""
    return replace(case, seen=(*case.seen, detection.id)[-MAX_SEEN:], last=max(case.last, now))


def join(kept: DeskCase | None, absorbed: DeskCase, into: str) -> DeskCase:
    """Return two cases as one: of two alerts to one endpoint, the older goes on."""
    if kept is None:
        return replace(absorbed, id=into, merged_into=None)
    alerts = dict(kept.alerts)
    for endpoint, alert in absorbed.alerts.items():
        known = alerts.get(endpoint)
        alerts[endpoint] = alert if known is None else _older(known, alert)
    headline = min(
        (one for one in (kept.headline, absorbed.headline) if one is not None),
        key=lambda one: (one.tier, one.at),
        default=None,
    )
    return replace(
        kept,
        last=max(kept.last, absorbed.last),
        headline=headline,
        alerts=alerts,
        turn=kept.turn or absorbed.turn,
        same_as=kept.same_as if not absorbed.alerts else None,
        like=kept.like if not absorbed.alerts else None,
        seen=(*absorbed.seen, *kept.seen)[-MAX_SEEN:],
        voices=join_voices(kept.voices, absorbed.voices),
        # What was told already waits no more as a first word.
        waiting={
            name: one
            for name, one in {**absorbed.waiting, **kept.waiting}.items()
            if one.state.revision > 1 or name not in alerts
        },
        unanswered={**absorbed.unanswered, **kept.unanswered},
        acts=joined(kept.acts, absorbed.acts),
        watched={**absorbed.watched, **kept.watched},
        figures={**absorbed.figures, **kept.figures},
        acts_of={**absorbed.acts_of, **kept.acts_of},
        expired={**absorbed.expired, **kept.expired},
        insisting={**absorbed.insisting, **kept.insisting},
        counting={
            **absorbed.counting,
            **{unit: _both(one, absorbed.counting.get(unit)) for unit, one in kept.counting.items()},
        },
    )


def _both(kept: Counting, absorbed: Counting | None) -> Counting:
    if absorbed is None:
        return kept
    return Counting(
        {**absorbed.by_source, **kept.by_source},
        tuple(sorted((*absorbed.steps, *kept.steps))),
        {**absorbed.told, **kept.told},
    )


def _older(one: AlertState, other: AlertState) -> AlertState:
    """Return the older of two alerts to one endpoint; it knows what the younger told last, for that was heard too."""
    older, younger = sorted((one, other), key=lambda alert: (alert.first, alert.id))
    desks = tuple(dict.fromkeys((*older.desks, *younger.desks)))
    shown = max(older.shown, younger.shown, key=_how_far)
    return replace(older, shown=shown, desks=desks)


def _how_far(shown: Shown) -> tuple[bool, str, int]:
    return shown.figure is not None, shown.day or "", shown.severity

"""What a story's own text says: on `stories.analysed`."""

from datetime import datetime
from typing import Literal

from msgspec import Struct

from wirewatch.messages.stories import Story
from wirewatch.messages.terms import ClaimStatus, Direction, Field, Polarity, Qualifier, Span


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


# Why a number of a text is no figure: more than any count, digits of an identifier, or fewer than none of something.
UnreadReason = Literal["too_large", "too_many_digits", "below_zero"]


class UnreadNumber(Struct, frozen=True):
    """A number of a text that is left out of its figures, and why; of a long one the text is cut, not the place."""

    field: Field
    start: int
    end: int
    text: str
    reason: UnreadReason


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


RoundUpForm = Literal["times of day", "numbers", "labels", "bullets", "title", "originals"]


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
    # Numbers that no figure was made of.
    unread: tuple[UnreadNumber, ...] = ()

"""Small factories for clustered stories, as the ledger gets them."""

from datetime import UTC, datetime, timedelta

from streams.rules.step import Change
from wirewatch.messages import (
    ClaimStatus,
    ClusteredStory,
    Detection,
    Direction,
    Escalation,
    Figure,
    LedgerWord,
    Qualifier,
    RecordClaim,
    Span,
    StandingRecord,
    Story,
    Subject,
)

DRONES = Subject("drones", "attack", "russia", "ukraine")


def when(day: str, hour: float = 7) -> datetime:
    """The hour of a day, in UTC."""
    return datetime.fromisoformat(day).replace(tzinfo=UTC) + timedelta(hours=hour)


def claim(
    figure: float | None = None,
    subject: Subject = DRONES,
    *,
    qualifier: Qualifier = "exact",
    status: ClaimStatus = "claimed",
    direction: Direction = "max",
    scope: str = "of the war",
    comparator: str = "largest",
    previous: float | None = None,
    date: str | None = None,
    sentence: str = "It was the largest attack of the war.",
) -> RecordClaim:
    """A record claim; "over 400" is `claim(400, qualifier="at_least")`."""
    span = Span("title", 0, len(sentence), sentence)
    return RecordClaim(
        status,
        comparator,
        direction,
        span,
        (Span("title", 11, 18, comparator),),
        subject,
        figure,
        subject.unit,
        qualifier,
        scope,
        None,
        date,
        previous,
    )


def story(
    cluster: str,
    at: datetime,
    *claims: RecordClaim,
    source: str = "Agency",
    tier: int = 2,
    title: str = "A night over Ukraine",
    summary: str = "",
    figures: tuple[Figure, ...] = (),
    escalations: tuple[Escalation, ...] = (),
    outlets: int = 1,
    id: str | None = None,  # noqa: A002 - the story's own word
    version: str = "1",
    fetched: datetime | None = None,
    first_poll: bool = False,
    undated: bool = False,
) -> ClusteredStory:
    """A story as the clusterer hands it on, published and fetched at `at` unless told otherwise."""
    identity = id or f"{source}/{cluster}/{at.isoformat()}"
    told = Story(
        identity,
        version,
        "feed",
        source,
        title,
        fetched or at,
        tier=tier,
        url=f"https://example.org/{identity}",
        summary=summary,
        published=None if undated else at,
        first_poll=first_poll,
    )
    return ClusteredStory(
        cluster, "new", "no cluster like it", told, outlets, outlets,
        figures=figures, claims=claims, escalations=escalations,
    )  # fmt: skip


def drones_in(text: str, value: float, unit: str = "drones", qualifier: Qualifier = "exact") -> Figure:
    """The figure `value` where a title says it."""
    digits = f"{value:g}"
    start = text.index(digits)
    return Figure("title", start, start + len(digits), digits, value, unit, qualifier)


def detection(change: Change) -> Detection:
    """The one detection of a change."""
    (found,) = [output.message for output in change.outputs if isinstance(output.message, Detection)]
    return found


def words(change: Change) -> tuple[LedgerWord, ...]:
    """The ledger's words on a story's claims."""
    return tuple(judged.word for judged in detection(change).records)


def standing(change: Change) -> StandingRecord | None:
    """The standing record that a change published, if it did."""
    found = [output.message for output in change.outputs if isinstance(output.message, StandingRecord)]
    return found[-1] if found else None


def only(change: Change) -> LedgerWord:
    """The one word of a change."""
    (word,) = words(change)
    return word


def told(word: LedgerWord) -> tuple[str, float | None]:
    """A word's outcome, and the figure that it beats."""
    return word.outcome, word.beats.figure if word.beats else None

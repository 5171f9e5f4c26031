"""The words of the field that several messages use."""

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

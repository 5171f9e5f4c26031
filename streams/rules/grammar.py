"""What the reader of a language needs, compiled: vocabulary, acts, events, operators, domains."""

import re
from typing import Final, Literal

from msgspec import Struct

from streams.rules.tagging import Vocabulary
from wirewatch.messages import Polarity

State = Literal["attack", "hostile", "threat", "truce", "talks", "war", "peace", "offer", "appeal", "void"]


# A class that a language has no words for; `wirewatch lexicon languages` says which these are.
_NONE: Final[frozenset[str]] = frozenset()


class Act(Struct, frozen=True):
    """A kind of act: what it is called, what is known of it unread, how grave it is."""

    sense: str
    state: State
    severity: int
    # "adversaries": only between parties that are at war or at odds; "likely adversaries": or that are likely to be.
    needs: str
    # Patterns in the same sentence that make another thing of it.
    unless: tuple[re.Pattern[str], ...]


class EventKind(Struct, frozen=True):
    """What an event is, once its pattern is found."""

    polarity: Literal["conflict", "cooperation"]
    form: Literal["verbal", "material"]
    violent: bool
    # "armed": only beside arms, armed men or an attack.
    needs: str
    # Gives way to blood that is shed in the same clause.
    yields: bool
    # What it means between parties at odds, and how far: ("de-escalation", 2).
    turn: tuple[Polarity, int] | None


class Operator(Struct, frozen=True):
    """What changes an act's meaning, and on which side of the act it may stand: "before", "after", or both."""

    name: str
    side: str


class Effect(Struct, frozen=True):
    """What an operator makes of a state; without a severity the act keeps its own."""

    state: State
    severity: int | None


class Grammar(Struct, frozen=True):
    """The lexicons of a language, put together. What is sought by a tag needs no search."""

    vocabulary: Vocabulary
    # Each pattern with tags of which it needs some besides the one that it is filed under: one of each set.
    acts: dict[str, tuple[tuple[re.Pattern[str], tuple[frozenset[str], ...], Act], ...]]
    events: dict[str, tuple[tuple[re.Pattern[str], tuple[frozenset[str], ...], EventKind], ...]]
    operators: dict[str, tuple[Operator, ...]]
    # By operator and state.
    effects: dict[tuple[str, str], Effect]
    # The domains of a tag, and whether its words are the domain's own.
    domains: dict[str, tuple[tuple[str, bool], ...]]
    # How a headline begins that tells instead of reporting.
    openings: frozenset[str]
    # How it goes on after a colon that announced what is then told.
    retells: frozenset[str]
    # Pairs of parties that are at odds.
    rivals: frozenset[frozenset[str]]
    # The normalised name of each word of the gazetteer.
    names: dict[str, str]
    # What a place is called by which series are named, where that is another word.
    called: dict[str, str]
    classes: dict[str, frozenset[str]]
    # How a word ends that tells what was done to somebody.
    past: tuple[str, ...]
    # After a capital these make it a government that speaks, and no place.
    speaks: frozenset[str]

    def tags(self, name: str) -> frozenset[str]:
        """Return the tags of a class, or of a union of classes."""
        return self.classes.get(name, _NONE)

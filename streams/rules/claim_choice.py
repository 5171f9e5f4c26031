"""A figure that may be a record's, and the claim that it may be chosen for."""

from collections.abc import Sequence

from msgspec import Struct

from streams.rules.claim_cues import Cue, Line
from streams.rules.claim_scope import Scope
from streams.rules.claim_words import ClaimWords
from wirewatch.messages import Figure


class Candidate(Struct, frozen=True):
    """A figure, the line that it stands in, and its tokens there."""

    figure: Figure
    line: int
    first: int
    last: int


class Choice(Struct, frozen=True):
    """What a figure is chosen for: the cue, its scope and its line among the lines."""

    lines: Sequence[Line]
    index: int
    cue: Cue
    scope: Scope | None
    words: ClaimWords
    # What the noun phrase after the cue is told in, and what the words of the line are.
    noun_wants: frozenset[str]
    line_wants: frozenset[str]
    # The year of the story.
    year: int = 0

    def own(self) -> Line:
        """Return the line of the claim."""
        return self.lines[self.index]

    def nouns(self) -> list[str]:
        """Return the noun phrase after the cue."""
        return self.own().tokens.low[self.cue.stop : self.cue.noun_stop]

    def denies(self) -> bool:
        """Whether the claim denies all others: "no thermometer had ever gone above 45"."""
        return self.cue.kind == "pattern" and not self.words.sets["denials"].isdisjoint(
            self.own().tokens.low[self.cue.start : self.cue.stop]
        )

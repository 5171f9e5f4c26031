"""A cue in its sentence, with what it is judged by."""

from msgspec import Struct

from streams.rules.claim_cues import Cue, Line
from streams.rules.claim_scope import Scope
from streams.rules.claim_words import ClaimWords


class Case(Struct, frozen=True):
    """A cue in its sentence. `numbered`: the sentence holds a quantity; `told`: headline or lead does."""

    text: Line
    cue: Cue
    scope: Scope | None
    words: ClaimWords
    numbered: bool = False
    told: bool = False

    def before(self, reach: int) -> str:
        """Return the words before the cue."""
        return self.text.between(self.cue.start - reach, self.cue.start)

    def has(self, name: str, nouns: set[str]) -> bool:
        """Whether one of the nouns is in the lexicon's set."""
        return not self.words.sets[name].isdisjoint(nouns)


def tokens_before(case: Case) -> str:
    """Return the token before the cue."""
    return case.text.tokens.word(case.cue.start - 1)

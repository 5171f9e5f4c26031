"""Tells a change from the level that it led to: of "its biggest one-day fall, 4% to $1.03" the record is 4%."""

from typing import Final

from streams.rules.claim_choice import Candidate, Choice

_LEVEL: Final = -3.0
_SHARE: Final = 1.2
# Some words may stand between a figure and what says that it is a level: "closed the day at".
_BEFORE: Final = 2


def is_of_change(choice: Choice) -> bool:
    """Whether the claim is of how far something moved: "the biggest monthly gain", "a record jump"."""
    return not choice.words.sets["changes"].isdisjoint(choice.nouns())


def change_score(candidate: Candidate, choice: Choice) -> float:
    """Return how much speaks for a figure as a change; nothing where the claim is of none."""
    if not is_of_change(choice):
        return 0.0
    text, sets = choice.lines[candidate.line], choice.words.sets
    before = text.tokens.low[max(0, candidate.first - _BEFORE) : candidate.first]
    # "Rose above $75": that it is no less belongs to the figure.
    words = {*before, *candidate.figure.text.lower().split()}
    if words & sets["levels"]:
        return _LEVEL
    return _SHARE if candidate.figure.unit == "percent" else 0.0

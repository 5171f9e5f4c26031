"""Whether an item is about war at all, or only uses its words: sport, trade, labour, fiction, nature, courts."""

from collections.abc import Sequence
from typing import Final

from msgspec import Struct

from streams.rules.grammar import Domain, Grammar
from streams.rules.tagging import Tagged

# A word that only this domain uses weighs as much as two that others use too; a headline as much as two leads.
_STRONG: Final = 2
_HEADLINE: Final = 2


class Lure(Struct, frozen=True):
    """What an item is about instead, and by which words."""

    domain: str
    words: tuple[str, ...]


def lure(grammar: Grammar, title: Sequence[Tagged], lead: Sequence[Tagged]) -> Lure | None:
    """Return the domain that an item belongs to where that outweighs its words of war."""
    hard = grammar.tags("hard")
    war = _weight(title, lead, hard, _STRONG)
    best: tuple[int, Domain] | None = None
    for domain in grammar.domains:
        weight = _weight(title, lead, domain.strong, _STRONG) + _weight(title, lead, domain.weak, 1)
        if weight >= _STRONG and (best is None or weight > best[0]):
            best = weight, domain
    if best is None or best[0] <= war:
        return None
    domain = best[1]
    words = [
        word
        for sentence in [*title, *lead]
        for word, tag in zip(sentence.words, sentence.tags, strict=True)
        if tag in domain.strong or tag in domain.weak
    ]
    return Lure(domain.name, tuple(dict.fromkeys(words)))


def _weight(title: Sequence[Tagged], lead: Sequence[Tagged], tags: frozenset[str], each: int) -> int:
    headline = sum(tag in tags for sentence in title for tag in sentence.tags)
    below = sum(tag in tags for sentence in lead for tag in sentence.tags)
    return each * (_HEADLINE * headline + below)


def only_tells(grammar: Grammar, title: Tagged) -> bool:
    """Whether a headline explains, asks or reviews instead of reporting."""
    if not title.words:
        return False
    first = title.words[0]
    # The health agency's name is written as the question word is.
    return first in grammar.openings or title.words[-1] == "?"

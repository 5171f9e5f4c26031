"""Whether an item is about war at all, or only uses its words: sport, trade, labour, fiction, nature, courts."""

from collections import Counter
from collections.abc import Sequence, Set
from itertools import pairwise
from typing import Final

from msgspec import Struct

from streams.rules.grammar import Grammar
from streams.rules.tagging import Tagged

# A word that only this domain uses weighs as much as two that others use too.
_STRONG: Final = 2
# Without any word that is the domain's own, it takes this weight of shared ones.
_ALL_WEAK: Final = 3
# Nations play, trade and sue too: where there is no word of war, two of them weigh as much as one.
_NATIONS: Final = 2
# So many words of war need no party that the gazetteer knows.
_MUCH_WAR: Final = 3
# What a headline is of stands among so many of its first words.
_EARLY: Final = 5


class Lure(Struct, frozen=True):
    """What an item is about instead, and by which words."""

    domain: str
    words: tuple[str, ...]


def lure(grammar: Grammar, title: Sequence[Tagged], lead: Sequence[Tagged]) -> Lure | None:
    """Return the domain that an item belongs to where that outweighs its words of war.

    The headline decides; only where it has no word of either, what stands below it.
    """
    for sentences, enough in ((title, _STRONG), (lead, 2 * _STRONG)):
        war = _war(grammar, sentences)
        if not war and sentences is title:
            war = min(_NATIONS, _count(sentences, grammar.tags("place-or-people")))
        weights: Counter[str] = Counter()
        strong: set[str] = set()
        words: list[str] = []
        for sentence in sentences:
            if grammar.domains.keys().isdisjoint(sentence.present):
                continue
            for word, tag in zip(sentence.words, sentence.tags, strict=True):
                for domain, own in grammar.domains.get(tag, ()):
                    weights[domain] += _STRONG if own else 1
                    words.append(word)
                    if own:
                        strong.add(domain)
        heaviest = max(weights, key=weights.__getitem__, default=None)
        if heaviest and weights[heaviest] >= max(war, enough if heaviest in strong else _ALL_WEAK):
            return Lure(heaviest, tuple(dict.fromkeys(words)))
        if _count(sentences, grammar.tags("warring")):
            return None
    return None


def _war(grammar: Grammar, sentences: Sequence[Tagged]) -> int:
    """Return what the words of war weigh; a little more beside an armed group's name, or two that are at odds."""
    war = _STRONG * _count(sentences, grammar.tags("warring"))
    fought = war and (_count(sentences, grammar.tags("group")) or _at_odds_in(grammar, sentences))
    return war + 1 if fought else war


def _count(sentences: Sequence[Tagged], tags: frozenset[str]) -> int:
    return sum(
        sum(map(tags.__contains__, sentence.tags))
        for sentence in sentences
        if not tags.isdisjoint(sentence.present)
    )


def adversaries(grammar: Grammar, sentences: Sequence[Tagged]) -> bool:
    """Whether an item is about parties at war, or about two that are at odds."""
    warlike = _count(sentences, grammar.tags("warlike-all"))
    if warlike >= _MUCH_WAR:
        return True
    if not _count(sentences, grammar.tags("party")):
        return False
    if warlike:
        return True
    return _at_odds_in(grammar, sentences)


def _rivals(grammar: Grammar, named: Set[str]) -> bool:
    return len(named) > 1 and any(pair <= named for pair in grammar.rivals)


def _at_odds_in(grammar: Grammar, sentences: Sequence[Tagged]) -> bool:
    return _rivals(grammar, {name for sentence in sentences for name in _nations(grammar, sentence)})


def _nations(grammar: Grammar, sentence: Tagged) -> set[str]:
    nations = grammar.tags("nation")
    if nations.isdisjoint(sentence.present):
        return set()
    tagged = zip(sentence.words, sentence.tags, strict=True)
    return {grammar.names.get(word, word) for word, tag in tagged if tag in nations}


def at_odds(grammar: Grammar, sentence: Tagged) -> bool:
    """Whether a sentence names two parties that are at odds, or an armed group, and no word of another domain."""
    if not grammar.domains.keys().isdisjoint(sentence.present):
        return False
    if not grammar.tags("group").isdisjoint(sentence.present):
        return True
    return _rivals(grammar, _nations(grammar, sentence))


def of_another_domain(grammar: Grammar, title: Sequence[Tagged]) -> bool:
    """Whether a headline has any word of another domain, and none that only war uses."""
    return any(tag in grammar.domains for sentence in title for tag in sentence.tags) and not _count(
        title, grammar.tags("warring")
    )


def of_prices(grammar: Grammar, title: Tagged) -> bool:
    """Whether a headline is of prices that moved: "Gold jumps after attack on tanker"."""
    market, moves = grammar.tags("market"), grammar.tags("market-move")
    if market.isdisjoint(title.present) or moves.isdisjoint(title.present):
        return False
    return any(one in market and after in moves for one, after in pairwise(title.tags[:_EARLY]))


def only_tells(grammar: Grammar, title: Tagged) -> bool:
    """Whether a headline explains, asks or reviews instead of reporting."""
    if not title.words:
        return False
    words = title.words
    if words[0] in grammar.openings or words[-1] == "?":
        return True
    # "London bombs: how the day unfolded".
    return any(word == ":" and after in grammar.retells for word, after in pairwise(words))

"""Who did it to whom, and where, as far as the sentence says."""

from msgspec import Struct

from streams.rules.acts import Found
from streams.rules.grammar import Grammar
from streams.rules.tagging import Tagged


class Parties(Struct, frozen=True):
    """Normalised names: countries as in the gazetteer, armed groups as they are called."""

    actor: str | None = None
    target: str | None = None
    place: str | None = None


def parties(grammar: Grammar, found: Found, sentence: Tagged) -> Parties:
    """Return the party before the act's end as actor, the next other one as target, a place that is named last."""
    nations, groups = grammar.tags("nation"), grammar.tags("group")
    named = [
        (at, grammar.names.get(sentence.words[at], sentence.words[at]))
        for at, tag in enumerate(sentence.tags)
        if tag in nations or tag in groups
    ]
    before = [name for at, name in named if at <= found.start]
    actor = before[-1] if before else None
    others = [name for at, name in named if at > found.start and name != actor]
    places = grammar.tags("place")
    place = next(
        (
            sentence.words[at]
            for at, _ in reversed(named)
            if sentence.tags[at] in places and at >= found.start
        ),
        None,
    )
    return Parties(actor, others[0] if others else None, place)

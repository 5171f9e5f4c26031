"""Who did it to whom, and where, as far as the sentence says."""

from msgspec import Struct

from streams.rules.grammar import Grammar
from streams.rules.tagging import Tagged


class Parties(Struct, frozen=True):
    """Normalised names: countries as in the gazetteer, armed groups as they are called."""

    actor: str | None = None
    target: str | None = None
    place: str | None = None


def parties(grammar: Grammar, start: int, end: int, sentence: Tagged) -> Parties:
    """Return the first party of the act's clause as actor, the next other one as target, and the last place.

    Who only tells of it ("the UN says") is none of them.
    """
    named = grammar.tags("nation") | grammar.tags("group")
    opens = grammar.tags("stop") | grammar.tags("gap-break")
    tells = grammar.tags("say")
    first = max((at + 1 for at in range(start) if sentence.tags[at] in opens), default=0)
    there = [
        (at, grammar.names.get(sentence.words[at], sentence.words[at]))
        for at in range(first, len(sentence.tags))
        if sentence.tags[at] in named and sentence.tags[at + 1 : at + 2] not in tells
    ]
    if is_passive(grammar, start, end, sentence):
        agents = [name for at, name in there if at > start]
        patients = [name for at, name in there if at <= start]
        return Parties(
            agents[0] if agents else None,
            patients[0] if patients else None,
            _place(grammar, there, sentence, 0),
        )
    before = [name for at, name in there if at <= start]
    actor = before[0] if before else None
    others = [name for at, name in there if name != actor and (at > start or len(before) > 1)]
    return Parties(actor, others[0] if others else None, _place(grammar, there, sentence, start))


def is_passive(grammar: Grammar, start: int, end: int, sentence: Tagged) -> bool:
    """Whether the act is told of whom it befell: "Kyiv hit by missiles"."""
    by = grammar.tags("by")
    return any(tag in by for tag in sentence.tags[start + 1 : end + 2])


def _place(grammar: Grammar, there: list[tuple[int, str]], sentence: Tagged, start: int) -> str | None:
    places = grammar.tags("place")
    named = [sentence.words[at] for at, _ in there if at >= start and sentence.tags[at] in places]
    return named[-1] if named else None

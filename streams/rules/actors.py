"""Who did it to whom, and where, as far as the sentence says."""

from msgspec import Struct

from streams.rules.grammar import Grammar
from streams.rules.tagging import Tagged


class Parties(Struct, frozen=True):
    """Normalised names: countries as in the gazetteer, armed groups as they are called."""

    actor: str | None = None
    target: str | None = None
    place: str | None = None


class _Named(Struct, frozen=True):
    """A party where it stands in a sentence."""

    at: int
    name: str


def parties(grammar: Grammar, start: int, end: int, sentence: Tagged) -> Parties:
    """Return the first party of the act's clause as actor, the next other one as target, and the last place.

    Who only tells of it ("Kyiv says", "according to the UN", "Cambodia accuses") did nothing; where nobody else is
    named as the one whom it befell, and the two are at odds, it befell the teller.
    """
    opens = grammar.tags("stop") | grammar.tags("gap-break")
    first = max((at + 1 for at in range(start) if sentence.tags[at] in opens), default=0)
    named = _named(grammar, sentence, first)
    tellers = _tellers(grammar, sentence, named, (first, start, end))
    there = [one for one in named if one not in tellers]
    if is_passive(grammar, start, end, sentence):
        agents = [one.name for one in there if one.at > start]
        patients = [one.name for one in there if one.at <= start]
        found = Parties(
            next(iter(agents), None), next(iter(patients), None), _place(grammar, there, sentence, 0)
        )
    else:
        struck = [one for one in there if _is_struck(grammar, sentence, one, start)]
        before = [one.name for one in there if one.at <= start and one not in struck]
        itself = tellers and _tells_of_itself(grammar, sentence, tellers, start)
        actor = next(iter(before), None)
        if actor is None and not itself:
            actor = _whose(grammar, sentence, there, (start, end))
        others = [
            one.name
            for one in (*struck, *there)
            if one.name != actor and (one.at > start or one in struck or len(before) > 1)
        ]
        if actor is None and itself:
            actor, tellers = tellers[0].name, []
        found = Parties(actor, next(iter(others), None), _place(grammar, there, sentence, start))
    if found.actor is not None and found.target is None:
        victims = (one.name for one in tellers if frozenset((one.name, found.actor)) in grammar.rivals)
        return Parties(found.actor, next(victims, None), found.place)
    return found


def _named(grammar: Grammar, sentence: Tagged, first: int) -> list[_Named]:
    tags = grammar.tags("nation") | grammar.tags("group")
    return [
        _Named(at, grammar.names.get(sentence.words[at], sentence.words[at]))
        for at in range(first, len(sentence.tags))
        if sentence.tags[at] in tags
    ]


def _tellers(
    grammar: Grammar, sentence: Tagged, named: list[_Named], where: tuple[int, int, int]
) -> list[_Named]:
    """Return the parties that only tell: before a verb of saying, in the last clause before one, after "according to"."""
    first, start, end = where
    says, follows = grammar.tags("say") | grammar.tags("accuse"), grammar.tags("according")
    tags = sentence.tags
    ahead = next((at for at in range(first, start) if tags[at] in says), None)
    behind = next((at for at in range(end, len(tags)) if tags[at] in grammar.tags("say")), None)
    comma = max((at for at in range(end, behind or end) if tags[at] in grammar.tags("comma")), default=None)
    return [
        one
        for one in named
        if (ahead is not None and one.at < ahead)
        or (behind is not None and (one.at == behind - 1 or (comma is not None and comma < one.at < behind)))
        or tags[one.at - 1 : one.at] in follows
    ]


def _is_struck(grammar: Grammar, sentence: Tagged, party: _Named, start: int) -> bool:
    """Whether a party before the act is the one whom it befell: "Ukraine faces", "drones sent at Ukraine"."""
    if party.at > start:
        return False
    after, before = sentence.tags[party.at + 1 : party.at + 2], sentence.tags[max(0, party.at - 1) : party.at]
    return after in grammar.tags("suffers") or (party.at > 0 and before in grammar.tags("toward"))


def _whose(grammar: Grammar, sentence: Tagged, there: list[_Named], where: tuple[int, int]) -> str | None:
    """Return whose attack or weapons the act tells of, where nobody else acts: "472 Russian drones in one night"."""
    start, end = where
    people, armed = grammar.tags("people"), grammar.tags("weapon") | grammar.tags("strike-noun")
    armed |= grammar.tags("attack-noun")
    return next(
        (
            one.name
            for one in there
            if start - 2 <= one.at < end
            and sentence.tags[one.at] in people
            and sentence.tags[one.at + 1 : one.at + 2] in armed
        ),
        None,
    )


def _tells_of_itself(grammar: Grammar, sentence: Tagged, tellers: list[_Named], start: int) -> bool:
    """Whether who tells did it: "Israel says it struck", "Iran's army claims to have hit"."""
    itself = grammar.tags("itself")
    return tellers[0].at < start and any(tag in itself for tag in sentence.tags[tellers[0].at : start + 1])


def is_passive(grammar: Grammar, start: int, end: int, sentence: Tagged) -> bool:
    """Whether the act is told of whom it befell: "Kyiv hit by missiles"."""
    by = grammar.tags("by")
    return any(tag in by for tag in sentence.tags[start + 1 : end + 2])


def _place(grammar: Grammar, there: list[_Named], sentence: Tagged, start: int) -> str | None:
    places = grammar.tags("place")
    named = [
        grammar.called.get(sentence.words[one.at], sentence.words[one.at])
        for one in there
        if one.at >= start and sentence.tags[one.at] in places
    ]
    return named[-1] if named else None

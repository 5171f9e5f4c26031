"""Decides whether a cue claims anything, or is a standing superlative, an ordinal, a figure of speech."""

from itertools import dropwhile, takewhile
from typing import Final

from streams.rules.claim_case import Case, tokens_before
from streams.rules.claim_needs import NEEDS, TIMELESS, is_superseded
from streams.rules.claim_scope import Scope

# Of whom it is told who is the oldest to do a thing.
_AGES: Final = frozenset(["oldest", "youngest", "fastest", "tallest", "heaviest", "quickest"])


_APART: Final = (",", "—", "–", ":")


def is_claim(case: Case) -> bool:
    """Whether the cue claims a record."""
    kind, text, cue = case.cue.kind, case.text, case.cue
    if kind == "superlative":
        return _superlative(case)
    if kind == "record" and (_is_person(case) or (text.tokens.word(cue.stop) == "-" and _is_epithet(case))):
        return False
    if kind == "record":
        if case.words.status["old_record"].search(case.before(3)) and is_superseded(case):
            # The pattern of what is superseded reads it.
            return False
        if text.tokens.word(cue.start - 1) not in case.words.sets["pronouns"] or cue.stop - cue.start > 1:
            return True
        return case.words.breaks.search(case.before(7)) is not None or case.has(
            "wants", set(text.tokens.low[cue.stop : cue.noun_stop])
        )
    if kind == "high":
        return _high(case)
    return NEEDS[cue.need](case) if cue.need else True


def _is_person(case: Case) -> bool:
    """Whether a "record signing" is a footballer and no news of a price."""
    who = case.text.tokens.word(case.cue.stop)
    return who in case.words.sets["record_persons"] and not case.numbered and not _becomes(case)


def _is_epithet(case: Case) -> bool:
    """Whether "record-breaking" only describes somebody: "record-breaking sprinter splits from coach"."""
    low = case.text.tokens.low[case.cue.stop + 2 : case.cue.stop + 4]
    if case.numbered:
        return False
    return tokens_before(case) in case.words.sets["naming"] or not case.words.sets["entities"].isdisjoint(low)


def _high(case: Case) -> bool:
    tokens, cue = case.text.tokens, case.cue
    if tokens.word(cue.stop) in case.words.sets["high_lures"]:
        return False
    return cue.need != "weak" or tokens.word(cue.start - 1) in case.words.sets["high_leads"]


def _superlative(case: Case) -> bool:
    text, cue, scope = case.text, case.cue, case.scope
    if case.words.shapes["formerly"].search(case.before(5)) and is_superseded(case):
        # The pattern of what is superseded reads it.
        return False
    nouns = set(text.tokens.low[cue.stop : cue.noun_stop])
    entity = _is_entity(case)
    if _apposition(case, nouns) and (scope is None or scope.kind in TIMELESS or scope.kind == "ever"):
        return not entity and case.numbered and scope is not None and tokens_before(case) != ","
    if scope is None:
        return _unscoped(case, nouns, entity=entity)
    if scope.kind in TIMELESS:
        return _timeless(case, scope, entity=entity)
    if scope.kind not in ("ever", "to date"):
        # "The world's biggest active volcano had slept since 1984".
        return not (entity and _own(case) and scope.start > cue.noun_stop)
    if entity and scope.kind == "ever":
        # "He is the best player I have seen" is an opinion.
        opinion = cue.comparator in ("best", "worst") and not case.told
        bare = (
            case.told and text.sentence.field == "title" and tokens_before(case) in case.words.sets["leads"]
        )
        return not opinion and (bare or _becomes(case) or case.numbered)
    # "The worst bachelor ever" is an opinion.
    return cue.comparator not in ("best", "worst", "most") or case.told or case.has("events", nouns)


def _is_entity(case: Case) -> bool:
    """Whether the noun is somebody or something that merely is the largest: "bank", but not "bank raid"."""
    low = case.text.tokens.low[case.cue.stop : case.cue.noun_stop]
    entities, events = case.words.sets["entities"], case.words.sets["events"]
    # The last of nouns side by side says what it is: a marathon runner is somebody, a bank raid is none.
    others = dropwhile(lambda word: word not in entities and word not in events, low)
    nouns = list(takewhile(lambda word: word in entities or word in events, others))
    return bool(nouns) and nouns[-1] in entities


def _becomes(case: Case) -> bool:
    before = case.before(5)
    return (
        case.words.shapes["becomes"].search(before) is not None
        or case.words.shapes["is"].search(before) is not None
    )


def _timeless(case: Case, scope: Scope, *, entity: bool) -> bool:
    """Judge "the largest the port has handled", "the heaviest grown anywhere"."""
    if scope.kind == "relative":
        return not entity or _becomes(case)
    if scope.kind == "infinitive":
        return (case.cue.comparator in _AGES and (case.numbered or _ends_headline(case))) or _unscoped(
            case, set(case.text.tokens.low[case.cue.stop : case.cue.noun_stop]), entity=entity
        )
    if scope.kind == "ever weak":
        told = case.numbered or case.words.shapes["calls"].search(case.before(5)) is not None
        return (
            _becomes(case) or tokens_before(case) in case.words.sets["possessives"] or (told and not entity)
        )
    if entity:
        return case.words.shapes["becomes"].search(case.before(5)) is not None
    return case.numbered or _becomes(case) or case.words.shapes["calls"].search(case.before(5)) is not None


def _ends_headline(case: Case) -> bool:
    """Whether it ends what a headline tells: "Trump back, the oldest to be sworn in"."""
    tokens = case.text.tokens
    before = tokens.low[max(0, case.cue.start - 2) : case.cue.start]
    return (
        case.text.sentence.field == "title"
        and not set(_APART).isdisjoint(before)
        and set(_APART).isdisjoint(tokens.low[case.cue.stop :])
    )


def _unscoped(case: Case, nouns: set[str], *, entity: bool) -> bool:
    """Judge a superlative that says neither since when nor where: it must be somebody's own, new, or a headline's."""
    text, cue = case.text, case.cue
    previous = tokens_before(case)
    if previous[:1].isdecimal() or previous in case.words.sets["ranks_before"]:
        return False
    if not previous and cue.comparator == "most" and cue.stop - cue.start == 1:
        # "Most trains run again".
        return False
    if case.words.shapes["becomes"].search(case.before(5)):
        return True
    peers = not case.numbered and case.words.shapes["among_peers"].search(
        text.between(cue.noun_stop, cue.noun_stop + 5)
    )
    if entity or peers:
        return False
    if _is_told(case):
        return True
    event = case.has("events", nouns)
    if _own(case):
        return _own_bare(case, nouns) or (
            event and (text.tokens.word(cue.start - 2) not in case.words.sets["widest"] or case.numbered)
        )
    bare = previous not in case.words.sets["bound"]
    if _of_a_kind(case, nouns, bare=bare):
        return True
    if text.sentence.field == "title" and bare and (event or previous in case.words.sets["leads"]):
        return text.tokens.low[cue.start] not in case.words.sets["opinions"] or event
    return event and case.numbered and (previous in _APART or text.tokens.word(cue.start - 2) in _APART)


def _own_bare(case: Case, nouns: set[str]) -> bool:
    """Whether a figure is called somebody's own most, with no noun after it."""
    text, cue = case.text, case.cue
    if nouns:
        return False
    if case.has("events", set(text.tokens.low[: cue.start])):
        # "A deal for 470 jets, aviation's largest by number", "a strike that is the country's longest".
        return (
            case.numbered
            or case.words.shapes["is"].search(text.between(cue.start - 4, cue.start)) is not None
        )
    if not case.numbered:
        return False
    if text.tokens.word(cue.start - 2) in _APART:
        # "50 all out, their lowest in a final".
        return True
    # "48.8C is Europe's highest".
    return (
        case.words.shapes["is"].search(case.before(5)) is not None
        and text.tokens.word(cue.start - 2) not in case.words.sets["widest"]
    )


def _is_told(case: Case) -> bool:
    """Whether a headline says what now is the most: "Pink Star is dearest gem: $71.2m", or a sale what it fetched."""
    text, cue = case.text, case.cue
    if text.sentence.field != "title" or not case.told:
        return False
    if cue.comparator == "most expensive" and case.numbered and case.words.shapes["sells"].search(text.norm):
        return True
    before = text.between(cue.start - 3, cue.start)
    return case.words.shapes["is_bare"].search(before) is not None


def _of_a_kind(case: Case, nouns: set[str], *, bare: bool) -> bool:
    """Whether a figure is called the most of its kind, no article between: "a 28-point gap largest in rivalry"."""
    tokens, cue = case.text.tokens, case.cue
    if nouns or not bare or not case.numbered or tokens_before(case) in case.words.sets["leads"]:
        return False
    if case.words.shapes["among_peers"].search(case.text.between(cue.stop, cue.stop + 5)):
        return False
    return tokens.word(cue.stop) in case.words.sets["kinds_after"] and tokens_before(case).isalpha()


def _own(case: Case) -> bool:
    """Whether the superlative is somebody's own: "its biggest attack", "Moscow's heaviest", "the series' best"."""
    tokens, start = case.text.tokens, case.cue.start
    previous = tokens.word(start - 1)
    return previous in case.words.sets["possessives"] or (
        previous in ("'", "’") and tokens.word(start - 2).endswith("s")
    )


def _apposition(case: Case, nouns: set[str]) -> bool:
    """Whether the superlative only describes a thing between commas: "Starship, the tallest rocket ever built, ..."."""
    tokens, cue = case.text.tokens, case.cue
    opened = cue.start - 1 if tokens.word(cue.start - 1) in case.words.sets["the"] else cue.start
    if tokens.word(opened - 1) != "," or not tokens.capital(opened - 2) or case.has("events", nouns):
        return False
    return any(tokens.low[at] == "," for at in range(cue.noun_stop, min(cue.noun_stop + 6, len(tokens))))

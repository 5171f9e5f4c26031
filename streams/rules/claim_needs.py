"""What else must hold where a pattern of the lexicon finds words that may claim a record: the `need` of its row."""

import re
from collections.abc import Callable
from typing import Final

from streams.rules.claim_case import Case, tokens_before

_YEAR: Final = re.compile(r" (?:1[89]|20)\d\d ")
# Scopes that say neither since when nor of what.
TIMELESS: Final = frozenset(["world", "ever weak", "relative", "infinitive"])


def _scoped(case: Case) -> bool:
    timed = case.scope is not None and case.scope.kind not in TIMELESS
    return timed or case.words.shapes["memory"].search(case.text.norm) is not None


def _long(case: Case) -> bool:
    """A first since an event: not "first day since", "first visit since taking office"."""
    routine = case.words.sets["routine"] & set(case.text.tokens.low[case.cue.start + 1 : case.cue.start + 2])
    return case.scope is not None and (case.scope.kind != "since event" or not routine)


def _perfect(case: Case) -> bool:
    """A denied comparison must speak of all time: "no raid has cost more lives"."""
    return (
        case.words.shapes["perfect"].search(case.text.between(case.cue.start - 2, case.cue.stop + 5))
        is not None
    )


def _become(case: Case) -> bool:
    near = case.text.tokens.low[max(0, case.cue.start - 2) : case.cue.stop]
    return not case.words.sets["becoming"].isdisjoint(near)


def _perfect_told(case: Case) -> bool:
    return _counted(case) and _perfect(case)


def _become_or_counted(case: Case) -> bool:
    return _become(case) or _counted(case)


def _old_count_or_told(case: Case) -> bool:
    return _old_count(case) or case.told


def _with_number(case: Case) -> bool:
    after = case.text.tokens.low[case.cue.stop - 1 : case.cue.stop + 5]
    return any(
        word[0].isdecimal() or word in "$£€¥₹" or word in case.words.sets["number_words"] for word in after
    )


def _counted(case: Case) -> bool:
    """A comparison with everything is a claim beside a figure, and a manner of speaking without."""
    return case.numbered or case.told


def _article(case: Case) -> bool:
    """The "first £1m woman", not the "first £5 notes"."""
    tokens, cue = case.text.tokens, case.cue
    money = tokens.word(cue.start + 1) in ("$", "£", "€", "¥", "₹")
    return (
        money
        and tokens_before(case) in case.words.sets["article_before"]
        and not tokens.word(cue.stop).endswith("s")
    )


def _than(case: Case) -> bool:
    """A comparison with all others: not "better than ever!", "no more than $50 if any"."""
    low, cue = case.text.tokens.low, case.cue
    matched = low[cue.start : cue.stop]
    amount = _after_than(case, matched)
    if tokens_before(case) in case.words.sets["no"] or (
        amount and (amount[0][0].isdecimal() or amount[0] in "$£€")
    ):
        return False
    if matched[-1] in case.words.sets["anybody"] and not _counted(case):
        # "Ran further than anybody in Moscow".
        return False
    before = case.text.tokens.low[max(0, case.cue.start - 6) : case.cue.start]
    if not case.words.sets["standing_verbs"].isdisjoint(before):
        # "Has reigned longer than any": so it has long been.
        return not case.words.sets["now_before"].isdisjoint(before)
    return not (
        matched[-1] in case.words.sets["ever"]
        and case.text.tokens.word(cue.stop) in ("", ".", ",", "!", "?", ";")
    )


def _after_than(case: Case, matched: list[str]) -> list[str]:
    """Return the word after "than"."""
    at = next((at for at, word in enumerate(matched) if word in case.words.sets["than"]), len(matched))
    return matched[at + 1 : at + 2]


def _last(case: Case) -> bool:
    """Read "colder since 2009" as a comparison; "more since 2009" is a count."""
    first = case.text.tokens.low[case.cue.start]
    if first in case.words.sets["vague_comparatives"] or case.scope is None or not case.scope.long:
        return False
    return tokens_before(case) in case.words.sets["last_before"]


def _scope_or_year(case: Case) -> bool:
    return (
        case.scope is not None
        or _YEAR.search(case.text.between(case.cue.start, case.cue.stop + 4)) is not None
    )


def _scope_or_when(case: Case) -> bool:
    """A level "last seen when" something was: beside a figure, or in a scope of its own."""
    return _counted(case) or (case.scope is not None and case.scope.long)


def _old(case: Case) -> bool:
    return case.words.shapes["old"].search(case.text.between(case.cue.start, case.cue.stop + 3)) is not None


def _mark(case: Case) -> bool:
    return case.text.tokens.word(case.cue.stop) not in case.words.sets["mark_lures"]


def _not_plain(case: Case) -> bool:
    """Nothing is claimed by "no one was hurt before": what is denied must be a deed."""
    return case.words.shapes["hurt"].search(case.text.between(case.cue.start, case.cue.stop)) is None


def _old_count(case: Case) -> bool:
    return case.words.shapes["list"].search(case.text.norm) is not None


def _inverted(case: Case) -> bool:
    """Read "Never had the toll reached": it begins its clause."""
    before = tokens_before(case)
    return before == "" or not before[0].isalnum()


def is_superseded(case: Case) -> bool:
    """An "old best" that headline or lead set beside another figure has been beaten."""
    named = case.text.tokens.word(case.cue.stop - 1) in case.words.sets["record"]
    lure = named and case.text.tokens.word(case.cue.stop) in case.words.sets["lure_after"]
    near = case.text.between(case.cue.start - 4, case.cue.stop + 7)
    return case.told and not lure and case.words.shapes["stands"].search(near) is None


NEEDS: Final[dict[str, Callable[[Case], bool]]] = {
    "scope": _scoped,
    "long": _long,
    "perfect": _perfect,
    "become": _become,
    "perfect_told": _perfect_told,
    "become_or_counted": _become_or_counted,
    "old_count_or_told": _old_count_or_told,
    "numbered": _with_number,
    "counted": _counted,
    "article": _article,
    "than": _than,
    "last": _last,
    "scope_or_year": _scope_or_year,
    "scope_or_when": _scope_or_when,
    "old": _old,
    "mark": _mark,
    "not_plain": _not_plain,
    "old_count": _old_count,
    "superseded": is_superseded,
    "inverted": _inverted,
}

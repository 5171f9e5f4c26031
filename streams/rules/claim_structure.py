"""How a figure stands to its claim in the sentence: said of it, summed up, one of several, or only the time it took."""

from typing import Final

from streams.rules.claim_choice import Candidate, Choice
from streams.rules.claim_fits import DURATIONS, FITS, IN_TIME, RATED

# A claim that is said of the figure before it: behind a pause, and after so many words of what the figure counts.
_PAUSES: Final = frozenset([",", ":", "—", "–", "-", "(", ";"])
_NAMED: Final = 4
_ASIDE: Final = 10
_APPOSED: Final = 1.0
_SUMMED: Final = 1.5
_LISTED: Final = 1.5
_SPENT: Final = 2.5
# So far before "in three weeks" stands how many it were, and it are so many at least.
_COUNT_REACH: Final = 5
_MANY: Final = 4
# "Per cent to".
_PER_CENT: Final = 3
# "Up 57%" before what it makes.
_GROWN: Final = 1.5


def structure_score(candidate: Candidate, choice: Choice) -> float:
    """Prefer the figure that the claim's clause is about."""
    score = 0.0
    if candidate.line == choice.index and candidate.last <= choice.cue.start:
        score -= _LISTED if _ends_a_list(candidate, choice.own().tokens.low) else 0.0
    if _is_spent(candidate, choice):
        score -= _SPENT
    if _is_summed_up(candidate, choice):
        score += _SUMMED
    if _grown_to(candidate, choice):
        score -= _GROWN
    return score


def apposed_score(candidate: Candidate, choice: Choice, previous: str) -> float:
    """Prefer what the claim is said of; a share that goes up beside it is no level of its own."""
    share = candidate.figure.unit == "percent" and previous not in choice.words.sets["margin_before"]
    return 0.0 if share else _APPOSED


def told_in(comparator: str, unit: str, choice: Choice) -> str | None:
    """Return what a comparator is told in here: the longest run counts games, the widest margin whatever it is of."""
    low, sets = choice.own().tokens.low, choice.words.sets
    if is_of_margin(choice):
        return None
    if (
        comparator in ("longest", "shortest")
        and unit not in DURATIONS
        and not sets["streaks"].isdisjoint(low)
    ):
        return None
    return FITS.get(comparator)


def is_of_margin(choice: Choice) -> bool:
    """Whether the claim is of how far two are apart."""
    return not choice.words.sets["margins"].isdisjoint(choice.nouns())


def extends(candidate: Candidate, choice: Choice) -> bool:
    """Whether a rank makes a record longer: "its 15th European Cup extends record"."""
    cue, low = choice.cue, choice.own().tokens.low
    if cue.kind != "record" or candidate.line != choice.index or candidate.last > cue.start:
        return False
    return not choice.words.sets["extending"].isdisjoint(low[candidate.last : cue.start])


def is_apposed(candidate: Candidate, choice: Choice) -> bool:
    """Whether the claim is said of this figure, right after it: "1.3m tonnes, its least in 25 years"."""
    if candidate.line != choice.index or not 0 < choice.cue.start - candidate.last <= _ASIDE:
        return False
    spent = choice.own().tokens.word(candidate.first - 1) in choice.words.sets["year_before"]
    timed = FITS.get(choice.cue.comparator) in IN_TIME or is_of_margin(choice)
    if candidate.figure.unit in DURATIONS and (spent or not timed):
        # "Lost 13,235 sq km in 12 months, the worst": for so long it was counted.
        return False
    tokens, sets = choice.own().tokens, choice.words.sets
    between = tokens.low[candidate.last : choice.cue.start]
    stop = next((at for at, word in enumerate(between) if word in _PAUSES), None)
    if stop is None or not sets["apposed"].issuperset(between[stop + 1 :]):
        return False
    if tokens.word(candidate.first - 1) in sets["up_down"] and tokens.word(candidate.first - 2) in _PAUSES:
        # "Sales fell to 1.2m, down 12%, the lowest": what it is said of stands before.
        return False
    if _ends_a_list(candidate, tokens.low):
        return False
    named = between[:stop]
    return len(named) <= _NAMED and all(word.isalpha() or word in "%°-" for word in named)


def _ends_a_list(candidate: Candidate, low: list[str]) -> bool:
    """Whether it is the last of several counts: "4,700 soldiers, 200 vehicles, 92 aircraft, the biggest show"."""
    at = candidate.first - 1
    # "2,997 points down, 12.9%" is told twice.
    if at < 1 or low[at] != "," or candidate.figure.unit == "percent":
        return False
    return any(word[0].isdecimal() for word in low[max(0, at - _NAMED) : at])


def _is_spent(candidate: Candidate, choice: Choice) -> bool:
    """Whether a time is only what a count took: "400,000 flee in three weeks, swiftest exodus in a decade"."""
    cue, low = choice.cue, choice.lines[candidate.line].tokens.low
    if candidate.figure.unit not in DURATIONS or cue.kind != "superlative" or not choice.nouns():
        return False
    if low[max(0, candidate.first - 1)] not in choice.words.sets["in"] or cue.comparator not in RATED:
        return False
    before = low[max(0, candidate.first - _COUNT_REACH) : candidate.first - 1]
    scaled = choice.words.counts
    return any(
        (word[0].isdecimal() and len(word.replace(",", "")) >= _MANY) or word in scaled for word in before
    )


def _is_summed_up(candidate: Candidate, choice: Choice) -> bool:
    """Whether what follows is said of this figure: "rose to 27.16%, a level the country had not seen"."""
    if not choice.denies() or candidate.line != choice.index or candidate.last > choice.cue.start:
        return False
    low, sets = choice.own().tokens.low, choice.words.sets
    for at in range(candidate.last, choice.cue.start - 1):
        if low[at] in _PAUSES:
            opens = low[at + 1 : at + 2 + (low[at + 1] in sets["apposed"])]
            return not sets["summing"].isdisjoint(opens)
    return False


def _grown_to(candidate: Candidate, choice: Choice) -> bool:
    """Whether a percentage leads to what it makes: "up 57% to $455m"."""
    low = choice.lines[candidate.line].tokens.low
    return candidate.figure.unit == "percent" and any(
        word in choice.words.sets["now"] for word in low[candidate.last : candidate.last + _PER_CENT]
    )

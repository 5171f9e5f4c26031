"""How well a figure suits a record claim: by where it stands, what it counts, and the words around it.

The weights are few and round. They were set on labelled claims and hold on others; no rule knows a story.
"""

from collections.abc import Sequence, Set
from typing import Final

from streams.rules.claim_change import change_score
from streams.rules.claim_choice import Candidate, Choice
from streams.rules.claim_fits import DURATIONS, FITS, IN_TIME, RATED, is_in
from streams.rules.claim_structure import (
    apposed_score,
    extends,
    is_apposed,
    is_of_margin,
    structure_score,
    told_in,
)
from streams.rules.claim_times import is_margin, is_old, is_passed, period_score, time_score
from streams.rules.claim_words import ClaimWords
from streams.rules.figures import NO_QUANTITY

# The distance of a race is no record of it.
_RACES: Final = frozenset(
    [50.0, 60.0, 100.0, 110.0, 200.0, 400.0, 800.0, 1000.0, 1500.0, 3000.0, 5000.0, 10000.0]
)
_QUOTES: Final = frozenset("'‘’\"“”")
# So many words may stand between an old mark and what says that it was one: "508 touchdown passes had led".
_HELD: Final = 8
# "Was the", before what it says was the mark.
_WAS_THE: Final = 2
# Numbers that are told in words, and seldom records.
_SMALL: Final = 12
_CLAUSE: Final = frozenset([":", "—", "–", ";"])
# The threshold that was passed for the first time stands close by.
_FIRST_REACH: Final = 10


def score_of(candidate: Candidate, choice: Choice) -> float | None:
    """Return how well a figure suits the claim; None where it cannot be its figure."""
    if not _possible(candidate, choice):
        return None
    figure, cue = candidate.figure, choice.cue
    score = _distance(candidate, choice) + _fit(candidate, choice) + _plainness(candidate, choice)
    score += context_score(candidate, choice) + change_score(candidate, choice)
    if choice.lines[candidate.line].sentence.field == "title":
        # A denied comparison names the older figure; the new one stands in the headline right before.
        score += 1.0 if choice.denies() and choice.index == 1 and candidate.line == 0 else 0.7
    if figure.unit == "rank":
        score -= 0.0 if extends(candidate, choice) else 1.6
    if figure.unit == "percent" and _of_change(choice):
        score += 1.5
    if figure.unit == "seconds" and ":" in figure.text and cue.kind in ("record", "pattern"):
        score += 1.2
    return score


def _possible(candidate: Candidate, choice: Choice) -> bool:
    figure, cue, scope = candidate.figure, choice.cue, choice.scope
    if figure.unit in NO_QUANTITY:
        aged = figure.unit == "age" and cue.comparator in ("oldest", "youngest")
        if (figure.unit != "rank" and not aged) or _is_of_breaking(candidate, choice):
            return False
    if candidate.line != choice.index:
        # What a first reached is told with it, in the headline, or right after the headline that claims it.
        # And what none had before is told in the sentence before: "84.6 per cent voted. No such turnout ..."
        return (
            cue.comparator != "first"
            or candidate.line == 0
            or (choice.index == 0 and candidate.line == 1)
            or (candidate.line == choice.index - 1 and choice.denies())
        )
    if scope is not None and scope.start <= candidate.first < scope.stop:
        return False
    if is_the_old_mark(candidate, choice):
        return False
    if cue.start <= candidate.first < cue.stop and not (cue.comparator == "first" and not choice.denies()):
        return False
    return cue.comparator != "first" or candidate.first <= cue.stop + _FIRST_REACH


def _is_of_breaking(candidate: Candidate, choice: Choice) -> bool:
    """Whether a rank counts how often a record was broken, which is none itself: "breaks world record for 13th time"."""
    if choice.cue.kind != "record" or candidate.line != choice.index or candidate.first <= choice.cue.stop:
        return False
    low, sets = choice.own().tokens.low, choice.words.sets
    between = low[choice.cue.stop : candidate.first]
    after = low[candidate.last + 1 : candidate.last + 2]
    return not sets["how_often"].isdisjoint(between[-2:]) and not sets["times"].isdisjoint(after)


def is_the_old_mark(candidate: Candidate, choice: Choice) -> bool:
    """Whether the claim names what has fallen, and this is it: "the old best was 36.6", "31 had been the summit"."""
    cue = choice.cue
    if candidate.line != choice.index or not (cue.need == "superseded" or _was_the_mark(choice)):
        return False
    if candidate.first < cue.stop:
        return 0 <= cue.start - candidate.last <= _held(choice)
    return not _told_anew(candidate, choice)


def _told_anew(candidate: Candidate, choice: Choice) -> bool:
    """Whether it beat the old mark: "shatters previous peak with 472 drones", "the old best was 31; 32 came"."""
    low, at = choice.own().tokens.low, choice.cue.stop
    return low[at : at + 1] != [] and (
        low[at] in choice.words.sets["anew"] or ";" in low[at : candidate.first]
    )


def _was_the_mark(choice: Choice) -> bool:
    """Whether a record is told as what fell: "JPMorgan's $14.3bn was the record"."""
    if choice.cue.kind != "record":
        return False
    low = choice.own().tokens.low
    before = low[max(0, choice.cue.start - 2) : choice.cue.start]
    return (
        len(before) == 2 and before[0] in choice.words.sets["had"] and before[1] in choice.words.sets["the"]
    )


def _held(choice: Choice) -> int:
    """Return how far before a fallen mark its figure may stand: "406 at Port of Spain had been the best"."""
    first = choice.own().tokens.word(choice.cue.start)
    if choice.cue.kind == "record":
        return _WAS_THE
    return _HELD if first in choice.words.sets["had"] else 1


def _distance(candidate: Candidate, choice: Choice) -> float:
    """Nearer is likelier; but a denied comparison holds the old figure, and the new one stands elsewhere."""
    cue, scope = choice.cue, choice.scope
    if candidate.line != choice.index:
        return 1.2 if abs(candidate.line - choice.index) == 1 else 0.6
    compared = cue.kind == "pattern" and cue.comparator != "first"
    base = 0.8 if choice.denies() else 1.6 if compared else 2.4
    stop = cue.noun_stop
    if scope is not None and scope.start <= stop + 4:
        stop = max(stop, scope.stop)
    if candidate.first < cue.stop:
        return base + max(1.0 - 0.12 * (cue.start - candidate.last), -1.0)
    bonus = 1.6 if cue.kind in ("record", "high") else 1.0
    led = 0.0
    if _led_to(candidate, choice):
        led = -1.5 if _is_broken(choice) else 1.5
    return base + led + max(bonus - 0.12 * max(0, candidate.first - stop), -1.0)


def _is_broken(choice: Choice) -> bool:
    """Whether the record itself is what is beaten: "1,305 arrive, beating record of 1,295"."""
    text, cue = choice.own(), choice.cue
    if cue.kind != "record" or text.tokens.word(cue.stop) not in choice.words.sets["of"]:
        return False
    return choice.words.breaks.search(text.between(cue.start - 3, cue.start)) is not None


def _led_to(candidate: Candidate, choice: Choice) -> bool:
    """Whether the cue leads right up to the figure: "record high of $2.23", "a record 472"."""
    between = choice.own().tokens.low[choice.cue.stop : candidate.first]
    return len(between) <= 3 and all(word in choice.words.sets["connectors"] for word in between)


def _fit(candidate: Candidate, choice: Choice) -> float:
    """Prefer what the comparator and the nouns are told in: heat in degrees, a toll in deaths, a drone attack in drones."""
    figure, cue = candidate.figure, choice.cue
    unit = figure.unit or ""
    nouns = choice.nouns()
    grows = cue.comparator in RATED and not choice.words.sets["growth"].isdisjoint(nouns)
    wanted = "percent" if grows else told_in(cue.comparator, unit, choice)
    score = _wanted(unit, choice.noun_wants, 1.5) or _wanted(unit, choice.line_wants, 0.6)
    tried = cue.comparator == "fastest" and unit in choice.words.sets["tries"]
    if tried or (wanted is not None and is_in(unit, wanted)):
        score += 2.0
    elif wanted is not None:
        score += -1.2 if unit else 1.0 if candidate.line == choice.index else -0.2
    elif unit == "deaths" and cue.comparator == "worst":
        score += 1.0
    named = not choice.lines[candidate.line].tokens.capital(candidate.last)
    if cue.kind != "pattern" and unit and unit not in DURATIONS and named:
        score += 2.0 if unit in nouns or unit.rstrip("s") in nouns else 0.0
    margin = is_of_margin(choice)
    if unit in DURATIONS and wanted not in IN_TIME and ":" not in figure.text and not margin:
        # "The wettest 18 months": for so long it was measured.
        score -= 5.0 if cue.kind == "superlative" and _right_after(candidate, choice) else 1.6
    if unit == "metres" and figure.value in _RACES and wanted != "length":
        score -= 3.0
    return score


def _right_after(candidate: Candidate, choice: Choice) -> bool:
    return candidate.line == choice.index and candidate.first == choice.cue.stop


def wants(nouns: Sequence[str], words: ClaimWords) -> frozenset[str]:
    """Return what some nouns are told in: heat in degrees."""
    return frozenset([words.wants[noun] for noun in nouns if noun in words.wants])


def _wanted(unit: str, wanted: Set[str], weight: float) -> float:
    if not wanted or not unit:
        return 0.0
    return weight if any(is_in(unit, each) for each in wanted) else -weight / 2


def _plainness(candidate: Candidate, choice: Choice) -> float:
    """Doubt figures that are seldom records: one, nought, "half of", a percentage of something else."""
    figure, cue = candidate.figure, choice.cue
    rated = not choice.words.sets["rates"].isdisjoint(choice.nouns())
    worded = figure.text.replace("-", "").replace(" ", "").isalpha()
    score = _is_part(candidate, choice)
    if worded and 0 < figure.value < 1 and not rated:
        score -= 2.0 if figure.value == 0.5 else 1.0
    elif worded and abs(figure.value) < 4 and not (figure.unit or "").startswith("degrees"):
        score -= 3.2 if figure.value == 1 else 2.7 if figure.value == 0 else 0.7
    elif figure.value in (0.0, 1.0):
        score -= 2.0
    if figure.unit == "percent" and not rated and cue.comparator not in ("first", "highest", "lowest"):
        score -= 0.5
    here = candidate.line == choice.index
    if here and choice.denies() and candidate.first >= cue.stop and not _told_after(candidate, choice):
        score -= 2.0
    if cue.comparator == "first" and (choice.denies() or not (here and figure.qualifier != "exact")):
        score -= 0.6
    return score


def _is_part(candidate: Candidate, choice: Choice) -> float:
    """Doubt what is a base, a multiple, a title or a share of a run: "per thousand", "six times", "'25'", "out of eight"."""
    tokens, sets = choice.lines[candidate.line].tokens, choice.words.sets
    before, after = tokens.word(candidate.first - 1), tokens.word(candidate.last)
    if before in sets["per"] or (before in _QUOTES and after in _QUOTES):
        return -3.0
    if after in sets["times"] and tokens.word(candidate.last + 1) in sets["multiplied"]:
        return -3.0
    figure = candidate.figure
    if figure.unit in DURATIONS and tokens.word(candidate.first - 2) in DURATIONS:
        # "63 years and 217 days".
        return -1.5
    small = figure.unit is None and figure.text.isalpha() and figure.value <= _SMALL
    return -1.2 if small else 0.0


def _told_after(candidate: Candidate, choice: Choice) -> bool:
    """Whether another clause tells the figure of what was denied to all others: "never more: Ukraine counts 122"."""
    return not _CLAUSE.isdisjoint(choice.own().tokens.low[choice.cue.stop : candidate.first])


def context_score(candidate: Candidate, choice: Choice) -> float:
    """Doubt what the words around call older, or a difference."""
    text = choice.lines[candidate.line]
    words, tokens = choice.words, text.tokens
    change = choice.cue.comparator == "steepest" or not words.sets["rates"].isdisjoint(choice.nouns())
    change = change or _of_change(choice)
    change = change or not words.sets["rates"].isdisjoint(
        choice.own().tokens.low[max(0, choice.cue.start - 4) : choice.cue.start]
    )
    apposed = is_apposed(candidate, choice)
    score = -2.4 if is_old(candidate, choice) else -2.0 if is_passed(candidate, choice) else 0.0
    score += time_score(candidate, choice) + period_score(candidate, choice)
    previous = tokens.word(candidate.first - 1)
    if previous in words.sets["before_amounts"]:
        previous = tokens.word(candidate.first - 2)
    if apposed:
        # "Goes up by 9%, the most in ten years".
        score += apposed_score(candidate, choice, previous)
    elif previous in words.sets["up"] and candidate.line != choice.index:
        # "Up" alone, in another sentence, is no change yet.
        pass
    elif previous in words.sets["margin_before"]:
        score += 0.6 if change else -1.5
    elif previous in words.sets["change_before"]:
        score += 0.6 if change else -0.8
    score += structure_score(candidate, choice)
    if not change and is_margin(candidate, choice):
        score -= 4.0
    told = choice.cue.kind == "record" and _right_after(candidate, choice)
    unit = candidate.figure.unit
    # "A 472-drone barrage" counts; "a 12-strong band" and "a 50-year-old" do not.
    counts = (
        unit is not None
        and unit not in DURATIONS
        and tokens.word(candidate.last + 1).rstrip("s") == unit.rstrip("s")
    )
    if (
        tokens.word(candidate.last) == "-"
        and not told
        and not counts
        and FITS.get(choice.cue.comparator) not in IN_TIME
    ):
        score -= 2.5 if unit in DURATIONS else 1.0
    if choice.cue.comparator == "first" and _beside_the_point(candidate, choice):
        score -= 1.5
    return score


def _of_change(choice: Choice) -> bool:
    """Whether the claim is of how fast something changes: "has never risen faster"."""
    cue = choice.cue
    if cue.kind != "pattern" or cue.comparator not in ("fastest", "slowest"):
        return False
    return not choice.words.sets["change_before"].isdisjoint(choice.own().tokens.low[cue.start : cue.stop])


def _beside_the_point(candidate: Candidate, choice: Choice) -> bool:
    """Whether a figure after a first is none that was reached: "first title since 1908, 8-7 in 10 innings"."""
    if candidate.line != choice.index or candidate.first < choice.cue.stop:
        return False
    tokens = choice.own().tokens
    # "More than 100,000" is reached, unless another clause has begun: "the first to miss it, which pledged over 100".
    if candidate.figure.qualifier != "exact" and "," not in tokens.low[choice.cue.stop : candidate.first]:
        return False
    before = {tokens.word(candidate.first - 1), tokens.word(candidate.first - 2)}
    return choice.words.sets["reaching"].isdisjoint(before)

"""Tells the figures of another time or another holder from the record's: "in 2013 it was 172", "it hopes for 1.35m"."""

from typing import Final

from streams.rules.claim_choice import Candidate, Choice
from streams.rules.claim_words import said

# So far around a figure its clause may say of when it is.
_CLAUSE: Final = 8
_STOPS: Final = frozenset([",", ";", ":", "—", "–", ".", "(", ")"])
_SIGNS: Final = frozenset("$£€¥₹")
_FIRST_YEAR: Final = 1500
_DIGITS: Final = 4
# The claim's period stands right after its superlative, a count's right after what it counts.
_NOUNS: Final = 2
_NEAR: Final = 4
_PERIOD: Final = 1.2
# So far before a relative clause stands what beats whom it tells of.
_BEATEN: Final = 8
# In its first words a sentence says of what it tells, and the mark stands soon after.
_OPENS: Final = 3
_MARK: Final = 4
# What was two years ago is not the news.
_LONG_AGO: Final = 2


def time_score(candidate: Candidate, choice: Choice) -> float:
    """Doubt what the figure's own clause tells of another year, of a hope, or of somebody else."""
    text, sets = choice.lines[candidate.line], choice.words.sets
    low = text.tokens.low
    begin, end = clause(low, candidate)
    mine = candidate.line == choice.index and begin < choice.cue.stop and choice.cue.start < end
    if mine:
        return 0.0
    if low[0] in sets["only"] and candidate.line != choice.index and not sets["more"].isdisjoint(low):
        # "Only the Cullinan, 3,106 carats, was bigger."
        return -2.5
    before = low[begin : candidate.first]
    if not sets["hopes"].isdisjoint(before):
        return -2.0
    if not sets["ago"].isdisjoint(low[begin:end]):
        return -2.0
    if before and before[0] in sets["when"] and candidate.line == choice.index:
        # "The most since 2016, when 4,574 drowned."
        return -2.5
    return -2.0 if _of_old_year(candidate, choice, begin, end) else 0.0


def period_score(candidate: Candidate, choice: Choice) -> float:
    """Prefer the count of the claim's own period: of "its worst year" no month's, but what is told of "this year"."""
    low, words = choice.lines[candidate.line].tokens.low, choice.words
    claimed = [word for word in choice.nouns()[:_NOUNS] if word in words.sets["periods"]]
    if not claimed:
        return 0.0
    after = low[candidate.last : candidate.last + _NEAR]
    told = [word for word in after if word in words.sets["periods"] or word in words.months]
    if not told:
        return 0.0
    same = told[0] in claimed or (told[0] in words.months and not words.month_words.isdisjoint(claimed))
    return _PERIOD if same else -_PERIOD


def clause(low: list[str], candidate: Candidate) -> tuple[int, int]:
    """Return the tokens of the clause that a figure stands in."""
    begin, end = candidate.first, candidate.last
    while begin > max(0, candidate.first - _CLAUSE) and low[begin - 1] not in _STOPS:
        begin -= 1
    while end < min(len(low), candidate.last + _CLAUSE) and low[end] not in _STOPS:
        end += 1
    return begin, end


def _of_old_year(candidate: Candidate, choice: Choice, begin: int, end: int) -> bool:
    """Whether the clause, or what opens the sentence, names a year long past: "in 2013 it was 172"."""
    low, sets = choice.lines[candidate.line].tokens.low, choice.words.sets
    for at in range(max(1, begin), end):
        word = low[at]
        if len(word) != _DIGITS or not word.isdecimal() or candidate.first <= at < candidate.last:
            continue
        old = _FIRST_YEAR < int(word) <= choice.year - _LONG_AGO
        if old and low[at - 1] in sets["year_before"]:
            return True
    return False


def is_old(candidate: Candidate, choice: Choice) -> bool:
    """Whether the words before say that it is the older record: "beating 355", "the previous best of 38.7"."""
    text = choice.lines[candidate.line]
    if _told_of_the_beaten(candidate, choice):
        return True
    if choice.words.shapes["of_old"].search(text.between(candidate.last, candidate.last + 7)):
        return True
    before = text.between(candidate.first - 6, candidate.first)
    old = None
    for match in choice.words.status["old_figure"].finditer(before):
        old = match
    if old is None or _threshold(said(old), candidate, choice) or _undone(before[old.end() :], choice):
        return False
    between = [word for word in before[old.end() :].split() if word not in _SIGNS]
    if between[-1:] == [","] and said(old) in choice.words.sets["olden"]:
        # "The old one, 22.7GW".
        between.pop()
    if said(old) in choice.words.sets["only"] and not between:
        return False
    return len(between) <= 4 and not {",", ";", ":", "—", "("} & set(between)


def _told_of_the_beaten(candidate: Candidate, choice: Choice) -> bool:
    """Whether a relative clause tells of what was beaten: "it went past Inside Out 2, which made $1.69bn"."""
    text, sets = choice.lines[candidate.line], choice.words.sets
    if sets["relative"].isdisjoint(text.tokens.low):
        return False
    begin, _ = clause(text.tokens.low, candidate)
    if begin < 1 or text.tokens.low[begin] not in sets["relative"] or begin == candidate.first:
        return False
    return choice.words.status["old_figure"].search(text.between(begin - _BEATEN, begin)) is not None


def is_passed(candidate: Candidate, choice: Choice) -> bool:
    """Whether it is what the claim has gone past: "costliest ever, overtaking Kaká, whom the club bought for £56m"."""
    if (
        candidate.line != choice.index
        or candidate.first < choice.cue.stop
        or choice.cue.comparator == "first"
    ):
        return False
    return not choice.words.sets["passing"].isdisjoint(
        choice.own().tokens.low[choice.cue.noun_stop : candidate.first]
    )


def _undone(after: str, choice: Choice) -> bool:
    """Whether the word tells of an end and not of a mark: "beaten at last after 51 games"."""
    return not choice.words.sets["after"].isdisjoint(after.split())


def _threshold(word: str, candidate: Candidate, choice: Choice) -> bool:
    """Whether it is the threshold that falls: "tops 10,000", "above 7,000 for the first time", "more than 470"."""
    threshold = candidate.figure.qualifier == "at_least" and word in choice.words.sets["changing"]
    if choice.cue.kind == "pattern" and choice.cue.comparator != "first":
        return threshold and candidate.line != choice.index
    return threshold


def was_held(candidate: Candidate, choice: Choice) -> bool:
    """Whether the clause says that it was the mark until then: "had held it with $1.45bn", "ran 2:02:57 in 2014"."""
    text, sets = choice.lines[candidate.line], choice.words.sets
    low = text.tokens.low
    begin, end = clause(low, candidate)
    if candidate.line == choice.index and begin < choice.cue.stop and choice.cue.start < end:
        return False
    had = any(
        word in sets["had"]
        and (low[at - 1] in sets["marks"] or not sets["held"].isdisjoint(low[at + 1 : at + 3]))
        for at, word in enumerate(low[begin : candidate.first], begin)
    )
    return had or _of_old_year(candidate, choice, candidate.last, end)


def tells_the_old_mark(candidate: Candidate, choice: Choice) -> bool:
    """Whether a sentence opens with the mark that fell, and this is it: "The old mark, his own, was 6.29"."""
    low, sets = choice.lines[candidate.line].tokens.low, choice.words.sets
    for at, word in enumerate(low[:_OPENS]):
        if word in sets["olden"]:
            mark = next(
                (to for to in range(at + 1, min(at + _MARK, len(low))) if low[to] in sets["marks"]), None
            )
            return mark is not None and not sets["had"].isdisjoint(low[mark + 1 : candidate.first])
    return False


def is_margin(candidate: Candidate, choice: Choice) -> bool:
    """Whether the figure says by how much: "34 seconds quicker", "two more ascents", "four degrees above its low"."""
    tokens, words = choice.lines[candidate.line].tokens, choice.words
    after = tokens.word(candidate.last)
    if after in words.sets["more"] or after in words.sets["short_of"]:
        return True
    unit = max(1, (candidate.figure.unit or "").count(" ") + 1) if after.isalpha() or after in "%°" else 0
    unit += tokens.word(candidate.last + 1) in words.sets["points"]
    follow = tokens.word(candidate.last + unit)
    if not unit:
        return False
    if follow in words.sets["above"]:
        return tokens.word(candidate.last + unit + 1) in words.sets["than_what"]
    if follow in words.sets["margin_after"]:
        return True
    return follow in words.sets["more"] and tokens.word(candidate.last + unit + 1) in words.sets["than"]

"""Decides whether a cue claims anything, or is a standing superlative, an ordinal, a figure of speech."""

import re
from typing import Final

from streams.rules.claim_cues import Cue, Line
from streams.rules.claim_scope import Scope
from streams.rules.claim_words import ClaimWords

_PERFECT: Final = re.compile(
    r" (?:has|have|had|was|were|is|recall|remember|remembers|in memory|known|seen|measured|recorded|came|come|did|title|do) "
)
_MARK_LURES: Final = frozenset(
    [
        "street",
        "zuckerberg",
        "carney",
        "rutte",
        "school",
        "tech",
        "hopes",
        "way",
        "quality",
        "end",
        "profile",
        "level",
        "risk",
    ]
)
_POSSESSIVES: Final = frozenset(["its", "their", "his", "her", "'s", "our", "my"])
_LEADS: Final = frozenset(
    [
        "in",
        "with",
        "makes",
        "suffers",
        "posts",
        "sees",
        "hits",
        "has",
        "for",
        "at",
        "to",
        "after",
        "is",
        "as",
        "becomes",
        ",",
        "—",
        "–",
        ":",
        "(",
        "by",
        "sets",
        "marks",
        "from",
        "stages",
        "launches",
        "carries",
        "reports",
        "faces",
        "enjoys",
        "just",
        "amid",
        "-",
    ]
)
_ORDINALS: Final = frozenset(
    [
        "half",
        "day",
        "week",
        "month",
        "year",
        "quarter",
        "round",
        "lady",
        "minister",
        "aid",
        "name",
        "class",
        "floor",
        "phase",
        "session",
        "stage",
        "leg",
        "set",
        "innings",
        "term",
        "reading",
        "step",
        "place",
        "order",
        "look",
        "batch",
        "person",
        "hand",
        "thing",
        "degree",
        "team",
        "-",
    ]
)


def is_claim(
    text: Line, cue: Cue, scope: Scope | None, words: ClaimWords, *, numbered: bool, told: bool
) -> bool:
    """Whether the cue claims a record; `numbered`: its sentence holds a quantity, `told`: headline or lead does."""
    if cue.kind in ("high", "record") and text.tokens.word(cue.stop) in words.sets["high_lures"]:
        return False
    if cue.kind == "superlative":
        return _superlative(text, cue, scope, words, numbered=numbered, told=told)
    if cue.kind == "high" and cue.need == "weak":
        return text.tokens.word(cue.start - 1) in (
            "a",
            "to",
            "at",
            "hits",
            "hit",
            "the",
            "reached",
            "reaches",
            ",",
            "sets",
            "set",
            "yet",
            "another",
        )
    return _NEEDS.get(cue.need, _always)(text, cue, scope)


def _always(text: Line, cue: Cue, scope: Scope | None) -> bool:
    return bool(text.norm) and cue.stop > 0 and scope is scope


def _scoped(text: Line, cue: Cue, scope: Scope | None) -> bool:
    return (
        scope is not None
        and scope.kind not in ("ever weak", "relative", "world")
        or _PERFECT_MEMORY.search(text.norm) is not None
    )


def _long(text: Line, cue: Cue, scope: Scope | None) -> bool:
    words = text.tokens.low[cue.start + 1 : cue.start + 2]
    return scope is not None and (scope.kind != "since event" or not _ORDINALS & set(words))


def _perfect(text: Line, cue: Cue, scope: Scope | None) -> bool:
    """A denied comparison must speak of all time: "no raid has cost more lives"."""
    return _PERFECT.search(text.between(cue.start, cue.stop + 5)) is not None


def _become(text: Line, cue: Cue, scope: Scope | None) -> bool:
    return any(
        word in ("becomes", "became", "become", "becoming")
        for word in text.tokens.low[max(0, cue.start - 2) : cue.stop]
    )


def _numbered(text: Line, cue: Cue, scope: Scope | None) -> bool:
    after = text.tokens.low[cue.stop - 1 : cue.stop + 5]
    return any(word[0].isdecimal() or word in "$£€¥₹" for word in after) or any(
        w in ("million", "billion", "zero", "ten") for w in after
    )


def _article(text: Line, cue: Cue, scope: Scope | None) -> bool:
    tokens = text.tokens
    after = tokens.low[cue.stop : cue.stop + 3]
    plural_count = any(word.endswith("s") for word in after[:1])
    return (
        tokens.word(cue.start - 1) in ("the", "a", "its", "first", "'s", ",", "is")
        and not plural_count
        and any(sign in "$£€¥₹" for sign in tokens.low[cue.start + 1 : cue.start + 2])
    )


def _than(text: Line, cue: Cue, scope: Scope | None) -> bool:
    low = text.tokens.low
    matched = low[cue.start : cue.stop]
    amount = matched[matched.index("than") + 1 : matched.index("than") + 2]
    if text.tokens.word(cue.start - 1) in ("no", "not") or (
        amount and (amount[0][0].isdecimal() or amount[0] in "$£€")
    ):
        return False
    return not (matched[-1] == "ever" and text.tokens.word(cue.stop) in ("", ".", ",", "!", "?", ";"))


def _never(text: Line, cue: Cue, scope: Scope | None) -> bool:
    return False


def _last(text: Line, cue: Cue, scope: Scope | None) -> bool:
    """ "Lower since 2009" needs a verb of being so; "more since 2009" is a count."""
    return (
        text.tokens.low[cue.start]
        not in (
            "more",
            "less",
            "much",
            "many",
            "further",
            "well",
            "good",
            "better",
            "long",
            "high",
            "low",
            "early",
            "far",
            "close",
            "little",
        )
        and scope is not None
        and scope.long
        and text.tokens.word(cue.start - 1) in ("been", "not", "was", "is")
    )


def _scope_or_year(text: Line, cue: Cue, scope: Scope | None) -> bool:
    after = text.between(cue.start, cue.stop + 4)
    return scope is not None or re.search(r" (?:1[89]|20)\d\d ", after) is not None


def _old(text: Line, cue: Cue, scope: Scope | None) -> bool:
    after = text.between(cue.start, cue.stop + 3)
    return re.search(r" (?:previous|old|record|any other|1[89]\d\d|20\d\d|high|peak) ", after) is not None


def _mark(text: Line, cue: Cue, scope: Scope | None) -> bool:
    return text.tokens.word(cue.stop) not in _MARK_LURES and text.tokens.word(cue.stop) != "-"


def _not_plain(text: Line, cue: Cue, scope: Scope | None) -> bool:
    """ "No one was hurt before" claims nothing; what is denied must be a deed."""
    return not re.search(
        r" (?:hurt|injured|killed|arrested|charged|reported|comment|immediately|long|day|night) (?:[^ ]+ ){0,2}$",
        text.between(cue.start, cue.stop),
    )


def _old_count(text: Line, cue: Cue, scope: Scope | None) -> bool:
    return (
        re.search(
            r" (?:record|list|tally|score|total|most|history|career|reign|scorer|set|held|managed) ",
            text.norm,
        )
        is not None
    )


def _numbered_or_sup(text: Line, cue: Cue, scope: Scope | None) -> bool:
    return True


_PERFECT_MEMORY: Final = re.compile(
    r" (?:recall|remember|remembers|memory|known|century|this decade|records) "
)
_NEEDS: Final = {
    "scope": _scoped,
    "long": _long,
    "perfect": _perfect,
    "become": _become,
    "numbered": _numbered,
    "article": _article,
    "than": _than,
    "never": _never,
    "last": _last,
    "scope_or_year": _scope_or_year,
    "old": _old,
    "mark": _mark,
    "not_plain": _not_plain,
    "old_count": _old_count,
    "numbered_or_sup": _numbered_or_sup,
}


def _superlative(
    text: Line, cue: Cue, scope: Scope | None, words: ClaimWords, *, numbered: bool, told: bool
) -> bool:
    tokens = text.tokens
    noun = set(tokens.low[cue.stop : cue.noun_stop])
    before = text.between(cue.start - 5, cue.start)
    entity = not words.sets["entities"].isdisjoint(noun) and words.sets["events"].isdisjoint(noun)
    becomes = any(
        f" {word} " in before
        for word in (
            "becomes",
            "became",
            "become",
            "becoming",
            "now",
            "crowned",
            "makes it",
            "making it",
            "makes him",
            "makes her",
            "is",
            "was",
            "as",
        )
    )
    previous = tokens.word(cue.start - 1)
    if previous in ("'", "’") and tokens.word(cue.start - 2).endswith("s"):
        previous = "'s"
    if (
        _apposition(text, cue, words)
        and (scope is None or scope.kind in ("ever", "world", "ever weak", "relative"))
        and (entity or not numbered)
    ):
        return False
    if scope is not None and scope.kind not in ("world", "ever weak", "relative"):
        if entity and scope.kind in ("ever",):
            return becomes or numbered
        if (
            cue.comparator in ("best", "worst", "most")
            and not told
            and scope.kind == "ever"
            and words.sets["events"].isdisjoint(noun)
        ):
            return False
        return True
    if scope is not None and scope.kind == "relative":
        return not entity or becomes
    if scope is not None and scope.kind == "world" and not entity:
        return numbered or becomes or _calls_it(text, cue)
    if scope is not None and scope.kind == "ever weak":
        return becomes or previous in _POSSESSIVES
    if entity:
        return any(
            f" {word} " in before for word in ("becomes", "became", "become", "becoming", "now", "crowned")
        )
    event = not words.sets["events"].isdisjoint(noun)
    if previous[:1].isdecimal() or previous in (
        "two",
        "three",
        "four",
        "five",
        "six",
        "seven",
        "eight",
        "nine",
        "ten",
        "twenty",
    ):
        return False
    bare = (
        previous not in ("the", "a", "an", "this", "that", "of", "and", "or") and previous not in _POSSESSIVES
    )
    if event and previous in _POSSESSIVES:
        return tokens.word(cue.start - 2) not in ("world", "year") or numbered
    if (
        text.sentence.field == "title"
        and bare
        and (event or previous in _LEADS)
        and tokens.low[cue.start] not in ("most", "least", "best")
    ):
        return True
    if (
        event
        and numbered
        and (previous in (",", "—", "–", ":") or tokens.word(cue.start - 2) in (",", "—", "–", ":"))
    ):
        return True
    return any(f" {word} " in before for word in ("becomes", "became", "now", "new")) or (
        event and scope is not None
    )


def _calls_it(text: Line, cue: Cue) -> bool:
    return (
        re.search(
            r" (?:call|calls|called|rule|ruled|say|says|said|judged|declared|confirmed|reckon) (?:[^ ]+ ){0,3}$",
            text.between(cue.start - 5, cue.start),
        )
        is not None
    )


def _apposition(text: Line, cue: Cue, words: ClaimWords) -> bool:
    """Whether the superlative only describes a thing between commas: "Starship, the tallest rocket ever built, explodes"."""
    tokens = text.tokens
    opened = cue.start - 1 if tokens.word(cue.start - 1) == "the" else cue.start
    if tokens.word(opened - 1) != "," or not tokens.capital(opened - 2):
        return False
    noun = set(tokens.low[cue.stop : cue.noun_stop])
    if not words.sets["events"].isdisjoint(noun):
        return False
    return any(tokens.low[at] == "," for at in range(cue.noun_stop, min(cue.noun_stop + 6, len(tokens))))

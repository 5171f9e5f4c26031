"""A small language for what words do together, compiled to linear regular expressions over tags.

    <class>     one token of a class of words
    word        that word
    ..  ...     up to 3, up to 7 tokens that do not end the clause
    (a|b c)     one of these
    x?          x or nothing
    a .. : b    b, where a goes before; a is no part of what is found

A tagged sentence is a string with one character a token; a class is then a set of characters. That keeps every
pattern short, bounded and fast, and lets a user write one without knowing regular expressions.
"""

import re
from collections.abc import Callable, Iterable
from typing import Final

from msgspec import Struct

from streams.rules.tagging import COMMA
from wirewatch.errors import InputError

_TOKEN: Final = re.compile(r"<([\w-]+)>|(\.\.\.|\.\.)|([(|)?:])|([^\s<>()|?.:]+)")
_GAPS: Final = {"..": 3, "...": 7}


class Pattern(Struct, frozen=True):
    """A compiled pattern whose first group is what is found, and tags one of which stands in every match."""

    regex: re.Pattern[str]
    anchors: frozenset[str]
    # Of each of these every match has one too.
    also: tuple[frozenset[str], ...]


# Brackets that hold words alone, beside another such bracket or a word: "(break|breaks) down", "leave (for|to)".
_WORDS: Final = r"[^\s<>()|?.:]+(?: [^\s<>()|?.:]+)*"
_BRACKET: Final = rf"\(({_WORDS}(?:\|{_WORDS})*)\)"
_NEIGHBOURS: Final = re.compile(
    rf"{_BRACKET} (?:{_BRACKET}|({_WORDS}))(?![?\w])|(?<![\w>)] )(?<!\w)({_WORDS}) {_BRACKET}(?!\?)"
)
_MOST_WAYS: Final = 400
# Asking for more costs more than it spares.
_ALSO: Final = 3


def spread(pattern: str) -> str:
    """Multiply brackets of words with their neighbours: a lexicon may have made one token of two of them."""
    for _ in range(len(pattern)):
        match = _NEIGHBOURS.search(pattern)
        if match is None:
            return pattern
        first, bracket, words, before, after = match.groups()
        left = (first or before).split("|")
        right = (bracket or words or after).split("|")
        if len(left) * len(right) > _MOST_WAYS:
            return pattern
        ways = "|".join(f"{a} {b}" for a in left for b in right)
        pattern = f"{pattern[: match.start()]}({ways}){pattern[match.end() :]}"
    return pattern


def runs_of(pattern: str) -> list[list[str]]:
    """Return the words that a pattern itself names, those in a row together."""
    runs: list[list[str]] = [[]]
    for *_, word in _TOKEN.findall(spread(pattern)):
        if word:
            runs[-1].append(word)
        else:
            runs.append([])
    return [run for run in runs if run]


def compile_pattern(pattern: str, tags_of: Callable[[str], str], breaks: str, common: str = "") -> Pattern:
    """Compile a pattern. `tags_of` gives the characters of a class ("=word" for a word), `breaks` ends a clause.

    `common` are the tags of words that stand in every other sentence: bad anchors.

    Raises:
        InputError: the pattern is malformed, names what no lexicon knows, or would match anything.
    """
    return _Compiler(spread(pattern), tags_of, breaks, frozenset(common)).compile()


class _Compiler:
    def __init__(
        self, pattern: str, tags_of: Callable[[str], str], breaks: str, common: frozenset[str]
    ) -> None:
        self._pattern = pattern
        self._tags_of = tags_of
        self._common = common
        # Who does it may stand beyond a comma; what it is done to does not.
        self._breaks = breaks
        self._core_begins = pattern.find(":")
        self._parts: list[str] = []
        self._run: list[str] = []
        # The tags of each part at the top that a match must have; the last may yet prove optional.
        self._needed: list[set[str]] = []
        self._depth = 0
        self._core_at = 0

    def compile(self) -> Pattern:
        position = 0
        for match in _TOKEN.finditer(self._pattern):
            self._only_space(position, match.start())
            position = match.end()
            name, gap, sign, word = match.groups()
            if word:
                self._run.append(word)
                continue
            if sign == "?":
                self._optional()
                continue
            self._close_run()
            if gap:
                breaks = self._breaks if match.start() < self._core_begins else self._breaks + COMMA
                self._parts.append(f"[^{re.escape(breaks)}]{{0,{_GAPS[gap]}}}?")
            elif sign == ":":
                self._core_at = len(self._parts)
            elif sign:
                self._bracket(sign)
            else:
                self._class(name)
        self._close_run()
        self._only_space(position, len(self._pattern))
        needed = sorted(map(frozenset, filter(None, self._needed)), key=self._told)
        if not needed or self._depth:
            raise InputError(f"The pattern {self._pattern!r} would match anything, or a bracket stays open")
        before, core = "".join(self._parts[: self._core_at]), "".join(self._parts[self._core_at :])
        return Pattern(re.compile(f"{before}({core})"), needed[0], tuple(needed[1 : 1 + _ALSO]))

    def _told(self, tags: Iterable[str]) -> tuple[int, int]:
        """Rank tags one of which a match must have: the rarer they are, the more that says."""
        every = set(tags)
        return len(every & self._common), len(every)

    def _only_space(self, start: int, end: int) -> None:
        if self._pattern[start:end].strip():
            raise InputError(
                f"The pattern {self._pattern!r} has something that is neither word, <class> nor gap"
            )

    def _class(self, name: str) -> None:
        tags = self._tags_of(name)
        if not tags:
            raise InputError(f"The pattern {self._pattern!r} names the class <{name}>, which has no words")
        self._parts.append(_set(tags))
        self._note(set(tags))

    def _bracket(self, sign: str) -> None:
        self._parts.append("(?:" if sign == "(" else sign)
        if sign == "(":
            if self._depth == 0:
                self._needed.append(set())
            self._depth += 1
        elif sign == ")":
            self._depth -= 1
            if self._depth < 0:
                raise InputError(f"The pattern {self._pattern!r} closes a bracket that it did not open")

    def _optional(self) -> None:
        if self._run:
            last = self._run.pop()
            self._close_run()
            self._run = [last]
            self._close_run()
        if not self._parts:
            raise InputError(f"The pattern {self._pattern!r} begins with a question mark")
        self._parts.append("?")
        if self._depth == 0:
            self._needed.pop()

    def _close_run(self) -> None:
        """Add words in a row, each of which, or several of which, a lexicon may have made one token."""
        if not self._run:
            return
        known = [way for way in _ways(self._run) if all(self._tags_of(f"={piece}") for piece in way)]
        if not known:
            raise InputError(
                f"The pattern {self._pattern!r} names what no lexicon knows: {' '.join(self._run)!r}"
            )
        sets = [[self._tags_of(f"={piece}") for piece in way] for way in known]
        self._parts.append(f"(?:{'|'.join(''.join(_set(tags) for tags in way) for way in sets)})")
        # Of words in a row the rarest says the most.
        self._note({tag for way in sets for tag in min(way, key=self._told)})
        self._run = []

    def _note(self, tags: set[str]) -> None:
        if self._depth:
            self._needed[-1] |= tags
        else:
            self._needed.append(tags)


def _ways(run: list[str]) -> list[list[str]]:
    """Return all ways to join neighbours."""
    if len(run) == 1:
        return [run]
    return [
        [" ".join(run[:size]), *rest]
        for size in range(1, len(run) + 1)
        for rest in (_ways(run[size:]) if size < len(run) else [[]])
    ]


def _set(tags: str) -> str:
    return "[" + re.escape(tags) + "]"

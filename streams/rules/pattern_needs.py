"""What a text must hold for a regular expression to match at all: it is cheaper to look for a word than to try a pattern."""

import re
from typing import Final

_QUANTIFIER: Final = re.compile(r"[*+?]\??|\{\d+(?:,\d*)?\}\??")
# A look at what surrounds the match; it is no part of it.
_AROUND: Final = ("(?=", "(?!", "(?<=", "(?<!")
_CLASS: Final = re.compile(r"\[\^?\]?(?:\\.|[^\]\\])*\]")
_GROUP: Final = re.compile(r"\((?:\?:|\?P<\w+>)?")
# Longer words are no rarer than those of so many letters; and more than so many are as dear as the pattern itself.
_TELLING: Final = 6
_MOST: Final = 24


def needs(pattern: str) -> frozenset[str]:
    """Return strings one of which stands in every match; none where no such strings are known.

    Reads what the lexicons' patterns are written with; what it does not know, it takes for anything.
    """
    found: set[str] = set()
    for way in _ways(pattern):
        best = _best(way)
        if not best:
            return frozenset()
        found |= best
    # What holds another of them says no more than that one.
    return frozenset(one for one in found if not any(other in one for other in found - {one}))


def _ways(pattern: str) -> list[str]:
    """Cut a pattern at the bars that stand in no bracket."""
    ways, at, begin = [], 0, 0
    while at < len(pattern):
        if pattern[at] == "|":
            ways.append(pattern[begin:at])
            begin = at + 1
        at = _item(pattern, at)
    return [*ways, pattern[begin:]]


def _item(pattern: str, at: int) -> int:
    """Return where the character, class or bracket that begins here ends."""
    sign = pattern[at]
    if sign == "\\":
        return at + 2
    if sign == "[":
        found = _CLASS.match(pattern, at)
        return found.end() if found else len(pattern)
    if sign != "(":
        return at + 1
    at += 1
    while at < len(pattern) and pattern[at] != ")":
        at = _item(pattern, at)
    return at + 1


def _best(way: str) -> set[str]:
    """Return the most telling strings of a pattern without bars at its top."""
    choices: list[set[str]] = []
    run, at = "", 0
    while at < len(way):
        end = _item(way, at)
        quantifier = _QUANTIFIER.match(way, end)
        optional = (
            quantifier is not None and quantifier[0][:2] not in ("+", "+?") and quantifier[0][:1] != "+"
        )
        sign = _plain(way[at:end])
        if sign and quantifier is None:
            run += sign
        else:
            choices.append({run})
            run = ""
            if way[at] == "(" and not optional and not way.startswith(_AROUND, at):
                opened = _GROUP.match(way, at)
                inner = way[opened.end() if opened else at + 1 : end - 1]
                choices.append(set(needs(inner)))
        at = quantifier.end() if quantifier is not None else end
    choices.append({run})
    best = max(choices, key=_worth)
    return best if _worth(best)[0] else set()


def _plain(item: str) -> str:
    """Return the character that an item stands for, or nothing where it stands for more than itself."""
    sign = item.removeprefix("\\")
    if len(sign) != 1 or (sign.isalnum() and sign != item):
        return ""
    return sign if sign.isalnum() or sign in " ,-'’" else ""


def _worth(strings: set[str]) -> tuple[int, int]:
    """Prefer long strings to short ones, then few to many."""
    if not strings or len(strings) > _MOST:
        return (0, 0)
    return min(_TELLING, *map(len, strings)), -len(strings)

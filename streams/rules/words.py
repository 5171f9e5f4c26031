"""A text's words as the same-story rules compare them: stems, numbers, names.

Stems are for comparing, not for reading: "launches", "launched" and "launching" become one, whatever that is.
"""

import re
from typing import Final

from msgspec import Struct

from streams.lexicons import lexicon

_EN: Final = lexicon("en/words")
_STOP: Final = frozenset[str](_EN["stop"])
_NUMBERS: Final[dict[str, float]] = {word: float(value) for word, value in _EN["numbers"].items()}
_SCALES: Final[dict[str, float]] = {word: float(value) for word, value in _EN["scales"].items()}
_CALENDAR: Final = frozenset[str](
    [
        *_EN["weekdays"],
        *_EN["today"],
        *_EN["yesterday"],
        *(word for names in _EN["months"] for word in names.split()),
    ]
)

# Words of which any day's news is full, as stems.
FREQUENT: Final[set[str]] = set()

# A word that any other of the ways would read alike, but slower.
_QUICK: Final = r"[a-zA-Z]++(?=[ ,])|"
# Words, numbers with separators, clock times, and runs of writings that put no space between words.
_TOKEN: Final = re.compile(
    r"(?P<clock>\b\d{1,2}:\d{2}\b)"
    r"|(?P<number>\d+(?:[.,]\d+)*)"
    r"|(?P<dense>[぀-ヿ㐀-鿿가-힯]+)"
    r"|(?P<word>[^\W\d_]+(?:['’.&][^\W\d_]+)*)"
)

# Which way it was, it need not say of each.
_ANY: Final = re.compile(_QUICK + re.sub(r"\(\?P<\w+>", "(?:", _TOKEN.pattern))
# A longer piece is not remembered: no word is as long.
_LONGEST: Final = 40
_REMEMBERED: Final = 200_000
# A token's text, stem and value, and whether it is a capital.
_Reading = tuple[str, str, float | None, bool]


class Word(Struct, frozen=True, gc=False):
    """A word, or a number, where it stands. `stem` is empty for a word without a subject; `value` is a number's."""

    start: int
    end: int
    text: str
    stem: str
    value: float | None = None
    capital: bool = False


def words(text: str) -> list[Word]:
    """Return the words and numbers of a text, in order. Linear in its length."""
    found: list[Word] = []
    for match in _ANY.finditer(text):
        known = _known[match[0]]
        if known is not None:
            start, end = match.span()
            lower, stem, value, capital = known
            found.append(Word(start, end, lower, stem, value, capital))
        else:
            piece, start = match[0], match.start()
            for at in range(len(piece) - 1 or 1):
                pair = piece[at : at + 2]
                found.append(Word(start + at, start + at + len(pair), pair, pair))
    return found


def scale(word: str) -> float | None:
    """Return what a scale word multiplies by ("million"), or None."""
    return _SCALES.get(word)


def number(text: str) -> float:
    """Return the value of digits with separators: "14,212" and "14.212" are 14212, "3.5" is 3.5."""
    head, *rest = re.split(r"[.,]", text[:24])
    if not rest:
        return float(head)
    if all(len(group) == 3 for group in rest) and head != "0" and len(head) <= 3:
        return float(head + "".join(rest))
    *groups, last = rest
    return float(f"{head}{''.join(groups)}.{last}")


def _read(piece: str) -> _Reading | None:
    """Return a token's text, stem, value and whether it is a capital; None for a run that has no words of its own."""
    match = _TOKEN.fullmatch(piece)
    kind = match.lastgroup if match is not None else None
    if kind == "number":
        return piece, "", number(piece), False
    if kind == "clock":
        return piece, piece, None, False
    return _word(piece) if kind == "word" else None


class _Known(dict[str, _Reading | None]):
    """The tokens that were met: what each is, read once."""

    def __missing__(self, piece: str) -> _Reading | None:
        found = _read(piece)
        if len(piece) <= _LONGEST:
            if len(self) >= _REMEMBERED:
                self.clear()
            self[piece] = found
        return found


_known: Final = _Known()


def _word(piece: str) -> _Reading:
    lower = piece.lower().replace("’", "'")
    bare = lower.removesuffix("'s").replace("'", "").replace(".", "")
    silent = lower in _STOP or bare in _STOP or bare in _CALENDAR or len(bare) < 2
    return lower, "" if silent else stem(bare), _NUMBERS.get(lower), not piece[0].islower()


def stem(word: str) -> str:
    """Return what a word's forms share; short words and those of other alphabets stay as they are."""
    if len(word) < 4 or not word.isascii():
        return word
    for suffix, rest in (("ies", "y"), ("ied", "y"), ("sses", "ss")):
        if word.endswith(suffix) and len(word) > 4:
            return word[: -len(suffix)] + rest
    if word.endswith("s") and not word.endswith(("ss", "us", "is")):
        word = word[:-1]
    for suffix in ("ing", "ed", "er", "ion"):
        cut = word[: -len(suffix)]
        if word.endswith(suffix) and len(cut) > 2 and any(vowel in cut for vowel in "aeiouy"):
            word = cut
            if word[-1] == word[-2] and word[-1] not in "lsz":
                word = word[:-1]
            break
    return word[:-1] if word.endswith("e") and len(word) > 3 else word


FREQUENT.update(stem(word) for word in _EN["frequent"])

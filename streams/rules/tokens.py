"""A sentence's words, numbers and signs, with their places: what figures and claims are read from."""

import re
from collections.abc import Mapping
from functools import cache, lru_cache
from itertools import pairwise
from typing import Final

from msgspec import Struct

from streams.lexicons import lexicon

# Order matters: plain words (any of the others would read them alike, but slower), digits with their separators, vulgar
# fractions, dotted abbreviations ("U.S."), words with an inner apostrophe but without the possessive, the possessive
# alone, any other sign.
_TOKEN: Final = re.compile(
    r"[a-zA-Z]++(?=[ ,])"
    r"|\d+(?:[.,'’\u202f\u00a0٫٬]\d+)*"
    r"|[¼-¾⅐-⅞]"
    r"|(?:[A-Za-z]\.){2,}"
    r"|[^\W\d_¼-¾⅐-⅞]+(?:['’](?![sS]\b)[^\W\d_]+)?"
    r"|['’][sS]\b"
    r"|[^\s\w]|_"
)


_GROUP: Final = re.Match.group
_START: Final = re.Match.start
_END: Final = re.Match.end
# The words of a sentence, and the "n't" that hangs on one.
_WORD: Final = re.compile(r"n't|[^\W\d_]+")
# Of a text in ASCII: its letters, and a space for all else.
_LETTERS: Final = bytes(code if chr(code).isalpha() else ord(" ") for code in range(256))


class Tokens(Struct, frozen=True):
    """Parallel lists: the token as it stands, in lower case with straight apostrophes, and its place in the text."""

    text: str
    raw: list[str]
    low: list[str]
    start: list[int]
    end: list[int]

    def __len__(self) -> int:
        """Return the number of tokens."""
        return len(self.low)

    def glued(self, at: int) -> bool:
        """Whether nothing stands between this token and the one before."""
        return 0 < at < len(self.start) and self.start[at] == self.end[at - 1]

    def word(self, at: int) -> str:
        """Return the token in lower case, or "" outside the sentence."""
        try:
            return self.low[at] if at >= 0 else ""
        except IndexError:
            return ""

    def capital(self, at: int) -> bool:
        """Whether the token begins with a capital letter."""
        return 0 <= at < len(self.raw) and self.raw[at][:1].isupper()


@lru_cache(maxsize=256)
def words_of(text: str, language: str = "") -> frozenset[str]:
    """Return the words of a text in lower case: what says which rules are worth trying. Asked of a sentence twice.

    Where a language writes words together, these are their parts.
    """
    if language and _compounds(language) is not None:
        return frozenset(tokenise(text, language).low)
    low = text.lower()
    if low.isascii() and "n't" not in low:
        return frozenset(low.encode().translate(_LETTERS).decode().split())
    return frozenset(_WORD.findall(low.replace("’", "'")))


# Words that were cut are remembered; no compound is longer, and no part of one shorter.
_REMEMBERED: Final = 50_000
_LONGEST: Final = 40
_SHORTEST: Final = 3
# What stands beside a piece that is always cut off is a word, and no ending.
_STRANGE: Final = 4


class Compounds:
    """A language's words that are written together: cut where both pieces are known ("drone|attack")."""

    def __init__(self, table: Mapping[str, list[str]]) -> None:
        self._parts = frozenset(table["parts"])
        self._links = ("", *sorted(table["links"]))
        self._whole = frozenset(table["whole"])
        # Pieces that are cut off whatever stands beside them: "record|fine".
        self._heads = tuple(table["heads"])
        self._tails = tuple(table["tails"])
        self._known: dict[str, tuple[int, ...]] = {}

    def cuts(self, word: str) -> tuple[int, ...]:
        """Return where a word in small letters is cut; nowhere, for most."""
        found = self._known.get(word)
        if found is None:
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            found = self._known[word] = () if word in self._whole or len(word) > _LONGEST else self._cut(word)
        return found

    def _cut(self, word: str) -> tuple[int, ...]:
        """Return where a word is cut: at pieces that are all known, or else where one stands that is always cut off."""
        known = self._known_cuts(word)
        if known:
            return known
        head = next((each for each in self._heads if word.startswith(each)), "")
        if head and len(word) - len(head) >= _STRANGE:
            return (len(head),)
        tail = next((each for each in self._tails if word.endswith(each)), "")
        return (len(word) - len(tail),) if tail and len(word) - len(tail) >= _SHORTEST else ()

    def _known_cuts(self, word: str) -> tuple[int, ...]:
        for at in range(len(word) - _SHORTEST, _SHORTEST - 1, -1):
            head, tail = word[:at], word[at:]
            if not any(
                head.endswith(link) and head[: len(head) - len(link)] in self._parts for link in self._links
            ):
                continue
            if tail in self._parts:
                return (at,)
            rest = self._known_cuts(tail)
            if rest:
                return (at, *(at + more for more in rest))
        return ()


@cache
def _compounds(language: str) -> Compounds | None:
    """Return a language's compounds; None for one that writes its words apart."""
    table = lexicon(f"{language}/inflection").get("compounds")
    return Compounds(table) if table else None


@lru_cache(maxsize=2048)
def tokenise(text: str, language: str = "") -> Tokens:
    """Cut a text into tokens. Linear in its length; what was cut just now is not cut again.

    In a language with compounds these are cut too; their parts are glued.
    """
    compounds = _compounds(language) if language else None
    if compounds is not None:
        return _with_parts(text, compounds)
    matches = list(_TOKEN.finditer(text))
    raw = list(map(_GROUP, matches))
    low = list(map(str.lower, raw))
    if "’" in text:
        low = [word.replace("’", "'") for word in low]
    return Tokens(text, raw, low, [match.start() for match in matches], [match.end() for match in matches])


def _with_parts(text: str, compounds: Compounds) -> Tokens:
    tokens = Tokens(text, [], [], [], [])
    for match in _TOKEN.finditer(text):
        word = match[0]
        low = word.lower().replace("’", "'")
        # What changes its length in small letters is no compound that a lexicon knows.
        cuts = compounds.cuts(low) if len(low) == len(word) else ()
        for begin, end in pairwise((0, *cuts, len(word))):
            # Each part of a noun is written as the whole is.
            tokens.raw.append(word[begin:end].title() if begin and word[0].isupper() else word[begin:end])
            tokens.low.append(low[begin:end])
            tokens.start.append(match.start() + begin)
            tokens.end.append(match.start() + end)
    return tokens

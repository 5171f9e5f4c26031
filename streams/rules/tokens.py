"""A sentence's words, numbers and signs, with their places: what figures and claims are read from."""

import re
from functools import lru_cache
from typing import Final

from msgspec import Struct

# Order matters: digits with their separators, vulgar fractions, dotted abbreviations ("U.S."), words with an inner
# apostrophe but without the possessive, the possessive alone, any other sign.
_TOKEN: Final = re.compile(
    r"\d+(?:[.,'’\u202f\u00a0]\d+)*"
    r"|[¼-¾⅐-⅞]"
    r"|(?:[A-Za-z]\.){2,}"
    r"|[^\W\d_¼-¾⅐-⅞]+(?:['’](?![sS]\b)[^\W\d_]+)?"
    r"|['’][sS]\b"
    r"|[^\s\w]|_"
)


# The words of a sentence, and the "n't" that hangs on one.
_WORD: Final = re.compile(r"n't|[^\W\d_]+")


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
def words_of(text: str) -> frozenset[str]:
    """Return the words of a text in lower case: what says which rules are worth trying. Asked of a sentence twice."""
    return frozenset(_WORD.findall(text.lower().replace("’", "'")))


@lru_cache(maxsize=2048)
def tokenise(text: str) -> Tokens:
    """Cut a text into tokens. Linear in its length; what was cut just now is not cut again."""
    matches = list(_TOKEN.finditer(text))
    raw = [match[0] for match in matches]
    low = [word.lower() for word in raw]
    if "’" in text:
        low = [word.replace("’", "'") for word in low]
    return Tokens(text, raw, low, [match.start() for match in matches], [match.end() for match in matches])

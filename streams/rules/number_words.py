"""Numbers that a language writes as one word: "twenty-one" apart, but "einundzwanzig", "dreihunderttausend" together."""

from collections.abc import Iterator, Mapping
from typing import Any


def spelled_out(table: Mapping[str, Any]) -> dict[str, float]:
    """Return all joined words of a lexicon's `numbers.joined` table, below a million; none where there is no table."""
    if not table:
        return {}
    below = dict(_below_hundred(table))
    hundreds = dict(_hundreds(table, below))
    known = below | hundreds
    thousand: str = table["thousand"]
    thousands = {f"{word}{thousand}": 1e3 * value for word, value in known.items()} | {thousand: 1e3}
    halves = {f"{word}{table['half']}": value + 0.5 for word, value in table["ones"].items()}
    return {word: float(value) for word, value in (known | thousands | halves).items()}


def _below_hundred(table: Mapping[str, Any]) -> Iterator[tuple[str, float]]:
    """The ones stand before the tens: "dreiundzwanzig"."""
    for ten, value in table["tens"].items():
        yield ten, value
        for one, small in table["ones"].items():
            yield f"{one}{table['link']}{ten}", value + small
    for one, small in (*table["ones"].items(), *table["teens"].items()):
        yield one, small


def _hundreds(table: Mapping[str, Any], below: Mapping[str, float]) -> Iterator[tuple[str, float]]:
    for one, many in ({"": 1} | table["ones"]).items():
        head = f"{one}{table['hundred']}"
        yield head, 100.0 * many
        for word, value in below.items():
            yield f"{head}{word}", 100.0 * many + value

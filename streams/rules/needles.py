"""Which of many strings stand in a text: all are looked for at once, whatever their number."""

from collections.abc import Iterator, Mapping
from typing import Final, Generic, TypeVar

import ahocorasick

V = TypeVar("V")


class Needles(Generic[V]):
    """Strings that are looked for, and what each stands for. The empty one stands in every text."""

    def __init__(self, strings: Mapping[str, V]) -> None:
        self._always: Final = tuple(value for string, value in strings.items() if not string)
        self._automaton = ahocorasick.Automaton()
        for string, value in strings.items():
            if string:
                self._automaton.add_word(string, value)
        self._automaton.make_automaton()

    def found(self, text: str) -> Iterator[V]:
        """Yield what the strings in a text stand for, as often as they stand there."""
        yield from self._always
        if self._automaton:
            for _, value in self._automaton.iter(text):
                yield value

    def any(self, text: str) -> bool:
        """Whether one of them stands in a text."""
        return next(self.found(text), None) is not None

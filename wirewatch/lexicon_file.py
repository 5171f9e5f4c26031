"""A newsroom's own words: `lexicon.toml` beside the configuration. Every mistake is told with its line.

[[word]]
words = ["grain corridor closed", "drone swarm*"]
polarity = "escalation"       # or "de-escalation"; "none": the words count for nothing
severity = 2
unless = ["film"]
"""

import re
import tomllib
from bisect import bisect_left
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final, Literal

from msgspec import Struct

from wirewatch.config_values import suggest
from wirewatch.errors import SettingsError
from wirewatch.languages import LANGUAGES
from wirewatch.settings import Settings

NAME: Final = "lexicon.toml"
MOST_WORDS: Final = 5_000
LONGEST: Final = 120
_KEYS: Final = ("words", "polarity", "severity", "unless", "language")
_HEADER: Final = re.compile(r"\s*\[\[\s*word\s*\]\]")
_LETTERS: Final = re.compile(r"[^\W\d_]")

UserPolarity = Literal["escalation", "de-escalation", "none"]


class UserWord(Struct, frozen=True):
    """Words that a newsroom sets: what they mean, how far, and beside which words they do not."""

    words: tuple[str, ...]
    polarity: UserPolarity
    severity: int = 1
    unless: tuple[str, ...] = ()
    language: str = "en"


def lexicon_of(settings: Settings) -> Path | None:
    """Return where a newsroom's own words stand: beside its configuration; None where nothing is configured."""
    return None if settings.file is None else settings.file.resolve().parent / NAME


def read_lexicon(file: Path, *, small: Callable[[str], bool]) -> tuple[UserWord, ...]:
    """Return the words of a file; none where there is no such file. `small` knows the words that stand everywhere.

    Raises:
        SettingsError: it cannot be read, or has mistakes: all of them, with their lines.
    """
    try:
        written = file.read_text(encoding="utf-8")
    except FileNotFoundError:
        return ()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"The lexicon {file} cannot be read: {error}") from error
    return parse_lexicon(written, name=str(file), small=small)


def parse_lexicon(written: str, *, name: str, small: Callable[[str], bool]) -> tuple[UserWord, ...]:
    """Return the words that a TOML text gives.

    Raises:
        SettingsError: it has mistakes: all of them, with their lines.
    """
    try:
        document = tomllib.loads(written)
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{name} is no valid TOML: {error}") from error
    reader = _Reader(written, small)
    words = reader.read(document)
    if reader.mistakes:
        told = "\n  ".join(mistake for _, mistake in sorted(reader.mistakes))
        raise SettingsError(f"{name} has {len(reader.mistakes)} mistake(s):\n  {told}")
    return words


def _covers(wide: str, phrase: str) -> bool:
    """Whether words are among those that a phrase, perhaps with "*", stands for."""
    if "*" not in wide:
        return wide == phrase
    return re.fullmatch(re.escape(wide).replace(r"\*", r"[\w*]*"), phrase) is not None


class _Reader:
    def __init__(self, written: str, small: Callable[[str], bool]) -> None:
        self._lines = written.splitlines()
        self._small = small
        self.mistakes: list[tuple[int, str]] = []

    def read(self, document: Mapping[str, Any]) -> tuple[UserWord, ...]:
        for key in document:
            if key != "word":
                self._say(self._line_of(0, key), f"{key}: is not known{suggest(key, ['word'])}")
        given = document.get("word", [])
        if not isinstance(given, list) or not all(isinstance(entry, dict) for entry in given):
            self._say(1, "word: is no list of tables; write [[word]]")
            return ()
        found = [(place, word) for place, entry in enumerate(given) if (word := self._word(place, entry))]
        self._check_together(found)
        return tuple(word for _, word in found)

    def _word(self, place: int, entry: dict[str, Any]) -> UserWord | None:
        before = len(self.mistakes)
        for key in entry:
            if key not in _KEYS:
                self._at(place, key, f"is not known{suggest(key, _KEYS)}")
        words = self._phrases(place, "words", entry.get("words"))
        unless = self._phrases(place, "unless", entry.get("unless", []))
        polarity = entry.get("polarity")
        if polarity not in {"escalation", "de-escalation", "none"}:
            self._at(place, "polarity", f'{polarity!r} is none of "escalation", "de-escalation" and "none"')
        severity = entry.get("severity", 1)
        if severity not in (1, 2, 3) or isinstance(severity, bool):
            self._at(place, "severity", f"{severity!r} is none of 1, 2 and 3")
        elif polarity == "none" and "severity" in entry:
            self._at(place, "severity", "what counts for nothing has no severity")
        language = entry.get("language", "en")
        if language not in LANGUAGES:
            self._at(place, "language", f"{language!r} has no lexicons; there are {', '.join(LANGUAGES)}")
        if len(self.mistakes) > before or not words:
            return None
        return UserWord(words, polarity, severity, unless, language)  # type: ignore[arg-type] # checked above

    def _phrases(self, place: int, key: str, given: object) -> tuple[str, ...]:
        if not isinstance(given, list) or (key == "words" and not given):
            self._at(place, key, 'is missing or no list; write for example ["price war"]')
            return ()
        found = []
        for phrase in given:
            why = self._useless(phrase)
            if why is None:
                found.append(" ".join(phrase.casefold().split()))
            else:
                self._at(place, key, f"{phrase!r} {why}")
        return tuple(found)

    def _useless(self, phrase: object) -> str | None:
        """Return why a phrase is none: no text, too long, or one that would match everything."""
        if not isinstance(phrase, str):
            return "is no text"
        if len(phrase) > LONGEST:
            return f"is longer than {LONGEST} signs"
        pieces = phrase.casefold().split()
        telling = [
            piece
            for piece in pieces
            if len(_LETTERS.findall(piece)) >= (3 if "*" in piece else 2)
            and not self._small(piece.strip("*"))
        ]
        return None if telling else "would match everything; give a word that tells something"

    def _check_together(self, found: list[tuple[int, UserWord]]) -> None:
        """Find words that contradict each other: said twice with another meaning, or excluded by themselves."""
        seen: dict[tuple[str, str], tuple[int, UserWord]] = {}
        if sum(len(word.words) for _, word in found) > MOST_WORDS:
            self._say(1, f"word: more than {MOST_WORDS:,} words")
        for place, word in found:
            for phrase in word.words:
                if any(_covers(other, phrase) for other in word.unless):
                    self._at(place, "unless", f"{phrase!r} excludes itself")
                known = seen.setdefault((word.language, phrase), (place, word))
                if known[0] == place:
                    continue
                there = self._line_of(known[0], "words")
                same = (known[1].polarity, known[1].severity) == (word.polarity, word.severity)
                what = "stands there twice" if same else "contradicts what is said of it"
                self._at(place, "words", f"{phrase!r} {what}, line {there}")
        self._check_covered(found)

    def _check_covered(self, found: list[tuple[int, UserWord]]) -> None:
        """Find words that could never count, for a phrase with "*" means another thing of them.

        Narrower words that count for nothing are no contradiction: they make an exception.
        """
        every = sorted((phrase, place, word) for place, word in found for phrase in word.words)
        phrases = [phrase for phrase, _, _ in every]
        for wide, place, word in every:
            prefix = wide.partition("*")[0]
            if prefix == wide:
                continue
            for phrase, there, other in every[bisect_left(phrases, prefix) :]:
                if not phrase.startswith(prefix):
                    break
                if other.polarity in (word.polarity, "none") or other.language != word.language:
                    continue
                if phrase != wide and _covers(wide, phrase):
                    line = self._line_of(place, "words")
                    self._at(there, "words", f"{phrase!r} contradicts what {wide!r} says of it, line {line}")

    def _at(self, place: int, key: str, what: str) -> None:
        self._say(self._line_of(place, key), f"word.{key}: {what}")

    def _say(self, line: int, what: str) -> None:
        self.mistakes.append((line, f"line {line}: {what}"))

    def _line_of(self, place: int, key: str) -> int:
        """Return where a key of the entry stands: tomllib does not say, so it is looked for below its header."""
        headers = [number for number, line in enumerate(self._lines, 1) if _HEADER.match(line)]
        start = headers[place] if place < len(headers) else 1
        end = headers[place + 1] if place + 1 < len(headers) else len(self._lines) + 1
        own = re.compile(rf"\s*\"?{re.escape(key)}\"?\s*[=.\]]|\s*\[\[?\s*{re.escape(key)}\b")
        if key not in _KEYS and place == 0:
            return next((number for number, line in enumerate(self._lines, 1) if own.match(line)), start)
        return next((number for number in range(start, end) if own.match(self._lines[number - 1])), start)

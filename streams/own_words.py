"""The newsroom's own words, as their file stands: read again when it changes, without a restart."""

import logging
from pathlib import Path
from typing import Final

from streams.lexicons import lexicon
from streams.rules.user_words import UserWords, compile_words
from wirewatch.clock import Clock
from wirewatch.errors import SettingsError
from wirewatch.languages import LANGUAGES
from wirewatch.lexicon_file import read_lexicon

logger = logging.getLogger(__name__)
# Seconds between two looks at the file.
LOOK: Final = 2.0


def own_words(file: Path | None) -> tuple[UserWords, ...]:
    """Return the words of a file, compiled; none where there is no file.

    Raises:
        SettingsError: it has mistakes: all of them, with their lines.
    """
    if file is None:
        return ()
    small = frozenset(
        word for each in LANGUAGES for word in lexicon(f"{each}/reading")["words"]["small"]["forms"]
    )
    return compile_words(read_lexicon(file, small=small.__contains__))


class OwnWords:
    """The words that hold now. A file with mistakes is refused, and those that ran go on."""

    def __init__(self, file: Path | None, clock: Clock) -> None:
        self._file = file
        self._clock = clock
        self._look_at = 0.0
        self._seen: tuple[int, int] | None = None
        self._words: tuple[UserWords, ...] = ()

    def current(self) -> tuple[UserWords, ...]:
        """Return the words, looked up anew where the file changed since."""
        now = self._clock.monotonic()
        if self._file is not None and now >= self._look_at:
            self._look_at = now + LOOK
            stands = _stands(self._file)
            if stands != self._seen:
                self._seen = stands
                self._take(self._file)
        return self._words

    def _take(self, file: Path) -> None:
        try:
            self._words = own_words(file)
        except SettingsError as error:
            # What is wrong is told whole; a traceback adds nothing.
            logger.warning("the lexicon was refused, the one before goes on: %s", error)
        else:
            logger.info("the lexicon %s holds: %d words", file, sum(len(one.entries) for one in self._words))


def _stands(file: Path) -> tuple[int, int] | None:
    """Return what tells a change of the file: when it was written, and its size."""
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size

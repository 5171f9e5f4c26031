"""Which language a story is in: as it is declared, unless its own words plainly say another.

Nothing is read in a language without lexicons: what such a story says is unknown, and that is said. Its words are known
by a handful each of many languages; a text with too few of them is taken for what it is declared to be.
"""

from typing import Final

from streams.lexicons import lexicon
from streams.rules.tokens import words_of
from wirewatch.languages import LANGUAGES, primary
from wirewatch.messages import LanguageReason, Story, StoryLanguage

# A story that is not declared, and has too few words to tell, is taken for this one.
ASSUMED: Final = "en"
_WORDS: Final[dict[str, frozenset[str]]] = {
    name: frozenset(listed) for name, listed in lexicon("languages")["words"].items()
}
_KNOWN: Final = frozenset[str]().union(*_WORDS.values())
# Of each language that is read, the words of all others that are none of its own: a text with few of them is in it.
_FOREIGN_TO: Final = {name: frozenset().union(*_WORDS.values()) - _WORDS[name] for name in LANGUAGES}
# As much of summary and text is looked at.
_READ: Final = 600
# So many of its own words in the headline leave no doubt that a story is what it is declared to be.
_SURE: Final = 2
# Another language is plain with so many different words of it, and so many times as many as of the declared one.
_PLAIN: Final = 4
_TIMES: Final = 3
# Of a text that nobody declares: fewer words of a language without lexicons could be names.
_FOREIGN: Final = 2
# Letters beyond those of Latin writing.
_LATIN: Final = "ɏ"


def language_of(story: Story) -> StoryLanguage:
    """Return the language that a story is in and the one whose lexicons read it, with the reason."""
    declared = primary(story.lang)
    headline = words_of(story.title)
    if declared in LANGUAGES and len(headline & _WORDS[declared]) >= _SURE:
        return _named(declared, "declared")
    seen = _KNOWN & (headline | words_of(story.summary[:_READ]) | words_of(story.text[:_READ]))
    if declared in LANGUAGES and _TIMES * len(seen & _WORDS[declared]) > len(seen):
        # No other language can have so many more.
        return _named(declared, "declared")
    if declared in LANGUAGES and len(seen & _FOREIGN_TO[declared]) < _PLAIN:
        return _named(declared, "declared")
    counts = {name: len(seen & listed) for name, listed in _WORDS.items()}
    if declared is None:
        return _undeclared(story, counts)
    best = max(counts, key=counts.__getitem__)
    if counts[best] >= _PLAIN and counts[best] >= _TIMES * max(1, counts.get(declared, 0)):
        return _named(best, "contradicted")
    return _named(declared, "declared")


def _undeclared(story: Story, counts: dict[str, int]) -> StoryLanguage:
    read = max(LANGUAGES, key=lambda name: (counts[name], name == ASSUMED))
    best = max(counts, key=counts.__getitem__)
    if counts[best] >= _FOREIGN and counts[best] > _FOREIGN * counts[read]:
        return _named(best, "detected")
    letters = [letter for letter in story.title if letter.isalpha()]
    if 2 * sum(letter > _LATIN for letter in letters) > len(letters):
        return StoryLanguage("missing")
    return _named(read, "detected") if counts[read] else _named(ASSUMED, "assumed")


def _named(language: str, reason: LanguageReason) -> StoryLanguage:
    if language not in LANGUAGES:
        return StoryLanguage("missing", language)
    return StoryLanguage(reason, language, language)

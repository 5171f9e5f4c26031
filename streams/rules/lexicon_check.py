"""Whether a language can be read: its lexicons as they are written, and what the rules make of them."""

import re
from collections.abc import Callable, Iterator
from importlib.resources import files
from typing import Final

from streams.lexicons import lexicon
from streams.lexicons.checking import mistakes
from streams.rules.claim_words import claim_words, expanded
from streams.rules.days import day_words
from streams.rules.deadlines import deadline_words
from streams.rules.figure_words import figure_words
from streams.rules.grammar_building import grammar
from wirewatch.errors import InputError

# Classes of words that rules ask for by name.
_ASKED: Final = (
    "at-place", "background", "break", "by", "capital", "fighters", "follows", "full-truce", "gap-break", "group",
    "headline-tally", "kill", "nation", "nuclear-target", "number", "op-compound", "place", "relative", "say", "small-truce",
    "time", "weapon",
)  # fmt: skip
_BUILDERS: Final[dict[str, Callable[[str], object]]] = {
    "figures": figure_words, "words": day_words, "deadlines": deadline_words, "records": claim_words, "conflict": grammar,
}  # fmt: skip
_QUOTED: Final = re.compile(r"The pattern '(.+?)' ")


def problems(language: str) -> tuple[str, ...]:
    """Return all that is wrong with a language, each with its file and, where it can be told, its line."""
    written = mistakes(language)
    return written or tuple(_of_patterns(language)) or tuple(_of_rules(language))


def _of_patterns(language: str) -> Iterator[str]:
    """Yield the regular expressions that are none."""
    data = lexicon(f"{language}/records")
    listed = [row["pattern"] for row in data["patterns"]]
    listed += [pattern for pattern, _ in data["scope"]["rows"]] + list(data["shapes"].values())
    listed += [each for value in data["status"].values() for each in value]
    for pattern in listed:
        try:
            re.compile(expanded(pattern, language))
        except re.error as error:
            yield f"{language}/records.toml, line {_line(language, 'records', pattern)}: {error}: {pattern}"


def _of_rules(language: str) -> Iterator[str]:
    for subject, build in _BUILDERS.items():
        try:
            build(language)
        except InputError as error:
            found = _QUOTED.search(str(error))
            place = _anywhere(language, found[1]) if found else ""
            yield f"{place or f'{language}/{subject}.toml'}: {error}"
        except (KeyError, TypeError, ValueError, IndexError, re.error) as error:
            yield f"{language}/{subject}.toml: {type(error).__name__}: {error}"
        else:
            if subject == "conflict":
                known = grammar(language).classes
                for name in _ASKED:
                    if not known.get(name):
                        yield f"{language}: no lexicon has words for the class <{name}>, which the rules ask for"


def _line(language: str, subject: str, piece: str) -> int:
    text = files("streams.lexicons").joinpath(language, f"{subject}.toml").read_text(encoding="utf-8")
    return next((number for number, line in enumerate(text.splitlines(), 1) if piece in line), 1)


def _anywhere(language: str, piece: str) -> str:
    """Return the file and line of any lexicon that holds a piece."""
    for each in sorted(files("streams.lexicons").joinpath(language).iterdir(), key=lambda each: each.name):
        if each.name.endswith(".toml") and piece in each.read_text(encoding="utf-8"):
            return f"{language}/{each.name}, line {_line(language, each.name.removesuffix('.toml'), piece)}"
    return ""

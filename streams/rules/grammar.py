"""The lexicons of a language, put together: vocabulary, acts, operators, domains. Built once a language."""

import re
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any, Final, Literal, cast

from msgspec import Struct

from streams.lexicons import lexicon
from streams.rules.inflection import verb_forms
from streams.rules.patterns import compile_pattern, words_of
from streams.rules.tagging import STOP, Vocabulary

State = Literal["attack", "hostile", "threat", "truce", "talks", "war", "peace", "offer", "appeal", "void"]

_SUBJECTS: Final = ("conflict", "nuclear", "diplomacy", "unrest", "reading")
_PLACE_CLASSES: Final[dict[str, tuple[str, ...]]] = {
    "names": ("country", "place", "nation"),
    "people": ("people", "nation"),
    "capital": ("capital", "place", "nation"),
    "cities": ("city", "place", "nation"),
    "leaders": ("leader", "nation"),
}
# Classes that are made of others.
_UNIONS: Final[dict[str, tuple[str, ...]]] = {
    "armed": ("group", "fighters", "troops", "weapon"),
    "party": ("nation", "group", "fighters", "troops"),
    "warring": ("group", "fighters", "troops", "weapon", "strike-noun", "hard"),
    "warlike-all": (
        "group",
        "fighters",
        "troops",
        "weapon",
        "strike-noun",
        "warlike",
        "talks",
        "truce",
        "captive",
    ),
    "bloody": ("group", "fighters", "troops", "weapon", "strike-noun", "ev-armed"),
    "armed-or-place": ("group", "fighters", "troops", "weapon", "nation"),
}


class Act(Struct, frozen=True):
    """A kind of act: what it is called, what is known of it unread, how grave it is, what event it makes."""

    sense: str
    state: State
    severity: int
    event: str
    # "adversaries": only between parties that are at war or at odds.
    needs: str
    unless: tuple[re.Pattern[str], ...]


class Operator(Struct, frozen=True):
    """What changes an act's meaning, and on which side of the act it may stand: "before", "after", or both."""

    name: str
    side: str


class EventKind(Struct, frozen=True):
    """A pattern of an event: the event, and whether its word tells it as a noun alone would."""

    regex: re.Pattern[str]
    polarity: Literal["conflict", "cooperation"]
    form: Literal["verbal", "material"]
    violent: bool
    # "armed": only beside arms, armed men or an attack.
    needs: str
    # Gives way to blood that is shed in the same clause.
    yields: bool


class Effect(Struct, frozen=True):
    """What an operator makes of a state; without a severity the act keeps its own."""

    state: State
    severity: int | None


class Domain(Struct, frozen=True):
    """What only sounds like war, by its words' tags."""

    name: str
    strong: frozenset[str]
    weak: frozenset[str]


class Grammar(Struct, frozen=True):
    """All that the reader of a language needs, compiled."""

    vocabulary: Vocabulary
    by_anchor: dict[str, tuple[tuple[re.Pattern[str], Act], ...]]
    events: dict[str, tuple[EventKind, ...]]
    operators: dict[str, tuple[Operator, ...]]
    effects: dict[tuple[str, str], Effect]
    domains: tuple[Domain, ...]
    openings: frozenset[str]
    rivals: frozenset[frozenset[str]]
    # The normalised name of each word of the gazetteer.
    names: dict[str, str]
    _classes: dict[str, frozenset[str]]

    def tags(self, name: str) -> frozenset[str]:
        """Return the tags of a class, or of a union of classes."""
        return self._classes[name]


@cache
def grammar(lang: str) -> Grammar | None:
    """Return the grammar of a language, or None where there are no lexicons for it."""
    return _build(lang) if lang in {"en"} else None


def _build(lang: str) -> Grammar:
    inflection = lexicon(f"{lang}/inflection")
    vocabulary = Vocabulary(inflection)
    subjects = [lexicon(f"{lang}/{subject}") for subject in _SUBJECTS]
    lures = lexicon(f"{lang}/lures")
    names = _add_places(vocabulary, lexicon(f"{lang}/places"))
    words, events = _split_events(lexicon(f"{lang}/events"), inflection["irregular"])
    for classes in [words, *(table.get("words", {}) for table in [*subjects, lures])]:
        for name, listed in classes.items():
            vocabulary.add(name, listed)
    operator_words = next(table["operators"] for table in subjects if "operators" in table)
    for name, listed in operator_words.items():
        vocabulary.add(f"op-{name}", listed)
    for name, domain in lures["domains"].items():
        vocabulary.add(
            f"strong-{name}", {"forms": domain.get("strong", ()), "names": domain.get("names", ())}
        )
        vocabulary.add(
            f"weak-{name}", {"forms": domain.get("weak", ()), "names": domain.get("weak_names", ())}
        )
    rivals = frozenset(frozenset(pair) for table in subjects for pair in table.get("rivals", ()))
    acts = [act for table in subjects for act in table.get("act", ())]
    _add_literals(vocabulary, [*acts, *events])
    vocabulary.inherit(frozenset(lexicon(f"{lang}/reading")["particles"]))
    return _compile(vocabulary, acts, events, lures, operator_words, names, rivals)


def _split_events(
    subject: dict[str, Any], irregular: dict[str, str]
) -> tuple[dict[str, dict[str, list[str]]], list[dict[str, Any]]]:
    """Return the words and the events of a lexicon, its phrases taken out of the words and made patterns.

    A phrase that is a word of the vocabulary hides the words that it is made of, from the acts of war too. Those
    that only add a particle ("call on") hide nothing.
    """
    particles = frozenset(subject["particles"])
    words: dict[str, dict[str, list[str]]] = {}
    phrases: dict[str, list[str]] = {}
    for name, table in subject["words"].items():
        words[name] = {}
        for kind, listed in table.items():
            words[name][kind] = [word for word in listed if particles.issuperset(word.split()[1:])]
            for phrase in listed:
                if not particles.issuperset(phrase.split()[1:]):
                    forms = verb_forms(phrase, irregular) if kind == "verbs" else [phrase]
                    phrases.setdefault(name, []).append(f"({'|'.join(dict.fromkeys(forms))})")
    events = [
        {**event, "patterns": [*event["patterns"], *(p for bare in event["patterns"] for p in phrases.get(bare[1:-1], ()))]}
        for event in subject["event"]
    ]
    return words, events


def _compile(
    vocabulary: Vocabulary,
    acts: Sequence[dict[str, Any]],
    events: Sequence[dict[str, Any]],
    lures: dict[str, Any],
    operators: dict[str, dict[str, Any]],
    names: dict[str, str],
    rivals: frozenset[frozenset[str]],
) -> Grammar:
    def tags_of(name: str) -> str:
        return "".join(
            dict.fromkeys("".join(vocabulary.tags_of(part) for part in _UNIONS.get(name, (name,))))
        )

    breaks = STOP + tags_of("break") + tags_of("gap-break")
    by_anchor: dict[str, list[tuple[re.Pattern[str], Act]]] = {}
    for table in acts:
        unless = tuple(compile_pattern(pattern, tags_of, breaks).regex for pattern in table.get("unless", ()))
        act = Act(
            table["sense"], table["state"], table["severity"], table["event"], table.get("needs", ""), unless
        )
        for pattern in table["patterns"]:
            compiled = compile_pattern(pattern, tags_of, breaks)
            for tag in compiled.anchors:
                by_anchor.setdefault(tag, []).append((compiled.regex, act))
    by_event: dict[str, list[EventKind]] = {}
    for table in events:
        form, polarity, *violent = table["quad"].split()
        for pattern in table["patterns"]:
            compiled = compile_pattern(pattern, tags_of, breaks)
            kind = EventKind(
                compiled.regex,
                polarity,
                form,
                bool(violent),
                table.get("needs", ""),
                table.get("yields", False),
            )
            for tag in compiled.anchors:
                by_event.setdefault(tag, []).append(kind)
    classes = {
        name: frozenset(tags_of(name))
        for name in (*_UNIONS, *vocabulary.class_names(), "any-number", "stop", "comma")
    }
    operator_of: dict[str, list[Operator]] = {}
    for name, words in operators.items():
        for tag in tags_of(f"op-{name}"):
            operator_of.setdefault(tag, []).append(Operator(name, str(words.get("side", "both"))))
    domains = tuple(
        Domain(name, frozenset(tags_of(f"strong-{name}")), frozenset(tags_of(f"weak-{name}")))
        for name in lures["domains"]
    )
    return Grammar(
        vocabulary,
        {tag: tuple(found) for tag, found in by_anchor.items()},
        {tag: tuple(found) for tag, found in by_event.items()},
        {tag: tuple(found) for tag, found in operator_of.items()},
        dict(_effects(lexicon("senses")["effects"])),
        domains,
        frozenset(lures["openings"]["forms"]),
        rivals,
        names,
        classes,
    )


def _effects(tables: dict[str, dict[str, str]]) -> Iterable[tuple[tuple[str, str], Effect]]:
    for operator, table in tables.items():
        for state, result in table.items():
            becomes, _, severity = result.partition(" ")
            yield (operator, state), Effect(cast(State, becomes), int(severity) if severity else None)


def _add_places(vocabulary: Vocabulary, places: dict[str, dict[str, list[str]]]) -> dict[str, str]:
    names: dict[str, str] = {}
    for country, table in places.items():
        for kind, classes in _PLACE_CLASSES.items():
            listed = table.get(kind, [])
            for name in classes:
                vocabulary.add(name, {"names": listed})
            for word in listed:
                names.setdefault(vocabulary.key(word), country)
    return names


def _add_literals(vocabulary: Vocabulary, acts: Sequence[dict[str, Any]]) -> None:
    """Make a class of each word that a pattern names itself."""
    for act in acts:
        for pattern in [*act["patterns"], *act.get("unless", ())]:
            for word in words_of(pattern):
                vocabulary.add(f"={word}", {"forms": [word]})

"""Builds a language's grammar from its lexicons, once a process."""

import re
from collections.abc import Iterable, Sequence
from functools import cache
from itertools import combinations
from typing import Any, Final, TypeVar, cast

from streams.lexicons import lexicon
from streams.rules.gazetteer import NAMED_IN
from streams.rules.grammar import Act, Effect, EventKind, Grammar, Operator, State
from streams.rules.inflection import Inflection, inflection
from streams.rules.patterns import compile_pattern, runs_of
from streams.rules.tagging import STOP, Vocabulary

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
    "place-or-people": ("place", "people"),
    "armed-or-place": ("group", "fighters", "troops", "weapon", "nation"),
    # Words that only war uses; that only an armed or frozen conflict brings into a text; beside which there is blood.
    "warring": ("group", "fighters", "troops", "weapon", "strike-noun", "hard"),
    "warlike-all": (
        "group",
        "fighters",
        "troops",
        "weapon",
        "strike-noun",
        "warlike",
        "war",
        "talks",
        "truce",
        "captive",
    ),
    "bloody": ("group", "fighters", "troops", "weapon", "strike-noun", "ev-armed"),
}
_Table = dict[str, Any]
_Value = TypeVar("_Value")


@cache
def grammar(lang: str) -> Grammar:
    """Return the grammar of a language that has lexicons."""
    return _Builder(lang).build()


class _Builder:
    def __init__(self, lang: str) -> None:
        self._lang = lang
        self._inflection = inflection(lang)
        self._subjects = [lexicon(f"{lang}/{subject}") for subject in _SUBJECTS]
        self._reading = self._subjects[-1]
        self._events = lexicon(f"{lang}/events")
        self._lures = lexicon(f"{lang}/lures")
        self._places = lexicon(f"{lang}/places")
        self._vocabulary = Vocabulary(self._inflection)
        self._breaks = ""
        self._common = ""

    def build(self) -> Grammar:
        names = self._add_places() | self._aliases()
        event_words, events = _split_events(self._events, self._inflection)
        acts = [act for table in self._subjects for act in table.get("act", ())]
        for words in [event_words, *(table.get("words", {}) for table in [*self._subjects, self._lures])]:
            for name, listed in words.items():
                self._vocabulary.add(name, listed)
        for name, listed in self._reading["operators"].items():
            self._vocabulary.add(f"op-{name}", listed)
        for name, domain in self._lures["domains"].items():
            self._vocabulary.add(
                f"strong-{name}", {"forms": domain["strong"], "names": domain.get("names", ())}
            )
            self._vocabulary.add(
                f"weak-{name}", {"forms": domain["weak"], "names": domain.get("weak_names", ())}
            )
        self._add_literals([*acts, *events])
        self._vocabulary.inherit(frozenset(self._reading["particles"]))
        self._breaks = STOP + self._tags_of("break") + self._tags_of("gap-break")
        self._common = "".join(
            map(self._tags_of, ("small", "follows", "break", "background", "nation", "number"))
        )
        return Grammar(
            vocabulary=self._vocabulary,
            acts=self._index(acts, self._act),
            events=self._index(events, _event_kind),
            operators=self._operators(),
            effects=dict(_effects(lexicon("senses")["effects"])),
            domains=self._domains(),
            openings=frozenset(self._lures["openings"]["forms"]),
            retells=frozenset(self._lures.get("retells", {}).get("forms", ())),
            rivals=frozenset(frozenset(pair) for table in self._subjects for pair in table.get("rivals", ())),
            names=names,
            called=self._called(),
            past=self._inflection.past,
            speaks=frozenset(self._reading["capital_says"]),
            classes={
                name: frozenset(self._tags_of(name))
                for name in (*_UNIONS, *self._vocabulary.class_names(), "stop", "comma")
            },
        )

    def _tags_of(self, name: str) -> str:
        parts = (self._vocabulary.tags_of(part) for part in _UNIONS.get(name, (name,)))
        return "".join(dict.fromkeys("".join(parts)))

    def _add_places(self) -> dict[str, str]:
        names: dict[str, str] = {}
        for country, table in self._places.items():
            for kind, classes in _PLACE_CLASSES.items():
                listed = table.get(kind, [])
                if kind == "people":
                    listed = [form for name in listed for form in self._inflection.people_forms(name)]
                for name in classes:
                    self._vocabulary.add(name, {"names": listed})
                for word in (form for name in listed for form in self._inflection.name_forms(name)):
                    names.setdefault(self._vocabulary.key(word), country)
        return names

    def _aliases(self) -> dict[str, str]:
        """Return what each armed group is called in one way, by how it is written."""
        return {
            self._vocabulary.key(word): name
            for table in self._subjects
            for name, written in table.get("aliases", {}).items()
            for word in written
        }

    def _called(self) -> dict[str, str]:
        """Return what places are called in the language that series are named in, where that is another word."""
        if self._lang == NAMED_IN:
            return {}
        names = {
            own: name
            for country, table in self._places.items()
            for own, name in (*dict.fromkeys(table["names"], country).items(), *table.get("same", {}).items())
        }
        key = self._vocabulary.key
        return {
            key(form): key(name) for own, name in names.items() for form in self._inflection.name_forms(own)
        }

    def _add_literals(self, tables: Sequence[_Table]) -> None:
        """Make a class of each word that a pattern names itself, and of what a lexicon has made one token of."""
        for table in tables:
            for pattern in [*table["patterns"], *table.get("unless", ())]:
                for run in runs_of(pattern):
                    for start, end in combinations(range(len(run) + 1), 2):
                        piece = " ".join(run[start:end])
                        if end - start == 1 or self._vocabulary.has(piece):
                            self._vocabulary.add(f"={piece}", {"forms": [piece]})

    def _act(self, table: _Table) -> Act:
        unless = (compile_pattern(p, self._tags_of, self._breaks).regex for p in table.get("unless", ()))
        return Act(table["sense"], table["state"], table["severity"], table.get("needs", ""), tuple(unless))

    def _index(
        self, tables: Sequence[_Table], make: Any
    ) -> dict[str, tuple[tuple[re.Pattern[str], tuple[frozenset[str], ...], _Value], ...]]:
        """Compile the patterns and file each under the tags one of which it needs."""
        found: dict[str, list[tuple[re.Pattern[str], tuple[frozenset[str], ...], _Value]]] = {}
        for table in tables:
            made = make(table)
            for pattern in table["patterns"]:
                compiled = compile_pattern(pattern, self._tags_of, self._breaks, self._common)
                for tag in compiled.anchors:
                    found.setdefault(tag, []).append((compiled.regex, compiled.also, made))
        return {tag: tuple(listed) for tag, listed in found.items()}

    def _operators(self) -> dict[str, tuple[Operator, ...]]:
        found: dict[str, tuple[Operator, ...]] = {}
        for name, listed in self._reading["operators"].items():
            for tag in self._tags_of(f"op-{name}"):
                found[tag] = (*found.get(tag, ()), Operator(name, listed.get("side", "both")))
        return found

    def _domains(self) -> dict[str, tuple[tuple[str, bool], ...]]:
        found: dict[str, tuple[tuple[str, bool], ...]] = {}
        for name in self._lures["domains"]:
            own = self._tags_of(f"strong-{name}")
            for tag in {*own, *self._tags_of(f"weak-{name}")}:
                found[tag] = (*found.get(tag, ()), (name, tag in own))
        return found


def _event_kind(table: _Table) -> EventKind:
    form, polarity, *violent = table["quad"].split()
    way, _, degree = table.get("turn", "").partition(" ")
    turn = (way, int(degree)) if degree else None
    return EventKind(polarity, form, bool(violent), table.get("needs", ""), table.get("yields", False), turn)


def _split_events(subject: _Table, forms_of: Inflection) -> tuple[dict[str, _Table], list[_Table]]:
    """Return the words and the events of a lexicon, its phrases taken out of the words and made patterns.

    A phrase that is a word of the vocabulary hides the words that it is made of, from the acts of war too. Those
    that only add a particle ("call on") hide nothing. A class that no event names is there to hide.
    """
    particles = frozenset(subject["particles"])
    told = " ".join(pattern for event in subject["event"] for pattern in event["patterns"])
    words: dict[str, _Table] = {}
    phrases: dict[str, list[str]] = {}
    for name, table in subject["words"].items():
        if f"<{name}>" not in told:
            words[name] = table
            continue
        words[name] = {
            kind: [word for word in listed if kind == "compounds" or particles.issuperset(word.split()[1:])]
            for kind, listed in table.items()
        }
        for kind, listed in table.items():
            for phrase in (
                word for word in listed if kind != "compounds" and not particles.issuperset(word.split()[1:])
            ):
                forms = forms_of.verb_forms(phrase) if kind == "verbs" else [phrase]
                phrases.setdefault(f"<{name}>", []).append(f"({'|'.join(dict.fromkeys(forms))})")
    events = []
    for event in subject["event"]:
        more = [pattern for bare in event["patterns"] for pattern in phrases.get(bare, ())]
        events.append({**event, "patterns": [*event["patterns"], *more]})
    return words, events


def _effects(tables: dict[str, dict[str, str]]) -> Iterable[tuple[tuple[str, str], Effect]]:
    for operator, table in tables.items():
        for state, result in table.items():
            becomes, _, severity = result.partition(" ")
            yield (operator, state), Effect(cast(State, becomes), int(severity) if severity else None)

"""Whether a language's lexicons are what the rules read: every mistake with its file and line.

English is the model: a table has the keys that it has there, unless its keys are the language's own words.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from importlib.resources import files
from typing import Any, Final

from msgspec import Struct

from streams.lexicons import MODEL
from wirewatch.config_values import suggest

SUBJECTS: Final = (
    "conflict", "deadlines", "diplomacy", "events", "figures", "inflection", "lures", "metrics", "nuclear", "places",
    "reading", "records", "unrest", "words",
)  # fmt: skip
# Tables whose keys are words or names, not the rules'.
_OPEN: Final = {
    "figures": ("numbers.small", "numbers.scales", "numbers.suffixes", "numbers.letters", "numbers.dozens", "numbers.fractions",
                "numbers.ordinals", "numbers.apart", "currencies", "units", "nouns", "context.toll", "time.months"),
    "records": ("superlatives.max", "superlatives.min", "comparatives.words", "parts", "wants", "time.counts", "time.periods",
                "time.events"),
    "metrics": ("units", "actions", "places", "terms"),
    "inflection": ("irregular",),
    "deadlines": ("numbers", "units", "dates.hours", "dates.days", "dates.ends", "parts"),
    "places": ("",),
    "lures": ("domains", "words"),
    **dict.fromkeys(("reading",), ("words", "operators")),
    **dict.fromkeys(("conflict", "nuclear", "diplomacy", "unrest", "events"), ("words", "aliases")),
}  # fmt: skip
# What a language may have that English does not need.
_OWN: Final = {
    "inflection": ("endings", "compounds"),
    "figures": ("numbers.joined",),
}
# What only the model has: what metrics are named by, and what the same-story rules know.
_MODEL_ALONE: Final = {
    "metrics": ("growing", "wider", "implied", "together", "fits", "generic", "narrowing.same", "between_parties", "empty_actions",
                "works"),
}  # fmt: skip
# Of the words that the same-story rules know, every other rule reads these alone.
_NEEDED: Final = {"words": ("weekdays", "months", "today", "yesterday", "compared")}
_CLASS: Final = (
    "verbs",
    "nouns",
    "forms",
    "names",
    "compounds",
    "side",
    "reach",
    "strong",
    "weak",
    "weak_names",
)
_ENTRIES: Final = {
    "act": (("sense", "state", "severity", "patterns"), ("needs", "unless")),
    "event": (("quad", "patterns"), ("turn", "needs", "yields")),
    "patterns": (("when", "pattern", "comparator"), ("need", "also", "not_after")),
}
_STATES: Final = (
    "attack", "hostile", "threat", "truce", "talks", "war", "peace", "offer", "appeal", "void",
)  # fmt: skip
_PLACE: Final = ("names", "people", "capital", "cities", "leaders", "same")


class _File(Struct):
    """One lexicon: its name as it is told, its lines, and what they say."""

    subject: str
    name: str
    lines: list[str]
    data: dict[str, Any]

    def at(self, path: str, what: str, entry: int = 0) -> str:
        """Return a mistake with its place: where the path's last key stands, below the nth header of its table."""
        return f"{self.name}, line {self._line_of(path, entry)}: {what}"

    def _line_of(self, path: str, entry: int) -> int:
        table, _, key = path.rpartition(".")
        header = re.compile(r"\s*\[\[?\s*([^\]]+?)\s*\]?\]")
        own = re.compile(rf"\s*[\"']?{re.escape(key)}[\"']?\s*=")
        inside, seen, start = table == "", 0, 1
        for number, line in enumerate(self.lines, 1):
            found = header.match(line)
            if found:
                name = found[1].replace('"', "")
                if name == path:
                    return number
                inside = name == table
                if inside:
                    seen += 1
                    start = number if entry in {0, seen} else start
            elif inside and own.match(line) and entry in {0, seen}:
                return number
        return start


def mistakes(language: str) -> tuple[str, ...]:
    """Return what is wrong with a language's lexicons, each with its file and line; nothing where all is right."""
    found: list[str] = []
    for subject in SUBJECTS:
        path = files("streams.lexicons").joinpath(language, f"{subject}.toml")
        name = f"{language}/{subject}.toml"
        if not path.is_file():
            found.append(f"{name}: is missing")
            continue
        text = path.read_text(encoding="utf-8")
        try:
            data = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            found.append(f"{name}: is no valid TOML: {error}")
            continue
        model = files("streams.lexicons").joinpath(MODEL, f"{subject}.toml")
        one = _File(subject, name, text.splitlines(), data)
        found.extend(_of_file(one, tomllib.loads(model.read_text(encoding="utf-8"))))
    return tuple(found)


def gaps(language: str) -> tuple[str, ...]:
    """Return the lists that a language has no words for yet, though a rule asks for them: no mistakes, but work."""
    found: list[str] = []
    for subject in SUBJECTS:
        if subject not in {"places", "words"}:
            own, model = (
                tomllib.loads(
                    files("streams.lexicons").joinpath(each, f"{subject}.toml").read_text(encoding="utf-8")
                )
                for each in (language, MODEL)
            )
            found.extend(
                f"{language}/{subject}.toml: [{where}] has no {key} yet"
                for where, key in _lacking(subject, "", own, model)
            )
    return tuple(found)


def _lacking(
    subject: str, path: str, own: Mapping[str, Any], model: Mapping[str, Any]
) -> Iterator[tuple[str, str]]:
    for key, value in model.items():
        here = f"{path}.{key}".lstrip(".")
        if here in (*_OPEN.get(subject, ()), *_MODEL_ALONE.get(subject, ())) or key in {*_ENTRIES, "rivals"}:
            continue
        if isinstance(value, list) and key not in own:
            yield path or subject, key
        elif isinstance(value, dict) and isinstance(own.get(key), dict):
            yield from _lacking(subject, here, own[key], value)


def _of_file(one: _File, model: Mapping[str, Any]) -> Iterator[str]:
    if one.subject == "places":
        for country, entry in one.data.items():
            yield from _place(one, country, entry, model)
        return
    yield from _keys(one, "", one.data, model)
    for kind, (needed, allowed) in _ENTRIES.items():
        entries = one.data.get(kind, [])
        if isinstance(entries, list):
            for number, entry in enumerate(entries, 1):
                yield from _entry(one, kind, number, entry, (needed, allowed))


def _keys(one: _File, path: str, data: Mapping[str, Any], model: Mapping[str, Any]) -> Iterator[str]:
    """Yield what a table has that it should not, and what it lacks."""
    lone = _MODEL_ALONE.get(one.subject, ())
    for key in model if path else _NEEDED.get(one.subject, model):
        here = f"{path}.{key}".lstrip(".")
        needed = bool(path == "" and one.subject in _NEEDED) or not isinstance(model[key], list)
        if needed and key not in data and here not in lone and key not in _ENTRIES and key != "rivals":
            yield one.at(path or key, f"[{path or one.subject}] lacks {key}")
    for key, value in data.items():
        here = f"{path}.{key}".lstrip(".")
        if here in _OWN.get(one.subject, ()):
            continue
        if key not in model:
            yield one.at(here, f"{here} is not known{suggest(key, tuple(model))}")
        elif here in _OPEN.get(one.subject, ()):
            yield from _open(one, here, value, model[key])
        elif isinstance(value, dict) and isinstance(model[key], dict):
            yield from _keys(one, here, value, model[key])
        elif key not in _ENTRIES:
            yield from _kind(one, here, value, model[key])


def _open(one: _File, path: str, value: object, model: object) -> Iterator[str]:
    if not isinstance(value, dict) or not isinstance(model, dict):
        yield one.at(path, f"{path} is no table")
        return
    sample = next(iter(model.values()), "")
    for key, inner in value.items():
        here = f"{path}.{key}"
        if isinstance(inner, dict) and isinstance(sample, dict):
            for name in inner:
                if name not in _CLASS:
                    yield one.at(f"{here}.{name}", f"{here}.{name} is not known{suggest(name, _CLASS)}")
        elif model:
            yield from _kind(one, here, inner, sample)


def _kind(one: _File, path: str, value: object, model: object) -> Iterator[str]:
    """Yield what is of another kind than in the model: a list for a text, a number for a list."""
    if isinstance(model, bool) or not isinstance(model, int | float):
        same = isinstance(value, type(model))
    else:
        same = isinstance(value, int | float) and not isinstance(value, bool)
    if not same:
        yield one.at(path, f"{path} is {_called(value)}; write {_called(model)}")
    elif isinstance(value, list) and isinstance(model, list) and model:
        wrong = next((each for each in value if not isinstance(each, type(model[0]))), None)
        if wrong is not None:
            yield one.at(
                path, f"{path} holds {wrong!r}, which is {_called(wrong)}; write {_called(model[0])}"
            )


def _called(value: object) -> str:
    names = {str: "a text", list: "a list", dict: "a table", bool: "true or false"}
    return names.get(type(value), "a number")


def _entry(
    one: _File, kind: str, number: int, entry: Any, keys: tuple[tuple[str, ...], tuple[str, ...]]
) -> Iterator[str]:
    needed, allowed = keys
    for key in needed:
        if key not in entry:
            yield one.at(f"{kind}.{key}", f"[[{kind}]] lacks {key}", number)
    for key in entry:
        if key not in (*needed, *allowed):
            yield one.at(
                f"{kind}.{key}", f"[[{kind}]] {key} is not known{suggest(key, (*needed, *allowed))}", number
            )
    if kind == "act":
        if entry.get("state") not in _STATES:
            yield one.at("act.state", f"{entry.get('state')!r} is none of {', '.join(_STATES)}", number)
        if entry.get("severity") not in (1, 2, 3):
            yield one.at("act.severity", f"{entry.get('severity')!r} is none of 1, 2 and 3", number)


def _place(one: _File, country: str, entry: Any, model: Mapping[str, Any]) -> Iterator[str]:
    if country not in model:
        yield one.at(
            country,
            f"{country} is not known{suggest(country, tuple(model))}: keys are those of {MODEL}/places",
        )
    for key in entry:
        if key not in _PLACE:
            yield one.at(f"{country}.{key}", f"{country}.{key} is not known{suggest(key, _PLACE)}")

"""How far an escalation goes: from the act, its scale and its target, each said in words."""

import re
from collections.abc import Sequence
from typing import Final

from streams.rules.actors import is_passive
from streams.rules.acts import Found
from streams.rules.grammar import Grammar
from streams.rules.tagging import NUMBER, Tagged
from wirewatch.messages import Figure

# How the parts begin that an act itself does not bring.
SCALE: Final = "scale +1"
TARGET: Final = "target +1"
# A wave is a mass attack from some fifty drones or missiles, or some hundred dead.
_MANY_WEAPONS: Final = 50
_MANY_DEAD: Final = 100
# No count of weapons or of dead.
_ABSURD: Final = 1e9
# A capital so many words beyond the act is what it hit.
_NEAR: Final = 4
_WEAPON_UNITS: Final = frozenset(
    {
        "drones",
        "missiles",
        "rockets",
        "projectiles",
        "shells",
        "bombs",
        "air strikes",
        "airstrikes",
        "strikes",
    }
)
# Written without a comma, it is rather a year than a count.
_YEAR: Final = re.compile(r"1[5-9]\d\d|20\d\d")
_DEAD_UNITS: Final = frozenset({"dead", "deaths", "killed", "fatalities"})


def severity(
    grammar: Grammar, found: Found, sentences: Sequence[Tagged], figures: Sequence[Figure]
) -> tuple[int, tuple[str, ...]]:
    """Return the severity of a finding in the first of `sentences`, and its parts in words."""
    parts = [f"act {found.severity}: {found.act.sense}"]
    degree = found.severity
    if found.state == "attack":
        for part in (_scale(grammar, sentences, figures), _target(grammar, found, sentences[0])):
            if part and degree < 3:
                degree += 1
            if part:
                parts.append(part)
    truce = grammar.tags("truce")
    if found.state == "peace" and any(tag in truce for tag in sentences[0].tags[found.start : found.end]):
        small = _smallness(grammar, sentences[0])
        if small and not _first(sentences[0], grammar.tags("full-truce")) and degree > 2:
            degree = 2
            parts.append(f"limited: {small}")
    return max(1, min(3, degree)), tuple(parts)


def _scale(grammar: Grammar, sentences: Sequence[Tagged], figures: Sequence[Figure]) -> str | None:
    for figure in figures:
        unit = figure.unit or ""
        if (unit in _WEAPON_UNITS and figure.value >= _MANY_WEAPONS) or (
            unit in _DEAD_UNITS and figure.value >= _MANY_DEAD
        ):
            return f"{SCALE}: {figure.value:g} {unit}"
    weapons, killed = grammar.tags("weapon"), grammar.tags("kill") | grammar.tags("shed-blood")
    hurt = grammar.tags("hurt")
    # A number that no figure was made of counts nothing: the 400 of "10^400 drones".
    told = {figure.value for figure in figures}
    for sentence in sentences:
        for at, tag in enumerate(sentence.tags):
            if tag != NUMBER:
                continue
            value = _value(sentence.words[at])
            if (
                value not in told
                or not _MANY_WEAPONS <= value < _ABSURD
                or _YEAR.fullmatch(sentence.words[at])
            ):
                continue
            near = sentence.tags[at + 1 : at + 4]
            if any(tag in weapons for tag in near):
                return f"{SCALE}: {value:g} weapons"
            if not hurt.isdisjoint(sentence.tags[max(0, at - 1) : at + 3]):
                continue
            around = sentence.tags[max(0, at - 5) : at] + near
            if value >= _MANY_DEAD and any(tag in killed for tag in around):
                return f"{SCALE}: {value:g} dead"
    return None


def _target(grammar: Grammar, found: Found, sentence: Tagged) -> str | None:
    nuclear = _first(sentence, grammar.tags("nuclear-target"))
    if nuclear:
        return f"{TARGET}: {nuclear}"
    armed = grammar.tags("fighters") | grammar.tags("group")
    capitals, at_place = grammar.tags("capital"), grammar.tags("at-place")
    befallen = is_passive(grammar, found.start, found.end, sentence)
    for at, tag in enumerate(sentence.tags):
        if tag not in capitals or not grammar.speaks.isdisjoint(sentence.words[at + 1 : at + 2]):
            continue
        if not armed.isdisjoint(sentence.tags[: max(at, found.end)]):
            return None
        near = (0 if befallen else found.start) <= at < found.end + _NEAR and (
            at > 0 or found.start == 0 or befallen
        )
        if near or (at > found.start and sentence.tags[at - 1] in at_place):
            return f"{TARGET}: {sentence.words[at]}"
    return None


def _smallness(grammar: Grammar, sentence: Tagged) -> str | None:
    """Return the word that makes a truce a small one. "After twelve days of war" is how long the war was."""
    small, background, truce = (grammar.tags(name) for name in ("small-truce", "background", "truce"))
    for at, tag in enumerate(sentence.tags):
        if tag not in small:
            continue
        names = sentence.tags[at + 1 : at + 2] in truce
        if names or background.isdisjoint(sentence.tags[max(0, at - 3) : at]):
            return sentence.words[at]
    return None


def _first(sentence: Tagged, tags: frozenset[str]) -> str | None:
    return next((word for word, tag in zip(sentence.words, sentence.tags, strict=True) if tag in tags), None)


def _value(word: str) -> float:
    digits = word.replace(",", "")
    return float(digits) if digits.replace(".", "", 1).isdigit() else 0.0

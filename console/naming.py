"""A metric's name in words that a person reads: "Drones in one attack on Ukraine". Pure."""

from typing import Final

from console.wording import plain
from wirewatch.messages import Direction, Subject

# What is counted by an act, in words that stand between the unit and the place; other acts stand behind, in brackets.
_ACTS: Final = {
    "attack": "in one attack",
    "strike": "in one strike",
    "crossing": "crossing",
    "temperature": "",
}
_MEASURED: Final = {
    "degrees celsius": "Temperature",
    "degrees fahrenheit": "Temperature",
    "percent": "Per cent",
}
_SMALL: Final = frozenset({"of", "the", "and", "in", "on"})
_WHOLE: Final = {"world": "the world", "worldwide": "the world"}


def metric_title(metric: str, subject: Subject, direction: Direction) -> str:
    """Return what a metric counts, as a heading; its name with spaces where nobody knows more of it."""
    if subject.unit is None and subject.action is None:
        words = metric.removesuffix(f"-{direction}").replace("-", " ")
        return plain(_begin(words) or metric, 120)
    unit = _MEASURED.get((subject.unit or "").casefold(), _begin(subject.unit or ""))
    act = _ACTS.get(subject.action or "")
    told = act if act is not None else f"({subject.action})" if subject.action else ""
    parts = [unit, told] if unit else [_begin(subject.action or "")]
    if subject.place:
        parts.append(f"{'on' if act and act.startswith('in one') else 'in'} {named(subject.place)}")
    elif subject.actor:
        parts.append(f"by {named(subject.actor)}")
    words = " ".join(part for part in parts if part)
    if subject.terms and not (subject.place or subject.actor):
        words += f": {', '.join(subject.terms[:4])}"
    return plain(f"{words}, lowest" if direction == "min" else words, 120)


def named(place: str) -> str:
    """Return a place or a party as it is written: "united states" as "United States", "uk" as "UK"."""
    if place in _WHOLE:
        return _WHOLE[place]
    if len(place) <= 3:
        return place.upper()
    words = place.replace("-", " ").split(" ")
    return " ".join(word if at and word in _SMALL else _begin(word) for at, word in enumerate(words))


def pair_title(parties: tuple[str, str]) -> str:
    """Return two parties as a heading."""
    return plain(" and ".join(named(party) for party in parties), 120)


def _begin(words: str) -> str:
    return words[:1].upper() + words[1:]

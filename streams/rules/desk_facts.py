"""What a desk's conditions are held against: one story's cluster, as an alert would tell it now."""

import re
from collections.abc import Iterable
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import Final

from msgspec import Struct

from streams.rules.corroboration import Voice
from streams.rules.desk_case import Shown
from streams.rules.gazetteer import NAMED_IN, country_of, names_in, place_of
from streams.rules.languages import language_of
from streams.rules.ringing import reaches
from wirewatch.desk_settings import Match
from wirewatch.messages import Detection

_LONGEST: Final = 4000
_WORD: Final = re.compile(r"\w+")


class Facts(Struct, frozen=True):
    """One cluster as conditions see it."""

    shown: Shown
    metric: str | None
    actors: frozenset[str]
    places: frozenset[str]
    # Headline and summary, in lower case, a space around each word.
    text: str
    language: str | None
    outlets: frozenset[str]
    tier: int
    count: int


def facts_of(shown: Shown, detection: Detection, voices: Iterable[Voice]) -> Facts:
    """Return what can be asked of a cluster after a story."""
    story = detection.story
    voices = tuple(voices)
    language = language_of(story)
    named = names_in(f"{story.title}. {story.summary}"[:_LONGEST], language.read or NAMED_IN)
    actors = {
        *(name for one in detection.escalations for name in (one.actor, one.target)),
        *(one.claim.subject.actor for one in detection.records),
        *(name.country for name in named),
    }
    places = {
        *(one.place for one in detection.escalations),
        *(one.claim.subject.place for one in detection.records),
        *(name.place for name in named if not name.adjective),
        *(name.country for name in named if not name.adjective),
    }
    return Facts(
        shown=shown,
        metric=shown.metric or detection.metric,
        actors=frozenset(found for name in actors if (found := country_of(name))),
        places=frozenset(found for name in places for found in _lies_in(name)),
        text=_spaced(f"{story.title} {story.summary}"[:_LONGEST]),
        language=story.lang if language.reason == "declared" else language.spoken or story.lang,
        outlets=frozenset((story.source.casefold(), *(voice.source.casefold() for voice in voices))),
        tier=min((story.tier, *(voice.tier for voice in voices))),
        count=max(detection.outlets, len(voices)),
    )


def unmet(match: Match, facts: Facts) -> str | None:
    """Return the first condition that does not hold, in words; None where all do."""
    return _leaf(match, facts) or _nested(match, facts)


def _nested(match: Match, facts: Facts) -> str | None:
    for each in match.all:
        missing = unmet(each, facts)
        if missing is not None:
            return missing
    if match.any:
        missed = [unmet(each, facts) for each in match.any]
        if None not in missed:
            return f"none of: {'; '.join(word for word in missed if word)}"
    for each in match.none_of:
        if unmet(each, facts) is None:
            return f"not: {_say(each)}"
    return None


def _leaf(match: Match, facts: Facts) -> str | None:
    return _by_alert(match, facts) or _by_names(match, facts) or _by_outlets(match, facts)


def _by_alert(match: Match, facts: Facts) -> str | None:
    shown = facts.shown
    if match.kind and shown.kind not in match.kind:
        return f"kind is {shown.kind}"
    if match.polarity and shown.polarity not in match.polarity:
        return f"polarity is {shown.polarity or 'none'}"
    if match.severity is not None and shown.severity < match.severity:
        return f"severity is {shown.severity}, below {match.severity}"
    if match.priority is not None and not reaches(shown.priority, match.priority):
        return f"priority is {shown.priority}"
    if match.metric and not any(fnmatchcase(facts.metric or "", wanted) for wanted in match.metric):
        return f"metric is {facts.metric or 'none'}"
    return None


def _by_names(match: Match, facts: Facts) -> str | None:
    if match.actors and not any(country_of(wanted) in facts.actors for wanted in match.actors):
        return f"actors are {_list(facts.actors)}"
    if match.places and not any(place_of(wanted) in facts.places for wanted in match.places):
        return f"places are {_list(facts.places)}"
    if match.words and not any(_spaced(wanted) in facts.text for wanted in match.words):
        return f"none of the words {_list(match.words)}"
    return None


def _by_outlets(match: Match, facts: Facts) -> str | None:
    if match.language and not any(_speaks(facts.language, wanted) for wanted in match.language):
        return f"language is {facts.language or 'unknown'}"
    if match.outlets and not any(wanted.casefold() in facts.outlets for wanted in match.outlets):
        return f"none of the outlets {_list(match.outlets)}"
    if match.tier is not None and facts.tier > match.tier:
        return f"the best outlet is of tier {facts.tier}"
    if match.min_outlets is not None and facts.count < match.min_outlets:
        return f"{facts.count} outlet{'s' if facts.count != 1 else ''}, fewer than {match.min_outlets}"
    return None


def _say(match: Match) -> str:
    given = {
        name: getattr(match, name)
        for name in match.__struct_fields__
        if getattr(match, name) not in ((), None) and name not in ("all", "any", "none_of")
    }
    words = [f"{name} {_list(value) if isinstance(value, tuple) else value}" for name, value in given.items()]
    return ", ".join(words) or "what is excluded"


def _list(names: Iterable[str]) -> str:
    return ", ".join(sorted(names)[:6]) or "none"


def _lies_in(name: str | None) -> tuple[str, ...]:
    """Return a place with the country that it lies in."""
    place = place_of(name)
    return tuple(each for each in (place, country_of(name)) if each)


def _speaks(language: str | None, wanted: str) -> bool:
    given = (language or "").casefold().replace("_", "-")
    asked = wanted.casefold()
    return given == asked or given.startswith(f"{asked}-")


@lru_cache(maxsize=512)
def _spaced(text: str) -> str:
    return f" {' '.join(_WORD.findall(text.casefold()))} "

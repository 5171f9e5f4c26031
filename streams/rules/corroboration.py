"""Who carries a cluster, and how many of them know it by themselves: copies of one agency are one."""

import re
from collections.abc import Sequence
from typing import Final

from msgspec import Struct

from wirewatch.messages import Story

MAX_VOICES: Final = 48
# The tier of aggregators and of those who rewrite what others tell.
REWRITER: Final = 3
# Of two outlets' words so many are shared where one took the other's, or both an agency's.
_COPIED: Final = 0.8
_TELLING: Final = 5
_KEPT: Final = 24
_AGENCIES: Final = {
    "reuters": ("reuters", "thomson reuters"),
    "ap": ("ap", "a.p.", "associated press", "the associated press"),
    "afp": ("afp", "agence france-presse"),
    "dpa": ("dpa", "deutsche presse-agentur"),
    "ansa": ("ansa",),
    "efe": ("efe",),
    "tass": ("tass", "itar-tass"),
    "xinhua": ("xinhua", "xinhua news agency"),
    "kyodo": ("kyodo", "kyodo news"),
    "yonhap": ("yonhap", "yonhap news agency"),
    "anadolu": ("anadolu", "anadolu agency"),
    "interfax": ("interfax",),
    "ukrinform": ("ukrinform",),
    "pa": ("pa media", "press association"),
    "upi": ("upi",),
    "bloomberg": ("bloomberg", "bloomberg news"),
}
_BY_NAME: Final = {name: agency for agency, names in _AGENCIES.items() for name in names}
_NAMES: Final = "|".join(re.escape(name) for name in sorted(_BY_NAME, key=len, reverse=True))
# "KYIV (Reuters) -", "(AP)", "/dpa", "- Agence France-Presse" at the end.
_CREDIT: Final = re.compile(
    rf"\((?:with )?({_NAMES})\)|(?:^|\s)/({_NAMES})\b|[-—–]\s*({_NAMES})\s*$", re.IGNORECASE
)
_LOOKED_AT: Final = 2000
_WORD: Final = re.compile(r"[^\W_]+")


class Voice(Struct, frozen=True, omit_defaults=True):
    """An outlet that carries a cluster: its name, tier, and whose words it tells."""

    source: str
    tier: int
    origin: str
    words: tuple[str, ...] = ()


def heard_from(voices: tuple[Voice, ...], story: Story) -> tuple[Voice, ...]:
    """Return the voices with a story's outlet, which is one voice however often it tells it."""
    known = next((voice for voice in voices if voice.source == story.source), None)
    if known is not None:
        return voices
    words = tuple(dict.fromkeys(_WORD.findall(f"{story.title} {story.summary}"[:_LOOKED_AT].casefold())))[
        :_KEPT
    ]
    voice = Voice(story.source, story.tier, _origin(voices, story, words), words)
    if len(voices) >= MAX_VOICES:
        # Who is independent is known long before; the best tier is what may still change.
        return voices if story.tier >= best_tier(voices) else (*voices[:-1], voice)
    return (*voices, voice)


def best_tier(voices: Sequence[Voice]) -> int:
    """Return the tier of the best outlet among them; 3 where there is none."""
    return min((voice.tier for voice in voices), default=3)


def independent(voices: Sequence[Voice]) -> int:
    """Return how many of them tell it in words of their own."""
    return len({voice.origin for voice in voices})


def join_voices(one: tuple[Voice, ...], other: tuple[Voice, ...]) -> tuple[Voice, ...]:
    """Return the voices of two clusters as those of one."""
    names = {voice.source for voice in one}
    return (*one, *(voice for voice in other if voice.source not in names))[:MAX_VOICES]


def _origin(voices: Sequence[Voice], story: Story, words: tuple[str, ...]) -> str:
    credit = _credited(story)
    if credit is not None:
        return credit
    for voice in voices:
        if _same(frozenset(words), frozenset(voice.words)):
            return voice.origin
    return story.source


def _credited(story: Story) -> str | None:
    """Return the agency whose story it is: the outlet itself, or the one that it names."""
    for name, agency in _BY_NAME.items():
        if re.match(rf"{re.escape(name)}\b", story.source, re.IGNORECASE):
            return agency
    found = _CREDIT.search(story.title[:_LOOKED_AT]) or _CREDIT.search(story.summary[:_LOOKED_AT])
    return _BY_NAME[next(group for group in found.groups() if group).casefold()] if found else None


def _same(one: frozenset[str], other: frozenset[str]) -> bool:
    if min(len(one), len(other)) < _TELLING:
        return False
    return len(one & other) >= _COPIED * len(one | other)

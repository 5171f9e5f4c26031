"""What a claim's clause leaves out, read from its sentence, else from the title: where it happens, and who does it.

"The most drones of the war" counts drones on Ukraine when the headline says where they fell. A place is where it
happens when a word says so ("at Ukraine", "Ukraine hit by"), not when somebody from there speaks.
"""

import re
from functools import cache, lru_cache
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from streams.lexicons import lexicon
from streams.rules.gazetteer import NAMED_IN, Named, names_in, words_of
from streams.rules.metrics import (
    action_of,
    is_ambiguous,
    is_countable,
    is_measure,
    is_of_markets,
    marks,
    named_here,
    narrows_work,
    noise,
    tells_works_apart,
    unit_meaning,
    work_of,
)
from wirewatch.messages import RecordClaim, Story, Subject

# So many words may stand between "at" and the place: "at western Ukraine".
REACH: Final = 2
MAX_NAMES: Final = 8
# So far behind "hits" a record stands: "hits a new record".
MARK: Final = 3
# So far behind a work stands whose it is.
WHOSE: Final = 3
_TITLE: Final = re.compile(r"(?<!\w)['‘\"“][^'’\"”\n]{1,80}['’\"”](?!\w)")
_INTERCEPT: Final = "intercept"
_EXCHANGE: Final = "exchange"


class Scene(Struct, frozen=True):
    """Where a text says that something happens, who does it, and what is done."""

    place: str | None = None
    actor: str | None = None
    action: str | None = None
    # Whose it is, where nobody does anything to anybody: "Britain's June record".
    home: str | None = None


@cache
def _between_parties(key: str) -> frozenset[str]:
    return frozenset(lexicon("en/metrics")["between_parties"][key])


@cache
def _there(key: str, language: str) -> frozenset[str]:
    return frozenset(lexicon(f"{language}/metrics")["there"][key])


def scene(text: str, near: int = 0, language: str = NAMED_IN) -> Scene:
    """Return the scene of a sentence; of several places, the one told closest to the character `near`."""
    names = names_in(text, language)
    words, at, action = _acting(text[:4000], language)
    placed = [named for named in names if _is_label(named, text)] or [
        named for named in names if _is_there(named, words, language, _is_cut_off(named, text))
    ]
    where = min(placed, key=lambda named: _distance(named, near), default=None)
    downs = action == _INTERCEPT
    speaker = where if downs and where is not None and _is_label(where, text) else None
    if speaker is not None:
        # "Moscow: 524 Ukrainian drones shot down": who says so has shot them down.
        where = None
    others = [named for named in names if named.country and named is not where and not _same(named, where)]
    # "Russia says it downed 337 Ukrainian drones": neither whose the drones are nor who says so tells who acts.
    both = _exchanging(others) if action == _EXCHANGE else None
    actor = (
        both or speaker or _downing(others, words, language)
        if downs or both
        else _actor(others, words, at, language)
    )
    home = actor.place if where is None and actor and action not in _between_parties("words") else None
    return Scene(where.place if where else None, actor.country if actor else None, action, home)


@lru_cache(maxsize=256)
def _acting(text: str, language: str) -> tuple[list[str], int, str | None]:
    """Return a sentence's words, its act and where it stands: the claims of a sentence share them."""
    words = [word.casefold().replace("’", "'") for word, _ in words_of(text)]
    return words, *_act(words, language)


def proper_names(text: str, language: str = NAMED_IN) -> frozenset[str]:
    """Return the capitalised words of a sentence, folded; none of a headline that capitalises all."""
    words = [word for word, _ in words_of(text[:1000]) if word[:1].isalpha()]
    capital = [word for word in words if word[:1].isupper() and len(word) > 2]
    if len(capital) * 5 > len(words) * 3 or _there("capitals", language):
        return frozenset()
    return frozenset(bare_word(word) for word in capital) - noise(language)


def placed_words(text: str, language: str = NAMED_IN) -> frozenset[str]:
    """Return the words of a text that name countries and known places: those stand in actor and place."""
    names = names_in(text, language)
    if not names:
        return frozenset()
    words = words_of(text[:4000])
    return frozenset(bare_word(word) for named in names for word, _ in words[named.first : named.last + 1])


def bare_word(word: str) -> str:
    """Return a word as names are compared: folded, without a possessive and a stop."""
    return word.casefold().strip(".'’").removesuffix("'s").removesuffix("’s")


def _actor(others: list[Named], words: list[str], act: int, language: str) -> Named | None:
    """Return who acts: named after "by", else last before the act, who only says so left out."""
    by = next(
        (named for named in others if set(words[named.first - 1 : named.first]) & _there("by", language)),
        None,
    )
    acting = [
        named
        for named in others
        if not set(words[named.last + 1 : named.last + 2]) & _there("saying", language)
    ]
    # "Poland scrambles jets as Russia fires": the last one before the act.
    before = [named for named in acting if named.first <= act]
    return by or next(iter([*reversed(before), *acting, *others]), None)


def _exchanging(others: list[Named]) -> Named | None:
    """Return the party that names an exchange, the same one in whatever order both are told."""
    parties = {named.country: named for named in others}
    return max(parties.values(), key=lambda named: named.country or "") if len(parties) > 1 else None


def _downing(others: list[Named], words: list[str], language: str) -> Named | None:
    """Return who brings down what flies: named after "by", else as a name of its own; the owner of the drones is not."""
    by = (named for named in others if set(words[named.first - 1 : named.first]) & _there("by", language))
    own = (named for named in others if not named.adjective)
    return next(by, None) or next(own, None)


def _distance(named: Named, near: int) -> int:
    """Return how far a place stands from the claim's own words; what follows them is closer to them."""
    return named.start - near if named.start >= near else 2 * (near - named.start)


def _same(named: Named, where: Named | None) -> bool:
    return where is not None and named.country == where.country


def _act(words: list[str], language: str) -> tuple[int, str | None]:
    """Return the act of a sentence and where it stands; a word of many senses counts where no other does."""
    forces = frozenset() if marks("hazards", language).isdisjoint(words) else marks("natural", language)
    acts = [
        (index, found)
        for index, word in enumerate(words)
        if (found := action_of(word, language))
        and word not in forces
        and not _reaches_a_mark(words, index, language)
    ]
    plain = [(index, found) for index, found in acts if not is_ambiguous(words[index], language)]
    return next(iter([*plain, *acts]), (0, None))


def _reaches_a_mark(words: list[str], at: int, language: str) -> bool:
    """Whether a word of many senses only says that a record is set: "hits all-time high", "hits a 29-year high"."""
    if not is_ambiguous(words[at], language):
        return False
    opens, spans = marks("opens", language), marks("spans", language)
    follow = [
        word
        for word in words[at + 1 : at + 1 + MARK]
        if word not in opens and word.rpartition("-")[2] not in spans
    ]
    return bool(follow) and follow[0] in marks("marks", language)


def _is_there(named: Named, words: list[str], language: str, cut_off: bool) -> bool:
    if named.adjective and not set(words[named.last + 1 : named.last + 3]) & _there("lands", language):
        return False
    before = [] if cut_off else words[max(0, named.first - REACH - 1) : named.first]
    if before[-1:] and before[-1] in _there("before", language):
        return True
    if any(word in _there("before", language) for word in before) and not _there("others", language) & set(
        before
    ):
        return True
    return bool(set(words[named.last + 1 : named.last + 3]) & _there("after", language))


def _is_label(named: Named, text: str) -> bool:
    """Whether the name is a headline's label: "Ukraine: 472 drones in one night"."""
    return (
        named.start <= 1
        and text[: named.start + 40]
        .partition(":")[0]
        .strip("\"'“‘ ")
        .casefold()
        .endswith(named.place.replace("-", " ").rsplit(" ", 1)[-1])
        and ":" in text[: named.start + 40]
    )


def _is_cut_off(named: Named, text: str) -> bool:
    """Whether a stop stands between the word before and the name: "in one street: Russia's attack"."""
    return text[: named.start].rstrip().endswith((":", ";", ".", "!", "?", "—", "–"))


def completed(claim: RecordClaim, story: Story, language: str = NAMED_IN) -> Subject:
    """Return the claim's subject with what its clause leaves out."""
    subject = (
        claim.subject
        if claim.subject.unit
        else replace(claim.subject, unit=claim.unit or _named_unit(claim, language))
    )
    near = max(0, claim.cues[0].start - claim.sentence.start) if claim.cues else 0
    works = _works(claim.sentence.text[near:], language)
    # "'Women of Algiers' becomes most expensive painting": what a work is called happens nowhere.
    text, title = (_untitled(each) if works else each for each in (claim.sentence.text, story.title))
    here = scene(text, near, language)
    there = scene(title, language=language) if claim.sentence.field != "title" else Scene()
    if there.action in _between_parties("words") and here.action is None and is_of_markets(subject.unit):
        # "Oil jumps 9% after strikes on Iran": the record is the price's, wherever the strikes were.
        there = Scene()
    names = sorted(proper_names(claim.sentence.text, language) - placed_words(claim.sentence.text, language))
    # The record goes from work to work, whatever their names.
    names = [] if works else names[:MAX_NAMES]
    place = subject.place or here.place or _if_unsaid(there.place, subject, here)
    actor = subject.actor or here.actor or (there.actor if place in (there.place, None) else None)
    if place is None and not unit_meaning(subject.unit) & _between_parties("units"):
        place = here.home or there.home
        actor = None if place is not None else actor
    return replace(
        subject,
        place=place,
        actor=actor,
        action=subject.action or here.action or there.action,
        terms=tuple(dict.fromkeys(named_here(term, language) for term in (*subject.terms, *works, *names))),
    )


def _works(text: str, language: str) -> list[str]:
    """Return the words of a sentence that say what kind of work it is of: "the most ever for an animated film"."""
    if language != NAMED_IN:
        return []
    words = [word.casefold() for word, _ in words_of(text[:1000])]
    if not any(map(work_of, words)):
        return []
    found = [word for word in words if work_of(word) or tells_works_apart(word)]
    last = max(at for at, word in enumerate(words) if work_of(word))
    whose = [
        word for word in words[last + 2 : last + 2 + WHOSE] if word not in noise(language) and len(word) > 1
    ]
    if narrows_work(words[last + 1] if last + 1 < len(words) else "") and whose:
        found.append(f"{words[last + 1]} {whose[0]}")
    return found[:MAX_NAMES]


def _untitled(text: str) -> str:
    """Return a text with blanks for what stands in quotation marks."""
    return _TITLE.sub(lambda found: " " * len(found[0]), text)


def _named_unit(claim: RecordClaim, language: str = NAMED_IN) -> str | None:
    """Return what the claim's noun says is counted: "the biggest drone attack: 477"."""
    terms = (named_here(term, language) for term in claim.subject.terms)
    return next((term for term in terms if is_countable(term)), None)


def measures_beside(claim: RecordClaim) -> bool:
    """Whether the figure measures something beside what the noun counts: 80 kilometres in the largest drone attack."""
    named = _named_unit(claim)
    return named is not None and is_measure(claim.unit)


def _if_unsaid(place: str | None, subject: Subject, here: Scene) -> str | None:
    """Return the title's place where the sentence leaves it open; who acts is not where it happens."""
    return None if place is not None and place in (subject.actor, here.actor) else place

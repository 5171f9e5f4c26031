"""Which page of the ledger a claim belongs to: by meaning first, then by what the story and the figure add.

A wrong page silences a true record or invents one, a page too many only leaves out what it beats: without something
that speaks for a page, the claim opens its own.
"""

from collections.abc import Iterable
from datetime import timedelta
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from streams.rules.gazetteer import NAMED_IN, country_of, names_in
from streams.rules.ledger import compare, near, recounts
from streams.rules.metrics import Likeness, Meaning, is_generic, is_unit, likeness
from streams.rules.occasions import Occasion
from streams.rules.pages import RETOLD_BROKEN, Moment, Page, own_occasion, standing_at
from wirewatch.messages import Direction

# A figure so many times the standing one, or its fraction, is another series, whatever the words.
PLAUSIBLE: Final = 6.0
# A claimed record that falls this far short is likelier of another series than false.
SHORT: Final = 0.8
# Percent, degrees and such: a figure so many times another is of another series.
ANOTHER: Final = 2.0
# The dearest painting may cost several times what the one before it did.
WORKS: Final = 4.0
# Where the words alone leave the page open, a new record is a step from the old one and no leap.
STEP: Final = 1.6
# The very count, told of the page's record.
_SURE: Final = 20
_WEIGHT: Final[dict[Likeness, int]] = {"one": 6, "likely": 4, "possible": 2, "other": 0}


class Asked(Struct, frozen=True):
    """A claim as the resolver sees it."""

    meaning: Meaning
    direction: Direction
    moment: Moment | None
    # The story's title and the claim's sentence: a place that the clause leaves out stands there.
    context: str
    # The metric of the record that the cluster is about.
    lead: str | None = None
    language: str = NAMED_IN


def resolve(asked: Asked, pages: Iterable[Page], in_cluster: frozenset[str]) -> Page | None:
    """Return the page that the claim means, or None where none has enough to say for it.

    `in_cluster` names the metrics that the story's cluster already has.
    """
    ranked = [
        (score, page.metric, page)
        for page in pages
        if (score := _score(asked, page, page.metric in in_cluster))
    ]
    return max(ranked, key=lambda entry: entry[:2])[2] if ranked else None


def _score(asked: Asked, page: Page, in_cluster: bool) -> int:
    if not _directions_meet(asked, page):
        return 0
    if _same_count(asked, page):
        return _SURE
    meaning = asked.meaning
    if meaning.units != page.meaning().units and meaning.place is not None:
        meaning = _as_known(meaning)
    if asked.moment is not None and _wider(meaning, asked.moment, page):
        meaning = replace(meaning, place=page.meaning().place)
    alike = likeness(meaning, page.meaning())
    if alike == "other":
        return 0
    same_event = _same_event(asked, page)
    settled = meaning.place == page.meaning().place
    if asked.moment is not None and not same_event and not _plausible(asked.moment, page, settled):
        return 0
    if same_event and not meaning.units and page.meaning().units and not _tells_the_count(asked.moment, page):
        return 0
    if alike == "possible" and not (same_event or _helped(asked, page, in_cluster)):
        return 0
    return _WEIGHT[alike] + 3 * same_event + 2 * in_cluster + (page.metric == asked.lead)


def _directions_meet(asked: Asked, page: Page) -> bool:
    """Whether the records go the same way; a first with a figure crosses a mark of a series that has its own way."""
    if asked.direction == page.direction:
        return True
    return asked.direction == "first" and asked.moment is not None


def _as_known(meaning: Meaning) -> Meaning:
    """Return a meaning without a unit that nobody knows: "strike craft" contradicts no drones."""
    known = all(is_unit(unit.replace("-", " ")) or is_unit(unit) for unit in meaning.units)
    return meaning if known else replace(meaning, units=frozenset())


def _same_event(asked: Asked, page: Page) -> bool:
    """Whether the page holds the very event: in the same cluster, or a figure that tells it apart on the same day."""
    if asked.moment is None:
        return False
    own = own_occasion(page, asked.moment)
    if own is None:
        return False
    if asked.moment.cluster in own.clusters:
        return True
    return _tells_apart(own, asked, page.meaning())


def _tells_the_count(moment: Moment | None, page: Page) -> bool:
    """Whether a figure that nobody says the unit of is a telling of the event's own."""
    own = own_occasion(page, moment) if moment else None
    return own is not None and moment is not None and recounts(own.told, moment.told)


def _tells_apart(own: Occasion, asked: Asked, metric: Meaning) -> bool:
    moment = asked.moment
    if moment is None:
        return False
    told = moment.told
    digits = _digits(told.figure)
    if digits >= 3 and told.figure in {own.figure, *(one.figure for one in own.tellings)}:
        return True
    # A rounder figure needs the place, and who or what, to be of the same event.
    meaning = asked.meaning
    there = meaning.place is not None and meaning.place == metric.place
    alike = there and (meaning.action == metric.action or meaning.actor == metric.actor)
    return alike and digits >= 2 and recounts(own.told, told)


def _same_count(asked: Asked, page: Page) -> bool:
    """Whether the figure, or a recount of it, was told of the page's record on that day.

    That a text is misread, or wrong about who or where, is likelier than two records of 472 drones on one day; in one
    cluster a text need not even say what it counts.
    """
    metric, meaning = page.meaning(), asked.meaning
    if asked.moment is None or is_generic(metric) or meaning.narrow != metric.narrow:
        return False
    if _is_elsewhere(asked, metric):
        return False
    counts_same = meaning.units == metric.units
    known = meaning if counts_same else _as_known(meaning)
    return any(_is_count_of(one, asked.moment, counts_same, known) for one in page.occasions)


def _is_elsewhere(asked: Asked, metric: Meaning) -> bool:
    """Whether a claim is of another country and its story names neither the page's place nor who acts there."""
    place = asked.meaning.place
    if place is None or metric.place is None or _country(place) == _country(metric.place):
        return False
    named = {_country(found.place) for found in names_in(asked.context, asked.language) if found.place}
    theirs = {_country(one) for one in (metric.place, metric.actor) if one is not None}
    return not named & theirs


def _country(place: str) -> str:
    return country_of(place.replace("-", " ")) or place


def _is_count_of(one: Occasion, moment: Moment, counts_same: bool, meaning: Meaning) -> bool:
    if not one.record or not one.clusters:
        return False
    if moment.cluster in one.clusters and moment.told == one.told and _digits(one.figure) >= 2:
        return (counts_same or not meaning.units) and abs(one.date - moment.day) <= RETOLD_BROKEN
    if one.date != moment.day:
        # "The previous high of 355", told without what it counts.
        exact = moment.told == one.told and _digits(one.figure) >= 3
        return exact and not meaning.units and timedelta(0) < moment.day - one.date <= RETOLD_BROKEN
    if not recounts(one.told, moment.told):
        return False
    if moment.cluster in one.clusters:
        return (counts_same or not meaning.units) and _digits(moment.told.figure) >= 2
    told = {moment.told.figure, one.figure, *(telling.figure for telling in one.tellings)}
    return counts_same and max(map(_digits, told)) >= 3


def _wider(meaning: Meaning, moment: Moment, page: Page) -> bool:
    """Whether a figure told of a city breaks the record of its country, of which the city is a part."""
    metric = page.meaning()
    if (
        meaning.place is None
        or metric.place is None
        or meaning.place == metric.place
        or page.direction != "max"
    ):
        return False
    if country_of(meaning.place.replace("-", " ")) != metric.place:
        return False
    standing = standing_at(page, moment.day)
    return (
        standing is not None
        and compare(moment.told, standing.told, "max") == "beats"
        and moment.told.figure <= standing.figure * STEP
    )


def _digits(figure: float) -> int:
    """Return how many digits of a figure count: 2 of 470, 3 of 472."""
    return len(f"{abs(figure):.6g}".replace(".", "").strip("0"))


def _plausible(moment: Moment, page: Page, settled: bool) -> bool:
    """Whether a figure can be of the page's series; less is believed where the place does not settle which it is."""
    standing = standing_at(page, moment.day)
    if standing is None or standing.figure * moment.told.figure <= 0:
        return True
    small, large = sorted((abs(standing.figure), abs(moment.told.figure)))
    if settled and is_generic(page.meaning()):
        return large <= small * (WORKS if page.meaning().kind is not None else ANOTHER)
    if settled:
        # Far short of what stands is a false claim; far beyond it is a sum over a longer time, and another series.
        return large <= small * PLAUSIBLE or compare(moment.told, standing.told, page.direction) != "beats"
    short = page.direction == "max" and moment.told.figure < standing.figure * SHORT
    return large <= small * STEP and not short


def _helped(asked: Asked, page: Page, in_cluster: bool) -> bool:
    """Whether story and figure speak for a page that the words alone leave open."""
    if in_cluster:
        known = next((one for one in reversed(page.occasions) if one.clusters), None)
        return asked.moment is None or (known is not None and near(known.told, asked.moment.told))
    meaning = asked.meaning
    if meaning.place is not None or is_generic(meaning) or asked.moment is None or not meaning.units:
        return False
    place = page.meaning().place
    if meaning.actor is not None and meaning.actor == place:
        # "Ukraine counts 472 drones": who is struck speaks.
        return _is_a_step(asked.moment, page)
    if place is not None and any(named.place == place for named in names_in(asked.context, asked.language)):
        return True
    return meaning.actor is None and _is_a_step(asked.moment, page)


def _is_a_step(moment: Moment, page: Page) -> bool:
    standing = standing_at(page, moment.day)
    if standing is None:
        return False
    small, large = sorted((abs(standing.figure), abs(moment.told.figure)))
    return small * STEP >= large

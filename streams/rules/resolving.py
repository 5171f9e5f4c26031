"""Which page of the ledger a claim belongs to: by meaning first, then by what the story and the figure add.

A wrong page silences a true record or invents one, a page too many only leaves out what it beats: without something
that speaks for a page, the claim opens its own.
"""

from collections.abc import Iterable
from typing import Final

from msgspec import Struct

from streams.rules.ledger import near
from streams.rules.metrics import Likeness, Meaning, is_generic, likeness, mentions
from streams.rules.pages import Moment, Page, own_occasion, standing_at
from wirewatch.messages import Direction

# A figure so many times the standing one, or its fraction, is another series, whatever the words.
PLAUSIBLE: Final = 6.0
# A claimed record that falls this far short is likelier of another series than false.
SHORT: Final = 0.8
_WEIGHT: Final[dict[Likeness, int]] = {"one": 6, "likely": 4, "possible": 2, "other": 0}


class Asked(Struct, frozen=True):
    """A claim as the resolver sees it."""

    meaning: Meaning
    direction: Direction
    moment: Moment | None
    # The story's title and the claim's sentence: a place that the clause leaves out stands there.
    context: str


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
    alike = likeness(asked.meaning, page.meaning())
    if alike == "other":
        return 0
    same_event = _same_event(asked, page)
    if asked.moment is not None and not same_event and not _plausible(asked.moment, page, alike):
        return 0
    score = _WEIGHT[alike]
    if alike == "possible" and not (same_event or _helped(asked, page, in_cluster)):
        return 0
    return score + 3 * same_event + 2 * in_cluster


def _directions_meet(asked: Asked, page: Page) -> bool:
    """Whether the records go the same way; a first with a figure crosses a mark of a series that has its own way."""
    if asked.direction == page.direction:
        return True
    return asked.direction == "first" and asked.moment is not None


def _same_event(asked: Asked, page: Page) -> bool:
    """Whether the page holds the very event: in the same cluster, or the same telling figure on the same day."""
    if asked.moment is None:
        return False
    own = own_occasion(page, asked.moment)
    if own is None:
        return False
    if asked.moment.cluster in own.clusters:
        return True
    telling = len(f"{abs(asked.moment.told.figure):.6g}".replace(".", "").strip("0")) >= 3
    known = {own.figure, *(one.figure for one in own.tellings)}
    return telling and asked.moment.told.figure in known


def _plausible(moment: Moment, page: Page, alike: Likeness) -> bool:
    standing = standing_at(page, moment.day)
    if standing is None:
        return True
    small, large = sorted((abs(standing.figure), abs(moment.told.figure)))
    if standing.figure * moment.told.figure <= 0:
        return True
    if large > small * PLAUSIBLE:
        return False
    return alike == "one" or page.direction != "max" or moment.told.figure >= standing.figure * SHORT


def _helped(asked: Asked, page: Page, in_cluster: bool) -> bool:
    """Whether story and figure speak for a page that the words alone leave open."""
    meaning = page.meaning()
    if in_cluster:
        standing = next((one for one in reversed(page.occasions) if one.clusters), None)
        if asked.moment is None:
            return True
        return standing is not None and near(standing.told, asked.moment.told)
    if asked.meaning.place is not None or is_generic(asked.meaning):
        return False
    return asked.moment is not None and mentions(meaning, asked.context)

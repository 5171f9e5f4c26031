"""What the one writer of clusters keeps of a story and of a cluster: small, since every change goes through Kafka."""

from collections.abc import Iterable, Sequence
from itertools import islice
from struct import pack as pack_into
from typing import Final, TypeVar
from zlib import crc32

import msgspec
import numpy as np
from msgspec import Struct

from streams.lexicons import lexicon
from streams.rules.shelf import MAX_COUNTRIES, Packed
from streams.rules.signature import MAX_COUNTS, MAX_DAYS, MAX_PLACES, MAX_TERMS, PERMUTATIONS, countries_of
from wirewatch.messages import AnalysedStory, Escalation, Qualifier, Signature

MAX_TITLE: Final = 300
MAX_URL: Final = 500
MAX_FACTS: Final = 10
MAX_CREDIT: Final = 60
_LEAD: Final = 600
# A turn of words alone is no event of its own.
_GRAVE: Final = 2
_NO_FACTS: Final = frozenset[str](lexicon("en/words")["no_facts"])
_SKETCH: Final = 4 * PERMUTATIONS

STORY: Final = "s/"
CLUSTER: Final = "c/"
CLOCK: Final = "clock"


class Fact(Struct, frozen=True, array_like=True, gc=False):
    """A figure that a story states."""

    unit: str | None
    value: float
    qualifier: Qualifier


class StoryEntry(Struct, frozen=True, array_like=True, gc=False):
    """A story in the window. `order` is its place among all stories ever decided; `at` is in Unix seconds."""

    cluster: str
    order: int
    version: str
    at: float
    source: str
    tier: int
    title: str
    url: str | None
    facts: tuple[Fact, ...]
    denies: bool
    packed: Packed
    # The agency that it credits.
    credit: str = ""
    # The places that headline and lead name, those of the headline first, and how many these are.
    places: tuple[str, ...] = ()
    titled: int = 0


class ClusterEntry(Struct, frozen=True, array_like=True):
    """What of a cluster cannot be told from its stories in the window."""

    headline: str
    url: str | None
    first: float
    last: float
    stories: int
    outlets: int
    # The order of its first story: of two clusters that turn out to be one, the older one stays.
    founded: int
    merged_into: str | None = None


class ClockEntry(Struct, frozen=True, array_like=True):
    """How far the stories have come: their newest time, and how many were decided."""

    newest: float
    decided: int


_encoder: Final = msgspec.msgpack.Encoder()
Kind = TypeVar("Kind", StoryEntry, ClusterEntry, ClockEntry)


def encode_entry(entry: StoryEntry | ClusterEntry | ClockEntry) -> bytes:
    """Return an entry as it is stored."""
    return _encoder.encode(entry)


def decode_entry(kind: type[Kind], raw: bytes) -> Kind:
    """Return the entry that was stored."""
    entry: Kind = msgspec.msgpack.decode(raw, type=kind)
    return entry


_ON_THE_SHELF: Final = Packed(b"", b"", b"", b"", b"", 0, (), b"", b"", b"", b"", 0)


def shelved(entry: StoryEntry) -> StoryEntry:
    """Return an entry without its signature, which stands on the shelf."""
    return msgspec.structs.replace(entry, packed=_ON_THE_SHELF)


def pack(
    signature: Signature,
    turn: int = 0,
    countries: Iterable[str] = (),
    *,
    round_up: bool = False,
    parties: Sequence[str] = (),
) -> Packed:
    """Return a signature with its words as digests, which way its conflict turned, whose it is, and of how many."""
    terms = dict(islice(signature.terms.items(), MAX_TERMS))
    counts, names = signature.counts[:MAX_COUNTS], frozenset(signature.names)
    weights = bytes([min(255, max(0, weight)) for weight in terms.values()])
    return Packed(
        terms=_digests(terms),
        weights=weights,
        names=bytes(place for place, term in enumerate(terms) if term in names),
        units=_digests(unit for unit, _ in counts),
        values=np.fromiter((value for _, value in counts), dtype="<f4").tobytes(),
        headline=signature.headline,
        days=signature.days[:MAX_DAYS],
        vector=signature.vector,
        body=signature.body,
        shingles=signature.shingles if len(signature.shingles) == _SKETCH else b"",
        form=signature.form if len(signature.form) == _SKETCH else b"",
        size=signature.size,
        countries=_digests(islice(countries, MAX_COUNTRIES)),
        turn=turn,
        round_up=round_up,
        parties=b"".join(_digests([party]) if party else bytes(4) for party in parties),
    )


def store(message: AnalysedStory, order: int) -> StoryEntry:
    """Return what is kept of a story, its cluster still to be decided."""
    story, signature = message.story, message.signature
    return StoryEntry(
        cluster="",
        order=order,
        version=story.version,
        at=min(story.at, story.fetched).timestamp(),
        source=story.source,
        tier=story.tier,
        title=story.title[:MAX_TITLE],
        url=story.url if story.url is not None and len(story.url) <= MAX_URL else None,
        facts=_facts(message),
        denies=any(claim.status == "denied" for claim in message.claims),
        packed=pack(
            signature,
            _turn(message),
            countries_of(story) if signature.countries is None else signature.countries,
            round_up=message.round_up is not None,
            parties=_parties(message),
        ),
        credit=message.credit[:MAX_CREDIT],
        places=signature.places[:MAX_PLACES],
        titled=signature.titled,
    )


def _turn(story: AnalysedStory) -> int:
    """Return the severity of the weightiest turn that the story tells up front, below zero where it de-escalates."""
    told = _gravest(story)
    return 0 if told is None else told.severity if told.polarity == "escalation" else -told.severity


def _gravest(story: AnalysedStory) -> Escalation | None:
    up_front = [
        one
        for one in story.escalations
        if one.severity >= _GRAVE and (one.sentence.field != "text" or one.sentence.start < _LEAD)
    ]
    return max(up_front, key=lambda one: one.severity, default=None)


def _parties(story: AnalysedStory) -> tuple[str, ...]:
    """Return who struck and whom, where the story tells up front who was struck; no name for an attacker that is not."""
    told = _gravest(story)
    if told is None or told.polarity != "escalation" or not told.target:
        return ()
    return (told.actor or "", told.target) if told.actor != told.target else ()


def _facts(story: AnalysedStory) -> tuple[Fact, ...]:
    """Return the figures of headline, summary and lead, each once, in their order."""
    found = dict.fromkeys(
        Fact(figure.unit, figure.value, figure.qualifier)
        for figure in story.figures
        if figure.unit is not None
        and figure.unit not in _NO_FACTS
        and (figure.field != "text" or figure.start < _LEAD)
    )
    return tuple(found)[:MAX_FACTS]


def _digests(words: Iterable[str]) -> bytes:
    """Return 32 bits a word; zero for no word."""
    found = [crc32(word.encode()) if word else 0 for word in words]
    return pack_into(f"<{len(found)}I", *found)

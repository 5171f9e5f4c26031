"""A case: what the ledger remembers of a cluster that has findings."""

from datetime import datetime
from hashlib import blake2b
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from streams.rules.pair_levels import Counted
from wirewatch.messages import Story

MAX_HEARD: Final = 256
MAX_METRICS: Final = 12


class Case(Struct, frozen=True, omit_defaults=True):
    """A cluster with findings: which stories were heard, and which of its metrics leads."""

    id: str
    last: datetime
    # The stories that were judged, by their marks: the same again says nothing new.
    heard: tuple[str, ...] = ()
    metrics: tuple[str, ...] = ()
    # The metric of the record that the cluster is about, and how firm that is.
    lead: str | None = None
    rank: int = 0
    # Firsts without a figure that were told of it: told again they are the same.
    firsts: tuple[str, ...] = ()
    # What it counts for in the levels of pairs of parties.
    pairs: dict[str, Counted] = {}
    # Set when an older cluster absorbed this one.
    merged_into: str | None = None


def mark(story: Story) -> str:
    """Return what tells this version of a story apart, in few characters."""
    return blake2b(f"{story.id}\x1f{story.version}".encode(), digest_size=6).hexdigest()


def heard(case: Case, story: Story) -> bool:
    """Whether this very version of the story was judged before."""
    return mark(story) in case.heard


def hear(case: Case, story: Story) -> Case:
    """Return the case with the story heard; of very many, the oldest are forgotten."""
    return replace(case, heard=(*case.heard, mark(story))[-MAX_HEARD:], last=max(case.last, story.fetched))


def counting(case: Case, metric: str) -> Case:
    """Return the case with one more metric."""
    if metric in case.metrics or len(case.metrics) >= MAX_METRICS:
        return case
    return replace(case, metrics=(*case.metrics, metric))


def first_told(case: Case, name: str) -> Case:
    """Return the case with a first that has no figure."""
    return replace(case, firsts=(*case.firsts, name)[-MAX_METRICS:])


def leading(case: Case, metric: str, rank: int) -> Case:
    """Return the case led by `metric` where nothing as firm leads it."""
    return replace(case, lead=metric, rank=rank) if rank > case.rank else case


def merge(kept: Case | None, absorbed: Case, into: str) -> Case:
    """Return what is known of both under the older cluster's id."""
    if kept is None:
        return replace(absorbed, id=into, merged_into=None)
    lead, rank = (kept.lead, kept.rank) if kept.rank >= absorbed.rank else (absorbed.lead, absorbed.rank)
    marks = tuple(dict.fromkeys((*absorbed.heard, *kept.heard)))[-MAX_HEARD:]
    metrics = tuple(dict.fromkeys((*kept.metrics, *absorbed.metrics)))[:MAX_METRICS]
    return replace(
        kept,
        last=max(kept.last, absorbed.last),
        heard=marks,
        metrics=metrics,
        lead=lead,
        rank=rank,
        pairs={**absorbed.pairs, **kept.pairs},
    )

"""A case: what the ledger remembers of a cluster that has findings."""

from datetime import datetime
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from wirewatch.messages import Story

MAX_MEMBERS: Final = 400
MAX_METRICS: Final = 12


class Case(Struct, frozen=True, omit_defaults=True):
    """A cluster with findings: which stories were heard, and which of its metrics leads."""

    id: str
    last: datetime
    # Story id to version: the same again says nothing new.
    members: dict[str, str] = {}
    metrics: tuple[str, ...] = ()
    # The metric of the record that the cluster is about, and how firm that is.
    lead: str | None = None
    rank: int = 0
    # Firsts without a figure that were told of it: told again they are the same.
    firsts: tuple[str, ...] = ()
    # Set when an older cluster absorbed this one.
    merged_into: str | None = None


def heard(case: Case, story: Story) -> bool:
    """Whether this very version of the story was judged before."""
    return case.members.get(story.id) == story.version


def hear(case: Case, story: Story) -> Case:
    """Return the case with the story heard; of very many, the oldest are forgotten."""
    members = {key: version for key, version in case.members.items() if key != story.id}
    members[story.id] = story.version
    while len(members) > MAX_MEMBERS:
        del members[next(iter(members))]
    return replace(case, members=members, last=max(case.last, story.fetched))


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
    members = dict(list({**absorbed.members, **kept.members}.items())[-MAX_MEMBERS:])
    metrics = tuple(dict.fromkeys((*kept.metrics, *absorbed.metrics)))[:MAX_METRICS]
    return replace(
        kept, last=max(kept.last, absorbed.last), members=members, metrics=metrics, lead=lead, rank=rank
    )

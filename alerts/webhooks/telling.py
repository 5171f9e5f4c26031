"""What the kinds without blocks of their own tell of an alert: one first line, then a few more, then links. Pure."""

from typing import Final

from msgspec import Struct

from alerts.delivery import Outgoing, acknowledge_page
from alerts.webhooks.wording import MARKS, carriers, cut, disagreement, gist, inert, lateness, link, said

MOST_TOP: Final = 200
MOST_HEADLINE: Final = 300
MOST_SENTENCE: Final = 700
MOST_LINE: Final = 300


class Told(Struct, frozen=True):
    """An alert in plain text without markup: each kind escapes it as its service asks."""

    top: str
    lines: tuple[str, ...]
    # Where it leads: the words of a link and its checked address.
    links: tuple[tuple[str, str], ...]


def tell(outgoing: Outgoing) -> Told:
    """Return what is told: all of it at first, and of a later revision what changed, naming the first."""
    body = outgoing.alert.body
    late = lateness(outgoing.late_by)
    mark = MARKS[body.priority]
    if outgoing.alert.revision <= 1:
        top = f"{mark} {body.priority.upper()} · {gist(body)}"
        why = f"Why: {cut(inert(body.reason), MOST_LINE)} · Desk: {cut(inert(body.desk), 100)}"
        told = [cut(inert(body.headline), MOST_HEADLINE), cut(said(body), MOST_SENTENCE)]
    else:
        top = f"{mark} Update: {inert(body.reason)}"
        first = outgoing.alert.first_headline or body.headline
        told, why = [f"To the alert “{cut(inert(first), MOST_HEADLINE)}”"], ""
    lines = [*told, disagreement(body), carriers(body), why]
    if late:
        top = f"{late}: {top}"
    return Told(cut(top, MOST_TOP), tuple(each for each in lines if each.strip()), _links(outgoing))


def _links(outgoing: Outgoing) -> tuple[tuple[str, str], ...]:
    report, page = link(outgoing.alert.body.url), outgoing.console
    links = [] if report is None else [(f"Read it at {report[1]}", report[0])]
    if page is not None:
        links.append(("The story in Wirewatch", page))
        links.append(("Acknowledge", acknowledge_page(page)))
    return tuple(links)

"""The body an editor reads."""

import re
from datetime import date
from typing import Final

from streams.rules.desk_case import AlertState, DeskCase, Shown
from streams.rules.judging import say
from streams.rules.ledger import Told
from streams.rules.material import ChangeName, MaterialChange
from streams.rules.ringing import Face
from wirewatch.messages import AlertBody, AlertFigure, Beaten, Detection

MAX_TEXT: Final = 600
MAX_FIGURES: Final = 8
# Scopes that read well by themselves.
_SCOPE: Final = re.compile(r"since \d{4}|in \d+ |ever\b|on record|of the war|to date")
_MONTHS: Final = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
_NAMES: Final[dict[ChangeName, str]] = {
    "first": "",
    "denied": "Denied",
    "record_broken": "Record",
    "record_broken_again": "Record again",
    "another_record": "Another record",
    "figure_made_exact": "Figure made exact",
    "figure_changed": "Figure changed",
    "severity_up": "Severity up",
    "reversal": "Reversal",
    "told_again": "Told again",
    "first_tier_1": "First tier-1 outlet",
    "unacknowledged": "Nobody acknowledged",
    "contradicted": "Contradicted",
}


def body_of(
    alert: AlertState,
    case: DeskCase,
    detection: Detection,
    face: Face,
    *,
    change: MaterialChange,
    late_by: float | None,
) -> AlertBody:
    """Return what the alert's newest revision says."""
    shown = alert.shown
    headline = alert.headline
    figures = tuple(
        AlertFigure(one.figure, one.qualifier, one.outlets) for one in detection.figures[:MAX_FIGURES]
    )
    return AlertBody(
        alert=alert.id,
        revision=alert.revision,
        desk=", ".join(alert.desks),
        priority=shown.priority,
        kind="contradicted" if is_contradiction(shown) else shown.kind,
        headline=cut(headline.title or detection.story.title),
        sentence=cut(shown.sentence or detection.story.title),
        said_by=shown.said_by,
        figure=shown.figure,
        unit=shown.unit,
        qualifier=shown.qualifier,
        beats=shown.beats,
        figures=figures if shown.kind == "record" else (),
        # The record of a night may be told in clusters beside this one; then more carry its figure.
        outlets=max([detection.outlets, *(one.outlets for one in detection.figures)]),
        cluster=case.id,
        url=headline.url or detection.story.url,
        reason=reason_of(shown, detection, face, change),
        source=headline.source,
        polarity=shown.polarity,
        severity=shown.severity or None,
        late_by=late_by,
    )


def is_contradiction(shown: Shown) -> bool:
    """Whether all that an alert tells is that outlets insist on what the ledger contradicts."""
    return shown.kind == "record" and shown.figure is None and shown.contradicted is not None


def reason_of(shown: Shown, detection: Detection, face: Face, change: MaterialChange) -> str:
    """Return why it rings, as a sentence that begins with the named reason."""
    if change.name == "denied":
        return cut(f"Denied: {change.words}. {detection.withdrawn or _retracted(detection)}".strip())
    if change.name in ("contradicted", "another_record"):
        return cut(f"{_NAMES[change.name]}: {change.words}")
    if change.name in ("severity_up", "reversal", "told_again", "first_tier_1"):
        return cut(f"{_NAMES[change.name]}: {change.words}{_parts(face)}")
    if shown.kind == "escalation":
        return cut(
            f"{(shown.polarity or 'escalation').capitalize()}, severity {shown.severity}{_parts(face)}"
        )
    if is_contradiction(shown):
        return cut(f"Contradicted: {shown.contradicted}")
    if shown.figure is None:
        known = shown.scope if shown.scope and _SCOPE.match(shown.scope) else "by the text's own words"
        return cut(f"First: {known}; no figure to compare")
    what = f"{say(Told(shown.figure, shown.qualifier or 'exact'))} {shown.unit or ''}".strip()
    if change.name in ("figure_made_exact", "figure_changed"):
        return cut(f"{_NAMES[change.name]}: {change.words}; {_against(shown.beats)}")
    unclaimed = face.claim is not None and face.claim.claim.status == "unclaimed"
    name = _NAMES[change.name] or "Record"
    if unclaimed:
        name = "Record that no text claims"
    if shown.beats is None:
        return cut(f"{name}: {what}, the first figure known of {shown.metric or 'this metric'}")
    also = (
        f"; beside it {'; '.join(shown.beside.values())}" if shown.beside and change.name == "first" else ""
    )
    return cut(f"{name}: {what} {_against(shown.beats)}{also}")


def _retracted(detection: Detection) -> str:
    return f"{detection.story.source}: {detection.retracted}" if detection.retracted else ""


def _against(beats: Beaten | None) -> str:
    if beats is None:
        return "nothing known to beat"
    day = f" of {say_day(beats.date)}" if beats.date else ""
    return f"beats {say(Told(beats.figure))}{day} ({beats.source})"


def _parts(face: Face) -> str:
    return f" ({', '.join(face.turn.parts)})" if face.turn and face.turn.parts else ""


def say_day(day: str) -> str:
    """Return "2025-05-26" as "26 May 2025"; what is no day as it is."""
    try:
        read = date.fromisoformat(day)
    except ValueError:
        return day
    return f"{read.day} {_MONTHS[read.month - 1]} {read.year}"


def cut(text: str) -> str:
    """Return a text on one line, cut at a word where it is long."""
    line = " ".join(text.split())
    return line if len(line) <= MAX_TEXT else line[:MAX_TEXT].rsplit(" ", 1)[0] + " …"

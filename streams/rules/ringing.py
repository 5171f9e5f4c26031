"""What a cluster amounts to after a story: the record that it may ring for, how far it escalates, how urgent that is.

And why what it brings does not ring: each with a named reason.
"""

import re
from datetime import datetime, timedelta
from typing import Final

from msgspec import Struct

from streams.rules.beside_record import beside
from streams.rules.contradicted import contradicted
from streams.rules.desk_case import DeskCase, Insisted, Shown, Turn
from streams.rules.holds import Hold
from streams.rules.metrics import is_of_markets
from wirewatch.messages import Beaten, Detection, JudgedClaim, Priority, RecordClaim, RecordStep

_ORDER: Final[dict[Priority, int]] = {"bulletin": 0, "urgent": 1, "flash": 2}
_BY_SEVERITY: Final[dict[int, Priority]] = {1: "bulletin", 2: "urgent", 3: "flash"}
# What stands in so many characters of a text is its lead, and more than background.
UP_FRONT: Final = 400
# Log-odds by which a story may miss a cluster and still be probably of it, by the tier of its outlet: what an outlet of
# record tells waits only where it is as likely as not, and what a rewriter tells is seldom news of its own.
_NEARLY: Final[dict[int, float]] = {1: -0.25, 2: -1.0, 3: -1.5}
# So many outlets tell an event that is another one, though each of them nearly joined the one that rang.
_BY_OTHERS: Final = 3
# A night's record is told on the next day too.
RETOLD_AFTER: Final = timedelta(hours=24)


class Face(Struct, frozen=True):
    """What a cluster would be told as now: its record, its turn, or why neither rings."""

    record: RecordStep | None = None
    beats: RecordStep | None = None
    claim: JudgedClaim | None = None
    turn: Turn | None = None
    # A first that has no figure: it rings by itself where nothing else does.
    first: JudgedClaim | None = None
    hold: Hold | None = None
    # What outlets insist on against the ledger: it rings by itself where nothing else does.
    contradicted: Insisted | None = None

    @property
    def rings(self) -> bool:
        """Return whether there is anything to ring for."""
        return any(one is not None for one in (self.record, self.turn, self.first, self.contradicted))


def higher(one: Priority, other: Priority) -> Priority:
    """Return the more urgent of two."""
    return one if _ORDER[one] >= _ORDER[other] else other


def reaches(priority: Priority, least: Priority) -> bool:
    """Whether a priority is at least another."""
    return _ORDER[priority] >= _ORDER[least]


class Rung(Struct, frozen=True):
    """The cluster that rang for a record, and how far it said that things escalated."""

    cluster: str
    turn: Turn | None = None


class RangOfLate(Struct, frozen=True):
    """Clusters that rang of late, and may have told the same.

    `like` is the one that the story nearly joined, `rounded` the one whose record its turn counts in rounder figures.
    """

    like: Rung | None = None
    rounded: Rung | None = None


NONE_OF_LATE: Final = RangOfLate()


def appraise(
    detection: Detection, case: DeskCase, rung: Rung | None, now: datetime, late: RangOfLate = NONE_OF_LATE
) -> Face:
    """Say what the cluster amounts to; `rung` is the other cluster that rang for the same record."""
    claim = deciding_claim(detection)
    record, hold = _record(detection, case, claim, rung, now)
    turn = case.turn
    if turn is not None and not case.alerts and rung is not None and _told_there(turn, rung, case, claim):
        turn = None
    told = _told_elsewhere(turn, late, detection) if turn is not None and not case.alerts else None
    if told is not None:
        turn, hold = None, hold or told
    first = _first(detection) if record is None and turn is None and rung is None else None
    # Beside a record that stands it is a detail.
    against = contradicted(case) if record is None and rung is None else None
    return Face(record, detection.beats if record else None, claim, turn, first, hold, against)


def _told_elsewhere(turn: Turn, late: RangOfLate, detection: Detection) -> Hold | None:
    """Return why a turn that another cluster probably told rings not for itself."""
    like, night = late.like, late.rounded
    if like is not None and waits_for_another(turn, like, detection):
        return Hold("retold", f"nearly one with {like.cluster}; waits for one that is not")
    if night is not None and (night.turn is None or _no_further(turn, night.turn)):
        return Hold("same_record", f"a rounder figure of the record that was told of {night.cluster}")
    return None


def _no_further(turn: Turn, there: Turn) -> bool:
    return turn.polarity == there.polarity and turn.severity <= there.severity


def waits_for_another(turn: Turn, like: Rung, detection: Detection) -> bool:
    """Whether a turn is probably one that rang, told in other words: then a lone outlet does not ring again."""
    there = like.turn
    return (
        detection.near is not None
        and detection.near.margin >= _NEARLY.get(detection.story.tier, _NEARLY[3])
        and detection.outlets < _BY_OTHERS
        and there is not None
        and _no_further(turn, there)
    )


def tells_the_same(detection: Detection, shown: Shown) -> bool:
    """Whether a story tells the record that an alert showed: its very figure of the same thing, or a first as well."""
    if shown.kind != "record":
        return False
    if shown.figure is None:
        return shown.contradicted is None and _first(detection) is not None
    return any(
        one.claim.status == "claimed"
        and one.claim.sentence.field != "text"
        and one.claim.figure == shown.figure
        and one.claim.unit == shown.unit
        for one in detection.records
    )


def is_about_record(detection: Detection, face: Face) -> bool:
    """Whether headline or summary tell the record, or the story a first: deep in a text it is background."""
    if face.claim is None:
        return _first(detection) is not None
    return face.claim.claim.sentence.field != "text"


def _first(detection: Detection) -> JudgedClaim | None:
    """Return a first without a figure that the story is about: told up front, and of what time it is the first."""
    for one in detection.records:
        claim = one.claim
        up_front = claim.sentence.field != "text" or claim.sentence.start < UP_FRONT
        timed = claim.scope not in ("unstated", "")
        if (
            claim.status == "claimed"
            and claim.direction == "first"
            and claim.figure is None
            and up_front
            and timed
        ):
            return one
    return None


def _told_there(turn: Turn, rung: Rung, case: DeskCase, claim: JudgedClaim | None) -> bool:
    """Whether a turn is of the very night that rang already; a record retold deep in a text is only its background."""
    told_so = claim is not None and (
        claim.claim.sentence.field != "text"
        or claim.claim.sentence.text == turn.sentence
        or _counts(claim.claim.figure, turn.sentence)
    )
    if case.same_as is None and not told_so:
        return False
    return rung.turn is None or _no_further(turn, rung.turn)


def _counts(figure: float | None, sentence: str) -> bool:
    """Whether a sentence tells this very figure: the strike of 472 is the night of the record of 472."""
    if figure is None or figure < 10:
        return False
    return re.search(rf"(?<![\d.,])(?:{figure:g}|{figure:,g})(?![\d.,]\d)", sentence) is not None


def _record(
    detection: Detection, case: DeskCase, claim: JudgedClaim | None, rung: Rung | None, now: datetime
) -> tuple[RecordStep | None, Hold | None]:
    record = detection.record
    if record is None:
        return None, _unrung(detection)
    if rung is not None:
        return None, Hold("same_record", f"{record.figure:,g} of {record.date} was told of {rung.cluster}")
    if any(alert.shown.kind == "record" for alert in case.alerts.values()):
        return record, None
    if claim is None or claim.word.outcome not in ("broken", "first_known", "same"):
        return None, _unrung(detection)
    if detection.beats is None and claim.claim.unit is None:
        return None, Hold("unclear", f"{record.figure:,g} of nothing that is named")
    aside = _beside_the_alert(claim.claim) if detection.beats is None and case.alerts else None
    if aside is not None:
        return None, Hold("unclear", f"{record.figure:,g} {claim.claim.unit}: {aside}")
    if case.same_as is not None and detection.beats is None:
        return None, Hold("same_record", f"beside the record that was told of {case.same_as}")
    if _is_old(record, now):
        return None, Hold("old_record", f"the record of {record.date}, told again")
    return record, None


def _beside_the_alert(claim: RecordClaim) -> str | None:
    """Return why a claim that beats nothing known makes no record of an alert that rang for something else."""
    if is_of_markets(claim.unit):
        return "how markets took what rang"
    if claim.comparator == "first":
        return "what rang is the first, and the figure only stands beside it"
    return None


def _is_old(record: RecordStep, now: datetime) -> bool:
    try:
        ended = datetime.fromisoformat(record.date or "").replace(tzinfo=now.tzinfo) + timedelta(days=1)
    except ValueError:
        return False
    return now - ended > RETOLD_AFTER


def deciding_claim(detection: Detection) -> JudgedClaim | None:
    """Return the claim that an alert quotes: one that tells the record's figure, else the first about the record."""
    if detection.record is None:
        return None
    about = [
        one
        for one in detection.records
        if one.word.metric == detection.metric
        and one.claim.status in ("claimed", "unclaimed")
        and one.claim.figure is not None
    ]
    exact = [one for one in about if one.claim.figure == detection.record.figure]
    return next(iter(exact or about), None)


def _unrung(detection: Detection) -> Hold | None:
    """Return why the story's claims do not ring, the one that came closest first."""
    ranked = sorted(detection.records, key=lambda one: one.claim.status != "claimed")
    for one in ranked:
        match one.claim.status:
            case "claimed" | "unclaimed":
                return _by_ledger(one)
            case status:
                return Hold(status, f"{one.claim.comparator or 'record'}: {one.word.reason}")
    return None


def _by_ledger(judged: JudgedClaim) -> Hold:
    """Return why a claim that the text makes does not ring."""
    outcome = judged.word.outcome
    if outcome in ("tie", "below"):
        return Hold(outcome, judged.word.reason)
    return Hold("old_record" if outcome == "same" else "not_compared", judged.word.reason)


def priority_of(face: Face, detection: Detection) -> Priority:
    """Return how urgent it is.

    By severity 3, 2, 1: flash, urgent, bulletin; a bulletin where no word of war tells the turn. A broken record is urgent, and flash where it is one of violence
    between parties to a conflict. A record on a metric without a history is a bulletin.
    """
    turn = face.turn if face.turn is not None and not face.turn.guessed else None
    found: Priority = _BY_SEVERITY.get(turn.severity, "bulletin") if turn else "bulletin"
    if face.record is None or face.beats is None:
        return found
    severe = detection.event.violent and detection.event.polarity == "conflict" and found != "bulletin"
    return "flash" if severe else higher(found, "urgent")


def shown_of(face: Face, detection: Detection, priority: Priority, before: Shown | None) -> Shown:
    """Return what an alert on this face tells; what is known no better stays as it was told before."""
    turn = face.turn
    polarity = turn.polarity if turn else (before.polarity if before else None)
    severity = turn.severity if turn else (before.severity if before else 0)
    against = face.contradicted.words if face.contradicted else (before.contradicted if before else None)
    if face.record is None:
        if before is not None and before.kind == "record" and (before.figure is not None or turn is None):
            return Shown(
                "record", priority, before.figure, before.qualifier, before.unit, before.metric, before.day,
                None if detection.withdrawn else before.beats, before.sentence, before.said_by, polarity, severity,
                before.withdrawn or detection.withdrawn is not None, contradicted=against, beside=before.beside,
            )  # fmt: skip
        if face.first is not None:
            return _shown_first(face.first, detection, priority)
        if face.contradicted is not None and turn is None and before is None:
            told = face.contradicted
            return Shown(
                "record", priority, metric=told.metric, sentence=told.sentence, contradicted=told.words
            )
        return Shown(
            "escalation",
            priority,
            sentence=turn.sentence if turn else "",
            polarity=polarity,
            severity=severity,
            contradicted=against,
        )
    claim = face.claim.claim if face.claim else None
    beats = Beaten(face.beats.figure, face.beats.date, face.beats.source) if face.beats else None
    unit = next((report.unit for report in detection.figures if report.unit), before.unit if before else None)
    return Shown(
        "record", priority, face.record.figure, face.record.qualifier, unit, detection.metric, face.record.date,
        beats,
        detection.story.quoted(claim.sentence) if claim else (before.sentence if before else ""),
        _speaker(claim, detection) if claim else (before.said_by if before else None),
        polarity, severity,
        beside={**beside(detection, unit), **(before.beside if before else {})},
    )  # fmt: skip


def _speaker(claim: RecordClaim, detection: Detection) -> str | None:
    return claim.said_by if detection.story.redistribute else None


def _shown_first(first: JudgedClaim, detection: Detection, priority: Priority) -> Shown:
    claim = first.claim
    return Shown(
        "record",
        priority,
        metric=first.word.metric,
        sentence=detection.story.quoted(claim.sentence),
        said_by=_speaker(claim, detection),
        scope=claim.scope,
    )

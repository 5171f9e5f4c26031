"""A claim that the ledger contradicts, and on which several independent outlets insist: who claims what, what stands."""

from typing import Final

from msgspec.structs import replace

from streams.rules.corroboration import independent
from streams.rules.desk_case import DeskCase, Insisted
from streams.rules.judging import say
from streams.rules.ledger import Told
from wirewatch.messages import Detection, JudgedClaim

# Two may err together; from so many on, readers meet the claim everywhere.
INSISTING: Final = 3
MAX_INSISTING: Final = 32
_NAMED: Final = 5


def insisting(case: DeskCase, detection: Detection) -> DeskCase:
    """Return the case with what a story claims against the ledger; an outlet that claims it no more is left out."""
    source = detection.story.source
    others = {name: one for name, one in case.insisting.items() if name != source}
    if detection.retracted is not None:
        return replace(case, insisting=others)
    claim = next((one for one in detection.records if _is_contradicted(one)), None)
    if claim is None or len(others) >= MAX_INSISTING:
        return case
    return replace(case, insisting={**others, source: _insisted(claim, detection)})


def contradicted(case: DeskCase) -> Insisted | None:
    """Return what enough independent outlets insist on, in words that name them; None where too few do."""
    by_metric: dict[str, dict[str, Insisted]] = {}
    for source, one in case.insisting.items():
        by_metric.setdefault(one.metric, {})[source] = one
    for told in by_metric.values():
        if independent([voice for voice in case.voices if voice.source in told]) >= INSISTING:
            by_words: dict[str, list[str]] = {}
            for source, one in told.items():
                by_words.setdefault(one.words, []).append(source)
            first = next(iter(told.values()))
            who = "; ".join(
                f"{_names(sources)} {'say' if len(sources) > 1 else 'says'} {words}"
                for words, sources in by_words.items()
            )
            return replace(first, words=f"{who}; {first.stands}")
    return None


def _is_contradicted(judged: JudgedClaim) -> bool:
    """Whether a text claims up front a record by a figure that plainly falls short of the one that stands."""
    claim, word = judged.claim, judged.word
    return (
        word.outcome == "below"
        and word.metric is not None
        and word.standing is not None
        and claim.status == "claimed"
        and claim.figure is not None
        and claim.qualifier not in ("at_least", "at_most")
        and claim.sentence.field != "text"
    )


def _insisted(judged: JudgedClaim, detection: Detection) -> Insisted:
    claim, stands = judged.claim, judged.word.standing
    figure = say(Told(claim.figure or 0.0, claim.qualifier))
    words = f"{figure} {claim.unit or ''}".strip()
    old = ""
    if stands is not None:
        day = f" of {stands.date}" if stands.date else ""
        old = f"{say(Told(stands.figure, stands.qualifier))}{day} stands ({stands.source})"
    return Insisted(judged.word.metric or "", words, old, detection.story.quoted(claim.sentence))


def _names(sources: list[str]) -> str:
    more = len(sources) - _NAMED
    return ", ".join(sources[:_NAMED]) + (f" and {more} more" if more > 0 else "")

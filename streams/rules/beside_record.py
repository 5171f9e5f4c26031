"""A second record of one event: the most finishers, beside the winner's fastest time."""

from streams.rules.judging import say
from streams.rules.ledger import Told
from wirewatch.messages import Detection, JudgedClaim


def beside(detection: Detection, unit: str | None) -> dict[str, str]:
    """Return the records that a story tells of other things than its cluster's own record: by metric, in words.

    Only what the story says up front counts, in another unit, and that beats what the ledger knows: a figure that is
    merely the first known of its kind is a detail of the event.
    """
    return {
        one.word.metric: _words(one)
        for one in detection.records
        if one.word.metric not in (None, detection.metric)
        and _falls(one)
        and one.claim.unit not in (None, unit)
    }


def _falls(judged: JudgedClaim) -> bool:
    claim, word = judged.claim, judged.word
    return (
        claim.status == "claimed"
        and claim.sentence.field != "text"
        and word.outcome == "broken"
        and word.beats is not None
    )


def _words(judged: JudgedClaim) -> str:
    figure = say(Told(judged.claim.figure or 0.0, judged.claim.qualifier))
    return f"{figure} {judged.claim.unit}, {judged.word.reason}"

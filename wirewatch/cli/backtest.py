"""`wirewatch backtest`: a file of stories through the same rules as the streams, at the stories' own times."""

import sys
from pathlib import Path
from typing import Annotated, Any, Final

import msgspec
import typer

from wirewatch.cli.app import ConfigOption, StateOption, cli, settings_of
from wirewatch.errors import InputError
from wirewatch.lexicon_file import lexicon_of
from wirewatch.messages import (
    Deadline,
    Detection,
    Escalation,
    Event,
    Figure,
    JudgedClaim,
    RecordClaim,
    Span,
    UnreadNumber,
)
from wirewatch.settings import AlertSettings, DeskSettings
from wirewatch.story_file import read_stories

# Where none is configured: one desk that hears of everything, as in the demo.
DEFAULT_DESKS: Final = (DeskSettings("world", ("backtest",)),)


@cli.command()
def backtest(
    stories: Annotated[Path, typer.Argument(help="One JSON object a line, in time order; - for stdin.")],
    config: ConfigOption = None,
    state: StateOption = None,
) -> None:
    """Print what the rules make of each story, one JSON object a line. Needs no Kafka."""
    from streams.own_words import own_words
    from streams.rules.replay import Replay, StoryOutcome
    from streams.rules.signature import HeadlineVectors

    settings = settings_of(config, state)
    # A file is history: nothing in it is too old.
    replay = Replay(
        settings.desks or DEFAULT_DESKS,
        AlertSettings(max_story_age=None),
        HeadlineVectors(),
        own_words(lexicon_of(settings)),
    )
    outcomes: list[tuple[str, StoryOutcome]] = [
        (story.id, replay.handle(story)) for story in read_stories(_lines(stories), name=str(stories))
    ]
    homes: dict[str, str] = {}
    for story_id, outcome in outcomes:
        # A story that stands there twice in the same words is where it was the first time.
        first = outcome.clustered.cluster if outcome.clustered else homes.get(story_id)
        if first is not None:
            homes[story_id] = first
        line = {
            "id": story_id,
            "cluster": replay.current(first) if first else None,
            "cluster_first": first,
            "novelty": outcome.clustered.verdict if outcome.clustered else "duplicate",
            "novelty_reason": outcome.clustered.reason if outcome.clustered else "the same story again",
            "new_facts": outcome.clustered.new_facts if outcome.clustered else (),
            "figures": [figure_line(figure) for figure in outcome.analysed.figures],
            "unread": [unread_line(number) for number in outcome.analysed.unread],
            "detections": detection_lines(outcome.analysed.claims, outcome.analysed.escalations, outcome.detection),
            "event": event_line(outcome.analysed.event),
            "deadlines": deadline_lines(outcome.analysed.deadlines),
            "alerts": [
                {"desk": alert.body.desk, "priority": alert.body.priority, "reason": alert.body.reason,
                 "kind": alert.body.kind, "alert": alert.id, "revision": alert.revision}
                for alert in outcome.alerts
            ],
            "held_back": [{"desk": held.desk, "reason": held.reason, "detail": held.detail} for held in outcome.held],
        }  # fmt: skip
        sys.stdout.write(msgspec.json.encode(line).decode() + "\n")


def figure_line(figure: Figure) -> dict[str, Any]:
    """Return a figure in the form of the output."""
    return {
        "field": figure.field, "start": figure.start, "end": figure.end, "text": figure.text,
        "value": _plain(figure.value), "unit": figure.unit, "qualifier": figure.qualifier,
    }  # fmt: skip


def unread_line(number: UnreadNumber) -> dict[str, Any]:
    """Return a number that no figure was made of in the form of the output."""
    return {
        "field": number.field,
        "start": number.start,
        "end": number.end,
        "text": number.text,
        "reason": number.reason,
    }


def detection_lines(
    claims: tuple[RecordClaim, ...], escalations: tuple[Escalation, ...], detection: Detection | None
) -> list[dict[str, Any]]:
    """Return findings in the form of the output: the claims with the ledger's word, then escalation."""
    judged = list(detection.records) if detection else []
    lines = [
        record_line(claim, next((found for found in judged if found.claim == claim), None))
        for claim in claims
    ]
    lines += [record_line(found.claim, found) for found in judged if found.claim not in claims]
    return lines + [
        {"kind": "escalation", "polarity": found.polarity, "severity": found.severity, "actor": found.actor,
         "target": found.target, "place": found.place, "parts": found.parts, "cues": spans(found.cues)}
        # The ledger adds what is new about an act against its parties' own past.
        for found in (detection.escalations if detection and detection.escalations else escalations)
    ]  # fmt: skip


def record_line(claim: RecordClaim, judged: JudgedClaim | None) -> dict[str, Any]:
    """Return a record claim, and what the ledger says of it."""
    word = judged.word if judged else None
    return {
        "kind": "record", "status": claim.status, "comparator": claim.comparator, "direction": claim.direction,
        "figure": _plain(claim.figure), "unit": claim.unit, "qualifier": claim.qualifier, "scope": claim.scope,
        "said_by": claim.said_by, "metric": word.metric if word else None,
        "ledger": word.outcome if word else "not_compared",
        "ledger_reason": word.reason if word else None,
        "beats": _plain(word.beats.figure) if word and word.beats else None,
        "sentence": claim.sentence.text, "cues": spans(claim.cues),
    }  # fmt: skip


def deadline_lines(deadlines: tuple[Deadline, ...]) -> list[dict[str, Any]]:
    """Return the ends that a story tells of in the form of the output."""
    return [
        {"due": one.due, "until": one.until, "kind": one.kind, "set_by": one.set_by, "phrase": one.phrase,
         "sentence": one.sentence.text}
        for one in deadlines
    ]  # fmt: skip


def event_line(event: Event) -> dict[str, Any]:
    """Return a story's main act in the form of the output."""
    return {"polarity": event.polarity, "form": event.form, "violent": event.violent}


def spans(cues: tuple[Span, ...]) -> list[dict[str, Any]]:
    """Return cues in the form of the output."""
    return [{"field": cue.field, "start": cue.start, "end": cue.end, "text": cue.text} for cue in cues]


def _plain(value: float | None) -> float | int | None:
    """Return a whole number as one, so that 472 is not 472.0."""
    return int(value) if value is not None and value.is_integer() and abs(value) < 2**53 else value


def _lines(file: Path) -> Any:
    try:
        raw = sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
        # Some editors begin a file with a byte order mark.
        return raw.decode("utf-8-sig").split("\n")
    except UnicodeDecodeError as error:
        raise InputError(
            f"{file} is no UTF-8 at byte {error.start}; convert it, for example with iconv"
        ) from error
    except OSError as error:
        raise InputError(f"{file} cannot be read: {error.strerror}") from error

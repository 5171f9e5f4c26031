"""What the operations endpoint is told of another endpoint: that it fails, is well again, or is disabled."""

from datetime import datetime

from alerts.health import Turn
from alerts.schedule import WORDS, Answer
from wirewatch.ids import identify
from wirewatch.messages import Alert, AlertBody


def notice(endpoint: str, turn: Turn, answer: Answer, *, since: datetime, now: datetime, to: str) -> Alert:
    """Return an alert for the operations endpoint `to`; of one failure all that is told is one alert."""
    name = identify("endpoint-notice", endpoint, since.isoformat())
    revision = 1 if turn == "failing" else 2
    headline, sentence = _words(endpoint, turn, answer, since)
    body = AlertBody(
        alert=name, revision=revision, desk="operations", priority="bulletin" if turn == "well" else "urgent",
        kind="notice", headline=headline, sentence=sentence, said_by="Wirewatch", figure=None, unit=None, qualifier=None,
        beats=None, figures=(), outlets=1, cluster=name, url=None, reason=f"Endpoint {turn}: {WORDS[answer.reason]}",
        source="Wirewatch",
    )  # fmt: skip
    return Alert(
        id=name, revision=revision, endpoint=to, webhook_id=identify("endpoint-notice", name, turn), story=name,
        story_url=None, at=now, body=body, first_headline=f"The endpoint {endpoint} does not take alerts",
    )  # fmt: skip


def _words(endpoint: str, turn: Turn, answer: Answer, since: datetime) -> tuple[str, str]:
    why = WORDS[answer.reason]
    match turn:
        case "failing":
            return (
                f"The endpoint {endpoint} does not take alerts: {answer.reason}",
                f"{why[:1].upper()}{why[1:]}. What waits for it is tried again.",
            )
        case "well":
            return (
                f"The endpoint {endpoint} takes alerts again",
                f"It took none since {since:%Y-%m-%d %H:%M} UTC; what waited is delivered now.",
            )
        case "given_up" | "gone":
            return (
                f"The endpoint {endpoint} is disabled: {answer.reason}",
                f"It took nothing since {since:%Y-%m-%d %H:%M} UTC. "
                f"`wirewatch endpoints enable {endpoint}` ends that.",
            )

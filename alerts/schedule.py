"""When an alert is tried again, and when no more: decided by what became of the attempt.

Pure. A reason is a named outcome of one attempt; it is also the metric's label. What a person reads is `WORDS`.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from hashlib import blake2b
from re import fullmatch
from typing import Final, Literal

from msgspec import Struct

from wirewatch.messages import Priority

Reason = Literal[
    "accepted",
    "too_early",
    "request_timeout",
    "rate_limited",
    "server_error",
    "no_answer",
    "connection_broken",
    "no_connection",
    "program_fault",
    "gone",
    "redirected",
    "rejected",
    "refused_address",
    "endpoint_unknown",
    "endpoint_disabled",
    "cannot_be_sent",
    "expired",
    "gave_up",
]
Outcome = Literal["delivered", "retry", "dead", "expired"]

# Another attempt may succeed where the reason passes.
PASSING: Final = frozenset[Reason](
    [
        "too_early",
        "request_timeout",
        "rate_limited",
        "server_error",
        "no_answer",
        "connection_broken",
        "no_connection",
        "program_fault",
    ]
)
WORDS: Final[dict[Reason, str]] = {
    "accepted": "the endpoint took it",
    "too_early": "the endpoint is not ready yet (425)",
    "request_timeout": "the endpoint waited too long for the request (408)",
    "rate_limited": "the endpoint asks for fewer requests (429)",
    "server_error": "the endpoint failed (5xx)",
    "no_answer": "the endpoint did not answer in time",
    "connection_broken": "the connection broke before the answer",
    "no_connection": "the endpoint could not be reached",
    "program_fault": "Wirewatch itself failed to send it",
    "gone": "the endpoint says that it is gone for good (410); it is disabled until somebody enables it",
    "redirected": "the endpoint answered with a redirect, which is never followed; configure its final address",
    "rejected": "the endpoint rejected the request",
    "refused_address": "the endpoint's address is not allowed",
    "endpoint_unknown": "the endpoint is not configured any more",
    "endpoint_disabled": "the endpoint is disabled (`wirewatch endpoints list` says by whom)",
    "cannot_be_sent": "the alert cannot be put into the form that the endpoint takes",
    "expired": "it was no longer news when the endpoint could have taken it",
    "gave_up": "the endpoint did not take it in all the time that its priority allows",
}

# Seconds from a failed attempt to the next one; the last step is repeated.
STEPS: Final[dict[Priority, tuple[float, ...]]] = {
    "flash": (1, 2, 5, 10, 30, 30, 60, 60, 120, 300),
    "urgent": (2, 10, 30, 120, 300, 900, 1800),
    "bulletin": (5, 300, 1800, 7200, 18000),
}
# How long an alert without an expiry of its own is tried for.
PATIENCE: Final[dict[Priority, float]] = {"flash": 6 * 3600, "urgent": 12 * 3600, "bulletin": 24 * 3600}
# Each delay is up to so much longer, so that what failed together does not come back together.
JITTER: Final = 0.1
# However often an endpoint says "at once", and however far off it says.
SHORTEST_WAIT: Final = 1.0
LONGEST_WAIT: Final = 6 * 3600.0
# An alert that expires before its next step is tried once more shortly before, where that is worth it.
LAST_CHANCE: Final = 5.0
WORTH_A_LAST_CHANCE: Final = 60.0


class Answer(Struct, frozen=True):
    """What became of one attempt: the named reason, and what it rests on in words without a secret."""

    reason: Reason
    detail: str
    status: int | None = None
    seconds: float = 0.0
    # Seconds that the endpoint asks to be left alone for.
    retry_after: float | None = None
    # What names the message at the service, where it can be edited or answered later.
    receipt: str = ""


class Verdict(Struct, frozen=True):
    """What follows from an attempt. `due` is set where it is tried again."""

    outcome: Outcome
    reason: Reason
    due: datetime | None = None


def judge_status(status: int) -> Reason:
    """Return what an HTTP status means for a delivery."""
    if 200 <= status < 300:
        return "accepted"
    if 300 <= status < 400:
        return "redirected"
    if status >= 500:
        return "server_error"
    named: dict[int, Reason] = {
        408: "request_timeout",
        410: "gone",
        425: "too_early",
        429: "rate_limited",
    }
    return named.get(status, "rejected")


def retry_after(headers: Mapping[str, str], now: datetime) -> float | None:
    """Return for how many seconds the endpoint asks to be left alone, where it says so in a form that is understood.

    Retry-After (seconds or a date) goes before X-RateLimit-Reset-After (seconds) and X-RateLimit-Reset (seconds, or
    the Unix time of the reset).
    """
    said = headers.get("retry-after")
    if said is not None:
        seconds = _number(said)
        return seconds if seconds is not None else _until_date(said, now)
    return _reset(headers, now)


def _reset(headers: Mapping[str, str], now: datetime) -> float | None:
    after = _number(headers.get("x-ratelimit-reset-after", ""))
    if after is not None:
        return after
    reset = _number(headers.get("x-ratelimit-reset", ""))
    if reset is None:
        return None
    # A Unix time is above any number of seconds that anybody would wait.
    return max(0.0, reset - now.timestamp()) if reset > 1e9 else reset


def pause(headers: Mapping[str, str], now: datetime) -> float | None:
    """Return for how many seconds an endpoint that took an alert takes no further one, where it says so.

    X-RateLimit-Remaining is 0, and X-RateLimit-Reset-After or X-RateLimit-Reset say until when.
    """
    if _number(headers.get("x-ratelimit-remaining", "")) != 0:
        return None
    return _reset(headers, now)


def is_stale(now: datetime, since: datetime, lifetime: float | None) -> bool:
    """Return whether an alert that waits since `since` is news no longer; `lifetime` is in seconds."""
    return lifetime is not None and (now - since).total_seconds() >= lifetime


def decide(
    answer: Answer,
    *,
    priority: Priority,
    attempts: int,
    now: datetime,
    since: datetime,
    lifetime: float | None,
    seed: str,
) -> Verdict:
    """Return what follows from an attempt, the `attempts`th, that ended `now`.

    `lifetime` is how many seconds after `since` the alert is news; None leaves it to the priority's patience. `seed`
    decides the jitter: the same alert waits as long on any worker.
    """
    if answer.reason == "accepted":
        return Verdict("delivered", "accepted")
    if answer.reason == "expired":
        return Verdict("expired", "expired")
    if answer.reason not in PASSING:
        return Verdict("dead", answer.reason)
    due = now + timedelta(seconds=_delay(answer, priority, attempts, seed))
    end = since + timedelta(seconds=PATIENCE[priority] if lifetime is None else lifetime)
    if due < end:
        return Verdict("retry", answer.reason, due)
    if (end - now).total_seconds() > WORTH_A_LAST_CHANCE and answer.retry_after is None:
        return Verdict("retry", answer.reason, end - timedelta(seconds=LAST_CHANCE))
    return Verdict("dead", "gave_up") if lifetime is None else Verdict("expired", "expired")


def _delay(answer: Answer, priority: Priority, attempts: int, seed: str) -> float:
    steps = STEPS[priority]
    step = steps[min(attempts, len(steps)) - 1]
    if answer.retry_after is not None:
        step = min(max(answer.retry_after, SHORTEST_WAIT), LONGEST_WAIT)
    return step * (1 + JITTER * _share(f"{seed} {attempts}"))


def _share(seed: str) -> float:
    """Return a number from 0 up to 1 that the seed decides."""
    return int.from_bytes(blake2b(seed.encode(), digest_size=4).digest()) / 2**32


def _number(text: str) -> float | None:
    found = fullmatch(r"\s*(\d{1,12}(?:\.\d{1,9})?)\s*", text)
    return float(found[1]) if found else None


def _until_date(text: str, now: datetime) -> float | None:
    try:
        date = parsedate_to_datetime(text[:100])
        return max(0.0, (date - now).total_seconds())
    except (ValueError, TypeError, OverflowError):
        # Not a date, or one without a zone.
        return None

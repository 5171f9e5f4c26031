"""When an alert is tried again, and when no more."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.schedule import (
    JITTER,
    LONGEST_WAIT,
    PASSING,
    PATIENCE,
    STEPS,
    WORDS,
    Answer,
    Reason,
    Verdict,
    decide,
    is_stale,
    judge_status,
    retry_after,
)
from tests.alerts.examples import AT, seconds
from wirewatch.messages import Priority


def decided(
    answer: Answer, *, priority: Priority = "flash", attempts: int = 1, lifetime: float | None = None
) -> Verdict:
    return decide(
        answer, priority=priority, attempts=attempts, now=AT, since=AT, lifetime=lifetime, seed="a webhook-id"
    )


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (200, "accepted"),
        (204, "accepted"),
        (301, "redirected"),
        (304, "redirected"),
        (400, "rejected"),
        (401, "rejected"),
        (404, "rejected"),
        (408, "request_timeout"),
        (410, "gone"),
        (425, "too_early"),
        (429, "rate_limited"),
        (500, "server_error"),
        (503, "server_error"),
        (599, "server_error"),
    ],
)
def test_a_status_means_a_named_reason(status: int, reason: Reason) -> None:
    assert judge_status(status) == reason


@pytest.mark.parametrize("reason", sorted(PASSING))
def test_what_may_pass_is_tried_again(reason: Reason) -> None:
    verdict = decided(Answer(reason, ""))
    assert (verdict.outcome, verdict.reason) == ("retry", reason)


@pytest.mark.parametrize("reason", sorted(set(WORDS) - PASSING - {"accepted", "expired"}))
def test_what_will_not_pass_is_dead_at_once_with_its_reason(reason: Reason) -> None:
    assert decided(Answer(reason, "")) == Verdict("dead", reason)


@pytest.mark.parametrize("priority", ["flash", "urgent", "bulletin"])
def test_each_step_of_the_schedule_is_waited_for_and_little_longer(priority: Priority) -> None:
    for attempts, step in enumerate(STEPS[priority][:4], start=1):
        due = decided(Answer("server_error", ""), priority=priority, attempts=attempts).due
        assert due is not None
        assert seconds(step) <= due - AT <= seconds(step * (1 + JITTER))


def test_the_last_step_is_repeated() -> None:
    due = decided(Answer("server_error", ""), priority="flash", attempts=1000).due
    assert due is not None
    assert due - AT >= seconds(STEPS["flash"][-1])


def test_alerts_that_failed_together_do_not_come_back_together() -> None:
    dues = {
        decide(
            Answer("no_answer", ""),
            priority="bulletin",
            attempts=2,
            now=AT,
            since=AT,
            lifetime=None,
            seed=f"{n}",
        ).due
        for n in range(20)
    }
    assert len(dues) == 20


def test_the_endpoint_decides_how_long_it_is_left_alone() -> None:
    due = decided(Answer("rate_limited", "", 429, retry_after=7), priority="bulletin").due
    assert due is not None
    assert seconds(7) <= due - AT <= seconds(7.7)


def test_an_endpoint_that_says_at_once_is_still_given_a_second() -> None:
    due = decided(Answer("rate_limited", "", 429, retry_after=0)).due
    assert due is not None
    assert due - AT >= seconds(1)


def test_an_endpoint_that_wants_rest_for_years_is_asked_again_before() -> None:
    due = decided(Answer("server_error", "", 503, retry_after=1e9), priority="bulletin").due
    assert due is not None
    assert due - AT <= seconds(LONGEST_WAIT * 1.1)


def test_an_alert_that_expires_before_its_next_step_gets_a_last_chance_before() -> None:
    verdict = decided(Answer("server_error", ""), priority="bulletin", attempts=4, lifetime=600)
    assert verdict == Verdict("retry", "server_error", AT + seconds(595))


def test_an_alert_that_expires_within_the_minute_is_let_go() -> None:
    verdict = decided(Answer("server_error", ""), priority="bulletin", attempts=4, lifetime=30)
    assert verdict == Verdict("expired", "expired")


def test_an_alert_without_expiry_is_given_up_when_its_priority_has_no_more_patience() -> None:
    late = AT + seconds(PATIENCE["flash"])
    verdict = decide(
        Answer("no_answer", ""), priority="flash", attempts=50, now=late, since=AT, lifetime=None, seed=""
    )
    assert verdict == Verdict("dead", "gave_up")


def test_an_alert_is_stale_when_its_time_is_over() -> None:
    assert is_stale(AT + seconds(60), AT, 60)
    assert not is_stale(AT + seconds(59), AT, 60)
    assert not is_stale(AT + timedelta(days=900), AT, None)


@pytest.mark.parametrize(
    ("headers", "waits"),
    [
        ({"retry-after": "120"}, 120),
        ({"retry-after": " 1.5 "}, 1.5),
        ({"retry-after": "Sun, 01 Jun 2025 06:02:00 GMT"}, 120),
        ({"retry-after": "Sun, 01 Jun 2025 05:00:00 GMT"}, 0),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "-5"}, None),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "9" * 400}, None),
        ({"retry-after": "Sun, 01 Jun 99999 06:02:00 GMT"}, None),
        ({"x-ratelimit-reset-after": "0.75"}, 0.75),
        ({"x-ratelimit-reset": "30"}, 30),
        ({"x-ratelimit-reset": str(int(AT.timestamp()) + 45)}, 45),
        ({"retry-after": "3", "x-ratelimit-reset": "30"}, 3),
        ({}, None),
    ],
)
def test_how_long_an_endpoint_asks_for_is_read_from_its_headers(
    headers: dict[str, str], waits: float | None
) -> None:
    assert retry_after(headers, AT) == waits


@given(st.text())
def test_no_header_can_break_the_reading(said: str) -> None:
    found = retry_after({"retry-after": said}, AT)
    assert found is None or found >= 0


@given(
    answer=st.builds(
        Answer,
        st.sampled_from(sorted(PASSING)),
        st.just(""),
        retry_after=st.none() | st.floats(0, 1e12),
    ),
    priority=st.sampled_from(["flash", "urgent", "bulletin"]),
    attempts=st.integers(1, 10_000),
    waited=st.floats(0, 1e6),
    lifetime=st.none() | st.floats(0, 1e6),
)
def test_an_alert_is_never_tried_at_once_nor_after_it_is_news(
    answer: Answer, priority: Priority, attempts: int, waited: float, lifetime: float | None
) -> None:
    now = AT + seconds(waited)
    verdict = decide(
        answer,
        priority=priority,
        attempts=attempts,
        now=now,
        since=AT,
        lifetime=lifetime,
        seed="x",
    )
    if verdict.due is not None:
        end = PATIENCE[priority] if lifetime is None else lifetime
        assert now + seconds(1) <= verdict.due <= AT + seconds(end)

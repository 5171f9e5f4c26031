"""When an endpoint is left alone."""

from alerts.breaker import REST, TRIPS_AFTER, Breaker, after
from alerts.schedule import Answer, Reason


def failing(times: int, reason: Reason = "no_answer", breaker: Breaker | None = None) -> Breaker:
    breaker = breaker or Breaker()
    for _ in range(times):
        breaker = after(breaker, Answer(reason, ""), 100.0)
    return breaker


def test_a_few_failures_leave_an_endpoint_open() -> None:
    assert failing(TRIPS_AFTER - 1).wait(100.0) == 0


def test_failures_in_a_row_give_an_endpoint_rest() -> None:
    breaker = failing(TRIPS_AFTER)
    assert breaker.tripped
    assert breaker.wait(100.0) == REST[0]


def test_each_failed_probe_gives_a_longer_rest_up_to_a_bound() -> None:
    rests = [failing(TRIPS_AFTER + probes).wait(100.0) for probes in range(10)]
    assert rests == sorted(rests)
    assert rests[-1] == REST[-1]


def test_an_answer_that_was_taken_ends_the_rest() -> None:
    assert after(failing(20), Answer("accepted", ""), 100.0) == Breaker()


def test_an_alert_that_is_rejected_says_nothing_against_the_endpoint() -> None:
    assert not failing(100, "rejected").tripped


def test_an_endpoint_that_asks_for_rest_gets_it_at_once_and_as_long_as_it_asks() -> None:
    breaker = after(Breaker(), Answer("rate_limited", "", 429, retry_after=40), 100.0)
    assert breaker.wait(100.0) == 40


def test_an_endpoint_that_is_overrun_and_does_not_say_for_how_long_gets_a_short_rest() -> None:
    assert after(Breaker(), Answer("rate_limited", "", 429), 100.0).wait(100.0) == REST[0]

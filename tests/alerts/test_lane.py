"""One endpoint's lane before a real receiver, on a clock that the test moves."""

from datetime import timedelta
from itertools import pairwise

import pytest

from alerts.journal import kept_of
from alerts.lane import MOST_READY
from alerts.schedule import JITTER, STEPS
from tests.alerts.examples import AT, a_slack, an_alert, an_endpoint, seconds
from tests.alerts.receiver import HANG, RESET, Say
from tests.alerts.scene import PatientClock, scene
from wirewatch.messages import PendingDelivery


async def test_an_alert_is_delivered_and_its_offset_settled() -> None:
    async with scene() as play:
        lane = play.lane(an_endpoint(play.receiver.script("/in", [Say(204)])))
        lane.offer(play.item(an_alert()))
        await play.until(lambda: play.books.settled == [1])
        await play.running.end(lane)
        assert play.books.outcomes == ["delivered"]
        assert play.books.due == []


async def test_500_then_429_then_a_hang_then_200_is_one_alert_in_four_attempts_at_the_right_times() -> None:
    async with scene() as play:
        url = play.receiver.script("/in", [Say(500), Say(429, {"Retry-After": "7"}), HANG, Say(200)])
        lane = play.lane(an_endpoint(url))
        alert = an_alert(priority="urgent")
        lane.offer(play.item(alert))
        await play.until(lambda: "delivered" in play.books.outcomes)
        await play.running.end(lane)
        got = play.receiver.at("/in")
        assert {each.webhook_id for each in got} == {alert.webhook_id}
        assert play.books.reasons == ["server_error", "rate_limited", "no_answer", "accepted"]
        waits = [later.at - earlier.at for earlier, later in pairwise(got)]
        for waited, step in zip(waits, (STEPS["urgent"][0], 7, STEPS["urgent"][2]), strict=True):
            assert step <= waited <= step * (1 + JITTER)
        assert [item.attempts for item, _, _ in play.books.notes][-1] == 4
        assert play.books.struck == [alert]


async def test_each_attempt_is_signed_afresh_under_the_same_id() -> None:
    async with scene() as play:
        lane = play.lane(an_endpoint(play.receiver.script("/in", [Say(500), Say(500), Say(200)])))
        lane.offer(play.item(an_alert(priority="bulletin")))
        await play.until(lambda: "delivered" in play.books.outcomes)
        await play.running.end(lane)
        got = play.receiver.at("/in")
        assert len({each.webhook_id for each in got}) == 1
        assert len({each.headers["webhook-timestamp"] for each in got}) == 3
        assert len({each.headers["webhook-signature"] for each in got}) == 3


async def test_a_broken_connection_is_tried_again_and_named() -> None:
    async with scene() as play:
        lane = play.lane(an_endpoint(play.receiver.script("/in", [RESET, Say(200)])))
        lane.offer(play.item(an_alert(priority="urgent")))
        await play.until(lambda: "delivered" in play.books.outcomes)
        await play.running.end(lane)
        assert play.books.reasons == ["connection_broken", "accepted"]


async def test_an_endpoint_that_cannot_be_reached_is_tried_again_and_named() -> None:
    async with scene() as play:
        lane = play.lane(an_endpoint("http://127.0.0.1:1/in"))
        lane.offer(play.item(an_alert(priority="bulletin")))
        await play.until(lambda: len(play.books.notes) >= 2)
        await play.running.end(lane)
        assert set(play.books.reasons) == {"no_connection"}


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (Say(400), "rejected"),
        (Say(404), "rejected"),
        (Say(302, {"Location": "/elsewhere"}), "redirected"),
        (Say(410), "gone"),
    ],
)
async def test_what_will_not_pass_is_dead_with_its_reason(answer: Say, reason: str) -> None:
    async with scene() as play:
        lane = play.lane(an_endpoint(play.receiver.script("/in", [answer])))
        lane.offer(play.item(an_alert()))
        await play.until(lambda: play.books.settled == [1])
        await play.running.end(lane)
        assert [why for _, why, _ in play.books.buried] == [reason]
        assert len(play.receiver.got) == 1


async def test_an_endpoint_that_is_gone_is_not_asked_again() -> None:
    async with scene() as play:
        lane = play.lane(an_endpoint(play.receiver.script("/in", [Say(410)])))
        lane.offer(play.item(an_alert(name="1")))
        await play.until(lambda: play.books.settled == [1])
        lane.offer(play.item(an_alert(name="2")))
        await play.until(lambda: play.books.settled == [1, 2])
        await play.running.end(lane)
        assert [why for _, why, _ in play.books.buried] == ["gone", "endpoint_disabled"]
        assert play.books.disabled == [("desk-hook", "gone")]
        assert len(play.receiver.got) == 1


async def test_teams_throttling_that_hides_in_a_200_is_waited_out_as_its_retry_after_says() -> None:
    async with scene() as play:
        hidden = Say(
            200, {"Retry-After": "90"}, b"Webhook message delivery failed: HTTP error 429 with ContextId x"
        )
        url = play.receiver.script("/in", [hidden, Say(200, body=b"1")])
        lane = play.lane(an_endpoint(url, kind="teams", secret=None))
        lane.offer(play.item(an_alert(priority="urgent")))
        await play.until(lambda: play.books.outcomes == ["retry", "delivered"])
        await play.running.end(lane)
        assert play.books.reasons == ["rate_limited", "accepted"]
        first, second = play.receiver.at("/in")
        assert 90 <= second.at - first.at <= 90 * (1 + JITTER)


async def test_an_endpoint_whose_limit_is_used_up_is_left_alone_until_it_is_reset() -> None:
    async with scene() as play:
        used_up = Say(200, {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset-After": "40"})
        lane = play.lane(an_endpoint(play.receiver.script("/in", [used_up, Say(200)])))
        for name in ("1", "2"):
            lane.offer(play.item(an_alert(name=name, priority="urgent")))
        await play.until(lambda: play.books.outcomes == ["delivered", "delivered"])
        await play.running.end(lane)
        first, second = play.receiver.at("/in")
        assert second.at - first.at >= 40


async def test_an_endpoint_with_a_pace_keeps_to_it_and_a_flash_goes_past() -> None:
    async with scene(clock=PatientClock(AT)) as play:
        lane = play.lane(an_endpoint(play.receiver.script("/in", [Say(200)]), per_minute=6))
        for number in range(3):
            lane.offer(play.item(an_alert(name=f"{number}", priority="urgent")))
        await play.until(lambda: play.books.outcomes == ["delivered"])
        lane.offer(play.item(an_alert(name="flash", priority="flash")))
        await play.until(lambda: play.books.outcomes == ["delivered"] * 2)
        # What must wait is durable, and holds up no commit.
        await play.until(lambda: sorted(play.books.settled) == [1, 2, 3, 4])
        await play.breathe()
        assert len(play.books.outcomes) == 2
        play.clock.advance(10.01)
        await play.until(lambda: len(play.books.outcomes) == 3)
        play.clock.advance(10.01)
        await play.until(lambda: len(play.books.outcomes) == 4)
        await play.running.end(lane)
        assert len(play.receiver.got) == 4


async def test_an_endpoint_that_is_not_configured_any_more_gets_nothing() -> None:
    async with scene() as play:
        lane = play.lane(None)
        lane.offer(play.item(an_alert()))
        await play.until(lambda: play.books.settled == [1])
        await play.running.end(lane)
        assert [why for _, why, _ in play.books.buried] == ["endpoint_unknown"]


async def test_a_fault_of_ours_ends_neither_the_lane_nor_the_alert() -> None:
    async with scene(clock=PatientClock(AT)) as play:
        lane = play.lane(an_endpoint(play.receiver.script("/in", [Say()])))
        # No JSON can hold half a character.
        lane.offer(play.item(an_alert(name="bad", priority="bulletin", headline="\ud800")))
        await play.until(lambda: play.books.settled == [1])
        lane.offer(play.item(an_alert(name="good")))
        await play.until(lambda: "delivered" in play.books.outcomes)
        await play.running.end(lane)
        assert play.books.reasons[0] == "program_fault"
        assert play.books.buried == []


async def test_an_address_that_is_not_allowed_is_refused() -> None:
    async with scene(allow=()) as play:
        lane = play.lane(an_endpoint(play.receiver.script("/in", [Say()])))
        lane.offer(play.item(an_alert()))
        await play.until(lambda: play.books.settled == [1])
        await play.running.end(lane)
        assert [why for _, why, _ in play.books.buried] == ["refused_address"]
        assert play.receiver.got == []


async def test_an_alert_that_is_news_no_longer_is_not_sent() -> None:
    async with scene() as play:
        lane = play.lane(an_endpoint(play.receiver.script("/in", [Say()])))
        lane.offer(play.item(an_alert(expires=AT + seconds(60)), since=AT - seconds(61)))
        await play.until(lambda: play.books.settled == [1])
        await play.running.end(lane)
        assert play.books.outcomes == ["expired"]
        assert [alert.id for alert in play.books.late] == [an_alert().id]
        assert play.receiver.got == []


async def test_an_alert_of_another_clock_expires_by_how_long_it_waited() -> None:
    """The demo's alerts arise in the summer of its wire, whatever year it is here."""
    async with scene() as play:
        lane = play.lane(an_endpoint(play.receiver.script("/in", [Say()])))
        then = AT - timedelta(days=365)
        lane.offer(play.item(an_alert(at=then, expires=then + seconds(3600))))
        await play.until(lambda: play.books.settled == [1])
        await play.running.end(lane)
        assert play.books.outcomes == ["delivered"]


async def test_the_second_revision_waits_until_the_first_is_delivered() -> None:
    async with scene() as play:
        lane = play.lane(an_endpoint(play.receiver.script("/in", [Say(500), Say(500), Say(200)])))
        first = an_alert(priority="urgent")
        second = an_alert(priority="urgent", revision=2)
        lane.offer(play.item(first))
        lane.offer(play.item(second))
        await play.until(lambda: play.books.outcomes.count("delivered") == 2)
        await play.running.end(lane)
        order = [each.webhook_id for each in play.receiver.got]
        assert order == [first.webhook_id] * 3 + [second.webhook_id]


async def test_a_newer_revision_does_not_wait_hours_for_the_older_ones_next_step() -> None:
    async with scene() as play:
        lane = play.lane(an_endpoint(play.receiver.script("/in", [Say(200)])))
        first, second = an_alert(priority="bulletin"), an_alert(priority="flash", revision=2)
        waiting = PendingDelivery(first, 1, AT + seconds(7200), AT, 0, "server_error")
        lane.restore(kept_of(waiting, await play.books.keep(play.item(first), waiting.due, "server_error")))
        lane.offer(play.item(second))
        await play.until(lambda: play.books.outcomes.count("delivered") == 2)
        await play.running.end(lane)
        assert [each.webhook_id for each in play.receiver.got] == [first.webhook_id, second.webhook_id]
        assert play.clock.now() - AT < seconds(60)


async def test_what_already_waits_is_not_taken_twice() -> None:
    async with scene() as play:
        lane = play.lane(an_endpoint(play.receiver.script("/in", [Say(200)])))
        alert = an_alert(priority="bulletin")
        waiting = PendingDelivery(alert, 1, AT + seconds(100), AT, 0, "server_error")
        lane.restore(kept_of(waiting, await play.books.keep(play.item(alert), waiting.due, "server_error")))
        lane.offer(play.item(alert))
        await play.until(lambda: "delivered" in play.books.outcomes)
        await play.running.end(lane)
        assert len(play.receiver.got) == 1
        assert 2 in play.books.settled


async def test_what_desks_write_twice_rings_once() -> None:
    async with scene() as play:
        lane = play.lane(an_endpoint(play.receiver.script("/in", [Say(200)])))
        for _ in range(2):
            lane.offer(play.item(an_alert()))
        await play.until(lambda: sorted(play.books.settled) == [1, 2])
        lane.offer(play.item(an_alert()))
        await play.until(lambda: sorted(play.books.settled) == [1, 2, 3])
        await play.running.end(lane)
        assert len(play.receiver.got) == 1


async def test_a_flash_does_not_wait_for_the_bulletin_that_hangs() -> None:
    async with scene() as play:
        lane = play.lane(an_endpoint(play.receiver.script("/in", [HANG, Say(200)])))
        lane.offer(play.item(an_alert(name="slow", priority="bulletin")))
        await play.receiver.next()
        flash = an_alert(name="quick", priority="flash")
        lane.offer(play.item(flash))
        got = await play.receiver.next(0.25)
        await play.running.end(lane, within=0.5)
        assert got.webhook_id == flash.webhook_id


async def test_an_endpoint_that_fails_again_and_again_gets_one_attempt_at_a_time() -> None:
    async with scene() as play:
        lane = play.lane(an_endpoint(play.receiver.script("/in", [Say(500)] * 8 + [Say(200)])))
        alerts = [an_alert(name=f"{number}", priority="bulletin") for number in range(40)]
        for alert in alerts:
            lane.offer(play.item(alert))
        await play.until(lambda: play.books.outcomes.count("delivered") == 40)
        await play.running.end(lane)
        assert len(play.receiver.got) == 48
        assert sorted(play.books.settled) == list(range(1, 41))


async def test_what_does_not_fit_into_memory_waits_durably_and_arrives() -> None:
    async with scene() as play:
        lane = play.lane(an_endpoint(play.receiver.script("/in", [Say(200)])), started=False)
        alerts = [an_alert(name=f"{number}", priority="urgent") for number in range(MOST_READY + 20)]
        for alert in alerts:
            lane.offer(play.item(alert))
        await play.until(lambda: len(play.books.settled) == 20)
        lane.start()
        await play.until(lambda: play.books.outcomes.count("delivered") == len(alerts))
        await play.running.end(lane)
        assert {each.webhook_id for each in play.receiver.got} == {alert.webhook_id for alert in alerts}


async def test_a_lane_that_closes_leaves_nothing_that_is_only_in_memory() -> None:
    async with scene() as play:
        lane = play.lane(an_endpoint(play.receiver.script("/in", [HANG])))
        for number in range(5):
            lane.offer(play.item(an_alert(name=f"{number}", priority="bulletin")))
        await play.receiver.next()
        await play.running.end(lane, within=0.01)
        assert sorted(play.books.settled) == [1, 2, 3, 4, 5]
        assert len(play.books.standing) == 5


async def test_a_late_alert_says_by_how_much() -> None:
    async with scene() as play:
        lane = play.lane(a_slack(play.receiver.script("/slack", [Say(200, body=b"ok")])))
        lane.offer(play.item(an_alert("desk-slack"), since=AT - seconds(2 * 3600)))
        got = await play.receiver.next()
        await play.running.end(lane)
        assert "late by 2 h 0 min" in got.body.decode()


async def test_what_waits_does_not_wait_for_its_time_once_the_endpoint_takes_alerts_again() -> None:
    async with scene(clock=PatientClock(AT)) as play:
        lane = play.lane(an_endpoint(play.receiver.script("/in", [Say(500), Say(500), Say(200)])))
        for name in ("one", "two"):
            lane.offer(play.item(an_alert(name=name, priority="bulletin")))
        await play.until(lambda: play.books.outcomes == ["retry", "retry"])
        lane.offer(play.item(an_alert(name="three", priority="bulletin")))
        # No second passes on the clock.
        await play.until(lambda: play.books.outcomes[2:] == ["delivered"] * 3)
        await play.running.end(lane)


async def test_where_it_fails_again_the_others_keep_their_times() -> None:
    async with scene(clock=PatientClock(AT)) as play:
        answers = [Say(500), Say(500), Say(200), Say(500), Say(200)]
        lane = play.lane(an_endpoint(play.receiver.script("/in", answers)))
        for name in ("one", "two"):
            lane.offer(play.item(an_alert(name=name, priority="bulletin")))
        await play.until(lambda: play.books.outcomes == ["retry", "retry"])
        lane.offer(play.item(an_alert(name="three", priority="bulletin")))
        await play.until(lambda: len(play.books.outcomes) == 4)
        await play.breathe()
        assert play.books.outcomes[2:] == ["delivered", "retry"]
        await play.running.end(lane)

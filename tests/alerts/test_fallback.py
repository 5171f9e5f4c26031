"""A flash that its endpoint does not take goes to the fallback as well."""

from alerts.fallback import IN_TIME, instead
from alerts.journal import kept_of
from tests.alerts.examples import AT, an_alert, an_endpoint, seconds
from tests.alerts.receiver import HANG, Say
from tests.alerts.scene import PatientClock, scene
from wirewatch.messages import PendingDelivery


def test_the_fallback_gets_an_alert_of_its_own_that_says_why() -> None:
    alert = an_alert(revision=3)
    found = instead(alert, "second")
    assert (found.endpoint, found.revision) == ("second", 3)
    assert found.id == found.body.alert != alert.id
    assert found.webhook_id != alert.webhook_id
    assert found.body.reason.endswith("because the endpoint desk-hook has not taken it")


def test_whichever_worker_passes_it_on_it_is_the_same_alert() -> None:
    assert instead(an_alert(), "second") == instead(an_alert(), "second")
    first, later = instead(an_alert(), "second"), instead(an_alert(revision=2), "second")
    assert first.id == later.id
    assert first.webhook_id != later.webhook_id


async def test_a_flash_that_waits_too_long_goes_to_the_fallback_and_is_still_tried() -> None:
    async with scene() as play:
        url = play.receiver.script("/in", [Say(500)] * 7 + [Say(200)])
        lane = play.lane(an_endpoint(url, fallback="second"))
        alert = an_alert()
        lane.offer(play.item(alert))
        await play.until(lambda: "delivered" in play.books.outcomes)
        assert play.books.written == [instead(alert, "second")]
        assert play.clock.now() - AT >= IN_TIME
        await play.running.end(lane)


async def test_a_flash_that_arrives_in_time_goes_nowhere_else() -> None:
    async with scene(clock=PatientClock(AT)) as play:
        lane = play.lane(an_endpoint(play.receiver.script("/in", [Say(200)]), fallback="second"))
        for number in range(3):
            lane.offer(play.item(an_alert(name=f"{number}")))
        await play.until(lambda: len(play.books.settled) == 3)
        play.clock.advance(60)
        await play.breathe()
        await play.running.end(lane)
        assert play.books.written == []


async def test_a_flash_that_is_dead_goes_to_the_fallback_at_once_and_once() -> None:
    async with scene(clock=PatientClock(AT)) as play:
        lane = play.lane(an_endpoint(play.receiver.script("/in", [Say(404)]), fallback="second"))
        lane.offer(play.item(an_alert()))
        await play.until(lambda: play.books.settled == [1])
        play.clock.advance(60)
        await play.breathe()
        await play.running.end(lane)
        assert [each.endpoint for each in play.books.written] == ["second"]


async def test_a_flash_that_is_late_and_then_dead_goes_there_once() -> None:
    async with scene() as play:
        url = play.receiver.script("/in", [Say(500)] * 7 + [Say(404)])
        lane = play.lane(an_endpoint(url, fallback="second"))
        lane.offer(play.item(an_alert()))
        await play.until(lambda: bool(play.books.buried))
        await play.running.end(lane)
        assert len(play.books.written) == 1


async def test_what_is_no_flash_waits_for_its_own_endpoint() -> None:
    async with scene() as play:
        lane = play.lane(an_endpoint(play.receiver.script("/in", [Say(404)]), fallback="second"))
        lane.offer(play.item(an_alert(priority="urgent")))
        await play.until(lambda: play.books.settled == [1])
        await play.running.end(lane)
        assert play.books.written == []


async def test_a_flash_behind_one_that_hangs_goes_to_the_fallback_too() -> None:
    async with scene() as play:
        lane = play.lane(an_endpoint(play.receiver.script("/in", [HANG]), fallback="second"))
        alerts = [an_alert(name=f"{number}") for number in range(10)]
        for alert in alerts:
            lane.offer(play.item(alert))
        await play.until(lambda: len(play.books.written) == 10)
        await play.running.end(lane, within=0.1)
        assert play.books.written == [instead(alert, "second") for alert in alerts]


async def test_a_flash_that_waited_when_the_worker_died_is_watched_by_the_next_one() -> None:
    async with scene() as play:
        lane = play.lane(an_endpoint(play.receiver.script("/in", [Say(500)]), fallback="second"))
        alert = an_alert()
        waiting = PendingDelivery(alert, 4, AT + seconds(20), AT - seconds(40), 0, "server_error")
        lane.restore(kept_of(waiting, await play.books.keep(play.item(alert), waiting.due, "server_error")))
        await play.until(lambda: bool(play.books.written))
        await play.running.end(lane)
        assert play.books.written == [instead(alert, "second")]

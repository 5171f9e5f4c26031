"""An act on one alert or one desk holds for that alone."""

from msgspec.structs import replace

from tests.streams.rules.desk_stories import Newsroom
from tests.streams.rules.test_desk_times import at, told
from wirewatch.editorial import command
from wirewatch.messages import Alert
from wirewatch.settings import DeskSettings

WORLD = DeskSettings("world", ("chat",), escalate_to="phone", escalate_after=600.0, escalate_from="urgent")
EUROPE = DeskSettings("europe", ("mail",), escalate_to="pager", escalate_after=600.0, escalate_from="urgent")


def room() -> tuple[Newsroom, dict[str, Alert]]:
    made = Newsroom(WORLD, EUROPE)
    made.tick(at(8))
    return made, {alert.endpoint: alert for alert in made.hear(told("c", 8)).alerts}


def test_an_acknowledgement_of_one_alert_leaves_the_others_to_escalate() -> None:
    news, alerts = room()
    news.desks.handle(command("acknowledge", "c", by="Ada", at=at(8), alert=alerts["chat"].id))
    assert [alert.endpoint for alert in news.tick(at(8.5))] == ["pager"]


def test_an_acknowledgement_by_one_desk_leaves_the_others_to_escalate() -> None:
    news, _ = room()
    news.desks.handle(command("acknowledge", "c", by="Ada", at=at(8), desk="europe"))
    assert [alert.endpoint for alert in news.tick(at(8.5))] == ["phone"]


def test_one_of_the_whole_cluster_ends_every_wait() -> None:
    news, _ = room()
    news.desks.handle(command("acknowledge", "c", by="Ada", at=at(8)))
    assert news.tick(at(8.5)) == []


def test_one_desks_word_does_not_speak_for_the_other_that_the_alert_serves() -> None:
    both = Newsroom(WORLD, replace(EUROPE, endpoints=("chat",), escalate_to=None))
    both.tick(at(8))
    both.hear(told("c", 8))
    both.desks.handle(command("acknowledge", "c", by="Ada", at=at(8), desk="europe"))
    assert [alert.endpoint for alert in both.tick(at(8.5))] == ["phone"]


def test_a_snooze_of_one_alert_holds_back_its_revisions_and_no_others() -> None:
    news, alerts = room()
    until = at(12)
    news.desks.handle(command("snooze", "c", by="Ada", at=at(8), until=until, alert=alerts["chat"].id))
    turned = told("c", 9, source="B", tier=1, polarity="de-escalation")
    assert [alert.endpoint for alert in news.hear(turned).alerts] == ["mail"]
    assert "chat" in [alert.endpoint for alert in news.tick(until)]


def test_a_wake_of_one_alert_tells_it_at_once() -> None:
    news, alerts = room()
    for endpoint in ("chat", "mail"):
        act = command("snooze", "c", by="Ada", at=at(8), until=at(12), alert=alerts[endpoint].id)
        news.desks.handle(act)
    assert news.hear(told("c", 9, source="B", tier=1, polarity="de-escalation")).alerts == []
    news.desks.handle(command("wake", "c", by="Ada", at=at(9), alert=alerts["mail"].id))
    assert [alert.endpoint for alert in news.tick(at(9.1))] == ["mail"]


def test_an_endpoint_that_serves_two_desks_gets_one_message_that_names_both() -> None:
    both = Newsroom(WORLD, replace(EUROPE, endpoints=("chat", "mail")))
    both.tick(at(8))
    found = {alert.endpoint: alert.body.desk for alert in both.hear(told("c", 8)).alerts}
    assert found == {"chat": "world, europe", "mail": "europe"}

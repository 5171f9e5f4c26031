"""What was news no longer when it could be delivered is said in one line, and does not ring."""

from datetime import datetime

from msgspec.structs import replace

from tests.streams.rules.desk_stories import Newsroom
from tests.streams.rules.test_desk_times import DESK, NIGHT_REST, at, told
from wirewatch.editorial import command
from wirewatch.messages import Alert, Command, HeldBack


def late(alert: Alert, when: datetime) -> Command:
    """What the delivery workers say of an alert that expired."""
    return command(
        "expired", alert.body.cluster, by="deliver", at=when, note=alert.body.headline, to=alert.endpoint,
        alert=alert.id, desk=alert.body.desk,
    )  # fmt: skip


def held(room: Newsroom, act: Command) -> list[str]:
    outputs = room.desks.handle(act).outputs
    return [out.message.reason for out in outputs if isinstance(out.message, HeldBack)]


def test_it_waits_for_the_digest_and_has_a_line_there() -> None:
    room = Newsroom(replace(DESK, digest=(18 * 60,)))
    room.tick(at(8))
    (alert,) = room.hear(told("c", 8, 3)).alerts
    assert held(room, late(alert, at(12))) == ["expired"]
    assert room.tick(at(17)) == []
    (digest,) = room.tick(at(18))
    (item,) = digest.body.items
    assert (item.alert, item.headline) == (alert.id, alert.body.headline)
    assert item.reason == "Expired: news no longer when chat could take it"


def test_at_night_it_waits_for_the_morning_though_it_was_a_flash() -> None:
    room = Newsroom(replace(DESK, quiet_hours=NIGHT_REST))
    room.tick(at(21))
    (alert,) = room.hear(told("c", 21, 3)).alerts
    assert alert.body.priority == "flash"
    held(room, late(alert, at(23)))
    assert room.tick(at(24 + 6.9)) == []
    (line,) = room.tick(at(24 + 7))
    assert (line.body.priority, len(line.body.items)) == ("bulletin", 1)


def test_without_digest_or_night_all_of_them_are_one_message() -> None:
    room = Newsroom(DESK)
    room.tick(at(8))
    alerts = room.hear(told("c", 8), told("d", 8), told("e", 8)).alerts
    for alert in alerts:
        held(room, late(alert, at(12)))
    (line,) = room.tick(at(12.1))
    assert line.body.headline == "News no longer when it could be delivered: 3 stories"
    assert {item.alert for item in line.body.items} == {alert.id for alert in alerts}
    assert room.tick(at(13)) == []


def test_the_same_word_twice_is_one_line() -> None:
    room = Newsroom(DESK)
    room.tick(at(8))
    (alert,) = room.hear(told("c", 8)).alerts
    held(room, late(alert, at(12)))
    assert len(room.tick(at(12.1))) == 1
    assert held(room, late(alert, at(12))) == []
    assert room.tick(at(12.2)) == []


def test_a_cluster_that_nobody_knows_any_more_changes_nothing() -> None:
    room = Newsroom(DESK)
    room.tick(at(8))
    (alert,) = room.hear(told("c", 8)).alerts
    assert held(Newsroom(DESK), late(alert, at(12))) == []

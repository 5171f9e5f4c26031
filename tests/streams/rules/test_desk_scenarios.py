"""The acceptance scenarios of Alertmanager, told as ours: cold start, reload, silences that come while something waits."""

from datetime import timedelta

from msgspec.structs import replace

from tests.streams.rules.desk_stories import Newsroom
from tests.streams.rules.test_desk_times import DESK, at, held, told
from wirewatch.editorial import mute, unmute
from wirewatch.messages import Alert, ClusteredStory
from wirewatch.settings import DeskSettings


def restarted(room: Newsroom, stored: dict[str, bytes | None], *desks: DeskSettings) -> Newsroom:
    """The same room after a restart: desks know what was stored, and nothing else."""
    again = Newsroom(*desks)
    again.ledger = room.ledger
    again.desks.restore((key, value) for key, value in stored.items() if value is not None)
    return again


def play(room: Newsroom, stored: dict[str, bytes | None], *stories: ClusteredStory) -> list[Alert]:
    alerts = []
    for message in stories:
        for out in room.ledger.handle(message).outputs:
            if out.topic != "detections":
                continue
            change = room.desks.handle(out.message)
            stored.update(change.puts)
            alerts += [each.message for each in change.outputs if isinstance(each.message, Alert)]
    return alerts


def test_after_a_cold_start_nothing_that_was_told_is_told_again() -> None:
    room, stored = Newsroom(DESK), {}  # type: ignore[var-annotated]
    assert len(play(room, stored, told("c", 8), told("d", 8))) == 2
    again = restarted(room, stored, DESK)
    assert play(again, stored, told("c", 8.1, source="B"), told("d", 8.1, source="C")) == []


def test_a_desk_that_is_new_after_a_reload_hears_of_what_comes_and_not_of_what_was_told() -> None:
    room, stored = Newsroom(DESK), {}  # type: ignore[var-annotated]
    play(room, stored, told("c", 8))
    again = restarted(room, stored, DESK, replace(DESK, id="europe"))
    assert play(again, stored, told("c", 8.1, source="B")) == []
    (alert,) = play(again, stored, told("d", 8.2))
    assert alert.body.desk == "world, europe"


def test_a_desk_that_waits_no_more_after_a_reload_is_told_at_the_next_moment() -> None:
    patient = replace(DESK, group_wait=600.0)
    room, stored = Newsroom(patient), {}  # type: ignore[var-annotated]
    assert play(room, stored, told("c", 8)) == []
    again = restarted(room, stored, DESK)
    assert [alert.body.cluster for alert in play(again, stored, told("c", 8.01, source="B"))] == ["c"]
    assert again.tick(at(9)) == []


def test_a_mute_that_comes_while_something_waits_holds_it_for_good() -> None:
    room = Newsroom(replace(DESK, group_wait=600.0))
    room.tick(at(8))
    assert held(room, told("c", 8, title="The cup final")) == ["group_wait"]
    room.desks.handle(mute("words", "cup final", by="Ada", at=at(8), until=at(20)))
    assert room.tick(at(9)) == []
    assert room.tick(at(21)) == []


def test_a_mute_that_is_lifted_lets_the_next_word_through() -> None:
    room = Newsroom(DESK)
    room.tick(at(8))
    room.desks.handle(mute("cluster", "c", by="Ada", at=at(8), until=None))
    assert held(room, told("c", 8)) == ["muted"]
    room.desks.handle(unmute("cluster", "c", by="Ada", at=at(8.1)))
    assert len(room.hear(told("c", 8.2, source="B")).alerts) == 1


def test_the_same_digest_is_not_sent_twice_when_the_same_moment_is_told_twice() -> None:
    room = Newsroom(replace(DESK, digest=(600,)))
    room.tick(at(8))
    held(room, told("c", 8), told("d", 8.1))
    assert len(room.tick(at(10))) == 1
    assert room.tick(at(10)) == []
    assert room.tick(at(10) + timedelta(days=1)) == []


def test_batching_forty_outlets_are_one_alert() -> None:
    room = Newsroom(replace(DESK, group_wait=30.0))
    room.tick(at(8))
    for number in range(40):
        assert room.hear(told("c", 8, source=f"Outlet {number}", title=f"Strike {number}")).alerts == []
    (alert,) = room.tick(at(8.1))
    assert (alert.revision, room.tick(at(9))) == (1, [])


def test_repeat_nothing_is_told_again_for_being_still_true() -> None:
    room = Newsroom(DESK)
    room.tick(at(8))
    assert len(room.hear(told("c", 8)).alerts) == 1
    for hour in range(9, 30):
        assert room.tick(at(hour)) == []
        assert room.hear(told("c", hour, source=f"Outlet {hour}")).alerts == []


def test_silencing_holds_back_with_the_name_of_who_silenced_and_ends_by_itself() -> None:
    room = Newsroom(DESK)
    room.tick(at(8))
    room.desks.handle(mute("words", "cup final", by="Ada", at=at(8), until=at(10)))
    heard = room.hear(told("c", 8, title="The cup final"))
    assert heard.alerts == []
    assert "Ada" in heard.held[0].detail
    room.tick(at(10))
    assert len(room.hear(told("d", 10, title="After the cup final")).alerts) == 1


def test_inhibition_a_flash_holds_back_a_bulletin_on_the_same_two_and_no_other() -> None:
    room = Newsroom(replace(DESK, inhibit=3600.0))
    room.tick(at(8))
    assert len(room.hear(told("c", 8, 3)).alerts) == 1
    assert held(room, told("d", 8.1, 1)) == ["inhibited"]
    assert len(room.hear(told("e", 8.1, 1, parties=("israel", "iran"))).alerts) == 1

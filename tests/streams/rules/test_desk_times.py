"""When a desk is told: waiting, digests, quiet hours, caps, inhibition, and what editors do about it."""

from datetime import datetime, timedelta

import pytest
from msgspec.structs import replace

from streams.rules.news import say_time
from tests.streams.rules.desk_stories import Newsroom, escalation
from tests.streams.rules.ledger_stories import claim, story, when
from wirewatch.desk_settings import Window
from wirewatch.editorial import command
from wirewatch.messages import Act, ClusteredStory, Detection, HeldBack, Polarity, Tick
from wirewatch.settings import DeskSettings

NIGHT = "2025-06-01"
DESK = DeskSettings("world", ("chat",))
NIGHT_REST = (Window(22 * 60, 7 * 60),)


def at(hour: float) -> datetime:
    return when(NIGHT, hour)


def told(
    cluster: str,
    hour: float,
    severity: int = 2,
    *,
    source: str = "A",
    tier: int = 2,
    title: str = "",
    polarity: Polarity = "escalation",
    parties: tuple[str, str] = ("russia", "ukraine"),
) -> ClusteredStory:
    """A story of an escalation."""
    found = escalation(severity, polarity, actor=parties[0], target=parties[1])
    return story(
        cluster,
        at(hour),
        source=source,
        tier=tier,
        title=title or f"{cluster} of {source}",
        escalations=(found,),
    )


def held(room: Newsroom, *stories: ClusteredStory) -> list[str]:
    heard = room.hear(*stories)
    assert not heard.alerts
    return [each.reason for each in heard.held]


def test_the_first_word_waits_for_the_group_and_then_tells_the_newest() -> None:
    room = Newsroom(replace(DESK, group_wait=60.0))
    room.tick(at(8))
    assert held(room, told("c", 8)) == ["group_wait"]
    assert room.tick(at(8) + timedelta(seconds=59)) == []
    (alert,) = room.tick(at(8) + timedelta(seconds=60))
    assert (alert.revision, alert.at) == (1, at(8) + timedelta(seconds=60))
    assert room.tick(at(9)) == []
    assert [each.reason for each in room.hear(told("c", 9, source="B")).held] == ["already_told"]


def test_a_flash_never_waits_whatever_the_desk_asks() -> None:
    patient = replace(
        DESK, group_wait=600.0, digest=(480,), quiet_hours=(Window(0, 24 * 60),), cap=1, corroborate=9, inhibit=9e3
    )  # fmt: skip
    room = Newsroom(patient)
    room.tick(at(8))
    for number in range(3):
        assert len(room.hear(told(f"c{number}", 8, 3)).alerts) == 1


def test_what_waits_leaves_at_once_when_it_becomes_a_flash() -> None:
    room = Newsroom(replace(DESK, group_wait=600.0))
    room.tick(at(8))
    assert held(room, told("c", 8)) == ["group_wait"]
    (alert,) = room.hear(told("c", 8.01, 3, source="B", tier=1)).alerts
    assert (alert.revision, alert.body.priority) == (1, "flash")
    assert room.tick(at(9)) == []


def test_at_once_says_from_which_priority_the_first_word_does_not_wait() -> None:
    room = Newsroom(replace(DESK, group_wait=600.0, at_once="urgent"))
    room.tick(at(8))
    assert len(room.hear(told("c", 8, 2)).alerts) == 1
    assert held(room, told("d", 8, 1)) == ["group_wait"]


def test_a_digest_is_one_message_of_all_that_waited_and_tells_none_of_it_twice() -> None:
    room = Newsroom(replace(DESK, digest=(7 * 60 + 30,), timezone="Europe/Kyiv"))
    room.tick(at(2))
    assert held(room, told("c", 2, 1, title="First")) == ["digest"]
    assert held(room, told("d", 3, 2, title="Second")) == ["digest"]
    assert room.tick(at(4.49)) == []
    (digest,) = room.tick(at(4.5))
    assert digest.body.headline == "Digest: 2 stories"
    assert [item.headline for item in digest.body.items] == ["Second", "First"]
    assert (digest.body.priority, digest.expires) == ("urgent", None)
    assert room.tick(at(28.5)) == []
    assert [each.reason for each in room.hear(told("c", 5, 1, source="B")).held] == ["already_told"]


def test_a_revision_of_what_a_digest_told_is_in_the_next_one() -> None:
    room = Newsroom(replace(DESK, digest=tuple(range(0, 1440, 60))))
    room.tick(at(8.5))
    room.hear(told("c", 8.5, 1))
    assert len(room.tick(at(9))) == 1
    assert held(room, told("c", 9.2, 2, source="B", tier=1)) == ["digest"]
    (alert,) = room.tick(at(10))
    assert (alert.revision, alert.body.severity) == (2, 2)


def test_quiet_hours_hold_all_but_a_flash_until_the_morning() -> None:
    room = Newsroom(replace(DESK, quiet_hours=NIGHT_REST))
    room.tick(at(23))
    assert held(room, told("c", 23)) == ["quiet_hours"]
    assert len(room.hear(told("d", 23.5, 3)).alerts) == 1
    assert held(room, told("e", 24)) == ["quiet_hours"]
    assert room.tick(at(30.99)) == []
    (morning,) = room.tick(at(31))
    assert morning.body.headline == "While it was quiet: 2 stories"


def test_the_cap_holds_back_and_says_so_in_one_message() -> None:
    room = Newsroom(replace(DESK, cap=2))
    reasons = []
    for number in range(5):
        room.tick(at(8 + number / 100))
        reasons += [each.reason for each in room.hear(told(f"c{number}", 8 + number / 100)).held]
    assert reasons == ["capped"] * 3
    assert room.tick(at(8.99)) == []
    (line,) = room.tick(at(9))
    assert line.body.headline == "Held back by the hour's cap: 3 stories"
    assert len(line.body.items) == 3


def test_a_flash_takes_no_room_of_the_cap() -> None:
    room = Newsroom(replace(DESK, cap=1))
    room.tick(at(8))
    assert room.hear(told("c", 8, 3)).alerts
    assert room.hear(told("d", 8.1)).alerts
    assert held(room, told("e", 8.2)) == ["capped"]


def test_what_waits_on_for_another_reason_says_so_when_the_first_wait_is_over() -> None:
    room = Newsroom(replace(DESK, cap=1, group_wait=60.0, at_once="urgent"))
    room.tick(at(8))
    assert room.hear(told("c", 8)).alerts
    assert held(room, told("d", 8, 1)) == ["group_wait"]
    outputs = room.desks.handle(Tick(at(8.1), "test")).outputs
    assert [out.message.reason for out in outputs if isinstance(out.message, HeldBack)] == ["capped"]
    assert not room.desks.handle(Tick(at(8.2), "test")).outputs, "it is said once"


def test_a_flash_on_two_parties_holds_back_bulletins_on_the_same_two_for_a_time() -> None:
    room = Newsroom(replace(DESK, inhibit=3600.0))
    room.tick(at(8))
    assert room.hear(told("c", 8, 3)).alerts
    assert held(room, told("d", 8.1, 1, parties=("ukraine", "russia"))) == ["inhibited"]
    assert room.hear(told("e", 8.1, 2)).alerts, "an urgent one rings"
    assert room.hear(told("f", 8.1, 1, parties=("israel", "iran"))).alerts, "another pair rings"
    assert [alert.body.cluster for alert in room.tick(at(9))] == ["d"]
    room.tick(at(9.1))
    assert room.hear(told("g", 9.1, 1)).alerts, "its time is over"


@pytest.mark.parametrize(
    ("second", "rings"),
    [
        ({"source": "B", "title": "A wholly different account of what befell the town by its own reporter"}, True),
        ({"source": "B", "title": "Shells fell on the town, killing three people, officials there said"}, False),
        ({"source": "B", "tier": 1, "title": "Shells fell on the town, killing three people, officials there said"}, True),
    ],
    ids=["an independent one", "a copy", "a first-tier copy"],
)  # fmt: skip
def test_two_independent_outlets_or_one_of_the_first_tier_bear_a_story_out(
    second: dict[str, object], rings: bool
) -> None:
    room = Newsroom(replace(DESK, corroborate=2))
    room.tick(at(8))
    first = told("c", 8, title="Shells fell on the town, killing three people, officials there said")
    assert held(room, first) == ["uncorroborated"]
    assert bool(room.hear(told("c", 8.1, **second)).alerts) is rings  # type: ignore[arg-type]


def test_what_only_a_rewriter_tells_waits_for_somebody_else() -> None:
    room = Newsroom(DESK)
    room.tick(at(8))
    alone = told("c", 8, tier=3, title="Belligerents engage in exchange of projectiles across frontier")
    assert held(room, alone) == ["uncorroborated"]
    assert room.hear(
        told("c", 8.1, source="B", tier=3, title="Shells fell on the town, officials there said")
    ).alerts


def test_copies_of_one_agency_are_one_voice() -> None:
    room = Newsroom(replace(DESK, corroborate=2))
    room.tick(at(8))
    assert held(room, told("c", 8, title="Troops cross the river in force - Reuters")) == ["uncorroborated"]
    for name in "BCDE":
        assert held(room, told("c", 8.1, source=name, title=f"{name} on the crossing (Reuters)")) == [
            "uncorroborated"
        ]
    assert room.hear(told("c", 8.2, source="F", title="Our man saw them cross")).alerts


def act(name: Act, hour: float = 8.05, until: float | None = None, to: str = "") -> object:
    return command(name, "c", by="Ada", at=at(hour), until=at(until) if until is not None else None, to=to)


ESCALATING = replace(DESK, escalate_to="phone", escalate_after=600.0)


def test_what_nobody_acknowledges_goes_to_another_endpoint_once() -> None:
    room = Newsroom(ESCALATING)
    room.tick(at(8))
    (first,) = room.hear(told("c", 8, 3)).alerts
    assert room.tick(at(8) + timedelta(seconds=599)) == []
    (second,) = room.tick(at(8) + timedelta(seconds=600))
    assert (second.endpoint, second.revision) == ("phone", 1)
    assert second.id != first.id
    assert second.body.reason.startswith("Nobody acknowledged in 10 min: ")
    assert room.tick(at(9)) == []
    turned = told("c", 9, 3, source="B", tier=1, polarity="de-escalation")
    assert [(one.endpoint, one.revision) for one in room.hear(turned).alerts] == [("chat", 2), ("phone", 2)]


@pytest.mark.parametrize("name", ["acknowledge", "claim", "hand_over"])
def test_what_somebody_has_seen_escalates_to_nobody(name: Act) -> None:
    room = Newsroom(ESCALATING)
    room.tick(at(8))
    room.hear(told("c", 8, 3))
    room.desks.handle(act(name, to="Ben"))  # type: ignore[arg-type]
    assert room.tick(at(9)) == []


def test_a_snooze_holds_revisions_until_it_ends_and_the_newest_is_told_once() -> None:
    room = Newsroom()
    room.tick(at(8))
    room.hear(told("c", 8, 1))
    room.desks.handle(act("snooze", until=10))  # type: ignore[arg-type]
    assert held(room, told("c", 8.2, 2, source="B", tier=1)) == ["snoozed"]
    assert room.tick(at(9.9)) == []
    assert [one.revision for one in room.tick(at(10))] == [2]


def test_waking_ends_a_snooze() -> None:
    room = Newsroom()
    room.tick(at(8))
    room.hear(told("c", 8, 1))
    room.desks.handle(act("snooze", until=20))  # type: ignore[arg-type]
    room.hear(told("c", 8.2, 2, source="B", tier=1))
    room.desks.handle(act("wake"))  # type: ignore[arg-type]
    assert [one.revision for one in room.tick(at(8.3))] == [2]


def test_what_waits_is_kept_over_a_restart_and_leaves_in_its_time() -> None:
    desk = replace(DESK, quiet_hours=NIGHT_REST, cap=1, inhibit=3600.0)
    room = Newsroom(desk)
    stored: dict[str, bytes | None] = {}
    stored |= room.desks.handle(command("claim", "x", by="Ada", at=at(23))).puts
    for message in (told("c", 23), told("d", 23.1, 3)):
        for out in room.ledger.handle(message).outputs:
            if not isinstance(out.message, Detection):
                continue
            stored |= room.desks.handle(out.message).puts
    again = Newsroom(desk)
    again.desks.restore((key, value) for key, value in stored.items() if value is not None)
    assert [alert.body.cluster for alert in again.tick(at(31))] == ["c"]


def test_an_endpoint_of_two_desks_gets_one_message_of_both_when_one_of_them_does_not_wait() -> None:
    room = Newsroom(DESK, replace(DESK, id="night", digest=(480,)))
    room.tick(at(9))
    (alert,) = room.hear(told("c", 9)).alerts
    assert alert.body.desk == "world, night"
    assert room.tick(at(33)) == []


def test_what_is_taken_back_while_it_waits_is_never_told() -> None:
    room = Newsroom(replace(DESK, group_wait=600.0))
    room.tick(at(8))
    held(room, told("c", 8))
    killed = told("c", 8.1)
    room.hear(replace(killed, story=replace(killed.story, withdrawn="killed: untrue", version="2")))
    assert room.tick(at(9)) == []


def test_less_than_a_minute_is_told_in_seconds() -> None:
    assert say_time(timedelta(seconds=30)) == "30 s"


def test_no_figure_is_said_to_beat_a_greater_one_where_a_lone_outlet_tells_more_than_the_rest() -> None:
    room = Newsroom()
    room.hear(story("old", when("2025-05-20"), claim(810)))
    heard = room.hear(
        *(story("new", at(8 + n / 10), claim(472), source=f"S{n}") for n in range(4)),
        story("new", at(9), claim(850, qualifier="at_least"), source="Blog"),
    )
    assert not [alert.body.reason for alert in heard.alerts if "472 drones beats" in alert.body.reason]

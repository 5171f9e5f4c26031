"""One alert a cluster and endpoint, a revision on a named change alone, and a reason for all that stays unsaid."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from tests.streams.rules.desk_stories import WORLD, Newsroom, escalation
from tests.streams.rules.ledger_stories import claim, story, when
from wirewatch.messages import ClaimStatus, ClusteredStory, Merge, Near, Polarity, Setting, Subject
from wirewatch.settings import DeskSettings

NIGHT = "2025-06-01"


def test_a_broken_record_rings_once_and_forty_copies_ring_nothing() -> None:
    room = Newsroom()
    first = room.hear(story("c", when(NIGHT), claim(472), source="A", title="Largest attack"))
    (alert,) = first.alerts
    assert alert.body.reason == "Record: 472 drones beats 355 of 26 May 2025 (Ukrainian Air Force)"
    assert (alert.body.figure, alert.body.priority, alert.revision) == (472, "urgent", 1)
    for number in range(40):
        later = room.hear(story("c", when(NIGHT, 7.2), claim(472), source=f"Outlet {number}"))
        assert not later.alerts
        assert [held.reason for held in later.held] == ["already_told"]


def test_a_figure_made_exact_is_the_same_alerts_next_revision() -> None:
    room = Newsroom()
    first = room.hear(story("c", when(NIGHT), claim(400, qualifier="at_least"), source="A"))
    second = room.hear(story("c", when(NIGHT, 7.1), claim(472), source="B"))
    again = room.hear(story("c", when(NIGHT, 7.2), claim(470, qualifier="at_least"), source="C"))
    assert [one.id for one in first.alerts] == [one.id for one in second.alerts]
    (revision,) = second.alerts
    assert revision.revision == 2
    assert revision.webhook_id != first.alerts[0].webhook_id
    assert revision.body.reason.startswith(
        "Figure made exact: at least 400 drones → 472 drones; beats 355 of 26 May 2025"
    )
    assert [(one.figure, one.outlets) for one in revision.body.figures] == [(472, 1), (400, 1)]
    assert not again.alerts


def test_a_figure_does_not_go_back_and_forth_between_outlets() -> None:
    room = Newsroom()
    day = "2025-09-07"
    sent = [
        alert.body.figure
        for number, figure in enumerate([805, 805, 810, 805, 810, 805, 805, 810, 805])
        for alert in room.hear(
            story("c", when(day, 6 + number / 10), claim(figure), source=f"Outlet {number}")
        ).alerts
    ]
    assert sent == [805, 810]


@pytest.mark.parametrize("status", ["near_miss", "hypothetical", "historic", "denied"])
def test_what_the_text_does_not_claim_is_held_back_by_that_name(status: ClaimStatus) -> None:
    heard = Newsroom().hear(story("c", when(NIGHT), claim(472, status=status)))
    assert not heard.alerts
    assert [held.reason for held in heard.held] == [status]


@pytest.mark.parametrize(("figure", "reason"), [(355, "tie"), (300, "below"), (None, "not_compared")])
def test_what_the_ledger_does_not_bear_out_is_held_back(figure: float | None, reason: str) -> None:
    room = Newsroom()
    room.hear(story("before", when("2025-05-26"), claim(355), source="A"))
    heard = room.hear(story("c", when(NIGHT), claim(figure)))
    assert not heard.alerts
    assert [held.reason for held in heard.held] == [reason]


def test_a_second_cluster_of_the_same_night_rings_no_second_record() -> None:
    room = Newsroom()
    room.hear(story("c", when(NIGHT), claim(472), source="A", escalations=(escalation(3),)))
    heard = room.hear(story("d", when(NIGHT, 9), claim(472), source="B", escalations=(escalation(3),)))
    assert not heard.alerts
    assert [held.reason for held in heard.held] == ["same_record"]
    assert "told of c" in heard.held[0].detail


def test_what_another_cluster_of_the_night_tells_exactly_is_a_revision_of_the_alert_that_rang() -> None:
    room = Newsroom()
    (first,) = room.hear(story("c", when(NIGHT), claim(400, qualifier="at_least"), source="A")).alerts
    heard = room.hear(story("d", when(NIGHT, 8), claim(472), source="B"))
    (revision,) = heard.alerts
    assert (revision.id, revision.revision, revision.body.figure) == (first.id, 2, 472)
    assert not room.hear(story("d", when(NIGHT, 9), claim(472), source="C")).alerts


def nearly(message: ClusteredStory, cluster: str, margin: float = -0.4) -> ClusteredStory:
    """The story as one that nearly joined a cluster."""
    return replace(message, near=Near(cluster, margin, "its first story"))


def test_a_retelling_whose_figure_counts_as_another_metric_is_the_same_record() -> None:
    room = Newsroom()
    room.hear(story("c", when(NIGHT), claim(472), source="A", escalations=(escalation(3),)))
    shot_down = Subject("drones", "interception", "ukraine", None)
    retold = story("d", when(NIGHT, 9), claim(472, shot_down), source="B", escalations=(escalation(3),))
    assert [held.reason for held in room.hear(nearly(retold, "c")).held] == ["same_record"]
    copied = story("d", when(NIGHT, 10), claim(472, shot_down), source="C", escalations=(escalation(3),))
    assert not room.hear(copied).alerts


@pytest.mark.parametrize(("tier", "margin"), [(1, -0.2), (2, -0.9), (3, -1.4)])
def test_a_lone_outlets_retelling_of_a_turn_waits_for_a_second_outlet(tier: int, margin: float) -> None:
    room = Newsroom()
    swap = (escalation(2, "de-escalation"),)
    assert room.hear(story("c", when(NIGHT), source="A", escalations=swap)).alerts
    lone = nearly(story("d", when(NIGHT, 9), source="B", tier=tier, escalations=swap), "c", margin)
    heard = room.hear(lone)
    assert not heard.alerts
    assert [held.reason for held in heard.held] == ["retold"]
    assert room.hear(story("d", when(NIGHT, 10), source="C", escalations=swap, outlets=2)).alerts


@pytest.mark.parametrize(
    ("severity", "polarity", "tier", "margin", "hour"),
    [
        (3, "de-escalation", 2, -0.4, 9),
        (2, "escalation", 2, -0.4, 9),
        (2, "de-escalation", 1, -0.4, 9),
        (2, "de-escalation", 2, -1.2, 9),
        (2, "de-escalation", 2, -0.4, 33),
    ],
    ids=["further", "the other way", "of the first tier", "not so near", "a day later"],
)
def test_what_is_more_than_a_retelling_rings(
    severity: int, polarity: Polarity, tier: int, margin: float, hour: float
) -> None:
    room = Newsroom()
    room.hear(story("c", when(NIGHT), source="A", escalations=(escalation(2, "de-escalation"),)))
    other = story(
        "d", when(NIGHT, hour), source="B", tier=tier, escalations=(escalation(severity, polarity),)
    )
    assert room.hear(nearly(other, "c", margin)).alerts


@pytest.mark.parametrize(
    ("counted", "hour", "rings"),
    [(400, 9, False), (470, 9, False), (480, 9, True), (400, 23, True)],
    ids=["in hundreds", "in tens", "another count", "the next night"],
)
def test_a_rounder_count_of_the_record_that_rang_is_the_same_night(
    counted: int, hour: float, rings: bool
) -> None:
    room = Newsroom()
    assert room.hear(story("c", when(NIGHT), claim(472), source="A", escalations=(escalation(3),))).alerts
    many = replace(escalation(3), parts=("act 2: armed strike", f"scale +1: {counted} drones"))
    heard = room.hear(story("d", when(NIGHT, hour), source="B", escalations=(many,)))
    assert bool(heard.alerts) is rings
    assert rings or [held.reason for held in heard.held] == ["same_record"]


def test_two_alerts_of_one_event_become_the_older_one_which_tells_nothing_twice() -> None:
    room = Newsroom()
    (older,) = room.hear(story("c", when("2025-05-25"), claim(298), source="A")).alerts
    room.hear(story("d", when("2025-05-26"), claim(355), source="A"))
    room.hear(Merge("c", "d", "one event", when("2025-05-26", 8)))
    assert not room.hear(story("c", when("2025-05-26", 9), claim(355), source="B")).alerts
    later = [room.hear(story("c", when("2025-05-26", 9), claim(357), source=name)).alerts for name in "CD"]
    assert [alert.id for alerts in later for alert in alerts] == [older.id]


def test_a_first_without_a_figure_rings_as_a_bulletin_and_once() -> None:
    room = Newsroom()
    absent = claim(subject=Subject(None, "attend", "united-states"), direction="first", scope="in 3 years")
    (alert,) = room.hear(story("c", when(NIGHT), absent, source="A")).alerts
    assert (alert.body.kind, alert.body.priority, alert.body.figure) == ("record", "bulletin", None)
    assert alert.body.reason == "First: in 3 years; no figure to compare"
    assert not room.hear(story("c", when(NIGHT, 8), absent, source="B")).alerts


def test_a_muted_metric_is_held_back_until_the_mute_ends() -> None:
    room = Newsroom()
    room.desks.handle(
        Setting("mute/metric/drones-attack-ukraine-max", when(NIGHT, 12).isoformat(), "ana", when(NIGHT, 6))
    )
    held = room.hear(story("c", when(NIGHT), claim(472), source="A")).held
    assert [(one.reason, one.detail) for one in held] == [
        ("muted", "metric drones-attack-ukraine-max, by ana")
    ]
    assert room.hear(story("c", when(NIGHT, 13), claim(472), source="B")).alerts


def test_a_lifted_mute_holds_nothing_back() -> None:
    room = Newsroom()
    room.desks.handle(Setting("mute/words/drone attack", "always", "ana", when(NIGHT, 6)))
    assert not room.hear(story("c", when(NIGHT), claim(472), title="Largest drone attack", source="A")).alerts
    room.desks.handle(Setting("mute/words/drone attack", "", "ana", when(NIGHT, 7)))
    assert room.hear(story("c", when(NIGHT, 8), claim(472), title="Largest drone attack", source="B")).alerts


def test_a_severity_told_higher_by_one_outlet_of_the_second_tier_is_no_news_and_by_two_is() -> None:
    room = Newsroom()
    room.hear(story("c", when(NIGHT), source="A", escalations=(escalation(2),)))
    assert not room.hear(story("c", when(NIGHT, 7.5), source="B", escalations=(escalation(3),))).alerts
    (alert,) = room.hear(story("c", when(NIGHT, 8), source="C", escalations=(escalation(3),))).alerts
    assert alert.body.reason.startswith("Severity up: severity 2 → 3")
    assert (alert.revision, alert.body.priority) == (2, "flash")


def test_a_reversal_is_a_revision() -> None:
    room = Newsroom()
    room.hear(story("c", when(NIGHT), source="A", escalations=(escalation(3),)))
    (alert,) = room.hear(
        story("c", when(NIGHT, 20), source="A", tier=1, escalations=(escalation(3, "de-escalation"),))
    ).alerts
    assert alert.body.reason.startswith("Reversal: escalation → de-escalation")


def test_a_turn_that_no_word_tells_is_a_bulletin_until_an_outlet_tells_it_in_words() -> None:
    room = Newsroom(replace(WORLD, at_least="urgent"))
    likely = replace(escalation(2), parts=("act 2: learned, 76% sure, by eludes, escort",))
    assert not room.hear(story("c", when(NIGHT), source="A", escalations=(likely,))).alerts
    (alert,) = room.hear(story("c", when(NIGHT, 8), source="B", escalations=(escalation(2),))).alerts
    assert alert.body.priority == "urgent"


def test_how_markets_took_a_strike_makes_no_record_of_its_alert() -> None:
    room = Newsroom()
    assert room.hear(story("c", when(NIGHT), source="A", escalations=(escalation(3),))).alerts
    oil = claim(9, Subject("percent", None, None, None, ("brent", "move")), scope="since 2022")
    heard = room.hear(story("c", when(NIGHT, 8), oil, source="B"))
    assert not heard.alerts
    assert heard.held


def test_a_first_makes_no_record_of_its_alert_by_a_figure_beside_it() -> None:
    room = Newsroom()
    assert room.hear(story("c", when(NIGHT), source="A", escalations=(escalation(2),))).alerts
    beside = claim(19, Subject("incursions", "intercept", None, "nato"), comparator="first")
    heard = room.hear(story("c", when(NIGHT, 8), beside, source="B"))
    assert not heard.alerts
    assert heard.held


def test_outlets_that_tell_of_a_reversal_need_not_agree_how_far_it_goes() -> None:
    room = Newsroom()
    room.hear(story("c", when(NIGHT), source="A", escalations=(escalation(2),)))
    assert not room.hear(
        story("c", when(NIGHT, 10), source="B", escalations=(escalation(3, "de-escalation"),))
    ).alerts
    (alert,) = room.hear(
        story("c", when(NIGHT, 11), source="C", escalations=(escalation(2, "de-escalation"),))
    ).alerts
    assert alert.body.reason.startswith("Reversal: escalation → de-escalation")


def test_a_webhooks_id_is_the_same_whenever_and_wherever_it_is_worked_out() -> None:
    def ids(at_hour: float) -> list[str]:
        room = Newsroom()
        room.tick(when(NIGHT, at_hour))
        sent = room.hear(
            story("c", when(NIGHT), claim(400, qualifier="at_least"), source="A"),
            story("c", when(NIGHT, 7.1), claim(472), source="B"),
        ).alerts
        return [alert.webhook_id for alert in sent]

    assert ids(7) == ids(9)
    assert len(set(ids(7))) == 2


def test_nothing_is_said_of_a_story_without_a_finding() -> None:
    room = Newsroom()
    room.hear(story("c", when(NIGHT), claim(472), source="A"))
    heard = room.hear(story("c", when(NIGHT, 8), source="B"))
    assert (heard.alerts, heard.held) == ([], [])


def test_the_best_outlets_title_stands_for_the_cluster() -> None:
    room = Newsroom()
    room.hear(
        story("c", when(NIGHT), claim(400, qualifier="at_least"), source="A", tier=3, title="Mighty swarm")
    )
    (alert,) = room.hear(
        story("c", when(NIGHT, 8), claim(472), source="B", tier=1, title="Russia fires 472")
    ).alerts
    assert (alert.body.headline, alert.body.source) == ("Russia fires 472", "B")


def test_a_record_after_a_plain_escalation_is_a_revision_of_the_same_alert() -> None:
    room = Newsroom()
    (first,) = room.hear(story("c", when(NIGHT), source="A", escalations=(escalation(3),))).alerts
    (second,) = room.hear(
        story("c", when(NIGHT, 7.5), claim(472), source="B", escalations=(escalation(3),))
    ).alerts
    assert (first.body.kind, second.body.kind) == ("escalation", "record")
    assert (first.id, second.revision) == (second.id, 2)
    assert (second.body.severity, second.body.polarity) == (3, "escalation")


def test_a_denial_is_a_revision_that_says_so() -> None:
    room = Newsroom()
    room.hear(story("c", when(NIGHT), claim(472), source="A"))
    (revision,) = room.hear(
        story(
            "c",
            when(NIGHT, 10),
            claim(472, status="denied", sentence="No record, the air force says."),
            source="B",
        )
    ).alerts
    assert revision.body.reason.startswith("Denied: 472 drones counts no more")
    assert revision.body.beats is None


def test_the_older_alert_goes_on_after_a_merge_and_none_rings_anew() -> None:
    room = Newsroom()
    (older,) = room.hear(story("c", when(NIGHT), source="A", escalations=(escalation(2),))).alerts
    (younger,) = room.hear(story("d", when(NIGHT, 7.5), claim(400, qualifier="at_least"), source="B")).alerts
    merged = room.hear(Merge("c", "d", "one event", when(NIGHT, 8)))
    (revision,) = room.hear(story("c", when(NIGHT, 8.5), claim(472), source="C")).alerts
    assert older.id != younger.id
    assert not merged.alerts
    assert (revision.id, revision.revision, revision.body.kind) == (older.id, 2, "record")


def test_old_news_is_held_back_and_a_fresh_story_of_the_cluster_rings_later() -> None:
    room = Newsroom()
    old = room.hear(story("c", when(NIGHT), claim(472), source="A", first_poll=True))
    fresh = room.hear(story("c", when(NIGHT, 7.2), claim(472), source="B"))
    assert [held.reason for held in old.held] == ["first_poll"]
    assert [alert.body.figure for alert in fresh.alerts] == [472]


def test_a_story_that_may_not_ring_lends_an_alert_neither_headline_nor_words_nor_severity() -> None:
    room = Newsroom()
    old = story(
        "c", when(NIGHT), source="A", tier=1, title="What stood there", first_poll=True,
        escalations=(escalation(3, sentence="A war began."),),
    )  # fmt: skip
    assert [held.reason for held in room.hear(old).held] == ["first_poll"]
    fresh = story("c", when(NIGHT, 8), source="B", title="What is new", escalations=(escalation(2),))
    (alert,) = room.hear(fresh).alerts
    assert (alert.body.headline, alert.body.sentence) == ("What is new", "A city was struck.")
    assert (alert.body.source, alert.body.severity, alert.body.priority) == ("B", 2, "urgent")


def test_every_revision_carries_the_headline_that_the_first_was_told_under() -> None:
    room = Newsroom()
    (first,) = room.hear(
        story("c", when(NIGHT), claim(400, qualifier="at_least"), source="A", title="Over 400")
    ).alerts
    (second,) = room.hear(story("c", when(NIGHT, 8), claim(472), source="B", title="Exactly 472")).alerts
    assert second.body.headline != first.body.headline
    assert second.first_headline == first.first_headline == first.body.headline


def test_undated_on_a_first_poll_is_a_reason_of_its_own() -> None:
    heard = Newsroom().hear(story("c", when(NIGHT), claim(472), first_poll=True, undated=True))
    assert [held.reason for held in heard.held] == ["undated"]


def test_too_old_by_the_newest_tick_is_held_back() -> None:
    room = Newsroom()
    room.tick(when("2025-06-02", 8))
    heard = room.hear(story("c", when(NIGHT), claim(472)))
    assert [held.reason for held in heard.held] == ["too_old"]


def test_what_is_late_but_still_news_rings_and_says_by_how_much() -> None:
    room = Newsroom()
    room.tick(when(NIGHT, 10))
    (alert,) = room.hear(story("c", when(NIGHT, 7), claim(472))).alerts
    assert alert.body.late_by == timedelta(hours=3).total_seconds()


def test_an_endpoint_of_two_desks_gets_one_message_that_names_both() -> None:
    room = Newsroom(WORLD, DeskSettings("war", ("chat", "pager")))
    heard = room.hear(story("c", when(NIGHT), claim(472)))
    assert [(alert.endpoint, alert.body.desk) for alert in heard.alerts] == [
        ("chat", "world, war"),
        ("pager", "war"),
    ]
    assert not heard.held


def test_a_desk_that_hears_of_other_kinds_or_of_more_urgent_news_says_so() -> None:
    room = Newsroom(
        DeskSettings("a", ("x",), kinds=("escalation",)), DeskSettings("b", ("y",), at_least="flash")
    )
    heard = room.hear(story("c", when(NIGHT), claim(472)))
    assert {held.desk: held.reason for held in heard.held} == {"a": "kind_not_wanted", "b": "below_priority"}

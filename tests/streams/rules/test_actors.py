"""Who did it to whom: who only tells of it did nothing, and may be the one whom it befell."""

import pytest

from tests.streams.rules.escalation_stories import escalation_of, event_of


@pytest.mark.parametrize(
    ("title", "actor", "target"),
    [
        ("Ukraine's air force says Russia fired 472 drones", "russia", "ukraine"),
        ("Russia fires 472 drones, Ukraine's air force says", "russia", "ukraine"),
        ("According to Ukraine, Russia launched 355 drones", "russia", "ukraine"),
        ("Armenia says Azerbaijani troops crossed border", "azerbaijan", "armenia"),
        ("Pakistan says India fired missiles at three air bases", "india", "pakistan"),
        ("Cambodia accuses Thailand of bombing temple", "thailand", "cambodia"),
        ("Israel says it struck Iranian missile sites", "israel", "iran"),
        ("Iran fires missiles at Israel, Israeli army says", "iran", "israel"),
        ("Kyiv hit by Russian missiles, mayor says", "russia", "ukraine"),
        ("Houthis fire missile at Israel", "houthis", "israel"),
        ("US strikes Houthi targets in Yemen", "united states", "houthis"),
        ("M23 rebels capture Goma in eastern Congo, UN says", "m23", "congo"),
        ("Trump gives Putin two-week deadline", "united states", "russia"),
    ],
)
def test_who_did_it_to_whom(title: str, actor: str, target: str) -> None:
    found = escalation_of(title)
    assert found is not None
    assert (found.actor, found.target) == (actor, target)


@pytest.mark.parametrize(
    ("title", "actor", "target"),
    [
        ("Over 400 drones sent at Ukraine overnight, largest drone attack yet", None, "ukraine"),
        ("Ukraine faces 472 drones, the most of the war", None, "ukraine"),
        ("Ukraine: 472 Russian drones in one night, largest number of the war", "russia", None),
        ("Israel endures missile barrage", None, "israel"),
    ],
)
def test_who_is_struck_did_nothing_and_whose_weapons_they_are_did_it(
    title: str, actor: str | None, target: str | None
) -> None:
    found = escalation_of(title)
    assert found is not None
    assert (found.actor, found.target) == (actor, target)


def test_a_deadline_that_is_given_is_no_gift() -> None:
    event = event_of("Trump gives Putin two-week deadline")
    assert (event.polarity, event.form, event.violent) == ("conflict", "verbal", False)

"""Which stories are found worth comparing."""

from streams.rules.candidates import Candidates
from streams.rules.cluster_entries import pack
from streams.rules.shelf import Shelf
from tests.streams.rules.clustering import told

REPORT = told(
    "Ferry hits pier at Port Lunden",
    "A commuter ferry hit a concrete pier in fog while docking, injuring fourteen people, the coast guard said. "
    "Divers examined the hull for cracks.",
)
# What a feature is full of, and no report.
SYLLABLES = ("ba", "cho", "fi", "go", "hu", "le", "mi", "no", "pu", "ra", "si", "vu")
COLOUR = " ".join(f"She hums a {syllable}lume, a {syllable}lume." for syllable in SYLLABLES)
FEATURE = told(
    "What the woman at the kiosk hums",
    f"{COLOUR} Every morning, before rolls and papers arrive, people stop, pay, talk of weather, children, football, "
    "rents, knees, dogs, trains, doctors, pensions, neighbours, holidays, soup, cousins, cards, shoes, bread, gardens, "
    "taxes, roofs, songs, letters, bicycles, windows, stairs, coats, and then they go to their work again. "
    "Then a ferry came out of the fog. The ferry struck the pier; divers looked at its hull.",
    hours=20,
    source="weekly",
)


def test_a_feature_s_own_colour_does_not_hide_the_event_that_it_tells() -> None:
    shelf = Shelf()
    candidates = Candidates(shelf)
    slots = [
        shelf.add(pack(story.signature), at=story.story.at.timestamp(), order=order)
        for order, story in enumerate((REPORT, FEATURE))
    ]
    for slot in slots:
        candidates.add(slot)
    assert slots[0] in candidates.find(slots[1])


def test_a_story_is_no_candidate_for_itself() -> None:
    shelf = Shelf()
    candidates = Candidates(shelf)
    slot = shelf.add(pack(REPORT.signature), at=REPORT.story.at.timestamp(), order=0)
    candidates.add(slot)
    assert slot not in candidates.find(slot)

"""Which stories are found worth comparing."""

import numpy as np

from streams.rules.candidates import Candidates
from streams.rules.cluster_entries import pack, store
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


TRUCE = told(
    "Pakistan and Afghanistan agree to ceasefire", "The truce takes effect at once, mediators in Doha said."
)
REWRITTEN = told(
    "Islamabad And Kabul Concur On Cessation Of Combat",
    "Emirate emissaries disclosed the understanding following deliberations.",
    hours=1,
    source="echo",
)


def test_a_rewrite_that_leaves_no_word_is_found_by_the_two_countries_that_it_names() -> None:
    shelf = Shelf()
    candidates, restored = Candidates(shelf), Candidates(shelf)
    slots = [
        shelf.add(store(story, order).packed, at=story.story.at.timestamp(), order=order)
        for order, story in enumerate((TRUCE, REPORT, REWRITTEN))
    ]
    for slot in slots:
        candidates.add(slot)
    restored.add_all(np.array(slots))
    for index in (candidates, restored):
        assert slots[0] in index.find(slots[2])
        assert slots[1] not in index.find(slots[2])
    candidates.remove(slots[0])
    assert slots[0] not in candidates.find(slots[2])

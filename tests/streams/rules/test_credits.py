"""Whose report a story is, and where a cluster's reports come from."""

import pytest
from msgspec.structs import replace

from streams.rules.clusters import Clusters
from streams.rules.credits import credited
from tests.streams.rules.clustering import merges, standing, told
from wirewatch.messages import AnalysedStory, Cluster, Origin

TEXT = "A bus fell into a ravine near Huaraquil in Cordera on Monday, killing 24 pilgrims, the ministry said."


@pytest.mark.parametrize(
    ("text", "agency"),
    [
        (f"HUARAQUIL, Cordera (AP) — {TEXT}", "AP"),
        (f"HUARAQUIL, Oct 6 (Reuters) - {TEXT}", "Reuters"),
        (f"HUARAQUIL (Andes Press) - {TEXT}", "Andes Press"),
        (f"{TEXT} The driver had warned of the brakes, Agence France-Presse reported.", "AFP"),
        (f"{TEXT} According to Reuters, the road has no barrier.", "Reuters"),
        (f"{TEXT} The news agency Interfax quoted a rescuer.", "Interfax"),
        (f"{TEXT} The driver lives, the Borealia news agency says.", "Borealia"),
        (f"{TEXT} (dpa)", "dpa"),
        (TEXT, ""),
        (f"{TEXT} The company (Expreso Andino) was founded in 1962.", ""),
        (f"{TEXT} The state news agency is silent.", ""),
        ("(" * 200_000, ""),
        ("Reuters " * 50_000, ""),
    ],
)
def test_the_agency_that_a_text_credits_is_named_by_its_usual_name(text: str, agency: str) -> None:
    assert credited(told("Bus falls into ravine", text).story) == agency


def test_an_agency_s_own_report_is_its_own() -> None:
    assert credited(told("Bus falls into ravine", TEXT, source="Associated Press").story) == "AP"


def crash(source: str, hours: float, text: str = TEXT) -> AnalysedStory:
    story = told(f"Bus falls into ravine in Cordera, 24 dead, {source}", text, hours=hours, source=source)
    return replace(story, credit=credited(story.story))


def origin(*stories: AnalysedStory) -> Origin:
    clusters = Clusters()
    found: Cluster | None = None
    for story in stories:
        change = clusters.handle(story)
        assert not merges(change)
        found = standing(change)
    assert found is not None
    assert found.origin is not None
    return found.origin


def test_a_cluster_names_the_agency_that_most_outlets_credit() -> None:
    ap = f"HUARAQUIL, Cordera (AP) — {TEXT}"
    found = origin(
        crash("Morning Star", 0),
        crash("Post", 1, ap),
        crash("Herald", 2, ap),
        crash("Sun", 3, f"HUARAQUIL (Reuters) - {TEXT}"),
        crash("AP", 4),
    )
    assert (found.name, found.via, found.credited) == ("AP", 2, True)
    assert found.story.startswith("Post/")
    assert found.text == "AP via 2 outlets"


def test_where_nobody_is_credited_the_first_outlet_is_named() -> None:
    found = origin(crash("Morning Star", 0), crash("Post", 1), crash("Herald", 2))
    assert (found.name, found.via, found.credited) == ("Morning Star", 2, False)
    assert found.text == "Morning Star first, then 2 outlets"


def test_one_outlet_alone_is_its_own_origin() -> None:
    assert origin(crash("Morning Star", 0)).text == "Morning Star"

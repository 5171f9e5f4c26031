"""Which headline stands over a story, and which record is its own."""

from pathlib import Path

import pytest
from msgspec.structs import replace

from console.filling import fill
from console.heading import Heading, headline_of, is_own_record
from console.schema import open_store
from console.story import story_page
from console.wire import Wanted, wire
from tests.console.wires import NEW, OLD, cluster, clustered, incoming, record_story, story
from wirewatch.messages import (
    ClusteredStory,
    Detection,
    Figure,
    JudgedClaim,
    LedgerWord,
    RecordClaim,
    RecordStep,
    Span,
    Subject,
)
from wirewatch.topics import CLUSTERED, DETECTIONS

FIRST = "Over 400 drones sent"
LATER = "472 drones, says air force"


def told(
    number: int,
    title: str,
    figure: float | None = None,
    unit: str = "drones",
    *,
    lang: str = "en",
    gone: bool = False,
) -> ClusteredStory:
    found = () if figure is None else (Figure("title", 0, 3, title[:3], figure, unit),)
    item = story(number, title, lang=lang, withdrawn="killed" if gone else None)
    return ClusteredStory("c", "update", "r", item, 1, 1, figures=found)


def test_a_headline_gives_way_to_the_earliest_that_has_the_figure_as_it_stands() -> None:
    reports = [told(1, FIRST, 400.0), told(2, LATER, 472.0), told(3, "472 drones in a night", 472.0)]
    assert headline_of(FIRST, Heading(472.0, "drones"), reports) == LATER


@pytest.mark.parametrize(
    ("heading", "reports"),
    [
        (Heading(None, None), [told(1, FIRST, 400.0), told(2, LATER, 472.0)]),
        (Heading(400.0, "drones"), [told(1, FIRST, 400.0), told(2, "400 drones, no more", 400.0)]),
        (Heading(472.0, "drones"), [told(1, FIRST, 400.0), told(2, "472 hurt", 472.0, "injured")]),
        (Heading(472.0, "drones"), [told(1, FIRST, 400.0), told(2, "472 Drohnen", 472.0, lang="de")]),
        (Heading(472.0, "drones"), [told(1, FIRST, 400.0), told(2, LATER, 472.0, gone=True)]),
        (Heading(472.0, "drones"), [told(1, FIRST, 400.0), told(2, "A night of drones")]),
        (Heading(472.0, "drones"), []),
    ],
    ids=[
        "no figure",
        "it gives it",
        "of another thing",
        "in another language",
        "withdrawn",
        "none does",
        "none yet",
    ],
)
def test_the_first_headline_stays(heading: Heading, reports: list[ClusteredStory]) -> None:
    assert headline_of(FIRST, heading, reports) == FIRST


@pytest.mark.parametrize("turned", [False, True], ids=["in order", "turned round"])
def test_the_wire_shows_the_headline_with_the_figure_however_its_messages_come(
    tmp_path: Path, turned: bool
) -> None:
    store = open_store(tmp_path / "m.sqlite")
    exact = incoming(CLUSTERED, replace(told(2, LATER, 472.0), cluster="c-record"), "c-record")
    given = record_story()
    messages = [*given[:4], exact, *given[5:]]
    fill(store, messages[::-1] if turned else messages)
    assert [line["headline"] for line in wire(store, Wanted())] == [LATER]
    assert [line["id"] for line in wire(store, Wanted(words="over 400"))] == ["c-record"]


def again(name: str, outcome: str, record: RecordStep) -> Detection:
    sentence = Span("text", 0, 4, "Told")
    claim = RecordClaim("claimed", "most", "max", sentence, (), Subject("drones"), 472.0, "drones")
    word = LedgerWord(outcome, "r", "drones-ukraine", OLD, record)  # type: ignore[arg-type]
    return Detection(
        "d-2", name, "found", story(9, "Talks in Istanbul"), "new", 1,
        records=(JudgedClaim(claim, word),), metric="drones-ukraine", record=record, beats=OLD,
    )  # fmt: skip


def test_a_story_that_tells_anothers_record_again_has_none_of_its_own(tmp_path: Path) -> None:
    store = open_store(tmp_path / "m.sqlite")
    fill(
        store,
        [
            cluster("c-talks", "Talks in Istanbul"),
            clustered("c-talks", story(9, "Talks in Istanbul")),
            incoming(DETECTIONS, again("c-talks", "same", NEW), "c-talks"),
        ],
    )
    (line,) = wire(store, Wanted())
    page = story_page(store, "c-talks")
    assert page is not None
    assert (line["record"], line["figure"], page["record_words"], page["ready"]) == (False, None, None, None)
    assert [each["outcome"] for each in page["decided"]] == ["same"]


@pytest.mark.parametrize(
    ("outcome", "record", "own"),
    [("same", NEW, False), ("broken", NEW, True), ("same", RecordStep(472.0, "2025-06-01", "x"), True)],
    ids=["told again", "it broke it", "of nobody known"],
)
def test_whose_record_it_is(outcome: str, record: RecordStep, own: bool) -> None:
    found = again("c-talks", outcome, record)
    assert is_own_record(found, ["c-talks"]) is own
    assert is_own_record(found, ["c-talks", "c-record"])

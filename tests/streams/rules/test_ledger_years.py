"""Three years of nights in text: every night that broke the record is found, with what it beats, and none other."""

from datetime import date, timedelta

from streams.rules.analysis import analyse_story
from streams.rules.ledger_book import LedgerBook
from tests.streams.rules.ledger_stories import detection, when
from wirewatch.messages import ClusteredStory, Story

NIGHTS = 1_095
FIRST = date(2023, 1, 1)
# How a night is told that broke the record, and one that did not; some of those claim it all the same.
BROKE = [
    "Russia fires {n} drones at Ukraine in largest drone attack of the war",
    "Ukraine counts {n} Russian drones overnight, the most since the invasion began",
    "Record {n} drones launched at Ukraine in one night",
    "No night of the war has seen more drones over Ukraine: Russia launches {n}",
    "Russia launches {n} drones at Ukraine overnight",
]
DID_NOT = [
    "Russia launches {n} drones at Ukraine overnight",
    "Ukraine's air defence faces {n} Russian drones",
    "Russia pounds Ukraine with {n} drones, one of the largest attacks of the war",
    "Russia fires {n} drones at Ukraine in biggest drone attack of the war",
]


def nights(seed: int) -> list[tuple[str, int, str, float | None]]:
    """Day, drones, headline and, where the record fell, the one that it beat: drawn by a fixed sequence."""
    found: list[tuple[str, int, str, float | None]] = []
    state, best = seed, 60
    for number in range(NIGHTS):
        state = (state * 1_103_515_245 + 12_345) % 2**31
        level = 40 + number // 3
        drones = level + state % level
        beaten = best if drones > best else None
        tellings = BROKE if beaten is not None else DID_NOT
        headline = tellings[state // 7 % len(tellings)].format(n=drones)
        found.append((str(FIRST + timedelta(days=number)), drones, headline, beaten))
        best = max(best, drones)
    return found


def broken(ledger: LedgerBook, day: str, headline: str, outlet: str) -> float | None:
    """Return what a night's story beats, by the ledger's word on it."""
    at = when(day)
    story = Story(f"{day}/{outlet}", "1", "f", outlet, headline, at, published=at, lang="en")
    read = analyse_story(story, None)
    clustered = ClusteredStory(
        day, "new", "", story, 1, 1, figures=read.figures, claims=read.claims, escalations=read.escalations
    )
    change = ledger.handle(clustered)
    said = detection(change).records if change.outputs else ()
    return next(
        (
            judged.word.beats.figure
            for judged in said
            if judged.word.outcome == "broken" and judged.word.beats
        ),
        None,
    )


def test_three_years_of_nights_in_text_hold_the_records_that_fell_and_no_other() -> None:
    ledger = LedgerBook(pages=())
    opening = "Russia launches 60 drones at Ukraine, largest drone attack of the war"
    broken(ledger, "2022-12-31", opening, "Agency")
    series = nights(7)
    got = [(day, broken(ledger, day, headline, "Agency")) for day, _, headline, _ in series]
    assert sum(beaten is not None for *_, beaten in series) > 15
    assert [entry for entry in got if entry[1] is not None] == [
        (day, float(beaten)) for day, _, _, beaten in series if beaten is not None
    ]

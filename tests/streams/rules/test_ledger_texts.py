"""The ledger over series told in words: our own, on real figures, true and false claims mixed."""

from collections.abc import Iterable

import pytest

from streams.rules.analysis import analyse_story
from streams.rules.ledger_book import LedgerBook
from streams.rules.pages import Page
from tests.streams.rules.ledger_stories import detection, when
from wirewatch.messages import ClusteredStory, LedgerOutcome, Story

# Day, cluster, title, summary; then the word on its claimed figure, and what that beats. None: no claim that is borne out.
Word = tuple[str, LedgerOutcome | None, float | None]
Told = tuple[str, str, str, str, LedgerOutcome | None, float | None]

SERIES: dict[str, list[Told]] = {
    "heat in Belgium": [
        ("2019-07-28", "a", "Belgium breaks heat record with 41.8C at Begijnendijk",
         "The old national record was 36.6C, set in 1947.", "broken", 36.6),
        ("2019-07-29", "a", "41.8C: Belgium's hottest day ever", "Forecasters confirmed the reading.", "same", 36.6),
        ("2022-07-19", "b", "Belgium swelters in 38.1C", "", None, None),
    ],
    "the Channel": [
        ("2021-11-12", "a", "Record 1,185 migrants cross Channel in small boats in a single day", "", "first_known", None),
        ("2022-08-23", "b", "1,295 people cross the Channel in one day, the most ever",
         "The previous high was 1,185 last November.", "broken", 1185),
        ("2022-08-23", "c", "Channel: nearly 1,300 migrants arrive in a day, a new record", "", "same", 1185),
        ("2023-06-12", "d", "616 migrants cross Channel, the highest daily number this year", "", None, None),
        ("2025-05-31", "e", "1,400 migrants cross the Channel in one day, the most on record",
         "The previous daily record was 1,305, in September 2022.", "broken", 1305),
    ],
    "the S&P 500": [
        ("2025-06-27", "a", "S&P 500 closes at record high of 6,173.07",
         "It tops its February peak of 6,144.15.", "broken", 6144.15),
        ("2025-06-30", "b", "S&P 500 ends quarter at all-time high of 6,204.95", "", "broken", 6173.07),
        ("2025-07-01", "b", "S&P 500 slips to 6,198.01 from record", "", None, None),
        ("2025-07-02", "b", "S&P 500 closes at record 6,227.42", "", "broken", 6204.95),
        ("2025-07-03", "b", "S&P 500 hits new record close, 6,279.35", "", "broken", 6227.42),
        ("2025-07-03", "b", "Wall Street: S&P 500 sets record at 6,279", "", "same", 6227.42),
    ],
    "airports": [
        ("2024-07-08", "a", "TSA screens record 3.01 million passengers in a day", "", "first_known", None),
        ("2025-06-23", "b", "TSA screened 3.1 million passengers on Sunday, its busiest day ever", "", "broken", 3.01e6),
    ],
    "prisoners": [
        ("2025-05-23", "a", "Russia and Ukraine each free 390 prisoners in largest swap of the war", "", "first_known", None),
        ("2025-05-25", "b", "Russia and Ukraine complete exchange of 1,000 prisoners each, the biggest of the war", "",
         "broken", 390),
        ("2025-08-24", "c", "Russia and Ukraine swap 146 prisoners each", "", None, None),
    ],
    "drones": [
        ("2025-05-26", "a", "Russia launches 355 drones at Ukraine, largest drone attack of the war", "", "first_known", None),
        ("2025-06-01", "b", "Over 400 drones sent at Ukraine overnight, largest drone attack since the war began", "",
         "broken", 355),
        ("2025-06-01", "b", "Ukraine: 472 Russian drones in one night, largest number of the war", "", "same", 355),
        ("2025-06-01", "c", "Russia launches more than 470 UAVs in its heaviest raid on Ukraine yet", "", "same", 355),
        ("2025-06-09", "d", "Russia fires record 479 drones at Ukraine", "", "broken", 472),
        ("2025-06-29", "e", "Russia pounds Ukraine with 477 drones in biggest drone attack of the war", "", "below", None),
        ("2025-07-09", "f", "Ukraine hit by record 728 drones", "", "broken", 479),
    ],
}  # fmt: skip


def told(series: Iterable[Told]) -> list[Word]:
    """Return the ledger's best word on each text of a series, judged from an empty ledger."""
    ledger = LedgerBook(pages=())
    found: list[Word] = []
    for number, (day, cluster, title, summary, _, _) in enumerate(series):
        at = when(day, 7 + number / 100)
        written = Story(
            f"s{number}", "1", "f", f"Outlet {number}", title, at, summary=summary, published=at, lang="en"
        )
        read = analyse_story(written, None)
        change = ledger.handle(
            ClusteredStory(
                cluster,
                "new",
                "",
                written,
                1,
                1,
                figures=read.figures,
                claims=read.claims,
                escalations=read.escalations,
            )
        )
        words = [
            judged.word
            for judged in (detection(change).records if change.outputs else ())
            if judged.claim.status == "claimed" and judged.claim.figure is not None
        ]
        best = min(words, key=lambda word: RANK.index(word.outcome), default=None)
        borne_out = best is not None and best.outcome in RANK[:4]
        found.append(
            (title, best.outcome, best.beats.figure if best.beats else None)
            if best and borne_out
            else (title, None, None)
        )
    return found


RANK: tuple[LedgerOutcome, ...] = ("broken", "same", "first_known", "below", "tie", "not_compared")


@pytest.mark.parametrize("name", SERIES)
def test_a_series_told_in_words_is_judged_exactly(name: str) -> None:
    series = SERIES[name]
    expected = [(title, outcome, beats) for _, _, title, _, outcome, beats in series]
    got = told(series)
    # A claim that falls short may stand in a text that should have none: either way it is no record.
    got = [
        entry if entry[1] != "below" or want[1] == "below" else (entry[0], None, None)
        for entry, want in zip(got, expected, strict=True)
    ]
    assert got == expected


def test_an_empty_ledger_has_no_page() -> None:
    assert not LedgerBook(pages=()).page("drones-attack-ukraine-max")
    assert isinstance(LedgerBook().page("drones-attack-ukraine-max"), Page)


@pytest.mark.parametrize(
    ("title", "summary", "metric"),
    [
        ("Oil jumps 9% after strikes on Iran", "It was Brent's biggest one-day gain since 2022.", "attack"),
        ("Quake strikes Papua", "At least 1,200 died in the deadliest quake for decades.", "attack"),
    ],
)
def test_what_no_attack_is_told_in_and_what_nature_does_is_no_attack(
    title: str, summary: str, metric: str
) -> None:
    story = Story("s", "1", "f", "Wire", title, when("2025-06-13"), summary=summary, lang="en")
    read = analyse_story(story, None)
    message = ClusteredStory("c", "new", "", story, 1, 1, figures=read.figures, claims=read.claims)
    words = [judged.word for judged in detection(LedgerBook(pages=()).handle(message)).records]
    assert words
    assert not any(metric in (word.metric or "") for word in words)

"""Which of several figures a record is told with."""

import pytest

from tests.streams.rules.record_stories import claimed, figures_of


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("She was home in 64 days 19 h 22 min", 5_599_320),
        ("He finished in 1 day 9:15:24", 119_724),
        ("They came in after 1d 9h 15m 24s", 119_724),
        ("It took 2h34m", 9240),
        ("The strike lasted 371 days, 21 hours and 12 minutes", 32_130_720),
        ("A match of two hours, 52 minutes and 59 seconds", 10_379),
    ],
)
def test_a_duration_told_in_parts_is_one_figure_in_seconds(text: str, seconds: float) -> None:
    (figure,) = figures_of(text)
    assert (figure.value, figure.unit) == (seconds, "seconds")


@pytest.mark.parametrize(
    ("text", "units"),
    [
        ("The storm lasted 12 days, 9m people fled", ["days", "people"]),
        ("He was 48 hours, 12 seconds behind", ["hours", "seconds"]),
        ("Among the under-25s it is 57%", ["age", "percent"]),
        ("A woman in her 30s ran it in 25s", ["age", "seconds"]),
        ("Army counts 24 soldiers killed in the north", ["deaths"]),
        ("50 drones killed 12 people", ["drones", "deaths"]),
    ],
)
def test_what_a_number_counts_is_told_by_its_neighbours(text: str, units: list[str]) -> None:
    assert [figure.unit for figure in figures_of(text)] == units


@pytest.mark.parametrize(
    ("title", "summary", "figure"),
    [
        # What is said of the figure right before it.
        ("Mine yields 1.3m tonnes, its least in 25 years", "It hopes for 1.35m next year.", 1_300_000),
        ("Profit was up 12% to $15bn and the dividend rises by 9%, the most in ten years", "", 9),
        ("Thefts up 57% to $455m, worst year the insurers have logged", "", 455_000_000),
        # Of another year, of somebody else, of a hope.
        ("At least 2,762 lost at sea", "That is the most since 2016, when 4,574 drowned.", 2762),
        ("Miner digs up 2,492-carat diamond, largest in 119 years", "Only one, of 3,106 carats, was bigger.", 2492),
        ("Rescuers have busiest year on record", "A decade ago they went out 150 times. This year brought 331 calls.", 331),
        # By what the comparator is told in.
        ("Ivanov, 37, becomes oldest champion", "It took him two hours 50 minutes.", 37),
        ("Floods kill 228 as city has wettest April since 1963", "The gauge at the airport caught 469.8mm.", 469.8),
        ("Country grows at fastest pace since 1957", "The 3.2% rise took it past 40 million.", 3.2),
        ("Smallest pay gap since 1997: women earn 7% less", "Over 40 the gap is 10.3 per cent.", 7),
        ("Probe's 705-metre hop is its longest", "It stayed up for 161.3 seconds.", 705),
        # How far it moved, and not where to.
        ("Copper jumps 7% after mine floods", "It rose above $11,000, its biggest one-day move since 2008.", 7),
        ("Index plunges 1,190 points", "It ended at 25,766.64, its biggest one-day drop ever.", 1190),
        ("Krona tumbles 4% to 11.03", "It was its largest daily fall in a decade, and left it at 11.0327.", 4),
        ("Rents climb 2.1%", "The average rose to £1,297, the biggest monthly gain in three years.", 2.1),
        # Of several counts the first, and no time that a count took.
        ("Farmers bring 1,500 tractors, seven lorries, in biggest blockade since 1992", "", 1500),
        ("Town empties: 400,000 flee in three weeks, swiftest exodus in a decade", "", 400_000),
        ("Bank books $29bn, the largest quarterly profit of any", "A rival's $14.3bn was the record.", 29_000_000_000),
        # What counts games, what is a margin, what makes a record longer.
        ("A 37-match run, longest of the century, ends", "The guest won 6-4, 6-2 in 93 minutes.", 37),
        ("Swimmer wins by 5.67 seconds, widest margin in the event since 1924", "The pool is 2.15m deep.", 5.67),
        ("Club's 15th European Cup extends record; four of its men join Gento on six", "", 15),
        # Of the claim's own period.
        ("Measles: 1,888 cases in May take island to its worst year since 2012", "Of 4,793 this year 181 were babies.", 4793),
        # A figure that the claim's clause sums up.
        ("Six million jobless", "The rate rose to 27.2%, a level the country had not seen since 1976.", 27.2),
        ("Islanders stay in the union", "Of those on the roll 84.6 per cent voted. The islands have seen no such turnout at any poll since 1928.", 84.6),
        # The exact figure behind a rounded one.
        ("Ballot shuts on 1.1m names, most ever", "Organisers said 1,133,813 people had asked for a place.", 1_133_813),
        ("Striker gets his 110th and 111th goals", "The Iranian's 109 had been the most by a man for his country.", 111),
    ],
)  # fmt: skip
def test_of_several_figures_the_records_own_is_chosen(title: str, summary: str, figure: float) -> None:
    assert figure in [claim.figure for claim in claimed(title, summary)]


@pytest.mark.parametrize(
    ("title", "summary", "figure", "previous"),
    [
        ("Army Shatters Previous Peak With 472-Drone Barrage", "Seven missiles came too.", 472, None),
        (
            "City under 479 drones",
            "The highest number of drones until now was 472. Eleven missiles came.",
            479,
            472,
        ),
        ("Marathon draws most runners", "The old best was 53,700; 56,640 came home.", 56_640, 53_700),
        ("Swede clears 6.30 metres to break world record", "The old mark, his own, was 6.29.", 6.3, 6.29),
        (
            "Town at 46.6C, a national June record",
            "Forests burned in the north. The old mark for the month was 44.9C.",
            46.6,
            44.9,
        ),
    ],
)
def test_the_mark_that_fell_is_told_from_the_one_that_beat_it(
    title: str, summary: str, figure: float, previous: float | None
) -> None:
    (claim,) = claimed(title, summary)
    assert (claim.figure, claim.previous) == (figure, previous)


@pytest.mark.parametrize("text", ["Raid kills at least 12", "A raid, killing more than 12 in two towns"])
def test_how_exact_a_toll_is_may_stand_before_it(text: str) -> None:
    assert "deaths" in {figure.unit for figure in figures_of(text)}


@pytest.mark.parametrize("often", ["for 13th time", "for the 13th time"])
def test_how_often_a_record_was_broken_is_not_how_far(often: str) -> None:
    (claim,) = claimed(
        f"Duplantis breaks pole vault world record {often}", "The Swede cleared 6.29 metres in Budapest."
    )
    assert (claim.figure, claim.unit) == (6.29, "metres")


def test_how_often_a_title_was_won_is_the_record() -> None:
    (claim,) = claimed("Djokovic wins Australian Open for record 10th time")
    assert claim.figure == 10


@pytest.mark.parametrize(
    "title",
    ["Turnout hits 29-year high of 64.7% in Romania", "Inflation hit a 40-year high of 9.1% in Britain"],
)
def test_a_high_of_so_many_years_that_is_hit_is_no_attack(title: str) -> None:
    (claim,) = claimed(title)
    assert claim.subject.action is None

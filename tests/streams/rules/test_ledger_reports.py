"""Eighty reports of records, true and false, told in several ways, twice, late and with corrections: our own words."""

import pytest

from tests.streams.rules.test_ledger_texts import Told, told

SERIES: dict[str, list[Told]] = {
    "animated films": [
        ("2020-01-05", "a", "'Frozen II' becomes highest-grossing animated film of all time with $1.33bn",
         "It overtook the first film's $1.28bn at the weekend.", "broken", 1280000000),
        ("2020-01-06", "a", "Disney sequel takes $1.32 billion worldwide, the most ever for an animated film", "", "same", 1280000000),
        ("2024-07-24", "b", "Pixar's 'Inside Out 2' is now the top-grossing animated movie ever at $1.46bn",
         "Frozen II had held that place with $1.45bn.", "broken", 1450000000),
        ("2025-02-18", "c", "'Ne Zha 2' earns $1.7bn, becoming highest-grossing animated film worldwide",
         "The Chinese sequel went past Inside Out 2, which made $1.699bn.", "broken", 1699000000),
        ("2025-02-19", "c", "Highest-grossing animated film of all time: Ne Zha 2 passes $1.7 billion", "", "same", 1699000000),
        ("2025-03-02", "d", "Studio says its 'Moana 2' is highest-grossing animated film ever with $1.06bn", "", "below", None),
    ],
    "animated openings": [
        ("2023-04-09", "a", "'Super Mario Bros. Movie' opens to $377m worldwide, biggest start for an animated film",
         "Frozen II had begun with $358m.", "broken", 358000000),
        ("2025-11-30", "b", "'Zootopia 2' opens to $556m globally, biggest animated opening of all time", "", "broken", 377000000),
        ("2025-12-01", "b", "Zootopia 2's debut put at $560.3m worldwide, best start ever for an animated film",
         "Disney had estimated $556m on Sunday.", "same", 377000000),
        ("2025-12-22", "c", "'Ice World' opens to $310m worldwide, biggest animated start ever, says studio", "", "below", None),
    ],
    "heat in Britain": [
        ("2019-07-25", "a", "UK heat record: 38.7C in Cambridge", "It edges past the 38.5C of Faversham in 2003.", "broken", 38.5),
        ("2022-07-19", "b", "Britain passes 40C for the first time", "Heathrow recorded 40.2C, the Met Office said.", "broken", 38.7),
        ("2022-07-19", "b", "40.3C at Coningsby: UK's hottest day on record", "Earlier Heathrow had reached 40.2C.", "same", 38.7),
        ("2022-07-28", "b", "Met Office confirms 40.3C as new UK temperature record", "Inspectors checked the site.", "same", 38.7),
        ("2025-07-01", "c", "Britain bakes in 34.7C on hottest day of the year", "", None, None),
        # An old report that comes late.
        ("2019-07-26", "a", "Britain's hottest day ever? 38.7C awaits confirmation, says Met Office", "", None, None),
    ],
    "heat in India": [
        ("2016-05-20", "a", "India sets heat record: 51C in Phalodi", "The old one was 50.6C, in 1956.", "broken", 50.6),
        ("2024-05-29", "b", "Delhi records 52.9C, highest temperature ever measured in India", "", "broken", 51),
        ("2024-06-01", "b", "Delhi's 52.9C was no record: sensor read three degrees too high, weather office says", "", None, None),
        ("2024-06-20", "c", "51.4C at Churu, India's highest temperature on record", "", "broken", 51),
    ],
    "the Nikkei": [
        ("2024-02-22", "a", "Nikkei closes at record 39,098.68, topping 1989 bubble peak",
         "The old high was 38,915.87.", "broken", 38915.87),
        ("2024-03-04", "b", "Nikkei ends above 40,000 for first time", "Tokyo's index closed at 40,109.23.", "broken", 39098.68),
        ("2024-07-11", "c", "Nikkei 225 finishes at all-time high of 42,224.02", "", "broken", 40109.23),
        ("2024-07-11", "c", "Tokyo stocks: Nikkei hits record close above 42,000", "", "same", 40109.23),
        ("2024-08-05", "d", "Nikkei plunges 4,451 points, the biggest one-day fall in its history", "It closed at 31,458.42.", "first_known", None),
        ("2024-08-06", "e", "Nikkei jumps 3,217 points, largest one-day gain ever", "", "first_known", None),
    ],
    "the Canaries": [
        ("2024-01-03", "a", "Record 39,910 migrants reached Canary Islands last year",
         "The previous peak was 31,678, in 2006.", "broken", 31678),
        ("2024-01-04", "a", "Almost 40,000 migrants landed in the Canaries in 2023, the most ever", "", "same", 31678),
        ("2025-01-02", "b", "46,843 migrants arrived in Canary Islands in 2024, a new annual record", "", "broken", 39910),
        ("2025-01-02", "c", "Nearly 47,000 migrants reached the Canary Islands last year, more than ever before", "", "same", 39910),
        ("2026-01-02", "d", "Canary Islands arrivals of migrants fell to 17,800 last year", "", None, None),
    ],
    "net migration": [
        ("2023-05-25", "a", "UK net migration hits record 606,000", "That is for 2022, the ONS said.", "first_known", None),
        ("2023-11-23", "b", "Net migration to UK revised to record 745,000 in 2022", "The ONS first put it at 606,000.", "broken", 606000),
        ("2024-11-28", "c", "UK net migration peaked at record 906,000 in year to June 2023", "", "broken", 745000),
        ("2024-11-28", "c", "Net migration in Britain was a record 906,000, up from 740,000 first thought", "", "same", 745000),
    ],
    "the men's marathon": [
        ("2018-09-16", "a", "Kipchoge smashes marathon world record in 2:01:39", "Kimetto ran 2:02:57 in 2014.", "broken", 7377),
        ("2024-10-13", "d", "Ruth Chepngetich runs 2:09:56 in Chicago, women's marathon world record",
         "Tigst Assefa had run 2:11:53.", "broken", 7913),
    ],
    "British transfers": [
        ("2021-08-05", "a", "Man City sign Jack Grealish for British record £100m", "Paul Pogba cost £89m in 2016.", "broken", 89000000),
        ("2023-02-01", "b", "Chelsea sign Enzo Fernandez for £106.8m, a British transfer record", "", "broken", 100000000),
        ("2023-08-14", "c", "Moises Caicedo joins Chelsea for £115m in British record transfer", "", "broken", 106800000),
        ("2023-08-14", "c", "Caicedo becomes Britain's most expensive player as Chelsea pay up to £115m", "", "same", 106800000),
        ("2025-09-01", "d", "Isak to Liverpool for £125m, highest fee in British football", "Caicedo's £115m was the record.", "broken", 115000000),
    ],
    "drones over Russia": [
        ("2025-03-11", "a", "Russia says it shot down 337 Ukrainian drones overnight, the most of the war", "", "first_known", None),
        ("2025-05-07", "b", "Russia downs record 524 Ukrainian drones in a night", "", "broken", 337),
        ("2025-05-08", "b", "Moscow: more than 500 Ukrainian drones shot down, biggest number since the war began", "", "same", 337),
        ("2025-06-06", "c", "Russian air defences destroy 174 Ukrainian drones in one of the largest raids", "", None, None),
    ],
    "gold": [
        ("2025-03-14", "a", "Gold tops $3,000 an ounce for first time", "It touched $3,004.86.", "first_known", None),
        ("2025-04-22", "b", "Gold hits all-time high of $3,500 an ounce", "", "broken", 3004.86),
        ("2025-10-08", "c", "Gold price breaks $4,000 an ounce for first time", "", "broken", 3500),
        ("2025-10-09", "c", "Gold slips below $4,000 after record", "", None, None),
    ],    "albums": [
        ("2015-11-30", "a", "Adele's '25' sells 3.38m copies in its first week, the most for any album in US history",
         "NSYNC had held the mark since 2000 with 2.42m.", "broken", 2420000),
        ("2015-12-01", "a", "Album sales: Adele shifts 3.38 million copies in a week, a US record", "", "same", 2420000),
        ("2025-10-13", "b", "Taylor Swift's 'The Life of a Showgirl' sells 4.002m copies in a week, most ever for an album in the US",
         "", "broken", 3380000),
    ],
    "paintings": [
        ("2015-05-11", "a", "Picasso's 'Women of Algiers' becomes most expensive painting sold at auction at $179.4m",
         "Francis Bacon's triptych fetched $142.4m in 2013.", "broken", 142400000),
        ("2017-11-15", "b", "'Salvator Mundi' fetches $450.3m, the most ever paid for a painting at auction", "", "broken", 179400000),
        ("2017-11-16", "b", "Leonardo's Christ is most expensive painting ever sold at $450m", "", "same", 179400000),
        ("2025-11-18", "c", "Klimt portrait makes $236.4m, highest price for modern art at auction", "", "first_known", None),
    ],
    "heat in Canada": [
        ("2021-06-27", "a", "Lytton hits 46.6C, hottest day in Canada's history", "The old record of 45C had stood since 1937.", "broken", 45),
        ("2021-06-28", "b", "Canada breaks heat record again: 47.9C in Lytton", "", "broken", 46.6),
        ("2021-06-29", "c", "49.6C: Canada sets all-time high temperature for a third day", "", "broken", 47.9),
        ("2021-06-30", "c", "Lytton's 49.6C is the hottest ever recorded in Canada, ministry confirms", "", "same", 47.9),
        ("2023-08-15", "d", "42.2C at Lytton is Canada's hottest day of the year", "", None, None),
    ],
    "the Dow": [
        ("2024-05-17", "a", "Dow closes above 40,000 for the first time", "It ended on 40,003.59.", "first_known", None),
        ("2024-07-17", "b", "Dow ends at record 41,198.08", "", "broken", 40003.59),
        ("2024-12-04", "c", "Dow closes above 45,000 for first time, at 45,014.04", "", "broken", 41198.08),
        ("2025-08-22", "d", "Dow jumps 846 points to record close of 45,631.74", "", "broken", 45014.04),
    ],
    "Lampedusa": [
        ("2023-09-12", "a", "Lampedusa: 5,112 migrants land in a day, a record", "", "first_known", None),
        ("2023-09-12", "a", "More than 5,000 migrants reach Lampedusa in one day, the most ever", "", "same", None),
        ("2023-09-14", "b", "Lampedusa sees 1,200 migrants land on Thursday", "", None, None),
    ],
    "Ukraine prisoners": [
        ("2024-01-03", "a", "Russia and Ukraine swap 478 prisoners, biggest exchange of the war", "", "first_known", None),
        ("2025-05-23", "b", "Kyiv and Moscow free 780 prisoners in biggest exchange of the war", "", "broken", 478),
        ("2025-05-25", "c", "Prisoner swap: Russia and Ukraine release 606 on third day", "", None, None),
    ],
    "TSA": [
        ("2024-07-08", "a", "US airports screen 3.01 million passengers on Sunday, busiest day ever", "", "first_known", None),
        ("2024-12-02", "b", "US: record 3.08 million passengers screened at airports on Sunday, TSA says", "", "broken", 3010000),
        ("2025-06-23", "c", "TSA reports its busiest day: 3.1 million passengers at US airports", "", "broken", 3080000),
    ],
    "sea ice": [
        ("2023-09-25", "a", "Antarctic sea ice at 16.96m sq km, lowest winter maximum on record", "The 1986 low was 17.99m.", "broken", 17.99e6),
        ("2024-09-20", "b", "Antarctic winter sea ice peaks at 17.16m sq km, second lowest", "", None, None),
    ],
    "jobs": [
        ("2022-10-11", "a", "UK jobless rate falls to 3.5%, lowest since 1974", "", "first_known", None),
        ("2024-06-11", "b", "UK unemployment rises to 4.4%, highest since 2021", "", "first_known", None),
    ],
}  # fmt: skip


@pytest.mark.parametrize("name", SERIES)
def test_reports_told_in_several_ways_are_held_against_what_stood(name: str) -> None:
    series = SERIES[name]
    expected = [(title, outcome, beats) for _, _, title, _, outcome, beats in series]
    assert told(series) == expected


def test_a_record_is_taught_what_it_beat_by_a_later_text_of_it() -> None:
    series: list[Told] = [
        ("2023-10-08", "a", "Runner wins Chicago in 2:00:35, fastest marathon ever run", "", "first_known", None),
        ("2023-10-08", "a", "Marathon world record: 2:00:35 in Chicago, beating 2:01:09", "", "same", 7269),
    ]  # fmt: skip
    assert [(outcome, beats) for _, outcome, beats in told(series)] == [("first_known", None), ("same", 7269)]

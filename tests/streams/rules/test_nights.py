"""Reports of one kind night after night: each night one event, however like the one before."""

import random
from datetime import timedelta

from streams.rules.clusters import Clusters
from tests.streams.rules.clustering import START, bcubed, cluster_all, clustered, night


def test_the_next_night_of_the_same_kind_is_another_event() -> None:
    clusters = Clusters()
    nights = [night(479, 0, "Sunday"), night(315, 24, "Monday"), night(479 - 300, 48, "Tuesday")]
    assert len({clustered(clusters.handle(one)).cluster for one in nights}) == 3


def test_two_outlets_of_one_night_are_one_event() -> None:
    clusters = Clusters()
    nights = [night(479, 0, "Sunday"), night(479, 2, "Sunday", source="gazette")]
    assert len({clustered(clusters.handle(one)).cluster for one in nights}) == 1


def test_no_two_nights_of_a_long_series_are_one_event_and_each_is_whole() -> None:
    draw, rows = random.Random(3), []  # noqa: S311 - no secret
    places = ["Kharkiv", "Sumy", "Odesa", "Kyiv", "Poltava", "Dnipro", "Chernihiv", "Mykolaiv"]
    for day in range(120):
        at = START + timedelta(days=day)
        sent = draw.randrange(20, 400)
        down, dead, hurt = int(sent * draw.uniform(0.6, 0.95)), draw.randrange(9), draw.randrange(30)
        first, second, third = draw.sample(places, 3)
        agency = (
            f"Russia launched {sent} attack drones at Ukraine overnight into {at:%A}, the air force said, and air "
            f"defences shot down {down} of them. Strikes were recorded in the {first}, {second} and {third} regions. "
            f"{dead} people were killed and {hurt} injured, regional officials said."
        )
        rewrite = (
            f"Firefighters were still at work in {first} on {at:%A} morning after a night in which Moscow sent {sent} "
            f"drones across the border. By the air force's count {down} were brought down; {second} and {third} also "
            f"reported hits. Killed: {dead}. Wounded: {hurt}."
        )
        tellings = [
            (f"Russia launches {sent} drones at Ukraine overnight, {down} shot down", agency),
            (f"Ukraine downs {down} of {sent} Russian drones", agency),
            (f"{sent} drones in the night, fires in {first}", rewrite),
        ]
        for hours, (title, text) in enumerate(tellings):
            published = (at + timedelta(hours=hours)).isoformat()
            name = f"{day}/{hours}"
            rows.append(
                {
                    "id": name,
                    "source": name[-1],
                    "title": title,
                    "text": text,
                    "published": published,
                    "event": str(day),
                }
            )
    assert bcubed([row["event"] for row in rows], cluster_all(rows)) == (1, 1, 1)


def test_brief_tellings_find_their_own_night_among_years_of_others_in_the_same_words() -> None:
    draw, rows = random.Random(5), []  # noqa: S311 - no secret
    for day in (*range(45), *range(400, 445)):
        at = START + timedelta(days=day)
        dead, hurt, impacts = draw.randrange(7), draw.randrange(26), draw.randrange(40, 300)
        place = draw.choice(["Halivka", "Stepne", "Berezy", "Kalynove", "Ridkodub"])
        tellings = [
            (
                f"Overnight shelling of Zhovta region: {dead} dead, {hurt} wounded",
                f"Artillery and mortars hit settlements in the Zhovta region in the night to {at:%A}, killing {dead} and "
                f"wounding {hurt} people, the governor said. {impacts} impacts were counted. Worst hit was {place}.",
            ),
            (
                f"{place} under fire again",
                f"{impacts} shells and mines fell on the Zhovta region overnight, said the governor. {dead} people died "
                f"and {hurt} were hurt, most of them in {place}.",
            ),
            (
                "Zhovta region: night of shelling",
                f"The governor of the Zhovta region reported {dead} dead and {hurt} wounded after a night of shelling on "
                f"{at.day} {at:%B}.",
            ),
        ]
        for hours, (title, text) in enumerate(tellings):
            published = (at + timedelta(hours=2 * hours)).isoformat()
            source = "abc"[hours]
            rows.append(
                {
                    "id": f"{day}{source}",
                    "source": source,
                    "title": title,
                    "text": text,
                    "published": published,
                    "event": str(day),
                }
            )
    precision, _, f1 = bcubed([row["event"] for row in rows], cluster_all(rows))
    assert precision == 1
    assert f1 >= 0.99


def test_a_report_of_a_series_says_that_it_is_of_another_night() -> None:
    clusters = Clusters()
    for number, hours, day in ((479, 0, "Sunday"), (315, 24, "Monday")):
        clusters.handle(night(number, hours, day))
    found = clustered(clusters.handle(night(179, 48, "Tuesday")))
    assert found.evidence[0].measure == "another night of a series"

"""What the console's tests put on the topics: a record's story as the steps would tell it, and hostile ones."""

from datetime import UTC, datetime, timedelta
from typing import Any

from msgspec import Struct

from console.incoming import Incoming
from wirewatch.codec import encode
from wirewatch.ids import identify
from wirewatch.messages import (
    Alert,
    AlertBody,
    Beaten,
    Cluster,
    ClusteredStory,
    DeadlineNotice,
    Delivery,
    Detection,
    Escalation,
    FigureReport,
    HeldBack,
    JudgedClaim,
    LedgerWord,
    PairDay,
    PairLevel,
    RecordClaim,
    RecordStep,
    Span,
    StandingRecord,
    Story,
    Subject,
)
from wirewatch.topics import (
    ALERTS,
    ALERTS_HELD,
    CLUSTERED,
    CLUSTERS,
    DEADLINES,
    DELIVERIES,
    DETECTIONS,
    PAIRS,
    RECORDS,
    Topic,
)

AT = datetime(2025, 6, 1, 6, 4, tzinfo=UTC)
SENTENCE = "Russia fired 472 drones, the biggest number since the invasion."
OLD = RecordStep(355.0, "2025-05-26", "Meridian Wire")
NEW = RecordStep(472.0, "2025-06-01", "Kyiv", cluster="c-record", story="s-1")
_offsets: dict[str, int] = {}


def incoming(
    topic: Topic, message: Struct, key: str = "k", *, at: datetime = AT, offset: int | None = None
) -> Incoming:
    place = _offsets[topic.name] = _offsets.get(topic.name, -1) + 1
    return Incoming(
        topic,
        0,
        place if offset is None else offset,
        int(at.timestamp() * 1000),
        key.encode(),
        encode(message),
    )


def story(number: int, title: str, **more: Any) -> Story:
    at = AT + timedelta(minutes=number)
    given: dict[str, Any] = {
        "id": f"s-{number}", "version": "v1", "feed": "f", "source": f"Outlet {number}", "fetched": at, "published": at,
        "url": f"https://outlet-{number}.example/story", "lang": "en",
    }  # fmt: skip
    return Story(title=title, **(given | more))


def cluster(name: str, headline: str, *, at: datetime = AT, url: str | None = None, **more: Any) -> Incoming:
    given: dict[str, Any] = {"first": AT, "last": at, "stories": 1, "outlets": 1}
    return incoming(CLUSTERS, Cluster(name, headline, url=url, **(given | more)), name, at=at)


def clustered(name: str, told: Story, verdict: Any = "new") -> Incoming:
    return incoming(CLUSTERED, ClusteredStory(name, verdict, "no story like it", told, 1, 1), name)


def record_story() -> list[Incoming]:
    """All that the topics say of one record: 472 drones over 355, told to a desk, and once held back."""
    first = story(1, "Over 400 drones sent", text=SENTENCE)
    second = story(2, "472 drones, says air force")
    sentence = Span("text", 0, len(SENTENCE), SENTENCE)
    cue = Span("text", 25, 43, SENTENCE[25:43])
    claim = RecordClaim(
        "claimed", "biggest", "max", sentence, (cue,), Subject("drones", "attack", "russia", "ukraine"), 472.0, "drones",
        said_by="Kyiv",
    )  # fmt: skip
    turn = Escalation(
        "escalation", 3, (Span("text", 7, 12, "fired"),), sentence, "Russia", "Ukraine", parts=("act 3",)
    )
    found = Detection(
        "d-1", "c-record", "found", first, "new", 2,
        records=(JudgedClaim(claim, LedgerWord("broken", "472 beats 355", "drones-ukraine", OLD, NEW)),),
        escalations=(turn,),
        figures=(FigureReport(472.0, "exact", 2, "drones", ("Outlet 2",)), FigureReport(400.0, "at_least", 1, "drones")),
        metric="drones-ukraine", record=NEW, beats=OLD,
    )  # fmt: skip
    page = StandingRecord("drones-ukraine", Subject("drones"), "max", NEW, (NEW, OLD))
    held = HeldBack("h-1", "c-record", "s-2", "world", "already_told", "revision 1 says so", AT, "472 drones")
    end = DeadlineNotice(
        "e-1", "c-record", "truce", "2025-06-03", AT + timedelta(days=2), "for two days", "A truce for two days.", "A truce",
        "Outlet 1", "s-1", AT, "Kyiv",
    )  # fmt: skip
    level = PairLevel(
        "russia/ukraine", ("russia", "ukraine"), "2025-05-01", AT,
        (PairDay("2025-05-28", 3.5, 1), PairDay("2025-05-31", -7.0, 1, 2), PairDay("2025-06-01", -20.0, 2, 3)), -3.4, -1.0, "worse",
    )  # fmt: skip
    return [
        incoming(DEADLINES, end, "e-1"),
        incoming(PAIRS, level, "russia/ukraine"),
        cluster("c-record", "Over 400 drones sent", outlets=2, stories=2),
        clustered("c-record", first),
        clustered("c-record", second, "update"),
        incoming(DETECTIONS, found, "c-record"),
        incoming(RECORDS, page, "drones-ukraine"),
        alert("c-record"),
        delivery(),
        incoming(ALERTS_HELD, held, "c-record"),
    ]


def alert(name: str, *, at: datetime = AT) -> Incoming:
    body = AlertBody(
        alert="a-1", revision=1, desk="world", priority="flash", kind="record", headline="Over 400 drones sent",
        sentence=SENTENCE, said_by="Kyiv", figure=472.0, unit="drones", qualifier="exact",
        beats=Beaten(355.0, "2025-05-26", "Meridian Wire"), figures=(), outlets=2, cluster=name, url=None,
        reason="Record: 472 drones beats 355", source="Outlet 1", polarity="escalation", severity=3,
    )  # fmt: skip
    told = Alert("a-1", 1, "world-desk", identify("w", name), "s-1", None, at, body)
    return incoming(ALERTS, told, "world-desk", at=at)


def delivery() -> Incoming:
    told = Delivery("a-1", 1, "world-desk", identify("w", "c-record"), 1, "delivered", "204", AT, 204, 0.03)
    return incoming(DELIVERIES, told, "a-1")


HOSTILE = (
    "<img src=x onerror=\"document.title='owned'\">",
    "<script>document.title='owned'</script>",
    "</title></a><svg onload=document.title='owned'>",
    "Peace \u202egnihton\u202c agreed \u2066turned\u2069",
    "{{ 7 * 7 }} {% raw %} ${7*7}",
    "A" * 10_000,
    "Z" + "\u0301" * 3_000,
    "\x00\x1b[31mred\x07",
    "مفاوضات السلام تبدأ غدا",
)
HOSTILE_URLS = (
    "javascript:document.title='owned'",
    "data:text/html,<script>1</script>",
    "//evil.example/",
    "vbscript:x",
    'https://ok.example/"onmouseover=alert(1)',
)


def hostile_stories() -> list[Incoming]:
    found = []
    for number, title in enumerate(HOSTILE):
        name, url = f"c-hostile-{number}", HOSTILE_URLS[number % len(HOSTILE_URLS)]
        found += [
            cluster(name, title, url=url),
            clustered(
                name, story(100 + number, title, id=f"h-{number}", url=url, source=title, feed=f"<b>{number}")
            ),
        ]
    return found

"""The read model: what stood on the topics, however often it came, and anew when it is lost."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from console.filling import fill, positions, prune
from console.incoming import Incoming
from console.schema import open_store
from console.story import pieces_of, story_page
from console.wire import Wanted, line_of, titles_of, wire
from tests.console.wires import (
    AT,
    NEW,
    OLD,
    SENTENCE,
    alert,
    cluster,
    clustered,
    incoming,
    record_story,
    story,
)
from wirewatch.messages import (
    Command,
    Detection,
    JudgedClaim,
    LedgerWord,
    Merge,
    Origin,
    RecordClaim,
    Span,
    Subject,
)
from wirewatch.topics import CLUSTERED, COMMANDS, DEAD, DETECTIONS

PRUNED = ("stories", "detections", "alerts", "held", "deliveries")


def test_a_record_is_on_the_wire_with_its_figure_and_priority(tmp_path: Path) -> None:
    store = open_store(tmp_path / "m.sqlite")
    fill(store, record_story())
    (line,) = wire(store, Wanted())
    assert (line["figure"], line["unit"], line["priority"], line["record"]) == (
        472.0,
        "drones",
        "flash",
        True,
    )
    assert (line["polarity"], line["severity"], line["desks"], line["langs"]) == (
        "escalation",
        3,
        ["world"],
        ["en"],
    )


def test_a_story_tells_what_decided_who_differs_and_who_was_told(tmp_path: Path) -> None:
    store = open_store(tmp_path / "m.sqlite")
    fill(store, record_story())
    found = story_page(store, "c-record")
    assert found is not None
    assert found["record_words"]["record"]["figure"] == 472.0
    assert found["record_words"]["beats"]["figure"] == 355.0
    assert [each["text"] for each in found["decided"][0]["pieces"] if each["marked"]] == [SENTENCE[25:43]]
    assert found["figures"]["differ"]
    assert [each["verdict"] for each in found["reports"]] == ["new", "update"]
    assert found["alerts"][0]["outcome"] == "delivered"
    assert found["held"][0]["reason"] == "already_told"
    assert "472 drones" in found["ready"]
    assert "the standing record was 355 on 26 May 2025" in found["ready"]


def test_messages_that_come_twice_leave_what_they_left_once(tmp_path: Path) -> None:
    once, twice = open_store(tmp_path / "1.sqlite"), open_store(tmp_path / "2.sqlite")
    messages = record_story()
    fill(once, messages)
    fill(twice, [*messages, *messages])
    assert story_page(once, "c-record") == story_page(twice, "c-record")
    assert wire(once, Wanted()) == wire(twice, Wanted())


def test_findings_may_come_before_their_cluster(tmp_path: Path) -> None:
    store = open_store(tmp_path / "m.sqlite")
    fill(store, list(reversed(record_story())))
    (line,) = wire(store, Wanted())
    assert (line["headline"], line["figure"]) == ("Over 400 drones sent", 472.0)


def test_the_newest_change_comes_first_and_older_pages_go_on_after_it(tmp_path: Path) -> None:
    store = open_store(tmp_path / "m.sqlite")
    fill(
        store,
        [cluster(f"c-{each}", f"Story {each}", at=AT + timedelta(seconds=each // 2)) for each in range(9)],
    )
    first = wire(store, Wanted(), limit=4)
    rest = wire(store, Wanted(), before=(first[-1]["changed"], first[-1]["id"]))
    assert len({line["id"] for line in first + rest}) == 9
    assert [line["changed"] for line in first + rest] == sorted(
        (line["changed"] for line in first + rest), reverse=True
    )


@pytest.mark.parametrize(
    ("wanted", "count"),
    [
        (Wanted(), 3), (Wanted(kind="alerts"), 1), (Wanted(kind="record"), 1), (Wanted(kind="escalation"), 1),
        (Wanted(desk="world"), 1), (Wanted(desk="sport"), 0), (Wanted(lang="de"), 1), (Wanted(words="drone"), 1),
        (Wanted(words="züri"), 1), (Wanted(words='"'), 0), (Wanted(words="400 sent over"), 1), (Wanted(words="x' OR 1"), 0),
    ],
)  # fmt: skip
def test_the_wire_shows_what_is_wanted_and_says_the_same_of_one_line(
    tmp_path: Path, wanted: Wanted, count: int
) -> None:
    store = open_store(tmp_path / "m.sqlite")
    german = clustered("c-de", story(9, "Zürich meldet Hitze", lang="de"))
    fill(
        store,
        [*record_story(), cluster("c-de", "Zürich meldet Hitze"), german, cluster("c-x", "Rain expected")],
    )
    found = wire(store, wanted)
    assert len(found) == count
    assert wanted.words == '"' or {line["id"] for line in wire(store, Wanted()) if wanted.takes(line)} == {
        line["id"] for line in found
    }


def test_of_merged_clusters_the_one_that_is_kept_has_all(tmp_path: Path) -> None:
    store = open_store(tmp_path / "m.sqlite")
    merge = incoming(CLUSTERED, Merge("c-kept", "c-record", "one event", AT), "c-kept")
    fill(store, [cluster("c-kept", "The same"), *record_story(), merge])
    assert [line["id"] for line in wire(store, Wanted())] == ["c-kept"]
    found = story_page(store, "c-kept")
    assert found is not None
    assert len(found["reports"]) == 2
    assert found["absorbed"] == ["c-record"]


def test_the_last_act_of_an_editor_counts_whatever_order_they_come_in(tmp_path: Path) -> None:
    store = open_store(tmp_path / "m.sqlite")
    seen = Command("1", "acknowledge", "c-record", "Ada", AT)
    claimed = Command("2", "claim", "c-record", "Ben", AT + timedelta(seconds=1))
    fill(store, [*record_story(), incoming(COMMANDS, claimed), incoming(COMMANDS, seen)])
    line = line_of(store, "c-record")
    assert line is not None
    assert (line["state"], line["by"]) == ("claim", "Ben")


def test_what_is_no_message_is_passed_over_and_a_dead_letter_is_kept(tmp_path: Path) -> None:
    store = open_store(tmp_path / "m.sqlite")
    broken = Incoming(CLUSTERED, 0, 5, 0, b"k", b"\xff{")
    dead = Incoming(
        DEAD, 0, 0, 0, b"stories", b"\x00<b>", (("dead_topic", b"stories"), ("dead_reason", b"no JSON"))
    )
    fill(store, [broken, dead])
    assert positions(store)["stories.clustered", 0] == 6
    assert store.execute("SELECT reason FROM dead").fetchone()["reason"] == "no JSON"


def test_a_batch_that_fails_leaves_nothing_and_can_come_again(tmp_path: Path) -> None:
    store = open_store(tmp_path / "m.sqlite")

    def breaking() -> Iterator[Incoming]:
        yield cluster("c-1", "One")
        raise OSError("the disk is full")

    with pytest.raises(OSError, match="full"):
        fill(store, breaking())
    assert wire(store, Wanted()) == []
    assert positions(store) == {}


@pytest.mark.parametrize("content", [b"", b"no database at all" * 300])
def test_a_read_model_that_is_missing_or_broken_is_built_anew(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "m.sqlite"
    file.write_bytes(content)
    store = open_store(file)
    fill(store, [alert("c-1"), cluster("c-1", "One")])
    assert len(wire(store, Wanted())) == 1


@pytest.mark.parametrize(
    ("cues", "marked"),
    [
        ([(0, 3)], ["The"]), ([(0, 3), (2, 7)], ["The", " big"]), ([(4, 99)], []), ([(-5, 2)], []), ([(3, 3)], []),
        ([(10, 12), (0, 3)], ["The", "t "]),
    ],
)  # fmt: skip
def test_words_are_marked_where_cues_lie_and_the_sentence_stays_whole(
    cues: list[tuple[int, int]], marked: list[str]
) -> None:
    text = "The biggest attack"
    sentence = Span("text", 100, 100 + len(text), text)
    pieces = pieces_of(sentence, tuple(Span("text", 100 + start, 100 + end, "") for start, end in cues))
    assert "".join(piece["text"] for piece in pieces) == text
    assert [piece["text"] for piece in pieces if piece["marked"]] == marked


def test_a_story_is_found_by_the_words_of_any_headline_that_tells_it(tmp_path: Path) -> None:
    store = open_store(tmp_path / "m.sqlite")
    fill(store, record_story())
    wanted = Wanted(words="air force")
    (line,) = wire(store, wanted)
    assert line["id"] == "c-record"
    assert wanted.takes(line, titles_of(store, "c-record"))
    assert wire(store, Wanted(words="navy")) == []


def test_a_merged_story_is_found_by_what_it_was_called_before(tmp_path: Path) -> None:
    store = open_store(tmp_path / "m.sqlite")
    merge = incoming(CLUSTERED, Merge("c-kept", "c-record", "one event", AT), "c-kept")
    fill(store, [cluster("c-kept", "The same"), *record_story(), merge, merge])
    assert [line["id"] for line in wire(store, Wanted(words="over 400"))] == ["c-kept"]
    assert [line["id"] for line in wire(store, Wanted(words="air force"))] == ["c-kept"]


def test_what_the_topics_have_forgotten_is_forgotten_and_what_rang_keeps_its_page(tmp_path: Path) -> None:
    store = open_store(tmp_path / "m.sqlite")
    fill(store, [*record_story(), cluster("c-quiet", "Rain expected")])
    prune(store, AT + timedelta(days=29))
    assert len(wire(store, Wanted())) == 2
    prune(store, AT + timedelta(days=31))
    assert [line["id"] for line in wire(store, Wanted())] == ["c-record"]
    counts = [store.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in PRUNED]  # noqa: S608
    assert counts == [0] * len(PRUNED)
    assert wire(store, Wanted(words="rain")) == wire(store, Wanted(words="air force")) == []


def test_a_table_holds_no_more_rows_than_it_may(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("console.filling.MOST_ROWS", 3)
    store = open_store(tmp_path / "m.sqlite")
    fill(store, [clustered("c-1", story(number, f"Title {number}")) for number in range(9)])
    prune(store, AT)
    assert [row["id"] for row in store.execute("SELECT id FROM stories ORDER BY id")] == ["s-6", "s-7", "s-8"]


def test_a_record_is_told_in_what_its_own_metric_counts_and_no_other_claim_of_the_text(
    tmp_path: Path,
) -> None:
    store = open_store(tmp_path / "m.sqlite")
    sentence = Span("text", 0, len(SENTENCE), SENTENCE)
    other = RecordClaim("claimed", "most", "max", sentence, (), Subject("missiles"), 13.0, "missiles")
    own = RecordClaim("claimed", "most", "max", sentence, (), Subject("drones"), 472.0, "drones")
    found = Detection(
        "d", "c-record", "found", story(1, "t"), "new", 2,
        records=(
            JudgedClaim(other, LedgerWord("first_known", "first", "missiles-max")),
            JudgedClaim(own, LedgerWord("broken", "beats", "drones-max", OLD, NEW)),
        ),
        metric="drones-max", record=NEW, beats=OLD,
    )  # fmt: skip
    fill(store, [cluster("c-record", "A night"), incoming(DETECTIONS, found, "c-record")])
    (line,) = wire(store, Wanted())
    assert (line["figure"], line["unit"]) == (472.0, "drones")
    page = story_page(store, "c-record")
    assert page is not None
    assert page["record_words"]["record"]["text"] == "472 drones"
    assert page["ready"].startswith("472 drones")


@pytest.mark.parametrize(("via", "told"), [(2, "AP via 2 outlets"), (0, None)])
def test_a_story_says_whose_report_most_of_it_is(tmp_path: Path, via: int, told: str | None) -> None:
    store = open_store(tmp_path / "m.sqlite")
    fill(store, [cluster("c-1", "A night", origin=Origin("AP", via, "s-1", AT, credited=True))])
    page = story_page(store, "c-1")
    assert page is not None
    assert page["origin"] == told

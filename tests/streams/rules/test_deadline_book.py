"""Each deadline is told once, by the first story, and survives a restart."""

from msgspec.structs import replace

from streams.rules.ledger_book import LedgerBook
from streams.rules.step import Change
from tests.streams.rules.ledger_stories import story, when
from wirewatch.messages import ClusteredStory, Deadline, DeadlineNotice, Span


def telling(
    cluster: str, day: str, due: str, set_by: str | None = "Trump", source: str = "A"
) -> ClusteredStory:
    one = Deadline("ultimatum", due, when(due, 23), "two-week deadline", Span("title", 0, 5, "Trump"), set_by)
    return replace(story(cluster, when(day), source=source), deadlines=(one,))


def notices(change: Change) -> list[DeadlineNotice]:
    return [out.message for out in change.outputs if isinstance(out.message, DeadlineNotice)]


def test_the_first_story_tells_it_and_the_others_tell_nothing_new() -> None:
    ledger = LedgerBook(())
    (first,) = notices(ledger.handle(telling("c", "2025-05-28", "2025-06-11")))
    assert (first.due, first.set_by, first.cluster) == ("2025-06-11", "Trump", "c")
    assert notices(ledger.handle(telling("c", "2025-05-28", "2025-06-11", source="B"))) == []
    assert notices(ledger.handle(telling("c", "2025-05-29", "2025-06-12", source="C"))) == []


def test_the_same_setter_and_day_in_another_cluster_is_the_same_deadline() -> None:
    ledger = LedgerBook(())
    ledger.handle(telling("c", "2025-05-28", "2025-06-11"))
    assert notices(ledger.handle(telling("d", "2025-05-28", "2025-06-11", "US President Donald Trump"))) == []
    assert len(notices(ledger.handle(telling("e", "2025-05-28", "2025-06-11", "Erdogan")))) == 1


def test_what_was_told_is_known_after_a_restart() -> None:
    change = LedgerBook(()).handle(telling("c", "2025-05-28", "2025-06-11"))
    again = LedgerBook(())
    again.restore((key, value) for key, value in change.puts.items() if value is not None)
    assert notices(again.handle(telling("c", "2025-05-28", "2025-06-11", source="B"))) == []


def test_an_end_that_is_over_when_it_is_told_is_none() -> None:
    assert notices(LedgerBook(()).handle(telling("c", "2025-06-12", "2025-06-11"))) == []

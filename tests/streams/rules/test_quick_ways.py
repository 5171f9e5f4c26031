"""What reads a text the quick way finds what the slow way finds."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.rules import deadlines, tagging, tokens, words
from streams.rules.claim_cues import is_trigger
from streams.rules.claim_words import claim_words, worth_trying
from streams.rules.grammar import Grammar
from streams.rules.grammar_building import grammar
from streams.rules.record_claims import _promising
from streams.rules.tokens import words_of
from tests.streams.rules.escalation_stories import rows
from tests.streams.rules.record_stories import labelled

TEXTS = [f"{item['title']} {item['summary']}" for item in labelled("records-dev.jsonl")]
Needs = tuple[frozenset[str], ...]
# What wires are written with, and what they are not: apostrophes, initials, numbers that letters hang on, other writings.
ANY_TEXT = st.text(st.sampled_from("abznt ABÉßüıİ0159½٣.,;:'’-–_&$\n\u00a0\u202f日本ل"), max_size=60)

# Compiled here, so that no example pays for it.
CLAIMS = {language: claim_words(language) for language in ("en", "de")}
DEADLINES = {language: deadlines.deadline_words(language) for language in ("en", "de")}
SENTENCES = {"en": "escalation-pairs", "de": "german-escalation"}


def table_of(known: Grammar) -> list[tuple[str, list[tuple[re.Pattern[str], Needs]]]]:
    """The patterns of acts and events by the tag that they are filed under."""
    filed = [*known.acts.items(), *known.events.items()]
    return [(tag, [(regex, also) for regex, also, _ in listed]) for tag, listed in filed]


def pieces(pattern: re.Pattern[str], text: str) -> list[str]:
    return [match[0] for match in pattern.finditer(text)]


@pytest.mark.parametrize(
    "pattern", [tokens._TOKEN, tagging._TOKEN, words._ANY], ids=["tokens", "tagging", "words"]
)
@given(text=ANY_TEXT | st.text(max_size=60) | st.sampled_from(TEXTS))
def test_plain_words_are_cut_as_all_others_are(pattern: re.Pattern[str], text: str) -> None:
    slow = re.compile(pattern.pattern.removeprefix("[a-zA-Z]++(?=[ ,])|"))
    assert slow.pattern != pattern.pattern
    assert pieces(pattern, text) == pieces(slow, text)


@given(ANY_TEXT | st.text(max_size=60) | st.sampled_from(TEXTS) | st.just("DON'T n't 5n't isn't"))
def test_the_words_of_a_text_are_the_same_in_ascii(text: str) -> None:
    assert words_of(text) == frozenset(re.findall(r"n't|[^\W\d_]+", text.lower().replace("’", "'")))


@pytest.mark.parametrize("language", ["en", "de"])
@given(st.sampled_from(TEXTS) | ANY_TEXT)
def test_no_word_that_may_claim_a_record_is_passed_over(language: str, text: str) -> None:
    known = CLAIMS[language]
    present = words_of(text, language)
    promising = any(map(_promising(language).__getitem__, present))
    assert promising or not (worth_trying(present, known) or any(is_trigger(word, known) for word in present))


@pytest.mark.parametrize("language", ["en", "de"])
@given(data=st.data())
def test_no_hint_of_a_deadline_is_passed_over(language: str, data: st.DataObject) -> None:
    known = deadlines.deadline_words(language)
    hint = data.draw(st.from_regex(known.hint) | ANY_TEXT)
    assert (known.hint.search(hint) is not None) == deadlines._hinted(known, hint)


@pytest.mark.parametrize("language", ["en", "de"])
def test_no_act_and_no_event_is_passed_over(language: str) -> None:
    """Whatever pattern matches is filed under a tag of the sentence, and finds there all that it is asked to have."""
    known = grammar(language)
    filed: dict[tuple[re.Pattern[str], Needs], set[str]] = {}
    for tag, listed in table_of(known):
        for one in listed:
            filed.setdefault(one, set()).add(tag)
    pairs = [str(row["text"]) for row in rows(SENTENCES[language])][:80]
    for text in pairs:
        tagged = known.vocabulary.tag(text)
        for (regex, also), anchors in filed.items():
            if regex.search(tagged.tags):
                assert not anchors.isdisjoint(tagged.present), text
                assert not any(map(tagged.present.isdisjoint, also)), text

"""The main act of a story in PLOVER's sense: conflict or cooperation, in words or in deeds, violent or not."""

from collections.abc import Sequence

from streams.rules.acts import find_acts
from streams.rules.escalation import leads, main_act
from streams.rules.grammar import grammar
from streams.rules.reading import Reading
from wirewatch.messages import Escalation, Event


def main_event(reading: Reading, escalations: Sequence[Escalation]) -> Event:
    """Return the story's main act; "none" where nothing is done to anybody, or the language is unknown."""
    known = grammar((reading.story.lang or "en")[:2].lower())
    if known is None:
        return Event()
    title, lead = leads(reading)
    for sentence in [*title, *lead]:
        main = main_act(
            find_acts(known, known.vocabulary.tag(sentence.text, sentence.start), reading.story.at.year)
        )
        if main is not None:
            form = "verbal" if main.state in ("threat", "offer") else "material"
            polarity = "cooperation" if main.state in ("peace", "offer") else "conflict"
            return Event(polarity, form, violent=main.state == "attack" and "violent" in main.act.event)
    return Event()

"""All that a story's own text says, in one pass: figures, record claims, escalation, signature."""

from collections.abc import Sequence

from streams.rules.credits import credited
from streams.rules.deadlines import find_deadlines
from streams.rules.escalation import find_escalations
from streams.rules.figures import read_numbers
from streams.rules.main_event import main_event
from streams.rules.reading import read
from streams.rules.record_claims import find_record_claims
from streams.rules.roundups import round_up
from streams.rules.signature import HeadlineVectors, sign
from streams.rules.user_words import UserWords, muted_reading, overruled
from wirewatch.messages import AnalysedStory, Story


def analyse_story(
    story: Story, vectors: HeadlineVectors | None, own: Sequence[UserWords] = ()
) -> AnalysedStory:
    """Return the story with its findings. Needs nothing but the text; `vectors` are the headline model's weights.

    `own` are the newsroom's own words, which overrule those of the lexicons.
    """
    if story.withdrawn is not None:
        # What is taken back says nothing any more; it only has to find its story.
        return AnalysedStory(story, signature=sign(read(story), (), vectors))
    reading = read(story)
    figures, unread = read_numbers(reading)
    acts = muted_reading(own, reading)
    escalations = find_escalations(acts, figures, vectors)
    if own:
        escalations = overruled(own, reading, escalations)
    return AnalysedStory(
        story=story,
        figures=figures,
        claims=find_record_claims(reading, figures),
        escalations=escalations,
        event=main_event(acts, escalations, vectors),
        signature=sign(reading, figures, vectors),
        deadlines=find_deadlines(reading),
        language=reading.language,
        round_up=round_up(story),
        credit=credited(story),
        unread=unread,
    )

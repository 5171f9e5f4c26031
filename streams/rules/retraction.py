"""What follows when an outlet takes a story back: killed or withheld, its word counts no more."""

from msgspec.structs import replace

from streams.rules.desk_case import AlertState, Shown
from streams.rules.occasions import Occasion, silence
from streams.rules.pages import Page, put
from wirewatch.messages import ClusteredStory, Detection, Story


def taken_back(page: Page, story: Story, cluster: str) -> Page:
    """Return the page without what the story's outlet told of the cluster; a record that nobody else tells falls."""
    for one in [one for one in page.occasions if cluster in one.clusters and one.status == "counts"]:
        page = put(page, one, _without(one, story, page))
    return page


def corrected_away(page: Page, message: ClusteredStory, cluster: str) -> Page:
    """Return the page without what an outlet told before its correction and tells no more."""
    story = message.story
    told = {one.figure for one in message.claims} | {one.value for one in message.figures}
    for one in [one for one in page.occasions if cluster in one.clusters and one.status == "counts"]:
        key = one.by_source.get(story.source)
        mine = next((telling for telling in one.tellings if telling.key == key), None)
        if mine is not None and mine.figure not in told:
            page = put(page, one, _without(one, story, page))
    return page


def _without(occasion: Occasion, story: Story, page: Page) -> Occasion:
    left = silence(occasion, story.source, page.direction)
    if left.tellings or (story.source not in occasion.by_source and occasion.story != story.id):
        return left
    return replace(occasion, status="withdrawn", why=f"{story.source}: {story.withdrawn or story.correction}")


def fallen(known: AlertState, shown: Shown, detection: Detection) -> Shown:
    """Return what an alert shows after a story was taken back: one that rests on its outlet counts no more."""
    rests = known.headline.source == detection.story.source or detection.outlets <= 1
    if detection.withdrawn is None and not rests:
        return shown
    return replace(known.shown, withdrawn=True, beats=None)

"""What the demo wire plays: its outlets and its stories, read from TOML and checked as a whole.

`feeds.toml` holds the outlets. Each file in `stories/` is one scene: a run of stories close in wire time, in
events (stories of one event share its label). `background.toml` is no scene: it is what the feeds already show
before the play begins. A story is its feed, its minute, its words; or the `copy_of` another one, word for word.
"""

import re
import tomllib
from datetime import UTC, date, datetime, time
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Final, Literal, TypeVar

import msgspec
from msgspec import Struct

from wirewatch.errors import InputError

FeedFormat = Literal["rss", "atom", "rdf", "json"]
BACKGROUND: Final = "background.toml"
SLUG_WORDS: Final = 9
T = TypeVar("T")


class DemoFeed(Struct, frozen=True, forbid_unknown_fields=True):
    """An outlet that does not exist, and the format of its feed."""

    slug: str
    name: str
    format: FeedFormat
    tier: Literal[1, 2, 3]
    country: str
    language: str = "en"


class DemoStory(Struct, frozen=True):
    """One item of one feed. `event` and `about` are for the reader of the script and are never served."""

    id: str
    feed: str
    slug: str
    title: str
    summary: str
    text: str
    published: datetime
    event: str
    about: str
    copy_of: str | None = None
    # The world pauses after it for longer than a poll: a first report stands alone for a while.
    lead: bool = False

    @property
    def path(self) -> str:
        """Return where its page stands, below the wire's address."""
        return f"/articles/{self.feed}/{self.slug}"


class Scene(Struct, frozen=True):
    """Stories close in wire time, in the order in which they appear."""

    label: str
    stories: tuple[DemoStory, ...]


class Script(Struct, frozen=True):
    """The whole play."""

    feeds: tuple[DemoFeed, ...]
    background: tuple[DemoStory, ...]
    scenes: tuple[Scene, ...]

    @property
    def stories(self) -> tuple[DemoStory, ...]:
        """Return every story, the background's first, in order."""
        return self.background + tuple(story for scene in self.scenes for story in scene.stories)


class _WrittenStory(Struct, frozen=True, forbid_unknown_fields=True):
    feed: str
    at: time
    title: str = ""
    slug: str = ""
    summary: str = ""
    text: str = ""
    about: str = ""
    copy_of: str | None = None
    lead: bool = False


class _WrittenEvent(Struct, frozen=True, forbid_unknown_fields=True):
    event: str
    about: str
    stories: tuple[_WrittenStory, ...]
    day: date | None = msgspec.field(name="date", default=None)


class _WrittenScene(Struct, frozen=True, forbid_unknown_fields=True):
    day: date = msgspec.field(name="date")
    events: tuple[_WrittenEvent, ...]
    scene: str = ""


class _WrittenFeeds(Struct, frozen=True, forbid_unknown_fields=True):
    feeds: tuple[DemoFeed, ...]


def load_script(folder: Traversable | None = None) -> Script:
    """Return the play in `folder`, by default the one that is part of Wirewatch.

    Raises:
        InputError: A file does not say what it must, or two contradict each other; names each mistake.
    """
    folder = files("wirewatch.demo") if folder is None else folder
    feeds = _read(folder / "feeds.toml", _WrittenFeeds).feeds
    background: tuple[DemoStory, ...] = ()
    scenes: list[Scene] = []
    for file in sorted((folder / "stories").iterdir(), key=lambda file: file.name):
        if not file.name.endswith(".toml"):
            continue
        written = _read(file, _WrittenScene)
        stories = tuple(sorted(_stories(written), key=lambda story: (story.published, story.id)))
        if file.name == BACKGROUND:
            background = stories
        else:
            scenes.append(Scene(label=written.scene, stories=stories))
    scenes.sort(key=lambda scene: scene.stories[0].published)
    script = _with_copies(Script(feeds=feeds, background=background, scenes=tuple(scenes)))
    if mistakes := check_script(script):
        raise InputError("The demo's script contradicts itself:\n  " + "\n  ".join(mistakes))
    return script


def check_script(script: Script) -> list[str]:
    """Return what is wrong with a script, a sentence each; nothing for a good one."""
    mistakes: list[str] = []
    feeds = {feed.slug for feed in script.feeds}
    if len(feeds) != len(script.feeds):
        mistakes.append("two feeds have the same slug")
    ids: set[str] = set()
    minutes: set[tuple[str, datetime]] = set()
    for story in script.stories:
        if story.feed not in feeds:
            mistakes.append(f"{story.id}: there is no feed {story.feed!r}")
        if story.id in ids:
            mistakes.append(f"{story.id}: this feed has two stories of that slug; give one a slug of its own")
        if (story.feed, story.published) in minutes:
            mistakes.append(f"{story.id}: its feed has another story at {story.published:%d %B %H:%M}")
        if not story.title:
            mistakes.append(f"{story.feed} at {story.published:%d %B %H:%M}: a story needs a title")
        ids.add(story.id)
        minutes.add((story.feed, story.published))
    mistakes.extend(
        f"feed {feed}: shows nothing before the play" for feed in sorted(feeds - _shown_before(script))
    )
    last = max((story.published for story in script.background), default=None)
    for scene in script.scenes:
        if last is not None and scene.stories[0].published <= last:
            mistakes.append(f"scene {scene.label!r}: begins before the one before it ended")
        last = scene.stories[-1].published
    return mistakes


def slugify(title: str) -> str:
    """Return the words that a title begins with, as they stand in an address."""
    return "-".join(re.findall(r"[a-z0-9]+", title.lower().replace("'", "").replace("’", ""))[:SLUG_WORDS])


def _read(file: Traversable, kind: type[T]) -> T:
    try:
        return msgspec.convert(tomllib.loads(file.read_text(encoding="utf-8")), kind)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise InputError(f"The demo's file {file.name} cannot be read: {error}") from error


def _stories(written: _WrittenScene) -> list[DemoStory]:
    return [
        _story(story, event, event.day or written.day) for event in written.events for story in event.stories
    ]


def _story(story: _WrittenStory, event: _WrittenEvent, day: date) -> DemoStory:
    slug = story.slug or slugify(story.title)
    return DemoStory(
        id=f"{story.feed}/{slug}",
        feed=story.feed,
        slug=slug,
        title=story.title,
        summary=_unwrap(story.summary),
        text=_unwrap(story.text),
        published=datetime.combine(day, story.at, UTC),
        event=event.event,
        about=story.about or event.about,
        copy_of=story.copy_of,
        lead=story.lead,
    )


def _unwrap(text: str) -> str:
    """Join the lines of each paragraph; paragraphs stay apart by an empty line."""
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in re.split(r"\n\s*\n", text.strip()))


def _with_copies(script: Script) -> Script:
    originals = {story.id: story for story in script.stories if story.copy_of is None}
    return Script(
        feeds=script.feeds,
        background=tuple(_filled(story, originals) for story in script.background),
        scenes=tuple(
            Scene(label=scene.label, stories=tuple(_filled(story, originals) for story in scene.stories))
            for scene in script.scenes
        ),
    )


def _filled(story: DemoStory, originals: dict[str, DemoStory]) -> DemoStory:
    if story.copy_of is None:
        return story if story.summary else msgspec.structs.replace(story, summary=_first_sentence(story.text))
    original = originals.get(story.copy_of)
    if original is None:
        raise InputError(f"The demo's story {story.id} is a copy of {story.copy_of!r}, which is no original")
    title = story.title or original.title
    slug = story.slug or slugify(title)
    return msgspec.structs.replace(
        story,
        id=f"{story.feed}/{slug}",
        slug=slug,
        title=title,
        summary=story.summary or original.summary or _first_sentence(original.text),
        text=original.text,
    )


def _first_sentence(text: str) -> str:
    """Return the sentence that a text begins with: up to a full stop before a capital or a quotation."""
    end = re.search(r"(?<!\b[A-Z])[.!?][\"”’]? (?=[A-Z\"“‘])", text)
    return text[: end.end()].strip() if end else text


def _shown_before(script: Script) -> set[str]:
    return {story.feed for story in script.background}

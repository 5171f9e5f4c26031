"""`wirewatch explain`: what was found in a story, where, and why it did or did not alert."""

import sys
from typing import Annotated, Any, Final

import typer
from msgspec import Struct

from wirewatch.cli.app import (
    ConfigOption,
    JsonOption,
    StateOption,
    cli,
    connect,
    print_json,
    run,
    settings_of,
)
from wirewatch.cli.backtest import (
    DEFAULT_DESKS,
    deadline_lines,
    detection_lines,
    event_line,
    figure_line,
    unread_line,
)
from wirewatch.clock import SystemClock
from wirewatch.codec import decode
from wirewatch.errors import InputError, MessageError
from wirewatch.kafka import KafkaConnection
from wirewatch.languages import said
from wirewatch.lexicon_file import lexicon_of
from wirewatch.messages import (
    Alert,
    AnalysedStory,
    Cluster,
    ClusteredStory,
    Detection,
    HeldBack,
    PairLevel,
    Story,
    StoryLanguage,
    UnreadReason,
)
from wirewatch.settings import Settings
from wirewatch.story_file import story_of_text
from wirewatch.tail import read_topics
from wirewatch.topics import ALERTS, ALERTS_HELD, ANALYSED, CLUSTERED, DETECTIONS, PAIRS

_UNREAD: Final[dict[UnreadReason, str]] = {
    "too_large": "larger than any count",
    "too_many_digits": "more digits than any count has",
    "below_zero": "fewer than none",
}


class Explanation(Struct):
    """Everything that is known of one story."""

    analysed: AnalysedStory | None = None
    clustered: ClusteredStory | None = None
    detection: Detection | None = None
    alerts: tuple[Alert, ...] = ()
    held: tuple[HeldBack, ...] = ()
    cluster: Cluster | None = None
    # How the parties stand that its escalation is between.
    pairs: tuple[PairLevel, ...] = ()


@cli.command()
def explain(
    story: Annotated[str, typer.Argument(help="A story's id or url; - for a text on stdin.")],
    config: ConfigOption = None,
    state: StateOption = None,
    json: JsonOption = False,
) -> None:
    """Say what was found in a story, where in its text, and why it did or did not alert.

    A text on stdin is judged by itself: its first line is the title, and nothing came before it.
    """
    settings = settings_of(config, state)
    found = _explain_text(settings) if story == "-" else run(_look_up(settings, story))
    lines = explained(found)
    if json:
        print_json(lines)
    else:
        _print(lines)


def explained(found: Explanation) -> dict[str, Any]:
    """Return an explanation as plain values.

    Raises:
        InputError: there is no such story.
    """
    if found.analysed is None:
        raise InputError(
            "No such story on stories.analysed: it is older than seven days, or its id or url is another"
        )
    story = found.analysed.story
    return {
        "story": {"id": story.id, "title": story.title, "source": story.source, "url": story.url,
                  "published": story.published, "fetched": story.fetched, "problems": story.problems,
                  "first_poll": story.first_poll},
        "language": language_line(found.analysed.language),
        "figures": [figure_line(figure) for figure in found.analysed.figures],
        "unread": [unread_line(number) for number in found.analysed.unread],
        "detections": detection_lines(found.analysed.claims, found.analysed.escalations, found.detection),
        "unheard": _unheard(story),
        "event": event_line(found.analysed.event),
        "pairs": [{"pair": each.pair, "week": each.week, "usual": each.usual, "trend": each.trend, "since": each.since}
                  for each in found.pairs],
        "deadlines": deadline_lines(found.analysed.deadlines),
        "cluster": None if found.clustered is None else {
            "id": found.clustered.cluster, "verdict": found.clustered.verdict, "reason": found.clustered.reason,
            "new_facts": found.clustered.new_facts, "outlets": found.clustered.outlets,
            "evidence": [f"{each.measure} {each.strength:.2f} against {each.against}" for each in found.clustered.evidence],
            "origin": _origin(found.clustered), "round_up": _round_up(found.clustered),
            "runner_up": None if found.clustered.near is None else {
                "cluster": found.clustered.near.cluster, "margin": found.clustered.near.margin,
                "nearest": found.clustered.near.story}},
        "alerts": [{"desk": each.body.desk, "endpoint": each.endpoint, "priority": each.body.priority,
                    "alert": each.id, "revision": each.revision, "reason": each.body.reason} for each in found.alerts],
        "held_back": [{"desk": each.desk, "reason": each.reason, "detail": each.detail} for each in found.held],
    }  # fmt: skip


def language_line(language: StoryLanguage | None) -> dict[str, Any] | None:
    """Return a story's language as plain values, and in words; None where an older version analysed it."""
    if language is None:
        return None
    return {
        "spoken": language.spoken, "read": language.read, "reason": language.reason, "words": said(language),
    }  # fmt: skip


def _origin(clustered: ClusteredStory) -> dict[str, Any] | None:
    origin = clustered.origin
    return None if origin is None else {
        "text": origin.text, "name": origin.name, "via": origin.via, "credited": origin.credited,
        "story": origin.story, "url": origin.url,
    }  # fmt: skip


def _round_up(clustered: ClusteredStory) -> str | None:
    """Return by what a page is known to string several reports together, in words."""
    found = clustered.round_up
    return None if found is None else f"{found.pieces} reports in one page, by its {found.form}"


def _unheard(story: Story) -> list[dict[str, str]]:
    """Return what came near to a turn and was none, the nearest first."""
    from streams.rules.reading import read
    from streams.rules.unheard import unheard
    from streams.rules.vectors import HeadlineVectors

    return [
        {"rule": one.rule, "words": one.words, "why": one.why}
        for one in unheard(read(story), HeadlineVectors())
    ]


def _explain_text(settings: Settings) -> Explanation:
    from streams.own_words import own_words
    from streams.rules.replay import Replay
    from streams.rules.signature import HeadlineVectors

    try:
        words = sys.stdin.buffer.read().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(
            f"The text is no UTF-8 at byte {error.start}; convert it, for example with iconv"
        ) from error
    story = story_of_text(words, SystemClock().now())
    own = own_words(lexicon_of(settings))
    outcome = Replay(settings.desks or DEFAULT_DESKS, settings.alerts, HeadlineVectors(), own).handle(story)
    return Explanation(outcome.analysed, outcome.clustered, outcome.detection, outcome.alerts, outcome.held)


async def _look_up(settings: Settings, wanted: str) -> Explanation:
    kafka = await connect(settings)
    found = await _newest(kafka, wanted)
    if found.analysed is None:
        return found
    story_id = found.analysed.story.id
    async for topic, message in read_topics(kafka, (CLUSTERED, DETECTIONS, ALERTS, ALERTS_HELD, PAIRS)):
        try:
            value = decode(topic, message.value)
        except MessageError:
            continue
        match value:
            case ClusteredStory() if value.story.id == story_id:
                found.clustered = value
            case Detection() if value.story.id == story_id:
                found.detection = value
            case Alert() if value.story == story_id:
                found.alerts = (*found.alerts, value)
            case HeldBack() if value.story == story_id:
                found.held = (*found.held, value)
            case PairLevel() if _between(found.analysed, value):
                found.pairs = (*(each for each in found.pairs if each.pair != value.pair), value)
            case _:
                pass
    return found


def _between(analysed: AnalysedStory, level: PairLevel) -> bool:
    return any({each.actor, each.target} == set(level.parties) for each in analysed.escalations)


async def _newest(kafka: KafkaConnection, wanted: str) -> Explanation:
    """Return the newest version of the story with this id or url."""
    found = Explanation()
    needle = wanted.encode()
    async for topic, message in read_topics(kafka, (ANALYSED,)):
        if message.value is None or needle not in message.value:
            continue
        try:
            analysed = decode(topic, message.value)
        except MessageError:
            continue
        if wanted in {analysed.story.id, analysed.story.url}:
            found.analysed = analysed
    return found


def _print(lines: dict[str, Any]) -> None:
    story = lines["story"]
    print(
        f"{story['title']}\n  {story['source']}, published {story['published'] or 'without a date'}, id {story['id']}"
    )
    for problem in story["problems"]:
        print(f"  problem: {problem}")
    if lines["language"]:
        print(f"  language: {lines['language']['words']}")
    _print_found(lines)
    if lines["cluster"]:
        _print_cluster(lines["cluster"])
    print("\nAlerts")
    endpoints: dict[str, list[str]] = {}
    for each in lines["alerts"]:
        said = f"  {each['desk']}: {each['priority']}, revision {each['revision']}: {each['reason']}"
        endpoints.setdefault(said, []).append(each["endpoint"])
    for said, names in endpoints.items():
        print(f"{said} (to {', '.join(names)})")
    for each in lines["held_back"]:
        print(f"  {each['desk']}: held back, {each['reason']}: {each['detail']}")
    if not lines["alerts"] and not lines["held_back"]:
        print("  none: nothing in it rings, or it brings nothing new to what rang")


def _print_cluster(cluster: dict[str, Any]) -> None:
    print(
        f"\nCluster {cluster['id']}: {cluster['verdict']}, {cluster['reason']}; {cluster['outlets']} outlet(s)"
    )
    for fact in (*cluster["evidence"], *cluster["new_facts"]):
        print(f"  {fact}")
    if cluster["origin"]:
        print(f"  origin: {cluster['origin']['text']}")
    if cluster["round_up"]:
        print(f"  a round-up: {cluster['round_up']}; it joins no cluster of its subjects")
    if near := cluster["runner_up"]:
        print(
            f"  runner-up: cluster {near['cluster']}, {_missed(near['margin'])}; nearest there {near['nearest']}"
        )


def _missed(margin: float) -> str:
    if margin < 0:
        return f"{-margin:.2f} log-odds short of joining"
    return f"{margin:.2f} log-odds above joining, and the other fits better"


def _print_found(lines: dict[str, Any]) -> None:
    print("\nFound in the text")
    for each in lines["detections"]:
        _print_detection(each)
    if not lines["detections"]:
        print("  no record claim, no escalation")
    for each in lines["unheard"]:
        print(f"  no turn, {each['rule']}: “{each['words']}”: {each['why']}")
    for each in lines["pairs"]:
        usual = "" if each["usual"] is None else f", usually {each['usual']:+.1f}"
        print(f"  {each['pair']}: {each['week']:+.1f} a day this week{usual}; {each['trend']}")
    event = lines["event"]
    print(f"  event: {event['polarity']}, {event['form']}{', violent' if event['violent'] else ''}")
    print("  figures: " + (", ".join(_figure(each) for each in lines["figures"][:15]) or "none"))
    for each in lines["unread"]:
        print(f"  no figure: “{each['text']}”: {_UNREAD[each['reason']]}")
    for each in lines["deadlines"]:
        print(
            f"  {each['kind']} until {each['due']}, set by {each['set_by'] or 'nobody named'}: {each['phrase']}"
        )


def _print_detection(each: dict[str, Any]) -> None:
    cues = ", ".join(f"“{cue['text']}” ({cue['field']} {cue['start']}–{cue['end']})" for cue in each["cues"])
    if each["kind"] == "record":
        figure = (
            "no figure"
            if each["figure"] is None
            else f"{each['qualifier']} {each['figure']:,} {each['unit'] or ''}"
        )
        print(
            f"  record, {each['status']}: {each['comparator']}, {figure}, scope {each['scope']}; cues {cues}"
        )
        beats = f", beats {each['beats']:,}" if each["beats"] is not None else ""
        print(
            f"    ledger: {each['ledger']}{beats}: {each['ledger_reason'] or 'only what is claimed is compared'}"
        )
    else:
        who = " ".join(str(each[key]) for key in ("actor", "target", "place") if each[key])
        print(f"  {each['polarity']} {each['severity']} {who}: {'; '.join(each['parts'])}; cues {cues}")


def _figure(each: dict[str, Any]) -> str:
    return f"{each['text']} {each['unit'] or ''}".strip()

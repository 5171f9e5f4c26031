"""The ledger: judges every record claim at its story's own time, and keeps what stands for every metric.

The single writer of `records`, `deadlines`, `pairs` and `detections`. State: a page a metric ("page/..."), a case a
cluster that has findings ("case/..."), the deadlines to come ("deadline/...") and the levels of pairs ("pair/...").
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from streams.rules.cases import Case, counting, first_told, hear, heard, leading, merge
from streams.rules.catalogue import Catalogue
from streams.rules.corrections import corrected, correction_of, opened
from streams.rules.counted import Counted, counted
from streams.rules.deadline_book import DeadlineBook
from streams.rules.gazetteer import NAMED_IN
from streams.rules.judging import a_first, deny, judge, moment_of, news_time, not_compared
from streams.rules.languages import language_of
from streams.rules.ledger import Told, compare, exactness, near, recounts
from streams.rules.metrics import crossed, is_vague, metric_name
from streams.rules.occasions import Occasion, Report, fold, tell
from streams.rules.packs import packed_pages
from streams.rules.pages import RETOLD_BROKEN, Moment, Page, learned, put
from streams.rules.pair_levels import PairBook
from streams.rules.resolving import Asked, resolve
from streams.rules.retraction import corrected_away, taken_back
from streams.rules.step import Change, Output
from streams.rules.unclaimed import bare_figures, retold, unclaimed_claims
from streams.rules.watched_figures import watched_figures
from wirewatch.ids import identify
from wirewatch.messages import (
    ClusteredStory,
    ClustersMerged,
    Detection,
    JudgedClaim,
    LedgerWord,
    Merge,
    RecordClaim,
    Setting,
)

CASE_DAYS: Final = timedelta(days=7)
# Of so many claims of one text, more is a list of records and not news.
MAX_CLAIMS: Final = 40
# Scopes within which a mark that is crossed for the first time is a record.
_OPEN_SCOPES: Final = frozenset(["ever", "unstated", "to date", "on record"])
_case_decoder = msgspec.json.Decoder(Case)


class LedgerBook:
    """What record stands for each metric, and what each cluster reported of it."""

    def __init__(self, pages: Iterable[Page] | None = None, watched: frozenset[str] = frozenset()) -> None:
        self._watched = watched
        self._catalogue = Catalogue(packed_pages() if pages is None else pages)
        self._deadlines = DeadlineBook()
        self._pairs = PairBook()
        self._cases: dict[str, Case] = {}
        self._touched: dict[str, Case | None] = {}
        # No case is quieter than this; None where that is not known.
        self._quietest: datetime | None = None

    def restore(self, entries: Iterable[tuple[str, bytes]]) -> None:
        """Rebuild pages and cases from stored entries, in any order; a stored page stands before a pack's."""
        for key, value in entries:
            if key.startswith("page/"):
                self._catalogue.restore(value)
            elif key.startswith("deadline/"):
                self._deadlines.restore(value)
            elif key.startswith("pair/"):
                self._pairs.restore(value)
            elif key.startswith("case/"):
                case = _case_decoder.decode(value)
                self._cases[case.id] = case

    def handle(self, message: Struct) -> Change:
        """Judge a story, join what is known of two clusters, or heed an editor's correction."""
        self._catalogue.begin()
        self._deadlines.begin()
        self._pairs.begin()
        self._touched = {}
        outputs: tuple[Output, ...] = ()
        if isinstance(message, ClusteredStory):
            outputs = (*self._story(message), *self._deadlines.hear(message))
        elif isinstance(message, Merge):
            outputs = self._merge(message)
        elif isinstance(message, Setting):
            outputs = self._correct(message)
        outputs = (*outputs, *self._pairs.outputs())
        puts = self._catalogue.puts()
        puts |= self._deadlines.puts() | self._pairs.puts()
        for name, case in self._touched.items():
            puts[f"case/{name}"] = None if case is None else msgspec.json.encode(case)
        return Change(outputs, puts)

    def page(self, metric: str) -> Page | None:
        """Return the ledger's page on a metric, for whoever explains."""
        return self._catalogue.get(metric)

    def _story(self, message: ClusteredStory) -> tuple[Output, ...]:
        story = message.story
        cluster = self._settled(message.cluster)
        known = self._cases.get(cluster)
        if known is not None and heard(known, story):
            return ()
        if story.withdrawn is not None:
            return self._take_back(message, known) if known is not None else ()
        judged, case = self._judge_all(message, known or Case(cluster, story.fetched))
        watched = watched_figures(message, self._watched)
        found = bool(judged or message.escalations or watched)
        if known is None and not found:
            return ()
        if story.correction is not None and known is not None:
            self._heed_correction(message, case)
            found = True
        escalations, counts = self._pairs.hear(message, case.pairs)
        message, case = replace(message, escalations=escalations), replace(case, pairs=counts)
        case = hear(self._corroborate(message, case), story)
        self._keep(case)
        self._expire(case.last)
        detection = replace(self._detection(message, case, judged, found), watched=watched)
        return (*self._catalogue.outputs(news_time(story)), Output("detections", case.id, detection))

    def _take_back(self, message: ClusteredStory, case: Case) -> tuple[Output, ...]:
        """Let what an outlet told and takes back count no more; nothing where it told nothing of the case."""
        story = message.story
        for metric in case.metrics:
            page = self._catalogue.get(metric)
            if page is not None:
                self._catalogue.keep(taken_back(page, story, case.id), news_time(story))
        if len(case.heard) == 1:
            # Nobody else told it.
            self._pairs.forget(case.pairs)
            case = replace(case, pairs={})
        case = hear(case, story)
        self._keep(case)
        detection = replace(self._detection(message, case, (), True), retracted=story.withdrawn)
        return (*self._catalogue.outputs(news_time(story)), Output("detections", case.id, detection))

    def _heed_correction(self, message: ClusteredStory, case: Case) -> None:
        for metric in case.metrics:
            page = self._catalogue.get(metric)
            if page is not None:
                self._catalogue.keep(corrected_away(page, message, case.id), news_time(message.story))

    def _judge_all(self, message: ClusteredStory, case: Case) -> tuple[tuple[JudgedClaim, ...], Case]:
        """Judge the story's claims, the most exact figures first, and say them in the text's order."""
        claims = message.claims[:MAX_CLAIMS]
        words: dict[int, LedgerWord] = {}
        for index in sorted(range(len(claims)), key=lambda at: (_turn(claims[at]), at)):
            words[index], case = self._judge(message, case, claims[index])
        judged = [JudgedClaim(claim, words[index]) for index, claim in enumerate(claims)]
        watched = self._catalogue.watched(bare_figures(message))
        for page, claim in tuple(unclaimed_claims(message, watched, frozenset(case.metrics))):
            word, case = self._enter(message, case, claim, page)
            judged.append(JudgedClaim(claim, word))
        return tuple(judged), case

    def _judge(self, message: ClusteredStory, case: Case, claim: RecordClaim) -> tuple[LedgerWord, Case]:
        story = message.story
        meant = counted(claim, message)
        moment = moment_of(meant.claim, story, case.id)
        page = self._resolve(message, case, meant, moment)
        if claim.status == "denied":
            return self._deny(message, case, meant.claim, page)
        if claim.status != "claimed":
            return not_compared(f"the text claims no new record: {claim.status}", page, story), case
        if moment is None and claim.direction == "first":
            name = metric_name(meant.meaning, "first")
            return a_first(name, known=bool(case.firsts)), first_told(case, name)
        if moment is None:
            word = not_compared("no figure told", page, story)
            return word, counting(case, page.metric) if page else case
        if page is None and is_vague(meant.meaning):
            return not_compared("the text leaves open what is counted", None, story), case
        page = page or self._new_page(meant, case, language_of(story).read or NAMED_IN)
        return self._enter(message, case, meant.claim, page)

    def _enter(
        self, message: ClusteredStory, case: Case, claim: RecordClaim, page: Page
    ) -> tuple[LedgerWord, Case]:
        """Hold a figure against a page and keep what follows."""
        moment = moment_of(claim, message.story, case.id)
        if moment is None:
            return not_compared("no figure told", page, message.story), case
        judged = judge(page, moment, claim, message.story)
        self._catalogue.keep(learned(judged.page, claim.subject), news_time(message.story))
        case = counting(case, page.metric)
        return judged.word, leading(case, page.metric, _rank(judged.word))

    def _deny(
        self, message: ClusteredStory, case: Case, claim: RecordClaim, page: Page | None
    ) -> tuple[LedgerWord, Case]:
        page = page or self._catalogue.get(case.lead)
        if page is None:
            return not_compared("denied, and no such record is known", None, message.story), case
        judged = deny(page, moment_of(claim, message.story, case.id), claim, message.story, case.id)
        if judged.occasion is not None:
            self._catalogue.keep(judged.page, news_time(message.story))
            case = leading(counting(case, page.metric), page.metric, 1)
        return judged.word, case

    def _corroborate(self, message: ClusteredStory, case: Case) -> Case:
        """Count the figure of a story that claims nothing about its cluster's record."""
        page = self._catalogue.get(case.lead)
        occasion = _of_cluster(page, case.id)
        story = message.story
        if page is None or occasion is None or story.source in occasion.by_source:
            return case
        told = retold(message, page, occasion)
        if told is not None:
            report = Report(told, story.source, story.tier, news_time(story), story.id, story.url)
            self._catalogue.keep(
                put(page, occasion, tell(occasion, report, page.direction)), news_time(story)
            )
        return case

    def _resolve(
        self, message: ClusteredStory, case: Case, meant: Counted, moment: Moment | None
    ) -> Page | None:
        units = meant.meaning.units
        names = set(case.metrics) | self._catalogue.counting(meant.meaning)
        if moment is not None:
            names |= self._catalogue.recent(moment, back=1 if units else RETOLD_BROKEN.days)
        context = f"{message.story.title} {meant.claim.sentence.text}"
        language = language_of(message.story).read or NAMED_IN
        asked = Asked(meant.meaning, meant.claim.direction, moment, context, case.lead, language)
        pages = [page for name in sorted(names) if (page := self._catalogue.get(name))]
        return resolve(asked, pages, frozenset(case.metrics))

    def _new_page(self, meant: Counted, case: Case, language: str) -> Page:
        direction = meant.claim.direction
        if direction == "first" and meant.claim.scope in _OPEN_SCOPES:
            # Who tops 3,000 for the first time sets a high.
            direction = crossed(meant.claim.sentence.text, language)
        name = metric_name(meant.meaning, direction)
        if name in self._catalogue:
            # The same words for another series: the figures have shown that it is another.
            name = f"{name}-{identify('metric', name, case.id)[:8]}"
        known = self._catalogue.get(name)
        return known or Page(name, meant.claim.subject, direction, narrow=tuple(sorted(meant.meaning.narrow)))

    def _detection(
        self, message: ClusteredStory, case: Case, judged: tuple[JudgedClaim, ...], found: bool
    ) -> Detection:
        page = self._catalogue.get(case.lead)
        occasion = _of_cluster(page, case.id)
        stands = occasion is not None and page is not None and _stands(occasion, page)
        return Detection(
            id=identify("detection", case.id, message.story.id, message.story.version),
            cluster=case.id,
            change="found" if found else "corroborated",
            story=message.story,
            verdict=message.verdict,
            outlets=message.outlets,
            event=message.event,
            records=judged,
            escalations=message.escalations,
            figures=occasion.reports() if occasion else (),
            metric=page.metric if page else None,
            record=occasion.step() if occasion and stands else None,
            beats=occasion.beats if occasion and stands else None,
            withdrawn=occasion.why if occasion and occasion.status == "withdrawn" else None,
            near=message.near,
        )

    def _merge(self, message: Merge) -> tuple[Output, ...]:
        absorbed = self._cases.get(message.absorbed)
        if absorbed is None or absorbed.merged_into is not None or message.kept == message.absorbed:
            return ()
        kept = self._settled(message.kept)
        older = self._cases.get(kept)
        if older is not None:
            # One event counts once.
            self._pairs.forget({name: one for name, one in absorbed.pairs.items() if name in older.pairs})
        self._keep(merge(older, absorbed, kept))
        self._keep(replace(Case(absorbed.id, absorbed.last), merged_into=kept))
        for metric in absorbed.metrics:
            page = self._catalogue.get(metric)
            if page is not None:
                self._catalogue.keep(_moved(page, absorbed.id, kept), page.last or absorbed.last)
        merged = ClustersMerged(identify("merge", kept, absorbed.id), kept, absorbed.id, message.at)
        return (*self._catalogue.outputs(message.at), Output("detections", kept, merged))

    def _correct(self, setting: Setting) -> tuple[Output, ...]:
        """Set a record right by an editor's word; nothing for other settings and metrics that nobody knows."""
        correction = correction_of(setting)
        if correction is None:
            return ()
        page = self._catalogue.get(correction.metric) or opened(correction)
        if page is None:
            return ()
        self._catalogue.keep(corrected(page, correction), page.last or correction.at)
        return self._catalogue.outputs(correction.at)

    def _settled(self, cluster: str) -> str:
        """Return the cluster that a cluster was merged into, in the end."""
        for _ in range(8):
            case = self._cases.get(cluster)
            if case is None or case.merged_into is None:
                return cluster
            cluster = case.merged_into
        return cluster

    def _keep(self, case: Case) -> None:
        self._cases.pop(case.id, None)
        self._cases[case.id] = case
        self._touched[case.id] = case
        if self._quietest is not None:
            self._quietest = min(self._quietest, case.last)

    def _expire(self, now: datetime) -> None:
        """Forget the cases that were quiet too long; looks at all of them only when one of them must be."""
        over = now - CASE_DAYS
        if self._quietest is not None and self._quietest >= over:
            return
        for name in [name for name, case in self._cases.items() if case.last < over]:
            del self._cases[name]
            self._touched[name] = None
        self._quietest = min((case.last for case in self._cases.values()), default=None)


def _rank(word: LedgerWord) -> int:
    """Return how firmly a claim's metric leads its cluster: by a record that beats another, by one, by a figure."""
    if word.outcome in ("broken", "first_known", "same"):
        return 3 if word.beats is not None else 2
    return 1


def _turn(claim: RecordClaim) -> int:
    """Return when a claim's turn is: exact figures first, denials last, so that they meet what they deny."""
    if claim.status == "denied":
        return 9
    return 4 if claim.figure is None else 3 - exactness(claim.qualifier)


def _stands(occasion: Occasion, page: Page) -> bool:
    """Return whether the occasion's figure, as most tell it now, is the record that one of its outlets claimed."""
    if not occasion.record or occasion.status != "counts":
        return False
    older = occasion.beats
    if older is None:
        return True
    return compare(occasion.told, Told(older.figure, older.qualifier), page.direction) != "below"


def _of_cluster(page: Page | None, cluster: str) -> Occasion | None:
    """Return the newest occasion that the cluster reported, records first."""
    mine = [one for one in page.occasions if cluster in one.clusters] if page else []
    return max(mine, key=lambda one: (one.record, one.day, one.at), default=None)


def _moved(page: Page, absorbed: str, kept: str) -> Page:
    """Return the page with the absorbed cluster's occasions under the older cluster, and those of one event as one."""
    for one in [one for one in page.occasions if absorbed in one.clusters]:
        names = tuple(dict.fromkeys(kept if name == absorbed else name for name in one.clusters))
        twin = next(
            (other for other in page.occasions if other is not one and _are_one(other, one, kept)), None
        )
        moved = replace(one, clusters=names)
        page = put(page, one, moved if twin is None else fold(twin, moved, page.direction))
        if twin is not None:
            page = replace(page, occasions=tuple(other for other in page.occasions if other is not twin))
    return page


def _are_one(other: Occasion, one: Occasion, kept: str) -> bool:
    """Whether the older cluster's occasion is the absorbed one's: two nights stay two, whatever the clusters are."""
    if kept not in other.clusters:
        return False
    if other.date == one.date:
        return near(other.told, one.told)
    return abs(other.date - one.date) <= timedelta(days=1) and recounts(other.told, one.told)

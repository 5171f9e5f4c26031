"""feedparser's own test files: whatever it reads, we read as many items of; nothing brings the reader down.

They come from its source archive on the package index when the test runs, for the very version that is installed.
Without a package index these tests are skipped, and say so.
"""

import re
import subprocess
import sys
import tarfile
import warnings
from datetime import UTC, datetime
from pathlib import Path

import feedparser
import pytest

from connectors.encoding import decode
from connectors.items import FeedError
from connectors.parse import by_feedparser, parse, prepared
from connectors.wellformed import Found, read_wellformed
from tests.connectors.quick import as_finished

NOW = datetime(2025, 6, 1, 12, 0, tzinfo=UTC)
FOLDERS = ["wellformed", "illformed", "encoding", "entities", "http", "compression"]
_HEADER = re.compile(rb"^Header:\s*Content-type:(.+)$", re.MULTILINE | re.IGNORECASE)


@pytest.fixture(scope="session")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder `tests` of feedparser's source archive."""
    folder = tmp_path_factory.mktemp("feedparser")
    wanted = f"feedparser=={feedparser.__version__}"
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"]
    command = [*pip, "--no-binary", "feedparser", "--dest", str(folder), wanted]
    try:
        subprocess.run(command, check=True, capture_output=True, timeout=120)
    except (subprocess.SubprocessError, OSError) as error:
        pytest.skip(f"NOT TESTED: the source archive of {wanted} cannot be fetched: {error}")
    with tarfile.open(next(folder.glob("feedparser-*.tar.gz"))) as packed:
        packed.extractall(folder, filter="data")
    return next(folder.glob("feedparser-*/tests"))


@pytest.mark.parametrize("name", FOLDERS)
def test_reads_as_many_items_as_feedparser_of_every_file_of_its_own(archive: Path, name: str) -> None:
    files = [path for path in sorted((archive / name).rglob("*")) if path.suffix in {".xml", ".gz", ".z"}]
    assert files
    wrong = [said for path in files if (said := _difference(path)) is not None]
    assert wrong == []


@pytest.mark.parametrize("name", FOLDERS)
def test_the_quick_reader_gives_what_feedparser_gives_of_every_file_that_it_reads(
    archive: Path, name: str
) -> None:
    read = {path.name: _read_twice(path) for path in sorted((archive / name).rglob("*.xml"))}
    assert [name for name, (quick, slow) in read.items() if quick is not None and quick != slow] == []


def test_there_are_as_many_files_as_there_should_be(archive: Path) -> None:
    assert len(list(archive.rglob("*.xml"))) > 2_000


def _read_twice(path: Path) -> tuple[Found | None, Found | None]:
    document = prepared(decode(path.read_bytes()).text).encode("utf-8", "replace")
    quick = as_finished(read_wellformed(document))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return quick, as_finished(by_feedparser(document)) if quick is not None else None


def _difference(path: Path) -> str | None:
    body = path.read_bytes()
    declared = _HEADER.search(body[:2_000])
    content_type = declared[1].decode().strip() if declared else ""
    headers = {"content-type": content_type} if content_type else {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = feedparser.parse(body, response_headers=headers).entries
    try:
        ours = parse(body, content_type=content_type, base="https://wire.example/feed", fetched=NOW).items
    except FeedError as error:
        return f"{path.name}: {error}, but {len(theirs)} items" if theirs else None
    if len(ours) != len(theirs):
        return f"{path.name}: {len(ours)} items instead of {len(theirs)}"
    untitled = [one for one, other in zip(theirs, ours, strict=True) if one.get("title") and not other.title]
    return f"{path.name}: {len(untitled)} titles lost" if any(map(_shown, untitled)) else None


def _shown(entry: feedparser.FeedParserDict) -> bool:
    """Whether an entry's title shows anything once its markup is gone."""
    return bool(re.sub(r"<[^>]*>|&\S+;|\s", "", entry["title"]))

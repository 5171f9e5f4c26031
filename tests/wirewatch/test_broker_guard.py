"""The guard, with small Python programs in the place of Java."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from wirewatch.embedded import guard

OBEYS = "import signal, sys; signal.signal(signal.SIGTERM, lambda *_: sys.exit(7)); print('up', flush=True); signal.pause()"
STUBBORN = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True)\nwhile True: signal.pause()"
OWNER = """
import os, subprocess, sys
command = [sys.executable, "-I", "-S", sys.argv[1], "5", sys.argv[2], sys.executable, "-c", sys.argv[3]]
child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, pass_fds=(int(sys.argv[2]),))
print(child.stdout.readline().decode().strip(), flush=True)
os.kill(os.getpid(), 9)
"""


@pytest.fixture
def lock(tmp_path: Path) -> Iterator[int]:
    descriptor = os.open(tmp_path / "lock", os.O_CREAT | os.O_RDWR)
    yield descriptor
    os.close(descriptor)


def _guarded(lock: int, program: str, *, grace: str = "5", console: Path) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-I", "-S", guard.__file__, grace, str(lock), sys.executable, "-c", program]
    with console.open("wb") as output:
        return subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=output, pass_fds=(lock,)
        )


def _until_up(console: Path) -> None:
    while b"up" not in console.read_bytes():
        os.sched_yield()


def test_it_tells_the_process_id_and_hands_on_the_exit_code(lock: int, tmp_path: Path) -> None:
    with _guarded(
        lock, "import os, sys; print(os.getpid()); sys.exit(3)", console=tmp_path / "out"
    ) as process:
        assert process.stdout is not None
        told = process.stdout.readline()
        assert process.wait(10) == 3
    assert (tmp_path / "out").read_bytes() == told


def test_a_child_that_is_killed_gives_its_signal(lock: int, tmp_path: Path) -> None:
    with _guarded(lock, OBEYS, console=tmp_path / "out") as process:
        assert process.stdout is not None
        os.kill(int(process.stdout.readline()), signal.SIGKILL)
        assert process.wait(10) == 128 + signal.SIGKILL


def test_the_end_of_the_pipe_ends_the_child_gracefully(lock: int, tmp_path: Path) -> None:
    with _guarded(lock, OBEYS, console=tmp_path / "out") as process:
        assert process.stdin is not None
        _until_up(tmp_path / "out")
        process.stdin.close()
        assert process.wait(10) == 7


def test_a_child_that_will_not_go_is_killed_when_the_grace_is_over(lock: int, tmp_path: Path) -> None:
    with _guarded(lock, STUBBORN, grace="0.2", console=tmp_path / "out") as process:
        assert process.stdin is not None
        _until_up(tmp_path / "out")
        process.stdin.close()
        assert process.wait(10) == 128 + signal.SIGKILL


@pytest.mark.parametrize("ignored", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_what_the_terminal_sends_is_for_the_owner_alone(
    lock: int, tmp_path: Path, ignored: signal.Signals
) -> None:
    with _guarded(lock, OBEYS, console=tmp_path / "out") as process:
        assert process.stdin is not None
        _until_up(tmp_path / "out")
        process.send_signal(ignored)
        process.stdin.close()
        assert process.wait(10) == 7


def test_a_command_that_is_not_there_is_named_in_the_console(lock: int, tmp_path: Path) -> None:
    command = [sys.executable, "-I", "-S", guard.__file__, "5", str(lock), "/no/such/java"]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stderr=subprocess.PIPE, pass_fds=(lock,)
    ) as process:
        assert process.stderr is not None
        assert b"/no/such/java" in process.stderr.read()
        assert process.wait(10) == 127


def test_a_stop_that_comes_before_the_child_is_up_is_not_lost(lock: int, tmp_path: Path) -> None:
    with _guarded(lock, OBEYS, grace="60", console=tmp_path / "out") as process:
        assert process.stdin is not None
        process.stdin.close()
        assert process.wait(10) in {7, 128 + signal.SIGTERM}


def test_an_owner_that_is_killed_takes_the_child_along(lock: int, tmp_path: Path) -> None:
    command = [sys.executable, "-c", OWNER, guard.__file__, str(lock), OBEYS]
    owner = subprocess.run(command, capture_output=True, check=False, pass_fds=(lock,))
    assert owner.returncode == -signal.SIGKILL
    child = int(owner.stdout)
    # Both hold the owner's standard error until they end; `run` has read it to its end, so both are gone or going.
    state = subprocess.run(
        ["ps", "-o", "stat=", "-p", str(child)], capture_output=True, text=True, check=False
    )
    assert state.stdout[:1] in {"", "Z"}

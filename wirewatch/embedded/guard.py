"""Runs a command and ends it when the process that asked for it is gone, however that ended.

A script of its own, run as `python guard.py GRACE FD COMMAND...`: it imports nothing of Wirewatch, so that it starts
in milliseconds. Its standard input is a pipe whose other end the owner alone holds; its end of file means that the
owner closed it, or died. Its standard output tells the owner the command's process id. FD, the lock on the folder, is
handed down, so that the folder stays locked until the last of the three is gone.
"""

import contextlib
import os
import select
import signal
import sys
import time
from collections.abc import Callable

DIE_WITH_PARENT = 1  # Linux: prctl(PR_SET_PDEATHSIG)


def main() -> int:
    """Run the command until it ends, or until the owner is gone; return its exit code."""
    grace, lock, command = float(sys.argv[1]), int(sys.argv[2]), sys.argv[3:]
    ended, wake = os.pipe()
    os.set_blocking(wake, False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
    child = start(command, lock)
    # The terminal's Ctrl-C and hang-up are for the owner, who then lets go of the pipe. Only now: a child would
    # inherit that it ignores them, and a stop that comes before it has become Java would be lost.
    for ignored in (signal.SIGINT, signal.SIGHUP, signal.SIGTERM):
        signal.signal(ignored, signal.SIG_IGN)
    with contextlib.suppress(BrokenPipeError):
        os.write(1, f"{child}\n".encode())
    deadline: float | None = None
    while True:
        code = exit_code(child)
        if code is not None:
            return code
        left = None if deadline is None else max(0.0, deadline - time.monotonic())
        watched = [ended] if deadline is not None else [ended, 0]
        ready, _, _ = select.select(watched, [], [], left)
        if ended in ready:
            os.read(ended, 64)
        if 0 in ready and not os.read(0, 64):
            os.kill(child, signal.SIGTERM)
            deadline = time.monotonic() + grace
        if not ready and deadline is not None:
            os.kill(child, signal.SIGKILL)
            deadline = time.monotonic() + grace


def start(command: list[str], lock: int) -> int:
    """Start the command with the guard's standard error as its output; return its process id."""
    guard = os.getpid()
    os.set_inheritable(lock, True)
    die_with_parent = death_signal()
    child = os.fork()
    if child:
        return child
    try:
        die_with_parent()
        if os.getppid() != guard:
            os._exit(1)
        nothing = os.open(os.devnull, os.O_RDONLY)
        os.dup2(nothing, 0)
        os.dup2(2, 1)
        os.execv(command[0], command)  # noqa: S606  the owner names the command
    except BaseException as error:  # noqa: BLE001  a forked child must not return into its parent's code
        os.write(2, f"{command[0]}: {error}\n".encode())
        os._exit(127)


def death_signal() -> Callable[[], object]:
    """Return what makes the calling process die with its parent, where the system has such a thing."""
    if not sys.platform.startswith("linux"):
        return lambda: None
    import ctypes  # noqa: PLC0415  elsewhere it costs time and serves nothing

    prctl = ctypes.CDLL(None, use_errno=True).prctl
    return lambda: prctl(DIE_WITH_PARENT, signal.SIGKILL, 0, 0, 0)


def exit_code(child: int) -> int | None:
    """Return the child's exit code, 128 and the signal's number where one killed it, or None while it runs."""
    found, status = os.waitpid(child, os.WNOHANG)
    if not found:
        return None
    code = os.waitstatus_to_exitcode(status)
    return code if code >= 0 else 128 - code


if __name__ == "__main__":
    sys.exit(main())

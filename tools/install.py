"""Makes `.venv` and installs what requirements.lock names, hash by hash. Needs Python 3.11 and nothing else.

pip installs uv from the lock, and uv the rest: seconds instead of half a minute. Where uv cannot be had (a mirror
that only pip is told about, a platform without its wheel) pip does all of it.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
LOCK = ROOT / "requirements.lock"
STAMP = VENV / ".installed"
SCRIPTS = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = SCRIPTS / "python"
OLDEST = (3, 11)


class InstallError(Exception):
    """Something that the person at the keyboard can mend; the text says how."""


def main() -> int:
    """Install, and say what went wrong in one line where it did."""
    try:
        install()
    except InstallError as error:
        say(f"make install: {error}")
        return 1
    return 0


def install() -> None:
    """Make the environment, fill it from the lock, and put the project itself in."""
    if sys.version_info < OLDEST:
        have = ".".join(map(str, sys.version_info[:3]))
        raise InstallError(
            f"this is Python {have}; Wirewatch needs 3.11 or newer: make install PYTHON=python3.12"
        )
    make_environment()
    say("Installing the locked packages ...")
    if not install_with_uv():
        say("uv cannot do it here; pip does, which takes about a minute ...")
        pip: list[str | Path] = [
            PYTHON,
            "-m",
            "pip",
            "install",
            "--disable-pip-version-check",
            "--progress-bar",
            "off",
            "--quiet",
        ]
        if not run(*pip, "--require-hashes", "-r", LOCK):
            raise InstallError(
                "the packages of requirements.lock could not be installed; pip's own words stand above. Without a way "
                "to the package index, set PIP_INDEX_URL to a mirror"
            )
        if not run(*pip, "--no-deps", "--no-build-isolation", "-e", ROOT):
            raise InstallError("the project itself could not be installed; pip's own words stand above")
    STAMP.touch()
    say("Installed into .venv")


def make_environment() -> None:
    """Make `.venv`, unless a whole one of this very Python is there."""
    here = ".".join(map(str, sys.version_info[:3]))
    config = VENV / "pyvenv.cfg"
    if PYTHON.exists() and config.exists() and here in config.read_text(encoding="utf-8"):
        if not any(VENV.rglob("site-packages/pip")):
            run(PYTHON, "-m", "ensurepip")
        return
    say(f"Making .venv with Python {here} ...")
    shutil.rmtree(VENV, ignore_errors=True)
    if not run(sys.executable, "-m", "venv", VENV):
        raise InstallError(
            "no virtual environment could be made; on Debian and Ubuntu: apt-get install python3-venv"
        )


def install_with_uv() -> bool:
    """Return whether uv installed everything; False where it is not to be had, or failed."""
    uv = SCRIPTS / "uv"
    with tempfile.TemporaryDirectory() as folder:
        alone = Path(folder, "uv.lock")
        alone.write_text(locked("uv"), encoding="utf-8")
        pip: list[str | Path] = [
            PYTHON,
            "-m",
            "pip",
            "install",
            "--disable-pip-version-check",
            "--progress-bar",
            "off",
            "--quiet",
        ]
        if not run(*pip, "--require-hashes", "--no-deps", "-r", alone, errors=subprocess.DEVNULL):
            return False
    options: list[str | Path] = [uv, "pip", "install", "--quiet", "--python", PYTHON]
    return run(*options, "--require-hashes", "-r", LOCK) and run(
        *options, "--no-deps", "--no-build-isolation", "-e", ROOT
    )


def locked(package: str) -> str:
    """Return the part of the lock that pins one package, with its hashes."""
    lines: list[str] = []
    for line in LOCK.read_text(encoding="utf-8").splitlines():
        if lines and not line.startswith("    --hash="):
            break
        if lines or line.startswith(f"{package}=="):
            lines.append(line)
    return "\n".join(lines) + "\n"


def run(*command: str | Path, errors: int | None = None) -> bool:
    """Run a command with what pip is told about the index told to uv too; return whether it succeeded."""
    environment = dict(os.environ)
    if "PIP_INDEX_URL" in environment:
        environment.setdefault("UV_DEFAULT_INDEX", environment["PIP_INDEX_URL"])
    try:
        done = subprocess.run([str(part) for part in command], check=False, env=environment, stderr=errors)
    except OSError as error:
        say(f"{Path(command[0]).name}: {error.strerror}")
        return False
    return done.returncode == 0


def say(text: str) -> None:
    """Print a line of progress."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())

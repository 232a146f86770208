#!/usr/bin/env python3
"""Make `.venv` ready: the installer, all packages with checked hashes, the project, browser files.

    python3 tools/setup.py            what `make` calls before everything else
    python3 tools/setup.py bench      the libraries that are only measured against as well
    python3 tools/setup.py fuzz       the tool that makes requests up as well, or bench-sync

Standard library only: it runs before anything is installed. A stamp for each step holds the digest
of what the step was made from, so that the second time takes no time.
"""

from __future__ import annotations  # an old Python must get as far as being told so

import hashlib
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
REQUIREMENTS = ROOT / "requirements"
OLDEST, NEWEST = (3, 11), (3, 14)

# What targets of their own install: `bench` has GPL libraries in it, which are measured against.
MORE = {
    "bench": "libraries to measure against",
    "bench-sync": "the loader to measure against",
    "fuzz": "a tool that makes requests up",
}

# What a failed installer's output means: words to look for, why, and the remedy.
CAUSES = (
    (("No space left", "os error 28", "Disk quota"), "the disk is full", "free some space"),
    (
        ("ash mismatch", "DO NOT MATCH THE HASHES"),
        "a package is not the one that was pinned",
        "try again; if it stays so, look at what stands between you and the registry",
    ),
    (
        (
            "onnection",
            "resolution",
            "dns error",
            "sending request",
            "Failed to fetch",
            "timed out",
            "from versions: none",
        ),
        "the package registry does not answer",
        "check the network and any proxy (HTTPS_PROXY, PIP_INDEX_URL), then try again",
    ),
)


class SetupError(Exception):
    """What is missing, why, and what to do."""

    def __init__(self, what: str, why: str, remedy: str) -> None:
        super().__init__(f"error: {what}\n  why: {why}\n   do: {remedy}")


def main(arguments: Sequence[str]) -> int:
    """Bring everything up to date; 0 is success."""
    try:
        check_python()
        for step in (environment, packages, project, browser_libraries):
            step()
        for name in arguments:
            more_libraries(name)
    except SetupError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except KeyboardInterrupt:
        sys.stderr.write("\nstopped; the next time goes on from here\n")
        return 130
    return 0


def check_python() -> None:
    """Refuse a Python that the packages are not made for."""
    if not OLDEST <= sys.version_info[:2] <= NEWEST:
        raise SetupError(
            f"this is Python {sys.version_info[0]}.{sys.version_info[1]}",
            "fitsm-graph runs on Python 3.11 to 3.14",
            "install one of these, or name it: make PYTHON=/path/to/python3",
        )


def environment() -> None:
    """Make the virtual environment, or anew where its Python is gone, and its installer."""

    def work() -> None:
        if VENV.exists() and not runs():
            shutil.rmtree(VENV)
        if not VENV.exists():
            create_environment()
        pip = [str(PYTHON), "-m", "pip", "install", "--disable-pip-version-check", "--quiet"]
        command([*pip, "--require-hashes", "--no-deps", "-r", str(REQUIREMENTS / "bootstrap.txt")])

    once("environment", "virtual environment", work, [REQUIREMENTS / "bootstrap.txt"])


def packages() -> None:
    """Install exactly what is pinned, and remove what is not."""
    pinned = [REQUIREMENTS / "bootstrap.txt", REQUIREMENTS / "dev.txt"]

    def work() -> None:
        uv("pip", "sync", "--require-hashes", *map(str, pinned))
        (VENV / ".stamp-project").unlink(missing_ok=True)
        for name in MORE:
            (VENV / f".stamp-{name}").unlink(missing_ok=True)

    once("packages", f"{count(pinned[1])} packages, hashes checked", work, pinned)


def project() -> None:
    """Install the project itself, editable, built by the pinned builder."""

    def work() -> None:
        uv("pip", "install", "--no-deps", "--no-build-isolation", "--editable", str(ROOT))

    once("project", "fitsm-graph itself", work, [ROOT / "pyproject.toml"])


def browser_libraries() -> None:
    """Install the libraries of the pages by their own lock, where there are any."""
    tool, lock = ROOT / "tools" / "browser_assets.py", ROOT / "package-lock.json"
    if not tool.exists() or not lock.exists():
        return

    def work() -> None:
        command([str(PYTHON), str(tool)])

    once("browser", "browser libraries", work, [tool, lock])


def more_libraries(name: str) -> None:
    """Install what one target needs beside the suite; never part of the product."""
    if name not in MORE:
        raise SetupError(f"there is no '{name}' to install", "a name was misspelt", f"use {MORE}")
    pinned = REQUIREMENTS / f"{name}.txt"

    def work() -> None:
        uv("pip", "install", "--require-hashes", "--no-deps", "-r", str(pinned))

    once(name, MORE[name], work, [pinned])


def once(name: str, words: str, work: Callable[[], None], inputs: Sequence[Path]) -> None:
    """Do a step unless it was done with the same inputs; show it and how long it took."""
    stamp = VENV / f".stamp-{name}"
    digest = hashlib.sha256(sys.version.encode())
    for path in inputs:
        digest.update(path.read_bytes())
    if stamp.exists() and stamp.read_text() == digest.hexdigest() and runs():
        return
    with Ticker(words):
        work()
    stamp.write_text(digest.hexdigest())


def runs() -> bool:
    """Say whether the environment's Python is there and of the version of this one."""
    asked = [str(PYTHON), "-c", "import sys; print(sys.version)"]
    try:
        answer = subprocess.run(asked, capture_output=True, text=True, check=False)
    except OSError:
        return False
    return answer.stdout.strip() == sys.version


def create_environment() -> None:
    """Make `.venv` with pip in it."""
    try:
        import ensurepip  # noqa: F401, PLC0415  # some distributions take it out
        import venv  # noqa: PLC0415
    except ImportError as error:
        major, minor = sys.version_info[:2]
        raise SetupError(
            "this Python cannot make a virtual environment",
            f"its module {error.name} is missing; some distributions pack it apart",
            f"apt-get install python{major}.{minor}-venv, or the like on your system",
        ) from error
    try:
        venv.EnvBuilder(with_pip=True, symlinks=True).create(VENV)
    except (OSError, subprocess.CalledProcessError) as error:
        shutil.rmtree(VENV, ignore_errors=True)
        raise failed("the virtual environment could not be made", str(error)) from error


def uv(*arguments: str) -> None:
    """Run the pinned installer on the environment."""
    command([str(VENV / "bin" / "uv"), *arguments, "--python", str(PYTHON), "--no-config"])


def command(words: Sequence[str], within: Path = ROOT) -> None:
    """Run a program; show its output only if it fails."""
    env = {**os.environ, "UV_LINK_MODE": os.environ.get("UV_LINK_MODE", "copy")}
    done = subprocess.run(
        words, cwd=within, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        check=False,
    )  # fmt: skip
    if done.returncode:
        shown = "\n".join(done.stdout.strip().splitlines()[-15:])
        sys.stderr.write(f"\n{shown}\n")
        raise failed(f"`{Path(words[0]).name} {words[1]} …` failed", done.stdout)


def failed(what: str, output: str) -> SetupError:
    """Turn what an installer printed into a sentence."""
    for words, why, remedy in CAUSES:
        if any(word in output for word in words):
            return SetupError(what, why, remedy)
    return SetupError(what, "the lines above say more", "mend that, then run make again")


def count(path: Path) -> int:
    """Count the packages of a requirements file."""
    return sum("==" in line for line in path.read_text().splitlines())


class Ticker:
    """Shows a step, the seconds while it lasts on a terminal, and the total at the end."""

    def __init__(self, words: str) -> None:
        self.words = words
        self.begun = time.monotonic()
        self.over = threading.Event()
        self.thread = threading.Thread(target=self.tick, daemon=True)

    def __enter__(self) -> None:
        """Begin to show."""
        if sys.stdout.isatty():
            self.show("")
        else:
            sys.stdout.write(f"set-up: {self.words} …\n")
            sys.stdout.flush()
        self.thread.start()

    def __exit__(self, kind: object, *_: object) -> None:
        """Show the end."""
        self.over.set()
        self.thread.join()
        if kind is None:
            self.show(" done\n")

    def tick(self) -> None:
        """Count seconds, where somebody can see them."""
        while not self.over.wait(1) and sys.stdout.isatty():
            self.show("")

    def show(self, end: str) -> None:
        """Write the line over itself."""
        start = "\r" if sys.stdout.isatty() else ""
        seconds = int(time.monotonic() - self.begun)
        sys.stdout.write(f"{start}set-up: {self.words} … {seconds} s{end}")
        sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Processes that outlive the one that started them: found again, told apart, ended."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from fitsm_graph.kernel.errors import Unavailable

_GUARD = Path(__file__).with_name("guard.py")
_KEPT = ("PATH", "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR", "LD_LIBRARY_PATH")
_TICK = 0.05


class Guarded:
    """A started program and, where it is to end with us, the guard that sees to it."""

    def __init__(self, pid: int, guard: "subprocess.Popen[str] | None") -> None:
        self.pid = pid
        self._guard = guard

    def release(self) -> None:
        """Let the guard go after the program has ended."""
        if self._guard is not None and self._guard.stdin is not None:
            self._guard.communicate()
            self._guard = None


def start(command: Sequence[str], *, log: Path, stay: bool) -> Guarded:
    """Start a program in a session of its own, its output in a file.

    Java's own environment variables are not passed on, so that settings of this machine cannot
    change how the server runs.

    Args:
        command: Program and arguments.
        log: Where its output goes; overwritten.
        stay: Whether it lives on when this process ends, however it ends.
    """
    guard = subprocess.Popen(
        [sys.executable, "-I", "-S", str(_GUARD), "stay" if stay else "follow", str(log), *command],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={name: os.environ[name] for name in _KEPT if name in os.environ},
        start_new_session=True,
    )
    line = _first_line(guard)
    if stay or not line:
        guard.communicate()
    if not line:
        raise Unavailable(f"{command[0]} could not be started", code="LOCAL_START_FAILED")
    return Guarded(int(line), None if stay else guard)


def identity(pid: int) -> str:
    """Return a text that no other process of this number ever has; empty if there is none.

    Where `/proc` exists it is boot and start time in ticks; elsewhere what `ps` says.
    """
    stat = Path(f"/proc/{pid}/stat")
    if not Path("/proc/self/stat").exists():
        asked = ["ps", "-o", "lstart=,stat=", "-p", str(pid)]
        said = subprocess.run(asked, capture_output=True, text=True, check=False).stdout.split()
        return "" if not said or said[-1].startswith("Z") else " ".join(said[:-1])
    try:
        fields = stat.read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return ""
    boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    return "" if fields[0] in {"Z", "X"} else f"{boot} {fields[19]}"


def stop(pid: int, token: str, *, patience: float) -> bool:
    """End a process: ask, wait, then force. Return whether it went when asked.

    Args:
        pid: Its number.
        token: Its `identity`; a process that is another by now is left alone.
        patience: Seconds to wait before forcing; 0 forces at once.
    """
    if patience and _signal(pid, token, signal.SIGTERM) and gone(pid, token, patience):
        return True
    _signal(pid, token, signal.SIGKILL)
    gone(pid, token, 30)
    return False


def gone(pid: int, token: str, seconds: float) -> bool:
    """Wait until a process has ended; say whether it did."""
    limit = time.monotonic() + seconds
    while identity(pid) == token:
        if time.monotonic() > limit:
            return False
        time.sleep(_TICK)
    return True


def resident_mib(pid: int) -> int:
    """Return the memory a process holds, in MiB; 0 where it cannot be told."""
    asked = ["ps", "-o", "rss=", "-p", str(pid)]
    try:
        said = subprocess.run(asked, capture_output=True, text=True, check=False).stdout.strip()
    except FileNotFoundError:
        return 0
    return int(said) >> 10 if said.isdigit() else 0


def _signal(pid: int, token: str, number: signal.Signals) -> bool:
    if identity(pid) != token:
        return True
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return True
    return True


def _first_line(guard: "subprocess.Popen[str]") -> str:
    if guard.stdout is None:
        return ""
    return guard.stdout.readline().strip()

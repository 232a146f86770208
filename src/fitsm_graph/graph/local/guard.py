"""Starts Java away from the terminal and, if asked, stops it when its parent goes.

Run as a program of its own, with the standard library alone:
`python -I -S guard.py stay|follow CONSOLE_LOG PROGRAM ARGUMENT…`. It prints the process id of the
program. With `stay` it then leaves. With `follow` it lives as long as the program and ends it when
its own standard input is closed, which the kernel does however the parent ends: no polling, and
nothing left behind by a killed parent.
"""

import os
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

_PATIENCE = 30.0


def main(mode: str, log: str, command: Sequence[str]) -> None:
    """Start the program, tell its process id, and watch over it if asked."""
    with Path(log).open("wb") as file:
        child = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=file, stderr=file, start_new_session=True
        )
    sys.stdout.write(f"{child.pid}\n")
    sys.stdout.close()
    if mode == "follow":
        threading.Thread(target=_end_with_parent, args=(child,), daemon=True).start()
        child.wait()
    else:
        child.returncode = 0  # it is left to live on: nothing waits for it from here


def _end_with_parent(child: "subprocess.Popen[bytes]") -> None:
    os.read(sys.stdin.fileno(), 1)  # nothing is ever written: it returns when the parent is gone
    child.terminate()
    try:
        child.wait(_PATIENCE)
    except subprocess.TimeoutExpired:
        child.kill()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3:])

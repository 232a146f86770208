"""A managed server for a while: its own folder, no other server's data, nothing left behind."""

import fcntl
import shutil
import signal
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import FrameType

from fitsm_graph.graph.driver import Endpoint
from fitsm_graph.graph.local.fetch import Progress, silent
from fitsm_graph.graph.local.server import LocalServer
from fitsm_graph.graph.local.settings import LocalSettings, Profile

PREFIX = "fitsm-verify-"
_OWNED = "owned"


@contextmanager
def scratch_server(
    settings: LocalSettings, progress: Progress = silent, *, folder: Path | None = None
) -> Iterator[Endpoint]:
    """Have an empty server; it is killed and its folder removed however the work ends.

    Ctrl-C and SIGTERM end the work first. What a SIGKILL leaves (a folder; the server ends with
    its parent) is removed by the next scratch server.

    Args:
        settings: Where fetched files are; data folder and port are not used.
        progress: Told what is being done.
        folder: Where scratch folders go; by default the system's for temporary files.

    Raises:
        FitsmError: Those of `LocalServer.up`.
    """
    place = folder or Path(tempfile.gettempdir())
    remove_left_behind(place)
    home = Path(tempfile.mkdtemp(prefix=PREFIX, dir=place))
    chosen = replace(settings, data=home / "neo4j", port=0, profile=Profile.TEST)
    server = LocalServer(chosen)
    with (home / _OWNED).open("w") as owned, _ended_by_signals():
        fcntl.flock(owned, fcntl.LOCK_EX | fcntl.LOCK_NB)
        try:
            yield server.up(progress).endpoint
        finally:
            server.down(kill=True)
            shutil.rmtree(home, ignore_errors=True)


def remove_left_behind(place: Path) -> list[Path]:
    """Remove scratch folders whose owner is gone; return them."""
    found = [home for home in place.glob(f"{PREFIX}*") if _is_left_behind(home / _OWNED)]
    for home in found:
        shutil.rmtree(home, ignore_errors=True)
    return found


def _is_left_behind(owned: Path) -> bool:
    try:
        with owned.open("r+") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False  # in use, of somebody else, or not one of ours
    return True


@contextmanager
def _ended_by_signals() -> Iterator[None]:
    """Let SIGTERM end the work as Ctrl-C does, so that it is cleared up."""

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    try:
        before = signal.signal(signal.SIGTERM, interrupt)
    except ValueError:  # not the main thread, which alone receives signals
        yield
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)

"""The file a backup is written to: a draft beside it first, whole or not at all, private."""

import errno
import fcntl
import glob
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from fitsm_graph.kernel.errors import Conflict, Unavailable

_ENDS = ("new", "pages")


@contextmanager
def new_file(file: Path) -> Iterator[tuple[IO[bytes], IO[bytes]]]:
    """A draft and a spool beside a file, readable by their owner alone; the draft becomes it.

    Raises:
        Conflict: BACKUP_EXISTS.
        Unavailable: DISK_FULL, FOLDER_NOT_WRITABLE.
    """
    refuse_existing(file)
    _remove_left_behind(file)
    draft, spool = (file.with_name(f".{file.name}.{os.getpid()}.{end}") for end in _ENDS)
    try:
        with _explained(file), _private(draft) as out, _private(spool) as pages:
            yield out, pages
        with _explained(file):
            refuse_existing(file)
            draft.replace(file)
            _sync_folder(file.parent)
    finally:
        draft.unlink(missing_ok=True)
        spool.unlink(missing_ok=True)


def size_of(file: Path) -> int:
    """Size in bytes."""
    return file.stat().st_size


def _private(path: Path) -> IO[bytes]:
    flags = os.O_RDWR | os.O_CREAT | os.O_TRUNC
    made = os.fdopen(os.open(path, flags, 0o600), "w+b")
    fcntl.flock(made, fcntl.LOCK_EX | fcntl.LOCK_NB)
    return made


def _remove_left_behind(file: Path) -> None:
    """Remove drafts of the same name whose backup was killed: nobody holds their lock."""
    for end in _ENDS:
        for draft in file.parent.glob(f".{glob.escape(file.name)}.*.{end}"):
            with draft.open("rb") as held:
                try:
                    fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    continue
                draft.unlink()


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def refuse_existing(file: Path) -> None:
    """Refuse a name that is taken.

    Raises:
        Conflict: BACKUP_EXISTS.
    """
    if file.exists() or file.is_symlink():
        raise Conflict(
            f"{file} exists",
            code="BACKUP_EXISTS",
            why="a backup never overwrites anything",
            remedy="name another file, or remove this one first",
        )


@contextmanager
def _explained(file: Path) -> Iterator[None]:
    """Turn an error of the file system into a sentence with its remedy."""
    try:
        yield
    except OSError as error:
        if error.errno in {errno.ENOSPC, errno.EDQUOT}:
            raise Unavailable(
                f"the disk of {file.parent} is full",
                code="DISK_FULL",
                why="the backup did not fit; nothing is left of it",
                remedy="make room, or name a file on another disk",
            ) from error
        raise Unavailable(
            f"{file} cannot be written",
            code="FOLDER_NOT_WRITABLE",
            why=error.strerror or type(error).__name__,
            remedy="name a file in a folder that exists and is yours",
        ) from error
